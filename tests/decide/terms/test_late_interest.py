"""Late interest and flat fees: the laws' numbers, worked by hand on ledgers of a few invoices."""

import dataclasses
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.book.book import Book
from tradecredit.decide.terms import late_interest
from tradecredit.params.late_interest import LateInterestSettings

BUYERS = """buyer_id,country,kind
A,ES,private
B,GB,private
C,CN,private
D,US,private
E,ES,public
F,ES,prepaid
G,RO,private
H,,private
"""
NO_RECEIPTS = "invoice_id,received,amount,kind\n"
PARITY = "date,currency,rate\n2020-01-01,GBP,1\n"
NO_RATES = "date,currency,rate\n"


def charges(book_of, as_of, rows, receipts="", **more):
    """What may be charged on invoices `id,buyer,issued,due,amount`; EUR is the reporting currency."""
    tables = {
        "buyers": BUYERS, "invoices": "invoice_id,buyer_id,issued,due,amount\n" + rows,
        "receipts": NO_RECEIPTS + receipts, "fx": PARITY,
    }  # fmt: skip
    book = book_of(as_of, **tables | more)
    found = words.late_interest.with_reasons(late_interest.chargeable(book), book.run.late_interest.laws)
    return found.set_index("invoice_id")


def one(book_of, as_of, buyer, due, amount, **more):
    return charges(book_of, as_of, f"I,{buyer},2018-12-01,{due},{amount}\n", **more).loc["I"]


# The published examples and rates


def test_ten_thousand_at_11_75_percent_is_3_22_a_day(book_of):
    row = one(book_of, "2026-03-31", "B", "2026-01-31", 10_000)
    assert round(row["daily_interest"], 2) == 3.22
    assert row["interest"] == pytest.approx(10_000 * 0.1175 * 59 / 365)
    assert row["days_late"] == 59
    assert row["fee"] == 100
    assert row["charge"] == row["interest"] + 100


@pytest.mark.parametrize(
    ("debt", "fee"), [(0.5, 40), (999.99, 40), (1_000, 70), (9_999.99, 70), (10_000, 100), (1e6, 100)]
)
def test_fees_of_the_uk_go_by_the_debt(book_of, debt, fee):
    assert one(book_of, "2026-03-31", "B", "2026-03-01", debt)["fee"] == fee


def test_the_eu_has_forty_euros_a_debt_whatever_its_size(book_of):
    for debt in (1, 1e6):
        assert one(book_of, "2026-03-31", "A", "2026-03-30", debt)["fee"] == 40


def test_china_without_an_agreed_rate_is_0_05_percent_a_day(book_of):
    row = one(book_of, "2026-12-31", "C", "2026-12-01", 10_000)
    assert row["interest"] == pytest.approx(10_000 * 0.0005 * 30)
    assert row["daily_interest"] == pytest.approx(5.0)
    assert row["fee"] == 0
    assert "small or medium" in row["reason"]


# https://reconnectchina.univie.ac.at/items/67e165730c1758575979a844 (order 802); http://www.hnwjjt.cn/?m=home&c=View&
# a=index&aid=199&lang=en (order 728: 30 days, 60 at most if agreed).
def test_public_bodies_in_china_pay_within_30_days_and_others_within_60(book_of):
    buyers = "buyer_id,country,kind\nP,CN,public\nL,CN,private\n"
    rows = (
        "I1,P,2026-01-01,2026-01-31,1\nI2,P,2026-01-01,2026-02-01,20\n"
        "I3,L,2026-01-01,2026-03-02,300\nI4,L,2026-01-01,2026-03-03,4000\n"
    )
    tables = {"buyers": buyers, "invoices": "invoice_id,buyer_id,issued,due,amount\n" + rows}
    found = late_interest.terms_beyond_law(book_of("2026-03-31", **tables))
    assert found["longest_terms_days"].to_dict() == {
        ("China order 802", "private"): 60,
        ("China order 802", "public"): 30,
    }
    # 30 and 60 days are within the law, 31 and 61 beyond it.
    assert found["amount"].tolist() == [4_000, 20]


# Half-years


def test_in_the_eu_each_half_year_bears_its_own_rate(book_of):
    row = one(book_of, "2025-01-31", "A", "2024-12-01", 1_000)
    assert row["interest"] == pytest.approx(1_000 * (30 * 0.1225 + 31 * 0.1115) / 365)
    assert row["daily_interest"] == pytest.approx(1_000 * 0.1115 / 365)


def test_in_the_uk_the_rate_of_the_half_year_in_which_the_debt_became_late_holds(book_of):
    row = one(book_of, "2025-01-31", "B", "2024-12-01", 1_000)
    assert row["interest"] == pytest.approx(1_000 * 61 * 0.1325 / 365)


def test_a_debt_due_on_the_last_day_of_a_half_year_becomes_late_in_the_next(book_of):
    # 30 June 2025: Bank Rate 4.25 %, half a year before it 4.75 %; ECB 2.15 % from July, 3.15 % before.
    assert one(book_of, "2025-07-10", "B", "2025-06-30", 1_000)["interest"] == pytest.approx(10 * 1_000 * 0.1225 / 365)
    assert one(book_of, "2025-07-10", "A", "2025-06-30", 1_000)["interest"] == pytest.approx(10 * 1_000 * 0.1015 / 365)
    assert one(book_of, "2025-07-10", "A", "2025-06-29", 1_000)["interest"] == pytest.approx(
        1_000 * (10 * 0.1015 + 0.1115) / 365
    )


def test_a_half_year_without_a_rate_is_told_and_not_guessed(book_of):
    table = charges(
        book_of, "2027-07-31",
        "I1,A,2026-01-01,2026-12-01,500\nI2,A,2026-01-01,2027-07-15,500\nI3,B,2026-01-01,2026-12-01,500\n",
    )  # fmt: skip
    assert table.loc[["I1", "I2"], ["interest", "daily_interest", "charge"]].isna().all(axis=None)
    assert table["missing_rate"].fillna("").tolist() == ["2027 H1, 2027 H2", "2027 H2", ""]
    assert table.loc["I1", "fee"] == 40
    assert table.loc["I1", "reason"] == "no reference rate for 2027 H1, 2027 H2"
    assert table.loc["I3", "interest"] > 0
    assert words.late_interest.rates_wanted(table.reset_index()) == [
        "EU directive: no reference rate for 2027 H1 and 2027 H2: add it to the law's file (params/rates). Without it "
        "the interest on 2 invoices is not computable."
    ]
    assert late_interest.totals(table.reset_index())["not_computable_invoices"] == 2


def test_all_half_years_are_told_of_an_invoice_that_was_paid_in_parts(book_of):
    receipts = "I,2027-02-01,100,payment\nI,2026-12-20,100,payment\n"
    row = charges(book_of, "2027-07-31", "I,A,2026-01-01,2026-12-01,500\n", receipts).loc["I"]
    assert row["missing_rate"] == "2027 H1, 2027 H2"
    assert np.isnan(row["interest"])


def test_nothing_accrues_before_the_law_is_in_force(book_of):
    # China's regulations are in force since 1 September 2020.
    row = one(book_of, "2020-09-10", "C", "2020-01-31", 1_000)
    assert row["interest"] == pytest.approx(1_000 * 0.0005 * 10)
    assert one(book_of, "2020-08-31", "C", "2020-01-31", 1_000)["interest"] == 0


# Agreed rates


def agreed(country, rate):
    return {"late_interest": {"agreed_rates": {country: rate}}}


def test_an_agreed_rate_stands_in_place_of_the_laws(book_of):
    row = one(book_of, "2027-01-31", "A", "2026-12-31", 1_000, run=agreed("ES", 0.05))
    assert row["interest"] == pytest.approx(1_000 * 0.05 * 31 / 365)
    assert pd.isna(row["missing_rate"])


def test_in_china_an_agreed_rate_is_not_below_the_lpr_of_the_contract(book_of):
    def interest(rate, issued):
        rows = f"I,C,{issued},2026-01-31,1000\n"
        return charges(book_of, "2026-02-28", rows, run=agreed("CN", rate)).loc["I"]

    assert interest(0.02, "2026-01-05")["interest"] == pytest.approx(1_000 * 0.03 * 28 / 365)
    assert interest(0.02, "2025-01-05")["interest"] == pytest.approx(1_000 * 0.031 * 28 / 365)
    assert interest(0.06, "2026-01-05")["interest"] == pytest.approx(1_000 * 0.06 * 28 / 365)
    unknown = interest(0.06, "2019-01-05")
    assert np.isnan(unknown["interest"])
    assert unknown["missing_rate"] == "2019 H1"


# Which invoices, and what of them


def test_interest_runs_on_each_part_until_it_is_paid(book_of):
    receipts = (
        "I,2026-02-20,100,payment\nI,2026-03-11,400,payment\nI,2026-03-15,50,credit_note\nI,2026-03-16,50,write_off\n"
    )
    row = charges(book_of, "2026-03-31", "I,A,2026-01-01,2026-03-01,1000\n", receipts).loc["I"]
    # Of 1,000 100 were paid in time, 100 are not owed any more: 400 for 10 days and 400 for 30.
    assert row["late_amount"] == 800
    assert row["interest"] == pytest.approx((400 * 10 + 400 * 30) * 0.1015 / 365)
    assert row["daily_interest"] == pytest.approx(400 * 0.1015 / 365)
    assert row["state"] == "open"


def test_paid_late_counts_within_the_window_alone(book_of):
    rows = "I1,A,2025-01-01,2025-03-01,1000\nI2,A,2025-01-01,2025-04-01,1000\nI3,A,2025-01-01,2025-04-01,1000\n"
    receipts = "I1,2025-03-31,1000,payment\nI2,2025-04-11,1000,payment\nI3,2025-04-01,1000,payment\n"
    table = charges(book_of, "2026-03-31", rows, receipts)
    assert table.index.tolist() == ["I2"]
    assert table.loc["I2", ["state", "days_late", "daily_interest", "fee"]].tolist() == ["paid late", 10, 0, 40]
    assert table.loc["I2", "interest"] == pytest.approx(1_000 * 0.1115 * 10 / 365)
    none = charges(book_of, "2026-03-31", rows, receipts, run={"late_interest": {"paid_late_months": 0}})
    assert none.empty
    more = charges(book_of, "2026-03-31", rows, receipts, run={"late_interest": {"paid_late_months": 13}})
    assert more.index.tolist() == ["I1", "I2"]


def test_what_was_recovered_late_bears_interest_as_a_payment_does(book_of):
    receipts = "I,2026-03-11,300,recovery\nI,2026-03-20,50,payment\nI,2026-03-25,650,write_off\n"
    row = charges(book_of, "2026-03-31", "I,A,2026-01-01,2026-03-01,1000\n", receipts).loc["I"]
    assert row[["state", "late_amount", "days_late", "fee"]].tolist() == ["paid late", 350, 19, 40]
    assert row["interest"] == pytest.approx((300 * 10 + 50 * 19) * 0.1015 / 365)


def test_what_the_insurer_paid_bears_nothing_for_us(book_of):
    rows = "I1,A,2026-01-01,2026-03-01,1000\nI2,A,2026-01-01,2026-03-01,1000\n"
    receipts = "I1,2026-03-11,1000,claim\nI2,2026-03-11,900,claim\n"
    table = charges(book_of, "2026-03-31", rows, receipts)
    assert table.index.tolist() == ["I2"]
    assert table.loc["I2", ["state", "late_amount"]].tolist() == ["open", 100]
    assert table.loc["I2", "interest"] == pytest.approx(100 * 30 * 0.1015 / 365)


def test_what_is_settled_late_by_a_credit_note_bears_nothing(book_of):
    assert charges(book_of, "2026-03-31", "I,A,2026-01-01,2026-02-01,9\n", "I,2026-03-01,9,credit_note\n").empty


def test_nothing_is_charged_while_a_dispute_is_open(book_of):
    disputes = "invoice_id,opened,closed,amount,reason\nI,2026-02-01,{},5,price\n"
    row = one(book_of, "2026-03-31", "A", "2026-02-15", 100, disputes=disputes.format(""))
    assert row[["state", "charge", "reason"]].tolist() == ["in dispute", 0, "nothing while the dispute is open"]
    closed = one(book_of, "2026-03-31", "A", "2026-02-15", 100, disputes=disputes.format("2026-03-01"))
    assert closed["state"] == "open"
    assert closed["charge"] > 40


def test_due_on_a_sunday_in_germany_and_paid_on_monday_is_not_late(book_of):
    # 1 November 2026 is a Sunday (BGB, section 193). What is paid on the Tuesday is a day late, not two.
    rows = "I1,A,2026-10-02,2026-11-01,1000\nI2,A,2026-10-02,2026-11-01,1000\n"
    receipts = "I1,2026-11-02,1000,payment\nI2,2026-11-03,1000,payment\n"
    german = charges(book_of, "2026-11-30", rows, receipts, buyers="buyer_id,country,kind\nA,DE,private\n")
    assert german.index.tolist() == ["I2"]
    assert german.loc["I2", ["days_late", "fee"]].tolist() == [1, 40]
    assert german.loc["I2", "interest"] == pytest.approx(1_000 * 0.1052 / 365)
    # In Spain no rule of the run moves the day, and both are late.
    spanish = charges(book_of, "2026-11-30", rows, receipts)
    assert spanish["days_late"].tolist() == [1, 2]
    assert charges(book_of, "2026-11-02", rows, buyers="buyer_id,country,kind\nA,DE,private\n").empty
    assert len(charges(book_of, "2026-11-03", rows, buyers="buyer_id,country,kind\nA,DE,private\n")) == 2


@pytest.mark.parametrize(
    ("amount", "paid", "late"),
    [
        (2_000, 1_999.2, False),  # at most 1.00 is dust
        (2_000, 1_999, False),
        (2_000, 1_998.98, True),
        (500, 499.5, False),  # at most 0.1 %
        (500, 499.4, True),
        (500, 0, True),
    ],
)
def test_dust_costs_no_fee(book_of, amount, paid, late):
    rows, receipts = f"I,A,2026-06-01,2026-08-03,{amount}\n", f"I,2026-08-03,{paid},payment\n"
    table = charges(book_of, "2026-10-31", rows, receipts)
    assert table.index.tolist() == (["I"] if late else [])
    exact = {"dust": {"amount": 0, "share": 0}, "small_rest": 0}
    book = book_of("2026-10-31", exact, invoices="invoice_id,buyer_id,issued,due,amount\n" + rows, buyers=BUYERS,
                   receipts=NO_RECEIPTS + receipts, fx=PARITY)  # fmt: skip
    assert late_interest.chargeable(book)["fee"].tolist() == [40]


@pytest.mark.parametrize(("amount", "paid", "fee"), [(2_000, 1_900, 0), (2_000, 1_899, 40), (100, 0, 40), (90, 40, 0)])
def test_a_small_rest_bears_interest_but_no_fee(book_of, amount, paid, fee):
    rows, receipts = f"I,A,2026-06-01,2026-08-03,{amount}\n", f"I,2026-08-03,{paid},payment\n" if paid else ""
    table = charges(book_of, "2026-10-31", rows, receipts)
    assert table["fee"].tolist() == [fee]
    # 89 days, from 3 August to 31 October, at 8 points above the 2.40 % of the second half of 2026.
    assert table["interest"].tolist() == pytest.approx([(amount - paid) * 0.1040 * 89 / 365])


def test_what_came_late_is_charged_and_the_dust_that_is_open_is_not(book_of):
    rows, receipts = "I,A,2026-06-01,2026-08-03,2000\n", "I,2026-08-13,1999.2,payment\n"
    row = charges(book_of, "2026-10-31", rows, receipts).loc["I"]
    assert row[["state", "late_amount", "days_late", "fee"]].tolist() == ["paid late", 1_999.2, 10, 40]
    assert row["interest"] == pytest.approx(1_999.2 * 10 * 0.104 / 365)
    # Nor does it make the payment later when it comes after all, or is written off.
    for kind in ("payment", "write_off"):
        later = charges(book_of, "2026-10-31", rows, receipts + f"I,2026-10-30,0.80,{kind}\n").loc["I"]
        assert (
            later[["late_amount", "days_late", "charge"]].tolist()
            == row[["late_amount", "days_late", "charge"]].tolist()
        )


@pytest.mark.parametrize("kind", ["credit_note", "write_off", "discount"])
def test_paid_late_is_told_by_the_money_and_not_by_what_is_booked_later(book_of, kind):
    # Due on 3 August. Paid in time, but for what is not owed, or not in money.
    rows = "I,A,2026-06-01,2026-08-03,2000\n"
    assert charges(book_of, "2026-10-31", rows, f"I,2026-08-03,1700,payment\nI,2026-10-15,300,{kind}\n").empty
    # Paid 10 days late: that 300 were booked 63 days after that bears nothing.
    row = charges(book_of, "2026-10-31", rows, f"I,2026-08-13,1700,payment\nI,2026-10-15,300,{kind}\n").loc["I"]
    assert row[["state", "late_amount", "days_late", "fee"]].tolist() == ["paid late", 1_700, 10, 40]
    assert row["interest"] == pytest.approx(1_700 * 10 * 0.104 / 365)
    # The money came 15 months ago, before the 12 months that are charged; the rest was booked within them.
    rows, receipts = "I,A,2025-05-01,2025-07-03,2000\n", f"I,2025-07-31,1700,payment\nI,2026-10-15,300,{kind}\n"
    assert charges(book_of, "2026-10-31", rows, receipts).empty


def test_affiliates_are_charged_only_if_the_run_says_so(book_of):
    rows = "I1,A,2026-01-01,2026-03-01,1000\nI2,B,2026-01-01,2026-03-01,600\nI3,B,2026-01-01,2026-04-30,7\n"
    tables = {"buyers": "buyer_id,country,kind\nA,NL,private\nB,NL,affiliate\n"}
    assert charges(book_of, "2026-03-31", rows, **tables).index.tolist() == ["I1"]
    asked = {"late_interest": {"affiliates": True}}
    table = charges(book_of, "2026-03-31", rows, run=asked, **tables)
    assert table.index.tolist() == ["I1", "I2"]
    assert table.loc["I2", "fee"] == 40
    tables |= {"invoices": "invoice_id,buyer_id,issued,due,amount\n" + rows}
    left_out, none = (
        late_interest.uncharged_affiliates(book_of("2026-03-31", run=run, **tables)) for run in ({}, asked)
    )
    assert words.late_interest.affiliates(left_out, "EUR") == [
        "Affiliates are not charged for late payment: 1 invoice past due, EUR 600, are left out "
        "(`late_interest.affiliates`)."
    ]
    assert words.late_interest.affiliates(none, "EUR") == []


def test_no_file_is_read_to_charge(book_of, monkeypatch):
    tables = {"buyers": BUYERS, "invoices": "invoice_id,buyer_id,issued,due,amount\nI,A,2026-01-01,2026-03-03,100\n"}
    book = book_of("2026-03-31", **tables)
    monkeypatch.setattr("tradecredit.params.yaml_files.read_yaml", None)
    assert late_interest.chargeable(book)["law"].tolist() == ["EU directive"]
    assert late_interest.terms_beyond_law(book)["invoices"].tolist() == [1]


def test_who_is_charged_by_which_law(book_of):
    rows = "".join(f"{buyer},{buyer},2026-07-01,2026-08-31,100\n" for buyer in "ABCDEFGH")
    table = charges(book_of, "2026-09-30", rows)
    assert table["law"].fillna("").tolist() == [
        "EU directive", "UK late payment act", "China order 802", "", "EU directive", "", "Romania, Law 72/2013", "",
    ]  # fmt: skip
    assert table.loc["D":"H", "reason"].tolist() == [
        "the run has no law for US", "at least; national law may give more",
        "the law does not apply to this kind of buyer: prepaid", "no reference rate for 2026 H2",
        "the buyer's country is not stated",
    ]  # fmt: skip
    assert table.loc[["D", "F", "H"], ["interest", "daily_interest", "fee", "charge"]].isna().all(axis=None)
    assert table.loc["E", "charge"] == table.loc["A", "charge"]


def test_buyers_in_default_are_told_apart(book_of):
    row = one(
        book_of, "2026-03-31", "A", "2026-02-15", 100,
        defaults="buyer_id,date,kind,debt,recovered\nA,2026-03-01,insolvency,100,\n",
    )  # fmt: skip
    assert row["state"] == "in default"
    assert row["charge"] > 40


def test_fees_are_translated_at_the_last_rate(book_of):
    fx = "date,currency,rate\n2025-01-01,GBP,2\n2026-03-01,GBP,1.25\n"
    row = one(book_of, "2026-03-31", "B", "2026-03-01", 12_000, fx=fx)
    # 12,000 euros are 9,600 pounds: 70 pounds, 87.50 euros.
    assert row["fee"] == pytest.approx(87.5)


@pytest.mark.parametrize(("debt", "fee"), [(1_249.99, 40), (1_250, 70), (12_499.99, 70), (12_500, 100)])
def test_fees_of_poland_are_in_euros_by_debts_in_zlotys(book_of, debt, fee):
    # 5,000 zlotys are 1,250 euros.
    buyers, fx = "buyer_id,country,kind\nP,PL,private\n", "date,currency,rate\n2025-01-01,PLN,0.25\n"
    assert one(book_of, "2026-03-31", "P", "2026-03-01", debt, buyers=buyers, fx=fx)["fee"] == fee
    row = one(book_of, "2026-03-31", "P", "2026-03-01", debt, buyers=buyers, fx=NO_RATES)
    assert row[["fee", "missing_currency"]].fillna("none").tolist() == ["none", "PLN"]


def test_a_fee_in_another_currency_than_the_ledgers_asks_for_its_rate_alone(book_of):
    # Norway's 40 euros are owed on debts of any size: no krone needs translating.
    buyers = "buyer_id,country,kind\nN,NO,private\nS,SE,private\n"
    assert one(book_of, "2026-03-31", "N", "2026-03-02", 100, buyers=buyers, fx=NO_RATES)["fee"] == 40
    row = one(book_of, "2026-03-31", "S", "2026-03-02", 100, buyers=buyers, fx=NO_RATES)
    assert row[["fee", "missing_currency"]].fillna("none").tolist() == ["none", "SEK"]
    fx = "date,currency,rate\n2025-01-01,SEK,0.09\n"
    assert one(book_of, "2026-03-31", "S", "2026-03-02", 100, buyers=buyers, fx=fx)["fee"] == pytest.approx(40.5)


def test_public_bodies_of_france_are_under_a_law_of_their_own(book_of):
    buyers = "buyer_id,country,kind\nP,FR,public\nC,FR,private\n"
    rows = "I1,P,2024-11-01,2024-12-01,1000\nI2,C,2024-11-01,2024-12-01,1000\n"
    table = charges(book_of, "2025-01-31", rows, buyers=buyers)
    assert table["law"].tolist() == ["France, commande publique", "France, code de commerce L441-10"]
    # 4.25 % and 8 points for all 61 days; 4.25 % and 10 points for 30 of them, 3.15 % and 10 for 31.
    assert table["interest"].tolist() == pytest.approx(
        [1_000 * 0.1225 * 61 / 365, 1_000 * (0.1425 * 30 + 0.1315 * 31) / 365]
    )


def test_a_fee_without_a_rate_of_its_currency_is_missing_and_said(book_of):
    row = one(book_of, "2026-03-31", "B", "2026-03-01", 12_000, fx=NO_RATES)
    assert row[["fee", "charge", "missing_rate"]].isna().all()
    assert row["interest"] > 0
    assert row["missing_currency"] == "GBP"
    assert row["reason"] == "no rate in the book of the fee's currency, GBP"


def test_all_that_is_missing_of_an_invoice_is_said(book_of):
    row = one(book_of, "2027-03-31", "B", "2027-03-01", 12_000, fx=NO_RATES)
    assert row[["interest", "fee", "charge"]].isna().all()
    assert row[["missing_rate", "missing_currency"]].tolist() == ["2027 H1", "GBP"]
    assert row["reason"] == "no reference rate for 2027 H1; no rate in the book of the fee's currency, GBP"
    disputes = "invoice_id,opened,closed,amount,reason\nI,2027-03-10,,5,price\n"
    row = one(book_of, "2027-03-31", "B", "2027-03-01", 12_000, fx=NO_RATES, disputes=disputes)
    assert row[["missing_rate", "missing_currency"]].isna().all()
    assert row["charge"] == 0


def test_the_fee_goes_by_what_was_invoiced_in_the_laws_currency(ledger):
    # 1,000 pounds are 1,150 euros on the day of issue, and 958 pounds at the last rate: 70 pounds all the same.
    ledger.add("invoices", "I5,B2,2024-02-20,2024-03-21,GBP,1000.00\n")
    found = late_interest.chargeable(Book.open(ledger.run_file)).set_index("invoice_id")
    assert found.loc["I5", "late_amount"] == pytest.approx(1_150)
    assert found.loc["I5", "fee"] == pytest.approx(70 * 1.2)


def test_the_fee_does_not_hang_on_rounding(ledger):
    # 0.01 paid late and the rest open are 1,000 pounds, though in binary the two parts in euros are a little less.
    ledger.write("fx", "date,currency,rate\n2024-02-01,GBP,1.1234\n")
    ledger.add("invoices", "I5,B2,2024-02-20,2024-03-01,GBP,1000.00\n")
    ledger.add("receipts", "R4,I5,2024-03-10,0.01,payment\n")
    found = late_interest.chargeable(Book.open(ledger.run_file)).set_index("invoice_id")
    assert found.loc["I5", "fee"] == pytest.approx(70 * 1.1234)


def test_a_ledger_on_which_nothing_is_late(book_of):
    table = charges(book_of, "2026-03-31", "I,A,2026-01-01,2026-04-01,100\n")
    assert table.empty
    assert late_interest.totals(table)[["charge", "interest", "fees", "open_charge"]].isna().all()
    assert words.late_interest.charge(table, "EUR") == {}
    assert words.late_interest.rates_wanted(table) == []
    assert late_interest.by_law(table).empty


# Sums and sentences


def test_sums_by_law_and_of_all(book_of):
    rows = "I1,A,2026-07-01,2026-08-31,100\nI2,A,2026-07-01,2026-09-10,200\nI3,D,2026-07-01,2026-08-31,100\n"
    rows += "I4,G,2026-07-01,2026-08-31,100\nI5,E,2026-07-01,2026-08-31,100\n"
    table = charges(book_of, "2026-09-30", rows, "I5,2026-09-10,100,payment\n").reset_index()
    # Of I4, Romanian, the fee alone is known; of I3, American, nothing.
    expected = 0.104 / 365 * (100 * 30 + 200 * 20 + 100 * 10)
    found = late_interest.totals(table)
    assert found["interest"] == pytest.approx(expected)
    assert found["fees"] == pytest.approx(160)
    assert found["charge"] == pytest.approx(expected + 160)
    assert found["open_charge"] == pytest.approx(0.104 / 365 * (100 * 30 + 200 * 20) + 120)
    counts = ["charged_invoices", "charged_buyers", "not_computable_invoices", "invoices_without_law"]
    assert found[counts].tolist() == [4, 3, 1, 1]
    by_law = late_interest.by_law(table)
    assert by_law.index.tolist() == ["EU directive", "Romania, Law 72/2013", "no law known"]
    assert by_law["invoices"].tolist() == [3, 1, 1]
    assert by_law["not_computable"].tolist() == [0, 1, 1]
    assert by_law.loc["EU directive", "charge"] == pytest.approx(expected + 120)
    assert by_law.loc["Romania, Law 72/2013", "charge"] == 40
    assert by_law["interest"].isna().tolist() == [False, True, True]
    assert by_law["charge"].isna().tolist() == [False, False, True]
    sentence = words.late_interest.charge(table, "EUR")["late interest"]
    assert sentence == (
        "EUR 122 may be charged on open invoices past due, EUR 1.99 of interest and EUR 120 of flat fees; the largest "
        "on one invoice is EUR 41.14 (I2, A). Charge it, or waive it against immediate payment. Interest or fee on 1 "
        "invoice is not computable, and left out."
    )


def test_interest_that_is_known_counts_where_the_fee_is_not(book_of):
    # 10,000 at 11.75 % is 3.22 a day, for 30 days; the largest part is of B, though its fee is not known.
    rows = "I1,A,2026-01-01,2026-03-01,100\nI2,B,2026-01-01,2026-03-01,10000\nI3,B,2026-01-01,2026-03-01,10000\n"
    table = charges(book_of, "2026-03-31", rows, fx=NO_RATES).reset_index()
    of_b, of_a = 2 * 10_000 * 0.1175 * 30 / 365, 100 * 0.1015 * 30 / 365
    found = late_interest.totals(table)
    assert found["interest"] == pytest.approx(of_a + of_b)
    assert found["fees"] == 40
    assert found["charge"] == found["open_charge"] == pytest.approx(of_a + of_b + 40)
    assert found[["charged_invoices", "charged_buyers", "not_computable_invoices"]].tolist() == [3, 2, 2]
    by_law = late_interest.by_law(table).loc["UK late payment act"]
    assert by_law[["interest", "charge"]].tolist() == pytest.approx([of_b, of_b])
    assert np.isnan(by_law["fee"])
    assert by_law["not_computable"] == 2
    assert words.late_interest.charge(table, "EUR") == {
        "late interest": "EUR 234 may be charged on open invoices past due, EUR 194 of interest and EUR 40 of flat "
        "fees; the largest on one invoice is EUR 96.58 (I2, B). Charge it, or waive it against immediate payment. "
        "Interest or fee on 2 invoices is not computable, and left out."
    }
    assert words.late_interest.rates_wanted(table) == [
        "UK late payment act: no rate of GBP: add it to the table `fx`. Without it the flat fee on 2 invoices "
        "is not computable."
    ]


def test_the_laws_that_are_applied_and_how_far_their_rates_are_stated_are_told(book_of):
    buyers = "buyer_id,country,kind\nA,DE,private\nB,IN,private\nC,CH,private\nD,US,private\n"
    rows = "".join(f"{buyer},{buyer},2026-01-01,2026-03-02,100\n" for buyer in "ABCD")
    table = charges(book_of, "2026-03-31", rows, buyers=buyers).reset_index()
    laws = LateInterestSettings().laws
    assert words.late_interest.laws_applied(table, laws) == [
        "Late payment is charged by 3 laws, whose files (params/rates) name the act and the source of each number. "
        "Their reference rates are stated up to 6 February 2026 (India, MSMED Act) and 2026 H2 (Germany, BGB 288)."
    ]
    assert words.late_interest.laws_applied(table[table["buyer_id"] == "C"], laws) == [
        "Late payment is charged by 1 law, whose files (params/rates) name the act and the source of each number."
    ]
    assert words.late_interest.laws_applied(table[table["buyer_id"] == "D"], laws) == []
    # India's rate is not known on the day on which the debt became late.
    assert table.set_index("buyer_id").loc["B", ["missing_rate", "fee"]].tolist() == ["2026 H1", 0]


def test_where_no_interest_is_known_the_fees_are_told_alone(book_of):
    table = charges(book_of, "2026-09-30", "I,G,2026-07-01,2026-08-31,100\n").reset_index()
    assert late_interest.totals(table)["charge"] == 40
    assert words.late_interest.charge(table, "EUR") == {
        "late interest": "EUR 40 may be charged on open invoices past due, EUR 40 of flat fees; the largest on "
        "one invoice is EUR 40 (I, G). Charge it, or waive it against immediate payment. Interest or fee on 1 invoice "
        "is not computable, and left out."
    }


def test_terms_longer_than_the_law_allows_without_an_agreement(book_of):
    rows = (
        "I1,A,2026-01-01,2026-03-02,100\nI2,A,2026-01-01,2026-03-03,200\nI3,E,2026-01-01,2026-02-01,50\n"
        "I4,D,2026-01-01,2026-12-01,100\nI5,C,2026-01-01,2026-04-01,10\nI6,A,2025-01-01,2025-12-01,10\n"
    )
    tables = {"buyers": BUYERS, "invoices": "invoice_id,buyer_id,issued,due,amount\n" + rows}
    found = late_interest.terms_beyond_law(book_of("2026-03-31", **tables))
    assert found.index.tolist() == [
        ("EU directive", "private"),
        ("EU directive", "public"),
        ("China order 802", "private"),
    ]
    # I1 has 60 days and I6 is older than a year; I2 has 61, I3 31 of a public body, I5 90.
    assert found["longest_terms_days"].tolist() == [60, 30, 60]
    assert found["amount"].tolist() == [200, 50, 10]
    assert found["invoices"].tolist() == [1, 1, 1]


def test_terms_are_beyond_a_law_from_its_first_day_on(book_of):
    # China's regulations are in force since 1 September 2020.
    rows = "I1,C,2020-08-31,2020-12-31,100\nI2,C,2020-09-01,2020-12-31,20\nI3,C,2020-09-01,2020-10-01,3\n"
    tables = {"buyers": BUYERS, "invoices": "invoice_id,buyer_id,issued,due,amount\n" + rows}
    found = late_interest.terms_beyond_law(book_of("2020-12-31", **tables))
    assert found.index.tolist() == [("China order 802", "private")]
    assert found[["invoices", "amount"]].iloc[0].tolist() == [1, 20]
    assert late_interest.terms_beyond_law(book_of("2020-08-31", **tables)).empty


# What always holds


@given(
    due=st.dates(date(2019, 1, 1), date(2026, 9, 1)),
    days=st.tuples(st.integers(1, 400), st.integers(0, 200)),
    country=st.sampled_from("ABC"),
    amount=st.floats(1, 1e6),
)
@settings(max_examples=15)
def test_interest_grows_by_the_day_and_with_the_debt(book_of, due, days, country, amount):
    until = [pd.Timestamp(due) + pd.Timedelta(days=sum(days[:count])) for count in (1, 2)]
    until = [min(day, pd.Timestamp("2026-12-31")) for day in until]
    row = [one(book_of, str(day.date()), country, due, amount) for day in until]
    assert 0 <= row[0]["interest"] <= row[1]["interest"]
    longest = {"A": 0.125, "B": 0.1325, "C": 0.0005 * 365}[country]
    assert row[1]["interest"] <= amount * longest * row[1]["days_late"] / 365 * (1 + 1e-9)
    double = one(book_of, str(until[1].date()), country, due, 2 * amount)
    assert double["interest"] == pytest.approx(2 * row[1]["interest"])


def test_the_rates_of_late_amounts_are_told_where_invoices_are_in_another_currency(book_of):
    book = book_of("2026-03-31", invoices="invoice_id,buyer_id,issued,due,amount\nA1,A,2026-03-10,2026-04-10,100\n")
    assert words.late_interest.at_issue(book) == []
    foreign = dataclasses.replace(book, invoices=book.invoices.assign(currency="USD"))
    (told,) = words.late_interest.at_issue(foreign)
    assert told.startswith("Late amounts, and interest on them, are at the rates of the days of issue")
