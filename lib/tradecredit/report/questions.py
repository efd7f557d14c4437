"""The questions that a month answers, each with the address of its answer."""

from itertools import islice
from pathlib import Path

import pandas as pd

from tradecredit.report.index import Published
from tradecredit.report.sheet_links import FOLDER
from tradecredit.words.questions import ANSWERED, OF_A_BUYER


def answered(published: Published) -> pd.DataFrame:
    """Return `question` and `link` of all that the chapters of a month have published an answer to.

    The sheets of buyers, which are made after all chapters, come last.
    """
    found = [(question, link) for question, place in ANSWERED if (link := _link(published, *place.split(".")))]
    return pd.DataFrame([*found, (OF_A_BUYER, f"{FOLDER}/index.html")], columns=["question", "link"])


def _link(published: Published, chapter: str, name: str) -> str:
    if (chapter, name) in published.pictures:
        return f"{chapter}.html#figure-{name}"
    table = published.folder / "tables" / chapter / f"{name}.csv"
    return f"{chapter}.html#table-{name}" if table.exists() and _has_rows(table) else ""


def _has_rows(table: Path) -> bool:
    """Return whether a CSV file has rows: a page leaves out a section whose tables have none."""
    with table.open(encoding="utf-8") as lines:
        return len(list(islice(lines, 2))) == 2
