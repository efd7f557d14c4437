"""Folders of e-invoices: amounts, due days in words, discounts, what was prepaid, credit notes; and what is none."""

from io import BytesIO

import pandas as pd
import pytest
from book.exports import xml_samples as samples
from pypdf import PdfWriter

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError


def read(folder):
    suggestion = suggested([folder])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


@pytest.fixture
def ubl_folder(tmp_path):
    skonto = "#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n"
    (tmp_path / "R-1003.xml").write_text(samples.ubl("R-1003", "4000.00", due="2026-07-05", terms=skonto))
    prepaid = samples.ubl("R-1008", "1190.00", terms="Payment within 30 days net", prepaid="200.00", payable="990.00")
    (tmp_path / "R-1008.xml").write_text(prepaid)
    over = samples.ubl("R-1009", "804.86", due="2026-07-05", prepaid="1030.00", payable="-225.14")
    (tmp_path / "R-1009.xml").write_text(over)
    (tmp_path / "G-51.xml").write_text(samples.ubl("G-51", "95.00", of="R-1004"))
    return tmp_path


def test_ubl_invoices_are_read_to_what_is_open_and_when_it_is_due(ubl_folder):
    suggestion, found = read(ubl_folder)
    invoices = found.tables["invoices"].set_index("invoice_id")
    assert invoices["amount"].to_dict() == {"R-1003": 4000.0, "R-1008": 1190.0, "R-1009": 804.86}
    assert set(invoices["due"].dt.strftime("%Y-%m-%d")) == {"2026-07-05"}
    assert invoices.loc["R-1003", ["discount_days", "discount_rate"]].tolist() == [10, 0.02]
    assert invoices.loc["R-1003", ["discount_days_2", "discount_rate_2"]].tolist() == [20, 0.01]
    assert invoices.loc["R-1008", ["discount_days", "discount_rate"]].isna().all()
    receipts = found.tables["receipts"]
    paid = receipts.dropna(subset="invoice_id").groupby("invoice_id")["amount"].sum()
    # 990.00 of R-1008 and nothing of R-1009 is open, whose surplus of 225.14 is owed to the buyer.
    assert paid.to_dict() == {"R-1008": 200.0, "R-1009": 804.86}
    free = receipts[receipts["invoice_id"].isna()]
    assert sorted(zip(free["kind"], free["amount"], strict=True)) == [("credit_note", 95.0), ("payment", 225.14)]
    assert (suggestion.currency, str(suggestion.source.exported)) == ("EUR", "2026-06-30")
    buyers = found.tables["buyers"]
    assert buyers[["buyer_id", "name", "country"]].to_numpy().tolist() == [["C20", "Birch & Co", "DE"]]


def test_a_due_day_in_words_is_a_guess(ubl_folder):
    guess = next(guess for guess in suggested([ubl_folder]).guesses if guess.key == "source.due")
    assert guess.open and guess.taken == "Payment within 30 days net: 2026-07-05"


def test_a_credit_note_settles_the_invoice_that_it_names(tmp_path):
    (tmp_path / "a.xml").write_text(samples.ubl("R-1004", "595.00", due="2026-07-05"))
    (tmp_path / "b.xml").write_text(samples.ubl("G-51", "95.00", of="R-1004"))
    _, found = read(tmp_path)
    receipts = found.tables["receipts"]
    assert receipts[["receipt_id", "invoice_id", "amount", "kind"]].to_numpy().tolist() == [
        ["G-51", "R-1004", 95.0, "credit_note"]
    ]


def test_cii_invoices_are_read(tmp_path):
    (tmp_path / "invoice.xml").write_text(samples.CII)
    suggestion, found = read(tmp_path)
    row = found.tables["invoices"].iloc[0]
    assert row[["invoice_id", "buyer_id", "amount", "discount_days", "discount_rate"]].tolist() == [
        "R-2001", "C20", 1190.0, 14, 0.02,
    ]  # fmt: skip
    assert (row["issued"], row["due"]) == (pd.Timestamp("2026-06-05"), pd.Timestamp("2026-07-05"))
    assert found.tables["receipts"]["amount"].tolist() == [190.0]
    assert "CII" in suggestion.system


def test_invoices_in_sub_folders_are_read_and_packed_ones_refused(tmp_path):
    year = tmp_path / "2026" / "05"
    year.mkdir(parents=True)
    (year / "a.xml").write_text(samples.ubl("R-1", "100.00", terms="Zahlbar bis 20.06.2026 ohne Abzug"))
    suggestion, found = read(tmp_path)
    assert suggestion.source.files == ["a.xml"] and suggestion.source.path == year
    assert str(found.tables["invoices"]["due"].item().date()) == "2026-06-20"
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "invoices.zip").write_bytes(b"PK")
    for named in (packed, packed / "invoices.zip"):
        with pytest.raises(InputError, match="unpack it"):
            suggested([named])


SPOILED = {
    "an entity": '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]><Invoice><ID>&e;</ID></Invoice>',
    "a torn file": "<Invoice><ID>R-1</ID>",
    "another document": "<Order><ID>R-1</ID></Order>",
    "no record": '<Document xmlns="urn:x"><CstmrCdtTrfInitn/></Document>',
}


@pytest.mark.parametrize("what", SPOILED)
def test_what_is_no_invoice_is_refused(what, tmp_path):
    (tmp_path / "x.xml").write_text(SPOILED[what])
    with pytest.raises(InputError):
        suggested([tmp_path])


def pdf(attached: dict[str, bytes], password: str | None = None) -> bytes:
    """A PDF of one empty page with files in it."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    for name, content in attached.items():
        writer.add_attachment(name, content)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    content = BytesIO()
    writer.write(content)
    return content.getvalue()


@pytest.mark.parametrize("name", ["factur-x.xml", "ZUGFeRD-invoice.xml", "xrechnung.xml"])
def test_a_pdf_is_read_for_the_invoice_that_it_carries(name, tmp_path):
    (tmp_path / "one.pdf").write_bytes(pdf({"terms.txt": b"...", name: samples.CII.encode()}))
    (tmp_path / "two.xml").write_text(samples.CII.replace("R-2001", "R-2002"))
    suggestion, found = read(tmp_path)
    assert suggestion.source.files == ["one.pdf", "two.xml"]
    invoices = found.tables["invoices"].set_index("invoice_id")
    assert invoices["amount"].to_dict() == {"R-2001": 1190.0, "R-2002": 1190.0}
    assert set(invoices["due"].dt.strftime("%Y-%m-%d")) == {"2026-07-05"}
    assert found.tables["receipts"].groupby("invoice_id")["amount"].sum().to_dict() == {
        "R-2001": 190.0,
        "R-2002": 190.0,
    }


def test_what_is_only_printed_is_not_read_and_told(tmp_path):
    (tmp_path / "R-2001.xml").write_text(samples.CII)
    (tmp_path / "R-2001.pdf").write_bytes(pdf({"factur-x.xml": samples.CII.encode()}))
    (tmp_path / "letter.pdf").write_bytes(pdf({"notes.txt": b"..."}))
    suggestion, found = read(tmp_path)
    assert found.tables["invoices"]["invoice_id"].tolist() == ["R-2001"]
    assert found.tables["invoices"]["amount"].tolist() == [1190.0]
    assert "PDF files without an e-invoice of their own (2: R-2001.pdf, letter.pdf) are not read." in suggestion.remarks


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (pdf({}), "carries no e-invoice"),
        (b"%PDF-1.7 and nothing else", "is no readable PDF"),
        (pdf({"factur-x.xml": samples.CII.encode()}, password="secret"), "is no readable PDF"),
        (pdf({"factur-x.xml": b"no XML"}), "is no readable XML"),
    ],
)
def test_a_pdf_that_cannot_be_read_is_refused_with_the_reason(content, told, tmp_path):
    (tmp_path / "one.pdf").write_bytes(content)
    with pytest.raises(InputError) as refused:
        suggested([tmp_path / "one.pdf"])
    assert told in str(refused.value) and "one.pdf" in str(refused.value)
