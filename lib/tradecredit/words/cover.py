"""What is insured of the receivables and why the rest is not, in words."""

from collections.abc import Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.insurance.late_shipments import ASSUMED, ENOUGH_FAILURES, OWN, late_shipments
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import ABOVE, DISCRETIONARY, EXCLUDED, NAMED, REFUSED, STOPPED
from tradecredit.language import tr
from tradecredit.params.policy import USUAL_MONTHS
from tradecredit.words.formats import counted, listed, money, percent, staked

REASONS = {
    "covered": "covered",
    "covered_in_part": "covered in part: the limit is filled",
    "no_policy": "no policy",
    "outside_period": "shipped outside the policy period",
    "kind_of_buyer": "kind of buyer is not insurable",
    "not_listed": "buyer is not listed in the policy",
    "country_excluded": "the policy does not insure the buyer's country",
    "terms_too_long": "terms longer than the policy insures",
    "in_dispute": "in dispute",
    "tax": "tax",
    "claim_paid": "own part of a claim that the insurer has paid",
    "shipped_after_stop": "shipped after the stop",
    "no_limit_on_shipment_day": "no limit on the day of shipment",
    "no_limit_named": "no limit named, and no discretionary one",
    "limit_filled": "above the limit: older invoices fill it",
}
"""The codes of `cover.audit`."""


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table of `cover.audit` or `cover.by_reason` with its reasons in words."""
    return table.assign(reason=table["reason"].map(REASONS))


def insured(by_class: pd.DataFrame, currency: str) -> str:
    """Return how much of the receivables is insured today, and what becomes of all the rest; `cover.by_class`."""
    owed, borne = by_class["open_amount"].sum(), by_class["insured"].sum()
    if not owed > 0:
        return tr("Nothing is owed.")
    ways = {
        STOPPED: tr("was shipped after the stop"), REFUSED: tr("met a limit that was refused or withdrawn"),
        ABOVE: tr("lies above the limit"), EXCLUDED: tr("is not insurable"),
    }  # fmt: skip
    within = by_class.loc[[NAMED, DISCRETIONARY], "open_amount"].sum()
    kept = staked(money(within - borne, currency), tr(_KEPT) if borne > 0 else tr(_NO_ORDINARY_LOSS))
    rest = [kept] if within - borne >= CENT else []
    rest += [
        staked(money(by_class.loc[name, "open_amount"], currency), way)
        for name, way in ways.items()
        if by_class.loc[name, "open_amount"] > 0
    ]
    found = tr(
        "**{borne}** of receivables, {borne_2}, is insured before deductibles.",
        borne=percent(borne / owed),
        borne_2=money(borne, currency),
    )
    return tr("{found} Of the rest, {rest}.", found=found, rest=listed(rest)) if rest else found


_KEPT = "is our own part of insured invoices by the insured percentage"
_NO_ORDINARY_LOSS = "lies within the limits of a policy that bears no part of an ordinary loss"


_COUNTED_FAILURES = "without those that owed nothing insurable or that the stop left uninsured all the year before"

EVIDENCE = {
    "payment_experience": "payment experience", "agency_report": "agency report",
    "audited_accounts": "audited accounts", "unaudited_accounts": "unaudited accounts", "references": "references",
    "good_faith": "good faith alone",
}  # fmt: skip
"""The kinds of evidence (`params.policy.Evidence`)."""


def with_evidence(table: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return a table of `evidence.papers_in_force` with the kinds of evidence in words; None stays."""
    return None if table is None else table.assign(evidence=table["evidence"].map(EVIDENCE))


def evidence(book: Book, policies: Sequence[Policy]) -> list[str]:
    """Return what counts as evidence for discretionary limits, and how old it may be; nothing without such limits."""
    policies = [policy for policy in policies if policy.discretionary_limit]
    if not policies:
        return []
    ages = []
    for policy in policies:
        each = [
            f"{tr(EVIDENCE[kind])} {counted(months, 'month')}" for kind, months in policy.discretionary_months.items()
        ]
        ages += [f"{listed(each)} ({policy.name})"] if each else []
    young = tr("no more than {usual_months} months old", usual_months=USUAL_MONTHS) + (
        tr(", but {ages}", ages=listed(ages)) if ages else ""
    )
    if book.has("evidence"):
        papers = book.evidence
        return [
            tr(
                "Evidence for discretionary limits, on the day of shipment and {young}: payments received, and "
                "the {papers} on {buyers} of the table `evidence`; other scores and accounts of the book are "
                "not taken to be on file.",
                young=young,
                papers=counted(len(papers), "paper"),
                buyers=counted(papers["buyer_id"].nunique(), "buyer"),
            )
        ]
    return [
        tr(
            "Evidence for discretionary limits, on the day of shipment and {young}, is what the book shows: "
            "payments received, agencies' scores and published accounts, but no references. Which papers are "
            "on file is not known: the book has no table `evidence`.",
            young=young,
        )
    ]


def late(book: Book, policies: Sequence[Policy]) -> list[str]:
    """Return what is assumed of deliveries after the stop in a year's losses, once for policies that share it."""
    said: dict[str, list[str]] = {}
    for policy in policies:
        late = late_shipments(book, policy)
        part = tr(
            "of the insurable debt of a buyer that fails, {mean} on average was shipped after the stop and "
            "is not insured",
            mean=percent(late.mean),
        )
        if late.basis == OWN:
            told = tr(
                "{part}, drawn from {failures} of the book, {counted_failures}.",
                part=part,
                failures=counted(late.failures, "failure"),
                counted_failures=_COUNTED_FAILURES,
            )
        elif late.basis == ASSUMED:
            told = tr(
                "{part} (`losses.shipped_after_stop` of the run file: the book has {failures}, "
                "{counted_failures}, and {enough} are needed).",
                part=part,
                failures=counted(late.failures, "failure"),
                counted_failures=_COUNTED_FAILURES,
                enough=ENOUGH_FAILURES,
            )
        else:
            continue
        said.setdefault(told, []).append(policy.name)
    return [f"{listed(names)}: {told}" for told, names in said.items()]
