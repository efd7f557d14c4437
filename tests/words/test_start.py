"""What `start` and `check` tell of a book that was read."""

from tradecredit.book.book import Book
from tradecredit.words.start import understood


def test_what_banks_rates_left_is_told_beside_the_payments(ledger):
    # GBP 200 were sold at 1.15. EUR 238 are GBP 198.33 at the 1.20 of the day: at 1.15 EUR 228.08, 1.92 short of 230.
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,currency,kind\nR1,I3,2024-03-25,238,EUR,payment\n")
    told = understood(Book.open(ledger.run_file))
    assert "3 buyers; amounts in EUR, invoices in EUR, GBP" in told[0]
    assert [line.split() for line in told[2:5]] == [
        ["payments", "228.08", "1", "row", "2024-03-25", "to", "2024-03-25"],
        ["banks'", "own", "rates", "1.92", "1", "row", "2024-03-25", "to", "2024-03-25"],
        # 1,000 + 500.50 + 300 in euros.
        ["open", "1,800.50"],
    ]
