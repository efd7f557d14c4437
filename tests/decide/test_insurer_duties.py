"""What a policy asks of us of each buyer: reports, claims, stops and what is payable, by hand."""

import pandas as pd
import pytest
from advised import AS_OF, INVOICES, LEDGER, POLICY, table

from tradecredit import words
from tradecredit.decide import buyer_sheet
from tradecredit.decide.collect import claims
from tradecredit.decide.insurer_duties import duties, payable, payable_of_each, to_claim
from tradecredit.insurance.policy import Policy


@pytest.fixture(scope="module")
def asked(book_of):
    return duties(book_of(AS_OF, **LEDGER), POLICY)


def test_what_is_to_be_reported_by_hand(asked):
    assert asked["report_amount"].to_dict() == {**dict.fromkeys("ABCDEFGH", 0), "A": 10_000}
    assert asked.loc["A", "report_by"] == pd.Timestamp("2026-11-20")
    assert asked.loc[list("BCDEFGH"), "report_by"].isna().all()
    # The extension of B ended on 21 October, so that a report is late.
    assert asked["missed_amount"].to_dict() == {**dict.fromkeys("ABCDEFGH", 0), "B": 10_000}
    assert asked["missed_since"].dropna().to_dict() == {"B": pd.Timestamp("2026-10-21")}


# The report is read on Monday, 2 November, when the period of an invoice 58 days late on 31 October ends.
@pytest.mark.parametrize(("late", "column"), [(58, "report_amount"), (59, "missed_amount"), (60, "missed_amount")])
def test_what_had_to_be_reported_before_the_report_is_read_is_missed(book_of, late, column):
    shifted = INVOICES.assign(due=INVOICES["due"] + pd.Timedelta(days=70 - late))
    found = duties(book_of(AS_OF, **LEDGER | {"invoices": shifted}), POLICY).loc["B"]
    assert found[["report_amount", "missed_amount"]].sum() == found[column] == 10_000


def test_late_and_due_debt_of_a_buyer_count_together_from_which_amount_on(book_of):
    # 400 late and 100 due of F reach the 500; 400 alone do not.
    more = pd.concat([INVOICES, INVOICES.query("buyer_id == 'A'").assign(invoice_id="F2", buyer_id="F", amount=100.0)])
    found = duties(book_of(AS_OF, **LEDGER | {"invoices": more}), POLICY).loc["F"]
    assert found[["missed_amount", "report_amount"]].tolist() == [400, 100]
    assert found["missed_since"] == pd.Timestamp("2026-10-21")


def test_what_is_to_be_claimed_by_hand(asked):
    assert asked["claim_amount"].to_dict() == {**dict.fromkeys("ABEFGH", 0), "C": 10_000, "D": 10_000}
    # C: due on 14 April and 180 days more; D: the day of its insolvency.
    assert asked.loc[["C", "D"], "loss_date"].tolist() == [pd.Timestamp("2026-10-11"), pd.Timestamp("2026-05-20")]


# The claims on C and D take 18,000 of the first loss; what is left of it is taken from what is paid for A or B alone.
@pytest.mark.parametrize(
    ("first_loss", "claims", "reports"), [(None, 9_000, 9_000), (20_000, 0, 7_000), (30_000, 0, 0)]
)
def test_what_is_payable_of_each_by_hand(asked, first_loss, claims, reports):
    policy = POLICY.model_copy(update={"aggregate_first_loss": first_loss, "aggregate_erosion": "after_percentage"})
    assert payable_of_each(asked, policy).to_dict() == {
        **dict.fromkeys("CD", claims), **dict.fromkeys("AB", reports), **dict.fromkeys("EFGH", 0)
    }  # fmt: skip


def test_by_when_a_claim_is_to_be_filed_by_hand(book_of):
    terms = POLICY.model_dump(exclude_unset=True)
    policy = Policy(**terms | {"filing_days": 60})
    found = duties(book_of(AS_OF, **LEDGER), policy)
    # C: 60 days from 11 October is Thursday, 10 December. D: from 20 May Sunday, 19 July, so Friday the 17th.
    assert found["file_by"].dropna().to_dict() == {"C": pd.Timestamp("2026-12-10"), "D": pd.Timestamp("2026-07-17")}
    assert payable(found, policy)[7:] == (60, pd.Timestamp("2026-07-17"))
    assert duties(book_of(AS_OF, **LEDGER), POLICY)["file_by"].isna().all()


@pytest.mark.parametrize(
    ("filed", "amount"),
    # C became a loss on 11 October: a claim of before is another's.
    [("C,2026-10-11", 10_000), ("C,2026-10-30", 10_000), ("C,2026-10-10", 0), ("D,2026-10-30", 0)],
)
def test_what_was_filed_is_not_to_be_claimed_again(book_of, filed, amount):
    buyer, day = filed.split(",")
    claims = f"claim_id,buyer_id,policy,filed,amount,answered,answer\n1,{buyer},own,{day},10000,,\n"
    book = book_of(AS_OF, claims=claims, **LEDGER)
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 60})
    found = duties(book, policy)
    # It is a loss all the same, for which the policy has to pay.
    assert found.loc["C", ["claim_amount", "filed_amount"]].tolist() == [10_000, amount]
    assert found.loc["C", "loss_date"] == pd.Timestamp("2026-10-11")
    assert pd.isna(found.loc["C", "file_by"]) == (amount > 0)
    assert to_claim(found)["C"] == 10_000 - amount
    on_cover = buyer_sheet.advice(book, table(), policy).loc["C", "on_cover"]
    assert (on_cover == "claim") == (amount == 0)


def test_where_new_deliveries_are_not_insured_by_hand(asked):
    # D is in default, and nothing of G was insured: it has no limit.
    assert asked.index[asked["stop_insured"]].tolist() == ["B", "C", "F"]
    # The extension of B ended on 21 October, 60 days after its due day.
    assert asked["stop_since"].dropna().index.tolist() == ["B", "C", "F"]
    assert asked.loc["B", "stop_since"] == pd.Timestamp("2026-10-22")
    assert asked["stop_invoice"].dropna().to_dict() == {"B": "B1", "C": "C1", "F": "F1"}
    assert asked["stop_clears"].dropna().to_dict() == {"B": 10_000, "C": 10_000, "F": 400}


@pytest.mark.parametrize(("paid", "since"), [(0, "2026-11-01"), (10_000, None), (9_000, "2026-11-01")])
def test_a_stop_begins_by_the_day_of_reading_unless_it_is_paid(book_of, paid, since):
    # B, 60 days late on the as-of day, is past its period from Sunday, 1 November on.
    shifted = INVOICES.assign(due=INVOICES["due"] + pd.Timedelta(days=10))
    receipts = f"invoice_id,received,amount,kind\nB1,2026-10-30,{paid},payment\n" if paid else None
    tables = LEDGER | {"invoices": shifted} | ({"receipts": receipts} if paid else {})
    found = duties(book_of(AS_OF, **tables), POLICY).loc["B"]
    assert bool(found["stop_insured"]) == (since is not None)
    assert found["stop_since"] is pd.NaT if since is None else found["stop_since"] == pd.Timestamp(since)


def test_what_is_payable_for_the_claims_by_hand(asked):
    # C and D lose 10,000 each: 9,000 less a deductible of 500 are 8,500 each, 17,000 of which the first loss bears
    # 12,000, and all of it where that is 20,000.
    terms = POLICY.model_dump(exclude_unset=True) | {
        "each_loss_deductible": 500,
        "deductible_order": "percentage_first",
    }
    policies = [Policy(**terms | {"aggregate_first_loss": first}) for first in (12_000, 20_000)]
    assert payable(asked, policies[0])[:4] == ("own", 17_000, 12_000, 5_000)
    assert payable(asked, policies[1])[:4] == ("own", 17_000, 20_000, 0)
    # D is insolvent since 20 May 2026, C a loss since 11 October 2026, the year of the policy.
    ending = Policy(**terms | {"ends": "2027-05-31"})
    assert payable(asked, ending)[4:7] == (pd.Timestamp("2026-06-01"), 8_500, False)
    stated = payable(asked, Policy(**terms | {"starts": "2026-05-20", "ends": "2027-05-31"}))
    assert stated[4:7] == (pd.Timestamp("2026-05-20"), 0, True)
    assert payable(asked, Policy(**terms)).year_starts is pd.NaT
    assert payable(asked, None) is payable(asked.loc[["A", "B"]], POLICY) is None


def test_what_has_to_be_paid_so_that_a_stop_ends(book_of):
    # Of B past the period: 6,000 of B1, all of B2, 100 of B3 (within the tolerance); B4 is within the period.
    b1 = INVOICES.query("buyer_id == 'B'")
    older = [b1.assign(invoice_id=f"B{number}", due=b1["due"] - pd.Timedelta(days=days), amount=2_000.0)
             for number, days in ((2, 20), (3, 30), (4, -30))]  # fmt: skip
    receipts = "invoice_id,received,amount,kind\nB1,2026-10-20,4000,payment\nB3,2026-10-20,1900,payment\n"
    book = book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, *older])}, receipts=receipts)
    found = duties(book, Policy(**POLICY.model_dump(exclude_unset=True) | {"stop_tolerance": 100})).loc["B"]
    assert found[["stop_invoice", "stop_clears"]].tolist() == ["B2", 8_000]
    assert found["stop_since"] == pd.Timestamp("2026-10-02")
    without = duties(book, POLICY).loc["B"]
    assert without[["stop_invoice", "stop_clears"]].tolist() == ["B3", 8_100]


def test_the_run_says_from_which_amount_and_how_long_before(book_of):
    run = {"decisions": {"report_from": 0, "report_ahead_days": 45}}
    found = duties(book_of(AS_OF, run=run, **LEDGER), POLICY)
    assert found["report_amount"][found["report_amount"] > 0].to_dict() == {"A": 10_000, "H": 10_000}
    assert found["missed_amount"][found["missed_amount"] > 0].to_dict() == {"B": 10_000, "F": 400}


def test_on_what_the_insurer_has_paid_nothing_more_is_claimed(book_of):
    receipts = "invoice_id,received,amount,kind\nC1,2026-10-20,4000,claim\n"
    found = duties(book_of(AS_OF, receipts=receipts, **LEDGER), POLICY)
    assert found["claim_amount"].to_dict() == {**dict.fromkeys("ABCEFGH", 0), "D": 10_000}


def test_what_is_to_be_reported_is_due_since_its_own_day(book_of):
    # A owes 200 since 79 days, too little to be insured still, as its limit began later; its debt to report is 40 late.
    a1 = INVOICES.query("buyer_id == 'A'")
    days = {"A2": 39, "A3": -20}
    more = [
        a1.assign(invoice_id=name, due=pd.Timestamp(AS_OF) - pd.Timedelta(days=late)) for name, late in days.items()
    ]
    found = duties(book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, *more])}), POLICY)
    assert found["report_due_since"].dropna().to_dict() == {"A": pd.Timestamp("2026-09-21")}
    assert found.loc["A", ["report_amount", "report_by"]].tolist() == [20_000, pd.Timestamp("2026-11-20")]


def test_without_a_policy_nothing_is_asked(book_of):
    found = duties(book_of(AS_OF, **LEDGER), None)
    assert not found["stop_insured"].any()
    assert found[["missed_amount", "report_amount", "claim_amount"]].to_numpy().sum() == 0
    assert found[["missed_since", "report_by", "loss_date", "stop_invoice", "stop_clears"]].isna().all(axis=None)


# C and D have lost 10,000 each, of which the policy bears 90 %.
@pytest.mark.parametrize(
    ("terms", "claimed"),
    [
        ({"each_loss_deductible": 9_999, "deductible_order": "deductible_first"}, 10_000),
        ({"each_loss_deductible": 10_000, "deductible_order": "deductible_first"}, 0),
        ({"each_loss_deductible": 8_999, "deductible_order": "percentage_first"}, 10_000),
        ({"each_loss_deductible": 9_000, "deductible_order": "percentage_first"}, 0),
        # What the first loss of the year bears is claimed all the same: it uses it up.
        ({"aggregate_first_loss": 1_000_000}, 10_000),
    ],
)
def test_no_claim_is_asked_for_where_nothing_is_payable_for_the_loss(book_of, terms, claimed):
    book, policy = (
        book_of(AS_OF, **LEDGER),
        Policy(**POLICY.model_dump(exclude_unset=True) | {"filing_days": 9} | terms),
    )
    found = duties(book, policy)
    assert found.loc[["C", "D"], "claim_amount"].tolist() == [claimed, claimed]
    assert found.loc[["C", "D"], ["loss_date", "file_by"]].notna().to_numpy().tolist() == [[claimed > 0] * 2] * 2
    sheet = buyer_sheet.advice(book, table(), policy).loc["C"]
    # Past the extension new deliveries are not insured, which a payment ends.
    assert sheet["on_cover"] == ("claim" if claimed else "stop insured")
    assert (payable(found, policy) is None) == (claimed == 0)
    left_out = claims.not_payable(book, policy)
    assert left_out.to_dict() == ({} if claimed else {"C": 10_000, "D": 10_000})
    assert claims.not_payable(book, None).empty
    told = words.claims.not_payable(left_out, "EUR")
    assert told.startswith("" if claimed else "EUR 20,000 of insured debt of 2 buyers (C and D) has been lost too:")
    assert (told == "") == (claimed > 0)
    # Reports are asked whatever is payable.
    assert found.loc[["A", "B"], ["missed_amount", "report_amount"]].to_numpy().tolist() == [[0, 10_000], [10_000, 0]]


def test_more_that_is_lost_makes_all_of_it_a_claim(book_of):
    policy = Policy(**POLICY.model_dump(exclude_unset=True) | {"each_loss_deductible": 12_000})
    more = INVOICES.query("buyer_id == 'C'").assign(invoice_id="C2", amount=5_000.0)
    found = duties(book_of(AS_OF, **LEDGER | {"invoices": pd.concat([INVOICES, more])}), policy)
    assert found.loc["C", "claim_amount"] == 15_000
