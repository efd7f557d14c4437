#!/usr/bin/env bash
# drafthorse 2025.2.0 (Python 3.11): of several bills that an e-invoice refers to (BG-3, any number of them in EN 16931)
# only the last is kept when it is read, though the reading is strict and raises for elements that it does not know.
# Whoever offsets a credit note by these references sets all of it against one bill and leaves the others open; written
# out again, the document has lost them. By the schema in factur-x 7.8 it is valid before and after.
# Seen: "valid by its schema: True", "refers to: ['R-101', 'R-102', 'R-103']", "read: R-103", "written again:
# ['R-103']", "still valid: True".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check drafthorse==2025.2.0 factur-x==7.8 lxml==6.1.3
"$folder/venv/bin/python" - <<'PYTHON'
import logging

from drafthorse.models.document import Document
from facturx import xml_check_xsd
from lxml import etree

logging.disable(logging.WARNING)
RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
credited = ["R-101", "R-102", "R-103"]
references = "".join(
    "<ram:InvoiceReferencedDocument>"
    f"<ram:IssuerAssignedID>{bill}</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>"
    for bill in credited)
tax = "<ram:TypeCode>VAT</ram:TypeCode>{}<ram:CategoryCode>S</ram:CategoryCode>" \
      "<ram:RateApplicablePercent>19</ram:RateApplicablePercent>"
note = f"""
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="{RAM}"
    xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
    <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
  </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument>
    <ram:ID>G-7</ram:ID><ram:TypeCode>381</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20250403</udt:DateTimeString></ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:IncludedSupplyChainTradeLineItem>
      <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID></ram:AssociatedDocumentLineDocument>
      <ram:SpecifiedTradeProduct><ram:Name>Bonus</ram:Name></ram:SpecifiedTradeProduct>
      <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
        <ram:ChargeAmount>300.00</ram:ChargeAmount>
      </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
      <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity>
      </ram:SpecifiedLineTradeDelivery>
      <ram:SpecifiedLineTradeSettlement>
        <ram:ApplicableTradeTax>{tax.format("")}</ram:ApplicableTradeTax>
        <ram:SpecifiedTradeSettlementLineMonetarySummation>
          <ram:LineTotalAmount>300.00</ram:LineTotalAmount>
        </ram:SpecifiedTradeSettlementLineMonetarySummation>
      </ram:SpecifiedLineTradeSettlement>
    </ram:IncludedSupplyChainTradeLineItem>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty><ram:Name>Seller</ram:Name>
        <ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>Buyer</ram:Name>
        <ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
      </ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
      <ram:ApplicableTradeTax><ram:CalculatedAmount>57.00</ram:CalculatedAmount>
        {tax.format("<ram:BasisAmount>300.00</ram:BasisAmount>")}</ram:ApplicableTradeTax>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:LineTotalAmount>300.00</ram:LineTotalAmount>
        <ram:TaxBasisTotalAmount>300.00</ram:TaxBasisTotalAmount>
        <ram:TaxTotalAmount currencyID="EUR">57.00</ram:TaxTotalAmount>
        <ram:GrandTotalAmount>357.00</ram:GrandTotalAmount>
        <ram:DuePayableAmount>357.00</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
      {references}
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>""".strip().encode()


def bills(xml):
    path = f"//{{{RAM}}}InvoiceReferencedDocument/{{{RAM}}}IssuerAssignedID"
    return [node.text for node in etree.fromstring(xml).getroottree().iterfind("." + path)]


valid = xml_check_xsd(note)
print("valid by its schema:", valid)
print("refers to:", bills(note))
document = Document.parse(note)
read = document.trade.settlement.invoice_referenced_document.issuer_assigned_id._text
print("read:", read)
again = document.serialize(schema="FACTUR-X_EN16931")
print("written again:", bills(again))
still = xml_check_xsd(again)
print("still valid:", still)
assert valid and still and bills(note) == credited and read == "R-103" and bills(again) == ["R-103"]
PYTHON
