"""Kernels that start warm: one process imports the libraries once, and forks a kernel for each chapter.

A chapter's kernel costs seconds of imports when it starts from nothing. A fork shares what its parent has imported and
is otherwise a process of its own: nothing that one chapter does is seen by another. The parent runs one thread only and
has opened no socket and no book, so that a fork copies no lock that somebody holds. Where a process cannot be forked
safely (Windows, macOS), kernels start as Jupyter starts them.
"""

import gc
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner
from nbclient.exceptions import DeadKernelError

FORKING = sys.platform == "linux"

IMPORTED = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "matplotlib_inline.backend_inline", "matplotlib.pyplot", "seaborn",
    "statsmodels.api", "tradecredit.report.chapter", "tradecredit.report.charts", "tradecredit.report.index",
)  # fmt: skip
"""What chapters import at some time, besides the library below its reports."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Settings that keep linear algebra to one thread, unless the environment states another number.

Threads that wait for each other would take the time of the chapter beside, and sums would hang on how many there are.
"""


@contextmanager
def warm_kernels() -> Iterator[type[AsyncKernelManager]]:
    """Yield the class of kernel managers whose kernels start warm; all kernels have ended when the context is left."""
    environment = dict.fromkeys(ONE_THREAD, "1") | os.environ
    if not FORKING:
        yield type("Manager", (_KernelManager,), {"environment": environment})
        return
    ours, theirs = Pipe()
    command = [sys.executable, "-c", f"from {__name__} import _serve; _serve({theirs.fileno()})"]
    # In a session of its own, so that an interrupt at the terminal reaches it through us only.
    process = subprocess.Popen(
        command, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
    )
    theirs.close()
    try:
        yield type("Manager", (_ForkedKernelManager,), {"environment": environment, "forking": _Forking(ours)})
    finally:
        ours.close()
        process.wait()


class _KernelManager(AsyncKernelManager):
    environment: dict[str, str]

    async def start_kernel(self, **options: Any) -> None:
        await super().start_kernel(env=self.environment, **options)


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
    """A kernel forked by another process, with the part of `subprocess.Popen` that Jupyter asks."""

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


class _ForkedKernelManager(_KernelManager):
    forking: _Forking

    def __init__(self, **options: Any):
        super().__init__(**options)
        self.provisioner = _ForkedProvisioner(kernel_id="", kernel_spec=self.kernel_spec, parent=self)


def _serve(descriptor: int) -> None:
    """Import, then fork kernels and tell whether they have ended, until nobody asks any more."""
    channel = Connection(descriptor)
    _import_all()
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


def _import_all() -> None:
    import tradecredit

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
    gc.enable()
    try:
        IPKernelApp.launch_instance(argv=arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
