"""CPU time of the default model (assess, review, outlook) beside another checkout of the project, and whether its
tables are the same.

    python tests/bench/default_speed.py OTHER_CHECKOUT [--buyers N] [--invoices N] [--seed N] [--rounds N]

Each checkout opens the same demo book; then both compute in fresh processes, by turns, with nothing remembered but
compiled code (the first process of each, which may compile, is not counted). Prints the ratio of each step, median of
the rounds, and the tables that differ.
"""

import argparse
import dataclasses
import importlib
import json
import math
import os
import pickle
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
STEPS = {
    "assess": ("assessment", ("tradecredit.default.ratings", "tradecredit.model.default")),
    "review": ("review", ("tradecredit.validation.review", "tradecredit.model.review")),
    "outlook": ("outlook", ("tradecredit.default.payment", "tradecredit.model.payment")),
}
"""Step: the function, and the modules that it stands in: here, and in checkouts of before the packages by subject."""


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def compute(source: dict[str, int], found: Path) -> None:
    """Open the book, compute every step with nothing remembered, and write the seconds and the tables to a file."""
    from tradecredit import Book, Run
    from tradecredit.book import memory

    usual = Run.from_yaml(ROOT / "params" / "demo.yaml", as_of="2026-10-31")
    book = Book.open(usual.model_copy(update={"source": usual.source.model_copy(update=source)}))
    steps = {name: _function(*where) for name, where in STEPS.items()}
    memory.CACHE = Path(tempfile.mkdtemp())
    seconds, tables = {}, {}
    for name, step in steps.items():
        began = cpu_seconds()
        result = step(book)
        seconds[name] = cpu_seconds() - began
        tables |= dict(_tables(result, name))
    shutil.rmtree(memory.CACHE)
    found.write_bytes(pickle.dumps((seconds, tables)))


def _function(name: str, modules: tuple[str, ...]):
    for module in modules:
        try:
            return getattr(importlib.import_module(module), name)
        except ModuleNotFoundError:
            continue
    raise SystemExit(f"none of {', '.join(modules)} is in this checkout")


def _tables(value: object, path: str):
    """Return every figure and table of a result by its path."""
    if dataclasses.is_dataclass(value):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif hasattr(value, "_asdict"):
        value = value._asdict()
    elif isinstance(value, tuple):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _tables(part, f"{path}.{name}")
    else:
        yield path, value


def differing(one: dict[str, object], other: dict[str, object], relative: float) -> list[str]:
    """Return the paths of figures and tables that stand in both and differ."""
    return [path for path in one if path in other and not _same(one[path], other[path], relative)]


def _same(one: object, other: object, relative: float) -> bool:
    check = {pd.DataFrame: pd.testing.assert_frame_equal, pd.Series: pd.testing.assert_series_equal}.get(type(one))
    if isinstance(one, float) and isinstance(other, float):
        return repr(one) == repr(other) or math.isclose(one, other, rel_tol=relative)
    if check is None:
        return repr(one) == repr(other)
    try:
        check(one, other, **({"rtol": relative, "atol": 1e-15} if relative else {"check_exact": True}))
    except AssertionError:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("other", type=Path)
    for name, usual in {"buyers": 600, "invoices": 60_000, "seed": 7, "rounds": 3}.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    options = parser.parse_args()
    source = {name: getattr(options, name) for name in ("buyers", "invoices", "seed")}
    checkouts, seconds, tables = {"this": ROOT, "other": options.other.resolve()}, {"this": [], "other": []}, {}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds + 1):
            for name, checkout in checkouts.items():
                found = Path(folder) / name
                subprocess.run(
                    [sys.executable, __file__, "--compute", json.dumps(source), str(found)],
                    check=True,
                    env=os.environ | {"PYTHONPATH": str(checkout / "lib")},
                )
                spent, tables[name] = pickle.loads(found.read_bytes())
                if number:
                    seconds[name].append(spent)
                told = ", ".join(f"{step} {value:.2f} s" for step, value in spent.items())
                print(f"{'round ' + str(number) if number else 'not counted'}, {name}: {told}")
    steps = [*STEPS, "all"]
    for step in steps:
        one, other = (
            [sum(spent.values()) if step == "all" else spent[step] for spent in seconds[name]] for name in checkouts
        )
        ratio = statistics.median(mine / theirs for mine, theirs in zip(one, other, strict=True))
        print(f"{step}: this / other {ratio:.2f} ({statistics.median(one):.2f} s, {statistics.median(other):.2f} s)")
    for told, relative in (("to the bit", 0.0), ("to 1e-9", 1e-9)):
        names = differing(tables["other"], tables["this"], relative)
        print(f"of {len(tables['this'])} figures and tables {len(names)} differ {told}: {', '.join(names[:20])}")
    print(f"in one only: {', '.join(sorted(set(tables['this']) ^ set(tables['other'])))}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--compute"]:
        compute(json.loads(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
