"""Default probabilities of a book: what a fit may know, the stated prior, judgement, and the truth of the demo."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from ledgers import ledger, monthly
from scipy.integrate import quad
from scipy.special import expit, logit
from scipy.stats import norm

from tradecredit import Book, default, words
from tradecredit.book.demo import demo_book
from tradecredit.book.schema import TABLES
from tradecredit.default.grades import grade, middle
from tradecredit.default.index_ahead import expected_ahead
from tradecredit.default.panel import candidates, panel
from tradecredit.errors import InputError
from tradecredit.measure import overrides
from tradecredit.measure.agency_scores import latest_scores
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default
from tradecredit.numerics import discrimination
from tradecredit.params.base import PROJECT
from tradecredit.params.default import PART_WEIGHTS, DefaultSettings
from tradecredit.params.run import Run

AS_OF = "2026-03-31"
PARTS = list(PART_WEIGHTS)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path)


def unpaid(buyer: str, first: str, last: str) -> tuple[list, list]:
    return monthly(buyer, first, last)[0], []


# In default


def test_in_default_until_paid_and_on_probation_when_given_up(book_of):
    tables = ledger(
        monthly("sound", "2025-01-01", "2026-03-01"),
        monthly("insolvent", "2025-01-01", "2025-06-01"),
        unpaid("owing", "2025-01-01", "2025-06-01"),
        monthly("cured", "2025-01-01", "2026-03-01", paid_after=10),
        unpaid("gone", "2025-06-01", "2025-06-01"),
        unpaid("back", "2025-06-01", "2025-06-01"),
        monthly("back", "2025-12-01", "2026-03-01"),
    )
    given_up = [[f"{buyer}2506", "2025-12-01", 1000.0, "write_off"] for buyer in ("gone", "back")]
    tables["receipts"] = pd.concat([tables["receipts"], pd.DataFrame(given_up, columns=tables["receipts"].columns)])
    rows = [f"{buyer},2025-09-15,protracted" for buyer in ("owing", "cured", "gone", "back")]
    defaults = "\n".join(["buyer_id,date,kind", "insolvent,2025-07-15,insolvency", *rows])
    book = book_of(AS_OF, defaults=defaults, **tables)
    # What was given up was so less than a year ago: that it buys again does not suffice.
    assert in_default(book).tolist() == ["back", "gone", "insolvent", "owing"]
    assert in_default(book.at("2025-07-31")).tolist() == ["insolvent"]
    ratings = default.assess(book)
    lost = ratings[ratings["method"] == "in default"]
    assert sorted(lost.index) == ["back", "gone", "insolvent", "owing"]
    assert (lost[["pd", "pd_low", "pd_high"]] == 1).all(axis=None)
    assert (lost["grade"] == 10).all()
    assert (lost["drivers"] == "").all()


# The prior


@pytest.fixture(scope="module")
def unfitted(book_of):
    """Five payers, later from A to E, one of whom nothing has fallen due yet, and one without any invoice."""
    late = {"A": 0, "B": 4, "C": 12, "D": 25, "E": 60}
    tables = ledger(
        *(monthly(buyer, "2025-01-01", "2026-03-01", days) for buyer, days in late.items()),
        unpaid("N", "2026-03-15", "2026-04-01"),
        ([["N1", "N", pd.Timestamp("2026-03-20"), pd.Timestamp("2026-04-20"), 500.0]], []),
    )
    buyers = pd.DataFrame({"buyer_id": [*late, "N", "O"]})
    return book_of(AS_OF, run={"default": {"central_tendency": 0.03}}, buyers=buyers, **tables)


SP_RATE = 675 / 40731
"""Defaults and firm-years of S&P's counts by rating, 1981 to 2000, added up: the last resort of the level."""


@pytest.fixture(scope="module")
def stated(unfitted):
    return default.assessment.__wrapped__(unfitted)


def test_without_defaults_the_level_is_stated_and_the_order_is_behaviour(unfitted, stated):
    found, ratings = stated, stated.ratings
    assert ratings.index.tolist() == ["A", "B", "C", "D", "E", "N", "O"]
    assert ratings.loc["A":"E", "pd"].mean() == pytest.approx(0.03)
    assert ratings.loc["A":"E", "pd"].is_monotonic_increasing
    assert ratings.loc["E", "pd"] > ratings.loc["D", "pd"] > ratings.loc["C", "pd"] > ratings.loc["B", "pd"]
    assert (ratings.loc["A":"E", "method"] == "prior: payment behaviour").all()
    assert found.model is None
    assert found.defaulters == 0
    assert found.later.empty
    assert {"fitted", "other_buyers"} < set(found.observed)
    assert found.dropped.empty
    assert found.weights == {"payment behaviour": 0.75, "accounts": 0.75, "outside opinion": 0.45}
    basis = words.default.basis(found, unfitted.run.default)
    assert "cannot be estimated" in basis
    assert f"3.00 % ({unfitted.run.default.central_tendency_source})" in basis
    assert "No insolvency index is stated" in basis


def test_log_odds_of_the_prior_are_a_sum_of_stated_weights(unfitted, stated):
    odds = logit(stated.ratings["pd"])
    known = features(unfitted)
    # Of three parts that tell partly the same each counts for less: payment behaviour for three quarters.
    weights = {name: 0.75 * weight for name, weight in DefaultSettings().prior_log_odds.items()}
    score = sum(known[name].clip(upper=90 if "days" in name else None) * weight for name, weight in weights.items())
    assert (odds["E"] - odds["C"]) == pytest.approx(score["E"] - score["C"])
    assert (odds["B"] - odds["A"]) == pytest.approx(score["B"] - score["A"])
    assert set(weights) < set(stated.inputs.index)
    assert stated.inputs.loc[list(weights), "standard_error"].isna().all()
    for name, points in stated.curves[stated.curves["input"].isin(list(weights))].groupby("input"):
        rise = points["log_odds"].diff() / points["value"].diff()
        assert rise.dropna().tolist() == pytest.approx([weights[name]] * (len(points) - 1))


def test_contributions_of_the_prior_add_up_to_the_log_odds(book_of, unfitted):
    run = {"default": {"central_tendencies": {"DE": 0.05}}}
    buyers = unfitted.buyers.assign(country=["DE", "FR", "FR", "DE", "IT", "DE", None])
    tables = {name: getattr(unfitted, name) for name in ("invoices", "receipts")}
    found = default.assessment(book_of(AS_OF, run=run, buyers=buyers, **tables))
    assert set(found.contributions) == set(found.inputs.index)
    left = (logit(found.ratings["pd"]) - found.contributions.sum(axis=1)).drop(["N", "O"])
    assert left.tolist() == pytest.approx([left["A"]] * 5)
    assert found.ratings["drivers"]["A"] == "5.0 % of its country and sector default in a year"


def test_an_unknown_buyer_gets_the_central_tendency_and_twice_the_doubt(stated):
    ratings = stated.ratings
    for buyer in ("N", "O"):
        row = ratings.loc[buyer]
        assert row["method"] == "prior: nothing known"
        assert row["pd"] == pytest.approx(0.03)
        assert row["drivers"] == ""
        assert half_width(row) == pytest.approx(norm.ppf(0.95) * (0.7**2 * 5 + 1 / 15) ** 0.5)
    payer = ratings.loc["C"]  # neither its accounts nor an opinion are known: three times the variance where all are
    assert half_width(payer) == pytest.approx(norm.ppf(0.95) * (0.7**2 * 3 + 1 / 15) ** 0.5)
    assert payer["pd_low"] < payer["pd"] < payer["pd_high"]


def half_width(rating: pd.Series) -> float:
    """Half an interval in log-odds: z √(unseen² + 1 / the 15 defaults that 500 buyer-years at 3 % are worth)."""
    return (logit(rating["pd_high"]) - logit(rating["pd_low"])) / 2


def test_drivers_are_what_is_worse_than_the_median_buyer(stated):
    drivers = stated.ratings["drivers"]
    assert (drivers["A":"C"] == "").all()
    # The invoices of January and February are still open at E's 60 days.
    assert "beyond terms" in drivers["E"]
    assert drivers["D"] == "pays 25 days beyond terms"


def test_one_forgotten_invoice_does_not_take_all_the_risk(book_of):
    tables = ledger(
        monthly("A", "2025-01-01", "2026-03-01"),
        monthly("B", "2025-01-01", "2026-03-01", 5),
        unpaid("old", "2022-01-01", "2022-01-01"),
    )
    # Of no material amount: more is evidence of default (tests/measure/test_long_overdue.py).
    ratings = default.assess(book_of(AS_OF, run={"default": {"material_amount": 2_000.0}}, **tables))
    assert ratings["pd"].mean() == pytest.approx(SP_RATE)
    # At most 90 days count: 0.75 × (0.046 × 90 + 0.010 × 90) = 3.78, share late not known and so the median's.
    assert logit(ratings["pd"]["old"]) - logit(ratings["pd"]["A"]) == pytest.approx(3.78)
    assert ratings["pd"].min() > 1e-4


def test_buyers_in_default_do_not_take_part_in_the_level(book_of):
    tables = ledger(
        monthly("A", "2025-01-01", "2026-03-01"),
        monthly("B", "2025-01-01", "2026-03-01", 20),
        unpaid("C", "2025-01-01", "2025-06-01"),
    )
    book = book_of(AS_OF, defaults="buyer_id,date,kind\nC,2025-09-15,protracted\n", **tables)
    # The ledger is too short for any buyer to have been watched for a year: the stated level stays.
    assert default.assess(book)["pd"][["A", "B"]].mean() == pytest.approx(SP_RATE)
    assert default.assess(book)["pd"]["C"] == 1


@pytest.mark.parametrize("weights", [{}, {"days_beyond_terms": 0.046}, {"dispute_rate": 5.0, "share_overdue": 1.0}])
def test_other_weights_of_the_prior(book_of, weights):
    tables = ledger(monthly("A", "2025-01-01", "2026-03-01", 5), monthly("B", "2025-01-01", "2026-03-01", 70))
    ratings = default.assess(book_of(AS_OF, run={"default": {"prior_log_odds": weights}}, **tables))
    assert ratings["pd"].mean() == pytest.approx(SP_RATE)
    assert (ratings["pd"]["B"] > ratings["pd"]["A"]) == bool(set(weights) & {"days_beyond_terms", "share_overdue"})


def test_a_book_in_which_nothing_has_fallen_due(book_of):
    invoices = pd.DataFrame(
        [["I1", "A", "2026-03-15", "2026-04-15", 10.0], ["I2", "B", AS_OF, "2026-04-15", 10.0]],
        columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
    )
    ratings = default.assess(book_of(AS_OF, invoices=invoices))
    assert ratings["pd"].tolist() == pytest.approx([SP_RATE] * 2)
    assert (ratings["method"] == "prior: nothing known").all()


AGENCIES = {"North": {1: 0.2, 50: 0.02, 90: 0.005}}
SCORES = "buyer_id,date,agency,score\nA,2025-12-31,North,1\nB,2025-12-31,North,50\nE,2026-01-31,North,90\n"


def test_an_agencys_opinion_counts_as_it_is_stated(book_of, unfitted, stated):
    tables = {name: getattr(unfitted, name) for name in ("buyers", "invoices", "receipts")}
    known = {"central_tendency": 0.03}
    found = default.assess(book_of(AS_OF, run={"default": known | {"agencies": AGENCIES}}, scores=SCORES, **tables))
    moved = logit(found["pd"]) - logit(stated.ratings["pd"])
    # B's score is the median; C and D have none and stay with it. Nothing else is known of O, which has none.
    assert moved["A"] - moved["B"] == pytest.approx(0.45 * (logit(0.2) - logit(0.02)))
    assert moved["E"] - moved["B"] == pytest.approx(0.45 * (logit(0.005) - logit(0.02)))
    assert moved[["C", "D"]].tolist() == pytest.approx([moved["B"]] * 2)
    assert moved["O"] == pytest.approx(0)
    assert found.loc["A":"E", "pd"].mean() == pytest.approx(0.03)
    assert "North's score is 1" in found["drivers"]["A"]
    assert found["method"]["A"] == "prior: payment behaviour and outside opinion"
    # What an agency means that the run does not name cannot be told without a fit; where it never scored nothing moves.
    for run, scores in ((known, SCORES), (known | {"agencies": AGENCIES}, SCORES.splitlines()[0])):
        same = default.assess(book_of(AS_OF, run={"default": run}, scores=scores, **tables))
        pd.testing.assert_frame_equal(same, stated.ratings)


def test_an_agencys_name_may_hold_braces(book_of, unfitted):
    tables = {name: getattr(unfitted, name) for name in ("buyers", "invoices", "receipts")}
    run = {"default": {"agencies": {"{0:x} & {": AGENCIES["North"]}}}
    found = default.assess(book_of(AS_OF, run=run, scores=SCORES.replace("North", "{0:x} & {"), **tables))
    assert found["drivers"]["A"] == "(0:x) & ('s score is 1"


def index_of(values: dict[str, float]) -> dict:
    return {"insolvency_index": {"source": "A statistics office.", "values": values}}


def test_an_index_moves_the_stated_level_to_now(book_of, unfitted, stated):
    tables = {name: getattr(unfitted, name) for name in ("buyers", "invoices", "receipts")}
    ends = ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
    values = dict(zip(ends, [50, 100, 240, 250, 260, 9], strict=True))
    run = {"default": {"central_tendency": 0.03, **index_of(values)}}
    book = book_of(AS_OF, run=run, **tables)
    found = default.assessment(book)
    # Now (240 + 250 + 260) / 3 = 250 (31 December is three months ago), in the long run 900 / 5 = 180: odds of 3 to 97
    # become 3 × 250 / 180 to 97.
    odds = 3 / 97 * 250 / 180
    assert found.ratings.loc["A":"E", "pd"].mean() == pytest.approx(odds / (1 + odds))
    assert found.ratings["pd"]["O"] == pytest.approx(odds / (1 + odds))
    assert found.level["value"].to_dict() == pytest.approx(
        {
            "central tendency, stated": 0.03,
            "central tendency, with the book's own history": 0.03,
            "insolvency index then": 180,
            "insolvency index now": 250,
            "insolvency index expected in 12 months": 250,  # five values tell nothing of its way back
            "odds multiplied for the index": 250 / 180,
            "mean model probability, before overrides": found.ratings["pd"].mean(),
        }
    )
    assert "An insolvency index moves the level to today (A statistics office)." in words.default.basis(
        found, book.run.default
    )
    late = {"default": {"central_tendency": 0.03, **index_of({"2026-04-30": 9, "2026-05-31": 8})}}
    book = book_of(AS_OF, run=late, **tables)
    found = default.assessment(book)
    assert "The stated insolvency index has no recent values" in words.default.basis(found, book.run.default)
    pd.testing.assert_frame_equal(found.ratings, stated.ratings)


# Judgement


OVERRIDES = """buyer_id,grade,limit,reason,by,since,until
A,8,,lost its customer,X,2026-01-01,2026-03-31
B,9,,over,X,2026-01-01,2026-03-30
C,,5000,a limit only,X,2026-01-01,
D,2,,newest,X,2026-03-01,
D,9,,older,X,2026-02-01,2027-01-01
E,3,,to come,X,2026-04-01,
"""


def test_a_valid_override_replaces_the_grade(book_of, unfitted, stated):
    before = stated.ratings
    book = replace(unfitted, overrides=book_of(AS_OF, invoices=unfitted.invoices, overrides=OVERRIDES).overrides)
    after = default.assess(replace(book, fingerprint="overridden"))
    assert after["grade"].to_dict() == before["grade"].to_dict() | {"A": 8, "D": 2}
    assert after["override"].dropna().to_dict() == {"A": "lost its customer", "D": "newest"}
    assert after["method"].loc[["A", "D"]].tolist() == ["analyst's override"] * 2
    assert after["pd"]["A"] == pytest.approx(middle(book.run.grades)[8]) == pytest.approx((0.04 * 0.08) ** 0.5)
    assert after["model_pd"].equals(before["pd"].rename("model_pd"))
    assert after["model_grade"].equals(before["grade"].rename("model_grade"))
    untouched = ["B", "C", "E", "N", "O"]
    columns = ["pd", "pd_low", "pd_high", "grade", "drivers", "method"]
    pd.testing.assert_frame_equal(after.loc[untouched, columns], before.loc[untouched, columns])
    for side in ("pd_low", "pd_high"):
        width = logit(after[side]["A"]) - logit(after["pd"]["A"])
        assert width == pytest.approx(logit(before[side]["A"]) - logit(before["pd"]["A"]))


def test_the_order_of_the_rows_of_overrides_does_not_matter(book_of):
    for order in (1, -1):
        head, *rows = OVERRIDES.splitlines()
        text = "\n".join([head, *rows[::order]])
        book = book_of(AS_OF, overrides=text, **ledger(monthly("D", "2025-01-01", "2026-03-01")))
        assert overrides.overriding(book, "grade")["grade"].to_dict() == {"A": 8, "D": 2}
        assert overrides.overriding(book, "limit")["limit"].to_dict() == {"C": 5000}


def test_an_override_without_dates_holds_until_a_dated_one(book_of):
    text = "buyer_id,grade,reason,by,since,until\nD,5,first,X,,\nD,7,second,X,2020-01-01,2026-03-31\n"
    book = book_of(AS_OF, overrides=text, **ledger(monthly("D", "2025-01-01", "2026-03-01")))
    assert default.assess(book)["override"]["D"] == "second"
    first_only = book_of("2026-04-01", overrides=text, **ledger(monthly("D", "2025-01-01", "2026-03-01")))
    assert default.assess(first_only)["override"]["D"] == "first"


def test_no_judgement_makes_a_buyer_in_default_sound(book_of):
    tables = ledger(monthly("A", "2025-01-01", "2026-03-01"), unpaid("B", "2025-01-01", "2025-06-01"))
    text = "buyer_id,grade,reason,by\nB,1,friends,X\n"
    ratings = default.assess(
        book_of(AS_OF, defaults="buyer_id,date,kind\nB,2025-09-15,protracted\n", overrides=text, **tables)
    )
    assert ratings.loc["B", ["pd", "grade", "method"]].tolist() == [1, 10, "in default"]
    assert ratings["override"].isna().all()


def test_an_overriding_grade_is_whole_and_on_the_scale(book_of):
    text = "buyer_id,grade,reason,by\nA,4.5,half,X\nB,11,off,X\nC,10,fine,X\n"
    tables = ledger(*(monthly(buyer, "2025-01-01", "2026-03-01") for buyer in "ABC"))
    with pytest.raises(InputError) as error:
        default.assess(book_of(AS_OF, overrides=text, **tables))
    assert [problem.value for problem in error.value.problems] == [4.5, 11]
    assert "for buyer B" in str(error.value)


# The fit


@pytest.fixture(scope="module")
def small(book_of):
    tables = dict(demo_book(buyers=150, invoices=8_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    run = {"default": {"minimum_defaults": 5, "agencies": {"Agency A": {5: 0.2, 50: 0.015, 95: 0.0012}}}}
    return book_of("2026-10-31", run=run, fx=rates, **tables)


@pytest.fixture(scope="module")
def few(small):
    """The fit of a small book with a handful of defaults."""
    found = default.assessment.__wrapped__(small)
    assert found.model is not None
    return found


def told(small: Book, **settings: object) -> default.Assessment:
    """The assessment of the same book by other settings of default."""
    changed = DefaultSettings(**small.run.default.model_dump() | settings)
    return default.assessment.__wrapped__(replace(small, run=small.run.model_copy(update={"default": changed})))


def rated(found: default.Assessment) -> pd.DataFrame:
    """The ratings that neither default nor an analyst decides."""
    return found.ratings[found.ratings["method"].str.startswith("fitted model")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The assessment of the default demo book, with its book and the truth on the as-of date."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.memory.CACHE", tmp_path_factory.mktemp("results"))
        patch.setattr("tradecredit.book.demo.demo_book", made := cache(demo_book))
        run = Run.from_yaml(PROJECT / "params" / "demo.yaml")
        book = Book.open(run)
        found = default.assessment(book)
        source = run.source
        truth = made(buyers=source.buyers, invoices=source.invoices, seed=source.seed, until=source.until).truth
    return book, found, truth[truth["date"] == book.as_of].set_index("buyer_id")["pd"]


def test_a_fit_ranks_buyers_that_it_has_not_seen(demo):
    _, found, _ = demo
    assert found.defaulters >= 20
    observed, defaulted = found.observed, found.observed["defaulted"].astype(int)
    buyers = observed["buyer_id"]
    others = discrimination.auc(observed["other_buyers"], defaulted, groups=buyers)
    assert others.value > 0.7
    # Who is known to have failed ranks no worse than who is not.
    assert discrimination.auc(observed["fitted"], defaulted, groups=buyers).value >= others.value
    later = discrimination.auc(found.later, defaulted[found.later.index], groups=buyers[found.later.index])
    assert later.value > 0.7
    assert min(others.standard_error, later.standard_error) > 0
    # The score equation of the intercept, which no penalty holds: in sample the mean prediction is the observed rate.
    assert observed["fitted"].mean() == pytest.approx(defaulted.mean(), rel=1e-3)
    slope = discrimination.calibration_slope(observed["other_buyers"], defaulted, groups=buyers)
    assert slope.value == pytest.approx(1, abs=0.3)


def test_a_fit_finds_the_order_of_the_true_probabilities(demo):
    book, found, truth = demo
    private = book.buyers.loc[book.buyers["kind"] == "private", "buyer_id"]
    ratings = rated(found)[lambda table: table.index.isin(private)]
    ratings = ratings[ratings.index.isin(truth.index)]
    assert len(ratings) > 400
    assert ratings["pd"].corr(truth[ratings.index], method="spearman") > 0.8


def test_ratings_of_a_fit(demo):
    book, found, _ = demo
    ratings = found.ratings
    assert ratings.index.tolist() == book.buyers["buyer_id"].tolist()
    assert ratings.columns.tolist() == [
        "pd", "pd_low", "pd_high", "drivers", "method", "grade", "model_pd", "model_grade", "override",
    ]  # fmt: skip
    assert ratings.drop(columns=["drivers", "override"]).notna().all(axis=None)
    assert (ratings["pd_low"] <= ratings["pd"]).all()
    assert (ratings["pd"] <= ratings["pd_high"]).all()
    failed = ratings["method"] == "in default"
    assert set(ratings.index[failed]) == set(in_default(book))
    assert set(ratings["method"]) == {
        "fitted model", "fitted model: behaviour not known", "analyst's override", "in default",
    }  # fmt: skip
    assert ratings["override"].notna().sum() == (ratings["method"] == "analyst's override").sum() == 1


def test_drivers_of_a_fit_tell_values_that_the_buyer_has(demo):
    book, found, _ = demo
    parts = found.model.explain(found.today)
    pd.testing.assert_frame_equal(parts, found.contributions)
    told = found.ratings[found.ratings["drivers"] != ""]
    assert len(told) > 100
    for buyer, drivers in told["drivers"].head(50).items():
        assert len(drivers.split("; ")) == min(3, (parts.loc[buyer] > 0.1).sum())
    late = found.ratings["drivers"].str.extract(r"(?:^|; )pays (\d+) days beyond terms")[0].dropna().astype(float)
    assert len(late)
    assert (late - features(book)["days_beyond_terms"][late.index]).abs().max() <= 0.5
    scores = found.ratings["drivers"].str.extract(r"Agency A's score is (\d+)")[0].dropna().astype(float)
    assert len(scores)
    assert (scores - latest_scores(book)["Agency A"][scores.index]).abs().max() <= 0.5


def test_signs_and_reasons_of_a_fit(demo):
    book, found, _ = demo
    known = candidates(book)
    for name, row in found.inputs.iterrows():
        assert row["effect"] * known[name].sign >= 0
    assert set(found.inputs.index) | set(found.dropped.index) == set(known)
    assert not set(found.inputs.index) & set(found.dropped.index)
    assert set(found.curves["input"]) == set(found.inputs.index)
    assert f"{len(found.observed):,} observations" in words.default.basis(found, DefaultSettings())
    assert found.weights == PART_WEIGHTS


def test_rates_by_grade_of_buyers_that_the_fit_has_not_seen(demo):
    book, found, _ = demo
    observed = found.observed
    grades = grade(observed["other_buyers"], book.run.grades)
    table = discrimination.calibration(
        observed["other_buyers"], observed["defaulted"].astype(int), grades, groups=observed["buyer_id"]
    )
    assert table["count"].sum() == len(observed)
    assert table["defaults"].sum() == observed["defaulted"].sum()
    assert table["predicted"].is_monotonic_increasing
    assert table["predicted"].between(table["low"], table["high"]).mean() >= 0.6


def test_a_buyer_with_one_part_has_a_wider_interval_than_with_all(demo):
    book, found, _ = demo
    known = candidates(book)
    names = {part: [name for name in found.inputs.index if known[name].part == part] for part in PARTS}
    today = found.today[list(found.inputs.index)]
    whole = today[pd.DataFrame({part: today[names[part]].notna().any(axis=1) for part in PARTS}).all(axis=1)]
    assert len(whole) > 200
    median = pd.DataFrame([today.median()])

    def squared_width(table):
        # What no input shows comes on top of it, for all the same.
        told = found.model.predict(table)
        return (logit(told["pd_high"]) - logit(told["pd_low"])) ** 2

    for part in PARTS:
        unknown = dict.fromkeys(today.columns.difference(names[part]), np.nan)
        alone = squared_width(whole.assign(**unknown))
        assert alone.mean() > squared_width(whole).mean()
        # A buyer may be so far out in its accounts that less would be doubted if they were not known; few are.
        assert (alone > squared_width(whole)).mean() > 0.9
        assert squared_width(median.assign(**unknown))[0] > squared_width(median)[0]
    nothing = median.assign(**dict.fromkeys(today, np.nan))
    only = [nothing.assign(**median[names[part]]) for part in PARTS]
    assert all(squared_width(nothing)[0] > squared_width(row)[0] for row in only)


def test_intervals_of_a_fit_hold_what_no_input_shows(small, few):
    found = rated(few)
    spread = small.run.default.prior_sd
    own = few.model.predict(few.today, confidence=0.9).loc[found.index]
    sides = [(logit(table["pd_low"]), logit(table["pd_high"])) for table in (own, found)]
    error, width = ((high - low) / 2 / norm.ppf(0.95) for low, high in sides)
    np.testing.assert_allclose(width, np.sqrt(error**2 + spread**2))
    # Around the middle, the mean of which and of what is not shown is what the curves tell (no index, factor 1).
    centre, curves = (sum(side) / 2 for side in reversed(sides))
    mean = [quad(lambda z, at=at: expit(at + spread * z) * norm.pdf(z), -10, 10)[0] for at in centre[:20]]
    assert logit(mean) == pytest.approx(curves[:20].to_numpy(), abs=1e-5)


def test_contributions_of_a_fit_add_up_to_the_log_odds(few):
    left = (logit(few.ratings["model_pd"]) - few.contributions.sum(axis=1))[rated(few).index]
    np.testing.assert_allclose(left, left.iloc[0])
    assert few.contributions.columns.tolist() == [part.name for part in few.model.inputs]


def test_the_later_date_is_told_by_what_was_known_on_it(small, few):
    last = few.observed["date"].max()
    rows = few.observed.loc[few.later.index]
    assert len(rows) == (few.observed["date"] == last).sum() > 100
    assert (rows["date"] == last).all()
    then = default.assessment.__wrapped__(small.at(last))
    assert then.model is not None
    said = then.model.predict(then.today.loc[rows["buyer_id"]])["pd"]
    assert few.later.tolist() == pytest.approx(said.tolist())


def test_other_buyers_are_told_without_their_own_outcome(small, few):
    # What became of a buyer changes what is said of it by the fit to all, not by the fit to the others.
    ever = few.observed.groupby("buyer_id")["defaulted"].max()
    failed = ever.index[ever == 1][0]
    rows = few.observed["buyer_id"] == failed
    assert (few.observed.loc[rows, "fitted"] > few.observed.loc[rows, "other_buyers"]).all()
    assert few.observed["other_buyers"].between(0, 1, inclusive="neither").all()
    assert "other_buyers" not in panel(small)


def test_an_index_moves_a_fit_from_the_years_of_its_observations(small, few):
    months = pd.date_range("2023-11-30", "2026-10-31", freq="ME").strftime("%Y-%m-%d").tolist()
    values = dict.fromkeys(months, 100.0) | dict.fromkeys(months[-3:], 50.0)
    found = told(small, **index_of(values))
    # In the year after the last date, 31 October 2025, nine months were at 100 and three at 50; after the others all
    # at 100. Now: 50, and expected on its way back.
    ahead = expected_ahead(pd.Series(values.values(), index=pd.to_datetime(months)), small.as_of).expected
    assert 50 < ahead < 100
    last = (few.observed["date"] == "2025-10-31").mean()
    then = 87.5 * last + 100 * (1 - last)
    moved = (logit(found.ratings["pd"]) - logit(few.ratings["pd"]))[rated(few).index]
    np.testing.assert_allclose(moved, np.log(ahead / then))
    # How the odds move with the index is not known for certain: it widens the intervals of all.
    squared = [
        ((logit(one["pd_high"]) - logit(one["pd_low"])) / 2 / norm.ppf(0.95)) ** 2 for one in map(rated, (few, found))
    ]
    error = expected_ahead(pd.Series(values.values(), index=pd.to_datetime(months)), small.as_of).error
    np.testing.assert_allclose(squared[1] - squared[0], (0.3 * np.log(ahead / then)) ** 2 + error**2)
    assert found.level.loc["insolvency index now", "value"] == 50
    assert found.level.loc["odds multiplied for the index", "value"] == pytest.approx(ahead / then)
    pd.testing.assert_frame_equal(found.observed, few.observed)


def test_a_fits_level_rests_on_the_defaults_that_it_saw_or_on_those_that_a_stated_one_is_worth(small, few):
    # Observations of a year every three months see each default four times.
    assert few.level_defaults == pytest.approx(few.observed["defaulted"].sum() / 4)
    stated = told(small, level="stated", central_tendency=0.04, prior_buyer_years=200)
    assert stated.level_defaults == pytest.approx(8)


def test_a_fit_keeps_its_order_at_a_stated_level(small, few):
    values = {"2024-10-31": 100, "2025-10-31": 300, "2026-10-31": 100}
    found = told(small, level="stated", central_tendency=0.04, **index_of(values))
    # The level is that of private buyers; the others are rated as if they were.
    alive = ~few.ratings.index.isin(in_default(small)) & (small.buyers["kind"] == "private").to_numpy()
    # Odds of 4 to 96 in the long run, where the index was 500 / 3 in the mean; now it is 100.
    odds = 4 / 96 * 100 / (500 / 3)
    assert found.ratings["model_pd"][alive].mean() == pytest.approx(odds / (1 + odds))
    moved = (logit(found.ratings["pd"]) - logit(few.ratings["pd"]))[rated(few).index]
    np.testing.assert_allclose(moved, moved.iloc[0])
    assert found.level.loc["central tendency, stated", "value"] == 0.04
    stated = DefaultSettings(level="stated")
    assert "Calibrated to the stated central tendency" in words.default.basis(found, stated)
    assert "Calibrated to the book's own default rate" in words.default.basis(few, DefaultSettings())


def test_a_fit_is_held_to_what_is_believed(small, few):
    # The same book without beliefs in any part: what a handful of defaults cannot tell is then level. (How late its
    # buyers pay, nine defaults do tell.)
    free = told(small, prior_part_weights={"payment behaviour": 0, "accounts": 0, "outside opinion": 0}, agencies={})
    for name in ("oldest_days_past_due", "equity_ratio", "score: Agency A"):
        believed, alone = (found.inputs["effect"].get(name, 0.0) for found in (few, free))
        assert abs(believed) > abs(alone) + 0.2


def test_equal_books_give_equal_assessments(small, few):
    again = default.assessment.__wrapped__(replace(small, fingerprint="another"))
    pd.testing.assert_frame_equal(again.ratings, few.ratings, check_exact=True)
    pd.testing.assert_frame_equal(again.observed, few.observed, check_exact=True)
    pd.testing.assert_series_equal(again.later, few.later, check_exact=True)


def test_a_small_book_with_few_defaults_states_its_prior(small):
    strict = small.run.model_copy(update={"default": DefaultSettings()})
    found = default.assessment(replace(small, run=strict))
    assert 0 < found.defaulters < 20
    assert found.model is None
    assert words.default.basis(found, DefaultSettings()).startswith(f"{found.defaulters} buyers of this book defaulted")
    level = (found.observed["defaulted"].sum() / 4 + 500 * SP_RATE) / (len(found.observed) / 4 + 500)
    said = found.ratings["method"]
    measured = (small.buyers["kind"] == "private").to_numpy()
    alive = found.ratings[measured & (said != "in default") & ~said.str.endswith("known")]
    assert alive["model_pd"].mean() == pytest.approx(level, rel=1e-6)


def test_every_table_but_the_ledger_may_be_empty(small):
    bare = {name: table.empty() for name, table in TABLES.items() if name not in ("buyers", "invoices", "receipts")}
    ratings = default.assess(replace(small, **bare))
    assert len(ratings) == 150
    assert ratings["pd"].between(0, 1).all()
    assert ratings["override"].isna().all()


def test_a_column_that_tells_defaults_apart_is_fitted_all_the_same(book_of):
    # All that fail pay 40 days late until they do, all others on the day: a plain logit would have no solution.
    sound = [monthly(f"S{number}", "2023-04-01", "2026-03-01") for number in range(20)]
    failed = [monthly(f"F{number}", "2023-04-01", "2025-01-01", paid_after=40) for number in range(6)]
    defaults = "buyer_id,date,kind\n" + "".join(f"F{number},2025-03-01,insolvency\n" for number in range(6))
    book = book_of(
        AS_OF, run={"default": DefaultSettings(minimum_defaults=5)}, defaults=defaults, **ledger(*sound, *failed)
    )
    assessment = default.assessment(book)
    assert assessment.defaulters == 6
    assert assessment.inputs.index[0] == "days_beyond_terms"
    sound_now = assessment.ratings.loc[assessment.ratings["method"] == "fitted model", "pd"]
    assert (sound_now < 0.05).all()


def test_the_level_is_that_of_the_buyers_own_countries(book_of):
    tables = ledger(
        *(monthly(buyer, "2025-01-01", "2026-03-01", days) for buyer, days in zip("ABC", (0, 5, 20), strict=True))
    )
    buyers = pd.DataFrame({"buyer_id": list("ABC"), "country": "DE"})
    stated = {"central_tendency": 0.03, "central_tendencies": {"DE": 0.005, "XX": 0.1}}
    book = book_of(AS_OF, run={"default": stated}, buyers=buyers, **tables)
    assert default.assess(book)["pd"].mean() == pytest.approx(0.005)
    assert words.default.unmatched(book) == [
        "default.central_tendencies names XX, which no row of the book has: it has no effect."
    ]
