"""Buyers in default on a day, worked by hand."""

import pandas as pd
import pytest
from ledgers import ledger, monthly

from tradecredit.measure import default_events, past_days

INVOICES = """invoice_id,buyer_id,issued,due,amount
A1,A,2026-01-10,2026-02-10,100
B1,B,2026-01-10,2026-02-10,100
"""
DAY = "2026-10-31"


def test_a_default_of_a_buyer_that_is_not_known_yet_is_nobody_elses(book_of):
    buyers = "buyer_id,customer_since\nA,\nB,\nC,2026-06-01\n"
    defaults = "buyer_id,date,kind\nC,2026-02-01,insolvency\n"
    book = book_of("2026-03-31", invoices=INVOICES, buyers=buyers, defaults=defaults)
    assert book.buyers["buyer_id"].tolist() == ["A", "B"]
    assert default_events.in_default(book).empty
    assert not next(past_days.on_days(book, [book.as_of])).in_default.any()


# Leaving default. A buyer buys 1,000 on the 1st of each month, due 30 days later.

INSOLVENT = "A,2019-03-15,insolvency,2020-06-30\n"


def a_book(book_of, bought, *more, events=INSOLVENT, day=DAY, **run):
    """Of buyer A: purchases as of `monthly`, and rows `invoice, issued, due, amount, [received, amount, kind]`."""
    tables = ledger(bought)
    invoices = [[row[0], "A", *row[1:4]] for row in more]
    receipts = [[row[0], *receipt] for row in more for receipt in row[4:]]
    for name, rows in (("invoices", invoices), ("receipts", receipts)):
        tables[name] = pd.concat([tables[name], pd.DataFrame(rows, columns=tables[name].columns)], ignore_index=True)
        for column in ("issued", "due", "received"):
            if column in tables[name]:
                tables[name][column] = pd.to_datetime(tables[name][column])
    return book_of(day, defaults=f"buyer_id,date,kind,resolved\n{events}", run=run, **tables)


def is_in_default(book, *days: str) -> list[bool]:
    """As the book of each day says, which is what past days say."""
    found = [bool(len(default_events.in_default(book.at(day)))) for day in days]
    moments = [pd.Timestamp(day) for day in days]
    assert [bool(day.in_default.any()) for day in past_days.on_days(book, moments)] == found
    return found


def test_an_insolvency_resolved_years_ago_is_no_default_of_today(book_of):
    # Case 20 of payments: resolved in June 2020, it buys and pays since.
    book = a_book(book_of, monthly("A", "2020-07-01", "2026-09-01"))
    assert default_events.in_default(book).empty
    assert default_events.already_defaulted(book).empty
    assert book.defaults["kind"].tolist() == ["insolvency"]
    # Twelve months after it was resolved, and not the day before.
    assert is_in_default(book, "2020-08-01", "2021-06-29", "2021-06-30") == [True, True, False]


def test_a_ledger_that_begins_later_shows_the_probation_of_its_time(book_of):
    assert is_in_default(a_book(book_of, monthly("A", "2026-01-01", "2026-09-01")), DAY) == [False]


def test_insolvent_two_months_ago_and_buying_is_in_default(book_of):
    bought = monthly("A", "2024-01-01", "2026-10-01")
    assert is_in_default(a_book(book_of, bought, events="A,2026-08-31,insolvency,\n"), DAY) == [True]
    # Nor is the probation over where the proceedings were closed within the year.
    assert is_in_default(a_book(book_of, bought, events="A,2024-08-31,insolvency,2025-11-01\n"), DAY) == [True]
    assert is_in_default(a_book(book_of, bought, events="A,2024-08-31,insolvency,2025-10-31\n"), DAY) == [False]


def test_without_a_day_it_is_resolved_twelve_months_after(book_of):
    book = a_book(book_of, monthly("A", "2023-01-01", "2026-09-01"), events="A,2023-01-15,insolvency,\n")
    assert is_in_default(book, "2025-01-14", "2025-01-15") == [True, False]


@pytest.mark.parametrize("paid_after", [0, 30])
def test_paying_late_now_and_then_is_in_time(book_of, paid_after):
    assert is_in_default(a_book(book_of, monthly("A", "2020-07-01", "2026-07-01", paid_after)), DAY) == [False]


def test_resolved_and_buying_but_not_paying_is_in_default(book_of):
    unpaid = monthly("A", "2020-07-01", "2026-09-01")[0], []
    assert is_in_default(a_book(book_of, unpaid), DAY) == [True]
    assert is_in_default(a_book(book_of, monthly("A", "2020-07-01", "2026-07-01", 31)), DAY) == [True]
    # Nothing of it has fallen due: it has not paid either.
    unpaid = monthly("A", "2026-10-15", "2026-10-31")[0], []
    assert is_in_default(a_book(book_of, unpaid, ["I", "2026-10-05", "2026-12-05", 100]), DAY) == [True]


def test_a_buyer_that_never_bought_again_is_in_default(book_of):
    # It owes nothing, but has not shown that it pays.
    before = monthly("A", "2018-01-01", "2018-12-01")
    assert is_in_default(a_book(book_of, before), DAY) == [True]


def test_nothing_of_before_the_default_may_be_owed(book_of):
    bought = monthly("A", "2020-07-01", "2026-09-01")
    owed = ["old", "2019-01-01", "2019-01-31", 1000.0]
    assert is_in_default(a_book(book_of, bought, owed), DAY) == [True]
    # Dust of it is nothing, and what was written off is not owed: the probation begins on that day.
    paid = [*owed, ["2019-02-01", 999.50, "payment"]]
    assert is_in_default(a_book(book_of, bought, paid), DAY) == [False]
    book = a_book(book_of, bought, [*owed, ["2022-05-10", 1000.0, "write_off"]])
    assert is_in_default(book, "2022-05-10", "2023-05-09", "2023-05-10", DAY) == [True, True, False, False]


def test_a_relapse_in_the_probation_begins_it_anew_and_one_after_it_does_not(book_of):
    bought = monthly("A", "2020-07-01", "2026-09-01")
    # Due on 1 January 2021 and paid on 1 March: late from 31 January, so that the probation begins on 1 March.
    late = ["late", "2020-12-01", "2021-01-01", 500.0, ["2021-03-01", 500.0, "payment"]]
    book = a_book(book_of, bought, late)
    assert is_in_default(book, "2021-06-30", "2022-02-28", "2022-03-01") == [True, True, False]
    late = ["late", "2025-12-01", "2026-01-01", 500.0, ["2026-03-01", 500.0, "payment"]]
    assert is_in_default(a_book(book_of, bought, late), "2026-02-20", DAY) == [False, False]


def test_what_was_given_up_in_the_probation_is_not_paid(book_of):
    bought = monthly("A", "2020-07-01", "2026-09-01")
    lost = ["lost", "2021-01-01", "2021-02-01", 500.0, ["2021-02-01", 100.0, "payment"]]
    book = a_book(book_of, bought, [*lost, ["2021-02-10", 400.0, "write_off"]])
    assert is_in_default(book, "2021-06-30", "2022-02-09", "2022-02-10") == [True, True, False]
    # A bank's charge of 0.50 is no loss, and what was credited whole was never owed.
    charge = ["charge", "2021-01-01", "2021-02-01", 500.0, ["2021-02-01", 499.50, "payment"]]
    book = a_book(book_of, bought, [*charge, ["2021-04-10", 0.50, "write_off"]])
    assert is_in_default(book, "2021-06-30") == [False]
    credited = ["credited", "2020-08-01", "2020-09-01", 500.0, ["2021-04-10", 500.0, "credit_note"]]
    book = a_book(book_of, bought, credited)
    assert is_in_default(book, "2021-06-29", "2021-06-30") == [True, False]


def test_cured_and_defaults_again(book_of):
    bought = monthly("A", "2020-07-01", "2026-09-01")
    book = a_book(book_of, bought, events=INSOLVENT + "A,2024-02-15,insolvency,2024-04-30\n")
    assert is_in_default(book, "2024-02-14", "2024-02-15", "2025-04-29", "2025-04-30") == [False, True, True, False]


def test_a_protracted_default_that_is_paid_whole_ends_with_the_payment(book_of):
    bought = monthly("A", "2025-01-01", "2026-09-01")
    late = ["late", "2026-01-01", "2026-02-01", 500.0, ["2026-08-10", 500.0, "payment"]]
    book = a_book(book_of, bought, late, events="A,2026-06-15,protracted,\n")
    assert is_in_default(book, "2026-06-14", "2026-06-15", "2026-08-09", "2026-08-10") == [False, True, True, False]


def test_a_protracted_default_of_which_something_was_given_up_has_a_probation(book_of):
    bought = monthly("A", "2024-07-01", "2026-09-01")
    late = ["late", "2024-01-01", "2024-02-01", 500.0, ["2024-08-10", 300.0, "payment"]]
    book = a_book(book_of, bought, [*late, ["2024-09-01", 200.0, "write_off"]], events="A,2024-06-15,protracted,\n")
    # Resolved, without a day of it, on 15 June 2025.
    assert is_in_default(book, "2024-08-31", "2026-06-14", "2026-06-15") == [True, True, False]


def test_each_buyer_has_its_own_probation(book_of):
    # Two are past it (the one that pays nothing since July too), one is insolvent of late, and one was never.
    buyers = [monthly(name, "2020-07-01", "2026-09-01") for name in ("A", "late", "new", "of 2024", "sound")]
    buyers[1] = buyers[1][0], buyers[1][1][:-3]
    rows = ["A,2019-03-15", "late,2024-03-15", "new,2026-08-31", "of 2024,2024-03-15"]
    events = "".join(f"{row},insolvency,\n" for row in rows)
    book = book_of(DAY, defaults=f"buyer_id,date,kind,resolved\n{events}", **ledger(*buyers))
    assert default_events.in_default(book).tolist() == ["new"]
    assert default_events.already_defaulted(book).empty
    then = book.at("2025-03-15")
    assert default_events.in_default(then).tolist() == ["late", "of 2024"]
    # Three invoices, of July to September, are not paid; the first is more than 30 days late from 31 August on.
    relapsed = book_of(DAY, defaults="buyer_id,date,kind,resolved\nlate,2024-10-15,insolvency,\n", **ledger(*buyers))
    assert default_events.in_default(relapsed).tolist() == ["late"]
    assert default_events.already_defaulted(relapsed)["exposure"].to_dict() == {"late": 3_000}


def test_the_probation_is_the_runs(book_of):
    bought = monthly("A", "2020-07-01", "2026-09-01")
    book = a_book(book_of, bought, default={"probation_months": 3})
    assert is_in_default(book, "2020-09-29", "2020-09-30") == [True, False]
    book = a_book(book_of, monthly("A", "2020-07-01", "2026-07-01", 5), default={"probation_days_late": 4})
    assert is_in_default(book, DAY) == [True]
