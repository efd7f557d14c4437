"""Buyers in default on a day, worked by hand."""

from tradecredit.measure import default_events, past_days

INVOICES = """invoice_id,buyer_id,issued,due,amount
A1,A,2026-01-10,2026-02-10,100
B1,B,2026-01-10,2026-02-10,100
"""


def test_a_default_of_a_buyer_that_is_not_known_yet_is_nobody_elses(book_of):
    buyers = "buyer_id,customer_since\nA,\nB,\nC,2026-06-01\n"
    defaults = "buyer_id,date,kind\nC,2026-02-01,insolvency\n"
    book = book_of("2026-03-31", invoices=INVOICES, buyers=buyers, defaults=defaults)
    assert book.buyers["buyer_id"].tolist() == ["A", "B"]
    assert default_events.in_default(book).empty
    assert not next(past_days.on_days(book, [book.as_of])).in_default.any()
