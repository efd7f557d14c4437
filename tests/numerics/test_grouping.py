"""Rows by group and day: as numpy sorts them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.numerics.grouping import MOST_DAYS, grouped

ROWS = st.lists(st.tuples(st.integers(-1, 4), st.integers(-3, 6) | st.just(MOST_DAYS)), max_size=30)


@given(ROWS)
def test_rows_are_in_order_of_group_and_day_and_as_they_stand(rows):
    group, day = (np.array([row[part] for row in rows], dtype=np.int64) for part in (0, 1))
    found = grouped(group, day, 5)
    expected = np.lexsort((day, group))
    expected = expected[group[expected] >= 0]
    assert found.rows.tolist() == expected.tolist()
    assert found.day.tolist() == day[expected].tolist()
    assert np.diff(found.first).tolist() == [int((group == number).sum()) for number in range(5)]
