"""What a policy insures of a year's sales, which its premium is charged on and a buyer's balance comes from."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import insurable_buyers, not_counted
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.sales import of_year


@once
def owed_days(book: Book) -> pd.Series:
    """Return for how many days each invoice is reckoned to be owed: its terms and the run's tolerated delay."""
    return (book.invoices["due"] - book.invoices["issued"]).dt.days + float(book.run.limits.tolerated_delay_days)


@once
def insured_sales(book: Book, policy: Policy) -> pd.Series:
    """Return of each invoice, on its index, what a policy insures of it as sales of the last 12 months.

    The amount net of cancellations, and of tax as far as that is stated (`sales.of_year`); 0 for older invoices, and
    for those that do not count by their buyer or their terms.
    """
    return of_year(book)["net_sales_12m"].where(not_counted(book, policy) == 0, 0.0)


def premium_of_sales(policy: Policy) -> float:
    """Return the premium with its tax that a unit of insured sales costs; 0 for a policy that has no rate."""
    return (policy.premium_rate or 0.0) * (1 + (policy.premium_tax_rate or 0.0))


def share_of_sales(book: Book, policy: Policy, insured: pd.Series, weight: pd.Series) -> pd.Series:
    """Return the part of each buyer's sales of the last 12 months, so weighted, that is `insured` (`insured_sales`)."""
    buyers = book.buyers["buyer_id"]
    gross, net = (
        np.bincount(book.buyer_of_invoice, (amounts * weight).to_numpy(), len(buyers))
        for amounts in (of_year(book)["sales_12m"], insured)
    )
    barred = ~insurable_buyers(book, policy)
    sold = gross[~barred].sum()
    usual = net.sum() / sold if sold > 0 else 1.0
    share = np.where(gross > 0, net / np.where(gross > 0, gross, 1.0), usual)
    return pd.Series(np.where(barred, 0.0, share), index=all_buyers(book))
