"""Locks of the operating system: one process at a time does a thing, and a lock goes with the process that holds it."""

import os.path
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def locked(file: Path, *, waiting: Callable[[], None] | None = None) -> Iterator[None]:
    """Let one process at a time be within, by a file that is there meanwhile only; `waiting` is called before a wait.

    A process that ends, in whatever way, gives its lock up; the file that it leaves does no harm.
    """
    handle = _taken(file)
    if handle is None and waiting is not None:
        waiting()
    while handle is None:
        handle = _taken(file, wait=True)
    with _held(file, handle):
        yield


@contextmanager
def locked_if_free(file: Path) -> Iterator[bool]:
    """Do not wait, but tell whether the lock was free and is held within."""
    handle = _taken(file)
    if handle is None:
        yield False
        return
    with _held(file, handle):
        yield True


@contextmanager
def _held(file: Path, handle: IO[bytes]) -> Iterator[None]:
    with handle:
        try:
            yield
        finally:
            with suppress(OSError):  # Windows does not remove a file that is open
                file.unlink()


def _taken(file: Path, *, wait: bool = False) -> IO[bytes] | None:
    """Return the file, open and locked; None where another process holds the lock, or has just removed the file."""
    handle = file.open("ab")
    try:
        if _lock(handle.fileno(), wait) and _is(file, handle):
            return handle
    except BaseException:
        handle.close()
        raise
    handle.close()
    return None


def _is(file: Path, handle: IO[bytes]) -> bool:
    """Return whether a name still stands for the file that was opened by it."""
    try:
        with file.open("rb") as now:
            return os.path.sameopenfile(now.fileno(), handle.fileno())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, wait: bool) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            return True
        except OSError:  # waiting, it gives up after ten seconds
            return False

else:
    import fcntl

    def _lock(descriptor: int, wait: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            return True
        except BlockingIOError:
            return False
