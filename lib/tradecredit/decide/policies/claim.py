"""A claim on the policy for invoices that stay unpaid: which are insured, what is paid and when, and who must agree."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.insurance import cover
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import DISCRETIONARY, STOPPED

NO_POLICY, NOTHING_INSURABLE, NO_LIMIT, LIMIT_FILLED, ALL_STOPPED, INSOLVENCY_ONLY = (
    "no policy", "not insurable", "no limit", "limit filled", "all after stop of deliveries", "insolvency only",
)  # fmt: skip
"""Why nothing can be claimed."""

WITHIN_A_LIMIT = ("covered", "covered_in_part", "limit_filled")
"""Reasons of `cover.audit` of what counts for a claim: invoices of a day on which there was a limit."""


class Insured(NamedTuple):
    """A buyer's open items that a policy insures: see `insured_items`.

    `why_not`: why there are none (empty: there are); `stopped`: the amount, net of tax, that was issued too late.
    """

    items: pd.DataFrame
    why_not: str
    stopped: float


class Claim(NamedTuple):
    """What the insurer pays for unpaid invoices, and after how many days from today (the mean by insured debt).

    `insured_debt` and the `first_loss` that the year takes off it; `why_not`: why there is no claim (empty: there is).
    """

    indemnity: float
    days: float
    insured_debt: float
    first_loss: float
    why_not: str


def insured_items(book: Book, items: pd.DataFrame, policy: Policy | None) -> Insured:
    """Return a buyer's items that a policy insures, why there are none, and what was shipped too late.

    `items`: rows of `open_items.open_items` of one buyer, `open_amount` less what it has on account. As `cover.audit`
    has them: `net`, the insurable debt; `insured_debt`, what of it lies within the limit of its day; and
    `discretionary`, whether that is a discretionary limit. What is above the limit is a part of the debt that is
    claimed for. Invoices on which the insurer has paid have been claimed for.
    """
    if policy is None or policy.kind == "top_up":
        return Insured(items.iloc[:0], NO_POLICY, 0.0)
    found = cover.audit(book, policy).reindex(items["invoice_id"]).set_axis(items.index)
    # What the buyer has on account settles what is insured and what is not alike.
    left = items["open_amount"] / found["open_amount"]
    insurable, within = found["insurable_debt"] * left, found["insured_debt"] * left
    counted = (found["insurable_debt"] > 0) & (found["claimed"] <= 0)
    stopped = counted & (found["cover"] == STOPPED)
    insured = items.assign(net=insurable, insured_debt=within, discretionary=found["cover"] == DISCRETIONARY)[
        counted & found["reason"].isin(WITHIN_A_LIMIT)
    ]
    why_not = ""
    if not counted.any():
        why_not = NOTHING_INSURABLE
    elif insured.empty:
        why_not = ALL_STOPPED if stopped[counted].all() else NO_LIMIT
    elif not (insured["insured_debt"] > 0).any():
        why_not = LIMIT_FILLED
    return Insured(insured.iloc[: 0 if why_not else None], why_not, float(insurable[stopped].sum()))


def claimed_on(book: Book, insured: pd.DataFrame, policy: Policy | None, lgd: float) -> Claim:
    """Return the claim for insured items (`insured_items`) that stay unpaid; `lgd`: the part that is lost in the end.

    The indemnity is that of the first loss of the policy's year, net of the insurer's part of the recovery. Missing
    without insured items, and where the policy has no waiting period.
    """
    if policy is None or insured.empty:
        return Claim(np.nan, np.nan, np.nan, np.nan, "")
    if policy.waiting_days is None:
        return Claim(np.nan, np.nan, np.nan, np.nan, INSOLVENCY_ONLY)
    net, within = insured["net"].sum(), insured["insured_debt"]
    loss = insured[["buyer_id"]].iloc[:1].assign(
        scenario=0, day=0, debt=net, recovery=(1 - lgd) * net, limit=within.sum(),
        discretionary=insured["discretionary"].any(),
    )  # fmt: skip
    steps = policy.settlement(loss).iloc[0]
    paid = policy.loss_dates(insured["issued"], insured["due"])["paid"]
    days = (paid - book.as_of).dt.days.clip(lower=policy.payment_days).astype("float64")
    indemnity, insured_debt, first_loss = (float(steps[name]) for name in ("indemnity", "insured_debt", "first_loss"))
    return Claim(indemnity, float((days * within).sum() / within.sum()), insured_debt, first_loss, "")


def consent(insured: pd.DataFrame, policy: Policy | None, paid: pd.Series) -> pd.Timestamp:
    """Return when the extension period ends that payments on these days would need the insurer's consent to pass.

    `insured`: `insured_items`; `paid`: days, on their index (missing: not known). The first end of
    an extension period that one of them is paid after; missing where no consent is needed.
    """
    if policy is None or insured.empty or policy.maximum_extension_days is None:
        return pd.NaT
    report_by = policy.loss_dates(insured["issued"], insured["due"])["report_by"]
    return report_by[~(paid.loc[insured.index] <= report_by)].min()
