"""The two errors that bad input raises, and the problem that both list."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with the input, and how to mend it.

    `file` is the file or table, `row` the line as a spreadsheet counts it (the header is row 1), `column` the column
    or the key of a parameter, `value` what was found, `allowed` what would be right, `remedy` what to do, and
    `others` how many further rows have the same problem. `table` is the table of the book and `rows` all the rows in
    which it stands, named or counted, where it is one of rows that may be left out.
    """

    file: str
    allowed: str
    remedy: str
    row: int | None = None
    column: str | None = None
    value: object = None
    others: int = 0
    table: str | None = field(default=None, compare=False, repr=False)
    rows: tuple = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(self.column)
        found = "" if self.value is None else f"found {_shortened(str(self.value))!r}; "
        others = f" (and {self.others:,} more rows)" if self.others else ""
        return f"{', '.join(place)}: {found}{self.allowed}{others}. Remedy: {self.remedy}."


def _shortened(text: str) -> str:
    """Return a long text without its middle: of a path both the folder and the file tell where to look."""
    return text if len(text) <= 80 else f"{text[:39]}…{text[-40:]}"


class _Problems(ValueError):
    """An error that carries every problem found, not the first one."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ParameterError(_Problems):
    """A run file, a policy or an argument says something that cannot be."""


class InputError(_Problems):
    """The credit book's data cannot be read as they are."""


def values_not(right: pd.Series, values: pd.Series, table: str, allowed: str) -> Iterator[Problem]:
    """Yield one problem for the rows of a column that are not `right`: the first one shown, the others counted."""
    wrong = np.flatnonzero(~right.to_numpy(bool))
    if len(wrong):
        first = int(wrong[0])
        found = str(values.iloc[first])
        if values.index.name:
            found = f"{found} ({values.index.name} {values.index[first]})"
        yield Problem(
            file=table, row=first + 2, column=str(values.name), value=found, allowed=allowed,
            remedy="correct the value", others=len(wrong) - 1,
        )  # fmt: skip


def missing_columns(table: pd.DataFrame, columns: Iterable[str], name: str) -> Iterator[Problem]:
    """Yield a problem for each column that a table lacks."""
    for column in columns:
        if column not in table:
            yield Problem(file=name, column=column, allowed="this column is missing", remedy="add it")
