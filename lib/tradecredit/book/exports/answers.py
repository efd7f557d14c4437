"""Answers to what an export does not tell: in the form that the run file wants them, or refused."""

import re
from collections.abc import Iterator
from datetime import date
from zoneinfo import available_timezones

import pandas as pd

from tradecredit.book.exports.amounts import code_of
from tradecredit.book.exports.days import COUNTED, FORMATS, told
from tradecredit.errors import Problem

EXAMPLE = date(2026, 10, 31)
"""A day that is read in one way alone."""

AS_WRITTEN = "as written"
WANTED = {
    "currency": "three letters, such as EUR",
    "source.exported": "a day written as YYYY-MM-DD",
    "source.terms_days": "a whole number of days",
    "source.form.decimal": "a point or a comma",
    "source.form.zone": "a time zone such as Europe/Berlin, or: as written",
    "source.form.dates": "31 October 2026 as the file would write it, such as 31.10.2026 or 10/31/2026",
}
"""Key of a guess: what an answer has to be; any other key takes any text."""


def understood(key: str, answer: str, days_form: str | None = None) -> str | None:
    """Return an answer in the form that the run file wants it; None where it cannot be read.

    A day may be written as ISO 8601 has it, or as the file writes its days (`days_form`).
    """
    text = answer.strip()
    if key == "currency":
        return code_of(text) if re.fullmatch("[A-Za-z]{3}", text) else None
    if key == "source.exported":
        forms = [form for form in ("%Y-%m-%d", days_form) if form]
        read = [pd.to_datetime(text, format=form, errors="coerce") for form in forms]
        return next((str(day.date()) for day in read if pd.notna(day)), None)
    if key == "source.terms_days":
        days = re.fullmatch(r"(?:net )?(\d{1,3})(?: ?[^\W\d]+)?", text, re.IGNORECASE)
        return days[1] if days else None
    if key == "source.form.decimal":
        return text if text in (".", ",") else None
    if key == "source.form.zone":
        return text if text == AS_WRITTEN or text in available_timezones() else None
    if key == "source.form.dates":
        return text if text in COUNTED or re.search("%[mbB]", text) else _written_so(text)
    return text or None


def by_example(form: str) -> str:
    """Return what `EXAMPLE` looks like in a way of writing days, for who knows no codes of `strptime`.

    >>> by_example("%d. %B %Y"), by_example("serial"), by_example("clarion")
    ('31. October 2026', '46326', '82487')
    """
    counted = COUNTED.get(form)
    return str((EXAMPLE - counted.begin).days * counted.in_a_day) if counted else EXAMPLE.strftime(form)


def _written_so(text: str) -> str | None:
    """Return the way in which a day is written; None where it is none, or may be read in several ways."""
    own = next((form for form in FORMATS if by_example(form) == text), None)
    found = told([pd.Series([text])])
    return own or (found.format if found and not found.others else None)


def refused(answers: dict[str, str]) -> Iterator[Problem]:
    """Yield a problem for each answer that cannot be read."""
    for key, answer in answers.items():
        if understood(key, answer) is None:
            yield Problem(
                file="answers", column=key, value=answer, allowed=f"{WANTED.get(key, 'a text')} is expected",
                remedy="answer so, or leave the guess and correct the run file",
            )  # fmt: skip
