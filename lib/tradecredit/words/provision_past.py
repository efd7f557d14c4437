"""Sentences on the provision of past days: what moved it, what the month posts, and whether it was enough."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.provision import movement as moves
from tradecredit.provision.provision import TOTAL
from tradecredit.words.formats import day, listed, money, ratio


def entry(book: Book) -> str:
    """Return what is to be posted for the month: expense and use of the allowance; empty where last month has none."""
    lines, currency = moves.movements(book)["since_month"], book.run.currency
    if lines.isna().any():
        return "What is to be posted for the month is not known: no provision of the month before can be estimated."
    used = -lines["provision_used"]
    expense = lines[moves.CLOSING] - lines[moves.OPENING] + used
    kind = "impairment loss" if expense >= 0 else "gain from releasing it"
    told = (
        f"From this book's figure of the month before, {money(lines[moves.OPENING], currency)}, the allowance before "
        f"insurance goes to {money(lines[moves.CLOSING], currency)}: {money(abs(expense), currency)} is the month's "
        f"{kind}"
    )
    return f"{told}, and write-offs used {money(used, currency)}." if used >= CENT else f"{told}."


CAUSES = {
    "new_invoices": "new invoices", "released_by_payment": "payments and credits",
    "released_by_recovery": "recoveries from failed buyers", "worse": "items that got later, or whose buyer failed",
    "better": "items that got better", "changed_rates": "changed rates, outlook and exchange rates",
    "provision_used": "write-offs",
}  # fmt: skip


def movement(book: Book) -> str:
    """Return what moved the provision most since last month and last year."""
    table, told = moves.movements(book), []
    for name, since in (("since_month", "last month"), ("since_year", "last year")):
        lines = table[name]
        if lines.isna().any():
            told.append(f"Since {since} it is not known: the history is too short.")
            continue
        change = lines[moves.CLOSING] - lines[moves.OPENING]
        largest = lines[list(CAUSES)].abs().sort_values(ascending=False, kind="stable").index[:2]
        parts = [f"{CAUSES[line]} ({money(lines[line], book.run.currency)})" for line in largest if lines[line]]
        way = "rose" if change >= 0 else "fell"
        told.append(
            f"Since {since} it {way} by {money(abs(change), book.run.currency)}"
            + (f", moved most by {listed(parts)}." if parts else ".")
        )
    return " ".join(told)


def back_test(table: pd.DataFrame, start: pd.Timestamp, currency: str) -> str:
    """Return whether the provision of a year ago was what was lost since; `table`: `back_test.by_bucket_then`."""
    if table.empty:
        return (
            "Not testable with this book: no provision of a year ago can be made from what was known then. It takes "
            "the months that rates rest on, and 12 more."
        )
    row = table.loc[TOTAL]
    amounts = {name: money(row[name], currency) for name in table.columns}
    told = (
        f"On {day(start)} the matrix provided {amounts['provision_then']} for {amounts['gross_then']}. Of these "
        f"balances {amounts['lost_since']} was lost within 12 months, net of what is still expected to come in (90 % "
        f"interval, buyers drawn anew: {amounts['lost_low']} to {amounts['lost_high']})."
    )
    if row["provision_then"] < row["lost_low"]:
        return f"{told} The provision was **too low**."
    if row["provision_then"] > row["lost_high"]:
        return (
            f"{told} The provision was **above** what was lost, and outside that interval; one year is one draw of the "
            "economy, and other month ends say otherwise (below)."
        )
    return f"{told} The provision lies within that."


def past_months(table: pd.DataFrame, currency: str) -> str:
    """Return what past month ends provided beside what they lost; `table`: `back_test.by_month_then`."""
    if len(table) < 2:
        return ""
    sums = table[["provision_then", "lost_since"]].sum()
    of_all = f", {ratio(sums['provision_then'] / sums['lost_since'])} times that" if sums["lost_since"] > 0 else ""
    short = table[table["provision_then"] < table["lost_since"]]
    twice = int((table["provision_then"] > 2 * table["lost_since"]).sum())
    told = (
        f"Over the {len(table)} month ends whose next year is over the matrix provided "
        f"{money(sums['provision_then'], currency)} in all, where {money(sums['lost_since'], currency)} was lost"
        f"{of_all}. "
    )
    if len(short):
        gap = short["lost_since"] - short["provision_then"]
        row = short.loc[gap.idxmax()]
        told += (
            f"**It fell short at {len(short)} of them**, most on {day(gap.idxmax())}: "
            f"{money(row['provision_then'], currency)} provided, {money(row['lost_since'], currency)} lost; at "
            f"{twice} it "
            "was more than twice the loss. The sum hides both: the rates follow the losses of the years before, and "
            "come late where losses rise or fall. "
        )
    else:
        told += f"It fell short at none of them; at {twice} it was more than twice the loss. "
    return f"{told}These years overlap, so that they tell little more than one or two would."


def failed_then(table: pd.DataFrame, currency: str) -> str:
    """Return whether what was provided for buyers in default was enough; `table`: `back_test.failed_by_month_then`."""
    if table.empty:
        return "Specific provisions are not tested: no buyer in default owed anything a year ago or before."
    sums = table[["gross_then", "provision_then", "came_in_since", "not_received"]].sum()
    short = int((table["provision_then"] < table["not_received"] - CENT).sum())
    beside = (
        f", {ratio(sums['provision_then'] / sums['not_received'])} times what was not received"
        if sums["not_received"] > 0
        else ""
    )
    return (
        f"For buyers in default {money(sums['provision_then'], currency)} was provided at the {len(table)} month ends "
        f"together, of {money(sums['gross_then'], currency)} owed; {money(sums['came_in_since'], currency)} of that "
        "came in "
        f"within 12 months{beside}. **It fell short at {short} of them.** A buyer that stays in default counts at "
        "each month end, so that few cases tell all of this; what comes in after 12 months is not counted."
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
    return (
        "The months added up begin and end as the year does, but move more between: what was sold and paid, or got "
        "late and was settled, within the year is in two lines of its months and in none of the year's. So "
        f"{money(-table.loc[name, 'months_of_year'], currency)} was released by payments month by month, and "
        f"{money(-table.loc[name, 'since_year'], currency)} of what was provided a year ago."
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
    return f"Of the month's {money(whole, currency)}, most is of {listed(first)}."


def drawn_months(months: pd.DataFrame) -> pd.Series:
    """Return the provision by month end for a figure, from `movement.by_month`."""
    return months[moves.CLOSING].rename("Provision")


def months_told(months: pd.DataFrame, currency: str) -> str:
    """Return what the line of provisions shows, for readers who do not see it."""
    values = months[moves.CLOSING]
    if values.empty:
        return "Line: no month."
    return (
        f"Line: the provision was highest at the end of {values.idxmax():%B %Y}, {money(values.max(), currency)}, and "
        f"is {money(values.iloc[-1], currency)} now."
    )


def drawn_told(ends: pd.DataFrame, currency: str) -> str:
    """Return what the lines of past month ends show, for readers who do not see them."""
    if ends.empty:
        return "Lines: no month."
    last = ends.iloc[-1]
    return (
        f"Lines: at the end of {ends.index[-1]:%B %Y} {money(last['provision_then'], currency)} was provided, and "
        f"{money(last['lost_since'], currency)} was lost in the 12 months after; the most that was lost is "
        f"{money(ends['lost_since'].max(), currency)}, after {ends['lost_since'].idxmax():%B %Y}."
    )


def drawn(ends: pd.DataFrame) -> pd.DataFrame:
    """Return what the figure of past month ends shows, from `back_test.by_month_then`."""
    names = {"provision_then": "Provided then", "lost_since": "Lost within 12 months"}
    return ends[list(names)].rename(columns=names)
