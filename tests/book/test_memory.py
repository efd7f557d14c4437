"""Results are remembered for a book, a run and arguments, and forgotten when one of them changes."""

import pytest

from tradecredit.book import memory
from tradecredit.book.book import Book
from tradecredit.book.memory import remembered, replacing


def test_a_result_is_computed_once_for_each_book_run_and_argument(ledger, monkeypatch):
    computed = []

    @remembered
    def answer(book, *, factor=1):
        computed.append(factor)
        return book.invoices["amount"].sum() * factor

    book = Book.open(ledger.run_file)
    assert answer(book) == answer(book) == book.invoices["amount"].sum()
    assert len(computed) == 1
    answer(book, factor=2)
    answer(book.at("2024-02-29"))
    ledger.run(cost_of_capital=0.2)
    answer(Book.open(ledger.run_file))
    assert len(computed) == 4
    ledger.run(reports="elsewhere")
    answer(Book.open(ledger.run_file))
    assert len(computed) == 4, "where reports go changes no figure"
    monkeypatch.setattr(memory, "code_version", lambda: "another")
    answer(Book.open(ledger.run_file))
    assert len(computed) == 5


def test_a_file_is_replaced_only_when_nothing_failed(tmp_path):
    file = tmp_path / "folder" / "result"
    with replacing(file) as unfinished:
        unfinished.write_text("good")
    with pytest.raises(RuntimeError), replacing(file) as unfinished:
        unfinished.write_text("half")
        raise RuntimeError
    assert file.read_text() == "good"
    assert [path.name for path in file.parent.iterdir()] == ["result"]
