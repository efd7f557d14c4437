# ruff: noqa: E501 — lines as systems write them
"""E-invoices and bank statements in the forms of their standards, names and figures made up, for several test modules."""

UBL_HEAD = (
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"'
)


def ubl(
    number: str, total: str, due: str = "", terms: str = "", prepaid: str = "", payable: str = "", of: str = ""
) -> str:
    """A UBL invoice of Birch & Co of 5 June 2026, or with `of` a credit note of 1 March on that invoice."""
    kind, code = ("CreditNote", "381") if of else ("Invoice", "380")
    day = "2026-03-01" if of else "2026-06-05"
    reference = (
        f"<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>{of}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        if of
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{kind} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{kind}-2" {UBL_HEAD}>
 <cbc:ID>{number}</cbc:ID><cbc:IssueDate>{day}</cbc:IssueDate>{f"<cbc:DueDate>{due}</cbc:DueDate>" if due else ""}
 <cbc:{kind}TypeCode>{code}</cbc:{kind}TypeCode><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 {reference}
 <cac:AccountingCustomerParty><cac:Party><cac:PartyIdentification><cbc:ID>C20</cbc:ID></cac:PartyIdentification>
  <cac:PostalAddress><cac:Country><cbc:IdentificationCode>DE</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
  <cac:PartyLegalEntity><cbc:RegistrationName>Birch &amp; Co</cbc:RegistrationName></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
 {f"<cac:PaymentTerms><cbc:Note>{terms}</cbc:Note></cac:PaymentTerms>" if terms else ""}
 <cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID="EUR">{total}</cbc:TaxInclusiveAmount>
  {f'<cbc:PrepaidAmount currencyID="EUR">{prepaid}</cbc:PrepaidAmount>' if prepaid else ""}
  <cbc:PayableAmount currencyID="EUR">{payable or total}</cbc:PayableAmount></cac:LegalMonetaryTotal>
</{kind}>
"""


CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100" xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100" xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocument><ram:ID>R-2001</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260605</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:ApplicableHeaderTradeAgreement><ram:BuyerTradeParty><ram:ID>C20</ram:ID><ram:Name>Birch &amp; Co</ram:Name>
   <ram:PostalTradeAddress><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradePaymentTerms><ram:Description>#SKONTO#TAGE=14#PROZENT=2.00#
</ram:Description><ram:DueDateDateTime><udt:DateTimeString format="102">20260705</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:GrandTotalAmount>1190.00</ram:GrandTotalAmount><ram:TotalPrepaidAmount>190.00</ram:TotalPrepaidAmount><ram:DuePayableAmount>1000.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
"""

CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">2190.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-12</Dt></BookgDt>
 <NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>
 <TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">1190.00</Amt><RltdPties><Dbtr><Pty><Nm>Alder Tools</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>Rechnung R-10</Ustrd><Ustrd>01</Ustrd></RmtInf></TxDtls>
 <TxDtls><Refs><EndToEndId>X2</EndToEndId></Refs><Amt Ccy="EUR">1000.00</Amt><RmtInf><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>R-1002</Nb></RfrdDocInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-15</Dt></BookgDt><NtryDtls><TxDtls><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-16</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">700.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-20</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>BIRCH + CO</Nm></Dbtr></RltdPties><RmtInf><Ustrd>a conto</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">595.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-06-22</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Cedar</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">77.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-06-23</Dt></BookgDt><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Nobody</Nm></Dbtr></RltdPties></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">4000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BookgDt><Dt>2026-06-24</Dt></BookgDt><NtryDtls><TxDtls><RmtInf><Ustrd>R-1003</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""

MT940 = """:20:STARTUMS
:25:10020030/1234567
:28C:00006/001
:60F:C260611EUR1000,00
:61:2606120612C1190,00NTRFNONREF//B1
:86:166?00GUTSCHRIFT?109310?20EREF+NOTPROVIDED?21SVWZ+Rechnung R-10?2201?30MARKDEF1?31DE44500105175407324931?32Alder Tools
:61:2606120612C1000,00NTRFNONREF//B2
:86:166?00GUTSCHRIFT?20R-1002?32Alder Tools
:61:2606150615RC1000,00NRTINONREF//B3
:86:109?00RUECKLAEUFER?20AC04?32Alder Tools
:61:2606160616D50,00NTRFNONREF//B4
:86:177?00UEBERWEISUNG?20Miete
:61:2606200620C700,00NTRFNONREF//B5
:86:166?00GUTSCHRIFT?20a conto?32BIRCH + CO
:61:2606220622C595,00NTRFNONREF//B6
:86:166?00GUTSCHRIFT?20Danke?32Cedar
:61:2606230623C77,00NTRFNONREF//B7
:86:166?00GUTSCHRIFT?20Spende?32Nobody
:62F:C260623EUR4512,00
-
"""

INVOICES = """Kunde;Name;Beleg;Datum;Faellig;Betrag
C10;Alder Tools GmbH;R-1001;02.03.2026;01.04.2026;1.190,00
C10;Alder Tools GmbH;R-1002;01.05.2026;31.05.2026;2.380,00
C20;Birch & Co;R-1003;05.06.2026;05.07.2026;4.000,00
C30;Cedar Oy;R-1004;10.02.2026;12.03.2026;595,00
"""
