"""What may be known of a buyer on a day, by hand, and past observations that know nothing of what came later."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from ledgers import CARRIED_OVER, ledger, monthly

from tradecredit.book.demo import demo_book
from tradecredit.default.panel import (
    ACCOUNTS,
    BEHAVIOUR,
    CANDIDATES,
    OPINION,
    SURROUNDINGS,
    candidates,
    dates,
    inputs,
    observations,
    panel,
)
from tradecredit.measure.agency_scores import latest_scores
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import in_default
from tradecredit.measure.ratios import ratios

AS_OF = "2026-03-31"


@pytest.fixture(scope="module")
def watched(book_of):
    """A pays; B is declared in default on 30 June 2025, C insolvent on 15 Dec 2024; D comes in 2025, E left in 2023."""
    tables = ledger(
        monthly("A", "2023-04-01", "2026-03-01", paid_after=3),
        monthly("B", "2023-04-01", "2025-02-01"),
        monthly("C", "2023-04-01", "2024-11-01"),
        monthly("D", "2025-02-01", "2026-03-01"),
        monthly("E", "2023-04-01", "2023-05-01"),
    )
    defaults = "buyer_id,date,kind\nB,2025-06-30,protracted\nC,2024-12-15,insolvency\n"
    return panel(book_of(AS_OF, defaults=defaults, **tables))


def test_panel_looks_back_in_steps_of_three_months_from_a_year_ago(watched):
    # The ledger begins on 1 April 2023; half a year of it must be there: 31 December 2023 is the first date.
    dates = ["2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31", "2025-03-31"]
    assert watched["date"].drop_duplicates().dt.strftime("%Y-%m-%d").tolist() == dates
    assert set(watched.columns) == {*CANDIDATES, "date", "buyer_id", "defaulted"}


def test_an_outcome_is_a_default_in_the_twelve_months_after(watched):
    outcome = watched.groupby("buyer_id")["defaulted"].agg(list)
    # B's default lies exactly a year after 30 June 2024, the last day that counts; C is not observed after its own.
    assert outcome["B"] == [0, 0, 1, 1, 1, 1]
    assert outcome["C"] == [1, 1, 1, 1]
    assert outcome["A"] == [0] * 6


def test_buyers_are_observed_while_they_buy_or_owe(watched):
    dates = watched["date"].dt.strftime("%Y-%m").groupby(watched["buyer_id"]).agg(list)
    assert dates["D"] == ["2025-03"]
    assert dates["E"] == ["2023-12", "2024-03"]


def test_only_private_buyers_tell_how_often_buyers_default(book_of):
    # A public body, an affiliate and who pays in advance neither fail nor stand among those that may.
    names = ("A", "B", "P", "Q", "R")
    tables = ledger(*(monthly(name, "2023-04-01", "2026-03-01", paid_after=3) for name in names))
    kinds = "buyer_id,kind\nA,private\nB,\nP,public\nQ,affiliate\nR,prepaid\n"
    book = book_of(AS_OF, buyers=kinds, defaults="buyer_id,date,kind\nP,2025-06-30,protracted\n", **tables)
    watched = panel(book)
    assert set(watched["buyer_id"]) == {"A", "B"}
    assert not watched["defaulted"].any()
    # All are rated, by what is known of private ones.
    assert inputs(book).index.tolist() == list(names)


def test_a_default_of_which_nothing_is_owed_any_more_stays_one(book_of):
    # C paid all and was wound up on 15 December 2024: on 31 December it owes nothing and is no sound buyer.
    tables = ledger(monthly("C", "2023-04-01", "2024-11-01", -20), monthly("A", "2023-04-01", "2026-03-01"))
    watched = panel(book_of(AS_OF, defaults="buyer_id,date,kind\nC,2024-12-15,insolvency\n", **tables))
    assert watched.loc[watched["buyer_id"] == "C", "date"].max() == pd.Timestamp("2024-09-30")


def test_a_short_ledger_has_no_panel(book_of):
    table = panel(book_of(AS_OF, **ledger(monthly("A", "2025-01-01", "2026-03-01"))))
    assert table.empty
    assert set(table.columns) == {*CANDIDATES, "date", "buyer_id", "defaulted"}


@pytest.mark.parametrize("as_of", ["2024-02-29", "2025-02-28", "2026-01-31"])
def test_the_last_twelve_months_end_by_the_as_of_date(book_of, as_of):
    table = panel(book_of(as_of, **ledger(monthly("A", "2022-01-01", as_of))))
    assert table["date"].max() + pd.DateOffset(months=12) <= pd.Timestamp(as_of)
    assert table["date"].max() + pd.DateOffset(months=12) >= pd.Timestamp(as_of) - pd.Timedelta(days=1)


# What may be known


NEW = [["D1", "D", pd.Timestamp("2026-03-15"), pd.Timestamp("2026-04-15"), 10.0]], []
"""D, which has bought once, and nothing of it has fallen due."""

LEDGER = ledger(
    monthly("A", "2025-01-01", "2026-03-01"),
    monthly("B", "2025-01-01", "2026-03-01", paid_after=10),
    monthly("C", "2025-01-01", "2026-03-01", paid_after=20),
    NEW,
    monthly("E", "2025-01-01", "2026-03-01", paid_after=7),
    monthly("F", "2025-01-01", "2026-03-01", paid_after=8),
)
BUYERS = """buyer_id,country,sector,group_id
A,FR,G,one
B,DE,G,one
C,FR,C,one
D,DE,C,one
E,,,two
F,IT,K,
"""


def column(found: pd.DataFrame, name: str) -> list[float]:
    assert found.index.tolist() == list("ABCDEF")
    return found[name].tolist()


def nearly(expected: list[float]):
    return pytest.approx(expected, nan_ok=True)


def test_the_rest_of_a_group_pays_in_the_mean(book_of):
    # In countries whose law moves no due day.
    found = inputs(book_of(AS_OF, buyers=BUYERS.replace("DE", "NL").replace("IT", "ES"), **LEDGER))
    assert column(found, "days_beyond_terms") == nearly([0, 10, 20, np.nan, 7, 8])
    # Of nothing that fell due D's own days are not known; E is alone in its group, F in none.
    assert column(found, "group_days_beyond_terms") == nearly([15, 10, 5, 10, np.nan, np.nan])


def test_a_group_of_whom_nothing_is_known_tells_nothing(book_of):
    buyers = "buyer_id,group_id\nA,one\nD,one\n"
    tables = ledger(monthly("A", "2025-01-01", "2026-03-01", paid_after=4), NEW)
    found = inputs(book_of(AS_OF, buyers=buyers, **tables))["group_days_beyond_terms"]
    assert found.to_dict() == pytest.approx({"A": np.nan, "D": 4}, nan_ok=True)


STATEMENTS = """buyer_id,period_end,published,ebit,total_assets,equity
A,2024-12-31,2025-05-31,5,100,20
A,2025-12-31,2026-03-15,20,200,60
B,2025-12-31,2026-03-15,20,200,60
C,2024-09-30,2025-05-31,5,100,20
C,2025-12-31,2026-03-15,20,200,60
E,2024-12-25,2025-05-31,5,100,20
E,2025-12-31,2026-04-15,20,200,60
F,2024-12-25,2025-05-31,5,100,
F,2025-12-31,2026-03-15,20,200,60
"""


def test_ratios_change_against_the_account_of_a_year_before(book_of):
    found = inputs(book_of(AS_OF, buyers=BUYERS, statements=STATEMENTS, **LEDGER))
    # A's equity: 60 / 200 after 20 / 100; B has no account before, C none of a year before, D none at all. E's latest
    # is not published yet, and before its first there is none; F's earlier equity is not known.
    assert column(found, "equity_ratio") == nearly([0.3, 0.3, 0.3, np.nan, 0.2, 0.3])
    assert column(found, "equity_ratio_change") == nearly([0.1, np.nan, np.nan, np.nan, np.nan, np.nan])
    assert column(found, "return_on_assets_change") == nearly([0.05, np.nan, np.nan, np.nan, np.nan, 0.05])


SCORES = """buyer_id,date,agency,score
A,2025-06-30,North,40
A,2025-12-31,North,70
B,2023-12-31,North,10
C,2026-01-31,East,3
D,2026-01-31,"{0} & {South}",5
"""
AGENCIES = {"North": {1: 0.2, 50: 0.03, 90: 0.01}, "East": {9: 0.1, 1: 0.01}, "Unheard": {1: 0.1, 2: 0.2}}


def test_scores_of_the_agencies_in_the_book(book_of):
    book = book_of(AS_OF, run={"default": {"agencies": AGENCIES}}, buyers=BUYERS, scores=SCORES, **LEDGER)
    found = inputs(book)
    assert column(found, "score: North") == nearly([70, *[np.nan] * 5])
    assert column(found, "score: East") == nearly([np.nan, np.nan, 3, *[np.nan] * 3])
    told = {name: candidate for name, candidate in candidates(book).items() if candidate.part == OPINION}
    # By what the run states that scores mean; of an agency that it does not name a higher score is better.
    assert {name: candidate.sign for name, candidate in told.items()} == {
        "score: North": -1, "score: East": 1, "score: {0} & {South}": -1,
    }  # fmt: skip
    assert told["score: North"].words.format(70.0) == "North's score is 70"
    assert told["score: {0} & {South}"].words.format(5.0) == "(0) & (South)'s score is 5"


def test_a_central_tendency_is_that_of_country_and_sector_then_of_either(book_of):
    stated = {"central_tendency": 0.02, "central_tendencies": {"DE": 0.01, "C": 0.04, "DE/C": 0.03}}
    book = book_of(AS_OF, run={"default": stated}, buyers=BUYERS, **LEDGER)
    assert column(inputs(book), "central_tendency") == [0.02, 0.01, 0.04, 0.03, 0.02, 0.02]
    assert candidates(book)["central_tendency"].words.format(0.03) == "3.0% of its country and sector default in a year"
    # The country counts before the sector.
    both = stated | {"central_tendencies": {"DE": 0.01, "C": 0.04}}
    assert inputs(book_of(AS_OF, run={"default": both}, buyers=BUYERS, **LEDGER))["central_tendency"]["D"] == 0.01
    assert "central_tendency" not in inputs(book_of(AS_OF, buyers=BUYERS, **LEDGER))


def test_inputs_are_the_candidates_as_numbers(book_of):
    run = {"default": {"central_tendencies": {"DE": 0.01}}}
    book = book_of(AS_OF, run=run, buyers=BUYERS, scores=SCORES, statements=STATEMENTS, **LEDGER)
    found = inputs(book)
    assert found.columns.tolist() == list(candidates(book))
    assert (found.dtypes == "float64").all()
    assert {candidate.part for candidate in candidates(book).values()} == {BEHAVIOUR, ACCOUNTS, OPINION, SURROUNDINGS}
    bare = inputs(book_of(AS_OF, **LEDGER))
    assert bare.columns.tolist() == list(CANDIDATES)
    accounts = [name for name, candidate in CANDIDATES.items() if candidate.part == ACCOUNTS]
    assert bare[accounts].isna().all(axis=None)


def test_what_becomes_known_later_changes_nothing(book_of):
    tables = {"scores": SCORES, "statements": STATEMENTS}
    later = {
        "scores": SCORES + "A,2026-04-01,North,1\nF,2026-04-01,Later,1\n",
        "statements": STATEMENTS + "A,2025-12-31,2026-04-01,-90,100,-50\nB,2024-12-31,2026-04-01,-90,100,-50\n",
    }
    before, after = (book_of(AS_OF, buyers=BUYERS, **rows, **LEDGER) for rows in (tables, later))
    pd.testing.assert_frame_equal(inputs(before), inputs(after), check_exact=True)
    whole = book_of("2026-12-31", buyers=BUYERS, **later, **LEDGER)
    assert "score: Later" in inputs(whole)
    pd.testing.assert_frame_equal(inputs(before), inputs(whole.at(AS_OF)), check_exact=True)


# What became of them


def test_dates_go_back_in_steps_to_half_a_year_of_ledger(book_of):
    book = book_of(AS_OF, **ledger(monthly("A", "2025-01-15", "2026-03-01")))
    # The first invoice is of 1 February 2025.
    found = dates(book, until=book.as_of, step_months=2)
    assert [f"{day:%Y-%m-%d}" for day in found] == ["2026-03-31", "2026-01-31", "2025-11-30", "2025-09-30"]
    assert dates(book, until=pd.Timestamp("2025-08-01"), step_months=3) == [pd.Timestamp("2025-08-01")]
    assert dates(book, until=pd.Timestamp("2025-07-31"), step_months=3) == []
    # An item that was carried over is no history to learn from.
    young = book_of("2026-10-31", **CARRIED_OVER)
    assert dates(young, until=young.as_of, step_months=3) == []


def observed(book):
    """The inputs of the buyers at risk on the book's day."""
    found = next(observations(book, [book.as_of]))
    return found.inputs[found.at_risk]


def test_only_buyers_at_risk_are_observed(book_of):
    tables = ledger(
        monthly("A", "2025-01-01", "2026-03-01"),
        (monthly("owes", "2024-01-01", "2024-01-01")[0], []),
        monthly("left", "2024-01-01", "2025-03-01"),
        monthly("failed", "2025-01-01", "2025-06-01"),
    )
    book = book_of(AS_OF, defaults="buyer_id,date,kind\nfailed,2025-08-15,insolvency\n", **tables)
    assert observed(book).index.tolist() == ["A", "owes"]
    assert inputs(book).index.tolist() == ["A", "owes", "left", "failed"]
    pd.testing.assert_frame_equal(observed(book), inputs(book).loc[["A", "owes"]])


def test_an_agency_that_came_later_is_missing_before(book_of):
    tables = ledger(monthly("A", "2023-01-01", "2026-03-01"))
    scores = "buyer_id,date,agency,score\nA,2024-08-31,New,3\nA,2025-12-31,Newer,4\n"
    table = panel(book_of(AS_OF, scores=scores, **tables)).set_index("date")
    assert table["score: New"].first_valid_index() == pd.Timestamp("2024-09-30")
    assert (table.loc["2024-09-30":, "score: New"] == 3).all()
    assert table["score: Newer"].isna().all()


@pytest.fixture(scope="module")
def small(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    run = {"default": {"central_tendencies": {"DE": 0.01, "FR/C": 0.03}}}
    return book_of("2026-10-31", run=run, fx=rates, **tables)


def test_panel_knows_nothing_that_came_later(small):
    table, told = panel(small), list(candidates(small))
    assert table["date"].nunique() > 4
    assert {"score: Agency A", "central_tendency"} < set(told)
    for day, rows in table.groupby("date"):
        past = small.at(day)
        then = inputs(past).loc[rows["buyer_id"]].reindex(columns=told)
        np.testing.assert_array_equal(rows[told].to_numpy(float), then.to_numpy(float))
        apart = features(past).join(ratios(past)).join(latest_scores(past).add_prefix("score: "))
        names = [name for name in told if name in apart]
        assert len(names) >= 16
        measured = apart.loc[rows["buyer_id"], names]
        np.testing.assert_array_equal(rows[names].to_numpy(float), measured.to_numpy(float))
        until = day + pd.DateOffset(months=12)
        assert until <= small.as_of
        failed = {row.buyer_id for row in small.defaults.itertuples() if day < row.date <= until}
        assert rows["buyer_id"].isin(failed).astype(int).tolist() == rows["defaulted"].tolist()
        assert not rows["buyer_id"].isin(in_default(past)).any()


def test_what_happens_after_the_last_date_changes_outcomes_only(small):
    last = small.as_of - pd.DateOffset(months=12)
    erased = replace(
        small,
        invoices=small.invoices[small.invoices["issued"] <= last],
        receipts=small.receipts[small.receipts["received"] <= last],
        statements=small.statements[small.statements["published"] <= last],
        limits=small.limits[small.limits["valid_from"] <= last],
        disputes=small.disputes[small.disputes["opened"] <= last],
        scores=small.scores[small.scores["date"] <= last],
    )
    assert len(erased.scores) < len(small.scores)
    pd.testing.assert_frame_equal(panel(erased), panel(small))
