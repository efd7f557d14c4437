"""Claims that the real insurer paid beside what a policy would have paid as if, and which term makes the difference."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.places import one_of, places
from tradecredit.decide.policies.as_if import AsIf, year_ends
from tradecredit.decide.policies.past_losses import LOSS
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.settlement import Losses, settled

PARTS = (
    "by_first_loss", "by_recovery", "by_maximum", "by_stop", "by_limit", "by_terms", "by_waiting",
    "by_nothing_received", "by_no_loss", "by_no_default", "by_other",
)  # fmt: skip
"""What the difference between a claim received and one as if consists of."""

SMALL = 1.0
"""A difference below one unit of the currency is one of rounding."""


def beside_received(book: Book, policy: Policy | None, past: AsIf) -> pd.DataFrame:
    """Return the claims received in the years of `as_if` beside those as if, a row for each default, by size.

    Columns, in the reporting currency: `buyer_id`, `defaulted`, `loss_day`, `past_state`; `claims_received`, the
    receipts of kind `claim` on the buyer's invoices since this default and before its next; `past_indemnity`;
    `received_more`, their difference; and its `PARTS`, which add up to it:

    - `by_waiting`, `by_nothing_received`: as if something is paid, and nothing has come in so far; by the policy it is
      payable (`payment_days` from the loss) after the book's day, or was before;
    - `by_no_loss`: received on what is no loss in these years as if; `by_no_default`: on buyers without a default
      before the receipt (one row for each, without a day);
    - of all else: what less than the claim before first loss was received is taken to be what a first loss, the
      insurer's part of recoveries and a maximum kept in reality too, in this order; `by_first_loss`, `by_recovery` and
      `by_maximum` are what these keep more as if, and `by_other`, below zero, what none of them explains. What
      more than that claim was received is what the claim would be more without the stop (`by_stop`), then without a
      limit of the day (`by_limit`), then on the whole debt (`by_terms`), and beyond that `by_other`.

    `because`: the largest of the parts (missing: less than `SMALL`). Empty without a policy or such years, and for a
    top-up, whose claims stand beside its primary's. Source: definitions §5.14.
    """
    ends = year_ends(book)
    if policy is None or policy.kind == "top_up" or not len(ends):
        return _empty()
    claims = past.claims[past.claims["policy"] == policy.name].reset_index(drop=True)
    received, others = _received(book, claims, window_start(ends[0], 12))
    parts = _parts(book, policy, claims, received)
    table = claims[["buyer_id", "defaulted", "loss_day", "past_state", "past_indemnity"]]
    table = table.assign(claims_received=received, **parts)
    table = pd.concat([_empty(), table, others.assign(past_indemnity=0.0)], ignore_index=True)
    table = table.fillna(dict.fromkeys(PARTS, 0.0))
    table = table.assign(received_more=table["claims_received"] - table["past_indemnity"])
    sizes = table[list(PARTS)].abs()
    because = sizes.idxmax(axis="columns").where(sizes.max(axis="columns") >= SMALL)
    order = np.lexsort((-table["past_indemnity"], -table["received_more"].abs().round(2)))
    return table.assign(because=because).iloc[order].reset_index(drop=True)


def _received(book: Book, claims: pd.DataFrame, begins: pd.Timestamp) -> tuple[np.ndarray, pd.DataFrame]:
    """Return what was received of each claim, and rows for buyers to whom no default belongs."""
    receipts = book.receipts
    inside = one_of(receipts["kind"], ["claim"]) & (
        (receipts["received"] > begins) & (receipts["received"] <= book.as_of)
    )
    rows = np.flatnonzero(inside)
    invoice = book.invoice_of_receipt[rows]
    money = pd.DataFrame(
        {
            "buyer": np.where(invoice >= 0, book.buyer_of_invoice[invoice], -1),
            "received": receipts["received"].take(rows).to_numpy("datetime64[us]"),
            "amount": receipts["amount"].take(rows).to_numpy(float),
        }
    ).sort_values("received", kind="stable")
    buyer = places(claims["buyer_id"], book.buyers["buyer_id"])
    days = claims["defaulted"].to_numpy("datetime64[us]")
    events = pd.DataFrame({"buyer": buyer, "defaulted": days, "row": np.arange(len(claims), dtype=float)})
    found = pd.merge_asof(
        money, events.sort_values("defaulted", kind="stable"), left_on="received", right_on="defaulted", by="buyer"
    )
    known = found["row"].notna()
    of = found[known]
    amounts = np.bincount(of["row"].astype(np.intp), of["amount"], minlength=len(claims))
    rest = found[~known].groupby("buyer", as_index=False)["amount"].sum()
    names = book.buyers["buyer_id"].reset_index(drop=True).reindex(rest["buyer"]).array
    return amounts, pd.DataFrame(
        {"buyer_id": names, "claims_received": rest["amount"], "by_no_default": rest["amount"]}
    )


def _parts(book: Book, policy: Policy, claims: pd.DataFrame, received: np.ndarray) -> dict[str, np.ndarray]:
    claim, recovered, above, paid = (
        claims[name].to_numpy(float)
        for name in ("past_claim", "past_recovered", "past_above_maximum", "past_indemnity")
    )
    kept = {"by_first_loss": claim - recovered - above - paid, "by_recovery": recovered, "by_maximum": above}
    lost = (claims["past_state"] == LOSS).to_numpy()
    payable = claims["loss_day"] + pd.Timedelta(days=policy.payment_days)
    waits, none = (payable > book.as_of).to_numpy(), lost & (received == 0) & (paid > 0)
    compared = lost & ~none
    short, parts = np.maximum(claim - received, 0.0), {}
    for name, amount in kept.items():
        also = np.minimum(short, amount)
        parts[name], short = np.where(compared, amount - also, 0.0), short - also
    more, before = np.maximum(received - claim, 0.0), claim
    insured, stopped, insurable = (claims[name] for name in ("insured_debt", "stopped_debt", "insurable_debt"))
    for name, then in (
        ("by_stop", _claim_on(policy, insured + stopped)),
        ("by_limit", _claim_on(policy, insurable)),
        ("by_terms", claims["debt"].to_numpy(float)),
    ):
        part = np.minimum(more, np.maximum(then - before, 0.0))
        parts[name], more, before = np.where(compared, part, 0.0), more - part, np.maximum(then, before)
    return parts | {
        "by_waiting": np.where(none & waits, -paid, 0.0),
        "by_nothing_received": np.where(none & ~waits, -paid, 0.0),
        "by_no_loss": np.where(lost, 0.0, received),
        "by_no_default": np.zeros(len(claims)),
        "by_other": np.where(compared, more - short, 0.0),
    }


def _claim_on(policy: Policy, debt: pd.Series) -> np.ndarray:
    """Return the claim after threshold, percentage and deductible on debts that are insured whole."""
    amount, nothing = debt.to_numpy(float), np.zeros(len(debt))
    rows = Losses(np.arange(len(debt)), amount, nothing, nothing, amount, nothing > 0)
    return settled(rows, policy.record()).claim


def _empty() -> pd.DataFrame:
    text, day = {"buyer_id": "str", "past_state": "str"}, dict.fromkeys(("defaulted", "loss_day"), "datetime64[us]")
    amounts = dict.fromkeys(("claims_received", "past_indemnity", "received_more", *PARTS), "float64")
    kinds = text | day | amounts | {"because": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
