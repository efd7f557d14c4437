"""Sentences on policies: their main terms, what they are worth, and which terms do nothing."""

from typing import get_args

import pandas as pd
import pytest
from ledgers import YEAR

from tradecredit.decide.policies.alternatives import OTHER_CONVENTION, Frontier
from tradecredit.decide.policies.terms import terms
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER, PolicyTerms
from tradecredit.words import policies as words

AS_OF = pd.Timestamp("2026-03-31")


def test_how_many_years_are_fewer():
    frontier = Frontier(pd.DataFrame(), 1.0, pd.Series(dtype=float), 1_500)
    readings = pd.DataFrame({"scenarios": [800, 800]})
    told = words.fewer_years(frontier, readings, 20_000)
    assert told.startswith("Fewer years: 1,500 for varied terms and 800 for the other readings, of the 20,000 that all")
    assert words.fewer_years(frontier, readings.iloc[:0], 20_000) == ""
    assert words.fewer_years(frontier._replace(years=0), readings, 20_000) == ""
    assert words.fewer_years(frontier, readings, 800) == ""


def offers(**of):
    columns = ["insured_percentage", "each_loss_deductible", "aggregate_first_loss", "maximum_liability", "cost",
               "frontier_retained_es", "frontier_cost_of_risk", "quote"]  # fmt: skip
    return Frontier(pd.DataFrame.from_dict(of, orient="index", columns=columns), 1.0, pd.Series(dtype=float), 1_500)


def test_the_terms_that_fit_and_what_beats_the_best_offer(book_of):
    found = offers(
        A=(0.9, 5_000.0, 150_000.0, 2e6, 300.0, 900.0, 400.0, True),
        v1=(0.95, 0.0, 300_000.0, 2e6, 250.0, 850.0, 350.0, False),
        v2=(0.8, 0.0, None, float("inf"), 200.0, 1_000.0, 500.0, False),
    )
    policy = {"name": "p", "ends": "2026-12-31", "notice_days": 30}
    book = book_of("2026-10-31", **YEAR, run={"policy": policy, "account": {"risk_tolerance": 950}})
    assert words.fitting(found, "A", book).replace("\u00a0", " ") == (
        "Within the risk tolerance of EUR 950 the cheapest are 95 % insured, no deductible, a first loss of EUR "
        "300,000 and a maximum of EUR 2.00 m, at EUR 250 a year; they leave EUR 850 in the worst 0.1 % of years on "
        "average. 95 % insured, no deductible, a first loss of EUR 300,000 and a maximum of EUR 2.00 m would cost EUR "
        "50 a year less than A, the best offer, and leave EUR 50 less in the worst 0.1 % of years, on today's "
        "balances; nobody has quoted them. Ask insurers for such a quote before the policy is decided on, by 24 "
        "November 2026 (credit analyst)."
    )
    tight = book_of("2026-10-31", **YEAR, run={"policy": policy, "account": {"risk_tolerance": 10}})
    assert words.fitting(found, "v1", tight).startswith("None of these terms keeps the worst 0.1 % of years within")
    unstated = book_of("2026-10-31", **YEAR, run={"policy": policy})
    told = words.fitting(found._replace(offers=found.offers.loc[["A"]]), "A", unstated)
    assert told.startswith("No risk tolerance is stated, so that no terms can be said to fit: state the greatest loss")
    assert told.endswith("No terms that were looked at cost less than A and leave less.")
    assert words.frontier_caption(found, 1_500) == (
        "Cost and retained expected shortfall of policy terms (simulated): quoted offers as diamonds, varied terms as "
        "points"
    )
    assert "on 1,500 of the account's 20,000 years" in words.frontier_caption(found, 20_000)


def test_months_after_the_year_are_explained():
    table = pd.DataFrame({"gross": [1.0] * 14})
    assert words.later_months(table).startswith("Months 13 to 14 are beyond the year")
    assert words.later_months(table.iloc[:13]).startswith("Month 13 is beyond the year")
    assert words.later_months(table.iloc[:12]) == ""


def test_main_terms_side_by_side():
    plain = Policy(name="p", insured_percentage=0.9)
    multiple = Policy(name="q", minimum_premium=1_000, maximum_liability_multiple=30, waiting_days=180)
    table = words.main_terms([plain, multiple], AS_OF)
    assert table.index.tolist() == ["period", *words.MAIN]
    assert table.loc["insured_percentage"].tolist() == [0.9, 1.0]
    assert table.loc["maximum_liability"].tolist() == [None, 30_000]
    assert table.loc["waiting_days"].tolist() == [None, 180]
    assert words.main_terms([], AS_OF).empty
    assert words.main_terms([], AS_OF).index.empty


def comparison(**saved: float) -> pd.DataFrame:
    """`quotes.comparison` of policies by what they save beside the first, p, which costs 500 and takes 300 off."""
    of = {
        name: {"cost": 500.0, "break_even_cost": 300.0, "break_even_premium": 250.0, "saving_on_current": amount}
        for name, amount in saved.items()
    }
    table = pd.DataFrame.from_dict({NO_COVER: dict.fromkeys(of["p"], 0.0)} | of, orient="index")
    return table.assign(saving_on_current_se=10.0)


@pytest.mark.parametrize(
    ("saved", "told"),
    [
        ({"p": 0.0}, ""),
        (
            {"p": 0.0, "q": 40.0, "r": 20.0},
            " On today's balances alone, q is the best of the others: the yearly cost of risk with it is EUR 40 less "
            "(standard error 10).",
        ),
        (
            {"p": 0.0, "q": -40.0},
            " On today's balances alone, q is the best of the others: the yearly cost of risk with it is EUR 40 more "
            "(standard error 10).",
        ),
        ({"p": 0.0, "q": 15.0}, " The difference between it and q is within simulation error."),
    ],
)
def test_the_policy_in_force_on_todays_balances(saved, told):
    assert words.beside_current(comparison(**saved), "p", "EUR") == (
        "The policy in force, p, costs EUR 500; the losses and the capital that it takes off today's balances alone "
        f"would pay for EUR 300, a premium of EUR 250.{told}"
    )
    assert words.beside_current(comparison(**saved), NO_COVER, "EUR") == "No policy is in force."


def test_every_choice_of_a_term_has_its_words():
    choices = {
        name: set(get_args(field.annotation))
        for name, field in PolicyTerms.model_fields.items()
        if all(isinstance(choice, str) for choice in get_args(field.annotation)) and get_args(field.annotation)
    }
    assert {term: set(codes) for term, codes in words.CODES.items()} == choices
    assert set(OTHER_CONVENTION) <= set(choices)


def test_terms_and_conventions_in_words():
    policies = [
        Policy(name="p", threshold=100.0, threshold_kind="deductible", premium_rate=0.002, insured_turnover=10.0),
        Policy(name="q", kind="key_accounts", buyers=["b_1"]),
    ]
    told = words.terms_in_words(terms(policies))
    assert told.loc["kind"].tolist() == ["whole turnover", "key accounts"]
    assert told.loc["threshold_kind", "p"] == "deductible"
    assert pd.isna(told.loc["threshold_kind", "q"])
    assert told.loc["buyers", "q"] == "b_1"
    assert told.loc["threshold", "p"] == 100
    assert told.index.name == "term"
    assert words.terms_in_words(terms([])).empty
    read = pd.DataFrame({"term": ["loss_basis"], "convention": ["net"], "other": ["debt"], "difference": [1.0]})
    assert words.conventions_in_words(read).iloc[0].tolist() == [
        "loss_basis", "the loss net of recoveries", "the debt, recoveries shared", 1.0,
    ]  # fmt: skip
    assert words.conventions_in_words(read.iloc[:0]).empty
