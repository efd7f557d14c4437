"""From when on something about a buyer is an early warning, and which buyers the watchlist names."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tradecredit.params.base import Amount, Fraction, Parameters, Positive, Probability

Signal = Literal[
    "slower", "silent", "overdue", "broken_promises", "part_payments", "disputes", "limit_use", "orders_surge",
    "orders_stop", "grade_fallen", "score_fallen", "accounts_overdue", "sector_worse", "country_worse", "group_failed",
    "insurer_cut", "insurer_refused",
]  # fmt: skip

ODDS: dict[Signal, float] = {
    "silent": 15.0, "overdue": 1.3, "broken_promises": 1.3, "limit_use": 1.2, "orders_stop": 1.3, "group_failed": 2.0,
    "insurer_refused": 2.0,
}  # fmt: skip
"""What moves the odds unless the run states otherwise: what these signals together were worth beside the probability in
thirteen demo books (seeds 11 to 13 and 801 to 810; `tests/bench/early_warning.py` looks at others). The rest was worth
nothing there, or less than its error."""


class EarlyWarningSettings(Parameters):
    """From when on something about a buyer is an early warning, and which buyers the watchlist names."""

    list_from: Probability = 0.15
    """The watchlist names buyers from this 12-month default probability on, as moved by the signals (`odds`)."""
    aim_named: Annotated[float, Field(gt=0, lt=1)] = 0.7
    """Part of the failures that the watchlist should have named 60 days or more before, by the back-test, with"""
    aim_false: Positive = 3.0
    """so many false names for each true one, at most."""
    odds: dict[Signal, Positive] = {}
    """Signal: what it multiplies a buyer's odds of default by. Of those that are not named `silent` counts 15,
    `group_failed` and `insurer_refused` 2, `overdue`, `broken_promises` and `orders_stop` 1.3, `limit_use` 1.2, and all
    others 1: a reason to look and no more. Judgement; the back-test says what each was worth in this book."""
    recent_months: int = Field(3, ge=1, le=12)
    """Months whose part payments, disputes, broken promises, orders, grades and insurer's decisions are held against
    what was before."""
    slower_width: Annotated[float, Field(gt=0, le=6)] = 2.5
    """Control limit of the chart of days late against the buyer's own habit, in its standard deviations: how rare its
    false alarms are follows from it (`control_charts.average_run_length`)."""
    silence: Positive = 3.0
    """How improbable it is, by the buyer's habit, that nothing has been paid for so long: 3 is one in a thousand."""
    overdue_days: int = Field(60, ge=1)
    """Days past due of the oldest invoice that nobody contests."""
    fewest: int = Field(2, ge=1)
    """Part payments, or disputes, of the recent months: so many at least,"""
    times_usual: Annotated[float, Field(gt=1)] = 3.0
    """and so many times those of the year before, month for month."""
    broken_promises: int = Field(1, ge=1)
    """Promises to pay that were broken in the recent months."""
    limit_use: Positive = 1.0
    """Open amount over the limit in force."""
    orders_surge: Annotated[float, Field(gt=1)] = 2.0
    """Purchases of the recent months over the buyer's usual ones, beside those of all buyers: so many times or more."""
    orders_stop: Fraction = 0.25
    """The same of a buyer that ceases to buy: so much or less."""
    grade_notches: int = Field(2, ge=1)
    """Grades that a buyer has fallen by in the recent months."""
    score_fall: Positive = 0.5
    """Fall of an agency's score since the one before, in standard deviations of its scores of all buyers."""
    accounts_days: int = Field(60, ge=0)
    """Days since the next account should have been known."""
    surroundings_days: Amount = 3.0
    """Days by which the other buyers of the sector, or the country, pay later than over the year, on average,"""
    surroundings_buyers: int = Field(10, ge=1)
    """of so many other buyers at least."""
    insurer_cut: Annotated[float, Field(gt=0, le=1)] = 0.2
    """Part of its limit that the insurer took back in the recent months."""

    @field_validator("odds")
    @classmethod
    def _of_all(cls, odds: dict[Signal, float]) -> dict[Signal, float]:
        return ODDS | odds

    def odds_of(self, signal: str) -> float:
        """Return what a signal multiplies the odds of default by."""
        return {**ODDS, **self.odds}.get(signal, 1.0)  # type: ignore[call-overload]
