"""Sentences and names of what belongs to a claim on the policy."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.checks import CENT
from tradecredit.decide.collect import claims, claims_made
from tradecredit.decide.decisions import authority
from tradecredit.insurance.policy import Policy
from tradecredit.language import tr
from tradecredit.params.run import Run
from tradecredit.words.cover import REASONS
from tradecredit.words.formats import counted, day, first_of, fixed, listed, money, staked, whole

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
        return tr("No claim is to be filed.")
    debt, paid = (money(table[name].sum(), currency) for name in ("insured_debt", "indemnity"))
    one = len(table) == 1
    told = tr(
        "**{claims}** {are} to be filed, for an insured debt of {debt} today, the first by {act_by}. ",
        claims=counted(len(table), "claim"),
        are=tr("is") if one else tr("are"),
        debt=debt,
        act_by=day(table["act_by"].min()),
    )
    if table["indemnity"].sum() < CENT <= table["claim"].sum():
        told += tr("Nothing is payable while the first loss of the year is not used up: file them, as each uses it up.")
    else:
        told += tr("{paid} is payable, if nothing else has used the first loss of the year.", paid=paid)
    if table["last_day"].isna().all():
        return tr("{told} The policy states no last day for filing (`filing_days`).", told=told)
    late = table[is_late(table)]
    if late.empty:
        return told
    first = day(late["last_day"].min())
    if one:
        return tr("{told} Its last day was {first}: {ask_first}.", told=told, first=first, ask_first=_ASK_FIRST)
    return tr(
        "{told} The last day of {late} of them ({debt}) is past, the first was {first}: {ask_first}.",
        told=told,
        late=whole(len(late)),
        debt=money(late["insured_debt"].sum(), currency),
        first=first,
        ask_first=_ASK_FIRST,
    )


def not_payable(lost: pd.Series, currency: str) -> str:
    """Return what has been lost and is claimed of nobody, as nothing is payable for it; `claims.not_payable`."""
    if lost.empty:
        return ""
    return tr(
        "{lost} of insured debt of {buyers} ({names}) has been lost too: threshold, deductible of each loss and "
        "retention leave nothing of it, so that no claim is filed. Once more of a buyer is lost, all of it counts.",
        lost=money(lost.sum(), currency),
        buyers=counted(len(lost), "buyer"),
        names=first_of(lost.index, 5),
    )


def at_stake(table: pd.DataFrame, currency: str) -> str:
    """Return what the claims of the worklist are worth before the first loss and after it; `claims.to_file`.

    Empty without a claim.
    """
    if table.empty:
        return ""
    debt, claim, paid = (money(table[name].sum(), currency) for name in ("insured_debt", "claim", "indemnity"))
    one = len(table) == 1
    subject = tr("claim to file is") if one else tr("{table} claims to file are", table=whole(len(table)))
    late = table.loc[is_late(table), "indemnity"].sum()
    granted = tr("Of that {late} is paid only if the insurer grants it, being filed late. ", late=money(late, currency))
    return tr(
        "The {subject} for {debt} of insured debt; {claim} is left of it after deductible and percentage, and {paid} "
        "is payable after the first loss of the year, as {its_folder_says}. {granted}What is filed uses up the first "
        "loss, also where it pays nothing.",
        subject=subject,
        debt=debt,
        claim=claim,
        paid=paid,
        its_folder_says=tr("its folder says") if one else tr("their folders say"),
        granted=granted if late >= CENT else "",
    )


_ASK_FIRST = "ask the insurer first whether it still takes a late claim"


def is_late(table: pd.DataFrame) -> pd.Series:
    """Return of each claim to file whether its last day is past; `claims.to_file`."""
    return table["last_day"] < table["act_by"]


def with_advice(table: pd.DataFrame) -> pd.DataFrame:
    """Return `claims.to_file` with what to do in words, `claim_advice`, as chapter 03 says it."""
    late = is_late(table)
    told = late.map({True: tr("{ask_first}, then file", ask_first=_ASK_FIRST), False: "file"})
    return table.assign(claim_advice=told.astype("str"))


def beside_defaults(table: pd.DataFrame, made: pd.DataFrame, currency: str) -> str:
    """Return why claims to file are not those to file among past defaults; `claims.to_file`, `claims_made.made`.

    Empty where they are the same buyers with the same debt.
    """
    past = made[made["claim_state"] == claims_made.TO_FILE].set_index("buyer_id")["insured_debt"]
    other = table["insured_debt"].drop(past.index, errors="ignore")
    now, then = table["insured_debt"].sum() - other.sum(), past.sum()
    if other.empty and abs(now - then) < CENT:
        return ""
    told = tr(
        "Claims to file stand here with their insured debt on the day of loss, {then}", then=money(then, currency)
    )
    told += tr("; of it {now} is owed today.", now=money(now, currency)) if abs(now - then) >= CENT else "."
    if other.empty:
        return told
    have = tr("is no default of the book") if len(other) == 1 else tr("are no defaults of the book")
    if past.empty:
        return tr(
            "Of the claims to file {index} ({other}) {have}.",
            index=first_of(other.index, 3),
            other=money(other.sum(), currency),
            have=have,
        )
    return tr(
        "{told} {index} ({other}) {have}, and so not among them.",
        told=told,
        index=first_of(other.index, 3),
        other=money(other.sum(), currency),
        have=have,
    )


def heading(claim: claims.Claim, book: Book, policy: Policy) -> list[str]:
    """Return what stands at the head of a claim, a line each: whose, on whom, for how much, and since when."""
    row, currency = claim.claim, book.run.currency
    buyer = str(row.name)
    of = book.buyers.set_index("buyer_id").loc[buyer]
    facts = [of["name"], of["registration_id"], of["country"]]
    who = ", ".join(str(fact) for fact in facts if pd.notna(fact))
    lines = [
        tr("Claim under {name}", name=policy.name),
        tr("Insured: {entity}", entity=book.run.entity),
        tr("Buyer: {buyer}{told}", buyer=buyer, told=f", {who}" if who else ""),
        tr(
            "Kind of loss: {defaults}, on {loss_date}",
            defaults=tr(DEFAULTS[row["default_kind"]]),
            loss_date=day(row["loss_date"]),
        ),
        tr(
            "Insured debt: {currency} {insured_debt}, {invoices}",
            currency=currency,
            insured_debt=fixed(row["insured_debt"], 2),
            invoices=counted(int(row["lost_invoices"]), "invoice"),
        ),
        tr(
            "Claim: {currency} {claim}; after the first loss {currency} {indemnity}",
            currency=currency,
            claim=fixed(row["claim"], 2),
            indemnity=fixed(row["indemnity"], 2),
        ),
        tr("As of {as_of}", as_of=day(book.as_of)),
    ]
    if pd.notna(row["file_by"]):
        lines.append(tr("To be filed by {file_by}", file_by=day(row["file_by"])))
    return lines


DEFAULTS = {"insolvency": "insolvency", "protracted": "protracted default, by the end of the waiting period"}


def received(made: pd.DataFrame, currency: str) -> str:
    """Return what the insurer has paid of what was to be expected, and its part of recoveries; `claims_made.made`."""
    if made.empty:
        return tr("The book knows no default that could have been claimed.")
    paid, expected, left, shared, refilled = (
        made[name].sum()
        for name in ("claims_received", "expected_claim", "past_indemnity", "insurer_recovery", "first_loss_refilled")
    )
    told = tr(
        "On {defaults} the insurer has paid {paid}; by the policy as it stands {expected} was to be "
        "expected before recoveries.",
        defaults=counted(len(made), "default"),
        paid=money(paid, currency),
        expected=money(expected, currency),
    )
    unpaid = expected - shared - refilled - left
    parts = [
        staked(money(amount, currency), what)
        for amount, what in (
            (shared, tr("of recoveries, the insurer's part")),
            (unpaid, tr("of recoveries on claims that it has not paid")),
            (refilled, tr("that is borne again as first loss, as recoveries refill it")),
        )
        if abs(amount) >= CENT
    ]
    if parts:
        told += tr(
            " Less {parts}, {left} is left: the indemnity as if of chapter 05.",
            parts=listed(parts),
            left=money(left, currency),
        )
    else:
        told += tr(" It is the indemnity as if of chapter 05.")
    if shared >= CENT:
        told += tr(" Whether the insurer's part was passed on to it is in no table.")
    filed = int(made["claim_filed"].notna().sum())
    if not filed:
        return tr("{told} When claims were filed is in no table of the book (`claims`).", told=told)
    return tr(
        "{told} By the table `claims` {claims} {were} filed.",
        told=told,
        claims=counted(filed, "claim"),
        were=tr("was") if filed == 1 else tr("were"),
    )


def to_ask(made: pd.DataFrame, run: Run) -> str:
    """Return whether the insurer is to be asked for more on claims that it has paid in part, or paid nothing on.

    `made`: `claims_made.made`; empty where there are none of these.
    """
    short = made[made["claim_state"].isin([claims_made.PAID_LESS, claims_made.NOT_PAID])]
    if short.empty:
        return ""
    owed, less = claims_made.to_ask(made), money(short["paid_less"].sum(), run.currency)
    told = tr(
        "On {tolist} {less} less was paid than was to be expected before recoveries",
        tolist=first_of(short["buyer_id"].tolist(), 3),
        less=less,
    )
    if owed.empty:
        return tr(
            "{told}; once these are shared nothing of it is owed by the insurer, and nothing is to be asked for.",
            told=told,
        )
    who = listed(sorted(set(authority(run, "claim", owed))))
    by = day(read_on(pd.Timestamp(run.as_of), run.decisions.days_until_due("claim")))
    return tr(
        "{told}; once these are shared the insurer still owes {owed} ({index}): the {who} decides by {by} "
        "to ask for it.",
        told=told,
        owed=money(owed.sum(), run.currency),
        index=first_of(owed.index, 3),
        who=who,
        by=by,
    )
