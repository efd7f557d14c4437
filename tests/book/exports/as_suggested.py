"""An export as it is read by what is suggested for it, and what of its invoices is open then."""

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested


def read(folder, name: str, text: str, encoding: str = "utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    suggestion = suggested([folder / name])
    found = ledger(suggestion.source, suggestion.currency)
    assert not found.problems
    return suggestion, found


def open_items(found) -> dict[str, tuple[str, str, float]]:
    """Invoice: buyer, due day, open amount, of those that are open."""
    invoices, receipts = found.tables["invoices"], found.tables["receipts"]
    rest = invoices["amount"] - invoices["invoice_id"].map(receipts.groupby("invoice_id")["amount"].sum()).fillna(0)
    rows = zip(invoices["invoice_id"], invoices["buyer_id"], invoices["due"], rest, strict=True)
    return {one: (buyer, str(due.date()), round(left, 2)) for one, buyer, due, left in rows if abs(left) > 0.005}


def running_balance() -> list[str]:
    """Return the lines of an Italian list of 40 invoices, FT1 of 101 and so on, below its names, with its balance."""
    balance, rows = 0, ["Data;N. documento;Cod. cliente;Scadenza;Dare;Avere;Saldo"]
    for at in range(1, 41):
        balance += 100 + at
        rows.append(f"{at % 28 + 1:02}/0{at // 28 + 1}/2026;FT{at};C{at % 3};30/03/2026;{100 + at},00;;{balance},00")
    return rows
