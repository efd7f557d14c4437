"""Registration numbers that are written in many ways: which buyers are one firm."""

import pandas as pd
import pytest

from tradecredit.book.registration import canonical, shared
from tradecredit.measure.quality import quality


def table(*rows: tuple[str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["registration_id", "country"], dtype="str")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("HRB 123-45", "DE"), ("hrb12345", "DE"), True),
        (("999", "GB"), ("999", "DE"), False),
        (("HRB 12345", "DE"), ("HRB 12346", "DE"), False),
        (("HRA 12345", "DE"), ("HRB 12345", "DE"), False),
        (("01234567", "GB"), ("1234567", "GB"), True),  # a spreadsheet drops the zero
        (("FN 12345 a", "AT"), ("FN12345A", "AT"), True),
        (("ＨＲＢ１２３", "DE"), ("HRB 123", "DE"), True),  # full-width characters
        (("999", "GB"), ("999", None), True),  # which may be British
        (("999", None), ("999", None), True),
        (("-", "DE"), ("/", "DE"), False),  # is none at all
        ((None, "DE"), (None, "DE"), False),
    ],
)
def test_which_numbers_are_one_firms(one, other, same):
    assert shared(table(one, other)).tolist() == [same, same]


def test_each_country_is_looked_at_by_itself():
    rows = table(("999", "GB"), ("999", "DE"), ("9-99", "DE"), ("1", "GB"), (None, None))
    assert shared(rows).tolist() == [False, True, True, False, False]
    assert canonical(rows["registration_id"]).fillna("").tolist() == ["999", "999", "999", "1", ""]
    assert shared(rows.head(0)).empty


def test_the_finding_of_data_quality(book_of):
    buyers = "buyer_id,country,registration_id\nA,DE,HRB 123-45\nB,DE,hrb12345\nC,GB,999\nD,DE,999\n"
    invoices = "invoice_id,buyer_id,issued,due,amount\nI,A,2026-01-05,2026-02-04,10\nJ,C,2026-01-05,2026-02-04,20\n"
    found = quality(book_of("2026-01-31", buyers=buyers, invoices=invoices)).set_index("check")
    assert found.loc["registration id of another buyer", ["rows", "amount", "share"]].tolist() == [2, 10, 0.5]
