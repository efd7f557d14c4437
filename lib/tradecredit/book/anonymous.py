"""The tables of a book with pseudonyms in place of names and numbers, before anything is made of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from tradecredit.params.pseudonyms import PARTY, Pseudonyms, pseudonyms, without
from tradecredit.params.run import Run

KINDS = {
    "buyer_id": PARTY, "owner_id": PARTY, "owned_id": PARTY, "group_id": PARTY, "name": "name", "invoice_id": "invoice",
    "receipt_id": "receipt", "order_id": "order", "claim_id": "claim", "by": "analyst",
}  # fmt: skip
"""Column of the schema: what kind of name or number it holds."""
SHARED_BY = 3
"""A free text stays where so many buyers share it: it says nothing of one of them."""
LEFT_OUT = "left out"


def anonymous(
    tables: Mapping[str, pd.DataFrame], notes: pd.DataFrame, run: Run, files: Iterable[str]
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables and the notes of a book with each name and number replaced, by the key of the run file.

    Numbers of buyers, owners and groups, names, registration numbers (in whatever form they are written), invoices,
    receipts, orders, claims and who overrode. Equal ones stay equal. Analysts' reasons are left out, and so are reasons
    of disputes and limits that fewer than three buyers share, unless the run file states them. Countries, sectors,
    days and amounts stay: whoever knows a payment knows whose it is. `files`: names of those read, which notes tell.
    """
    names = pseudonyms(run.file)
    replaced = {name: _replaced(frame, names) for name, frame in tables.items()}
    buyer_of = tables["invoices"].set_index("invoice_id")["buyer_id"]
    of_disputes, of_limits = tables["disputes"]["invoice_id"].map(buyer_of), tables["limits"]["buyer_id"]
    stated = run.collections.dispute_owners
    for name, buyers, kept in (("disputes", of_disputes, stated), ("limits", of_limits, ())):
        reasons = _shared(tables[name]["reason"], buyers, kept)
        replaced[name] = replaced[name].assign(reason=reasons)
    buyers = tables["buyers"]
    known = [text for column in ("buyer_id", "name", "registration_id") for text in buyers[column].dropna()]
    known += [*run.merge, *run.merge.values(), *files]
    return replaced, notes.assign(rule=[without(rule, known) for rule in notes["rule"]])


def _shared(reasons: pd.Series, buyers: pd.Series, kept: Iterable[str]) -> pd.Series:
    """Return reasons, without those that fewer buyers share than hide one of them, and that are not among `kept`."""
    shared = buyers.groupby(reasons).transform("nunique") >= SHARED_BY
    return reasons.where(reasons.isna() | shared | reasons.isin([*kept]), LEFT_OUT)


def _replaced(frame: pd.DataFrame, names: Pseudonyms) -> pd.DataFrame:
    found = {column: names.column(kind, frame[column]) for column, kind in KINDS.items() if column in frame}
    if "registration_id" in frame:
        plain = frame["registration_id"].str.upper().str.replace(r"[\W_]+", "", regex=True)
        found["registration_id"] = names.column("registration", plain)
    if "by" in frame:
        found["reason"] = frame["reason"].where(frame["reason"].isna(), LEFT_OUT)
    return frame.assign(**found)


def who_is_who(buyers: pd.DataFrame, run_file: Path) -> pd.DataFrame:
    """Return `buyer_id`, `name`, and what stands for them by a run file's key: `pseudonym`, `pseudonym_of_name`."""
    names = pseudonyms(run_file)
    return buyers[["buyer_id", "name"]].assign(
        pseudonym=names.column(PARTY, buyers["buyer_id"]), pseudonym_of_name=names.column("name", buyers["name"])
    )
