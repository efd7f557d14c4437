"""How a buyer's limit is filled by what it owes, oldest first (definitions §5.3), compiled."""

import numpy as np

from tradecredit.book.checks import CENT
from tradecredit.insurance.shipped import AFTER_STOP, CODE
from tradecredit.numerics.kernels import kernel

TAX, DISPUTED = CODE["tax"], CODE["in_dispute"]
IN_PART, FILLED = CODE["covered_in_part"], CODE["limit_filled"]


@kernel
def insurable_debts(owed, settled, stated, reason):
    """Return what of each invoice is insurable, net of tax and of what is disputed, and what of it fills the limit.

    `settled`: what was claimed of it, given up, and is in dispute; `stated`: its tax (missing: none) and amount;
    `reason`: the code of the rule that keeps it from being insured (0: none). Nothing of an invoice that does not count
    is insurable; of one shipped after the stop it is, and fills no limit.
    """
    paid, lost, in_dispute = settled
    tax, amount = stated
    insurable, debt = np.zeros(len(owed)), np.zeros(len(owed))
    for row in range(len(owed)):
        if 0 < reason[row] < AFTER_STOP:
            continue
        net = max(owed[row] + paid[row] + lost[row] - in_dispute[row], 0.0)
        if amount[row] > 0.0 and not np.isnan(tax[row]):
            net *= 1.0 - tax[row] / amount[row]
        # What floating point leaves of an invoice that is in dispute whole is no cent.
        insurable[row] = 0.0 if net < CENT else net
        debt[row] = insurable[row] if reason[row] == 0 else 0.0
    return insurable, debt


@kernel
def decided(within, debt, insurable, in_dispute, reason):
    """Return the insured debt of each invoice, and the code of the rule that decides of it; arguments as above.

    `within`: what lies within the limit. What rates and shares leave of an amount that fits, or of nothing, is no cent.
    """
    insured, rule = np.zeros(len(debt)), reason.copy()
    for row in range(len(debt)):
        if within[row] >= CENT:
            insured[row] = debt[row] if debt[row] - within[row] < CENT else within[row]
        if reason[row]:
            continue
        if insurable[row] <= 0.0:
            rule[row] = DISPUTED if in_dispute[row] > 0.0 else TAX
        elif insured[row] <= 0.0:
            rule[row] = FILLED
        elif insured[row] < insurable[row]:
            rule[row] = IN_PART
    return insured, rule


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
