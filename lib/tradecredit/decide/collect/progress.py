"""How well collection goes: by stage and month, promises kept, and the goals of the run against what can be reached."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends, window_start
from tradecredit.book.once import once
from tradecredit.measure import promises, receivables
from tradecredit.measure.came_in import came_by, on_invoices
from tradecredit.measure.history import first_day
from tradecredit.measure.open_items import open_items
from tradecredit.measure.reminders import sent
from tradecredit.numerics.survival import median_days

REACHED, WITHIN, BEYOND, NO_GOAL, UNKNOWN = "reached", "within reach", "out of reach", "no goal", "not known"
"""Of a goal: met; met once nothing were overdue; not met even then; the run states none; the ledger does not tell."""


@once
def letters(book: Book) -> pd.DataFrame:
    """Return the invoices of letters of known stages, with the money that came after each, by day of sending.

    Columns, in the reporting currency at the rates of the days of issue: `invoice`, its place; `stage`, `number` of it,
    `sent`; `asked_amount`, what was open of the invoice on the evening before it was sent, without what was later
    written off, recovered or claimed; `came`, what was paid or credited of it on that day or within
    `collections.outcome_days` after it; `days_to_money`, from sending until the invoice was paid (missing: it is not);
    `counts`: so many days have passed.
    """
    number, invoice = sent(book).number, book.invoice_of_reminder
    rows = np.flatnonzero((number >= 0) & (invoice >= 0))
    day = book.reminders["sent"].to_numpy("datetime64[us]")[rows]
    rows, day = rows[np.argsort(day, kind="stable")], np.sort(day, kind="stable")
    place, number = invoice[rows], number[rows]
    after = np.timedelta64(book.run.collections.outcome_days, "D")
    known = on_invoices(book, np.unique(place))
    before, by_then = (came_by(*known, place, until) for until in (day - np.timedelta64(1, "D"), day + after))
    items = open_items(book)
    owed = items["amount"].to_numpy()[place] - items["impaired"].to_numpy()[place] - before
    paid_on = items["paid_on"].to_numpy("datetime64[us]")[place]
    table = {
        "invoice": place, "stage": book.reminders["stage"].to_numpy(object)[rows], "number": number, "sent": day,
        "asked_amount": owed.clip(0.0), "came": np.minimum(by_then - before, owed).clip(0.0),
        "days_to_money": (paid_on - day) / np.timedelta64(1, "D"), "counts": day + after <= book.as_of.to_datetime64(),
    }  # fmt: skip
    return pd.DataFrame(table).astype({"stage": "str"})


def by_stage(book: Book) -> pd.DataFrame:
    """Return what came after the letters of each stage: index `stage`, the run's reminders in their order.

    `letters` to buyers, several invoices of one on a day being one, the `reminded_invoices` in them and `asked_amount`
    in all; of those since which n = `outcome_days` have passed,
    `collected` = came / asked, and `paid_invoices`, the share that was paid within n days (both missing: none yet);
    `days_to_money`, the median, those that are not paid yet being known to take longer (Kaplan and Meier; missing: less
    than half are paid); `cost`: letters times the stage's. Source: definitions §10.5.
    """
    return _summed(book, letters(book), ["number"]).reindex(range(len(_names(book)))).set_axis(
        pd.Index(_names(book), name="stage")
    )  # fmt: skip


def by_month(book: Book, months: int = 12) -> pd.DataFrame:
    """Return the same by month and stage: index `month_end`, the last one first, and `stage`; columns as
    `by_stage`."""
    ends = month_ends(book.as_of, months, since=first_day(book))
    found = letters(book)
    month = pd.DatetimeIndex(found["sent"]).to_period("M").to_timestamp("M").as_unit("us")
    found = found.assign(month_end=month)[month.isin(ends)]
    names = dict(enumerate(_names(book)))
    table = _summed(book, found, ["month_end", "number"]).reset_index()
    table = table.sort_values(["month_end", "number"], ascending=[False, True], kind="stable")
    table = table.assign(number=table["number"].map(names)).rename(columns={"number": "stage"})
    return table.set_index(["month_end", "stage"])


def _names(book: Book) -> list[str]:
    return [stage.name for stage in book.run.collections.reminders]


def _summed(book: Book, found: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    counted, settings = found["counts"], book.run.collections
    table = found.assign(
        of_known=found["asked_amount"].where(counted, 0.0), came=found["came"].where(counted, 0.0),
        soon=(found["days_to_money"] <= settings.outcome_days).astype(float).where(counted),
        # What is not paid yet takes longer than until today.
        known_days=found["days_to_money"].fillna((book.as_of - found["sent"]).dt.days),
    )  # fmt: skip
    groups = table.groupby(by)
    sums = groups.agg(
        reminded_invoices=("asked_amount", "size"), asked_amount=("asked_amount", "sum"), of_known=("of_known", "sum"),
        came=("came", "sum"), paid_invoices=("soon", "mean"),
    )  # fmt: skip
    middle = {
        key: median_days(of["known_days"].to_numpy(), of["days_to_money"].notna().to_numpy()) for key, of in groups
    }
    middle = {key if len(by) > 1 else key[0]: days for key, days in middle.items()}
    owner = book.buyer_of_invoice[found["invoice"].to_numpy()]
    apart = found.assign(buyer=owner).drop_duplicates(["buyer", "sent", "number"])
    each = np.array([stage.cost for stage in settings.reminders])
    sent_out = apart.assign(cost=each[apart["number"].to_numpy()]).groupby(by)["cost"]
    sums = sums.assign(letters=sent_out.size())
    return sums[["letters", "reminded_invoices", "asked_amount"]].assign(
        collected=sums["came"] / sums["of_known"].where(sums["of_known"] > 0),
        paid_invoices=sums["paid_invoices"],
        days_to_money=[middle[key] for key in sums.index],
        cost=sent_out.sum(),
    )


def promises_by_month(book: Book, months: int = 12) -> pd.DataFrame:
    """Return what became of promises, by the month of their day: index `month_end`, the last ones up to the as-of date.

    `promises` (number), `promised_amount`; `kept`, `broken`, `still_open` and `replaced` (those of plans that lapsed
    too); `kept_share` = kept / (kept + broken), by amount `kept_amount_share` (missing: none of either). Promises for
    later months are not in it. Source: definitions §10.1, §10.5.
    """
    found = promises.outcomes(book)
    month = pd.DatetimeIndex(found["date"]).to_period("M").to_timestamp("M").as_unit("us")
    ends = month_ends(book.as_of + pd.offsets.MonthEnd(0), months, since=first_day(book))
    state = found["state"]
    is_state = {name: state == name for name in promises.STATES}
    table = pd.DataFrame(
        {
            "month_end": month, "promises": 1, "promised_amount": found["amount"], "kept": is_state[promises.KEPT],
            "broken": is_state[promises.BROKEN], "still_open": is_state[promises.OPEN],
            "replaced": is_state[promises.REPLACED] | is_state[promises.LAPSED],
            "kept_amount": found["amount"].where(is_state[promises.KEPT], 0.0),
            "broken_amount": found["amount"].where(is_state[promises.BROKEN], 0.0),
        }
    )  # fmt: skip
    sums = table[month.isin(ends)].groupby("month_end").sum()
    over, over_amount = sums["kept"] + sums["broken"], sums["kept_amount"] + sums["broken_amount"]
    return sums.drop(columns=["kept_amount", "broken_amount"]).assign(
        kept_share=sums["kept"] / over.where(over > 0),
        kept_amount_share=sums["kept_amount"] / over_amount.where(over_amount > 0),
    )


def goals(book: Book) -> pd.DataFrame:
    """Return the goals of the run against what is reached and what can be: index `figure`, `dso` and `turnover`.

    `goal` (missing: none), `value`, what is reached (`receivables.kpis`), `best_possible`: the DSO of receivables that
    are not past due, and the turnover with these alone at both ends of the window; `goal_verdict`: `reached`, `within
    reach` of collection alone, `out of reach`: only shorter terms could, `no goal`, `not known`; `to_collect`: of the
    DSO, what has to come in so that the goal is met today (missing: none, or it is out of reach); `unit`. Source:
    definitions §2.4, §10.5.
    """
    now, settings = receivables.kpis(book), book.run.collections
    start = window_start(book.as_of, book.run.receivables.sales_months)
    then = receivables.kpis_on(book, start)
    current = [kpis["receivables"] - kpis["overdue_amount"] for kpis in (then, now)]
    mean, days = sum(current) / 2, (book.as_of - start).days
    best_turnover = now["sales"] / mean * 365 / days if mean > 0 and not np.isnan(now["turnover"]) else np.nan
    dso = (settings.dso_goal, float(now["dso"]), float(now["dso_best_possible"]))
    turnover = (settings.turnover_goal, float(now["turnover"]), float(best_turnover))
    rows = {"dso": (*dso, _verdict(*dso, 1)), "turnover": (*turnover, _verdict(*turnover, -1))}
    columns = ["goal", "value", "best_possible", "goal_verdict"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("figure")
    table = table.astype({"goal": "float64"})
    within = table.loc["dso", "goal_verdict"] == WITHIN
    over = now["receivables"] * (1 - table.loc["dso", "goal"] / now["dso"]) if within else np.nan
    return table.assign(to_collect=[over, np.nan], unit=["days", "ratio"])


def _verdict(goal: float | None, value: float, best: float, sign: int) -> str:
    """Return what is to be said of a goal; `sign`: 1 where less is better, −1 where more is."""
    if goal is None:
        return NO_GOAL
    if np.isnan(value):
        return UNKNOWN
    if sign * value <= sign * goal:
        return REACHED
    return WITHIN if sign * best <= sign * goal else BEYOND
