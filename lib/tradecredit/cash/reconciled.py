"""The figures of cash and provision beside those of other chapters that look alike, and what differs."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.cash.forecast import YEAR, CashForecast
from tradecredit.cash.open_rows import open_rows
from tradecredit.cash.schedule import of_open
from tradecredit.default.payment_times import payment_times, today_of
from tradecredit.insurance.policy import Policy
from tradecredit.losses import back_test as of_losses
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.portfolio import portfolio
from tradecredit.measure.default_events import in_default
from tradecredit.provision import back_test as of_provision
from tradecredit.provision.items import PARTS
from tradecredit.provision.loss_rates import lgd_on
from tradecredit.provision.provision import TOTAL, provision_on

LOST, EXPECTED, PAID = "Lost in the last 12 months", "Expected to be lost", "Paid by insurance"
"""What is set beside each other."""
LIFE_WEEKS = 53
"""Weeks within which open invoices are looked for to be paid."""


class Defaults(NamedTuple):
    """How many defaults a year has: `expected` of all buyers that are not in default (chapter 02); of these those of
    buyers `at_risk`; the same `by_group`, all companies of a group failing with its weighted probability; and
    `simulated`, the mean of the forecast's scenarios with its standard error."""

    expected: float
    at_risk: float
    by_group: float
    simulated: tuple[float, float]


def defaults(book: Book, ratings: pd.DataFrame, forecast: CashForecast) -> Defaults:
    """Return how the number of defaults of the forecast comes from that of the ratings.

    `ratings`: index buyer_id, `pd`. Of a group: number of companies at risk × mean of their probabilities weighted by
    exposure × loss given default, as the loss engine has it (definitions §8.2).
    """
    at_risk = portfolio(book, ratings)
    expected = ratings.loc[~one_of(ratings.index.to_series(), in_default(book)), "pd"].sum()
    group = at_risk["group_id"].where(at_risk["group_id"].notna(), at_risk.index.to_series())
    weight = at_risk["exposure"] * at_risk["lgd"]
    sums = pd.DataFrame({"weight": weight, "weighted": weight * at_risk["pd"], "pd": at_risk["pd"]}).groupby(group)
    table, size = sums.sum(), sums.size()
    mean = np.where(
        table["weight"] > 0, table["weighted"] / table["weight"].where(table["weight"] > 0), table["pd"] / size
    )
    return Defaults(float(expected), float(at_risk["pd"].sum()), float((size * mean).sum()), forecast.defaults)


def reconciled(
    book: Book, ratings: pd.DataFrame, dist: LossDistribution, forecast: CashForecast, policy: Policy | None
) -> pd.DataFrame:
    """Return figures of this chapter and others with what differs: columns `reconciled`, `step`, `amount`.

    `dist`: `losses.assess` of the same ratings. Of each pair the first row is the one figure, the last the other, and
    those between add up to the difference; nothing of a pair that the book does not tell.
    """
    rows = [
        *_rows(LOST, _lost(book)),
        *_rows(EXPECTED, _expected(book, ratings, dist)),
        *_rows(PAID, _paid(dist, forecast, policy)),
    ]
    return pd.DataFrame(rows, columns=["reconciled", "step", "amount"]).astype({"amount": "float64"})


def _rows(name: str, steps: Sequence[tuple[str, float]]) -> list[tuple[str, str, float]]:
    told = all(np.isfinite(amount) for _, amount in steps)
    return [(name, step, amount) for step, amount in steps] if told else []


def _lost(book: Book) -> list[tuple[str, float]]:
    """Return the year's loss of the loss model's back-test beside that of the provision's."""
    years, start = of_losses.back_test(book), of_provision.day_then(book)
    table = of_provision.by_bucket_then(book)
    if years.empty or table.empty or years["year_start"].iloc[-1] != start:
        return []
    real = float(years["real_loss"].iloc[-1])
    row = table.loc[TOTAL]
    debt, lgd = float(years["real_debt"].iloc[-1]), lgd_on(book, book.as_of)
    return [
        ("Lost of buyers at risk a year ago, recoveries so far taken off (chapters 00 and 04)", real),
        (
            "Less what is still expected to come in of it: loss given default in place of what came in",
            lgd * debt - real,
        ),
        (
            "Less what was sold to them after that day, and paid of what was owed on it",
            lgd * (row["failed_since"] - debt),
        ),
        ("Plus written off of buyers that did not fail", row["written_off_since"]),
        ("Lost of the balances that were open a year ago (back-test of the matrix)", row["lost_since"]),
    ]


def _expected(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> list[tuple[str, float]]:
    """Return the expected loss of a year beside the provision: the lifetime expected loss of what is open today."""
    found = provision_on(book, book.as_of)
    matrix, past, failed = (
        float(found.loc[found["part"] == part, "provision"].sum(skipna=False)) for part in range(len(PARTS))
    )
    others = [
        ("Plus what is past the write-off point, which is provided for whole", past),
        ("Plus what buyers in default owe, less what is expected to come in of it", failed),
    ]
    at_risk = portfolio(book, ratings)
    loss = at_risk["pd"] * at_risk["lgd"]
    year, life = float((loss * at_risk["exposure"]).sum()), mean_life(book).reindex(at_risk.index).fillna(0.0)
    simulated = float(dist.losses["gross"].to_numpy() @ dist.sample.probability)
    of_life = float((loss * at_risk["balance"].clip(lower=0.0) * life / 365).sum())
    return [
        ("Expected loss of the next 12 months, simulated (chapters 00 and 04)", simulated),
        ("Simulation error: the same, exact", year - simulated),
        ("Less the time after today's invoices are paid: they stay open for weeks, not for a year", of_life - year),
        (
            "Plus what the matrix expects beyond that: by age and the losses of the ledger's own years × outlook, in "
            "place of each buyer's default probability; losses without a default; public buyers and affiliates",
            matrix - of_life,
        ),
        *(step for step in others if step[1] != 0),
        ("Provision: lifetime expected credit loss of all that is open, before insurance", matrix + past + failed),
    ]


@once
def mean_life(book: Book) -> pd.Series:
    """Return the days that what is open stays so, by buyer (index buyer_id), amounts weighing; missing: nothing open.

    Expected at the usual tempo, of what is paid or credited; each week's in its middle, what is left after
    `LIFE_WEEKS` at their end.
    """
    items = open_rows(book)
    made = of_open(items, payment_times(book), today_of(book), LIFE_WEEKS, np.ones((1, 1)))
    paid, gone = made.paid[0], made.paid[0].sum(axis=1)
    middle = 7 * np.arange(LIFE_WEEKS) + 4
    days = np.where(gone > 0, paid @ middle / np.where(gone > 0, gone, 1.0), 7.0 * LIFE_WEEKS)
    days = gone * days + made.credited[0] * days + (1 - gone - made.credited[0]) * 7 * LIFE_WEEKS
    buyers = len(book.buyers)
    owed = np.bincount(items.buyer, items.amount, buyers)
    mean = np.bincount(items.buyer, items.amount * days, buyers) / np.where(owed > 0, owed, np.nan)
    return pd.Series(mean, index=pd.Index(book.buyers["buyer_id"].to_numpy(), name="buyer_id"))


def _paid(dist: LossDistribution, forecast: CashForecast, policy: Policy | None) -> list[tuple[str, float]]:
    """Return the expected indemnity of the loss engine beside the claims that come within a year."""
    if policy is None or policy.name not in forecast.insured:
        return []
    of = forecast.insured[policy.name]
    simulated = float(dist.losses[f"indemnity:{policy.name}"].to_numpy() @ dist.sample.probability)
    claims, passed = (float(amounts[:, :YEAR].sum(axis=1).mean()) for amounts in (of.claims, of.passed_on))
    indemnity = float(of.indemnity.mean())
    return [
        ("Expected indemnity of the year's losses (chapter 05)", simulated),
        ("Simulation error: the same in the years of the cash forecast, fewer and all alike", indemnity - simulated),
        (
            f"Less what comes only after {YEAR} weeks, the insurer's part of later recoveries taken off",
            claims - passed - indemnity,
        ),
        (f"Plus the insurer's part of recoveries, passed on within {YEAR} weeks and told by itself", passed),
        (f"Claims received within {YEAR} weeks", claims),
    ]


__all__ = ["Defaults", "defaults", "mean_life", "reconciled"]
