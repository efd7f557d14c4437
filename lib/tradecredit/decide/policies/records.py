"""What there is to decide on the policies of a run, as a record."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import WORKING_DAYS, read_on
from tradecredit.decide import decisions
from tradecredit.numerics.known_digits import known_digits
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


STATED, NOTICE, PERIOD, WORKING = "stated", "notice", "period", "working days"
"""What sets the day by which the policy is decided on."""

DAYS_BEFORE_NOTICE = 5
"""So many working days before the last day for notice the policy is decided on, so that the notice can be given."""


def decide_by(book: Book) -> tuple[pd.Timestamp, str]:
    """Return the day by which the policy in force must be decided on (it may be past), and what sets it.

    The run's `account.decide_by`, or the last working day before it (`STATED`); else `DAYS_BEFORE_NOTICE` before the
    last day for notice (`notice_by`), or the day on which the report is read if that is later (`NOTICE`), and with it
    the last day for notice where that is past; else the last working day before the period ends (`PERIOD`); missing
    (`WORKING`: as the run's `decisions` say) without.
    """
    policy, notice = book.run.policy, notice_by(book)
    if book.run.account.decide_by is not None:
        return pd.Timestamp(np.busday_offset(book.run.account.decide_by, 0, "backward", busdaycal=WORKING_DAYS)), STATED
    if policy is None or policy.ends is None:
        return pd.NaT, WORKING
    if pd.notna(notice):
        early = np.busday_offset(np.datetime64(notice.date()), -DAYS_BEFORE_NOTICE, busdaycal=WORKING_DAYS)
        return min(notice, max(pd.Timestamp(early), read_on(book.as_of))), NOTICE
    return pd.Timestamp(np.busday_offset(policy.ends, -1, roll="forward", busdaycal=WORKING_DAYS)), PERIOD


def notice_by(book: Book) -> pd.Timestamp:
    """Return the last working day on which notice of the policy in force can be given; missing where none is stated."""
    policy = book.run.policy
    if policy is None or policy.ends is None or policy.notice_days is None:
        return pd.NaT
    latest = np.datetime64(policy.ends) - np.timedelta64(policy.notice_days, "D")
    return pd.Timestamp(np.busday_offset(latest, 0, roll="backward", busdaycal=WORKING_DAYS))


def notice_to_give(book: Book, items: pd.DataFrame, current: str) -> bool:
    """Return whether notice of the policy in force is to be given: it is advised to change or to end it, and the day
    for notice is stated and not over when the report is read."""
    if items.empty or pd.isna(latest := notice_by(book)) or latest < read_on(book.as_of):
        return False
    return advised(items, current)[0] in (CHANGE, END)


def gain(items: pd.DataFrame, current: str) -> tuple[float, str]:
    """Return what the advised course (`advised`) is worth more in a year than another, and which that is.

    The other is today's, or of a course that stays the next best, no cover included. In the account's currency.
    """
    what, best = advised(items, current)
    value = pd.concat([items["cover_value"], pd.Series({NO_COVER: 0.0})])
    others = value.drop(best) if what in (RENEW, STAY) else value[[current]]
    return float(value[best] - others.max()), str(others.idxmax())


def gain_error(items: pd.DataFrame, current: str) -> float:
    """Return the standard error of the `gain`; missing where it is not known for want of scenarios."""
    best, other = advised(items, current)[1], gain(items, current)[1]
    if NO_COVER in (best, other):
        return float(items.loc[other if best == NO_COVER else best, "cover_value_se"])
    # Of two policies the one that is not in force has the error of the difference.
    return float(items.loc[other if best == current else best, "cover_value_on_current_se"])


def decision(book: Book, items: pd.DataFrame, current: str, anchor: str) -> pd.DataFrame:
    """Return the decision on the policies (`decisions.COLUMNS`): one row, or none where the run names no policy.

    With it, where the policy in force does not state its notice, that it is to be looked up (`unknown_terms`); and that
    notice is to be given by its day where the advice needs it (`notice_to_give`). At stake is the `gain`, in
    the digits that its standard error leaves known. Where the run has it decided by amount (`Run.authorities`), that is
    the cost of the advised policy, or of the one that is ended or not taken out. Due as `decide_by` says.
    """
    if items.empty:
        return decisions.none()
    what, best = advised(items, current)
    meant = {END: current, STAY: items["cover_value"].idxmax()}.get(what, best)
    cost = -items.loc[meant, "account_cost"]
    due, _ = decide_by(book)
    whole = pd.Index([None], dtype="str")
    amount = known_digits(gain(items, current)[0], gain_error(items, current))
    table = pd.DataFrame({"amount": amount, "authorised": cost, "due_day": due}, index=whole)
    found = [decisions.of_buyers(book, "policy", table, anchor=anchor)]
    if notice_to_give(book, items, current):
        notice = pd.DataFrame({"amount": np.nan, "due_day": notice_by(book)}, index=whole)
        found.append(decisions.of_buyers(book, "policy notice", notice, anchor=anchor))
    if unknown_terms(book):
        found.append(decisions.of_book(book, ["policy terms"], {}, anchor=anchor))
    return decisions.together(book.run, *found)


def unknown_terms(book: Book) -> bool:
    """Return whether the day by which the policy in force is to be decided on hangs on terms that the run lacks."""
    return book.run.policy is not None and decide_by(book)[1] in (PERIOD, WORKING)
