"""What the page of a day says of the letters: how many are written, which are not and why, what they charge by."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.words.formats import counted, first_of, listed

LANGUAGES = {"en": "English", "de": "German", "fr": "French", "zh-Hans": "Chinese"}
"""Languages of letters, by what a page calls them."""

NOT_STATED = (
    "The letters are not written as files: the run file does not say who sends them and where buyers are to pay. State "
    "the sender's address, an e-mail address or telephone number, and a bank account under `collections.letters`."
)

NAMED = 5
"""Buyers that a sentence names."""


def with_languages(table: pd.DataFrame) -> pd.DataFrame:
    """Return the letters (`Letters.listed` of the report) with their languages in words."""
    return table.assign(language=table["language"].map(LANGUAGES))


def written(table: pd.DataFrame) -> str:
    """Return how many letters are written, in which languages, and what is to be done once they are sent.

    `table`: `letters.Letters.listed` of the report; empty where there is none.
    """
    if table.empty:
        return ""
    by_language = table["language"].value_counts()
    parts = listed(f"{count:,} in {LANGUAGES[str(tag)]}" for tag, count in by_language.items())
    return (
        f"{counted(len(table), 'letter')} to send, as a page to print and as text: {parts}. Once they are sent, add "
        "letters/reminders.csv to the ledger's `reminders`: no letter comes twice for what stands there."
    )


def not_written(unpayable: pd.Series) -> str:
    """Return which letters are not written for want of an account (`letters.unpayable`); empty where all are."""
    if unpayable.empty:
        return ""
    codes = listed(sorted({code for codes in unpayable for code in codes.split(", ")}))
    return (
        f"{counted(len(unpayable), 'letter')} cannot be written, as the run file states no account for {codes} "
        f"(`collections.letters.accounts`): to {first_of([*unpayable.index], NAMED)}."
    )


def charged(book: Book, rows: pd.DataFrame) -> list[str]:
    """Return by which laws the letters charge for late payment, on which conditions, and what they leave out.

    `rows`: `letters.invoices`.
    """
    conditions = {law.name: law.condition for law in book.run.late_interest.laws}
    names = rows.loc[rows[["billed_interest", "billed_fee"]].fillna(0.0).gt(0).any(axis="columns"), "law"].unique()
    told = []
    if len(names):
        laws = "; ".join(f"{name}{f' ({conditions[name]})' if conditions[name] else ''}" for name in sorted(names))
        told.append(
            "Letters charge for late payment by the law of the buyer's country, up to the as-of day, for what is to be "
            f"paid and not for what is held out. Whether its conditions are met is not in the book: {laws}."
        )
    asking = {stage.name for stage in book.run.collections.reminders if stage.interest or stage.fee}
    asked = rows[rows["letter"].isin(asking) & (rows["billed_to_pay"] > 0)]
    unknown = asked.loc[asked[["billed_interest", "billed_fee"]].isna().all(axis="columns"), "buyer_id"].nunique()
    if unknown:
        told.append(
            f"{counted(unknown, 'letter')} of a stage that charges for late payment cannot say how much on some "
            "invoice: no law is known for the buyer, it lets us charge only if we are a small enterprise, or a rate is "
            "missing. They reserve the right instead."
        )
    return told
