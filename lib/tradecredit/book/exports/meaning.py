"""What the rows of a list mean: amounts signed by how much a buyer owes more, our kinds, and due days."""

import numpy as np
import pandas as pd

from tradecredit.book.exports import terms
from tradecredit.params.export import ExportList


def with_opening_balances(raw: pd.DataFrame, source: ExportList) -> pd.DataFrame:
    """Return the rows with the amount of a buyer's first one where only the running balance says what it brings."""
    if "balance" not in source.columns:
        return raw
    moves = pd.concat([raw[role].notna() for role in ("amount", "debit", "credit")], axis="columns").any(axis="columns")
    buyer = raw["buyer_id"].fillna(raw["name"])
    first = raw["balance"].notna() & ~moves & buyer.notna() & ~buyer.where(moves | raw["balance"].notna()).duplicated()
    role = "amount" if "amount" in source.columns else "debit"
    opened = raw[role].where(~first, raw["balance"])
    return raw.assign(**{role: opened, "issued": raw["issued"].where(~first, raw["issued"].bfill())})


def signed(frame: pd.DataFrame, source: ExportList, left_out: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Return the documents with our kinds and with amounts signed by how much the buyer owes more."""
    amount = frame["amount"]
    if frame["debit"].notna().any() or frame["credit"].notna().any():
        amount = frame["debit"].fillna(0) - frame["credit"].fillna(0)
    if "unit_price" in source.columns:
        amount = amount.fillna(frame["quantity"].fillna(1) * frame["unit_price"]).round(2)
    if "open" in source.columns:
        # A payment may stand without an amount of its own, only with what is open of it.
        amount = amount.where((amount != 0) | (frame["open"].fillna(0) >= 0), frame["open"])
    amount = amount.fillna(frame["open"] + frame["paid"].fillna(0)) if "open" in source.columns else amount
    if source.debit_side:
        amount = amount * np.where(frame["side"].isin([str(side) for side in source.debit_side]), 1, -1)
    kinds = {str(theirs): ours for theirs, ours in source.kinds.items()}
    kind = frame["kind"].map(kinds).astype("str").where(frame["kind"].isin(list(kinds)))
    frame = frame.assign(amount=amount, kind=kind if source.one_kind is None else source.one_kind)
    if source.debtor_digits:
        frame = _of_debtors(frame, source, left_out)
    if source.signs == "by_kind":
        credit = frame["kind"].isin(["payment", "credit_note", "discount", "write_off"])
        for name in ("amount", "open"):
            frame[name] = frame[name].where(~credit, -frame[name].abs())
    if "reversed" in source.columns:
        # The same side again with the mark of a reversal takes the document back.
        back = frame["reversed"].notna() & ~frame["reversed"].isin(["0", "False", "false"])
        frame["kind"] = frame["kind"].where(~back | frame["kind"].ne("invoice"), "credit_note")
        frame["amount"] = frame["amount"].where(~back, -frame["amount"])
    if "open" not in source.columns and "paid" in source.columns:
        settled = frame["paid"].fillna(0) + frame["credited"].fillna(0)
        frame["open"] = (frame["amount"] - settled).where(frame["kind"].fillna("invoice") == "invoice")
    frame["open"] = frame["open"].where(~(frame["settled"] & frame["open"].isna()), 0.0)
    frame["due"] = frame["due"].fillna(terms.due(frame["issued"], frame["terms"]))
    beside = []
    for role, kind in (("discount", "discount"), ("prepaid", "payment")):
        part = frame[frame[role].fillna(0) > 0]
        number = part["applies_to"].where(part["kind"] != "invoice", part["invoice_id"]) if role == "prepaid" else None
        beside.append(part.assign(kind=kind, amount=-part[role], open=np.nan))
        if number is not None:
            beside[-1] = beside[-1].assign(applies_to=number, number=pd.NA, due=pd.NaT)
    return pd.concat([frame, *[part for part in beside if len(part)]])


def payments_beside(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the documents of rows that each repeat an invoice beside one payment of it: both, the invoice once."""
    paid = frame[frame["paid"].fillna(0) != 0]
    payments = paid.assign(
        kind="payment", amount=-paid["paid"], issued=paid["cleared"], applies_to=paid["invoice_id"], number=pd.NA,
        invoice_id=pd.NA, due=pd.NaT, open=np.nan, cleared=pd.NaT,
    )  # fmt: skip
    return pd.concat([frame.assign(open=np.nan, cleared=pd.NaT), payments])


def with_terms(frame: pd.DataFrame, source: ExportList) -> pd.DataFrame:
    """Return the documents with a due day by the days of payment where nothing else tells one."""
    stated = pd.to_numeric(frame["terms_days"].str.extract(r"(\d+)", expand=False), errors="coerce")
    stated = stated.fillna(source.terms_days if source.terms_days is not None else np.nan)
    frame["due"] = frame["due"].fillna(frame["issued"] + pd.to_timedelta(stated, unit="D"))
    return frame


def _of_debtors(frame: pd.DataFrame, source: ExportList, left_out: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Return the postings to debtors' accounts, each with its buyer, sign and kind by the other account."""
    of_debtor = rf"[1-6]\d{{{(source.debtor_digits or 1) - 1}}}"
    debtor, contra = (frame[name].fillna("").str.fullmatch(of_debtor) for name in ("account", "contra_account"))
    out = ~(debtor | contra)
    if out.any():
        rule = f"postings to no debtor's account: {frame.loc[out, 'amount'].abs().sum():,.2f}"
        left_out.append(("invoices", rule, int(out.sum())))
    other = frame["contra_account"].where(debtor, frame["account"]).fillna("")
    amount = frame["amount"].where(debtor, -frame["amount"])
    memo = other.str.startswith(tuple(map(str, source.credit_accounts)))
    kind = pd.Series(np.where(memo, np.where(amount > 0, "invoice", "credit_note"), "payment"), index=frame.index)
    buyer = frame["account"].where(debtor, frame["contra_account"])
    return frame.assign(amount=amount, kind=frame["kind"].fillna(kind), buyer_id=buyer)[~out]
