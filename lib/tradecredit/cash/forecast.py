"""The cash of the coming 13 weeks and 12 months: what buyers pay, and claims and premiums, in every scenario."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.book.places import places
from tradecredit.cash import past_defaults
from tradecredit.cash.coming_sales import Coming, ordered, sales_shares
from tradecredit.cash.future_sales import FutureSales, future_sales
from tradecredit.cash.insured_cash import (
    Insured,
    fill_insured,
    instalments,
    of_programmes,
    protracted,
    recovered_by_week,
)
from tradecredit.cash.open_rows import open_rows
from tradecredit.cash.past_defaults import PastDefaults
from tradecredit.cash.scenarios import Expected, Receipts, empty, expected, fill, paces
from tradecredit.cash.schedule import expected_by_day, of_open, of_sales
from tradecredit.default.payment_times import PaymentTimes, payment_times, today_of
from tradecredit.insurance.policy import Policy
from tradecredit.losses.insured_part import insured_parts
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.simulator import Block, Settings, Simulator
from tradecredit.numerics.risk_measures import Sample, value_at_risk
from tradecredit.numerics.threads import over_threads
from tradecredit.params.losses import Sampling
from tradecredit.params.policy import NO_COVER

WEEKS = 53
"""That are simulated: they hold twelve months to their ends."""
YEAR = 52
"""Weeks of a year."""
MONTHS = 12
SHORT = 13
"""Weeks of the short forecast."""
LEVELS = {"low_95": 0.025, "low_80": 0.10, "high_80": 0.90, "high_95": 0.975}
"""Ends of the bands, and the probability of a lower amount."""
TEMPO, SALES, PAYMENTS = 11, 12, 13
"""Streams of random numbers beside those of the loss engine, which has 0 to 2."""


class Basis(NamedTuple):
    """What a forecast of buyers' payments is made from: payment times, sales, what is expected under each tempo, and of
    each day."""

    times: PaymentTimes
    sales: FutureSales
    expected: Expected
    by_day: np.ndarray


@dataclass(frozen=True, eq=False)
class CashForecast:
    """The cash of every scenario by week.

    `ends`: the last day of each week; `receipts`: what buyers pay, and where it goes (`Receipts`); `recoveries`
    (scenarios × weeks) of defaults to come; `insured`: by policy claims, the insurer's part of recoveries, and premium;
    `defaults`: how many a year of a scenario has, on average, with its standard error; `by_day`: what buyers are
    expected to pay on each day, by which a week that two months share is divided; `past`: what defaults that have
    happened bring in, the same in every view.
    """

    ends: pd.DatetimeIndex
    receipts: Receipts
    recoveries: np.ndarray
    insured: dict[str, Insured]
    defaults: tuple[float, float]
    by_day: np.ndarray
    past: PastDefaults

    @property
    def views(self) -> list[str]:
        """Without insurance, and with each policy."""
        return [NO_COVER, *self.insured]

    def cash(self, view: str = NO_COVER) -> np.ndarray:
        """Return the cash from buyers, recoveries and insurance by week (scenarios × weeks), premiums paid."""
        cash = self.receipts.paid + self.recoveries + self.past.recoveries + self.past.claims
        if view == NO_COVER:
            return cash
        policy = self.insured[view]
        return cash + policy.claims - policy.passed_on - policy.premium

    def unbalanced(self, view: str = NO_COVER) -> np.ndarray:
        """Return of each scenario: invoices + claims + recoveries − premiums − (receipts + open + lost).

        `lost`: what was open at defaults, and what is credited. Zero to the cent: no cash is made or lost.
        """
        paid = self.receipts
        within = paid.invoiced + self.recoveries.sum(axis=1) + self.past.recoveries.sum(axis=-1)
        within = within + self.past.claims.sum()
        if view != NO_COVER:
            policy = self.insured[view]
            within = within + (policy.claims - policy.passed_on - policy.premium).sum(axis=1)
        return within - (self.cash(view).sum(axis=1) + paid.open + paid.lost + paid.credited)

    def fan(self, view: str = NO_COVER, *, weeks: int = SHORT, summed: bool = False) -> pd.DataFrame:
        """Return the bands of the cash of each week, or summed up to its end: index `week_end`.

        `expected_cash` and the ends of the 80 % and 95 % bands (`LEVELS`), each with its standard error `…_error`.
        """
        cash = self.cash(view)[:, :weeks]
        return bands(np.cumsum(cash, axis=1) if summed else cash, self.ends[:weeks])

    def months(self, view: str = NO_COVER) -> pd.DataFrame:
        """Return the same of each coming month, the first of `MONTHS`: index `week_end`, its last day."""
        return bands(*self.by_month(view))

    def by_month(self, view: str = NO_COVER) -> tuple[np.ndarray, pd.DatetimeIndex]:
        """Return the cash of each coming month (scenarios × months), and their last days.

        A week that two months share is divided as what buyers are expected to pay on its days.
        """
        days = pd.date_range(self.ends[0] - pd.Timedelta(days=6), self.ends[-1])
        ends = month_ends_of(days)
        place = ends.searchsorted(days)
        week = np.arange(len(days)) // 7
        whole = np.bincount(week, self.by_day)[week]
        part = np.where(whole > 0, self.by_day / np.where(whole > 0, whole, 1.0), 1 / 7)
        spread, inside = np.zeros((len(self.ends), len(ends))), place < len(ends)
        np.add.at(spread, (week[inside], place[inside]), part[inside])
        return self.cash(view) @ spread, ends


def bands(cash: np.ndarray, ends: pd.DatetimeIndex) -> pd.DataFrame:
    """Return mean and bands of columns of scenarios, with standard errors; index `week_end`."""
    count, rows = len(cash), []
    sample = Sample.equally_likely(count)
    for column in np.ascontiguousarray(cash.T):
        row = {"expected_cash": column.mean(), "expected_cash_error": column.std(ddof=1) / np.sqrt(count)}
        for name, level in LEVELS.items():
            # Quantiles below the middle are those of the negative amount, whose tail is computed.
            if level > 0.5:
                row[name], row[f"{name}_error"] = value_at_risk(column, sample, level)
            else:
                value, row[f"{name}_error"] = value_at_risk(-column, sample, 1 - level)
                row[name] = -value
        rows.append(row)
    return pd.DataFrame(rows, index=pd.DatetimeIndex(ends, name="week_end"))


def month_ends_of(days: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return the last days of the months that end within some days, the first `MONTHS` of them."""
    return days[days.is_month_end][:MONTHS]


@remembered
def assess(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> CashForecast:
    """Return the cash of a book's coming year without insurance and under each policy, on the same scenarios.

    `ratings`: index buyer_id, `pd`. Defaults, their days, what is lost and paid for: those that `losses.simulate` draws
    for as many plain years from the run's seed. Raises as `losses.assess`. Source: definitions §12.
    """
    at_risk = portfolio(book, ratings)
    simulator = simulator_of(book, at_risk, policies)
    place = places(at_risk.index.to_series(), book.buyers["buyer_id"])
    found = basis(book, WEEKS)
    premiums = instalments(book, policies, at_risk, WEEKS)
    return simulated(book, found, simulator, place, premiums)


def simulator_of(book: Book, at_risk: pd.DataFrame, policies: Sequence[Policy]) -> Simulator:
    """Return what draws the defaults: the loss engine, on as many plain years as the run's forecast has scenarios."""
    sampling = Sampling(method="plain", threads=book.run.simulation.threads)
    settings = Settings(book.run.losses.dependence, sampling)
    return Simulator.of(
        at_risk, insured_parts(book, policies), (book.run.cash.scenarios,), book.run.simulation.seed, settings
    )


def basis(book: Book, weeks: int) -> Basis:
    """Return what a forecast of so many weeks is made from."""
    today = today_of(book)
    times, sales = payment_times(book), future_sales(book, 7 * weeks)
    speeds = paces(times)
    items = open_rows(book)
    opened = of_open(items, times, today, weeks, speeds)
    coming_sales = Coming(*sales_shares(book), sales, ordered(book))
    coming = of_sales(coming_sales, times, today, speeds)
    future = (sales.month[3::7][:weeks], sales.per_invoice)
    by_day = expected_by_day(items, coming_sales, times, today)
    return Basis(times, sales, expected(items, opened, coming, future, times), by_day)


def simulated(
    book: Book, found: Basis, simulator: Simulator, place: np.ndarray, premiums: dict[str, np.ndarray]
) -> CashForecast:
    """Return the scenarios of a basis with the defaults of a simulator, whose buyers stand at `place` in the book."""
    count, weeks = len(simulator.draw.place), found.expected.weeks
    key = np.random.SeedSequence([simulator.seed, PAYMENTS]).generate_state(1, np.uint64)[0]
    months = sales_factors(found.sales, count, simulator.seed)
    tempo = np.random.default_rng([simulator.seed, TEMPO]).standard_normal(count)
    into, recoveries = empty(count, weeks), np.zeros((count, weeks))
    alone = [(np.zeros((count, weeks)), np.zeros((count, weeks)), np.zeros(count)) for _ in simulator.policies]

    def block(part: Block) -> np.ndarray:
        here, defaults = part.scenarios, simulator.defaults(part)
        week = (defaults.day - 1) // 7
        speed = with_economy(tempo[here], simulator, part, book.run.cash.payment_speed_correlation)
        inside = week < weeks
        events = (defaults.scenario[inside], place[defaults.buyer[inside]], week[inside])
        room = Receipts(*(values[here] for values in into))
        fill(found.expected, (speed, months[here]), events, (key, part.start), room)
        recoveries[here] = recovered_by_week(book, defaults, (part.stop - part.start, weeks))
        late = protracted(book, simulator, defaults, part.start)
        fill_insured(book, simulator, defaults, late, [tuple(values[here] for values in one) for one in alone])
        return np.bincount(defaults.scenario, minlength=part.stop - part.start)

    defaulted = np.concatenate(list(over_threads(block, list(simulator.blocks()), book.run.simulation.threads)))
    insured = of_programmes(simulator.policies, alone, premiums)
    ends = pd.date_range(book.as_of + pd.Timedelta(days=7), periods=weeks, freq="7D")
    number = float(defaulted.mean()), float(defaulted.std(ddof=1) / np.sqrt(count))
    past = past_defaults.in_scenarios(book, past_defaults.by_week(book, weeks), count, simulator.seed)
    return CashForecast(ends, into, recoveries, insured, number, found.by_day, past)


def sales_factors(sales: FutureSales, count: int, seed: int) -> np.ndarray:
    """Return by what each scenario's sales of the coming months differ from what is expected of them."""
    normal = np.random.default_rng([seed, SALES]).standard_normal((count, len(sales.rate)))
    value, vector = np.linalg.eigh(sales.spread)
    return np.exp(normal @ (vector * np.sqrt(np.maximum(value, 0.0))).T)


def with_economy(own: np.ndarray, simulator: Simulator, part: Block, correlation: float) -> np.ndarray:
    """Return the tempo of each scenario of a block: its own, and the mean of the economy's factors beside it.

    Where default rates are gamma-distributed, the factor is a multiple of these: its normal score counts, negative.
    """
    if simulator.economy.gamma is not None:
        return own
    factor = simulator.states(part).factor.mean(axis=0)
    sd = factor.std()
    score = (factor - factor.mean()) / sd if sd > 0 else np.zeros(len(factor))
    return correlation * score + np.sqrt(1 - correlation**2) * own


__all__ = ["CashForecast", "assess", "bands", "basis", "month_ends_of", "simulated"]
