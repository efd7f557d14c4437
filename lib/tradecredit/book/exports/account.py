"""What became of the rows of an export's files, in rows and amounts, so that nothing is lost without a word."""

import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.exports.meaning import Note

ROWS = "rows in the files"
BESIDE = "documents beside another one in its row"
INVOICES = "read as invoices"
CREDITS = "read as payments, credit memos and the like"


def of_rows(rows: int, documents: pd.DataFrame) -> list[Note]:
    """Return notes on the rows below the headers of an export's files, and on documents that share a row.

    `documents` has an index that repeats, within a `part` (list or file), where several stand in one row.
    """
    told: list[Note] = [("invoices", ROWS, rows)]
    if len(documents):
        place = documents["part"].to_numpy(), documents.index.to_numpy()
        beside = int(pd.MultiIndex.from_arrays(place).duplicated().sum())
        told += [("invoices", BESIDE, beside)] if beside else []
    return told


def of_documents(documents: pd.DataFrame) -> list[Note]:
    """Return notes on the documents that are read, with their sum: of invoices, and of what lowers a debt.

    With `of_rows`: rows, and documents beside others, are those left out and those read, none twice. An invoice that is
    read is one of the table, repeats another's total, or is a part of another's. The amounts of the credits are those
    of the receipts, less what receipts without a document state, with what the export does not show.
    """
    is_invoice = documents["kind"] == "invoice"
    return [
        (table, f"{what}: {told_sum(sign * documents['amount'].where(rows), documents['currency'])}", int(rows.sum()))
        for table, what, rows, sign in (
            ("invoices", INVOICES, is_invoice, 1.0), ("receipts", CREDITS, ~is_invoice, -1.0),
        )
        if rows.any()
    ]  # fmt: skip
