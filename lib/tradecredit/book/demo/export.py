"""The demo company's ledger as an accounting system would export it: one file, a line an invoice."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.rates import last_rate

COLUMNS = {
    "invoice_id": "Document", "buyer_id": "Customer", "name": "Customer name", "issued": "Document date",
    "amount": "Gross", "cleared": "Cleared on",
}  # fmt: skip
"""Our column: the export's."""


def open_items(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a line for each invoice: `invoice_id`, `buyer_id`, `name`, `issued`, `amount` and `cleared`.

    `tables`: those of a demo book. `amount`: gross, in EUR at the last rate on or before the day of issue. `cleared`:
    day of the last receipt of an invoice that receipts of any kind have settled; missing while it is open.
    """
    invoices = tables["invoices"]
    found = invoices.assign(rate=last_rate(tables["fx"], invoices["currency"], invoices["issued"]))
    receipts = tables["receipts"].groupby("invoice_id").agg(paid=("amount", "sum"), last=("received", "max"))
    found = found.join(receipts, on="invoice_id").merge(tables["buyers"][["buyer_id", "name"]], on="buyer_id")
    euros = found["amount"] * found["rate"].mask(found["currency"] == "EUR", 1.0)
    cleared = found["last"].where(found["amount"] - found["paid"] < CENT)
    table = found.assign(amount=euros.round(2), cleared=cleared)
    return table.sort_values("invoice_id", kind="stable", ignore_index=True)[list(COLUMNS)]


def write(items: pd.DataFrame, file: Path) -> None:
    """Write `open_items` as such systems do: `;` between fields, decimal commas, days as 31.10.2026, in cp1252."""
    amount = items["amount"].map("{:,.2f}".format).str.translate(str.maketrans(",.", ".,"))
    days = {column: items[column].dt.strftime("%d.%m.%Y") for column in ("issued", "cleared")}
    table = items.assign(amount=amount, **days).rename(columns=COLUMNS)
    file.parent.mkdir(parents=True, exist_ok=True)
    # Letters that the encoding lacks become question marks, as they do in such exports.
    table.to_csv(file, sep=";", index=False, lineterminator="\r\n", encoding="cp1252", errors="replace")
