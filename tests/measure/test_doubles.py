"""Buyers under two numbers: what tells them, what they owe together, and their merging in one line of the run file."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.doubles import likely_doubles
from tradecredit.measure.open_items import open_items
from tradecredit.measure.quality import quality

BUYERS = """buyer_id,name,country,registration_id,kind
0100000222,WAL-MAR corp,US,,private
100000222,WAL-MAR foundation,US,,private
C1,Alder Tools GmbH,DE,HRB 123-45,private
C2,ALDER TOOLS,DE,,private
C3,Alder Tools AG,DE,HRB 999,private
C4,Alder Tools,FR,,private
C5,Birch,DE,hrb12345,private
"""
INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,0100000222,2026-09-01,2026-10-01,100
I2,100000222,2026-09-01,2026-10-01,50
I3,C1,2026-09-01,2026-10-01,10
I4,C2,2026-09-01,2026-10-01,20
"""


def test_doubles_are_told_with_evidence_and_what_they_owe(book_of):
    buyers = pd.read_csv(pd.io.common.StringIO(BUYERS), dtype="str")
    book = book_of("2026-10-31", invoices=pd.read_csv(pd.io.common.StringIO(INVOICES), dtype={"buyer_id": "str"}),
                   buyers=buyers, receipts="invoice_id,received,amount,kind\n")  # fmt: skip
    assert likely_doubles(book).to_numpy().tolist() == [
        ["100000222", "0100000222", "number but for zeros before it", 50, 150],
        ["C2", "C1", "name but for its legal form", 20, 30],
        # The name of C3 has a registration number of its own, that of C4 another country.
        ["C5", "C1", "registration number", 0, 10],
    ]
    found = quality(book).set_index("check").loc["likely another buyer of the book"]
    assert (found["rows"], found["amount"]) == (3, 70)


def test_nothing_is_found_where_there_is_nothing_to_look_at(book_of):
    book = book_of("2026-10-31", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,100\n",
                   receipts="invoice_id,received,amount,kind\n")  # fmt: skip
    assert pd.isna(quality(book).set_index("check").loc["registration id of another buyer", "rows"])


def test_one_line_in_the_run_file_merges_them(ledger):
    book = Book.open(ledger.run(merge={"B2": "B1"}))
    assert book.buyers["buyer_id"].tolist() == ["B1", "B3"]
    assert open_items(book)["buyer_id"].tolist() == ["B1", "B1", "B1", "B3"]
    assert ("buyers", "merged into another buyer: B2 into B1", 1) in list(book.notes.itertuples(index=False, name=None))
