"""What a trade credit insurance policy can say (DOMAIN.md §5): its terms, their units, and those that contradict."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tradecredit.params import Amount, Fraction, Parameters, Positive

Evidence = Literal[
    "payment_experience", "agency_report", "audited_accounts", "unaudited_accounts", "references", "good_faith"
]
"""What a seller can show for a buyer that the insurer has named no limit for."""

USUAL_SHARES: dict[Evidence, float] = {
    "payment_experience": 1.0,
    "agency_report": 1.0,
    "audited_accounts": 1.0,
    "unaudited_accounts": 0.25,
    "references": 0.25,
    "good_faith": 0.10,
}


class PolicyTerms(Parameters):
    """The terms of a policy; steps are those of DOMAIN.md §5. A term that is left out (None) is not in the policy.

    Amounts are in the reporting currency, percentages and rates are fractions. Terms that contradict each other are
    refused.
    """

    name: Annotated[str, Field(min_length=1, max_length=60)] = "policy"
    """How tables and figures call it; the file's name unless the file says otherwise."""

    loss_basis: Literal["net", "debt"] = "net"
    """Steps 3 and 9: the claim is settled on the ultimate loss (debt less recoveries), or on the debt, and recoveries
    are shared afterwards."""
    discretionary_limit: Amount | None = None
    """Step 3: the largest limit of a buyer for whom the insurer has named none."""
    discretionary_shares: dict[Evidence, Fraction] = USUAL_SHARES
    """Step 3: the share of `discretionary_limit` that each kind of evidence supports; one not listed supports none."""

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
    maximum_extension_days: Annotated[int, Field(ge=0)] | None = None
    """Steps 1 and 8: days until an overdue invoice must be reported (maximum extension period)."""
    extension_from: Literal["due", "issued"] = "due"
    """Steps 1 and 8: the extension period starts at the due date or at the invoice date."""

    recovery_sharing: Literal["pro_rata", "pro_rata_limit", "insurer_first"] = "pro_rata"
    """Step 9, where `loss_basis` is `debt`: who gets recoveries, by the parties' interests, by the insured part of the
    debt, or the insurer until it is made whole."""

    premium_rate: Fraction | None = None
    """Step 10: premium per insured turnover."""
    insured_turnover: Amount | None = None
    """Step 10: turnover of the policy year that the premium is charged on."""
    minimum_premium: Amount | None = None
    """Step 10: the least premium of a year."""
    limit_fee: Amount | None = None
    """Step 10: yearly fee for each named limit."""
    premium_tax_rate: Fraction | None = None
    """Step 10: insurance premium tax on the premium (not on the fees)."""

    @model_validator(mode="after")
    def _terms_agree(self) -> Self:
        contradictions = list(self._contradictions())
        if contradictions:
            raise ValueError("; ".join(contradictions))
        return self

    def _contradictions(self) -> Iterator[str]:
        if self.maximum_liability is not None and self.maximum_liability_multiple is not None:
            yield "maximum_liability and maximum_liability_multiple are both given: keep one of them"
        if self.maximum_liability_multiple is not None and self.premium_rate is None and self.minimum_premium is None:
            yield "maximum_liability_multiple needs a premium: give premium_rate or minimum_premium"
        if self.waiting_from == "extension_end" and self.maximum_extension_days is None:
            yield "waiting_from is extension_end, but there is no extension period: give maximum_extension_days"
        if self.discretionary_maximum_liability is not None and self.discretionary_limit is None:
            yield "discretionary_maximum_liability limits a cover that is not there: give discretionary_limit"
        if (
            self.discretionary_maximum_liability is not None
            and self.maximum_liability is not None
            and self.discretionary_maximum_liability > self.maximum_liability
        ):
            yield "discretionary_maximum_liability is above maximum_liability, within which it lies: lower it"
