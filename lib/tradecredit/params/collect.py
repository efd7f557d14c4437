"""The stages of collection, from a friendly reminder to a claim, and what they are measured by."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tradecredit.params.base import Amount, BuyerKind, Fraction, Parameters, Positive, SectionOrFile
from tradecredit.params.letters import LetterSettings
from tradecredit.params.size import Sized

ACTS = ("remind", "stop", "enforce", "claim")
"""What stages do, in the order in which they may stand."""


class Stage(Parameters):
    """One stage of collection. A reminder has days; what else is done is decided in the chapter of limits."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    """How letters, tables and the ledger's `reminders` call it."""
    act: Literal["remind", "stop", "enforce", "claim"] = "remind"
    """`remind`: it is written, or said, that money is owed. A stop of supplies, an agency or court, and a claim are
    reached where the decisions on the buyer say so (definitions §4.10), with their authority and day."""
    after_days_past_due: Annotated[int, Field(ge=1)] | None = None
    """A reminder comes so many days after the last day in time; the first one states this."""
    after_stage_before: Annotated[int, Field(ge=1)] | None = None
    """Or so many days after the reminder before was sent."""
    channel: Literal["email", "post", "registered post", "phone", "portal"] = "email"
    """How it goes out."""
    tone: Literal["friendly", "firm", "formal", "stop", "last"] = "firm"
    """How it is worded: as a reminder, a demand, a formal notice, a notice that deliveries are held back, or the last
    demand before an agency or court. Where supplies are stopped a letter is worded as `stop`, unless it is the last."""
    interest: bool = False
    """Whether the interest that the law or contract allows (`late_interest`) is charged."""
    fee: bool = False
    """Whether the law's flat fee is."""
    authority: str | None = None
    """Who sends it, one of `limits.approvals`; null: the lowest of them."""
    days_to_pay: int = Field(7, ge=0)
    """Days that a reminder gives to pay; a last day that is no working day in the buyer's country is the next one."""
    least_amount: Amount | None = None
    """It goes out for this much of a buyer or more, in the reporting currency; null: `collections.least_amount`."""
    cost: Amount = 0.0
    """What one costs us, in the reporting currency."""
    effect: Fraction = 0.0
    """Share of invoices that it is taken to bring in within `collections.outcome_days`, beyond those that would have
    been paid anyway, where the ledger's own reminders are too few to tell."""

    def problems(self, first: bool) -> Iterator[str]:
        """Yield what contradicts itself, with the remedy; `first`: no stage comes before."""
        stated = [name for name in ("after_days_past_due", "after_stage_before") if getattr(self, name) is not None]
        if self.act != "remind":
            own = sorted({*stated, "authority", "days_to_pay", "least_amount"} & self.model_fields_set)
            if own:
                yield (
                    f"{self.name!r} comes when the decisions on the buyer say so: remove {', '.join(own)}, or make it "
                    "a reminder (act: remind)"
                )
        elif first and stated != ["after_days_past_due"]:
            yield f"{self.name!r} is the first: state after_days_past_due, and no after_stage_before"
        elif len(stated) != 1:
            yield f"{self.name!r}: state either after_days_past_due or after_stage_before"


USUAL_STAGES = [
    Stage(name="friendly reminder", after_days_past_due=7, tone="friendly", cost=0.5, effect=0.10),
    Stage(name="second reminder", after_stage_before=14, cost=0.5, effect=0.10),
    Stage(
        name="formal warning", after_stage_before=14, channel="registered post", tone="formal", interest=True, fee=True,
        days_to_pay=10, cost=8.0, effect=0.10,
    ),
    Stage(name="stop of supplies", act="stop", effect=0.20),
    Stage(name="agency or court", act="enforce", effect=0.30),
    Stage(name="claim", act="claim", effect=0.50),
]  # fmt: skip
"""What is usual between companies. The effects are judgement, and no figure of any source."""


class CollectionSettings(Parameters):
    """How what is overdue is collected (definitions §10)."""

    stages: list[Stage] = USUAL_STAGES
    """The stages in their order: reminders, then stop, agency or court, and claim."""
    kinds: list[BuyerKind] = ["private", "public", "prepaid"]
    """Kinds of buyers that are written to."""
    least_amount: Sized = 50
    """A reminder goes out for this much of a buyer or more, in the reporting currency, unless its stage says less or
    more."""
    days_between_letters: int = Field(7, ge=0)
    """A buyer is not written to again within so many days, whichever of its invoices falls due meanwhile."""
    grace_days: int = Field(3, ge=0)
    """A promise is broken so many days after its day: money takes a while."""
    promised_within_days: int = Field(30, ge=1)
    """A promise that does not tell when it was `made` is taken as made so many days before its day."""
    outcome_days: int = Field(14, ge=1)
    """What a stage changes is measured over so many days after it."""
    least_sent: int = Field(100, ge=2)
    """Reminders of a stage below which what it changes is not measured but taken as stated."""
    least_without: int = Field(20, ge=2)
    """Nor on a day of lateness on which fewer invoices than these are open without it."""
    call_effect: Fraction = 0.15
    """The same share of debt that somebody collects in person, once no reminder is left: judgement."""
    early_rate: Fraction = 0.01
    """Discount that is offered for early payment of what is not due yet."""
    early_days: int = Field(10, ge=1)
    """Within so many days from the as-of day."""
    letters: SectionOrFile[LetterSettings] | None = None
    """How letters are written, or its YAML file; null: none are, and the worklist says so."""
    dispute_owners: dict[str, Annotated[str, Field(min_length=1)]] = {}
    """Reason of a dispute as the book has it: who is to settle it. `(not stated)`: disputes without a reason."""
    dso_goal: Positive | None = None
    """Days sales outstanding that are aimed at; null: none."""
    turnover_goal: Positive | None = None
    """Turnover of receivables a year that is aimed at; null: none."""

    @model_validator(mode="after")
    def _stages_follow_each_other(self) -> Self:
        problems = [*self._of_stages(), *self._of_pairs()]
        if problems:
            raise ValueError("; ".join(f"stages: {problem}" for problem in problems))
        return self

    @property
    def reminders(self) -> list[Stage]:
        """The stages that are reminders, in their order."""
        return [stage for stage in self.stages if stage.act == "remind"]

    @property
    def days_past_due(self) -> list[int]:
        """The days past due on which each reminder can come at the earliest."""
        found: list[int] = []
        for stage in self.reminders:
            own = stage.after_days_past_due
            found.append((found[-1] if found else 0) + (stage.after_stage_before or 0) if own is None else own)
        return found

    def named(self, act: str) -> str | None:
        """Return what the stage that does something is called; None: the run has none."""
        return next((stage.name for stage in self.stages if stage.act == act), None)

    def least(self, stage: Stage) -> float:
        """Return from which amount of a buyer on a reminder goes out."""
        return self.least_amount if stage.least_amount is None else stage.least_amount

    def _of_stages(self) -> Iterator[str]:
        if not self.reminders:
            yield "state one reminder at least"
        for place, stage in enumerate(self.stages):
            yield from stage.problems(place == 0)
        names = [stage.name for stage in self.stages]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"two are called {name!r}: name one of them otherwise"
        for act in ACTS[1:]:
            if sum(stage.act == act for stage in self.stages) > 1:
                yield f"two do the same (act: {act}): keep one of them"

    def _of_pairs(self) -> Iterator[str]:
        for before, stage in pairwise(self.stages):
            if ACTS.index(stage.act) < ACTS.index(before.act):
                yield f"{stage.name!r} stands after {before.name!r}: order them {', '.join(ACTS)}"
        for before, stage in pairwise(self.reminders):
            wait = stage.after_stage_before
            if wait is not None and wait < before.days_to_pay:
                yield (
                    f"{stage.name!r} comes {wait} day{'s' if wait != 1 else ''} after {before.name!r}, which gives "
                    f"{before.days_to_pay} days to pay: let it come later, or give fewer"
                )
            if None not in (before.least_amount, stage.least_amount) and stage.least_amount < before.least_amount:  # type: ignore[operator]
                yield (
                    f"{stage.name!r} has a lower least_amount than {before.name!r}, which comes first: it would never "
                    "be reached; lower the first, or raise it"
                )
        days = self.days_past_due
        for (earlier, later), stage in zip(pairwise(days), self.reminders[1:], strict=True):
            if later <= earlier:
                yield f"{stage.name!r} comes no later than the one before: state more days past due"
