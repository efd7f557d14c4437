"""How improbable it is that a buyer has paid nothing for so long, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.measure.silence import silence


def ledger(open_due: list[str]) -> dict[str, pd.DataFrame]:
    """Return nine invoices due every ten days up to 22 March, paid 1 to 9 days late, and open ones due on days."""
    due = pd.date_range("2026-01-01", periods=9, freq="10D")
    paid = pd.DataFrame(
        {"invoice_id": [f"P{n}" for n in range(9)], "buyer_id": "A", "issued": due - pd.Timedelta(days=20), "due": due,
         "amount": 100.0}
    )  # fmt: skip
    is_open = pd.DataFrame({"due": pd.to_datetime(open_due)})
    is_open = is_open.assign(
        invoice_id=[f"O{n}" for n in range(len(open_due))], buyer_id="A", issued=is_open["due"] - pd.Timedelta(days=20),
        amount=100.0,
    )  # fmt: skip
    receipts = paid[["invoice_id", "amount"]].assign(
        received=due + pd.to_timedelta(np.arange(1, 10), unit="D"), kind="payment"
    )
    return {"invoices": pd.concat([paid, is_open]), "receipts": receipts}


def test_each_open_invoice_stayed_unpaid_as_its_paid_ones_seldom_did(book_of):
    """Last paid on 31 March. On 20 April, due 1 April: 19 days late, later than all nine, S = ½/10, and S = 9½/10 on 31
    March, a day before it was due. Due 13 April: 7 days, two of nine are later, 2½/10, and 9½/10 on 31 March."""
    found = silence(book_of("2026-04-20", **ledger(["2026-04-01", "2026-04-13"]))).loc["A"]
    assert found["last_paid"] == pd.Timestamp("2026-03-31")
    assert found["usual_gap"] == 11.0  # of eight gaps of eleven days
    assert found["silence"] == pytest.approx(np.log10(0.95 / 0.05) + np.log10(0.95 / 0.25))


def test_what_was_overdue_when_it_last_paid_counts_from_then(book_of):
    """Due 26 March, 5 days late on 31 March, when four of nine came later, 4½/10; 25 days now, ½/10: 9 times."""
    found = silence(book_of("2026-04-20", **ledger(["2026-03-26"]))).loc["A"]
    assert found["silence"] == pytest.approx(np.log10(9))


def test_no_longer_than_its_usual_gap_is_no_silence(book_of):
    tables = ledger(["2026-03-26"])
    assert silence(book_of("2026-04-11", **tables)).loc["A", "silence"] == 0
    assert silence(book_of("2026-04-12", **tables)).loc["A", "silence"] > 0


def test_who_hardly_ever_paid_has_no_habit(book_of):
    tables = ledger(["2026-03-26"])
    few = tables["receipts"].head(4)
    assert np.isnan(silence(book_of("2026-04-20", invoices=tables["invoices"], receipts=few)).loc["A", "silence"])


def test_a_dispute_excuses(book_of):
    disputes = "invoice_id,opened,closed\nO0,2026-04-02,2026-04-10\n"
    found = silence(book_of("2026-04-20", **ledger(["2026-03-26"]), disputes=disputes))
    assert found.loc["A", "silence"] == 0
