"""Sentences on what is insured of the receivables."""

import pandas as pd
import pytest

from tradecredit.insurance.shipped import ABOVE, CLASSES, DISCRETIONARY, EXCLUDED, NAMED, REFUSED, STOPPED
from tradecredit.words import cover as words


def classes(insured: float = 0.9, **owed: float) -> pd.DataFrame:
    """`cover.by_class` of what is owed in each class, of which the two that are within a limit are insured in part."""
    amounts = pd.Series(dict.fromkeys(CLASSES, 0.0) | owed)
    within = pd.Series([insured * (name in (NAMED, DISCRETIONARY)) for name in CLASSES], index=list(CLASSES))
    return pd.DataFrame({"open_amount": amounts, "insured": amounts * within})


def test_all_that_is_owed_is_accounted_for():
    """1,000 owed: 0.9 × (500 + 100) is insured, and 60 of these 600 is the company's own part."""
    owed = {NAMED: 500.0, DISCRETIONARY: 100.0, STOPPED: 150.0, REFUSED: 120.0, ABOVE: 30.0, EXCLUDED: 100.0}
    assert words.insured(classes(**owed), "EUR") == (
        "**54 %** of receivables, EUR 540, is insured before deductibles. Of the rest, EUR 60 is our own part of "
        "insured invoices by the insured percentage, EUR 150 was shipped after the stop, EUR 120 met a limit that was "
        "refused or withdrawn, EUR 30 lies above the limit and EUR 100 is not insurable."
    )


@pytest.mark.parametrize(
    ("insured", "owed", "told"),
    [
        (1.0, {NAMED: 500.0}, "**100 %** of receivables, EUR 500, is insured before deductibles."),
        (
            0.0, {NAMED: 500.0},
            "**0 %** of receivables, EUR 0, is insured before deductibles. Of the rest, EUR 500 lies within the limits "
            "of a policy that bears no part of an ordinary loss.",
        ),
        (0.9, {}, "Nothing is owed."),
    ],
)  # fmt: skip
def test_what_is_left(insured, owed, told):
    assert words.insured(classes(insured, **owed), "EUR") == told
