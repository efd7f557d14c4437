"""Long overdue debt of a book without defaults, as of 30 June 2026: 90 days before is 1 April, 180 days 1 January."""

import pytest

from tradecredit.default import assess
from tradecredit.default.ratings import assessment
from tradecredit.measure.long_overdue import long_overdue
from tradecredit.words import default as words

AS_OF = "2026-06-30"
INVOICES = """invoice_id,buyer_id,issued,due,amount
a,rotten,2025-11-01,2025-12-01,1000
b,rotten,2026-03-01,2026-03-31,2000
c,on the day,2026-03-01,2026-04-01,5000
d,small,2025-11-01,2025-12-01,400
e,small share,2025-11-01,2025-12-01,600
f,small share,2026-06-01,2026-07-01,99400
g,contested,2025-11-01,2025-12-01,7000
h,covered,2025-11-01,2025-12-01,900
i,sound,2026-06-01,2026-07-01,3000
"""
RECEIPTS = "receipt_id,invoice_id,buyer_id,received,amount,kind\nR,,covered,2026-05-01,600,payment\n"
DISPUTES = "invoice_id,opened\ng,2025-12-15\n"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path)


def book(book_of, **tables):
    given = {"invoices": INVOICES, "receipts": RECEIPTS, "disputes": DISPUTES} | tables
    return book_of(AS_OF, **given)


def test_material_uncontested_debt_more_than_90_days_past_due(book_of):
    # 1 April is 90 days before, not more. Of `small share` it is 0.6 %; 600 of `covered`'s
    # 900 are on account.
    found = long_overdue(book(book_of))
    assert found.index.tolist() == ["rotten"]
    assert found.loc["rotten"].to_dict() == {
        "long_overdue": 3_000, "longer_overdue": 1_000, "open_amount": 3_000, "oldest_days_past_due": 211,
    }  # fmt: skip


def test_a_book_with_defaults_says_itself_who_is_in_default(book_of):
    told = book(book_of, defaults="buyer_id,date,kind\nsound,2020-01-01,insolvency\n")
    assert long_overdue(told).empty
    assert words.decisions(told) == {}
    assert words.long_overdue_rated(told, assess(told)) is None


def test_long_overdue_buyers_are_told_and_raise_the_level_of_all(book_of):
    # 1 default of 7 buyers in a year, beside 500 years at 1.66 %: (1 + 500 · 675 / 40731) / 507 = 1.832 %.
    found = assessment(book(book_of))
    others = found.ratings.drop(index="rotten")
    assert others["pd"].mean() == pytest.approx(0.018316, rel=1e-3)
    rotten = found.ratings.loc["rotten"]
    # Between 16 % and 1 the middle is 40 %.
    assert (rotten["pd"], rotten["grade"], rotten["method"]) == (
        pytest.approx(0.4),
        10,
        "prior: payment behaviour; long overdue",
    )
    assert rotten["pd_low"] < 0.4 < rotten["pd_high"]
    shown = words.long_overdue_rated(book(book_of), found.ratings)
    assert shown.loc["rotten", ["long_overdue", "pd", "grade"]].tolist() == [3_000, pytest.approx(0.4), 10]
    [counted] = words.long_overdue_counted(book(book_of), found)
    assert "1.66 % to 1.83 %" in counted
    assert words.decisions(book(book_of))["long overdue"].startswith(
        "EUR 3,000 of 1 buyer is more than 90 days past due and contested by nobody, EUR 1,000 of it more than 180 days"
    )


def test_a_book_in_which_all_are_long_overdue_is_rated_too(book_of):
    alone = book_of(AS_OF, invoices="\n".join(INVOICES.splitlines()[:3]))
    assert assess(alone)["pd"].tolist() == [pytest.approx(0.4)]


def test_an_analysts_grade_stands_in_place_of_it(book_of):
    known = book(book_of, overrides="buyer_id,grade,reason,by,since\nrotten,7,pays by plan,an,2026-06-01\n")
    assert assess(known).loc["rotten", "grade"] == 7
