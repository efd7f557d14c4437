"""Sentences on whether the cash is enough: shortfalls and the buffer, the cash ratio, the cycle, an advance."""

from collections.abc import Mapping, Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.cash.forecast import SHORT
from tradecredit.cash.liquidity import Buffer, lacking
from tradecredit.language import tr
from tradecredit.measure.history import habits_told
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import MINUS, counted, day, fixed, listed, missing, money, percent, probability, staked

NO_OPENING = (
    "The run file states no cash in hand (`cash.opening_cash`): whether the cash is enough is not known, and planned "
    "flows are not used. The receipts above stand without them."
)
NO_LIABILITIES = (
    "The run file states no current liabilities (`cash.current_liabilities`) or no cash in hand (`cash.opening_cash`): "
    "the cash ratio is not known."
)
NO_BORROWING = "The run file states no terms of an advance on receivables (`cash.borrowing`)."


def enough(table: pd.DataFrame, needed: Mapping[str, Buffer], currency: str, chance: float) -> str:
    """Return the worst week and the buffer by view; empty where nothing is told of liquidity."""
    if table.empty:
        return ""
    worst = table["short_probability"].idxmax()
    row = table.loc[worst]
    if row["short_probability"] == 0:
        first = tr("In no scenario does a week end short of cash, the credit line counted.")
    else:
        first = tr(
            "A shortfall is likeliest in the week to **{worst}**, with a probability of "
            "**{short_probability}**; {short_depth} is missing then on average, the credit line counted.",
            worst=day(worst),
            short_probability=probability(row["short_probability"]),
            short_depth=money(row["short_depth"], currency, error=row["short_depth_error"]),
        )
    parts = [staked(money(one.amount, currency, error=one.error), _named(view)) for view, one in needed.items()]
    return tr(
        "{first} To keep the probability of a shortfall at {chance} at the end of any week of the next "
        "{short}, there must be in hand today, beside the credit line: {parts}. A probability of 0 means: "
        "in none of the scenarios.",
        first=first,
        chance=percent(chance),
        short=SHORT,
        parts=listed(parts),
    )


def stated(book: Book) -> str:
    """Return the terms that liquidity rests on: the credit line, the advance on receivables, the cost of capital."""
    settings, currency = book.run.cash, book.run.currency
    lender = settings.borrowing
    line = money(settings.credit_line, currency)
    told = tr("A credit line of {line} (`cash.credit_line`) comes on top of what is in hand.", line=line)
    if lender is not None:
        kind = tr("the insured part of receivables") if lender.eligible == "insured" else tr("all receivables")
        told += tr(
            " The stated lender (`cash.borrowing`) advances {advance_rate} of {kind}, of invoices at most "
            "{oldest_days_past_due} days past due, at {yearly_rate} a year.",
            advance_rate=percent(lender.advance_rate),
            kind=kind,
            oldest_days_past_due=lender.oldest_days_past_due,
            yearly_rate=percent(lender.yearly_rate),
        )
    return tr(
        "{told} The cost of capital is {cost_of_capital} a year (`cost_of_capital`).",
        told=told,
        cost_of_capital=percent(book.run.cost_of_capital),
    )


def advance(table: pd.DataFrame, book: Book, missing_now: float) -> str:
    """Return whether the lender's advance bears what is missing of the buffer, and at what cost; `table`: its terms."""
    terms = book.run.cash.borrowing
    if table.empty or terms is None:
        return ""
    most, currency = float(table["advance"].iloc[-1]), book.run.currency
    told = tr("The lender would advance up to **{most}** today.", most=money(most, currency))
    if missing_now > 0:
        drawn = min(missing_now, most)
        interest = drawn * terms.yearly_rate * 7 * SHORT / 365
        told += tr(
            " Of the {missing_now} that is missing of the buffer it bears {drawn}; drawn for all {short} "
            "weeks that costs {interest} of interest.",
            missing_now=money(missing_now, currency),
            drawn=money(drawn, currency),
            short=SHORT,
            interest=money(interest, currency),
        )
        if terms.eligible == "insured":
            told += tr(" It lends on insured receivables alone: without cover it advances nothing.")
    return told


def ratio_told(table: pd.DataFrame, view: str) -> str:
    """Return how the cash ratio of a view goes, and what one below zero means."""
    if table.empty:
        return ""
    ratios = table.loc[table["view"] == view, "ratio_expected"]
    ends, (first, last) = ratios.index, (_ratio(ratios.iloc[place]) for place in (0, -1))
    told = tr(
        "The cash ratio is expected at {first} on {ends} and {last} on {ends_2}, {named}.",
        first=first,
        ends=day(ends[0]),
        last=last,
        ends_2=day(ends[-1]),
        named=_named(view),
    )
    below, low = ends[ratios < 0], table.loc[(table["view"] == view) & (table["ratio_low_80"] < 0)].index
    if len(low):
        told += tr(
            " From {low} on, one year in ten or more has it below zero: more is drawn than is in hand.", low=day(low[0])
        )
    if len(below):
        told += tr(
            " At {month_ends}, first on {below}, it is **expected below zero**: the planned payments have "
            "then taken out more than is in hand and comes in, and the credit line is drawn.",
            month_ends=counted(len(below), "month end"),
            below=day(below[0]),
        )
    if len(low) or len(below):
        told += tr(
            " Current liabilities and the plan's payments stay as stated, whatever is sold: later months tell what "
            "the plan as it stands would need, not what will happen."
        )
    return told


def _ratio(value: float) -> str:
    return fixed(value, 2).replace("-", MINUS)


def decisions(book: Book, needed: Buffer, view: str, lent: pd.DataFrame) -> dict[str, str]:
    """Return what is to be decided on the cash in hand, by kind; nothing where the buffer is there, or not known.

    `lent`: `liquidity.borrowing_base`, what the stated lender would advance.
    """
    if not habits_told(book, book.as_of):
        return {}
    missing_now = lacking(book, needed)
    if not missing_now > 0:
        return {}
    currency, chance = book.run.currency, percent(book.run.cash.buffer_probability)
    told = tr(
        "**{missing_now}** is missing: {amount} has to be in hand {named} so that a week of the next "
        "{short} ends short with a probability of {chance} at most. Raise cash or the credit line by as "
        "much, or move payments that can wait, before the week in which a shortfall is likeliest.",
        missing_now=money(missing_now, currency),
        amount=money(needed.amount, currency, error=needed.error),
        named=_named(view),
        short=SHORT,
        chance=chance,
    )
    return {"cash buffer": f"{told} {advance(lent, book, missing_now)}".strip()}


def _named(view: str) -> str:
    return tr("without insurance") if view == NO_COVER else tr("with {view}", view=view)


def instead(book: Book, text: str) -> str:
    """Return what stands in place of a table, where the book tells how it is paid; else why not stands above."""
    return text if habits_told(book, book.as_of) else ""


def ratio_at(table: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
    """Return the cash ratios of some views beside each other: a row for each month's end and view."""
    return table[table["view"].isin(shown)]


def day_of_dso(table: pd.DataFrame, currency: str) -> str:
    """Return what one day of DSO is worth."""
    once, yearly = (table.loc[name, "value"] for name in ("cash_of_a_day", "yearly_worth_of_a_day"))
    if missing(once):
        return tr("What a day of DSO is worth cannot be estimated from this book.")
    return tr(
        "One day of DSO less brings in **{once}** once, which is worth {yearly} a year at the run's cost of capital.",
        once=money(once, currency),
        yearly=money(yearly, currency),
    )
