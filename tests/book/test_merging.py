"""Buyers under two numbers become one in every table that names them, and in the snapshot that is kept of the book."""

import pandas as pd
import pytest

from tradecredit.book.book import Book
from tradecredit.book.merging import merged
from tradecredit.book.raw_tables import RawTable
from tradecredit.errors import ParameterError
from tradecredit.measure.groups import group_of
from tradecredit.params.run import Run


def test_merging_reaches_owners_and_is_no_snapshot_of_the_book_before(ledger):
    ledger.write("ownership", "owner_id,owned_id,share,since\nB3,B2,0.6,2024-01-01\nB1,B3,0.1,2024-01-01\n")
    before = Book.open(ledger.run_file)
    assert group_of(before).fillna("").tolist() == ["", "B3", "B3"]
    after = Book.open(ledger.run(merge={"B3": "B1"}))
    assert after.buyers["buyer_id"].tolist() == ["B1", "B2"]
    assert after.ownership[["owner_id", "owned_id"]].to_numpy().tolist() == [["B1", "B2"], ["B1", "B1"]]
    assert group_of(after).tolist() == ["B1", "B1"]


def test_where_the_number_to_keep_is_not_there_the_other_one_gets_it(ledger):
    book = Book.open(ledger.run(merge={"B3": "B9", "B2": "B9"}))
    # B2 and B3 become B9, which has the row of the first of them.
    assert book.buyers[["buyer_id", "name"]].to_numpy().tolist() == [["B1", "Alder & Sons"], ["B9", "Birch Ltd"]]
    assert dict(zip(book.invoices["invoice_id"], book.invoices["buyer_id"], strict=True)) == {
        "I1": "B1", "I2": "B1", "I3": "B9", "I4": "B9",
    }  # fmt: skip
    told = list(book.notes.itertuples(index=False, name=None))
    assert ("buyers", "merged into another buyer: B2 into B9, B3 into B9", 2) in told


def test_a_number_that_is_not_there_is_told(ledger):
    book = Book.open(ledger.run(merge={"b3": "B1"}))
    assert len(book.buyers) == 3
    told = list(book.notes.itertuples(index=False, name=None))
    assert ("buyers", "to be merged, but not in the table: b3", 0) in told


def test_numbers_of_a_typed_source_stay_whole():
    frame = pd.DataFrame({"buyer_id": [100.0, None, 300.0]})
    raw = {"receipts": RawTable("receipts", "receipts.parquet", frame)}
    assert merged(raw, {"300": "100"})["receipts"].frame["buyer_id"].fillna("").tolist() == ["100", "", "100"]
    assert merged(raw, {"300": "200"})["receipts"].frame["buyer_id"].fillna("").tolist() == ["100", "", "200"]


@pytest.mark.parametrize("merge", [{"B1": "B1"}, {"B1": "B2", "B2": "B3"}])
def test_merging_leads_to_one_number_at_once(ledger, merge):
    with pytest.raises(ParameterError, match="is to be merged itself"):
        Run.from_yaml(ledger.run(merge=merge))
