"""When claims, recoveries and premiums move."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.cash.insured_cash import by_week, claim_day, instalments, protracted_share, recovery_days
from tradecredit.insurance.policy import Policy


def test_the_first_claim_comes_on_the_day_of_the_published_example():
    # Domain example 7: due 30 April 2022, extension period 30 days, waiting 150 from its end, paid 30 days later.
    policy = Policy(
        name="p", insured_percentage=0.9, maximum_extension_days=30, waiting_days=150, waiting_from="extension_end",
        payment_days=30,
    )  # fmt: skip
    due = pd.Timestamp("2022-04-30")
    in_default = (due + pd.Timedelta(days=90)).to_datetime64().astype("datetime64[D]").astype(int)
    day = claim_day(policy, np.array([in_default]), np.array([True]), 90)[0]
    assert np.datetime64(int(day), "D") == np.datetime64("2022-11-26")


def test_an_insolvency_is_paid_for_after_the_payment_days():
    policy = Policy(name="p", insured_percentage=0.9, waiting_days=180, payment_days=30)
    both = claim_day(policy, np.array([10, 10]), np.array([False, True]), 90)
    assert both.tolist() == [40, 10 - 90 + 180 + 30]


def test_no_protracted_default_is_paid_for_without_a_waiting_period():
    policy = Policy(name="p", insured_percentage=0.9, payment_days=30)
    assert np.isnan(claim_day(policy, np.array([10]), np.array([True]), 90)[0])


def test_a_waiting_period_that_is_over_is_paid_for_from_the_default_on():
    policy = Policy(name="p", insured_percentage=0.9, waiting_days=60, payment_days=30)
    assert claim_day(policy, np.array([10]), np.array([True]), 90).tolist() == [40]


def test_amounts_fall_into_the_week_of_their_day_and_later_ones_out():
    found = by_week(np.array([5.0, 7.0, 9.0, 1.0]), np.array([1.0, 7.0, 8.0, 15.0]), np.array([0, 0, 1, 1]), (2, 2))
    assert found.tolist() == [[12.0, 0.0], [0.0, 9.0]]


def test_a_claim_that_never_comes_is_in_no_week():
    assert by_week(np.array([5.0]), np.array([np.nan]), np.array([0]), (1, 2)).tolist() == [[0.0, 0.0]]


@pytest.fixture
def book(book_of):
    return book_of(
        "2026-10-31",
        run={"cash": {"premium_instalments": 4, "protracted_share": 0.3, "recovery_days": 200}},
        invoices="invoice_id,buyer_id,issued,due,amount\nI1,B1,2026-10-01,2026-10-31,1000\n",
        receipts="invoice_id,received,amount,kind\n",
    )


def test_the_run_says_what_a_book_without_defaults_does_not(book):
    assert protracted_share(book) == 0.3
    assert recovery_days(book) == 200


def test_premiums_are_paid_in_instalments_from_the_start_of_the_policy_year(book):
    # The policy year begins on 1 January 2027, 62 days ahead: weeks 9, 22 (1 April), 35 (1 July) and 48 (1 October).
    policy = Policy(name="p", insured_percentage=0.9, minimum_premium=40_000, ends="2026-12-31")
    portfolio = pd.DataFrame({"insured_limit": [np.nan]}, index=pd.Index(["B1"], name="buyer_id"))
    found = instalments(book, [policy], portfolio, 52)["p"]
    assert np.flatnonzero(found).tolist() == [8, 21, 34, 47]
    assert found[found > 0].tolist() == [10_000.0] * 4
