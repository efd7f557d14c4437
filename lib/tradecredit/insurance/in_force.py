"""The policy in force and the quotes of a run, and the turnover that their premium is charged on."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.errors import InputError, Problem
from tradecredit.insurance.insured_sales import insured_sales
from tradecredit.insurance.policy import Policy
from tradecredit.measure.history import begins


def policies(book: Book) -> list[Policy]:
    """Return the run's policy and its quotes, each with the turnover that its premium is charged on.

    A policy that states no `insured_turnover` is charged on the invoices of the last 12 months that it insures.
    Raises `InputError` where such a policy meets a ledger of less than 12 months.
    """
    read = [Policy.of_terms(terms) for terms in book.run.policies]
    unstated = [policy for policy in read if policy.insured_turnover is None and policy.premium_rate is not None]
    turnover = {policy.name: insurable_turnover(book, policy) for policy in unstated}
    short = [policy for policy in unstated if np.isnan(turnover[policy.name])]
    if short:
        raise InputError(
            Problem(
                file=f"policy {policy.name}",
                column="insured_turnover",
                allowed="is not stated, and the ledger is too short to give a year's turnover",
                remedy="state insured_turnover in the policy",
            )
            for policy in short
        )
    return [policy.for_turnover(turnover[policy.name]) if policy in unstated else policy for policy in read]


def policy_in_force(book: Book) -> Policy | None:
    """Return the run's own policy, as `policies`; None where the run names none."""
    return own_policy(book, policies(book))


def own_policy(book: Book, policies: Sequence[Policy]) -> Policy | None:
    """Return the policy in force among the `policies` of the book: the first, where the run names one of its own."""
    return policies[0] if book.run.policy and policies else None


def programme(book: Book) -> list[Policy]:
    """Return the policies that pay together where the run's own is in force: of a top-up its primary too, first.

    Empty where the run names none.
    """
    own = book.run.policy
    if own is None:
        return []
    below = [terms for terms in book.run.policies if own.primary is not None and terms.name == own.primary]
    return [Policy.of_terms(terms) for terms in (*below, own)]


def insurable_turnover(book: Book, policy: Policy) -> float:
    """Return the amount, net of tax where that is known, of the last 12 months' invoices that a policy insures.

    Missing for a ledger whose history (`history.begins`) is of less than 12 months.
    """
    start = window_start(book.as_of, 12)
    if begins(book, book.as_of) > start + pd.Timedelta(days=1):
        return float("nan")
    return float(insured_sales(book, policy).sum())
