"""The provision of a day: example 12 of IFRS 9, buyers in default, the write-off point, and days that are past."""

import csv
import io
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit import Book
from tradecredit.params.base import PROJECT
from tradecredit.provision import audit
from tradecredit.provision.items import lost_by_age
from tradecredit.provision.provision import by_bucket, by_segment, failed, matrix, provided, provision_on
from tradecredit.report.tables import csv_text

# IFRS 9, illustrative example 12 (IE74 to IE77): gross carrying amounts of 15, 7.5, 4, 2.5 and 1 million by age.
EXAMPLE_12 = """invoice_id,buyer_id,issued,due,amount
I1,B1,2026-10-01,2026-11-30,15000000
I2,B2,2026-09-01,2026-10-15,7500000
I3,B3,2026-08-01,2026-09-15,4000000
I4,B4,2026-07-01,2026-08-15,2500000
I5,B5,2026-06-01,2026-07-15,1000000
"""
RATES = [0.003, 0.016, 0.036, 0.066, 0.106]
STATED = {"method": "stated", "rates": {"whole book": RATES}, "rates_source": "IFRS 9, illustrative example 12"}


@pytest.fixture(scope="module")
def demo_book() -> Book:
    """The demo company's book, as a run file without simulation asks for it."""
    return Book.open(PROJECT / "params" / "demo.yaml")


def test_what_is_lost_by_age_is_of_buyers_that_have_not_failed(book_of):
    """A owes 700 since 31 and 500 since 30 days, beyond and not beyond the write-off point of 30; C has failed."""
    rows = "A1,A,2026-08-01,2026-09-30,700\nA2,A,2026-08-01,2026-10-01,500\nB1,B,2026-10-01,2026-11-01,9\n"
    rows += "C1,C,2026-01-01,2026-02-01,800\n"
    stated = STATED | {"write_off_days": 30, "buckets": [10, 20, 30]}
    tables = {
        "invoices": f"invoice_id,buyer_id,issued,due,amount\n{rows}",
        "defaults": "buyer_id,date,kind\nC,2026-03-01,insolvency\n",
    }
    assert lost_by_age(book_of("2026-10-31", run={"provision": stated}, **tables)).to_dict() == {"A": 700}
    never = stated | {"write_off_days": None}
    assert lost_by_age(book_of("2026-10-31", run={"provision": never}, **tables)).empty


def test_example_12_of_ifrs_9_to_the_unit(book_of):
    book = book_of("2026-10-31", run={"provision": STATED}, invoices=EXAMPLE_12)
    table = by_bucket(book)
    assert table.index.tolist() == ["current", "1–30", "31–60", "61–90", ">90", "total"]
    assert table["provision"].tolist() == [45_000, 120_000, 144_000, 165_000, 106_000, 580_000]
    assert table["gross_amount"].tolist() == [15e6, 7.5e6, 4e6, 2.5e6, 1e6, 30e6]
    assert table["loss_rate"].tolist() == pytest.approx([*RATES, 0.58 / 30])
    assert provided(book) == (580_000.0, 30_000_000.0)


def test_stated_rates_go_by_segment_and_the_rest_has_those_of_the_whole_book(book_of):
    buyers = pd.DataFrame(
        {"buyer_id": ["B1", "B2", "B3", "B4", "B5"], "country": ["DE", "FR", "FR", None, "DE"], "kind": "private"}
    )
    own = {"segments": ["country"], "rates": {"whole book": RATES, "FR": [0.01, 0.02, 0.05, 0.1, 0.2]}}
    tables = {"invoices": EXAMPLE_12, "buyers": _like(book_of, buyers)}
    table = by_segment(book_of("2026-10-31", run={"provision": STATED | own}, **tables))
    # FR: 2 % of 7.5 and 5 % of 4 million; DE: 45,000 + 106,000; no country: 165,000.
    assert table["provision"].to_dict() == {"FR": 350_000.0, "(not stated)": 165_000.0, "DE": 151_000.0}
    assert table["gross_amount"].to_dict() == {"FR": 11.5e6, "(not stated)": 2.5e6, "DE": 16e6}
    assert table.loc["FR", "coverage_ratio"] == pytest.approx(350 / 11_500)


def test_a_segment_without_a_rate_is_missing_and_not_zero(book_of):
    only = {"segments": ["kind"], "rates": {"public": RATES}}
    book = book_of("2026-10-31", run={"provision": STATED | only}, invoices=EXAMPLE_12)
    assert np.isnan(provided(book)[0])
    assert by_bucket(book)["provision"].isna().all()


def _like(book_of, buyers: pd.DataFrame) -> pd.DataFrame:
    columns = book_of("2026-10-31", invoices=EXAMPLE_12).buyers
    return buyers.reindex(columns=columns.columns).astype(columns.dtypes.to_dict())


DEFAULTED = """buyer_id,date,kind,debt,recovered,resolved
B3,2026-09-20,insolvency,4000000,,
B5,2025-09-20,insolvency,1000000,,
"""


def test_buyers_in_default_are_taken_out_of_the_matrix(book_of):
    """A failed buyer brings in 1 − 0.6 of what it owes, one that failed more than 12 months ago nothing any more."""
    old = EXAMPLE_12.replace("I5,B5,2026-06-01", "I5,B5,2025-06-01")
    run = {"provision": STATED, "losses": {"lgd": 0.6}}
    book = book_of("2026-10-31", run=run, invoices=old, defaults=DEFAULTED)
    table = by_bucket(book)
    assert table["provision"].tolist() == [45_000, 120_000, 0, 165_000, 0, 2_400_000 + 1_000_000, 3_730_000]
    assert table.loc["31–60", "gross_amount"] == 0
    assert np.isnan(table.loc["31–60", "loss_rate"])
    of_failed = failed(book)
    assert of_failed["expected_recovery"].to_dict() == {"B3": 0.4, "B5": 0.0}
    assert of_failed["provision"].to_dict() == {"B3": 2_400_000.0, "B5": 1_000_000.0}
    assert of_failed.loc["B3", "defaulted"] == pd.Timestamp("2026-09-20")


def test_what_the_analyst_expects_of_a_failed_buyer_wins(book_of):
    run = {"provision": STATED | {"recoveries": {"B3": 0.9}}, "losses": {"lgd": 0.6}}
    book = book_of("2026-10-31", run=run, invoices=EXAMPLE_12, defaults=DEFAULTED)
    assert failed(book).loc["B3", "provision"] == 400_000.0


def test_what_has_passed_the_write_off_point_is_provided_for_in_full(book_of):
    late = EXAMPLE_12 + "I6,B6,2025-08-01,2025-10-30,7000\nI7,B6,2025-08-01,2025-10-31,5000\n"
    table = by_bucket(book_of("2026-10-31", run={"provision": STATED}, invoices=late))
    # 366 and 365 days past due; more than 365 is lost.
    assert table.loc["past the write-off point", "provision"] == 7000.0
    assert table.loc[">90", "gross_amount"] == 1_005_000.0
    never = STATED | {"write_off_days": None}
    table = by_bucket(book_of("2026-10-31", run={"provision": never}, invoices=late))
    assert "past the write-off point" not in table.index
    assert table.loc[">90", "gross_amount"] == 1_012_000.0


def test_dust_does_not_age(book_of):
    """Of 1,000 with 0.50 left, which nobody asks for, the rest is current whatever its age."""
    dusty = "invoice_id,buyer_id,issued,due,amount\nI1,B1,2026-01-01,2026-02-01,1000\n"
    receipts = "invoice_id,received,amount,kind\nI1,2026-02-01,999.5,payment\n"
    table = by_bucket(book_of("2026-10-31", run={"provision": STATED}, invoices=dusty, receipts=receipts))
    assert table.loc["current", "gross_amount"] == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0, 1e7), st.floats(0, 1)), min_size=1, max_size=8), st.floats(0, 5))
def test_a_provision_lies_between_nothing_and_what_is_owed_and_grows_with_the_factor(items, factor):
    gross, rates = (np.array(values) for values in zip(*items, strict=True))
    provision = matrix(gross, rates, factor)
    assert (provision >= 0).all()
    assert (provision <= gross + 0.005).all()
    assert (matrix(gross, rates, factor + 0.5) >= provision).all()


def test_a_spreadsheet_recomputes_every_invoice(demo_book):
    """As an auditor would: from the text of the CSV alone, in decimals, half cents up."""
    rows = list(csv.DictReader(io.StringIO(csv_text(audit.invoices(demo_book)))))
    assert len(rows) == len(provision_on(demo_book, demo_book.as_of))
    cent, total = Decimal("0.01"), Decimal(0)
    for row in rows:
        applied = min(Decimal(row["loss_rate"]) * Decimal(row["outlook_factor"]), Decimal(1))
        recomputed = (Decimal(row["open_amount"]) * applied).quantize(cent, ROUND_HALF_UP)
        # A product within a millionth of half a cent may round either way in a machine's numbers.
        assert abs(recomputed - Decimal(row["provision"])) <= (0 if _clear(row, applied) else cent), row
        paid = (Decimal(row["loss_probability"]) * Decimal(row["paid_if_lost"])).quantize(cent, ROUND_HALF_UP)
        assert abs(paid - Decimal(row["reimbursement"]) - Decimal(row["lapsed"])) <= cent
        total += Decimal(row["provision"])
    assert float(total) == pytest.approx(provided(demo_book)[0], abs=0.001)
    assert float(sum(Decimal(row["open_amount"]) for row in rows)) == pytest.approx(provided(demo_book)[1], abs=0.01)


def _clear(row: dict[str, str], applied: Decimal) -> bool:
    fraction = (Decimal(row["open_amount"]) * applied * 100) % 1
    return abs(fraction - Decimal("0.5")) > Decimal("0.000001")


@pytest.mark.parametrize("day", ["2026-06-30", "2025-11-30"])
def test_the_provision_of_a_past_day_is_that_of_the_book_of_then(demo_book, day):
    """Nothing that became known later enters it."""
    day = pd.Timestamp(day)
    past = demo_book.at(day)
    then, known = provision_on(past, day), provision_on(demo_book, day)
    assert provided(past)[0] == pytest.approx(known["provision"].sum(), abs=0.001)
    assert then["provision"].to_numpy() == pytest.approx(known["provision"].to_numpy(), abs=0.001)
    assert then["open_amount"].to_numpy() == pytest.approx(known["open_amount"].to_numpy())


def test_the_parameters_stand_beside_the_invoices(demo_book):
    settings = audit.parameters(demo_book)["setting_value"]
    assert settings["as of"] == "2026-10-31"
    assert settings["aggregate first loss"] == "75000"
    assert settings["recoveries left by the outlook"] == "0.97"  # 1 − 0.1 × (1 − 0.7)
