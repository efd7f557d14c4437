"""The decisions that chapters have published, of this month and of the months before."""

import json
from pathlib import Path

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.decisions import COLUMNS, none
from tradecredit.report.folders import month_folder, months


def decisions_before(book: Book, chapter: str) -> pd.DataFrame | None:
    """Return the decisions that a chapter published in the last month before the book's; columns: `COLUMNS`.

    None where no earlier month has a table of them that can be read, so that nobody knows which are new.
    """
    month = _month_before(book, chapter)
    return None if month is None else _decisions(_published(month, chapter))


def reported_before(book: Book, chapter: str) -> pd.Timestamp | None:
    """Return the as-of day of the month that `decisions_before` reads; None where there is none, or it states none."""
    month = _month_before(book, chapter)
    manifest = None if month is None else month / "manifest.json"
    if manifest is None or not manifest.exists():
        return None
    stated = json.loads(manifest.read_text(encoding="utf-8")).get("as_of")
    return None if stated is None else pd.Timestamp(stated)


def _month_before(book: Book, chapter: str) -> Path | None:
    """Return the folder of the last month before the book's for which a chapter published decisions; None without."""
    now = month_folder(book.run)
    known = [one for one in months(now.parent) if one.name < now.name and _published(one, chapter).exists()]
    return known[-1] if known else None


def _published(month: Path, chapter: str) -> Path:
    return month / "tables" / chapter / "decisions.csv"


def decisions_of(folder: Path) -> pd.DataFrame:
    """Return the decisions of all chapters that lie in a month's folder; columns: `COLUMNS`."""
    files = sorted((folder / "tables").glob("[0-9][0-9]_*/decisions.csv"))
    tables = [_decisions(file) for file in files if not file.parent.name.startswith("00_")]
    return pd.concat([none(), *(table for table in tables if table is not None)], ignore_index=True).astype(COLUMNS)


def _decisions(file: Path) -> pd.DataFrame | None:
    """Return a published table of decisions; None if it lacks a column, being of another version.

    One without `was` lacks nothing: as what kind an earlier month had asked something is nobody's to know.
    """
    table = pd.read_csv(file, encoding="utf-8-sig", dtype="str")
    if not set(COLUMNS) - {"was"} <= set(table):
        return None
    return table.reindex(columns=list(COLUMNS)).astype(COLUMNS)
