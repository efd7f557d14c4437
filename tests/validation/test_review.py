"""The review of the default model: its tables against what they are made of, past dates, and books without a fit."""

import sys
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from ledgers import ledger, monthly
from scipy.special import logit

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.book.schema import TABLES
from tradecredit.default import panel, point_in_time
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.grades import grade
from tradecredit.measure.published_scores import published_scores
from tradecredit.numerics import discrimination
from tradecredit.params.decisions import DecisionSettings
from tradecredit.params.default import DefaultSettings
from tradecredit.params.run import Run
from tradecredit.validation import migration, prudent_bounds, stability
from tradecredit.validation import review as reviewing
from tradecredit.validation.calibration import grade_tests
from tradecredit.validation.review import HARDLY, IN_SAMPLE, LATER, OTHER_BUYERS, Review, history, review
from tradecredit.validation.traffic_lights import Predictions, traffic_lights

pytestmark = pytest.mark.usefixtures("own_results")

AS_OF = "2026-10-31"
RUN = Run(entity="Test", currency="EUR", as_of=AS_OF, source={"kind": "demo"}, file="x.yaml")

BARE = {name: table.empty() for name, table in TABLES.items() if name not in ("buyers", "invoices", "receipts")}
"""The tables that a book can do without."""

SHOWN = [field.name for field in fields(Review) if field.name not in ("cohort", "history")]


def _observed(book):
    """The inputs of the buyers at risk on the book's day."""
    found = next(panel.observations(book, [book.as_of]))
    return found.inputs[found.at_risk]


@pytest.fixture(scope="module")
def book(book_of):
    """A demo book of 300 buyers of which 21 defaulted in the panel: just enough to tell of a fit."""
    tables = dict(demo_book(buyers=300, invoices=6_000, seed=7).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    return book_of(AS_OF, run={"default": {"minimum_defaults": 8}}, fx=rates, **tables)


@pytest.fixture(scope="module")
def found(book):
    return default.assessment(book)


@pytest.fixture(scope="module")
def reviewed(book, found):
    assert found.model
    return review(book)


@pytest.fixture(scope="module")
def unfitted(book):
    """The same book where more defaults are asked for than it has."""
    return replace(book, run=book.run.model_copy(update={"default": DefaultSettings(minimum_defaults=1_000)}))


@pytest.fixture(scope="module")
def stated(unfitted):
    assert default.assessment(unfitted).model is None
    return default.assessment(unfitted)


# With a fit


def test_samples_are_the_fit_to_all_the_fits_without_the_buyer_and_a_later_date(found, reviewed):
    seen = found.observed
    outcome = seen["defaulted"].astype("float64")
    assert reviewed.samples.index.tolist() == [IN_SAMPLE, OTHER_BUYERS, LATER]
    for name, probability in ((IN_SAMPLE, seen["fitted"]), (OTHER_BUYERS, seen["other_buyers"]), (LATER, found.later)):
        rows, firms = probability.index, seen.loc[probability.index, "buyer_id"]
        row = reviewed.samples.loc[name]
        area = discrimination.auc(probability, outcome[rows], groups=firms)
        assert row[["observations", "defaults"]].tolist() == [len(rows), outcome[rows].sum()]
        assert row["auc"] == area.value
        assert row["auc_high"] == pytest.approx(min(area.value + 1.6449 * area.standard_error, 1), abs=1e-4)
        assert row["slope"] == discrimination.calibration_slope(probability, outcome[rows], groups=firms).value
        assert row["predicted"] == probability.mean()
    assert reviewed.samples.loc[LATER, "observations"] == (seen["date"] == seen["date"].max()).sum()


def test_without_a_later_date_there_is_no_such_sample(book, found, reviewed, monkeypatch):
    monkeypatch.setattr(reviewing, "assessment", lambda _: replace(found, later=found.later.head(0)))
    samples = review.__wrapped__(book).samples
    pd.testing.assert_frame_equal(samples, reviewed.samples.drop(index=LATER))


def test_lights_are_those_of_buyers_that_the_fit_had_not_seen(book, found, reviewed):
    seen, outcome = found.observed, found.observed["defaulted"].astype("float64")
    weighty = [name for name in reviewed.drift.index if found.inputs["importance"].get(name, 1.0) >= HARDLY]
    assert 1 < len(weighty) < len(reviewed.drift)
    lights = traffic_lights(
        Predictions(seen["other_buyers"], outcome, grade(seen["other_buyers"], book.run.grades)),
        Predictions(seen["fitted"], outcome),
        groups=seen["buyer_id"],
        drift=reviewed.drift.loc[weighty],
        concentration=reviewed.concentration,
    )
    pd.testing.assert_frame_equal(reviewed.lights, lights)
    assert {"ranking", "defaults by grade", "drift of inputs", "concentration by number"} < set(lights.index)
    assert (lights["light"] != discrimination.NOT_TESTABLE).sum() >= 6


def test_an_input_that_hardly_enters_gives_no_light(found, reviewed):
    weighty = reviewed.drift.index.map(lambda name: found.inputs["importance"].get(name, 1.0) >= HARDLY)
    light = reviewed.lights.loc["drift of inputs"]
    assert light["value"] == reviewed.drift.loc[weighty & (reviewed.drift["light"] == light["light"]), "psi"].max()


def test_by_grade_tests_the_grades_that_other_buyers_give(book, found, reviewed):
    seen = found.observed
    told, groups = (seen["other_buyers"], seen["defaulted"].astype("float64")), seen["buyer_id"]
    grades = grade(seen["other_buyers"], book.run.grades)
    tests = grade_tests(*told, grades, groups=groups)
    pd.testing.assert_frame_equal(reviewed.by_grade[tests.columns], tests)
    met = discrimination.calibration(*told, grades, groups=groups, confidence=book.run.default.interval)
    assert reviewed.by_grade.index.tolist() == [*met.index, "all"]
    assert reviewed.by_grade.iloc[:-1][["low", "high"]].to_numpy().tolist() == met[["low", "high"]].to_numpy().tolist()
    assert reviewed.by_grade["count"].iloc[:-1].sum() == len(seen) == reviewed.by_grade.loc["all", "count"]


def test_segments_by_year_country_and_sector(book, found, reviewed):
    seen, buyers = found.observed, book.buyers.set_index("buyer_id")
    kinds = {
        "year of observation": seen["date"].dt.strftime("%Y"),
        "country": seen["buyer_id"].map(buyers["country"]),
        "sector": seen["buyer_id"].map(buyers["sector"]),
    }
    assert reviewed.segments["kind"].unique().tolist() == list(kinds)
    for kind, label in kinds.items():
        part = reviewed.segments[reviewed.segments["kind"] == kind].set_index("segment")
        assert part.index.tolist() == sorted(label.unique())
        assert part["count"].to_dict() == label.value_counts().to_dict()
        assert part["predicted"].tolist() == pytest.approx(seen["other_buyers"].groupby(label).mean().tolist())
        failed = seen[seen["defaulted"] == 1].groupby(label)["buyer_id"].nunique()
        assert part["defaulters"].tolist() == failed.reindex(part.index, fill_value=0).tolist()


def test_published_scores_are_ranked_on_the_rows_where_they_are_known(book, found, reviewed):
    seen = found.observed
    scores = {day: published_scores(book.at(day)) for day in seen["date"].unique()}
    names = {"Altman's Z'' (1995)": "altman_z", "Zmijewski (1984)": "zmijewski_pd"}
    assert {*names, "Ohlson (1980)", "Agency A", "Days beyond terms alone"} == set(reviewed.published.index)
    for label, name in names.items():
        score = pd.Series([scores[row.date].loc[row.buyer_id, name] for row in seen.itertuples()], index=seen.index)
        known, row = score.notna(), reviewed.published.loc[label]
        failed = seen[known & (seen["defaulted"] == 1)]
        assert row[["observations", "defaulters"]].tolist() == [known.sum(), failed["buyer_id"].nunique()]
        # Of fewer than 20 defaulters nothing is told.
        assert row["defaulters"] < discrimination.MINIMUM_DEFAULTERS
        assert row[["auc", "auc_low", "auc_high", "model_auc"]].isna().all()
    late, row = seen["days_beyond_terms"], reviewed.published.loc["Days beyond terms alone"]
    known = late.notna()
    told = seen["defaulted"][known].astype("float64")
    assert row["auc"] == discrimination.auc(late[known], told, groups=seen["buyer_id"][known]).value
    assert row["auc_low"] < row["auc"] < row["auc_high"]
    assert (
        row["model_auc"] == discrimination.auc(seen["other_buyers"][known], told, groups=seen["buyer_id"][known]).value
    )


def test_a_score_of_which_less_is_worse_ranks_the_other_way_round(book, found, monkeypatch):
    monkeypatch.setattr(discrimination, "MINIMUM_DEFAULTERS", 5)
    rows = reviewing.baselines(book, found)
    seen = found.observed
    told = seen.merge(
        pd.concat([published_scores(book.at(day)).assign(date=day).reset_index() for day in seen["date"].unique()]),
        on=["buyer_id", "date"],
    )
    known = told[told["altman_z"].notna()]
    area = discrimination.auc(known["altman_z"], known["defaulted"].astype(int), groups=known["buyer_id"]).value
    assert rows.loc["Altman's Z'' (1995)", "auc"] == pytest.approx(1 - area)
    known = seen[seen["score: Agency A"].notna()]
    area = discrimination.auc(known["score: Agency A"], known["defaulted"].astype(int), groups=known["buyer_id"]).value
    assert rows.loc["Agency A", "auc"] == pytest.approx(1 - area)


# Past dates


def test_history_is_what_the_fit_says_of_past_dates_at_the_level_of_today(book, found, reviewed):
    past = reviewed.history
    dates = past["date"].drop_duplicates().tolist()
    assert dates == [book.as_of - pd.DateOffset(months=3 * step) for step in range(len(dates))]
    assert set(found.observed["date"]) == set(dates[4:])
    seen = found.observed.assign(pd=point_in_time.moved(found.observed["fitted"], found.factor))
    both = past.merge(seen[["buyer_id", "date", "pd"]], on=["buyer_id", "date"], suffixes=("", "_seen"))
    assert len(both) == len(seen)
    assert both["pd"].tolist() == pytest.approx(both["pd_seen"].tolist())
    assert past["grade"].tolist() == grade(past["pd"], book.run.grades).tolist()
    assert not past.duplicated(["buyer_id", "date"]).any()


@pytest.mark.parametrize("kind", ["fit", "stated"])
def test_history_of_today_is_the_assessment(request, kind):
    book = request.getfixturevalue("book" if kind == "fit" else "unfitted")
    found = request.getfixturevalue("found" if kind == "fit" else "stated")
    past = history(book, found)
    today = past[past["date"] == book.as_of].set_index("buyer_id")
    assert today.index.tolist() == _observed(book).index.tolist()
    assert 0 < len(today) < (found.ratings["method"] != "in default").sum()
    assert today["pd"].to_dict() == pytest.approx(found.ratings.loc[today.index, "model_pd"].to_dict())
    assert today["grade"].tolist() == found.ratings.loc[today.index, "model_grade"].tolist()


@pytest.mark.parametrize("kind", ["fit", "stated"])
def test_history_knows_nothing_that_came_later(request, kind):
    book = request.getfixturevalue("book" if kind == "fit" else "unfitted")
    found = request.getfixturevalue("found" if kind == "fit" else "stated")
    # The model is held; what the panel has measured of past dates is taken away, so that all of it is read anew.
    held = replace(found, observed=found.observed.head(0))
    whole, day = history(book, found), book.as_of - pd.DateOffset(months=12)
    assert (whole["date"] <= day).sum() > 500
    pd.testing.assert_frame_equal(
        history(book.at(day), held), whole[whole["date"] <= day].reset_index(drop=True), rtol=1e-12
    )


def test_history_without_a_fit_is_by_the_model_of_today(book_of):
    # All paid on the day until the end of 2025, and 20 days late since: worse than they were, not as ever.
    sound = [monthly(buyer, "2024-01-01", "2025-12-01") for buyer in "ABC"]
    late = [monthly(buyer, "2026-01-01", "2026-10-01", paid_after=20) for buyer in "ABC"]
    run = {"default": {"central_tendency": 0.03}}
    book = book_of(AS_OF, run=run, **ledger(*sound, *late))
    past = history(book, default.assessment(book)).groupby("date")["pd"]
    assert past.mean().iloc[-1] == pytest.approx(0.03)
    assert past.mean().loc["2025-10-31"] < 0.01
    # Behaviour is known by its stated weights: 20 days beyond terms and all of it late, against nothing of both.
    part, stated = 0.75, DefaultSettings().prior_log_odds
    known = panel.inputs(book).loc["A"] - panel.inputs(book.at("2025-10-31")).loc["A"]
    moved = part * sum(known[name] * weight for name, weight in stated.items())
    assert logit(past.mean().iloc[-1]) - logit(past.mean().loc["2025-10-31"]) == pytest.approx(moved)


@pytest.mark.parametrize("as_of", ["2024-02-29", "2025-02-28", "2026-05-31"])
def test_months_of_any_length_are_found_again_a_year_ago(book_of, as_of):
    first = pd.Timestamp(as_of) - pd.DateOffset(months=40)
    first, last = first.replace(day=1).strftime("%Y-%m-%d"), as_of
    tables = ledger(*(monthly(buyer, first, last, days) for buyer, days in (("A", 0), ("B", 10), ("C", 30))))
    defaults = f"buyer_id,date,kind\nC,{pd.Timestamp(as_of) - pd.DateOffset(months=2):%Y-%m-%d},insolvency\n"
    found = review(book_of(as_of, defaults=defaults, **tables))
    assert found.prudent["obligors"].sum() == 3
    assert found.prudent["defaults_since"].sum() == 1
    assert found.concentration.loc["number", ["then", "now"]].notna().all()
    assert found.cohort.rates["observations"].sum() >= 3
    assert found.drift.loc["days_beyond_terms", "psi"] >= 0


# Grades of a year ago, drift, concentration, moves


def test_prudent_counts_the_customers_of_a_year_ago_and_who_of_them_defaulted_since(book_of):
    paid = {"A": 0, "B": 0, "C": 60, "D": 60, "E": 60}
    tables = ledger(
        *(monthly(buyer, "2024-01-01", "2025-12-01", days) for buyer, days in paid.items()),
        monthly("F", "2024-01-01", "2025-06-01"),  # in default a year ago: not counted
        monthly("G", "2026-01-01", "2026-10-01"),  # no customer yet a year ago, and its default does not count
    )
    # D's is of the day itself, so it was in default then; E's is of the day after; C's of today.
    dates = {"C": AS_OF, "D": "2025-10-31", "E": "2025-11-01", "F": "2025-08-31", "G": "2026-09-30"}
    defaults = "buyer_id,date,kind\n" + "".join(f"{buyer},{day},insolvency\n" for buyer, day in dates.items())
    book = book_of(AS_OF, defaults=defaults, **tables)
    found = review(book)
    past = found.history[found.history["date"] == "2025-10-31"].set_index("buyer_id")
    assert past.index.tolist() == ["A", "B", "C", "E"]
    good, bad = past.loc["A", "grade"], past.loc["C", "grade"]
    assert good == past.loc["B", "grade"] < bad == past.loc["E", "grade"]
    table = found.prudent
    assert table.index.tolist() == list(range(1, 11))
    assert table["obligors"].to_dict() == dict.fromkeys(range(1, 11), 0) | {good: 2, bad: 2}
    assert table["defaults_since"].to_dict() == dict.fromkeys(range(1, 11), 0) | {bad: 2}
    assert table.loc[bad, "predicted_year_ago"] == pytest.approx(past.loc[["C", "E"], "pd"].mean())
    assert table["predicted_year_ago"].notna().sum() == 2
    # Both of the worst defaulted: there is no bound below 1. Of the four together two did.
    assert table["pd_upper"].loc[bad] == 1
    four = prudent_bounds.most_prudent(pd.Series([4]), pd.Series([2]), confidence=0.9, correlation=0.12).iloc[0]
    assert table["pd_upper"].loc[:good].tolist() == pytest.approx([four] * good)
    assert table["pd_upper"].loc[bad + 1 :].isna().all()


def test_drift_is_of_customers_then_and_now(book, found, reviewed):
    now = _observed(book)
    assert reviewed.drift.index.tolist() == ["grade", *found.inputs.index]
    for name in found.inputs.index:
        shift = stability.population_stability(found.observed.drop_duplicates("buyer_id", keep="last")[name], now[name])
        row = reviewed.drift.loc[name]
        assert row[["psi", "psi_by_chance"]].tolist() == pytest.approx([shift.psi, shift.by_chance])
        assert row[["mean_now", "missing_now"]].tolist() == pytest.approx([now[name].mean(), now[name].isna().mean()])
    past = reviewed.history
    then = past[past["date"] <= found.observed["date"].max()].sort_values("date").groupby("buyer_id")["grade"].last()
    then = then.astype(float)
    shift = stability.population_stability(then, past[past["date"] == book.as_of]["grade"].astype(float))
    assert reviewed.drift.loc["grade", "psi"] == pytest.approx(shift.psi)


def test_names_that_never_bought_are_no_drift(unfitted):
    # Half of a list of addresses may be of buyers that never came: nothing is known of them, and nothing has moved.
    never = [f"N{number}" for number in range(300)]
    more = pd.concat([unfitted.buyers, unfitted.buyers.assign(buyer_id=never)], ignore_index=True)
    padded = replace(unfitted, buyers=more, fingerprint="padded")
    assert len(default.assess(padded)) == 600
    # In whatever order: what an input is worth is told over all names.
    pd.testing.assert_frame_equal(review(padded).drift.sort_index(), review(unfitted).drift.sort_index())


def test_concentration_is_that_of_the_grades_of_both_dates(book, reviewed):
    past = reviewed.history
    for column, day in (("now", book.as_of), ("then", pd.Timestamp("2025-10-31"))):
        shares = past[past["date"] == day]["grade"].value_counts(normalize=True).astype(float)
        herfindahl = 1 + np.log((shares**2).sum()) / np.log(10)
        assert reviewed.concentration.loc["number", column] == pytest.approx(herfindahl)


def test_moves_are_those_of_the_history(book, reviewed):
    arguments = {"history": reviewed.history, "defaults": book.defaults, "until": book.as_of}
    cohort = migration.cohort(**arguments)
    pd.testing.assert_frame_equal(reviewed.cohort.counts, cohort.counts)
    expected = migration.default_rates(cohort, migration.duration(**arguments))
    pd.testing.assert_frame_equal(reviewed.default_rates, expected)
    assert reviewed.default_rates["cohort_defaults"].sum() > 20


# Without a fit


def without(book, **tables: pd.DataFrame):
    return replace(book, fingerprint=f"{book.fingerprint} without {sorted(tables)}", **tables)


def books(unfitted, book_of):
    """Return books that carry no fit, each with what its page must still be able to show of it."""
    short = ledger(*(monthly(buyer, "2026-06-01", "2026-10-01", days) for buyer, days in (("A", 0), ("B", 9))))
    return {
        "few defaults": unfitted,
        "no defaults": without(unfitted, defaults=BARE["defaults"]),
        "three tables": without(unfitted, **BARE),
        "one date": book_of(AS_OF, **ledger(monthly("A", "2026-04-01", "2026-10-01"))),
        "short": book_of(AS_OF, **short),
        "a week": book_of("2026-06-07", **{name: rows.head(1) for name, rows in short.items()}),
        "no statements": without(unfitted, statements=BARE["statements"]),
    }


NAMES = ["few defaults", "no defaults", "three tables", "one date", "short", "a week", "no statements"]


@pytest.mark.parametrize("name", NAMES)
def test_a_book_without_a_fit_has_a_review_with_the_same_columns(unfitted, book_of, reviewed, name):
    found = review(books(unfitted, book_of)[name])
    for table in SHOWN:
        shown, whole = getattr(found, table), getattr(reviewed, table)
        assert shown.columns.tolist() == whole.columns.tolist(), table
        assert shown.index.name == whole.index.name, table
    for table in ("samples", "lights", "by_grade", "segments"):
        assert getattr(found, table).empty
    assert found.history.columns.tolist() == ["buyer_id", "date", "pd", "grade"]
    assert found.concentration.index.tolist() == ["number"]
    assert words.review.decisions(found, RUN) == {}
    assert found.cohort.shares.columns.tolist() == reviewed.cohort.shares.columns.tolist()


@pytest.mark.parametrize("name", ["one date", "short", "a week"])
def test_a_short_ledger_has_no_tables_of_the_past(unfitted, book_of, name):
    found = review(books(unfitted, book_of)[name])
    for table in ("prudent", "drift", "published", "default_rates"):
        assert getattr(found, table).empty, table
    assert found.history["date"].astype(str).tolist() == ([AS_OF] if name == "one date" else [])
    assert np.isnan(found.concentration.loc["number", "then"])
    assert found.concentration.loc["number", "light"] == discrimination.NOT_TESTABLE
    assert found.cohort.counts.sum().sum() == 0


def test_where_defaults_are_not_recorded_none_are_counted(unfitted, book_of):
    found = review(books(unfitted, book_of)["no defaults"])
    assert found.prudent[["defaults_since", "pd_upper"]].isna().all(axis=None)
    assert found.prudent["obligors"].sum() > 100
    unknown = ["cohort", "cohort_error", "cohort_defaults", "duration", "duration_error"]
    assert found.default_rates[unknown].isna().all(axis=None)
    assert found.default_rates["moves"].sum() > 100
    assert found.cohort.shares["default"].isna().all()
    assert found.cohort.shares["left"].notna().any()
    assert found.cohort.rates[["defaults", "default_rate"]].isna().all(axis=None)


def test_a_book_that_knows_of_one_default_counts_the_others_as_none(book_of):
    tables = ledger(*(monthly(buyer, "2023-01-01", "2026-10-01") for buyer in "AB"))
    old = "buyer_id,date,kind\nC,2022-12-01,insolvency\n"
    found = review(book_of(AS_OF, defaults=old, **tables))
    assert found.prudent["defaults_since"].sum() == 0
    assert found.prudent["pd_upper"].notna().any()
    assert found.default_rates["cohort_defaults"].sum() == 0
    assert (found.default_rates["cohort"].dropna() == 0).all()


def test_scores_rank_without_a_fit_of_our_own(unfitted, stated):
    rows = reviewing.baselines(unfitted, stated)
    assert rows.loc["Days beyond terms alone", "auc"] > 0.6
    assert rows["model_auc"].isna().all()


def test_without_accounts_published_scores_are_known_of_nobody(unfitted):
    bare = without(unfitted, **BARE)
    rows = reviewing.baselines(bare, default.assessment(bare))
    accounts = ["Altman's Z'' (1995)", "Zmijewski (1984)", "Ohlson (1980)"]
    assert rows.index.tolist() == [*accounts, "Days beyond terms alone"]
    assert (rows.loc[accounts, ["observations", "defaulters"]] == 0).all(axis=None)
    assert rows.loc[accounts, ["auc", "auc_low", "auc_high", "model_auc"]].isna().all(axis=None)
    assert rows.loc["Days beyond terms alone", "observations"] > 0


def test_where_no_score_is_known_of_anybody_the_columns_stay(book_of):
    # Terms of two years: nothing has fallen due, so that nothing is known of how the buyer pays.
    invoices = "invoice_id,buyer_id,issued,due,amount\nI1,A,2025-01-10,2027-01-10,100\n"
    book = book_of(AS_OF, invoices=invoices, receipts="invoice_id,received,amount,kind\n")
    rows = review(book).published
    assert (rows["observations"] == 0).all()
    assert len(rows) == 4
    assert rows.columns.tolist() == reviewing.BASELINE_COLUMNS


# What to decide


def lit(reviewed: Review, **lights: str) -> Review:
    table = pd.DataFrame({"light": lights}).rename_axis("test")
    return replace(reviewed, lights=table)


def test_red_lights_ask_for_a_decision(reviewed):
    assert words.review.decisions(lit(reviewed, level="green", slope="amber", ranking="not testable"), RUN) == {}
    (one,) = words.review.decisions(lit(reviewed, level="red", slope="amber"), RUN).values()
    assert one.startswith("One light of the review of the default model is red (level; the rule behind each is in its ")
    assert "Recalibrate the level to the defaults that came. Until that is decided, override grades" in one
    (two,) = words.review.decisions(lit(reviewed, level="red", slope="red", ranking="green"), RUN).values()
    assert two.startswith("2 lights of the review of the default model are red (level; slope; the rule ")
    assert "Recalibrate the level to the defaults that came. Refit the model on what this book now shows" in two
    assert "ranking" not in two
    # Before the cuts and changes of limits that rest on it; what is above a limit today does not wait.
    assert one.endswith(
        "Where they are asked, “Request accounts”, “Approve cuts that lose sales”, “Set the limits” and “Enforce "
        "limits that are often exceeded” are due no earlier. “Stop deliveries: above what the risk allows”, “Stop "
        "deliveries until the overdue part is paid”, “Deliver against payment alone”, “Set limits that have room” and "
        "“Bring back what is above the limit to set” do not wait, being about what is owed above a limit today: "
        "meanwhile the present model decides."
    )


def test_a_run_that_decides_on_the_model_first_says_that_limits_wait_for_it(reviewed):
    run = RUN.model_copy(update={"decisions": DecisionSettings(working_days={"model": 0})})
    (told,) = words.review.decisions(lit(reviewed, level="red"), run).values()
    assert "do not wait" not in told and told.endswith("“Enforce limits that are often exceeded” are due no earlier.")


def test_stated_signs_of_a_book_are_compared_on_its_own_observations_or_not_testable(
    book, found, unfitted, monkeypatch
):
    # Each sign compared costs five fits; `default/test_sign_costs.py` compares more of a smaller table.
    monkeypatch.setattr(sys.modules["tradecredit.default.sign_costs"], "MOST", 1)
    costs = default.sign_costs_of_book(book)
    columns, seen = panel.candidates(book), found.observed
    X, signs = seen[list(columns)].astype("float64"), {name: one.sign for name, one in columns.items()}
    free = DefaultModel.fit(X, seen["defaulted"].astype(int), signs={}, groups=seen["buyer_id"], pairs=()).curves
    steps = free.dropna(subset="value").groupby("input")["log_odds"].diff().mul(free["input"].map(signs))
    against = -steps.clip(upper=0).groupby(free["input"]).sum().loc[costs.index]
    assert len(costs) and against.to_numpy() == pytest.approx(costs["against"].to_numpy(dtype="float64"))
    assert costs.drop(columns=["sign", "against"]).notna().all(axis=None)
    assert default.sign_costs_of_book(unfitted).empty
    told = words.default.no_sign_costs(default.assessment(unfitted), unfitted.run.default)
    assert "not testable with this book" in told and "a fit needs 1000" in told
