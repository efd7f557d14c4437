# ruff: noqa: E501 — lines as systems write them
"""The ledger of `samples` in the heads of further systems, and what of it each can tell.

Alder Tools: R-1001 over 1,190.00 paid on 10 April, R-1002 over 2,380.00 of which 1,000.00 was paid on 12 June.
Birch & Co: R-1003 over 4,000.00, and 700.00 on account since 20 June. Cedar Oy: R-1004 over 595.00, credited by 95.00.
"""

HIGHRADIUS = """business_code,cust_number,name_customer,clear_date,buisness_year,doc_id,posting_date,document_create_date,document_create_date.1,due_in_date,invoice_currency,document type,posting_id,area_business,total_open_amount,baseline_create_date,cust_payment_terms,invoice_id,isOpen
U001,0200769623,WAL corp,2020-02-11 00:00:00,2020.0,1930438491.0,2020-01-26,20200125,20200126,20200210.0,USD,RV,1.0,,54273.28,20200126.0,NAH4,1930438491.0,0
U001,0200980828,BEN E,,2020.0,1929646410.0,2020-02-02,20200201,20200202,20200301.0,USD,RV,1.0,,79656.60,20200202.0,NAD1,1929646410.0,1
CA02,0140104423,PEG  ,,2020.0,2960570001.0,2020-02-03,20200203,20200203,20200304.0,CAD,X2,1.0,,120.50,20200203.0,CA10,,1
"""

S4_LINE_ITEMS = """Company Code;Customer;Customer Name;Assignment;Journal Entry;Journal Entry Type;Journal Entry Date;Posting Date;Net Due Date;Amount (CoCode Crcy);Company Code Currency;Clearing Journal Entry;Clearing Date;Reference
1000;10010;Alder Tools;;1800000001;RV;02.03.2026;02.03.2026;01.04.2026;1.190,00;EUR;1400000001;10.04.2026;R-1001
1000;10010;Alder Tools;;1400000001;DZ;10.04.2026;10.04.2026;10.04.2026;-1.190,00;EUR;1400000001;10.04.2026;
1000;10010;Alder Tools;;1800000002;RV;01.05.2026;01.05.2026;31.05.2026;2.380,00;EUR;;;R-1002
1000;10010;Alder Tools;R-1002;1400000002;DZ;12.06.2026;12.06.2026;12.06.2026;-1.000,00;EUR;;;
1000;10020;Birch & Co;;1800000003;RV;05.06.2026;05.06.2026;05.07.2026;4.000,00;EUR;;;R-1003
1000;10020;Birch & Co;;1400000003;DZ;20.06.2026;20.06.2026;20.06.2026;-700,00;EUR;;;
1000;10030;Cedar Oy;;1800000004;RV;10.02.2026;10.02.2026;12.03.2026;595,00;EUR;;;R-1004
1000;10030;Cedar Oy;R-1004;1600000001;DG;01.03.2026;01.03.2026;01.03.2026;-95,00;EUR;;;
"""

S4_JOURNAL_ITEMS = """companyCode,accountingDocument,accountingDocumentType,documentDate,postingDate,netDueDate,amountInCompanyCodeCurrency,companyCodeCurrency,customer,financialAccountType,clearingAccountingDocument,clearingDate,assignmentReference,documentReferenceID
1000,1800000001,RV,2026-03-02,2026-03-02,2026-04-01,1190.00,EUR,10010,D,1400000001,2026-04-10,,R-1001
1000,1800000001,RV,2026-03-02,2026-03-02,,-1190.00,EUR,,S,,,,R-1001
1000,1400000001,DZ,2026-04-10,2026-04-10,,-1190.00,EUR,10010,D,1400000001,2026-04-10,,
1000,1800000002,RV,2026-05-01,2026-05-01,2026-05-31,2380.00,EUR,10010,D,,,,R-1002
1000,1400000002,DZ,2026-06-12,2026-06-12,,-1000.00,EUR,10010,D,,,R-1002,
1000,1800000003,RV,2026-06-05,2026-06-05,2026-07-05,4000.00,EUR,10020,D,,,,R-1003
1000,1400000003,DZ,2026-06-20,2026-06-20,,-700.00,EUR,10020,D,,,,
1000,1800000004,RV,2026-02-10,2026-02-10,2026-03-12,595.00,EUR,10030,D,,,,R-1004
1000,1600000001,DG,2026-03-01,2026-03-01,,-95.00,EUR,10030,D,,,R-1004,
"""

XERO_AGED = """Aged Receivables Detail,,,,,,,,,,
"Own Company Ltd",,,,,,,,,,
As at 30 June 2026,,,,,,,,,,
Ageing by due date,,,,,,,,,,

Invoice Number,Invoice Date,Due Date,Invoice Reference,Current,< 1 Month,1 Month,2 Months,3 Months,Older,Total
Alder Tools,,,,,,,,,,
R-1002,1 May 2026,31 May 2026,,0.00,"1,380.00",0.00,0.00,0.00,0.00,"1,380.00"
Total Alder Tools,,,,0.00,"1,380.00",0.00,0.00,0.00,0.00,"1,380.00"

Birch & Co,,,,,,,,,,
R-1003,5 Jun 2026,5 Jul 2026,,"4,000.00",0.00,0.00,0.00,0.00,0.00,"4,000.00"
,20 Jun 2026,,a conto,(700.00),0.00,0.00,0.00,0.00,0.00,(700.00)
Total Birch & Co,,,,"3,300.00",0.00,0.00,0.00,0.00,0.00,"3,300.00"

Cedar Oy,,,,,,,,,,
R-1004,10 Feb 2026,12 Mar 2026,,0.00,0.00,0.00,0.00,500.00,0.00,500.00
Total Cedar Oy,,,,0.00,0.00,0.00,0.00,500.00,0.00,500.00

Total,,,,"3,300.00","1,380.00",0.00,0.00,500.00,0.00,"5,180.00"
"""

BUSINESS_CENTRAL = """Posting Date;Document Date;Due Date;Document Type;Document No.;Customer No.;Customer Name;Description;Currency Code;Original Amount;Amount;Remaining Amount;Open;Closed at Date;Closed by Entry No.;Entry No.
02.03.2026;02.03.2026;01.04.2026;Invoice;R-1001;C10;Alder Tools;;;1.190,00;1.190,00;0,00;No;10.04.2026;501;490
10.04.2026;10.04.2026;10.04.2026;Payment;PAY-1;C10;Alder Tools;;;-1.190,00;-1.190,00;0,00;No;10.04.2026;0;501
01.05.2026;01.05.2026;31.05.2026;Invoice;R-1002;C10;Alder Tools;;;2.380,00;2.380,00;1.380,00;Yes;;0;510
12.06.2026;12.06.2026;12.06.2026;Payment;PAY-2;C10;Alder Tools;;;-1.000,00;-1.000,00;0,00;No;12.06.2026;510;520
05.06.2026;05.06.2026;05.07.2026;Invoice;R-1003;C20;Birch & Co;;;4.000,00;4.000,00;4.000,00;Yes;;0;530
20.06.2026;20.06.2026;20.06.2026;Payment;PAY-3;C20;Birch & Co;;;-700,00;-700,00;-700,00;Yes;;0;540
10.02.2026;10.02.2026;12.03.2026;Invoice;R-1004;C30;Cedar Oy;;;595,00;595,00;500,00;Yes;;0;550
01.03.2026;01.03.2026;01.03.2026;Credit Memo;G-51;C30;Cedar Oy;;;-95,00;-95,00;0,00;No;01.03.2026;550;560
"""

NETSUITE = """Internal ID,Document Number,Name,Type,Date,Due Date/Receive By,Currency,Amount (Foreign Currency),Amount Remaining,Status
1,R-1002,C10 Alder Tools,Invoice,5/1/2026,5/31/2026,EUR,2380.00,1380.00,Open
2,R-1003,C20 Birch & Co,Invoice,6/5/2026,7/5/2026,EUR,4000.00,4000.00,Open
3,R-1004,C30 Cedar Oy,Invoice,2/10/2026,3/12/2026,EUR,595.00,500.00,Open
4,PMT-3,C20 Birch & Co,Payment,6/20/2026,,EUR,-700.00,-700.00,Not Deposited
"""

SAGE_50 = """TRAN_NUMBER,TYPE,ACCOUNT_REF,DATE,INV_REF,DETAILS,DUE_DATE,NET_AMOUNT,TAX_AMOUNT,GROSS_AMOUNT,AMOUNT_PAID
1,SI,ALDER,02/03/2026,R-1001,Goods,01/04/2026,1000.00,190.00,1190.00,1190.00
2,SR,ALDER,10/04/2026,R-1001,Sales Receipt,10/04/2026,1190.00,0.00,1190.00,1190.00
3,SI,ALDER,01/05/2026,R-1002,Goods,31/05/2026,2000.00,380.00,2380.00,1000.00
4,SR,ALDER,12/06/2026,R-1002,Sales Receipt,12/06/2026,1000.00,0.00,1000.00,1000.00
5,SI,BIRCH,05/06/2026,R-1003,Goods,05/07/2026,4000.00,0.00,4000.00,0.00
6,SA,BIRCH,20/06/2026,,Payment on Account,20/06/2026,700.00,0.00,700.00,0.00
7,SI,CEDAR,10/02/2026,R-1004,Goods,12/03/2026,500.00,95.00,595.00,95.00
8,SC,CEDAR,01/03/2026,R-1004,Return,01/03/2026,95.00,0.00,95.00,95.00
9,PI,SUPPLY,01/03/2026,4711,Paper,01/04/2026,10.00,1.90,11.90,0.00
"""

CHINESE = """客户名称,相关出库单据号,出库日期,到期日,应收金额,已核销金额,未核销金额,币种
杭州甲公司,CK-1002,2026-05-01,2026-05-31,2380.00,1000.00,1380.00,CNY
宁波乙公司,CK-1003,2026-06-05,2026-07-05,4000.00,0.00,4000.00,CNY
合计,,,,6380.00,1000.00,5380.00,
"""

SAFT_PT = """<?xml version="1.0" encoding="UTF-8"?>
<AuditFile xmlns="urn:OECD:StandardAuditFile-Tax:PT_1.04_01"><Header><AuditFileVersion>1.04_01</AuditFileVersion><CompanyName>Empresa Teste</CompanyName><CurrencyCode>EUR</CurrencyCode></Header>
<MasterFiles><Customer><CustomerID>C10</CustomerID><CompanyName>Alder Tools</CompanyName><BillingAddress><Country>DE</Country></BillingAddress></Customer>
<Customer><CustomerID>C20</CustomerID><CompanyName>Birch &amp; Co</CompanyName><BillingAddress><Country>PT</Country></BillingAddress></Customer></MasterFiles>
<SourceDocuments><SalesInvoices>
<Invoice><InvoiceNo>FT 1/1001</InvoiceNo><DocumentStatus><InvoiceStatus>N</InvoiceStatus></DocumentStatus><InvoiceDate>2026-05-01</InvoiceDate><InvoiceType>FT</InvoiceType><CustomerID>C10</CustomerID><DocumentTotals><TaxPayable>230.00</TaxPayable><NetTotal>1000.00</NetTotal><GrossTotal>1230.00</GrossTotal></DocumentTotals></Invoice>
<Invoice><InvoiceNo>FT 1/1002</InvoiceNo><DocumentStatus><InvoiceStatus>A</InvoiceStatus></DocumentStatus><InvoiceDate>2026-05-02</InvoiceDate><InvoiceType>FT</InvoiceType><CustomerID>C10</CustomerID><DocumentTotals><GrossTotal>99.00</GrossTotal></DocumentTotals></Invoice>
<Invoice><InvoiceNo>FR 1/7</InvoiceNo><DocumentStatus><InvoiceStatus>N</InvoiceStatus></DocumentStatus><InvoiceDate>2026-05-03</InvoiceDate><InvoiceType>FR</InvoiceType><CustomerID>C20</CustomerID><DocumentTotals><GrossTotal>61.50</GrossTotal></DocumentTotals></Invoice>
<Invoice><InvoiceNo>NC 1/3</InvoiceNo><DocumentStatus><InvoiceStatus>N</InvoiceStatus></DocumentStatus><InvoiceDate>2026-05-20</InvoiceDate><InvoiceType>NC</InvoiceType><CustomerID>C10</CustomerID><Line><References><Reference>FT 1/1001</Reference></References></Line><DocumentTotals><GrossTotal>123.00</GrossTotal></DocumentTotals></Invoice>
</SalesInvoices>
<Payments><Payment><PaymentRefNo>RC 1/1</PaymentRefNo><TransactionDate>2026-06-12</TransactionDate><PaymentType>RC</PaymentType><CustomerID>C10</CustomerID><DocumentStatus><PaymentStatus>N</PaymentStatus></DocumentStatus><Line><LineNumber>1</LineNumber><SourceDocumentID><OriginatingON>FT 1/1001</OriginatingON><InvoiceDate>2026-05-01</InvoiceDate></SourceDocumentID><CreditAmount>500.00</CreditAmount></Line><DocumentTotals><GrossTotal>500.00</GrossTotal></DocumentTotals></Payment></Payments>
</SourceDocuments></AuditFile>
"""

SAFT_NO = """<?xml version="1.0" encoding="UTF-8"?>
<n1:AuditFile xmlns:n1="urn:StandardAuditFile-Taxation-Financial:NO"><n1:Header><n1:AuditFileVersion>1.0</n1:AuditFileVersion><n1:SelectionCriteria><n1:SelectionStartDate>2026-01-01</n1:SelectionStartDate></n1:SelectionCriteria></n1:Header>
<n1:MasterFiles><n1:Customers>
<n1:Customer><n1:Name>Alder Tools AS</n1:Name><n1:Address><n1:Country>NO</n1:Country></n1:Address><n1:CustomerID>1001</n1:CustomerID><n1:AccountID>1500</n1:AccountID><n1:OpeningDebitBalance>250.00</n1:OpeningDebitBalance></n1:Customer>
<n1:Customer><n1:Name>Birch AS</n1:Name><n1:CustomerID>1002</n1:CustomerID><n1:AccountID>1500</n1:AccountID><n1:OpeningDebitBalance>0</n1:OpeningDebitBalance></n1:Customer></n1:Customers></n1:MasterFiles>
<n1:GeneralLedgerEntries><n1:Journal><n1:JournalID>A</n1:JournalID>
<n1:Transaction><n1:TransactionID>13</n1:TransactionID><n1:TransactionDate>2026-01-27</n1:TransactionDate>
 <n1:Line><n1:AccountID>3000</n1:AccountID><n1:CreditAmount><n1:Amount>1000.00</n1:Amount></n1:CreditAmount></n1:Line>
 <n1:Line><n1:AccountID>1500</n1:AccountID><n1:SourceDocumentID>F14</n1:SourceDocumentID><n1:CustomerID>1001</n1:CustomerID><n1:DebitAmount><n1:Amount>1250.00</n1:Amount></n1:DebitAmount><n1:DueDate>2026-02-26</n1:DueDate></n1:Line>
 <n1:Line><n1:AccountID>2700</n1:AccountID><n1:CreditAmount><n1:Amount>250.00</n1:Amount></n1:CreditAmount></n1:Line></n1:Transaction>
<n1:Transaction><n1:TransactionID>14</n1:TransactionID><n1:TransactionDate>2026-02-20</n1:TransactionDate>
 <n1:Line><n1:AccountID>1920</n1:AccountID><n1:DebitAmount><n1:Amount>1000.00</n1:Amount></n1:DebitAmount></n1:Line>
 <n1:Line><n1:AccountID>1500</n1:AccountID><n1:SourceDocumentID>B2</n1:SourceDocumentID><n1:CustomerID>1001</n1:CustomerID><n1:CreditAmount><n1:Amount>800.00</n1:Amount></n1:CreditAmount><n1:ReferenceNumber>F14</n1:ReferenceNumber></n1:Line>
 <n1:Line><n1:AccountID>1500</n1:AccountID><n1:SourceDocumentID>B2</n1:SourceDocumentID><n1:CustomerID>1002</n1:CustomerID><n1:CreditAmount><n1:Amount>200.00</n1:Amount></n1:CreditAmount></n1:Line></n1:Transaction>
</n1:Journal></n1:GeneralLedgerEntries></n1:AuditFile>
"""

ERPNEXT_INVOICES = """ID,Customer,Customer Name,Date,Payment Due Date,Currency,Grand Total,Outstanding Amount,Status,\
Is Return (Credit Note),Return Against
R-1001,C10,Alder Tools,2026-03-01,2026-03-31,EUR,1190.0,0.0,Paid,0,
R-1002,C10,Alder Tools,2026-05-01,2026-05-31,EUR,2380.0,1380.0,Partly Paid,0,
R-1003,C20,Birch & Co,2026-06-05,2026-07-05,EUR,4000.0,4000.0,Unpaid,0,
R-1004,C30,Cedar Oy,2026-02-10,2026-03-12,EUR,595.0,500.0,Overdue,0,
G-51,C30,Cedar Oy,2026-03-01,2026-03-01,EUR,-95.0,0.0,Return,1,R-1004
R-1005,C30,Cedar Oy,2026-06-10,2026-07-10,EUR,77.0,77.0,Draft,0,
R-1006,C30,Cedar Oy,2026-06-11,2026-07-11,EUR,88.0,88.0,Cancelled,0,
"""

ERPNEXT_PAYMENTS = """ID,Payment Type,Posting Date,Party Type,Party,Party Name,Paid Amount,Unallocated Amount,Status
ACC-PAY-1,Receive,2026-04-10,Customer,C10,Alder Tools,1190.0,0.0,Submitted
ACC-PAY-2,Receive,2026-06-10,Customer,C10,Alder Tools,1000.0,0.0,Submitted
ACC-PAY-3,Receive,2026-06-20,Customer,C20,Birch & Co,700.0,700.0,Submitted
ACC-PAY-4,Pay,2026-06-21,Supplier,S1,Dove Supplies,50.0,0.0,Submitted
ACC-PAY-5,Receive,2026-06-22,Customer,C20,Birch & Co,33.0,33.0,Cancelled
"""

DATEV_OPOS = """Konto;Kontobezeichnung;Rechnungsnummer;Datum;Fälligkeit;Sollbetrag;Habenbetrag;Saldo;Gegenkonto;Buchungstext
10010;Alder Tools;R-1002;01.05.2026;31.05.2026;2.380,00;;2.380,00;8400;Rechnung
10010;Alder Tools;R-1002;12.06.2026;;;1.000,00;1.380,00;1200;Zahlung
10020;Birch & Co;R-1003;05.06.2026;05.07.2026;4.000,00;;4.000,00;8400;Rechnung
10020;Birch & Co;;20.06.2026;;;700,00;3.300,00;1200;a conto
10030;Cedar Oy;R-1004;10.02.2026;12.03.2026;595,00;;595,00;8400;Rechnung
10030;Cedar Oy;R-1004;01.03.2026;;;95,00;500,00;8400;Gutschrift
"""

QUICKBOOKS_LIST = """Own Company LLC,,,,,,,
Transaction List by Date,,,,,,,
"January 1 - June 30, 2026",,,,,,,

Date,Transaction Type,Num,Name,Memo/Description,Account,Split,Amount
03/02/2026,Invoice,1001,Alder Tools,,Accounts Receivable (A/R),Sales,"1,190.00"
03/15/2026,Expense,,Paper Mill,,Checking,Office Supplies,-85.25
04/10/2026,Payment,,Alder Tools,,Undeposited Funds,Accounts Receivable (A/R),"1,190.00"
04/11/2026,Deposit,,,,Checking,Undeposited Funds,"1,190.00"
06/05/2026,Invoice,1003,Birch & Co,,Accounts Receivable (A/R),Sales,"4,000.00"
06/20/2026,Credit Memo,CM-7,Birch & Co,,Accounts Receivable (A/R),Sales,-700.00
"""

SAP_SHEET = """Account Number;Account Name;Document Type;Document Number;Reference;Document Date;Net due date;Amount in local currency;Local Currency;Clearing Document
10010;Alder Tools;RV;90001;;02/15/2026;03/17/2026;"1,190.00";USD;
10010;Alder Tools;DG;16001;90001;03/01/2026;03/01/2026;-190.00;USD;
"""

DYNAMICS_GP = """Customer Number,Customer Name,Document Type,Document Number,Document Date,Due Date,Original Trx Amount,Current Trx Amount,Void Status
ALDER01,Alder Tools,Sales / Invoices,STD1,2/3/2026,3/20/2026,"$1,200.00","$200.00",Normal
ALDER01,Alder Tools,Payments,PY1,3/18/2026,0/0/0000,"$1,000.00",$0.00,Normal
ALDER01,Alder Tools,Credit Memos,CM1,3/19/2026,0/0/0000,$70.00,$70.00,Normal
ALDER01,Alder Tools,Sales / Invoices,STD2,3/1/2026,3/31/2026,$50.00,$50.00,Voided
"""

STRIPE = """id,Amount Due,Currency,Customer,Date (UTC),Due Date (UTC),Number,Subtotal,Total,Amount Paid,Status
in_1,120.00,eur,cus_A,2026-02-03 14:00,2026-03-05 14:00,F-1,100.00,120.00,0.00,open
in_2,60.00,eur,cus_A,2026-02-04 14:00,2026-03-06 14:00,F-2,50.00,60.00,60.00,paid
in_3,10.00,eur,cus_B,2026-02-05 14:00,2026-03-07 14:00,F-3,10.00,10.00,0.00,void
"""

STRIPE_API = """invoice_id,customer_id,amount_due,amount_paid,currency,status,created,due_date,paid_at,period_start,period_end,attempt_count
in_1,cus_A,12000,0,eur,open,2026-02-03 14:00:00,2026-03-05 14:00:00,,2026-02-03 14:00:00,2026-03-03 14:00:00,1
in_2,cus_A,6000,6000,eur,paid,2026-02-04 14:00:00,2026-03-06 14:00:00,2026-02-20 09:00:00,2026-02-04 14:00:00,2026-03-04 14:00:00,1
in_3,cus_B,1000,0,eur,void,2026-02-05 14:00:00,2026-03-07 14:00:00,,2026-02-05 14:00:00,2026-03-05 14:00:00,0
in_4,cus_B,4050,1050,EUR,open,2026-02-06 14:00:00,2026-03-08 14:00:00,,2026-02-06 14:00:00,2026-03-06 14:00:00,2
"""

XERO_API = """invoice_number,type,status,contact_id,contact_name,invoice_date,due_date,fully_paid_on,currency_code,subtotal,total,amount_paid,amount_due
S-1,ACCREC,AUTHORISED,k-1,Alder Pty,/Date(1769904000000+0000)/,/Date(1772323200000+0000)/,,AUD,100.0,110.0,10.0,100.0
S-2,ACCREC,PAID,k-2,Birch Pty,/Date(1769904000000+0000)/,/Date(1769817600000+0000)/,/Date(1770768000000+0000)/,AUD,50.0,55.0,55.0,0.0
S-3,ACCREC,SUBMITTED,k-2,Birch Pty,/Date(1770508800000+0000)/,/Date(1772928000000+0000)/,,AUD,50.0,55.0,0.0,55.0
,ACCPAY,AUTHORISED,k-3,Cedar Supplies,/Date(1769990400000+0000)/,/Date(1772409600000+0000)/,,AUD,30.0,33.0,0.0,33.0
"""

ODOO_INVOICES = """"Number","Invoice Partner Display Name","Invoice/Bill Date","Due Date","Untaxed Amount Signed","Total Signed","Amount Due Signed","Currency","Payment Status","Status"
"INV/1","Alder Ltd","2026-02-03","2026-03-05","100.00","120.00","20.00","EUR","Partially Paid","Posted"
"RINV/1","Alder Ltd","2026-02-13","2026-02-13","-10.00","-12.00","-12.00","EUR","Not Paid","Posted"
"/","Alder Ltd","2026-02-14","2026-02-14","10.00","12.00","12.00","EUR","Not Paid","Draft"
"""

FEC = """JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise
VE|Ventes|1|20260105|411000|Clients|C1|Ambre SARL|F-1|20260105|F-1|120,00|0,00|A|20260220|20260105||
VE|Ventes|1|20260105|706000|Prestations|||F-1|20260105|F-1|0,00|120,00|||20260105||
VE|Ventes|2|20260112|411000|Clients|C2|Bouleau|F-2|20260112|F-2|600,00|0,00|A|20260301|20260112||
VE|Ventes|3|20260118|411000|Clients|C2|Bouleau|F-3|20260118|F-3|80,50|0,00|||20260118||
BQ|Banque|4|20260220|411000|Clients|C1|Ambre SARL|R-1|20260220|Rgt|0,00|120,00|A|20260220|20260220||
BQ|Banque|5|20260301|411000|Clients|C2|Bouleau|R-2|20260301|Rgt|0,00|600,00|A|20260301|20260301||
AC|Achats|6|20260203|401000|Fournisseurs|F9|Chêne|FF-7|20260203|Achat|0,00|360,00|||20260203||
"""

SAP_SHEET_DE = """Debitor;Name 1;Belegnummer;Belegart;Referenz;Belegdatum;Nettofälligkeit;Betrag in Hauswährung;Hauswährung;Ausgleichsbeleg;Ausgleichsdatum
10010;Alder Tools;1800000001;RV;R-1001;02.03.2026;01.04.2026;1.190,00;EUR;1400000001;10.04.2026
10010;Alder Tools;1400000001;DZ;R-1001;10.04.2026;10.04.2026;-1.190,00;EUR;1400000001;10.04.2026
10010;Alder Tools;1800000002;RV;R-1002;01.05.2026;31.05.2026;2.380,00;EUR;;
10010;Alder Tools;1400000002;DZ;R-1002;12.06.2026;12.06.2026;-1.000,00;EUR;;
10020;Birch & Co;1800000003;RV;R-1003;05.06.2026;05.07.2026;4.000,00;EUR;;
10020;Birch & Co;1400000003;DZ;;20.06.2026;20.06.2026;-700,00;EUR;;
10030;Cedar Oy;1800000004;RV;R-1004;10.02.2026;12.03.2026;595,00;EUR;;
10030;Cedar Oy;1600000001;DG;R-1004;01.03.2026;01.03.2026;-95,00;EUR;;
"""

LEXWARE = """Offene Posten Debitoren;;;;;;;;
Stichtag: 30.06.2026;;;;;;;;
Kunden-Nr.;Firma;Beleg-Nr.;Belegdatum;Fällig am;Rechnungsbetrag;Bezahlt;Offen;Mahnstufe
10010;Alder Tools;R-1002;01.05.2026;31.05.2026;2.380,00;1.000,00;1.380,00;1
10020;Birch & Co;R-1003;05.06.2026;05.07.2026;4.000,00;0,00;4.000,00;0
10030;Cedar Oy;R-1004;10.02.2026;12.03.2026;595,00;95,00;500,00;2
Summe;;;;;6.975,00;1.095,00;5.880,00;
"""

YONYOU = """应收明细表
客户编码,客户名称,单据类型,单据编号,单据日期,到期日,币种,金额,已核销金额,余额
10010,杭州甲公司,销售发票,R-1002,2026-05-01,2026-05-31,CNY,2380.00,1000.00,1380.00
10020,宁波乙公司,销售发票,R-1003,2026-06-05,2026-07-05,CNY,4000.00,0.00,4000.00
10020,宁波乙公司,收款单,S-3,2026-06-20,,CNY,-700.00,0.00,-700.00
10030,苏州丙公司,销售发票,R-1004,2026-02-10,2026-03-12,CNY,595.00,95.00,500.00
合计,,,,,,,6275.00,1095.00,5180.00
"""

KINGDEE = """往来单位编码,往来单位名称,单据类型,单据编号,业务日期,到期日,币别,本期应收,本期收款
10010,杭州甲公司,应收单,R-1002,2026-05-01,2026-05-31,CNY,2380.00,
10010,杭州甲公司,收款单,R-1002,2026-06-12,,CNY,,1000.00
10020,宁波乙公司,应收单,R-1003,2026-06-05,2026-07-05,CNY,4000.00,
10030,苏州丙公司,应收单,R-1004,2026-02-10,2026-03-12,CNY,595.00,
10030,苏州丙公司,收款单,R-1004,2026-03-01,,CNY,,95.00
合计,,,,,,,6975.00,1095.00
"""
SAGE_50_AGED = """Date: 30/06/2026,,,Alder Ltd
No,Type,Date,Ref,Details,Balance,Future,Current,Period 1,Period 2,Period 3,Older
A/C:,C10,Name:,Alder Tools,Contact:,Jo,Tel:,0191 254
7,SI,01/06/2026,R-1,Goods,"1,380.00",,"1,380.00",,,,
8,SA,12/06/2026,BACS,Payment on Account,-75.00,,-75.00,,,,
,,,,Totals:,"1,305.00"
A/C:,C20,Name:,Birch & Co,Contact:,Mo,Tel:,0191 255
9,SI,14/05/2026,R-2,Goods,500.00,,,500.00,,,
,,,,Totals:,500.00
,,,,Grand Totals:,"1,805.00"
"""

SAP_TABLES = """MANDT;BUKRS;KUNNR;BELNR;GJAHR;BUZEI;BLART;BUDAT;BLDAT;WAERS;SHKZG;DMBTR;WRBTR;ZFBDT;ZBD1T;ZBD2T;ZBD3T;XBLNR;AUGDT;AUGBL;REBZG
100;1000;0000010010;1800000001;2026;001;RV;20260302;20260302;EUR;S;1190.00;1190.00;20260302;14;0;30;R-1001;20260410;1400000001;
100;1000;0000010010;1400000001;2026;002;DZ;20260410;20260410;EUR;H;1190.00;1190.00;20260410;0;0;0;;20260410;1400000001;
100;1000;0000010010;1800000002;2026;001;RV;20260501;20260428;EUR;S;2380.00;2380.00;20260501;10;20;30;R-1002;00000000;;
100;1000;0000010010;1400000002;2026;002;DZ;20260612;20260612;EUR;H;1000.00;1000.00;20260612;0;0;0;;00000000;;R-1002
100;1000;0000010020;1800000003;2026;001;RV;20260605;20260605;EUR;S;4000.00;4000.00;20260605;30;0;0;R-1003;00000000;;
100;1000;0000010020;1400000003;2026;002;DZ;20260630;20260620;EUR;H;700.00;700.00;20260620;0;0;0;;00000000;;
100;1000;0000010030;1800000004;2026;001;RV;20260210;20260210;EUR;S;595.00;595.00;20260210;14;0;30;R-1004;00000000;;
100;1000;0000010030;1600000001;2026;001;DG;20260301;20260301;EUR;H;95.00;95.00;20260301;0;0;0;;00000000;;R-1004
"""
"""R-1002 counts its thirty days from a baseline later than the document's day; 14 days are those of a discount."""

AGED_IN_BLOCKS = """Aged Receivable,,,,,,,,
As of 30 June 2026,,,,,,,,
,Invoice Date,Due Date,Account,At Date,1-30,31-60,Older,Total
Total Aged Receivable,,,,4000.00,1380.00,,500.00,5880.00
Alder Tools,,,,,1380.00,,,1380.00
    INV/2026/00012,2026-05-01,2026-05-31,121000 Receivable,,1380.00,,,
Birch & Co,,,,4000.00,,,,4000.00
    INV/2026/00013,2026-06-05,2026-07-05,121000 Receivable,4000.00,,,,
Cedar Oy,,,,,,,500.00,500.00
    INV/2026/00014,2026-02-10,2026-03-12,121000 Receivable,,,,500.00,
"""
"""As Odoo lays out what is owed by age: the buyer above its documents, whose numbers stand in a column without a name."""

ORACLE = """TRX_NUMBER|TRX_DATE|TRX_CLASS|CUSTOMER_NUMBER|CUSTOMER_NAME|INVOICE_CURRENCY_CODE|DUE_DATE|AMOUNT_DUE_ORIGINAL|AMOUNT_DUE_REMAINING|AMOUNT_APPLIED|STATUS|ACTUAL_DATE_CLOSED
R-1001|02-MAR-2026|INV|10010|Alder Tools|EUR|01-APR-2026|1190.00|0.00|1190.00|CL|10-APR-2026
R-1002|01-MAY-2026|INV|10010|Alder Tools|EUR|31-MAY-2026|2380.00|1380.00|1000.00|OP|31-DEC-4712
R-1003|05-JUN-2026|INV|10020|Birch & Co|EUR|05-JUL-2026|4000.00|4000.00|0.00|OP|31-DEC-4712
R-1004|10-FEB-2026|INV|10030|Cedar Oy|EUR|12-MAR-2026|595.00|500.00|95.00|OP|31-DEC-4712
"""

TOTVS = """Prefixo;No. Titulo;Tipo;Cliente;Loja;Nome Cliente;DT Emissao;Vencimento;Vlr.Titulo;Saldo;Dt Baixa
NF;R-1001;NF;10010;01;Alder Tools;02/03/2026;01/04/2026;1.190,00;0,00;10/04/2026
NF;R-1002;NF;10010;01;Alder Tools;01/05/2026;31/05/2026;2.380,00;1.380,00;  /  /
NF;R-1003;NF;10020;01;Birch & Co;05/06/2026;05/07/2026;4.000,00;4.000,00;  /  /
NF;R-1004;NF;10030;01;Cedar Oy;10/02/2026;12/03/2026;595,00;500,00;  /  /
"""
"""Days that are not there yet keep the marks between their numbers."""

INFOR_M3 = """ESCONO	ESPYNO	OKCUNM	ESCINO	ESINYR	ESIVDT	ESDUDT	ESTRCD	ESCUCD	ESCUAM
100	10010	Alder Tools	R-1001	2026	20260302	20260401	10	EUR	1190.00
100	10010	Alder Tools	R-1001	2026	20260410	20260401	20	EUR	-1190.00
100	10010	Alder Tools	R-1002	2026	20260501	20260531	10	EUR	2380.00
100	10010	Alder Tools	R-1002	2026	20260612	20260531	20	EUR	-1000.00
100	10020	Birch & Co	R-1003	2026	20260605	20260705	10	EUR	4000.00
100	10030	Cedar Oy	R-1004	2026	20260210	20260312	10	EUR	595.00
100	10030	Cedar Oy	R-1004	2026	20260301	20260312	20	EUR	-95.00
"""

JAPANESE = """取引先コード,取引先名,請求書番号,請求日,入金期日,請求金額,入金済金額,未入金額,入金ステータス,備考
10010,田中工業株式会社,R-1001,2026/03/02,2026/04/01,"1,190","1,190",0,入金済,振込
10010,田中工業株式会社,R-1002,2026/05/01,2026/05/31,"2,380","1,000","1,380",一部入金,振込
10020,株式会社山田製作所,R-1003,2026/06/05,2026/07/05,"4,000",0,"4,000",未入金,
10030,合同会社杉,R-1004,2026/02/10,2026/03/12,595,95,500,一部入金,
10030,合同会社杉,R-1005,2026/02/11,2026/03/13,777,0,0,取消,
"""

PARTLY_PAID = """Status;Rechnungsnr.;Kunde;Kundennr.;Datum;Fälligkeit;Netto;Brutto;Währung;Bezahlt am;Bezahlter Betrag
Bezahlt;R-1001;Alder Tools;10010;02.03.2026;01.04.2026;1.000,00;1.190,00;EUR;10.04.2026;1.190,00
Teilbezahlt;R-1002;Alder Tools;10010;01.05.2026;31.05.2026;2.000,00;2.380,00;EUR;12.06.2026;1.000,00
Offen;R-1003;Birch & Co;10020;05.06.2026;05.07.2026;3.361,34;4.000,00;EUR;;0,00
Teilbezahlt;R-1004;Cedar Oy;10030;10.02.2026;12.03.2026;500,00;595,00;EUR;;95,00
"""
"""What is paid of an invoice in part has a day: the invoice is not settled by it."""

CHARGEBEE = """Invoice Number,Customer Id,Customer Company,Status,Invoice Date,Due Date,Paid On,Next Retry,Currency,Total,Amount Due
R-1001,C10,Alder Tools,Paid,02-Mar-2026 09:15,01-Apr-2026 09:15,10-Apr-2026 14:00,,EUR,1190.00,0.00
R-1002,C10,Alder Tools,Payment Due,01-May-2026 09:15,31-May-2026 09:15,,,EUR,2380.00,1380.00
R-1003,C20,Birch & Co,Posted,05-Jun-2026 09:15,05-Jul-2026 09:15,,,EUR,4000.00,4000.00
R-1004,C30,Cedar Oy,Not Paid,10-Feb-2026 09:15,12-Mar-2026 09:15,,,EUR,595.00,500.00
R-1005,C30,Cedar Oy,Pending,15-Jun-2026 09:15,15-Jul-2026 09:15,,,EUR,99.00,99.00
R-1006,C30,Cedar Oy,Voided,16-Jun-2026 09:15,16-Jul-2026 09:15,,,EUR,77.00,77.00
"""

KONTOBLATT = """Kontoblatt
Own Company GmbH
01.01.2026 - 30.06.2026

Konto;Kontobezeichnung;Datum;Belegfeld 1;Belegfeld 2;Gegenkonto;Buchungstext;Soll;Haben;Saldo;S/H
10010;Alder Tools;02.03.2026;R-1001;010426;8400;Ausgangsrechnung;1.190,00;;1.190,00;S
10010;Alder Tools;10.04.2026;R-1001;;1200;Zahlungseingang;;1.190,00;0,00;H
10010;Alder Tools;01.05.2026;R-1002;310526;8400;Ausgangsrechnung;2.380,00;;2.380,00;S
10010;Alder Tools;12.06.2026;R-1002;;1200;Zahlungseingang;;1.000,00;1.380,00;S
10010;Alder Tools;;;;;Summe;3.570,00;2.190,00;1.380,00;S
10020;Birch & Co;05.06.2026;R-1003;050726;8400;Ausgangsrechnung;4.000,00;;4.000,00;S
10020;Birch & Co;20.06.2026;;;1200;Akonto;;700,00;3.300,00;S
10020;Birch & Co;;;;;Summe;4.000,00;700,00;3.300,00;S
10030;Cedar Oy;10.02.2026;R-1004;120326;8400;Ausgangsrechnung;595,00;;595,00;S
10030;Cedar Oy;01.03.2026;R-1004;;8400;Gutschrift;;95,00;500,00;S
10030;Cedar Oy;;;;;Summe;595,00;95,00;500,00;S
"""

JD_EDWARDS = """RPDOC,RPDCT,RPSFX,RPAN8,RPALPH,RPDIVJ,RPDDJ,RPAG,RPAAP,RPCRCD,RPJCL
1001,RI,001,10,Alder Tools,126061,126091,119000,0,EUR,126100
1002,RI,001,10,Alder Tools,126121,126151,238000,138000,EUR,0
1003,RI,001,20,Birch & Co,126156,126186,400000,400000,EUR,0
901,RU,001,20,Birch & Co,126171,126171,-70000,-70000,EUR,0
"""

JD_EDWARDS_RECEIPTS = """RZPYID,RZRC5,RZCKNU,RZDOC,RZDCT,RZAN8,RZDCTM,RZDMTJ,RZPAAP,RZADSA,RZCRCD
71,1,P-1,1001,RI,10,RC,126100,-119000,0,EUR
72,1,P-2,1002,RI,10,RC,126163,-100000,0,EUR
"""

SAP_BW = """DEBITOR;AC_DOC_NO;ITEM_NUM;AC_DOC_TYP;DOC_DATE;NETDUEDATE;CLEAR_DATE;CLR_DOC_NO;REF_DOC_NO;INV_DOC_NO;DOC_CURRCY;DEB_CRE_DC
0000100255;0100018257;001;RV;20260124;20260207;20260212;1400002320;0090041915;;EUR;2098.55
0000100255;1400002320;001;DZ;20260212;20260212;20260212;1400002320;;;EUR;-2098.55
0000100255;1400002320;002;DZ;20260212;20260207;00000000;;0090041915;0100018257;EUR;1098.55
0000100217;0100018501;001;RV;20260130;20260301;00000000;;0090042211;;EUR;3884.07
0000100217;1400002322;001;DZ;20260213;20260213;00000000;;;;EUR;-500.00
"""
"""1,098.55 of the first invoice is a residual item of the payment."""

CONTAPLUS = """LIBRO DIARIO
Moneda:;EUR

Asiento;Fecha;Subcuenta;Título;Contrapartida;Concepto;Documento;Factura;Debe;Haber
1;01/01/2026;5720000001;BANCO C/C;;ASIENTO DE APERTURA;;;21.840,33;
1;01/01/2026;4300000001;ACEITES SL;;APERTURA FRA. 25/0398;25/0398;25/0398;694,32;
2;05/02/2026;4300000001;ACEITES SL;7000000000;FRA. 26/0001;26/0001;26/0001;1.210,00;
2;05/02/2026;7000000000;VENTAS;4300000001;FRA. 26/0001;26/0001;26/0001;;1.000,00
3;06/02/2026;4300000006;BODEGAS SA;7000000000;FRA. 26/0002;26/0002;26/0002;605,50;
3;06/02/2026;7000000000;VENTAS;4300000006;FRA. 26/0002;26/0002;26/0002;;500,41
4;10/03/2026;4300000006;BODEGAS SA;5720000001;COBRO FRA. 26/0002;R1;26/0002;;605,50
4;10/03/2026;5720000001;BANCO C/C;4300000006;COBRO FRA. 26/0002;R1;26/0002;605,50;
5;20/03/2026;4300000006;BODEGAS SA;5720000001;DEVOLUCION FRA. 26/0002;R1;26/0002;605,50;
6;21/03/2026;4300000001;ACEITES SL;5720000001;COBRO FRA. 26/0001;R2;26/0001;;210,00
"""
"""A receipt was returned: what it paid is due as it was."""
