"""A policy: the published examples of definitions §5.11, a recalculation loss by loss, and what must always hold."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.errors import InputError, ParameterError
from tradecredit.insurance.policy import Cost, Policy
from tradecredit.params.base import PROJECT

PLENTY = 1e9


def table(*debts, limit=PLENTY, **columns):
    """One scenario of losses, a day apart."""
    n = len(debts)
    days = list(range(1, n + 1))
    ids = [f"B{day}" for day in days]
    return pd.DataFrame(
        {"scenario": 0, "day": days, "buyer_id": ids, "debt": debts, "limit": limit} | columns
    )  # fmt: skip


def paid(policy, losses):
    return policy.indemnify(losses)["indemnity"].tolist()


# The table of definitions §5.11, "each must come out to the unit".


@pytest.mark.parametrize(("order", "indemnity"), [("deductible_first", 40_500), ("percentage_first", 40_000)])
def test_example_1_each_loss_deductible(order, indemnity):
    policy = Policy(insured_percentage=0.9, each_loss_deductible=5_000, deductible_order=order)
    assert paid(policy, table(50_000)) == [indemnity]


def test_example_2_minimum_retention():
    assert paid(Policy(insured_percentage=0.85, minimum_retention=1_000), table(5_000)) == [4_000]


def test_example_3_limit():
    result = Policy(insured_percentage=0.9).indemnify(table(40_000, limit=30_000))
    assert result["insured_debt"].tolist() == [30_000]
    assert result["indemnity"].tolist() == [27_000]


@pytest.mark.parametrize("kind", ["franchise", "deductible"])
def test_example_4_loss_under_the_threshold(kind):
    assert paid(Policy(threshold=10_000, threshold_kind=kind), table(8_000)) == [0]


def test_example_5_franchise():
    assert paid(Policy(threshold=1_000, threshold_kind="franchise"), table(1_000, 10_000)) == [0, 10_000]
    assert paid(Policy(threshold=1_000, threshold_kind="deductible"), table(1_000, 10_000)) == [0, 9_000]


@pytest.mark.parametrize(("multiple", "indemnity"), [(20, 600_000), (25, 750_000)])
def test_example_6_maximum_as_a_multiple_of_the_premium(multiple, indemnity):
    terms = {"insured_percentage": 0.75, "maximum_liability_multiple": multiple}
    for premium in ({"minimum_premium": 30_000}, {"premium_rate": 0.002, "insured_turnover": 15_000_000}):
        assert paid(Policy(**terms, **premium), table(1_000_000)) == [indemnity]


def test_example_7_dates_of_a_protracted_default():
    terms = {"maximum_extension_days": 30, "waiting_days": 150, "waiting_from": "extension_end", "payment_days": 30}
    policy = Policy(**terms, filing_days=20)
    issued = pd.Series(pd.to_datetime(["2022-01-01"]), index=["I1"])
    due = issued + pd.Timedelta(days=119)  # 120 days' terms, the invoice day counting as day 1: 30 April
    dates = policy.loss_dates(issued, due)
    assert dates.astype("str").loc["I1"].to_dict() == {
        "report_by": "2022-05-30",
        "loss_date": "2022-10-27",
        "file_by": "2022-11-16",
        "paid": "2022-11-26",
    }


@pytest.mark.parametrize(("erosion", "total"), [("after_percentage", 17_000), ("before_percentage", 27_000)])
def test_example_8_aggregate_first_loss(erosion, total):
    policy = Policy(insured_percentage=0.9, aggregate_first_loss=100_000, aggregate_erosion=erosion)
    assert paid(policy, table(50_000, 20_000, 60_000)) == pytest.approx([0, 0, total], abs=1e-9)


def test_published_recovery_in_proportion_to_the_insured_debt():
    # Step 9: debt 30,000, limit 25,000, recovery 10,000: 8,333 to the insured part.
    policy = Policy(loss_basis="debt", recovery_sharing="pro_rata_limit")
    steps = policy.settlement(table(30_000, limit=25_000, recovery=10_000))
    assert steps["recovered"].round().tolist() == [8_333]
    assert steps["indemnity"].round().tolist() == [16_667]


# Hand-worked cases of single steps.


def test_net_basis_caps_the_ultimate_loss_by_the_limit():
    result = Policy(insured_percentage=0.9).indemnify(table(100_000, 20_000, limit=30_000, recovery=[60_000, 5_000]))
    assert result["insured_debt"].tolist() == [30_000, 15_000]
    assert result["indemnity"].tolist() == [27_000, 13_500]


@pytest.mark.parametrize(
    ("sharing", "recovered", "indemnity"),
    [
        ("pro_rata", 6_750, 15_750),  # interest 22,500 of 30,000: three quarters of 9,000
        ("pro_rata_limit", 7_500, 15_000),  # insured 25,000 of 30,000
        ("insurer_first", 9_000, 13_500),
    ],
)
def test_recoveries_on_the_basis_of_the_debt(sharing, recovered, indemnity):
    policy = Policy(insured_percentage=0.9, loss_basis="debt", recovery_sharing=sharing)
    steps = policy.settlement(table(30_000, limit=25_000, recovery=9_000))
    assert steps["claim"].tolist() == [22_500]
    assert steps["recovered"].tolist() == [recovered]
    assert steps["indemnity"].tolist() == [indemnity]


def test_insurer_never_gets_more_than_its_claim():
    policy = Policy(insured_percentage=0.5, loss_basis="debt", recovery_sharing="insurer_first")
    steps = policy.settlement(table(100, recovery=80))
    assert (steps["recovered"].tolist(), steps["indemnity"].tolist()) == ([50], [0])


@pytest.mark.parametrize("erosion", ["after_percentage", "before_percentage"])
def test_a_recovery_reinstates_the_first_loss(erosion):
    # Net of half of it recovered, the loss of 200,000 uses up the first loss of 100,000 and no more.
    policy = Policy(loss_basis="debt", aggregate_first_loss=100_000, aggregate_erosion=erosion)
    assert paid(policy, table(200_000, 50_000, recovery=[100_000, 0])) == [0, 50_000]


def test_a_recovery_reinstates_the_maximum():
    policy = Policy(loss_basis="debt", maximum_liability=100_000)
    assert paid(policy, table(150_000, 50_000, recovery=[75_000, 0])) == [75_000, 25_000]


def test_losses_under_the_threshold_do_not_erode_the_first_loss():
    policy = Policy(threshold=10_000, aggregate_first_loss=50_000)
    assert paid(policy, table(9_000, 10_000, 60_000)) == [0, 0, 10_000]


def test_first_loss_before_percentage_leaves_the_deductible_to_what_is_left():
    policy = Policy(
        insured_percentage=0.9, each_loss_deductible=1_000, aggregate_first_loss=10_000,
        aggregate_erosion="before_percentage",
    )  # fmt: skip
    assert paid(policy, table(6_000, 10_000, 5_000)) == pytest.approx([0, 0.9 * (6_000 - 1_000), 0.9 * 4_000])


def test_first_loss_counts_towards_the_minimum_retention():
    policy = Policy(minimum_retention=3_000, aggregate_first_loss=5_000, aggregate_erosion="before_percentage")
    assert paid(policy, table(10_000, 10_000)) == [5_000, 7_000]


def test_maximum_goes_by_day_and_then_by_row():
    policy = Policy(maximum_liability=100)
    losses = table(60, 70, 80, limit=PLENTY).assign(day=[3, 1, 1])
    assert paid(policy, losses) == [0, 70, 30]
    dated = losses.assign(day=pd.to_datetime(["2026-03-01", "2026-01-01", "2026-01-01"]))
    assert paid(policy, dated) == [0, 70, 30]


def test_discretionary_limit_where_none_is_named():
    losses = table(100, 100, 100, limit=[np.nan, 0, 30])
    assert paid(Policy(), losses) == [0, 0, 30]
    assert paid(Policy(discretionary_limit=50), losses) == [50, 0, 30]


def test_discretionary_limit_by_evidence():
    evidence = ["payment_experience", "references", "good_faith", np.nan]
    losses = table(100, 100, 100, 100, limit=np.nan, evidence=evidence)
    assert paid(Policy(discretionary_limit=40), losses) == [40, 10, 4, 0]
    strict = Policy(discretionary_limit=40, discretionary_shares={"payment_experience": 0.5})
    assert paid(strict, losses) == [20, 0, 0, 0]


def test_discretionary_maximum_lies_within_the_maximum():
    policy = Policy(discretionary_limit=50, discretionary_maximum_liability=70, maximum_liability=120)
    losses = table(100, 60, 100, 30, limit=[np.nan, 60, np.nan, 30])
    assert paid(policy, losses) == [50, 60, 10, 0]


def test_no_losses():
    result = Policy(aggregate_first_loss=10, maximum_liability=10).indemnify(table(10.0).iloc[:0])
    assert result.empty
    assert list(result.columns)[-2:] == ["insured_debt", "indemnity"]


def test_the_losses_given_stay_as_they_are():
    losses = table(1, 2).set_index(pd.Index(["x", "y"]))
    before = losses.copy()
    result = Policy(insured_percentage=0.5).indemnify(losses)
    pd.testing.assert_frame_equal(losses, before)
    pd.testing.assert_frame_equal(result[losses.columns], losses)


# A recalculation with a loop over losses and running balances, and what must always hold.


def by_hand(policy, debts):
    """Indemnities of one scenario whose losses (debt, recovery, limit or None) stand in order of day."""
    first_loss = policy.aggregate_first_loss or 0.0
    rest = math.inf if policy.maximum_liability is None else policy.maximum_liability
    rest_discretionary = policy.discretionary_maximum_liability
    result = []
    for debt, recovery, named in debts:
        limit = (policy.discretionary_limit or 0.0) if named is None else named
        owed = debt - recovery if policy.loss_basis == "net" else debt
        insured = min(owed, limit)
        covered = insured
        if policy.threshold is not None:
            covered = 0.0 if insured <= policy.threshold else insured
            if covered and policy.threshold_kind == "deductible":
                covered = insured - policy.threshold

        def claim_on(amount, insured=insured):
            deductible = policy.each_loss_deductible or 0.0
            if policy.deductible_order == "deductible_first":
                claim = policy.insured_percentage * max(amount - deductible, 0.0)
            else:
                claim = max(policy.insured_percentage * amount - deductible, 0.0)
            return min(claim, max(insured - (policy.minimum_retention or 0.0), 0.0))

        def to_insurer(interest, debt=debt, recovery=recovery, insured=insured):
            if policy.loss_basis == "net" or not debt:
                return 0.0
            share = {"pro_rata": interest / debt, "pro_rata_limit": insured / debt, "insurer_first": 1.0}
            return min(interest, recovery * share[policy.recovery_sharing])

        claim = claim_on(covered)
        net = claim - to_insurer(claim)
        if policy.aggregate_erosion == "after_percentage":
            used = min(net, first_loss)
            indemnity = net - used
        else:
            eroding = covered - to_insurer(covered)
            used = min(eroding, first_loss)
            left = (eroding - used) / eroding if eroding else 0.0
            indemnity = claim_on(covered * left) * (net / claim if claim else 0.0)
        first_loss -= used
        if named is None and rest_discretionary is not None:
            indemnity = min(indemnity, rest_discretionary)
            rest_discretionary -= indemnity
        indemnity = min(indemnity, rest)
        rest -= indemnity
        result.append(indemnity)
    return result


amounts = st.integers(0, 1_000).map(float)
some = st.one_of(st.none(), amounts)
optional_terms = {
    "threshold": some, "each_loss_deductible": some, "minimum_retention": some, "aggregate_first_loss": some,
    "maximum_liability": some, "discretionary_limit": some,
}  # fmt: skip
kinds = {
    "threshold_kind": st.sampled_from(["franchise", "deductible"]),
    "deductible_order": st.sampled_from(["deductible_first", "percentage_first"]),
    "aggregate_erosion": st.sampled_from(["after_percentage", "before_percentage"]),
    "loss_basis": st.sampled_from(["net", "debt"]),
    "recovery_sharing": st.sampled_from(["pro_rata", "pro_rata_limit", "insurer_first"]),
}
terms = st.fixed_dictionaries(
    {"insured_percentage": st.integers(0, 100).map(lambda percent: percent / 100)} | optional_terms | kinds
)
one_loss = st.tuples(amounts, st.integers(0, 10), st.one_of(st.none(), st.integers(0, 1_500).map(float)))
year = st.lists(one_loss.map(lambda row: (row[0], row[0] * row[1] / 10, row[2])), max_size=6)


def as_table(years):
    rows = [
        (number, day, f"B{day}", debt, np.nan if limit is None else limit, recovery)
        for number, losses in enumerate(years)
        for day, (debt, recovery, limit) in enumerate(losses)
    ]
    columns = ["scenario", "day", "buyer_id", "debt", "limit", "recovery"]
    kinds = {"debt": float, "limit": float, "recovery": float}
    return pd.DataFrame(rows, columns=columns).astype(kinds)


@given(terms, st.lists(year, min_size=1, max_size=3), st.one_of(st.none(), st.integers(0, 100)))
@settings(max_examples=80)
def test_equals_a_calculation_loss_by_loss(terms, years, share):
    if share is not None and terms["discretionary_limit"] is not None:
        most = 1_000 if terms["maximum_liability"] is None else terms["maximum_liability"]
        terms = terms | {"discretionary_maximum_liability": share / 100 * most}
    policy = Policy(**terms)
    expected = [indemnity for losses in years for indemnity in by_hand(policy, losses)]
    assert paid(policy, as_table(years)) == pytest.approx(expected, abs=1e-7)


@given(terms, st.lists(year, min_size=1, max_size=3))
@settings(max_examples=80)
def test_indemnity_is_never_above_loss_limit_and_maximum(terms, years):
    policy = Policy(**terms)
    result = policy.indemnify(as_table(years))
    limit = result["limit"].fillna(policy.discretionary_limit or 0.0)
    assert (result["indemnity"] >= 0).all()
    assert (result["indemnity"] <= result["debt"] - result["recovery"]).all()
    assert (result["indemnity"] <= result["insured_debt"]).all()
    assert (result["insured_debt"] <= limit).all()
    if policy.maximum_liability is not None:
        assert (result.groupby("scenario")["indemnity"].sum() <= policy.maximum_liability + 1e-9).all()


@given(terms, year, st.integers(0, 100).map(lambda percent: percent / 100))
@settings(max_examples=80)
def test_more_insured_percentage_never_lowers_the_years_indemnity(terms, losses, other):
    low, high = sorted([terms["insured_percentage"], other])
    less, more = (sum(paid(Policy(**terms | {"insured_percentage": p}), as_table([losses]))) for p in (low, high))
    assert less <= more + 1e-7


@pytest.mark.parametrize(
    "retention", ["threshold", "each_loss_deductible", "minimum_retention", "aggregate_first_loss"]
)
@given(terms=terms, losses=year, other=amounts)
@settings(max_examples=50)
def test_more_retention_never_raises_the_years_indemnity(retention, terms, losses, other):
    low, high = sorted([terms[retention] or 0.0, other])
    less, more = (sum(paid(Policy(**terms | {retention: amount}), as_table([losses]))) for amount in (low, high))
    assert more <= less + 1e-7


@given(terms, year, year)
@settings(max_examples=60)
def test_scenarios_are_independent(terms, one, other):
    policy = Policy(**terms)
    both = as_table([one, other])
    mixed = both.sample(frac=1, random_state=1).sort_values("day", kind="stable")
    alone = paid(policy, as_table([one])) + paid(policy, as_table([other]))
    assert policy.indemnify(mixed)["indemnity"].reindex(both.index).tolist() == alone


@given(terms, year, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_order_of_rows_within_a_day_does_not_change_what_first_loss_and_maximum_leave(terms, losses, random):
    # Step 5 done, first loss and maximum take the same off a day whatever its order; terms that make a first loss
    # fall on one loss rather than another at different rates (before the percentage) are left out.
    policy = Policy(**terms | {"aggregate_erosion": "after_percentage", "discretionary_limit": 500.0})
    shuffled = losses[:]
    random.shuffle(shuffled)
    totals = [sum(paid(policy, as_table([rows]).assign(day=1))) for rows in (losses, shuffled)]
    assert totals[0] == pytest.approx(totals[1], abs=1e-7)


# Cost, dates, and what is refused.


def test_cost_is_rate_or_minimum_with_fees_and_tax():
    policy = Policy(premium_rate=0.002, minimum_premium=30_000, limit_fee=40, premium_tax_rate=0.19)
    assert policy.cost(insured_turnover=20_000_000, limits=100) == Cost(40_000, 4_000, 7_600, 51_600)
    assert policy.cost(insured_turnover=10_000_000) == Cost(30_000, 0, 5_700, 35_700)
    assert policy.for_turnover(20_000_000).cost().premium == 40_000
    assert Policy().cost(limits=5) == Cost(0, 0, 0, 0)


def test_a_rate_without_turnover_is_refused():
    policy = Policy(premium_rate=0.002, minimum_premium=30_000, maximum_liability_multiple=20)
    with pytest.raises(ParameterError, match="insured_turnover"):
        policy.indemnify(table(100))
    assert policy.for_turnover(1e6).year_maximum() == 600_000


def test_dates_from_invoice_and_of_an_insolvency():
    dates = pd.to_datetime(pd.Series(["2026-01-01", "2026-01-01"], index=["I1", "I2"]))
    insolvent = pd.to_datetime(pd.Series([None, "2026-03-01"], index=["I1", "I2"]))
    policy = Policy(maximum_extension_days=90, extension_from="issued", waiting_days=180, waiting_from="due")
    result = policy.loss_dates(dates, dates + pd.Timedelta(days=30), insolvent=insolvent)
    assert result["report_by"].astype("str").tolist() == ["2026-04-01", "2026-04-01"]
    assert result["loss_date"].astype("str").tolist() == ["2026-07-30", "2026-03-01"]
    assert result["paid"].astype("str").tolist() == ["2026-08-29", "2026-03-31"]
    long_terms = policy.loss_dates(dates, dates + pd.Timedelta(days=120))
    assert long_terms["report_by"].astype("str").tolist() == ["2026-05-01", "2026-05-01"]


def test_no_dates_without_the_terms():
    day = pd.Timestamp("2026-01-01")
    assert Policy().loss_dates(day, day).isna().all(axis=None)
    insolvent = Policy().loss_dates(day, day, insolvent=day)
    assert insolvent["loss_date"].tolist() == [day]
    assert insolvent["file_by"].isna().all()


def test_losses_that_cannot_be():
    losses = table(100, -5, np.nan, 50, limit=[10, -1, np.nan, 10], recovery=[120, 0, 0, 0])
    losses = losses.assign(scenario=[0, 0, 0, None], evidence=["audited_accounts", "hearsay", None, None])
    with pytest.raises(InputError) as error:
        Policy().indemnify(losses.drop(columns="day"))
    found = [(problem.column, problem.row, problem.others) for problem in error.value.problems]
    assert found == [
        ("day", None, 0),
        ("scenario", 5, 0),
        ("debt", 3, 1),
        ("limit", 3, 0),
        ("recovery", 2, 0),
        ("evidence", 3, 0),
    ]
    with pytest.raises(InputError, match="debt: found 'much'"):
        Policy().indemnify(table("much"))


def test_terms_refused_in_python_and_in_a_file(tmp_path: Path):
    with pytest.raises(ParameterError) as error:
        Policy(insured_percentage=90, thresold=5, loss_basis="gross")
    assert [problem.column for problem in error.value.problems] == ["loss_basis", "insured_percentage", "thresold"]
    file = tmp_path / "bad.yaml"
    file.write_text("insured_percentage: 90 %\nthresold: 5\n")
    with pytest.raises(ParameterError, match=r"bad\.yaml, thresold.*did you mean 'threshold'") as error:
        Policy.from_yaml(file)
    assert len(error.value.problems) == 2


def test_a_policy_is_named_after_its_file(tmp_path: Path):
    file = tmp_path / "offer_7.yaml"
    file.write_text("insured_percentage: 0.85\n")
    assert Policy.from_yaml(file) == Policy(name="offer_7", insured_percentage=0.85)


def test_a_policy_never_changes():
    with pytest.raises(ValueError, match="frozen"):
        Policy().insured_percentage = 0.5


@pytest.mark.parametrize("name", ["current", "quote_a", "quote_b", "quote_c"])
def test_kept_policies_are_whole_turnover_policies_of_the_market(name):
    policy = Policy.from_yaml(PROJECT / "params" / "policies" / f"{name}.yaml")
    assert 0.85 <= policy.insured_percentage <= 0.95
    assert 0.001 <= policy.premium_rate <= 0.0025
    # Definitions §5.12: the maximum is 20 to 40 times the premium.
    assert 20 <= policy.year_maximum() / policy.cost().premium <= 40


def test_kept_policies_differ_as_quotes_do():
    current, first_loss, ground_up, discretion, excess = (
        Policy.from_yaml(PROJECT / "params" / "policies" / f"{name}.yaml")
        for name in ("current", "quote_a", "quote_b", "quote_c", "quote_d")
    )
    assert excess.cost().premium < first_loss.cost().premium < current.cost().premium < ground_up.cost().premium
    assert ground_up.aggregate_first_loss is None
    assert ground_up.deductible_order == "percentage_first"
    assert excess.aggregate_first_loss > first_loss.aggregate_first_loss > current.aggregate_first_loss
    assert discretion.discretionary_limit > 2 * current.discretionary_limit
    assert excess.kind == "excess_of_loss"
    assert 20 <= excess.year_maximum() / excess.cost().premium <= 40


# Kinds of policy, bonus and malus, and which invoices count.

PORTFOLIO = pd.DataFrame(
    {"insured_limit": [100.0, 50.0, np.nan, 0.0]}, index=pd.Index(list("ABCD"), name="buyer_id"), dtype=float
)


def attached(policy, primary=None):
    limit, above, discretionary = policy.attachment(PORTFOLIO, primary)
    return limit.tolist(), above.tolist(), discretionary.tolist()


def test_whole_turnover_attaches_to_named_and_discretionary_limits():
    assert attached(Policy(discretionary_limit=20)) == ([100, 50, 20, 0], [0] * 4, [False, False, True, False])


def test_key_accounts_and_single_buyer_attach_to_the_buyers_listed():
    key = Policy(kind="key_accounts", buyers=["A", "C", "Z"], discretionary_limit=20)
    assert attached(key)[0] == [100, 0, 20, 0]
    assert key.unknown_buyers(PORTFOLIO.index) == ["Z"]
    assert attached(Policy(kind="single_buyer", buyers=["B"]))[0] == [0, 50, 0, 0]


def test_a_policys_own_limits_come_in_place_of_the_books():
    assert attached(Policy(limits={"A": 70, "C": 10}, discretionary_limit=20))[0] == [70, 50, 10, 0]


def test_a_top_up_attaches_above_its_primary():
    primary = Policy(name="primary", discretionary_limit=20)
    top_up = Policy(kind="top_up", primary="primary", top_up_share=0.5, top_up_maximum=40, limits={"D": 5})
    # Half of the named limits, at most 40; nothing above a discretionary one; what it grants itself.
    assert attached(top_up, primary) == ([40, 25, 0, 5], [100, 50, 20, 0], [False] * 4)
    assert top_up.programme == ("primary", top_up.name)
    # Owed 130 with limits 100 and 40: the primary pays 100, the top-up the 30 above.
    above = table(130.0, limit=40.0, above=100.0)
    assert top_up.indemnify(above)["indemnity"].tolist() == [30]


def test_a_top_up_is_priced_on_its_extra_limits():
    top_up = Policy(kind="top_up", primary="p", top_up_share=0.5, top_up_rate=0.02, premium_tax_rate=0.1)
    assert top_up.cost(extra_limits=500_000) == Cost(10_000, 0, 1_000, 11_000)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"kind": "key_accounts"}, "give buyers"),
        ({"kind": "single_buyer", "buyers": ["A", "B"]}, "give buyers with one id"),
        ({"buyers": ["A"]}, "buyers: [\\s\\S]*has no effect on whole_turnover"),
        ({"kind": "excess_of_loss"}, "give aggregate_first_loss[\\s\\S]*give maximum_liability"),
        ({"kind": "top_up"}, "give primary[\\s\\S]*give top_up_share or limits"),
        ({"top_up_share": 0.5}, "belongs to a top_up"),
        ({"kind": "top_up", "primary": "p", "top_up_share": 1, "premium_rate": 0.1}, "priced by top_up_rate"),
        ({"no_claims_bonus": 0.1}, "need a premium"),
        ({"bonus_loss_ratio": 0.1}, "give no_claims_bonus"),
    ],
)
def test_terms_that_contradict_the_kind(terms, message):
    with pytest.raises(ParameterError, match=message):
        Policy(**terms)


def test_bonus_and_malus_by_the_years_claims():
    policy = Policy(
        minimum_premium=100_000, premium_tax_rate=0.1, no_claims_bonus=0.2, bonus_loss_ratio=0.1,
        malus=[{"loss_ratio_above": 0.5, "premium_share": 0.1}, {"loss_ratio_above": 1, "premium_share": 0.3}],
    )  # fmt: skip
    years = np.array([0.0, 10_000.0, 10_001.0, 50_000.0, 50_001.0, 100_001.0])
    # The premium of 100,000 with its tax of 10 %: a fifth back, nothing, a tenth and three tenths on top.
    assert policy.adjustment(years).tolist() == pytest.approx([-22_000, -22_000, 0, 0, 11_000, 33_000])
    assert Policy().adjustment(years).tolist() == [0] * 6


@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=8),
    st.floats(0, 1),
    st.tuples(st.floats(0, 2e5), st.floats(0, 2e5), st.floats(0, 2e5)),
    st.sampled_from(["deductible", "retention", "first loss", "percentage"]),
)
def test_more_percentage_never_pays_less_and_more_retention_never_more(debts, percentage, amounts, more):
    deductible, retention, first_loss = amounts
    terms = {
        "insured_percentage": percentage, "each_loss_deductible": deductible, "minimum_retention": retention,
        "aggregate_first_loss": first_loss, "maximum_liability": 5e5,
    }  # fmt: skip
    raised = {
        "deductible": {"each_loss_deductible": deductible + 1e4}, "retention": {"minimum_retention": retention + 1e4},
        "first loss": {"aggregate_first_loss": first_loss + 1e4},
        "percentage": {"insured_percentage": min(percentage + 0.1, 1)},
    }[more]  # fmt: skip
    losses = table(*debts, limit=3e5)
    paid, changed = (Policy(**values).indemnify(losses)["indemnity"] for values in (terms, terms | raised))
    assert (paid <= losses["debt"] + 1e-6).all()
    assert (paid <= 3e5 + 1e-6).all()
    assert paid.sum() <= 5e5 + 1e-6
    if more == "percentage":
        assert changed.sum() >= paid.sum() - 1e-6
    else:
        assert changed.sum() <= paid.sum() + 1e-6


@pytest.mark.parametrize("file", sorted((PROJECT / "params" / "policies").rglob("*.yaml")), ids=lambda file: file.stem)
def test_kept_policies_are_read(file):
    policy = Policy.from_yaml(file)
    assert policy.name != file.stem
    assert policy.record()["insured_percentage"] == policy.insured_percentage


def test_day_of_payment():
    policy = Policy(waiting_days=150, waiting_from="extension_end", maximum_extension_days=30, payment_days=30)
    assert policy.payment_day(np.array([1, 100])).tolist() == [31, 130]
    # definitions §5.11, example 7: due 30 April, day 120 of 2022; the money comes on 26 November, its day 330.
    assert policy.payment_day(np.array([120]), protracted=True).tolist() == [330]
    assert np.isnan(Policy().payment_day(np.array([1]), protracted=True)).all()


def of_one_buyer(*debts, **columns):
    rows = {"scenario": 0, "day": 1, "buyer_id": "A", "debt": [float(debt) for debt in debts], "limit": 1e9}
    return pd.DataFrame(rows | columns)


def test_a_loss_at_the_threshold_to_the_cent_is_not_paid():
    # As floating point the sum of the three is 2,500.0000000000005.
    policy = Policy(threshold=2_500)
    owed = 1_417.16 + 638.73 + 444.11
    assert owed > 2_500
    assert policy.indemnify(of_one_buyer(owed))["indemnity"].tolist() == [0]
    assert policy.indemnify(of_one_buyer(1_417.16, 638.73, 444.11))["indemnity"].tolist() == [0, 0, 0]
    assert policy.indemnify(of_one_buyer(2_500.01))["indemnity"].tolist() == [2_500.01]
    # Together above it: one loss of 2,500.01.
    paid = policy.indemnify(of_one_buyer(1_417.16, 638.73, 444.12))["indemnity"]
    assert paid.tolist() == pytest.approx([1_417.16, 638.73, 444.12])


def test_two_losses_of_a_buyer_on_a_day_have_one_limit():
    together = Policy().indemnify(of_one_buyer(40, 40, limit=50.0))
    assert together["insured_debt"].tolist() == [40, 10]
    assert together["indemnity"].tolist() == [40, 10]
    # On two days, in two scenarios or of two buyers they are two losses.
    for other in ({"day": [1, 2]}, {"scenario": [1, 2]}, {"buyer_id": ["A", "B"]}):
        assert Policy().indemnify(of_one_buyer(40, 40, limit=50.0, **other))["indemnity"].tolist() == [40, 40]
    # One deductible for both: 0.9 × (80 − 8), in the proportion of 40 and 40.
    policy = Policy(insured_percentage=0.9, each_loss_deductible=8)
    assert policy.indemnify(of_one_buyer(40, 40))["indemnity"].tolist() == pytest.approx([32.4, 32.4])
    # Rows need not stand together, nor in order; on the net basis the first has 30 of the limit of 50.
    rows = of_one_buyer(40, 99, 40, limit=50.0, buyer_id=["A", "B", "A"], recovery=[10.0, 0.0, 0.0], day=[2, 1, 2])
    assert Policy().indemnify(rows)["indemnity"].tolist() == [30, 50, 20]
    with pytest.raises(InputError, match="differs from that of the same buyer's loss of the day"):
        Policy().indemnify(of_one_buyer(40, 40, limit=[50.0, 60.0]))


def test_the_sub_limit_of_discretionary_limits_may_be_told_apart_from_a_named_one():
    policy = Policy(discretionary_limit=100, discretionary_maximum_liability=30)
    rows = of_one_buyer(40, 40, limit=50.0, buyer_id=["A", "B"], discretionary=[True, False])
    assert policy.indemnify(rows)["indemnity"].tolist() == [30, 40]
