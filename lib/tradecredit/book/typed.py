"""Turns raw tables into typed ones and finds every value that does not fit; mends nothing and drops nothing."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd

from tradecredit.book.cells import as_text, in_type
from tradecredit.book.exports.days import told
from tradecredit.book.places import one_of
from tradecredit.book.problems import in_rows, of_table
from tradecredit.book.raw_tables import BY_TERMS_OF_BUYER, RawTable
from tradecredit.book.schema import NEVER_EMPTY, TABLES, Column, dtype
from tradecredit.errors import Problem
from tradecredit.params.source import Formats

SUMMED = ("amount", "signed")
"""Kinds of columns that are added up where rows are parts of one."""

MARKS = ((",", "."), (".", ","), (",", ""), (",", " "), (".", " "), (".", "'"), (".", ""))
"""Marks before decimals and between thousands that are tried to say how a column is written, the likelier first."""

MOST_NOTHINGS = 3
"""Different texts that may stand for nothing."""

RULES: dict[str, tuple[Callable[[pd.Series], pd.Series], str, str]] = {
    "amount": (
        lambda values: values < 0, "must not be negative", "correct it"
    ),
    "days": (
        lambda values: (values < 0) | (values.round() != values), "a whole number of days, 0 or more, is expected",
        "correct it",
    ),
    "fraction": (
        lambda values: (values < 0) | (values > 1), "a fraction from 0 to 1 is expected", "write 2 % as 0.02"
    ),
    "number": (lambda values: values <= 0, "must be above zero", "correct it"),
    "grade": (
        lambda values: ~values.isin(range(1, 11)), "a whole grade from 1 (best) to 10 is expected", "correct it"
    ),
}  # fmt: skip
"""Kind of a column: what breaks its rule, what is allowed, and the remedy."""

NEGATIVE_INVOICES = (
    "correct it, or read negative rows as receipts (tables: {invoices: {sign: positive}, receipts: {sign: negative, "
    "constants: {kind: credit_note}}})"
)
"""The remedy for amounts of invoices below zero."""

MOST_TERMS_DAYS = 36_525
"""A hundred years: longer terms are no terms, and lead to no day."""


def typed(raw: RawTable) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a raw table with all columns of its schema in their types, and every value that does not fit.

    Values that cannot be read are missing in the frame and stand in the problems. The index stays the row in the file.
    """
    table = TABLES[raw.name]
    problems: list[Problem] = []
    columns = {}
    frame = raw.frame
    without_terms = pd.Series(False, index=frame.index)
    if "terms_days" in frame and "issued" in frame:
        frame, problems, without_terms = _with_due(raw)
    elif "terms_days" in frame:
        problems = terms_days(raw)[2]
    for column in table.columns:
        if column.name not in frame:
            columns[column.name] = pd.Series(index=frame.index, dtype=dtype(column))
            continue
        values, unreadable = in_type(frame[column.name], column, raw.formats)
        expected = _expected(column, raw.formats, frame[column.name], unreadable)
        problems += in_rows(raw.file, column.name, frame[column.name], unreadable, *expected)
        columns[column.name] = values
        told_of = unreadable | without_terms if column.name == "due" else unreadable
        problems += _column_problems(raw, column, frame[column.name], values, told_of)
    result = pd.DataFrame(columns, index=frame.index, copy=False)
    if raw.name in NEVER_EMPTY and result.empty and not raw.may_be_empty:
        problems.append(
            Problem(file=raw.file, allowed=f"holds no rows of {raw.name}", remedy="export it with its rows")
        )
    return result, of_table(raw.name, problems)


def combined(raw: RawTable) -> RawTable:
    """Return a raw table with rows that differ in amounts only added up under the first of them, where it says so.

    Where an amount cannot be read they stay as they are.
    """
    if not raw.combined:
        return raw
    frame = raw.frame
    sums = [column for column in TABLES[raw.name].columns if column.kind in SUMMED and column.name in frame]
    read = {column.name: in_type(frame[column.name], column, raw.formats) for column in sums}
    others = [name for name in frame if name not in read]
    again = frame.duplicated(others)
    if not again.any() or any(unreadable.any() for _, unreadable in read.values()):
        return raw
    group = frame.groupby(others, dropna=False, sort=False).ngroup()
    added = {name: values.groupby(group).sum(min_count=1).to_numpy() for name, (values, _) in read.items()}
    rule = f"rows that are parts of another one of {raw.name}: their amounts are added up"
    return replace(raw, frame=frame[~again].assign(**added), assumed=(*raw.assumed, (rule, int(again.sum()))))


def _with_due(raw: RawTable) -> tuple[pd.DataFrame, list[Problem], pd.Series]:
    """Return the raw invoices with `due` = `issued` + `terms_days` where no due date is given.

    With what is wrong with the terms, and a mask of the rows in which it is.
    """
    frame = raw.frame
    days, wrong, problems = terms_days(raw)
    issued, _ = in_type(frame["issued"], TABLES["invoices"].column("issued"), raw.formats)
    computed = issued + pd.to_timedelta(days, unit="D")
    if "due" in frame:
        due, _ = in_type(frame["due"], TABLES["invoices"].column("due"), raw.formats)
        if (frame["due"].notna() & due.isna()).any():
            return frame, problems, wrong & frame["due"].isna()
        computed = due.fillna(computed)
    return frame.assign(due=computed), problems, wrong & computed.isna()


def terms_days(raw: RawTable) -> tuple[pd.Series, pd.Series, list[Problem]]:
    """Return the days of payment of a raw table, missing where they are none, a mask of these, and problems."""
    stated = raw.frame["terms_days"]
    column = Column("terms_days", "days")
    days, unreadable = in_type(stated, column, raw.formats)
    expected = _expected(column, raw.formats, stated, unreadable)
    problems = in_rows(raw.file, "terms_days", stated, unreadable, *expected)
    odd = days.notna() & (RULES["days"][0](days) | (days > MOST_TERMS_DAYS))
    allowed = f"a whole number of days from 0 to {MOST_TERMS_DAYS:,} is expected"
    problems += in_rows(raw.file, "terms_days", stated, odd, allowed, "correct it")
    return days.mask(odd), odd | unreadable, problems


def with_terms_of_buyers(invoices: RawTable, terms: pd.Series) -> RawTable:
    """Return raw invoices with the days of payment of their buyers (`terms`, by id) where they state no due day.

    An invoice's own days of payment come before its buyer's. How many have these is told.
    """
    frame = invoices.frame
    if terms.empty or not {"buyer_id", "issued"} <= {*frame}:
        return invoices
    own = [frame[name].notna() for name in ("due", "terms_days") if name in frame]
    lacking = ~pd.concat(own, axis="columns").any(axis="columns") if own else pd.Series(True, index=frame.index)
    of_buyer = as_text(frame["buyer_id"]).map(terms).where(lacking)
    text = of_buyer.astype("Int64").astype("str").where(of_buyer.notna())
    days = frame["terms_days"].astype("object").where(~lacking, text) if "terms_days" in frame else text
    told = [(BY_TERMS_OF_BUYER, int(of_buyer.notna().sum()))] if of_buyer.notna().any() else []
    return replace(invoices, frame=frame.assign(terms_days=days), assumed=(*invoices.assumed, *told))


def terms_by_buyer(buyers: RawTable | None) -> pd.Series:
    """Return the days of payment of buyers that a raw table states, by id; those that are none are left to `typed`."""
    if buyers is None or not {"buyer_id", "terms_days"} <= {*buyers.frame}:
        return pd.Series(dtype="float64")
    days = terms_days(buyers)[0].set_axis(as_text(buyers.frame["buyer_id"]))
    return days[days.index.notna() & ~days.index.duplicated()].dropna()


def _expected(column: Column, formats: Formats, found: pd.Series, unreadable: pd.Series) -> tuple[str, str]:
    """Return what a column's values should be, and what to do where some cannot be read: by how they are written."""
    if column.kind == "date":
        allowed = f"a date between 1950 and 2100 written as {formats.dates} is expected"
        return allowed, _dates_remedy(found, found[unreadable], formats) if unreadable.any() else ""
    thousands = f", thousands mark {formats.thousands!r}" if formats.thousands else ", no thousands mark"
    allowed = f"a number is expected (decimal mark {formats.decimal!r}{thousands})"
    return allowed, _marks_remedy(column, found, found[unreadable]) if unreadable.any() else ""


def _dates_remedy(found: pd.Series, unreadable: pd.Series, formats: Formats) -> str:
    zone = "state the zone whose days count (formats: {zone: Europe/Berlin})"
    if isinstance(found.dtype, pd.DatetimeTZDtype):
        return zone
    if nothing := _stands_for_nothing(unreadable):
        return f"if it stands for no day, state so: `formats: {{empty: [{nothing}]}}`; else correct it"
    if (whole := told([found])) and whole.format != formats.dates:
        others = f" (or {', '.join(whole.others)})" if whole.others else ""
        return f"state how the file writes days: `formats: {{dates: {whole.format!r}}}`{others}"
    if (some := told([unreadable])) and some.format != formats.dates:
        ways = " or ".join((some.format, *some.others))
        return f"it is written as {ways}, unlike other rows: correct it, or export all days in one form"
    if unreadable.astype("str").str.contains(r"\d[T ]\d.*(?:Z|[+-]\d\d:?\d\d)$", regex=True).any():
        return f"state how the file writes instants (formats: {{dates: '%Y-%m-%dT%H:%M:%S%z'}}), and {zone}"
    return "correct it, or state how the file writes days (formats: {dates: …})"


def _stands_for_nothing(unreadable: pd.Series) -> str:
    """Return the few texts without a digit but 0 that unreadable cells hold, as YAML writes them; empty otherwise."""
    texts = unreadable.astype("str").unique()
    if len(texts) > MOST_NOTHINGS or any(re.search("[1-9]", text) for text in texts):
        return ""
    return ", ".join(json.dumps(text, ensure_ascii=False) for text in texts)


def _marks_remedy(column: Column, found: pd.Series, unreadable: pd.Series) -> str:
    def fits(values: pd.Series, marks: tuple[str, str]) -> bool:
        formats = Formats.model_validate({"decimal": marks[0], "thousands": marks[1]})
        return not in_type(values, column, formats)[1].any()

    for marks in MARKS:
        stated = f"decimal: {marks[0]!r}" + (f", thousands: {marks[1]!r}" if marks[1] else "")
        if fits(found, marks):
            return f"state how the file writes numbers: `formats: {{{stated}}}`"
        if fits(unreadable, marks):
            return f"it is written with {stated}, unlike other rows: correct it, or export all numbers in one form"
    if nothing := _stands_for_nothing(unreadable):
        return f"if it stands for no number, state so: `formats: {{empty: [{nothing}]}}`; else correct it"
    return (
        "correct it, or state the marks (formats: {decimal: …, thousands: …}); a currency stands in a column of its own"
    )


def _column_problems(
    raw: RawTable, column: Column, found: pd.Series, values: pd.Series, unreadable: pd.Series
) -> Iterator[Problem]:
    """Yield what a column's rule forbids: missing, below zero, out of range, not one of the allowed values."""
    if column.required:
        yield from in_rows(
            raw.file,
            column.name,
            found,
            values.isna() & ~unreadable,
            "is empty; every row needs a value",
            f"fill it in, or give one for all rows (tables.{raw.name}.constants)",
        )
    if column.allowed:
        yield from in_rows(
            raw.file,
            column.name,
            found,
            values.notna() & ~one_of(values, column.allowed),
            f"one of {', '.join(column.allowed)} is expected",
            f"translate it in the run file (tables.{raw.name}.values.{column.name}: {{theirs: ours}})",
        )
    if column.kind in RULES:
        broken, allowed, remedy = RULES[column.kind]
        if raw.name == "invoices" and column.name == "amount":
            remedy = NEGATIVE_INVOICES
        yield from in_rows(raw.file, column.name, found, values.notna() & broken(values), allowed, remedy)
