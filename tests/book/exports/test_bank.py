"""Bank statements beside a list of invoices: which payment settles what, by which reason, and what stays on account."""

import pandas as pd
import pytest
from book.exports import xml_samples as samples
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.matching import matched
from tradecredit.book.exports.named_invoices import firm
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError


def read(folder, name: str, text: str):
    (folder / "invoices.csv").write_text(samples.INVOICES)
    (folder / name).write_text(text)
    suggestion = suggested([folder / "invoices.csv", folder / name])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return found


STATEMENTS = {
    "camt.053": ("statement.xml", samples.CAMT),
    "camt.053 on one line": ("statement.xml", samples.CAMT.replace("\n", "")),
    "MT940": ("statement.sta", samples.MT940),
}


@pytest.mark.parametrize("form", STATEMENTS)
def test_payments_settle_what_they_name(form, tmp_path):
    found = read(tmp_path, *STATEMENTS[form])
    receipts = found.tables["receipts"].assign(day=lambda table: table["received"].dt.strftime("%m-%d"))
    assert receipts[["day", "invoice_id", "buyer_id", "amount", "matched_by"]].fillna("").to_numpy().tolist() == [
        ["06-12", "R-1001", "C10", 1190.0, "number in the text"],
        ["06-12", "R-1002", "C10", 1000.0, "number in the text"],
        ["06-15", "R-1002", "C10", -1000.0, "return of an earlier payment"],
        ["06-20", "", "C20", 700.0, "payer alone: on account"],
        ["06-22", "R-1004", "C30", 595.0, "payer and amount"],
    ]
    assert ("receipts", "bank payments of no known buyer: 77.00", 1) in found.left_out
    assert ("invoices", "kind of document not to be read: 50.00", 1) in found.left_out
    assert ("receipts", "matched by number in the text: 2,190.00", 2) in found.assumed


def test_what_is_not_booked_yet_is_left_out(tmp_path):
    found = read(tmp_path, *STATEMENTS["camt.053"])
    assert any("is PDNG" in rule and "4,000.00" in rule for _, rule, _ in found.left_out)


def test_a_statement_without_a_known_payer_leaves_the_invoices_open(tmp_path):
    nobody = samples.MT940.replace("R-10", "x").replace("Alder Tools", "X").replace("BIRCH", "Y").replace("Cedar", "Z")
    found = read(tmp_path, "statement.sta", nobody)
    assert found.tables["receipts"].empty and found.tables["invoices"]["amount"].sum() == 8165.0


def test_a_payment_in_another_currency_keeps_its_own(tmp_path):
    # payments.md 16: EUR 920 on an invoice of USD 1,000.
    text = "Customer;Invoice;Invoice Date;Due Date;Amount;Currency\nC1;R-7001;13.05.2026;12.06.2026;1.000,00;USD\n"
    (tmp_path / "list.csv").write_text(text)
    paid = samples.MT940.replace("C1190,00", "C920,00").replace("Rechnung R-10?2201", "R-7001")
    (tmp_path / "statement.sta").write_text(paid)
    suggestion = suggested([tmp_path / "list.csv", tmp_path / "statement.sta"])
    receipts = ledger(suggestion.source, "EUR").tables["receipts"]
    assert receipts[["invoice_id", "amount", "currency"]].to_numpy().tolist() == [["R-7001", 920.0, "EUR"]]


def test_a_notification_beside_its_statement_counts_no_payment_twice(tmp_path):
    """camt.054 tells of each payment what the camt.053 of the same account holds, and says something of it."""
    told = samples.CAMT.replace("camt.053", "camt.054").replace("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")
    told = told.replace("<Stmt>", "<Ntfctn>").replace("</Stmt>", "</Ntfctn>")
    alone = read(tmp_path, *STATEMENTS["camt.053"])
    names = [tmp_path / name for name in ("invoices.csv", "statement.xml", "notification.xml")]
    names[2].write_text(told)
    suggestion = suggested(names)
    both = ledger(suggestion.source, suggestion.currency)
    columns = ["received", "invoice_id", "buyer_id", "amount", "matched_by"]
    key = ["received", "amount"]
    found, right = (one.tables["receipts"][columns].sort_values(key, ignore_index=True) for one in (both, alone))
    pd.testing.assert_frame_equal(found, right)
    rules = [rule for _, rule, _ in both.left_out]
    assert any(rule.startswith("bank payments that another file of the bank has as well: ") for rule in rules)


def test_a_statement_alone_is_no_ledger(tmp_path):
    (tmp_path / "statement.xml").write_text(samples.CAMT)
    with pytest.raises(InputError, match="holds payments and no invoices"):
        suggested([tmp_path / "statement.xml"])
    (tmp_path / "list.csv").write_text("Invoice #,Invoice Date,Due Date,Total\n1001,06/30/2026,07/30/2026,10.00\n")
    with pytest.raises(InputError, match=r"list\.csv: .*comes nearest with .*, and has none for a buyer"):
        suggested([tmp_path / "list.csv", tmp_path / "statement.xml"])


DIALECTS = {
    "two invoices in one payment": ":86:166?00GUTSCHRIFT?20RE-2026-0101 und RE-20?2126-0102?32Alder Tools",
    "words between slashes": ":86:/EREF/E1//CNTP/NL32/INGBNL2A/ALDER TOOLS///REMI/USTD//RE-2026-0101 RE-2026-0102/",
    "the payer alone": ":86:/TRCD/541/BENM//NAME/We BV/ORDP//NAME/Alder Tools GmbH/REMI/thanks/",
    "marks of Poland": ":86:020~00VE02~20RE-2026-01~2101 RE-2026-0102~32ALDER TOOLS~33GMBH",
}


@pytest.mark.parametrize("what", DIALECTS)
def test_what_an_entry_says_in_the_forms_of_several_banks(what, tmp_path):
    (tmp_path / "list.csv").write_text(
        "Customer;Name;Invoice;Date;Due;Amount\nC10;Alder Tools GmbH;RE-2026-0101;02.03.2026;01.04.2026;1000,00\n"
        "C10;Alder Tools GmbH;RE-2026-0102;13.05.2026;31.05.2026;2000,00\n"
    )
    statement = (
        f":20:A\n:25:1/2\n:28C:1\n:60F:C260611EUR0,00\n:61:2606120612C3000,00NTRFNONREF//B1\n{DIALECTS[what]}\n"
        ":62F:C260612EUR3000,00\n-\n"
    )
    (tmp_path / "bank.sta").write_text(statement)
    suggestion = suggested([tmp_path / "list.csv", tmp_path / "bank.sta"])
    receipts = ledger(suggestion.source, suggestion.currency).tables["receipts"]
    found = receipts[["buyer_id", "invoice_id", "amount"]].fillna("").to_numpy().tolist()
    both = [["C10", "RE-2026-0101", 1000.0], ["C10", "RE-2026-0102", 2000.0]]
    assert found == both
    by = "payer and amount of several together" if what == "the payer alone" else "number in the text"
    assert set(receipts["matched_by"]) == {by}


def documents(invoices, payments) -> pd.DataFrame:
    """Invoices as (buyer, name, number, amount); payments as (payer, text, amount paid)."""
    rows = [
        {"buyer_id": buyer, "name": name, "invoice_id": number, "amount": amount, "kind": "invoice", "bank": False}
        for buyer, name, number, amount in invoices
    ] + [
        {"name": payer, "text": text, "amount": -amount, "kind": "payment", "bank": True}
        for payer, text, amount in payments
    ]
    table = pd.DataFrame(rows, columns=["buyer_id", "name", "invoice_id", "number", "text", "amount", "kind", "bank"])
    days = pd.date_range("2026-06-01", periods=len(table))
    return table.assign(issued=days, cleared=pd.NaT, currency="EUR", applies_to=pd.NA, only_returns=True)


LEDGER = [
    ("C1", "Alder GmbH", "2026-1001", 100.0), ("C1", "Alder GmbH", "2026-1002", 50.0), ("C2", "Birch", "77", 30.0),
    ("C3", "Cedar", "R-5001", 80.0), ("C4", "Dory", "R-5001", 90.0),
]  # fmt: skip
PAYMENTS = {
    "two invoices, the last takes the rest": (("Alder", "RE 2026-1001, 2026-1002", 140.0),
        [("C1", "2026-1001", -100.0), ("C1", "2026-1002", -40.0)]),
    "too little for both": (("Alder", "2026-1001 2026-1002", 60.0), [("C1", "2026-1001", -60.0)]),
    "a short number is no reference": (("Birch", "Kd 77", 30.0), [("C2", "77", -30.0)]),
    "a longer number is another one": (("Nobody", "2026-10012", 100.0), []),
    "one number of two buyers, the payer tells": (("Dory", "R5001", 90.0), [("C4", "R-5001", -90.0)]),
    "one number of two buyers, nobody tells": (("Nobody", "R-5001", 90.0), []),
    "the amount of nobody known": (("Nobody", "thanks", 100.0), []),
    "the payer without the amount": (("ALDER", "thanks", 99.0), [("C1", "", -99.0)]),
}  # fmt: skip


@pytest.mark.parametrize("what", PAYMENTS)
def test_each_payment_by_hand(what):
    payment, right = PAYMENTS[what]
    table, _, left_out = matched(documents(LEDGER, [payment]))
    parts = table[table["bank"]]
    found = list(zip(parts["buyer_id"], parts["applies_to"].fillna(""), parts["amount"], strict=True))
    assert found == right
    assert bool(left_out) == (not right)


def test_a_day_in_the_text_is_no_number_and_marks_part_numbers():
    ledger = [("C1", "Alder", "1001", 100.0), ("C1", "Alder", "1234", 100.0), ("C2", "Birch", "77", 30.0)]
    texts = ("Rent of 10.01.2026", "12/34", "no. 1001", "10 01")
    # Another buyer's number counts as it is written only, and figures alone where they come with its amount.
    for amount, by_number in ((100.0, ["C1", "1001"]), (300.0, ["C2", ""])):
        table, _, _ = matched(documents(ledger, [("Birch", text, amount) for text in texts]))
        found = table.loc[table["bank"], ["buyer_id", "applies_to"]].fillna("").to_numpy().tolist()
        assert found == [["C2", ""], ["C2", ""], by_number, ["C2", ""]]
    table, _, _ = matched(documents(ledger, [("Alder", text, 300.0) for text in texts]))
    assert table.loc[table["bank"], "applies_to"].fillna("").tolist() == ["", "", "1001", "1001"]


def test_an_amount_in_another_currency_is_another_amount():
    bank = documents([("C1", "Alder", "R-1", 700.0)], [("Alder", "thanks", 700.0)])
    table, _, _ = matched(bank.assign(currency=["EUR", "USD"]))
    assert table.loc[table["bank"], "applies_to"].isna().all()


def test_of_several_invoices_over_the_amount_the_oldest_that_is_open_is_settled_and_told():
    ledger = [("C1", "Alder", f"R-{n}", 70.0) for n in range(1, 6)]
    bank = documents(ledger, [("Alder", "thanks", 70.0)])
    bank["issued"] = pd.to_datetime([f"2026-0{month}-01" for month in (5, 3, 2, 1, 8)] + ["2026-06-01"])
    bank["cleared"] = pd.to_datetime([None, None, None, "2026-02-10", None, None])
    table, notes, _ = matched(bank)
    assert table.loc[table["bank"], "applies_to"].tolist() == ["R-3"]
    assert notes == [("receipts", "matched by payer and amount: the oldest of several: 70.00", 1)]


def test_an_invoice_is_paid_by_amount_once():
    table, _, _ = matched(documents(LEDGER, [("Birch", "a", 30.0), ("Birch", "b", 30.0)]))
    assert table.loc[table["bank"], "applies_to"].fillna("").tolist() == ["77", ""]


PAID = st.tuples(
    st.sampled_from(["Alder", "Cedar", "x"]),
    st.sampled_from(["2026-1001 R-5001", "2026-1002", ""]),
    st.integers(1, 20_000),
)


@given(st.lists(PAID, max_size=8))
@settings(max_examples=30)
def test_no_money_is_lost_or_made(payments):
    bank = documents(LEDGER, [(payer, text, cents / 100) for payer, text, cents in payments])
    table, _, left_out = matched(bank)
    unknown = sum(float(rule.rsplit(" ", 1)[1].replace(",", "")) for _, rule, _ in left_out)
    assert table.loc[table["bank"], "amount"].sum() - unknown == pytest.approx(-sum(one[2] for one in payments) / 100)


def test_firms_are_compared_without_their_legal_form():
    assert firm("Müller & Söhne GmbH & Co. KG") == firm("MÜLLER SÖHNE") != firm("Müller")
    assert firm("AG") == "ag"
    assert firm("Bikes B.V.") == firm("BIKES BV") == firm("Bikes") and firm("Kot Sp. z o.o.") == firm("Kot")


def test_a_return_with_charges_opens_the_invoice_and_no_more():
    bank = documents(LEDGER, [("Birch", "x", 30.0), ("Cedar", "R-5001", 80.0), ("Cedar", "R-5001 back", -83.0)])
    table, _, _ = matched(bank)
    returned = table[table["bank"] & (table["amount"] > 0)]
    assert returned[["buyer_id", "applies_to", "amount"]].fillna("").to_numpy().tolist() == [
        ["C3", "R-5001", 80.0], ["C3", "", 3.0],
    ]  # fmt: skip
