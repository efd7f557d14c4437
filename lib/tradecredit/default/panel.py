"""What a model of default may know of a buyer on a day, and what became of the buyers observed on past days."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import named, one_of
from tradecredit.measure.agency_scores import latest_scores
from tradecredit.measure.groups import groups_on
from tradecredit.measure.history import balances_since
from tradecredit.measure.past_days import on_days
from tradecredit.measure.ratios import account_places, of_statements

BEHAVIOUR, ACCOUNTS, OPINION, SURROUNDINGS = "payment behaviour", "accounts", "outside opinion", "surroundings"
"""The four parts of a buyer's default probability, each optional."""


class Candidate(NamedTuple):
    """A column that a model may use: the part it belongs to, its sign, and how a sentence states its value."""

    part: str
    sign: int
    words: str


CANDIDATES = {
    "days_beyond_terms": Candidate(BEHAVIOUR, +1, "pays {:.0f} days beyond terms"),
    "days_beyond_terms_drift": Candidate(BEHAVIOUR, +1, "pays {:+.0f} days later than over the year"),
    "share_late": Candidate(BEHAVIOUR, +1, "{:.0%} of what fell due was late"),
    "share_overdue": Candidate(BEHAVIOUR, +1, "{:.0%} of the balance is overdue"),
    "oldest_days_past_due": Candidate(BEHAVIOUR, +1, "oldest item, however small, {:.0f} days overdue"),
    "limit_use": Candidate(BEHAVIOUR, +1, "uses {:.0%} of its limit"),
    "dispute_rate": Candidate(BEHAVIOUR, +1, "disputes {:.1%} of sales"),
    "equity_ratio": Candidate(ACCOUNTS, -1, "equity is {:.0%} of assets"),
    "return_on_assets": Candidate(ACCOUNTS, -1, "operating result is {:.1%} of assets"),
    "net_margin": Candidate(ACCOUNTS, -1, "net margin {:.1%}"),
    "current_ratio": Candidate(ACCOUNTS, -1, "current ratio {:.2f}"),
    "cash_ratio": Candidate(ACCOUNTS, -1, "cash ratio {:.2f}"),
    "interest_cover": Candidate(ACCOUNTS, -1, "operating result covers interest {:.1f} times"),
    "retained_earnings_ratio": Candidate(ACCOUNTS, -1, "retained earnings are {:.0%} of assets"),
    "working_capital_ratio": Candidate(ACCOUNTS, -1, "working capital is {:.0%} of assets"),
    "equity_ratio_change": Candidate(ACCOUNTS, -1, "equity ratio changed by {:+.0%} of assets in a year"),
    "return_on_assets_change": Candidate(ACCOUNTS, -1, "operating result changed by {:+.1%} of assets in a year"),
    "group_days_beyond_terms": Candidate(SURROUNDINGS, +1, "the rest of its group pays {:.0f} days beyond terms"),
}
"""What every book may know. The months of history are not among them: they grow with the calendar and would stand for
the state of the economy."""

CENTRAL_TENDENCY = Candidate(SURROUNDINGS, +1, "{:.1%} of its country and sector default in a year")
"""The stated central tendency of the buyer's country and sector, where the run states any."""

CHANGING = ("equity_ratio", "return_on_assets")
"""Ratios whose change over a year is a candidate."""

STEP_MONTHS = 3
"""Distance of the dates on which a fit observes the buyers."""

HORIZON_MONTHS = 12


def candidates(book: Book) -> dict[str, Candidate]:
    """Return the columns that a model of this book may use.

    `CANDIDATES`; `score: NAME` for each agency in the book, lower being worse unless `default.agencies` maps it to
    default probabilities that rise with it; and `central_tendency` where the run states them by country or sector.
    """
    settings, found = book.run.default, dict(CANDIDATES)
    for agency in sorted(book.scores["agency"].unique()):
        points = settings.agencies.get(agency)
        sign = -1 if points is None or points[min(points)] > points[max(points)] else +1
        # Its name may hold braces, which a template would take for places of values.
        harmless = agency.replace("{", "(").replace("}", ")")
        found[score_of(agency)] = Candidate(OPINION, sign, f"{harmless}'s score is {{:.0f}}")
    if settings.central_tendencies:
        found["central_tendency"] = CENTRAL_TENDENCY
    return found


def score_of(agency: str) -> str:
    """Return the column that holds an agency's score."""
    return f"score: {agency}"


def inputs(book: Book) -> pd.DataFrame:
    """Return the `candidates` of every buyer as known on the book's day: index buyer_id, one column each, float.

    `measure.behaviour.features`; `measure.ratios.ratios`, and the change of some of them over a year (missing without
    an account of a year before); agencies' scores as `latest_scores`; `group_days_beyond_terms`: mean days beyond terms
    of the other buyers of its group (missing without a group, or where none of them has any).
    """
    return next(observations(book, [book.as_of])).inputs


class Observation(NamedTuple):
    """What was known of all buyers on a day: `inputs`, index buyer_id, and a boolean per buyer, `at_risk`.

    At risk is a buyer that owes something or bought in the last 12 months, is not in default, and is `private`.
    """

    inputs: pd.DataFrame
    at_risk: np.ndarray


def observations(book: Book, days: Sequence[pd.Timestamp]) -> Iterator[Observation]:
    """Return for each of the days what was known of the buyers by then, see `inputs`; none lies after the book's own.

    The rows of buyers that were not known by then say nothing.
    """
    names, measured = list(candidates(book)), private(book)
    central_tendency, accounts = _central_tendency(book), of_statements(book.statements).reset_index(drop=True)
    for day, (behaviour, defaulted) in zip(days, on_days(book, days), strict=True):
        # A place of −1 is not there, and gives a row of missing values.
        latest, before = (accounts.reindex(place).set_axis(behaviour.index) for place in account_places(book, day))
        change = latest[list(CHANGING)] - before[list(CHANGING)]
        group = groups_on(book, day)["group_id"]
        others = _mean_of_others(behaviour["days_beyond_terms"], group).rename("group_days_beyond_terms")
        scores = latest_scores(book, day).rename(columns=score_of)
        parts = [behaviour, latest, change.add_suffix("_change"), others, scores, central_tendency]
        active = behaviour[["open_amount", "sales_12m"]].sum(axis=1).to_numpy() > 0
        yield Observation(pd.concat(parts, axis=1)[names].astype("float64"), active & measured & ~defaulted)


def private(book: Book) -> np.ndarray:
    """Return a boolean per buyer: whether what became of it tells how often buyers default.

    Public bodies hardly fail, affiliates fail by our own group's decision, and who pays in advance owes nothing to fail
    on: among the others they would only lower the level of those that do fail. They are rated as if they were private.
    """
    return one_of(book.buyers["kind"], ["private"])


def panel(book: Book) -> pd.DataFrame:
    """Return past observations of the buyers with what became of them within 12 months.

    A row for each buyer and date, every three months back from 12 months before the as-of date to
    `default.minimum_history_months` after the day since when balances are known (`history.balances_since`): `date`,
    `buyer_id`, the `inputs` as they were known on that date, and `defaulted` (1: a default in the following 12 months).
    Buyers already in default (`in_default`), those that neither owed anything nor bought in the 12 months before, and
    those that are not `private` are not observed. The dates are the same days of the month as the as-of date, so that
    the 12 months after the last one end on or before it. Empty for a short ledger.
    """
    parts = [pd.DataFrame(columns=["date", "buyer_id", *candidates(book), "defaulted"])]
    days = dates(book, until=book.as_of - pd.DateOffset(months=HORIZON_MONTHS), step_months=STEP_MONTHS)
    for day, (known, at_risk) in zip(days, observations(book, days), strict=True):
        events = book.defaults[(book.defaults["date"] > day) & (book.defaults["date"] <= year_after(day))]
        outcome = named(events["buyer_id"], book.buyers["buyer_id"]).astype(int)
        parts.append(known[at_risk].reset_index().assign(date=day, defaulted=outcome[at_risk]))
    table = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return table.sort_values(["date", "buyer_id"], kind="stable", ignore_index=True)


LONGEST_YEARS = 10
"""Past dates go back no further: older buyers say little about today's, and one stray invoice would add decades."""


def unmatched(book: Book) -> dict[str, list[str]]:
    """Return the names in the run's `default` section that fit nothing in the book, by key; empty: all fit."""
    settings, buyers = book.run.default, book.buyers
    country, sector = buyers["country"].dropna(), buyers["sector"].dropna()
    places = {*country, *sector, *(buyers["country"] + "/" + buyers["sector"]).dropna()}
    stated: dict[str, tuple[Iterable[str], set[str]]] = {
        "default.agencies": (settings.agencies, set(book.scores["agency"])),
        "default.central_tendencies": (settings.central_tendencies, places),
    }
    found = {key: [name for name in named if name not in known] for key, (named, known) in stated.items()}
    return {key: missing for key, missing in found.items() if missing}


def dates(book: Book, *, until: pd.Timestamp, step_months: int) -> list[pd.Timestamp]:
    """Return the days from `until` back in steps, to `default.minimum_history_months` after `history.balances_since`.

    At most `LONGEST_YEARS` back from the as-of date.
    """
    first = balances_since(book) + pd.DateOffset(months=book.run.default.minimum_history_months)
    first = max(first, book.as_of - pd.DateOffset(years=LONGEST_YEARS))
    found: list[pd.Timestamp] = []
    while (day := until - pd.DateOffset(months=step_months * len(found))) >= first:
        found.append(day)
    return found


def year_after(day: pd.Timestamp) -> pd.Timestamp:
    """Return the last day of the 12 months after a day."""
    return day + pd.DateOffset(months=HORIZON_MONTHS)


def _mean_of_others(values: pd.Series, group: pd.Series) -> pd.Series:
    """Return the mean over the other members of each one's group; missing where there is none that is known."""
    of_group = values.groupby(group)
    total, known = group.map(of_group.sum()), group.map(of_group.count())
    others = known - values.notna()
    return (total - values.fillna(0.0)) / others.where(others > 0)


def _central_tendency(book: Book) -> pd.Series:
    """Return each buyer's stated central tendency: of country and sector, country, sector, or all."""
    settings = book.run.default
    buyers = book.buyers.set_index("buyer_id")
    country, sector = buyers["country"].fillna(""), buyers["sector"].fillna("")
    level = pd.Series(settings.central_tendency, index=buyers.index)
    for keys in (sector, country, country + "/" + sector):
        level = keys.map(settings.central_tendencies).astype("float64").fillna(level)
    return level.rename("central_tendency")
