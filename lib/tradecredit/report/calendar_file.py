"""Days to act on as a file that calendars import (iCalendar, RFC 5545)."""

import hashlib
from datetime import UTC, timedelta

import pandas as pd
from icalendar import Calendar, Event

PRODUCER = "-//tradecredit//collections//EN"


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
    calendar, stamp = Calendar(), as_of.to_pydatetime().replace(tzinfo=UTC)
    calendar.add("prodid", PRODUCER)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for row in events[["day", "kind", "matter", "title", "text"]].itertuples(index=False):
        event = Event()
        event.add("uid", identifier(name, row.kind, row.matter))
        event.add("dtstamp", stamp)
        event.add("dtstart", row.day.date())
        event.add("dtend", row.day.date() + timedelta(days=1))
        event.add("summary", _one_line(row.title))
        event.add("description", _plain(row.text))
        event.add("categories", [row.kind])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def identifier(name: str, kind: str, matter: str) -> str:
    """Return the identifier of an event, the same for the same texts in any month."""
    digest = hashlib.sha256("\0".join((name, kind, matter)).encode()).hexdigest()
    return f"{digest[:32]}@tradecredit"


def _plain(text: str) -> str:
    """Return text without control characters, which a calendar may not hold; line breaks stay."""
    return "".join(
        sign for sign in text.replace("\r\n", "\n").replace("\r", "\n") if sign == "\n" or sign.isprintable()
    )


def _one_line(text: str) -> str:
    return " ".join(_plain(text).split())
