"""Tells texts that hold a password or the like, by how they are written and by what the environment keeps."""

import os
import re
from collections.abc import Iterator
from functools import cache

WRITTEN = re.compile(
    r"(?P<before>\b(?:password|passwd|passwort|pwd|secret|token|api[-_]?key)\s*[=:]\s*|://[^/\s:@]*:)"
    r"(?P<secret>[^\s&@'\";,]+)",
    re.IGNORECASE,
)
"""A password behind its name, or within an address."""
VARIABLE = re.compile(r"PASS(WORD|WD)?$|PWD$|SECRET|TOKEN|API_?KEY|CREDENTIAL", re.IGNORECASE)
"""Names of environment variables that keep a secret."""
SHORTEST = 8
"""Letters of a secret that is looked for: of a shorter one, any text may hold the same."""


def without_secrets(text: str) -> str:
    """Return a text with an ellipsis in place of each secret; the text itself where it holds none.

    >>> without_secrets("ledger password=hunter2.csv")
    'ledger password=…'
    """
    for secret in _kept_in(tuple(os.environ.items())):
        text = text.replace(secret, "…")
    return WRITTEN.sub(lambda found: f"{found['before']}…", text)


@cache
def _kept_in(environment: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the secrets that variables of an environment keep; a command asks thousands of times."""
    return tuple(_secrets(environment))


def _secrets(environment: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, value in environment:
        if VARIABLE.search(name) and len(value) >= SHORTEST and "/" not in value:
            yield value
        yield from (found["secret"] for found in WRITTEN.finditer(value) if len(found["secret"]) >= SHORTEST)
