"""Labels and kinds of the columns of provisions, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # loss_rates
    **columns("probability", loss_rate="Loss rate", rate_before="Rate before ages were pooled"),
    **columns("money", rate_amount="Seen at past month ends, added up"),
    **columns("probability", rate_error="Standard error of the rate", rate_low="Rate, low", rate_high="Rate, high"),
    **columns("count", rate_months="Months of history", losing_buyers="Buyers that failed or lost"),
    **columns("percent", settled_share="Settled", lost_or_failed="Lost or failed"),
    # outlook
    **columns("percent", weight="Weight", recoveries_left="Recoveries left"),
    **columns("ratio", growth_factor="Growth of defaults", outlook_factor="Outlook factor"),
    # provision
    **columns("money", gross_amount="Gross carrying amount", provision="Provision"),
    **columns(
        "percent",
        share_of_provision="Share of the provision", coverage_ratio="Provision, share of receivables",
        expected_recovery="Expected to come in"
    ),
    # movement
    **columns("name", line="Movement"),
    **columns(
        "money",
        opening_provision="Opening provision", new_invoices="New invoices", released_by_payment="Paid or credited",
        released_by_recovery="Recovered from failed buyers", worse="Worse: later, failed, or lost beyond it",
        better="Better", changed_rates="Loss rates, outlook and exchange rates", provision_used="Written off",
        closing_provision="Closing provision", since_month="Since last month", since_year="Since last year",
        months_of_year="The last 12 months, added up", expense="Impairment loss of the month",
        provision_change="Change of the provision on last month"
    ),
    # back_test
    **columns(
        "money",
        gross_then="Gross amount then", provision_then="Provided then", failed_since="Owed by buyers that failed since",
        written_off_since="Written off since, others", lost_since="Lost within 12 months",
        lost_low="Loss, low", lost_high="Loss, high", came_in_since="Came in within 12 months",
        not_received="Not received within 12 months"
    ),
    **columns("ratio", provided_to_lost="Provided, times the loss"),
    **columns("text", report_past="Report past its day"),
    **columns("number", policy_year="Year of the policy from its current one"),
    # reimbursement
    **columns("text", treatment="Insurance is", posted="As the run file states it"),
    **columns("name", reimbursement_line="Reimbursement"),
    **columns(
        "money",
        paid_if_lost="Paid if lost", reimbursement="Expected reimbursement", reimbursement_asset="Reimbursement asset",
        net_cost="Provision less asset", reimbursed_by_loss="Expected of all losses, each by itself",
        not_claimed="Not claimed in time", kept_by_first_loss="Aggregate first losses, at most",
        above_maxima="Above the maxima of the years", lapsed="Lapsed: not claimed in time"
    ),
    **columns("probability", loss_probability="Probability of loss"),
    # audit
    **columns("text", setting="Setting", setting_value="Value", standard="Standard"),
}  # fmt: skip
