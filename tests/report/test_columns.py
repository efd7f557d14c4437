"""Labels of columns: stated once, for readers, and those of a name without one."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.report.columns import MAKERS, column, labelled


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("days_past_due", [1.0], ("Days past due", "days")),
        ("pd", [0.1], ("PD", "probability")),
        ("anything", [1], ("anything", "count")),
        ("Quote A", [1.5], ("Quote A", "number")),
        ("open_amount", ["n/a"], ("Open amount", "text")),
        ("blocked", [True], ("blocked", "text")),
        ("period_end", pd.to_datetime(["2026-01-31"]), ("Accounts of", "date")),
        ("shipped", pd.to_datetime(["2026-01-31"]), ("shipped", "date")),
        ("recommended", [np.nan], ("Recommended limit, without insurance", "money")),
        (("a", "b_c"), [1.5], ("a · b_c", "number")),
    ],
)
def test_a_label_is_the_stated_one_or_the_name(name, values, expected):
    assert column(name, pd.Series(values)) == expected


def test_labels_are_for_readers():
    for name, stated in labelled().items():
        assert stated.label[0].isupper(), name
        assert "_" not in stated.label, name


def test_no_two_packages_state_the_same_name():
    assert len(MAKERS) == len(set(MAKERS))
    assert len(labelled()) > 300  # raises where two do
