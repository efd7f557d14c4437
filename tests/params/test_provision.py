"""What a run may state of its provision, and what contradicts itself."""

import pytest
from pydantic import ValidationError

from tradecredit.params.provision import ProvisionSettings
from tradecredit.params.run import Run


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"method": "stated"}, "needs `rates`"),
        ({"rates": {"whole book": [0.1] * 5}, "rates_source": "x"}, "have no effect unless method is stated"),
        ({"method": "stated", "rates": {"whole book": [0.1] * 5}}, "say where the stated rates come from"),
        ({"method": "stated", "rates": {"DE": [0.1] * 4}, "rates_source": "x"}, "5 rates are expected"),
        ({"scenario_weights": {"base": 0.5, "x": 0.4}}, "must add up to 1, and are 0.9"),
        (
            {"method": "stated", "rates": {"DE": [0.1] * 5}, "rates_source": "x", "scenario_weights": {"base": 1.0}},
            "have no effect on stated rates",
        ),
        ({"buckets": [30, 30]}, "rise"),
        ({"write_off_days": 60}, "must not be below the last"),
        ({"segments": ["group"]}, "country"),
    ],
)
def test_what_contradicts_itself_is_refused(stated, told):
    with pytest.raises(ValidationError, match=told):
        ProvisionSettings(**stated)


def test_the_buckets_are_named_by_their_bounds():
    assert ProvisionSettings().labels == ["current", "1–30", "31–60", "61–90", ">90"]
    assert ProvisionSettings(buckets=[60]).labels == ["current", "1–60", ">60"]


def test_weights_are_of_the_runs_own_scenarios():
    run = {"entity": "Test", "currency": "EUR", "as_of": "2026-10-31", "source": {"kind": "demo"}, "file": "x.yaml"}
    with pytest.raises(ValidationError, match=r"'Worse' is none of the run's scenarios; name one of 'base'"):
        Run(**run, provision={"scenario_weights": {"base": 0.5, "Worse": 0.5}})
    assert Run(**run, provision={"scenario_weights": {"base": 1.0}}).provision.scenario_weights == {"base": 1.0}
