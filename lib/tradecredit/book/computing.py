"""Who computes for the books of this process: this machine, or the workers of the cluster that a run names."""

from tradecredit.params.run import Run

CLUSTER: Run | None = None
"""The run whose book this process opened last, where it names a scheduler. No figure depends on it, so that neither
what is kept of a result nor what it is known by holds it, and no function has to be handed it."""


def computes_for(run: Run) -> None:
    """Let the machines compute that a run names (`compute`)."""
    global CLUSTER
    CLUSTER = run if run.compute.scheduler else None
