"""The process that forks kernels, and what a kernel does when it is forked.

A chapter's kernel costs seconds of imports when it starts from nothing. A fork shares what its parent has imported and
is otherwise a process of its own: nothing that one chapter does is seen by another. This process runs one thread only
and has opened no socket and no book, so that a fork copies no lock that somebody holds. It imports nothing of Jupyter
but the kernel itself: what runs notebooks takes longer to import than all the rest.
"""

import gc
import importlib
import os
import pkgutil
import signal
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NoReturn

import tradecredit

IMPORTED = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "matplotlib_inline.backend_inline", "matplotlib.pyplot", "seaborn",
    "statsmodels.genmod.generalized_linear_model", "statsmodels.regression.quantile_regression",
    "tradecredit.report.chapter", "tradecredit.report.charts", "tradecredit.report.index",
)  # fmt: skip
"""What chapters import at some time, besides the library below its reports."""


def serve(descriptor: int) -> NoReturn:
    """Import, then fork kernels and report whether they have ended, until the other side closes the channel."""
    channel = Connection(descriptor)
    import_all()
    gc.collect()
    gc.freeze()  # a collection in a kernel would copy all that it shares with the others
    kernels: dict[int, int | None] = {}
    try:
        while True:
            kind, *details = channel.recv()
            if kind == "ended":
                channel.send(_ended(kernels, *details))
                continue
            pid = os.fork()
            if pid == 0:
                channel.close()
                _become_kernel(*details)
            _own_group(pid)
            kernels[pid] = None
            channel.send(pid)
    except (EOFError, ConnectionError):
        for pid in kernels:
            if _ended(kernels, pid) is None:
                os.killpg(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        os._exit(0)  # what is frozen would be reported as leaks


def import_all() -> None:
    """Import what chapters import at some time."""
    for name in IMPORTED:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(tradecredit.__path__, "tradecredit."):
        if not module.name.startswith(("tradecredit.report", "tradecredit.cli")):
            importlib.import_module(module.name)


def _ended(kernels: dict[int, int | None], pid: int) -> int | None:
    """Return the exit code of a kernel; None while it lives."""
    if kernels[pid] is None:
        found, status = os.waitpid(pid, os.WNOHANG)
        kernels[pid] = os.waitstatus_to_exitcode(status) if found else None
    return kernels[pid]


def _own_group(pid: int) -> None:
    """Put a kernel into a group of processes of its own; both sides do it, since either may be the first."""
    with suppress(PermissionError, ProcessLookupError):  # it has done so itself and gone on, or ended at once
        os.setpgid(pid, pid)


def _become_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> NoReturn:
    from ipykernel.kernelapp import IPKernelApp

    _own_group(0)
    os.environ.clear()
    # The kernel ends when the process that forked it does.
    os.environ.update(environment | {"JPY_PARENT_PID": str(os.getppid())})
    os.chdir(folder)
    try:
        IPKernelApp.launch_instance(argv=arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
