"""Rules for buyers whom the methods do not fit: who falls under one, what it gives, and how it is told."""

import pandas as pd
import pytest
from ledgers import CARRIED_OVER

from tradecredit import words
from tradecredit.decide import limits
from tradecredit.decide.limits.rules import USUAL, new_buyers
from tradecredit.default.grades import grade
from tradecredit.measure.balances import balances
from tradecredit.params.limits import LimitSettings
from tradecredit.params.run import Run

AS_OF = "2026-03-31"
BOUNDS = Run.model_fields["grades"].default

# OLD has bought 3,000 a month for a year at 30 days' terms: it needs 6,000. NEW has its first invoice of January, and
# PROSPECT none; LATER is a customer of old with its first invoice of January; GONE has bought nothing for 14 months.
INVOICES = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
    f"O{number},OLD,{day:%Y-%m-%d},{day + pd.Timedelta(days=30):%Y-%m-%d},3000\n"
    for number, day in enumerate(pd.date_range("2025-04-01", periods=12, freq="MS"))
)
INVOICES += """O,OLD,2024-06-15,2024-07-15,1
N,NEW,2026-01-10,2026-02-09,90000
L,LATER,2026-01-10,2026-02-09,90000
G,GONE,2025-01-20,2025-02-20,100
"""
BUYERS = """buyer_id,kind,customer_since
OLD,private,
NEW,private,
PROSPECT,private,2026-03-01
LATER,private,2015-01-01
GONE,private,
"""
WIDE = {"maximum_share_of_book": 1.0, "expected_loss_budget": 1e9, "digits": 6}


def recommended(book_of, settings=None, *, run=None, probability=0.004, **tables):
    """Limits of the five buyers, in grade 4 unless told."""
    given = {"invoices": INVOICES, "buyers": BUYERS} | tables
    book = book_of(AS_OF, run={"limits": WIDE | (settings or {})} | (run or {}), **given)
    pd_of = pd.Series(probability, index=pd.Index(book.buyers["buyer_id"], name="buyer_id"))
    ratings = pd.DataFrame({"pd": pd_of, "grade": grade(pd_of, BOUNDS), "method": "x"})
    return limits.recommend(book, ratings)


def accounts(equity, buyer="OLD"):
    return (
        f"buyer_id,period_end,published,currency,revenue,equity\n{buyer},2024-12-31,2025-06-30,EUR,10000000,{equity}\n"
    )


def test_the_first_invoices_of_a_short_history_are_no_buyers_first(book_of):
    # A item of 2022 was carried over; B is there since the ledger begins, three months ago, C a customer since then.
    more = CARRIED_OVER["invoices"].iloc[1:].assign(buyer_id="B")
    invoices = pd.concat([CARRIED_OVER["invoices"], more.assign(invoice_id="B" + more["invoice_id"])])
    book = book_of("2026-10-31", invoices=invoices, receipts=CARRIED_OVER["receipts"],
                   buyers="buyer_id,customer_since\nA,\nB,\nC,2026-08-01\n")  # fmt: skip
    known = book.buyers.set_index("buyer_id").join(balances(book))
    assert new_buyers(book, known).to_dict() == {"A": False, "B": False, "C": True}


def test_what_is_on_account_is_no_exposure(book_of):
    # payments.md 12: LATER owes 90,000 and has paid 500 without an invoice number; GONE has a credit note of 200.
    receipts = "buyer_id,received,amount,kind\nLATER,2026-03-02,500,payment\nGONE,2026-03-02,200,credit_note\n"
    found = recommended(book_of, receipts=receipts)
    assert found["exposure"].to_dict() == {"OLD": 36_001, "NEW": 90_000, "PROSPECT": 0, "LATER": 89_500, "GONE": 0}


def test_a_new_buyer_gets_the_starting_limit(book_of):
    found = recommended(book_of, {"new_buyer_limit": 4_000})
    assert found["new_buyer"].fillna(-1).to_dict() == {
        "OLD": -1,
        "NEW": 4_000,
        "PROSPECT": 4_000,
        "LATER": -1,
        "GONE": -1,
    }
    assert found.loc[["NEW", "PROSPECT"], "recommended"].tolist() == [4_000, 4_000]
    assert found.loc[["NEW", "PROSPECT"], "binding"].tolist() == ["new buyer"] * 2
    assert found.loc["NEW", "need"] > 60_000
    assert pd.isna(found.loc["PROSPECT", "need"])
    assert found.loc["NEW", "rule"] == "new buyer; no accounts"
    sentence = words.limits.rule("new buyer; no accounts", LimitSettings(new_buyer_limit=4_000), "EUR")
    assert sentence.startswith("known for less than 6 months: at most EUR 4,000 at our own risk; no accounts")
    # NEW has been known for 80 days.
    assert recommended(book_of, {"new_buyer_months": 2})["new_buyer"].dropna().index.tolist() == ["PROSPECT"]
    assert recommended(book_of, {"new_buyer_months": 0})["new_buyer"].isna().all()


def test_a_prospect_that_cannot_be_judged_otherwise_is_held_by_the_other_methods(book_of):
    found = recommended(book_of, {"without_accounts_limit": [900.0] * 10}).loc["PROSPECT"]
    assert found[["recommended", "binding"]].tolist() == [900, "no accounts"]
    bad = recommended(book_of, {"expected_loss_budget": 5.0}, probability=0.5, run={"losses": {"lgd": 1.0}})
    assert bad.loc["PROSPECT", "recommended"] == 0


def test_a_young_ledger_does_not_make_its_buyers_new(book_of):
    young = (
        "invoice_id,buyer_id,issued,due,amount\nI1,OLD,2026-02-01,2026-03-03,100\nI2,NEW,2026-03-01,2026-03-31,100\n"
    )
    buyers = "buyer_id,kind,customer_since\nOLD,private,\nNEW,private,2026-02-20\n"
    found = recommended(book_of, invoices=young, buyers=buyers)
    assert found["new_buyer"].notna().to_dict() == {"OLD": False, "NEW": True}


def test_a_dormant_buyer_keeps_what_the_run_leaves_it(book_of):
    found = recommended(book_of)
    assert found.loc["GONE", ["need", "recommended", "binding"]].tolist() == [0, 0, "need"]
    assert found.loc["GONE", "rule"] == "dormant; no accounts"
    kept = recommended(book_of, {"dormant_limit": 700}).loc["GONE"]
    assert kept[["need", "recommended"]].tolist() == [700, 700]
    # LATER and NEW have bought nothing for two months; NEW is new all the same.
    sooner = recommended(book_of, {"dormant_months": 2})
    assert sooner["need"].gt(0).to_dict() == {
        "OLD": True,
        "NEW": True,
        "PROSPECT": False,
        "LATER": False,
        "GONE": False,
    }


def test_small_needs_count_as_the_least(book_of):
    found = recommended(book_of, {"minimum_limit": 8_000, "without_accounts_limit": [1e6] * 10})
    assert found.loc["OLD", ["need", "recommended"]].tolist() == [8_000, 8_000]
    # Not for a buyer that buys nothing, nor above what another method allows.
    assert found.loc["GONE", "recommended"] == 0
    held = recommended(book_of, {"minimum_limit": 8_000, "without_accounts_limit": [500.0] * 10})
    assert held.loc["OLD", "recommended"] == 500


def test_no_limit_is_above_the_maximum(book_of):
    found = recommended(book_of, {"maximum_limit": 5_000})
    assert found["recommended"].max() == 5_000
    assert found.loc["OLD", "binding"] == "maximum limit"


def test_without_accounts_the_grade_has_a_largest_limit(book_of):
    found = recommended(book_of, {"without_accounts_limit": [9.0, 8, 7, 6, 5, 4, 3, 2, 1, 0]})
    assert found.loc["OLD", ["without_accounts", "recommended", "binding"]].tolist() == [6, 6, "no accounts"]
    known = recommended(book_of, {"without_accounts_limit": [0.0] * 10}, statements=accounts(1e6)).loc["OLD"]
    assert known[["recommended", "binding", "rule"]].tolist() == [6_000, "need", USUAL]
    assert pd.isna(known["without_accounts"])


def test_negative_equity_gets_what_the_run_states(book_of):
    nothing = recommended(book_of, statements=accounts(-5)).loc["OLD"]
    assert nothing[["recommended", "binding"]].tolist() == [0, "capacity"]
    assert nothing["rule"] == "negative equity"
    assert words.limits.rule("negative equity", LimitSettings(), "EUR") == "negative equity: at most EUR 0"
    some = recommended(book_of, {"negative_equity_limit": 2_500}, statements=accounts(-5)).loc["OLD"]
    assert some[["capacity", "capacity_base", "recommended"]].tolist() == [2_500, "net_worth", 2_500]
    # In the worst grade the share of revenue is 0.
    worst = recommended(book_of, {"negative_equity_limit": 2_500}, probability=0.9, statements=accounts(-5)).loc["OLD"]
    assert worst["recommended"] == 0


@pytest.mark.parametrize(
    ("kind", "setting", "name"),
    [("public", "public_limit", "public body"), ("affiliate", "affiliate_limit", "affiliated company")],
)
def test_public_bodies_and_affiliates_have_a_maximum_of_their_own(book_of, kind, setting, name):
    buyers = BUYERS.replace("OLD,private", f"OLD,{kind}")
    free = recommended(book_of, {"without_accounts_limit": [0.0] * 10}, buyers=buyers, probability=0.9).loc["OLD"]
    assert free["recommended"] == 6_000
    assert free["rule"] == kind
    sentence = words.limits.rule(kind, LimitSettings(), "EUR")
    assert sentence == f"{name}, risk not measured: need and concentration alone"
    held = recommended(book_of, {setting: 1_234}, buyers=buyers).loc["OLD"]
    assert held[["recommended", "binding"]].tolist() == [1_234, "maximum of its kind"]
    assert words.limits.rule(held["rule"], LimitSettings(**{setting: 1_234}), "EUR").endswith("at most EUR 1,234")


def test_where_a_limit_is_fixed_no_other_rule_is_told(book_of):
    buyers = BUYERS.replace("NEW,private", "NEW,prepaid")
    overrides = "buyer_id,limit,reason,by\nGONE,50,seen,X\n"
    found = recommended(book_of, buyers=buyers, overrides=overrides)
    assert found.loc["NEW", "rule"] == "prepaid"
    assert found.loc["GONE", ["rule", "recommended"]].tolist() == ["analyst's override", 50]


@pytest.mark.parametrize(
    ("probability", "margin", "refused"), [(0.05, 0.18, False), (0.5, 0.18, True), (0.5, None, False)]
)
def test_a_limit_that_earns_less_than_it_costs_is_refused(book_of, probability, margin, refused):
    run = {"margin": margin, "losses": {"lgd": 0.5, "correlation": 0.0}}
    settings = {"without_accounts_limit": [1e6] * 10}
    # Without correlation there is no capital: 0.5 × 0.5 of expected loss against a margin of 0.18.
    found = recommended(book_of, settings, run=run, probability=probability).loc["OLD"]
    assert (found["recommended"] == 0) == refused
    assert (found["binding"] == "net value added") == refused
    # Turned over twice a year the margin is 0.36.
    twice = recommended(book_of, settings | {"turns_a_year": 2.0}, run=run, probability=probability).loc["OLD"]
    assert twice["recommended"] == 6_000
