"""The limits that earn most under a cap on what may be lost: a linear programme over simulated years.

Limits of buyers, each between `least` and `most`, are cut at what the policy covers into x, up to `covered_limit`, and
y, above it. With u what a unit owed loses in a year, q the policy's part of it, p the probability of the year and C the
cap, sums being over buyers or years:

    maximise    Σ (margin − premium) · (x + y) − loss · ((1 − q) · x + y)
    subject to  a + Σ p · z / (1 − level) ≤ C,    z ≥ other losses + Σ u · ((1 − q) · x + y) − a,    z ≥ 0

and to further caps on sums of limits. On the left of the first ≤ is, at its smallest over a and z, the expected
shortfall of the year's retained loss; a is then its value at risk (Rockafellar and Uryasev 2000, Optimization
of conditional value-at-risk, Journal of Risk 2(3), eq. 4, on a sample). That x comes before y need not be required: it
earns as much and loses no more.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, diags_array, hstack, vstack

from tradecredit.decide.limits.methods import own_exposure
from tradecredit.decide.optimum.solver import Found, Programme, solved
from tradecredit.errors import InputError, Problem, missing_columns, values_not
from tradecredit.numerics.risk_measures import Sample, expected_shortfall

AMOUNTS = ("least", "most", "covered_limit")
RATES = ("margin", "premium", "loss", "covered_share")
"""Columns of the buyers that limits are sought for; see `solution`."""

RESULTS = ("expected_margin", "retained_expected_loss", "premium", "net_earnings")
"""Columns of `results`."""

ROUNDING = 1e-9
"""A limit within this part of a bound is at it; a shortfall above its cap by no more keeps it."""


class Years(NamedTuple):
    """Simulated years: `unit_losses` (years × buyers, see `LossDistribution.unit_losses`), and how they were drawn.

    `other_losses`: the retained loss in each year of the limits that are not sought.
    """

    unit_losses: csr_array
    other_losses: np.ndarray
    sample: Sample


class Solution(NamedTuple):
    """The limits of the programme, and its prices.

    `limit`: index buyer_id. `marginal_value`: what one unit more of each buyer's limit would add to the year's result,
    less the price of the risk and the caps that it uses: above 0 where `most` alone keeps the limit down, below 0 where
    more does not pay, 0 where the limit lies between bounds. `price_of_risk`: what one unit more of shortfall would
    add. `caps`: a row for each cap on a sum of limits: `column`, `of` (the value in it), `cap`, `limit` (the sum) and
    `marginal_value`, what one unit more of the cap would add.
    """

    limit: pd.Series
    marginal_value: pd.Series
    price_of_risk: float
    caps: pd.DataFrame


def solution(
    buyers: pd.DataFrame,
    years: Years,
    *,
    level: float,
    shortfall_cap: float,
    caps: Mapping[str, pd.Series] | None = None,
) -> Solution:
    """Return the limits that maximise a year's margin − loss − premium under a cap on the shortfall of the loss.

    `buyers`: index buyer_id, in the order of the columns of `years`. `least`, `most`: bounds of the limit, in currency;
    `margin`, `premium`: what a unit of limit earns and costs in a year; `loss`, what it loses on average before
    insurance; `covered_share`: the part of a loss that the policy bears, up to the limit `covered_limit`. Other terms
    of a policy (deductible, first loss, maximum) are not linear, and are not looked at. `level`, `shortfall_cap`: of
    the expected shortfall of the retained loss. `caps`: column of `buyers`: by its values the largest sum of limits
    (not there: none).

    Raises `InputError` for impossible numbers, for a `most` that is not finite, without which the programme has no
    bound, and for bounds that exclude each other, by name: `least` above `most`, or in sum above a cap, or with a
    shortfall above its cap.
    """
    return solutions(buyers, years, level=level, shortfall_caps=[shortfall_cap], caps=caps)[0]


def solutions(
    buyers: pd.DataFrame,
    years: Years,
    *,
    level: float,
    shortfall_caps: Sequence[float],
    caps: Mapping[str, pd.Series] | None = None,
) -> list[Solution]:
    """Return the `solution` under each of some caps on the shortfall, in their order.

    Each is sought from the one before it whose cap is nearest. Arguments and errors as `solution`.
    """
    problems = list(_problems(buyers, years, level, shortfall_caps))
    if not problems:
        lowest = min(shortfall_caps)
        problems = [*_cap_problems(buyers, caps or {}), *_shortfall_problems(buyers, years, level, lowest)]
    if problems:
        raise InputError(problems)
    # In units of the usual limit, since the solver's tolerances are absolute.
    unit = float(buyers["most"].mean()) if buyers["most"].any() else 1.0
    sums = _sums(buyers, caps or {})
    programme = _programme(buyers, years, sums, level, unit)
    found: dict[float, Found] = {}
    for cap in shortfall_caps:

        def distance(other: float, cap: float = cap) -> float:
            return abs(other - cap)

        nearest = min(found, key=distance, default=None)
        start = programme.bounds[1] if nearest is None else found[nearest].value
        found[cap] = solved(programme, cap / unit, start)
    return [_solution(buyers, found[cap], sums, unit) for cap in shortfall_caps]


def results(buyers: pd.DataFrame, limit: pd.Series) -> pd.DataFrame:
    """Return what limits are expected to bring in a year, in currency: index buyer_id, as `limit`.

    `expected_margin`; `retained_expected_loss`; `premium`; `net_earnings`, the first less the others.
    `buyers`: see `solution`.
    """
    table = pd.DataFrame(
        {
            "expected_margin": buyers["margin"] * limit,
            "retained_expected_loss": buyers["loss"] * own_part(buyers, limit),
            "premium": buyers["premium"] * limit,
        }
    )
    return table.assign(net_earnings=table["expected_margin"] - table["retained_expected_loss"] - table["premium"])


def own_part(buyers: pd.DataFrame, limit: pd.Series) -> pd.Series:
    """Return the part of limits whose loss is retained: limit − covered share × what lies within the covered limit.

    `buyers`: see `solution`.

    >>> buyers = pd.DataFrame({"covered_share": [0.9], "covered_limit": [60.0]})
    >>> own_part(buyers, pd.Series([100.0])).tolist()
    [46.0]
    """
    return own_exposure(limit, buyers["covered_limit"], insured_percentage=buyers["covered_share"])


def shortfall(buyers: pd.DataFrame, limit: pd.Series, years: Years, *, level: float) -> tuple[float, float]:
    """Return the expected shortfall of the retained loss if buyers owe these limits, and its standard error.

    `buyers`: see `solution`; the years' other losses count. The error is missing where fewer than 10 years lie beyond
    the value at risk.
    """
    losses = years.other_losses + years.unit_losses @ own_part(buyers, limit).to_numpy(float)
    return expected_shortfall(losses, years.sample, level)


class _Sums(NamedTuple):
    """The sums of limits that are capped: `column`, `of`, `cap`, and which buyers each is over (sums × buyers)."""

    table: pd.DataFrame
    members: csr_array


def _programme(buyers: pd.DataFrame, years: Years, sums: _Sums, level: float, unit: float) -> Programme:
    least, most, first = buyers["least"], buyers["most"], _covered_limit(buyers)
    lower = [np.minimum(least, first), (least - first).clip(lower=0.0)]
    upper = [np.minimum(most, first), (most - first).clip(lower=0.0)]
    own = 1 - buyers["covered_share"].to_numpy(float)
    earned = buyers["margin"] - buyers["premium"]
    return Programme(
        losses=hstack([years.unit_losses @ diags_array(own), years.unit_losses], format="csr"),
        other_losses=years.other_losses / unit,
        sample=years.sample,
        level=level,
        result=np.concatenate([earned - buyers["loss"] * own, earned - buyers["loss"]]),
        bounds=np.array([np.concatenate(lower), np.concatenate(upper)]) / unit,
        members=hstack([sums.members, sums.members], format="csr"),
        caps=sums.table["cap"].to_numpy() / unit,
    )


def _solution(buyers: pd.DataFrame, found: Found, sums: _Sums, unit: float) -> Solution:
    """Return the limits of the parts that were found, in currency."""
    within, above = np.split(found.value * unit, 2)
    limit = pd.Series(np.clip(within + above, buyers["least"], buyers["most"]), index=buyers.index, name="limit")
    within, above = np.split(found.marginal_value, 2)
    first = np.minimum(_covered_limit(buyers), buyers["most"])
    beyond = (limit >= first * (1 - ROUNDING)) & (first < buyers["most"])
    return Solution(
        limit,
        pd.Series(np.where(beyond, above, within), index=buyers.index, name="marginal_value"),
        found.price_of_risk,
        sums.table.assign(limit=sums.members @ limit.to_numpy(), marginal_value=found.prices_of_caps),
    )


def _covered_limit(buyers: pd.DataFrame) -> pd.Series:
    """Return where limits are cut in two: nowhere where the policy covers nothing."""
    return buyers["covered_limit"].where(buyers["covered_share"] > 0, np.inf)


def _sums(buyers: pd.DataFrame, caps: Mapping[str, pd.Series]) -> _Sums:
    tables, members = [], [csr_array((0, len(buyers)))]
    for column, amounts in caps.items():
        amounts = amounts[amounts.index.isin(buyers[column]) & amounts.ne(np.inf)].sort_index()
        place = amounts.index.get_indexer(buyers[column])
        inside = np.flatnonzero(place >= 0)
        members.append(csr_array((np.ones(len(inside)), (place[inside], inside)), shape=(len(amounts), len(buyers))))
        tables.append(pd.DataFrame({"column": column, "of": amounts.index, "cap": amounts.to_numpy(float)}))
    empty = {"column": pd.Series(dtype="str"), "of": pd.Series(dtype="str"), "cap": pd.Series(dtype="float64")}
    return _Sums(pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(empty), vstack(members, format="csr"))


def _problems(buyers: pd.DataFrame, years: Years, level: float, shortfall_caps: Sequence[float]) -> Iterator[Problem]:
    yield from missing_columns(buyers, [*AMOUNTS, *RATES], "buyers")
    given = {name: pd.to_numeric(buyers[name], errors="coerce") for name in (*AMOUNTS, *RATES) if name in buyers}
    for name, value in given.items():
        right, allowed = value.ge(0) & value.lt(np.inf), "must be a number of 0 or more"
        if name == "most":
            allowed = "must be an amount of 0 or more: without one that is finite nothing bounds the limit"
        if name == "covered_limit":
            right, allowed = value.ge(0), "must be an amount of 0 or more, or infinite"
        if name == "covered_share":
            right, allowed = value.between(0, 1), "must be from 0 to 1"
        yield from values_not(right, buyers[name].rename_axis("buyer_id"), "buyers", allowed)
    if {"least", "most"} <= given.keys():
        right = ~(given["least"] > given["most"])
        yield from values_not(right, buyers["least"].rename_axis("buyer_id"), "buyers", "is above the most allowed")
    count = len(years.sample.probability)
    if years.unit_losses.shape != (count, len(buyers)) or len(years.other_losses) != count:
        shape = " × ".join(map(str, years.unit_losses.shape))
        yield _argument("years", shape, "must have a row for each year and a column for each buyer")
    if not 0 < level < 1:
        yield _argument("level", level, "must lie between 0 and 1")
    for cap in shortfall_caps:
        if not 0 <= cap < np.inf:
            yield _argument("shortfall_cap", cap, "must be an amount of 0 or more")


def _cap_problems(buyers: pd.DataFrame, caps: Mapping[str, pd.Series]) -> Iterator[Problem]:
    yield from missing_columns(buyers, caps, "buyers")
    for column, amounts in caps.items():
        yield from values_not(amounts >= 0, amounts.rename_axis(column).rename("cap"), "caps", "must be 0 or more")
        if column not in buyers:
            continue
        least = buyers["least"].groupby(buyers[column]).sum().reindex(amounts.index, fill_value=0.0)
        for name in amounts.index[least > amounts * (1 + ROUNDING)]:
            yield Problem(
                file="caps", column=column, value=f"{name}: {amounts[name]:,.2f}",
                allowed=f"the least limits of its buyers add up to {least[name]:,.2f} already",
                remedy="raise the cap, or lower these limits",
            )  # fmt: skip


def _shortfall_problems(buyers: pd.DataFrame, years: Years, level: float, shortfall_cap: float) -> Iterator[Problem]:
    needed, _ = shortfall(buyers, buyers["least"], years, level=level)
    if needed > shortfall_cap * (1 + ROUNDING):
        allowed = f"the least limits, with what is not sought, have an expected shortfall of {needed:,.2f} already"
        yield _argument("shortfall_cap", f"{shortfall_cap:,.2f}", allowed, "raise the cap, or lower the least limits")


def _argument(name: str, value: object, allowed: str, remedy: str = "change the argument") -> Problem:
    return Problem(file="limits of the whole book", column=name, value=value, allowed=allowed, remedy=remedy)
