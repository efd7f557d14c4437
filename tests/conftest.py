"""A small ledger that tests write out, spoil and read, and books made of a few lines of CSV text."""

import os

# As in kernels of a report (`report.kernels.ONE_THREAD`), before anything imports numpy: threads of linear algebra that
# wait for each other take the time of the worker beside.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

import joblib
import pandas as pd
import pytest
import yaml
from hypothesis import settings
from imported_once import ImportedOnce

from tradecredit.book import schema
from tradecredit.book.book import Book, known
from tradecredit.book.places import places
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run

# A slow or busy machine is no failure.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


EMPTY = {name: table.empty() for name, table in schema.TABLES.items()}
LONGEST = ("tests/test_months.py", "tests/validation/test_review.py", "tests/test_house.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest: one worker takes a file whole, and the others would wait for it."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONGEST))


TABLES = {
    "buyers": """buyer_id,name,country,sector,kind
B1,Alder & Sons,DE,C,private
B2,Birch Ltd,GB,G,private
B3,City of Cedar,FR,O,public
""",
    "invoices": """invoice_id,buyer_id,issued,due,currency,amount
I1,B1,2024-01-10,2024-02-09,EUR,1000.00
I2,B1,2024-02-12,2024-03-13,EUR,500.50
I3,B2,2024-02-20,2024-03-21,GBP,200.00
I4,B3,2024-03-05,2024-04-04,EUR,300.00
""",
    "receipts": """receipt_id,invoice_id,received,amount,kind
R1,I1,2024-02-20,600.00,payment
R2,I1,2024-03-20,400.00,payment
R3,I3,2024-03-25,50.00,credit_note
""",
    "fx": """date,currency,rate
2024-01-01,GBP,1.15
2024-03-01,GBP,1.20
""",
}


@pytest.fixture(scope="session", autouse=True)
def imported_once() -> Iterator[ImportedOnce | None]:
    """Reports of the tests share what their kernels import, where a process can be forked."""
    from tradecredit.report import kernels

    if not kernels.FORKING:
        yield None
        return
    with pytest.MonkeyPatch.context() as patch, closing(ImportedOnce(kernels.begun)) as shared:
        patch.setattr(kernels, "begun", shared.begun)
        yield shared


class Ledger:
    """A folder with a run file and CSV tables, to be spoilt.

    `write` writes a table anew, `replace` and `add` change its text, `run` changes keys of the run file.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.run_file = folder / "run.yaml"
        self.content = {
            "entity": "Test & Co",
            "currency": "EUR",
            "as_of": "2024-03-31",
            "source": {"kind": "folder", "path": "data"},
            "reports": "reports",
        }
        (folder / "data").mkdir(parents=True)
        for name, text in TABLES.items():
            self.write(name, text)
        self.run()

    def write(self, name: str, text: str | bytes, suffix: str = ".csv") -> None:
        content = text if isinstance(text, bytes) else text.encode()
        (self.folder / "data" / (name + suffix)).write_bytes(content)

    def replace(self, name: str, old: str, new: str, encoding: str = "utf-8") -> None:
        assert old in TABLES[name], f"{old!r} is not in {name}"
        self.write(name, TABLES[name].replace(old, new).encode(encoding))

    def add(self, name: str, rows: str) -> None:
        self.write(name, TABLES[name] + rows)

    def run(self, **keys: object) -> Path:
        self.content |= keys
        self.run_file.write_text(yaml.safe_dump(self.content), encoding="utf-8")
        return self.run_file


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path / "cache")
    return Ledger(tmp_path / "ledger")


def _table(name: str, content: str | pd.DataFrame) -> pd.DataFrame:
    table = schema.TABLES[name]
    frame = pd.read_csv(StringIO(content)) if isinstance(content, str) else content
    if name == "invoices":
        frame = frame.assign(currency="EUR")
    if name == "receipts":
        frame = frame.assign(receipt_id=[f"R{row}" for row in range(len(frame))])
    return frame.reindex(columns=table.names).astype({column.name: schema.dtype(column) for column in table.columns})


@pytest.fixture(scope="session")
def book_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Book]:
    """Return `book_of(as_of, settings, run=…, **tables)`, for ledgers worked out by hand.

    `tables` are CSV texts or frames, and buyers follow from the invoices; `settings` is the run's section
    `receivables`, `run` its other sections. What is computed is kept in a folder of these tests.
    """
    run_file = tmp_path_factory.mktemp("books") / "x.yaml"

    def book_of(
        as_of: str, settings: dict | None = None, *, run: dict | None = None, **tables: str | pd.DataFrame
    ) -> Book:
        given = {name: _table(name, content) for name, content in tables.items()}
        if "buyers" not in given:
            given["buyers"] = _table("buyers", given["invoices"][["buyer_id"]].drop_duplicates())
        given["buyers"] = given["buyers"].assign(kind=given["buyers"]["kind"].fillna("private"))
        complete = EMPTY | given
        parameters = Run(entity="Test", currency="EUR", as_of=as_of, source={"kind": "demo"}, file=run_file,
                         receivables=settings or {}, **run or {})  # fmt: skip
        day = pd.Timestamp(as_of)
        return Book(
            run=parameters,
            as_of=day,
            fingerprint=joblib.hash(complete),
            files={},
            notes=pd.DataFrame(),
            **known(complete, day, places(complete["invoices"]["buyer_id"], complete["buyers"]["buyer_id"])),
        )

    return book_of


@pytest.fixture(scope="module")
def own_results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Remember the results of a test module in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.memory.CACHE", tmp_path_factory.mktemp("results"))
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Path:
    """The folder that `tradecredit demo` fills with a small company's book."""
    from typer.testing import CliRunner

    from tradecredit import cli

    folder = tmp_path_factory.mktemp("demo") / "example"
    outcome = CliRunner().invoke(cli.app, ["demo", str(folder), "--buyers", "100", "--invoices", "5000"])
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.fixture(scope="session", params=["demo", "one_file"])
def month(request, tmp_path_factory) -> Path:
    """The published month of a kept run file (with fewer scenarios, for time), in a folder of the tests."""
    from tradecredit.report.run import report  # most tests do without what a report imports

    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "demo":
        content = yaml.safe_load((PROJECT / "params" / "demo.yaml").read_text(encoding="utf-8"))
        for kind in ("policies", "scenarios", "economy"):
            shutil.copytree(PROJECT / "params" / kind, folder / kind)
    else:
        example = request.getfixturevalue("demo")
        content = yaml.safe_load((example / "mine.yaml").read_text(encoding="utf-8"))
        content |= {"as_of": "2026-10-31", "source": {"kind": "folder", "path": str(example / "export")}}
    content |= {"reports": str(folder / "reports"), "simulation": {"scenarios": 20_000, "seed": 1}}
    run_file = folder / "run.yaml"
    run_file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return report(run_file).parent


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    """A browser, if this machine has one."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *quiet])
        yield opened
        opened.close()
