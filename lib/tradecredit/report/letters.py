"""The letters of a day as files: a page and a text for each buyer, and the tables that tell what went out."""

import re
import textwrap
import unicodedata
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tradecredit.book.book import Book
from tradecredit.decide.collect import letters
from tradecredit.report.document import CONTENT_POLICY, TEMPLATE
from tradecredit.report.folders import file_name
from tradecredit.report.tables import LINK, csv_text
from tradecredit.words.letters import writing

FOLDER = "letters"
"""Where the letters lie beside the page of the day."""

WIDTH = 78
"""Columns that a line of text has; a Chinese sign takes two."""


class Letters(NamedTuple):
    """The letters of a day: `files`, name → text; `listed`, a row for each; `unpayable`, why others are not written.

    `listed`: index `buyer_id`, in the order of the worklist; `letter`, its stage; `language`; `send_on`, `pay_by`;
    `letter_total`, what it asks for, an amount in each currency; `link`, its page. `invoices`: `letters.invoices` of
    those that are written, with the `file` of each one's page. `unpayable`: `letters.unpayable`.
    """

    files: dict[str, str]
    listed: pd.DataFrame
    invoices: pd.DataFrame
    unpayable: pd.Series


def written(book: Book, acting: pd.DataFrame) -> Letters | None:
    """Return the letters that go out today as files; None where the run states no `collections.letters`.

    `acting`: `worklist.worklist`. For each buyer that is written to a page complete in itself and a plain text, in the
    language of its country; all that comes from the ledger or the run file is escaped. A buyer of which an invoice is
    in a currency without an account gets none. `reminders.csv` holds what the table of reminders is to have once the
    letters have been sent. Source: definitions §10.10.
    """
    settings = book.run.collections.letters
    if settings is None:
        return None
    rows = letters.invoices(book, acting)
    unpayable = letters.unpayable(rows, settings)
    rows = rows[~rows["buyer_id"].isin(unpayable.index)].reset_index(drop=True)
    of_buyers = book.buyers.set_index("buyer_id")[["name", "registration_id", "country"]]
    to = acting[acting.index.isin(rows["buyer_id"])].join(of_buyers)
    by_buyer, sums = _by_buyer(rows), _by_buyer(letters.totals(rows).reset_index())
    files: dict[str, str] = {}
    listed = []
    for row in to.reset_index().itertuples():
        told = writing.letter(book, row, by_buyer[row.buyer_id], sums[row.buyer_id])
        name = file_name("letter", row.buyer_id)
        files |= {f"{name}.html": page(told), f"{name}.txt": text(told)}
        amounts = [f"{of.currency} {of.billed_total:,.{letters.decimals(of.currency)}f}" for of in sums[row.buyer_id]]
        listed.append((told.tag, ", ".join(amounts), f"{FOLDER}/{name}.html"))
    made = pd.DataFrame(listed, index=to.index, columns=["language", "letter_total", LINK]).astype("str")
    table = to[["name", "letter", "send_on", "pay_by"]].join(made)
    invoices = rows.assign(file=made[LINK].reindex(rows["buyer_id"]).to_numpy())
    reminded = invoices.dropna(subset="stage", ignore_index=True)[["invoice_id", "stage", "sent"]]
    return Letters(files | {"reminders.csv": csv_text(reminded)}, table, invoices, unpayable)


def _by_buyer(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return the rows of each buyer, in their order."""
    found: dict[str, list[Any]] = {}
    for row in table.itertuples():
        found.setdefault(row.buyer_id, []).append(row)
    return found


def page(letter: writing.Letter) -> str:
    """Return a letter as an HTML page that needs nothing else, for screens, phones and A4."""
    return _template("letter.html.j2").render(letter=letter, policy=CONTENT_POLICY, style=_style())


def text(letter: writing.Letter) -> str:
    """Return a letter as plain text."""
    return _template("letter.txt.j2").render(letter=letter)


@cache
def _style() -> str:
    return (TEMPLATE / "letter.css").read_text(encoding="utf-8").strip()


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATE), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=lambda name: name is None or name.endswith(".html.j2"), keep_trailing_newline=True,
    )  # fmt: skip
    environment.filters |= {"wrapped": _wrapped, "in_columns": _in_columns}
    return environment.get_template(name)


def _wrapped(paragraph: str) -> str:
    """Return a paragraph on lines of `WIDTH` columns; Chinese, which has no spaces, breaks between any two signs."""
    if _columns(paragraph) <= len(paragraph):
        return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)
    lines = [""]
    for part in re.findall(r"[\x21-\xff]+|.", paragraph):  # a Chinese sign, or a word in other letters
        if _columns(lines[-1] + part) > WIDTH and part not in "，。、；：！？）》”":
            lines.append("")
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def _in_columns(table: writing.Table) -> str:
    """Return a table as text in columns, numbers to the right."""
    rows = [table.heads, *table.rows, *([table.foot] if table.foot else [])]
    widths = [max(_columns(row[place]) for row in rows) for place in range(len(table.heads))]
    lines = [
        "  ".join(_padded(cell, width, right) for cell, width, right in zip(row, widths, table.numeric, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _padded(cell: str, width: int, right: bool) -> str:
    space = " " * (width - _columns(cell))
    return space + cell if right else cell + space


def _columns(line: str) -> int:
    """Return how many columns a line takes: Chinese signs two, accents that join the sign before none."""
    return len(line) if line.isascii() else sum(map(_width, line))


@cache
def _width(sign: str) -> int:
    return 0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
