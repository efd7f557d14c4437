"""How long the cover of every invoice takes beside DuckDB's sum of the same invoices by buyer.

    python tests/bench/cover.py [--invoices N] [--open SHARE] [--times N]
    python tests/bench/cover.py --beside CHECKOUT [--times N]

A made-up ledger of 5,000 buyers and two years: limits cut and raised, half of the buyers on a discretionary limit, a
part of the invoices paid late. DuckDB sums by buyer what is open of every invoice: from the tables, with the receipts
(as the audit does from the ledger), and from a table of open items that is there. The two are timed in turns, with
nothing of the cover remembered; printed are the least times and the median of the ratios. The sums by buyer are
compared, and the classes add up to what is open.

With `--beside`, `losses.assess` of the demo is timed here and in another checkout of the project, such as a worktree of
an earlier commit, a process for each, in turns; printed is the ratio of CPU time. Since the demos of two commits may
differ, so that each needs another number of years, defaults and policies, both engines then simulate as many years of
each one's demo, without what else `assess` does.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parents[2]
AS_OF = pd.Timestamp("2026-10-31")

YEARS = 65_536

ASSESSED = """
import pickle, sys, time
from tradecredit import Book, default
from tradecredit.insurance import in_force
from tradecredit.losses import simulation
book = Book.open("params/demo.yaml")
ratings, policies = default.assess(book), in_force.policies(book)
known, taken = dict(book.kept), []
for _ in range(6):
    book.kept.clear()
    book.kept.update(known)
    begin = time.process_time()
    dist = simulation.assess.__wrapped__(book, ratings, policies)
    taken.append(time.process_time() - begin)
simulator = dist.simulator()
defaults = sum(len(simulator.defaults(block).buyer) for block in simulator.blocks())
with open(sys.argv[1], "wb") as file:
    pickle.dump((dist.portfolio, [policy.model_dump(exclude_unset=True) for policy in policies]), file)
print(min(taken[1:]), len(dist.losses), defaults, len(policies))
"""

SIMULATED = """
import pickle, sys, time
from tradecredit.insurance.policy import Policy
from tradecredit.losses import simulation
with open(sys.argv[1], "rb") as file:
    portfolio, terms = pickle.load(file)
policies = [Policy(**{name: term for name, term in one.items() if name in Policy.model_fields}) for one in terms]
taken = []
for _ in range(6):
    begin = time.process_time()
    dist = simulation.simulate(portfolio, policies=policies, scenarios=int(sys.argv[2]), seed=1)
    taken.append(time.process_time() - begin)
simulator = dist.simulator()
defaults = sum(len(simulator.defaults(block).buyer) for block in simulator.blocks())
print(min(taken[1:]), len(dist.losses), defaults, len(policies))
"""


def book(invoices: int, still_open: float):
    """Return a ledger of so many invoices of two years, all but a share of them paid, some of these very late."""
    from tradecredit.book.book import Book
    from tradecredit.book.schema import TABLES, dtype
    from tradecredit.params.run import Run

    random, ids = np.random.default_rng(15), np.array([f"B{number:05d}" for number in range(5_000)])
    buyer = random.integers(0, len(ids), invoices)
    issued = AS_OF - pd.to_timedelta(np.sort(random.integers(0, 730, invoices))[::-1].copy(), unit="D")
    due = issued + pd.to_timedelta(random.choice([30, 60, 90], invoices), unit="D")
    amount = np.round(np.exp(random.normal(8, 1, invoices)), 2)
    received = due + pd.to_timedelta(random.choice([-5, 0, 10, 20, 70], invoices, p=[0.3, 0.3, 0.3, 0.095, 0.005]), "D")
    paid = np.flatnonzero((received <= AS_OF) & (random.random(invoices) > still_open))
    names = np.char.add("I", np.arange(invoices).astype(str))
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
        "receipts": pd.DataFrame({"receipt_id": names[paid], "invoice_id": names[paid], "received": received[paid],
                                  "amount": amount[paid], "kind": "payment"}),
        "limits": decided,
    }  # fmt: skip
    frames = {
        name: tables.get(name, table.empty())
        .reindex(columns=table.names)
        .astype({column.name: dtype(column) for column in table.columns})
        for name, table in TABLES.items()
    }
    run = Run(entity="Bench", currency="EUR", as_of=AS_OF.date(), source={"kind": "demo"}, file="x.yaml")
    return Book(run=run, as_of=AS_OF, fingerprint="bench", files={}, notes=pd.DataFrame(), **frames)


def seconds(work: Callable[[], object]) -> float:
    """Return the time that some work takes."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


FROM_ITEMS = "SELECT buyer_id, sum(open_amount) AS open_amount FROM items GROUP BY buyer_id"
FROM_TABLES = """
SELECT buyer_id, sum(amount - coalesce(paid, 0)) AS open_amount
FROM invoices LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM receipts GROUP BY invoice_id) USING (invoice_id)
GROUP BY buyer_id
"""


def cover_by_invoice(invoices: int, still_open: float, times: int) -> None:
    from tradecredit.insurance import cover
    from tradecredit.insurance.policy import Policy
    from tradecredit.measure.open_items import open_amounts, open_items

    ledger, connection = book(invoices, still_open), duckdb.connect()
    items, owed = open_items(ledger), open_amounts(ledger)
    connection.register("items", items[["invoice_id", "buyer_id", "open_amount"]])
    connection.register("invoices", ledger.invoices[["invoice_id", "buyer_id", "amount"]])
    connection.register("receipts", ledger.receipts[["invoice_id", "amount"]])
    policy = Policy(insured_percentage=0.9, maximum_extension_days=60, discretionary_limit=40_000.0)
    # Where buyers and invoices stand is found once, when a book is opened.
    assert len(ledger.buyer_of_invoice) == len(ledger.invoices)
    assert len(ledger.invoice_of_receipt) == len(ledger.receipts)
    known = dict(ledger.kept)

    def audited(kept: dict) -> pd.DataFrame:
        ledger.kept.clear()
        ledger.kept.update(kept)
        return cover.audit(ledger, policy)

    found = audited(known)
    ours = found.groupby("buyer_id")["open_amount"].sum()
    for query in (FROM_ITEMS, FROM_TABLES):
        sums = connection.execute(query).df().set_index("buyer_id")["open_amount"]
        assert np.allclose(sums[sums > 0.005].sort_index(), ours.sort_index(), atol=0.005), "sums by buyer differ"
    classes = cover.by_class(ledger, policy)
    assert abs(classes["open_amount"].sum() - owed.sum()) < 0.005, "the classes do not add up"
    print(f"{len(ledger.invoices):,} invoices, {len(found):,} of them open")
    for name, query, kept in (("from the tables", FROM_TABLES, {}), ("from open items", FROM_ITEMS, known)):
        works = (lambda query=query: connection.execute(query).df(), lambda kept=kept: audited(kept))
        taken = np.array([[seconds(work) for work in works] for _ in range(times)])
        theirs, own = taken.min(axis=0) * 1000
        ratio = np.median(taken[:, 1] / taken[:, 0])
        print(f"{name}: DuckDB {theirs:.1f} ms, cover by invoice {own:.1f} ms, ratio {ratio:.2f}")
    print((classes["share"] * 100).round(1).to_string())


def told(place: Path, script: str, *arguments: object) -> float:
    """Return the seconds that a script takes in a checkout, and print what it says of its years."""
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], cwd=place, env={"PYTHONPATH": str(place / "lib")},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    taken, years, defaults, policies = map(float, done.stdout.split()[-4:])
    print(
        f"  {place}: {taken:.3f} s, {policies:.0f} policies, {years:,.0f} years of {defaults / years:.1f} defaults, "
        f"{taken / defaults * 1e9:.0f} ns a default",
        flush=True,
    )
    return taken


def beside(checkout: Path, times: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        places = {checkout: Path(folder) / "theirs", HERE: Path(folder) / "here"}
        works = [("losses.assess of its own demo", ASSESSED, places)]
        works += [(f"{YEARS:,} years of the demo of {owner}", SIMULATED, demo) for owner, demo in places.items()]
        for name, script, given in works:
            ratios = []
            print(name)
            for _ in range(times):
                files = given if isinstance(given, dict) else dict.fromkeys(places, given)
                theirs, own = (told(place, script, files[place], YEARS) for place in places)
                ratios.append(own / theirs)
            print(f"{name}: ratio {statistics.median(ratios):.2f}", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--invoices", type=int, default=1_000_000)
    arguments.add_argument("--open", type=float, default=0.02)
    arguments.add_argument("--times", type=int, default=5)
    arguments.add_argument("--beside", type=Path)
    given = arguments.parse_args()
    if given.beside:
        beside(given.beside.resolve(), given.times)
    else:
        cover_by_invoice(given.invoices, given.open, given.times)


if __name__ == "__main__":
    main()
