"""Which part of which invoice is insured: cases by hand, and all rules together against a plain reference."""

import importlib.util
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.insurance import cover
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import CLASSES

PLAIN = Path(__file__).parents[1] / "reference" / "plain_cover.py"
spec = importlib.util.spec_from_file_location("plain_cover", PLAIN)
plain = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plain)

TODAY = "2026-10-31"
POLICY = Policy(insured_percentage=0.9, maximum_extension_days=60)


def ledger(book_of, invoices, *, as_of=TODAY, limits="", receipts="", **tables):
    """A book of one buyer B: invoices, decisions of the insurer and payments as lines of CSV."""
    head = "invoice_id,issued,due,amount\n"
    rows = pd.read_csv(__import__("io").StringIO(head + invoices), parse_dates=["issued", "due"]).assign(buyer_id="B")
    decisions = "buyer_id,source,amount,valid_from,valid_to\n" + "".join(
        f"B,insurer,{line}\n" for line in limits.split()
    )
    paid = "invoice_id,received,amount,kind\n" + "".join(f"{line},payment\n" for line in receipts.split())
    return book_of(as_of, invoices=rows, limits=decisions, receipts=paid, **tables)


def told(book, policy=POLICY):
    found = cover.audit(book, policy)
    assert cover.by_class(book, policy)["open_amount"].sum() == pytest.approx(found["open_amount"].sum(), abs=0.004)
    assert found["insured"].sum() == pytest.approx(cover.of_buyers(book, policy).insured.sum(), abs=0.004)
    return {name: (round(row["insured"], 2), row["reason"]) for name, row in found.iterrows()}


S1_S2 = "S1,2026-09-10,2026-11-30,50000\nS2,2026-10-12,2026-12-31,8000\n"


def test_a_later_withdrawal_takes_nothing_off_what_was_shipped_before_it(book_of):
    # Case 1.
    book = ledger(book_of, S1_S2, limits="60000,2026-01-01, 0,2026-10-01,".replace(" ", "\n"))
    assert told(book) == {"S1": (45_000, "covered"), "S2": (0, "no_limit_on_shipment_day")}
    assert cover.audit(book, POLICY)["cover"].tolist() == ["named limit", "refused or withdrawn"]


def test_a_later_cut_leaves_no_room_to_later_shipments(book_of):
    # Case 2: the limit of S2's day is 20,000, which S1 fills.
    book = ledger(book_of, S1_S2, limits="60000,2026-01-01,\n20000,2026-10-01,")
    assert told(book) == {"S1": (45_000, "covered"), "S2": (0, "limit_filled")}


def test_a_later_increase_covers_nothing_that_was_shipped_before_it(book_of):
    # Case 3.
    book = ledger(book_of, S1_S2, limits="0,2026-01-01,\n90000,2026-10-01,")
    assert told(book) == {"S1": (0, "no_limit_on_shipment_day"), "S2": (7_200, "covered")}


def test_an_increase_that_says_from_when_covers_what_was_shipped_since(book_of):
    book = ledger(book_of, S1_S2, limits="0,2026-01-01,\n90000,2026-09-10,")
    assert told(book) == {"S1": (45_000, "covered"), "S2": (7_200, "covered")}


def test_a_limit_that_ended_leaves_the_one_before_it_in_force(book_of):
    # A temporary increase to 60,000 in September; in October the 10,000 of January hold again, and S1 fills them.
    book = ledger(book_of, S1_S2, limits="10000,2026-01-01,\n60000,2026-09-01,2026-09-30")
    assert told(book) == {"S1": (45_000, "covered"), "S2": (0, "limit_filled")}
    over = ledger(book_of, S1_S2, limits="60000,2026-09-01,2026-10-11")
    assert told(over) == {"S1": (45_000, "covered"), "S2": (0, "no_limit_on_shipment_day")}
    last_day = ledger(book_of, S1_S2, limits="60000,2026-09-01,2026-10-12")
    assert told(last_day)["S2"] == (7_200, "covered")


STOP = "A,2026-06-01,2026-07-01,10000\nB,2026-08-25,2026-09-25,20000\nC,2026-09-05,2026-10-05,30000\n"


def test_what_is_shipped_after_the_stop_is_not_insured(book_of):
    # Case 4: 1 July + 60 days is 30 August, the last day that counts.
    book = ledger(book_of, STOP, limits="100000,2026-01-01,")
    assert told(book) == {"A": (9_000, "covered"), "B": (18_000, "covered"), "C": (0, "shipped_after_stop")}
    assert cover.by_class(book, POLICY)["open_amount"].to_dict() == {
        "named limit": 30_000, "discretionary limit": 0, "stopped": 30_000, "refused or withdrawn": 0,
        "above the limit": 0, "not insurable": 0,
    }  # fmt: skip
    assert cover.of_buyers(book, POLICY).stopped.to_dict() == {"B": True}


@pytest.mark.parametrize(("shipped", "covered"), [("2026-08-30", True), ("2026-08-31", False)])
def test_the_day_on_which_the_period_ends_still_counts(book_of, shipped, covered):
    book = ledger(book_of, STOP.replace("2026-08-25", shipped), limits="100000,2026-01-01,")
    assert told(book)["B"] == ((18_000, "covered") if covered else (0, "shipped_after_stop"))


@pytest.mark.parametrize(("paid", "covered"), [("2026-09-02", True), ("2026-09-05", True), ("2026-09-06", False)])
def test_the_stop_ends_on_the_day_on_which_nothing_is_past_the_period_any_more(book_of, paid, covered):
    # Case 5, and the day itself: what is paid on the day of shipment stops nothing that day.
    book = ledger(book_of, STOP, limits="100000,2026-01-01,", receipts=f"A,{paid},10000")
    assert told(book)["C"] == ((27_000, "covered") if covered else (0, "shipped_after_stop"))


@pytest.mark.parametrize(("paid", "stops"), [(9_999.5, False), (9_999, False), (9_998.98, True)])
def test_dust_in_an_invoice_stops_nothing(book_of, paid, stops):
    # At most 1.00 is left of A, overdue past the period: C is shipped freely, and so is what comes.
    book = ledger(book_of, STOP, limits="100000,2026-01-01,", receipts=f"A,2026-07-01,{paid}")
    assert told(book)["C"] == ((0, "shipped_after_stop") if stops else (27_000, "covered"))
    assert cover.of_buyers(book, POLICY).stopped.to_dict() == {"B": stops}
    # A tolerance of nothing makes it a debt as any other.
    exact = ledger(
        book_of, STOP, limits="100000,2026-01-01,", receipts=f"A,2026-07-01,{paid}",
        settings={"dust": {"amount": 0, "share": 0}},
    )  # fmt: skip
    assert cover.of_buyers(exact, POLICY).stopped.to_dict() == {"B": True}


@pytest.mark.parametrize(("left", "stops"), [(99.99, False), (100, False), (100.01, True), (10_000, True)])
def test_what_is_left_of_an_invoice_within_the_tolerance_stops_nothing(book_of, left, stops):
    # Of A, overdue past the period, so much is left since before C was shipped, and a day after it.
    policy = Policy(insured_percentage=0.9, maximum_extension_days=60, stop_tolerance=100)
    paid = {"limits": "100000,2026-01-01,", "receipts": f"A,2026-09-05,{10_000 - left}" if left < 10_000 else ""}
    book = ledger(book_of, STOP, **paid)
    assert told(book, policy)["C"] == ((0, "shipped_after_stop") if stops else (27_000, "covered"))
    assert cover.of_buyers(book, policy).stopped.to_dict() == {"B": stops}
    # Without a tolerance each of these is a debt that stops, as more than 1.00 of 10,000 is.
    assert told(book)["C"] == (0, "shipped_after_stop")
    # On the day before the payment all 10,000 were owed, whatever is left now.
    before = ledger(book_of, STOP.replace("2026-09-05", "2026-09-04"), **paid)
    assert told(before, policy)["C"] == (0, "shipped_after_stop")


@pytest.mark.parametrize(("tolerance", "stops"), [(0, True), (0.49, True), (0.5, False), (None, False)])
def test_a_stated_tolerance_is_kept_to_the_letter_below_dust_too(book_of, tolerance, stops):
    # 0.50 of A's 10,000 are left: dust where nothing is stated.
    policy = Policy(insured_percentage=0.9, maximum_extension_days=60, stop_tolerance=tolerance)
    book = ledger(book_of, STOP, limits="100000,2026-01-01,", receipts="A,2026-07-01,9999.50")
    assert told(book, policy)["C"] == ((0, "shipped_after_stop") if stops else (27_000, "covered"))
    assert cover.of_buyers(book, policy).stopped.to_dict() == {"B": stops}
    # What is paid whole stops nothing.
    whole = ledger(book_of, STOP, limits="100000,2026-01-01,", receipts="A,2026-07-01,10000")
    assert told(whole, policy)["C"] == (27_000, "covered")


def test_an_invoice_over_no_more_than_the_tolerance_stops_nothing_from_its_first_day(book_of):
    policy = Policy(insured_percentage=0.9, maximum_extension_days=60, stop_tolerance=100)
    small = STOP.replace("10000", "100")
    assert told(ledger(book_of, small, limits="100000,2026-01-01,"), policy)["C"] == (27_000, "covered")
    # Two such invoices are two: the tolerance is of each.
    two = small + "D,2026-06-01,2026-07-01,100\n"
    assert told(ledger(book_of, two, limits="100000,2026-01-01,"), policy)["C"] == (27_000, "covered")


def test_only_the_disputed_part_waits(book_of):
    # Case 6.
    book = ledger(
        book_of, "S1,2026-09-10,2026-11-30,20000\nS2,2026-10-12,2026-12-31,18000\n", limits="30000,2026-01-01,",
        disputes="invoice_id,opened,closed,amount\nS1,2026-10-01,,5000\n",
    )  # fmt: skip
    assert told(book) == {"S1": (13_500, "covered"), "S2": (13_500, "covered_in_part")}
    table = cover.by_class(book, POLICY)
    assert table["open_amount"].to_list() == [30_000, 0, 0, 0, 3_000, 5_000]
    assert table["insured"].sum() == pytest.approx(27_000)
    assert table["share"].sum() == pytest.approx(1)
    reasons = cover.by_reason(book, POLICY).set_index("reason")["open_amount"].to_dict()
    assert reasons == {"covered": 15_000, "covered_in_part": 15_000, "limit_filled": 3_000, "in_dispute": 5_000}


def test_tax_period_terms_and_kind(book_of):
    invoices = pd.DataFrame(
        [
            ("taxed", "A", "2026-09-01", "2026-10-01", 119.0, 19.0),
            ("before", "A", "2025-12-31", "2026-01-30", 100.0, 0.0),
            ("long", "A", "2026-09-01", "2027-03-01", 100.0, 0.0),
            ("city", "C", "2026-09-01", "2026-10-01", 100.0, 0.0),
        ],
        columns=["invoice_id", "buyer_id", "issued", "due", "amount", "tax"],
    ).astype({"issued": "datetime64[us]", "due": "datetime64[us]"})
    limits = "buyer_id,source,amount,valid_from\nA,insurer,1000,2025-01-01\nC,insurer,1000,2025-01-01\n"
    book = book_of(TODAY, invoices=invoices, limits=limits, buyers="buyer_id,kind\nA,private\nC,public\n")
    policy = Policy(insured_percentage=0.9, maximum_terms_days=180, starts="2026-01-01", ends="2026-12-31")
    assert told(book, policy) == {
        "taxed": (90, "covered"), "before": (0, "outside_period"), "long": (0, "terms_too_long"),
        "city": (0, "kind_of_buyer"),
    }  # fmt: skip
    assert cover.by_class(book, policy)["open_amount"].to_list() == pytest.approx([100, 0, 0, 0, 0, 319])
    ended = Policy(insured_percentage=0.9, ends="2026-08-31")
    assert told(book, ended)["taxed"] == (0, "outside_period")
    keys = Policy(insured_percentage=0.9, kind="key_accounts", buyers=["C"])
    assert told(book, keys)["taxed"] == (0, "not_listed")


def test_a_country_that_the_policy_excludes_is_not_insured(book_of):
    invoices = "".join(f"{buyer}1,{buyer},2026-09-01,2026-10-01,100\n" for buyer in "ABCD")
    limits = "buyer_id,source,amount,valid_from\n" + "".join(f"{buyer},insurer,1000,2025-01-01\n" for buyer in "ABCD")
    buyers = "buyer_id,kind,country\nA,private,DE\nB,private,XY\nC,public,XY\nD,private,\n"
    book = book_of(TODAY, invoices="invoice_id,buyer_id,issued,due,amount\n" + invoices, limits=limits, buyers=buyers)
    policy = Policy(insured_percentage=0.9, excluded_countries=["XY", "ZZ"])
    assert told(book, policy) == {
        "A1": (90, "covered"), "B1": (0, "country_excluded"), "C1": (0, "kind_of_buyer"), "D1": (90, "covered"),
    }  # fmt: skip
    assert cover.by_class(book, policy)["open_amount"].to_list() == pytest.approx([200, 0, 0, 0, 0, 200])
    bears = cover.of_buyers(book, policy)
    assert (bears.insurable > 0).tolist() == [True, False, False, True]
    assert bears.insured_sales.tolist() == [1, 0, 0, 1]


def test_evidence_for_a_discretionary_limit_is_that_of_the_day_of_shipment(book_of):
    # A payment of 15 January 2026 is evidence until 14 January 2027; before it there is good faith alone, 10 %.
    invoices = (
        "P,2025-11-01,2025-12-01,500\nS1,2026-01-14,2026-12-31,5000\nS2,2026-01-15,2026-12-31,5000\n"
        "S3,2027-01-14,2027-02-28,5000\nS4,2027-01-15,2027-02-28,500\n"
    )
    policy = Policy(insured_percentage=0.9, discretionary_limit=8_000)
    book = ledger(book_of, invoices, as_of="2027-01-31", receipts="P,2026-01-15,500")
    # S1 fills 800, S2 5,000 more of 8,000, S3 the other 2,200; S4's limit is 800, which the older ones fill.
    assert told(book, policy) == {
        "S1": (720, "covered_in_part"), "S2": (4_500, "covered"), "S3": (1_980, "covered_in_part"),
        "S4": (0, "limit_filled"),
    }  # fmt: skip
    assert set(cover.audit(book, policy)["cover"]) == {"discretionary limit", "above the limit"}


def test_a_discretionary_limit_is_gone_once_a_named_one_was_refused(book_of):
    policy = Policy(insured_percentage=0.9, discretionary_limit=80_000, discretionary_shares={"good_faith": 1.0})
    book = ledger(book_of, S1_S2, limits="0,2026-10-01,")
    assert told(book, policy) == {"S1": (45_000, "covered"), "S2": (0, "no_limit_on_shipment_day")}
    assert cover.audit(book, policy)["cover"].tolist() == ["discretionary limit", "refused or withdrawn"]


def test_a_top_up_insures_what_lies_above_the_limit_of_its_primary(book_of):
    run = {"policy": {"name": "first", "insured_percentage": 0.9}}
    book = ledger(book_of, S1_S2, limits="40000,2026-01-01,", run=run)
    above = Policy(name="above", kind="top_up", primary="first", top_up_share=0.25, insured_percentage=0.9)
    # Of S1's 50,000 the primary has 40,000 and the top-up the rest of its 10,000.
    assert cover.audit(book, above)["insured_debt"].tolist() == [10_000, 0]
    assert cover.audit(book)["insured_debt"].tolist() == [40_000, 0]


@pytest.mark.parametrize(("limit", "reason"), [(8_000, "covered"), (7_999.98, "covered_in_part")])
def test_what_fits_its_limit_to_the_cent_is_covered_whole(book_of, limit, reason):
    # 10,000 dollars of a day at 0.9 come out as 8,000.000000000001 on one at 0.8; their limit is worth 8,000 then.
    book = ledger(book_of, "S,2026-09-10,2026-11-30,9000\n", limits=f"{limit},2026-01-01,")
    found = cover.of_items(book, POLICY, pd.Series([9_000 * (0.8 / 0.9)]).to_numpy())
    assert found["open_amount"].item() > 8_000
    assert found["reason"].tolist() == [reason]


def test_what_floating_point_leaves_of_an_invoice_in_dispute_is_not_insurable(book_of):
    # 1.1 + 2.2 are 3.3000000000000003, all of it in dispute.
    book = ledger(book_of, "S,2026-09-10,2026-11-30,3.3\n", limits="60000,2026-01-01,")
    found = cover.of_items(book, POLICY, pd.Series([1.1 + 2.2]).to_numpy(), pd.Series([3.3]).to_numpy())
    assert found[["insurable_debt", "insured_debt"]].to_numpy().tolist() == [[0, 0]]
    assert found[["cover", "reason"]].to_numpy().tolist() == [["not insurable", "in_dispute"]]


def test_what_floating_point_leaves_of_nothing_is_not_insured_above(book_of):
    # 10,000.10 and 20,000.20 fill the primary's 30,000.30; nothing lies above it.
    run = {"policy": {"name": "first", "insured_percentage": 0.9}}
    invoices = "S1,2026-09-10,2026-11-30,10000.10\nS2,2026-10-12,2026-12-31,20000.20\n"
    book = ledger(book_of, invoices, limits="30000.30,2026-01-01,", run=run)
    above = Policy(name="above", kind="top_up", primary="first", top_up_share=0.25, insured_percentage=0.9)
    assert cover.audit(book, above)["insured_debt"].tolist() == [0, 0]
    assert cover.audit(book, above)["cover"].tolist() == ["above the limit"] * 2
    assert cover.audit(book)["reason"].tolist() == ["covered", "covered"]


def test_without_a_policy_nothing_is_insured(book_of):
    book = ledger(book_of, S1_S2)
    assert told(book, None) == {"S1": (0, "no_policy"), "S2": (0, "no_policy")}
    assert cover.by_class(book).index.tolist() == list(CLASSES)
    assert cover.by_class(book)["open_amount"].tolist() == [0, 0, 0, 0, 0, 58_000]
    assert cover.insured_share(book) == 0


def test_the_insured_share_of_past_month_ends_is_as_known_then(book_of):
    # Of A alone 90 %; of A and B too; C, shipped after the stop, is not insured: 27,000 of 60,000.
    run = {"policy": POLICY.model_dump(exclude_unset=True)}
    book = ledger(book_of, STOP, limits="100000,2026-01-01,", run=run)
    found = cover.insured_before(book)["insured_share"]
    assert found.index.strftime("%Y-%m-%d").tolist() == ["2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30"]
    assert found.tolist() == pytest.approx([0.9, 0.9, 0.9, 0.45])


def test_amounts_of_an_earlier_day_follow_the_same_rules(book_of):
    # On 1 September A, B owed as in case 4: 25,000 of the limit are left to B, of which it owes 20,000.
    book = ledger(book_of, STOP, limits="25000,2026-01-01,", receipts="A,2026-09-02,10000")
    owed = pd.Series([10_000.0, 20_000.0, 0.0]).to_numpy()
    found = cover.of_items(book, POLICY, owed)
    assert found["insured_debt"].to_dict() == {"A": 10_000, "B": 15_000}
    disputed = cover.of_items(book, POLICY, owed, pd.Series([4_000.0, 0.0, 0.0]).to_numpy())
    assert disputed["insured_debt"].to_dict() == {"A": 6_000, "B": 19_000}


DAY = pd.Timestamp("2026-01-01")
ISSUED = st.integers(0, 200)


@st.composite
def buyers_of_a_ledger(draw):
    """Two buyers with invoices and decisions, as days since the first of January."""
    found = {}
    for buyer in "AB":
        invoices = draw(
            st.lists(
                st.tuples(
                    ISSUED, st.sampled_from([0, 30, 120]), st.none() | st.integers(0, 150), st.integers(1, 90),
                    st.none() | st.tuples(st.integers(0, 150), st.sampled_from([0.25, 0.5, 0.9])),
                    st.sampled_from(["payment", "payment", "write_off"]),
                ),
                min_size=1, max_size=7,
            )
        )  # fmt: skip
        decisions = draw(
            st.lists(st.tuples(ISSUED, st.none() | st.integers(0, 100), st.sampled_from([0, 40, 150])), max_size=4,
                     unique_by=lambda decision: decision[0])
        )  # fmt: skip
        found[buyer] = (draw(st.sampled_from(["private", "private", "public"])), invoices, decisions)
    return found


def day(number):
    return DAY + pd.Timedelta(days=number)


@settings(max_examples=35)
@given(
    buyers=buyers_of_a_ledger(),
    stop=st.sampled_from([(None, None), (0, None), (30, None), (0, 20), (30, 5)]),
    discretionary=st.sampled_from([0, 60]),
)
def test_all_rules_together_are_those_of_the_plain_reference(book_of, buyers, stop, discretionary):
    rows, receipts, decisions, expected = [], [], [], []
    extension, tolerance = stop
    terms = {
        # Of these invoices, of 90 at most, dust is a thousandth and less than half a cent more.
        "extension": extension, "tolerance": tolerance or 0.095, "discretionary": discretionary, "maximum_terms": 90,
        "starts": day(20).date(),
    }  # fmt: skip
    for buyer, (kind, invoices, limits) in buyers.items():
        listed, named = [], []
        for number, (issued, length, wait, amount, part, ending) in enumerate(invoices):
            issue, due = day(issued), day(issued + length)
            paid = None if wait is None or issued + wait > 250 else day(issued + wait)
            rows.append((f"{buyer}{number}", buyer, issue, due, float(amount)))
            parts, until = [], 250 if paid is None else issued + wait
            if part is not None and issued + part[0] < until:
                parts.append((day(issued + part[0]), round(amount * part[1], 2)))
            left = round(amount - sum(paid_part for _, paid_part in parts), 2)
            receipts += [(f"{buyer}{number}", *paid_part, "payment") for paid_part in parts]
            receipts += [(f"{buyer}{number}", paid, left, ending)] if paid is not None else []
            # More than half of it was not paid: less than a year after it, a loss that the policy owes for.
            lost = paid is not None and ending == "write_off" and left > amount / 2
            listed.append(
                {
                    "issued": issue.date(), "due": due.date(), "paid": paid and paid.date(), "gross": float(amount),
                    "parts": [(when.date(), paid_part) for when, paid_part in parts], "net": left,
                    "given_up": left if lost else 0.0,
                }
            )  # fmt: skip
        for begins, length, amount in limits:
            ends = None if length is None else day(begins + length)
            decisions.append((buyer, "insurer", float(amount), day(begins), ends))
            named.append({"valid_from": day(begins).date(), "valid_to": ends and ends.date(), "amount": float(amount)})
        expected += plain.insured({"kind": kind}, listed, named, terms)
    book = book_of(
        str(day(250).date()),
        invoices=pd.DataFrame(rows, columns=["invoice_id", "buyer_id", "issued", "due", "amount"]),
        receipts=pd.DataFrame(receipts, columns=["invoice_id", "received", "amount", "kind"]),
        limits=pd.DataFrame(decisions, columns=["buyer_id", "source", "amount", "valid_from", "valid_to"]),
        buyers="buyer_id,kind\n" + "".join(f"{buyer},{kind}\n" for buyer, (kind, _, _) in buyers.items()),
    )
    policy = Policy(
        insured_percentage=0.9, maximum_terms_days=90, maximum_extension_days=extension, starts=day(20).date(),
        stop_tolerance=tolerance, discretionary_limit=discretionary or None,
        discretionary_shares={"good_faith": 1.0, "payment_experience": 1.0},
    )  # fmt: skip
    found = cover.audit(book, policy)
    assert found["insured_debt"].tolist() == pytest.approx([amount for amount, _ in expected])
    assert found["reason"].tolist() == [reason for _, reason in expected]
    assert cover.by_class(book, policy)["open_amount"].sum() == pytest.approx(found["open_amount"].sum())
