"""Labels and kinds of the columns of a policy's terms, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # policy
    **columns(
        "money",
        threshold="Threshold", each_loss_deductible="Each-loss deductible", minimum_retention="Minimum retention",
        aggregate_first_loss="Aggregate first loss", maximum_liability="Maximum liability",
        minimum_premium="Minimum premium", limit_fee="Fee per limit", discretionary_limit="Discretionary limit",
        discretionary_maximum_liability="Maximum liability, discretionary limits",
        insured_turnover="Insured turnover", top_up_maximum="Top-up maximum",
        stop_tolerance="Tolerance of the stop"
    ),
    **columns(
        "percent",
        insured_percentage="Insured percentage", premium_rate="Premium rate", premium_tax_rate="Premium tax rate",
        no_claims_bonus="No-claims bonus", top_up_rate="Top-up rate", top_up_share="Top-up share"
    ),
    **columns("number", maximum_liability_multiple="Maximum liability, times the premium"),
    **columns(
        "ratio",
        bonus_loss_ratio="No-claims bonus up to a loss ratio of"
    ),
    **columns(
        "days",
        waiting_days="Waiting period (days)", payment_days="Payment period (days)",
        filing_days="Claim filed within (days of the loss)",
        maximum_terms_days="Maximum terms (days)", maximum_extension_days="Maximum extension (days)"
    ),
    **columns("date", starts="First day of the policy period", ends="Last day of the policy period"),
    **columns("text", period="Period"),
    **columns("days", notice_days="Notice before its end (days)", declaration_days="Declared within (days)"),
    **columns("count", declaration_months="Months of a declaration"),
    **columns(
        "text",
        primary="Primary policy", threshold_kind="Kind of threshold",
        deductible_order="Order of deductible and percentage", aggregate_erosion="Erosion of the first loss",
        loss_basis="Basis of loss", recovery_sharing="Sharing of recoveries", waiting_from="Waiting period from",
        extension_from="Extension period from", malus="Malus",
        excluded_countries="Countries not insured", declaration="What is declared"
    ),
}  # fmt: skip
