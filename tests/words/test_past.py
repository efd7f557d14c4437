"""Sentences on past years as if a policy had been in force."""

import pandas as pd
import pytest

from tradecredit.decide.policies.as_if import AsIf
from tradecredit.decide.policies.received import PARTS
from tradecredit.words import past as words


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


SPAN = "Over the 2 years to 31 October 2026"


def test_what_the_past_says():
    assert words.past_years(past(p=(100.0, -150.0), q=(-10.0, -10.0)), "p", "EUR") == (
        f"{SPAN} 4 defaults lost EUR 2,000 by the day of loss, recoveries so far taken off. p would have paid EUR 350 "
        "of it for a premium of EUR 300 (116.7 % of the premium): with fees and tax EUR 50 less than it cost. It would "
        "have paid more than it cost in 1 of 2 years. In hindsight, by losses and cost alone, no insurance would have "
        "been cheapest; of the policies, q comes nearest, with EUR 20 less than it cost. The insurer of these years "
        "paid EUR 60, as received."
    )
    assert words.of_best(past(p=(100.0, -150.0)), "p", "q", "EUR") == (
        f"{SPAN} p would have paid EUR 350 of the real losses for premiums of EUR 300."
    )
    assert words.of_best(past(p=(100.0, -150.0)), "p", "p", "EUR") == ""


@pytest.mark.parametrize(
    ("real", "other", "end"),
    [
        (900.0, 100.0, "and EUR 100 of others."),
        (600.0, 150.0, "and EUR 150 of others; EUR 250 came of earlier defaults."),
        (900.0, 150.0, "and EUR 150 of others; EUR 50 are no loss yet."),
    ],
)
def test_why_the_losses_of_a_year_differ_from_those_of_the_model(real, other, end):
    years = pd.DataFrame({"real_loss": [0.0, real], "other_loss": [0.0, other]})
    years.index = pd.to_datetime(["2025-10-31", "2026-10-31"])
    told = words.beside_model(past(p=(100.0, -150.0)), years, "EUR")
    assert told.startswith("The EUR 1,000 of the year to 31 October 2026 are of all buyers, by the day of loss. By the")
    assert f"EUR {real:,.0f} are of buyers that were at risk a year before (chapter 04)" in told
    assert told.endswith(end)
    assert words.beside_model(past(p=(100.0, -150.0)), years.iloc[:0], "EUR") == ""
    assert words.beside_model(past(), years, "EUR") == ""


def test_the_net_of_past_years_is_published():
    found = past(p=(100.0, -150.0))
    assert words.net_in_all(found, "p", "EUR")["past_net_in_all"][:2] == (-50.0, "EUR")
    assert words.net_in_all(found, "q", "EUR")["past_net_in_all"][0] is None


def test_no_insurance_is_an_alternative_in_hindsight():
    told = {
        (
            -30.0,
            -20.0,
        ): "no insurance would have been cheapest; of the policies, q comes nearest, with EUR 40 less than it cost.",
        (-30.0, 20.0): "q would have been best: EUR 40 more than it cost.",
        (30.0, 20.0): "p would have been best.",
    }
    for (first, second), hindsight in told.items():
        found = past(p=(first, first), q=(second, second))
        assert f"In hindsight, by losses and cost alone, {hindsight}" in words.past_years(found, "p", "EUR")
    alone = words.past_years(past(p=(-30.0, -30.0)), "p", "EUR")
    assert "no insurance would have been cheapest. " in alone


def test_what_the_past_cannot_say():
    assert words.past_years(past(), "p", "EUR").startswith("Not testable with this book")
    assert words.of_best(past(), "p", "q", "EUR") == ""
    quiet = past(p=(0.0, 0.0))
    assert words.of_best(quiet._replace(totals=quiet.totals.assign(past_defaults=0)), "p", "q", "EUR") == ""
    none = past(p=(0.0, 0.0))
    none = none._replace(totals=none.totals.assign(past_defaults=0))
    assert "it records no default" in words.past_years(none, "p", "EUR")
    unpaid = past(p=(0.0, 0.0))
    unpaid = unpaid._replace(totals=unpaid.totals.assign(claims_received=0.0))
    assert words.past_years(unpaid, "p", "EUR").endswith("holds no claim paid by an insurer in these years.")


def beside_real(*rows: tuple[float, float, dict[str, float]]) -> pd.DataFrame:
    """Claims received and as if, with the parts of their difference."""
    table = pd.DataFrame([dict.fromkeys(PARTS, 0.0) | parts for _, _, parts in rows], columns=list(PARTS))
    amounts = pd.DataFrame(rows, columns=["claims_received", "past_indemnity", "parts"]).drop(columns="parts")
    return pd.concat([amounts, table], axis="columns")


def test_what_was_received_beside_as_if():
    more = (450.0, 300.0, {"by_first_loss": 100.0, "by_recovery": 50.0})
    less = (0.0, 90.0, {"by_nothing_received": -90.0})
    cents = (20.0, 20.02, {"by_other": -0.02})
    assert words.received(beside_real(more, less, cents), "p", "EUR") == (
        "The real insurer paid EUR 470, EUR 59.98 more than the EUR 410 that p would have paid as if. Received more: "
        "EUR 100 of 1 claim, which the first loss, refilled by recoveries, keeps as if; EUR 50 of 1 claim, the "
        "insurer's part of recoveries as if. Received less: EUR 90 of 1 claim, payable as if, of which nothing has "
        "come in. Together that is the difference of EUR 59.98. What was passed on to the insurer of recoveries is in "
        "no table of the book."
    )
    unmatched = words.received(beside_real((700.0, 0.0, {"by_no_default": 700.0})), "p", "EUR")
    assert "EUR 700 of 1 claim, without a recorded default that it could be matched to." in unmatched
    assert "passed on" not in unmatched
    assert words.received(beside_real((0.0, 90.0, {"by_waiting": -90.0})), "p", "EUR") == ""
    assert words.received(beside_real(cents), "p", "EUR") == (
        "The real insurer paid EUR 20, as much as the EUR 20.02 that p would have paid as if."
    )
    late = words.received(beside_real((20.0, 90.0, {"by_other": -70.0})), "p", "EUR")
    assert (
        "EUR 70 less than the EUR 90 that p would have paid as if. Received less: EUR 70 of 1 claim, by other" in late
    )


def test_every_part_has_its_words():
    assert set(words._BY) == set(words.BECAUSE) == set(PARTS)
