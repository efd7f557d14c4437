"""The ledger that the demo book's world leaves: invoices, payments, disputes, receipts, defaults."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tradecredit.book.calendar import WORKING_DAYS, working_day
from tradecredit.book.demo.places import COUNTRIES
from tradecredit.book.demo.world import (
    DISCOUNT_DAYS,
    DISCOUNT_RATE,
    HISTORY_MONTHS,
    INVOICE_SD,
    ORDER_LOADING,
    SLOWDOWN_PEAK,
    TERMS_DAYS,
    WINDOW_MONTHS,
    Random,
    World,
    autoregression,
    economy_path,
)
from tradecredit.book.rates import last_rate

RECOVERY_NONE_SHARE, RECOVERY_BETA = 0.25, (1.3, 2.2)
"""Defaults that recover nothing; distribution of the share of debt that the others recover."""
SETTLED_DAYS = 15
"""Least days from the insurer's payment to a recovery, and from that to the write-off."""

LATE_LEVEL, LATE_LOADING, MONTH_SD, EARLY_DAYS = 2.75, 0.7, 0.15, 4
"""Days late = exp(level + loading × state + buyer's habit + month's noise) × gamma noise of mean 1 − early days."""
MISLAID_SHARE, RETURNED_SHARE, PARTS_SHARE, RESIDUE_SHARE, DISPUTED_SHARE = 0.006, 0.015, 0.03, 0.006, 0.026
"""Of invoices: left lying for a month or more, credited in part, paid in two parts, short-paid, disputed."""

SEASON = np.array([0.90, 0.93, 1.08, 1.00, 1.01, 1.06, 0.96, 0.80, 1.09, 1.11, 1.10, 0.96])
"""Orders a working day, January to December, against the year's mean."""
YEARLY_GROWTH, SLOWDOWN_FALL = 0.05, 0.02
"""Of the number of orders; the fall is beside what buyers order less as they worsen."""
USUAL_RATES = {"GBP": 1.16, "USD": 0.91}
"""EUR per unit."""
DISPUTE_REASONS = {"price": 0.3, "quantity": 0.2, "quality": 0.2, "delivery": 0.2, "order number missing": 0.1}


def fx_rates(world: World, rng: Random) -> pd.DataFrame:
    """Return month-start rates from before the first statement's day to `until`."""
    day = world.months[HISTORY_MONTHS - 30 :]
    paths = np.exp(autoregression(len(USUAL_RATES), len(day), 0.045, rng))
    tables = [
        pd.DataFrame({"date": day, "currency": currency, "rate": (usual * path).round(4)})
        for (currency, usual), path in zip(USUAL_RATES.items(), paths, strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def currencies(world: World) -> pd.Series:
    """Return each buyer's currency, that of its country."""
    return world.buyers["country"].map(COUNTRIES["currency"]).astype("str")


def euros_per_unit(fx: pd.DataFrame, currency: pd.Series, day: np.ndarray) -> np.ndarray:
    """Return EUR per unit at the last rate on or before each day."""
    return np.where(currency == "EUR", 1.0, last_rate(fx, currency, pd.Series(day)))


def invoices(world: World, fx: pd.DataFrame, count: int, rng: Random) -> pd.DataFrame:
    """Return the invoices in order of issue: the table's columns, and buyer (its row), cents, rate (EUR per unit)."""
    buyer, issued = _orders(world, count, rng)
    currency = currencies(world).take(buyer).reset_index(drop=True)
    rate = euros_per_unit(fx, currency, issued)
    spread = np.exp(INVOICE_SD * rng.standard_normal(count) - INVOICE_SD**2 / 2)
    net = (world.of(buyer, "size") * spread / rate * 100).round().clip(1_500)
    tax = (net * world.of(buyer, "tax_rate")).round()
    terms = np.where(rng.random(count) < 0.06, rng.choice(TERMS_DAYS[:4], count), world.of(buyer, "terms"))
    offered = world.of(buyer, "discount")
    return pd.DataFrame(
        {
            "invoice_id": _numbered("INV-", count),
            "buyer_id": world.text_of(buyer, "buyer_id"),
            "issued": issued,
            "due": issued + terms,
            "currency": currency,
            "amount": (net + tax) / 100,
            "tax": tax / 100,
            "discount_rate": np.where(offered, DISCOUNT_RATE, np.nan),
            "discount_days": np.where(offered, DISCOUNT_DAYS, np.nan),
            "buyer": buyer,
            "cents": (net + tax).astype(np.int64),
            "rate": rate,
        }
    )


def _orders(world: World, count: int, rng: Random) -> tuple[np.ndarray, np.ndarray]:
    """Return the buyer and the day of each invoice, in order of days: a multinomial draw over buyers × months."""
    start, window = world.months[HISTORY_MONTHS], world.months[HISTORY_MONTHS:]
    days = np.arange(start, world.until + 1)
    days = days[np.is_busday(days, busdaycal=WORKING_DAYS)]
    last = np.fmin(np.fmin(world.days("leaves"), world.days("last_shipment")), world.until)
    begin = np.maximum(days.searchsorted(world.days("customer_since"))[:, None], days.searchsorted(window))
    month_end = days.searchsorted(np.append(window[1:], world.until + 1))
    open_days = (np.minimum(days.searchsorted(last, side="right")[:, None], month_end) - begin).clip(0)
    season = SEASON[window.astype("datetime64[M]").astype(int) % 12]
    growth = (1 + YEARLY_GROWTH) ** (np.arange(WINDOW_MONTHS) / 12)
    slower = 1 - SLOWDOWN_FALL * economy_path(len(world.months))[HISTORY_MONTHS:] / SLOWDOWN_PEAK
    frequency = world.buyers["frequency"].to_numpy()[:, None]
    weight = frequency * np.exp(-ORDER_LOADING * world.state[:, HISTORY_MONTHS:]) * open_days * season * growth * slower
    counts = rng.multinomial(count, (weight / weight.sum()).ravel())
    cell = np.repeat(np.arange(weight.size), counts)
    issued = days[begin.ravel()[cell] + (rng.random(count) * open_days.ravel()[cell]).astype(int)]
    order = np.lexsort((cell, issued))
    return cell[order] // WINDOW_MONTHS, issued[order]


def with_payment_day(world: World, ledger: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the ledger with paid_on (the day it is paid if nothing else happens) and discounted (2/10 is taken)."""
    count, buyer = len(ledger), ledger["buyer"].to_numpy()
    issued, due = (ledger[column].to_numpy("datetime64[D]") for column in ("issued", "due"))
    month = np.minimum(world.months.searchsorted(due, side="right"), len(world.months)) - 1
    state, of_month = world.state[buyer, month], MONTH_SD * rng.standard_normal(world.state.shape)[buyer, month]
    mean = np.exp(LATE_LEVEL + LATE_LOADING * state + world.of(buyer, "habit") + of_month)
    late = mean * rng.gamma(2.5, 1 / 2.5, count) - EARLY_DAYS
    late += np.where(rng.random(count) < MISLAID_SHARE, np.exp(3.7 + 0.6 * rng.standard_normal(count)), 0)
    paid_on = working_day(issued + np.maximum((due - issued).astype(int) + late, 3).astype(int))
    eager = world.of(buyer, "eagerness") / (1 + np.exp(2 * state - 2))
    discounted = world.of(buyer, "discount") & (rng.random(count) < eager)
    in_time = working_day(issued + rng.integers(6, DISCOUNT_DAYS + 1, count), roll="backward")
    paid_on = np.where(discounted, in_time, paid_on)
    prepaid = (world.buyers["kind"] == "prepaid").to_numpy()[buyer]
    return ledger.assign(paid_on=np.where(prepaid, issued, paid_on), discounted=discounted)


def disputes(world: World, ledger: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the disputes, with position (row of the ledger), cents, credited (cents) and settled_on."""
    count = len(ledger)
    issued, paid_on = (ledger[column].to_numpy("datetime64[D]") for column in ("issued", "paid_on"))
    wait = np.minimum((paid_on - issued).astype(int), 45)
    opened = working_day(issued + (rng.random(count) * wait).astype(int), roll="backward")
    closed = working_day(opened + np.exp(3.3 + 0.7 * rng.standard_normal(count)).clip(2, 240).astype(int))
    share = np.where(rng.random(count) < 0.35, 1.0, rng.uniform(0.05, 0.6, count))
    conceded = rng.choice([0.0, 0.5, 1.0], count, p=[0.5, 0.15, 0.35])
    reason = rng.choice(len(DISPUTE_REASONS), count, p=list(DISPUTE_REASONS.values()))
    settled_on = np.maximum(working_day(closed + rng.integers(3, 22, count)), paid_on)
    touchiness = DISPUTED_SHARE * np.exp(0.7 * rng.standard_normal(len(world.buyers)) - 0.7**2 / 2)
    disputed = (rng.random(count) < touchiness[ledger["buyer"]]) & (wait > 0) & ~ledger["discounted"].to_numpy()
    still_paying = ~(closed >= world.days("stopped")[ledger["buyer"]])
    rows = np.flatnonzero(disputed & still_paying & (opened <= world.until))
    cents = (ledger["cents"].to_numpy()[rows] * share[rows]).round().astype(np.int64)
    return pd.DataFrame(
        {
            "invoice_id": ledger["invoice_id"].take(rows).reset_index(drop=True),
            "opened": opened[rows],
            "closed": closed[rows],
            "amount": cents / 100,
            "reason": np.array(list(DISPUTE_REASONS))[reason[rows]],
            "position": rows,
            "cents": cents,
            "credited": (cents * conceded[rows]).astype(np.int64),
            "settled_on": settled_on[rows],
        }
    )


def receipts(world: World, ledger: pd.DataFrame, disputes: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return all receipts but those after a default: position (row of the ledger), received, cents, kind."""
    count, cents, paid_on = len(ledger), ledger["cents"].to_numpy(), ledger["paid_on"].to_numpy("datetime64[D]")
    issued, discounted = ledger["issued"].to_numpy("datetime64[D]"), ledger["discounted"].to_numpy()
    disputed = np.isin(np.arange(count), disputes["position"])
    state = world.state[:, HISTORY_MONTHS:].mean(axis=1)[ledger["buyer"]]
    chance = rng.random((3, count))
    plain = ~disputed & ~discounted & (paid_on > issued)
    in_parts = plain & (chance[1] < PARTS_SHARE * np.exp(0.5 * state))
    short_paid = plain & ~in_parts & (chance[2] < RESIDUE_SHARE)
    returned = cents * rng.uniform(0.02, 0.15, count) * (~disputed & (chance[0] < RETURNED_SHARE))
    later = cents * rng.uniform(0.25, 0.6, count) * in_parts
    residue = np.minimum(cents * rng.uniform(0.001, 0.01, count), 6_000) * short_paid
    returned_on = working_day(issued + (rng.random(count) * (paid_on - issued).astype(int)).astype(int), "backward")
    parts = [
        (returned_on, returned, "credit_note"),
        (paid_on, (cents - returned) * DISCOUNT_RATE * discounted, "discount"),
        (working_day(paid_on + rng.integers(10, 46, count)), later, "payment"),
        (working_day(paid_on + rng.integers(60, 121, count)), residue, "write_off"),
    ]
    parts = [(day, amount.round().astype(np.int64), kind) for day, amount, kind in parts]
    main = cents - sum(amount for _, amount, _ in parts)
    main[disputes["position"]] -= disputes["cents"]
    position, credited = disputes["position"], disputes["credited"]
    found = [applied(np.arange(count), *part) for part in [(paid_on, main, "payment"), *parts]]
    found.append(applied(position, disputes["closed"], credited, "credit_note"))
    found.append(applied(position, disputes["settled_on"], disputes["cents"] - credited, "payment"))
    receipts = pd.concat(found, ignore_index=True)
    stopped = world.days("stopped")[ledger["buyer"].to_numpy()[receipts["position"]]]
    return receipts[(receipts["received"] <= world.until) & ~(receipts["received"] >= stopped)]


def applied(position: np.ndarray, received: np.ndarray, cents: np.ndarray, kind: str) -> pd.DataFrame:
    """Return a receipt for each amount above 0: position, received, cents, kind."""
    rows = np.flatnonzero(np.asarray(cents) > 0)
    columns = {"position": position, "received": received, "cents": cents}
    return pd.DataFrame({name: np.asarray(values)[rows] for name, values in columns.items()}).assign(kind=kind)


def owed_at_default(world: World, ledger: pd.DataFrame, receipts: pd.DataFrame) -> pd.DataFrame:
    """Return the open invoices of buyers in default by `until`: buyer, position, cents, rate."""
    paid = receipts.groupby("position")["cents"].sum().reindex(ledger.index, fill_value=0)
    owed = ledger.assign(position=ledger.index, cents=ledger["cents"] - paid)
    in_default = (world.days("defaulted") <= world.until)[ledger["buyer"]]
    return owed.loc[in_default & (owed["cents"] > 0), ["buyer", "position", "cents", "rate"]]


def recoveries(world: World, owed: pd.DataFrame, claims: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return one recovery (or none) and then the write-off of the rest for each invoice owed.

    What the insurer pays (`claims`) comes before both, and a recovery is booked whole, the insurer's part of it too:
    that part was paid by the insurer before, so that claim and recovery can be more than what was owed.
    """
    count, buyer = len(world.buyers), owed["buyer"].to_numpy()
    share = np.where(rng.random(count) < RECOVERY_NONE_SHARE, 0, rng.beta(*RECOVERY_BETA, count))
    wait = rng.integers(190, 535, count)
    sooner = (60 + rng.random(count) * (wait - 75)).astype(int)
    recovered = (owed["cents"] * share[buyer]).astype(np.int64)
    claimed = claims.groupby("position").agg(cents=("cents", "sum"), day=("received", "max")).reindex(owed["position"])
    insurers_day = pd.Series(claimed["day"].to_numpy()).groupby(buyer).transform("max").to_numpy("datetime64[D]")
    defaulted, position = world.days("defaulted")[buyer], owed["position"]
    recovered_on = np.fmax(defaulted + sooner[buyer], insurers_day + SETTLED_DAYS)
    written_off_on = np.maximum(defaulted + wait[buyer], recovered_on + SETTLED_DAYS)
    rest = owed["cents"].to_numpy() - recovered.to_numpy() - claimed["cents"].fillna(0).to_numpy(np.int64)
    rows = [
        applied(position, working_day(recovered_on), recovered, "recovery"),
        applied(position, working_day(written_off_on), rest, "write_off"),
    ]
    return pd.concat(rows, ignore_index=True)


def with_ids(receipts: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Return receipts in order of day with the ids of the table, and with `amount` in currency for their `cents`.

    `receipts`: `received`, `position` (the row of the invoice in `ledger`), `cents`.
    """
    rows = receipts.sort_values(["received", "position"], kind="stable")
    invoice_id = ledger["invoice_id"].take(rows["position"]).set_axis(rows.index)
    numbers = _numbered("R", len(rows)).set_axis(rows.index)
    return rows.assign(receipt_id=numbers, invoice_id=invoice_id, amount=rows["cents"] / 100)


def _numbered(letters: str, count: int) -> pd.Series:
    """Return so many ids that differ: letters, and a number from 100,001 on."""
    numbers = pa.array(np.arange(100_001, 100_001 + count)).cast(pa.string())
    return pd.Series(pc.binary_join_element_wise(letters, numbers, ""), dtype="str")


def defaults(world: World, owed: pd.DataFrame, settling: pd.DataFrame) -> pd.DataFrame:
    """Return the defaults by `until`; debt and recovered in EUR, resolved on the day on which nothing is left open.

    `settling`: the receipts by `until` on what was owed: claims, recoveries and write-offs.
    """
    events = world.buyers[world.days("defaulted") <= world.until]
    after = owed.drop(columns="cents").merge(settling, on="position")
    settled = settling.groupby("position")["cents"].sum().reindex(owed["position"], fill_value=0).to_numpy()
    is_open = owed["buyer"][settled < owed["cents"].to_numpy()]
    ended = after.groupby("buyer")["received"].max()
    debt, recovered = (
        (rows["cents"] * rows["rate"] / 100).groupby(rows["buyer"]).sum().reindex(events.index, fill_value=0).round(2)
        for rows in (owed, after[after["kind"] == "recovery"])
    )
    return pd.DataFrame(
        {
            "buyer_id": events["buyer_id"],
            "date": events["defaulted"],
            "kind": events["default_kind"],
            "debt": debt,
            "recovered": recovered,
            "resolved": ended.drop(is_open.unique(), errors="ignore").reindex(events.index),
        }
    )
