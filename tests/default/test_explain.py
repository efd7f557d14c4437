"""Why a buyer is rated so, and what would lift it: in words, adding up, and true when tried."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import expit, logit

from tradecredit import default
from tradecredit.book.demo import demo_book
from tradecredit.book.schema import TABLES
from tradecredit.default import expert_prior, point_in_time
from tradecredit.default.additive_model import points
from tradecredit.default.explain import drivers, explanation, improvements, in_words, known_parts, largest_risk
from tradecredit.default.grades import grade
from tradecredit.default.panel import ACCOUNTS, BEHAVIOUR, CANDIDATES, OPINION, SURROUNDINGS, Candidate, candidates
from tradecredit.default.ratings import Assessment
from tradecredit.params.default import DefaultSettings
from tradecredit.params.run import Run

pytestmark = pytest.mark.usefixtures("own_results")

AS_OF = "2026-10-31"
AGENCIES = {"Agency A": {5: 0.2, 20: 0.06, 50: 0.015, 80: 0.004, 95: 0.0012}}
BOUNDS = Run(entity="Test", currency="EUR", as_of=AS_OF, source={"kind": "demo"}, file="x.yaml").grades


@pytest.fixture(scope="module")
def book(book_of):
    tables = dict(demo_book(buyers=120, invoices=3_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    return book_of(AS_OF, run={"default": {"minimum_defaults": 5, "agencies": AGENCIES}}, fx=rates, **tables)


@pytest.fixture(scope="module")
def fitted(book):
    found = default.assessment(book)
    assert found.model
    return found


@pytest.fixture(scope="module")
def settings():
    return DefaultSettings(minimum_defaults=1_000, agencies=AGENCIES, central_tendencies={"C": 0.04, "DE/G": 0.005})


@pytest.fixture(scope="module")
def unfitted(book, settings):
    return replace(book, run=book.run.model_copy(update={"default": settings}))


@pytest.fixture(scope="module")
def told_by(unfitted):
    return candidates(unfitted)


@pytest.fixture(scope="module")
def stated(unfitted):
    found = default.assessment(unfitted)
    assert found.model is None
    return found


# In words


def test_values_are_told_by_the_words_of_their_input():
    assert in_words("days_beyond_terms", 12.4, CANDIDATES) == "pays 12 days beyond terms"
    assert in_words("share_late", 0.804, CANDIDATES) == "80 % of what fell due was late"
    assert in_words("equity_ratio_change", -0.052, CANDIDATES) == "equity ratio changed by −5 % of assets in a year"
    assert in_words("equity_ratio_change", 0.052, CANDIDATES) == "equity ratio changed by +5 % of assets in a year"
    assert in_words("interest_cover", float("nan"), CANDIDATES) == "interest cover not known"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("equity_ratio", -0.004, "equity is 0 % of assets"),
        ("equity_ratio", -0.006, "equity is −1 % of assets"),
        ("net_margin", -0.0004, "net margin 0.0 %"),
        ("net_margin", -0.0006, "net margin −0.1 %"),
        ("current_ratio", -0.001, "current ratio 0.00"),
        ("days_beyond_terms_drift", -0.2, "pays 0 days later than over the year"),
        ("days_beyond_terms_drift", 0.2, "pays 0 days later than over the year"),
        ("days_beyond_terms_drift", 10.2, "pays +10 days later than over the year"),
        ("days_beyond_terms_drift", -0.6, "pays −1 days later than over the year"),
    ],
)
def test_what_rounds_to_nothing_has_no_sign(name, value, words):
    assert in_words(name, value, CANDIDATES) == words


def test_a_hyphen_in_a_name_is_no_minus_sign():
    told = {"score: A-1": Candidate(OPINION, -1, "A-1's score is {:.0f}")}
    assert in_words("score: A-1", -3.0, told) == "A-1's score is −3"
    assert in_words("score: A-1", float("nan"), told) == "score of A-1 not known"


def test_at_most_three_drivers_the_strongest_first_and_none_that_is_worth_no_word():
    names = ["days_beyond_terms", "share_late", "equity_ratio", "net_margin", "limit_use"]
    values = pd.DataFrame([[30, 0.5, np.nan, -0.1, 0.9]] * 3, index=list("ABC"), columns=names)
    parts = pd.DataFrame([[0.2, 0.5, 0.3, 0.4, 0.15], [0.1, -2, 0.101, 0, 0], [0.1] * 5], list("ABC"), names)
    assert drivers(parts, values, CANDIDATES).to_dict() == {
        "A": "50 % of what fell due was late; net margin −10.0 %; equity ratio not known",
        "B": "equity ratio not known",
        "C": "",
    }
    assert drivers(parts.head(0), values, CANDIDATES).tolist() == []


def test_drivers_of_the_demo_are_the_first_rows_of_its_explanations(book, fitted):
    told_by = candidates(book)
    told = fitted.ratings.index[fitted.ratings["drivers"] != ""]
    assert len(told) > 30
    for buyer in told:
        why = explanation(fitted.contributions.loc[buyer], fitted.today.loc[buyer], told_by)
        against = why[why["log_odds"] > 0.1]["finding"].head(3)
        assert fitted.ratings.loc[buyer, "drivers"] == "; ".join(against)


# Parts that are known


def test_parts_are_known_of_buyers_with_any_input_of_theirs():
    told_by = {name: CANDIDATES[name] for name in ("days_beyond_terms", "share_late", "oldest_days_past_due")}
    told_by |= {name: CANDIDATES[name] for name in ("equity_ratio", "net_margin", "group_days_beyond_terms")}
    gap = np.nan
    values = pd.DataFrame(
        {
            "days_beyond_terms": [3.0, gap, gap, gap],
            "share_late": [gap, 0.1, gap, gap],
            "oldest_days_past_due": [0.0, 0.0, 0.0, 0.0],  # nothing past due, whether or not it ever bought
            "equity_ratio": [gap, 0.3, gap, gap],
            "net_margin": [gap, 0.3, 0.2, gap],
            "group_days_beyond_terms": [gap, gap, gap, gap],
        }
    )
    found = known_parts(values, told_by)
    assert found.index.tolist() == [BEHAVIOUR, ACCOUNTS, SURROUNDINGS]
    assert found["buyers"].tolist() == [2, 2, 0]
    assert found["share"].tolist() == [0.5, 0.5, 0]
    assert found["inputs"].tolist() == [3, 2, 1]


def test_known_parts_agree_with_what_ratings_rest_on(book, stated, told_by):
    found = known_parts(stated.today, told_by)
    others = stated.ratings[~stated.ratings["method"].isin(["in default", "analyst's override"])]
    of_others = known_parts(stated.today.loc[others.index], told_by)
    for part in (BEHAVIOUR, OPINION):
        assert of_others.loc[part, "buyers"] == others["method"].str.contains(part).sum() < len(others)
    assert found.loc[ACCOUNTS, "buyers"] == book.statements["buyer_id"].nunique()


# Explanations


def median_odds(found: Assessment) -> float:
    """Return the log-odds of a buyer with the median value of every input of the fit."""
    median = pd.DataFrame({part.name: [part.median] for part in found.model.inputs})
    return logit(point_in_time.moved(found.model.predict(median)["pd"], found.factor)).iloc[0]


def test_an_explanation_adds_up_to_the_distance_from_the_median_buyer(book, fitted):
    sound = fitted.ratings.index[fitted.ratings["method"] != "in default"]
    for buyer in sound:
        why = explanation(fitted.contributions.loc[buyer], fitted.today.loc[buyer], candidates(book))
        distance = logit(fitted.ratings.loc[buyer, "model_pd"]) - median_odds(fitted)
        assert why["log_odds"].sum() == pytest.approx(distance, abs=1e-9)
        assert why["points"].sum() == pytest.approx(-20 * distance / np.log(2), abs=1e-6)
        assert why["log_odds"].abs().is_monotonic_decreasing


def test_an_explanation_of_the_stated_prior_adds_up_too(stated, told_by):
    method = stated.ratings["method"]
    sound = stated.ratings.index[method.str.startswith("prior") & ~method.str.contains("nothing")]
    assert len(sound) > 60
    rest = [
        logit(stated.ratings.loc[buyer, "model_pd"])
        - explanation(stated.contributions.loc[buyer], stated.today.loc[buyer], told_by)["log_odds"].sum()
        for buyer in sound
    ]
    assert rest == pytest.approx([rest[0]] * len(rest))
    assert stated.today.loc[sound, "central_tendency"].nunique() == 3


def test_twenty_points_halve_the_odds():
    parts = pd.Series({"days_beyond_terms": np.log(2), "equity_ratio": -np.log(4)})
    why = explanation(parts, pd.Series({"days_beyond_terms": 30.0, "equity_ratio": 0.6}), CANDIDATES)
    assert why.index.tolist() == ["equity_ratio", "days_beyond_terms"]
    assert why.index.name == "input"
    assert why.columns.tolist() == ["part", "finding", "log_odds", "points"]
    assert why["points"].tolist() == pytest.approx([40, -20])
    assert why["part"].tolist() == [ACCOUNTS, BEHAVIOUR]
    assert why["finding"].tolist() == ["equity is 60 % of assets", "pays 30 days beyond terms"]


def test_what_is_not_known_is_told_where_it_says_something():
    parts = pd.Series({"equity_ratio": 0.0, "net_margin": 0.2, "days_beyond_terms": 0.0})
    why = explanation(parts, pd.Series({"days_beyond_terms": 3.0}).reindex(parts.index), CANDIDATES)
    assert why["finding"].to_dict() == {
        "net_margin": "net margin not known",
        "days_beyond_terms": "pays 3 days beyond terms",
    }


# Improvements


def tried(found: Assessment, others: pd.DataFrame, settings: DefaultSettings) -> pd.Series:
    """Return the model's probabilities of buyers with other inputs, the rest of the book being what it is."""
    if found.model:
        return point_in_time.moved(found.model.predict(others)["pd"], found.factor)
    both = pd.concat([found.today, others]).rename_axis("buyer_id")
    # Those that are tried move neither the medians nor the level of the book's.
    counted = found.counted.reindex(both.index, fill_value=False)
    return expert_prior.rated(both, counted, found.tendency, weights=found.weights, settings=settings).ratings["pd"][
        others.index
    ]


@pytest.mark.parametrize("kind", ["fitted", "stated"])
def test_a_needed_value_gives_the_better_grade_when_it_is_tried(request, settings, kind):
    found = request.getfixturevalue(kind)
    told, others = [], []
    for buyer, rating in found.ratings[found.ratings["method"] != "in default"].iloc[::3].iterrows():
        values = found.today.loc[buyer]
        lifts = improvements(rating, values, found.curves, BOUNDS, model=found.model)
        assert lifts.index.name == "input"
        assert lifts.columns.tolist() == ["now", "needed"]
        for name, row in lifts.iterrows():
            assert row["now"] == values[name]
            assert (row["needed"] - row["now"]) * found.inputs.loc[name, "sign"] < 0
            told.append((rating["model_pd"], rating["model_grade"]))
            others += [values, values.where(values.index != name, row["needed"])]
    told = pd.DataFrame(told, columns=["pd", "grade"])
    others = pd.DataFrame(others).astype("float64").set_axis(np.arange(2 * len(told)), axis=0)
    probability = tried(found, others, settings).to_numpy()
    assert probability[0::2].tolist() == pytest.approx(told["pd"].tolist())
    # The better grade, and no more of it than its bound.
    assert grade(pd.Series(probability[1::2]), BOUNDS).tolist() == (told["grade"] - 1).tolist()
    assert probability[1::2].tolist() == pytest.approx([BOUNDS[was - 2] for was in told["grade"]])
    assert len(told) > 20


def test_what_the_worst_buyer_needs_is_told_from_where_it_is():
    # One of 300 pays 80 days late, the others up to 30: far beyond the outermost quantile at which curves bend.
    days = np.r_[np.linspace(0, 30, 299), 80.0]
    gaps = dict.fromkeys(["share_late", *expert_prior.RATIOS], np.nan)
    today = pd.DataFrame({"days_beyond_terms": days, "oldest_days_past_due": 0.0, **gaps})
    settings, weights = DefaultSettings(central_tendency=0.02), {BEHAVIOUR: 1.0, ACCOUNTS: 1.0, OPINION: 1.0}
    alive = pd.Series(True, index=today.index)
    told = expert_prior.rated(today, alive, 0.02, weights=weights, settings=settings).ratings["pd"]
    rating = pd.Series({"model_pd": told.iloc[-1], "model_grade": int(grade(told, BOUNDS).iloc[-1])})
    assert rating["model_grade"] == 10
    _, curves = expert_prior.shape(today, weights, settings)
    found = improvements(rating, today.iloc[-1], curves, BOUNDS)
    # The stated weight is 0.046 a day.
    days_less = (logit(told.iloc[-1]) - logit(BOUNDS[8])) / 0.046
    assert found["needed"].to_dict() == pytest.approx({"days_beyond_terms": 80 - days_less})


def test_no_grade_is_better_than_the_first_and_none_is_won_by_a_buyer_in_default(fitted):
    values = fitted.today.iloc[0]
    best = pd.Series({"model_pd": 0.0002, "model_grade": 1})
    lost = pd.Series({"model_pd": 1.0, "model_grade": 10})
    for rating in (best, lost):
        found = improvements(rating, values, fitted.curves, BOUNDS, model=fitted.model)
        assert found.empty
        assert found.columns.tolist() == ["now", "needed"]
        assert found.index.name == "input"


def curve(*points: tuple[float, float], name: str = "x") -> pd.DataFrame:
    return pd.DataFrame(points, columns=["value", "log_odds"]).assign(input=name)


def by(curves: pd.DataFrame, now: float, probability: float = 0.04) -> dict[str, float]:
    """Return what is needed by a buyer of grade 7 (above 0.02) whose inputs all have the value `now`."""
    rating = pd.Series({"model_pd": probability, "model_grade": 7})
    names = curves["input"].unique()
    return improvements(rating, pd.Series(now, index=names), curves, BOUNDS)["needed"].to_dict()


DOUBLE = logit(0.04) - logit(0.02)


def test_a_value_is_read_off_the_straight_line_between_two_knots():
    assert BOUNDS[5] == 0.02
    falling = curve((0, 2 * DOUBLE), (10, 0))
    assert by(falling, 2) == pytest.approx({"x": 7})
    # Beyond the last knot the curve is level: from outside the way is the longer.
    assert by(falling, -5) == pytest.approx({"x": 5})
    assert by(curve((0, 0), (10, 2 * DOUBLE)), 25) == pytest.approx({"x": 5})


def test_the_nearest_of_two_values_is_named():
    # A valley on either side of a hill at 10: 4 to the left, 8 to the right.
    hill = curve((0, -DOUBLE), (6, -DOUBLE), (10, DOUBLE), (18, -DOUBLE), (30, -DOUBLE))
    assert by(hill, 10) == pytest.approx({"x": 8})
    assert by(hill, 12) == pytest.approx({"x": 16})
    assert by(hill, 11) == pytest.approx({"x": 7.5})


def test_curves_that_are_level_or_fall_too_little_and_values_not_known_are_left_out():
    level_one, short = curve((0, 1), (10, 1), name="level"), curve((0, 0.9 * DOUBLE), (10, 0), name="short")
    enough, unknown = curve((0, 1.1 * DOUBLE), (10, 0), name="enough"), curve((0, 5), (10, 0), name="unknown")
    missing = pd.DataFrame({"value": [np.nan], "log_odds": [-9.0], "input": ["short"]})
    rating = pd.Series({"model_pd": 0.04, "model_grade": 7})
    values = pd.Series({"level": 5.0, "short": 0.0, "enough": 0.0, "unknown": np.nan})
    found = improvements(rating, values, pd.concat([level_one, short, missing, enough, unknown]), BOUNDS)
    assert found.index.tolist() == ["enough"]
    assert by(curve((3, 0)), 3) == {}


def test_no_buyer_is_told_to_move_to_another_country():
    countries = curve((0.01, -3), (0.04, 2), name="central_tendency")
    late = curve((0, -3), (0.04, 2), name="share_late")
    assert by(pd.concat([countries, late]), 0.04).keys() == {"share_late"}


def test_a_probability_that_is_hardly_above_the_bound_is_no_error():
    barely = np.nextafter(0.02, 1)
    assert logit(barely) == pytest.approx(logit(0.02), abs=1e-12)
    assert by(curve((0, 1), (10, 1)), 5, barely) == {}
    assert by(curve((0, 1), (10, 0)), 5, barely) == pytest.approx({"x": 5}, abs=1e-6)


knots = st.lists(
    st.tuples(st.integers(-50, 50), st.floats(-4, 4).map(lambda odds: round(odds, 3))), min_size=1, max_size=6,
    unique_by=lambda point: point[0],
)  # fmt: skip


@given(knots, st.floats(-60, 60), st.floats(0.0004, 0.99))
def test_any_curve_gives_the_nearest_value_that_lifts_the_grade_or_none(points, now, probability):
    points = sorted(points)
    place, odds = np.array(points, dtype=float).T
    was = int(grade(pd.Series([probability]), BOUNDS).iloc[0])
    rating = pd.Series({"model_pd": probability, "model_grade": was})
    assume(was > 1)
    found = improvements(rating, pd.Series({"x": now}), curve(*points), BOUNDS)
    rest = logit(probability) - np.interp(now, place, odds)

    def grade_at(value: float) -> int:
        return int(grade(pd.Series([expit(rest + np.interp(value, place, odds))]), BOUNDS).iloc[0])

    if found.empty:
        # No value of the input would do, or by less than rounding only.
        assert rest + odds.min() > logit(BOUNDS[was - 2]) - 1e-8
        return
    needed = found.loc["x", "needed"]
    assert grade_at(needed) == was - 1
    # Nothing nearer does.
    for share in np.linspace(0, 0.999, 60):
        assert grade_at(now + share * (needed - now)) >= was
        assert grade_at(now - share * (needed - now)) >= was


# What changes the reasons


def test_without_accounts_there_is_nothing_to_tell_of_them(unfitted, settings):
    bare = {name: table.empty() for name, table in TABLES.items() if name not in ("buyers", "invoices", "receipts")}
    three = replace(unfitted, fingerprint="three tables", **bare)
    found = default.assessment(three)
    buyer = found.today["days_beyond_terms"].idxmax()
    why = explanation(found.contributions.loc[buyer], found.today.loc[buyer], candidates(three))
    assert set(why["part"]) == {BEHAVIOUR, SURROUNDINGS}
    lifts = improvements(found.ratings.loc[buyer], found.today.loc[buyer], found.curves, BOUNDS, model=found.model)
    assert set(lifts.index) <= set(settings.prior_log_odds)
    parts = known_parts(found.today, candidates(three))
    assert parts.loc[ACCOUNTS, "buyers"] == 0
    assert parts.loc[BEHAVIOUR, "buyers"] == found.ratings["method"].str.contains(BEHAVIOUR).sum()


def test_points_of_all_inputs_are_those_of_the_model(fitted):
    parts = fitted.contributions.head(20)
    assert points(parts).sum(axis=1).tolist() == pytest.approx((-20 * parts.sum(axis=1) / np.log(2)).tolist())


def test_the_largest_risk_is_of_a_buyer_that_has_not_failed():
    rated = pd.DataFrame(
        {"model_pd": [0.1, 0.02, 1.0], "method": ["fitted model", "fitted model", "in default"]}, index=list("ABC")
    )
    assert largest_risk(rated, pd.Series({"A": 10.0, "B": 60.0, "C": 500.0})) == "B"
    assert largest_risk(rated, pd.Series({"A": 10.0})) == "A"
    assert largest_risk(rated.tail(1), pd.Series(dtype="float64")) == "C"
