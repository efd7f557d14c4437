"""Which open items are past due and contested by nobody: a ledger by hand."""

from tradecredit.measure.disputes import overdue_undisputed
from tradecredit.measure.open_items import open_items

INVOICES = """
invoice_id,buyer_id,issued,due,currency,amount
late,A,2026-01-01,2026-01-31,EUR,100
disputed,A,2026-01-01,2026-01-31,EUR,100
settled,A,2026-01-01,2026-01-31,EUR,100
not due,A,2026-03-01,2026-04-30,EUR,100
"""
DISPUTES = """
invoice_id,opened,closed,amount,reason
disputed,2026-02-01,,10,price
settled,2026-02-01,2026-02-20,10,price
"""


def test_an_invoice_in_an_open_dispute_is_left_out_whole(book_of):
    ledger = {"invoices": INVOICES, "buyers": "buyer_id,kind\nA,private\n"}
    for disputes, undisputed in (({"disputes": DISPUTES}, ["late", "settled"]), ({}, ["late", "disputed", "settled"])):
        book = book_of("2026-03-31", **ledger, **disputes)
        assert open_items(book).loc[overdue_undisputed(book), "invoice_id"].tolist() == undisputed
