"""Names of columns that are glued together, explained in brackets, or that another column's cells belie."""

from book.exports.as_suggested import open_items, read


def test_names_without_a_mark_between_their_words_are_known(tmp_path):
    lines = ["ACCOUNTNUM;TRANSDATE;VOUCHER;INVOICE;AMOUNTCUR;SETTLEAMOUNTCUR;DUEDATE;CLOSED"]
    lines += [
        f"D{at % 4};2026-09-{at:02};V{at};FI{at};{at}00.50;{at}0.25;2026-10-{at:02};1900-01-01" for at in range(1, 10)
    ]
    _, found = read(tmp_path, "trans.csv", "\n".join(lines) + "\n")
    assert open_items(found)["FI2"] == ("D2", "2026-10-02", 180.25)


def test_an_invoices_own_number_is_not_that_of_its_part(tmp_path):
    lines = ["Cliente (Nome Fantasia);Nota Fiscal;Parcela;Data de Emissão;Vencimento;Valor da Conta;A Receber"]
    lines += [
        f"N{at % 4};{7000 + at};001/002;{at:02}/09/2026;{at:02}/10/2026;{at}00,50;{at}00,50" for at in range(1, 9)
    ]
    lines += [
        f"N{at % 4};{7000 + at};002/002;{at:02}/09/2026;{at:02}/11/2026;{at}00,25;{at}00,25" for at in range(1, 9)
    ]
    _, found = read(tmp_path, "contas.csv", "\n".join(lines) + "\n")
    assert open_items(found)["7002/1"] == ("N2", "2026-10-02", 200.5)
    assert open_items(found)["7002/2"] == ("N2", "2026-11-02", 200.25)


def test_the_first_line_of_an_order_holds_its_figures_and_the_others_its_items(tmp_path):
    lines = ["Name,Total,Created at,Lineitem name,Billing Name,Billing Company,Outstanding Balance,Next Payment Due At"]
    for at in range(1, 26):
        day = f"2026-09-{at:02} 10:24:50 -0400,Mug,Accounts Payable,Firm {at % 4} LLC"
        lines += [f"#{26000 + at},{at}0.50,{day},{at}0.50,2026-10-{at:02} 10:00:00 -0400", f"#{26000 + at},,,Tray,,,,"]
    _, found = read(tmp_path, "orders.csv", "\n".join(lines) + "\n")
    assert len(open_items(found)) == 25
    assert [*open_items(found).values()][1] == ("Firm 2 LLC", "2026-10-02", 20.5)
