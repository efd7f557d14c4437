"""Numbers of buyers that stand in one cell with their names."""

import pandas as pd

NUMBERED = r"^(?P<buyer_id>(?:\d{2,}\S*|(?=\S*\d\d)\S+?))(?:\s+[-–:|]\s+|\s*[:|]\s+|\s+)(?P<name>\w.*)$"
"""How a buyer's number stands before its name in one cell."""
PARTED = r"^(?P<buyer_id>[^\sa-z]+)\s{2,}(?P<name>\S.*)$"
"""How it stands there in a printed list, where it may be any code without small letters: apart from the name."""
FORMS = (
    r"^(?P<buyer_id>[A-Z]{0,4}-?\d[\dA-Z./-]*?)\s*[-–:|]\s*(?P<name>[^\W\d_].*)$",
    NUMBERED,
    r"^(?P<name>\S.*?)\s*[(\[](?P<buyer_id>[A-Z]{0,4}[-.]?\d[\w./-]*)[)\]]$",
)
"""How both stand in the cells of a column."""
NEARLY_ALL = 0.95
"""Share of cells from which a column holds both."""
MOSTLY = 0.5
"""Share of what stands beside the numbers from which it is names: of several words, or with small letters."""
LEAST = 3
"""Fewer different buyers show nothing."""


def are_together(column: pd.Series) -> bool:
    """Return whether a column holds the numbers of buyers and their names together, in nearly all cells.

    Each number has one name; most have two digits or more, as names such as `3M Ltd` do not.

    >>> are_together(pd.Series(["10010-01-Alder", "10020-01-Birch", "10030-02-Cedar"])), are_together(pd.Series(["3M"]))
    (True, False)
    """
    texts = pd.Series(column.dropna().astype("str").str.strip().unique(), dtype="str")
    parts = _best(texts).dropna()
    long = parts["buyer_id"].str.count(r"\d").ge(2).sum()
    # A code of letters alone is no name, as in 4284-FVEDB.
    worded = parts["name"].str.contains(r"\s|[^\W\d_A-Z]").mean() if len(parts) else 0.0
    apart = parts["buyer_id"].is_unique and long >= NEARLY_ALL * len(texts) and worded > MOSTLY
    return len(texts) >= LEAST and bool(apart)


def parts(column: pd.Series, role: str) -> pd.Series:
    """Return the numbers (`buyer_id`) or the names of buyers that a column holds together; a cell without both is both.

    >>> parts(pd.Series(["Alder Ltd (C-010)", "Birch (C-020)", "Total"]), "buyer_id").tolist()
    ['C-010', 'C-020', 'Total']
    """
    texts = column.astype("str").str.strip().where(column.notna())
    return _best(texts)[role].fillna(texts)


def _best(texts: pd.Series) -> pd.DataFrame:
    """Return numbers and names as the form tells them apart that fits most texts."""
    found = [texts.str.extract(form) for form in FORMS]
    return max(found, key=lambda one: int(one["buyer_id"].notna().sum()))
