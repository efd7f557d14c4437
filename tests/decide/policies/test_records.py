"""The decision on the policies as a record: what is advised, how much is at stake, who approves, by when."""

import pandas as pd
import pytest
from ledgers import YEAR

from tradecredit import words
from tradecredit.decide.policies import records
from tradecredit.params.policy import NO_COVER


def items(**policies: tuple[float, float]) -> pd.DataFrame:
    """Accounts of policies by cost and value, which is exact."""
    table = pd.DataFrame.from_dict(policies, orient="index", columns=["account_cost", "cover_value"], dtype="float64")
    return table.assign(cover_value_se=0.0, cover_value_on_current_se=0.0)


@pytest.fixture(scope="module")
def made(book_of):
    def made(**run: object):
        return book_of("2026-03-31", run=run, invoices=YEAR["invoices"], buyers=YEAR["buyers"])

    return made


@pytest.mark.parametrize(
    ("values", "current", "what", "amount", "authority"),
    [
        ({"p": (-90e3, 50e3), "q": (-10e3, 20e3)}, "p", (records.RENEW, "p"), 30e3, "head of credit"),
        ({"p": (-90e3, 50e3)}, "p", (records.RENEW, "p"), 50e3, "head of credit"),
        ({"p": (-10e3, 50e3), "q": (-300e3, 70e3)}, "p", (records.CHANGE, "q"), 20e3, "chief financial officer"),
        ({"p": (-90e3, -50e3), "q": (-10e3, -20e3)}, "p", (records.END, NO_COVER), 50e3, "head of credit"),
        ({"q": (-300e3, 70e3)}, NO_COVER, (records.TAKE, "q"), 70e3, "chief financial officer"),
        ({"q": (-300e3, -70e3)}, NO_COVER, (records.STAY, NO_COVER), 70e3, "chief financial officer"),
    ],
)
def test_what_is_at_stake_and_who_approves(made, values, current, what, amount, authority):
    table = items(**values)
    assert records.advised(table, current) == what
    by_cost = made(decisions={"authorities": {"policy": None}})
    (row,) = records.decision(by_cost, table, current, "table-account").to_dict("records")
    assert (row["decision"], row["anchor"], row["state"]) == ("policy", "table-account", "new")
    assert row["amount"] == amount
    assert row["authority"] == authority
    # Unless a run says otherwise, it is the board's at any cost.
    assert records.decision(made(), table, current, "table-account")["authority"].tolist() == ["board"]


def test_by_when(made):
    table = items(p=(-10e3, 50e3))

    def due(**run: object) -> str:
        return str(records.decision(made(**run), table, "p", "x")["due_day"].iloc[0].date())

    # Twenty working days after 1 April, on which the report of 31 March is read; Easter Monday is one.
    assert due() == "2026-04-29"
    policy = {"name": "p", "insured_percentage": 0.9, "ends": "2026-12-31"}
    # The last working day before; a Sunday's is the Friday.
    assert due(policy=policy) == "2026-12-30"
    assert due(policy=policy | {"ends": "2026-05-31"}) == "2026-05-29"
    # 60 days before 31 December is 1 November, a Sunday: notice by Friday the 30th, decided on a week before that.
    assert due(policy=policy | {"notice_days": 60}) == "2026-10-23"
    # Before 31 May it is 1 April, the day of reading; 56 days before is Sunday the 5th, which leaves two days; 90 days
    # before it is past.
    assert due(policy=policy | {"ends": "2026-05-31", "notice_days": 60}) == "2026-04-01"
    assert due(policy=policy | {"ends": "2026-05-31", "notice_days": 56}) == "2026-04-01"
    assert due(policy=policy | {"ends": "2026-05-31", "notice_days": 90}) == "2026-04-01"
    assert due(policy=policy, account={"decide_by": "2026-09-30"}) == "2026-09-30"


def test_a_notice_that_is_not_stated_is_to_be_looked_up(made):
    table, policy = items(p=(-10e3, 50e3)), {"name": "p", "insured_percentage": 0.9}

    def asked(**run: object) -> list:
        found = records.decision(made(**run), table, "p", "x")
        return found.loc[found["decision"] == "policy terms", ["authority", "due_day"]].to_numpy().tolist()

    # One working day after 1 April, on which the report of 31 March is read.
    assert asked(policy=policy) == [["credit analyst", pd.Timestamp("2026-04-02")]]
    assert len(asked(policy=policy | {"ends": "2026-12-31"})) == 1
    assert asked(policy=policy | {"ends": "2026-12-31", "notice_days": 60}) == []
    assert asked(policy=policy, account={"decide_by": "2026-09-30"}) == []


@pytest.mark.parametrize(
    ("values", "ends", "notice"),
    [
        ({"p": (-10e3, 50e3), "q": (-10e3, 70e3)}, "2026-12-31", ["2026-10-30"]),
        ({"p": (-10e3, -50e3)}, "2026-12-31", ["2026-10-30"]),
        # Before 31 May it is the day of reading; before the 30th it is the as-of day, and past.
        ({"p": (-10e3, -50e3)}, "2026-05-31", ["2026-04-01"]),
        ({"p": (-10e3, -50e3)}, "2026-05-30", []),
        # What is renewed as it is needs none.
        ({"p": (-10e3, 50e3), "q": (-10e3, 20e3)}, "2026-12-31", []),
    ],
)
def test_notice_is_given_by_somebody_by_a_day_after_the_decision(made, values, ends, notice):
    book = made(policy={"name": "p", "insured_percentage": 0.9, "ends": ends, "notice_days": 60})
    found = records.decision(book, items(**values), "p", "x").set_index("decision")
    given = found[found.index == "policy notice"]
    assert given["due_day"].dt.strftime("%Y-%m-%d").tolist() == notice
    assert given["authority"].tolist() == ["credit analyst"] * len(notice)
    assert not (given["due_day"] < found.loc["policy", "due_day"]).any()
    told = words.policy_periods.notice(book, items(**values), "p")
    assert list(told) == ["policy notice"] * len(notice)
    assert all("give the insurer notice that it is not renewed as it is" in sentence for sentence in told.values())


def test_without_a_policy_there_is_nothing_to_decide(made):
    assert records.decision(made(), items(), NO_COVER, "x").empty
