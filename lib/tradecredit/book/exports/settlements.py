"""What settles the invoices of an export, what of it was given back, and what is on account."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.book.amounts_paid import PAID, unlike
from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports.allocation import allocated
from tradecredit.book.exports.meaning import Note
from tradecredit.book.exports.numbers import FIGURES, NUMBER_IN_WORDS, figures, figures_of

ALSO = "also "
"""Begins the columns with invoices that a credit's text names beside the first."""
UNDATED = "undated"
"""Kind of receipt: settled by the day of the export; when, and by what, the export does not tell."""
SETTLED_BY = {"credit_note": " credited", "write_off": " written off"}
"""Kind of receipt: what stands behind the invoice's number in the number of one that has none; others settled it."""
NAMED = 0.8
"""Share of credits whose columns name an invoice, or what they are matched with, from which these tell of all."""
SERIES = r"[A-Za-z]+[-/.]?\d+"
"""A number of one series: letters and figures."""
_Side = tuple[pd.DataFrame, pd.Series]
"""Documents with their `rest`, and the group of each; missing: of none."""
_NONE = pd.DataFrame({"invoice": [], "credit": [], "amount": pd.Series(dtype="float64")})


def settled(rows: pd.DataFrame, invoices: pd.DataFrame, exported: pd.Timestamp) -> tuple[pd.DataFrame, list[Note]]:
    """Return the receipts that an export's credits are, and notes on what was taken for granted.

    `rows` are documents other than invoices, `invoices` those with `rest`: what of each is settled.

    Only what is settled is distributed: of an invoice its amount less what is stated as open, of a credit likewise. A
    document that takes back another of its number (`reversal`) is that one's, as is a repayment that was matched with a
    credit over just its amount; neither settles an invoice. A credit settles the invoice that it names, then others
    that its text names as well, then those of its group, then one of the same buyer over just its amount. `oldest`: a
    credit of which nothing says what it settles goes to an invoice of its buyer over just its amount, and then to the
    oldest. What is left of credits is what other repayments to the buyer gave back. What an invoice has settled beyond
    that was written off (`lost`), or paid on its day of clearing, or is `undated`. What a credit has open is the
    buyer's, on account; what it has settled elsewhere, of documents that are not in the export, is told.
    """
    notes: list[Note] = []
    credits = _credits(rows, invoices, notes)
    # Nothing can be returned of an invoice on which nothing was paid.
    paid_so_far = credits["amount"].groupby(credits["place"]).cumsum()
    unpaid = (credits["amount"] < -CENT) & (paid_so_far < -CENT)
    credits["place"] = credits["place"].where(~unpaid, -1)
    of_buyers = (credits["place"] >= 0) & credits["kind"].isin(PAID)
    named = credits[of_buyers & ~_in_another_currency(credits, invoices)]
    paid = np.bincount(named["place"], named["amount"], len(invoices))
    if told := unlike(paid, invoices["amount"].to_numpy(float)):
        notes.append(("receipts", *told))
    returned = credits[credits["amount"] < -CENT]
    at = credits["place"].where(credits["place"] >= 0)
    back = (-returned["amount"]).groupby(at[returned.index]).sum()
    back = back.set_axis(invoices.index[back.index.astype(int)])
    rest = invoices["rest"] + back.reindex(invoices.index, fill_value=0.0)
    repaid = returned[returned["place"] < 0]
    normal = credits[credits["amount"] > CENT]
    # What comes in of what was written off settles nothing that is open.
    other = _in_another_currency(normal, invoices) | ((normal["kind"] == "recovery") & (normal["place"] >= 0))
    direct, normal = normal[other], normal[~other]
    repaid, normal = _cancelled(repaid, normal, ("reversal", "group and amount"))
    invoices, normal, parts = _distributed(invoices.assign(rest=rest), normal, notes)
    repaid, normal = _cancelled(repaid, normal, ("number and amount", "amount", "buyer"))
    notes += _paid_before(pd.concat([_NONE, *parts], ignore_index=True), invoices, credits)
    if (back := normal["given_back"] > CENT).any():
        given = told_sum(normal["given_back"].where(back), normal["currency"])
        notes.append(("receipts", f"paid and given back again: {given}", int(back.sum())))
    receipts = [
        _settling(pd.concat([_parts_of_returns(returned, invoices), *parts], ignore_index=True), invoices, credits),
        _direct(direct, invoices),
        *_unexplained(invoices, exported, notes),
        *_on_account(normal, repaid, invoices, notes),
    ]
    found = pd.concat(receipts, ignore_index=True)
    # What takes a credit memo back gives money back.
    return found.assign(kind=found["kind"].mask(found["amount"] < 0, "payment")), notes


def _also_named(credits: pd.DataFrame) -> list[str]:
    """Return the columns with the further invoices that the text of credits names, in order."""
    return [name for name in credits if str(name).startswith(ALSO)]


def _cancelled(repaid: pd.DataFrame, normal: pd.DataFrame, steps: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return repayments and credits with what of them took each other back: less in `rest`, more in `given_back`."""
    if repaid.empty or normal.empty:
        return repaid, normal
    repaid, normal = repaid.copy(), normal.copy()
    for step in steps:
        found = _taken_from_each_other((repaid, _alike(repaid, step)), (normal, _alike(normal, step)))
        for rows, side in ((repaid, "invoice"), (normal, "credit")):
            rows["given_back"] += _share(found, side, rows)
    return repaid, normal


def _taken_from_each_other(owed: _Side, paid: _Side) -> pd.DataFrame:
    """Take what two sides have in common by group out of the `rest` of both; return the parts (`allocated`)."""
    tables = [pd.DataFrame({"group": group, "amount": rows["rest"]}) for rows, group in (owed, paid)]
    found = allocated(*tables)
    for (rows, _), side in ((owed, "invoice"), (paid, "credit")):
        rows["rest"] -= _share(found, side, rows)
    return found


def _share(found: pd.DataFrame, side: str, rows: pd.DataFrame) -> pd.Series | float:
    """Return what of each document of a side the parts are."""
    if found.empty:
        return 0.0
    return found.groupby(side)["amount"].sum().reindex(rows.index, fill_value=0.0)


def _alike(rows: pd.DataFrame, step: str) -> pd.Series:
    """Return what a repayment and the credit that it gives back have in common in a step; missing: none is sought.

    Only of what is stated to be used, or matched, a part may have been given back.
    """
    amount, buyer = cents(rows["rest"]), key(rows["buyer_id"], rows["currency"])
    if step == "reversal":
        return key(buyer, rows["own"]).where(rows["reversal"])
    if step == "group and amount":
        return key(key(buyer, rows["group"]), amount)
    used = _is_used(rows)
    if step == "number and amount":
        return key(key(buyer, rows["own"]), amount).where(used)
    return (key(buyer, amount) if step == "amount" else buyer).where(used)


def cents(amounts: pd.Series) -> pd.Series:
    """Return amounts as whole cents, in a text that tells equal ones."""
    return (amounts * 100).round().astype("str")


def _is_used(rows: pd.DataFrame) -> pd.Series:
    """Return of which documents the export tells that they settle, or have given back, what they do not have open."""
    return rows["stated"] | rows["cleared"].notna()


def _distributed(
    invoices: pd.DataFrame, normal: pd.DataFrame, notes: list[Note]
) -> tuple[pd.DataFrame, pd.DataFrame, list[pd.DataFrame]]:
    """Return invoices and credits with what is left of their `rest`, and the parts in which credits settle invoices."""
    if invoices.empty or normal.empty:
        return invoices, normal, []
    invoices, normal = invoices.copy(), normal.copy()
    # Amounts are set off against each other in one currency alone.
    owes, paid_by = (key(rows["buyer_id"], rows["currency"]) for rows in (invoices, normal))
    parts = []
    for step in ("named", *_also_named(normal), "group", "equal", "oldest"):
        if step == "named":
            groups = invoices["key"], normal["key"]
        elif step.startswith(ALSO):
            groups = invoices["key"], normal[step]
        elif step == "group":
            groups = invoices["group"], normal["group"]
        elif step == "oldest":
            groups = owes, paid_by.where(normal["oldest"])
        else:
            # Without an open amount nothing says that a credit was used.
            groups = (
                key(owes, cents(invoices["rest"])).where(invoices["stated"] | normal["oldest"].any()),
                key(paid_by, cents(normal["rest"])).where(normal["stated"] | normal["oldest"]),
            )
        found = _taken_from_each_other((invoices, groups[0]), (normal, groups[1]))
        if len(found) and step == "equal":
            notes.append(("receipts", "credits matched to invoices by buyer and amount", len(found)))
        if len(found) and step == "oldest":
            told = told_sum(found["amount"], invoices["currency"].reindex(found["invoice"]))
            rule = f"credits set off against the buyer's oldest invoices: {told}"
            notes.append(("receipts", rule, found["credit"].nunique()))
        parts.append(found)
    return invoices, normal, parts


def _credits(rows: pd.DataFrame, invoices: pd.DataFrame, notes: list[Note]) -> pd.DataFrame:
    """Return payments and credit memos with their `amount`, less than nothing where it was given back.

    `rest`: what of it is used, without sign; `on_account`: what is not; `given_back`: nothing yet.
    """
    again = rows["number"].notna() & rows.duplicated(["buyer_id", "number", "kind", "amount"])
    again |= (
        rows["number"].isna()
        & rows["invoice_id"].notna()
        & rows.duplicated(["buyer_id", "invoice_id", "kind", "amount"])
    )
    again &= rows["repeated"]
    if again.any():
        rule = f"rows that repeat a document's total: {told_sum(-rows['amount'].where(again), rows['currency'])}"
        notes.append(("receipts", rule, int(again.sum())))
        rows = rows[~again]
    rows = rows.assign(issued=rows["issued"].fillna(rows["due"]))
    amount = -rows["amount"]
    names = [_named(rows["buyer_id"], rows[name], invoices) for name in ("applies_to", "applies_too")]
    # A number of its own may have the figures of an invoice by chance, as that of another series.
    own = rows["invoice_id"].where(~rows["invoice_id"].str.fullmatch(SERIES).fillna(False).astype(bool))
    names.append(_named(rows["buyer_id"], rows["invoice_id"], invoices, own))
    words = _in_words(rows["buyer_id"], rows["applies_to"].fillna("").str.cat(rows["text"].fillna(""), " "), invoices)
    of_invoice = names[0].fillna(names[1]).fillna(names[2])
    if (of_invoice.notna() | rows["group"].notna()).mean() > NAMED:
        # Where columns tell what credits settle, one whose text alone names an invoice is not set off yet.
        # Unless it is over just the invoice's amount.
        owed = invoices.drop_duplicates("key").set_index("key")["amount"]
        just = (words[0].map(owed) - amount).abs() < CENT
        words = words.loc[of_invoice.notna() | just].reindex(words.index)
    of_invoice = of_invoice.fillna(words[0])
    # What is not cleared took no part in what cleared the invoice that it names.
    cleared_by = of_invoice.map(invoices.drop_duplicates("key").set_index("key")["group"])
    apart = cleared_by.isin(list(rows["group"].dropna())) & rows["group"].isna() & rows["cleared"].isna()
    of_invoice, words = of_invoice.where(~(apart & (amount > 0))), words.loc[~apart].reindex(words.index)
    words = words.where(words.ne(of_invoice, axis="index")).add_prefix(ALSO)
    first = invoices.reset_index(drop=True).drop_duplicates("key")
    place = pd.Series(first.index, index=first["key"])
    place = place[place.index.notna()]
    # A credit without a stated open amount may settle with all of it.
    free = np.minimum(rows["open"].abs().where(rows["open"] * amount <= 0).fillna(0.0), amount.abs())
    return rows.assign(
        amount=amount, key=of_invoice, stated=rows["open"].notna(), rest=amount.abs() - free, on_account=free,
        given_back=0.0,
        place=of_invoice.map(place).fillna(-1).astype(int),
        own=rows["number"].fillna(rows["invoice_id"].where(names[2].isna())),
    ).join(words).sort_values("issued", kind="stable")  # fmt: skip


def _named(buyer: pd.Series, names: pd.Series, invoices: pd.DataFrame, worded: pd.Series | None = None) -> pd.Series:
    """Return the key of the invoice that is named, a line each, by its number or by the system's own; else missing.

    A number may stand among words, of which the first that is one counts; `worded`: the texts in which it may, all
    unless given.
    """
    worded = names if worded is None else worded
    if names.isna().all():
        return pd.Series(pd.NA, index=buyer.index, dtype="str")
    known = pd.Index(invoices["key"].dropna().unique())
    by_system = invoices.assign(own=key(invoices["buyer_id"], invoices["system_number"])).dropna(subset=["own", "key"])
    keys = by_system.drop_duplicates("own").set_index("own")["key"]
    found = pd.Series(pd.NA, index=buyer.index, dtype="str")
    columns = names.str.split("\n", expand=True)
    for at in columns:
        of = key(buyer, columns[at])
        found = found.fillna(of.where(of.isin(known))).fillna(of.map(keys).astype("str"))
    left = found.isna() & worded.str.contains(rf"\w\W+\w.*\d|\d.*\w\W+\w|{FIGURES}", na=False)
    return found.fillna(_in_words(buyer[left], worded[left], invoices)[0].reindex(found.index))


def _in_words(buyer: pd.Series, text: pd.Series, invoices: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of the invoices whose numbers stand among words, in order: a column for each, at least one.

    Where none does, they are those of which a text has the figures alone, or with other letters: `A-2051` of 2051.
    """
    words = text.str.findall(NUMBER_IN_WORDS).explode().dropna()
    if words.empty:
        return pd.DataFrame({0: pd.Series(pd.NA, index=buyer.index, dtype="str")})
    of = key(buyer.reindex(words.index), words)
    of = of[of.isin(invoices["key"].dropna().unique()).to_numpy()]
    without = figures(text[~text.index.isin(of.index)])
    known = invoices.assign(figures=key(invoices["buyer_id"], figures_of(invoices["number"])))[["figures", "key"]]
    known = known.dropna().drop_duplicates().drop_duplicates("figures", keep=False).set_index("figures")["key"]
    of = pd.concat([of, key(buyer.reindex(without.index), without).map(known).dropna().astype("str")])
    of = of[~pd.MultiIndex.from_arrays([of.index, of]).duplicated()]
    at = of.groupby(level=0).cumcount().to_numpy()
    columns = [of[at == place].reindex(buyer.index) for place in range(max(at.max(initial=0) + 1, 1))]
    return pd.concat(columns, axis="columns", keys=range(len(columns))).astype("str")


def key(buyer: pd.Series, number: pd.Series) -> pd.Series:
    """Return what identifies an invoice number of a buyer; missing where there is none."""
    return (buyer.astype("str") + "\n" + number.astype("str")).where(buyer.notna() & number.notna())


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


def _paid_before(parts: pd.DataFrame, invoices: pd.DataFrame, credits: pd.DataFrame) -> Iterator[Note]:
    """Yield a note on payments that are older than the invoice that they settle, which count from its day on."""
    credit = credits.loc[parts["credit"]]
    issued = invoices.loc[parts["invoice"], "issued"].to_numpy()
    before = (credit["issued"].to_numpy() < issued) & (credit["kind"] == "payment").to_numpy()
    if before.any():
        told = told_sum(parts["amount"].where(before), credit["currency"])
        rule = f"paid before the invoice's day, taken as received on it: {told}"
        yield "receipts", rule, int(before.sum())


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


def _unexplained(invoices: pd.DataFrame, exported: pd.Timestamp, notes: list[Note]) -> Iterator[pd.DataFrame]:
    """Yield receipts for what is settled of invoices without a document that says so."""
    credited = np.minimum(invoices["credited"].fillna(0), invoices["rest"])
    lost = np.minimum(invoices["lost"].fillna(0), invoices["rest"] - credited)
    left = invoices["rest"] - credited - lost
    is_cleared = invoices["cleared"].notna() & (left > CENT)
    undated = ~is_cleared & invoices["stated"] & (left > CENT)
    last = np.maximum(invoices["issued"], exported)
    for rows, amount, day, kind in (
        (credited > CENT, credited, last, "credit_note"),
        (lost > CENT, lost, np.maximum(invoices["cleared"].fillna(last), invoices["issued"]), "write_off"),
        (is_cleared, left, np.maximum(invoices["cleared"], invoices["issued"]), "payment"),
        (undated, left, last, UNDATED),
    ):
        of = invoices[rows]
        yield pd.DataFrame(
            {
                "receipt_id": of["invoice_id"] + SETTLED_BY.get(kind, " settled"),
                "row": of.index, "invoice_id": of["invoice_id"], "buyer_id": of["buyer_id"], "received": day[rows],
                "amount": amount[rows].round(2), "kind": kind, "currency": of["currency"],
            }
        )  # fmt: skip
    of = invoices["currency"]
    if (lost > CENT).any():
        told = told_sum(lost.where(lost > CENT), of)
        rule = f"written off by what stands beside them, on the day of clearing: {told}"
        notes.append(("receipts", rule, int((lost > CENT).sum())))
    if is_cleared.any():
        rule = f"settled on the day of clearing by no document of the export: {told_sum(left.where(is_cleared), of)}"
        notes.append(("receipts", rule, int(is_cleared.sum())))
    if undated.any():
        rule = f"settled by {exported.date()}, the day itself is not in the export: {told_sum(left.where(undated), of)}"
        notes.append(("receipts", rule, int(undated.sum())))
    if (credited > CENT).any():
        told = told_sum(credited.where(credited > CENT), of)
        rule = f"credited by {exported.date()}, the day itself is not in the export: {told}"
        notes.append(("receipts", rule, int((credited > CENT).sum())))


def _on_account(
    credits: pd.DataFrame, repaid: pd.DataFrame, invoices: pd.DataFrame, notes: list[Note]
) -> Iterator[pd.DataFrame]:
    """Yield the credits and repayments that name no invoice, and note those that were used outside the export."""
    free = []
    for rows, what in ((credits, "credits used"), (repaid, "money given back")):
        used = _is_used(rows)
        elsewhere = rows["rest"].where(used, 0.0)
        if (of := elsewhere > CENT).any():
            told = told_sum(elsewhere.where(of), rows["currency"])
            notes.append(("receipts", f"{what} for documents that the export does not show: {told}", int(of.sum())))
        free.append(rows["on_account"] + rows["given_back"] + rows["rest"].where(~used, 0.0))
    over = invoices[invoices["over"] > CENT]
    if len(over):
        rule = f"paid beyond the amount of an invoice, on account: {told_sum(over['over'], over['currency'])}"
        notes.append(("receipts", rule, len(over)))
    for rows, amount, name, kind in (
        (credits[free[0] > CENT], free[0], "own", None),
        (repaid[free[1] > CENT], -free[1], "own", None),
        (over, over["over"], "invoice_id", "payment"),
    ):
        yield pd.DataFrame(
            {
                "receipt_id": rows[name], "row": rows.index,
                "invoice_id": pd.Series(pd.NA, index=rows.index, dtype="str"), "buyer_id": rows["buyer_id"],
                "received": rows["issued"], "amount": amount[rows.index].round(2),
                "kind": rows["kind"] if kind is None else kind, "currency": rows["currency"],
                "matched_by": rows.get("matched_by", pd.NA),
            }
        )  # fmt: skip
