#!/usr/bin/env bash
# pandas 3.1.1 with python-dateutil 4.0.0 (Python 3.11): dayfirst=True, the setting for German or British dates, is
# applied to ISO dates too. 2025-04-03 is read as the 4th of March, with no warning, in a column of which every day can
# be a month. Whoever keeps the setting when the ledger's export changes to ISO dates, or reads two columns of which one
# is ISO, gets due days that are off by up to months, hence wrong days past due. format="mixed" swaps row by row: a day
# over 12 stays, the next row is turned. The form without dashes is turned as well; pandas 2.3.3 left that one, and
# mixed, alone.
# Seen: "2025-04-03 is read as 2025-03-04", "2025-11-12 is read as 2025-12-11", "20250403 is read as 2025-03-04",
# "mixed: 2025-04-13 is read as 2025-04-13", "mixed: 2025-04-03 is read as 2025-03-04", "warnings: 0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 python-dateutil==4.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import warnings

import pandas as pd

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    ledger = io.StringIO("issued;due;amount\n03.03.2025;2025-04-03;1190,00\n13.10.2025;2025-11-12;595,00\n")
    read = pd.read_csv(ledger, sep=";", decimal=",", parse_dates=["issued", "due"], dayfirst=True)
    plain = pd.to_datetime(["20250403"], dayfirst=True)
    mixed = pd.to_datetime(["2025-04-13", "2025-04-03"], dayfirst=True, format="mixed")
due = [f"{day:%Y-%m-%d}" for day in (*read["due"], *plain, *mixed)]
written = ["2025-04-03", "2025-11-12", "20250403", "mixed: 2025-04-13", "mixed: 2025-04-03"]
for text, day in zip(written, due, strict=True):
    print(f"{text} is read as {day}")
print("warnings:", len(told))
assert [f"{day:%d.%m.%Y}" for day in read["issued"]] == ["03.03.2025", "13.10.2025"]
assert due == ["2025-03-04", "2025-12-11", "2025-03-04", "2025-04-13", "2025-03-04"] and not told
PYTHON
