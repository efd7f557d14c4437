"""Instants in exports: the day in the stated zone, that which was written, or a problem (reading.md 5)."""

import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words import start

ROW = {"Customer": "C1", "Invoice": "R-1", "Amount": 100.0, "Currency": "EUR"}


def days_issued(suggestion) -> list[str]:
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return [str(day.date()) for day in found.tables["invoices"]["issued"]]


def guessed(suggestion) -> tuple[str, bool]:
    """The zone that was taken, and whether it is to be checked."""
    guess = next(guess for guess in suggestion.guesses if guess.key == "source.form.zone")
    return guess.taken, guess.open


def stored(file: Path, *instants: str) -> Path:
    """An export with instants, in the form that its name says."""
    rows = [ROW | {"Invoice": f"R-{at}"} for at in range(len(instants))]
    if file.suffix == ".parquet":
        dates = pd.to_datetime(list(instants), utc=True)
        pd.DataFrame(rows).assign(**{"Invoice Date": dates, "Due Date": dates + pd.Timedelta(days=30)}).to_parquet(file)
        return file
    if file.suffix == ".duckdb":
        listed = pd.DataFrame(rows).assign(instant=list(instants))
        with duckdb.connect(str(file)) as connection:
            connection.execute(
                'create table ledger as select * exclude (instant), instant::timestamptz as "Invoice Date", '
                'instant::timestamptz + interval 30 days as "Due Date" from listed'
            )
        return file
    listed = pd.DataFrame(rows).assign(**{"Invoice Date": list(instants), "Due Date": list(instants)})
    listed.to_excel(file, index=False) if file.suffix == ".xlsx" else listed.to_csv(file, index=False)
    return file


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_text_with_its_zone_is_the_day_as_written_or_that_of_the_stated_zone(suffix, tmp_path):
    file = stored(tmp_path / f"ledger{suffix}", "2026-10-20T23:30:00+0200", "2026-10-20T23:30:00-0500")
    suggestion = suggested([file])
    assert guessed(suggestion) == ("as written", True)
    assert days_issued(suggestion) == ["2026-10-20", "2026-10-20"]
    assert "  # CHECK: the time zone whose days count" in start.run_file(suggestion, tmp_path)
    suggestion = suggested([file], {"source.form.zone": "UTC"})
    # Half past eleven in the evening, two hours ahead of UTC and five behind it.
    assert days_issued(suggestion) == ["2026-10-20", "2026-10-21"]
    assert "  zone: UTC\n" in start.run_file(suggestion, tmp_path)


@pytest.mark.parametrize("machine", ["UTC", "Asia/Tokyo"])
@pytest.mark.parametrize("suffix", [".parquet", ".duckdb"])
def test_a_stored_instant_is_the_day_of_a_zone_to_be_checked(suffix, machine, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", machine)
    time.tzset()
    try:
        file = stored(tmp_path / f"ledger{suffix}", "2026-10-20 22:30:00+00")
        suggestion = suggested([file])
        assert guessed(suggestion) == ("UTC", True)
        assert "  zone: UTC   # CHECK: the time zone whose days count" in start.run_file(suggestion, tmp_path)
        assert days_issued(suggestion) == ["2026-10-20"]
        # Half past ten in the evening in UTC is the next day in Berlin.
        assert days_issued(suggested([file], {"source.form.zone": "Europe/Berlin"})) == ["2026-10-21"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_days_that_were_stored_as_instants_tell_their_zone(tmp_path):
    # Midnight in Berlin: in October two hours before that of UTC, in December one.
    file = stored(tmp_path / "ledger.parquet", "2026-10-19 22:00:00+00", "2026-11-30 23:00:00+00")
    frame = pd.read_parquet(file)
    frame["Due Date"] = pd.to_datetime(["2026-11-19 23:00:00+00", "2026-12-30 23:00:00+00"])
    frame.to_parquet(file)
    suggestion = suggested([file])
    assert guessed(suggestion) == ("Europe/Berlin", True)
    assert days_issued(suggestion) == ["2026-10-20", "2026-12-01"]


def test_a_zone_that_a_file_names_is_taken(tmp_path):
    file = stored(tmp_path / "ledger.parquet", "2026-10-20 02:00:00+00")
    frame = pd.read_parquet(file)
    frame["Invoice Date"] = frame["Invoice Date"].dt.tz_convert("America/New_York")
    frame.to_parquet(file)
    suggestion = suggested([file])
    # Ten in the evening in New York.
    assert guessed(suggestion) == ("America/New_York", True)
    assert days_issued(suggestion) == ["2026-10-19"]


def test_instants_without_a_stated_zone_are_a_problem_that_names_the_way_round(tmp_path):
    suggestion = suggested([stored(tmp_path / "ledger.parquet", "2026-10-20 22:30:00+00")])
    form = suggestion.source.form.model_copy(update={"zone": None})
    found = ledger(suggestion.source.model_copy(update={"form": form}), "EUR")
    assert {problem.column for problem in found.problems} == {"Invoice Date", "Due Date"}
    assert all("source.form.zone: Europe/Berlin" in problem.remedy for problem in found.problems)


def test_a_day_with_a_zone_and_no_time_is_that_day(tmp_path):
    suggestion = suggested([stored(tmp_path / "ledger.csv", "2026-10-20+02:00", "2026-10-21Z")])
    assert not [guess for guess in suggestion.guesses if guess.key == "source.form.zone"]
    assert days_issued(suggestion) == ["2026-10-20", "2026-10-21"]


MIXED = "2026-10-20 22:30:00+00:00", "2026-10-21 09:00:00"


def test_without_a_stated_zone_text_is_the_day_as_written_whether_it_has_its_zone_or_not(tmp_path):
    suggestion = suggested([stored(tmp_path / "ledger.csv", *MIXED)])
    assert suggestion.source.form.zone is None
    assert not [guess for guess in suggestion.guesses if guess.key.endswith(".odd")]
    assert days_issued(suggestion) == ["2026-10-20", "2026-10-21"]


def test_with_a_stated_zone_a_time_without_its_own_is_a_problem(tmp_path):
    suggestion = suggested([stored(tmp_path / "ledger.csv", *MIXED)])
    form = suggestion.source.form.model_copy(update={"zone": "Europe/Berlin"})
    found = ledger(suggestion.source.model_copy(update={"form": form}), "EUR")
    assert {(problem.row, problem.value) for problem in found.problems} == {(3, "2026-10-21 09:00:00")}
