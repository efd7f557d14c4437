"""Work on blocks by this machine's threads, or by the workers of the cluster that the run names: the same bits."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from tradecredit.book import computing
from tradecredit.numerics.threads import over_threads

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Result = TypeVar("Result")


def over_machines(
    work: Callable[[Shared, Part], Result], shared: Shared, parts: Sequence[Part], threads: int | None
) -> Iterator[Result]:
    """Return `work(shared, part)` of each part, in their order, whoever computes them.

    `work`: a function or method of a module of the library, found by its name, whose result depends on its arguments
    alone; `shared`: what all parts have in common, sent once. `threads`: see `over_threads`; workers have their own.
    Raises `InputError` where the cluster does not do it (`cluster.over_workers`).
    """
    run = computing.CLUSTER
    if run is None:
        yield from over_threads(partial(work, shared), parts, threads)
        return
    from tradecredit.numerics.cluster import over_workers

    yield from over_workers(work, shared, parts, run)
