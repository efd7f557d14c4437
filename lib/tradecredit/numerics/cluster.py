"""Work on blocks by the workers of a dask cluster.

What the parts have in common is itself a task, so that it is made again where the worker that held it is lost, as each
part is. Every task says by which version of the code it was done, and how its machine rounds: exp and log of numpy give
other last bits on a processor without AVX2, products of matrices on others. Results of another kind are refused.
"""

import hashlib
import logging
import pickle
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tradecredit.book.code_version import code_version
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.params.run import Run

if TYPE_CHECKING:
    from distributed import Client, Future

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Result = TypeVar("Result")

PATIENCE = 30
"""Seconds that a scheduler may take to answer."""
AHEAD = 4
"""Parts that wait for each thread of the workers: enough that none is idle, and few results to hold."""


def over_workers(
    work: Callable[[Shared, Part], Result], shared: Shared, parts: Sequence[Part], run: Run
) -> Iterator[Result]:
    """Return `work(shared, part)` of each part, in their order, computed by the workers of a run's cluster.

    Raises `InputError` where scheduler or workers do not answer, or would compute other bits (`computed_by`).
    """
    version = computed_by(work.__module__)
    client = connected(run, work.__module__)
    with _told(run):
        held = client.submit(pickle.loads, pickle.dumps(shared, protocol=5), pure=False)
        threads = sum(client.nthreads().values())
        waiting: deque[Future] = deque()
        for part in parts:
            content = pickle.dumps((work, part), protocol=5)
            waiting.append(client.submit(done, held, content, version, pure=False))
            if len(waiting) >= AHEAD * max(threads, 1):
                yield _result(client, waiting.popleft(), run)
        while waiting:
            yield _result(client, waiting.popleft(), run)


def done(shared: Shared, content: bytes, version: str) -> object:
    """Return what a worker has done, in a tuple of one; what it computes by, where that is something else."""
    work, part = pickle.loads(content)
    own = computed_by(work.__module__)
    return (work(shared, part),) if own == version else own


@cache
def computed_by(module: str) -> str:
    """Return what decides the bits of a module's results: its version of the code, and how this machine rounds."""
    numbers = np.linspace(0.001, 0.999, 4096)
    square = numbers.reshape(64, 64)
    found = [np.exp(numbers), np.log(numbers), numbers**1.7, square @ square, square @ square[0]]
    return hashlib.sha256(code_version(module).encode() + b"".join(part.tobytes() for part in found)).hexdigest()


def _result(client: "Client", future: "Future", run: Run) -> Any:
    while True:
        try:
            found = future.result(timeout=60 * run.compute.worker_minutes)
        except TimeoutError:
            if client.nthreads():
                continue  # long work
            raise InputError([_no_worker(run)]) from None
        if not isinstance(found, tuple):
            raise InputError([_other_version(run)])
        return found[0]


def connected(run: Run, module: str) -> "Client":
    """Return a client of a run's cluster, once a worker is there and all compute a module's results as this machine.

    Raises `ParameterError` without the `cluster` extra, and `InputError` where scheduler or workers do not answer, or
    would compute other bits.
    """
    try:
        import distributed  # noqa: F401
    except ImportError:
        raise ParameterError(
            [_problem(run, "needs dask, which is not installed", "pip install 'tradecredit[cluster]'")]
        ) from None
    # Its log and its warnings tell addresses, and would stand on pages.
    for name in ("distributed", "distributed.client", "distributed.comm", "distributed.core", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    address = run.compute.scheduler
    assert address is not None
    with _told(run):
        client = _client(address.get_secret_value())
        try:
            # A cluster that starts workers on demand has none before it has something to do.
            client.submit(int, pure=False).result(timeout=60 * run.compute.worker_minutes)
        except TimeoutError:
            raise InputError([_no_worker(run)]) from None
        versions = client.run(computed_by, module, on_error="return")
    if any(version != computed_by(module) for version in versions.values()):
        raise InputError([_other_version(run)])
    return client


@cache
def _client(address: str) -> "Client":
    """Return the client of a scheduler; a process has one."""
    import dask
    from distributed import Client

    # The arrays of a large book are one task, which is meant.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "16GB"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Client(address, timeout=PATIENCE, set_as_default=False, asynchronous=False)


@contextmanager
def _told(run: Run) -> Iterator[None]:
    """Tell in words for a run file's author what a cluster fails by, without its address."""
    from distributed import KilledWorker
    from distributed.client import FutureCancelledError

    try:
        yield
    except KilledWorker:
        raise InputError([
            _problem(run, "workers ended again and again at the same part of the work",
                     "give each more memory (dask worker --memory-limit), or fewer threads")
        ]) from None  # fmt: skip
    except ImportError:  # of the library, by a worker
        raise InputError([_other_version(run)]) from None
    except (FutureCancelledError, OSError, TimeoutError):
        raise InputError([
            _problem(run, f"no dask scheduler answers at this address within {PATIENCE} seconds, or it has ended",
                     "start it (dask scheduler), mend the address, or take `compute` out: this machine computes then")
        ]) from None  # fmt: skip


def _no_worker(run: Run) -> Problem:
    return _problem(
        run, f"the cluster has had no worker for {run.compute.worker_minutes:g} minutes",
        "start workers (dask worker), or state a longer time: compute.worker_minutes",
    )  # fmt: skip


def _other_version(run: Run) -> Problem:
    return _problem(
        run, "a worker has another version of the library, of Python or of a package that computes, or a processor "
        "that rounds otherwise",
        "install the same checkout and pins (requirements.txt) on machines of one kind, and start the workers again",
    )  # fmt: skip


def _problem(run: Run, allowed: str, remedy: str) -> Problem:
    return Problem(file=str(run.file), column="compute.scheduler", allowed=allowed, remedy=remedy)
