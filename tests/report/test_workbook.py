"""The month's workbook: a sheet for each table, typed cells, no formula, equal bytes, nothing cut in silence."""

import json
import resource
import zipfile
from datetime import datetime
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from tradecredit.report import workbook
from tradecredit.report.chapter import Chapter
from tradecredit.report.makers import Maker
from tradecredit.report.tables import csv_text, unharmed
from tradecredit.report.workbook import sheet_name, write_workbook

MANIFEST = {
    "entity": "Test Co", "as_of": "2026-10-31", "book": {"fingerprint": "0123456789abcdef"},
    "chapters": [{"name": "00_summary", "title": "Summary"}, {"name": "01_ledger", "title": "The ledger"}],
}  # fmt: skip
HARMFUL = [
    "=1+1",
    "+SUM(A1)",
    "-2+3",
    "@cmd",
    "\t=1",
    '=HYPERLINK("x")',
    "'=1",
    "http://x.example",
    "a\x0bb",
    "00123",
    "{=1}",
]


@pytest.fixture
def chapter(tmp_path):
    book = SimpleNamespace(run=SimpleNamespace(currency="EUR", language="en"), as_of=pd.Timestamp("2026-10-31"))
    return Chapter("01_ledger", book, tmp_path)


def written(month, made_by=None):
    return openpyxl.load_workbook(write_workbook(month, MANIFEST, made_by or {}, "EUR"))


def test_cells_are_of_their_columns_types(chapter, tmp_path):
    frame = pd.DataFrame({
        "buyer_id": ["00123", "B2"], "exposure": [1234.5, None], "pd": [0.0123, 0.5], "share": [0.25, 1.0],
        "due": pd.to_datetime(["2026-01-31", None]), "invoices": [3, 4], "insured": [True, False],
    })  # fmt: skip
    chapter.table(frame, "typed", "Typed cells", columns={"share": "Share", "exposure": "Owed"})
    sheet = written(tmp_path)["01 typed"]
    assert [cell.value for cell in sheet[2]][:2] == ["Buyer", "Owed"]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert values == [
        ["00123", 1234.5, 0.0123, 0.25, datetime(2026, 1, 31), 3, True],
        ["B2", None, 0.5, 1, None, 4, False],
    ]
    assert [sheet.cell(3, place).number_format for place in (2, 3, 5)] == ["#,##0.00", "0.00%", "yyyy-mm-dd"]
    assert sheet.freeze_panes == "B3"
    assert sheet.auto_filter.ref == "A2:G4"
    assert sheet.cell(1, 2).value == "Typed cells"
    assert sheet.cell(1, 1).hyperlink.location == "'Index'!A1"


def test_text_is_never_a_formula(chapter, tmp_path):
    chapter.table(pd.DataFrame({"name": HARMFUL}), "names", "=Names")
    path = write_workbook(tmp_path, MANIFEST, {}, "EUR")
    sheet = openpyxl.load_workbook(path)["01 names"]
    cells = [row[0] for row in sheet.iter_rows(min_row=3, max_col=1)]
    assert [cell.value for cell in cells] == [text.replace("\x0b", "�") for text in HARMFUL]
    assert {cell.data_type for cell in [*cells, sheet.cell(1, 2)]} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:6])
    with zipfile.ZipFile(path) as parts:
        assert not any(
            b"<f>" in parts.read(name) or b"<hyperlink r:id" in parts.read(name) for name in parts.namelist()
        )


def test_a_carriage_return_begins_no_row(chapter, tmp_path):
    chapter.table(pd.DataFrame({"name": ["a\r=1", "b"]}), "names", "Names")
    sheet = written(tmp_path)["01 names"]
    assert [row[0].value for row in sheet.iter_rows(min_row=3, max_col=1)] == ["a\n=1", "b"]


def test_what_the_csv_makes_harmless_comes_back():
    texts = [*HARMFUL, "''=1", "'", "", "'tis"]
    lines = csv_text(pd.DataFrame({"name": texts[:8] + texts[9:]})).split("\n")[1:-1]
    plain = [line[1:-1].replace('""', '"') if line.startswith('"') else line for line in lines]
    assert [unharmed(line) for line in plain] == texts[:8] + texts[9:]


def test_rows_of_different_kinds_are_written_by_theirs(chapter, tmp_path):
    chapter.table(pd.Series({"dso": 53.9, "receivables": 1e6}), "kpis", "Figures")
    units = pd.DataFrame({"label": ["a", "b"], "this_month": [0.5, 7.0], "unit": ["fraction", "EUR"]})
    chapter.table(units, "units", "By unit")
    book = written(tmp_path)
    kpis = [[cell.value for cell in row] for row in book["01 kpis"].iter_rows(min_row=3)]
    assert kpis == [["DSO (days)", 53.9], ["Receivables", 1e6]]
    assert [book["01 kpis"].cell(row, 2).number_format for row in (3, 4)] == ["#,##0.0", "#,##0.00"]
    assert [book["01 units"].cell(row, 2).number_format for row in (3, 4)] == ["0.0%", "#,##0.00"]


def test_the_index_leads_to_every_sheet(chapter, tmp_path):
    chapter.table(pd.DataFrame({"buyer_id": ["B1"]}), "one", "One & only")
    chapter.table(pd.DataFrame({"buyer_id": []}), "none", "No row")
    maker = Maker("tradecredit.measure.ageing", "ageing", 1, "Ages.")
    book = written(tmp_path, {"01_ledger": {("table", "one"): (maker,)}})
    index = book["Index"]
    assert index["A1"].value == "Test Co as of 2026-10-31: the tables of all chapters"
    rows = [[cell.value for cell in row] for row in index.iter_rows(min_row=5)]
    assert rows == [
        ["01 one", "The ledger", "One & only", 1, "ageing.ageing", "tables/01_ledger/one.csv", None],
        ["01 none", "The ledger", "No row", 0, None, "tables/01_ledger/none.csv", None],
    ]
    assert [index.cell(row, 1).hyperlink.location for row in (5, 6)] == ["'01 one'!A1", "'01 none'!A1"]
    assert book.sheetnames == ["Index", "01 one", "01 none"]


def test_names_are_legal_and_unique():
    taken = {"index"}
    names = [sheet_name("01_a", "x" * 40, taken) for _ in range(12)]
    names += [sheet_name("index", "", taken), sheet_name("a[b]", "c:*?/\\d", taken)]
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert names[11].endswith(" 12")


def test_equal_tables_give_equal_bytes(chapter, tmp_path):
    chapter.table(pd.DataFrame({"buyer_id": ["B1"], "exposure": [1.5]}), "one", "One")
    first = write_workbook(tmp_path, MANIFEST, {}, "EUR").read_bytes()
    assert write_workbook(tmp_path, MANIFEST, {}, "EUR").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "workbook.xlsx") as parts:
        assert {part.date_time[0] for part in parts.infolist()} == {1980}
        assert b"2026-10-31" in parts.read("docProps/core.xml")


def test_what_a_sheet_cannot_hold_is_told(chapter, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    chapter.table(pd.DataFrame({"buyer_id": list("abcd")}), "four", "Four")
    chapter.table(pd.DataFrame({"reason": ["x" * 40_000], "n": [2**60]}), "long", "Long")
    book = written(tmp_path)
    assert [row[0].value for row in book["01 four"].iter_rows(min_row=3, max_col=1)] == ["a", "b", "c"]
    told = "The first 3 of 4 rows: a sheet can hold no more. The CSV has all."
    assert book["01 four"].cell(1, 2).value == f"Four {told}"
    assert book["Index"].cell(5, 7).value == told
    text, number = (book["01 long"].cell(3, place).value for place in (1, 2))
    assert len(text) == 32_767
    assert text.endswith("x … (cut: the CSV has all of it)")
    assert number == str(2**60)


def test_many_tables_need_few_open_files(chapter, tmp_path):
    for number in range(300):
        chapter.table(pd.DataFrame({"n": [number]}), f"t{number}", "Table")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        write_workbook(tmp_path, MANIFEST, {}, "EUR")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with zipfile.ZipFile(tmp_path / "workbook.xlsx") as parts:
        assert sum(name.startswith("xl/worksheets/sheet") for name in parts.namelist()) == 301


def test_the_data_package_describes_the_tables(chapter, tmp_path):
    frame = pd.DataFrame({"due": pd.to_datetime(["2026-01-31"]), "=x": ["a"], "exposure": [1.0]})
    chapter.table(frame, "one", "One", columns=["due"])
    content = json.loads((tmp_path / "tables/01_ledger/datapackage.json").read_text(encoding="utf-8"))
    assert content["name"] == "01_ledger"
    (table,) = content["resources"]
    assert (table["path"], table["title"], table["rows"]) == ("one.csv", "One", 1)
    assert [(field["name"], field["type"]) for field in table["schema"]["fields"]] == [
        ("due", "date"), ("'=x", "string"), ("exposure", "number"),
    ]  # fmt: skip
    assert list(pd.read_csv(tmp_path / "tables/01_ledger/one.csv")) == ["due", "'=x", "exposure"]
