"""What chapters come to, in words: figures given by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.optimum.optimum import DIFFERENCE
from tradecredit.words import answers

NAN = float("nan")


def optimum(gain: float) -> SimpleNamespace:
    totals = pd.DataFrame({"net_earnings": [gain]}, index=[DIFFERENCE])
    return SimpleNamespace(totals=totals, limits=pd.DataFrame({"limit": [1.0]}).iloc[: 0 if np.isnan(gain) else 1])


def test_receivables_are_told_with_what_is_late_and_old():
    kpis = pd.Series(
        {"receivables": 2_000.0, "open_invoices": 3.0, "share_current": 0.75, "overdue_amount": 500.0,
         "share_over_90": 0.05}
    )  # fmt: skip
    assert answers.receivables(kpis, "EUR") == (
        "Customers owe **EUR 2,000** on 3 invoices. **75 %** is not due yet; EUR 500 is overdue, 5 % of all for "
        "more than 90 days."
    )
    assert answers.receivables(kpis.replace(2_000.0, 0.0), "EUR") == "Customers owe nothing."


def test_lights_are_counted_by_colour_the_good_ones_first():
    lights = pd.DataFrame({"light": ["red", "green", "green", "not testable"]})
    assert answers.of_lights(lights) == "Of the tests of the model, 2 are green and 1 is red (appendix)."
    assert answers.of_lights(lights.tail(1)) == answers.of_lights(pd.DataFrame()) == ""


@pytest.mark.parametrize(
    ("breaches", "amount", "told"),
    [
        (2.0, 30.0, " 2 buyers owe **EUR 30** more than the limit in force."),
        (1.0, 30.0, " 1 buyer owes **EUR 30** more than the limit in force."),
        (0.0, 0.0, " No buyer exceeds its limit in force."),
        (NAN, NAN, ""),
    ],
)
def test_limits_are_told_with_who_exceeds_them(breaches, amount, told):
    totals = pd.Series({"to_set": 100.0, "breaches": breaches, "breach_amount": amount})
    assert answers.limits(totals, "EUR") == f"Limits to set total **EUR 100**.{told}"


def test_the_book_as_a_whole_tells_what_is_gained_and_what_may_be_asked_for():
    asked = pd.DataFrame({"net_gain": [5.0, 7.0]})
    gains = "Limits set for the portfolio would earn **EUR 40** a year more than limits set one by one."
    asks = "2 limits asked of the insurer would bring EUR 12 a year, if granted."
    assert answers.of_the_book(optimum(40.0), asked, "EUR") == f"{gains} {asks}"
    assert answers.of_the_book(optimum(NAN), asked, "EUR") == asks
    assert answers.of_the_book(optimum(0.2), asked.head(0), "EUR") == (
        "Limits set for the portfolio would earn no more than limits set one by one."
    )
    figures = answers.book_figures(optimum(40.0), asked, pd.DataFrame({"over_group_limit": [1.0, 2.0]}), "EUR")
    assert [value for value, *_ in figures.values()] == [40.0, 12.0, 3.0]
    assert answers.book_figures(optimum(40.0), asked, pd.DataFrame(), "EUR")["over_group_limits"][0] is None


def test_terms_leave_out_what_is_not_known():
    lengths = pd.DataFrame({"suggested_days": [60.0, 0.0]}, index=pd.Index([1, 2], name="grade"))
    charged = pd.Series({"open_charge": 8.0})
    assert answers.terms(pd.Series({"net": -3.0}), lengths, charged, "EUR") == (
        "Cash discounts of the last 12 months cost **EUR 3** more than they saved. Up to 60 days pay for grade 1; "
        "grade 2 should pay in advance. **EUR 8** of interest and fees may be charged on open invoices that are "
        "late."
    )
    assert answers.terms(pd.Series({"net": NAN}), lengths.head(0), charged * NAN, "EUR") == (
        "What discounts and terms are worth cannot be told from this book."
    )
    assert answers.given_discounts(pd.Series({"net": 3.0}), "EUR").endswith("saved **EUR 3** more than they cost.")


def test_bad_years_are_told_with_and_without_cover():
    comparison = pd.DataFrame(
        {"retained_es_99": [90.0, 40.0], "retained_es_99_se": [0.1, 0.1]}, index=["no cover", "Current"]
    )
    alone = "In the worst year in 100 **EUR 90** is lost on average without insurance"
    assert answers.retained(comparison, "no cover", "EUR") == f"{alone} (simulated)."
    assert answers.retained(comparison, "Current", "EUR") == (
        f"{alone}, and **EUR 40** is retained with Current (simulated)."
    )
    assert answers.losses(1.0, 20.0, 30.0, "EUR") == (
        "A year is expected to lose **EUR 1** before insurance; one year in 100 loses more than **EUR 20**, and "
        "then EUR 30 on average (simulated)."
    )
