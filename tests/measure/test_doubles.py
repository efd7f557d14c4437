"""Buyers under two numbers: what tells them, what they owe together, and their merging in one line of the run file."""

import pandas as pd

from tradecredit import words
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
        ["C5", "C1", "registration number", 0, 10],
        ["100000222", "0100000222", "number but for zeros before it", 50, 150],
        # The name of C3 has a registration number of its own, that of C4 another country.
        ["C2", "C1", "name but for its legal form", 20, 30],
    ]
    found = quality(book).set_index("check").loc["likely another buyer of the book"]
    assert (found["rows"], found["amount"]) == (3, 70)


def test_nothing_is_found_where_there_is_nothing_to_look_at(book_of):
    book = book_of("2026-10-31", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,100\n",
                   receipts="invoice_id,received,amount,kind\n")  # fmt: skip
    found = quality(book)
    assert pd.isna(found.set_index("check").loc["registration id of another buyer", "rows"])
    shown = words.quality.checked(found).set_index("check")
    assert shown.loc["registration id of another buyer", "remark"] == "not checked: no buyer has one"
    assert set(shown["table"]) == {"buyers", "invoices"}
    # 5 of disputes, 1 of limits, 4 of accounts, 4 of defaults, and those of receipts, of which the book has none.
    assert words.quality.not_checked(found).startswith("Not checked, as the book has no such table: ")
    assert "disputes (5), limits (1)" in words.quality.not_checked(found)
    assert words.doubles.by_name(book) is None
    assert words.doubles.told(book) == ""


def test_one_line_in_the_run_file_merges_them(ledger):
    book = Book.open(ledger.run(merge={"B2": "B1"}))
    assert book.buyers["buyer_id"].tolist() == ["B1", "B3"]
    assert open_items(book)["buyer_id"].tolist() == ["B1", "B1", "B1", "B3"]
    assert ("buyers", "merged into another buyer: B2 into B1", 1) in list(book.notes.itertuples(index=False, name=None))


def test_one_name_in_two_spellings_is_surer_than_two_legal_forms(book_of):
    buyers = """buyer_id,name,country,registration_id,kind
A,Süd Stahl GmbH,,,private
B,Süd Stahl AG,,,private
C,SUED STAHL AG,,,private
D,Harbor Supply Co.,,,private
E,HARBOR SUPPLY COMPANY,,,private
F,Süd Stahlbau AG,,,private
"""
    invoices = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
        f"I{buyer},{buyer},2026-09-01,2026-10-01,{amount}\n"
        for buyer, amount in zip("ABCDEF", (1, 20, 3, 10, 10, 7), strict=True)
    )
    book = book_of("2026-10-31", invoices=invoices, buyers=pd.read_csv(pd.io.common.StringIO(buyers), dtype="str"),
                   receipts="invoice_id,received,amount,kind\n")  # fmt: skip
    assert likely_doubles(book).to_numpy().tolist() == [
        ["C", "B", "name but for its spelling", 3, 23],
        ["E", "D", "name but for its spelling", 10, 20],
        # A and B and C are alike but for the legal form.
        ["B", "A", "name but for its legal form", 20, 24],
    ]
    shown = words.doubles.by_name(book)
    assert shown[["name", "same_name"]].to_numpy().tolist()[0] == ["SUED STAHL AG", "Süd Stahl AG"]
    told = words.doubles.told(book)
    assert told.startswith("3 buyers are likely another buyer of the book, 2 of them by register, number or spelling")
    assert '`merge: {"C": "B", "E": "D"}`' in told


def test_what_check_does_not_name_stands_in_chapter_01(book_of):
    buyers = "buyer_id,name,country,registration_id,kind\n" + "".join(f"{n},Alder,,,private\n" for n in "ABCDEFGH")
    book = book_of("2026-10-31", invoices="invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,100\n",
                   buyers=pd.read_csv(pd.io.common.StringIO(buyers), dtype="str"),
                   receipts="invoice_id,received,amount,kind\n")  # fmt: skip
    lines = [line for line in words.start.understood(book) if "likely one buyer" in line or "more" in line]
    assert len(lines) == 6
    assert lines[0].startswith("  likely one buyer: B (Alder) and A (Alder): name but for its spelling, open 100.00;")
    assert lines[-1] == "  … and 2 more likely doubles: chapter 01 of the report lists all, the surest first"
