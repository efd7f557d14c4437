"""Labels and kinds of the columns of policies compared, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # quotes
    **columns(
        "money",
        cost="Cost", fees="Fees", expected_indemnity="Expected indemnity",
        saved_se="Expected indemnity, standard error", retained_expected="Expected retained loss (simulated)",
        retained_expected_se="Expected retained loss, standard error",
        retained_es_99="Retained ES 99 %", retained_es_99_se="Retained ES 99 %, standard error",
        retained_es="Retained ES 99.9 %", retained_es_se="Retained ES 99.9 %, standard error",
        expected_adjustment="Expected bonus or malus", cost_of_risk="Cost of risk",
        saving="Saving against no insurance", saving_se="Saving, standard error",
        saving_on_current="Saving against policy in force",
        saving_on_current_se="Saving against policy in force, standard error", break_even_cost="Break-even cost",
        break_even_premium="Break-even premium", break_even_sales="Break-even sales",
        expected_loss_simulated="Expected loss (simulated)",
        expected_loss_simulated_se="Expected loss, standard error", es_99="ES 99 %",
        es_99_se="ES 99 %, standard error"
    ),
    **columns(
        "percent",
        first_loss_used="First loss used, expected",
        first_loss_exhausted="First loss exhausted, probability"
    ),
    **columns("probability", maximum_binds="Maximum reached, probability"),
    **columns("ratio", loss_ratio="Loss ratio"),
    # account
    **columns(
        "money",
        account_cost="Cost of the policy", account_indemnity="Losses that it pays", account_capital="Capital saved",
        account_sales="Sales that only cover allows",
        account_balances="Cover on other balances than today's", account_financing="Financing of insured receivables",
        account_information="Insurer's information", account_tax_recovery="Tax recovered on those sales",
        account_income_tax="Income tax", cover_value="Value of cover",
        cover_value_se="Value of cover, standard error", cover_value_on_current="Value against policy in force",
        cover_value_on_current_se="Value against policy in force, standard error", covered_sales="Sales",
        covered_exposure="Balances", covered_margin="Margin", sales_risk="Risk before insurance",
        sales_tied_up="Capital tied up", sales_premium="Premium on them, in the cost",
        premium_change="Premium, change", uninsured_value="The same limits without insurance",
        uninsured_more="Without insurance, more than with it",
        uninsured_more_se="Without insurance, more than with it, standard error",
        year_claims="Claims of a year, before the first loss",
        value_by_paid_share="Value of cover, sales counted by the share paid",
        uninsured_es_99="ES 99 %, without insurance, on the same balances",
        insured_es_99="ES 99 %, with the policy, on balances at its limits",
        accounts_value="Value that accounts might allow without insurance",
        accounts_margin="Margin that accounts might allow without insurance",
        saving_at_odds="Saving of the cost of risk, on today's balances"
    ),
    **columns("percent", paid_share="Share of these claims that it pays"),
    **columns(
        "percent", part_alone="Part carried, without insurance", part_covered="Part carried, with insurance"
    ),
    **columns("text", risk_binding="What bounds it, without insurance"),
    **columns("name", account_item="Item"),
    **columns("ratio", odds="Multiple of all default odds", odds_se="Multiple, standard error"),
    **columns("text", turns="Above it"),
    # past_losses, as_if
    **columns("date", loss_day="Day of loss"),
    **columns("text", past_state="State", discretionary="Under a discretionary limit"),
    **columns("count", past_defaults="Defaults"),
    **columns("ratio", past_loss_ratio="Indemnity / premium"),
    **columns(
        "money",
        past_claim="Claim, as if", past_recovered="Insurer's part of recoveries, as if",
        past_above_maximum="Above the maximum, as if", stopped_debt="Shipped after the stop",
        first_loss_taken="First loss used", past_loss="Lost so far, by day of loss",
        past_insured_debt="Insured debt on the day of loss",
        past_indemnity="Indemnity, as if", past_retained="Retained, as if", past_turnover="Insured turnover, as if",
        past_premium="Premium, as if", past_cost="Cost, as if", past_net="Indemnity less cost",
        claims_received="Claims received"
    ),
    # received
    **columns("text", because="Mainly by"),
    **columns(
        "money",
        received_more="Received more than as if", by_first_loss="By the first loss", by_recovery="By recoveries",
        by_maximum="By the maximum", by_stop="By the stop", by_limit="By the limit of the day",
        by_terms="By threshold, percentage, deductible, tax", by_waiting="Not yet payable",
        by_nothing_received="Payable, none received", by_no_loss="No loss as if", by_no_default="Of no default",
        by_other="By other terms"
    ),
    # alternatives
    **columns(
        "text",
        offer="Offer", quote="Quoted", efficient="Efficient", convention="Convention", other="Other reading",
        why="Why"
    ),
    **columns("name", term="Term"),
    **columns(
        "money",
        frontier_retained_es="Retained ES 99.9 %, fewer years", frontier_cost_of_risk="Cost of risk, fewer years",
        stated_indemnity="Indemnity as stated, fewer years", other_indemnity="Indemnity by other reading, fewer years",
        difference_se="Difference, standard error"
    ),
}  # fmt: skip
