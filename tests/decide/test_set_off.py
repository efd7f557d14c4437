"""Money on account is payment wherever overdue debt decides against a buyer: a ledger worked by hand."""

import pandas as pd
import pytest

from tradecredit import words
from tradecredit.decide import buyer_sheet, limits
from tradecredit.decide.collect import payment_signals, stages
from tradecredit.decide.held_back import held_back
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits import actions
from tradecredit.decide.terms.payment_plan import overdue_buyers, plan
from tradecredit.insurance.policy import Policy
from tradecredit.measure.receivables import kpis
from tradecredit.measure.set_off import set_off, still_overdue
from tradecredit.words.summary import beside

AS_OF = "2026-10-31"
# 214, 30 and −30 days past due; of D1 a quarter is in dispute.
INVOICES = """
invoice_id,buyer_id,issued,due,amount
I1,B,2026-03-01,2026-03-31,400
I2,B,2026-09-01,2026-10-01,2000
I3,B,2026-10-01,2026-11-30,3000
D1,D,2026-03-01,2026-03-31,400
D2,D,2026-09-01,2026-10-01,500
"""
DISPUTES = "invoice_id,opened,closed,amount,reason\nD1,2026-04-01,,100,price\n"
LIMITS = "buyer_id,source,amount,valid_from\nB,insurer,90000,2020-01-01\n"
POLICY = Policy(name="own", insured_percentage=0.9, maximum_extension_days=60)


def book_with(book_of, paid: float, more: str = ""):
    receipts = f"invoice_id,buyer_id,received,amount,kind\n,B,2026-10-02,{paid},payment\n{more}"
    return book_of(AS_OF, invoices=INVOICES, disputes=DISPUTES, limits=LIMITS, receipts=receipts)


# On account: set off of I1 and I2, the overdue rest, days past due of its oldest invoice.
@pytest.mark.parametrize(
    ("paid", "taken", "rest", "days"),
    [(0.01, [0.01, 0], 2399.99, 214), (100, [100, 0], 2300, 214), (400, [400, 0], 2000, 30),
     (900, [400, 500], 1500, 30), (2400, [400, 2000], 0, 0), (9000, [400, 2000], 0, 0)],
)  # fmt: skip
def test_the_oldest_overdue_debt_is_paid_first_and_the_rest_alone_asked_for(book_of, paid, taken, rest, days):
    book = book_with(book_of, paid)
    assert set_off(book).tolist() == pytest.approx([*taken, 0, 0, 0])
    asked = stages.of_invoices(book)
    assert asked["set_off"].tolist() == pytest.approx([*taken, 0, 0])
    owed = actions.overdue(book)[0]
    assert owed == pytest.approx(rest) == asked.loc[asked["buyer"] == 0, "to_collect"].sum()
    assert payment_signals.overdue(book).value[0] == days
    assert kpis(book)["overdue_amount"] == 3300  # by invoice, as ageing is
    late = overdue_buyers(book)
    if rest:
        assert late.loc["B", ["overdue", "oldest_days_past_due"]].tolist() == pytest.approx([rest, days])
        assert plan(book, "B")["principal"].sum() == pytest.approx(rest)
    else:
        assert "B" not in late.index


def test_a_disputed_part_takes_no_money(book_of):
    book = book_with(book_of, 1, ",D,2026-10-02,350,payment\n")
    assert set_off(book)[3:].tolist() == [300, 50]
    assert still_overdue(book)[3:].tolist() == [0, 450]  # an invoice in dispute is left out whole


def test_money_that_the_bank_took_back_settles_nothing(book_of):
    book = book_with(book_of, 400, ",B,2026-10-05,-400,payment\n")
    assert still_overdue(book).tolist() == [400, 2000, 0, 0, 500]


@pytest.mark.parametrize(
    ("paid", "tolerance", "clears"),
    [(0.01, None, 399.99), (100, None, 300), (100, 299, 300), (100, 300, None), (400, None, None)],
)
def test_the_insurers_stop_counts_it_as_payment(book_of, paid, tolerance, clears):
    policy = POLICY.model_copy(update={"stop_tolerance": tolerance})
    asked = duties(book_with(book_of, paid), policy).loc["B"]
    assert asked["stop_insured"] == (clears is not None)
    if clears is not None:
        assert asked["stop_clears"] == pytest.approx(clears)


# On account, and the limit by risk; what is held, for what, and by which invoice first.
@pytest.mark.parametrize(
    ("paid", "limit", "action", "to_pay", "invoice"),
    [(100, 3100, "stop until paid", 2300, "I1"), (400, 3100, "stop until paid", 2000, "I2"),
     (2400, 3100, "none", None, None), (2400, 2900, "run down", 100, "any")],
)  # fmt: skip
def test_deliveries_are_held_for_the_rest_alone(book_of, paid, limit, action, to_pay, invoice):
    """Who has nothing left overdue is never told to pay it: held, if at all, by what is above the limit by risk."""
    book = book_with(book_of, paid)
    ratings = pd.DataFrame({"pd": 0.01, "grade": 3, "method": "scorecard"}, index=pd.Index(["B", "D"], name="buyer_id"))
    table = limits.recommend(book, ratings)
    over = (table["exposure"] - limit).clip(lower=0.0)
    table = table.assign(risk_limit=float(limit), over_risk=over, over_need=0.0, breach=0.0, claimed=False)
    table = table.assign(action=actions.action(table, ratings["grade"], book.run.limits))
    assert table.loc["B", "action"] == action
    found = held_back(book, table, buyer_sheet.advice(book, table, None))
    assert ("B" in found.index) == (to_pay is not None)
    if to_pay is not None:
        assert found.loc["B", "to_pay"] == pytest.approx(to_pay)
        assert found["pay_invoice"].fillna("any")["B"] == invoice


def test_the_pages_say_what_of_the_overdue_it_covers(book_of):
    book = book_with(book_of, 900)
    assert beside({}, book.run, set_off(book).sum()) == {
        "overdue_amount": "EUR 900 of it is covered by money on account"
    }
    assert "It covers EUR 900 of the overdue invoices of 1 buyer: allocate it" in words.receivables.on_account(book)
