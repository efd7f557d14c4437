"""Decisions as records: who, by when and since when by hand, their order, and what the month before said of them."""

import pandas as pd
import pytest

from tradecredit.decide import decisions
from tradecredit.params.decisions import AUTHORITIES, ORDINARY, WORKING_DAYS, DecisionSettings
from tradecredit.params.run import Run

# 31 October 2026 is a Saturday: the report is read on Monday, 2 November.
AS_OF = "2026-10-31"
INVOICES = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-10-01,2026-10-31,100\n"
BUYERS = pd.DataFrame({"amount": [100.0, 60_000.0, 2e6]}, index=pd.Index(["A", "B", "C"], name="buyer_id"))
LEVELS = ["credit analyst", "head of credit", "chief financial officer", "board"]


def run_of(**sections):
    return Run(entity="Test", currency="EUR", as_of=AS_OF, source={"kind": "demo"}, file="x.yaml", **sections)


RUN = run_of()


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
    unknown = decisions.of_book(book, {"terms": "Shorten them."}, {}, anchor="table-terms_by_grade")
    assert unknown["authority"].tolist() == ["board"]
    assert unknown["amount"].isna().all()
    assert unknown["buyer_id"].isna().all()


def test_what_binds_the_whole_book_is_the_boards_and_what_is_due_the_lowest_levels_to_collect(book):
    amounts = {"policy": 10.0, "portfolio": 10.0, "discounts": 10.0}
    found = decisions.of_book(book, ["policy", "portfolio", "model", "discounts"], amounts, anchor="x")
    assert found.set_index("decision")["authority"].to_dict() == {
        "policy": "board", "portfolio": "board", "model": "board", "discounts": "credit analyst",
    }  # fmt: skip
    collected = decisions.of_buyers(book, "collect", BUYERS, anchor="x")
    assert collected["authority"].tolist() == ["credit analyst"] * 3


def test_a_run_states_other_authorities(book_of):
    stated = {"discounts": "board", "policy": None, "collect": "head of credit"}
    book = book_of(AS_OF, invoices=INVOICES, run={"decisions": {"authorities": stated}})
    found = decisions.of_book(book, ["policy", "discounts"], {"policy": 10.0, "discounts": 10.0}, anchor="x")
    assert found.set_index("decision")["authority"].to_dict() == {"policy": "credit analyst", "discounts": "board"}
    assert decisions.of_buyers(book, "collect", BUYERS, anchor="x")["authority"].eq("head of credit").all()
    assert book.run.reserved == ["model", "portfolio", "cash buffer", "discounts"]


def test_the_levels_are_those_of_the_run():
    small = run_of(limits={"approvals": [{"by": "clerk", "up_to": 10}, {"by": "owner"}]})
    assert small.authorities == {
        "policy": "owner", "model": "owner", "portfolio": "owner", "collect": "clerk", "short payments": "clerk",
        "policy terms": "clerk", "policy notice": "clerk", "cash buffer": "owner",
    }  # fmt: skip
    alone = run_of(limits={"approvals": [{"by": "owner"}]})
    assert alone.reserved == ["policy", "model", "portfolio", "policy terms", "policy notice", "cash buffer"]


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"nap": "board"}, "is no kind of decision; use one of report missed, "),
        ({"policy": "treasurer"}, "'treasurer' is nobody of limits.approvals; name one of 'credit analyst', "),
    ],
)
def test_an_authority_that_is_nobody_and_a_kind_that_is_none_are_refused(stated, message):
    with pytest.raises(ValueError, match=message):
        run_of(decisions={"authorities": stated})


@pytest.mark.parametrize(
    ("as_of", "read", "after_ten"),
    [
        # Saturday; Friday; Wednesday before Christmas, with 25 December (a Friday) and 1 January (a Friday) free.
        ("2026-10-31", "2026-11-02", "2026-11-16"),
        ("2026-10-30", "2026-11-02", "2026-11-16"),
        ("2026-12-23", "2026-12-24", "2027-01-11"),
        ("2026-12-24", "2026-12-28", "2027-01-12"),
    ],
)
def test_a_report_is_read_on_the_first_working_day_after_its_day(as_of, read, after_ten):
    assert decisions.read_on(pd.Timestamp(as_of)) == pd.Timestamp(read)
    assert decisions.read_on(pd.Timestamp(as_of), 10) == pd.Timestamp(after_ten)


def test_the_due_day_is_so_many_working_days_after_the_report_is_read(book, book_of):
    due = decisions.of_buyers(book, "stop", BUYERS, anchor="x")["due_day"]
    assert due.tolist() == [pd.Timestamp("2026-11-03")] * 3
    assert decisions.of_buyers(book, "report missed", BUYERS, anchor="x")["due_day"].iloc[0] == pd.Timestamp(
        "2026-11-02"
    )
    slow = book_of(AS_OF, invoices=INVOICES, run={"decisions": {"working_days": {"stop": 3}}})
    assert decisions.of_buyers(slow, "stop", BUYERS, anchor="x")["due_day"].iloc[0] == pd.Timestamp("2026-11-05")


def test_a_day_of_the_policy_is_due_then_and_one_that_is_over_when_the_report_is_read(book):
    # 14 November is a Saturday, when nobody is there; 1 November is over before the report is read.
    stated = BUYERS.assign(due_day=pd.to_datetime(["2026-11-14", "2026-11-01", None]))
    found = decisions.of_buyers(book, "report", stated, anchor="x")["due_day"]
    assert found.dt.strftime("%d.%m.").tolist() == ["13.11.", "02.11.", "03.11."]


def test_since_is_never_after_the_day_of_the_book(book):
    stated = BUYERS.assign(since=pd.to_datetime(["2026-11-20", "2026-09-24", None]))
    found = decisions.of_buyers(book, "report", stated, anchor="x")["since"]
    assert found.dt.strftime("%d.%m.").tolist() == ["31.10.", "24.09.", "31.10."]


def test_an_unknown_kind_is_refused(book):
    with pytest.raises(KeyError):
        decisions.of_buyers(book, "nap", BUYERS, anchor="x")
    with pytest.raises(ValueError, match=r"(?s)nap.*is no kind of decision"):
        DecisionSettings(working_days={"nap": 1})
    # A number that cannot be hides no kind that is not known.
    with pytest.raises(ValueError, match=r"(?s)greater than or equal to 0.*nap.*is no kind of decision"):
        DecisionSettings(working_days={"stop": -1, "nap": 2})
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        DecisionSettings(working_days={"stop": -1})


def test_kinds_are_known_wherever_they_are_named():
    named = {*decisions.INSURERS, *decisions.MATTERS, *AUTHORITIES, *ORDINARY}
    assert named <= set(WORKING_DAYS)


def records(*rows):
    """Records of (kind, buyer, amount, due day)."""
    table = pd.DataFrame(rows, columns=["decision", "buyer_id", "amount", "due_day"])
    table = table.assign(authority="board", since="2026-10-31", state="new", was=None, chapter="03_x", anchor="table-t")
    return table[list(decisions.COLUMNS)].astype(decisions.COLUMNS)


def test_the_insurers_come_first_then_the_boards_then_the_largest_amount_then_the_earliest_day():
    table = records(
        ("collect", "X", 1e6, "2026-11-02"), ("cut", "A", 900.0, "2026-11-13"), ("terms", None, None, "2026-11-05"),
        ("stop", "B", 900.0, "2026-11-02"), ("model", None, None, "2026-11-30"), ("policy", None, 5.0, "2026-11-30"),
        ("report", "C", 10.0, "2026-11-20"), ("claim", "D", 7.0, "2026-11-09"), ("portfolio", None, 9e6, "2026-11-30"),
        ("stop insured", "E", 9e6, "2026-11-03"), ("report missed", "F", 1.0, "2026-11-02"),
    )  # fmt: skip
    assert decisions.ordered(table, RUN)["decision"].tolist() == [
        "report missed", "claim", "report", "stop insured", "policy", "model", "portfolio", "stop", "cut", "terms",
        "collect",
    ]  # fmt: skip
    other = run_of(decisions={"authorities": {"terms": "board", "portfolio": "head of credit"}})
    assert decisions.ordered(table, other)["decision"].tolist()[4:8] == ["policy", "model", "terms", "portfolio"]


def test_decisions_of_a_kind_are_one_row():
    table = records(
        ("stop", "A", 10.0, "2026-11-05"), ("stop", "B", 900.0, "2026-11-02"), ("stop", "C", 90.0, "2026-11-04"),
        ("policy", None, 50.0, "2026-11-30"),
    )  # fmt: skip
    # The authority of a limit is not that of the amount above it: B has the largest excess, A the largest limit.
    table["authority"] = ["board", "head of credit", "nobody of today", "board"]
    table.loc[0, ["state", "was"]] = ["open", "run down"]
    policy, stop = (row for _, row in decisions.by_kind(table, RUN).iterrows())
    columns = ["decision", "buyers", "amount", "authority", "decides_on", "new", "state", "moved", "was"]
    assert stop[columns].tolist() == ["stop", 3, 1000, "board", 1, 2, "open", 1, "run down"]
    assert stop["each_decides"] == "board 1, head of credit 1, nobody of today 1"
    assert stop["due_day"] == pd.Timestamp("2026-11-02")
    assert policy[["decision", "buyers", "amount", "new", "moved"]].tolist() == ["policy", 0, 50, 1, 0]
    assert decisions.by_kind(decisions.none(), RUN).empty


def test_what_the_month_before_said_is_open_or_asked_no_more():
    now = records(
        ("stop", "A", 10.0, "2026-11-02"), ("stop", "B", 20.0, "2026-11-02"), ("policy", None, 5.0, "2026-11-30")
    )
    before = records(
        ("stop", "A", 70.0, "2026-10-02"), ("cut", "B", 30.0, "2026-10-14"), ("policy", None, 4.0, "2026-10-28")
    )
    before = before.assign(since=pd.Timestamp("2026-08-31"), state="first report")
    found = decisions.since_earlier(now, before)
    by = found.set_index(["decision", found["buyer_id"].fillna("-")])
    assert by["state"].to_dict() == {
        ("stop", "A"): "open",
        ("stop", "B"): "new",
        ("policy", "-"): "open",
        ("cut", "B"): "replaced by another decision",
    }
    assert by["was"].isna().all()
    assert by.loc[("stop", "A"), "since"] == pd.Timestamp("2026-08-31")
    assert by.loc[("stop", "B"), "since"] == pd.Timestamp("2026-10-31")
    # The amount is this month's; what is asked no more has its own, and comes last.
    assert by.loc[("stop", "A"), "amount"] == 10
    assert decisions.ordered(found, RUN)["decision"].iloc[-1] == "cut"
    assert "cut" not in set(decisions.by_kind(found, RUN)["decision"])
    # What was asked no more a month ago is not told again.
    assert not set(decisions.since_earlier(now, found[found["decision"] == "cut"])["state"]) & set(decisions.GONE)


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("report", "claim"), ("report missed", "claim"), ("report", "report missed"), ("stop until paid", "stop"),
        ("stop", "stop until paid"), ("payment plan", "enforce"), ("collect", "payment plan"),
        ("request accounts", "cut"), ("cut", "request accounts"), ("run down", "stop"),
    ],
)  # fmt: skip
def test_what_goes_on_as_another_stage_of_one_matter_is_open_and_says_as_what_it_was_asked(before, now):
    earlier = records((before, "A", 70.0, "2026-10-02")).assign(since=pd.Timestamp("2026-08-31"))
    found = decisions.since_earlier(records((now, "A", 10.0, "2026-11-02")), earlier)
    assert found[["decision", "state", "was"]].to_numpy().tolist() == [[now, "open", before]]
    own = now in ("claim", "report missed", "enforce", "payment plan")
    assert found["since"].tolist() == [pd.Timestamp("2026-10-31" if own else "2026-08-31")]
    # Of another buyer it is another matter.
    other = decisions.since_earlier(records((now, "B", 10.0, "2026-11-02")), earlier)
    assert other[["decision", "state"]].to_numpy().tolist() == [[now, "new"], [before, "asked no more"]]


@pytest.mark.parametrize(
    ("kind", "since"),
    [
        # The debt asked for in September has been paid: that of today is overdue since October.
        ("collect", "2026-10-20"), ("report", "2026-10-20"),
        # Of an excess nobody knows more than when it was first reported.
        ("run down", "2026-08-31"),
    ],
)  # fmt: skip
def test_debt_is_open_since_its_own_day_whatever_was_asked_of_debt_that_is_paid(kind, since):
    earlier = records((kind, "A", 70.0, "2026-10-02")).assign(since=pd.Timestamp("2026-08-31"))
    now = records((kind, "A", 10.0, "2026-11-02")).assign(since=pd.Timestamp("2026-10-20"))
    found = decisions.since_earlier(now, earlier)
    assert found["since"].tolist() == [pd.Timestamp(since)]
    assert found["state"].tolist() == ["open"]
    # Known to be of a report of 30 September, the debt asked of then is paid, and this is another.
    found = decisions.since_earlier(now, earlier, pd.Timestamp("2026-09-30"))
    other = ["new", "replaced by another decision"]
    assert found["state"].tolist() == (["open"] if kind == "run down" else other)
    assert found["since"].iloc[0] == pd.Timestamp(since)
    assert decisions.since_earlier(now, earlier, pd.Timestamp("2026-10-20"))["state"].tolist() == ["open"]


def test_other_matters_of_one_buyer_are_new():
    earlier = records(("report", "A", 70.0, "2026-10-02"))
    found = decisions.since_earlier(records(("stop", "A", 10.0, "2026-11-02")), earlier)
    assert found["state"].tolist() == ["new", "asked no more"]


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        # Of the same limit something else is asked: nobody is to read that the cut has been made.
        ("cut", "run down", "replaced by another decision"), ("limits", "cut", "replaced by another decision"),
        ("claim", "stop insured", "replaced by another decision"),
        ("collect", "in default", "replaced by another decision"),
        ("collect", "limits", "asked no more"), ("report", "collect", "asked no more"),
    ],
)  # fmt: skip
def test_what_is_asked_as_another_matter_is_told_from_what_is_asked_no_more(before, now, state):
    earlier = records((before, "A", 70.0, "2026-10-02"))
    found = decisions.since_earlier(records((now, "A", 10.0, "2026-11-02")), earlier)
    assert found[["decision", "state"]].to_numpy().tolist() == [[now, "new"], [before, state]]
    assert decisions.by_kind(found, RUN)["decision"].tolist() == [now]


def test_every_kind_on_a_buyer_has_one_subject():
    kinds = [kind for of in decisions.SUBJECTS.values() for kind in of]
    assert len(kinds) == len(set(kinds))
    # The others are about the whole book, or ask what a buyer is in place of what to do with it.
    assert set(WORKING_DAYS) - set(kinds) == {
        "long overdue", "short payments", "model", "policy", "policy terms", "policy notice",
        "portfolio", "discounts", "discounts back", "terms", "late interest", "cash buffer",
    }  # fmt: skip


def test_without_an_earlier_report_nobody_knows_what_is_new_and_after_an_empty_one_all_is():
    now = records(("stop", "A", 10.0, "2026-11-02"))
    first = decisions.since_earlier(now, None)
    assert first["state"].tolist() == ["first report"]
    assert decisions.by_kind(first, RUN)["state"].tolist() == ["first report"]
    assert decisions.by_kind(first, RUN)["new"].tolist() == [0]
    pd.testing.assert_frame_equal(decisions.since_earlier(now, decisions.none()), now)
    assert decisions.since_earlier(decisions.none(), decisions.none()).empty
    assert decisions.since_earlier(decisions.none(), None).empty
