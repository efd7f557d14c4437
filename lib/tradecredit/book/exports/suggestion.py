"""How an export that nobody has described is to be read: the best guess at each point, and how sure it is."""

import os
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import answers as answers_to
from tradecredit.book.exports import contents, grid, reading, statements, terms, xml_documents
from tradecredit.book.exports import guesses as guesses_of
from tradecredit.book.exports.contents import by_contents, completed
from tradecredit.book.exports.days import days
from tradecredit.book.exports.encoding import decoded
from tradecredit.book.exports.guesses import Guess
from tradecredit.book.exports.heads import LOOKED_AT, plain
from tradecredit.book.exports.states import by_status
from tradecredit.book.exports.systems import (
    ANY,
    PAYMENTS,
    Recognised,
    as_payments,
    nearest,
    recognised,
    recognised_payments,
    recognised_xml,
    systems,
)
from tradecredit.errors import InputError, Problem
from tradecredit.params.export import Code, ExportForm, ExportList, ExportSource, ExportSystem, Role

WORKBOOKS = (".xlsx", ".xlsm")
DATABASES = (".duckdb", ".db")
XML = (".xml", ".pdf")
"""A PDF is read for the e-invoice that it carries."""
STATEMENTS = (".sta", ".mt940", ".940", ".swi")
NEEDED: dict[str, set[Role]] = {
    "a buyer": {"buyer_id", "name"}, "a day": {"issued", "due", "days_overdue"},
    "an amount": {"amount", "debit", "open", "unit_price"},
}  # fmt: skip
"""What a list must have: the roles of which one is enough."""
DOUBTFUL = "particulars"
"""A name of a column that holds buyers in registers of sales, and other accounts in a buyer's own."""
FIRST = 400
"""Lines that are looked at to tell the form of a text."""


class Suggestion(NamedTuple):
    """A run's source for an export, and what was guessed on the way."""

    source: ExportSource
    system: str
    entity: str | None
    currency: str
    guesses: tuple[Guess, ...]
    remarks: tuple[str, ...]


def rows_shown(suggestion: Suggestion, rows: int = 3) -> pd.DataFrame:
    """Return the first rows of an export that are documents, with the columns that mean something, as they stand."""
    source = suggestion.source
    found = reading.cells(source, reading.files(source, source.path)[0])
    raw = pd.DataFrame({role: reading.of_role(source, found, role) for role in reading.ROLES}, index=found.index)
    named = [name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)]
    return found.loc[reading.are_documents(raw), list(dict.fromkeys(named))].head(rows).fillna("")


class _Looked(NamedTuple):
    """A list in a file: its form, what it was recognised as, the lines above its header, and lists beside it."""

    form: ExportForm
    found: Recognised
    above: list[str]
    unread: tuple[str, ...] = ()


def suggested(paths: list[Path], answers: dict[str, str] | None = None) -> Suggestion:
    """Return how some files are best read; `answers` are values by a guess's key that settle it.

    A folder stands for the files in it. Files of one form are one list; the first that is no bank's statement is the
    export, all others stand beside it. Raises `InputError` where a file cannot be opened, where nothing like a list of
    documents is found in it, where there are only a bank's statements, and
    where an answer cannot be read.
    """
    systems()  # a broken description is no fault of the export
    _are_there(paths)
    if problems := list(answers_to.refused(answers or {})):
        raise InputError(problems)
    answers = {key: answers_to.understood(key, answer) or answer for key, answer in (answers or {}).items()}
    printed = [file.name for path in paths if path.is_dir() for file in _printed(path)]
    paths = [file for path in paths for file in (_in_folder(path) if path.is_dir() else [path])]
    lists: dict[tuple, list[tuple[Path, _Looked]]] = {}
    others_than_lists: list[str] = []
    looked_at = {path: _looked(path) for path in paths}
    if not any(looked_at.values()):
        # What no name tells, the cells below may.
        looked_at = {path: _looked(path, told_by_contents=True) for path in paths}
    for path, found in looked_at.items():
        others_than_lists += [] if found else [path.name]
        for looked in found:
            columns = tuple((role, tuple(names)) for role, names in looked.found.columns.items())
            form = (looked.form.layout, looked.form.sheet if len(found) > 1 else None)
            lists.setdefault((looked.found.system.name, form, columns), []).append((path, looked))
    if others_than_lists and not lists:
        raise InputError([
            Problem(
                file=path.name,
                allowed=f"no line names columns for a buyer, a day and an amount{_nearest(path)}",
                remedy="call its columns such as Customer, Invoice, Date, Due, Amount; or write a run file by hand "
                "(docs/run_file.md)",
            )
            for path in paths
            if path.name in others_than_lists
        ])  # fmt: skip
    listed = sorted(map(_of_newest, lists.values()), key=lambda one: _rank(one[0][1].found))
    if not listed or _of_payments(listed[0][0][1].found.system):
        raise InputError([
            Problem(
                file=", ".join(path.name for path in paths[:5]) or "EXPORT",
                allowed="holds payments and no invoices" if paths else "holds no file of a kind that is read",
                remedy="name the list of invoices as well: tradecredit start INVOICES PAYMENTS",
            )
        ])  # fmt: skip
    folder = Path(os.path.commonpath([path.resolve().parent for path in paths]))
    described = [_described([path for path, _ in one], one[0][1], folder, answers) for one in listed]
    for at, one in enumerate(listed):
        if at and guesses_of.repeats_numbers(described[at].source, described[0].source):
            looked = one[0][1]._replace(found=as_payments(one[0][1].found))
            described[at] = _described([path for path, _ in one], looked, folder, answers)
    first, *others = described
    shown = ", ".join(printed[:5]) + (", …" if len(printed) > 5 else "")
    unread = (
        [f"PDF files without an e-invoice of their own ({len(printed):,}: {shown}) are not read."] if printed else []
    )
    unread += [f"{name} is no list of documents and is not read." for name in others_than_lists]
    if not others:
        return first._replace(remarks=(*first.remarks, *unread))
    # What is guessed of lists beside the first is told; it is settled in the run file.
    guesses = [
        guess._replace(key=f"{guess.key} of {other.system}", open=False)
        for other in others
        for guess in other.guesses
        if guess.key.startswith("source.") and guess.key != "source.exported"
    ]
    source = first.source.model_copy(
        update={
            "beside": [
                ExportList(**{name: getattr(other.source, name) for name in ExportList.model_fields})
                for other in others
            ],
            "exported": max(one.source.exported for one in (first, *others)),
        }
    )
    own = [
        guess._replace(taken=str(source.exported)) if guess.key == "source.exported" else guess
        for guess in first.guesses
    ]
    remarks = () if any(other.source.bank for other in others) else first.remarks
    title = " with ".join([first.system, *(other.system for other in others)])
    return first._replace(source=source, system=title, guesses=(*own, *guesses), remarks=(*remarks, *unread))


def _of_payments(system: ExportSystem) -> bool:
    return system.bank or system.name == PAYMENTS["name"]


def _rank(found: Recognised) -> tuple[bool, bool]:
    """Return the order of a list among others: those of payments last, and such as may be one before them."""
    return _of_payments(found.system), found.system.name == ANY and not {"due", "open", "paid"} & found.columns.keys()


def _in_folder(folder: Path) -> list[Path]:
    known = {*grid.SEPARATORS, *WORKBOOKS, *DATABASES, *STATEMENTS, ".parquet", *XML}
    printed = set(_printed(folder))
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in known and path not in printed)


def _printed(folder: Path) -> list[Path]:
    """Return the PDFs of a folder that are only to be looked at: with no e-invoice, or beside one of their name."""

    def only_looked_at(path: Path) -> bool:
        try:
            return path.with_suffix(".xml").exists() or xml_documents.embedded(path) is None
        except ValueError:
            return False  # that it is broken is told where it is read

    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() == ".pdf" and only_looked_at(path)]


def _looked(path: Path, told_by_contents: bool = False) -> list[_Looked]:
    """Return the lists in a file: the one with the most columns that mean something, and those of payments alone."""
    suffix = path.suffix.lower()
    candidates: list[_Looked] = []
    try:
        if suffix in WORKBOOKS:
            for name, rows in grid.sheets(path).items():
                candidates += _candidate(ExportForm(layout="sheet", sheet=name), rows, None, told_by_contents)
        elif suffix == ".parquet" or suffix in DATABASES:
            layout = "parquet" if suffix == ".parquet" else "duckdb"
            for table in [None] if layout == "parquet" else grid.names(path):
                held = grid.stored(path, table)
                head = [
                    (1, list(held.columns)),
                    *enumerate(held.head(LOOKED_AT).astype("object").to_numpy().tolist(), 2),
                ]
                candidates += _candidate(ExportForm(layout=layout, sheet=table), head, None, told_by_contents)
        elif suffix in XML:
            top = xml_documents.root(path)
            fitting = [
                _Looked(ExportForm(layout="xml", record=found.system.record), found, [])
                for found in recognised_xml(top.tag)
            ]
            candidates += [one for one in fitting if top.xpath(one.form.record or "/*")] or fitting[:1]
        else:
            candidates += _of_text(path, suffix, told_by_contents)
    except grid.UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError([
            Problem(file=path.name, allowed=f"cannot be opened: {reason}", remedy="export it again")
        ]) from None  # fmt: skip
    lists = [one for one in candidates if one.found.system.name != PAYMENTS["name"]]
    payments = [one for one in candidates if one.found.system.name == PAYMENTS["name"]]
    if not lists:
        return sorted(payments, key=lambda one: -len(one.found.columns))[:1]
    best = max(lists, key=lambda one: (one.found.system.name != ANY, len(one.found.columns)))
    if best.form.layout not in ("sheet", "duckdb"):
        return [best]
    same = {one.form.sheet for one in lists} - {best.form.sheet}
    return [best._replace(unread=tuple(sorted(map(str, same)))), *payments]


def _nearest(path: Path) -> str:
    """Return which line of a file comes nearest to a header, and what it lacks, as the end of a sentence."""
    if path.suffix.lower() in WORKBOOKS:
        tables = list(grid.sheets(path).values())
    elif path.suffix.lower() in grid.SEPARATORS:
        text = "\n".join(decoded(path.read_bytes())[0].splitlines()[:FIRST]) + "\n"
        tables = [grid.text_rows(text, separator) for separator in grid.SEPARATORS[path.suffix.lower()]]
    else:
        return ""
    found = max((one for rows in tables if (one := nearest(rows))), key=lambda one: len(one.columns), default=None)
    if found is None or not found.columns:
        return ""
    lacks = [what for what, roles in NEEDED.items() if not roles & found.columns.keys()]
    held = ", ".join(f"{names[0]} ({role.replace('_', ' ')})" for role, names in found.columns.items())
    return f"; line {found.header_row} comes nearest with {held}, and has none for {' and '.join(lacks)}"


def _of_text(path: Path, suffix: str, told_by_contents: bool) -> Iterator[_Looked]:
    text, encoding = decoded(path.read_bytes())
    beginning = "\n".join(text.splitlines()[:FIRST]) + "\n"
    if re.search(r"(?m)^:60[FM]:", beginning) and re.search(r"(?m)^:61:", text):
        head = [(1, list(statements.mt940_frame(path).columns))]
        yield from _candidate(ExportForm(layout="mt940"), head)
        return
    if sum(line.startswith("|") for line in beginning.splitlines()) > 2:
        yield from _candidate(
            ExportForm(layout="bars", encoding=encoding), grid.bar_rows(beginning), None, told_by_contents
        )
    for separator in grid.SEPARATORS.get(suffix, ";,\t|"):
        rows = grid.text_rows(beginning, separator)
        form = ExportForm(encoding=encoding, separator=separator)
        yield from _candidate(form, rows, beginning.splitlines(), told_by_contents)


def _candidate(
    form: ExportForm, rows: list[grid.Row], lines: list[str] | None = None, told_by_contents: bool = False
) -> list[_Looked]:
    found = recognised(rows, form.layout) or recognised_payments(rows)
    if found is None and told_by_contents:
        found = by_contents(rows)
    if found is None:
        return []
    if found.system.name == ANY:
        found = completed(found, rows)
    above = [
        " ".join(str(cell) for cell in cells if cell is not None) for number, cells in rows if number < found.header_row
    ]
    if lines is not None:
        above = lines[: found.header_row - 1]
    return [
        _Looked(
            form.model_copy(update={"header_row": found.header_row, "header_lines": found.header_lines}), found, above
        )
    ]


def _of_newest(files: list[tuple[Path, _Looked]]) -> list[tuple[Path, _Looked]]:
    """Return files of one form, the first with the titles of the newest: for all of them the first one speaks."""
    (path, first), *others = files
    above = guesses_of.of_newest(first.found.system, [looked.above for _, looked in files])
    return [(path, first._replace(above=above)), *others]


def _described(paths: list[Path], looked: _Looked, folder: Path, answers: dict[str, str]) -> Suggestion:
    system = looked.found.system
    guesses: list[Guess] = []
    titles = guesses_of.in_titles(system, looked.above)
    columns: dict[Role, str | list[str]] = {
        role: names if role in system.all_columns and len(names) > 1 else names[0]
        for role, names in looked.found.columns.items()
    }
    source = ExportSource(
        kind="export", path=folder, files=[path.resolve().relative_to(folder).as_posix() for path in paths],
        form=looked.form, bank=system.bank, without=system.without if looked.form.layout == "xml" else {},
        columns=columns, block=system.block, buckets=system.buckets, account_line=system.account_line,
        debit_side=system.debit_side, credit_accounts=system.credit_accounts, exported=date.today(),
        debtor_digits=int(titles["digits"]) + 1 if "digits" in titles else None,
    )  # fmt: skip
    if system.name == PAYMENTS["name"]:
        source = source.model_copy(update={"one_kind": "payment"})
    guesses += [
        Guess(f"source.columns.{role}", ", ".join(names), open=True)
        for role, names in looked.found.columns.items()
        if role in looked.found.unsure
    ]
    if looked.unread:
        guesses.append(Guess("source.form.sheet", str(looked.form.sheet), looked.unread, open=True))
    if plain(str(columns.get("name"))) == DOUBTFUL:
        guesses.append(Guess("source.columns.name", str(columns["name"]), open=True))
    found = _cells(source, paths)
    raw = pd.DataFrame({role: reading.of_role(source, found, role) for role in reading.ROLES}, index=found.index)
    every, raw, found = raw, raw[reading.are_documents(raw)], found[reading.are_documents(raw).to_numpy()]
    if raw.empty:
        raise InputError([
            Problem(file=paths[0].name, allowed="holds no rows below its header", remedy="export it with its rows")
        ])  # fmt: skip
    decimal = guesses_of.decimal(raw, guesses, answers)
    dates, year_from = guesses_of.date_forms(raw, system, titles, guesses, answers)
    form = looked.form.model_copy(update={"decimal": decimal, "dates": dates, "year_from": year_from})
    kinds = guesses_of.kinds(raw, system, decimal, guesses)
    source = source.model_copy(update={"form": form, "kinds": kinds, **_rows_read(found, system, form)})
    source = source.model_copy(update=by_status(source, found, system, guesses))
    source = source.model_copy(update={"columns": guesses_of.one_number_a_document(source, raw, guesses)})
    source = source.model_copy(update={"signs": system.signs or guesses_of.signs(raw, source, guesses)})
    source = source.model_copy(update={"lines": system.lines or guesses_of.lines(raw, source, guesses)})
    if system.buckets:
        guesses_of.totals_of_ages(source, paths, guesses)
    if system.name == ANY:
        source = source.model_copy(update={"columns": guesses_of.running_balance(source, raw)})
        guesses_of.unknown_amounts(source, raw, found, guesses)
        source = source.model_copy(update={"unmatched": guesses_of.unmatched(source, raw, guesses)})
    source = _with_terms(source, raw, guesses, answers)
    if named := guesses_of.currency_of_names(source):
        titles = {"currency": named} | titles
    currency = guesses_of.currency(every, titles, system, guesses, answers)
    exported = guesses_of.exported(raw, found, source, system, titles, guesses, answers)
    source = source.model_copy(update={"exported": exported})
    entity = answers.get("entity") or titles.get("entity", "").strip() or guesses_of.company(looked.above)
    guesses.append(Guess("entity", entity or "My Company", open=entity is None))
    if not_read := contents.not_read(source, found):
        guesses.append(Guess("source.columns", "; ".join(not_read)))
    return Suggestion(source, system.title, entity, currency, tuple(guesses), tuple(system.remarks))


def _rows_read(found: pd.DataFrame, system: ExportSystem, form: ExportForm) -> dict[str, dict[str, list[Code]]]:
    """Return `where` and `without` of a run file: columns of the file, and their values that the system's name."""
    where: dict[str, list[Code]] = {
        name: sorted(values[values.str.contains(pattern)].unique())
        for names, pattern in system.where_like.items()
        for name in found
        if plain(name) in {plain(one) for one in names.split(" / ")}
        and (values := found[name].dropna().astype("str")).str.contains(pattern).any()
    }
    if form.layout == "xml":
        return {"where": where, "without": dict(system.without)}
    without: dict[str, list[Code]] = {}
    for key, codes in system.without.items():
        for name in [name for name in found if plain(name) == plain(key)]:
            own = found[name].dropna().astype("str")
            if held := sorted(own[own.str.casefold().isin([str(code).casefold() for code in codes])].unique()):
                without[name] = held
    where |= guesses_of.of_receivables(found, system)
    return {"where": where, "without": without}


def _with_terms(source: ExportSource, raw: pd.DataFrame, guesses: list[Guess], answers: dict[str, str]) -> ExportSource:
    """Return a source with days of payment where nothing in the file tells when invoices are due."""
    dates = source.form.dates
    issued = days(raw["issued"], dates.get("issued", dates.get("all")), source.form.year_from)
    in_words = terms.due(issued, raw["terms"])
    told = in_words[in_words.notna() & raw["due"].isna()]
    if len(told):
        shown = dict(zip(raw.loc[told.index, "terms"].astype("str"), told.dt.date, strict=True))
        listed = "; ".join(f"{' '.join(text.split())}: {day}" for text, day in list(shown.items())[:3])
        guesses.append(Guess("source.due", listed, open=True))
    no_invoices = source.bank or source.one_kind or (source.kinds and "invoice" not in source.kinds.values())
    known = {"terms_days", "days_overdue"} & source.columns.keys()
    if raw["due"].notna().any() or len(told) or known or no_invoices:
        return source
    given = answers.get("source.terms_days", "30")
    guesses.append(Guess("source.terms_days", given, open="source.terms_days" not in answers))
    return source.model_copy(update={"terms_days": int(given)})


def _are_there(paths: list[Path]) -> None:
    """Raise `InputError` for paths where nothing is, and for files that hold nothing."""
    problems = [
        Problem(file=str(path), allowed="there is no file of this name", remedy="check the path")
        if not path.exists()
        else Problem(file=str(path), allowed="is empty", remedy="export it again, with its header line")
        for path in paths
        if not path.exists() or (path.is_file() and not path.stat().st_size)
    ]
    if problems:
        raise InputError(problems)


def _cells(source: ExportSource, paths: list[Path]) -> pd.DataFrame:
    try:
        return pd.concat([reading.cells(source, path) for path in paths], ignore_index=len(paths) > 1)
    except grid.UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError([
            Problem(file=source.files[0], allowed=f"cannot be opened: {reason}", remedy="export it again")
        ]) from None  # fmt: skip
