"""Sentences on the choice of a policy: which one is chosen, and its numbers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from accounts import found

from tradecredit.decide.policies.account import ITEMS, Account
from tradecredit.numerics.risk_measures import Sample
from tradecredit.params.policy import NO_COVER
from tradecredit.words import choice as words


@pytest.mark.parametrize(
    ("values", "current", "told"),
    [
        (
            {"p": (-500, 600, 0, 0), "q": (-400, 450, 0, 0)}, "p",
            "Renew p. That is worth EUR 50 a year more than q (standard error 10).",
        ),
        (
            {"p": (-500, 600, 0, 0), "q": (-400, 550, 0, 0)}, "p",
            "Change to q. That is worth EUR 50 a year more than p (standard error 10).",
        ),
        (
            {"p": (-500, 600, 0, 0), "q": (-400, 515, 0, 0)}, "p",
            "Change to q, or keep p. EUR 15 a year more than p is within simulation error (standard error 10).",
        ),
        (
            {"p": (-500, 300, 0, 0), "q": (-400, 150, 0, 0)}, "p",
            "End the policy. That is worth EUR 200 a year more than p (standard error 10).",
        ),
        (
            {"p": (-500, 485, 0, 0)}, "p",
            "End the policy, or keep p. EUR 15 a year more than p is within simulation error (standard error 10).",
        ),
        (
            {"p": (-500, 515, 0, 0)}, "p",
            "Renew p. EUR 15 a year more than no insurance is within simulation error (standard error 10).",
        ),
        (
            {"p": (-500, 300, 0, 0)}, NO_COVER,
            "Stay without insurance. That is worth EUR 200 a year more than p (standard error 10).",
        ),
        (
            {"p": (-500, 600, 0, 0)}, NO_COVER,
            "Take out p. That is worth EUR 100 a year more than no insurance (standard error 10).",
        ),
    ],
)  # fmt: skip
def test_what_to_do(values, current, told):
    assert words.advice(found(**values), current, "EUR") == told


def test_an_error_that_is_not_known_is_not_said_to_be_large():
    account = found(np.nan, p=(-500, 600, 0, 0), q=(-400, 550, 0, 0))
    unknown = "of unknown simulation error, for want of simulated years."
    assert words.advice(account, "p", "EUR") == f"Change to q, or keep p. EUR 50 a year more than p is {unknown}"
    assert words.best_offer(account, "p", "EUR") == f"Between p, the policy in force, and q the difference is {unknown}"


def test_the_decision_shows_its_price_and_the_best_by_each_measure_and_why_on_demand():
    account = found(p=(-500, 350, 300, 300))
    assert words.decisions(account, "p", "EUR", shown="S.", why="W.")["policy"] == (
        "Renew p. That is worth EUR 450 a year more than no insurance (standard error 10). S.\n\nW."
    )
    empty = Account(*(pd.DataFrame(columns=[*ITEMS, "cover_value"]) for _ in range(3)))
    assert words.decisions(empty, "p", "EUR") == {}
    assert words.bad_year(empty, YEARS, "p", "EUR") == ""


OVER = "over the whole interval of the level of default, 0.60 to 1.60 times today's odds"
SOUND = found(p=(-100, 400, 400, 0), q=(-100, 450, 400, 0))
"""q is worth 50 more than p, and above zero without any item."""


def valued(**policies: tuple[float, float, float]) -> pd.DataFrame:
    """Values of policies at half, once and twice today's odds."""
    table = pd.DataFrame(policies, index=pd.Index([0.5, 1.0, 2.0], name="odds")).reset_index()
    return table.melt("odds", var_name="policy", value_name="cover_value").set_index(["odds", "policy"])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"p": (10, 20, 30), "q": (20, 30, 40)}, f"The advice holds {OVER}."),
        # Between 1 and 2 they cross at 1.41: at 1.6 p is worth 26.8 and q 23.2.
        ({"p": (10, 20, 30), "q": (20, 30, 20)}, f"The advice does not hold {OVER}: p is worth most at 1.60 times."),
        # At 0.6 q is still below zero.
        (
            {"p": (-90, 1, 90), "q": (-80, 9, 80)},
            f"The advice does not hold {OVER}: no insurance is worth most at 0.60 times and p is worth most at "
            "1.60 times.",
        ),
    ],
)  # fmt: skip
def test_whether_the_advice_holds_over_the_level(values, told):
    assert words.holds_in_short(valued(**values), SOUND, "p", "EUR", (0.6, 1.6)) == told


def test_an_interval_that_is_not_known_or_was_not_looked_at():
    table = valued(p=(10, 20, 30), q=(20, 30, 40))
    assert "is not known" in words.holds_in_short(table, SOUND, "p", "EUR", (0.6, 3.0))
    for level in (None, (np.nan, np.nan)):
        assert words.holds_in_short(table, SOUND, "p", "EUR", level) == ""
    assert words.holds_in_short(table.iloc[:0], SOUND, "p", "EUR", (0.6, 1.6)) == ""


def test_the_items_that_the_advice_rests_on():
    """Of 450, without the 300 of losses 150 are left; without the 900 of sales 450 less than nothing."""
    account = found(p=(-500, 40, 10, 900))
    assert words.holds_in_short(valued(p=(1, 2, 3)), account, "p", "EUR") == (
        "It rests on the sales that only cover allows, without which no insurance would be worth EUR 450 more."
    )
    two = found(p=(-500, 300, 0, 300))
    assert words.holds_in_short(valued(p=(1, 2, 3)), two, "p", "EUR") == (
        "It rests on the losses that it pays, without which no insurance would be worth EUR 200 more, and on the sales "
        "that only cover allows, without which no insurance would be worth EUR 200 more."
    )
    # Of a policy that is ended nothing is rested on.
    ended = found(p=(-500, 300, 0, 100))
    assert words.holds_in_short(valued(p=(-1, -2, -3)), ended, "p", "EUR", (0.6, 1.6)) == f"The advice holds {OVER}."


LOSSES = np.arange(1.0, 1_001.0)
YEARS = SimpleNamespace(
    losses=pd.DataFrame({"gross": LOSSES, "retained:p": LOSSES / 2, "retained:q": LOSSES - 95.5}),
    sample=Sample.equally_likely(1_000),
)
"""Years that lose 1 to 1,000: the worst ten lose 995.5 on average, of which p leaves half and q all but 95.5."""


@pytest.mark.parametrize(
    ("values", "current", "told"),
    [
        (
            {"p": (-500, 600, 0, 0), "q": (-400, 550, 0, 0)}, "p",
            "Beside p, q costs EUR 100 a year less, and leaves us EUR 900 of losses in the worst 1 % of years on "
            "average, on today's balances (expected shortfall, 99 %): EUR 402 more (standard error ",
        ),
        (
            {"q": (-400, 350, 0, 0), "p": (-500, 600, 0, 0)}, "q",
            "Beside q, p costs EUR 100 a year more, and leaves us EUR 498 of losses in the worst 1 % of years on "
            "average, on today's balances (expected shortfall, 99 %): EUR 402 less (standard error ",
        ),
        ({"p": (-500, 600, 0, 0), "q": (-400, 450, 0, 0)}, "p", "Beside no insurance, p costs EUR 500 a year more"),
        ({"p": (-500, 300, 0, 0), "q": (-400, 50, 0, 0)}, "p", "Beside p, no insurance costs EUR 500 a year less"),
        ({"p": (-500, 600, 0, 0)}, NO_COVER, "Beside no insurance, p costs EUR 500 a year more"),
        ({"p": (-500, 300, 0, 0)}, NO_COVER, "Beside p, no insurance costs EUR 500 a year less"),
        ({"p": (-500, 600, 0, 0), "q": (-500, 650, 0, 0)}, "p", "Beside p, q costs as much, and leaves us EUR 900 of"),
    ],
)  # fmt: skip
def test_what_a_bad_year_leaves(values, current, told):
    assert words.bad_year(found(**values), YEARS, current, "EUR").startswith(told)


def test_the_price_of_the_advice_in_a_bad_year():
    """The worst ten of the years lose 995.5 on average: p leaves 497.75 of them, q 900."""
    dearer, cheaper = found(p=(-500, 600, 0, 0), q=(-400, 550, 0, 0)), found(q=(-400, 350, 0, 0), p=(-500, 600, 0, 0))
    told = "In the worst 1 % of years it leaves us EUR 402 less of the losses than q (standard error "
    assert words.price(cheaper, YEARS, "q", "EUR").startswith(told)
    told = "Its price: in the worst 1 % of years it leaves us EUR 402 more of the losses than p (standard error "
    assert words.price(dearer, YEARS, "p", "EUR").startswith(told)


def test_the_best_by_each_measure():
    """p is worth 150 in all and −550 without sales, q 100 and −100; by the share paid p is worth −20 and q 30."""
    account = found(p=(-600, 40, 10, 700), q=(-200, 60, 40, 200))
    shares = pd.DataFrame({"value_by_paid_share": {"p": -20.0, "q": 30.0}})
    assert words.winners(account, shares, "EUR").replace("\u00a0", " ") == (
        "Worth most in all: p (EUR 150); by losses and capital alone: no insurance (the best offer: q, EUR −100); with "
        "sales counted by the share of claims paid: q (EUR 30)."
    )
    account.without["account_sales"] = [-550.0, 1.0]
    account.items["cover_value"] = [1.0, 2.0]
    assert words.winners(account, shares, "EUR") == (
        "Worth most in all, by losses and capital alone and with sales counted by the share of claims paid: q."
    )
    account.items["account_sales"] = np.nan
    assert words.winners(account, shares, "EUR") == ""


def test_a_bad_year_within_the_error():
    """Of 100 years one is the worst: nothing is known of its error."""
    few = SimpleNamespace(losses=YEARS.losses.iloc[::10], sample=Sample.equally_likely(100))
    told = words.bad_year(found(p=(-500, 600, 0, 0), q=(-400, 550, 0, 0)), few, "p", "EUR")
    assert told.endswith("a difference of unknown simulation error, for want of simulated years.")
    alike = SimpleNamespace(losses=YEARS.losses.assign(**{"retained:q": LOSSES / 2}), sample=YEARS.sample)
    told = words.bad_year(found(p=(-500, 600, 0, 0), q=(-400, 550, 0, 0)), alike, "p", "EUR")
    assert told.endswith("(expected shortfall, 99 %): as much.")


BETTER = pd.DataFrame(
    {"cheaper": [300.0], "cheaper_se": [0.0], "leaves_less": [1_234.0], "leaves_less_se": [124.0]}, index=["q"]
)
"""q costs 300 less than p and leaves 1,234 less (`quotes.dominating`)."""


def test_an_advised_policy_that_another_dominates(monkeypatch):
    def told(account, better=BETTER):
        monkeypatch.setattr(words, "dominating", lambda *_: better)
        return words.dominated(pd.DataFrame(), YEARS, account, "p", "EUR")

    for_sales = found(p=(-500, 50, 30, 900), q=(-200, 10, 30, 0))
    assert told(for_sales) == (
        "On today's balances alone p is dominated by q, which costs EUR 300 a year less and leaves EUR 1,230 less in "
        "the worst years (expected shortfall, 99.9 %; standard error 120). p is advised nevertheless for the sales "
        "that only cover allows: EUR 900, and EUR 0 with q."
    )
    assert told(for_sales, BETTER.head(0)) == ""
    alike = found(p=(-500, 550, 300, 10), q=(-200, 10, 30, 10))
    assert told(alike).endswith("It is advised nevertheless for the account as a whole.")
    assert told(found(p=(-500, 50, 30, 0), q=(-200, 10, 30, 0))) == ""  # the policy is ended


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (10.0, "Of 2 offers q is worth most, EUR 50 more than p (standard error 10)."),
        (30.0, "Of 2 offers q and p are worth most; the difference between them is within simulation error."),
    ],
)
def test_the_best_of_offers_without_a_policy_in_force(error, told):
    assert words.best_offer(found(error, p=(-500, 600, 0, 0), q=(-400, 550, 0, 0)), NO_COVER, "EUR") == told


def test_equal_offers_are_said_to_be():
    equal = {"p": (-500, 600, 0, 0), "q": (-500, 600, 0, 0)}
    taken, kept = found(0.0, **equal), found(0.0, **equal)
    assert words.advice(kept, "p", "EUR") == "Renew p. That is worth as much as q."
    assert words.best_offer(taken, NO_COVER, "EUR") == (
        "Of 2 offers p and q are worth most; the difference between them is zero."
    )
    assert words.best_offer(kept, "p", "EUR") == "Between p, the policy in force, and q the difference is zero."


def test_offers_of_one_value_are_not_told_apart():
    alike = found(10.0, p=(-500, 600, 0, 0), q=(-400, 500, 0, 0))
    alike.items.loc["p", "cover_value_on_best_se"] = np.nan  # beside itself, the first of the highest
    assert words.best_offer(alike, NO_COVER, "EUR") == (
        "Of 2 offers p and q are worth most; the difference between them is within simulation error."
    )


def test_the_value_at_the_ends_of_the_level_is_published():
    table = odds(100.0, 200.0, 400.0)
    figures = words.value_by_level(table, "p", (0.5, np.sqrt(2)), "EUR")
    # Half way, by the logarithm, between 200 and 400.
    assert [figures[name][0] for name in ("cover_value_low", "cover_value_high")] == pytest.approx([100, 300])
    assert {unit for _, unit, _ in figures.values()} == {"EUR"}
    for args in ((table, "q", (0.5, 1.0)), (table, "p", None), (table.iloc[:0], "p", (0.5, 1.0))):
        assert all(value is None for value, *_ in words.value_by_level(*args, "EUR").values())


def odds(*values: float, saving: tuple[float, ...] = (-3.0, -2.0, -1.0)) -> pd.DataFrame:
    table = pd.DataFrame({"odds": [0.5, 1.0, 2.0], "policy": "p", "cover_value": values, "saving_at_odds": saving})
    return table.assign(cover_value_se=10.0).set_index(["odds", "policy"])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((100, 200, 300), "p is worth its cost at all default odds from 0.50 to 2.00 times today's."),
        ((-100, -200, -300), "p is not worth its cost at all default odds from 0.50 to 2.00 times today's."),
        (
            (-100, -50, 50),
            "p is worth its cost above 1.41 (standard error 0.0980) times today's default odds, and not below.",
        ),
        (
            (100, 50, -50),
            "p is worth its cost below 1.41 (standard error 0.0980) times today's default odds, and not above.",
        ),
        (
            (-50, 50, -50),
            "p is worth its cost between 0.71 (standard error 0.0490) and 1.41 (standard error 0.0980) times today's "
            "default odds, and not elsewhere.",
        ),
        (
            (50, -50, 50),
            "p is worth its cost below 0.71 (standard error 0.0490) and above 1.41 (standard error 0.0980) times "
            "today's default odds, and not elsewhere.",
        ),
    ],
)  # fmt: skip
def test_for_which_odds_a_policy_is_worth_its_cost(values, told):
    assert words.holds(odds(*values), "p") == f"Beside no insurance, {told}"


def test_whether_it_turns_within_the_interval_of_the_level():
    turning = odds(-100, -50, 50)
    ends = {
        (0.6, 1.2): "; within the interval of the level, 0.60 to 1.20 times, this does not turn.",
        (0.6, 1.6): "; within the interval of the level, 0.60 to 1.60 times, this turns.",
        (0.6, 2.5): "; the interval of the level, 0.60 to 2.50 times, reaches beyond what was looked at.",
    }
    for level, end in ends.items():
        assert words.holds(turning, "p", level).endswith(end)
    assert words.holds(turning, "q") == ""
    assert words.holds(turning.iloc[:0], "p") == ""


def two(*on_current: float, current: str = "p") -> pd.DataFrame:
    """Odds of p and q, one of them in force, by what the other is worth beside it."""
    other = "q" if current == "p" else "p"
    columns = {"cover_value": 500.0, "cover_value_on_current": 0.0, "cover_value_on_current_se": np.nan}
    of = pd.DataFrame({"odds": [0.5, 1.0, 2.0], "policy": current, **columns})
    more = np.array(on_current, dtype=float)
    also = of.assign(policy=other, cover_value=500 + more, cover_value_on_current=more, cover_value_on_current_se=10.0)
    return pd.concat([of, also]).set_index(["odds", "policy"]).sort_index()


CHANGED = found(p=(-500, 600, 0, 0), q=(-400, 550, 0, 0))
"""q is worth 50 more than p."""


@pytest.mark.parametrize(
    ("on_current", "told"),
    [
        ((30, 30, -10), "q is worth more below 1.68 (standard error 0.29) times today's default odds, and less above."),
        ((-30, 10, 30), "q is worth more above 0.84 (standard error 0.15) times today's default odds, and less below."),
        ((30, 20, 10), "q is worth more at all default odds from 0.50 to 2.00 times today's."),
        ((-30, -20, -10), "q is worth less at all default odds from 0.50 to 2.00 times today's."),
    ],
)
def test_for_which_odds_the_best_beats_the_policy_in_force(on_current, told):
    assert words.beside(two(*on_current), CHANGED, "p") == f"Beside p, the policy in force, {told}"


def test_beside_the_policy_in_force_within_the_interval():
    assert words.beside(two(30, 30, -10), CHANGED, "p", (0.6, 1.6)).endswith("0.60 to 1.60 times, this does not turn.")
    assert words.beside(two(30, 30, -10), CHANGED, "p", (0.6, 1.8)).endswith("0.60 to 1.80 times, this turns.")


def test_the_policy_in_force_is_told_beside_the_next_best():
    told = words.beside(two(-30, -30, 10, current="q"), CHANGED, "q")
    assert (
        told == "Beside p, q is worth more below 1.68 (standard error 0.29) times today's default odds, and less above."
    )
    assert words.beside(two(30, 30, -10), CHANGED, NO_COVER) == ""
    assert words.beside(two(30, 30, -10), found(p=(-500, 600, 0, 0)), "p") == ""


def test_which_policy_is_worth_most_at_which_odds():
    assert (
        words.best_by_odds(two(30, 20, -10))
        == "Worth most is q at 0.50 and 1.00 times and p at 2.00 times today's odds."
    )
    assert words.best_by_odds(two(30, 20, 10)) == "At all of these multiples q is worth most."
    none = two(0, 0, 0).assign(cover_value=[-1.0, -2.0, -1.0, -2.0, 3.0, 2.0])
    assert (
        words.best_by_odds(none)
        == "Worth most is no insurance at 0.50 and 1.00 times and p at 2.00 times today's odds."
    )
    assert words.best_by_odds(none.iloc[:0]) == ""


def test_where_the_losses_alone_would_pay():
    assert words.holds_alone(odds(1, 2, 3, saving=(-10.0, -5.0, 5.0)), "p").endswith("from 1.41 times today's odds.")
    falling = odds(1, 2, 3, saving=(10.0, 5.0, -5.0))
    assert words.holds_alone(falling, "p").endswith("up to 1.41 times today's odds.")
    assert words.holds_alone(odds(1, 2, 3), "p").endswith("p would not be worth its cost at any of these multiples.")
    assert words.holds_alone(odds(1, 2, 3, saving=(1.0, 2.0, 3.0)), "p").endswith(
        "p would be worth its cost at all of these multiples."
    )
