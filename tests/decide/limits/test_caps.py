"""What limits together may add up to: rooms shared by hand, and sums that never pass a cap."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.decide.limits.caps import Cap, Caps, caps, class_amounts, counted_in_full, shared_by_need, within_caps
from tradecredit.params.limits import LimitSettings

NONE = Cap(pd.Index(["all"]), np.array([0, 0, 0]), np.array([np.inf]))


def series(*values):
    return pd.Series(values, dtype="float64")


def test_a_room_is_shared_by_need():
    # Nobody gets all that is wanted: 60 by needs of 100, 50 and 50.
    found = shared_by_need(series(50, 40, 30), series(100, 50, 50), np.array([0, 0, 0]), np.array([60.0]))
    assert found.tolist() == pytest.approx([30, 15, 15])


def test_what_a_member_does_not_want_goes_to_the_others():
    # By need each would get 30; the first wants 10, and the others share the 80 that are left.
    found = shared_by_need(series(10, 60, 70), series(80, 80, 80), np.array([0, 0, 0]), np.array([90.0]))
    assert np.minimum(found, [10, 60, 70]).tolist() == pytest.approx([10, 40, 40])


def test_a_group_with_room_enough_and_a_buyer_without_a_group_are_left_alone():
    wanted = series(50, 50, 50)
    assert shared_by_need(wanted, wanted, np.array([0, 0, -1]), np.array([100.0])).isna().all()


def test_a_need_that_is_not_known_counts_as_what_is_wanted():
    found = shared_by_need(series(50, 50), series(np.nan, 100), np.array([0, 0]), np.array([60.0]))
    assert found.tolist() == pytest.approx([20, 40])


def test_a_group_without_room_gives_nothing():
    found = shared_by_need(series(0, 40), series(50, 50), np.array([0, 0]), np.array([0.0]))
    assert found.tolist() == [0, 0]


def test_sector_and_country_cut_in_proportion_one_after_the_other():
    sector = Cap(pd.Index(["C", "F"]), np.array([0, 0, 1]), np.array([60.0, np.inf]))
    country = Cap(pd.Index(["DE"]), np.array([0, 0, 0]), np.array([80.0]))
    wanted = series(100, 20, 40)
    found = within_caps(wanted, counted_in_full(wanted * 0), wanted, Caps(NONE, sector, country))
    # 120 in sector C become 60, that is half; then 100 in the country become 80.
    assert found.rooms["sector_room"].fillna(-1).tolist() == pytest.approx([50, 10, -1])
    assert found.rooms["country_room"].tolist() == pytest.approx([40, 8, 32])
    assert found.granted.tolist() == pytest.approx([40, 8, 32])
    # What the country has cut is not free in the sector: more of it is not granted.
    assert found.taken.loc[0].to_dict() == pytest.approx({"group": 100, "sector": 50, "country": 40})
    assert within_caps(series(5, 0, 0), found.taken, wanted, Caps(NONE, sector, NONE)).granted.tolist() == [0, 0, 0]


def test_what_is_taken_leaves_less_room():
    group = Cap(pd.Index(["G"]), np.array([0, 0, -1]), np.array([100.0]))
    wanted, taken = series(0, 60, 60), series(70, 0, 0)
    found = within_caps(wanted, counted_in_full(taken), series(70, 60, 60), Caps(group, NONE, NONE))
    assert found.granted.tolist() == pytest.approx([0, 30, 60])
    assert found.rooms["group_room"].fillna(-1).tolist() == pytest.approx([-1, 30, -1])
    assert found.taken["country"].tolist() == pytest.approx([70, 30, 60])


BUYERS = pd.DataFrame(
    {
        "group_id": ["G", "G", None, "H"],
        "sector": ["C", "F", None, "C"],
        "country": ["DE", "DE", "DE", "FR"],
        "need": [30.0, 20.0, 90.0, 400.0],
        "fixed": [np.nan] * 4,
    }
)


def test_caps_are_shares_of_the_book():
    stated = LimitSettings(sector_shares_of_book={"C": 0.2, "other": 0.5}, country_shares_of_book={"FR": 0.1})
    found = caps(BUYERS, 1_000.0, stated)
    # The group's need, 50, or a tenth of the book.
    assert found.group.amount.tolist() == [50, 100]
    assert dict(zip(found.sector.names, found.sector.amount, strict=True)) == {"C": 200, "F": 500, "(not stated)": 500}
    assert dict(zip(found.country.names, found.country.amount, strict=True)) == {"DE": np.inf, "FR": 100}


def test_what_is_set_on_a_member_is_counted_and_may_lift_the_groups_limit():
    found = caps(BUYERS.assign(fixed=[120.0, np.nan, np.nan, 5.0]), 1_000.0, LimitSettings())
    assert found.group.amount.tolist() == [120, 100]


def test_without_receivables_there_are_no_shares_of_them():
    found = caps(BUYERS, np.nan, LimitSettings(sector_shares_of_book={"C": 0.2}))
    assert found.group.amount.tolist() == [50, 400]
    assert np.isinf(found.sector.amount).all()


def test_the_caps_of_sectors_and_countries_by_name(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-03-01,2026-03-31,700\nI2,B,2026-03-01,2026-03-31,300\n"
    buyers = "buyer_id,sector,country\nA,C,DE\nB,,DE\nC,F,FR\n"
    stated = {"sector_shares_of_book": {"C": 0.2, "other": 0.5, "G": 0.1}, "country_shares_of_book": {"FR": 0.0}}
    book = book_of("2026-03-31", run={"limits": stated}, invoices=invoices, buyers=buyers)
    found = class_amounts(book)
    # Nobody is of sector G; country DE has no cap, and FR may have nothing.
    assert found["sector"].to_dict() == {"C": 200, "(not stated)": 500, "F": 500}
    assert found["country"].to_dict() == {"FR": 0}
    paid = "invoice_id,received,amount,kind\nI1,2026-03-15,700,payment\nI2,2026-03-15,300,payment\n"
    owing_nothing = book_of("2026-03-31", run={"limits": stated}, invoices=invoices, receipts=paid, buyers=buyers)
    assert all(amounts.empty for amounts in class_amounts(owing_nothing).values())


def test_caps_of_sectors_and_countries_that_no_buyer_has_are_told(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-03-01,2026-03-31,700\nI2,B,2026-03-01,2026-03-31,300\n"
    buyers = "buyer_id,sector,country\nA,C,DE\nB,Retail,DE\n"
    rest = {"other": 0.5, "(not stated)": 0.1}

    def unknown(sectors, countries):
        stated = {"sector_shares_of_book": sectors | rest, "country_shares_of_book": countries | rest}
        return words.limits_of_the_book.unknown_classes(
            book_of("2026-03-31", run={"limits": stated}, invoices=invoices, buyers=buyers)
        )

    assert unknown({"C": 0.2, "Retail": 0.1}, {"DE": 0.4}) == []
    assert unknown({"construction": 0.2, "C": 0.2, "c": 0.1}, {"FR": 0.1}) == [
        "limits.sector_shares_of_book names construction and c, which no buyer of the book has: it has no effect.",
        "limits.country_shares_of_book names FR, which no buyer of the book has: it has no effect.",
    ]


MEMBERS = st.lists(
    st.tuples(st.floats(0, 1e7), st.floats(0, 1e7), st.sampled_from([-1, 0, 1]), st.sampled_from([0, 1])),
    min_size=1,
    max_size=12,
)


@given(members=MEMBERS, rooms=st.tuples(*[st.floats(0, 2e7)] * 5))
@settings(max_examples=200)
def test_no_cap_is_passed_and_nobody_gets_more_than_is_wanted(members, rooms):
    wanted, need, group, place = (np.array(values) for values in zip(*members, strict=True))
    classes = Cap(pd.RangeIndex(2), place, np.array(rooms[2:4]))
    whole = Cap(pd.RangeIndex(1), np.zeros(len(members), int), np.array(rooms[4:]))
    groups = Cap(pd.RangeIndex(2), group, np.array(rooms[:2]))
    nothing = counted_in_full(pd.Series(wanted) * 0)
    found = within_caps(pd.Series(wanted), nothing, pd.Series(need), Caps(groups, classes, whole))
    granted = found.granted.to_numpy()
    assert (granted >= 0).all()
    assert (granted <= wanted).all()
    for cap in (groups, classes, whole):
        for number, amount in enumerate(cap.amount):
            # A billionth of a cap is what floating point leaves of it.
            assert granted[cap.place == number].sum() <= amount * (1 + 1e-9) + 1e-5
    # What binds is named, and only that.
    rooms_left = found.rooms.min(axis=1)
    assert np.minimum(rooms_left.fillna(np.inf), wanted).tolist() == pytest.approx(granted.tolist(), abs=1e-5)


@given(members=MEMBERS, room=st.floats(0, 2e7))
@settings(max_examples=200)
def test_a_groups_room_is_used_up_where_it_is_short(members, room):
    wanted, need, *_ = (np.array(values) for values in zip(*members, strict=True))
    share = shared_by_need(pd.Series(wanted), pd.Series(need), np.zeros(len(wanted), int), np.array([room]))
    given_out = np.fmin(wanted, share).sum()
    assert given_out == pytest.approx(min(room, wanted.sum()), rel=1e-6, abs=1e-6)


def test_what_is_said_of_groups():
    table = pd.DataFrame({"over_group_limit": [0.0, 1_500.0], "cut": [0, 2], "need": 900.0, "group_limit": 800.0})
    assert words.limits_of_the_book.groups(table, "EUR") == (
        "1 of 2 groups exceeds its limit, by EUR 1,500. The group limit is the binding constraint for 2 members."
    )
    # A group that exceeds its need alone is no matter of the risk.
    need = pd.DataFrame({"over_group_limit": [70.0, 30.0], "cut": 0, "need": [900.0, 800.0], "group_limit": 800.0})
    assert words.limits_of_the_book.groups(need, "EUR").startswith(
        "2 of 2 groups exceed their limits, by EUR 100. EUR 30 of it is above what their members need: a signal to "
        "look, no decision."
    )
    assert "All of it is above what their members need" in words.limits_of_the_book.groups(need.tail(1), "EUR")
    assert words.limits_of_the_book.groups(table.head(0), "EUR") == "No buyer belongs to a group."
    assert words.limits_of_the_book.groups(table.head(1), "EUR") == (
        "No group exceeds its limit. No group limit is binding for a member."
    )


def test_what_is_said_of_sectors_and_countries():
    table = pd.DataFrame(
        {"over_cap": [0.0, 40.0], "set_above": [5.0, 0.0], "cut": [0, 0], "added_cut": [0, 0]},
        index=["sector C", "country DE"],
    )
    assert words.limits_of_the_book.class_caps(table, "EUR") == (
        "Exposure exceeds the cap on country DE (by EUR 40). Limits set by analysts exceed the cap on sector C: other "
        "buyers there get no limit."
    )
    fits = words.limits_of_the_book.class_caps(table * 0, "EUR")
    assert fits == "Exposure exceeds no cap on a sector or country."
    cut = words.limits_of_the_book.class_caps((table * 0).assign(cut=[1, 20], added_cut=[0, 20]), "EUR")
    assert cut == (
        "Exposure exceeds no cap on a sector or country. Whatever is owed, the limits would pass the cap without "
        "insurance too, and all that no analyst has set are cut on sector C (1 buyer). Whatever is owed, what cover "
        "adds to limits would pass the cap, and that alone is cut on country DE (20 buyers)."
    )
    assert words.limits_of_the_book.class_caps(table.head(0), "EUR") == ""
