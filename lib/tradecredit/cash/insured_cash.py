"""When insurance moves cash: claims after waiting and payment days, the insurer's recoveries, premium instalments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.cash.scenario_kernels import chances, moved_by_week
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import programme_costs
from tradecredit.losses.simulator import Defaults, Simulator

FEW_DEFAULTS, FEW_RECOVERIES = 10, 5
"""Below so many of the book's own, the run's numbers hold."""
KIND = (False, True)
"""Whether a default is protracted."""
KINDS = 14
"""Stream of the random numbers that say which defaults are protracted."""


class Insured(NamedTuple):
    """What a policy moves by week, scenarios × weeks: `claims` received, the insurer's part of recoveries `passed_on`;
    `indemnity` of each scenario, what it pays for the year's losses in the end, recoveries shared, whenever it pays;
    and `premium` with fees and tax (weeks)."""

    claims: np.ndarray
    passed_on: np.ndarray
    indemnity: np.ndarray
    premium: np.ndarray


@once
def protracted_share(book: Book) -> float:
    """Return the part of defaults that are protracted: of the book's, or the run's where it records too few."""
    if len(book.defaults) < FEW_DEFAULTS:
        return book.run.cash.protracted_share
    return float(one_of(book.defaults["kind"], ["protracted"]).mean())


@once
def recovery_days(book: Book) -> float:
    """Return the median days from a default to its recoveries: of the book's, or the run's where it has too few."""
    events = book.defaults[["buyer_id", "date"]].sort_values("date", kind="stable")
    if len(book.recoveries) < FEW_RECOVERIES or events.empty:
        return float(book.run.cash.recovery_days)
    found = pd.merge_asof(book.recoveries, events, left_on="received", right_on="date", by="buyer_id")
    days = (found["received"] - found["date"]).dt.days.dropna()
    return float(book.run.cash.recovery_days) if len(days) < FEW_RECOVERIES else float(days.median())


def claim_day(policy: Policy, day: np.ndarray, protracted: np.ndarray, protracted_days: int) -> np.ndarray:
    """Return the day on which the claim of each default is paid (definitions §5.8); never, where nothing falls due.

    `day`: of the default. Of a protracted one the waiting period began `protracted_days` before, when the oldest
    invoice fell due; its loss is not dated before the default.
    """
    at_once = policy.payment_day(day)
    waited = policy.payment_day(day - protracted_days, protracted=True)
    return np.where(protracted, np.maximum(waited, at_once), at_once)


def protracted(book: Book, simulator: Simulator, defaults: Defaults, first: int) -> np.ndarray:
    """Return whether each default of a block, whose first scenario has this number, is protracted."""
    key = np.random.SeedSequence([simulator.seed, KINDS]).generate_state(1, np.uint64)[0]
    return chances(key, defaults.scenario + first, defaults.buyer) < protracted_share(book)


def fill_insured(
    book: Book, simulator: Simulator, defaults: Defaults, late: np.ndarray, into: Sequence[tuple[np.ndarray, ...]]
) -> None:
    """Add the claims and the insurer's recoveries of a block's scenarios under each policy of a simulator to `into`.

    `late`: which defaults are protracted; `into`: by policy claims, what is passed on (scenarios × weeks), and
    indemnity. Claims
    are those of the loss engine; what the insurer gets of a recovery later is paid out before with the claim, so that
    both differ by the indemnity; what is recovered before the claim is paid is taken off it.
    """
    back = recovery_days(book)
    # There are fewer days of a year than defaults.
    days = np.arange(defaults.day.max(initial=0) + 1)
    for number, (policy, room) in enumerate(zip(simulator.policies, into, strict=True)):
        by_day = [claim_day(policy, days, np.full(len(days), kind), book.run.cash.protracted_days) for kind in KIND]
        events = defaults.scenario, defaults.day, late
        moved_by_week(simulator.paid(defaults, number), events, np.stack(by_day), back, room)


def of_programmes(
    policies: Sequence[Policy], alone: Sequence[tuple[np.ndarray, ...]], premiums: dict[str, np.ndarray]
) -> dict[str, Insured]:
    """Return what each policy moves, a top-up with its primary, from what each moves `alone`, and the premiums."""
    by_name = {policy.name: moved for policy, moved in zip(policies, alone, strict=True)}
    found = {}
    for policy in policies:
        parts = [by_name[name] for name in policy.programme]
        claims, passed, indemnity = (
            parts[0] if len(parts) == 1 else (np.sum(each, axis=0) for each in zip(*parts, strict=True))
        )
        found[policy.name] = Insured(claims, passed, indemnity, premiums[policy.name])
    return found


def recovered_by_week(book: Book, defaults: Defaults, size: tuple[int, int]) -> np.ndarray:
    """Return what defaults bring in by week (scenarios × weeks, which is the `size`)."""
    return by_week(defaults.recovery, defaults.day + recovery_days(book), defaults.scenario, size)


def by_week(amount: np.ndarray, day: np.ndarray, scenario: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return sums of amounts by scenario and week of their days (1 to 7: the first); later ones are left out."""
    count, weeks = size
    inside = (amount != 0) & (day <= 7 * weeks)
    week = (day[inside].astype(np.int64) - 1) // 7
    return np.bincount(scenario[inside] * weeks + week, amount[inside], count * weeks).reshape(count, weeks)


def instalments(book: Book, policies: Sequence[Policy], portfolio: pd.DataFrame, weeks: int) -> dict[str, np.ndarray]:
    """Return by policy what its programme costs in each coming week: premium, fees and tax, in the run's instalments.

    They fall due at equal intervals from the start of the policy year: the day after it ends, or without a stated end
    the day after the as-of date. A bonus or malus is settled after the year, and is not in it.
    """
    costs = programme_costs(policies, portfolio, named_limits(book))["cost"]
    parts = book.run.cash.premium_instalments
    found = {}
    for policy in policies:
        start = book.as_of if policy.ends is None else pd.Timestamp(policy.ends)
        days = [start + pd.DateOffset(months=round(12 / parts * step)) for step in range(-24 * parts, 24 * parts)]
        due = np.array([(day - book.as_of).days + 1 for day in days])
        due = due[(due >= 1) & (due <= 7 * weeks)]
        found[policy.name] = np.bincount((due - 1) // 7, minlength=weeks) * (costs[policy.name] / parts)
    return found


__all__ = [
    "Insured", "by_week", "claim_day", "fill_insured", "instalments", "of_programmes", "protracted", "protracted_share",
    "recovered_by_week", "recovery_days",
]  # fmt: skip
