"""What the default probabilities rest on beside the data."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator

from tradecredit.params.base import Amount, Fraction, Parameters, Positive, Probability, SectionOrFile
from tradecredit.params.size import Sized

CENTRAL = 675 / 40731
"""Defaults a firm-year of all firms that S&P rated from 1981 to 2000."""


class InsolvencyIndex(Parameters):
    """A series that moves with the number of insolvencies, such as a statistics office's, on any scale."""

    source: Annotated[str, Field(min_length=1)]
    """Where the series comes from, and what it counts."""
    values: dict[date, Positive]
    """Last day of a month, quarter, half-year or year: its value. All are of periods of one length, without gaps.
    Values of later days than the run's are not read."""
    averaged_months: int = Field(1, ge=1)
    """Months up to its day that each value is a mean or a sum over, where they are more than its period has: 3 for a
    moving average over three months."""

    @field_validator("values", mode="before")
    @classmethod
    def _days_as_written(cls, values: object) -> object:
        # A problem then names the day as the file has it, not Python's word for what YAML made of it.
        return {str(day): value for day, value in values.items()} if isinstance(values, dict) else values

    @field_validator("values")
    @classmethod
    def _a_series(cls, values: dict[date, float]) -> dict[date, float]:
        if len(values) < 2:
            raise ValueError("values of two days at least are expected: one alone shows no change")
        values = dict(sorted(values.items()))
        if odd := [day for day in values if (day + timedelta(days=1)).day != 1]:
            raise ValueError(f"last days of months are expected: {odd[0]} is none")
        apart = {day: 12 * (day.year - last.year) + day.month - last.month for last, day in pairwise(values)}
        odd = [day for day, months in apart.items() if months not in PERIODS or months != min(apart.values())]
        if odd:
            raise ValueError(
                f"values by month, quarter, half-year or year without gaps are expected: that of {odd[0]} is "
                f"{apart[odd[0]]} months after the one before; complete the series, or leave out what is before the gap"
            )
        return values


PERIODS = (1, 3, 6, 12)
"""Months between two values that an index may have."""


Part = Literal["payment behaviour", "accounts", "outside opinion"]
PART_WEIGHTS: dict[Part, float] = {"payment behaviour": 0.75, "accounts": 0.75, "outside opinion": 0.45}


class DefaultSettings(Parameters):
    """What the default probability rests on beside the data."""

    central_tendency: Probability = CENTRAL
    """Long-run average 12-month default rate of the book's buyers, used where the book's defaults are too few."""
    central_tendency_source: str = "S&P's counts of rated firms, 1981 to 2000; a last resort, state your own"
    """Where the number comes from, for the reader."""
    central_tendencies: dict[str, Probability] = {}
    """The same by sector (`C`), country (`DE`) or both (`DE/C`); the most particular counts, relative to the above."""
    prior_buyer_years: Annotated[float, Field(gt=0)] = 500
    """How many watched buyer-years the stated central tendency is worth beside the book's own defaults."""
    level: Literal["book", "stated"] = "book"
    """With a fit, whether the probabilities keep the level of the book's own defaults or are shifted to the central
    tendency."""
    insolvency_index: SectionOrFile[InsolvencyIndex] | None = None
    """Series of insolvencies, or the YAML file that holds it: moves the level from the years it rests on to now."""
    index_elasticity: Amount = 1.0
    """The odds of default move with the index to this power."""
    index_elasticity_sd: Amount = 0.3
    """Standard deviation of this power, in the interval of the level: the book's buyers as a whole may have moved, and
    move, otherwise than the index. Judgement: a panel of a few years holds one cycle at most, and cannot tell."""
    agencies: dict[str, dict[float, Probability]] = {}
    """Agency: its scores and the 12-month default probability that each means, straight lines in log-odds between. An
    agency that is not named enters a fit only, a higher score taken as better."""
    prior_part_weights: dict[Part, Amount] = PART_WEIGHTS
    """What the stated parts count for beside each other; below 1, because they partly overlap. Judgement."""
    prior_weight_sd: Positive = 0.5
    """Standard deviation of these weights before the book's own data, where its defaults are too few for a fit."""
    minimum_defaults: int = Field(20, ge=5)
    """Buyers that defaulted within 12 months of an observation date; with fewer no model is fitted."""
    minimum_history_months: int = Field(6, ge=1)
    """Months of ledger before the first date that a fitted model observes buyers on."""
    probation_months: int = Field(12, ge=1)
    """Months in a row in which a buyer that was insolvent, or whose debt was given up, has to buy and pay in time, once
    that default is resolved, before it is in default no more."""
    probation_days_late: int = Field(30, ge=0)
    """Days past due up to which it then pays in time: what every buyer is late by now and then is no relapse."""
    material_amount: Sized = 500
    """In a book that records no defaults, more than this more than 90 days past due and contested by nobody is evidence
    of a buyer's default. That of Commission Delegated Regulation (EU) 2018/171, Article 2, for other than retail."""
    material_share: Fraction = 0.1
    """It has to be more than this share of what the buyer owes, too: D&B calls a firm severely delinquent from a tenth
    of its trade debt on. The regulation's 1 % is that of loans, which know no short payments and deductions."""
    paying_share: Fraction = 0.5
    """Nor is it evidence where at least this share of what fell due in the last 90 days has been paid: what such a
    buyer left open is a short payment to clear up. Judgement."""
    interval: Annotated[float, Field(gt=0.5, lt=1)] = 0.9
    """Confidence of `pd_low` to `pd_high`."""
    prior_log_odds: dict[
        Literal["days_beyond_terms", "share_late", "share_overdue", "oldest_days_past_due", "dispute_rate"], Amount
    ] = {"days_beyond_terms": 0.046, "share_late": 1.0, "oldest_days_past_due": 0.010}
    """What one unit of a behaviour is believed to add to the log-odds; a fit is held to it. Judgement: the odds
    double with 15 days beyond terms (0.046 a day), with 70 points of share late, with 70 days of the oldest item."""
    prior_sd: Positive = 0.7
    """Standard deviation of a buyer's log-odds around what behaviour, accounts and an agency's opinion predict: what
    no input shows, a factor of two either way. In the interval of every probability, where a fit's own errors add to
    it, and, of the few buyers that much of their sum is of, in the interval of the level."""

    @field_validator("agencies")
    @classmethod
    def _scores_have_an_order(cls, agencies: dict[str, dict[float, float]]) -> dict[str, dict[float, float]]:
        wrong = []
        for agency, points in agencies.items():
            given = [points[score] for score in sorted(points)]
            if len(given) < 2 or not (given == sorted(set(given)) or given == sorted(set(given), reverse=True)):
                wrong.append(agency)
        if wrong:
            raise ValueError(
                f"{', '.join(wrong)}: two scores at least are expected, and probabilities that only rise or only fall"
            )
        return agencies

    @field_validator("prior_part_weights")
    @classmethod
    def _all_parts(cls, weights: dict[Part, float]) -> dict[Part, float]:
        return PART_WEIGHTS | weights
