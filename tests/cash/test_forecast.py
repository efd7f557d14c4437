"""The cash forecast of a book: balanced in every scenario, on the loss engine's own defaults, and as of its day."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from tradecredit import Book, Run, default, losses
from tradecredit.cash import forecast
from tradecredit.cash.past_defaults import PastDefaults
from tradecredit.insurance import in_force
from tradecredit.losses.insured_part import insured_parts
from tradecredit.losses.portfolio import portfolio
from tradecredit.params.base import PROJECT
from tradecredit.params.losses import Sampling

pytestmark = pytest.mark.usefixtures("own_results")


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.memory.CACHE", tmp_path_factory.mktemp("books"))
        run = Run.from_yaml(PROJECT / "params" / "demo.yaml")
        source = run.source.model_copy(update={"buyers": 100, "invoices": 5_000})
        cash = run.cash.model_copy(update={"scenarios": 2_000})
        yield Book.open(run.model_copy(update={"source": source, "cash": cash}))


@pytest.fixture(scope="module")
def policies(book):
    return in_force.policies(book)[:2]


@pytest.fixture(scope="module")
def found(book, policies):
    return forecast.assess.__wrapped__(book, default.assess(book), policies)


def test_no_cash_is_made_or_lost_in_any_scenario_of_any_view(found):
    assert len(found.views) == 3
    for view in found.views:
        assert np.abs(found.unbalanced(view)).max() < 0.005
        # What defaults that have happened bring in is in it.
        past = dataclasses.replace(found, past=PastDefaults(np.full(53, 70.0), np.full(53, 30.0)))
        assert past.cash(view) - found.cash(view) == pytest.approx(np.full((2_000, 53), 100.0))
        assert np.abs(past.unbalanced(view)).max() < 0.005


def test_claims_are_those_of_the_loss_engine(book, policies, found):
    # All that is paid for the year's losses within the year, claims less the insurer's recoveries, is at most the
    # engine's indemnity, scenario by scenario; and is reached where all of it falls due within the 52 weeks.
    years = losses.simulate(
        portfolio(book, default.assess(book)), policies=insured_parts(book, policies), scenarios=2_000,
        seed=book.run.simulation.seed, dependence=book.run.losses.dependence, sampling=Sampling(method="plain"),
    )  # fmt: skip
    own = policies[0].name
    claims = found.insured[own].claims.sum(axis=1)
    indemnity = years.losses[f"indemnity:{own}"].to_numpy()
    assert ((claims > 0) <= (indemnity > 0)).all()
    assert claims.sum() > 0
    # What is paid within the weeks, less what is passed on, and what comes later, are the indemnity of the year.
    of = found.insured[own]
    assert of.indemnity == pytest.approx(indemnity, abs=0.01)
    assert ((of.claims - of.passed_on).sum(axis=1).mean()) <= of.indemnity.mean() * 1.2
    assert found.defaults[0] == pytest.approx(
        -np.log1p(-portfolio(book, default.assess(book))["pd"]).pipe(lambda rate: -np.expm1(-rate)).sum(), rel=0.15
    )


def test_all_that_is_open_is_in_every_scenario(found):
    # What is invoiced is at least what is open today, less what failed buyers did not buy any more.
    assert found.receipts.invoiced.min() > found.receipts.open.min()
    assert found.cash().shape == (2_000, 53)


def test_bands_lie_in_order_and_have_errors(found):
    table = found.fan()
    assert len(table) == 13
    assert table.index[0] == pd.Timestamp("2026-11-07")
    assert (table["low_95"] < table["low_80"]).all()
    assert (table["low_80"] < table["expected_cash"]).all()
    assert (table["high_80"] < table["high_95"]).all()
    assert (table[["low_80_error", "high_95_error", "expected_cash_error"]] > 0).all(axis=None)


def test_months_hold_the_cash_of_their_days(found):
    table = found.months()
    assert len(table) == 12
    assert table.index[0] == pd.Timestamp("2026-11-30")
    assert table.index[-1] == pd.Timestamp("2027-10-31")
    # November holds four weeks and what is expected of the first two days, a Sunday and a Monday, of the fifth.
    weekly, days = found.cash().mean(axis=0), found.by_day[28:35]
    assert table["expected_cash"].iloc[0] == pytest.approx(weekly[:4].sum() + weekly[4] * days[:2].sum() / days.sum())
    assert days[0] < days[1]


def test_the_days_of_a_week_are_expected_to_bring_what_the_week_is(book):
    basis = forecast.basis(book, 8)
    middle = basis.expected.small_total[2, :8] + basis.expected.sales_total[2, :8]
    large = np.diff(basis.expected.large[2, :, :8], axis=1, prepend=0) * basis.expected.large_amount[:, None]
    assert basis.by_day.reshape(8, 7).sum(axis=1) == pytest.approx(middle + large.sum(axis=0), rel=1e-4)


def test_the_same_seed_gives_the_same_scenarios_on_any_number_of_threads(book, policies, found):
    one = book.run.simulation.model_copy(update={"threads": 1})
    alone = dataclasses.replace(book, run=book.run.model_copy(update={"simulation": one}))
    again = forecast.assess.__wrapped__(alone, default.assess(book), policies)
    assert (again.cash() == found.cash()).all()
