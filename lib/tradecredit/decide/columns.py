"""Labels and kinds of the columns of decisions and of the sheets of buyers."""

from tradecredit.columns import Column, columns

LABELS = {
    # buyer_decisions
    "asked": Column("Decision code of the list", "text"),
    # decisions
    **columns("text", authority="Decided by", each_decides="Each decides on", anchor="Anchor", was="Asked before as"),
    **columns("date", due_day="Due", first_due_day="First due", last_due_day="Last due"),
    **columns("count", new="New", decides_on="Of them that authority's", moved="Asked before as another kind"),
    # insurer_duties
    **columns("text", duty="Duty"),
    **columns(
        "money",
        claim_amount="Insured debt to claim",
        filed_amount="Insured debt, claim filed",
        report_amount="Insured debt to report",
        missed_amount="Insured debt past its report day",
        stop_clears="Open past its extension period",
        stop_disputed="In dispute of that",
    ),
    **columns(
        "date",
        report_by="Report by",
        missed_since="Report day that is past",
        report_due_since="Due day of that debt, the first",
        loss_date="Loss since",
        file_by="File the claim by",
        stop_since="Not insured since",
    ),
    **columns("text", stop_invoice="Oldest invoice past its stop"),
    "stop_insured": Column("New deliveries not insured any more", "text"),
    # buyer_sheet
    **columns("date", overdue_since="Overdue since"),
    **columns("text", advice="Advice code", deliveries="Deliveries", best_option="Best for overdue debt"),
    **columns(
        "text",
        on_cover="Decision code on cover",
        on_limit="Decision code on the limit",
        on_debt="Decision code on the debt",
    ),
    **columns(
        "money",
        at_stake="At stake",
        over_limit_to_set="Excess over limit to set",
        lost_if_failed="Lost of it if the buyer fails",
        option_value="Expected value",
        gain_on_waiting="More than waiting",
    ),
    "has_sheet": Column("Has a sheet", "text"),
    # held_back
    **columns(
        "text",
        held_for="Held back for",
        held_also="And for",
        hold_authority="Hold decided by",
        pay_invoice="Oldest invoice to pay",
        cure="Cure",
        then_delivered="Deliveries then",
    ),
    **columns("money", to_pay="To be paid"),
    **columns("date", held_from="Held back from", hold_by="Hold by"),
    # sheets
    **columns("text", last_stage="Last letter", promise_kind="Kind of promise", promise_state="What became of it"),
    **columns("date", reminded_on="Letter sent on", promised_on="Promised on", promised_for="Promised for"),
    **columns("money", owed="Owed", money_came="Came of it"),
    "letter_invoices": Column("Invoices in it", "count"),
}
