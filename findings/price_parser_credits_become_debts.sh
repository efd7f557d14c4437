#!/usr/bin/env bash
# price-parser 0.5.1 (Python 3.11): the sign of an amount is lost in every form in which ledgers print a credit: a minus
# before or behind it, brackets, CR. A credit note of a customer's statement is read as an invoice of the same sum, so
# that the balance is wrong by twice the credit, without a word. And an amount that Swiss programs group by the typographic
# apostrophe (U+2019) ends at it, 1'234.50 as 1; with the plain apostrophe it is read whole.
# Seen: "-1,234.50 -> 1234.50", "1,234.50- -> 1234.50", "(1,234.50) -> 1234.50", "1,234.50 CR -> 1234.50",
# "balance of 2,000.00 and (500.00): 2500.00", "plain apostrophe 1234.50, typographic 1".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check price-parser==0.5.1
"$folder/venv/bin/python" - <<'PYTHON'
from decimal import Decimal

from price_parser import Price


def amount(text):
    return Price.fromstring(text).amount


for text in ("-1,234.50", "1,234.50-", "(1,234.50)", "1,234.50 CR"):
    print(f"{text} -> {amount(text)}")
    assert amount(text) == Decimal("1234.50")
balance = amount("2,000.00") + amount("(500.00)")
print(f"balance of 2,000.00 and (500.00): {balance}")
assert balance == Decimal("2500.00")
plain, typographic = amount("CHF 1'234.50"), amount("CHF 1\u2019234.50")
print(f"plain apostrophe {plain}, typographic {typographic}")
assert (plain, typographic) == (Decimal("1234.50"), Decimal("1"))
PYTHON
