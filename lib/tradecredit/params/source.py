"""Where a book's tables come from, and how they are found in another system's files."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from tradecredit.params.base import Country, Parameters, Zone
from tradecredit.params.export import ExportSource

TableName = Literal[
    "buyers", "statements", "invoices", "receipts", "disputes", "limits", "defaults", "scores", "fx", "overrides",
    "ownership", "orders", "evidence", "promises", "reminders", "claims",
    "cash_plan",
]  # fmt: skip
TEXT = (".csv", ".txt", ".tsv")
SUFFIXES = (*TEXT, ".parquet", ".xlsx")
"""Kinds of files that a table of its name may be."""


class DemoSource(Parameters):
    """A company that the program makes up."""

    kind: Literal["demo"]
    seed: int = Field(7, ge=0)
    """The same seed makes the same company."""
    buyers: int = Field(600, ge=20)
    """How many buyers."""
    invoices: int = Field(60_000, ge=500)
    """About how many invoices."""
    until: date = date(2026, 10, 31)
    """Last day of the demo company's 36 months."""


class FolderSource(Parameters):
    """CSV, Parquet and Excel files."""

    kind: Literal["folder"]
    path: Path
    """The folder that holds the files."""


class DuckDBSource(Parameters):
    """A DuckDB database."""

    kind: Literal["duckdb"]
    path: Path
    """The database file."""


def _variable(name: object) -> object:
    if not (isinstance(name, str) and re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name)):
        raise ValueError("the name of an environment variable is expected, never the address itself")
    return name


class ServerSource(Parameters):
    """A database server: PostgreSQL, MySQL or MariaDB, Microsoft SQL Server; needs the `databases` extra."""

    kind: Literal["postgres", "mysql", "sqlserver"]
    dsn_env: Annotated[str, BeforeValidator(_variable)]
    """Name of the environment variable that holds the address, such as postgresql://user:password@host/database."""


def _short(name: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,20}", name):
        raise ValueError("letters, digits, dots and hyphens are expected, at most 20")
    return name


class GroupEntity(Parameters):
    """A company of the group: its own run file, and how the ledgers of the others know it."""

    run: Path
    """Its run file, which also makes its own report."""
    name: Annotated[str, AfterValidator(_short)] = ""
    """How numbers of its ledger begin in the group's, as in `north:B7`; unless stated, the run file's name."""
    registration_id: str | None = None
    """Its number in the register: a buyer of any entity that has it is this company, and what it owes is eliminated."""
    country: Country | None = None
    """The country of that register; none: the number is looked for in all."""
    affiliates: list[Annotated[str, BeforeValidator(str)]] = []
    """Buyers, by their numbers in its own ledger, that are companies of the group as well, and are eliminated."""


GROUP_TABLES = ("statements", "limits", "scores", "fx", "overrides", "ownership", "evidence", "cash_plan")
"""Tables that a group may state itself, in place of what its entities hold."""


class GroupSource(Parameters):
    """The ledgers of several companies as one: without what they owe each other, and with the buyers they share."""

    kind: Literal["group"]
    entities: Annotated[list[GroupEntity], Field(min_length=2)]
    """The companies, each with a run file of its own."""
    path: Path = Path()
    """The folder of the group's own tables, which `tables` names: fx, limits and the like."""
    shared: Literal["registration_id", "stated"] = "registration_id"
    """Which buyers of several entities are one: those with one registration number in one country, and what `merge`
    states besides; or the latter alone (`stated`)."""
    split: Literal["exposure", "sales"] = "exposure"
    """How a shared buyer's limit is split: by what each entity is owed with orders, or by its sales of 12 months."""

    @model_validator(mode="before")
    @classmethod
    def _named_by_their_files(cls, content: Any) -> Any:
        entities = content.get("entities") if isinstance(content, dict) else None
        if not isinstance(entities, list):
            return content
        sections = [{"run": one} if isinstance(one, str) else one for one in entities]
        named = [
            {"name": re.sub(r"[^\w.-]+", "-", Path(one["run"]).stem)[:20]} | one
            if isinstance(one, dict) and isinstance(one.get("run"), str) else one
            for one in sections
        ]  # fmt: skip
        return content | {"entities": named}

    @field_validator("entities")
    @classmethod
    def _told_apart(cls, entities: list[GroupEntity]) -> list[GroupEntity]:
        names = [one.name.casefold() for one in entities]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(
                f"{', '.join(twice)}: two entities have this name; state each once, with a `name` of its own"
            )
        return entities


Source = Annotated[
    DemoSource | FolderSource | DuckDBSource | ServerSource | ExportSource | GroupSource, Field(discriminator="kind")
]


class Formats(Parameters):
    """How a text file is written; ISO dates, decimal points, commas and UTF-8 (with or without BOM) unless told."""

    dates: str = "%Y-%m-%d"
    """How days are written, in the codes of `strptime`: %d.%m.%Y, %Y-%m-%d %H:%M:%S with a time, %Y%m%d for whole
    numbers, or `serial` for a spreadsheet's numbers of days."""
    zone: Zone | None = None
    """Time zone whose days count where instants are given, such as Europe/Berlin; none: text as it is written."""
    decimal: Literal[".", ","] = "."
    """Decimal mark."""
    thousands: Literal["", ".", ",", " ", "'"] = ""
    """Mark between thousands, if there is one."""
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """Mark between fields."""
    empty: tuple[str, ...] = ()
    """Texts that stand for nothing, such as NULL, n/a or 00.00.0000."""
    encoding: str = "utf-8"
    """Text encoding, such as utf-8, latin-1 or cp1252."""
    header_row: Annotated[int, Field(ge=1)] = 1
    """Line of a text file or sheet that the columns' names stand in; what stands above it is not read."""

    sheet: str | None = None
    """Sheet of a workbook; none: the first one."""

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            b"a".decode(encoding)  # of nothing, Python does not look the encoding up
        except UnicodeError:
            pass  # an encoding in which one byte is no text
        except LookupError:
            raise ValueError(
                "a text encoding that Python knows is expected, such as utf-8, latin-1 or cp1252"
            ) from None
        return encoding

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError("thousands and decimal marks must differ")
        return self


def _reads(query: str) -> str:
    query = query.strip().rstrip(";").rstrip()
    if not re.match(r"(select|with)\b", query, re.IGNORECASE):
        raise ValueError("a query that reads is expected: select …, or with … select …")
    return query


class TableMapping(Parameters):
    """How one of our tables is found in a file of another system; every step is counted on the report's page."""

    file: str | None = None
    """File in the folder, table in the DuckDB file, or table or view of the server, with its schema in front where it
    is not the user's own (sales.invoices); several of our tables may name the same one. A pattern such as
    `invoices-*.csv` stands for all files of the folder that fit it, one a month: each is read once, and what becomes of
    an old one is told."""
    query: Annotated[str, AfterValidator(_reads)] | None = None
    """In place of `file`, of a database server: the SQL query (`select …`) whose rows are read."""
    columns: dict[str, str] = {}
    """Our column: their column. Columns of the same name need no entry."""
    formats: Formats = Formats()
    """How the file is written."""
    constants: dict[str, str | int | float | date] = {}
    """Our column: one value for all rows, such as one currency or 30-day terms (`terms_days: 30`)."""
    values: dict[str, dict[str | int, str]] = {}
    """Our column: their value: our value."""
    where: dict[str, list[str | int | float]] = {}
    """Their column: the values of the rows to read; rows with other values are left out and counted."""
    filled: list[str] = []
    """Their columns that must hold something; rows where one is empty are left out and counted."""
    sign: Literal["positive", "negative"] | None = None
    """Rows to read by the sign of `amount`, others are left out and counted: credits and payments that stand as
    negative lines among invoices are the `negative` rows of the same file, and lose their minus."""
    distinct: bool | Literal["latest"] = False
    """One row for each key: for a table derived from a file where its rows repeat, or of several sources that share
    rows. `true`: contradicting rows are an error; `latest`: the row of the latest document counts, by the day of issue
    where `invoices` are read from the same file, else the last row, and rows that contradict it are counted."""
    combine: Literal["sum"] | None = None
    """`sum`: rows of one key are parts of one, such as the lines of an invoice; their amounts are added up."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.file is not None and self.query is not None:
            raise ValueError("file and query both say where the rows are: state one of them")
        return self

    @model_validator(mode="after")
    def _parts_may_be_alike(self) -> Self:
        if self.distinct and self.combine:
            raise ValueError("distinct drops rows that are alike, and combine adds them up: state one of them")
        if self.combine and self.of_several_files:
            raise ValueError("combine adds up the rows of one file: name one, without a pattern")
        return self

    @property
    def of_several_files(self) -> bool:
        """Whether `file` is a pattern that files fit."""
        return self.file is not None and re.search(r"[*?\[]", self.file) is not None


def _alike(sources: list[TableMapping]) -> list[TableMapping]:
    """Return the sources of one table, whose rows are looked at together once their files are read."""
    of_cells = {"dates", "zone", "decimal", "thousands"}
    if any(
        one.formats.model_dump(include=of_cells) != sources[0].formats.model_dump(include=of_cells) for one in sources
    ):
        raise ValueError("the sources of one table write days and numbers alike: state the same formats for all")
    if any(one.distinct != sources[0].distinct for one in sources):
        raise ValueError("distinct goes by the rows of all sources of a table: state it alike for each")
    if any(one.combine for one in sources):
        raise ValueError("combine adds up the rows of one source; a table of several takes none")
    return sources


ONE_SOURCE, SEVERAL_SOURCES = "[one source]", "[several sources]"
SourcesOfTable = Annotated[
    Annotated[TableMapping, Tag(ONE_SOURCE)]
    | Annotated[list[TableMapping], Field(min_length=1), AfterValidator(_alike), Tag(SEVERAL_SOURCES)],
    Discriminator(lambda given: SEVERAL_SOURCES if isinstance(given, list) else ONE_SOURCE),
]


class OnProblem(Parameters):
    """Which broken rows are left out and counted, rather than that the book is refused."""

    leave_out: dict[TableName, Literal["all"] | list[str]] = {}
    """Table: the columns whose rules may be broken, as the messages name them, or `all`."""
    most: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Share of a table's rows that may be left out; above it the book is refused."""

    def leaves_out(self, table: str | None, column: str | None) -> bool:
        """Return whether rows of a table that break a rule of a column are left out."""
        columns = self.leave_out.get(table) if table is not None else None  # type: ignore[call-overload]
        return columns == "all" or (columns is not None and column in columns)
