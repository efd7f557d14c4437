"""Turns raw tables into typed ones and finds all that is wrong with them; mends nothing and drops nothing."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.book.places import one_of, places
from tradecredit.book.rates import in_currency_of_invoice, rate_age_days
from tradecredit.book.schema import NEVER_EMPTY, TABLES, Column, Table, dtype
from tradecredit.book.sources import RawTable
from tradecredit.errors import Problem
from tradecredit.params.run import Run
from tradecredit.params.source import Formats

SHOWN = 10
"""Rows named for each kind of problem in a column; the rest are counted."""

CENT = 0.005
"""Amounts that differ by less than this are equal."""


def typed(raw: RawTable) -> tuple[pd.DataFrame, list[Problem]]:
    """Return a raw table with all columns of its schema in their types, and every value that does not fit.

    Values that cannot be read are missing in the frame and stand in the problems. The index stays the row in the file.
    """
    table = TABLES[raw.name]
    problems: list[Problem] = []
    columns = {}
    frame = raw.frame
    if "terms_days" in frame and "issued" in frame:
        frame, problems = _with_due(raw)
    for column in table.columns:
        if column.name not in frame:
            columns[column.name] = pd.Series(index=frame.index, dtype=dtype(column))
            continue
        values, unreadable = _values(frame[column.name], column, raw.formats)
        problems += _rows(raw.file, column.name, frame[column.name], unreadable, *_expected(column, raw.formats))
        columns[column.name] = values
        problems += _column_problems(raw, column, frame[column.name], values, unreadable)
    result = pd.DataFrame(columns, index=frame.index)
    if raw.name in NEVER_EMPTY and result.empty:
        problems.append(
            Problem(file=raw.file, allowed=f"holds no rows of {raw.name}", remedy="export it with its rows")
        )
    return result, problems


def relations(tables: dict[str, pd.DataFrame], files: dict[str, str], run: Run) -> list[Problem]:
    """Return what is wrong between rows: keys, references, order of dates, over-payment, currencies without a rate.

    `run`: its currency, its day, at whose rate limits and open items are translated, and how old a rate may be.
    """
    problems: list[Problem] = []
    for name, frame in tables.items():
        table = TABLES[name]
        file = files[name]
        problems += _key_problems(table, frame, file)
        for column, other in table.references.items():
            if other in tables and not tables[other].empty:  # that it holds no rows is told of it
                unknown = frame[column].notna() & ~one_of(frame[column], tables[other][column])
                problems += _rows(
                    file,
                    column,
                    frame[column],
                    unknown,
                    f"no row of {other} has this {column}",
                    f"add it to {files[other]}, or correct it here",
                    alike=frame[column],
                )
        for earlier, later in table.order:
            wrong = frame[earlier] > frame[later]
            problems += _rows(
                file,
                later,
                frame.loc[wrong, later].dt.date,
                wrong,
                f"lies before {earlier}",
                f"{later} must be on or after {earlier}: correct one of the two",
            )
    if {"invoices", "receipts"} <= tables.keys() and not (tables["invoices"].empty or tables["receipts"].empty):
        fx = tables.get("fx", TABLES["fx"].empty()).dropna(subset=["date", "currency"])
        problems += _receipt_problems(tables["invoices"], tables["receipts"], files["receipts"], fx, run.currency)
    if "invoices" in tables:
        invoices = tables["invoices"]
        problems += _rows(
            files["invoices"], "tax", invoices["tax"], invoices["tax"] > invoices["amount"] + CENT,
            "is more than the amount", "give the tax that the gross amount holds",
        )  # fmt: skip
    today = pd.Timestamp(run.as_of)
    for name, dated in (("invoices", "issued"), ("statements", "period_end"), ("receipts", "received")):
        if name in tables:
            day = tables[name][dated]
            if name == "invoices":
                day = day.mask(_asks_closing_rate(tables, run), today)
            problems += _rate_problems(tables[name], day, tables.get("fx"), files[name], run)
    if "limits" in tables:
        limits = tables["limits"]
        limits = limits[(limits["valid_from"] <= today) & ~(limits["valid_to"] < today)]
        problems += _rate_problems(limits, pd.Series(today, index=limits.index), tables.get("fx"), files["limits"], run)
    return problems


def _with_due(raw: RawTable) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the raw invoices with `due` = `issued` + `terms_days` where no due date is given."""
    frame = raw.frame
    terms = Column("terms_days", "days")
    days, unreadable = _values(frame["terms_days"], terms, raw.formats)
    problems = _rows(raw.file, "terms_days", frame["terms_days"], unreadable, *_expected(terms, raw.formats))
    issued, _ = _values(frame["issued"], TABLES["invoices"].column("issued"), raw.formats)
    computed = issued + pd.to_timedelta(days, unit="D")
    if "due" in frame:
        due, _ = _values(frame["due"], TABLES["invoices"].column("due"), raw.formats)
        if (frame["due"].notna() & due.isna()).any():
            return frame, problems
        computed = due.fillna(computed)
    return frame.assign(due=computed), problems


def _values(raw: pd.Series, column: Column, formats: Formats) -> tuple[pd.Series, pd.Series]:
    """Return a column's values in its type and a mask of those that hold something unreadable."""
    if column.kind == "text":
        text = raw
        if pd.api.types.is_float_dtype(raw) and (raw.dropna() % 1 == 0).all():
            text = raw.astype("Int64")
        values = text.astype("str").where(raw.notna()).astype("str")
        return values, pd.Series(False, index=raw.index)
    if column.kind == "date":
        if isinstance(raw.dtype, pd.DatetimeTZDtype):
            raw = raw.dt.tz_localize(None)
        if pd.api.types.is_datetime64_any_dtype(raw):
            values = raw.dt.normalize()
        elif _holds_text(raw):
            values = pd.to_datetime(raw, format=formats.dates, errors="coerce").dt.normalize()
        else:
            values = pd.to_datetime(raw.astype("object"), errors="coerce").dt.normalize()
        values = values.astype("datetime64[us]")
        values = values.where(values.dt.year.between(1950, 2100))
    elif pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        values = raw.astype("float64")
    else:
        text = raw.astype("str")
        if formats.thousands:
            mark, point = re.escape(formats.thousands), re.escape(formats.decimal)
            grouped = text.str.fullmatch(rf"[+-]?(\d{{1,3}}({mark}\d{{3}})+|\d+)({point}\d*)?")
            text = text.where(grouped.fillna(False).astype(bool), "unreadable")
            text = text.str.replace(formats.thousands, "", regex=False)
        if formats.decimal == ",":
            text = text.where(~text.str.contains(".", regex=False), "unreadable").str.replace(",", ".", regex=False)
        plain = text.str.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
        values = pd.to_numeric(text.where(plain.fillna(False).astype(bool)), errors="coerce").astype("float64")
    if values.dtype == "float64":
        values = values.where(values.abs() != float("inf"))
    return values, raw.notna() & values.isna()


def _holds_text(raw: pd.Series) -> bool:
    if isinstance(raw.dtype, pd.StringDtype):
        return True
    return pd.api.types.is_string_dtype(raw) and raw.map(lambda value: isinstance(value, str), na_action="ignore").all()


def _expected(column: Column, formats: Formats) -> tuple[str, str]:
    if column.kind == "date":
        return (
            f"a date between 1950 and 2100 written as {formats.dates} is expected",
            f"correct it, or state the file's way of writing (tables: formats: {{dates: …}}; now {formats.dates})",
        )
    thousands = f", thousands mark {formats.thousands!r}" if formats.thousands else ", no thousands mark"
    return (
        f"a number is expected (decimal mark {formats.decimal!r}{thousands})",
        "correct it, or state the marks (tables: formats: {decimal: …, thousands: …})",
    )


def _column_problems(
    raw: RawTable, column: Column, found: pd.Series, values: pd.Series, unreadable: pd.Series
) -> Iterator[Problem]:
    """Yield what a column's rule forbids: missing, below zero, out of range, not one of the allowed values."""
    if column.required:
        yield from _rows(
            raw.file,
            column.name,
            found,
            values.isna() & ~unreadable,
            "is empty; every row needs a value",
            f"fill it in, or give one for all rows (tables.{raw.name}.constants)",
        )
    if column.allowed:
        yield from _rows(
            raw.file,
            column.name,
            found,
            values.notna() & ~one_of(values, column.allowed),
            f"one of {', '.join(column.allowed)} is expected",
            f"translate it in the run file (tables.{raw.name}.values.{column.name}: {{theirs: ours}})",
        )
    rules = (
        {
            "amount": (
                values < 0,
                "must not be negative",
                "correct it; a credit note is a receipt of kind credit_note",
            ),
            "days": ((values < 0) | (values % 1 != 0), "a whole number of days, 0 or more, is expected", "correct it"),
            "fraction": ((values < 0) | (values > 1), "a fraction from 0 to 1 is expected", "write 2 % as 0.02"),
            "number": (values <= 0, "must be above zero", "correct it"),
            "grade": (~values.isin(range(1, 11)), "a whole grade from 1 (best) to 10 is expected", "correct it"),
        }
        if column.kind not in ("text", "date")
        else {}
    )
    if column.kind in rules:
        wrong, allowed, remedy = rules[column.kind]
        yield from _rows(raw.file, column.name, found, values.notna() & wrong, allowed, remedy)


def _key_problems(table: Table, frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    keys = list(table.key)
    known = frame[frame[table.columns[0].name].notna()]
    again = known.duplicated(keys, keep="first").reindex(frame.index, fill_value=False)
    wrong = frame.loc[again, keys]
    yield from _rows(
        file,
        ", ".join(keys),
        wrong.astype("str").fillna("–").agg(", ".join, axis="columns") if len(keys) > 1 else wrong[keys[0]],
        again,
        "stands in more than one row; it must be unique",
        f"remove the repeated row, or state `distinct: true` (tables.{table.name}) where whole rows repeat",
    )


def _receipt_problems(
    invoices: pd.DataFrame, receipts: pd.DataFrame, file: str, fx: pd.DataFrame, reporting: str
) -> Iterator[Problem]:
    by_id = invoices.dropna(subset="invoice_id").drop_duplicates("invoice_id")
    place = places(receipts["invoice_id"], by_id["invoice_id"])
    known = by_id[["issued", "amount", "currency"]].reset_index(drop=True)
    invoice = known.reindex(place).set_axis(receipts.index)
    early = receipts["received"] < invoice["issued"]
    yield from _rows(
        file,
        "received",
        receipts.loc[early, "received"].dt.date,
        early,
        "lies before the invoice's issue",
        "use the day on which the money was applied to the invoice",
    )
    # What the insurer has paid is no money of the debtor's: what its estate brings in later may come on top, and is
    # shared with the insurer (definitions §5.9).
    claim = receipts["kind"] == "claim"
    amount, other = in_currency_of_invoice(receipts, invoice["currency"], fx, reporting)
    applied = pd.Series(amount, index=receipts.index).groupby([place, claim]).cumsum().where(place >= 0)
    # A bank pays out by a rate of its own: what comes in another currency hardly ever is the amount to the cent.
    by_bank = pd.Series(other, index=receipts.index).groupby(place).transform("any")
    over = (applied > invoice["amount"] + CENT) & ~by_bank
    described = receipts.loc[over, "amount"].astype("str") + " on invoice " + receipts.loc[over, "invoice_id"]
    yield from _rows(
        file,
        "amount",
        described,
        over,
        "receipts add up to more than the invoice, claims and others each for themselves",
        "apply the surplus to the invoice that it belongs to, or correct the amount",
    )


def _asks_closing_rate(tables: dict[str, pd.DataFrame], run: Run) -> pd.Series:
    """Return of each invoice in another currency whether it is open today and its rate of the day of issue stands.

    Open items stand at the closing rate of the run's day, whose age is then what is left to be looked at. What dust or
    a bank's difference leaves asks for none.
    """
    invoices, settings, today = tables["invoices"], run.receivables, pd.Timestamp(run.as_of)
    foreign = invoices["currency"].notna() & (invoices["currency"] != run.currency) & (invoices["issued"] <= today)
    fx = tables.get("fx", TABLES["fx"].empty()).dropna(subset=["date", "currency"])
    asks, of = pd.Series(False, index=invoices.index), invoices[foreign]
    of = of.dropna(subset="invoice_id").drop_duplicates("invoice_id")
    receipts = tables.get("receipts", TABLES["receipts"].empty())
    receipts = receipts[receipts["received"] <= today]
    place = places(receipts["invoice_id"], of["invoice_id"])
    receipts, place = receipts[place >= 0], place[place >= 0]
    invoiced = of["currency"].iloc[place].set_axis(receipts.index)
    amount, other = in_currency_of_invoice(receipts, invoiced, fx, run.currency)
    left = of["amount"] - np.bincount(place, np.nan_to_num(amount), len(of))
    by_bank = np.bincount(place[other], minlength=len(of)) > 0
    least = np.where(by_bank, max(settings.dust.share, settings.exchange_tolerance), settings.dust.share)
    in_time = rate_age_days(fx, of["currency"], of["issued"]) <= run.oldest_rate_days
    asks[of.index] = (left > least * of["amount"] + CENT) & in_time
    return asks


def _rate_problems(
    frame: pd.DataFrame, day: pd.Series, fx: pd.DataFrame | None, file: str, run: Run
) -> Iterator[Problem]:
    """Yield the currencies that have no rate on or before a row's day, and those whose last one is too old for it."""
    foreign = frame["currency"].notna() & (frame["currency"] != run.currency) & day.notna()
    if not foreign.any():
        return
    frame, day = frame[foreign], day[foreign]
    fx = TABLES["fx"].empty() if fx is None else fx.dropna(subset=["date", "currency"])
    age = pd.Series(rate_age_days(fx, frame["currency"], day), index=frame.index)
    found = frame["currency"] + " on " + day.dt.strftime("%Y-%m-%d")
    yield from _rows(
        file,
        "currency",
        found,
        age.isna(),
        f"has no rate to {run.currency} on or before that day",
        f"add it to the fx table, or correct the currency; amounts in {run.currency} need no rate",
        alike=frame["currency"],
    )
    old = age > run.oldest_rate_days
    for currency, oldest in age[old].groupby(frame["currency"][old]).max().items():
        yield from _rows(
            file,
            "currency",
            found,
            old & (frame["currency"] == currency),
            f"the last rate to {run.currency} by then is up to {oldest:,.0f} days old; at most {run.oldest_rate_days} "
            "are allowed",
            "add newer rates to the fx table, or state how old one may be (oldest_rate_days)",
            alike=frame["currency"],
        )


def _rows(
    file: str,
    column: str,
    found: pd.Series,
    wrong: pd.Series,
    allowed: str,
    remedy: str,
    *,
    alike: pd.Series | None = None,
) -> list[Problem]:
    """Return a problem for each of the first rows that are wrong; the last one counts the others.

    `found` has what stands in these rows at least. Rows with the same value of `alike` are one problem, named at the
    first of them.
    """
    rows = wrong[wrong.fillna(False).astype(bool)].index
    each = pd.Series(rows if alike is None else alike.loc[rows].to_numpy(), index=rows)
    first, more = rows[~each.duplicated()], each.map(each.value_counts()) - 1
    shown = first[:SHOWN]
    others = more.loc[shown].to_list()
    if len(shown):
        others[-1] += len(rows) - len(shown) - sum(others)
    problems = []
    for row, further in zip(shown, others, strict=True):
        value = found.loc[row]
        problems.append(
            Problem(
                file=file,
                row=int(row),
                column=column,
                value=None if pd.isna(value) else value,
                allowed=allowed,
                remedy=remedy,
                others=int(further),
            )
        )
    return problems
