"""Receipts of scenarios: no cash is made or lost, and their mean is the closed form's."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.book.calendar import MONTH_DAYS
from tradecredit.cash.coming_sales import Coming, Orders
from tradecredit.cash.future_sales import FutureSales
from tradecredit.cash.open_rows import OpenItems
from tradecredit.cash.scenarios import expected, paces, receipts, tempo_deviations
from tradecredit.cash.schedule import of_open, of_sales
from tradecredit.default.payment_days import NO_HABIT
from tradecredit.default.payment_rates import CELLS
from tradecredit.default.payment_times import PaymentTimes
from tradecredit.losses.simulator import Settings, Simulator
from tradecredit.numerics.drifting import Predicted
from tradecredit.params.losses import Dependence, Sampling

WEEKS = 8
TODAY = 20_000
NO_ORDERS = Orders(*np.zeros((3, 0), np.int64), np.zeros(0))


def constant(buyers, hazard, credit=0.0):
    """Return payment times with the same hazard on every day."""
    tempo = Predicted(np.zeros(13), np.eye(13) * 0.04, 0.005)
    return PaymentTimes(
        np.full((buyers, CELLS), hazard), np.full(CELLS, credit), NO_HABIT, np.ones((buyers, MONTH_DAYS)), tempo,
        np.ones(buyers), 1.0, np.ones(buyers), 1.0,
    )  # fmt: skip


def opened(amount, buyer):
    count = len(amount)
    begin = np.ones(count, np.int64)
    return OpenItems(np.arange(count), buyer, amount, np.zeros(count), np.full(count, -5), begin, buyer)


def flat(daily):
    days = 7 * WEEKS
    return FutureSales(np.array([daily]), np.zeros((1, 1)), np.zeros(days, np.int64), np.ones(days), 50.0)


def basis(amount, buyer, daily=0.0, credit=0.0, hazard=0.02):
    buyers = int(buyer.max()) + 1
    times = constant(buyers, hazard, credit)
    speeds = paces(times)
    items = opened(amount, buyer)
    shares = (np.arange(buyers), np.full(buyers, 30), np.full(buyers, 1 / buyers))
    sales = of_sales(Coming(*shares, flat(daily), NO_ORDERS), times, TODAY, speeds)
    made = of_open(items, times, TODAY, WEEKS, speeds)
    return expected(items, made, sales, (np.zeros(WEEKS, np.int64), 50.0), times)


def test_the_mean_is_the_closed_form_of_constant_hazards_of_payment_and_default():
    # Paid in week w (from 0): a · (e^(−7λw) − e^(−7λ(w+1))), if there is no default by its end: e^(−H·7(w+1)/365),
    # H = −ln(1 − PD), where defaults do not depend on each other.
    buyers, hazard, probability, count = 200, 0.02, 0.5, 4_000
    amount = np.full(buyers, 100.0)
    table = pd.DataFrame(
        {"pd": probability, "exposure": amount, "lgd": 1.0, "correlation": 0.0, "insured_limit": np.nan},
        index=pd.RangeIndex(buyers, name="buyer_id"),
    )
    sampling = Sampling(method="plain")
    simulator = Simulator.of(table, (), (count,), 7, Settings(Dependence(), sampling))
    (block,) = simulator.blocks()
    defaults = simulator.defaults(block)
    week = (defaults.day - 1) // 7
    events = (defaults.scenario[week < WEEKS], defaults.buyer[week < WEEKS], week[week < WEEKS])
    states = np.zeros(count), np.ones((count, 1))
    paid = receipts(basis(amount, np.arange(buyers)), states, events, np.uint64(3), 0).paid
    by_end = np.arange(WEEKS + 1)
    exact = buyers * 100.0 * (np.exp(-7 * hazard * by_end[:-1]) - np.exp(-7 * hazard * by_end[1:]))
    exact = exact * (1 - probability) ** (7 * by_end[1:] / 365)
    total, error = paid.sum(axis=1), paid.sum(axis=1).std() / np.sqrt(count)
    assert abs(total.mean() - exact.sum()) < 3 * error
    # The week's shift moves money between weeks without bias, but for the first, which receives none.
    assert paid.mean(axis=0)[1:] == pytest.approx(exact[1:], rel=0.02)


def test_future_sales_are_paid_as_the_closed_form_says():
    # Sold in the middle of each week (day 4), at risk from that day on; per week 700.
    found = basis(np.array([1e-9]), np.zeros(1, np.int64), daily=100.0)
    none = np.zeros(0, np.int64)
    paid = receipts(found, (np.zeros(4_000), np.ones((4_000, 1))), (none, none, none), np.uint64(3), 0)
    days_left = 7 * np.arange(WEEKS, 0, -1) - 3
    exact = (700 * (1 - np.exp(-0.02 * days_left))).sum()
    total = paid.paid.sum(axis=1)
    assert abs(total.mean() - exact) < 3 * total.std() / np.sqrt(4_000) + 0.002 * exact
    assert paid.invoiced.mean() == pytest.approx(700 * WEEKS, rel=0.01)


def test_what_is_surely_due_soon_or_late_is_no_chance():
    # 2,000 invoices of 100, half of them paid in the first weeks almost surely, half of them not before the last two:
    # the variance of the first six weeks' sum is Σ a² P (1 − P) of each, a twentieth of that of shares of one sum.
    count, scenarios = 2_000, 8_000
    amount, buyer = np.full(count, 100.0), np.zeros(count, np.int64)
    begin = np.where(np.arange(count) % 2 == 0, 1, 7 * 6 + 1)
    items = OpenItems(np.arange(count), buyer, amount, np.zeros(count), np.full(count, -5), begin, buyer)
    times = constant(1, 0.08)
    times = times._replace(tempo=times.tempo._replace(noise=0.0))
    speeds = paces(times)
    sales = of_sales(
        Coming(np.zeros(1, np.int64), np.full(1, 30), np.ones(1), flat(0.0), NO_ORDERS), times, TODAY, speeds
    )
    made = of_open(items, times, TODAY, WEEKS, speeds)
    found = expected(items, made, sales, (np.zeros(WEEKS, np.int64), 50.0), times)
    none = np.zeros(0, np.int64)
    paid = receipts(found, (np.zeros(scenarios), np.ones((scenarios, 1))), (none, none, none), np.uint64(5), 0).paid
    chance = 1 - np.exp(-0.08 * np.maximum(7 * 6 - begin + 1, 0))
    exact = 100.0**2 * (chance * (1 - chance)).sum()
    assert paid[:, :6].sum(axis=1).var() == pytest.approx(exact, rel=0.1)
    assert paid[:, :6].sum(axis=1).mean() == pytest.approx(100 * chance.sum(), rel=0.001)


def test_the_mean_tempo_of_any_weeks_varies_as_its_forecast_says():
    random = np.random.default_rng(1)
    root = np.tril(random.uniform(0, 0.1, (13, 13)))
    times = constant(1, 0.02)
    times = times._replace(tempo=times.tempo._replace(spread=root @ root.T + 0.01))
    moved = tempo_deviations(times)
    for spans in (1, 4, 13):
        assert moved[:spans].mean() == pytest.approx(np.sqrt(times.tempo.spread[:spans, :spans].mean()))


@settings(max_examples=15)
@given(st.integers(1, 12), st.integers(1, 40), st.integers(0, 10_000), st.floats(0, 0.01))
def test_no_cash_is_made_or_lost_in_any_scenario(buyers, items, seed, credit):
    random = np.random.default_rng(seed)
    amount = random.lognormal(8, 1.5, items).round(2)
    buyer = np.append(random.integers(0, buyers, items - 1), buyers - 1).astype(np.int64)
    found = basis(amount, buyer, daily=200.0, credit=credit)
    count = 60
    scenario = np.sort(random.integers(0, count, 80))
    week = random.integers(0, WEEKS + 3, 80)
    events = scenario, random.integers(0, buyers, 80), week[np.lexsort((week, scenario))]
    states = random.standard_normal(count) * 2, random.lognormal(0, 0.3, (count, 1))
    paid = receipts(found, states, events, np.uint64(seed), 0)
    gone = paid.paid.sum(axis=1) + paid.credited + paid.open + paid.lost
    assert np.abs(gone - paid.invoiced).max() < 0.005
    # To the cent.
    assert (paid.paid > -0.005).all()
    assert (paid.lost > -0.005).all()


def test_a_failed_buyer_pays_nothing_from_the_week_of_its_default_on():
    found = basis(np.array([1_000.0, 1_000.0]), np.array([0, 1]), hazard=1e-6)
    events = np.array([0, 0, 0]), np.array([0, 1, 1]), np.array([3, 3, 3])
    paid = receipts(found, (np.zeros(1), np.ones((1, 1))), events, np.uint64(1), 0)
    # All that can come later is what the common shift moves from the week before.
    assert paid.paid[0, 4:].sum() == 0
    assert paid.lost[0] == 2_000


def test_scenarios_do_not_depend_on_the_block_that_they_are_in():
    found = basis(np.array([500.0, 300.0]), np.array([0, 1]), daily=50.0)
    none = np.zeros(0, np.int64)
    tempo, months = np.linspace(-1, 1, 20), np.ones((20, 1))
    whole = receipts(found, (tempo, months), (none, none, none), np.uint64(9), 0).paid
    part = receipts(found, (tempo[12:], months[12:]), (none, none, none), np.uint64(9), 12).paid
    assert (whole[12:] == part).all()
