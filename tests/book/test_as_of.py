"""Nothing that became known after the as-of date enters a figure (DOMAIN.md §1)."""

import pandas as pd
import pytest
import yaml

from tradecredit.book.book import Book
from tradecredit.book.demo import demo_book, write
from tradecredit.book.schema import TABLES

DAY = pd.Timestamp("2025-08-31")


@pytest.fixture
def books(ledger):
    """A demo company's book opened on a day, from all its files and from files cut off after that day."""
    tables = demo_book(buyers=60, invoices=4000, seed=5).tables
    folder = ledger.folder
    opened = []
    for name, content in (("all", tables), ("cut", {name: cut(name, frame) for name, frame in tables.items()})):
        (folder / name).mkdir()
        write(demo_book(buyers=60, invoices=4000, seed=5)._replace(tables=content), folder / name)
        run_file = folder / f"{name}.yaml"
        run = {"entity": "Demo", "currency": "EUR", "source": {"kind": "folder", "path": name}}
        run_file.write_text(yaml.safe_dump(run))
        opened.append(Book.open(run_file, as_of=DAY.date()))
    return opened


def cut(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table that were known on the day, without what was written into them later."""
    since = TABLES[name].known
    kept = frame[frame[since].isna() | (frame[since] <= DAY)]
    if name == "buyers":  # a buyer that is dated later stays if it has bought before
        return frame
    if name == "disputes":
        return kept.assign(closed=kept["closed"].where(kept["closed"] <= DAY))
    if name == "defaults":
        return kept.assign(recovered=float("nan"))
    return kept


def test_deleting_all_later_rows_changes_nothing_in_the_book(books):
    whole, cut_off = books
    assert len(whole.invoices) > 1000
    assert not whole.defaults.empty
    assert whole.fingerprint == cut_off.fingerprint
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(whole, name), getattr(cut_off, name))
