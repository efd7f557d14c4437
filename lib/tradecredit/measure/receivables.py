"""The receivables ledger as of a date: open items, ageing, the usual figures, concentration and disputes.

Conventions of all figures here: amounts are gross of tax, in the reporting currency; sales are the invoices issued in
a period to buyers that are not `prepaid` (credit sales) net of cancellations (`sales.net_sales`); other credit notes
are not taken off, since they settle invoices as any receipt does; past due begins on the day after the due date, moved
to a working day where the law says so (`due_days.payable_by`); the window is the run's `receivables.sales_months` whole
months up to the as-of date. A figure that the ledger cannot give is missing, never zero.
"""

from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends
from tradecredit.book.once import once
from tradecredit.measure.behaviour import features
from tradecredit.measure.disputes import disputed, owed_in_dispute
from tradecredit.measure.figure_sums import Sums, figures_of, sums_on
from tradecredit.measure.groups import group_of
from tradecredit.measure.history import balances_since, settlements_known, whole_since
from tradecredit.measure.open_items import open_items
from tradecredit.params.base import NOT_STATED

FIGURES = {
    "receivables": "currency",
    "overdue_amount": "currency",
    "over_90_amount": "currency",
    "over_90_in_default": "currency",
    "exchange_difference": "currency",
    "open_invoices": "count",
    "open_buyers": "count",
    "sales": "currency",
    "sales_12m": "currency",
    "dso": "days",
    "dso_countback": "days",
    "dso_best_possible": "days",
    "average_days_delinquent": "days",
    "turnover": "ratio",
    "cei": "ratio",
    "share_current": "fraction",
    "share_over_90": "fraction",
    "days_beyond_terms": "days",
    "days_beyond_terms_signed": "days",
    "dispute_rate": "fraction",
    "open_disputes": "currency",
    "days_deductions_outstanding": "days",
    "bad_debt_to_sales": "fraction",
    "top_10_share": "fraction",
    "largest_buyer_share": "fraction",
    "herfindahl": "ratio",
}
"""The names of `kpis` in their order, each with its unit (`currency`: the run's)."""

BENCHMARKS = {
    "benchmark": {
        "cei": 86.52, "dso": 38.04, "dso_best_possible": 32.02, "average_days_delinquent": 3.00,
        "share_current": 0.9056, "share_over_90": 0.0056,
    },
    "older_benchmark": {"dso": 32.30, "share_current": 0.8267, "share_over_90": 0.0080},
}  # fmt: skip
"""Medians of two quarters of a survey (Credit Research Foundation; definitions §2.6): the first quarter of 2021, and an
older one whose day is not confirmed."""

OLDER_DAYS_PAST_TERMS = 7.30
"""What the older quarter calls days past terms; its formula is not stated, so that it stands beside no figure."""


def ageing(book: Book) -> pd.DataFrame:
    """Return the open amount by age.

    Index `bucket`, oldest last, with the run's `receivables.ageing_buckets`: from the due date (`ageing_from: due`)
    `current`, `1–30`, …, `>180`; from the invoice date (`issued`) `0–30`, `31–60`, …, `>180`. Columns: `amount`,
    `share` of all receivables (missing where there are none), `invoices` and `buyers` with an open amount. The amounts
    add up to the receivables; a buyer may stand in several buckets. From the due date dust is current whatever its age.
    Source: definitions §2.2.
    """
    return with_shares(by_age(book))


def by_age(book: Book) -> pd.DataFrame:
    """Return `ageing` without its shares: sums, which of parts of a book add up to those of the whole."""
    items = _open(open_items(book))
    bucket = buckets_of(book, items)
    grouped = items.groupby(bucket, observed=False)
    table = grouped.agg(amount=("open_amount", "sum"), invoices=("invoice_id", "size"), buyers=("buyer_id", "nunique"))
    return table.set_axis(pd.Index(bucket.cat.categories, name="bucket"))


def with_shares(by_age: pd.DataFrame) -> pd.DataFrame:
    """Return the sums `by_age` with the `share` of each bucket in all receivables: `ageing`."""
    shares = by_age["amount"] / (by_age["amount"].sum() or np.nan)
    return by_age.assign(share=shares)[["amount", "share", "invoices", "buyers"]]


def buckets_of(book: Book, items: pd.DataFrame) -> pd.Series:
    """Return the bucket of age of each of `open_items`, as a category whose order is that of `ageing`."""
    settings = book.run.receivables
    bounds = settings.ageing_buckets
    later = [f"{low + 1}–{high}" for low, high in pairwise(bounds)] + [f">{bounds[-1]}"]
    if settings.ageing_from == "due":
        age, edges, labels = items["days_past_due"].fillna(0), [0, *bounds], ["current", f"1–{bounds[0]}", *later]
    else:
        age, edges, labels = (book.as_of - items["issued"]).dt.days, bounds, [f"0–{bounds[0]}", *later]
    bucket = pd.Categorical.from_codes(np.searchsorted(edges, age), categories=labels, ordered=True)
    return pd.Series(bucket, index=items.index, name="bucket")


def behaviour(book: Book) -> pd.DataFrame:
    """Return every buyer's payment behaviour, index buyer_id: see `behaviour.features`."""
    return features(book)


OF_SALES = (
    "sales", "sales_12m", "dso", "dso_countback", "dso_best_possible", "average_days_delinquent", "dispute_rate",
    "days_deductions_outstanding", "bad_debt_to_sales",
)  # fmt: skip
"""Figures that rest on what was sold: missing where the book is a list of open items."""
OF_PAYMENTS = ("turnover", "cei", "days_beyond_terms", "days_beyond_terms_signed")
"""Figures that rest on when it was paid: missing where no day of payment is known."""


@once
def kpis(book: Book) -> pd.Series:
    """Return the ledger's figures on the as-of date, in the order and units of `FIGURES`.

    Reads `buyers`, `invoices`, `receipts` and `disputes`. Over the window of w days (see the module's conventions):

    - `receivables`, `overdue_amount`, `open_invoices`, `open_buyers`; `sales` of the window and `sales_12m`;
    - `over_90_amount`, more than 90 days past due, and `over_90_in_default`, what of it buyers in default owe;
    - `exchange_difference`: what closing rates add to the receivables, beside the rates of the days of issue;
    - `dso` = receivables / sales × w; `dso_best_possible` = receivables not past due / sales × w;
      `average_days_delinquent` = dso − dso_best_possible, which is overdue_amount / sales × w;
    - `dso_countback`: see `countback.countback_days`, by calendar months, the running one by its days so far;
    - `turnover` = sales / mean of opening and closing receivables × 365 / w;
    - `cei` = (opening receivables + sales − receivables) / (opening + sales − receivables not past due) × 100, all at
      the rates of the days of issue, so that no movement of rates passes for collection;
    - `share_current`, `share_over_90` (more than 90 days past due) of the receivables;
    - `days_beyond_terms`: mean of max(days late, 0) over invoices paid in the window (weight: the money paid on them)
      and those open and past due (weight: open amount), without buyers in default, whose debt is no payment habit;
      `days_beyond_terms_signed`: the same with payments before the due date as days below zero;
    - `dispute_rate` = amount disputed in the window / sales; `open_disputes`: see `disputes`;
      `days_deductions_outstanding` = open_disputes / (amount disputed in the window / w);
    - `bad_debt_to_sales` = write-offs / sales, both over 12 months; recoveries and claims are not write-offs;
    - `top_10_share`, `largest_buyer_share`, `herfindahl` (sum of squared shares) of the receivables by buyer.

    Missing: `OF_SALES` of a book of open items only, and `OF_PAYMENTS` where no day of payment is known
    (`history.settlements_known`); what divides by zero; figures over a period that begins before the ledger's history
    does (`history.begins`: its sales are taken as complete from then on; what was open before is unknown); dispute
    figures where no dispute is recorded, and bad debt where no write-off is. Source: definitions §2.
    """
    return kpis_on(book, book.as_of)


def figures(book: Book) -> pd.DataFrame:
    """Return `kpis` as a table for a page: index `figure`, columns `value` and `unit` (amounts: currency)."""
    units = pd.Series(FIGURES).replace("currency", book.run.currency)
    return pd.DataFrame({"value": kpis(book), "unit": units}, index=pd.Index(FIGURES, name="figure"))


def beside_survey(book: Book) -> pd.DataFrame:
    """Return the figures of `kpis` that a survey has medians of: index `figure`, columns `value`, `BENCHMARKS`, `unit`.

    These are `benchmark` and `older_benchmark`; missing where the older quarter has none.
    """
    found = figures(book).assign(**{name: pd.Series(medians) for name, medians in BENCHMARKS.items()})
    return found[found["benchmark"].notna()][["value", *BENCHMARKS, "unit"]]


def monthly(book: Book, months: int = 24) -> pd.DataFrame:
    """Return the figures of `kpis` at the month ends up to the as-of date, each as it was known on that day.

    Index `month_end`: the last `months` of them since balances are known (`history.balances_since`); columns as `kpis`.
    Each row equals `kpis(book.at(month_end))`. The first rows lack what was still open from before the ledger begins.
    """
    ends = ends_of_months(book, months)
    return pd.DataFrame([kpis_on(book, day) for day in ends], index=ends, columns=list(FIGURES))


def ends_of_months(book: Book, months: int = 24) -> pd.DatetimeIndex:
    """Return the days of `monthly`."""
    return month_ends(book.as_of, months, since=balances_since(book))


def known_in_full(monthly: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return those rows of `monthly` with which later ones can be compared (`history.whole_since`)."""
    return monthly[monthly.index >= whole_since(book)]


def concentration(book: Book, by: Literal["buyer_id", "group_id", "country", "sector"] = "buyer_id") -> pd.DataFrame:
    """Return who owes the receivables, largest first.

    Index `by`: those with an open amount; a buyer without a group stands alone under its buyer_id, one without country
    or sector under `(not stated)`. Columns: `open_amount`, `share`, `cumulative_share`, `buyers`, `overdue_amount` and
    `delinquent_days`, the days that its overdue amount puts into the book's DSO (overdue / sales × days: they add up to
    `average_days_delinquent`, and are missing where that is).
    """
    items = _open(open_items(book))
    buyers = book.buyers.set_index("buyer_id")
    alone = pd.Series(False, index=buyers.index)
    if by == "buyer_id":
        member = pd.Series(buyers.index, index=buyers.index)
    elif by == "group_id":
        group = group_of(book)
        alone, member = group.isna(), group.fillna(pd.Series(buyers.index, index=buyers.index))
    else:
        member = buyers[by].fillna(NOT_STATED)
    keys = [items["buyer_id"].map(member).rename(by), items["buyer_id"].map(alone).rename("alone")]
    overdue = items["open_amount"].where(items["days_past_due"] > 0, 0.0)
    table = (
        items.assign(overdue_amount=overdue)
        .groupby(keys)
        .agg(
            open_amount=("open_amount", "sum"), buyers=("buyer_id", "nunique"), overdue_amount=("overdue_amount", "sum")
        )
        .droplevel("alone")
        .sort_values("open_amount", ascending=False, kind="stable")
    )  # fmt: skip
    figures = kpis(book)
    table.insert(1, "share", table["open_amount"] / table["open_amount"].sum())
    table.insert(2, "cumulative_share", table["share"].cumsum())
    sales_days = figures["dso"] / figures["receivables"] if figures["receivables"] > 0 else np.nan
    return table.assign(delinquent_days=table["overdue_amount"] * sales_days)


def disputes(book: Book) -> pd.DataFrame:
    """Return the open disputes by reason, largest amount first.

    Index `reason`. Columns: `amount`, the part of the disputed amounts that is still owed (several disputes on an
    invoice together at most its open amount), `disputes` (number), `oldest` (day it was opened), `oldest_days`. Empty
    where no dispute is open.
    """
    owed = owed_in_dispute(book, open_items(book)["open_amount"].to_numpy(), book.as_of)
    pending = disputed(book).loc[owed.index].assign(amount=owed)
    table = pending.groupby(pending["reason"].fillna(NOT_STATED)).agg(
        amount=("amount", "sum"), disputes=("amount", "size"), oldest=("opened", "min")
    )
    table = table.sort_values("amount", ascending=False, kind="stable")
    return table.assign(oldest_days=(book.as_of - table["oldest"]).dt.days)


def _open(items: pd.DataFrame) -> pd.DataFrame:
    return items[items["open_amount"] > 0]


def kpis_on(book: Book, day: pd.Timestamp) -> pd.Series:
    """Return the figures of `kpis` on a day, from a book that may reach beyond it."""
    return kpis_of(sums_on(book, day), book.run.receivables.sales_months, day, settlements_known(book, day))


def kpis_of(sums: Sums, months: int, day: pd.Timestamp, told: tuple[bool, bool]) -> pd.Series:
    """Return the figures of `kpis` from the sums of a day, of a book or of all its parts together.

    `months` of the sales window; `told`: what the ledger tells by then (`history.settlements_known`).
    """
    missing = [name for names, known in zip((OF_SALES, OF_PAYMENTS), told, strict=True) if not known for name in names]
    found = figures_of(sums, months, day)
    return found.mask(found.index.isin(missing))
