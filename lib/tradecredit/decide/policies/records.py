"""What there is to decide on the policies of a run, as a record."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import decisions
from tradecredit.params.policy import NO_COVER

RENEW, CHANGE, END, TAKE, STAY = "renew", "change", "end", "take out", "stay without"
"""What the account advises."""


def advised(items: pd.DataFrame, current: str) -> tuple[str, str]:
    """Return what the account advises, and on which policy: the one of the highest value, no cover being worth 0.

    `items`: `account.account`; `current`: `terms.in_force`.
    """
    best = items["cover_value"].idxmax()
    if not items.loc[best, "cover_value"] > 0:
        return (STAY if current == NO_COVER else END), NO_COVER
    if current == NO_COVER:
        return TAKE, best
    return (RENEW if best == current else CHANGE), best


def decision(book: Book, items: pd.DataFrame, current: str, anchor: str) -> pd.DataFrame:
    """Return the decision on the policies (`decisions.COLUMNS`): one row, or none where the run names no policy.

    At stake is what the advised course is worth beside today's, or of one that stays beside the next best, no cover
    included. Where the run has it decided by amount (`Run.authorities`), that is the cost of the advised policy, or of
    the one that is ended or not taken out. Due on the run's
    `account.decide_by`, else at the end of the period of the policy in force, else as the run's `decisions` say.
    """
    if items.empty:
        return decisions.none()
    what, best = advised(items, current)
    value = pd.concat([items["cover_value"], pd.Series({NO_COVER: 0.0})])
    others = value.drop(best) if what in (RENEW, STAY) else value[[current]]
    meant = {END: current, STAY: items["cover_value"].idxmax()}.get(what, best)
    cost = -items.loc[meant, "account_cost"]
    due = book.run.account.decide_by or (book.run.policy.ends if book.run.policy else None)
    whole = pd.Index([None], dtype="str")
    table = pd.DataFrame(
        {"amount": value[best] - others.max(), "authorised": cost, "due_day": pd.Timestamp(due)}, index=whole
    )
    return decisions.of_buyers(book, "policy", table, anchor=anchor)
