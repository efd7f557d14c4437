"""Which cover there is and could be: the run's policies, what their premium is charged on, the ledger under limits."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.insured_part import insured_sales
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.measure.receivables import window_start
from tradecredit.model.insurance import Policy
from tradecredit.model.losses import LossDistribution

NO_COVER = "no cover"
"""The row of `comparison` without any policy."""

SHAPES = {
    "threshold_kind": "threshold",
    "deductible_order": "each_loss_deductible",
    "aggregate_erosion": "aggregate_first_loss",
    "waiting_from": "waiting_days",
    "extension_from": "maximum_extension_days",
    "bonus_loss_ratio": "no_claims_bonus",
}
"""Terms that only say how another one works: without that one they say nothing."""


def policies(book: Book) -> list[Policy]:
    """Return the run's policy and its quotes, each with the turnover that its premium is charged on.

    A policy that states no `insured_turnover` is charged on the invoices of the last 12 months that it insures.
    Raises `ParameterError` for names that are taken and top-ups without their primary, and `InputError` where such a
    policy meets a ledger of less than 12 months.
    """
    files = [*([book.run.policy] if book.run.policy else []), *book.run.quotes]
    read = [Policy.from_yaml(file) for file in files]
    problems = list(_name_problems(files, read))
    if problems:
        raise ParameterError(problems)
    unstated = [policy for policy in read if policy.insured_turnover is None and policy.premium_rate is not None]
    turnover = {policy.name: insurable_turnover(book, policy) for policy in unstated}
    short = [policy for policy in unstated if np.isnan(turnover[policy.name])]
    if short:
        raise InputError(
            Problem(
                file=f"policy {policy.name}",
                column="insured_turnover",
                allowed="is not stated, and the ledger is too short to tell a year's turnover",
                remedy="state insured_turnover in the policy",
            )
            for policy in short
        )
    return [policy.for_turnover(turnover[policy.name]) if policy in unstated else policy for policy in read]


def _name_problems(files: Sequence[Path], policies: Sequence[Policy]) -> Iterator[Problem]:
    names = [policy.name for policy in policies]
    primaries = [policy.name for policy in policies if policy.kind != "top_up"]
    for file, policy in zip(files, policies, strict=True):
        if names.count(policy.name) > 1 or policy.name == NO_COVER:
            yield Problem(
                file=str(file), column="name", value=policy.name, allowed="this name is taken",
                remedy="give each policy a `name` of its own",
            )  # fmt: skip
        if policy.primary is not None and policy.primary not in primaries:
            yield Problem(
                file=str(file), column="primary", value=policy.primary,
                allowed="no policy or quote of the run that can be topped up has this name",
                remedy=f"name one of: {', '.join(primaries)}" if primaries else "add its primary to the run",
            )  # fmt: skip


def policy_in_force(book: Book) -> Policy | None:
    """Return the run's own policy, as `policies`; None where the run names none."""
    return own_policy(book, policies(book))


def own_policy(book: Book, policies: Sequence[Policy]) -> Policy | None:
    """Return the policy in force among the `policies` of the book: the first, where the run names one of its own."""
    return policies[0] if book.run.policy and policies else None


def unknown_buyers(book: Book, policies: Sequence[Policy]) -> list[str]:
    """Return in sentences which policies name buyers that the book does not know on its day; none: nothing to say."""
    known = book.buyers["buyer_id"]
    unknown = {policy.name: policy.unknown_buyers(known) for policy in policies}
    return [
        f"{name} names {', '.join(ids)}, which the buyers of the book do not have: nothing is insured there."
        for name, ids in unknown.items()
        if ids
    ]


def insurable_turnover(book: Book, policy: Policy) -> float:
    """Return the amount, net of tax where that is known, of the last 12 months' invoices that a policy insures.

    Missing for a ledger of less than 12 months.
    """
    start = window_start(book.as_of, 12)
    if book.invoices["issued"].min().replace(day=1) > start + pd.Timedelta(days=1):
        return float("nan")
    return float(insured_sales(book, policy).sum())


def in_force(book: Book, dist: LossDistribution) -> str:
    """Return the name of the run's own policy, or that of the row without cover where it has none."""
    return dist.policies[0].name if book.run.policy else NO_COVER


def terms(policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the terms side by side: a row for each term that at least one policy has, a column for each policy.

    Lists, of buyers, limits and steps of a malus, are in words. Missing: a term that the policy does not have, or that
    only shapes one which it does not have (`SHAPES`; the sharing of recoveries where losses are settled net of them).
    """
    columns = {}
    for policy in policies:
        given = policy.model_dump(exclude={"name", "discretionary_shares"})
        idle = [term for term, shaped in SHAPES.items() if given[shaped] is None]
        idle += ["recovery_sharing"] if policy.loss_basis == "net" else []
        columns[policy.name] = given | _lists_in_words(policy) | dict.fromkeys(idle)
    table = pd.DataFrame(columns, dtype="object").rename_axis("term")
    return table[table.notna().any(axis="columns")]


def _lists_in_words(policy: Policy) -> dict[str, str | None]:
    limits = [f"{buyer}: {limit:,.0f}" for buyer, limit in (policy.limits or {}).items()]
    malus = [f"{step.premium_share:.0%} above {step.loss_ratio_above:g} × premium" for step in policy.malus]
    parts = {"buyers": policy.buyers or [], "limits": limits, "malus": malus}
    return {term: "; ".join(words) or None for term, words in parts.items()}


def covered(dist: LossDistribution) -> pd.DataFrame:
    """Return the exposure at risk by the state of its cover: under a limit of the insurer, and why not.

    Index `cover`, the reasons of `at_risk.cover`; columns: `buyers`, `exposure`, `under_limit` (the part of it
    within the insurer's named limit), `uncovered` (the rest), `share` of all exposure that is under a limit.
    """
    portfolio = dist.portfolio
    within = np.minimum(portfolio["exposure"], portfolio["insured_limit"].fillna(0.0))
    table = (
        portfolio.assign(under_limit=within, uncovered=portfolio["exposure"] - within)
        .groupby("cover")
        .agg(
            buyers=("exposure", "size"),
            exposure=("exposure", "sum"),
            under_limit=("under_limit", "sum"),
            uncovered=("uncovered", "sum"),
        )
        .sort_values("exposure", ascending=False, kind="stable")
    )
    return table.assign(share=table["under_limit"] / portfolio["exposure"].sum())


def share_under_limit(dist: LossDistribution) -> float:
    """Return the share of the exposure at risk within named limits; missing where the insurer has decided on none."""
    decided = dist.portfolio["cover"].isin(["named limit", "limit refused", "limit withdrawn or expired"]).any()
    return float(covered(dist)["share"].sum()) if decided else float("nan")
