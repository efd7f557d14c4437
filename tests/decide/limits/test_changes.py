"""What to do about limits in force: decisions, reasons and codes by hand, and against the directories of UN/CEFACT."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.decide.approvals import approval
from tradecredit.decide.limits.caps import caps
from tradecredit.decide.limits.changes import DECISIONS, REASONS, by_decision, changes, decided, staying
from tradecredit.params.limits import LimitSettings

SETTINGS = LimitSettings()

# UN/EDIFACT D.00A, as UNECE publishes it (service.unece.org/trade/untdid/d00a/tred/tred4505.htm, …4507, …4509).
REQUEST_TYPES = {
    "2": "Request new limit", "3": "Request increased limit", "6": "Cancellation", "7": "Reduction",
    "8": "Prolongation of credit cover",
}  # fmt: skip
RESPONSE_TYPES = {"2": "Approved", "3": "Not approved", "5": "Partly approved", "8": "Cancellation", "9": "Reduction"}
RESPONSE_REASONS = {
    "2": "No financial information available", "12": "Adverse information is publicly available",
    "13": "Credit limit full", "14": "Lack of turnover", "15": "Other",
}  # fmt: skip

CASES = pd.DataFrame(
    [
        # in force, with cover, need, what binds → decision, change, 4505, 4507, 4509
        ("first", np.nan, 5_000, 5_400, "need", "new", 5_000, "2", "2", None),
        ("less than needed", np.nan, 5_000, 9_000, "capacity", "new", 5_000, "2", "5", "15"),
        ("none in force", 0, 5_000, 5_000, "need", "new", 5_000, "2", "2", None),
        ("more", 2_000, 5_000, 5_400, "need", "increase", 3_000, "3", "2", None),
        ("more, not all", 2_000, 5_000, 9_000, "concentration", "increase", 3_000, "3", "5", "13"),
        ("about the same", 5_200, 5_000, 5_400, "need", "prolongation", 0, "8", "2", None),
        ("a little more", 5_000, 5_200, 5_400, "capacity", "prolongation", 0, "8", "2", None),
        ("the same, held", 5_000, 5_000, 9_000, "no accounts", "prolongation", 0, "8", "2", "2"),
        ("a tenth less", 10_000, 9_000, 9_400, "need", "reduction", -1_000, "7", "9", "14"),
        ("weak", 9_000, 1_000, 9_400, "expected-loss budget", "reduction", -8_000, "7", "9", "15"),
        ("group", 9_000, 1_000, 9_400, "group", "reduction", -8_000, "7", "9", "13"),
        ("idle", 9_000, 0, 0, "need", "cancellation", -9_000, "6", "8", "14"),
        ("negative equity", 9_000, 0, 400, "capacity", "cancellation", -9_000, "6", "8", "12"),
        ("insolvent", 9_000, 0, 400, "in default", "cancellation", -9_000, "6", "8", "12"),
        ("protracted", np.nan, 0, 400, "in default", "refusal", 0, "2", "3", "15"),
        ("nothing needed", np.nan, 0, 0, "need", "none", 0, None, None, None),
        ("prepaid", np.nan, 0, 700, "prepaid", "none", 0, None, None, None),
        ("prepaid, in force", 700, 0, 700, "prepaid", "cancellation", -700, "6", "8", "15"),
        ("held back", 2_000, 5_000, 5_400, "need", "prolongation", 0, "8", "2", "15"),
        ("held back, lower", 9_000, 5_000, 9_400, "capacity", "reduction", -4_000, "7", "9", "15"),
        ("long overdue", np.nan, 0, 700, "no accounts", "refusal", 0, "2", "3", "15"),
        ("before the first order", np.nan, 2_500, np.nan, "new buyer", "new", 2_500, "2", "2", "15"),
    ],
    columns=["case", "own_limit", "recommended_with_cover", "need", "binding_with_cover", "decision", "change",
             "decision_code", "response_code", "reason_code"],
).set_index("case")  # fmt: skip
GIVEN = CASES.columns[:4]
ADVERSE = pd.DataFrame(
    {name: CASES.index == name for name in ("negative equity", "insolvent", "long overdue")}, index=CASES.index
)
ADVERSE["deliveries held back"] = CASES.index.str.startswith("held back")


def decisions_of(table, settings=SETTINGS, *, ceiling=np.inf, groups=None):
    """Decisions where nothing but the `ceiling` and the limits of `groups` bounds a limit."""
    ceiling = pd.Series(ceiling, index=table.index)
    buyers = pd.DataFrame({"group_id": groups, "sector": None, "country": None, "need": table["need"], "fixed": np.nan},
                          index=table.index)  # fmt: skip
    table = table.assign(exposure=table.get("exposure", 0.0), aim=table["recommended_with_cover"], risk_limit=np.nan)
    table = table.assign(committed=table["exposure"])
    stays = staying(table, ceiling, caps(buyers, 100_000, settings), settings.minimum_change)
    return decided(table, stays, ADVERSE.reindex(table.index, fill_value=False), settings.approvals)


@pytest.mark.parametrize("case", CASES.index)
def test_decisions_by_hand(case):
    found = decisions_of(CASES[GIVEN]).loc[case]
    expected = CASES.loc[case, CASES.columns[4:]]
    assert found[expected.index].fillna("none").tolist() == expected.fillna("none").tolist()
    assert pd.isna(found["reason"]) == (found["decision"] == "none")
    # In default nothing is lent as it is, which nobody has to approve.
    refused = found["decision"] == "refusal" and found["binding_with_cover"] == "in default"
    assert pd.isna(found["approval"]) == (found["decision"] == "none" or refused)


def test_the_codes_are_those_of_the_directories():
    assert {code for code, _ in DECISIONS.values()} <= {*REQUEST_TYPES, ""}
    assert {code for _, code in DECISIONS.values()} <= {*RESPONSE_TYPES, ""}
    assert set(REASONS.values()) <= {*RESPONSE_REASONS, ""}
    for decision, (request, response) in DECISIONS.items():
        if decision in ("increase", "reduction", "cancellation", "prolongation"):
            assert decision[:8] in REQUEST_TYPES[request].lower()
        if decision in ("reduction", "cancellation"):
            assert decision == RESPONSE_TYPES[response].lower()


def test_reasons_are_told_in_words():
    found = decisions_of(CASES[GIVEN])["reason"]
    assert found[["idle", "first", "negative equity"]].tolist() == ["need", "need met", "negative equity"]
    sentences = words.limits.with_reasons(decisions_of(CASES[GIVEN]))["reason"]
    assert sentences["idle"] == "it buys less than the limit is for"
    assert sentences["first"] == "its need is met"
    assert set(words.limits.REASONS) == set(REASONS)


def test_what_counts_as_a_change_is_the_runs():
    strict = decisions_of(CASES[GIVEN], LimitSettings(minimum_change=0.0))
    assert strict.loc["about the same", ["decision", "change"]].tolist() == ["reduction", -200]
    # The limit of the one that is the same stays.
    assert strict.loc["the same, held", "decision"] == "prolongation"


def test_a_limit_never_stays_above_what_nothing_may_pass():
    kept = pd.DataFrame(
        {"own_limit": 5_200.0, "recommended_with_cover": 5_000.0, "need": 5_000.0, "binding_with_cover": "need"},
        index=[0],
    )
    found = [decisions_of(kept, ceiling=ceiling).loc[0, "decision"] for ceiling in (np.nan, 5_200, 5_199)]
    assert found == ["prolongation", "prolongation", "reduction"]
    # An analyst has said 5,000, or 5,000 is all that it may have by a rule, and not about 5,000.
    judged = kept.assign(binding_with_cover="analyst's override")
    assert decisions_of(judged).loc[0, ["decision", "change"]].tolist() == ["reduction", -200]
    raised = judged.assign(own_limit=4_900.0)
    assert decisions_of(raised).loc[0, ["decision", "change"]].tolist() == ["increase", 100]


def test_a_limit_that_is_passed_does_not_stay_below_what_is_recommended():
    kept = pd.DataFrame(
        {"own_limit": 4_900.0, "recommended_with_cover": 5_000.0, "need": 5_000.0, "binding_with_cover": "need"},
        index=[0],
    )
    found = [decisions_of(kept.assign(exposure=owed)).loc[0, "decision"] for owed in (4_900.0, 4_950.0, 9_000.0)]
    assert found == ["prolongation", "increase", "increase"]


def test_limits_that_stay_fit_in_their_group():
    table = pd.DataFrame(
        {"own_limit": [5_200.0, 2_900.0], "recommended_with_cover": [5_000.0, 3_000.0], "need": [5_000.0, 3_000.0],
         "binding_with_cover": "need"}
    )  # fmt: skip
    # Together 8,000: there is no room for 5,200 and 2,900, nor for 5,200 and 3,000, but without a group for both.
    assert decisions_of(table, groups=["G", "G"])["decision"].tolist() == ["reduction", "prolongation"]
    assert decisions_of(table)["decision"].tolist() == ["prolongation", "prolongation"]
    smaller = table.assign(own_limit=[5_050.0, 2_900.0])
    assert decisions_of(smaller, groups=["G", "G"])["decision"].tolist() == ["prolongation", "prolongation"]


def test_approval_goes_by_the_amount_that_then_holds():
    amounts = pd.Series([0.0, 50_000, 50_001, 250_000, 1e6, 1e6 + 1, np.nan])
    assert approval(amounts, SETTINGS.approvals).fillna("nobody").tolist() == [
        "credit analyst", "credit analyst", "head of credit", "head of credit", "chief financial officer", "board",
        "nobody",
    ]  # fmt: skip
    two = LimitSettings(approvals=[{"by": "clerk", "up_to": 5_100.0}, {"by": "owner"}])
    found = decisions_of(CASES[GIVEN], two)["approval"]
    # Raised to 5,000; kept at 5,200; reduced to 9,000.
    assert found[["more", "about the same", "a tenth less"]].tolist() == ["clerk", "owner", "owner"]


def test_decisions_are_counted_with_their_amounts():
    found = by_decision(decisions_of(CASES[GIVEN]))
    assert found["buyers"].sum() == (CASES["decision"] != "none").sum()
    row = found.loc[("increase", "need met")]
    assert row[["buyers", "before", "after", "change", "decision_code"]].tolist() == [1, 2_000, 5_000, 3_000, "3"]
    assert (found["before"] + found["change"] == found["after"]).all()


def test_the_largest_change_comes_first():
    found = changes(decisions_of(CASES[GIVEN]))
    assert not found["decision"].isin(["none", "prolongation"]).any()
    assert found["change"].abs().is_monotonic_decreasing
    assert "protracted" in found.index


def test_decisions_in_words():
    sentence = words.limits.changes(decisions_of(CASES[GIVEN]), "EUR")
    assert sentence.startswith("Decisions by kind: new 4 (EUR 17,500 more), increase 2 (EUR 6,000 more), prolongation")
    assert sentence.endswith("cancellation 4 (EUR 27,700 less), refusal 2.")
    assert (
        words.limits.changes(decisions_of(CASES.loc[["nothing needed"], GIVEN]), "EUR") == "There is nothing to decide."
    )


def test_a_refusal_for_long_overdue_debt_says_so():
    found = decisions_of(CASES[GIVEN]).loc["long overdue"]
    assert found["reason"] == "long overdue"
    assert words.limits.REASONS[found["reason"]] == "what it owes is long past due"
