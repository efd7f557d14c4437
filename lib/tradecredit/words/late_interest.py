"""Sentences on late payment: what the laws let us charge, which of them apply, and what is left out."""

from collections.abc import Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.terms import late_interest
from tradecredit.decide.terms.late_interest import Uncharged, known_charge, totals
from tradecredit.language import tr
from tradecredit.params.late_interest import LateInterestLaw
from tradecredit.words.formats import counted, day, listed, money


def rates_wanted(charges: pd.DataFrame) -> list[str]:
    """Return which rates are missing, and how many invoices' interest or fee depends on them.

    By law, the reference rates of all half-years (`missing_rate`); then the rates of currencies (`missing_currency`).
    """
    without = charges.dropna(subset=["law", "missing_rate"])
    half_years = without.groupby("law")["missing_rate"].agg(
        lambda wanted: (listed(sorted({half for of_one in wanted for half in of_one.split(", ")})), len(wanted))
    )
    currencies = charges.groupby(["law", "missing_currency"]).size()
    return [
        tr(
            "{law}: no reference rate for {wanted}: add it to the law's file (params/rates). Without it the "
            "interest on {invoices} is not computable.",
            law=law,
            wanted=wanted,
            invoices=counted(number, "invoice"),
        )
        for law, (wanted, number) in half_years.items()
    ] + [
        tr(
            "{law}: no rate of {wanted}: add it to the table `fx`. Without it the flat fee on {invoices} is "
            "not computable.",
            law=law,
            wanted=wanted,
            invoices=counted(number, "invoice"),
        )
        for (law, wanted), number in currencies.items()
    ]


def laws_applied(charges: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> list[str]:
    """Return by which laws is charged (`chargeable`), where their rates come from, and up to when they are stated."""
    applied = [law for law in laws if law.name in set(charges["law"].dropna())]
    if not applied:
        return []
    last = pd.Series({law.name: max(law.rates, default=None) or law.known_until for law in applied}).dropna()
    last = last.map(lambda until: until if isinstance(until, str) else day(pd.Timestamp(until)))
    known = [f"{until} ({'; '.join(names)})" for until, names in last.groupby(last).groups.items()]
    rates = tr(" Their reference rates are stated up to {reversed}.", reversed=listed(reversed(known))) if known else ""
    return [
        tr(
            "Late payment is charged by {laws}, whose files (params/rates) name the act and the source of each "
            "number.{rates}",
            laws=counted(len(applied), "law"),
            rates=rates,
        )
    ]


def affiliates(uncharged: Uncharged, currency: str) -> list[str]:
    """Return what of affiliates is not charged (`late_interest.uncharged_affiliates`), if anything is."""
    if not uncharged.invoices:
        return []
    return [
        tr(
            "Affiliates are not charged for late payment: {invoices} past due, {open_amount}, are left out "
            "(`late_interest.affiliates`).",
            invoices=counted(uncharged.invoices, "invoice"),
            open_amount=money(uncharged.open_amount, currency),
        )
    ]


def beyond_law(table: pd.DataFrame, currency: str) -> str:
    """Return what invoices on longer terms than the law allows without an agreement mean (`terms_beyond_law`); empty
    where there are none."""
    if table.empty:
        return ""
    return tr(
        "{invoices}, {amount}, were on terms longer than the law allows without an agreement. The book "
        "does not show agreements: where there is none, the debt is due earlier than stated, and more "
        "interest may be charged. By itself no decision: terms that do not pay are in the section before.",
        invoices=counted(int(table["invoices"].sum()), "invoice"),
        amount=money(table["amount"].sum(), currency),
    )


def at_issue(book: Book) -> list[str]:
    """Return at which rates late amounts are, of a book with invoices in other currencies; nothing of any other."""
    if (book.invoices["currency"] == book.run.currency).all():
        return []
    return [
        tr(
            "Late amounts, and interest on them, are at the rates of the days of issue; what is overdue elsewhere "
            "is at today's."
        )
    ]


def small_rests(book: Book) -> list[str]:
    """Return up to which amount the rest of an invoice bears no flat fee and dates no overdue debt, if any does."""
    least = book.run.receivables.small_rest
    if not least > 0:
        return []
    return [
        tr(
            "What is left of a larger invoice, up to {least}, does not date what a buyer owes past due, and "
            "bears interest but no flat fee unless more than that of the invoice was paid late "
            "(`receivables.small_rest`).",
            least=money(least, book.run.currency),
        )
    ]


def with_reasons(charges: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> pd.DataFrame:
    """Return the late charges (`late_interest.chargeable`) with their `reason` in words."""
    rate = tr("no reference rate for ") + charges["missing_rate"]
    currency = tr("no rate in the book of the fee's currency, ") + charges["missing_currency"]
    sentences = {
        late_interest.NO_COUNTRY: tr("the buyer's country is not stated"),
        late_interest.OTHER_KIND: tr("the law does not apply to this kind of buyer: ") + charges["kind"],
        late_interest.NO_LAW: tr("the run has no law for ") + charges["country"],
        late_interest.IN_DISPUTE: tr("nothing while the dispute is open"),
        late_interest.RATE_MISSING: (rate + "; " + currency).fillna(rate).fillna(currency),
        late_interest.LAWFUL: charges["law"].map({law.name: law.condition for law in laws}),
    }
    reason = charges["reason"]
    for code, text in sentences.items():
        reason = reason.mask(charges["reason"] == code, text)
    return charges.assign(reason=reason)


def charge(charges: pd.DataFrame, currency: str) -> dict[str, str]:
    """Return what may be charged today, as kind of decision → sentence.

    It says for how many invoices a part is left out as it is not computable.

    Nothing where no charge above zero is known.
    """
    still_open = charges[charges["state"] == "open"]
    sums = totals(still_open)
    if not sums["charge"] > 0:
        return {}
    most = still_open.loc[known_charge(still_open).idxmax()]
    named = {tr("interest"): sums["interest"], tr("flat fees"): sums["fees"]}
    parts = listed(
        tr("{amount} of {name}", amount=money(amount, currency), name=name)
        for name, amount in named.items()
        if amount >= 0
    )
    unknown = int(sums["not_computable_invoices"])
    left_out = (
        tr(" Interest or fee on {invoices} is not computable, and left out.", invoices=counted(unknown, "invoice"))
        if unknown
        else ""
    )
    lodged = charges[charges["state"] == "in default"]
    if len(lodged):
        owing = lodged["buyer_id"].nunique()
        left_out += tr(
            " Not in it is what {buyers} in default {owe} past due ({late_open}): interest on that is "
            "lodged with the debt.",
            buyers=counted(owing, "buyer"),
            owe=tr("owes") if owing == 1 else tr("owe"),
            late_open=money(lodged["late_open"].sum(), currency),
        )
    return {
        "late interest": tr(
            "{charge} may be charged on open invoices past due, {parts}; the largest on one invoice is "
            "{known_charge} ({invoice_id}, {buyer_id}). Charge it, or waive it against immediate "
            "payment.{left_out}",
            charge=money(sums["charge"], currency),
            parts=parts,
            known_charge=money(known_charge(still_open).max(), currency),
            invoice_id=most["invoice_id"],
            buyer_id=most["buyer_id"],
            left_out=left_out,
        )
    }
