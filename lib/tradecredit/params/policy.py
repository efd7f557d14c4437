"""What a trade credit insurance policy can say (definitions §5): its terms, their units, and those that contradict."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast

from pydantic import Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from tradecredit.errors import ParameterError, Problem
from tradecredit.params.base import Amount, Country, Fraction, Named, Parameters, Positive

Evidence = Literal[
    "payment_experience", "agency_report", "audited_accounts", "unaudited_accounts", "references", "good_faith"
]
"""What a seller can show for a buyer that the insurer has named no limit for."""

GOOD_FAITH: Evidence = "good_faith"
"""The kind that nothing has to be shown for, and so has no age."""

USUAL_MONTHS = 12
"""Evidence is not older than this, unless the policy says so (definitions §5.3)."""

USUAL_SHARES: dict[Evidence, float] = {
    "payment_experience": 1.0,
    "agency_report": 1.0,
    "audited_accounts": 1.0,
    "unaudited_accounts": 0.25,
    "references": 0.25,
    "good_faith": 0.10,
}


NO_COVER = "no cover"
"""Name of the alternative without any policy, which no policy may have."""


Contradiction = tuple[str, str, str]
"""A term, what is wrong with it, and the remedy."""


def _refuse(terms: Parameters, contradictions: Iterable[Contradiction]) -> None:
    """Raise `ParameterError` with what contradicts; the file is that which the terms are read from."""
    problems = [
        Problem(file="", column=term, value=getattr(terms, term), allowed=because, remedy=remedy)
        for term, because, remedy in contradictions
    ]
    if problems:
        raise ParameterError(problems)


class MalusStep(Parameters):
    """A step of a malus scale."""

    loss_ratio_above: Amount
    """The step applies where the year's indemnities are more than so many times the premium."""
    premium_share: Fraction
    """The part of the premium that is then charged on top."""


def _pieces(evidence: str) -> Iterator[tuple[Evidence, int | None]]:
    """Yield the kinds of evidence of a text, such as `agency_report 3, good_faith`, with their months (None: none)."""
    for piece in evidence.split(", "):
        kind, _, months = piece.partition(" ")
        yield cast(Evidence, kind), int(months) if months else None


IDLE: dict[str, tuple[object, tuple[str, ...], str]] = {
    "threshold_kind": (
        "franchise", ("threshold",), "give threshold, or each_loss_deductible for what is kept of each loss"
    ),
    "deductible_order": ("deductible_first", ("each_loss_deductible",), "give each_loss_deductible, or remove it"),
    "aggregate_erosion": ("after_percentage", ("aggregate_first_loss",), "give aggregate_first_loss, or remove it"),
    "waiting_from": ("due", ("waiting_days",), "give waiting_days, or remove it: only an insolvency is a loss"),
    "extension_from": ("due", ("maximum_extension_days",), "give maximum_extension_days, or remove it"),
    "discretionary_shares": (USUAL_SHARES, ("discretionary_limit",), "give discretionary_limit, or remove it"),
    "discretionary_months": ({}, ("discretionary_limit",), "give discretionary_limit, or remove it"),
    "declaration_months": (1, ("declaration",), "give declaration, or remove it"),
    "declaration_days": (None, ("declaration",), "give declaration, or remove it"),
    "insured_turnover": (None, ("premium_rate",), "give premium_rate, or remove it"),
    "premium_tax_rate": (
        None, ("premium_rate", "minimum_premium", "top_up_rate"), "give the premium that is taxed, or remove it"
    ),
    "top_up_maximum": (None, ("top_up_share",), "give top_up_share, which it bounds, or remove it"),
}  # fmt: skip
"""Terms that say how others work: the default, which of those it takes, and the remedy where it has none of them."""


class PolicyTerms(Named):
    """The terms of a policy; steps are those of definitions §5. A term that is left out (None) is not in the policy.

    Amounts are in the reporting currency, percentages and rates are fractions. Terms that contradict each other are
    refused.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)] = "policy"
    """How tables and figures call it; the file's name unless the file says otherwise."""

    kind: Literal["whole_turnover", "excess_of_loss", "key_accounts", "single_buyer", "top_up"] = "whole_turnover"
    """Step 1: what is insured: all buyers; all, beyond a large first loss; the listed `buyers`; one; or what lies
    above the limits of another policy, the `primary`."""
    buyers: list[str] | None = None
    """Step 1: ids of the insured buyers, of key accounts and single buyer."""
    limits: dict[str, Amount] | None = None
    """Step 3, buyer: the limit that this policy names, in place of the book's (0: refused); of a top-up, its
    extra limit."""
    excluded_countries: list[Country] | None = None
    """Step 1: countries (ISO 3166, two capital letters) whose buyers are not insured, and no premium is charged on."""
    primary: str | None = None
    """Step 3: name of the policy that a top-up tops up; it must be among the policies that are compared, and no top-up
    itself."""
    top_up_share: Positive | None = None
    """Step 3: extra limit of a top-up as a share of the limit that the primary names."""
    top_up_maximum: Amount | None = None
    """Step 3: the largest extra limit of a buyer."""
    starts: date | None = None
    """Step 1: first day of the policy period: what is shipped before is not insured."""
    ends: date | None = None
    """Step 1: last day of the policy period: what is shipped after is not insured."""
    notice_days: Annotated[int, Field(ge=0)] | None = None
    """Step 1: days before `ends` by which notice must be given that the policy is not to be renewed as it is; None: not
    stated. By then it is decided on; the amounts of the policy do not depend on it."""
    maximum_terms_days: Annotated[int, Field(ge=0)] | None = None
    """Step 1: invoices with longer terms are not insured, and no premium is charged on them."""

    loss_basis: Literal["net", "debt"] = "net"
    """Steps 3 and 9: the claim is settled on the ultimate loss (debt less recoveries), or on the debt, and recoveries
    are shared afterwards."""
    discretionary_limit: Amount | None = None
    """Step 3: the largest limit of a buyer for whom the insurer has named none."""
    discretionary_shares: dict[Evidence, Fraction] = USUAL_SHARES
    """Step 3: the share of `discretionary_limit` that each kind of evidence supports; one not listed supports none."""
    discretionary_months: dict[Evidence, Annotated[int, Field(ge=1)]] = {}
    """Step 3: how many months old a kind of evidence may be on the day of shipment; one not listed: 12."""

    threshold: Amount | None = None
    """Step 4: an insured debt at or below this amount is not paid and does not erode the first loss (non-qualifying
    loss)."""
    threshold_kind: Literal["franchise", "deductible"] = "franchise"
    """Step 4: above the threshold the whole insured debt is covered, or only the excess."""

    insured_percentage: Fraction = 1.0
    """Step 5: the part of each loss that the insurer bears."""
    each_loss_deductible: Amount | None = None
    """Step 5: kept by the insured on each loss."""
    deductible_order: Literal["deductible_first", "percentage_first"] = "deductible_first"
    """Step 5: the deductible comes off the loss before the percentage, or off the indemnity after it."""
    minimum_retention: Amount | None = None
    """Step 5: the insured keeps at least this amount of each insured debt."""

    aggregate_first_loss: Amount | None = None
    """Step 6: the year's first losses, up to this amount, are kept by the insured."""
    aggregate_erosion: Literal["after_percentage", "before_percentage"] = "after_percentage"
    """Step 6: the first loss is used up by the indemnities, or by the insured debts left after the threshold."""

    maximum_liability: Amount | None = None
    """Step 7: the most that the insurer pays for the losses of a year."""
    maximum_liability_multiple: Positive | None = None
    """Step 7: the same as a multiple of the year's premium (without fees and tax)."""
    discretionary_maximum_liability: Amount | None = None
    """Step 7: the most that the insurer pays in a year for buyers without a named limit, within the maximum."""

    waiting_days: Annotated[int, Field(ge=0)] | None = None
    """Step 8: days after which an unpaid invoice is a loss (protracted default); None: only an insolvency is."""
    waiting_from: Literal["due", "extension_end"] = "due"
    """Step 8: the waiting period starts at the due date or at the end of the extension period."""
    payment_days: Annotated[int, Field(ge=0)] = 30
    """Step 8: days from the loss (with a complete claim) to the money."""
    filing_days: Annotated[int, Field(ge=0)] | None = None
    """Step 8: days from the loss within which its claim has to be filed; None: not stated. The amounts of the policy do
    not depend on it."""
    maximum_extension_days: Annotated[int, Field(ge=0)] | None = None
    """Steps 1 and 8: days until an overdue invoice must be reported (maximum extension period)."""
    extension_from: Literal["due", "issued"] = "due"
    """Steps 1 and 8: the extension period starts at the due date or at the invoice date."""
    stop_tolerance: Amount | None = None
    """Step 1: an overdue invoice of which no more than this is still owed neither begins a stop of deliveries nor keeps
    one up; None: one of which more than dust (`receivables.dust` of the run) is owed does."""

    recovery_sharing: Literal["pro_rata", "pro_rata_limit", "insurer_first"] = "pro_rata"
    """Step 9, where `loss_basis` is `debt`: who gets recoveries, by the parties' interests, by the insured part of the
    debt, or the insurer until it is made whole."""

    declaration: Literal["turnover", "balance"] | None = None
    """Step 10: what is declared to the insurer: the sales of a period, or what is owed at its end; None: not stated."""
    declaration_months: Annotated[int, Field(ge=1, le=12)] = 1
    """Step 10: months of a period of declaration, counted from January (1: each month, 3: each quarter, 12: a year)."""
    declaration_days: Annotated[int, Field(ge=0)] | None = None
    """Step 10: days after the end of a period within which it is declared; None: not stated."""

    premium_rate: Fraction | None = None
    """Step 10: premium per insured turnover."""
    insured_turnover: Amount | None = None
    """Step 10: turnover of the policy year that the premium is charged on."""
    minimum_premium: Amount | None = None
    """Step 10: the least premium of a year."""
    limit_fee: Amount | None = None
    """Step 10: yearly fee for each named limit."""
    top_up_rate: Fraction | None = None
    """Step 10: yearly premium of a top-up per extra limit."""
    no_claims_bonus: Fraction | None = None
    """Step 10: the part of the premium that is paid back after a year of few claims."""
    bonus_loss_ratio: Amount = 0.0
    """Step 10: few claims are indemnities of at most so many times the premium."""
    malus: tuple[MalusStep, ...] = ()
    """Step 10: what a year of many claims costs on top; of the steps that apply the highest counts."""
    premium_tax_rate: Fraction | None = None
    """Step 10: insurance premium tax on the premium with bonus and malus (not on the fees)."""

    @model_validator(mode="after")
    def _terms_agree(self) -> Self:
        if contradictions := list(self._contradictions()):
            # A file with problems is told all of them.
            _refuse(self, [*contradictions, *self._without_effect()])
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _told_at_once(cls, stated: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """Tell what contradicts or does nothing beside keys that are not known, without which it is looked for."""
        try:
            return handler(stated)
        except ValidationError as error:
            found = error.errors()
            if not isinstance(stated, dict) or any(detail["type"] != "extra_forbidden" for detail in found):
                raise
            known = {key: value for key, value in stated.items() if key in cls.model_fields}
        try:
            terms = handler(known)
            _refuse(terms, terms._without_effect())
        except ValidationError as error:
            more = [cast(InitErrorDetails, detail) for detail in error.errors()]
        except ParameterError as error:
            more = [InitErrorDetails(type="value_error", loc=(), input=known, ctx={"error": error})]
        else:
            more = []
        unknown = [cast(InitErrorDetails, detail) for detail in found]
        raise ValidationError.from_exception_data(cls.__name__, [*unknown, *more])

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read it from a YAML file; raises `ParameterError` with every problem of the file, `idle` terms too."""
        terms = super().from_yaml(file)
        if problems := terms.idle(str(file)):
            raise ParameterError(problems)
        return terms

    def idle(self, file: str, column: str = "") -> list[Problem]:
        """Return a problem for each term that differs from its default and yet does nothing, for want of another.

        `file` and `column`: where the policy is stated; the term's own name follows.
        """
        return [
            Problem(file=file, column=f"{column}{term}", value=getattr(self, term), allowed=because, remedy=remedy)
            for term, because, remedy in self._without_effect()
        ]

    def _without_effect(self) -> Iterator[Contradiction]:
        for term, (default, needed, remedy) in IDLE.items():
            if getattr(self, term) != default and not any(self._has(name) for name in needed):
                yield term, f"has no effect without {' or '.join(needed)}", remedy
        if self.recovery_sharing != "pro_rata" and self.loss_basis == "net":
            yield (
                "recovery_sharing", "has no effect where claims are settled net of recoveries",
                "make loss_basis debt, or remove recovery_sharing",
            )  # fmt: skip
        unlisted = sorted(set(self.limits or {}) - set(self.buyers or self.limits or {}))
        if unlisted:
            yield (
                "limits",
                f"names {', '.join(unlisted)}, not among the insured buyers",
                "list them in buyers, or remove",
            )
        without = [kind for kind in self.discretionary_months if kind == GOOD_FAITH or not self._supports(kind)]
        if without and self.discretionary_limit:
            yield "discretionary_months", f"names {', '.join(without)}, of which no age counts", "remove it"
        yield from self._without_payment()
        kept = (self.each_loss_deductible or 0.0) + (
            (self.threshold or 0.0) if self.threshold_kind == "deductible" else 0.0
        )
        if self.minimum_retention is not None and self.minimum_retention <= kept:
            yield (
                "minimum_retention", f"is no more than the deductible of {kept:,.0f} keeps of each loss anyway",
                "raise or remove it",
            )  # fmt: skip
        if self._threshold_keeps_nothing():
            yield (
                "threshold", "keeps no loss that deductible and minimum retention do not keep whole anyway",
                "raise or remove it",
            )  # fmt: skip

    def oldest_months(self, kind: Evidence) -> int:
        """Return how many months old a kind of evidence may be."""
        return self.discretionary_months.get(kind, USUAL_MONTHS)

    def supported(self, evidence: str) -> float:
        """Return the largest share of the discretionary limit that a kind of evidence among several supports.

        `evidence`: kinds separated by commas, each with the months that it is at most old, or none: no age counts.
        """
        shares = [0.0]
        for kind, months in _pieces(evidence):
            if months is None or months <= self.oldest_months(kind):
                shares.append(self.discretionary_shares.get(kind, 0.0))
        return max(shares)

    def _supports(self, kind: Evidence) -> bool:
        return self.discretionary_shares.get(kind, 0.0) > 0

    def _has(self, term: str) -> bool:
        """Return whether a term is in the policy: an amount or rate of 0 is none, and 0 days are days."""
        value = getattr(self, term)
        return value is not None and (value != 0 or term.endswith("_days"))

    def _threshold_keeps_nothing(self) -> bool:
        """Return whether nothing is paid for a loss at the threshold without it either, and nothing eroded."""
        eroding = self.aggregate_erosion == "before_percentage" and self._has("aggregate_first_loss")
        if self.threshold is None or self.threshold_kind == "deductible" or eroding:
            return False
        deductible, part = self.each_loss_deductible or 0.0, self.insured_percentage or 1.0
        if self.deductible_order == "percentage_first":
            deductible = deductible / part
        return self.threshold <= max(deductible, self.minimum_retention or 0.0)

    def _without_payment(self) -> Iterator[Contradiction]:
        """Yield the terms that pay nothing, or shape what pays nothing."""
        if self.maximum_liability == 0:
            yield "maximum_liability", "pays nothing in any year", "state the most of a year, or remove it: no maximum"
        if self.discretionary_limit == 0:
            yield "discretionary_limit", "insures no buyer, as if it were not stated", "raise or remove it"
        elif self.discretionary_limit and not any(self.discretionary_shares.values()):
            yield "discretionary_shares", "supports no limit by any evidence", "give a share, or remove it"
        if self.discretionary_maximum_liability == 0 and self.discretionary_limit != 0:
            yield (
                "discretionary_maximum_liability", "pays nothing for buyers without a named limit",
                "raise it, or remove it and discretionary_limit",
            )  # fmt: skip

    def _contradictions(self) -> Iterator[Contradiction]:
        yield from self._contradictions_of_the_kind()
        if self.starts is not None and self.ends is not None and self.ends < self.starts:
            yield "ends", "lies before starts", "exchange them"
        if self.notice_days is not None and self.ends is None:
            yield "notice_days", "counts back from the end of the period, which is not stated", "give ends"
        if self._notice_is_longer():
            yield "notice_days", "reaches back before the period starts", "state fewer days, or an earlier start"
        if self.bonus_loss_ratio and self.no_claims_bonus is None:
            yield "bonus_loss_ratio", "says when a bonus is paid, but there is none", "give no_claims_bonus"
        if (self.no_claims_bonus or self.malus) and not (self.premium_rate or self.minimum_premium):
            yield "no_claims_bonus", "and malus need a premium", "give premium_rate or minimum_premium"
        if self.maximum_liability is not None and self.maximum_liability_multiple is not None:
            yield "maximum_liability", "and maximum_liability_multiple are both given", "keep one of them"
        if self.maximum_liability_multiple is not None and self.premium_rate is None and self.minimum_premium is None:
            yield "maximum_liability_multiple", "needs a premium", "give premium_rate or minimum_premium"
        if 12 % self.declaration_months:
            yield "declaration_months", "does not divide a year", "state 1, 2, 3, 4, 6 or 12"
        if self.waiting_from == "extension_end" and self.maximum_extension_days is None:
            yield "waiting_from", "is extension_end, but there is no extension period", "give maximum_extension_days"
        if self.stop_tolerance is not None and self.maximum_extension_days is None:
            yield "stop_tolerance", "bounds a stop, but there is no extension period", "give maximum_extension_days"
        if self.discretionary_maximum_liability is not None and self.discretionary_limit is None:
            yield "discretionary_maximum_liability", "limits a cover that is not there", "give discretionary_limit"
        if (
            self.discretionary_maximum_liability is not None
            and self.maximum_liability is not None
            and self.discretionary_maximum_liability > self.maximum_liability
        ):
            yield "discretionary_maximum_liability", "is above maximum_liability, within which it lies", "lower it"

    def _notice_is_longer(self) -> bool:
        starts, ends, notice = self.starts, self.ends, self.notice_days
        return bool(starts and ends and notice and ends - timedelta(days=notice) < starts <= ends)

    def _contradictions_of_the_kind(self) -> Iterator[Contradiction]:
        listed = len(self.buyers or [])
        if self.kind == "key_accounts" and not listed:
            yield "kind", "key_accounts insures listed buyers", "give buyers"
        if self.kind == "single_buyer" and listed != 1:
            yield "kind", "single_buyer insures one buyer", "give buyers with one id"
        if self.kind not in ("key_accounts", "single_buyer") and self.buyers is not None:
            yield "buyers", f"has no effect on {self.kind}", "remove it, or make kind key_accounts or single_buyer"
        if self.kind == "excess_of_loss" and not self.aggregate_first_loss:
            yield "kind", "excess_of_loss pays beyond a first loss", "give aggregate_first_loss"
        if self.kind == "excess_of_loss" and self.maximum_liability is None and self.maximum_liability_multiple is None:
            yield "kind", "excess_of_loss has a maximum", "give maximum_liability"
        top_up = ("primary", "top_up_share", "top_up_maximum", "top_up_rate")
        given = [name for name in top_up if getattr(self, name) is not None]
        if self.kind != "top_up" and given:
            yield given[0], f"{', '.join(given)} belongs to a top_up", "remove it, or make kind top_up"
        if self.kind == "top_up":
            if self.primary is None:
                yield "primary", "a top_up tops up another policy", "give primary, the name of that policy"
            if self.primary == self.name:
                yield (
                    "primary",
                    "is the top_up itself",
                    "name the policy that it tops up, or give the top_up another name",
                )
            if self.top_up_share is None and self.limits is None:
                yield "top_up_share", "a top_up needs extra limits", "give top_up_share or limits"
            for name in ("premium_rate", "discretionary_limit", "maximum_liability_multiple", "no_claims_bonus"):
                if getattr(self, name) is not None:
                    yield name, "has no effect on a top_up, which is priced by top_up_rate", "remove it"
