"""The worklist: values worked out by hand, and its order."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect.decided import COLUMNS, nothing
from tradecredit.decide.collect.worklist import Known, by_act, due_to_insurer, to_collect, worklist

AS_OF = "2026-10-30"
RUN = {"cost_of_capital": 0.10, "losses": {"lgd": 0.5}, "payment_plan": {"recovery_days": 365}}
CHANGE = pd.Series({"friendly reminder": 0.3, "second reminder": 0.2, "formal warning": 0.1})
INVOICES = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
    f"I{buyer},{buyer},2026-08-01,2026-09-01,1000\n" for buyer in "ABCDFGH"
)
DEFAULTS = "buyer_id,date,kind,debt,recovered\nD,2026-10-05,insolvency,1000,\n"
DISPUTES = "invoice_id,opened,closed,amount\nIH,2026-09-05,,\nIA,2026-09-05,,200\n"
DECIDED = {
    "B": {"insurer_task": "claim", "insurer_amount": 900.0, "insured_stake": 400.0, "insured_payable": 300.0,
          "insurer_by": "2026-11-02"},
    "C": {"decided": "enforce", "amount": 1000.0, "gain_on_waiting": 50.0},
    "D": {"decided": "in default", "amount": 500.0}, "F": {"deliveries": "nothing", "supplies_stopped": True},
    "G": {"decided": "payment plan", "amount": 9.0},
}  # fmt: skip


@pytest.fixture
def listed(book_of) -> pd.DataFrame:
    """Nothing was ever paid, so that what is out stays out a year; the default probability of A is 20 %."""
    decided = pd.DataFrame.from_dict(DECIDED, orient="index").reindex(columns=list(COLUMNS)).rename_axis("buyer_id")
    decided = decided.assign(supplies_stopped=decided["supplies_stopped"].eq(True)).astype(COLUMNS)
    book = book_of(AS_OF, run=RUN, invoices=INVOICES, defaults=DEFAULTS, disputes=DISPUTES)
    return worklist(book, Known(pd.Series({"A": 0.2}), decided, CHANGE))


def test_the_value_is_amount_by_what_waiting_costs_by_what_acting_changes(listed):
    """A: 800 × (0.1 + 0.5 × 0.2) × 0.1; D: 500 × 0.1 × 0.5, without a loss, which has happened; F: 1,000 × 0.1 × 0.2,
    the stop's, which is more than the letter's. Of B, whose probability is not known
    and whose debt is claimed, a call in place of a letter saves capital alone, 1,000 × 0.1 × 0.15, and the claim what
    the insurer pays after the first loss; C is worth what its sheet says."""
    value = listed["acting_value"].to_dict()
    assert value["A"] == pytest.approx(16)
    assert value["B"] == pytest.approx(15)
    assert listed["insurer_value"].dropna().to_dict() == {"B": 300}
    assert listed["acts_today"].tolist() == [True] * 6 + [False]
    assert value["C"] == pytest.approx(50)
    assert value["D"] == pytest.approx(25)
    assert value["F"] == pytest.approx(20)
    assert np.isnan(value["G"])
    assert np.isnan(value["H"])
    assert listed.loc["A", ["acting_amount", "held_out", "wait_days", "waiting_cost", "letter_cost"]].tolist() == [
        800,
        200,
        365,
        160,
        8,
    ]


def test_the_order_is_by_value_less_cost_and_then_what_waits(listed):
    """B: 315 without a letter, F: 20 less 8, A: 16 less 8; of the plan it is not known what it is worth."""
    assert listed.index.tolist() == ["B", "C", "D", "F", "A", "G", "H"]
    assert listed["act"].tolist() == [
        "collect", "enforce", "in default", "remind", "remind", "payment plan", "held out",
    ]  # fmt: skip
    acts = by_act(listed)
    assert acts["buyers"].to_dict() == {
        "in default": 1, "enforce": 1, "payment plan": 1, "remind": 2, "collect": 1, "held out": 1,
    }  # fmt: skip
    assert acts["acting_amount"].sum() == pytest.approx(listed["acting_amount"].sum())


def test_debt_on_which_no_reminder_is_left_counts_with_what_a_call_is_taken_to_change(book_of):
    reminders = "invoice_id,stage,sent\nIA,formal warning,2026-09-20\n"
    decided = nothing().reindex(pd.Index(["A"], name="buyer_id")).assign(decided="collect", supplies_stopped=False)
    book = book_of(AS_OF, run=RUN, invoices=INVOICES, reminders=reminders)
    table = worklist(book, Known(pd.Series({"A": 0.2}), decided.astype(COLUMNS), CHANGE))
    assert table.loc["A", ["act", "changed_share"]].tolist() == ["collect", 0.15]
    assert table.loc["A", "acting_value"] == pytest.approx(1000 * 0.2 * 0.15)


def test_a_report_is_worth_what_the_insurer_would_pay_if_the_buyer_fails(book_of):
    decided = nothing().reindex(pd.Index(["A"], name="buyer_id"))
    decided = decided.assign(insurer_task="report", insured_payable=500.0, supplies_stopped=False, insurer_amount=600.0)
    known = Known(pd.Series({"A": 0.2}), decided.astype(COLUMNS), CHANGE)
    table = worklist(book_of(AS_OF, run=RUN, invoices=INVOICES), known)
    assert table.loc["A", "insurer_value"] == pytest.approx(100)


def test_what_the_insurer_is_told_at_once_stands_as_decisions_do(book_of, listed):
    """Late reports before claims, the largest debt first; of F it is told later."""
    told = listed.loc[["B", "C", "D", "F"]].assign(
        insurer_task=["claim", "report missed", "report missed", "report missed"],
        insurer_amount=[900.0, 10.0, 20.0, 30.0],
        insurer_by=pd.to_datetime(["2026-11-02", "2026-11-02", "2026-11-02", "2026-11-03"]),
    )
    calendar = pd.DataFrame(
        {"buyer_id": ["B", "B", "C"], "deadline": ["file", "file", "report"], "state": ["missed", "missed", "soon"],
         "day": pd.to_datetime(["2026-09-30", "2026-05-16", "2026-11-02"])}
    )  # fmt: skip
    due = due_to_insurer(told, calendar, book_of(AS_OF, invoices=INVOICES))
    assert due.index.tolist() == ["D", "C", "B"]
    assert due["day"].dropna().to_dict() == {"B": pd.Timestamp("2026-05-16")}


def test_the_way_from_past_due_to_what_is_to_collect_adds_up(listed):
    """Seven times 1,000 past due: 1,000 of H and 200 of A in dispute, 1,000 of D owed in default."""
    assert to_collect(listed)["amount"].to_dict() == {
        "overdue": 7_000, "disputed": -1_200, "in default": -1_000, "to_collect": 4_800,
    }  # fmt: skip
