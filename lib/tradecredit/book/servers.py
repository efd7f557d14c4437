"""Reads tables, views and queries of a database server, all as they stood at one moment, in chunks into Arrow."""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd
import pyarrow as pa

from tradecredit.book import text_files
from tradecredit.book.arrow_columns import arrow, digest, in_pandas, of_one_type, with_zone
from tradecredit.errors import Problem
from tradecredit.params.run import Run
from tradecredit.params.source import ServerSource

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

Found = TypeVar("Found")

CHUNK = 50_000
"""Rows that are asked for at once."""
PATIENCE = 30
"""Seconds that a server may take to answer, and that another may keep a table locked."""


@dataclass(frozen=True)
class Kind:
    """A kind of server: what people call it, its addresses, its driver, and how a moment is kept."""

    title: str
    example: str
    schemes: tuple[str, ...]
    driver: str
    arguments: dict[str, Any]
    isolation: str
    begin: tuple[str, ...]
    """What is said before the first look at a row."""
    reasons: dict[str | int, str]
    """The server's number of an error: which of `REASONS` it is."""
    holds: bool = False
    """Whether tables have to be held, so that nobody empties one meanwhile."""
    instants: int | None = None
    """The driver's number of a type that it gives as times, though it means instants."""


KINDS = {
    "postgres": Kind(
        "PostgreSQL", "postgresql://user:password@host:5432/database", ("postgresql", "postgres"), "postgresql+psycopg",
        {"connect_timeout": PATIENCE, "client_encoding": "utf8"}, "REPEATABLE READ",
        ("set transaction read only", f"set local lock_timeout = '{PATIENCE}s'", "set local time zone 'UTC'"),
        {"28P01": "refused", "28000": "refused", "3D000": "database", "42501": "rights", "57014": "stopped",
         "55P03": "locked", "40001": "moment"},
        holds=True,
    ),
    "mysql": Kind(
        "MySQL or MariaDB", "mysql://user:password@host:3306/database", ("mysql", "mariadb"), "mysql+pymysql",
        {"connect_timeout": PATIENCE, "charset": "utf8mb4"}, "REPEATABLE READ",
        (f"set session lock_wait_timeout = {PATIENCE}", "set session time_zone = '+00:00'",
         "start transaction with consistent snapshot, read only"),
        {1045: "refused", 1044: "database", 1049: "database", 1142: "rights", 1143: "rights", 1205: "locked",
         1969: "stopped", 3024: "stopped", 1317: "stopped", 1412: "moment", 2003: "down", 2013: "broken",
         2006: "broken"},
        instants=7,
    ),
    "sqlserver": Kind(
        "SQL Server", "mssql://user:password@host:1433/database", ("mssql", "sqlserver"), "mssql+pymssql",
        {"login_timeout": PATIENCE}, "SNAPSHOT", (f"set lock_timeout {1000 * PATIENCE}",),
        {18456: "refused", 18452: "refused", 4060: "database", 229: "rights", 230: "rights", 1222: "locked",
         3952: "snapshot", 3961: "moment", 20002: "down", 20009: "down", 20003: "broken", 20047: "broken"},
    ),
}  # fmt: skip

AGAIN = "run it again: nothing of this reading was kept"
REASONS = {
    "down": ("the {kind} server cannot be reached, or does not let this program in",
             "see that the server runs, and that host, port, database, user and password in the variable are right"),
    "refused": ("the {kind} server refuses the user or the password", "correct the address in the variable"),
    "database": ("the {kind} server has no such database, or not for this user",
                 "correct the name of the database in the variable"),
    "rights": ("the user may not read it", "grant this user the right to select from it, and no other"),
    "broken": ("the connection broke while the database was read", AGAIN),
    "stopped": ("the server stopped the reading (a time limit, or its operator)", "raise the limit for this user; "
                + AGAIN),
    "locked": (f"another program kept it locked for {PATIENCE} seconds", "run it when that program is done"),
    "moment": ("the server no longer has the rows as they stood when the reading began", AGAIN),
    "snapshot": ("this database keeps no rows as they stood at one moment",
                 "let its operator say `alter database … set allow_snapshot_isolation on`"),
    "value": ("it holds a value that this program cannot take over", "leave it out, or cast it, by a `query`"),
    "query": ("the server cannot run what is asked", "correct the query, or the names in it"),
}  # fmt: skip
"""What can go wrong with a server: what is told, and the remedy."""


def asked(run: Run, source: ServerSource, question: Callable[["Server"], Found]) -> Found | Problem:
    """Return what a question to the run's server finds, or the one thing that keeps it from an answer.

    Nothing of the address is in the problem, whatever the server says.
    """
    kind = KINDS[source.kind]
    try:
        import sqlalchemy

        engine = _engine(os.environ.get(source.dsn_env), kind)
    except ImportError:
        return Problem(
            file=str(run.file), column="source.kind", value=source.kind,
            allowed=f"{kind.title} servers need the `databases` extra", remedy="pip install 'tradecredit[databases]'",
        )  # fmt: skip
    if isinstance(engine, str):
        return Problem(
            file=str(run.file), column="source.dsn_env", value=source.dsn_env, allowed=engine,
            remedy="set it where the program starts, and nowhere in a file of the run",
        )  # fmt: skip
    server = None
    try:
        with engine.connect().execution_options(isolation_level=kind.isolation) as connection:
            server = Server(connection, kind)
            return question(server)
    except (sqlalchemy.exc.SQLAlchemyError, engine.dialect.loaded_dbapi.Error, OSError, UnicodeError) as error:
        told, remedy = _reason(error, kind, engine.url, connected=server is not None)
        read = server.reading if server else None
        file, column = (str(run.file), "source.dsn_env") if read is None else (read, None)
        value = source.dsn_env if read is None else None
        problem = Problem(file=file, column=column, value=value, allowed=told, remedy=remedy)
    return problem


def _engine(address: str | None, kind: Kind) -> "Engine | str":
    """Return what connects to an address, or what is wrong with it, without showing any of it."""
    import sqlalchemy

    if not address:
        return f"this environment variable is not set: an address such as {kind.example} is expected in it"
    try:
        url = sqlalchemy.make_url(address)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        url = None
    if url is None or url.drivername.partition("+")[0] not in kind.schemes:
        return f"holds no address of a {kind.title} server: one such as {kind.example} is expected"
    arguments = {name: value for name, value in kind.arguments.items() if name not in url.query}
    engine = sqlalchemy.create_engine(
        url.set(drivername=kind.driver), poolclass=sqlalchemy.NullPool, connect_args=arguments, hide_parameters=True
    )
    if kind.driver.endswith("psycopg"):
        sqlalchemy.event.listen(engine, "connect", _with_ends_of_time)
    return engine


class Server:
    """A database server during one reading: which tables it has, and their rows as they all stood at one moment."""

    def __init__(self, connection: "Connection", kind: Kind):
        self._connection, self._kind = connection, kind
        self.reading: str | None = None
        """What is being read, as problems call it."""

    def has(self, name: str) -> bool:
        """Return whether there is a table or view of a name, which may begin with that of its schema."""
        from sqlalchemy import inspect

        schema, table = _parts(name)
        return inspect(self._connection).has_table(table, schema=schema)

    def names(self) -> list[str]:
        """Return the tables and views that the user finds without naming a schema."""
        from sqlalchemy import inspect

        inspector = inspect(self._connection)
        found = inspector.get_table_names() + inspector.get_view_names()
        with suppress(NotImplementedError):  # of servers that have none
            found += inspector.get_materialized_view_names()
        return sorted(found)

    def contents(self, tables: Sequence[str], queries: dict[str, str]) -> dict[str, pa.Table]:
        """Return the rows of tables and views by their names, and of queries by what they are called.

        All are as they stood at one moment, whatever others write meanwhile. PostgreSQL shows a table as empty to
        whoever began to look before it was emptied by `truncate`: there each table is held before the first look, so
        that a program that fills it anew is either done with it or has not begun.
        """
        held = [name for name in tables if self._kind.holds and self._can_be_held(name)]
        self._connection.rollback()  # what was looked at so far may have changed
        for said in self._kind.begin:
            self._connection.exec_driver_sql(said)
        if held:
            self.reading = ", ".join(held)
            quoted = ", ".join(self._quoted(name) for name in sorted(held))
            self._connection.exec_driver_sql(f"lock table {quoted} in access share mode")
        asked = {name: f"select * from {self._quoted(name)}" for name in tables} | queries
        return {name: self._rows(name, sql) for name, sql in asked.items()}

    def _rows(self, name: str, sql: str) -> pa.Table:
        """Return the rows of a query: decimals are exact, and instants in UTC."""
        self.reading = name
        streamed = self._connection.execution_options(stream_results=True, no_parameters=True)
        with streamed.exec_driver_sql(sql) as result:
            described = result.cursor.description
            names = [str(column[0]) for column in described]
            instants = [self._kind.instants is not None and column[1] == self._kind.instants for column in described]
            chunks = [[arrow(values) for values in zip(*part, strict=True)] for part in result.partitions(CHUNK)]
        columns = [of_one_type([chunk[place] for chunk in chunks]) for place in range(len(names))]
        columns = [with_zone(column) if instant else column for column, instant in zip(columns, instants, strict=True)]
        return pa.Table.from_arrays(columns, names=names)

    def _can_be_held(self, name: str) -> bool:
        from sqlalchemy import inspect

        schema, table = _parts(name)
        inspector = inspect(self._connection)
        return table in inspector.get_table_names(schema) + inspector.get_view_names(schema)

    def _quoted(self, name: str) -> str:
        preparer = self._connection.dialect.identifier_preparer
        return ".".join(preparer.quote(part) for part in _parts(name) if part)


def frame_of(name: str, table: pa.Table) -> pd.DataFrame | Problem:
    """Return the rows of a server under their names as those of a file, or the problem that two columns have one."""
    if repeated := text_files.repeated_heads(name, table.column_names):
        return repeated
    frame = pd.DataFrame({column: in_pandas(table.column(column)) for column in table.column_names})
    return frame.set_axis(pd.RangeIndex(2, len(frame) + 2), axis="index")


def fingerprints(contents: dict[str, pa.Table], queries: dict[str, str]) -> dict[str, str]:
    """Return a sha256 of the rows of each table or view in any order, and of each query in that of the server."""
    return {name: digest(table, in_order=name in queries) for name, table in contents.items()}


def _parts(name: str) -> tuple[str | None, str]:
    schema, _, table = name.rpartition(".")
    return schema or None, table


def _reason(error: Exception, kind: Kind, url: "URL", *, connected: bool) -> tuple[str, str]:
    """Return what is told of an error, and the remedy."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None)
    numbers = (*original.args[:1], state, getattr(original, "number", None))
    number = next((one for one in numbers if isinstance(one, str | int) and one in kind.reasons), None)
    said = str(original)
    if not connected and "password authentication failed" in said:
        number = "28P01"
    if not connected and re.search('FATAL: .*database ".*" does not exist', said):
        number = "3D000"
    if number in kind.reasons:
        name = kind.reasons[number]
    elif not connected:
        name = "down"
    elif getattr(error, "connection_invalidated", False) or re.match("08|57P", str(state)):
        name = "broken"
    elif type(original).__name__ in ("DataError", "UnicodeDecodeError"):
        name = "value"
    else:
        name = "query"
    told, remedy = REASONS[name]
    if name == "query":
        told = f"{told}: {_without(url, said.splitlines()[0] if said else type(original).__name__)}"
    return told.format(kind=kind.title), remedy


def _without(url: "URL", text: str) -> str:
    """Return a server's words without what its address holds."""
    others = [value for given in url.query.values() for value in ([given] if isinstance(given, str) else given)]
    for part in (url.password, url.host, url.username, url.database, *others):
        text = text.replace(str(part), "…") if part else text
    return text


def _with_ends_of_time(connection: Any, _: object) -> None:
    """Let PostgreSQL's days without an end be the last day that Python knows, which means so in tables of a book."""
    from psycopg import DataError
    from psycopg.types import datetime as types

    def ending(loader: Any, first: date, last: date) -> type:
        def load(self, data):
            try:
                return loader.load(self, data)
            except DataError:
                return first if bytes(data).startswith(b"-") or bytes(data).endswith(b"BC") else last

        return type(loader.__name__, (loader,), {"load": load})

    adapters = connection.adapters
    adapters.register_loader("date", ending(types.DateLoader, date.min, date.max))
    adapters.register_loader("timestamp", ending(types.TimestampLoader, datetime.min, datetime.max))
    of_zone = ending(types.TimestamptzLoader, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    adapters.register_loader("timestamptz", of_zone)
