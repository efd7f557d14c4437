"""What buyers pay by week in every scenario, with the defaults that the loss engine draws."""

from typing import NamedTuple

import numpy as np

from tradecredit.cash.open_rows import OpenItems
from tradecredit.cash.scenario_kernels import scenarios
from tradecredit.cash.schedule import SalesSchedule, Schedule
from tradecredit.default.payment_times import PaymentTimes

TEMPOS = np.array([-3.0, -1.5, 0.0, 1.5, 3.0])
"""Tempos, in standard deviations, under which receipts are computed; between them they are interpolated."""
LEAST_SD = 0.02
"""Of the tempo, so that its grid has a width."""
LEAST_OWN = 1e-6
"""Variance that each cell has by itself, of 1."""
LARGE, MOST_LARGE = 0.002, 300
"""Part of all that is open from which on an invoice is drawn by itself, and how many are, at most: of so few, all."""


class Expected(NamedTuple):
    """What is expected under each tempo, as arrays; cells are the weeks, what is credited, and what is open at the end.

    `tempos` in standard deviations; of open items `owed` in all, `large_amount`, `large_buyer` and `large` (tempos ×
    items × cells, summed up), of small ones `small_total` (tempos × cells), `small_owed`, `small_varies`, the variance
    of each cell's sum as a multiple of its mean, and `small_root`, that of their correlations (upper triangular); of
    sales `sales` (tempos × months of sale × cells), `sales_total` (tempos × cells) and `per_invoice`; `due`: of each
    buyer small ones, and then sales (tempos × buyers × twice the cells); `at_default` (tempos × buyers × weeks × 2):
    what a buyer owes of sales at the beginning of each week, and what is to come of them from then on; `weekly_sd`: of
    the part of a week's money that comes a week later.
    """

    tempos: np.ndarray
    owed: float
    large_amount: np.ndarray
    large_buyer: np.ndarray
    large: np.ndarray
    small_total: np.ndarray
    small_owed: float
    small_varies: np.ndarray
    small_root: np.ndarray
    sales: np.ndarray
    sales_total: np.ndarray
    per_invoice: float
    due: np.ndarray
    at_default: np.ndarray
    weekly_sd: float

    @property
    def weeks(self) -> int:
        """The number of weeks."""
        return self.at_default.shape[2]


class Receipts(NamedTuple):
    """Of each scenario: `paid` by week; `credited`, `open` at the end, `lost` at defaults, and `invoiced`, what was
    open and what has been sold. paid + credited + open + lost = invoiced."""

    paid: np.ndarray
    credited: np.ndarray
    open: np.ndarray
    lost: np.ndarray
    invoiced: np.ndarray


def tempo_deviations(times: PaymentTimes) -> np.ndarray:
    """Return by how much the logarithm of the tempo of each coming span moves with the scenarios' one number for it.

    Such that its mean over all spans up to any of them has the standard deviation that `times.tempo` says.
    """
    spans = np.arange(1, len(times.tempo.mean) + 1)
    of_mean = np.sqrt([times.tempo.spread[:count, :count].mean() for count in spans])
    return np.maximum(np.diff(spans * of_mean, prepend=0.0), LEAST_SD)


def paces(times: PaymentTimes) -> np.ndarray:
    """Return the paces, beside the expected tempo, that receipts are computed under: tempos × spans of `SPAN` days."""
    return np.exp(TEMPOS[:, None] * tempo_deviations(times))


def expected(
    items: OpenItems, opened: Schedule, sales: SalesSchedule, future: tuple[np.ndarray, float], times: PaymentTimes
) -> Expected:
    """Return what scenarios are made of; `future`: the month of each week's sales, and the size of an invoice.

    What is open varies by the ledger's `dispersion` more than invoices that are paid by their own chances.
    """
    buyers, amount = sales.bought.shape[0], items.amount
    whole = amount.sum()
    largest = np.argsort(-amount, kind="stable")[:MOST_LARGE]
    if len(amount) > MOST_LARGE:
        largest = largest[amount[largest] > LARGE * whole]
    by_itself = np.zeros(len(amount), dtype=bool)
    by_itself[largest] = True
    cells = np.concatenate([opened.paid, opened.credited[:, :, None]], axis=2)
    cells = np.concatenate([cells, 1 - cells.sum(axis=2, keepdims=True)], axis=2)
    small = np.zeros((len(cells), buyers, cells.shape[2]))
    rest = ~by_itself
    for tempo in range(len(cells)):
        np.add.at(small[tempo], items.buyer[rest], cells[tempo, rest] * amount[rest, None])
    # What disputes are credited comes whatever the tempo.
    in_credit = np.bincount(items.buyer, items.credited, buyers)
    small[:, :, -2] += in_credit
    owed = float(amount[rest].sum() + in_credit.sum())
    varies, root = chance(amount[rest], cells[len(cells) // 2, rest], times.dispersion)
    month, per_invoice = future
    # What one block of days had too much, as a rule the next had too little.
    weekly_sd = float(np.sqrt(2 * times.tempo.noise))
    sold, of_buyer, at_default = _of_sales(sales)
    by_month = np.stack([sold[:, month == one].sum(axis=1) for one in range(month.max(initial=0) + 1)], axis=1)
    # Rows of buyers are read at each default, in no order: half of the bytes is half of the time.
    due = np.concatenate([small, of_buyer], axis=2, dtype=np.float32)
    small_total = due[:, :, : small.shape[2]].sum(axis=1, dtype=np.float64)
    return Expected(
        TEMPOS, float(whole + items.credited.sum()), amount[by_itself], items.buyer[by_itself],
        np.cumsum(cells[:, by_itself], axis=2), small_total, owed, varies, np.ascontiguousarray(root.T),
        np.ascontiguousarray(by_month), sold.sum(axis=1), per_invoice, due, at_default.astype(np.float32), weekly_sd,
    )  # fmt: skip


def _of_sales(sales: SalesSchedule) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of sales what is due by week of sale and by buyer, by cell, and `Expected.at_default`."""
    sold = np.concatenate([sales.paid, sales.credited[:, :, None]], axis=2)
    left = np.maximum(sales.sold[None, :, None] - sold.sum(axis=2, keepdims=True), 0.0)
    credited = sales.credited_by_buyer[:, :, None]
    of_buyer = np.concatenate([sales.paid_by_buyer, credited], axis=2)
    bought = np.concatenate([np.zeros((len(sales.bought), 1)), np.cumsum(sales.bought, axis=1)], axis=1)
    still = np.maximum(bought[None, :, -1:] - of_buyer.sum(axis=2, keepdims=True), 0.0)
    # From each week on: what is paid before is the rest of the whole.
    paid = sales.paid_by_buyer.sum(axis=2, keepdims=True)
    before = np.cumsum(sales.paid_by_buyer, axis=2) - sales.paid_by_buyer
    at_default = np.stack([bought[None, :, :-1] - before - credited, paid + still - before], axis=3)
    return np.concatenate([sold, left], axis=2), np.concatenate([of_buyer, still], axis=2), at_default


def chance(amount: np.ndarray, cells: np.ndarray, dispersion: float) -> tuple[np.ndarray, np.ndarray]:
    """Return how sums by cell vary of items of which each falls whole into one cell, by its chances (items × cells).

    Covariance: D · (diag(Σ a² p) − Σ a² p p′), D the `dispersion`. Out: each cell's variance / its mean, and the root
    (lower triangular) of the correlations. That an invoice is due soon or not is no chance: its own p says so.
    """
    money = amount[:, None] * cells
    mean, covariance = money.sum(axis=0), np.diag(amount @ money) - money.T @ money
    variance = np.maximum(np.diag(covariance), 0.0)
    varies = np.divide(dispersion * variance, mean, out=np.zeros(len(mean)), where=mean > 0)
    sd = np.sqrt(variance)
    scale = np.outer(sd, sd)
    correlation = np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 0)
    np.fill_diagonal(correlation, 1.0)
    # All cells together hold all that is owed: a little is added to what has no root of its own.
    return varies, np.linalg.cholesky(correlation + LEAST_OWN * np.eye(len(mean)))


def empty(count: int, weeks: int) -> Receipts:
    """Return room for the receipts of so many scenarios."""
    return Receipts(np.empty((count, weeks)), *np.empty((4, count)))


def receipts(
    basis: Expected, states: tuple[np.ndarray, np.ndarray], defaults: tuple[np.ndarray, ...], key: np.uint64, first: int
) -> Receipts:
    """Return what is paid in scenarios from number `first` on.

    `states`: tempo in standard deviations and factors of the months' sales, by scenario; `defaults`: scenario (rising,
    from 0), place of the buyer and week of each, in order of time.
    """
    found = empty(len(states[0]), basis.weeks)
    fill(basis, states, defaults, (key, first), found)
    return found


def fill(
    basis: Expected, states: tuple[np.ndarray, np.ndarray], defaults: tuple[np.ndarray, ...],
    random: tuple[np.uint64, int], into: Receipts,
) -> None:  # fmt: skip
    """Write the `receipts` into the room for them; `random`: key, and the number of the first scenario."""
    scenario, buyer, week = defaults
    begin = np.searchsorted(scenario, np.arange(len(states[0]) + 1))
    scenarios(basis, states, (begin, buyer, week), random, tuple(into))


__all__ = ["Expected", "Receipts", "empty", "expected", "fill", "paces", "receipts", "tempo_deviations"]
