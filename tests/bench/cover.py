"""How long the cover of every invoice takes beside DuckDB's sum of the same open invoices by buyer.

    python tests/bench/cover.py [--invoices N] [--times N]

A made-up ledger of a million open invoices of 5,000 buyers in a mixed state: limits cut and raised, half of the buyers
on a discretionary limit, invoices of the past that were paid late. DuckDB sums what is open by buyer from the same
frame, as many threads as it likes; the audit takes stop, limit and evidence of each day of shipment and fills the
limits. Each is timed with nothing remembered of the cover (open items, which both begin with, are there), and the sums
by buyer are compared: what is insured, above the limit, stopped, refused and not insurable must add up to what is open.
"""

import argparse
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.schema import TABLES, dtype
from tradecredit.insurance import cover
from tradecredit.insurance.policy import Policy
from tradecredit.measure.open_items import open_items
from tradecredit.params.run import Run

AS_OF = pd.Timestamp("2026-10-31")


def book(invoices: int, buyers: int = 5_000) -> Book:
    """Return a ledger of `invoices` open ones and a tenth as many that were paid, some of them very late."""
    random, ids = np.random.default_rng(15), np.array([f"B{number:05d}" for number in range(buyers)])
    count = invoices + invoices // 10
    buyer = random.integers(0, buyers, count)
    issued = AS_OF - pd.to_timedelta(np.sort(random.integers(0, 365, count))[::-1].copy(), unit="D")
    due = issued + pd.to_timedelta(random.choice([30, 60, 90], count), unit="D")
    amount = np.round(np.exp(random.normal(8, 1, count)), 2)
    paid = np.sort(random.choice(count, invoices // 10, replace=False))
    late = due[paid] + pd.to_timedelta(random.integers(-10, 120, len(paid)), unit="D")
    names = np.char.add("I", np.arange(count).astype(str))
    decided = pd.DataFrame(
        {
            "buyer_id": np.repeat(ids[::2], 2), "source": "insurer",
            "valid_from": np.tile(pd.to_datetime(["2025-06-01", "2026-06-01"]), len(ids[::2])),
            "amount": random.choice([0.0, 50_000.0, 500_000.0], 2 * len(ids[::2])),
        }
    )  # fmt: skip
    tables = {
        "buyers": pd.DataFrame({"buyer_id": ids, "kind": "private"}),
        "invoices": pd.DataFrame({"invoice_id": names, "buyer_id": ids[buyer], "issued": issued, "due": due,
                                  "currency": "EUR", "amount": amount, "tax": np.round(amount * 0.16, 2)}),
        "receipts": pd.DataFrame({"receipt_id": names[paid], "invoice_id": names[paid],
                                  "received": late, "amount": amount[paid], "kind": "payment"}),
        "limits": decided,
    }  # fmt: skip
    frames = {
        name: tables.get(name, table.empty())
        .reindex(columns=table.names)
        .astype({column.name: dtype(column) for column in table.columns})
        for name, table in TABLES.items()
    }
    frames["receipts"] = frames["receipts"][frames["receipts"]["received"] <= AS_OF]
    run = Run(entity="Bench", currency="EUR", as_of=AS_OF.date(), source={"kind": "demo"}, file="x.yaml")
    return Book(run=run, as_of=AS_OF, fingerprint="bench", files={}, notes=pd.DataFrame(), **frames)


def least(work: Callable[[], object], times: int) -> float:
    """Return the least of the times, in seconds, that some work takes."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return min(taken)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--invoices", type=int, default=1_000_000)
    arguments.add_argument("--times", type=int, default=7)
    given = arguments.parse_args()
    ledger = book(given.invoices)
    items = open_items(ledger)
    items = items[items["open_amount"] > 0]
    ledger.buyer_of_invoice  # noqa: B018 - both begin with a ledger that is read
    known = dict(ledger.kept)
    policy = Policy(insured_percentage=0.9, maximum_extension_days=60, discretionary_limit=40_000.0)

    connection = duckdb.connect()
    connection.register("items", items[["invoice_id", "buyer_id", "open_amount"]])

    def aggregate() -> pd.DataFrame:
        return connection.execute("SELECT buyer_id, sum(open_amount) AS open_amount FROM items GROUP BY buyer_id").df()

    def audited() -> pd.DataFrame:
        ledger.kept.clear()
        ledger.kept.update(known)
        return cover.audit(ledger, policy)

    sums, found = aggregate().set_index("buyer_id")["open_amount"].sort_index(), audited()
    ours = found.groupby("buyer_id")["open_amount"].sum().sort_index()
    assert np.allclose(sums, ours, atol=0.005), "the sums by buyer differ"
    classes = cover.by_class(ledger, policy)
    assert abs(classes["open_amount"].sum() - items["open_amount"].sum()) < 0.005, "the classes do not add up"
    seconds = {"DuckDB, sum by buyer": least(aggregate, given.times), "cover by invoice": least(audited, given.times)}
    for name, taken in seconds.items():
        print(f"{name:24} {taken * 1000:8.1f} ms for {len(found):,} open invoices")
    print(f"{'ratio':24} {seconds['cover by invoice'] / seconds['DuckDB, sum by buyer']:8.2f}")
    print((classes["share"] * 100).round(1).to_string())


if __name__ == "__main__":
    main()
