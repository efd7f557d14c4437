"""Letters to buyers: who writes them, in which language, and where the money goes."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tradecredit.params.base import Country, Currency, Parameters

Language = Literal["en", "de", "fr", "zh"]
"""The languages that letters are written in: English, German, French, Chinese."""

Line = Annotated[str, Field(min_length=1, max_length=100)]


def _iban(text: str) -> str:
    plain = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        raise ValueError("an IBAN is expected, such as DE89 3704 0044 0532 0130 00")
    # ISO 7064, modulo 97-10: letters are numbers from 10 on, the first four signs come last.
    if int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 != 1:
        raise ValueError("an IBAN whose check digits agree is expected: a sign of it is wrong, missing or out of place")
    return plain


def _bic(text: str) -> str:
    plain = "".join(text.split()).upper()
    if not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", plain):
        raise ValueError("a BIC of eight or eleven signs is expected, such as COBADEFF")
    return plain


class BankAccount(Parameters):
    """An account that buyers are to pay to."""

    currencies: list[Currency] = []
    """Currencies of the invoices that are paid to it; none: all that no other account has."""
    holder: Line | None = None
    """Whose account it is; null: the sender's."""
    bank: Line | None = None
    """What the bank is called."""
    iban: Annotated[str, AfterValidator(_iban)] | None = None
    """Its number as an IBAN, or `account_number`."""
    account_number: Line | None = None
    """Its number where the bank has no IBANs."""
    bic: Annotated[str, AfterValidator(_bic)] | None = None
    """The bank's BIC (SWIFT code)."""
    reference: Annotated[str, Field(max_length=60)] = ""
    """What the reference of a payment begins with, before the buyer's number and the invoices'."""

    @model_validator(mode="after")
    def _has_one_number(self) -> Self:
        if (self.iban is None) == (self.account_number is None):
            raise ValueError("state either iban or account_number")
        return self


class LetterSettings(Parameters):
    """How letters to buyers are written (definitions §10.10)."""

    sender: Line | None = None
    """Who writes; null: the run's `entity`."""
    address: Annotated[list[Line], Field(min_length=1)]
    """The sender's postal address, line by line."""
    contact: Line | None = None
    """The person, or department, that buyers turn to."""
    email: Line | None = None
    """The contact's e-mail address; this, or `phone`, must be given."""
    phone: Line | None = None
    """The contact's telephone number."""
    legal_lines: list[Annotated[str, Field(min_length=1, max_length=200)]] = []
    """What the law asks for at the foot of a business letter: register, managing directors, VAT number."""
    small_enterprise: bool = False
    """Whether we are a small or medium enterprise by the laws that protect these alone (`for_small_creditors`)."""
    accounts: Annotated[list[BankAccount], Field(min_length=1)]
    """Where buyers are to pay, by the currency of their invoices."""
    language: Language = "en"
    """The language of letters to buyers of whose country `language_by_country` names none."""
    language_by_country: dict[Country, Language] = {
        "DE": "de", "AT": "de", "CH": "de", "LI": "de", "FR": "fr", "MC": "fr", "LU": "fr", "CN": "zh",
    }  # fmt: skip
    """Buyer's country: the language of letters to it."""

    @model_validator(mode="after")
    def _can_be_reached_and_paid(self) -> Self:
        problems = []
        if self.email is None and self.phone is None:
            problems.append("state email or phone: a letter says how to object")
        named = [currency for account in self.accounts for currency in account.currencies or ["all other currencies"]]
        problems += [
            f"accounts: two are for {currency}: state the currencies of each, or keep one of them"
            for currency in sorted({currency for currency in named if named.count(currency) > 1})
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def account(self, currency: str) -> BankAccount | None:
        """Return the account that invoices in a currency are paid to; None: there is none."""
        own = [account for account in self.accounts if currency in account.currencies]
        return next(iter([*own, *(account for account in self.accounts if not account.currencies)]), None)

    def language_of(self, country: str | None) -> Language:
        """Return the language of letters to a buyer in a country; None: it is not known."""
        return self.language if country is None else self.language_by_country.get(country, self.language)
