"""Offers for early payment, by the closed form of the break-even discount without risk."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect import insurer_calendar
from tradecredit.decide.collect.early_offers import (
    HELD,
    INSURER,
    LISTED,
    LOST,
    OVERDUE,
    decision,
    early_offers,
    kept_from,
)

NOBODY = kept_from(
    pd.DataFrame({"act": []}, dtype="str"), pd.DataFrame({"decided": [], "insurer_task": [], "deliveries": []}),
    pd.Index([], dtype="str"), insurer_calendar.none(),
)  # fmt: skip

RUN = {"cost_of_capital": 0.10, "collections": {"early_rate": 0.01, "early_days": 10}}
AS_OF = pd.Timestamp("2026-10-30")


def book(book_of):
    """A, B and E pay 20 days late, C on the day and D never has; of A one is due in 50 days and one in 10."""
    rows = [(f"P{buyer}", buyer, "2026-05-01", "2026-06-01", 100.0, np.nan) for buyer in "ABCE"]
    coming = [
        ("A1", "A", 50, 1000.0, np.nan), ("A2", "A", 10, 900.0, np.nan), ("B1", "B", 50, 500.0, 0.02),
        ("C1", "C", 20, 800.0, np.nan), ("D1", "D", 50, 700.0, np.nan), ("E1", "E", 50, 600.0, np.nan),
    ]  # fmt: skip
    rows += [
        (name, buyer, "2026-10-20", str((AS_OF + pd.Timedelta(days=days)).date()), amount, rate)
        for name, buyer, days, amount, rate in coming
    ]
    columns = ["invoice_id", "buyer_id", "issued", "due", "amount", "discount_rate"]
    paid = "".join(
        f"P{buyer},2026-06-{day},100,payment\n" for buyer, day in (("A", 21), ("B", 21), ("C", "01"), ("E", 21))
    )
    receipts = "invoice_id,received,amount,kind\n" + paid
    disputes = "invoice_id,opened,closed,amount\nE1,2026-10-25,,50\n"
    invoices = pd.DataFrame(rows, columns=columns)
    return book_of("2026-10-30", run=RUN, invoices=invoices, receipts=receipts, disputes=disputes)


def test_the_offer_goes_to_those_for_whom_waiting_costs_more(book_of):
    """A's 1,000 come in 70 days, 60 after the offer's last: 1 − 1.1^(−60/365) = 1.554 %, 0.554 % more than the offer.
    C's are worth 1 − 1.1^(−10/365) = 0.26 %; B has a discount already, E is in dispute, of D nothing is known."""
    cumulative = pd.DataFrame(0.0, index=list("ABCDE"), columns=range(1, 37))
    offers = early_offers(book(book_of), cumulative, NOBODY)
    assert offers.made.index.tolist() == ["A"]
    even = 1 - 1.1 ** (-60 / 365)
    assert offers.made.loc["A"].tolist() == pytest.approx([1000, 70, even, 1000 * even, 10, 1000 * (even - 0.01)])
    assert offers.left_out.empty


def test_who_is_held_back_watched_or_asked_to_pay_gets_no_offer(book_of):
    """Of A, which alone would be worth it, supplies are stopped: 1,000, worth 5.54 more than it costs, are left out."""
    cumulative = pd.DataFrame(0.0, index=list("ABCDE"), columns=range(1, 37))
    offers = early_offers(book(book_of), cumulative, pd.Series({"A": HELD, "C": LISTED}))
    assert offers.made.empty
    assert offers.left_out.loc[HELD].tolist() == pytest.approx([1, 1000, 1000 * (1 - 1.1 ** (-60 / 365)) - 10])
    assert list(offers.left_out.index) == [HELD]
    assert decision(book(book_of), offers).empty


def test_the_first_reason_holds():
    """A is claimed and stopped, B stopped and listed, C listed and reminded, D reminded; E waits for its next letter
    and is to be reported soon, F waits for it, G is to be reported soon, H only later; of I nothing is past due."""
    decided = pd.DataFrame(
        {"decided": [None, None, "collect"], "insurer_task": ["claim", "report", None],
         "deliveries": ["nothing", "against payment alone", None]}, index=["A", "B", "D"],
    )  # fmt: skip
    acts = {"A": "wait", "B": "wait", "C": "remind", "D": "collect", "E": "wait", "F": "wait", "I": "not due"}
    acting = pd.DataFrame({"act": acts})
    calendar = pd.DataFrame(
        {
            "buyer_id": ["E", "G", "H", "I"], "deadline": ["report", "stop", "report", "money"],
            "state": ["missed", "soon", "ahead", "soon"],
        }
    )  # fmt: skip
    found = kept_from(acting, decided, pd.Index(["B", "C"]), calendar)
    assert found.to_dict() == {
        "A": LOST, "B": HELD, "C": LISTED, "D": OVERDUE, "E": INSURER, "F": OVERDUE, "G": INSURER,
    }  # fmt: skip


def test_who_decides_goes_by_what_the_discount_costs_on_the_day_of_reading(book_of):
    """1 % of 1,000 is EUR 10, the lowest authority's; the report of Friday is read on Monday, 2 November 2026."""
    cumulative = pd.DataFrame(0.0, index=list("ABCDE"), columns=range(1, 37))
    whole = book(book_of)
    row = decision(whole, early_offers(whole, cumulative, NOBODY)).iloc[0]
    assert (row["amount"], row["due_day"]) == (10, pd.Timestamp("2026-11-02"))
    assert row["authority"] == whole.run.levels[0]


def test_what_may_be_lost_meanwhile_makes_it_worth_more(book_of):
    cumulative = pd.DataFrame(np.linspace(0.01, 0.36, 36)[None, :], index=["A"], columns=range(1, 37))
    risky = early_offers(book(book_of), cumulative.reindex(list("ABCDE")).ffill(), NOBODY).made
    assert risky.loc["A", "break_even"] > 1 - 1.1 ** (-60 / 365) + 0.003
