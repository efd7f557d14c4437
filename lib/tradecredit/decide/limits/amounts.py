"""Every method's amount for every buyer of a book, as the run's rules have it, without and with cover."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import places
from tradecredit.decide.limits import rules
from tradecredit.decide.limits.caps import Caps, Shares, counted_in_full, within_caps
from tradecredit.decide.limits.methods import (
    BASES,
    capital_ratio,
    carried,
    loss_budget,
    needed,
    net_value_added,
    smallest,
    with_cover,
)
from tradecredit.default.grades import WORST
from tradecredit.errors import InputError, missing_columns, values_not
from tradecredit.losses.portfolio import asset_correlation
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.groups import group_of
from tradecredit.measure.overrides import overriding
from tradecredit.measure.payment_experience import payment_experience
from tradecredit.measure.ratios import ratios

METHODS = {
    "need": "need",
    "capacity": "capacity",
    "expected_loss_budget": "expected-loss budget",
    "net_value_added": "net value added",
    "without_accounts": "no accounts",
    "new_buyer": "new buyer",
    "maximum_of_kind": "maximum of its kind",
    "maximum": "maximum limit",
    "concentration": "concentration",
    "group_room": "group",
    "sector_room": "sector",
    "country_room": "country",
}
"""The methods of definitions §4 and the run's rules, column: name, in the order in which one is named where two give
the same amount. The last three are what a buyer's group, sector and country leave it, and come after the others."""

ROOMS = ("group_room", "sector_room", "country_room")

RATED = ("pd", "grade", "method")
"""Columns of the ratings that a limit rests on."""

MEASURED = ("need", "capacity", "expected_loss_budget")
"""Methods whose amounts move with every month's figures; the others are rules and bounds, which nothing may pass."""

OWN_RISK = ("capacity", "expected_loss_budget", "without_accounts", "new_buyer")
"""Methods that say how much we would risk of our own: with cover they bound our own part of a limit. The others bound
the whole."""


class Amounts(NamedTuple):
    """What the methods that look at one buyer say, by the buyer's place in the book.

    `amounts`: a column for each of those `METHODS` (missing: does not apply). `capital`: capital behind a limit as a
    part of it. `capacity_base`: the base of the capacity. `rules`: for each of the kinds of `rules` whether the
    buyer is of it. `fixed`, `fixed_by`: the limit that no method gives, and what does (missing: the methods).
    """

    amounts: pd.DataFrame
    capital: pd.Series
    capacity_base: pd.Series
    rules: pd.DataFrame
    fixed: pd.Series
    fixed_by: pd.Series


def known_buyers(book: Book, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers by their place in the book: `buyer_id`, `pd`, `grade` and `method` of `ratings`, `kind`,
    `group_id` (`groups.group_of`), `sector`, `country`, `customer_since`, and the columns of `balances`.

    Raises `InputError` for columns that `ratings` lacks, and for buyers whose probability or grade is missing or
    impossible.
    """
    problems = list(missing_columns(ratings, RATED, "ratings"))
    if problems:
        raise InputError(problems)
    table = balances(book)
    rated = ratings[list(RATED)].reindex(table.index)
    right = {"pd": rated["pd"].between(0, 1), "grade": rated["grade"].isin(range(1, WORST + 1))}
    allowed = {"pd": "a probability from 0 to 1", "grade": f"a whole number from 1 to {WORST}"}
    for column, fits in right.items():
        problems += values_not(fits, rated[column], "ratings", f"each buyer of the book needs {allowed[column]}")
    if problems:
        raise InputError(problems)
    # Rows are identified by their place while amounts are worked out: an index of text is slow to compare.
    rated, table = rated.reset_index(drop=True), table.reset_index()
    known = book.buyers[["kind", "sector", "country", "customer_since"]].assign(group_id=group_of(book).to_numpy())
    return pd.concat([table, rated, known.reset_index(drop=True)], axis=1)


def by_place(values: pd.Series, known: pd.DataFrame) -> pd.Series:
    """Return values, index buyer_id, by the place of the buyer in `known`; missing where there is none."""
    if values.index.equals(pd.Index(known["buyer_id"])):
        return pd.Series(values.to_numpy(dtype="float64"), index=known.index)
    place, found = places(values.index.to_series(), known["buyer_id"]), np.full(len(known), np.nan)
    found[place[place >= 0]] = values.to_numpy(dtype="float64")[place >= 0]
    return pd.Series(found, index=known.index)


def buyer_amounts(book: Book, known: pd.DataFrame) -> Amounts:
    """Return what each method that looks at one buyer gives (`recommend`); `known`: `known_buyers`."""
    settings, kind, accounts = book.run.limits, known["kind"], ratios(book).reset_index(drop=True)
    measured = ~kind.isin(rules.UNMEASURED)
    fixed, fixed_by = _fixed(book, known)
    new = rules.new_buyers(book, known)
    dormant = rules.dormant_buyers(book, known["last_issued"]) & ~new
    base, capacity = smallest(carried(accounts[list(BASES)], known["grade"], settings).where(measured, axis="index"))
    lgd, capital = loss_given_default(book).lgd, _capital(book, known)
    experience = payment_experience(book).reset_index(drop=True)
    owed = known["open_amount"].sum() or np.nan
    amounts = {
        "need": _need(book, known, new, dormant),
        "capacity": capacity,
        "expected_loss_budget": loss_budget(known["pd"], lgd=lgd, budget=settings.expected_loss_budget).where(measured),
        "net_value_added": _worth_nothing(book, known["pd"], capital, own_share=1.0).where(measured),
        "without_accounts": rules.without_accounts(book, known["grade"], experience).where(measured & capacity.isna()),
        "new_buyer": pd.Series(settings.new_buyer_limit, index=known.index).where(new),
        "maximum_of_kind": rules.maximum_of_kind(book, kind),
        "maximum": settings.maximum_limit or np.nan,
        "concentration": settings.maximum_share_of_book * owed,
    }
    applied = {
        **{name: fixed_by == name for name in rules.FIXED},
        **{name: kind == name for name in rules.UNMEASURED},
        "new buyer": new,
        "dormant": dormant,
        "no accounts": measured & capacity.isna(),
        "negative equity": measured & (accounts["net_worth"] < 0),
    }
    return Amounts(pd.DataFrame(amounts), capital, base, pd.DataFrame(applied), fixed, fixed_by)


def covered_amounts(
    book: Book, known: pd.DataFrame, found: Amounts, reach: pd.Series, *, insured_share: pd.Series
) -> pd.DataFrame:
    """Return the amounts of `found` where the insurer bears its share of what is owed within its reach (`Cover`).

    `OWN_RISK`: see `with_cover`. The net value added allows the reach of the insurer's limit where what we bear of it
    pays, before the premium, which is charged on turnover and not on the limit.
    """
    amounts, reach = found.amounts, reach.fillna(0.0)
    own = {name: with_cover(amounts[name], reach, insured_percentage=insured_share) for name in OWN_RISK}
    refused = _worth_nothing(book, known["pd"], found.capital, own_share=1 - insured_share)
    return amounts.assign(
        **own, net_value_added=reach.mask(refused == 0, 0.0).where(amounts["net_value_added"].notna())
    )


class Limits(NamedTuple):
    """Limits that fit in the caps, not yet rounded, by the buyer's place in the book.

    `alone`: those of the methods that look at one buyer; `amounts`: a column for each of the `METHODS`; `limit`, and
    `binding`, the name of the method that gives it; `taken`: as `Shares`.
    """

    alone: pd.Series
    amounts: pd.DataFrame
    limit: pd.Series
    binding: pd.Series
    taken: pd.DataFrame


def fitted(amounts: pd.DataFrame, found: Amounts, caps: Caps) -> Limits:
    """Return the smallest of each buyer's `amounts` within the `caps`, beside the limits that `found` has fixed."""
    fixed = found.fixed.fillna(0.0)
    alone = smallest(amounts)[1]
    shares = within_caps(alone.where(found.fixed.isna(), 0.0), counted_in_full(fixed), amounts["need"], caps)
    return _limits(alone, amounts, found, fixed, shares)


def raised(limits: Limits, covered: pd.DataFrame, found: Amounts, caps: Caps) -> Limits:
    """Return the limits with what cover adds to each buyer's smallest amount, as far as the caps have room left."""
    alone = smallest(covered)[1]
    more = (alone - limits.alone).clip(lower=0.0).where(found.fixed.isna()).fillna(0.0)
    shares = within_caps(more, limits.taken, covered["need"], caps)
    # What the caps have taken off a limit without cover they take off it with cover.
    cut = (limits.limit < limits.alone) & (shares.granted == 0)
    shares = shares._replace(rooms=shares.rooms.mask(cut, limits.amounts[list(ROOMS)]))
    return _limits(alone, covered, found, limits.limit, shares)


def _limits(alone: pd.Series, amounts: pd.DataFrame, found: Amounts, before: pd.Series, shares: Shares) -> Limits:
    table = amounts.join(shares.rooms)[list(METHODS)]
    binding = smallest(table)[0].map(METHODS).where(found.fixed.isna(), found.fixed_by)
    return Limits(alone, table, before + shares.granted, binding, shares.taken)


def _fixed(book: Book, known: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the limits that no method gives, and what does: the later rule of `rules.FIXED` wins."""
    override = by_place(overriding(book, "limit")["limit"], known)
    amount = override.mask(override.isna() & (known["kind"] == "prepaid"), 0.0)
    by = np.select(
        [known["method"] == "in default", override.notna(), amount.notna()],
        ["in default", "analyst's override", "prepaid"],
        "",
    )
    by = pd.Series(by, index=known.index, dtype="str")
    return amount.mask(by == "in default", 0.0), by.mask(by == "")


def _need(book: Book, known: pd.DataFrame, new: pd.Series, dormant: pd.Series) -> pd.Series:
    settings = book.run.limits
    # A sum of the ledger that is short of a round amount by its last bits must not lose a step when it is rounded down.
    need = needed(known, tolerated_delay_days=settings.tolerated_delay_days).round(6)
    need = need.clip(lower=settings.minimum_limit).where(need > 0, need)
    return need.mask(dormant, settings.dormant_limit).mask(new & known["last_issued"].isna())


def _capital(book: Book, known: pd.DataFrame) -> pd.Series:
    rated = known.set_index("buyer_id")["pd"]
    correlation = asset_correlation(book, rated)["correlation"].reset_index(drop=True)
    lgd, level = loss_given_default(book).lgd, book.run.limits.capital_level
    return capital_ratio(known["pd"], correlation, lgd=lgd, level=level)


def _worth_nothing(
    book: Book, probability: pd.Series, capital: pd.Series, *, own_share: pd.Series | float
) -> pd.Series:
    """Return 0 where a limit of which we bear `own_share` costs more than it earns; missing elsewhere.

    Missing for all where the run states no margin. What is earned and what it costs are in proportion to the limit, so
    that what holds for one of 1 holds for any.
    """
    if book.run.margin is None:
        return pd.Series(np.nan, index=probability.index)
    one = pd.Series(1.0, index=probability.index)
    added = net_value_added(
        one, probability, book.run.cost_of_capital * capital * own_share,
        margin=book.run.margin * book.run.limits.turns_a_year, lgd=loss_given_default(book).lgd * own_share,
    )  # fmt: skip
    return pd.Series(np.nan, index=probability.index).mask(~added["granted"], 0.0)
