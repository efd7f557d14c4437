"""How an accounting system's export is read: its form, its columns by what they mean, and its kinds of document."""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from tradecredit.params.base import Currency, Named, Parameters, Zone

Role = Literal[
    "buyer_id", "name", "country", "invoice_id", "number", "applies_to", "group", "kind", "issued", "due", "terms_days",
    "amount", "debit", "credit", "side", "paid", "credited", "open", "currency", "cleared", "account",
    "contra_account", "reversed", "discount", "prepaid", "quantity", "unit_price", "terms", "text", "status",
    "days_overdue", "balance", "own_amount", "rate", "baseline",
]  # fmt: skip
DocumentKind = Literal["invoice", "payment", "credit_note", "discount", "write_off", "recovery", "leave_out"]
Layout = Literal["table", "bars", "fixed", "sheet", "parquet", "duckdb", "xml", "mt940"]
Code = str | int
NOBODY = "My Company"
"""Entity that `start` writes where an export does not tell whose it is."""
EXPORTED = ("invoices", "receipts")
"""The tables that an export alone gives; all others are read from files of their own, and `buyers` from both."""


class ExportForm(Parameters):
    """How a file of an export is written."""

    layout: Layout = "table"
    """Fields between separators, a printed list between `|`, one whose columns stand below each other (`fixed`), a
    spreadsheet, a Parquet file, a table of a database, an XML document, or a bank's statement in SWIFT's MT940."""
    encoding: str = "utf-8"
    """Text encoding."""
    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    """Mark between fields."""
    begins: list[Annotated[int, Field(ge=0)]] = []
    """Of a printed list without marks: the place in a line, from 0, at which each column begins."""
    sheet: str | None = None
    """Sheet of the workbook or table of the database; none: the first one."""
    header_row: Annotated[int, Field(ge=1)] = 1
    """Line that the columns' names stand in; of a list with a head for each block, the first of them."""
    header_lines: Literal[1, 2] = 1
    """Lines that the columns' names stand in, one part of a name below the other."""
    decimal: Literal[".", ","] = "."
    """Decimal mark."""
    hundredths: bool = False
    """Amounts are whole numbers of hundredths."""
    dates: dict[str, str] = {}
    """Column's role: how its days are written, in the codes of `strptime`, or `serial` for a spreadsheet's numbers,
    or `clarion` for days since 28 December 1800, or `cyyddd` for centuries since 1900, year and day of the year, or
    `unix` or `unix_ms` for seconds or thousandths of them since 1970; `all` for the roles that are not named."""
    zone: Zone | None = None
    """Time zone whose days count where instants are given, such as Europe/Berlin; none: text as it is written, and
    stored instants are not read."""
    year_from: date | None = None
    """First day of the twelve months that days without a year lie in."""
    record: str | None = None
    """XML: the XPath of its documents, and columns are XPaths from there; names are without their namespaces."""


class ExportAllocations(Parameters):
    """A list of which payment settles which invoice with how much, beside a list of payments."""

    file: str
    """The file, by its place from the folder of the payments' file."""
    form: ExportForm = ExportForm()
    """How it is written."""
    payment: str
    """Its column of what the payments' list calls their `number`."""
    invoice: str
    """Its column of invoices' numbers."""
    amount: str
    """Its column of what of a payment settles the invoice."""


class ExportNumbers(Parameters):
    """A list of customers that has the number by which another list knows them beside that of the ledger."""

    file: str
    """The file, by its place from the folder of the other list's files."""
    form: ExportForm = ExportForm()
    """How it is written."""
    column: str
    """The other list's column of buyers."""
    theirs: str
    """The customers' column of what stands there."""
    ours: str
    """The customers' column of the ledger's numbers."""


class ExportList(Parameters):
    """Files of one form, each a list of documents: invoices, payments and credit memos."""

    files: Annotated[list[str], Field(min_length=1)]
    """The files, all of one form; a pattern such as `open_*.csv` stands for all that fit it."""
    form: ExportForm = ExportForm()
    """How the files are written."""
    columns: dict[Role, str | list[str]] = {}
    """What a column means: what it is called; of several, the first that holds something in a row counts (of amounts,
    something other than nothing), and of several with days of payment (`terms_days`) the most, as those before are for
    discounts. `baseline`: the day from which they count where it is not that of issue. `rate`: the run's currency per
    unit of the document's, where no `own_amount` is stated. One column for `buyer_id` and `name` holds both, such as
    `10010 Alder Ltd`, `10010-Alder Ltd` or `Alder Ltd (10010)`."""
    kinds: dict[Code, DocumentKind] = {}
    """Their kind of document: ours. A kind that is not named is told by the sign of its amount."""
    allocations: ExportAllocations | None = None
    """Of a list of payments: a list that allots them to invoices."""
    buyers_by: ExportNumbers | None = None
    """Of a list that knows buyers by another number than the ledger: the list of customers that has both."""
    one_kind: DocumentKind | None = None
    """Our kind of all documents that `kinds` does not tell, for a list of payments alone; none: by `kinds`."""
    buckets: dict[str, int] = {}
    """Their column of what is owed by age, for lists without invoices: the least days past due of what stands in it.
    Each becomes a document, `amount of the age`, overdue by `days of the age`."""
    where: dict[str, list[Code]] = {}
    """Their column: the values of the rows to read; other rows are left out and counted."""
    without: dict[str, list[Code]] = {}
    """Their column: the values of the rows to leave out, which are counted."""
    settled: dict[str, list[Code]] = {}
    """Their column: the values of the invoices that are paid in full, for lists that state no amount paid or open."""
    written_off: dict[str, list[Code]] = {}
    """Their column, such as reasons of clearing: the values of the invoices of which what is neither paid nor open was
    written off, on the day of clearing."""
    block: dict[Role, str] = {}
    """What stands above each block of a list: what it means, and the word before it. Without a word it is a cell that
    stands alone in its line, with `+` a text beside nothing but amounts, with `=` the last cell of the column that
    means it, which later rows leave empty (of several such, all of theirs), with `@` what the sheet is called, and
    with a number that one of the texts of a line that holds several, and neither a day nor an amount. With `#` groups
    and documents stand in the column of `invoice_id`, and it is the first group, as sums tell which row is of which. A
    buyer's number and its name in one cell, the number first, are told apart where both have the same word."""
    account_line: str | None = None
    """Word before the account's number on the line that sums up a block, for lists without a head above it."""
    debit_side: list[Code] = []
    """Values of `side` that mean debit; all others are credit."""
    debtor_digits: int | None = None
    """Digits of a personal account's number, of which those that begin with 1 to 6 are debtors: with it, `account` and
    `contra_account` tell who owes and whether the line raises or lowers it."""
    credit_accounts: list[Code] = []
    """First digits of the accounts against which a credit is a credit memo; against others it is a payment."""
    signs: Literal["signed", "by_kind", "reversed"] = "signed"
    """Credits stand with a minus; or all amounts are positive and the kind tells; or invoices stand with a minus."""
    unmatched: Literal["on_account", "oldest"] = "on_account"
    """Credits of which nothing says what they settle stay on account; or they settle invoices of their buyer, one of
    just their amount first and then the oldest."""
    lines: Literal["added", "repeated", "payments", "parts"] = "added"
    """Several rows of one document are parts of it, each repeats its total, each repeats it beside one payment, or
    each is a part of it, one payment of it, or both."""
    terms_days: Annotated[int, Field(ge=0)] | None = None
    """Days of payment of invoices without a due day; none: due on the day of issue."""
    currency: Currency | None = None
    """Currency of rows that state none; none: the run's."""
    bank: bool = False
    """A bank's statement: its payments are matched to invoices by what they say, and to buyers by their payers."""

    @property
    def named_columns(self) -> list[str]:
        """Names of the files' own columns that have a role, in the order of the roles; a role may have several."""
        return [name for value in self.columns.values() for name in ([value] if isinstance(value, str) else value)]


class ExportSource(ExportList):
    """Exports of an accounting system and of its banks: one list of documents, and others beside it."""

    kind: Literal["export"]
    path: Path
    """The folder that holds the files."""
    exported: date
    """Day of the export. What is no longer open by then without a known day counts as settled on it."""
    beside: list[ExportList] = []
    """Further lists of the same ledger, in other forms: a bank's statements, credit memos, older years."""


class ExportSystem(Named):
    """A system's way of exporting: what tells it, what its columns mean, and its kinds of document."""

    title: str
    """What people call it."""
    record: str | None = None
    """As in the run file: the XPath of the documents of an XML file."""
    bank: bool = False
    """As in the run file."""
    layouts: list[Layout] = ["table", "fixed", "sheet", "parquet", "duckdb"]
    """Layouts that it may have."""
    tell: Annotated[list[str], Field(min_length=1)]
    """Columns that must be there for a file to be of this form; `a / b` is one of several names. Of an XML file: the
    name of its first element."""
    columns: dict[Role, list[str]]
    """What a column means: the names that it may have, in order of preference."""
    all_columns: list[Role] = []
    """Roles of which all columns that are there are used, the first that holds something; of others, one."""
    kinds: dict[Code, DocumentKind] = {}
    """As in the run file."""
    kind_words: dict[DocumentKind, list[str]] = {}
    """Our kind: words that tell it in a kind of theirs that is not named; of two, the one that stands first here."""
    buckets: dict[str, int] = {}
    """As in the run file."""
    where_like: dict[str, str] = {}
    """Column: a regular expression of the values whose rows are read."""
    without: dict[str, list[Code]] = {}
    """As in the run file."""
    words: dict[str, list[str]] = {}
    """What words in names of columns mean: the meaning, and the words that have it; `glue` means nothing."""
    heads: dict[Role, list[str]] = {}
    """Meanings that together make a column that no name in `columns` fits, the likelier first."""
    settled: list[str] = []
    """Values of `status` that say that an invoice is paid in full."""
    void: list[str] = []
    """Values of `status` of rows that are left out."""
    unsettled: list[str] = []
    """Values of `status` that say that something of an invoice is open."""
    receivable: list[str] = []
    """Values of a column that tells a company's own claims from those against it, of the rows that are read."""
    payable: list[str] = []
    """Values of the same column of rows that are left out."""
    block: dict[Role, str] = {}
    """As in the run file; `a / b` is one of several words."""
    account_line: str | None = None
    """As in the run file."""
    debit_side: list[Code] = []
    """As in the run file."""
    credit_accounts: list[Code] = []
    """As in the run file."""
    signs: Literal["signed", "by_kind", "reversed"] | None = None
    """As in the run file; none: told by the file."""
    lines: Literal["added", "repeated", "payments", "parts"] | None = None
    """As in the run file; none: told by the file."""
    dates: dict[str, str] = {}
    """As in the run file; without an entry, told by the file."""
    hundredths: bool = False
    """As in the run file, where no amount of the file has a part."""
    due_in: dict[str, str] = {}
    """Columns that may hold due days, where no other does, and how these are written."""
    age: list[str] = []
    """Columns of days past due, which tell the day of the export."""
    titles: list[str] = []
    """Regular expressions of lines above the header; their groups `day`, `year_from`, `currency`, `entity` and
    `digits` (of ledger accounts: personal ones have one more) are taken from there."""
    currency: Currency | None = None
    """Currency that is guessed where the file has none."""
    remarks: list[str] = []
    """What a reader of the report must know of figures from this form."""
