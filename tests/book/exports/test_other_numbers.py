"""Lists beside a ledger that know buyers by another number, which a list of customers leads to the ledger's."""

from book.exports.test_lists_beside import read, written

from tradecredit import Book
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words import start as words

SALES = [["CustID", "InvNo", "InvDate", "DueDate", "Gross"]] + [
    [10 + at % 4, f"I{at}", f"2026-09-{at:02}", f"2026-10-{at:02}", f"{at}00.50"] for at in range(1, 9)
]
CASH = [["CashID", "Kürzel", "DateRecd", "Amount", "InvNo"], [1, "ALDE1", "2026-10-05", "100.50", "I1"],
        [2, "BIRC1", "2026-10-06", "50.25", ""], [3, "CEDA1", "2026-10-07", "40.25", "I3"]]  # fmt: skip
CUSTOMERS = [["CustID", "Short", "CompanyName"], [10, "DORN1", "Dorn"], [11, "ALDE1", "Alder"], [12, "BIRC1", "Birch"],
             [13, "CEDA1", "Cedar"]]  # fmt: skip


def on_account(found) -> list[tuple[str, float]]:
    receipts = found.tables["receipts"]
    free = receipts[receipts["invoice_id"].isna()]
    return [*zip(free["buyer_id"], free["amount"], strict=True)]


def test_payments_under_another_number_are_the_ledgers_buyers(tmp_path):
    suggestion, found = read(
        written(tmp_path / "sales.csv", SALES),
        written(tmp_path / "cash.csv", CASH),
        written(tmp_path / "customers.csv", CUSTOMERS),
    )
    assert on_account(found) == [("12", 50.25)]
    assert {*found.tables["buyers"]["buyer_id"]} == {"10", "11", "12", "13"}
    (by,) = [one.buyers_by for one in suggestion.source.beside]
    assert (by.column, by.theirs, by.ours) == ("Kürzel", "Short", "CustID")


def test_a_column_that_holds_the_ledgers_buyers_names_them_whatever_it_is_called(tmp_path):
    sales = [SALES[0], *([f"K-{row[0]}", *row[1:]] for row in SALES[1:])]
    cash = [CASH[0], *([row[0], f"K-1{at}", *row[2:]] for at, row in enumerate(CASH[1:], 1))]
    _, found = read(written(tmp_path / "sales.csv", sales), written(tmp_path / "cash.csv", cash))
    assert on_account(found) == [("K-12", 50.25)]


def test_a_list_of_customers_that_changes_is_read_anew(tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path / "cache")
    paths = [
        written(tmp_path / f"{name}.csv", rows)
        for name, rows in (("sales", SALES), ("cash", CASH), ("customers", CUSTOMERS))
    ]
    (tmp_path / "run.yaml").write_text(words.run_file(suggested(paths), tmp_path), encoding="utf-8")

    def unused_of() -> list[str]:
        receipts = Book.open(tmp_path / "run.yaml").receipts
        return receipts.loc[receipts["invoice_id"].isna(), "buyer_id"].tolist()

    assert unused_of() == ["12"]
    swapped = {"BIRC1": "CEDA1", "CEDA1": "BIRC1"}
    written(tmp_path / "customers.csv", [[row[0], swapped.get(row[1], row[1]), *row[2:]] for row in CUSTOMERS])
    assert unused_of() == ["13", "12"]  # the second names an invoice that is not that buyer's


def test_a_list_of_customers_without_its_columns_is_refused(tmp_path):
    paths = [
        written(tmp_path / f"{name}.csv", rows)
        for name, rows in (("sales", SALES), ("cash", CASH), ("customers", CUSTOMERS))
    ]
    suggestion = suggested(paths)
    written(tmp_path / "customers.csv", [["CustID", "Abbreviation"], [10, "DORN1"]])
    problems = ledger(suggestion.source, suggestion.currency).problems
    assert [problem.file for problem in problems] == ["cash.csv"]
    assert "customers.csv has no column Short" in problems[0].allowed
