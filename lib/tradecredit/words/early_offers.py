"""Sentences on offers for early payment: to whom, what they are worth and cost, who decides, and who gets none."""

import pandas as pd

from tradecredit.decide.collect.early_offers import HELD, INSURER, LISTED, LOST, OVERDUE, Offers
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
    made, offer = found.made, f"{percent(settings.early_rate)} off for payment within {days(settings.early_days)}"
    sums = {name: money(made[name].sum(), currency) for name in made}
    if made.empty:
        told = f"{offer[0].upper()}{offer[1:]} is offered to no buyer."
    else:
        asked = decision.iloc[0]
        told = (
            f"{offer[0].upper()}{offer[1:]} is worth offering to {counted(len(made), 'buyer')}, on "
            f"{sums['early_amount']} not due yet: if all take it, paying early is worth {sums['early_gain']}, the "
            f"discount costs {sums['early_cost']}, and {sums['early_value']} is left. The {asked['authority']} decides "
            f"by {day(asked['due_day'])}; the days of the offer run from the as-of day."
        )
    parts = [
        f"{counted(int(row['buyers']), 'buyer')} {NO_OFFER[reason]} ({money(row['early_amount'], currency)})"
        for reason, row in found.left_out.iterrows()
    ]
    if parts:
        told += f" None is made, though it would be worth its cost, to {listed(parts)}; nor to any buyer in default."
    return told


def with_reasons(left_out: pd.DataFrame) -> pd.DataFrame:
    """Return who gets no offer (`early_offers.Offers.left_out`), with the reasons in words."""
    return left_out.set_axis(pd.Index(left_out.index.map(NO_OFFER), name="left_out_for"))
