"""Run files kept as examples, on the data they are made for, and the demo report as a reader meets it."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest
import yaml

from tradecredit import Book
from tradecredit.measure import receivables
from tradecredit.params.base import PROJECT
from tradecredit.report.run import report

IBM = PROJECT.parent / "shared" / "data" / "ibm_accounts_receivable.csv"
needs_ibm = pytest.mark.skipif(not IBM.exists(), reason="the IBM sample ledger is not beside the project")


@needs_ibm
def test_the_ibm_ledger_is_read_as_it_is():
    book = Book.open(PROJECT / "params" / "examples" / "ibm.yaml")
    raw = pd.read_csv(IBM)
    issued, settled = (pd.to_datetime(raw[name], format="%m/%d/%Y") for name in ("InvoiceDate", "SettledDate"))
    known = raw[issued <= "2013-10-31"]
    assert len(book.invoices) == len(known) == 2352
    assert len(book.buyers) == 100
    assert book.invoices["amount"].sum() == pytest.approx(known["InvoiceAmount"].sum())
    still_open = known.loc[settled[known.index] > "2013-10-31", "InvoiceAmount"]
    assert receivables.kpis(book).receivables == pytest.approx(still_open.sum())
    items = receivables.open_items(book).set_index("invoice_id")
    late = known.set_index(known["invoiceNumber"].astype(str).str.zfill(10))["DaysLate"]
    paid = items["settled"].notna()
    assert (items.loc[paid, "days_late"].clip(lower=0) == late.reindex(items.index)[paid]).all()


@pytest.fixture(scope="module", params=["demo", pytest.param("ibm", marks=needs_ibm)])
def month(request, tmp_path_factory) -> Path:
    """The published month of a kept run file (the demo with fewer scenarios, for time), in a folder of the tests."""
    folder = tmp_path_factory.mktemp(request.param)
    kept = PROJECT / "params" / {"demo": "demo.yaml", "ibm": "examples/ibm.yaml"}[request.param]
    content = yaml.safe_load(kept.read_text(encoding="utf-8"))
    content |= {"reports": str(folder / "reports"), "simulation": {"scenarios": 20_000, "seed": 1}}
    if "policy" in content:
        content["policy"] = str(kept.parent / content["policy"])
        for key in ("quotes", "scenarios"):
            content[key] = [str(kept.parent / file) for file in content[key]]
        content["default"]["insolvency_index"] = str(kept.parent / content["default"]["insolvency_index"])
    if "path" in content["source"]:
        content["source"]["path"] = str((kept.parent / content["source"]["path"]).resolve())
    run_file = folder / "run.yaml"
    run_file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return report(run_file).parent


class _Page(HTMLParser):
    """What a page refers to, its headings, and the captions of its tables."""

    def __init__(self, text: str):
        super().__init__()
        self.addresses: list[str] = []
        self.captions = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.captions += tag == "caption"
        names = ("src", "href", "srcset", "action", "data", "poster")
        self.addresses += [value or "" for name, value in attributes if name in names]


def test_pages_are_whole_small_and_ask_nothing_of_the_world(month):
    pages = sorted(month.glob("*.html"))
    assert [page.stem[:2] for page in pages] == ["00", "01", "02", "03", "04", "05"]
    for file in pages:
        text = file.read_text(encoding="utf-8")
        page = _Page(text)
        assert file.stat().st_size < 3_000_000
        assert not re.search(r"<script|url\((?!['\"]?data:)|@import", text)
        for address in page.addresses:
            assert address.startswith(("data:", "#")) or (month / address).exists() or "index.html" in address, address
        tables = sorted((month / "tables" / file.stem).glob("*.csv"))
        assert page.captions == len(tables)


def test_every_table_of_a_notebook_is_published(month):
    for notebook in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        source = "\n".join(cell.source for cell in nbformat.read(notebook, as_version=4).cells)
        called = len(re.findall(r"chapter\.table\(", source))
        assert called == len(list((month / "tables" / notebook.stem).glob("*.csv")))


def test_results_hold_figures_of_every_chapter_and_no_machine_path(month):
    results = json.loads((month / "results.json").read_text(encoding="utf-8"))
    assert all(chapter["figures"] for chapter in results["chapters"].values())
    for file in [*month.glob("*.json"), *month.glob("*.html")]:
        assert str(PROJECT) not in file.read_text(encoding="utf-8"), file


@pytest.mark.parametrize("name", [file.stem for file in sorted((PROJECT / "notebooks").glob("*.ipynb"))])
def test_a_notebook_runs_alone_and_writes_nothing(name, tmp_path):
    executed = papermill.execute_notebook(
        PROJECT / "notebooks" / f"{name}.ipynb",
        tmp_path / "alone.ipynb",
        kernel_name="python3",
        cwd=PROJECT / "notebooks",
        progress_bar=False,
    )
    shown = [output for cell in executed.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("text/html" in output.get("data", {}) for output in shown) >= 3
    assert not list((PROJECT / "notebooks").glob("tables")) + list((PROJECT / "notebooks").glob("results"))
