"""Whether cover is worth its cost, the whole account: what a policy costs, takes away, saves and makes possible."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.limits.methods import carried_sales, needed, net_carried_sales
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.decide.policies.quotes import comparison
from tradecredit.decide.policies.terms import in_force
from tradecredit.default.grades import grade
from tradecredit.insurance.cover import borne, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL, adjustment
from tradecredit.losses.distribution import LossDistribution, expected_loss
from tradecredit.losses.simulation import assess, at_odds, resized, times_odds
from tradecredit.measure.balances import balances
from tradecredit.numerics.risk_measures import (
    Sample,
    expected,
    expected_influence,
    expected_shortfall,
    shortfall_influence,
    standard_error,
)
from tradecredit.params.policy import NO_COVER

ITEMS = (
    "account_cost", "account_indemnity", "account_capital", "account_sales", "account_financing",
    "account_information", "account_tax_recovery", "account_income_tax",
)  # fmt: skip
"""Columns of the account that add up to its value; what is missing does not count."""


class Account(NamedTuple):
    """The account of each policy: see `account`.

    `items`: what adds up; `without`: the value without each item; `sales`: what the item of sales consists of.
    """

    items: pd.DataFrame
    without: pd.DataFrame
    sales: pd.DataFrame


class _World(NamedTuple):
    """What a year costs under a policy or none: mean and capital of the losses, and the influence of each."""

    mean: float
    capital: float
    mean_influence: np.ndarray
    capital_influence: np.ndarray


def account(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> Account:
    """Return what each policy is worth in a year beside no cover: above zero is to the company's good.

    `ratings`: as `recommend` takes them, `dist`: of the same probabilities. All tables: index `policy`, in the
    reporting currency.

    `items`, the account before and after its sum:

    - `account_cost`: less the cost (`comparison`); `account_indemnity`: the expected indemnity; `account_capital`: cost
      of capital × what the policy takes off ES 99.9 % − mean. These three are the saving of the cost of risk, on
      today's balances;
    - `account_sales`: margin of the sales that only cover allows, less their risk and the capital they tie up (below);
    - `account_financing` = advance rate × insured debt of today's invoices × (rate without − rate with cover), of
      policies that pay for ordinary losses; `account_information`, as stated; `account_tax_recovery` = share given back
      × tax in the expected loss of those sales (all other tax comes back with cover and without);
      `account_income_tax` = − rate × all that is taxed: not the price of capital, and not the information;
    - `cover_value`, their sum, with `cover_value_se`; `cover_value_on_current`, beside the policy in force, and its `_se`.

    An item that the run leaves out or states no terms of is missing, and so are `account_sales` without a margin.

    `without`: the value without each of the items (columns as `items`), what it would be taxed at included.

    `sales`: of the buyers at risk, the part of the need (`needed`) that a limit carries is min(limit, need) / need.
    `covered_sales`: the sales net of tax of the part that the limits with cover carry beyond the limits without;
    `covered_exposure`, that part of the balances; `covered_margin` = margin × covered_sales; `sales_risk`: expected
    loss and price of capital that they bring, before insurance as far as they are in today's balances, since
    what insurance takes off these is in the items above; `sales_tied_up` = cost of capital × covered_exposure;
    `sales_premium`: the premium with tax that is charged on them, which `account_cost` holds, and `premium_change`,
    what a policy's other limits change of it beside the policy in force. account_sales = covered_margin − sales_risk
    − sales_tied_up − premium_change.

    Today's balances are those under the policy in force: under another, or none, each buyer's balance changes by as
    much as the part of its need that is carried. A top-up's limits are its primary's. Limits that are only asked for
    (`insurer.requests`) count nowhere. Source: definitions §8.5.
    """
    table, sample = comparison(book, dist), dist.sample
    counted, settings = _counted(book), book.run.account
    price = book.run.cost_of_capital if "capital" in counted else 0.0
    carried = carried_part(book, ratings, dist)
    before = carried[in_force(book, dist)]
    today = {NO_COVER: dist.losses["gross"].to_numpy()}
    today |= {policy.name: dist.losses[f"retained:{policy.name}"].to_numpy() for policy in dist.policies}
    resizes = "sales" in counted
    bare_losses = _losses(dist, carried[NO_COVER] - before, NO_COVER) if resizes else today[NO_COVER]
    bare_today, bare = (_world(losses, sample) for losses in (today[NO_COVER], bare_losses))
    sales = pd.DataFrame(
        [_of_sales(book, dist, policy, carried, before) for policy in dist.policies], index=_names(dist), dtype="float64"
    ).reindex(columns=_SALES)
    items, influence = {}, {NO_COVER: np.zeros(len(dist.losses))}
    rate, taxed = settings.income_tax_rate or 0.0, {}
    for policy in dist.policies:
        name, row = policy.name, table.loc[policy.name]
        kept_today = _world(today[name], sample)
        kept = _world(_losses(dist, carried[name] - before, name), sample) if resizes else kept_today
        more = (kept.mean - kept_today.mean) - (bare.mean - bare_today.mean)
        capital = (kept.capital - kept_today.capital) - (bare.capital - bare_today.capital)
        sales.loc[name, "sales_risk"] = more + price * capital
        of = sales.loc[name]
        paid = {
            "account_cost": -row["cost"],
            "account_indemnity": bare_today.mean - kept_today.mean,
            "account_sales": of["covered_margin"] - more - of["premium_change"],
            "account_financing": _financing(book, dist, policy),
            "account_tax_recovery": (settings.tax_recovery_share or 0.0) * of["tax_lost"],
        }
        paid = {item: amount for item, amount in paid.items() if item.removeprefix("account_") in counted}
        other = {
            "account_capital": price * (bare_today.capital - kept_today.capital),
            "account_sales": -price * capital - of["sales_tied_up"],
            "account_information": settings.insurer_information,
        }
        other = {item: amount for item, amount in other.items() if item.removeprefix("account_") in counted}
        taxed[name] = paid
        both = {item: paid.get(item, 0.0) + other.get(item, 0.0) for item in ITEMS if item in {**paid, **other}}
        items[name] = both | ({"account_income_tax": -rate * sum(paid.values())} if "income_tax" in counted else {})
        adjusted = adjustment(policy, dist.policies, dist.losses)
        influence[name] = (1 - rate) * (
            bare.mean_influence - kept.mean_influence - expected_influence(adjusted, sample)
        ) + price * (bare.capital_influence - kept.capital_influence)
    frame = pd.DataFrame.from_dict(items, orient="index", dtype="float64").reindex(index=_names(dist), columns=list(ITEMS))
    frame = _with_values(frame, influence, dist, in_force(book, dist))
    relief = rate * pd.DataFrame.from_dict(taxed, orient="index", dtype="float64").reindex(
        index=_names(dist), columns=list(ITEMS)
    ).fillna(0.0)
    without = (-frame[list(ITEMS)] + relief).add(frame["cover_value"], axis="index")
    without["account_income_tax"] = frame["cover_value"] - frame["account_income_tax"]
    return Account(frame, without, sales.drop(columns="tax_lost"))


@remembered
def by_odds(book: Book, ratings: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the value of each policy if all default odds were multiplied, limits set anew: index `odds`, `policy`.

    Multiples: the run's `account.odds`. Columns `cover_value`, `cover_value_se` and `saving`, that of the cost of risk on today's
    balances. Each multiple is simulated with as many years and the same random numbers as the book as it is.
    """
    dist, tables = assess(book, ratings, policies), []
    for multiple in book.run.account.odds:
        changed = dist if multiple == 1 else at_odds(dist, multiple)
        probability = times_odds(ratings["pd"], multiple)
        worse = ratings if multiple == 1 else ratings.assign(pd=probability, grade=grade(probability, book.run.grades))
        items = account(book, worse, changed).items
        base = ["account_cost", "account_indemnity", "account_capital"]
        table = items[["cover_value", "cover_value_se"]].assign(saving=items[base].sum(axis="columns"), odds=float(multiple))
        tables.append(table.rename_axis("policy").reset_index())
    columns = ["odds", "policy", "cover_value", "cover_value_se", "saving"]
    if not tables or not policies:
        return pd.DataFrame(columns=columns).set_index(["odds", "policy"])
    return pd.concat(tables, ignore_index=True)[columns].set_index(["odds", "policy"])


def turning_points(values: pd.DataFrame) -> pd.DataFrame:
    """Return where the value of a policy turns: rows `odds`, `odds_se`, `turns` (`positive` or `negative` above it).

    `values`: index `odds`, rising; `cover_value`, `cover_value_se`. Between two multiples the value is linear in the logarithm
    of the multiple; the error of the turning point is that of the value there by the slope. Empty where it does not
    turn between the lowest and the highest.
    """
    log, value = np.log(values.index.to_numpy(float)), values["cover_value"].to_numpy(float)
    error = values["cover_value_se"].to_numpy(float)
    rows = []
    for place in np.flatnonzero((value[:-1] > 0) != (value[1:] > 0)):
        slope = (value[place + 1] - value[place]) / (log[place + 1] - log[place])
        part = -value[place] / (value[place + 1] - value[place])
        at = np.exp(log[place] + part * (log[place + 1] - log[place]))
        spread = np.hypot((1 - part) * error[place], part * error[place + 1])
        rows.append((at, at * spread / abs(slope), "positive" if slope > 0 else "negative"))
    return pd.DataFrame(rows, columns=["odds", "odds_se", "turns"])


def value_at(values: pd.DataFrame, odds: float) -> tuple[float, float]:
    """Return the value at a multiple of the odds, and its error, linear in the logarithm between those of `values`.

    `values`: as `turning_points`. Missing outside the multiples.
    """
    log = np.log(values.index.to_numpy(float))
    at = np.log(odds)
    value, error = (
        float(np.interp(at, log, values[name].to_numpy(float), np.nan, np.nan)) for name in ("cover_value", "cover_value_se")
    )
    return value, error


def carried_part(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> pd.DataFrame:
    """Return the part of each buyer's need that its recommended limit carries, without cover and under each policy.

    Index buyer_id, the buyers at risk; columns: no cover, and the policies. min(limit, need) / need; 0 in all columns
    where the need is 0 or not known.
    """
    index = dist.portfolio.index
    need = needed(balances(book), tolerated_delay_days=book.run.limits.tolerated_delay_days).reindex(index)
    limits = recommend(book, ratings)
    found = {NO_COVER: limits["recommended"]}
    for policy in dist.policies:
        cover = of_buyers(book, _ground(policy, dist))
        found[policy.name] = recommend(book, ratings, cover=cover)["recommended_with_cover"]
    part = pd.DataFrame({name: limit.reindex(index).clip(upper=need) for name, limit in found.items()})
    return part.div(need.where(need > 0), axis="index").fillna(0.0)


_SALES = [
    "covered_sales", "covered_exposure", "covered_margin", "sales_risk", "sales_tied_up", "sales_premium",
    "premium_change", "tax_lost",
]  # fmt: skip


def _of_sales(
    book: Book, dist: LossDistribution, policy: Policy, carried: pd.DataFrame, before: pd.Series
) -> dict[str, float]:
    """Return the row of `sales` of a policy, but for the risk; `tax_lost`: tax in their expected loss."""
    index, delay = dist.portfolio.index, book.run.limits.tolerated_delay_days
    bought = balances(book).reindex(index)
    need = needed(bought, tolerated_delay_days=delay)
    gross, net = (
        (need * carries(bought, tolerated_delay_days=delay)).fillna(0.0)
        for carries in (carried_sales, net_carried_sales)
    )
    more, beside = carried[policy.name] - carried[NO_COVER], carried[policy.name] - before
    ground = _ground(policy, dist)
    charged = of_buyers(book, ground).insured_sales.reindex(index) * gross
    exposure = more * dist.portfolio["exposure"]
    tax = (1 - net / gross.where(gross > 0)).fillna(0.0)
    margin = np.nan if book.run.margin is None else book.run.margin
    return {
        "covered_sales": (more * net).sum(),
        "covered_exposure": exposure.sum(),
        "covered_margin": margin * (more * net).sum(),
        "sales_tied_up": book.run.cost_of_capital * exposure.sum(),
        "sales_premium": -_premium_change(ground, -(more * charged).sum()),
        "premium_change": _premium_change(ground, (beside * charged).sum()),
        "tax_lost": (expected_loss(dist.portfolio.assign(exposure=exposure)) * tax).sum(),
    }


def _premium_change(policy: Policy, turnover: float) -> float:
    """Return what so much more insured turnover adds to premium and tax, the minimum premium looked at."""
    if policy.premium_rate is None or policy.insured_turnover is None:
        return 0.0
    then = max(policy.insured_turnover + turnover, 0.0)
    return policy.cost(insured_turnover=then).total - policy.cost().total


def _financing(book: Book, dist: LossDistribution, policy: Policy) -> float:
    terms, ground = book.run.account.financing, _ground(policy, dist)
    if terms is None or not borne(ground):
        return 0.0
    insured = of_buyers(book, ground).insured_debt.sum()
    return terms.advance_rate * insured * (terms.rate_without_cover - terms.rate_with_cover)


def _counted(book: Book) -> set[str]:
    """Return the items that count: stated ones that the run does not leave out."""
    settings = book.run.account
    stated = {
        "capital": True,
        "sales": book.run.margin is not None,
        "financing": settings.financing is not None,
        "information": settings.insurer_information is not None,
        "tax_recovery": settings.tax_recovery_share is not None and book.run.margin is not None,
        "income_tax": settings.income_tax_rate is not None,
    }
    counted = {item for item, is_stated in stated.items() if is_stated and item not in settings.left_out}
    # Tax comes back on the sales that only cover allows: without them there is none.
    return {"cost", "indemnity"} | (counted if "sales" in counted else counted - {"tax_recovery"})


def _losses(dist: LossDistribution, more: pd.Series, name: str) -> np.ndarray:
    """Return the yearly losses under a policy, or no cover, where the carried part of each need changes by `more`."""
    view = "gross" if name == NO_COVER else f"retained:{name}"
    if (more == 0).all():
        return dist.losses[view].to_numpy()
    exposure = dist.portfolio["exposure"] * (1 + more)
    return resized(dist, exposure, [] if name == NO_COVER else [name])[view].to_numpy()


def _world(losses: np.ndarray, sample: Sample) -> _World:
    mean, shortfall = expected(losses, sample)[0], expected_shortfall(losses, sample, CAPITAL_LEVEL)[0]
    of_mean = expected_influence(losses, sample)
    return _World(mean, shortfall - mean, of_mean, shortfall_influence(losses, sample, CAPITAL_LEVEL) - of_mean)


def _with_values(
    items: pd.DataFrame, influence: dict[str, np.ndarray], dist: LossDistribution, current: str
) -> pd.DataFrame:
    """Return the items with their sum and its errors, which few scenarios beyond the level leave missing."""
    enough = np.isfinite(expected_shortfall(dist.losses["gross"].to_numpy(), dist.sample, CAPITAL_LEVEL)[1])
    value = items.sum(axis="columns")
    against = value[current] if current != NO_COVER else 0.0

    def error(name: str, other: str) -> float:
        return standard_error(influence[name] - influence[other], dist.sample) if enough and name != other else np.nan

    return items.assign(
        cover_value=value,
        cover_value_se=[error(name, NO_COVER) for name in items.index],
        cover_value_on_current=value - against,
        cover_value_on_current_se=[error(name, current) for name in items.index],
    )


def _ground(policy: Policy, dist: LossDistribution) -> Policy:
    """Return the policy whose limits count: a top-up's primary."""
    return next((one for one in dist.policies if one.name == policy.primary), policy)


def _names(dist: LossDistribution) -> pd.Index:
    return pd.Index([policy.name for policy in dist.policies], name="policy", dtype="str")
