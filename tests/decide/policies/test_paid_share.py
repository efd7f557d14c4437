"""What the account would be if sales counted by the share of claims that a policy pays: by hand."""

import numpy as np
import pandas as pd
import pytest
from accounts import found

from tradecredit.decide.policies.paid_share import by_paid_share
from tradecredit.insurance.policy import Policy


def comparison(**policies: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(policies, orient="index", columns=["expected_indemnity", "first_loss_used"])


def test_sales_count_by_the_share_that_is_paid():
    """p pays 50 of 200 of claims, of which its first loss of 300 takes half, 150; q has none."""
    account = found(p=(-500, 50, 30, 900), q=(-500, 100, 30, 800))
    policies = [Policy(name="p", aggregate_first_loss=300.0), Policy(name="q")]
    table = by_paid_share(account, comparison(p=(50.0, 0.5), q=(100.0, np.nan)), policies)
    assert table["year_claims"].tolist() == [200, 100]
    assert table["paid_share"].tolist() == [0.25, 1]
    assert table["cover_value"].tolist() == [480, 430]
    # 420 less than nothing without the sales, and a quarter of the 900 that they bring.
    assert table["value_by_paid_share"].tolist() == pytest.approx([-420 + 225, 430])


def test_without_claims_or_sales_there_is_no_share():
    account = found(p=(-500, 0, 30, 900))
    nothing = by_paid_share(account, comparison(p=(0.0, 0.0)), [Policy(name="p", aggregate_first_loss=300.0)])
    assert nothing.loc["p", ["paid_share", "value_by_paid_share"]].isna().all()
    assert nothing.loc["p", "year_claims"] == 0
    uncounted = found(p=(-500, 50, 30, np.nan))
    table = by_paid_share(uncounted, comparison(p=(50.0, 0.5)), [Policy(name="p", aggregate_first_loss=300.0)])
    assert np.isnan(table.loc["p", "value_by_paid_share"])
