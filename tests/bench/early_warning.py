"""The watchlist on demo books, whose failures are known: `python tests/bench/early_warning.py [SEED …]`.

Prints, over the seeds together, how many failures stood on the list 60 days or more before, against how many names that
did not fail, for the watchlist, as many names by PD alone and all more than 60 days late. Then the frontiers of the
first two and of two lists that nobody can make, which say how far any could come: by the true probability, which no
ledger shows, and by a boosted model that was taught the true probabilities of other companies, from all that the
default model and the signals may know of a buyer.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingRegressor

from tradecredit import Book, Run
from tradecredit.book.demo import demo_book
from tradecredit.decide.collect.back_test import THRESHOLDS
from tradecredit.decide.collect.signals import MAKERS
from tradecredit.decide.collect.watchlist import past
from tradecredit.default.panel import inputs
from tradecredit.validation.early_warning import as_many, compared, frontier
from tradecredit.validation.signal_value import added

DEVELOPMENT, TEST = range(11, 14), range(811, 821)
"""The thresholds were fixed on the first, and the odds on these and 801 to 810, with which 48 % were named at 5.9 false
names a true one before; 811 to 820 were looked at once, after that: 58 % named (90 % interval 54 to 63) at 5.3 false
names a true one (4.6 to 6.0). To name 70 % costs 6.3 by the watchlist, 7.0 by PD alone, 3.5 by what was taught the
truth of others and 1.5 by the truth itself.

Tried and turned down: PD and all signals in a regression fitted anew at each month end to the book's own earlier ones
(logistic, ridge, failures within 180 days that were over by then), its settings chosen on 801 and 802. On 811 and 812
it costs 5.0 false names a true one to name 58 % and 6.1 to name 70 %, with the months of 801 and 802 added to learn
from 6.0 and 6.4; the watchlist costs 4.0 and 5.5, PD alone 4.8 and 5.5, the truth itself 0.4 and 1.0. A book has some
forty failures in its history: too few to weigh seventeen signals by."""

SHOWN = [
    "names_a_review", "failures", "share_named", "share_named_low", "share_named_high", "days_ahead_low", "days_ahead",
    "days_ahead_high", "names", "true_names", "late_names", "false_a_true", "false_a_true_low", "false_a_true_high",
    "failed_of_listed",
]  # fmt: skip
OF_CURVE = ["names_a_review", "share_named", "false_a_true", "days_ahead", "failed_of_listed"]


def of_seed(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Book]:
    """Return the reviews of past month ends with all that was `told` then and `true_pd`, the defaults, and the book."""
    usual = Run.from_yaml(Path(__file__).parents[2] / "params" / "demo.yaml", as_of="2026-10-31")
    run = usual.model_copy(update={"source": usual.source.model_copy(update={"seed": seed})})
    book, source = Book.open(run), run.source
    truth = demo_book(buyers=source.buyers, invoices=source.invoices, seed=seed, until=source.until).truth
    reviews = past(book).merge(truth.rename(columns={"pd": "true_pd"})[["buyer_id", "date", "true_pd"]], how="left")
    then = pd.concat([told(book.at(day)).assign(date=day) for day in reviews["date"].unique()])
    reviews = reviews.merge(then.reset_index(), on=["buyer_id", "date"])
    failures = book.defaults[["buyer_id", "date", "kind"]]
    return *(table.assign(buyer_id=f"{seed}-" + table["buyer_id"]) for table in (reviews, failures)), book


def told(book: Book) -> pd.DataFrame:
    """Return what the default model and the signals may know of each buyer, a column each."""
    known = inputs(book)
    values = pd.DataFrame({name: make(book).value for name, make in MAKERS.items()}, index=known.index)
    return known.add_prefix("input: ").join(values.add_prefix("signal: "))


def taught(reviews: pd.DataFrame) -> HistGradientBoostingRegressor:
    """Return a model of the true log-odds of default."""
    model = HistGradientBoostingRegressor(max_iter=120, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=40)
    known = reviews[reviews["true_pd"] > 0]
    return model.fit(_inputs(known), logit(known["true_pd"].clip(upper=0.99)))


def main() -> None:
    seeds = [int(seed) for seed in sys.argv[1:]] or TEST
    model = taught(pd.concat([of_seed(seed)[0] for seed in DEVELOPMENT], ignore_index=True))
    parts, events = [], []
    for seed in seeds:
        found, defaults, book = of_seed(seed)
        parts.append(found)
        events.append(defaults)
        print(f"seed {seed}: {len(defaults)} defaults, {found['listed'].sum()} names", flush=True)
    reviews, failures = pd.concat(parts, ignore_index=True), pd.concat(events, ignore_index=True)
    until, listed, true = book.as_of, reviews["listed"], reviews["true_pd"].fillna(0.0)
    reviews["taught_pd"] = expit(model.predict(_inputs(reviews)))
    lists = {
        "watchlist": listed,
        "as many by PD alone": as_many(reviews, reviews["pd"], listed),
        "more than 60 days late": reviews["oldest_days_past_due"] > 60,
        "as many, taught": as_many(reviews, reviews["taught_pd"], listed),
        "as many by the true PD": as_many(reviews, true, listed),
    }
    print(compared(reviews, lists, failures, until=until)[SHOWN].T.round(3).to_string(), "\n")
    for kind, of_kind in failures.groupby("kind"):
        shares = compared(reviews, lists, of_kind, until=until)["share_named"]
        print(f"named, of {kind} alone:", shares.round(3).to_dict())
    for score in ("pd_warned", "pd", "taught_pd", "true_pd"):
        curve = frontier(reviews, reviews[score].astype("float64").fillna(0.0), THRESHOLDS, failures, until=until)
        print(f"\n{score}\n{curve[OF_CURVE].round(3).to_string()}")
    print("\n", added(reviews, failures, until=until).round(3).to_string())
    shown = (true > 0) & (true < 0.99)
    for score in ("pd", "taught_pd"):
        odds = [logit(values[shown].astype("float64")) for values in (true, reviews[score])]
        print(f"of the variance of the true log-odds {score} shows {np.corrcoef(*odds)[0, 1] ** 2:.0%}")


def _inputs(reviews: pd.DataFrame) -> pd.DataFrame:
    columns = [name for name in reviews if name.startswith(("input: ", "signal: "))]
    return reviews[columns].astype("float64").assign(odds=logit(reviews["pd"].astype("float64")))


if __name__ == "__main__":
    main()
