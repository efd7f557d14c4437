"""Labels and kinds of the columns of default probabilities, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # ratings
    **columns("text", drivers="Main drivers", method="Method", override="Override"),
    **columns("probability", pd="PD", pd_low="PD, low", pd_high="PD, high", model_pd="PD before override"),
    **columns("count", grade="Grade", model_grade="Grade before override"),
    # grades
    **columns("text", sp_equivalent="S&P equivalent"),
    **columns("count", expected_defaults="Expected defaults"),
    # level
    **columns("text", interval_part="What is uncertain"),
    **columns("number", times_low="Low end, times", times_high="High end, times"),
    # panel
    **columns(
        "percent",
        equity_ratio_change="Equity ratio, change in a year",
        return_on_assets_change="Return on assets, change in a year"
    ),
    **columns("days", group_days_beyond_terms="Days beyond terms of its group"),
    **columns("probability", central_tendency="Central tendency of country and sector"),
    # additive_model
    **columns("name", input="Input"),
    **columns("text", sign="Sign", pair="Pair"),
    **columns("name", first_input="First input", second_input="Second input"),
    **columns("figure", first_value="First value", second_value="Second value"),
    **columns("ratio", both_log_odds="Both together, log-odds"),
    **columns("number", others_count="Others count, times", others_count_error="Others count, standard error"),
    **columns(
        "ratio",
        importance="Importance", effect="Effect", log_odds="Log-odds", missing="Missing value, log-odds"
    ),
    **columns("score", points="Points"),
    # sign_costs
    **columns(
        "ratio",
        against="Against the sign, log-odds", log_loss_cost="Cost in log-loss",
        log_loss_cost_error="Cost in log-loss, standard error", auc_cost="Cost in AUC",
        auc_cost_error="Cost in AUC, standard error"
    ),
    # explain
    **columns("text", part="Part", finding="Finding"),
    **columns("figure", needed="Needed"),
    **columns("count", inputs="Inputs"),
    # payment
    **columns("money", not_due="Not yet due"),
    **columns("percent", late="Late, probability"),
    **columns("number", fit="Fit", past_mean="Past mean"),
    # term_structure
    **columns(
        "probability",
        pd_12_months="PD, 12 months", pd_24_months="PD, 24 months", pd_36_months="PD, 36 months",
        pd_48_months="PD, 48 months", pd_60_months="PD, 60 months"
    ),
}  # fmt: skip
