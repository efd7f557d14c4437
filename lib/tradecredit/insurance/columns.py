"""Labels and kinds of the columns of cover, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # cover
    **columns("text", cover="Cover", evidence="Evidence"),
    **columns(
        "money", insured_limit="Insured limit", insured="Insured part", disputed="Disputed",
        insurable_debt="Insurable debt", claimed="Paid by the insurer", kept_of_claim="Own part of a claim",
    ),
    **columns("money", claim="Claim"),
    # policy
    **columns("money", insured_debt="Insured debt", indemnity="Indemnity", premium="Premium", recovery="Recovery"),
    **columns("text", policy="Policy"),
}  # fmt: skip
