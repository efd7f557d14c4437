"""Migration: small tables worked out by hand, chains whose generator is known, and what must always hold."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

from tradecredit.errors import InputError, ParameterError
from tradecredit.validation import migration

DAY = pd.Timestamp


def history(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["buyer_id", "date", "grade", *(["pd"] if len(rows[0]) > 3 else [])])
    return table.assign(date=pd.to_datetime(table["date"], errors="coerce"))


def defaults(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["buyer_id", "date"])
    return table.assign(date=pd.to_datetime(table["date"]))


def both(rated: pd.DataFrame, failed: pd.DataFrame, *, until: pd.Timestamp):
    return migration.cohort(rated, failed, until=until), migration.duration(rated, failed, until=until)


def assert_same(once: tuple, again: tuple) -> None:
    for one, other in zip([*once[0], *once[1]], [*again[0], *again[1]], strict=True):
        assert one.equals(other)


def three_years() -> tuple[pd.DataFrame, pd.DataFrame]:
    """A moves from 3 to 5, B stays, C defaults, D leaves, E comes late; dates a year apart."""
    rated = history(
        ("A", "2021-01-01", 3, 0.01), ("A", "2022-01-01", 5, 0.04), ("A", "2023-01-01", 5, 0.04),
        ("B", "2021-01-01", 3, 0.02), ("B", "2022-01-01", 3, 0.02), ("B", "2023-01-01", 3, 0.02),
        ("C", "2021-01-01", 5, 0.05), ("D", "2021-01-01", 3, 0.03), ("E", "2022-01-01", 5, 0.06),
        ("E", "2023-01-01", 3, 0.01),
    )  # fmt: skip
    return rated, defaults(("C", "2021-07-02"))


def test_cohort_by_hand():
    # From 3: A to 5, B stays twice, D leaves. From 5: A stays, E to 3, C defaults.
    found = migration.cohort(*three_years(), until=DAY("2023-01-01"))
    assert found.shares.columns.tolist() == [*range(1, 11), "default", "left"]
    assert found.counts.loc[3, [3, 5, "default", "left"]].tolist() == [2, 1, 0, 1]
    assert found.shares.loc[3, [3, 5, "default", "left"]].tolist() == [0.5, 0.25, 0, 0.25]
    assert found.shares.loc[5, [3, 5, "default", "left"]].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert found.counts.to_numpy().sum() == 7
    assert found.rates.loc[3, ["observations", "buyers", "defaults"]].tolist() == [4, 3, 0]
    assert found.rates["predicted"][[3, 5]].tolist() == pytest.approx([0.08 / 4, 0.15 / 3])


def test_errors_count_buyers_and_are_missing_where_none_can_be_told():
    # In grade 5 the default rate is 1/3, of three buyers; in grade 3 nobody defaulted; in grade 1 there is nobody.
    rates = migration.cohort(*three_years(), until=DAY("2023-01-01")).rates
    assert rates.loc[5, "standard_error"] == pytest.approx(math.sqrt(2) / math.sqrt(27))
    assert math.isnan(rates.loc[3, "standard_error"])
    assert rates.loc[1, ["default_rate", "standard_error", "predicted"]].isna().all()


def test_observations_that_overlap_do_not_make_the_error_smaller():
    dates = pd.date_range("2020-01-01", "2023-01-01", freq="3MS")
    failing = pd.DataFrame({"buyer_id": "A", "date": dates[:4], "grade": 4})
    sound = pd.concat([pd.DataFrame({"buyer_id": buyer, "date": dates, "grade": 4}) for buyer in "BCD"])
    rated, failed = pd.concat([failing, sound]), defaults(("A", "2020-12-31"))
    rates = migration.cohort(rated, failed, until=dates[-1]).rates.loc[4]
    # Nine dates have a date a year later: 27 observations of three buyers, and four of the one that defaults.
    assert rates[["observations", "buyers", "defaults"]].tolist() == [31, 4, 4]
    rate = 4 / 31
    assert rates["standard_error"] == pytest.approx(math.sqrt(rate * (1 - rate) / 4))


@pytest.mark.parametrize(
    ("date", "expected"),
    [("2021-01-01", "left"), ("2021-01-02", "default"), ("2022-01-01", "default"), ("2022-01-02", "left")],
)
def test_default_counts_after_the_date_and_up_to_a_year_later(date, expected):
    rated = history(("A", "2021-01-01", 5), ("B", "2021-01-01", 6), ("B", "2022-01-01", 6))
    found = migration.cohort(rated, defaults(("A", date)), until=DAY("2022-06-01"))
    assert found.shares.loc[5, expected] == 1
    assert found.shares.loc[6, 6] == 1


def test_a_default_counts_whatever_came_after_it():
    rated = history(("A", "2021-01-01", 5), ("A", "2022-01-01", 2), ("A", "2023-01-01", 2))
    found = migration.cohort(rated, defaults(("A", "2021-03-01"), ("A", "2021-05-01")), until=DAY("2023-01-01"))
    assert found.shares.loc[5, "default"] == 1
    assert found.shares.loc[2, 2] == 1
    assert found.counts.to_numpy().sum() == 2


def test_an_observation_counts_only_if_its_year_is_over():
    rated, failed = three_years()
    found = migration.cohort(rated[rated["date"] < "2023"], failed, until=DAY("2022-12-31"))
    assert found.rates["observations"].sum() == 4  # the four of 2021
    half = history(("A", "2021-01-01", 1), ("A", "2021-07-01", 1))
    assert migration.cohort(half, defaults(), until=DAY("2025-01-01")).shares.isna().all(axis=None)


def test_ends_of_months_are_a_year_apart_in_leap_years_too():
    # 12 months after 28 February 2023 is 28 February 2024, but the grid of month ends has the 29th.
    dates = ["2023-02-28", "2024-02-29", "2025-02-28"]
    rated = history(*[("A", date, grade) for date, grade in zip(dates, (4, 5, 6), strict=True)])
    found = migration.cohort(rated, defaults(), until=DAY("2025-02-28"))
    assert found.counts.loc[4, 5] == found.counts.loc[5, 6] == 1


def test_duration_by_hand():
    # At risk in 3: A 365 days, B twice 365, D 365 up to the date that it is missing on. In 5: A 365, C 182 up to its
    # default, E 365. What happened after the last date is not known.
    found = migration.duration(*three_years(), until=DAY("2023-07-01"))
    three, five = 365 * 4 / 365.25, (365 * 2 + 182) / 365.25
    assert found.years[[3, 5]].tolist() == pytest.approx([three, five])
    assert found.years.sum() == pytest.approx(three + five)
    assert found.counts.loc[3, 5] == found.counts.loc[5, 3] == found.counts.loc[5, "default"] == 1
    assert found.counts.to_numpy().sum() == 3
    assert found.generator.loc[3, [3, 5, "default"]].tolist() == pytest.approx([-1 / three, 1 / three, 0])
    assert found.generator.loc[5, [3, 5, "default"]].tolist() == pytest.approx([1 / five, -2 / five, 1 / five])
    assert (found.generator.loc["default"] == 0).all()
    assert found.generator.drop(index=[3, 5, "default"]).isna().all(axis=None)


def test_who_left_is_no_longer_at_risk_until_it_comes_back():
    dates = ["2020-01-01", "2021-01-01", "2022-01-01", "2023-01-01"]
    others = [("B", date, 7) for date in dates]
    rated = history(("A", dates[0], 5), ("A", dates[2], 6), *others)
    # The default of 2021 came when A had left: it is nobody's. That of 2022 counts, and ends the time in 6.
    failed = defaults(("A", "2021-06-01"), ("A", "2022-01-31"))
    found = migration.duration(rated, failed, until=DAY("2023-01-01"))
    assert found.years[[5, 6]].tolist() == pytest.approx([366 / 365.25, 30 / 365.25])
    assert found.counts.loc[5].sum() == 0
    assert found.counts.loc[6, "default"] == 1


def test_what_happens_after_the_end_is_not_known():
    rated, failed = three_years()
    known = both(rated[rated["date"] < "2023"], failed, until=DAY("2022-12-31"))
    later = pd.concat([failed, defaults(("A", "2023-01-01"), ("B", "2023-02-01"))])
    assert_same(both(rated, later, until=DAY("2022-12-31")), known)
    assert known[0].rates["observations"].sum() == 4


def generator(rates: dict[tuple, float], seen: tuple = ()) -> pd.DataFrame:
    """A generator by its rates; the grades that move, and those `seen`, have rows."""
    table = pd.DataFrame(np.nan, index=migration.STATES, columns=migration.STATES)
    table.loc[[*{i for i, _ in rates}, *seen, "default"]] = 0.0
    for (i, j), rate in rates.items():
        table.loc[i, j] = rate
        table.loc[i, i] -= rate
    return table


def test_transition_in_closed_form():
    # 1 → 2 at rate a, 2 → default at rate b: P(default by t from 1) = 1 − (b·e^(−at) − a·e^(−bt)) / (b − a).
    a, b, t = 0.3, 0.5, 2.0
    after = migration.transition(generator({(1, 2): a, (2, "default"): b}), years=t)
    assert after.loc[1, "default"] == pytest.approx(1 - (b * math.exp(-a * t) - a * math.exp(-b * t)) / (b - a))
    assert after.loc[2, "default"] == pytest.approx(1 - math.exp(-b * t))
    assert after.loc["default"].tolist() == [0] * 10 + [1]
    assert after.loc[3:10].isna().all(axis=None)


def test_a_grade_that_never_defaulted_has_a_default_rate_by_duration():
    # A falls from 2 to 9 within the year, B from 9 into default: nobody was in 2 a year before a default.
    quarters = ["2021-01-01", "2021-04-01", "2021-07-01", "2021-10-01", "2022-01-01"]
    rated = history(
        *[("A", date, 2 if n < 2 else 9) for n, date in enumerate(quarters)], *[("B", date, 9) for date in quarters[:3]]
    )
    failed = defaults(("B", "2021-08-01"))
    until = DAY("2022-01-01")
    cohorts, durations = both(rated, failed, until=until)
    rates = migration.default_rates(cohorts, durations)
    assert rates.loc[2, "cohort"] == 0
    two, nine = 181 / 365.25, (184 + 212) / 365.25
    a, b = 1 / two, 1 / nine
    assert rates.loc[2, "duration"] == pytest.approx(1 - (b * math.exp(-a) - a * math.exp(-b)) / (b - a))
    assert rates.loc[2, "duration"] > 0.1
    assert rates.loc[2, ["moves", "years"]].tolist() == pytest.approx([1, two])
    assert rates.loc[9, ["cohort", "cohort_defaults", "cohort_buyers"]].tolist() == [1, 1, 1]
    assert rates["predicted_in_sample"].isna().all()


def test_error_of_duration_in_closed_form():
    # With default as the only move, P = 1 − e^(−N/T), whose error is e^(−N/T) · √N / T.
    dates = pd.date_range("2021-01-01", periods=3, freq="YS")
    rated = pd.concat([pd.DataFrame({"buyer_id": f"B{n}", "date": dates, "grade": 8}) for n in range(20)])
    failed = defaults(*[(f"B{n}", "2022-02-01") for n in range(5)])
    until = DAY("2023-01-01")
    durations = migration.duration(rated, failed, until=until)
    rates = migration.default_rates(migration.cohort(rated, failed, until=until), durations).loc[8]
    years = (20 * 365 + 5 * 31 + 15 * 365) / 365.25
    assert rates["years"] == pytest.approx(years)
    assert rates["duration"] == pytest.approx(1 - math.exp(-5 / years))
    assert rates["duration_error"] == pytest.approx(math.exp(-5 / years) * math.sqrt(5) / years)
    assert rates["cohort_error"] == pytest.approx(math.sqrt(1 / 8 * 7 / 8 / 20))


def test_a_grade_entered_on_the_last_date_has_no_rates_of_its_own():
    rated = history(("A", "2021-01-01", 4), ("A", "2022-01-01", 1), ("B", "2021-01-01", 4), ("B", "2022-01-01", 4))
    durations = migration.duration(rated, defaults(), until=DAY("2022-01-01"))
    assert durations.years[1] == 0
    assert durations.generator.loc[1].isna().all()
    after = migration.transition(durations.generator, years=1)
    assert after.loc[1].isna().all()
    # Half a move a year out of 4, into a grade where it stays.
    assert after.loc[4, [1, 4]].tolist() == pytest.approx([1 - math.exp(-365.25 / 730), math.exp(-365.25 / 730)])


TRUE = {(2, 5): 0.25, (5, 2): 0.15, (5, 9): 0.20, (5, "default"): 0.01, (9, 5): 0.20, (9, "default"): 0.15}


def simulated(rates: dict[tuple, float], dates: pd.DatetimeIndex, buyers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Buyers that move at the rates from the first date on, as seen on the dates, and their defaults."""
    random, seen, failed = np.random.default_rng(4), [], []
    days = (dates - dates[0]).days.to_numpy()
    starts = sorted({i for i, _ in rates})
    for buyer in range(buyers):
        grade, day = starts[buyer % len(starts)], 0.0
        while grade != "default" and day <= days[-1]:
            ways = {j: rate for (i, j), rate in rates.items() if i == grade}
            left = day + random.exponential(365.25 / sum(ways.values()))
            seen += [(f"B{buyer}", dates[n], grade) for n in np.flatnonzero((days >= day) & (days < left))]
            states, chances = list(ways), np.array(list(ways.values()))
            grade, day = states[random.choice(len(states), p=chances / chances.sum())], left
        if grade == "default":
            failed.append((f"B{buyer}", dates[0] + pd.Timedelta(days=math.ceil(day))))
    return history(*seen), defaults(*failed)


def test_a_known_generator_is_recovered_within_its_errors():
    dates = pd.date_range("2010-01-01", "2020-01-01", freq="MS")
    rated, failed = simulated(TRUE, dates, 600)
    truth = generator(TRUE)
    cohorts, durations = (
        estimate(rated, failed, until=dates[-1]) for estimate in (migration.cohort, migration.duration)
    )
    for (i, j), rate in TRUE.items():
        error = math.sqrt(durations.counts.loc[i, j]) / durations.years[i]
        assert error < rate / 3
        assert abs(durations.generator.loc[i, j] - rate) < 3 * error
    # Two moves within a month look like one, from 2 to 9: few.
    assert durations.generator.loc[2, 9] < 0.01
    grades = [2, 5, 9]
    states = [*grades, "default"]
    probability = pd.Series(expm(truth.loc[states, states].to_numpy())[:3, -1], index=grades)
    rates = migration.default_rates(cohorts, durations).loc[grades]
    for way, largest in (("cohort", 0.02), ("duration", 0.01)):
        assert (rates[f"{way}_error"] < largest).all()
        assert ((rates[way] - probability).abs() < 3 * rates[f"{way}_error"]).all()
    assert (rates["duration_error"] < probability / 5).all()


def test_rates_on_a_coarse_grid_are_too_low_by_what_is_said():
    # 3 ⇄ 4 at rate q: seen every δ years, a buyer is in the other grade with probability (1 − e^(−2qδ)) / 2. With
    # q = 0.5 every quarter that is 0.442 a year, 12 % less.
    dates = pd.date_range("2010-01-01", "2020-01-01", freq="QS")
    rated, failed = simulated({(3, 4): 0.5, (4, 3): 0.5}, dates, 400)
    durations = migration.duration(rated, failed, until=dates[-1])
    assert durations.generator.loc[3, 4] == pytest.approx((1 - math.exp(-0.25)) / 0.5, abs=0.035)


def test_default_rates_of_good_grades_on_a_coarse_grid_are_too_high_by_what_is_said():
    # Seen every δ years the generator tends to (P(δ) − I) / time at risk in δ, whose rate from 2 is 38 % too high.
    dates = pd.date_range("2010-01-01", "2020-01-01", freq="QS")
    rated, failed = simulated(TRUE, dates, 1_500)
    states = [2, 5, 9, "default"]
    truth = expm(generator(TRUE).loc[states, states].to_numpy())[:3, -1]
    rates = migration.default_rates(*both(rated, failed, until=dates[-1])).loc[[2, 5, 9], "duration"]
    assert (rates / truth).tolist() == pytest.approx([1.38, 1.08, 0.98], abs=0.15)


DATES = pd.date_range("2020-01-31", periods=14, freq="3ME")
ROWS = st.lists(
    st.tuples(st.sampled_from("ABCDE"), st.integers(0, 13), st.integers(1, 10)),
    min_size=1, max_size=60, unique_by=lambda row: row[:2],
)  # fmt: skip
FAILED = st.lists(st.tuples(st.sampled_from("ABCDEF"), st.integers(0, 1_300)), max_size=4)


@settings(max_examples=25)
@given(ROWS, FAILED, st.randoms())
def test_rows_add_up_whatever_happened(rows, failed, random):
    table = history(*[(buyer, DATES[n], grade) for buyer, n, grade in rows])
    events = defaults(*[(buyer, DATES[0] + pd.Timedelta(days=day)) for buyer, day in failed])
    cohorts, durations = both(table, events, until=DATES[-1])
    assert (cohorts.shares.notna().all(axis=1) == (cohorts.counts.sum(axis=1) > 0)).all()
    assert np.allclose(cohorts.shares.dropna().sum(axis=1), 1)
    square = durations.generator
    assert (square.notna().all(axis=1) == [*(durations.years > 0), True]).all()
    assert np.allclose(square.dropna().sum(axis=1), 0)
    assert (square.dropna().to_numpy() - np.diag(np.diag(square))[square.notna().all(axis=1)] >= 0).all()
    after = migration.transition(square, years=1)
    assert np.allclose(after.dropna().sum(axis=1), 1)
    assert after.dropna().ge(0).all(axis=None)
    assert after.isna().equals(square.isna())
    # Time runs on: two years are one year twice.
    twice = after.fillna(pd.DataFrame(np.eye(11), after.index, after.columns))
    assert np.allclose(migration.transition(square, years=2).dropna(), (twice @ twice)[after.notna().all(axis=1)])
    shuffled = random.sample(rows, len(rows))
    again = migration.cohort(
        history(*[(buyer, DATES[n], grade) for buyer, n, grade in shuffled]), events, until=DATES[-1]
    )
    assert again.counts.equals(cohorts.counts)


def test_no_time_changes_nothing():
    after = migration.transition(generator({(1, 2): 0.3}, seen=(2,)), years=0)
    assert after.loc[[1, 2, "default"], [1, 2, "default"]].to_numpy().tolist() == np.eye(3).tolist()
    assert after.loc[3].isna().all()


def test_a_missing_grade_is_no_rating():
    rated, failed = three_years()
    gap = pd.concat([rated, history(("D", "2022-01-01", None, 0.5))]).astype({"grade": "Int64"})
    assert_same(both(rated, failed, until=DAY("2023-01-01")), both(gap, failed, until=DAY("2023-01-01")))


def test_nothing_observed_says_nothing():
    empty, until = history(("A", "2021-01-01", 1)).head(0), DAY("2023-01-01")
    cohorts, durations = both(empty, pd.DataFrame(columns=["buyer_id", "date"]), until=until)
    rates = migration.default_rates(cohorts, durations)
    assert rates.index.tolist() == list(range(1, 11))
    assert rates[["cohort", "cohort_error", "duration", "duration_error"]].isna().all(axis=None)
    assert rates[["cohort_defaults", "cohort_buyers", "moves", "years"]].eq(0).all(axis=None)


def test_all_problems_are_told_at_once():
    rated = history(("A", "2021-01-01", 3), ("A", "2021-01-01", 4), (None, "2021-01-01", 11), ("B", "no day", 2.5))
    for estimate in (migration.cohort, migration.duration):
        with pytest.raises(InputError) as caught:
            estimate(rated, defaults(("A", None)), until=DAY("2023-01-01"))
        told = {(problem.file, problem.column, problem.row, problem.others) for problem in caught.value.problems}
        assert told == {
            ("rating history", "buyer_id", 4, 0), ("rating history", "grade", 4, 1), ("rating history", "date", 5, 0),
            ("rating history", "date", 3, 0), ("defaults", "date", 2, 0),
        }  # fmt: skip
        with pytest.raises(InputError) as caught:
            estimate(rated[["date"]], defaults()[["date"]], until=DAY("2023-01-01"))
        assert [problem.column for problem in caught.value.problems] == ["buyer_id", "grade", "buyer_id"]


@pytest.mark.parametrize("years", [-1, float("nan"), float("inf")])
def test_years_that_cannot_be(years):
    with pytest.raises(ParameterError, match="years"):
        migration.transition(generator({(1, 2): 0.3}), years=years)
