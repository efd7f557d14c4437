"""Labels and kinds of the columns of sentences, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # decisions
    **columns(
        "text",
        what="Decision", stake="What the amount is", link="Address",
        advised="Advice", insurer_says="Insurer's terms", limit_says="Limit alone",
        overdue_says="Overdue debt alone", portfolio_says="Portfolio limit alone"
    ),
    # explain
    **columns("text", topic="Topic", sentence="Sentence", told_to_buyer="For the buyer"),
    # losses
    **columns("text", description="Description", remarks="Remarks"),
    # receivables
    **columns("text", remark="Remark"),
    # terms
    **columns("text", note="Note"),
}  # fmt: skip
