"""The provision of a year ago against what was lost: a ledger by hand."""

import pandas as pd
import pytest

from tradecredit.provision.back_test import (
    by_bucket_then,
    by_month_then,
    day_then,
    failed_by_month_then,
    lost_by_age_alone,
)
from tradecredit.words.provision_past import independent

RATES = {"whole book": [0.01, 0.02, 0.05, 0.10, 0.50]}
RUN = {"provision": {"method": "stated", "rates": RATES, "rates_source": "by hand"}, "losses": {"lgd": 0.6}}

# At the end of October 2025 10,000 are current, of which B2's 3,000 fail in March 2026; B3's 2,000 are 16 days late, of
# which 500 are written off in January and 100 of these come in in February; B5 has failed before; B4 buys later.
INVOICES = """invoice_id,buyer_id,issued,due,amount
I0,B1,2025-09-01,2025-09-30,100
I1,B1,2025-10-05,2025-11-30,7000
I2,B2,2025-10-05,2025-11-30,3000
I3,B3,2025-09-05,2025-10-15,2000
I4,B4,2026-02-05,2026-03-30,9000
I5,B5,2025-09-05,2025-10-15,4000
"""
RECEIPTS = """invoice_id,received,amount,kind
I0,2025-09-30,100,payment
I1,2025-11-30,7000,payment
I3,2026-01-15,1500,payment
I3,2026-01-20,500,write_off
I3,2026-02-20,100,recovery
I2,2026-01-20,1000,payment
I4,2026-06-20,9000,write_off
"""
DEFAULTS = """buyer_id,date,kind,debt,recovered,resolved
B2,2026-03-10,insolvency,2000,,
B5,2025-10-10,insolvency,4000,,
"""


def book(book_of, day="2026-10-31", **run):
    return book_of(day, run=RUN | run, invoices=INVOICES, receipts=RECEIPTS, defaults=DEFAULTS)


def test_a_year_by_hand(book_of):
    """B2 had paid 1,000 when it failed: 2,000 × 0.6 are lost; of B3 500 less 100."""
    table = by_bucket_then(book(book_of))
    assert table.loc["current", ["gross_then", "provision_then"]].tolist() == [10_000.0, 100.0]
    assert table.loc["1–30", ["gross_then", "provision_then"]].tolist() == [2_000.0, 40.0]
    assert table["failed_since"].to_dict() == {
        "current": 2_000.0, "1–30": 0.0, "31–60": 0.0, "61–90": 0.0, ">90": 0.0, "total": 2_000.0
    }  # fmt: skip
    assert table.loc["1–30", "written_off_since"] == 400.0
    assert table["lost_since"].tolist() == [1_200.0, 400.0, 0.0, 0.0, 0.0, 1_600.0]
    assert (table["lost_low"] <= table["lost_since"]).all()
    assert (table["lost_high"] >= table["lost_since"]).all()


def test_only_twelve_months_count(book_of):
    """At the end of September only I3 and I5 are open of the matrix' buyers, neither of them in default then."""
    table = by_month_then(book(book_of))
    assert table.index.tolist() == [pd.Timestamp("2025-09-30"), pd.Timestamp("2025-10-31")]
    assert table["gross_then"].tolist() == [6_000.0, 12_000.0]
    assert table["provision_then"].tolist() == [60.0, 140.0]
    # B5 fails in October with all it owes: 4,000 × 0.6 + 400.
    assert table["lost_since"].tolist() == pytest.approx([2_800.0, 1_600.0])
    assert table["provided_to_lost"].tolist() == pytest.approx([60 / 2_800, 140 / 1_600])


def test_a_failure_after_the_year_is_not_in_it(book_of):
    later = DEFAULTS.replace("2026-03-10", "2026-11-10")
    known = book_of("2026-11-30", run=RUN, invoices=INVOICES, receipts=RECEIPTS, defaults=later)
    # A year before the end of November 2025 nothing of I1; of I2 3,000, which fails in November 2026, within 12 months.
    table = by_month_then(known)
    assert table.loc["2025-10-31", "lost_since"] == pytest.approx(400.0)
    assert table.loc["2025-11-30", "lost_since"] == pytest.approx(400.0 + 2_000 * 0.6)


def test_not_testable_with_a_short_history(book_of):
    short = book(book_of, day="2026-08-31")
    assert by_bucket_then(short).empty
    assert by_month_then(short).empty
    estimated = {"provision": {"minimum_months": 12}}
    assert by_bucket_then(book(book_of, **estimated)).empty


def test_the_last_month_end_a_year_ago_or_more_is_looked_at(book_of):
    known = book(book_of, day="2026-11-12")
    assert day_then(known) == pd.Timestamp("2025-10-31")
    assert by_bucket_then(known)["provision_then"].iloc[-1] == 140.0


def test_specific_provisions_beside_what_was_not_received(book_of):
    """At the end of October 2025 B5 owes 4,000 and 0.6 of that is provided for; 500 come in within 12
    months, 300 after.

    The default is resolved after 12 months at the latest, so that nothing more is expected of it a year later.
    """
    later = "I5,2026-03-10,500,recovery\nI5,2026-11-05,300,payment\n"
    known = book_of("2026-12-31", run=RUN, invoices=INVOICES, receipts=RECEIPTS + later, defaults=DEFAULTS)
    table = failed_by_month_then(known)
    assert table.index.tolist() == [pd.Timestamp(day) for day in ("2025-10-31", "2025-11-30", "2025-12-31")]
    assert table.loc["2025-10-31"].tolist() == pytest.approx([4_000.0, 2_400.0, 500.0, 3_500.0, 2_400 / 3_500])
    assert table.loc["2025-11-30"].tolist() == pytest.approx([4_000.0, 2_400.0, 800.0, 3_200.0, 0.75])


UNPAID = "invoice_id,buyer_id,issued,due,amount\nI0,B1,2025-08-01,2025-08-31,100\nI1,B2,2025-09-05,2025-10-15,2000\n"
PAID = "invoice_id,received,amount,kind\nI0,2025-08-31,100,payment\n"


@pytest.mark.parametrize(
    ("receipts", "defaults", "write_off_days", "alone"),
    [
        ("", "", 180, True),
        # By age nothing is lost, and so nothing at all.
        ("", "", None, False),
        ("I1,2026-06-20,500,write_off\n", "", 180, False),
        ("I1,2026-02-20,2000,payment\n", "", 180, False),
        ("", "B2,2026-03-10,insolvency,2000,,\n", 180, False),
    ],
)
def test_what_only_grew_old_is_no_independent_test(book_of, receipts, defaults, write_off_days, alone):
    run = {"provision": RUN["provision"] | {"write_off_days": write_off_days}}
    tables = {"defaults": DEFAULTS.splitlines()[0] + "\n" + defaults} if defaults else {}
    found = book_of("2026-10-31", run=RUN | run, invoices=UNPAID, receipts=PAID + receipts, **tables)
    assert lost_by_age_alone(found) is alone
    told = independent(found)
    assert ("It counts as lost as it is more than 180 days past due" in told.replace("\u00a0", " ")) is alone
    assert bool(told) is alone
