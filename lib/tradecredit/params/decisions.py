"""By when each kind of decision is due, and how many of them the summary shows."""

from typing import Annotated

from pydantic import Field, field_validator

from tradecredit.params.base import Amount, Parameters

WORKING_DAYS = {
    "report missed": 1, "report": 1, "claim": 5, "stop insured": 1, "stop": 1, "stop until paid": 1, "cancel": 2,
    "payment plan": 5, "enforce": 10, "run down": 5, "set limit": 5, "request accounts": 10, "cut": 10,
    "raise or enforce": 15, "model": 15, "policy": 20, "portfolio": 20, "discounts": 20, "discounts back": 10,
    "terms": 20, "late interest": 10,
}  # fmt: skip
"""Kind of decision: working days after the as-of day until it is due, unless the run states others. The insurer's are
due on the day that the policy sets, where that comes first."""


class DecisionSettings(Parameters):
    """Decisions that a month asks for."""

    working_days: dict[str, Annotated[int, Field(ge=1)]] = {}
    """Kind of decision (`stop until paid`, `policy`…): working days after the as-of day by which it is due. Kinds that
    are not named keep their own."""
    report_ahead_days: int = Field(30, ge=0)
    """Overdue invoices are to be reported to the insurer from so many days before their extension period ends."""
    report_from: Amount = 500
    """Overdue insured debt of a buyer below this, in the reporting currency, need not be reported; see your policy."""
    sheets: int = Field(30, ge=1)
    """Buyers, those with most at stake, that get a sheet with what each method says of them."""
    shown: int = Field(6, ge=1)
    """Decisions that the summary shows; all are in its CSV."""

    @field_validator("working_days")
    @classmethod
    def _known_kinds(cls, stated: dict[str, int]) -> dict[str, int]:
        unknown = sorted(stated.keys() - WORKING_DAYS.keys())
        if unknown:
            raise ValueError(f"unknown kinds: {', '.join(unknown)}; use {', '.join(WORKING_DAYS)}")
        return stated

    def days_until_due(self, decision: str) -> int:
        """Return the working days after the as-of day by which a kind of decision is due."""
        return self.working_days.get(decision, WORKING_DAYS[decision])
