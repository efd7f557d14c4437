"""A list of documents of all kinds becomes the tables of a book: buyers, invoices, and what settles them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports import account
from tradecredit.book.exports.matching import matched
from tradecredit.book.exports.meaning import Note
from tradecredit.book.exports.numbers import NUMBER_IN_WORDS
from tradecredit.book.exports.settlements import cents, key, settled
from tradecredit.book.exports.several_files import newest
from tradecredit.book.exports.terms import discounts
from tradecredit.params.export import ExportSource

MOST_EARLY = 0.05
"""Share of invoices, one at least, that may be issued after they are due, as when they were written late."""


class Tables(NamedTuple):
    """The tables that a list of documents holds, what was left out and what assumed: (table, rule, rows)."""

    buyers: pd.DataFrame
    invoices: pd.DataFrame
    receipts: pd.DataFrame
    left_out: tuple[Note, ...]
    assumed: tuple[Note, ...]


def tables(documents: pd.DataFrame, source: ExportSource) -> Tables:
    """Return buyers, invoices and receipts of a list of documents, in the amounts and days that it states.

    `documents` has a row for each document or part of one, with the row in the file as its index: `buyer_id`, `name`,
    `country`, `kind` (ours), `invoice_id` (the number that the buyer knows), `number` (the system's own),
    `applies_to` (number of the invoice that a credit settles; `applies_too`: where it is none, others, a line each),
    `group` (what was matched or cleared together),
    `issued`, `due`, `amount` (signed: by how much the buyer owes more), `open` (signed; missing: not stated),
    `credited` (part of the amount that credit notes settled), `lost` (part that was written off),
    `currency`, `cleared` (day), `stated_open` (as `open`, to be compared with). A column that the export lacks
    is all missing; `terms` (in words) give the discounts; `repeated`: a row that may repeat a document's total.

    Which credit settles which invoice: `settlements.settled`.
    """
    exported = pd.Timestamp(source.exported)
    notes: list[Note] = []
    documents, left_out = _kinds_by_sign(documents)
    documents, in_newer, differing = newest(documents)
    left_out += in_newer
    read = documents
    notes += _currencies_filled(documents)
    documents, by_reason, unknown = matched(documents)
    notes += by_reason
    left_out += unknown
    known = ~read["bank"].astype(bool) | read.index.isin(documents.index[documents["bank"].astype(bool)])
    notes = [*account.of_documents(read[known]), *differing, *notes]
    documents = _without_what_is_used(_settled_by_what_names_them(_each_once(documents)), notes)
    is_invoice = documents["kind"] == "invoice"
    later = documents["issued"] > exported
    if later.any():
        amount = told_sum(documents["amount"].where(later), documents["currency"])
        rule = f"dated after {exported.date()}, the day of the export: {amount}; look at their days"
        notes.append(("invoices", rule, int(later.sum())))
    invoices = _invoices(documents[is_invoice], exported, notes)
    receipts, settled_by = settled(documents[~is_invoice], invoices, exported)
    notes += settled_by
    notes += _unlike_stated(invoices, receipts)
    return Tables(
        _buyers(documents),
        invoices[["invoice_id", "buyer_id", "issued", "due", "currency", "amount"]].join(discounts(invoices["terms"])),
        _numbered(receipts),
        tuple(left_out),
        tuple(notes),
    )


def _each_once(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the documents with a fraction behind the row of a payment's further parts, for each is one of its own."""
    again = documents.groupby(level=0).cumcount().to_numpy()
    return documents.set_axis(documents.index + again / 1e6, axis="index") if again.any() else documents


def _settled_by_what_names_them(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the documents with credits that are said to be settled, and that other rows name, as open till these.

    A list of payments may hold what a credit was used for as two rows: one that takes it from the credit, and one that
    gives it to an invoice.
    """
    credits = documents["settled"].astype(bool) & (documents["kind"] == "credit_note")
    naming = documents.loc[documents["amount"] > 0, ["buyer_id", "applies_to"]].dropna()
    own = key(documents["buyer_id"], documents["invoice_id"].fillna(documents["number"]))
    named = credits & own.isin(key(naming["buyer_id"], naming["applies_to"]))
    return documents.assign(open=documents["open"].mask(named))


def _without_what_is_used(documents: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Return the documents with credit memos of the ledger less what a list beside it says that they were used for.

    A row of payments may be such a use: it names an invoice, and among its words or as its number the credit memo. What
    was used beyond a memo is told.
    """
    in_ledger = documents["part"] == documents["part"].min()
    memos = documents[in_ledger & (documents["amount"] < 0)]
    beside = documents[~in_ledger & documents["applies_to"].notna()]
    if beside.empty or memos.empty:
        return documents
    numbers = pd.concat([key(memos["buyer_id"], memos[name]) for name in ("invoice_id", "number")]).dropna()
    place = pd.Series(numbers.index, index=numbers)
    place = place[~place.index.duplicated()]
    uses = beside[beside["kind"] == "credit_note"]
    words = uses["text"].fillna("").str.cat(uses["number"].fillna(""), " ").str.findall(NUMBER_IN_WORDS)
    words = words.explode().dropna()
    of = key(uses["buyer_id"].reindex(words.index), words).map(place).dropna()
    # A payment below zero may name the memo itself, beside one that names the invoice.
    taken = key(beside["buyer_id"], beside["applies_to"])[beside["amount"] > 0].map(place).dropna()
    of = pd.concat([of[~of.index.duplicated()], taken])
    used = documents["amount"].abs().reindex(of.index).groupby(of.to_numpy()).sum()
    rest = documents["amount"].add(used.reindex(documents.index, fill_value=0.0))
    left = documents.assign(amount=rest).drop(taken.index)
    of_memos = left.index.isin(list(used.index))
    beyond = left["amount"].where(of_memos & (left["amount"] > CENT))
    if beyond.notna().any():
        told = told_sum(beyond, left["currency"])
        rule = f"credit memos used for more than they are over: {told}; look at the list of payments"
        notes.append(("receipts", rule, int(beyond.notna().sum())))
    return left[~(of_memos & (left["amount"] > -CENT))]


def _kinds_by_sign(documents: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return the documents without those to be left out, each with a kind, and notes on both."""
    notes = []
    out = documents["kind"] == "leave_out"
    if out.any():
        amount = told_sum(documents["amount"].where(out), documents["currency"])
        notes.append(("invoices", f"kind of document not to be read: {amount}", int(out.sum())))
    documents = documents[~out]
    unknown = documents["kind"].isna()
    by_sign = pd.Series(np.where(documents["amount"] < 0, "payment", "invoice"), index=documents.index)
    by_sign = by_sign.mask(_returned(documents, unknown), "payment")
    documents = documents.assign(kind=documents["kind"].where(~unknown, by_sign))
    # An invoice below zero as a whole is a credit memo, whatever it is called.
    number = documents["invoice_id"].fillna(documents["number"])
    of_invoices = documents["amount"].where(documents["kind"] == "invoice", 0.0)
    total = of_invoices.groupby([documents["buyer_id"], number], dropna=False).transform("sum")
    total = total.where(number.notna(), documents["amount"])
    below = (documents["kind"] == "invoice") & (total < 0)
    return documents.assign(kind=documents["kind"].where(~below, "credit_note")), notes


def _returned(documents: pd.DataFrame, unknown: pd.Series) -> pd.Series:
    """Return which rows of no known kind bring back just what was paid of an invoice: a payment that was returned."""
    of = key(documents["buyer_id"], documents["invoice_id"])
    # Rows of one day, or with the invoice's day each, stand in their order.
    place = documents["issued"].rank(method="first").where(unknown)
    amount = documents["amount"]
    sold = place.where(amount > 0).groupby(of).transform("min")
    paid = place.where(amount < 0).groupby(of + "\n" + cents(amount.abs())).transform("min")
    return unknown & (amount > 0) & (sold < paid) & (paid < place)


def _currencies_filled(documents: pd.DataFrame) -> Iterator[Note]:
    """Yield notes on documents without a currency in a list where others state theirs."""
    table = pd.Series(np.where(documents["kind"] == "invoice", "invoices", "receipts"), index=documents.index)
    filled = documents["unstated"].astype(bool)
    for (name, currency), rows in documents[filled].groupby([table[filled], "currency"]):
        yield str(name), f"without a currency: taken as {currency}", len(rows)


def _invoices(rows: pd.DataFrame, exported: pd.Timestamp, notes: list[Note]) -> pd.DataFrame:
    """Return one row for each invoice and due day, with `rest`: what of it is settled."""
    number = rows["invoice_id"].fillna(rows["number"])
    unnamed = number.isna()
    if unnamed.any():
        notes.append(("invoices", "without a number: named after their row", int(unnamed.sum())))
        number = number.where(~unnamed, "row " + rows.index.astype("str").to_series(index=rows.index))
    rows = rows.assign(system_number=rows["number"], number=number, row=rows.index)
    # A row that brings a debt back, such as a returned payment, may not repeat when it was due.
    of_number = rows.groupby(["buyer_id", "number"], sort=False)["due"]
    rows["due"] = rows["due"].fillna(of_number.transform("first").where(of_number.transform("nunique") == 1))
    no_due = rows["due"].isna() & rows["issued"].notna()
    if no_due.any():
        notes.append(("invoices", "without a due day: taken as due on the day of issue", int(no_due.sum())))
    no_issue = rows["issued"].isna() & rows["due"].notna()
    if no_issue.any():
        rule = "without a day of issue: taken as issued on the due day, on that of the export where they are due later"
        notes.append(("invoices", rule, int(no_issue.sum())))
    # What stands in the export was issued by then.
    by_then = rows["due"].where(~(rows["due"] > exported), exported)
    rows = rows.assign(due=rows["due"].fillna(rows["issued"]), issued=rows["issued"].fillna(by_then))
    early = rows["due"] < rows["issued"]
    if early.any() and early.sum() <= max(1, MOST_EARLY * len(rows)):
        # More of them, and the days are likely misread: the book refuses them.
        told = told_sum(rows["amount"].where(early), rows["currency"])
        notes.append(("invoices", f"issued after the due day: taken as issued on it: {told}", int(early.sum())))
        rows["issued"] = rows["issued"].where(~early, rows["due"])
    keys = ["buyer_id", "number", "due"]
    again = rows["repeated"] & rows.duplicated(keys)
    if again.any():
        # Of several payments each row may state what the last one left, or what it left itself.
        least = rows.groupby(keys, dropna=False)["stated_open"].transform("min")
        rows = rows.assign(stated_open=least)
        rule = f"rows that repeat a document's total: {told_sum(rows['amount'].where(again), rows['currency'])}"
        notes.append(("invoices", rule, int(again.sum())))
        rows = rows[~again]
    parts = len(rows)
    first = dict.fromkeys(("name", "issued", "currency", "group", "cleared", "terms", "row", "system_number"), "first")
    sums = {
        name: (name, lambda values: values.sum(min_count=1))
        for name in ("amount", "open", "credited", "stated_open", "lost")
    }
    grouped = rows
    if rows.duplicated(keys).any():
        # Of parts by which some are paid the others are open.
        among = rows["settled"].astype(bool).groupby([rows[name] for name in keys], dropna=False).transform("any")
        rows = rows.assign(open=rows["open"].mask(among & rows["open"].isna(), rows["amount"]))
        grouped = (
            rows.groupby(keys, dropna=False, sort=False)
            .agg(**{name: (name, how) for name, how in first.items()}, **sums)
            .reset_index()
        )
        notes.append(("invoices", "rows that are parts of another row's invoice", parts - len(grouped)))
    grouped = grouped.set_index("row").rename_axis(None)
    of_number = grouped.groupby(["buyer_id", "number"], sort=False)
    instalments = of_number["due"].transform("size")
    several = instalments > 1
    invoice_id = grouped["number"].where(~several, grouped["number"] + "/" + (of_number.cumcount() + 1).astype("str"))
    if several.any():
        notes.append(("invoices", "instalments: a row each, numbered /1, /2, … behind the invoice", int(several.sum())))
    taken = grouped.assign(invoice_id=invoice_id).groupby("invoice_id")["buyer_id"].transform("nunique") > 1
    if taken.any():
        notes.append(("invoices", "number used by several buyers: the buyer's is put before it", int(taken.sum())))
    invoice_id = invoice_id.where(~taken, grouped["buyer_id"].astype("str") + " " + invoice_id)
    open_amount = grouped["open"].clip(lower=0)
    return grouped.assign(
        invoice_id=invoice_id,
        key=key(grouped["buyer_id"], grouped["number"]),
        stated=grouped["open"].notna(),
        rest=(grouped["amount"] - open_amount.fillna(0)).clip(lower=0),
        over=(-grouped["open"]).clip(lower=0).fillna(0),
    ).sort_values(["due", "issued"], kind="stable")


def _unlike_stated(invoices: pd.DataFrame, receipts: pd.DataFrame) -> Iterator[Note]:
    """Yield a note on invoices of which the export states another open amount than what is read leaves of them."""
    if not invoices["stated_open"].notna().any():
        return
    paid = receipts.groupby("invoice_id")["amount"].sum()
    foreign = receipts["currency"] != receipts["invoice_id"].map(invoices.set_index("invoice_id")["currency"])
    compared = invoices[~invoices["invoice_id"].isin(receipts.loc[foreign, "invoice_id"])]
    read = compared["amount"] - paid.reindex(compared["invoice_id"], fill_value=0.0).to_numpy(float)
    # What is paid beyond the amount is on account.
    more = read.clip(lower=0) - compared["stated_open"].clip(lower=0)
    off = more.abs() > CENT
    if off.any():
        sums = (
            f"{told_sum(more.abs().where(of), compared['currency'])} {word}"
            for word, of in (("more", more > CENT), ("less", more < -CENT)) if of.any()
        )  # fmt: skip
        rule = f"the open amount that is read is not the one stated: {' and '.join(sums)}; look at source.lines"
        yield "invoices", rule, int(off.sum())


def _buyers(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers, each with the newest name and country that the export has for it."""
    newest = documents.sort_values("issued", kind="stable", na_position="first")
    last = newest.groupby("buyer_id", sort=False)[["name", "country"]].last()
    return last.reindex(documents["buyer_id"].dropna().unique()).rename_axis("buyer_id").reset_index()


def _numbered(receipts: pd.DataFrame) -> pd.DataFrame:
    """Return the receipts in order of days, with the row in the file as index and ids that differ."""
    receipts = receipts.sort_values(["received", "row"], kind="stable")
    ids = (
        receipts["receipt_id"]
        .astype("str")
        .where(receipts["receipt_id"].notna(), "row " + receipts["row"].astype("str"))
    )
    again = ids.groupby(ids).cumcount()
    receipts = receipts.assign(receipt_id=ids.where(again == 0, ids + "/" + (again + 1).astype("str")))
    return receipts.set_index("row").rename_axis(None)
