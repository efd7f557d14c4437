"""Worklist and cover audit of 1,000,000 open invoices and 50,000 buyers beside DuckDB aggregating them once.

    python tests/bench/worklist.py [--invoices N] [--buyers N] [--rounds N] [--profile]

A book of open invoices is made in memory, half of them past due, with reminders on most of these, disputes and
promises. DuckDB holds the same invoices (buyer, due day, open amount) in a table and groups them once by buyer and
ageing bucket; the worklist takes them from the open items, which are measured once a book, to the ranked list of all
buyers, and the cover audit to the receivables by class and by reason, with a limit of the insurer's on half of the
buyers. Prints the wall time of each, the median of the rounds, one after the other in turn, and the ratios.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "lib")]

from tradecredit.book.book import Book  # noqa: E402
from tradecredit.book.schema import TABLES, dtype  # noqa: E402
from tradecredit.decide.collect import decided  # noqa: E402
from tradecredit.decide.collect.waiting import remaining_days  # noqa: E402
from tradecredit.decide.collect.worklist import Known, worklist  # noqa: E402
from tradecredit.insurance import cover  # noqa: E402
from tradecredit.insurance.policy import Policy  # noqa: E402
from tradecredit.measure.default_events import in_default, loss_given_default  # noqa: E402
from tradecredit.measure.on_account import on_account  # noqa: E402
from tradecredit.measure.open_items import open_items  # noqa: E402
from tradecredit.measure.promises import outcomes  # noqa: E402
from tradecredit.measure.reminders import sent  # noqa: E402
from tradecredit.params.run import Run  # noqa: E402

AS_OF = pd.Timestamp("2026-10-30")
BUCKETS = """
select buyer_id, case when late <= 0 then 0 when late <= 30 then 1 when late <= 60 then 2 when late <= 90 then 3
    when late <= 120 then 4 when late <= 180 then 5 else 6 end as bucket, sum(open_amount) as amount,
    count(*) as invoices
from (select buyer_id, open_amount, date_diff('day', due, date '2026-10-30') as late from items) group by all
"""


def book_of(invoices: int, buyers: int) -> Book:
    """Return a book of open invoices, half of them past due, with reminders on four fifths of these."""
    rng = np.random.default_rng(1)
    ids = pd.Series(np.char.add("B", np.arange(100_000, 100_000 + buyers).astype(str)), dtype="str")
    numbers = pd.Series(np.char.add("I", np.arange(10_000_000, 10_000_000 + invoices).astype(str)), dtype="str")
    late = rng.integers(-60, 60, invoices)
    due = AS_OF.to_datetime64() - late.astype("timedelta64[D]")
    owner = rng.integers(0, buyers, invoices)
    given = {
        "buyers": pd.DataFrame({"buyer_id": ids, "country": rng.choice(["DE", "FR", "GB", "US", "CN"], buyers)}).assign(
            kind="private"
        ),
        "invoices": pd.DataFrame(
            {
                "invoice_id": numbers, "buyer_id": ids.take(owner).to_numpy(), "issued": due - np.timedelta64(90, "D"),
                "due": due, "amount": rng.integers(5_000, 2_000_000, invoices) / 100,
            }
        ).assign(currency="EUR"),
    }  # fmt: skip
    chased = np.flatnonzero((late > 10) & (rng.random(invoices) < 0.8))
    letters = [
        pd.DataFrame({"invoice_id": numbers.take(rows), "sent": due[rows] + np.timedelta64(days, "D")}).assign(
            stage=name
        )
        for rows, days, name in (
            (chased, 8, "friendly reminder"), (chased[late[chased] > 30], 24, "second reminder"),
        )
    ]  # fmt: skip
    given["reminders"] = pd.concat(letters, ignore_index=True)
    some = rng.choice(invoices, invoices // 100, replace=False)
    given["disputes"] = pd.DataFrame({"invoice_id": numbers.take(some), "opened": AS_OF, "amount": 100.0})
    few = chased[:: max(len(chased) // (invoices // 100), 1)]
    given["promises"] = pd.DataFrame(
        {"buyer_id": ids.take(owner[few]).to_numpy(), "invoice_id": numbers.take(few).to_numpy(), "amount": 50.0}
    ).assign(made=AS_OF - pd.Timedelta(days=5), date=AS_OF + pd.Timedelta(days=5))
    some = ids.iloc[::2]
    given["limits"] = pd.DataFrame(
        {"buyer_id": some.to_numpy(), "source": "insurer", "valid_from": AS_OF - pd.DateOffset(years=1),
         "amount": rng.choice([50_000.0, 200_000.0], len(some))}
    )  # fmt: skip
    complete = {
        name: given.get(name, table.empty())
        .reindex(columns=table.names)
        .astype({column.name: dtype(column) for column in table.columns})
        .reset_index(drop=True)
        for name, table in TABLES.items()
    }
    run = Run(entity="Bench", currency="EUR", as_of=AS_OF.date(), source={"kind": "demo"}, file="x.yaml")
    return Book(run=run, as_of=AS_OF, fingerprint="bench", files={}, notes=pd.DataFrame(), **complete)


def on_buyers(book: Book) -> pd.DataFrame:
    """Return decisions on every hundredth buyer."""
    some = book.buyers["buyer_id"].iloc[::100]
    table = decided.nothing().reindex(pd.Index(some, name="buyer_id"))
    kinds = np.resize(["claim", "enforce", "payment plan", "collect"], len(some))
    return table.assign(
        decided=kinds, authority="board", due_day=AS_OF, amount=1_000.0, stopped=False, gain_on_waiting=10.0
    ).astype(decided.COLUMNS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--buyers", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    book = book_of(given.invoices, given.buyers)
    for measured in (open_items, sent, outcomes, in_default, on_account, loss_given_default, remaining_days):
        measured(book)
    items = open_items(book)[["buyer_id", "due", "open_amount"]]
    connection = duckdb.connect()
    connection.execute("create table items as select * from items")
    basis = Known(
        pd.Series(0.02, index=pd.Index(book.buyers["buyer_id"], name="buyer_id")), on_buyers(book),
        pd.Series([0.1, 0.1, 0.1], index=[stage.name for stage in book.run.collections.reminders]),
    )  # fmt: skip
    policy = Policy(name="bench", maximum_extension_days=60, discretionary_limit=20_000.0)
    work: dict[str, Callable[[], pd.DataFrame]] = {
        "DuckDB": lambda: connection.execute(BUCKETS).df(),
        "worklist": lambda: worklist(book, basis),
        "cover audit": lambda: pd.concat([cover.by_class(book, policy), cover.by_reason(book, policy)]),
    }
    seconds: dict[str, list[float]] = {name: [] for name in work}
    known_before = dict(book.kept)
    for number in range(given.rounds):
        for name, made in work.items():
            book.kept.clear()
            book.kept.update(known_before)
            start = time.perf_counter()
            rows = len(made())
            seconds[name].append(time.perf_counter() - start)
            if number == 0:
                print(f"{name}: {rows:,} rows of {len(items):,} open invoices")
    times = {name: statistics.median(values) for name, values in seconds.items()}
    for name in list(work)[1:]:
        ratio = times[name] / times["DuckDB"]
        print(f"DuckDB {times['DuckDB']:.3f} s, {name} {times[name]:.3f} s: {ratio:.2f} times")
    if given.profile:
        import cProfile
        import pstats

        for name in list(work)[1:]:
            book.kept.clear()
            book.kept.update(known_before)
            profile = cProfile.Profile()
            profile.runcall(work[name])
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
