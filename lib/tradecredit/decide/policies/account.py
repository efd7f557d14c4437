"""Whether cover is worth its cost, the whole account: what a policy costs, takes away, saves and makes possible."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.policies.covered_sales import Carried, carried, covered_sales, ground
from tradecredit.decide.policies.quotes import TAIL_LEVEL, comparison
from tradecredit.decide.policies.terms import in_force
from tradecredit.insurance.cover import borne, of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.losses.cost_of_risk import CAPITAL_LEVEL, adjustment
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.simulation import resized
from tradecredit.numerics.risk_measures import (
    Sample,
    expected,
    expected_influence,
    expected_shortfall,
    shortfall_influence,
    standard_error,
)
from tradecredit.params.policy import NO_COVER

SAVING = ("account_cost", "account_indemnity", "account_capital")
"""Items that are the saving of the cost of risk, on today's balances."""

ITEMS = (
    *SAVING, "account_sales", "account_balances", "account_financing", "account_information", "account_tax_recovery",
    "account_income_tax",
)  # fmt: skip
"""Columns of the account that add up to its value; what is missing does not count."""

UNINSURED = ["uninsured_value", "uninsured_es_99", "insured_es_99"]
"""What the limits with a policy are worth and leave without insurance, and what the policy leaves."""

OF_SALES = ("account_sales", "account_balances", "account_tax_recovery")
"""Items that come of the sales that only cover allows, and are left out with them."""


class Account(NamedTuple):
    """The account of each policy: what adds up, the value without each item, what the item of sales consists of, and
    which part of each buyer's sales limits carry."""

    items: pd.DataFrame
    without: pd.DataFrame
    sales: pd.DataFrame
    carried: Carried | None = None


def sales_that_pay(found: Account) -> pd.Series:
    """Return the extra sales a year that would pay for each policy: index `policy`, in the reporting currency.

    What it costs beyond the losses that it pays and the capital that it saves (less its value without the sales that
    only cover allows) / what a unit of these sales brings (`account_sales` / `covered_sales`). Zero where losses and
    capital alone pay for it; missing where its sales bring nothing or are not counted.
    """
    brings = (found.items["account_sales"] / found.sales["covered_sales"]).where(lambda share: share > 0)
    return (-found.without["account_sales"]).clip(lower=0.0) / brings.replace(np.inf, np.nan)


class _World(NamedTuple):
    """A year's losses under a policy or none: mean, shortfall above it, and the influence function of each."""

    mean: float
    capital: float
    mean_influence: np.ndarray
    capital_influence: np.ndarray


def account(book: Book, ratings: pd.DataFrame, dist: LossDistribution) -> Account:
    """Return what each policy is worth in a year beside no cover: above zero is to the company's good.

    `ratings`: as `recommend` takes them, `dist`: of the same probabilities. All tables: index `policy`, in the
    reporting currency.

    `items`, what adds up, and its sum:

    - `account_cost`: less the cost (`quotes.comparison`); `account_indemnity`: the expected indemnity;
      `account_capital`: cost of capital × what the policy takes off ES 99.9 % − mean. These three are the saving of the
      cost of risk, on today's balances;
    - `account_sales`: margin of the sales that only cover allows, less their risk and the capital they tie up (below);
    - `account_balances`: what the policy takes off the losses and their capital on the balances that it allows, less
      what it takes off on today's, which the items above hold; none under the policy in force;
    - `account_financing` = advance rate × insured debt of today's invoices × (rate without − rate with cover), of
      policies that pay for ordinary losses; `account_information`, as stated; `account_tax_recovery` = share given back
      × tax in the expected loss of those sales (all other tax comes back with cover and without);
      `account_income_tax` = − rate × all that is taxed: neither the price of capital nor the information;
    - `cover_value`, their sum, with `cover_value_se`; `cover_value_on_current`, beside the policy in force, and
      `cover_value_on_best`, beside the one of the highest value, each with its `_se` (missing beside itself).

    An item that the run leaves out or states no terms of is missing, and so is `account_sales` without a margin.

    `without`: the value without each of the items (columns as `items`), the tax on it included; without the sales that
    only cover allows, `account_balances` and `account_tax_recovery`, which come of them, are left out too.

    `sales`, of the buyers at risk: a limit carries the part of a year's sales that it would have carried of what was
    owed in it (`Carried.part`). `covered_sales`: net sales of the last 12 months × the part that limits with cover
    carry beyond limits without; `covered_exposure`, the same part of the balances; `covered_margin` = margin ×
    covered_sales; `sales_risk`: expected loss and price of capital that they bring, before insurance: what it takes off
    is in other items; `sales_tied_up` = cost of capital × covered_exposure; `sales_premium`: the premium with tax that
    is charged on them, which `account_cost` holds, and `premium_change`, what a policy's other limits change of it
    beside the policy in force. account_sales = covered_margin − sales_risk − sales_tied_up − premium_change. The risk
    is missing where the sales do not count. `accounts_value`: see `covered_sales.covered_sales`.

    Beside them, the same limits without insurance, all of whose losses are retained, and without its cost:
    `uninsured_value` = covered_margin − sales_risk − sales_tied_up, with the tax on it and given back on it;
    `uninsured_more` = uninsured_value − cover_value, with `_se`; `uninsured_es_99` and `insured_es_99`, the expected
    shortfall, 99 %, of what is then lost and of what the policy leaves, on the balances that it allows. Missing where
    the sales do not count.

    `carried`: `covered_sales.carried`.

    Today's balances are those under the policy in force: under another, or none, each buyer's balance changes by as
    much as the part of its sales that is carried. A top-up's limits are its primary's. Limits that are only asked for
    (`insurer.requests`) count nowhere. Source: definitions §8.5.
    """
    table, counted, settings = comparison(book, dist), counted_items(book), book.run.account
    current, sample = in_force(book, dist), dist.sample
    price = book.run.cost_of_capital if "capital" in counted else 0.0
    rate = settings.income_tax_rate or 0.0 if "income_tax" in counted else 0.0
    allowed = carried(book, ratings, dist)
    part = allowed.part
    sales = covered_sales(book, dist, allowed, current).reindex(_names(dist)).assign(sales_risk=0.0)
    # Without their sales the balances stay as they are, whatever the policy.
    change = part.sub(part[current], axis="index") * ("sales" in counted)
    bare_today = _world(dist.losses["gross"].to_numpy(), sample)
    bare, _ = (_world(losses, sample) for losses in _then(dist, change[NO_COVER], NO_COVER))
    paid, other, influence = {}, {}, {NO_COVER: np.zeros(len(dist.losses))}
    uninsured, of_uninsured = {}, {}
    for policy in dist.policies:
        name = policy.name
        kept_today = _world(dist.losses[f"retained:{name}"].to_numpy(), sample)
        then = _then(dist, change[name], name)
        gross, kept = (_world(losses, sample) for losses in then)
        more, more_capital = gross.mean - bare.mean, price * (gross.capital - bare.capital)
        taken_off = (gross.mean - kept.mean) - (bare_today.mean - kept_today.mean)
        capital_off = (gross.capital - kept.capital) - (bare_today.capital - kept_today.capital)
        sales.loc[name, "sales_risk"] = more + more_capital if "sales" in counted else np.nan
        of = sales.loc[name]
        paid[name] = {
            "account_cost": -table.loc[name, "cost"],
            "account_indemnity": bare_today.mean - kept_today.mean,
            "account_sales": of["covered_margin"] - more - of["premium_change"],
            "account_balances": taken_off,
            "account_financing": _financing(book, ground(policy, dist)),
            "account_tax_recovery": (settings.tax_recovery_share or 0.0) * of["tax_lost"],
        }
        other[name] = {
            "account_capital": price * (bare_today.capital - kept_today.capital),
            "account_sales": -more_capital - of["sales_tied_up"],
            "account_balances": price * capital_off,
            "account_information": settings.insurer_information,
        }
        back = paid[name]["account_tax_recovery"] if "tax_recovery" in counted else 0.0
        alone = (1 - rate) * (of["covered_margin"] - more + back) - more_capital - of["sales_tied_up"]
        uninsured[name] = (alone, *(expected_shortfall(losses, sample, TAIL_LEVEL)[0] for losses in then))
        of_uninsured[name] = _influence(bare, gross, rate, price)
        adjusted = adjustment(policy, dist.policies, dist.losses)
        influence[name] = _influence(bare, kept, rate, price) - (1 - rate) * expected_influence(adjusted, sample)
    taxed, untaxed = (_of_items(rows, dist, counted) for rows in (paid, other))
    items = taxed.add(untaxed, fill_value=0.0)
    if "income_tax" in counted:
        items = items.assign(account_income_tax=-rate * taxed.sum(axis="columns"))
    items = _with_values(items[list(ITEMS)], influence, dist, current)
    gone = items[list(ITEMS)] - rate * taxed.fillna(0.0)
    gone = gone.assign(account_sales=gone[list(OF_SALES)].sum(axis="columns"), account_balances=np.nan)
    without = (-gone).add(items["cover_value"], axis="index")
    alone = pd.DataFrame.from_dict(uninsured, orient="index", columns=UNINSURED, dtype="float64").reindex(items.index)
    error = pd.Series({name: _error(of_uninsured[name] - influence[name], dist) for name in items.index})
    alone = alone.assign(uninsured_more=alone["uninsured_value"] - items["cover_value"], uninsured_more_se=error)
    sales = sales.drop(columns="tax_lost").join(alone if "sales" in counted else alone * np.nan)
    return Account(items, without.mask(items[list(ITEMS)].isna()), sales, allowed)


def side_by_side(table: pd.DataFrame) -> pd.DataFrame:
    """Return the account with a row for each item that counts, index `account_item`, and a column for each policy.

    `table`: `items`, with the `sales` joined or without, or what the value is `without`.
    """
    shown = table.reindex(columns=[*ITEMS, "cover_value", "cover_value_se", "uninsured_value"])
    shown = shown.dropna(axis="columns", how="all")
    # As objects: each row is written by what it is.
    return shown.T.rename_axis("account_item").astype("object")


def counted_items(book: Book) -> frozenset[str]:
    """Return the items that count: cost and indemnity always, the others as the run states and does not leave out."""
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
    # Tax comes back on the sales that only cover allows, and other balances than today's come of them.
    of_sales = counted | {"balances"} if "sales" in counted else counted - {"tax_recovery"}
    return frozenset({"cost", "indemnity", *of_sales})


def _financing(book: Book, policy: Policy) -> float:
    terms = book.run.account.financing
    if terms is None or not borne(policy):
        return 0.0
    insured = of_buyers(book, policy).insured_debt.sum()
    return terms.advance_rate * insured * (terms.rate_without_cover - terms.rate_with_cover)


def _then(dist: LossDistribution, change: pd.Series, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the yearly losses before insurance and under a policy or none, on balances that change by a part."""
    losses = dist.losses
    if (change != 0).any():
        exposure = dist.portfolio["exposure"] * (1 + change)
        losses = resized(dist, exposure, [] if name == NO_COVER else [name])
    return losses["gross"].to_numpy(), losses["gross" if name == NO_COVER else f"retained:{name}"].to_numpy()


def _world(losses: np.ndarray, sample: Sample) -> _World:
    mean, shortfall = expected(losses, sample)[0], expected_shortfall(losses, sample, CAPITAL_LEVEL)[0]
    of_mean = expected_influence(losses, sample)
    return _World(mean, shortfall - mean, of_mean, shortfall_influence(losses, sample, CAPITAL_LEVEL) - of_mean)


def _influence(bare: _World, kept: _World, rate: float, price: float) -> np.ndarray:
    mean, capital = bare.mean_influence - kept.mean_influence, bare.capital_influence - kept.capital_influence
    return (1 - rate) * mean + price * capital


def _error(influence: np.ndarray, dist: LossDistribution) -> float:
    """Return the standard error of a value; missing where too few scenarios lie beyond the level of its capital."""
    known = np.isfinite(expected_shortfall(dist.losses["gross"].to_numpy(), dist.sample, CAPITAL_LEVEL)[1])
    return standard_error(influence, dist.sample) if known else np.nan


def _of_items(rows: dict[str, dict], dist: LossDistribution, counted: frozenset[str]) -> pd.DataFrame:
    """Return the amounts of those items that count, by policy; missing: none."""
    table = pd.DataFrame.from_dict(rows, orient="index", dtype="float64")
    table = table.reindex(index=_names(dist), columns=list(ITEMS))
    return table[[item for item in ITEMS if item.removeprefix("account_") in counted]].reindex(columns=list(ITEMS))


def _with_values(
    items: pd.DataFrame, influence: dict[str, np.ndarray], dist: LossDistribution, current: str
) -> pd.DataFrame:
    """Return the items with their sum and its errors, which too few scenarios beyond the level leave missing."""
    value = items.sum(axis="columns")
    against = value[current] if current != NO_COVER else 0.0
    best = value.idxmax() if len(value) else NO_COVER

    def error(name: str, other: str) -> float:
        return _error(influence[name] - influence[other], dist) if name != other else np.nan

    return items.assign(
        cover_value=value,
        cover_value_se=[error(name, NO_COVER) for name in items.index],
        cover_value_on_current=value - against,
        cover_value_on_current_se=[error(name, current) for name in items.index],
        cover_value_on_best=value - value.max(),
        cover_value_on_best_se=[error(name, best) for name in items.index],
    )


def _names(dist: LossDistribution) -> pd.Index:
    return pd.Index([policy.name for policy in dist.policies], name="policy", dtype="str")
