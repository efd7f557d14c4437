"""How a buyer's limit is filled by what it owes, oldest first (definitions §5.3), compiled."""

import numpy as np

from tradecredit.numerics.kernels import kernel


@kernel
def within_limits(shipped, debt, limit):
    """Return the part of each invoice's debt that lies within the limit of its day, older ones having filled it first.

    `shipped`: the invoices by buyer and day (`Shipments.order`); `debt`: what of each counts; `limit`: of
    the buyer on the day on which it was shipped. With `filled`, what older invoices fill: filled' = max(filled,
    min(filled + debt, limit)), and the part is filled' − filled. A lower limit of a later day takes nothing off what
    was shipped before it, and a higher one adds nothing to it.
    """
    within = np.zeros(len(debt))
    for buyer in range(len(shipped.first) - 1):
        filled = 0.0
        for place in range(shipped.first[buyer], shipped.first[buyer + 1]):
            row = shipped.rows[place]
            if debt[row] > 0.0 and limit[row] > filled:
                # Not the difference of two sums: what fits whole stays exact.
                within[row] = min(debt[row], limit[row] - filled)
                filled += within[row]
    return within
