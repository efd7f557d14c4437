"""A large ledger on one machine: checked, frozen, measured; time and memory by size, beside plain pandas and DuckDB.

    python tests/bench/large_book.py [--invoices 250000 500000 1000000 2000000] [--folder FOLDER]

The ledger: a demo company's book of 100 invoices a buyer, as often beside itself as the size needs, with other numbers,
every payment in two parts: 2.1 receipts an invoice, all in euros, as Parquet. `--folder` keeps it. Asked of 20 million
invoices, 200,000 buyers, 40 million receipts: at most 6 GB; time ≤ rows^1.1 over four sizes; for the same figures at
least 5 × faster than plain pandas, at most 2 × hand-written SQL on DuckDB. The figures that are compared: what is open
of each invoice and buyer, by age, and of all at 24 month ends. Each size has a process of its own; the peak is that of
the process (VmHWM), after each step; times are processor time, since machines are shared.

Found of a ledger as one book: 0.54, 0.74, 1.09, 1.80 GB at these sizes and 3.28 GB at 4 million; rows^0.80; 8 to 13 ×
faster than pandas, 3 to 5 × than DuckDB (both read Parquet, ours the frozen book). `--parts` measures the same ledgers
as `tradecredit measure` does, in parts of a million invoices each: 1.32 GB and 35 s at 2 million, 1.37 GB and 64 s at 4
million, 3.05 GB and 351 s at 20 million; rows^1.06.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
DAY = pd.Timestamp("2026-10-31")
BASE = 250_000
"""Invoices of the company that is put beside itself."""
EDGES = (30, 60, 90, 120, 180)
ENDS = pd.date_range(end=DAY, periods=24, freq="ME")


def made(folder: Path, invoices: int) -> Path:
    """Return the folder of a ledger of so many invoices, made where it is not there."""
    place = folder / f"{invoices}"
    if (place / "run.yaml").exists():
        return place
    base = folder / "base"
    if not base.exists():
        demo = [sys.executable, "-m", "tradecredit.cli", "demo", str(base)]
        subprocess.run([*demo, "--buyers", str(BASE // 100), "--invoices", str(BASE)], check=True, stdout=2)
    place.mkdir(parents=True)
    copies = max(round(invoices / BASE), 1)
    ids = ("buyer_id", "invoice_id", "receipt_id", "group_id", "registration_id")
    with duckdb.connect() as db:
        db.execute("set memory_limit = '3GB'; set preserve_insertion_order = false")
        for table in ("buyers", "invoices", "receipts", "limits"):
            source = f"read_csv('{base / table}.csv', all_varchar = true)"
            columns = [row[0] for row in db.execute(f"describe select * from {source}").fetchall()]
            kept = ", ".join(
                f"{name} || '-' || copy as {name}" if name in ids else "'EUR' as currency" if name == "currency"
                else f"{name}::date as {name}" if name in ("issued", "due", "received", "valid_from", "valid_to")
                else f"{name}::double as {name}" if name == "amount" else name
                for name in columns
            )  # fmt: skip
            rows = f"select {kept} from {source}, range({copies}) as copies(copy)"
            if table == "receipts":
                rows = (
                    f"with whole as ({rows}) select * from whole where kind <> 'payment' union all by name "
                    "select * replace (receipt_id || '-' || part as receipt_id, case part when 1 then "
                    "round(amount / 2, 2) else amount - round(amount / 2, 2) end as amount) "
                    "from whole, range(1, 3) as parts(part) where kind = 'payment'"
                )
                rows = f"select * exclude (part) from ({rows})"
            db.execute(f"copy ({rows}) to '{place / table}.parquet' (format parquet)")
    run = {"entity": "Large", "currency": "EUR", "source": {"kind": "folder", "path": "."}, "as_of": str(DAY.date())}
    run |= {"receivables": {"ageing_from": "issued"}, "policy": str(ROOT / "params" / "policies" / "current.yaml")}
    (place / "run.yaml").write_text(json.dumps(run), encoding="utf-8")
    return place


def peak() -> float:
    """Return the highest memory of this process so far, in GB."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 2**20


def ours(place: Path) -> dict[str, list[float]]:
    """Return processor time and peak of each step, and what is compared."""
    from tradecredit.book import memory
    from tradecredit.book.book import Book
    from tradecredit.insurance import cover
    from tradecredit.insurance.in_force import policies
    from tradecredit.measure import open_items, receivables

    memory.CACHE = Path(tempfile.mkdtemp(dir=place))
    steps: dict[str, list[float]] = {}

    def step(name: str, work: Callable[[], object]) -> object:
        began = time.process_time()
        found = work()
        steps[name] = [time.process_time() - began, peak()]
        return found

    step("checked and frozen", lambda: Book.open(place / "run.yaml") and None)
    book = step("opened again", lambda: Book.open(place / "run.yaml"))
    items = step("open items", lambda: open_items.open_items(book))
    by_age = step("ageing", lambda: receivables.ageing(book))
    by_buyer = step("by buyer", lambda: items.groupby("buyer_id")["open_amount"].sum())
    month = step("24 month ends", lambda: [open_items.ledger(book).owed_on(day).sum() for day in ENDS])
    step("figures of 24 months", lambda: receivables.monthly(book))
    step("behaviour", lambda: receivables.behaviour(book))
    step("cover", lambda: cover.audit(book, policies(book)[0]))
    steps["answers"] = _answers(items["open_amount"], by_age["amount"], by_buyer, month)
    steps["rows"] = [len(book.invoices), len(book.receipts), len(book.buyers)]
    return steps


def in_parts(place: Path) -> dict[str, list[float]]:
    """Return what `tradecredit measure` takes, and what is compared, read from the tables that it writes."""
    from tradecredit.params.run import Run
    from tradecredit.report.measured import write_measured

    with tempfile.TemporaryDirectory(dir=place) as folder:
        tables = Path(folder) / "tables"
        began = time.process_time()
        held = write_measured(Run.from_yaml(place / "run.yaml"), tables)
        steps = {f"in {len(held)} parts": [time.process_time() - began, peak()]}
        items = pd.read_parquet(tables / "open_items", columns=["open_amount"])["open_amount"]
        by_buyer = pd.read_parquet(tables / "behaviour", columns=["open_amount"])["open_amount"]
        by_month = pd.read_csv(tables / "figures_by_month.csv")["receivables"]
        steps["answers"] = _answers(items, pd.read_csv(tables / "ageing.csv")["amount"], by_buyer, by_month)
    steps["rows"] = [sum(getattr(part, name) for part in held) for name in ("invoices", "receipts", "buyers")]
    shutil.rmtree(place / ".tradecredit", ignore_errors=True)
    return steps


def _answers(*parts: object) -> list[float]:
    """Return each part as a sum and a sum of squares, so that single figures count."""
    arrays = [np.asarray(part, float) for part in parts]
    return [float(number) for part in arrays for number in (part.sum(), np.sqrt((part**2).sum()))]


def by_pandas(place: Path) -> dict[str, list[float]]:
    began = time.process_time()
    invoices, receipts = (pd.read_parquet(place / f"{name}.parquet") for name in ("invoices", "receipts"))
    for frame, columns in ((invoices, ["issued", "due"]), (receipts, ["received"])):
        for column in columns:
            frame[column] = pd.to_datetime(frame[column])
    invoices, receipts = invoices[invoices["issued"] <= DAY], receipts[receipts["received"] <= DAY]

    def owed(day: pd.Timestamp) -> pd.Series:
        known = invoices[invoices["issued"] <= day]
        paid = receipts[receipts["received"] <= day].groupby("invoice_id")["amount"].sum()
        left = known["amount"] - known["invoice_id"].map(paid).fillna(0.0)
        return left.where(left >= 0.005, 0.0)

    left = owed(DAY)
    bucket = pd.cut((DAY - invoices["issued"]).dt.days, [-1, *EDGES, 10**6])
    by_age = left.groupby(bucket, observed=False).sum()
    by_buyer = left.groupby(invoices["buyer_id"]).sum()
    months = [owed(day).sum() for day in ENDS]
    return {"all": [time.process_time() - began, peak()], "answers": _answers(left, by_age, by_buyer, months)}


def by_duckdb(place: Path) -> dict[str, list[float]]:
    began = time.process_time()
    ends = ", ".join(f"date '{day.date()}'" for day in ENDS)
    with duckdb.connect() as db:
        db.execute(
            f"""create view i as select * from '{place / "invoices.parquet"}' where issued <= date '{DAY.date()}';
            create view r as select * from '{place / "receipts.parquet"}' where received <= date '{DAY.date()}';
            create table o as select any_value(buyer_id) buyer_id, any_value(issued) issued, any_value(amount) amount,
                if(any_value(amount) - sum(paid) < 0.005, 0, any_value(amount) - sum(paid)) as owed from
                (select i.invoice_id, i.buyer_id, issued, i.amount, coalesce(r.amount, 0) as paid
                 from i left join r using (invoice_id)) group by invoice_id"""
        )
        left = db.execute("select owed from o").fetchnumpy()["owed"]
        age = " + ".join(f"(date '{DAY.date()}' - issued > {edge})::int" for edge in EDGES)
        by_age = db.execute(f"select sum(owed) s from o group by {age}").fetchnumpy()["s"]
        by_buyer = db.execute("select sum(owed) s from o group by buyer_id").fetchnumpy()["s"]
        months = db.execute(
            f"""with ends as (select unnest([{ends}]) as day),
            paid as (select day, invoice_id, sum(amount) as paid from r, ends where received <= day group by all)
            select sum(if(i.amount - coalesce(paid, 0) < 0.005, 0, i.amount - coalesce(paid, 0))) s
            from i join ends on issued <= ends.day left join paid
            on paid.day = ends.day and paid.invoice_id = i.invoice_id group by ends.day"""
        ).fetchnumpy()["s"]
    return {"all": [time.process_time() - began, peak()], "answers": _answers(left, by_age, by_buyer, months)}


def in_process(who: str, place: Path) -> dict[str, list[float]]:
    command = [sys.executable, __file__, "--who", who, "--folder", str(place)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--invoices", type=int, nargs="+", default=[250_000, 500_000, 1_000_000, 2_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--peers-up-to", type=int, default=2_000_000, help="larger sizes are measured alone")
    parser.add_argument("--parts", action="store_true", help="as `tradecredit measure`, a million invoices a part")
    parser.add_argument("--who", choices=("ours", "parts", "pandas", "duckdb"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.who:
        work = {"ours": ours, "parts": in_parts, "pandas": by_pandas, "duckdb": by_duckdb}[given.who]
        print(json.dumps(work(given.folder)))
        return
    with tempfile.TemporaryDirectory() as own:
        folder, totals = given.folder or Path(own), {}
        for size in given.invoices:
            place = made(folder, size)
            found = in_process("parts" if given.parts else "ours", place)
            rows, answers = found.pop("rows"), found.pop("answers")
            print("{:,} invoices, {:,} receipts, {:,} buyers".format(*rows), flush=True)
            for name, (seconds, memory) in found.items():
                print(f"  {name:22}{seconds:9.2f} s  {seconds / rows[0] * 1e6:8.3f} µs an invoice  {memory:6.2f} GB")
            totals[rows[0]] = sum(seconds for seconds, _ in found.values())
            for peer in ("pandas", "duckdb") if size <= given.peers_up_to else ():
                other = in_process(peer, place)
                same = np.allclose(answers, other["answers"], rtol=1e-9)
                compared = ("opened again", "open items", "ageing", "by buyer", "24 month ends")
                of_ours = sum(seconds for name, (seconds, _) in found.items() if given.parts or name in compared)
                seconds, memory = other["all"]
                source = "the files" if given.parts else "the frozen book"
                print(
                    f"  {peer}: {seconds:.2f} s and {memory:.2f} GB for the figures compared, ours from {source} "
                    f"{of_ours:.2f} s, {seconds / of_ours:.1f} × faster; answers {'equal' if same else 'DIFFER'}",
                    flush=True,
                )
        if len(totals) > 1:
            rows, seconds = np.log([*totals]), np.log([*totals.values()])
            print(f"time grows with rows^{np.polyfit(rows, seconds, 1)[0]:.2f} (asked: ≤ 1.1)")


if __name__ == "__main__":
    main()
