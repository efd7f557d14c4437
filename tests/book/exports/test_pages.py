"""Printed lists repeat their titles by page; heads of blocks that stand in columns by chance are heads all the same."""

from book.exports.as_suggested import open_items, read

TITLES = ["SEVERN FINANCE                                     PAGE    {page}", "OPEN ITEMS        AS AT 31/10/2026", ""]
HEAD = [f"{'TYPE':<5} {'DOC NO':<10} {'DOC DATE':<10} {'DUE DATE':<10} {'ORIGINAL':>14} {'OUTSTANDING':>14}", "-" * 70]


def row(number: int, issued: str, due: str, whole: str, rest: str) -> str:
    return f"{'INV':<5} {number:<10} {issued:<10} {due:<10} {whole:>14} {rest:>14}"


def total(amount: str) -> str:
    return f"{'':<39}{'DEBTOR TOTAL':<15}{amount:>14}"


def test_rows_below_the_titles_of_a_further_page_are_of_the_block_above_them(tmp_path):
    lines = [*[title.format(page=1) for title in TITLES], *HEAD]
    lines += ["40108  ZEPHYR FOODS & CO", row(26579, "05/10/2026", "04/11/2026", "485.93", "485.93"), total("485.93")]
    # Its words stand where the columns begin.
    lines += ["40115  RED GARDEN LTD", row(26071, "17/10/2025", "16/12/2025", "1,267.89", "633.94")]
    lines += ["\f", *[title.format(page=2) for title in TITLES], *HEAD]
    lines += [row(26104, "04/11/2025", "03/01/2026", "1,107.74", "775.42"), total("1,409.36"), ""]
    lines += ["40122  JUNIPER GARDEN PLC", row(26126, "19/11/2025", "18/01/2026", "884.40", "884.40"), total("884.40")]
    suggestion, found = read(tmp_path, "ledger.txt", "\n".join(lines) + "\n")
    assert open_items(found) == {
        "26579": ("40108", "2026-11-04", 485.93), "26071": ("40115", "2025-12-16", 633.94),
        "26104": ("40115", "2026-01-03", 775.42), "26126": ("40122", "2026-01-18", 884.40),
    }  # fmt: skip
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {
        "40108": "ZEPHYR FOODS & CO", "40115": "RED GARDEN LTD", "40122": "JUNIPER GARDEN PLC",
    }  # fmt: skip
    assert str(suggestion.source.exported) == "2026-10-31"


def test_a_block_that_goes_on_below_another_is_headed_again(tmp_path):
    text = (
        "Alder Ltd\nInvoice,Date,Due,Amount\n1,2026-09-01,2026-10-01,100.50\n2,2026-09-02,2026-10-02,20.00\n"
        "Birch plc\nInvoice,Date,Due,Amount\n3,2026-09-03,2026-10-03,300.25\n"
        "Alder Ltd\nInvoice,Date,Due,Amount\n4,2026-09-04,2026-10-04,4.75\n"
    )
    _, found = read(tmp_path, "blocks.csv", text)
    assert {one: buyer for one, (buyer, _, _) in open_items(found).items()} == {
        "1": "Alder Ltd", "2": "Alder Ltd", "3": "Birch plc", "4": "Alder Ltd",
    }  # fmt: skip


def test_sides_are_told_where_the_names_of_columns_stand_on_each_page(tmp_path):
    names = f"{'Belegnr':<9}{'Belegdat.':<12}{'Fällig':<12}{'Betrag':>12} {'offen':>12} SH"
    titles = [
        "Nordwerk Handels GmbH              Seite: {}",
        "Offene-Posten-Liste                Stand: 31.10.2026",
        "",
    ]

    def line(number: int, issued: str, due: str, amount: str, rest: str, side: str) -> str:
        return f"{number:<9}{issued:<12}{due:<12}{amount:>12} {rest:>12} {side}"

    lines = [title.format(1) for title in titles] + [names, "=" * 60, "Konto 10101  Metallbau Voß GmbH"]
    lines += [line(426054, "17.10.2025", "31.10.2025", "5.429,12", "1.357,28", "S")]
    lines += [line(50451, "29.09.2026", "29.09.2026", "102,64", "102,64", "H"), f"{'Summe Konto 10101':<46}1.254,64 S"]
    lines += ["Konto 10108  Elektro Schröder KG", line(426116, "05.12.2025", "19.12.2025", "70,20", "70,20", "S")]
    lines += ["\f", *(title.format(2) for title in titles), names, "=" * 60]
    lines += [line(426117, "06.12.2025", "20.12.2025", "30,00", "30,00", "S"), f"{'Summe Konto 10108':<46}  100,20 S"]
    suggestion, found = read(tmp_path, "OPLISTE.txt", "\n".join(lines) + "\n")
    assert suggestion.source.columns["side"] == "SH"
    assert open_items(found) == {
        "426054": ("10101", "2025-10-31", 1357.28), "426116": ("10108", "2025-12-19", 70.2),
        "426117": ("10108", "2025-12-20", 30.0),
    }  # fmt: skip
    assert found.tables["buyers"].set_index("buyer_id")["name"].to_dict() == {
        "10101": "Metallbau Voß GmbH", "10108": "Elektro Schröder KG",
    }  # fmt: skip
    assert found.tables["receipts"].query("invoice_id.isna()")["amount"].tolist() == [102.64]
