"""Decisions as records: who, by when and since when by hand, their order, and what the month before said of them."""

import pandas as pd
import pytest

from tradecredit.decide import decisions
from tradecredit.params.decisions import WORKING_DAYS, DecisionSettings
from tradecredit.words.decisions import ADVICE, WHAT, done, shown, who_and_when

# 31 October 2026 is a Saturday: the first working day after it is Monday, 2 November.
AS_OF = "2026-10-31"
INVOICES = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-10-01,2026-10-31,100\n"
BUYERS = pd.DataFrame({"amount": [100.0, 60_000.0, 2e6]}, index=pd.Index(["A", "B", "C"], name="buyer_id"))


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, invoices=INVOICES)


def test_the_authority_is_the_first_that_reaches_up_to_the_amount(book):
    found = decisions.of_buyers(book, "cut", BUYERS, anchor="table-lost_sales")
    assert found["authority"].tolist() == ["credit analyst", "head of credit", "board"]
    # By the larger of the old and the new limit, where they are given.
    authorised = BUYERS.assign(authorised=[300_000.0, 10.0, 0.0])
    found = decisions.of_buyers(book, "cut", authorised, anchor="table-lost_sales")
    assert found["authority"].tolist() == ["chief financial officer", "credit analyst", "credit analyst"]
    unknown = decisions.of_book(book, {"model": "Review it."}, {}, anchor="table-lights")
    assert unknown["authority"].tolist() == ["board"]
    assert unknown["amount"].isna().all()
    assert unknown["buyer_id"].isna().all()


def test_the_due_day_is_so_many_working_days_after_the_day_of_the_book(book, book_of):
    due = decisions.of_buyers(book, "stop", BUYERS, anchor="x")["due_day"]
    assert due.tolist() == [pd.Timestamp("2026-11-02")] * 3
    # Ten working days: 2 to 6 and 9 to 13 November.
    assert decisions.of_buyers(book, "cut", BUYERS, anchor="x")["due_day"].iloc[0] == pd.Timestamp("2026-11-13")
    slow = book_of(AS_OF, invoices=INVOICES, run={"decisions": {"working_days": {"stop": 3}}})
    assert decisions.of_buyers(slow, "stop", BUYERS, anchor="x")["due_day"].iloc[0] == pd.Timestamp("2026-11-04")


def test_a_day_of_the_policy_is_due_then_and_one_that_is_over_at_once(book):
    stated = BUYERS.assign(due_day=pd.to_datetime(["2026-11-20", "2026-09-24", None]))
    found = decisions.of_buyers(book, "report", stated, anchor="x")["due_day"]
    assert found.dt.strftime("%d.%m.").tolist() == ["20.11.", "02.11.", "02.11."]


def test_since_is_never_after_the_day_of_the_book(book):
    stated = BUYERS.assign(since=pd.to_datetime(["2026-11-20", "2026-09-24", None]))
    found = decisions.of_buyers(book, "report", stated, anchor="x")["since"]
    assert found.dt.strftime("%d.%m.").tolist() == ["31.10.", "24.09.", "31.10."]


def test_an_unknown_kind_is_refused(book):
    with pytest.raises(KeyError):
        decisions.of_buyers(book, "nap", BUYERS, anchor="x")
    with pytest.raises(ValueError, match="unknown kinds: nap"):
        DecisionSettings(working_days={"nap": 1})
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        DecisionSettings(working_days={"stop": 0})


def records(*rows):
    """Records of (kind, buyer, amount, due day)."""
    table = pd.DataFrame(rows, columns=["decision", "buyer_id", "amount", "due_day"])
    table = table.assign(authority="board", since="2026-10-31", state="new", chapter="03_x", anchor="table-t")
    return table[list(decisions.COLUMNS)].astype(decisions.COLUMNS)


def test_the_insurers_come_first_then_the_largest_amount_then_the_earliest_day():
    table = records(
        ("cut", "A", 900.0, "2026-11-13"), ("terms", None, None, "2026-11-05"), ("stop", "B", 900.0, "2026-11-02"),
        ("policy", None, 5e6, "2026-11-30"), ("report", "C", 10.0, "2026-11-20"), ("claim", "D", 70.0, "2026-11-09"),
    )  # fmt: skip
    assert decisions.ordered(table)["decision"].tolist() == ["claim", "report", "policy", "stop", "cut", "terms"]


def test_decisions_of_a_kind_are_one_row():
    table = records(
        ("stop", "A", 10.0, "2026-11-05"), ("stop", "B", 900.0, "2026-11-02"), ("policy", None, 50.0, "2026-11-30")
    )
    table.loc[0, "authority"], table.loc[0, "state"] = "clerk", "open"
    first, second = (row for _, row in decisions.by_kind(table).iterrows())
    assert first[["decision", "buyers", "amount", "authority", "new", "state"]].tolist() == [
        "stop",
        2,
        910,
        "board",
        1,
        "open",
    ]
    assert first["due_day"] == pd.Timestamp("2026-11-02")
    assert second[["decision", "buyers", "amount", "new"]].tolist() == ["policy", 0, 50, 1]


def test_what_the_month_before_said_is_open_or_done():
    now = records(
        ("stop", "A", 10.0, "2026-11-02"), ("stop", "B", 20.0, "2026-11-02"), ("policy", None, 5.0, "2026-11-30")
    )
    before = records(
        ("stop", "A", 70.0, "2026-10-02"), ("cut", "B", 30.0, "2026-10-14"), ("policy", None, 4.0, "2026-10-28")
    )
    before = before.assign(since=pd.Timestamp("2026-08-31"))
    found = decisions.since_earlier(now, before)
    by = found.set_index(["decision", found["buyer_id"].fillna("-")])
    assert by["state"].to_dict() == {
        ("stop", "A"): "open",
        ("stop", "B"): "new",
        ("policy", "-"): "open",
        ("cut", "B"): "done",
    }
    assert by.loc[("stop", "A"), "since"] == pd.Timestamp("2026-08-31")
    assert by.loc[("stop", "B"), "since"] == pd.Timestamp("2026-10-31")
    # The amount is this month's; what is done has its own, comes last, and is asked no more.
    assert by.loc[("stop", "A"), "amount"] == 10
    assert found["decision"].iloc[-1] == "cut"
    assert "cut" not in set(decisions.by_kind(found)["decision"])
    assert done(found) == "1 decision of the month before is asked no more."
    # What was done a month ago is not done again.
    assert "done" not in set(decisions.since_earlier(now, found[found["state"] == "done"])["state"])


def test_without_an_earlier_month_all_is_new():
    now = records(("stop", "A", 10.0, "2026-11-02"))
    pd.testing.assert_frame_equal(decisions.since_earlier(now, decisions.none()), now)
    assert decisions.since_earlier(decisions.none(), decisions.none()).empty
    assert done(now) == ""


def test_the_summary_links_each_kind_to_its_list():
    table = shown(records(("stop", "A", 10.0, "2026-11-02"), ("policy", None, 50.0, "2026-11-30")), {"03_x": "Limits"})
    assert table["link"].tolist() == ["03_x.html#table-t"] * 2
    assert table["chapter"].tolist() == ["Limits"] * 2
    assert table["what"].tolist() == [WHAT["policy"], WHAT["stop"]]
    assert table["buyers"].fillna(-1).tolist() == [-1, 1]
    row = table.iloc[1].copy()
    assert who_and_when(row) == "Board, by 2 November 2026."
    row["state"] = "open"
    assert who_and_when(row) == "Board, by 2 November 2026, open since 31 October 2026."


def test_every_kind_has_words():
    assert set(WHAT) == set(WORKING_DAYS)
    assert set(ADVICE) >= set(WHAT)
