"""What reminders change: a case by hand, made-up histories whose truth is known, and what stands where too few are."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect.effects import NORMAL_95, OWN, STATED, History, effects, measured

ONE = {"stages": [{"name": "first", "after_days_past_due": 5, "effect": 0.2}], "outcome_days": 2}

CASES = {"A": (5, 6), "B": (5, 9), "C": (None, 6), "D": (None, 7), "E": (None, 20), "F": (None, 20)}
"""Invoice: days past due of the letter (None: none was sent) and of the payment."""


def case(book_of, buyers: str = "ABCDEF", **settings):
    """The book of `CASES`, all due on 1 June 2026, each invoice of its buyer."""
    due = pd.Timestamp("2026-06-01")
    invoices = pd.DataFrame(
        [(name, buyer, "2026-05-01", "2026-06-01", 100.0) for name, buyer in zip(CASES, buyers, strict=True)],
        columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
    )
    receipts = pd.DataFrame(
        [(name, due + pd.Timedelta(days=paid), 100.0, "payment") for name, (_, paid) in CASES.items()],
        columns=["invoice_id", "received", "amount", "kind"],
    )
    reminders = pd.DataFrame(
        [(name, "first", due + pd.Timedelta(days=sent)) for name, (sent, _) in CASES.items() if sent],
        columns=["invoice_id", "stage", "sent"],
    )
    tables = {"invoices": invoices, "receipts": receipts, "reminders": reminders}
    return book_of("2026-07-31", run={"collections": ONE | settings}, **tables)


def test_a_case_by_hand(book_of):
    """Without: of 4 open on day 6 one is paid, of 3 on day 7 one: 1 − 3/4 × 2/3 = 1/2; with: one of two.

    The variance is that of the share, 1/2 × 1/2 / 2, and Greenwood's, (1/2)² × (1/(4·3) + 1/(3·2)) = 1/16.
    """
    row = effects(case(book_of, least_sent=2, least_without=2)).loc["first"]
    assert row[["compared", "not_comparable", "paid_with", "paid_without", "brought_in"]].tolist() == pytest.approx(
        [2, 0, 0.5, 0.5, 0]
    )
    error = NORMAL_95 * np.sqrt(1 / 8 + 1 / 16)
    assert row[["brought_in_low", "brought_in_high"]].tolist() == pytest.approx([-error, error])
    assert (row["basis"], row["changed_share"]) == (OWN, pytest.approx(0))


def test_invoices_of_one_buyer_count_as_one(book_of):
    """C to F add 1/8, 1/8, −1/8 and −1/8: of one buyer E and F, −1/4."""
    row = effects(case(book_of, "ABCDEE", least_sent=2, least_without=2)).loc["first"]
    error = NORMAL_95 * np.sqrt(1 / 8 + 2 / 64 + 1 / 16)
    assert row["brought_in_high"] == pytest.approx(error)


def test_the_stated_effect_stands_where_too_few_were_sent_or_too_few_had_none(book_of):
    few = effects(case(book_of, least_sent=3, least_without=2)).loc["first"]
    assert (few["basis"], few["changed_share"], few["compared"]) == (STATED, 0.2, 2)
    without = effects(case(book_of, least_sent=2, least_without=4)).loc["first"]
    assert (without["basis"], without["changed_share"], without["compared"], without["not_comparable"]) == (
        STATED,
        0.2,
        0,
        2,
    )
    assert np.isnan(without["brought_in"])
    nothing = effects(
        book_of("2026-07-31", invoices="invoice_id,buyer_id,issued,due,amount\nI,A,2026-05-01,2026-06-01,9\n")
    )
    assert nothing["basis"].eq(STATED).all()
    assert nothing["changed_share"].tolist() == [0.1, 0.1, 0.1]


def history(seed: int, *, invoices: int, raised: float, effect_days: int = 14) -> History:
    """Return invoices paid at a rate of 3 % a day, raised for some days by a letter, which goes on any day or none."""
    rng = np.random.default_rng(seed)
    letter = np.where(rng.random(invoices) < 0.6, rng.integers(3, 30, invoices), np.inf)
    paid = np.full(invoices, np.inf)
    for day in range(1, 200):
        after = (letter < day) & (day <= letter + effect_days)
        pays = ~np.isfinite(paid) & (rng.random(invoices) < np.where(after, raised, 0.03))
        paid[pays] = day
    letter = np.where(letter < paid, letter, np.inf)
    ends, today = np.full(invoices, 300.0), np.full(invoices, 300.0)
    return History(np.arange(invoices), ends, paid, letter[None, :], today)


@pytest.mark.parametrize("raised", [0.03, 0.06])
def test_a_known_truth_is_found_and_lies_within_the_interval_as_often_as_it_says(raised):
    """0 where a letter changes nothing; 0.97¹⁴ − 0.94¹⁴ = 0.2323 where it doubles the rate. 57 of 60 are expected."""
    truth = 0.97**14 - (1 - raised) ** 14
    large = measured(history(1, invoices=40_000, raised=raised), 0, 14, 20)
    assert large["brought_in"] == pytest.approx(truth, abs=0.015)
    small = [measured(history(seed, invoices=1_000, raised=raised), 0, 14, 20) for seed in range(60)]
    hits = sum(row["brought_in_low"] <= truth <= row["brought_in_high"] for row in small)
    assert hits >= 52  # fewer has a chance of 1 in 200 where each hits with 95 %


def test_a_stage_is_compared_among_those_that_got_the_one_before():
    """On days 10 to 12 only the two that got the first letter on day 4 and not the second are comparable."""
    inf = np.inf
    paid = np.array([12.0, 11.0, 30.0, 11.0])
    letters = np.array([[4.0, 4.0, 4.0, inf], [9.0, inf, inf, inf]])
    one = History(np.arange(4), np.full(4, 99.0), paid, letters, np.full(4, 99.0))
    row = measured(one, 1, 3, 1)
    assert (row["compared"], row["paid_with"], row["paid_without"]) == (1, 1.0, pytest.approx(0.5))
