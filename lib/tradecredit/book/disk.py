"""What is told where the machine refuses to write: a full disk, a folder that is read-only or another's."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tradecredit.errors import ParameterError, Problem

FULL = {getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EFBIG") if hasattr(errno, name)}
REFUSED = FULL | {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST, errno.EIO}
"""Errors of the machine, or of who may do what on it, and of none of this program's making."""


@contextmanager
def writing(place: Path, otherwise: str = "name another folder") -> Iterator[None]:
    """Raise `ParameterError` where what is done within cannot write; `place` is told where the error names no file.

    `otherwise`: what to do in place of making room or allowing it.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in REFUSED:
            raise
        remedy = "make room there" if error.errno in FULL else "allow it"
        where = error.filename if isinstance(error.filename, str | Path) else place
        problem = Problem(
            file=str(where), allowed=f"cannot be written ({error.strerror})", remedy=f"{remedy}, or {otherwise}"
        )
        raise ParameterError([problem]) from None
