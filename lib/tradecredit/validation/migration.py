"""How buyers move between grades and into default: what became of them a year later, and rates of moving over time.

Both read the same two tables. `history`: a row for each buyer and date on which it was rated, on a grid of dates
that is the same for all buyers: `buyer_id`, `date`, `grade` (whole, 1 to 10; missing: not rated that day) and, if
known, `pd`, the 12-month default probability that was said. A buyer without a row on a date of the grid was not rated
then. `defaults`: `buyer_id` and `date` of each default. What came after `until` is not known yet, in either table.
Default is the end: a buyer rated again after it starts anew.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import expm, expm_frechet

from tradecredit.default.grades import WORST
from tradecredit.errors import InputError, ParameterError, Problem, missing_columns, values_not

GRADES = list(range(1, WORST + 1))
STATES = [*GRADES, "default"]
OUTCOMES = [*STATES, "left"]

NEAR = pd.Timedelta(days=3)
"""A date of the grid so near to a year after another is a year after it: months end on the 28th to the 31st."""

YEAR_DAYS = 365.25


class Cohort(NamedTuple):
    """What became of rated buyers 12 months later. Index `grade`, at the start (all ten).

    `shares`, columns 1 to 10, `default` and `left`: parts of the row, which is missing where there is no observation.
    `counts`: the same in numbers. `rates`: `observations`, `buyers` (different ones), `defaults`, `predicted` (mean of
    `pd` over the observations; missing where one of them is), `default_rate` and its `standard_error`.
    """

    shares: pd.DataFrame
    counts: pd.DataFrame
    rates: pd.DataFrame


class Duration(NamedTuple):
    """Rates of moving. `generator`: index and columns 1 to 10 and `default`, moves a year; its rows add up to 0.

    A row is missing where nobody was ever at risk in the grade; that of `default` is 0. `counts`: index `grade`, moves
    from it to each state; `years`: at risk in each grade.
    """

    generator: pd.DataFrame
    counts: pd.DataFrame
    years: pd.Series


class _Past(NamedTuple):
    """`rated`: the rows with a grade; `grid`: all dates in order; `defaults`: `buyer_id` and `default`, its date."""

    rated: pd.DataFrame
    grid: pd.Series
    defaults: pd.DataFrame


def cohort(history: pd.DataFrame, defaults: pd.DataFrame, *, until: pd.Timestamp) -> Cohort:
    """Return the 12-month transitions: grade at a date against grade, default or neither a year later.

    An observation counts if its 12 months end by `until` and the date a year later is on the grid, so that the last
    year of a history has no observations that count. The outcome is `default` if there is one within the 12 months,
    whatever came after it; else the grade of the date a year later; else `left`. Those that left stay in the
    denominator, as S&P's withdrawn ratings do.

    Observations three months apart share nine months with their defaults: they overlap and are not independent. The
    standard error of the default rate p is therefore √(p(1−p) / different buyers), as if further observations of a
    buyer added nothing new, which is the cautious side; missing where p is 0 or 1. That buyers default together in bad
    years is not in it.

    Raises `InputError` for missing columns, buyers and dates, grades that are not whole from 1 to 10, and a buyer
    rated twice on a date.
    """
    past = _past(history, defaults, until)
    ends = past.grid + pd.DateOffset(months=12)
    dates = pd.merge_asof(
        ends.to_frame("end"), past.grid.to_frame("later"), left_on="end", right_on="later", direction="nearest",
        tolerance=NEAR,
    )  # fmt: skip
    dates = dates.assign(date=past.grid)[dates["later"].notna() & (dates["end"] <= until)]
    start = past.rated.merge(dates, on="date")
    outcome = _grade_on(start["later"], start["buyer_id"], past)
    outcome = outcome.where(outcome.notna(), "left").mask(_next_default(start, past) <= start["end"], "default")
    counts = _counts(start["grade"], outcome, OUTCOMES)
    total, by_grade = counts.sum(axis=1), start.groupby("grade")
    rate = counts["default"] / total.where(total > 0)
    buyers = by_grade["buyer_id"].nunique().reindex(counts.index, fill_value=0)
    rates = pd.DataFrame(
        {
            "observations": total,
            "buyers": buyers,
            "defaults": counts["default"],
            "predicted": by_grade["pd"].agg(lambda said: said.mean(skipna=False)).reindex(counts.index),
            "default_rate": rate,
            "standard_error": np.sqrt(rate * (1 - rate) / buyers).where((rate > 0) & (rate < 1)),
        }
    )
    return Cohort(counts.div(total.where(total > 0), axis=0), counts, rates)


def duration(history: pd.DataFrame, defaults: pd.DataFrame, *, until: pd.Timestamp) -> Duration:
    """Return the rates of moving between grades and into default, the same at all times, by maximum likelihood.

    Rate from i to j = moves from i to j / years at risk in i (Lando and Skødeberg 2002, Journal of Banking & Finance
    26, 423–444). A grade holds until the next date of the grid, or until a default before that; a buyer not rated on
    the next date is at risk up to it and has left then, which is no move (censoring). A default after it left does not
    count; rated again it is at risk again. Nobody is at risk after the last date, as moves could not be seen. A year
    has 365.25 days.

    The likelihood is that of moves seen as they happen. On a grid a second move before the next date hides the first:
    with dates three months apart and 40 % of a grade's buyers moving in a year, its rate is some 10 % too low, and the
    12-month default rate of a grade that defaults only after moves can be a third too high, since two moves within the
    three months look like one at the rate of the first (monthly dates: an eighth). Raises as `cohort`.
    """
    past = _past(history, defaults, until)
    gaps = pd.DataFrame({"date": past.grid, "later": past.grid.shift(-1)}).dropna()
    start = past.rated.merge(gaps, on="date")
    default = _next_default(start, past)
    failed = default <= start["later"]
    outcome = _grade_on(start["later"], start["buyer_id"], past).mask(failed, "default")
    days = (start["later"].mask(failed, default) - start["date"]).dt.days
    years = (days / YEAR_DAYS).groupby(start["grade"]).sum().reindex(GRADES, fill_value=0.0).rename("years")
    moved = outcome.notna() & (outcome != start["grade"])
    counts = _counts(start["grade"][moved], outcome[moved], STATES)
    rates = counts.div(years.where(years > 0), axis=0).reindex(pd.Index(STATES, name="grade"))
    rates.loc["default"] = 0.0
    generator = rates - np.diag(rates.sum(axis=1, skipna=False))
    return Duration(generator, counts, years.rename_axis("grade"))


def transition(generator: pd.DataFrame, *, years: float) -> pd.DataFrame:
    """Return the probabilities of each state after so many years: exp(`years` · generator), see `Duration.generator`.

    Index and columns as the generator's; rows add up to 1. A grade from which nobody defaulted has a default
    probability above 0 if buyers moved from it to grades that had one. The row of a grade in which nobody was ever at
    risk is missing; in the other rows whoever gets there stays there, so that their default probability is too low by
    that column at most. Raises `ParameterError` for negative years.
    """
    if not 0 <= years < np.inf:
        allowed = "must be a number of 0 or more"
        raise ParameterError(
            [Problem(file="migration", column="years", value=years, allowed=allowed, remedy="change the argument")]
        )
    after = pd.DataFrame(expm(years * generator.fillna(0.0).to_numpy()), generator.index, generator.columns)
    return after.clip(0.0, 1.0).where(generator.notna())


def default_rates(cohorts: Cohort, durations: Duration) -> pd.DataFrame:
    """Return the 12-month default rate of each grade both ways, beside what was predicted.

    Index `grade` (all ten). Columns:

    - `predicted_in_sample`, and `cohort` with `cohort_error`, from so many `cohort_defaults` of so many
      `cohort_buyers`: as `cohort`;
    - `duration`, as `transition`, from so many `moves` out of the grade in so many `years` at risk;
    - `duration_error`: that of all rates of moving that it depends on, each a Poisson count divided by years, by the
      delta method with the derivative of the matrix exponential; missing where the rate is 0 or 1.
    """
    rates = cohorts.rates
    probability = transition(durations.generator, years=1)["default"].loc[GRADES]
    error = np.sqrt(_variance(durations))
    return pd.DataFrame(
        {
            "predicted_in_sample": rates["predicted"],
            "cohort": rates["default_rate"],
            "cohort_error": rates["standard_error"],
            "cohort_defaults": rates["defaults"],
            "cohort_buyers": rates["buyers"],
            "duration": probability,
            "duration_error": error.where((probability > 0) & (probability < 1)),
            "moves": durations.counts.sum(axis=1),
            "years": durations.years,
        }
    )


def _past(history: pd.DataFrame, defaults: pd.DataFrame, until: pd.Timestamp) -> _Past:
    problems = [
        *missing_columns(history, ("buyer_id", "date", "grade"), "rating history"),
        *missing_columns(defaults, ("buyer_id", "date"), "defaults"),
    ]
    if problems:
        raise InputError(problems)
    day, failed = (pd.to_datetime(table["date"], errors="coerce") for table in (history, defaults))
    problems = [*_history_problems(history, day), *_known(defaults, failed, "defaults")]
    if problems:
        raise InputError(problems)
    columns = {"date": day, "pd": history.get("pd", np.nan)}
    rows = history[["buyer_id", "grade"]].assign(**columns)[day <= until]
    rated = rows.dropna(subset="grade").astype({"grade": "int64"})
    events = defaults[["buyer_id"]].assign(default=failed)[failed <= until]
    return _Past(rated, pd.Series(rows["date"].unique()).sort_values(ignore_index=True), events)


def _history_problems(history: pd.DataFrame, day: pd.Series) -> Iterator[Problem]:
    yield from _known(history, day, "rating history")
    right = history["grade"].isna() | pd.to_numeric(history["grade"], errors="coerce").isin(GRADES)
    yield from values_not(right, history["grade"], "rating history", f"must be a whole grade from 1 to {WORST}")
    first = ~history.assign(date=day).duplicated(["buyer_id", "date"])
    yield from values_not(first, history["date"], "rating history", "this buyer is rated twice on the date")


def _known(table: pd.DataFrame, day: pd.Series, name: str) -> Iterator[Problem]:
    yield from values_not(table["buyer_id"].notna(), table["buyer_id"], name, "is missing")
    yield from values_not(day.notna(), table["date"], name, "must be a date")


def _grade_on(day: pd.Series, buyer: pd.Series, past: _Past) -> pd.Series:
    """Return the grade of each buyer on each day, as objects: missing where it was not rated."""
    asked = pd.DataFrame({"buyer_id": buyer, "date": day})
    return asked.merge(past.rated, how="left", on=["buyer_id", "date"])["grade"].astype(object)


def _next_default(start: pd.DataFrame, past: _Past) -> pd.Series:
    """Return the date of the first default after each row's `date`."""
    pairs = start[["buyer_id", "date"]].reset_index(names="row").merge(past.defaults, on="buyer_id")
    return pairs[pairs["default"] > pairs["date"]].groupby("row")["default"].min().reindex(start.index)


def _counts(start: pd.Series, outcome: pd.Series, columns: list) -> pd.DataFrame:
    """Return how often each outcome followed each grade: index `grade`, all `columns`."""
    place = (start.to_numpy() - 1) * len(columns) + pd.Index(columns).get_indexer(outcome)
    table = np.bincount(place, minlength=WORST * len(columns)).reshape(WORST, len(columns))
    return pd.DataFrame(table, index=pd.Index(GRADES, name="grade"), columns=pd.Index(columns, name="outcome"))


def _variance(durations: Duration) -> pd.Series:
    """Return the variance of each grade's 12-month default probability, from those of the rates of moving."""
    generator = durations.generator.fillna(0.0).to_numpy()
    counts, years = durations.counts.to_numpy(), durations.years.to_numpy()
    variance = np.zeros(WORST)
    for i, j in zip(*np.nonzero(counts), strict=True):
        direction = np.zeros_like(generator)
        direction[i, [i, j]] = -1.0, 1.0
        slope = expm_frechet(generator, direction, compute_expm=False)[:WORST, -1]
        variance += counts[i, j] / years[i] ** 2 * slope**2
    return pd.Series(variance, index=durations.counts.index)
