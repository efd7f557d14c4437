"""Exports of further systems: each is recognised, and read to its open amounts by invoice, due day and buyer."""

import csv

import pandas as pd
import pytest
from book.exports import more_samples as samples
from book.exports.as_suggested import open_items, read
from book.exports.samples import ERPNEXT

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.book.exports.systems import systems

NAMES = {"R-1002": "Alder Tools", "R-1003": "Birch & Co", "R-1004": "Cedar Oy"}
DUE = {"R-1002": "2026-05-31", "R-1003": "2026-07-05", "R-1004": "2026-03-12"}
OPEN = {"R-1002": 1380.0, "R-1003": 4000.0, "R-1004": 500.0}


def on_account(found) -> list[tuple[str, float]]:
    free = found.tables["receipts"].query("invoice_id.isna()")
    return list(zip(free["received"].dt.strftime("%Y-%m-%d"), free["amount"], strict=True))


NUMBERS = {"Alder Tools": "10010", "Birch & Co": "10020", "Cedar Oy": "10030"}
CODES = {"Alder Tools": "C10", "Birch & Co": "C20", "Cedar Oy": "C30"}
ENTITIES = {"Alder Tools": "C10", "Birch & Co": "C20", "Cedar Oy": "C30"}
REFERENCES = {"Alder Tools": "ALDER", "Birch & Co": "BIRCH", "Cedar Oy": "CEDAR"}
FORMS = {
    "sap_s4_line_items": ("items.csv", samples.S4_LINE_ITEMS, NUMBERS),
    "sap_s4_journal_items": ("items.csv", samples.S4_JOURNAL_ITEMS, NUMBERS),
    "xero_aged_receivables": ("aged.csv", samples.XERO_AGED, {}),
    "business_central_customer_ledger": ("entries.csv", samples.BUSINESS_CENTRAL, CODES),
    "netsuite_transactions": ("search.csv", samples.NETSUITE, ENTITIES),
    "sage_50_audit_header": ("audit.csv", samples.SAGE_50, REFERENCES),
    "sap_fbl5n_sheet": ("items.csv", samples.SAP_SHEET_DE, NUMBERS),
    "datev_opos_list": ("opos.csv", samples.DATEV_OPOS, NUMBERS),
}


@pytest.mark.parametrize("form", FORMS)
def test_an_export_is_recognised_and_read(form, tmp_path):
    name, text, ids = FORMS[form]
    suggestion, found = read(tmp_path, name, text)
    assert suggestion.system == next(system.title for system in systems() if system.name == form)
    right = {one: (ids.get(NAMES[one], NAMES[one]), DUE[one], OPEN[one]) for one in OPEN}
    assert open_items(found) == right
    assert on_account(found) == [("2026-06-20", 700.0)]
    assert str(suggestion.source.exported) == "2026-06-30"


@pytest.mark.parametrize("form", ["sap_s4_line_items", "sap_s4_journal_items", "business_central_customer_ledger",
                                  "sage_50_audit_header"])  # fmt: skip
def test_payments_keep_their_days(form, tmp_path):
    _, found = read(tmp_path, *FORMS[form][:2])
    named = found.tables["receipts"].dropna(subset="invoice_id")
    assert sorted(
        zip(named["invoice_id"], named["received"].dt.strftime("%Y-%m-%d"), named["amount"], strict=True)
    ) == [("R-1001", "2026-04-10", 1190.0), ("R-1002", "2026-06-12", 1000.0), ("R-1004", "2026-03-01", 95.0)]


def test_the_layout_of_highradius(tmp_path):
    suggestion, found = read(tmp_path, "dataset.csv", samples.HIGHRADIUS)
    assert suggestion.system == "HighRadius, invoices"
    assert open_items(found) == {
        "1929646410": ("0200980828", "2020-03-01", 79656.6),
        "2960570001": ("0140104423", "2020-03-04", 120.5),
    }
    invoices = found.tables["invoices"].set_index("invoice_id")
    assert invoices["currency"].to_dict() == {"1930438491": "USD", "1929646410": "USD", "2960570001": "CAD"}
    paid = found.tables["receipts"]
    assert paid["received"].tolist() == [pd.Timestamp("2020-02-11")]


def test_a_chinese_list_in_its_own_encoding(tmp_path):
    suggestion, found = read(tmp_path, "应收.csv", samples.CHINESE, "gb18030")
    assert open_items(found) == {
        "CK-1002": ("杭州甲公司", "2026-05-31", 1380.0),
        "CK-1003": ("宁波乙公司", "2026-07-05", 4000.0),
    }
    assert suggestion.currency == "CNY"
    assert ("invoices", "titles, groups and totals: 6,380.00", 1) in found.left_out


def test_saft_of_portugal(tmp_path):
    suggestion, found = read(tmp_path, "saft.xml", samples.SAFT_PT)
    assert suggestion.system == "SAF-T, Portugal"
    # 1,230.00 less 500.00 received and 123.00 credited; thirty days are a guess that is told.
    assert open_items(found) == {"FT 1/1001": ("C10", "2026-05-31", 607.0)}
    assert any(guess.key == "source.terms_days" and guess.open for guess in suggestion.guesses)
    assert set(found.tables["invoices"]["invoice_id"]) == {"FT 1/1001", "FR 1/7"}
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {"C10": "Alder Tools", "C20": "Birch & Co"}
    assert any("is A or F: 99.00" in rule for _, rule, _ in found.left_out)


def test_saft_of_norway(tmp_path):
    suggestion, found = read(tmp_path, "saft.xml", samples.SAFT_NO)
    assert suggestion.system == "SAF-T, Norway" and suggestion.currency == "NOK"
    items = open_items(found)
    assert items.pop("F14") == ("1001", "2026-02-26", 450.0)
    ((buyer, day, left),) = items.values()
    assert (buyer, day, left) == ("1001", "2026-01-01", 250.0)
    assert on_account(found) == [("2026-02-20", 200.0)]


def test_erpnext_invoices_and_payment_entries_are_one_ledger(tmp_path):
    (tmp_path / "invoices.csv").write_text(samples.ERPNEXT_INVOICES)
    (tmp_path / "payments.csv").write_text(samples.ERPNEXT_PAYMENTS)
    suggestion = suggested([tmp_path / "payments.csv", tmp_path / "invoices.csv"])
    assert set(suggestion.system.split(" with ")) == {"ERPNext, sales invoices", "ERPNext, payment entries"}
    assert not [guess.key for guess in suggestion.guesses if "terms_days" in guess.key]
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    assert open_items(found) == {one: (CODES[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}
    assert on_account(found) == [("2026-06-20", 700.0)]
    receipts = found.tables["receipts"].dropna(subset="invoice_id").set_index("invoice_id")
    assert receipts["received"].dt.strftime("%m-%d").to_dict() == {
        "R-1004": "03-01", "R-1001": "04-10", "R-1002": "06-10",
    }  # fmt: skip
    assert receipts.loc["R-1004", "kind"] == "credit_note"
    # A draft, a cancelled invoice, a supplier's payment and a cancelled one are told with what they hold.
    told = sorted(rule for _, rule, _ in found.left_out)
    assert told == [
        "Party Type is not Customer: 50.00", "Status is Cancelled or Draft: 165.00", "Status is Cancelled: 33.00",
    ]  # fmt: skip


def test_erpnext_invoices_alone_say_what_is_paid_and_not_when(tmp_path):
    _, found = read(tmp_path, "invoices.csv", samples.ERPNEXT_INVOICES)
    assert {one: left for one, (_, _, left) in open_items(found).items()} == OPEN
    undated = found.tables["receipts"].query("kind == 'undated'")
    assert dict(zip(undated["invoice_id"], undated["amount"], strict=True)) == {"R-1001": 1190.0, "R-1002": 1000.0}


def test_a_row_whose_cells_have_moved_is_told(tmp_path):
    """A cell is lost, and those behind it stand one place to the left: the credit note is then below zero."""
    torn = ERPNEXT.replace("Customer,C20,Birch & Co,Payment Entry", "Customer,C20,Payment Entry")
    (tmp_path / "aged.csv").write_text(torn)
    suggestion = suggested([tmp_path / "aged.csv"])
    (problem,) = ledger(suggestion.source, suggestion.currency).problems
    assert (problem.row, problem.column, problem.value) == (5, "Credit Note", "-700.0")
    assert problem.allowed == "is a credit below zero to an amount above it"


def test_a_transaction_list_of_quickbooks_leaves_payments_on_account(tmp_path):
    suggestion, found = read(tmp_path, "list.csv", samples.QUICKBOOKS_LIST)
    assert suggestion.system == "QuickBooks Online, transaction list"
    # The list has no due days: 30 days are a guess, which is listed.
    assert suggestion.source.terms_days == 30
    assert open_items(found) == {
        "1001": ("Alder Tools", "2026-04-01", 1190.0), "1003": ("Birch & Co", "2026-07-05", 4000.0),
    }  # fmt: skip
    assert on_account(found) == [("2026-04-10", 1190.0), ("2026-06-20", 700.0)]
    assert str(suggestion.source.exported) == "2026-06-30" and suggestion.currency == "USD"
    # The expense and the deposit of the same money are no documents of a buyer.
    assert sum(rows for _, rule, rows in found.left_out if rule.startswith("Transaction Type")) == 2


def test_a_chinese_account_by_debits_and_credits(tmp_path):
    text = """往来单位编码,往来单位名称,单据日期,单据类型,单据编号,到期日,币别,本期应收,本期实收
K01,杭州甲公司,2026-05-01,应收单,YS-1002,2026-05-31,CNY,2380.00,
K01,杭州甲公司,2026-06-12,收款单,SK-1,,CNY,,1000.00
K02,宁波乙公司,2026-06-05,应收单,YS-1003,2026-07-05,CNY,4000.00,
"""
    suggestion, found = read(tmp_path, "明细.csv", text)
    # Nothing says which invoice the payment settles: it goes to the oldest, which is a guess that is listed.
    assert open_items(found) == {
        "YS-1002": ("K01", "2026-05-31", 1380.0), "YS-1003": ("K02", "2026-07-05", 4000.0),
    }  # fmt: skip
    assert [guess.key for guess in suggestion.guesses if guess.key == "source.unmatched" and guess.open]
    kept = suggestion.source.model_copy(update={"unmatched": "on_account"})
    assert on_account(ledger(kept, "CNY")) == [("2026-06-12", 1000.0)]


def test_a_french_file_of_postings_is_read_by_customers_accounts_and_letters(tmp_path):
    suggestion, found = read(tmp_path, "FEC.txt", samples.FEC)
    assert suggestion.system.startswith("FEC")
    assert open_items(found) == {"F-3": ("C2", "2026-02-17", 80.5)}
    # The letter A stands on both accounts, for other invoices.
    receipts = found.tables["receipts"]
    assert sorted(zip(receipts["invoice_id"], receipts["received"].dt.strftime("%m-%d"), strict=True)) == [
        ("F-1", "02-20"), ("F-2", "03-01")
    ]  # fmt: skip


def test_a_layout_of_one_own_may_call_the_buyer_otherwise(tmp_path):
    suggestion, found = read(tmp_path, "items.csv", samples.SAP_SHEET)
    assert suggestion.system == "SAP FBL5N, spreadsheet"
    assert open_items(found) == {"90001": ("10010", "2026-03-17", 1000.0)}


def test_dynamics_gp_tells_open_amounts_beside_the_original_ones(tmp_path):
    suggestion, found = read(tmp_path, "smartlist.csv", samples.DYNAMICS_GP)
    assert suggestion.system == "Microsoft Dynamics GP, receivables transactions"
    assert open_items(found) == {"STD1": ("ALDER01", "2026-03-20", 200.0)}
    assert on_account(found) == [("2026-03-19", 70.0)]


def test_stripe_tells_what_is_paid_of_an_invoice_and_writes_currencies_small(tmp_path):
    suggestion, found = read(tmp_path, "invoices.csv", samples.STRIPE)
    assert suggestion.system == "Stripe, invoices" and suggestion.currency == "EUR"
    assert open_items(found) == {"F-1": ("cus_A", "2026-03-05", 120.0)}
    assert list(found.tables["invoices"]["currency"].unique()) == ["EUR"]


def test_odoos_list_of_invoices(tmp_path):
    suggestion, found = read(tmp_path, "account.move.csv", samples.ODOO_INVOICES)
    assert suggestion.system == "Odoo, customer invoices"
    assert open_items(found) == {"INV/1": ("Alder Ltd", "2026-03-05", 20.0)}
    assert on_account(found) == [("2026-02-13", 12.0)]


def test_an_fbl5n_list_in_german(tmp_path):
    text = """Stand 31.03.2026

Debitor        10010
Name           Alder Tools GmbH

-----------------------------------------------------------------------------
|Zuordnung |Belegnr   |Art|Belegdatum|Nettofäll.|    Betrag in HW|HWähr|Ausgl.bel.|
-----------------------------------------------------------------------------
|90000001  |1800000001|RV |02.02.2026|04.03.2026|       1.000,00 |EUR  |          |
|90000001  |1400000001|DZ |05.03.2026|05.03.2026|         400,00-|EUR  |          |
-----------------------------------------------------------------------------
|*         |          |   |          |          |         600,00 |EUR  |          |
-----------------------------------------------------------------------------
"""
    suggestion, found = read(tmp_path, "fbl5n.txt", text, "cp1252")
    assert open_items(found) == {"90000001": ("10010", "2026-03-04", 600.0)}
    assert (str(suggestion.source.exported), suggestion.entity) == ("2026-03-31", None)


def test_an_fbl5n_list_whose_payments_name_the_invoices_document(tmp_path):
    text = """31.03.2026                     Dynamische Listausgabe                     1

Debitor        10010
Name           Alder Tools GmbH

---------------------------------------------------------------------------------------
|Zuordnung |Belegnr   |Art|Belegdatum|Nettofäll.|    Betrag in HW|HWähr|Rechn.bez.|Text|
---------------------------------------------------------------------------------------
|4504121   |90034214  |RV |02.02.2026|04.03.2026|       1.000,00 |EUR  |          |    |
|4572022   |90034453  |RV |03.02.2026|05.03.2026|         500,50 |EUR  |          |    |
|20260305  |1400000001|DZ |05.03.2026|05.03.2026|         400,00-|EUR  |90034214  |Teil|
|20260306  |1400000002|DZ |06.03.2026|06.03.2026|         250,00-|EUR  |          |Akto|
---------------------------------------------------------------------------------------
|*         |          |   |          |          |         850,50 |EUR  |          |    |
---------------------------------------------------------------------------------------
"""
    _, found = read(tmp_path, "fbl5n.txt", text, "cp1252")
    assert open_items(found) == {"90034214": ("10010", "2026-03-04", 600.0), "90034453": ("10010", "2026-03-05", 500.5)}
    assert found.tables["receipts"]["invoice_id"].isna().sum() == 1


def test_a_residual_item_is_what_is_left_of_its_invoice(tmp_path):
    suggestion, found = read(tmp_path, "fiar.csv", samples.SAP_BW)
    assert suggestion.source.columns["invoice_id"] == ["REF_DOC_NO", "AC_DOC_NO"]
    assert open_items(found) == {
        "0090041915": ("0000100255", "2026-02-07", 1098.55), "0090042211": ("0000100217", "2026-03-01", 3884.07),
    }  # fmt: skip
    assert found.tables["invoices"]["amount"].sum() == pytest.approx(2098.55 + 3884.07)
    receipts = found.tables["receipts"].set_index("receipt_id")["amount"].to_dict()
    assert receipts == {"1400002320": 1000.0, "1400002322": 500.0}


def test_of_a_journal_of_all_accounts_those_of_customers_are_read(tmp_path):
    suggestion, found = read(tmp_path, "Diario.csv", samples.CONTAPLUS, "cp1252")
    assert suggestion.currency == "EUR"
    assert open_items(found) == {
        "25/0398": ("4300000001", "2026-01-31", 694.32), "26/0001": ("4300000001", "2026-03-07", 1000.0),
        "26/0002": ("4300000006", "2026-03-08", 605.5),
    }  # fmt: skip


def test_aged_debtors_of_sage_50_name_the_account_above_its_items(tmp_path):
    suggestion, found = read(tmp_path, "aged.csv", samples.SAGE_50_AGED)
    assert suggestion.currency == "GBP"
    assert {number: (buyer, amount) for number, (buyer, _, amount) in open_items(found).items()} == {
        "R-1": ("C10", 1380.0), "R-2": ("C20", 500.0),
    }  # fmt: skip
    assert on_account(found) == [("2026-06-12", 75.0)]
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {"C10": "Alder Tools", "C20": "Birch & Co"}


def test_customer_items_of_sap_by_their_technical_names(tmp_path):
    suggestion, found = read(tmp_path, "BSID.csv", samples.SAP_TABLES)
    assert suggestion.system.startswith("SAP, open and cleared customer items")
    ids = {name: number.zfill(10) for name, number in NUMBERS.items()}
    assert open_items(found) == {one: (ids[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}
    assert on_account(found) == [("2026-06-20", 700.0)]
    assert not [guess.key for guess in suggestion.guesses if guess.open and guess.key.startswith("source.columns")]


def test_what_is_owed_by_age_in_blocks_names_documents_in_a_column_without_a_name(tmp_path):
    suggestion, found = read(tmp_path, "aged.csv", samples.AGED_IN_BLOCKS)
    numbers = {"R-1002": "INV/2026/00012", "R-1003": "INV/2026/00013", "R-1004": "INV/2026/00014"}
    assert open_items(found) == {numbers[one]: (NAMES[one], DUE[one], OPEN[one]) for one in OPEN}
    # The sums of the buyers are their documents', and no totals beyond the ages.
    assert "source.buckets" not in [guess.key for guess in suggestion.guesses]
    assert str(suggestion.source.exported) == "2026-06-30"


def test_the_customer_ledger_of_infor_m3_by_its_technical_names(tmp_path):
    suggestion, found = read(tmp_path, "FSLEDG.txt", samples.INFOR_M3, "utf-16")
    assert suggestion.system.startswith("Infor M3")
    assert open_items(found) == {one: (NUMBERS[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_a_japanese_list_is_not_taken_for_chinese(encoding, tmp_path):
    suggestion, found = read(tmp_path, "請求書.csv", samples.JAPANESE, encoding)
    # The cancelled invoice has nothing open.
    assert open_items(found) == {one: (NUMBERS[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}
    assert (suggestion.source.form.encoding, suggestion.currency) == (encoding, "JPY")


def test_a_part_paid_invoice_is_not_settled_by_the_day_of_its_payment(tmp_path):
    _, found = read(tmp_path, "list.csv", samples.PARTLY_PAID)
    assert open_items(found) == {one: (NUMBERS[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}
    receipts = found.tables["receipts"].set_index("invoice_id")
    assert receipts["received"]["R-1002"] == pd.Timestamp("2026-06-12")
    assert receipts["kind"].to_dict() == {"R-1001": "payment", "R-1002": "payment", "R-1004": "undated"}


def test_a_payment_on_account_settles_the_oldest_invoice_of_its_own_currency(tmp_path):
    text = """Customer No,Invoice No,Type,Date,Due Date,Amount,Currency
C1,A-1,Invoice,2026-01-10,2026-02-09,1000.00,USD
C1,A-2,Invoice,2026-02-10,2026-03-12,800.00,EUR
C1,P-1,Payment,2026-03-20,,-500.00,EUR
"""
    suggestion, _ = read(tmp_path, "ledger.csv", text)
    assert suggestion.source.unmatched == "oldest"
    receipts = ledger(suggestion.source, "EUR").tables["receipts"]
    assert receipts[["invoice_id", "amount", "currency"]].to_numpy().tolist() == [["A-2", 500.0, "EUR"]]


def test_names_of_columns_in_a_workbook_may_have_spaces_around_them(tmp_path):
    rows = list(csv.reader(samples.AGED_IN_BLOCKS.splitlines()))
    rows[2] = [name and f" {name} " for name in rows[2]]
    sheet = pd.DataFrame([[cell or None for cell in row] for row in rows])
    sheet.to_excel(tmp_path / "aged.xlsx", header=False, index=False)
    suggestion = suggested([tmp_path / "aged.xlsx"])
    assert set(open_items(ledger(suggestion.source, "EUR"))) == {"INV/2026/00012", "INV/2026/00013", "INV/2026/00014"}


@pytest.mark.parametrize("name", ["ORACLE", "TOTVS"])
def test_what_is_paid_and_what_is_open_are_told_by_their_names(name, tmp_path):
    _, found = read(tmp_path, "titles.csv", getattr(samples, name))
    assert open_items(found) == {one: (NUMBERS[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {v: k for k, v in NUMBERS.items()}
    received = found.tables["receipts"].set_index("invoice_id")["received"]
    assert received["R-1001"] == pd.Timestamp("2026-04-10")


@pytest.mark.parametrize("name", ["LEXWARE", "YONYOU", "KINGDEE"])
def test_lists_of_open_items_of_further_programs_are_read_by_what_their_columns_are_called(name, tmp_path):
    suggestion, found = read(tmp_path, "list.csv", getattr(samples, name))
    assert open_items(found) == {one: (NUMBERS[NAMES[one]], DUE[one], OPEN[one]) for one in OPEN}
    assert on_account(found) == ([("2026-06-20", 700.0)] if name == "YONYOU" else [])
    assert suggestion.currency == ("EUR" if name == "LEXWARE" else "CNY")
