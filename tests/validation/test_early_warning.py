"""How well lists warn, on a few buyers worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta

from tradecredit.validation.early_warning import as_many, clopper_pearson, compared, frontier, outcomes, warned

DAYS = pd.date_range("2024-01-31", "2025-12-31", freq="ME")
UNTIL = pd.Timestamp("2025-12-31")
DECIDED = DAYS[DAYS <= "2024-12-31"]


def reviews(**on: tuple[str, str]) -> tuple[pd.DataFrame, pd.Series]:
    """Return month ends of 2024 and 2025 of buyers, each on the list from one month to another ("" to "": never)."""
    parts, listed = [], []
    for buyer, (first, last) in on.items():
        parts.append(pd.DataFrame({"date": DAYS, "buyer_id": buyer}))
        listed.append((first <= DAYS) & (last >= DAYS) if first else np.zeros(len(DAYS), bool))
    return pd.concat(parts, ignore_index=True), pd.Series(np.concatenate(listed))


def failures(**day: str) -> pd.DataFrame:
    return pd.DataFrame({"buyer_id": list(day), "date": pd.to_datetime(list(day.values()))})


def test_named_in_time_too_late_and_not_at_all():
    """A came on the list 91 days before, B 30 days, C never; D had left it 13 months before; E was no buyer."""
    table, listed = reviews(
        A=("2025-03-31", "2025-06-30"), B=("2025-05-31", "2025-06-30"), C=("", ""), D=("2024-01-31", "2024-04-30")
    )
    fails = failures(A="2025-06-30", B="2025-06-30", C="2025-06-30", D="2025-06-01", E="2025-06-30")
    found = warned(table, listed, fails, until=UNTIL)
    assert found["failures"] == 5
    assert found["named"] == 1
    assert found["share_named"] == pytest.approx(0.2)
    low, high = beta.ppf(0.05, 1, 5), beta.ppf(0.95, 2, 4)
    assert found[["share_named_low", "share_named_high"]].tolist() == pytest.approx([low, high])
    assert found["days_ahead"] == 91
    assert found["reviews"] == 24


def test_days_ahead_run_from_the_day_on_which_it_came_on_the_list_last():
    """Listed from January to March 2024, and again from August: it failed on 31 December, 122 days after 31 August."""
    table, first = reviews(A=("2024-01-31", "2024-03-31"))
    listed = first | ((table["date"] >= "2024-08-31") & (table["date"] <= "2024-12-31"))
    found = warned(table, listed, failures(A="2024-12-31"), until=UNTIL)
    assert found["days_ahead"] == 122
    # Of a second month alone, 30 November, it would not be: 31 days.
    late = first | ((table["date"] >= "2024-11-30") & (table["date"] <= "2024-12-31"))
    assert warned(table, late, failures(A="2024-12-31"), until=UNTIL)["days_ahead"] == 335


def test_names_are_true_late_or_false_by_what_came_within_a_year():
    """Of lists up to December 2024: A failed in time, B 31 days after it came, C two years later and D never did."""
    table, listed = reviews(
        A=("2024-01-31", "2024-06-30"), B=("2024-05-31", "2024-05-31"), C=("2024-02-29", "2024-03-31"),
        D=("2024-02-29", "2024-03-31"), E=("2025-06-30", "2025-12-31"), F=("", ""),
    )  # fmt: skip
    found = warned(table, listed, failures(A="2024-07-31", B="2024-07-01", C="2025-12-31"), until=UNTIL)
    assert found[["names", "true_names", "late_names", "false_names"]].tolist() == [4, 1, 1, 2]
    assert found["false_a_true"] == 2
    # Names of each list: A six, B one; C and D two each, none of which failed within a year.
    assert found["failed_of_listed"] == pytest.approx(7 / 11)
    low, high = beta.ppf(0.05, 1, 3), beta.ppf(0.95, 2, 2)
    assert found["false_a_true_low"] == pytest.approx((1 - high) / high)
    assert found["false_a_true_high"] == pytest.approx((1 - low) / low)


def test_what_became_known_after_the_day_changes_nothing():
    table, listed = reviews(A=("2024-01-31", "2024-06-30"), B=("2024-05-31", "2024-05-31"))
    known = failures(A="2024-07-31")
    later = pd.concat([known, failures(B="2026-01-02")])
    pd.testing.assert_series_equal(warned(table, listed, known, until=UNTIL), warned(table, listed, later, until=UNTIL))


def test_nothing_is_told_of_no_failure_and_of_no_review():
    table, listed = reviews(A=("2024-01-31", "2024-06-30"))
    found = warned(table, listed, failures(), until=UNTIL)
    assert np.isnan(found["share_named"])
    assert np.isnan(found["false_a_true"])
    assert found["false_names"] == 1
    nothing = warned(table.head(0), listed.head(0), failures(), until=UNTIL)
    assert nothing["reviews"] == 0


def test_as_many_names_are_those_with_the_highest_scores_of_each_day():
    table, listed = reviews(A=("2024-01-31", "2024-06-30"), B=("", ""), C=("2024-03-31", "2024-06-30"))
    score = table["buyer_id"].map({"A": 0.1, "B": 0.3, "C": 0.2})
    found = as_many(table, score, listed)
    assert found.groupby(table["date"]).sum().tolist() == listed.groupby(table["date"]).sum().tolist()
    assert sorted(table.loc[found & (table["date"] == "2024-01-31"), "buyer_id"]) == ["B"]
    assert sorted(table.loc[found & (table["date"] == "2024-04-30"), "buyer_id"]) == ["B", "C"]


def test_a_lower_threshold_names_no_fewer_failures():
    table, _ = reviews(**{f"B{n}": ("", "") for n in range(40)})
    rng = np.random.default_rng(2)
    score = pd.Series(rng.random(len(table)))
    fails = failures(**{f"B{n}": f"2025-{1 + n % 12:02}-15" for n in range(0, 40, 2)})
    curve = frontier(table, score, [0.5, 0.9, 0.95, 0.99], fails, until=UNTIL)
    assert (curve["share_named"].diff().dropna() <= 0).all()
    assert (curve["names"].diff().dropna() <= 0).all()
    assert compared(table, {"x": score >= 0.9}, fails, until=UNTIL).loc["x"].equals(curve.loc[0.9])


def test_outcomes_within_a_year_and_what_is_decided():
    table, _ = reviews(A=("", ""))
    known, failed = outcomes(table, failures(A="2025-01-31"), until=UNTIL)
    assert DAYS[known].tolist() == DECIDED.tolist()
    assert DAYS[failed].tolist() == DAYS[(DAYS >= "2024-01-31") & (DAYS < "2025-01-31")].tolist()


def test_clopper_pearson_ends_at_nothing_and_all():
    """0 of 10 at 95 %: up to 1 − 0.025^(1/10) = 0.3085 (Clopper and Pearson 1934)."""
    assert clopper_pearson(0, 10, 0.95) == pytest.approx((0.0, 0.3085), abs=5e-5)
    assert clopper_pearson(10, 10, 0.95) == pytest.approx((0.6915, 1.0), abs=5e-5)
