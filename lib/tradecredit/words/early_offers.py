"""Sentences on offers for early payment: to whom, what they are worth and cost, who decides, and who gets none."""

import pandas as pd

from tradecredit.decide.collect.early_offers import HELD, INSURER, LISTED, LOST, OVERDUE, Offers
from tradecredit.language import tr
from tradecredit.params.collect import CollectionSettings
from tradecredit.words.formats import counted, day, days, listed, money, percent

NO_OFFER = {
    LOST: "with a claim, default, enforcement or plan",
    HELD: "to whom deliveries are held back",
    LISTED: "on the watchlist",
    INSURER: "with a report, a stop of supplies or a claim due under the policy",
    OVERDUE: "from whom overdue money is being collected",
}
"""Why a buyer gets no offer for early payment, after the buyers' number."""


def offered(found: Offers, decision: pd.DataFrame, settings: CollectionSettings, currency: str) -> str:
    """Return to whom early payment is offered, what that is worth and costs, who decides, and who is left out.

    `found`: `early_offers.early_offers`; `decision`: `early_offers.decision`.
    """
    made, offer = (
        found.made,
        tr(
            "{early_rate} off for payment within {early_days}",
            early_rate=percent(settings.early_rate),
            early_days=days(settings.early_days),
        ),
    )
    sums = {name: money(made[name].sum(), currency) for name in made}
    if made.empty:
        told = tr("{upper}{offer} is offered to no buyer.", upper=offer[0].upper(), offer=offer[1:])
    else:
        asked = decision.iloc[0]
        told = tr(
            "{upper}{offer} is worth offering to {buyers}, on {early_amount} not due yet: if all take it, "
            "paying early is worth {early_gain}, the discount costs {early_cost}, and {early_value} is "
            "left. The {authority} decides by {due_day}; the days of the offer run from the as-of day.",
            upper=offer[0].upper(),
            offer=offer[1:],
            buyers=counted(len(made), "buyer"),
            early_amount=sums["early_amount"],
            early_gain=sums["early_gain"],
            early_cost=sums["early_cost"],
            early_value=sums["early_value"],
            authority=asked["authority"],
            due_day=day(asked["due_day"]),
        )
    parts = [
        f"{counted(int(row['buyers']), 'buyer')} {tr(NO_OFFER[reason])} ({money(row['early_amount'], currency)})"
        for reason, row in found.left_out.iterrows()
    ]
    if parts:
        told += tr(
            " None is made, though it would be worth its cost, to {parts}; nor to any buyer in default.",
            parts=listed(parts),
        )
    return told


def with_reasons(left_out: pd.DataFrame) -> pd.DataFrame:
    """Return who gets no offer (`early_offers.Offers.left_out`), with the reasons in words."""
    return left_out.set_axis(pd.Index(left_out.index.map(NO_OFFER), name="left_out_for"))
