"""The file for calendars: two libraries read it without a warning, and the same matter keeps its identifier."""

import warnings
from datetime import date

import icalendar
import ics
import pandas as pd
import pytest

from tradecredit import Book
from tradecredit.decide.collect import insurer_calendar
from tradecredit.insurance import in_force
from tradecredit.report.calendar_file import calendar_file
from tradecredit.words import insurer

AS_OF = pd.Timestamp("2026-10-31")
EVENTS = pd.DataFrame(
    [
        (
            "2026-11-20",
            "report",
            "own A 2026-11-20",
            "Report: <A> & {{ B }}; 10, = 我\nend",
            "One\r\ntwo \x07 \\ three",
        ),
        ("2026-11-21", "stop", "own A 2026-11-21", "Stop supplies: A", "B" * 200),
    ],
    columns=["day", "kind", "matter", "title", "text"],
).astype({"day": "datetime64[us]"})


def read(content):
    """Return what both libraries read of a file: identifier, title, first day, whether all day, text."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = icalendar.Calendar.from_ical(content)
        other = ics.Calendar(content.decode())
    assert not one.errors
    first = {}
    for event in one.walk("VEVENT"):
        assert not event.errors
        all_day = type(event["DTSTART"].dt) is date and (event["DTEND"].dt - event["DTSTART"].dt).days == 1
        day, text = event["DTSTART"].dt.isoformat(), str(event["DESCRIPTION"])
        first[str(event["UID"])] = (str(event["SUMMARY"]), day, all_day, text)
    second = {
        event.uid: (event.name, event.begin.date().isoformat(), event.all_day, event.description)
        for event in other.events
    }
    return first, second


def test_two_libraries_read_the_same_events():
    one, other = read(calendar_file(EVENTS, name="Demo", as_of=AS_OF))
    assert one == other
    assert list(one.values()) == [
        ("Report: <A> & {{ B }}; 10, = 我 end", "2026-11-20", True, "One\ntwo  \\ three"),
        ("Stop supplies: A", "2026-11-21", True, "B" * 200),
    ]


def test_the_same_matter_keeps_its_identifier_whatever_else_changes():
    first, _ = read(calendar_file(EVENTS, name="Demo", as_of=AS_OF))
    moved = EVENTS.iloc[::-1].assign(day=pd.Timestamp("2026-12-01"), title="x", text="y")
    second, _ = read(calendar_file(moved, name="Demo", as_of=pd.Timestamp("2026-11-30")))
    assert set(first) == set(second)
    other, _ = read(calendar_file(EVENTS, name="Other", as_of=AS_OF))
    assert not set(first) & set(other)


def test_the_same_events_are_the_same_file():
    assert calendar_file(EVENTS, name="Demo", as_of=AS_OF) == calendar_file(EVENTS, name="Demo", as_of=AS_OF)
    assert b"DTSTAMP:20261031T000000Z" in calendar_file(EVENTS, name="Demo", as_of=AS_OF)
    # No line is longer than 75 octets.
    assert max(map(len, calendar_file(EVENTS, name="Demo", as_of=AS_OF).split(b"\r\n"))) <= 75


def test_what_is_no_event_is_refused():
    with pytest.raises(ValueError, match="no day: own A 2026-11-20"):
        calendar_file(EVENTS.assign(day=[pd.NaT, AS_OF]), name="x", as_of=AS_OF)
    with pytest.raises(ValueError, match="one kind and matter: own A 2026-11-20"):
        calendar_file(pd.concat([EVENTS, EVENTS.iloc[:1]]), name="x", as_of=AS_OF)


def test_no_event_is_a_calendar_too():
    assert read(calendar_file(EVENTS.iloc[:0], name="x", as_of=AS_OF)) == ({}, {})


def test_all_deadlines_of_the_demo_are_in_the_file(demo):
    book = Book.open(demo / "run.yaml", as_of="2026-10-31")
    deadlines = insurer_calendar.deadlines(book, in_force.programme(book))
    one, other = read(calendar_file(insurer.events(deadlines, book), name="Demo", as_of=book.as_of))
    assert one == other
    assert len(one) == len(deadlines) > 0
    days = deadlines["act_by"].fillna(deadlines["day"]).dt.strftime("%Y-%m-%d")
    assert sorted(event[1] for event in one.values()) == sorted(days)


def test_lines_are_folded_between_signs():
    """RFC 5545 §3.1: no line is longer than 75 octets; a sign of several octets, and an escaped one, stay whole."""
    hard = EVENTS.assign(title=["我" * 120, ",;\\" * 90], text=["\\" * 200, "é" * 151])
    content = calendar_file(hard, name="A; B, C", as_of=AS_OF)
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    one, other = read(content)
    assert one == other
    assert [title for title, *_ in one.values()] == hard["title"].tolist()
    assert [text for *_, text in one.values()] == hard["text"].tolist()
    assert b"X-WR-CALNAME:A\\; B\\, C" in content
