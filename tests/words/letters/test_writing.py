"""What a letter says: amounts, days, references and the order of its parts."""

import pytest

from tradecredit.decide.collect import letters, stages
from tradecredit.decide.collect.decided import nothing
from tradecredit.words.letters import writing
from tradecredit.words.letters.writing import Facts, Table

STAGE = {"name": "only", "after_days_past_due": 1, "tone": "friendly", "days_to_pay": 0}
ACCOUNT = {"account_number": "12-34", "bank": "Ours", "reference": "DT"}


def told(book_of, *amounts: float, stage: dict | None = None, country: str = "GB", **tables: str) -> writing.Letter:
    """Return the letter of 1 December 2026, a Tuesday, on invoices that were due a month before."""
    lines = [f"I{place},A,2026-09-30,2026-10-31,{amount}" for place, amount in enumerate(amounts)]
    book = book_of(
        "2026-11-30", invoices="\n".join(["invoice_id,buyer_id,issued,due,amount", *lines]),
        buyers=f"buyer_id,name,registration_id,country,kind\nA,Alder Ltd,HRB 7,{country},private\n",
        run={"collections": {
            "stages": [STAGE | (stage or {})], "least_amount": 0,
            "letters": {"address": ["1 High Street"], "contact": "Ann", "phone": "+44 20 1", "accounts": [ACCOUNT]},
        }}, **tables,
    )  # fmt: skip
    acting = stages.of_buyers(book, nothing())
    rows = letters.invoices(book, acting)
    to = acting.join(book.buyers.set_index("buyer_id")[["name", "registration_id", "country"]]).reset_index()
    sums = letters.totals(rows).reset_index()
    return writing.letter(book, next(to.itertuples()), [*rows.itertuples()], [*sums.itertuples()])


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def parts(letter: writing.Letter, kind: type) -> list:
    return [part for part in letter.body if isinstance(part, kind)]


def test_a_letter_names_both_sides_and_what_is_owed(book_of):
    letter = told(book_of, 1234.5, 10)
    assert letter.sender == ["Test", "1 High Street"]
    assert [plain(line) for line in letter.recipient] == ["Alder Ltd", "Registration number: HRB 7", "United Kingdom"]
    assert [(name, plain(value)) for name, value in letter.facts] == [
        ("Date", "1 December 2026"), ("Customer number", "A"), ("Contact", "Ann"), ("Telephone", "+44 20 1"),
    ]  # fmt: skip
    (table,) = parts(letter, Table)
    assert table.heads == ["Invoice", "Issued", "Due", "Days past due", "Amount", "Open", "To pay"]
    assert table.rows[0] == ["I0", "30 Sept 2026", "31 Oct 2026", "30", "1,234.50", "1,234.50", "1,234.50"]
    assert table.foot == ["Total", "", "", "", "", "1,244.50", "1,244.50"]
    assert [plain(part) for part in letter.body if isinstance(part, str)][1] == (
        "We would be grateful if you would transfer EUR 1,244.50 by 1 December 2026."
    )
    (account,) = parts(letter, Facts)
    assert account.pairs == [
        ("Account holder", "Test"), ("Bank", "Ours"), ("Account number", "12-34"), ("Reference", "DT A I0, I1"),
    ]  # fmt: skip


def test_the_first_of_a_month_is_written_as_the_french_do(book_of):
    letter = told(book_of, 100, country="FR")
    assert plain(letter.facts[0][1]) == "1er décembre 2026"


def test_a_chinese_letter_is_dated_at_its_end(book_of):
    letter = told(book_of, 100, country="CN")
    assert letter.recipient[0] == "致：Alder Ltd"
    assert letter.signed[-1] == "2026年12月1日"
    assert letter.facts[0] == ("客户编号", "A")


def test_a_reference_has_all_invoices_or_none(book_of):
    """29 of them make 138 signs, and 30 would make 143."""
    (account,) = parts(told(book_of, *[100] * 29), Facts)
    assert account.pairs[-1] == ("Reference", "DT A I0, " + ", ".join(f"I{n}" for n in range(1, 29)))
    (account,) = parts(told(book_of, *[100] * 30), Facts)
    assert account.pairs[-1] == ("Reference", "DT A")


def test_what_is_held_out_has_a_column_and_its_reasons(book_of):
    letter = told(
        book_of, 100, 200, disputes="invoice_id,opened,amount\nI0,2026-11-05,40\n",
        promises="buyer_id,invoice_id,made,date,amount,kind\nA,I1,2026-11-20,2026-12-20,50,payment\n",
    )  # fmt: skip
    (table,) = parts(letter, Table)
    assert [row[-2:] for row in table.rows] == [["40.00", "60.00"], ["50.00", "150.00"]]
    assert table.foot[-2:] == ["90.00", "210.00"]
    assert "it is in dispute and covered by your promise to pay." in letter.body[2]


def test_charges_follow_the_invoices_and_the_sum_is_what_is_demanded(book_of):
    """8 % and 3.75 % on 1,000 for 30 days: 9.66; the fixed sum is in pounds, of which this book has no rate."""
    letter = told(book_of, 1000, stage={"interest": True, "fee": True})
    _, charged = parts(letter, Table)
    assert charged.rows == [["I0", "9.66"]]
    sums, _ = parts(letter, Facts)
    assert [(name, plain(value)) for name, value in sums.pairs] == [
        ("Invoices", "EUR 1,000.00"), ("Interest", "EUR 9.66"), ("Total", "EUR 1,009.66"),
    ]  # fmt: skip
    assert any("We reserve the right" in part for part in letter.body if isinstance(part, str))


@pytest.mark.parametrize(
    ("text", "shown"), [("a\r\nb\tc", "a b c"), ("\u202eabc\u202c", "abc"), ("a\x00b", "ab"), ("  ", "")]
)
def test_text_of_a_ledger_stands_on_one_line(text, shown):
    assert writing.one_line(text) == shown
