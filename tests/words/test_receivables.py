"""Sentences on the receivables ledger, from a ledger worked by hand."""

from tradecredit import words


def test_what_is_owed_net_of_what_is_on_account(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2026-09-01,2026-10-01,4000\n"
    paid = "invoice_id,buyer_id,received,amount,kind\n,A,2026-10-02,700,payment\n"
    said = words.receivables.on_account(book_of("2026-10-31", invoices=invoices, receipts=paid))
    assert "net of what buyers have on account: EUR 3,300" in said and "EUR 700 of 1 buyer." in said
    none = "invoice_id,received,amount,kind\n"
    assert words.receivables.on_account(book_of("2026-10-31", invoices=invoices, receipts=none)) == ""
