"""What the insurer bears of what buyers owe: under which limit, of which part, and of whom nothing any more."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of
from tradecredit.insurance.policy import NOT_INSURABLE, Policy
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.disputes import in_dispute
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.open_items import net_share, open_items
from tradecredit.measure.sales import of_year

PAYING_BY_LOSS = ("whole_turnover", "key_accounts", "single_buyer")
"""Kinds of policy that bear their part of each loss, and not only what lies beyond a large first loss or a limit."""


class Cover(NamedTuple):
    """What the insurer bears of what buyers owe, before any deductible, first loss or maximum. Index buyer_id.

    `percentage` of a buyer's insured debt; `limit` of the insured debt that applies, named or discretionary (0: not
    insured; missing: there is no policy); `named`: the insurer's own limit (0: refused, over, or not insurable;
    missing: none named); `stopped`: nothing that is shipped to it from now on is insured. `insured_debt`: what is
    insured debt of what it owes today; of each unit, `insurable`: what is insured debt of a limit that it uses, and
    `insured_sales`: what the premium is charged on of its sales.
    """

    percentage: float
    limit: pd.Series
    named: pd.Series
    stopped: pd.Series
    insured_debt: pd.Series
    insurable: pd.Series
    insured_sales: pd.Series

    @property
    def insured(self) -> pd.Series:
        """What the insurer bears of what a buyer owes today: percentage × insured debt, at most the limit."""
        return self.percentage * np.minimum(self.insured_debt, self.limit.fillna(0.0))

    @property
    def share(self) -> pd.Series:
        """The part that the insurer bears of a limit, up to `reach`."""
        return self.percentage * self.insurable

    @property
    def reach(self) -> pd.Series:
        """The limit whose insured debt is at the insurer's; that one itself where nothing of it is insurable."""
        return self.limit / self.insurable.where(self.insurable > 0, 1.0)


@once
def of_buyers(book: Book, policy: Policy | None = None) -> Cover:
    """Return what a policy, by default the run's own, bears of what each buyer owes: index buyer_id (all buyers).

    Nothing is borne without a policy, and by kinds that pay nothing of an ordinary loss (not `PAYING_BY_LOSS`).
    `limit`: see `Policy.attachment`. Insured debt (definitions §5.1, §5.2) is net of tax, as far as that is stated, of
    invoices that are `Policy.insurable`. `insured_debt`: of the open ones without those in an open dispute. `insurable`
    and `insured_sales`: of the invoices of the last 12 months, the first weighted by the days for which they are owed,
    terms and tolerated delay; of a buyer without any, those of all insurable buyers. `stopped`: an invoice of the
    buyer is still unpaid on the book's day and overdue past the extension period (definitions §5.1); what was shipped
    after that and is owed today is not separated in `insured_debt`.
    """
    if policy is None and book.run.policy:
        policy = Policy.of_terms(book.run.policy)
    table = named_limits(book)[["insured_limit"]]
    nothing = pd.Series(0.0, index=table.index)
    if policy is None:
        limit = table["insured_limit"]
        return Cover(0.0, limit * np.nan, limit, nothing > 0, nothing, nothing, nothing)
    # Evidence is slow to find, and only a discretionary limit rests on it.
    attached = policy.attachment(table.join(evidence(book)) if policy.discretionary_limit else table)
    limit, sales = pd.Series(attached.limit, index=table.index), insured_sales(book, policy)
    return Cover(
        percentage=policy.insured_percentage if policy.kind in PAYING_BY_LOSS else 0.0,
        limit=limit,
        named=limit.mask(attached.discretionary),
        stopped=_stopped(book, policy),
        insured_debt=_insured_debt(book, policy),
        insurable=_insured_share(book, policy, sales, owed_days(book)),
        insured_sales=_insured_share(book, policy, sales, pd.Series(1.0, index=sales.index)),
    )


@once
def owed_days(book: Book) -> pd.Series:
    """Return for how many days each invoice is reckoned to be owed: its terms and the run's tolerated delay."""
    return (book.invoices["due"] - book.invoices["issued"]).dt.days + float(book.run.limits.tolerated_delay_days)


@once
def insured_sales(book: Book, policy: Policy) -> pd.Series:
    """Return of each invoice, on its index, what a policy insures of it as sales of the last 12 months.

    The amount net of cancellations, and of tax as far as that is stated (`sales.of_year`); 0 for older invoices, and
    those that are not `Policy.insurable`.
    """
    return of_year(book)["net_sales_12m"].where(_insurable(book, policy), 0.0)


@once
def _insurable(book: Book, policy: Policy) -> pd.Series:
    return policy.insurable(book.invoices, book.buyers)


def premium_of_sales(policy: Policy) -> float:
    """Return the premium with its tax that a unit of insured sales costs; 0 for a policy that has no rate."""
    return (policy.premium_rate or 0.0) * (1 + (policy.premium_tax_rate or 0.0))


def _insured_share(book: Book, policy: Policy, insured: pd.Series, weight: pd.Series) -> pd.Series:
    """Return the part of each buyer's sales of the last 12 months, so weighted, that is `insured` (`insured_sales`)."""
    buyers = book.buyers["buyer_id"]
    gross, net = (
        np.bincount(book.buyer_of_invoice, (amounts * weight).to_numpy(), len(buyers))
        for amounts in (of_year(book)["sales_12m"], insured)
    )
    barred = (book.buyers["kind"].isin(NOT_INSURABLE) | ~_listed(buyers, policy)).to_numpy()
    sold = gross[~barred].sum()
    usual = net.sum() / sold if sold > 0 else 1.0
    share = np.where(gross > 0, net / np.where(gross > 0, gross, 1.0), usual)
    return pd.Series(np.where(barred, 0.0, share), index=all_buyers(book))


def _listed(buyers: pd.Series, policy: Policy) -> pd.Series:
    return (
        pd.Series(True, index=buyers.index)
        if policy.buyers is None
        else pd.Series(one_of(buyers, policy.buyers), index=buyers.index)
    )


def _insured_debt(book: Book, policy: Policy) -> pd.Series:
    invoices, buyers = book.invoices, all_buyers(book)
    counted = _insurable(book, policy).to_numpy(bool)
    if book.has("disputes"):
        counted = counted & ~named(in_dispute(book), invoices["invoice_id"])
    net = open_items(book)["open_amount"].to_numpy() * net_share(invoices).to_numpy()
    debt = np.bincount(book.buyer_of_invoice, np.where(counted, net, 0.0), len(buyers))
    return pd.Series(debt, index=buyers, name="insured_debt")


def _stopped(book: Book, policy: Policy) -> pd.Series:
    buyers = all_buyers(book)
    stopped = np.zeros(len(buyers), dtype=bool)
    if policy.maximum_extension_days is not None:
        unpaid = np.flatnonzero(open_items(book)["open_amount"] > 0)
        invoices = book.invoices.iloc[unpaid]
        late = policy.loss_dates(invoices["issued"], invoices["due"])["report_by"] < book.as_of
        stopped[book.buyer_of_invoice[unpaid[late]]] = True
    return pd.Series(stopped, index=buyers, name="stopped")


EVIDENCE_MONTHS = 12
"""Evidence for a discretionary limit is not older than this (definitions §5.3)."""


@once
def named_limits(book: Book) -> pd.DataFrame:
    """Return the insurer's limit of each buyer on the as-of date, and in words why.

    Out, index buyer_id: `insured_limit`, the insurer's limit in force, the newest of several; missing where it has
    never named one, so that a discretionary limit may apply; 0 where it was refused or is over (definitions §5.3: the
    discretionary limit is then gone too), and for buyers that cannot be insured by their kind. `cover`: `named
    limit`, `no limit named`, `limit refused`, `limit withdrawn or expired`, `not insurable: <kind>`.
    """
    buyers = book.buyers.set_index("buyer_id")
    given = book.limits.loc[book.limits["source"] == "insurer", "buyer_id"]
    limit = limits_in_force(book)["insurer"].reindex(buyers.index)
    over = limit.isna() & named(given, book.buyers["buyer_id"])
    barred = buyers["kind"].isin(NOT_INSURABLE)
    reason = np.select(
        [barred, over, limit.isna(), limit == 0],
        ["not insurable: " + buyers["kind"], "limit withdrawn or expired", "no limit named", "limit refused"],
        "named limit",
    )
    return pd.DataFrame({"insured_limit": limit.mask(over | barred, 0.0), "cover": reason}).astype({"cover": "str"})


@once
def evidence(book: Book) -> pd.Series:
    """Return the best evidence of the last 12 months that each buyer's discretionary limit could rest on.

    The first that holds: `payment_experience`, a payment received; `agency_report`, a score; `audited_accounts`, or
    `unaudited_accounts` (also where the assurance is not known), published; else `good_faith`. Index buyer_id.
    """
    since = book.as_of - pd.DateOffset(months=EVIDENCE_MONTHS)
    ids, paid = book.buyers["buyer_id"], np.zeros(len(book.buyers), dtype=bool)
    payments = one_of(book.receipts["kind"], ["payment"]) & (book.receipts["received"] > since).to_numpy()
    invoice = book.invoice_of_receipt[payments]
    paid[book.buyer_of_invoice[invoice[invoice >= 0]]] = True
    accounts = book.statements[book.statements["published"] > since]
    audited = accounts.loc[accounts["assurance"] == "audited", "buyer_id"]
    scored = book.scores.loc[book.scores["date"] > since, "buyer_id"]
    kinds = np.select(
        [paid, named(scored, ids), named(audited, ids), named(accounts["buyer_id"], ids)],
        ["payment_experience", "agency_report", "audited_accounts", "unaudited_accounts"],
        "good_faith",
    )
    return pd.Series(kinds, index=all_buyers(book), name="evidence", dtype="str")
