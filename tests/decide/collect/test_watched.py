"""The watchlist with what is decided on its buyers."""

import pandas as pd

from tradecredit.decide import decisions
from tradecredit.decide.collect.audit import IN_DOUBT, LOST
from tradecredit.decide.collect.watched import with_decisions


def test_decisions_stand_beside_the_names_in_their_order():
    """On A a report is missed and supplies are stopped, on C a debt is collected, which is not watched; on B nothing.
    Of A 300 and 200 are in doubt, and what was shipped after the stop was never insured."""
    listed = pd.DataFrame({"pd_warned": [0.9, 0.2]}, index=pd.Index(["A", "B"], name="buyer_id"))
    rows = [
        ("report missed", "A", "credit analyst", "2026-11-03"), ("stop insured", "A", "head of credit", "2026-11-02"),
        ("collect", "C", "credit analyst", "2026-11-09"),
    ]  # fmt: skip
    records = pd.DataFrame(rows, columns=["decision", "buyer_id", "authority", "due_day"])
    records = records.astype({"due_day": "datetime64[us]"})
    breaches = pd.DataFrame(
        {"buyer_id": ["A", "A", "A", "C"], "cover_effect": [IN_DOUBT, IN_DOUBT, LOST, IN_DOUBT],
         "lost_debt": [300.0, 200.0, 70.0, 10.0]}
    )  # fmt: skip
    found = with_decisions(listed, records, breaches)
    assert found["doing"].tolist() == ["report missed; stop insured", ""]
    assert found["each_authority"].tolist() == ["credit analyst; head of credit", ""]
    assert found["each_due"].tolist() == ["2026-11-03; 2026-11-02", ""]
    assert found.loc["A", "authority"] == "credit analyst"
    assert pd.isna(found.loc["B", "authority"])
    assert found.loc["A", "due_day"] == pd.Timestamp("2026-11-02")
    assert found["in_doubt"].tolist() == [500, 0]
    assert found["pd_warned"].tolist() == [0.9, 0.2]


def test_nothing_is_decided_without_decisions():
    listed = pd.DataFrame({"pd_warned": [0.9]}, index=pd.Index(["A"], name="buyer_id"))
    empty = pd.DataFrame({"buyer_id": [], "cover_effect": [], "lost_debt": []}).astype({"buyer_id": "str"})
    found = with_decisions(listed, decisions.none(), empty)
    assert found["doing"].tolist() == [""]
    assert found["in_doubt"].tolist() == [0]
