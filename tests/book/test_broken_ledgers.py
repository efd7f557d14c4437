"""Broken ledgers of all kinds of files: each ends with the book that was written, or with one refusal."""

import os
from datetime import datetime

import pandas as pd
import pytest
from broken_ledgers import tried

from tradecredit.book import book, memory
from tradecredit.book.book import Book
from tradecredit.errors import InputError, ParameterError

NUMBER = int(os.environ.get("BROKEN_LEDGERS", "60"))
"""How many are tried; `tests/bench/broken_ledgers.py` tries 5,000."""
MARK_AND_SPACES = 2_243
"""A file that begins with the mark of UTF-8, and then has spaces around all cells."""


@pytest.mark.parametrize("seed", [*range(NUMBER), MARK_AND_SPACES])
def test_a_broken_ledger_is_read_as_written_or_refused(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(book, "CACHE", tmp_path / "cache", raising=False)
    tried(seed, tmp_path)


def test_heads_of_a_sheet_may_be_anything_but_twice_the_same(ledger):
    invoices = pd.read_csv(ledger.folder / "data" / "invoices.csv").assign(odd=1, other=2)
    (ledger.folder / "data" / "invoices.csv").unlink()
    heads = [*invoices.columns[:-2], 2026, datetime(2026, 1, 31)]
    invoices.set_axis(heads, axis="columns").to_excel(ledger.folder / "data" / "invoices.xlsx", index=False)
    opened = Book.open(ledger.run_file)
    assert opened.invoices["amount"].tolist() == pytest.approx([1000, 500.5, 200 * 1.15, 300])
    assert "2026, 2026-01-31 00:00:00" in " ".join(opened.notes["rule"])
    twice = [*invoices.columns[:-2], "amount", None]
    with pd.ExcelWriter(ledger.folder / "data" / "invoices.xlsx") as writer:
        pd.DataFrame([twice, *invoices.to_numpy().tolist()]).to_excel(writer, index=False, header=False)
    with pytest.raises(InputError, match="row 1, amount: the header names a column twice"):
        Book.open(ledger.run_file)


@pytest.mark.parametrize("encoding", ["klingon", "base64", ""])
def test_an_encoding_that_is_none_is_refused_with_the_run_file(ledger, encoding):
    ledger.run(tables={"invoices": {"formats": {"encoding": encoding}}})
    with pytest.raises(ParameterError, match="a text encoding that Python knows is expected"):
        Book.open(ledger.run_file)


@pytest.mark.parametrize("terms", ["-5", "1000000000", "1e18", "30.5"])
def test_terms_that_lead_to_no_day_are_told_once(ledger, terms):
    ledger.write(
        "invoices", f"invoice_id,buyer_id,issued,terms_days,currency,amount\nI1,B1,2024-01-10,30,EUR,1\n"
        f"I3,B2,2024-02-20,{terms},EUR,2\n"
    )  # fmt: skip
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    with pytest.raises(InputError) as refused:
        Book.open(ledger.run_file)
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.value) == (3, "terms_days", terms)
    assert problem.allowed == "a whole number of days from 0 to 36,525 is expected"
