"""A process that has imported what kernels need, and forks in place of those that would import it again.

A report begins a process that imports for seconds and forks the kernels of its chapters (`report.kernels`). Dozens of
tests make reports: those of one worker share what is imported, and each report still has a process of its own.
"""

import gc
import os
import pickle
import select
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from tradecredit.report import forked

OF_A_TEST = {"PYTEST_CURRENT_TEST", "TRADECREDIT_DSN", "PGPASSWORD", "OWNERS"}
"""Settings that differ from test to test and change nothing of what is imported."""

MOST_BYTES = 100_000
"""More than an environment and a folder have."""


class ImportedOnce:
    """Begins processes that fork kernels by forking them; `otherwise` begins one that may differ in what it imports."""

    def __init__(self, otherwise: Callable[[int, dict[str, str]], subprocess.Popen]):
        self.otherwise = otherwise
        self._process: subprocess.Popen | None = None

    def begun(self, descriptor: int, environment: dict[str, str]) -> "_Forked | subprocess.Popen":
        """Return a process that forks kernels, as `kernels.begun` does."""
        if self._process is None:
            self._begin(environment)
        if _imported_by(environment) != self._environment:
            return self.otherwise(descriptor, environment)
        umask = os.umask(0)
        os.umask(umask)
        asked = pickle.dumps((environment, os.getcwd(), umask))
        socket.send_fds(self._channel, [asked], [descriptor, sys.__stdout__.fileno(), sys.__stderr__.fileno()])
        return _Forked(pickle.loads(self._channel.recv(MOST_BYTES)))

    def _begin(self, environment: dict[str, str]) -> None:
        self._environment = _imported_by(environment)
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__)), str(theirs.fileno())],
            env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        theirs.close()

    def close(self) -> None:
        if self._process is not None:
            self._channel.close()
            self._process.wait()


def _imported_by(environment: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in OF_A_TEST}


class _Forked:
    """A process that another has forked, with the part of `subprocess.Popen` that `warm_kernels` uses."""

    def __init__(self, pid: int):
        self.pid, self._ended = pid, os.pidfd_open(pid)

    def wait(self) -> None:
        select.select([self._ended], [], [])
        os.close(self._ended)


def serve(descriptor: int) -> None:
    """Import, then fork until the other side closes the channel."""
    channel = socket.socket(fileno=descriptor)
    forked.import_all()
    gc.collect()
    gc.freeze()
    begun = []
    while True:
        asked, descriptors, *_ = socket.recv_fds(channel, MOST_BYTES, 3)
        if not asked:
            break
        begun.append(os.fork())
        if begun[-1] == 0:
            channel.close()
            _become(descriptors, *pickle.loads(asked))
        for each in descriptors:
            os.close(each)
        channel.send(pickle.dumps(begun[-1]))
    for pid in begun:
        os.waitpid(pid, 0)


def _become(descriptors: list[int], environment: dict[str, str], folder: str, umask: int) -> NoReturn:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.umask(umask)
    asked, *outputs = descriptors
    for stream, output in zip((sys.__stdout__, sys.__stderr__), outputs, strict=True):
        os.dup2(output, stream.fileno())
        os.close(output)
    forked.serve(asked)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
