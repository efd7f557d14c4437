"""Labels and kinds of the columns of how probabilities are tested, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # discrimination
    **columns("text", sample="Sample", segment="Segment"),
    **columns(
        "count",
        count="Observations", observations="Observations", defaults="Defaults", defaulters="Defaulters"
    ),
    **columns(
        "number",
        auc="AUC", auc_low="AUC, low", auc_high="AUC, high", gini="Gini", ks="Kolmogorov-Smirnov",
        brier="Brier score"
    ),
    **columns("p_value", p_value="P-value"),
    **columns("ratio", slope="Calibration slope", slope_se="Calibration slope, standard error"),
    **columns(
        "probability",
        predicted="Predicted", observed="Observed", low="Observed, low", high="Observed, high"
    ),
}  # fmt: skip
