"""What is still delivered to a buyer, and for which reasons deliveries to it are held back."""

import numpy as np
import pandas as pd

from tradecredit.decide.limits import actions
from tradecredit.decide.limits.methods import excess

NOTHING, UNTIL_PAID, AGAINST_PAYMENT, WITHIN_LIMIT, AS_IT_PAYS = (
    "nothing", "nothing until the overdue part is paid", "against payment alone", "within the limit",
    "as it pays, until within the limit to set",
)  # fmt: skip
"""What is still delivered to a buyer. Within the limit: the one in force until the limit to set is decided on, and then
that (of 0: against payment in advance)."""

HELD = {
    "in default": NOTHING, "claim on the policy": NOTHING, "no longer insured": NOTHING, "risk": NOTHING,
    "overdue part": UNTIL_PAID, "risk, against payment": AGAINST_PAYMENT,
}  # fmt: skip
"""Why deliveries to a buyer are held back, and what is still delivered: of several reasons the first decides."""


def delivered(limits: pd.DataFrame, duties: pd.DataFrame) -> pd.Series:
    """Return what is still delivered to each buyer, whatever its one advice: on the index of `limits`.

    By the first of the reasons in `HELD` that holds; where none does, `AS_IT_PAYS` where the exposure is above the
    limit that then holds, by its need or the limit in force, and within the limit by risk, else `WITHIN_LIMIT`.
    """
    holds = reasons(limits, duties)
    above = excess(limits["exposure"], limits["limit_to_set"]) > 0
    found = np.select([*(holds[reason] for reason in HELD), above], [*HELD.values(), AS_IT_PAYS], WITHIN_LIMIT)
    return pd.Series(found, index=limits.index, dtype="str")


def reasons(limits: pd.DataFrame, duties: pd.DataFrame) -> pd.DataFrame:
    """Return whether each reason of `HELD` holds back deliveries to each buyer: on the index of `limits`.

    The buyer is in default; insured debt of it is to be claimed; nothing that is shipped would be insured any more
    (`stop_insured`); the risk asks for a stop; paying what is overdue cures the excess over the limit by risk; the
    exposure is to run down.
    """
    columns = {
        "in default": limits["action"] == actions.IN_DEFAULT,
        "claim on the policy": duties["claim_amount"] > 0,
        "no longer insured": duties["stop_insured"],
        "risk": limits["action"] == actions.STOP,
        "overdue part": limits["action"] == actions.STOP_UNTIL_PAID,
        "risk, against payment": limits["action"] == actions.RUN_DOWN,
    }
    return pd.DataFrame(columns)[list(HELD)]
