"""What letters ask for, in the currency of the invoices, worked out by hand for a Monday, 2 November 2026."""

import pandas as pd
import pytest

from tradecredit.book.book import Book
from tradecredit.decide.collect import letters, stages
from tradecredit.decide.collect.decided import nothing
from tradecredit.decide.terms.late_interest import chargeable
from tradecredit.params.collect import Stage
from tradecredit.params.letters import LetterSettings

AS_OF = "2026-10-30"
BUYERS = """buyer_id,name,country,kind
A,Alder,DE,private
C,Cedar,CN,private
D,Dogwood,US,private
"""
FORMAL = {"stages": [{"name": "warning", "after_days_past_due": 5, "tone": "formal", "interest": True, "fee": True}]}
SENDER = {"address": ["1 High Street"], "email": "a@example.org", "accounts": [{"account_number": "1"}]}


def asked(book: Book) -> pd.DataFrame:
    return letters.invoices(book, stages.of_buyers(book, nothing())).set_index("invoice_id")


def invoices(*rows: tuple[str, str, str, float]) -> str:
    return "invoice_id,buyer_id,issued,due,amount\n" + "".join(
        f"{name},{buyer},2026-08-01,{due},{amount}\n" for name, buyer, due, amount in rows
    )


def test_an_invoice_is_asked_for_in_its_own_currency_whatever_its_rate_was(ledger):
    """GBP 200 less 50 on 31 March 2024, issued at 1.15 and at 1.20 today: EUR 180 in the book."""
    book = Book.open(ledger.run_file)
    rows = asked(book)
    assert rows.loc["I3", ["currency", "billed", "billed_open", "billed_held_out", "billed_to_pay"]].tolist() == [
        "GBP", 200, 150, 0, 150,
    ]  # fmt: skip
    assert rows.loc["I3", "to_collect"] == pytest.approx(180)
    assert rows.loc["I2", ["currency", "billed_open", "billed_to_pay", "days_past_due"]].tolist() == [
        "EUR", 500.5, 500.5, 18,
    ]  # fmt: skip
    # Easter Monday is a holiday in all of Germany, and in Scotland none.
    assert rows["sent"].dt.strftime("%m-%d").to_dict() == {"I2": "04-02", "I3": "04-01"}


def test_a_dispute_in_another_currency_is_held_out_in_that_currency(ledger):
    ledger.write("disputes", "invoice_id,opened,amount\nI3,2024-03-25,33.33\n")
    rows = asked(Book.open(ledger.run()))
    assert rows.loc["I3", ["billed_open", "billed_held_out", "billed_to_pay"]].tolist() == [150, 33.33, 116.67]


def test_interest_and_fee_are_those_of_the_law_by_the_as_of_day_for_what_is_to_be_paid(book_of):
    """10.52 % in Germany in 2026 H2 on 1,000 for 30 days: 8.65; the half that is promised bears none: 4.32."""
    rows = invoices(("WHOLE", "A", "2026-09-30", 1000.0), ("HALF", "A", "2026-09-30", 1000.0))
    promises = "buyer_id,invoice_id,made,date,amount,kind\nA,HALF,2026-10-20,2026-11-20,500,payment\n"
    book = book_of(AS_OF, invoices=rows, buyers=BUYERS, promises=promises, run={"collections": FORMAL})
    found = asked(book)
    assert found.loc["WHOLE", ["billed_interest", "billed_fee", "billed_daily_interest"]].tolist() == [8.65, 40, 0.29]
    assert found.loc["HALF", ["billed_to_pay", "billed_interest", "billed_fee"]].tolist() == [500, 4.32, 40]
    assert found["cited_as"].unique().tolist() == ["§§ 286, 288 BGB"]
    of_chapter = chargeable(book).set_index("invoice_id")
    assert found.loc["WHOLE", "billed_interest"] == round(of_chapter.loc["WHOLE", "interest"], 2)
    total = letters.totals(found.reset_index()).loc[("A", "EUR")]
    assert total.to_dict() == {
        "billed_open": 2000, "billed_held_out": 500, "billed_to_pay": 1500, "billed_interest": 12.97, "billed_fee": 80,
        "billed_total": 1592.97,
    }  # fmt: skip


def test_what_is_held_out_whole_and_what_is_in_dispute_bears_no_interest_and_no_fee(book_of):
    rows = invoices(*((name, "A", "2026-09-30", 1000.0) for name in ("PROMISED", "DISPUTED", "FREE")))
    book = book_of(
        AS_OF, invoices=rows, buyers=BUYERS, run={"collections": FORMAL},
        promises="buyer_id,invoice_id,made,date,amount,kind\nA,PROMISED,2026-10-20,2026-11-20,1000,payment\n",
        disputes="invoice_id,opened,amount\nDISPUTED,2026-10-05,300\n",
    )  # fmt: skip
    found = asked(book)
    assert found["billed_to_pay"].tolist() == [0, 700, 1000]
    assert found["billed_interest"].tolist() == [0, 0, 8.65]
    assert found["billed_fee"].tolist() == [0, 0, 40]


def test_a_stage_that_asks_for_neither_charges_nothing(book_of):
    run = {"collections": {"stages": [FORMAL["stages"][0] | {"interest": False, "fee": False}]}}
    book = book_of(AS_OF, invoices=invoices(("I", "A", "2026-09-30", 1000.0)), buyers=BUYERS, run=run)
    found = asked(book)
    assert found[["billed_interest", "billed_fee", "law", "cited_as"]].isna().all(axis=None)
    assert letters.totals(found.reset_index())["billed_total"].tolist() == [1000]


def test_no_law_charges_nothing_and_one_for_small_enterprises_only_where_the_run_says_that_we_are_one(book_of):
    rows = invoices(("US", "D", "2026-09-30", 1000.0), ("CN", "C", "2026-09-30", 1000.0))
    found = {}
    for small in (False, True):
        collections = FORMAL | {"letters": SENDER | {"small_enterprise": small}}
        book = book_of(AS_OF, invoices=rows, buyers=BUYERS, run={"collections": collections})
        found[small] = asked(book)["billed_interest"]
    assert found[False].isna().all()
    # 0.05 % a day, 30 days.
    assert found[True]["CN"] == 15
    assert pd.isna(found[True]["US"])


def test_a_rate_that_contracts_agree_on_is_told(book_of):
    run = {"collections": FORMAL, "late_interest": {"agreed_rates": {"DE": 0.073}}}
    book = book_of(AS_OF, invoices=invoices(("I", "A", "2026-09-30", 1000.0)), buyers=BUYERS, run=run)
    assert asked(book).loc["I", ["agreed", "billed_interest"]].tolist() == [True, 6]  # 1,000 × 7.3 % × 30 / 365


def test_where_no_letter_goes_out_the_tables_are_empty(book_of):
    book = book_of(
        AS_OF, invoices=invoices(("I", "A", "2026-10-29", 1000.0)), buyers=BUYERS, run={"collections": FORMAL}
    )
    rows = letters.invoices(book, stages.of_buyers(book, nothing()))
    assert rows.empty
    assert letters.totals(rows).empty
    assert letters.unpayable(rows, LetterSettings(**SENDER)).empty


def test_amounts_have_the_smallest_unit_of_their_currency():
    assert [letters.decimals(code) for code in ("EUR", "HUF", "JPY", "TND")] == [2, 2, 0, 3]


def test_letters_in_a_currency_without_account_are_named(ledger):
    rows = letters.invoices(book := Book.open(ledger.run_file), stages.of_buyers(book, nothing()))
    euros = LetterSettings(**SENDER | {"accounts": [{"account_number": "1", "currencies": ["EUR"]}]})
    assert letters.unpayable(rows, euros).to_dict() == {"B2": "GBP"}
    assert letters.unpayable(rows, LetterSettings(**SENDER)).empty


@pytest.mark.parametrize(
    ("tone", "stopped", "worded"), [("friendly", False, "friendly"), ("formal", True, "stop"), ("last", True, "last")]
)
def test_where_supplies_are_stopped_a_letter_says_so(tone, stopped, worded):
    assert letters.wording(Stage(name="s", tone=tone, after_days_past_due=5), stopped) == worded
