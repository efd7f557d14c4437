"""Buyers under two numbers become one, as the run file says."""

from dataclasses import replace

import pandas as pd

from tradecredit.book.cells import as_text
from tradecredit.book.places import one_of
from tradecredit.book.raw_tables import RawTable


def merged(raw: dict[str, RawTable], merge: dict[str, str]) -> dict[str, RawTable]:
    """Return raw tables in which buyers stand under the number that `merge` (number: number to keep) gives them.

    Of the rows of `buyers` that then have the same number, the one that had it stays, else the first; those that go are
    counted in what is assumed of that table, as are numbers to be merged that it does not hold.
    """
    if not merge:
        return raw
    found = {}
    for name, table in raw.items():
        frame = table.frame
        for column in [column for column in ("buyer_id", "owner_id", "owned_id") if column in frame]:
            text = as_text(frame[column])
            hit = pd.Series(one_of(text, merge), index=frame.index)
            if name == "buyers":
                table = replace(table, assumed=(*table.assumed, *_told(text[hit], merge)))
            if not hit.any():
                continue
            kept = text.mask(hit, text[hit].map(merge))
            frame = frame.assign(**{column: kept})
            if name == "buyers":
                frame = frame[~hit | ~(one_of(kept, kept[~hit]) | kept[hit].duplicated().reindex(kept.index))]
        found[name] = replace(table, frame=frame)
    return found


def _told(there: pd.Series, merge: dict[str, str]) -> list[tuple[str, int]]:
    """Return the notes on the numbers that are merged, and on those of which the table of buyers has no row."""
    notes = []
    if len(there):
        pairs = ", ".join(f"{old} into {merge[old]}" for old in dict.fromkeys(there))
        notes.append((f"merged into another buyer: {pairs}", len(there)))
    if absent := [old for old in merge if old not in set(there)]:
        notes.append((f"to be merged, but not in the table: {', '.join(absent)}", 0))
    return notes
