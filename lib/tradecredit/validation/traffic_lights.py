"""One light a test: what a reviewer reads first of a default model, each with the rule that gave it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.numerics import discrimination
from tradecredit.numerics.discrimination import AMBER, GREEN, MINIMUM_DEFAULTERS, NOT_ESTIMABLE, RED, UNTOLD, Estimate
from tradecredit.validation import stability
from tradecredit.validation.calibration import (
    AMBER_P,
    EXPECTED_DEFAULTS,
    EXPECTED_IN_CLASS,
    FEWEST_CLASSES,
    RED_P,
    grade_tests,
    hosmer_lemeshow,
    spiegelhalter,
)

ERRORS = 2.0
"""Standard errors that a figure must be away by to be more than chance, about 5 % two-sided."""

CHANCE_AREA = 0.5
"""Area under the ROC curve of a ranking by lot."""

FACTOR = 1.25
"""Slopes, and factors of the odds, from 1/1.25 = 0.8 to 1.25 are taken for right: a buyer whose odds are that far off
keeps its grade in two cases of three, for the grades of the master scale are a factor of two wide, or wider."""

_BY_P = f"amber where its p-value is below {100 * AMBER_P:g} %, red below {100 * RED_P:g} %."
_BY_RISE = f"amber where it is above {stability.RISE:g} standard errors; never red."

RULES = {
    "ranking": (
        f"Area under the ROC curve: red where {ERRORS:g} standard errors below it are below {CHANCE_AREA:g}, the area "
        "of a ranking by lot."
    ),
    "ranking against in sample": (
        f"Area less that in sample: amber where it lies more than {ERRORS:g} standard errors of the former below 0; "
        "the fit has learnt its own rows by heart."
    ),
    "level": (
        f"Log-odds of what happened less those predicted: amber where the factor is above {FACTOR:g} either way; red "
        f"where it also lies more than {ERRORS:g} standard errors from none."
    ),
    "slope": (
        f"Slope of what happened on the log-odds predicted: amber outside {1 / FACTOR:g} to {FACTOR:g} (below, "
        f"probabilities are too extreme; above, too bunched); red where it also lies more than {ERRORS:g} standard "
        "errors from 1."
    ),
    "defaults in all": f"Observed over predicted rate, and Jeffreys' test that no more defaulted: {_BY_P}",
    "defaults by grade": (
        "Observed over predicted rate of the grade that fares worst, and Jeffreys' test, its p-value times the number "
        f"of grades because one of them is always the worst (Bonferroni): {_BY_P}"
    ),
    "classes of risk": f"Hosmer and Lemeshow's chi-square over its degrees of freedom: {_BY_P}",
    "Brier score": f"Spiegelhalter's z of the Brier score: {_BY_P}",
    "Brier skill": (
        "Share of the Brier score of one rate for all that the probabilities take away: amber below 0, where that rate "
        f"was nearer to what happened; red more than {ERRORS:g} standard errors below 0."
    ),
    "drift of inputs": (
        f"Largest population stability index: amber above {stability.AMBER_PSI:g}, red above {stability.RED_PSI:g}, if "
        f"chance leads there in fewer than {100 * (1 - stability.CHANCE):.0f} % of samples."
    ),
    "concentration by number": f"Rise of the Herfindahl index of buyers by grade: {_BY_RISE}",
    "concentration by exposure": f"Rise of the Herfindahl index of exposure by grade: {_BY_RISE}",
}
"""Test → the rule of its light."""

NEEDED = {
    "defaulters": (
        f"Needs {MINIMUM_DEFAULTERS} firms that defaulted and as many that did not, and has {{defaulters}} and "
        "{others}."
    ),
    "estimate": "Not estimable: a probability is missing, 0 or 1, or all are equal, or the ranking is without fault.",
    "expected": f"Needs {EXPECTED_DEFAULTS} expected defaults, and has {{expected:.1f}}.",
    "expected by grade": f"Needs a grade with {EXPECTED_DEFAULTS} expected defaults.",
    "classes": (
        f"Needs {FEWEST_CLASSES} classes of {EXPECTED_IN_CLASS} expected defaults each, "
        f"{FEWEST_CLASSES * EXPECTED_IN_CLASS} in all at least, and has {{expected:.1f}}."
    ),
    "many expected": f"Needs {MINIMUM_DEFAULTERS} expected defaults, and has {{expected:.1f}}.",
    "fit": "Needs a fit with figures in sample.",
    "rows": f"Needs so many rows, or so few classes, that chance alone does not reach {stability.RED_PSI:g}.",
    "two dates": "Needs buyers with grades, and exposures, on two dates.",
}
"""What a light that cannot be told would need, in words."""

COLUMNS = ["value", "standard_error", "p_value", "rule", "light"]
"""Columns of `traffic_lights`."""


class Predictions(NamedTuple):
    """Probabilities, what happened (0 or 1) and, if there are any, grades: on one index."""

    probability: pd.Series
    defaulted: pd.Series
    grade: pd.Series | None = None


class _Figure(NamedTuple):
    """One test's figures; what its light would need, and whether it is told, amber or red."""

    value: float
    standard_error: float
    p_value: float
    needs: str
    told: bool
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
    `drift`: as `stability.drift`; `concentration`: as `stability.concentration_rise`. Index `test`, the keys of
    `RULES`: tests by grade, of drift and of concentration only where they are given. Columns: `value` with its
    `standard_error` or `p_value` as fits; `rule`, in a sentence; `light`: green, amber, red, or cannot be told where
    there are too few defaults, and then the rule goes on with what would be needed. Firms that defaulted are counted,
    not rows.
    """
    firms = None if groups is None else groups.reindex(unseen.probability.index)
    figures = _ranking(unseen, in_sample, firms, groups) | _met(unseen, firms)
    if drift is not None:
        figures["drift of inputs"] = _drifted(drift)
    if concentration is not None:
        figures |= {f"concentration by {by}": _risen(row) for by, row in concentration.iterrows()}
    shown = [test for test in RULES if test in figures]
    table = pd.DataFrame([figures[test] for test in shown], index=shown, columns=_Figure._fields)
    rules = [RULES[test] + ("" if figures[test].told else f" {figures[test].needs}") for test in shown]
    told, amber, red = (table[name].astype(bool) for name in ("told", "amber", "red"))
    table = table.assign(rule=rules, light=discrimination.lights(told, amber, red))
    return table[COLUMNS].rename_axis("test")


def _ranking(
    unseen: Predictions, in_sample: Predictions | None, firms: pd.Series | None, groups: pd.Series | None
) -> dict[str, _Figure]:
    """Return the figures of ranking, level, spread and skill, which are estimates with standard errors."""
    told = unseen.probability, unseen.defaulted
    defaulters, others = _firms_of_each_kind(unseen.defaulted, firms)
    enough = min(defaulters, others) >= MINIMUM_DEFAULTERS
    needs = NEEDED["estimate"] if enough else NEEDED["defaulters"].format(defaulters=defaulters, others=others)

    def figure(found: Estimate, needs: str = needs, *, amber: bool = False, red: bool = False) -> _Figure:
        known = enough and not np.isnan(found.standard_error) and not np.isnan(found.value)
        return _Figure(*found, np.nan, needs, known, amber, red)

    area = discrimination.auc(*told, groups=firms)
    fall = NOT_ESTIMABLE
    if in_sample is not None:
        own = None if groups is None else groups.reindex(in_sample.probability.index)
        # As the ECB has it (2019, §2.5.4.1): the earlier area is taken as given, the error is today's.
        fall = Estimate(area.value - discrimination.auc(*in_sample[:2], groups=own).value, area.standard_error)
    level, slope = (
        discrimination.calibration_intercept(*told, groups=firms),
        discrimination.calibration_slope(*told, groups=firms),
    )
    skill = discrimination.brier_skill(*told, groups=firms)
    off, bent = abs(level.value) > np.log(FACTOR), not 1 / FACTOR <= slope.value <= FACTOR
    return {
        "ranking": figure(area, red=area.value - ERRORS * area.standard_error < CHANCE_AREA),
        "ranking against in sample": figure(
            fall, NEEDED["fit"] if in_sample is None else needs, amber=fall.value < -ERRORS * fall.standard_error
        ),
        "level": figure(level, amber=off, red=off and abs(level.value) > ERRORS * level.standard_error),
        "slope": figure(slope, amber=bent, red=bent and abs(slope.value - 1) > ERRORS * slope.standard_error),
        "Brier skill": figure(skill, amber=skill.value < 0, red=skill.value < -ERRORS * skill.standard_error),
    }


def _met(unseen: Predictions, firms: pd.Series | None) -> dict[str, _Figure]:
    """Return the figures of tests of what the probabilities say, which have p-values."""
    told = unseen.probability, unseen.defaulted
    whole = grade_tests(*told, pd.Series(1, index=unseen.probability.index), groups=firms).tail(1)
    expected = float((whole["firms"] * whole["predicted"]).sum())
    figures = {"defaults in all": _worst(whole, NEEDED["expected"].format(expected=expected))}
    if unseen.grade is not None:
        graded = grade_tests(*told, unseen.grade, groups=firms).iloc[:-1]
        figures["defaults by grade"] = _worst(graded, NEEDED["expected by grade"])
    chi, score = hosmer_lemeshow(*told, groups=firms), spiegelhalter(*told, groups=firms)
    for test, value, p_value, needs, known in (
        ("classes of risk", chi.statistic / chi.degrees, chi.p_value, "classes", True),
        ("Brier score", score.statistic, score.p_value, "many expected", expected >= MINIMUM_DEFAULTERS),
    ):
        figures[test] = _Figure(
            value, np.nan, p_value, NEEDED[needs].format(expected=expected),
            known and not np.isnan(p_value), p_value < AMBER_P, p_value < RED_P,
        )  # fmt: skip
    return figures


def _worst(tested: pd.DataFrame, needs: str) -> _Figure:
    """Return the figure of the row of `grade_tests` with the smallest p-value, times their number."""
    known = tested[tested["light"] != UNTOLD]
    if known.empty:
        return _Figure(np.nan, np.nan, np.nan, needs, False, False, False)
    worst = known.loc[known["jeffreys"].idxmin()]
    p_value = min(1.0, float(worst["jeffreys"]) * len(tested))
    return _Figure(
        float(worst["observed"] / worst["predicted"]), np.nan, p_value, needs, True, p_value < AMBER_P, p_value < RED_P
    )


def _drifted(drift: pd.DataFrame) -> _Figure:
    lit = set(drift["light"])
    light = next((light for light in (RED, AMBER, UNTOLD, GREEN) if light in lit), UNTOLD)
    value = float(drift.loc[drift["light"] == light, "psi"].max())
    return _Figure(value, np.nan, np.nan, NEEDED["rows"], light != UNTOLD, light == AMBER, light == RED)


def _risen(row: pd.Series) -> _Figure:
    return _Figure(
        float(row["rise"]), float(row["standard_error"]), np.nan, NEEDED["two dates"], row["light"] != UNTOLD,
        row["light"] == AMBER, row["light"] == RED,
    )  # fmt: skip


def _firms_of_each_kind(defaulted: pd.Series, firms: pd.Series | None) -> tuple[int, int]:
    bad = defaulted.to_numpy(bool)
    firm = np.arange(len(bad)) if firms is None else firms.to_numpy()
    return len(np.unique(firm[bad])), len(np.unique(firm[~bad]))
