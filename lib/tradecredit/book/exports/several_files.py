"""Files of one ledger that overlap, such as the exports of two months: each document counts once, as last exported."""

import numpy as np
import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports.meaning import Note

SAME_INVOICE = ("buyer_id", "invoice_id", "number", "issued", "due")
SAME_CREDIT = ("buyer_id", "invoice_id", "number", "kind", "issued", "amount")
"""What two rows have in common that are one document; payments of an invoice may differ in their amount alone."""

SAME_PAYMENT = ("number", "issued", "amount", "currency", "name", "text")
"""What two entries of a bank have in common that are one payment: a notification repeats what the statement holds."""


def in_order(parts: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Return the documents of each file with `file`, their place by the last day that stands in it, the newest 0.

    Of files of the same last day, and of those without a day, the later one is the newer.
    """
    last = [part[["issued", "cleared"]].max().max() for part in parts]
    days = [pd.Timestamp.min if pd.isna(day) else day for day in last]
    newest_first = sorted(range(len(parts)), key=lambda at: (days[at], at), reverse=True)
    return [part.assign(file=newest_first.index(at)) for at, part in enumerate(parts)]


def newest(documents: pd.DataFrame) -> tuple[pd.DataFrame, list[Note], list[Note]]:
    """Return the documents without those that stand in a newer file as well, notes on these, and on what differs.

    Two rows are one invoice, or one credit, where they agree in `SAME_INVOICE` or `SAME_CREDIT`, and one payment of a
    bank where they agree in `SAME_PAYMENT`; documents without a number, and payments that say nothing, are not
    compared, nor are rows of one file. An invoice that an older file has open, and a newer one that
    shares documents with it lacks, stays as it stood there.
    """
    if not documents["file"].any():
        return documents, [], []
    bank = documents["bank"].astype(bool)
    named = documents[["invoice_id", "number"]].notna().any(axis="columns") & ~bank
    # What the bank took back says nothing more, and is rare.
    says = bank & (documents[["number", "text", "name"]].notna().any(axis="columns") | (documents["amount"] > 0))
    is_invoice = documents["kind"] == "invoice"
    older = np.zeros(len(documents), dtype=bool)
    overlapping: set[int] = set()
    for rows, same in ((named & is_invoice, SAME_INVOICE), (named & ~is_invoice, SAME_CREDIT), (says, SAME_PAYMENT)):
        part = documents.loc[rows, [*same, "file"]]
        first = part.groupby(list(same), dropna=False)["file"].transform("min")
        again = (part["file"] > first).to_numpy()
        overlapping |= set(part["file"][again])
        older[rows.to_numpy()] = again
    left_out, notes = [], []
    for rows, table, what in (
        (older & ~bank, "invoices", "documents that a newer file has as well, as it has them"),
        (older & bank, "receipts", "bank payments that another file of the bank has as well"),
    ):
        if rows.any():
            told = told_sum(documents["amount"].where(rows), documents["currency"])
            left_out.append((table, f"{what}: {told}", int(rows.sum())))
    kept = documents[~older]
    lacking = kept[kept["file"].isin(overlapping) & (kept["kind"] == "invoice") & (kept["open"] > CENT)]
    if len(lacking):
        told = told_sum(lacking["open"], lacking["currency"])
        rule = (
            f"open in an older file, and not in the newer: open as they stood there ({told}); "
            "where the newer file holds open items alone, they are settled: read it alone"
        )
        notes.append(("invoices", rule, len(lacking)))
    return kept, left_out, notes
