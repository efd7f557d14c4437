"""Sentences on when policies run, and by when one is decided on."""

import pandas as pd
import pytest
from ledgers import YEAR

from tradecredit.insurance.policy import Policy
from tradecredit.words import policy_periods as words

AS_OF = pd.Timestamp("2026-03-31")


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({}, "none stated: 1 April 2026 to 31 March 2027 taken"),
        ({"starts": "2026-01-01", "ends": "2026-12-31"}, "1 January 2026 to 31 December 2026"),
        ({"starts": "2026-01-01"}, "from 1 January 2026, no end stated"),
        ({"ends": "2026-12-31"}, "to 31 December 2026, no start stated"),
    ],
)
def test_a_period(stated, told):
    assert words.period(Policy(name="p", **stated), AS_OF) == told


def test_what_is_assumed_of_periods():
    one, two = Policy(name="p"), Policy(name="q", ends="2026-12-31")
    assert words.periods([one, two], AS_OF) == [
        "p: no period is stated (`starts`, `ends`). The year ahead is taken to be the 12 months from 1 April 2026; "
        "what was shipped before is taken to be insured by an earlier period on the same terms. "
        "An offer that replaces a policy begins when that ends; what it is worth is that of 12 months under it, on "
        "today's book.",
        "q: a period that ends within the year ahead is taken to be renewed as it is.",
    ]
    assert words.periods([Policy(name="r", ends="2027-03-31")], AS_OF) == []


@pytest.mark.parametrize(
    ("policy", "account", "told"),
    [
        ({}, {}, "Look up notice and end of p in the policy, and state it in the run file (`policy`): the day"),
        (
            {"ends": "2026-12-31"},
            {},
            "Look up the notice of p in the policy, and state it in the run file (`policy`): without it the decision",
        ),
        ({"ends": "2026-12-31", "notice_days": 60}, {}, ""),
        ({}, {"decide_by": "2026-09-30"}, ""),
        (None, {}, ""),
    ],
)
def test_what_is_to_be_looked_up_first(book_of, policy, account, told):
    stated = {} if policy is None else {"policy": {"name": "p"} | policy}
    book = book_of("2026-03-31", run=stated | {"account": account}, **YEAR)
    assert words.to_look_up(book).get("policy terms", "").startswith(told)
    assert bool(words.to_look_up(book)) == bool(told)


@pytest.mark.parametrize(
    ("policy", "account", "told"),
    [
        ({}, {"decide_by": "2026-09-30"}, "The policy is to be decided on by 30 September 2026 (`account.decide_by`"),
        ({}, {}, "p states neither an end nor a notice (`ends`, `notice_days`): the day by which"),
        ({"ends": "2026-12-31"}, {}, "The period of p ends on 31 December 2026; no notice is stated (`notice_days`), "
         "so that the policy is to be decided on by 30 December 2026, the last working day before."),
        ({"ends": "2026-12-31", "notice_days": 60}, {}, "The period of p ends on 31 December 2026. Notice is to be "
         "given 60 days before its end, by 30 October 2026, by the credit analyst: else it is renewed as it is. The "
         "policy is decided on 5 working days before that, by 23 October 2026."),
        ({"ends": "2026-05-31", "notice_days": 56}, {}, "The period of p ends on 31 May 2026. Notice is to be given "
         "56 days before its end, by 3 April 2026, by the credit analyst: else it is renewed as it is. The policy is "
         "decided on at once, by 1 April 2026."),
        ({"ends": "2026-05-31", "notice_days": 90}, {}, "The period of p ends on 31 May 2026. Notice is to be given "
         "90 days before its end, and that day, 2 March 2026, is past: it is renewed as it is unless the insurer "
         "agrees."),
        ({"ends": "2026-12-31", "notice_days": 60}, {"decide_by": "2026-11-13"}, "The policy is to be decided on by 13 "
         "November 2026 (`account.decide_by` of the run file). Notice is to be given 60 days before its end, by 30 "
         "October 2026, by the credit analyst: else it is renewed as it is. The day stated for the decision is later "
         "than that: decide before."),
        ({"ends": "2026-02-28"}, {}, "The period of p ended on 28 February 2026: what has been shipped since is not"),
    ],
)  # fmt: skip
def test_by_when_the_policy_is_decided_on(book_of, policy, account, told):
    stated = {"name": "p", "insured_percentage": 0.9} | policy
    book = book_of("2026-03-31", run={"policy": stated, "account": account}, invoices=YEAR["invoices"])
    assert words.decide_by(book).startswith(told)


def test_without_a_policy_there_is_no_day(book_of):
    assert words.decide_by(book_of("2026-03-31", invoices=YEAR["invoices"])) == ""
