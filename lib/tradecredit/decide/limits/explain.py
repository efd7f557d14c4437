"""Why a buyer gets its limit: all the figures on the way from what is known of it to the amount."""

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.amounts import buyer_amounts, known_buyers
from tradecredit.decide.limits.methods import BASES, carried, net_value_added, own_exposure
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.decide.limits.rules import UNMEASURED
from tradecredit.errors import InputError, Problem
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.overrides import overriding
from tradecredit.measure.payment_experience import payment_experience
from tradecredit.measure.ratios import ratios


class Facts(NamedTuple):
    """What the steps to a buyer's limit are written from (`words.explain.steps`).

    `known`, `rating`, `limit`, `rules`: the buyer's rows of `known_buyers`, the ratings, `recommend` and
    `buyer_amounts`; `account`: its row of `ratios`; `by_base`: what each base of it supports; `lgd`; `value`: its row
    of `net_value_added` for a limit of 100 (None: no margin is stated, or its risk is not measured); `override`: its
    row of `overriding` (None: no analyst has set its limit); `share`, `reach`, `insurable`: its entries of `Cover`,
    with the policy's `percentage`; `own`: our own part of the limit with cover; `members` of its group; `receivables`:
    all that the book is owed; `experience`: its row of `payment_experience`.
    """

    book: Book
    known: pd.Series
    rating: pd.Series
    limit: pd.Series
    rules: pd.Series
    account: pd.Series
    by_base: pd.Series
    lgd: float
    value: pd.Series | None
    override: pd.Series | None
    percentage: float
    share: float
    reach: float
    insurable: float
    own: float
    members: int
    receivables: float
    experience: pd.Series


def facts(book: Book, ratings: pd.DataFrame, buyer_id: str, *, cover: Cover | None = None) -> Facts:
    """Return the figures that lead to a buyer's limit; arguments as `recommend`, whose amounts these are.

    Raises `InputError` for a buyer that the book does not know, and as `recommend`.
    """
    return facts_of(book, ratings, [buyer_id], cover=cover)[buyer_id]


def facts_of(
    book: Book, ratings: pd.DataFrame, buyers: Iterable[str], *, cover: Cover | None = None
) -> dict[str, Facts]:
    """Return the same of several buyers, by their ids: what they share is computed once. Raises as `facts`."""
    buyers, place_of = list(buyers), pd.Series(range(len(book.buyers)), book.buyers["buyer_id"])
    for buyer_id in buyers:
        if buyer_id not in place_of.index:
            allowed = "the book does not know this buyer on its day"
            raise InputError([Problem("buyers", allowed, "name one of its buyers", column="buyer_id", value=buyer_id)])
    cover = cover or of_buyers(book)
    limits, known = recommend(book, ratings, cover=cover), known_buyers(book, ratings)
    amounts, accounts = buyer_amounts(book, known), ratios(book).loc[buyers]
    by_base = carried(accounts[list(BASES)], ratings["grade"], book.run.limits)
    reach = cover.reach
    with_cover = limits.loc[buyers, "recommended_with_cover"]
    own = own_exposure(with_cover, reach[buyers], insured_percentage=cover.share[buyers])
    overrides, members = overriding(book, "limit"), limits["group_id"].value_counts()
    experience, lgd = payment_experience(book), loss_given_default(book).lgd
    found = {}
    for buyer_id in buyers:
        limit, place = limits.loc[buyer_id], int(place_of[buyer_id])
        rules = amounts.rules.loc[place]
        unmeasured = rules[list(UNMEASURED)].any()
        found[buyer_id] = Facts(
            book=book,
            known=known.loc[place],
            rating=ratings.loc[buyer_id],
            limit=limit,
            rules=rules,
            account=accounts.loc[buyer_id],
            by_base=by_base.loc[buyer_id],
            lgd=lgd,
            value=None if unmeasured else _value(book, ratings.loc[buyer_id, "pd"], amounts.capital[place]),
            override=overrides.loc[buyer_id] if buyer_id in overrides.index else None,
            percentage=cover.percentage,
            share=cover.share[buyer_id],
            reach=reach[buyer_id],
            insurable=cover.insurable[buyer_id],
            own=float(own[buyer_id]),
            members=int(members.get(limit["group_id"], 0)),
            receivables=known["open_amount"].sum(),
            experience=experience.loc[buyer_id],
        )
    return found


def _value(book: Book, probability: float, capital: float) -> pd.Series | None:
    """Return what a limit of 100 adds in a year; None where the run states no margin."""
    if book.run.margin is None:
        return None
    lent, capital_cost = pd.Series([100.0]), pd.Series([100 * book.run.cost_of_capital * capital])
    return net_value_added(
        lent, pd.Series([probability]), capital_cost,
        margin=book.run.margin * book.run.limits.turns_a_year, lgd=loss_given_default(book).lgd,
    ).iloc[0]  # fmt: skip
