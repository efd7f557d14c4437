"""Which invoices a bank's payments settle: by the numbers that they name, then by payer and amount; with the reason."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports.meaning import Note

BY_NUMBER, BY_AMOUNT, BY_PAYER, BY_RETURN = (
    "number in the text", "payer and amount", "payer alone: on account", "return of an earlier payment",
)  # fmt: skip
BY_OLDEST = "payer and amount: the oldest of several"
BY_FIGURES = "figures of a number in the text, and payer"
BY_SUM = "payer and amount of several together"
BY_AMOUNT_ALONE = "amount alone: the only invoice over it"
DAY = r"(?<![\w./-])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[-./]\d{2}[-./]\d{2})(?![\w/-]|\.\d)"
"""A day in a text, which is no invoice's number."""
WORD = r"[^\W\d_]+|\d+"
MOST_TOGETHER, MOST_OPEN = 4, 15
"""So many invoices may be paid together without being named, of so many that a buyer owes, the oldest."""
FIGURES_OF_NUMBER = r"\d+(?:[/.-]\d+)*"
LEAST_FIGURES = 4
"""Fewer figures of an invoice's number may be anything."""
LEAST_NAME = 5
"""Shorter names may stand in a text by chance."""
MOST_PARTS = 8
"""So many words and figures in a row may make up one invoice number."""
LEGAL_FORMS = (
    "gmbh co kg|gmbh|ag|kg|ohg|ug|mbh|ev|se|ltd|limited|plc|llp|llc|inc|corp|co|company|sa|sas|sarl|srl|spa|bv|nv|oy|"
    "oyj|ab|as|aps|lda|sl|slu|sp zoo|kft|zrt|doo|pty|pte|有限公司|股份有限公司"
)


class Match(NamedTuple):
    """Part of a payment: its row, the buyer, the invoice number (None: on account), the amount, and the reason."""

    row: float
    buyer: str
    number: str | None
    amount: float
    reason: str


def matched(documents: pd.DataFrame) -> tuple[pd.DataFrame, list[Note], list[Note]]:
    """Return documents whose bank payments have their buyers and invoices, notes by reason, and what is left out.

    Of the rows with `bank`, `text` is what the payment says and `name` its payer; `amount` is below zero, above where
    the bank took one back. The payer is he of the name, else he whose name stands in the text. A payment settles the
    invoices whose numbers it names, of several each to its amount and the last to what remains; else that of its payer
    which has the figures that it names, and is over no less; else the oldest of its payer over just its amount in its
    currency, issued and not settled by then; else those few of the payer that come to it together, where one choice
    alone does; else it is on account of its payer. Of nobody known it settles the only invoice over its amount to the
    cent, else it is left out. A return takes back the invoice that it names, or the last payment over its amount.
    `matched_by`: the reason of each part.
    """
    bank = documents["bank"].astype(bool)
    rest = documents[~bank].assign(matched_by=pd.NA)
    if not bank.any():
        return rest, [], []
    payments = documents[bank].sort_values("issued", kind="stable")
    found = list(_matches(payments, Invoices(rest)))
    table = pd.DataFrame(found, columns=Match._fields).astype({"amount": "float64"})
    parts = payments.loc[table["row"]].assign(
        buyer_id=table["buyer"].to_numpy(), applies_to=table["number"].to_numpy(), amount=table["amount"].to_numpy(),
        matched_by=table["reason"].to_numpy(), invoice_id=pd.NA, name=pd.NA,
    )  # fmt: skip
    notes = [
        ("receipts", f"matched by {reason}: {told_sum(-of['amount'], of['currency'])}", len(of))
        for reason, of in parts.groupby("matched_by", sort=False)
    ]
    unknown = payments[~payments.index.isin(table["row"])]
    told = told_sum(-unknown["amount"], unknown["currency"])
    left_out = [("receipts", f"bank payments of no known buyer: {told}", len(unknown))]
    kept = pd.concat([rest, parts]).astype(dict.fromkeys(("buyer_id", "applies_to", "matched_by"), "str"))
    return kept, notes, left_out if len(unknown) else []


class Invoice(NamedTuple):
    """An invoice that payments may name; `known_days`: of issue, and of clearing."""

    buyer: str
    number: str
    amount: float
    currency: str
    known_days: tuple[pd.Timestamp, pd.Timestamp]


class Invoices:
    """The invoices that payments may name, by number in plain letters and by buyer and amount."""

    def __init__(self, documents: pd.DataFrame):
        rows = documents[documents["kind"] == "invoice"]
        rows = rows.assign(number=rows["invoice_id"].fillna(rows["number"])).dropna(subset=["number", "buyer_id"])
        each = rows.groupby(["buyer_id", "number"], sort=False).agg(
            amount=("amount", "sum"), currency=("currency", "first"), issued=("issued", "min"),
            cleared=("cleared", "max"),
        )  # fmt: skip
        self.named: dict[str, list[Invoice]] = defaultdict(list)
        self.over: dict[tuple[str, int, str], list[Invoice]] = defaultdict(list)
        self.over_alone: dict[tuple[int, str], list[Invoice]] = defaultdict(list)
        self.of: dict[tuple[str, str], list[Invoice]] = defaultdict(list)
        for (buyer, number), amount, currency, *known_days in each.sort_values("issued", kind="stable").itertuples():
            one = Invoice(buyer, number, amount, currency, tuple(known_days))
            plain = "".join(_words(number))
            if len(plain) > 2 and any(letter.isdigit() for letter in plain):
                self.named[plain].append(one)
            self.over[buyer, round(amount * 100), currency].append(one)
            self.over_alone[round(amount * 100), currency].append(one)
            self.of[buyer, currency].append(one)
        names = documents.dropna(subset=["buyer_id"])[["buyer_id", "name"]].drop_duplicates()
        self.buyers: dict[str, set[str]] = defaultdict(set)
        self.begun: dict[str, set[str]] = defaultdict(set)
        """Firms' names as they are compared, by their first word."""
        for buyer, name in zip(names["buyer_id"], names["name"], strict=True):
            called = str(buyer if pd.isna(name) else name)
            if key := firm(called):
                self.buyers[key].add(buyer)
                self.begun[_words(called)[0]].add(key)

    def in_text(self, text: object, payer: str | None) -> list[Invoice]:
        """Return the invoices that a text names, in its order; a number of several buyers where the payer tells.

        Days in the text name none, but as a part of a number, such as `FV 5/11/2024`. Words make up a number where they
        are parted as it is itself, or by blanks; that of another buyer than the payer only as it is written.
        """
        found: list[Invoice] = []
        held = text.casefold() if isinstance(text, str) else ""
        words = list(re.finditer(WORD, held))
        days = [day.span() for day in re.finditer(DAY, held)]
        of_days = {word.start() for word in words if any(begin <= word.start() < end for begin, end in days)}
        first = 0
        while first < len(words):
            # The longest first: 2026-1001 is not the invoice 2026.
            ends = range(min(first + MOST_PARTS, len(words)), first, -1)
            parts = ((last, words[first:last]) for last in ends)
            some = ((self._of(part), last) for last, part in parts if not {word.start() for word in part} <= of_days)
            named, last = next(((found, last) for found, last in some if found), ([], None))
            mine = [one for one in named if one.buyer == payer]
            if not mine and len(named) == 1:
                as_written = _words(named[0].number) == [word[0] for word in words[first:last]]
                mine = named if payer is None or as_written else []
            found += [one for one in mine if one not in found]
            first = last or first + 1
        return found

    def _of(self, words: list[re.Match]) -> list[Invoice]:
        """Return the invoices whose number some words of a text make up."""
        named = self.named.get("".join(word[0] for word in words), [])
        return [one for one in named if _parted_alike(words, one.number)]

    def by_figures(self, text: object, payer: str, amount: float, currency: str) -> Invoice | None:
        """Return the one invoice of a payer whose figures stand in a text, and which is over no less than an amount."""
        figures = {re.sub(r"\D", "", found) for found in re.findall(FIGURES_OF_NUMBER, str(text))}
        found = [
            one
            for one in self.of.get((payer, currency), [])
            if len(own := re.sub(r"\D", "", one.number)) >= LEAST_FIGURES and own in figures
        ]
        return found[0] if len(found) == 1 and found[0].amount >= amount - CENT else None

    def fitting(self, payer: str, amount: float, currency: str, day: pd.Timestamp) -> list[Invoice]:
        """Return the invoices of a buyer over just an amount issued and not settled by a day, oldest first."""
        return [
            one
            for one in self.over.get((payer, round(amount * 100), currency), [])
            if not one.known_days[0] > day and not one.known_days[1] < day
        ]

    def alone(self, amount: float, currency: str, day: pd.Timestamp) -> Invoice | None:
        """Return the only invoice over just an amount that was issued by a day; none of an amount without cents."""
        found = [one for one in self.over_alone.get((round(amount * 100), currency), []) if not one.known_days[0] > day]
        return found[0] if len(found) == 1 and round(amount * 100) % 100 else None

    def together(
        self, payer: str, amount: float, currency: str, day: pd.Timestamp, used: set[tuple[str, str]]
    ) -> list[Invoice]:
        """Return the invoices of a buyer that come to an amount, where just one choice of a few of the oldest does.

        They were issued by a day, and are neither settled then nor among those that payments `used`.
        """
        owed = [
            one
            for one in self.of.get((payer, currency), [])
            if not one.known_days[0] > day and not one.known_days[1] < day and (one.buyer, one.number) not in used
        ][:MOST_OPEN]
        found = [
            some
            for number in range(2, MOST_TOGETHER + 1)
            for some in combinations(owed, number)
            if abs(sum(one.amount for one in some) - amount) < CENT
        ]
        return [*found[0]] if len(found) == 1 else []

    def payer_in(self, text: object) -> str | None:
        """Return the only buyer whose name stands among the words of a text; of names in one another the longest."""
        words = _words(text) if isinstance(text, str) else []
        compact = "".join(words)
        begun = {key for word in {*words} for key in self.begun.get(word, ())}
        found = {key for key in begun if len(key) >= LEAST_NAME and key in compact}
        longest = {key for key in found if not any(key != other and key in other for other in found)}
        buyers = {buyer for key in longest for buyer in self.buyers[key]}
        return next(iter(buyers)) if len(buyers) == 1 else None

    def payer(self, name: object) -> str | None:
        """Return the one buyer of a name, if there is one."""
        buyers = self.buyers.get(firm(str(name)), set()) if isinstance(name, str) and firm(name) else set()
        return next(iter(buyers)) if len(buyers) == 1 else None


def firm(name: str) -> str:
    """Return a firm's name as it is compared: small letters and figures, without its legal form.

    >>> firm("Alder Tools GmbH & Co. KG") == firm("ALDER TOOLS")
    True
    """
    words = " ".join(re.findall(r"[^\W_]+", name.casefold()))
    words = re.sub(r"\b([^\W\d]) (?=[^\W\d]\b)", r"\1", words)  # B.V. is BV
    return re.sub(rf"(?: (?:{LEGAL_FORMS}))+$", "", words).replace(" ", "")


def _parted_alike(words: list[re.Match], number: str) -> bool:
    """Return whether marks part words of a text only where they part the parts of a number as well."""
    ends, at = set(), 0
    for part in _words(number):
        at += len(part)
        ends.add(at)
    at = 0
    for word, after in pairwise(words):
        at += len(word[0])
        between = word.string[word.end() : after.start()]
        if between.strip() and at not in ends:
            return False
    return True


def _matches(payments: pd.DataFrame, invoices: Invoices) -> Iterator[Match]:
    """Yield the parts of payments in order of days; those of nobody known have none."""
    so_far: list[list[Match]] = []
    used: set[tuple[str, str]] = set()
    called = payments["name"].dropna().unique()
    names = {name: invoices.payer(name) or invoices.payer_in(name) for name in called}
    columns = [payments[name] for name in ("name", "text", "amount", "currency", "issued", "only_returns")]
    for row, name, text, amount, currency, day, returned in zip(payments.index, *columns, strict=True):
        payer = names.get(name) or invoices.payer_in(text)
        named = invoices.in_text(text, payer)
        if amount > 0:
            # Wages may go out over just what a buyer has paid.
            of_ledger = returned or named or payer is not None
            parts = list(_returned(row, amount, named, payer, so_far)) if of_ledger else []
        elif named:
            parts = list(_shared(row, amount, named, currency))
        elif payer is not None and (one := invoices.by_figures(text, payer, -amount, currency)):
            parts = [Match(row, payer, one.number, amount, BY_FIGURES)]
        elif payer is not None:
            fitting = invoices.fitting(payer, -amount, currency, day)
            owed = [one.number for one in fitting if (payer, one.number) not in used]
            reason = BY_OLDEST if len(owed) > 1 else BY_AMOUNT if owed else BY_PAYER
            parts = [Match(row, payer, owed[0] if owed else None, amount, reason)]
            if not owed and (several := invoices.together(payer, -amount, currency, day, used)):
                parts = [Match(row, payer, one.number, -one.amount, BY_SUM) for one in several]
        else:
            one = invoices.alone(-amount, currency, day)
            free = one is not None and (one.buyer, one.number) not in used
            parts = [Match(row, one.buyer, one.number, amount, BY_AMOUNT_ALONE)] if one and free else []
        if amount < 0:
            so_far.append(parts)
        used |= {(one.buyer, one.number) for one in parts if one.number is not None}
        yield from parts


def _shared(row: float, amount: float, named: list[Invoice], currency: str) -> Iterator[Match]:
    """Yield the parts of a payment that invoices have; amounts in other currencies do not bound them."""
    left = -amount
    for place, one in enumerate(named, start=1):
        part = left if place == len(named) or one.currency != currency else min(left, one.amount)
        if part > CENT:
            yield Match(row, one.buyer, one.number, -round(part, 2), BY_NUMBER)
            left -= part


def _returned(
    row: float, amount: float, named: list[Invoice], payer: str | None, so_far: list[list[Match]]
) -> Iterator[Match]:
    """Yield what a return takes back: the invoice that it names, or the last payment over its amount, which it ends.

    What it takes beyond all that was paid on the invoice, such as the bank's charges, is on account.
    """
    if len(named) == 1:
        buyer, number = named[0].buyer, named[0].number
        paid = -sum(one.amount for parts in so_far for one in parts if (one.buyer, one.number) == (buyer, number))
        part = min(amount, paid) if paid > CENT else amount
        yield Match(row, buyer, number, part, BY_NUMBER)
        if amount - part > CENT:
            yield Match(row, buyer, None, round(amount - part, 2), BY_PAYER)
        return
    for place in range(len(so_far) - 1, -1, -1):
        parts = so_far[place]
        same = abs(sum(one.amount for one in parts) + amount) < CENT
        if parts and same and payer in (None, parts[0].buyer):
            del so_far[place]
            yield from (Match(row, one.buyer, one.number, -one.amount, BY_RETURN) for one in parts)
            return
    if payer is not None:
        yield Match(row, payer, None, amount, BY_PAYER)


def _words(text: object) -> list[str]:
    return re.findall(WORD, str(text).casefold())
