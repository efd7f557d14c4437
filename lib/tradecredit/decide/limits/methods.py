"""The methods that give a credit limit (definitions §4): each an amount for every buyer, by itself."""

import numpy as np
import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.numerics.vasicek import default_rate
from tradecredit.params.limits import LimitSettings

BASES = {"net_worth": "net_worth_share", "working_capital": "working_capital_share", "revenue": "revenue_share"}
"""Base of the capacity: the run's setting that holds its share by grade."""


def needed(purchases: pd.DataFrame, *, tolerated_delay_days: int) -> pd.Series:
    """Return the limit that each buyer's purchases take: monthly purchases × (payment days + tolerated delay) / 30.

    `purchases`: `monthly_purchases` and `payment_days`, as `balances` has them, over the last 12 months. 0 without
    purchases, missing where they are not known. Source: definitions §4.1 (15 days' terms, 30 days' delay: 1.5 months).
    """
    days = purchases["payment_days"] + tolerated_delay_days
    need = (purchases["monthly_purchases"] * days / 30).fillna(0.0)
    return need.where(purchases["monthly_purchases"].notna()).rename("need")


def carried(accounts: pd.DataFrame, grades: pd.Series, settings: LimitSettings) -> pd.DataFrame:
    """Return share(grade) × base for each of the `BASES`, the columns of `accounts`, on their index.

    0 where the base is negative; for a negative net worth the run's `negative_equity_limit`. Missing where the base or
    the grade is not known. The capacity is the `smallest` of them. Source: definitions §4.2.
    """
    place = grades.reindex(accounts.index).astype("float64") - 1
    amounts = pd.DataFrame(
        {
            base: by_grade(getattr(settings, setting), place) * accounts[base].clip(lower=0.0)
            for base, setting in BASES.items()
        }
    )
    negative = (accounts["net_worth"] < 0) & place.notna()
    return amounts.assign(net_worth=amounts["net_worth"].mask(negative, settings.negative_equity_limit))


def by_grade(values: list[float], place: pd.Series) -> pd.Series:
    """Return the value of each grade's place, which counts from 0; missing stays missing."""
    found = np.array(values, dtype="float64")[place.fillna(0).astype(int)]
    return pd.Series(found, index=place.index).where(place.notna())


def loss_budget(probability: pd.Series, *, lgd: float, budget: float) -> pd.Series:
    """Return the amount whose expected loss is the budget: budget / (PD × LGD); missing for a missing PD, or no loss.

    Source: definitions §4.3.

    >>> loss_budget(pd.Series([0.02]), lgd=0.5, budget=1000.0).tolist()
    [100000.0]
    """
    loss = probability * lgd
    return (budget / loss.where(loss > 0)).rename("expected_loss_budget")


def net_value_added(
    limit: pd.Series, probability: pd.Series, capital_cost: pd.Series, *, margin: float, lgd: float = 1.0
) -> pd.DataFrame:
    """Return what limits add to the company's value in a year: margin − expected loss − cost of capital.

    `limit` and `capital_cost` (cost of capital × capital behind the limit): amounts; `margin`: a fraction of the limit.
    Columns: `margin` = margin × L, `expected_loss` = PD × LGD × L, `capital_cost`, `net_value_added`, and `granted`,
    whether that is above 0. Missing stays missing, and is not granted. Source: definitions §4.4.

    >>> row = net_value_added(pd.Series([15e6]), pd.Series([0.00429]), pd.Series([2.25e6]), margin=0.18).loc[0]
    >>> round(row["expected_loss"]), round(row["margin"]), bool(row["granted"])
    (64350, 2700000, True)
    """
    table = pd.DataFrame(
        {"margin": margin * limit, "expected_loss": probability * lgd * limit, "capital_cost": capital_cost}
    )
    added = table["margin"] - table["expected_loss"] - table["capital_cost"]
    return table.assign(net_value_added=added, granted=added > 0)


def capital_ratio(probability: pd.Series, correlation: pd.Series, *, lgd: float, level: float = 0.999) -> pd.Series:
    """Return the capital behind a limit as a part of it: LGD × (PD in a bad year − PD).

    PD in a bad year: `vasicek.default_rate` by the asset correlation. Missing for a missing PD.
    Source: Basel Committee on Banking Supervision, International Convergence of Capital Measurement and Capital
    Standards (June 2006), §272, for a maturity of one year, at which the maturity adjustment is 1.

    >>> round(float(capital_ratio(pd.Series([0.01]), pd.Series([0.1928]), lgd=0.45).iloc[0]), 4)
    0.0586
    """
    bad_year = pd.Series(default_rate(probability, correlation, level), index=probability.index)
    return (lgd * (bad_year - probability)).clip(lower=0.0)


def own_exposure(exposure: pd.Series, insurer_limit: pd.Series, *, insured_percentage: pd.Series | float) -> pd.Series:
    """Return the part of an exposure that we bear: (1 − insured %) × the part in the insurer's limit + all above it.

    Missing insurer's limit: none. Before any deductible or first loss. Source: definitions §4.6.

    >>> own_exposure(pd.Series([100.0]), pd.Series([60.0]), insured_percentage=0.9).tolist()
    [46.0]
    """
    return exposure - insured_percentage * np.minimum(exposure, insurer_limit.fillna(0.0))


def excess(amount: pd.Series, bound: pd.Series) -> pd.Series:
    """Return by how much an amount is above a bound, 0 where it is not; less than half a cent is none. Missing stays.

    >>> excess(pd.Series([100.004, 100.006, 90.0]), pd.Series([100.0, 100.0, 100.0])).round(3).tolist()
    [0.0, 0.006, 0.0]
    """
    above = amount - bound
    return above.mask(above < CENT, 0.0)


def with_cover(amount: pd.Series, insurer_limit: pd.Series, *, insured_percentage: pd.Series | float) -> pd.Series:
    """Return the largest limit whose `own_exposure` is at most `amount`, what we would risk without cover.

    The smaller of amount / (1 − insured %) and amount + insured % × insurer's limit: never amount + insurer's limit,
    unless all is insured. Missing stays missing.

    >>> with_cover(pd.Series([10.0, 10.0]), pd.Series([60.0, 500.0]), insured_percentage=0.9).round(9).tolist()
    [64.0, 100.0]
    """
    share = pd.Series(insured_percentage, index=amount.index)
    # Where all is insured the division gives no bound, and nothing bounds what is infinite but is not insured at all.
    whole = (amount / (1 - share).where(share < 1)).fillna(np.inf).where(amount.notna())
    return np.minimum(whole, amount + (share * insurer_limit.fillna(0.0)).where(share > 0, 0.0))


def smallest(amounts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the name and the value of each row's smallest amount, the first of equal ones; missing do not apply."""
    values = amounts.to_numpy(dtype="float64")
    place = np.where(np.isnan(values), np.inf, values).argmin(axis=1)
    value = values[np.arange(len(values)), place]
    # Where all is missing the first is taken, and is missing itself. Infinite amounts are none of a method's.
    names = pd.Series(pd.array(list(amounts), dtype="str").take(place), index=amounts.index)
    return names.where(~np.isnan(value)), pd.Series(value, index=amounts.index)


def rounded_down(amounts: pd.Series, digits: int) -> pd.Series:
    """Return amounts rounded down to so many significant digits, and to whole units; missing stays missing.

    >>> rounded_down(pd.Series([187_400.0, 0.0, 99.9]), 2).tolist()
    [180000.0, 0.0, 99.0]
    """
    step = _step(amounts, digits)
    rounded = np.floor(amounts / step) * step
    # The division may round up to a whole number of steps that is just out of reach.
    return rounded.where(~(rounded > amounts), rounded - step).where(amounts > 0, amounts)


def rounded_up(amounts: pd.Series, digits: int) -> pd.Series:
    """Return amounts rounded up to so many significant digits, and to whole units; missing stays missing.

    >>> rounded_up(pd.Series([187_400.0, 0.0, 99.9]), 2).tolist()
    [190000.0, 0.0, 100.0]
    """
    step = _step(amounts, digits)
    return (np.ceil(amounts / step) * step).where(amounts > 0, amounts)


def _step(amounts: pd.Series, digits: int) -> pd.Series:
    size = np.floor(np.log10(amounts.where(amounts > 0)))
    return (10.0 ** (size - digits + 1)).clip(lower=1.0)
