"""What a limit may be, earns, costs and loses: a ledger worked by hand, and losses as the engine simulates them."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.optimum import candidates as module
from tradecredit.decide.optimum.candidates import candidates, group_caps, linear_part, simulated_years
from tradecredit.decide.optimum.programme import own_part, shortfall
from tradecredit.insurance import in_force
from tradecredit.insurance.policy import Policy

AS_OF = "2026-03-31"

# For a year and a month each buyer is invoiced 1,000 a month at 30 days, B 5,000 at 15 days, of which a fifth is tax.
# The last two invoices are open.
MONTHS = pd.date_range("2025-03-01", "2026-03-01", freq="MS")
TERMS = {
    "A": (1_000.0, 30, 0.0),
    "B": (5_000.0, 15, 0.2),
    "C": (1_000.0, 30, 0.0),
    "D": (1_000.0, 30, 0.0),
    "E": (1_000.0, 30, 0.0),
}
INVOICES = pd.DataFrame(
    [
        [f"{buyer}{number}", buyer, day, day + pd.Timedelta(days=days), amount, amount * tax]
        for buyer, (amount, days, tax) in TERMS.items()
        for number, day in enumerate(MONTHS)
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount", "tax"],
)
RECEIPTS = INVOICES[INVOICES["issued"] < "2026-02-01"]
RECEIPTS = pd.DataFrame(
    {"invoice_id": RECEIPTS["invoice_id"], "received": RECEIPTS["due"], "amount": RECEIPTS["amount"], "kind": "payment"}
)
LEDGER = {
    "invoices": INVOICES,
    "receipts": RECEIPTS,
    "buyers": "buyer_id,kind,group_id,sector,country\nA,private,G,C,DE\nB,private,G,,\nC,prepaid,,,\nD,private,,F,\n"
    "E,private,,,\nF,private,,,\n",
    "overrides": "buyer_id,limit,reason,by,since,until\nD,4000,strategic,X,2026-01-01,\n",
    "limits": "buyer_id,source,amount,valid_from\nA,insurer,1500,2025-01-01\nB,insurer,0,2025-01-01\n",
}  # fmt: skip
RUN = {"margin": 0.2, "policy": {"name": "own"}, "losses": {"lgd": 0.5, "correlation": 0.2}}
POLICY = Policy(
    name="own", insured_percentage=0.9, premium_rate=0.002, insured_turnover=100_000.0, premium_tax_rate=0.25,
    each_loss_deductible=50.0, aggregate_first_loss=200.0, discretionary_limit=600.0, maximum_liability=3_000.0,
)  # fmt: skip
RATINGS = pd.DataFrame({"pd": [0.01, 0.02, 0.03, 0.04, 1.0, 0.05]}, index=pd.Index(list("ABCDEF"), name="buyer_id"))
LIMITS = pd.DataFrame(
    {
        "need": [2_000.0, 7_500.0, 2_000.0, 2_000.0, 2_000.0, 0.0],
        "capacity": [np.nan, 6_000.0, np.nan, np.nan, np.nan, np.nan],
        "expected_loss_budget": [850.0, 425.0, 283.3, 212.5, 8.5, 170.0],
        "concentration": 18_765.0,
        "recommended_with_cover": [850.0, 420.0, 0.0, 4_000.0, 0.0, 0.0],
        "binding": ["expected-loss budget", "expected-loss budget", "prepaid", "analyst's override", "in default",
                    "need"],
        "action": "none", "stopped": False, "report_due": False,
    },
    index=RATINGS.index,
)  # fmt: skip
LIMITS = LIMITS.join(pd.DataFrame(np.nan, LIMITS.index, [name for name in METHODS if name not in LIMITS]))


@pytest.fixture
def book(book_of):
    return lambda **run: book_of(AS_OF, run=RUN | run, **LEDGER)


def of(book, policies=(POLICY,), **changed):
    return candidates(book, RATINGS, LIMITS.assign(**changed), policies)


def test_what_a_unit_of_limit_earns_and_loses(book):
    found = of(book())
    # E is in default, C pays in advance and F has bought nothing: none may have a limit.
    assert found.index.tolist() == ["A", "B", "D"]
    # 2,000 is what A needs: 1,000 a month for 30 + 30 days; a unit of it turns six times. B: 5,000 for 45 days, a
    # fifth of it tax, which earns no margin.
    assert found["most"].tolist() == [2_000, 7_500, 4_000]
    assert found["bound"].tolist() == ["need", "need", "analyst's override"]
    assert found["sought"].tolist() == [True, True, False]
    # D needs half of what the analyst allows, and cannot buy more.
    assert found["margin"].tolist() == pytest.approx([0.2 * 6, 0.2 * 0.8 * 8, 0.2 * 6 / 2])
    # A and B default together: at (1 % × 2,000 + 2 % × 7,500) / 9,500.
    assert found["pd"].tolist() == pytest.approx([170 / 9_500, 170 / 9_500, 0.04])
    assert found["loss"].tolist() == pytest.approx([85 / 9_500, 85 / 9_500, 0.02])
    alone = of(book(losses=RUN["losses"] | {"groups": "one_by_one"}))
    assert alone["loss"].tolist() == pytest.approx([0.005, 0.01, 0.02])
    assert found["recommended_with_cover"].tolist() == [850, 420, 4_000]
    assert found["least"].tolist() == [0, 0, 0]


def test_the_linear_part_of_a_policy(book):
    found = of(book())
    # A has a limit of 1,500; B was refused; on D nobody has decided: the discretionary limit. A fifth of B is tax.
    assert found["insurable_share"].tolist() == pytest.approx([1, 0.8, 1])
    assert found["covered_share"].tolist() == pytest.approx([0.9, 0.72, 0.9])
    assert found["covered_limit"].tolist() == pytest.approx([1_500, 0, 600])
    # Premium with its tax on what is insured of the sales that a unit carries, net of tax.
    rate = 0.002 * 1.25
    assert found["premium"].tolist() == pytest.approx([rate * 6, rate * 0.8 * 8, rate * 3])
    # A limit of 750 net of a fifth of tax covers 937.50 of debt.
    named = POLICY.model_dump() | {"limits": {"B": 750.0}}
    assert of(book(), [Policy(**named)]).loc["B", "covered_limit"] == pytest.approx(937.5)


def test_the_premium_is_charged_on_net_insured_sales(book):
    """Limits of all that is needed carry a year's sales: the premium is what the policy charges on those insured."""
    opened, rate = book(), 0.002 * 1.25
    # E, in default, may have no limit: the 12,000 that it bought are in the year's turnover alone.
    for terms, net in ((None, 12_000 + 0.8 * 60_000 + 12_000), (20, 0.8 * 60_000)):
        policy = Policy(**POLICY.model_dump() | {"maximum_terms_days": terms})
        found = of(opened, [policy])
        assert (found["premium"] * found["most"]).sum() == pytest.approx(rate * net)
        in_default = 12_000 if terms is None else 0
        assert in_force.insurable_turnover(opened, policy) == pytest.approx(net + in_default)
        # What is not insured earns its margin all the same.
        assert (found["margin"] * found["most"]).sum() == pytest.approx(0.2 * (12_000 + 0.8 * 60_000 + 12_000))


def test_who_has_no_sector_or_country_is_of_one_that_is_not_stated(book):
    found = of(book())
    assert found["sector"].tolist() == ["C", "(not stated)", "F"]
    assert found["country"].tolist() == ["DE", "(not stated)", "(not stated)"]


@pytest.mark.parametrize(
    "policies",
    [
        (),
        (
            Policy(
                name="xl", kind="excess_of_loss", aggregate_first_loss=1e5, maximum_liability=1e6, minimum_premium=9.0
            ),
        ),
    ],
)
def test_without_a_policy_that_pays_by_loss_nothing_is_covered(book, policies):
    found = of(book(), policies)
    assert (found[["covered_share", "covered_limit", "premium"]] == 0).all(axis=None)


def test_quotes_are_not_in_force(book_of):
    without = {name: value for name, value in RUN.items() if name != "policy"}
    assert (of(book_of(AS_OF, run=without, **LEDGER))["covered_share"] == 0).all()


def test_risk_alone_no_longer_bounds_unless_the_run_keeps_it(book):
    kept = of(book(limit_optimum={"kept": ["expected_loss_budget", "net_value_added"]}))
    assert kept["most"].tolist() == [850, 420, 4_000]
    assert kept["bound"].tolist() == ["expected-loss budget", "expected-loss budget", "analyst's override"]
    assert of(book(limit_optimum={"kept": ["capacity"]}))["bound"].tolist() == [
        "need",
        "capacity",
        "analyst's override",
    ]
    narrow = of(book(), concentration=1_876.5)
    # Rounded down to two digits, as recommended limits are.
    assert narrow["most"].tolist() == [1_800, 1_800, 4_000]
    assert narrow["bound"].tolist() == ["concentration", "concentration", "analyst's override"]
    assert of(book(), concentration=np.nan)["most"].tolist() == [2_000, 7_500, 4_000]


def test_nothing_raises_the_limit_of_a_buyer_that_is_held_back(book):
    # A may have 2,000 by its need, B 6,000 by what it can use and the run keeps: what they have set one by one.
    usual, held = of(book()), of(book(), action=["stop", "run down", *["none"] * 4])
    assert (usual.loc[["A", "B"], "most"] > usual.loc[["A", "B"], "recommended_with_cover"]).all()
    assert held.loc[["A", "B"], "most"].tolist() == [850, 420]
    assert held.loc[["A", "B"], "bound"].tolist() == ["deliveries held back"] * 2
    assert held.loc[["A", "B"], "sought"].all()
    # To those whose debt is to be reported alone deliveries go on, and to those that nothing would insure anyway.
    for told, bound in (("report_due", "insurer to be told first"), ("stopped", "new deliveries not insured")):
        first = of(book(), **{told: True}).loc[["A", "B"]]
        assert first["most"].tolist() == [850, 420]
        assert first["bound"].tolist() == [bound] * 2


def test_only_the_largest_are_sought(book):
    found = of(book(limit_optimum={"buyers": 1}))
    assert found["sought"].tolist() == [False, True, False]
    assert found["most"].tolist() == [850, 7_500, 4_000]
    assert found["bound"].tolist() == ["not sought", "need", "analyst's override"]


def test_a_limit_whose_need_is_not_known_stands(book):
    unknown = LIMITS.index.isin(["A", "F"])
    found = of(
        book(),
        need=LIMITS["need"].mask(unknown),
        recommended_with_cover=LIMITS["recommended_with_cover"].mask(unknown, 300.0),
    )
    assert found.loc[["A", "F"], "sought"].tolist() == [False, False]
    assert found.loc[["A", "F"], "most"].tolist() == [300, 300]
    # A owed 1,000 at 47 week ends and 2,000 at five: 300 carry 15,600 of 57,000. F has bought nothing to be carried.
    assert found.loc[["A", "F"], "margin"].tolist() == pytest.approx([0.2 * 12_000 * 15_600 / 57_000 / 300, 0])
    assert found.loc[["A", "F"], "bound"].tolist() == ["need not known", "need not known"]


def test_a_limit_earns_no_more_than_what_the_buyer_buys(book):
    # Small orders count as a need of 20,000; A buys for 12,000 a year all the same.
    found = of(book(), need=20_000.0, recommended_with_cover=9_000.0)
    assert found.loc["A", "most"] == 18_000
    assert (found["margin"] * found["most"])["A"] == pytest.approx(0.2 * 12_000)


def test_the_limit_of_a_buyer_whose_risk_is_not_measured_stands(book_of):
    public = LEDGER | {"buyers": LEDGER["buyers"].replace("B,private", "B,public")}
    found = of(book_of(AS_OF, run=RUN, **public))
    assert found["sought"].tolist() == [True, False, False]
    assert found.loc["B", ["most", "bound"]].tolist() == [420, "risk not measured"]


def test_with_cover_the_limits_with_cover_are_the_ones_set_one_by_one(book):
    found = of(book(), recommended_with_cover=LIMITS["recommended_with_cover"] + 10.0)
    assert found["recommended_with_cover"][["A", "B"]].tolist() == [860, 430]
    # Cover has raised what the loss budget alone would allow: that much may stay.
    kept = book(limit_optimum={"kept": ["expected_loss_budget"]})
    found = of(kept, recommended_with_cover=[1_500.0, 420.0, 0.0, 4_000.0, 0.0, 0.0])
    assert found["most"].tolist() == [1_500, 420, 4_000]


def test_groups_may_have_what_their_limit_says(book):
    found = of(book())
    stated = LIMITS.assign(group_limit=[700.0, 700.0, *[np.nan] * 4])
    assert group_caps(found, stated)["group_id"].to_dict() == {"G": 700}
    assert group_caps(found, stated.assign(group_limit=np.nan))["group_id"].empty


def test_losses_are_those_that_the_engine_simulates(book):
    """The other limits' losses, which come from the engine's settlement, are what the linear part says of them."""
    opened = book(limit_optimum={"buyers": 1, "scenarios": 2_000}, losses=RUN["losses"] | {"lgd_sd": 0.2})
    buyers = of(opened)
    years = simulated_years(opened, buyers, POLICY)
    assert years.unit_losses.shape == (2_000, 1)
    dist = module.simulated(
        opened,
        buyers.assign(exposure=buyers["most"]),
        linear_part(POLICY),
        scenarios=2_000,
        seed=opened.run.simulation.seed,
    )
    assert dist.views == ["gross", "indemnity:linear part", "retained:linear part"]
    others = buyers[~buyers["sought"]]
    by_hand = dist.unit_losses(others.index) @ own_part(others, others["most"]).to_numpy()
    np.testing.assert_allclose(years.other_losses, by_hand, atol=1e-6)
    told = dist.summary([0.99]).query("view == 'retained:linear part' and measure == 'ES'")["value"].item()
    sought = buyers[buyers["sought"]]
    assert shortfall(sought, sought["most"], years, level=0.99)[0] == pytest.approx(told)


def test_groups_default_together_unless_the_run_says_otherwise(book):
    for groups, together in (("together", True), ("one_by_one", False)):
        opened = book(losses=RUN["losses"] | {"groups": groups}, limit_optimum={"scenarios": 1_000})
        units = simulated_years(opened, of(opened), None).unit_losses.toarray()
        assert ((units[:, 0] > 0) == (units[:, 1] > 0)).all() == together
