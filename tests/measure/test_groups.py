"""Groups by control: chains, shares held together, circles, days, and what `buyers` states beside it."""

from itertools import pairwise

import pandas as pd
import pytest

from tradecredit.measure.groups import group_of, groups, sets_of_control

DAY = "2026-10-31"
INVOICES = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
    f"{buyer},{buyer},2024-01-01,2024-02-01,100\n" for buyer in "ABCDEF"
)
HEAD = "owner_id,owned_id,share,since,until\n"


def found(book_of, ownership, stated="", day=DAY):
    buyers = "buyer_id,group_id\n" + "".join(
        f"{buyer},{dict(part.split('=') for part in stated.split()).get(buyer, '')}\n" for buyer in "ABCDEF"
    )
    book = book_of(DAY, invoices=INVOICES, buyers=buyers, ownership=HEAD + ownership)
    return groups(book if day == DAY else book.at(day))


def together(table):
    """The groups of more than one buyer, as words of their letters."""
    members = table["group_id"].reset_index().groupby("group_id")["buyer_id"].agg("".join)
    return members.to_dict()


def test_without_ownership_groups_are_those_that_buyers_states(book_of):
    buyers = "buyer_id,group_id\nA,G\nB,G\nC,\nD,\nE,\nF,H\n"
    book = book_of(DAY, invoices=INVOICES, buyers=buyers)
    assert group_of(book).fillna("").to_dict() == {"A": "G", "B": "G", "C": "", "D": "", "E": "", "F": "H"}
    assert not groups(book)[["controlled", "contradicts"]].any(axis=None)


@pytest.mark.parametrize(
    ("stakes", "sets"),
    [
        # Directly, by a company that is no buyer; exactly half is no control.
        ("H,A,.51,2020-01-01,\nH,B,1,2020-01-01,\nH,C,.5,2020-01-01,\n", {"H": "AB"}),
        # Through a chain, one link of which is no buyer either.
        ("A,X,.6,2020-01-01,\nX,B,.6,2020-01-01,\n", {"A": "AB"}),
        # Together: A owns 30 % of C itself and controls B, which owns 21 %.
        ("A,B,.8,2020-01-01,\nA,C,.3,2020-01-01,\nB,C,.21,2020-01-01,\n", {"A": "ABC"}),
        # The same where A owns only 50 % of B: nobody controls C.
        ("A,B,.5,2020-01-01,\nA,C,.3,2020-01-01,\nB,C,.21,2020-01-01,\n", {}),
        # H controls D only once it controls C, through A and B.
        (
            "H,A,.9,2020-01-01,\nH,B,.9,2020-01-01,\nA,C,.3,2020-01-01,\nB,C,.3,2020-01-01,\n"
            "C,D,.3,2020-01-01,\nH,D,.3,2020-01-01,\n",
            {"H": "ABCD"},
        ),
        # A third of E each is held by two groups and a stranger.
        ("H,A,1,2020-01-01,\nA,E,.34,2020-01-01,\nK,E,.33,2020-01-01,\nL,E,.33,2020-01-01,\n", {}),
        # A circle, and shares in itself, which count for nothing.
        ("B,C,.6,2020-01-01,\nC,B,.6,2020-01-01,\nD,D,.6,2020-01-01,\nE,D,.4,2020-01-01,\n", {"B": "BC"}),
        # What a controlled company owns of its owner changes no ultimate owner.
        ("F,A,.9,2020-01-01,\nA,F,.4,2020-01-01,\n", {"F": "AF"}),
        # Tenths that add up to a half are no more than that, whatever floating point makes of them.
        ("H,X,1,2020-01-01,\nH,A,.1,2020-01-01,\nX,A,.4,2020-01-01,\nH,B,1,2020-01-01,\nH,C,.2,2020-01-01,\n"
         "X,C,.3,2020-01-01,\n", {}),
    ],
)  # fmt: skip
def test_control(book_of, stakes, sets):
    assert together(found(book_of, stakes)) == sets


def test_control_is_that_of_the_day(book_of):
    stakes = (
        "A,B,.6,2024-03-01,2025-12-31\nA,C,.4,2024-03-01,\nA,C,.7,2026-05-01,\nA,D,.7,2024-03-01,\nA,D,.2,2026-01-01,\n"
    )
    assert together(found(book_of, stakes, day="2024-02-29")) == {}
    assert together(found(book_of, stakes, day="2025-12-31")) == {"A": "ABD"}
    assert together(found(book_of, stakes, day="2026-01-01")) == {}
    assert together(found(book_of, stakes, day="2026-05-01")) == {"A": "AC"}


def test_a_set_bears_the_name_that_its_ultimate_owner_states_and_who_states_it_belongs_to_it(book_of):
    table = found(book_of, "A,B,.6,2020-01-01,\n", stated="A=ALPHA B=ALPHA C=ALPHA D=DELTA E=DELTA")
    assert together(table) == {"ALPHA": "ABC", "DELTA": "DE"}
    assert table["controlled"].tolist() == [True, True, False, False, False, False]
    assert not table["contradicts"].any()


def test_control_goes_before_another_group_that_is_stated(book_of):
    table = found(book_of, "A,B,.6,2020-01-01,\nC,D,.6,2020-01-01,\n", stated="A=ALPHA B=BETA D=DELTA E=BETA")
    assert table["group_id"].fillna("").to_dict() == {
        "A": "ALPHA", "B": "ALPHA", "C": "DELTA", "D": "DELTA", "E": "BETA", "F": ""
    }  # fmt: skip
    assert table.index[table["contradicts"]].tolist() == ["B"]


def test_members_that_state_different_groups_under_an_owner_that_states_none_are_named_after_it(book_of):
    table = found(book_of, "H,A,.6,2020-01-01,\nH,B,.6,2020-01-01,\nH,C,1,2020-01-01,\n", stated="A=ALPHA B=BETA")
    assert together(table) == {"H": "ABC"}
    assert table.index[table["contradicts"]].tolist() == ["A", "B"]


def test_one_buyer_under_an_owner_that_is_none_is_no_group_but_with_a_stated_one_of_that_name(book_of):
    assert found(book_of, "H,A,1,2020-01-01,\n")["group_id"].isna().all()
    assert together(found(book_of, "H,A,1,2020-01-01,\n", stated="B=H")) == {"H": "AB"}
    assert together(found(book_of, "H,A,1,2020-01-01,\n", stated="A=ALPHA")) == {"ALPHA": "A"}


def test_stakes_that_have_all_ended_leave_what_is_stated(book_of):
    table = found(book_of, "A,B,.6,2020-01-01,2024-12-31\n", stated="B=BETA C=BETA")
    assert together(table) == {"BETA": "BC"}


def test_a_long_chain_of_shares_held_together_is_followed_to_its_end():
    # Each company is controlled only with the one before it: 30 % of its own owner's and 30 % of the top.
    names = [f"C{number:03}" for number in range(200)]
    stakes = [("TOP", names[0], 0.6)]
    for before, name in pairwise(names):
        stakes += [("TOP", name, 0.3), (before, name, 0.3)]
    table = pd.DataFrame(stakes, columns=["owner_id", "owned_id", "share"])
    table = table.astype({"owner_id": "str", "owned_id": "str"})
    sets = sets_of_control(table, pd.Series(names, dtype="str"))
    assert sets["head"].unique().tolist() == ["TOP"]
    assert len(sets) == 201
