"""Every description of an export is that of a sample: nothing in `params/exports` is without a file that it fits."""

from pathlib import Path

import pytest
from book.exports import more_samples, samples, xml_samples
from book.exports.test_printed_lists import FREEE

from tradecredit.book.exports import looking
from tradecredit.book.exports.systems import systems
from tradecredit.params.base import PROJECT

SHARED = PROJECT.parent / "shared" / "cases" / "exports"
TYPED = {
    "chargebee_invoices": ("invoices.csv", more_samples.CHARGEBEE),
    "datev_kontoblatt": ("Kontoblatt.csv", more_samples.KONTOBLATT),
    "jd_edwards_receipts": ("F03B14.csv", more_samples.JD_EDWARDS_RECEIPTS),
    "jd_edwards_receivables": ("F03B11.csv", more_samples.JD_EDWARDS),
    "contaplus_diario": ("Diario.csv", more_samples.CONTAPLUS),
    "any_list": ("list.csv", xml_samples.INVOICES),
    "business_central_customer_ledger": ("entries.csv", more_samples.BUSINESS_CENTRAL),
    "camt_statement": ("statement.xml", xml_samples.CAMT),
    "cii_invoices": ("invoice.xml", xml_samples.CII),
    "datev_buchungsstapel": ("EXTF.csv", samples.DATEV),
    "datev_opos_list": ("opos.csv", more_samples.DATEV_OPOS),
    "dynamics_gp_receivables": ("smartlist.csv", more_samples.DYNAMICS_GP),
    "erpnext_payment_entries": ("payments.csv", more_samples.ERPNEXT_PAYMENTS),
    "erpnext_receivable": ("receivable.csv", samples.ERPNEXT),
    "erpnext_sales_invoices": ("invoices.csv", more_samples.ERPNEXT_INVOICES),
    "freee_deals": ("deals.csv", FREEE),
    "fec": ("FEC.txt", more_samples.FEC),
    "highradius_invoices": ("dataset.csv", more_samples.HIGHRADIUS),
    "mt940_statement": ("statement.sta", xml_samples.MT940),
    "infor_m3_customer_ledger": ("FSLEDG.txt", more_samples.INFOR_M3),
    "netsuite_transactions": ("search.csv", more_samples.NETSUITE),
    "odoo_invoices": ("moves.csv", more_samples.ODOO_INVOICES),
    "odoo_journal_items": ("lines.csv", samples.ODOO),
    "quickbooks_ar_ageing_detail": ("ageing.csv", samples.QUICKBOOKS),
    "quickbooks_transaction_list": ("list.csv", more_samples.QUICKBOOKS_LIST),
    "saft_norway": ("saft.xml", more_samples.SAFT_NO),
    "saft_portugal": ("saft.xml", more_samples.SAFT_PT),
    "sage_50_aged_debtors": ("aged.csv", more_samples.SAGE_50_AGED),
    "sage_50_audit_header": ("audit.csv", more_samples.SAGE_50),
    "sap_bw_receivables": ("fiar.csv", more_samples.SAP_BW),
    "sap_customer_items_tables": ("BSID.csv", more_samples.SAP_TABLES),
    "sap_fbl5n_list": ("fbl5n.txt", samples.SAP_LIST),
    "sap_fbl5n_sheet": ("items.csv", more_samples.SAP_SHEET_DE),
    "sap_s4_journal_items": ("items.csv", more_samples.S4_JOURNAL_ITEMS),
    "sap_s4_line_items": ("items.csv", more_samples.S4_LINE_ITEMS),
    "stripe_api_invoices": ("invoices.csv", more_samples.STRIPE_API),
    "stripe_invoices": ("invoices.csv", more_samples.STRIPE),
    "ubl_invoices": ("invoice.xml", xml_samples.ubl("R-1003", "4000.00", due="2026-07-05")),
    "xero_aged_receivables": ("aged.csv", more_samples.XERO_AGED),
    "xero_api_invoices": ("invoices.csv", more_samples.XERO_API),
    "xero_invoices": ("sales.csv", samples.XERO),
}
"""Description: the file of a sample, and what stands in it."""
BESIDE = {
    "sap_fbl5n_txt/fbl5n.txt": "sap_fbl5n_list", "sap_fbl5n_xlsx/fbl5n.xlsx": "sap_fbl5n_sheet",
    "datev_extf/EXTF_Buchungsstapel.csv": "datev_buchungsstapel", "camt053/statement.xml": "camt_statement",
    "erpnext_ar/Accounts Receivable.csv": "erpnext_receivable", "ubl_en16931/R-1003.xml": "ubl_invoices",
    "odoo_move_lines/account.move.line.csv": "odoo_journal_items",
    "xero_invoices_csv/SalesInvoices.csv": "xero_invoices",
    "qbo_ar_aging_detail/ar_aging.csv": "quickbooks_ar_ageing_detail",
}  # fmt: skip
"""Sample beside the checkout: its description."""


def recognised(file: Path) -> set[str]:
    return {looked.found.system.name for looked in looking.lists(file)}


@pytest.mark.parametrize("name", [system.name for system in systems()])
def test_every_description_is_that_of_a_sample(name, tmp_path):
    file, text = TYPED[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    assert recognised(tmp_path / file) == {name}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples beside the checkout are not there")
@pytest.mark.parametrize("sample", BESIDE)
def test_samples_beside_the_checkout_are_recognised(sample):
    assert recognised(SHARED / sample) == {BESIDE[sample]}
