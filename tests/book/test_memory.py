"""Results are remembered for a book, a run, arguments and code, made by one process at a time, and never half."""

import multiprocessing
import os
import time
from pathlib import Path

import pandas as pd
import pytest

from tradecredit.book import memory
from tradecredit.book.book import Book
from tradecredit.book.memory import Unreadable, kept, remembered, replacing
from tradecredit.book.snapshot import thawed


@pytest.fixture(autouse=True)
def any_module(monkeypatch):
    """Functions of this test may be remembered as if they were the library's."""
    monkeypatch.setattr(memory, "code_version", {__name__: "the same"}.get)


def test_a_result_is_computed_once_for_each_book_run_and_argument(ledger, monkeypatch):
    computed = []

    @remembered
    def answer(book, *, factor=1):
        computed.append(factor)
        return book.invoices["amount"].sum() * factor

    book = Book.open(ledger.run_file)
    assert answer(book) == answer(book) == book.invoices["amount"].sum()
    assert len(computed) == 1
    assert answer(book, factor=1) == answer(book)
    assert len(computed) == 1, "it is the same argument, passed or not"
    answer(book, factor=2)
    answer(book.at("2024-02-29"))
    ledger.run(cost_of_capital=0.2)
    answer(Book.open(ledger.run_file))
    assert len(computed) == 4
    ledger.run(reports="elsewhere")
    answer(Book.open(ledger.run_file))
    assert len(computed) == 4, "where reports go changes no figure"
    ledger.run(
        collections={"letters": {"address": ["1 High Street"], "phone": "1", "accounts": [{"account_number": "1"}]}}
    )
    answer(Book.open(ledger.run_file))
    assert len(computed) == 4, "nor does who signs letters"
    monkeypatch.setattr(memory, "code_version", {__name__: "another"}.get)
    answer(Book.open(ledger.run_file))
    assert len(computed) == 5


@pytest.mark.parametrize("spoil", [
    lambda content: content[:0],
    lambda content: content[:3],
    lambda content: content[: len(content) // 2],
    lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    lambda content: content + b"more",
], ids=["empty", "no checksum", "half", "one bit", "longer"])  # fmt: skip
def test_a_result_that_is_not_whole_is_computed_again(ledger, spoil):
    computed = []

    @remembered
    def answer(book):
        computed.append(1)
        return pd.DataFrame({"amount": book.invoices["amount"], "buyer": book.invoices["buyer_id"]})

    book = Book.open(ledger.run_file)
    first = answer(book)
    (file,) = (memory.CACHE / "results").glob("*.pickle")
    file.write_bytes(spoil(file.read_bytes()))
    pd.testing.assert_frame_equal(answer(book), first)
    pd.testing.assert_frame_equal(answer(book), first)
    assert len(computed) == 2


@pytest.mark.parametrize("spoil", [
    lambda content: content[:0],
    lambda content: content[: len(content) // 3],
    lambda content: bytes(len(content)),
    lambda content: content[:-2000] + bytes(byte ^ 255 for byte in content[-2000:]),
], ids=["empty", "a third", "zeros", "end"])  # fmt: skip
def test_a_snapshot_that_is_not_whole_is_read_again_from_its_source(ledger, spoil):
    first = Book.open(ledger.run_file)
    (file,) = (memory.CACHE / "books").glob("*.arrow")
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    again = Book.open(ledger.run_file)
    assert again.fingerprint == first.fingerprint
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    kept_again = thawed(file)
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(kept_again[name], table)
    pd.testing.assert_frame_equal(kept_again["notes"], first.notes)


def _slow(folder: Path) -> None:
    """Make a file slowly, and tell who made it by a file of its own."""

    def write(unfinished: Path) -> None:
        (folder / f"made-by-{os.getpid()}").touch()
        time.sleep(0.3)
        unfinished.write_text("made")

    assert kept(folder / "result", _text, write) == "made"


def _dying(folder: Path) -> None:
    def write(unfinished: Path) -> None:
        (folder / "begun").touch()
        unfinished.write_text("ha")
        os._exit(1)

    kept(folder / "result", _text, write)


def _text(file: Path) -> str:
    if not file.exists():
        raise Unreadable(file)
    return file.read_text()


def test_processes_that_ask_at_once_wait_for_the_first(tmp_path):
    processes = [multiprocessing.get_context("spawn").Process(target=_slow, args=(tmp_path,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert len(list(tmp_path.glob("made-by-*"))) == 1


def test_a_process_that_dies_at_it_leaves_nothing_that_others_wait_for(tmp_path):
    process = multiprocessing.get_context("spawn").Process(target=_dying, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 1
    assert (tmp_path / "begun").exists()
    assert not (tmp_path / "result").exists()
    _slow(tmp_path)


def test_a_file_is_replaced_only_when_nothing_failed(tmp_path):
    file = tmp_path / "folder" / "result"
    with replacing(file) as unfinished:
        unfinished.write_text("good")
    with pytest.raises(RuntimeError), replacing(file) as unfinished:
        unfinished.write_text("half")
        raise RuntimeError
    assert file.read_text() == "good"
    assert [path.name for path in file.parent.iterdir()] == ["result"]
