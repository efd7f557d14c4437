from tradecredit.book.size import with_amounts
from tradecredit.words import size


def sized(book_of, amount: float, **run):
    book = book_of(
        "2026-03-31", invoices=f"invoice_id,buyer_id,issued,due,amount\nI,B,2026-01-01,2026-02-01,{amount}\n", run=run
    )
    object.__setattr__(book, "run", with_amounts(book.run, book.invoices))
    return book


def test_assumed_amounts_are_told_with_their_typical_invoice(book_of):
    [told] = size.amounts(sized(book_of, 2_000.0, limits={"new_buyer_limit": 9_999}))
    assert "typical invoice of EUR 2,000 (half of what was invoiced is above it; `typical_invoice`), 0.1 times" in told
    assert "`limits.expected_loss_budget` EUR 500" in told
    assert "`limits.approvals` EUR 5,000, EUR 25,000 and EUR 100,000" in told
    assert "new_buyer_limit" not in told
    [short] = size.assumed(sized(book_of, 2_000.0))
    assert short.startswith("13 amounts that the run file does not state")


def test_a_stated_typical_invoice_is_told_as_such(book_of):
    assert "(as stated;" in size.assumed(sized(book_of, 2_000.0, typical_invoice=40_000.0))[0]


def test_a_million_euros_are_told_where_they_are_guessed(book_of):
    book = sized(book_of, 2_000.0)
    assert size.euro(book) == []
    object.__setattr__(book, "run", book.run.model_copy(update={"currency": "JPY"}))
    assert size.euro(book)[0].startswith("A million euros are JPY 157 m, by the rate of 28 February 2025")
