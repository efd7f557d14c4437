"""What comes in after the insurer has paid a claim, and whose it is (definitions §5.9)."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.settlement import insurer_recovery


@once
def after_claims(book: Book, policy: Policy) -> pd.DataFrame:
    """Return the recoveries and payments on invoices that a claim was paid for, and which part is the insurer's.

    A row for each receipt of kind `recovery` or `payment` after the first receipt of kind `claim` on its invoice: index
    receipt_id, in order of day; amounts in the reporting currency:

    - `invoice_id`, `received`, `amount`; `claim`, what the insurer had paid on the invoice by then; `debt`, what was
      owed of it before the first claim;
    - `insurer_part`: by `recovery_sharing`, `pro_rata` amount × claim / debt, `pro_rata_limit` amount × insured debt /
      debt (the insured debt that the claim was paid for: claim / insured percentage), `insurer_first` all; of all
      receipts on an invoice together never more than the claim. Nothing on the basis `net`, whose claim has taken
      recoveries off already;
    - `own_part` = amount − insurer_part.
    """
    receipts = book.receipts.assign(invoice=book.invoice_of_receipt).query("invoice >= 0")
    receipts = receipts.sort_values("received", kind="stable")
    amount, is_claim = receipts["amount"], receipts["kind"] == "claim"
    claimed = amount.where(is_claim, 0.0).groupby(receipts["invoice"]).cumsum()
    before = amount.where((claimed == 0) & ~is_claim, 0.0).groupby(receipts["invoice"]).transform("sum")
    debt = book.invoices["amount"].to_numpy()[receipts["invoice"]] - before
    coming_in = (claimed > 0) & one_of(receipts["kind"], ["recovery", "payment"])
    table = receipts.assign(claim=claimed, debt=debt)[coming_in]
    so_far = table["amount"].groupby(table["invoice"]).cumsum()
    terms = policy.record()
    owing = zip(table["claim"], table["debt"], so_far, so_far - table["amount"], strict=True)
    insured = policy.insured_percentage or 1.0
    part = [
        insurer_recovery(claim, debt, sums, min(claim / insured, debt), terms)
        - insurer_recovery(claim, debt, earlier, min(claim / insured, debt), terms)
        for claim, debt, sums, earlier in owing
    ]
    table = table.assign(insurer_part=np.array(part, dtype="float64"))
    table = table.assign(own_part=table["amount"] - table["insurer_part"]).set_index("receipt_id")
    return table[["invoice_id", "received", "amount", "claim", "debt", "insurer_part", "own_part"]]
