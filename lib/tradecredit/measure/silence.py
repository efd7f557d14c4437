"""Buyers that have ceased to pay: how improbable it is, by what they did before, that nothing has come for so long."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.disputes import ever_disputed
from tradecredit.measure.history import habits_told
from tradecredit.measure.open_items import are_payments, open_items

USUAL_GAP = 0.9
"""Who pays in runs leaves all unpaid between two of them: a silence counts once it is longer than this part of the
gaps between the days on which the buyer has paid."""

FEWEST_GAPS = 4
"""With fewer gaps it is not known how often a buyer pays."""


@once
def silence(book: Book) -> pd.DataFrame:
    """Return of each buyer since when it has paid nothing, and how improbable that is: index buyer_id (all buyers).

    Reads `invoices`, `receipts` and `disputes`:

    - `last_paid`, the day of its latest payment, on an invoice or on account (missing: it never paid); `usual_gap`,
      the days that `USUAL_GAP` of the gaps between days of payment are no longer than (missing with fewer than
      `FEWEST_GAPS`);
    - `silence`: −log₁₀ of the probability that all its open invoices that were never in dispute stayed unpaid since
      `last_paid`, each as its paid ones did: Π S(a) / S(b), a being the days late of an invoice now, b those on that
      day, and S(x) = (number of its paid invoices that came more than x days late + ½) / (number of all + 1). 3 is one
      in a thousand. 0 where it has been silent no longer than the usual gap, or nothing was open on the day.

    That the invoices are paid independently of each other is taken for granted, which makes much of many. Missing
    without a payment or a usual gap, and in a book that does not tell when payments came (`history.habits_told`).
    """
    count, as_of = len(book.buyers), np.datetime64(book.as_of, "D")
    buyer, day = _days_of_payment(book)
    last = np.full(count, np.datetime64("NaT", "D"))
    last[buyer] = day  # in order of day: the latest stays
    follows = np.flatnonzero(np.diff(buyer) == 0) + 1
    gaps = pd.Series((day[follows] - day[follows - 1]).astype(float)).groupby(buyer[follows])
    usual = gaps.quantile(USUAL_GAP).where(gaps.size() >= FEWEST_GAPS).reindex(range(count)).to_numpy()
    silent = np.asarray((as_of - last) / np.timedelta64(1, "D"))
    value = np.where(silent > usual, _improbability(book, silent), 0.0)
    told = ~np.isnat(last) & ~np.isnan(usual) & habits_told(book, book.as_of)
    return pd.DataFrame(
        {"last_paid": last.astype("datetime64[us]"), "usual_gap": usual, "silence": np.where(told, value, np.nan)},
        index=all_buyers(book),
    )


def _days_of_payment(book: Book) -> tuple[np.ndarray, np.ndarray]:
    """Return the days on which buyers have paid, each once, in order of buyer and day."""
    paid = np.flatnonzero(are_payments(book) & (book.receipts["amount"] > 0).to_numpy())
    receipts = book.receipts[["received", "buyer_id"]].iloc[paid]
    buyer = np.append(book.buyer_of_invoice, -1)[book.invoice_of_receipt[paid]]
    free = np.flatnonzero(buyer < 0)
    buyer[free] = places(receipts["buyer_id"].iloc[free], book.buyers["buyer_id"])
    day = receipts["received"].to_numpy("datetime64[D]").astype(np.int64)[buyer >= 0]
    key = np.sort(buyer[buyer >= 0].astype(np.int64) * SPAN + day)
    key = key[np.diff(key, prepend=-1) > 0]
    return key // SPAN, (key % SPAN).astype("datetime64[D]")


SPAN = 1_000_000
"""More than any number of days, so that a buyer and a day are one number in the order of both."""


def _improbability(book: Book, silent: np.ndarray) -> np.ndarray:
    items, owner, count = open_items(book), book.buyer_of_invoice, len(book.buyers)
    late, counts = items["days_late"].to_numpy(), ~ever_disputed(book)
    is_open = items["settled"].isna().to_numpy()
    paid, unpaid = (np.flatnonzero(counts & which & ~np.isnan(late)) for which in (~is_open, is_open))
    known = np.sort(owner[paid] * SPAN + late[paid].astype(np.int64) + SPAN // 2)
    number = np.bincount(owner[paid], minlength=count)
    first = np.append(0, np.cumsum(number))[:-1]
    buyer, now = owner[unpaid], late[unpaid]

    def later(days: np.ndarray) -> np.ndarray:
        at = np.clip(np.nan_to_num(days, nan=-SPAN // 4), -SPAN // 4, SPAN // 4).astype(np.int64)
        no_later = np.searchsorted(known, buyer * SPAN + at + SPAN // 2, side="right") - first[buyer]
        return (number[buyer] - no_later + 0.5) / (number[buyer] + 1)

    share = later(now) / later(now - silent[buyer])
    return np.bincount(buyer, -np.log10(share), count)
