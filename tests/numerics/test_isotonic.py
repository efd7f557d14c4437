"""Rates that are made to rise: by hand, and what always holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.numerics.isotonic import rising

PLACES = st.lists(st.tuples(st.floats(0, 1), st.floats(1, 1_000), st.booleans()), min_size=1, max_size=8)


def test_neighbours_that_fall_share_their_mean_by_amount():
    # 0.06 · 100 + 0.02 · 300 = 12, of 400: 0.03; with the 0.04 before it (200) 20 of 600: 1/30.
    found = rising(np.array([0.01, 0.04, 0.06, 0.02, 0.5]), np.array([50.0, 200, 100, 300, 10]))
    assert np.allclose(found, [0.01, 1 / 30, 1 / 30, 1 / 30, 0.5])


def test_histories_are_done_one_by_one_and_a_rate_without_amounts_gives_way():
    found = rising(np.array([[0.1, 0.05], [0.1, 0.2]]), np.array([[100.0, 0], [100, 100]]))
    assert np.allclose(found, [[0.1, 0.1], [0.1, 0.2]])
    # None has any: all alike.
    assert np.allclose(rising(np.array([0.3, 0.1]), np.zeros(2)), [0.2, 0.2])


@given(PLACES)
def test_what_is_made_to_rise_keeps_its_total_and_its_bounds(places):
    rates, amounts, missing = (np.array(values) for values in zip(*places, strict=True))
    rates = np.where(missing, np.nan, rates)
    found = rising(rates, amounts)
    assert np.array_equal(np.isnan(found), missing.astype(bool))
    known = ~np.isnan(rates)
    assert (np.diff(found[known]) >= -1e-12).all()
    assert np.isclose((found * amounts)[known].sum(), (rates * amounts)[known].sum())
    if known.any():
        assert found[known].min() >= rates[known].min() - 1e-12
        assert found[known].max() <= rates[known].max() + 1e-12
    # What rises already is left as it is.
    assert np.allclose(rising(np.sort(rates), amounts), np.sort(rates), equal_nan=True)
