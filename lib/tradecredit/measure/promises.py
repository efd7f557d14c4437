"""Promises to pay and instalments of plans: which are open, which were kept, and what is held out for them."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.came_in import came_by, of_buyers, on_invoices
from tradecredit.measure.dust import dust

OPEN, KEPT, BROKEN, REPLACED, LAPSED = "open", "kept", "broken", "replaced", "lapsed"
"""States of a promise: its day has not passed; paid by then; not paid; another was made by its day; an instalment of a
plan of which an earlier one is broken."""
STATES = (OPEN, KEPT, BROKEN, REPLACED, LAPSED)


@once
def outcomes(book: Book) -> pd.DataFrame:
    """Return what became of each promise by the as-of day, in the order of `promises`.

    Columns, amounts in the reporting currency at the rate of the invoice's day of issue:

    - `buyer` and `invoice`, their places among the buyers and invoices (invoice −1: on account, or not known yet);
    - `made` (missing: not told), `date`, `amount`, and `last_day`, `collections.grace_days` after the date, since money
      takes a while;
    - `came`: what was paid or credited between the promise and the last day, or so far: on the invoice, or on account
      by the buyer at all; what was written off, recovered or claimed is none. Of several amounts promised on one day
      for one invoice, such as a plan's instalments, the earlier ones count first. Where it is not told when a promise
      was made, it is taken as `since`: `collections.promised_within_days` before its date, or the last day of the one
      before it for the same that does not tell it either; a plan, the instalments that do not, before its first date;
    - `state`, one of `STATES`: `kept` where all but dust came; else `replaced` where another promise for the same was
      made by its day; else `broken` from the last day on, and before it `open`. A plan with a broken instalment is
      over: what was to come of it has `lapsed`;
    - `held`: what is still to come of an open one (0: of all others).

    Source: definitions §10.1.
    """
    promises = book.promises
    buyer, invoice = (places(promises[f"{of}_id"], getattr(book, f"{of}s")[f"{of}_id"]) for of in ("buyer", "invoice"))
    # The invoice's buyer counts.
    buyer = np.where(invoice >= 0, np.append(book.buyer_of_invoice, -1)[invoice], buyer)
    told, date = (promises[name].to_numpy("datetime64[us]") for name in ("made", "date"))
    amount, as_of = promises["amount"].to_numpy(), book.as_of.to_datetime64()
    last_day = date + np.timedelta64(book.run.collections.grace_days, "D")
    until = np.minimum(last_day, as_of)
    on_account = invoice < 0
    subject = np.where(on_account, buyer, invoice)  # of each of the two kinds
    plan = (promises["kind"] == "instalment").to_numpy()
    made = _since(pd.DataFrame({"on_account": on_account, "subject": subject, "plan": plan, "date": date}), told, book)
    came = np.zeros(len(promises))
    for rows, of in ((np.flatnonzero(~on_account), on_invoices), (np.flatnonzero(on_account), of_buyers)):
        if len(rows):
            key, day, money = of(book, np.unique(subject[rows]))
            before, after = (came_by(key, day, money, subject[rows], when[rows]) for when in (made, until))
            came[rows] = after - before
    table = pd.DataFrame({"buyer": buyer, "invoice": invoice, "made": told, "date": date, "amount": amount})
    same = [on_account, subject, made]
    earlier = table.sort_values("date", kind="stable")["amount"].groupby([_of(one, table, "date") for one in same])
    before = (earlier.cumsum() - table["amount"]).reindex(table.index).to_numpy()
    came = np.clip(came - before, 0.0, amount)
    kept = amount - came < dust(amount, book.run.receivables.dust)
    replaced = _next_made(on_account, subject, made, ~np.isnat(told)) <= date
    over = ~kept & ~replaced & (last_day <= as_of)
    state = np.select([kept, replaced, over], [KEPT, REPLACED, BROKEN], OPEN)
    first_broken = pd.Series(np.where(plan & over, date, np.datetime64("NaT", "us")))
    first_broken = first_broken.groupby(same).transform("min").to_numpy()
    state = np.where((state == OPEN) & plan & (date > first_broken), LAPSED, state)
    return table.assign(
        last_day=last_day,
        came=came,
        state=pd.Series(state, dtype="str"),
        held=np.where(state == OPEN, amount - came, 0.0),
    )


def _since(table: pd.DataFrame, told: np.ndarray, book: Book) -> np.ndarray:
    """Return the day since which what comes counts for each promise: when it was made, or is taken to have been.

    `table`: `on_account`, `subject`, `plan`, `date`; `told`: when it was made, missing where that is not told.
    """
    settings, untold = book.run.collections, np.isnat(told)
    if not untold.any():
        return told
    table = table[untold].sort_values("date", kind="stable")
    same = table.groupby(["on_account", "subject", "plan"])["date"]
    before = same.shift() + pd.Timedelta(days=settings.grace_days)
    usual = same.transform("min").where(table["plan"], table["date"]) - pd.Timedelta(days=settings.promised_within_days)
    found = usual.where(table["plan"] | ~(before > usual), before)
    since = told.copy()
    latest = np.minimum(table["date"].to_numpy(), book.as_of.to_datetime64())
    since[table.index] = np.minimum(found.to_numpy("datetime64[us]"), latest)
    return since


def _of(values: np.ndarray, table: pd.DataFrame, by: str) -> np.ndarray:
    return values[table[by].argsort(kind="stable").to_numpy()]


def _next_made(on_account: np.ndarray, subject: np.ndarray, made: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Return the day on which the next promise for the same invoice, or on account, was made; missing: none.

    `told`: whether it is told when it was made; one that is only taken as made on a day replaces none.
    """
    same = ["on_account", "subject"]
    table = pd.DataFrame({"on_account": on_account, "subject": subject, "made": made})
    days = table.assign(told=told).groupby([*same, "made"], as_index=False)["told"].any()
    days["following"] = days["made"].where(days["told"])
    days["following"] = days.groupby(same)["following"].bfill()
    days["following"] = days.groupby(same)["following"].shift(-1)
    found = table.merge(days, on=[*same, "made"], how="left")["following"]
    return found.to_numpy("datetime64[us]")
