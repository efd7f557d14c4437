"""Lists of several days in one file, each appended below the last: only the newest of them is what is open."""

from datetime import date
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports.days import days, months_alone, told
from tradecredit.book.exports.guess import Guess, Settled
from tradecredit.params.export import Code, ExportSource

SEEN_AGAIN = 0.5
"""Share of rows whose document stands in other rows as well, from which these may be lists of several days."""
ROWS_OF_A_DAY = 5
"""So many rows each day has at least, on average."""
YEAR_AND_MONTH = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])"
ALMOST_ALL = 0.95
"""Share of documents that stand in all lists between their first and their last, and of rows issued by then."""


class Newest(NamedTuple):
    """The column of the days on which lists were taken, what it holds for the newest of them, and how many there are.

    `day`: that of the newest, the last of its month where only this is told. `rows`: those of the newest.
    """

    column: str
    value: str
    day: date
    lists: int
    rows: pd.Series

    @property
    def settled(self) -> Settled:
        """What this settles of the description of a list."""
        where: dict[str, list[Code]] = {self.column: [self.value]}
        shown = f"{self.column} {self.value}, the newest of {self.lists}"
        return Settled({"where": where}, (Guess("source.snapshots", shown, open=True),))


def newest(raw: pd.DataFrame, found: pd.DataFrame, source: ExportSource) -> Newest | None:
    """Return which rows are the newest of several lists in one; None where the rows are one list.

    `raw` has the cells of documents by role, `found` the same rows under the file's own names. A column is that of the
    days of lists if every row has one, none of them before the document's own; if no document stands twice in a list;
    and if one that stands in two lists stands in all between them, as days of payment and of delivery do not.
    """
    buyer, number = raw["buyer_id"].fillna(raw["name"]), raw["invoice_id"].fillna(raw["number"])
    if number.duplicated(keep=False).mean() < SEEN_AGAIN:
        return None
    document = raw.groupby([buyer, number, raw["due"].astype("str")], dropna=False).ngroup()[number.notna()]
    if len(document) < 2 * ROWS_OF_A_DAY or document.duplicated(keep=False).mean() < SEEN_AGAIN:
        return None
    of_days = {source.columns.get(role) for role in ("due", "cleared", "baseline")}
    issued = _read(raw["issued"])
    for name in [str(name) for name in found if name not in of_days and not str(name).startswith("above: ")]:
        column = found[name].set_axis(raw.index)
        lists = column.nunique()
        if column.isna().any() or not 1 < lists <= len(column) / ROWS_OF_A_DAY:
            continue
        taken = _read(column)
        if taken is None or taken.isna().any() or not _goes_on(document, taken.rank(method="dense")):
            continue
        known = None if issued is None or name == source.columns.get("issued") else issued.dropna()
        if known is None or (known <= taken[known.index]).mean() >= ALMOST_ALL:
            last = taken == taken.max()
            value = str(column[last].astype("str").str.strip().iloc[0])
            return Newest(name, value, taken.max().date(), lists, last)
    return None


def _read(column: pd.Series) -> pd.Series | None:
    """Return a column as days, months as the last of theirs; None where it holds none."""
    if pd.api.types.is_datetime64_any_dtype(column) or column.map(lambda cell: hasattr(cell, "year")).all():
        return days(column, None, zone="UTC")
    text = column.dropna().astype("str").str.strip()
    if text.str.fullmatch(YEAR_AND_MONTH).all():
        return pd.to_datetime(column.astype("str").str.strip(), format="%Y%m") + pd.offsets.MonthEnd(0)
    form = told([column])
    if form is None:
        return None
    read = days(column, form.format)
    return read + pd.offsets.MonthEnd(0) if months_alone(form.format) else read


def _goes_on(document: pd.Series, place: pd.Series) -> bool:
    """Return whether each document stands once in a list, and in all lists between its first and its last."""
    of = place[document.index].groupby(document)
    between = of.max() - of.min() + 1
    again = of.size() > 1
    each_once = (of.nunique() == of.size()).mean() >= ALMOST_ALL
    return bool(each_once and again.any() and (between == of.size())[again].mean() >= ALMOST_ALL)
