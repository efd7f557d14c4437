"""How much to lend to each buyer: every method's amount, the smallest of them, and the name of the one that binds."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import limit_rules
from tradecredit.decide.limit_amounts import (
    METHODS,
    buyer_amounts,
    by_place,
    covered_amounts,
    fitted,
    known_buyers,
    raised,
)
from tradecredit.decide.limit_decisions import decided
from tradecredit.decide.limit_groups import by_buyer, caps
from tradecredit.decide.limit_methods import capacity, loss_budget, need, own_exposure, smallest
from tradecredit.measure.behaviour import limits_in_force
from tradecredit.model.insurance import NOT_INSURABLE

__all__ = [
    "METHODS", "breaches", "by_binding", "capacity", "decisions", "expired_overrides", "loss_budget", "need",
    "recommend", "rounded_down", "totals",
]  # fmt: skip

SOURCES = ("own", "insurer")
"""Whose limits in force stand beside the recommended one."""


def recommend(
    book: Book, ratings: pd.DataFrame, *, insured_percentage: float = 0.0, insurer_limits: pd.Series | None = None
) -> pd.DataFrame:
    """Return the recommended limit of every buyer, the method that binds, and how the exposure stands to it.

    `ratings`: index buyer_id, `pd`, `grade`, `method` (`default.assess`); `insured_percentage`: the policy's share of
    an insured loss (0: no policy); `insurer_limits`: index buyer_id, limits of the insurer to reckon with in place of
    those in force (0: none; buyers that are not there keep theirs). Index buyer_id (all buyers). Amounts in the
    reporting currency; those of a method are missing where it does not apply:

    - `recommended`: the smallest of the `METHODS`, `rounded_down` to `limits.digits`; `binding`: that method;
      `rule`: in words, which rules for particular buyers applied (`limit_rules`);
    - `need`: see `need`, at least `limits.minimum_limit`; that of a dormant buyer is `limits.dormant_limit`, that of a
      new one before its first order is not known. `capacity`, of the `capacity_base`: see `capacity`.
      `expected_loss_budget`: see `loss_budget`. `net_value_added`: 0 where a limit of any size costs more than the
      run's margin earns (capital by `capital_ratio`). `without_accounts`, `new_buyer`, `maximum_of_kind` (public bodies
      and affiliates), `maximum`: the run's largest limits of such buyers, and of any. `concentration`: largest share of
      the book × all receivables (missing where nothing is owed at all). `group_room`, `sector_room`, `country_room`:
      what these leave the buyer (`within_caps`); `group_id`, `group_limit`;
    - `exposure`, the open amount; `own_limit`, `insurer_limit`: those in force (missing: none); `limit_use` = exposure
      / own_limit; `breach`: exposure above our own limit; `over_recommended`: above the recommended one;
    - `insured`: what the insurer bears of the exposure within its named limit, before any deductible or first loss;
      `own` = exposure − insured, see `own_exposure`;
    - `recommended_with_cover`, `binding_with_cover`: the same with only our own part of the limit counting for the
      methods that measure what we risk (`covered_amounts`). Cover adds to what is recommended without it, as far as
      need, concentration and what the groups, sectors and countries have left allow;
    - `change`, `decision`, `decision_code`, `response_code`, `reason`, `reason_code`, `approval`: see `decided`.

    Rules: a buyer of kind `prepaid` gets 0 (`prepaid`); public bodies and affiliates have no capacity, loss budget and
    net value added. A limit set by an analyst and valid on the day stands as it is (`analyst's override`); the others
    of its group, sector and country share what it leaves. A buyer in default gets 0 in any case (`in default`). Raises
    `InputError` for buyers whose probability or grade is missing: they would get a limit that no risk bounds. Source:
    DOMAIN.md §4.
    """
    known, settings = known_buyers(book, ratings), book.run.limits
    in_force = limits_in_force(book)
    exposure, own_limit, insurer = known["open_amount"], *(by_place(in_force[name], known) for name in SOURCES)
    if insurer_limits is not None:
        insurer = by_place(insurer_limits, known).fillna(insurer)
    named = insurer.mask(known["kind"].isin(NOT_INSURABLE))

    found = buyer_amounts(book, known)
    covered = covered_amounts(book, known, found, named, insured_percentage=insured_percentage)
    counted = found.amounts["need"].fillna(smallest(found.amounts)[1]).mask(found.fixed == 0, 0.0)
    together = caps(known.assign(need=counted, fixed=found.fixed), exposure.sum() or np.nan, settings)
    without = fitted(found.amounts, found, together)
    within = raised(without, covered, found, together)

    recommended = rounded_down(without.limit, settings.digits).where(found.fixed.isna(), found.fixed)
    own = own_exposure(exposure, named, insured_percentage=insured_percentage)
    table = without.amounts.assign(
        recommended=recommended,
        binding=without.binding,
        rule=limit_rules.in_words(book, found.rules),
        capacity_base=found.capacity_base,
        group_id=known["group_id"],
        group_limit=by_buyer(together.group.amount, together.group),
        exposure=exposure,
        own_limit=own_limit,
        insurer_limit=insurer,
        limit_use=exposure / own_limit.where(own_limit > 0),
        breach=(exposure - own_limit).clip(lower=0.0),
        over_recommended=(exposure - recommended).clip(lower=0.0),
        insured=exposure - own,
        own=own,
        recommended_with_cover=rounded_down(within.limit, settings.digits).where(found.fixed.isna(), found.fixed),
        binding_with_cover=within.binding,
    )
    insolvent = known["buyer_id"].isin(book.defaults.loc[book.defaults["kind"] == "insolvency", "buyer_id"])
    adverse = pd.DataFrame({"negative equity": found.rules["negative equity"], "insolvent": insolvent})
    return decided(table, adverse, settings).set_index(pd.Index(known["buyer_id"], name="buyer_id"))


def rounded_down(amounts: pd.Series, digits: int) -> pd.Series:
    """Return amounts rounded down to so many significant digits, and to whole units; missing stays missing.

    >>> rounded_down(pd.Series([187_400.0, 0.0, 99.9]), 2).tolist()
    [180000.0, 0.0, 99.0]
    """
    size = np.floor(np.log10(amounts.where(amounts > 0)))
    step = (10.0 ** (size - digits + 1)).clip(lower=1.0)
    rounded = np.floor(amounts / step) * step
    # The division may round up to a whole number of steps that is just out of reach.
    return rounded.where(~(rounded > amounts), rounded - step).where(amounts > 0, amounts)


def totals(limits: pd.DataFrame) -> pd.Series:
    """Return the book's sums: `recommended`, `recommended_with_cover`, `breaches` (buyers), `breach_amount`, `own`,
    `insured`, `insured_share`.

    Breaches are missing where no buyer has a limit of ours, `insured` and its share of the exposure where the insurer
    has named no limit.
    """
    over, named = limits["breach"].dropna(), limits["insurer_limit"].notna().any()
    insured = limits["insured"].sum() if named else np.nan
    return pd.Series(
        {
            "recommended": limits["recommended"].sum(),
            "recommended_with_cover": limits["recommended_with_cover"].sum(),
            "breaches": float((over > 0).sum()) if len(over) else np.nan,
            "breach_amount": over.sum() if len(over) else np.nan,
            "own": limits["own"].sum(),
            "insured": insured,
            "insured_share": insured / (limits["exposure"].sum() or np.nan),
        }
    )


def by_binding(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the recommended limits by the method that binds: index `binding`; `buyers`, `recommended`, `exposure`."""
    table = limits.groupby("binding").agg(
        buyers=("recommended", "size"), recommended=("recommended", "sum"), exposure=("exposure", "sum")
    )
    return table.sort_values("buyers", ascending=False, kind="stable")


def expired_overrides(book: Book) -> pd.DataFrame:
    """Return the limits that analysts had set until a day that is over, which are not applied: columns of `overrides`.

    The latest end first.
    """
    rows = book.overrides[book.overrides["limit"].notna()]
    over = rows[rows["until"] < book.as_of]
    return over.sort_values("until", ascending=False, kind="stable").reset_index(drop=True)


def breaches(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that owe more than our own limit, the largest excess first."""
    return limits[limits["breach"] > 0].sort_values("breach", ascending=False, kind="stable")


def decisions(limits: pd.DataFrame, currency: str) -> list[str]:
    """Return in sentences what the limits ask somebody to decide; nothing where nothing does."""
    in_default = limits["binding"] == "in default"
    over, defaulted = breaches(limits[~in_default]), limits[in_default & (limits["own_limit"] > 0)]
    found = []
    if len(over):
        largest = over.iloc[0]
        many, owe, raised = (
            ("buyer that is", "owes", "its limit") if len(over) == 1 else ("buyers that are", "owe", "their limits")
        )
        found.append(
            f"{len(over):,} {many} not in default {owe} {currency} {over['breach'].sum():,.0f} above {raised}; the "
            f"largest excess is {currency} {largest['breach']:,.0f} of {over.index[0]}, for whom {currency} "
            f"{largest['recommended_with_cover']:,.0f} is recommended. Raise {raised}, or stop deliveries."
        )
    if len(defaulted):
        many, have, them = ("buyer", "has", "it") if len(defaulted) == 1 else ("buyers", "have", "them")
        found.append(f"{len(defaulted):,} {many} in default still {have} a limit of our own. Cancel {them}.")
    return found
