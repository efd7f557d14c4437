"""Labels and kinds of the columns of what is to be done today, by the module that makes them."""

from tradecredit.columns import Column, columns

OF_THE_INSURER: dict[str, Column] = {
    # insurer_calendar
    **columns("text", deadline="To do", notice="Kind of notice", unreported="Why no report", amount_of="The amount is",
              asked_now="Asked now", next_deadline="To be done first"),
    **columns(
        "date", day="Day by the policy", act_by="To be done by", next_day="First by", stop_on="Stop supplies on",
        money_on="Money expected on", file_since="Filing day that is past",
    ),
    **columns("count", missed_deadlines="Deadlines missed"),
    # audit
    **columns("text", breach_kind="What costs cover", cover_effect="Its cover is",
              remedy="Decisions that answer it"),
    **columns(
        "money", open_amount_before="Open amount, month before", open_amount_change="Open amount, change",
        lost_debt="Debt that it concerns",
        breach_cost="Of it the insurer would bear",
    ),
    **columns("percent", share_before="Share, month before"),
    "share_change": Column("Share, change", "change"),
    **columns("date", breach_day="Day of it", first_breach="The first on"),
    # claims
    **columns("text", default_kind="Kind of default", claim_step="Step", document="Paper", known="What the book knows",
              entry="Entry", claimed_now="In the claim", claim_advice="What to do"),
    **columns("date", last_day="Last day by the policy"),
    **columns("count", lost_invoices="Invoices lost"),
    # claims_made
    **columns("text", claim_state="State of the claim", claim_answer="Answer to the claim"),
    **columns("count", claims="Claims"),
    **columns("date", claim_filed="Claim filed on", insurer_paid_on="Paid by the insurer on"),
    **columns(
        "money", expected_claim="Expected, before recoveries", paid_less="Paid less, before recoveries",
        insurer_recovery="Insurer's part of recoveries",
        first_loss_refilled="Borne again as first loss",
    ),
    # declarations
    **columns("text", declaration_step="Step of the declaration"),
    **columns("money", declared="Declared"),
    # insurer_limits
    **columns("text", answer="Answer", review_reason="Why to review", kind_of_item="What", item_id="Number"),
    **columns("date", decided_on="Decided on", review_by="Review by", shipped_on="Shipped on"),
    **columns(
        "money", asked_limit="Limit asked for", granted_limit="Limit granted", item_amount="Amount, gross",
        insured_before="Insured debt, today", insured_then="Insured debt, after a cut", loses_cover="Loses cover",
    ),
}  # fmt: skip
"""Those of the tables for the insurer."""

LABELS: dict[str, Column] = OF_THE_INSURER | {
    # stages
    **columns("text", stage="Stage", act="About the debt", letter="Letter", decided="Decision code"),
    # decided
    **columns(
        "text",
        supplies_stopped="Nothing delivered",
        insurer_task="For the insurer",
        insurer_authority="Insurer told by",
    ),
    **columns("date", insurer_by="Insurer told by (day)"),
    **columns(
        "money",
        insurer_amount="Insured debt to tell of",
        insured_stake="Insured part, before the first loss",
        insured_payable="Payable after the first loss",
    ),
    "hold": Column("Deliveries held back", "text"),
    **columns(
        "money",
        set_off="Paid on account",
        planned="Held for a plan",
        promised="Held as promised",
        to_collect="To collect",
        held_out="Held out",
    ),
    **columns("date", send_on="Sent on", pay_by="To be paid by"),
    **columns("count", late_invoices="Invoices past due"),
    **columns("days", oldest_to_collect="Oldest to collect (days past due)"),
    # letters
    **columns("text", language="Language", letter_total="Asked for, in all", cited_as="Cited as", agreed="Rate agreed"),
    **columns(
        "number",
        billed="Invoiced, its currency",
        billed_open="Open, its currency",
        billed_held_out="Held out, its currency",
        billed_to_pay="To pay, its currency",
        billed_interest="Interest, its currency",
        billed_daily_interest="Interest a day, its currency",
        billed_fee="Flat fee, its currency",
        billed_total="Asked for, its currency",
    ),
    # worklist
    **columns(
        "money",
        acting_amount="At stake today",
        waiting_cost="Cost of waiting",
        letter_cost="Cost of the letter",
        acting_value="Value of acting today",
        insurer_value="Expected of the insurer, after the first loss",
    ),
    **columns("days", wait_days="Else paid after (days)"),
    **columns("percent", changed_share="Changed by it"),
    **columns("text", acts_today="To act on today", collect_step="Step"),
    # effects
    **columns("count", compared="Invoices compared", not_comparable="Not comparable"),
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
    **columns("days", age_days="Age (days)", dso_days="Adds to DSO (days)", days_to_settle="Days to settle, median"),
    **columns("percent", disputed_share="Of the invoice", given_in="Credited"),
    **columns("money", cover_lost="Not insured for it"),
    **columns("count", opened_disputes="Opened in 24 months"),
    # early_offers
    **columns("text", left_out_for="No offer as"),
    **columns(
        "money",
        early_amount="Not due yet",
        early_gain="Worth of paying early",
        early_cost="Cost of the discount",
        early_value="Value if taken, net",
    ),
    **columns("days", pays_after="Days until paid, without offer"),
    # progress
    **columns(
        "count",
        letters="Letters",
        reminded_invoices="Invoices in them",
        promises="Promises",
        kept="Kept",
        broken="Broken",
        still_open="Open",
    ),
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
    "goal_verdict": Column("Against the goal", "text"),
    # signals
    **columns("text", signal="Signal", lacks="Not in the book"),
    **columns("number", signal_value="Value of the signal", warns_from="Warns from"),
    # watchlist
    **columns(
        "text",
        signals="Signals",
        listed="On the watchlist",
        listed_before="On the watchlist, month before",
        move="Since the month before",
        came="New signals",
        went="Signals gone",
        moved_by="Moved most by",
        moved_from="What that was then",
        move_reason="Reason",
        doing="To do",
        each_authority="Decided by, each",
        each_due="Due, each",
    ),
    **columns("money", in_doubt="Cover in doubt"),
    **columns("probability", pd_warned="PD with signals", pd_warned_before="PD with signals, month before"),
    **columns("count", grade_before="Grade, month before"),
    **columns("money", expected_loss_at_stake="Expected loss with signals, gross"),
    **columns("date", listed_since="On the watchlist since"),
}
