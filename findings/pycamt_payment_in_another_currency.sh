#!/usr/bin/env bash
# pycamt 1.1.1 (Python 3.11): amount and sign of a payment are taken from the first element of that name anywhere below
# its details, in camt.053.001.02. Where the bank tells the sum that the debtor ordered in
# his currency (AmtDtls/InstdAmt), that number is given with the currency of the account: 1,100 US dollars, booked as
# 1,000.00 euro, become 1100.00 EUR. Where it tells a charge of its own (Chrgs, DBIT), the payment received becomes one
# that was made. And of structured remittances, one for each invoice that a payment settles, the first alone is told.
# Sums of the read payments so differ from the statement's own balances, which the library reads rightly: compare them.
# Seen: "booked: 1000.00 EUR CRDT", "ordered in dollars: 1100.00 EUR CRDT", "with a charge: 1000.00 EUR DBIT",
# "three invoices: RF18539007547034".
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pycamt==1.1.1 lxml==6.0.2
"$folder/venv/bin/python" - <<'PYTHON'
from pycamt.parser import Camt053Parser

STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-02T18:00:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>2026-03-02T18:00:00</CreDtTm><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-03-02</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">1000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs>%s</TxDtls></NtryDtls></Ntry></Stmt>
</BkToCstmrStmt></Document>"""
ORDERED = """<AmtDtls><InstdAmt><Amt Ccy="USD">1100.00</Amt></InstdAmt><TxAmt><Amt Ccy="EUR">1000.00</Amt></TxAmt></AmtDtls>"""
CHARGE = """<Chrgs><Amt Ccy="EUR">7.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Chrgs>"""
REFERENCE = "<Strd><CdtrRefInf><Ref>%s</Ref></CdtrRefInf></Strd>"
BILLS = ("RF18539007547034", "RF712348231", "RF45G72UUR")
INVOICES = "<RmtInf>" + "".join(REFERENCE % bill for bill in BILLS) + "</RmtInf>"


def payment(details):
    (read,) = Camt053Parser((STATEMENT % details).encode()).get_transactions()
    return read


def told(read):
    return f"{read['Amount']} {read['Currency']} {read['CreditDebitIndicator']}"


booked = told(payment(""))
ordered = told(payment(ORDERED))
charged = payment("<AmtDtls><TxAmt><Amt Ccy=\"EUR\">1000.00</Amt></TxAmt></AmtDtls>" + CHARGE)
settled = payment(INVOICES)
print(f"booked: {booked}", f"ordered in dollars: {ordered}", f"with a charge: {told(charged)}", sep="\n")
print(f"three invoices: {settled['RemittanceInformation']}")
assert booked == "1000.00 EUR CRDT" and ordered == "1100.00 EUR CRDT" and told(charged) == "1000.00 EUR DBIT"
assert settled["RemittanceInformation"] == BILLS[0] and not any(bill in str(settled) for bill in BILLS[1:])
PYTHON
