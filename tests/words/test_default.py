"""Sentences on the level of default: which is chosen, and its numbers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradecredit.default.level import Level
from tradecredit.default.scale import Scale
from tradecredit.params.default import DefaultSettings
from tradecredit.words.default import EXPECTED, basis, expected_defaults, expected_in_short, no_sign_costs, sign_costs

LEVEL = Level(6.54, 3.71, 11.08, 0.5, 2.0)


def assessed(fitted: bool = True, now: float = 73.0, ahead: float = 81.0) -> SimpleNamespace:
    figures = {"insolvency index now": now, "insolvency index expected in 12 months": ahead}
    model = SimpleNamespace(inputs=[1, 2], pairs=(), scale=None, shrinkage=1.0) if fitted else None
    return SimpleNamespace(
        model=model, level=pd.Series(figures).to_frame("value"), observed=pd.DataFrame({"date": [1, 2]}), defaulters=30
    )


def test_a_scale_is_told_at_both_ends():
    found = assessed()
    found.model.scale = Scale("log_assets", (0.0, 1.0, 2.0), 1.0, float(np.log(2)), 0.1)
    told = basis(found, DefaultSettings())
    assert "0.50 times as much at the low end of log_assets as at its median, and 2.00 times" in told


def test_the_line_of_the_summary_has_the_interval_of_the_level():
    told = expected_in_short({name: (value, "ratio", "") for name, value in zip(EXPECTED, LEVEL[:3], strict=True)})
    assert "**6.5** (90 % interval of the level 3.7 to 11.1)" in told
    assert expected_in_short({EXPECTED[0]: (6.5, "ratio", "")}) == "No expected defaults were published this month."
    nobody = dict.fromkeys(EXPECTED, (np.nan, "ratio", ""))
    assert "not testable" in expected_in_short(nobody)


@pytest.mark.parametrize(
    ("of", "level", "curves", "economy"),
    [
        (assessed(), "book", True, True),
        (assessed(), "stated", False, True),
        (assessed(fitted=False), "book", False, True),
        (assessed(now=np.nan, ahead=np.nan), "book", True, False),
    ],
)
def test_what_the_interval_holds_is_said(of, level, curves, economy):
    told = expected_defaults(LEVEL, of, DefaultSettings(level=level))
    assert "**6.5** (90 % interval of the level 3.7 to 11.1)" in told
    assert ("errors of the curves" in told) == curves
    assert ("the insolvency index move" in told) == economy
    assert ("does not hold the economy" in told) != economy


def test_without_buyers_at_risk_nothing_is_held():
    told = expected_defaults(Level(*[np.nan] * 5), assessed(), DefaultSettings())
    assert told == "The level of default is not testable with this book: no buyer is at risk."


@pytest.mark.parametrize(("ahead", "stays"), [(73.0, True), (81.0, False)])
def test_an_index_taken_to_stay_is_told(ahead, stays):
    settings = DefaultSettings(insolvency_index={"source": "Made up.", "values": {"2025-11-30": 70, "2025-12-31": 73}})
    assert ("it is taken to stay where it is" in basis(assessed(ahead=ahead), settings)) == stays


def costs(log_loss: list[float]) -> pd.DataFrame:
    """Return costs of the signs of two inputs, with errors of .001 of log-loss."""
    table = pd.DataFrame({"log_loss_cost": log_loss}, index=["current_ratio", "net_margin"])
    return table.assign(log_loss_cost_error=0.001, auc_cost=0.0123, auc_cost_error=0.002)


def test_signs_that_cost_more_than_two_errors_are_named_and_stay():
    told = sign_costs(costs([0.0021, 0.0019]), 3_000)
    assert "the sign of current ratio (0.0021 ± 0.0010 of log-loss, +0.012 of AUC) costs more than 2" in told
    assert "net margin" not in told and "All stay in force" in told
    both = sign_costs(costs([0.0021, 0.0022]), 3_000)
    assert "current ratio" in both and "net margin" in both and "cost more than 2" in both


def test_signs_that_cost_no_more_than_chance_are_not_named():
    told = sign_costs(costs([0.0019, -0.005]), 3_000)
    assert "none of these signs costs more than 2 standard errors" in told and "current ratio" not in told


def test_of_a_large_book_it_is_told_that_a_part_is_compared():
    assert sign_costs(costs([0.0019, -0.005]), 100_148).endswith(
        "About 30,000 of the 100,148 observations are compared, those of buyers drawn by chance."
    )
    assert "drawn by chance" not in sign_costs(costs([0.0019, -0.005]), 30_000)


def test_costs_of_signs_are_not_testable_with_few_defaults():
    assert "not testable with this book: that needs 20 buyers" in sign_costs(costs([np.nan, np.nan]), 3_000)
    assert sign_costs(costs([np.nan, np.nan]).head(0), 3_000) == ""
    few = no_sign_costs(assessed(fitted=False), DefaultSettings(minimum_defaults=40))
    assert few.endswith("not testable with this book: 30 buyers defaulted, and a fit needs 40.")
    assert "contradict none" in no_sign_costs(assessed(), DefaultSettings())
