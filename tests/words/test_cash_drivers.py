"""Sentences on what drives the cash: which one is chosen, and its numbers."""

import numpy as np
import pandas as pd

from tradecredit import words
from tradecredit.cash.drivers import CONTESTED, OVERDUE


def test_the_bridge_names_what_moved_the_dso_in_the_month_and_in_the_year():
    table = pd.DataFrame(
        {"last_month": [0.5, -3.1, 0.2, -0.1, -2.5], "last_year": [-1.3, 1.3, -0.1, 0.5, 0.4]},
        index=["terms and mix of sales", OVERDUE, CONTESTED, "timing of sales", "dso"],
    )
    kpis = pd.Series({"dso": 51.5, "dso_countback": 44.9})
    assert words.cash_drivers.bridge(table, kpis, 3) == (
        "The DSO is **51.5 days** by the sales of 3 months, and 44.9 days by countback. Since last month countback "
        "−2.4 days and timing of sales −0.1 days make DSO −2.5 days; the countback changed most −3.1 days by overdue "
        "debt that is not disputed and +0.5 days by terms and mix of sales. Since last year countback −0.1 days and "
        "timing of sales +0.5 days make DSO +0.4 days; the countback changed most −1.3 days by terms and mix of sales "
        "and +1.3 days by overdue debt that is not disputed. All overdue debt together is +1.2 days since last year, "
        "as in chapter 01."
    )


def test_a_ledger_that_does_not_reach_back_has_no_bridge():
    table = pd.DataFrame({"last_month": [0.0, 0.0], "last_year": [np.nan, np.nan]}, index=["terms", "dso"])
    told = words.cash_drivers.bridge(table, pd.Series({"dso": 1.0, "dso_countback": np.nan}), 3)
    assert told.endswith("does not reach back so far.")
