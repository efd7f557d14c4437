"""Fits LONG_RUN and REVERSION_YEARS of lib/tradecredit/model/term_structure.py, and prints how well each form fits.

    python tests/reference/term_structure.py SP_1981-2016.CSV

Data: S&P's average transition rates of rated firms, 1981 to 2016, over 1, 2, 3, 5, 7, 10, 15 and 20 years, as listed by
the Open Risk project; of these the default rates. Each curve starts from the published 12-month rate. AAA had no
default in 12 months, so that no curve can start from it. Rates are as published: firms whose rating was withdrawn (NR)
stay in the denominator. The last lines show the fit if they are taken out instead, as if none had been followed.
"""

import csv
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq, least_squares

from tradecredit.default import term_structure
from tradecredit.params.default import DefaultSettings

RATINGS = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC/C"]
STATES = [*RATINGS, "D", "NR"]
FITTED_YEARS, LATER_YEARS = [2, 3, 5], [7, 10]
MONTHS = np.arange(120)
LOWEST, HIGHEST = -40.0, 20.0
"""Logarithms of the monthly hazards between which today's is sought."""

Hazards = Callable[[float, float, float], np.ndarray]
"""(log of today's monthly hazard, log of the long-run one, reversion in years) → hazard of 120 months."""


def reverting(power: float) -> Hazards:
    """Return the form in which hazard^−power, or at 0 its logarithm, reverts exponentially."""

    def hazards(today: float, long_run: float, years: float) -> np.ndarray:
        decay = np.exp(-MONTHS / 12 / years)
        if power == 0:
            return np.exp(long_run + (today - long_run) * decay)
        level, start = np.exp(-power * long_run), np.exp(-power * today)
        return (level + (start - level) * decay) ** (-1 / power)

    return hazards


def straight_in_log_time(today: float, long_run: float, years: float) -> np.ndarray:
    """The hazard's logarithm goes in a straight line in that of the month, and reaches the long run after `years`."""
    return np.exp(long_run + (today - long_run) * (1 - np.log(MONTHS + 1) / np.log(12 * years)))


FORMS: dict[str, Hazards] = {
    "hazard": reverting(-1), "log hazard": reverting(0), "1 / root of hazard": reverting(0.5),
    "1 / hazard": reverting(1), "log hazard, in log time": straight_in_log_time,
}  # fmt: skip


class Fit(NamedTuple):
    """`ratio`: index rating, columns years; the curve's cumulative rate as a multiple of the published one."""

    long_run: float
    reversion_years: float
    ratio: pd.DataFrame

    def distance(self, years: list[int]) -> float:
        """Return the root mean square of the ratios' logarithms."""
        return float(np.sqrt((np.log(self.ratio[years]) ** 2).to_numpy().mean()))


def published(file: str | Path) -> dict[str, pd.DataFrame]:
    """Return the average share of firms by state at the end (`STATES`): index rating, columns years; fractions."""
    with Path(file).open(encoding="utf-8") as lines:
        _, (ratings, states, periods, *years), *rows = csv.reader(lines)
    years, size = [int(year) for year in years[: int(periods)]], int(ratings)
    shares = np.array([[float(cell) for cell in row[: int(states)]] for row in rows]) / 100
    blocks = shares.reshape(len(years), size, int(states))
    return {state: pd.DataFrame(blocks[:, :, n].T, index=RATINGS, columns=years) for n, state in enumerate(STATES)}


def curve(probability: float, form: Hazards, long_run: float, years: float) -> np.ndarray:
    """Return the cumulative probability by month over ten years, at `probability` after one.

    Where none starts low enough, as happens if the hazard itself reverts, that which starts lowest.
    """
    level, total = np.log(-np.log1p(-long_run) / 12), -np.log1p(-probability)

    def excess(today: float) -> float:
        return float(np.log(form(today, level, years)[:12].sum() / total))

    today = brentq(excess, LOWEST, HIGHEST) if excess(LOWEST) < 0 else LOWEST
    return -np.expm1(-np.cumsum(form(today, level, years)))


def fitted(rates: pd.DataFrame, form: Hazards, *, long_run: float | None = None) -> Fit:
    """Return the long-run level, unless it is given, and the reversion in years that bring the curves of all ratings
    nearest, in logarithms and with equal weights, to the rates after `FITTED_YEARS`."""
    rates = rates[rates[1] > 0]

    def ratios(at: np.ndarray) -> pd.DataFrame:
        level = np.exp(at[1]) if long_run is None else long_run
        curves = np.array([curve(rate, form, level, np.exp(at[0])) for rate in rates[1]])
        years = FITTED_YEARS + LATER_YEARS
        return pd.DataFrame(curves[:, [12 * year - 1 for year in years]], rates.index, years) / rates[years]

    start, ends = np.log([4.0, 0.05]), np.log([[1.0, 0.001], [5_000.0, 0.5]])
    size = 2 if long_run is None else 1
    found = least_squares(
        lambda at: np.log(ratios(at)[FITTED_YEARS]).to_numpy().ravel(), start[:size], bounds=ends[:, :size],
        diff_step=1e-5, ftol=1e-12, xtol=1e-10,
    ).x  # fmt: skip
    return Fit(float(np.exp(found[1])) if long_run is None else long_run, float(np.exp(found[0])), ratios(found))


def main(file: str) -> None:
    shares = published(file)
    average = DefaultSettings().central_tendency
    followed = shares["D"]
    without = followed / (1 - shares["NR"])
    for told, rates, level in (
        ("as published", followed, None),
        (f"as published, long-run level {average:.2%}", followed, average),
        ("withdrawn ratings taken out", without, None),
    ):
        print(f"\n{told}: root mean square distance in logarithms after {FITTED_YEARS} and {LATER_YEARS} years")
        for name, form in FORMS.items():
            fit = fitted(rates, form, long_run=level)
            near, far = fit.distance(FITTED_YEARS), fit.distance(LATER_YEARS)
            parameters = f"long run {fit.long_run:6.2%}, {fit.reversion_years:5.2f} years"
            print(f"  {name:24} {parameters}; distance {near:.3f}, {far:.3f}")
    print("\nHere 1 / root of hazard is used; curve as a multiple of the published rate:")
    print(fitted(followed, FORMS["1 / root of hazard"]).ratio.round(2).to_string())
    print(f"in the library: {term_structure.LONG_RUN:.1%}, {term_structure.REVERSION_YEARS} years")


if __name__ == "__main__":
    main(sys.argv[1])
