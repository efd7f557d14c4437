"""Labels and kinds of the columns of sentences, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # explain
    **columns("text", topic="Topic", sentence="Sentence", told_to_buyer="For the buyer"),
    # losses
    **columns("text", description="Description", remarks="Remarks"),
    # receivables
    **columns("text", remark="Remark"),
    # terms
    **columns("text", note="Note"),
}  # fmt: skip
