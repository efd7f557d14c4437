"""Reads the files of an export into a list of documents, as a run file describes them."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports import (
    account,
    allocation_lists,
    blocks,
    buckets,
    grid,
    meaning,
    numbered_names,
    other_numbers,
    running,
    several_files,
    statements,
    xml_documents,
)
from tradecredit.book.exports.amounts import NOUGHT, amounts, codes_of_currencies, currency_beside
from tradecredit.book.exports.broken import (
    AMOUNTS,
    DAYS,
    Broken,
    Rows,
    days_of_payment_unknown,
    judged,
    unread,
    unread_days,
)
from tradecredit.book.exports.days import days_of
from tradecredit.book.exports.meaning import CREDITS, Note, our_kinds
from tradecredit.book.exports.numbers import NUMBER_IN_WORDS
from tradecredit.book.exports.which_rows import among, are_documents, documents_among, table_of_list
from tradecredit.book.problems import SHOWN
from tradecredit.errors import Problem
from tradecredit.params.export import Code, ExportList, ExportSource, Role
from tradecredit.params.source import OnProblem

ROLES: tuple[Role, ...] = get_args(Role)
FEWEST, MANY = 3, 0.1
"""Rows, and share of those that are open or paid, from which amounts that do not add up are told."""


class ReadingOf(NamedTuple):
    """What of a run matters to the reading of its export."""

    currency: str
    on_problem: OnProblem = OnProblem()
    exported: date | None = None
    terms: pd.Series | None = None
    """Days of payment by buyer, from a list of these."""


class Documents(NamedTuple):
    """The documents of an export; what was left out, and what told besides (table, rule, rows); what is wrong."""

    frame: pd.DataFrame
    left_out: tuple[Note, ...]
    told: tuple[Note, ...]
    problems: tuple[Problem, ...]


def files(source: ExportList, folder: Path) -> list[Path]:
    """Return the files of a list in a folder; a name that is a pattern stands for all that fit it, in order.

    A file that is called so is meant itself: `list[1].csv` is no pattern where it is there.
    """

    def named(name: str) -> list[Path]:
        is_pattern = re.search(r"[*?\[]", name) and not (folder / name).is_file()
        return sorted(folder.glob(name)) if is_pattern else [folder / name]

    return [file for name in source.files for file in named(name)]


def files_of_lists(source: ExportSource) -> list[Path]:
    """Return the files of all lists of an export."""
    return [file for part in (source, *source.beside) for file in files(part, source.path)]


def files_between_lists(source: ExportSource) -> list[Path]:
    """Return the files that lead from the lists of an export to one another: allocations, and numbers of buyers."""
    return [
        file.parent / one.file
        for part in (source, *source.beside)
        for one in (part.allocations, part.buyers_by)
        if one
        for file in files(part, source.path)
    ]


def cells(source: ExportList, path: Path) -> pd.DataFrame:
    """Return the cells of one file of an export, under its own names; the index is the line in the file."""
    if source.form.layout == "xml":
        return xml_documents.frame(path, source)
    if source.form.layout == "mt940":
        return statements.mt940_frame(path)
    if source.form.layout in ("parquet", "duckdb"):
        found = grid.stored(path, source.form.sheet)
        found = found.set_axis(pd.RangeIndex(2, len(found) + 2), axis="index")
        return other_numbers.with_ledgers(found, source, path.parent) if source.buyers_by else found
    found = blocks.frame(grid.rows(path, source.form), source)
    if source.allocations:
        found = allocation_lists.parts(found, source, path)
    if source.buyers_by:
        found = other_numbers.with_ledgers(found, source, path.parent)
    return buckets.by_age(found, source.buckets, source.form.decimal) if source.buckets else found


def documents(source: ExportSource, run: ReadingOf) -> Documents:
    """Return the documents of all files of an export, with what is wrong with them.

    Rows that hold neither a day nor both a buyer and a number are titles, groups and totals: they are left out and
    counted with their amounts. `repeated`: whether a row may repeat its document's total; `bank`: whether it is of a
    bank's statement, and `only_returns` of one of which nothing else that goes out is read; `file`: see
    `several_files.in_order`; `stated`, `own_amount`: the amount in its own and in the company's currency, without its
    sign.
    """
    parts: list[pd.DataFrame] = []
    left_out: list[Note] = []
    told: list[Note] = []
    problems: list[Problem] = []
    rows = 0
    for listed in (source, *source.beside):
        for label, found in _contents(listed, source.path, problems):
            rows += len(found)
            missing = list(_missing(listed, found, label))
            problems += missing
            if not missing:
                part = _documents(listed, found, label, run)
                parts.append(part.frame.assign(**_ways(listed), part=len(parts)))
                left_out += part.left_out
                told += part.told
                problems += part.problems
    if not parts:
        return Documents(pd.DataFrame(), (), (), tuple(problems))
    found = _one_spelling(pd.concat(several_files.in_order(parts)), told)
    # Of a payment and what it left open the one may stand in a file of what is cleared, and the other in none.
    found = _without_residuals(found)
    told = [*account.of_rows(rows, found), *told]
    return Documents(_with_buyers(found, left_out), tuple(left_out), tuple(told), tuple(problems))


def _without_residuals(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the documents of all files, whose index may repeat, as `meaning.without_residuals` has them."""
    kept = meaning.without_residuals(frame.reset_index(drop=True))
    return kept.set_axis(frame.index[kept.index], axis="index")


def _one_spelling(frame: pd.DataFrame, told: list[Note]) -> pd.DataFrame:
    """Return the documents with buyers that differ in capitals and spaces alone as one, as the ledger mostly writes it.

    Numbers that belong to names which differ are those of several buyers.
    """
    in_ledger = (frame["part"] == frame["part"].min()).rename("in_ledger")
    written = pd.DataFrame(
        {"buyer": frame["buyer_id"], "name": frame["name"].map(_bare, na_action="ignore"), "of": in_ledger}
    )
    of = (
        written.dropna(subset="buyer")
        .groupby("buyer")
        .agg(names=("name", "first"), ledger=("of", "sum"), rows=("of", "size"))
    )
    of = of.sort_values(["ledger", "rows"], ascending=False, kind="stable")
    alike = pd.Series([_bare(buyer) for buyer in of.index], index=of.index)
    one_name = of["names"].groupby(alike).transform("nunique") <= 1
    usual = pd.Series(of.index, index=of.index).groupby(alike).transform("first")
    others = usual[(usual != usual.index) & one_name]
    if others.empty:
        return frame
    rows = frame["buyer_id"].isin(list(others.index))
    shown = ", ".join(f"{one} as {other}" for one, other in others.head(SHOWN).items())
    rule = f"buyers that differ in capitals and spaces alone, taken as one: {shown}"
    told.append(("buyers", rule + (", …" if len(others) > SHOWN else ""), int(rows.sum())))
    return frame.assign(buyer_id=frame["buyer_id"].where(~rows, frame["buyer_id"].map(others).astype("str")))


def _bare(text: object) -> str:
    return " ".join(str(text).casefold().split())


def _with_buyers(frame: pd.DataFrame, left_out: list[Note]) -> pd.DataFrame:
    """Return the documents with their buyers' numbers, where other lists than the ledger do not have them.

    A credit without one is of the buyer of its name, else of that of the invoice that it names, alone or among words.
    One that names a payer whom the ledger does not know, and no invoice, is that payer's.
    """
    index, frame = frame.index, frame.reset_index(drop=True)
    beside = frame["part"] != frame["part"].min()
    ledger = frame[~beside & frame["buyer_id"].notna()]
    by_name = beside & frame["name_alone"] & ~frame["buyer_id"].isin(list(ledger["buyer_id"])) & ~frame["bank"]
    nobody = frame["buyer_id"].isna() & frame["applies_to"].notna() & ~frame["bank"]
    if not (nobody | by_name).any():
        return frame.set_axis(index, axis="index")
    buyer = frame["name"].where(by_name).map(_only(ledger, "name")).astype("str")
    named = frame["applies_to"].where(nobody | by_name)
    words = named.str.findall(NUMBER_IN_WORDS).explode()
    # A credit may name an invoice by its number, or by the system's own.
    for name in ("invoice_id", "number"):
        number = _only(frame[frame["buyer_id"].notna() & ~by_name], name)
        in_words = words.map(number).dropna()
        buyer = buyer.fillna(named.map(number).astype("str")).fillna(in_words[~in_words.index.duplicated()])
    frame["buyer_id"] = buyer.where(nobody | by_name).fillna(frame["buyer_id"])
    unknown = frame["buyer_id"].isna() & nobody
    if unknown.any():
        told = told_sum(frame["amount"].abs().where(unknown), frame["currency"])
        rule = f"credits for documents that are not in the export: {told}"
        left_out.append(("receipts", rule, int(unknown.sum())))
    return frame.set_axis(index, axis="index")[~unknown.to_numpy()]


def _only(rows: pd.DataFrame, name: str) -> pd.Series:
    """Return the buyer by what a column holds, of that which is one buyer's alone."""
    of = rows.loc[rows[name].notna(), [name, "buyer_id"]]
    return of.drop_duplicates().drop_duplicates(name, keep=False).set_index(name)["buyer_id"]


def _ways(listed: ExportList) -> dict[str, bool]:
    return {
        "repeated": listed.lines not in ("added", "parts"),
        "oldest": listed.unmatched == "oldest",
        "bank": listed.bank,
        "only_returns": listed.bank and bool(listed.kinds),
    }


def _contents(source: ExportList, folder: Path, problems: list[Problem]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the names and cells of a list's files; invoices in XML, of which each holds one or few, together."""
    together: dict[str, pd.DataFrame] = {}
    for path in files(source, folder):
        try:
            found = cells(source, path)
        except grid.UNREADABLE as error:
            reason = str(error) or type(error).__name__
            problems.append(
                Problem(
                    file=path.name,
                    allowed=f"cannot be read as the run file says: {reason.splitlines()[0]}",
                    remedy="correct source.files and source.form, or run `tradecredit start` on it anew",
                )
            )
            continue
        if source.form.layout == "xml" and not source.bank:
            together[path.name] = found
        else:
            yield path.name, found
    if len(together) == 1:
        yield from together.items()
    elif together:
        yield (
            f"{len(together)} XML files (their documents in order)",
            pd.concat(together.values()).pipe(
                lambda frame: frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis="index")
            ),
        )


def _documents(source: ExportList, found: pd.DataFrame, label: str, run: ReadingOf) -> Documents:
    """Return the documents of one file."""
    raw = pd.DataFrame({role: of_role(source, found, role) for role in ROLES}, index=found.index)
    raw = meaning.with_terms_among_days(meaning.with_opening_balances(raw, source))
    listed = are_documents(raw, source.lines == "parts")
    is_document, left_out, told = documents_among(raw, found, listed, source)
    settled, written_off = _of_values(found, source.settled), _of_values(found, source.written_off)
    # Several documents may stand in one line.
    lines = found.index[is_document]
    # Rows that are left out may have moved the balance.
    if len(off := running.breaks(raw[listed], is_document[listed], source)):
        told.append((table_of_list(source), running.told(off, source), len(off)))
    told += _off(raw[is_document], source)
    raw, settled, written_off, too = (
        of[is_document].reset_index(drop=True) for of in (raw, settled, written_off, _all_named(source, found))
    )
    values = _values(raw, source)
    marks = {"settled": settled, "written_off": written_off, "applies_too": too}
    frame, of_others = meaning.signed(pd.DataFrame({**values, **marks}), source)
    frame, by_terms = meaning.with_days(frame, source, run.exported, run.terms)
    frame, of_openings = meaning.with_days_of_openings(frame, raw)
    told += [*by_terms, *of_openings]
    told += _neither_paid_nor_open(frame, source)
    told += days_of_payment_unknown(raw, values, source)
    frame, of_nobody = _without_settled_of_nobody(frame, source)
    # What the file states of rows beside payments is kept, and compared with what these leave.
    frame["stated_open"] = frame["open"] if "open" in source.columns else np.nan
    if source.lines in ("payments", "parts"):
        frame = meaning.payments_beside(frame, parts=source.lines == "parts")
    beside = _currencies_beside(raw).reindex(frame.index)
    frame["name_alone"] = frame["buyer_id"].isna() & frame["name"].notna()
    if not source.bank:
        frame["buyer_id"] = frame["buyer_id"].fillna(frame["name"])
    amount = values["amount"].fillna(values["open"]).fillna(values["debit"])
    rows = Rows(source, label, lines, _table(raw, values, source), amount)
    # What is of no debtor is left out already, whatever else is wrong with it.
    others = raw.index.difference(frame.index)
    broken = [
        one._replace(rows=one.rows.drop(others, errors="ignore"))
        for one in (*unread(raw, values, source), *_contradicting(raw, values, frame, beside, source))
    ]
    out = judged(broken, rows, run.on_problem)
    frame = _with_currency(_in_part(frame.assign(group=_by_account(frame))), beside, source, run)
    frame = frame[~frame.index.isin(out.rows)]
    frame = frame.assign(
        stated=values["amount"].abs().reindex(frame.index), own_amount=values["own_amount"].abs().reindex(frame.index)
    )
    kept = frame.set_axis(lines[frame.index], axis="index")
    return Documents(kept, (*left_out, *of_others, *of_nobody, *out.left_out), tuple(told), tuple(out.problems))


def _without_settled_of_nobody(frame: pd.DataFrame, source: ExportList) -> tuple[pd.DataFrame, list[Note]]:
    """Return the documents without those that name no buyer and are paid in full, such as interest, and a note."""
    nobody = frame[["buyer_id", "name", "applies_to"]].isna().all(axis="columns") & (not source.bank)
    done = nobody & (frame["amount"] > 0) & ((frame["amount"] - frame["paid"]).abs() < CENT)
    if not done.any():
        return frame, []
    rule = f"paid in full, and names no buyer: {told_sum(frame['amount'].where(done), frame['currency'])}"
    return frame[~done], [(table_of_list(source), rule, int(done.sum()))]


def _of_values(found: pd.DataFrame, values: dict[str, list[Code]]) -> pd.Series:
    """Return the rows in which a column holds one of some values."""
    rows = pd.Series(False, index=found.index)
    for theirs, kept in values.items():
        rows |= among(found[theirs], kept)
    return rows


def _all_named(source: ExportList, found: pd.DataFrame) -> pd.Series:
    """Return what all columns hold that may name the invoice a credit settles, a line each; missing where none does."""
    names = source.columns.get("applies_to", [])
    columns = [_text(found[name]) for name in ([] if isinstance(names, str) else names) if name in found]
    if len(columns) < 2:
        return pd.Series(pd.NA, index=found.index, dtype="str")
    together = columns[0].fillna("").str.cat([column.fillna("") for column in columns[1:]], sep="\n").str.strip()
    return together.where(together != "")


def _by_account(frame: pd.DataFrame) -> pd.Series:
    """Return what was matched together, letters with the buyer before them: they begin anew with each account."""
    lettered = frame["group"].str.fullmatch(r"[A-Za-z]{1,4}").fillna(False).astype(bool)
    return frame["group"].where(~lettered, frame["buyer_id"].astype("str") + " " + frame["group"].astype("str"))


def _in_part(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the documents without days of clearing where small letters say that what they match settles a part."""
    in_part = frame["group"].str.fullmatch(r"(?:.* )?[a-z]{1,4}").fillna(False).astype(bool)
    left = frame["amount"].where(in_part, 0.0).groupby(frame["group"]).transform("sum").abs() > CENT
    return frame.assign(cleared=frame["cleared"].where(~(in_part & left)))


def _with_currency(frame: pd.DataFrame, beside: pd.Series, source: ExportList, run: ReadingOf) -> pd.DataFrame:
    """Return documents with a currency each; `unstated`: nothing in its row says it where others' say theirs."""
    stated = codes_of_currencies(frame["currency"]).fillna(beside)
    unstated = stated.isna() & stated.notna().any()
    return frame.assign(currency=stated.fillna(source.currency or run.currency), unstated=unstated)


def _table(raw: pd.DataFrame, values: dict[str, pd.Series], source: ExportList) -> pd.Series:
    """Return the table of the book that each row belongs to: by its kind, else by the sign of its amount."""
    kind = values["kind"].map(our_kinds(source))
    amount = values["amount"].fillna(values["open"])
    is_credit = kind.isin(CREDITS) | (kind.isna() & (amount < 0)) | (table_of_list(source) == "receipts")
    return pd.Series(np.where(is_credit, "receipts", "invoices"), index=raw.index)


def _values(raw: pd.DataFrame, source: ExportList) -> dict[str, pd.Series]:
    """Return what the cells hold by role, in its type; missing where it cannot be read."""
    values = {role: _text(raw[role]) for role in raw if role not in (*AMOUNTS, *DAYS)}
    values["group"] = values["group"].where(values["group"] != "0")
    unit = 100.0 if source.form.hundredths else 1.0
    values |= {role: amounts(raw[role], source.form.decimal) / unit for role in AMOUNTS}
    rate = amounts(raw["rate"], source.form.decimal)
    values["own_amount"] = values["own_amount"].fillna(values["amount"] * rate)
    return values | {"rate": rate} | {role: days_of(raw[role], role, source.form) for role in DAYS}


def _contradicting(
    raw: pd.DataFrame, values: dict[str, pd.Series], frame: pd.DataFrame, beside: pd.Series, source: ExportList
) -> Iterator[Broken]:
    """Yield the rows whose cells contradict each other, or that lack what every document has."""
    frame = frame.assign(beside=beside.to_numpy())
    frame = frame[~frame.index.duplicated()]
    wrong = (
        frame["beside"].notna()
        & frame["currency"].notna()
        & (frame["beside"] != codes_of_currencies(frame["currency"]))
    )
    stands = frame["currency"] + " stated, " + raw["amount"].reindex(frame.index).astype("str")
    yield Broken("currency", wrong, stands, "is not the currency that stands beside the amount")
    empty = pd.Series(pd.NA, index=frame.index, dtype="object")
    if not source.bank:
        nobody = frame["buyer_id"].isna() & frame["applies_to"].isna()
        yield Broken("buyer_id", nobody, empty, "is empty: the row names no buyer")
    own = [role for role in AMOUNTS if role != "own_amount"]
    nothing = frame["amount"].isna() & raw[own].isna().all(axis="columns").reindex(frame.index)
    yield Broken("amount", nothing, empty, "is empty: the row states no amount")
    # What credits settle of an invoice lowers it: below zero, the cells of the row have likely moved.
    moved = (values["credited"] < 0) & (values["amount"] > 0)
    yield Broken("credited", moved, raw["credited"], "is a credit below zero to an amount above it")
    # Days that cannot be read are told as such.
    told = pd.concat([unread_days(raw[role], values[role], role) for role in ("issued", "due")], axis="columns")
    no_day = frame["issued"].isna() & frame["due"].isna() & frame["days_overdue"].isna()
    no_day &= ~told.any(axis="columns").reindex(frame.index)
    yield Broken("issued", no_day, empty, "holds no day, nor does the due day: the row has no day")


def _off(raw: pd.DataFrame, source: ExportList) -> Iterator[Note]:
    """Yield a note where amount, paid and open mostly do not add up, or more is open than the amount in many rows.

    A column is likely not what the run file takes it for, such as an amount without tax.
    """
    # A row of a payment that is allotted to invoices has the amount of its part, and what is left of the whole.
    if source.allocations or not {"amount", "open"} <= source.columns.keys():
        return
    amount, paid, credited, rest = (
        amounts(raw[role], source.form.decimal).abs() for role in ("amount", "paid", "credited", "open")
    )
    stated = amount.notna() & rest.notna() & ((rest > CENT) | (paid > CENT))
    left = (amount - paid.fillna(0.0) - credited.fillna(0.0)).abs()
    for off, least, what in (
        (stated & paid.notna() & ((left - rest).abs() > CENT), 0.5, "the amount less what is paid is not what is open"),
        (stated & (rest > amount + CENT), MANY, "more is open than the amount"),
    ):
        if off.sum() >= FEWEST and off.sum() > least * stated.sum():
            line = off.idxmax()
            beside = f", {paid[line]:,.2f} paid" if pd.notna(paid[line]) else ""
            shown = f"line {line}: {amount[line]:,.2f}{beside}, {rest[line]:,.2f} open"
            names = ", ".join(
                str(source.columns[role]) for role in ("amount", "paid", "open") if role in source.columns
            )
            yield "invoices", f"{what} ({shown}): look at which columns these are ({names})", int(off.sum())
            return


def _neither_paid_nor_open(frame: pd.DataFrame, source: ExportList) -> Iterator[Note]:
    """Yield a note on what of invoices is stated neither as paid nor as open, nor said to be written off."""
    if source.allocations or source.lines in ("payments", "parts") or not {"paid", "open"} <= source.columns.keys():
        return
    invoices = frame[(frame["kind"].fillna("invoice") == "invoice") & (frame["amount"] > 0)]
    left = invoices["amount"] - invoices[["paid", "credited", "open", "lost", "discount"]].fillna(0.0).sum(
        axis="columns"
    )
    off = left > CENT
    if off.any():
        told = told_sum(left.where(off), invoices["currency"])
        rule = f"neither paid nor open, taken as settled: {told}; what was lost, written_off tells"
        yield "invoices", rule, int(off.sum())


def _currencies_beside(raw: pd.DataFrame) -> pd.Series:
    """Return the currency whose sign or code stands beside each amount; missing without one."""
    cells = raw["amount"].where(raw["amount"].notna(), raw["open"])
    texts = {cell: currency_beside(cell) for cell in cells.dropna().unique() if isinstance(cell, str)}
    return cells.map({cell: code for cell, code in texts.items() if code}).astype("str").where(cells.isin(list(texts)))


def of_role(source: ExportList, found: pd.DataFrame, role: str) -> pd.Series:
    """Return what a role's columns hold: of several, the first that holds something; of amounts, other than nothing."""
    named = source.columns.get(role, [])  # type: ignore[call-overload]
    names = [named] if isinstance(named, str) else list(named)
    if role in ("buyer_id", "name") and names and source.columns.get("buyer_id") == source.columns.get("name"):
        return numbered_names.parts(found[names[0]], role) if names[0] in found else _nothing(found)
    if role == "terms_days" and len(names) > 1:
        return found[names].apply(pd.to_numeric, errors="coerce").max(axis="columns").astype("Int64").astype("object")
    column = _nothing(found)
    for name in [f"above: {role}", *names]:
        if name in found:
            held = column.notna() & (~column.astype("str").str.fullmatch(NOUGHT) if role in AMOUNTS else True)
            column = column.where(held | found[name].isna(), found[name]) if held.any() else found[name]
    return column


def _nothing(found: pd.DataFrame) -> pd.Series:
    return pd.Series(pd.NA, index=found.index, dtype="object")


def _text(column: pd.Series) -> pd.Series:
    if column.isna().all():
        return pd.Series(pd.NA, index=column.index, dtype="str")
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    text = column.map(
        lambda value: str(int(value)) if isinstance(value, float) and value % 1 == 0 else str(value), na_action="ignore"
    )
    text = text.astype("str").str.strip()
    text = text.where(column.notna() & (text != "")).astype("str")
    # A column of numbers that a program has written as decimal ones.
    whole = text.dropna()
    return text.str.removesuffix(".0") if len(whole) and whole.str.fullmatch(r"\d+\.0").all() else text


def _missing(source: ExportList, found: pd.DataFrame, label: str) -> Iterator[Problem]:
    named = [name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value[:1])]
    for name in dict.fromkeys([*named, *source.where, *source.without, *source.settled, *source.written_off]):
        if name not in found:
            yield Problem(
                file=label, row=source.form.header_row, column=name, allowed="this column is missing",
                remedy=f"correct source.columns or header_row; the file has: {', '.join(map(str, found.columns[:20]))}",
            )  # fmt: skip
