#!/usr/bin/env bash
# workalendar 17.0.0 (Python 3.11): laws that moved days off in 2024 and 2025 are not in its calendars, and no error
# says for which years a calendar was kept. Denmark has no Great Prayer Day since 2024, Poland has Christmas Eve off
# since 2025, Slovakia works on 1 September since 2024 and on 17 November since 2025. holidays 0.109 has all four. Due
# days and notice periods counted in working days differ by a day or, across a weekend, by three: a term that ends on
# the Danish day, a Friday, is held to end on the Monday after, and the bill is taken as three days less overdue.
# Seen: "DK 2024-04-26 Fri: workalendar off, holidays working", "PL 2025-12-24 Wed: workalendar working, holidays off",
# "SK 2025-09-01 Mon: workalendar off, holidays working", "SK 2025-11-17 Mon: workalendar off, holidays working", "a
# working day after 2024-04-25 in Denmark: 2024-04-29 and 2024-04-26".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check workalendar==17.0.0 holidays==0.109
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date

from holidays import country_holidays
from workalendar.europe import Denmark, Poland, Slovakia

prayer, eve = date(2024, 4, 26), date(2025, 12, 24)
cases = [
    ("DK", Denmark(), prayer), ("PL", Poland(), eve),
    ("SK", Slovakia(), date(2025, 9, 1)), ("SK", Slovakia(), date(2025, 11, 17)),
]
word = {True: "working", False: "off"}
seen = []
for code, calendar, day in cases:
    kept, lawful = calendar.is_working_day(day), country_holidays(code).is_working_day(day)
    seen.append((kept, lawful))
    print(f"{code} {day} {day:%a}: workalendar {word[kept]}, holidays {word[lawful]}")
before = date(2024, 4, 25)
moved = Denmark().add_working_days(before, 1)
lawful = country_holidays("DK").get_nth_working_day(before, 1)
print(f"a working day after {before} in Denmark: {moved} and {lawful}")
assert seen == [(False, True), (True, False), (False, True), (False, True)]
assert (moved, lawful) == (date(2024, 4, 29), prayer)
PYTHON
