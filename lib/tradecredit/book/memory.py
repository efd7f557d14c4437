"""Results that are remembered on disk, so that six chapters compute the same thing once."""

import hashlib
import inspect
import os
import pickle
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from tradecredit.book.code_version import code_version
from tradecredit.book.disk import writing
from tradecredit.book.locks import locked
from tradecredit.params.run import Run

FOLDER = ".tradecredit"
"""Folder beside the run file that holds snapshots and results, by key; may be deleted at any time."""
CACHE: Path | None = None
"""Another folder in its place, for all runs; None: beside each run file."""
KEPT = {name: re.compile(rf"(\.(\d+|unfinished)-)?[\w.]+-?[0-9a-f]+\.{suffix}|\..+\.{suffix}\.lock")
        for name, suffix in (("books", "arrow"), ("results", "pickle"))}  # fmt: skip
"""Folders in it, and the names of the files that they hold: kept, unfinished, and locks."""

ELSEWHERE = "copy the run file to a folder of your own, with the paths in it: what is computed is kept beside it"
"""What to do where results cannot be kept."""
OWNERS = 0o700
"""Who may look into a folder of customers' data: its owner."""

PARTS = "parts"
"""Folder in it with the files of a large ledger in parts, while they are measured (`parts.divided`)."""

LOG = "runs.jsonl"
"""File in the folder with a record of the runs (`report.attempts`), which stays when the rest goes."""

NOTHING_DEPENDS_ON: dict[str, Any] = dict.fromkeys(
    ("reports", "notebooks", "chapter_minutes", "after", "language", "compute"), True
) | {"collections": {"letters": True}}
"""What of the run no result depends on: where pages go, in which language, what happens around them, who computes,
who signs letters."""

Function = TypeVar("Function", bound=Callable)


class Unreadable(Exception):
    """A kept file is missing, not whole, or not what was written."""


def cache_of(run: Run) -> Path:
    """Return the folder that holds the snapshots and results of a run."""
    return CACHE or run.file.parent / FOLDER


def remembered(function: Function) -> Function:
    """Let `function(book, …)` compute its result once for each book, run, arguments and version of its code.

    The key is the book's fingerprint, the run's parameters, the arguments, however they are passed, and the source of
    the function's module with all that it imports (`code_version`); the result must depend on nothing else.
    """
    signature = inspect.signature(function)

    @wraps(function)
    def recalled(book, *arguments, **named):
        name = f"{function.__module__}.{function.__qualname__}"
        parameters = book.run.model_dump_json(exclude=NOTHING_DEPENDS_ON)
        version = code_version(function.__module__)
        bound = signature.bind(book, *arguments, **named)
        bound.apply_defaults()
        passed = list(bound.arguments.items())[1:]
        key = _key((book.fingerprint, parameters, version), passed)
        file = cache_of(book.run) / "results" / f"{name}-{key}.pickle"
        return kept(file, read_result, lambda unfinished: write_result(function(book, *arguments, **named), unfinished))

    return cast(Function, recalled)


def _key(texts: tuple[str, ...], passed: list[tuple[str, Any]]) -> str:
    """Return what a result is known by: a hash of texts, and of the arguments, which may be tables."""
    if passed:
        import joblib  # slow to import, and most functions are passed nothing but the book

        texts = (*texts, joblib.hash(passed))
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:32]


def kept(file: Path, read: Callable[[Path], Any], write: Callable[[Path], Any]) -> Any:
    """Return what `read(file)` gives, after `write` has made the file where `read` finds it `Unreadable`.

    What `write` returns, if anything, is taken for what `read` would give.

    One process makes it, and others wait for it meanwhile, by a lock of the operating system that goes when the process
    which holds it ends, in whatever way.
    """
    try:
        return read(file)
    except Unreadable:
        pass
    with ExitStack() as held:
        with writing(file.parent, ELSEWHERE):
            owners_folder(file.parent)
            held.enter_context(locked(file.with_name(f".{file.name}.lock")))
        try:
            return read(file)  # another process has made it while this one waited
        except Unreadable:
            with replacing(file) as unfinished:
                made = write(unfinished)
            return read(file) if made is None else made


def write_result(result: object, file: Path) -> None:
    """Write a result after a checksum."""
    content = pickle.dumps(result, protocol=5)
    with writing(file.parent, ELSEWHERE), file.open("wb") as stream:
        stream.write(zlib.crc32(content).to_bytes(4))
        stream.write(content)


def read_result(file: Path) -> object:
    """Return a result that was written whole; raises `Unreadable` otherwise."""
    try:
        content = memoryview(file.read_bytes())
    except FileNotFoundError as error:
        raise Unreadable(file) from error
    if int.from_bytes(content[:4]) != zlib.crc32(content[4:]) or len(content) <= 4:
        raise Unreadable(file)
    return pickle.loads(content[4:])


class replacing:
    """Give a name to write to beside `file`, and move it there only if nothing failed.

    One process at a time may do so for a file (`locked`); what one that was killed has left, the next writes over.
    """

    def __init__(self, file: Path):
        self.file = file
        self.unfinished = file.with_name(f".unfinished-{file.name}")

    def __enter__(self) -> Path:
        owners_folder(self.file.parent)
        return self.unfinished

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            os.replace(self.unfinished, self.file)
        else:
            self.unfinished.unlink(missing_ok=True)


class Removed(NamedTuple):
    """What `forget` removed, `files` and `size` (bytes), and the files that it did not make and `left`."""

    files: int
    size: int
    left: tuple[Path, ...]


def forget(folder: Path) -> Removed:
    """Remove what is kept in a folder of snapshots and results, and the folder where nothing else is in it.

    Only files that this module has written go: any other stays, as does what a link points to.
    """
    count, size, left = 0, 0, []
    parts = [folder / name for name in KEPT if (folder / name).is_dir() and not (folder / name).is_symlink()]
    for part in [] if folder.is_symlink() else parts:
        for file in sorted(part.iterdir()):
            if file.is_symlink() or not file.is_file() or not KEPT[part.name].fullmatch(file.name):
                continue
            count, size = count + 1, size + file.stat().st_size
            file.unlink()
    left_by_killed = folder / PARTS
    if left_by_killed.is_dir() and not left_by_killed.is_symlink() and not folder.is_symlink():
        files = [file for file in left_by_killed.rglob("*") if file.is_file()]
        count, size = count + len(files), size + sum(file.stat().st_size for file in files)
        shutil.rmtree(left_by_killed)
        (folder / f".{PARTS}.lock").unlink(missing_ok=True)
    if folder.is_dir() and not folder.is_symlink():
        for part in parts:
            _remove_empty(part)
        others = (path for path in folder.rglob("*") if path != folder / LOG)
        left = sorted(path for path in others if not path.is_dir() or path.is_symlink())
        _remove_empty(folder)
    return Removed(count, size, tuple(left))


def _remove_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def writable(folder: Path) -> Path:
    """Return a folder that results can be kept in, made where it is not there; raises `ParameterError` otherwise."""
    with writing(folder, ELSEWHERE):
        owners_folder(folder)
        with suppress(PermissionError):  # somebody else's
            folder.chmod(OWNERS)  # one of an earlier version was open to all
        with tempfile.TemporaryFile(dir=folder):
            return folder


def owners_folder(folder: Path) -> None:
    """Make a folder for customers' data, which nobody but its owner may look into, and those above it."""
    for part in reversed([folder, *folder.parents]):
        if not part.is_dir():
            part.mkdir(mode=OWNERS, exist_ok=True)
