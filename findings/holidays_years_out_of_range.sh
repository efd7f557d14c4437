#!/usr/bin/env bash
# holidays 0.109 (Python 3.11): a year that the library has no calendar for has no holidays, and no error says so.
# Whoever moves due days or notice periods off holidays gets plain weekdays for such a year: Christmas of 1985 in Germany
# is a working day. The range stands in start_year and end_year of the calendar, and has to be asked for.
# Seen: "1985: 0 holidays, 25 December off: False", "1995: 9 holidays, 25 December off: True", "starts 1991".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check holidays==0.109
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date

from holidays import country_holidays

days = {}
for year in (1985, 1995):
    calendar = country_holidays("DE", years=year)
    days[year] = (len(calendar), date(year, 12, 25) in calendar)
    print(f"{year}: {days[year][0]} holidays, 25 December off: {days[year][1]}")
start = country_holidays("DE").start_year
print("starts", start)
assert days[1985] == (0, False) and days[1995][1] and 1985 < start <= 1995
PYTHON
