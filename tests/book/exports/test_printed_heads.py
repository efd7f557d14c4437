"""What prints repeat or put above their rows: heads of pages and accounts, terms below names, wide lines."""

import pandas as pd
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.amounts import amounts, are_negative
from tradecredit.book.exports.totals import is_sum

PAGE = """COMPTOIR DE L AIN;;;Grand-livre des tiers;;Période du;;01/01/2026
;;;Complet;;au;;30/06/2026
Sage 100 8.50;;;Date de tirage 04/07/26 à 09:15:22;;Page :;;{page}
Date;N° pièce;Libellé écriture;Lettr.;Mouvement débit;Mouvement crédit;Solde;
"""
ACCOUNTS = (
    """ALPHABAT;ALPHA BATIMENT SARL;;;41100000;;;
05/01/2026;FA1;FACTURE ALPHA;A;575,97;;575,97;
08/02/2026;RG1;VIR ALPHA;A;;575,97;0,00;
08/04/2026;FA2;FACTURE ALPHA;;232,26;;232,26;
;;Total du tiers;;808,23;575,97;232,26;
""",
    """ARTISOL;ARTISOL CARRELAGES;;;41100000;;;
06/01/2026;FA3;FACTURE ARTISOL;b;617,32;;617,32;
08/02/2026;RG2;VIR ARTISOL;b;;17,32;600,00;
;;Total du tiers;;617,32;17,32;600,00;
""",
)


def test_heads_of_pages_and_of_accounts_are_no_documents(tmp_path):
    text = "".join(PAGE.format(page=at) + part for at, part in enumerate(ACCOUNTS, 1))
    suggestion, found = read(tmp_path, "grand_livre.csv", text)
    assert suggestion.source.block == {"buyer_id": "1", "name": "2"}
    assert {one: (buyer, rest) for one, (buyer, _, rest) in open_items(found).items()} == {
        "FA2": ("ALPHABAT", 232.26), "FA3": ("ARTISOL", 600.0),
    }  # fmt: skip
    assert found.tables["invoices"]["amount"].sum() == pytest.approx(575.97 + 232.26 + 617.32)


AGED = """Aged Receivables [Detail]
As of 30/06/2026

ID No.,Date,Total Due,0 - 30,31 - 60,61 - 90,90+
Adelaide Hills Fencing
08 5550 8969
0% 0 Net 30
00009359,6/06/2026,"$5,013.71","$5,013.71",$0.00,$0.00,$0.00
00009373,17/06/2026,$107.01,$107.01,$0.00,$0.00,$0.00
,Total:,"$5,120.72","$5,120.72",$0.00,$0.00,$0.00

"Baker, Thomas J"
0% 0 Net 14
00009388,24/06/2026,"$6,424.52","$6,424.52",$0.00,$0.00,$0.00
,Total:,"$6,424.52","$6,424.52",$0.00,$0.00,$0.00

Willunga Wines
Net 7
00009390,20/06/2026,$20.00,$20.00,$0.00,$0.00,$0.00
,Total:,$20.00,$20.00,$0.00,$0.00,$0.00
"""


def test_terms_below_the_names_of_buyers_tell_due_days(tmp_path):
    suggestion, found = read(tmp_path, "aged.csv", AGED)
    assert open_items(found) == {
        "00009359": ("Adelaide Hills Fencing", "2026-07-06", 5013.71),
        "00009373": ("Adelaide Hills Fencing", "2026-07-17", 107.01),
        "00009388": ("Baker, Thomas J", "2026-07-08", 6424.52),
        "00009390": ("Willunga Wines", "2026-06-27", 20.0),
    }
    assert any(guess.key == "source.due" and guess.open for guess in suggestion.guesses)


def test_angle_brackets_are_less_than_nothing():
    column = ["<1,250.08>", "12.50", "(3.00)"]
    assert amounts(pd.Series(column), ".").tolist() == [-1250.08, 12.5, -3.0]
    assert are_negative(pd.Series(column)).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("line", "total"),
    [
        (
            "Customer Total:                  6,560.21   8,110.37  <1,550.16>  0.00    0.00    0.00    0.00    0.00",
            True,
        ),
        (
            "Alder Mechanical Contractors     6,560.21   8,110.37  <1,550.16>  0.00    0.00    0.00    0.00    0.00",
            False,
        ),
        ("Total 1 267,89   633,94-   12,50 S", True),
        ("Total", False),
    ],
)
def test_a_wide_line_is_told_to_be_a_total(line, total):
    assert is_sum(line) == total


OF_DEALS = """収支区分,管理番号,発生日,決済期日,取引先コード,取引先,勘定科目,税区分,金額,備考,決済日,決済金額
収入,INV-1,2026/02/17,2026/03/31,T0020,合同会社カナデ,売上高,課税売上10%,176000,,2026/04/14,176000
収入,,2026/02/17,,,,受取利息,非課売上,312,,2026/02/17,312
収入,INV-2,2026/02/20,2026/04/30,T0010,株式会社ひかり薬局,売上高,課税売上10%,385440,,2026/04/30,85000
,,,,,,支払手数料,課対仕入10%,-440,振込手数料,,
"""


def test_what_is_paid_and_names_no_buyer_is_told_and_a_fee_belongs_to_its_deal(tmp_path):
    _, found = read(tmp_path, "deals.csv", OF_DEALS)
    assert open_items(found) == {"INV-2": ("T0010", "2026-04-30", 300000.0)}
    assert ("invoices", "paid in full, and names no buyer: 312.00", 1) in found.left_out
