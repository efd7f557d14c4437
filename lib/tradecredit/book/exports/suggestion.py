"""How an export that nobody has described is to be read: its lists told apart, described, and put together."""

import os
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd

from tradecredit.book import central_bank
from tradecredit.book.exports import (
    allocation_lists,
    beside_ledger,
    contents,
    guesses,
    ledger,
    looking,
    other_numbers,
    reading,
    registers,
)
from tradecredit.book.exports import answers as answers_to
from tradecredit.book.exports.description import Suggestion, described
from tradecredit.book.exports.guess import Guess
from tradecredit.book.exports.lists_beside import (
    BESIDE,
    as_credits,
    as_payments,
    called_credits,
    called_payments,
    with_own_numbers,
)
from tradecredit.book.exports.looking import Looked
from tradecredit.book.exports.numbers import NUMBER_IN_WORDS
from tradecredit.book.exports.systems import ANY, Recognised, systems
from tradecredit.book.exports.titles import of_newest
from tradecredit.book.exports.which_rows import are_documents
from tradecredit.book.rates import rate_age_days
from tradecredit.errors import InputError, Problem
from tradecredit.params.export import EXPORTED, ExportAllocations, ExportList, ExportSource, ExportSystem, Role
from tradecredit.params.run import Run
from tradecredit.params.source import SUFFIXES, TableMapping, TableName

NAMING = 0.8
"""Share of payments whose invoice's number stands in a column, from which it is taken for that of their numbers."""
OLDEST_RATE = int(Run.model_fields["oldest_rate_days"].default)
"""Days that a rate may be old, unless a run states another number."""
NAMED = 5
"""Files that a message names."""


def rows_shown(suggestion: Suggestion, rows: int = 3) -> pd.DataFrame:
    """Return the first rows of an export that are documents, with the columns that mean something, as they stand."""
    source = suggestion.source
    found = reading.cells(source, reading.files(source, source.path)[0])
    raw = pd.DataFrame({role: reading.of_role(source, found, role) for role in reading.ROLES}, index=found.index)
    named = source.named_columns
    return found.loc[are_documents(raw), list(dict.fromkeys(named))].head(rows).fillna("")


def suggested(paths: list[Path], answers: dict[str, str] | None = None) -> Suggestion:
    """Return how some files are best read; `answers` are values by a guess's key that settle it.

    A folder stands for the files in it. Files of one form are one list; the first that is no bank's statement is the
    export, all others stand beside it. Raises `InputError` where a file cannot be opened, where nothing like a list of
    documents is found in it, where there are only a bank's statements, and where an answer cannot be read.
    """
    systems()  # a broken description is no fault of the export
    looking.refuse_missing(paths)
    if problems := list(answers_to.refused(answers or {})):
        raise InputError(problems)
    answers = {key: answers_to.understood(key, answer) or answer for key, answer in (answers or {}).items()}
    files = [file for path in paths for file in (looking.in_folder(path) if path.is_dir() else [path])]
    listed, unlisted = _by_form(files)
    folder = Path(os.path.commonpath([path.resolve().parent for path in files]))
    listed, summaries = _without_summaries(listed)
    found = [described([path for path, _ in one], one[0][1], folder, answers) for one in listed]
    for at, one in enumerate(listed[1:], start=1):
        if guesses.repeats_numbers(found[at].source, found[0].source):
            looked = one[0][1]._replace(found=as_payments(one[0][1].found))
        elif guesses.names_what_it_settles(found[at].source, found[0].source) or guesses.pays(
            found[at].source, found[0].source
        ):
            looked = one[0][1]._replace(found=as_payments(with_own_numbers(one[0][1].found)))
        else:
            continue
        found[at] = described([path for path, _ in one], looked, folder, answers)
    found[0] = _with_buyers_listed(found[0], unlisted)
    found, unlisted = beside_ledger.with_statements(found, unlisted, answers)
    found, again = beside_ledger.without_repeats(found)
    found, unlisted = _allotted(found, unlisted)
    buyers = _buyers_of(found[0].source) if any(map(beside_ledger.is_list, found[1:])) else []
    found = [
        found[0],
        *(_with_numbers(one, buyers, unlisted) if beside_ledger.is_list(one) else one for one in found[1:]),
    ]
    found = [_unread_alone(one) for one in found] if len(found) > 1 else found
    together = _together(found)
    of_ages = (Guess("source.ages", ", ".join(summaries), open=True),) if summaries else ()
    of_repeats = (Guess("source.again", ", ".join(again), open=True),) if again else ()
    together = together._replace(guesses=(*together.guesses, *of_ages, *of_repeats))
    return _with_rates(_with_registers(together, paths, unlisted))


def _with_buyers_listed(one: Suggestion, unlisted: list[Path]) -> Suggestion:
    """Return a ledger whose buyers are those that a file beside it lists, where its own columns do not tell them."""
    doubtful = {f"source.columns.{role}" for role in ("buyer_id", "name")}
    if not beside_ledger.is_list(one) or not any(guess.key in doubtful for guess in one.guesses):
        return one
    cells = reading.cells(one.source, reading.files(one.source, one.source.path)[0])
    for path in unlisted:
        column = registers.buyers_listed(path, cells)
        if column is not None:
            columns = {role: of for role, of in one.source.columns.items() if role not in ("buyer_id", "name")}
            source = one.source.model_copy(update={"columns": {**columns, "buyer_id": column}})
            kept = tuple(guess for guess in one.guesses if guess.key not in doubtful)
            listed = Guess("source.columns.buyer_id", f"{column}, which {path.name} lists", open=True)
            return _unread_alone(one._replace(source=source, guesses=(*kept, listed)))
    return one


def _without_summaries(listed: list[list[tuple[Path, Looked]]]) -> tuple[list[list[tuple[Path, Looked]]], list[str]]:
    """Return lists without those that only say by age what buyers owe, where another has the documents; their names.

    They hold the same debts once more.
    """
    of_ages = [one for one in listed if one[0][1].found.system.buckets]
    with_documents = [
        one
        for one in listed
        if one not in of_ages
        and not _of_payments(one[0][1].found.system)
        and {"due", "invoice_id", "number"} & one[0][1].found.columns.keys()
    ]
    if not with_documents:
        return listed, []
    names = [looked.form.sheet or path.name for one in of_ages for path, looked in one]
    return [one for one in listed if one not in of_ages], names


def _allotted(found: list[Suggestion], unlisted: list[Path]) -> tuple[list[Suggestion], list[Path]]:
    """Return lists, and what is none, with lists of payments that name invoices or are allotted to them by another."""
    payments = [one for one in found[1:] if one.source.one_kind == "payment" and not one.source.bank]
    if not payments:
        return found, unlisted
    first = found[0].source
    numbers = pd.Series(beside_ledger.numbers_of(first), dtype="str")
    used: set[Path] = set()
    for at, one in [(at, one) for at, one in enumerate(found) if one in payments]:
        of = reading.files(one.source, one.source.path)
        cells = reading.cells(one.source, of[0])
        if allots := allocation_lists.of_itself(one.source, cells, numbers):
            found[at] = _with_allocations(one, allots, allots.payment)
            continue
        others = [path for two in payments if two is not one for path in reading.files(two.source, two.source.path)]
        for path in [*unlisted, *others] if len(of) == 1 else []:
            allots = allocation_lists.of_payments(path, os.path.relpath(path, of[0].parent), cells, numbers)
            if allots is not None and path not in used:
                found[at] = _with_allocations(one, allots, allocation_lists.numbers_of(path, allots, cells))
                used.add(path.resolve())
                break
        else:
            if own := _own_number(first, one.source, cells):
                found[0] = _with_column(found[0], "number", own)
                first = found[0].source
            elif "applies_to" not in one.source.columns and (named := guesses.naming(cells, numbers)):
                found[at] = _with_column(one, "applies_to", named)
            elif "applies_to" not in one.source.columns and (joined := _joined(first, one.source, cells)):
                for role, name in joined.items():
                    place = 0 if role == "number" else at
                    found[place] = _with_column(found[place], role, name)
                first = found[0].source
    rest = [one for one in found if not {path.resolve() for path in reading.files(one.source, one.source.path)} & used]
    return rest, [path for path in unlisted if path.resolve() not in used]


def _with_column(one: Suggestion, role: Role, name: str) -> Suggestion:
    """Return a list with a column that means something, as an open guess."""
    source = one.source.model_copy(update={"columns": {**one.source.columns, role: name}})
    return one._replace(source=source, guesses=(*one.guesses, Guess(f"source.columns.{role}", name, open=True)))


def _unread_alone(one: Suggestion) -> Suggestion:
    """Return a list whose guess of columns that are not read names none that a look at other lists gave a meaning."""
    if all(guess.key != "source.columns" for guess in one.guesses):
        return one
    cells = reading.cells(one.source, reading.files(one.source, one.source.path)[0])
    raw = pd.DataFrame({role: reading.of_role(one.source, cells, role) for role in reading.ROLES}, index=cells.index)
    left = contents.not_read(one.source, cells[are_documents(raw).to_numpy()])
    kept = [guess for guess in one.guesses if guess.key != "source.columns"]
    return one._replace(guesses=(*kept, *([Guess("source.columns", "; ".join(left))] if left else [])))


def _joined(ledger: ExportSource, payments: ExportSource, cells: pd.DataFrame) -> dict[Role, str]:
    """Return columns of payments by what they mean, with `number` for the ledger's that they hold; empty without such.

    The ledger's has a value of its own for each document, as the keys of a database, and most payments have one, of the
    invoice that they settle. A further column of payments that holds it in some rows tells what was used.
    """
    if ledger.form.layout == "xml":
        return {}
    found = reading.cells(ledger, reading.files(ledger, ledger.path)[0])

    def keys(frame: pd.DataFrame, source: ExportSource) -> dict[str, pd.Series]:
        free = [name for name in frame if name not in source.named_columns and not str(name).startswith("above: ")]
        texts = {str(name): frame[name].dropna().astype("str").str.strip() for name in free}
        return {name: held for name, held in texts.items() if len(held) and held.str.fullmatch(NUMBER_IN_WORDS).all()}

    theirs = keys(cells, payments)
    for ours, known in keys(found, ledger).items():
        if not known.is_unique or len(known) <= NAMING * len(found):
            continue
        meets = [name for name, held in theirs.items() if held.isin(list(known)).mean() > NAMING]
        invoice = next((name for name in meets if len(theirs[name]) > NAMING * len(cells)), None)
        if invoice is not None:
            used = [name for name in meets if name != invoice and "text" not in payments.columns][:1]
            return {"applies_to": invoice, "number": ours, **({"text": used[0]} if used else {})}
    return {}


def _own_number(ledger: ExportSource, payments: ExportSource, cells: pd.DataFrame) -> str | None:
    """Return the column of a ledger with what payments call invoices by, where it is another than their number."""
    if "applies_to" not in payments.columns or ledger.form.layout == "xml":
        return None
    named = reading.of_role(payments, cells, "applies_to").dropna().astype("str").str.strip()
    found = reading.cells(ledger, reading.files(ledger, ledger.path)[0])
    known = {
        str(name): found[name].dropna().astype("str").str.strip()
        for name in found
        if not str(name).startswith("above: ")
    }
    meets = {name: float(named.isin(list(held)).mean()) for name, held in known.items()}
    number = reading.of_role(ledger, found, "invoice_id").dropna().astype("str").str.strip()
    if not len(named) or named.isin(list(number)).mean() > NAMING:
        return None
    return next((name for name, share in meets.items() if share > NAMING and known[name].is_unique), None)


def _buyers_of(ledger: ExportSource) -> list[str]:
    """Return the numbers of buyers, or their names, as a ledger's files hold them."""
    cells = [reading.cells(ledger, file) for file in reading.files(ledger, ledger.path)]
    number, name = (pd.concat([reading.of_role(ledger, of, role) for of in cells]) for role in ("buyer_id", "name"))
    return number.fillna(name).dropna().astype("str").str.strip().unique().tolist()


def _with_numbers(one: Suggestion, buyers: list[str], unlisted: list[Path]) -> Suggestion:
    """Return a list beside a ledger with its buyers told as the ledger's, by a list of customers where it needs one."""
    path = reading.files(one.source, one.source.path)[0]
    cells = reading.cells(one.source, path)
    unnamed = not {"buyer_id", "name"} & one.source.columns.keys()
    column = other_numbers.named(one.source, cells, buyers) if unnamed else None
    beside = [file for file in unlisted if file.parent == path.parent and column is None]
    by = next(filter(None, (other_numbers.told(one.source, cells, buyers, file) for file in beside)), None)
    if column is None and by is None:
        return one
    columns = {**one.source.columns, "buyer_id": by.column if by else column}
    of_column = Guess("source.columns.buyer_id", str(column), open=True)
    guess = (
        Guess("source.buyers_by", f"{by.column}: {by.theirs} and {by.ours} of {by.file}", open=True)
        if by
        else of_column
    )
    source = one.source.model_copy(update={"columns": columns, "buyers_by": by})
    return one._replace(source=source, guesses=(*one.guesses, guess))


def _with_allocations(payments: Suggestion, allots: ExportAllocations, number: str) -> Suggestion:
    """Return a list of payments, which have their `number` in a column, that settle invoices as a list allots them."""
    # What is not allotted is on account, whatever else says so.
    columns = {**payments.source.columns, "number": number, "applies_to": allocation_lists.ALLOCATED_TO}
    columns.pop("open", None)
    source = payments.source.model_copy(update={"columns": columns, "allocations": allots})
    guess = Guess("source.allocations", f"{allots.file}: {allots.payment}, {allots.invoice}, {allots.amount}")
    return payments._replace(source=source, guesses=(*payments.guesses, guess))


def _by_form(files: list[Path]) -> tuple[list[list[tuple[Path, Looked]]], list[Path]]:
    """Return the lists in some files, each with the files of its form, the ledger first; and files that hold none."""
    lists: dict[tuple, list[tuple[Path, Looked]]] = {}
    unlisted: list[Path] = []
    found_in = {path: looking.lists(path) for path in files}
    if all(one.found.system.name in BESIDE for found in found_in.values() for one in found):
        # No ledger is told by names alone.
        found_in |= {path: looking.lists(path, looking.by_cells) for path, found in found_in.items() if not found}
    payments = {path for path, found in found_in.items() if found and called_payments(path.stem, found[0].found)}
    if any(found for path, found in found_in.items() if path not in payments):
        found_in |= {
            path: [one._replace(found=as_payments(one.found, one.header)) for one in found_in[path]]
            for path in payments
        }
    credits = {path for path, found in found_in.items() if found and called_credits(path.stem, found[0].found)}
    if any(found for path, found in found_in.items() if path not in {*credits, *payments}):
        found_in |= {path: [one._replace(found=as_credits(one.found)) for one in found_in[path]] for path in credits}
    for path, found in found_in.items():
        unlisted += [] if found else [path]
        for looked in found:
            columns = tuple((role, tuple(names)) for role, names in looked.found.columns.items())
            form = (looked.form.layout, looked.form.sheet if len(found) > 1 else None)
            lists.setdefault((looked.found.system.name, form, columns), []).append((path, looked))
    if unlisted and not lists:
        raise InputError([_no_header(path, looking.nearest_header(path)) for path in unlisted])
    listed = sorted(map(_of_newest, lists.values()), key=lambda one: _rank(one[0][1].found))
    if not listed or _of_payments(listed[0][0][1].found.system):
        # One that lacks a column may be the list of invoices.
        if near := [_no_header(path, lacks) for path in unlisted if (lacks := looking.nearest_header(path))]:
            raise InputError(near)
        raise InputError([
            Problem(
                file=", ".join(path.name for path in files[:NAMED]) or "EXPORT",
                allowed="holds payments and no invoices" if files else "holds no file of a kind that is read",
                remedy="name the list of invoices as well (tradecredit start INVOICES PAYMENTS); if it is one of these "
                "itself, call its columns such as Customer, Invoice, Date, Due, Amount",
            )
        ])  # fmt: skip
    return listed, unlisted


def _no_header(path: Path, lacks: str) -> Problem:
    return Problem(
        file=path.name, allowed=f"no line names columns for a buyer, a day and an amount{lacks}",
        remedy="call its columns such as Customer, Invoice, Date, Due, Amount; or write a run file by hand "
        "(docs/run_file.md)",
    )  # fmt: skip


def _of_newest(files: list[tuple[Path, Looked]]) -> list[tuple[Path, Looked]]:
    """Return files of one form, the first with the titles of the newest: for all of them the first one speaks."""
    (path, first), *others = files
    above = of_newest(first.found.system, [looked.above for _, looked in files])
    return [(path, first._replace(above=above)), *others]


def _rank(found: Recognised) -> tuple[bool, bool]:
    """Return the order of a list among others: those of payments last, and such as may be one before them."""
    listed = {*found.system.kinds.values()} - {"leave_out"}
    of_credits = found.system.name != ANY and bool(listed) and "invoice" not in listed
    of_bills = bool({"due", "open", "paid"} & found.columns.keys())
    return _of_payments(found.system) or of_credits, found.system.name == ANY and not of_bills


def _of_payments(system: ExportSystem) -> bool:
    return system.bank or system.name in BESIDE


def _together(found: list[Suggestion]) -> Suggestion:
    """Return the first of some lists with the others beside it; what is guessed of these is told, and not asked."""
    first, *others = found
    if not others:
        return first
    first = beside_ledger.in_currency_of(first, [one for one in others if one.source.bank])
    beside = [ExportList(**{name: getattr(other.source, name) for name in ExportList.model_fields}) for other in others]
    exported = max(one.source.exported for one in found)
    own = [guess._replace(taken=str(exported)) if guess.key == "source.exported" else guess for guess in first.guesses]
    # What holds of several lists alike, such as sheets of one workbook, is said once.
    of_others = dict.fromkeys(
        guess._replace(key=f"{guess.key} of {other.system}")
        for other in others
        for guess in other.guesses
        if guess.key.startswith("source.") and guess.key != "source.exported" and guess not in first.guesses
    )
    return first._replace(
        source=first.source.model_copy(update={"beside": beside, "exported": exported}),
        system=" with ".join(dict.fromkeys(one.system for one in found)),
        guesses=(*own, *of_others),
        remarks=() if any(other.source.bank for other in others) else first.remarks,
    )


def _with_registers(suggestion: Suggestion, paths: list[Path], unlisted: list[Path]) -> Suggestion:
    """Return the suggestion with what files and sheets without documents give it: customers, limits, orders.

    Those that give nothing are told.
    """
    source = suggestion.source
    book = reading.files(source, source.path)[0]
    beside: list[tuple[Path, str | None]] = [
        *((path, None) for path in unlisted),
        *((book, one) for one in suggestion.sheets),
    ]
    known = ledger.ledger(source, suggestion.currency, beside_ledger.READ_ALL).tables.get("buyers") if beside else None
    tables: dict[TableName, TableMapping] = {}
    guessed: list[Guess] = []
    not_read: list[str] = []
    sheets: list[str] = []
    for path, sheet in beside:
        of = None
        if known is not None:
            file = path.resolve().relative_to(source.path).as_posix()
            of = registers.found_in(path, file, registers.Ledger(known, source.exported, suggestion.currency), sheet)
        if of is None or of.tables.keys() & tables.keys():
            (not_read if sheet is None else sheets).append(sheet or path.name)
            continue
        tables |= of.tables
        place = sheet or path.name
        guessed += [Guess(f"tables.{name}", f"{place}: {_read_as(one)}") for name, one in of.tables.items()]
    for name, file in _by_name(source).items():
        if name not in tables:
            tables[name] = TableMapping(file=file)
            guessed.append(Guess(f"tables.{name}", f"{file}, which lies beside the export and is called so"))
            not_read = [one for one in not_read if one != file]
    guessed += [Guess("source.files", ", ".join(not_read), open=True)] if not_read else []
    guessed += [Guess("source.sheets", ", ".join(sheets), open=True)] if sheets else []
    suggestion = suggestion._replace(
        tables=tables, guesses=(*suggestion.guesses, *guessed), remarks=(*suggestion.remarks, *_unread(paths, not_read))
    )
    return suggestion if known is None else _with_terms(suggestion, known)


def _with_rates(suggestion: Suggestion) -> Suggestion:
    """Return the suggestion with the central bank's rates, where amounts are in currencies of which none is known.

    Where the amounts themselves tell some, these may be as old as they are on the day of the export.
    """
    several = any(guess.key == "currency" and guess.others for guess in suggestion.guesses)
    if not several or "fx" in suggestion.tables:
        return suggestion
    tables = ledger.ledger(suggestion.source, suggestion.currency, beside_ledger.READ_ALL).tables
    named = {one for name in EXPORTED if name in tables for one in tables[name]["currency"].dropna()}
    others = sorted(named - {suggestion.currency})
    known = central_bank.currencies(suggestion.source.exported)
    if "fx" in tables:
        age = _oldest_rate(tables, suggestion)
        if not age > OLDEST_RATE:
            return suggestion
        guess = Guess("oldest_rate_days", str(age), open=True)
        return suggestion._replace(oldest_rate_days=age, guesses=(*suggestion.guesses, guess))
    if not others or not {*others, suggestion.currency} <= known:
        return suggestion
    guess = Guess("exchange_rates", f"ecb, the European Central Bank's, of {', '.join(others)}", open=True)
    return suggestion._replace(exchange_rates="ecb", guesses=(*suggestion.guesses, guess))


def _oldest_rate(tables: dict[str, pd.DataFrame], suggestion: Suggestion) -> int:
    """Return how many days old the rates are, at most, that amounts are translated at: on their day, and today."""
    today = pd.Timestamp(suggestion.source.exported)
    rows = [
        pd.DataFrame({"currency": tables[name]["currency"], "day": day})
        for name, column in (("invoices", "issued"), ("receipts", "received")) if name in tables
        for day in (tables[name][column], today)
    ]  # fmt: skip
    held = pd.concat(rows, ignore_index=True).dropna()
    fx = tables["fx"].sort_values("date")
    return int(np.nanmax([0.0, *rate_age_days(fx, held["currency"].astype("str"), held["day"])]))


def _by_name(source: ExportSource) -> dict[TableName, str]:
    """Return the files beside an export that are read as they are called like a table, such as `defaults.csv`."""
    files = {path.name for path in source.path.iterdir() if path.is_file()} - {*source.files}
    found: dict[TableName, str] = {}
    for name in get_args(TableName):
        there = [name + suffix for suffix in SUFFIXES if name + suffix in files]
        if name not in EXPORTED and len(there) == 1:
            found[name] = there[0]
    return found


def _with_terms(suggestion: Suggestion, known: pd.DataFrame) -> Suggestion:
    """Return the suggestion with the days of payment of a list of customers in place of those that were guessed.

    `known`: the ledger's buyers. The guess stays for those of whom the list says nothing.
    """
    mapping = suggestion.tables.get("buyers")
    guessed = next((guess for guess in suggestion.guesses if guess.key == "source.terms_days"), None)
    if mapping is None or guessed is None or "terms_days" not in mapping.columns:
        return suggestion
    told = registers.stated(suggestion.source.path / str(mapping.file), mapping, "terms_days")
    lacking = int((~known["buyer_id"].isin(list(told))).sum())
    others = f"; {guessed.taken} for {lacking:,} that it lacks" if lacking else ""
    column = f"{mapping.columns['terms_days']} of {mapping.file}{others}"
    of_list = Guess("tables.buyers.terms_days", column, open=True)
    guesses = tuple(of_list if guess is guessed else guess for guess in suggestion.guesses)
    days = suggestion.source.terms_days if lacking else None
    return suggestion._replace(source=suggestion.source.model_copy(update={"terms_days": days}), guesses=guesses)


def _read_as(mapping: TableMapping) -> str:
    """Return the columns of a list beside a ledger that are read; of limits, whose they are."""
    whose = {"insurer": " (the insurer's)", "own": " (your own)"}.get(str(mapping.constants.get("source")), "")
    return ", ".join(mapping.columns.values()) + whose


def _unread(paths: list[Path], unlisted: list[str]) -> list[str]:
    """Return a remark for files that are not read: prints without an e-invoice of their own, and what is no list."""
    printed = [file.name for path in paths if path.is_dir() for file in looking.printed_alone(path)]
    remarks = [f"{name} is no list of documents and is not read." for name in unlisted]
    if not printed:
        return remarks
    shown = ", ".join(printed[:NAMED]) + (", …" if len(printed) > NAMED else "")
    return [f"PDF files without an e-invoice of their own ({len(printed):,}: {shown}) are not read.", *remarks]
