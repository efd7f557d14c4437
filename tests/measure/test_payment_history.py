"""What was known on the day of issue: worked by hand, and deaf to what came later."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.measure.payment_history import COLUMNS, at_issue


def invoices(*rows: tuple) -> pd.DataFrame:
    """buyer, issued, due, settled, amount."""
    table = pd.DataFrame(rows, columns=["buyer_id", "issued", "due", "settled", "amount"])
    return table.assign(**{name: pd.to_datetime(table[name]) for name in ("issued", "due", "settled")})


LEDGER = invoices(
    ("A", "2026-01-01", "2026-01-31", "2026-02-10", 100.0),  # settled after 40 days, 10 late
    ("A", "2026-02-01", "2026-03-03", "2026-02-21", 300.0),  # after 20 days, early
    ("A", "2026-02-15", "2026-03-17", None, 50.0),
    ("A", "2026-03-20", "2026-04-19", "2026-04-01", 80.0),
    ("B", "2026-03-20", "2026-04-19", "2026-04-01", 80.0),
)


def test_a_history_worked_by_hand():
    found = at_issue(LEDGER).loc[3]
    assert found["settled_before"] == 2
    assert found["days_to_settle_mean"] == found["days_to_settle_median"] == 30
    assert found["days_to_settle_recent"] == pytest.approx((0.8 * 40 + 20) / 1.8)
    assert found["days_late_mean"] == 5
    assert found["share_late"] == 0.5
    assert found[["open_before", "oldest_open_days", "overdue_before"]].tolist() == [1, 33, 1]
    assert found["amount"] == 80


def test_a_first_invoice_has_no_history():
    found = at_issue(LEDGER).loc[[0, 4]]
    assert found["settled_before"].tolist() == [0, 0]
    assert found[["open_before", "oldest_open_days", "overdue_before"]].eq(0).all(axis=None)
    assert found[COLUMNS[1:6]].isna().all(axis=None)


def test_what_is_settled_on_the_day_itself_is_not_known_yet():
    table = LEDGER.assign(settled=LEDGER["settled"].where(LEDGER.index != 1, pd.Timestamp("2026-03-20")))
    assert at_issue(table).loc[3, "settled_before"] == 1
    assert at_issue(table).loc[3, "open_before"] == 2


def test_later_rows_change_nothing():
    random = np.random.default_rng(4)
    issued = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 400, 300), unit="D")
    table = pd.DataFrame({"buyer_id": random.choice(list("ABC"), 300), "issued": issued, "amount": 1.0})
    table["due"] = table["issued"] + pd.Timedelta(days=30)
    table["settled"] = table["issued"] + pd.to_timedelta(random.integers(5, 90, 300), unit="D")
    day = pd.Timestamp("2025-09-01")
    early = table[table["issued"] <= day]
    early = early.assign(settled=early["settled"].where(early["settled"] <= day))
    pd.testing.assert_frame_equal(at_issue(early), at_issue(table).loc[early.index])


def test_no_invoices():
    assert at_issue(LEDGER.head(0)).columns.tolist() == COLUMNS
