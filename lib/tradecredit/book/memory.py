"""Results that are remembered on disk, so that six chapters compute the same thing once."""

import hashlib
import os
import platform
from collections.abc import Callable
from functools import cache, wraps
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import joblib

from tradecredit.params.base import PROJECT

CACHE = PROJECT / ".cache"
"""Snapshots and results, by key; may be deleted at any time."""

COMPUTING = ("pandas", "numpy", "scipy", "numba", "statsmodels", "duckdb")
"""Packages whose versions a result may depend on."""

Function = TypeVar("Function", bound=Callable)


@cache
def code_version() -> str:
    """Return a sha256 over the library's source and what it computes with: a change of either forgets every result."""
    library = Path(__file__).parents[1]
    digest = hashlib.sha256(platform.python_version().encode())
    for package in COMPUTING:
        digest.update(version(package).encode())
    for file in sorted([*library.rglob("*.py"), *library.rglob("*.json")]):
        digest.update(file.relative_to(library).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def remembered(function: Function) -> Function:
    """Let `function(book, …)` compute its result once for each book, run, arguments and version of the library.

    The key is the book's fingerprint, the run's parameters and the arguments; the result must depend on nothing else.
    """

    @wraps(function)
    def recalled(book, *arguments, **named):
        name = f"{function.__module__}.{function.__qualname__}"
        parameters = book.run.model_dump_json(exclude={"reports", "notebooks"})
        key = joblib.hash((name, book.fingerprint, parameters, code_version(), arguments, named))
        file = CACHE / "results" / f"{name}-{key}.joblib"
        if file.exists():
            return joblib.load(file)
        result = function(book, *arguments, **named)
        with replacing(file) as unfinished:
            joblib.dump(result, unfinished)
        return result

    return recalled


class replacing:
    """Give a name to write to beside `file`, and move it there only if nothing failed."""

    def __init__(self, file: Path):
        self.file = file
        self.unfinished = file.with_name(f".{os.getpid()}-{file.name}")

    def __enter__(self) -> Path:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        return self.unfinished

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            os.replace(self.unfinished, self.file)
        else:
            self.unfinished.unlink(missing_ok=True)
