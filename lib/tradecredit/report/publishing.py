"""How what is made takes its place: built beside it, put there by one switch, and what killed runs have left cleared.

What is published are plain folders, not links or a file that names the newest: they go on working when they are zipped
or copied to a web server, and on Windows.
"""

import ctypes
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tradecredit.book.locks import locked, locked_if_free
from tradecredit.report.folders import DAILY
from tradecredit.words import failures

BUILDING = re.compile(r"(\.building-.+)-[0-9a-f]+")
"""Name of a folder that something is built in; the first part, with LOCK, is that of the lock of who builds it."""
LOCK = ".lock"
REPLACED = ".replaced-"
"""Begin of the name, beside its place, of what is replaced where two folders cannot be exchanged at once."""
EXCHANGE = 2
"""The same for Linux (RENAME_EXCHANGE) and macOS (RENAME_SWAP)."""
HERE = -100
"""Linux's AT_FDCWD: paths are as they are everywhere else."""


@contextmanager
def building(place: Path, reports: Path, *, waiting: Callable[[], None]) -> Iterator[Path]:
    """Yield a new folder of `reports` to build what belongs at `place` in; it is removed at the end.

    Nobody else builds for that place meanwhile: `waiting` is called before a wait for one who does. What killed runs
    have left is cleared before. Its name is new each time, so that no straggler of a killed run writes into it.
    """
    reports.mkdir(parents=True, exist_ok=True)
    name = f".building-{'-'.join(place.relative_to(reports).parts)}"
    with locked(reports / f"{name}{LOCK}", waiting=waiting):
        _clear(reports, name, place)
        recover(reports)
        build = reports / f"{name}-{secrets.token_hex(4)}"
        build.mkdir()
        try:
            yield build
        finally:
            shutil.rmtree(build, ignore_errors=True)


def told_waiting(what: str) -> None:
    """Tell that another run makes the same."""
    print(failures.waiting(what), file=sys.stderr, flush=True)


def put_in_place(build: Path, place: Path) -> None:
    """Put a finished folder in its place by one switch: a reader finds the old one or the new one, at every moment.

    What it replaces lies where it was built afterwards. Where the system cannot exchange two folders, the old one is
    moved aside first, and `recover` brings it back if the run is killed before the new one is there.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        os.rename(build, place)
        return
    if _exchanged(build, place):
        return
    old = place.with_name(REPLACED + place.name)
    os.rename(place, old)
    try:
        os.rename(build, place)
    except OSError:
        os.rename(old, place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(reports: Path) -> None:
    """Bring back what was published where a run was killed while it replaced it, and clear what killed runs have left.

    What a run at work has is left alone.
    """
    names = {found[1] for path in reports.glob(".building-*") if (found := BUILDING.fullmatch(path.name))}
    names |= {path.name.removesuffix(LOCK) for path in reports.glob(f".building-*{LOCK}")}
    replaced = [*reports.glob(f"*/{REPLACED}*"), *reports.glob(f"*/{DAILY}/{REPLACED}*")]
    places = [old.with_name(old.name.removeprefix(REPLACED)) for old in replaced]
    names_of_places = {f".building-{'-'.join(place.relative_to(reports).parts)}": place for place in places}
    for name in sorted(names | names_of_places.keys()):
        with locked_if_free(reports / f"{name}{LOCK}") as free:
            if free:
                _clear(reports, name, names_of_places.get(name))


def _clear(reports: Path, name: str, place: Path | None) -> None:
    """Clear what was left of builds of a name, whose lock is held, and bring back what was at `place`."""
    old = place and place.with_name(REPLACED + place.name)
    if place and old and old.is_dir():
        if place.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            os.rename(old, place)
    for path in reports.glob(f"{name}-*"):
        found = BUILDING.fullmatch(path.name)
        if found and found[1] == name:
            shutil.rmtree(path, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Return whether two folders were exchanged at once; False, and nothing done, where the system cannot."""
    library = None if sys.platform == "win32" else ctypes.CDLL(None, use_errno=True)
    with suppress(AttributeError):  # no such function in this system's library
        if sys.platform == "darwin":
            return library.renamex_np(os.fsencode(one), os.fsencode(other), EXCHANGE) == 0
        if library is not None:
            return library.renameat2(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0
    return False
