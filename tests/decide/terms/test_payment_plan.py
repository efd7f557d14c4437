"""A payment plan against waiting, enforcing and claiming: closed forms, a buyer worked by hand, what always holds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.decide.terms import payment_plan
from tradecredit.decide.terms.lengths import Economics
from tradecredit.errors import InputError, ParameterError
from tradecredit.insurance.policy import Policy
from tradecredit.params.terms import PaymentPlanSettings

START = pd.Timestamp("2026-01-31")
AS_OF = "2026-03-31"

# The instalments


def test_instalment_of_an_annuity():
    # 10,000 at 12 % a year in 12 months: 10,000 × 0.01 / (1 − 1.01^−12).
    assert payment_plan.instalment(10_000, 0.12, 12) == pytest.approx(888.4879, abs=1e-4)
    assert payment_plan.instalment(1_200, 0.0, 12) == 100
    assert payment_plan.instalment(1_000, 0.12, 1) == pytest.approx(1_010)


def test_schedule_by_hand():
    found = payment_plan.schedule(1_000.0, START, interest_rate=0.12, instalments=3)
    # 1,000 × 0.01 / (1 − 1.01^−3) = 340.02; interest of 10.00, 6.70 and 3.37.
    assert found["payment"].tolist() == [340.02, 340.02, 340.03]
    assert found["interest"].tolist() == [10.0, 6.7, 3.37]
    assert found["principal"].tolist() == [330.02, 333.32, 336.66]
    assert found["balance"].tolist() == [669.98, 336.66, 0.0]
    assert [str(day.date()) for day in found["due"]] == ["2026-02-28", "2026-03-31", "2026-04-30"]
    assert found.index.tolist() == [1, 2, 3]


@given(
    debt=st.floats(1, 1e7), interest_rate=st.floats(0, 0.5), instalments=st.integers(1, 60),
)  # fmt: skip
@settings(max_examples=100)
def test_a_plan_pays_the_debt_to_the_cent(debt, interest_rate, instalments):
    found = payment_plan.schedule(debt, START, interest_rate=interest_rate, instalments=instalments)
    assert found["balance"].iloc[-1] == 0
    assert found["principal"].sum() == pytest.approx(round(debt, 2), abs=1e-6 * debt + 1e-9)
    assert (found["payment"] - found["interest"] - found["principal"]).abs().max() < 1e-6
    # At its own interest the plan is worth the debt; each payment is rounded by half a cent at most, and its growth.
    worth = (found["payment"] / (1 + interest_rate / 12) ** found.index.to_numpy()).sum()
    assert worth == pytest.approx(debt, abs=0.02 * instalments)


@pytest.mark.parametrize("debt", [0.0, -5.0, np.nan])
def test_no_debt_has_no_plan(debt):
    with pytest.raises(ParameterError, match="at least a cent"):
        payment_plan.schedule(debt, START, interest_rate=0.1, instalments=6)


# What amounts to come are worth


def worth(amounts, days, probability, *, lgd=0.5, capital=0.0, recovery_days=0):
    series = (pd.Series(values, dtype="float64") for values in (amounts, days, probability))
    return payment_plan.expected_value(*series, economics=Economics(0.2, lgd, capital), recovery_days=recovery_days)


def test_an_instalment_counts_by_the_probability_of_survival_and_the_recovery():
    assert worth([100, 100], [30, 60], [0.1, 0.2]) == pytest.approx(100 * (0.9 + 0.05) + 100 * (0.8 + 0.1))
    # At 10 % a year 110 in a year are worth 100; the half that a default leaves comes a year later still.
    assert worth([110], [365], [0.0], capital=0.1) == pytest.approx(100)
    assert worth([110], [365], [1.0], capital=0.1, recovery_days=365) == pytest.approx(50 / 1.1)
    assert worth([110], [365], [1.0], lgd=1.0) == 0


def test_an_unknown_probability_makes_the_value_missing():
    assert np.isnan(worth([1, 1], [30, 60], [0.1, np.nan]))
    assert np.isnan(worth([1], [np.nan], [0.1]))


@given(
    low=st.lists(st.floats(0, 1), min_size=3, max_size=3),
    rise=st.lists(st.floats(0, 1), min_size=3, max_size=3),
    lgd=st.floats(0, 1),
    capital=st.floats(0, 0.5),
    recovery_days=st.integers(0, 1_000),
)
@settings(max_examples=200)
def test_a_higher_probability_never_raises_the_value(low, rise, lgd, capital, recovery_days):
    high = [p + (1 - p) * r for p, r in zip(low, rise, strict=True)]
    found, then = (
        worth([100, 50, 25], [30, 60, 400], values, lgd=lgd, capital=capital, recovery_days=recovery_days)
        for values in (low, high)
    )
    assert then <= found + 1e-9
    assert then >= 0
    assert found <= 175 + 1e-9


# A owes 1,000 due 60 days ago and 500 due 30 days ago, and has paid five invoices 90 days late; one of 10 was written
# off later still, is owed still for the policy, and fills 10 of its limit of 1,210. B is in default.

DUE_A = "2026-01-30", "2026-03-01"
INVOICES = pd.DataFrame(
    [
        ["A1", "A", "2025-12-31", DUE_A[0], 1_000.0],
        ["A2", "A", "2026-01-30", DUE_A[1], 500.0],
        ["A3", "A", "2026-03-25", "2026-04-24", 777.0],
        *([f"A0{n}", "A", "2025-01-01", "2025-01-31", 10.0] for n in range(5)),
        ["A9", "A", "2025-01-01", "2025-01-31", 10.0],
        ["B1", "B", "2025-12-01", "2025-12-31", 9_000.0],
        ["C1", "C", "2026-01-01", "2026-03-01", 300.0],
    ],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
RECEIPTS = pd.DataFrame(
    [*([f"A0{n}", "2025-05-01", 10.0, "payment"] for n in range(5)), ["A9", "2025-09-01", 10.0, "write_off"]],
    columns=["invoice_id", "received", "amount", "kind"],
)
LEDGER = {
    "invoices": INVOICES,
    "receipts": RECEIPTS,
    "buyers": "buyer_id,kind\nA,private\nB,private\nC,private\n",
    "limits": "buyer_id,source,amount,valid_from\nA,insurer,1210,2025-01-01\n",
    "defaults": "buyer_id,date,kind\nB,2026-02-01,insolvency\n",
}
RUN = {
    "cost_of_capital": 0.0,
    "losses": {"lgd": 0.5},
    "payment_plan": {
        "instalments": 3, "interest_rate": 0.0, "recovery_days": 100, "enforcement_days": 200,
        "enforcement_cost_share": 0.1, "enforcement_success": 0.8,
    },
}  # fmt: skip
SAFE = pd.DataFrame(0.0, index=["A", "C"], columns=range(1, 25))
POLICY = Policy(
    name="Test", insured_percentage=0.9, waiting_days=180, payment_days=30, maximum_extension_days=60,
    loss_basis="debt", recovery_sharing="pro_rata",
)  # fmt: skip


@pytest.fixture(scope="module")
def book(book_of):
    return book_of(AS_OF, run=RUN, **LEDGER)


def priced(book_of, **run):
    return book_of(AS_OF, run=RUN | run, **LEDGER)


def noted(book, *arguments):
    """The options of a buyer with their notes."""
    return words.terms.with_notes(payment_plan.options(book, *arguments), book)


def test_who_is_overdue(book):
    found = payment_plan.overdue_buyers(book)
    assert found.index.tolist() == ["A", "C"]
    assert found.columns.tolist() == ["overdue", "invoices", "oldest_days_past_due", "disputed"]
    assert found.loc["A"].tolist() == [1_500, 2, 60, 0]


def test_a_small_rest_does_not_date_what_is_overdue(book_of):
    # Of the 1,000 of A's older invoice 50 are left, and 150 without that; of the invoice due later all 500.
    def owing(*paid):
        rows = [[invoice, "2026-03-20", amount, "payment"] for invoice, amount in zip(("A1", "A2"), paid, strict=False)]
        more = pd.concat([RECEIPTS, pd.DataFrame(rows, columns=RECEIPTS.columns)])
        return payment_plan.overdue_buyers(book_of(AS_OF, run=RUN, **LEDGER | {"receipts": more})).loc["A"].tolist()

    assert owing(950.0) == [550, 2, 30, 0]
    assert owing(850.0) == [650, 2, 60, 0]
    # Where none is larger, the oldest of all.
    assert owing(950.0, 450.0) == [100, 2, 60, 0]


# A contests 50 of the 1,000 of its older invoice, C all that it owes past due; a third dispute is over.
DISPUTES = """invoice_id,opened,closed,amount,reason
A1,2026-03-10,,50,price
A2,2026-03-10,2026-03-20,500,price
C1,2026-03-10,,,quality
"""


@pytest.fixture(scope="module")
def contested(book_of):
    return book_of(AS_OF, run=RUN, **LEDGER | {"disputes": DISPUTES})


def test_an_invoice_in_dispute_is_left_out_whole_and_told(contested):
    found = payment_plan.overdue_buyers(contested)
    assert found.loc["A"].tolist() == [500, 1, 30, 1_000]
    assert found.loc["C", ["overdue", "invoices", "disputed"]].tolist() == [0, 0, 300]
    assert np.isnan(found.loc["C", "oldest_days_past_due"])
    assert payment_plan.plan(contested, "A")["principal"].sum() == 500
    options = noted(contested, "A", SAFE)
    assert options.loc[["payment plan", "wait"], "value"].tolist() == pytest.approx([500, 500])
    assert options.loc["enforce", "value"] == pytest.approx(0.8 * 500 - 50)
    assert options["disputed"].tolist() == [1_000] * 4
    sums = payment_plan.totals(options)
    assert sums[["overdue", "disputed"]].tolist() == pytest.approx([500, 1_000])
    assert words.terms.overdue(options, "A", "EUR") == (
        "A owes EUR 500 past due. A payment plan has the highest expected value, EUR 500. A further EUR 1,000 is in "
        "dispute."
    )


def test_what_is_disputed_makes_no_largest_debtor(book_of, book):
    assert payment_plan.largest_debtor(book, SAFE).buyer_id == "A"
    # Without the 1,000 and the 500 in dispute, the 300 of C are the most.
    disputes = "invoice_id,opened,closed,amount,reason\nA1,2026-03-10,,,price\nA2,2026-03-10,,,price\n"
    found = payment_plan.largest_debtor(book_of(AS_OF, run=RUN, **LEDGER | {"disputes": disputes}), SAFE)
    assert found.buyer_id == "C"
    assert found.options["disputed"].tolist() == [0] * 4
    assert found.plan["principal"].sum() == 300
    nobody = book_of(AS_OF, run=RUN, **LEDGER | {"disputes": disputes + "C1,2026-03-10,,1,price\n"})
    assert payment_plan.overdue_buyers(nobody)["disputed"].to_dict() == {"A": 1_500, "C": 300}
    found = payment_plan.largest_debtor(nobody, SAFE)
    assert found.buyer_id == ""
    assert found.options.empty
    assert found.plan.empty
    assert words.terms.overdue(found.options, "", "EUR") == ""


def test_a_ledger_on_which_nothing_is_past_due(book_of):
    receipts = [[f"A{n}", "2025-01-31", 10.0, "payment"] for n in ("00", "01", "02", "03", "04", "9")]
    receipts = pd.DataFrame(receipts, columns=RECEIPTS.columns)
    tables = LEDGER | {"invoices": INVOICES[INVOICES["buyer_id"] == "A"], "receipts": receipts}
    book = book_of("2026-01-15", run=RUN, **tables)
    assert payment_plan.overdue_buyers(book).empty
    assert payment_plan.largest_debtor(book, SAFE).buyer_id == ""


def test_the_plan_of_a_buyer(book):
    found = payment_plan.plan(book, "A")
    assert found["payment"].tolist() == [500, 500, 500]
    assert [str(day.date()) for day in found["due"]] == ["2026-04-30", "2026-05-31", "2026-06-30"]


def test_options_without_risk_or_capital_cost(book):
    found = noted(book, "A", SAFE, POLICY)
    assert found.index.tolist() == ["payment plan", "wait", "enforce", "claim"]
    # Enforcing: 0.8 × 1,500 − 150. Claim: of 1,500 within the limit 1,200 are insured: 1,080; of the recovery of 750
    # the insurer gets 1,080 / 1,500 = 540: 540 net, and 750 of recovery.
    assert found["value"].tolist() == pytest.approx([1_500, 1_500, 1_050, 540 + 750])
    assert found["share"].tolist() == pytest.approx([1, 1, 0.7, 0.86])
    assert found["is_best"].tolist() == [True, True, False, False]
    # Plan: 30, 61 and 91 days. Wait: A pays 90 days late: the older invoice in 30 days; the other in (5 × 60 + 30) / 5
    # = 66, as the older one is later than it and open: (1,000 × 30 + 500 × 66) / 1,500 = 42. Claim: 210 days after each
    # due date, 150 and 180 days from today, of the 1,000 and 200 that are insured: 155.
    days = (found["expected_date"] - pd.Timestamp(AS_OF)).dt.days
    assert days.tolist() == [61, 42, 200, 155]
    assert found.loc["wait", "note"] == (
        "by its own invoices paid, or still open, later than this; passes the maximum extension period, which ends "
        "on 31 March 2026: without the insurer's consent cover lapses"
    )
    assert found.loc["claim", "note"] == "EUR 1,200 insured"


def test_options_with_risk_by_hand(book_of):
    # 1 % more fail each month of 30.4375 days; what they leave is half, later.
    cumulative = SAFE + [0.01 * month for month in range(1, 25)]
    found = noted(priced(book_of, cost_of_capital=0.1), "A", cumulative, POLICY)

    def one(amount, days):
        q = 0.01 * days / 30.4375
        return amount * ((1 - q) * 1.1 ** (-days / 365) + q * 0.5 * 1.1 ** (-(days + 100) / 365))

    assert found.loc["payment plan", "value"] == pytest.approx(one(500, 30) + one(500, 61) + one(500, 91))
    assert found.loc["wait", "value"] == pytest.approx(one(1_000, 30) + one(500, 66))
    assert found.loc["enforce", "value"] == pytest.approx(0.8 * one(1_500, 200) - 150)
    assert found.loc["claim", "value"] == pytest.approx(540 * 1.1 ** (-155 / 365) + 750 * 1.1 ** (-255 / 365))
    assert found.index[found["is_best"]].tolist() == ["wait"]


def test_interest_in_the_plan_can_make_it_the_best(book_of):
    run = {"payment_plan": RUN["payment_plan"] | {"interest_rate": 0.3}, "cost_of_capital": 0.1}
    found = noted(priced(book_of, **run), "A", SAFE)
    assert found.index[found["is_best"]].tolist() == ["payment plan"]
    sentence = words.terms.overdue(found, "A", "EUR")
    gain = found["value"].max() - found.loc["wait", "value"]
    assert sentence == (
        f"A owes EUR 1,500 past due. A payment plan has the highest expected value, EUR {found['value'].max():,.0f}, "
        f"EUR {gain:.2f} more than waiting."
    )
    # Where the advice is to collect, what a plan needs to be advised is told: by the run's rule, days, amount and gain.
    rule = PaymentPlanSettings(least_days_past_due=30, least_amount=1_000, least_gain=500)
    told = words.terms.overdue(found, "A", "EUR", rule=rule, advice="collect")
    assert told == (
        f"{sentence} It is advised from 30 days past due, EUR 1,000 and EUR 500 more than waiting on: what is overdue "
        "is collected in the ordinary course."
    )
    assert words.terms.overdue(found, "A", "EUR", rule=rule, advice="payment plan") == sentence
    sums = payment_plan.totals(found)
    assert sums["overdue"] == pytest.approx(1_500)
    assert sums["gain_on_waiting"] == pytest.approx(gain)


def test_beyond_the_known_months_a_value_is_missing(book):
    found = noted(book, "A", SAFE[[1, 2, 3, 4]], POLICY)
    assert found["value"].isna().tolist() == [False, False, True, False]
    nobody = noted(book, "A", SAFE.drop(index="A"))
    assert nobody["value"].isna().all()
    assert not nobody["is_best"].any()
    assert words.terms.overdue(nobody, "A", "EUR") == ""


# The policy


def test_the_insurers_consent_is_needed_past_the_maximum_extension_period(book):
    # 60 days after 30 January: 31 March; the plan ends on 30 June.
    note = noted(book, "A", SAFE, POLICY).loc["payment plan", "note"]
    assert note == (
        "passes the maximum extension period, which ends on 31 March 2026: without the insurer's consent cover lapses"
    )
    enough = Policy(insured_percentage=0.9, maximum_extension_days=151)
    assert noted(book, "A", SAFE, enough).loc["payment plan", "note"] == ""
    short = Policy(insured_percentage=0.9, maximum_extension_days=150)
    assert "consent" in noted(book, "A", SAFE, short).loc["payment plan", "note"]
    assert noted(book, "A", SAFE).loc["payment plan", "note"] == ""
    # A policy that pays for an insolvency only is lost by it as well.
    insolvency = Policy(insured_percentage=0.9, maximum_extension_days=60)
    assert "consent" in noted(book, "A", SAFE, insolvency).loc["payment plan", "note"]


def test_waiting_past_the_maximum_extension_period_puts_the_cover_at_stake_as_well(book):
    def note(days, buyer="A"):
        policy = POLICY.model_copy(update={"maximum_extension_days": days})
        return noted(book, buyer, SAFE, policy).loc["wait", "note"]

    # The older invoice is likely to come in 90 days after its due date, the other 96 after its own.
    assert note(96) == "by its own invoices paid, or still open, later than this"
    assert "which ends on 4 June 2026: without" in note(95)
    assert "which ends on 29 April 2026: without" in note(89)
    # The insurer has no limit on C: there is no cover to lose.
    assert note(60, "C") == "by all buyers' invoices paid, or still open, later than this"


def test_an_extension_period_that_is_over_is_told_in_the_past(book):
    policy = POLICY.model_copy(update={"maximum_extension_days": 59})
    found = noted(book, "A", SAFE, policy)["note"]
    note = "the maximum extension period ended on 30 March 2026: without the insurer's consent cover lapses"
    assert found["payment plan"] == note
    assert found["wait"] == f"by its own invoices paid, or still open, later than this; {note}"


def test_waiting_for_nobody_knows_how_long_needs_consent(book_of):
    # Without its fifth late payment, and the one that was written off.
    invoices = INVOICES[~INVOICES["invoice_id"].isin(["A04", "A9"])]
    book = book_of(AS_OF, run=RUN, **LEDGER | {"invoices": invoices, "receipts": RECEIPTS.iloc[:4]})
    found = noted(book, "A", SAFE, POLICY.model_copy(update={"maximum_extension_days": 900}))
    assert found.loc["payment plan", "note"] == ""
    assert found.loc["wait", "note"] == (
        "fewer than 5 invoices were paid later than this; passes the maximum extension period, which ends on "
        "18 July 2028: without the insurer's consent cover lapses"
    )


@pytest.mark.parametrize(
    ("buyer", "terms"),
    [
        ("C", {}),
        ("A", {"limits": {"A": 0.0}}),
        ("A", {"kind": "key_accounts", "buyers": ["C"]}),
        ("A", {"maximum_terms_days": 20}),
        ("A", {"kind": "top_up", "primary": "P", "top_up_share": 0.5}),
    ],
)
def test_no_consent_is_needed_where_nothing_is_insured(book, buyer, terms):
    policy = Policy(insured_percentage=0.9, waiting_days=180, maximum_extension_days=60, **terms)
    found = noted(book, buyer, SAFE, policy)
    assert found.loc["payment plan", "note"] == ""
    assert "consent" not in found.loc["wait", "note"]
    assert np.isnan(found.loc["claim", "value"])


def test_no_consent_is_needed_for_a_buyer_whose_kind_is_not_insurable(book_of):
    book = book_of(AS_OF, run=RUN, **LEDGER | {"buyers": "buyer_id,kind\nA,public\nB,private\nC,private\n"})
    assert noted(book, "A", SAFE, POLICY)["note"].loc[["payment plan", "claim"]].tolist() == [
        "",
        "nothing of it is insurable",
    ]


def test_the_extension_period_is_that_of_the_insured_invoices(book_of):
    # A1 has terms of 60 days and is not insured; 60 days after A2's due date: 30 April.
    invoices = INVOICES.assign(issued=INVOICES["issued"].mask(INVOICES["invoice_id"] == "A1", "2025-12-01"))
    book = book_of(AS_OF, run=RUN, **LEDGER | {"invoices": invoices})
    policy = POLICY.model_copy(update={"maximum_terms_days": 30})
    found = noted(book, "A", SAFE, policy)["note"]
    assert "ends on 30 April 2026" in found["payment plan"]
    assert "ends on 30 April 2026" in found["wait"]
    assert found["claim"] == "EUR 500 insured"


@pytest.mark.parametrize(
    ("policy", "buyer", "why"),
    [
        (None, "A", "no policy"),
        (Policy(insured_percentage=0.9), "A", "insolvency only"),
        (POLICY, "C", "no limit"),
        (Policy(waiting_days=180, maximum_terms_days=20), "A", "nothing of it is insurable"),
        (Policy(kind="top_up", primary="P", top_up_share=0.5, waiting_days=180), "A", "no policy of its own"),
    ],
)
def test_without_cover_there_is_no_claim_and_the_note_says_why(book, policy, buyer, why):
    found = noted(book, buyer, SAFE, policy).loc["claim"]
    assert found[["value", "share", "expected_date"]].isna().all()
    assert why in found["note"]


def test_the_first_loss_takes_its_part_and_the_note_says_so(book):
    policy = POLICY.model_copy(update={"aggregate_first_loss": 100.0})
    found = noted(book, "A", SAFE, policy).loc["claim"]
    assert found["value"] == pytest.approx(540 - 100 + 750)
    assert found["note"] == "EUR 1,200 insured; the first loss of the year takes EUR 100"
    assert found["payable"] == pytest.approx(540 - 100)
    # With 540 or more of first loss nothing is paid, and what is recovered later is all.
    much = noted(book, "A", SAFE, POLICY.model_copy(update={"aggregate_first_loss": 600.0})).loc["claim"]
    assert much["value"] == pytest.approx(750)
    assert much["payable"] == 0
    assert much["note"] == (
        "EUR 1,200 insured; nothing is payable: what the policy bears of it after expected recoveries, EUR 540, is "
        "within the first loss of the year"
    )


def test_a_discretionary_limit_has_its_own_maximum(book):
    # C has paid nothing yet: good faith, 10 % of 1,000. 90 of 300, less 45 of the recovery of 150: 45, and 30 at most.
    policy = POLICY.model_copy(update={"discretionary_limit": 1_000.0, "discretionary_maximum_liability": 30.0})
    found = noted(book, "C", SAFE, policy)
    assert found.loc["claim", "note"] == "EUR 100 insured"
    assert found.loc["claim", "value"] == pytest.approx(30 + 150)
    assert "consent" in found.loc["payment plan", "note"]


def test_a_claim_on_a_debt_that_comes_in_whole_is_worth_the_recovery(book_of):
    policy = POLICY.model_copy(update={"loss_basis": "net"})
    found = noted(priced(book_of, losses={"lgd": 0.0}), "A", SAFE, policy).loc["claim"]
    assert found["value"] == pytest.approx(1_500)
    assert found["note"] == "EUR 0 insured"


def test_tax_and_disputes_are_not_insured(book_of):
    invoices = INVOICES.assign(tax=INVOICES["amount"] * 0.2)
    disputes = "invoice_id,opened,closed,amount,reason\nA2,2026-03-10,,500,price\n"
    book = book_of(AS_OF, run=RUN, **LEDGER | {"invoices": invoices, "disputes": disputes})
    found = noted(book, "A", SAFE, POLICY).loc["claim"]
    # 800 of A1 net of tax: 720 less the insurer's 360 of the recovery of 400; half of the 1,000 gross comes in.
    assert found["note"] == "EUR 800 insured"
    assert found["value"] == pytest.approx(720 - 360 + 500)


@pytest.mark.parametrize(
    ("due", "paid", "note", "value"),
    [
        # 60 days after 31 October: 30 December, one day before A1 was issued; A2 was on 30 January.
        ("2025-10-31", None, "EUR 400 insured; EUR 1,500", 180 + 950),
        ("2025-10-31", "2026-01-10", "EUR 500 insured; EUR 1,000", 225 + 750),
        ("2025-10-31", "2026-01-30", "EUR 500 insured; EUR 1,000", 225 + 750),
        ("2025-10-31", "2026-01-31", "nothing of it is insured: all", np.nan),
        ("2025-10-31", "2025-12-31", "EUR 1,200 insured", 540 + 750),
        ("2025-11-01", "2026-01-10", "EUR 1,200 insured", 540 + 750),
    ],
)
def test_what_was_shipped_after_the_stop_date_is_not_insured(book_of, due, paid, note, value):
    old = pd.DataFrame([["A8", "A", "2025-10-01", due, 400.0]], columns=INVOICES.columns)
    receipts = pd.DataFrame([["A8", paid, 400.0, "payment"]] if paid else [], columns=RECEIPTS.columns)
    invoices = pd.concat([INVOICES, old], ignore_index=True)
    tables = {"invoices": invoices, "receipts": pd.concat([RECEIPTS, receipts], ignore_index=True)}
    book = book_of(AS_OF, run=RUN, **LEDGER | tables)
    found = noted(book, "A", SAFE, POLICY)
    more = "" if note == "EUR 1,200 insured" else " delivered after another invoice passed the maximum extension period"
    more += " is not" if ";" in note else ""
    assert found.loc["claim", "note"] == note + more
    assert found.loc["claim", "value"] == pytest.approx(value, nan_ok=True)
    assert ("consent" in found.loc["payment plan", "note"]) == (not np.isnan(value))


def test_without_an_extension_period_there_is_no_stop_date(book_of):
    old = pd.DataFrame([["A8", "A", "2025-10-01", "2025-10-31", 400.0]], columns=INVOICES.columns)
    book = book_of(AS_OF, run=RUN, **LEDGER | {"invoices": pd.concat([INVOICES, old], ignore_index=True)})
    policy = POLICY.model_copy(update={"maximum_extension_days": None})
    assert noted(book, "A", SAFE, policy).loc["claim", "note"] == "EUR 1,200 insured"


def test_money_for_an_old_debt_comes_no_sooner_than_the_policy_pays(book_of):
    book = book_of("2026-12-31", run=RUN, **LEDGER)
    found = noted(book, "A", SAFE, POLICY).loc["claim"]
    assert (found["expected_date"] - pd.Timestamp("2026-12-31")).days == POLICY.payment_days


# When an invoice is paid


def test_likely_days_are_the_buyers_own_or_of_all(book):
    items = pd.DataFrame(
        {"buyer_id": ["A", "A", "C", "C"], "days_past_due": [60.0, 90.0, 80.0, 95.0]}, index=[7, 8, 9, 10]
    )
    found = payment_plan.likely_days(book, items)
    assert found["days"].fillna(-1).tolist() == [30, -1, 10, -1]
    few = payment_plan.TOO_FEW
    assert found["basis"].tolist() == [payment_plan.OWN, few, payment_plan.ALL_BUYERS, few]
    assert found.index.tolist() == [7, 8, 9, 10]


def test_invoices_that_are_open_and_later_still_lengthen_the_wait(book_of, book, contested):
    # Of five paid 90 days late each took 60 days from the 30th on. Open are A1 for 60 days, which its dispute leaves
    # out, and B1 for 90, of a buyer in default, which counts where it is in none.
    items = pd.DataFrame({"buyer_id": ["A", "C"], "days_past_due": 30.0})
    no_default = book_of(AS_OF, run=RUN, **LEDGER | {"defaults": "buyer_id,date,kind\n"})
    assert payment_plan.likely_days(book, items)["days"].tolist() == [(5 * 60 + 30) / 5] * 2
    assert payment_plan.likely_days(contested, items)["days"].tolist() == [60, 60]
    assert payment_plan.likely_days(no_default, items)["days"].tolist() == [(5 * 60 + 30) / 5, (5 * 60 + 30 + 60) / 5]


def test_of_a_hazard_that_stays_the_estimate_is_its_mean(book_of):
    # A tenth of what is open is paid each day, and the last of 1,000 invoices are open when the ledger ends: the mean
    # of days still to wait is 1 / 0.1, of which the paid ones alone tell less than half.
    paid, left = [], 1_000
    for day in range(1, 11):
        paid += [day] * (left // 10)
        left -= left // 10
    ids = [f"P{n}" for n in range(len(paid))] + [f"O{n}" for n in range(left)]
    due = pd.Timestamp(AS_OF) - pd.Timedelta(days=10)
    invoices = pd.DataFrame({"invoice_id": ids, "buyer_id": "A", "issued": due, "due": due, "amount": 1.0})
    received = [due + pd.Timedelta(days=day) for day in paid]
    receipts = pd.DataFrame({"invoice_id": ids[: len(paid)], "received": received, "amount": 1.0, "kind": "payment"})
    book = book_of(AS_OF, run=RUN, invoices=invoices, receipts=receipts)
    items = pd.DataFrame({"buyer_id": ["A", "A"], "days_past_due": [0.0, 5.0]})
    assert payment_plan.likely_days(book, items)["days"].tolist() == pytest.approx([10, 10], rel=0.02)
    assert np.mean(paid) < 5


def test_a_buyer_that_owes_nothing_past_due_is_refused(book, contested):
    for function in (payment_plan.plan, lambda book, buyer: noted(book, buyer, SAFE)):
        for ledger, buyer in ((book, "X"), (contested, "C")):
            with pytest.raises(InputError, match="owes nothing past due that is not disputed"):
                function(ledger, buyer)


# What always holds


@given(
    probabilities=st.lists(st.floats(0, 0.99), min_size=2, max_size=2),
    interest_rate=st.floats(0, 0.3),
    instalments=st.integers(1, 12),
)
@settings(max_examples=15)
def test_no_option_on_a_weaker_buyer_is_worth_more(book_of, probabilities, interest_rate, instalments):
    terms = RUN["payment_plan"] | {"interest_rate": interest_rate, "instalments": instalments}
    book = priced(book_of, payment_plan=terms, cost_of_capital=0.1)
    low, high = (
        noted(book, "A", pd.DataFrame({m: {"A": 1 - (1 - p) ** (m / 12)} for m in range(1, 25)}), POLICY)["value"]
        for p in sorted(probabilities)
    )
    assert (high <= low + 1e-6).all()
    assert high["claim"] == low["claim"]


def test_the_decision_says_what_it_hangs_on_and_what_is_not_known(book, book_of):
    wait = noted(book, "A", SAFE, POLICY)
    assert wait.loc["wait", "is_best"]
    assert wait["needs_consent"].tolist() == [True, True, False, False]
    sentence = words.terms.overdue(wait, "A", "EUR")
    assert sentence.endswith(" Obtain the insurer's consent first, or cover lapses.")
    assert "consent" not in words.terms.overdue(noted(book, "A", SAFE), "A", "EUR")
    invoices = INVOICES[~INVOICES["invoice_id"].isin(["A04", "A9"])]
    short = book_of(AS_OF, run=RUN, **LEDGER | {"invoices": invoices, "receipts": RECEIPTS.iloc[:4]})
    sentence = words.terms.overdue(noted(short, "A", SAFE), "A", "EUR")
    assert sentence.endswith(" Not computable: the value of waiting.")
