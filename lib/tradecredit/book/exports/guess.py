"""What is guessed of a list: one guess, what of the list is looked at, and what a look at it settles."""

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from tradecredit.params.export import ExportSource, ExportSystem


class Guess(NamedTuple):
    """One thing that was guessed: its key in the run file, what was taken, what else it may be, and whether it is open.

    `open`: nothing in the file tells; whoever knows has to look at it.
    """

    key: str
    taken: str
    others: tuple[str, ...] = ()
    open: bool = False


class Seen(NamedTuple):
    """What is known of a list while it is described.

    What it was recognised as, what the lines above its header say, answers by a guess's key, and its description so
    far; `every`: the cells of all rows by role, `raw`: those of documents alone, `found`: the same rows under the
    file's own names.
    """

    system: ExportSystem
    titles: dict[str, str]
    answers: dict[str, str]
    source: ExportSource
    every: pd.DataFrame
    raw: pd.DataFrame
    found: pd.DataFrame


class Settled(NamedTuple):
    """What a look at a list settles: fields of its description, and what was guessed of them."""

    fields: Mapping[str, object] = {}
    guesses: tuple[Guess, ...] = ()
