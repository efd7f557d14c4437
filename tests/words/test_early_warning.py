"""Sentences on early warnings."""

import pandas as pd
import pytest

from tradecredit.decide.collect import signals
from tradecredit.decide.collect.watchlist import BETTER, FAILED, IN, OUT, WORSE
from tradecredit.default.changes import JUDGED
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.validation.signal_value import ADDS, FEWER, NOTHING, UNKNOWN
from tradecredit.words import early_warning as words

SILENT = "has paid nothing since: by its habit a chance of 1 in"


def test_each_signal_has_its_words():
    assert set(words.SIGNALS) == set(words.REASONS) == set(signals.ORDER)
    assert set(words.LACKS) == set(signals.LACKS.values())


@pytest.mark.parametrize(
    ("signal", "value", "least", "expected"),
    [
        ("silent", 3.3, 3.0, f"{SILENT} 1,995, warns from 1 in 1,000"),
        ("silent", 9.0, 2.0, f"{SILENT} a million or more, warns from 1 in 100"),
        ("overdue", 75.0, 60.0, "oldest undisputed invoice 75 days overdue, warns from 60 days"),
        ("part_payments", 1.0, 1.0, "1 part payment, warns from 1"),
        ("limit_use", 1.3, 1.0, "uses 130 % of its limit, warns from 100 %"),
        ("orders_stop", 0.0, 0.25, "buys 0 % of its usual amount, warns at 25 % or less"),
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
    assert words.with_names(table)["signals"].tolist() == ["stop of payments; long overdue", ""]


def test_the_watchlist_in_a_sentence():
    table = pd.DataFrame(
        {"expected_loss_at_stake": [1000.0, 500.0], "expected_loss_owed": [700.0, 200.0], "exposure": [9000.0, 1000.0],
         "insured_debt": [0.0, 800.0], "in_doubt": [0.0, 300.0], "doing": ["", "report missed; stop insured"]},
        index=["A", "B"],
    )  # fmt: skip
    assert words.watchlist(table, EarlyWarningSettings(), "EUR") == (
        "2 buyers stand on the watchlist, with a default probability, moved by the signals, of 15 % or more. Their "
        "exposure is EUR 10,000; of it EUR 1,500 is expected to be lost with the signals, EUR 900 by the model "
        "without them, before any cover; EUR 800 of what they owe is insured debt, of which EUR 300 is in doubt, as a "
        "report or a claim is late. Nothing is decided on A."
    )
    safe = table.assign(in_doubt=0.0, doing="stop")
    assert words.watchlist(safe, EarlyWarningSettings(), "EUR").endswith("EUR 800 of what they owe is insured debt.")
    assert words.watchlist(table.head(0), EarlyWarningSettings(), "EUR").startswith("No buyer stands on the watchlist")


def test_what_is_decided_on_the_watchlist_has_words():
    table = pd.DataFrame(
        {"doing": ["report missed; collect; stop insured", ""], "each_due": ["2026-11-02; 2026-11-09; 2026-11-03", ""],
         "each_authority": ["credit analyst; credit analyst; head of credit", ""]}
    )  # fmt: skip
    assert words.with_decisions(table)["doing"].tolist() == [
        "credit analyst: Late report to the insurer by 2 Nov, Collect overdue debt by 9 Nov; "
        "head of credit: Stop deliveries: no longer insured by 3 Nov",
        "nothing is decided: watch it",
    ]


MOVES = pd.DataFrame(
    [
        (FAILED, 10, 10, "", "", 50.0, True), (FAILED, 10, 3, "", "", 0.0, False), (IN, 8, 6, "silent", "", 9.0, False),
        (OUT, 5, 7, "", "silent; overdue", 9.0, True), (OUT, None, 7, "", "", float("nan"), True),
        (WORSE, 4, 3, "", "", 9.0, False), (BETTER, 3, 4, "disputes", "overdue", 9.0, False),
    ],
    columns=["move", "grade", "grade_before", "came", "went", "exposure", "listed_before"],
).assign(moved_by="", moved_from="")  # fmt: skip


def test_moves_are_counted():
    """One comes and is worse, two leave, of whom one is better, two fail, one more is worse and one better."""
    settings = EarlyWarningSettings()
    told = (
        "Since the month before 1 buyer came on the watchlist (2) and 2 left it; 2 failed, 1 of them from the list; 2 "
        "are in a worse grade and 2 in a better one."
    )
    assert words.moves(MOVES, settings, "EUR") == told
    owing = MOVES.assign(pd_warned_before=0.144, exposure=MOVES["exposure"].mask(MOVES.index == 1, 600.0))
    assert words.moves(owing, settings, "EUR") == (
        f"{told} 1, which owes EUR 600, failed without having stood on the list: its probability with signals was "
        "14.4 % a month ago, and the list begins at 15 %."
    )
    assert "failed" not in words.moves(MOVES[MOVES["move"] != FAILED], settings, "EUR")


def test_each_move_has_its_reason():
    assert words.with_names(MOVES)["move_reason"].tolist() == [
        "in default", "in default", "new signal: stop of payments",
        "signal cleared: stop of payments; long overdue", "neither owes nor buys any more",
        "no signal changed: no input changed much; the level of all buyers, or the model, did",
        "signal cleared: long overdue, despite a new signal: more disputes",
    ]  # fmt: skip
    worse = MOVES[MOVES["move"] == WORSE]
    by_input = worse.assign(moved_by="pays 9 days beyond terms", moved_from="pays 2 days beyond terms")
    assert words.with_names(by_input)["move_reason"].tolist() == [
        "no signal changed: pays 9 days beyond terms (a month before: pays 2 days beyond terms)"
    ]
    assert words.with_names(worse.assign(moved_by=JUDGED))["move_reason"].tolist() == [
        "no signal changed: analyst's override"
    ]


def test_a_signal_against_a_move_is_not_its_reason():
    better = MOVES.tail(1).assign(came="disputes", went="")
    assert words.with_names(better)["move_reason"].tolist() == [
        "no input changed much; the level of all buyers, or the model, did, despite a new signal: more disputes"
    ]
    by_input = better.assign(moved_by="pays 1 day beyond terms", moved_from="pays 9 days beyond terms")
    assert words.with_names(by_input)["move_reason"].tolist() == [
        "pays 1 day beyond terms (a month before: pays 9 days beyond terms), despite a new signal: more disputes"
    ]


def test_what_the_book_lacks_is_said_once_for_each_thing():
    missing = pd.Series({"insurer_cut": "limits of the insurer", "insurer_refused": "limits of the insurer"})
    assert words.lacking(missing) == [
        "Not testable with this book: cut of the insurer's limit and refusal or withdrawal of cover. It does not hold "
        "decisions of an insurer (table `limits`, source `insurer`)."
    ]


TESTED = pd.DataFrame(
    {"beside_pd": [ADDS, NOTHING, FEWER, UNKNOWN]}, index=["silent", "orders_stop", "overdue", "group_failed"]
)


def test_assumptions_state_how_rare_false_alarms_are():
    """λ = 0.2 and 2.5 standard deviations to one side: 290 weeks, 5.6 years."""
    told = " ".join(words.assumptions(EarlyWarningSettings(), TESTED))
    assert "a false alarm in 290 weeks with invoices due, on average (5.6 years" in told
    assert "moved by stop of payments ×15, long overdue ×1.3, " in told


def test_odds_are_judgement_and_the_past_of_the_book_says_which_it_bears_out():
    """Of the signals that move the odds; broken promises, limits and insurers that insure nothing are not tested."""
    told = words.assumptions(EarlyWarningSettings(), TESTED)[0]
    assert (
        "judgement, stated in the run file (`early_warning.odds`). The past of this book bears out stop of "
        "payments, finds nothing for long overdue and stop of orders and cannot tell of broken promises, limit used "
        "up, default in its group and refusal or withdrawal of cover. All other" in told
    )
    assert "bears out" not in words.assumptions(EarlyWarningSettings(), TESTED.head(0))[0]
