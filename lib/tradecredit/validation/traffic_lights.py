"""One light a test: what a reviewer reads first of a default model, each with the rule that gave it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.numerics import discrimination
from tradecredit.numerics.discrimination import (
    AMBER,
    GREEN,
    MINIMUM_DEFAULTERS,
    NOT_ESTIMABLE,
    NOT_TESTABLE,
    RED,
    Estimate,
)
from tradecredit.validation.calibration import AMBER_P, RED_P, grade_tests, hosmer_lemeshow, spiegelhalter

ERRORS = 2.0
"""Standard errors that a figure must be away by to be more than chance, about 5 % two-sided."""

CHANCE_AREA = 0.5
"""Area under the ROC curve of a ranking by lot."""

FACTOR = 1.25
"""Slopes, and factors of the odds, from 1/1.25 = 0.8 to 1.25 are taken for right: a buyer whose odds are that far off
keeps its grade in two cases of three, for the grades of the master scale are a factor of two wide, or wider."""

TESTS = (
    "ranking", "ranking against in sample", "level", "slope", "defaults in all", "defaults by grade", "classes of risk",
    "Brier score", "Brier skill", "drift of inputs", "concentration by number", "concentration by exposure",
)  # fmt: skip

COLUMNS = ["value", "standard_error", "p_value", "needs", "has", "light"]
"""Columns of `traffic_lights`."""


class Predictions(NamedTuple):
    """Probabilities, what happened (0 or 1) and, if there are any, grades: on one index."""

    probability: pd.Series
    defaulted: pd.Series
    grade: pd.Series | None = None


class _Figure(NamedTuple):
    """One test's figures; what its light needs and how much of that it `has`, and whether it is known, amber or red."""

    value: float
    standard_error: float
    p_value: float
    needs: str
    has: float
    known: bool
    amber: bool
    red: bool


def traffic_lights(
    unseen: Predictions,
    in_sample: Predictions | None = None,
    *,
    groups: pd.Series | None = None,
    drift: pd.DataFrame | None = None,
    concentration: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the lights of a model by the defaults of buyers that it had not seen.

    `unseen`: predictions for buyers or dates that the fit did not know (cross-validation, a later date); `in_sample`:
    those for its own rows, None where nothing was fitted; `groups`: the firm of each row of both, by their index;
    `drift`: as `stability.drift`; `concentration`: as `stability.concentration_rise`. Index `test`, the `TESTS`: those
    by grade, of drift and of concentration only where they are given. Columns: `value` with its `standard_error` or
    `p_value` as fits; `light`: green, amber, red, or not testable where there are too few defaults; then `needs`, a
    code of what would be needed (`words.review.with_rules`), and how much of that it `has` (both missing else). Firms
    that defaulted are counted, not rows.
    """
    firms = None if groups is None else groups.reindex(unseen.probability.index)
    figures = _ranking(unseen, in_sample, firms, groups) | _met(unseen, firms)
    if drift is not None:
        figures["drift of inputs"] = _drifted(drift)
    if concentration is not None:
        figures |= {f"concentration by {by}": _risen(row) for by, row in concentration.iterrows()}
    shown = [test for test in TESTS if test in figures]
    table = pd.DataFrame([figures[test] for test in shown], index=shown, columns=_Figure._fields)
    known, amber, red = (table[name].astype(bool) for name in ("known", "amber", "red"))
    lacking = {"needs": table["needs"].astype("str").mask(known), "has": table["has"].mask(known)}
    table = table.assign(**lacking, light=discrimination.lights(known, amber, red))
    return table[COLUMNS].rename_axis("test")


def _ranking(
    unseen: Predictions, in_sample: Predictions | None, firms: pd.Series | None, groups: pd.Series | None
) -> dict[str, _Figure]:
    """Return the figures of ranking, level, spread and skill, which are estimates with standard errors."""
    outcomes = unseen.probability, unseen.defaulted
    defaulters, others = _firms_of_each_kind(unseen.defaulted, firms)
    enough = min(defaulters, others) >= MINIMUM_DEFAULTERS
    needs = "estimate" if enough else "defaulters"

    def figure(found: Estimate, needs: str = needs, *, amber: bool = False, red: bool = False) -> _Figure:
        known = enough and not np.isnan(found.standard_error) and not np.isnan(found.value)
        return _Figure(*found, np.nan, needs, min(defaulters, others), known, amber, red)

    area = discrimination.auc(*outcomes, groups=firms)
    fall = NOT_ESTIMABLE
    if in_sample is not None:
        own = None if groups is None else groups.reindex(in_sample.probability.index)
        # As the ECB has it (2019, §2.5.4.1): the earlier area is taken as given, the error is today's.
        fall = Estimate(area.value - discrimination.auc(*in_sample[:2], groups=own).value, area.standard_error)
    level, slope = (
        discrimination.calibration_intercept(*outcomes, groups=firms),
        discrimination.calibration_slope(*outcomes, groups=firms),
    )
    skill = discrimination.brier_skill(*outcomes, groups=firms)
    off, bent = abs(level.value) > np.log(FACTOR), not 1 / FACTOR <= slope.value <= FACTOR
    return {
        "ranking": figure(area, red=area.value - ERRORS * area.standard_error < CHANCE_AREA),
        "ranking against in sample": figure(
            fall, "fit" if in_sample is None else needs, amber=fall.value < -ERRORS * fall.standard_error
        ),
        "level": figure(level, amber=off, red=off and abs(level.value) > ERRORS * level.standard_error),
        "slope": figure(slope, amber=bent, red=bent and abs(slope.value - 1) > ERRORS * slope.standard_error),
        "Brier skill": figure(skill, amber=skill.value < 0, red=skill.value < -ERRORS * skill.standard_error),
    }


def _met(unseen: Predictions, firms: pd.Series | None) -> dict[str, _Figure]:
    """Return the figures of tests of what the probabilities say, which have p-values."""
    outcomes = unseen.probability, unseen.defaulted
    whole = grade_tests(*outcomes, pd.Series(1, index=unseen.probability.index), groups=firms).tail(1)
    expected = float((whole["firms"] * whole["predicted"]).sum())
    figures = {"defaults in all": _worst(whole, "expected", expected)}
    if unseen.grade is not None:
        graded = grade_tests(*outcomes, unseen.grade, groups=firms).iloc[:-1]
        figures["defaults by grade"] = _worst(graded, "expected by grade", expected)
    chi, score = hosmer_lemeshow(*outcomes, groups=firms), spiegelhalter(*outcomes, groups=firms)
    for test, value, p_value, needs, known in (
        ("classes of risk", chi.statistic / chi.degrees, chi.p_value, "classes", True),
        ("Brier score", score.statistic, score.p_value, "many expected", expected >= MINIMUM_DEFAULTERS),
    ):
        figures[test] = _Figure(
            value, np.nan, p_value, needs, expected,
            known and not np.isnan(p_value), p_value < AMBER_P, p_value < RED_P,
        )  # fmt: skip
    return figures


def _worst(tested: pd.DataFrame, needs: str, has: float) -> _Figure:
    """Return the figure of the row of `grade_tests` with the smallest p-value, times their number."""
    known = tested[tested["light"] != NOT_TESTABLE]
    if known.empty:
        return _Figure(np.nan, np.nan, np.nan, needs, has, False, False, False)
    worst = known.loc[known["jeffreys"].idxmin()]
    p_value = min(1.0, float(worst["jeffreys"]) * len(tested))
    return _Figure(
        float(worst["observed"] / worst["predicted"]),
        np.nan,
        p_value,
        needs,
        has,
        True,
        p_value < AMBER_P,
        p_value < RED_P,
    )


def _drifted(drift: pd.DataFrame) -> _Figure:
    lit = set(drift["light"])
    light = next((light for light in (RED, AMBER, NOT_TESTABLE, GREEN) if light in lit), NOT_TESTABLE)
    value = float(drift.loc[drift["light"] == light, "psi"].max())
    return _Figure(value, np.nan, np.nan, "rows", np.nan, light != NOT_TESTABLE, light == AMBER, light == RED)


def _risen(row: pd.Series) -> _Figure:
    return _Figure(
        float(row["rise"]), float(row["standard_error"]), np.nan, "two dates", np.nan, row["light"] != NOT_TESTABLE,
        row["light"] == AMBER, row["light"] == RED,
    )  # fmt: skip


def _firms_of_each_kind(defaulted: pd.Series, firms: pd.Series | None) -> tuple[int, int]:
    bad = defaulted.to_numpy(bool)
    firm = np.arange(len(bad)) if firms is None else firms.to_numpy()
    return len(np.unique(firm[bad])), len(np.unique(firm[~bad]))
