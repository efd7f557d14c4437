"""Which part of an exposure at default is insured: by hand from a book, and drawn in the simulation."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.insurance.late_shipments import ASSUMED, DRAWS, NO_STOP, OWN, drawn_from, late_shipments, past_failures
from tradecredit.insurance.policy import Policy
from tradecredit.losses.insured_part import InsuredPart, insured_parts
from tradecredit.losses.portfolio import portfolio
from tradecredit.losses.simulation import assess, simulate, stressed
from tradecredit.numerics.risk_measures import expected
from tradecredit.params.losses import Dependence, Sampling
from tradecredit.params.stress import Scenario

AS_OF = "2026-10-31"
POLICY = Policy(insured_percentage=0.9, maximum_terms_days=90)

INVOICES = """invoice_id,buyer_id,issued,due,amount,tax
1,A,2026-09-15,2026-10-15,119,19
2,A,2026-09-15,2026-10-15,100,
3,B,2026-09-15,2026-10-15,100,0
4,C,2026-09-15,2026-10-15,50,0
5,C,2026-09-15,2027-09-15,150,0
6,P,2026-09-15,2026-10-15,40,0
"""
OTHERS = {
    "buyers": "buyer_id,kind\nA,private\nB,private\nC,private\nD,private\nP,public\n",
    "receipts": "invoice_id,received,amount,kind\n1,2026-10-01,59.5,payment\n",
    "disputes": "invoice_id,opened,closed,amount\n3,2026-10-01,,20\n4,2026-10-01,2026-10-20,50\n",
}


def test_the_insurable_share_is_net_of_tax_disputes_and_terms_that_are_too_long(book_of):
    (part,) = insured_parts(book_of(AS_OF, invoices=INVOICES, **OTHERS), [POLICY])
    # A: half of 119 is open, 50 of it net, and 100 without a stated tax; of B's invoice 20 wait; C's 150 are on a year.
    assert part.share[["A", "B", "C"]].tolist() == pytest.approx([150 / 159.5, 0.8, 0.25])
    # D owes nothing: as the private buyers' 459.50, of which 280 are insurable. Public buyers are not insured.
    assert part.share[["D", "P"]].tolist() == pytest.approx([280 / 459.5, 0])
    assert part.today.isna().all()


def test_where_nobody_owes_anything_all_of_an_exposure_is_insurable(book_of):
    paid = "invoice_id,received,amount,kind\n4,2026-10-01,50,payment\n"
    invoices = "invoice_id,buyer_id,issued,due,amount\n4,C,2026-09-15,2026-10-15,50\n"
    (part,) = insured_parts(book_of(AS_OF, invoices=invoices, receipts=paid, buyers=OTHERS["buyers"]), [POLICY])
    assert part.share.tolist() == [1, 1, 1, 1, 0]


def test_of_a_stopped_buyer_only_what_the_audit_insures_today(book_of):
    # A's first invoice is past 10 days of extension since 26 October: what was shipped on the 28th is not insured.
    invoices = INVOICES + "7,A,2026-10-28,2026-11-28,500,0\n"
    limits = "buyer_id,source,amount,valid_from\nA,insurer,120,2026-01-01\nB,insurer,120,2026-01-01\n"
    policy = Policy(insured_percentage=0.9, maximum_extension_days=10, extension_from="due")
    later = Policy(insured_percentage=0.5, maximum_extension_days=100)
    book = book_of(AS_OF, invoices=invoices, limits=limits, **OTHERS)
    part, other = insured_parts(book, [policy, later])
    assert part.today.dropna().to_dict() == {"A": 120, "B": 80, "C": 0, "P": 0}
    assert other.today.isna().all()
    arrays = part.arrays(portfolio(book, pd.DataFrame({"pd": 0.1}, index=list("ABCDP"))))
    assert arrays.share == pytest.approx([120 / 659.5, 0.8, 0, 0])
    assert arrays.stopped.all()


# Past failures


def failures(book_of, count, *, run=None):
    """`count` buyers that fail on 1 March 2026 with two invoices: 100 overdue since 1 December, 300 of 10 February."""
    rows = [
        line
        for n in range(count)
        for line in (f"O{n},F{n},2025-11-01,2025-12-01,100,", f"N{n},F{n},2026-02-10,2026-03-12,300,")
    ]
    invoices = "invoice_id,buyer_id,issued,due,amount,tax\n" + "\n".join(rows) + "\n"
    defaults = "buyer_id,date,kind,debt,recovered\n" + "".join(
        f"F{n},2026-03-01,insolvency,400,0\n" for n in range(count)
    )
    return book_of(AS_OF, invoices=invoices, defaults=defaults, run=run or {})


def test_past_failures_tell_what_was_shipped_after_the_stop(book_of):
    book = failures(book_of, 12)
    # Due on 1 December, stopped from 31 January on with 60 days, and from 1 March on with 89: 300 of 400, or nothing.
    strict, mild = (Policy(maximum_extension_days=days) for days in (60, 89))
    assert past_failures(book, strict).share.tolist() == [0.75] * 12
    # On 30 January, the latest of the days before it that are looked at, the buyer was not stopped yet.
    assert past_failures(book, strict).weight.tolist() == [1.0] * 12
    assert past_failures(book, mild).share.tolist() == [0.0] * 12
    assert late_shipments(book, strict) == ((0.75,) * DRAWS, OWN, 12)
    assert late_shipments(book, Policy()) == ((0.0,) * DRAWS, NO_STOP, 0)
    # With 40 days, from 11 January on, it was on that day, and not on 31 December and the ten days before.
    assert past_failures(book, Policy(maximum_extension_days=40)).weight == pytest.approx([11 / 12] * 12)


def test_with_few_failures_the_share_is_the_runs(book_of):
    book = failures(book_of, 9, run={"losses": {"shipped_after_stop": 0.3}})
    assert late_shipments(book, Policy(maximum_extension_days=60)) == ((0.3,) * DRAWS, ASSUMED, 9)


def test_what_is_drawn_has_the_mean_of_the_failures():
    shares, weights = np.array([0.9, 0.1, 0.4]), np.array([1.0, 2.0, 0.5])
    values = drawn_from(shares, weights)
    assert np.mean(values) == pytest.approx((0.9 + 0.2 + 0.2) / 3.5)
    assert (np.diff(values) > -1e-12).all()
    assert (values[0], values[-1]) == pytest.approx((0.1, 0.9))


# In the simulation

ONE = pd.DataFrame(
    {"pd": 0.2, "exposure": 100_000.0, "lgd": 0.6, "correlation": 0.2, "insured_limit": 50_000.0},
    index=pd.Index(["A"], name="buyer_id"),
)
SUMS = Policy(name="sums", insured_percentage=0.9, aggregate_first_loss=1.0)
BY_LOSS = Policy(
    name="by loss", insured_percentage=0.9, aggregate_first_loss=1e-6, aggregate_erosion="before_percentage",
    discretionary_limit=1.0,
)  # fmt: skip
HALF = (0.0,) * (DRAWS // 2) + (0.5,) * (DRAWS // 2)


def part_of(policy, share=1.0, today=None, late=HALF, buyers="A"):
    index = pd.Index(list(buyers), name="buyer_id")
    stopped = pd.Series(np.nan if today is None else today, index=index)
    return InsuredPart(policy, pd.Series(share, index=index), stopped, late)


@pytest.mark.parametrize("policy", [SUMS, BY_LOSS], ids=lambda policy: policy.name)
@pytest.mark.parametrize(
    ("part", "by_hand"),
    [
        # Net loss on the insurable 80,000: 48,000, or half of it where half was shipped after the stop.
        ({"share": 0.8}, 0.2 * 0.9 * (48_000 + 24_000) / 2),
        # On the whole 60,000, above the limit; half of it is below.
        ({}, 0.2 * 0.9 * (50_000 + 30_000) / 2),
        ({"late": (0.0,) * DRAWS}, 0.2 * 0.9 * 50_000),
        ({"late": (1.0,) * DRAWS}, 0.0),
        # Of a stopped buyer 70,000 were insured: no limit of today cuts them, and nothing is drawn.
        ({"today": 70_000.0}, 0.2 * 0.9 * 42_000),
        ({"today": 0.0}, 0.0),
    ],
)
def test_expected_indemnity_by_hand(policy, part, by_hand):
    dist = simulate(ONE, policies=[part_of(policy, **part)], scenarios=60_000, seed=4)
    mean, error = expected(dist.losses[f"indemnity:{policy.name}"].to_numpy(), dist.sample)
    # The first loss of 1 costs at most its amount.
    assert mean == pytest.approx(by_hand, abs=5 * error + 1)
    paid = set(dist.losses[f"indemnity:{policy.name}"].round(-1))
    assert len(paid) <= 3


def lumpy(count=40):
    random = np.random.default_rng(8)
    return pd.DataFrame(
        {
            "pd": random.uniform(0.01, 0.2, count), "exposure": random.lognormal(10, 1, count).round(),
            "lgd": random.uniform(0.4, 0.9, count), "correlation": 0.2,
            "insured_limit": np.where(random.random(count) < 0.3, np.nan, random.lognormal(10, 1, count).round()),
            "group_id": ["G1", "G1", "G2", "G2", "G2", *[None] * (count - 5)],
        },
        index=pd.Index([f"B{n}" for n in range(count)], name="buyer_id"),
    )  # fmt: skip


def mixed_parts(book):
    """Parts of a sums' policy and one by loss: some buyers stopped, different shares and draws."""
    random = np.random.default_rng(9)
    share = pd.Series(random.uniform(0.3, 1.0, len(book)), index=book.index)
    today = (book["exposure"] * 0.3).where(random.random(len(book)) < 0.3)
    late = tuple(np.linspace(0, 1, DRAWS))
    return [
        InsuredPart(SUMS, share, today, late),
        InsuredPart(BY_LOSS, share, today * np.nan, tuple(value**2 for value in late)),
    ]


@pytest.mark.parametrize(
    "dependence", [Dependence(), Dependence(kind="gamma", default_rate_sd=1.0)], ids=lambda one: one.kind
)
@pytest.mark.parametrize("which", [[0], [0, 1], [1]], ids=["sums", "both", "by loss"])
def test_what_is_paid_is_what_the_policy_pays_for_each_default(which, dependence):
    book = lumpy()
    parts = [mixed_parts(book)[number] for number in which]
    dist = simulate(book, policies=parts, scenarios=3_000, seed=6, dependence=dependence)
    for part in parts:
        events = dist.events(range(len(dist.losses)), part.policy.name)
        paid = part.policy.indemnify(events).groupby("scenario")["indemnity"].sum()
        by_hand = paid.reindex(dist.losses.index, fill_value=0.0)
        np.testing.assert_allclose(dist.losses[f"indemnity:{part.policy.name}"], by_hand, atol=1e-6)
        # Whatever other policies there are, and whichever way is taken: the same draws.
        alone = simulate(book, policies=[part], scenarios=3_000, seed=6, dependence=dependence)
        view = f"indemnity:{part.policy.name}"
        np.testing.assert_allclose(alone.losses[view], dist.losses[view], atol=1e-6)
        total = dist.contributions(view, 0.9).sum()
        assert total == pytest.approx(dist.summary([0.9]).query("view == @view and measure == 'ES'")["value"].item())


def test_the_same_bits_on_any_number_of_threads():
    book = lumpy()
    one, two = (
        simulate(book, policies=mixed_parts(book), scenarios=70_000, seed=6, sampling=Sampling(threads=threads))
        for threads in (1, 2)
    )
    pd.testing.assert_frame_equal(one.losses, two.losses, check_exact=True)


def test_buyers_of_a_group_draw_together():
    book = lumpy()
    dist = simulate(book, policies=[mixed_parts(book)[1]], scenarios=2_000, seed=6)
    events = dist.events(range(2_000), "by loss")
    part = mixed_parts(book)[1]
    owed = book["exposure"] * part.share
    late = 1 - events["debt"] / events["buyer_id"].map(owed)
    of_group = late[events["buyer_id"].isin(["B2", "B3", "B4"])].groupby(events["scenario"])
    assert (of_group.max() - of_group.min()).max() < 1e-9
    assert of_group.max().nunique() == DRAWS


def test_a_later_stop_never_pays_less():
    book = lumpy()
    share = pd.Series(dtype="float64")
    late, later = tuple(np.linspace(0.2, 1, DRAWS)), tuple(np.linspace(0, 0.9, DRAWS))
    names = [SUMS.model_copy(update={"name": name}) for name in ("strict", "mild")]
    parts = [InsuredPart(policy, share, share, values) for policy, values in zip(names, (late, later), strict=True)]
    dist = simulate(book, policies=parts, scenarios=4_000, seed=2)
    assert (dist.losses["indemnity:mild"] >= dist.losses["indemnity:strict"] - 1e-6).all()


def test_a_stress_leaves_what_a_stopped_buyer_has_insured():
    dist = simulate(ONE, policies=[part_of(BY_LOSS, today=70_000.0)], scenarios=20_000, seed=4)
    worse = stressed(dist, Scenario(name="cut", source="test", description="a cut", limits_left=0.0))
    pd.testing.assert_series_equal(worse.losses["indemnity:by loss"], dist.losses["indemnity:by loss"])


@pytest.mark.usefixtures("own_results")
def test_a_books_losses_are_insured_by_its_audit(book_of):
    # B was stopped when it got its 1,000; what it owed before, 200, is insured whole though its limit is 0 by now.
    invoices = """invoice_id,buyer_id,issued,due,amount
1,B,2026-05-01,2026-06-01,200
2,B,2026-09-01,2026-10-01,1000
"""
    limits = "buyer_id,source,amount,valid_from\nB,insurer,5000,2026-01-01\nB,insurer,0,2026-10-01\n"
    policy = Policy(name="own", insured_percentage=0.9, maximum_extension_days=30)
    book = book_of(AS_OF, invoices=invoices, limits=limits, run={"losses": {"lgd": 0.5}})
    ratings = pd.DataFrame({"pd": [0.5]}, index=["B"])
    dist = assess(book, ratings, [policy])
    paid = dist.losses["indemnity:own"]
    assert sorted(set(paid.round(6))) == [0, 90]
