"""When invoices become losses of a policy, whether they are claimed, and in which of its years they lie."""

import pandas as pd
import pytest

from tradecredit.insurance.loss_days import loss_days, year_of
from tradecredit.insurance.policy import Policy

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2026-03-01,2026-03-31,1000
I2,B2,2026-08-01,2026-08-31,2000
I3,B2,2026-10-01,2026-10-31,3000
"""
DEFAULTS = "buyer_id,date,kind,debt,recovered,resolved\nB2,2026-10-20,insolvency,5000,,\n"
CLAIMS = "claim_id,buyer_id,policy,filed,amount,answered,answer\nC1,B2,p,2026-10-25,5000,,\n"
TERMS = {"name": "p", "insured_percentage": 0.9, "waiting_days": 180, "filing_days": 30}


def test_a_loss_is_the_insolvency_or_the_end_of_the_waiting_period_and_is_claimed_by_a_claim_after_it(book_of):
    book = book_of("2026-10-31", invoices=INVOICES, defaults=DEFAULTS, claims=CLAIMS)
    found = loss_days(book, Policy(**TERMS), book.invoices)
    assert found["loss_date"].dt.strftime("%m-%d").tolist() == ["09-27", "10-20", "10-20"]
    assert found["file_by"].dt.strftime("%m-%d").tolist() == ["10-27", "11-19", "11-19"]
    assert found["filed"].tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("terms", "years"),
    [({"ends": "2026-12-31"}, [-1, 0, 0, 1]), ({"starts": "2026-07-01"}, [-1, -1, 0, 0]), ({}, [0, 0, 0, 0])],
)
def test_the_years_of_a_policy_begin_on_the_same_day(terms, years):
    days = pd.Series(pd.to_datetime(["2025-12-31", "2026-01-01", "2026-07-01", "2027-01-01"]))
    assert year_of(Policy(**TERMS, **terms), days).tolist() == years
