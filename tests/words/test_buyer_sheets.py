"""What each method says of a buyer by itself, in words, worked by hand."""

import numpy as np
from advised import AS_OF, LEDGER, advised

from tradecredit.words.buyer_sheets import sheets


def said(book_of, **columns):
    table = advised(book_of, **columns).assign(
        best_option=np.nan, option_value=np.nan, gain_on_waiting=np.nan, needs_consent=False, portfolio_change=np.nan
    )
    return sheets(table, book_of(AS_OF, **LEDGER))


def test_no_payment_is_asked_once_the_policy_has_to_pay(book_of):
    # C, 200 days past due, is claimed and past its stop; D is insolvent, and claimed.
    found = said(book_of, action="stop", over_risk=50.0)
    assert found.loc["C", ["insurer_says", "limit_says", "deliveries", "advised"]].tolist() == [
        "claim EUR 10,000; no deliveries, whatever is paid, as the policy has to pay",
        "stop: above the limit by risk, and debt is claimed on the policy", "nothing", "Claim on the policy",
    ]  # fmt: skip
    assert found.loc["D", "insurer_says"].startswith("claim EUR 10,000")
    # B, 70 days past due with an extension of 60, is freed by a payment.
    assert found.loc["B", ["insurer_says", "limit_says"]].tolist() == [
        "report EUR 10,000, which was due by 21 October 2026; deliveries from 22 October 2026 on are not "
        "insured while EUR 10,000 is open past its extension period, B1 first",
        "stop: above the limit by risk, weak grade",
    ]  # fmt: skip
    assert found.loc["A", "insurer_says"] == "report EUR 10,000 by 20 November 2026"
    assert found["limit_says"].eq("stop: above the limit by risk, weak grade").sum() == 6
