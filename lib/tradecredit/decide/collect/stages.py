"""The stage of collection that each overdue invoice, and each buyer, is at today, and what is held out of it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import named, one_of, places
from tradecredit.decide.collect.held_out import HELD, held_out
from tradecredit.measure.default_events import in_default
from tradecredit.measure.dust import small_rest
from tradecredit.measure.open_items import open_items
from tradecredit.measure.public_holidays import next_working_days, not_known
from tradecredit.measure.reminders import NEVER, sent

DEFAULT, ENFORCE, PLAN, REMIND, COLLECT, WAIT, HELD_OUT, SMALL, UNWRITTEN, NOT_DUE = ACTS = (
    "in default", "enforce", "payment plan", "remind", "collect", "wait", "held out", "too small", "not written to",
    "not due",
)  # fmt: skip
"""What is done about a buyer's debt today, the first that holds. The first three are decisions of the chapter of
limits; `collect` too, where no reminder is left, or none comes in time; the last five are nothing today, and why."""

STAGE_OF_ACT = {DEFAULT: "claim", ENFORCE: "enforce"}
"""Act: the kind of stage that it is (`params.collect.Stage.act`)."""

BESIDE = (
    "deliveries", "supplies_stopped", "hold_authority", "hold_by", "insurer_task", "insurer_authority", "insurer_by",
    "insurer_amount", "insured_stake", "insured_payable", "decided", "anchor",
)  # fmt: skip
"""What `decided.decided` says of a buyer beside what is done about its debt."""


@once
def of_invoices(book: Book) -> pd.DataFrame:
    """Return the invoices that are open and past due, on the index of `invoices`, amounts in the reporting currency.

    - `buyer`, its place among the buyers; `days_past_due`; `open_amount`, and of it
    - `disputed`, what is in an open dispute; `set_off`, what has been paid and stands against no invoice; `planned` and
      `promised`, what is still to come of instalments of a running plan and of other open promises
      (`promises.outcomes`); what is on account is taken of the oldest invoices (`held_out.held_out`);
    - `to_collect`, the rest; 0 of buyers in default, who are no matter of reminders;
    - `small_rest`, what goes along with other invoices, and calls for no letter of its own (`dust.small_rest`);
    - `level`, the number of the last stage sent (−1: none), `sent_on` its day (missing: none);
    - `stage`, the number of the reminder that is due on the day on which the report is read (−1: none), and `from_day`,
      from when the next one is, or was (missing: none is left, nothing is to collect, or a small rest).

    Where the ledger knows of letters, a reminder follows the one before it, however late the invoice: so many days past
    due, or after that letter, and not before the time to pay that it gave is over. Where it knows none, the stage is
    the last that the days past due allow, whether or not it was sent, and `from_day` that of the one after it. Source:
    definitions §10.2.
    """
    items, settings, letters = open_items(book), book.run.collections, sent(book)
    past_due = items["days_past_due"].to_numpy()
    rows = np.flatnonzero(past_due > 0)
    buyer, owed = book.buyer_of_invoice[rows], items["open_amount"].to_numpy()[rows]
    held = held_out(book, rows)
    left = owed - sum(held.values())
    left[(left < CENT) | named(in_default(book).to_series(), book.buyers["buyer_id"])[buyer]] = 0.0
    table = {"buyer": buyer, "days_past_due": past_due[rows], "open_amount": owed, **held, "to_collect": left}
    level, sent_on = letters.level[rows], letters.level_on[rows]
    payable_by = items["payable_by"].to_numpy("datetime64[D]")[rows]
    today = np.datetime64(read_on(book.as_of), "D")
    if book.has("reminders"):
        from_day = _next_days(book, payable_by, level, sent_on)
        stage = np.where(from_day <= today, level + 1, -1)
    else:
        days = np.array(settings.days_past_due)
        stage = np.searchsorted(days, (today - payable_by).astype(int), side="right") - 1
        following = np.append(days, 0)[stage + 1]
        from_day = np.where(stage + 1 < len(days), payable_by + following, NEVER)
    whole = book.invoices["amount"].to_numpy()[rows]
    rest = small_rest(owed, whole, book.run.receivables.small_rest)
    idle = (left == 0) | rest
    stage, from_day = np.where(idle, -1, stage), np.where(idle, NEVER, from_day)
    table |= {"small_rest": rest, "level": level, "sent_on": sent_on, "stage": stage, "from_day": from_day}
    return pd.DataFrame(table, index=book.invoices.index[rows], copy=False)


def of_buyers(book: Book, decided: pd.DataFrame) -> pd.DataFrame:
    """Return what is done today about each buyer that owes something past due, or on which there is a decision.

    `decided`: `decided.decided`. Index buyer_id, in the order of the buyers; amounts in the reporting currency:

    - `overdue_amount`, and of it what is held out (`held_out.HELD`) and `to_collect` (`of_invoices`); `late_invoices`,
      their number, and `oldest_to_collect`, the days past due of the oldest to collect but small rests (0: none);
    - `act`, one of `ACTS`, and `stage`, what the run calls its stage: of a reminder the worst that is due on any
      invoice, of a decision that of what it does, else of a stop of supplies (missing: the run has none, or nothing is
      done);
    - `letter`: the reminder that goes out, one for all its invoices. `send_on`, the day of reading or the next working
      day in the buyer's country, and `pay_by`, the last day that it gives, a working day there as well (missing: no
      letter);
    - `authority` and `due_day`: who acts on the debt, and by which day: of a decision those of the chapter of limits,
      of a reminder who sends it and `send_on`; of a wait, when the next reminder can come (missing: nobody, or not
      known);
    - what is decided `BESIDE` it (`decided.decided`).

    No reminder goes to a buyer of which a decision asks for more, to one whose debt is to be claimed on the policy, of
    whom what is to collect is collected in person, to one that is not written to (`collections.kinds`),
    for less than the least amount of its stage, nor within `days_between_letters` of the last one. Source: definitions
    §10.2.
    """
    owed, ids = _owed(book), book.buyers["buyer_id"]
    place = places(pd.Series(decided.index, dtype="str"), ids)
    decided, place = decided[place >= 0], place[place >= 0]
    kind, by = np.full(len(ids), -1), np.full(len(ids), NEVER)
    known, claimed = np.zeros(len(ids), dtype=bool), np.zeros(len(ids), dtype=bool)
    kind[place] = pd.Categorical(decided["decided"], categories=list(ACTS)).codes
    by[place], known[place] = decided["due_day"].to_numpy("datetime64[D]"), True
    claimed[place] = one_of(decided["insurer_task"], ["claim"])
    act = _acts(owed, (kind, claimed), by)
    at = np.flatnonzero((owed["overdue_amount"].to_numpy() > 0) | known)
    table = owed.iloc[at].assign(act=act[at])
    told = _dated(book, at, table)
    row = np.full(len(ids), -1)
    row[at] = np.arange(len(at))
    return _as_decided(book, told, decided, row[place])


def _next_days(book: Book, payable_by: np.ndarray, level: np.ndarray, sent_on: np.ndarray) -> np.ndarray:
    """Return from which day the reminder after the last one of each invoice can come; missing: none is left."""
    stages, found = book.run.collections.reminders, np.full(len(level), NEVER)
    for number, stage in enumerate(stages):
        rows = np.flatnonzero(level == number - 1)
        if number == 0:
            found[rows] = payable_by[rows] + (stage.after_days_past_due or 0)
            continue
        paid_by = sent_on[rows] + stages[number - 1].days_to_pay
        own = stage.after_days_past_due
        ready = sent_on[rows] + (stage.after_stage_before or 0) if own is None else payable_by[rows] + own
        found[rows] = np.maximum(paid_by, ready)
    return found


def _owed(book: Book) -> pd.DataFrame:
    """Return what each buyer owes past due, the `number` of the reminder that is due (−1: none), and whether it may go.

    Index: the buyers' places. `may_go`: the buyer is written to, the amount is enough and the last letter long enough
    ago; `enough` and `written_to`, the first two; `next_on`, the first day on which one may go (missing: none is left).
    """
    rows, count, settings = of_invoices(book), len(book.buyers), book.run.collections
    buyer, today = rows["buyer"].to_numpy(), np.datetime64(read_on(book.as_of), "D")
    asked = np.flatnonzero(rows["to_collect"].to_numpy() > 0)
    dating = asked[~rows["small_rest"].to_numpy()[asked]]
    table = {
        name: np.bincount(buyer, rows[of].to_numpy(), count)
        for name, of in (("overdue_amount", "open_amount"), *((name, name) for name in (*HELD, "to_collect")))
    }
    oldest, number, next_on = np.zeros(count), np.full(count, -1), np.full(count, np.iinfo(np.int64).max)
    np.maximum.at(oldest, buyer[dating], rows["days_past_due"].to_numpy()[dating])
    stage = rows["stage"].to_numpy()
    for place in range(len(settings.reminders)):
        number[buyer[stage == place]] = place
    from_day = rows["from_day"].to_numpy("datetime64[D]")
    coming = np.flatnonzero(~np.isnat(from_day))
    np.minimum.at(next_on, buyer[coming], from_day[coming].astype(np.int64))
    next_day = np.where(next_on < np.iinfo(np.int64).max, next_on, NEVER.astype(np.int64)).astype("datetime64[D]")
    rested = sent(book).written_on + settings.days_between_letters
    least = np.array([*(settings.least(one) for one in settings.reminders), settings.least(settings.reminders[0])])
    enough = table["to_collect"] >= least[number]
    written_to = one_of(book.buyers["kind"], settings.kinds)
    return pd.DataFrame(
        table
        | {
            "late_invoices": np.bincount(buyer, minlength=count), "oldest_to_collect": oldest, "number": number,
            "enough": enough, "written_to": written_to,
            "next_on": np.where(np.isnat(next_day), NEVER, np.fmax(next_day, rested)),
            "may_go": (number >= 0) & enough & written_to & ~(rested > today),
        }
    )  # fmt: skip


def _acts(owed: pd.DataFrame, decided: tuple[np.ndarray, np.ndarray], by: np.ndarray) -> np.ndarray:
    """Return the place in `ACTS` of what is done about each buyer's debt.

    `decided`: the kind of the decision on it (−1: none), and whether a claim on the buyer is to be filed; `by` which
    day the decision is due.
    """
    kind, claimed = decided
    collects, number, next_on = owed["to_collect"].to_numpy() > 0, owed["number"].to_numpy(), owed["next_on"].to_numpy()
    none_left = (number < 0) & np.isnat(next_on)
    written_to, small = owed["written_to"].to_numpy(), ~owed["enough"].to_numpy() | none_left
    code = {name: place for place, name in enumerate(ACTS)}
    asked = (kind == code[COLLECT]) & collects & (none_left | ~written_to | (next_on > by))
    not_due = owed["overdue_amount"].to_numpy() == 0
    return np.select(
        [
            (kind >= 0) & (kind <= code[PLAN]),
            claimed & collects,
            owed["may_go"],
            asked,
            not_due,
            ~collects,
            ~written_to,
            small,
        ],
        [kind, *(code[name] for name in (COLLECT, REMIND, COLLECT, NOT_DUE, HELD_OUT, UNWRITTEN, SMALL))],
        code[WAIT],
    )


def _dated(book: Book, at: np.ndarray, owed: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers, by id, with what is done, which letter goes, who acts and by when, before any decision's.

    `owed`: `_owed` with `act`, a place in `ACTS`, of the buyers at some places.
    """
    settings, run, code = book.run.collections, book.run, owed["act"].to_numpy()
    stages, goes = settings.reminders, code == ACTS.index(REMIND)
    letter = np.where(goes, owed["number"].to_numpy(), len(stages))
    lowest = run.authorities.get("collect", run.levels[0])
    country, days = book.buyers["country"].iloc[at], np.full(len(at), NEVER)
    days[goes] = np.datetime64(read_on(book.as_of), "D")
    waits = code == ACTS.index(WAIT)
    days[waits] = owed["next_on"].to_numpy("datetime64[D]")[waits]
    by = next_working_days(country, days)
    given = np.array([*(stage.days_to_pay for stage in stages), 0])[letter]
    pay_by = next_working_days(country, np.where(goes, by, NEVER) + given)
    names = [stage.name for stage in stages]
    of_act = [settings.named(STAGE_OF_ACT[act]) if act in STAGE_OF_ACT else None for act in ACTS]
    stage = np.where(goes, letter, len(names) + 1 + code)
    columns = {
        "act": _texts(ACTS, code),
        "stage": _texts([*names, None, *of_act], stage),
        "letter": _texts([*names, None], letter),
        "send_on": np.where(goes, by, NEVER).astype("datetime64[us]"),
        "pay_by": pay_by.astype("datetime64[us]"),
        "authority": _texts([*(stage.authority or lowest for stage in stages), None], letter),
        "due_day": by.astype("datetime64[us]"),
    }
    table = owed[["overdue_amount", *HELD, "to_collect", "late_invoices", "oldest_to_collect"]].assign(**columns)
    return table.set_axis(pd.Index(book.buyers["buyer_id"].iloc[at], name="buyer_id"))


def _texts(among: Sequence[str | None], place: np.ndarray) -> ExtensionArray:
    """Return the texts that stand at some places."""
    return pd.array(list(among), dtype="str").take(place)


def _as_decided(book: Book, table: pd.DataFrame, decided: pd.DataFrame, row: np.ndarray) -> pd.DataFrame:
    """Return the buyers with the authority and day of what is decided on their debt, and what is decided beside it.

    `row`: of each one decided on in the table.
    """
    act = table["act"].take(row).to_numpy()
    same = act == decided["decided"].to_numpy()
    # Who files a claim collects what no decision asks for.
    asked = np.flatnonzero(same | (act == COLLECT))
    who = decided["authority"].where(same, decided["insurer_authority"])
    when = decided["due_day"].where(same, decided["insurer_by"])
    by = table["due_day"].to_numpy("datetime64[us]").copy()
    by[row[asked]] = when.to_numpy("datetime64[us]")[asked]
    columns = {
        "authority": _replaced(table["authority"], row[asked], who.iloc[asked]),
        "due_day": pd.Series(by, table.index),
    }
    place = np.full(len(table), len(decided))
    place[row] = np.arange(len(decided))
    beside = decided[list(BESIDE)].reset_index(drop=True).reindex(np.append(np.arange(len(decided)), -1))
    beside = beside.take(place).set_axis(table.index)
    beside["supplies_stopped"] = beside["supplies_stopped"].eq(True)
    stopped = (beside["supplies_stopped"] & table["stage"].isna() & (table["to_collect"] > 0)).to_numpy()
    stop = book.run.collections.named("stop")
    return table.assign(stage=table["stage"].mask(stopped, stop) if stop else table["stage"], **columns).join(beside)


def _replaced(texts: pd.Series, rows: np.ndarray, by: pd.Series) -> pd.Series:
    """Return texts with those in some rows replaced by others."""
    place = np.arange(len(texts))
    place[rows] = len(texts) + np.arange(len(rows))
    return pd.Series(pd.concat([texts, by]).array.take(place), texts.index)


def letters(book: Book, buyers: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices of the letters that go out today, a row for each, those of a buyer together, oldest first.

    `buyers`: `of_buyers`. Columns: `buyer_id`, `invoice_id`, `issued`, `due`, `amount`, `open_amount`, `held_out` of it
    (and each of `held_out.HELD`) and `to_collect`; `letter`, the stage of the buyer's letter, and `stage`,
    the invoice's own, which `reminders` is to show once it is sent: the one that is due, else the last that was sent
    (missing: none yet, it only goes along). All that the buyer owes past due is in it; what is to be paid adds up to
    the buyer's `to_collect`.
    """
    rows, ids = of_invoices(book), book.buyers["buyer_id"]
    written = buyers[buyers["letter"].notna()]
    number = np.full(len(ids), -1)
    number[places(pd.Series(written.index, dtype="str"), ids)] = np.arange(len(written))
    rows = rows[number[rows["buyer"]] >= 0]
    names = np.array([*(stage.name for stage in book.run.collections.reminders), None], dtype=object)
    own = np.where(rows["stage"] >= 0, rows["stage"], rows["level"]).astype(int)
    table = book.invoices.loc[rows.index, ["buyer_id", "invoice_id", "issued", "due", "amount"]]
    table = table.join(rows[["open_amount", *HELD, "to_collect"]]).assign(
        held_out=rows[list(HELD)].sum(axis="columns"),
        letter=written["letter"].to_numpy(object)[number[rows["buyer"]]],
        stage=names[own],
    )
    order = np.lexsort((table["due"].to_numpy(), rows["buyer"].to_numpy()))
    return table.astype({"letter": "str", "stage": "str"}).iloc[order].reset_index(drop=True)


def unknown_holidays(book: Book, buyers: pd.DataFrame) -> pd.Series:
    """Return what is not known of the holidays of countries that letters go to: `public_holidays.not_known`."""
    days = buyers["pay_by"].dropna()
    countries = book.buyers.set_index("buyer_id")["country"].reindex(days.index).dropna()
    return not_known(countries.unique(), days.dt.year.unique())
