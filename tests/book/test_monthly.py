"""A folder with a file for each month: what is new is read, and what becomes of an old file is told."""

import pytest
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book import memory, monthly, sources
from tradecredit.book.book import Book, told_to_chapters
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.run import Run

HEAD = "invoice_id,buyer_id,issued,due,currency,amount\n"
JANUARY = "I1,B1,2024-01-10,2024-02-09,EUR,1000.00\nI5,B2,2024-01-11,2024-02-09,EUR,20.00\n"
FEBRUARY = "I2,B1,2024-02-12,2024-03-13,EUR,500.50\nI3,B2,2024-02-20,2024-03-21,GBP,200.00\n"
MARCH = "I4,B3,2024-03-05,2024-04-04,EUR,300.00\n"


@pytest.fixture
def months(ledger):
    """The ledger's invoices of January and February in a file each, and receipts without numbers of their own."""
    (ledger.folder / "data" / "invoices.csv").unlink()
    ledger.write("invoices-2024-01", HEAD + JANUARY)
    ledger.write("invoices-2024-02", HEAD + FEBRUARY)
    ledger.run(tables={"invoices": {"file": "invoices-*.csv"}}, as_of="2024-02-29")
    return ledger


def told(book) -> list[tuple[str, int]]:
    """Return what a book tells of files that changed."""
    rows = book.notes[book.notes["rule"].str.contains("since the reading")]
    return list(zip(rows["rule"], rows["rows"], strict=True))


def test_all_files_that_fit_are_one_table(months):
    book = Book.open(months.run_file)
    assert book.invoices["invoice_id"].tolist() == ["I1", "I5", "I2", "I3"]
    assert {name for name in book.files if name.startswith("invoices")} == {
        "invoices-2024-01.csv",
        "invoices-2024-02.csv",
    }
    assert told(book) == []


def test_only_a_new_file_is_read(months, monkeypatch):
    Book.open(months.run_file)
    read, seen = sources._content, []
    monkeypatch.setattr(sources, "_content", lambda path, *how: seen.append(path.name) or read(path, *how))
    months.write("invoices-2024-03", HEAD + MARCH)
    months.run(as_of="2024-03-31")
    book = Book.open(months.run_file)
    assert [name for name in seen if name.startswith("invoices")] == ["invoices-2024-03.csv"]
    assert (len(book.invoices), told(book)) == (5, [])


def test_the_book_is_the_same_whether_its_files_are_read_or_kept(months, monkeypatch, tmp_path):
    Book.open(months.run_file)
    months.write("invoices-2024-03", HEAD + MARCH)
    partly_kept = Book.open(months.run_file).fingerprint
    monkeypatch.setattr(memory, "CACHE", tmp_path / "empty")
    assert Book.open(months.run_file).fingerprint == partly_kept


def test_a_changed_old_file_is_told_with_what_it_changes(months):
    Book.open(months.run_file)
    # I1 is 150 more, I5 of 20 is gone, I6 and I7 of 5 and 2.50 are new: 150 - 20 + 7.50
    new = JANUARY.replace("1000.00", "1150.00").replace("I5,B2,2024-01-11,2024-02-09,EUR,20.00", "I6,B2,2024-01-11,"
        "2024-02-09,EUR,5.00\nI7,B2,2024-01-11,2024-02-09,EUR,2.50")  # fmt: skip
    months.write("invoices-2024-01", HEAD + new)
    months.write("invoices-2024-03", HEAD + MARCH)
    months.run(as_of="2024-03-31")
    expected = ("invoices-2024-01.csv is another file since the reading as of 2024-02-29: rows added 2, "
                "removed 1, changed 1; amounts +137.50 in all", 4)  # fmt: skip
    assert told(Book.open(months.run_file)) == [expected]
    assert told(Book.open(months.run_file)) == [expected], "and again, whenever the same files are read"
    assert told(Book.open(months.run_file, "2024-02-29")) == [expected]
    outcome = CliRunner().invoke(cli.app, ["check", str(months.run_file)])
    assert f"  note: invoices: {expected[0]} (4 rows)" in outcome.output


def test_a_chapter_of_a_report_tells_what_its_book_told(months, monkeypatch):
    Book.open(months.run_file)
    months.write("invoices-2024-01", HEAD + JANUARY.replace("1000.00", "900.00"))
    run = Run.from_yaml(months.run_file)
    book = Book.open(run)
    for name, value in told_to_chapters(run, book).items():
        monkeypatch.setenv(name, value)
    months.write("invoices-2024-01", HEAD + JANUARY)
    assert told(Book.open(months.run_file)) == told(book) != []


def test_a_file_that_is_gone_or_comes_late_is_told(months):
    months.write("invoices-2024-03", HEAD + MARCH)
    Book.open(months.run_file)
    february = months.folder / "data" / "invoices-2024-02.csv"
    february.unlink()
    (months.folder / "data" / "receipts.csv").unlink()
    months.write("receipts", "receipt_id,invoice_id,received,amount,kind\n")
    gone = Book.open(months.run_file)
    assert told(gone) == [("invoices-2024-02.csv is gone since the reading as of 2024-02-29: rows added 0, removed "
                           "2, changed 0; amounts -700.50 in all", 2)]  # fmt: skip
    months.write("invoices-2024-02", HEAD + FEBRUARY)
    assert told(Book.open(months.run_file)) == [
        ("invoices-2024-02.csv was not there since the reading as of 2024-02-29: rows added 2, removed 0, changed 0; "
         "amounts +700.50 in all", 2)
    ]  # fmt: skip


def test_the_newest_file_may_grow_and_one_written_anew_with_the_same_rows_is_no_news(months):
    Book.open(months.run_file)
    months.write("invoices-2024-02", HEAD + FEBRUARY + "I8,B1,2024-02-28,2024-03-29,EUR,1.00\n")
    months.write("invoices-2024-01", HEAD + "\n".join(reversed(JANUARY.splitlines())) + "\n")
    assert told(Book.open(months.run_file)) == []


def test_rows_whose_numbers_repeat_are_compared_whole(months):
    head, row = "receipt_id,invoice_id,received,amount,kind\n", "R1,I1,2024-02-20,5,payment\n"
    months.write("receipts-2024-01", head + row + row)
    months.write("receipts-2024-02", head + "R3,I2,2024-02-20,9,payment\n")
    receipts = {"file": "receipts-*.csv", "distinct": True}
    months.run(tables={"invoices": {"file": "invoices-*.csv"}, "receipts": receipts})
    Book.open(months.run_file)
    months.write("receipts-2024-01", head + row + "R2,I1,2024-02-20,6,payment\n")
    rule = "receipts-2024-01.csv is another file since the reading as of 2024-02-29: rows added 1, removed 1, changed 0"
    assert told(Book.open(months.run_file)) == [(f"{rule}; amounts +1.00 in all", 2)]


def test_what_was_forgotten_cannot_be_compared_and_that_is_told(months):
    Book.open(months.run_file)
    for file in memory.cache_of(Run.from_yaml(months.run_file)).glob("results/file-*.pickle"):
        file.write_bytes(file.read_bytes()[:-9])  # cut short
    months.write("invoices-2024-01", HEAD + JANUARY.replace("1000", "900"))
    expected = (
        "invoices-2024-01.csv is another file since the reading as of 2024-02-29; what it held then is no longer kept"
    )
    assert told(Book.open(months.run_file)) == [(expected, 0)]


def test_kept_files_are_forgotten_by_clean(months):
    Book.open(months.run_file)
    removed = memory.forget(memory.cache_of(Run.from_yaml(months.run_file)))
    assert (removed.files, removed.left) == (4, ()), "the book, two files, and what was read"


def test_a_refused_book_is_no_reading(months):
    Book.open(months.run_file)
    months.write("invoices-2024-01", HEAD + JANUARY.replace("1000.00", "lots"))
    with pytest.raises(InputError, match=r"invoices-2024-01\.csv, row 2, amount: found 'lots'"):
        Book.open(months.run_file)
    months.write("invoices-2024-01", HEAD + JANUARY.replace("1000.00", "900"))
    assert [rows for _, rows in told(Book.open(months.run_file))] == [1]


def test_a_pattern_that_nothing_fits_is_told(months):
    months.run(tables={"invoices": {"file": "sales-*.csv"}})
    with pytest.raises(InputError, match=r"sales-\*.csv: this file of invoices is missing"):
        Book.open(months.run_file)


@pytest.mark.parametrize(
    ("source", "mapping", "message"),
    [
        ({"kind": "duckdb", "path": "x"}, {}, "a pattern is for files of a folder"),
        ({"kind": "folder", "path": "data"}, {"combine": "sum"}, "combine adds up the rows of one file"),
    ],
)
def test_where_a_pattern_has_no_meaning_it_is_refused(months, source, mapping, message):
    months.run(source=source, tables={"invoices": {"file": "invoices-*.csv"} | mapping})
    with pytest.raises(ParameterError, match=message):
        Run.from_yaml(months.run_file)


def test_only_so_many_readings_are_remembered(months, monkeypatch):
    monkeypatch.setattr(monthly, "READINGS_KEPT", 2)
    for amount in range(1, 5):
        months.write("invoices-2024-01", HEAD + JANUARY.replace("1000.00", f"{amount}.00"))
        book = Book.open(months.run_file)
    assert len(monthly._readings(monthly._record(book.run))) == 2
    assert told(book)[0][0].endswith("rows added 0, removed 0, changed 1; amounts +1.00 in all")
