"""The questions that a month answers, each with the address of its answer."""

import pandas as pd

from tradecredit.report.data_package import resources
from tradecredit.report.index import Published
from tradecredit.report.sheet_links import FOLDER
from tradecredit.words.questions import ANSWERED, OF_A_BUYER


def answered(published: Published) -> pd.DataFrame:
    """Return `question` and `link` of all that the chapters of a month have published an answer to.

    The sheets of buyers, which are made after all chapters, come last.
    """
    found = [(question, link) for question, place in ANSWERED if (link := _link(published, *place.split(".")))]
    table = pd.DataFrame([*found, (OF_A_BUYER, f"{FOLDER}/index.html")], columns=["question", "link"])
    return table.drop_duplicates("question", ignore_index=True)


def places_of(chapter: str) -> dict[str, str]:
    """Return the anchors of a chapter's sections that answer a question, by the table or figure that they show."""
    named = [place.split(".") for _, place in ANSWERED]
    return {name: f"answer-{name}" for its_chapter, name in named if its_chapter == chapter}


def _link(published: Published, chapter: str, name: str) -> str:
    """Return the address of the section that shows a table or figure; empty where none shows it."""
    # A page leaves out a section whose tables have no rows.
    tables = {
        table["name"]
        for table in resources(published.folder / "tables" / chapter)
        if table["rows"] and table.get("shown", True)
    }
    there = (chapter, name) in published.pictures or name in tables
    return f"{chapter}.html#{places_of(chapter)[name]}" if there else ""
