"""What is known of each buyer, from all chapters: tables computed once for all, of which a sheet has its rows."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.measure.limits_in_force import LIMIT_SOURCES, amounts_on
from tradecredit.measure.open_items import open_items
from tradecredit.measure.paid_by_month import paid_by_month

LARGEST = 30
"""Buyers that have a sheet for what they owe, and as many for what is expected to be lost of it."""

CHAPTERS = ("02_default_probability", "03_credit_limits")
"""The chapters that ask decisions about single buyers, in the order of `Sheets.asked`."""


class Sheets(NamedTuple):
    """Tables of all buyers, as the functions return them from which the chapters have theirs.

    Index buyer_id: `ratings` (`default.assess`), `limits` (`limits.recommend`), `sheets` (`buyer_sheet.sheets`),
    `outlook` (`term_structure`), `watched` (`watched.with_decisions`), `acting` (`worklist.worklist`). Rows with a
    `buyer_id`: `signals` (`watchlist.review`), `months` (`by_month`), `items` (`items`), `cover` (`audit.invoices`),
    `deadlines` (`insurer_calendar.deadlines`), `disputes` (`open_disputes`), `reminders`, and `promises`
    (`promises.outcomes`, with their ids). `asked`: chapter → the decisions that it asks of buyers.
    """

    ratings: pd.DataFrame
    limits: pd.DataFrame
    sheets: pd.DataFrame
    outlook: pd.DataFrame
    watched: pd.DataFrame
    acting: pd.DataFrame
    signals: pd.DataFrame
    months: pd.DataFrame
    items: pd.DataFrame
    cover: pd.DataFrame
    deadlines: pd.DataFrame
    disputes: pd.DataFrame
    reminders: pd.DataFrame
    promises: pd.DataFrame
    asked: dict[str, pd.DataFrame]


@remembered
def of_book(book: Book) -> Sheets:
    """Return what is known of each buyer of a book on its day: `Sheets`."""
    # Where it is remembered, nobody waits for these.
    from tradecredit import default
    from tradecredit.decide import buyer_decisions, buyer_sheet, decisions, limits, optimum
    from tradecredit.decide.collect import audit, effects, insurer_calendar, standing, watched, watchlist, worklist
    from tradecredit.decide.collect.open_disputes import open_disputes
    from tradecredit.default.term_structure import term_structure
    from tradecredit.insurance import in_force
    from tradecredit.measure.long_overdue import long_overdue, short_payments

    ratings, policy = default.assess(book), in_force.policy_in_force(book)
    recommended, outlook = limits.recommend(book, ratings), term_structure(ratings["pd"])
    best = optimum.assess(book, ratings, recommended, in_force.policies(book))
    advised = buyer_sheet.sheets(book, recommended, outlook, best, policy)
    known, changed = standing.standing(book), effects.effects(book)["changed_share"]
    late = [
        decisions.of_buyers(book, kind, table.assign(amount=table["long_overdue"]), anchor=f"table-{anchor}")
        for kind, anchor, table in (
            ("long overdue", "long_overdue", long_overdue(book)),
            ("short payments", "short_payments", short_payments(book)),
        )
        if table is not None
    ]
    asked = (decisions.together(book.run, *late), buyer_decisions.records(book, advised))
    return Sheets(
        ratings=ratings, limits=recommended, sheets=advised, outlook=outlook,
        watched=watched.with_decisions(watchlist.watchlist(book), known.records, audit.breaches(book, policy)),
        acting=worklist.worklist(book, worklist.Known(known.pd, known.decided, changed)),
        signals=watchlist.review(book).signals, months=by_month(book, recommended["exposure"]), items=items(book),
        cover=audit.invoices(book, policy), deadlines=insurer_calendar.deadlines(book, in_force.programme(book)),
        disputes=open_disputes(book, policy), reminders=reminders(book), promises=promises(book),
        asked=dict(zip(CHAPTERS, asked, strict=True)),
    )  # fmt: skip


def chosen(sheets: Sheets, most: int = LARGEST) -> pd.DataFrame:
    """Return the buyers that have a sheet in each month: index buyer_id, the largest `exposure` first.

    The `most` that owe most (`by_exposure`), the `most` of whom most is expected to be lost of what they owe
    (`by_expected_loss`; `expected_loss_owed`), and all on the watchlist (`on_watchlist`). Who owes nothing is none of
    the first two.
    """
    table = sheets.limits[["exposure", "expected_loss_owed"]]
    named = {
        "by_exposure": table["exposure"].where(table["exposure"] > 0).nlargest(most).index,
        "by_expected_loss": table["expected_loss_owed"].where(table["expected_loss_owed"] > 0).nlargest(most).index,
        "on_watchlist": sheets.watched.index,
    }
    table = table.assign(**{name: table.index.isin(buyers) for name, buyers in named.items()})
    return table[table[list(named)].any(axis="columns")].sort_values("exposure", ascending=False, kind="stable")


def by_month(book: Book, exposure: pd.Series) -> pd.DataFrame:
    """Return what each buyer owed, the limits on it and what it paid, month by month, amounts in reporting currency.

    A row for each month end (`replay.at_month_ends`) and buyer, and for the as-of day where it ends no month, with
    `exposure` as what is owed then: `month_end`, `buyer_id`, `owed`, `own_limit`, `insurer_limit` (missing: none in
    force), and of the month `invoices_paid`, `money` and `paid_days_late` (`paid_by_month`; missing: nothing was paid).
    """
    from tradecredit.decide.limits.replay import at_month_ends

    held = at_month_ends(book)[["month_end", "buyer_id", "owed", "own_limit"]]
    ids, today = book.buyers["buyer_id"], book.as_of.normalize()
    if not (held["month_end"] == today).any():
        own = amounts_on(book, book.as_of)[:, LIMIT_SOURCES.index("own")]
        now = {"month_end": today, "buyer_id": ids, "owed": exposure.reindex(ids).to_numpy(), "own_limit": own}
        held = pd.concat([held, pd.DataFrame(now)], ignore_index=True)
    insurer = LIMIT_SOURCES.index("insurer")
    days = pd.DatetimeIndex(held["month_end"].unique())
    amounts = pd.DataFrame([amounts_on(book, day)[:, insurer] for day in days], index=days, columns=ids)
    place = (days.get_indexer(held["month_end"]), amounts.columns.get_indexer(held["buyer_id"]))
    held = held.assign(insurer_limit=amounts.to_numpy()[place])
    paid = paid_by_month(book).assign(month=lambda table: table.pop("month_end").dt.to_period("M"))
    held = held.assign(month=held["month_end"].dt.to_period("M"))
    return held.merge(paid, on=["month", "buyer_id"], how="left").drop(columns="month")


def items(book: Book) -> pd.DataFrame:
    """Return the open invoices, those of a buyer together, the longest overdue first.

    `buyer_id`, `invoice_id`, `issued`, `due`, `amount`, `days_past_due` (missing: no more than dust is open),
    `open_amount`, and of it what is in an open dispute (`disputed`) and what is `to_collect` (`stages.of_invoices`;
    both missing: not past due); `last_stage`, the last reminder sent, on `reminded_on` (both missing: none).
    """
    from tradecredit.decide.collect.stages import of_invoices

    table, names = open_items(book), [stage.name for stage in book.run.collections.reminders]
    late = of_invoices(book)[["disputed", "to_collect", "level", "sent_on"]]
    table = table[table["open_amount"] > 0].join(late)
    sent = table["level"].fillna(-1).astype(int)
    table = table.assign(
        last_stage=sent.map(dict(enumerate(names))).astype("str"), reminded_on=table["sent_on"].where(sent >= 0)
    )
    table = table.sort_values("days_past_due", ascending=False, kind="stable", na_position="last")
    columns = ["invoice_id", "issued", "due", "amount", "open_amount", "days_past_due", "disputed", "to_collect"]
    return table[["buyer_id", *columns, "last_stage", "reminded_on"]].reset_index(drop=True)


def reminders(book: Book) -> pd.DataFrame:
    """Return the letters that went out, the last first: `buyer_id`, `reminded_on`, `stage`, `letter_invoices`."""
    place = book.invoice_of_reminder
    sent, rows = book.reminders, np.flatnonzero(place >= 0)
    owner = book.buyers["buyer_id"].array.take(book.buyer_of_invoice[place[rows]])
    table = pd.DataFrame({
        "buyer_id": owner, "reminded_on": sent["sent"].to_numpy()[rows], "stage": sent["stage"].array.take(rows),
    })  # fmt: skip
    table = table.groupby(["buyer_id", "reminded_on", "stage"], as_index=False, sort=True).size()
    table = table.rename(columns={"size": "letter_invoices"})
    return table.sort_values("reminded_on", ascending=False, kind="stable", ignore_index=True)


def promises(book: Book) -> pd.DataFrame:
    """Return the promises and instalments of buyers that are known (`promises.outcomes`), the last day first.

    `buyer_id`, `invoice_id` (missing: on account), `promised_on`, the day that it was made, `promised_for`, the day of
    the money, `amount`, `money_came` of it, `promise_state`, and whether it is an instalment of a plan
    (`promise_kind`).
    """
    from tradecredit.measure.promises import outcomes

    found, given = outcomes(book), book.promises
    table = pd.DataFrame({
        "buyer_id": book.buyers["buyer_id"].array.take(np.maximum(found["buyer"].to_numpy(), 0)),
        "invoice_id": given["invoice_id"].to_numpy(), "promise_kind": given["kind"].to_numpy(),
        "promised_on": found["made"].to_numpy(), "promised_for": found["date"].to_numpy(),
        "amount": found["amount"].to_numpy(), "money_came": found["came"].to_numpy(),
        "promise_state": found["state"].to_numpy(),
    }) if len(found) else pd.DataFrame(columns=["buyer_id", "invoice_id", "promise_kind", "promised_on", "promised_for",
                                                "amount", "money_came", "promise_state"])  # fmt: skip
    table = table[(found["buyer"] >= 0).to_numpy()]
    return table.sort_values("promised_for", ascending=False, kind="stable", ignore_index=True)
