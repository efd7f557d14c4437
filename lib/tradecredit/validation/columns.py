"""Labels and kinds of the columns of the review of the default model, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # calibration
    **columns("count", firms="Firms"),
    **columns("number", jeffreys="Jeffreys, p-value", binomial="Binomial, p-value"),
    # stability
    **columns("number", psi="PSI", psi_by_chance="PSI by chance", rise="Rise"),
    **columns("figure", mean_then="Mean then", mean_now="Mean now"),
    **columns("percent", missing_then="Missing then", missing_now="Missing now"),
    # migration
    **columns(
        "probability",
        predicted_in_sample="Predicted, in sample", cohort="Cohort", cohort_error="Cohort, standard error",
        duration="Duration",
        duration_error="Duration, standard error"
    ),
    **columns(
        "count",
        moves="Migrations", cohort_defaults="Defaults in the cohort", cohort_buyers="Buyers in the cohort"
    ),
    **columns("number", years="Buyer-years"),
    # prudent_bounds
    **columns("probability", pd_upper="Pluto–Tasche upper bound", predicted_year_ago="Predicted a year ago"),
    **columns("count", obligors="Buyers a year ago", defaults_since="Defaults since"),
    # review
    **columns("number", model_auc="AUC of our model"),
    # early_warning
    **columns("text", list="List"),
    **columns("probability", list_threshold="Begins at a PD of"),
    **columns("number", names_a_review="Buyers listed, mean of month ends"),
    **columns(
        "count",
        reviews="Months looked at", failures="Failures", named="Failures warned of in time", names="Names",
        true_names="Names that failed", late_names="Names that failed too soon after", false_names="False names"
    ),
    **columns(
        "percent",
        share_named="Failures warned of in time, share", share_named_low="Share warned of, low",
        share_named_high="Share warned of, high", failed_of_listed="Failed within a year of standing on it"
    ),
    **columns(
        "days", days_ahead_low="Days ahead, first quartile", days_ahead="Days ahead, median",
        days_ahead_high="Days ahead, third quartile"
    ),
    **columns(
        "ratio", false_a_true="False alarms per failure", false_a_true_low="False alarms per failure, low",
        false_a_true_high="False alarms per failure, high"
    ),
    # signal_value
    **columns("count", warned_buyers="Buyers warned of", warned_failed="Warned of, and failed"),
    **columns("ratio", odds_ratio="Odds, times", odds_low="Odds, times, low", odds_high="Odds, times, high"),
    **columns("text", beside_pd="Beside the PD it"),
    # traffic_lights
    **columns("text", test="Test", light="Light", needs="Needed, code"),
    **columns("figure", standard_error="Standard error"),
    **columns("number", has="Available"),
}  # fmt: skip
