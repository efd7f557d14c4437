"""Buyers that are likely one and the same under two numbers: by number, name or register, with what each owes."""

import re
import unicodedata

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.exports.named_invoices import firm
from tradecredit.book.once import once
from tradecredit.book.registration import canonical
from tradecredit.measure.balances import balances

EVIDENCE = (
    "registration number", "number but for zeros before it", "name but for its spelling", "name but for its legal form",
)  # fmt: skip
"""What two buyers have in common, the surest first."""

LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe", "ł": "l"})
"""Letters as they are written where a keyboard lacks them."""

IN_FULL = {"limited": "ltd", "corporation": "corp", "incorporated": "inc", "company": "co", "und": "", "and": ""}
"""Words of legal forms: how they are shortened."""


@once
def likely_doubles(book: Book) -> pd.DataFrame:
    """Return the buyers that are likely another buyer of the book, the surest first, then by what is owed together.

    Columns: `buyer_id`; `same_as`, the first buyer that it is alike to; `alike_by`, the surest of `EVIDENCE`;
    `open_amount` of the buyer and `open_together` of all that are alike. Numbers and names are compared within a
    country, as far as it is stated; two registration numbers that differ there are two firms, whatever their names.
    Spelling is capitals, signs, letters such as ü for ue, and legal forms in full or short.
    One line in the run file merges them: `merge: {<buyer_id>: <same_as>}`. Source: definitions §1.1.
    """
    buyers, owed = book.buyers, balances(book)["open_amount"].to_numpy()
    register, country = canonical(buyers["registration_id"]), buyers["country"].fillna("")
    number = buyers["buyer_id"].str.lstrip("0").where(buyers["buyer_id"].str.fullmatch(r"\d+").fillna(False))
    plain = {name: spelled(name) for name in buyers["name"].dropna().unique()}
    whole = _compared(buyers["name"], {name: text.replace(" ", "") for name, text in plain.items()})
    stem = _compared(buyers["name"], {name: firm(text) for name, text in plain.items()})
    found = []
    for evidence, values in zip(EVIDENCE, (register, number, whole, stem), strict=True):
        key = values + "\n" + country
        first = buyers["buyer_id"].groupby(key).transform("first")
        apart = register.notna() & register.groupby(key).transform("first").ne(register)
        hit = key.notna() & first.ne(buyers["buyer_id"]) & ~apart
        together = pd.Series(owed, index=buyers.index).groupby(key).transform("sum")
        found.append(
            pd.DataFrame(
                {
                    "buyer_id": buyers["buyer_id"], "same_as": first, "alike_by": evidence, "open_amount": owed,
                    "open_together": together,
                }
            )[hit]
        )  # fmt: skip
    table = pd.concat(found)
    table = table[~table.index.duplicated()].assign(
        order=lambda one: one["alike_by"].map(EVIDENCE.index), place=lambda one: one.index
    )
    table = table.sort_values(["order", "open_together", "place"], ascending=[True, False, True])
    return table.drop(columns=["order", "place"]).reset_index(drop=True)


def spelled(name: str) -> str:
    """Return a name in small plain letters and figures, its words apart, legal forms short.

    >>> spelled("Müller & Co. Limited"), spelled("MUELLER CO LTD")
    ('mueller co ltd', 'mueller co ltd')
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", name).casefold().translate(LETTERS))
    words = re.findall(r"[^\W_]+", "".join(letter for letter in text if not unicodedata.combining(letter)))
    return " ".join(filter(None, (IN_FULL.get(word, word) for word in words)))


def _compared(names: pd.Series, plain: dict[str, str]) -> pd.Series:
    """Return names as they are compared; missing where none is stated, or one of two letters at most is left."""
    found = names.map(plain).astype("str").where(names.notna())
    return found.where(found.str.len() > 2)
