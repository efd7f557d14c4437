"""The whole account of cover: by hand on losses that are certain, and what must always hold."""

import numpy as np
import pandas as pd
import pytest
from ledgers import YEAR

from tradecredit.decide.limits.recommendation import recommend
from tradecredit.decide.policies import account, account_range, covered_sales, quotes
from tradecredit.insurance.policy import Policy
from tradecredit.losses.simulation import at_odds, resized, simulate
from tradecredit.params.policy import NO_COVER, PolicyTerms

AS_OF = "2026-03-31"
TERMS = {
    "name": "p", "insured_percentage": 0.9, "premium_rate": 0.01, "insured_turnover": 10_000.0,
}  # fmt: skip
P = Policy(**TERMS)
RUN = {
    "cost_of_capital": 0.10,
    "margin": 0.20,
    # Without cover each buyer gets 40, a fifth of its need of 200, and of what it owes.
    "limits": {"without_accounts_limit": [40.0] * 10, "payment_history_share": [0.0] * 10},
    "losses": {"lgd": 0.5},
}
OLDER = pd.DataFrame(
    [[f"{buyer}old", buyer, pd.Timestamp("2025-03-01"), pd.Timestamp("2025-03-31"), 100.0] for buyer in "AB"],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
INVOICES = pd.concat([OLDER, YEAR["invoices"]], ignore_index=True)
"""Of buyers that have bought for more than a year: 100 a month in the last 12 months, on 30 days. A and B pay after two
months, so that each owes 200 on every day of the year; C and D have not paid."""
RATINGS = pd.DataFrame({"pd": 0.01, "grade": 5, "method": "model"}, index=pd.Index(list("ABCD"), name="buyer_id"))
CERTAIN = pd.DataFrame(
    {"pd": 1.0, "exposure": [1_000.0, 500.0], "lgd": 0.5, "correlation": 0.1, "insured_limit": [700.0, np.nan]},
    index=pd.Index(["A", "B"], name="buyer_id"),
)
"""A owes 1,000 and B 500, and both are sure to fail and to leave half of it: all years are alike."""


def tables_of(invoices: pd.DataFrame) -> dict:
    paid = invoices[invoices["buyer_id"].isin(["A", "B"]) & (invoices["issued"] < "2026-02-01")]
    paid = paid.assign(received=paid["issued"] + pd.DateOffset(months=2), kind="payment")
    receipts = paid[["invoice_id", "received", "amount", "kind"]]
    return {"buyers": YEAR["buyers"], "limits": YEAR["limits"], "invoices": invoices, "receipts": receipts}


@pytest.fixture(scope="module")
def made(book_of):
    def made(run: dict | None = None, *, in_force: bool = True, invoices: pd.DataFrame = INVOICES, **terms):
        policy = Policy(**TERMS | terms)
        stated = {"policy" if in_force else "quotes": policy.model_dump(exclude_unset=True)}
        stated = stated if in_force else {"quotes": [stated["quotes"]]}
        book = book_of(AS_OF, run=RUN | stated | (run or {}), **tables_of(invoices))
        return book, simulate(CERTAIN, policies=[policy], scenarios=200, seed=1)

    return made


def of(made, run=None, **kind):
    return account.account(*(lambda book, dist: (book, RATINGS, dist))(*made(run, **kind)))


def test_an_account_by_hand(made):
    """With cover A gets its need of 200, of which it then takes four fifths only for the cover: 960 of its 1,200 of
    sales, 800 of its balance. B has no limit of the insurer, and gets 40 with cover and without."""
    found = of(made)
    sales, items = found.sales.loc["p"], found.items.loc["p"]
    assert sales["covered_sales"] == pytest.approx(960)
    assert sales["covered_exposure"] == pytest.approx(800)
    assert sales["covered_margin"] == pytest.approx(192)
    assert sales["sales_risk"] == pytest.approx(400)
    assert sales["sales_tied_up"] == pytest.approx(80)
    assert sales["sales_premium"] == pytest.approx(9.6)
    assert sales["premium_change"] == 0
    # A shares no accounts; with them 200 would be carried without cover too: 192 less the loss of 800 and its capital.
    assert sales["accounts_value"] == pytest.approx(192 - 400 - 80)
    # The same limits without insurance: neither the cost of 100 nor the 450 of the 750 that are lost.
    assert sales["uninsured_value"] == pytest.approx(192 - 400 - 80)
    assert sales["uninsured_more"] == pytest.approx(100 - 450)
    assert sales[["uninsured_es_99", "insured_es_99"]].tolist() == pytest.approx([750, 300])
    assert items["account_cost"] == -100
    # A loses 500, within its limit of 700.
    assert items["account_indemnity"] == pytest.approx(450)
    assert items["account_capital"] == pytest.approx(0, abs=1e-6)
    assert items["account_sales"] == pytest.approx(192 - 400 - 80)
    assert items["account_balances"] == 0
    assert items[["account_financing", "account_information", "account_income_tax"]].isna().all()
    assert items["cover_value"] == pytest.approx(62)
    assert items["cover_value_on_current"] == 0
    assert found.without.loc["p", "account_sales"] == pytest.approx(350)
    assert found.without.loc["p", "account_indemnity"] == pytest.approx(-388)


def test_a_policy_that_is_not_in_force_raises_the_balances(made):
    """Today's balance of A is then what 40 carry: with cover it would be 1,800, of which 900 are lost, 630 paid."""
    found = of(made, in_force=False)
    sales, items = found.sales.loc["p"], found.items.loc["p"]
    assert sales["sales_risk"] == pytest.approx(900 - 500)
    assert sales["premium_change"] == pytest.approx(9.6)
    assert sales["uninsured_value"] == pytest.approx(192 - 400 - 80)
    assert sales["uninsured_more"] == pytest.approx(100 + 9.6 - 630)
    assert sales[["uninsured_es_99", "insured_es_99"]].tolist() == pytest.approx([900 + 250, 900 + 250 - 630])
    assert items["account_sales"] == pytest.approx(192 - 400 - 80 - 9.6)
    assert items["account_balances"] == pytest.approx(630 - 450)
    assert found.without.loc["p", "account_sales"] == pytest.approx(-100 + 450)
    assert items["cover_value"] == pytest.approx(-100 + 450 - 117.6)
    assert items["cover_value_on_current"] == pytest.approx(232.4)


def test_a_minimum_premium_makes_sales_free_of_it(made):
    sales = of(made, minimum_premium=100.0, in_force=False).sales.loc["p"]
    assert sales["sales_premium"] == 0
    assert sales["premium_change"] == pytest.approx(9.6)


def test_what_is_stated_counts(made):
    stated = {
        "financing": {"advance_rate": 0.8, "rate_with_cover": 0.05, "rate_without_cover": 0.07},
        "insurer_information": 30.0,
        "income_tax_rate": 0.25,
    }
    found = of(made, {"account": stated})
    items = found.items.loc["p"]
    # A owes 200 today, within the insurer's limit of 700.
    assert items["account_financing"] == pytest.approx(0.8 * 200 * 0.02)
    assert items["account_information"] == 30
    taxed = -100 + 450 + (192 - 400) + 3.2
    assert items["account_income_tax"] == pytest.approx(-0.25 * taxed)
    assert items["cover_value"] == pytest.approx(taxed * 0.75 - 80 + 30)
    assert found.sales.loc["p", "uninsured_value"] == pytest.approx((192 - 400) * 0.75 - 80)
    without = found.without.loc["p"]
    assert without["account_sales"] == pytest.approx((-100 + 450 + 3.2) * 0.75 + 30)
    assert without["account_income_tax"] == pytest.approx(taxed - 80 + 30)
    assert without["account_information"] == pytest.approx(taxed * 0.75 - 80)


def test_tax_in_the_loss_of_covered_sales_comes_back(made):
    """Invoices of 120 with 20 of tax: of the need of 240 72, or 30 %, are carried without cover. The insurer bears
    0.9 × 5/6 of a limit, so that up to 72 / 0.25 = 288 is carried with it: 70 % of the sales more, a sixth of it tax.
    """
    taxed = INVOICES.assign(amount=120.0, tax=20.0)
    limits = RUN["limits"] | {"without_accounts_limit": [72.0] * 10}
    found = of(made, {"account": {"tax_recovery_share": 0.5}, "limits": limits}, invoices=taxed)
    back = 0.5 * (0.7 * 500) / 6
    assert found.items.loc["p", "account_tax_recovery"] == pytest.approx(back)
    sales = found.sales.loc["p"]
    of_sales = sales["covered_margin"] - sales["sales_risk"] - sales["sales_tied_up"]
    assert sales["uninsured_value"] == pytest.approx(of_sales + back)


def test_a_policy_that_bears_no_ordinary_loss_allows_no_sales_and_no_financing(made):
    stated = {"financing": {"advance_rate": 0.8, "rate_with_cover": 0.05, "rate_without_cover": 0.07}}
    found = of(made, {"account": stated}, kind="excess_of_loss", aggregate_first_loss=100.0, maximum_liability=1_000.0)
    assert found.sales.loc["p", "covered_sales"] == 0
    assert found.items.loc["p", ["account_sales", "account_financing"]].tolist() == [0, 0]


def test_without_a_margin_sales_are_not_computable(made):
    items = of(made, {"margin": None}).items.loc["p"]
    assert np.isnan(items["account_sales"])
    assert items["cover_value"] == pytest.approx(350)
    for run in ({"margin": None}, {"account": {"left_out": ["sales"]}}):
        of_sales = of(made, run).sales.loc["p"]
        assert of_sales[["uninsured_value", "uninsured_more", "uninsured_es_99", "insured_es_99"]].isna().all()


@pytest.fixture(scope="module")
def uncertain():
    policies = [P, Policy(**TERMS | {"name": "q", "insured_percentage": 0.5, "aggregate_first_loss": 200.0})]
    return simulate(CERTAIN.assign(pd=[0.2, 0.1]), policies=policies, scenarios=4_000, seed=3)


@pytest.mark.parametrize("left", [set(), {"capital"}, {"sales"}, {"sales", "income_tax"}, {"financing", "information"}])
def test_the_account_adds_up_and_without_its_items_is_the_saving(book_of, uncertain, left):
    stated = {
        "financing": {"advance_rate": 0.8, "rate_with_cover": 0.05, "rate_without_cover": 0.07},
        "insurer_information": 5.0, "tax_recovery_share": 0.5, "income_tax_rate": 0.3,
    }  # fmt: skip
    tables = tables_of(INVOICES)
    policy = {"policy": uncertain.policies[0].model_dump(exclude_unset=True)}
    further = ["sales", "financing", "information", "tax_recovery", "income_tax"]

    def counted(left_out):
        book = book_of(AS_OF, run=RUN | policy | {"account": stated | {"left_out": sorted(left_out)}}, **tables)
        return book, account.account(book, RATINGS, uncertain)

    _, found = counted(left)
    items = found.items[list(account.ITEMS)]
    np.testing.assert_allclose(items.sum(axis="columns"), found.items["cover_value"])
    assert items[[f"account_{item}" for item in left]].isna().all(axis=None)
    # The value without an item is that of a run which leaves it out.
    for item in {"sales", "financing", "information", "income_tax"} - left:
        other = counted(left | {item})[1].items["cover_value"]
        np.testing.assert_allclose(found.without[f"account_{item}"], other, atol=1e-6)
    book, none = counted(further)
    saving = quotes.comparison(book, uncertain).drop(index=NO_COVER)
    np.testing.assert_allclose(none.items["cover_value"], saving["saving"], atol=1e-6)
    np.testing.assert_allclose(none.items["cover_value_se"], saving["saving_se"], rtol=1e-6)


def test_the_error_of_the_value_is_that_of_repeated_simulations(made):
    book, _ = made()
    values, errors = [], []
    for seed in range(24):
        dist = simulate(CERTAIN.assign(pd=[0.2, 0.1]), policies=[P], scenarios=2_000, seed=seed)
        row = account.account(book, RATINGS, dist).items.loc["p"]
        values.append(row["cover_value"])
        errors.append(row["cover_value_se"])
    # Strata are drawn once a block, so that the error errs to the high side (`risk_measures.standard_error`);
    # the deviation of 24 values is itself uncertain by 0.15 of it.
    assert 0.4 < np.std(values) / np.mean(errors) < 1.35


def test_the_part_carried_is_within_nothing_and_all(made):
    book, dist = made()
    part = covered_sales.carried(book, RATINGS, dist).part
    assert part.loc["A"].to_dict() == pytest.approx({NO_COVER: 0.2, "p": 1.0})
    assert part.loc["B"].to_dict() == pytest.approx({NO_COVER: 0.2, "p": 0.2})


def test_the_sales_that_only_cover_allows_buyer_by_buyer(made):
    book, dist = made()
    found = covered_sales.by_buyer(book, covered_sales.carried(book, RATINGS, dist), "p")
    # Its need of 200 binds with cover; of its own risk of 40 the insurer bears nine tenths, and 400 might be owed.
    assert found.index.tolist() == ["A"]
    assert found.loc["A"].drop("risk_binding").to_dict() == pytest.approx(
        {
            "risk_limit_alone": 40, "risk_limit": 400, "part_alone": 0.2, "part_covered": 1, "covered_sales": 960,
            "covered_margin": 192, "accounts_margin": 192, "mean_balance": 200, "highest_balance": 200,
        }
    )  # fmt: skip
    assert found.loc["A", "risk_binding"] == "no accounts"
    assert covered_sales.by_buyer(book, covered_sales.carried(book, RATINGS, dist), NO_COVER).empty


def test_what_bounds_a_limit_by_risk_is_not_the_need(made):
    """Each buyer needs 200 and may get 250 without accounts: the need sets its limit, 250 what is risked on it."""
    book, dist = made({"limits": RUN["limits"] | {"without_accounts_limit": [250.0] * 10}})
    limits = recommend(book, RATINGS)
    assert limits.loc["A", "binding"] == "need"
    assert limits.loc["A", "risk_limit_alone"] == 250
    assert covered_sales.carried(book, RATINGS, dist).binding["A"] == "no accounts"


def test_buyers_to_whom_deliveries_are_held_back_bring_no_sales(made):
    """A's invoices are then past their extension period on the day: nothing shipped from now on would be insured."""
    book, dist = made(maximum_extension_days=10)
    assert recommend(book, RATINGS).loc["A", "stopped"]
    assert covered_sales.carried(book, RATINGS, dist).part.loc["A"].to_dict() == pytest.approx(
        {NO_COVER: 0.2, "p": 0.2}
    )
    assert of(made, maximum_extension_days=10).sales.loc["p", "covered_sales"] == 0


def test_accounts_carry_no_more_than_the_policy(made):
    # With accounts the loss budget would allow 100 of the 200 that A owes.
    book, dist = made({"limits": RUN["limits"] | {"expected_loss_budget": 0.5}})
    found = covered_sales.by_buyer(book, covered_sales.carried(book, RATINGS, dist), "p").loc["A"]
    assert found[["part_alone", "part_covered"]].tolist() == pytest.approx([0.2, 1])
    assert found["accounts_margin"] == pytest.approx(0.2 * 1_200 * (0.5 - 0.2))


def test_losses_of_other_balances_are_of_the_same_defaults(uncertain):
    exposure = CERTAIN["exposure"]
    same = resized(uncertain, exposure, ["p", "q"])
    pd.testing.assert_frame_equal(same, uncertain.losses)
    double = resized(uncertain, 2 * exposure, ["p"])
    np.testing.assert_allclose(double["gross"], 2 * uncertain.losses["gross"])
    assert list(double) == ["gross", "indemnity:p", "retained:p"]
    # A's loss of 1,000 is above its limit of 700.
    alone = uncertain.losses["gross"] == 500
    assert double.loc[alone, "indemnity:p"].unique() == pytest.approx([630])


def test_all_odds_are_multiplied(uncertain):
    twice = at_odds(uncertain, 2.0)
    # 0.25 and 1/9 become 0.5 and 2/9.
    assert twice.portfolio["pd"].tolist() == pytest.approx([1 / 3, 2 / 11])
    pd.testing.assert_frame_equal(at_odds(uncertain, 1.0).losses, uncertain.losses)


@pytest.mark.usefixtures("own_results")
def test_values_at_other_odds(book_of):
    """At the book's own odds the value is the account's; a limit falls as a grade gets worse."""
    tables = tables_of(INVOICES)
    run = RUN | {"policy": TERMS, "simulation": {"scenarios": 2_000, "seed": 1}, "account": {"odds": [0.5, 1.0, 4.0]}}
    book = book_of(AS_OF, run=run, **tables)
    values = account_range.by_odds(book, RATINGS, [P])
    assert values.index.get_level_values("odds").tolist() == [0.5, 1.0, 4.0]
    dist = account_range.assess(book, RATINGS, [P])
    assert values.loc[(1.0, "p"), "cover_value"] == account.account(book, RATINGS, dist).items.loc["p", "cover_value"]
    saving = quotes.comparison(book, dist).loc["p", "saving"]
    assert values.loc[(1.0, "p"), "saving_at_odds"] == pytest.approx(saving)
    assert values["saving_at_odds"].is_monotonic_increasing
    # The only policy is the one in force.
    assert (values["cover_value_on_current"] == 0).all()
    assert values["cover_value_on_current_se"].isna().all()
    assert account_range.by_odds(book, RATINGS, []).empty


def by_multiple(*amounts: float) -> pd.Series:
    return pd.Series(amounts, index=pd.Index([0.5, 1.0, 2.0], name="odds"))


ERROR = by_multiple(10.0, 10.0, 10.0)


def test_where_the_value_turns():
    value = by_multiple(-100.0, -50.0, 50.0)
    point = account_range.turning_points(value, ERROR).iloc[0]
    assert point["odds"] == pytest.approx(np.sqrt(2))
    # 100 on a logarithm of 2.
    assert point["odds_se"] == pytest.approx(np.sqrt(2) * 10 * np.log(2) / 100)
    assert point["turns"] == "positive"
    assert account_range.turning_points(by_multiple(50.0, -50.0, -70.0), ERROR)["turns"].tolist() == ["negative"]
    assert account_range.turning_points(by_multiple(1.0, 2.0, 3.0), ERROR).empty
    assert account_range.value_at(value, np.sqrt(0.5)) == pytest.approx(-75)
    assert np.isnan(account_range.value_at(value, 3.0))


def test_the_best_at_each_multiple():
    index = pd.MultiIndex.from_product([[0.5, 1.0, 2.0], ["p", "q"]], names=["odds", "policy"])
    odds = pd.Series([-1.0, -2.0, 5.0, 4.0, 3.0, 6.0], index=index, name="cover_value")
    assert account_range.best_at(odds.to_frame()).tolist() == [NO_COVER, "p", "q"]


def test_the_best_offer_beside_the_policy_in_force_at_each_multiple():
    multiples = pd.MultiIndex.from_product([[0.5, 1.0, 2.0], ["p", "q", "r"]], names=["odds", "policy"])
    values = [10.0, 30.0, 5.0, 20.0, 35.0, 1.0, 40.0, 30.0, 90.0]
    odds = pd.DataFrame({"cover_value": values, "cover_value_on_current": values}, index=multiples)
    # At today's odds q is the best offer: 20, 15 and -10 more than p.
    beside = account_range.beside_current(odds, "p")
    assert beside["q"].tolist() == [20.0, 15.0, -10.0] and beside.columns.tolist() == ["q"]
    assert account_range.beside_current(odds, NO_COVER).columns.tolist() == ["p", "q", "r"]
    assert account_range.beside_current(odds.xs("p", level="policy", drop_level=False), "p")["p"].tolist() == [
        10,
        20,
        40,
    ]


def test_the_best_within_an_interval():
    """p rises by 10 and q falls by 10 from 1 to 2: from the root of 2 on p is worth more."""
    values = pd.DataFrame({"odds": [0.5, 1.0, 2.0], "p": [-9.0, 10.0, 20.0], "q": [-8.0, 20.0, 10.0]})
    odds = values.melt("odds", var_name="policy", value_name="cover_value").set_index(["odds", "policy"])
    best = account_range.best_within(odds, (0.5, 1.5))
    assert best.to_dict() == {0.5: NO_COVER, 1.0: "q", 1.5: "p"}
    assert account_range.best_within(odds, (1.1, 1.3)).to_dict() == {1.1: "q", 1.3: "q"}
    beyond = account_range.best_within(odds, (1.0, 3.0))
    assert beyond.index.tolist() == [1.0, 2.0, 3.0]
    assert beyond[2.0] == "p" and beyond.isna().tolist() == [False, False, True]


def test_terms_in_the_run_file_are_kept():
    assert PolicyTerms(**TERMS).premium_rate == 0.01
