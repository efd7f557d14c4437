"""Loss rates: a published flow-rate example, chains worked by hand, failures, segments, and what cannot be told."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tradecredit.provision.flows import flows
from tradecredit.provision.loss_rates import absorbed, loss_rates, pooled, rates_on, roll_rates
from tradecredit.provision.provision import matrix

# IFRScommunity.com, "IFRS 9 Impairment", example of a provision matrix, segment B2C: of sales of 100,000 in January
# 50,000 are paid on time, 27,000 within 30 days of the due day, 15,000 within 60, 6,000 within 90, and 2,000
# never. Loss rates 2.0, 4.0, 8.7, 25.0 and 100 %.
COMMUNITY = """invoice_id,buyer_id,issued,due,amount
I1,B1,2025-01-05,2025-02-10,50000
I2,B2,2025-01-05,2025-02-10,27000
I3,B3,2025-01-05,2025-02-10,15000
I4,B4,2025-01-05,2025-02-10,6000
I5,B5,2025-01-05,2025-02-10,2000
"""
PAID = """invoice_id,received,amount,kind
I1,2025-02-10,50000,payment
I2,2025-03-10,27000,payment
I3,2025-04-05,15000,payment
I4,2025-05-05,6000,payment
"""
FEW = {"minimum_months": 3}


def test_a_published_example_of_flow_rates(book_of):
    book = book_of("2025-05-31", run={"provision": FEW | {"write_off_days": 90}}, invoices=COMMUNITY, receipts=PAID)
    rates = loss_rates(book)["loss_rate"].droplevel("segment")
    assert rates.to_dict() == {"current": 0.02, "1–30": 0.04, "31–60": 0.086957, "61–90": 0.25, ">90": 1.0}
    # The example's ageing at 31 December 20X1, and its allowance in whole units.
    provision = matrix([300_000, 140_000, 60_000, 23_000, 5_000], rates)
    assert provision.round().tolist() == [6_000, 5_600, 5_217, 5_750, 5_000]
    assert round(provision.sum()) == 27_567


def test_roll_rates_are_the_shares_of_a_month_later(book_of):
    book = book_of("2025-05-31", run={"provision": FEW | {"write_off_days": 90}}, invoices=COMMUNITY, receipts=PAID)
    table = roll_rates(book)
    assert table.loc["current"].tolist() == [0.5, 0, 0.5, 0, 0, 0, 0]
    assert table.loc["1–30"].tolist() == pytest.approx([0.54, 0, 0, 0.46, 0, 0, 0])
    assert table.loc["61–90"].tolist() == [0.75, 0, 0, 0, 0, 0, 0.25]
    assert table.loc[">90"].isna().all()


# Three months of a chain by hand. B1 pays; B2 owes 400 and fails in March; 60 of B3's 200 are written off in March, of
# which 20 come in in April.
CHAIN = """invoice_id,buyer_id,issued,due,amount
I1,B1,2025-01-10,2025-02-15,1000
I2,B2,2025-01-10,2025-02-15,400
I3,B3,2025-01-10,2025-02-15,600
I4,B1,2025-01-15,2025-06-30,1000
"""
CHAIN_PAID = """invoice_id,received,amount,kind
I1,2025-02-20,1000,payment
I3,2025-02-20,400,payment
I3,2025-03-20,140,payment
I3,2025-03-25,60,write_off
I3,2025-04-10,20,recovery
"""
FAILED = "buyer_id,date,kind,debt,recovered,resolved\nB2,2025-03-10,insolvency,400,,\n"
CHAINED = {"provision": {"minimum_months": 3}, "losses": {"lgd": 0.5}, "receivables": {"small_rest": 10}}


def chained(book_of, day="2025-04-30", defaults=FAILED, **provision):
    run = CHAINED | {"provision": {"minimum_months": 3, "fewest_losses": 2} | provision}
    settings = run.pop("receivables")
    tables = {"defaults": defaults} if defaults else {}
    return book_of(day, settings, run=run, invoices=CHAIN, receipts=CHAIN_PAID, **tables)


def test_what_failed_counts_by_the_loss_given_default_and_write_offs_net_of_what_came_in(book_of):
    """Current, three months, 3,000 + 1,000 + 1,000: 1,400 settled, 600 got late, 3,000 stayed current.

    Of the 600 late, 400 failed (× 0.5), 60 less 20 were lost, 140 and these 20 settled: 240 / 600 = 0.4. Current: 0.12
    gets late, 0.6 stays: 0.12 × 0.4 / (1 − 0.6) = 0.12.
    """
    rates = loss_rates(chained(book_of))
    found = rates["loss_rate"].droplevel("segment")
    assert found["1–30"] == pytest.approx(0.4)
    assert found["current"] == pytest.approx(0.12)
    assert found[["31–60", "61–90", ">90"]].isna().all()
    assert rates["basis"].tolist() == ["own history"] * 2 + ["not testable"] * 3
    assert (rates["losing_buyers"] == 2).all()
    assert (rates["rate_months"] == 3).all()


def test_what_came_in_later_is_not_known_before(book_of):
    """At the end of March 400 × 0.5 + 60 of the 600 are lost."""
    rates = rates_on(chained(book_of), pd.Timestamp("2025-03-31"))["loss_rate"]
    assert rates.isna().all()  # two months are too few
    rates = rates_on(chained(book_of, minimum_months=2), pd.Timestamp("2025-03-31"))["loss_rate"]
    assert rates.iloc[1] == pytest.approx(260 / 600)


def test_without_a_failure_on_record_write_offs_alone_count(book_of):
    """40 of 600 are lost within the month; 400 of B2 stay open, get older, and nothing says what becomes of them."""
    rates = loss_rates(chained(book_of, defaults=""))["loss_rate"].droplevel("segment")
    assert rates.isna().all()
    found = flows(chained(book_of, defaults=""))
    assert found["failed"].sum() == 0
    assert found["lost"].sum() == 60


def test_every_balance_goes_somewhere(book_of):
    found = flows(chained(book_of))
    assert found.loc[found["row"] == 1, ["owed", "open", "failed"]].to_numpy().tolist() == [
        [400, 400, 0],
        [400, 0, 400],
    ]
    rest = found["owed"] - found["open"] - found["failed"] - found["lost"]
    assert rest.sum() == 1000 + 400 + 140
    assert (rest >= 0).all()


def test_the_part_that_defaults_took_within_a_year(book_of):
    """Of balances of a year ago: 12 months after January all of 400 has failed and 40 net are lost of the 3,000."""
    late = chained(book_of, day="2026-04-30", method="defaults")
    rates = loss_rates(late)["loss_rate"].droplevel("segment")
    # Current at the ends of January (3,000), February, March and April (1,000 each, lost nothing).
    assert rates["current"] == pytest.approx((400 * 0.5 + 40) / 6_000)
    assert rates["1–30"] == pytest.approx((400 * 0.5 + 40) / 600)


BETTER = """invoice_id,buyer_id,issued,due,amount
I1,B1,2025-01-10,2025-02-15,100
I2,B2,2025-01-10,2025-02-15,300
I3,B3,2025-01-10,2025-02-15,2000
"""
BETTER_PAID = """invoice_id,received,amount,kind
I1,2025-03-10,100,write_off
I2,2025-04-10,300,payment
I3,2025-02-15,2000,payment
"""


def test_an_older_balance_is_no_better_than_a_younger_one(book_of):
    """Of 400 seen 1–30 days late 100 were lost, of 300 later none: 100 of 700 of both. Of current 100 of 2,400."""
    run = {"provision": FEW | {"method": "defaults"}}
    book = book_of("2026-04-30", {"small_rest": 10}, run=run, invoices=BETTER, receipts=BETTER_PAID)
    rates = loss_rates(book).droplevel("segment")
    assert rates["rate_before"].tolist()[:3] == pytest.approx([100 / 2_400, 0.25, 0.0], abs=1e-6)
    assert rates["loss_rate"].tolist()[:3] == pytest.approx([100 / 2_400, 1 / 7, 1 / 7], abs=1e-6)
    assert rates["rate_amount"].tolist()[:3] == [2_400, 400, 300]
    assert rates[["loss_rate", "rate_before"]].isna().all(axis=1).tolist() == [False] * 3 + [True] * 2
    assert pooled(book).get_level_values("bucket").tolist() == ["1–30", "31–60"]


def test_a_segment_with_few_losses_has_the_rates_of_the_whole_book(book_of):
    buyers = pd.DataFrame({"buyer_id": ["B1", "B2", "B3"], "kind": ["private", "public", "private"]})
    columns = chained(book_of).buyers
    buyers = buyers.reindex(columns=columns.columns).astype(columns.dtypes.to_dict())
    run = {"provision": {"minimum_months": 3, "segments": ["kind"], "fewest_losses": 2}, "losses": {"lgd": 0.5}}
    tables = {"invoices": CHAIN, "receipts": CHAIN_PAID, "defaults": FAILED, "buyers": buyers}
    rates = loss_rates(book_of("2025-04-30", {"small_rest": 10}, run=run, **tables))
    assert rates.loc["public", "basis"].iloc[0] == "whole book"
    assert rates.loc[("private", "current"), "loss_rate"] == pytest.approx(0.12)
    run["provision"]["fewest_losses"] = 1
    rates = loss_rates(book_of("2025-04-30", {"small_rest": 10}, run=run, **tables))
    # B2 alone: all that was current got late, all that was late failed.
    assert rates.loc[("public", "current"), "loss_rate"] == pytest.approx(0.5)
    # The others: of 200 late 40 were lost; of 4,600 current 200 got late, and 3,000 stayed.
    assert rates.loc[("private", "1–30"), "loss_rate"] == pytest.approx(40 / 200)
    assert rates.loc[("private", "current"), "loss_rate"] == pytest.approx(200 / 4_600 * 0.2 / (1 - 3_000 / 4_600))


def test_the_error_is_that_of_drawing_buyers_anew(book_of):
    """100 buyers of 100 each, 20 of which are written off at once: √(0.2 · 0.8 / 100) = 0.04."""
    invoices = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
        f"I{number},B{number},2025-01-10,2025-04-15,100\n" for number in range(100)
    )
    receipts = "invoice_id,received,amount,kind\n" + "".join(
        f"I{number},2025-02-20,100,{'write_off' if number < 20 else 'payment'}\n" for number in range(100)
    )
    settings, run = {"small_rest": 10}, {"provision": {"minimum_months": 3}}
    rates = loss_rates(book_of("2025-04-30", settings, run=run, invoices=invoices, receipts=receipts)).iloc[0]
    assert rates["loss_rate"] == pytest.approx(0.2)
    assert rates["rate_error"] == pytest.approx(0.04, rel=0.15)
    # The normal interval, 1.645 standard errors either way.
    assert rates["rate_low"] == pytest.approx(0.2 - 1.645 * 0.04, abs=0.015)
    assert rates["rate_high"] == pytest.approx(0.2 + 1.645 * 0.04, abs=0.015)


def test_nothing_is_told_of_a_book_without_losses_or_history(book_of):
    paid = PAID + "I5,2025-05-20,2000,payment\n"
    without = loss_rates(book_of("2025-05-31", run={"provision": FEW}, invoices=COMMUNITY, receipts=paid))
    assert without["loss_rate"].isna().all()
    assert (without["basis"] == "not testable").all()
    open_items = loss_rates(book_of("2025-05-31", run={"provision": FEW}, invoices=COMMUNITY))
    assert open_items["loss_rate"].isna().all()
    assert (open_items["rate_months"] == 0).all()


MOVES = arrays("float64", (4, 7), elements=st.floats(0, 100))


@given(MOVES, st.floats(0, 1))
def test_a_rate_is_a_share_and_falls_with_what_is_recovered(moves, lgd):
    rate, lower = absorbed(moves, lgd), absorbed(moves, lgd / 2)
    known = ~np.isnan(rate)
    assert ((rate[known] >= -1e-9) & (rate[known] <= 1 + 1e-9)).all()
    assert (lower[known] <= rate[known] + 1e-9).all()


def test_a_chain_of_two_buckets_in_closed_form():
    """Current: 0.3 stays, 0.2 gets late, 0.5 is paid. Late: 0.4 stays, 0.5 is paid, 0.1 is lost: 0.1 / 0.6."""
    moves = np.array([[30.0, 20, 50, 0, 0], [0, 40, 50, 0, 10]])
    assert absorbed(moves, 1.0).tolist() == pytest.approx([0.2 / 0.7 / 6, 1 / 6])
    # What stays late for ever is known to be neither paid nor lost.
    assert np.isnan(absorbed(np.array([[30.0, 20, 50, 0, 0], [0, 40, 0, 0, 0]]), 1.0)).all()
