"""Sentences on the review of the default model: the rule behind each traffic light, and what red ones ask for."""

from collections.abc import Mapping

import pandas as pd

from tradecredit.language import tr
from tradecredit.numerics import discrimination
from tradecredit.numerics.discrimination import MINIMUM_DEFAULTERS
from tradecredit.params.run import Run
from tradecredit.validation import calibration, stability
from tradecredit.validation.calibration import AMBER_P, EXPECTED_DEFAULTS, EXPECTED_IN_CLASS, FEWEST_CLASSES, RED_P
from tradecredit.validation.review import Review
from tradecredit.validation.traffic_lights import CHANCE_AREA, ERRORS, FACTOR
from tradecredit.words.decisions import model_first
from tradecredit.words.formats import listed, probability

_BY_P = f"amber if the p-value is below {100 * AMBER_P:g} %, red if below {100 * RED_P:g} %."
_BY_RISE = f"amber if above {stability.RISE:g} standard errors; never red."

RULES = {
    "ranking": (
        f"AUC on unseen buyers: red if AUC less {ERRORS:g} standard errors is below {CHANCE_AREA:g} (random ranking)."
    ),
    "ranking against in sample": (
        f"Out-of-sample minus in-sample AUC: amber if below 0 by more than {ERRORS:g} standard errors (overfitting)."
    ),
    "level": (
        f"Observed minus predicted log-odds: amber if the factor on the odds exceeds {FACTOR:g} either way; red if it "
        f"is also more than {ERRORS:g} standard errors from none."
    ),
    "slope": (
        f"Slope of outcomes on predicted log-odds: amber outside {1 / FACTOR:g} to {FACTOR:g} (below: probabilities "
        f"too extreme; above: too similar); red if it is also more than {ERRORS:g} standard errors from 1."
    ),
    "defaults in all": f"Observed over predicted rate, Jeffreys test of no underestimation: {_BY_P}",
    "defaults by grade": (
        "Observed over predicted rate of the worst grade, Jeffreys test with Bonferroni correction for the number of "
        f"grades: {_BY_P}"
    ),
    "classes of risk": f"Hosmer-Lemeshow chi-square over its degrees of freedom: {_BY_P}",
    "Brier score": f"Spiegelhalter's z of the Brier score: {_BY_P}",
    "Brier skill": (
        "Brier skill score against one rate for all buyers: amber below 0, where that rate was more accurate; red if "
        f"more than {ERRORS:g} standard errors below 0."
    ),
    "drift of inputs": (
        "Largest population stability index of the inputs that move a probability by a tenth or more: amber above "
        f"{stability.AMBER_PSI:g}, red above {stability.RED_PSI:g}, if "
        f"significant at {100 * (1 - stability.CHANCE):.0f} %."
    ),
    "concentration by number": f"Rise of the Herfindahl index of buyers by grade: {_BY_RISE}",
    "concentration by exposure": f"Rise of the Herfindahl index of exposure by grade: {_BY_RISE}",
}
"""Test → the rule of its light."""

NEEDED = {
    "defaulters": (
        f"Needs {MINIMUM_DEFAULTERS} firms that defaulted and {MINIMUM_DEFAULTERS} that did not; the rarer kind has "
        "{has:.0f}."
    ),
    "estimate": "Not computable: a probability is missing, 0 or 1, or all are equal, or the ranking is perfect.",
    "expected": f"Needs {EXPECTED_DEFAULTS} expected defaults, has {{has:.1f}}.",
    "expected by grade": f"Needs a grade with {EXPECTED_DEFAULTS} expected defaults.",
    "classes": (
        f"Needs {FEWEST_CLASSES} classes of {EXPECTED_IN_CLASS} expected defaults each, "
        f"{FEWEST_CLASSES * EXPECTED_IN_CLASS} in total at least, has {{has:.1f}}."
    ),
    "many expected": f"Needs {MINIMUM_DEFAULTERS} expected defaults, has {{has:.1f}}.",
    "fit": "Needs a fit with in-sample figures.",
    "rows": f"Needs enough rows, or few enough classes, that chance alone does not reach {stability.RED_PSI:g}.",
    "two dates": "Needs buyers with grades, and exposures, on two dates.",
}
"""What a light that is not testable would need."""


_REFIT = "Refit the model on what this book now shows, and compare the two."
_LEVEL = "Recalibrate the level to the defaults that came."
FIRST_STEPS = {
    "level": _LEVEL, "defaults in all": _LEVEL,
    "drift of inputs": (
        "Find out why the inputs that the table of drift has in red have moved: where data changed, mend them; where "
        "buyers did, refit the model."
    ),
}  # fmt: skip
"""Test → what a red light of it asks for first, where that is not to refit the model."""


def with_rules(lights: pd.DataFrame) -> pd.DataFrame:
    """Return the traffic lights with the `rule` of each, which goes on with what is needed where it is not testable."""
    rules = [
        tr(RULES[test]) + ("" if pd.isna(row["needs"]) else f" {tr(NEEDED[row['needs']], has=row['has'])}")
        for test, row in lights.iterrows()
    ]
    return lights.assign(rule=pd.Series(rules, index=lights.index, dtype="str"))


PLUTO_TASCHE = (
    "The Pluto–Tasche bound pools each grade with all worse ones, so it exists even for grades without defaults."
)


def calibrated(panels: Mapping[str, pd.DataFrame]) -> str:
    """Return where the predicted default rate is outside the interval of the observed: a picture in words.

    `panels`: as `charts.calibration`.
    """
    told = " ".join(filter(None, (_panel(name, table) for name, table in panels.items())))
    return told or tr("Nothing to compare: no model is fitted to the defaults of this book.")


def _panel(name: str, table: pd.DataFrame) -> str:
    known = table.dropna(subset=["predicted", "low", "high"])
    if known.empty:
        return ""
    inside = known["predicted"].between(known["low"], known["high"])
    told = tr(
        "{name}: predicted within the interval of the observed rate in {inside} of {known}",
        name=tr(name),
        inside=inside.sum(),
        known=len(known),
    )
    each = [
        tr(
            "{label} (predicted {predicted}, observed {observed})",
            label=label,
            predicted=probability(row["predicted"]),
            observed=probability(row["observed"]),
        )
        for label, row in known[~inside].iterrows()
    ]
    return tr("{told}; outside: {each}.", told=told, each=listed(each)) if each else f"{told}."


def by_grade_and_year(found: Review) -> dict[str, pd.DataFrame]:
    """Return the predicted and observed default rates of a review, by name of the classes: grades and years."""
    years = found.segments[found.segments["kind"] == "year of observation"].set_index("segment")
    return {"Grade": found.by_grade.drop(index=calibration.WHOLE, errors="ignore"), "Year of observation": years}


def testable(found: Review) -> bool:
    """Return whether the review tests anything: a fit, or at least published scores, on buyers that defaulted."""
    return len(found.samples) > 0 or bool(found.published["auc"].notna().any())


def not_testable(recorded: bool, needed: int) -> str:
    """Return why a model cannot be tested with a book, and what would make it possible.

    `recorded`: whether the book has a table of defaults; `needed`: `default.minimum_defaults`.
    """
    has = tr("holds too few defaults") if recorded else tr("records no defaults")
    return tr(
        "Whether the probabilities are right is not testable with this book, which {has}: a fit and its "
        "tests need {needed} buyers that defaulted within a year of an observation. Past defaults are "
        "added as table `defaults` (buyer_id, date, kind, debt).",
        has=has,
        needed=needed,
    )


NO_FIT = (
    "No model was fitted to past buyers of this book: there is no population that today's could have drifted from. How "
    "late buyers were while its history was short is no measure."
)

NO_RATES = "Default rates by grade are not testable with this book, which records no defaults."


def decisions(found: Review, run: Run) -> dict[str, str]:
    """Return what the lights ask to decide, as kind of decision → sentence; nothing where none is red.

    With it, which decisions on limits come after it, and which do not wait (`words.decisions.model_first`).
    """
    red = found.lights.index[found.lights["light"] == discrimination.RED]
    if red.empty:
        return {}
    many = tr("One light") if len(red) == 1 else tr("{red} lights", red=len(red))
    shown = "is" if len(red) == 1 else "are"
    steps = list(dict.fromkeys(tr(FIRST_STEPS.get(test, _REFIT)) for test in red))
    return {
        "model": tr(
            "{many} of the review of the default model {shown} red ({join}; the rule behind each is in its "
            "list). {join_2} Until that is decided, override grades that you know to be wrong. {model_first}",
            many=many,
            shown=shown,
            join="; ".join(red),
            join_2=" ".join(steps),
            model_first=model_first(run),
        )
    }
