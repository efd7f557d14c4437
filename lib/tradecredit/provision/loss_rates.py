"""Loss rates by segment and ageing bucket, from the book's own history, with their errors, or as stated."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.measure.default_events import loss_given_default
from tradecredit.numerics.isotonic import rising
from tradecredit.params.provision import WHOLE_BOOK
from tradecredit.provision.flows import flows, looked_at, recovered_since
from tradecredit.provision.items import segments

OWN, FEW, BORROWED, STATED = "own history", "own history, few losses", "whole book", "stated"
LOST, UNKNOWN = "write-off point", "not testable"
"""`basis` of a rate."""

HORIZON = 12
"""Months within which a balance is lost or not, where rates come from `defaults`."""

DRAWS = 400
"""Resampled histories that standard errors and intervals come from."""

INTERVAL = (0.05, 0.95)

LEAST = 1e-9
"""A share of an amount that is no more is what floating point left of nothing."""

DIGITS = 6
"""Decimals that a rate is used and shown with, so that a spreadsheet finds the same provision."""

COLUMNS = (
    "loss_rate", "rate_before", "rate_amount", "rate_error", "rate_low", "rate_high", "basis", "rate_months",
    "losing_buyers",
)  # fmt: skip


class History(NamedTuple):
    """What loss rates are estimated from: `moves`, by buyer, bucket and state, and the `months` that it spans.

    `moves`: buyer (a number), bucket, state; states are the buckets, then what was settled, what failed, and what was
    lost net of what came in later. `segment` and `lost` of each buyer: its segment's code, and what it failed with or
    lost in all. `lgd`: the share of a failed balance that is lost.
    """

    moves: np.ndarray
    segment: np.ndarray
    lost: np.ndarray
    months: int
    lgd: float


def absorbed(moves: np.ndarray, lgd: float) -> np.ndarray:
    """Return which part of a balance in each bucket is lost in the end, by a Markov chain of months.

    `moves`: …, bucket, state: amounts that moved within a month from a bucket to each bucket, to settled, failed and
    lost. With the shares P of the amount in a bucket, Q those that go to buckets: rate = (I − Q)⁻¹ (P_lost + lgd ·
    P_failed). Missing of a bucket in which nothing ever was, and of those that lead there. Source: definitions §6.2.

    >>> absorbed(np.array([[0.0, 50, 50, 0, 0], [0.0, 0, 75, 0, 25]]), 1.0)  # half of current gets late; a quarter lost
    array([0.125, 0.25 ])
    """
    buckets = moves.shape[-2]
    total = moves.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, moves / total, 0.0)
    lost = share[..., -1] + lgd * share[..., -2]
    # Where all goes round in buckets for ever, nothing says what becomes of it.
    moved = share[..., :buckets]
    known = share[..., buckets:].sum(axis=-1) > LEAST
    for _ in range(buckets):
        known |= ((moved > LEAST) & known[..., None, :]).any(axis=-1)
    stay = np.eye(buckets) - np.where(known[..., None], moved, 0.0)
    both = np.linalg.solve(stay, np.stack([np.where(known, lost, 0.0), np.where(known, 0.0, 1.0)], axis=-1))
    # Shares that lead into a bucket of which nothing is known make a rate unknown too.
    rate, unknown = both[..., 0], both[..., 1] > LEAST
    return np.where(unknown, np.nan, rate)


def lost_within(moves: np.ndarray, lgd: float) -> np.ndarray:
    """Return which part of what was in each bucket was lost within `HORIZON` months; `moves` as of `_cohorts`."""
    total = moves.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, (moves[..., -1] + lgd * moves[..., -2]) / total, np.nan)


class Estimate(NamedTuple):
    """Rates of buckets, and the `amounts` seen in each: arrays …, bucket."""

    rates: np.ndarray
    amounts: np.ndarray


def _rising_with_age(own: Estimate, whole: Estimate, borrowed: np.ndarray) -> np.ndarray:
    """Return the rates of a segment, the whole book's where they are `borrowed`: none below that of a younger balance.

    An older balance is taken to be no better than a younger one (`rising`).
    """
    return rising(np.where(borrowed, rising(*whole), own.rates), own.amounts)


@once
def lgd_on(book: Book, day: pd.Timestamp) -> float:
    """Return the loss given default as known on a day, the book's or an earlier one (`loss_given_default`)."""
    return loss_given_default(book if day == book.as_of else book.at(day)).lgd


def history(book: Book, day: pd.Timestamp) -> History:
    """Return the history that loss rates of a day rest on, the book's or an earlier one, as known then.

    `flows` that ended by the day, of the last `provision.years` years; with the method `defaults` balances at month
    ends at least `HORIZON` months before it, and what was lost of each of them within these months.
    """
    settings = book.run.provision
    found = flows(book)
    since = day - pd.DateOffset(years=settings.years)
    found = found[(found["end"] <= day) & (found["start"] >= since)]
    lost = found["lost"].to_numpy().astype("float64")
    hit = np.flatnonzero(lost > 0)
    lost[hit] -= recovered_since(book, found.iloc[hit], day)
    found = found.assign(lost=lost)
    buyers, buckets = len(book.buyers), len(settings.labels)
    make = _cohorts if settings.method == "defaults" else _monthly
    ends = looked_at(book)
    by_buyer = np.bincount(found["buyer"].to_numpy(int), found["failed"] + found["lost"], buyers)
    return History(
        moves=make(found, buyers, buckets, day),
        segment=np.asarray(segments(book).codes),
        lost=by_buyer,
        months=int(((ends[1:] <= day) & (ends[:-1] >= since)).sum()),
        lgd=lgd_on(book, day),
    )


def _monthly(found: pd.DataFrame, buyers: int, buckets: int, _: pd.Timestamp) -> np.ndarray:
    buyer, bucket = found["buyer"].to_numpy(int), found["bucket"].to_numpy(int)
    is_open = (found["later"] >= 0).to_numpy()
    settled = found["owed"] - found["open"] - found["failed"] - found["lost"]
    moves = np.zeros((buyers, buckets, buckets + 3))
    later = found["later"].to_numpy(int)
    np.add.at(moves, (buyer[is_open], bucket[is_open], later[is_open]), found["open"].to_numpy()[is_open])
    for place, amount in enumerate((settled, found["failed"], found["lost"])):
        np.add.at(moves, (buyer, bucket, buckets + place), amount.to_numpy())
    return moves


def _cohorts(found: pd.DataFrame, buyers: int, buckets: int, day: pd.Timestamp) -> np.ndarray:
    """Return, by buyer and bucket, of balances at least `HORIZON` months old: not lost, failed, and lost within it."""
    old = found[found["start"] + pd.DateOffset(months=HORIZON) <= day]
    moves = np.zeros((buyers, buckets, 3))
    np.add.at(moves, (old["buyer"].to_numpy(int), old["bucket"].to_numpy(int), 0), old["owed"].to_numpy())
    events = lost_later(old, found)
    place = (events["buyer"].to_numpy(int), events["bucket"].to_numpy(int))
    for state, name in ((1, "failed"), (2, "lost")):
        np.add.at(moves, (*place, state), events[name].to_numpy())
        np.add.at(moves, (*place, 0), -events[name].to_numpy())
    return moves


def lost_later(balances: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return what failed and what was lost of balances within `HORIZON` months of their month end.

    `balances`: rows of `flows`; `found`: the flows in which losses are looked for. A row for each balance and month in
    which it lost something: `month`, `row`, `buyer`, `segment`, `bucket` of the balance, `failed` and `lost`.
    """
    events = found[(found["failed"] > 0) | (found["lost"] > 0)][["row", "month", "failed", "lost"]]
    told = balances[["month", "row", "buyer", "segment", "bucket"]].merge(
        events.rename(columns={"month": "at"}), on="row"
    )
    return told[(told["at"] >= told["month"]) & (told["at"] < told["month"] + HORIZON)]


@once
def rates_on(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    """Return the loss rate of each segment and bucket on a day, the book's or an earlier one, as known then.

    Index `segment`, `bucket` (labels). Columns: `loss_rate`, with `DIGITS` decimals, before any outlook; `rate_before`,
    what it would be if rates might fall with age (`rising`), and `rate_amount`, what the history saw in the bucket, at
    all month ends (both missing where stated); `basis`; `rate_months`, those that it rests on; `losing_buyers` of the
    segment: those that failed, or lost more than a small rest.

    By `provision.method`: `roll_rates`, `absorbed`; `defaults`, `lost_within`; `stated`. A segment with fewer losing
    buyers than `provision.fewest_losses` has the rates of the whole book (basis `BORROWED`); of a book with fewer they
    are hardly more than an example (`FEW`). Missing, and `UNKNOWN`, where nobody lost anything, with fewer months than
    `provision.minimum_months`, and where nothing was ever in a bucket. The last bucket is lost (`LOST`) where it begins
    at the write-off point. Source: definitions §6.2.
    """
    settings = book.run.provision
    names = list(segments(book).categories)
    index = pd.MultiIndex.from_product([names, settings.labels], names=["segment", "bucket"])
    if settings.method == "stated":
        return _stated(book, index)
    known = history(book, day)
    losing = known.lost > book.run.receivables.small_rest
    counts = np.bincount(known.segment[losing], minlength=len(names))
    whole = _estimate(book, known.moves.sum(axis=0), known.lgd)
    testable = known.months >= settings.minimum_months and losing.any()
    parts = []
    for code in range(len(names)):
        enough = counts[code] >= settings.fewest_losses
        own = _estimate(book, known.moves[known.segment == code].sum(axis=0), known.lgd)
        borrowed = (np.isnan(own.rates) | (not enough)) & (len(names) > 1)
        rate, before = _rising_with_age(own, whole, borrowed), np.where(borrowed, whole.rates, own.rates)
        if not testable:
            rate, before = np.full((2, len(rate)), np.nan)
        basis = np.where(borrowed, BORROWED, OWN if enough else FEW)
        basis = np.where(np.isnan(rate), UNKNOWN, basis).astype("object")
        if settings.write_off_days == settings.buckets[-1]:
            rate[-1], before[-1], basis[-1] = 1.0, 1.0, LOST
        table = pd.DataFrame({"loss_rate": rate.round(DIGITS), "rate_before": before.round(DIGITS)})
        table = table.assign(rate_amount=np.where(borrowed, whole.amounts, own.amounts).round(2), basis=basis)
        parts.append(table.assign(rate_months=known.months, losing_buyers=counts[code]))
    return pd.concat(parts).set_axis(index)


@once
def loss_rates(book: Book) -> pd.DataFrame:
    """Return `rates_on` the book's day with their errors: columns `COLUMNS`.

    `rate_error`: the standard error; `rate_low` to `rate_high`: 90 %; by drawing buyers anew `DRAWS` times, since a
    buyer's invoices fail together. Missing where stated, and where most draws see nothing of a bucket. A bad year that
    all have in common is not in the errors, nor is that of the loss given default. Source: definitions §6.2.
    """
    table = rates_on(book, book.as_of)
    errors = np.full((len(table), 3), np.nan)
    if book.run.provision.method != "stated":
        known, of = history(book, book.as_of), np.arange(len(table)) // len(book.run.provision.labels)
        whole = _drawn(book, known.moves, known.lgd)
        for code in np.unique(of):
            rows, basis = of == code, table["basis"].to_numpy()[of == code]
            own = whole
            if of.max() > 0 and OWN in basis:
                own = _drawn(book, known.moves[known.segment == code], known.lgd)
            errors[rows] = _errors(_rising_with_age(own, whole, basis == BORROWED))
        errors[table["loss_rate"].isna()] = np.nan
        errors[(table["basis"] == LOST).to_numpy()] = (0.0, 1.0, 1.0)
    found = pd.DataFrame(errors.round(DIGITS), index=table.index, columns=["rate_error", "rate_low", "rate_high"])
    return table.join(found)[list(COLUMNS)]


def pooled(book: Book) -> pd.MultiIndex:
    """Return the segments and buckets whose rates are not what they would be if rates might fall with age."""
    table = loss_rates(book)
    return table.index[(table["loss_rate"] - table["rate_before"]).abs() > 0]


def _estimate(book: Book, moves: np.ndarray, lgd: float) -> Estimate:
    rate_of = lost_within if book.run.provision.method == "defaults" else absorbed
    return Estimate(rate_of(moves, lgd), moves.sum(axis=-1))


def _drawn(book: Book, moves: np.ndarray, lgd: float) -> Estimate:
    """Return the estimates of `DRAWS` histories whose buyers are drawn anew; missing of fewer than two buyers."""
    moves = moves[moves.any(axis=(1, 2))]
    if len(moves) < 2:
        return Estimate(np.full((DRAWS, moves.shape[1]), np.nan), np.zeros((DRAWS, moves.shape[1])))
    generator = np.random.Generator(np.random.Philox(book.run.simulation.seed))
    flat, chances = moves.reshape(len(moves), -1), np.full(len(moves), 1 / len(moves))
    # A part at a time: all draws of a hundred thousand buyers at once would not fit.
    sums = [generator.multinomial(len(moves), chances, DRAWS // 10) @ flat for _ in range(10)]
    return _estimate(book, np.concatenate(sums).reshape(DRAWS, *moves.shape[1:]), lgd)


def _errors(rates: np.ndarray) -> np.ndarray:
    """Return standard error, low and high (columns) of the rate of each bucket; `rates`: draws × buckets."""
    errors = np.full((rates.shape[1], 3), np.nan)
    seen = np.isnan(rates).mean(axis=0) < 0.5
    if seen.any():
        errors[seen, 0] = np.nanstd(rates[:, seen], axis=0, ddof=1)
        errors[seen, 1:] = np.nanquantile(rates[:, seen], INTERVAL, axis=0).T
    return errors


def _stated(book: Book, index: pd.MultiIndex) -> pd.DataFrame:
    settings = book.run.provision
    nothing = [np.nan] * len(settings.labels)
    names = index.get_level_values("segment").unique()
    rates = [rate for name in names for rate in settings.rates.get(name, settings.rates.get(WHOLE_BOOK, nothing))]
    basis = np.where(np.isnan(rates), UNKNOWN, STATED)
    table = pd.DataFrame({"loss_rate": np.round(rates, DIGITS)}, index=index)
    return table.assign(rate_before=np.nan, rate_amount=np.nan, basis=basis, rate_months=np.nan, losing_buyers=np.nan)


def roll_rates(book: Book) -> pd.DataFrame:
    """Return the shares of the amounts in each bucket that a month later are settled, in a bucket, or lost.

    Index `bucket`: of the whole book, over the months that its rates rest on. Columns: `settled_share`, one for each
    bucket, and `lost_or_failed`. They add up to 1; missing of a bucket in which nothing ever was.
    """
    settings = book.run.provision
    labels = settings.labels
    found = flows(book)
    since = book.as_of - pd.DateOffset(years=settings.years)
    found = found[found["start"] >= since] if len(found) else found
    moves = _monthly(found, len(book.buyers), len(labels), book.as_of).sum(axis=0)
    share = moves / np.where(moves.sum(axis=1) > 0, moves.sum(axis=1), np.nan)[:, None]
    table = pd.DataFrame(share[:, : len(labels)], columns=labels, index=pd.Index(labels, name="bucket"))
    table.insert(0, "settled_share", share[:, len(labels)])
    return table.assign(lost_or_failed=share[:, -1] + share[:, -2])
