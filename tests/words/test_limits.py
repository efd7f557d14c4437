"""Sentences on limits: what is recommended and what is set in total, and why these differ."""

import pandas as pd
import pytest

from tradecredit.decide.limits.actions import RISK
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.params.base import PROJECT
from tradecredit.params.limits import LimitSettings
from tradecredit.words.limits import above_need, in_all, without_accounts


def test_what_is_owed_above_the_need_is_no_decision():
    over = pd.DataFrame(
        {
            "over_need": [70.0, 30.0, 20.0],
            "over_limit_to_set": [60.0, 0.0, 0.0],
            "on_limit": ["above limit", None, None],
        }
    )
    assert above_need(over, "EUR") == (
        "3 buyers owe EUR 120 above the need: by itself a signal to look, no decision. EUR 60 of 1 of them is also "
        "above the limit to set, and to be brought back."
    )
    assert above_need(over.iloc[1:], "EUR") == (
        "2 buyers owe EUR 50 above the need: by itself a signal to look, no decision."
    )
    assert (
        above_need(over.tail(1), "EUR")
        == "1 buyer owes EUR 20 above the need: by itself a signal to look, no decision."
    )
    assert above_need(over.head(0), "EUR") == ""


def test_the_chapter_names_every_method_that_bounds_the_risk():
    page = (PROJECT / "notebooks" / "03_credit_limits.ipynb").read_text(encoding="utf-8")
    (told,) = [line for line in page.splitlines() if "bounds the **risk** wherever anything but need sets it" in line]
    told = told.partition(". What is above")[0].replace(
        "a maximum of its kind or of any limit", "maximum of its kind, maximum limit"
    )
    assert all(METHODS[name] in told for name in RISK)


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({}, "100 % in grades 1 and 2, 75 % in grades 3 and 4, 50 % in grade 5, 25 % in grade 6 and 10 % in grade 7, "
             "nothing in the others. After 24 months of payment history that counts in full, before in proportion, and "
             "with less than 12 months not at all."),
        ({"payment_history_share": [0.5] * 10, "payment_history_months": 36, "payment_history_least_months": 1},
         "50 % in grades 1 to 10. After 36 months of payment history that counts in full, before in proportion, and "
         "with less than 1 month not at all."),
    ],
)  # fmt: skip
def test_when_a_buyer_without_accounts_may_have_more_than_its_grade(settings, part):
    some = pd.DataFrame({"without_accounts": [1.0, None]})
    assert without_accounts(some, LimitSettings(**settings)) == (
        "Without accounts a buyer may have the amount of its grade at our own risk, or if that is more a part of the "
        f"largest balance that it has owed and paid since: {part} With insurance this bounds our own part of the limit."
    )
    assert without_accounts(some.tail(1), LimitSettings(**settings)) == ""
    none = LimitSettings(payment_history_share=[0.0] * 10)
    assert without_accounts(some, none).endswith(
        "may have the amount of its grade at our own risk, whatever it has paid."
    )


@pytest.mark.parametrize(
    ("to_set", "told"),
    [
        (
            41_100_000.0,
            "Recommended limits total **EUR 39.4 m** (EUR 36.1 m without insurance), limits to set **EUR 41.1 m**: a "
            "limit stays where it would change only slightly, is not raised where deliveries are held back or the "
            "insurer is to be told first, and need alone neither lowers it below what is owed nor sets a first one "
            "there.",
        ),
        (
            39_400_000.0,
            "Recommended limits total **EUR 39.4 m** (EUR 36.1 m without insurance), limits to set **EUR 39.4 m**.",
        ),
    ],
)
def test_recommended_limits_and_limits_to_set_are_told_apart(to_set, told):
    totals = pd.Series({"recommended": 36_100_000.0, "recommended_with_cover": 39_400_000.0, "to_set": to_set})
    assert in_all(totals, "EUR").replace("\u00a0", " ") == told
