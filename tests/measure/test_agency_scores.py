"""The agencies' latest scores, on a few lines of scores."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.measure.agency_scores import latest_scores

DAY = "2026-03-31"
LEDGER = {
    "buyers": "buyer_id\nB\nA\nC\n",
    "invoices": "invoice_id,buyer_id,issued,due,amount\n"
    + "".join(f"I{buyer},{buyer},2023-01-01,2023-01-31,100\n" for buyer in "ABC"),
}
HEADER = "buyer_id,date,agency,score\n"


@pytest.fixture
def table(book_of):
    def of(rows: str, day: str = DAY) -> pd.DataFrame:
        return latest_scores(book_of(DAY, **LEDGER, scores=HEADER + rows).at(day))

    return of


def test_the_latest_score_of_each_agency_counts(table):
    found = table(
        "A,2025-06-30,North,40\nA,2025-12-31,North,70\nA,2025-09-30,North,10\n"  # the order of rows tells nothing
        "A,2025-05-31,East,-3.5\nB,2026-03-31,East,2\n"
    )
    assert found.index.tolist() == ["B", "A", "C"]
    assert found.index.name == "buyer_id"
    assert found.columns.tolist() == ["East", "North"]
    np.testing.assert_array_equal(found.to_numpy(), [[2, np.nan], [-3.5, 70], [np.nan, np.nan]])


def test_a_score_holds_for_24_months(table):
    found = table("A,2024-03-31,North,40\nB,2024-03-30,North,50\n")
    assert found["North"].to_dict() == pytest.approx({"A": 40, "B": np.nan, "C": np.nan}, nan_ok=True)


def test_an_agency_all_of_whose_scores_are_old_keeps_its_column(table):
    found = table("A,2023-12-31,North,40\nA,2025-12-31,East,1\n")
    assert found.columns.tolist() == ["East", "North"]
    assert found["North"].isna().all()
    old = table("A,2023-12-31,North,40\n")
    assert old.columns.tolist() == ["North"]
    assert old["North"].isna().all()
    assert old["North"].dtype == "float64"


def test_without_scores_there_is_no_column(book_of):
    found = latest_scores(book_of(DAY, **LEDGER))
    assert found.index.tolist() == ["B", "A", "C"]
    assert found.columns.empty


def test_what_an_agency_said_later_is_not_known(table):
    rows = "A,2025-06-30,North,40\nA,2025-12-31,North,70\nB,2025-12-31,East,2\n"
    assert table(rows, "2025-12-30")["North"].to_dict() == pytest.approx(
        {"A": 40, "B": np.nan, "C": np.nan}, nan_ok=True
    )
    assert table(rows, "2025-12-30").columns.tolist() == ["North"]
    assert table(rows, "2025-12-31").loc["A", "North"] == 70
