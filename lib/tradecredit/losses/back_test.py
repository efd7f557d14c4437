"""The model against the past: what it would have said of past years at their start, beside what was really lost."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.checks import CENT
from tradecredit.book.memory import remembered
from tradecredit.book.places import one_of, places
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.simulation import simulate
from tradecredit.measure.default_events import in_default
from tradecredit.measure.history import balances_since
from tradecredit.measure.on_account import on_account_by
from tradecredit.measure.open_items import ledger
from tradecredit.numerics.known_digits import known_digits
from tradecredit.numerics.risk_measures import Sample, expected, value_at_risk

MOST_YEARS = 3
"""Past years that are looked at, each of which costs default probabilities as of its start."""

SCENARIOS = 20_000
"""Simulated years, at most: the 99 % quantile then rests on some hundred of them."""

COLUMNS = (
    "year_start", "buyers_then", "defaults_then", "real_defaults", "other_defaults", "expected_loss_then",
    "var_95_then", "var_99_then", "real_loss", "other_loss", "place",
    "defaults_place", "real_debt",
)  # fmt: skip


@remembered
def back_test(book: Book) -> pd.DataFrame:
    """Return what the model, as known at the start of past years, said of them, and what was really lost.

    Index `year_end`: years of 12 months, the last ending on the book's day, `MOST_YEARS` at most, back to the first
    whose start comes `default.minimum_history_months` or more after `history.balances_since`. Of each:

    - `year_start`, the day on which the year was looked at: `Book.at` it, nothing of later enters;
    - `buyers_then` at risk that day, those of `portfolio`; `defaults_then`, the sum of their PDs; `expected_loss_then`,
      exact; `var_95_then`, `var_99_then`, simulated, before insurance;
    - `real_defaults` of these buyers within the year, `real_debt`, Σ of debt, and `real_loss`, Σ of debt less what was
      recovered by the book's day; `other_defaults`, `other_loss` of buyers that owed nothing at its start, or were none
      yet;
    - `place` of the year among the simulated ones: `place_among` of `real_loss`; `defaults_place`, that of
      `real_defaults` among the simulated numbers of them.

    Of several defaults of a buyer in a year the first counts; none of a buyer in default at its start. A debt that
    `defaults` does not state is what the ledger shows as owed that day, net of what is on account; without a recovery
    on record nothing came back. Empty where the ledger is too short, or the book has no defaults. Source: definitions
    §8.3.1.
    """
    years = [_year(book, start, end) for start, end in _years(book)]
    return pd.DataFrame(years, columns=["year_end", *COLUMNS]).set_index("year_end")


def _years(book: Book) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return start (the day before the first) and last day of the years that can be looked at, rising."""
    if book.invoices.empty or not book.has("defaults"):
        return []
    first = balances_since(book) + pd.DateOffset(months=book.run.default.minimum_history_months)
    days = [window_start(book.as_of, 12 * number) for number in range(MOST_YEARS, -1, -1)]
    return [(start, end) for start, end in pairwise(days) if start >= first]


def _year(book: Book, start: pd.Timestamp, end: pd.Timestamp) -> dict[str, object]:
    past = book.at(start)
    at_risk = portfolio(past, default.assess(past))
    simulation = book.run.simulation
    dist = simulate(
        at_risk,
        scenarios=min(SCENARIOS, simulation.scenarios),
        seed=simulation.seed,
        dependence=book.run.losses.dependence,
        sampling=simulation,
    )
    gross = dist.losses["gross"].to_numpy()
    real = _losses(book, start, end)
    real = real[~one_of(real["buyer_id"], in_default(past))]
    known = one_of(real["buyer_id"], at_risk.index)
    lost = float(real["loss"][known].sum())
    # An entry for each default, whatever it lost.
    defaults = np.diff(dist.unit_losses().indptr)
    return {
        "year_end": end, "year_start": start, "buyers_then": len(at_risk), "defaults_then": at_risk["pd"].sum(),
        "real_defaults": int(known.sum()), "other_defaults": int((~known).sum()),
        "expected_loss_then": expected_loss(at_risk).sum(),
        "var_95_then": value_at_risk(gross, dist.sample, 0.95)[0],
        "var_99_then": value_at_risk(gross, dist.sample, 0.99)[0],
        "real_loss": lost, "other_loss": float(real["loss"][~known].sum()),
        "place": place_among(gross, dist.sample, lost),
        "real_debt": float(real["debt"][known].sum()),
        "defaults_place": place_among(defaults, dist.sample, int(known.sum())),
    }  # fmt: skip


def place_among(losses: np.ndarray, sample: Sample, loss: float) -> float:
    """Return the probability of a simulated loss (or number) of at most `loss`; for none, half the probability of none.

    The half makes the mean place of years without a loss what it is of all years where the model is right.

    >>> place_among(np.array([0.0, 0.0, 10.0, 20.0]), Sample.equally_likely(4), 10.0)
    0.75
    >>> place_among(np.array([0.0, 0.0, 10.0, 20.0]), Sample.equally_likely(4), 0.0)
    0.25
    """
    reached = min(float(sample.probability[losses < loss + CENT].sum()), 1.0)
    return reached / 2 if loss < CENT else reached


def _losses(book: Book, start: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    """Return `buyer_id`, `debt`, `loss` of each buyer's first default after `start` and by `end`, as known now."""
    events = book.defaults[(book.defaults["date"] > start) & (book.defaults["date"] <= end)]
    events = events.sort_values("date", kind="stable").drop_duplicates("buyer_id")
    debt = events["debt"].to_numpy(float, copy=True)
    buyer = places(events["buyer_id"], book.buyers["buyer_id"])
    for row in np.flatnonzero(np.isnan(debt)):  # few, if any
        owed = ledger(book).owed_on(events["date"].iloc[row])
        account = on_account_by(book, events["date"].iloc[row])[buyer[row]]
        debt[row] = max(owed[book.buyer_of_invoice == buyer[row]].sum() - account, 0.0)
    recovered = events["recovered"].fillna(0.0).to_numpy(float)
    return pd.DataFrame({"buyer_id": events["buyer_id"].array, "debt": debt, "loss": np.maximum(debt - recovered, 0.0)})


def with_next(years: pd.DataFrame, dist: LossDistribution, views: Mapping[str, str]) -> pd.DataFrame:
    """Return `drawn` with the year ahead below the past ones, a row for each of some views of simulated losses.

    `years`: `back_test`, each under what it is called; `views`: view of `dist.losses` → what its row is called. `real`
    of the year ahead is missing, and its estimates have the digits that their standard errors leave known.
    """
    ahead = {
        called: {
            "low": known_digits(*value_at_risk(dist.losses[view].to_numpy(), dist.sample, 0.95)),
            "high": known_digits(*value_at_risk(dist.losses[view].to_numpy(), dist.sample, 0.99)),
            "expected": known_digits(*expected(dist.losses[view].to_numpy(), dist.sample)),
            "real": np.nan,
        }
        for view, called in views.items()
    }
    return pd.concat([drawn(years), pd.DataFrame(ahead).T.astype("float64")])


def drawn(years: pd.DataFrame) -> pd.DataFrame:
    """Return what a figure of `back_test` shows: `low`, `high`, `expected`, `real`."""
    return pd.DataFrame(
        {
            "low": years["var_95_then"], "high": years["var_99_then"], "expected": years["expected_loss_then"],
            "real": years["real_loss"],
        },
        dtype="float64",
    )  # fmt: skip
