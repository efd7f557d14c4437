"""Nothing that became known after the as-of date enters a figure (definitions §1.2)."""

from dataclasses import replace

import pandas as pd
import pytest
import yaml

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.book.demo import DemoBook, demo_book, write
from tradecredit.book.schema import TABLES

DAY = pd.Timestamp("2025-08-31")


def opened(ledger, made: DemoBook, day: pd.Timestamp, **run: object) -> list[Book]:
    """Return a demo company's book opened on a day, from all its files and from files cut off after that day.

    `run`: further sections of the run file, each a function of whether its values are cut off.
    """
    folder, books = ledger.folder, []
    for name, tables in (
        ("all", made.tables),
        ("cut", {name: cut(name, made.tables[name], day) for name in made.tables}),
    ):
        (folder / name).mkdir()
        write(replace(made, tables=tables), folder / name)
        run_file = folder / f"{name}.yaml"
        content = {"entity": "Demo", "currency": "EUR", "source": {"kind": "folder", "path": name}}
        content |= {key: section(name == "cut") for key, section in run.items()}
        run_file.write_text(yaml.safe_dump(content))
        books.append(Book.open(run_file, as_of=day.date()))
    return books


@pytest.fixture
def books(ledger):
    return opened(ledger, demo_book(buyers=60, invoices=4000, seed=5), DAY)


def cut(name: str, frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of a table that were known on the day, without what was written into them later."""
    since = TABLES[name].known
    kept = frame[frame[since].isna() | (frame[since] <= day)]
    if name == "buyers":  # a buyer that is dated later stays if it has bought before
        return frame
    if name == "disputes":
        return kept.assign(closed=kept["closed"].where(kept["closed"] <= day))
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


@pytest.mark.parametrize("minimum_defaults", [5, 1_000], ids=["fit", "prior"])
def test_deleting_all_later_rows_changes_no_rating(ledger, minimum_defaults):
    day = pd.Timestamp("2026-04-30")
    months = pd.date_range("2023-11-30", "2026-10-31", freq="ME")
    index = {month.date(): 100.0 + 7 * number for number, month in enumerate(months)}

    def settings(cut_off: bool) -> dict:
        values = {month: value for month, value in index.items() if not cut_off or month <= day.date()}
        agencies = {"Agency A": {5: 0.2, 50: 0.015, 95: 0.0012}}
        shown = {"source": "Made up.", "values": values}
        return {"minimum_defaults": minimum_defaults, "agencies": agencies, "insolvency_index": shown}

    made = demo_book(buyers=150, invoices=8_000, seed=3)
    assert (made.tables["scores"]["date"] > day).any()
    whole, cut_off = (default.assessment.__wrapped__(book) for book in opened(ledger, made, day, default=settings))
    assert (whole.model is None) == (minimum_defaults == 1_000)
    assert "score: Agency A" in whole.inputs.index
    assert whole.level.loc["insolvency index now", "value"] == 100 + 7 * 28  # of February to April 2026
    for table in ("ratings", "observed", "level", "contributions", "curves"):
        pd.testing.assert_frame_equal(getattr(whole, table), getattr(cut_off, table), check_exact=True)
    pd.testing.assert_series_equal(whole.later, cut_off.later, check_exact=True)
