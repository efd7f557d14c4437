"""Sentences on how well the watchlist warned."""

import pandas as pd
import pytest

from tradecredit import Run
from tradecredit.decide.collect.back_test import BY_PD, LATE, WATCHLIST, BackTest, begins
from tradecredit.params.base import PROJECT
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.validation.signal_value import ADDS, FEWER, NOTHING, UNKNOWN
from tradecredit.words import warned as words

AS_OF = pd.Timestamp("2026-10-30")


def run(**settings) -> Run:
    return Run(entity="Test", currency="EUR", as_of="2026-10-30", source={"kind": "demo"}, early_warning=settings,
               file=PROJECT / "params" / "x.yaml")  # fmt: skip


def test_each_verdict_has_its_words():
    assert set(words.VERDICTS) == {ADDS, NOTHING, FEWER, UNKNOWN}


def test_what_the_back_test_tells():
    row = {
        "reviews": 20.0, "names_a_review": 12.0, "failures": 10.0, "share_named": 0.5, "share_named_low": 0.22,
        "share_named_high": 0.78, "days_ahead": 120.0, "false_a_true": 3.0, "false_a_true_low": 1.5,
        "false_a_true_high": 6.5,
    }  # fmt: skip
    compared = pd.DataFrame({WATCHLIST: row, BY_PD: row | {"share_named": 0.4}, LATE: row | {"names_a_review": 40.0}}).T
    told = words.back_test(BackTest(compared, compared, compared))
    assert told == (
        "At 20 month ends, as known then, the list had 12 buyers on average. Of 10 later failures 50 % (90 % interval "
        "22 % to 78 %) stood on it 60 days or more before, in the median 120 days. For each buyer listed that failed "
        "within a year 3 listed ones did not, false alarms (1.5 to 6.5). A list of as many buyers by the default "
        "probability alone would have warned of 40 % of these failures; the list of all more than 60 days overdue, of "
        "40 buyers, 50 %, with 3 false alarms per failure."
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
            "The aim, to warn of 70 % of failures in time with at most 3 false alarms per failure, is reached by no "
            "list of the frontier: the shortest list that warns of enough failures begins at 10 % and warns of 72 % of "
            "failures with 6 false alarms per failure; the longest list with few enough false alarms begins at 30 % "
            "and warns of 40 % of failures with 2.9 false alarms per failure. Why: so few false alarms mean that 25 % "
            "of the listed buyers fail, and only 40 % of failures had, in time, a probability of 30 % or more; the "
            "others looked like many that paid on.",
        ),
        (
            {"aim_named": 0.45, "aim_false": 4.0},
            "The aim, to warn of 45 % of failures in time with at most 4 false alarms per failure, would have been "
            "reached by a list that begins at a probability of 20 %: 50 % of failures with 3.5 false alarms per "
            "failure.",
        ),
        (
            {"aim_named": 0.9, "aim_false": 1.0},
            "The aim, to warn of 90 % of failures in time with at most 1 false alarm per failure, is reached by no "
            "list of the frontier.",
        ),
    ],
)
def test_the_frontier_beside_the_aim(aims, expected):
    assert words.frontier(BackTest(CURVE, CURVE, CURVE), EarlyWarningSettings(**aims)) == expected
    assert words.frontier(BackTest(CURVE, CURVE.head(0), CURVE), EarlyWarningSettings()) == ""


def test_the_frontier_is_drawn_as_a_curve_for_each_list():
    by_pd = CURVE.assign(list=BY_PD, false_a_true=[8.0, 6.0, 4.0, 2.0], share_named=[0.7, 0.6, 0.4, 0.2])
    drawn = words.drawn(BackTest(CURVE, pd.concat([CURVE, by_pd]), CURVE))
    assert list(drawn.columns) == ["As many buyers, by PD alone", "Watchlist"]
    assert drawn.index.is_monotonic_increasing and len(drawn) == 8
    assert drawn.loc[3.5, "As many buyers, by PD alone"] == pytest.approx(0.35)  # between 2 and 4, on the line
    assert pd.isna(drawn.loc[9.0, "As many buyers, by PD alone"])  # nothing beyond its ends
    assert words.drawn(BackTest(CURVE, CURVE.head(0), CURVE)).empty


def test_what_signals_add():
    table = pd.DataFrame(
        {"beside_pd": [ADDS, NOTHING, FEWER, UNKNOWN]}, index=["silent", "slower", "disputes", "group_failed"]
    )
    assert words.added(table) == (
        "What the signals add: more of those that it warns of fail than their probability says: stop of payments; "
        "nothing beside the probability: slower payment than its habit and more disputes; too few buyers to tell: "
        "default in its group."
    )
    assert words.with_verdicts(table).loc["more disputes", "beside_pd"] == "adds nothing: fewer of its buyers fail"


def compared_with(**late) -> BackTest:
    """Return a back-test: the list names 50 % (37 % to 68 %) with 8 false names a true one, lateness by `late`."""
    ours = {
        "failures": 32.0, "share_named": 0.5, "share_named_low": 0.37, "share_named_high": 0.68, "false_a_true": 8.0,
    }  # fmt: skip
    return BackTest(pd.DataFrame({WATCHLIST: ours, LATE: ours | late}).T, CURVE, CURVE)


def test_the_list_is_kept_where_no_list_reaches_the_aim():
    """The highest authority decides on the model, 10 working days after Monday, 2 November 2026: 16 November."""
    found = compared_with(share_named=0.625, share_named_low=0.46, share_named_high=0.77, false_a_true=13.7)
    whole = run()
    assert begins(found, whole.early_warning) == 0.15
    assert words.conclusion(found, whole, AS_OF) == (
        "Proposal: keep the list as it is, from 15 % on: no list of the frontier reaches the aim. The plain list of "
        "all more than 60 days overdue warned of more failures (62.5 %, 46 % to 77 %; the intervals overlap, so that "
        "of this the back-test cannot tell), with 13.7 false alarms per failure, against 8. The "
        f"{whole.levels[-1]} decides by 16 November 2026 whether to move it (`early_warning.list_from`)."
    )


def test_the_list_is_to_move_where_another_reaches_the_aim():
    """45 % of failures with 4 false names is reached from 20 % on alone: its 50 % at 3.5."""
    whole = run(aim_named=0.45, aim_false=4.0)
    assert begins(compared_with(), whole.early_warning) == 0.2
    assert words.conclusion(compared_with(), whole, AS_OF).startswith(
        "Proposal: let the list begin at 20 % in place of 15 % (`early_warning.list_from`), which reaches the aim. The "
    )


def test_the_list_is_kept_where_it_reaches_the_aim_and_nothing_is_proposed_uncompared_with():
    whole = run(aim_named=0.45, aim_false=8.0)
    assert begins(compared_with(), whole.early_warning) == 0.15
    assert "from 15 % on: it reaches the aim." in words.conclusion(compared_with(share_named_low=0.7), whole, AS_OF)
    assert "the intervals do not overlap" in words.conclusion(compared_with(share_named_low=0.7), whole, AS_OF)
    empty = BackTest(CURVE.head(0), CURVE, CURVE)
    assert words.conclusion(empty, whole, AS_OF) == ""
