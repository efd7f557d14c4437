"""How a list writes its figures and days, as its own columns tell."""

import re
from zoneinfo import available_timezones

import pandas as pd

from tradecredit.book.exports import amounts
from tradecredit.book.exports.answers import AS_WRITTEN
from tradecredit.book.exports.broken import AMOUNTS, DAYS
from tradecredit.book.exports.days import Told, days, days_of, months_alone, told
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import is_day, plain
from tradecredit.book.instants import stored, where_midnight
from tradecredit.params.export import ExportSource

ZONES = (
    "UTC", "Europe/London", "Europe/Berlin", "Europe/Athens", "America/New_York", "America/Chicago", "America/Denver",
    "America/Los_Angeles", "America/Sao_Paulo", "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo",
    "Australia/Sydney",
)  # fmt: skip
"""Zones that are tried for days that a system has stored as instants."""
MOSTLY_DAYS = 0.95
CENTS = re.compile(r"\b(?:cents?|centimes?|centavos?|pence|minor units?)\b")
"""What columns of amounts in hundredths are called."""
ODD_SHOWN = 5
"""Cells that are no day, which a guess names."""


def decimal_mark(seen: Seen) -> Settled:
    """Return `form` with the decimal mark of all amounts; a point, as an open guess, where marks may be either."""
    key = "source.form.decimal"
    cells = [seen.raw[role].dropna() for role in AMOUNTS if role != "quantity"]
    texts = [str(cell) for column in cells for cell in column.unique() if isinstance(cell, str)]
    mark = seen.answers.get(key) or amounts.decimal_mark(texts)
    guesses: tuple[Guess, ...] = ()
    if mark is None and any(re.search(r"[.,]", text) for text in texts):
        guesses = (Guess(key, ".", (",",), open=True),)
    elif mark is not None and texts:
        guesses = (Guess(key, mark),)
    return Settled({"form": seen.source.form.model_copy(update={"decimal": mark or "."})}, guesses)


def hundredths(seen: Seen) -> Settled:
    """Return `form` with amounts in hundredths, as an open guess: a system's, or so called, and none has a part."""
    named = [plain(str(names)) for role, names in seen.source.columns.items() if role in AMOUNTS]
    if not seen.system.hundredths and not any(map(CENTS.search, named)):
        return Settled()
    form = seen.source.form
    values = pd.concat([amounts.amounts(seen.raw[role], form.decimal) for role in AMOUNTS])
    if (values.dropna() % 1 != 0).any():
        return Settled()
    return Settled(
        {"form": form.model_copy(update={"hundredths": True})}, (Guess("source.form.hundredths", "true", open=True),)
    )


def date_forms(seen: Seen) -> Settled:
    """Return `form` with how days are written by role (`all`: alike), and the first day of the year of days without.

    Cells that are no day in this writing are named in a guess: the run file keeps the writing, their rows are problems.
    """
    if seen.system.dates:
        year = seen.titles.get("year_from")
        first = pd.to_datetime(year, format="%Y%m%d").date() if year else None
        form = seen.source.form.model_copy(update={"dates": seen.system.dates, "year_from": first})
        return Settled({"form": form})
    answer = seen.answers.get("source.form.dates")
    if answer:
        return Settled({"form": seen.source.form.model_copy(update={"dates": {"all": answer}})})
    held = {role: seen.raw[role] for role in DAYS if seen.raw[role].notna().any()}
    pairs = [(held["issued"], held["due"])] if {"issued", "due"} <= held.keys() else []
    together = told(list(held.values()), pairs)
    forms = {"all": together} if together is not None else {role: told([column]) for role, column in held.items()}
    found = {role: form for role, form in forms.items() if form is not None}
    # A column with some cells that are no days is written as the others are.
    for role in held.keys() - found.keys() if together is None else ():
        formats = [form.format for form in found.values()]
        most = held[role].notna().sum() / 2
        if fits := [one for one in formats if days(held[role], one).notna().sum() > most]:
            found[role] = Told(fits[0])
    guesses = [
        Guess(
            "source.form.dates" if role == "all" else f"source.form.dates.{role}", form.format, form.others,
            open=bool(form.others) or months_alone(form.format),
        )
        for role, form in found.items()
    ]  # fmt: skip
    if odd := [cell for form in found.values() for cell in form.odd]:
        more = f" and {len(odd) - ODD_SHOWN:,} more" if len(odd) > ODD_SHOWN else ""
        named = ", ".join(map(repr, odd[:ODD_SHOWN])) + more
        guesses.append(Guess("source.form.dates.odd", named, open=True))
    dates = {role: form.format for role, form in found.items()}
    return Settled({"form": seen.source.form.model_copy(update={"dates": dates})}, tuple(guesses))


def due_elsewhere(seen: Seen) -> Settled:
    """Return `columns` and `form` with the column of due days that a system may fill with something else.

    It is one where nearly all that stands in it are days, none before its document's, and no other column has any. An
    open guess.
    """
    source = seen.source
    if seen.raw["due"].notna().any():
        return Settled()
    issued = days_of(seen.raw["issued"], "issued", source.form)
    for name, form in seen.system.due_in.items():
        if name not in seen.found:
            continue
        cells = seen.found[name].set_axis(seen.raw.index)
        read = days(cells, form)
        later = (read >= issued)[read.notna()]
        if read.notna().any() and read.notna().sum() >= MOSTLY_DAYS * cells.notna().sum() and later.all():
            dates = {**source.form.dates, "due": form}
            return Settled(
                {"columns": {**source.columns, "due": name}, "form": source.form.model_copy(update={"dates": dates})},
                (Guess("source.columns.due", name, open=True),),
            )
    return Settled()


def days_elsewhere(source: ExportSource, every: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Return the column of days of issue and the one that holds days where it is empty; empty without such rows.

    Payments may stand without the day of a document, and have that of their posting alone. The other column holds days
    in all rows of documents, and in those with an amount and no day of theirs. `every`: the cells by role.
    """
    first = source.columns.get("issued")
    if not isinstance(first, str):
        return []
    dated, in_due = (_are_days(every[role]) for role in ("issued", "due"))
    lacking = every["issued"].isna() & every["due"].isna()
    undated = lacking & every[["amount", "debit", "credit", "open"]].notna().any(axis="columns")
    used = set(source.named_columns)
    for name in [name for name in found if name not in used and not str(name).startswith("above: ")]:
        is_one = _are_days(found[name])
        # A number such as 0 can be read as a day too.
        alike = _are_numbers(found[name]) == _are_numbers(every["issued"]) and len(found[name].dropna().unique()) > 1
        if alike and (is_one & undated).any() and is_one[dated | in_due].mean() > MOSTLY_DAYS:
            return [first, str(name)]
    return []


def _are_numbers(column: pd.Series) -> bool:
    """Return whether all that a column holds are numbers."""
    return bool(column.dropna().astype("str").map(amounts.is_amount).all())


def _are_days(column: pd.Series) -> pd.Series:
    """Return which cells of a column hold a day, in some writing."""
    return column.map(is_day, na_action="ignore").eq(True)


def zone(seen: Seen) -> Settled:
    """Return `form` with the zone whose days count, where days are instants, as an open guess.

    Of stored instants it is the zone that the file names with them, else the one in which all of them begin a day, else
    UTC; text with a zone behind it is the day as written.
    """
    key = "source.form.zone"
    form = seen.source.form
    held = [seen.raw[role] for role in DAYS]
    instants = pd.concat([stored(column) for column in held])
    in_text = any("%z" in one and "%H" in one for one in form.dates.values())
    if instants.empty and not in_text:
        return Settled()
    answer = seen.answers.get(key)
    if answer and not (answer == AS_WRITTEN and len(instants)):
        taken = None if answer == AS_WRITTEN else answer
        return Settled({"form": form.model_copy(update={"zone": taken})}, (Guess(key, answer),))
    if instants.empty:
        return Settled({}, (Guess(key, AS_WRITTEN, open=True),))
    named = [str(column.dtype.tz) for column in held if isinstance(column.dtype, pd.DatetimeTZDtype)]
    local = [name for name in named if name in available_timezones() and name not in ("UTC", "Etc/UTC")]
    taken = next(iter([*local, *where_midnight(instants, ZONES)]), "UTC")
    return Settled({"form": form.model_copy(update={"zone": taken})}, (Guess(key, taken, open=True),))
