"""A list of documents of all kinds becomes the tables of a book: buyers, invoices, and what settles them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.exports.allocation import allocated
from tradecredit.book.exports.matching import matched
from tradecredit.book.exports.terms import discounts
from tradecredit.params.export import ExportSource

CENT = 0.005
UNDATED = "undated"
"""Kind of receipt: settled by the day of the export; when, and by what, the export does not tell."""
CREDITS = ("payment", "credit_note", "discount", "write_off")
_NONE = pd.DataFrame({"invoice": [], "credit": [], "amount": pd.Series(dtype="float64")})


class Tables(NamedTuple):
    """The tables that a list of documents holds, what was left out and what assumed: (table, rule, rows)."""

    buyers: pd.DataFrame
    invoices: pd.DataFrame
    receipts: pd.DataFrame
    left_out: tuple[tuple[str, str, int], ...]
    assumed: tuple[tuple[str, str, int], ...]


def tables(documents: pd.DataFrame, source: ExportSource) -> Tables:
    """Return buyers, invoices and receipts of a list of documents, in the amounts and days that it states.

    `documents` has a row for each document or part of one, with the row in the file as its index: `buyer_id`, `name`,
    `country`, `kind` (ours), `invoice_id` (the number that the buyer knows), `number` (the system's own),
    `applies_to` (number of the invoice that a credit settles), `group` (what was matched or cleared together),
    `issued`, `due`, `amount` (signed: by how much the buyer owes more), `open` (signed; missing: not stated),
    `credited` (part of the amount that credit notes settled), `currency`, `cleared` (day). A column that the export
    lacks is all missing; `terms` (in words) give the discounts; `repeated`: a row that may repeat a document's total.

    Only what is settled is distributed: of an invoice its amount less what is stated as open, of a credit likewise. A
    credit settles the invoice that it names, then those of its group, then one of the same buyer over just its amount.
    `oldest`: a credit of which nothing says what it settles goes to an invoice of its buyer over just its amount, and
    then to the oldest. What an invoice has settled beyond that was paid on its day of clearing, or is `undated`. What a
    credit has open is the buyer's, on account; what it has settled elsewhere, of documents that are not in the export,
    is told.
    """
    exported = pd.Timestamp(source.exported)
    notes: list[tuple[str, str, int]] = []
    documents, left_out = _kinds_by_sign(documents)
    notes += _currencies_filled(documents)
    documents, by_reason, unknown = matched(documents)
    notes += by_reason
    left_out += unknown
    is_invoice = documents["kind"] == "invoice"
    invoices = _invoices(documents[is_invoice], notes)
    credits = _credits(documents[~is_invoice], invoices, notes)
    # Nothing can be returned of an invoice on which nothing was paid.
    paid_so_far = credits["amount"].groupby(credits["place"]).cumsum()
    unpaid = (credits["amount"] < -CENT) & (paid_so_far < -CENT)
    credits["place"] = credits["place"].where(~unpaid, -1)
    returned = credits[credits["amount"] < -CENT]
    at = credits["place"].where(credits["place"] >= 0)
    back = (-returned["amount"]).groupby(at[returned.index]).sum()
    back = back.set_axis(invoices.index[back.index.astype(int)])
    invoices["rest"] += back.reindex(invoices.index, fill_value=0.0)
    parts = [_parts_of_returns(returned, invoices)]
    normal = credits[credits["amount"] > CENT].copy()
    other = _in_another_currency(normal, invoices)
    direct, normal = normal[other], normal[~other].copy()
    for step in ("named", "group", "equal", "oldest"):
        if step == "named":
            groups = invoices["key"], normal["key"]
        elif step == "group":
            groups = invoices["group"], normal["group"]
        elif step == "oldest":
            groups = invoices["buyer_id"], normal["buyer_id"].where(normal["oldest"])
        else:
            cents = [(rows["rest"] * 100).round().astype("Int64").astype("str") for rows in (invoices, normal)]
            groups = invoices["buyer_id"] + " " + cents[0], normal["buyer_id"] + " " + cents[1]
            # Without an open amount nothing says that a credit was used.
            groups = (
                groups[0].where(invoices["stated"] | normal["oldest"].any()),
                groups[1].where(normal["stated"] | normal["oldest"]),
            )
        found = allocated(
            pd.DataFrame({"group": groups[0], "amount": invoices["rest"]}),
            pd.DataFrame({"group": groups[1], "amount": normal["rest"]}),
        )
        if len(found) and step == "equal":
            notes.append(("receipts", "credits matched to invoices by buyer and amount", len(found)))
        if len(found) and step == "oldest":
            rule = f"credits set off against the buyer's oldest invoices: {found['amount'].sum():,.2f}"
            notes.append(("receipts", rule, found["credit"].nunique()))
        invoices["rest"] -= found.groupby("invoice")["amount"].sum().reindex(invoices.index, fill_value=0.0)
        normal["rest"] -= found.groupby("credit")["amount"].sum().reindex(normal.index, fill_value=0.0)
        parts.append(found)
    receipts = [
        _settling(pd.concat(parts, ignore_index=True), invoices, credits),
        _direct(direct, invoices),
        *_unexplained(invoices, exported, notes),
        *_on_account(normal, returned[credits.loc[returned.index, "place"] < 0], invoices, notes),
    ]
    return Tables(
        _buyers(documents),
        invoices[["invoice_id", "buyer_id", "issued", "due", "currency", "amount"]].join(discounts(invoices["terms"])),
        _numbered(pd.concat(receipts, ignore_index=True)),
        tuple(left_out),
        tuple(notes),
    )


def _kinds_by_sign(documents: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str, int]]]:
    """Return the documents without those to be left out, each with a kind, and notes on both."""
    notes = []
    out = documents["kind"] == "leave_out"
    if out.any():
        notes.append(
            ("invoices", f"kind of document not to be read: {documents.loc[out, 'amount'].sum():,.2f}", int(out.sum()))
        )
    documents = documents[~out]
    unknown = documents["kind"].isna()
    by_sign = pd.Series(np.where(documents["amount"] < 0, "payment", "invoice"), index=documents.index)
    documents = documents.assign(kind=documents["kind"].where(~unknown, by_sign))
    # An invoice below zero as a whole is a credit memo, whatever it is called.
    number = documents["invoice_id"].fillna(documents["number"])
    of_invoices = documents["amount"].where(documents["kind"] == "invoice", 0.0)
    total = of_invoices.groupby([documents["buyer_id"], number], dropna=False).transform("sum")
    total = total.where(number.notna(), documents["amount"])
    below = (documents["kind"] == "invoice") & (total < 0)
    return documents.assign(kind=documents["kind"].where(~below, "credit_note")), notes


def _currencies_filled(documents: pd.DataFrame) -> Iterator[tuple[str, str, int]]:
    """Yield notes on documents without a currency in a list where others state theirs."""
    table = pd.Series(np.where(documents["kind"] == "invoice", "invoices", "receipts"), index=documents.index)
    filled = documents["unstated"].astype(bool)
    for (name, currency), rows in documents[filled].groupby([table[filled], "currency"]):
        yield str(name), f"without a currency: taken as {currency}", len(rows)


def _invoices(rows: pd.DataFrame, notes: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Return one row for each invoice and due day, with `rest`: what of it is settled."""
    number = rows["invoice_id"].fillna(rows["number"])
    unnamed = number.isna()
    if unnamed.any():
        notes.append(("invoices", "without a number: named after their row", int(unnamed.sum())))
        number = number.where(~unnamed, "row " + rows.index.astype("str").to_series(index=rows.index))
    rows = rows.assign(number=number, row=rows.index)
    no_due = rows["due"].isna() & rows["issued"].notna()
    if no_due.any():
        notes.append(("invoices", "without a due day: taken as due on the day of issue", int(no_due.sum())))
    no_issue = rows["issued"].isna() & rows["due"].notna()
    if no_issue.any():
        notes.append(("invoices", "without a day of issue: taken as issued on the due day", int(no_issue.sum())))
    rows = rows.assign(due=rows["due"].fillna(rows["issued"]), issued=rows["issued"].fillna(rows["due"]))
    keys = ["buyer_id", "number", "due"]
    again = rows["repeated"] & rows.duplicated(keys)
    if again.any():
        notes.append(("invoices", "rows that repeat a document's total", int(again.sum())))
        rows = rows[~again]
    parts = len(rows)
    first = dict.fromkeys(("name", "issued", "currency", "group", "cleared", "terms", "row"), "first")
    sums = {name: (name, lambda values: values.sum(min_count=1)) for name in ("amount", "open", "credited")}
    grouped = rows
    if rows.duplicated(keys).any():
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
        key=_key(grouped["buyer_id"], grouped["number"]),
        stated=grouped["open"].notna(),
        rest=(grouped["amount"] - open_amount.fillna(0)).clip(lower=0),
        over=(-grouped["open"]).clip(lower=0).fillna(0),
    ).sort_values(["due", "issued"], kind="stable")


def _credits(rows: pd.DataFrame, invoices: pd.DataFrame, notes: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Return payments and credit memos with `amount` above zero, `rest`: what of it is used, `on_account`: the rest."""
    again = rows["number"].notna() & rows.duplicated(["buyer_id", "number", "kind"])
    again |= rows["number"].isna() & rows["invoice_id"].notna() & rows.duplicated(["buyer_id", "invoice_id", "kind"])
    again &= rows["repeated"]
    if again.any():
        notes.append(("receipts", "rows that repeat a document's total", int(again.sum())))
        rows = rows[~again]
    amount = -rows["amount"]
    known = pd.Index(invoices["key"].dropna().unique())
    names = [_key(rows["buyer_id"], rows[name]) for name in ("applies_to", "invoice_id")]
    names = [name.where(name.isin(known)) for name in names]
    key = names[0].fillna(names[1])
    first = invoices.reset_index(drop=True).drop_duplicates("key")
    place = pd.Series(first.index, index=first["key"])
    place = place[place.index.notna()]
    # A credit without a stated open amount may settle with all of it.
    free = np.minimum((-rows["open"]).clip(lower=0).fillna(0.0), amount.clip(lower=0))
    return rows.assign(
        amount=amount, key=key, stated=rows["open"].notna(), rest=amount.clip(lower=0) - free, on_account=free,
        place=key.map(place).fillna(-1).astype(int),
        own=rows["number"].fillna(rows["invoice_id"].where(names[1].isna())),
    ).sort_values("issued", kind="stable")  # fmt: skip


def _key(buyer: pd.Series, number: pd.Series) -> pd.Series:
    """Return what identifies an invoice number of a buyer; missing where there is none."""
    return (buyer.astype("str") + "\n" + number.astype("str")).where(number.notna())


def _parts_of_returns(returned: pd.DataFrame, invoices: pd.DataFrame) -> pd.DataFrame:
    named = returned[returned["place"] >= 0]
    if named.empty:
        return _NONE
    return pd.DataFrame(
        {"invoice": invoices.index[named["place"]], "credit": named.index, "amount": named["amount"].to_numpy()}
    )


def _settling(parts: pd.DataFrame, invoices: pd.DataFrame, credits: pd.DataFrame) -> pd.DataFrame:
    """Return the receipts by which credits settle invoices; none is earlier than its invoice."""
    invoice, credit = invoices.loc[parts["invoice"]], credits.loc[parts["credit"]]
    day = np.maximum(invoice["issued"].to_numpy(), credit["issued"].to_numpy())
    return pd.DataFrame(
        {
            "receipt_id": credit["own"].to_numpy(), "row": credit.index.to_numpy(),
            "invoice_id": invoice["invoice_id"].to_numpy(), "buyer_id": invoice["buyer_id"].to_numpy(),
            "received": np.where(pd.isna(day), credit["issued"].to_numpy(), day),
            "amount": parts["amount"].to_numpy(), "kind": credit["kind"].to_numpy(),
            "currency": invoice["currency"].to_numpy(), "matched_by": credit["matched_by"].to_numpy(),
        }
    )  # fmt: skip


def _in_another_currency(credits: pd.DataFrame, invoices: pd.DataFrame) -> pd.Series:
    """Return which credits name an invoice in another currency whose open amount is not stated.

    They are not set off in amounts: the book translates them at the rate of their day.
    """
    named = (credits["place"] >= 0).to_numpy()
    other = np.zeros(len(credits), dtype=bool)
    invoice = invoices.iloc[credits["place"][named]]
    differs = invoice["currency"].to_numpy() != credits["currency"].to_numpy()[named]
    other[named] = differs & ~invoice["stated"].to_numpy(bool)
    return pd.Series(other, index=credits.index)


def _direct(credits: pd.DataFrame, invoices: pd.DataFrame) -> pd.DataFrame:
    """Return the receipts of credits in another currency than the invoice that each names, in their own."""
    parts = pd.DataFrame(
        {
            "invoice": invoices.index[credits["place"]], "credit": credits.index,
            "amount": credits["amount"].to_numpy(),
        }
    )  # fmt: skip
    return _settling(parts, invoices, credits).assign(currency=credits["currency"].to_numpy())


def _unexplained(
    invoices: pd.DataFrame, exported: pd.Timestamp, notes: list[tuple[str, str, int]]
) -> Iterator[pd.DataFrame]:
    """Yield receipts for what is settled of invoices without a document that says so."""
    credited = np.minimum(invoices["credited"].fillna(0), invoices["rest"])
    left = invoices["rest"] - credited
    is_cleared = invoices["cleared"].notna() & (left > CENT)
    undated = ~is_cleared & invoices["stated"] & (left > CENT)
    last = np.maximum(invoices["issued"], exported)
    for rows, amount, day, kind in (
        (credited > CENT, credited, last, "credit_note"),
        (is_cleared, left, np.maximum(invoices["cleared"], invoices["issued"]), "payment"),
        (undated, left, last, UNDATED),
    ):
        of = invoices[rows]
        yield pd.DataFrame(
            {
                "receipt_id": of["invoice_id"] + (" credited" if kind == "credit_note" else " settled"),
                "row": of.index, "invoice_id": of["invoice_id"], "buyer_id": of["buyer_id"], "received": day[rows],
                "amount": amount[rows].round(2), "kind": kind, "currency": of["currency"],
            }
        )  # fmt: skip
    if undated.any():
        rule = f"settled by {exported.date()}, the day itself is not in the export: {left[undated].sum():,.2f}"
        notes.append(("receipts", rule, int(undated.sum())))
    if (credited > CENT).any():
        rule = f"credited by {exported.date()}, the day itself is not in the export: {credited.sum():,.2f}"
        notes.append(("receipts", rule, int((credited > CENT).sum())))


def _on_account(
    credits: pd.DataFrame, returned: pd.DataFrame, invoices: pd.DataFrame, notes: list[tuple[str, str, int]]
) -> Iterator[pd.DataFrame]:
    """Yield the credits that no invoice is named for, and note those that were used outside the export."""
    stated_or_cleared = credits["stated"] | credits["cleared"].notna()
    elsewhere = credits["rest"].where(stated_or_cleared, 0.0)
    if (elsewhere > CENT).any():
        rule = f"credits used for documents that the export does not show: {elsewhere.sum():,.2f}"
        notes.append(("receipts", rule, int((elsewhere > CENT).sum())))
    free = credits["on_account"] + credits["rest"].where(~stated_or_cleared, 0.0)
    over = invoices[invoices["over"] > CENT]
    for rows, amount, name, day, kind in (
        (credits[free > CENT], free, "own", "issued", None),
        (returned, returned["amount"], "own", "issued", None),
        (over, over["over"], "invoice_id", "issued", "payment"),
    ):
        yield pd.DataFrame(
            {
                "receipt_id": rows[name], "row": rows.index,
                "invoice_id": pd.Series(pd.NA, index=rows.index, dtype="str"), "buyer_id": rows["buyer_id"],
                "received": rows[day], "amount": amount[rows.index].round(2),
                "kind": rows["kind"] if kind is None else kind, "currency": rows["currency"],
                "matched_by": rows.get("matched_by", pd.NA),
            }
        )  # fmt: skip


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
