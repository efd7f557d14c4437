"""Labels and kinds of the columns of what is to be done today, by the module that makes them."""

from tradecredit.columns import Column, columns

LABELS: dict[str, Column] = {
    # stages
    **columns("text", stage="Stage", act="What to do", letter="Letter", decided="Decision code"),
    **columns(
        "money",
        set_off="Paid on account",
        planned="Held for a plan",
        promised="Held as promised",
        to_collect="To collect",
        held_out="Held out",
    ),
    **columns("date", send_on="Sent on", pay_by="To be paid by"),
    **columns("count", late_invoices="Invoices"),
    # worklist
    **columns(
        "money",
        acting_amount="At stake today",
        waiting_cost="Cost of waiting",
        letter_cost="Cost of the letter",
        acting_value="Value of acting today",
    ),
    **columns("days", wait_days="Else paid after (days)"),
    **columns("percent", changed_share="Changed by it"),
    # effects
    **columns("count", compared="Letters compared", not_comparable="Not comparable"),
    **columns(
        "percent",
        paid_with="Paid with it",
        paid_without="Paid without it",
        brought_in="Brought in by it",
        brought_in_low="At least",
        brought_in_high="At most",
    ),
    # open_disputes
    **columns("text", owner="To be settled by"),
    **columns("days", age_days="Age (days)", dso_days="In the DSO (days)", days_to_settle="Days to settle, median"),
    **columns("percent", disputed_share="Of the invoice", given_in="Given in"),
    **columns("money", cover_lost="Not insured for it"),
    **columns("count", opened_disputes="Opened in 24 months"),
    # early_offers
    **columns("money", early_amount="Not due yet", early_value="Value if taken"),
    **columns("days", pays_after="Paid in, without it (days)"),
    # progress
    **columns("count", letters="Letters", promises="Promises", kept="Kept", broken="Broken", still_open="Open"),
    **columns("count", replaced="Replaced or lapsed"),
    **columns("money", asked_amount="Asked for", promised_amount="Promised"),
    **columns(
        "percent",
        collected="Collected",
        paid_invoices="Invoices paid",
        kept_share="Kept, of those over",
        kept_amount_share="Kept, by amount",
    ),
    **columns("days", days_to_money="Days to money, median"),
    **columns("figure", goal="Goal", best_possible="Best possible"),
    "verdict": Column("Verdict", "text"),
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
