"""What the page says of how a book was read: what was left out, taken for granted and translated."""

import numpy as np
import pandas as pd

from tradecredit.book.amounts_paid import PAID, unlike
from tradecredit.book.links import Links
from tradecredit.book.places import one_of
from tradecredit.book.raw_tables import RawTable
from tradecredit.book.translation import OF_THE_DAY
from tradecredit.params.export import ExportSource
from tradecredit.params.run import Run

DAY_OF_RATE = {"invoices": "day of issue", "statements": "end of the period"}
"""Table: the day at whose rate its amounts are translated, in words."""

COUNTED = ("kind", "currency", "invoice_id", "amount")
"""Columns by which the notes count rows."""


def notes_on(
    raw: dict[str, RawTable], tables: dict[str, pd.DataFrame], known: dict[str, np.ndarray], linked: Links, run: Run
) -> pd.DataFrame:
    """Return what was left out, taken for granted and translated on reading a book: `table`, `rule`, `rows`.

    `tables`: typed, in the currencies of their rows; `known`: whether each row is known on the run's day; `linked`: the
    `links` of the tables.
    """
    rows = [(name, rule, count) for name, table in raw.items() for rule, count in table.left_out]
    rows = [(name, f"left out: {rule}", count) for name, rule, count in rows]
    rows += [(name, rule, count) for name, table in raw.items() for rule, count in table.assumed]
    for file in dict.fromkeys(table.file for table in raw.values()):
        readers = [table for table in raw.values() if table.file == file]
        unused = [column for column in readers[0].ignored if all(column in table.ignored for table in readers)]
        if unused:
            rows.append((readers[0].name, f"columns of {file} not used: {', '.join(unused)}", len(readers[0].frame)))
    day = pd.Timestamp(run.as_of)
    seen = {name: frame.loc[known[name], frame.columns.isin(COUNTED)] for name, frame in tables.items()}
    without_kind = int(seen["buyers"]["kind"].isna().sum())
    if without_kind:
        rows.append(("buyers", "kind is not stated: taken as private", without_kind))
    for name in ("invoices", "statements"):
        foreign = int((seen[name]["currency"] != run.currency).sum())
        if foreign:
            rows.append((name, f"translated to {run.currency} at the rate of the {DAY_OF_RATE[name]}", foreign))
    unmade = int(tables["promises"].loc[known["promises"], "made"].isna().sum())
    if unmade:
        rule = "made is not told: taken as made some days before its day (collections.promised_within_days)"
        rows.append(("promises", rule, unmade))
    account = seen["receipts"][seen["receipts"]["invoice_id"].isna()]
    if len(account):
        sums = account.groupby(account["currency"].fillna(run.currency))["amount"].sum()
        told = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in sums.items())
        rule = f"on account, no invoice named: {told}; set off in what the buyer owes net, not against its invoices"
        rows.append(("receipts", rule, len(account)))
    paid = _paid_and_amounts(seen["receipts"], tables["invoices"], linked, known["receipts"])
    # Of an export it is told where its payments are read, before what exceeds an invoice is put on account.
    if not isinstance(run.source, ExportSource) and (unalike := unlike(*paid)):
        rows.append(("receipts", *unalike))
    others = int((_of_another_buyer(linked) & known["receipts"]).sum())
    if others:
        rows.append(("receipts", "another buyer is named than the invoice's, which counts", others))
    for name in OF_THE_DAY:
        foreign = seen[name]["currency"]
        foreign = int((foreign.notna() & (foreign != run.currency)).sum())
        if foreign:
            rows.append((name, f"translated to {run.currency} at the last rate", foreign))
    defaults = tables["defaults"]
    undated = int((defaults["recovered"].notna() & defaults["resolved"].isna() & (defaults["date"] <= day)).sum())
    if undated:
        rows.append(("defaults", "recovered, but no day in resolved: recovery receipts are used", undated))
    if seen["receipts"].empty:
        rows.append(("receipts", "none by then: nothing is taken as paid", 0))
    return pd.DataFrame(rows, columns=["table", "rule", "rows"])


def _paid_and_amounts(
    receipts: pd.DataFrame, invoices: pd.DataFrame, linked: Links, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what known receipts in its own currency brought on each invoice, and the amount of each."""
    place = linked.get(("receipts", "invoice_id"))
    amount = invoices["amount"].to_numpy(float)
    if place is None:
        return np.zeros(len(amount)), amount
    on = (place[known] >= 0) & one_of(receipts["kind"], PAID)
    at, paid = place[known][on], receipts[on].reset_index(drop=True)
    own = (
        paid["currency"].eq(invoices["currency"].iloc[at].reset_index(drop=True)).fillna(True) | paid["currency"].isna()
    )
    return np.bincount(at, paid["amount"].to_numpy(float) * own.to_numpy(float), len(amount)), amount


def _of_another_buyer(linked: Links) -> np.ndarray:
    """Return whether each receipt names an invoice and another buyer than that of the invoice."""
    place, named = linked.get(("receipts", "invoice_id")), linked.get(("receipts", "buyer_id"))
    if place is None or named is None:
        return np.zeros(0, dtype=bool)
    return (place >= 0) & (named >= 0) & (np.append(linked["invoices", "buyer_id"], -1)[place] != named)
