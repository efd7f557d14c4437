"""For which default probabilities the verdict on cover holds: the account at multiples of all odds, and its turn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.policies.account import SAVING, account
from tradecredit.default.grades import grade
from tradecredit.insurance.policy import Policy
from tradecredit.losses.simulation import assess, at_odds, times_odds
from tradecredit.params.policy import NO_COVER

MOST_YEARS = 16_384
"""Where the verdict turns is uncertain by the level of the probabilities, far more than by these years' error."""

COLUMNS = ["cover_value", "cover_value_se", "cover_value_on_current", "cover_value_on_current_se", "saving_at_odds"]


@remembered
def by_odds(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the value of each policy if all default odds were multiplied, limits set anew: index `odds`, `policy`.

    Multiples: the run's `account.odds`. Columns `cover_value` and `cover_value_on_current`, beside no cover and beside
    the policy in force, each with its `_se`, and `saving_at_odds`, the saving of the cost of risk on today's balances
    alone. All but the book as it is are simulated with at most `MOST_YEARS` years, on
    the same random numbers: errors are larger, and differences between multiples still small beside them. Grades follow
    the probabilities; buyers in default stay so.
    """
    if not policies:
        return pd.DataFrame(columns=["odds", "policy", *COLUMNS]).set_index(["odds", "policy"])
    dist, tables = assess(book, ratings, policies), []
    for multiple in book.run.account.odds:
        probability = times_odds(ratings["pd"], multiple)
        same = multiple == 1
        then = ratings if same else ratings.assign(pd=probability, grade=grade(probability, book.run.grades))
        items = account(book, then, dist if same else at_odds(dist, multiple, MOST_YEARS)).items
        table = items.assign(saving_at_odds=items[list(SAVING)].sum(axis="columns"), odds=float(multiple))
        tables.append(table.reset_index()[["odds", "policy", *COLUMNS]])
    return pd.concat(tables, ignore_index=True).set_index(["odds", "policy"])


def turning_points(value: pd.Series, error: pd.Series) -> pd.DataFrame:
    """Return where a value turns: rows `odds`, `odds_se`, `turns` (`positive` or `negative` above it).

    `value`: index `odds`, rising, and its standard `error`. Between two multiples the value is linear in the logarithm
    of the multiple; the error of the turning point is that of the value there by the slope. Empty where it does not
    turn between the lowest and the highest.
    """
    log, amount = np.log(value.index.to_numpy(float)), value.to_numpy(float)
    spread, rows = error.to_numpy(float), []
    for place in np.flatnonzero((amount[:-1] > 0) != (amount[1:] > 0)):
        slope = (amount[place + 1] - amount[place]) / (log[place + 1] - log[place])
        part = -amount[place] / (amount[place + 1] - amount[place])
        at = np.exp(log[place] + part * (log[place + 1] - log[place]))
        there = (1 - part) * spread[place] + part * spread[place + 1]
        rows.append((at, at * there / abs(slope), "positive" if slope > 0 else "negative"))
    return pd.DataFrame(rows, columns=["odds", "odds_se", "turns"])


def value_at(value: pd.Series, odds: float) -> float:
    """Return the value at a multiple of the odds, linear in the logarithm; missing beyond the multiples of `value`."""
    log = np.log(value.index.to_numpy(float))
    return float(np.interp(np.log(odds), log, value.to_numpy(float), np.nan, np.nan))


def best_at(odds: pd.DataFrame) -> pd.Series:
    """Return which policy is worth most at each multiple of `by_odds`, no cover where none is worth its cost."""
    return _best(_by_policy(odds))


def best_within(odds: pd.DataFrame, interval: tuple[float, float]) -> pd.Series:
    """Return which policy is worth most at both ends of an interval, and at each multiple of `by_odds` within it.

    Index `odds`, rising; no cover where none is worth its cost, missing beyond the multiples of `by_odds`. Between two
    multiples values are linear (`value_at`): what is worth most at both is so in between.
    """
    values = _by_policy(odds)
    low, high = interval
    at = sorted({low, high, *(multiple for multiple in values.index if low < multiple < high)})
    read = {policy: [value_at(value, multiple) for multiple in at] for policy, value in values.items()}
    table = pd.DataFrame(read, index=pd.Index(at, name="odds"))
    return _best(table.dropna()).reindex(at)


def beside_current(odds: pd.DataFrame, current: str) -> pd.DataFrame:
    """Return by how much the best offer is worth more than the policy in force at each multiple, a column of its name.

    `odds`: `by_odds`; `current`: `terms.in_force`. On the balances of the policy in force (`cover_value_on_current`);
    the best offer is that at the multiple nearest to today's odds. Without a policy in force, or with it alone, a
    column for each policy: what it is worth beside no insurance.
    """
    alone, values = _by_policy(odds), _by_policy(odds, "cover_value_on_current")
    if current not in values or len(values.columns) < 2:
        return alone
    today = alone.index[np.abs(np.log(alone.index)).argmin()]
    best = alone.loc[today].drop(current).idxmax()
    return (values[best] - values[current]).to_frame(best)


def _by_policy(odds: pd.DataFrame, value: str = "cover_value") -> pd.DataFrame:
    return odds.reset_index().pivot_table(index="odds", columns="policy", values=value)


def _best(values: pd.DataFrame) -> pd.Series:
    """Return the column of the highest value of each row, no cover where that is not above zero."""
    return values.idxmax(axis="columns").where(values.max(axis="columns") > 0, NO_COVER).rename("policy")
