"""Where the rows that rows name stand, and which rows are alike."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tradecredit.book import links as module
from tradecredit.book.links import links, repeated, row_hashes
from tradecredit.book.places import places


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def test_a_row_is_where_its_id_stands_first():
    tables = {
        "buyers": pd.DataFrame({"buyer_id": text("A", "B", "A")}),
        "invoices": pd.DataFrame({"invoice_id": text("1", "2", "3", "4"), "buyer_id": text("B", "A", "C", None)}),
    }
    found = links(tables)
    assert found.keys() == {("invoices", "buyer_id")}
    assert found["invoices", "buyer_id"].tolist() == [1, 0, -1, -1]


def test_few_are_found_among_many_as_many_are():
    many = text(*[f"I{number}" for number in range(40)], None)
    assert places(text("I39", "x", None, "I0"), many).tolist() == [39, -1, -1, 0]
    assert places(many, many).tolist() == [*range(40), -1]


@pytest.mark.parametrize("few", [0, 20_000], ids=["by a number for each", "row by row"])
def test_a_row_is_repeated_where_an_earlier_one_is_alike(few, monkeypatch):
    monkeypatch.setattr(module, "FEW_ROWS", few)
    days = pd.Series(["2026-01-01", "2026-01-01", None, None], dtype="datetime64[us]")
    assert repeated(pd.DataFrame({"id": text("A", "A", "B", "B"), "day": days})).tolist() == [False, True, False, True]
    assert repeated(pd.DataFrame({"id": text("A", "A", "B", "C"), "day": days[::-1].array})).tolist() == [
        False, True, False, False,
    ]  # fmt: skip
    assert not repeated(pd.DataFrame({"id": text("A", "B")})).any()


def test_the_number_of_a_row_depends_on_its_values_alone():
    frame = pd.DataFrame({"id": text("A", "B", None), "amount": [1.0, np.nan, 2.0]})
    backwards = frame[::-1].reset_index(drop=True)
    rows, rows_backwards = row_hashes([pa.Table.from_pandas(frame), pa.Table.from_pandas(backwards)])
    assert rows_backwards.tolist() == rows.tolist()[::-1]
    assert len(set(rows.tolist())) == 3
