"""Sentences on how collection goes on: what came after letters, which promises were kept, and whether goals are met."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.collect import progress
from tradecredit.language import tr
from tradecredit.measure.receivables import kpis
from tradecredit.params.collect import CollectionSettings
from tradecredit.words.formats import counted, days, fixed, listed, money, percent

VERDICTS = {
    progress.REACHED: "the goal is met",
    progress.WITHIN: "collection alone can meet the goal",
    progress.BEYOND: "the goal is out of reach of collection: with nothing past due it would still be missed, and only "
    "shorter payment terms can meet it",
}


def by_stage(table: pd.DataFrame, settings: CollectionSettings) -> str:
    """Return what came after the letters of each stage. `table`: `progress.by_stage`."""
    known = table[table["collected"].notna()]
    if known.empty:
        return tr("No letter is old enough to tell what came after it.")
    told = [
        tr("{collected} of what was asked for after the {stage}", collected=percent(row["collected"]), stage=stage)
        for stage, row in known.iterrows()
    ]
    return tr("Within {outcome_days} came {told}.", outcome_days=days(settings.outcome_days), told=listed(told))


def promises(table: pd.DataFrame) -> str:
    """Return how many promises were kept. `table`: `progress.promises_by_month`; empty without any that is over."""
    over = int(table["kept"].sum() + table["broken"].sum()) if len(table) else 0
    if not over:
        return ""
    kept = int(table["kept"].sum())
    return tr(
        "Of {promises} whose day is over, **{kept}** were kept.",
        promises=counted(over, "promise"),
        kept=percent(kept / over),
    )


def goals(table: pd.DataFrame, acting: pd.DataFrame, book: Book) -> str:
    """Return how far the run's goals are reached; empty where it states none.

    `table`: `progress.goals`; `acting`: `worklist.worklist`, from whom the money can come.
    """
    months = book.run.receivables.sales_months
    told = []
    names = {
        "dso": (tr("DSO on the sales of the last {months}", months=counted(months, "month")), days),
        "turnover": (tr("receivables turnover"), lambda value: tr("{value} times a year", value=fixed(value, 2))),
    }
    for figure, row in table.iterrows():
        name, written = names[str(figure)]
        if row["goal_verdict"] in VERDICTS:
            told.append(
                tr(
                    "The {name} is {written}, against a goal of {written_2} and a best possible of "
                    "{written_3}: {verdicts}.",
                    name=name,
                    written=written(row["value"]),
                    written_2=written(row["goal"]),
                    written_3=written(row["best_possible"]),
                    verdicts=tr(VERDICTS[row["goal_verdict"]]),
                )
            )
            countback = kpis(book)["dso_countback"]
            if figure == "dso" and pd.notna(countback):
                told.append(
                    tr("The goal is not for the countback DSO, which is {countback}.", countback=days(countback))
                )
        if pd.notna(row["to_collect"]):
            told.append(_from_whom(row["to_collect"], acting["to_collect"], book.run.currency))
    return " ".join(told)


def _from_whom(wanted: float, owed: pd.Series, currency: str) -> str:
    """Return how much has to come in for a goal, and from how many of the buyers that owe most of what is overdue."""
    told = tr(
        "To meet the DSO goal as of today {wanted} of overdue receivables would have to be collected; the "
        "run file sets no date for it.",
        wanted=money(wanted, currency),
    )
    largest = owed.sort_values(ascending=False).cumsum()
    if wanted > owed.sum():
        return tr(
            "{told} That is more than the {owed} that the worklist has to collect.",
            told=told,
            owed=money(owed.sum(), currency),
        )
    buyers = int((largest < wanted).sum()) + 1
    return tr(
        "{told} The {buyers} of the worklist that {owe} most {owes_that_much}, of {owed} to collect.",
        told=told,
        buyers=counted(buyers, "buyer"),
        owe=tr("owes") if buyers == 1 else tr("owe"),
        owes_that_much=tr("owes that much") if buyers == 1 else tr("owe that much together"),
        owed=money(owed.sum(), currency),
    )
