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
    # back_test
    **columns("date", year_start="Known on", year_end="Year to"),
    **columns(
        "count", buyers_then="Buyers at risk then", real_defaults="Defaults, real", other_defaults="Other defaults"
    ),
    **columns("count", defaults_then="Defaults expected then"),
    **columns(
        "money", expected_loss_then="Expected loss then (exact)", var_95_then="VaR 95 % then (simulated)",
        var_99_then="VaR 99 % then (simulated)", real_loss="Really lost so far, by buyers at risk then",
        real_debt="Owed by them at default",
        other_loss="Lost by other defaults"
    ),
    **columns(
        "percent", place="Simulated years that lost no more", defaults_place="Simulated years with no more defaults"
    ),
    # portfolio
    **columns("percent", lgd="LGD", correlation="Asset correlation"),
    **columns("text", lgd_basis="Basis of LGD", correlation_basis="Basis of correlation"),
    # quadrature
    **columns("money", simulated="Simulated", calculated="Calculated"),
    **columns("ratio", deviation="Deviation in standard errors"),
    **columns("count", scenarios="Simulated years"),
    # level_range
    **columns("text", level_end="Level of default"),
    **columns("count", defaults_at_level="Defaults expected"),
    **columns(
        "money",
        expected_loss_at_level="Expected loss (exact), by level", var_99_at_level="VaR 99 % (simulated), by level",
        es_99_at_level="ES 99 % (simulated), by level"
    ),
    # stress
    **columns("text", scenario="Scenario"),
    **columns("money", named_limits="Named limits", under_limit="Exposure up to the named limit, gross"),
    **columns("percent", mean_lgd="Mean LGD"),
    **columns("probability", exposure_weighted_pd="Mean PD, weighted by exposure"),
    **columns("count", capped="PDs capped at 1"),
}  # fmt: skip
