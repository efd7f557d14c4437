"""The default rate of a year by the state of the economy."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.numerics.vasicek import default_rate


def test_without_correlation_the_rate_is_the_probability():
    assert default_rate(0.03, 0.0, 0.999) == pytest.approx(0.03)


def test_the_median_economy_has_a_rate_below_the_mean():
    # Φ(Φ⁻¹(PD) / √(1 − ρ)) at level 0.5.
    assert default_rate(0.02, 0.2, 0.5) == pytest.approx(0.010833, abs=1e-6)


def test_columns_go_row_by_row_and_missing_stays_missing():
    rates = default_rate(pd.Series([0.01, np.nan]), pd.Series([0.12, 0.12]), 0.999)
    assert rates.iloc[0] == pytest.approx(0.090326, abs=1e-6)
    assert np.isnan(rates.iloc[1])
