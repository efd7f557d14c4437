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
        "made without insurance. If the same limits were granted without insurance, a year would be worth EUR 420 "
        "more than with p (standard error 10), and the worst 1 % of years would leave EUR 4,000 of losses on average "
        "instead of EUR 3,000: who decides on the policy may choose that instead, and carry these risks without "
        "insurance."
    )


def test_the_same_limits_without_insurance():
    # 480 with p: as much as 480 without, 20 within two errors, 430 less.
    told = {900.0: "worth EUR 420 more than with p (standard error 10)", 50.0: "worth EUR 430 less than with p"}
    for value, said in told.items():
        assert said in words.uninsured(found(p=(-500, 50, 30, 900), sales=value), "p", "EUR")
    within = words.uninsured(found(p=(-500, 50, 30, 900), sales=495.0), "p", "EUR")
    assert "worth as much as with p, within simulation error (standard error 10), and the worst" in within
    assert within.endswith(
        "who decides on the policy may choose that instead, and carry these risks without insurance."
    )
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


def test_a_verdict_without_the_sales_says_that_they_are_not_counted():
    said = "The sales that only cover allows are not counted in this, and they may be the largest item."
    assert said in words.verdict(found(p=(-500, 50, 30, np.nan)), "EUR")
    assert said not in words.verdict(found(p=(-500, 50, 30, 900)), "EUR")


def test_sales_that_would_not_pay_by_themselves_are_not_laid_to_the_limit_rules():
    assert "limit rules" not in words.verdict(found(p=(-500, 50, 30, 900), sales=-50.0), "EUR")


def test_insurance_that_is_not_worth_it():
    told = words.verdict(found(p=(-500, 50, 30, 100)), "EUR")
    assert told == (
        "Insurance is not worth its cost: a year with the best offer, p, is worth EUR 320 less than one without "
        "(standard error 10). Beside its cost of EUR 500 its other items come to EUR 180. Leaving out any "
        "other single item would not change that. If the same limits were granted without insurance, a year would be "
        "worth EUR 1,220 more than with p (standard error 10), and the worst 1 % of years would leave EUR 4,000 of "
        "losses on average instead of EUR 3,000: who decides on the policy may choose that instead, and carry these "
        "risks without insurance."
    )
    less = words.verdict(found(p=(-500, 350, 0, -100)), "EUR")
    assert "Beside its cost of EUR 500 its other items come to EUR 250." in less
    burdened = words.verdict(found(p=(-500, 450, 130, -100)), "EUR")
    assert "Without the sales that only cover allows it would be worth it" in burdened


@pytest.mark.parametrize(
    ("error", "why"),
    [(10.0, "within simulation error."), (np.nan, "of unknown simulation error, for want of simulated years.")],
)
def test_a_value_within_the_error_decides_nothing(error, why):
    told = words.verdict(found(error, p=(-500, 50, 30, 435)), "EUR")
    assert told.startswith(
        "Whether insurance is worth its cost cannot be decided from these scenarios: with the best offer, p, a year "
        f"differs by EUR 15 from one without insurance, {why}"
    )


def test_without_a_policy():
    empty = Account(*(pd.DataFrame(columns=[*ITEMS, "cover_value"]) for _ in range(3)))
    assert words.verdict(empty, "EUR").startswith("The run file names no policy")
    assert words.best(empty) == NO_COVER


def shares(**policies: tuple[float, float]) -> pd.DataFrame:
    table = pd.DataFrame.from_dict(policies, orient="index", columns=["paid_share", "value_by_paid_share"])
    return table.assign(cover_value=400.0)


def test_what_hangs_on_the_first_loss_is_told():
    told = words.first_loss(shares(p=(0.25, 100.0), q=(0.5, 300.0), r=(1.0, 50.0)), "p", "EUR")
    assert told == (
        "Limits count the insured percentage, whatever the first loss keeps: the part of an average year's claims "
        "that is paid is 25 % under p and 50 % under q. If the sales that only cover allows counted by that share "
        "alone, q would be worth most, EUR 300, beside EUR 100 with p."
    )
    assert words.first_loss(shares(p=(0.25, 100.0), q=(0.5, 50.0)), "p", "EUR").endswith(
        "p would still be worth most, EUR 100."
    )
    assert words.first_loss(shares(p=(0.25, -10.0), q=(0.5, -50.0)), "p", "EUR").endswith(
        "no policy would be worth its cost (p EUR \N{MINUS SIGN}10)."
    )
    assert words.first_loss(shares(p=(1.0, 100.0), q=(1.0, 50.0)), "p", "EUR") == ""
    assert words.first_loss(shares(p=(0.25, np.nan)), "p", "EUR") == ""
    # No sales hang on it: the value is the same.
    assert words.first_loss(shares(p=(0.25, 400.0)), "p", "EUR") == ""
    assert words.first_loss(shares(q=(0.25, 1.0)), NO_COVER, "EUR") == ""


def test_policies_that_pay_no_ordinary_loss_are_named():
    beyond = Policy(name="q", kind="excess_of_loss", aggregate_first_loss=1.0, maximum_liability=1.0)
    told = words.no_ordinary_loss([Policy(name="p"), beyond])
    assert len(told) == 1
    assert told[0].startswith("q: of a kind that pays nothing of an ordinary loss")
    assert words.no_ordinary_loss([Policy(name="p")]) == []


FIGURES = {
    "cover_value": (500.0,), "cover_value_without_sales": (-200.0,), "cover_value_low": (100.0,),
    "cover_value_high": (900.0,), "past_net_in_all": (-700.0,), "uninsured_value": (700.0,),
}  # fmt: skip


def test_what_the_value_rests_on_in_short():
    assert words.in_short(FIGURES, "EUR") == (
        "The policy in force is worth **EUR 500** a year beside no insurance; it rests on the sales that only cover "
        "allows: without them it would be EUR \N{MINUS SIGN}200. The same limits without insurance would be worth EUR "
        "700, with all losses our own. Over the 90 % interval of the level of default the policy is worth EUR 100 to "
        "EUR 900. As if over the ledger's past years it would have paid EUR 700 less than it cost."
    )
    holds = words.in_short(FIGURES | {"cover_value_without_sales": (50.0,), "past_net_in_all": (7.0,)}, "EUR")
    assert "insurance; without the sales that only cover allows it would be EUR 50." in holds
    assert holds.endswith("it would have paid EUR 7 more than it cost.")
    alone = words.in_short({"cover_value": (500.0,), "cover_value_low": (None,)}, "EUR")
    alike = words.in_short({"cover_value": (500.0,), "cover_value_without_sales": (500.0,)}, "EUR")
    assert alike == "The policy in force is worth **EUR 500** a year beside no insurance."
    assert "same limits" not in words.in_short(FIGURES | {"uninsured_value": (0.0,)}, "EUR")
    assert alone == "The policy in force is worth **EUR 500** a year beside no insurance."
    assert words.in_short({}, "EUR") == words.in_short({"cover_value": (None,)}, "EUR") == ""


def test_the_value_without_sales_is_published():
    account = found(p=(-500, 50, 30, 900))
    figures = {name: value for name, (value, *_) in words.of_sales_alone(account, "p", "EUR").items()}
    assert figures == {"cover_value_without_sales": -420, "uninsured_value": 900}
    assert all(value is None for value, *_ in words.of_sales_alone(account, NO_COVER, "EUR").values())


def test_how_many_of_the_sales_pay_for_the_policy():
    # Worth 480 with the sales' 900 and −420 without: 420 of 900 parts of EUR 5,000 are 2,333.
    told = words.of_sales(found(p=(-500, 50, 30, 900)), "p", "EUR")
    assert told.endswith(
        " Without them a year with it is worth EUR 420 less than one without insurance: EUR 2,333 of such sales a year "
        "pay for that, 46.7 % of them."
    )
    assert words.of_sales(found(p=(-500, 800, 30, 900)), "p", "EUR").endswith("stands below.")  # worth it without any


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
