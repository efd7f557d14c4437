"""Labels and kinds of the columns of portfolio limits, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # optimum
    **columns("text", held_by="Binding constraint"),
    **columns(
        "money",
        proposed_limit="Proposed limit",
        expected_margin="Expected margin", net_earnings="Net earnings",
        shortfall="Expected shortfall", shortfall_cap="Cap on expected shortfall",
        retained_expected_loss="Expected retained loss (exact)",
        portfolio_change="Change from recommended limit"
    ),
    **columns("ratio", marginal_value="Shadow price", price_of_risk="Shadow price of risk"),
}  # fmt: skip
