"""What the rows of a list mean: amounts signed by how much a buyer owes more, our kinds, and due days."""

from datetime import date

import numpy as np
import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports import terms
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.totals import TOTAL
from tradecredit.book.raw_tables import BY_TERMS_OF_BUYER
from tradecredit.params.export import DocumentKind, ExportList

CREDITS = ("payment", "credit_note", "discount", "write_off", "recovery")
"""Our kinds of documents by which a buyer owes less."""
FEW_UNDATED = 0.1
"""Share of documents up to which credits without a day are an exception, and none whose day was not found."""
NOT_MARKED = ("0", "no", "false", "n", "nein", "non", "nej", "nee", "nie", "")
"""What stands in a column of reversals, in small letters, where a document is none."""
OPENING = (
    r"(?i)\bEB[- ]?Wert|eröffnung|vortrag|anfangsbestand|opening|brought forward|\bb/f\b|(?:à|a) nouveaux?\b|apertura"
    r"|saldo (?:inicial|iniziale|anterior)|beginsaldo|bilans otwarcia|ingående|počáteční stav|期初|结转"
)
"""What words say of an entry that brings a debt into a new year."""
Note = tuple[str, str, int]
"""Table, rule, rows."""


def with_opening_balances(raw: pd.DataFrame, source: ExportList) -> pd.DataFrame:
    """Return the rows with the amount of a buyer's first one where only the running balance says what it brings.

    Such a row may also have what was debited and credited until then, as sums; one that says so is a total.
    """
    if "balance" not in source.columns:
        return raw
    moves = pd.concat([raw[role].notna() for role in ("amount", "debit", "credit")], axis="columns").any(axis="columns")
    buyer = raw["buyer_id"].fillna(raw["name"])
    first = raw["balance"].notna() & buyer.notna() & ~buyer.where(moves | raw["balance"].notna()).duplicated()
    debit, credit, balance = (amounts(raw[role], source.form.decimal) for role in ("debit", "credit", "balance"))
    is_sum = debit.notna() & credit.notna() & ((debit - credit - balance).abs() < CENT)
    undated = raw[["issued", "due", "invoice_id", "number"]].isna().all(axis="columns")
    is_total = raw["name"].astype("str").str.match(TOTAL) | raw["buyer_id"].astype("str").str.match(TOTAL)
    first &= (~moves | (is_sum & undated & ~is_total)) & (balance.abs() > CENT)
    role = "amount" if "amount" in source.columns else "debit"
    raw = raw.assign(credit=raw["credit"].where(~first), issued=raw["issued"].where(~first, raw["issued"].bfill()))
    return raw.assign(**{role: raw[role].where(~first, raw["balance"])})


def with_terms_among_days(raw: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what stands in place of a due day and tells days of payment, such as `cash`, as terms."""
    if pd.api.types.infer_dtype(raw["due"], skipna=True) not in ("string", "mixed"):
        return raw
    worded = raw["due"].map(lambda cell: isinstance(cell, str) and terms.are_told(cell), na_action="ignore").eq(True)
    if not worded.any():
        return raw
    return raw.assign(terms=raw["terms"].where(~worded | raw["terms"].notna(), raw["due"]), due=raw["due"].mask(worded))


def our_kinds(source: ExportList) -> dict[str, DocumentKind]:
    """Return our kind of document by theirs as the file has it: codes of the run file may be numbers."""
    return {str(theirs): ours for theirs, ours in source.kinds.items()}


def signed(frame: pd.DataFrame, source: ExportList) -> tuple[pd.DataFrame, list[Note]]:
    """Return documents with our kinds and with amounts signed by how much the buyer owes more, and what was left out.

    `frame` has a column for each role; `settled`: whether a state says that it is paid in full. The result also has
    rows for discounts taken and payments in advance that stand beside a document. `reversal`: whether a document and
    another one of its number take each other back.
    """
    kinds = our_kinds(source)
    kind = frame["kind"].map(kinds).astype("str").where(frame["kind"].isin(list(kinds)))
    if source.one_kind is not None:
        kind = kind.fillna(source.one_kind)
    frame = frame.assign(kind=kind, **_of_sides(frame, source))
    frame["amount"] = _amount(frame, source)
    frame = _paid_alone(frame, source)
    if {"debit", "credit", "open"} <= source.columns.keys():
        # What is open of a credit may stand without the minus that its side gives its amount.
        on_credit = frame["amount"] < 0
        own = (frame.loc[on_credit, "open"] < 0).any()
        frame["open"] = frame["open"].where(~on_credit | own, -frame["open"])
    left_out: list[Note] = []
    if source.debtor_digits:
        frame, left_out = _of_debtors(frame, source)
    if source.signs == "reversed":
        frame = frame.assign(**{name: -frame[name] for name in ("amount", "open", "paid", "credited")})
    if source.signs == "by_kind":
        credit = frame["kind"].isin(CREDITS)
        for name in ("amount", "open"):
            frame[name] = frame[name].where(~credit, -frame[name].abs())
    frame = _taken_back(frame)
    if "open" not in source.columns and "paid" in source.columns:
        settled = frame["paid"].fillna(0) + frame["credited"].fillna(0)
        frame["open"] = (frame["amount"] - settled).where(frame["kind"].fillna("invoice") == "invoice")
        if {"debit", "credit"} <= source.columns.keys():
            # What is settled of a credit stands without a sign, as that of a debit does.
            of_credit = (frame["amount"] < 0) & frame["paid"].notna()
            frame["open"] = frame["open"].mask(of_credit, frame["amount"] + settled)
    elif "paid" in source.columns:
        left = frame["amount"] - frame["paid"] - frame["credited"].fillna(0)
        left = left.where((frame["kind"].fillna("invoice") == "invoice") & ~frame["written_off"])
        frame["open"] = frame["open"].fillna(left)
    # What states say to be settled is so, unless what is open is stated.
    unstated = frame["open"].isna() | ("open" not in source.columns)
    frame["open"] = frame["open"].where(~(frame["settled"] & unstated), 0.0)
    frame = _written_off(frame, source)
    return pd.concat([frame, *_beside(frame)]), left_out


def _written_off(frame: pd.DataFrame, source: ExportList) -> pd.DataFrame:
    """Return documents with what of them was written off, as a mark says (`lost`, missing of others).

    It is what is neither paid nor credited nor stated as open; without a column of what is open, nothing is.
    """
    marked = frame["written_off"] & (frame["kind"].fillna("invoice") == "invoice")
    rest = frame["open"].fillna(0) if "open" in source.columns else 0.0
    lost = (frame["amount"] - frame["paid"].fillna(0) - frame["credited"].fillna(0) - rest).clip(lower=0)
    return frame.assign(lost=lost.where(marked), open=frame["open"].where(~marked, rest))


def _paid_alone(frame: pd.DataFrame, source: ExportList) -> pd.DataFrame:
    """Return documents with those over nothing of which something is paid as payments, such as in advance."""
    if not {"amount", "paid"} <= source.columns.keys() or source.one_kind or source.lines in ("payments", "parts"):
        return frame
    alone = frame[["amount", "open"]].isna().all(axis="columns") & (frame["paid"] > 0)
    return frame.assign(
        kind=frame["kind"].mask(alone, "payment"),
        amount=frame["amount"].mask(alone, -frame["paid"]),
        paid=frame["paid"].mask(alone),
    )


def _amount(frame: pd.DataFrame, source: ExportList) -> pd.Series:
    """Return what documents are over, with a minus where debit and credit tell one."""
    amount = frame["amount"]
    if frame["debit"].notna().any() or frame["credit"].notna().any():
        sides = frame["debit"].fillna(0) - frame["credit"].fillna(0)
        amount = sides.where(frame["debit"].notna() | frame["credit"].notna())
    if "unit_price" in source.columns:
        quantity = frame["quantity"] if "quantity" in source.columns else 1.0
        amount = amount.fillna(quantity * frame["unit_price"]).round(2)
    if "open" in source.columns:
        # A payment may stand without an amount of its own, only with what is open of it.
        amount = amount.where((amount != 0) | (frame["open"].fillna(0) >= 0), frame["open"])
        amount = amount.fillna(frame["open"] + frame["paid"].fillna(0))
    return amount


def _of_sides(frame: pd.DataFrame, source: ExportList) -> dict[str, pd.Series]:
    """Return the amounts with a minus where their side is credit, and with them what is open and paid of them.

    What stands with the other sign than its amount has its own sign already.
    """
    if not source.debit_side:
        return {}
    way = np.where(frame["side"].isin([str(side) for side in source.debit_side]), 1.0, -1.0)
    whole = frame["amount"].fillna(frame["open"])
    parts = {name: frame[name].where(frame[name] * whole < 0, frame[name] * way) for name in ("open", "paid")}
    return {"amount": frame["amount"] * way, **parts}


def _taken_back(frame: pd.DataFrame) -> pd.DataFrame:
    """Return documents with those that a mark says to be reversals.

    Where marked documents of one buyer and number add up to nothing, both the one that is taken back and the one that
    does so are marked, each with its own sign. Else the same side stands again, with the mark, and takes it back.
    """
    marked = frame["reversed"].notna() & ~frame["reversed"].str.casefold().isin(NOT_MARKED)
    if not marked.any():
        return frame.assign(reversal=False)
    number = frame["invoice_id"].fillna(frame["number"])
    of = frame["amount"].where(marked, 0.0).groupby([frame["buyer_id"].fillna(frame["name"]), number])
    both = marked & (of.transform("sum").abs() < CENT) & (of.transform("min") < 0)
    back = marked & ~both
    kind = frame["kind"].where(~back | frame["kind"].ne("invoice"), "credit_note")
    return frame.assign(kind=kind, amount=frame["amount"].where(~back, -frame["amount"]), reversal=both)


def _beside(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the discounts and the payments in advance that stand in a column beside a document, as documents."""
    found = []
    for role, kind in (("discount", "discount"), ("prepaid", "payment")):
        part = frame[frame[role].fillna(0) > 0]
        if part.empty:
            continue
        part = part.assign(kind=kind, amount=-part[role], open=np.nan)
        if role == "prepaid":
            of = frame.loc[frame[role].fillna(0) > 0]
            number = of["applies_to"].where(of["kind"] != "invoice", of["invoice_id"])
            part = part.assign(applies_to=number, number=pd.NA, due=pd.NaT)
        found.append(part)
    return found


def without_residuals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return documents with what a payment left open on its invoice as open of this, in place of a debit of its own.

    Such a residual item has the payment's number, names the invoice, and is not cleared, as the two are. Without it the
    payment is over what it settled.
    """
    rest = (frame["kind"] == "payment") & (frame["amount"] > 0) & frame["group"].isna() & frame["cleared"].isna()
    if not rest.any() or "payment" not in set(frame["kind"][frame["group"].notna()]):
        return frame
    paid = frame[(frame["kind"] == "payment") & (frame["amount"] < 0) & frame["group"].notna()]
    payment = frame.loc[rest, ["buyer_id", "number"]].apply(tuple, axis="columns").map(_places(paid, "number"))
    invoices = frame[(frame["kind"] == "invoice") & frame["group"].notna()]
    named = pd.Series(np.nan, index=payment.index)
    for name, own in ((one, other) for one in ("applies_to", "invoice_id") for other in ("number", "invoice_id")):
        known = frame.loc[rest, ["buyer_id", name]].apply(tuple, axis="columns").map(_places(invoices, own))
        named = named.fillna(known)
    rows = payment.index[payment.notna() & named.notna()]
    left = frame["amount"][rows]
    of_payment, of_invoice = (left.groupby(of[rows].astype(frame.index.dtype)).sum() for of in (payment, named))
    amount = frame["amount"].add(of_payment.reindex(frame.index, fill_value=0.0))
    return frame.assign(amount=amount, open=of_invoice.reindex(frame.index).fillna(frame["open"])).drop(rows)


def _places(frame: pd.DataFrame, column: str) -> dict[tuple[object, object], object]:
    """Return the first row of each buyer and number."""
    known = frame.dropna(subset=["buyer_id", column]).drop_duplicates(["buyer_id", column])
    return dict(zip(zip(known["buyer_id"], known[column], strict=True), known.index, strict=True))


def payments_beside(frame: pd.DataFrame, *, parts: bool) -> pd.DataFrame:
    """Return the documents of rows that each repeat an invoice, or are `parts` of it, beside one payment of it: both.

    What stands as paid of a credit is what of it was used, and no payment. A part below zero is none, but a reduction.
    """
    credit = frame["amount"].notna() & (frame["kind"].isin(CREDITS) | ((frame["amount"] < 0) & (not parts)))
    credits, frame = frame[credit], frame[~credit]
    paid = frame[frame["paid"].fillna(0) != 0]
    # An invoice is paid in full once: the same row again was exported twice.
    paid = paid[~(paid.duplicated() & (paid["paid"].abs() >= paid["amount"].abs() - CENT))]
    frame = frame[frame["amount"].notna() | frame["paid"].isna()]
    payments = paid.assign(
        kind=np.where(paid["written_off"], "write_off", "payment"), amount=-paid["paid"], issued=paid["cleared"],
        applies_to=paid["invoice_id"], number=pd.NA, invoice_id=pd.NA, due=pd.NaT, open=np.nan, cleared=pd.NaT,
    )  # fmt: skip
    # What stands as paid of one that was written off is what was.
    lost = frame["lost"].where(frame["paid"].fillna(0) == 0)
    return pd.concat(
        [frame.assign(open=np.nan, lost=lost, cleared=frame["cleared"].where(lost > 0)), payments, credits]
    )


def with_days(
    frame: pd.DataFrame, source: ExportList, exported: date | None, of_buyers: pd.Series | None = None
) -> tuple[pd.DataFrame, list[Note]]:
    """Return documents with due days where only the days past due or the terms tell them, and what was assumed.

    The terms are the document's, else those of its buyer (`of_buyers`, by id), else the list's (`terms_days`).
    """
    late = pd.to_numeric(frame["days_overdue"], errors="coerce")
    # Of what is not late an age of nought does not say when it is due, one below it does; a list without any day has
    # nothing else.
    late = late.where((late > 0) | (late < 0).any() | frame["issued"].isna())
    # Days that are stated are surer than words, as a key may be.
    in_words = terms.due(frame["baseline"].fillna(frame["issued"]), frame["terms"].where(frame["terms_days"].isna()))
    due = frame["due"].fillna(in_words)
    told = pd.Timestamp(exported) - pd.to_timedelta(late, unit="D")
    frame, notes = _with_terms(frame.assign(due=due.fillna(told)), source, of_buyers)
    # A sum of what is on account may stand among open items without a day: what is open is known all the same.
    undated = frame[["issued", "due", "days_overdue"]].isna().all(axis="columns") & (frame["open"] < 0)
    if exported is None or not undated.any() or undated.mean() > FEW_UNDATED:
        return frame, notes
    told_of = ("receipts", "credits without a day: taken as of the day of the export", int(undated.sum()))
    return frame.assign(issued=frame["issued"].where(~undated, pd.Timestamp(exported))), [*notes, told_of]


def with_days_of_openings(frame: pd.DataFrame, raw: pd.DataFrame) -> tuple[pd.DataFrame, list[Note]]:
    """Return documents with opening entries that were due before as issued on their due day, and a note on them.

    Words of their kind or text tell them, in the rows as they stand (`raw`): they stand on the first day of a year.
    """
    says_so = pd.concat([raw[role].astype("str").str.contains(OPENING) for role in ("kind", "text")], axis="columns")
    early = says_so.fillna(False).astype(bool).any(axis="columns").reindex(frame.index, fill_value=False)
    early &= frame["due"] < frame["issued"]
    if not early.any():
        return frame, []
    told: Note = ("invoices", "opening entries that were due before: taken as issued on the due day", int(early.sum()))
    return frame.assign(issued=frame["issued"].where(~early, frame["due"])), [told]


def _with_terms(
    frame: pd.DataFrame, source: ExportList, of_buyers: pd.Series | None
) -> tuple[pd.DataFrame, list[Note]]:
    """Return the documents with a due day by the days of payment where nothing else tells one."""
    stated = pd.to_numeric(frame["terms_days"].str.extract(r"(\d+)", expand=False), errors="coerce")
    notes: list[Note] = []
    if of_buyers is not None and len(of_buyers):
        of_buyer = frame["buyer_id"].fillna(frame["name"]).map(of_buyers)
        by_buyer = of_buyer.notna() & stated.isna() & frame["due"].isna() & frame["issued"].notna()
        stated = stated.fillna(of_buyer)
        told = int((by_buyer & ~frame["kind"].isin(CREDITS) & ~(frame["amount"] < 0)).sum())
        notes = [("invoices", BY_TERMS_OF_BUYER, told)] if told else []
    stated = stated.fillna(source.terms_days if source.terms_days is not None else np.nan)
    begin = frame["baseline"].fillna(frame["issued"])
    frame["due"] = frame["due"].fillna(begin + pd.to_timedelta(stated, unit="D"))
    return frame, notes


def _of_debtors(frame: pd.DataFrame, source: ExportList) -> tuple[pd.DataFrame, list[Note]]:
    """Return the postings to debtors' accounts, each with its buyer, sign and kind by the other account."""
    of_debtor = rf"[1-6]\d{{{(source.debtor_digits or 1) - 1}}}"
    debtor, contra = (frame[name].fillna("").str.fullmatch(of_debtor) for name in ("account", "contra_account"))
    out = ~(debtor | contra)
    rule = f"postings to no debtor's account: {told_sum(frame['amount'].abs().where(out), frame['currency'])}"
    left_out = [("invoices", rule, int(out.sum()))] if out.any() else []
    other = frame["contra_account"].where(debtor, frame["account"]).fillna("")
    amount = frame["amount"].where(debtor, -frame["amount"])
    memo = other.str.startswith(tuple(map(str, source.credit_accounts)))
    kind = pd.Series(np.where(memo, np.where(amount > 0, "invoice", "credit_note"), "payment"), index=frame.index)
    buyer = frame["account"].where(debtor, frame["contra_account"])
    return frame.assign(amount=amount, kind=frame["kind"].fillna(kind), buyer_id=buyer)[~out], left_out
