"""Heads of blocks that hold a buyer's number and name, in one cell or several, behind labels of several languages."""

import openpyxl
import pytest
from book.exports.as_suggested import open_items, read

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.words import start


def statement(heads: list[str]) -> str:
    lines = ["CUSTOMER ACCOUNTS", "01.01.2026 - 31.10.2026", ""]
    for at, head in enumerate(heads, 1):
        lines += [head, "Date,Document No,Due Date,Amount", f"0{at}.09.2026,{100 + at},0{at}.10.2026,{at}00.50"]
        lines += [f"13.09.2026,{200 + at},13.10.2026,{at}0.25", f",Total,,{at}10.75", ""]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "form",
    [
        "得意先：{code} {name}", "Cari Kodu: {code},,Cari İsim: {name}", "Customer: {code}  {name}",
        "Customer code: {code},Customer name: {name}", "Cliente: {code} - {name}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("codes", [("0011", "0018", "0025"), ("120-007", "120-014", "120-021")])
def test_numbers_and_names_are_told_apart(form, codes, tmp_path):
    names = ("Alder Ltd", "Birch Foods plc", "Cedar & Co")
    text = statement([form.format(code=code, name=name) for code, name in zip(codes, names, strict=True)])
    _, found = read(tmp_path, "statement.csv", text)
    assert open_items(found) == {
        "101": (codes[0], "2026-10-01", 100.5), "201": (codes[0], "2026-10-13", 10.25),
        "102": (codes[1], "2026-10-02", 200.5), "202": (codes[1], "2026-10-13", 20.25),
        "103": (codes[2], "2026-10-03", 300.5), "203": (codes[2], "2026-10-13", 30.25),
    }  # fmt: skip
    assert dict(zip(found.tables["buyers"]["buyer_id"], found.tables["buyers"]["name"], strict=True)) == dict(
        zip(codes, names, strict=True)
    )


def test_heads_that_begin_with_figures_of_names_are_names(tmp_path):
    _, found = read(
        tmp_path, "statement.csv", statement(["Customer: 3M Alder", "Customer: Birch", "Customer: 24 Cedar"])
    )
    assert {buyer for buyer, _, _ in open_items(found).values()} == {"3M Alder", "Birch", "24 Cedar"}


def test_numbers_of_documents_are_no_amounts_in_a_currency(tmp_path):
    """`NTS2026` is neither 2026 in a currency nor a payment, whatever its column is called."""
    text = "Customer No,Document No,Date,Due Date,Amount,Paid document\n" + "".join(
        f"C{at},NTS20260{at},0{at}.09.2026,0{at}.10.2026,{at}00.50,{'NTS202609' if at > 2 else ''}\n"
        for at in range(1, 6)
    )
    suggestion, found = read(tmp_path, "list.csv", text)
    assert "paid" not in suggestion.source.columns
    assert sum(left for _, _, left in open_items(found).values()) == 1502.5


def test_names_and_due_days_under_short_heads_are_told_by_what_they_hold(tmp_path):
    """As older systems call them: days are numbers of eight digits, the year last."""
    text = "CODCLI|RAGSOC|NUMDOC|DATDOC|DATSCA|IMPORTO|RESIDUO\n" + "".join(
        f"00050{at % 5}|ALDER {'ABCDE'[at % 5]} S.R.L.|{26000 + at}|{at:02}092026|{at:02}112026|{at}00,50|{at}00,50\n"
        for at in range(1, 13)
    )
    suggestion, found = read(tmp_path, "PARTITE.TXT", text)
    assert (suggestion.source.columns["due"], suggestion.source.columns["name"]) == ("DATSCA", "RAGSOC")
    assert open_items(found)["26003"] == ("000503", "2026-11-03", 300.5)
    assert found.tables["buyers"].set_index("buyer_id")["name"]["000503"] == "ALDER D S.R.L."


def test_names_of_columns_in_two_lines_whose_cells_are_one(tmp_path):
    """As a Chinese list of ages: what a column is stands below the group that it is of."""
    sheet = openpyxl.Workbook().active
    sheet.append(["应收款账龄分析表"])
    sheet.append(["公司：山东鲁中包装有限公司", None, None, "截止日期：2026-09-30"])
    sheet.append(["往来单位", None, "单据", None, None, "到期日", "单据金额", "未核销金额", "逾期", None])
    sheet.append(["代码", "名称", "类型", "编号", "日期", None, None, None, "1-30天", "30天以上"])
    for cells in ("A3:B3", "C3:E3", "I3:J3", "F3:F4", "G3:G4", "H3:H4"):
        sheet.merge_cells(cells)
    sheet.append(["01.01", "青岛海丰公司", "销售发票", "X1", "2026-07-17", "2026-08-16", 184.31, 100.31, None, 100.31])
    sheet.append(["01.01", "青岛海丰公司", "预收单", "Y1", "2026-09-20", "2026-09-20", -20.5, -20.5, -20.5, None])
    sheet.append(["01.02", "济南公司", "销售发票", "X2", "2026-08-17", "2026-09-16", 75.25, 75.25, 75.25, None])
    sheet.append(["合计", None, None, None, None, None, None, 155.06])
    sheet.parent.save(tmp_path / "list.xlsx")
    suggestion = suggested([tmp_path / "list.xlsx"])
    assert str(suggestion.source.exported) == "2026-09-30"
    found = ledger(suggestion.source, suggestion.currency)
    assert open_items(found) == {"X1": ("01.01", "2026-08-16", 100.31), "X2": ("01.02", "2026-09-16", 75.25)}
    assert found.tables["receipts"].query("invoice_id.isna()")["amount"].tolist() == [20.5]


def test_what_never_repeats_is_the_documents_name(tmp_path):
    """Tables of the web call the first column a name, whatever it holds."""
    text = "Name,Client,Invoice date,Due,Total\n" + "".join(
        f"A-{100 + at},{('Alder Ltd', 'Birch plc')[at % 2]},2026-09-{at:02},2026-10-{at:02},{at}.50\n"
        for at in range(1, 26)
    )
    _, found = read(tmp_path, "all.csv", text)
    assert open_items(found)["A-103"] == ("Birch plc", "2026-10-03", 3.5)


def test_nothing_beside_debit_or_credit_is_nothing_open(tmp_path):
    text = (
        "A/C,Type,Date,Ref,Due On,Debit,Credit,O/S\nA1,SI,01/09/2026,1,01/10/2026,100.50,,\n"
        "A1,SR,09/10/2026,9,,,100.50,\nA1,SI,02/09/2026,2,02/10/2026,50.25,,50.25\n"
        "A2,SI,13/09/2026,3,13/10/2026,70.75,,20.75\nA2,SR,19/10/2026,10,,,50.00,\nA2,SA,20/10/2026,11,,,5.00,-5.00\n"
    )
    suggestion, found = read(tmp_path, "activity.csv", text)
    assert "source.settled" in start.guessed(suggestion)
    assert open_items(found) == {"2": ("A1", "2026-10-02", 50.25), "3": ("A2", "2026-10-13", 20.75)}
    assert found.tables["receipts"].query("invoice_id.isna()")["amount"].tolist() == [5.0]


def test_sheets_of_one_buyer_each_name_it_above_their_sums(tmp_path):
    """As acts of reconciliation from Russia: a sheet for each buyer, its movements in a line with amounts alone."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for at, name in enumerate(("Ромашка ООО", "Вектор АО"), 1):
        sheet = book.create_sheet(f"Лист{at}")
        for line in (["Акт сверки взаимных расчетов"], ["за период: 01.08.2026 - 30.09.2026"], [f"Контрагент: {name}"]):
            sheet.append(line)
        sheet.append(["Дата", "Документ", "Срок оплаты", "Дебет", "Кредит"])
        sheet.append([f"0{at}.08.2026", f"Продажа {100 + at}", "30.08.2026", at * 100.5, None])
        sheet.append([f"1{at}.08.2026", f"Продажа {200 + at}", "31.08.2026", at * 20.25, None])
        sheet.append([f"2{at}.08.2026", f"Оплата {300 + at}", None, None, at * 100.5])
        sheet.append([None, "Обороты за период", None, at * 120.75, at * 100.5])
    book.save(tmp_path / "acts.xlsx")
    suggestion = suggested([tmp_path / "acts.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    invoices, receipts = found.tables["invoices"], found.tables["receipts"]
    assert invoices.groupby("buyer_id")["amount"].sum().to_dict() == {"Ромашка ООО": 120.75, "Вектор АО": 241.5}
    assert receipts.groupby("buyer_id")["amount"].sum().to_dict() == {"Ромашка ООО": 100.5, "Вектор АО": 201.0}


def test_a_card_of_each_customer_has_its_number_and_its_name_in_cells_behind_a_label(tmp_path):
    sheet = openpyxl.Workbook().active
    sheet.append(["ΑΝΑΛΥΤΙΚΕΣ ΚΑΡΤΕΛΕΣ ΠΕΛΑΤΩΝ"])
    for code, name, brought, owed in (("30.00.01", "ΛΑΡΙΣΑΣ ΑΕ", 78.5, 310), ("30.00.03", "ΑΛΕΞΙΟΥ ΟΕ", -20, 120.25)):
        sheet.append(["Πελάτης :", None, code, name, "Α.Φ.Μ.: 8765"])
        sheet.append(["Ημ/νία", "Σειρά", "Παραστατικό", "Αιτιολογία", None, "Χρέωση", "Πίστωση", "Υπόλοιπο"])
        # What was debited and credited before stands as sums, and brings its balance alone.
        sheet.append([None, None, None, "Από μεταφορά", None, 2800 + brought, 2800, brought])
        sheet.append(["09/09/2026", "Α", f"T-{owed:.0f}", "Τιμολόγιο", None, owed, None, brought + owed])
        sheet.append(["21/09/2026", "Α", f"E-{owed:.0f}", "Έμβασμα", None, None, 50, brought + owed - 50])
        sheet.append([None, None, None, "Σύνολα περιόδου", None, owed, 50, owed - 50])
        sheet.append([None, None, None, "Γενικά σύνολα", None, 2800 + brought + owed, 2850, brought + owed - 50])
    sheet.parent.save(tmp_path / "cards.xlsx")
    suggestion = suggested([tmp_path / "cards.xlsx"])
    found = ledger(suggestion.source, suggestion.currency)
    owed, paid = (found.tables[table].groupby("buyer_id")["amount"].sum() for table in ("invoices", "receipts"))
    assert owed.to_dict() == {"30.00.01": 388.5, "30.00.03": 120.25}
    assert paid.to_dict() == {"30.00.01": 50.0, "30.00.03": 70.0}
    assert dict(found.tables["buyers"][["buyer_id", "name"]].to_numpy()) == {
        "30.00.01": "ΛΑΡΙΣΑΣ ΑΕ",
        "30.00.03": "ΑΛΕΞΙΟΥ ΟΕ",
    }


def test_heads_of_accounts_below_the_names_of_columns_have_a_label_of_their_own(tmp_path):
    names = ["מספר תנועה", "ת. אסמכתא", "ת. ערך", "אסמכתא", "אסמכתא 2", "פרטים", "חובה", "זכות", "יתרה", "מס' התאמה"]
    rows = [["כרטסת הנהלת חשבונות"], names]
    for code, name, first in (("11000", "אבני הצפון", 201), ("11010", "אטלס שיווק", 301)):
        rows += [["חשבון:", code, name], ["", "", "", "", "", "יתרת פתיחה", "", "", "0.00", ""]]
        rows += [["1", "01/03/2026", "31/03/2026", f"{first}", "", "חשבונית", "1,072.50", "", "1,072.50", f"{first}7"]]
        rows += [["2", "08/04/2026", "08/04/2026", "7068", f"{first}", "קבלה", "", "1,072.50", "0.00", f"{first}7"]]
        rows += [["3", "05/05/2026", "04/06/2026", f"{first + 1}", "", "חשבונית", "554.25", "", "554.25", ""]]
        rows += [["", "", "", "", "", f'סה"כ לחשבון {code}', "1,626.75", "1,072.50", "554.25", ""]]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    page = f'<html><meta charset="windows-1255"><table>{cells}</table></html>'
    suggestion, found = read(tmp_path, "kartest.xls", page, "cp1255")
    assert suggestion.currency == "ILS" and suggestion.source.columns["group"] == "מס' התאמה"
    assert open_items(found) == {"202": ("11000", "2026-06-04", 554.25), "302": ("11010", "2026-06-04", 554.25)}
