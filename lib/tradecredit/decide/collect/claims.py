"""Claims on the policy: those to file, what belongs to each and what it brings step by step."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.decide.collect import insurer_calendar
from tradecredit.decide.insurer_duties import CLAIM, UNPAYABLE, duties, late_insured, settled, to_claim
from tradecredit.insurance import cover
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import REASONS
from tradecredit.measure.default_events import already_defaulted
from tradecredit.measure.open_items import open_items

OWED, NOT_NOW, GIVEN_UP, INSURED_DEBT = "owed", "not to be claimed now", "given up", "insured_debt"
THRESHOLD, DEDUCTIBLE, PERCENTAGE, RETENTION, FIRST_LOSS = (
    "threshold", "each_loss_deductible", "insured_percentage", "minimum_retention", "aggregate_first_loss",
)  # fmt: skip
CLAIM_LEFT, INDEMNITY = "claim", "indemnity"
LEVELS = (OWED, INSURED_DEBT, CLAIM_LEFT, INDEMNITY)
"""Steps that say what is left; all others are taken off, or added, between them."""

INVOICE, DELIVERY, ORDER, LIMIT, LETTERS, PROMISES, INSOLVENCY, DISPUTES, EVIDENCE = DOCUMENTS = (
    "invoice", "delivery", "order", "limit", "letters", "promises", "insolvency", "disputes", "evidence",
)  # fmt: skip
"""Papers that insurers ask for with a claim."""


TO_FILE = {
    **dict.fromkeys(("insured_debt", "claim", "first_loss", "indemnity", "open_amount"), "float64"),
    **dict.fromkeys(("loss_date", "last_day", "file_by", "act_by", "money_on"), "datetime64[us]"),
    "lost_invoices": "int64", "default_kind": "str",
}  # fmt: skip
"""Columns of `to_file`."""


class Claim(NamedTuple):
    """All that one claim consists of: its row of `to_file`, `statement`, `of_invoices`, `steps` and `documents`."""

    claim: pd.Series
    statement: pd.DataFrame
    invoices: pd.DataFrame
    steps: pd.DataFrame
    documents: pd.DataFrame


@once
def to_file(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return the claims that are to be filed now: index buyer_id, the first to be filed first.

    One for each buyer of whose insured debt a part has become a loss (`insurer_duties.duties`). Amounts in the
    reporting currency: `open_amount`, all that it owes, gross; `lost_invoices`, their number; `insured_debt`, of the
    losses; `claim`, `first_loss` and `indemnity`, as `insurer_duties.settled`; `loss_date`; `last_day`, the policy's
    own, a working day or not (missing: it states none), and `file_by`, as `insurer_duties.duties`, the last working day
    by then; `act_by`, by when it is filed now; `money_on` (missing: no money is to come of it); `default_kind`,
    `insolvency` or `protracted`. No row without a policy. Source: definitions §5.4 to §5.8, §10.6.
    """
    if policy is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TO_FILE.items()}).rename_axis("buyer_id")
    days = insurer_calendar.by_invoice(book, policy)
    lost = days[days["duty"] == CLAIM].groupby("buyer_id")
    asked = duties(book, policy)
    calendar = insurer_calendar.deadlines(book, [policy])
    due = calendar[calendar["asked_now"] & (calendar["deadline"] == insurer_calendar.FILE_BY)]
    found = _settled(book, policy)[["insured_debt", "claim", "first_loss", "indemnity"]]
    items = open_items(book)
    owed = items["open_amount"].groupby(items["buyer_id"]).sum()
    insolvent = already_defaulted(book)["kind"].reindex(found.index) == "insolvency"
    table = found.assign(
        open_amount=owed.reindex(found.index), lost_invoices=lost.size(), loss_date=lost["loss_date"].min(),
        last_day=lost["file_by"].min(), file_by=asked["file_by"].reindex(found.index),
        act_by=due.groupby("buyer_id")["act_by"].min(),
        money_on=lost["money_on"].min().reindex(found.index).where(found["indemnity"] >= CENT),
        default_kind=pd.Series(np.where(insolvent, "insolvency", "protracted"), index=found.index, dtype="str"),
    )  # fmt: skip
    return table.sort_values(["act_by", "loss_date"], kind="stable")


@once
def not_payable(book: Book, policy: Policy | None) -> pd.Series:
    """Return the insured debt of losses for which the policy pays nothing whatever the year brings, so that no claim is
    filed: index buyer_id, in the reporting currency, largest first.

    Threshold, each-loss deductible and retention leave nothing of all that the buyer has lost
    (`insurer_duties.UNPAYABLE`). None without a policy. Source: definitions §5.4, §5.5.
    """
    if policy is None:
        return pd.Series(dtype="float64", index=pd.Index([], name="buyer_id", dtype="str"), name="insured_debt")
    items = late_insured(book, policy)
    lost = items[items["duty"] == UNPAYABLE].groupby("buyer_id")["insured_debt"].sum()
    return lost.sort_values(ascending=False, kind="stable")


@once
def _settled(book: Book, policy: Policy) -> pd.DataFrame:
    """Return what becomes of the claims to file (`insurer_duties.settled`)."""
    asked = duties(book, policy)
    return settled(asked[to_claim(asked) > 0], policy)


def _own(book: Book, buyer_id: str) -> np.ndarray:
    """Return the places of a buyer's invoices."""
    place = np.flatnonzero(one_of(book.buyers["buyer_id"], [buyer_id]))
    return np.flatnonzero(book.buyer_of_invoice == place[0]) if len(place) else place


def steps(book: Book, policy: Policy, buyer_id: str) -> pd.DataFrame:
    """Return the order of calculation of one buyer's claim: index `claim_step`, `amount` in the reporting currency.

    From what the buyer owes (`OWED`, gross): less each part that the policy does not insure, by the reason of
    `cover.audit`; less what is insured and not to be claimed now, as its loss has not come about or a claim was paid
    (`NOT_NOW`), and with what was given up and is owed still for the policy: the `INSURED_DEBT` to claim. Less
    threshold, each-loss deductible, own part by the percentage (in the policy's order) and what the minimum retention
    keeps beyond these: `CLAIM_LEFT`. Less first loss: `INDEMNITY`. What is taken off is below zero; steps of nothing
    are left out but for `LEVELS`. Of a policy that settles net of recoveries these are taken to be none so far. Raises
    `KeyError` for a buyer without a claim to file. Source: definitions §5.1 to §5.6.
    """
    claim = _settled(book, policy).loc[buyer_id]
    parts = cover.parts(book, policy)
    parts = parts[one_of(parts["buyer_id"], [buyer_id])]
    by_reason = parts.groupby("reason")["amount"].sum()
    by_reason = by_reason.reindex([reason for reason in REASONS if reason in by_reason.index])
    insured = by_reason.reindex(["covered", "covered_in_part"]).sum()
    days = insurer_calendar.by_invoice(book, policy)
    lost = days.index[(days["duty"] == CLAIM) & (days["buyer_id"] == buyer_id)]
    covered = parts[parts["reason"].isin(["covered", "covered_in_part"])]
    now = covered.loc[one_of(covered["invoice_id"], lost), "amount"].sum()
    debt, left = claim["insured_debt"], claim["covered"]
    rows = {OWED: parts["amount"].sum()}
    rows |= {reason: -amount for reason, amount in by_reason.items() if reason not in ("covered", "covered_in_part")}
    rows |= {NOT_NOW: now - insured, GIVEN_UP: debt - now, INSURED_DEBT: debt, THRESHOLD: left - debt}
    deductible, part = policy.each_loss_deductible or 0.0, policy.insured_percentage
    if policy.deductible_order == "deductible_first":
        kept = min(deductible, left)
        rows |= {DEDUCTIBLE: -kept, PERCENTAGE: -(1 - part) * (left - kept)}
    else:
        kept = min(deductible, part * left)
        rows |= {PERCENTAGE: -(1 - part) * left, DEDUCTIBLE: -kept}
    before_retention = left + rows[DEDUCTIBLE] + rows[PERCENTAGE]
    rows |= {RETENTION: claim["claim"] - before_retention, CLAIM_LEFT: claim["claim"]}
    rows |= {FIRST_LOSS: claim["indemnity"] - claim["claim"], INDEMNITY: claim["indemnity"]}
    amounts = pd.Series(rows, name="amount", dtype="float64").rename_axis("claim_step")
    return amounts[(amounts.abs() >= CENT) | amounts.index.isin(LEVELS)].to_frame()


def of_invoices(book: Book, policy: Policy, buyer_id: str) -> pd.DataFrame:
    """Return the open invoices of a buyer as a claim lists them, the oldest first: index invoice_id.

    `issued`, `due`, `amount`, `paid`, `open_amount`, gross; `disputed`, `insurable_debt`, `insured_debt` and `reason`
    of `cover.audit`; `report_by`, `loss_date` (missing: nothing of it is insured, or it is not overdue), and
    `claimed_now`: it is among those of the claim.
    """
    items = open_items(book).take(_own(book, buyer_id)).set_index("invoice_id")
    audited = cover.audit(book, policy)[["disputed", "insurable_debt", "insured_debt", "reason"]]
    days = insurer_calendar.by_invoice(book, policy)[["duty", "report_by", "loss_date"]]
    days = days.reindex(items.index)
    table = items[["issued", "due", "amount", "paid", "open_amount"]].join(audited.reindex(items.index))
    table = table.assign(
        report_by=days["report_by"], loss_date=days["loss_date"], claimed_now=(days["duty"] == CLAIM).to_numpy()
    )
    return table[(table["open_amount"] > 0) | table["claimed_now"]].sort_values(["issued", "due"], kind="stable")


def statement(book: Book, buyer_id: str, *, months: int = 12) -> pd.DataFrame:
    """Return the statement of a buyer's account: each invoice and receipt by day, and what is owed after it.

    Columns, in the reporting currency at the rate of each invoice's day of issue: `day`, `entry` (`opening`, `invoice`,
    or the kind of the receipt), `invoice_id` (missing: on account), `amount` (receipts below zero) and `balance`. The
    opening is what was owed before: at the first day of the last `months`, or before the oldest invoice that is open,
    whichever is earlier. `closing rate`, at the end, is what open invoices in another currency are worth more at the
    rate of the book's day. The last balance is what the buyer owes, less what it has on account or overpaid.
    """
    invoices, receipts = book.invoices, book.receipts
    places = _own(book, buyer_id)
    own = invoices.take(places)
    is_own = np.zeros(len(invoices) + 1, dtype=bool)  # the last: of no invoice that is known
    is_own[places] = True
    on_account = receipts["invoice_id"].isna().to_numpy() & one_of(receipts["buyer_id"], [buyer_id])
    of = receipts[is_own[book.invoice_of_receipt] | on_account]
    entries = pd.concat(
        [
            pd.DataFrame({"day": own["issued"], "entry": "invoice", "invoice_id": own["invoice_id"],
                          "amount": own["amount"]}),
            pd.DataFrame({"day": of["received"], "entry": of["kind"], "invoice_id": of["invoice_id"],
                          "amount": -of["amount"]}),
        ],
        ignore_index=True,
    ).sort_values("day", kind="stable", ignore_index=True)  # fmt: skip
    items = open_items(book).take(places)
    begins = book.as_of - pd.DateOffset(months=months) + pd.Timedelta(days=1)
    begins = min([begins, *items.loc[items["open_amount"] > 0, "issued"]])
    earlier, later = entries[entries["day"] < begins], entries[entries["day"] >= begins]
    parts = [_entry(begins, "opening", earlier["amount"].sum()), later]
    more = items["exchange_difference"].sum()
    if abs(more) >= CENT:
        parts.append(_entry(book.as_of, "closing rate", more))
    kinds = {"day": "datetime64[us]", "entry": "str", "invoice_id": "str", "amount": "float64"}
    table = pd.concat([part.astype(kinds) for part in parts], ignore_index=True)
    return table.assign(balance=table["amount"].cumsum())


def _entry(day: pd.Timestamp, entry: str, amount: float) -> pd.DataFrame:
    return pd.DataFrame({"day": [day], "entry": entry, "invoice_id": None, "amount": amount})


def documents(book: Book, policy: Policy, buyer_id: str) -> pd.DataFrame:
    """Return the papers to attach to a claim: `document`, `invoice_id` (missing: of the buyer), and what is `known`.

    `document`: one of `DOCUMENTS`; `known`: what the book knows of it, such as the days of letters (empty: nothing).
    The book has no papers: all of these are to be attached. Of each invoice of the claim the invoice, the order and the
    evidence of delivery, whose day is taken to be that of issue; of the buyer the insurer's decisions on its limit, or
    for a discretionary limit the evidence that it rests on; the letters; and promises made, how disputes were settled,
    and the insolvency with the debt lodged in it, where there are any. Letters, promises and disputes are those on
    invoices of the claim.
    """
    return _papers(book, of_invoices(book, policy, buyer_id), buyer_id)


def _papers(book: Book, invoices: pd.DataFrame, buyer_id: str) -> pd.DataFrame:
    """Return `documents` of a buyer's invoices (`of_invoices`)."""
    lost = invoices[invoices["claimed_now"]]
    rows = [
        (kind, invoice, f"{day:%Y-%m-%d}" if kind != ORDER else "")
        for invoice, day in lost["issued"].items()
        for kind in (INVOICE, ORDER, DELIVERY)
    ]
    named = book.limits[one_of(book.limits["buyer_id"], [buyer_id]) & (book.limits["source"] == "insurer").to_numpy()]
    rows.append((LIMIT, None, _days(named["valid_from"])) if len(named) else (EVIDENCE, None, ""))
    letters = book.reminders[one_of(book.reminders["invoice_id"], lost.index)]
    promised = book.promises[one_of(book.promises["invoice_id"], lost.index)]
    disputed = book.disputes[one_of(book.disputes["invoice_id"], lost.index)]
    failed = book.defaults[one_of(book.defaults["buyer_id"], [buyer_id])]
    failed = failed[failed["kind"] == "insolvency"]
    for kind, found in (
        (LETTERS, letters["sent"]), (PROMISES, promised["made"]), (DISPUTES, disputed["opened"]),
        (INSOLVENCY, failed["date"]),
    ):  # fmt: skip
        if len(found) or kind == LETTERS:
            rows.append((kind, None, _days(found)))
    return pd.DataFrame(rows, columns=["document", "invoice_id", "known"]).astype("str")


def _days(found: pd.Series) -> str:
    return ", ".join(f"{day:%Y-%m-%d}" for day in sorted(found.dropna().unique()))


def of_buyer(book: Book, policy: Policy, buyer_id: str) -> Claim:
    """Return all that the claim on one buyer consists of; raises `KeyError` for a buyer without a claim to file."""
    claim, invoices = to_file(book, policy).loc[buyer_id], of_invoices(book, policy, buyer_id)
    return Claim(
        claim, statement(book, buyer_id), invoices, steps(book, policy, buyer_id), _papers(book, invoices, buyer_id)
    )
