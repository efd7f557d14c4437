"""Labels and kinds of the columns of what is to be done today, by the module that makes them."""

from tradecredit.columns import Column, columns

LABELS: dict[str, Column] = {
    # stages
    **columns("text", stage="Stage")
}
