"""What insurance is expected to pay of a provision: losses by themselves, the year's terms, and both treatments."""

import pandas as pd
import pytest

from tradecredit.provision.provision import provided
from tradecredit.provision.reimbursement import by_invoice, lines, matrix_part, posted, reimbursement, treatments

RATES = [0.01, 0.02, 0.05, 0.10, 0.50]
STATED = {"method": "stated", "rates": {"whole book": RATES}, "rates_source": "by hand"}

# B1 and B4 are named, B1 with a limit that fits; B2 has failed, insured up to 6,000 of 10,000; B3 is public.
INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2026-10-01,2026-11-30,20000
I2,B2,2026-09-01,2026-10-15,10000
I3,B3,2026-10-01,2026-11-30,50000
I4,B1,2026-09-01,2026-10-15,10000
"""
LIMITS = """buyer_id,source,amount,valid_from,valid_to
B1,insurer,100000,2025-01-01,
B2,insurer,6000,2025-01-01,
"""
DEFAULTS = "buyer_id,date,kind,debt,recovered,resolved\nB2,2026-10-20,insolvency,10000,,\n"
EXCESS = {"kind": "excess_of_loss", "aggregate_first_loss": 10_000.0, "maximum_liability": 1e6}
POLICY = {"name": "Ours", "insured_percentage": 0.9, "premium_rate": 0.001, "insured_turnover": 1e6}


def book(book_of, terms=None, **provision):
    policy = {"policy": POLICY | terms} if terms is not None else {}
    run = {"provision": STATED | provision, "losses": {"lgd": 0.5}} | policy
    columns = book_of("2026-10-31", invoices=INVOICES).buyers
    buyers = pd.DataFrame({"buyer_id": ["B1", "B2", "B3"], "kind": ["private", "private", "public"]})
    buyers = buyers.reindex(columns=columns.columns).astype(columns.dtypes.to_dict())
    tables = {"invoices": INVOICES, "limits": LIMITS, "defaults": DEFAULTS, "buyers": buyers}
    return book_of("2026-10-31", run=run, **tables)


def test_losses_by_themselves(book_of):
    """Provided: 200 and 200 of B1, 5,000 of B2, 500 of B3. Of B2 90 % of 6,000 less the half that comes in: 2,700.

    If B1 fails, 13,500 of its 30,000 are paid (0.9 × 30,000 less half), two thirds of that of I1: 0.01 / 0.5 × 9,000;
    of I4 0.02 / 0.5 × 4,500.
    """
    known = book(book_of, {})
    found = by_invoice(known)
    assert provided(known)[0] == 200 + 5_000 + 500 + 200
    assert found["insured_debt"].tolist() == [20_000.0, 6_000.0, 0.0, 10_000.0]
    assert found["paid_if_lost"].tolist() == [9_000.0, 2_700.0, 0.0, 4_500.0]
    assert found["loss_probability"].tolist() == pytest.approx([0.02, 1.0, 0.02, 0.04])
    assert found["reimbursement"].tolist() == [180.0, 2_700.0, 0.0, 180.0]
    assert reimbursement(known) == (3_060.0, 0.0, 0.0, 0.0, 3_060.0, 1)
    assert matrix_part(known) == 360.0


def test_the_deductible_of_each_loss(book_of):
    """Of B2's 6,000 half comes in: 0.9 × (3,000 − 1,000), settled net; 0.9 × (6,000 − 1,000) less half, on the debt.

    Of B1, before 0.02 × 2/3 and 0.04 × 1/3: 0.9 × (15,000 − 1,000) or 0.9 × (30,000 − 1,000) less half.
    """
    net = by_invoice(book(book_of, {"each_loss_deductible": 1_000.0}))
    assert net["reimbursement"].tolist() == pytest.approx([168.0, 1_800.0, 0.0, 168.0])
    on_debt = by_invoice(book(book_of, {"each_loss_deductible": 1_000.0, "loss_basis": "debt"}))
    assert on_debt["reimbursement"].tolist() == pytest.approx([174.0, 2_250.0, 0.0, 174.0])


def test_the_first_loss_and_the_maximum_of_the_year(book_of):
    assert reimbursement(book(book_of, {"aggregate_first_loss": 1_000.0})) == (3_060.0, 0.0, 1_000.0, 0.0, 2_060.0, 1)
    assert reimbursement(book(book_of, {"aggregate_first_loss": 9_000.0})) == (3_060.0, 0.0, 3_060.0, 0.0, 0.0, 1)
    eroded_before = {"aggregate_first_loss": 1_000.0, "aggregate_erosion": "before_percentage"}
    assert reimbursement(book(book_of, eroded_before)) == (3_060.0, 0.0, 900.0, 0.0, 2_160.0, 1)
    both = {"aggregate_first_loss": 1_000.0, "maximum_liability": 1_500.0}
    assert reimbursement(book(book_of, both)) == (3_060.0, 0.0, 1_000.0, 560.0, 1_500.0, 1)
    table = lines(book(book_of, both))["amount"]
    assert table.to_dict() == {
        "reimbursed_by_loss": 3_060.0, "not_claimed": 0.0,
        "kept_by_first_loss": -1_000.0, "above_maxima": -560.0, "reimbursement": 1_500.0
    }  # fmt: skip


def test_what_was_not_claimed_in_time_is_no_asset(book_of):
    """B2's loss is of 20 October; with 5 days for its claim it lapsed on the 25th, unless a claim was filed."""
    in_time = book(book_of, {"filing_days": 30})
    assert reimbursement(in_time) == (3_060.0, 0.0, 0.0, 0.0, 3_060.0, 1)
    late = book(book_of, {"filing_days": 5})
    assert reimbursement(late) == (3_060.0, 2_700.0, 0.0, 0.0, 360.0, 1)
    assert by_invoice(late)["lapsed"].tolist() == [0.0, 2_700.0, 0.0, 0.0]
    assert by_invoice(late)["reimbursement"].tolist() == [180.0, 0.0, 0.0, 180.0]
    assert lines(late)["amount"].to_dict()["not_claimed"] == -2_700.0
    assert matrix_part(late) == 360.0


def test_each_year_of_the_policy_has_a_first_loss_of_its_own(book_of):
    """The policy ends with 2026. B2's loss is of 2026; B1's invoices become losses 180 days after 30 November and 15
    October, both in 2027: 1,000 are kept of 2,700, and all of 360."""
    terms = {"aggregate_first_loss": 1_000.0, "ends": "2026-12-31", "waiting_days": 180}
    known = book(book_of, terms)
    assert by_invoice(known)["policy_year"].tolist()[:2] == [1, 0]
    assert reimbursement(known) == (3_060.0, 0.0, 1_360.0, 0.0, 1_700.0, 2)
    capped = book(book_of, terms | {"maximum_liability": 500.0})
    assert reimbursement(capped) == (3_060.0, 0.0, 1_360.0, 1_200.0, 500.0, 2)


def test_integral_insurance_lowers_the_provision_and_separate_insurance_never_does(book_of):
    known = book(book_of, {})
    table = treatments(known)
    assert table.loc["separate"].tolist() == [5_900.0, 3_060.0, 2_840.0, True]
    assert table.loc["integral"].tolist() == [2_840.0, 0.0, 2_840.0, False]
    assert posted(known)["provision"] == provided(known)[0] == 5_900.0
    assert posted(book(book_of, {}, insurance="integral"))["provision"] == 2_840.0


@pytest.mark.parametrize("terms", [None, EXCESS])
def test_no_policy_and_one_that_pays_nothing_of_an_ordinary_loss(book_of, terms):
    known = book(book_of, terms)
    assert reimbursement(known)[:5] == (0.0, 0.0, 0.0, 0.0, 0.0)
    assert treatments(known)["provision"].tolist() == [5_900.0, 5_900.0]


def test_missing_where_the_provision_is(book_of):
    paid = reimbursement(book(book_of, {}, rates={"elsewhere": RATES}))
    assert all(amount != amount for amount in paid[:5])
