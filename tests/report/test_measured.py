"""A ledger measured in parts of its buyers against the same ledger as one book: figures, tables, messages."""

from pathlib import Path

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from tradecredit import Book, cover, receivables
from tradecredit.book.demo import demo_book
from tradecredit.cli import app
from tradecredit.errors import InputError, ParameterError
from tradecredit.measure.open_items import open_items
from tradecredit.params.run import Run
from tradecredit.report.measured import write_measured

# Its claims are a file without a row.
TABLES = {
    name: table
    for name, table in demo_book(buyers=30, invoices=1_200, seed=5).tables.items()
    if name not in ("statements", "scores", "reminders", "truth")
}


pytestmark = pytest.mark.usefixtures("own_results")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger as Parquet files under names of another system, invoices a file a year."""
    place = tmp_path_factory.mktemp("ledger")
    for name, table in TABLES.items():
        if name == "invoices":
            renamed = table.rename(columns={"buyer_id": "customer"})
            for year, rows in renamed.groupby(renamed["issued"].astype("str").str[:4]):
                rows.to_parquet(place / f"bills-{year}.parquet", index=False)
        else:
            table.to_parquet(place / f"{name}.parquet", index=False)
    return place


def run_of(folder: Path, parts: int | None, **keys: object) -> Run:
    policy = Path(__file__).parents[2] / "params" / "policies" / "current.yaml"
    tables = {"invoices": {"file": "bills-*.parquet", "columns": {"buyer_id": "customer"}}}
    stated = {"entity": "Test", "currency": "EUR", "as_of": "2026-09-15", "policy": str(policy), "tables": tables}
    stated |= {"source": {"kind": "folder", "path": "."}, "compute": {"parts": parts}}
    (folder / "run.yaml").write_text(yaml.safe_dump(stated | keys))
    return Run.from_yaml(folder / "run.yaml")


@pytest.fixture(scope="module")
def measured(folder, tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("tables") / "in parts"
    held = write_measured(run_of(folder, 3), place)
    assert len(held) == 3 and min(part.invoices for part in held) > 100
    assert sum(part.buyers for part in held) == len(Book.open(run_of(folder, 1)).buyers)
    return place


def test_figures_and_ages_of_parts_are_those_of_the_whole(folder, measured):
    book = Book.open(run_of(folder, 1))
    by_month = pd.read_csv(measured / "figures_by_month.csv", index_col="month_end", parse_dates=True)
    whole = receivables.monthly(book)
    assert len(whole) == 24 and whole.notna().any().all()
    pd.testing.assert_frame_equal(by_month, whole, rtol=1e-12, check_freq=False, check_index_type=False)
    by_age = pd.read_csv(measured / "ageing.csv", index_col="bucket")
    pd.testing.assert_frame_equal(by_age, receivables.ageing(book), rtol=1e-12, check_index_type=False)


def test_rows_of_parts_are_those_of_the_whole(folder, measured):
    book = Book.open(run_of(folder, 1))
    items = open_items(book).set_index("invoice_id")
    of_whole = {
        "open_items": items[items["open_amount"] > 0],
        "behaviour": receivables.behaviour(book),
        "cover": cover.audit(book),
    }
    for name, whole in of_whole.items():
        found = pd.read_parquet(measured / name).set_index(whole.index.name)
        assert len(found) == len(whole)
        pd.testing.assert_frame_equal(found.loc[whole.index], whole, check_exact=True)


def copied(folder: Path, to: Path, **cells: list[tuple[int, str, object]]) -> Path:
    """Return a copy of the ledger in which cells of tables, by row and column, hold something else."""
    to.mkdir()
    for file in folder.glob("*.parquet"):
        table = pd.read_parquet(file)
        for row, column, value in cells.get(file.stem.replace("-", "_"), []):
            table.loc[row, column] = value
        table.to_parquet(to / file.name, index=False)
    return to


def test_what_is_wrong_is_told_as_of_the_whole(folder, tmp_path):
    receipts, invoices = TABLES["receipts"], TABLES["invoices"]
    place = copied(
        folder, tmp_path / "ledger",
        receipts=[
            (7, "receipt_id", receipts["receipt_id"].iloc[-1]),  # of two parts
            (9, "invoice_id", "nowhere"), (11, "amount", -3.0), (11, "kind", "discount"), (900, "kind", "gift"),
        ],
        bills_2024=[(3, "customer", "nobody"), (5, "due", pd.Timestamp("2020-01-01"))],
        bills_2025=[(4, "invoice_id", invoices["invoice_id"].iloc[0])],  # of two buyers and files
        disputes=[(2, "opened", pd.NaT)],
        fx=[(0, "rate", -1.0)],
    )  # fmt: skip
    told = []
    for parts in (1, 4):
        with pytest.raises(InputError) as wrong:
            write_measured(run_of(place, parts), tmp_path / "tables")
        told.append(sorted(map(str, wrong.value.problems)))
    assert told[0] == told[1]
    assert len(told[0]) >= 9
    assert not (tmp_path / "tables").exists()


def test_a_payment_for_another_buyers_invoice_goes_with_the_invoice(folder, tmp_path):
    paid = TABLES["receipts"]["invoice_id"].notna().to_numpy().nonzero()[0]
    last = TABLES["buyers"]["buyer_id"].iloc[-1]
    place = copied(folder, tmp_path / "ledger", receipts=[(int(row), "buyer_id", last) for row in paid[:3]])
    held = write_measured(run_of(place, 3), tmp_path / "tables")
    book = Book.open(run_of(place, 1))
    assert sum(part.buyers for part in held) == len(book.buyers)
    found = pd.read_parquet(tmp_path / "tables" / "behaviour").set_index("buyer_id")
    pd.testing.assert_frame_equal(found.loc[book.buyers["buyer_id"]], receivables.behaviour(book), check_exact=True)


def test_numbers_that_one_file_holds_as_fractions_are_the_same_numbers(tmp_path):
    place = tmp_path / "ledger"
    place.mkdir()
    for name in ("buyers", "invoices", "receipts", "fx"):
        table = TABLES[name].assign(
            **{
                column: TABLES[name][column].str.extract(r"(\d+)")[0].astype(float if name == "receipts" else int)
                for column in ("buyer_id", "invoice_id")
                if column in TABLES[name] and TABLES[name][column].notna().all()
            }
        )
        table.to_parquet(place / f"{name}.parquet", index=False)
    assert len(write_measured(run_of(place, 2, tables={}), tmp_path / "tables")) == 2


def test_a_run_that_no_part_can_read_is_refused_with_what_to_do(folder, tmp_path):
    place = copied(folder, tmp_path / "ledger")
    TABLES["limits"].to_csv(place / "limits.csv", index=False)
    (place / "limits.parquet").unlink()
    with pytest.raises(ParameterError) as wrong:
        write_measured(run_of(place, 2, merge={"B1": "B2"}), tmp_path / "tables")
    told = "\n".join(map(str, wrong.value.problems))
    assert "limits.csv is no Parquet file" in told and "merge: is not done with a ledger in parts" in told
    assert told.count("or state `compute: {parts: 1}`") == 2


def test_the_command_writes_into_a_new_folder_only(folder, tmp_path):
    run_of(folder, 2)
    command = ["measure", str(folder / "run.yaml"), "--to", str(tmp_path / "tables")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-2:] == ["2 parts", str(tmp_path / "tables")]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["tables"]
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 2 and "is not an empty folder" in again.stderr
