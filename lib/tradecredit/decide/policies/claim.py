"""A claim on the policy for invoices that stay unpaid: which are insured, what is paid and when, and who must agree."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.insurance.cover import cover, evidence
from tradecredit.insurance.policy import Policy
from tradecredit.measure.receivables import net_share, open_items

STOPPED = "issued after another was overdue past the maximum extension period"
"""Why an invoice is not insured: deliveries were to stop."""


class Claim(NamedTuple):
    """What the insurer pays for unpaid invoices, after how many days from today (the mean by amount), and a note."""

    indemnity: float
    days: float
    note: str


def insured_items(book: Book, items: pd.DataFrame, policy: Policy | None) -> tuple[pd.DataFrame, str]:
    """Return a buyer's items that a policy insures, and in words why there are none, or what was shipped too late.

    `items`: rows of `receivables.open_items` of one buyer. Adds `net` of tax (no tax stated: none), and the buyer's
    `limit` as of today (missing: the discretionary one) and `evidence`. Not insured is what was issued while another of
    the buyer's invoices, in dispute or not, was unpaid after the end of its extension period (definitions §5.1). The
    policy's period, and the limit on the day of issue, are not looked at.
    """
    if policy is None or policy.kind == "top_up":
        return items.iloc[:0], "no policy of its own in force"
    net = items["open_amount"] * net_share(book.invoices.loc[items.index])
    counted = items.assign(net=net)[policy.insurable(items, book.buyers) & (net > 0)]
    if counted.empty:
        return counted, "nothing of it is insurable"
    terms = cover(book).join(evidence(book)).loc[counted["buyer_id"].iloc[:1]]
    applied = policy.attachment(terms)
    if applied.limit[0] == 0:
        return counted.iloc[:0], "the insurer has no limit on the buyer"
    stopped = _stopped(book, counted, policy)
    if stopped.all():
        return counted.iloc[:0], f"nothing of it is insured: all {STOPPED}"
    limit = np.nan if applied.discretionary[0] else applied.limit[0]
    late = f"{book.run.currency} {counted.loc[stopped, 'net'].sum():,.0f} {STOPPED} is not" if stopped.any() else ""
    return counted[~stopped].assign(limit=limit, evidence=terms["evidence"].iloc[0]), late


def claimed_on(book: Book, insured: pd.DataFrame, policy: Policy | None, lgd: float) -> Claim:
    """Return the claim for insured items (`insured_items`) that stay unpaid; `lgd`: the part that is lost in the end.

    The indemnity is that of the first loss of the policy's year, net of the insurer's part of the recovery. Missing
    without insured items, and where the policy has no waiting period.
    """
    if policy is None or insured.empty:
        return Claim(np.nan, np.nan, "")
    if policy.waiting_days is None:
        return Claim(np.nan, np.nan, "the policy pays for an insolvency only")
    net, currency = insured["net"], book.run.currency
    loss = insured[["buyer_id", "limit", "evidence"]].iloc[:1]
    loss = loss.assign(scenario=0, day=0, debt=net.sum(), recovery=(1 - lgd) * net.sum())
    steps = policy.settlement(loss).iloc[0]
    paid = policy.loss_dates(insured["issued"], insured["due"])["paid"]
    days = (paid - book.as_of).dt.days.clip(lower=policy.payment_days).astype("float64")
    note = f"{currency} {steps['insured_debt']:,.0f} insured"
    first_loss = steps["first_loss"]
    note += f"; the first loss of the year takes {currency} {first_loss:,.0f}" if first_loss > 0 else ""
    return Claim(float(steps["indemnity"]), float((days * net).sum() / net.sum()), note)


def consent(book: Book, insured: pd.DataFrame, policy: Policy | None, paid: pd.Series) -> str:
    """Return, in words, that the insurer must agree to the days on which items are to be paid; empty where it need not.

    `insured`: `insured_items`; `paid`: days, on their index (missing: nobody knows when). It must where one of them is
    paid after its extension period.
    """
    if policy is None or insured.empty or policy.maximum_extension_days is None:
        return ""
    report_by = policy.loss_dates(insured["issued"], insured["due"])["report_by"]
    first = report_by[~(paid.loc[insured.index] <= report_by)].min()
    if pd.isna(first):
        return ""
    period = "the maximum extension period"
    told = f"runs past {period}, which ends" if first >= book.as_of else f"{period} ended"
    return f"{told} on {first.date()}: without the insurer's consent the cover is lost"


def _stopped(book: Book, items: pd.DataFrame, policy: Policy) -> pd.Series:
    """Tell of each of a buyer's items whether, on its day of issue, another was unpaid past its extension period."""
    others = open_items(book)
    others = others[others["buyer_id"] == items["buyer_id"].iloc[0]]
    report_by = policy.loss_dates(others["issued"], others["due"])["report_by"]
    return items["issued"].map(lambda day: ((report_by < day) & ~(others["settled"] <= day)).any()).astype(bool)
