#!/usr/bin/env bash
# pandas 3.1.1 (Python 3.11): read_csv with thousands="." and decimal=",", the setting for German amounts, takes the
# dots out of every column that is then all digits, and does not look whether they stand three digits apart. Bill
# numbers of year, month and count become one another: 2025.1.17 and 2025.11.7 are both 2025117. A due date becomes a
# number that to_datetime takes as nanoseconds, so the due day is in 1970. An amount with a decimal point is a hundred
# times too large. No error and no warning says so; dtype=str, column by column, prevents it.
# Seen: "bills: [2025117, 2025117]", "due: [3042025, 11042025]", "due as dates: ['1970-01-01', '1970-01-01']", "amounts:
# [1250.0, 9990.0]", "warnings: 0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1
"$folder/venv/bin/python" - <<'PYTHON'
import io
import warnings

import pandas as pd

ledger = "bill;due;amount\n2025.1.17;03.04.2025;1.250,00\n2025.11.7;11.04.2025;99.90\n"
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    read = pd.read_csv(io.StringIO(ledger), sep=";", decimal=",", thousands=".")
    days = [f"{day:%Y-%m-%d}" for day in pd.to_datetime(read["due"], dayfirst=True)]
kept = pd.read_csv(io.StringIO(ledger), sep=";", decimal=",", thousands=".", dtype={"bill": str, "due": str})
print("bills:", read["bill"].tolist())
print("due:", read["due"].tolist())
print("due as dates:", days)
print("amounts:", read["amount"].tolist())
print("warnings:", len(told))
assert read["bill"].tolist() == [2025117, 2025117] and kept["bill"].tolist() == ["2025.1.17", "2025.11.7"]
assert read["due"].tolist() == [3042025, 11042025] and kept["due"].tolist() == ["03.04.2025", "11.04.2025"]
assert days == ["1970-01-01"] * 2 and read["amount"].tolist() == [1250.0, 9990.0] and not told
PYTHON
