"""Lists of what buyers owe by age."""

import pytest
from book.exports.test_heads import open_items

from tradecredit.book.exports.buckets import ages, least_days
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("Current", 0), ("Not due", 0), ("Nicht fällig", 0), ("1-30", 1), ("31 - 60 days", 31), ("61–90 Tage", 61),
        ("> 90", 91), ("Over 90 days", 91), ("90+", 91), ("91+", 91), ("120+ days", 121), ("< 1 Month", 1),
        ("2 Months", 61), ("Customer", None), ("2026-01", None), ("Total", None),
    ],
)  # fmt: skip
def test_a_column_of_an_age_has_its_least_days(name, days):
    assert least_days(name) == days


def test_what_is_only_older_is_a_month_older_than_the_last():
    assert ages(["Name", "Current", "1 Month", "2 Months", "Older"]) == {
        "Current": 0, "1 Month": 31, "2 Months": 61, "Older": 91
    }  # fmt: skip


AGED = """Receivables by age
As of,"June 30, 2026"

Customer,Current,1-30,31-60,>60,Total
Amber,1200.00,300.00,0.00,,1500.00
Total Bricks SA,0.00,,850.25,99.75,1000.00
Totals,1200.00,300.00,850.25,99.75,2500.00
"""


def test_what_is_owed_by_age_stands_as_an_invoice_for_each_age(tmp_path):
    (tmp_path / "aged.csv").write_text(AGED)
    suggestion = suggested([tmp_path / "aged.csv"])
    found = ledger(suggestion.source, "EUR")
    assert str(suggestion.source.exported) == "2026-06-30"
    assert open_items(found) == {
        "Current": ("Amber", "2026-06-30", 1200.0), "1-30": ("Amber", "2026-06-29", 300.0),
        "31-60": ("Total Bricks SA", "2026-05-30", 850.25), ">60": ("Total Bricks SA", "2026-04-30", 99.75),
    }  # fmt: skip
    assert "by age and not by invoice" in suggestion.remarks[0]
    # The total of Total Bricks is 50 above its ages.
    (told,) = [guess for guess in suggestion.guesses if guess.key == "source.buckets"]
    assert told.open and told.taken == "totals above their ages are not read (line 6: 50.00, line 7: 50.00)"


def test_invoices_whose_amounts_stand_in_columns_of_ages_keep_their_numbers_and_due_days(tmp_path):
    (tmp_path / "aged.csv").write_text(
        "Customer,Invoice,Due Date,Current,1-30,31-60\nAmber,I-1,2026-06-20,,300.00,\nAmber,I-2,2026-07-20,75.50,,\n"
    )
    suggestion = suggested([tmp_path / "aged.csv"], {"source.exported": "2026-06-30"})
    found = ledger(suggestion.source, "EUR")
    assert open_items(found) == {"I-1": ("Amber", "2026-06-20", 300.0), "I-2": ("Amber", "2026-07-20", 75.5)}
    assert not suggestion.remarks
