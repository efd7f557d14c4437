"""Buyers that are likely one and the same under two numbers: by number, name or register, with what each owes."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.exports.matching import firm
from tradecredit.book.once import once
from tradecredit.measure.balances import balances
from tradecredit.measure.registration import canonical

EVIDENCE = ("registration number", "number but for zeros before it", "name but for its legal form")
"""What two buyers have in common, the surest first."""


@once
def likely_doubles(book: Book) -> pd.DataFrame:
    """Return the buyers that are likely another buyer of the book, in the order of `buyers`.

    Columns: `buyer_id`; `same_as`, the first buyer that it is alike to; `alike_by`, the surest of `EVIDENCE`;
    `open_amount` of the buyer and `open_together` of all that are alike. Numbers and names are compared within a
    country, as far as it is stated; two registration numbers that differ there are two firms, whatever their names.
    One line in the run file merges them: `merge: {<buyer_id>: <same_as>}`. Source: definitions §1.1.
    """
    buyers, owed = book.buyers, balances(book)["open_amount"].to_numpy()
    register, country = canonical(buyers["registration_id"]), buyers["country"].fillna("")
    number = buyers["buyer_id"].str.lstrip("0").where(buyers["buyer_id"].str.fullmatch(r"\d+").fillna(False))
    names = {name: firm(name) for name in buyers["name"].dropna().unique()}
    name = buyers["name"].map(names).astype("str").where(buyers["name"].notna())
    name = name.where(name.str.len() > 2)
    found = []
    for evidence, values in zip(EVIDENCE, (register, number, name), strict=True):
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
    table = pd.concat(found).sort_index(kind="stable")
    return table[~table.index.duplicated()].reset_index(drop=True)
