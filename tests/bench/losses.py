"""The loss simulation against plain numpy, against itself and against what was asked of it: one line a row.

`python losses.py [ROW]…` with rows speed, threads, precision, variance, sectors, policies, memory, size; all unless
named: under ten minutes, and a million buyers (size) as long again. What is compared alternates, since machines
drift; the median of the ratios counts. Books and policies are those of `common_work.py`, plain numpy is
tests/reference/plain_losses.py.

`python losses.py --beside CHECKOUT` does the same work with the library of another checkout of the project, a process
for each, in turns, and prints the ratios: of CPU time, and of CPU time at equal precision (× standard error²).
"""

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

sys.path += [str(Path(__file__).parent), str(Path(__file__).parents[1] / "reference")]
import plain_losses
from common_work import CORRELATION, LEVELS, granular_book, lumpy_book, policy, ten_policies, twenty_sectors

from tradecredit.losses.distribution import LossDistribution
from tradecredit.losses.simulation import simulate
from tradecredit.losses.simulator import Settings, Simulator
from tradecredit.params.losses import Dependence, Sampling

PLAIN = Sampling(method="plain", threads=1)
TAIL = Sampling(threads=1)
"""Bad years of every level."""
VIEWS = ["gross", "retained:policy"]
WANTED = 0.002
"""Standard error of the expected shortfall at 99.9 % as a part of it."""

ROUNDS = 5

SIDE_BY_SIDE = 200_000
"""Scenarios that each thread pair and each process simulates in a round."""


def simulated(book: pd.DataFrame, scenarios: int, sampling: Sampling, **arguments: object) -> LossDistribution:
    return simulate(book, scenarios=scenarios, sampling=sampling, **{"policies": [policy()], "seed": 1} | arguments)


def measured(book: pd.DataFrame, scenarios: int, sampling: Sampling, **arguments: object) -> pd.DataFrame:
    """Simulate and take all measures: the work that is timed."""
    return simulated(book, scenarios, sampling, **arguments).summary(LEVELS)


def shortfalls(book: pd.DataFrame, scenarios: int, sampling: Sampling, *, seed: int) -> pd.DataFrame:
    """Return value and standard error of the expected shortfall at 99.9 % of gross and retained losses."""
    table = simulated(book, scenarios, sampling, seed=seed).summary(LEVELS[-1:])
    return table[table["measure"].eq("ES")].set_index("view").loc[VIEWS, ["value", "standard_error"]]


def plain_numpy(book: pd.DataFrame, scenarios: int) -> None:
    columns = (book[name].to_numpy() for name in ("pd", "exposure", "lgd"))
    views = plain_losses.simulated(
        plain_losses.Book(*columns, CORRELATION), plain_losses.Terms(), scenarios=scenarios, seed=1
    )
    for losses in views.values():
        plain_losses.measures(losses, LEVELS)


def spent(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    began = clock()
    work()
    return clock() - began


def alternated(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float, float]:
    """Return the median CPU seconds of each work, and the median of first / second; both run once before."""
    first(), second()
    pairs = [(spent(first), spent(second)) for _ in range(ROUNDS)]
    ours, theirs = zip(*pairs, strict=True)
    return statistics.median(ours), statistics.median(theirs), statistics.median(a / b for a, b in pairs)


def report(row: str, what: str, asked: str, found: str) -> None:
    print(f"{row}: {what}; asked: {asked}; measured: {found}", flush=True)


def speed() -> None:
    book = granular_book()
    theirs, ours = 5_000, 200_000
    numpy_seconds, own_seconds, ratio = alternated(
        lambda: plain_numpy(book, theirs), lambda: measured(book, ours, PLAIN)
    )
    times = f"{numpy_seconds / theirs * 1e6:.1f} and {own_seconds / ours * 1e6:.2f} µs a scenario"
    report(
        "speed",
        "CPU time of plain numpy over ours, one thread, gross and one policy, all measures",
        "≥ 75",
        f"{ratio * ours / theirs:.0f} ({times})",
    )


def threads() -> None:
    book = granular_book()
    first, *others = (simulated(book, 50_000, Sampling(threads=number)).losses for number in (1, 2, 16))
    bits = "the same bits" if all(first.equals(other) for other in others) else "DIFFERENT FIGURES"
    for what, work in (("simulation", simulated), ("simulation and measures", measured)):
        ratio = statistics.median(joint_throughput(work, book))
        report(
            "threads",
            f"two threads over two one-thread processes side by side, scenarios a second, {what}",
            "≥ 0.9, same bits",
            f"{ratio:.2f}; 1, 2 and 16 threads give {bits}",
        )


def joint_throughput(work: Callable[..., object], book: pd.DataFrame) -> list[float]:
    """Return, for each round, what two threads do in a second over what two processes of one thread do together."""
    ratios = []
    with new_process() as one, new_process() as other:
        for _ in range(1 + ROUNDS):
            start = time.time() + 0.3
            tasks = [process.submit(seconds_from, start, work, book) for process in (one, other)]
            apart = max(task.result() for task in tasks)
            together = spent(lambda: work(book, SIDE_BY_SIDE, Sampling(threads=2)), time.perf_counter)
            ratios.append(apart / (2 * together))
    return ratios[1:]  # the first round loads compiled code


def new_process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))


def seconds_from(start: float, work: Callable[..., object], book: pd.DataFrame) -> float:
    """Begin at a moment (`time.time`), so that two processes begin together; return what one thread needs."""
    time.sleep(max(start - time.time(), 0.0))
    return spent(lambda: work(book, SIDE_BY_SIDE, TAIL), time.perf_counter)


def precision() -> None:
    book = granular_book()
    scenarios = fewest_scenarios(book)
    ours, theirs, ratio = alternated(lambda: measured(book, scenarios, TAIL), lambda: plain_numpy(book, 1_000))
    seconds = f"{ours * 1e3:.0f} ms for {scenarios:,} scenarios, numpy {theirs * 1e3:.0f} ms"
    report(
        "precision",
        "ES 99.9 % of gross and retained to a standard error of 0.2 %, CPU time of one thread over "
        "that of 1,000 plain scenarios in numpy",
        "≤ 1",
        f"{ratio:.2f} ({seconds})",
    )
    values, errors = over_seeds(book, scenarios, Sampling(), seeds=40)
    for view in VIEWS:
        spread, told = values[view].std() / values[view].mean(), root_mean_square(errors[view] / values[view])
        report(
            "precision",
            f"standard error of {view} as told and as found over 40 seeds",
            "alike",
            f"{told:.3%} and {spread:.3%}",
        )


def fewest_scenarios(book: pd.DataFrame) -> int:
    """Return the smallest number of scenarios, to 5 %, whose standard errors as told are small enough."""

    def enough(scenarios: int) -> bool:
        values, errors = over_seeds(book, scenarios, Sampling(), seeds=8)
        return all(root_mean_square(errors[view] / values[view]) <= WANTED for view in VIEWS)

    low = high = 1_000
    while not enough(high):
        low, high = high, 2 * high
        if high > 4_000_000:
            raise RuntimeError("four million scenarios are not enough for a standard error of 0.2 %")
    while high > 1.05 * low:
        middle = int((low * high) ** 0.5)
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def over_seeds(book: pd.DataFrame, scenarios: int, sampling: Sampling, *, seeds: int) -> list[pd.DataFrame]:
    """Return the expected shortfalls at 99.9 %, and their standard errors as told: a row a seed, a column a view."""
    tables = [shortfalls(book, scenarios, sampling, seed=seed) for seed in range(1, seeds + 1)]
    return [pd.DataFrame([table[column].to_dict() for table in tables]) for column in ("value", "standard_error")]


def root_mean_square(numbers: pd.Series) -> float:
    return float(np.sqrt((numbers**2).mean()))


def variance() -> None:
    scenarios, seeds = 50_000, 100
    for name, book, asked in (("granular", granular_book(), 1_000), ("lumpy", lumpy_book(), 300)):
        plain, plain_errors = over_seeds(book, scenarios, Sampling(method="plain"), seeds=seeds)
        tail, tail_errors = over_seeds(book, scenarios, Sampling(), seeds=seeds)
        told = plain_errors.pow(2).mean() / tail_errors.pow(2).mean()
        for view in VIEWS:
            found = plain[view].var() / tail[view].var()
            report(
                "variance",
                f"ES 99.9 % of {view}, {name} book, plain over tail at {scenarios:,} scenarios",
                f"≥ {asked:,}",
                f"{found:,.0f} over {seeds} seeds (standard errors told: {told[view]:,.0f})",
            )


def sectors() -> None:
    book, dependence = granular_book(), twenty_sectors()
    for name, sampling in (("plain", PLAIN), ("tail", TAIL)):
        many, one, ratio = alternated(
            lambda sampling=sampling: measured(book, 100_000, sampling, dependence=dependence),
            lambda sampling=sampling: measured(book, 100_000, sampling),
        )
        report(
            "sectors",
            f"CPU time of 20 correlated sectors over one factor, {name} sampling",
            "≤ 2",
            f"{ratio:.2f} ({many:.2f} and {one:.2f} s for 100,000 scenarios)",
        )


def policies() -> None:
    book, several = granular_book(), ten_policies()
    for what, work in (("simulation", simulated), ("simulation and measures", measured)):
        ten, one, ratio = alternated(
            lambda work=work: work(book, 100_000, PLAIN, policies=several), lambda work=work: work(book, 100_000, PLAIN)
        )
        report(
            "policies",
            f"CPU time of ten policies over one, {what}",
            "≤ 2",
            f"{ratio:.2f} ({ten:.2f} and {one:.2f} s for 100,000 scenarios)",
        )


def memory() -> None:
    simulated(lumpy_book(), 1_000, Sampling())  # compiled code is kept, so that the processes below only load it
    for buyers in (10_000, 100_000):
        with new_process() as process:
            peak = process.submit(peak_memory, buyers).result()
        report(
            "memory",
            f"peak of a process that measures {buyers:,} buyers in 1,000,000 scenarios",
            "≤ 1 GB",
            f"{peak / 1e9:.2f} GB",
        )


def size() -> None:
    """A million buyers: memory, and CPU time by default, which is the same for each number of buyers if linear."""
    simulated(lumpy_book(), 1_000, TAIL, policies=ten_policies()[:3])
    for buyers in (125_000, 250_000, 500_000, 1_000_000):
        with new_process() as process:
            seconds, defaults, peak = process.submit(large_book, buyers).result()
        report(
            "size",
            f"{buyers:,} buyers × 200,000 scenarios, three policies, all measures: CPU time and peak",
            "≤ 3 GB, time linear in defaults",
            f"{seconds:.0f} s, {defaults / 1e9:.2f} billion defaults, {seconds / defaults * 1e9:.1f} ns each, "
            f"{peak / 1e9:.2f} GB",
        )


def large_book(buyers: int) -> tuple[float, float, int]:
    """Return CPU seconds, expected defaults of the scenarios drawn, and the peak in bytes, of 200,000 scenarios."""
    book = granular_book(buyers)
    seconds = spent(lambda: measured(book, 200_000, Sampling(), policies=ten_policies()[:3]))
    peak = highest_memory()
    simulator = Simulator.of(book, [], (200_000,), 1, Settings(Dependence(), Sampling()))
    drawn = [
        simulator.economy.defaults_at(simulator.draw.place[block.scenarios], block.kind).sum()
        for block in simulator.blocks()
    ]
    return seconds, float(sum(drawn)), peak


def peak_memory(buyers: int) -> int:
    """Return the peak in bytes of a process that measures so many buyers."""
    measured(granular_book(buyers), 1_000_000, Sampling())
    return highest_memory()


def highest_memory() -> int:
    """Return the process' peak in bytes; Linux' own figure, since getrusage counts what the parent held before."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


def shared_work() -> dict[str, Callable[[], LossDistribution]]:
    """Return the work that two checkouts are compared by; simulation alone, whose measures are taken afterwards."""
    book, sectors, ten = granular_book(), {"dependence": twenty_sectors()}, {"policies": ten_policies()}
    return {
        "plain": lambda: simulated(book, 200_000, PLAIN),
        "tail": lambda: simulated(book, 50_000, TAIL),
        "ten policies": lambda: simulated(book, 100_000, PLAIN, **ten),
        "one policy": lambda: simulated(book, 100_000, PLAIN),
        "20 sectors": lambda: simulated(book, 100_000, PLAIN, **sectors),
        "20 sectors, tail": lambda: simulated(book, 50_000, TAIL, **sectors),
    }


def serve() -> None:
    """Do the named work for each line read; write its CPU seconds and the relative errors of its tail's figures."""
    work = shared_work()
    for line in sys.stdin:
        began = time.process_time()
        dist = work[line.strip()]()
        seconds = time.process_time() - began
        table = dist.summary(LEVELS)
        tail = table[table["view"].isin(VIEWS) & table["measure"].isin(["VaR", "ES"])]
        names = tail["view"].str.partition(":")[0] + " " + tail["measure"] + " " + tail["level"].astype(str)
        errors = dict(zip(names, tail["standard_error"] / tail["value"], strict=True))
        print(json.dumps([seconds, errors]), flush=True)


def beside(checkout: Path) -> None:
    """Print what the work costs here over what it costs with the library of another checkout, in turns."""
    workers = [
        subprocess.Popen(
            [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(folder / "lib")},
        )
        for folder in (Path(__file__).parents[2], checkout)
    ]  # fmt: skip

    def done(worker: subprocess.Popen, name: str) -> tuple[float, dict[str, float]]:
        worker.stdin.write(f"{name}\n")
        worker.stdin.flush()
        return tuple(json.loads(worker.stdout.readline()))

    for name in shared_work():
        rounds = [[done(worker, name) for worker in workers] for _ in range(1 + ROUNDS)][1:]
        ratio = statistics.median(here[0] / there[0] for here, there in rounds)
        seconds = [statistics.median(pair[number][0] for pair in rounds) for number in (0, 1)]
        (_, errors), (_, others) = rounds[0]
        precise = {figure: ratio * (error / others[figure]) ** 2 for figure, error in errors.items()}
        told = ", ".join(f"{figure} {value:.2f}" for figure, value in precise.items())
        print(f"{name}: {ratio:.2f} of the CPU time ({seconds[0]:.3f} and {seconds[1]:.3f} s)", flush=True)
        print(f"    at equal precision: {told}", flush=True)
    for worker in workers:
        worker.communicate()


ROWS = {row.__name__: row for row in (speed, threads, precision, variance, sectors, policies, memory, size)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}; all unless named")
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="compare with the library of this checkout")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    rows = arguments.rows
    if unknown := [row for row in rows if row not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        # Its threads spin for a while after their work, and process_time would count that against what comes next.
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    if arguments.serve:
        serve()
    elif arguments.beside:
        beside(arguments.beside.resolve())
    else:
        for row in rows or ROWS:
            ROWS[row]()


if __name__ == "__main__":
    main()
