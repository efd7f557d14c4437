"""A claim on the policy for invoices that stay unpaid: which are insured, what is paid and when, and who must agree."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.insurance.limit_history import evidence, named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.measure.open_items import net_share, open_items

NO_POLICY, NOTHING_INSURABLE, NO_LIMIT, ALL_STOPPED, INSOLVENCY_ONLY = (
    "no policy", "not insurable", "no limit", "all after stop of deliveries", "insolvency only",
)  # fmt: skip
"""Why nothing can be claimed."""


class Insured(NamedTuple):
    """A buyer's open items that a policy insures: see `insured_items`.

    `why_not`: why there are none (empty: there are); `stopped`: the amount, net of tax, that was issued too late.
    """

    items: pd.DataFrame
    why_not: str
    stopped: float


class Claim(NamedTuple):
    """What the insurer pays for unpaid invoices, and after how many days from today (the mean by amount).

    `insured_debt` and the `first_loss` that the year takes off it; `why_not`: why there is no claim (empty: there is).
    """

    indemnity: float
    days: float
    insured_debt: float
    first_loss: float
    why_not: str


def insured_items(book: Book, items: pd.DataFrame, policy: Policy | None) -> Insured:
    """Return a buyer's items that a policy insures, why there are none, and what was shipped too late.

    `items`: rows of `open_items.open_items` of one buyer. Adds `net` of tax (no tax stated: none), and the buyer's
    `limit` as of today (missing: the discretionary one) and `evidence`. Not insured is what was issued while another of
    the buyer's invoices, in dispute or not, was unpaid after the end of its extension period (definitions §5.1). The
    policy's period, and the limit on the day of issue, are not looked at.
    """
    if policy is None or policy.kind == "top_up":
        return Insured(items.iloc[:0], NO_POLICY, 0.0)
    net = items["open_amount"] * net_share(book.invoices.loc[items.index])
    counted = items.assign(net=net)[policy.insurable(items, book.buyers) & (net > 0)]
    if counted.empty:
        return Insured(counted, NOTHING_INSURABLE, 0.0)
    terms = named_limits(book).join(evidence(book)).loc[counted["buyer_id"].iloc[:1]]
    applied = policy.attachment(terms)
    if applied.limit[0] == 0:
        return Insured(counted.iloc[:0], NO_LIMIT, 0.0)
    stopped = _shipped_too_late(book, counted, policy)
    if stopped.all():
        return Insured(counted.iloc[:0], ALL_STOPPED, float(counted["net"].sum()))
    limit = np.nan if applied.discretionary[0] else applied.limit[0]
    found = counted[~stopped].assign(limit=limit, evidence=terms["evidence"].iloc[0])
    return Insured(found, "", float(counted.loc[stopped, "net"].sum()))


def claimed_on(book: Book, insured: pd.DataFrame, policy: Policy | None, lgd: float) -> Claim:
    """Return the claim for insured items (`insured_items`) that stay unpaid; `lgd`: the part that is lost in the end.

    The indemnity is that of the first loss of the policy's year, net of the insurer's part of the recovery. Missing
    without insured items, and where the policy has no waiting period.
    """
    if policy is None or insured.empty:
        return Claim(np.nan, np.nan, np.nan, np.nan, "")
    if policy.waiting_days is None:
        return Claim(np.nan, np.nan, np.nan, np.nan, INSOLVENCY_ONLY)
    net = insured["net"]
    loss = insured[["buyer_id", "limit", "evidence"]].iloc[:1]
    loss = loss.assign(scenario=0, day=0, debt=net.sum(), recovery=(1 - lgd) * net.sum())
    steps = policy.settlement(loss).iloc[0]
    paid = policy.loss_dates(insured["issued"], insured["due"])["paid"]
    days = (paid - book.as_of).dt.days.clip(lower=policy.payment_days).astype("float64")
    indemnity, insured_debt, first_loss = (float(steps[name]) for name in ("indemnity", "insured_debt", "first_loss"))
    return Claim(indemnity, float((days * net).sum() / net.sum()), insured_debt, first_loss, "")


def consent(insured: pd.DataFrame, policy: Policy | None, paid: pd.Series) -> pd.Timestamp:
    """Return when the extension period ends that payments on these days would need the insurer's consent to pass.

    `insured`: `insured_items`; `paid`: days, on their index (missing: not known). The first end of
    an extension period that one of them is paid after; missing where no consent is needed.
    """
    if policy is None or insured.empty or policy.maximum_extension_days is None:
        return pd.NaT
    report_by = policy.loss_dates(insured["issued"], insured["due"])["report_by"]
    return report_by[~(paid.loc[insured.index] <= report_by)].min()


def _shipped_too_late(book: Book, items: pd.DataFrame, policy: Policy) -> pd.Series:
    """Return a boolean per item of a buyer: whether another was unpaid past its extension on its day of issue."""
    others = open_items(book)
    others = others[others["buyer_id"] == items["buyer_id"].iloc[0]]
    report_by = policy.loss_dates(others["issued"], others["due"])["report_by"]
    return items["issued"].map(lambda day: ((report_by < day) & ~(others["settled"] <= day)).any()).astype(bool)
