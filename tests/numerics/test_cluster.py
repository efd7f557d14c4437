"""Workers of a real dask scheduler, as processes of this machine, against this machine's threads."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from tradecredit import Policy
from tradecredit.book import computing
from tradecredit.book.demo import demo_book
from tradecredit.book.memory import NOTHING_DEPENDS_ON
from tradecredit.cli import app
from tradecredit.errors import InputError, ParameterError
from tradecredit.losses.simulation import resized, simulate
from tradecredit.losses.simulator import Simulator
from tradecredit.numerics import cluster
from tradecredit.numerics.machines import over_machines
from tradecredit.params.compute import ComputeSettings
from tradecredit.params.run import Run
from tradecredit.params.source import FolderSource
from tradecredit.report.measured import write_measured

distributed = pytest.importorskip("distributed", reason="the `cluster` extra is not installed")

SECRET = "tcp://hunter2.localhost:9"
"""Nobody answers there, and nobody may read it."""
RANDOM = np.random.default_rng(11)
BOOK = pd.DataFrame(
    {
        "pd": RANDOM.uniform(0.001, 0.02, 200), "exposure": RANDOM.lognormal(10, 1, 200), "lgd": 0.6, "lgd_sd": 0.2,
        "correlation": 0.15, "insured_limit": 20_000.0,
    },
    index=pd.Index([f"B{number}" for number in range(200)], name="buyer_id"),
)  # fmt: skip
POLICIES = [Policy(name="one", insured_percentage=0.9), Policy(name="two", aggregate_first_loss=50_000.0)]


def run_at(address: str | None) -> Run:
    keys = {"entity": "Test", "currency": "EUR", "source": {"kind": "demo"}, "file": "run.yaml"}
    return Run(**keys, compute={"scheduler": address, "worker_minutes": 1.0})


class Machines(NamedTuple):
    """A cluster's run, and its workers by process id."""

    run: Run
    workers: dict[int, subprocess.Popen]


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as scheduler:
        address = scheduler.scheduler_address
        command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
        started = [
            subprocess.Popen([*command, "--no-dashboard"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(2)
        ]
        try:
            cluster._client(address).wait_for_workers(2, timeout=60)
            yield Machines(run_at(address), {worker.pid: worker for worker in started})
        finally:
            cluster._client(address).close()
            for worker in started:
                worker.kill()
                worker.wait()


@pytest.fixture(autouse=True)
def afterwards_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this machine compute again for what is tested next: opening a book decides it for the process."""
    monkeypatch.setattr(computing, "CLUSTER", None)


@pytest.fixture
def computing_there(machines: Machines, monkeypatch: pytest.MonkeyPatch) -> Machines:
    monkeypatch.setattr(computing, "CLUSTER", machines.run)
    return machines


def figures() -> list[pd.DataFrame]:
    """Return all that is computed by blocks of scenarios."""
    dist = simulate(BOOK, policies=POLICIES, scenarios=20_000, seed=3)
    month = dist.by_month("one").astype(float)
    shortfall = dist.contributions("retained:one", 0.99).to_frame()
    others = resized(dist, 2 * BOOK["exposure"], ["two"])
    probability = pd.DataFrame({"probability": dist.probability})
    return [dist.losses, dist.first_loss, probability, month, shortfall, others, dist.unit_losses(["B7"]).toarray()]


@pytest.mark.usefixtures("computing_there")
def test_workers_give_the_bits_of_this_machine(monkeypatch):
    far = figures()
    monkeypatch.setattr(computing, "CLUSTER", None)
    for there, here in zip(far, figures(), strict=True):
        assert np.asarray(there).tobytes() == np.asarray(here).tobytes()


@pytest.mark.usefixtures("computing_there")
def test_workers_with_another_version_are_refused(monkeypatch):
    monkeypatch.setattr(cluster, "computed_by", lambda _: "of another day")
    with pytest.raises(InputError, match="another version of the library"):
        simulate(BOOK, scenarios=5_000, seed=3)
    # A worker that comes after the first look says so with its first part.
    monkeypatch.setattr(cluster, "connected", lambda run, _: cluster._client(run.compute.scheduler.get_secret_value()))
    with pytest.raises(InputError, match="another version of the library"):
        simulate(BOOK, scenarios=5_000, seed=3)


def test_a_scheduler_that_does_not_answer_is_bad_input(ledger, monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    done = CliRunner().invoke(app, ["check", str(ledger.run(compute={"scheduler": SECRET}))])
    assert done.exit_code == 2
    assert "1 problem:" in done.stderr and "compute.scheduler: no dask scheduler answers" in done.stderr
    assert "hunter2" not in done.output


def test_workers_measure_a_ledger_in_parts_to_the_same_bytes(machines, tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path / "cache")
    tables = demo_book(buyers=30, invoices=1_000, seed=5).tables
    for name in ("buyers", "invoices", "receipts", "fx"):
        tables[name].to_parquet(tmp_path / f"{name}.parquet", index=False)
    run = machines.run.model_copy(
        update={"source": FolderSource(kind="folder", path=tmp_path), "as_of": date(2026, 10, 31)}
    )
    content = []
    for settings in (run.compute, ComputeSettings()):
        three = run.model_copy(update={"compute": settings.model_copy(update={"parts": 3})})
        folder = tmp_path / f"to {len(content)}"
        assert len(write_measured(three, folder)) == 3
        content.append({file.relative_to(folder): file.read_bytes() for file in folder.rglob("*.*")})
    assert len(content[0]) == 2 + 3 * 3
    assert content[0] == content[1]


def test_an_address_is_no_part_of_what_a_report_tells_or_remembers(ledger):
    run, without = run_at(SECRET), run_at(None)
    assert run.published() == without.published()
    assert run.model_dump_json(exclude=NOTHING_DEPENDS_ON) == without.model_dump_json(exclude=NOTHING_DEPENDS_ON)
    for shown in (repr(run), str(run.model_dump()), run.model_dump_json()):
        assert "hunter2" not in shown
    wrong = {"scheduler": SECRET.replace("hunter2", "operator:hunter2@")}
    done = CliRunner().invoke(app, ["check", str(ledger.run(compute=wrong))])
    assert done.exit_code == 2 and "such as tcp://" in done.output and "hunter2" not in done.output


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r"tradecredit\[cluster\]"):
        cluster.connected(run_at("tcp://127.0.0.1:9"), "tradecredit.losses.simulation")


def test_a_worker_killed_in_the_middle_changes_nothing(computing_there, monkeypatch):
    simulator = simulate(BOOK, policies=POLICIES, scenarios=300_000, seed=3).simulator()
    blocks = list(simulator.blocks())
    found = over_machines(Simulator.year, simulator, blocks, None)
    far = [next(found)]
    next(iter(computing_there.workers.values())).kill()
    far += found
    assert len(cluster._client(computing_there.run.compute.scheduler.get_secret_value()).nthreads()) == 1
    monkeypatch.setattr(computing, "CLUSTER", None)
    here = list(over_machines(Simulator.year, simulator, blocks, 2))
    assert len(blocks) > 2 * cluster.AHEAD  # so that work was left to do
    for one, other in zip(far, here, strict=True):
        assert [part.tobytes() for part in one] == [part.tobytes() for part in other]
