"""What a column is, told by the words of its name and by what stands in it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from tradecredit.book.exports.amounts import NAMES as CURRENCY_NAMES
from tradecredit.book.exports.amounts import is_amount
from tradecredit.book.exports.days import COUNTED
from tradecredit.book.exports.eras import western
from tradecredit.params.export import Role

GLUE = "glue"
OTHER = "other"
"""What words mean that stand in the names of columns of no document's number, day or amount."""
NUMBER = ("nr", "no", "id")
"""Short words that may be glued to another."""
ABBREVIATED = 4
"""Letters that the begin of a word must have to stand for it."""
LOOKED_AT = 200
"""Cells of a column that are looked at."""
NOTHING = ("", "-", "---", "nan", "NaT", "None", "<NA>")
AMOUNTS: tuple[Role, ...] = ("amount", "debit", "credit", "paid", "open")
DAYS: tuple[Role, ...] = ("issued", "due", "cleared")
OWN_ACCOUNT = re.compile(r"(?i)\breceivables?\b|\bundeposited|forderungen aus|créances|^clientes?$|^crediti v")
"""What a company's own account for what its buyers owe is called, which is none of them."""
_WITHOUT_STROKE = str.maketrans("łøđı", "lodi")
"""Letters that are none with an accent, and are often written without their stroke or dot."""
EAST_ASIAN = r"[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af\u1100-\u11ff]"
"""Letters between which spaces part no words."""
_DAY = re.compile(
    r"\d{1,4}\s?[./ -]\s?(?:\d{1,2}|[^\W\d_]{3,})\.?,?\s?[./ -]\s?\d{1,4}"
    r"|^[^\W\d_]{3,} \d{1,2},? \d{4}|^\d{7,8}$|^(?:19|20)\d\d-\d\d$|年"
    r"|^\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$|^(?:0?[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d$"
)


def plain(name: object) -> str:
    """Return a column's name without what systems write differently: case, accents, signs and spaces; words apart.

    >>> plain("*Invoice-Number:") == plain("invoiceNumber") == plain("INVOICE NUMBER")
    True
    >>> plain("Échéance") == plain("ECHEANCE")
    True
    """
    # Cells are asked for as well, of which numbers of several types cannot be compared, as a cache would do.
    return _plain(str(name))


@lru_cache(maxsize=1 << 16)
def _plain(name: str) -> str:
    text = re.sub(r"(?i)\bn\.[º°]", "No ", name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = re.sub(r"['’](?:s\b|(?=d\b))", "", text).casefold().replace("#", " no ")
    text = text.translate(_WITHOUT_STROKE)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    text = re.sub(r"[\W_]+", " ", text).strip()
    return re.sub(rf"(?<={EAST_ASIAN}) (?={EAST_ASIAN})", "", text)


class Vocabulary:
    """Words by what they mean, and what a name means that is made of them."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        self.meaning = {plain(word): meaning for meaning, listed in words.items() for word in listed}
        self._parts = lru_cache(maxsize=None)(self._split)

    def of(self, name: object) -> frozenset[str] | None:
        """Return the meanings in a name; None where a word of it means nothing that is known of a document."""
        found: set[str] = set()
        for word in self._words(name):
            parts = self._parts(word)
            if parts is None or OTHER in parts:
                return None
            found.update(parts)
        return frozenset(found - {GLUE}) or None

    def known(self, name: object) -> frozenset[str]:
        """Return the meanings of those words of a name that mean something, `OTHER` among them."""
        found = {part for word in self._words(name) for part in self._parts(word) or ()}
        return frozenset(found - {GLUE})

    def _words(self, name: object) -> list[str]:
        """Return the words of a name; a short one with capitals inside, such as `MwSt`, may be one word."""
        words = plain(name).split()
        whole = "".join(words)
        return [whole] if whole in self.meaning and " " not in str(name).strip() else words

    def _split(self, word: str) -> tuple[str, ...] | None:
        """Return the meanings of a word, which may be several glued together; the longer parts first."""
        if word in self.meaning:
            return (self.meaning[word],)
        # Of several columns of one kind each has a figure behind its name.
        if re.fullmatch(r"\D{3,}\d", word) and word[:-1] in self.meaning:
            return (self.meaning[word[:-1]],)
        # A sign of Chinese writing may be a word.
        signs = re.search(r"[\u3040-\u30ff\u4e00-\u9fff\u1100-\u11ff]", word) is not None
        for end in range(len(word) - 1 if signs else len(word) - 2, 0 if signs else 2, -1):
            if word[:end] in self.meaning and (signs or len(word) - end > 2 or word[end:] in NUMBER):
                rest = self._parts(word[end:])
                if rest is not None:
                    return (self.meaning[word[:end]], *rest)
        return self._abbreviated(word)

    def _abbreviated(self, word: str) -> tuple[str, ...] | None:
        """Return the meaning of the begin of a word, where all words that begin so mean the same."""
        if len(word) < ABBREVIATED:
            return None
        meant = {meaning for known, meaning in self.meaning.items() if known.startswith(word)}
        return (meant.pop(),) if len(meant) == 1 else None


def fits(role: str, cells: Sequence[object]) -> bool:
    """Return whether what stands in a column can be what it is taken for; an empty one can be anything."""
    held = [cell for cell in cells if cell is not None and str(cell).strip() not in NOTHING][:LOOKED_AT]
    if not held:
        return True
    if role in (*AMOUNTS, "credited"):
        # Nothing but one, and nought, marks rows.
        marks = {str(cell).strip().removesuffix(".0") for cell in held} in ({"0", "1"}, {"1"})
        right = 0 if marks else sum(is_amount(cell) for cell in held)
    elif role in DAYS:
        held = [cell for cell in held if str(cell).strip() not in ("0", "0.0")]
        right = sum(map(is_day, held))
    elif role == "days_overdue":
        right = sum(re.fullmatch(r"[-+]?\d{1,5}(\.0)?", str(cell).strip()) is not None for cell in held)
    elif role == "status":
        right = sum(isinstance(cell, bool) or not re.search(r"\d", str(cell)) for cell in held)
    elif role == "currency":
        right = sum(
            re.fullmatch(r"\W?[^\W\d_]{2,4}|[$€£¥]", str(cell).strip()) is not None or _is_currency(cell)
            for cell in held
        )
    elif role in ("buyer_id", "name", "invoice_id"):
        if role != "name" and are_amounts(held):
            return False  # what an invoice comes to may be called after it
        # And so may what kind of document it is. Labels of blocks stand among their numbers.
        if role == "invoice_id" and sum(re.search(r"\d", str(cell)) is not None for cell in held) < len(held) / 10:
            return False
        # A number behind a mark is no name, though its column is called one, as orders are.
        if role == "name" and all(re.fullmatch(r"#\s?\d+", str(cell).strip()) for cell in held):
            return False
        right = sum(OWN_ACCOUNT.search(str(cell)) is None for cell in held)
    else:
        return True
    # Heads of blocks and totals stand among days.
    return right >= len(held) / (4 if role in DAYS else 2)


def are_amounts(cells: Sequence[object]) -> bool:
    """Return whether cells are amounts and no numbers of documents: all of them are numbers, most of them with cents.

    >>> are_amounts([1190.5, 20, 7.25]), are_amounts(["1.190,50", "20,00"]), are_amounts([26001.0, 26002.0])
    (True, True, False)
    """
    texts = [cell for cell in cells if isinstance(cell, str)]
    if texts:
        return len(texts) == len(cells) and all(re.fullmatch(r"-?[\d.,' ]*\d[.,]\d\d", text.strip()) for text in texts)
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    return len(numbers) == len(cells) and sum(number % 1 != 0 for number in numbers) > len(numbers) / 2


def _is_currency(cell: object) -> bool:
    text = str(cell).strip().upper()
    return text in CURRENCY_NAMES or re.match(r"[A-Z]{3}\s*[-–:(/]", text) is not None


def is_day(cell: object) -> bool:
    """Return whether a cell may be a day, in some writing."""
    if hasattr(cell, "year"):
        return True
    text = str(cell)
    if re.fullmatch(r"(?:\d{5}|\d{10}|\d{13})(?:\.0)?", text):
        return any(one.least <= float(text) <= one.most for one in COUNTED.values())
    return (
        _DAY.search(text.strip()) is not None
        or western(text.strip()) is not None
        or text in ("00.00.0000", "NULL", "0")
        or text.startswith("/Date(")
    )
