"""Sentences on offers for early payment."""

import pandas as pd

from tradecredit.decide.collect.early_offers import HELD, LISTED, REASONS, Offers
from tradecredit.params.collect import CollectionSettings
from tradecredit.words import early_offers as words

OUT = pd.DataFrame(
    {"buyers": [2, 1], "early_amount": [3_000.0, 400.0], "early_value": [9.0, 1.0]},
    index=pd.Index([HELD, LISTED], name="left_out_for"),
)  # fmt: skip
MADE = pd.DataFrame(
    {"early_amount": [1_000.0], "early_gain": [15.5], "early_cost": [10.0], "early_value": [5.5]}, index=["A"]
)
DECISION = pd.DataFrame({"authority": ["credit analyst"], "due_day": [pd.Timestamp("2026-11-02")]})


def test_offers_state_their_worth_beside_their_cost_and_who_decides():
    assert words.offered(Offers(MADE, OUT), DECISION, CollectionSettings(), "EUR") == (
        "1 % off for payment within 10 days is worth offering to 1 buyer, on EUR 1,000 not due yet: if all take it, "
        "paying early is worth EUR 15.50, the discount costs EUR 10, and EUR 5.50 is left. The credit analyst decides "
        "by 2 November 2026; the days of the offer run from the as-of day. None is made, though it would be worth its "
        "cost, to 2 buyers to whom deliveries are held back (EUR 3,000) and 1 buyer on the watchlist (EUR 400); nor to "
        "any buyer in default."
    )


def test_nothing_to_offer():
    told = words.offered(Offers(MADE.head(0), OUT.head(0)), DECISION.head(0), CollectionSettings(), "EUR")
    assert told == "1 % off for payment within 10 days is offered to no buyer."


def test_each_reason_has_words():
    assert list(words.NO_OFFER) == list(REASONS)
    assert words.with_reasons(OUT).index.tolist() == ["to whom deliveries are held back", "on the watchlist"]
