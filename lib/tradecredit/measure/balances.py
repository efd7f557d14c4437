"""What each buyer owes and buys: sums over the ledger in one pass, fast enough for a hundred thousand buyers."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH
from tradecredit.book.once import once
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.history import begins, sales_told
from tradecredit.measure.on_account import on_account
from tradecredit.measure.open_items import open_items
from tradecredit.measure.sales import of_year, sold_on


@once
def balances(book: Book) -> pd.DataFrame:
    """Return every buyer's balance and purchases on the as-of date.

    Reads `buyers`, `invoices` and `receipts`. Index `buyer_id` (all buyers, in their order); amounts gross, in the
    reporting currency:

    - `open_amount`: the sum of `open_items.open_items`; `on_account`: see `on_account.on_account`; `net_amount`: what
      the buyer owes in all, open_amount − on_account, and 0 where we owe to it;
    - `sales_12m`: invoiced in the last 12 months, net of cancellations; `net_sales_12m`: the same net of tax, as far as
      that is stated (`sales.of_year`);
      `payment_days`: the usual terms, the mean of (due − issued) over these invoices by amount (missing without any);
      `monthly_purchases` = sales_12m / the months that the buyer has bought in since the ledger's history began
      (`history.begins`), at least 1 and at most 12;
      all three are missing in a book of open items alone, which does not tell what else was sold;
    - `first_issued`, `last_issued`: days of the first and the last invoice not cancelled (missing without any).
    """
    invoices, buyers, owner = book.invoices, book.buyers["buyer_id"], book.buyer_of_invoice
    days = (invoices["due"] - invoices["issued"]).dt.days.to_numpy()
    recent, net = (of_year(book)[name].to_numpy() for name in ("sales_12m", "net_sales_12m"))
    sold = sold_on(book, book.as_of)
    issued = invoices["issued"][sold].groupby(owner[sold], sort=False)
    bounds = {"first_issued": issued.min(), "last_issued": issued.max()}
    number = pd.RangeIndex(len(buyers))
    table = pd.DataFrame({name: days.reindex(number) for name, days in bounds.items()})
    table = table.set_axis(all_buyers(book))
    sales = pd.Series(np.bincount(owner, recent, len(buyers)), index=table.index)
    weighted = np.bincount(owner, recent * days, len(buyers))
    # What was carried over from before the ledger tells of no month's purchases.
    since = table["first_issued"].clip(lower=begins(book, book.as_of))
    months = ((book.as_of - since).dt.days / DAYS_A_MONTH).clip(1.0, 12.0)
    owed = np.bincount(owner, open_items(book)["open_amount"], len(buyers))
    account = on_account(book)["on_account"].to_numpy()
    # What was sold besides is not in a list of open items.
    told = 1.0 if sales_told(book, book.as_of) else np.nan
    return table.assign(
        open_amount=owed,
        on_account=account,
        net_amount=np.maximum(owed - account, 0.0),
        sales_12m=sales * told,
        net_sales_12m=np.bincount(owner, net, len(buyers)) * told,
        payment_days=weighted / sales.where(sales > 0),
        monthly_purchases=(sales / months).fillna(0.0) * told,
    )
