"""Reads the files of an export into a list of documents, as a run file describes them."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd

from tradecredit.book.exports import blocks, buckets, grid, meaning, statements, xml_documents
from tradecredit.book.exports.amounts import amounts, currency_beside
from tradecredit.book.exports.days import NO_DAY, days
from tradecredit.errors import Problem
from tradecredit.params.export import ExportList, ExportSource, Role
from tradecredit.params.source import OnProblem

AMOUNTS = (
    "amount", "debit", "credit", "paid", "credited", "open", "discount", "prepaid", "quantity", "unit_price", "balance",
)  # fmt: skip
DAYS = ("issued", "due", "cleared")
ROLES: tuple[Role, ...] = get_args(Role)
SHOWN = 10
"""Rows named for each kind of problem; the rest are counted."""


class ReadingOf(NamedTuple):
    """What of a run matters to the reading of its export: currency, broken rows to leave out, day of the export."""

    currency: str
    on_problem: OnProblem = OnProblem()
    exported: date | None = None


class Documents(NamedTuple):
    """The documents of an export, what was left out on reading (table, rule, rows), and what is wrong."""

    frame: pd.DataFrame
    left_out: tuple[tuple[str, str, int], ...]
    problems: tuple[Problem, ...]


def files(source: ExportList, folder: Path) -> list[Path]:
    """Return the files of a list in a folder; a name that is a pattern stands for all that fit it, in order."""
    return [
        file
        for name in source.files
        for file in (sorted(folder.glob(name)) if re.search(r"[*?\[]", name) else [folder / name])
    ]


def all_files(source: ExportSource) -> list[Path]:
    """Return the files of all lists of an export."""
    return [file for part in (source, *source.beside) for file in files(part, source.path)]


def cells(source: ExportList, path: Path) -> pd.DataFrame:
    """Return the cells of one file of an export, under its own names; the index is the line in the file."""
    if source.form.layout == "xml":
        return xml_documents.frame(path, source)
    if source.form.layout == "mt940":
        return statements.mt940_frame(path)
    if source.form.layout in ("parquet", "duckdb"):
        found = grid.stored(path, source.form.sheet)
        return found.set_axis(pd.RangeIndex(2, len(found) + 2), axis="index")
    found = blocks.frame(grid.rows(path, source.form), source)
    return buckets.by_age(found, source.buckets, source.form.decimal) if source.buckets else found


def documents(source: ExportSource, run: ReadingOf) -> Documents:
    """Return the documents of all files of an export, with what is wrong with them.

    Rows that hold neither a day nor both a buyer and a number are titles, groups and totals: they are left out and
    counted with their amounts. `repeated`: whether a row may repeat its document's total; `bank`: whether it is of a
    bank's statement.
    """
    parts: list[pd.DataFrame] = []
    left_out: list[tuple[str, str, int]] = []
    problems: list[Problem] = []
    for listed in (source, *source.beside):
        for label, found in _contents(listed, source.path, problems):
            missing = list(_missing(listed, found, label))
            problems += missing
            if not missing:
                part = _documents(listed, found, label, run)
                parts.append(part.frame.assign(**_ways(listed)))
                left_out += part.left_out
                problems += part.problems
    found = _with_buyers(pd.concat(parts), left_out) if parts else pd.DataFrame()
    return Documents(found, tuple(left_out), tuple(problems))


def _with_buyers(frame: pd.DataFrame, left_out: list[tuple[str, str, int]]) -> pd.DataFrame:
    """Return the documents with the buyer of the invoice that a credit names, where it does not name its own."""
    nobody = frame["buyer_id"].isna() & frame["applies_to"].notna() & ~frame["bank"]
    if not nobody.any():
        return frame
    of = frame.loc[frame["buyer_id"].notna() & frame["invoice_id"].notna(), ["invoice_id", "buyer_id"]]
    only = of.drop_duplicates().drop_duplicates("invoice_id", keep=False).set_index("invoice_id")["buyer_id"]
    frame = frame.assign(buyer_id=frame["buyer_id"].where(~nobody, frame["applies_to"].map(only)))
    unknown = frame["buyer_id"].isna() & nobody
    if unknown.any():
        rule = f"credits for documents that are not in the export: {frame.loc[unknown, 'amount'].abs().sum():,.2f}"
        left_out.append(("receipts", rule, int(unknown.sum())))
    return frame[~unknown]


def _ways(listed: ExportList) -> dict[str, bool]:
    return {"repeated": listed.lines != "added", "oldest": listed.unmatched == "oldest", "bank": listed.bank}


def _contents(source: ExportList, folder: Path, problems: list[Problem]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the names and cells of a list's files; those of XML, which hold a document or few each, together."""
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
        if source.form.layout == "xml":
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
    left_out: list[tuple[str, str, int]] = []
    broken: set = set()

    def judged(role: str, rows: pd.Series, held: pd.Series, allowed: str) -> list[Problem]:
        """Return the problems that rows are; none where the run file leaves such rows out, which are counted."""
        hit = rows.index[rows.fillna(False).astype(bool)]
        if not len(hit) or not run.on_problem.leaves_out("invoices", role):
            return list(_unread(source, label, held, role, rows, allowed))
        broken.update(hit)
        left_out.append(("invoices", f"{role} {allowed}: {_sum(raw, raw.index.isin(hit), source):,.2f}", len(hit)))
        return []

    raw = pd.DataFrame({role: of_role(source, found, role) for role in ROLES}, index=found.index)
    raw = meaning.with_opening_balances(raw, source)
    is_document = are_documents(raw)
    for theirs, kept in [*source.where.items(), *source.without.items()]:
        among = found[theirs].astype("str").str.strip().isin([str(value) for value in kept])
        out = is_document & (among if theirs in source.without else ~among)
        if out.any():
            which = "is" if theirs in source.without else "is not"
            rule = f"{theirs} {which} {' or '.join(map(str, kept))}: {_sum(raw, out, source):,.2f}"
            left_out.append(("invoices", rule, int(out.sum())))
        is_document &= ~out
    settled = pd.Series(False, index=found.index)
    for theirs, kept in source.settled.items():
        settled |= found[theirs].astype("str").str.strip().isin([str(value) for value in kept])
    titles = ~are_documents(raw)
    if titles.any():
        rule = f"titles, groups and totals: {_sum(raw, titles, source):,.2f}"
        left_out.append(("invoices", rule, int(titles.sum())))
        left_out += _wrong_totals(raw, ~titles, source)
    raw = raw[is_document]
    values = {role: _text(raw[role]) for role in raw if role not in (*AMOUNTS, *DAYS)}
    values["group"] = values["group"].where(values["group"] != "0")
    problems: list[Problem] = []
    for role in AMOUNTS:
        values[role] = amounts(raw[role], source.form.decimal)
        unread = raw[role].notna() & values[role].isna()
        problems += judged(role, unread, raw[role], f"an amount is expected (decimal mark {source.form.decimal!r})")
    forms = source.form.dates
    for role in DAYS:
        values[role] = days(raw[role], forms.get(role, forms.get("all")), source.form.year_from)
        unread = raw[role].notna() & values[role].isna() & ~raw[role].astype("str").str.strip().isin(NO_DAY)
        if role != "issued":
            unread &= ~raw[role].astype("str").str.contains("9999")
        written = forms.get(role, forms.get("all", "%Y-%m-%d"))
        problems += judged(role, unread, raw[role], f"a day written as {written} is expected")
    values["settled"] = settled[is_document]
    frame = meaning.signed(pd.DataFrame(values, index=raw.index), source, left_out)
    late = pd.to_numeric(frame["days_overdue"], errors="coerce")
    # Of what is not late the age does not say when it is due; a list without any day has nothing else.
    late = late.where((late > 0) | frame["issued"].isna())
    told = pd.Timestamp(run.exported) - pd.to_timedelta(late, unit="D")
    frame["due"] = frame["due"].fillna(told)
    frame = meaning.with_terms(frame, source)
    if source.lines == "payments":
        frame = meaning.payments_beside(frame)
    beside = _currencies_beside(raw).reindex(frame.index)
    wrong = beside.notna() & frame["currency"].notna() & (beside != frame["currency"].str.upper())
    stands = frame["currency"] + " stated, " + raw["amount"].reindex(frame.index).astype("str")
    problems += judged("currency", wrong, stands, "the currency that stands beside the amount is another one")
    # Letters begin anew with each account.
    lettered = frame["group"].str.fullmatch(r"[A-Za-z]{1,4}").fillna(False).astype(bool)
    own = frame["buyer_id"].fillna(frame["name"]).astype("str") + " " + frame["group"].astype("str")
    frame["group"] = frame["group"].where(~lettered, own)
    frame["currency"] = frame["currency"].fillna(beside).fillna(source.currency or run.currency)
    if not source.bank:
        frame["buyer_id"] = frame["buyer_id"].fillna(frame["name"])
        nobody = frame["buyer_id"].isna() & frame["applies_to"].isna()
        problems += judged("buyer_id", nobody, raw["amount"].reindex(frame.index), "names no buyer")
    no_day = frame["issued"].isna() & frame["due"].isna()
    days_of = raw["issued"].fillna(raw["due"])
    no_day &= days_of.reindex(frame.index).isna() & frame["days_overdue"].isna()
    no_day &= ~frame.index.isin(broken)
    problems += judged("issued", no_day, raw["invoice_id"], "has neither a day of issue nor a due day")
    if len(broken) > run.on_problem.most * len(raw):
        allowed = (
            f"{len(broken):,} of {len(raw):,} rows cannot be read; at most {run.on_problem.most:.1%} may be left out"
        )
        remedy = "correct them, or state the share that may be left out (on_problem: {most: …})"
        problems.append(Problem(file=label, allowed=allowed, remedy=remedy))
    return Documents(frame[~frame.index.isin(broken)], tuple(left_out), tuple(problems))


def _currencies_beside(raw: pd.DataFrame) -> pd.Series:
    """Return the currency whose sign or code stands beside each amount; missing without one."""
    cells = raw["amount"].where(raw["amount"].notna(), raw["open"])
    texts = {cell: currency_beside(cell) for cell in cells.dropna().unique() if isinstance(cell, str)}
    return cells.map({cell: code for cell, code in texts.items() if code}).astype("str").where(cells.isin(list(texts)))


def of_role(source: ExportList, found: pd.DataFrame, role: str) -> pd.Series:
    """Return what a role's columns hold: of several, the first that holds something."""
    named = source.columns.get(role, [])  # type: ignore[call-overload]
    names = [named] if isinstance(named, str) else list(named)
    column = pd.Series(pd.NA, index=found.index, dtype="object")
    for name in [f"above: {role}", *names]:
        if name in found:
            column = column.where(column.notna(), found[name]) if column.notna().any() else found[name]
    return column


def are_documents(raw: pd.DataFrame) -> pd.Series:
    def held(*roles: str) -> pd.Series:
        return pd.concat([raw[role].notna() for role in roles], axis="columns").any(axis="columns")

    told_by = [_is_total(raw[role]) for role in ("invoice_id", "issued", "due")]
    sums = pd.concat(told_by, axis="columns").any(axis="columns")
    if raw["days_overdue"].notna().any():
        # Without days only its name tells a total.
        alone = [_is_total(raw[role], alone=True) for role in ("buyer_id", "name")]
        sums |= pd.concat(alone, axis="columns").any(axis="columns") & ~held("issued", "due")
    with_amount = held("amount", "debit", "credit", "open", "unit_price")
    named = held("buyer_id", "name") & held("invoice_id", "number")
    return with_amount & ~sums & (held("issued", "due") | named | (held("buyer_id", "name") & held("days_overdue")))


def _is_total(column: pd.Series, alone: bool = False) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_any_dtype(column):
        return pd.Series(False, index=column.index)
    # Days repeat, and totals among them are few.
    cells = pd.Series(column.dropna().unique()).astype("str")
    totals = cells[cells.str.match(blocks.TOTAL)]
    if alone:
        totals = totals[[blocks.is_only_total(text) for text in totals]]
    return column.astype("str").isin(list(totals)) if len(totals) else pd.Series(False, index=column.index)


def _sum(raw: pd.DataFrame, rows: pd.Series | np.ndarray, source: ExportList) -> float:
    """Return what rows hold as amounts, for counting what was left out; what is no number is not in it."""
    role = next((role for role in ("amount", "open", "debit") if raw.loc[rows, role].notna().any()), "amount")
    return float(amounts(raw.loc[rows, role], source.form.decimal).sum())


def _wrong_totals(raw: pd.DataFrame, is_document: pd.Series, source: ExportList) -> list[tuple[str, str, int]]:
    """Return the totals that are not the sum of their rows, as notes; none where signs stand apart."""
    role = next((role for role in ("amount", "open") if raw.loc[~is_document, role].notna().any()), None)
    if role is None or source.debit_side or source.signs != "signed":
        return []
    wrong = blocks.wrong_totals(amounts(raw[role], source.form.decimal), is_document)
    shown = "; ".join(f"line {line} says {said:,.2f} of {held:,.2f}" for line, said, held in wrong[:SHOWN])
    return [("invoices", f"totals that are not the sum of the rows before them: {shown}", len(wrong))] if wrong else []


def _text(column: pd.Series) -> pd.Series:
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
    for name in dict.fromkeys([*named, *source.where, *source.without, *source.settled]):
        if name not in found:
            yield Problem(
                file=label, row=source.form.header_row, column=name, allowed="this column is missing",
                remedy=f"correct source.columns or header_row; the file has: {', '.join(map(str, found.columns[:20]))}",
            )  # fmt: skip


def _unread(
    source: ExportList, label: str, raw: pd.Series, role: str, rows: pd.Series, allowed: str
) -> Sequence[Problem]:
    wrong = rows[rows.fillna(False)].index
    named = source.columns.get(role, role)  # type: ignore[call-overload]
    return [
        Problem(
            file=label, row=int(row), column=named if isinstance(named, str) else named[0], value=raw.loc[row],
            allowed=allowed, remedy="correct it, or how it is read (source.form, source.columns in the run file)",
            others=len(wrong) - SHOWN if at == SHOWN - 1 and len(wrong) > SHOWN else 0,
        )
        for at, row in enumerate(wrong[:SHOWN])
    ]  # fmt: skip
