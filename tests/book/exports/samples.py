# ruff: noqa: E501 — lines as systems write them
"""Small exports in the forms that systems write, of one and the same ledger, for several test modules.

In the list of SAP the second block has no head: its account stands on the line that sums it up.

Alder Tools: R-1001 over 1,190.00 paid on 10 April, R-1002 over 2,380.00 of which 1,000.00 was paid on 12 June.
Birch & Co: R-1003 over 4,000.00, and 700.00 on account since 20 June. Cedar Oy: R-1004 over 595.00, credited by 95.00.
"""

SAP_LIST = """30.06.2026                                   Dynamic List Display                    1
----------------------------------------------------------------------------------------------------------------
 Customer               10010
 Company Code           1000
 Name                   Alder Tools
----------------------------------------------------------------------------------------------------------------
|  |St|Assignment |DocumentNo|Ty|Doc. Date |Net due dt|  Amt in loc.cur.|LCurr|Clrng doc.|Clearing  |Reference |
----------------------------------------------------------------------------------------------------------------
|  |@5B\\QCleared@|R-1001    |1800000001|RV|02.03.2026|01.04.2026|  1.190,00 |EUR  |1400000001|10.04.2026|R-1001  |
|  |@5B\\QCleared@|R-1001    |1400000001|DZ|10.04.2026|10.04.2026|  1.190,00-|EUR  |1400000001|10.04.2026|R-1001  |
|  |@5C\\QOpen@|R-1002       |1800000002|RV|01.05.2026|31.05.2026|  2.380,00 |EUR  |          |          |R-1002  |
|  |@5C\\QOpen@|R-1002       |1400000002|DZ|12.06.2026|12.06.2026|  1.000,00-|EUR  |          |          |R-1002  |
----------------------------------------------------------------------------------------------------------------
| *|Account 10010     |          |  |          |          |         1.380,00 |EUR  |          |          |          |
----------------------------------------------------------------------------------------------------------------

|  |St|Assignment |DocumentNo|Ty|Doc. Date |Net due dt|  Amt in loc.cur.|LCurr|Clrng doc.|Clearing  |Reference |
----------------------------------------------------------------------------------------------------------------
|  |@5C\\QOpen@|R-1003       |1800000003|RV|05.06.2026|05.07.2026|  4.000,00 |EUR  |          |          |R-1003  |
|  |@5C\\QOpen@|             |1400000003|DZ|20.06.2026|20.06.2026|    700,00-|EUR  |          |          |        |
----------------------------------------------------------------------------------------------------------------
| *|Account 10020     |          |  |          |          |         3.300,00 |EUR  |          |          |          |
|**|                  |          |  |          |          |         4.680,00 |EUR  |          |          |          |
"""

ERPNEXT = """Posting Date,Party Type,Party,Customer Name,Voucher Type,Voucher No,Due Date,Invoiced Amount,Paid Amount,\
Credit Note,Outstanding Amount,Age (Days),Currency
2026-05-01,Customer,C10,Alder Tools,Sales Invoice,R-1002,2026-05-31,2380.0,1000.0,0.0,1380.0,30,EUR
2026-06-05,Customer,C20,Birch & Co,Sales Invoice,R-1003,2026-07-05,2000.0,0.0,0.0,2000.0,-5,EUR
2026-06-05,Customer,C20,Birch & Co,Sales Invoice,R-1003,2026-08-04,2000.0,0.0,0.0,2000.0,-35,EUR
2026-06-20,Customer,C20,Birch & Co,Payment Entry,ACC-PAY-3,,0.0,700.0,0.0,-700.0,10,EUR
2026-02-10,Customer,C30,Cedar Oy,Sales Invoice,R-1004,2026-03-12,595.0,0.0,95.0,500.0,110,EUR
,,,,,,,6975.0,1700.0,95.0,5180.0,,EUR
"""

ODOO = """"Journal Entry","Date","Journal","Account","Partner","Label","Due Date","Debit","Credit","Matching #",\
"Residual Amount","Currency"
"R-1001","2026-03-02","Customer Invoices","121000 Account Receivable","Alder Tools","R-1001","2026-04-01","1190.0","0.0",\
"501","0.0","EUR"
"R-1001","2026-03-02","Customer Invoices","400000 Product Sales","Alder Tools","R-1001","2026-04-01","0.0","1190.0",\
"","0.0","EUR"
"PBNK1/2026/0001","2026-04-10","Bank","121000 Account Receivable","Alder Tools","Payment","2026-04-10","0.0","1190.0",\
"501","0.0","EUR"
"R-1002","2026-05-01","Customer Invoices","121000 Account Receivable","Alder Tools","R-1002","2026-05-31","2380.0","0.0",\
"P77","1380.0","EUR"
"PBNK1/2026/0002","2026-06-12","Bank","121000 Account Receivable","Alder Tools","Part payment","2026-06-12","0.0",\
"1000.0","P77","0.0","EUR"
"R-1003","2026-06-05","Customer Invoices","121000 Account Receivable","Birch & Co","term 1","2026-07-05","2000.0","0.0",\
"","2000.0","EUR"
"R-1003","2026-06-05","Customer Invoices","121000 Account Receivable","Birch & Co","term 2","2026-08-04","2000.0","0.0",\
"","2000.0","EUR"
"PBNK1/2026/0003","2026-06-20","Bank","121000 Account Receivable","Birch & Co","a conto","2026-06-20","0.0","700.0","",\
"-700.0","EUR"
"R-1004","2026-02-10","Customer Invoices","121000 Account Receivable","Cedar Oy","R-1004","2026-03-12","595.0","0.0",\
"P78","500.0","EUR"
"RINV/2026/00051","2026-03-01","Customer Invoices","121000 Account Receivable","Cedar Oy","G-51","2026-03-01","0.0",\
"95.0","P78","0.0","EUR"
"""

QUICKBOOKS = """"Own Company, Inc",,,,,,,
A/R Aging Detail Report,,,,,,,
"As of Jun 30, 2026",,,,,,,

,Date,Transaction type,Num,Customer full name,Due date,Amount,Open balance
91 or more days past due,,,,,,,
,02/10/2026,Invoice,R-1004,Cedar Oy,03/12/2026,595.00,500.00
Total for 91 or more days past due,,,,,,,500.00
1 - 30 days past due,,,,,,,
,05/01/2026,Invoice,R-1002,Alder Tools,05/31/2026,"2,380.00","1,380.00"
,06/20/2026,Payment,,Birch & Co,06/20/2026,-700.00,-700.00
Total for 1 - 30 days past due,,,,,,,680.00
CURRENT,,,,,,,
,06/05/2026,Invoice,R-1003,Birch & Co,07/05/2026,"4,000.00","4,000.00"
Total for CURRENT,,,,,,,"4,000.00"
TOTAL,,,,,,,"5,180.00"

" Wednesday, July 1, 2026 09:12 AM GMT-07:00",,,,,,,
"""

XERO = """*ContactName,InvoiceNumber,Reference,InvoiceDate,DueDate,Total,InvoiceAmountPaid,InvoiceAmountDue,Description,\
LineAmount,Currency,Type,Sent,Status
Alder Tools,R-1001,,02/03/2026,01/04/2026,1190.00,1190.00,0.00,Goods,1000.00,EUR,Sales invoice,Sent,Paid
Alder Tools,R-1002,,01/05/2026,31/05/2026,2380.00,1000.00,1380.00,Goods,1500.00,EUR,Sales invoice,Sent,Awaiting Payment
Alder Tools,R-1002,,01/05/2026,31/05/2026,2380.00,1000.00,1380.00,Freight,500.00,EUR,Sales invoice,Sent,Awaiting Payment
Birch & Co,R-1003,,05/06/2026,05/07/2026,4000.00,0.00,4000.00,Goods,3400.00,EUR,Sales invoice,Sent,Awaiting Payment
Cedar Oy,R-1004,,10/02/2026,12/03/2026,595.00,95.00,500.00,Goods,500.00,EUR,Sales invoice,Sent,Awaiting Payment
Cedar Oy,G-51,,01/03/2026,,95.00,95.00,0.00,Return,80.00,EUR,Sales credit note,Sent,Paid
Birch & Co,,,20/06/2026,,700.00,0.00,700.00,a conto,700.00,EUR,Sales overpayment,Sent,Awaiting Payment
Dory Ltd,R-1006,,12/06/2026,12/07/2026,900.00,0.00,900.00,Goods,750.00,EUR,Sales invoice,Sent,Draft
Dory Ltd,R-1007,,12/06/2026,12/07/2026,900.00,0.00,900.00,Goods,750.00,EUR,Sales invoice,Sent,Voided
"""

DATEV = """"EXTF";700;21;"Buchungsstapel";13;20260701080000000;;"RE";"";"";1001;456;20260101;4;20260201;20260630;\
"Debitoren";"";1;;0;"EUR";"";"";"";"";"";;;"";""
"Umsatz (ohne Soll/Haben-Kz)";"Soll/Haben-Kennzeichen";"WKZ Umsatz";"Konto";"Gegenkonto (ohne BU-Schlüssel)";\
"Belegdatum";"Belegfeld 1";"Belegfeld 2";"Skonto";"Buchungstext";"Fälligkeit";"Generalumkehr (GU)"
1190,00;"S";;10010;8400;0203;"R-1001";;;"Alder Tools";01042026;
1190,00;"S";;1200;10010;1004;"R-1001";;;"Zahlung Alder";;
2380,00;"S";;10010;8400;105;"R-1002";;;"Alder Tools";31052026;
1000,00;"S";;1200;10010;1206;"R-1002";;;"Teilzahlung";;
3570,00;"S";;10020;8400;506;"R-1003";;;"Birch & Co";05072026;
430,00;"S";;10020;8300;506;"R-1003";;;"Birch & Co 7 %";05072026;
595,00;"S";;10030;8400;1002;"R-1004";;;"Cedar Oy";12032026;
95,00;"H";;10030;8400;103;"R-1004";"G-51";;"Gutschrift";;
238,00;"S";;10030;8400;1502;"R-1005";;;"Irrtum";17032026;
238,00;"S";;10030;8400;1502;"R-1005";;;"Storno";17032026;1
700,00;"S";;1200;10020;2006;;;;"a conto";;
500,00;"S";;4930;1200;2106;"B-1";;;"Büromaterial";;
"""
