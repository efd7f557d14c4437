"""What was known on the day of issue: worked by hand, and deaf to what came later."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.measure.payment_history import COLUMNS, RECENT, at_issue


def invoices(*rows: tuple) -> pd.DataFrame:
    """buyer, issued, due, settled (by money of that day), amount."""
    table = pd.DataFrame(rows, columns=["buyer_id", "issued", "due", "settled", "amount"])
    table = table.assign(**{name: pd.to_datetime(table[name]) for name in ("issued", "due", "settled")})
    return table.assign(paid_on=table["settled"])


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
    settled = LEDGER["settled"].where(LEDGER.index != 1, pd.Timestamp("2026-03-20"))
    table = LEDGER.assign(settled=settled, paid_on=settled)
    assert at_issue(table).loc[3, "settled_before"] == 1
    assert at_issue(table).loc[3, "open_before"] == 2


def test_the_money_of_an_invoice_counts_and_what_was_credited_whole_tells_nothing():
    # A's first was paid on the due day and the rest credited on 10 February; its second was credited whole.
    paid_on = pd.Series(pd.to_datetime(["2026-01-31", None, None, "2026-04-01", "2026-04-01"]))
    found = at_issue(LEDGER.assign(paid_on=paid_on)).loc[3]
    assert found["settled_before"] == 1
    assert found[["days_to_settle_mean", "days_late_mean", "share_late"]].tolist() == [30, 0, 0]
    assert found[["open_before", "oldest_open_days", "overdue_before"]].tolist() == [1, 33, 1]


def test_later_rows_change_nothing():
    random = np.random.default_rng(4)
    issued = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 400, 300), unit="D")
    table = pd.DataFrame({"buyer_id": random.choice(list("ABC"), 300), "issued": issued, "amount": 1.0})
    table["due"] = table["issued"] + pd.Timedelta(days=30)
    table["settled"] = table["issued"] + pd.to_timedelta(random.integers(5, 90, 300), unit="D")
    table["paid_on"] = table["settled"]
    day = pd.Timestamp("2025-09-01")
    early = known_by(table[table["issued"] <= day], day)
    pd.testing.assert_frame_equal(at_issue(early), at_issue(table).loc[early.index])


def known_by(items: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    return items.assign(**{name: items[name].where(items["settled"] <= day) for name in ("settled", "paid_on")})


def plain(items: pd.DataFrame) -> pd.DataFrame:
    """The same, read off the definitions one invoice at a time, with nothing but loops."""
    rows = {}
    for place, invoice in items.iterrows():
        day = invoice["issued"]
        earlier = [other for _, other in items.iterrows() if other["buyer_id"] == invoice["buyer_id"]]
        earlier = sorted((other for other in earlier if other["issued"] < day), key=lambda other: other["issued"])
        is_open = [pd.isna(other["settled"]) or other["settled"] >= day for other in earlier]
        unpaid = [other for other, still in zip(earlier, is_open, strict=True) if still]
        paid = [other for other, still in zip(earlier, is_open, strict=True) if not still]
        paid = [other for other in paid if not pd.isna(other["paid_on"])]
        paid = sorted(paid, key=lambda other: max(other["settled"], other["issued"]))
        days = [(other["paid_on"] - other["issued"]).days for other in paid]
        late = [max((other["paid_on"] - other["due"]).days, 0) for other in paid]
        weights = [RECENT ** (len(days) - 1 - number) for number in range(len(days))]
        weighted = sum(weight * value for weight, value in zip(weights, days, strict=True))
        rows[place] = {
            "settled_before": len(paid),
            "days_to_settle_mean": sum(days) / len(days) if days else np.nan,
            "days_to_settle_median": np.median(days) if days else np.nan,
            "days_to_settle_recent": weighted / sum(weights) if days else np.nan,
            "days_late_mean": sum(late) / len(late) if late else np.nan,
            "share_late": sum(value > 0 for value in late) / len(late) if late else np.nan,
            "open_before": len(unpaid),
            "oldest_open_days": (day - unpaid[0]["issued"]).days if unpaid else 0,
            "overdue_before": sum(other["due"] < day for other in unpaid),
            "amount": invoice["amount"],
        }
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS, dtype="float64")


@st.composite
def ledgers(draw: st.DrawFn) -> pd.DataFrame:
    """Few buyers and days, so that issues, dues and settlements meet on one day; paid before, on and after; open."""
    start, rows = pd.Timestamp("2026-01-01"), []
    for _ in range(draw(st.integers(1, 14))):
        issued = draw(st.integers(0, 12))
        due = issued + draw(st.integers(-2, 8))
        settled = draw(st.one_of(st.none(), st.integers(issued - 6, issued + 14)))
        dates = [pd.NaT if day is None else start + pd.Timedelta(days=day) for day in (issued, due, settled)]
        rows.append([draw(st.sampled_from("AB")), *dates, draw(st.integers(0, 900)) / 100])
    items = invoices(*rows)
    days = [draw(st.one_of(st.none(), st.integers(0, 4))) for _ in rows]
    items["paid_on"] -= pd.to_timedelta(days, unit="D")
    return items.sample(frac=1, random_state=draw(st.integers(0, 99)))


@given(ledgers())
def test_as_read_off_the_definitions_invoice_by_invoice(items):
    pd.testing.assert_frame_equal(at_issue(items), plain(items), check_names=False, rtol=1e-9)


@given(ledgers(), st.integers(-1, 20))
def test_what_came_after_a_day_is_not_in_the_histories_up_to_it(items, after):
    day = pd.Timestamp("2026-01-01") + pd.Timedelta(days=after)
    then = items[items["issued"] <= day]
    then = known_by(then, day)
    pd.testing.assert_frame_equal(at_issue(then), at_issue(items).loc[then.index])


def test_an_invoice_paid_in_advance_counts_from_its_issue_on():
    items = invoices(
        ("A", "2026-01-10", "2026-01-20", None, 1.0),
        ("A", "2026-02-01", "2026-02-01", "2026-01-05", 1.0),  # paid 27 days before it was issued
        ("A", "2026-02-01", "2026-03-01", None, 1.0),
        ("A", "2026-02-02", "2026-03-04", None, 1.0),
    )
    found = at_issue(items)
    assert found["settled_before"].tolist() == [0, 0, 0, 1]
    assert found["open_before"].tolist() == [0, 1, 1, 2]
    assert found["days_to_settle_mean"].iloc[3] == -27
    assert found["days_late_mean"].iloc[3] == 0


def test_each_buyer_is_for_itself_and_the_order_of_the_rows_is_kept():
    mixed = LEDGER.iloc[[4, 2, 0, 3, 1]]
    pd.testing.assert_frame_equal(at_issue(mixed), at_issue(LEDGER).loc[mixed.index])
    alone = LEDGER[LEDGER["buyer_id"] == "A"]
    pd.testing.assert_frame_equal(at_issue(LEDGER).loc[alone.index], at_issue(alone))


def test_no_invoices():
    assert at_issue(LEDGER.head(0)).columns.tolist() == COLUMNS
