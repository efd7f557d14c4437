"""A book made of a few lines of CSV text, for ledgers worked out by hand."""

from collections.abc import Callable
from io import StringIO

import pandas as pd
import pytest

from tradecredit.book.book import Book, known
from tradecredit.book.schema import TABLES, dtype
from tradecredit.params import Run


def _table(name: str, content: str | pd.DataFrame) -> pd.DataFrame:
    table = TABLES[name]
    frame = pd.read_csv(StringIO(content)) if isinstance(content, str) else content
    if name == "invoices":
        frame = frame.assign(currency="EUR")
    if name == "receipts":
        frame = frame.assign(receipt_id=[f"R{row}" for row in range(len(frame))])
    return frame.reindex(columns=table.names).astype({column.name: dtype(column) for column in table.columns})


@pytest.fixture(scope="session")
def book_of() -> Callable[..., Book]:
    """Return `book_of(as_of, settings, **tables)`: a book of CSV texts or frames; buyers follow from the invoices."""

    def book_of(as_of: str, settings: dict | None = None, **tables: str | pd.DataFrame) -> Book:
        given = {name: _table(name, content) for name, content in tables.items()}
        if "buyers" not in given:
            given["buyers"] = _table("buyers", given["invoices"][["buyer_id"]].drop_duplicates())
        given["buyers"] = given["buyers"].assign(kind=given["buyers"]["kind"].fillna("private"))
        complete = {name: given.get(name, table.empty()) for name, table in TABLES.items()}
        run = Run(entity="Test", currency="EUR", as_of=as_of, source={"kind": "demo"}, file="x.yaml",
                  receivables=settings or {})  # fmt: skip
        day = pd.Timestamp(as_of)
        return Book(run=run, as_of=day, fingerprint="test", files={}, notes=pd.DataFrame(), **known(complete, day))

    return book_of
