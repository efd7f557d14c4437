"""Sentences on credit insurance: whether a policy is worth its cost, how offers compare, and which terms do nothing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on, window_start
from tradecredit.decide.decisions import authority
from tradecredit.decide.policies import records
from tradecredit.decide.policies.alternatives import USUAL_LOSS_RATIO, Frontier
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import counted, day, days, doubt, error_told, listed, money, percent

IDLE = {
    "no indemnity": "no simulated year brings an indemnity: see limits, percentage and retentions",
    "never reached": "no simulated year reaches it",
    "never exhausted": "no simulated year exhausts it",
    "rate premium higher": "the premium by the rate is higher",
    "above all debt": "no insured debt exceeds it: nothing is ever paid",
    "within deductible": "the deductible takes as much off each loss",
    "all named": "the insurer has decided on every buyer that owes something",
    "limits below": "all discretionary limits together are below it",
    "deductible retains": "the deductible retains as much of each loss",
}
"""Why a term is not binding (`alternatives.never_binding`)."""


HOW_TO_ADD = (
    "To add one, write its terms into a file (`tradecredit demo FOLDER` writes examples into `FOLDER/policies`) and "
    "name it in the run file: `policy: policies/ours.yaml` for the one in force, "
    "`quotes: [policies/offer.yaml]` for offers"
)


def none_named(book: Book) -> str:
    """Return that the run names no policy, and which lines of the run file add one; empty where it names any."""
    if book.run.policies:
        return ""
    return f"The run file names no policy: losses are told before insurance. {HOW_TO_ADD}."


def without_cover(book: Book, comparison: pd.DataFrame) -> dict[str, tuple]:
    """Return what the losses cost without insurance, as a headline figure of a run without a policy; else none."""
    if book.run.policies:
        return {}
    cost = comparison.loc[NO_COVER, "cost_of_risk"]
    return {"cost_without_cover": (cost, book.run.currency, "Yearly cost of risk without insurance (simulated)")}


def what_cover_would_need(book: Book, comparison: pd.DataFrame) -> str:
    """Return what a book without a policy tells of insurance, and what it cannot; empty where the run names any.

    The cost of risk without cover is what a policy that took all losses would be worth. `comparison`:
    `quotes.comparison`.
    """
    if book.run.policies:
        return ""
    alone, currency = comparison.loc[NO_COVER], book.run.currency
    limits = "" if book.has("limits") else ", and the insurer's limits as table `limits`"
    return (
        f"{none_named(book)[:-1]}{limits}. Until then this chapter cannot tell what an insurer would pay, what its "
        f"cover costs, or whether it is worth it. What it can tell: all losses are the company's own, "
        f"{money(alone['retained_expected'], currency)} a year expected. With the capital for bad years "
        f"({percent(book.run.cost_of_capital)} a year) they cost {money(alone['cost_of_risk'], currency)} a year on "
        "today's balances: no policy takes away more than that, and a premium above it can only pay by sales that "
        "cover allows."
    )


def with_reasons(never_binding: pd.DataFrame) -> pd.DataFrame:
    """Return the terms that are not binding with `why` in words."""
    return never_binding.assign(why=never_binding["why"].map(IDLE))


def losses_alone(comparison: pd.DataFrame, currency: str) -> str:
    """Return whether the losses and the capital that the best offer takes away pay for it; a part of the account.

    A saving that cannot be told from zero (`doubt`) decides nothing.
    """
    offers = comparison.drop(index=NO_COVER)
    if offers.empty:
        return "The run file names no policy: there is nothing to compare, and all losses are retained."
    best = offers["cost_of_risk"].idxmin()
    row = offers.loc[best]
    total, difference = money(row["cost_of_risk"], currency), money(abs(row["saving"]), currency)
    if why := doubt(row["saving"], row["saving_se"]):
        told = (
            f"Whether {best} is paid for by the losses that it takes away cannot be decided from these scenarios: the "
            f"yearly cost of risk is {total}, and the difference from no insurance, {difference}, is {why}."
        )
    else:
        pays = "pay" if row["saving"] > 0 else "do not pay"
        told = (
            f"On today's balances, the losses and the capital that {best} takes away {pays} for it by themselves: the "
            f"yearly cost of risk is {total}, {difference} {'less' if row['saving'] > 0 else 'more'} than without "
            "insurance."
        )
    return (
        f"{told} It costs {money(row['cost'], currency)}; these alone would pay for "
        f"{money(max(row['break_even_cost'], 0.0), currency)}."
    )


def beside_current(comparison: pd.DataFrame, current: str, currency: str) -> str:
    """Return what the policy in force takes away, and which offer has the lower cost of risk and by how much.

    `current`: `terms.in_force`. A difference that cannot be told from zero (`doubt`) is said to be one.
    """
    others = comparison.drop(index=[NO_COVER, current], errors="ignore")
    if current == NO_COVER:
        return "No policy is in force."
    row = comparison.loc[current]
    cost, premium = (money(max(row[name], 0.0), currency) for name in ("break_even_cost", "break_even_premium"))
    worth = (
        f"The policy in force, {current}, costs {money(row['cost'], currency)}; the losses and the capital that it "
        f"takes off today's balances alone would pay for {cost}, a premium of {premium}."
    )
    if others.empty:
        return worth
    best = others["saving_on_current"].idxmax()
    saved, error = others.loc[best, ["saving_on_current", "saving_on_current_se"]]
    if why := doubt(saved, error):
        return f"{worth} The difference between it and {best} is {why}."
    return (
        f"{worth} On today's balances alone, {best} is the best of the others: the yearly cost of risk with it is "
        f"{money(abs(saved), currency)} {'less' if saved > 0 else 'more'} ({error_told(error)})."
    )


def pricing(frontier: Frontier) -> list[str]:
    """Return how offers that nobody has made were priced; nothing where there are none."""
    if frontier.offers.empty:
        return []
    told = f"Varied are the terms of {frontier.varied}. Varied terms have no quoted price"
    if frontier.charges.empty:
        return [
            f"{told}, and no offer says how they would be priced: their premium is the expected indemnity divided by "
            f"the market's loss ratio in 2024, {percent(USUAL_LOSS_RATIO)} of the premium."
        ]
    low, high = (f"{value:.1f}" for value in (frontier.charges.min(), frontier.charges.max()))
    of = f"{counted(len(frontier.charges), 'offer')}{f', between {low} and {high}' if low != high else ''}"
    if frontier.charge > 0:
        priced = (
            f"They are priced as the offers are: the expected indemnity, and {frontier.charge:.1f} times the standard "
            f"deviation of a year's indemnity, which is what the offers ask above it (the middle of {of})."
        )
    else:
        priced = "Their premium is the expected indemnity: the offers in the middle ask no more than theirs."
    return [f"{told}. {priced} Only a quote tells what an insurer would ask."]


def fewer_years(frontier: Frontier, conventions: pd.DataFrame, years: int) -> str:
    """Return how many years the figures of fewer years rest on; `years`: of all others; empty where there are none."""
    if not frontier.years or conventions.empty:
        return ""
    read = int(conventions["scenarios"].iloc[0])
    if frontier.years >= years and read >= years:
        return ""
    return (
        f"Fewer years: {frontier.years:,} for varied terms and {read:,} for the other readings, of the {years:,} that "
        "all else rests on: their figures differ from the others by the errors of fewer years."
    )


def later_months(table: pd.DataFrame) -> str:
    """Return why there are more than twelve months of payments (`quotes.by_month`); empty where there are not."""
    if len(table) <= 12:
        return ""
    after = "Month 13 is" if len(table) == 13 else f"Months 13 to {len(table)} are"
    return f"{after} beyond the year: the losses of its last months are paid for then, and none comes about in it."


CODES = {
    "kind": {
        "whole_turnover": "whole turnover", "excess_of_loss": "excess of loss", "key_accounts": "key accounts",
        "single_buyer": "single buyer", "top_up": "top-up",
    },
    "loss_basis": {"debt": "the debt, recoveries shared", "net": "the loss net of recoveries"},
    "threshold_kind": {"franchise": "franchise", "deductible": "deductible"},
    "deductible_order": {
        "deductible_first": "deductible, then percentage", "percentage_first": "percentage, then deductible",
    },
    "aggregate_erosion": {"after_percentage": "by indemnities", "before_percentage": "by insured debts"},
    "waiting_from": {"due": "due date", "extension_end": "end of the extension period"},
    "extension_from": {"due": "due date", "issued": "invoice date"},
    "recovery_sharing": {
        "pro_rata": "by interest", "pro_rata_limit": "by insured part of the debt", "insurer_first": "insurer first",
    },
}  # fmt: skip
"""What the choices of a policy's terms are called."""


def terms_in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return `terms.terms` with its choices in words."""
    told = table.copy()
    for term in table.index.intersection(list(CODES)):
        told.loc[term] = table.loc[term].map(CODES[term], na_action="ignore")
    return told


def conventions_in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return `alternatives.conventions` with both readings in words."""
    said = {
        column: [CODES[term][code] for term, code in zip(table["term"], table[column], strict=True)]
        for column in ("convention", "other")
    }
    return table.assign(**said)


MAIN = (
    "insured_percentage", "aggregate_first_loss", "threshold", "each_loss_deductible", "maximum_liability",
    "discretionary_limit", "maximum_extension_days", "waiting_days",
)  # fmt: skip
"""Terms that are looked at first in any offer."""


def main_terms(policies: Sequence[Policy], as_of: pd.Timestamp) -> pd.DataFrame:
    """Return period and main terms of each policy side by side: a row for each, index `term`, a column for each policy.

    The maximum is that of the year, in the reporting currency, also where it is a multiple of the premium; missing: not
    in the policy.
    """
    columns = {
        policy.name: {"period": period(policy, as_of)}
        | {term: getattr(policy, term) for term in MAIN}
        | {"maximum_liability": policy.year_maximum() if np.isfinite(policy.year_maximum()) else None}
        for policy in policies
    }
    rows = ["period", *MAIN] if policies else []
    return pd.DataFrame(columns, index=pd.Index(rows, name="term", dtype="str"), dtype="object")


def period(policy: Policy, as_of: pd.Timestamp) -> str:
    """Return the period of a policy; where none is stated, the 12 months that it is taken to have."""
    starts, ends = (None if moment is None else day(pd.Timestamp(moment)) for moment in (policy.starts, policy.ends))
    if starts and ends:
        return f"{starts} to {ends}"
    if starts or ends:
        return f"from {starts}, no end stated" if starts else f"to {ends}, no start stated"
    return f"none stated: {_year_ahead(as_of)} taken"


def _year_ahead(as_of: pd.Timestamp) -> str:
    return f"{day(as_of + pd.Timedelta(days=1))} to {day(window_start(as_of, -12))}"


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
            f"{listed(none)}: no period is stated (`starts`, `ends`). The year ahead is taken to be the 12 months from "
            f"{day(as_of + pd.Timedelta(days=1))}; what was shipped before is taken to be insured by an earlier period "
            "on the same terms. An offer that replaces a policy begins when that ends; what it is worth is that of 12 "
            "months under it, on today's book."
        )
    if ending:
        told.append(f"{listed(ending)}: a period that ends within the year ahead is taken to be renewed as it is.")
    return told


def decide_by(book: Book) -> str:
    """Return by when the policy in force must be decided on, and where that comes from; empty without a policy.

    Where notice is stated, also by when it is to be given, and by whom.
    """
    policy, (latest, basis) = book.run.policy, records.decide_by(book)
    if basis == records.STATED:
        return f"The policy is to be decided on by {day(latest)} (`account.decide_by` of the run file).{_notice(book)}"
    if policy is None:
        return ""
    if basis == records.WORKING:
        return (
            f"{policy.name} states neither an end nor a notice (`ends`, `notice_days`): the day by which it is to be "
            "decided on is that of `decisions.working_days` of the run file, not the policy's. Look both up in it."
        )
    ends = pd.Timestamp(policy.ends)
    if ends < book.as_of:
        return f"The period of {policy.name} ended on {day(ends)}: what has been shipped since is not insured by it."
    told = f"The period of {policy.name} ends on {day(ends)}"
    if basis == records.PERIOD:
        return (
            f"{told}; no notice is stated (`notice_days`), so that the policy is to be decided on by {day(latest)}, "
            "the last working day before. Look the notice up in the policy: it may be due earlier."
        )
    told = f"{told}.{_notice(book)}"
    if records.notice_by(book) <= book.as_of:
        return told
    early = (
        f"The policy is decided on {counted(records.DAYS_BEFORE_NOTICE, 'working day')} before that, by {day(latest)}."
    )
    return f"{told} {early if latest > read_on(book.as_of) else f'The policy is decided on at once, by {day(latest)}.'}"


def _notice(book: Book) -> str:
    """Return by when notice of the policy in force is to be given, and by whom; empty where none is stated."""
    policy, latest = book.run.policy, records.notice_by(book)
    if policy is None or pd.isna(latest) or pd.Timestamp(policy.ends) < book.as_of:
        return ""
    notice = f" Notice is to be given {days(policy.notice_days)} before its end"
    if latest <= book.as_of:
        return f"{notice}, and that day, {day(latest)}, is past: it is renewed as it is unless the insurer agrees."
    (who,) = authority(book.run, "policy notice", pd.Series([np.nan]))
    late = ""
    if records.decide_by(book)[0] > latest:
        late = " The day stated for the decision is later than that: decide before."
    return f"{notice}, by {day(latest)}, by the {who}: else it is renewed as it is.{late}"


def to_look_up(book: Book) -> dict[str, str]:
    """Return what is to be looked up in the policy in force, as kind of decision → sentence; nothing where it is
    stated."""
    policy, (_, basis) = book.run.policy, records.decide_by(book)
    if policy is None or not records.unknown_terms(book):
        return {}
    if basis == records.WORKING:
        lacks = f"notice and end of {policy.name}"
        told = "the day for the decision on it is that of this report's calendar, and the policy's own may be earlier."
    else:
        lacks = f"the notice of {policy.name}"
        told = "without it the decision on it may come too late."
    return {"policy terms": f"Look up {lacks} in the policy, and state it in the run file (`policy`): {told}"}


def notice(book: Book, items: pd.DataFrame, current: str) -> dict[str, str]:
    """Return that notice of the policy in force is to be given, as kind of decision → sentence; nothing where it is
    not (`records.notice_to_give`). `items`: `account.account`; `current`: `terms.in_force`."""
    policy = book.run.policy
    if policy is None or not records.notice_to_give(book, items, current):
        return {}
    return {
        "policy notice": f"Unless it is decided to renew {current}, give the insurer notice that it is not renewed as "
        "it is: without notice it would be. What is decided on in its place is concluded by the same day, to begin on "
        f"{day(pd.Timestamp(policy.ends) + pd.Timedelta(days=1))}; ask until when its offer holds before the policy is "
        f"decided on, by {day(records.decide_by(book)[0])}."
    }


def unknown_buyers(book: Book, policies: Sequence[Policy]) -> list[str]:
    """Return which policies name buyers that the book does not know on its day; none: nothing to say."""
    known = book.buyers["buyer_id"]
    unknown = {policy.name: policy.unknown_buyers(known) for policy in policies}
    return [
        f"{name} names {listed(ids)}, not among the buyers of the book: nothing is insured there."
        for name, ids in unknown.items()
        if ids
    ]
