"""What collection takes of other chapters is what these show."""

import pandas as pd
import pytest

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.decide import buyer_decisions, buyer_sheet, limits, optimum
from tradecredit.decide.collect import claims
from tradecredit.decide.collect.decided import decided
from tradecredit.decide.collect.standing import standing
from tradecredit.default import term_structure
from tradecredit.insurance import in_force


@pytest.mark.usefixtures("own_results")
def test_decisions_are_those_of_the_chapter_of_limits(demo):
    book = Book.open(demo / "run.yaml")
    found = standing(book)
    ratings = default.assess(book)
    pd.testing.assert_series_equal(found.pd, ratings["pd"])
    table, policies = limits.recommend(book, ratings), in_force.policies(book)
    ahead = term_structure.term_structure(ratings["pd"])
    best = optimum.assess(book, ratings, table, policies)
    sheets = buyer_sheet.sheets(book, table, ahead, best, in_force.policy_in_force(book))
    records = buyer_decisions.records(book, sheets)
    shown = decided(sheets, records, found.decided["insured_stake"], found.decided["insured_payable"])
    pd.testing.assert_frame_equal(found.decided, shown)
    kept = records[~records["decision"].isin(["cut", "set limit", "limits"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(found.records, kept)
    assert shown["decided"].notna().any()
    # Of a claim the insurer bears what the list of claims says, of a report the insured percentage.
    policy = in_force.policy_in_force(book)
    claim = shown["insurer_task"] == "claim"
    filed = claims.to_file(book, policy)["claim"].rename("insured_stake")
    pd.testing.assert_series_equal(shown.loc[claim, "insured_stake"].sort_index(), filed.sort_index())
    reports = shown[shown["insurer_task"].notna() & ~claim]
    assert len(reports) > 5
    assert reports["insured_stake"].tolist() == pytest.approx(
        (policy.insured_percentage * reports["insurer_amount"]).tolist(), abs=0.005
    )
