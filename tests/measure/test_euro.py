from tradecredit.measure.euro import million_euros

INVOICES = "invoice_id,buyer_id,issued,due,amount\nI,B,2026-01-01,2026-02-01,100\n"


def of(book_of, currency: str, fx: str = "date,currency,rate\n", **losses):
    import dataclasses

    book = book_of("2026-03-31", invoices=INVOICES, fx=fx, run={"losses": losses})
    return million_euros(dataclasses.replace(book, run=book.run.model_copy(update={"currency": currency})))


def test_a_million_euros_by_what_is_known_of_the_currency(book_of):
    assert of(book_of, "EUR") == (1e6, "own currency")
    assert of(book_of, "JPY") == (156.96e6, "rate of a stated day")
    assert of(book_of, "XAF") == (1e6, "not known")
    assert of(book_of, "USD", million_euros=1_080_000) == (1_080_000, "stated")


def test_the_books_last_rate_of_the_euro_is_taken_first(book_of):
    rates = "date,currency,rate\n2026-01-01,EUR,170\n2026-03-01,EUR,175\n2026-04-01,EUR,999\n"
    assert of(book_of, "JPY", rates) == (175e6, "rate of the book")
