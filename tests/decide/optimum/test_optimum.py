"""Limits for the book as a whole: sums, caps and prices on a small ledger, and what is said of them."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.decide import limits, optimum
from tradecredit.decide.limits.methods import needed
from tradecredit.decide.optimum.candidates import candidates, simulated_years
from tradecredit.decide.optimum.programme import results, shortfall, solutions
from tradecredit.default.grades import grade
from tradecredit.errors import InputError, ParameterError
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.measure.balances import balances
from tradecredit.params.run import Run

AS_OF = "2026-03-31"
BUYERS = [f"B{number:02d}" for number in range(40)]
RANDOM = np.random.default_rng(8)
MONTHLY = pd.Series(RANDOM.lognormal(9, 1, len(BUYERS)).round(), index=BUYERS)
TERMS = pd.Series(RANDOM.choice([14, 30, 60], len(BUYERS)), index=BUYERS)
PROBABILITY = pd.Series(np.minimum(RANDOM.lognormal(np.log(0.02), 1.2, len(BUYERS)), 0.4), index=BUYERS)
INVOICES = pd.DataFrame(
    [
        [f"{buyer}-{day:%y%m}", buyer, day, day + pd.Timedelta(days=int(TERMS[buyer])), MONTHLY[buyer]]
        for buyer in BUYERS
        for day in pd.date_range("2025-03-01", "2026-03-01", freq="MS")
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
PAID = INVOICES[INVOICES["issued"] < "2026-01-01"]
LEDGER = {
    "invoices": INVOICES,
    "receipts": pd.DataFrame(
        {"invoice_id": PAID["invoice_id"], "received": PAID["due"], "amount": PAID["amount"], "kind": "payment"}
    ),
    "buyers": pd.DataFrame(
        {"buyer_id": BUYERS, "kind": "private", "group_id": [f"G{n % 8}" if n < 16 else None for n in range(40)],
         "sector": [["C", "G"][n % 2] for n in range(40)], "country": [["DE", "FR", None][n % 3] for n in range(40)]}
    ),
    "overrides": "buyer_id,limit,reason,by,since,until\nB05,40000,strategic,X,2026-01-01,\n",
    "limits": "buyer_id,source,amount,valid_from\n"
    + "".join(f"{buyer},insurer,{MONTHLY[buyer]},2025-01-01\n" for buyer in BUYERS[::2]),
}  # fmt: skip
RUN = {
    "margin": 0.1, "policy": {"name": "own"}, "losses": {"lgd": 0.6},
    "limit_optimum": {"scenarios": 2_000, "kept": [], "frontier": [0.2, 0.6, 1.0, 1.4]},
}  # fmt: skip
POLICY = Policy(
    name="own", insured_percentage=0.9, loss_basis="debt", premium_rate=0.002, insured_turnover=5e6,
    each_loss_deductible=500,
)  # fmt: skip
RATINGS = pd.DataFrame({"pd": PROBABILITY}).rename_axis("buyer_id")


def one_by_one(book):
    """Limits as one would set them by a loss budget of 150, 20 % of the book and the need; an analyst has set one."""
    amounts = pd.DataFrame(
        {
            "need": needed(balances(book), tolerated_delay_days=book.run.limits.tolerated_delay_days),
            "expected_loss_budget": 150 / (0.6 * PROBABILITY),
            "concentration": 150_000.0,
        }
    )
    judged = amounts.index == "B05"
    recommended = limits.rounded_down(amounts.min(axis=1), 2).mask(judged, 40_000.0)
    binding = pd.Series("need", index=amounts.index).mask(judged, "analyst's override")
    told = amounts.reindex(columns=list(limits.METHODS)).rename_axis("buyer_id")
    free = {"action": "none", "stopped": False, "report_due": False}
    return told.assign(recommended_with_cover=recommended, binding=binding, group_limit=150_000.0, **free)


@pytest.fixture(scope="module")
def assessed(book_of):
    """Return the optimum under changed settings of the run, and what it was sought with."""

    def assessed(policies=(POLICY,), *, caps=None, **run):
        book = book_of(AS_OF, run=RUN | run, **LEDGER)
        table = one_by_one(book)
        return optimum.assess.__wrapped__(book, RATINGS, table, policies, caps=caps), book, table

    return assessed


@pytest.fixture(scope="module")
def usual(assessed):
    return assessed()


def test_more_is_earned_at_the_same_risk(usual):
    found, _, table = usual
    one, whole = (found.totals.loc[name] for name in ("one by one", "book as a whole"))
    proposed, more = (found.totals.loc[name] for name in ("proposed", "difference"))
    assert more["net_earnings"] > 0.05 * one["net_earnings"]
    assert proposed["net_earnings"] <= whole["net_earnings"] * (1 + 1e-9)
    assert proposed["shortfall"] <= one["shortfall"] * (1 + 1e-6)
    assert whole["shortfall"] == pytest.approx(one["shortfall"], rel=1e-6)
    assert found.price_of_risk > 0
    assert more.to_dict() == pytest.approx((proposed - one).to_dict())
    assert one["limit"] == table["recommended_with_cover"].sum()
    sums = found.limits[["proposed_limit", "expected_margin", "retained_expected_loss", "premium", "net_earnings"]]
    sums = sums.sum().rename({"proposed_limit": "limit"})
    assert proposed[sums.index].to_dict() == pytest.approx(sums.to_dict())
    assert whole["limit"] == pytest.approx(found.limits["limit"].sum())
    assert found.limits["portfolio_change"].abs().is_monotonic_decreasing
    assert found.limits["portfolio_change"].tolist() == pytest.approx(
        (found.limits["proposed_limit"] - table["recommended_with_cover"].reindex(found.limits.index)).tolist()
    )


def test_what_is_proposed_is_rounded_and_large_enough_to_act_on(usual):
    """A tenth of the limit set one by one, or of what a buyer without one might have; two significant digits."""
    found, *_ = usual
    moved = optimum.changed(found)
    assert len(moved) > 5
    most = found.limits["recommended_with_cover"].where(found.limits["recommended_with_cover"] > 0)
    assert (moved["portfolio_change"].abs() >= 0.1 * most[moved.index].fillna(0.0)).all()
    digits = moved["proposed_limit"].map(lambda limit: len(f"{int(limit)}".rstrip("0")))
    assert (digits <= 2).all()
    still = found.limits.drop(index=moved.index)
    assert (still["proposed_limit"] == still["recommended_with_cover"]).all()


def test_the_totals_are_those_of_the_programme(usual):
    found, book, table = usual
    buyers = candidates(book, RATINGS, table, [POLICY])
    years, sought = simulated_years(book, buyers, POLICY), buyers["sought"]
    one = buyers["recommended_with_cover"]
    assert found.totals.loc["one by one", "net_earnings"] == pytest.approx(results(buyers, one)["net_earnings"].sum())
    risk = shortfall(buyers[sought], one[sought], years, level=0.99)[0]
    assert found.totals.loc["one by one", "shortfall"] == pytest.approx(risk)


def test_limits_keep_their_bounds_and_an_analysts_stands(usual):
    found, _, table = usual
    told = found.limits.join(table[["need", "concentration"]])
    free = told["held_by"] != "analyst's override"
    assert (told["limit"] <= told["need"] + 1e-6)[free].all()
    assert (told["limit"] <= told["concentration"] + 1e-6).all()
    assert found.limits.loc["B05", ["limit", "recommended_with_cover", "held_by"]].tolist() == [
        40_000,
        40_000,
        "analyst's override",
    ]
    assert np.isnan(found.limits.loc["B05", "marginal_value"])
    at_need = told["held_by"] == "need"
    assert (told.loc[at_need, "marginal_value"] >= -1e-9).all()
    assert set(told["held_by"]) == {"need", "analyst's override", "price of risk", "insurer's limit"}
    assert (told.loc[told["held_by"] == "price of risk", "marginal_value"] <= 1e-9).all()
    cover = told[told["held_by"] == "insurer's limit"]
    assert cover["limit"].tolist() == pytest.approx(MONTHLY[cover.index].tolist())


def test_the_frontier_rises_ever_more_slowly(usual):
    found, *_ = usual
    frontier = found.frontier
    assert frontier.index.is_monotonic_increasing
    at_cap = frontier.iloc[2]
    assert frontier.index[2] == pytest.approx(found.totals.loc["one by one", "shortfall"])
    assert at_cap["net_earnings"] == pytest.approx(found.totals.loc["book as a whole", "net_earnings"])
    assert at_cap["price_of_risk"] == found.price_of_risk
    gain = np.diff(frontier["net_earnings"]) / np.diff(frontier.index)
    prices = frontier["price_of_risk"].to_numpy()
    # Between two caps a unit of risk earns between what it does at the one and at the other.
    assert (gain <= prices[:-1] + 1e-9).all()
    assert (gain >= prices[1:] - 1e-9).all()
    assert (frontier["shortfall"] <= frontier.index * (1 + 1e-6)).all()


def test_the_shortfall_on_other_years(usual):
    found, *_ = usual
    checked = found.checked
    assert checked.index.tolist() == ["one by one", "proposed"]
    assert checked["shortfall"].tolist() == pytest.approx(found.totals["shortfall"].loc[checked.index].tolist())
    off = (checked["other_years"] / checked["shortfall"] - 1).abs()
    assert (off < 0.1).all()
    assert (checked["other_years_se"] < 0.05 * checked["other_years"]).all()
    # A deductible makes us keep more than the percentage says.
    assert (checked["whole_policy"] > checked["other_years"]).all()


def test_groups_and_sectors_keep_their_caps(assessed):
    found, _, table = assessed(caps={
        "group_id": pd.Series({"G0": 5_000.0, "G5": 30_000.0, "G7": 1e9}), "sector": pd.Series({"C": 150_000.0}),
    })  # fmt: skip
    sums = found.caps.set_index("of")
    assert sums["cap"].to_dict() == {"G0": 5_000, "G5": 30_000, "G7": 1e9, "C": 150_000}
    assert (sums["limit"] <= sums["cap"] * (1 + 1e-6))[["G0", "G7", "C"]].all()
    # The analyst's limit alone passes the cap of its group, and leaves the other member nothing.
    assert sums.loc["G5", "limit"] == 40_000
    assert found.limits.loc["B13", "limit"] == 0
    assert found.limits.loc["B13", "held_by"] == "cap: group G5"
    members = [buyer for number, buyer in enumerate(BUYERS[:16]) if number % 8 == 0]
    assert sums.loc["G0", "limit"] == pytest.approx(found.limits.loc[members, "limit"].sum())
    assert sums.loc["G0", "recommended_with_cover"] == table.loc[members, "recommended_with_cover"].sum()
    assert sums.loc["G7", "marginal_value"] == 0
    assert sums.loc["C", "marginal_value"] > 0


RATED = RATINGS.assign(grade=grade(RATINGS["pd"], Run.model_fields["grades"].default), method="fitted model")
OWED = 3 * MONTHLY.sum()


@pytest.fixture(scope="module")
def recommended(book_of):
    """Return the optimum beside recommended limits, under the run's shares of the book, and what it was sought with."""

    def recommended(sectors, countries, **settings):
        shares = {"sector_shares_of_book": sectors, "country_shares_of_book": countries}
        # What is owed above a limit asks for nothing here, so that no limit is held back.
        shares |= {"tolerated_excess": 1e9}
        run = RUN | {"limits": shares, "limit_optimum": RUN["limit_optimum"] | {"scenarios": 1_000} | settings}
        book = book_of(AS_OF, run=run, **LEDGER)
        table = limits.recommend(book, RATED, cover=of_buyers(book, POLICY))
        return optimum.assess.__wrapped__(book, RATED, table, [POLICY]), book, table

    return recommended


def sums_by_class(limit):
    of = LEDGER["buyers"].set_index("buyer_id")[["sector", "country"]].fillna("(not stated)").loc[limit.index]
    return {f"{name} {label}": amount for name in of for label, amount in limit.groupby(of[name]).sum().items()}


@pytest.mark.parametrize("sought", [2_000, 12])
def test_the_runs_caps_of_sectors_and_countries_hold_at_every_price_of_risk(recommended, monkeypatch, sought):
    found_limits = []

    def recorded(buyers, *given, **named):
        found_limits.extend(solutions(buyers, *given, **named))
        return found_limits

    monkeypatch.setattr("tradecredit.decide.optimum.optimum.solutions", recorded)
    found, _, table = recommended({"C": 0.12}, {"DE": 0.12, "other": 0.15}, buyers=sought)
    stated = {"sector C": 0.12, "country DE": 0.12, "country FR": 0.15, "country (not stated)": 0.15}
    one = sums_by_class(table["recommended_with_cover"])
    assert len(found_limits) > len(found.frontier) == 4
    for solved in found_limits:
        sums = sums_by_class(solved.limit.reindex(table.index).fillna(table["recommended_with_cover"]))
        assert all(sums[name] <= share * OWED * (1 + 1e-9) for name, share in stated.items())
    assert all(one[name] <= share * OWED for name, share in stated.items())
    # Every limit counts in one of the three countries.
    assert (found.frontier["limit"] <= 0.42 * OWED * (1 + 1e-9)).all()
    told = found.caps[found.caps["column"] != "group_id"]
    told = told.set_index(told["column"] + " " + told["of"])
    assert told["cap"].to_dict() == pytest.approx({name: share * OWED for name, share in stated.items()})
    sums = sums_by_class(found.limits["limit"])
    assert told["limit"].to_dict() == pytest.approx({name: sums[name] for name in told.index})
    assert told["recommended_with_cover"].to_dict() == pytest.approx({name: one[name] for name in told.index})
    assert {"sector C", "country DE"} <= set(told.index[told["marginal_value"] > 0])
    assert {"cap: sector C", "cap: country DE"} <= set(found.limits["held_by"])
    assert found.totals.loc["difference", "net_earnings"] > 0


def test_an_analysts_limit_above_the_runs_cap_leaves_the_others_of_its_country_nothing(recommended):
    found, *_ = recommended({}, {"(not stated)": 0.01})
    # B05 has 40,000, and 0.01 of what is owed is less.
    others = [buyer for number, buyer in enumerate(BUYERS) if number % 3 == 2 and buyer != "B05"]
    told = found.limits.reindex(others).dropna(subset="limit")
    assert (told["limit"] == 0).all()
    assert set(told["held_by"]) == {"cap: country (not stated)"}
    row = found.caps[found.caps["column"] == "country"].iloc[0]
    assert row[["cap", "limit", "recommended_with_cover"]].tolist() == pytest.approx([0.01 * OWED, 40_000, 40_000])


def test_a_cap_that_the_run_states_holds(assessed, usual):
    usual, *_ = usual
    half = usual.totals.loc["one by one", "shortfall"] / 2
    found, *_ = assessed(limit_optimum=RUN["limit_optimum"] | {"shortfall_cap": half})
    assert found.totals.loc["book as a whole", "shortfall"] == pytest.approx(half)
    assert found.price_of_risk >= usual.price_of_risk
    with pytest.raises(ParameterError, match=r"limit_optimum\.shortfall_cap.*have an expected shortfall of [1-9,]+"):
        assessed(limit_optimum=RUN["limit_optimum"] | {"shortfall_cap": 10.0})
    with pytest.raises(InputError, match="region: this column is missing"):
        assessed(caps={"region": pd.Series({"X": 1.0})})
    with pytest.raises(InputError, match="must be 0 or more"):
        assessed(caps={"group_id": pd.Series({"G1": -1.0})})


def test_where_only_some_limits_are_sought_the_others_stand(assessed):
    found, _, table = assessed(limit_optimum=RUN["limit_optimum"] | {"buyers": 10})
    others = found.limits[found.limits["held_by"] == "not sought"]
    assert len(others) == 29
    assert others["limit"].tolist() == table.loc[others.index, "recommended_with_cover"].tolist()
    assert found.totals.loc["difference", "net_earnings"] > 0
    assert found.totals.loc["book as a whole", "shortfall"] == pytest.approx(
        found.totals.loc["one by one", "shortfall"]
    )
    # Half of what the limits set one by one lose is less than what the limits that stand do.
    lowest = found.frontier.index[0]
    assert found.lowest == pytest.approx(lowest)
    assert lowest > 0.5 * found.totals.loc["one by one", "shortfall"]
    assert found.frontier.loc[lowest, "shortfall"] == pytest.approx(lowest)


def test_without_a_margin_or_a_policy(assessed):
    found, *_ = assessed(margin=None)
    assert found.limits.empty
    assert found.totals.isna().all(axis=None)
    assert found.checked.isna().all(axis=None)
    assert words.optimum.decisions(found, "EUR") == {}
    assert words.optimum.price(found, "EUR") == words.optimum.checked(found, "EUR") == ""
    usual, *_ = assessed()
    for table in ("limits", "totals", "frontier", "caps", "checked"):
        assert getattr(found, table).columns.tolist() == getattr(usual, table).columns.tolist(), table
        assert getattr(found, table).index.name == getattr(usual, table).index.name, table
    bare, *_ = assessed(policies=(), policy=None)
    assert (bare.limits["premium"] == 0).all()
    assert bare.checked[["whole_policy", "whole_policy_se"]].isna().all(axis=None)
    assert words.optimum.checked(bare, "EUR").endswith(").")
    assert "under all terms of the policy in force" in words.optimum.checked(usual, "EUR")


def test_what_does_not_pay_is_not_held_by_the_price_of_risk(assessed):
    found, *_ = assessed(margin=0.001)
    idle = found.limits[found.limits["limit"] == 0]
    assert "does not pay" in set(idle["held_by"])
    assert (idle.loc[idle["held_by"] == "does not pay", "marginal_value"] <= 0).all()


def test_a_ledger_whose_limits_are_all_nothing(book_of):
    book = book_of("2028-03-31", run=RUN, **LEDGER)
    table = one_by_one(book).assign(recommended_with_cover=0.0, binding="need")
    assert (table["need"] == 0).all()
    found = optimum.assess.__wrapped__(book, RATINGS, table, [POLICY])
    assert found.limits.empty
    assert found.totals["net_earnings"].tolist() == [0, 0, 0, 0]
    assert words.optimum.decisions(found, "EUR") == {}


def test_beside_the_recommended_limits_of_a_demo_book(book_of):
    tables = dict(demo_book(buyers=80, invoices=6_000, seed=3).tables)
    rates = tables.pop("fx").assign(rate=1.0)
    run = {"margin": 0.18, "limit_optimum": {"scenarios": 1_000}}
    book = book_of("2026-10-31", run=run, fx=rates, **tables)
    ratings = default.assessment.__wrapped__(book).ratings
    table = limits.recommend(book, ratings)
    found = optimum.assess.__wrapped__(book, ratings, table, [])
    assert found.totals.loc["one by one", "limit"] == table["recommended_with_cover"].sum()
    assert found.totals.loc["difference", "net_earnings"] >= 0
    assert found.totals.loc["difference", "shortfall"] <= 1e-6 * found.totals.loc["one by one", "shortfall"]


def test_what_is_said(usual, assessed):
    found, *_ = usual
    totals = pd.DataFrame(
        {
            "limit": 0.0,
            "net_earnings": [100_000.0, 113_000.0, 112_345.0, 12_345.0],
            "shortfall": [50_000.0, 50_000.0, 50_000.0, 0.0],
        },
        index=["one by one", "book as a whole", "proposed", "difference"],
    )  # fmt: skip
    table = pd.DataFrame({"portfolio_change": [7_000.0, -4_000.0, 2_000.0, 0.4]})
    frontier = pd.DataFrame(
        {"shortfall": [40_000.0, 50_000.0, 50_440.0], "net_earnings": [0.0, 113_000.0, 113_005.4],
         "price_of_risk": [1.0, 0.0123, 0.0]},
        index=pd.Index([40_000.0, 50_000.0, 60_000.0], name="shortfall_cap"),
    )  # fmt: skip
    told = replace(found, totals=totals, limits=table, frontier=frontier, price_of_risk=0.0123, level=0.995)
    assert words.optimum.decisions(told, "EUR") == {
        "portfolio": "Portfolio limits would earn EUR 12,345 a year more than the recommended limits, set one by one, "
        "after expected losses and premium, at the same expected shortfall (99.5 %) of EUR 50,000: 2 would be higher, "
        "by EUR 9,000 in total, and 1 lower, by EUR 4,000. Decide whether risk is judged buyer by buyer or for the "
        "portfolio; "
        "changes of limits that they would move back wait for it."
    }
    less = totals.assign(shortfall=[50_000.0, 50_000.0, 30_000.0, -20_000.0])
    other = words.optimum.decisions(replace(told, totals=less), "EUR")["portfolio"]
    assert "of EUR 30,000, against EUR 50,000:" in other
    nearly = totals.assign(shortfall=[50_000.0, 50_000.0, 49_990.0, -10.0])
    other = words.optimum.decisions(replace(told, totals=nearly), "EUR")["portfolio"]
    assert "at an expected shortfall (99.5 %) of EUR 49,990, against EUR 50,000:" in other
    assert words.optimum.decisions(replace(told, totals=totals.assign(net_earnings=0.0)), "EUR") == {}
    assert words.optimum.price(told, "EUR") == (
        "Shadow price of risk: at the cap, each EUR of expected shortfall (99.5 %) more would earn 0.01 EUR a year "
        "more; the next larger cap that was tried uses EUR 440 of it more and earns EUR 5.40 more, and risk holds no "
        "limit then."
    )
    last = words.optimum.price(replace(told, frontier=frontier.iloc[:2]), "EUR")
    assert last.endswith("would earn 0.01 EUR a year more; no larger cap was tried.")
    free = words.optimum.price(replace(told, price_of_risk=0.0), "EUR")
    assert free == "The cap on the expected shortfall is not binding: more risk would earn nothing."
    checked = pd.DataFrame(
        {
            "other_years": [51_000.0, 52_000.0],
            "other_years_se": [510.0, 520.0],
            "whole_policy": [61_040.0, 62_040.0],
            "whole_policy_se": [510.0, 520.0],
        },
        index=["one by one", "proposed"],
    )
    assert words.optimum.checked(replace(told, checked=checked), "EUR") == (
        "Out-of-sample check on 20,000 fresh scenarios: the expected shortfall (99.5 %) is EUR 52,000 for portfolio "
        "limits and EUR 51,000 for the recommended limits (standard errors 500 and 500); under all terms of the policy "
        "in force, EUR 62,000 and EUR 61,000."
    )
    kept, *_ = assessed(limit_optimum=RUN["limit_optimum"] | {"kept": ["capacity", "expected_loss_budget"]})
    assert kept.totals.loc["difference", "net_earnings"] < 0.01 * kept.totals.loc["one by one", "net_earnings"]


def test_what_keeps_limits_from_being_higher_is_said(usual, assessed):
    found, *_ = usual
    told = words.optimum.binding(found)
    assert told.startswith("Binding constraints: ")
    assert sum(int(number) for number in re.findall(r"\((\d+)\)", told)) == len(found.limits)
    assert words.optimum.binding(assessed(margin=None)[0]) == ""
