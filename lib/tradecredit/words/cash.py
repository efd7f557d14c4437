"""Sentences on the coming cash: what it takes for granted, how good it was, and whether it is enough."""

from collections.abc import Mapping, Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.cash.back_test import PLAIN, CashBackTest
from tradecredit.cash.drivers import CONTESTED, OVERDUE
from tradecredit.cash.forecast import SHORT, YEAR, CashForecast
from tradecredit.cash.insured_cash import FEW_DEFAULTS, FEW_RECOVERIES, protracted_share, recovery_days
from tradecredit.cash.liquidity import Buffer, lacking
from tradecredit.cash.open_rows import FEW_DISPUTES, FEW_PROMISES, USUAL_KEPT, dispute_rule, kept_share
from tradecredit.cash.reconciled import Defaults
from tradecredit.default.payment_times import payment_times
from tradecredit.measure.default_events import in_default
from tradecredit.measure.history import begins, habits_told
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import (
    MINUS,
    change,
    count,
    counted,
    day,
    days,
    error_told,
    listed,
    missing,
    money,
    percent,
    probability,
)

NO_OPENING = (
    "The run file states no cash in hand (`cash.opening_cash`): whether the cash is enough is not known, and planned "
    "flows are not used. The receipts above stand without them."
)
NO_LIABILITIES = (
    "The run file states no current liabilities (`cash.current_liabilities`) or no cash in hand (`cash.opening_cash`): "
    "the cash ratio is not known."
)
NO_BORROWING = "The run file states no terms of an advance on receivables (`cash.borrowing`)."
TOO_YOUNG = "Not testable with this book: it holds no month end with six months before it and 13 weeks after it."
FAN = {"expected": "Expected", "band_80": "80 % band", "band_95": "95 % band"}
"""What the legend calls the parts of a fan."""
FORECASTS = {
    "expected_cash": "This forecast",
    "by_due_day": "Paid on the due day; sales as in the last 91 days",
    "by_average_delay": "Paid after the buyer's average delay; sales as in the last 91 days",
    "by_due_day_same_sales": "Paid on the due day; this forecast's sales",
    "by_average_delay_same_sales": "Paid after the buyer's average delay; this forecast's sales",
    "year_before": "The same weeks of the year before",
    "smoothed": "Exponential smoothing of weekly receipts",
}
"""What the table of errors calls each forecast."""


def drawn(fan: pd.DataFrame) -> pd.DataFrame:
    """Return what a figure of a fan shows."""
    return fan.rename(columns={"expected_cash": "expected"})[["expected", "low_80", "high_80", "low_95", "high_95"]]


def errors(tested: CashBackTest) -> pd.DataFrame:
    """Return the table of errors, each forecast by its name."""
    return tested.errors().rename(index=FORECASTS)


def assumptions(book: Book, forecast: CashForecast, counted_as: Defaults) -> list[str]:
    """Return what the forecast takes for granted, and by whose word."""
    settings, times = book.run.cash, payment_times(book)
    rule, own_days = dispute_rule(book), recovery_days(book)
    disputes = (
        f"the book's {counted(rule.closed, 'closed dispute')}"
        if rule.closed >= FEW_DISPUTES
        else "no statistic: too few are closed"
    )
    few = len(book.recoveries) < FEW_RECOVERIES
    years = max(round((book.as_of - begins(book, book.as_of)).days / 365.25), 1)
    kinds = "the run file" if len(book.defaults) < FEW_DEFAULTS else "the book's own"
    return [
        f"The forecast is made of {count(len(forecast.receipts.paid))} simulated years, on the loss engine's "
        "defaults. A buyer that fails pays and buys nothing from that week on.",
        _defaults(counted_as),
        f"Open disputes are held until {days(rule.days)} after they were opened; {percent(rule.credited)} of what is "
        f"in dispute is then credited, the rest is paid ({disputes}).",
        "How fast all buyers pay together is correlated with the economy by "
        f"{settings.payment_speed_correlation:.2f} (`cash.payment_speed_correlation`), a judgement that this "
        f"ledger cannot test: it has seen {counted(years, 'year')}, and a year is one observation of the economy. The "
        f"receipts of the ledger's own weeks vary by {times.dispersion:.1f} times the variance that payments by "
        "chance alone would have.",
        f"{percent(protracted_share(book))} of defaults are protracted ({kinds}); recoveries come after "
        f"{days(own_days)} ({'`cash.recovery_days`' if few else 'median of the book'}).",
        f"Premium, fees and tax are paid in {counted(settings.premium_instalments, 'instalment')} a year "
        "(`cash.premium_instalments`); bonus and malus are settled after the year and are in no figure.",
        "The policy in force is taken to be renewed as it is, whatever chapter 05 proposes: its premium falls due "
        "beyond its end too. What each quote moves in its place stands beside it below, for the whole year.",
        *_known_already(book, forecast),
    ]


def _known_already(book: Book, forecast: CashForecast) -> list[str]:
    """Return what is made of promises, of orders, and of defaults that have happened."""
    told = []
    if len(book.promises):
        share = kept_share(book)
        where = f"fewer than {FEW_PROMISES} are over" if share == USUAL_KEPT else "those that are over"
        told.append(
            f"What buyers have promised, instalments of plans among it, comes on the promised day to {percent(share)}, "
            f"the part of promises that was kept ({where}); the rest, once the promise is broken, as if it had never "
            "been made."
        )
    if len(book.orders):
        told.append(
            "Open orders are invoiced on the day on which they are expected, goods shipped at once; the ledger's own "
            "pattern of sales goes on beside them, less what they are, week by week. Orders without a day are left to "
            "that pattern."
        )
    currency, past = book.run.currency, forecast.past
    if len(in_default(book)):
        told.append(
            f"Defaults that have happened bring in {money(past.recoveries.sum(), currency)} of recoveries and "
            f"{money(past.claims.sum(), currency)} of claims within the {len(forecast.ends)} weeks, of what the "
            "provision for these buyers expects: recoveries after the same days as those of defaults to come, or "
            "halfway to the day on which nothing more is expected; claims after waiting and payment days. Both are the "
            "same in every scenario, without insurance too: the cover of past losses does not depend on what is bought "
            "now."
        )
    return told


def _defaults(counted_as: Defaults) -> str:
    """Return how many defaults a year of the forecast has, beside the number of chapter 02."""
    mean, error = counted_as.simulated
    return (
        f"Defaults: {mean:.1f} in a simulated year on average (standard error {error:.2f}). Chapter 02 expects "
        f"{counted_as.expected:.1f} of all buyers; {counted_as.at_risk:.1f} of these are of buyers that owe something "
        f"today, who alone are simulated; {counted_as.by_group:.1f} where the companies of a group fail together, each "
        "then counted, with the group's probability weighted by what it may lose; the rest is simulation error."
    )


def coming(forecast: CashForecast, view: str, currency: str) -> str:
    """Return the total of the next 13 weeks with its bands."""
    row = forecast.fan(view, summed=True).iloc[-1]
    told = "without insurance" if view == NO_COVER else f"with {view}, premiums paid"
    return (
        f"In the next {SHORT} weeks, up to {day(row.name)}, **{money(row['expected_cash'], currency)}** is to be "
        f"expected {told} ({error_told(row['expected_cash_error'])}); in four of five cases "
        f"{money(row['low_80'], currency)} to {money(row['high_80'], currency)}, in 19 of 20 "
        f"{money(row['low_95'], currency)} to {money(row['high_95'], currency)}."
    )


def views(forecast: CashForecast) -> pd.DataFrame:
    """Return the year by view: what is expected of claims, premiums and all cash; index `view`."""
    rows = {}
    for view in forecast.views:
        year = forecast.fan(view, weeks=YEAR, summed=True).iloc[-1]
        row = {"claims_in": 0.0, "passed_on": 0.0, "premium_out": 0.0}
        if view != NO_COVER:
            policy = forecast.insured[view]
            row = {
                "claims_in": policy.claims[:, :YEAR].sum(axis=1).mean(),
                "passed_on": policy.passed_on[:, :YEAR].sum(axis=1).mean(), "premium_out": policy.premium[:YEAR].sum(),
            }  # fmt: skip
        names = [f"{name}{error}" for name in ("expected_cash", "low_95", "high_95") for error in ("", "_error")]
        rows[view] = row | {name: year[name] for name in names}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("view")


def claims(forecast: CashForecast, view: str, currency: str) -> str:
    """Return how much of a policy's claims comes within the 13 weeks, beside the year."""
    if view not in forecast.insured:
        return ""
    paid = forecast.insured[view].claims
    soon, year = paid[:, :SHORT].sum(axis=1).mean(), paid[:, :YEAR].sum(axis=1).mean()
    return (
        f"Of the coming year's losses {view} pays {money(year, currency)} within {YEAR} weeks on average, and "
        f"**{money(soon, currency)}** of it within {SHORT}: it protects the year's result, and hardly the cash of the "
        "next quarter."
    )


def tested(found: CashBackTest) -> str:
    """Return how the forecast would have done, beside the best plain rule."""
    if found.totals.empty:
        return TOO_YOUNG
    within, beside = found.coverage(), found.beside_best()
    same = found.beside_best(tuple(f"{name}_same_sales" for name in PLAIN))
    off = found.errors().loc["expected_cash"]
    dates = found.totals["as_of_then"].nunique()
    return (
        f"At {counted(dates, 'past month end')}, as known then, the total of 4 weeks was off by "
        f"**{percent(off['error_4'])}** on average and that of 13 weeks by **{percent(off['error_13'])}**: "
        f"{beside['4 weeks']:.2f} and {beside['13 weeks']:.2f} times the error of the best plain rule, or "
        f"{same['4 weeks']:.2f} and {same['13 weeks']:.2f} times where that rule is given this forecast's sales. "
        f"The 80 % band held {percent(within.loc['a week', 'within_80'])} of the weeks, the 95 % band "
        f"{percent(within.loc['a week', 'within_95'])}."
    )


def enough(table: pd.DataFrame, needed: Mapping[str, Buffer], currency: str, chance: float) -> str:
    """Return the worst week and the buffer by view; empty where nothing is told of liquidity."""
    if table.empty:
        return ""
    worst = table["short_probability"].idxmax()
    row = table.loc[worst]
    if row["short_probability"] == 0:
        first = "In no scenario does a week end short of cash, the credit line counted."
    else:
        first = (
            f"A shortfall is likeliest in the week to **{day(worst)}**, with a probability of "
            f"**{probability(row['short_probability'])}**; {money(row['short_depth'], currency)} is missing then on "
            "average, the credit line counted."
        )
    parts = [f"{money(one.amount, currency)} {_named(view)}" for view, one in needed.items()]
    return (
        f"{first} To keep the probability of a shortfall at {percent(chance)} at the end of any week of the next "
        f"{SHORT}, there must be in hand today, beside the credit line: {listed(parts)}. A probability of 0 means: in "
        "none of the scenarios."
    )


def stated(book: Book) -> str:
    """Return the terms that liquidity rests on: the credit line, the advance on receivables, the cost of capital."""
    settings, currency = book.run.cash, book.run.currency
    lender = settings.borrowing
    line = money(settings.credit_line, currency)
    told = f"A credit line of {line} (`cash.credit_line`) comes on top of what is in hand."
    if lender is not None:
        kind = "the insured part of receivables" if lender.eligible == "insured" else "all receivables"
        told += (
            f" The stated lender (`cash.borrowing`) advances {percent(lender.advance_rate)} of {kind}, of invoices at "
            f"most {lender.oldest_days_past_due} days past due, at {percent(lender.yearly_rate)} a year."
        )
    return f"{told} The cost of capital is {percent(book.run.cost_of_capital)} a year (`cost_of_capital`)."


def advance(table: pd.DataFrame, book: Book, missing_now: float) -> str:
    """Return whether the lender's advance bears what is missing of the buffer, and at what cost; `table`: its terms."""
    terms = book.run.cash.borrowing
    if table.empty or terms is None:
        return ""
    most, currency = float(table["advance"].iloc[-1]), book.run.currency
    told = f"The lender would advance up to **{money(most, currency)}** today."
    if missing_now > 0:
        drawn = min(missing_now, most)
        interest = drawn * terms.yearly_rate * 7 * SHORT / 365
        told += (
            f" Of the {money(missing_now, currency)} that is missing of the buffer it bears {money(drawn, currency)}; "
            f"drawn for all {SHORT} weeks that costs {money(interest, currency)} of interest."
        )
        if terms.eligible == "insured":
            told += " It lends on insured receivables alone: without cover it advances nothing."
    return told


def ratio_told(table: pd.DataFrame, view: str) -> str:
    """Return how the cash ratio of a view goes, and what one below zero means."""
    if table.empty:
        return ""
    ratios = table.loc[table["view"] == view, "ratio_expected"]
    ends, (first, last) = ratios.index, (_ratio(ratios.iloc[place]) for place in (0, -1))
    told = f"The cash ratio is expected at {first} on {day(ends[0])} and {last} on {day(ends[-1])}, {_named(view)}."
    below, low = ends[ratios < 0], table.loc[(table["view"] == view) & (table["ratio_low_80"] < 0)].index
    if len(low):
        told += f" From {day(low[0])} on, one year in ten or more has it below zero: more is drawn than is in hand."
    if len(below):
        told += (
            f" At {counted(len(below), 'month end')}, first on {day(below[0])}, it is **expected below zero**: the "
            "planned payments have then taken out more than is in hand and comes in, and the credit line is drawn."
        )
    if len(low) or len(below):
        told += (
            " Current liabilities and the plan's payments stay as stated, whatever is sold: later months tell what "
            "the plan as it stands would need, not what will happen."
        )
    return told


def _ratio(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)


def decisions(book: Book, needed: Buffer, view: str) -> dict[str, str]:
    """Return what is to be decided on the cash in hand, by kind; nothing where the buffer is there, or not known."""
    if not habits_told(book, book.as_of):
        return {}
    missing_now = lacking(book, needed)
    if not missing_now > 0:
        return {}
    currency, chance = book.run.currency, percent(book.run.cash.buffer_probability)
    return {
        "cash buffer": f"**{money(missing_now, currency)}** is missing: {money(needed.amount, currency)} has to be in "
        f"hand {_named(view)} so that a week of the next {SHORT} ends short with a probability of {chance} at most. "
        "Raise cash or the credit line by as much, or move payments that can wait, before the week in which a "
        "shortfall is likeliest."
    }


def _named(view: str) -> str:
    return "without insurance" if view == NO_COVER else f"with {view}"


def not_enough_known(book: Book) -> str:
    """Return why it is not known whether the cash is enough: no day of payment in the book, or no cash in hand."""
    return NO_OPENING if habits_told(book, book.as_of) else ""


def ratio_at(table: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
    """Return the cash ratios of some views beside each other: a row for each month's end and view."""
    return table[table["view"].isin(shown)]


def day_of_dso(table: pd.DataFrame, currency: str) -> str:
    """Return what one day of DSO is worth."""
    once, yearly = (table.loc[name, "value"] for name in ("cash_of_a_day", "yearly_worth_of_a_day"))
    if missing(once):
        return "What a day of DSO is worth cannot be estimated from this book."
    return (
        f"One day of DSO less brings in **{money(once, currency)}** once, which is worth {money(yearly, currency)} a "
        "year at the run's cost of capital."
    )


def bridge(table: pd.DataFrame) -> str:
    """Return what moved the DSO since last month and since last year, each by its two largest causes."""
    told = []
    for column, since in (("last_month", "last month"), ("last_year", "last year")):
        parts = table.drop(index="dso")[column]
        if parts.isna().any():
            told.append(f"What moved the DSO since {since} is not known: the ledger does not reach back so far.")
            continue
        whole = table.loc["dso", column]
        largest = parts.abs().sort_values(ascending=False, kind="stable").index[:2]
        causes = [f"{change(parts[cause], 'days')} by {cause}" for cause in largest if round(parts[cause], 1)]
        moved = "risen" if whole > 0 else "fallen"
        told.append(
            f"Since {since} the DSO has {moved} by {days(abs(round(whole, 1)))}"
            + (f": most of that {listed(causes)}." if causes else ".")
        )
    overdue = table.reindex([OVERDUE, CONTESTED])["last_year"].sum(skipna=False)
    if not missing(overdue):
        told.append(f"All overdue debt together is {change(overdue, 'days')} since last year, as in chapter 01.")
    return " ".join(told)


def matter(table: pd.DataFrame, fan: pd.DataFrame, currency: str) -> str:
    """Return what part of the next four weeks the payments that matter are."""
    if table.empty:
        return ""
    soon, whole = table["expected_soon"].sum(), fan["expected_cash"].iloc[:4].sum()
    return (
        f"These {counted(len(table), 'payment')} bring {money(soon, currency)} of the next four weeks' "
        f"{money(whole, currency)}, {percent(soon / whole)}."
    )


def uncertain(table: pd.DataFrame, currency: str) -> str:
    """Return which buyers make the next four weeks uncertain; `table`: `drivers.uncertain_buyers`."""
    if table.empty:
        return ""
    first = [
        f"{row['name']} ({row['buyer_id']}: {money(row['open_now'], currency)} open, "
        f"{money(row['expected_soon'], currency)} expected ± {money(row['deviation_soon'], currency)})"
        for _, row in table.head(3).iterrows()
    ]
    part = percent((table["deviation_soon"].head(3) ** 2).sum() / table["variance_of_all"].iloc[0])
    return f"Most uncertain are {listed(first)}: {part} of the variance of what open invoices bring in these weeks."


def headline(forecast: CashForecast, own: str, needed: Mapping[str, Buffer], currency: str) -> dict[str, tuple]:
    """Return the headline figures of cash."""
    soon = forecast.fan(own, summed=True)
    return {
        "cash_4_weeks": (soon["expected_cash"].iloc[3], currency, "Cash of 4 weeks (simulated)"),
        "cash_13_weeks": (soon["expected_cash"].iloc[-1], currency, "Cash of 13 weeks (simulated)"),
        "cash_13_weeks_low": (soon["low_95"].iloc[-1], currency, "Cash of 13 weeks, lower end of 95 %"),
        "cash_buffer": (
            needed[own].amount if own in needed else None,
            currency,
            "Cash needed in hand today (simulated)",
        ),
    }
