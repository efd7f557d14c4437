"""Long overdue debt of a book without defaults, as of 30 June 2026: 90 days before is 1 April, 180 days 1 January."""

import numpy as np
import pytest

from tradecredit import Book
from tradecredit.default import assess
from tradecredit.default.explain import improvements
from tradecredit.default.ratings import assessment
from tradecredit.measure.long_overdue import long_overdue, long_past_due, short_payments
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
    # 900 are on account. Nothing of `rotten` fell due since 31 March.
    found = long_overdue(book(book_of))
    assert found.index.tolist() == ["rotten"]
    row = found.loc["rotten"]
    assert row.drop(["paid_since", "standing"]).to_dict() == {
        "long_overdue": 3_000, "longer_overdue": 1_000, "open_amount": 3_000, "long_overdue_share": 1.0,
        "oldest_days_past_due": 211,
    }  # fmt: skip
    assert np.isnan(row["paid_since"])
    assert short_payments(book(book_of))["standing"].to_dict() == {"small share": "a small part of its debt"}


PAID = """receipt_id,invoice_id,received,amount,kind
R1,a,2026-01-10,9000,payment
R2,b,2026-05-20,{paid},payment
R3,c,2026-05-20,300,credit_note
"""


@pytest.mark.parametrize(
    ("paid", "since", "standing"),
    [
        # 1,300 and 300 fell due since, of which 300 were credited: 650 are half of 1,300.
        (650, 0.5, "pays newer invoices"),
        (649, 649 / 1_300, "evidence of default"),
    ],
)
def test_who_pays_what_fell_due_since_is_short_paying(book_of, paid, since, standing):
    # Of 10,000 remain 1,000 that are 211 days past due: of 1,000 + 1,300 − paid more than 10 %.
    invoices = """invoice_id,buyer_id,issued,due,amount
a,short,2025-11-01,2025-12-01,10000
b,short,2026-04-01,2026-05-01,1300
c,short,2026-04-01,2026-06-30,300
d,short,2026-03-01,2026-04-01,400
e,short,2026-06-25,2026-07-25,700
"""
    # 1 April is the 90th day before: it is no part of the last 90 days. Nor is what is not due yet.
    known = book_of(AS_OF, invoices=invoices, receipts=PAID.format(paid=paid))
    found = long_past_due(known).loc["short"]
    assert found["long_overdue"] == 1_000
    assert found["paid_since"] == pytest.approx(since)
    assert found["standing"] == standing
    counts = standing == "evidence of default"
    assert long_overdue(known).index.tolist() == (["short"] if counts else [])
    assert short_payments(known).index.tolist() == ([] if counts else ["short"])
    assert set(words.decisions(known)) == ({"long overdue"} if counts else set())
    assert set(words.short_payments_decided(known)) == (set() if counts else {"short payments"})


def test_short_payments_leave_the_level_of_all_and_have_their_own_number(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\na,short,2025-11-01,2025-12-01,10000\n"
    invoices += "b,short,2026-04-01,2026-05-01,1300\n"
    known = book_of(AS_OF, invoices=invoices, receipts="\n".join(PAID.format(paid=1_300).splitlines()[:3]) + "\n")
    found = assessment(known)
    # The stated 675 / 40,731 alone.
    assert found.ratings["pd"].mean() == pytest.approx(675 / 40_731, rel=1e-3)
    assert found.ratings.loc["short", "method"] == "prior: payment behaviour"
    assert words.long_overdue_counted(known, found) == []
    assert words.short_payments_decided(known)["short payments"].startswith(
        "EUR 1,000 of 1 buyer is more than 90 days past due and contested by nobody, EUR 1,000 of it more than 180 "
        "days, which is no evidence of default: EUR 1,000 of 1 buyer that paid at least 50 % of what fell due since."
    )


@pytest.mark.parametrize(("write_off_days", "told"), [(365, False), (180, True)])
def test_what_accounts_count_as_lost_of_debt_that_is_no_evidence_of_default(book_of, write_off_days, told):
    """It fell due 211 days before: two figures of one debt, each by its name."""
    invoices = "invoice_id,buyer_id,issued,due,amount\na,short,2025-11-01,2025-12-01,1000\n"
    invoices += "b,short,2026-04-01,2026-05-01,1300\n"
    paid = "invoice_id,received,amount,kind\nb,2026-05-20,1300,payment\n"
    run = {"provision": {"write_off_days": write_off_days}}
    asked = words.short_payments_decided(book_of(AS_OF, run=run, invoices=invoices, receipts=paid))["short payments"]
    sentence = (
        "Accounts count EUR 1,000 of what is owed here as lost in full, by its age alone (more than 180 days past"
    )
    assert (sentence in asked) == told


@pytest.mark.parametrize(("old", "standing"), [(1_000, "a small part of its debt"), (1_001, "evidence of default")])
def test_more_than_a_tenth_of_its_debt_is_material(book_of, old, standing):
    # A tenth of 10,000.
    rest = 10_000 - old
    invoices = (
        f"invoice_id,buyer_id,issued,due,amount\na,A,2025-11-01,2025-12-01,{old}\nb,A,2026-04-01,2026-05-01,{rest}\n"
    )
    paid = "receipt_id,invoice_id,received,amount,kind\n"
    invoices += "c,B,2025-11-01,2025-12-01,10\n"
    known = book_of(AS_OF, invoices=invoices, receipts=paid + "R,c,2025-12-01,10,payment\n")
    assert long_past_due(known)["standing"].to_dict() == {"A": standing}


def test_what_was_returned_beyond_all_payments_is_no_debt_past_due(book_of):
    # On account are −800: more was sent back than is known to have come.
    receipts = "receipt_id,invoice_id,buyer_id,received,amount,kind\nR,,A,2026-05-01,-800,payment\n"
    invoices = "invoice_id,buyer_id,issued,due,amount\na,A,2026-06-01,2026-07-01,5000\n"
    assert long_past_due(book_of(AS_OF, invoices=invoices, receipts=receipts)).empty


def test_open_items_alone_tell_nothing_of_what_was_paid_since(ledger):
    # 6,000 of 7,000 were paid, on a day that the list does not state: of those settled nothing is known.
    ledger.write("invoices", "invoice_id,buyer_id,issued,due,currency,amount\nI1,B1,2023-10-01,2023-11-01,EUR,1000\n"
                 "I2,B1,2024-01-10,2024-02-10,EUR,7000\n")  # fmt: skip
    ledger.write("receipts", "receipt_id,invoice_id,received,amount,kind\nR,I2,2024-03-31,6000,undated\n")
    known = Book.open(ledger.run_file)
    found = long_past_due(known).loc["B1"]
    assert np.isnan(found["paid_since"])
    assert found["standing"] == "evidence of default"
    assert "open items alone" in words.decisions(known)["long overdue"]


def test_a_book_with_defaults_says_itself_who_is_in_default(book_of):
    told = book(book_of, defaults="buyer_id,date,kind\nsound,2020-01-01,insolvency\n")
    assert long_overdue(told).empty
    assert words.decisions(told) == {}
    assert words.long_overdue_rated(long_overdue(told), told, assess(told)) is None


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
    shown = words.long_overdue_rated(long_overdue(book(book_of)), book(book_of), found.ratings)
    assert shown.loc["rotten", ["long_overdue", "pd", "grade"]].tolist() == [3_000, pytest.approx(0.4), 10]
    # It rests on the 500 × 1.657 % = 8.286 defaults that the stated one is worth, and on this one.
    assert found.level_defaults == pytest.approx(9.286, abs=1e-3)
    [counted] = words.long_overdue_counted(book(book_of), found)
    assert "1.66 % to 1.83 %" in counted
    assert words.decisions(book(book_of))["long overdue"].startswith(
        "EUR 3,000 of 1 buyer is more than 90 days past due and contested by nobody, EUR 1,000 of it more than 180 days"
    )


def test_who_is_not_private_moves_no_level(book_of):
    """Of four private buyers that owe one is long overdue: (1 + 500 × 1.657 %) / 504; so is a public body."""
    kinds = {"rotten": "private", "town": "public", "state": "public", "ours": "affiliate", "sound": "private"}
    buyers = "buyer_id,kind\n" + "".join(f"{name},{kind}\n" for name, kind in kinds.items())
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,rotten,2025-11-01,2025-12-01,3000\n"
    invoices += "I2,town,2025-11-01,2025-12-01,9000\n"
    invoices += "".join(f"{name},{name},2026-06-01,2026-07-01,100\n" for name in ("state", "ours", "sound", "B", "C"))
    known = book_of(AS_OF, buyers=buyers + "B,private\nC,private\n", invoices=invoices)
    found = assessment(known)
    moved = found.level["value"]["central tendency, with the book's own history"]
    assert moved == pytest.approx((1 + 500 * 675 / 40731) / 504)
    # Whoever is long overdue stands in grade 10 all the same, and the page says which of them move the level.
    assert found.ratings["grade"][["rotten", "town"]].tolist() == [10, 10]
    counted, others = words.long_overdue_counted(known, found)
    assert counted.startswith("The book records no defaults. In their place stand the 1 buyer of which")
    assert others == "Long overdue in grade 10, but not private and so without effect on the level: 1 buyer."


def test_a_book_in_which_all_are_long_overdue_is_rated_too(book_of):
    alone = book_of(AS_OF, invoices="\n".join(INVOICES.splitlines()[:3]))
    assert assess(alone)["pd"].tolist() == [pytest.approx(0.4)]


def test_an_analysts_grade_stands_in_place_of_it(book_of):
    known = book(book_of, overrides="buyer_id,grade,reason,by,since\nrotten,7,pays by plan,an,2026-06-01\n")
    assert assess(known).loc["rotten", "grade"] == 7


def test_only_settling_it_lifts_a_buyer_that_is_long_overdue(book_of):
    # 1,000 of 2,000: not above 500 once 500 are paid, not above a tenth of the rest once (1,000 − 200) / 0.9 are.
    known = book_of(AS_OF, invoices="invoice_id,buyer_id,issued,due,amount\na,A,2025-11-01,2025-12-01,1000\n"
                    "b,A,2026-06-01,2026-07-01,1000\nc,B,2026-06-01,2026-07-01,1000\n")  # fmt: skip
    found = assessment(known)
    row, values = found.ratings.loc["A"], found.today.loc["A"]
    assert improvements(row, values, found.curves, known.run.grades).empty
    told = words.lifts(known, "A", found.ratings)
    assert told.startswith(
        "It stands in grade 10 for the EUR 1,000 of its EUR 2,000 that is more than 90 days past due"
    )
    assert "no more once EUR 500 of it is paid" in told
    assert words.lifts(known, "B", found.ratings) == ""
    assert words.state(known, 0)["long_overdue_buyers"][0] == 1
    assert "records no defaults (table `defaults`)" in words.basis(found, known.run.default, recorded=False)
