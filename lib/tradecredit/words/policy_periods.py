"""Sentences on when policies run, and by when the one in force is decided on and given notice of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on, window_start
from tradecredit.decide.decisions import authority
from tradecredit.decide.policies import records
from tradecredit.insurance.policy import Policy
from tradecredit.language import tr
from tradecredit.words.formats import counted, day, days, listed


def period(policy: Policy, as_of: pd.Timestamp) -> str:
    """Return the period of a policy; where none is stated, the 12 months that it is taken to have."""
    starts, ends = (None if moment is None else day(pd.Timestamp(moment)) for moment in (policy.starts, policy.ends))
    if starts and ends:
        return tr("{starts} to {ends}", starts=starts, ends=ends)
    if starts or ends:
        return (
            tr("from {starts}, no end stated", starts=starts) if starts else tr("to {ends}, no start stated", ends=ends)
        )
    return tr("none stated: {year_ahead} taken", year_ahead=_year_ahead(as_of))


def _year_ahead(as_of: pd.Timestamp) -> str:
    return tr(
        "{as_of} to {window_start}", as_of=day(as_of + pd.Timedelta(days=1)), window_start=day(window_start(as_of, -12))
    )


def periods(policies: Sequence[Policy], as_of: pd.Timestamp) -> list[str]:
    """Return what is assumed of the periods of policies, of those that state one and of those that do not."""
    none = [policy.name for policy in policies if policy.starts is None and policy.ends is None]
    ending = [
        policy.name
        for policy in policies
        if policy.ends is not None and pd.Timestamp(policy.ends) < window_start(as_of, -12)
    ]
    told = []
    if none:
        told.append(
            tr(
                "{none}: no period is stated (`starts`, `ends`). The year ahead is taken to be the 12 months "
                "from {as_of}; what was shipped before is taken to be insured by an earlier period on the same "
                "terms. An offer that replaces a policy begins when that ends; what it is worth is that of 12 "
                "months under it, on today's book.",
                none=listed(none),
                as_of=day(as_of + pd.Timedelta(days=1)),
            )
        )
    if ending:
        told.append(
            tr(
                "{ending}: a period that ends within the year ahead is taken to be renewed as it is.",
                ending=listed(ending),
            )
        )
    return told


def decide_by(book: Book) -> str:
    """Return by when the policy in force must be decided on, and where that comes from; empty without a policy.

    Where notice is stated, also by when it is to be given, and by whom.
    """
    policy, (latest, basis) = book.run.policy, records.decide_by(book)
    if basis == records.STATED:
        return tr(
            "The policy is to be decided on by {latest} (`account.decide_by` of the run file).{notice}",
            latest=day(latest),
            notice=_notice(book),
        )
    if policy is None:
        return ""
    if basis == records.WORKING:
        return tr(
            "{name} states neither an end nor a notice (`ends`, `notice_days`): the day by which it is to "
            "be decided on is that of `decisions.working_days` of the run file, not the policy's. Look "
            "both up in it.",
            name=policy.name,
        )
    ends = pd.Timestamp(policy.ends)
    if ends < book.as_of:
        return tr(
            "The period of {name} ended on {ends}: what has been shipped since is not insured by it.",
            name=policy.name,
            ends=day(ends),
        )
    told = tr("The period of {name} ends on {ends}", name=policy.name, ends=day(ends))
    if basis == records.PERIOD:
        return tr(
            "{told}; no notice is stated (`notice_days`), so that the policy is to be decided on by "
            "{latest}, the last working day before. Look the notice up in the policy: it may be due "
            "earlier.",
            told=told,
            latest=day(latest),
        )
    told = f"{told}.{_notice(book)}"
    if records.notice_by(book) <= book.as_of:
        return told
    early = tr(
        "The policy is decided on {working_days} before that, by {latest}.",
        working_days=counted(records.DAYS_BEFORE_NOTICE, "working day"),
        latest=day(latest),
    )
    at_once = tr("The policy is decided on at once, by {latest}.", latest=day(latest))
    return f"{told} {early if latest > read_on(book.as_of) else at_once}"


def _notice(book: Book) -> str:
    """Return by when notice of the policy in force is to be given, and by whom; empty where none is stated."""
    policy, latest = book.run.policy, records.notice_by(book)
    if policy is None or pd.isna(latest) or pd.Timestamp(policy.ends) < book.as_of:
        return ""
    notice = tr(" Notice is to be given {notice_days} before its end", notice_days=days(policy.notice_days))
    if latest <= book.as_of:
        return tr(
            "{notice}, and that day, {latest}, is past: it is renewed as it is unless the insurer agrees.",
            notice=notice,
            latest=day(latest),
        )
    (who,) = authority(book.run, "policy notice", pd.Series([np.nan]))
    late = ""
    if records.decide_by(book)[0] > latest:
        late = tr(" The day stated for the decision is later than that: decide before.")
    return tr(
        "{notice}, by {latest}, by the {who}: else it is renewed as it is.{late}",
        notice=notice,
        latest=day(latest),
        who=who,
        late=late,
    )


def to_look_up(book: Book) -> dict[str, str]:
    """Return what is to be looked up in the policy in force, as kind of decision → sentence; nothing where it is
    stated."""
    policy, (_, basis) = book.run.policy, records.decide_by(book)
    if policy is None or not records.unknown_terms(book):
        return {}
    if basis == records.WORKING:
        lacks = tr("notice and end of {name}", name=policy.name)
        told = tr(
            "the day for the decision on it is that of this report's calendar, and the policy's own may be earlier."
        )
    else:
        lacks = tr("the notice of {name}", name=policy.name)
        told = tr("without it the decision on it may come too late.")
    return {
        "policy terms": tr(
            "Look up {lacks} in the policy, and state it in the run file (`policy`): {told}", lacks=lacks, told=told
        )
    }


def notice(book: Book, items: pd.DataFrame, current: str) -> dict[str, str]:
    """Return that notice of the policy in force is to be given, as kind of decision → sentence; nothing where it is
    not (`records.notice_to_give`). `items`: `account.account`; `current`: `terms.in_force`."""
    policy = book.run.policy
    if policy is None or not records.notice_to_give(book, items, current):
        return {}
    return {
        "policy notice": tr(
            "Unless it is decided to renew {current}, give the insurer notice that it is not renewed as it is: "
            "without notice it would be. What is decided on in its place is concluded by the same day, to "
            "begin on {timestamp}; ask until when its offer holds before the policy is decided on, by "
            "{decide_by}.",
            current=current,
            timestamp=day(pd.Timestamp(policy.ends) + pd.Timedelta(days=1)),
            decide_by=day(records.decide_by(book)[0]),
        )
    }
