"""The book with which a report began, told to its chapters: what others write meanwhile is for the next report."""

import hashlib
import json
import os

from tradecredit.params.run import Run

VARIABLE = "TRADECREDIT_BEGAN_WITH"
"""Environment variable of a chapter's process: what is read how, and the fingerprints of the source."""


def told(run: Run, read_how: str, fingerprints: dict[str, str]) -> dict[str, str]:
    """Return the setting that tells a chapter which book of a run it is about; it holds no data and no address."""
    return {VARIABLE: json.dumps([_of(run, read_how), fingerprints])}


def began_with(run: Run, read_how: str) -> dict[str, str] | None:
    """Return the fingerprints of the source when the report that this process is a chapter of began.

    None outside of a report, and for another run, or one that is read in another way.
    """
    of, fingerprints = json.loads(os.environ.get(VARIABLE, "[null, {}]"))
    return fingerprints if of == _of(run, read_how) else None


def _of(run: Run, read_how: str) -> str:
    return hashlib.sha256(f"{run.file}\n{read_how}".encode()).hexdigest()
