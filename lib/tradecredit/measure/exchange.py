"""What the rates of other currencies, and the banks that change them, have added to the receivables or taken off."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.measure.open_items import open_items

YEAR_MONTHS = 12


@once
def exchange_differences(book: Book) -> pd.DataFrame:
    """Return what closing rates make of the open items in other currencies, beside the rates of their days of issue.

    Index `currency` of the invoices, largest amount first; columns in the reporting currency: `open_amount` at the
    closing rate, and of its exchange difference `exchange_gain`, what items have gained, and `exchange_loss`, what
    others of the same currency have lost, both zero or more. Empty where nothing is open in another currency. Source:
    IAS 21.23, 21.28; definitions §1.3.
    """
    items = open_items(book).assign(currency=book.invoices["currency"])
    items = items[items["open_amount"].gt(0) & ~one_of(items["currency"], [book.run.currency])]
    moved = items["exchange_difference"]
    table = items.assign(exchange_gain=moved.clip(lower=0), exchange_loss=(-moved).clip(lower=0)).groupby("currency")
    sums = table[["open_amount", "exchange_gain", "exchange_loss"]].sum()
    return sums.sort_values("open_amount", ascending=False, kind="stable")


def banks_of_year(book: Book) -> pd.Series:
    """Return what payments in another currency than their invoice's came in `short` and `over` in the last 12 months.

    In the reporting currency at the rate of the invoice's day of issue, both zero or more; as far as they lie within
    the run's tolerance (`bank_differences`), beyond which a shortfall is owed. Source: definitions §1.3.
    """
    receipts = book.receipts[one_of(book.receipts["kind"], ["exchange"])]
    amount = receipts["amount"][receipts["received"] > window_start(book.as_of, YEAR_MONTHS)]
    return pd.Series({"short": amount.clip(lower=0).sum(), "over": (-amount).clip(lower=0).sum()})
