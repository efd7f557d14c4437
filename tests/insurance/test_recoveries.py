"""What comes in after a claim, by hand."""

import pytest

from tradecredit.book.book import Book
from tradecredit.decide.insurer_duties import duties
from tradecredit.errors import InputError
from tradecredit.insurance.cover import audit, by_class, by_reason, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.recoveries import claims_paid
from tradecredit.losses.portfolio import highest_balance
from tradecredit.measure.open_items import open_items

INVOICES = "invoice_id,buyer_id,issued,due,amount\nI,B,2025-01-10,2025-02-10,1000\nJ,B,2025-01-10,2025-02-10,70\n"


def settled(book_of, more=""):
    """Of 1,000 the insurer has paid 900, and 300 come from the estate; the 100 are written off in between."""
    receipts = (
        "receipt_id,invoice_id,received,amount,kind\nR1,I,2025-06-01,900,claim\nR2,I,2025-09-01,300,recovery\n" + more
    )
    return book_of("2025-12-31", invoices=INVOICES, receipts=receipts)


def test_nothing_is_paid_on_items_of_another_currency_where_there_is_no_claim(ledger):
    assert claims_paid(Book.open(ledger.run_file)).tolist() == [0.0] * 4


def test_a_claim_and_a_recovery_leave_other_invoices_owed(book_of):
    # The 1,000 are settled by the 900 and 100 of the 300; the other 200 are no credit of the buyer's.
    assert highest_balance(settled(book_of))["B"] == 1_070
    later = settled(book_of, "").at("2025-12-31")
    assert open_items(later)["open_amount"].sum() == 70


def test_the_checks_accept_both_and_no_more(ledger):
    claim = "R4,I2,2024-03-01,450.45,claim\nR5,I2,2024-03-20,150.00,recovery\n"
    ledger.add("receipts", claim)
    book = Book.open(ledger.run())
    assert open_items(book).set_index("invoice_id")["open_amount"]["I2"] == 0
    ledger.add("receipts", claim + "R6,I2,2024-03-25,351.00,recovery\n")
    with pytest.raises(InputError, match="add up to more than the invoice"):
        Book.open(ledger.run())
    ledger.add("receipts", claim + "R6,I2,2024-03-25,51.00,claim\n")
    with pytest.raises(InputError, match="add up to more than the invoice"):
        Book.open(ledger.run())


LIMIT = "buyer_id,source,amount,valid_from\nB,insurer,{},2025-01-01\n"


def after_claim(book_of, invoices, receipts, *, limit=100_000, tax="", defaults="", as_of="2025-12-31"):
    """The book of a buyer B whose invoices, due in March 2025, were claimed for in part or whole."""
    head = f"invoice_id,buyer_id,issued,due,amount{',tax' if tax else ''}\n"
    rows = "".join(
        f"{name},B,2025-01-10,2025-03-10,{amount}{',' + tax if tax else ''}\n" for name, amount in invoices.items()
    )
    paid = "invoice_id,received,amount,kind\n" + "".join(f"{line}\n" for line in receipts.split())
    events = {"defaults": f"buyer_id,date,kind,resolved\n{defaults}\n"} if defaults else {}
    return book_of(as_of, invoices=head + rows, receipts=paid, limits=LIMIT.format(limit), **events)


def insured(book, policy, column="insured"):
    found = audit(book, policy)
    assert by_class(book, policy)["open_amount"].sum() == pytest.approx(found["open_amount"].sum())
    assert of_buyers(book, policy).insured.sum() == pytest.approx(found["insured"].sum())
    return found[column].round(2).to_dict()


NINETY = Policy(insured_percentage=0.9, waiting_days=60, maximum_extension_days=400)


@pytest.mark.parametrize(
    ("receipts", "left"),
    [
        ("I,2025-09-01,27000,claim", 0),
        # 27,000 were due, and 7,000 of them are still to come.
        ("I,2025-09-01,20000,claim", 7_000),
        ("I,2025-09-01,12000,claim I,2025-10-01,8000,claim", 7_000),
        ("I,2025-09-01,27000,claim I,2025-10-01,1500,recovery", 0),
        # The loss is 25,000 in the end, of which the insurer bears 22,500.
        ("I,2025-09-01,20000,claim I,2025-10-01,5000,recovery", 2_500),
        ("I,2025-05-01,10000,payment I,2025-09-01,18000,claim", 0),
        ("I,2025-05-01,10000,payment", 18_000),
    ],
)
def test_what_is_left_after_a_claim_is_insured_as_far_as_it_is_still_to_come(book_of, receipts, left):
    book = after_claim(book_of, {"I": 30_000}, receipts)
    assert insured(book, NINETY) == {"I": left}
    asked = duties(book, NINETY).loc["B", ["report_amount", "claim_amount"]].tolist()
    assert asked == ([0, 0] if "claim" in receipts else [0, 20_000])


def test_what_comes_in_after_a_claim_in_part_is_set_off_against_the_rest_of_it(book_of):
    # Of 20,000 the insurer bears 18,000. 9,000 are paid and then 9,000 come in, 4,050 of them for the claim so far.
    book = after_claim(book_of, {"I": 20_000}, "I,2025-09-01,9000,claim I,2025-10-01,9000,payment")
    policy = Policy(**NINETY.model_dump(exclude_unset=True) | {"loss_basis": "debt"})
    # 90 % of the 11,000 that are lost are 9,900.
    assert insured(book, policy) == {"I": 900}


def test_the_own_part_of_a_claim_is_a_class_of_its_own(book_of):
    part = after_claim(book_of, {"I": 30_000}, "I,2025-09-01,20000,claim")
    assert insured(part, NINETY, "insured_debt") == {"I": 7_777.78}
    assert insured(part, NINETY, "kept_of_claim") == {"I": 2_222.22}
    assert by_reason(part, NINETY).set_index("reason")["open_amount"].round(2).to_dict() == {
        "covered": 7_777.78, "claim_paid": 2_222.22,
    }  # fmt: skip
    whole = after_claim(book_of, {"I": 30_000}, "I,2025-09-01,27000,claim")
    assert audit(whole, NINETY)["cover"].tolist() == ["not insurable"]
    assert by_class(whole, NINETY)["open_amount"].to_list() == [0, 0, 0, 0, 0, 3_000]


def test_a_claim_leaves_no_room_in_the_limit(book_of):
    # 20,000 of I and 10,000 of J were within the limit of 30,000; of J 10,000 lie above it.
    claims = "I,2025-09-01,18000,claim J,2025-09-01,9000,claim"
    book = after_claim(book_of, {"I": 20_000, "J": 20_000}, claims, limit=30_000)
    assert insured(book, NINETY) == {"I": 0, "J": 0}
    assert by_reason(book, NINETY).set_index("reason")["open_amount"].to_dict() == {
        "limit_filled": 10_000, "claim_paid": 3_000,
    }  # fmt: skip
    # Nor where J has not been claimed for.
    one = after_claim(book_of, {"I": 20_000, "J": 20_000}, claims.split()[0], limit=30_000)
    assert insured(one, NINETY) == {"I": 0, "J": 9_000}


def test_a_claim_is_for_debt_net_of_tax(book_of):
    # 90 % of 100,000 net were paid; of the 29,000 left 19,000 are tax.
    book = after_claim(book_of, {"I": 119_000}, "I,2025-09-01,90000,claim", tax="19000")
    assert insured(book, NINETY) == {"I": 0}
    assert by_reason(book, NINETY).set_index("reason")["open_amount"].round(2).to_dict() == {
        "claim_paid": 10_000, "tax": 19_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "claims", "left"),
    [
        # 0.9 × (50,000 − 5,000) = 40,500, paid in whole, whatever part was booked on which invoice.
        ({"each_loss_deductible": 5_000}, "I,2025-09-01,40000,claim J,2025-09-01,500,claim", 0),
        ({"each_loss_deductible": 5_000}, "I,2025-09-01,30000,claim J,2025-09-01,500,claim", 10_000),
        ({"each_loss_deductible": 5_000, "deductible_order": "percentage_first"}, "I,2025-09-01,37000,claim "
         "J,2025-09-01,3000,claim", 0),
        ({"threshold": 8_000, "threshold_kind": "deductible"}, "I,2025-09-01,37000,claim J,2025-09-01,800,claim", 0),
        # 5,000 are missing of 45,000, which the first loss may have taken; of 20,000 missing not more than 8,000.
        ({"aggregate_first_loss": 8_000}, "I,2025-09-01,36000,claim J,2025-09-01,4000,claim", 0),
        ({"aggregate_first_loss": 8_000}, "I,2025-09-01,24000,claim J,2025-09-01,1000,claim", 12_000),
        # The year's maximum is no deduction from a loss, nor is the turnover that it rests on asked for.
        ({"premium_rate": 0.002, "maximum_liability_multiple": 30}, "I,2025-09-01,40500,claim", 4_500),
        ({"maximum_liability": 41_000}, "I,2025-09-01,40500,claim", 4_500),
    ],
)  # fmt: skip
def test_deductions_are_those_of_the_buyers_loss(book_of, terms, claims, left):
    book = after_claim(book_of, {"I": 45_000, "J": 5_000}, claims)
    policy = Policy(**NINETY.model_dump(exclude_unset=True) | terms)
    assert sum(insured(book, policy).values()) == pytest.approx(left)


FAILED = "B,2025-05-01,insolvency,"


def to_claim(book, policy=NINETY):
    return duties(book, policy).loc["B", "claim_amount"]


@pytest.mark.parametrize(
    ("written_off", "defaults", "as_of", "room"),
    [
        ("2025-09-01", FAILED, "2025-12-31", 0),
        # What was written off before the default was no part of what failed.
        ("2025-05-01", FAILED, "2025-12-31", 10_000),
        # Once the default is resolved, or a year old, the case is closed.
        ("2025-09-01", FAILED + "2026-01-01", "2025-12-31", 0),
        ("2025-09-01", FAILED + "2025-12-31", "2025-12-31", 10_000),
        ("2025-09-01", FAILED, "2026-04-30", 0),
        ("2025-09-01", FAILED, "2026-05-01", 10_000),
        # Without a default in the book it is given up as most of it was, for a year.
        ("2025-09-01", "", "2026-08-31", 0),
        ("2025-09-01", "", "2026-09-01", 10_000),
    ],
)
def test_what_was_written_off_of_a_loss_is_owed_still_for_the_policy(book_of, written_off, defaults, as_of, room):
    """I fills the limit of 30,000 before J, and is to be claimed, though nothing of it is open."""
    terms = {"limit": 30_000, "defaults": defaults, "as_of": as_of}
    book = after_claim(book_of, {"I": 30_000, "J": 10_000}, f"I,{written_off},30000,write_off", **terms)
    assert insured(book, NINETY, "insured_debt") == {"J": room}
    assert to_claim(book) == (room or 30_000)
    assert audit(book, NINETY)["reason"].tolist() == ["covered" if room else "limit_filled"]


@pytest.mark.parametrize(("written_off", "left", "claimed"), [(15_000, 15_000, 15_000), (15_001, 14_999, 30_000)])
def test_a_write_off_of_no_more_than_half_lowers_the_debt(book_of, written_off, left, claimed):
    book = after_claim(book_of, {"I": 30_000}, f"I,2025-09-01,{written_off},write_off")
    assert insured(book, NINETY, "insured_debt") == {"I": left}
    assert to_claim(book) == claimed


def test_what_is_insured_is_what_is_open_first(book_of):
    # 12,000 are open and 18,000 given up; of a limit of 20,000 another 8,000 are to be claimed.
    book = after_claim(book_of, {"I": 30_000}, "I,2025-09-01,18000,write_off", limit=20_000)
    assert insured(book, NINETY, "insured_debt") == {"I": 12_000}
    assert audit(book, NINETY)["reason"].tolist() == ["covered"]
    assert to_claim(book) == 20_000


def test_the_own_part_of_a_claim_that_is_written_off_leaves_no_room(book_of):
    claims = "I,2025-10-20,27000,claim I,2025-10-25,3000,write_off"
    book = after_claim(book_of, {"I": 30_000, "J": 10_000}, claims, limit=30_000)
    assert insured(book, NINETY) == {"J": 0}
    assert to_claim(book) == 0


def test_what_is_written_off_beside_a_claim_of_the_same_is_owed_once(book_of):
    # The write-off of the whole and the insurer's 27,000 stand in two books: 30,000 were lost, not 57,000.
    claims = "I,2025-10-20,27000,claim I,2025-10-25,30000,write_off"
    book = after_claim(book_of, {"I": 30_000, "J": 10_000}, claims, limit=40_000)
    assert insured(book, NINETY) == {"J": 9_000}


def test_tax_of_what_was_given_up_is_not_claimed(book_of):
    book = after_claim(book_of, {"I": 119_000}, "I,2025-09-01,119000,write_off", limit=200_000, tax="19000")
    assert to_claim(book) == 100_000
