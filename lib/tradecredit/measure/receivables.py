"""The receivables ledger as of a date: open items, ageing, the usual figures, concentration and disputes.

Conventions of all figures here: amounts are gross of tax, in the reporting currency; sales are the invoices issued in
a period to buyers that are not `prepaid` (credit sales), credit notes not taken off, since they settle invoices as any
receipt does; past due begins on the day after the due date; the window is the run's `receivables.sales_months` whole
months up to the as-of date. A figure that the ledger cannot give is missing, never zero.
"""

from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.params.base import NOT_STATED

IMPAIRED = ("write_off", "recovery", "claim")
"""Kinds of receipts that settle what the buyer did not pay in the ordinary course."""

FIGURES = {
    "receivables": ("Receivables", "currency"),
    "overdue_amount": ("Past due", "currency"),
    "open_invoices": ("Open invoices", "count"),
    "open_buyers": ("Buyers who owe", "count"),
    "sales": ("Sales in the window", "currency"),
    "sales_12m": ("Sales in 12 months", "currency"),
    "dso": ("DSO, simple", "days"),
    "dso_countback": ("DSO, countback", "days"),
    "dso_best_possible": ("DSO, best possible", "days"),
    "average_days_delinquent": ("Average days delinquent (ADD)", "days"),
    "turnover": ("Receivables turnover, times a year", "ratio"),
    "cei": ("Collection effectiveness index (100 is best)", "ratio"),
    "share_current": ("Share not past due", "fraction"),
    "share_over_90": ("Share more than 90 days past due", "fraction"),
    "days_beyond_terms": ("Days beyond terms (DBT)", "days"),
    "dispute_rate": ("Disputed in the window / sales", "fraction"),
    "open_disputes": ("Open disputes", "currency"),
    "days_deductions_outstanding": ("Days deductions outstanding (DDO)", "days"),
    "bad_debt_to_sales": ("Written off / sales, 12 months", "fraction"),
    "top_10_share": ("Share of the ten largest buyers", "fraction"),
    "largest_buyer_share": ("Share of the largest buyer", "fraction"),
    "herfindahl": ("Herfindahl index of buyers (1 is one buyer)", "ratio"),
}
"""The names of `kpis`, in their order: what each is called, and its unit (`currency`: the run's)."""


def open_items(book: Book) -> pd.DataFrame:
    """Return every invoice known on the as-of date with what is still open of it.

    Reads `invoices` and `receipts`. Receipts of every kind reduce the open amount: payment, credit note, discount,
    write-off, recovery, and a claim that the insurer paid on the invoice. One row for each invoice, in the order of
    `invoices`:

    - `invoice_id`, `buyer_id`, `issued`, `due`, `amount` (gross), `paid` (receipts so far), and `impaired`, the part of
      `paid` that is write-offs, recoveries and claims;
    - `open_amount` = amount − paid; zero once less than half a cent is left;
    - `settled`: day of the receipt that brought it to zero, missing while open; an invoice over nothing is settled on
      the day of issue;
    - `days_past_due` = as-of date − due (negative: not due yet); missing once settled;
    - `days_late` = (settled, or the as-of date) − due; negative: early, or not due yet.

    Source: definitions §2.1.
    """
    return _items_at(*_ledger(book), book.as_of)


def ageing(book: Book) -> pd.DataFrame:
    """Return the open amount by age.

    Index `bucket`, oldest last, with the run's `receivables.ageing_buckets`: from the due date (`ageing_from: due`)
    `current`, `1–30`, …, `>180`; from the invoice date (`issued`) `0–30`, `31–60`, …, `>180`. Columns: `amount`,
    `share` of all receivables (missing where there are none), `invoices` and `buyers` with an open amount. The amounts
    add up to the receivables; a buyer may stand in several buckets. Source: definitions §2.2.
    """
    settings = book.run.receivables
    items = _open(open_items(book))
    bounds = settings.ageing_buckets
    later = [f"{low + 1}–{high}" for low, high in pairwise(bounds)] + [f">{bounds[-1]}"]
    if settings.ageing_from == "due":
        age, edges, labels = items["days_past_due"], [0, *bounds], ["current", f"1–{bounds[0]}", *later]
    else:
        age, edges, labels = (book.as_of - items["issued"]).dt.days, bounds, [f"0–{bounds[0]}", *later]
    bucket = pd.Categorical.from_codes(np.searchsorted(edges, age), categories=labels, ordered=True)
    by_age = items.groupby(pd.Series(bucket, index=items.index, name="bucket"), observed=False)
    table = by_age.agg(amount=("open_amount", "sum"), invoices=("invoice_id", "size"), buyers=("buyer_id", "nunique"))
    table.index = pd.Index(labels, name="bucket")
    table.insert(1, "share", table["amount"] / (table["amount"].sum() or np.nan))
    return table


def kpis(book: Book) -> pd.Series:
    """Return the ledger's figures on the as-of date, in the order and units of `FIGURES`.

    Reads `buyers`, `invoices`, `receipts` and `disputes`. Over the window of w days (see the module's conventions):

    - `receivables`, `overdue_amount`, `open_invoices`, `open_buyers`; `sales` of the window and `sales_12m`;
    - `dso` = receivables / sales × w; `dso_best_possible` = receivables not past due / sales × w;
      `average_days_delinquent` = dso − dso_best_possible, which is overdue_amount / sales × w;
    - `dso_countback`: see `countback_days`, by calendar months, the running one by its days so far;
    - `turnover` = sales / mean of opening and closing receivables × 365 / w;
    - `cei` = (opening receivables + sales − receivables) / (opening + sales − receivables not past due) × 100;
    - `share_current`, `share_over_90` (more than 90 days past due) of the receivables;
    - `days_beyond_terms`: mean of max(days late, 0) over invoices settled in the window (weight: amount − impaired) and
      those open and past due (weight: open amount);
    - `dispute_rate` = amount disputed in the window / sales; `open_disputes`: see `disputes`;
      `days_deductions_outstanding` = open_disputes / (amount disputed in the window / w);
    - `bad_debt_to_sales` = write-offs / sales, both over 12 months; recoveries and claims are not write-offs;
    - `top_10_share`, `largest_buyer_share`, `herfindahl` (sum of squared shares) of the receivables by buyer.

    Missing: what divides by zero; figures over a period that begins before the ledger does (its sales are taken as
    complete from the first day of the month of its first invoice; what was open before then is unknown); dispute
    figures where no dispute is recorded, and bad debt where no write-off is. Source: definitions §2.
    """
    return _kpis_on(*_ledger(book), _credit(book), disputed(book), (book.as_of, book.run.receivables.sales_months))


def figures(book: Book) -> pd.DataFrame:
    """Return `kpis` as a table for a page: index `figure`, columns `label`, `value`, `unit` (amounts: the currency)."""
    table = pd.DataFrame.from_dict(FIGURES, orient="index", columns=["label", "unit"]).rename_axis("figure")
    table["unit"] = table["unit"].replace("currency", book.run.currency)
    table.insert(1, "value", kpis(book))
    return table


def monthly(book: Book, months: int = 24) -> pd.DataFrame:
    """Return the figures of `kpis` at the month ends up to the as-of date, each as it was known on that day.

    Index `month_end`: the last `months` of them, beginning with the month of the first invoice; columns as `kpis`. Each
    row equals `kpis(book.at(month_end))`. The first rows lack what was still open from before the ledger begins.
    """
    last = book.as_of + pd.offsets.MonthEnd(0)
    last = last if last == book.as_of else last - pd.offsets.MonthEnd(1)
    ends = pd.date_range(end=last, periods=months, freq="ME", name="month_end", unit="us")
    ends = ends[ends >= book.invoices["issued"].min()]
    ledger, credit, disputes = _ledger(book), _credit(book), disputed(book)
    rows = [_kpis_on(*ledger, credit, disputes, (day, book.run.receivables.sales_months)) for day in ends]
    return pd.DataFrame(rows, index=ends, columns=list(FIGURES))


def countback_days(balance: float, sales: list[float], days: list[int]) -> float:
    """Return the days of sales that stand in a balance, counted back from the newest month.

    `sales` and `days` of each month, newest first. Whole months are taken off the balance; of the month that is larger
    than the rest of it, the part balance / sales × days counts. Missing where the months do not use up the balance.
    Source: definitions §2.4.

    >>> countback_days(250.0, [100.0, 120.0, 90.0], [31, 30, 31])    # 31 + 30 + 30/90 × 31
    71.33333333333333
    """
    left, counted = balance, 0.0
    for month_sales, month_days in zip(sales, days, strict=True):
        if left < CENT:
            return counted
        if left < month_sales:
            return counted + left / month_sales * month_days
        left, counted = left - month_sales, counted + month_days
    return counted if left < CENT else float("nan")


def concentration(book: Book, by: Literal["buyer_id", "group_id", "country", "sector"] = "buyer_id") -> pd.DataFrame:
    """Return who owes the receivables, largest first.

    Index `by`: those with an open amount; a buyer without a group stands alone under its buyer_id, one without country
    or sector under `(not stated)`. Columns: `amount`, `share`, `cumulative_share`, `buyers`, `overdue_amount` and
    `delinquent_days`, the days that its overdue amount puts into the book's DSO (overdue / sales × days: they add up to
    `average_days_delinquent`, and are missing where that is).
    """
    items = _open(open_items(book))
    buyers = book.buyers.set_index("buyer_id")
    alone = pd.Series(False, index=buyers.index)
    if by == "buyer_id":
        member = pd.Series(buyers.index, index=buyers.index)
    elif by == "group_id":
        alone = buyers["group_id"].isna()
        member = buyers["group_id"].fillna(pd.Series(buyers.index, index=buyers.index))
    else:
        member = buyers[by].fillna(NOT_STATED)
    keys = [items["buyer_id"].map(member).rename(by), items["buyer_id"].map(alone).rename("alone")]
    overdue = items["open_amount"].where(items["days_past_due"] > 0, 0.0)
    table = (
        items.assign(overdue_amount=overdue)
        .groupby(keys)
        .agg(
            amount=("open_amount", "sum"), buyers=("buyer_id", "nunique"), overdue_amount=("overdue_amount", "sum")
        )
        .droplevel("alone")
        .sort_values("amount", ascending=False, kind="stable")
    )  # fmt: skip
    figures = kpis(book)
    table.insert(1, "share", table["amount"] / table["amount"].sum())
    table.insert(2, "cumulative_share", table["share"].cumsum())
    sales_days = figures["dso"] / figures["receivables"] if figures["receivables"] > 0 else np.nan
    return table.assign(delinquent_days=table["overdue_amount"] * sales_days)


def disputed(book: Book) -> pd.DataFrame:
    """Return every dispute with its buyer and amounts, in the order of `disputes`.

    Columns: `invoice_id`, `buyer_id`, `opened`, `closed`, `reason`, `amount` (the dispute's, at most the invoice's; the
    whole invoice where none is given).
    """
    invoices = book.invoices.set_index("invoice_id")[["buyer_id", "amount"]]
    invoices = invoices.reindex(book.disputes["invoice_id"]).reset_index(drop=True)
    return book.disputes[["invoice_id", "opened", "closed", "reason"]].assign(
        buyer_id=invoices["buyer_id"], amount=book.disputes["amount"].fillna(np.inf).clip(upper=invoices["amount"])
    )


def in_dispute(book: Book) -> pd.Series:
    """Return the ids of the invoices of which a part at least is in an open dispute; one stands there for each."""
    return book.disputes.loc[book.disputes["closed"].isna(), "invoice_id"]


def net_share(invoices: pd.DataFrame) -> pd.Series:
    """Return the part of each invoice that is not tax: 1 − `tax` / `amount`; 1 where no tax is stated, or no amount."""
    return 1 - (invoices["tax"] / invoices["amount"].where(invoices["amount"] > 0)).fillna(0.0)


def disputes(book: Book) -> pd.DataFrame:
    """Return the open disputes by reason, largest amount first.

    Index `reason`. Columns: `amount`, the part of the disputed amounts that is still owed (several disputes on an
    invoice together at most its open amount), `disputes` (number), `oldest` (day it was opened), `oldest_days`. Empty
    where no dispute is open.
    """
    pending = _open_disputes(disputed(book), open_items(book), book.as_of)
    table = pending.groupby(pending["reason"].fillna(NOT_STATED)).agg(
        amount=("amount", "sum"), disputes=("amount", "size"), oldest=("opened", "min")
    )
    table = table.sort_values("amount", ascending=False, kind="stable")
    return table.assign(oldest_days=(book.as_of - table["oldest"]).dt.days)


def dso_causes(book: Book, months: int = 12) -> pd.DataFrame:
    """Return what moved the DSO since `months` ago.

    Index `cause`: `terms` (best-possible DSO: what the terms given and the timing of sales would leave open if all paid
    on the due date), `late payment` (average days delinquent) and `dso`, their sum. Columns in days: `then`, `now`,
    `change`; and `unit`. Missing where the ledger does not reach back far enough. Source: definitions §2.4.
    """
    now = kpis(book)
    past = window_start(book.as_of, months)
    then = _kpis_on(*_ledger(book), _credit(book), disputed(book), (past, book.run.receivables.sales_months))
    causes = {"terms": "dso_best_possible", "late payment": "average_days_delinquent", "dso": "dso"}
    table = pd.DataFrame({"then": then[list(causes.values())], "now": now[list(causes.values())]})
    table = table.set_axis(pd.Index(causes, name="cause"))
    return table.assign(change=table["now"] - table["then"], unit="days")


def window_start(day: pd.Timestamp, months: int) -> pd.Timestamp:
    """Return the day before a window of whole months that ends on `day`; month ends are kept.

    >>> window_start(pd.Timestamp("2026-02-28"), 2)
    Timestamp('2025-12-31 00:00:00')
    """
    start = day - pd.DateOffset(months=months)
    return start + pd.offsets.MonthEnd(0) if day.is_month_end else start


def beyond_terms(items: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Return the `weight` and `days` with which each open item enters the days beyond terms of a window.

    Settled after `since`: its amount but for the impaired part (whose day says when we gave up, not when the buyer
    paid), and max(days_late, 0); open and past due: its open amount, and days past due; any other: weight zero.
    """
    overdue = items["open_amount"].where(items["days_past_due"] > 0, 0.0)
    weight = (items["amount"] - items["impaired"]).clip(lower=0).where(items["settled"] > since, overdue)
    return pd.DataFrame({"weight": weight, "days": items["days_late"].clip(lower=0)})


def _ledger(book: Book) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the invoices with the day they were settled, and the receipts in order of date.

    Each receipt has the `row` of its invoice and what had been `paid` on it, and `impaired` of that, up to and with
    this receipt.
    """
    invoices, receipts = book.invoices, book.receipts
    rows = pd.Index(invoices["invoice_id"]).get_indexer(receipts["invoice_id"])
    applied = receipts[["received", "amount", "kind"]].assign(row=rows).sort_values("received", kind="stable")
    impaired = applied["amount"].where(applied["kind"].isin(IMPAIRED), 0.0)
    applied = applied.assign(
        paid=applied.groupby("row")["amount"].cumsum(), impaired=impaired.groupby(applied["row"]).cumsum()
    )
    left = invoices["amount"].to_numpy()[applied["row"]] - applied["paid"]
    closing = applied[left < CENT].drop_duplicates("row").set_index("row")["received"]
    settled = closing.reindex(invoices.index).where(invoices["amount"] >= CENT, invoices["issued"])
    return invoices[["invoice_id", "buyer_id", "issued", "due", "amount"]].assign(settled=settled), applied


def _items_at(invoices: pd.DataFrame, applied: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the open items of a day, from invoices and receipts that may reach beyond it."""
    before = int(np.searchsorted(applied["received"].to_numpy(), day.to_datetime64(), side="right"))
    sums = {"paid": np.zeros(len(invoices)), "impaired": np.zeros(len(invoices))}
    for name, total in sums.items():
        # The last receipt of an invoice holds the sum of all: where a row repeats, the last assignment stays.
        total[applied["row"].to_numpy()[:before]] = applied[name].to_numpy()[:before]
    items = invoices.assign(**sums)
    items = items[items["issued"] <= day].reset_index(drop=True)
    settled = items["settled"].where(items["settled"] <= day)
    is_open = settled.isna()
    days_late = (settled.fillna(day) - items["due"]).dt.days.astype("float64")
    return items.drop(columns="settled").assign(
        open_amount=(items["amount"] - items["paid"]).where(is_open, 0.0),
        settled=settled,
        days_past_due=days_late.where(is_open),
        days_late=days_late,
    )


def _open(items: pd.DataFrame) -> pd.DataFrame:
    return items[items["settled"].isna()]


def _credit(book: Book) -> pd.Series:
    """Tell of each invoice whether it is a credit sale: its buyer is not `prepaid`."""
    prepaid = book.buyers.loc[book.buyers["kind"] == "prepaid", "buyer_id"]
    return ~book.invoices["buyer_id"].isin(prepaid)


def _open_disputes(disputes: pd.DataFrame, items: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the disputes open on a day, `amount` being what is still owed of it."""
    pending = disputes[(disputes["opened"] <= day) & ~(disputes["closed"] <= day)]
    pending = pending.sort_values("opened", kind="stable")
    owed = _open(items).set_index("invoice_id")["open_amount"]
    owed = owed.reindex(pending["invoice_id"], fill_value=0.0).to_numpy()
    sums = pending.groupby("invoice_id")["amount"].cumsum()
    return pending.assign(amount=sums.clip(upper=owed) - (sums - pending["amount"]).clip(upper=owed))


def _kpis_on(
    invoices: pd.DataFrame, applied: pd.DataFrame, credit: pd.Series, disputes: pd.DataFrame, window: tuple
) -> pd.Series:
    """Return the figures of `kpis` on a day, from a ledger that may reach beyond it; `window` is (day, months)."""
    day, months = window
    start, year = window_start(day, months), window_start(day, 12)
    items = _items_at(invoices, applied, day)
    sales = invoices.loc[credit & (invoices["issued"] <= day), ["issued", "amount"]]
    begins = invoices["issued"].min().replace(day=1)
    days = (day - start).days

    receivables = items["open_amount"].sum()
    past_due = items["days_past_due"]
    current = items.loc[past_due <= 0, "open_amount"].sum()
    overdue = items.loc[past_due > 0, "open_amount"].sum()
    opening = _items_at(invoices, applied, start)["open_amount"].sum() if start >= begins else np.nan
    window_sales, year_sales = (
        sales.loc[sales["issued"] > since, "amount"].sum() if since + pd.Timedelta(days=1) >= begins else np.nan
        for since in (start, year)
    )

    late = beyond_terms(items, start)
    by_buyer = _open(items).groupby("buyer_id")["open_amount"].sum().sort_values(ascending=False)
    shares = by_buyer / receivables
    known = disputes[disputes["opened"] <= day]
    raised = known.loc[known["opened"] > start, "amount"].sum() if len(known) else np.nan
    pending = _open_disputes(known, items, day)["amount"].sum() if len(known) else np.nan
    written_off = applied[(applied["kind"] == "write_off") & (applied["received"] <= day)]
    bad_debt = written_off.loc[written_off["received"] > year, "amount"].sum() if len(written_off) else np.nan
    return pd.Series(
        {
            "receivables": receivables,
            "overdue_amount": overdue,
            "open_invoices": float(past_due.notna().sum()),
            "open_buyers": float(len(by_buyer)),
            "sales": window_sales,
            "sales_12m": year_sales,
            "dso": _per(receivables, window_sales) * days,
            "dso_countback": _countback(receivables, sales, day),
            "dso_best_possible": _per(current, window_sales) * days,
            "average_days_delinquent": _per(overdue, window_sales) * days,
            "turnover": _per(window_sales, (opening + receivables) / 2) * 365 / days,
            "cei": _per(opening + window_sales - receivables, opening + window_sales - current) * 100,
            "share_current": _per(current, receivables),
            "share_over_90": _per(items.loc[past_due > 90, "open_amount"].sum(), receivables),
            "days_beyond_terms": _per((late["weight"] * late["days"]).sum(), late["weight"].sum()),
            "dispute_rate": _per(raised, window_sales),
            "open_disputes": pending,
            "days_deductions_outstanding": _per(pending, raised) * days,
            "bad_debt_to_sales": _per(bad_debt, year_sales),
            "top_10_share": shares.head(10).sum(min_count=1),
            "largest_buyer_share": shares.max(),
            "herfindahl": (shares**2).sum(min_count=1),
        }
    )


def _countback(balance: float, sales: pd.DataFrame, day: pd.Timestamp) -> float:
    by_month = sales["amount"].groupby(sales["issued"].dt.to_period("M")).sum()
    if by_month.empty:
        return np.nan
    calendar = pd.period_range(by_month.index[0], day.to_period("M"), freq="M")[::-1]
    days = [day.day, *calendar.days_in_month[1:]]
    return countback_days(balance, by_month.reindex(calendar, fill_value=0.0).tolist(), days)


def _per(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
