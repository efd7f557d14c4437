"""Labels and kinds of the columns of what is to be done today, by the module that makes them."""

from tradecredit.columns import Column, columns

LABELS: dict[str, Column] = {
    # stages
    **columns("text", stage="Stage"),
    # signals
    **columns("text", signal="Signal", lacks="Not in the book"),
    **columns("number", signal_value="Value of the signal", warns_from="Warns from"),
    # watchlist
    **columns("text", signals="Signals", listed="On the watchlist", move="Since the month before", came="New signals"),
    **columns("probability", pd_warned="PD with signals", pd_warned_before="PD with signals, month before"),
    **columns("count", grade_before="Grade, month before"),
    **columns("money", expected_loss_at_stake="Expected loss at stake, gross"),
    **columns("date", listed_since="On the watchlist since"),
}
