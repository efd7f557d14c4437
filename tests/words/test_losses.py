"""Sentences on simulated losses."""

import pandas as pd
import pytest
from ledgers import ledger, monthly

from tradecredit import words
from tradecredit.params.losses import Dependence, SectorFactors

TWO = SectorFactors(source="made up", factors=["a", "b"], correlation=[[1, 0.5], [0.5, 1]], sectors={}, other="a")

MIXED = SectorFactors.model_validate(TWO.model_dump() | {"sectors": {"M": {"a": 0.6, "b": 0.4}}})


@pytest.mark.parametrize(
    ("dependence", "parts"),
    [
        (Dependence(), ["one-factor Gaussian copula"]),
        (Dependence(sector_factors=TWO), ["2-factor (by sector) Gaussian copula"]),
        (Dependence(kind="student_t", degrees_of_freedom=4), ["one-factor Student-t copula", "4 degrees of freedom"]),
        (Dependence(kind="gamma", default_rate_sd=0.7, sector_factors=TWO), ["2-factor", "standard deviation 0.7"]),
        (
            Dependence(kind="gamma", default_rate_sd={"a": 0.7, "b": 0.4}, sector_factors=MIXED),
            ["standard deviation 0.7 (a) and 0.4 (b)", "on several: sectors.M."],
        ),
    ],
)
def test_dependence_in_words(dependence, parts):
    sentence = words.losses.dependence(dependence)
    assert all(part in sentence for part in parts)


def test_views_are_named_by_what_they_are():
    table = pd.DataFrame({"view": ["gross", "indemnity:Quote B: net", "retained:Quote B: net"], "value": 1.0})
    expected = ["before insurance", "indemnity, Quote B: net", "retained, Quote B: net"]
    assert words.losses.views(table)["view"].tolist() == expected


LEVELS = pd.DataFrame({"expected_loss_at_level": [90.0, 170.0, 330.0]}, index=["low", "as it is", "high"])


def test_the_range_of_the_expected_loss_is_published_and_told():
    published = words.losses.expected_by_level(LEVELS, "EUR")
    assert {name: value for name, (value, *_) in published.items()} == {
        "expected_loss_low": 90,
        "expected_loss_high": 330,
    }
    told = words.losses.expected_in_short(published | {"expected_loss_simulated": (172.0, "EUR")}, "EUR")
    assert told == (
        "The expected loss of the next 12 months, **EUR 172**, is EUR 90 to EUR 330 over the 90 % "
        "interval of the level of default."
    )
    assert words.losses.expected_in_short(published, "EUR") == ""
    unknown = {"expected_loss_simulated": (172.0,), "expected_loss_low": (None,), "expected_loss_high": (None,)}
    assert words.losses.expected_in_short(unknown, "EUR") == ""


def test_what_the_largest_contributors_make_up():
    ten = pd.DataFrame({"share": [0.1] * 10})
    assert words.losses.largest(ten) == "All of the expected shortfall is of 10 buyers at risk."
    more = pd.DataFrame({"share": [0.09] * 10 + [0.01] * 10})
    assert words.losses.largest(more) == (
        "The ten largest contributors make up **90 %** of the expected shortfall; 20 buyers are at risk."
    )


def test_scenarios_say_what_they_make_of_default_probabilities_and_of_the_year():
    """2 % becomes 2.5 %, a quarter more; cuts of limits leave probabilities as they are, and more is retained."""
    table = pd.DataFrame(
        {"expected_loss_simulated": [200.0, 250.0, 200.0], "retained_expected": [150.0, 180.0, 160.0]},
        index=["base", "Slowdown", "Limit cuts"],
    )
    table = table.assign(expected_loss_simulated_se=0.0, retained_expected_se=0.0)
    effects = pd.DataFrame({"exposure_weighted_pd": [0.02, 0.025, 0.02]}, index=table.index)
    assert words.losses.under_scenarios(table, effects, "EUR", insured=True).replace("\u00a0", " ") == (
        "A year is expected to lose EUR 200 and EUR 150 as the book is; under “Slowdown” (default probabilities +25 %) "
        "EUR 250 and EUR 180; under “Limit cuts” (default probabilities as they are) EUR 200 and EUR 160. The first "
        "figure is before insurance, the second retained under the policy in force."
    )
    without = words.losses.under_scenarios(table, effects, "EUR", insured=False).replace("\u00a0", " ")
    assert "(default probabilities +25 %) EUR 250; under" in without
    assert without.endswith("EUR 200. All before insurance.")


def test_factors_of_buyers_that_the_book_does_not_have_are_told(book_of):
    tables = ledger(monthly("A", "2025-01-01", "2026-03-01"), monthly("B", "2025-01-01", "2026-03-01"))
    own = TWO.model_dump() | {"buyers": {"A": {"a": 1.0}, "Z": {"b": 1.0}}}
    book = book_of("2026-03-31", run={"losses": {"dependence": {"sector_factors": own}}}, **tables)
    assert words.losses.unmatched(book) == [
        "losses.dependence.sector_factors.buyers names Z, which no row of the book has: it has no effect."
    ]
    assert words.losses.unmatched(book_of("2026-03-31", **tables)) == []
