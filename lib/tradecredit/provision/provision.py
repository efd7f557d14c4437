"""The provision of a day: what is expected to be lost of each open invoice, and its sums by bucket."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.measure.default_events import RESOLVED_MONTHS, events_by_place
from tradecredit.provision.items import FAILED, MATRIX, PARTS, WRITE_OFF_POINT, owed_items, segments
from tradecredit.provision.loss_rates import lgd_on, loss_rates, rates_on
from tradecredit.provision.outlook import basis_of, outlook

TOTAL = "total"


def matrix(gross: ArrayLike, rates: ArrayLike, factor: ArrayLike = 1.0) -> np.ndarray:
    """Return the provision of each bucket, to the cent: gross carrying amount × min(loss rate × factor, 1).

    Source: IFRS 9 B5.5.35; definitions §6.1.

    >>> matrix([15e6, 7.5e6, 4e6, 2.5e6, 1e6], [0.003, 0.016, 0.036, 0.066, 0.106]).sum().item()  # example 12
    580000.0
    """
    applied = np.minimum(np.asarray(rates, dtype="float64") * np.asarray(factor), 1.0)
    return np.round(np.asarray(gross, dtype="float64") * applied, 2)


@once
def expected_recovery(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return the share of what each buyer owes that is expected to come in if it is in default: in order of `buyers`.

    1 − loss given default (`default_events.loss_given_default`), × the recoveries left by the outlook; 0 once all its
    defaults are resolved or `RESOLVED_MONTHS` old, as what comes in has come in. `provision.recoveries` wins. Source:
    definitions §6.4.
    """
    events = events_by_place(book)
    events = events[events["date"] <= day]
    by_then = events["date"] + pd.DateOffset(months=RESOLVED_MONTHS)
    over = events["resolved"].where(events["resolved"] <= day, by_then)
    last = over.groupby(events["buyer"]).max().reindex(pd.RangeIndex(len(book.buyers)))
    usual = (1 - lgd_on(book, day)) * outlook(book, day, basis_of(book)).recoveries_left
    share = np.where((last > day).to_numpy(), usual, 0.0)
    stated = book.buyers["buyer_id"].map(book.run.provision.recoveries).to_numpy("float64")
    return np.where(np.isnan(stated), share, stated).round(6)


def provision_on(book: Book, day: pd.Timestamp, basis: str = "") -> pd.DataFrame:
    """Return what is provided for each open invoice on a day, the book's or an earlier one, as known then.

    Index: the place of each invoice among the book's; columns of `items.owed_items`, and

    - `loss_rate`: that of its segment and bucket; 1 past the write-off point; of a failed buyer's 1 −
      `expected_recovery`;
    - `outlook_factor`: that of its buyer (`outlook.outlook`; `basis`: another one than the run's standard asks for); 1
      past the write-off point, and of failed buyers, whose recoveries the outlook is in;
    - `provision` = round(open_amount × min(loss_rate × outlook_factor, 1), 2).

    Missing where the rate is. Gross of tax, undiscounted, not net of what the buyer has on account, before insurance.
    """
    return _provision(book, day, basis or basis_of(book))


@once
def _provision(book: Book, day: pd.Timestamp, basis: str) -> pd.DataFrame:
    items = owed_items(book, day)
    part, buyer = items["part"].to_numpy(), items["buyer"].to_numpy()
    rate = applied_rates(book, day)[items["segment"].to_numpy(), items["bucket"].to_numpy()]
    rate = np.where(part == WRITE_OFF_POINT, 1.0, rate)
    if (part == FAILED).any():
        rate = np.where(part == FAILED, 1 - expected_recovery(book, day)[buyer], rate)
    factor = np.where(part == MATRIX, outlook(book, day, basis).factor[buyer], 1.0)
    return items.assign(loss_rate=rate, outlook_factor=factor, provision=matrix(items["open_amount"], rate, factor))


def applied_rates(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return the loss rates of a day as an array: segment, bucket."""
    rates = rates_on(book, day)["loss_rate"].to_numpy()
    return rates.reshape(-1, len(book.run.provision.labels))


@once
def by_bucket(book: Book) -> pd.DataFrame:
    """Return the provision matrix of IFRS 7.35N: gross carrying amount, loss rate and lifetime expected credit loss.

    Index `bucket`: the ageing buckets of what the matrix is for, what is past the write-off point, and what failed
    buyers owe (both only where there is any), and `TOTAL`. Columns: `gross_amount`; `loss_rate`, provision / gross with
    the outlook in it (missing of nothing); `provision`; `invoices`, `buyers`; `share_of_provision`. Missing where a
    rate is.
    """
    found, labels = provision_on(book, book.as_of), book.run.provision.labels
    place = np.where(found["part"] == MATRIX, found["bucket"], len(labels) - 1 + found["part"])
    names = [*labels, *PARTS[1:]]
    table = found.groupby(place).agg(
        gross_amount=("open_amount", "sum"), provision=("provision", _sum), invoices=("provision", "size"),
        buyers=("buyer", "nunique"),
    )  # fmt: skip
    table = table.reindex(range(len(names)), fill_value=0).set_axis(pd.Index(names, name="bucket"))
    table = table[(table["invoices"] > 0) | table.index.isin(labels)]
    table.loc[TOTAL] = [found["open_amount"].sum(), _sum(found["provision"]), len(found), found["buyer"].nunique()]
    table = table.astype({"invoices": "int64", "buyers": "int64"})
    table.insert(1, "loss_rate", table["provision"] / table["gross_amount"].where(table["gross_amount"] > 0))
    whole = table.loc[TOTAL, "provision"]
    return table.assign(share_of_provision=table["provision"] / (whole if whole > 0 else np.nan))


def _sum(values: pd.Series) -> float:
    """Return a sum that is missing where any part of it is."""
    return float(values.sum(skipna=False))


@once
def by_segment(book: Book) -> pd.DataFrame:
    """Return the provision by segment, largest first: index `segment`; `gross_amount`, `overdue_amount`, `provision`,
    `coverage_ratio` = provision / gross amount, `basis` of its rates and `losing_buyers`.
    """
    found = provision_on(book, book.as_of)
    names = pd.Index(segments(book).categories, name="segment")
    overdue = found["open_amount"].where(found["days_past_due"] > 0, 0.0)
    table = found.assign(overdue_amount=overdue).groupby("segment").agg(
        gross_amount=("open_amount", "sum"), overdue_amount=("overdue_amount", "sum"), provision=("provision", _sum)
    )  # fmt: skip
    table = table.set_axis(names[table.index])
    rates = loss_rates(book)[["basis", "losing_buyers"]].groupby(level="segment", sort=False).first()
    table = table.assign(coverage_ratio=table["provision"] / table["gross_amount"]).join(rates)
    return table.sort_values("provision", ascending=False, kind="stable")


@once
def failed(book: Book) -> pd.DataFrame:
    """Return what is provided for buyers in default: index `buyer_id`, largest first.

    Columns: `defaulted`, the day of the last default; `open_amount`; `expected_recovery`, a share; `provision`.
    """
    found = provision_on(book, book.as_of)
    found = found[found["part"] == FAILED]
    table = found.groupby("buyer").agg(open_amount=("open_amount", "sum"), provision=("provision", "sum"))
    events = events_by_place(book)
    table.insert(0, "defaulted", events.groupby("buyer")["date"].max().reindex(table.index))
    table.insert(2, "expected_recovery", expected_recovery(book, book.as_of)[table.index] if len(table) else 0.0)
    ids = pd.Index(book.buyers["buyer_id"].to_numpy()[table.index.to_numpy(int)], name="buyer_id")
    return table.set_axis(ids).sort_values("provision", ascending=False, kind="stable")


@once
def provided(book: Book) -> tuple[float, float]:
    """Return the provision before insurance, and the receivables that it is for; the first missing where a rate is."""
    found = provision_on(book, book.as_of)
    return _sum(found["provision"]), float(found["open_amount"].sum())
