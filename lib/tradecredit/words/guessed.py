"""What `start` guessed of how an export is read, and nobody has confirmed: on the report's first pages."""

from tradecredit.language import tr, tr_number
from tradecredit.params.run import Run

MEANS = {
    "entity": "whose book it is",
    "currency": "the currency that amounts are stated in",
    "exchange_rates": "rates of other currencies, for which a table fx may stand in",
    "oldest_rate_days": "how many days old a rate may be, as the ledger itself tells none for so long",
    "source.exported": "the day of the export, which is that of the report",
    "source.form.dates": "how days are written",
    "source.form.dates.issued": "how days of issue are written",
    "source.form.dates.due": "how due days are written",
    "source.form.dates.cleared": "how days of payment are written",
    "source.form.dates.odd": "cells that are no day written so; their rows cannot be read",
    "source.form.dates.later": "days in the future, long after all others, likely mistyped; their rows do not count",
    "source.form.encoding": "the encoding of the text, by its letters",
    "source.form.zone": "the time zone whose days count, where instants are given",
    "source.form.decimal": "the mark before the cents",
    "source.form.hundredths": "amounts are in hundredths, as none has a part",
    "source.kinds": "kinds of document",
    "source.form.sheet": "the sheet that is read; others are lists as well",
    "source.sheets": "sheets with rows that are no list of documents and are not read",
    "source.where": "states of payments that count",
    "source.without": "rows that are left out: void, or of suppliers",
    "source.snapshots": "lists of several days in one, of which the newest is read",
    "source.states": "states of documents that may be no debt yet, and are counted",
    "source.signs": "whether credits have a minus (signed), their kind tells (by_kind), or invoices have it (reversed)",
    "source.undated": "rows with an amount and no day, which are left out",
    "source.ages": "lists of what buyers owe by age, which hold the same debts again and are not read",
    "source.again": "lists of invoices that another list has as well, which are not read",
    "source.bank": "a statement of payments, by what its lines say of invoices and buyers",
    "source.files": "files that are no lists of documents and are not read",
    "source.buyers_by": "buyers under another number, which a list of customers leads to the ledger's",
    "source.lines": "rows of one invoice: parts (added), its total again (repeated), or the same beside payments",
    "source.unmatched": "what credits that name no invoice settle: the oldest, or nothing (on_account)",
    "source.terms_days": "days of payment, which the export does not state",
    "source.columns": "columns that are not read",
    "tables.buyers": "customers and their particulars",
    "tables.buyers.terms_days": "days of payment, as the list of customers has them today",
    "tables.limits": "limits, taken as valid from the day of the export on",
    "tables.orders": "open orders",
    "source.columns.own_amount": "the same amounts in the company's own currency, which tell the rates of others",
    "source.buyers": "as many buyers as documents, or one of all: what is read as the buyer may be something else",
    "source.columns.rate": "the rates of other currencies, as amounts in both show",
    "source.columns.invoice_id": "the number of an invoice, by what stands in the column and is no other's",
    "source.columns.buyer_id": "the number of the buyer, by what stands in the column",
    "source.columns.number": "the number by which payments name an invoice, by what stands in the columns",
    "source.columns.issued": "the day of issue, by what stands in the column",
    "source.columns.due": "the due day, by what stands in the column",
    "source.columns.amount": "the amount of an invoice, by what stands in the column",
    "source.columns.side": "debit or credit, by the letters in the column",
    "source.block": "names that stand below buyers' numbers in one column",
    "source.buckets": "columns of what is owed by age",
    "source.settled": "states of invoices that are paid in full",
    "source.written_off": "reasons by which what is neither paid nor open was written off",
    "source.columns.name": "who the buyer is, by what stands in the column",
    "source.columns.applies_to": "the invoice that a credit settles, by what stands in the column",
    "source.columns.paid": "what is paid, by what stands in the column",
    "source.columns.cleared": "the day of payment, by what stands in the column",
    "source.columns.kind": "the kind of document, by the words in the column",
    "source.columns.credited": "what credit notes settled of an amount",
    "source.columns.debit": "what raises a debt, as a balance that runs on shows",
    "source.columns.credit": "what lowers a debt, as a balance that runs on shows",
    "source.columns.open": "what of an invoice is open, by what stands in the columns",
    "source.columns.balance": "a running balance, which checks the rows",
    "source.due": "due days that stand in the terms' text only",
}
"""Key of a guess, a place in the run file: what it means, for who checks it."""
NAMED = 4
"""So many guesses the lead names."""


def meaning(key: str) -> str:
    """Return what a guess is about; of one of several lists, whose key has ` of ` and the list behind it, as well.

    >>> meaning("currency"), meaning("source.lines of list of payments")[-17:]
    ('the currency that amounts are stated in', ' list of payments')
    """
    of, _, listed = key.partition(" of ")
    said = tr(MEANS[of]) if of in MEANS else of
    return tr("{what}, in the {list}", what=said, list=listed) if listed else said


def told(run: Run) -> list[str]:
    """Return what stands guessed in a run file: how much, and then each guess with what was taken; nothing without."""
    if not run.guessed:
        return []
    number = len(run.guessed)
    named = [meaning(key) for key in run.guessed][:NAMED]
    lead = tr_number(
        "How the ledger is read rests on {number} guess that nobody has confirmed: {named}. Look at it in {run_file}, "
        "and remove its line under `guessed` once it is right.",
        "How the ledger is read rests on {number} guesses that nobody has confirmed: {named}. Look at them in "
        "{run_file}, and remove the line of each under `guessed` once it is right.",
        number, number=number, named="; ".join([*named, *(["…"] if number > NAMED else [])]),
        run_file=tr("the run file") if run.anonymise else tr("the run file {name}", name=run.file.name),
    )  # fmt: skip
    each = [tr("Guessed: {what}: {taken}.", what=meaning(key), taken=taken) for key, taken in run.guessed.items()]
    return [lead, *each]
