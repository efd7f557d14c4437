"""Broken ledgers of all kinds of files: each ends with the book that was written, or with one refusal."""

import os

import pytest
from broken_ledgers import tried

from tradecredit.book import book, memory

NUMBER = int(os.environ.get("BROKEN_LEDGERS", "60"))
"""How many are tried; `tests/bench/broken_ledgers.py` tries 5,000."""


@pytest.mark.parametrize("seed", range(NUMBER))
def test_a_broken_ledger_is_read_as_written_or_refused(seed, tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(book, "CACHE", tmp_path / "cache", raising=False)
    tried(seed, tmp_path)
