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
    # audit
    **columns("text", breach_kind="Breach", cover_effect="Effect on cover"),
    **columns(
        "money", open_amount_before="Open amount, month before", open_amount_change="Open amount, change",
        lost_debt="Debt that it concerns", breach_cost="Cost if it is lost",
    ),
    **columns("percent", share_before="Share, month before", share_change="Share, change"),
    **columns("date", breach_day="Day of the breach"),
    # claims
    **columns("text", default_kind="Kind of default", claim_step="Step", document="Paper", known="What the book knows",
              entry="Entry", claimed_now="In the claim"),
    **columns("count", lost_invoices="Invoices lost"),
    **columns("money", covered="Covered debt"),
    # declarations
    **columns("text", declaration_step="Step of the declaration"),
    **columns("money", declared="Declared"),
}  # fmt: skip
