"""Lists of several days in one file, of which the newest is what is open."""

from datetime import date

import pytest
from book.exports.as_suggested import open_items, read

WEEKS = ("2026-10-16", "2026-10-23", "2026-10-30")
HEAD = "As of,Customer,Invoice,Invoice date,Due date,Amount,Open amount"


def lists(week_of_payment: dict[int, int]) -> list[str]:
    """Return a list for each week of invoices over 100.50, 200.50 and so on, without those paid by then."""
    return [
        f"{day},C{at % 3},I{at},2026-09-{at:02},2026-10-{at:02},{at}00.50,{at}00.50"
        for week, day in enumerate(WEEKS)
        for at in range(1, 9)
        if week < week_of_payment.get(at, len(WEEKS))
    ]


@pytest.mark.parametrize("head", [HEAD, HEAD.replace("As of", "Loaded")])
def test_of_lists_appended_each_week_the_newest_is_read(head, tmp_path):
    suggestion, found = read(tmp_path, "open.csv", "\n".join([head, *lists({1: 1, 2: 2})]) + "\n")
    assert suggestion.source.where == {head.split(",")[0]: ["2026-10-30"]}
    assert str(suggestion.source.exported) == "2026-10-30"
    assert open_items(found) == {f"I{at}": (f"C{at % 3}", f"2026-10-{at:02}", at * 100 + 0.5) for at in range(3, 9)}
    assert [guess.open for guess in suggestion.guesses if guess.key == "source.snapshots"] == [True]


@pytest.mark.parametrize("written", ["{:%Y%m}", "{:%Y-%m}"])
def test_a_list_of_a_month_is_of_its_last_day(written, tmp_path):
    months = [date(2026, month, 1) for month in (8, 9, 10)]
    rows = [
        f"{written.format(month)},C{at % 3},I{at},2026-{7 + at // 4:02}-15,2026-{8 + at // 4:02}-14,{at}00.50,{at}00.50"
        for month in months
        for at in range(1, 16)
        if 7 + at // 4 <= month.month
    ]
    suggestion, found = read(tmp_path, "open.csv", "\n".join([HEAD.replace("As of", "Period"), *rows]) + "\n")
    assert suggestion.source.where == {"Period": [written.format(months[-1])]}
    assert str(suggestion.source.exported) == "2026-10-31"
    assert open_items(found)["I15"] == ("C0", "2026-11-14", 1500.5)


def test_days_of_payments_beside_an_invoice_that_repeats_are_no_lists(tmp_path):
    # I1 and I2 are paid in parts on the first and the last day, others on days between.
    paid = {1: (0, 2), 2: (0, 2), 3: (1, 1), 4: (0, 2), 5: (0, 2), 6: (0, 2), 7: (0, 2), 8: (0, 2)}
    rows = [
        f"{WEEKS[week]},C{at % 3},I{at},2026-09-{at:02},2026-10-{at:02},{at}00.50,{at * 10}.00"
        for at, weeks in paid.items()
        for week in dict.fromkeys(weeks)
    ]
    head = "Payment date,Customer,Invoice,Invoice date,Due date,Amount,Paid"
    suggestion, found = read(tmp_path, "paid.csv", "\n".join([head, *rows]) + "\n")
    assert suggestion.source.where == {}
    assert open_items(found)["I1"] == ("C1", "2026-10-01", 80.5)
