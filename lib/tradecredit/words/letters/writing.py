"""What a letter to a buyer says, in its language: chosen sentences, tables and facts, all as text."""

import unicodedata
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from babel import Locale
from babel.dates import format_date

from tradecredit.book.book import Book
from tradecredit.decide.collect.held_out import HELD
from tradecredit.decide.collect.letters import decimals, wording
from tradecredit.params.collect import Stage
from tradecredit.params.letters import BankAccount, Language, LetterSettings
from tradecredit.words.letters.catalogue import Catalogue
from tradecredit.words.letters.chinese import CHINESE
from tradecredit.words.letters.english import ENGLISH
from tradecredit.words.letters.french import FRENCH
from tradecredit.words.letters.german import GERMAN

CATALOGUES: dict[Language, Catalogue] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH, "zh": CHINESE}

DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Signs that turn the direction of writing, or mark the order of bytes."""

REFERENCE = 140
"""Signs that the reference of a transfer can have (SEPA)."""

CHARGES = {"billed_interest": "interest", "billed_fee": "fee"}
"""What is charged for late payment: the column, and the word for it."""


class Table(NamedTuple):
    """A table of a letter: `numeric`: which columns are numbers; `foot`: its last row, of sums (none: empty)."""

    caption: str
    heads: list[str]
    numeric: list[bool]
    rows: list[list[str]]
    foot: list[str]


class Facts(NamedTuple):
    """Names and values under a title; `strong`: whether the last one is what counts."""

    title: str
    pairs: list[tuple[str, str]]
    strong: bool = False


class Letter(NamedTuple):
    """All that a letter says, in its order; text alone, nothing of it is HTML."""

    tag: str
    title: str
    sender: list[str]
    recipient: list[str]
    facts: list[tuple[str, str]]
    subject: str
    salutation: str
    body: list[str | Table | Facts]
    closing: list[str]
    signed: list[str]
    legal_lines: list[str]
    colon: str


def letter(book: Book, to: Any, rows: list[Any], sums: list[Any]) -> Letter:
    """Return what the letter to a buyer says.

    `to`: the buyer's row of the worklist, with its `buyer_id`, `name`, `registration_id` and `country`; `rows`: its
    rows of `letters.invoices`; `sums`: those of `letters.totals`, with the `currency` of each; all as `itertuples`
    gives them. The run's `collections.letters` must be stated. Source: definitions §10.10.
    """
    settings = book.run.collections.letters
    assert settings is not None
    words = CATALOGUES[settings.language_of(_stated(to.country))]
    stage = next(stage for stage in book.run.collections.reminders if stage.name == to.letter)
    tone, sender, number = (
        words.tones[wording(stage, to.supplies_stopped)],
        settings.sender or book.run.entity,
        one_line(to.buyer_id),
    )
    asked = [row for row in sums if row.billed_total > 0] or sums
    amounts = [_amount(row.billed_total, row.currency, words) for row in asked]
    told = {
        "as_of": _long(book.as_of, words), "pay_by": _long(to.pay_by, words), "total": _list(amounts, words),
        "reach": words.or_.join(_ways(settings, words)),
    }  # fmt: skip
    body: list[str | Table | Facts] = [
        tone.opening.format(**told), *_invoices(rows, sums, told["as_of"], words),
        *_charges(rows, sums, told["as_of"], words), tone.demand.format(**told),
        *_accounts(settings, rows, (one_line(sender), number), words), tone.consequence.format(**told),
        words.reserved if _is_reserved(stage, rows) else "", words.paid, words.objections.format(**told),
        tone.courtesy.format(**told),
    ]  # fmt: skip
    name, date = one_line(_stated(to.name) or "") or number, _long(to.send_on, words)
    dated = [] if words.date_at_end else [(words.date, date)]
    signed = [sender, *([settings.contact] if settings.contact else [])]
    return Letter(
        tag=words.tag,
        title=f"{tone.subject} · {number}",
        sender=[one_line(line) for line in (sender, *settings.address)],
        recipient=_recipient(to, name, words),
        facts=[*dated, (words.customer, number), *_reached(settings, words)],
        subject=tone.subject,
        salutation=words.salutation.format(buyer=name),
        body=[part for part in body if part],
        closing=[*words.closing],
        signed=[*map(one_line, signed), *([date] if words.date_at_end else [])],
        legal_lines=[one_line(line) for line in settings.legal_lines],
        colon=words.colon,
    )


def one_line(text: str) -> str:
    """Return text on one line, without the signs that steer a screen: control characters and changes of direction.

    >>> one_line("Cedar\\n =1+1 \\u202eLtd\\x00")
    'Cedar =1+1 Ltd'
    """
    if not text.isprintable():  # what can be printed steers nothing
        text = "".join(sign for sign in text if sign.isspace() or not _steers(sign))
    return " ".join(text.split())


def _steers(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cs") or sign in DIRECTIONS


def _recipient(to: Any, name: str, words: Catalogue) -> list[str]:
    lines = [words.to + name]
    registration, country = _stated(to.registration_id), _stated(to.country)
    if registration:
        lines.append(f"{words.registration}{words.colon}{one_line(registration)}")
    if country:
        lines.append(str(_locale(words.locale).territories.get(country, one_line(country))))
    return lines


def _reached(settings: LetterSettings, words: Catalogue) -> list[tuple[str, str]]:
    """Return whom a buyer turns to, as facts."""
    stated = [(words.from_, settings.contact), (words.telephone, settings.phone), (words.email, settings.email)]
    return [(name, one_line(value)) for name, value in stated if value]


def _ways(settings: LetterSettings, words: Catalogue) -> list[str]:
    ways = [words.by_email.format(email=one_line(settings.email))] if settings.email else []
    if settings.phone:
        ways.append(words.by_phone.format(phone=_unbroken(one_line(settings.phone))))
    return ways


def _invoices(rows: list[Any], sums: list[Any], as_of: str, words: Catalogue) -> list[str | Table | Facts]:
    """Return a table of the invoices in each currency, and why parts of them are held out."""
    parts: list[str | Table | Facts] = []
    for total in sums:
        code, of = total.currency, [row for row in rows if row.currency == total.currency]
        shown = {"billed": words.amount_, "billed_open": words.open_}
        if total.billed_held_out > 0:
            shown["billed_held_out"] = words.held
        shown["billed_to_pay"] = words.to_pay
        lines = [
            [
                one_line(row.invoice_id), _short(row.issued, words), _short(row.due, words), f"{row.days_past_due:.0f}",
                *(_number(getattr(row, name), code, words) for name in shown),
            ]
            for row in of
        ]  # fmt: skip
        summed = [_number(getattr(total, name), code, words) for name in [*shown][1:]]
        foot = [words.sum_, "", "", "", "", *summed]
        heads = [words.invoice, words.issued, words.due, words.days, *shown.values()]
        numeric = [False, False, False, True, *(True for _ in shown)]
        parts.append(Table(words.listed.format(currency=code, as_of=as_of), heads, numeric, lines, foot))
    why = [words.held_why[name] for name in HELD if any(getattr(row, name) > 0 for row in rows)]
    return [*parts, words.held_note.format(why=_list(why, words))] if why else parts


def _charges(rows: list[Any], sums: list[Any], as_of: str, words: Catalogue) -> list[str | Table | Facts]:
    """Return what is charged for late payment, if anything is, and then what is to be paid with it."""
    charged = [row for row in rows if any(getattr(row, name) > 0 for name in CHARGES)]
    if not charged:
        return []
    cited, agreed = _stated(charged[0].cited_as), charged[0].agreed
    by_law = words.charged_by_law if cited else words.charged
    parts: list[str | Table | Facts] = [(words.charged_as_agreed if agreed else by_law).format(as_of=as_of, law=cited)]
    added = []
    for total in sums:
        code, of = total.currency, [row for row in charged if row.currency == total.currency]
        if not of:
            continue
        shown = [name for name in CHARGES if getattr(total, name) > 0]
        lines = [
            [one_line(row.invoice_id), *(_number(getattr(row, name), code, words) for name in shown)] for row in of
        ]
        foot = [words.sum_, *(_number(getattr(total, name), code, words) for name in shown)]
        heads = [words.invoice, *(getattr(words, CHARGES[name]) for name in shown)]
        parts.append(Table(words.charges.format(currency=code), heads, [False, *(True for _ in shown)], lines, foot))
        daily = sum(row.billed_daily_interest for row in of if row.billed_daily_interest > 0)
        added += [_amount(daily, code, words)] if daily > 0 else []
    if added:
        parts.append(words.daily.format(amount=_list(added, words)))
    return [*parts, *(_sums(total, words) for total in sums if total.billed_total > 0)]


def _sums(total: Any, words: Catalogue) -> Facts:
    """Return what is asked for in a currency, part by part."""
    named = {"billed_to_pay": words.of_invoices, "billed_interest": words.interest, "billed_fee": words.fee}
    amounts = {name: getattr(total, column) for column, name in named.items()}
    pairs = [(name, _amount(amount, total.currency, words)) for name, amount in amounts.items() if amount > 0]
    return Facts(words.asked, [*pairs, (words.total, _amount(total.billed_total, total.currency, words))], strong=True)


def _accounts(
    settings: LetterSettings, rows: list[Any], names: tuple[str, str], words: Catalogue
) -> list[str | Table | Facts]:
    """Return the accounts that the invoices are paid to, each with the reference that tells which.

    `names`: the sender's, and the buyer's number.
    """
    owed = [row for row in rows if row.billed_to_pay > 0]
    codes = {code: settings.account(code) for code in dict.fromkeys(row.currency for row in owed)}
    parts: list[str | Table | Facts] = []
    for account in settings.accounts:
        paid_to_it = [code for code, of in codes.items() if of is account]
        if not paid_to_it:
            continue
        several = len(paid_to_it) < len(codes)
        title = words.pay_to_in.format(currency=_list(paid_to_it, words)) if several else words.pay_to
        invoices = [one_line(row.invoice_id) for row in owed if row.currency in paid_to_it]
        parts.append(Facts(title, _account(account, names[0], _reference(account, names[1], invoices), words)))
    return parts


def _account(account: BankAccount, sender: str, reference: str, words: Catalogue) -> list[tuple[str, str]]:
    iban = account.iban and " ".join(account.iban[place : place + 4] for place in range(0, len(account.iban), 4))
    stated = [
        (words.holder, account.holder or sender), (words.bank, account.bank), (words.iban, iban),
        (words.account_number, account.account_number), (words.bic, account.bic), (words.reference, reference),
    ]  # fmt: skip
    return [(name, one_line(value)) for name, value in stated if value]


def _reference(account: BankAccount, number: str, names: list[str]) -> str:
    """Return what tells a payment: the buyer's number, and the invoices' as far as there is room for all of them."""
    start = f"{one_line(account.reference)} {number}".strip()
    whole = f"{start} {', '.join(names)}"
    return whole if len(whole) <= REFERENCE else start


def _is_reserved(stage: Stage, rows: list[Any]) -> bool:
    """Return whether a letter's stage asks for interest or a fee that is not claimed of all that is to be paid."""
    owed = [row for row in rows if row.billed_to_pay > 0]
    asked = (("billed_interest", stage.interest), ("billed_fee", stage.fee))
    return any(wanted and any(pd.isna(getattr(row, column)) for row in owed) for column, wanted in asked)


def _stated(value: object) -> str | None:
    return None if pd.isna(value) else str(value)


def _list(parts: list[str], words: Catalogue) -> str:
    *first, last = parts
    return words.comma.join(first) + words.and_ + last if first else last


def _number(value: float, currency: str, words: Catalogue) -> str:
    """Return an amount without its currency, with the language's signs; nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:,.{decimals(currency)}f}".translate(_signs(words.locale))


def _amount(value: float, currency: str, words: Catalogue) -> str:
    return words.amount.format(currency=currency, number=_number(value, currency, words))


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


@cache
def _signs(locale: str) -> dict[int, str]:
    symbols = _locale(locale).number_symbols["latn"]
    return {ord(","): symbols["group"], ord("."): symbols["decimal"]}


def _long(day: pd.Timestamp, words: Catalogue) -> str:
    written = _day(day, words.long_day, words.locale)
    first = day.day == 1 and written.startswith("1 ")
    # A day is not torn from its month at the end of a line.
    return _unbroken(words.first_of_month + written[1:] if first else written)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _short(day: pd.Timestamp, words: Catalogue) -> str:
    return _day(day, words.short_day, words.locale)


@cache
def _day(day: pd.Timestamp, pattern: str, locale: str) -> str:
    return str(format_date(day, pattern, _locale(locale)))
