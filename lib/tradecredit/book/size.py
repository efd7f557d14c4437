"""The typical invoice of a book, which the amounts of its run that are not stated are measured by."""

import numpy as np
import pandas as pd

from tradecredit.params.run import Run
from tradecredit.params.size import by_size, two_digits


def typical_invoice(amounts: pd.Series) -> float:
    """Return the amount, rounded to two digits, that half of what was invoiced is on invoices of at least.

    The median of the amounts weighted by themselves: many small invoices, which little hangs on, do not move it.
    `amounts` of invoices, gross; those of zero do not count. Missing without any. Source: definitions §1.4.

    >>> typical_invoice(pd.Series([10.0] * 50 + [300.0, 1_000.0]))  # 1,800 in all, 800 of it on smaller ones
    1000.0
    """
    ordered = np.sort(amounts[amounts > 0].to_numpy("float64"))
    if not len(ordered):
        return float("nan")
    return two_digits(float(ordered[np.searchsorted(np.cumsum(ordered), ordered.sum() / 2)]))


def with_amounts(run: Run, invoices: pd.DataFrame) -> Run:
    """Return a run with the amounts that its file does not state, by the typical invoice of the book or the run's own.

    `invoices`: those of the book, in its currency. Without any, and none stated, the amounts stay as they are.
    """
    stated = "typical_invoice" in run.model_fields_set and run.typical_invoice is not None
    typical = run.typical_invoice if stated else typical_invoice(invoices["amount"])
    if typical is None or not typical > 0:
        return run
    fitted = dict(by_size(run, typical)) | {"typical_invoice": typical}
    return run.model_construct(_fields_set=set(run.model_fields_set), **fitted)
