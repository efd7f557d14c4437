"""Few defaults: stated beliefs, and how far a book's own history moves them."""

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from scipy.stats import norm

from tradecredit.default import curve_knots, expert_prior, monotone_curves
from tradecredit.default.additive_model import CURVE_COLUMNS, TABLE_COLUMNS
from tradecredit.measure.ratios import of_statements
from tradecredit.numerics import discrimination
from tradecredit.params.default import PART_WEIGHTS, DefaultSettings

ALIKE = {"payment behaviour": 1.0, "accounts": 1.0, "outside opinion": 1.0}
SETTINGS = DefaultSettings(
    central_tendency=0.02,
    prior_part_weights=ALIKE,
    agencies={"North": {0: 0.2, 50: 0.02, 100: 0.001}, "East": {1: 0.001, 9: 0.1}, "West": {1: 0.3, 2: 0.01}},
)
UNTOUCHED = expert_prior.History(0, 0.0, ALIKE)
RATIOS = [part.name for part in expert_prior.bundled().inputs]
BEHAVIOUR = ["days_beyond_terms", "share_late", "oldest_days_past_due"]
AMERICAN = Path(__file__).parents[3] / "shared" / "data" / "american_bankruptcy_3y.csv"


def buyers(**columns: list) -> pd.DataFrame:
    """Buyers that pay on the day with median accounts, but for what is given."""
    rows = len(next(iter(columns.values())))
    usual = dict.fromkeys(BEHAVIOUR, 0.0) | {part.name: part.median for part in expert_prior.bundled().inputs}
    return pd.DataFrame({name: [value] * rows for name, value in usual.items()} | columns)


def stated(today: pd.DataFrame, known=UNTOUCHED, level=0.02, settings=SETTINGS) -> expert_prior.Stated:
    alive = pd.Series(True, index=today.index)
    return expert_prior.rated(today, alive, level, weights=known.weights, settings=settings)


def rated(today: pd.DataFrame, known=UNTOUCHED, level=0.02, settings=SETTINGS) -> pd.DataFrame:
    return stated(today, known, level, settings).ratings


def between(found: pd.DataFrame) -> list[float]:
    """Return the log-odds of each buyer less those of the first."""
    return (logit(found["pd"]) - logit(found["pd"].iloc[0])).tolist()


def test_odds_double_with_fifteen_days_and_the_mean_is_the_level():
    # params.DefaultSettings states 0.046 a day: ln 2 / 15.
    found = rated(buyers(days_beyond_terms=[0.0, 15.0]))
    assert logit(found["pd"][1]) - logit(found["pd"][0]) == pytest.approx(np.log(2), abs=0.005)
    assert found["pd"].mean() == pytest.approx(0.02)


def test_accounts_move_a_probability_as_the_bundled_curves_say():
    weak, sound = -0.2, 0.6
    today = buyers(equity_ratio=[weak, sound, sound])
    found = rated(today)
    parts = expert_prior.bundled().explain(today)["equity_ratio"]
    assert logit(found["pd"][0]) - logit(found["pd"][1]) == pytest.approx(parts[0] - parts[1])
    assert parts[0] - parts[1] > 1
    assert (found["method"] == "prior: payment behaviour and accounts").all()


PARTS = {"payment behaviour": BEHAVIOUR, "accounts": RATIOS, "outside opinion": ["score: North"]}
VARIANCE = {"payment behaviour": 2, "accounts": 1, "outside opinion": 1}


@pytest.fixture(scope="module")
def by_parts():
    """The width of the interval and the method of equal buyers of whom only some parts are known, by these parts."""
    kinds = [set(names) for count in range(4) for names in combinations(PARTS, count)]
    today = buyers(**{"score: North": [50.0] * len(kinds)})
    for row, kind in enumerate(kinds):
        today.loc[row, [column for part in PARTS if part not in kind for column in PARTS[part]]] = np.nan
    found = rated(today)
    assert found["pd"].tolist() == pytest.approx([0.02] * 8)
    assert (found["pd_low"] < found["pd"]).all()
    assert (found["pd"] < found["pd_high"]).all()
    width = (logit(found["pd_high"]) - logit(found["pd_low"])).to_numpy() / 2
    return pd.DataFrame({"width": width, "method": found["method"].to_numpy()}, index=map(frozenset, kinds))


def test_the_less_is_known_the_wider_the_interval(by_parts):
    for kind, width in by_parts["width"].items():
        doubt = sum(VARIANCE[part] for part in PARTS if part not in kind)
        assert width == pytest.approx(norm.ppf(0.95) * 0.7 * (1 + doubt) ** 0.5)
        wider = [by_parts["width"][other] for other in by_parts.index if other < kind]
        assert all(width < more for more in wider)


def test_the_method_names_what_is_known(by_parts):
    said = {frozenset(kind): words for kind, words in by_parts["method"].items()}
    assert said[frozenset()] == "prior: nothing known"
    assert said[frozenset({"accounts"})] == "prior: accounts"
    assert said[frozenset({"payment behaviour", "outside opinion"})] == "prior: payment behaviour and outside opinion"
    assert said[frozenset(PARTS)] == "prior: payment behaviour and accounts and outside opinion"


def test_the_central_tendency_of_its_country_and_sector_moves_a_buyer():
    tendencies = [0.02, 0.01, 0.04, 0.03, 0.02]
    today = buyers(central_tendency=tendencies)
    found = stated(today)
    assert between(found.ratings) == pytest.approx([logit(p) - logit(0.02) for p in tendencies])
    assert found.ratings["pd"].mean() == pytest.approx(0.02)
    # It is among the reasons, against the median buyer's.
    assert found.contributions["central_tendency"].tolist() == pytest.approx(between(found.ratings))
    # Of whom nothing else is known has it as it is stated, where the level is what is stated of all: 0.024.
    today.loc[[1, 2], BEHAVIOUR + RATIOS] = np.nan
    assert expert_prior.stated_tendency(today, today.index >= 0, SETTINGS) == pytest.approx(0.024)
    assert rated(today, level=0.024)["pd"][[1, 2]].tolist() == pytest.approx([0.01, 0.04])


# Outside opinion


def test_an_opinion_moves_a_probability_as_it_is_mapped_and_weighted():
    today = buyers(**{"score: North": [50.0, 100.0, 75.0, 0.0, -20.0, 130.0, 50.0, np.nan]})
    whole, part = (
        between(rated(today, expert_prior.History(0, 0.0, ALIKE | {"outside opinion": weight}))) for weight in (1, 0.45)
    )
    # Straight in log-odds between what is stated, and no further than the outermost scores; unknown as the median.
    best, worst = logit(0.001) - logit(0.02), logit(0.2) - logit(0.02)
    assert whole == pytest.approx([0, best, best / 2, worst, worst, best, 0, 0])
    assert part == pytest.approx([0.45 * step for step in whole])


def test_agencies_share_the_weight_of_an_opinion():
    north, east = logit(0.2) - logit(0.02), (logit(0.1) - logit(0.001)) / 2
    today = buyers(**{"score: North": [50.0, 0.0, 0.0, 50.0], "score: East": [5.0, 9.0, 5.0, np.nan]})
    assert between(rated(today)) == pytest.approx([0, (north + east) / 2, north / 2, 0])
    # An agency that has no score of anybody takes no share.
    alone = today.assign(**{"score: East": np.nan})
    assert between(rated(alone)) == pytest.approx([0, north, north, 0])


def test_an_agency_that_the_book_or_the_run_does_not_know_changes_nothing():
    today = buyers(**{"score: North": [50.0, 0.0, 80.0]})
    without = SETTINGS.model_copy(update={"agencies": {"North": SETTINGS.agencies["North"]}})
    pd.testing.assert_frame_equal(rated(today), rated(today, settings=without), check_exact=True)
    stranger = today.assign(**{"score: South": [1.0, 2.0, 3.0]})
    pd.testing.assert_frame_equal(rated(today), rated(stranger), check_exact=True)


def test_a_score_beyond_what_a_probability_can_tell_keeps_the_level():
    # Log-odds 500 above the others, who are left with nearly nothing; more than all of the sales counts as all.
    settings = SETTINGS.model_copy(update={"prior_log_odds": {"dispute_rate": 500.0}})
    found = rated(buyers(dispute_rate=[0.0, 0.0, 0.001, 100.0]), settings=settings)
    assert found["pd"].tolist() == rated(buyers(dispute_rate=[0.0, 0.0, 0.001, 1.0]), settings=settings)["pd"].tolist()
    assert found["pd"].mean() == pytest.approx(0.02)
    assert found["pd"][3] == pytest.approx(0.08)
    assert found["pd"].between(0, 1).all()


# History


def observed(rows: int, weight: float, seed: int = 3) -> pd.DataFrame:
    """Observations whose log-odds are −3 + weight × what the stated weights say of their days beyond terms."""
    random = np.random.default_rng(seed)
    table = buyers(days_beyond_terms=random.exponential(20, rows).tolist())
    odds = -3 + weight * 0.046 * table["days_beyond_terms"].clip(upper=90)
    return table.assign(
        defaulted=(random.random(rows) < expit(odds)).astype(int), buyer_id=[f"B{n}" for n in range(rows)]
    )


def test_without_defaults_the_beliefs_stay():
    nobody = observed(100, 1.0).assign(defaulted=0)
    assert expert_prior.history(nobody, SETTINGS, years=0.25) == expert_prior.History(0, 25.0, ALIKE)
    assert expert_prior.history(nobody, DefaultSettings(), years=0.25).weights == PART_WEIGHTS
    assert expert_prior.history(nobody.head(0), SETTINGS, years=0.25) == expert_prior.History(0, 0.0, ALIKE)


def test_history_moves_the_weight_towards_what_happened():
    known = expert_prior.history(observed(20_000, 2.0), SETTINGS, years=1)
    assert known.weights["payment behaviour"] == pytest.approx(2, abs=0.15)
    assert known.weights["accounts"] == pytest.approx(1, abs=1e-3)  # all accounts are alike: nothing is learnt of them
    assert known.weights["outside opinion"] == pytest.approx(1, abs=1e-3)  # nor is there any opinion
    few = expert_prior.history(observed(200, 2.0), SETTINGS, years=1)
    assert 1 < few.weights["payment behaviour"] < 2
    none = expert_prior.history(observed(20_000, 0.0), SETTINGS, years=1)
    assert none.weights["payment behaviour"] == pytest.approx(0, abs=0.1)


def test_history_moves_the_weight_of_an_opinion():
    table = observed(20_000, 1.0)
    random = np.random.default_rng(5)
    scores = pd.Series(random.uniform(0, 100, len(table)))
    means = np.interp(scores, [0, 50, 100], logit([0.2, 0.02, 0.001]))
    odds = 0.046 * table["days_beyond_terms"].clip(upper=90) + 0.5 * means
    table = table.assign(**{"score: North": scores}, defaulted=(random.random(len(table)) < expit(odds)).astype(int))
    known = expert_prior.history(table, SETTINGS, years=1)
    assert known.weights["payment behaviour"] == pytest.approx(1, abs=0.1)
    assert known.weights["outside opinion"] == pytest.approx(0.5, abs=0.1)
    assert known.defaults == table["defaulted"].sum()


def test_the_level_is_the_mean_of_a_beta_posterior():
    known = expert_prior.History(3, 250.0, {})
    assert expert_prior.central_tendency(known, 0.02, strength=500, counted=True) == pytest.approx(
        (3 + 500 * 0.02) / 750
    )
    assert expert_prior.central_tendency(known, 0.02, strength=500, counted=False) == 0.02


# What is believed, as a fit is held to it


def test_what_enters_is_shown_with_the_weights_that_history_gave():
    today = buyers(days_beyond_terms=list(np.linspace(0, 60, 50)), share_late=[np.nan] * 50)
    weights = {"payment behaviour": 2.0, "accounts": 0.5, "outside opinion": 1.0}
    table, curves = expert_prior.shape(today, weights, SETTINGS)
    days = curves[curves["input"] == "days_beyond_terms"]
    assert (days["log_odds"].diff() / days["value"].diff()).dropna().tolist() == pytest.approx(
        [0.092] * (len(days) - 1)
    )
    bundled = expert_prior.bundled().table
    assert table.loc["equity_ratio", "effect"] == pytest.approx(bundled.loc["equity_ratio", "effect"] / 2)
    assert table["importance"].is_monotonic_decreasing
    # What the book does not have does not enter; what is the same for all has its sign, and no importance.
    assert set(table.index) == set(curves["input"]) == {"days_beyond_terms", "oldest_days_past_due", *RATIOS}
    assert table.loc["oldest_days_past_due", ["sign", "importance", "effect"]].tolist() == [1, 0, 0]
    assert table.columns.tolist() == TABLE_COLUMNS
    assert curves.columns.tolist() == CURVE_COLUMNS


def test_opinions_and_central_tendencies_are_shown_with_what_they_mean():
    columns = {"score: North": [0.0, 50.0, 100.0], "score: West": [np.nan] * 3, "central_tendency": [0.01, 0.02, 0.04]}
    weights = ALIKE | {"outside opinion": 0.45}
    table, curves = expert_prior.shape(buyers(**columns), weights, SETTINGS)
    told = curves.set_index(["input", "value"])["log_odds"]
    assert told["score: North"].to_dict() == pytest.approx(
        {0: 0.45 * (logit(0.2) - logit(0.02)), 50: 0, 100: 0.45 * (logit(0.001) - logit(0.02))}
    )
    assert told["central_tendency"].to_dict() == pytest.approx(
        {0.01: logit(0.01) - logit(0.02), 0.02: 0, 0.04: logit(0.04) - logit(0.02)}
    )
    assert table["sign"][["score: North", "central_tendency"]].tolist() == [-1, 1]
    assert "score: West" not in table.index


def test_a_fit_is_held_to_the_stated_log_odds():
    # At each knot of a fit's curves the believed coefficients rise as the parts do by their weights.
    random = np.random.default_rng(7)
    rows = 400
    columns = {name: random.exponential(20, rows).clip(max=90).tolist() for name in BEHAVIOUR}
    columns |= {name: random.normal(0.2, 0.3, rows).tolist() for name in RATIOS}
    columns |= {"score: North": random.choice([0.0, 50.0, 100.0], rows).tolist()}
    columns |= {"score: East": random.choice([1.0, 9.0], rows).tolist()}
    table = buyers(**columns)
    _, belief = expert_prior.shape(table, PART_WEIGHTS, SETTINGS)
    lines = {name: (line["value"].to_numpy(), line["log_odds"].to_numpy()) for name, line in belief.groupby("input")}
    inputs = [curve_knots.curve(name, table[name].to_numpy(), sign=0) for name in columns]
    found = monotone_curves.believed(inputs, lines)
    of_part = {name: part for part, names in (PARTS | {"outside opinion": ["score: North", "score: East"]}).items()
               for name in names}  # fmt: skip
    for part, place in zip(inputs, monotone_curves.places(inputs), strict=True):
        knots = table.head(len(part.knots)).assign(**{part.name: part.knots})
        said = expert_prior.parts(knots, SETTINGS)[of_part[part.name]][part.name] * PART_WEIGHTS[of_part[part.name]]
        np.testing.assert_allclose(found[place], said.diff().dropna(), atol=1e-9)
        assert part.name not in ("days_beyond_terms", "equity_ratio", "score: East") or found[place].any()


def test_what_the_past_has_no_value_of_is_not_believed():
    # An agency that is new has scores today and none in the past; the fit that the past carries is not held to it.
    table = buyers(**{"score: East": [np.nan] * 40, "score: North": [0.0, 100.0] * 20})
    _, belief = expert_prior.shape(table, ALIKE, SETTINGS)
    assert belief[["value", "log_odds"]].notna().all(axis=None)
    assert "score: East" not in set(belief["input"])
    effect = belief.loc[belief["input"] == "score: North", "log_odds"]
    assert effect.iloc[-1] - effect.iloc[0] == pytest.approx(logit(0.001) - logit(0.2))


@pytest.mark.skipif(not AMERICAN.exists(), reason="the American data are not beside the project")
def test_bundled_curves_order_firms_of_later_years_and_are_what_their_script_makes():
    sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
    import bundled_model

    firms = bundled_model.last_accounts(AMERICAN)
    train, later = firms[firms["split"] == "train"], firms[firms["split"] == "validation"]
    area = discrimination.auc(bundled_model.fitted(train).predict(of_statements(later))["pd"], later["failed"])
    assert area.value == pytest.approx(0.759, abs=0.005)
    assert area.standard_error == pytest.approx(0.025, abs=0.002)
    assert (len(firms), firms["failed"].sum()) == (3_528, 428)
    again = bundled_model.fitted(firms).predict(of_statements(firms))
    pd.testing.assert_frame_equal(again, expert_prior.bundled().predict(of_statements(firms)), rtol=1e-4)
