"""What a limit on each buyer of a book may be, and what a unit of it earns, costs and loses in a year."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.deliveries import reasons
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits.actions import held, risk_limit
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.caps import classes
from tradecredit.decide.limits.methods import rounded_down
from tradecredit.decide.limits.rules import FIXED, UNMEASURED
from tradecredit.decide.optimum.programme import Years, own_part
from tradecredit.decide.terms.lengths import economics
from tradecredit.insurance.amounts import PAYING_BY_LOSS
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.evidence import evidence
from tradecredit.insurance.in_force import own_policy
from tradecredit.insurance.insured_sales import premium_of_sales
from tradecredit.insurance.late_shipments import late_shipments
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import run_policy
from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.insured_part import InsuredPart
from tradecredit.losses.portfolio import asset_correlation
from tradecredit.losses.simulation import simulate
from tradecredit.measure.balance_history import balance_history, carried_part
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.groups import group_of
from tradecredit.params.losses import Sampling

BOUNDS = ("need", "maximum_of_kind", "maximum", "concentration")
"""Methods that bound a limit whatever the risk: what the buyer can use, and what nobody may have."""

LINEAR = "linear part"

HELD_BACK, INSURER_FIRST, NOT_INSURED = (
    "deliveries held back", "insurer to be told first", "new deliveries not insured",
)  # fmt: skip
"""Why nothing raises a limit (`actions.held`)."""


def candidates(book: Book, ratings: pd.DataFrame, limits: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the buyers that may have a limit, with what a unit of it earns, costs and loses in a year.

    `ratings`: index buyer_id, `pd`; `limits`: `limits.recommend`; `policies`: `in_force.policies`, of which the run's
    own counts. Index buyer_id, in the order of `limits`. Columns, as `programme.solution` and `simulate` need them:

    - `recommended_with_cover`: the limit set one by one; `most`: the smallest of what a buyer
      can use and what nobody may have (`BOUNDS`) and of the methods that the run keeps, rounded down as recommended
      limits are, and never below the limit set one by one, which cover may have raised; that one itself where
      nothing may raise it (`actions.held`); `least`: 0; `bound`: the name of what sets `most`, there `HELD_BACK`
      where deliveries are (`deliveries.reasons`), else `INSURER_FIRST` where something is asked of its cover, or
      `NOT_INSURED`. Limits by a rule (`FIXED`), of buyers whose need is not known or whose risk is not measured
      (`UNMEASURED`), and of all but the `limit_optimum.buyers` with the highest `most` are not sought: `sought` is
      false, and `most` is the limit itself;
    - `margin`: the run's margin × the sales net of tax of the last 12 months that `most` carries, by what was owed in
      them (`carried_part`; where need sets it, all that the other bounds carry), for a unit of it: a lower limit earns
      in proportion;
    - `loss` = PD × LGD: a buyer owes its whole limit when it defaults. Buyers of a group that default together have the
      PD and correlation that those of its members average to by `most`, whatever their limits become;
    - `insurable_share`: `Cover.insurable`, 0 for buyers to whom nothing is shipped with cover any more
      (`Cover.stopped`); `covered_share` = insured percentage × insurable share; `covered_limit`: `Cover.reach`. Without
      a policy, and of excess of loss and top-ups, which bear no part of an ordinary loss: 0;
    - `premium` = `premium_of_sales` × `Cover.insured_sales` (0 as above) × the same sales, gross of tax: like
      `in_force.insurable_turnover`, net sales that the policy insures, within the insurer's limit or above. Minimum
      premium and fees depend on no limit;
    - `pd`, `lgd`, `correlation`, `insured_limit`, `evidence`, `group_id`; `sector`, `country`: see `classes`.
    """
    settings, index = book.run.limit_optimum, limits.index
    chosen = limits["recommended_with_cover"]
    binding = [name for name in METHODS if name in (*BOUNDS, *settings.kept)]
    bounds = limits[binding].astype("float64")
    most = rounded_down(bounds.min(axis="columns"), book.run.limits.digits)
    buyers = book.buyers.set_index("buyer_id").reindex(index)
    stands = limits["binding"].where(limits["binding"].isin(FIXED))
    stands = stands.mask(stands.isna() & buyers["kind"].isin(UNMEASURED), "risk not measured")
    stands = stands.mask(stands.isna() & limits["need"].isna(), "need not known")
    free = stands.isna()
    sought = free & (most.where(free).rank(method="first", ascending=False) <= settings.buyers)
    bound = bounds.fillna(np.inf).idxmin(axis="columns").map(METHODS)
    bound = stands.fillna(bound).mask(free & ~sought, "not sought")
    policy = own_policy(book, policies)
    back = held(limits)
    most = np.maximum(most, chosen).where(sought & ~back, chosen)
    no_deliveries = reasons(limits, duties(book, run_policy(book)).reindex(index)).any(axis="columns")
    why = np.select([no_deliveries, limits["report_due"]], [HELD_BACK, INSURER_FIRST], NOT_INSURED)
    bound = bound.mask(sought & back, pd.Series(why, index=index))
    stopping = risk_limit(most, bound, bounds.drop(columns="need").min(axis="columns").fillna(np.inf))
    a_unit = carried_part(balance_history(book), stopping) / most.where(most > 0)
    bought = balances(book).reindex(index)
    sales, net_sales = ((bought[name] * a_unit).fillna(0.0) for name in ("sales_12m", "net_sales_12m"))
    table = pd.DataFrame(
        {
            "recommended_with_cover": chosen,
            "least": 0.0,
            "most": most,
            "bound": bound,
            "sought": sought,
            "margin": economics(book).margin * net_sales,
            "pd": ratings["pd"].reindex(index),
            "lgd": loss_given_default(book).lgd,
        }
    )
    table = table.assign(correlation=asset_correlation(book, table["pd"])["correlation"])
    table = table.join(named_limits(book)["insured_limit"]).join(evidence(book))
    table = table.join(group_of(book)).join(classes(buyers))
    table = _insured(book, table, sales, policy)[most > 0]
    if book.run.losses.groups == "together":
        table = table.assign(**{name: _of_groups(table, name) for name in ("pd", "correlation")})
    return table.assign(loss=table["pd"] * table["lgd"])


def group_caps(buyers: pd.DataFrame, limits: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the caps of groups, `{"group_id": …}` with index group_id: the group limits of the table of limits.

    `buyers`: `candidates`; `limits`: `limits.recommend`.
    """
    return {"group_id": limits["group_limit"].reindex(buyers.index).groupby(buyers["group_id"]).first().dropna()}


def simulated(
    book: Book, buyers: pd.DataFrame, policies: Sequence[Policy], *, scenarios: int, seed: int
) -> LossDistribution:
    """Return the year's losses of candidates, as the run simulates losses.

    `buyers`: `candidates` with `exposure`, what they owe at default. Of it a policy insures the insurable share, less
    what is shipped after its stop (`late_shipments`), but for the linear part, which knows no stop. Bad years are
    sought in the tail that the run's `limit_optimum` averages.
    """
    run = book.run
    columns = ["pd", "lgd", "correlation", "insured_limit", "evidence", "sector"]
    columns += ["group_id"] if run.losses.groups == "together" else []
    varying = {"lgd_sd": run.losses.lgd_sd} if run.losses.lgd_sd else {}
    at_risk = buyers[[*columns, "exposure"]].assign(insurable=buyers["insurable_share"] * buyers["exposure"], **varying)
    parts = [InsuredPart.plain(policy)._replace(late=late_shipments(book, policy).shares) for policy in policies]
    stated = run.simulation.model_dump(include=set(Sampling.model_fields))
    sampling = Sampling(**stated | {"levels": [run.limit_optimum.level]})
    return simulate(
        at_risk, policies=parts, scenarios=scenarios, seed=seed, dependence=run.losses.dependence, sampling=sampling
    )


def linear_part(policy: Policy | None) -> list[Policy]:
    """Return what of a policy is in proportion to a limit, as a policy: percentage and limits, and no other term.

    Settled on the debt and with recoveries shared in proportion, as its part of what is lost. Empty where there is no
    policy, or one that bears no part of an ordinary loss.
    """
    if policy is None or policy.kind not in PAYING_BY_LOSS:
        return []
    terms = policy.model_dump(
        include={
            "kind", "buyers", "limits", "insured_percentage", "discretionary_limit", "discretionary_shares",
            "discretionary_months",
        }
    )  # fmt: skip
    return [Policy(**terms | {"name": LINEAR, "loss_basis": "debt", "recovery_sharing": "pro_rata"})]


def simulated_years(book: Book, buyers: pd.DataFrame, policy: Policy | None) -> Years:
    """Return the years that limits are sought on: what a unit of each one sought loses, and what all others do.

    `buyers`: `candidates`; they owe `most`, so that years are sought that are bad for what limits may become.
    """
    sought, settings = buyers[buyers["sought"]], book.run.limit_optimum
    at_risk = buyers.assign(exposure=buyers["most"])
    dist = simulated(book, at_risk, linear_part(policy), scenarios=settings.scenarios, seed=book.run.simulation.seed)
    units = dist.unit_losses(sought.index)
    # The retained loss is the last view. Of the difference of equal sums rounding may leave something below 0.
    others = dist.losses.iloc[:, -1].to_numpy() - units @ own_part(sought, sought["most"]).to_numpy(float)
    return Years(units, np.maximum(others, 0.0), dist.sample)


def _insured(book: Book, table: pd.DataFrame, sales: pd.Series, policy: Policy | None) -> pd.DataFrame:
    if policy is None or not linear_part(policy):
        return table.assign(insurable_share=0.0, covered_share=0.0, covered_limit=0.0, premium=0.0)
    cover = of_buyers(book, policy)
    share, charged = (
        values.mask(cover.stopped, 0.0).reindex(table.index) for values in (cover.insurable, cover.insured_sales)
    )
    return table.assign(
        insurable_share=share,
        covered_share=cover.percentage * share,
        covered_limit=cover.reach.reindex(table.index).where(share > 0, 0.0),
        premium=premium_of_sales(policy) * charged * sales,
    )


def _of_groups(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column with its mean by `most` for the buyers of each group."""
    by_group = table["group_id"]
    mean = (table[name] * table["most"]).groupby(by_group).transform("sum") / table["most"].groupby(by_group).transform(
        "sum"
    )
    return table[name].where(by_group.isna(), mean)
