"""The last rate on or before a day, worked by hand."""

import numpy as np
import pandas as pd

from tradecredit.book.rates import last_rate

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
