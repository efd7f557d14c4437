"""The section `account` of a run file."""

import pytest
from pydantic import ValidationError

from tradecredit.params.account import AccountSettings


def test_nothing_is_stated_unless_it_is():
    settings = AccountSettings()
    assert settings.left_out == []
    stated = (settings.financing, settings.insurer_information, settings.tax_recovery_share, settings.income_tax_rate)
    assert stated == (None, None, None, None)
    assert 1.0 in settings.odds


@pytest.mark.parametrize(
    "wrong",
    [
        {"odds": [1.0, 0.5]},
        {"odds": [0.0, 1.0]},
        {"left_out": ["cost"]},
        {"financing": {"advance_rate": 0.8, "rate_with_cover": 0.05}},
        {"financing": {"advance_rate": 1.2, "rate_with_cover": 0.05, "rate_without_cover": 0.06}},
        {"income_tax_rate": 25},
        {"insurer_information": -1.0},
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        AccountSettings(**wrong)
