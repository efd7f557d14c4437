"""What settles the invoices of an export: reversals and repayments cancel what they take back."""

from pathlib import Path

import pandas as pd

from tradecredit.book.exports.ledger import Ledger, ledger
from tradecredit.book.exports.suggestion import suggested

HEAD = (
    "Posting Date;Document Type;Document No.;Customer No.;Customer Name;Original Amount;Remaining Amount;Due Date;Open;"
    "Closed at Date;Closed by Entry No.;Entry No.;Reversed\n"
)
DYNAMICS = (
    HEAD
    + """2026-06-01;Invoice;I1;C1;Alder;1000.00;400.00;2026-07-01;Yes;;;1;No
2026-06-20;Payment;P1;C1;Alder;-600.00;0.00;2026-06-20;No;2026-06-20;1;2;No
2026-06-21;Payment;P2;C1;Alder;-500.00;0.00;2026-06-21;No;2026-06-25;;3;Yes
2026-06-25;Payment;P2;C1;Alder;500.00;0.00;2026-06-25;No;2026-06-25;3;4;Yes
2026-06-01;Invoice;I2;C2;Birch;500.00;0.00;2026-07-01;No;2026-06-28;;5;No
2026-06-02;Payment;P3;C2;Birch;-1250.00;0.00;2026-06-02;No;2026-06-09;;6;No
2026-06-09;Refund;R1;C2;Birch;1250.00;0.00;2026-06-09;No;2026-06-09;;7;No
2026-06-28;Payment;P4;C2;Birch;-800.00;-300.00;2026-06-28;Yes;;;8;No
"""
)


def read(folder: Path, text: str) -> Ledger:
    file = folder / "entries.csv"
    file.write_text(text)
    told = suggested([file])
    found = ledger(told.source, told.currency)
    assert not found.problems
    return found


def net(found: Ledger, until: str = "2026-06-30") -> dict[str, float]:
    """What each buyer owes net, by the end of a day."""
    invoices, receipts = found.tables["invoices"], found.tables["receipts"]
    rows = [invoices[invoices["issued"] <= until], receipts[receipts["received"] <= until]]
    owed = [one.groupby("buyer_id")["amount"].sum() for one in rows]
    return owed[0].sub(owed[1], fill_value=0.0).round(2).to_dict()


def test_a_reversed_payment_and_a_refund_cancel_what_they_take_back(tmp_path):
    found = read(tmp_path, DYNAMICS)
    # Alder owes the 400 of I1; Birch has the 300 of P4 on account.
    assert net(found) == {"C1": 400.0, "C2": -300.0}
    # On the 22nd the payment P2 was not yet reversed; on the 5th the 1,250 were on account.
    assert net(found, "2026-06-22") == {"C1": -100.0, "C2": 500.0}
    assert net(found, "2026-06-05") == {"C1": 1000.0, "C2": -750.0}
    receipts = found.tables["receipts"]
    paid = receipts[receipts["invoice_id"].notna()].set_index("receipt_id")["amount"]
    assert paid.to_dict() == {"P1": 600.0, "P4": 500.0}
    assert not [rule for _, rule, _ in found.assumed if "does not show" in rule]
    assert ("receipts", "paid and given back again: 1,750.00", 2) in found.assumed


def test_money_given_back_of_what_the_export_does_not_show_is_told_and_owed_by_nobody(tmp_path):
    refund = "2026-06-09;Refund;R1;C1;Alder;1250.00;0.00;2026-06-09;No;2026-06-09;;7;No\n"
    found = read(tmp_path, "".join(DYNAMICS.splitlines(keepends=True)[:3]) + refund)
    assert net(found) == {"C1": 400.0}
    assert ("receipts", "money given back for documents that the export does not show: 1,250.00", 1) in found.assumed


def test_a_refund_that_is_still_open_is_owed(tmp_path):
    refund = "2026-06-09;Refund;R1;C1;Alder;70.00;70.00;2026-06-09;Yes;;;7;No\n"
    found = read(tmp_path, "".join(DYNAMICS.splitlines(keepends=True)[:3]) + refund)
    assert net(found) == {"C1": 470.0}
    assert pd.isna(found.tables["receipts"].set_index("receipt_id").loc["R1", "invoice_id"])


SAP_FRENCH = (
    "Compte;Nom 1;Affectation;Référence;N° pièce;Type de pièce;Date pièce;"
    "Échéance nette;Montant en devise interne;Devise interne;Pièce rapprochement;Date rapprochement;Référence facture\n"
    """0000010007;Alder SA;0004000001;0004000001;90000001;RV;13.05.2026;12.06.2026;1 200,00;EUR;;;
0000010007;Alder SA;;ZE1;1400000001;DZ;20.06.2026;12.06.2026;-300,00;EUR;;;90000001
0000010007;Alder SA;0004000001;ZE2;1400000002;DZ;25.06.2026;12.06.2026;-150,00;EUR;;;
0000010007;Alder SA;0004000003;0004000003;90000003;RV;01.05.2026;31.05.2026;800,00;EUR;1400000004;02.06.2026;
0000010007;Alder SA;;ZE4;1400000004;DZ;02.06.2026;02.06.2026;-800,00;EUR;1400000004;02.06.2026;
0000010014;Birch SARL;0004000002;0004000002;90000002;RV;14.05.2026;13.06.2026;500,00;EUR;;;
0000010014;Birch SARL;;ZE3;1400000003;DZ;21.06.2026;21.06.2026;-70,00;EUR;;;
"""
)


def test_part_payments_name_an_invoice_by_the_systems_own_number_or_by_the_assignment(tmp_path):
    found = read(tmp_path, SAP_FRENCH)
    receipts = found.tables["receipts"].set_index("receipt_id")
    assert receipts["invoice_id"].dropna().to_dict() == {
        "1400000001": "0004000001", "1400000002": "0004000001", "1400000004": "0004000003",
    }  # fmt: skip
    assert receipts["amount"].to_dict() == {
        "1400000001": 300.0, "1400000002": 150.0, "1400000004": 800.0, "1400000003": 70.0,
    }  # fmt: skip
    assert net(found) == {"0000010007": 750.0, "0000010014": 430.0}
    due = found.tables["invoices"].set_index("invoice_id")["due"].dt.strftime("%Y-%m-%d").to_dict()
    assert due == {"0004000001": "2026-06-12", "0004000003": "2026-05-31", "0004000002": "2026-06-13"}


IN_WORDS = """Customer No;Document No;Type;Posting Date;Due Date;Amount;Description
C1;RE-1001;Invoice;2026-06-01;2026-07-01;1000.00;Goods of June
C1;RE-1002;Invoice;2026-06-10;2026-07-10;500.00;Goods of June
C1;RE-1003;Invoice;2026-06-12;2026-07-12;80.00;Goods of June
C2;RE-2001;Invoice;2026-06-01;2026-07-01;300.00;Goods of June
C1;P1;Payment;2026-07-03;;-1200.00;Payment RE-1001 and RE-1002
C2;P2;Payment;2026-07-04;;-90.00;part of RE-2001, see RE-1003
C2;P3;Payment;2026-07-05;;-10.00;thank you for 2001 things
"""


def test_a_payment_settles_the_invoices_of_its_buyer_that_its_text_names_in_their_order(tmp_path):
    receipts = read(tmp_path, IN_WORDS).tables["receipts"]
    settled = receipts.dropna(subset=["invoice_id"]).groupby(["receipt_id", "invoice_id"])["amount"].sum()
    assert settled.groupby("invoice_id").sum().to_dict() == {"RE-1001": 1000.0, "RE-1002": 200.0, "RE-2001": 90.0}
    assert receipts.loc[receipts["invoice_id"].isna(), "amount"].to_list() == [10.0]
