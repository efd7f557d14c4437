"""Who approves an amount, by the levels of the run file."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.params.limits import ApprovalLevel


def approval(amounts: pd.Series, levels: Sequence[ApprovalLevel]) -> pd.Series:
    """Return who approves each amount: the first of the `levels` whose `up_to` reaches it; missing stays missing.

    >>> levels = [ApprovalLevel(by="clerk", up_to=100), ApprovalLevel(by="board")]
    >>> approval(pd.Series([100.0, 101.0]), levels).tolist()
    ['clerk', 'board']
    """
    bounds = [level.up_to for level in levels[:-1]]
    place = np.searchsorted(np.array(bounds, dtype="float64"), amounts.to_numpy(), side="left")
    names = pd.array([level.by for level in levels], dtype="str")
    return pd.Series(names.take(place), index=amounts.index).where(amounts.notna())
