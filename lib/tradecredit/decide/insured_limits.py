"""The insurer's limits: which to ask for, and what it does to each buyer when the insurer cuts them."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.cover import PAYING_BY_LOSS, Cover, of_buyers
from tradecredit.decide.limit_methods import own_exposure, yearly_sales
from tradecredit.decide.limits import recommend
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.measure.balances import balances
from tradecredit.model import at_risk
from tradecredit.model.at_risk import loss_given_default
from tradecredit.model.insurance import NOT_INSURABLE, Policy, values_not

REQUESTS = {"new limit": "2", "increased limit": "3"}
"""What is asked of the insurer: its code in UN/EDIFACT's data element 4505, credit cover request type."""


REQUEST_COLUMNS = [
    "request", "request_code", "insurer_limit", "requested", "limit_now", "limit_then", "extra_sales", "margin_gained",
    "expected_loss_more", "cost", "net_gain", "margin_per_cost",
]  # fmt: skip


def requests(book: Book, ratings: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return the limits that are worth asking the insurer for, the largest margin per premium and fee first.

    `ratings`: as `recommend` takes them; `policy`: that in force. Without one, or with one that bears no part of an
    ordinary loss (`PAYING_BY_LOSS`), no limit of the insurer lets us lend more, and the table is empty. A request is
    worth making where a named limit would let us lend more than we recommend with today's cover, and that pays. All
    requests are taken as granted together, so that the buyers of a group share its room.
    Index buyer_id; amounts in the reporting currency:

    - `request` and `request_code` (4505); `insurer_limit`, that in force (missing: none named); `requested`, the limit
      to ask for, which is all that we would then lend;
    - `limit_now`, `limit_then`: `recommended_with_cover` without and with the request;
    - `extra_sales` of a year that the difference carries, net of tax as far as that is stated: difference ×
      `yearly_sales`; `margin_gained` = the run's margin × extra sales;
    - `expected_loss_more` = PD × LGD × what we bear of the limit then, less what we bear of it now (negative: less);
    - `cost` = premium rate × extra sales × (1 + tax) and, for a new limit, the yearly fee; `net_gain` = margin_gained −
      expected_loss_more − cost; `margin_per_cost` = margin_gained / cost (missing where it costs nothing: these come
      first).

    Left out: buyers that cannot be insured or are in default, and limits that the insurer has refused, whose requests
    would be repeated. Missing: sales of a buyer without purchases, and all that rests on the margin where the run
    states none; such requests come last, as nobody can tell whether they pay. A minimum premium is not looked at: where
    it is not reached, extra sales cost less.
    """
    if policy is None or policy.kind not in PAYING_BY_LOSS:
        return pd.DataFrame(columns=REQUEST_COLUMNS).rename_axis("buyer_id")
    cover, why_not = of_buyers(book, policy), at_risk.cover(book)["cover"]
    askable = ~why_not.isin(["limit refused", *(f"not insurable: {kind}" for kind in NOT_INSURABLE)])
    askable &= (policy.buyers is None) | why_not.index.isin(policy.buyers or [])
    share, now_limit, named = cover
    now = recommend(book, ratings, cover=cover)
    then = recommend(book, ratings, cover=cover._replace(limit=now_limit.mask(askable, np.inf)))
    limit_now, limit_then = now["recommended_with_cover"], then["recommended_with_cover"]
    asked = (limit_then > limit_now) & askable

    carried = yearly_sales(balances(book), tolerated_delay_days=book.run.limits.tolerated_delay_days)
    sales = (limit_then - limit_now) * carried
    margin = sales * (np.nan if book.run.margin is None else book.run.margin)
    loss = ratings["pd"].reindex(now.index) * loss_given_default(book).lgd
    bear_then = own_exposure(limit_then, limit_then, insured_percentage=share)
    more = loss * (bear_then - own_exposure(limit_now, now_limit, insured_percentage=share))
    fresh = ~(named > 0)
    cost = (policy.premium_rate or 0.0) * (1 + (policy.premium_tax_rate or 0.0)) * sales
    cost += (policy.limit_fee or 0.0) * fresh
    request = pd.Series(np.where(fresh, *REQUESTS), index=now.index, dtype="str")
    table = pd.DataFrame(
        {
            "request": request, "request_code": request.map(REQUESTS), "insurer_limit": named,
            "requested": limit_then, "limit_now": limit_now, "limit_then": limit_then, "extra_sales": sales,
            "margin_gained": margin, "expected_loss_more": more, "cost": cost, "net_gain": margin - more - cost,
            "margin_per_cost": margin / cost.where(cost > 0),
        }
    )[REQUEST_COLUMNS][asked]  # fmt: skip
    per_cost = table["margin_per_cost"].where(table["cost"] != 0, np.inf)
    order = np.lexsort((-table["net_gain"], -per_cost))
    table = table.iloc[order]
    return table[~(table["net_gain"] <= 0)]


def requests_in_words(requests: pd.DataFrame, currency: str) -> str:
    """Return in a sentence what the requests would bring; see `requests`."""
    if requests.empty:
        return "No limit is worth asking the insurer for."
    known = requests["net_gain"].dropna()
    if known.empty:
        return f"Whether the {len(requests):,} requests pay cannot be told: the run states no margin."
    all_of_them = "It" if len(known) == 1 else f"All {len(known):,} together"
    return (
        f"{all_of_them} would earn {currency} {known.sum():,.0f} a year, after losses and the "
        f"{currency} {requests.loc[known.index, 'cost'].sum():,.0f} of premium and fees."
    )


def after_cut(
    book: Book, ratings: pd.DataFrame, left: float | pd.Series, *, cover: Cover | None = None
) -> pd.DataFrame:
    """Return what a cut of the insurer's limits does to each buyer that it touches, the most own exposure first.

    `left`: the part of each named limit that remains (0: all are cancelled), or amounts by buyer_id, to which limits
    are cut (buyers that are not there, and limits that are lower, stay); `cover` before, as `recommend`. Discretionary
    limits stay. Index buyer_id; amounts in the reporting currency, `_after` the cut:

    - `exposure`; `insurer_limit`, `insured` and `own`, as `recommend`, each with `_after`; `own_more` = own_after −
      own; `expected_loss_more` = PD × LGD × own_more;
    - `own_limit` in force; `recommended_with_cover`, with `_after`; `over_after`: exposure above it.

    What was shipped before a cut stays covered (DOMAIN.md §5.1): this is the book once today's balances have turned
    over. Buyers in default, to whom nothing more is shipped, are left out. Raises `ParameterError` for a part outside
    0 to 1, and `InputError` for amounts that are missing or below 0.
    """
    cover = cover or of_buyers(book)
    named = cover.named.dropna()
    lowered = np.minimum(named, _limits_left(named, left))
    cut = cover._replace(named=lowered, limit=np.fmin(cover.limit, lowered.reindex(cover.limit.index)))
    before, after = recommend(book, ratings, cover=cover), recommend(book, ratings, cover=cut)
    touched = lowered.index[(lowered < named) & (before["binding"].reindex(lowered.index) != "in default")]
    before, after = before.loc[touched], after.loc[touched]
    more = after["own"] - before["own"]
    columns = {
        f"{name}{suffix}": table[name]
        for name in ("insurer_limit", "insured", "own")
        for suffix, table in (("", before), ("_after", after))
    }
    table = pd.DataFrame({"exposure": before["exposure"], **columns}).assign(
        own_more=more,
        expected_loss_more=more * ratings["pd"].reindex(touched) * loss_given_default(book).lgd,
        own_limit=before["own_limit"],
        recommended_with_cover=before["recommended_with_cover"],
        recommended_with_cover_after=after["recommended_with_cover"],
        over_after=(before["exposure"] - after["recommended_with_cover"]).clip(lower=0.0),
    )
    return table.sort_values("own_more", ascending=False, kind="stable")


def cut_in_words(cut: pd.DataFrame, currency: str) -> str:
    """Return in a sentence what a cut of the insurer's limits does to the book; see `after_cut`."""
    if cut.empty:
        return "No buyer would be touched: the insurer has named no limit that could be cut."
    over, buyers = cut[cut["over_after"] > 0], "buyer" if len(cut) == 1 else "buyers"
    return (
        f"It would touch {len(cut):,} {buyers}: our own part of what they owe would rise by {currency} "
        f"{cut['own_more'].sum():,.0f}, and the expected loss by {currency} {cut['expected_loss_more'].sum():,.0f} a "
        f"year; {len(over):,} of them would owe {currency} {over['over_after'].sum():,.0f} more than is then "
        "recommended."
    )


def _limits_left(named: pd.Series, left: float | pd.Series) -> pd.Series:
    if isinstance(left, pd.Series):
        problems = list(values_not(left >= 0, left, "cut", "an amount of 0 or more is expected"))
        if problems:
            raise InputError(problems)
        return left.reindex(named.index).fillna(named)
    if not 0 <= left <= 1:
        problem = Problem("cut", "a part from 0 to 1 is expected", "state the part that remains", value=left)
        raise ParameterError([problem])
    return named * left
