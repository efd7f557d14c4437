"""The invoices of a ledger as payments name them: by number, by figures, by buyer and amount."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, islice, pairwise
from typing import NamedTuple

import pandas as pd

from tradecredit.book.checks import CENT

DAY = r"(?<![\w./-])(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[-./]\d{2}[-./]\d{2})(?![\w/-]|\.\d)"
"""A day in a text, which is no invoice's number."""
WORD = r"[^\W\d_]+|\d+"
MOST_TOGETHER, MOST_OPEN = 4, 15
"""So many invoices may be paid together without being named, of so many that a buyer owes, the oldest."""
FIGURES = r"\d+(?:[/.-]\d+)*"
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
MOST_OF_FORM = 4
"""So many words may make up a legal form."""


class Invoice(NamedTuple):
    """An invoice that payments may name; `known_days`: of issue, and of clearing."""

    buyer: str
    number: str
    amount: float
    currency: str
    known_days: tuple[pd.Timestamp, pd.Timestamp]

    def is_owed(self, day: pd.Timestamp) -> bool:
        """Return whether it was issued by a day, and not settled before it."""
        return not self.known_days[0] > day and not self.known_days[1] < day


Used = set[tuple[str, str]]
"""Buyer and number of invoices that payments have settled so far."""


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
        self.figured: dict[tuple[str, str, str], list[Invoice]] = defaultdict(list)
        self.over: dict[tuple[str, int, str], list[Invoice]] = defaultdict(list)
        self.over_alone: dict[tuple[int, str], list[Invoice]] = defaultdict(list)
        self.of: dict[tuple[str, str], list[Invoice]] = defaultdict(list)
        for (buyer, number), amount, currency, *known_days in each.sort_values("issued", kind="stable").itertuples():
            one = Invoice(buyer, number, amount, currency, tuple(known_days))
            letters = "".join(words_of(number))
            if len(letters) > 2 and any(letter.isdigit() for letter in letters):
                self.named[letters].append(one)
            figures = re.sub(r"\D", "", number)
            if len(figures) >= LEAST_FIGURES:
                self.figured[buyer, currency, figures].append(one)
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
                self.begun[words_of(called)[0]].add(key)

    def in_text(self, text: object, payer: str | None) -> list[Invoice]:
        """Return the invoices that a text names, in its order; a number of several buyers where the payer tells.

        Days in the text name none, but as a part of a number, such as `FV 5/11/2024`. Words make up a number where they
        are parted as it is itself, or by blanks; that of another buyer than the payer only as it is written.
        """
        named: list[Invoice] = []
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
            of_number, last = next(((found, last) for found, last in some if found), ([], None))
            mine = [one for one in of_number if one.buyer == payer]
            if not mine and len(of_number) == 1:
                as_written = words_of(of_number[0].number) == [word[0] for word in words[first:last]]
                mine = of_number if payer is None or as_written else []
            named += [one for one in mine if one not in named]
            first = last or first + 1
        return named

    def _of(self, words: list[re.Match]) -> list[Invoice]:
        """Return the invoices whose number some words of a text make up."""
        named = self.named.get("".join(word[0] for word in words), [])
        return [one for one in named if _parted_alike(words, one.number)]

    def by_figures(
        self, text: object, payer: str, amount: float, currency: str, day: pd.Timestamp, used: Used
    ) -> Invoice | None:
        """Return the one owed invoice of a payer whose figures stand in a text, and which is over no less than paid."""
        figures = {re.sub(r"\D", "", found) for found in re.findall(FIGURES, str(text))}
        found = [one for each in sorted(figures) for one in self.figured.get((payer, currency, each), [])]
        owed = [one for one in found if one.is_owed(day) and (payer, one.number) not in used]
        return owed[0] if len(owed) == 1 and owed[0].amount >= amount - CENT else None

    def fitting(self, payer: str, amount: float, currency: str, day: pd.Timestamp) -> list[Invoice]:
        """Return the invoices of a buyer over just an amount issued and not settled by a day, oldest first."""
        return [one for one in self.over.get((payer, round(amount * 100), currency), []) if one.is_owed(day)]

    def alone(self, amount: float, currency: str, day: pd.Timestamp) -> Invoice | None:
        """Return the only invoice over just an amount, if it is owed on a day; none of an amount without cents."""
        found = self.over_alone.get((round(amount * 100), currency), [])
        one = found[0] if len(found) == 1 and round(amount * 100) % 100 else None
        return one if one is not None and one.is_owed(day) else None

    def together(self, payer: str, amount: float, currency: str, day: pd.Timestamp, used: Used) -> list[Invoice]:
        """Return the owed invoices of a buyer that come to an amount, where one choice alone of a few oldest does."""
        of_payer = (one for one in self.of.get((payer, currency), []) if one.is_owed(day))
        owed = list(islice((one for one in of_payer if (payer, one.number) not in used), MOST_OPEN))
        found = [
            some
            for number in range(2, MOST_TOGETHER + 1)
            for some in combinations(owed, number)
            if abs(sum(one.amount for one in some) - amount) < CENT
        ]
        return [*found[0]] if len(found) == 1 else []

    def payer_in(self, text: object) -> str | None:
        """Return the only buyer whose name stands in a text as a run of words; of names in one another the longest.

        A name of one word counts at the begin of the text alone, with a legal form behind it, or nothing.
        """
        words = words_of(text) if isinstance(text, str) else []
        found = {key for at, word in enumerate(words) for key in self._called(words[at:], self.begun.get(word, ()), at)}
        longest = {key for key in found if not any(key != other and key in other for other in found)}
        buyers = {buyer for key in longest for buyer in self.buyers[key]}
        return next(iter(buyers)) if len(buyers) == 1 else None

    @staticmethod
    def _called(words: list[str], keys: set[str] | tuple[()], at: int) -> Iterator[str]:
        """Yield those names with which a run of words begins, `at` so many words from the begin of its text."""
        for key in keys:
            if len(key) < LEAST_NAME:
                continue
            if words[0] == key:
                forms = (firm(" ".join(words[:number])) for number in range(2, MOST_OF_FORM + 2))
                if at == 0 and (len(words) == 1 or key in forms):
                    yield key
                continue
            begin = ""
            for word in words:
                begin += word
                if len(begin) >= len(key):
                    break
            if begin == key:
                yield key

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
    for part in words_of(number):
        at += len(part)
        ends.add(at)
    at = 0
    for word, after in pairwise(words):
        at += len(word[0])
        between = word.string[word.end() : after.start()]
        if between.strip() and at not in ends:
            return False
    return True


def words_of(text: object) -> list[str]:
    """Return the words and the runs of figures of a text, in small letters."""
    return re.findall(WORD, str(text).casefold())
