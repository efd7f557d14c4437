"""The worklist of a day as a page and CSV files of its own, made without notebooks."""

from pathlib import Path

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.collect import effects, stages, worklist
from tradecredit.decide.collect.standing import standing
from tradecredit.errors import InputError, Problem
from tradecredit.params.run import Run
from tradecredit.report.document import document
from tradecredit.report.folders import DAILY, month_folder
from tradecredit.report.tables import csv_text, escaped, to_html
from tradecredit.words import collect
from tradecredit.words.formats import day

SHOWN = 100
"""Buyers that the page shows; the CSV has all."""

COLUMNS = ["buyer_id", "name", "act", "letter", "acting_amount", "acting_value", "authority", "due_day"]


def write_worklist(run: Run) -> tuple[Path, list[str]]:
    """Write the worklist of a run's day, and return the path of its page and what it says first.

    The folder is reports/<entity>/worklist/<as-of day>: `index.html`, `worklist.csv`, and `letters.csv`, the invoices
    of the letters that go out. Sheets are linked to where the month has been published. Raises `ParameterError` and
    `InputError` as `Book.open` does, and `InputError` for a book without invoices.
    """
    book = Book.open(run)
    if book.invoices.empty:
        problem = Problem(
            file=str(run.file), allowed="holds no invoice: nothing to collect", remedy="name another export"
        )
        raise InputError([problem])
    known, changes = standing(book), effects.effects(book)
    listed = worklist.worklist(book, worklist.Known(known.pd, known.decided, changes["changed_share"]))
    sentences = [
        collect.today(listed, run.currency), collect.held_out(listed, run.currency), collect.next_letters(listed),
    ]  # fmt: skip
    folder = month_folder(run).parent / DAILY / f"{run.as_of:%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    shown = _linked(run, collect.named(listed).join(book.names))
    for name, table in (("worklist", shown), ("letters", stages.letters(book, listed))):
        # With a byte-order mark, without which Excel takes the text for another encoding.
        (folder / f"{name}.csv").write_text("\ufeff" + csv_text(table), encoding="utf-8", newline="\n")
    tables = [
        to_html(
            shown, "Whom to act on today, and then who waits and why: most valuable first", columns=COLUMNS, rows=SHOWN,
            link="worklist.csv", currency=run.currency,
        ),
        to_html(collect.named(worklist.by_act(listed)), "What is done today", currency=run.currency),
        to_html(
            changes, "What reminders change on this book",
            columns=["stage", "compared", "paid_with", "paid_without", "brought_in_low", "brought_in_high", "basis"],
        ),
    ]  # fmt: skip
    letters = ["The invoices of the letters stand in letters.csv."]
    texts = [sentences, letters, [collect.changed(changes, run.collections)]]
    main = "".join(
        "".join(f'<p class="tc-say">{_plain(text)}</p>\n' for text in told if text) + table
        for table, told in zip(tables, texts, strict=True)
    )
    notes = "".join(f"<li>{_plain(text)}</li>\n" for text in collect.assumptions(book, listed))
    page = document(
        title=f"Worklist · {run.entity} · {run.as_of}",
        header=f'<p class="eyebrow"><span>{escaped(run.entity)}</span> <span>{day(book.as_of)}</span></p>\n'
        "<h1>Worklist</h1>",
        navigation="",
        main=f"{main}<h2>Taken for granted</h2>\n<ul>\n{notes}</ul>\n",
        footer="<p>Made by tradecredit worklist.</p>",
    )
    file = folder / "index.html"
    file.write_text(page, encoding="utf-8", newline="\n")
    return file, [text for text in sentences if text]


def _linked(run: Run, listed: pd.DataFrame) -> pd.DataFrame:
    """Return the list with links that lead from its page to the month's, or none where that is not published."""
    month = month_folder(run)
    if not (month / worklist.SHEET.partition("#")[0]).exists():
        return listed.drop(columns="link")
    return listed.assign(link=f"../../{month.name}/" + listed["link"])


def _plain(text: str) -> str:
    """Return a sentence as HTML without the marks of bold words and code."""
    return escaped(text.replace("**", "").replace("`", ""))
