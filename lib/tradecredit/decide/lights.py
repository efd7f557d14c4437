"""The lights of headline figures: which is green, amber or red by the rules of the run."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.numerics.discrimination import AMBER, GREEN, RED
from tradecredit.params.lights import Light


def lights(
    figures: Mapping[str, float | None], year_before: Mapping[str, float], rules: Mapping[str, Light]
) -> pd.DataFrame:
    """Return the lights of figures: index name, `tested` (what the rule tests), `light` (green, amber or red).

    `figures`: values by name; `year_before`: those of the month end a year ago. Tested is the figure, figure / `of`, or
    figure / year before − 1. What has no rule, or cannot be tested, since one of the two is missing or the divisor is
    not above zero, has no row. A light that would be green is amber where the figure that its rule names beside it
    (`also`) is beyond the bound of green.
    """
    rows = {
        name: {"tested": tested, "light": _light(tested, rule, _number(figures.get(rule.also or "")))}
        for name, rule in rules.items()
        if np.isfinite(tested := _tested(name, rule, figures, year_before))
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["tested", "light"]).rename_axis("name")


def _tested(name: str, rule: Light, figures: Mapping[str, float | None], year_before: Mapping[str, float]) -> float:
    value = _number(figures.get(name))
    if rule.of is not None:
        return value / _divisor(figures.get(rule.of))
    return value / _divisor(year_before.get(name)) - 1 if rule.against else value


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _divisor(value: float | None) -> float:
    found = _number(value)
    return found if found > 0 else np.nan


def _light(tested: float, rule: Light, beside: float = np.nan) -> str:
    sign = 1.0 if rule.red > rule.amber else -1.0
    if sign * tested > sign * rule.red:
        return RED
    return AMBER if sign * tested > sign * rule.amber or sign * beside > sign * rule.amber else GREEN
