"""Terms of a policy that contradict each other are refused, and say how to mend it."""

import pytest

from tradecredit.errors import ParameterError
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import PolicyTerms


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"maximum_liability": 1e6, "maximum_liability_multiple": 20, "minimum_premium": 1}, "both given"),
        ({"notice_days": 60}, "notice_days counts back from the end of the period, which is not stated"),
        ({"maximum_liability_multiple": 20}, "premium_rate or minimum_premium"),
        ({"waiting_from": "extension_end", "waiting_days": 150}, "give maximum_extension_days"),
        ({"discretionary_maximum_liability": 5}, "give discretionary_limit"),
        ({"stop_tolerance": 100}, "give maximum_extension_days"),
        ({"kind": "top_up", "name": "a", "primary": "a", "top_up_share": 0.5}, "primary is the top_up itself"),
        (
            {"discretionary_limit": 5, "discretionary_maximum_liability": 50, "maximum_liability": 40},
            "above maximum_liability",
        ),
    ],
)
def test_contradictions(terms, message):
    with pytest.raises(ParameterError, match=message):
        Policy(**terms)


def test_all_contradictions_at_once():
    with pytest.raises(ParameterError, match=r"both given.*needs a premium.*extension period"):
        Policy(maximum_liability=1, maximum_liability_multiple=2, waiting_from="extension_end")


@pytest.mark.parametrize("amount", [-1, float("nan"), float("inf"), "plenty"])
def test_amounts_that_cannot_be(amount):
    with pytest.raises(ParameterError, match="threshold"):
        Policy(threshold=amount)


def test_conventions_without_their_term_are_no_contradiction():
    policy = Policy(
        threshold_kind="deductible", aggregate_erosion="before_percentage", recovery_sharing="insurer_first"
    )
    assert policy.threshold is None


def test_every_term_is_documented_with_its_step():
    undocumented = [
        name
        for name, field in PolicyTerms.model_fields.items()
        if name != "name" and "tep" not in (field.description or "")
    ]
    assert undocumented == []
