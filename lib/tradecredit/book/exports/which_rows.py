"""Which rows of an export are documents, and which are left out: titles, groups, totals, and those of other lists."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.exports import blocks
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.meaning import CREDITS, Note
from tradecredit.book.exports.totals import TOTAL, TOTAL_BEHIND, is_only_total
from tradecredit.book.problems import SHOWN
from tradecredit.params.export import ExportList


def documents_among(
    raw: pd.DataFrame, found: pd.DataFrame, is_document: pd.Series, source: ExportList
) -> tuple[pd.Series, list[Note], list[Note]]:
    """Return which documents among the rows are read, notes on rows that are not, and on totals that are wrong."""
    notes: list[Note] = []
    table = table_of_list(source)
    titles = ~is_document
    for theirs, rule, fits in _left_out(found, source):
        out = is_document & fits
        if out.any():
            what = "document" if source.form.layout == "xml" else theirs
            notes.append((table, f"{what} {rule}: {_sum(raw, out, source)}", int(out.sum())))
        is_document = is_document & ~out
    if titles.any():
        notes.append((table, f"titles, groups and totals: {_sum(raw, titles, source)}", int(titles.sum())))
    told = _not_there(raw, found, source, table)
    return is_document, notes, [*told, *(_wrong_totals(raw, ~titles, source) if titles.any() else [])]


def are_read(found: pd.DataFrame, source: ExportList) -> pd.Series:
    """Return which rows `where` and `without` leave in."""
    kept = pd.Series(True, index=found.index)
    for _, _, out in _left_out(found, source):
        kept &= ~out
    return kept


def _left_out(found: pd.DataFrame, source: ExportList) -> Iterator[tuple[str, str, pd.Series]]:
    """Yield for each column of `where` and `without` its name, the rule, and which rows it leaves out."""
    for theirs, values in source.where.items():
        yield theirs, f"is not {' or '.join(map(str, values))}", ~among(found[theirs], values)
    for theirs, values in source.without.items():
        yield theirs, f"is {' or '.join(map(str, values))}", among(found[theirs], values)


def _not_there(raw: pd.DataFrame, found: pd.DataFrame, source: ExportList, table: str) -> list[Note]:
    """Return notes on values to leave out that no row has, with those that there are: it may be written otherwise."""
    told: list[Note] = []
    for theirs, values in source.without.items() if source.form.layout != "xml" else ():
        held = found[theirs].astype("str").str.strip().fillna("")
        if absent := [str(value) for value in values if not held.eq(str(value)).any()]:
            there = [one or "nothing" for one in held[raw["amount"].notna() | raw["open"].notna()].unique()]
            more = ", …" if len(there) > SHOWN else ""
            rule = f"rows to leave out that there are none of: {theirs} {' or '.join(absent)}"
            told.append((table, f"{rule}; it holds {', '.join(there[:SHOWN])}{more}", 0))
    return told


def are_documents(raw: pd.DataFrame, with_payments: bool = False) -> pd.Series:
    """Return which rows (cells by role) are documents: with an amount, and a day or both a buyer and a number.

    `with_payments`: a row may hold nothing but what is paid.

    A total is none, told by a word in its number or day; in a list without days, by what its buyer is called.
    """

    def held(*roles: str) -> pd.Series:
        return pd.concat([raw[role].notna() for role in roles], axis="columns").any(axis="columns")

    told_by = [_is_total(raw[role]) for role in ("invoice_id", "issued", "due")]
    sums = pd.concat(told_by, axis="columns").any(axis="columns")
    if raw["days_overdue"].notna().any():
        # Without days only its name tells a total.
        alone = [_is_total(raw[role], alone=True) for role in ("buyer_id", "name")]
        sums |= pd.concat(alone, axis="columns").any(axis="columns") & ~held("issued", "due")
    # A total may be told by a text alone, in the row of a buyer.
    in_text = pd.concat([_is_total(raw[role], alone=True) for role in ("text", "kind")], axis="columns").any(
        axis="columns"
    )
    sums |= in_text & ~held("issued", "due")
    groups = pd.concat([_heads_group(raw[role]) for role in ("issued", "due")], axis="columns").any(axis="columns")
    sums |= groups & ~held("invoice_id", "number")
    named = held("buyer_id", "name") & held("invoice_id", "number")
    with_amount = held("amount", "debit", "credit", "open", "unit_price", *(["paid"] if with_payments else []))
    # What is paid of nothing, in a row that is a document else, is a payment in advance.
    with_amount |= raw["paid"].notna() & named & held("issued")
    return with_amount & ~sums & (held("issued", "due") | named | (held("buyer_id", "name") & held("days_overdue")))


def _heads_group(column: pd.Series) -> pd.Series:
    """Return where a text with a count behind it, such as `Alder Ltd (12)`, stands in a column of days."""
    if _has_no_text(column):
        return pd.Series(False, index=column.index)
    return column.astype("str").str.fullmatch(r".*[^\W\d_]{2}.*\s\(\d+\)").fillna(False).astype(bool)


def _is_total(column: pd.Series, alone: bool = False) -> pd.Series:
    if _has_no_text(column):
        return pd.Series(False, index=column.index)
    # Days repeat, and totals among them are few.
    cells = pd.Series(column.dropna().unique()).astype("str")
    totals = cells[cells.str.match(TOTAL) | cells.str.contains(TOTAL_BEHIND)]
    if alone:
        totals = totals[[is_only_total(text) for text in totals]]
    return column.astype("str").isin(list(totals)) if len(totals) else pd.Series(False, index=column.index)


def _has_no_text(column: pd.Series) -> bool:
    is_typed = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column)
    return bool(is_typed or column.isna().all())


def among(column: pd.Series, values: Sequence[object]) -> pd.Series:
    """Return which cells of a column hold one of some values, as text; an empty one holds the empty text."""
    return column.astype("str").str.strip().fillna("").isin([str(value) for value in values])


def table_of_list(source: ExportList) -> str:
    """Return the table of the book that the rows of a list belong to, unless each says otherwise."""
    return "receipts" if source.bank or source.one_kind in CREDITS else "invoices"


def _sum(raw: pd.DataFrame, rows: pd.Series | np.ndarray, source: ExportList) -> str:
    """Return what rows hold as amounts, as text, for counting what was left out; what is no number is not in it."""
    role = next((role for role in ("amount", "open", "debit") if raw.loc[rows, role].notna().any()), "amount")
    return told_sum(amounts(raw.loc[rows, role], source.form.decimal), raw.loc[rows, "currency"])


def _wrong_totals(raw: pd.DataFrame, is_document: pd.Series, source: ExportList) -> list[Note]:
    """Return the totals that are not the sum of their rows, as notes; none where signs stand apart."""
    role = next((role for role in ("amount", "open") if raw.loc[~is_document, role].notna().any()), None)
    if role is None or source.debit_side or source.signs != "signed":
        return []
    said = amounts(raw[role], source.form.decimal)
    if source.buckets:
        # A line of a list by age is several rows, the later with a fraction behind it.
        line = said.index // 1
        said, is_document = said.groupby(line).sum(min_count=1), is_document.groupby(line).any()
    currency = raw["currency"].reindex(said.index)
    # Totals of several currencies stand one below the other.
    apart = len(currency.dropna().unique()) > 1 and currency[~is_document & said.notna()].notna().all()
    groups = [rows for _, rows in said.groupby(currency)] if apart else [said]
    wrong = sorted(one for rows in groups for one in blocks.wrong_totals(rows, is_document[rows.index]))
    shown = "; ".join(f"line {line} says {said:,.2f} of {held:,.2f}" for line, said, held in wrong[:SHOWN])
    return [("invoices", f"totals that are not the sum of the rows before them: {shown}", len(wrong))] if wrong else []
