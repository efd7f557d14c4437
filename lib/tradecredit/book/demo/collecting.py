"""The letters that the demo company sends on late invoices, and what its buyers then promise.

Invoices and payments are drawn first, and letters after them, each the likelier where the money came soon after its
day. By Bayes' rule the two then go together as where a letter brings some of the money sooner.
"""

import numpy as np
import pandas as pd

from tradecredit.book.calendar import working_day
from tradecredit.book.demo.world import Random, World

STAGES = {"friendly reminder": 7, "second reminder": 14, "formal warning": 14}
"""Letter: days after the due day, or after the letter before."""
SENT = {True: (0.90, 0.86, 0.86), False: (0.78, 0.78, 0.80)}
"""Chance that each of the letters goes out on its day, by whether the money comes within `SOON_DAYS` of it."""
SOON_DAYS, TRIES = 14, 3
"""A letter that was left out is thought of again after so many days; how often one is thought of."""
PAID_SHARE = 0.99
"""An invoice of which so much is settled gets no more letters."""

PROMISED_SHARE, KEPT_SHARE, KEPT_WITHIN_DAYS = 0.25, 0.75, 45
"""Of later letters: answered by a promise; of those whose money comes within so many days, by a day that is kept."""
PLAN_SHARE, INSTALMENTS = 0.15, 3
"""Of promises after the last letter: a plan of so many monthly instalments."""


def reminders(
    world: World, ledger: pd.DataFrame, receipts: pd.DataFrame, disputes: pd.DataFrame, rng: Random
) -> pd.DataFrame:
    """Return the letters by `until`: invoice_id, stage, sent; with position (row of the ledger) and number (of stage).

    `receipts`: those before defaults. One stage comes after the other; none while the invoice is in a dispute, and none
    from the default on.
    """
    count, buyer = len(ledger), ledger["buyer"].to_numpy()
    paid = _paid_on(ledger, receipts)
    last = np.fmin(world.days("defaulted")[buyer] - 1, world.until)
    opened, closed = (np.full(count, np.datetime64("NaT"), "datetime64[D]") for _ in range(2))
    opened[disputes["position"]] = disputes["opened"].to_numpy("datetime64[D]")
    closed[disputes["position"]] = disputes["closed"].to_numpy("datetime64[D]")
    ready = ledger["due"].to_numpy("datetime64[D]")
    tables = []
    for number, (stage, days) in enumerate(STAGES.items()):
        sent = np.full(count, np.datetime64("NaT"), "datetime64[D]")
        chance = rng.random((TRIES, count))
        for attempt in range(TRIES):
            rows = np.flatnonzero(~np.isnat(ready) & np.isnat(sent))
            day = working_day(ready[rows] + days + attempt * SOON_DAYS)
            asked = (day <= last[rows]) & ~(paid[rows] <= day) & ~((opened[rows] <= day) & (day < closed[rows]))
            soon = paid[rows] <= day + SOON_DAYS
            goes = asked & (chance[attempt, rows] < np.where(soon, SENT[True][number], SENT[False][number]))
            sent[rows[goes]] = day[goes]
        rows = np.flatnonzero(~np.isnat(sent))
        invoice_id = ledger["invoice_id"].take(rows).to_numpy()
        tables.append(
            pd.DataFrame({"invoice_id": invoice_id, "sent": sent[rows], "position": rows}).assign(
                stage=stage, number=number
            )
        )
        ready = sent
    return pd.concat(tables, ignore_index=True)


def promises(
    world: World, ledger: pd.DataFrame, receipts: pd.DataFrame, letters: pd.DataFrame, rng: Random
) -> pd.DataFrame:
    """Return what buyers promise by `until` after their second and third letters: the table's columns.

    Most promises of buyers that then pay are kept, of the others none. `letters`: `reminders`.
    """
    later = letters[letters["number"] > 0]
    position, number = later["position"].to_numpy(), later["number"].to_numpy()
    made = working_day(later["sent"].to_numpy("datetime64[D]") + rng.integers(2, 6, len(later)))
    draw = rng.random((4, len(later)))
    wait, slack = rng.integers(7, 26, len(later)), rng.integers(0, 3, len(later))
    buyer, paid = ledger["buyer"].to_numpy()[position], _paid_on(ledger, receipts)[position]
    last = np.fmin(world.days("defaulted")[buyer] - 1, world.until)
    given = (draw[0] < PROMISED_SHARE) & (made <= last) & ~(paid <= made)
    keeps = (draw[1] < KEPT_SHARE) & (paid <= made + KEPT_WITHIN_DAYS)
    promised = working_day(np.where(keeps, paid + slack, made + wait))
    left = ledger["cents"].to_numpy()[position] - _received_by(receipts, position, made)
    planned = (draw[2] < PLAN_SHARE) & (number == len(STAGES) - 1)
    parts = []
    for instalment in range(INSTALMENTS):
        rows = np.flatnonzero(given & (left > 0) & (planned if instalment else given))
        share = left[rows] // INSTALMENTS
        share = np.where(instalment == INSTALMENTS - 1, left[rows] - share * (INSTALMENTS - 1), share)
        parts.append(
            pd.DataFrame(
                {
                    "buyer_id": ledger["buyer_id"].take(position[rows]).to_numpy(),
                    "invoice_id": ledger["invoice_id"].take(position[rows]).to_numpy(),
                    "made": made[rows],
                    "date": working_day(promised[rows] + 30 * instalment),
                    "amount": np.where(planned[rows], share, left[rows]) / 100,
                    "kind": np.where(planned[rows], "instalment", "payment"),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _paid_on(ledger: pd.DataFrame, receipts: pd.DataFrame) -> np.ndarray:
    """Return the day from which nearly nothing is open of each invoice; missing: never before a default."""
    rows = receipts.sort_values("received", kind="stable")
    enough = rows.groupby("position")["cents"].cumsum() >= PAID_SHARE * ledger["cents"].to_numpy()[rows["position"]]
    first = rows[enough.to_numpy()].drop_duplicates("position")
    found = np.full(len(ledger), np.datetime64("NaT"), "datetime64[D]")
    found[first["position"]] = first["received"].to_numpy("datetime64[D]")
    return found


def _received_by(receipts: pd.DataFrame, position: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return what had been received (cents) on invoices, by their rows in the ledger, each by a day of its own."""
    asked = pd.DataFrame({"position": position, "day": day, "row": np.arange(len(position))})
    found = asked.merge(receipts[["position", "received", "cents"]], on="position")
    found = found[found["received"].to_numpy("datetime64[D]") <= found["day"].to_numpy("datetime64[D]")]
    return np.bincount(found["row"], found["cents"], len(position)).astype(np.int64)
