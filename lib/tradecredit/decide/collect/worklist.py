"""What to collect today: one row a buyer, by what acting now is worth."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.checks import CENT
from tradecredit.book.places import one_of, places
from tradecredit.decide.collect import stages
from tradecredit.decide.collect.held_out import HELD
from tradecredit.decide.collect.insurer_calendar import FILE_BY, MISSED, REPORT_BY
from tradecredit.decide.collect.waiting import remaining_days, waiting_cost
from tradecredit.decide.decisions import INSURERS
from tradecredit.measure.default_events import loss_given_default

TODAY = (stages.DEFAULT, stages.ENFORCE, stages.PLAN, stages.REMIND, stages.COLLECT)
"""What is done about a debt today; about all others nothing is, and the list says why."""

DECIDED = TODAY[:3]
"""Acts whose amount is that of the decision."""

CHAPTER = "03_credit_limits.html"
"""The chapter of limits, which has the lists of what is decided on buyers, and their sheets."""


class Known(NamedTuple):
    """What the value of acting rests on beside the ledger.

    `pd`: each buyer's default probability over 12 months, index buyer_id (`default.assess`); `decided`, the decisions
    on buyers (`decided.decided`); `change`: what each reminder changes, index `stage` (`effects.effects`).
    """

    pd: pd.Series
    decided: pd.DataFrame
    change: pd.Series


def worklist(book: Book, known: Known) -> pd.DataFrame:
    """Return the buyers to act on, by the value of acting today, then those about whom nothing is done today.

    Index buyer_id; the columns of `stages.of_buyers`, and, in the reporting currency:

    - `acting_amount`: of a default, enforcement or a plan that of the decision, else `to_collect`; `held_out`, the sum
      of `held_out.HELD`;
    - `wait_days`, for how long the amount is still out if nothing is done: the mean over its invoices, by amount
      (`waiting.remaining_days`); in default the run's `payment_plan.recovery_days`;
    - `waiting_cost` (`waiting.waiting_cost`), in default that of capital alone: it has failed already;
    - `changed_share`: the share of it that acting changes: a reminder's; what the run states of a stop of supplies,
      where nothing is delivered, of enforcement, of a default, and of what is collected in person
      (`collections.call_effect`); of a letter beside a stop the larger of the two;
    - `acting_value` = waiting_cost × changed_share; of enforcement or a plan what it is worth more than waiting
      (`gain_on_waiting`), where that is known (missing: nothing is done about the debt today); `letter_cost`;
    - `insurer_value`, what telling the insurer is worth: `insured_payable`, what it pays after the first loss of the
      year, of a report × the default probability, as it matters only if the buyer fails (missing: nothing is asked, or
      the probability is not known);
    - `acts_today`: something is done today, about the debt (`TODAY`), deliveries (`hold_by`) or cover (`insurer_task`);
    - `link`: where the list of what is decided stands, or the sheets, seen from a page of the month.

    Ordered by both values less cost, and where nothing is done today by amount. Source: definitions §10.4.
    """
    table, run = stages.of_buyers(book, known.decided), book.run
    at = places(pd.Series(table.index, dtype="str"), book.buyers["buyer_id"])
    asked = known.decided[["amount", "gain_on_waiting"]]
    stake, gain = (_of(table.index, asked[name]) for name in asked)
    act = {name: one_of(table["act"], [name]) for name in TODAY}
    decided, today = (np.any([act[name] for name in names], axis=0) for names in (DECIDED, TODAY))
    held, insurer = table["supplies_stopped"].to_numpy(), table["insurer_task"].notna().to_numpy()
    amount = np.where(decided, stake, table["to_collect"])
    wait = np.where(act[stages.DEFAULT], float(run.payment_plan.recovery_days), _wait_days(book)[at])
    loss = np.where(act[stages.DEFAULT], 0.0, loss_given_default(book).lgd)
    pd_of = _of(table.index, known.pd)
    cost = waiting_cost(amount, wait, pd_of, (run.cost_of_capital, loss))
    letter = places(table["letter"], pd.Series([stage.name for stage in run.collections.reminders], dtype="str"))
    change = _change(book, (act, held), known.change.to_numpy()[letter], letter)
    by_gain = (act[stages.ENFORCE] | act[stages.PLAN]) & ~np.isnan(gain)
    value = np.where(today | (held & (amount > 0)), np.where(by_gain, gain, cost * change), np.nan)
    fees = np.array([*(stage.cost for stage in run.collections.reminders), 0.0])[letter]
    report = ~one_of(table["insurer_task"], ["claim"])
    cover = table["insured_payable"].to_numpy() * np.where(report, pd_of, 1.0)
    now = today | insurer | table["hold_by"].notna().to_numpy()
    anchor = np.where(table["anchor"].notna(), table["anchor"].fillna(""), "table-sheets")
    table = table.assign(
        acting_amount=amount, held_out=sum(table[name].to_numpy() for name in HELD), wait_days=wait, waiting_cost=cost,
        changed_share=change, acting_value=value, letter_cost=fees, insurer_value=cover, acts_today=now,
        link=pd.Series(f"{CHAPTER}#" + anchor.astype(object), table.index, dtype="str"),
    )  # fmt: skip
    net = np.where(now, np.nan_to_num(value) + np.nan_to_num(cover) - fees, 0.0)
    return table.iloc[np.lexsort((-amount, -net, ~now))]


def due_to_insurer(listed: pd.DataFrame, calendar: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the rows of a worklist of whom the insurer is told something by the day on which the list is read.

    `calendar`: `insurer_calendar.deadlines`. Duties that have a day, whatever they are worth: late reports, claims,
    then reports, in the order in which decisions are taken (`decisions.ordered`), of a kind the largest insured debt
    first. Adds `day`, the first day of the policy that is past for it (missing: none is).
    """
    told = calendar["deadline"].isin([REPORT_BY, FILE_BY]) & (calendar["state"] == MISSED)
    past = calendar[told].groupby("buyer_id")["day"].min()
    rows = listed[listed["insurer_by"] <= read_on(book.as_of)]
    rank = rows["insurer_task"].map({kind: place for place, kind in enumerate(INSURERS)}).to_numpy("float64")
    rows = rows.assign(day=past.reindex(rows.index))
    return rows.iloc[np.lexsort((-rows["insurer_amount"].to_numpy(), rank))]


def _of(buyers: pd.Index, values: pd.Series) -> np.ndarray:
    """Return the values of some buyers; missing for one without."""
    place = places(pd.Series(buyers, dtype="str"), pd.Series(values.index, dtype="str"))
    return np.append(values.to_numpy("float64"), np.nan)[place]


def _wait_days(book: Book) -> np.ndarray:
    """Return for how long what is to be collected of each buyer is still out, by the buyers' places; missing: none."""
    rows, left = stages.of_invoices(book), remaining_days(book)
    days = left[np.minimum(rows["days_past_due"].to_numpy().astype(int), len(left) - 1)]
    buyer, amount, count = rows["buyer"].to_numpy(), rows["to_collect"].to_numpy(), len(book.buyers)
    sums = np.bincount(buyer, amount, count)
    return np.divide(np.bincount(buyer, amount * days, count), sums, out=np.full(count, np.nan), where=sums > 0)


def _change(
    book: Book, done: tuple[dict[str, np.ndarray], np.ndarray], of_letter: np.ndarray, letter: np.ndarray
) -> np.ndarray:
    """Return which share of what waiting costs is changed by what is done (missing: nothing is, or a plan).

    `done`: whether each act is, and whether supplies are stopped; `of_letter`: what each one's letter changes;
    `letter`: its number (−1: none goes out).
    """
    settings, (act, held) = book.run.collections, done
    found = np.where(letter >= 0, of_letter, np.nan)
    stated: dict[str, float] = {stage.act: stage.effect for stage in settings.stages if stage.act != "remind"}
    for name, kind in stages.STAGE_OF_ACT.items():
        found = np.where(act[name], stated.get(kind, np.nan), found)
    found = np.where(act[stages.COLLECT], settings.call_effect, found)
    # A stop goes with what else is done: what changes more counts.
    beside = held & ~act[stages.DEFAULT] & ~act[stages.ENFORCE]
    return np.where(beside, np.fmax(found, stated.get("stop", np.nan)), found)


def by_act(listed: pd.DataFrame) -> pd.DataFrame:
    """Return the worklist by what is done about the debt: index `act`, in the order of `stages.ACTS`, those that occur.

    Columns: `buyers`, `late_invoices`, `acting_amount`, `held_out`, `acting_value` (missing: nothing is done) and
    `letter_cost`, sums, and `due_day`, the first.
    """
    table = listed.groupby("act").agg(
        buyers=("acting_amount", "size"), late_invoices=("late_invoices", "sum"),
        acting_amount=("acting_amount", "sum"), held_out=("held_out", "sum"),
        acting_value=("acting_value", lambda values: values.sum(min_count=1)),
        letter_cost=("letter_cost", "sum"), due_day=("due_day", "min"),
    )  # fmt: skip
    return table.reindex([act for act in stages.ACTS if act in table.index])


OVERDUE, DEFAULTED, TO_COLLECT = "overdue", "in default", "to_collect"


def to_collect(listed: pd.DataFrame) -> pd.DataFrame:
    """Return the way from what is past due to what is to collect: index `collect_step`, `amount`.

    `OVERDUE`; less each of `held_out.HELD`; less what buyers in default owe past due beside that (`DEFAULTED`), which
    is pursued and not reminded of; `TO_COLLECT`. What is taken off is below zero, and left out where it is nothing.
    """
    owed, held, left = listed["overdue_amount"].sum(), listed[list(HELD)].sum(), listed["to_collect"].sum()
    rows = {OVERDUE: owed, **(-held), DEFAULTED: left + held.sum() - owed, TO_COLLECT: left}
    amounts = pd.Series(rows, name="amount", dtype="float64").rename_axis("collect_step")
    return amounts[(amounts.abs() >= CENT) | amounts.index.isin([OVERDUE, TO_COLLECT])].to_frame()


class Totals(NamedTuple):
    """Of a worklist: what is to collect and what is held out, in the reporting currency, and letters that go out."""

    to_collect: float
    held_out: float
    letters_today: int


def totals(listed: pd.DataFrame) -> Totals:
    """Return the `Totals` of a worklist."""
    letters = int(listed["letter"].notna().sum())
    return Totals(float(listed["to_collect"].sum()), float(listed["held_out"].sum()), letters)
