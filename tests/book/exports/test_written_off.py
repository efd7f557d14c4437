"""Invoices that a reason of clearing, and nothing else, says to be lost."""

import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger
from tradecredit.words.start import run_file

HEAD = "Customer,Invoice,Invoice Date,Due Date,Amount,Received,Balance,Date Paid,Zwyx\n"
ROWS = (
    "Alder,1,2026-01-05,2026-02-04,100.50,100.50,0.00,2026-02-10,NOR\n"
    "Birch,2,2026-01-06,2026-02-05,80.25,30.25,0.00,2026-06-30,{0}\n"
    "Birch,3,2026-01-07,2026-02-06,70.25,0.00,0.00,2026-06-30,{0}\n"
    "Alder,4,2026-01-08,2026-02-07,60.75,0.00,60.75,,\n"
)
REASONS = ("PERDA", "Write-off", "Abschreibung", "Incobrable", "坏账", "貸倒損失")


def receipts(found) -> list[tuple[str, str, float, str]]:
    table = found.tables["receipts"].sort_values(["invoice_id", "amount"])
    days = table["received"].dt.strftime("%Y-%m-%d")
    return list(zip(table["invoice_id"], days, table["amount"], table["kind"], strict=True))


@pytest.mark.parametrize("reason", REASONS)
def test_what_a_reason_calls_lost_is_written_off_on_the_day_of_clearing(tmp_path, reason):
    suggestion, found = read(tmp_path, "list.csv", HEAD + ROWS.format(reason))
    assert suggestion.source.written_off == {"Zwyx": [reason]}
    # 80.25 less 30.25 received is 50.00, and with 70.25 it is 120.25.
    assert [one.taken for one in suggestion.guesses if one.key == "source.written_off" and one.open] == [
        f"Zwyx {reason} 120.25"
    ]
    assert receipts(found) == [
        ("1", "2026-02-10", 100.5, "payment"), ("2", "2026-06-30", 30.25, "payment"),
        ("2", "2026-06-30", 50.0, "write_off"), ("3", "2026-06-30", 70.25, "write_off"),
    ]  # fmt: skip
    assert open_items(found) == {"4": ("Alder", "2026-02-07", 60.75)}
    assert f"written_off:   # CHECK: Zwyx {reason} 120.25" in run_file(suggestion, tmp_path)


def test_what_is_neither_paid_nor_open_is_told_where_no_reason_says_why(tmp_path):
    suggestion, found = read(tmp_path, "list.csv", HEAD + ROWS.format("DAC"))
    assert not suggestion.source.written_off
    assert [
        rows for _, rule, rows in found.assumed if rule.startswith("neither paid nor open") and "120.25" in rule
    ] == [2]
    stated = suggestion.source.model_copy(update={"written_off": {"Zwyx": ["DAC"]}})
    told = ledger(stated, "EUR")
    assert [amount for _, _, amount, kind in receipts(told) if kind == "write_off"] == [50.0, 70.25]
    assert not [rule for _, rule, _ in told.assumed if rule.startswith("neither paid nor open")]


def test_without_a_column_of_what_is_open_nothing_is_of_what_was_written_off(tmp_path):
    rows = "".join(",".join(line.split(",")[:6] + line.split(",")[7:]) + "\n" for line in (HEAD + ROWS).splitlines())
    suggestion, found = read(tmp_path, "list.csv", rows.format("Bad debt"))
    assert "open" not in suggestion.source.columns
    assert open_items(found) == {"4": ("Alder", "2026-02-07", 60.75)}
    assert [amount for _, _, amount, kind in receipts(found) if kind == "write_off"] == [50.0, 70.25]
