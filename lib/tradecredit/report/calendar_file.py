"""Days to act on as a file that calendars import (iCalendar, RFC 5545)."""

import hashlib

import pandas as pd

PRODUCER = "-//tradecredit//collections//EN"

LONGEST = 75
"""Octets of a line, its end aside; a longer one is folded (RFC 5545 §3.1)."""

_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
"""Signs that a text escapes (RFC 5545 §3.3.11)."""


def calendar_file(events: pd.DataFrame, *, name: str, as_of: pd.Timestamp) -> bytes:
    """Return events as an iCalendar file: all-day events, in the order of the table.

    `events`: `day`; `kind`, a code that is its category; `matter`, a text that tells it from all others of its kind and
    stays the same from month to month; `title` and `text`, for readers. `name`: what calendars call it. An event's
    identifier is made of `name`, `kind` and `matter` alone, so that a later file moves an event that has another day by
    then, and adds none twice; its stamp is the as-of day, so that the same book gives the same file. Events are marked
    as free time. Raises `ValueError` for an event without a day, and for two events of one kind and matter.
    """
    twice = events.duplicated(["kind", "matter"])
    if twice.any():
        raise ValueError(f"two events are of one kind and matter: {events.loc[twice, 'matter'].iloc[0]}")
    if events["day"].isna().any():
        raise ValueError(f"an event has no day: {events.loc[events['day'].isna(), 'matter'].iloc[0]}")
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCER}", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(_one_line(name))}",
    ]  # fmt: skip
    first, after = (days.dt.strftime("%Y%m%d") for days in (events["day"], events["day"] + pd.Timedelta(days=1)))
    rows = zip(first, after, events["kind"], events["matter"], events["title"], events["text"], strict=True)
    for day, following, kind, matter, title, text in rows:
        lines += [
            "BEGIN:VEVENT", f"SUMMARY:{_text(_one_line(title))}", f"DTSTART;VALUE=DATE:{day}",
            f"DTEND;VALUE=DATE:{following}", f"DTSTAMP:{as_of:%Y%m%d}T000000Z",
            f"UID:{identifier(name, kind, matter)}", f"CATEGORIES:{_text(kind)}", f"DESCRIPTION:{_text(_plain(text))}",
            "TRANSP:TRANSPARENT", "END:VEVENT",
        ]  # fmt: skip
    return b"".join(_folded(line) + b"\r\n" for line in [*lines, "END:VCALENDAR"])


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """Return a line of which none is too long: what goes on begins with a blank, and no sign is cut in two."""
    left = line.encode()
    parts: list[bytes] = []
    while len(left) > LONGEST - bool(parts):
        end = LONGEST - bool(parts)
        # Not within a sign of several octets, nor, as some calendars cannot read that, within an escaped one.
        while end > 1 and (left[end] & 0xC0 == 0x80 or left[end - 1 : end] == b"\\"):
            end -= 1
        parts.append(left[:end])
        left = left[end:]
    return b"\r\n ".join([*parts, left])


def identifier(name: str, kind: str, matter: str) -> str:
    """Return the identifier of an event, the same for the same texts in any month."""
    digest = hashlib.sha256("\0".join((name, kind, matter)).encode()).hexdigest()
    return f"{digest[:32]}@tradecredit"


def _plain(text: str) -> str:
    """Return text without control characters, which a calendar may not hold; line breaks stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").isprintable():
        return text
    return "".join(sign for sign in text if sign == "\n" or sign.isprintable())


def _one_line(text: str) -> str:
    return " ".join(_plain(text).split())
