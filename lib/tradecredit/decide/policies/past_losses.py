"""What a policy would have insured of each real default of the book, on the day on which it would have been a loss."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of, places
from tradecredit.insurance.amounts import disputed_of
from tradecredit.insurance.cover import of_items
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import DISCRETIONARY, STOPPED

LOSS, INSOLVENCY_ONLY, PAID, WAITING = STATES = ("loss", "insolvency only", "paid while waiting", "waiting")
"""What becomes of a default under a policy; the last three are no loss to claim by the book's day."""

NEVER = np.datetime64("NaT", "us")


class _Money(NamedTuple):
    """What came in on the invoices of buyers that ever defaulted, as arrays; `row`: the place of the invoice."""

    row: np.ndarray
    received: np.ndarray
    amount: np.ndarray
    given_up: np.ndarray
    credit: np.ndarray


def past_losses(book: Book, policy: Policy) -> pd.DataFrame:
    """Return what a policy would have insured of each default, whatever its period: a row for each, by day of loss.

    Reads `defaults`, `invoices`, `receipts`, `disputes`, and what cover reads. Columns, in the reporting currency:

    - `buyer_id`, `defaulted`, `kind`; `loss_day`: of an insolvency its day; of a protracted default the first end of a
      waiting period of an invoice owed on the day of default and still owed then, not before the day of default, or
      the buyer's insolvency if that comes first (missing: no loss by the book's day); `past_state`, one of `STATES`;
    - `debt`, gross: of the invoices owed at the end of the day of default what is still owed on the day of loss (where
      there is none, on the day of default), less credit notes and discounts of later; what was given up or claimed
      from the real insurer since the default is owed still. An invoice counts in its buyer's first loss only;
    - `recovery`: of that, payments and recoveries received since, by the book's day;
    - `insurable_debt`, `insured_debt`: by `cover.of_items`, invoice by invoice, open disputes being those of the day of
      loss; of a policy that settles net of recoveries, each invoice less its part of the recovery, in proportion;
    - `stopped_debt`: of the insurable debt, what was shipped after the stop;
    - `discretionary`: most of the insured debt lies under a discretionary limit.

    Source: definitions §5.14.
    """
    policy = policy.renewed()
    found, taken = [], np.zeros(len(book.invoices), dtype=bool)
    for events in _rounds(book):
        table, rows = _of_round(book, policy, events, taken)
        taken[rows] = True
        found.append(table)
    columns = list(nothing())
    table = pd.concat(found, ignore_index=True)[columns] if found else nothing()
    return table.sort_values(["loss_day", "defaulted", "buyer_id"], kind="stable", ignore_index=True)


def _of_round(book: Book, policy: Policy, events: pd.DataFrame, taken: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the table of one default of each of some buyers, and the invoices that are lost with them."""
    owner, issued = book.buyer_of_invoice, book.invoices["issued"].to_numpy("datetime64[us]")
    default_day = _by_invoice(book, events, events["date"])
    rows = np.flatnonzero((issued <= default_day) & ~taken)
    rows = rows[owed_by(book, rows, default_day, default_day) >= CENT]
    loss_day, state = _loss_days(book, policy, events, rows)
    as_of = book.as_of.to_datetime64()
    counted = pd.Series(loss_day).where(state == LOSS, events["date"].to_numpy())
    counted = counted.mask(state == WAITING, as_of)
    cut = _by_invoice(book, events, counted)
    money = _money(book)
    later = money.received > cut[money.row]
    credited, came_in = (_sums(book, later & kind)[rows] for kind in (money.credit, ~money.credit & ~money.given_up))
    owed = np.zeros(len(owner))
    owed[rows] = np.maximum(owed_by(book, rows, cut, default_day) - credited, 0.0)
    owed[owed < CENT] = 0.0
    back = np.minimum(came_in, owed[rows])
    place = np.zeros(len(book.buyers), np.intp)
    place[events["buyer"]] = np.arange(len(events))
    event = place[owner]

    def summed(values: np.ndarray, of: np.ndarray) -> np.ndarray:
        return np.bincount(event[of], values, minlength=len(events))

    debt, recovery = summed(owed[rows], rows), summed(back, rows)
    if policy.loss_basis == "net":
        left = 1 - recovery / np.where(debt > 0, debt, 1.0)
        owed[rows] = owed[rows] * left[event[rows]]
    items = of_items(book, policy, owed, disputed_of(book, owed, cut))
    of = np.flatnonzero(owed > 0)
    insured = summed(items["insured_debt"].to_numpy(), of)
    by_discretion = summed(items["insured_debt"].where(items["cover"] == DISCRETIONARY, 0.0).to_numpy(), of)
    after_stop = summed(items["insurable_debt"].where(items["cover"] == STOPPED, 0.0).to_numpy(), of)
    lost = (state == LOSS) | (state == WAITING)
    insurable = summed(items["insurable_debt"].to_numpy(), of)
    table = pd.DataFrame(
        {
            "buyer_id": events["buyer_id"].array, "defaulted": events["date"].array, "kind": events["kind"].array,
            "loss_day": pd.Series(loss_day).where(state == LOSS), "past_state": state, "debt": debt,
            "recovery": recovery, "insurable_debt": np.where(state == LOSS, insurable, 0.0),
            "insured_debt": np.where(state == LOSS, insured, 0.0),
            "stopped_debt": np.where(state == LOSS, after_stop, 0.0), "discretionary": by_discretion * 2 > insured,
        }
    )  # fmt: skip
    return table, rows[lost[event[rows]]]


def _loss_days(book: Book, policy: Policy, events: pd.DataFrame, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the day of loss of each default (not a time: it is none), and its state; `rows`: the invoices owed."""
    day = events["date"].to_numpy("datetime64[us]")
    insolvent = (events["kind"] == "insolvency").to_numpy()
    if policy.waiting_days is None:
        return np.where(insolvent, day, NEVER), np.where(insolvent, LOSS, INSOLVENCY_ONLY).astype(object)
    invoices = book.invoices.take(rows)
    ends = np.full(len(book.invoices), NEVER)
    ends[rows] = policy.loss_dates(invoices["issued"], invoices["due"])["loss_date"].to_numpy("datetime64[us]")
    unpaid = rows[owed_by(book, rows, ends, _by_invoice(book, events, events["date"])) >= CENT]
    first = pd.Series(ends[unpaid]).groupby(book.buyer_of_invoice[unpaid]).min()
    first = first.reindex(events["buyer"]).to_numpy("datetime64[us]")
    insolvent_later = events["insolvent_later"].to_numpy("datetime64[us]")
    # The larger and the smaller pass over what is not a time: where nothing is waited for there is no loss.
    waited = np.where(np.isnat(first), NEVER, np.fmin(np.fmax(first, day), insolvent_later))
    loss_day = np.where(insolvent, day, waited)
    state = np.select([np.isnat(loss_day), loss_day > book.as_of.to_datetime64()], [PAID, WAITING], LOSS)
    return loss_day, state.astype(object)


def owed_by(book: Book, rows: np.ndarray, day: np.ndarray, default_day: np.ndarray) -> np.ndarray:
    """Return what was owed of invoices (their places) at the end of a day of each; all arrays but `rows` by invoice.

    Write-offs and claims after the day of default lower nothing: the debt is lost, not paid.
    """
    money = _money(book)
    until = np.where(money.given_up, np.fmin(day[money.row], default_day[money.row]), day[money.row])
    return book.invoices["amount"].to_numpy()[rows] - _sums(book, money.received <= until)[rows]


def _sums(book: Book, counted: np.ndarray) -> np.ndarray:
    """Return what those receipts that count add up to, by invoice."""
    money = _money(book)
    return np.bincount(money.row[counted], money.amount[counted], len(book.invoices))


def _by_invoice(book: Book, events: pd.DataFrame, days: pd.Series) -> np.ndarray:
    """Return the day of its buyer for each invoice; not a time where the buyer has none."""
    of_buyer = np.full(len(book.buyers), NEVER)
    of_buyer[events["buyer"]] = days.to_numpy("datetime64[us]")
    return of_buyer[book.buyer_of_invoice]


def _rounds(book: Book) -> Iterator[pd.DataFrame]:
    """Yield the defaults of known buyers, the first of each, then the second, …: no buyer is twice in a round."""
    events = book.defaults[["buyer_id", "date", "kind"]].assign(
        buyer=places(book.defaults["buyer_id"], book.buyers["buyer_id"])
    )
    events = events[events["buyer"] >= 0].sort_values(["date"], kind="stable")
    insolvent = events["date"].where(events["kind"] == "insolvency")
    # The next insolvency of the same buyer: from the last event to the first.
    following = insolvent[::-1].groupby(events["buyer"][::-1]).transform(lambda days: days.ffill().shift())
    events = events.assign(insolvent_later=following)
    number = events.groupby("buyer").cumcount()
    for place in range(int(number.max()) + 1 if len(events) else 0):
        yield events[number == place].reset_index(drop=True)


@once
def _money(book: Book) -> _Money:
    buyer = np.unique(places(book.defaults["buyer_id"], book.buyers["buyer_id"]))
    wanted = np.zeros(len(book.buyers) + 1, dtype=bool)
    wanted[buyer] = True
    place, receipts = book.invoice_of_receipt, book.receipts
    owner = np.append(book.buyer_of_invoice, -1)[place]
    wanted[-1] = False
    rows = np.flatnonzero((place >= 0) & wanted[owner])
    kind = receipts["kind"].take(rows)
    return _Money(
        place[rows],
        receipts["received"].to_numpy("datetime64[us]")[rows],
        receipts["amount"].to_numpy()[rows],
        one_of(kind, ["write_off", "claim"]),
        one_of(kind, ["credit_note", "discount"]),
    )


def nothing() -> pd.DataFrame:
    """Return a table of `past_losses` without a row."""
    text, day, amount = "str", "datetime64[us]", "float64"
    kinds = {
        "buyer_id": text, "defaulted": day, "kind": text, "loss_day": day, "past_state": text, "debt": amount,
        "recovery": amount, "insurable_debt": amount, "insured_debt": amount, "stopped_debt": amount,
        "discretionary": "bool",
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
