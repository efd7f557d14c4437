"""What each reminder changes on this book: how many invoices are paid soon after one, against as late ones without."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of, places
from tradecredit.measure.open_items import open_items
from tradecredit.measure.reminders import sent

MOST_DAYS = 730
"""Invoices that are later than this are compared with none."""
OWN, STATED = "own reminders", "stated"
NORMAL_95 = 1.959964
"""Of the standard error: what a 95 % interval adds on either side."""


class History(NamedTuple):
    """Invoices by how late they were, in days after their last day in time, when something happened (inf: it did not).

    `buyer`, its place; `ends`, the last day that is known: settled otherwise, in default, or the as-of day; `paid`; and
    of each reminder the first on each invoice: `letters`, reminders × invoices.
    """

    buyer: np.ndarray
    ends: np.ndarray
    paid: np.ndarray
    letters: np.ndarray
    today: np.ndarray


def effects(book: Book) -> pd.DataFrame:
    """Return what each reminder changes: index `stage`, the run's reminders in their order.

    With n = `collections.outcome_days`, of invoices that were never in dispute, of buyers that are written to:

    - `compared`: reminders since which n days have passed, on days of lateness on which at least `least_without`
      invoices were open and comparable on each of the following n: the stage before was sent, or of the first none was,
      and this one not yet; `not_comparable`: those on other days;
    - `paid_with`: the share of them that was paid within n days; `paid_without`: what as late invoices without it would
      have paid: 1 − Π (1 − h(t)) over the n days, h(t) the share of the comparable ones open t days past due that was
      paid on that day (Kaplan and Meier 1958, with late entry; an invoice is comparable until it gets the letter too);
    - `brought_in` = paid_with − paid_without, with `brought_in_low` and `brought_in_high` at 95 %: the standard error
      sums what each buyer contributes, of both sides, so that invoices of one buyer count as one;
    - `basis`: `own reminders`, or `stated` where fewer than `least_sent` can be compared, and `changed_share`: what is
      brought in, none below zero, or the effect that the stage states.

    Not an experiment: whoever left letters out may have known why. Without `reminders` all is stated. Source:
    definitions §10.3.
    """
    settings = book.run.collections
    stages = settings.reminders
    rows = [
        measured(comparable_history(book), number, settings.outcome_days, settings.least_without)
        for number in range(len(stages))
    ]
    table = pd.DataFrame(rows, index=pd.Index([stage.name for stage in stages], name="stage"))
    own = (table["compared"] >= settings.least_sent) & table["brought_in_low"].notna()
    stated = pd.Series([stage.effect for stage in stages], index=table.index)
    basis = pd.Series(np.where(own, OWN, STATED), index=table.index, dtype="str")
    return table.assign(basis=basis, changed_share=table["brought_in"].clip(lower=0).where(own, stated))


def measured(history: History, number: int, days: int, least_without: int) -> dict[str, float]:
    """Return what one reminder changes, as a row of `effects` from `compared` to `brought_in_high`.

    `number` of the stage; `days`: over which outcomes are compared.
    """
    letter = history.letters[number]
    enters = np.zeros(len(letter)) if number == 0 else history.letters[number - 1]
    # Of those that are open when the stage before was sent, or on the first day past due.
    begun = np.isfinite(enters) & (history.paid > enters) & (history.ends >= enters)
    rows = np.flatnonzero(begun & (enters >= 0) & (enters < MOST_DAYS))
    leaves = np.minimum(np.minimum(history.paid, history.ends), letter)[rows]
    happens = (history.paid[rows] <= leaves) & (leaves <= MOST_DAYS)
    enters, leaves = enters[rows].astype(int), np.minimum(leaves, MOST_DAYS).astype(int)
    at_risk = _at_risk(enters, leaves)
    happened = np.bincount(leaves[happens], minlength=MOST_DAYS + 1)
    hazard = np.where(at_risk > 0, happened / np.maximum(at_risk, 1), 0.0)
    enough = (at_risk >= least_without) & (hazard < 1)
    logs = np.append(0.0, np.cumsum(np.log1p(-np.where(enough, hazard, 0.0))))
    known = np.append(0, np.cumsum(enough))
    treated = rows[(letter[rows] < history.paid[rows]) & (letter[rows] + days <= history.today[rows])]
    late = letter[treated]
    inside = late + days <= MOST_DAYS
    treated, late = treated[inside], late[inside].astype(int)
    comparable = known[late + days + 1] - known[late + 1] == days
    left_out, treated, late = int((~comparable).sum()), treated[comparable], late[comparable]
    if not len(treated):
        nothing = dict.fromkeys(
            ("paid_with", "paid_without", "brought_in", "brought_in_low", "brought_in_high"), np.nan
        )
        return {"compared": 0, "not_comparable": left_out, **nothing}
    paid = history.paid[treated] <= late + days
    without = 1 - np.exp(logs[late + days + 1] - logs[late + 1])
    effect = float((paid - without).mean())
    # What one invoice that is comparable adds to the mean of `paid_without`, in the limit of many (the delta method).
    weight = _windows(late, late + days, 1 - without) / len(treated)
    weight = np.where(enough, weight / (np.maximum(at_risk, 1) * (1 - np.where(enough, hazard, 0.0))), 0.0)
    so_far = np.cumsum(weight * hazard)
    of_others = np.where(happens, weight[leaves], 0.0) - (so_far[leaves] - so_far[enters])
    buyers = int(history.buyer.max()) + 1
    each = np.bincount(history.buyer[treated], (paid - without - effect) / len(treated), buyers)
    each -= np.bincount(history.buyer[rows], of_others, buyers)
    error = NORMAL_95 * float(np.sqrt((each**2).sum()))
    if np.count_nonzero(each) < 2:
        error = np.nan
    return {
        "compared": len(treated), "not_comparable": left_out,
        "paid_with": float(paid.mean()), "paid_without": float(without.mean()),
        "brought_in": effect, "brought_in_low": effect - error, "brought_in_high": effect + error,
    }  # fmt: skip


def _at_risk(enters: np.ndarray, leaves: np.ndarray) -> np.ndarray:
    """Return how many are open on each day: from the day after they enter to the day on which they leave."""
    change = np.bincount(enters + 1, minlength=MOST_DAYS + 3).astype(float)
    change -= np.bincount(leaves + 1, minlength=MOST_DAYS + 3)
    return np.cumsum(change)[: MOST_DAYS + 1]


def _windows(after: np.ndarray, until: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Return the sum of amounts of the windows that hold each day: after one day, up to and with another."""
    change = np.bincount(after + 1, amounts, MOST_DAYS + 3) - np.bincount(until + 1, amounts, MOST_DAYS + 3)
    return np.cumsum(change)[: MOST_DAYS + 1]


@once
def comparable_history(book: Book) -> History:
    """Return how late the invoices were that can be compared: never in dispute, of buyers that are written to.

    What came after their buyer's default is not looked at.
    """
    items, letters, number = open_items(book), book.reminders, sent(book).number
    in_time = items["payable_by"].to_numpy("datetime64[D]")
    defaulted = np.full(len(book.buyers), np.datetime64("NaT", "D"))
    events = book.defaults.sort_values("date", ascending=False, kind="stable")
    place = places(events["buyer_id"], book.buyers["buyer_id"])
    defaulted[place[place >= 0]] = events["date"].to_numpy("datetime64[D]")[place >= 0]
    of_buyer = defaulted[book.buyer_of_invoice]
    after_issue = np.where(of_buyer >= items["issued"].to_numpy("datetime64[D]"), of_buyer, np.datetime64("NaT", "D"))
    as_of = np.datetime64(book.as_of, "D")
    ends = np.fmin(np.fmin(items["settled"].to_numpy("datetime64[D]"), after_issue), as_of)
    first = np.full((len(book.run.collections.reminders), len(items)), np.datetime64("NaT", "D"))
    day, invoice = letters["sent"].to_numpy("datetime64[D]"), book.invoice_of_reminder
    order = np.argsort(day, kind="stable")[::-1]
    for of_stage in range(len(first)):
        rows = order[(number[order] == of_stage) & (invoice[order] >= 0)]
        first[of_stage, invoice[rows]] = day[rows]  # where a place repeats, the last assignment stays: the first day
    kept = one_of(book.buyers["kind"], book.run.collections.kinds)[book.buyer_of_invoice]
    kept &= ~named(book.disputes["invoice_id"], book.invoices["invoice_id"])
    paid_on = items["paid_on"].to_numpy("datetime64[D]")

    def late(days: np.ndarray) -> np.ndarray:
        found = (days - in_time).astype(float)
        return np.where(np.isnat(days), np.inf, found)[..., kept]

    # Money that came after a default is no answer to a letter.
    paid = np.where(paid_on > after_issue, np.datetime64("NaT", "D"), paid_on)
    return History(
        book.buyer_of_invoice[kept], late(ends), late(paid), late(first), (as_of - in_time).astype(float)[kept]
    )
