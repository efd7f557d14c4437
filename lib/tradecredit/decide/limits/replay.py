"""Limits in the past: how often they were passed, and what today's method would have kept from those who failed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends, window_start
from tradecredit.book.checks import CENT
from tradecredit.book.memory import remembered
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.decide import limits
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import excess
from tradecredit.errors import ParameterError, Problem
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.measure.default_events import RESOLVED_MONTHS, loss_given_default
from tradecredit.measure.history import balances_since, first_day
from tradecredit.measure.limits_in_force import LIMIT_SOURCES, amounts_on
from tradecredit.measure.on_account import on_account_by
from tradecredit.measure.open_items import ledger

OFTEN = 0.5
"""A limit that is passed at so many of the month ends that it was in force on, or more, binds nobody."""

MONTHS = 24
"""Month ends that are looked at."""

DAY = pd.Timedelta(days=1)

SUMS = ("debt", "avoidable", "loss", "loss_avoided", "over_own_limit")
"""Columns of the defaulters that a review sums."""

REVIEWED = ("buyers", "recommended_with_cover", "exposure", "withheld")

DEFAULTERS = (
    "review", "buyer_id", "defaulted", "exposure", "recommended_with_cover", "binding_with_cover", "own_limit", "debt",
    "avoidable", "lost_share", "lost_share_basis", "loss", "loss_avoided", "over_own_limit",
)  # fmt: skip


class Replay(NamedTuple):
    """Today's method on past days, as the book was known then, and what it would have kept from later losses.

    `reviews`: index `review`, a past day. Of the buyers that were not in default then: `buyers` with a limit by the
    method, `recommended_with_cover` (the sum), `exposure`; `withheld`, what those owed above theirs that did
    not fail until the next review: what the limits would have cost in good buyers' balances. Of those that did fail:
    `defaults`, `not_known` (those of them that were no buyers yet), and sums of `SUMS`.
    `defaulters`: a row for each of them, the largest loss avoided first; see `replay`.
    """

    reviews: pd.DataFrame
    defaulters: pd.DataFrame


@once
def at_month_ends(book: Book, months: int = MONTHS) -> pd.DataFrame:
    """Return what each buyer owed, and our limit, at the month ends up to the as-of date: what the rest is made of.

    A row for each of the last `months` month ends of which balances are known, and each buyer: `month_end`, `buyer_id`,
    `owed` (`balances.net_amount`), `own_limit` and its `breach`, owed above it (both missing: none in force). In force
    is the latest decision of a day or before that has not ended, as in `limits_in_force`; buyers that have failed by
    the day and have no limit above 0 are left out.
    """
    ends = month_ends(book.as_of, months, since=balances_since(book))
    buyers = book.buyers["buyer_id"]
    owed, own = (
        np.array([of_day(book, day) for day in ends]).reshape(len(ends), len(buyers)) for of_day in (_owed, _own_limits)
    )
    first = book.defaults.groupby("buyer_id")["date"].min().reindex(buyers)
    failed = first.to_numpy("datetime64[us]") <= ends.to_numpy("datetime64[us]")[:, None]
    month, buyer = np.nonzero(~failed | (own > 0))
    owed, own = owed[month, buyer], own[month, buyer]
    return pd.DataFrame(
        {
            "month_end": ends[month],
            "buyer_id": buyers.array.take(buyer),
            "owed": owed,
            "own_limit": own,
            "breach": excess(pd.Series(owed), pd.Series(own)),
        }
    )


def monthly(held: pd.DataFrame) -> pd.DataFrame:
    """Return how our own limits stood to what was owed at month ends; `held`: `at_month_ends`.

    Index `month_end`: `buyers` with a limit in force, `limits` (their sum), `exposure` (what these buyers owed),
    `limit_use`; `breaches`, buyers that owed more than theirs, `breach_share` of the buyers, `breach_amount` above
    limits, `largest_breach`; `without_limit`, what buyers without one owed. Shares are missing where no limit was in
    force.
    """
    has = held["own_limit"].notna()
    breach = held["breach"].fillna(0.0)
    sums = pd.DataFrame(
        {
            "buyers": has.astype(float),
            "limits": held["own_limit"].fillna(0.0),
            "exposure": held["owed"].where(has, 0.0),
            "breaches": breach.gt(0).astype(float),
            "breach_amount": breach,
            "without_limit": held["owed"].mask(has, 0.0),
        }
    )
    table = sums.groupby(held["month_end"]).sum().assign(largest_breach=breach.groupby(held["month_end"]).max())
    return table.assign(
        limit_use=table["exposure"] / table["limits"].where(table["limits"] > 0),
        breach_share=table["breaches"] / table["buyers"].where(table["buyers"] > 0),
    )


def repeated(held: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that passed our limit at a month end, those that did so most often first.

    `held`: `at_month_ends`. Index buyer_id; over its month ends: `months_with_limit`, `months_in_breach`,
    `breach_share` (the one of the other), `mean_breach` over the months in breach, `largest_breach`, `last_breach`
    (the last such month end).
    """
    over = held[held["breach"] > 0].groupby("buyer_id")
    table = over.agg(
        months_in_breach=("breach", "size"), mean_breach=("breach", "mean"), largest_breach=("breach", "max"),
        last_breach=("month_end", "max"),
    )  # fmt: skip
    with_limit = held["own_limit"].notna().groupby(held["buyer_id"]).sum().reindex(table.index).astype("int64")
    table.insert(0, "months_with_limit", with_limit)
    table.insert(2, "breach_share", table["months_in_breach"] / with_limit)
    return table.sort_values(["months_in_breach", "largest_breach"], ascending=False, kind="stable")


def often(repeated: pd.DataFrame) -> pd.DataFrame:
    """Return those of `repeated` that passed their limit at `OFTEN` or more of its month ends."""
    return repeated[repeated["breach_share"] >= OFTEN]


def ways(often: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return buyers that often pass their limit with why it is enforced and not raised, by its need and its risk.

    `often`: a table with buyer_id as index; `limits`: `recommend`. Adds `own_limit` in force, `limit_to_set`, `need`,
    `risk_limit`, `binding_with_cover`, and `way`: `need` where the limit to set covers the need, `rounded` where it is
    the need rounded down, and `risk` where the buyer needs more and what bounds the limit does not allow it.
    """
    found = often.join(limits[["own_limit", "need", "risk_limit", "limit_to_set", "binding_with_cover"]])
    to_set, bound = found["limit_to_set"], found["binding_with_cover"]
    way = np.select([~(found["need"] > to_set + CENT), bound == METHODS["need"]], ["need", "rounded"], "risk")
    return found.assign(way=pd.Series(way, index=found.index, dtype="str"))


def review_days(book: Book, count: int = 4, months: int = 6) -> list[pd.Timestamp]:
    """Return past days for `replay`: `count` of them, `months` apart, the last so long before the as-of date.

    Fewer where balances are not known of far enough back (`history.balances_since`) for a default probability
    (`default.minimum_history_months`).
    """
    first = balances_since(book) + pd.DateOffset(months=book.run.default.minimum_history_months)
    days = [window_start(book.as_of, months * number) for number in range(count, 0, -1)]
    return [day for day in days if day >= first]


def replay(book: Book, days: Sequence[pd.Timestamp], *, policy: Policy | None = None) -> Replay:
    """Return what limits by today's method and parameters would have been on past days, and what they would have kept.

    `days`: as `review_days`, each of which costs a default probability of all buyers (`default.assess`), once;
    `policy`: whose cover today's method reckons with, by default the run's own. Nothing that became known after a day
    enters its limits, and no override without a day `since`: whether it was known then is not on record.
    A default belongs to the last review before it; of several of a buyer the first counts, and none of a buyer that was
    in default on the day already. `defaulters`, amounts in currency:

    - `review`, `buyer_id`, `defaulted`; `exposure`, what it owed at the review, `recommended_with_cover` and
      `binding_with_cover` then (missing: it was no buyer yet); `own_limit` in force on the day before the default
      (missing: none);
    - `debt` on the day of its default, as `defaults` state it, else by the ledger, net of what is on account;
      `avoidable`: what of it is above the recommended limit and was delivered after the review, min(max(debt − limit,
      0), invoiced later): what was owed already could not be called back. Missing with `recommended_with_cover`;
    - `lost_share` of the debt: 1 − recovered / debt where the default is resolved, or older than 12 months, and its
      recoveries are known, else that of the book; `lost_share_basis` says which; `loss` = lost share × debt;
      `loss_avoided` = lost share × avoidable;
    - `over_own_limit`: debt above our own limit: what keeping to it would have kept.

    What a limit in force did keep away is not known: orders that were refused are in no ledger. Raises
    `ParameterError` for days before the history's first invoice (`history.first_day`), on which nobody is known, or
    after the book's.
    """
    days = sorted(pd.Timestamp(day) for day in days)
    first = first_day(book)
    problems = [
        Problem(
            "replay", f"a day from {first.date()} to {book.as_of.date()} is expected", "change it", value=day.date()
        )
        for day in days
        if not first <= day <= book.as_of
    ]
    if problems:
        raise ParameterError(problems)
    return _replayed(book, days, policy)


@remembered
def _replayed(book: Book, days: Sequence[pd.Timestamp], policy: Policy | None) -> Replay:
    """Return the replay of days that rise, under a policy (None: the run's own)."""
    ends = [*days[1:], book.as_of][: len(days)]
    reviewed = [_review(book, day, end, policy) for day, end in zip(days, ends, strict=True)]
    failed = [table for _, table in reviewed]
    if not failed:
        failed = [
            _failed(book, book.as_of, book.as_of).assign(
                exposure=np.nan, recommended_with_cover=np.nan, binding_with_cover=""
            )
        ]
    defaulters = _with_losses(book, pd.concat(failed, ignore_index=True))
    by_review = defaulters.groupby("review")
    sums = by_review.agg(
        defaults=("debt", "size"), not_known=("recommended_with_cover", lambda limit: limit.isna().sum())
    )
    sums = sums.astype("float64").join(by_review[list(SUMS)].sum())
    rows = pd.DataFrame([row for row, _ in reviewed], columns=["review", *REVIEWED]).set_index("review")
    return Replay(
        rows.join(sums.reindex(rows.index, fill_value=0.0)),
        defaulters.sort_values("loss_avoided", ascending=False, kind="stable", ignore_index=True),
    )


def totals(replay: Replay) -> pd.Series:
    """Return the sums over all reviews: `defaults`, `not_known`, those of `SUMS`, and `avoided_share` of the loss.

    `withheld` is the mean of the reviews: it is a balance on a day. Missing where no day was reviewed.
    """
    sums = replay.reviews[["defaults", "not_known", *SUMS]].sum(min_count=1)
    share = sums["loss_avoided"] / (sums["loss"] or np.nan)
    return pd.Series({**sums, "avoided_share": share, "withheld": replay.reviews["withheld"].mean()})


def _review(
    book: Book, day: pd.Timestamp, end: pd.Timestamp, policy: Policy | None
) -> tuple[dict[str, object], pd.DataFrame]:
    """Return the sums of a review, and the buyers that failed after it, by `end`."""
    past = book.at(day)
    table = limits.recommend(past, default.assess(past), cover=of_buyers(past, policy))
    table = pd.DataFrame(
        {
            "exposure": table["exposure"],
            "recommended_with_cover": table["recommended_with_cover"],
            "binding_with_cover": table["binding_with_cover"],
        }
    )
    gone = table.index[table["binding_with_cover"] == "in default"]
    failed = _failed(book, day, end)
    failed = failed[~failed["buyer_id"].isin(gone)].join(table, on="buyer_id")
    left = table.drop(index=gone)
    over = (left["exposure"] - left["recommended_with_cover"]).clip(lower=0.0)
    row = {
        "review": day,
        "buyers": float((left["recommended_with_cover"] > 0).sum()),
        "recommended_with_cover": left["recommended_with_cover"].sum(),
        "exposure": left["exposure"].sum(),
        "withheld": over[~left.index.isin(failed["buyer_id"])].sum(),
    }
    return row, failed


def _failed(book: Book, day: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return the first default of each buyer after a day and by `end`, its limit, its debt, and what of it is later."""
    events = book.defaults[(book.defaults["date"] > day) & (book.defaults["date"] <= end)]
    events = events.sort_values("date", kind="stable").drop_duplicates("buyer_id")[["buyer_id", "date"]]
    events = events.rename(columns={"date": "defaulted"}).reset_index(drop=True)
    buyer = places(events["buyer_id"], book.buyers["buyer_id"])
    event = np.full(len(book.buyers), -1)
    event[buyer] = np.arange(len(events))
    event = event[book.buyer_of_invoice]
    defaulted = events["defaulted"].to_numpy()
    rows = np.argsort(event, kind="stable")[np.count_nonzero(event < 0) :]
    rows = rows[book.invoices["issued"].to_numpy()[rows] <= defaulted[event[rows]]]
    event, issued = event[rows], book.invoices["issued"].to_numpy()[rows]
    left = book.invoices["amount"].to_numpy()[rows] - _paid_by(book, rows, defaulted[event])
    left[left < CENT] = 0.0
    sums = pd.DataFrame({"debt": left, "later": np.where(issued > day, left, 0.0)}).groupby(event).sum()
    before = [_own_limits(book, moment - DAY)[of] for moment, of in zip(events["defaulted"], buyer, strict=True)]
    account = [on_account_by(book, moment)[of] for moment, of in zip(events["defaulted"], buyer, strict=True)]
    sums = sums.reindex(events.index, fill_value=0.0)
    sums["debt"] = (sums["debt"] - np.array(account, dtype="float64")).clip(lower=0.0)
    return events.assign(review=day, own_limit=np.array(before, dtype="float64")).join(sums)


def _paid_by(book: Book, rows: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return what has been paid on invoices, by their place in the book, up to a day of each."""
    place = np.full(len(book.invoices), -1)
    place[rows] = np.arange(len(rows))
    settles = book.invoice_of_receipt
    of = np.where(settles >= 0, place[settles], -1)
    known = np.flatnonzero(of >= 0)
    of = of[known]
    in_time = book.receipts["received"].to_numpy()[known] <= days[of]
    amounts = book.receipts["amount"].to_numpy()[known][in_time]
    return np.bincount(of[in_time], amounts, len(rows))


def _with_losses(book: Book, failed: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that failed with what limits would have kept, and what of it was lost."""
    events = book.defaults.drop_duplicates(["buyer_id", "date"]).set_index(["buyer_id", "date"])
    event = events.reindex(pd.MultiIndex.from_frame(failed[["buyer_id", "defaulted"]])).reset_index(drop=True)
    ended = event["resolved"].le(book.as_of) | failed["defaulted"].le(
        book.as_of - pd.DateOffset(months=RESOLVED_MONTHS)
    )
    failed = failed.assign(debt=event["debt"].fillna(failed["debt"]))
    own = (1 - np.minimum(event["recovered"], event["debt"]) / event["debt"].where(event["debt"] > 0)).where(ended)
    above = (failed["debt"] - failed["recommended_with_cover"]).clip(lower=0.0)
    avoidable = np.minimum(above, failed["later"]).where(above.notna())
    lost = own.fillna(loss_given_default(book).lgd)
    table = failed.assign(
        avoidable=avoidable,
        over_own_limit=(failed["debt"] - failed["own_limit"]).clip(lower=0.0),
        lost_share=lost,
        lost_share_basis=np.where(own.notna(), "its own", "the book's mean"),
        loss=lost * failed["debt"],
        loss_avoided=lost * avoidable,
    )
    return table[list(DEFAULTERS)]


def _owed(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return what each buyer owed at the end of a day, as `balances.net_amount` of the book on it."""
    owed = np.bincount(book.buyer_of_invoice, ledger(book).owed_on(day), minlength=len(book.buyers))
    return np.maximum(owed - on_account_by(book, day), 0.0)


def _own_limits(book: Book, day: pd.Timestamp) -> np.ndarray:
    """Return our own limit of each buyer in force on a day; missing: none."""
    return amounts_on(book, day)[:, LIMIT_SOURCES.index("own")]
