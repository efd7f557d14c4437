"""The worklist of a day as a page and CSV files of its own, made without notebooks."""

from pathlib import Path

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.disk import writing
from tradecredit.decide.collect import claims, effects, insurer_calendar, stages, worklist
from tradecredit.decide.collect.standing import standing
from tradecredit.errors import InputError, Problem
from tradecredit.insurance.in_force import policy_in_force, programme
from tradecredit.language import speak, tr
from tradecredit.params.run import Run
from tradecredit.report.calendar_file import calendar_file
from tradecredit.report.claim_folder import write as write_claim
from tradecredit.report.document import document
from tradecredit.report.folders import DAILY, month_folder
from tradecredit.report.letters import FOLDER, Letters, written
from tradecredit.report.publishing import building, put_in_place, told_waiting
from tradecredit.report.sheet_links import FOLDER as SHEETS
from tradecredit.report.sheet_links import linked, published_sheets
from tradecredit.report.tables import csv_text, escaped, to_html, unmarked
from tradecredit.words import claims as of_claims
from tradecredit.words import collect, guessed, insurer
from tradecredit.words.formats import day
from tradecredit.words.letters import told

SHOWN = 100
"""Buyers that the page shows; the CSV has all."""

DUE_COLUMNS = ["buyer_id", "name", "insurer_task", "insurer_amount", "insured_payable", "day", "hold"]

COLUMNS = ["buyer_id", "name", "act", "hold", "insurer_task", "acting_amount", "acting_value", "insurer_value"]

LETTER_COLUMNS = ["buyer_id", "name", "letter", "language", "letter_total", "send_on", "pay_by"]


def write_worklist(run: Run) -> tuple[Path, list[str]]:
    """Write the worklist of a run's day, and return the path of its page and what it says first.

    The folder is reports/<entity>/worklist/<as-of day>: `index.html`; `worklist.csv`, and `letters.csv`, the invoices
    of the letters that go out; the letters themselves in `letters`, where the run says who sends them;
    `collections.ics`, all that has a day, the insurer's too; and a folder for each claim to file in `claims`. It is
    made beside the one of an earlier run, and takes its place once it is whole. Where the month has been published,
    buyers lead to their sheets, and those without one to the month's list of what is decided. Raises `ParameterError`
    and `InputError` as `Book.open` does, and `InputError` for a book without invoices.
    """
    book = Book.open(run)
    if book.invoices.empty:
        problem = Problem(
            file=str(run.file), allowed="holds no invoice: nothing to collect", remedy="name another export"
        )
        raise InputError([problem])
    speak(run.language)
    known, changes = standing(book), effects.effects(book)
    listed = worklist.worklist(book, worklist.Known(known.pd, known.decided, changes["changed_share"]))
    letters = written(book, listed)
    due = worklist.due_to_insurer(listed, insurer_calendar.deadlines(book, programme(book)), book)
    sentences = [
        collect.today(listed, run.currency), collect.first(listed, due, book),
        collect.held_out(listed, run.currency), collect.next_letters(listed),
        of_claims.at_stake(claims.to_file(book, policy_in_force(book)), run.currency),
        told.not_written(letters.unpayable) if letters else told.NOT_STATED,
    ]  # fmt: skip
    shown = _linked(run, collect.named(listed).join(book.names)).assign(day=due["day"])
    folder = month_folder(run).parent / DAILY / f"{run.as_of:%Y-%m-%d}"
    with writing(run.reports), building(folder, run.reports, waiting=lambda: told_waiting(f"{run.as_of}")) as build:
        _write_tables(build, shown, letters, letters.invoices if letters else stages.letters(book, listed))
        _write_for_the_insurer(build, book, listed)
        page = _page(book, (due, listed, shown), letters, changes, sentences)
        _write(build / "index.html", linked(page, _sheets(run, shown.index)))
        put_in_place(build, folder)
    return folder / "index.html", [unmarked(text) for text in sentences if text]


def _page(
    book: Book, lists: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], letters: Letters | None, changes: pd.DataFrame,
    sentences: list[str],
) -> str:  # fmt: skip
    """Return the page; `lists`: what is due to the insurer, the worklist, and the same as it is shown."""
    run, (due, listed, shown) = book.run, lists
    tables = [
        to_html(
            shown.loc[due.index], "What the insurer is to be told at once", columns=DUE_COLUMNS,
            rows=SHOWN, link="worklist.csv", currency=run.currency,
        ) if len(due) else "",
        to_html(
            shown, "Whom to act on today, most valuable first, and then who waits and why", columns=COLUMNS, rows=SHOWN,
            link="worklist.csv", currency=run.currency,
        ),
        to_html(
            told.with_languages(letters.listed), "Letters to send today", columns=LETTER_COLUMNS, rows=SHOWN,
            link="letters.csv",
        ) if letters else "",
        to_html(
            collect.named(worklist.to_collect(listed)), "From past due to what is to collect", currency=run.currency
        ),
        to_html(collect.named(worklist.by_act(listed)), "What is done about the debts", currency=run.currency),
        to_html(
            changes, "What reminders change on this book",
            columns=["stage", "compared", "paid_with", "paid_without", "brought_in_low", "brought_in_high", "basis"],
        ),
    ]  # fmt: skip
    files = [
        tr("The invoices of the letters stand in letters.csv, all days in collections.ics, claims to file in claims/.")
    ]
    to_send = [told.written(letters.listed)] if letters else []
    texts = [sentences, [], to_send, [], files, [collect.changed(changes, run.collections)]]
    main = "".join(
        "".join(f'<p class="tc-say">{escaped(unmarked(tr(text)))}</p>\n' for text in said if text) + table
        for table, said in zip(tables, texts, strict=True)
    )
    granted = [
        *guessed.told(run),
        *collect.assumptions(book, listed),
        *(told.charged(book, letters.invoices) if letters else []),
    ]
    notes = "".join(f"<li>{escaped(unmarked(tr(text)))}</li>\n" for text in granted)
    return document(
        title=f"{tr('Worklist')} · {run.entity} · {run.as_of}",
        header=f'<p class="eyebrow"><span>{escaped(run.entity)}</span> <span>{day(book.as_of)}</span></p>\n'
        "<h1>" + tr("Worklist") + "</h1>",
        navigation="",
        main=f"{main}<h2>{tr('Taken for granted')}</h2>\n<ul>\n{notes}</ul>\n",
        footer=f"<p>{tr('Made by tradecredit worklist.')}</p>",
    )


def _write_tables(folder: Path, shown: pd.DataFrame, letters: Letters | None, rows: pd.DataFrame) -> None:
    """Write the tables, and the letters where there are any; `rows`: the invoices of those that go out."""
    tables = {"worklist.csv": csv_text(shown), "letters.csv": csv_text(rows)}
    for name, content in tables.items():
        # With a byte-order mark, without which Excel takes the text for another encoding.
        _write(folder / name, "\ufeff" + content)
    if letters:
        (folder / FOLDER).mkdir()
        for name, content in letters.files.items():
            _write(folder / FOLDER / name, content)


def _write_for_the_insurer(folder: Path, book: Book, listed: pd.DataFrame) -> None:
    """Write the calendar of what is to be done, and the claims to file."""
    deadlines = insurer_calendar.deadlines(book, programme(book))
    stopped = deadlines["buyer_id"].isin(listed.index[listed["hold_by"].notna()])
    of_insurer = deadlines[~((deadlines["deadline"] == insurer_calendar.STOP_ON) & stopped)]
    events = pd.concat([collect.events(listed, book), insurer.events(of_insurer, book)], ignore_index=True)
    name = f"Collections {book.run.entity}"
    (folder / "collections.ics").write_bytes(calendar_file(events, name=name, as_of=book.as_of))
    policy = policy_in_force(book)
    if policy is not None and not book.run.anonymise:  # an insurer pays for a buyer with a name
        for buyer in claims.to_file(book, policy).index:
            write_claim(folder / "claims", claims.of_buyer(book, policy, buyer), book, policy)


def _write(file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8", newline="\n")


def _linked(run: Run, listed: pd.DataFrame) -> pd.DataFrame:
    """Return the list with links that lead from its page to the month's, or none where that is not published."""
    month = month_folder(run)
    if not (month / worklist.CHAPTER).exists():
        return listed.drop(columns="link")
    return listed.assign(link=f"../../{month.name}/" + listed["link"])


def _sheets(run: Run, buyers: pd.Index) -> dict[str, str]:
    """Return buyer_id → address of its sheet, seen from the page of the list, of those that the month has one of."""
    month = month_folder(run)
    return {buyer: f"../../{month.name}/{SHEETS}/{name}" for buyer, name in published_sheets(month, buyers).items()}
