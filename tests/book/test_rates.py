"""The last rate on or before a day, worked by hand."""

import numpy as np
import pandas as pd

from tradecredit.book.rates import last_rate, moved_to, rate_age_days

FX = pd.DataFrame(
    {
        "date": pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01"]).astype("datetime64[us]"),
        "currency": pd.Series(["GBP", "GBP", "USD"], dtype="str"),
        "rate": [1.20, 1.15, 0.91],
    }
)


def rates(*rows: tuple[str | None, str]) -> list[float]:
    currency, day = zip(*rows, strict=True)
    days = pd.Series(pd.to_datetime(list(day)).astype("datetime64[us]"))
    return last_rate(FX, pd.Series(currency, dtype="str"), days).tolist()


def test_the_last_rate_on_or_before_the_day_counts():
    assert rates(("GBP", "2024-01-01"), ("GBP", "2024-02-29"), ("GBP", "2024-03-01"), ("USD", "2026-01-01")) == [
        1.15, 1.15, 1.20, 0.91,
    ]  # fmt: skip


def test_there_is_none_before_the_first_nor_for_a_currency_without_any():
    assert np.isnan(
        rates(("GBP", "2023-12-31"), ("USD", "2024-01-31"), ("EUR", "2024-05-01"), (None, "2024-05-01"))
    ).all()


def test_the_age_of_a_rate_is_counted_to_the_day_that_it_translates():
    currency = pd.Series(["GBP", "GBP", "GBP", "EUR"], dtype="str")
    days = pd.Series(pd.to_datetime(["2024-03-01", "2024-02-29", "2023-12-31", "2024-03-01"]).astype("datetime64[us]"))
    # In a leap year 59 days lie between 1 January and 29 February.
    assert rate_age_days(FX, currency, days)[:2].tolist() == [0, 59]
    assert np.isnan(rate_age_days(FX, currency, days)[2:]).all()


def test_amounts_move_from_the_rate_of_one_day_to_that_of_another():
    currency = pd.Series(["GBP", "USD", "EUR", None], dtype="str")
    moved = moved_to(FX, currency, pd.Timestamp("2024-03-31"), pd.Timestamp("2024-01-31"))
    # GBP from 1.20 to 1.15; USD has no rate before February, whose first one counts.
    assert moved.tolist() == [1.15 / 1.20, 1, 1, 1]
