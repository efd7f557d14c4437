"""A ledger with one buyer of which a claim is to be filed, and the policy."""

from tradecredit.insurance.policy import Policy

AS_OF = "2026-10-31"
TERMS = {
    "name": "p", "insured_percentage": 0.9, "maximum_extension_days": 60, "waiting_days": 180, "filing_days": 30,
    "each_loss_deductible": 500.0, "aggregate_first_loss": 1_000.0,
}  # fmt: skip
POLICY = Policy(**TERMS)

# Of a limit of 20,000: I1 and I2 have been unpaid for 180 days since 28 August and 6 September, 2,000 of I2 in dispute;
# I3 is overdue, and 4,000 of it are within the limit; I4 was shipped after the stop of 1 May. O is paid.
LEDGER = {
    "invoices": """invoice_id,buyer_id,issued,due,amount
O,B,2025-10-01,2025-11-01,700
I1,B,2026-01-15,2026-03-01,10000
I2,B,2026-02-01,2026-03-10,8000
I3,B,2026-02-05,2026-08-20,6000
I4,B,2026-06-01,2026-07-01,5000
X,A,2026-10-01,2026-11-01,9999
""",
    "receipts": "invoice_id,received,amount,kind,buyer_id\nO,2025-12-01,700,payment,\n,2026-10-05,300,payment,B\n",
    "limits": "buyer_id,source,amount,valid_from\nB,insurer,20000,2025-01-01\n",
    "disputes": "invoice_id,opened,closed,amount,reason\nI2,2026-02-15,,2000,quality\n",
    "reminders": "invoice_id,stage,sent\nI1,first,2026-03-08\nI2,first,2026-03-17\nI4,first,2026-07-08\n",
    "promises": "buyer_id,invoice_id,made,date,amount,kind\nB,I1,2026-03-20,2026-04-20,10000,payment\n",
}
