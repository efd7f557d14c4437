"""Disputes: whose they are, how old, how long they take, what is given in, and what they do to DSO and to cover."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import one_of
from tradecredit.insurance.cover import audit, of_items
from tradecredit.insurance.policy import Policy
from tradecredit.measure.came_in import came_by
from tradecredit.measure.disputes import disputed, owed_in_dispute
from tradecredit.measure.open_items import open_amounts
from tradecredit.measure.receivables import kpis
from tradecredit.numerics.survival import median_days
from tradecredit.params.base import NOT_STATED


def open_disputes(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return the disputes of which something is still owed, the largest amount first, in the reporting currency.

    `policy`: the one in force. Columns: `invoice_id`, `buyer_id`, `reason` (`(not stated)` where none is), `owner`, who
    is to settle it (`collections.dispute_owners`; missing: nobody is named for its reason), `opened`, `age_days`;
    `amount`, what is still owed of it, which alone is held out of collection, and `disputed_share` of what is open of
    the invoice; `cover_lost`: what more of the invoice would be insured if nothing of it were in dispute (0 without a
    policy; of several disputes on an invoice at the first). Source: definitions §10.7.
    """
    owed = open_amounts(book)
    left = owed_in_dispute(book, owed, book.as_of)
    table = disputed(book).loc[left.index, ["invoice_id", "buyer_id", "reason", "opened"]].assign(amount=left)
    table = table[table["amount"] > 0]
    place = book.invoice_of_dispute[table.index]
    reason = table["reason"].fillna(NOT_STATED)
    table = table.assign(
        reason=reason,
        owner=reason.map(book.run.collections.dispute_owners).astype("str"),
        age_days=(book.as_of - table["opened"]).dt.days,
        disputed_share=table["amount"] / owed[place],
        cover_lost=_cover_lost(book, policy, table["invoice_id"], owed),
    )
    return table.sort_values("amount", ascending=False, kind="stable", ignore_index=True)


def by_reason(book: Book, policy: Policy | None, months: int = 24) -> pd.DataFrame:
    """Return disputes by reason, the largest open amount first: index `reason`.

    `owner`; of those open: `disputes` (number), `amount` still owed, `oldest_days`, `dso_days`, what they add to the
    DSO (amount / sales × days; missing where the DSO is), and `cover_lost` (`open_disputes`). Of those opened in the
    last `months`: `opened_disputes` (number), `days_to_settle`, the median, those still open being known to take longer
    (Kaplan and Meier; missing: less than half are settled), and of the closed ones `given_in`, the share of the
    disputed amount that was credited by a week after. Source: definitions §10.7.
    """
    found, figures = open_disputes(book, policy), kpis(book)
    now = found.groupby("reason").agg(
        disputes=("amount", "size"), amount=("amount", "sum"), oldest_days=("age_days", "max"),
        cover_lost=("cover_lost", "sum"),
    )  # fmt: skip
    past = _settled(book, months)
    table = pd.DataFrame(
        {
            "opened_disputes": past.groupby("reason").size(),
            "days_to_settle": pd.Series(
                {
                    reason: median_days(of["days"].to_numpy(), of["is_closed"].to_numpy())
                    for reason, of in past.groupby("reason")
                },
                dtype="float64",
            ),
            "given_in": past.groupby("reason")["credited"].sum() / past.groupby("reason")["of_closed"].sum(),
        }
    )
    table = now.join(table, how="outer").rename_axis("reason").fillna({"disputes": 0, "amount": 0.0, "cover_lost": 0.0})
    days = figures["dso"] / figures["receivables"] if figures["receivables"] > 0 else np.nan
    owners = table.index.to_series().map(book.run.collections.dispute_owners).astype("str")
    table = table.assign(owner=owners, dso_days=table["amount"] * days, disputes=table["disputes"].astype(int))
    order = ["owner", "disputes", "amount", "oldest_days", "dso_days", "cover_lost"]
    table = table[[*order, "opened_disputes", "days_to_settle", "given_in"]]
    return table.sort_values("amount", ascending=False, kind="stable")


def _cover_lost(book: Book, policy: Policy | None, invoices: pd.Series, owed: np.ndarray) -> np.ndarray:
    """Return of each dispute what of its invoice it keeps from being insured; at the first of several."""
    if policy is None:
        return np.zeros(len(invoices))
    without, now = of_items(book, policy, owed)["insured"], audit(book, policy)["insured"]
    lost = (without - now.reindex(without.index, fill_value=0.0)).clip(lower=0.0)
    return lost.reindex(invoices).fillna(0.0).to_numpy() * ~invoices.duplicated().to_numpy()


def _settled(book: Book, months: int) -> pd.DataFrame:
    """Return the disputes of the last months: reason, days until closed or today, whether closed, what was credited."""
    table = disputed(book)
    recent = (table["opened"] > book.as_of - pd.DateOffset(months=months)).to_numpy() & (book.invoice_of_dispute >= 0)
    table, place = table[recent], book.invoice_of_dispute[recent]
    closed = table["closed"].to_numpy("datetime64[us]")
    is_closed = ~np.isnat(closed)
    ends = np.where(is_closed, closed, book.as_of.to_datetime64())
    notes = book.receipts[one_of(book.receipts["kind"], ["credit_note"])]
    of = book.invoice_of_receipt[notes.index]
    known = of[of >= 0], notes["received"].to_numpy("datetime64[us]")[of >= 0], notes["amount"].to_numpy()[of >= 0]
    opened = table["opened"].to_numpy("datetime64[us]")
    before, after = (
        came_by(*known, place, day) for day in (opened - np.timedelta64(1, "D"), ends + np.timedelta64(7, "D"))
    )
    amount = table["amount"].to_numpy()
    return pd.DataFrame(
        {
            "reason": table["reason"].fillna(NOT_STATED).to_numpy(),
            "days": (ends - opened) / np.timedelta64(1, "D"),
            "is_closed": is_closed,
            "credited": np.where(is_closed, np.clip(after - before, 0.0, amount), 0.0),
            "of_closed": np.where(is_closed, amount, np.nan),
        }
    )
