"""Sentences on open disputes: which one is chosen, and its numbers."""

import pandas as pd

from tradecredit.words import disputes


def test_what_of_disputes_is_past_due_and_in_the_audit_of_cover_is_told():
    reasons, table = pd.DataFrame({"amount": [700.0, 300.0]}), pd.DataFrame({"disputed": [200.0]})
    rules = pd.DataFrame({"reason": ["in_dispute", "tax"], "open_amount": [900.0, 50.0]})
    late = "Of EUR 1,000 in dispute EUR 200 is past due and held out of collection."
    assert disputes.in_dispute(reasons, table, rules, "EUR") == (
        f"{late} The audit of cover has EUR 900 of it under its dispute, and EUR 100 under a reason that comes first, "
        "such as the kind of buyer or tax."
    )
    assert disputes.in_dispute(reasons, table, rules.assign(open_amount=1_000.0), "EUR") == late
    assert disputes.in_dispute(reasons.head(0), table, rules, "EUR") == ""


def test_disputes():
    columns = ["reason", "owner", "disputes", "amount", "dso_days", "cover_lost"]
    table = pd.DataFrame(
        [("price", "sales", 2, 600.0, 1.5, 90.0), ("quality", None, 1, 400.0, 0.5, 0.0)], columns=columns
    ).set_index("reason")
    assert disputes.disputes(table, "EUR") == (
        "The largest part of EUR 1,000 in dispute is about price: EUR 600, for sales to settle. Disputes add 2 days to "
        "the DSO. Without them EUR 90 more would be insured."
    )
    assert "to settle" not in disputes.disputes(table.iloc[1:], "EUR")
    assert disputes.disputes(table.assign(disputes=0), "EUR") == ""
