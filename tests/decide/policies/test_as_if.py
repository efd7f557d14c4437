"""Policies applied to past defaults: cases by hand, and every default of the demo against a plain reference."""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ledgers import CARRIED_OVER

from tradecredit import Book
from tradecredit.decide.policies import as_if, past_losses
from tradecredit.insurance import in_force
from tradecredit.insurance.policy import Policy
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run

sys.path.append(str(Path(__file__).parents[2] / "reference"))

import plain_as_if as plain

AS_OF = "2026-03-31"

CENT = 0.005


@pytest.fixture(scope="module")
def demo_run() -> Run:
    """The demo's run of a book with as many defaults as the whole one, and a quarter of its invoices."""
    run = Run.from_yaml(PROJECT / "params" / "demo.yaml")
    return run.model_copy(update={"source": run.source.model_copy(update={"invoices": 15_000})})


@pytest.fixture(scope="module")
def demo_book(demo_run):
    return Book.open(demo_run)


VARIED = [
    Policy(
        name="before percentage", insured_percentage=0.8, aggregate_first_loss=60_000, waiting_days=120,
        aggregate_erosion="before_percentage", loss_basis="debt", recovery_sharing="pro_rata_limit",
        discretionary_limit=30_000, discretionary_maximum_liability=40_000, maximum_extension_days=30,
        maximum_liability=100_000, threshold=1_000, threshold_kind="deductible", premium_rate=0.002,
    ),
    Policy(
        name="insolvency only", insured_percentage=0.95, loss_basis="debt", recovery_sharing="insurer_first",
        each_loss_deductible=2_000, deductible_order="percentage_first", discretionary_limit=20_000,
        maximum_terms_days=45, premium_rate=0.001, maximum_liability_multiple=2,
    ),
    Policy(
        name="from issue", insured_percentage=0.9, loss_basis="net", discretionary_limit=10_000, waiting_days=60,
        waiting_from="extension_end", maximum_extension_days=60, extension_from="issued", stop_tolerance=900,
        minimum_premium=100_000, maximum_liability=150_000,
    ),
]  # fmt: skip
"""Terms that the demo's policies do not have, whatever they are."""


def reference(book: Book, policy: Policy) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Losses and years by the plain reference; years end on the book's day."""
    ledger = plain.PlainLedger(book)
    found = plain.losses(ledger, policy)
    ends = [end.date() for end in as_if.year_ends(book)]
    years = []
    for end in ends:
        start = end.replace(year=end.year - 1)
        sales = plain.turnover(ledger, policy, start, end)
        premium = max(policy.minimum_premium or 0.0, (policy.premium_rate or 0.0) * sales)
        maximum = policy.maximum_liability or float("inf")
        if policy.maximum_liability_multiple is not None:
            maximum = policy.maximum_liability_multiple * premium
        inside = [row for row in found if start < row["loss_day"] <= end]
        paid = plain.pay(inside, policy, maximum)
        for row, amount in zip(inside, paid, strict=True):
            row["paid"] = amount
        years.append({"sales": sales, "premium": premium, "paid": sum(paid)})
    return pd.DataFrame(found), pd.DataFrame(years)


def compared(book: Book, policy: Policy) -> tuple[as_if.AsIf, pd.DataFrame]:
    """The library's as-if and the reference's losses, after each figure of the two has been compared."""
    found, (losses, years) = as_if.as_if(book, [policy]), reference(book, policy)
    claims = found.claims[found.claims["past_state"].isin(["loss", as_if.BEFORE])].reset_index(drop=True)
    if losses.empty:
        assert claims.empty
        return found, losses
    assert claims["buyer_id"].tolist() == losses["buyer_id"].tolist()
    assert [day.date() for day in claims["loss_day"]] == losses["loss_day"].tolist()
    for ours, theirs in (
        ("debt", "debt"), ("recovery", "recovery"), ("insurable_debt", "insurable"), ("insured_debt", "insured"),
    ):  # fmt: skip
        np.testing.assert_allclose(claims[ours], losses[theirs], atol=CENT, rtol=0, err_msg=ours)
    paid = losses["paid"].fillna(0.0) if "paid" in losses else np.zeros(len(losses))
    np.testing.assert_allclose(claims["past_indemnity"], paid, atol=CENT, rtol=0)
    if years.empty:  # the ledger holds no whole year
        assert found.years.empty
        return found, losses
    for ours, theirs in (("past_turnover", "sales"), ("past_premium", "premium"), ("past_indemnity", "paid")):
        np.testing.assert_allclose(found.years[ours], years[theirs], atol=CENT, rtol=0, err_msg=ours)
    assert found.totals["past_indemnity"].iloc[0] == pytest.approx(years["paid"].sum(), abs=CENT)
    return found, losses


def test_the_demos_past_equals_a_plain_reference_to_the_cent(demo_book):
    for policy in in_force.policies(demo_book):
        if policy.kind != "top_up":
            _, losses = compared(demo_book, policy)
            assert len(losses) > 20


@pytest.mark.parametrize("policy", VARIED, ids=lambda policy: policy.name)
def test_so_does_it_under_other_terms(demo_book, policy):
    found, losses = compared(demo_book, policy)
    assert found.totals["past_indemnity"].iloc[0] > 0
    assert (losses["insured"] < losses["insurable"] - 1).any()


INVOICES = """invoice_id,buyer_id,issued,due,amount
F1,F,2025-04-05,2025-05-05,100000
S1,X,2025-09-10,2025-10-10,50000
S2,X,2025-10-12,2025-11-11,8000
Y1,Y,2025-09-01,2025-10-01,30000
Z1,Z,2025-11-20,2025-12-20,7000
W1,W,2025-08-01,2025-08-31,9000
"""
RECEIPTS = """invoice_id,received,amount,kind
F1,2025-05-05,100000,payment
S1,2026-02-01,5000,recovery
S2,2026-02-01,800,recovery
S1,2026-03-01,45000,write_off
Y1,2026-01-10,10000,payment
W1,2025-12-20,9000,payment
S1,2026-03-15,1234,claim
"""
LIMITS = """buyer_id,source,amount,valid_from
X,insurer,60000,2025-01-01
X,insurer,20000,2025-10-01
Y,insurer,100000,2025-01-01
Z,insurer,100000,2025-01-01
W,insurer,100000,2025-01-01
"""
DEFAULTS = """buyer_id,date,kind
X,2025-11-20,insolvency
Y,2025-12-15,protracted
Z,2026-02-10,protracted
W,2025-11-30,protracted
"""


@pytest.fixture
def book(book_of):
    return book_of(AS_OF, invoices=INVOICES, receipts=RECEIPTS, limits=LIMITS, defaults=DEFAULTS)


def policy_of(**terms) -> Policy:
    stated = {
        "name": "p", "insured_percentage": 0.9, "loss_basis": "debt", "waiting_days": 120, "premium_rate": 0.01,
        "limit_fee": 40, "premium_tax_rate": 0.19,
    }  # fmt: skip
    return Policy(**stated | terms)


def test_a_year_by_hand(book):
    """X: the limit of 20,000 is full of S1, which keeps the 60,000 of its day: 45,000, less 10 % of it recovered.
    Y: 20,000 owed at the end of its waiting period: 18,000. Z still waits, W has paid in its waiting period."""
    found = as_if.as_if(book, [policy_of()])
    claims = found.claims.set_index("buyer_id")
    assert claims["past_state"].to_dict() == {
        "X": "loss", "Y": "loss", "W": "paid while waiting", "Z": "waiting",
    }  # fmt: skip
    assert claims.loc["X", ["debt", "recovery", "insurable_debt", "insured_debt"]].tolist() == [
        58000,
        5800,
        58000,
        50000,
    ]
    assert claims.loc["X", ["past_claim", "past_indemnity", "past_retained"]].tolist() == pytest.approx(
        [45000, 40500, 11700]
    )
    assert claims.loc["Y", "loss_day"] == pd.Timestamp("2026-01-29")
    assert claims.loc["Y", ["debt", "insured_debt", "past_indemnity"]].tolist() == pytest.approx([20000, 20000, 18000])
    assert claims.loc[["W", "Z"], "past_indemnity"].tolist() == [0, 0]
    year = found.years.loc[("p", pd.Timestamp(AS_OF))]
    assert year["past_turnover"] == pytest.approx(204000)
    assert year["past_premium"] == pytest.approx(2040)
    # Four named limits, tax of 19 % on the premium.
    assert year["past_cost"] == pytest.approx(2040 + 160 + 387.6)
    # X, Y and W, of which nothing is lost; Z is still waited for.
    assert year["past_defaults"] == 3
    assert year["past_loss"] == pytest.approx(58000 - 5800 + 20000)
    assert year["past_indemnity"] == pytest.approx(58500)
    assert year["past_loss_ratio"] == pytest.approx(58500 / 2040)
    assert year["past_net"] == pytest.approx(58500 - 2587.6)
    assert year["claims_received"] == 1234


@pytest.mark.parametrize(
    ("terms", "paid"),
    [
        # The first 50,000 of indemnities are kept: all of X's 40,500, 9,500 of Y's 18,000.
        ({"aggregate_first_loss": 50_000}, {"X": 0, "Y": 8_500}),
        # Of the year's 45,000 X takes 40,500.
        ({"maximum_liability": 45_000}, {"X": 40_500, "Y": 4_500}),
        # 20 times that year's premium of 2,040.
        ({"maximum_liability_multiple": 20}, {"X": 40_500, "Y": 300}),
        # Settled on the loss: S1 less a tenth is 45,000, within the limit of its day.
        ({"loss_basis": "net"}, {"X": 40_500, "Y": 18_000}),
        ({"waiting_days": None}, {"X": 40_500, "Y": 0}),
        # The period of the policy does not keep it from being put to the past.
        ({"starts": date(2026, 3, 1)}, {"X": 40_500, "Y": 18_000}),
        # Nor does the notice that it can be ended with.
        ({"ends": date(2026, 12, 31), "notice_days": 60}, {"X": 40_500, "Y": 18_000}),
        # S2 is shipped after 10 October + 1 day, while S1 is overdue; it was not insured anyway.
        ({"maximum_extension_days": 0}, {"X": 40_500, "Y": 18_000}),
        ({"each_loss_deductible": 10_000}, {"X": 32_400, "Y": 9_000}),
        ({"threshold": 20_000}, {"X": 40_500, "Y": 0}),
    ],
)
def test_terms_by_hand(book, terms, paid):
    claims = as_if.as_if(book, [policy_of(**terms)]).claims.set_index("buyer_id")["past_indemnity"]
    assert {buyer: claims[buyer] for buyer in paid} == pytest.approx(paid)


def test_an_insolvency_ends_the_waiting(book_of):
    """Y fails for good on 10 January, before the end of its waiting period; its debt is lost once."""
    defaults = DEFAULTS + "Y,2026-01-05,insolvency\n"
    book = book_of(AS_OF, invoices=INVOICES, receipts=RECEIPTS, limits=LIMITS, defaults=defaults)
    of_y = as_if.as_if(book, [policy_of()]).claims.query("buyer_id == 'Y'")
    assert of_y["loss_day"].tolist() == [pd.Timestamp("2026-01-05")] * 2
    # 30,000 are owed on that day; the payment of 10,000 after it is a recovery.
    assert of_y["debt"].tolist() == [30_000, 0]
    assert of_y["recovery"].tolist() == [10_000, 0]
    assert of_y["past_indemnity"].tolist() == pytest.approx([18_000, 0])
    # Without a waiting period only the insolvency is a loss.
    of_y = as_if.as_if(book, [policy_of(waiting_days=None)]).claims.query("buyer_id == 'Y'")
    assert sorted(of_y["past_state"]) == ["insolvency only", "loss"]
    assert of_y["past_indemnity"].sum() == pytest.approx(18_000)


@pytest.mark.parametrize(("left", "insured"), [(0.5, 55_000), (1, 55_000), (1.01, 45_001.01)])
def test_dust_of_an_old_invoice_stops_no_cover_of_the_past(book_of, left, insured):
    """An invoice of X is due in May and paid but for so much: more than 1.00 of it stops what is shipped from July."""
    invoices = INVOICES + "S0,X,2025-04-01,2025-05-01,3000\nS3,X,2025-06-15,2025-12-31,45000\n"
    receipts = RECEIPTS + f"S0,2025-05-01,{3000 - left},payment\nS3,2025-07-01,0.01,payment\n"
    limits = LIMITS.replace("X,insurer,60000", "X,insurer,55000")
    book = book_of(AS_OF, invoices=invoices, receipts=receipts, limits=limits, defaults=DEFAULTS)
    found, _ = compared(book, policy_of(maximum_extension_days=60))
    of_x = found.claims.set_index("buyer_id").loc["X"]
    # S3 is shipped in time, 45,000; of S1, of September, the limit has room for the rest, if it is not stopped.
    assert of_x["insured_debt"] == pytest.approx(insured)


def test_a_top_up_stands_beside_its_primary(book_of):
    """X owes 90,000 on invoices of a day when the limit is 60,000: the top-up of half as much again bears the rest."""
    invoices = INVOICES.replace("S1,X,2025-09-10,2025-10-10,50000", "S1,X,2025-09-10,2025-10-10,90000")
    stated = {"name": "p", "insured_percentage": 0.9, "premium_rate": 0.01}
    above = {
        "name": "t", "kind": "top_up", "primary": "p", "top_up_share": 0.5, "top_up_rate": 0.02,
        "insured_percentage": 0.9,
    }  # fmt: skip
    book = book_of(
        AS_OF, run={"policy": stated, "quotes": [above]}, invoices=invoices, limits=LIMITS, defaults=DEFAULTS
    )
    found = as_if.as_if(book, [Policy(**stated), Policy(**above)])
    of_x = found.claims[found.claims["buyer_id"] == "X"].set_index("policy")
    assert of_x.loc["p", ["insured_debt", "past_indemnity"]].tolist() == pytest.approx([60_000, 54_000])
    assert of_x.loc["t", ["insured_debt", "past_indemnity"]].tolist() == pytest.approx([30_000, 27_000])
    years = found.totals
    assert years.loc["t", "past_indemnity"] == pytest.approx(81_000)
    # On the last day X's limit is 20,000 and those of Y, Z and W 100,000: half of them more, at 2 %.
    assert years.loc["t", "past_premium"] - years.loc["p", "past_premium"] == pytest.approx(0.02 * 160_000)
    assert years.loc["t", "past_retained"] == pytest.approx(years.loc["t", "past_loss"] - 81_000)


def test_a_ledger_of_less_than_a_year_tells_nothing(book_of):
    book = book_of("2026-02-28", invoices=INVOICES, receipts=RECEIPTS, limits=LIMITS, defaults=DEFAULTS)
    found = as_if.as_if(book, [policy_of()])
    assert found.years.empty
    assert found.totals.empty
    assert (found.claims["past_indemnity"] == 0).all()
    assert as_if.year_ends(book_of("2026-10-31", **CARRIED_OVER)).empty


def test_without_policies_or_defaults_there_is_nothing(book_of, book):
    assert as_if.as_if(book, []).claims.empty
    none = as_if.as_if(book_of(AS_OF, invoices=INVOICES, receipts=RECEIPTS), [policy_of()])
    assert none.claims.empty
    assert none.totals["past_indemnity"].tolist() == [0]
    assert none.totals["past_premium"].tolist() == pytest.approx([2040])


DAYS = st.integers(0, 700)


@st.composite
def small_ledgers(draw):
    """A few buyers with invoices, receipts of all kinds, disputes, limits and defaults on any days."""
    first = date(2024, 4, 1)

    def day(low=0, high=700):
        return pd.Timestamp(first) + pd.Timedelta(days=draw(st.integers(low, high)))

    invoices, receipts, disputes, limits, defaults = (
        [["F1", "F", pd.Timestamp(first), day(1, 60), 1000.0, 0.0]],
        [],
        [],
        [],
        [],
    )
    for buyer in "ABC":
        for number in range(draw(st.integers(1, 5))):
            name, issued = f"{buyer}{number}", day(1, 650)
            amount = float(draw(st.integers(1, 80)) * 1000)
            tax = draw(st.sampled_from([0.0, 0.19])) * amount / 1.19
            invoices.append([name, buyer, issued, issued + pd.Timedelta(days=draw(st.integers(0, 60))), amount, tax])
            left = amount
            for _ in range(draw(st.integers(0, 3))):
                # All but 1.00 of 1,000 is dust, or of more; all but 1.01 is not.
                share, but = draw(
                    st.sampled_from([(0.1, 0), (0.25, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (1, 1.01), (1, 900)])
                )
                part = round(min(left, amount * share) - but, 2)
                later = issued + pd.Timedelta(days=draw(st.integers(0, 300)))
                kinds = ["payment", "credit_note", "discount", "write_off", "recovery", "claim"]
                if part > 0:
                    receipts.append([name, later, part, draw(st.sampled_from(kinds))])
                    left = round(left - part, 2)
            if draw(st.booleans()):
                opened = issued + pd.Timedelta(days=draw(st.integers(0, 90)))
                closed = draw(st.sampled_from([pd.NaT, opened + pd.Timedelta(days=100)]))
                disputes.append([name, opened, closed, amount / 4])
        moments = sorted({day(-100, 650) for _ in range(draw(st.integers(0, 3)))})
        limits += [[buyer, "insurer", draw(st.sampled_from([0.0, 10e3, 40e3, 90e3])), moment] for moment in moments]
        moments = sorted({day(30, 720) for _ in range(draw(st.integers(0, 2)))})
        kinds = st.sampled_from(["insolvency", "protracted"])
        defaults += [[buyer, moment, draw(kinds)] for moment in moments]
    return {
        "invoices": pd.DataFrame(invoices, columns=["invoice_id", "buyer_id", "issued", "due", "amount", "tax"]),
        "receipts": pd.DataFrame(receipts, columns=["invoice_id", "received", "amount", "kind"]),
        "disputes": pd.DataFrame(disputes, columns=["invoice_id", "opened", "closed", "amount"]),
        "limits": pd.DataFrame(limits, columns=["buyer_id", "source", "amount", "valid_from"]),
        "defaults": pd.DataFrame(defaults, columns=["buyer_id", "date", "kind"]),
    }


@given(
    tables=small_ledgers(),
    policy=st.sampled_from(
        [*VARIED, *(policy_of(maximum_extension_days=30, stop_tolerance=tolerance) for tolerance in (900, 0))]
    ),
)
@settings(max_examples=35)
def test_any_small_ledger_equals_the_plain_reference(book_of, tables, policy):
    compared(book_of(AS_OF, **tables), policy)


@given(tables=small_ledgers(), more=st.sampled_from([{"aggregate_first_loss": 20_000}, {"insured_percentage": 0.5}]))
@settings(max_examples=15)
def test_more_retained_is_never_paid_more_and_all_adds_up(book_of, tables, more):
    book = book_of(AS_OF, **tables)
    whole, less = as_if.as_if(book, [policy_of()]), as_if.as_if(book, [policy_of(**more)])
    assert (less.years["past_indemnity"] <= whole.years["past_indemnity"] + 1e-6).all()
    claims = whole.claims
    parts = claims["past_indemnity"] + claims["past_retained"] + claims["recovery"]
    np.testing.assert_allclose(parts, claims["debt"], atol=1e-6)
    assert (claims["past_indemnity"] <= claims["debt"] - claims["recovery"] + 1e-6).all()
    in_years = claims[claims["year_end"].notna()].groupby("year_end")["past_indemnity"].sum()
    for end, row in whole.years.droplevel("policy").iterrows():
        assert row["past_indemnity"] == pytest.approx(in_years.get(end, 0.0))


def test_what_comes_later_changes_no_loss_of_then(demo_run, demo_book):
    """A book of a year ago has the losses of then, with the recoveries that were known."""
    policy = in_force.policies(demo_book)[0]
    then = demo_book.as_of - pd.DateOffset(years=1)
    before = past_losses.past_losses(Book.open(demo_run, then), policy)
    now = past_losses.past_losses(demo_book, policy)
    before, now = (
        table[(table["past_state"] == "loss") & (table["loss_day"] <= then)].set_index(["buyer_id", "loss_day"])
        for table in (before, now)
    )
    assert len(before) > 10
    pd.testing.assert_series_equal(before["insured_debt"].sort_index(), now["insured_debt"].sort_index())
    assert (before["recovery"] <= now["recovery"].reindex(before.index) + CENT).all()
