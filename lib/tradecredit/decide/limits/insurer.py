"""The insurer's limits: which to ask for, and what it does to each buyer when the insurer cuts them."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits.actions import IN_DEFAULT, STOPS
from tradecredit.decide.limits.methods import own_exposure
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.errors import InputError, ParameterError, Problem, values_not
from tradecredit.insurance.amounts import PAYING_BY_LOSS
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.insurance.insured_sales import premium_of_sales
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.measure.balance_history import balance_history, carried_part
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import loss_given_default

REQUESTS = {"new limit": "2", "increased limit": "3"}
"""What is asked of the insurer: its code in UN/EDIFACT's data element 4505, credit cover request type."""


REQUEST_COLUMNS = [
    "request", "request_code", "insurer_limit", "requested", "recommended_with_cover", "recommended_with_request",
    "extra_sales", "margin_gained", "expected_loss_change", "cost", "net_gain", "margin_per_cost",
]  # fmt: skip


def requests(book: Book, ratings: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return the limits that are worth asking the insurer for, the largest margin per premium and fee first.

    `ratings`: as `recommend` takes them; `policy`: that in force. Without one, or with one that bears no part of an
    ordinary loss (`PAYING_BY_LOSS`), no limit of the insurer lets us lend more, and the table is empty. A request is
    worth making where a higher named limit would let us lend and sell more than we do with today's cover, and that
    pays. All requests are taken as granted together, so that the buyers of a group share its room.
    Index buyer_id; amounts in the reporting currency:

    - `request` and `request_code` (4505); `insurer_limit`, that in force (missing: none named); `requested`, the limit
      to ask for: the insured debt in all that we would then lend;
    - `recommended_with_cover`, and `recommended_with_request`: the same with the request granted;
    - `extra_sales`: of the sales net of tax of the last 12 months what `recommended_with_request` carries beyond
      today's limit by risk, by what was owed in them (`carried_part`); `margin_gained` = the run's margin × extra
      sales;
    - `expected_loss_change` = PD × LGD × what we bear of the limit then, less what we bear of it now (negative: less);
    - `cost` = premium rate × the insured part of the extra sales × (1 + tax) and, for a new limit, the yearly fee;
      `net_gain` = margin_gained − expected_loss_change − cost; `margin_per_cost` = margin_gained / cost (missing where
      it costs nothing: these come first).

    Left out: buyers that cannot be insured, to whom nothing is shipped with cover any more (`Cover.stopped`), that are
    in default, to whom deliveries are to stop (`actions.STOPS`), whose debt is to be reported or claimed, or whose
    need is not known, and limits that the insurer has refused, whose requests would be repeated.
    Missing: all that rests on the margin where the run states none; such requests come last, as it is not known whether
    they pay. A minimum premium is not looked at: where it is not reached, extra sales cost less.
    """
    if policy is None or policy.kind not in PAYING_BY_LOSS:
        return pd.DataFrame(columns=REQUEST_COLUMNS).rename_axis("buyer_id")
    cover = of_buyers(book, policy)
    askable = ~_refused(book, policy) & (cover.insurable > 0) & ~cover.stopped
    granted = cover._replace(limit=cover.limit.mask(askable, np.inf))
    now, then = recommend(book, ratings, cover=cover), recommend(book, ratings, cover=granted)
    limit_now, limit_then = now["recommended_with_cover"], then["recommended_with_cover"]
    free = ~now["action"].isin(STOPS) & ~now["report_due"]

    bought, owed = balances(book).reindex(now.index), balance_history(book)
    before = carried_part(owed, now["risk_limit"].fillna(np.inf))
    more_carried = (carried_part(owed, limit_then) - before).clip(lower=0.0)
    sales = more_carried * bought["net_sales_12m"]
    requested = (limit_then * cover.insurable).round()
    more_than_named = requested > cover.named.fillna(0.0)
    asked = more_than_named & (limit_then > limit_now) & (sales > 0) & askable & free & then["need"].notna()
    margin = sales * book.run.stated_margin
    loss = ratings["pd"].reindex(now.index) * loss_given_default(book).lgd
    bear_then, bear_now = (
        own_exposure(limit, reach, insured_percentage=cover.share)
        for limit, reach in ((limit_then, limit_then), (limit_now, cover.reach))
    )
    more = loss * (bear_then - bear_now)
    fresh = ~(cover.named > 0)
    cost = (
        premium_of_sales(policy) * cover.insured_sales * more_carried * bought["sales_12m"]
        + (policy.limit_fee or 0.0) * fresh
    )
    request = pd.Series(np.where(fresh, *REQUESTS), index=now.index, dtype="str")
    table = pd.DataFrame(
        {
            "request": request, "request_code": request.map(REQUESTS), "insurer_limit": cover.named,
            "requested": requested, "recommended_with_cover": limit_now,
            "recommended_with_request": limit_then, "extra_sales": sales, "margin_gained": margin,
            "expected_loss_change": more, "cost": cost, "net_gain": margin - more - cost,
            "margin_per_cost": margin / cost.where(cost > 0),
        }
    )[REQUEST_COLUMNS][asked]  # fmt: skip
    per_cost = table["margin_per_cost"].where(table["cost"] != 0, np.inf)
    order = np.lexsort((-table["net_gain"], -per_cost))
    table = table.iloc[order]
    return table[~(table["net_gain"] <= 0)]


def left_out(book: Book, limits: pd.DataFrame, policy: Policy | None) -> pd.Series:
    """Return how many buyers `requests` asks nothing for whatever it would bring, by the first reason that holds.

    `limits`: `recommend`, with the cover of `policy`. Index: `in default`, `to report or claim`, `no longer insured`,
    `stop` of deliveries, `refused` by the insurer, `not insurable`; none where `requests` knows no request at all.
    """
    if policy is None or policy.kind not in PAYING_BY_LOSS:
        return pd.Series(dtype="int64")
    cover, asked = of_buyers(book, policy), duties(book, policy).reindex(limits.index)
    in_default = limits["action"] == IN_DEFAULT
    holds = {
        "in default": in_default,
        "to report or claim": (asked[["missed_amount", "report_amount", "claim_amount"]] > 0).any(axis="columns"),
        "no longer insured": cover.stopped.reindex(limits.index) | asked["stop_insured"],
        "stop": limits["action"].isin(STOPS),
        "refused": _refused(book, policy).reindex(limits.index),
        "not insurable": ~(cover.insurable > 0).reindex(limits.index),
    }
    first = pd.Series(np.select(list(holds.values()), list(holds), ""), index=limits.index)
    return first.value_counts().reindex(list(holds), fill_value=0)


def _refused(book: Book, policy: Policy) -> pd.Series:
    """Return whether the insurer has refused a limit on each buyer."""
    named = named_limits(book)
    stated = pd.Series(policy.limits or {}, dtype="float64").reindex(named.index)
    return stated.eq(0) | (stated.isna() & named["refused"])


def after_cut(
    book: Book, ratings: pd.DataFrame, left: float | pd.Series, *, cover: Cover | None = None
) -> pd.DataFrame:
    """Return what a cut of the insurer's limits does to each buyer that it touches, the most own exposure first.

    `left`: the part of each named limit that remains (0: all are cancelled), or amounts by buyer_id, to which limits
    are cut (buyers that are not there, and limits that are lower, stay); `cover` before, as `recommend`. Discretionary
    limits stay. Index buyer_id; amounts in the reporting currency, `_after` the cut:

    - `exposure`; `insurer_limit`, `insured` and `own`, as `recommend`, each with `_after`; `own_more` = own_after −
      own; `expected_loss_more` = PD × LGD × own_more;
    - `own_limit` in force; `recommended_with_cover`, with `_after`; `over_after`: exposure above it, and `over_more`,
      how much of that comes with the cut.

    What was shipped before a cut stays covered (definitions §5.1): `insured_after` is of the book once today's balances
    have turned over, what the audit insures today within the limit that is left. Left out are buyers to whom nothing
    more is shipped with cover, as they are in default or `stopped`, and limits that bear nothing. Raises
    `ParameterError` for a part outside 0 to 1, and `InputError` for amounts that are missing or below 0.
    """
    cover = cover or of_buyers(book)
    named = cover.named.dropna()
    lowered = limits_left(named, left)
    left_of = lowered.where(lowered < named).reindex(cover.limit.index)
    cut = cover._replace(
        named=lowered,
        limit=np.fmin(cover.limit, lowered.reindex(cover.limit.index)),
        insured_debt=np.fmin(cover.insured_debt, left_of),
    )
    before, after = recommend(book, ratings, cover=cover), recommend(book, ratings, cover=cut)
    bears = ((cover.share * cover.limit > 0) & ~cover.stopped).reindex(lowered.index)
    touched = lowered.index[(lowered < named) & bears & (before["binding"].reindex(lowered.index) != "in default")]
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
        over_after=after["over_recommended"],
        over_more=after["over_recommended"] - before["over_recommended"],
    )
    return table.sort_values("own_more", ascending=False, kind="stable")


def limits_left(named: pd.Series, left: float | pd.Series) -> pd.Series:
    """Return what a cut leaves of named limits: `left` as `after_cut` takes it; a limit is never raised.

    Raises as `after_cut`.
    """
    if isinstance(left, pd.Series):
        problems = list(values_not(left >= 0, left, "cut", "an amount of 0 or more is expected"))
        if problems:
            raise InputError(problems)
        return np.minimum(named, left.reindex(named.index).fillna(named))
    if not 0 <= left <= 1:
        problem = Problem("cut", "a part from 0 to 1 is expected", "state the part that remains", value=left)
        raise ParameterError([problem])
    return named * left
