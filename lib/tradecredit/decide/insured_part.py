"""What the insurer bears of what buyers owe: under which limit, of which part, and of whom nothing any more."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.balances import open_amounts
from tradecredit.measure.receivables import window_start
from tradecredit.model import at_risk
from tradecredit.model.insurance import NOT_INSURABLE, Policy

PAYING_BY_LOSS = ("whole_turnover", "key_accounts", "single_buyer")
"""Kinds of policy that bear their part of each loss, and not only what lies beyond a large first loss or a limit."""


class Cover(NamedTuple):
    """What the insurer bears of what buyers owe, before any deductible, first loss or maximum. Index buyer_id.

    `percentage` of a buyer's insured debt; `insurable`: the part of what it owes that is insured debt; `limit` of the
    insured debt that applies, named or discretionary (0: not insured; missing: there is no policy); `named`: the
    insurer's own limit (0: refused, over, or not insurable; missing: none named); `stopped`: nothing that is shipped
    to it from now on is insured.
    """

    percentage: float
    insurable: pd.Series
    limit: pd.Series
    named: pd.Series
    stopped: pd.Series

    @property
    def share(self) -> pd.Series:
        """The part that the insurer bears of what a buyer owes, up to `reach`."""
        return self.percentage * self.insurable

    @property
    def reach(self) -> pd.Series:
        """What a buyer may owe until its insured debt is at the limit; as `limit` where nothing of it is insurable."""
        return self.limit / self.insurable.where(self.insurable > 0, 1.0)


def of_buyers(book: Book, policy: Policy | None = None) -> Cover:
    """Return what a policy, by default the run's own, bears of what each buyer owes: index buyer_id (all buyers).

    Nothing is borne without a policy, and by kinds that pay nothing of an ordinary loss (not `PAYING_BY_LOSS`).
    `limit`: see `Policy.attachment`. `insurable` = `insured_sales` / all sales of the last 12 months; of a buyer
    without sales, that of the book's insurable buyers. `stopped`: an invoice of the buyer is still unpaid on the book's
    day and overdue past the extension period (DOMAIN.md §5.1). Disputes are not taken off.
    """
    if policy is None and book.run.policy:
        policy = Policy.from_yaml(book.run.policy)
    table = at_risk.cover(book)[["insured_limit"]]
    nobody = pd.Series(False, index=table.index)
    if policy is None:
        return Cover(0.0, nobody * 0.0, table["insured_limit"] * np.nan, table["insured_limit"], nobody)
    # Evidence is slow to find, and only a discretionary limit rests on it.
    attached = policy.attachment(table.join(at_risk.evidence(book)) if policy.discretionary_limit else table)
    limit = pd.Series(attached.limit, index=table.index)
    return Cover(
        policy.insured_percentage if policy.kind in PAYING_BY_LOSS else 0.0,
        _insurable_share(book, policy),
        limit,
        limit.mask(attached.discretionary),
        _stopped(book, policy),
    )


def insured_sales(book: Book, policy: Policy) -> pd.Series:
    """Return of each invoice, on its index, what a policy insures of it as sales of the last 12 months.

    The amount net of tax, as far as that is stated; 0 for older invoices, and those that are not `Policy.insurable`.
    """
    invoices = book.invoices
    counted = (invoices["issued"] > window_start(book.as_of, 12)) & policy.insurable(invoices, book.buyers)
    return (invoices["amount"] - invoices["tax"].fillna(0.0)).where(counted, 0.0)


def premium_of_sales(policy: Policy) -> float:
    """Return the premium with its tax that a unit of insured sales costs; 0 for a policy that has no rate."""
    return (policy.premium_rate or 0.0) * (1 + (policy.premium_tax_rate or 0.0))


def stopped_in_words(limits: pd.DataFrame, currency: str) -> str:
    """Return in a sentence to how many buyers nothing more is shipped with cover; empty without any.

    `limits`: `limits.recommend`. Buyers in default are not told of.
    """
    stopped = limits[limits["stopped"] & (limits["binding"] != "in default")]
    if stopped.empty:
        return ""
    many, their = ("buyer has", "its limit") if len(stopped) == 1 else ("buyers have", "their limits")
    return (
        f"{len(stopped):,} {many} an invoice overdue past the policy's extension period: nothing that is shipped now "
        f"is insured there, and cover adds nothing to {their}. The {currency} {stopped['insured'].sum():,.0f} of what "
        "they owe that counts as insured is so only if it was shipped before and is reported in time."
    )


def _insurable_share(book: Book, policy: Policy) -> pd.Series:
    buyers, recent = book.buyers["buyer_id"], book.invoices["issued"] > window_start(book.as_of, 12)
    gross, net = (
        np.bincount(book.buyer_of_invoice, amounts.to_numpy(), len(buyers))
        for amounts in (book.invoices["amount"].where(recent, 0.0), insured_sales(book, policy))
    )
    barred = book.buyers["kind"].isin(NOT_INSURABLE)
    if policy.buyers is not None:
        barred |= ~buyers.isin(policy.buyers)
    sold = gross[~barred].sum()
    usual = net.sum() / sold if sold > 0 else 1.0
    share = np.where(gross > 0, net / np.where(gross > 0, gross, 1.0), usual)
    return pd.Series(np.where(barred, 0.0, share), index=pd.Index(buyers, name="buyer_id"), name="insurable")


def _stopped(book: Book, policy: Policy) -> pd.Series:
    buyers = pd.Index(book.buyers["buyer_id"], name="buyer_id")
    stopped = np.zeros(len(buyers), dtype=bool)
    if policy.maximum_extension_days is not None:
        unpaid = np.flatnonzero(open_amounts(book) > 0)
        invoices = book.invoices.iloc[unpaid]
        late = policy.loss_dates(invoices["issued"], invoices["due"])["report_by"] < book.as_of
        stopped[book.buyer_of_invoice[unpaid[late]]] = True
    return pd.Series(stopped, index=buyers, name="stopped")
