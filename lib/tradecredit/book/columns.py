"""Labels and kinds of the columns of the tables that are read, by the module that makes them."""

from tradecredit.columns import columns

LABELS = {
    # schema
    **columns(
        "text",
        buyer_id="Buyer", name="Name", country="Country", sector="Sector", group_id="Group", kind="Kind",
        invoice_id="Invoice", receipt_id="Receipt", currency="Currency", reason="Reason", source="Source", by="By",
        agency="Agency", assurance="Assurance", registration_id="Registration id", owner_id="Owner", owned_id="Owned",
        order_id="Order"
    ),
    **columns(
        "date",
        customer_since="Customer since", issued="Issued", due="Due", received="Received", opened="Opened",
        closed="Closed", valid_from="Valid from", valid_to="Valid to", period_end="Accounts of",
        published="Published", date="Date", since="Since", until="Until", resolved="Resolved",
        expected_on="Expected on", obtained="Obtained"
    ),
    **columns(
        "money",
        amount="Amount", tax="Tax", total_assets="Total assets", current_assets="Current assets", cash="Cash",
        total_liabilities="Total liabilities", equity="Equity", revenue="Revenue", ebit="EBIT",
        net_income="Net income", limit="Limit", debt="Debt", recovered="Recovered"
    ),
    **columns("percent", discount_rate="Discount"),
    **columns("days", discount_days="Discount days"),
    **columns("score", score="Score"),
    **columns("ratio", rate="Rate"),
    # book
    **columns("text", table="Table", rule="Rule"),
    **columns("count", rows="Rows"),
}  # fmt: skip
