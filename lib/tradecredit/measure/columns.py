"""Labels and kinds of the columns of what is measured of the ledger, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # receivables
    **columns("text", bucket="Age (days)", label="Figure", unit="Unit"),
    **columns("name", cause="Cause"),
    **columns(
        "figure",
        value="Value", benchmark="Survey, Q1 2021", older_benchmark="Survey, older",
        then="A year ago", now="Now"
    ),
    **columns("change", change="Change"),
    **columns("name", figure="Figure"),
    **columns(
        "date", settled="Settled", payable_by="Payable by", paid_on="Paid on", oldest="Oldest", month_end="Month end"
    ),
    **columns(
        "money",
        receivables="Receivables", overdue_amount="Overdue", open_amount="Open amount", paid="Paid",
        impaired="Impaired", sales="Sales, months of the DSO", sales_12m="Sales, 12 months",
        open_disputes="Open disputes", over_90_amount="More than 90 days overdue",
        over_90_in_default="More than 90 days overdue, of buyers in default",
        exchange_difference="Exchange difference in receivables", money="Paid in money",
        exchange_gain="Exchange gain", exchange_loss="Exchange loss", on_account="On account",
        long_overdue="More than 90 days past due, undisputed",
        longer_overdue="More than 180 days past due, undisputed",
        unnamed="On account, no invoice named", overpaid="Paid beyond invoices", net_amount="Owed net of on account",
        shipped_not_invoiced="Shipped, not invoiced", open_orders="Open orders", committed="Exposure and open orders"
    ),
    **columns(
        "percent",
        share="Share", cumulative_share="Cumulative share", share_current="Share not overdue",
        share_over_90="Share more than 90 days overdue", dispute_rate="Disputed share of sales",
        bad_debt_to_sales="Written off, share of sales", top_10_share="Share of the ten largest buyers",
        largest_buyer_share="Share of the largest buyer"
    ),
    **columns(
        "days",
        dso="DSO (days)", dso_countback="DSO, countback (days)", dso_best_possible="DSO, best possible (days)",
        average_days_delinquent="Average days delinquent", days_beyond_terms="Days beyond terms",
        days_beyond_terms_signed="Days beyond terms, early payments counted",
        delinquent_days="Delinquent days", days_past_due="Days past due", days_late="Days late",
        oldest_days="Oldest (days)", days_deductions_outstanding="Days deductions outstanding"
    ),
    **columns(
        "count",
        buyers="Buyers", invoices="Invoices", open_invoices="Open invoices", open_buyers="Buyers who owe",
        disputes="Disputes"
    ),
    **columns("ratio", turnover="Receivables turnover", cei="CEI (100 is best)", herfindahl="Herfindahl index"),
    # paid_by_month
    **columns("days", paid_days_late="Days beyond terms of what was paid"),
    **columns("count", invoices_paid="Invoices paid in the month"),
    # quality
    **columns("text", check="Check"),
    # doubles
    **columns("text", same_as="Same as", same_name="Name of that", alike_by="Alike by"),
    **columns("money", open_together="Open amount of both"),
    # entities
    **columns("text", entity="Entity", number="Number there"),
    **columns("count", shared_buyers="Of these shared"),
    **columns("money", eliminated="Eliminated", own_book="In its own book"),
    # behaviour
    **columns("percent", share_late="Paid late", share_overdue="Overdue share", limit_use="Use of limit"),
    **columns(
        "days",
        days_beyond_terms_drift="Drift of days beyond terms",
        days_beyond_terms_recent="Days beyond terms, 3 months", oldest_days_past_due="Oldest item, days past due"
    ),
    **columns("score", paydex="PAYDEX"),
    **columns("count", months_of_history="Months of history"),
    # long_overdue
    **columns("percent", long_overdue_share="Share of its debt", paid_since="Paid of what fell due since"),
    **columns("text", standing="Taken for"),
    # ratios
    **columns("money", net_worth="Net worth", working_capital="Working capital"),
    **columns(
        "percent",
        equity_ratio="Equity ratio", return_on_assets="Return on assets", net_margin="Net margin",
        retained_earnings_ratio="Retained earnings ratio", working_capital_ratio="Working capital ratio"
    ),
    **columns(
        "ratio",
        current_ratio="Current ratio", cash_ratio="Cash ratio", interest_cover="Interest cover",
        asset_turnover="Asset turnover"
    ),
    **columns("days", statement_age_days="Age of accounts (days)"),
    # payment_experience
    **columns("count", history_months="Months of payment history"),
    **columns("money", paid_balance="Largest balance paid"),
    # default_events
    **columns("date", defaulted="Defaulted"),
    **columns("money", exposure="Exposure"),
}  # fmt: skip
