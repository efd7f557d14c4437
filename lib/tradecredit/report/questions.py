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
    return pd.DataFrame([*found, (OF_A_BUYER, f"{FOLDER}/index.html")], columns=["question", "link"])


def _link(published: Published, chapter: str, name: str) -> str:
    if (chapter, name) in published.pictures:
        return f"{chapter}.html#figure-{name}"
    # A page leaves out a section whose tables have no rows.
    tables = {
        table["name"]
        for table in resources(published.folder / "tables" / chapter)
        if table["rows"] and table.get("shown", True)
    }
    return f"{chapter}.html#table-{name}" if name in tables else ""
