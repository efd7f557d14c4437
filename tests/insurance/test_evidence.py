"""What a discretionary limit rests on, on a day: papers on file and how old they may be; a book without a list."""

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.errors import ParameterError
from tradecredit.insurance import cover
from tradecredit.insurance.evidence import _last_days, _months_old, evidence, papers_in_force, supported_on_shipment
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.stops import days, shipments

DAY = "2026-10-31"
SCORES = "buyer_id,date,agency,score\nA,2026-10-01,X,3\n"
PAPERS = "buyer_id,kind,obtained,valid_to\n"


def book_with(book_of, shipped, *, as_of=DAY, **tables):
    """A book of buyer A, that is sent 1,000 on each of some days."""
    invoices = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
        f"{day},A,{day},2027-12-31,1000\n" for day in shipped
    )
    return book_of(as_of, invoices=invoices, **tables)


def shares(book, policy):
    places = np.arange(len(book.invoices))
    found = supported_on_shipment(book, policy, shipments(book, places))
    return dict(zip(book.invoices["invoice_id"], found.tolist(), strict=True))


def test_a_paper_counts_while_it_is_young_enough_and_valid(book_of):
    # The report of 10 January is valid until 30 June and 12 months old on 9 January; that of 1 December before is not
    # older than 12 months until 30 November.
    papers = PAPERS + "A,agency_report,2025-12-01,\nA,agency_report,2026-01-10,2026-06-30\n"
    days_of = ["2025-11-30", "2025-12-01", "2026-05-31", "2026-06-01", "2026-06-30", "2026-07-01", "2026-10-31"]
    book = book_with(book_of, days_of, evidence=papers)
    policy = Policy(discretionary_limit=5_000)
    assert list(shares(book, policy).values()) == [0.1, 1, 1, 1, 1, 1, 1]
    # Six months: the one until 31 May, the other until its last valid day.
    strict = Policy(discretionary_limit=5_000, discretionary_months={"agency_report": 6})
    assert list(shares(book, strict).values()) == [0.1, 1, 1, 1, 1, 0.1, 0.1]
    assert evidence(book).tolist() == ["agency_report 11, good_faith"]
    assert cover.of_buyers(book, policy).limit.tolist() == [5_000]
    assert cover.of_buyers(book, strict).limit.tolist() == [500]


def test_the_policy_says_which_kinds_count(book_of):
    receipts = "invoice_id,received,amount,kind\n2026-01-05,2026-02-01,1000,payment\n"
    papers = PAPERS + "A,references,2026-05-01,\n"
    book = book_with(book_of, ["2026-01-05", "2026-03-01", "2026-06-01"], receipts=receipts, evidence=papers)
    # A payment is in the ledger, listed or not. Usually it supports all, references a quarter, good faith a tenth.
    assert list(shares(book, Policy(discretionary_limit=100)).values()) == [0.1, 1, 1]
    only = Policy(discretionary_limit=100, discretionary_shares={"references": 0.5})
    assert list(shares(book, only).values()) == [0, 0, 0.5]
    # The kind that supports most counts, not the one that is named first.
    other = Policy(discretionary_limit=100, discretionary_shares={"payment_experience": 0.2, "references": 0.5})
    assert list(shares(book, other).values()) == [0, 0.2, 0.5]
    assert cover.of_buyers(book, other).limit.tolist() == [50]


def test_with_a_list_of_papers_the_books_own_scores_and_accounts_are_none(book_of):
    accounts = "buyer_id,period_end,published,currency,assurance\nA,2025-12-31,2026-05-01,EUR,unaudited\n"
    tables = {"scores": SCORES, "statements": accounts}
    policy = Policy(discretionary_limit=100)
    without = book_with(book_of, ["2026-06-01", "2026-10-02"], **tables)
    assert list(shares(without, policy).values()) == [0.25, 1]
    assert evidence(without).tolist() == ["agency_report 1, unaudited_accounts 6, good_faith"]
    listed = book_with(book_of, ["2026-06-01", "2026-10-02"], evidence=PAPERS + "A,references,2026-09-01,\n", **tables)
    assert list(shares(listed, policy).values()) == [0.1, 0.25]
    assert evidence(listed.at("2026-09-30")).tolist() == ["references 1, good_faith"]


def test_a_later_paper_changes_nothing_of_what_was_shipped_before(book_of):
    book = book_with(book_of, ["2026-06-01", "2026-10-02"], evidence=PAPERS + "A,audited_accounts,2026-10-02,\n")
    policy = Policy(insured_percentage=0.9, discretionary_limit=2_000)
    # 10 % of 2,000 for the first; the second fills what 2,000 leaves.
    assert cover.audit(book, policy)["insured"].tolist() == [180, 900]


def test_papers_in_force_are_shown_with_their_last_day(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
        f"{buyer},{buyer},2026-10-01,2026-12-31,{amount}\n"
        for buyer, amount in zip("ABCDE", (1, 2, 3, 4, 5), strict=True)
    )
    papers = PAPERS + (
        "A,agency_report,2026-01-10,2026-11-30\nA,agency_report,2025-11-15,\nA,unaudited_accounts,2026-10-01,\n"
        "B,agency_report,2025-10-31,\nC,references,2026-04-30,\nD,references,2026-04-30,\n"
    )
    limits = "buyer_id,source,amount,valid_from\nD,insurer,7,2026-01-01\n"
    tables = {"invoices": invoices, "receipts": "invoice_id,received,amount,kind\nE,2026-10-02,5,payment\n"}
    book = book_of(DAY, evidence=papers, limits=limits, **tables)
    policy = Policy(discretionary_limit=1_000, name="P", discretionary_months={"references": 7, "agency_report": 12})
    table = papers_in_force(book, policy)
    # B's report is 12 months old; D has a named limit, E owes nothing.
    assert table.index.tolist() == ["C", "B", "A"]
    assert table["evidence"].tolist() == ["references", "good_faith", "agency_report"]
    assert table["covered_limit"].tolist() == [250, 100, 1_000]
    assert table["obtained"].tolist() == [pd.Timestamp("2026-04-30"), pd.NaT, pd.Timestamp("2026-01-10")]
    # 30 April and seven months is 30 November; A's report ends on its own last day.
    assert table["valid_to"].tolist() == [pd.Timestamp("2026-11-29"), pd.NaT, pd.Timestamp("2026-11-30")]
    assert words.cover.with_evidence(table)["evidence"].tolist() == ["references", "good faith alone", "agency report"]
    (said,) = words.cover.evidence(book, [policy, Policy()])
    assert "but references 7 months and agency report 12 months (P): payments received, and the 6 papers on 4" in said
    without = book_of(DAY, **tables)
    assert papers_in_force(without, policy) is papers_in_force(book, Policy()) is papers_in_force(book, None) is None
    assert words.cover.with_evidence(None) is None
    assert words.cover.evidence(without, [policy])[0].endswith("the book has no table `evidence`.")
    assert words.cover.evidence(book, [Policy()]) == []


@pytest.mark.parametrize(
    ("terms", "wrong"),
    [
        ({"discretionary_months": {"references": 6}}, "has no effect without discretionary_limit"),
        ({"discretionary_limit": 5, "discretionary_months": {"good_faith": 6}}, "good_faith, of which no age counts"),
        (
            {
                "discretionary_limit": 5, "discretionary_shares": {"references": 1},
                "discretionary_months": {"agency_report": 6},
            },
            "agency_report, of which no age counts",
        ),
        ({"discretionary_limit": 5, "discretionary_months": {"agency_report": 0}}, "greater than or equal to 1"),
    ],
)  # fmt: skip
def test_terms_of_evidence_that_do_nothing(tmp_path, terms, wrong):
    file = tmp_path / "policy.yaml"
    file.write_text(yaml.safe_dump(terms))
    with pytest.raises(ParameterError, match=wrong):
        Policy.from_yaml(file)


def test_of_several_kinds_of_a_loss_the_one_that_supports_most_counts():
    policy = Policy(discretionary_limit=100, discretionary_months={"agency_report": 6})
    assert policy.supported("agency_report 6, good_faith") == 1
    assert policy.supported("agency_report 7, unaudited_accounts 12, good_faith") == 0.25
    assert policy.supported("unaudited_accounts 13, good_faith") == 0.1
    assert policy.supported("agency_report") == 1
    losses = pd.DataFrame(
        {"scenario": range(3), "day": 1, "buyer_id": "A", "debt": 500.0, "limit": np.nan,
         "evidence": ["agency_report 7, good_faith", "references 1", None]}
    )  # fmt: skip
    assert policy.indemnify(losses)["indemnity"].tolist() == [10, 25, 0]


@settings(max_examples=60)
@given(
    obtained=st.dates(pd.Timestamp("2023-01-01").date(), pd.Timestamp("2026-12-31").date()),
    later=st.integers(0, 800),
    months=st.integers(1, 25),
)
def test_the_age_and_the_last_day_of_a_paper_are_one_rule(obtained, later, months):
    obtained = pd.Timestamp(obtained)
    day = obtained + pd.Timedelta(days=later)
    young = day - pd.DateOffset(months=months) < obtained
    number = days(np.array([obtained], "datetime64[us]"))
    assert (_last_days(number, months)[0] >= days(np.array([day], "datetime64[us]"))[0]) == young
    assert (_months_old(number, day)[0] <= months) == young
