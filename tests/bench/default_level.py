"""Expected defaults against the demo world's truth, seed by seed: `python tests/bench/default_level.py [dev]`."""

import sys
from pathlib import Path

import numpy as np

from tradecredit import Book, Run, default
from tradecredit.book.demo import demo_book
from tradecredit.default.level import level

DEVELOPMENT, TEST = range(11, 51), range(501, 511)
"""The method was developed on the first; the second were looked at once, after it was fixed. So were 401 to 490 before
them (mean ratio 1.081 with a standard error of 0.035, the first ten of them 1.118; the truth inside in 85 of 90). 101
to 110 and 301 to 310 were looked at with earlier methods."""


def main() -> None:
    usual = Run.from_yaml(Path(__file__).parents[2] / "params" / "demo.yaml", as_of="2026-10-31")
    ratios, inside = [], []
    for seed in DEVELOPMENT if "dev" in sys.argv[1:] else TEST:
        run = usual.model_copy(update={"source": usual.source.model_copy(update={"seed": seed})})
        book, source = Book.open(run), run.source
        truth = demo_book(buyers=source.buyers, invoices=source.invoices, seed=seed, until=source.until).truth
        ratings = default.assess(book)
        found, at_risk = level(book, ratings), ratings.index[ratings["method"] != "in default"]
        true = truth[truth["date"] == book.as_of].set_index("buyer_id")["pd"].reindex(at_risk).sum()
        ratios.append(found.expected / true)
        inside.append(found.low <= true <= found.high)
        figures = f"expected {found.expected:.2f} ({found.low:.2f} to {found.high:.2f}), true {true:.2f}"
        print(f"seed {seed}: {figures}, ratio {ratios[-1]:.2f}, inside {inside[-1]}", flush=True)
    error = np.std(ratios, ddof=1) / np.sqrt(len(ratios))
    print(f"mean ratio {np.mean(ratios):.3f}, standard error {error:.3f}; truth inside {sum(inside)} of {len(inside)}")


if __name__ == "__main__":
    main()
