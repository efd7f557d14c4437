"""How long reading and measuring a ledger takes beside another checkout, and whether both give the same tables.

    python tests/bench/ledger.py OTHER [--buyers N] [--invoices N] [--times N]

OTHER is a checkout of this project, such as one of the commit before. Each takes the demo book of so many buyers and
invoices, in fresh processes in turn: opening it with nothing remembered and from its snapshot; the books of sixteen
earlier days; each table of the ledger once; and the tables that one chapter asks for, as often as it does. Printed are
the CPU seconds, the least of the times, with their ratios, the highest memory, and for each table whether both are
equal to the bit, or by how much they differ at most relative to the larger figure.
"""

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parents[2]

MOVED = {"tradecredit.model.at_risk": ("tradecredit.measure.default_events", "tradecredit.losses.portfolio"),
         "tradecredit.measure.behaviour": ("tradecredit.measure.limits_in_force",),
         "tradecredit.decide.insured_part": ("tradecredit.insurance.cover",)}  # fmt: skip
"""Modules of commit 5fe3dca, and where their functions are now."""

WORK = {
    "open items": ("measure.receivables", "open_items"),
    "figures": ("measure.receivables", "kpis"),
    "figures of 24 months": ("measure.receivables", "monthly"),
    "ageing": ("measure.receivables", "ageing"),
    "causes of the DSO": ("measure.dso_causes", "dso_causes"),
    "concentration": ("measure.receivables", "concentration"),
    "disputes": ("measure.receivables", "disputes"),
    "quality": ("measure.quality", "quality"),
    "behaviour": ("measure.behaviour", "features"),
    "signed days beyond terms": ("measure.behaviour", "signed_days_beyond_terms"),
    "limits in force": ("measure.limits_in_force", "limits_in_force"),
    "balances": ("measure.balances", "balances"),
    "ratios": ("measure.ratios", "ratios"),
    "published scores": ("measure.published_scores", "published_scores"),
    "agencies' scores": ("measure.agency_scores", "latest_scores"),
    "in default": ("measure.default_events", "in_default"),
    "already defaulted": ("measure.default_events", "already_defaulted"),
    "exposures": ("losses.portfolio", "exposures"),
    "highest balance": ("losses.portfolio", "highest_balance"),
    "cover of buyers": ("insurance.cover", "of_buyers"),
    "history at issue": ("measure.payment_history", "at_issue"),
}
"""What is timed: the function's module, without `tradecredit.`, and its name."""

CHAPTER = {"open items": 18, "behaviour": 3, "limits in force": 12, "in default": 6, "balances": 4, "ratios": 3,
           "cover of buyers": 10, "exposures": 3}  # fmt: skip
"""How often a chapter asks for a table, about."""


def function(module: str, name: str) -> Callable:
    """Return a function of the checkout that runs, wherever it stands there."""
    new = f"tradecredit.{module}"
    for candidate in [new, *(old for old, moved in MOVED.items() if new in moved)]:
        try:
            return getattr(import_module(candidate), name)
        except (ImportError, AttributeError):
            continue
    raise LookupError(f"{module}.{name} is in no known module of this checkout")


def measured(run_file: Path) -> Iterator[tuple[str, float, object]]:
    """Yield the name, the CPU seconds and the result of each piece of work of the checkout that runs."""
    from tradecredit import Book

    functions = {name: function(*where) for name, where in WORK.items()}

    def timed(name: str, work: Callable) -> tuple[str, float, object]:
        start = time.process_time()
        result = work()
        return name, time.process_time() - start, result

    def called(name: str, book: Book) -> object:
        work = functions[name]
        return work(functions["open items"](book)) if name == "history at issue" else work(book)

    for name in ("open", "open again"):
        _, seconds, book = timed(name, lambda: Book.open(run_file))
        yield name, seconds, tables(book)
    days = [book.as_of - pd.DateOffset(months=2 * number) for number in range(1, 17)]
    name, seconds, _ = timed("books of 16 earlier days", lambda: [book.at(day).as_of for day in days])
    yield name, seconds, tables(book.at(days[3]))
    for name in WORK:
        called(name, book.at(days[-1]))  # what is compiled or imported at the first call is no work on the ledger
        yield timed(name, lambda name=name: called(name, replace(book)))

    def chapter() -> None:
        fresh = replace(book)
        for name, times in CHAPTER.items():
            for _ in range(times):
                called(name, fresh)

    yield timed("a chapter's calls", chapter)

    def past() -> list:
        found = []
        for day in days[:10]:
            known = book.at(day)
            found.append([called(name, known) for name in ("behaviour", "in default", "ratios", "behaviour")])
        return found

    yield timed("observations of 10 days", past)


def tables(book: object) -> dict[str, pd.DataFrame]:
    return {**book.tables, "notes": book.notes}


def difference(new: object, old: object) -> str:
    """Return in words whether two results are the same."""
    if isinstance(new, dict | tuple | list):
        keys = new.keys() if isinstance(new, dict) else range(len(new))
        found = {difference(new[key], old[key]) for key in keys}
        return "equal" if found <= {"equal"} else "; ".join(sorted(found - {"equal"}))
    if isinstance(new, pd.Index):
        return "equal" if new.equals(old) else "DIFFERENT"
    if isinstance(new, float | type(None)):
        return "equal" if new == old else "DIFFERENT"
    new, old = (pd.DataFrame(part) for part in (new, old))
    same_shape = new.index.equals(old.index) and list(new.columns) == list(old.columns)
    if not same_shape or not (new.dtypes == old.dtypes).all():
        return "DIFFERENT in rows, columns or types"
    largest = 0.0
    for position in range(new.shape[1]):
        one, other = new.iloc[:, position], old.iloc[:, position]
        if one.equals(other):
            continue
        if one.dtype != "float64" or not (one.isna() == other.isna()).all():
            return f"DIFFERENT in {new.columns[position]}"
        gap = (one - other).abs() / np.maximum(one.abs(), other.abs()).where(lambda size: size > 0, 1.0)
        largest = max(largest, float(gap.max()))
    return "equal" if largest == 0 else f"within {largest:.0e}"


def worker(run_file: Path, cache: Path, result: Path) -> None:
    import resource

    import tradecredit.book.book as opened
    import tradecredit.book.memory as kept

    opened.CACHE = kept.CACHE = cache
    found = list(measured(run_file))
    seconds = {name: spent for name, spent, _ in found}
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    with result.open("wb") as stream:
        pickle.dump((seconds, {name: _plain(content) for name, _, content in found}, memory), stream)


def _plain(result: object) -> object:
    """Return a result without classes of the project, which the reader of the file may not have."""
    return result._asdict() if hasattr(result, "_asdict") else result


def main(other: Path, buyers: int, invoices: int, times: int) -> None:
    """Print the table of ratios."""
    checkouts = {"this": HERE, "other": other.resolve()}
    seconds, results, memory = {name: [] for name in checkouts}, {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(times):
            for name, checkout in checkouts.items():
                place = Path(folder) / f"{name}-{number}"
                place.mkdir()
                run_file = place / "run.yaml"
                text = (checkout / "params" / "demo.yaml").read_text(encoding="utf-8")
                source = json.dumps({"kind": "demo", "seed": 7, "buyers": buyers, "invoices": invoices})
                text = text.replace("{kind: demo, seed: 7}", source)
                for part in ("policies", "scenarios", "economy", "sectors"):
                    text = text.replace(f"{part}/", f"{checkout / 'params' / part}/")
                run_file.write_text(text, encoding="utf-8")
                command = [sys.executable, __file__, "--worker", run_file, place / "cache", place / "result"]
                subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(checkout / "lib")})
                with (place / "result").open("rb") as stream:
                    spent, results[name], memory[name] = pickle.load(stream)
                seconds[name].append(spent)
    least = {name: pd.DataFrame(rows).min() for name, rows in seconds.items()}
    print(f"{buyers:,} buyers, {invoices:,} invoices; highest memory {memory['this']:.2f} and {memory['other']:.2f} GB")
    for name in least["this"].index:
        new, old = least["this"][name], least["other"][name]
        same = difference(results["this"][name], results["other"][name])
        print(f"{name:28} {new:8.3f} s {old:8.3f} s   {new / old if old else float('nan'):6.3f}   {same}")
    total = least["this"].sum(), least["other"].sum()
    print(f"{'all':28} {total[0]:8.3f} s {total[1]:8.3f} s   {total[0] / total[1]:6.3f}")


if __name__ == "__main__":
    if "--worker" in sys.argv:
        worker(*map(Path, sys.argv[2:]))
        sys.exit()
    parser = argparse.ArgumentParser()
    parser.add_argument("other", type=Path)
    parser.add_argument("--buyers", type=int, default=600)
    parser.add_argument("--invoices", type=int, default=60_000)
    parser.add_argument("--times", type=int, default=1)
    options = parser.parse_args()
    main(options.other, options.buyers, options.invoices, options.times)
