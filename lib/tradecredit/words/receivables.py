"""Sentences on the receivables ledger: DSO and its causes, rates, due days, and from when on it is known."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.language import tr
from tradecredit.measure.balances import balances
from tradecredit.measure.by_buyer import sums_by_buyer
from tradecredit.measure.due_days import rules, unknown_years
from tradecredit.measure.history import (
    MOST_UNDATED,
    balances_since,
    begins,
    carried_over,
    first_day,
    habits_told,
    last_entry,
    sales_told,
    settlements_known,
    silent_days,
    undated_share,
    whole_since,
)
from tradecredit.measure.orders import commitments
from tradecredit.measure.receivables import BENCHMARKS, OLDER_DAYS_PAST_TERMS
from tradecredit.measure.set_off import set_off
from tradecredit.words.formats import change as signed
from tradecredit.words.formats import counted, day, days, fixed, listed, missing, money, month, percent

SURVEY = "Credit Research Foundation, National Summary of Domestic Trade Receivables"
"""Where `receivables.BENCHMARKS` come from."""

BY_CAUSE = {
    "dso_by_overdue": ("overdue debt", "DSO change by overdue debt"),
    "dso_by_early": ("early payment", "DSO change by less early payment"),
    "dso_by_terms": ("terms", "DSO change by terms and mix of sales"),
    "dso_by_exchange": ("exchange rates", "DSO change by exchange rates"),
}
"""Published figure of each part of the countback's change: its cause in `dso_causes`, and its label."""

DSO_IN_SHORT = ("dso_countback", "dso_countback_change", *BY_CAUSE)


def dso_figures(causes: pd.DataFrame) -> dict[str, tuple]:
    """Return the headline figures of what changed the DSO by countback (`dso_causes`)."""
    change = causes["change"]
    whole = {"dso_countback_change": (change["countback"], "days", tr("DSO, countback: change in 12 months"))}
    return whole | {name: (change[cause], "days", label) for name, (cause, label) in BY_CAUSE.items()}


DRIVERS = 10
"""Buyers that the chapter names as drivers of the DSO."""


def drivers(table: pd.DataFrame, overdue_days: float) -> str:
    """Return who drives the DSO: of the days that overdue debt adds to it, those of the largest buyers.

    `table`: `receivables.concentration` with `name`, by `delinquent_days`, the most first; `overdue_days`:
    `average_days_delinquent`, their sum over all buyers.
    """
    if missing(overdue_days) or not overdue_days > 0:
        return ""
    shown = table.head(DRIVERS)
    first = [f"{row['name']} ({buyer}, {days(row['delinquent_days'])})" for buyer, row in table.head(3).iterrows()]
    return tr(
        "Overdue debt adds {overdue_days} to the DSO; {buyers} make up {part} of them, first of all {first}.",
        overdue_days=days(overdue_days),
        buyers=counted(len(shown), "buyer"),
        part=days(shown["delinquent_days"].sum()),
        first=listed(first),
    )


def dso(causes: pd.DataFrame) -> str:
    """Return how the DSO moved in 12 months and what moved it, each cause with its days (`dso_causes`)."""
    change = causes["change"]
    if change.isna().any():
        return tr("What moved the DSO is not testable with this book: it does not reach back far enough.")
    then, now = (days(causes.loc["countback", column]) for column in ("then", "now"))
    return tr(
        "Over 12 months the DSO changed by {signed}: {signed_2} by what is owed (countback: {then} to "
        "{now}) and {signed_3} by the timing of sales. Of the countback's change, {parts}; the parts add "
        "up but for rounding.",
        signed=signed(change["dso"], "days"),
        signed_2=signed(change["countback"], "days"),
        then=then,
        now=now,
        signed_3=signed(change["timing of sales"], "days"),
        parts=_parts({name: change[cause] for name, (cause, _) in BY_CAUSE.items()}),
    )


def dso_in_short(figures: Mapping[str, tuple]) -> str:
    """Return the DSO by countback with the causes of its change, from the published figures `DSO_IN_SHORT`."""
    now, change, *parts = (figures[name][0] if name in figures else None for name in DSO_IN_SHORT)
    if missing(now):
        return ""
    if missing(change) or any(missing(part) for part in parts):
        return tr(
            "DSO by countback is **{now}**; the book does not reach back far enough to say what changed it.",
            now=days(now),
        )
    by_cause: dict[str, Any] = dict(zip(BY_CAUSE, parts, strict=True))
    return tr(
        "DSO by countback is **{now}**, {signed} on a year ago: {parts}.",
        now=days(now),
        signed=signed(change, "days"),
        parts=_parts(by_cause),
    )


def _parts(change: Mapping[str, float]) -> str:
    causes = {
        "dso_by_overdue": tr("overdue debt"),
        "dso_by_early": tr("{less} early payment", less=tr("less") if change["dso_by_early"] >= 0 else tr("more")),
        "dso_by_terms": tr("terms and mix of sales"),
        "dso_by_exchange": tr("exchange rates"),
    }
    return listed(
        tr("{signed} by {cause}", signed=signed(change[name], "days"), cause=cause) for name, cause in causes.items()
    )


def level(kpis: pd.Series, months: int) -> str:
    """Return the DSO of the sales of so many months, what of it is late payment, and how late customers pay."""
    figures = kpis[["dso", "dso_best_possible", "average_days_delinquent", "dso_countback", "days_beyond_terms"]]
    dso, best, delinquent, counted_back, beyond = (days(value) for value in figures)
    return tr(
        "At the sales of the last {months} the DSO is **{dso}**: {best} if nothing were overdue, and "
        "{delinquent} of overdue debt (average days delinquent). By countback, which goes by the sales of "
        "each month, it is {counted_back}. Customers not in default are {beyond} beyond terms on average, "
        "weighted by amount, what is late and still open counted with its days so far ({days_beyond_terms_signed} if "
        "early payments count below zero).",
        months=counted(months, "month"),
        dso=dso,
        best=best,
        delinquent=delinquent,
        counted_back=counted_back,
        beyond=beyond,
        days_beyond_terms_signed=days(kpis["days_beyond_terms_signed"]),
    )


def survey(kpis: pd.Series) -> str:
    """Return how the ledger stands beside the survey's medians, how far their day is confirmed, and what they lack."""
    above = kpis - pd.Series(BENCHMARKS["benchmark"])
    sides = [
        tr(
            "{name} {above} {above_2} it",
            name=name,
            above=days(abs(above[figure])),
            above_2=tr("above") if above[figure] >= 0 else tr("below"),
        )
        for figure, name in (("dso", tr("DSO is")), ("average_days_delinquent", tr("average days delinquent are")))
        if not missing(above[figure])
    ]
    beside = (
        tr("Beside the survey's median of the first quarter of 2021, {sides}. ", sides=listed(sides)) if sides else ""
    )
    delinquent, beyond = (days(kpis[name]) for name in ("average_days_delinquent", "days_beyond_terms"))
    return tr(
        "{beside}Each figure's median is taken by itself, so that they do not add up. That quarter is the "
        "newest in the copy of the survey's own page that was at hand, and the day of the older quarter is "
        "not confirmed. The older one also has {older_days_past_terms} days past terms, whose formula is "
        "not stated: they may be average days delinquent (here {delinquent}) or days beyond terms (here "
        "{beyond}).",
        beside=beside,
        older_days_past_terms=fixed(OLDER_DAYS_PAST_TERMS, 2),
        delinquent=delinquent,
        beyond=beyond,
    )


def concentration(kpis: pd.Series) -> str:
    """Return how far the receivables hang on the largest debtors; empty where nobody owes."""
    if missing(kpis["herfindahl"]):
        return ""
    return tr(
        "The ten largest debtors owe **{top_10_share}** of the book and the largest one "
        "{largest_buyer_share}; the Herfindahl index is {herfindahl}, as if {debtors} owed the same.",
        top_10_share=percent(kpis["top_10_share"]),
        largest_buyer_share=percent(kpis["largest_buyer_share"]),
        herfindahl=fixed(kpis["herfindahl"], 4),
        debtors=counted(round(1 / kpis["herfindahl"]), "debtor"),
    )


AGED_FROM = {"due": "Days past due", "issued": "Days since issue"}
"""What age is counted in, by the run's `receivables.ageing_from`."""


def of_sales_and_payments(kpis: pd.Series, book: Book) -> dict[str, tuple]:
    """Return the headline figures that rest on sales and on days of payment, as far as the book tells of them."""
    sales, habits = sales_told(book, book.as_of), habits_told(book, book.as_of)
    of_sales = {
        "dso_countback": (kpis["dso_countback"], "days", tr("DSO, countback")),
        "dso": (kpis["dso"], "days", "DSO"),
    }
    of_payments = {
        "days_beyond_terms": (kpis["days_beyond_terms"], "days", tr("Days beyond terms")),
        "cei": (kpis["cei"], "ratio", tr("CEI (100 is best)")),
    }
    return (of_sales if sales else {}) | (of_payments if habits else {})


def long_overdue(kpis: pd.Series, currency: str, *, recorded: bool = True) -> str:
    """Return what is more than 90 days overdue, and how much of it is owed by buyers in default.

    `recorded`: whether the book has a table of defaults.
    """
    if not kpis["over_90_amount"] > 0:
        return tr("Nothing is more than 90 days overdue.")
    told = tr(
        "{over_90_amount} ({share_over_90}) is more than 90 days overdue",
        over_90_amount=money(kpis["over_90_amount"], currency),
        share_over_90=percent(kpis["share_over_90"]),
    )
    if not recorded:
        return tr(
            "{told}; what of it is evidence of default, and what is to be cleared up, is in chapter 02.", told=told
        )
    return tr(
        "{told}, of which buyers in default owe {over_90_in_default}.",
        told=told,
        over_90_in_default=money(kpis["over_90_in_default"], currency),
    )


def on_account(book: Book) -> str:
    """Return what buyers have on account and what all owe net of it (`balances.balances`); empty without any.

    Beside it what of the overdue invoices it covers (`set_off.set_off`), and what to do about it.
    """
    table, currency = balances(book), book.run.currency
    account = table["on_account"]
    if (account.abs() < 0.5).all():
        return ""
    told = tr(
        "Owed net of what buyers have on account: {open_amount}. On account, settling no invoice, are "
        "{account} of {buyers}.",
        open_amount=money(table["open_amount"].sum() - account.sum(), currency),
        account=money(account.sum(), currency),
        buyers=counted(int((account.abs() >= 0.5).sum()), "buyer"),
    )
    covered = sums_by_buyer(book, pd.Series(set_off(book)))
    if covered.sum() < 0.5:
        return told
    return tr(
        "{told} It covers {covered} of the overdue invoices of {buyers}: allocate it to the oldest of them. Until then "
        "the ageing shows them as overdue; reminders, holds of deliveries, payment plans and the insurer's stop count "
        "a payment on account as payment.",
        told=told,
        covered=money(covered.sum(), currency),
        buyers=counted(int((covered >= 0.5).sum()), "buyer"),
    )


def orders(book: Book) -> str:
    """Return what is ordered and shipped beside the receivables (`orders.commitments`); empty without that table."""
    if not book.has("orders"):
        return ""
    table, currency = commitments(book), book.run.currency
    shipped, ordered = table["shipped_not_invoiced"], table["open_orders"]
    return tr(
        "Not invoiced yet, and no part of the receivables: {shipped} shipped to {buyers}, and open orders "
        "of {ordered} of {buyers_2}. Both count against limits (chapter 03).",
        shipped=money(shipped.sum(), currency),
        buyers=counted(int((shipped > 0).sum()), "buyer"),
        ordered=money(ordered.sum(), currency),
        buyers_2=counted(int((ordered > 0).sum()), "buyer"),
    )


def known_days(book: Book) -> list[str]:
    """Return what the days make unsafe between which the ledger is known (`history`); nothing where they are enough."""
    found, silent, old = [], silent_days(book), carried_over(book)
    settled, dated = settlements_known(book, book.as_of)
    if not settled and len(book.invoices):
        found.append(
            tr(
                "The book holds open items only: sales, needs, DSO, turnover, CEI, days beyond terms and payment "
                "habits cannot be estimated from open items alone. What rests on them is missing."
            )
        )
    elif not dated and len(book.invoices):
        found.append(
            tr(
                "On which day {share} of what was paid came in is not in the book: turnover, CEI, days beyond terms "
                "and payment habits cannot be estimated.",
                share=percent(undated_share(book)),
            )
            if 0 < undated_share(book) < 1
            else tr(
                "On which days invoices were paid is not in the book: turnover, CEI, days beyond terms and payment "
                "habits cannot be estimated."
            )
        )
    elif undated_share(book) > MOST_UNDATED:
        found.append(
            tr(
                "On which day {share} of what was paid came in is not in the book: what was owed on earlier days is "
                "not known, and no figure is compared with them. How buyers pay rests on the other payments.",
                share=percent(undated_share(book)),
            )
        )
    if silent:
        found.append(
            tr(
                "The ledger's last entry is of {last_entry}: nothing is known of the last {silent} days. What "
                "was paid in them stands as open here, and may stand as overdue. To report on the day on which "
                "it ends, state `as_of: {last_entry}`.",
                last_entry=last_entry(book).date(),
                silent=silent,
            )
        )
    if settled and old.any():
        since, which = begins(book, book.as_of), counted(int(old.sum()), "invoice")
        found.append(
            tr(
                "The ledger's history begins in {since}; {told} from before then were carried over. Figures "
                "that rest on earlier months are missing, and what a buyer needs rests on the months that are "
                "there.",
                since=month(since),
                told=which,
            )
        )
    whole = whole_since(book)
    if not old.any() and balances_since(book) < whole and whole > book.as_of - pd.DateOffset(months=12):
        found.append(
            tr(
                "The ledger begins on {first}: what was still open from before is not in it, and what was owed before "
                "{whole} is not known in full. No figure is compared with days before that.",
                first=day(first_day(book)),
                whole=day(whole),
            )
        )
    return found


def exchange(differences: pd.DataFrame, banks: pd.Series, currency: str) -> str:
    """Return what closing rates and banks' own rates change of the receivables; empty without other currencies.

    `differences`: `exchange.exchange_differences`; `banks`: `exchange.banks_of_year`.
    """
    found = []
    if len(differences):
        gain, loss = differences["exchange_gain"], differences["exchange_loss"]
        each = [
            tr(
                "{name}: gain {gain}, loss {loss}",
                name=name,
                gain=money(gain[name], currency),
                loss=money(loss[name], currency),
            )
            for name in differences.index
        ]
        found.append(
            tr(
                "Open items in other currencies, {open_amount}, stand at the closing rate. Against the rates "
                "of their days of issue, at which sales are counted, they have gained {gain} and lost {loss} "
                "({join}).",
                open_amount=money(differences["open_amount"].sum(), currency),
                gain=money(gain.sum(), currency),
                loss=money(loss.sum(), currency),
                join="; ".join(each),
            )
        )
    if banks.sum() > 0:
        found.append(
            tr(
                "Payments in another currency than their invoice's, which settle it within the stated "
                "tolerance, came in {short} short of the day's rate in 12 months, a bank's cost that no "
                "customer owes, and {over} above it.",
                short=money(banks["short"], currency),
                over=money(banks["over"], currency),
            )
        )
    return " ".join(found)


def due_days(book: Book) -> list[str]:
    """Return which countries' due days move to a working day (`due_days.payable_by`), and what of that is not known."""
    buyers = set(book.buyers["country"].dropna())
    moved = sorted(buyers & rules(book).keys())
    if not moved:
        return []
    found = [
        tr(
            "Due days on weekends and national holidays move to the next working day for buyers in {moved}, by "
            "the law there; regional holidays are not looked at, and other due days stand.",
            moved=listed(moved),
        )
    ]
    years = unknown_years(book)
    if len(years):
        which = listed(f"{country} {year}" for country, year in years.index)
        found.append(
            tr(
                "Holidays of {told} are not known: {due_days} moved off weekends alone.",
                told=which,
                due_days=counted(int(years.sum()), "due day"),
            )
        )
    return found
