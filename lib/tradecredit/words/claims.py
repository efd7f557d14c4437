"""Sentences and names of what belongs to a claim on the policy."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.decide.collect import claims, claims_made
from tradecredit.insurance.policy import Policy
from tradecredit.words.cover import REASONS
from tradecredit.words.formats import counted, day, money

STEPS = {reason: f"less: {told}" for reason, told in REASONS.items()} | {
    claims.OWED: "owed by the buyer, gross",
    claims.NOT_NOW: "less: insured, and not to be claimed now",
    claims.GIVEN_UP: "written off of a loss, and owed still for the policy",
    claims.INSURED_DEBT: "insured debt to claim",
    claims.THRESHOLD: "less: threshold",
    claims.DEDUCTIBLE: "less: each-loss deductible",
    claims.PERCENTAGE: "less: own part by the insured percentage",
    claims.RETENTION: "less: minimum retention beyond these",
    claims.CLAIM_LEFT: "claim",
    claims.FIRST_LOSS: "less: aggregate first loss, if nothing else has used it",
    claims.INDEMNITY: "indemnity, before any maximum of a year",
}
"""The steps of `claims.steps`."""

PAPERS = {
    claims.INVOICE: "the invoice", claims.ORDER: "the order, or the contract", claims.DELIVERY: "evidence of delivery",
    claims.LIMIT: "the insurer's decisions on the limit", claims.EVIDENCE: "the evidence of the discretionary limit",
    claims.LETTERS: "letters and reminders", claims.PROMISES: "promises to pay, and plans",
    claims.DISPUTES: "how the dispute was settled",
    claims.INSOLVENCY: "the opening of the insolvency, and the debt lodged in it",
}  # fmt: skip
"""The papers of `claims.documents`."""

ENTRIES = {
    "opening": "balance brought forward", "invoice": "invoice", "payment": "payment", "credit_note": "credit note",
    "discount": "discount", "write_off": "written off", "recovery": "recovery", "claim": "paid by the insurer",
    "undated": "settled, day not known", "exchange": "difference of the bank's rate",
    "closing rate": "at the rate of the day",
}  # fmt: skip
"""The entries of `claims.statement`."""

STATES = {
    claims_made.PAID: "paid", claims_made.PAID_LESS: "paid in part",
    claims_made.KEPT: "kept by first loss or deductible", claims_made.TO_FILE: "to file",
    claims_made.WAS_REFUSED: "refused", claims_made.IS_FILED: "filed, not answered yet",
    claims_made.NOT_PAID: "nothing received", claims_made.NOT_INSURED: "nothing insured",
    claims_made.IN_WAITING: "in the waiting period", claims_made.NO_LOSS: "no loss",
}  # fmt: skip
"""The states of `claims_made.made`."""


def with_steps(steps: pd.DataFrame) -> pd.DataFrame:
    """Return `claims.steps` with its steps in words."""
    return steps.set_axis(steps.index.map(STEPS).rename("claim_step"))


def with_papers(documents: pd.DataFrame) -> pd.DataFrame:
    """Return `claims.documents` with its papers in words."""
    return documents.assign(document=documents["document"].map(PAPERS))


def with_entries(statement: pd.DataFrame) -> pd.DataFrame:
    """Return `claims.statement` with its entries in words."""
    return statement.assign(entry=statement["entry"].map(ENTRIES))


def with_states(made: pd.DataFrame) -> pd.DataFrame:
    """Return `claims_made.made`, or `claims_made.by_state` of it, with the states in words."""
    if made.index.name == "claim_state":
        return made.set_axis(made.index.map(STATES).rename("claim_state"))
    return made.assign(claim_state=made["claim_state"].map(STATES))


def to_file(table: pd.DataFrame, currency: str) -> str:
    """Return how many claims are to be filed, for how much, what they bring, and by when; `claims.to_file`."""
    if table.empty:
        return "No claim is to be filed."
    debt, paid = (money(table[name].sum(), currency) for name in ("insured_debt", "indemnity"))
    first, late = table["act_by"].min(), int((table["file_by"] < table["act_by"]).sum())
    told = (
        f"**{counted(len(table), 'claim')}** {'is' if len(table) == 1 else 'are'} to be filed, for an insured debt of "
        f"{debt}, the first by {day(first)}: {paid} is payable, if nothing else has used the first loss of the year."
    )
    if table["file_by"].isna().all():
        return f"{told} The policy states no last day for filing (`filing_days`)."
    return f"{told} The day of {counted(late, 'claim')} is past already." if late else told


def heading(claim: claims.Claim, book: Book, policy: Policy) -> list[str]:
    """Return what stands at the head of a claim, a line each: whose, on whom, for how much, and since when."""
    row, currency = claim.claim, book.run.currency
    buyer = str(row.name)
    of = book.buyers.set_index("buyer_id").loc[buyer]
    facts = [of["name"], of["registration_id"], of["country"]]
    who = ", ".join(str(fact) for fact in facts if pd.notna(fact))
    lines = [
        f"Claim under {policy.name}",
        f"Insured: {book.run.entity}",
        f"Buyer: {buyer}{f', {who}' if who else ''}",
        f"Kind of loss: {DEFAULTS[row['default_kind']]}, on {day(row['loss_date'])}",
        f"Insured debt: {currency} {row['insured_debt']:,.2f}, {counted(int(row['lost_invoices']), 'invoice')}",
        f"Claim: {currency} {row['claim']:,.2f}; after the first loss {currency} {row['indemnity']:,.2f}",
        f"As of {day(book.as_of)}",
    ]
    if pd.notna(row["file_by"]):
        lines.append(f"To be filed by {day(row['file_by'])}")
    return lines


DEFAULTS = {"insolvency": "insolvency", "protracted": "protracted default, by the end of the waiting period"}


def received(made: pd.DataFrame, currency: str) -> str:
    """Return what the insurer has paid of what was to be expected, and its part of recoveries; `claims_made.made`."""
    if made.empty:
        return "The book knows no default that could have been claimed."
    paid, expected = made["claims_received"].sum(), made["expected_claim"].sum()
    told = (
        f"On {counted(len(made), 'default')} the insurer has paid {money(paid, currency)}; by the policy as it stands "
        f"{money(expected, currency)} was to be expected."
    )
    shared = made["insurer_recovery"].sum()
    if shared >= CENT:
        told += f" Of recoveries {money(shared, currency)} is the insurer's; what was passed on is in no table."
    filed = int(made["claim_filed"].notna().sum())
    if not filed:
        return f"{told} When claims were filed is in no table of the book (`claims`)."
    return f"{told} By the table `claims` {counted(filed, 'claim')} {'was' if filed == 1 else 'were'} filed."
