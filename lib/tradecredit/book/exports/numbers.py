"""The numbers of invoices among words, and the figures by which systems call them that leave out their letters."""

import pandas as pd

_NO_NUMBER = r"\s,;:()\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af"
"""What ends a number among words: spaces, marks, and letters of East Asian writing, which stand close."""
NUMBER_IN_WORDS = rf"(?=[^{_NO_NUMBER}]*\d)[^{_NO_NUMBER}]{{4,}}"
"""What can be an invoice's number among words: short ones may be anything."""
FIGURES = r"\d{4,}"
"""Figures that may be a number without its letters: fewer may be anything."""
_YEAR = r"(?:19|20)\d\d"


def figures(text: pd.Series) -> pd.Series:
    """Return the figures in texts that may be numbers, without noughts before them; a row each, with the text's index.

    >>> figures(pd.Series(["Pago A-26281", "FV/2026/00417"])).to_dict()
    {0: '26281', 1: '417'}
    """
    found = text.astype("str").str.findall(FIGURES).explode().dropna().astype("str")
    return found[~found.str.fullmatch(_YEAR)].str.lstrip("0")


def figures_of(number: pd.Series) -> pd.Series:
    """Return the figures of each document's number, those that stand last; missing where there are none.

    >>> figures_of(pd.Series(["A-26281", "FV/2026/00417", "X1"])).fillna("").tolist()
    ['26281', '417', '']
    """
    found = figures(number)
    return found[~found.index.duplicated(keep="last")].reindex(number.index)
