"""What stated signs cost: the model with and without each sign that the data contradict, on firms left out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.default import model_tables, pair_choice
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.model_fit import LEVEL
from tradecredit.default.panel import candidates
from tradecredit.default.ratings import level_basis
from tradecredit.numerics import discrimination

MOST = 8
"""Signs compared at most, the most contradicted first: each costs `pair_choice.FOLDS` fits of curves."""

MOST_ROWS = 30_000
"""Rows compared at most: of a larger table those of firms drawn by chance. They tell the same with a larger error."""

COLUMNS = ["sign", "against", "log_loss_cost", "log_loss_cost_error", "auc_cost", "auc_cost_error"]
"""Columns of `sign_costs`."""


def sign_costs(
    X: pd.DataFrame, y: pd.Series, *, signs: Mapping[str, int], groups: pd.Series | None = None
) -> pd.DataFrame:
    """Return what each stated sign that the data contradict costs on firms left out; no sign is relaxed.

    `X`, `y`, `signs`, `groups`: as `DefaultModel.fit`. Index `input`, the most contradicted first; of inputs whose
    curve runs against its sign somewhere where all signs are lifted at once, at most `MOST`. Columns:

    - `sign`: as stated; `against`: how far the free curve runs against it over its knots, in log-odds;
    - `log_loss_cost`, `auc_cost`: how much less the mean −log-likelihood a row, and how much larger the area, is
      without this sign, the others kept; above 0 the sign costs. The same five folds of firms for both, curves without
      pairs.
    - `log_loss_cost_error`, `auc_cost_error`: standard errors, paired and by firm. They say nothing of how the folds
      were dealt, nor that the signs shown are those that the same data contradict.

    Of a table of more than `MOST_ROWS` rows, about as many are looked at: those of firms drawn by chance, always the
    same, of those that defaulted and of the others alike. Costs are missing, not testable, where fewer than
    `discrimination.MINIMUM_DEFAULTERS` firms defaulted or did not.
    Raises `InputError` as `DefaultModel.fit`.
    """
    X, y, groups, _ = model_tables.checked(X, y, signs, groups, None)
    firms = pd.Series(np.arange(len(y)) if groups is None else pd.factorize(groups)[0], index=y.index)
    if len(y) > MOST_ROWS:
        rows = drawn(y.to_numpy(dtype="float64"), firms.to_numpy(), MOST_ROWS / len(y))
        X, y, groups = X[rows], y[rows], firms[rows]
        firms = pd.Series(pd.factorize(groups)[0], index=y.index)
    signs = {name: sign for name, sign in signs.items() if sign and name in X}
    free = DefaultModel.fit(X, y, signs={}, groups=groups, pairs=())
    against = _against(free.curves, signs).nlargest(MOST)
    found = pd.DataFrame({"sign": pd.Series(signs, dtype="int64").reindex(against.index), "against": against})
    found = found.reindex(columns=COLUMNS).rename_axis("input")
    bad = y.to_numpy() == 1
    fewest = min(firms[rows].nunique() for rows in (bad, ~bad))
    if found.empty or fewest < discrimination.MINIMUM_DEFAULTERS:
        return found
    fold = pair_choice.folds(y.to_numpy(dtype="float64"), firms.to_numpy(), deal=0)
    kept = _left_out(X, y, signs, firms, fold)
    for name in found.index:
        lifted = _left_out(X, y, {other: sign for other, sign in signs.items() if other != name}, firms, fold)
        area = discrimination.auc_gain(lifted, kept, y, groups=firms)
        found.loc[name, COLUMNS[2:]] = [*_log_loss_gain(lifted, kept, y, firms), *area]
    return found


def drawn(y: np.ndarray, firms: np.ndarray, share: float) -> np.ndarray:
    """Return whether each row is of a firm that is drawn: so many of those that defaulted, and of the others.

    `y`: 0 or 1 by row; `firms`: 0 … without gaps. The draw is by chance and always the same.

    >>> drawn(np.array([1.0] * 10 + [0.0] * 30), np.arange(40), 0.3).nonzero()[0].size
    12
    """
    ever = np.bincount(firms, y) > 0
    order = np.random.default_rng(0).permutation(len(ever))
    order = order[np.argsort(ever[order], kind="stable")]
    taken = np.zeros(len(ever), dtype=bool)
    taken[order] = np.diff(np.floor(np.arange(len(ever) + 1) * share + 1e-9)) > 0
    return taken[firms]


@remembered
def sign_costs_of_book(book: Book) -> pd.DataFrame:
    """Return `sign_costs` of the book's own observations (`panel.panel`); empty where no model is fitted to them.

    The curves compared are free of the beliefs that hold those of the model; raises as `assessment`.
    """
    found, columns = level_basis(book), candidates(book)
    if found.model is None:
        return pd.DataFrame(columns=COLUMNS).rename_axis("input")
    values, signs = found.observed[list(columns)].astype("float64"), {name: one.sign for name, one in columns.items()}
    return sign_costs(values, found.observed["defaulted"].astype(int), signs=signs, groups=found.observed["buyer_id"])


def _against(curves: pd.DataFrame, signs: Mapping[str, int]) -> pd.Series:
    """Return by input how far its curve runs against its sign, the steps added up; only where it does."""
    by_value = {name: rows["log_odds"].to_numpy() for name, rows in curves.dropna(subset=["value"]).groupby("input")}
    steps = {name: sign * np.diff(by_value[name]) for name, sign in signs.items() if name in by_value}
    total = pd.Series({name: -step[step < 0].sum() for name, step in steps.items()}, dtype="float64")
    return total[total > LEVEL]


def _left_out(X: pd.DataFrame, y: pd.Series, signs: Mapping[str, int], firms: pd.Series, fold: np.ndarray) -> pd.Series:
    """Return the probability of each row by a fit of the other folds."""
    found = pd.Series(np.nan, index=y.index)
    for k in np.unique(fold):
        rest, left = fold != k, fold == k
        model = DefaultModel.fit(X[rest], y[rest], signs=signs, groups=firms[rest], pairs=())
        found[left] = model.probability(X[left]).to_numpy()
    return found


def _log_loss_gain(lifted: pd.Series, kept: pd.Series, y: pd.Series, firms: pd.Series) -> discrimination.Estimate:
    """Return the mean gain in log-likelihood of a row, with its standard error by firm."""
    bad = y.to_numpy() == 1
    one, other = (np.log(np.where(bad, p, 1 - p)) for p in (lifted.to_numpy(), kept.to_numpy()))
    gain = one - other
    sums = np.bincount(firms, gain - gain.mean())
    error = np.sqrt(len(sums) / (len(sums) - 1) * sums @ sums) / len(gain)
    return discrimination.Estimate(float(gain.mean()), float(error))
