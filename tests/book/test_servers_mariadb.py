"""A book from a MariaDB server that is started here; skipped where none is installed."""

import gc
import getpass
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book import servers
from tradecredit.book.book import Book

pymysql = pytest.importorskip("pymysql", reason="the `databases` extra is not installed")

SECRET = "Zx9hunter2"
TABLES = """
create database ledger;
use ledger;
create table buyers (buyer_id varchar(9), name text);
insert into buyers values ('B1', ' Alder & Sons ');
create table invoices (invoice_id bigint unsigned, buyer_id varchar(9), issued date, due date, currency char(3),
    amount decimal(15, 2));
insert into invoices values (18446744073709551614, 'B1', '2024-01-10', '2024-02-09', 'EUR', 4503599627370.49),
    (18446744073709551615, 'B1', '2024-02-12', '2024-03-13', 'EUR', 500.55);
create table receipts (receipt_id int, invoice_id bigint unsigned, received timestamp, amount decimal(15, 2),
    kind text);
set time_zone = '+00:00';
insert into receipts values (1, 18446744073709551615, '2024-02-20 23:30:00', 400.10, 'payment');
create table limits (buyer_id varchar(9), source text, amount decimal(15, 2), valid_from date, valid_to date);
set sql_mode = '';
insert into limits values ('B1', 'own', 9, '2024-01-01', '0000-00-00');
create user credit identified by 'SECRET';
create user credit@localhost identified by 'SECRET';
grant select on ledger.* to credit;
grant select on ledger.* to credit@localhost
"""


@pytest.fixture(scope="module")
def server():
    """The socket of a server that runs while the tests do."""
    install, serve = shutil.which("mariadb-install-db"), shutil.which("mariadbd")
    if not install or not serve:
        pytest.skip("no MariaDB server is installed")
    folder = Path(tempfile.mkdtemp(prefix="tradecredit-my-"))
    own = ["--no-defaults", f"--datadir={folder / 'data'}", f"--user={getpass.getuser()}"]
    with (folder / "log").open("wb") as log:
        made = [install, *own, "--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(made, check=True, stdout=log, stderr=log)
        socket = str(folder / "socket")
        running = subprocess.Popen([serve, *own, "--skip-networking", f"--socket={socket}"], stdout=log, stderr=log)
        try:
            for _ in range(600):
                time.sleep(0.05)
                try:
                    pymysql.connect(unix_socket=socket, user="root").close()
                    break
                except pymysql.err.OperationalError:
                    assert running.poll() is None, (folder / "log").read_text()
            yield socket
        finally:
            running.terminate()
            running.wait()
    shutil.rmtree(folder)


@pytest.fixture
def database(server, ledger, monkeypatch):
    """A cursor of a new database with `TABLES`, which the run file of `ledger` reads as the user `credit`."""
    with pymysql.connect(unix_socket=server, user="root", autocommit=True) as connection:
        cursor = connection.cursor()
        for user in ("credit", "credit@localhost"):
            cursor.execute(f"drop user if exists {user}")
        cursor.execute("drop database if exists ledger")
        for statement in TABLES.replace("SECRET", SECRET).split(";"):
            cursor.execute(statement)
        monkeypatch.setenv("TRADECREDIT_DSN", f"mysql://credit:{SECRET}@/ledger?unix_socket={server}")
        limits = {"formats": {"empty": ["0000-00-00"]}}
        receipts = {"formats": {"zone": "Europe/Berlin"}}
        source = {"kind": "mysql", "dsn_env": "TRADECREDIT_DSN"}
        ledger.run(source=source, tables={"receipts": receipts, "limits": limits})
        yield cursor


@pytest.mark.usefixtures("database")
def test_amounts_days_and_numbers_of_documents_come_exactly(ledger):
    book = Book.open(ledger.run_file)
    assert book.invoices["invoice_id"].tolist() == ["18446744073709551614", "18446744073709551615"]
    assert book.invoices["amount"].tolist() == [4503599627370.49, 500.55]
    assert book.receipts["received"].dt.date.astype("str").tolist() == ["2024-02-21"], "23:30 in London"
    assert book.buyers["name"].tolist() == ["Alder & Sons"]
    assert book.limits["valid_to"].isna().tolist() == [True]


def test_tables_are_of_one_moment_whatever_is_written_meanwhile(database, ledger, monkeypatch):
    before, rows, done = Book.open(ledger.run_file), servers.Server._rows, []

    def writing(self, name, sql):
        found = rows(self, name, sql)
        if not done:
            done.append(name)
            database.execute("insert into invoices values (5, 'B1', '2024-03-01', '2024-03-31', 'EUR', 7)")
            database.execute("update receipts set amount = 1")
        return found

    monkeypatch.setattr(servers.Server, "_rows", writing)
    assert Book.open(ledger.run_file).fingerprint == before.fingerprint
    assert Book.open(ledger.run_file).fingerprint != before.fingerprint


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (SECRET, "wrong", "the MySQL or MariaDB server refuses the user or the password"),
        ("unix_socket=", "unix_socket=/nowhere", "the MySQL or MariaDB server cannot be reached"),
        ("/ledger", "/another", "has no such database, or not for this user"),
        ("mysql:", "postgresql:", "holds no address of a MySQL or MariaDB server"),
    ],
)
@pytest.mark.usefixtures("database")
def test_a_server_that_is_not_reached_is_told(ledger, monkeypatch, server, old, new, told):
    address = f"mysql://credit:{SECRET}@/ledger?unix_socket={server}".replace(old, new)
    monkeypatch.setenv("TRADECREDIT_DSN", address)
    assert told in refused(ledger)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # PyMySQL's, of what it cannot end
def test_a_connection_cut_in_the_middle_is_told(database, ledger, monkeypatch):
    database.execute("insert into receipts select seq, null, '2024-03-01', 0, 'payment' from seq_1_to_200000")
    monkeypatch.setattr(servers, "CHUNK", 100)
    count, arrow = iter(range(100_000)), servers.arrow

    def cut(values):
        if next(count) == 20:
            database.execute("select id from information_schema.processlist where user = 'credit'")
            for (number,) in database.fetchall():
                database.execute(f"kill {number}")
        return arrow(values)

    monkeypatch.setattr(servers, "arrow", cut)
    assert "the connection broke while the database was read. Remedy: run it again" in refused(ledger)
    gc.collect()


@pytest.mark.usefixtures("database")
def test_a_query_that_cannot_be_run_is_told(ledger):
    ledger.run(tables={"invoices": {"query": "select no_column from invoices"}})
    assert "query of invoices: the server cannot run what is asked: " in refused(ledger)


def refused(ledger) -> str:
    """Return what `check` says to a book that it refuses, in one message that shows no address."""
    outcome = CliRunner().invoke(cli.app, ["check", str(ledger.run_file)])
    assert outcome.exit_code == 2, outcome.output
    assert outcome.output.count("Remedy: ") == 1
    assert not [secret for secret in (SECRET, "'credit'", "tradecredit-my") if secret in outcome.output]
    return " ".join(outcome.output.split())
