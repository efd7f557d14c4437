"""What columns of states tell: which rows are void, which invoices are paid, and which states are not clear."""

import re
from typing import NamedTuple, Self

import pandas as pd

from tradecredit.book.exports.guesses import Guess
from tradecredit.book.exports.heads import plain
from tradecredit.book.exports.systems import vocabulary
from tradecredit.params.export import Code, ExportSource, ExportSystem


def by_status(
    source: ExportSource, found: pd.DataFrame, system: ExportSystem, guesses: list[Guess]
) -> dict[str, object]:
    """Return which rows are left out and which are paid, as columns of states say; note the states not known."""
    states = [_States.of(name, found[name], system) for name in _state_columns(source, found, system)]
    if source.one_kind:
        done = next((one for one in states if one.settled), None)
        if done is not None and len(done.settled) < len(done.held):
            others = tuple(str(state) for state in done.held if state not in done.settled)
            guesses.append(Guess("source.where", ", ".join(map(str, done.settled)), others))
        return {"where": {**source.where, done.column: done.settled}} if done else {}
    read: dict[str, object] = {}
    if any(one.void for one in states):
        read["without"] = {**source.without, **{one.column: one.void for one in states if one.void}}
    if not states or {"open", "paid"} & source.columns.keys():
        return read
    settled = {one.column: one.settled for one in states if one.settled}
    if settled:
        read["settled"] = settled
    if settled or any(one.unsettled for one in states):
        guesses.append(
            Guess("source.settled", ", ".join(str(state) for one in settled.values() for state in one) or "none")
        )
    unclear = [state for one in states for state in one.unclear]
    if unclear:
        shown = ", ".join(map(str, unclear[:8]))
        guesses.append(Guess("source.settled", f"taken as open with their whole amount: {shown}", open=True))
    return read


class _States(NamedTuple):
    """The states in a column: all, those of rows left out, of paid invoices, of open ones, and what is unclear."""

    column: str
    held: list[Code]
    void: list[Code]
    settled: list[Code]
    unsettled: list[Code]
    unclear: list[Code]

    @classmethod
    def of(cls, column: str, cells: pd.Series, system: ExportSystem) -> Self:
        held: list[Code] = sorted(cells.dropna().astype("str").str.strip().unique())

        def among(words: list[str]) -> list[Code]:
            known = {plain(word) for word in words}
            return [state for state in held if plain(state) in known]

        void, settled, unsettled = among(system.void), among(system.settled), among(system.unsettled)
        part = [one for one in unsettled if re.search(r"part|parz|parc|teil|deel|czesc|部分", plain(one))]
        unknown = [state for state in held if state not in [*void, *settled, *unsettled]]
        return cls(column, held, void, settled, unsettled, [*part, *unknown])


def _state_columns(source: ExportSource, found: pd.DataFrame, system: ExportSystem) -> list[str]:
    """Return the columns of states: the one that is called so, and others of that name with none but known states."""
    first = source.columns.get("status")
    if not isinstance(first, str):
        return []
    known = {plain(word) for words in (system.void, system.settled, system.unsettled) for word in words}
    named = {name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)}
    words = {word for word, meaning in vocabulary().meaning.items() if meaning in ("status", "pay", "paid")}
    others = [
        str(name)
        for name in found
        if name not in named
        and set(plain(name).split()) & words
        and found[name].notna().any()
        and {plain(value) for value in found[name].dropna().unique()} <= known
    ]
    return [first, *others]
