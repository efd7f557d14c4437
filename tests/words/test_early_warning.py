"""Sentences on early warnings."""

import pandas as pd
import pytest

from tradecredit.decide.collect import signals
from tradecredit.decide.collect.back_test import BY_PD, LATE, WATCHLIST, BackTest
from tradecredit.decide.collect.watchlist import BETTER, IN, OUT, WORSE
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.validation.signal_value import ADDS, FEWER, NOTHING, UNKNOWN
from tradecredit.words import early_warning as words

SILENT = "has paid nothing since: by its habit a chance of 1 in"


def test_each_signal_has_its_words():
    assert set(words.SIGNALS) == set(words.REASONS) == set(signals.ORDER)
    assert set(words.LACKS) == set(signals.LACKS.values())
    assert set(words.VERDICTS) == {ADDS, NOTHING, FEWER, UNKNOWN}


@pytest.mark.parametrize(
    ("signal", "value", "least", "expected"),
    [
        ("silent", 3.3, 3.0, f"{SILENT} 1,995, warns from 1 in 1,000"),
        ("silent", 9.0, 2.0, f"{SILENT} a million or more, warns from 1 in 100"),
        ("overdue", 75.0, 60.0, "oldest undisputed invoice 75 days overdue, warns from 60 days"),
        ("part_payments", 1.0, 1.0, "1 part payment, warns from 1"),
        ("limit_use", 1.3, 1.0, "uses 130 % of its limit, warns from 100 %"),
        ("orders_stop", 0.0, 0.25, "buys 0 % of its usual amount, warns from 25 % down"),
        ("insurer_cut", 0.4, 0.2, "the insurer took back 40 % of its limit, warns from 20 %"),
    ],
)  # fmt: skip
def test_reasons_state_the_value_beside_what_warns(signal, value, least, expected):
    table = pd.DataFrame({"signal": [signal], "signal_value": [value], "warns_from": [least]})
    found = words.with_reasons(table)
    assert found["reason"].tolist() == [expected]
    assert found["signal"].tolist() == [words.SIGNALS[signal]]


def test_codes_become_words():
    table = pd.DataFrame({"signals": ["silent; overdue", ""]})
    assert words.with_names(table)["signals"].tolist() == ["pays nothing any more; long overdue", ""]


def test_the_watchlist_in_a_sentence():
    table = pd.DataFrame(
        {"expected_loss_at_stake": [1000.0, 500.0], "exposure": [9000.0, 1000.0], "insured_debt": [0.0, 800.0]}
    )
    assert words.watchlist(table, EarlyWarningSettings(), "EUR") == (
        "2 buyers stand on the watchlist, with a default probability, moved by the signals, of 15 % or more. Their "
        "exposure is EUR 10,000, the expected loss at stake EUR 1,500 before any cover; EUR 800 of what they owe is "
        "insured debt."
    )
    assert words.watchlist(table.head(0), EarlyWarningSettings(), "EUR").startswith("No buyer stands on the watchlist")


def test_moves_are_counted():
    """One comes and is worse, one leaves and is better, one more is worse; of the last nothing was known before."""
    table = pd.DataFrame({"move": [IN, OUT, WORSE, IN], "grade": [8, 5, 4, 9], "grade_before": [6, 7, 3, None]})
    assert words.moves(table) == (
        "Since the month before 2 buyers came on the watchlist and 1 left it; 2 are in a worse grade and 1 in a "
        "better one."
    )
    assert BETTER != WORSE


def test_what_the_back_test_tells():
    row = {
        "reviews": 20.0, "names_a_review": 12.0, "failures": 10.0, "share_named": 0.5, "share_named_low": 0.22,
        "share_named_high": 0.78, "days_ahead": 120.0, "false_a_true": 3.0, "false_a_true_low": 1.5,
        "false_a_true_high": 6.5,
    }  # fmt: skip
    compared = pd.DataFrame({WATCHLIST: row, BY_PD: row | {"share_named": 0.4}, LATE: row | {"names_a_review": 40.0}}).T
    told = words.back_test(BackTest(compared, compared, compared))
    assert told == (
        "At 20 month ends, as known then, the list had 12 names on average. Of 10 later failures 50 % (90 % interval "
        "22 % to 78 %) stood on it 60 days or more before, in the median 120 days. For each name that failed within a "
        "year 3 did not (1.5 to 6.5). As many names by the probability alone would have held 40 % of them; all more "
        "than 60 days overdue, 40 names, 50 %, at 3 false names a true one."
    )
    assert "not testable" in words.back_test(BackTest(compared.head(0), compared, compared))


CURVE = pd.DataFrame(
    {
        "list": WATCHLIST, "list_threshold": [0.05, 0.1, 0.2, 0.3], "share_named": [0.8, 0.72, 0.5, 0.4],
        "false_a_true": [9.0, 6.04, 3.5, 2.9],
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("aims", "expected"),
    [
        (
            {},
            "The aim, 70 % of failures at 3 false names a true one, at most, is reached by no list of the frontier: "
            "with failures enough the shortest list from 10 % on names 72 % of failures at 6 false names a true one; "
            "with few enough false names the longest from 30 % on names 40 % of failures at 2.9 false names a true "
            "one.",
        ),
        (
            {"aim_named": 0.45, "aim_false": 4.0},
            "The aim, 45 % of failures at 4 false names a true one, at most, would have been reached with names from a "
            "probability of 20 % on: 50 % of failures at 3.5 false names a true one.",
        ),
        (
            {"aim_named": 0.9, "aim_false": 1.0},
            "The aim, 90 % of failures at 1 false names a true one, at most, is reached by no list of the frontier.",
        ),
    ],
)
def test_the_frontier_beside_the_aim(aims, expected):
    assert words.frontier(BackTest(CURVE, CURVE, CURVE), EarlyWarningSettings(**aims)) == expected
    assert words.frontier(BackTest(CURVE, CURVE.head(0), CURVE), EarlyWarningSettings()) == ""


def test_what_signals_add():
    table = pd.DataFrame(
        {"beside_pd": [ADDS, NOTHING, FEWER, UNKNOWN]}, index=["silent", "slower", "disputes", "group_failed"]
    )
    assert words.added(table) == (
        "What the signals add: more of those that it warns of fail than their probability says: pays nothing any more; "
        "nothing beside the probability: slower than its habit and more disputes; too few buyers to tell: group member "
        "failed."
    )
    assert words.with_verdicts(table).loc["more disputes", "beside_pd"] == "adds nothing: fewer of its buyers fail"


def test_what_the_book_lacks_is_said_once_for_each_thing():
    missing = pd.Series({"insurer_cut": "limits of the insurer", "insurer_refused": "limits of the insurer"})
    assert words.lacking(missing) == [
        "Not testable with this book: insurer's limit cut and insurer insures nothing. It does not hold decisions of "
        "an insurer (table `limits`, source `insurer`)."
    ]


def test_assumptions_state_how_rare_false_alarms_are():
    """λ = 0.2 and 2.5 standard deviations to one side: 290 weeks, 5.6 years."""
    told = " ".join(words.assumptions(EarlyWarningSettings()))
    assert "a false alarm in 290 weeks with invoices due, on average (5.6 years" in told
    assert "moved by pays nothing any more ×15, long overdue ×1.3, " in told
