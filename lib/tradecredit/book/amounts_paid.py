"""Whether what was paid on invoices comes to their amounts: else another column was likely taken for these."""

import numpy as np

from tradecredit.book.checks import CENT

PAID = ("payment", "credit_note", "discount")
"""Kinds of receipts by which buyers settle what they owe."""
FEWEST_INVOICES = 20
"""Fewer invoices that were paid on tell nothing."""
MAJORITY = 0.5
"""Share of them from which payments are unlike the amounts."""
ALIKE = 0.005
"""By how much shares of amounts may differ that are one."""


def unlike(paid: np.ndarray, amount: np.ndarray) -> tuple[str, int] | None:
    """Return what to tell of payments that mostly do not come to their invoices' amounts, and of how many; or None.

    `paid`: what was paid on each invoice, in its currency. Told is where most are paid by one share of their amount,
    such as 119 % of one without a tax that the buyers pay, or where most are paid beyond it.
    """
    on = (paid > CENT) & (amount > CENT)
    share = paid[on] / amount[on]
    if len(share) < FEWEST_INVOICES or (np.abs(paid - amount)[on] <= CENT).mean() > MAJORITY:
        return None
    usual = float(np.median(share))
    same = int((np.abs(share - usual) <= ALIKE).sum())
    above = int((share > 1 + ALIKE).sum())
    look = "look at the column of amounts, which may be one without tax; or a part is withheld each time"
    if same > MAJORITY * len(share) and abs(usual - 1) > ALIKE:
        return f"payments are {usual:.1%} of the amount of {same:,} of {len(share):,} invoices paid on: {look}", same
    if above > MAJORITY * len(share):
        return f"payments exceed the amount of {above:,} of {len(share):,} invoices paid on: {look}", above
    return None
