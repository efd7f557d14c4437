"""By when each kind of decision is due, who takes it, and how many of them the summary shows."""

from typing import Annotated

from pydantic import AfterValidator, Field

from tradecredit.params.base import Parameters
from tradecredit.params.size import Sized

WORKING_DAYS = {
    "report missed": 0, "report": 1, "claim": 5, "stop insured": 1, "stop": 1, "stop until paid": 1, "cancel": 2,
    "in default": 5, "long overdue": 5, "short payments": 15,
    "payment plan": 5, "enforce": 10, "collect": 5, "run down": 5, "set limit": 5, "above limit": 5,
    "request accounts": 10, "model": 10, "cut": 15, "limits": 15, "raise or enforce": 15, "policy": 20,
    "policy terms": 1, "policy notice": 20,
    "portfolio": 20, "discounts": 20, "discounts back": 10, "terms": 20, "late interest": 10,
    "cash buffer": 10,
}  # fmt: skip
"""Kind of decision: working days until it is due, unless the run states others, after the day on which the report is
read, the first working day after the as-of day. A day that the policy sets stands in their place. The model comes
before the cuts and changes of limits that rest on it; an excess over a limit does not wait for it."""

HIGHEST, LOWEST = "highest", "lowest"
AUTHORITIES = {
    "policy": HIGHEST, "model": HIGHEST, "portfolio": HIGHEST, "collect": LOWEST, "short payments": LOWEST,
    "policy terms": LOWEST, "policy notice": LOWEST, "cash buffer": HIGHEST,
}  # fmt: skip
"""Kinds of decision whose authority does not follow from an amount, unless the run states another: a policy, the model,
whether risk is judged buyer by buyer, and the cash in hand bind the whole book, whatever this month's gain; to collect
what is due and to clear up short payments is the ordinary course, whatever is owed; and anybody can look up the terms
of a policy, or give the notice that is decided."""


ORDINARY = ("limits", "collect", "short payments")
"""Kinds of decision that are the ordinary course: they come after all others."""


def _known_kind(kind: str) -> str:
    if kind not in WORKING_DAYS:
        raise ValueError(f"is no kind of decision; use one of {', '.join(WORKING_DAYS)}")
    return kind


Kind = Annotated[str, AfterValidator(_known_kind)]
"""A kind of decision, of `WORKING_DAYS`."""


class DecisionSettings(Parameters):
    """Decisions that a month asks for."""

    working_days: dict[Kind, Annotated[int, Field(ge=0)]] = {}
    """Kind of decision (`stop until paid`, `policy`…): working days until it is due, after the first one that follows
    the as-of day, on which the report is read. Kinds that are not named keep their own."""
    authorities: dict[Kind, str | None] = {}
    """Kind of decision: who takes it whatever its amount, one of `limits.approvals`; null: the first of them that
    reaches up to its amount. Kinds that are not named keep their own: `policy`, `model`, `portfolio` and `cash buffer`
    the highest of `limits.approvals`, `collect`, `short payments`, `policy terms` and `policy notice` the lowest, all
    others by amount."""
    report_ahead_days: int = Field(30, ge=0)
    """Overdue invoices that are to be reported to the insurer are listed from so many days before their extension
    period ends."""
    report_from: Sized = 500
    """Overdue insured debt of a buyer below this, in the reporting currency, need not be reported; see your policy."""
    collect_from: Sized = 1_000
    """What is overdue of a buyer, in the reporting currency, is somebody's to collect by a day from this on; less is
    left to reminders."""
    sheets: int = Field(30, ge=1)
    """Buyers, those with most at stake, that get a sheet with what each method says of them."""
    shown: int = Field(6, ge=1)
    """Decisions that the summary shows; all are in its CSV."""

    def days_until_due(self, decision: str) -> int:
        """Return the working days until a kind of decision is due, after the day on which the report is read."""
        return self.working_days.get(decision, WORKING_DAYS[decision])

    def authorities_by_kind(self, levels: list[str]) -> dict[str, str]:
        """Return who takes each kind of decision that does not go by amount; `levels`: who approves, the lowest first.

        The kinds in the order of `AUTHORITIES`, then of `authorities`.
        """
        ends = {HIGHEST: levels[-1], LOWEST: levels[0]}
        own = {kind: ends[level] for kind, level in AUTHORITIES.items()}
        return {kind: level for kind, level in (own | self.authorities).items() if level is not None}
