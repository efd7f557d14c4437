"""What a book has at risk: each buyer's balance, default probability, loss given default, correlation and limit."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.receivables import open_items

RESOLVED_MONTHS = 12
"""A default older than this is taken to have brought in what it will bring in."""

EVIDENCE_MONTHS = 12
"""Evidence for a discretionary limit is not older than this (DOMAIN.md §5.3)."""

NOT_INSURABLE = ("public", "affiliate", "prepaid")


class LossGivenDefault(NamedTuple):
    """The share of a balance that is lost at default, and in words where it comes from."""

    lgd: float
    basis: str


def portfolio(book: Book, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return what `simulate` needs of a book: a row for each buyer that owes something and is not in default yet.

    `ratings`: index buyer_id, `pd` (12-month default probability). Out, index buyer_id in the order of the ids: `pd`
    (missing where `ratings` has none); `exposure`, the open amount; `lgd`, with `lgd_basis` in words; `correlation`,
    of the run's settings; `insured_limit` and `cover`, as `cover`; `evidence`, as `evidence`. Buyers in default are
    left out: `already_defaulted` shows them, and the two exposures add up to the book's open amount.
    """
    exposure = open_items(book).groupby("buyer_id")["open_amount"].sum().sort_index()
    exposure = exposure[(exposure > 0) & ~exposure.index.isin(already_defaulted(book).index)]
    probability = ratings["pd"].reindex(exposure.index)
    settings = book.run.losses
    correlation = basel_correlation(probability) if settings.correlation == "basel" else settings.correlation
    loss = loss_given_default(book)
    table = pd.DataFrame({"pd": probability, "exposure": exposure})
    table = table.assign(lgd=loss.lgd, correlation=correlation)
    return table.join(cover(book)).join(evidence(book)).assign(lgd_basis=loss.basis)


def already_defaulted(book: Book) -> pd.DataFrame:
    """Return the buyers in default that still owe something: no loss to simulate, but one to claim or to provide for.

    A buyer is in default after an insolvency, and after a protracted default until every invoice issued by then is
    settled; one that has settled them and buys again is at risk again. Out, index buyer_id, largest first:
    `defaulted` (date of the last default), `kind`, `exposure` (the whole open amount).
    """
    events = book.defaults.sort_values("date", kind="stable")
    last = events.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")
    table = last[["date", "kind"]].rename(columns={"date": "defaulted"})
    items = open_items(book)
    items = items[items["open_amount"] > 0]
    items = items.join(table["defaulted"], on="buyer_id")
    old = items[items["issued"] <= items["defaulted"]]
    insolvent = events.loc[events["kind"] == "insolvency", "buyer_id"]
    table = table[table.index.isin(insolvent) | table.index.isin(old["buyer_id"])]
    exposure = items.groupby("buyer_id")["open_amount"].sum()
    table = table.assign(exposure=exposure.reindex(table.index, fill_value=0.0))
    return table[table["exposure"] > 0].sort_values(["exposure", "buyer_id"], ascending=[False, True])


def loss_given_default(book: Book) -> LossGivenDefault:
    """Return the book's own loss given default, or the run's assumption where too few defaults are resolved.

    1 − Σ recovered / Σ debt over defaults older than 12 months whose debt and recovery are known (a recovery above its
    debt, by interest, counts as the debt), if there are at least `losses.minimum_resolved_defaults` of them.
    """
    settings = book.run.losses
    events = book.defaults
    resolved = events["date"] <= book.as_of - pd.DateOffset(months=RESOLVED_MONTHS)
    events = events[resolved & (events["debt"] > 0) & events["recovered"].notna()]
    needed = settings.minimum_resolved_defaults
    if len(events) < needed:
        return LossGivenDefault(
            settings.lgd,
            f"assumed ({settings.lgd_source}): {len(events)} resolved defaults in the book, {needed} needed",
        )
    recovered = np.minimum(events["recovered"], events["debt"]).sum()
    return LossGivenDefault(
        float(1 - recovered / events["debt"].sum()),
        f"the book's own: {len(events)} defaults older than {RESOLVED_MONTHS} months, weighted by debt",
    )


def cover(book: Book) -> pd.DataFrame:
    """Return each buyer's limit under the policy on the as-of date, and in words why.

    Out, index buyer_id: `insured_limit`, the insurer's limit in force, the newest of several; missing where it has
    never named one, so that a discretionary limit may apply; 0 where it was refused or is over (DOMAIN.md §5.3: the
    discretionary limit is then gone too), and for buyers that cannot be insured by their kind. `cover`: `named
    limit`, `no limit named`, `limit refused`, `limit withdrawn or expired`, `not insurable: <kind>`.
    """
    buyers = book.buyers.set_index("buyer_id")
    named = book.limits[book.limits["source"] == "insurer"].sort_values("valid_from", kind="stable")
    in_force = named[named["valid_to"].isna() | (named["valid_to"] >= book.as_of)]
    limit = in_force.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")["amount"].reindex(buyers.index)
    over = limit.isna() & limit.index.isin(named["buyer_id"])
    barred = buyers["kind"].isin(NOT_INSURABLE)
    reason = np.select(
        [barred, over, limit.isna(), limit == 0],
        ["not insurable: " + buyers["kind"], "limit withdrawn or expired", "no limit named", "limit refused"],
        "named limit",
    )
    return pd.DataFrame({"insured_limit": limit.mask(over | barred, 0.0), "cover": reason}).astype({"cover": "str"})


def evidence(book: Book) -> pd.Series:
    """Return the best evidence of the last 12 months that each buyer's discretionary limit could rest on.

    The first that holds: `payment_experience`, a payment received; `agency_report`, a score; `audited_accounts`, or
    `unaudited_accounts` (also where the assurance is not known), published; else `good_faith`. Index buyer_id.
    """
    since = book.as_of - pd.DateOffset(months=EVIDENCE_MONTHS)
    payments = book.receipts[(book.receipts["kind"] == "payment") & (book.receipts["received"] > since)]
    paid = book.invoices.loc[book.invoices["invoice_id"].isin(payments["invoice_id"]), "buyer_id"]
    accounts = book.statements[book.statements["published"] > since]
    audited = accounts.loc[accounts["assurance"] == "audited", "buyer_id"]
    scored = book.scores.loc[book.scores["date"] > since, "buyer_id"]
    ids = book.buyers["buyer_id"]
    kinds = np.select(
        [ids.isin(paid), ids.isin(scored), ids.isin(audited), ids.isin(accounts["buyer_id"])],
        ["payment_experience", "agency_report", "audited_accounts", "unaudited_accounts"],
        "good_faith",
    )
    return pd.Series(kinds, index=pd.Index(ids, name="buyer_id"), name="evidence", dtype="str")


def basel_correlation(probability: pd.Series | np.ndarray | float) -> pd.Series | np.ndarray | float:
    """Return the asset correlation of a corporate borrower by its default probability; missing for a missing one.

    0.12 · w + 0.24 · (1 − w) with w = (1 − e^(−50·PD)) / (1 − e^(−50)). Source: Basel Committee on Banking
    Supervision, International Convergence of Capital Measurement and Capital Standards (June 2006), §272.

    >>> round(float(basel_correlation(0.01)), 4)
    0.1928
    """
    weight = (1 - np.exp(-50 * probability)) / (1 - np.exp(-50))
    return 0.12 * weight + 0.24 * (1 - weight)
