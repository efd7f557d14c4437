"""How much to lend to each buyer: every method's amount, the smallest of them, and the name of the one that binds."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits import rules
from tradecredit.decide.limits.actions import action, bound_by, excesses, held, overdue, risk_bound, risk_limit
from tradecredit.decide.limits.amounts import (
    MEASURED,
    METHODS,
    ROOMS,
    buyer_amounts,
    by_place,
    covered_amounts,
    fitted,
    known_buyers,
    raised,
)
from tradecredit.decide.limits.caps import by_buyer, caps, without_need
from tradecredit.decide.limits.carried_sales import lost, released
from tradecredit.decide.limits.changes import aimed, decided, staying
from tradecredit.decide.limits.methods import excess, rounded_down, smallest
from tradecredit.default.explain import LONG_OVERDUE
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.insurance.shipped import run_policy
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.orders import commitments
from tradecredit.measure.overrides import overriding

CAPPED = [METHODS[name] for name in ROOMS]
"""What binds a limit that its group, sector or country leaves less than its methods give."""


def recommend(book: Book, ratings: pd.DataFrame, *, cover: Cover | None = None) -> pd.DataFrame:
    """Return the recommended limit of every buyer, the method that binds, and how the exposure stands to it.

    `ratings`: index buyer_id, `pd`, `grade`, `method` (`default.assess`); `cover`: what the insurer bears, by default
    that of the run's own policy (`cover.of_buyers`). Index buyer_id (all buyers). Amounts in the reporting
    currency; those of a method are missing where it does not apply:

    - `recommended`: the smallest of the `METHODS`, `rounded_down` to `limits.digits`; `binding`: that method;
      `rule`: which of `rules.RULES` for particular buyers applied;
    - `need`: see `needed`, at least `limits.minimum_limit`; that of a dormant buyer is `limits.dormant_limit`, that of
      a new one before its first order is not known. `capacity`, of the `capacity_base`: the smallest of `carried`.
      `expected_loss_budget`: see `loss_budget`. `net_value_added`: 0 where a limit of any size costs more than the
      run's margin earns (capital by `capital_ratio`). `without_accounts`, `new_buyer`, `maximum_of_kind` (public bodies
      and affiliates), `maximum`: the run's largest limits of such buyers, and of any. `concentration`: largest share of
      the book × all receivables (missing where nothing is owed at all). `group_room`, `sector_room`, `country_room`:
      what these leave the buyer (`within_caps`); `group_id`, `group_limit`, and `group_need`, what of its need counts
      for that: what is set on it if that is more, and what the methods give where its need is not known;
    - `exposure`, what is owed and shipped less what is on account, and what is committed, the same with open orders,
      which counts against limits (`orders.commitments`); `own_limit`, that in force (missing: none); `limit_use` =
      committed / own_limit; `breach`: committed above our own limit (missing without one; the use also where it is 0);
      `over_recommended` likewise. Of a book with orders the other columns of `commitments`, `room` = limit_to_set −
      committed, at least 0, and `orders_held`, what of open orders the limit to set has no room for;
    - `insurer_limit`, named by the insurer; `covered_limit`, what applies under the policy; `stopped`, whether nothing
      that is shipped from now on is insured: see `Cover`. `insured`: what the insurer bears of the exposure, before any
      deductible or first loss; `own` = exposure − insured;
    - `recommended_with_cover`, `binding_with_cover`: the same with only our own part of the limit counting for the
      methods that measure what we risk (`covered_amounts`). Cover adds to what is recommended without it, as far as
      need, concentration and what the groups, sectors and countries have left allow; `over_recommended`: exposure above
      it. `methods_give`: what it would be for the buyer
      alone if nothing else set it;
    - `risk_limit`, `over_risk` and `over_need`: see `actions.excesses`; `risk_limit_alone`: the same without cover;
      `risk_bound_by`: what sets the limit by risk (`actions.bound_by`);
      `overdue`: see `actions.overdue`; `action`, what the exposure asks for: see `actions.action`; `report_due`: the
      run's policy asks for a report, a claim or a stop by the day on which the report is read (`duties`);
    - `limit_to_set`, `change`, `decision`, `decision_code`, `response_code`, `reason`, `reason_code`, `approval`: see
      `changes.decided`; the limit to set is not below what is owed where need alone would have it so (`changes.aimed`);
    - `expected_loss_owed` = PD × LGD × exposure, before insurance (`loss_given_default`);
    - `lost_sales`, `lost_margin`: see `carried_sales.lost`; `released`, `released_sales`, `released_margin`, if
      accounts were shown: see `carried_sales.released`.

    Rules: a buyer of kind `prepaid` gets 0 (`prepaid`); public bodies and affiliates have no capacity, loss budget and
    net value added. A limit set by an analyst and valid on the day stands as it is (`analyst's override`); the others
    of its group, sector and country share what it leaves. A buyer in default gets 0 in any case (`in default`). Raises
    `InputError` for ratings that lack a column, and for buyers whose probability or grade is missing or impossible:
    they would get a limit that no risk bounds. Source: definitions §4.
    """
    known, settings = known_buyers(book, ratings), book.run.limits
    ordered, own_limit = commitments(book).reset_index(drop=True), by_place(limits_in_force(book)["own"], known)
    exposure, committed = ordered["exposure"], ordered["committed"]
    cover = cover or of_buyers(book)
    share, reach, covered_limit, named, stopped, insured = (
        by_place(values, known)
        for values in (cover.share, cover.reach, cover.limit, cover.named, cover.stopped, cover.insured)
    )

    found = buyer_amounts(book, known)
    covered = covered_amounts(book, known, found, reach.mask(stopped == 1, 0.0), insured_share=share.fillna(0.0))
    counted = found.amounts["need"].fillna(smallest(found.amounts)[1]).mask(found.fixed == 0, 0.0)
    receivables = known["net_amount"].sum() or np.nan
    together = caps(known.assign(need=counted, fixed=found.fixed), receivables, settings)
    without = fitted(found.amounts, found, together)
    within = raised(without, covered, found, together)

    recommended, with_cover = (
        rounded_down(limits.limit, settings.digits).where(found.fixed.isna(), found.fixed)
        for limits in (without, within)
    )
    alone_give, methods_give = (
        rounded_down(smallest(amounts)[1], settings.digits) for amounts in (found.amounts, covered)
    )
    binding = _binding(without.binding, found.amounts, recommended == alone_give)
    binding_with_cover = _binding(within.binding, covered, with_cover == methods_give)
    # What is on account is taken off what is insured and what is not alike; insured is what is invoiced.
    owed = known["open_amount"].where(known["open_amount"] > 0)
    insured = insured.fillna(0.0) * (known["net_amount"] / owed).fillna(1.0)
    table = without.amounts.assign(
        recommended=recommended,
        binding=binding,
        rule=rules.codes(found.rules),
        capacity_base=found.capacity_base,
        group_id=known["group_id"],
        group_need=np.fmax(counted, found.fixed).where(known["group_id"].notna()),
        group_limit=by_buyer(together.group.amount, together.group),
        exposure=exposure,
        own_limit=own_limit,
        insurer_limit=named,
        covered_limit=covered_limit,
        stopped=stopped == 1,
        limit_use=committed / own_limit.where(own_limit > 0),
        breach=excess(committed, own_limit),
        over_recommended=excess(committed, with_cover),
        insured=insured,
        own=exposure - insured,
        methods_give=methods_give,
        recommended_with_cover=with_cover,
        binding_with_cover=binding_with_cover,
    )
    alone, bound = (rounded_down(risk_bound(limits.amounts), settings.digits) for limits in (without, within))
    table = table.assign(
        overdue=overdue(book),
        expected_loss_owed=known["pd"] * loss_given_default(book).lgd * exposure,
        risk_limit_alone=risk_limit(recommended, binding, alone),
        **excesses(table, bound),
        risk_bound_by=bound_by(within.amounts, binding_with_cover),
    )
    asked = duties(book, run_policy(book))[["missed_amount", "report_amount", "claim_amount", "stop_insured"]]
    # Orders that the recommended limit has no room for are no reason to set it.
    fits = (committed <= exposure) | ~(table["over_recommended"] > settings.tolerated_excess)
    exceeding = table.assign(
        breach=table["breach"].where(fits, excess(exposure, own_limit)), claimed=asked["claim_amount"].to_numpy() > 0
    )
    table = table.assign(
        action=action(exceeding, known["grade"], settings), report_due=(asked > 0).any(axis="columns").to_numpy()
    )
    insolvent = known["buyer_id"].isin(book.defaults.loc[book.defaults["kind"] == "insolvency", "buyer_id"])
    adverse = pd.DataFrame(
        {
            "negative equity": found.rules["negative equity"],
            "insolvent": insolvent,
            "long overdue": known["method"].str.contains(LONG_OVERDUE, regex=False).fillna(value=False),
            "deliveries held back": held(table),
        }
    )
    ceiling = smallest(covered.drop(columns=list(MEASURED)))[1]
    with_orders = table.assign(exposure=committed)
    table = table.assign(aim=aimed(with_orders, without_need(together, receivables, settings), settings.digits))
    stays = staying(with_orders.assign(aim=table["aim"]), ceiling, together, settings.minimum_change)
    table = decided(table.assign(committed=committed), stays, adverse, settings.approvals)
    table = table.drop(columns=["aim", "committed"])
    if book.has("orders"):
        table = _beside_orders(table, ordered)
    buyers = pd.Index(known["buyer_id"], name="buyer_id")
    table, bounds = table.set_index(buyers), within.amounts.set_index(buyers)
    return table.assign(**lost(book, table), **released(book, bounds, table))


def _binding(binding: pd.Series, amounts: pd.DataFrame, uncut: pd.Series) -> pd.Series:
    """Return what binds each limit: of one that caps leave `uncut`, as they take off no more than rounding does, the
    method that gives the smallest of the `amounts`."""
    return binding.mask(one_of(binding, CAPPED) & uncut, smallest(amounts)[0].map(METHODS))


def _beside_orders(table: pd.DataFrame, ordered: pd.DataFrame) -> pd.DataFrame:
    """Return limits with the columns of `orders.commitments`, `room` and `orders_held` (see `recommend`)."""
    committed, limit = ordered["committed"], table["limit_to_set"]
    return table.assign(
        **ordered.drop(columns="exposure"),
        room=excess(limit, committed),
        orders_held=np.minimum(excess(committed, limit), committed - ordered["exposure"]),
    )


def totals(limits: pd.DataFrame) -> pd.Series:
    """Return the book's sums: `recommended`, `recommended_with_cover`, `to_set`, `breaches` (buyers), `breach_amount`,
    `own`, `insured`, `insured_share`.

    Breaches are of buyers that are not in default without a limit above 0; missing where no buyer has a limit of ours.
    `insured` and its share of the exposure are missing where there is no policy, or no limit above 0 is known under it.
    """
    over = limits.loc[~_without_limit_in_default(limits), "breach"].dropna()
    known = limits["covered_limit"].notna() & (limits[["covered_limit", "insurer_limit"]] > 0).any(axis=None)
    insured = limits["insured"].where(known).sum(min_count=1)
    return pd.Series(
        {
            "recommended": limits["recommended"].sum(),
            "recommended_with_cover": limits["recommended_with_cover"].sum(),
            "to_set": limits["limit_to_set"].sum(),
            "breaches": float((over > 0).sum()) if len(over) else np.nan,
            "breach_amount": over.sum() if len(over) else np.nan,
            "own": limits["own"].sum(),
            "insured": insured,
            "insured_share": insured / (limits["exposure"].sum() or np.nan),
        }
    )


def breaches(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that owe more than our own limit, the largest excess first.

    Left out are those in default without a limit above 0: there is no limit left to exceed.
    """
    over = limits[(limits["breach"] > 0) & ~_without_limit_in_default(limits)]
    return over.sort_values("breach", ascending=False, kind="stable")


def _without_limit_in_default(limits: pd.DataFrame) -> pd.Series:
    return (limits["binding"] == "in default") & ~(limits["own_limit"] > 0)


def by_binding(limits: pd.DataFrame) -> pd.DataFrame:
    """Return how many limits each method sets, without cover and with it: index `binding`, the most frequent first.

    `buyers` and the sum of their `recommended` limits without cover; `buyers_with_cover`, and the sum of
    `recommended_with_cover` and `exposure` of those.
    """
    alone = limits.groupby("binding").agg(buyers=("recommended", "size"), recommended=("recommended", "sum"))
    covered = limits.groupby("binding_with_cover").agg(
        buyers_with_cover=("recommended", "size"), recommended_with_cover=("recommended_with_cover", "sum"),
        exposure=("exposure", "sum"),
    )  # fmt: skip
    table = alone.join(covered.rename_axis("binding"), how="outer").fillna(0.0)
    table = table.astype({"buyers": int, "buyers_with_cover": int})
    return table.sort_values(["buyers_with_cover", "buyers"], ascending=False, kind="stable")


def overridden(book: Book, limits: pd.DataFrame) -> pd.DataFrame:
    """Return what the limits that analysts have set change: index buyer_id, the largest difference first.

    `limits`: `recommend`. `limit` that stands; `methods_give`, what the methods would give with cover; `difference`;
    `passes`: which bounds on a single buyer the limit is above, in words (empty: none); `by`, `reason`, `until`.
    """
    judged = limits[limits["binding"] == "analyst's override"]
    given = judged[list(METHODS)].astype("float64")
    above = given[["maximum_of_kind", "maximum", "concentration"]].lt(judged["recommended"], axis="index")
    passes = [", ".join(METHODS[name] for name in row.index[row]) for _, row in above.iterrows()]
    table = pd.DataFrame(
        {
            "limit": judged["recommended"],
            "methods_give": judged["methods_give"],
            "passes": pd.Series(passes, index=judged.index, dtype="str"),
        }
    )
    table.insert(2, "difference", table["limit"] - table["methods_give"])
    table = table.join(overriding(book, "limit")[["by", "reason", "until"]])
    return table.loc[table["difference"].abs().sort_values(ascending=False, kind="stable").index]


def expired_overrides(book: Book) -> pd.DataFrame:
    """Return the limits that analysts had set until a day that is over, which are not applied: columns of `overrides`.

    The latest end first.
    """
    rows = book.overrides[book.overrides["limit"].notna()]
    over = rows[rows["until"] < book.as_of]
    return over.sort_values("until", ascending=False, kind="stable").reset_index(drop=True)
