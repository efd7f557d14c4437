"""Labels and kinds of the columns of what is to be done today, by the module that makes them."""

from tradecredit.columns import Column, columns

LABELS: dict[str, Column] = {
    # stages
    **columns("text", stage="Stage"),
    # insurer_calendar
    **columns("text", deadline="To do", notice="Kind of notice", asked_now="Asked now", next_deadline="Next to do"),
    **columns(
        "date", day="Day", act_by="In time by", stop_on="Stop supplies on", money_on="Money expected on",
        next_day="Next day",
    ),
    **columns("count", past_deadlines="Days that are past"),
}  # fmt: skip
