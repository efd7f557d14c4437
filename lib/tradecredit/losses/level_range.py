"""What a year's losses are where the level of the default probabilities lies at the ends of its interval."""

import math
from collections.abc import Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.default.level import level
from tradecredit.insurance.policy import Policy
from tradecredit.losses.distribution import expected_loss
from tradecredit.losses.simulation import assess, at_odds
from tradecredit.numerics.risk_measures import expected_shortfall, value_at_risk

MOST_YEARS = 16_384
"""The ends of the interval are judged to a fifth at best: the error of these years is small beside that."""


@remembered
def level_range(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the losses of the coming year, before insurance, over the 90 % interval of the level of default.

    Index `level_end`: `low`, `as it is`, `high`; columns: `odds`, what all odds of default are multiplied by;
    `defaults_at_level`, expected; in the reporting currency `expected_loss_at_level` (exact), `var_99_at_level` and
    `es_99_at_level` (simulated, of at most `MOST_YEARS` years at the ends, on the same random numbers). All but the
    middle is missing where the interval is. Source: definitions §8.1.1.
    """
    found, dist, rows = level(book, ratings), assess(book, ratings, policies), []
    ends = {
        "low": (found.factor_low, found.low),
        "as it is": (1.0, found.expected),
        "high": (found.factor_high, found.high),
    }
    for name, (factor, defaults) in ends.items():
        row = {"level_end": name, "odds": factor, "defaults_at_level": defaults}
        if not math.isnan(factor):
            moved = dist if factor == 1 else at_odds(dist, factor, MOST_YEARS)
            gross = moved.losses["gross"].to_numpy()
            row |= {
                "expected_loss_at_level": expected_loss(moved.portfolio).sum(),
                "var_99_at_level": value_at_risk(gross, moved.sample, 0.99)[0],
                "es_99_at_level": expected_shortfall(gross, moved.sample, 0.99)[0],
            }
        rows.append(row)
    return pd.DataFrame(rows).set_index("level_end")
