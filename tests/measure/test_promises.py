"""What became of promises, worked out by hand."""

from tradecredit.measure.promises import outcomes

INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,A,2026-01-01,2026-01-31,1000
I2,A,2026-01-01,2026-01-31,600
I3,B,2026-01-01,2026-01-31,900
"""


def told(book) -> list[tuple[str, float, float]]:
    table = outcomes(book)
    return list(zip(table["state"], table["came"], table["held"], strict=True))


def test_kept_late_within_grace_and_broken(book_of):
    """Promised by 10 March, with three days of grace: 1,000 came on the 12th; of 600 half came on the 14th."""
    promises = "buyer_id,invoice_id,made,date,amount\nA,I1,2026-03-01,2026-03-10,1000\nA,I2,2026-03-01,2026-03-10,600\n"
    receipts = "invoice_id,received,amount,kind\nI1,2026-03-12,1000,payment\nI2,2026-03-14,300,payment\n"
    tables = {"invoices": INVOICES, "receipts": receipts, "promises": promises}
    assert told(book_of("2026-03-31", **tables)) == [("kept", 1000, 0), ("broken", 0, 0)]
    assert told(book_of("2026-03-12", **tables)) == [("kept", 1000, 0), ("open", 0, 600)]
    assert told(book_of("2026-03-13", **tables)) == [("kept", 1000, 0), ("broken", 0, 0)]


def test_what_was_paid_before_the_promise_or_written_off_does_not_count_and_credits_do(book_of):
    promises = "buyer_id,invoice_id,made,date,amount\nA,I1,2026-03-01,2026-03-10,500\nA,I2,2026-03-01,2026-03-10,600\n"
    receipts = (
        "invoice_id,received,amount,kind\nI1,2026-02-20,500,payment\nI1,2026-03-05,500,write_off\n"
        "I2,2026-03-01,100,payment\nI2,2026-03-04,200,payment\nI2,2026-03-06,300,credit_note\n"
    )
    book = book_of("2026-03-09", invoices=INVOICES, receipts=receipts, promises=promises)
    assert told(book) == [("open", 0, 500), ("open", 500, 100)]


def test_instalments_count_one_after_the_other_and_a_broken_one_ends_the_plan(book_of):
    rows = "".join(f"B,I3,2026-02-10,2026-{month:02}-10,300,instalment\n" for month in (3, 4, 5))
    promises = "buyer_id,invoice_id,made,date,amount,kind\n" + rows
    paid = "invoice_id,received,amount,kind\nI3,2026-03-09,300,payment\nI3,2026-04-08,100,payment\n"
    book = book_of("2026-04-12", invoices=INVOICES, receipts=paid, promises=promises)
    assert told(book) == [("kept", 300, 0), ("open", 100, 200), ("open", 0, 300)]
    later = book_of("2026-04-20", invoices=INVOICES, receipts=paid, promises=promises)
    assert told(later) == [("kept", 300, 0), ("broken", 100, 0), ("lapsed", 0, 0)]


def test_a_promise_made_anew_by_its_day_replaces_it_and_after_its_day_does_not(book_of):
    promises = (
        "buyer_id,invoice_id,made,date,amount\nA,I1,2026-03-01,2026-03-10,1000\nA,I1,2026-03-10,2026-03-31,1000\n"
        "A,I2,2026-03-01,2026-03-10,600\nA,I2,2026-03-14,2026-03-31,600\n"
    )
    receipts = "invoice_id,received,amount,kind\n"
    book = book_of("2026-03-20", invoices=INVOICES, receipts=receipts, promises=promises)
    assert told(book) == [("replaced", 0, 0), ("open", 0, 1000), ("broken", 0, 0), ("open", 0, 600)]


def test_a_promise_on_account_is_kept_by_any_money_of_its_buyer(book_of):
    promises = "buyer_id,invoice_id,made,date,amount\nA,,2026-03-01,2026-03-10,700\nB,,2026-03-01,2026-03-10,700\n"
    receipts = (
        "invoice_id,received,amount,kind,buyer_id\nI1,2026-03-05,400,payment,\nI2,2026-03-06,200,payment,\n"
        ",2026-03-07,100,payment,A\n,2026-03-20,700,payment,B\n"
    )
    book = book_of("2026-03-20", invoices=INVOICES, receipts=receipts, promises=promises)
    assert told(book) == [("kept", 700, 0), ("broken", 0, 0)]


def test_a_book_without_promises_has_none(book_of):
    assert outcomes(book_of("2026-03-20", invoices=INVOICES)).empty


def test_not_told_when_it_was_made_it_counts_as_made_thirty_days_before_its_day(book_of):
    """By 10 March: what came from 9 February on counts, not what came on 8 February; the broken one replaces none."""
    promises = "buyer_id,invoice_id,date,amount\nA,I1,2026-03-10,1000\nA,I2,2026-03-10,300\nA,,2026-04-14,50\n"
    receipts = (
        "invoice_id,received,amount,kind\nI1,2026-02-08,400,payment\nI1,2026-03-12,600,payment\n"
        "I2,2026-02-09,300,payment\n"
    )
    book = book_of("2026-03-20", invoices=INVOICES, receipts=receipts, promises=promises)
    assert told(book) == [("broken", 600, 0), ("kept", 300, 0), ("open", 0, 50)]
    assert outcomes(book)["made"].isna().all()


def test_one_after_the_other_count_by_themselves_and_instalments_as_one_plan(book_of):
    """A promised 1,000 by 10 March, and once that was broken by the 31st; B pays two of three instalments."""
    promises = (
        "buyer_id,invoice_id,date,amount,kind\nA,I1,2026-03-10,1000,\nA,I1,2026-03-31,1000,\n"
        "B,I3,2026-04-10,300,instalment\nB,I3,2026-05-10,300,instalment\nB,I3,2026-03-10,300,instalment\n"
    )
    receipts = (
        "invoice_id,received,amount,kind\nI1,2026-03-30,1000,payment\nI3,2026-03-09,300,payment\n"
        "I3,2026-04-09,300,payment\n"
    )
    of = {"invoices": INVOICES, "receipts": receipts, "promises": promises}
    kept, open_ = ("kept", 300, 0), ("open", 0, 300)
    assert told(book_of("2026-03-09", **of)) == [("open", 0, 1000), ("open", 0, 1000), open_, open_, kept]
    assert told(book_of("2026-03-20", **of)) == [("broken", 0, 0), ("open", 0, 1000), open_, open_, kept]
    later = [("broken", 0, 0), ("kept", 1000, 0), kept]
    assert told(book_of("2026-04-20", **of)) == [*later, open_, kept]
    assert told(book_of("2026-05-20", **of)) == [*later, ("broken", 0, 0), kept]
