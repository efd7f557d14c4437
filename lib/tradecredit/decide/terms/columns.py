"""Labels and kinds of the columns of terms of payment, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # discounts
    **columns(
        "money",
        offered_amount="Offered amount", taken_amount="Amount taken", unearned_cost="Cost of late discounts",
        unknown_cost="Cost, benefit not known", capital_saved="Capital cost saved", net="Net benefit"
    ),
    **columns(
        "percent",
        simple_360="Simple, 360", simple_365="Simple, 365", compound_360="Compound, 360",
        compound_365="Compound, 365", break_even="Break-even discount", for_capital="For capital",
        for_loss="For losses", yearly_cost="Cost a year", break_even_yearly_cost="Break-even, cost a year",
        take_up="Take-up", take_up_amount="Take-up, by amount"
    ),
    **columns("days", terms_days="Terms (days)", days_won="Days gained", days_earlier="Days earlier"),
    **columns("count", offered="Offered", taken="Taken", not_computable="Not computable"),
    # lengths
    **columns(
        "money",
        capital_tied_up="Capital tied up", extra_capital_cost="Extra capital cost",
        extra_expected_loss="Extra expected loss", extra_cost="Extra cost", sales_needed="Sales needed, net of tax",
        longer_sales="Sales on longer terms", sales_to_shorten="Of them to be shortened",
        longer_margin="Margin on longer terms",
    ),
    **columns("percent", cost_of_sales="Cost, share of sales"),
    **columns(
        "days",
        suggested_days="Suggested terms (days)", lawful_days="Longest by law (days)",
        terms_to_grant="Terms to grant (days)", longest_given="Longest given (days)",
        usual_terms_days="Usual terms (days)", delay_days="Delay (days)"
    ),
    # late_interest
    **columns(
        "text",
        state="State", law="Law", missing_rate="Missing reference rate", missing_currency="Missing currency rate"
    ),
    **columns(
        "money",
        late_amount="Late amount, also what was paid late", late_open="Of it open",
        interest="Interest", daily_interest="Interest a day", fee="Fee", charge="Charge"
    ),
    **columns("days", longest_terms_days="Longest terms (days)"),
    # payment_plan
    **columns(
        "text",
        option="Option", is_best="Best", needs_consent="Consent needed", basis="Basis", why_not="Why no claim"
    ),
    **columns("date", expected_date="Expected on", extension_ends="Extension ends"),
    **columns(
        "money",
        first_loss="First loss", payable="Payable by the policy", not_insured="Not insured", payment="Payment",
        principal="Principal", balance="Balance"
    ),
    **columns("count", instalment="Instalment"),
}  # fmt: skip
