"""Chapter 03_credit_limits beside that of another checkout: CPU time by statement, and whether it shows the same.

    python tests/bench/decide.py OTHER [--rounds N] [--seed N --buyers N --invoices N] [--least SECONDS]

OTHER is the root of the other checkout. Each one's chapter is run in a process of its own, the two in turn, first with
nothing remembered (only the book's snapshot and the compiled code are kept) and then again with all remembered. Of the
statements of the chapter's cells that take the most the CPU seconds are printed, other and this, with the ratio, each
the median of the rounds; then the sums, without opening the book. Compared to the bit are all rows and columns of every
table that the chapter shows, and its headline figures. The book is the demo company; other sizes and seeds may be asked
for.
"""

import argparse
import ast
import contextlib
import io
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

HERE = Path(__file__).resolve().parents[2]
CHAPTER = "notebooks/03_credit_limits.ipynb"
RELATIVE = 1e-9
"""Numbers that differ by no more than this part of them are told apart from those that differ at all."""


def run_file(checkout: Path, folder: Path, source: dict[str, object]) -> Path:
    """Return the demo's run file, the same for both checkouts but for where its files are, with another source."""
    import yaml

    run = yaml.safe_load((checkout / "params" / "demo.yaml").read_text())
    at = checkout / "params"
    run["policy"] = str(at / run["policy"])
    run["quotes"] = [str(at / file) for file in run["quotes"]]
    run["scenarios"] = [str(at / file) for file in run["scenarios"]]
    run["default"]["insolvency_index"] = str(at / run["default"]["insolvency_index"])
    run["source"] = {"kind": "demo", **source}
    file = folder / "run.yaml"
    file.write_text(yaml.safe_dump(run))
    return file


def measured(checkout: Path, run: Path, results: Path) -> dict[str, object]:
    """Return the seconds of each statement of a checkout's chapter, and all that it shows; in this process."""
    from tradecredit.book import memory
    from tradecredit.report.chapter import Chapter

    memory.CACHE = results
    shown: dict[str, object] = {}

    show_table, show_headline = Chapter.table, Chapter.headline

    def table(self: Chapter, frame: pd.DataFrame, name: str, *given: object, **named: object) -> None:
        shown[f"table {name}"] = frame
        show_table(self, frame, name, *given, **named)

    def headline(self: Chapter, figures: dict[str, tuple], **named: object) -> None:
        shown["headline figures"] = pd.Series({name: float(given[0]) for name, given in figures.items()})
        show_headline(self, figures, **named)

    Chapter.table, Chapter.headline = table, headline
    cells = json.loads((checkout / CHAPTER).read_text())["cells"]
    names: dict[str, object] = {"__name__": "chapter"}
    seconds: dict[str, float] = {}
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        for statement in tree.body:
            start = time.process_time()
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(ast.Module([statement], []), "chapter", "exec"), names)
            if cell["metadata"].get("tags") == ["parameters"]:
                names["run_file"] = str(run)
            told = ast.unparse(statement).replace("\n", " ")[:70]
            seconds[told] = seconds.get(told, 0.0) + time.process_time() - start
    return {"seconds": seconds, "shown": shown}


def run_apart(checkout: Path, run: Path, results: Path) -> dict[str, object]:
    """Return `measured` of a fresh process that computes with the library of the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.pickle"
        environment = os.environ | {"PYTHONPATH": str(checkout / "lib"), "MPLBACKEND": "agg"}
        command = [sys.executable, __file__, str(checkout), "--worker", str(run), str(results), str(out)]
        subprocess.run(command, env=environment, check=True, cwd=folder)
        return pickle.loads(out.read_bytes())


def difference(one: object, other: object) -> str:
    """Return in words how two things that a chapter shows differ; empty where they do not, to the bit."""
    if isinstance(one, pd.DataFrame | pd.Series) and type(one) is type(other):
        same = pd.testing.assert_frame_equal if isinstance(one, pd.DataFrame) else pd.testing.assert_series_equal
        if isinstance(one, pd.DataFrame):
            renamed = [f"column {name}: only one has it" for name in one.columns.symmetric_difference(other.columns)]
            both = [name for name in one if name in other]
            one, other = one[both], other[both]
        else:
            renamed = []
        numbers = other.select_dtypes("number") if isinstance(other, pd.DataFrame) else pd.to_numeric(other, "coerce")
        # A difference of equal amounts is rounding of them, whatever is left.
        near = {"rtol": RELATIVE, "atol": RELATIVE * float(numbers.abs().max(axis=None) or 0.0)}
        for exact in (True, False):
            try:
                same(one, other, check_exact=exact, **({} if exact else near))
            except AssertionError as error:
                told = " ".join(str(error).split())
            else:
                near_only = [] if exact else [f"differs by less than {RELATIVE:g} of each number, or of the largest"]
                return "; ".join(renamed + near_only)
        return "; ".join([*renamed, told[:300]])
    return f"{type(other).__name__} → {type(one).__name__}"


def compared(shown: dict[str, object], other: dict[str, object]) -> list[str]:
    """Return in words what two chapters do not show alike."""
    missing = [f"{name}: only one of the two has it" for name in shown.keys() ^ other.keys()]
    found = {name: difference(shown[name], other[name]) for name in shown if name in other}
    return sorted(missing) + [f"{name}: {told}" for name, told in found.items() if told]


def main(other: Path, source: dict[str, object], rounds: int, least: float) -> None:
    checkouts = {"other": other.resolve(), "this": HERE}
    times: dict[tuple[str, str], list[dict[str, float]]] = {}
    for number in range(rounds):
        for name, checkout in checkouts.items() if number % 2 == 0 else reversed(checkouts.items()):
            with tempfile.TemporaryDirectory() as folder:
                run = run_file(checkout, Path(folder), source)
                for state in ("nothing remembered", "remembered"):
                    found = run_apart(checkout, run, Path(folder) / "results")
                    times.setdefault((name, state), []).append(found["seconds"])
                    if state == "nothing remembered":
                        checkouts_shown = times.setdefault((name, "shown"), [])
                        checkouts_shown.append(found["shown"])
    for state in ("nothing remembered", "remembered"):
        medians = {
            name: {told: statistics.median(seconds[told] for seconds in times[name, state])
                   for told in times[name, state][0]}
            for name in checkouts
        }  # fmt: skip
        print(f"chapter 03, {state}: CPU seconds of the other checkout, of this one, ratio")
        told = sorted(
            set(medians["other"]) | set(medians["this"]), key=lambda t: -max(m.get(t, 0.0) for m in medians.values())
        )
        for statement in told:
            before, now = (medians[name].get(statement) for name in ("other", "this"))
            if max(before or 0.0, now or 0.0) >= least:
                ratio = f"{now / before:7.3f}" if before and now is not None else "      –"
                print(f"  {before or 0.0:8.3f} {now or 0.0:8.3f} {ratio}  {statement}")
        before, now = (
            sum(value for told, value in medians[name].items() if "import" not in told and "Book.open" not in told)
            for name in ("other", "this")
        )
        print(f"  {before:8.3f} {now:8.3f} {now / before:7.3f}  all but imports and opening the book")
    problems = compared(times["this", "shown"][0], times["other", "shown"][0])
    print("\n".join(problems) or "all that the chapters show is equal to the bit")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("other", type=Path)
    parser.add_argument("--worker", nargs=3, type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--least", type=float, default=0.05)
    for name in ("seed", "buyers", "invoices"):
        parser.add_argument(f"--{name}", type=int)
    options = parser.parse_args()
    if options.worker:
        file, results, out = options.worker
        out.write_bytes(pickle.dumps(measured(options.other, file, results)))
    else:
        asked = {name: getattr(options, name) for name in ("seed", "buyers", "invoices")}
        main(options.other, {name: value for name, value in asked.items() if value}, options.rounds, options.least)
