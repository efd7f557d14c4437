"""Finds all that is wrong between the rows of a book's tables; mends nothing and drops nothing."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.book.links import Links, repeated
from tradecredit.book.merging import MERGED
from tradecredit.book.places import one_of
from tradecredit.book.problems import in_rows, of_table
from tradecredit.book.rates import in_currency_of_invoice
from tradecredit.book.schema import TABLES, Table
from tradecredit.errors import Problem
from tradecredit.params.run import Run

CENT = 0.005
"""Amounts that differ by less than this are equal."""
_ORDINARY = ("payment", "credit_note", "discount", "undated")
BOUNDED = {"write_off": _ORDINARY, "recovery": _ORDINARY, "claim": ()}
"""Kinds of receipts that may not take an invoice beyond its amount, and the kinds that count beside each."""


def relations(tables: dict[str, pd.DataFrame], files: dict[str, str], run: Run, linked: Links) -> list[Problem]:
    """Return what is wrong between rows: keys, references, order of dates, over-payment.

    `linked`: the `links` of the tables. `run`: its currency, its sources and which buyers it merges.
    """
    problems: list[Problem] = []
    for name, frame in tables.items():
        own = [
            *key_problems(TABLES[name], frame, files[name], run),
            *_reference_problems(tables, name, files, linked),
            *_order_problems(TABLES[name], frame, files[name]),
        ]
        problems += of_table(name, own)
    if {"invoices", "receipts"} <= tables.keys() and not (tables["invoices"].empty or tables["receipts"].empty):
        of_receipts = _receipt_problems(tables, linked["receipts", "invoice_id"], files["receipts"], run)
        problems += of_table("receipts", of_receipts)
    if "invoices" in tables:
        invoices = tables["invoices"]
        found = in_rows(
            files["invoices"], "tax", invoices["tax"], invoices["tax"] > invoices["amount"] + CENT,
            "is more than the amount", "give the tax that the gross amount holds",
        )  # fmt: skip
        problems += of_table("invoices", found)
    return problems


def _reference_problems(
    tables: dict[str, pd.DataFrame], name: str, files: dict[str, str], linked: Links
) -> Iterator[Problem]:
    """Yield the rows of a table that name a row which the table that they refer to has not."""
    frame = tables[name]
    for column, other in TABLES[name].references.items():
        # That it holds no rows, or has not this column, is told of it.
        if other in tables and tables[other][column].notna().any():
            unknown = frame[column].notna() & (linked[name, column] < 0)
            if unknown.any():
                yield from in_rows(
                    files[name],
                    column,
                    frame[column],
                    unknown,
                    f"no row of {other} has this {column}",
                    _where_else(frame.loc[unknown, column], tables[other][column], files[other]),
                    alike=frame[column],
                )


def _order_problems(table: Table, frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Yield the rows in which a day lies before the one that it follows."""
    for earlier, later in table.order:
        wrong = frame[earlier] > frame[later]
        yield from in_rows(
            file,
            later,
            frame.loc[wrong, later].dt.date,
            wrong,
            f"lies before {earlier}",
            f"{later} must be on or after {earlier}: correct one of the two",
        )


def _where_else(unknown: pd.Series, known: pd.Series, file: str) -> str:
    """Return the remedy for ids that are nowhere in the file of their table."""
    bare = known.str.lstrip("0")
    other = known[one_of(bare, unknown.str.lstrip("0"))]
    if len(other):
        return f"{file} has {other.iloc[0]!r}: write leading zeros in both files or in none; spreadsheets drop them"
    return f"add it to {file}, or correct it here"


def key_problems(table: Table, frame: pd.DataFrame, file: str, run: Run) -> Iterator[Problem]:
    """Yield the rows whose key an earlier one has; `run`: the table's sources, and which buyers it merges."""
    keys, has_id = list(table.key), frame[table.columns[0].name].notna().to_numpy()
    again = np.zeros(len(frame), dtype=bool)
    again[has_id] = repeated(frame[keys] if has_id.all() else frame.loc[has_id, keys])
    if not again.any():
        return
    known, wrong, again = frame[has_id], frame.loc[again, keys], pd.Series(again, index=frame.index)
    alike = known[known.duplicated(keys, keep=False)].groupby(keys)
    apart = [name for name in table.names if name not in keys and (alike[name].nunique().gt(1)).any()]
    remedy = f"state `distinct: true` (tables.{table.name}) where whole rows repeat, or remove the repeated row"
    if apart and all(table.column(name).kind in ("amount", "signed") for name in apart):
        parts_of_one = f"state `combine: sum` (tables.{table.name}) where they are parts of one"
        if len(run.sources_of(table.name)) > 1:  # the rows of one source alone are added up
            parts_of_one = f"leave the row out of all sources but one (tables.{table.name}: where)"
        remedy = f"{parts_of_one}, or give each an id of its own"
    elif apart:
        remedy = (
            f"the rows contradict each other in {', '.join(apart)}: correct them, give each an id of its own, or state "
            f"`distinct: latest` (tables.{table.name}) where the latest row counts"
        )
    # `distinct` and `combine` go by the numbers before they are merged.
    if any(one_of(wrong[key], run.merge.values()).any() for key in keys if key in MERGED and run.merge):
        apart_in = f"the rows contradict each other in {', '.join(apart)}: " if apart else ""
        remedy = f"{apart_in}both numbers of a buyer that is merged (merge) have such a row: take one out of {file}"
    yield from in_rows(
        file,
        ", ".join(keys),
        wrong.astype("str").fillna("–").agg(", ".join, axis="columns") if len(keys) > 1 else wrong[keys[0]],
        again,
        "stands in more than one row; it must be unique",
        remedy,
    )


def _receipt_problems(tables: dict[str, pd.DataFrame], place: np.ndarray, file: str, run: Run) -> Iterator[Problem]:
    """Yield what is wrong with receipts beside their invoices, at whose `place` they are; −1 without one."""
    invoices, receipts = tables["invoices"], tables["receipts"]
    issued = np.append(invoices["issued"].to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))[place]
    early = receipts["received"] < issued
    yield from in_rows(
        file,
        "received",
        receipts.loc[early, "received"].dt.date,
        early,
        "lies before the invoice's issue",
        "use the day on which the money was applied to the invoice",
    )
    yield from in_rows(
        file,
        "invoice_id",
        receipts["amount"],
        receipts["invoice_id"].isna() & receipts["buyer_id"].isna(),
        "names neither an invoice nor a buyer",
        "name the invoice that it settles, or the buyer whose credit on account it is",
    )
    negative = receipts["amount"] < 0
    yield from in_rows(
        file,
        "amount",
        receipts["amount"],
        negative & ~one_of(receipts["kind"], ["payment"]),
        "must not be negative",
        "correct it; only a payment may be negative: one that the bank has returned",
    )
    yield from _returns(receipts, place, file)
    yield from _above_invoices(tables, place, file, run)


def _returns(receipts: pd.DataFrame, place: np.ndarray, file: str) -> Iterator[Problem]:
    """Yield the payments below zero that return more of their invoice than was paid on it by then."""
    negative = (receipts["amount"] < 0).to_numpy()
    rows = _of_same_invoices(receipts["received"], place, negative & (place >= 0))
    so_far = receipts["amount"].iloc[rows].groupby(place[rows]).cumsum().to_numpy()
    returned = _at(receipts, rows[negative[rows] & (so_far < -CENT)])
    yield from in_rows(
        file,
        "amount",
        receipts.loc[returned, "amount"].map("{:g}".format),
        returned,
        "returns more than was paid on the invoice by then",
        "a negative payment is one that the bank has returned: give what it returns, or leave both out",
    )


def _above_invoices(tables: dict[str, pd.DataFrame], place: np.ndarray, file: str, run: Run) -> Iterator[Problem]:
    """Yield the receipts of `BOUNDED` kinds that take their invoice beyond its amount."""
    invoices, receipts = tables["invoices"], tables["receipts"]
    rows = _of_same_invoices(receipts["received"], place, one_of(receipts["kind"], BOUNDED) & (place >= 0))
    beside, place = receipts.iloc[rows], place[rows]
    # A bank pays out by a rate of its own: what comes in another currency hardly ever is the amount to the cent.
    fx = tables.get("fx", TABLES["fx"].empty()).dropna(subset=["date", "currency"])
    amount, other = in_currency_of_invoice(beside, place, invoices["currency"], fx, run.currency)
    bounded = ~np.isin(place, place[other])
    invoiced = invoices["amount"].to_numpy(float)[place]
    for kind, others in BOUNDED.items():
        # Money may come in after the rest was written off or a claim was paid, and what a buyer pays too much is its
        # credit (`measure/on_account.py`): only what we ourselves, the insurer or the estate give is bounded.
        of_kind = one_of(beside["kind"], [kind])
        counted = pd.Series(np.where(one_of(beside["kind"], [kind, *others]), amount, 0.0))
        applied = counted.groupby(place).cumsum().to_numpy()
        over = _at(receipts, rows[of_kind & bounded & (applied > invoiced + CENT)])
        wrong = receipts.loc[over, ["amount", "invoice_id"]]
        yield from in_rows(
            file,
            "amount",
            wrong["amount"].astype("str") + " on invoice " + wrong["invoice_id"],
            over,
            f"receipts of kind {', '.join([kind, *others])} add up to more than the invoice",
            "apply the surplus to the invoice that it belongs to, or correct the amount",
        )


def _of_same_invoices(received: pd.Series, place: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Return the rows of all receipts on the invoices that `some` of them are on, in the order of their days."""
    asked = np.zeros(place.max(initial=-1) + 2, dtype=bool)
    asked[place[some]] = True
    rows = np.flatnonzero(asked[place])
    return rows[np.argsort(received.to_numpy()[rows], kind="stable")]


def _at(frame: pd.DataFrame, rows: np.ndarray) -> pd.Series:
    """Return a mask of a table that holds at some of its rows."""
    mask = pd.Series(False, index=frame.index)
    mask.iloc[rows] = True
    return mask
