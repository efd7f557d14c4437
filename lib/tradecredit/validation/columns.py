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
    # traffic_lights
    **columns("text", test="Test", light="Light", needs="Needed, code"),
    **columns("figure", standard_error="Standard error"),
    **columns("number", has="Available"),
}  # fmt: skip
