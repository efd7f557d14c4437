"""Finds all that is wrong between the rows of a book's tables; mends nothing and drops nothing."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.book.links import Links, repeated
from tradecredit.book.merging import MERGED
from tradecredit.book.places import one_of
from tradecredit.book.problems import in_rows, of_table
from tradecredit.book.rates import in_currency_of_invoice, rate_age_days
from tradecredit.book.schema import TABLES, Table
from tradecredit.errors import Problem
from tradecredit.params.run import Run

CENT = 0.005
"""Amounts that differ by less than this are equal."""
OLD_LEDGER_DAYS = 31
"""A ledger whose last entry is older than this on the day of the report is an old one."""
_ORDINARY = ("payment", "credit_note", "discount", "undated")
BOUNDED = {"write_off": _ORDINARY, "recovery": _ORDINARY, "claim": ()}
"""Kinds of receipts that may not take an invoice beyond its amount, and the kinds that count beside each."""


def relations(tables: dict[str, pd.DataFrame], files: dict[str, str], run: Run, linked: Links) -> list[Problem]:
    """Return what is wrong between rows: keys, references, order of dates, over-payment, currencies without a rate.

    `linked`: the `links` of the tables. `run`: its currency, its day, at whose rate limits and open items are
    translated, and how old a rate may be.
    """
    problems: list[Problem] = []
    for name, frame in tables.items():
        own = [
            *_key_problems(TABLES[name], frame, files[name], run),
            *_reference_problems(tables, name, files, linked),
            *_order_problems(TABLES[name], frame, files[name]),
        ]
        problems += of_table(name, own)
    if {"invoices", "receipts"} <= tables.keys() and not (tables["invoices"].empty or tables["receipts"].empty):
        of_receipts = _receipt_problems(tables, linked["receipts", "invoice_id"], files["receipts"], run)
        problems += of_table("receipts", of_receipts)
    if "invoices" in tables:
        invoices = tables["invoices"]
        found = in_rows(
            files["invoices"], "tax", invoices["tax"], invoices["tax"] > invoices["amount"] + CENT,
            "is more than the amount", "give the tax that the gross amount holds",
        )  # fmt: skip
        problems += of_table("invoices", found)
    return problems + _untranslated(tables, files, run, linked)


def _reference_problems(
    tables: dict[str, pd.DataFrame], name: str, files: dict[str, str], linked: Links
) -> Iterator[Problem]:
    """Yield the rows of a table that name a row which the table that they refer to has not."""
    frame = tables[name]
    for column, other in TABLES[name].references.items():
        # That it holds no rows, or has not this column, is told of it.
        if other in tables and tables[other][column].notna().any():
            unknown = frame[column].notna() & (linked[name, column] < 0)
            if unknown.any():
                yield from in_rows(
                    files[name],
                    column,
                    frame[column],
                    unknown,
                    f"no row of {other} has this {column}",
                    _where_else(frame.loc[unknown, column], tables[other][column], files[other]),
                    alike=frame[column],
                )


def _order_problems(table: Table, frame: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Yield the rows in which a day lies before the one that it follows."""
    for earlier, later in table.order:
        wrong = frame[earlier] > frame[later]
        yield from in_rows(
            file,
            later,
            frame.loc[wrong, later].dt.date,
            wrong,
            f"lies before {earlier}",
            f"{later} must be on or after {earlier}: correct one of the two",
        )


def _untranslated(tables: dict[str, pd.DataFrame], files: dict[str, str], run: Run, linked: Links) -> list[Problem]:
    """Return the rows of all tables whose currencies have no rate, or too old a one, on the day that counts."""
    today, problems = pd.Timestamp(run.as_of), []
    for name, dated in (("invoices", "issued"), ("statements", "period_end"), ("receipts", "received")):
        if name in tables:
            day = tables[name][dated]
            if name == "invoices":
                day = day.mask(_asks_closing_rate(tables, linked, run), today)
            problems += of_table(name, _rate_problems(tables, name, day, files[name], run))
    for name, begins, ended in (("limits", "valid_from", "valid_to"), ("orders", "date", "closed")):
        if name in tables:
            frame = tables[name]
            frame = frame[(frame[begins] <= today) & ~(frame[ended] < today)]
            day = pd.Series(today, index=frame.index)
            problems += of_table(name, _rate_problems(tables | {name: frame}, name, day, files[name], run))
    return problems


def _where_else(unknown: pd.Series, known: pd.Series, file: str) -> str:
    """Return the remedy for ids that are nowhere in the file of their table."""
    bare = known.str.lstrip("0")
    other = known[one_of(bare, unknown.str.lstrip("0"))]
    if len(other):
        return f"{file} has {other.iloc[0]!r}: write leading zeros in both files or in none; spreadsheets drop them"
    return f"add it to {file}, or correct it here"


def _key_problems(table: Table, frame: pd.DataFrame, file: str, run: Run) -> Iterator[Problem]:
    """Yield the rows whose key an earlier one has; `run`: the table's sources, and which buyers it merges."""
    keys, has_id = list(table.key), frame[table.columns[0].name].notna().to_numpy()
    again = np.zeros(len(frame), dtype=bool)
    again[has_id] = repeated(frame[keys] if has_id.all() else frame.loc[has_id, keys])
    if not again.any():
        return
    known, wrong, again = frame[has_id], frame.loc[again, keys], pd.Series(again, index=frame.index)
    alike = known[known.duplicated(keys, keep=False)].groupby(keys)
    apart = [name for name in table.names if name not in keys and (alike[name].nunique().gt(1)).any()]
    remedy = f"state `distinct: true` (tables.{table.name}) where whole rows repeat, or remove the repeated row"
    if apart and all(table.column(name).kind in ("amount", "signed") for name in apart):
        parts_of_one = f"state `combine: sum` (tables.{table.name}) where they are parts of one"
        if len(run.sources_of(table.name)) > 1:  # the rows of one source alone are added up
            parts_of_one = f"leave the row out of all sources but one (tables.{table.name}: where)"
        remedy = f"{parts_of_one}, or give each an id of its own"
    elif apart:
        remedy = (
            f"the rows contradict each other in {', '.join(apart)}: correct them, give each an id of its own, or state "
            f"`distinct: latest` (tables.{table.name}) where the latest row counts"
        )
    # `distinct` and `combine` go by the numbers before they are merged.
    if any(one_of(wrong[key], run.merge.values()).any() for key in keys if key in MERGED and run.merge):
        apart_in = f"the rows contradict each other in {', '.join(apart)}: " if apart else ""
        remedy = f"{apart_in}both numbers of a buyer that is merged (merge) have such a row: take one out of {file}"
    yield from in_rows(
        file,
        ", ".join(keys),
        wrong.astype("str").fillna("–").agg(", ".join, axis="columns") if len(keys) > 1 else wrong[keys[0]],
        again,
        "stands in more than one row; it must be unique",
        remedy,
    )


def _receipt_problems(tables: dict[str, pd.DataFrame], place: np.ndarray, file: str, run: Run) -> Iterator[Problem]:
    """Yield what is wrong with receipts beside their invoices, at whose `place` they are; −1 without one."""
    invoices, receipts = tables["invoices"], tables["receipts"]
    issued = np.append(invoices["issued"].to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))[place]
    early = receipts["received"] < issued
    yield from in_rows(
        file,
        "received",
        receipts.loc[early, "received"].dt.date,
        early,
        "lies before the invoice's issue",
        "use the day on which the money was applied to the invoice",
    )
    yield from in_rows(
        file,
        "invoice_id",
        receipts["amount"],
        receipts["invoice_id"].isna() & receipts["buyer_id"].isna(),
        "names neither an invoice nor a buyer",
        "name the invoice that it settles, or the buyer whose credit on account it is",
    )
    negative = receipts["amount"] < 0
    yield from in_rows(
        file,
        "amount",
        receipts["amount"],
        negative & ~one_of(receipts["kind"], ["payment"]),
        "must not be negative",
        "correct it; only a payment may be negative: one that the bank has returned",
    )
    yield from _returns(receipts, place, file)
    yield from _above_invoices(tables, place, file, run)


def _returns(receipts: pd.DataFrame, place: np.ndarray, file: str) -> Iterator[Problem]:
    """Yield the payments below zero that return more of their invoice than was paid on it by then."""
    negative = (receipts["amount"] < 0).to_numpy()
    rows = _of_same_invoices(receipts["received"], place, negative & (place >= 0))
    so_far = receipts["amount"].iloc[rows].groupby(place[rows]).cumsum().to_numpy()
    returned = _at(receipts, rows[negative[rows] & (so_far < -CENT)])
    yield from in_rows(
        file,
        "amount",
        receipts.loc[returned, "amount"].map("{:g}".format),
        returned,
        "returns more than was paid on the invoice by then",
        "a negative payment is one that the bank has returned: give what it returns, or leave both out",
    )


def _above_invoices(tables: dict[str, pd.DataFrame], place: np.ndarray, file: str, run: Run) -> Iterator[Problem]:
    """Yield the receipts of `BOUNDED` kinds that take their invoice beyond its amount."""
    invoices, receipts = tables["invoices"], tables["receipts"]
    rows = _of_same_invoices(receipts["received"], place, one_of(receipts["kind"], BOUNDED) & (place >= 0))
    beside, place = receipts.iloc[rows], place[rows]
    # A bank pays out by a rate of its own: what comes in another currency hardly ever is the amount to the cent.
    fx = tables.get("fx", TABLES["fx"].empty()).dropna(subset=["date", "currency"])
    amount, other = in_currency_of_invoice(beside, place, invoices["currency"], fx, run.currency)
    bounded = ~np.isin(place, place[other])
    invoiced = invoices["amount"].to_numpy(float)[place]
    for kind, others in BOUNDED.items():
        # Money may come in after the rest was written off or a claim was paid, and what a buyer pays too much is its
        # credit (`measure/on_account.py`): only what we ourselves, the insurer or the estate give is bounded.
        of_kind = one_of(beside["kind"], [kind])
        counted = pd.Series(np.where(one_of(beside["kind"], [kind, *others]), amount, 0.0))
        applied = counted.groupby(place).cumsum().to_numpy()
        over = _at(receipts, rows[of_kind & bounded & (applied > invoiced + CENT)])
        wrong = receipts.loc[over, ["amount", "invoice_id"]]
        yield from in_rows(
            file,
            "amount",
            wrong["amount"].astype("str") + " on invoice " + wrong["invoice_id"],
            over,
            f"receipts of kind {', '.join([kind, *others])} add up to more than the invoice",
            "apply the surplus to the invoice that it belongs to, or correct the amount",
        )


def _of_same_invoices(received: pd.Series, place: np.ndarray, some: np.ndarray) -> np.ndarray:
    """Return the rows of all receipts on the invoices that `some` of them are on, in the order of their days."""
    asked = np.zeros(place.max(initial=-1) + 2, dtype=bool)
    asked[place[some]] = True
    rows = np.flatnonzero(asked[place])
    return rows[np.argsort(received.to_numpy()[rows], kind="stable")]


def _at(frame: pd.DataFrame, rows: np.ndarray) -> pd.Series:
    """Return a mask of a table that holds at some of its rows."""
    mask = pd.Series(False, index=frame.index)
    mask.iloc[rows] = True
    return mask


def _asks_closing_rate(tables: dict[str, pd.DataFrame], linked: Links, run: Run) -> pd.Series:
    """Return of each invoice in another currency whether it is open today and its rate of the day of issue stands.

    Open items stand at the closing rate of the run's day, whose age is then what is left to be looked at. What dust or
    a bank's difference leaves asks for none.
    """
    invoices, settings, today = tables["invoices"], run.receivables, pd.Timestamp(run.as_of)
    foreign = invoices["currency"].notna() & (invoices["currency"] != run.currency) & (invoices["issued"] <= today)
    fx = tables.get("fx", TABLES["fx"].empty()).dropna(subset=["date", "currency"])
    rows = np.flatnonzero(foreign & invoices["invoice_id"].notna())
    asks, of = pd.Series(False, index=invoices.index), invoices[["currency", "issued", "amount"]].iloc[rows]
    among = np.full(len(invoices) + 1, -1)
    among[rows] = np.arange(len(rows))
    receipts = tables.get("receipts", TABLES["receipts"].empty())
    place = among[linked.get(("receipts", "invoice_id"), np.empty(0, dtype=np.intp))]
    counted = (place >= 0) & (receipts["received"] <= today).to_numpy()
    receipts, place = receipts.loc[counted, ["received", "amount", "currency"]], place[counted]
    amount, other = in_currency_of_invoice(receipts, place, of["currency"], fx, run.currency)
    left = of["amount"] - np.bincount(place, np.nan_to_num(amount), len(of))
    by_bank = np.bincount(place[other], minlength=len(of)) > 0
    least = np.where(by_bank, max(settings.dust.share, settings.exchange_tolerance), settings.dust.share)
    in_time = rate_age_days(fx, of["currency"], of["issued"]) <= run.oldest_rate_days
    asks[of.index] = (left > least * of["amount"] + CENT) & in_time
    return asks


def _last_entry(tables: dict[str, pd.DataFrame]) -> pd.Timestamp:
    """Return the day of the last invoice or receipt; missing without any."""
    dated = (("invoices", "issued"), ("receipts", "received"))
    return pd.Series([tables[name][day].max() for name, day in dated if name in tables], dtype="datetime64[us]").max()


def _rate_problems(
    tables: dict[str, pd.DataFrame], name: str, day: pd.Series, file: str, run: Run
) -> Iterator[Problem]:
    """Yield the currencies that have no rate on or before a row's day, and those whose last one is too old for it."""
    currency, fx = tables[name]["currency"], tables.get("fx")
    foreign = currency.notna() & (currency != run.currency) & day.notna()
    if not foreign.any():
        return
    currency, day = currency[foreign], day[foreign]
    fx = TABLES["fx"].empty() if fx is None else fx.dropna(subset=["date", "currency"])
    age = pd.Series(rate_age_days(fx, currency, day), index=currency.index)
    old = age > run.oldest_rate_days
    wrong = age.isna() | old
    if not wrong.any():
        return
    found = currency[wrong] + " on " + day[wrong].dt.strftime("%Y-%m-%d")
    yield from in_rows(
        file,
        "currency",
        found,
        age.isna(),
        f"has no rate to {run.currency} on or before that day",
        f"{'add it to the fx table' if len(fx) else 'add a table fx (date, currency, rate)'}, or correct the currency; "
        f"amounts in {run.currency} need no rate",
        alike=currency,
    )
    remedy = "add newer rates to the fx table, or state how old one may be (oldest_rate_days)"
    last = _last_entry(tables)
    ended = (pd.Timestamp(run.as_of) - last).days > OLD_LEDGER_DAYS
    if len(fx) and ended and (last - fx["date"].max()).days <= run.oldest_rate_days:
        remedy = f"the ledger's last entry is of {last.date()}: state `as_of: {last.date()}`, or {remedy}"
    for one, oldest in age[old].groupby(currency[old]).max().items():
        yield from in_rows(
            file,
            "currency",
            found,
            old & (currency == one),
            f"the last rate to {run.currency} by then is up to {oldest:,.0f} days old; at most {run.oldest_rate_days} "
            "are allowed",
            remedy,
            alike=currency,
        )
