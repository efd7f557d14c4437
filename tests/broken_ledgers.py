"""Ledgers of known values in all kinds of files, broken in known ways, and what reading them has to come to."""

import csv
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Literal, NamedTuple

import duckdb
import numpy as np
import pandas as pd
import yaml
from book.exports import more_samples, samples, xml_samples

from tradecredit.book.book import Book
from tradecredit.book.exports import reading
from tradecredit.book.exports.ledger import Ledger, ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.export import ExportSource
from tradecredit.params.source import OnProblem

KINDS = (".csv", ".tsv", ".xlsx", ".parquet", "duckdb")
BAD_AMOUNTS = (
    "", "NULL", "n/a", "abc", "--5", "1e400", "-1e400", "nan", "inf", "1.2.3", "1 2", "5x", "-12.00", "0x10", "½", "+",
)  # fmt: skip
BAD_DAYS = (
    "", "NULL", "00.00.0000", "0000-00-00", "9999-12-31", "1900-01-01", "2026-13-45", "31/02/2026", "tomorrow", "0",
    "20260131", "46000", "1767225600", "2026-01", "-1", "99999999999999999999",
)  # fmt: skip
BAD_TERMS = ("-5", "1e18", "99999999", "1000000000", "30.5", "thirty", "1e400", "nan")
BAD_VALUES: dict[str, tuple[Any, ...]] = {
    "amount": (1e308 * 10, -5.0, True, date(2026, 1, 31), "abc", "1,234.5x", None),
    "issued": (20260131, 46000, 1.5, 0, -1, True, "31.02.2026", None, 10**18),
}
"""What a cell of a spreadsheet may hold that is no text."""
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y")
EXPORTS = {
    "fbl5n.txt": samples.SAP_LIST, "erpnext.csv": samples.ERPNEXT, "odoo.csv": samples.ODOO, "xero.csv": samples.XERO,
    "quickbooks.csv": samples.QUICKBOOKS, "datev.csv": samples.DATEV, "aged.csv": more_samples.XERO_AGED,
    "s4.csv": more_samples.S4_LINE_ITEMS, "sage.csv": more_samples.SAGE_50, "saft.xml": more_samples.SAFT_PT,
    "camt.xml": xml_samples.CAMT, "statement.sta": xml_samples.MT940, "cii.xml": xml_samples.CII,
}  # fmt: skip
PIECES = (
    b"", b"NULL", b"9999-12-31", b"-1e400", b'"', b";", b"\n", b"00.00.0000", b"nan", b"\x00", b"(50.00)", b"\xff\xfe",
    b"1.190,00-", b"99999999999999999999", b"\xe5\xae", b"<!DOCTYPE x>", b":61:", b"\t", b"\r", b"30/02/2026",
)  # fmt: skip


class Case(NamedTuple):
    """What is read, and what was done to it.

    `tables`: the rows as written, of text or of true values; `bad`: table and row of those that may not be used;
    `torn`: whether the file was cut or overwritten, so that what it holds is not known; `refused`: whether it may not
    be read at all.
    """

    kind: str
    formats: dict[str, str]
    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]
    bad: set[tuple[str, int]]
    done: list[str]
    torn: bool = False
    refused: bool = False


def tried(seed: int, folder: Path) -> str:
    """Return how a broken ledger ends: `book`, `refused`; raises `AssertionError` where it should not have."""
    draw = np.random.default_rng(seed)
    if draw.random() < 0.2:
        return _tried_export(draw, folder)
    return _tried_book(draw, folder)


def _tried_export(draw: np.random.Generator, folder: Path) -> str:
    name = str(draw.choice(sorted(EXPORTS)))
    content = EXPORTS[name].encode()
    for _ in range(draw.integers(1, 4)):
        at, length = int(draw.integers(len(content) + 1)), int(draw.integers(40))
        content = content[:at] + PIECES[draw.integers(len(PIECES))] + content[at + length :]
    return tried_export(name, content, folder, leave=bool(draw.random() < 0.5))


def tried_export(name: str, content: bytes, folder: Path, *, leave: bool) -> str:
    """Return how an export of known form ends: `export read`, `export refused`; every row and amount accounted for."""
    (folder / name).write_bytes(content)
    (folder / "invoices.csv").write_text(xml_samples.INVOICES)
    files = [folder / "invoices.csv", folder / name]
    try:
        told = suggested(files if name in ("camt.xml", "statement.sta") else files[1:])
        rule = OnProblem(leave_out={"invoices": "all", "receipts": "all"}, most=0.5) if leave else None
        found = ledger(told.source, told.currency, rule)
    except InputError as refused:
        assert refused.problems
        return "export refused"
    assert bool(found.problems) != bool(found.tables)
    if not found.tables:
        return "export refused"
    accounted(found, told.source)
    return "export read"


SUM = re.compile(r"(?:^|, )(-?[\d,]+\.\d\d)(?= [^,]*(?:, |$)|$)")
"""A sum that a note tells, of each currency its own."""
BY_THEMSELVES = (
    "settled by ", "settled on the day of clearing by no document", "credited by ", "paid beyond the amount",
)  # fmt: skip
"""How notes begin on receipts of which an export shows no document."""
ELSEWHERE = {"credits used for documents that": 1, "money given back for documents that": -1}
"""How notes begin on what settles nothing that an export shows, and whether it lowers what is owed."""


def accounted(found: Ledger, source: ExportSource) -> None:
    """Check that each row of an export's files is used or reported, once, and each amount as well."""
    invoices, receipts = found.tables["invoices"], found.tables["receipts"]
    assert (invoices["amount"] >= 0).all()
    assert receipts["receipt_id"].is_unique

    def noted(begin: str, table: str | None = None) -> tuple[int, float]:
        notes = [one for one in found.assumed if one[1].startswith(begin) and table in (None, one[0])]
        sums = [held for _, rule, _ in notes for held in SUM.findall(rule.rsplit(": ", 1)[-1])]
        return sum(rows for *_, rows in notes), sum(float(one.replace(",", "")) for one in sums)

    told = "; ".join(f"{table}: {rule} ({rows})" for table, rule, rows in (*found.left_out, *found.assumed))
    lists = [source, *source.beside]
    rows = sum(len(reading.cells(one, file)) for one in lists for file in reading.files(one, source.path))
    assert rows == noted("rows in the files")[0], told
    read, owed = noted("read as invoices")
    credits, given = noted("read as payments")
    beside = noted("documents beside another")[0]
    assert rows + beside == sum(one[2] for one in found.left_out) + read + credits, f"rows are lost: {told}"
    again, owed_again = noted("rows that repeat", "invoices")
    assert len(invoices) == read - again - noted("rows that are parts")[0], f"invoices are lost: {told}"
    cents = 0.011 * (read + credits + len(receipts))
    assert abs(invoices["amount"].sum() - (owed - owed_again)) <= cents, f"amounts of invoices are lost: {told}"
    by_documents = receipts["amount"].sum() - sum(noted(begin)[1] for begin in BY_THEMSELVES)
    elsewhere = sum(sign * noted(begin)[1] for begin, sign in ELSEWHERE.items())
    given -= noted("rows that repeat", "receipts")[1]
    assert abs(by_documents + elsewhere - given) <= cents, f"amounts paid are lost: {by_documents}, {elsewhere}, {told}"


def _clean(draw: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Return a small ledger of true values: every amount in cents, every day at midnight."""
    buyers = [f"B{number}" for number in range(draw.integers(2, 6))]
    invoices, receipts = [], []
    for number in range(draw.integers(3, 12)):
        issued = date(2026, 1, 1) + timedelta(days=int(draw.integers(90)))
        due, amount = issued + timedelta(days=int(draw.integers(60))), int(draw.integers(100, 10_000_000)) / 100
        invoices.append((f"I{number}", str(draw.choice(buyers)), issued, due, "EUR", amount))
        if draw.random() < 0.7:
            part = round(amount * float(draw.random()), 2)
            receipts.append((f"R{number}", f"I{number}", due + timedelta(days=int(draw.integers(30))), part, "payment"))
    names = [str(draw.choice(["Alder & Sons", "Müller, GmbH", 'The "Inn"', "two\nlines", "  spaced ", "株式会社"]))
             for _ in buyers]  # fmt: skip
    return {
        "buyers": pd.DataFrame({"buyer_id": buyers, "name": names, "kind": "private"}),
        "invoices": pd.DataFrame(invoices, columns=["invoice_id", "buyer_id", "issued", "due", "currency", "amount"]),
        "receipts": pd.DataFrame(receipts, columns=["receipt_id", "invoice_id", "received", "amount", "kind"]),
    }


def _tried_book(draw: np.random.Generator, folder: Path) -> str:
    truth = _clean(draw)
    kind = str(draw.choice(KINDS))
    formats: dict[str, str] = {"dates": str(draw.choice(DATES))}
    if kind in (".csv", ".tsv"):
        formats |= {"separator": "\t" if kind == ".tsv" else str(draw.choice([",", ";", "|"]))}
        formats |= {"encoding": str(draw.choice(["utf-8", "utf-8-sig", "utf-16"]))}
        formats |= {"decimal": str(draw.choice([".", ","]))}
    as_text = kind in (".csv", ".tsv") or draw.random() < 0.5
    tables = {name: _written(frame, formats, as_text=as_text) for name, frame in truth.items()}
    case = Case(kind, formats, tables, {name: frame.copy() for name, frame in truth.items()}, set(), [])
    for _ in range(draw.integers(0, 4)):
        _break_cell(case, draw, as_text=as_text)
    if draw.random() < 0.2:
        _repeat_row(case, draw)
    if case.kind == ".xlsx" and not as_text and draw.random() < 0.3:
        _mix_days(case, draw)
    if draw.random() < 0.15 and not any("due" in done for done in case.done):
        _state_terms(case, draw, as_text=as_text)
    run: dict[str, Any] = {"entity": "Broken", "currency": "EUR", "as_of": "2026-10-31", "oldest_rate_days": 9999}
    leave = bool(draw.random() < 0.5)
    if leave:
        run["on_problem"] = {"leave_out": dict.fromkeys(("invoices", "receipts"), "all"), "most": 1.0}
    case = _write(case, draw, folder)
    run["tables"] = {
        name: {"formats": formats} | ({} if kind == "duckdb" else {"file": f"{name}{kind}"}) for name in tables
    }
    run["source"] = {"kind": "duckdb", "path": "book.duckdb"} if kind == "duckdb" else {"kind": "folder", "path": "."}
    if draw.random() < 0.02:
        formats["encoding"] = str(draw.choice(["klingon", "base64", "punycode", "idna", "undefined", "rot13", ""]))
        case = case._replace(torn=True)
    file = folder / "run.yaml"
    file.write_text(yaml.safe_dump(run), encoding="utf-8")
    try:
        book = Book.open(file)
    except (InputError, ParameterError) as refused:
        assert refused.problems, case.done
        assert case.torn or case.refused or case.bad, f"nothing was broken, and yet: {refused} ({kind}, {case.done})"
        return "refused"
    if case.torn:
        return "torn, read"
    assert not case.refused, f"read, though {case.done} ({kind})"
    _compare(book, case, leave=leave)
    return "read" if not case.bad else "read without broken rows"


def _compare(book: Book, case: Case, *, leave: bool) -> None:
    """Check that the rows used and the rows reported are those written, and the values too."""
    told = f"{case.kind}, {case.done}"
    for name, written in case.tables.items():
        truth, used = case.truth[name], getattr(book, name)
        key = truth.columns[0]
        bad = {row for table, row in case.bad if table == name}
        assert leave or not bad, f"a broken row was used: {told}"
        notes = book.notes[book.notes["table"].eq(name) & book.notes["rule"].str.startswith("left out")]
        assert len(used) + int(notes["rows"].sum()) == len(written), f"rows of {name} are lost: {told}"
        sound = truth[~truth.index.isin(bad)]
        found = used.set_index(key)
        # A sound row goes as well where it names one that is broken.
        extra = set(found.index) - set(sound[key])
        assert not extra, f"{name} {extra} should not have been used: {told}"
        gone = set(sound[key]) - set(found.index)
        if name == "invoices" or not case.bad:
            assert not gone, f"{name} {gone} were lost: {told}"
        sound = sound.set_index(key).loc[found.index]
        if "amount" in sound:
            wrong = (found["amount"] - sound["amount"]).abs() > 1e-9
            assert not wrong.any(), f"amounts of {name}: {found['amount'].tolist()}, {sound['amount'].tolist()}: {told}"
        for column in ("issued", "due", "received"):
            if column in sound:
                days = pd.to_datetime(sound[column]).astype("datetime64[us]")
                assert found[column].eq(days).all(), f"{column} of {name}: {found[column]}, {days}: {told}"
        if "buyer_id" in sound:
            assert found["buyer_id"].eq(sound["buyer_id"]).all(), told


def _written(frame: pd.DataFrame, formats: dict[str, str], *, as_text: bool) -> pd.DataFrame:
    """Return a table as its file is to hold it: as text of the stated formats, or as true values."""
    written = frame.astype(object)
    if not as_text:
        return written
    for column in written:
        values = written[column]
        if column in ("issued", "due", "received"):
            written[column] = values.map(lambda day: day.strftime(formats["dates"]))
        elif column == "amount":
            written[column] = values.map(lambda amount: f"{amount:.2f}".replace(".", formats.get("decimal", ".")))
    return written


def _break_cell(case: Case, draw: np.random.Generator, *, as_text: bool) -> None:
    """Put something into a cell that it may not hold, and note its row."""
    name = "invoices" if draw.random() < 0.7 or case.tables["receipts"].empty else "receipts"
    frame = case.tables[name]
    row = int(draw.choice(frame.index))
    day = {"invoices": ["issued", "due"], "receipts": ["received"]}[name]
    column = str(draw.choice([*day, "amount", "buyer_id" if name == "invoices" else "invoice_id"]))
    if column in ("buyer_id", "invoice_id"):
        value: Any = draw.choice(["nobody", "", "B9 9"])
        if value == "" and name == "receipts":
            return
    elif as_text or case.kind in ("duckdb", ".parquet"):
        if not as_text:
            return  # a column of true values holds no others
        options = BAD_AMOUNTS if column == "amount" else BAD_DAYS
        options = [one for one in options if not (name == "receipts" and one == "-12.00")]
        value = options[draw.integers(len(options))]
    else:
        options_of = BAD_VALUES["amount" if column == "amount" else "issued"]
        options_of = tuple(one for one in options_of if not (name == "receipts" and one == -5.0))
        value = options_of[draw.integers(len(options_of))]
    case.bad.add((name, row))
    case.done.append(f"{name} {row} {column} = {value!r}")
    frame.loc[row, column] = value


def _mix_days(case: Case, draw: np.random.Generator) -> None:
    """Write one of the days as text of the stated format among true dates."""
    frame = case.tables["invoices"]
    row = int(draw.choice(frame.index))
    if ("invoices", row) not in case.bad:
        frame.loc[row, "due"] = frame.loc[row, "due"].strftime(case.formats["dates"])
        case.done.append(f"due of {row} as text among dates")


def _state_terms(case: Case, draw: np.random.Generator, *, as_text: bool) -> None:
    """Give the days of credit in place of the due day, and at times such as there are none."""
    truth, frame = case.truth["invoices"], case.tables["invoices"]
    days = (pd.to_datetime(truth["due"]) - pd.to_datetime(truth["issued"])).dt.days.astype(object)
    terms = days.map(str) if as_text else days
    if draw.random() < 0.7 and (as_text or case.kind == ".xlsx"):
        row, value = int(draw.choice(frame.index)), BAD_TERMS[draw.integers(len(BAD_TERMS))]
        terms.loc[row] = value if as_text or not value.lstrip("-").isdigit() else int(value)
        case.bad.add(("invoices", row))
        case.done.append(f"invoices {row} terms_days = {value!r}")
    case.tables["invoices"] = frame.drop(columns="due").assign(terms_days=terms)


def _repeat_row(case: Case, draw: np.random.Generator) -> None:
    """Write a row of the invoices a second time."""
    row = int(draw.choice(case.tables["invoices"].index))
    for tables in (case.tables, case.truth):
        frame = tables["invoices"]
        tables["invoices"] = pd.concat([frame, frame.loc[[row]]], ignore_index=True)
    again = len(case.tables["invoices"]) - 1
    case.bad.add(("invoices", again))
    case.done.append(f"invoices {row} stands twice")


def _write(case: Case, draw: np.random.Generator, folder: Path) -> Case:
    """Write the tables into files of the kind, and at times damage the file of the invoices."""
    formats = case.formats
    for name, frame in case.tables.items():
        if case.kind in (".csv", ".tsv"):
            content = frame.fillna("").to_csv(
                index=False, sep=formats["separator"], lineterminator=str(draw.choice(["\n", "\r\n"]))
            )
            mark = "\ufeff" if formats["encoding"] == "utf-8" and draw.random() < 0.2 else ""
            (folder / f"{name}{case.kind}").write_bytes((mark + content).encode(formats["encoding"]))
        elif case.kind == ".xlsx":
            frame.to_excel(folder / f"{name}.xlsx", index=False)
        elif case.kind == ".parquet":
            frame.to_parquet(folder / f"{name}.parquet")
        else:
            _into_database(frame, name, folder / "book.duckdb")
    if draw.random() > 0.4:
        return case
    file = folder / ("book.duckdb" if case.kind == "duckdb" else f"invoices{case.kind}")
    damages: list[Callable[[Case, np.random.Generator, Path], Case]] = [_torn]
    if case.kind in (".csv", ".tsv"):
        damages += [_damaged_text] * 3
    elif case.kind == ".xlsx":
        damages += [_odd_heads] * 2
    else:
        damages += [_odd_days] * 2
    return damages[draw.integers(len(damages))](case, draw, file)


def _into_database(frame: pd.DataFrame, name: str, file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.register("content", frame.convert_dtypes())
        connection.execute(f"create or replace table {name} as select * from content")


def _torn(case: Case, draw: np.random.Generator, file: Path) -> Case:
    content = file.read_bytes()
    at = int(draw.integers(len(content) + 1))
    how = str(draw.choice(["cut", "overwritten", "empty", "begins late", "pieces"]))
    if how == "cut":
        content = content[:at]
    elif how == "overwritten":
        content = content[:at] + bytes(draw.integers(0, 256, 20, dtype=np.uint8)) + content[at + 20 :]
    elif how == "empty":
        content = b""
    elif how == "begins late":
        content = content[at:]
    else:
        content = content[:at] + PIECES[draw.integers(len(PIECES))] + content[at:]
    file.write_bytes(content)
    return case._replace(torn=True, done=[*case.done, how])


def _damaged_text(case: Case, draw: np.random.Generator, file: Path) -> Case:
    """Change a text file in a way that leaves its values as they are, or makes it no table."""
    encoding, separator = case.formats["encoding"], case.formats["separator"]
    content = file.read_bytes().decode(encoding)
    mark = "\ufeff" if content.startswith("\ufeff") else ""  # of the file, before all that stands in it
    lines = content.removeprefix(mark).splitlines()
    how = str(draw.choice(
        ["empty lines", "spaces", "quoted", "column more", "head twice", "head missing", "field more", "field less",
         "open quote", "mark behind", "no end", "only head"]
    ))  # fmt: skip
    refused = how not in ("empty lines", "spaces", "quoted", "column more", "no end")
    if how == "empty lines":
        lines.insert(int(draw.integers(1, len(lines))), "")
        lines += [""] * int(draw.integers(3))
    elif how == "spaces":
        lines = _lines_of(
            [[f" {cell}\u00a0" for cell in row] for row in csv.reader(lines, delimiter=separator)], separator
        )
    elif how == "quoted":
        lines = _lines_of(list(csv.reader(lines, delimiter=separator)), separator, csv.QUOTE_ALL)
    elif how == "column more":
        lines = [f"{line}{separator}{'note' if at == 0 else 'x'}" for at, line in enumerate(lines)]
    elif how == "head twice":
        lines[0] = lines[0].replace("currency", "amount")
    elif how == "head missing":
        lines[0] = lines[0].replace("amount", "Betrag")
    elif how == "field more":
        lines[-1] += separator + "1"
    elif how == "field less":
        lines[-1] = lines[-1].rpartition(separator)[0]
    elif how == "open quote":
        lines[-1] = '"' + lines[-1]
    elif how == "mark behind":
        lines = [lines[0], *(line + separator for line in lines[1:])]
    elif how == "only head":
        lines = lines[:1]
    text = mark + "\n".join(lines) + ("" if how == "no end" else "\n")
    file.write_bytes(text.encode(encoding))
    return case._replace(refused=refused, done=[*case.done, how])


def _lines_of(rows: list[list[str]], separator: str, quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> list[str]:
    text = StringIO()
    csv.writer(text, delimiter=separator, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue().splitlines()


def _odd_heads(case: Case, draw: np.random.Generator, file: Path) -> Case:
    """Give a sheet columns whose heads are no text, or none."""
    frame = case.tables["invoices"].copy()
    heads = [2026, 1.5, None, datetime(2026, 1, 31), True, "note", "amount", ""]
    head = heads[draw.integers(len(heads))]
    frame.insert(int(draw.integers(len(frame.columns) + 1)), "odd", "x")
    frame.columns = [head if name == "odd" else name for name in frame.columns]
    frame.to_excel(file, index=False)
    return case._replace(refused=head == "amount", done=[*case.done, f"a head {head!r}"])


def _odd_days(case: Case, draw: np.random.Generator, file: Path) -> Case:
    """Write days as instants, with a zone and without, or as whole numbers."""
    frame, truth = case.tables["invoices"].copy(), pd.to_datetime(case.truth["invoices"]["issued"])
    how = str(draw.choice(["zone", "zone stated", "instants", "whole numbers", "milliseconds", "days of Arrow"]))
    column: Any = truth + pd.Timedelta(hours=12)
    if how.startswith("zone"):
        column = column.dt.tz_localize("UTC")
    elif how == "whole numbers":
        column = truth.dt.strftime("%Y%m%d").astype("int64")
    elif how == "milliseconds":
        column = truth.astype("datetime64[ms]").astype("int64")
    elif how == "days of Arrow":
        column = truth.dt.date
    if how == "zone stated":
        case.formats["zone"] = "Europe/Berlin"
    broken = any(" issued = " in done for done in case.done)
    frame["issued"] = column
    if case.kind == "duckdb":
        _into_database(frame, "invoices", file)
    else:
        frame.to_parquet(file)
    refused = how in ("zone", "whole numbers", "milliseconds")
    return case._replace(refused=refused, torn=broken, done=[*case.done, f"issued as {how}"])
