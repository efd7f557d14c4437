"""The watchlist on demo books, whose failures are known: `python tests/bench/early_warning.py [dev] [SEED …]`.

Prints, over the seeds together, how many failures stood on the list 60 days or more before, against how many names that
did not fail, for the watchlist, as many names by PD alone, all more than 60 days late, and the list by the true
probability, which no ledger shows: nobody who is asked to name buyers can do better. Then the frontier of each.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from tradecredit import Book, Run
from tradecredit.book.demo import demo_book
from tradecredit.decide.collect.back_test import THRESHOLDS, of_reviews
from tradecredit.decide.collect.watchlist import past
from tradecredit.validation.early_warning import as_many, compared, frontier
from tradecredit.validation.signal_value import added

DEVELOPMENT, TEST = range(11, 14), range(801, 811)
"""The thresholds and odds were fixed on the first; the second were looked at once, after that."""

SHOWN = [
    "names_a_review", "failures", "share_named", "share_named_low", "share_named_high", "days_ahead_low", "days_ahead",
    "days_ahead_high", "names", "true_names", "late_names", "false_a_true", "false_a_true_low", "false_a_true_high",
    "failed_of_listed",
]  # fmt: skip


def of_seed(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Book]:
    """Return the reviews of past month ends with `true_pd`, the defaults with their kind, and the book."""
    usual = Run.from_yaml(Path(__file__).parents[2] / "params" / "demo.yaml", as_of="2026-10-31")
    run = usual.model_copy(update={"source": usual.source.model_copy(update={"seed": seed})})
    book = Book.open(run)
    truth = demo_book(buyers=run.source.buyers, invoices=run.source.invoices, seed=seed, until=run.source.until).truth
    reviews = past(book).merge(truth.rename(columns={"pd": "true_pd"})[["buyer_id", "date", "true_pd"]], how="left")
    return reviews, book.defaults[["buyer_id", "date", "kind"]], book


def main() -> None:
    chosen = [int(seed) for seed in sys.argv[1:] if seed.isdigit()]
    seeds = chosen or (DEVELOPMENT if "dev" in sys.argv[1:] else TEST)
    parts, events = [], []
    for seed in seeds:
        reviews, failures, book = of_seed(seed)
        alone = of_reviews(reviews, book).compared.loc["watchlist"]
        print(
            f"seed {seed}: {alone['share_named']:.0%} named, {alone['false_a_true']:.1f} false a true one", flush=True
        )
        parts.append(reviews.assign(buyer_id=f"{seed}-" + reviews["buyer_id"]))
        events.append(failures.assign(buyer_id=f"{seed}-" + failures["buyer_id"]))
    reviews, failures = pd.concat(parts, ignore_index=True), pd.concat(events, ignore_index=True)
    until, listed = book.as_of, reviews["listed"]
    true = reviews["true_pd"].fillna(0.0)
    lists = {
        "watchlist": listed,
        "as many by PD alone": as_many(reviews, reviews["pd"], listed),
        "more than 60 days late": reviews["oldest_days_past_due"] > 60,
        "as many by the true PD": as_many(reviews, true, listed),
    }
    pd.set_option("display.width", 250, "display.max_columns", 30)
    print(compared(reviews, lists, failures, until=until)[SHOWN].T.round(3).to_string(), "\n")
    for kind, of_kind in failures.groupby("kind"):
        print(
            f"watchlist, {kind} alone:",
            of_kind.pipe(lambda one: compared(reviews, lists, one, until=until))["share_named"].round(3).to_dict(),
        )
    for name, score in (("watchlist", "pd_warned"), ("PD alone", "pd"), ("true PD", "true_pd")):
        values = reviews[score].astype("float64").fillna(0.0)
        curve = frontier(reviews, values, THRESHOLDS, failures, until=until)
        print(
            f"\n{name}\n",
            curve[["names_a_review", "share_named", "false_a_true", "days_ahead", "failed_of_listed"]]
            .round(3)
            .to_string(),
        )
    print("\n", added(reviews, failures, until=until).round(3).to_string())
    shown = (true > 0) & (true < 0.999)
    odds = [np.log(of[shown] / (1 - of[shown])) for of in (true, reviews["pd"].astype("float64"))]
    print(f"\nof the variance of the true log-odds the PD known then shows {np.corrcoef(*odds)[0, 1] ** 2:.0%}")


if __name__ == "__main__":
    main()
