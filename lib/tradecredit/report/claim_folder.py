"""A claim on the policy as a folder of files: a page and a text that tell it, and its tables as CSV."""

from pathlib import Path

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.collect.claims import LEVELS, Claim
from tradecredit.insurance.policy import Policy
from tradecredit.language import tr
from tradecredit.report.columns import labelled
from tradecredit.report.document import document
from tradecredit.report.folders import file_name
from tradecredit.report.tables import csv_text, escaped
from tradecredit.words import claims as words
from tradecredit.words import cover
from tradecredit.words.formats import fixed

TITLES = {
    "calculation": "Calculation of the claim, in the order of the policy", "invoices": "Invoices",
    "statement": "Statement of account", "papers": "Papers to attach",
}  # fmt: skip
"""The tables of a claim: the name of each one's file, and its heading."""

SHOWN = ["invoice_id", "issued", "due", "open_amount", "insured_debt", "reason", "loss_date", "claimed_now"]
"""What page and text tell of each invoice; the CSV has all of it."""

ATTACH = "The tables are of the ledger. The papers themselves are to be attached: the book has none."


def claim_files(claim: Claim, book: Book, policy: Policy) -> dict[str, str]:
    """Return the files of a claim: name → text.

    `claim`: `claims.of_buyer`. `claim.html`, a page complete in itself, all text escaped; `claim.txt`, the same as
    plain text; and each of its tables as CSV (`tables.csv_text`), amounts in full. On page and text amounts are to the
    cent, in the reporting currency.
    """
    tables = {
        "calculation": words.with_steps(claim.steps).reset_index(),
        "invoices": cover.with_reasons(claim.invoices).reset_index(),
        "statement": words.with_entries(claim.statement),
        "papers": words.with_papers(claim.documents),
    }
    levels = claim.steps.index.isin(LEVELS)
    lines = words.heading(claim, book, policy)
    csv = {f"{name}.csv": csv_text(table) for name, table in tables.items()}
    currency = book.run.currency
    parts = [f"<p>{'<br>'.join(map(escaped, lines[1:]))}</p>", f"<p>{escaped(tr(ATTACH))}</p>"]
    texts = ["\n".join(lines), tr(ATTACH)]
    for name, english in TITLES.items():
        title = tr(english)
        strong = levels if name == "calculation" else None
        shown = tables[name][SHOWN] if name == "invoices" else tables[name]
        parts.append(f"<h2>{escaped(title)}</h2>\n{_html(shown, f'{title} ({currency})', strong)}")
        texts.append(f"{title} ({currency})\n\n{_plain(shown)}")
    page = document(
        title=lines[0], header=f"<h1>{escaped(lines[0])}</h1>", navigation="", main="\n".join(parts),
        footer=f"<p>{escaped(book.run.entity)}</p>",
    )  # fmt: skip
    return {"claim.html": page, "claim.txt": "\n\n".join(texts) + "\n", **csv}


def write(folder: Path, claim: Claim, book: Book, policy: Policy) -> Path:
    """Write the files of a claim into a folder of its own below `folder`, and return it; one that is there is replaced.

    Its name is made of the buyer's id, in which all that a file's name cannot hold is replaced, and told apart.
    """
    own = folder / file_name("claim", str(claim.claim.name))
    own.mkdir(parents=True, exist_ok=True)
    for name, text in claim_files(claim, book, policy).items():
        (own / name).write_text(text, encoding="utf-8", newline="\n")
    return own


def _cells(table: pd.DataFrame) -> tuple[list[str], list[bool], list[list[str]]]:
    """Return a table's headings, which of its columns are numbers, and its cells as text: amounts to the cent."""
    labels, numeric, columns = [], [], []
    for name, values in table.items():
        known = labelled().get(str(name))
        labels.append(tr(known.label) if known else str(name))
        is_number = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
        numeric.append(is_number)
        columns.append([_cell(value, is_number) for value in values])
    return labels, numeric, [list(row) for row in zip(*columns, strict=True)]


def _cell(value: object, is_number: bool) -> str:
    if pd.isna(value):
        return ""
    if is_number:
        return fixed(float(str(value)), 2).replace("-", "\N{MINUS SIGN}")
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return tr({"True": "yes", "False": "no"}.get(str(value), str(value)))


def _html(table: pd.DataFrame, caption: str, strong: np.ndarray | None = None) -> str:
    """Return a table as HTML; `strong`: whether each of its rows is."""
    labels, numeric, rows = _cells(table)
    looks = ["text-align:right;white-space:nowrap" if right else "text-align:left" for right in numeric]
    head = "".join(
        f'<th scope="col" style="{look}">{escaped(label)}</th>' for label, look in zip(labels, looks, strict=True)
    )
    body = []
    for place, row in enumerate(rows):
        mark = ("<strong>", "</strong>") if strong is not None and strong[place] else ("", "")
        cells = [f'<td style="{look}">{escaped(text).join(mark)}</td>' for text, look in zip(row, looks, strict=True)]
        body.append(f"<tr>{''.join(cells)}</tr>\n")
    label = escaped(caption)
    return (
        f'<div class="tc-table" role="region" tabindex="0" aria-label="{label}" style="overflow-x:auto">\n<table>\n'
        f"<caption>{label}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(body)}</tbody>\n</table>\n</div>"
    )


def _plain(table: pd.DataFrame) -> str:
    """Return a table as text in columns, amounts to the right."""
    labels, numeric, rows = _cells(table)
    cleaned = [[" ".join(text.split()) for text in row] for row in [labels, *rows]]
    widths = [max(len(row[place]) for row in cleaned) for place in range(len(labels))]
    return "\n".join(
        "  ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in cleaned
    )
