#!/usr/bin/env bash
# mt-940 5.1.1 (Python 3.11): a blank that stands at the end of a line of :86: is lost, and the words on both sides of
# the line break become one. A line of :86: holds at most 65 characters, so longer text is broken where that falls, and
# the blank before the break belongs to the text. Two bill numbers of one payment so become one that nobody has, whoever
# matches payments to bills finds neither, and Options.all(), which turns on every repair the library has, changes
# nothing. The processor that puts blanks between the subfields does not help either: this break is inside one of them.
# Seen: "in one line: RE 4711 4712", "in two lines: RE 47114712", "with every option: RE 47114712", "with blanks between
# subfields: RE 47114712".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mt-940==5.1.1
"$folder/venv/bin/python" - <<'PYTHON'
import mt940
from mt940.processors import transaction_details_post_processor_with_space

details = "166?00GUTSCHR. UEBERWEISUNG?109310?20EREF+2025-08?21SVWZ+RE 4711 4712?30COBADEFFXXX?32MUSTER GMBH"
cut = 65
assert len(details[:cut]) == 65 and details[:cut].endswith("4711 ")


def purpose(lines, **chosen):
    statement = "\n".join([
        ":20:AUSZUG", ":25:37040044/0532013000", ":28C:7/1", ":60F:C250401EUR0,00",
        ":61:2504020402C1190,00NTRFNONREF", f":86:{lines}", ":62F:C250402EUR1190,00", "-",
    ])
    (transaction,) = mt940.parse(statement, **chosen)
    return transaction.data["purpose"]


broken = f"{details[:cut]}\n{details[cut:]}"
spaced = {"post_transaction_details": [transaction_details_post_processor_with_space]}
seen = {
    "in one line": purpose(details),
    "in two lines": purpose(broken),
    "with every option": purpose(broken, options=mt940.Options.all()),
    "with blanks between subfields": purpose(broken, processors=spaced),
}
for case, text in seen.items():
    print(f"{case}: {text}")
assert seen.pop("in one line") == "RE 4711 4712"
assert set(seen.values()) == {"RE 47114712"}
PYTHON
