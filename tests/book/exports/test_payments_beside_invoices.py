"""Lists with a payment beside each invoice under any name, and boards with groups of documents."""

from book.exports.as_suggested import open_items, read

HEAD = "Cuenta;Cliente;Factura;Fecha;Vencimiento;Importe;Recibo;{day};{sum}"


def rows(sums: dict[int, str]) -> list[str]:
    """Return invoices over 100,50, 200,50 and so on, and beside them what was paid on 5 October."""
    return [
        f"43{at % 4};N{at % 4};F{at};{at:02}/09/2026;{at:02}/10/2026;{at}00,50;"
        + (f"P{at};05/10/2026;{sums[at]}" if at in sums else ";;")
        for at in range(1, 10)
    ]


PAID = {at: f"{at}00,50" for at in range(3, 9)} | {9: "300,00"}
OPEN = {"F1": ("431", "2026-10-01", 100.5), "F2": ("432", "2026-10-02", 200.5), "F9": ("431", "2026-10-09", 600.5)}


def test_a_payment_beside_its_invoice_is_told_by_its_figures(tmp_path):
    for day, sums in (("Fecha", "Importe"), ("Dia", "Suma")):
        (tmp_path / day).mkdir()
        text = "\n".join([HEAD.format(day=day, sum=sums), *rows(PAID)]) + "\n"
        suggestion, found = read(tmp_path / day, "facturas.csv", text)
        assert open_items(found) == OPEN
        paid = [guess for guess in suggestion.guesses if guess.key == "source.columns.paid"]
        assert [guess.open for guess in paid] == [True]


def test_sums_beside_invoices_that_exceed_them_are_no_payments(tmp_path):
    text = "\n".join([HEAD.format(day="Fecha", sum="Importe"), *rows(dict.fromkeys(range(3, 9), "9999,00"))]) + "\n"
    suggestion, found = read(tmp_path, "facturas.csv", text)
    assert "paid" not in suggestion.source.columns
    assert len(open_items(found)) == 9


def test_numbers_of_invoices_under_names_are_told_among_titles_of_groups_and_sums(tmp_path):
    head = "Name,Client,Owner,Status,Invoice date,Due date,Amount,Received,Balance"
    lines = ["Board"]
    for group, first in (("Overdue", 1), ("Not due", 16)):
        lines += [group, head]
        lines += [
            f"INV-{at},N{at % 4},Ann,Sent,2026-09-{at:02},2026-10-{at:02},{at}.50,0.00,{at}.50"
            for at in range(first, first + 15)
        ]
        lines += [",,,,,,100.00,0.00,100.00", ""]
    _, found = read(tmp_path, "board.csv", "\n".join(lines) + "\n")
    assert open_items(found)["INV-16"] == ("N0", "2026-10-16", 16.5)
    assert {*found.tables["buyers"]["buyer_id"]} == {"N0", "N1", "N2", "N3"}
