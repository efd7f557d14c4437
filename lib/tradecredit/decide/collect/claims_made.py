"""Claims of the past: what became of each, what was paid against what was to be expected, and who gets recoveries."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.places import one_of
from tradecredit.decide.insurer_duties import duties, to_claim
from tradecredit.decide.policies.as_if import AsIf
from tradecredit.decide.policies.past_losses import LOSS, WAITING
from tradecredit.decide.policies.received import SMALL, beside_received
from tradecredit.insurance.policy import Policy

PAID, PAID_LESS, WAS_REFUSED, KEPT, IS_FILED, TO_FILE, NOT_PAID, NOT_INSURED, IN_WAITING, NO_LOSS = STATES = (
    "paid", "paid in part", "refused", "kept", "filed", "to file", "nothing received", "nothing insured", "waiting",
    "no loss",
)  # fmt: skip
"""What has become of a loss by the book's day, as far as receipts and defaults tell."""


MADE = {
    "buyer_id": "str", **dict.fromkeys(("defaulted", "loss_day"), "datetime64[us]"), "claim_state": "str",
    "insured_debt": "float64", "claim_filed": "datetime64[us]", "claim_answer": "str",
    **dict.fromkeys(("expected_claim", "past_indemnity", "claims_received"), "float64"),
    "insurer_paid_on": "datetime64[us]",
    **dict.fromkeys(("paid_less", "recovery", "insurer_recovery", "first_loss_refilled"), "float64"),
}  # fmt: skip
"""Columns of `made`."""


def made(book: Book, policy: Policy | None, past: AsIf) -> pd.DataFrame:
    """Return the losses of past defaults as claims on the policy, the newest first: a row for each default.

    `past`: `as_if.as_if` of the policy. Columns, amounts in the reporting currency:

    - `buyer_id`, `defaulted`, `loss_day`; `insured_debt` on that day;
    - `expected_claim`: what the policy as it stands pays for it before recoveries are shared: after threshold,
      percentage, deductible, and first loss and maxima of its year of `as_if`, losses in order of day; and
      `past_indemnity`, what is left of it by `as_if`, once they are shared and have refilled the first loss;
    - `claims_received`, the receipts of kind `claim` since the default and before the buyer's next; `insurer_paid_on`,
      the last of them (missing: none); `paid_less` = expected_claim − claims_received;
    - `recovery`, what has come in on the debt since the loss, and `insurer_recovery`, what of that is the insurer's by
      `recovery_sharing`, where it has paid: whether it was passed on is in no table of the book; and
      `first_loss_refilled` = expected_claim − the insurer's part, as if it had paid − past_indemnity: what the first
      loss, which recoveries refill, and the maxima of the year take of later claims when recoveries are shared;
    - `claim_filed` and `claim_answer`, the last claim filed since the default and before the buyer's next, by the table
      `claims` (missing: none, or no answer yet);
    - `claim_state`: `PAID`, where at least what was expected was received, but `SMALL`; `PAID_LESS`; where nothing
      was, `WAS_REFUSED` or `IS_FILED` by the answer; `TO_FILE` where `insurer_duties.duties` asks for the claim, `KEPT`
      where first loss and deductible leave nothing to expect, else `NOT_PAID`; `NOT_INSURED` without insured debt,
      `IN_WAITING` before the loss, and `NO_LOSS` where the debt was paid in time or the policy knows insolvencies
      alone.

    Claims received on buyers without a default are not listed (`received.beside_received`). No row without a policy.
    Source: definitions §5.9, §5.14.
    """
    if policy is None:
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in MADE.items()})
    found = past.claims[past.claims["policy"] == policy.name]
    key = ["buyer_id", "defaulted"]
    received = beside_received(book, policy, past)[[*key, "claims_received"]].dropna(subset="defaulted")
    table = found.merge(received, on=key, how="left").fillna({"claims_received": 0.0})
    expected = _expected(policy, table)
    table = table.assign(
        expected_claim=expected, paid_less=expected - table["claims_received"], insurer_paid_on=_paid_on(book, table),
        insurer_recovery=table["past_recovered"].where(table["claims_received"] > 0, 0.0),
        first_loss_refilled=expected - table["past_recovered"].where(expected > 0, 0.0) - table["past_indemnity"],
    )  # fmt: skip
    asked = to_claim(duties(book, policy)).reindex(table["buyer_id"]).to_numpy() > 0
    filed = _filed(book, table)
    table = table.assign(claim_filed=filed["filed"], claim_answer=filed["answer"])
    last = table["defaulted"].eq(table.groupby("buyer_id")["defaulted"].transform("max"))
    paid, none = table["claims_received"], table["claims_received"] < CENT
    holds = {
        IN_WAITING: table["past_state"] == WAITING,
        PAID: ~none & (table["paid_less"] < SMALL),
        PAID_LESS: paid >= CENT,
        NO_LOSS: table["past_state"] != LOSS,
        WAS_REFUSED: table["claim_answer"] == "refused",
        IS_FILED: table["claim_filed"].notna() & table["claim_answer"].isna(),
        TO_FILE: asked & last.to_numpy(),
        NOT_INSURED: table["insured_debt"] < CENT,
        KEPT: expected < CENT,
    }
    state = np.select(list(holds.values()), list(holds), NOT_PAID)
    table = table.assign(claim_state=pd.Series(state, index=table.index, dtype="str"))
    return table[list(MADE)].sort_values("defaulted", ascending=False, kind="stable", ignore_index=True)


def to_ask(table: pd.DataFrame) -> pd.Series:
    """Return what the insurer owes still on the claims that it has paid, or paid nothing on: index buyer_id.

    `table`: `made`. What it was to pay once recoveries are shared (`past_indemnity`) less what it has paid, of claims
    in the states `PAID_LESS` and `NOT_PAID`, where that is at least `SMALL`.
    """
    rows = table[table["claim_state"].isin([PAID_LESS, NOT_PAID])].set_index("buyer_id")
    owed = rows["past_indemnity"] - rows["claims_received"]
    return owed[owed >= SMALL].rename("owed")


def _expected(policy: Policy, table: pd.DataFrame) -> pd.Series:
    """Return what the policy pays for the losses of each year, as if nothing were recovered of them."""
    lost = table[(table["past_state"] == LOSS) & table["year_end"].notna()]
    losses = pd.DataFrame(
        {
            "scenario": lost["year_end"], "day": lost["loss_day"], "buyer_id": lost["buyer_id"],
            "debt": lost["insured_debt"], "limit": lost["insured_debt"], "discretionary": lost["discretionary"],
        }
    )  # fmt: skip
    paid = policy.settlement(losses)["indemnity"] if len(lost) else pd.Series(dtype="float64")
    return paid.reindex(table.index, fill_value=0.0)


def _filed(book: Book, table: pd.DataFrame) -> pd.DataFrame:
    """Return `filed` and `answer` of the last claim on each default, by the last one before it."""
    claims = book.claims.sort_values("filed", kind="stable")
    defaults = table[["buyer_id", "defaulted"]].sort_values("defaulted", kind="stable")
    of = pd.merge_asof(claims, defaults, left_on="filed", right_on="defaulted", by="buyer_id")
    last = of.drop_duplicates(["buyer_id", "defaulted"], keep="last").set_index(["buyer_id", "defaulted"])
    place = pd.MultiIndex.from_frame(table[["buyer_id", "defaulted"]])
    return last[["filed", "answer"]].reindex(place).set_axis(table.index)


def _paid_on(book: Book, claims: pd.DataFrame) -> pd.Series:
    """Return the last day on which the insurer paid on each default, by the last one before the receipt."""
    rows = np.flatnonzero(one_of(book.receipts["kind"], ["claim"]) & (book.invoice_of_receipt >= 0))
    owner = book.buyer_of_invoice[book.invoice_of_receipt[rows]]
    paid = pd.DataFrame(
        {"buyer_id": book.buyers["buyer_id"].take(owner).array, "day": book.receipts["received"].take(rows).array}
    )
    defaults = claims[["buyer_id", "defaulted"]].sort_values("defaulted", kind="stable")
    of = pd.merge_asof(
        paid.sort_values("day", kind="stable"), defaults, left_on="day", right_on="defaulted", by="buyer_id"
    )
    last = of.groupby(["buyer_id", "defaulted"])["day"].max()
    place = pd.MultiIndex.from_frame(claims[["buyer_id", "defaulted"]])
    return pd.Series(last.reindex(place).to_numpy("datetime64[us]"), index=claims.index)


def by_state(table: pd.DataFrame) -> pd.DataFrame:
    """Return claims by what has become of them: index `claim_state`, those of `STATES` that occur, in their order.

    `table`: `made`. Columns: `claims`, and the sums of `insured_debt`, `expected_claim`, `claims_received`,
    `paid_less`, `insurer_recovery`, `first_loss_refilled` and `past_indemnity`.
    """
    amounts = [
        "insured_debt", "expected_claim", "claims_received", "paid_less", "insurer_recovery", "first_loss_refilled",
        "past_indemnity",
    ]  # fmt: skip
    of = table.groupby("claim_state")
    sums = of[amounts].sum().assign(claims=of.size())[["claims", *amounts]]
    return sums.reindex(pd.Index([state for state in STATES if state in sums.index], name="claim_state"))
