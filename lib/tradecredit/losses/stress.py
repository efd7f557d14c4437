"""Scenarios as data: what a worse year does to the buyers' risk, to what they owe, and to the insurer's limits."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.default.scenario_risk import labels_of, pd_multiplier, product
from tradecredit.errors import InputError, Problem
from tradecredit.insurance.policy import Policy
from tradecredit.losses.insured_part import InsuredPart
from tradecredit.params.stress import BASE, Scenario

NEW_BUYER = "new buyer {}"
"""Id of a buyer that a scenario brings in, by its number."""


def applied(portfolio: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the portfolio under a scenario: the same buyers in the same order, new ones at the end.

    The order keeps each buyer's random numbers, so that scenario and base differ by the scenario alone. `portfolio`: as
    `losses.simulate` takes it; further columns are carried along. Changed are

    - `pd` × (1 + growth) × the multipliers of its country, sector and grade; at most 1 (`effects` counts the buyers
      that this caps);
    - `exposure` + extra payment days × `sales_a_day`; where that is not known, exposure × (1 + days × the sales a day
      of the buyers that it is known of, over their exposure); `insurable` in proportion;
    - `lgd` = 1 − (1 − lgd) × recoveries left; `lgd_sd` stays the same part of the largest possible, the root
      of lgd × (1 − lgd), which is to keep the sum of the beta distribution's two parameters;
    - `insured_limit` × limits left, for all, by grade and by sector; a cancelled one is 0. The year is one in which the
      cut has worked through: a policy still covers what was shipped before it (definitions §5.1), which is counted of
      stopped buyers alone, to whom nothing more is shipped with cover.

    The asset correlation stays. New buyers come as the scenario states them; their loss given default and asset
    correlation are the medians of the stressed book's, their evidence is good faith. Buyers whose country, sector or
    grade is missing or not named are multiplied by what holds for all.

    Raises `InputError` where buyers pay later and no sales are known, where ids of new buyers are taken, and where new
    buyers meet an empty book or a grade without buyers.
    """
    remaining = np.clip(1 - portfolio["lgd"], 0.0, 1.0) * scenario.recoveries_left
    # A change of nothing leaves every bit: 1 − (1 − lgd) would not.
    lgd = portfolio["lgd"] if scenario.recoveries_left == 1 else 1 - remaining
    stressed = portfolio.assign(
        pd=(portfolio["pd"] * pd_multiplier(portfolio, scenario)).clip(upper=1.0),
        exposure=portfolio["exposure"] + _exposure_added(portfolio, scenario),
        lgd=lgd,
        insured_limit=portfolio["insured_limit"] * _limits_left(portfolio, scenario),
    )
    if "lgd_sd" in portfolio and scenario.recoveries_left != 1:
        most = np.sqrt(portfolio["lgd"] * (1 - portfolio["lgd"]))
        part = (portfolio["lgd_sd"] / most.where(most > 0)).fillna(0.0)
        stressed = stressed.assign(lgd_sd=part * np.sqrt(lgd * (1 - lgd)))
    if "insurable" in portfolio:
        grown = stressed["exposure"] / portfolio["exposure"].where(portfolio["exposure"] > 0)
        stressed = stressed.assign(insurable=portfolio["insurable"] * grown.fillna(1.0))
    if not scenario.new_buyers:
        return stressed
    return _with_new_buyers(stressed, scenario)


def insured_under(parts: Iterable[InsuredPart], scenario: Scenario) -> tuple[InsuredPart, ...]:
    """Return what policies insure under a scenario: with what is left of their discretionary limits, by the same names.

    What is insured today of a stopped buyer stays: it was shipped before any cut.
    """

    def cut(policy: Policy) -> Policy:
        if policy.discretionary_limit is None or scenario.discretionary_limit_left == 1:
            return policy
        left = policy.discretionary_limit * scenario.discretionary_limit_left
        return type(policy)(**policy.model_dump(exclude_unset=True) | {"discretionary_limit": left})

    return tuple(part._replace(policy=cut(part.policy)) for part in parts)


def effects(portfolio: pd.DataFrame, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return what each scenario changes, before any simulation: a row for the book as it is, and one for each.

    Index `scenario` (`base` first). Columns: `buyers`; `exposure`; `exposure_weighted_pd`, `mean_lgd` (by
    exposure × PD); `expected_loss` = Σ PD × LGD × exposure; `named_limits`, the sum of the insurer's limits, and
    `under_limit`, the exposure that lies within them; and `capped`, the buyers whose probability would have passed 1.
    Means over nothing are missing.
    """
    rows = [_figures(portfolio) | {"capped": 0}]
    for scenario in scenarios:
        passed = portfolio["pd"] * pd_multiplier(portfolio, scenario) > 1
        rows.append(_figures(applied(portfolio, scenario)) | {"capped": int(passed.sum())})
    names = [BASE, *(scenario.name for scenario in scenarios)]
    return pd.DataFrame(rows, index=pd.Index(names, name="scenario"))


class Remarks(NamedTuple):
    """What the reader of a scenario's figures must know.

    `without_effect`: by `country`, `sector` and `grade` those that it names and no buyer at risk is of; `capped`:
    default probabilities that would pass 1; `unknown_sales`: buyers whose sales a day, which it needs, are missing.
    """

    without_effect: dict[str, list[str]]
    capped: int
    unknown_sales: int


def remarks(portfolio: pd.DataFrame, scenario: Scenario) -> Remarks:
    """Return what a scenario states without effect on a portfolio, and what was assumed."""
    named: dict[str, list[str] | list[int]] = {
        "country": [*scenario.insolvency_growth_by_country, *scenario.pd_by_country],
        "sector": [*scenario.pd_by_sector, *scenario.limits_left_by_sector],
        "grade": [*scenario.pd_by_grade, *scenario.limits_left_by_grade],
    }
    idle = {
        column: {str(value) for value in values} - {str(value) for value in labels_of(portfolio, column).dropna()}
        for column, values in named.items()
    }
    return Remarks(
        {column: sorted(labels, key=lambda label: (len(label), label)) for column, labels in idle.items() if labels},
        int((portfolio["pd"] * pd_multiplier(portfolio, scenario) > 1).sum()),
        int(_sales_a_day(portfolio).isna().sum()) if scenario.extra_payment_days else 0,
    )


def _limits_left(portfolio: pd.DataFrame, scenario: Scenario) -> pd.Series:
    by_label: dict[str, dict] = {"grade": scenario.limits_left_by_grade, "sector": scenario.limits_left_by_sector}
    return scenario.limits_left * product(portfolio, by_label)


def _sales_a_day(portfolio: pd.DataFrame) -> pd.Series:
    if "sales_a_day" not in portfolio:
        return pd.Series(np.nan, index=portfolio.index)
    return portfolio["sales_a_day"].astype("float64")


def _exposure_added(portfolio: pd.DataFrame, scenario: Scenario) -> pd.Series:
    if not scenario.extra_payment_days or portfolio.empty:
        return pd.Series(0.0, index=portfolio.index)
    sales = _sales_a_day(portfolio)
    exposure = portfolio["exposure"].where(sales.notna()).sum()
    if sales.isna().any() and not exposure > 0:
        raise InputError(
            [
                Problem(
                    file=f"scenario {scenario.name}",
                    column="extra_payment_days",
                    value=scenario.extra_payment_days,
                    allowed="needs the sales a day of at least one buyer that owes something, and none are known",
                    remedy="give the portfolio a column sales_a_day, or leave the days out",
                )
            ]
        )
    usual = sales.sum() / exposure if exposure > 0 else 0.0
    return scenario.extra_payment_days * sales.fillna(portfolio["exposure"] * usual)


def _with_new_buyers(stressed: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    grades = labels_of(stressed, "grade")
    medians = {new.grade: stressed.loc[grades == new.grade, "pd"].median() for new in scenario.new_buyers}
    count = sum(new.count for new in scenario.new_buyers)
    ids = pd.Index([NEW_BUYER.format(number + 1) for number in range(count)], name=stressed.index.name)
    problems = list(_new_buyer_problems(stressed, scenario, medians, ids))
    if problems:
        raise InputError(problems)
    rows = [
        new.model_dump(exclude={"count"}) | {"pd": medians[new.grade] if new.pd is None else new.pd}
        for new in scenario.new_buyers
        for _ in range(new.count)
    ]
    usual = {name: stressed[name].median() for name in ("lgd", "lgd_sd", "correlation") if name in stressed}
    stated = {"evidence": "good_faith", "lgd_basis": "median buyer", "correlation_basis": "median buyer"}
    new = pd.DataFrame(rows, index=ids).assign(**usual, balance=0.0, **stated)
    new = new.assign(insurable=new["exposure"])
    # A whole number that new buyers do not have, such as a grade, needs a type that can be missing.
    stressed = stressed.astype(dict.fromkeys(stressed.select_dtypes("integer").columns, "Int64"))
    return pd.concat([stressed, new.reindex(columns=stressed.columns).astype(stressed.dtypes.to_dict())])


def _new_buyer_problems(
    stressed: pd.DataFrame, scenario: Scenario, medians: dict[int | None, float], ids: pd.Index
) -> Iterator[Problem]:
    def problem(column: str, value: object, allowed: str, remedy: str) -> Problem:
        return Problem(file=f"scenario {scenario.name}", column=column, value=value, allowed=allowed, remedy=remedy)

    for number, new in enumerate(scenario.new_buyers):
        if new.pd is None and np.isnan(medians[new.grade]):
            allowed = "no buyer at risk has this grade, so that its default probability is not known"
            yield problem(f"new_buyers.{number}.grade", new.grade, allowed, "state a pd")
    if stressed.empty:
        yield problem("new_buyers", len(ids), "nobody at risk has a loss given default to take over", "leave them out")
    for taken in ids.intersection(stressed.index):
        yield problem("new_buyers", taken, "a buyer of the book has the id of a new one", "rename the book's")


def _figures(portfolio: pd.DataFrame) -> dict[str, float]:
    exposure, limits = portfolio["exposure"], portfolio["insured_limit"].fillna(0.0)
    at_default = exposure * portfolio["pd"]
    loss = (at_default * portfolio["lgd"]).sum()
    return {
        "buyers": len(portfolio),
        "exposure": exposure.sum(),
        "exposure_weighted_pd": at_default.sum() / (exposure.sum() or np.nan),
        "mean_lgd": loss / (at_default.sum() or np.nan),
        "expected_loss": loss,
        "named_limits": limits.sum(),
        "under_limit": np.minimum(exposure, limits).sum(),
    }
