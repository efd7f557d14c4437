#!/usr/bin/env bash
# concentrationMetrics 0.6.0 (Python 3.11): two indices of a credit book turn on debtors who owe nothing. hhi is the
# normalised Herfindahl index unless told otherwise: two debtors who owe the same have 0.0, "no concentration", where
# the plain sum of squared shares is 0.5; and when a third stands in the list with nothing open, the same book has 0.25.
# theil rises as the book gathers in one debtor, 1.22 where three of four owe next to nothing, and falls to 0.0, that of
# a book spread evenly, when those three have paid: the right value is ln 4 = 1.386. Whoever ranks books, or months of
# one book, by these figures sees the most concentrated one as the best spread. Leave out debtors without a balance, and
# give hhi normalized=False.
# Seen: "hhi: two debtors 0.0, and a third without a balance 0.25, not normalised 0.5 and 0.5",
# "theil: 97/1/1/1 1.219, 100/0/0/0 0.0, 25/25/25/25 0.0".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check concentrationMetrics==0.6.0 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
from math import isclose, log

import numpy as np
from concentrationMetrics import Index

index = Index()
two, with_third = np.array([50.0, 50.0]), np.array([50.0, 50.0, 0.0])
normal = [float(index.hhi(book)) for book in (two, with_third)]
plain = [float(index.hhi(book, normalized=False)) for book in (two, with_third)]
print(f"hhi: two debtors {normal[0]}, and a third without a balance {normal[1]}, not normalised {plain[0]} and {plain[1]}")
assert normal == [0.0, 0.25] and plain == [0.5, 0.5]

books = {"97/1/1/1": [97, 1, 1, 1], "100/0/0/0": [100, 0, 0, 0], "25/25/25/25": [25, 25, 25, 25]}
found = {name: float(index.theil(np.array(book, float))) for name, book in books.items()}
print("theil: " + ", ".join(f"{name} {value:.3f}" if value else f"{name} 0.0" for name, value in found.items()))
almost_one = sum(share * log(4 * share) for share in (0.97, 0.01, 0.01, 0.01))
assert isclose(found["97/1/1/1"], almost_one, rel_tol=1e-9)
assert found["100/0/0/0"] == found["25/25/25/25"] == 0.0 and log(4) > 1.38
PYTHON
