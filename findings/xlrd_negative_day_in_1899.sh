#!/usr/bin/env bash
# xlrd 2.0.2 (Python 3.11): of its two ways to read a day of an old workbook, one refuses a number below zero and one makes
# a day of it. xldate_as_tuple(-5, 0) raises XLDateNegative, as Excel shows such a cell as ########; xldate_as_datetime(-5,
# 0), which is the handier one, returns 26 December 1899. Where a column of due days of an export holds a negative number,
# such as days overdue that were formatted as a date, every invoice in it is 125 years late, and nothing is said.
# Seen: "as a tuple: XLDateNegative; as a datetime: 1899-12-26".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check xlrd==2.0.2
"$folder/venv/bin/python" - <<'PYTHON'
from xlrd import xldate

try:
    told = str(xldate.xldate_as_tuple(-5, 0))
except xldate.XLDateError as error:
    told = type(error).__name__
day = xldate.xldate_as_datetime(-5, 0).date()
print(f"as a tuple: {told}; as a datetime: {day}")
assert told == "XLDateNegative" and str(day) == "1899-12-26"
PYTHON
