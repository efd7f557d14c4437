"""What a language must say for letters to be written in it."""

from typing import NamedTuple


class Tone(NamedTuple):
    """How a stage is worded: sentences, in which `{total}`, `{pay_by}` and `{as_of}` stand for what a letter tells.

    `consequence` and `courtesy` may be empty: what follows if nothing is paid, and what is said before the greeting.
    """

    subject: str
    opening: str
    demand: str
    consequence: str = ""
    courtesy: str = ""


class Catalogue(NamedTuple):
    """All words of a language.

    `tag` is what HTML calls the language (BCP 47), `locale` what babel does; `amount` how an amount is written, of
    `{currency}` and `{number}`; `long_day` and `short_day` are patterns of babel. `{…}` stand for what a letter tells.
    """

    tag: str
    locale: str
    amount: str
    long_day: str
    short_day: str
    first_of_month: str
    """What stands for the 1 of a first day of the month in a sentence."""
    colon: str
    and_: str
    """Between the last two of a list; `comma` between the others."""
    comma: str
    to: str
    """Before the name of the buyer; may be empty."""
    customer: str
    registration: str
    date: str
    from_: str
    telephone: str
    email: str
    salutation: str
    """May name the `{buyer}`."""
    tones: dict[str, Tone]
    listed: str
    """Over the table of the invoices in `{currency}`, as of `{as_of}`."""
    invoice: str
    issued: str
    due: str
    days: str
    amount_: str
    open_: str
    held: str
    to_pay: str
    sum_: str
    held_note: str
    """Why amounts are held out: `{why}`, a list of `held_why`."""
    held_why: dict[str, str]
    charged_by_law: str
    """What is charged for late payment up to `{as_of}`, with the `{law}` cited; `charged` without; `charged_as_agreed`
    where the rate is that of the contract."""
    charged: str
    charged_as_agreed: str
    charges: str
    """Over the table of charges in `{currency}`."""
    interest: str
    fee: str
    daily: str
    """What a further day adds: `{amount}`."""
    reserved: str
    """What may be charged is not claimed, and stays so."""
    asked: str
    """Over the sums that are asked for."""
    of_invoices: str
    total: str
    pay_to: str
    pay_to_in: str
    """The same for amounts in `{currency}`."""
    holder: str
    bank: str
    iban: str
    account_number: str
    bic: str
    reference: str
    paid: str
    """What to do if it has been paid since."""
    objections: str
    """What to do if something is not right: turn to `{reach}`, of `by_email` and `by_phone`."""
    by_email: str
    by_phone: str
    or_: str
    closing: tuple[str, ...]
    date_at_end: bool
