"""Ratios from the latest published account, against an account worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.measure import ratios

HEADER = (
    "buyer_id,period_end,published,assurance,revenue,ebit,net_income,interest_expense,total_assets,current_assets,"
    "inventories,trade_receivables,cash,total_liabilities,current_liabilities,retained_earnings,equity,market_value\n"
)
YEAR_2024 = "A,2024-12-31,2025-06-30,audited,2000,150,80,50,1000,600,200,250,100,700,400,120,300,350\n"
LEDGER = {
    "buyers": "buyer_id\nA\nB\n",
    "invoices": "invoice_id,buyer_id,issued,due,amount\nI1,A,2025-01-01,2025-01-31,100\n",
    "receipts": "invoice_id,received,amount,kind\n",
}
DAY = "2026-03-31"


def test_ratios_by_hand(book_of):
    row = ratios.ratios(book_of(DAY, **LEDGER, statements=HEADER + YEAR_2024)).loc["A"]
    assert row["period_end"] == pd.Timestamp("2024-12-31")
    assert row["statement_age_days"] == 455  # 365 days of 2025 and 31 + 28 + 31
    assert row["assurance"] == "audited"
    expected = {
        "equity_ratio": 0.3,  # 300 / 1,000
        "liabilities_to_assets": 0.7,  # 700 / 1,000
        "return_on_assets": 0.15,  # 150 / 1,000
        "net_margin": 0.04,  # 80 / 2,000
        "current_ratio": 1.5,  # 600 / 400
        "quick_ratio": 1.0,  # (600 − 200) / 400
        "cash_ratio": 0.25,  # 100 / 400
        "interest_cover": 3.0,  # 150 / 50
        "asset_turnover": 2.0,  # 2,000 / 1,000
        "retained_earnings_ratio": 0.12,  # 120 / 1,000
        "working_capital_ratio": 0.2,  # (600 − 400) / 1,000
        "receivable_days": 45.625,  # 250 / 2,000 × 365
        "inventory_days": 36.5,  # 200 / 2,000 × 365
        "market_to_liabilities": 0.5,  # 350 / 700
        "net_worth": 300,
        "working_capital": 200,
        "revenue": 2000,
        "ebit": 150,
        "net_income": 80,
        "total_assets": 1000,
        "total_liabilities": 700,
    }
    assert row.drop(["period_end", "statement_age_days", "assurance"]).to_dict() == pytest.approx(expected)


def test_a_buyer_without_accounts_has_a_row_of_missing_values(book_of):
    table = ratios.ratios(book_of(DAY, **LEDGER, statements=HEADER + YEAR_2024))
    assert table.index.tolist() == ["A", "B"]
    assert table.index.name == "buyer_id"
    assert table.loc["B"].isna().all()
    empty = ratios.ratios(book_of(DAY, **LEDGER))
    assert empty.isna().all(axis=None)
    assert empty.dtypes.equals(table.dtypes)


def test_the_latest_period_counts_and_its_last_publication(book_of):
    statements = HEADER + "".join(
        f"A,{period_end},{published},unaudited,{revenue}{',1' * 13}\n"
        for period_end, published, revenue in (
            ("2025-06-30", "2026-02-01", 10),  # the restatement of the latest period
            ("2025-06-30", "2025-12-01", 20),
            ("2024-06-30", "2026-03-01", 30),  # published last, but of an earlier period
            ("2025-12-31", "2026-06-30", 40),  # not known yet
        )
    )
    book = book_of(DAY, **LEDGER, statements=statements)
    assert ratios.ratios(book).loc["A", "revenue"] == 10
    assert ratios.ratios(book.at("2025-12-31")).loc["A", "revenue"] == 20
    assert ratios.ratios(book.at("2025-11-30"))["revenue"].isna().all()


def test_a_zero_or_missing_denominator_gives_a_missing_ratio_never_infinity(book_of):
    zeros = "A,2024-12-31,2025-06-30,audited" + ",0" * 14 + "\n"
    gaps = "B,2024-12-31,2025-06-30,audited,2000" + "," * 13 + "\n"
    table = ratios.ratios(book_of(DAY, **LEDGER, statements=HEADER + zeros + gaps))
    numbers = table.select_dtypes("number")
    assert not np.isinf(numbers).any(axis=None)
    known = ["statement_age_days", "net_worth", "working_capital", *ratios.AMOUNTS]
    assert sorted(numbers.loc["A"].dropna().index) == sorted(known)
    assert sorted(numbers.loc["B"].dropna().index) == ["revenue", "statement_age_days"]


@pytest.mark.parametrize(
    ("period_end", "found"),
    [("2023-12-31", True), ("2023-11-30", True), ("2024-01-31", True), ("2023-11-29", False), ("2024-06-30", False)],
)
def test_the_account_of_a_year_before_ends_12_months_before(book_of, period_end, found):
    earlier = f"A,{period_end},2025-01-31,audited,1800{',1' * 13}\n"
    book = book_of(DAY, **LEDGER, statements=HEADER + YEAR_2024 + earlier)
    before = ratios.accounts_a_year_before(book)
    assert before.index.tolist() == ["A", "B"]
    assert before["revenue"].notna().tolist() == [found, False]
    assert before.columns.tolist() == ratios.latest_accounts(book).columns.tolist()


def test_of_accounts_around_a_year_before_the_nearest_counts_as_published_last(book_of):
    statements = HEADER + YEAR_2024 + "".join(
        f"A,{period_end},{published},audited,{revenue}{',1' * 13}\n"
        for period_end, published, revenue in (
            ("2023-12-15", "2024-12-01", 10),
            ("2023-12-28", "2024-06-30", 20),
            ("2023-12-28", "2025-07-31", 30),  # its restatement
            ("2022-12-31", "2025-08-31", 40),
            ("2023-12-31", "2026-06-30", 50),  # not known yet
        )
    )  # fmt: skip
    book = book_of(DAY, **LEDGER, statements=statements)
    before = ratios.accounts_a_year_before(book)
    assert before.loc["A", "revenue"] == 30
    empty = book_of(DAY, **LEDGER)
    assert ratios.accounts_a_year_before(empty).isna().all(axis=None)
