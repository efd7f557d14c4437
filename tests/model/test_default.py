"""Default probabilities of a book: what a fit may know, the stated prior, judgement, and the truth of the demo."""

from dataclasses import replace
from functools import cache
from itertools import chain

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from scipy.stats import norm

from tradecredit import Book
from tradecredit.book.demo import demo_book
from tradecredit.book.schema import TABLES
from tradecredit.errors import InputError
from tradecredit.measure.behaviour import features
from tradecredit.measure.ratios import ratios
from tradecredit.model import default
from tradecredit.model.grades import middle
from tradecredit.params import DefaultSettings, Run

AS_OF = "2026-03-31"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path)


def monthly(buyer: str, first: str, last: str, paid_after: int = 0) -> tuple[list, list]:
    """Invoices of 1,000 on the 1st of each month, due in 30 days, and their payments so many days after that."""
    invoices, receipts = [], []
    for month in pd.date_range(first, last, freq="MS"):
        invoice, due = f"{buyer}{month:%y%m}", month + pd.Timedelta(days=30)
        invoices.append([invoice, buyer, month, due, 1000.0])
        receipts.append([invoice, due + pd.Timedelta(days=paid_after), 1000.0, "payment"])
    return invoices, receipts


def ledger(*buyers: tuple[list, list]) -> dict[str, pd.DataFrame]:
    invoices, receipts = (list(chain(*rows)) for rows in zip(*buyers, strict=True))
    return {
        "invoices": pd.DataFrame(invoices, columns=["invoice_id", "buyer_id", "issued", "due", "amount"]),
        "receipts": pd.DataFrame(receipts, columns=["invoice_id", "received", "amount", "kind"]),
    }


def unpaid(buyer: str, first: str, last: str) -> tuple[list, list]:
    return monthly(buyer, first, last)[0], []


# The panel


@pytest.fixture(scope="module")
def observed(book_of):
    """A pays; B is declared in default on 30 June 2025, C insolvent on 15 Dec 2024; D comes in 2025, E left in 2023."""
    tables = ledger(
        monthly("A", "2023-04-01", "2026-03-01", paid_after=3),
        monthly("B", "2023-04-01", "2025-02-01"),
        monthly("C", "2023-04-01", "2024-11-01"),
        monthly("D", "2025-02-01", "2026-03-01"),
        monthly("E", "2023-04-01", "2023-05-01"),
    )
    defaults = "buyer_id,date,kind\nB,2025-06-30,protracted\nC,2024-12-15,insolvency\n"
    return default.panel(book_of(AS_OF, defaults=defaults, **tables))


def test_panel_looks_back_in_steps_of_three_months_from_a_year_ago(observed):
    # The ledger begins on 1 April 2023; half a year of it must be there: 31 December 2023 is the first date.
    dates = ["2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31", "2025-03-31"]
    assert observed["date"].drop_duplicates().dt.strftime("%Y-%m-%d").tolist() == dates
    assert set(observed.columns) == {*default.CANDIDATES, "date", "buyer_id", "defaulted"}


def test_an_outcome_is_a_default_in_the_twelve_months_after(observed):
    outcome = observed.groupby("buyer_id")["defaulted"].agg(list)
    # B's default lies exactly a year after 30 June 2024, the last day that counts; C is not observed after its own.
    assert outcome["B"] == [0, 0, 1, 1, 1, 1]
    assert outcome["C"] == [1, 1, 1, 1]
    assert outcome["A"] == [0] * 6


def test_buyers_are_observed_while_they_buy_or_owe(observed):
    dates = observed["date"].dt.strftime("%Y-%m").groupby(observed["buyer_id"]).agg(list)
    assert dates["D"] == ["2025-03"]
    assert dates["E"] == ["2023-12", "2024-03"]


def test_a_default_of_which_nothing_is_owed_any_more_stays_one(book_of):
    # C paid all and was wound up on 15 December 2024: on 31 December it owes nothing and is no sound buyer.
    tables = ledger(monthly("C", "2023-04-01", "2024-11-01", -20), monthly("A", "2023-04-01", "2026-03-01"))
    observed = default.panel(book_of(AS_OF, defaults="buyer_id,date,kind\nC,2024-12-15,insolvency\n", **tables))
    assert observed.loc[observed["buyer_id"] == "C", "date"].max() == pd.Timestamp("2024-09-30")


def test_a_short_ledger_has_no_panel(book_of):
    table = default.panel(book_of(AS_OF, **ledger(monthly("A", "2025-01-01", "2026-03-01"))))
    assert table.empty
    assert set(table.columns) == {*default.CANDIDATES, "date", "buyer_id", "defaulted"}


@pytest.mark.parametrize("as_of", ["2024-02-29", "2025-02-28", "2026-01-31"])
def test_the_last_twelve_months_end_by_the_as_of_date(book_of, as_of):
    table = default.panel(book_of(as_of, **ledger(monthly("A", "2022-01-01", as_of))))
    assert table["date"].max() + pd.DateOffset(months=12) <= pd.Timestamp(as_of)
    assert table["date"].max() + pd.DateOffset(months=12) >= pd.Timestamp(as_of) - pd.Timedelta(days=1)


@pytest.fixture(scope="module")
def small(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    return book_of("2026-10-31", run={"default": {"minimum_defaults": 5}}, fx=rates, **tables)


def test_panel_knows_nothing_that_came_later(small):
    table = default.panel(small)
    assert table["date"].nunique() > 4
    for day, rows in table.groupby("date"):
        past = small.at(day)
        then = features(past).join(ratios(past)).loc[rows["buyer_id"], list(default.CANDIDATES)]
        np.testing.assert_array_equal(rows[list(default.CANDIDATES)].to_numpy(float), then.to_numpy(float))
        until = day + pd.DateOffset(months=12)
        assert until <= small.as_of
        failed = {row.buyer_id for row in small.defaults.itertuples() if day < row.date <= until}
        assert rows["buyer_id"].isin(failed).astype(int).tolist() == rows["defaulted"].tolist()
        assert not rows["buyer_id"].isin(default.in_default(past)).any()


def test_what_happens_after_the_last_date_changes_outcomes_only(small):
    last = small.as_of - pd.DateOffset(months=12)
    erased = replace(
        small,
        invoices=small.invoices[small.invoices["issued"] <= last],
        receipts=small.receipts[small.receipts["received"] <= last],
        statements=small.statements[small.statements["published"] <= last],
        limits=small.limits[small.limits["valid_from"] <= last],
        disputes=small.disputes[small.disputes["opened"] <= last],
    )
    pd.testing.assert_frame_equal(default.panel(erased), default.panel(small))


# In default


def test_in_default_until_paid_and_for_good_when_given_up(book_of):
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
    assert default.in_default(book).tolist() == ["gone", "insolvent", "owing"]
    assert default.in_default(book.at("2025-07-31")).tolist() == ["insolvent"]
    ratings = default.assess(book)
    lost = ratings[ratings["method"] == "in default"]
    assert sorted(lost.index) == ["gone", "insolvent", "owing"]
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
    assert found.validation.empty
    assert found.calibration.empty
    assert found.dropped.empty
    assert "cannot be estimated" in found.basis
    assert f"3.00% ({unfitted.run.default.central_tendency_source})" in found.basis


def test_log_odds_of_the_prior_are_a_sum_of_stated_weights(unfitted, stated):
    odds = logit(stated.ratings["pd"])
    known = features(unfitted)
    weights = DefaultSettings().prior_log_odds
    score = sum(known[name].clip(upper=90 if "days" in name else None) * weight for name, weight in weights.items())
    assert (odds["E"] - odds["C"]) == pytest.approx(score["E"] - score["C"])
    assert (odds["B"] - odds["A"]) == pytest.approx(score["B"] - score["A"])
    assert set(weights) < set(stated.inputs.index)
    assert stated.inputs.loc[list(weights), "standard_error"].isna().all()
    for name, points in stated.curves[stated.curves["input"].isin(list(weights))].groupby("input"):
        rise = points["log_odds"].diff() / points["value"].diff()
        assert rise.dropna().tolist() == pytest.approx([weights[name]] * (len(points) - 1))


def test_an_unknown_buyer_gets_the_central_tendency_and_twice_the_doubt(stated):
    ratings = stated.ratings
    for buyer in ("N", "O"):
        row = ratings.loc[buyer]
        assert row["method"] == "prior: neither behaviour nor accounts known"
        assert row["pd"] == pytest.approx(0.03)
        assert row["drivers"] == ""
        assert logit(row["pd_high"]) - logit(row["pd"]) == pytest.approx(norm.ppf(0.95) * 1.4)
    payer = ratings.loc["C"]  # its accounts are not known: √2 times the deviation where both are
    assert logit(payer["pd_high"]) - logit(payer["pd"]) == pytest.approx(norm.ppf(0.95) * 0.7 * 2**0.5)
    assert logit(payer["pd"]) - logit(payer["pd_low"]) == pytest.approx(norm.ppf(0.95) * 0.7 * 2**0.5)


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
    ratings = default.assess(book_of(AS_OF, **tables))
    assert ratings["pd"].mean() == pytest.approx(SP_RATE)
    # At most 90 days count: 0.046 × 90 + 0.010 × 90 = 5.04, share late not known and so the median's.
    assert logit(ratings["pd"]["old"]) - logit(ratings["pd"]["A"]) < 5.1
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
    assert (ratings["method"] == "prior: neither behaviour nor accounts known").all()


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
        assert default.overriding(book, "grade")["grade"].to_dict() == {"A": 8, "D": 2}
        assert default.overriding(book, "limit")["limit"].to_dict() == {"C": 5000}


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
def demo(tmp_path_factory):
    """The assessment of the default demo book, with its book and the truth on the as-of date."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradecredit.book.book.CACHE", tmp_path_factory.mktemp("books"))
        patch.setattr("tradecredit.book.memory.CACHE", tmp_path_factory.mktemp("results"))
        patch.setattr("tradecredit.book.sources.demo_book", made := cache(demo_book))
        run = Run(entity="Demo", currency="EUR", as_of="2026-10-31", source={"kind": "demo"}, file="demo.yaml")
        book = Book.open(run)
        found = default.assessment(book)
        source = run.source
        truth = made(buyers=source.buyers, invoices=source.invoices, seed=source.seed, until=source.until).truth
    return book, found, truth[truth["date"] == book.as_of].set_index("buyer_id")["pd"]


def test_a_fit_ranks_buyers_that_it_has_not_seen(demo):
    _, found, _ = demo
    assert found.defaulters >= 20
    table = found.validation
    assert table.index.tolist() == ["in sample", "other buyers (cross-validation)", "later date"]
    assert table.loc["other buyers (cross-validation)", "auc"] > 0.7
    assert table.loc["later date", "auc"] > 0.7
    assert (table["auc_low"] < table["auc"]).all()
    # The score equation of the intercept, which no penalty holds: in sample the mean prediction is the observed rate.
    assert table.loc["in sample", "predicted"] == pytest.approx(table.loc["in sample", "observed"], rel=1e-3)
    assert table.loc["other buyers (cross-validation)", "slope"] == pytest.approx(1, abs=0.3)


def test_a_fit_finds_the_order_of_the_true_probabilities(demo):
    book, found, truth = demo
    ratings = found.ratings
    private = book.buyers.loc[book.buyers["kind"] == "private", "buyer_id"]
    rated = ratings.index[ratings["method"].str.startswith("fitted model") & ratings.index.isin(private)]
    rated = rated.intersection(truth.index)
    assert len(rated) > 400
    assert ratings.loc[rated, "pd"].corr(truth[rated], method="spearman") > 0.5


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
    assert set(ratings.index[failed]) == set(default.in_default(book))
    assert set(ratings["method"]) == {
        "fitted model", "fitted model: behaviour not known", "analyst's override", "in default",
    }  # fmt: skip
    assert ratings["override"].notna().sum() == (ratings["method"] == "analyst's override").sum() == 1


def test_drivers_of_a_fit_tell_values_that_the_buyer_has(demo):
    book, found, _ = demo
    parts = found.model.explain(features(book).join(ratios(book)))
    told = found.ratings[found.ratings["drivers"] != ""]
    assert len(told) > 100
    for buyer, drivers in told["drivers"].head(50).items():
        assert len(drivers.split("; ")) == min(3, (parts.loc[buyer] > 0.1).sum())
    late = found.ratings["drivers"].str.extract(r"pays (\d+) days beyond terms")[0].dropna().astype(float)
    assert len(late)
    assert (late - features(book)["days_beyond_terms"][late.index]).abs().max() <= 0.5


def test_signs_and_reasons_of_a_fit(demo):
    _, found, _ = demo
    for name, row in found.inputs.iterrows():
        assert row["effect"] * default.CANDIDATES[name].sign >= 0
    assert set(found.inputs.index) | set(found.dropped.index) == set(default.CANDIDATES)
    assert set(found.curves["input"]) == set(found.inputs.index)
    assert f"{found.observations:,} observations" in found.basis


def test_calibration_covers_the_whole_panel(demo):
    _, found, _ = demo
    assert found.calibration["count"].sum() == found.observations
    assert found.calibration["defaults"].sum() == found.validation["defaults"].iloc[0]
    assert found.calibration["predicted"].is_monotonic_increasing
    inside = found.calibration["predicted"].between(found.calibration["low"], found.calibration["high"])
    assert inside.mean() >= 0.6


def test_equal_books_give_equal_assessments(small):
    first, second = (default.assessment(replace(small, fingerprint=name)) for name in ("one", "two"))
    pd.testing.assert_frame_equal(first.ratings, second.ratings, check_exact=True)
    pd.testing.assert_frame_equal(first.validation, second.validation, check_exact=True)


def test_a_small_book_with_few_defaults_states_its_prior(small):
    strict = small.run.model_copy(update={"default": DefaultSettings()})
    found = default.assessment(replace(small, run=strict))
    assert 0 < found.defaulters < 20
    assert found.model is None
    assert found.basis.startswith(f"{found.defaulters} buyers defaulted within 12 months")
    level = (found.defaulters + 500 * SP_RATE) / (found.observations / 4 + 500)
    said = found.ratings["method"]
    alive = found.ratings[(said != "in default") & ~said.str.endswith("known")]
    assert alive["model_pd"].mean() == pytest.approx(level, rel=1e-6)


def test_every_table_but_the_ledger_may_be_empty(small):
    bare = {name: table.empty() for name, table in TABLES.items() if name not in ("buyers", "invoices", "receipts")}
    ratings = default.assess(replace(small, **bare))
    assert len(ratings) == 80
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
