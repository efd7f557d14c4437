"""Sentences on whether cover is worth its cost: which one is chosen, and its numbers."""

import numpy as np
import pandas as pd
import pytest
from accounts import found

from tradecredit.decide.policies.account import ITEMS, Account
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER
from tradecredit.words import account as words


def test_what_carries_the_verdict():
    told = words.verdict(found(p=(-500, 50, 30, 900)), "EUR")
    assert told == (
        "Insurance is worth its cost as the limit rules stand: a year with p is worth EUR 480 more than one without "
        "(standard error 10). It is carried by the sales that only cover allows (EUR 900), without which it would be "
        "worth EUR 420 less than no insurance. It holds without the losses that it pays or without the capital saved. "
        "These sales bring EUR 100 of risk for EUR 1,000 of margin: it is the limit rules that keep them from being "
        "made without insurance. If the same limits were granted without insurance, a year would be worth EUR 420 more "
        "than with p (standard error 10), and the worst 1 % of years would leave EUR 4,000 of losses on average instead "
        "of EUR 3,000: what is to be decided is whether we would carry these risks ourselves."
    )


def test_the_same_limits_without_insurance():
    # 480 with p: as much as 480 without, 20 within two errors, 430 less.
    told = {900.0: "worth EUR 420 more than with p (standard error 10)", 50.0: "worth EUR 430 less than with p"}
    for value, said in told.items():
        assert said in words.uninsured(found(p=(-500, 50, 30, 900), sales=value), "p", "EUR")
    within = words.uninsured(found(p=(-500, 50, 30, 900), sales=495.0), "p", "EUR")
    assert "worth as much as with p, within simulation error (standard error 10), and the worst" in within
    assert within.endswith("what is to be decided is whether we would carry these risks ourselves.")
    less = words.uninsured(found(p=(-500, 50, 30, 900), sales=50.0), "p", "EUR")
    assert less.endswith("instead of EUR 3,000: p is worth having beside that too.")
    none = found(p=(-500, 50, 30, 900))
    assert words.uninsured(none._replace(sales=none.sales.assign(covered_sales=0.0)), "p", "EUR") == ""
    assert words.uninsured(none._replace(sales=none.sales.assign(uninsured_value=np.nan)), "p", "EUR") == ""
    assert words.uninsured(none, NO_COVER, "EUR") == ""


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
        "(standard error 10). Beside its cost of EUR 500 its other items come to EUR 180. Leaving out any "
        "other single item would not change that. If the same limits were granted without insurance, a year would be "
        "worth EUR 1,220 more than with p (standard error 10), and the worst 1 % of years would leave EUR 4,000 of losses "
        "on average instead of EUR 3,000: what is to be decided is whether we would carry these risks ourselves."
    )
    less = words.verdict(found(p=(-500, 350, 0, -100)), "EUR")
    assert "Beside its cost of EUR 500 its other items come to EUR 250." in less
    burdened = words.verdict(found(p=(-500, 450, 130, -100)), "EUR")
    assert "Without the sales that only cover allows it would be worth it" in burdened


@pytest.mark.parametrize("error", [10.0, np.nan])
def test_a_value_within_the_error_decides_nothing(error):
    assert "cannot be decided" in words.verdict(found(error, p=(-500, 50, 30, 435)), "EUR")


def test_without_a_policy():
    empty = Account(*(pd.DataFrame(columns=[*ITEMS, "cover_value"]) for _ in range(3)))
    assert words.verdict(empty, "EUR").startswith("The run file names no policy")
    assert words.best(empty) == NO_COVER


def test_a_first_loss_that_keeps_nearly_all_is_told():
    policies = [Policy(name="p", aggregate_first_loss=1_000.0), Policy(name="q", aggregate_first_loss=1_000.0)]
    comparison = pd.DataFrame({"first_loss_used": [0.5, 0.5], "expected_indemnity": [50.0, 100.0]}, index=["p", "q"])
    told = words.first_loss(comparison, policies, "EUR")
    assert "p (EUR 50 of EUR 550 paid)." in told
    assert "q (" not in told
    assert words.first_loss(comparison, [Policy(name="p")], "EUR") == ""


def test_what_accounts_would_bring_without_insurance():
    turned = found(accounts=500.0, p=(-500, 50, 30, 900))
    told = (
        "EUR 500 a year of the value of p would be made without insurance too if buyers shared accounts that support "
        "it: then it would not be worth its cost."
    )
    assert words.of_accounts(turned, "p", "EUR") == told
    assert told in words.verdict(turned, "EUR")
    kept = found(accounts=400.0, p=(-500, 50, 30, 900))
    assert words.of_accounts(kept, "p", "EUR").endswith("support it: then it would still be worth its cost.")
    assert "accounts" not in words.verdict(kept, "EUR")
    assert words.of_accounts(found(accounts=400.0, p=(-1_500, 50, 30, 900)), "p", "EUR").endswith("support it.")
    assert words.of_accounts(found(p=(-500, 50, 30, 900)), "p", "EUR") == ""
    assert words.of_accounts(found(accounts=9.0, p=(-500, 50, 30, np.nan)), "p", "EUR") == ""


def test_on_whom_the_sales_rest():
    table = pd.DataFrame(
        {"covered_sales": [50.0, 20.0, 10.0, 10.0, 5.0, 5.0], "accounts_margin": [4.0, 3.0, *[0.0] * 4]}
    )
    assert words.by_buyer(table, "p", "EUR") == (
        "The sales that only the cover of p allows are of 6 buyers, 95 % of them of the largest five. EUR 7 of the "
        "margin, of 2 buyers, is held back without insurance only for want of accounts."
    )
    alone = words.by_buyer(table.head(1).assign(accounts_margin=0.0), "p", "EUR")
    assert alone == "The sales that only the cover of p allows are of 1 buyer."
    assert words.by_buyer(table.head(0), "p", "EUR").startswith("p allows no sales")
    assert words.by_buyer(table.head(0), NO_COVER, "EUR") == ""
