"""What the demo company's insurer has paid: a plain settlement of its buyers' failures under the policy in force.

The order is that of definitions §5: what was shipped after the stop does not count; the rest counts net of tax, within
the limit of the day of shipment, oldest first; deductible and percentage; the year's first loss and maximum.
A policy year is one of the window's years of twelve months, and a loss is one of the year in which the claim falls due.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.calendar import working_day
from tradecredit.book.demo.ledger import applied
from tradecredit.book.demo.limits import latest
from tradecredit.book.demo.world import Random, World
from tradecredit.book.places import places


class Terms(NamedTuple):
    """Of the policy that was in force in all years: those of `params/policies/current.yaml`, in EUR and days."""

    insured_percentage: float = 0.90
    each_loss_deductible: float = 2_500.0
    aggregate_first_loss: float = 75_000.0
    maximum_liability: float = 10_000_000.0
    discretionary_limit: float = 25_000.0
    maximum_extension_days: int = 60
    stop_tolerance: float = 100.0
    waiting_days: int = 180
    payment_days: int = 30


GOOD_FAITH_SHARE, EXPERIENCE_DAYS = 0.1, 120
"""Of the discretionary limit, for a customer of less than so many days."""
FILING_DAYS = (10, 40)
"""From the loss to a complete claim."""


def insured_debt(
    world: World, ledger: pd.DataFrame, owed: pd.DataFrame, limits: pd.DataFrame, receipts: pd.DataFrame
) -> np.ndarray:
    """Return what is insured debt (EUR) of each invoice owed at a default (`ledger.owed_at_default`)."""
    terms, position = Terms(), owed["position"].to_numpy()
    buyer, invoices = owed["buyer"].to_numpy(), ledger.take(position)
    issued = invoices["issued"].to_numpy("datetime64[D]")
    debt = (owed["cents"] * owed["rate"] / 100).to_numpy() * (1 - invoices["tax"] / invoices["amount"]).to_numpy()
    debt = np.where(_shipped_after_stop(world, ledger, owed, receipts), 0.0, debt)
    named = limits[limits["source"] == "insurer"]
    of = places(named["buyer_id"].astype("str"), world.buyers["buyer_id"].astype("str"))
    given = named["valid_from"].to_numpy("datetime64[D]"), named["amount"].to_numpy(float)
    limit = latest(of, *given, (buyer, issued))
    known = (issued - world.days("customer_since")[buyer]).astype(int) > EXPERIENCE_DAYS
    limit = np.where(np.isnan(limit), terms.discretionary_limit * np.where(known, 1.0, GOOD_FAITH_SHARE), limit)
    return _within(buyer, debt, limit)


def _within(buyer: np.ndarray, debt: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Return what of each debt, which stand by age, lies within its buyer's limit of its day, older ones first."""
    rank = pd.Series(buyer).groupby(buyer).cumcount().to_numpy()
    filled, within = np.zeros(buyer.max(initial=-1) + 1), np.zeros(len(debt))
    for turn in range(rank.max(initial=-1) + 1):
        of = np.flatnonzero(rank == turn)
        within[of] = np.minimum(debt[of], limit[of] - filled[buyer[of]]).clip(0)
        filled[buyer[of]] += within[of]
    return within


def _shipped_after_stop(world: World, ledger: pd.DataFrame, owed: pd.DataFrame, receipts: pd.DataFrame) -> np.ndarray:
    """Return whether an invoice was overdue past the extension period when each of those owed was shipped.

    One of which no more than the tolerance was left by then is none.
    """
    terms = Terms()
    extension = np.timedelta64(terms.maximum_extension_days, "D")
    failed = np.flatnonzero(~np.isnat(world.days("defaulted"))[ledger["buyer"].to_numpy()])
    rate, cents = ledger["rate"].to_numpy() / 100, ledger["cents"].to_numpy()
    theirs = receipts[np.isin(receipts["position"], failed)].sort_values("received", kind="stable")
    of = theirs["position"].to_numpy()
    left = (cents[of] - theirs.groupby("position")["cents"].cumsum()) * rate[of]
    cleared = theirs[left <= terms.stop_tolerance].groupby("position")["received"].min().reindex(failed)
    since = ledger["due"].to_numpy("datetime64[D]")[failed] + extension
    until = cleared.to_numpy("datetime64[D]")
    until = np.where(np.isnat(until), np.datetime64("2200-01-01"), until)
    until = np.where(cents[failed] * rate[failed] <= terms.stop_tolerance, since, until)
    late = pd.DataFrame({"buyer": ledger["buyer"].to_numpy()[failed], "since": since, "until": until})[until > since]
    shipped = pd.DataFrame({"buyer": owed["buyer"].to_numpy(), "issued": ledger["issued"].to_numpy()[owed["position"]]})
    met = shipped.reset_index().merge(late, on="buyer")
    met = met[(met["issued"] > met["since"]) & (met["issued"] < met["until"])]
    return np.isin(np.arange(len(shipped)), met["index"])


def claims(world: World, ledger: pd.DataFrame, owed: pd.DataFrame, insured: np.ndarray, rng: Random) -> pd.DataFrame:
    """Return the receipts of the insurer's money: position, received, cents and kind `claim`.

    `insured`: EUR of each invoice owed (`insured_debt`). The loss is dated at the insolvency, or else when the oldest
    insured invoice has waited long enough; the claim is complete some days later, and paid after the payment days.
    """
    terms, buyer = Terms(), owed["buyer"].to_numpy()
    filing = rng.integers(*FILING_DAYS, len(world.buyers))
    due = ledger["due"].to_numpy("datetime64[D]")[owed["position"]]
    items = pd.DataFrame({"buyer": buyer, "due": due, "insured": insured})
    losses = items[insured > 0].groupby("buyer").agg(due=("due", "min"), insured=("insured", "sum")).reset_index()
    of = losses["buyer"].to_numpy()
    waited = losses["due"].to_numpy("datetime64[D]") + terms.waiting_days
    insolvent = world.text_of(of, "default_kind").to_numpy() == "insolvency"
    losses["day"] = np.where(insolvent, world.days("defaulted")[of], np.maximum(waited, world.days("defaulted")[of]))
    losses["received"] = working_day(losses["day"].to_numpy("datetime64[D]") + filing[of] + terms.payment_days)
    losses["indemnity"] = _indemnity(world, losses, terms)
    share = losses.set_index("buyer")["indemnity"] / losses.set_index("buyer")["insured"]
    paid = insured * share.reindex(buyer, fill_value=0.0).to_numpy() / owed["rate"].to_numpy() * 100
    received = losses.set_index("buyer")["received"].reindex(buyer).to_numpy("datetime64[D]")
    return applied(owed["position"].to_numpy(), received, np.minimum(paid, owed["cents"]).astype(np.int64), "claim")


def filed(world: World, owed: pd.DataFrame, insured: np.ndarray, paid: pd.DataFrame) -> pd.DataFrame:
    """Return the claims that the insurer has paid by `until`: the table's columns.

    Filed `payment_days` before the money, and answered with it. `paid`: `claims`; `insured`: EUR of each invoice owed.
    """
    debt = pd.Series(insured).groupby(owed["buyer"].to_numpy()).sum()
    of = pd.Series(owed["buyer"].to_numpy(), index=owed["position"].to_numpy())
    money = paid[paid["received"] <= world.until]
    came = money.groupby(of.reindex(money["position"]).to_numpy())["received"].min()
    received = came.to_numpy("datetime64[D]")
    table = pd.DataFrame(
        {
            "buyer_id": world.buyers["buyer_id"].take(came.index.to_numpy()).array, "policy": "Current policy",
            "filed": working_day(received - Terms().payment_days, "backward"),
            "amount": debt[came.index].round(2).array, "answered": received, "answer": "accepted",
        }
    ).sort_values(["filed", "buyer_id"], kind="stable", ignore_index=True)  # fmt: skip
    return table.assign(claim_id=[f"C{number:04d}" for number in range(1, len(table) + 1)])


def _indemnity(world: World, losses: pd.DataFrame, terms: Terms) -> np.ndarray:
    """Return what is paid of each buyer's loss, in order of days within each policy year."""
    claim = terms.insured_percentage * (losses["insured"] - terms.each_loss_deductible).clip(lower=0)
    year = (world.until - losses["day"].to_numpy("datetime64[D]")).astype(int) // 365
    ordered = claim.iloc[np.argsort(losses["day"].to_numpy(), kind="stable")]
    so_far = ordered.groupby(year[ordered.index]).cumsum()
    paid_by = (so_far - terms.aggregate_first_loss).clip(0, terms.maximum_liability)
    before = (so_far - ordered - terms.aggregate_first_loss).clip(0, terms.maximum_liability)
    return (paid_by - before).reindex(losses.index).to_numpy()
