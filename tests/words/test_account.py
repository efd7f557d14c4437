"""Sentences on whether cover is worth its cost: which one is chosen, and its numbers."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.policies.account import ITEMS, Account
from tradecredit.decide.policies.as_if import AsIf
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER
from tradecredit.words import account as words


def found(error: float = 10.0, sales: float = 900.0, **policies: tuple[float, float, float, float]) -> Account:
    """An account of policies by cost, indemnity, capital and sales; taxes none."""
    items = pd.DataFrame.from_dict(policies, orient="index", columns=list(ITEMS[:4]), dtype="float64")
    items = items.rename_axis("policy").reindex(columns=list(ITEMS))
    value = items.sum(axis="columns")
    without = (-items).add(value, axis="index")
    first = value.iloc[0]
    items = items.assign(
        cover_value=value, cover_value_se=error, cover_value_on_current=value - first, cover_value_on_current_se=error
    )
    parts = {
        "covered_sales": 5_000.0, "covered_exposure": 800.0, "covered_margin": 1_000.0, "sales_risk": 1_000.0 - sales,
        "sales_tied_up": 0.0, "sales_premium": 7.0, "premium_change": 0.0,
    }  # fmt: skip
    return Account(items, without, pd.DataFrame(parts, index=items.index))


def test_what_carries_the_verdict():
    told = words.verdict(found(p=(-500, 50, 30, 900)), "EUR")
    assert told == (
        "Insurance is worth its cost as the limit rules stand: a year with p is worth EUR 480 more than one without "
        "(standard error 10). It is carried by the sales that only cover allows (EUR 900), without which it would be "
        "worth EUR 420 less than no insurance. It holds without the losses that it pays or without the capital saved. "
        "These sales bring EUR 100 of risk for EUR 1,000 of margin: it is the limit rules that keep them from being "
        "made without insurance."
    )


def test_a_verdict_that_no_single_item_carries():
    told = words.verdict(found(p=(-500, 350, 300, 300)), "EUR")
    assert told.startswith("Insurance is worth its cost: a year with p is worth EUR 450 more")
    assert "No single item carries it" in told
    assert "limit rules" not in told


def test_sales_that_would_not_pay_by_themselves_are_not_laid_to_the_limit_rules():
    assert "limit rules" not in words.verdict(found(p=(-500, 50, 30, 900), sales=-50.0), "EUR")


def test_insurance_that_is_not_worth_it():
    told = words.verdict(found(p=(-500, 50, 30, 100)), "EUR")
    assert told == (
        "Insurance is not worth its cost: a year with the best offer, p, is worth EUR 320 less than one without "
        "(standard error 10). It brings EUR 180 for a cost of EUR 500. Leaving out any other single item would not "
        "change that."
    )
    burdened = words.verdict(found(p=(-500, 450, 130, -100)), "EUR")
    assert "Without the sales that only cover allows it would be worth it" in burdened


@pytest.mark.parametrize("error", [10.0, np.nan])
def test_a_value_within_the_error_decides_nothing(error):
    assert "cannot be decided" in words.verdict(found(error, p=(-500, 50, 30, 435)), "EUR")


def test_without_a_policy():
    empty = Account(*(pd.DataFrame(columns=[*ITEMS, "cover_value"]) for _ in range(3)))
    assert words.verdict(empty, "EUR").startswith("The run file names no policy")
    assert words.decisions(empty, "p", "EUR", []) == {}
    assert words.best(empty) == NO_COVER


@pytest.mark.parametrize(
    ("values", "current", "told"),
    [
        ({"p": (-500, 600, 0, 0), "q": (-400, 450, 0, 0)}, "p", "Renew p."),
        (
            {"p": (-500, 600, 0, 0), "q": (-400, 550, 0, 0)}, "p",
            "Change to q: EUR 50 a year more than p (standard error 10).",
        ),
        (
            {"p": (-500, 600, 0, 0), "q": (-400, 515, 0, 0)}, "p",
            "Change to q, or keep p: the difference is within simulation error.",
        ),
        ({"p": (-500, 300, 0, 0), "q": (-400, 150, 0, 0)}, "p", "End the policy."),
        ({"p": (-500, 300, 0, 0)}, NO_COVER, "Stay without insurance."),
        ({"p": (-500, 600, 0, 0)}, NO_COVER, "Take out p."),
    ],
)  # fmt: skip
def test_what_to_do(values, current, told):
    assert words.advice(found(**values), current, "EUR") == told


def test_the_decision_tells_worth_findings_and_what_to_do():
    account = found(p=(-500, 350, 300, 300))
    told = words.decisions(account, "p", "EUR", ["It holds.", "", "The past agrees."])["policy"]
    assert told == f"{words.verdict(account, 'EUR')} It holds. The past agrees. Renew p."


def odds(*values: float, saving: tuple[float, ...] = (-3.0, -2.0, -1.0)) -> pd.DataFrame:
    table = pd.DataFrame({"odds": [0.5, 1.0, 2.0], "policy": "p", "cover_value": values, "saving_at_odds": saving})
    return table.assign(cover_value_se=10.0).set_index(["odds", "policy"])


def test_from_where_to_where_it_holds():
    assert (
        words.holds(odds(100, 200, 300), "p")
        == "p is worth its cost at all default odds from 0.50 to 2.00 times today's."
    )
    assert words.holds(odds(-100, -200, -300), "p").startswith("p is not worth its cost at all")
    turning = odds(-100, -50, 50)
    assert words.holds(turning, "p") == (
        "The verdict turns at 1.41 (standard error 0.0980) times today's default odds: above that p is worth its cost."
    )
    assert words.holds(turning, "p", (0.6, 1.2)).endswith("0.60 to 1.20 times: the verdict holds in all of it.")
    assert words.holds(turning, "p", (0.6, 1.6)).endswith("0.60 to 1.60 times: the verdict turns within it.")
    assert words.holds(turning, "p", (0.6, 2.5)).endswith("0.60 to 2.50 times, reaches beyond what was looked at.")
    assert words.holds(turning, "q") == ""


def test_where_the_losses_alone_would_pay():
    assert words.holds_alone(odds(1, 2, 3, saving=(-10.0, -5.0, 5.0)), "p").endswith("from 1.41 times today's odds.")
    assert words.holds_alone(odds(1, 2, 3), "p").endswith("p is at none of these.")
    assert words.holds_alone(odds(1, 2, 3, saving=(1.0, 2.0, 3.0)), "p").endswith("p is at all of these.")


def past(**policies: tuple[float, float]) -> AsIf:
    """Past years of policies, by what they would have paid more than they cost in each of two."""
    rows = [
        {
            "policy": name, "year_end": pd.Timestamp(f"{2025 + place}-10-31"), "past_defaults": 2, "past_loss": 1_000.0,
            "past_indemnity": 200.0 + net, "past_premium": 150.0, "past_net": net, "claims_received": 30.0,
        }
        for name, nets in policies.items()
        for place, net in enumerate(nets)
    ]  # fmt: skip
    columns = [
        "policy",
        "year_end",
        "past_defaults",
        "past_loss",
        "past_indemnity",
        "past_premium",
        "past_net",
        "claims_received",
    ]
    years = pd.DataFrame(rows, columns=columns)
    totals = years.groupby("policy", sort=False)[columns[2:]].sum()
    totals = totals.assign(past_loss_ratio=totals["past_indemnity"] / totals["past_premium"])
    return AsIf(pd.DataFrame(), years.set_index(["policy", "year_end"]), totals)


def test_what_the_past_says():
    told = words.past(past(p=(100.0, -150.0), q=(-10.0, -10.0)), "p", "EUR")
    assert told == (
        "Over the 2 years to 31 October 2026 4 defaults lost EUR 2,000, recoveries so far taken off. p would have paid "
        "EUR 350 of it for a premium of EUR 300 (116.7 % of the premium): with fees and tax EUR 50 less than it cost. "
        "It would have paid more than it cost in 1 of 2 years. In hindsight q would have been best: EUR 20 less than "
        "it cost. The insurer of these years paid EUR 60, as received."
    )
    assert words.in_short(past(p=(100.0, -150.0)), "p", "EUR") == (
        "Over the 2 years to 31 October 2026 it would have paid EUR 350 for premiums of EUR 300."
    )
    assert words.past(past(), "p", "EUR").startswith("Not testable with this book")
    assert words.in_short(past(), "p", "EUR") == "What the past says of it is not testable with this book."


def test_a_first_loss_that_keeps_nearly_all_is_told():
    policies = [Policy(name="p", aggregate_first_loss=1_000.0), Policy(name="q", aggregate_first_loss=1_000.0)]
    comparison = pd.DataFrame({"first_loss_used": [0.5, 0.5], "expected_indemnity": [50.0, 100.0]}, index=["p", "q"])
    told = words.first_loss(comparison, policies, "EUR")
    assert "p (EUR 50 of EUR 550 paid)." in told
    assert "q (" not in told
    assert words.first_loss(comparison, [Policy(name="p")], "EUR") == ""
