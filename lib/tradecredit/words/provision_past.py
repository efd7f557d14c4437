"""Sentences on the provision of past days: what moved it, what the month posts, and whether it was enough."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.language import tr
from tradecredit.provision import back_test as of_past
from tradecredit.provision import movement as moves
from tradecredit.provision.provision import TOTAL
from tradecredit.words.formats import day, days, listed, money, month, ratio


def entry(book: Book) -> str:
    """Return what is to be posted for the month: expense and use of the allowance; empty where last month has none."""
    lines, currency = moves.movements(book)["since_month"], book.run.currency
    if lines.isna().any():
        return tr("What is to be posted for the month is not known: no provision of the month before can be estimated.")
    used = -lines["provision_used"]
    expense = lines[moves.CLOSING] - lines[moves.OPENING] + used
    kind = tr("impairment loss") if expense >= 0 else tr("gain from releasing it")
    told = tr(
        "From this book's figure of the month before, {lines}, the allowance before insurance goes to "
        "{lines_2}: {expense} is the month's {kind}",
        lines=money(lines[moves.OPENING], currency),
        lines_2=money(lines[moves.CLOSING], currency),
        expense=money(abs(expense), currency),
        kind=kind,
    )
    return (
        tr("{told}, and write-offs used {used}.", told=told, used=money(used, currency)) if used >= CENT else f"{told}."
    )


CAUSES = {
    "new_invoices": "new invoices", "released_by_payment": "payments and credits",
    "released_by_recovery": "recoveries from failed buyers", "worse": "items that got later, or whose buyer failed",
    "better": "items that got better", "changed_rates": "changed rates, outlook and exchange rates",
    "provision_used": "write-offs",
}  # fmt: skip


def movement(book: Book) -> str:
    """Return what moved the provision most since last month and last year."""
    table, told = moves.movements(book), []
    for name, since in (("since_month", tr("last month")), ("since_year", tr("last year"))):
        lines = table[name]
        if lines.isna().any():
            told.append(tr("Since {since} it is not known: the history is too short.", since=since))
            continue
        change = lines[moves.CLOSING] - lines[moves.OPENING]
        largest = lines[list(CAUSES)].abs().sort_values(ascending=False, kind="stable").index[:2]
        parts = [f"{tr(CAUSES[line])} ({money(lines[line], book.run.currency)})" for line in largest if lines[line]]
        way = tr("rose") if change >= 0 else tr("fell")
        told.append(
            tr("Since {since} it {way} by {change}", since=since, way=way, change=money(abs(change), book.run.currency))
            + (tr(", moved most by {parts}.", parts=listed(parts)) if parts else ".")
        )
    return " ".join(told)


def back_test(table: pd.DataFrame, start: pd.Timestamp, currency: str) -> str:
    """Return whether the provision of a year ago was what was lost since; `table`: `back_test.by_bucket_then`."""
    if table.empty:
        return tr(
            "Not testable with this book: no provision of a year ago can be made from what was known then. It takes "
            "the months that rates rest on, and 12 more."
        )
    row = table.loc[TOTAL]
    amounts = {name: money(row[name], currency) for name in table.columns}
    told = tr(
        "On {start} the matrix provided {provision_then} for {gross_then}. Of these balances {lost_since} "
        "was lost within 12 months, net of what is still expected to come in (90 % interval, buyers drawn "
        "anew: {lost_low} to {lost_high}).",
        start=day(start),
        provision_then=amounts["provision_then"],
        gross_then=amounts["gross_then"],
        lost_since=amounts["lost_since"],
        lost_low=amounts["lost_low"],
        lost_high=amounts["lost_high"],
    )
    if row["provision_then"] < row["lost_low"]:
        return tr("{told} The provision was **too low**.", told=told)
    if row["provision_then"] > row["lost_high"]:
        return tr(
            "{told} The provision was **above** what was lost, and outside that interval; one year is one "
            "draw of the economy, and other month ends say otherwise (below).",
            told=told,
        )
    return tr("{told} The provision lies within that.", told=told)


def independent(book: Book) -> str:
    """Return that the back-test is no independent one, where age alone says what was lost; empty else."""
    if not of_past.lost_by_age_alone(book):
        return ""
    return tr(
        "This is not an independent test: none of that was booked as written off, and none is of a buyer that failed. "
        "It counts as lost as it is more than {write_off} past due and unpaid, by the same rule that makes the "
        "provision, and may come in still.",
        write_off=days(book.run.provision.write_off_days),
    )


def past_months(table: pd.DataFrame, currency: str) -> str:
    """Return what past month ends provided beside what they lost; `table`: `back_test.by_month_then`."""
    if len(table) < 2:
        return ""
    sums = table[["provision_then", "lost_since"]].sum()
    of_all = (
        tr(", {provision_then} times that", provision_then=ratio(sums["provision_then"] / sums["lost_since"]))
        if sums["lost_since"] > 0
        else ""
    )
    short = table[table["provision_then"] < table["lost_since"]]
    twice = int((table["provision_then"] > 2 * table["lost_since"]).sum())
    told = tr(
        "Over the {table} month ends whose next year is over the matrix provided {provision_then} in all, "
        "where {lost_since} was lost{of_all}. ",
        table=len(table),
        provision_then=money(sums["provision_then"], currency),
        lost_since=money(sums["lost_since"], currency),
        of_all=of_all,
    )
    if len(short):
        gap = short["lost_since"] - short["provision_then"]
        row = short.loc[gap.idxmax()]
        told += tr(
            "**It fell short at {short} of them**, most on {gap}: {provision_then} provided, {lost_since} "
            "lost; at {twice} it was more than twice the loss. The sum hides both: the rates follow the "
            "losses of the years before, and come late where losses rise or fall. ",
            short=len(short),
            gap=day(gap.idxmax()),
            provision_then=money(row["provision_then"], currency),
            lost_since=money(row["lost_since"], currency),
            twice=twice,
        )
    else:
        told += tr("It fell short at none of them; at {twice} it was more than twice the loss. ", twice=twice)
    return tr("{told}These years overlap, so that they tell little more than one or two would.", told=told)


def failed_then(table: pd.DataFrame, currency: str) -> str:
    """Return whether what was provided for buyers in default was enough; `table`: `back_test.failed_by_month_then`."""
    if table.empty:
        return tr("Specific provisions are not tested: no buyer in default owed anything a year ago or before.")
    sums = table[["gross_then", "provision_then", "came_in_since", "not_received"]].sum()
    short = int((table["provision_then"] < table["not_received"] - CENT).sum())
    beside = (
        tr(
            ", {provision_then} times what was not received",
            provision_then=ratio(sums["provision_then"] / sums["not_received"]),
        )
        if sums["not_received"] > 0
        else ""
    )
    return tr(
        "For buyers in default {provision_then} was provided at the {table} month ends together, of "
        "{gross_then} owed; {came_in_since} of that came in within 12 months{beside}. **It fell short at "
        "{short} of them.** A buyer that stays in default counts at each month end, so that few cases tell "
        "all of this; what comes in after 12 months is not counted.",
        provision_then=money(sums["provision_then"], currency),
        table=len(table),
        gross_then=money(sums["gross_then"], currency),
        came_in_since=money(sums["came_in_since"], currency),
        beside=beside,
        short=short,
    )


def year_by_months(book: Book) -> str:
    """Return why the movement of the year is not the sum of its months, line by line; empty where one is missing."""
    table = moves.movements(book)
    if table[["since_year", "months_of_year"]].isna().any(axis=None):
        return ""
    lines = list(CAUSES)
    gap = (table.loc[lines, "months_of_year"] - table.loc[lines, "since_year"]).abs().max()
    if gap < CENT:
        return ""
    currency, name = book.run.currency, "released_by_payment"
    return tr(
        "The months added up begin and end as the year does, but move more between: what was sold and "
        "paid, or got late and was settled, within the year is in two lines of its months and in none of "
        "the year's. So {months_of_year} was released by payments month by month, and {since_year} of what "
        "was provided a year ago.",
        months_of_year=money(-table.loc[name, "months_of_year"], currency),
        since_year=money(-table.loc[name, "since_year"], currency),
    )


def moved_by(table: pd.DataFrame, names: pd.Series, currency: str) -> str:
    """Return which buyers moved the month's impairment loss most; `table`: `movement.by_buyer`."""
    table = table[table["expense"].abs() >= CENT]
    if table.empty:
        return ""
    whole = table["expense"].sum()
    first = [
        f"{names.get(buyer, buyer)} ({buyer}, {money(row['expense'], currency)})"
        for buyer, row in table.head(3).iterrows()
    ]
    return tr("Of the month's {whole}, most is of {first}.", whole=money(whole, currency), first=listed(first))


def drawn_months(months: pd.DataFrame) -> pd.Series:
    """Return the provision by month end for a figure, from `movement.by_month`."""
    return months[moves.CLOSING].rename("Provision")


def months_told(months: pd.DataFrame, currency: str) -> str:
    """Return what the line of provisions shows, for readers who do not see it."""
    values = months[moves.CLOSING]
    if values.empty:
        return tr("Line: no month.")
    return tr(
        "Line: the provision was highest at the end of {values}, {values_2}, and is {iloc} now.",
        values=month(values.idxmax()),
        values_2=money(values.max(), currency),
        iloc=money(values.iloc[-1], currency),
    )


def drawn_told(ends: pd.DataFrame, currency: str) -> str:
    """Return what the lines of past month ends show, for readers who do not see them."""
    if ends.empty:
        return tr("Lines: no month.")
    last = ends.iloc[-1]
    return tr(
        "Lines: at the end of {index} {provision_then} was provided, and {lost_since} was lost in the 12 "
        "months after; the most that was lost is {lost_since_2}, after {lost_since_3}.",
        index=month(ends.index[-1]),
        provision_then=money(last["provision_then"], currency),
        lost_since=money(last["lost_since"], currency),
        lost_since_2=money(ends["lost_since"].max(), currency),
        lost_since_3=month(ends["lost_since"].idxmax()),
    )


def drawn(ends: pd.DataFrame) -> pd.DataFrame:
    """Return what the figure of past month ends shows, from `back_test.by_month_then`."""
    names = {"provision_then": tr("Provided then"), "lost_since": tr("Lost within 12 months")}
    return ends[list(names)].rename(columns=names)
