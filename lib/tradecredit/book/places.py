"""Where ids stand in a table. They are text, which is slow to compare row by row: Arrow looks up all at once."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def places(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Return where each value stands first in `among`; −1 where it does not, or is missing.

    >>> places(pd.Series(["b", "c"], dtype="str"), pd.Series(["a", "b"], dtype="str")).tolist()
    [1, -1]
    """
    if len(values) == 0:
        return np.zeros(0, np.intp)
    sought, known = pa.array(values, pa.large_string()), pa.array(among, pa.large_string())
    if len(sought) < len(known) // 4:  # only the rows that are sought are learnt
        rows = np.flatnonzero(pc.is_in(known, value_set=sought, skip_nulls=True).to_numpy(zero_copy_only=False))
        place = pc.fill_null(pc.index_in(sought, value_set=known.take(pa.array(rows)), skip_nulls=True), -1).to_numpy()
        return np.append(rows, -1)[place]
    found = pc.index_in(sought, value_set=known, skip_nulls=True)
    return pc.fill_null(found, -1).to_numpy().astype(np.intp)


def named(values: pd.Series, among: pd.Series) -> np.ndarray:
    """Return of each value of `among`, which differ, whether it is one of the `values`.

    >>> named(pd.Series(["b", "c", "b"], dtype="str"), pd.Series(["a", "b"], dtype="str")).tolist()
    [False, True]
    """
    place, found = places(values, among), np.zeros(len(among), dtype=bool)
    found[place[place >= 0]] = True
    return found


def one_of(values: pd.Series, options: Iterable[str]) -> np.ndarray:
    """Return of each value whether it is one of some options; a missing one is none.

    >>> one_of(pd.Series(["b", None, "c"], dtype="str"), ["a", "b"]).tolist()
    [True, False, False]
    """
    known = pa.array(options if isinstance(options, pd.Series) else list(options), pa.large_string()).drop_null()
    if len(known) == 1:  # several times faster than to look it up
        found = pc.fill_null(pc.equal(pa.array(values), known[0]), False)
    else:
        found = pc.is_in(pa.array(values), value_set=known)
    return found.to_numpy(zero_copy_only=False)
