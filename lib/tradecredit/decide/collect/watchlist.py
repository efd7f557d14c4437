"""The watchlist: which buyers are named, why and since when, ranked by the expected loss at stake; who moved on it."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends, window_start
from tradecredit.book.memory import remembered
from tradecredit.book.places import places
from tradecredit.decide.collect.signals import lacking, measured, warnings
from tradecredit.default.changes import moved_by
from tradecredit.default.panel import candidates
from tradecredit.default.ratings import level_basis
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.losses.portfolio import exposures
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default, loss_given_default
from tradecredit.measure.history import balances_since

MONTHS = 24
"""Month ends that it is looked back over for how long a buyer has stood on the list."""

PAST_MONTHS = 36
"""Month ends that are looked back on: each costs the default probabilities of its day, a fit of some seconds each."""

FAILED, IN, OUT, WORSE, BETTER = "has failed", "comes on the list", "leaves the list", "grade worse", "grade better"
"""How a buyer has moved since the month before, the first that holds."""


class Review(NamedTuple):
    """What a day's watchlist is chosen from, see `review`."""

    buyers: pd.DataFrame
    signals: pd.DataFrame
    lacking: pd.Series


@remembered
def review(book: Book) -> Review:
    """Return the buyers that the day's watchlist is chosen from, their signals, and what the book lacks for more.

    `buyers`, index buyer_id, in the order of the book: all that owe something or bought within the last 12 months and
    are not in default; amounts in the reporting currency:

    - `pd`, `grade` (`default.assess`); `pd_warned`, the probability moved by the signals: its odds times the `odds` of
      each signal that warns (`early_warning.odds`);
    - `exposure` (`portfolio.exposures`), `lgd` (`default_events.loss_given_default`), `expected_loss_at_stake` =
      pd_warned × lgd × exposure, gross of all cover;
    - `signals`, the codes of those that warn, "; " between; `listed`: pd_warned is at least `early_warning.list_from`;
    - `oldest_days_past_due` (`behaviour.features`).

    `signals`: as `signals.signals`; `lacking`: as `signals.lacking`. Grades are held against those of
    `early_warning.recent_months` before, where balances of then are known (`history.balances_since`). Nothing that
    became known after the book's day is looked at. Source: definitions §10.9.
    """
    settings, ratings = book.run.early_warning, default.assess(book)
    earlier = window_start(book.as_of, settings.recent_months)
    before = default.assess(book.at(earlier)) if earlier >= balances_since(book) else None
    found = measured(book, ratings, before)
    rows = warnings(found, book)
    known = features(book)
    active = (known[["open_amount", "sales_12m"]].sum(axis=1) > 0) & ~known.index.isin(in_default(book))
    owner = places(rows["buyer_id"], book.buyers["buyer_id"])
    factor = rows["signal"].map({name: settings.odds_of(name) for name in found}).astype("float64")
    moved = np.bincount(owner, np.log(factor), len(known))
    with np.errstate(divide="ignore"):
        warned = expit(logit(ratings["pd"].to_numpy("float64")) + moved)
    loss = loss_given_default(book).lgd
    exposure = exposures(book)["exposure"].reindex(known.index)
    codes: list[list[str]] = [[] for _ in known.index]
    for buyer, code in zip(owner, rows["signal"], strict=True):
        codes[buyer].append(code)
    table = ratings[["pd", "grade"]].assign(
        pd_warned=warned, exposure=exposure, lgd=loss, expected_loss_at_stake=warned * loss * exposure,
        signals=pd.Series(map("; ".join, codes), index=known.index, dtype="str"), listed=warned >= settings.list_from,
        oldest_days_past_due=known["oldest_days_past_due"],
    )  # fmt: skip
    return Review(table[active], rows, lacking(found))


def watchlist(book: Book, months: int = MONTHS) -> pd.DataFrame:
    """Return the buyers on the watchlist, the largest expected loss at stake first: index buyer_id.

    Columns as `review`'s `buyers`, without `listed`, and

    - `insured_debt`: what the policy in force insures of what is owed (`cover.of_buyers`; 0 without one), which the
      expected loss is not net of;
    - `expected_loss_owed` = pd × lgd × exposure: the model's, without the signals;
    - `listed_since`: the first of the month ends in a row, up to the as-of date, on which it stood on the list as known
      then, `months` back at most: each of them costs a review the first time.
    """
    today = review(book).buyers
    listed = today[today["listed"]].drop(columns="listed")
    policy = policy_in_force(book)
    insured = of_buyers(book, policy).insured_debt if policy else pd.Series(0.0, index=listed.index)
    since = pd.Series(book.as_of, index=listed.index)
    still = listed.index
    for day in _month_ends(book, months)[::-1]:
        then = review(book.at(day)).buyers
        still = still[still.isin(then.index[then["listed"]])]
        if still.empty:
            break
        since[still] = day
    table = listed.assign(
        insured_debt=insured.reindex(listed.index), listed_since=since,
        expected_loss_owed=listed["pd"] * listed["lgd"] * listed["exposure"],
    )  # fmt: skip
    return table.sort_values("expected_loss_at_stake", ascending=False, kind="stable")


def month_before_known(book: Book) -> bool:
    """Return whether a book tells what was owed a month ago: `history.balances_since` reaches back so far."""
    return bool(window_start(book.as_of, 1) >= balances_since(book))


def moved(book: Book) -> pd.DataFrame:
    """Return the buyers that came on the list or left it since the month before, or whose grade moved: index buyer_id.

    Both days as known then, a month apart (`window_start`). `move`, the first of `FAILED`, `IN`, `OUT`, `WORSE` and
    `BETTER` that holds; `grade` and `grade_before`, `pd_warned` and `pd_warned_before`; `came` and `went`, the codes of
    signals that warn now and did not then, or no more; `moved_by` and `moved_from`, the input that moved the default
    probability most, now and then (`changes.moved_by`); `listed`, `listed_before`; `exposure`, `expected_loss_at_stake`
    of today. A buyer that was looked at then and is in default now has failed, with grade 10 and what it owes; one that
    neither owes nor buys any more has left the list, and the rest of its row is missing. Those that came on the list
    first, then those that failed, those that left it, and all others; within these by expected loss, of those that
    failed by what they owe. Empty where the month before is not known (`month_before_known`).
    """
    month_before, now = window_start(book.as_of, 1), review(book).buyers
    if not month_before_known(book):
        return _moves(now, now.head(0)).head(0).assign(moved_by="", moved_from="")
    failed, before = exposures(book)["exposure"].reindex(in_default(book)).fillna(0.0), book.at(month_before)
    found = _moves(now, review(before).buyers, failed)
    return found.join(moved_by(found.index, level_basis(book), level_basis(before), candidates(book)))


def past(book: Book, months: int = PAST_MONTHS) -> pd.DataFrame:
    """Return what the watchlist was chosen from at the month ends before the as-of date, as known then.

    A row for each month end and buyer: `date`, and the columns of `review`'s `buyers` with `buyer_id`, in order of day.
    The month ends begin `default.minimum_history_months` after the day since when balances are known
    (`history.balances_since`), and are the last `months` at most. Each is remembered.
    """
    days = _month_ends(book, months)
    parts = [review(book.at(day)).buyers.reset_index().assign(date=day) for day in days]
    return pd.concat(parts or [review(book).buyers.head(0).reset_index().assign(date=book.as_of)], ignore_index=True)


def _month_ends(book: Book, months: int) -> pd.DatetimeIndex:
    first = balances_since(book) + pd.DateOffset(months=book.run.default.minimum_history_months)
    return month_ends(book.as_of - pd.Timedelta(days=1), months, since=first)


def _moves(now: pd.DataFrame, then: pd.DataFrame, failed: pd.Series | None = None) -> pd.DataFrame:
    """Return `moved` of the buyers of two days' reviews; `failed`: what those in default today owe, index buyer_id."""
    failed = pd.Series(dtype="float64", index=pd.Index([], dtype="str")) if failed is None else failed
    known = now.index.union(then.index[then.index.isin(failed.index) | then["listed"]], sort=False)
    table = now.reindex(known).join(then[["grade", "pd_warned", "signals", "listed"]].add_suffix("_before"))
    listed, was = (table[name].astype("boolean").fillna(False).to_numpy(bool) for name in ("listed", "listed_before"))
    gone = table.index.isin(failed.index)
    table = table.assign(
        grade=table["grade"].astype("Float64").mask(gone, 10).astype("Int64"),
        exposure=table["exposure"].astype("float64").fillna(failed.reindex(known)),
    )
    change = (table["grade"].astype("Float64") - table["grade_before"].astype("Float64")).fillna(0).to_numpy(float)
    holds = [gone, listed & ~was, was & ~listed, change > 0, change < 0]
    move = np.select(holds, [FAILED, IN, OUT, WORSE, BETTER], "")
    table = table.assign(
        move=pd.Series(move, index=table.index, dtype="str"), listed=listed, listed_before=was,
        **_changed_signals(table),
    )  # fmt: skip
    rank = np.select([move == IN, gone, move == OUT, listed], [0, 1, 2, 3], 4)
    size = table["expected_loss_at_stake"].fillna(table["exposure"]).fillna(0.0).to_numpy("float64")
    return table.iloc[np.lexsort((-size, rank))].loc[lambda rows: rows["move"] != "", MOVED]


def _changed_signals(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return which signals came and which went, codes with "; " between; of a buyer not reviewed today none is told."""
    pairs = [
        [codes.split("; ") if codes else [] for codes in both]
        for both in zip(table["signals"].fillna(""), table["signals_before"].fillna(""), strict=True)
    ]
    came = ["; ".join(code for code in new if code not in old) for new, old in pairs]
    went = ["; ".join(code for code in old if code not in new) for new, old in pairs]
    went = np.where(table["signals"].isna(), "", went).tolist()
    return {name: pd.Series(codes, index=table.index, dtype="str") for name, codes in (("came", came), ("went", went))}


MOVED = [
    "move", "grade", "grade_before", "pd_warned", "pd_warned_before", "came", "went", "listed", "listed_before",
    "exposure", "expected_loss_at_stake",
]  # fmt: skip
