"""Figures of cash and provision beside those of other chapters: each pair adds up, and its ends are those figures."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import Book, Run, default, losses
from tradecredit.cash import forecast
from tradecredit.cash.reconciled import EXPECTED, LOST, PAID, defaults, mean_life, reconciled
from tradecredit.insurance import in_force
from tradecredit.losses import back_test
from tradecredit.params.base import PROJECT
from tradecredit.provision.back_test import by_bucket_then
from tradecredit.provision.provision import by_bucket

pytestmark = pytest.mark.usefixtures("own_results")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.memory.CACHE", tmp_path_factory.mktemp("books"))
        run = Run.from_yaml(PROJECT / "params" / "demo.yaml")
        source = run.source.model_copy(update={"buyers": 100, "invoices": 5_000})
        cash = run.cash.model_copy(update={"scenarios": 2_000})
        simulation = run.simulation.model_copy(update={"scenarios": 10_000})
        book = Book.open(run.model_copy(update={"source": source, "cash": cash, "simulation": simulation}))
        ratings, policies = default.assess(book), in_force.policies(book)[:1]
        dist = losses.assess(book, ratings, policies)
        yield book, ratings, dist, forecast.assess(book, ratings, policies), policies[0]


def test_each_pair_adds_up_from_the_one_figure_to_the_other(made):
    book, ratings, dist, coming, policy = made
    table = reconciled(book, ratings, dist, coming, policy)
    assert table["reconciled"].unique().tolist() == [LOST, EXPECTED, PAID]
    for _, steps in table.groupby("reconciled"):
        assert steps["amount"].iloc[:-1].sum() == pytest.approx(steps["amount"].iloc[-1], abs=0.01)
    ends = table.groupby("reconciled")["amount"].agg(["first", "last"])
    assert ends.loc[LOST].tolist() == pytest.approx(
        [back_test.back_test(book)["real_loss"].iloc[-1], by_bucket_then(book).loc["total", "lost_since"]]
    )
    assert ends.loc[EXPECTED, "last"] == pytest.approx(by_bucket(book).loc["total", "provision"])
    assert ends.loc[PAID, "last"] == pytest.approx(coming.insured[policy.name].claims[:, :52].sum(axis=1).mean())


def test_defaults_of_groups_count_with_the_probability_of_what_they_may_lose(made):
    book, ratings, _, coming, _ = made
    found = defaults(book, ratings, coming)
    assert found.simulated == coming.defaults
    assert found.at_risk <= found.expected
    mean, error = found.simulated
    assert abs(mean - found.by_group) < 4 * error


def test_open_invoices_live_until_they_are_paid(book_of):
    """Of a buyer that has always paid 10 days after the due day what falls due in 20 days is open for 30 or so."""
    issued = pd.date_range("2025-01-01", periods=600, freq="D")
    invoices = pd.DataFrame(
        {
            "invoice_id": [f"I{number}" for number in range(600)], "buyer_id": "B1", "issued": issued,
            "due": issued + pd.Timedelta(days=30), "amount": 100.0,
        }
    )  # fmt: skip
    receipts = invoices.assign(received=invoices["due"] + pd.Timedelta(days=10), kind="payment")
    book = book_of("2026-08-23", invoices=invoices, receipts=receipts[["invoice_id", "received", "amount", "kind"]])
    # Open are those of the last 40 days, which are open for 40 − 0.5 days more to 0.5: 20 on average.
    assert mean_life(book)["B1"] == pytest.approx(20, abs=4)
    assert np.isnan(mean_life(book_of("2026-08-23", invoices=invoices.head(9), receipts=receipts.head(9)))["B1"])
