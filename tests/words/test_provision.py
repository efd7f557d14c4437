"""Sentences on the provision, on small ledgers, and on books that cannot tell."""

import pandas as pd
import pytest

from tradecredit.provision import audit, back_test, loss_rates, movement, outlook, provision, reimbursement
from tradecredit.words import provision as words
from tradecredit.words import provision_past as past

RATES = {"whole book": [0.01, 0.02, 0.05, 0.10, 0.50]}
STATED = {"method": "stated", "rates": RATES, "rates_source": "by hand"}
INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2026-09-05,2026-11-30,100000
I2,B2,2026-09-05,2026-10-15,50000
I3,B3,2026-09-01,2026-09-30,4000
"""
RECEIPTS = "invoice_id,received,amount,kind\nI3,2026-10-12,1000,payment\nI3,2026-10-20,3000,write_off\n"
DEFAULTS = "buyer_id,date,kind,debt,recovered,resolved\nB2,2026-10-20,insolvency,50000,,\n"
POLICY = {"name": "Ours", "insured_percentage": 0.9, "premium_rate": 0.001, "insured_turnover": 1e6}
LIMITS = "buyer_id,source,amount,valid_from,valid_to\nB2,insurer,40000,2025-01-01,\n"


def book(book_of, run=None, **stated):
    tables = {"invoices": INVOICES, "receipts": RECEIPTS, "defaults": DEFAULTS, "limits": LIMITS}
    settings = {"provision": STATED | stated, "losses": {"lgd": 0.6}} | (run or {})
    return book_of("2026-10-31", run=settings, **tables)


def test_what_is_expected_to_be_lost(book_of):
    assert words.found(book(book_of)) == (
        "Of EUR 150,000 owed, **EUR 31,000** is expected to be lost, 20.7 %, before insurance. EUR 30,000 of it is of "
        "1 buyer in default, which owes EUR 50,000; EUR 1,000 of all others, by the age of what they owe."
    )


def test_the_entry_of_the_month(book_of):
    """1,000 + 500 + 40 a month ago, 31,000 now; 3,000 were written off: 31,000 − 1,540 + 3,000."""
    assert past.entry(book(book_of)) == (
        "From this book's figure of the month before, EUR 1,540, the allowance before insurance goes to EUR 31,000: "
        "EUR 32,460 is the month's impairment loss, and write-offs used EUR 3,000."
    )


def test_what_moved_it(book_of):
    told = past.movement(book(book_of))
    assert told.startswith(
        "Since last month it rose by EUR 29,460, moved most by items that got later, or whose buyer failed (EUR "
        "32,470) and write-offs (EUR −3,000)."
    )
    assert told.endswith("Since last year it is not known: the history is too short.")


def test_one_buyer_that_decides(book_of):
    assert words.failed(book(book_of)).startswith("B2 alone is 96.8 % of the provision")
    assert words.failed(book(book_of, recoveries={"B2": 1.0})) == ""


def test_what_insurance_pays(book_of):
    """0.9 × 40,000, less the 40 % that are expected to come in: 21,600."""
    told = words.insurance(book(book_of, {"policy": POLICY}))
    assert told.startswith("Ours would pay EUR 21,600 of these losses, each by itself and before the aggregate")
    assert (
        "**EUR 21,600** may stand as an asset of its own, of which accounts recognise what is virtually certain" in told
    )
    integral = words.insurance(book(book_of, {"policy": POLICY}, insurance="integral"))
    assert "the provision posted is **EUR 9,400**, net of EUR 21,600." in integral
    nothing = words.insurance(book(book_of, {"policy": POLICY | {"aggregate_first_loss": 50_000.0}}))
    assert "The first loss may keep all of it: **nothing is posted** for insurance." in nothing
    assert words.insurance(book(book_of)) == ""


@pytest.mark.parametrize(
    ("provided", "told"), [(100.0, "**too low**"), (700.0, "lies within that"), (2_000.0, "**above** what was lost")]
)
def test_the_verdict_of_the_back_test(provided, told):
    row = {
        "gross_then": 50_000.0, "provision_then": provided, "failed_since": 1_000.0, "written_off_since": 0.0,
        "lost_since": 600.0, "lost_low": 200.0, "lost_high": 1_100.0,
    }  # fmt: skip
    table = pd.DataFrame([row], index=pd.Index(["total"], name="bucket"))
    assert told in past.back_test(table, pd.Timestamp("2025-10-31"), "EUR")
    assert past.back_test(table.iloc[:0], pd.Timestamp("2025-10-31"), "EUR").startswith("Not testable with this book")


def test_what_is_assumed_follows_the_run(book_of):
    told = " ".join(words.assumed(book(book_of, standard="cecl", write_off_days=None)))
    assert "US GAAP, CECL (ASC 326-20), with the practical expedient of ASU 2025-05" in told
    assert "write_off_days" not in told
    assert (
        "365 days past due counts as lost in full (`provision.write_off_days`), by its age alone: EUR 0."
        in " ".join(words.assumed(book(book_of)))
    )
    assert "Loss rates are stated: by hand." in told
    assert "40 % is expected to come in (assumed)" in told
    assert words.rates(book(book_of)) == "The rates are stated, not estimated: by hand."
    assert words.ahead(book(book_of)) == ""


def test_ages_that_share_a_rate_are_told(book_of):
    """Of 400 of 1–30 days 100 are lost, of 300 of 31–60 days nothing."""
    invoices = INVOICES.splitlines()[0] + "\nI1,B1,2025-01-10,2025-02-15,100\nI2,B2,2025-01-10,2025-02-15,300\n"
    receipts = RECEIPTS.splitlines()[0] + "\nI1,2025-03-10,100,write_off\nI2,2025-04-10,300,payment\n"
    run = {"provision": {"method": "defaults", "minimum_months": 3}}
    known = book_of("2026-04-30", {"small_rest": 10}, run=run, invoices=invoices, receipts=receipts)
    assert "where the history has it otherwise (current, 1–30 and 31–60), neighbouring ages share" in words.rates(known)
    assert words.rate_columns(known)[:3] == ["bucket", "loss_rate", "rate_before"]
    stated = book(book_of)
    assert "rate_before" not in words.rate_columns(stated)


def test_what_is_provided_for_like_all_others_is_told(book_of):
    columns = book_of("2026-10-31", invoices=INVOICES).buyers
    buyers = pd.DataFrame({"buyer_id": ["B1", "B2", "B3"], "kind": ["affiliate", "private", "private"]})
    buyers = buyers.reindex(columns=columns.columns).astype(columns.dtypes.to_dict())
    disputes = "invoice_id,opened,amount\nI2,2026-10-20,20000\n"
    known = book_of("2026-10-31", run={"provision": STATED}, invoices=INVOICES, buyers=buyers, disputes=disputes)
    told = words.assumed(known)
    assert "Affiliates, which owe EUR 100,000, are provided for like all others" in told[-2]
    assert told[-1].startswith("EUR 20,000 in dispute is provided for like all else")


HEAD = INVOICES.splitlines()[0] + "\n"


@pytest.mark.parametrize("invoices", [INVOICES, HEAD], ids=["open items", "nothing"])
def test_a_book_that_cannot_tell_has_tables_and_a_reason(book_of, invoices):
    """No settlement was ever seen: nothing to estimate rates from, and every table of the chapter is there."""
    known = book_of("2026-10-31", run={"policy": POLICY}, invoices=invoices)
    # For nothing, nothing is provided.
    assert words.known(known) == (invoices == HEAD)
    why = "Not testable with this book: it shows what became of balances in 0 months, and 12 are needed"
    assert words.not_known(known)[: len(why)] == ("" if invoices == HEAD else why)
    assert words.instead(known, "In its place.") == ("In its place." if invoices == HEAD else "")
    figures = words.headline(known)
    assert set(figures) == {"provision", "coverage_ratio", "reimbursement_asset", "provision_change"}
    for table in (
        provision.by_bucket(known), provision.by_segment(known), provision.failed(known), loss_rates.loss_rates(known),
        loss_rates.roll_rates(known), movement.movements(known), movement.by_month(known),
        back_test.by_bucket_then(known), back_test.by_month_then(known), reimbursement.treatments(known),
        reimbursement.lines(known), audit.invoices(known), audit.parameters(known), audit.standards(known),
        outlook.outlook(known, known.as_of, "forecast").scenarios,
    ):  # fmt: skip
        assert isinstance(table, pd.DataFrame)
    for told in (words.found(known), past.entry(known), past.movement(known), words.ahead(known)):
        assert told
    assert past.months_told(movement.by_month(known), "EUR")
    assert past.drawn_told(back_test.by_month_then(known), "EUR")


def test_few_losses_are_told(book_of):
    late = "invoice_id,buyer_id,issued,due,amount\nI1,B1,2025-01-10,2025-02-15,1000\nI2,B2,2025-03-10,2025-05-15,500\n"
    receipts = "invoice_id,received,amount,kind\nI1,2025-02-10,800,payment\nI1,2025-02-12,200,write_off\n"
    run = {"provision": {"minimum_months": 2}}
    known = book_of("2025-04-30", {"small_rest": 10}, run=run, invoices=late, receipts=receipts)
    told = words.rates(known)
    assert "over 3 months in which 1 buyer failed or lost us more than a small rest" in told
    assert "Fewer than 10 (`provision.fewest_losses`) are too few to trust" in told
    assert "Not testable with this book: 1–30, 31–60, 61–90 and >90." in told
    assert words.known(known)
