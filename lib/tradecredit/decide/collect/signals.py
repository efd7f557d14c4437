"""Early warnings of each buyer: what is worse than it was, since when, beside the value that warns."""

from collections.abc import Callable
from typing import get_args

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.book.places import named, places
from tradecredit.decide.collect import payment_signals
from tradecredit.decide.collect.payment_signals import NEVER, Measured
from tradecredit.default.panel import candidates, score_of
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default
from tradecredit.measure.groups import groups_on
from tradecredit.params.early_warning import Signal

COLUMNS = ["buyer_id", "signal", "since", "signal_value", "warns_from"]

LACKS = {
    "slower": "payments", "silent": "payments", "broken_promises": "promises", "part_payments": "payments",
    "disputes": "disputes", "limit_use": "limits", "orders_surge": "sales", "orders_stop": "sales",
    "grade_fallen": "history", "score_fallen": "scores", "accounts_overdue": "statements", "sector_worse": "sectors",
    "country_worse": "countries", "group_failed": "groups", "insurer_cut": "limits of the insurer",
    "insurer_refused": "limits of the insurer",
}  # fmt: skip
"""What a book lacks of which no buyer's value of a signal is known; of what is overdue every book tells."""


def signals(book: Book, ratings: pd.DataFrame, before: pd.DataFrame | None) -> pd.DataFrame:
    """Return the early warnings of a day: a row for each signal of each buyer that warns, by buyer and signal.

    `ratings`: `default.assess` of the day; `before`: of the day `early_warning.recent_months` earlier, None where the
    book does not reach back so far. Buyers in default are left out: there is nothing to warn of any more.

    - `buyer_id`, `signal` (code, in the order of `early_warning.Signal`);
    - `since`: the day from which on it is so, by what the book knows today: of the chart the end of the first of the
      weeks that are above its limit, of counts the first event counted, of a limit the issue of the open invoice that
      passed it, of decisions and scores their day, of grades and surroundings the day that they are held against;
    - `signal_value`, and `warns_from`, the threshold that it has reached, in the units of the settings of
      `early_warning` (`orders_stop`: has fallen to). Thresholds of counts are the buyer's own.

    Each is made by the function of its name in this module or in `payment_signals`. What the book lacks warns of
    nobody: see `lacking`.
    """
    return warnings(measured(book, ratings, before), book)


def measured(book: Book, ratings: pd.DataFrame, before: pd.DataFrame | None) -> dict[str, Measured]:
    """Return the signals of all buyers by their code; arguments as `signals`."""
    made = {name: make(book) for name, make in MAKERS.items()}
    return {name: grade_fallen(book, ratings, before) if name == "grade_fallen" else made[name] for name in ORDER}


def lacking(found: dict[str, Measured]) -> pd.Series:
    """Return what a book lacks for the signals that it tells of no buyer: index `signal`, codes of `LACKS`."""
    missing = [name for name, one in found.items() if np.isnan(one.value).all()]
    return pd.Series({name: LACKS[name] for name in missing}, dtype="str", name="lacks").rename_axis("signal")


def warnings(found: dict[str, Measured], book: Book) -> pd.DataFrame:
    """Return the rows of `signals` of what was `measured`."""
    alive = ~named(in_default(book).to_series(), book.buyers["buyer_id"])
    parts = []
    for name, one in found.items():
        rows = np.flatnonzero(one.warns() & alive)
        columns = {"signal": name, "since": one.since[rows], "signal_value": one.value[rows]}
        threshold = np.broadcast_to(one.threshold, one.value.shape)[rows].astype(float)
        parts.append(pd.DataFrame({"buyer": rows, **columns, "warns_from": threshold}))
    table = pd.concat(parts, ignore_index=True).sort_values("buyer", kind="stable", ignore_index=True)
    return table.assign(buyer_id=book.buyers["buyer_id"].array.take(table["buyer"].to_numpy()))[COLUMNS]


def grade_fallen(book: Book, ratings: pd.DataFrame, before: pd.DataFrame | None) -> Measured:
    """Return by how many grades a buyer has fallen; since the day that it is held against."""
    settings, buyers = book.run.early_warning, book.buyers["buyer_id"]
    since = np.full(len(buyers), window_start(book.as_of, settings.recent_months).to_datetime64())
    if before is None:
        return Measured(np.full(len(buyers), np.nan), since, settings.grade_notches)
    now, then = (table["grade"].astype("float64").reindex(buyers).to_numpy() for table in (ratings, before))
    return Measured(now - then, since, settings.grade_notches)


def score_fallen(book: Book) -> Measured:
    """Return how far the latest score of an agency is worse than its score before, the worst over agencies.

    In standard deviations of the agency's scores of all buyers; since the day of the latest score.
    """
    count, scores = len(book.buyers), book.scores
    value, since = np.full(count, np.nan), np.full(count, NEVER)
    for agency, rows in scores[scores["date"] <= book.as_of].groupby("agency"):
        rows = rows.sort_values(["buyer_id", "date"], kind="stable")
        change = rows.groupby("buyer_id")["score"].diff() * candidates(book)[score_of(str(agency))].sign
        last = rows.assign(fall=change / rows["score"].std()).drop_duplicates("buyer_id", keep="last")
        last = last[(last["date"] > window_start(book.as_of, 12))].dropna(subset="fall")
        buyer, fall = places(last["buyer_id"], book.buyers["buyer_id"]), last["fall"].to_numpy()
        worse = ~(value[buyer] >= fall)
        value[buyer[worse]], since[buyer[worse]] = fall[worse], last["date"].to_numpy("datetime64[us]")[worse]
    return Measured(value, since, book.run.early_warning.score_fall)


def accounts_overdue(book: Book) -> Measured:
    """Return for how many days a buyer's next account is late.

    It was to be known a year after the end of the latest period, as long after that end as the accounts of the book
    were published after theirs in the median; negative: not yet.
    """
    statements = book.statements[book.statements["published"] <= book.as_of]
    wait = (statements["published"] - statements["period_end"]).median()
    last = statements.groupby("buyer_id")["period_end"].max().reindex(book.buyers["buyer_id"])
    expected = (last + pd.DateOffset(years=1) + wait).to_numpy("datetime64[us]")
    value = (np.datetime64(book.as_of, "us") - expected) / np.timedelta64(1, "D")
    return Measured(value, expected, book.run.early_warning.accounts_days)


def sector_worse(book: Book) -> Measured:
    """Return how much later than over the year the other buyers of the sector have paid in the last three months."""
    return _surroundings(book, "sector")


def country_worse(book: Book) -> Measured:
    """Return the same of the country."""
    return _surroundings(book, "country")


def group_failed(book: Book) -> Measured:
    """Return how many other members of the buyer's group have defaulted in the last 12 months; since the last."""
    group = groups_on(book, book.as_of)["group_id"]
    events = book.defaults[book.defaults["date"] > window_start(book.as_of, 12)]
    failed = events.sort_values("date").drop_duplicates("buyer_id", keep="last").set_index("buyer_id")["date"]
    day = failed.reindex(group.index)
    number = day.notna().groupby(group).sum().reindex(group).to_numpy() - day.notna().to_numpy()
    since = day.groupby(group).max().reindex(group).to_numpy("datetime64[us]")
    known = group.notna().to_numpy() & book.has("defaults")
    return Measured(np.where(known, number, np.nan), since, 1.0)


def insurer_cut(book: Book) -> Measured:
    """Return the part of its limit on the buyer that the insurer took back with its latest decision.

    0 where it took back nothing, or all (`insurer_refused`), or not in the recent months; missing where the insurer has
    decided nothing on the buyer.
    """
    cut, _, since = _insurers_decisions(book)
    return Measured(cut, since, book.run.early_warning.insurer_cut)


def insurer_refused(book: Book) -> Measured:
    """Return 1 where the insurer's latest decision insures nothing of the buyer, though it was asked or did before."""
    _, refused, since = _insurers_decisions(book)
    return Measured(refused, since, 1.0)


@once
def _insurers_decisions(book: Book) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of each buyer what the insurer cut, whether it refused, and the day, by its latest decision."""
    count, buyers = len(book.buyers), book.buyers["buyer_id"]
    rows = book.limits[(book.limits["source"] == "insurer") & (book.limits["valid_from"] <= book.as_of)]
    rows = rows.sort_values(["buyer_id", "valid_from"], kind="stable")
    before = rows.groupby("buyer_id")["amount"].shift()
    last = rows.assign(before=before).drop_duplicates("buyer_id", keep="last")
    last = last[last["valid_from"] > window_start(book.as_of, book.run.early_warning.recent_months)]
    nothing = last["amount"] <= 0
    part = (1 - last["amount"] / last["before"].where(last["before"] > 0)).mask(nothing).clip(lower=0.0).fillna(0.0)
    cut, refused, since = np.full(count, np.nan), np.full(count, np.nan), np.full(count, NEVER)
    known, buyer = places(rows["buyer_id"], buyers), places(last["buyer_id"], buyers)
    cut[known] = refused[known] = 0.0
    cut[buyer] = part.to_numpy()
    refused[buyer] = (nothing & ((last["before"] > 0) | (last["requested"] > 0))).to_numpy(float)
    since[buyer] = last["valid_from"].to_numpy("datetime64[us]")
    return cut, refused, since


def _surroundings(book: Book, kind: str) -> Measured:
    """Return the mean drift of days beyond terms of a buyer's others of its kind, a column of `buyers`."""
    settings, drift = book.run.early_warning, features(book)["days_beyond_terms_drift"].to_numpy()
    place = pd.Series(book.buyers[kind].to_numpy())
    table = pd.DataFrame({"drift": drift}).groupby(place)["drift"].agg(["sum", "count"]).reindex(place)
    known = ~np.isnan(drift)
    others = table["count"].to_numpy() - known
    mean = (table["sum"].to_numpy() - np.where(known, drift, 0.0)) / np.where(others > 0, others, np.nan)
    value = np.where(others >= settings.surroundings_buyers, mean, np.nan)
    since = np.full(len(value), window_start(book.as_of, 3).to_datetime64())
    return Measured(value, since, settings.surroundings_days)


MAKERS: dict[str, Callable[[Book], Measured]] = {
    **{make.__name__: make for make in (
        payment_signals.slower, payment_signals.silent, payment_signals.overdue, payment_signals.broken_promises,
        payment_signals.part_payments, payment_signals.disputes, payment_signals.limit_use,
        payment_signals.orders_surge, payment_signals.orders_stop, score_fallen, accounts_overdue, sector_worse,
        country_worse, group_failed, insurer_cut, insurer_refused,
    )},
}  # fmt: skip
"""What makes each signal from the book alone."""

ORDER = get_args(Signal)
"""All signals, in the order of tables."""
