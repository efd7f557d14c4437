"""Forecasts of receipts by plain rules, that the model is measured against."""

import numpy as np

from tradecredit.book.book import Book
from tradecredit.cash.coming_sales import sales_shares
from tradecredit.cash.open_rows import open_rows
from tradecredit.measure.open_items import open_items
from tradecredit.measure.sales import net_sales

YEAR = 365
RUN_RATE_DAYS = 91
"""Days whose sales go on, by a plain rule."""


def run_rate(book: Book, days: int) -> np.ndarray:
    """Return sales of the coming days by a plain rule: those of the last 91 days go on."""
    age = (book.as_of - book.invoices["issued"]).dt.days.to_numpy()
    seen = min(int(age.max(initial=0)) + 1, RUN_RATE_DAYS)
    return np.full(days, net_sales(book).to_numpy(float)[age < seen].sum() / seen)


def average_delay(book: Book) -> np.ndarray:
    """Return each buyer's mean days late over the invoices of the last year that are paid; without any, that of all."""
    items, owner = open_items(book), book.buyer_of_invoice
    late = items["days_late"].to_numpy(float)
    used = items["paid_on"].notna().to_numpy() & (items["issued"] > book.as_of - np.timedelta64(YEAR, "D")).to_numpy()
    count = np.bincount(owner[used], minlength=len(book.buyers))
    mean = np.bincount(owner[used], late[used], len(book.buyers)) / np.maximum(count, 1)
    return np.where(count > 0, mean, late[used].mean() if used.any() else 0.0)


def paid_after(book: Book, delay: np.ndarray, daily_sales: np.ndarray) -> np.ndarray:
    """Return receipts by week where every invoice is paid so many days after its due day (by buyer), none before.

    What should have been paid already is paid on the first day. `daily_sales`: those of the coming days, bought by the
    buyers, and on the terms, that the model takes too (`coming_sales.sales_shares`).
    """
    weeks, days = len(daily_sales) // 7, len(daily_sales) // 7 * 7
    items, (buyer, terms, share) = open_rows(book), sales_shares(book)
    shift = np.round(delay).astype(np.int64)
    day = np.maximum(items.due + shift[items.buyer], 1)
    found = np.bincount((day[day <= days] - 1) // 7, items.amount[day <= days], weeks)
    sold = daily_sales[:days].reshape(weeks, 7).sum(axis=1)
    for week in range(weeks):
        day = 7 * week + 4 + np.maximum(terms + shift[buyer], 0)
        found += np.bincount((day[day <= days] - 1) // 7, share[day <= days] * sold[week], weeks)
    return found


def year_before(past: np.ndarray, weeks: int) -> np.ndarray:
    """Return the receipts of the same weeks of the year before; missing without them. `past`: by week, oldest first."""
    return past[-52:][:weeks] if len(past) >= 52 else np.full(weeks, np.nan)


def smoothed(past: np.ndarray, weeks: int) -> np.ndarray:
    """Return exponential smoothing of the weekly receipts with a damped trend, by statsmodels; missing where too few.

    Source: Hyndman and others 2008, Forecasting with Exponential Smoothing; `statsmodels.tsa.holtwinters`.
    """
    if len(past) < 10:
        return np.full(weeks, np.nan)
    import warnings

    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    with warnings.catch_warnings():
        # It says where its optimiser stops early; the forecast is as it is.
        warnings.simplefilter("ignore")
        model = ExponentialSmoothing(past, trend="add", damped_trend=True, initialization_method="estimated")
        return model.fit().forecast(weeks)


__all__ = ["average_delay", "paid_after", "run_rate", "smoothed", "year_before"]
