"""Labels and kinds of the columns of simulated losses, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # simulation
    **columns("name", measure="Measure"),
    **columns("text", view="View"),
    **columns("percent", level="Level"),
    **columns(
        "money",
        expected_loss="Expected loss (exact)", contribution="Contribution to ES", gross="Loss before insurance",
        expected="Expected", sd="Standard deviation", VaR="Value at risk", ES="Expected shortfall"
    ),
    **columns("date", month="Month"),
    # portfolio
    **columns("percent", lgd="LGD", correlation="Asset correlation"),
    **columns("text", lgd_basis="Basis of LGD", correlation_basis="Basis of correlation"),
    # quadrature
    **columns("money", simulated="Simulated", calculated="Calculated"),
    **columns("ratio", deviation="Deviation in standard errors"),
    **columns("count", scenarios="Simulated years"),
    # stress
    **columns("text", scenario="Scenario"),
    **columns("money", named_limits="Named limits", under_limit="Within named limits"),
    **columns("percent", mean_lgd="Mean LGD"),
    **columns("probability", exposure_weighted_pd="Mean PD, weighted by exposure"),
    **columns("count", capped="PDs capped at 1"),
}  # fmt: skip
