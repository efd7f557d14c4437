"""Lists of what is open, as systems of further countries write them: by age, on two sides, in blocks and in print."""

import openpyxl
import pandas as pd
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.days import days
from tradecredit.book.exports.encoding import decoded
from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.pages import without_titles_again
from tradecredit.book.exports.suggestion import suggested

BUYERS = ("Alder Ltd", "Birch Foods plc", "Cedar & Co", "Dorn Motors")


def on_account(found) -> dict[str, float]:
    """Return what buyers have paid, or were credited, without an invoice."""
    receipts = found.tables["receipts"]
    return receipts[receipts["invoice_id"].isna()].groupby("buyer_id")["amount"].sum().to_dict()


def test_credits_of_a_list_by_age_are_open_as_its_invoices_are(tmp_path):
    lines = ["Customer,Doc No,Due Date,Not due,1-30,31-60,Total"]
    for at, buyer in enumerate(BUYERS, 1):
        lines += [
            f"{buyer},I{at},2026-11-0{at},{at}00.50,,,{at}00.50",
            f"{buyer},J{at},2026-10-0{at},,{at}0.25,,{at}0.25",
        ]
    lines += ["Alder Ltd,K1,2026-09-12,,,-60.10,-60.10", "Dorn Motors,K2,2026-10-12,,-30.20,,-30.20"]
    suggestion, found = read(tmp_path, "aged.csv", "\n".join(lines) + "\n")
    assert (suggestion.source.columns.get("open"), suggestion.source.columns.get("amount")) == ("Total", None)
    assert on_account(found) == {"Alder Ltd": 60.1, "Dorn Motors": 30.2}
    assert open_items(found)["I1"] == ("Alder Ltd", "2026-11-01", 100.5)


def test_what_is_owed_to_buyers_stands_beside_what_they_owe(tmp_path):
    lines = ["Kontrahent;Dokument;Data powstania;Termin płatności;Należność;Zobowiązanie;Spłacono;Pozostało"]
    for at, buyer in enumerate(BUYERS, 1):
        lines += [f"{buyer};FS {at}/26;0{at}.09.2026;0{at}.10.2026;{at}00,50;;20,00;{at - 1}80,50"]
    lines += ["Cedar & Co;KFS 1/26;12.10.2026;12.10.2026;;45,10;0,00;45,10"]
    _, found = read(tmp_path, "rozrachunki.csv", "\n".join(lines) + "\n")
    assert open_items(found)["FS 3/26"] == ("Cedar & Co", "2026-10-03", 280.5)
    assert len(open_items(found)) == len(BUYERS)
    assert on_account(found) == {"Cedar & Co": 45.1}


def test_payments_among_invoices_have_a_day_of_posting_and_none_that_is_due(tmp_path):
    lines = ["Organizace;Název;Doklad;Párovací znak;Datum XY;Datum splatnosti;Má dáti;Dal"]
    for at, buyer in enumerate(BUYERS * 3, 1):
        lines += [
            f"10{at % 4};{buyer};FV{at:03};26{at:03};{at:02}.08.2026;{at:02}.09.2026;{at}00,50;0,00",
            f"10{at % 4};{buyer};BV{at:03};26{at:03};{at:02}.10.2026;;0,00;{at}0,25",
        ]
    suggestion, found = read(tmp_path, "saldo.csv", "\n".join(lines) + "\n")
    assert suggestion.source.columns["issued"] == "Datum XY"
    assert open_items(found)["FV005"] == ("101", "2026-09-05", 450.25)


def test_codes_and_names_behind_labels_parted_by_a_dash_and_a_signature_below(tmp_path):
    sheet = openpyxl.Workbook()
    rows = [["Ngày hóa đơn", "Số hóa đơn", "Hạn thanh toán", "Giá trị hóa đơn", "Số đã thu", "Số còn phải thu"]]
    for at, buyer in enumerate(BUYERS, 1):
        day = f"0{at}/09/2026"
        rows += [
            [f"Mã khách hàng: KH0{at} - Tên khách hàng: {buyer}"],
            [day, f"00{at}", day, at * 100, 20, at * 100 - 20],
        ]
        rows += [[f"Cộng: {buyer}", None, None, at * 100, 20, at * 100 - 20]]
    for row in [*rows, ["Tổng cộng", None, None, 1000, 80, 920], ["Hà Nội, 31/10/2026"]]:
        sheet.active.append(row)
    sheet.save(tmp_path / "debts.xlsx")
    suggestion = suggested([tmp_path / "debts.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    assert open_items(found) == {
        f"00{at}": (f"KH0{at}", f"2026-09-0{at}", at * 100.0 - 20) for at in range(1, len(BUYERS) + 1)
    }
    assert [*found.tables["buyers"]["name"]] == [*BUYERS]


@pytest.mark.parametrize("particulars", ["Contact: J. Doe     Limit:  5,000.00", ""])
def test_what_is_told_of_a_buyer_below_its_code_and_name_is_no_other_buyer(particulars, tmp_path):
    form = "{:<12}{:<12}{:<12}{:>12}"
    lines = ["AGED LIST  Page 1", "", form.format("Document", "Doc. Date", "Due Date", "Balance"), "-" * 50]
    for at, (code, buyer) in enumerate(zip(("1200", "BRKPT", "HOLT01", "MIDW"), BUYERS, strict=True), 1):
        lines += [f"{code:<10}{buyer}", *([f"     {particulars}"] if particulars else [])]
        lines += [form.format(f"I{at}0{one}", f"09/0{one}/2026", f"10/2{one}/2026", f"{at}0{one}.50") for one in (1, 2)]
    _, found = read(tmp_path, "aged.txt", "\n".join(lines) + "\n")
    assert {buyer for buyer, _, _ in open_items(found).values()} == {"1200", "BRKPT", "HOLT01", "MIDW"}
    assert [*found.tables["buyers"]["name"]] == [*BUYERS]


def test_a_long_line_below_the_titles_of_a_page_is_no_row_of_the_next_one():
    pages = [
        "Ledger  Page 1",
        "As of: 1  Cutoff: 2  Print: all",
        "Alder",
        "Ledger  Page 2",
        "As of: 1  Cutoff: 2  Print: all",
    ]
    rows = [(at, [text]) for at, text in enumerate([*pages, "Birch"], 1)]
    assert [cells[0] for _, cells in without_titles_again(rows)] == [*pages[:3], "Birch"]


def test_thai_and_croatian_are_told_from_other_encodings():
    text = "รายงานลูกหนี้คงค้าง เรียงตามลูกค้า\nเลขที่เอกสาร;วันที่;ครบกำหนด;ยอดคงค้าง\n"
    assert decoded(text.encode("cp874")) == (text, "cp874")
    croatian = "Šifra;Datum dospijeća;Žito;Mjesečno;Potražuje\n"
    assert decoded(croatian.encode("cp1250")) == (croatian, "cp1250")
    assert decoded("Bakkerij Šimić;Æbletærte på Sø\n".replace("ć", "c").encode("cp1252"))[1] == "cp1252"
    assert decoded("Müller Café à Genève;Öl\n".encode("cp1252"))[1] == "cp1252"
    assert decoded("Покупатель;Сумма долга;Отгрузка\n".encode("cp1251"))[1] == "cp1251"


@pytest.mark.parametrize(
    ("cells", "form", "day"),
    [
        (["31/10/69", "29/02/67"], "%d/%m/%y", ["2026-10-31", "2024-02-29"]),
        (["31/10/2569", "01/12/2568"], "%Y-%m-%d", ["2026-10-31", "2025-12-01"]),
        (["31/10/26", "01/12/99"], "%d/%m/%y", ["2026-10-31", "1999-12-01"]),
        (["69-10-31", "26-12-01"], "%y-%m-%d", ["2026-10-31", "2026-12-01"]),
    ],
)
def test_years_of_the_buddha_are_those_of_ours(cells, form, day):
    assert [*days(pd.Series(cells, dtype="str"), form).dt.strftime("%Y-%m-%d")] == day
