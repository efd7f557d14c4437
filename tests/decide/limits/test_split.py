"""The one limit of a buyer that several entities share: parts that add up to it, by a stated rule."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from groups import NORTH, SOUTH, Group
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.decide.limits.split import by_entity, in_cents


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Group:
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path / "cache")
    return Group(tmp_path)


def _limits(**amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"limit_to_set": {name.replace("_", ":"): amount for name, amount in amounts.items()}})


def test_a_limit_goes_by_what_each_entity_is_owed(group):
    table = by_entity(group.book(), _limits(north_B1=1000.0, north_B2=700.0))
    # 600 of 840, and 240: 714.285… and 285.714…; the cent that is left goes to the larger remainder, .571 against .428.
    assert table[["entity", "number", "entity_limit"]].values.tolist() == [
        ["north", "B1", 714.29],
        ["south", "C1", 285.71],
    ]
    assert table["entity_exposure"].tolist() == pytest.approx([600, 240])
    assert table["limit_share"].tolist() == pytest.approx([600 / 840, 240 / 840])


def test_orders_count_and_a_cent_is_not_lost(group):
    group.write("south", "orders", "order_id,buyer_id,kind,date,amount\nO1,C1,ordered,2024-03-01,75.00\n")
    table = by_entity(group.book(), _limits(north_B1=0.01))
    assert table["entity_exposure"].tolist() == pytest.approx([600, 240 + 75 * 0.80])
    assert table["entity_limit"].tolist() == [0.01, 0]


def test_a_limit_goes_by_sales_where_the_run_file_says_so_or_nothing_is_owed(group):
    group.of(split="sales")
    # Sales of 1,000 EUR, and of 300 USD at the rate of its day of issue, 0.90.
    table = by_entity(group.book(), _limits(north_B1=1270.0))
    assert table["entity_limit"].tolist() == [1000, 270]
    paid = "R8,I1,2024-03-20,600.00,payment\n", "R9,I1,2024-03-20,300.00,payment\n"
    group.of()
    group.write("north", "receipts", NORTH["receipts"] + paid[0])
    group.write("south", "receipts", SOUTH["receipts"] + paid[1])
    assert by_entity(group.book(), _limits(north_B1=1270.0))["entity_limit"].tolist() == [1000, 270]


def test_buyers_of_one_entity_and_other_books_have_nothing_to_split(group, book_of):
    group.of(shared="stated")
    assert by_entity(group.book(), _limits(north_B1=1.0)).empty
    invoices = "invoice_id,buyer_id,issued,due,amount\n1,A,2024-01-01,2024-02-01,5\n"
    assert by_entity(book_of("2024-03-31", invoices=invoices), _limits(A=1.0)) is None


@given(st.integers(0, 10**12), st.lists(st.floats(0, 1e9), min_size=1, max_size=9).filter(lambda parts: sum(parts) > 0))
def test_parts_add_up_to_the_cent_and_are_within_a_cent_of_their_shares(cents, parts):
    shares = np.array(parts) / sum(parts)
    found = in_cents(cents / 100, shares)
    assert int(np.round(found * 100).sum()) == cents
    assert (np.abs(np.round(found * 100) - shares * cents) <= 1 + 1e-3).all()


def test_a_limit_that_is_missing_is_split_into_missing_ones():
    assert np.isnan(in_cents(float("nan"), np.array([0.5, 0.5]))).all()
