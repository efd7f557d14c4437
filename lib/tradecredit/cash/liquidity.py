"""Whether the cash is enough: shortfalls, the buffer against them, cash ratio, cash cycle, borrowing base."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.cash.forecast import SHORT, CashForecast, bands
from tradecredit.insurance.cover import audit
from tradecredit.insurance.policy import Policy
from tradecredit.measure.open_items import open_items
from tradecredit.measure.receivables import kpis_on
from tradecredit.numerics.discrimination import Estimate
from tradecredit.numerics.known_digits import known_digits
from tradecredit.numerics.risk_measures import Sample, value_at_risk
from tradecredit.params.cash import Borrowing, PlannedFlow
from tradecredit.params.policy import NO_COVER

STEPS = {"week": {"weeks": 1}, "month": {"months": 1}, "quarter": {"months": 3}, "year": {"years": 1}}
"""From a planned flow to the next."""


class Buffer(NamedTuple):
    """What must be in hand so that no week ends short with more than a probability; `error`: its standard error."""

    amount: float
    error: float


def planned(book: Book, ends: pd.DatetimeIndex) -> np.ndarray:
    """Return the other flows of cash of the plan by week (`planned_flows`); days outside the weeks are left out."""
    first = ends[0] - pd.Timedelta(days=6)
    flows = planned_flows(book, first, ends[-1])
    week = (flows["date"] - first).dt.days.to_numpy() // 7
    return np.bincount(week, flows["amount"].to_numpy(float), len(ends))


def _planned_by_month(book: Book, first: pd.Timestamp, ends: pd.DatetimeIndex) -> np.ndarray:
    if not len(ends):
        return np.zeros(0)
    flows = planned_flows(book, first, ends[-1])
    return np.bincount(ends.searchsorted(flows["date"]), flows["amount"].to_numpy(float), len(ends))


def planned_flows(book: Book, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """Return the other flows of cash from a day to a later one: `date`, `amount` (below zero: paid out), `kind`.

    Those of the run's `cash.plan`, which repeat on each of their days, and those of the book's table `cash_plan`.
    """
    rows = [(day, flow.amount, flow.kind) for flow in book.run.cash.plan for day in _days(flow, last) if day >= first]
    stated = pd.DataFrame(rows, columns=["date", "amount", "kind"])
    stated = stated.astype({"date": "datetime64[us]", "amount": "float64", "kind": "str"})
    table = book.cash_plan
    table = table.loc[(table["date"] >= first) & (table["date"] <= last), ["date", "amount", "kind"]]
    return pd.concat([stated, table], ignore_index=True)


def _days(flow: PlannedFlow, last: pd.Timestamp) -> pd.DatetimeIndex:
    start = pd.Timestamp(flow.date)
    end = last if flow.until is None else min(pd.Timestamp(flow.until), last)
    if flow.every is None:
        return pd.DatetimeIndex([start] if start <= last else [])
    return pd.date_range(start, end, freq=pd.DateOffset(**STEPS[flow.every]))


def cash_bridge(book: Book, forecast: CashForecast, view: str = NO_COVER, weeks: int = SHORT) -> pd.DataFrame:
    """Return how the cash in hand goes from today to the end of some weeks, as expected: index `flow`.

    `times`, how often it flows (missing: in every week), and `amount`, with its standard error `amount_error` where it
    is simulated: `opening_cash`; `expected_receipts` from buyers and recoveries of defaults to come; `past_recoveries`
    and `past_claims` of those that have happened, where there are any; with a policy `claims_in`, `passed_on` and
    `premium_out`; each kind of the plan; and `closing_cash`, their sum. Empty where the run states no opening cash.
    """
    opening, columns = book.run.cash.opening_cash, ["times", "amount", "amount_error"]
    if opening is None:
        return pd.DataFrame(columns=columns, dtype=float).rename_axis("flow")
    # What is simulated errs by the mean over its scenarios.
    cash = forecast.cash(view)[:, :weeks].sum(axis=1)
    paid = (forecast.receipts.paid + forecast.recoveries)[:, :weeks].sum(axis=1)
    rows = {"opening_cash": (np.nan, opening, np.nan), "expected_receipts": (np.nan, paid.mean(), _error(paid))}
    for name, amounts in (("past_recoveries", forecast.past.recoveries), ("past_claims", forecast.past.claims)):
        by_week = np.atleast_2d(amounts)[:, :weeks]
        if by_week.any():
            whole = by_week.sum(axis=1)
            error = _error(whole) if len(whole) > 1 else np.nan
            rows[name] = (float(by_week.any(axis=0).sum()), float(whole.mean()), error)
    if view != NO_COVER:
        policy = forecast.insured[view]
        for name, sign, amounts in (("claims_in", 1, policy.claims), ("passed_on", -1, policy.passed_on)):
            whole = amounts[:, :weeks].sum(axis=1)
            rows[name] = (np.nan, sign * whole.mean(), _error(whole))
        due = policy.premium[:weeks]
        rows["premium_out"] = (float((due != 0).sum()), -float(due.sum()), np.nan)
    first, last = forecast.ends[0] - pd.Timedelta(days=6), forecast.ends[weeks - 1]
    flows = planned_flows(book, first, last)
    for kind, of_kind in flows.groupby("kind", sort=False):
        rows[str(kind)] = (float(len(of_kind)), float(of_kind["amount"].sum()), np.nan)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("flow")
    table.loc["closing_cash"] = [np.nan, table["amount"].sum(), _error(cash)]
    return table


def _error(amounts: np.ndarray) -> float:
    """Return the standard error of the mean of a scenario each; missing of none that differ."""
    return float(amounts.std(ddof=1) / np.sqrt(len(amounts))) or np.nan


def cash_in_hand(book: Book, forecast: CashForecast, view: str = NO_COVER) -> np.ndarray:
    """Return the cash at the end of each week (scenarios × weeks): opening cash, and all flows so far."""
    opening = book.run.cash.opening_cash or 0.0
    return opening + np.cumsum(forecast.cash(view) + planned(book, forecast.ends), axis=1)


def shortfalls(book: Book, forecast: CashForecast, view: str = NO_COVER, weeks: int = SHORT) -> pd.DataFrame:
    """Return how likely and how deep each week ends short: index `week_end`.

    `cash_expected`, `cash_low_95` and `cash_high_95` of the cash in hand; `needed_today`, what must be in hand today
    beside the credit line so that this week ends short with a probability of `cash.buffer_probability` at most, and
    `missing_today`, what of that is not in hand; `short_probability`, that the cash is below minus the credit line,
    with its standard error (missing: in no scenario); `short_depth`, the mean of what is missing then (missing: never
    short). Also the standard errors of the amounts, `…_error` (of the mean depth missing with fewer than two such
    scenarios). Empty where the run states no opening cash. Source: definitions §12.5.
    """
    columns = [
        "cash_expected", "cash_low_95", "cash_high_95", "needed_today", "missing_today", "short_probability",
        "short_probability_error", "short_depth", "cash_expected_error", "cash_low_95_error", "cash_high_95_error",
        "needed_today_error", "missing_today_error", "short_depth_error",
    ]  # fmt: skip
    if book.run.cash.opening_cash is None:
        return pd.DataFrame(columns=columns, index=pd.DatetimeIndex([], name="week_end"), dtype=float)
    cash = cash_in_hand(book, forecast, view)[:, :weeks]
    missing = -(cash + book.run.cash.credit_line)
    short = missing > 0
    chance = short.mean(axis=0)
    count = short.sum(axis=0)
    depth = np.where(count > 0, np.where(short, missing, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    over = np.where(short, missing - depth, 0.0)
    spread = np.where(count > 1, np.sqrt((over**2).sum(axis=0) / np.maximum(count * (count - 1), 1)), np.nan)
    found = bands(cash, forecast.ends[:weeks])
    opening = book.run.cash.opening_cash
    needed, needed_error = (np.array(values) for values in zip(*_needed(book, cash - opening), strict=True))
    error = np.where(count > 0, np.sqrt(chance * (1 - chance) / len(cash)), np.nan)
    return pd.DataFrame(
        {
            "cash_expected": found["expected_cash"], "cash_low_95": found["low_95"], "cash_high_95": found["high_95"],
            "needed_today": needed, "missing_today": np.maximum(needed - opening, 0.0), "short_probability": chance,
            "short_probability_error": error, "short_depth": depth, "cash_expected_error": found["expected_cash_error"],
            "cash_low_95_error": found["low_95_error"], "cash_high_95_error": found["high_95_error"],
            "needed_today_error": needed_error, "missing_today_error": needed_error,
            "short_depth_error": spread,
        },
        index=found.index,
    )  # fmt: skip


def ever_short(book: Book, forecast: CashForecast, view: str = NO_COVER, weeks: int = SHORT) -> Estimate:
    """Return how likely any week of the next ends short, the cash below minus the credit line, and its standard error.

    Not the sum over weeks: a scenario that is short in one is often short in the next. The error is missing where no
    scenario is short. Of a run that states its opening cash. Source: definitions §12.5.
    """
    lowest = np.min(cash_in_hand(book, forecast, view)[:, :weeks], axis=1)
    chance = float(np.mean(lowest < -book.run.cash.credit_line))
    return Estimate(chance, float(np.sqrt(chance * (1 - chance) / len(lowest))) if chance > 0 else np.nan)


def buffer(book: Book, forecast: CashForecast, view: str = NO_COVER, weeks: int = SHORT) -> Buffer:
    """Return what must be in hand today, beside the credit line, so that no week is short with more than a probability.

    The largest over the weeks of the quantile, at 1 − `cash.buffer_probability`, of what the flows so far take out
    beyond the credit line; 0 where they never take out so much.
    """
    flows = np.cumsum(forecast.cash(view) + planned(book, forecast.ends), axis=1)[:, :weeks]
    return max(_needed(book, flows), key=lambda one: one.amount)


def _needed(book: Book, flows: np.ndarray) -> list[Buffer]:
    """Return the buffer of each week; `flows`: all so far by its end (scenarios × weeks)."""
    sample, level = Sample.equally_likely(len(flows)), 1 - book.run.cash.buffer_probability
    found = [value_at_risk(np.ascontiguousarray(-column), sample, level) for column in flows.T]
    return [Buffer(max(amount - book.run.cash.credit_line, 0.0), error) for amount, error in found]


def lacking(book: Book, needed: Buffer) -> float:
    """Return what is missing in hand today of a `buffer`; 0 where it is there, or the run states no opening cash.

    In the digits that the buffer's standard error leaves known.
    """
    opening = book.run.cash.opening_cash
    return 0.0 if opening is None else max(known_digits(needed.amount - opening, needed.error), 0.0)


def buffers(book: Book, forecast: CashForecast, views: Sequence[str]) -> dict[str, Buffer]:
    """Return the `buffer` of some views, by view."""
    return {view: buffer(book, forecast, view) for view in views}


def cash_ratios(book: Book, forecast: CashForecast) -> pd.DataFrame:
    """Return the cash ratio at each coming month's end by view: index `week_end`; `view`, `ratio_expected`,
    `ratio_low_80`, `ratio_high_80`.

    (Cash and securities) / current liabilities, these as the run states them. Empty where it states no opening cash or
    no liabilities.
    """
    settings = book.run.cash
    tables = []
    if settings.opening_cash is not None and settings.current_liabilities is not None:
        for view in forecast.views:
            flows, ends = forecast.by_month(view)
            flows = flows + _planned_by_month(book, forecast.ends[0] - pd.Timedelta(days=6), ends)
            found = bands((settings.opening_cash + np.cumsum(flows, axis=1)) / settings.current_liabilities, ends)
            names = {"expected_cash": "ratio_expected", "low_80": "ratio_low_80", "high_80": "ratio_high_80"}
            tables.append(found[list(names)].rename(columns=names).assign(view=view))
    columns = ["view", "ratio_expected", "ratio_low_80", "ratio_high_80"]
    empty = pd.DataFrame(columns=columns, index=pd.DatetimeIndex([], name="week_end"), dtype=float)
    return pd.concat(tables)[columns] if tables else empty


def cycle(book: Book) -> pd.DataFrame:
    """Return the cash conversion cycle and what a day of DSO is worth: index `figure`; `value`, `unit`.

    `cash_cycle` = DIO + DSO − DPO, missing where the run does not state the others; `turnover` of receivables;
    `cash_of_a_day`, credit sales of a day, which one day of DSO less brings in once; `yearly_worth_of_a_day`, that ×
    cost of capital. Source: definitions §2.4, §12.5.
    """
    now, settings = kpis_on(book, book.as_of), book.run.cash
    given = [np.nan if days is None else days for days in (settings.inventory_days, settings.payables_days)]
    a_day = now["receivables"] / now["dso"] if now["dso"] > 0 else np.nan
    currency = book.run.currency
    rows = {
        "dso": (now["dso"], "days"),
        "cash_cycle": (given[0] + now["dso"] - given[1], "days"),
        "turnover": (now["turnover"], "ratio"),
        "cash_of_a_day": (a_day, currency),
        "yearly_worth_of_a_day": (a_day * book.run.cost_of_capital, currency),
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "unit"]).rename_axis("figure")


def borrowing_base(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return what a lender would advance today on receivables with and without cover: index `view`.

    `eligible`: open amounts that are no more than `cash.borrowing.oldest_days_past_due` past due, and of these what the
    insurer bears where the lender takes insured receivables alone; `advance`; `yearly_interest` of it. Empty without
    terms in the run.
    """
    terms = book.run.cash.borrowing
    views = [NO_COVER] + ([policy.name] if policy is not None else [])
    columns = ["eligible", "advance", "yearly_interest"]
    if terms is None:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="view"), dtype=float)
    eligible = {view: _eligible(book, terms, policy if view != NO_COVER else None) for view in views}
    table = pd.DataFrame({"eligible": eligible}).rename_axis("view")
    advance = table["eligible"] * terms.advance_rate
    return table.assign(advance=advance, yearly_interest=advance * terms.yearly_rate)[columns]


def _eligible(book: Book, terms: Borrowing, policy: Policy | None) -> float:
    items = open_items(book)
    young = ~(items["days_past_due"] > terms.oldest_days_past_due).to_numpy()
    if terms.eligible == "all":
        return float(items["open_amount"][young].sum())
    if policy is None:
        return 0.0
    found = audit(book, policy)["insured"]
    ids = pd.Index(items["invoice_id"][young])
    return float(found[found.index.isin(ids)].sum())


__all__ = [
    "Buffer", "borrowing_base", "buffer", "buffers", "cash_bridge", "cash_in_hand", "cash_ratios", "cycle",
    "ever_short", "lacking", "planned", "planned_flows", "shortfalls",
]  # fmt: skip
