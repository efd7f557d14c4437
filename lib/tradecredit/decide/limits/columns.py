"""Labels and kinds of the columns of credit limits, by the module that makes them."""

from tradecredit.columns import Column, columns

LABELS = {
    # recommendation
    **columns(
        "text",
        binding="Binding constraint", binding_with_cover="Binding constraint, with insurance",
        risk_bound_by="Bound of the limit by risk",
        passes="Caps exceeded", capacity_base="Base of capacity", stopped="New deliveries not insured"
    ),
    **columns(
        "money",
        recommended="Recommended limit, without insurance", recommended_with_cover="Recommended limit",
        own_limit="Limit in force", insurer_limit="Insurer's limit", covered_limit="Covered limit",
        breach="Excess over limit", over_recommended="Excess over recommended limit",
        withheld="Above it, of buyers that did not default", own="Retained part",
        methods_give="Model limit", difference="Difference", room="Room under the limit",
        orders_held="Orders above the limit"
    ),
    **columns("count", buyers_with_cover="Buyers, with insurance"),
    # amounts
    **columns(
        "money",
        need="Need", capacity="Capacity", expected_loss_budget="Expected-loss budget",
        net_value_added="Net value added", without_accounts="Maximum without accounts",
        new_buyer="Maximum for a new buyer", maximum_of_kind="Maximum of its kind", maximum="Maximum limit",
        concentration="Concentration cap", group_room="Room in the group", sector_room="Room in the sector",
        country_room="Room in the country"
    ),
    # actions
    **columns("text", action="Action", report_due="To report, claim or stop"),
    **columns(
        "money",
        risk_limit="Limit by risk", risk_limit_alone="Limit by risk, without insurance",
        over_risk="Excess over limit by risk", over_need="Excess over need", overdue="Overdue, undisputed"
    ),
    # carried_sales
    **columns(
        "money",
        mean_balance="Mean balance, 12 months", highest_balance="Highest balance, 12 months",
        lost_sales="Sales lost a year", lost_margin="Margin lost a year",
        expected_loss_owed="Expected loss of what is owed", released="Limit released by accounts",
        released_sales="Sales released by accounts", released_margin="Margin released by accounts"
    ),
    # split
    **columns(
        "money",
        entity_exposure="Owed, with orders", entity_sales="Its sales, 12 months", entity_limit="Its limit"
    ),
    **columns("percent", limit_share="Its share"),
    # caps
    **columns(
        "money",
        group_need="Need, for the group", group_limit="Group limit", over_group_limit="Excess over group limit",
        cap="Cap", over_cap="Excess over cap", set_above="Analysts' limits above the cap"
    ),
    **columns("count", members="Members", cut="Limits cut", added_cut="Only what cover adds cut"),
    "class": Column("Class", "text"),
    # changes
    **columns(
        "text",
        decision="Decision", decision_code="Decision code", response_code="Response code",
        reason_code="Reason code", approval="Approval by"
    ),
    **columns("money", limit_to_set="Limit to set", before="Before", after="After"),
    # insurer
    **columns("text", request="Request", request_code="Request code"),
    **columns(
        "money",
        requested="Limit to request", recommended_with_request="Recommended limit, with the request",
        extra_sales="Extra sales", margin_gained="Margin gained", expected_loss_more="Extra expected loss",
        expected_loss_change="Change of expected loss", net_gain="Net gain",
        insurer_limit_after="Insurer's limit, after", insured_after="Insured part, after",
        own_after="Retained part, after", own_more="Retained part, increase",
        recommended_with_cover_after="Recommended limit, after", over_after="Excess over recommended limit, after",
        over_more="Excess, increase"
    ),
    **columns("ratio", margin_per_cost="Margin per cost"),
    # replay
    **columns("date", review="Review", last_breach="Last in breach"),
    **columns("count", months_with_limit="Months with a limit", months_in_breach="Months in breach"),
    **columns("money", mean_breach="Mean excess in breach"),
    **columns("text", lost_share_basis="Basis of lost share", way="What to do"),
    **columns(
        "money",
        limits="Limits", breach_amount="Excess over limits", without_limit="Exposure without limit",
        largest_breach="Largest excess", avoidable="Avoidable debt", loss="Loss", loss_avoided="Loss avoided",
        over_own_limit="Debt above own limit"
    ),
    **columns("percent", breach_share="Share in breach", lost_share="Lost share"),
    **columns("count", breaches="Breaches", not_known="Not yet buyers"),
}  # fmt: skip
