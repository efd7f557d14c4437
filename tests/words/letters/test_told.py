"""What the page of a day says of the letters: which sentence is chosen, and its numbers."""

import pandas as pd

from tradecredit.decide.collect import letters, stages
from tradecredit.decide.collect.decided import nothing
from tradecredit.words.letters import told

FORMAL = {"name": "warning", "after_days_past_due": 5, "tone": "formal", "interest": True, "fee": True}


def rows(book_of, country: str, **stage: object):
    book = book_of(
        "2026-10-30", run={"collections": {"stages": [FORMAL | stage]}},
        invoices="invoice_id,buyer_id,issued,due,amount\nI,A,2026-08-01,2026-09-30,1000\n",
        buyers=f"buyer_id,name,country,kind\nA,Alder,{country},private\n",
    )  # fmt: skip
    return book, letters.invoices(book, stages.of_buyers(book, nothing()))


def test_letters_are_counted_by_language():
    table = pd.DataFrame({"language": ["de", "en", "de", "zh-Hans"]})
    assert told.written(table).startswith(
        "4 letters to send, as a page to print and as text: 2 in German, 1 in English and 1 in Chinese."
    )
    assert told.written(table.iloc[:0]) == ""
    assert told.with_languages(table)["language"].tolist() == ["German", "English", "German", "Chinese"]


def test_letters_without_an_account_are_named_five_at_most():
    unpayable = pd.Series(["USD", "GBP", "GBP, USD", "GBP", "GBP", "GBP"], index=list("ABCDEF"))
    assert told.not_written(unpayable) == (
        "6 letters cannot be written, as the run file states no account for GBP and USD "
        "(`collections.letters.accounts`): to A, B, C, D and E and 1 more."
    )
    assert told.not_written(unpayable.iloc[:0]) == ""


def test_the_laws_that_letters_charge_by_are_named_with_their_conditions(book_of):
    (sentence,) = told.charged(*rows(book_of, "DE"))
    assert "Germany, BGB 288 (where no party is a consumer)" in sentence


def test_what_cannot_be_charged_is_said(book_of):
    (sentence,) = told.charged(*rows(book_of, "US"))
    assert sentence.startswith("1 letter of a stage that charges for late payment cannot say how much")
    assert told.charged(*rows(book_of, "US", interest=False, fee=False)) == []
