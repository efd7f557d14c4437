"""A chapter asks for the same tables again and again: each is computed once for a book."""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType

import pytest

from tradecredit.book.demo import demo_book
from tradecredit.insurance import cover, in_force
from tradecredit.insurance.policy import Policy
from tradecredit.losses import portfolio
from tradecredit.measure import (
    agency_scores,
    balance_history,
    balances,
    behaviour,
    default_events,
    disputes,
    limits_in_force,
    open_items,
    quality,
    ratios,
    receivables,
    sales,
)  # fmt: skip
from tradecredit.measure.dso_causes import dso_causes

KEPT = [
    open_items.ledger, open_items.open_items, receivables.kpis, disputes.disputed, behaviour.features,
    behaviour.signed_days_beyond_terms, balances.balances, limits_in_force.limits_in_force, ratios.ratios,
    ratios.latest_accounts, agency_scores.latest_scores, default_events.in_default, default_events.already_defaulted,
    default_events.loss_given_default, quality.quality, portfolio.exposures, portfolio.highest_balance, cover.of_buyers,
    cover.named_limits, cover.evidence, cover.owed_days, cover.insured_sales,
    sales.cancellations, sales.net_sales, sales.of_year, balance_history.balance_history,
]  # fmt: skip


@pytest.fixture(scope="module")
def book(book_of):
    tables = dict(demo_book(buyers=40, invoices=2_000, seed=2).tables)
    tables["fx"] = tables["fx"].assign(rate=1.0)
    return book_of("2026-10-31", **tables)


def calls(work: Callable) -> Counter:
    """Return how often each of `KEPT` computed its table, by its name, the book's day and the other arguments."""
    functions = {function.__wrapped__.__code__: function.__name__ for function in KEPT}
    counted: Counter = Counter()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in functions:
            given = frame.f_locals
            counted[functions[frame.f_code], id(given["book"]), given.get("policy")] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def test_each_table_is_computed_once_for_each_book(book):
    policies = [Policy(name=name, insured_percentage=0.9, discretionary_limit=20_000) for name in ("one", "other")]
    books = [book, book.at("2025-10-31")]

    def chapter() -> None:
        for known in books * 2:
            receivables.monthly(known, 3), receivables.ageing(known), receivables.figures(known)
            receivables.concentration(known), receivables.disputes(known), dso_causes(known)
            (
                behaviour.signed_days_beyond_terms(known),
                balances.balances(known),
                balance_history.balance_history(known),
                quality.quality(known),
            )
            (
                agency_scores.latest_scores(known),
                default_events.already_defaulted(known),
                portfolio.highest_balance(known),
            )
            ratings = behaviour.features(known).assign(pd=0.01)[["pd"]]
            portfolio.portfolio(known, ratings)
            for policy in policies:
                cover.of_buyers(known, policy), in_force.insurable_turnover(known, policy)

    counted = calls(chapter)
    assert {name for name, _, _ in counted} == {function.__name__ for function in KEPT}
    assert set(counted.values()) == {1}
    assert set(calls(chapter).values()) == set()


def test_the_figures_of_past_days_walk_the_ledger_once(book):
    counted = calls(lambda: receivables.monthly(book.at("2026-09-30"), 24))
    assert counted["ledger", *next(iter(counted))[1:]] == 1
