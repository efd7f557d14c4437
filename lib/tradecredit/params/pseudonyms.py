"""Pseudonyms in place of names and numbers, by a key that lies beside the run file and leaves no report.

A hash of a name is no pseudonym: whoever guesses the name finds it by hashing. These are keyed (HMAC-SHA256, RFC 2104,
FIPS 198-1): without the key no guess can be tried, and with the same key a buyer has the same one in each month.
"""

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from tradecredit.errors import ParameterError, Problem

if TYPE_CHECKING:
    from tradecredit.params.run import Run

Stated = TypeVar("Stated", bound="Run")
BYTES = 32
"""Of a key: as many as the hash has."""
LETTERS = 10
"""Letters of a pseudonym (5 bits each): of a million, two are the same once in two thousand books."""
PARTY, ENTITY = "party", "entity"
"""What is replaced: a buyer, owner or group, which are one where their number is one; whose book it is."""
PREFIXES = {
    PARTY: "B", ENTITY: "Entity ", "name": "Buyer ", "registration": "R", "invoice": "I", "receipt": "P", "order": "O",
    "claim": "C", "analyst": "Analyst ",
}  # fmt: skip
"""Kind of what is replaced: how its pseudonyms begin. A name of one kind is no hint to the same one of another."""


class Pseudonyms:
    """Pseudonyms by a key: the same for the same text of a kind, and without the key like drawn at random."""

    def __init__(self, key: bytes):
        self._key = key

    def of(self, kind: str, text: str) -> str:
        """Return the pseudonym of a text of a kind (of `PREFIXES`): its prefix and ten letters and digits.

        >>> Pseudonyms(bytes(32)).of("party", "B00268")
        'BEAPDQ7L67X'
        """
        digest = hmac.digest(self._key, f"{kind}\n{text}".encode(), hashlib.sha256)
        return PREFIXES[kind] + base64.b32encode(digest[:10]).decode("ascii")[:LETTERS]

    def column(self, kind: str, values: pd.Series) -> pd.Series:
        """Return a column of texts as their pseudonyms; what is missing stays missing."""
        known = {text: self.of(kind, text) for text in values.dropna().unique()}
        return values.map(known).astype("str")

    @property
    def mark(self) -> str:
        """What tells one key from another, and nothing of either."""
        return hmac.digest(self._key, b"mark", hashlib.sha256).hex()


def key_file(run_file: Path) -> Path:
    """Return where the key of a run file lies.

    >>> key_file(Path("params/demo.yaml")).as_posix()
    'params/demo.pseudonyms.key'
    """
    return run_file.with_name(f"{run_file.stem}.pseudonyms.key")


def pseudonyms(run_file: Path) -> Pseudonyms:
    """Return the pseudonyms of a run file; a key is drawn, for its owner's eyes alone, where none is beside it.

    Raises `ParameterError` for a key that cannot be read or written, or is none.
    """
    file = key_file(run_file)
    try:
        if not file.exists():
            _draw(file)
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError([
            Problem(file=str(file), column="anonymise", allowed=f"the key cannot be read or made: {error}",
                    remedy="let the run file lie in a folder of your own, or put the key back")
        ]) from error  # fmt: skip
    if not re.fullmatch(rf"[0-9a-f]{{{2 * BYTES}}}", text):
        raise ParameterError([
            Problem(file=str(file), column="anonymise", allowed=f"is no key of {2 * BYTES} hexadecimal digits",
                    remedy="put the key back; without it, remove the file: all pseudonyms will be others than before")
        ])  # fmt: skip
    return Pseudonyms(bytes.fromhex(text))


def _draw(file: Path) -> None:
    """Write a new key, whole or not at all, and never over another's."""
    unfinished = file.with_name(f".{os.getpid()}-{file.name}")
    opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(BYTES) + "\n")
        if not file.exists():
            os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)


def with_pseudonyms(run: Stated) -> Stated:
    """Return a run whose own texts name nobody: its entity, and the buyers of its policies and factors.

    What cannot be told apart from names, such as the senders of letters and sentences on the data, is left out. How the
    source is read stays as it is stated, since it is read before its names are replaced.
    """
    names = pseudonyms(run.file)
    changed: dict[str, Any] = {
        "entity": names.of(ENTITY, run.entity), "assumptions": [],
        "guessed": dict.fromkeys(run.guessed, "left out"),
        "collections": run.collections.model_copy(update={"letters": None}),
        "quotes": [_of_policy(quote, names) for quote in run.quotes],
    }  # fmt: skip
    if run.policy is not None:
        changed["policy"] = _of_policy(run.policy, names)
    factors = run.losses.dependence.sector_factors
    if factors is not None and factors.buyers:
        renamed = factors.model_copy(update={"buyers": _keys(factors.buyers, names)})
        dependence = run.losses.dependence.model_copy(update={"sector_factors": renamed})
        changed["losses"] = run.losses.model_copy(update={"dependence": dependence})
    return run.model_copy(update=changed)


def _of_policy(policy: Any, names: Pseudonyms) -> Any:
    buyers, limits = policy.buyers, policy.limits
    return policy.model_copy(update={
        "buyers": None if buyers is None else [names.of(PARTY, buyer) for buyer in buyers],
        "limits": None if limits is None else _keys(limits, names),
    })  # fmt: skip


def _keys(by_buyer: dict[str, Any], names: Pseudonyms) -> dict[str, Any]:
    return {names.of(PARTY, buyer): value for buyer, value in by_buyer.items()}


def without(text: str, words: Iterable[str]) -> str:
    """Return a text with an ellipsis in place of each of some words, where it stands as a word of its own."""
    for word in words:
        if word in text:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", "…", text)
    return text
