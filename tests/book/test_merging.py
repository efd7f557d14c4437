"""Buyers under two numbers become one in every table that names them, and in the snapshot that is kept of the book."""

from tradecredit.book.book import Book
from tradecredit.measure.groups import group_of


def test_merging_reaches_owners_and_is_no_snapshot_of_the_book_before(ledger):
    ledger.write("ownership", "owner_id,owned_id,share,since\nB3,B2,0.6,2024-01-01\nB1,B3,0.1,2024-01-01\n")
    before = Book.open(ledger.run_file)
    assert group_of(before).fillna("").tolist() == ["", "B3", "B3"]
    after = Book.open(ledger.run(merge={"B3": "B1"}))
    assert after.buyers["buyer_id"].tolist() == ["B1", "B2"]
    assert after.ownership[["owner_id", "owned_id"]].to_numpy().tolist() == [["B1", "B2"], ["B1", "B1"]]
    assert group_of(after).tolist() == ["B1", "B1"]
