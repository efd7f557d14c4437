"""Kernels that start warm, for papermill: one process imports the libraries once, and forks a kernel for each chapter.

Where a process cannot be forked safely (Windows, macOS), kernels start as Jupyter starts them.
"""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient.exceptions import DeadKernelError

from tradecredit.report import forked

FORKING = sys.platform == "linux"

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Settings that keep linear algebra to one thread, unless the environment states another number.

Threads that wait for each other would take the time of the chapter beside, and sums would depend on how many there are.
"""


@contextmanager
def warm_kernels() -> Iterator[type["KernelManager"]]:
    """Yield the class of kernel managers whose kernels start warm; all kernels have ended when the context is left."""
    environment = dict.fromkeys(ONE_THREAD, "1") | os.environ
    if not FORKING:
        yield type("Manager", (KernelManager,), {"environment": environment})
        return
    ours, theirs = Pipe()
    process = begun(theirs.fileno(), environment)
    theirs.close()
    try:
        yield type("Manager", (_ForkedKernelManager,), {"environment": environment, "forking": _Forking(ours)})
    finally:
        ours.close()
        process.wait()


def begun(descriptor: int, environment: dict[str, str]) -> subprocess.Popen:
    """Return the process that forks kernels, which reads what is asked of it from a descriptor.

    It is in a session of its own, so that an interrupt at the terminal reaches it through us only.
    """
    return subprocess.Popen(
        [sys.executable, "-P", "-m", forked.__name__, str(descriptor)],
        env=environment, pass_fds=[descriptor], stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def limited(kernels: type[AsyncKernelManager], seconds: float) -> type[AsyncKernelManager]:
    """Return the class of managers whose kernels are killed when they have lived so long."""
    return type("LimitedManager", (kernels,), {"most_seconds": seconds})


class KernelManager(AsyncKernelManager):
    """Starts kernels in an environment, which may be added to until they start, and ends them in time."""

    environment: dict[str, str]
    most_seconds: float | None = None

    async def start_kernel(self, **options: Any) -> None:
        await super().start_kernel(env=self.environment, **options)
        if self.most_seconds is not None:
            asyncio.get_running_loop().call_later(self.most_seconds, self._end)

    def _end(self) -> None:
        if self.has_kernel:
            self._ending = asyncio.ensure_future(self.provisioner.kill())  # a task that nobody holds may vanish


class _Forking:
    """The process that forks kernels, as seen from here; several threads may ask it."""

    def __init__(self, channel: Connection):
        self._channel = channel
        self._one_at_a_time = threading.Lock()

    def fork(self, arguments: list[str], environment: dict[str, str], folder: str) -> int:
        """Return the process id of a new kernel."""
        try:
            return self._asked(("fork", arguments, environment, folder))
        except (EOFError, OSError) as error:
            raise DeadKernelError("the process that starts the kernels has ended") from error

    def ended(self, pid: int) -> int | None:
        """Return the exit code of a kernel; None while it lives."""
        try:
            return self._asked(("ended", pid))
        except (EOFError, OSError):
            return -signal.SIGKILL  # kernels end with the process that forked them

    def _asked(self, question: tuple) -> Any:
        with self._one_at_a_time:
            self._channel.send(question)
            return self._channel.recv()


class _ForkedKernel:
    """A kernel forked by another process, with the part of `subprocess.Popen` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, forking: _Forking, pid: int):
        self._forking, self.pid = forking, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._forking.ended(self.pid)
        return self.returncode

    def wait(self) -> int | None:
        while self.poll() is None:
            time.sleep(0.02)
        return self.returncode

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class _ForkedProvisioner(LocalProvisioner):
    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = str(options.get("cwd") or os.getcwd())
        forking = self.parent.forking
        self.process = _ForkedKernel(forking, forking.fork(arguments, options["env"], folder))
        self.pid = self.pgid = self.process.pid
        self.cwd = folder
        return self.connection_info


class _ForkedKernelManager(KernelManager):
    forking: _Forking

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.provisioner = _ForkedProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)
