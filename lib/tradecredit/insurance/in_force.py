"""Which cover there is and could be: the run's policies, what their premium is charged on, the ledger under limits."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.insurance.cover import insured_sales
from tradecredit.insurance.policy import Policy

NO_COVER = "no cover"
"""The row of `comparison` without any policy."""


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
