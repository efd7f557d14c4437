"""What the insurer bears of what buyers owe: limits, insured sales and the stop date by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.limits.recommendation import recommend
from tradecredit.default.grades import grade
from tradecredit.insurance.cover import Cover, by_age, by_class, of_buyers
from tradecredit.insurance.insured_sales import insured_sales, premium_of_sales
from tradecredit.insurance.policy import Policy
from tradecredit.measure.receivables import ageing
from tradecredit.params.policy import PolicyTerms
from tradecredit.params.run import Run

AS_OF = "2026-03-31"
MONTHS = pd.date_range("2025-04-01", "2026-03-01", freq="MS")
# Each buys for 1,190 a month, of which B's sales bear 190 of tax; C buys at 90 days, the others at 30. E buys nothing.
INVOICES = pd.DataFrame(
    [
        (f"{buyer}{n}", buyer, day, day + pd.Timedelta(days=90 if buyer == "C" else 30), 1_190.0)
        for buyer in "ABCD"
        for n, day in enumerate(MONTHS)
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
).assign(tax=lambda rows: np.where(rows["buyer_id"] == "B", 190.0, 0.0))
BUYERS = "buyer_id,kind\nA,private\nB,private\nC,private\nD,public\nE,private\n"
LIMITS = (
    "buyer_id,source,amount,valid_from\nA,insurer,900,2025-01-01\nB,insurer,0,2025-01-01\nD,insurer,50,2025-01-01\n"
)
NAMED = {"A": 900, "B": 0, "C": -1, "D": 0, "E": -1}


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, invoices=INVOICES, buyers=BUYERS, limits=LIMITS)


def told(book, policy):
    found = of_buyers(book, policy)
    return found.percentage, found.limit.to_dict(), found.named.fillna(-1).to_dict()


def test_limits_are_those_of_the_policy_and_its_kind(book):
    # C and E have no evidence but good faith: 10 % of the discretionary limit. B was refused, and has none.
    whole = Policy(insured_percentage=0.9, discretionary_limit=400, limits={"E": 70})
    assert told(book, whole) == (0.9, {"A": 900, "B": 0, "C": 40, "D": 0, "E": 70}, {**NAMED, "E": 70})
    keys = Policy(insured_percentage=0.9, kind="key_accounts", buyers=["C"], discretionary_limit=400)
    assert told(book, keys)[:2] == (0.9, {"A": 0, "B": 0, "C": 40, "D": 0, "E": 0})
    assert of_buyers(book, keys).insurable.tolist() == [0, 0, 1, 0, 0]


def test_excess_of_loss_bears_nothing_of_an_ordinary_loss(book):
    excess = Policy(kind="excess_of_loss", aggregate_first_loss=100, maximum_liability=1_000, insured_percentage=0.9)
    assert of_buyers(book, excess).share.tolist() == [0] * 5


def test_without_a_policy_nothing_is_borne_and_the_runs_own_counts_where_none_is_given(book):
    bare = of_buyers(book)
    assert bare.limit.isna().all()
    assert bare.named.fillna(-1).to_dict() == NAMED
    assert (bare.share == 0).all()
    run = book.run.model_copy(update={"policy": PolicyTerms(insured_percentage=0.85)})
    assert of_buyers(replace(book, run=run)).percentage == 0.85


def test_what_is_insured_of_a_debt_is_net_of_tax_and_within_the_terms_of_the_policy(book):
    cover = of_buyers(book, Policy(insured_percentage=0.9, maximum_terms_days=60))
    # Of the insurable buyers' sales, 3 × 14,280, A's and B's net of tax count: what E would buy has that part.
    usual = (14_280 + 12_000) / (3 * 14_280)
    assert cover.insured_sales.tolist() == pytest.approx([1, 1_000 / 1_190, 0, 0, usual])
    # What is owed for 30 + 30 days weighs half of what is owed for 90 + 30.
    usual = (14_280 + 12_000) * 60 / (2 * 14_280 * 60 + 14_280 * 120)
    assert cover.insurable.tolist() == pytest.approx([1, 1_000 / 1_190, 0, 0, usual])
    # Nothing has been paid: all of it is owed, within a limit of 900 of A and none of B.
    assert cover.insured_debt.tolist() == pytest.approx([900, 0, 0, 0, 0])


def test_mixed_terms_and_disputes_by_what_is_owed(book_of):
    # A buys as much at 30 days as at 150, which are owed for 60 and 180 with the tolerated delay; those of 150 are not
    # insured.
    days = [30, 150] * 6
    invoices = INVOICES[INVOICES["buyer_id"] == "A"].assign(
        due=lambda rows: rows["issued"] + pd.to_timedelta(days, unit="D"), tax=0.0
    )
    disputes = "invoice_id,opened,closed,amount\nA0,2025-06-01,,1\nA2,2025-07-01,2025-08-01,1\n"
    book = book_of(AS_OF, invoices=invoices, buyers="buyer_id,kind\nA,private\n", disputes=disputes)
    cover = of_buyers(book, Policy(insured_percentage=0.9, maximum_terms_days=120, limits={"A": 10_000}))
    assert cover.insured_sales["A"] == pytest.approx(0.5)
    assert cover.insurable["A"] == pytest.approx(60 / (60 + 180))
    # Of six insurable invoices that are open 1 is in dispute.
    assert cover.insured_debt["A"] == pytest.approx(6 * 1_190 - 1)


def test_what_is_insured_of_a_limit(book):
    sales = insured_sales(book, Policy(maximum_terms_days=60))
    assert sales.groupby(book.invoices["buyer_id"]).sum().tolist() == [14_280, 12_000, 0, 0]
    hundred = pd.Series([100.0])
    by_hand = Cover(0.9, hundred, hundred, hundred < 0, hundred, hundred / 125, hundred / 100)
    assert by_hand.share.tolist() == pytest.approx([0.72])
    assert by_hand.insured.tolist() == pytest.approx([90])
    # 0.9 of at most 100 of insured debt, which is there once 125 are owed.
    assert by_hand.reach.tolist() == pytest.approx([125])


def test_premium_bears_its_tax():
    assert premium_of_sales(Policy(premium_rate=0.002, insured_turnover=1.0, premium_tax_rate=0.25)) == 0.0025
    assert premium_of_sales(Policy(minimum_premium=9.0)) == 0


# Stop of deliveries


def rated(book):
    chance = pd.Series(0.01, index=pd.Index(book.buyers["buyer_id"], name="buyer_id"))
    bounds = Run.model_fields["grades"].default
    return pd.DataFrame({"pd": chance, "grade": grade(chance, bounds), "method": "x"})


@pytest.mark.parametrize(
    ("extension", "counted_from", "day", "stops"),
    [
        # The oldest unpaid invoice is of 1 December, due on the 31st, and 90 days overdue on 31 March, a Tuesday. What
        # is shipped from 1 April on, when the report of the 31st is read, is not insured.
        (90, "due", "2026-03-30", False),
        (90, "due", "2026-03-31", True),
        (60, "due", "2026-03-30", True),
        (120, "issued", "2026-03-30", False),
        (119, "issued", "2026-03-30", True),
        # Friday the 27th's report is read on Monday the 30th, on which it is 89 days overdue: stopped from the 31st on.
        (89, "due", "2026-03-27", False),
        (88, "due", "2026-03-27", True),
        (None, "due", "2026-12-31", False),
    ],
)
def test_cover_stops_with_an_invoice_overdue_past_the_extension_period(book_of, extension, counted_from, day, stops):
    paid = INVOICES[INVOICES["issued"] < "2025-12-01"].assign(received=lambda rows: rows["due"], kind="payment")
    receipts = paid[["invoice_id", "received", "amount", "kind"]]
    terms = {} if extension is None else {"maximum_extension_days": extension, "extension_from": counted_from}
    book = book_of(day, invoices=INVOICES[INVOICES["buyer_id"] == "A"], receipts=receipts, limits=LIMITS, buyers=BUYERS)
    cover = of_buyers(book, Policy(insured_percentage=0.9, **terms))
    assert cover.stopped.to_dict() == {"A": stops, "B": False, "C": False, "D": False, "E": False}


def test_cover_adds_nothing_to_the_limit_of_a_buyer_that_is_stopped_and_keeps_what_it_owes_insured(book_of):
    run = {"limits": {"without_accounts_limit": [500] * 10, "maximum_share_of_book": 1.0, "expected_loss_budget": 1e9}}
    book = book_of(AS_OF, run=run, invoices=INVOICES, buyers=BUYERS, limits=LIMITS)
    usual, strict = Policy(insured_percentage=0.9), Policy(insured_percentage=0.9, maximum_extension_days=60)
    free, stopped = (recommend(book, rated(book), cover=of_buyers(book, policy)) for policy in (usual, strict))
    # 500 of our own: with 0.9 of 900 insured 1,310, rounded down.
    assert free.loc["A", ["recommended", "recommended_with_cover"]].tolist() == [500, 1_300]
    assert stopped.loc["A", ["recommended", "recommended_with_cover"]].tolist() == [500, 500]
    assert stopped.loc["A", "insured"] == free.loc["A", "insured"] == 810
    assert stopped.loc["A", "covered_limit"] == 900


def test_receivables_by_age_and_class_add_up_to_both(book):
    policy = Policy(insured_percentage=0.9)
    table = by_age(book, policy)
    assert table.sum(axis="columns").to_numpy() == pytest.approx(ageing(book)["amount"].to_numpy())
    assert table.sum().to_dict() == pytest.approx(by_class(book, policy)["open_amount"].to_dict())
    assert list(table.index) == list(ageing(book).index)
