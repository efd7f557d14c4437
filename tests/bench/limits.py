"""How long credit limits take beside reading the book: 100,000 buyers with a ledger of two years.

    python tests/bench/limits.py [--buyers N] [--invoices N]

Timed, each the least of three in one process: the reading of the tables that a limit rests on from the snapshot, as
`Book.open` does where it has one (buyers, invoices, receipts, accounts and limits; the others are empty here); the
reading of the table of buyers alone, which holds none of what a limit is made of; and `limits.recommend` on a book that
was just read, with groups, sectors and countries capped, without a policy and with one that has a discretionary limit
and an extension period. The default probabilities are given: rating the buyers is not part of a limit. Printed are the
seconds and the ratios of `recommend` to either reading; at most 5 × the first is what it is held to.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from tradecredit import Book, Run
from tradecredit.book.group import no_accounts
from tradecredit.book.schema import TABLES, dtype
from tradecredit.book.snapshot import freeze, thawed
from tradecredit.decide import limits
from tradecredit.default.grades import grade
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy

AS_OF = pd.Timestamp("2026-10-31")
SECTORS, COUNTRIES = list("CFGHM"), ["DE", "FR", "IT", "GB", "ES"]


def tables(buyers: int, invoices: int) -> dict[str, pd.DataFrame]:
    """Return a made-up book: a fifth of its buyers in groups, 60 % with accounts and an insurer's limit."""
    random = np.random.default_rng(20261031)
    ids = np.array([f"B{number:06d}" for number in range(buyers)])
    group = np.char.add("G", random.integers(0, max(buyers // 10, 1), buyers).astype(str)).astype(object)
    owner = random.integers(0, buyers, invoices)
    issued = AS_OF - pd.to_timedelta(random.integers(0, 730, invoices), unit="D")
    due = issued + pd.to_timedelta(random.choice([14, 30, 60], invoices), unit="D")
    amount = np.round(1_000 * np.exp(random.standard_normal(invoices)), 2)
    numbers = np.array([f"I{number:08d}" for number in range(invoices)])
    received = due + pd.to_timedelta(random.integers(-5, 60, invoices), unit="D")
    paid = received <= AS_OF
    told = random.random(buyers) < 0.6
    revenue = 1e6 * np.exp(random.standard_normal(told.sum()))
    made = {
        "buyers": {
            "buyer_id": ids, "name": np.char.add("Buyer ", ids), "registration_id": ids,
            "country": random.choice(COUNTRIES, buyers), "sector": random.choice(SECTORS, buyers),
            "group_id": np.where(random.random(buyers) < 0.2, group, None),
            "customer_since": AS_OF - pd.to_timedelta(random.integers(10, 4_000, buyers), unit="D"),
            "kind": random.choice(["private", "public", "affiliate", "prepaid"], buyers, p=[0.93, 0.03, 0.02, 0.02]),
        },
        "invoices": {
            "invoice_id": numbers, "buyer_id": ids[owner], "issued": issued, "due": due, "currency": "EUR",
            "amount": amount,
        },
        "receipts": {
            "receipt_id": np.char.replace(numbers[paid], "I", "R"), "invoice_id": numbers[paid],
            "received": received[paid], "amount": amount[paid], "kind": "payment",
        },
        "statements": {
            "buyer_id": ids[told], "period_end": pd.Timestamp("2025-12-31"), "published": pd.Timestamp("2026-06-30"),
            "currency": "EUR", "revenue": revenue, "equity": revenue * random.normal(0.3, 0.3, len(revenue)),
            "current_assets": 0.4 * revenue, "current_liabilities": revenue * random.uniform(0.1, 0.5, len(revenue)),
        },
        "limits": {
            "buyer_id": np.append(ids, ids[told]), "source": np.repeat(["own", "insurer"], [buyers, told.sum()]),
            "amount": np.round(10_000 * np.exp(random.standard_normal(buyers + told.sum())), -2),
            "valid_from": pd.Timestamp("2025-05-01"),
        },
    }  # fmt: skip
    return {
        name: pd.DataFrame(made[name]).reindex(columns=table.names).astype(_types(name)) if name in made
        else table.empty()
        for name, table in TABLES.items()
    }  # fmt: skip


def _types(name: str) -> dict[str, str]:
    return {column.name: dtype(column) for column in TABLES[name].columns}


def buyers_of(snapshot: Path) -> pd.DataFrame:
    """Return the table of buyers, read as a book reads it."""
    with snapshot.open("rb") as stream:  # the first of the tables
        return pa.ipc.open_stream(stream).read_pandas().astype(_types("buyers"))


def rated(book: Book) -> pd.DataFrame:
    """Return made-up ratings: lognormal default probabilities around 1 %."""
    spread = np.random.default_rng(7).standard_normal(len(book.buyers))
    index = pd.Index(book.buyers["buyer_id"], name="buyer_id")
    probability = pd.Series(np.minimum(0.01 * np.exp(spread), 0.9), index=index)
    return pd.DataFrame({"pd": probability, "grade": grade(probability, book.run.grades), "method": "made up"})


def least(work: Callable[[], object], times: int = 3) -> float:
    """Return the least seconds that some work takes."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main(buyers: int, invoices: int) -> None:
    settings = {"sector_shares_of_book": {"F": 0.1}, "country_shares_of_book": {"GB": 0.15}}
    run = Run(
        entity="Benchmark", currency="EUR", as_of=AS_OF.date(), source={"kind": "demo"}, margin=0.18, limits=settings,
        file="limits.yaml",
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        snapshot = Path(folder) / "book.arrow"
        notes = pd.DataFrame(columns=["table", "rule", "rows"], dtype="str")
        freeze(snapshot, tables(buyers, invoices), notes, no_accounts())
        one, whole = least(lambda: buyers_of(snapshot)), least(lambda: thawed(snapshot))
        book = Book(run=run, as_of=AS_OF, files={}, **thawed(snapshot))
    ratings = rated(book)
    policy = Policy(insured_percentage=0.9, discretionary_limit=20_000, maximum_extension_days=60)
    work = {
        "without a policy": lambda fresh: limits.recommend(fresh, ratings),
        "with a policy": lambda fresh: limits.recommend(fresh, ratings, cover=of_buyers(fresh, policy)),
    }
    rows = f"{buyers:,} buyers, {invoices:,} invoices, {len(book.receipts):,} receipts"
    print(f"limits, {rows}: reading their tables {whole:.2f} s, the table of buyers alone {one:.2f} s")
    for name, recommended in work.items():
        # A book keeps which rows belong together: each time another one is given.
        seconds = least(lambda work=recommended: work(replace(book)))
        print(
            f"limits, recommend {name}: {seconds:.2f} s, {seconds / whole:.2f} × reading their tables, "
            f"{seconds / one:.1f} × reading the table of buyers"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--buyers", type=int, default=100_000)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    options = parser.parse_args()
    main(options.buyers, options.invoices)
