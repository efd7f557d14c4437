"""Printed lists whose columns stand one below the other, and lists whose documents go on over several lines."""

import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports import fixed, grid

PRINT = """ AR5210        CENTRAL DISTRIBUTORS INC        A/R OPEN ITEM REPORT   AS OF 10/31/26   PAGE    1

 CUSTOMER  NAME              TYPE INVOICE NO   INV DATE   DUE DATE        BALANCE
 --------  ----------------  ---- ----------   --------   --------   ------------
 010204    HARBOR MARINE     INV  410000       09/14/26   10/14/26     1,250.00
                             CRM  880000       09/21/26   09/21/26       100.50CR
                                     CUSTOMER TOTAL                    1,149.50

 AR5210        CENTRAL DISTRIBUTORS INC        A/R OPEN ITEM REPORT   AS OF 10/31/26   PAGE    2

 CUSTOMER  NAME              TYPE INVOICE NO   INV DATE   DUE DATE        BALANCE
 --------  ----------------  ---- ----------   --------   --------   ------------
 010221    OAK RIDGE LUMBER  INV  410007       10/01/26   10/31/26        75.25
                             INV  410009       10/02/26   11/01/26       300.00
"""
IN_BLOCKS = """Heartland Cooperative            A/R Aging Detail
As of date: 10/31/2026

Invoice         Date        Due date      Age          Balance

Lowland Grain
INV-00100       09/14/2026  10/14/2026     17         1,250.00
CM-00001        09/21/2026  09/21/2026     40         (100.50)
Total for Lowland Grain                               1,149.50

Midway Motors
INV-00101       10/01/2026  10/31/2026      0            75.25
"""
OF_TWO_PAGES = """\
10/31/26   16:42                    HALVERSEN MECHANICAL INC                     Page    1
                              A/R INVOICE STATUS  As of date: 10/31/26

Invoice   Job       Invoice   Due            Invoice      Retainage    Outstanding
Number    Number    Date      Date            Amount           Held        Balance
-----------------------------------------------------------------------------------
ALD010  ALDER CREEK HOMEOWNERS       Phone: (916) 555-0141
  5321    24-103    06/17/26  08/01/26     4,797.20            .00            .00
  5325    24-103    06/18/26  08/02/26     9,227.00         922.70         922.70
Customer ALD010 totals                    14,024.20         922.70         922.70

BRE020  BRENTWOOD SCHOOLS            Phone: (209) 555-0199
  5537    24-106    07/01/26  07/31/26     4,340.99            .00       4,340.99
10/31/26   16:42                    HALVERSEN MECHANICAL INC                     Page    2
                              A/R INVOICE STATUS  As of date: 10/31/26

Invoice   Job       Invoice   Due            Invoice      Retainage    Outstanding
Number    Number    Date      Date            Amount           Held        Balance
-----------------------------------------------------------------------------------
BRE020  BRENTWOOD SCHOOLS            (Continued)
  5571    24-106    08/05/26  09/04/26     2,826.09            .00       2,826.09
Customer BRE020 totals                     7,167.08            .00       7,167.08
"""
FREEE = """収支区分,管理番号,発生日,決済期日,取引先,勘定科目,金額,備考,決済日,決済口座,決済金額
収入,INV-1,2026/09/01,2026/09/30,株式会社青空商事,売上高,80000,,2026/10/01,三井住友銀行,50000
,,,,,売上高,20000,送料,,,
,,,,,売上値引,-3000,,,,
,,,,,,,,2026/10/15,三井住友銀行,7000
支出,P-9,2026/09/03,2026/10/31,仕入先,仕入高,60000,,,,
,,,,,仕入高,500,,,,
収入,INV-2,2026/09/05,2026/10/31,有限会社山下工業,売上高,12000,,,,
"""

IN_FRAMES = """\
Nordharz GmbH  Mandant 01     OP-Kontoauszug Debitoren (alle Posten)    Seite   1
Stichtag: 30.09.2026    Währung: EUR    Druck: 02.10.2026 09:41 BENUTZER: KH
+------------+-------+-----+--------+-----------------+------------+----------+----------+----------+
| Datum      | Beleg | Art | OP-Nr. | Text            | Fällig     |     Soll |    Haben |    Saldo |
+------------+-------+-----+--------+-----------------+------------+----------+----------+----------+
| Konto 10010  Apotheke Alder                                                                       |
| 08.07.2026 | RE1   | RE  | RE1    | Rechnung        | 22.07.2026 | 1.912,02 |          | 1.912,02 |
| 12.07.2026 | RE2   | RE  | RE2    | Rechnung        | 26.07.2026 |   757,83 |          | 2.669,85 |

Nordharz GmbH  Mandant 01     OP-Kontoauszug Debitoren (alle Posten)    Seite   2
Stichtag: 30.09.2026    Währung: EUR    Druck: 02.10.2026 09:41 BENUTZER: KH
+------------+-------+-----+--------+-----------------+------------+----------+----------+----------+
| Datum      | Beleg | Art | OP-Nr. | Text            | Fällig     |     Soll |    Haben |    Saldo |
+------------+-------+-----+--------+-----------------+------------+----------+----------+----------+
|            |       |     |        | Übertrag        |            |          |          | 2.669,85 |
| 06.08.2026 | ZE5   | ZE  | RE2    | Zahlungseingang |            |          |   757,83 | 1.912,02 |
|            |       |     |        | Summe 10010     |            | 2.669,85 |   757,83 | 1.912,02 |
+------------+-------+-----+--------+-----------------+------------+----------+----------+----------+
| Konto 10030  Bäckerei Brook                                                                       |
| 05.08.2026 | RE3   | RE  | RE3    | Rechnung        | 19.08.2026 |   501,10 |          |   501,10 |
|            |       |     |        | Summe 10030     |            |   501,10 |     0,00 |   501,10 |
"""


def test_columns_of_a_print_are_told_by_what_stands_below_each_other(tmp_path):
    suggestion, found = read(tmp_path, "AR5210.TXT", PRINT)
    assert suggestion.source.form.layout == "fixed" and str(suggestion.source.exported) == "2026-10-31"
    assert open_items(found) == {
        "410000": ("010204", "2026-10-14", 1250.0),
        "410007": ("010221", "2026-10-31", 75.25),
        "410009": ("010221", "2026-11-01", 300.0),
    }
    (credit,) = found.tables["receipts"].itertuples()
    assert (credit.buyer_id, credit.amount) == ("010204", 100.5)


def test_titles_of_many_parts_stand_again_with_the_page_and_a_word_stands_before_a_buyers_number(tmp_path):
    _, found = read(tmp_path, "op.txt", IN_FRAMES, "cp1252")
    assert open_items(found) == {"RE1": ("10010", "2026-07-22", 1912.02), "RE3": ("10030", "2026-08-19", 501.1)}
    assert found.tables["buyers"]["name"].tolist() == ["Apotheke Alder", "Bäckerei Brook"]


def test_a_buyer_stands_above_its_documents_in_a_print(tmp_path):
    _, found = read(tmp_path, "aging.txt", IN_BLOCKS)
    assert open_items(found) == {
        "INV-00100": ("Lowland Grain", "2026-10-14", 1250.0),
        "INV-00101": ("Midway Motors", "2026-10-31", 75.25),
    }
    assert found.tables["receipts"]["amount"].tolist() == [100.5]


def test_names_of_two_lines_stand_again_on_a_further_page_and_blocks_go_on_there(tmp_path):
    _, found = read(tmp_path, "arinvsts.txt", OF_TWO_PAGES)
    assert open_items(found) == {
        "5325": ("ALD010", "2026-08-02", 922.7),
        "5537": ("BRE020", "2026-07-31", 4340.99),
        "5571": ("BRE020", "2026-09-04", 2826.09),
    }
    assert set(found.tables["buyers"]["name"]) == {"ALDER CREEK HOMEOWNERS", "BRENTWOOD SCHOOLS"}


def test_a_document_that_does_not_stand_in_the_columns_is_not_passed_over():
    (first, *_) = fixed.begins(PRINT)
    longer = PRINT + " 010221    OAK RIDGE LUMBER AND MORE 410010   10/03/26   11/02/26        10.00\n"
    with pytest.raises(ValueError, match="line 15 does not stand in the columns"):
        grid.fixed_rows(longer, first)


def test_a_deal_of_several_lines_is_one_invoice_with_its_payments(tmp_path):
    suggestion, found = read(tmp_path, "取引.csv", FREEE, "cp932")
    assert suggestion.source.lines == "parts"
    assert open_items(found) == {
        "INV-1": ("株式会社青空商事", "2026-09-30", 40000.0),
        "INV-2": ("有限会社山下工業", "2026-10-31", 12000.0),
    }
    receipts = found.tables["receipts"]
    paid = receipts[receipts["kind"] == "payment"].sort_values("received")
    assert paid["amount"].tolist() == [3000.0, 50000.0, 7000.0] or paid["amount"].tolist() == [50000.0, 7000.0]
