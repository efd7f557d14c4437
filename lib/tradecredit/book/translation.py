"""Brings the amounts of a book's tables into the reporting currency."""

import numpy as np
import pandas as pd

from tradecredit.book.bank_differences import bank_differences
from tradecredit.book.links import Links
from tradecredit.book.places import one_of
from tradecredit.book.rates import in_currency_of_invoice, last_rate
from tradecredit.book.schema import TABLES
from tradecredit.params.run import Run

TRANSLATED = {
    "invoices": ("issued", ["amount", "tax"]),
    "statements": (
        "period_end",
        [column.name for column in TABLES["statements"].columns if column.kind in ("amount", "signed")],
    ),
}
"""Table: the day whose rate translates it, and the columns in its currency."""

OF_THE_DAY = {
    name: [column.name for column in TABLES[name].columns if column.kind == "amount"] for name in ("limits", "orders")
}
"""Table: its amounts, which stand at the rate of the book's day: a limit bounds what is owed and ordered today."""


def in_currency(tables: dict[str, pd.DataFrame], linked: Links, run: Run, day: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Return the tables with all amounts in the reporting currency, and receipts with what banks' rates left of them.

    `day`: the book's.
    """
    currency, translated, rates = run.currency, dict(tables), {}
    for name, (dated, columns) in TRANSLATED.items():
        frame = tables[name]
        rate = last_rate(tables["fx"], frame["currency"], frame[dated])
        rates[name] = np.where(one_of(frame["currency"], [currency]), 1.0, rate)
        translated[name] = frame.assign(**{column: frame[column] * rates[name] for column in columns})
    # A place of −1, of an invoice that is not there, is the last of the values: none.
    of_invoice = np.append(rates["invoices"], np.nan)
    disputes = tables["disputes"]
    translated["disputes"] = disputes.assign(amount=disputes["amount"] * of_invoice[_places(linked, "disputes")])
    promises, place = tables["promises"], _places(linked, "promises")
    translated["promises"] = promises.assign(amount=promises["amount"] * np.where(place < 0, 1.0, of_invoice[place]))
    translated["receipts"], other = _receipts(tables, _places(linked, "receipts"), of_invoice, currency)
    if other.any():
        whole, place = translated["invoices"]["amount"].to_numpy(), _places(linked, "receipts")
        made = bank_differences(translated["receipts"], place, other, whole, run.receivables.exchange_tolerance)
        translated["receipts"] = pd.concat([translated["receipts"], made], ignore_index=True)
    for name, columns in OF_THE_DAY.items():
        frame = tables[name]
        rate = last_rate(tables["fx"], frame["currency"], pd.Series(day, index=frame.index))
        own = frame["currency"].isna().to_numpy() | one_of(frame["currency"], [currency])
        translated[name] = frame.assign(**{column: frame[column] * np.where(own, 1.0, rate) for column in columns})
    return translated


def _places(linked: Links, name: str) -> np.ndarray:
    """Return where the invoice of each row of a table stands; −1 without one, and none for a table without rows."""
    return linked.get((name, "invoice_id"), np.empty(0, dtype=np.intp))


def _receipts(
    tables: dict[str, pd.DataFrame], place: np.ndarray, of_invoice: np.ndarray, currency: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the receipts in the reporting currency, and whether each came in another currency than its invoice.

    `place` of each one's invoice; `of_invoice`: the rates of these, none behind the last.
    """
    receipts, fx = tables["receipts"], tables["fx"]
    amount, other = in_currency_of_invoice(receipts, place, tables["invoices"]["currency"], fx, currency)
    rate = of_invoice[place]
    # Money on account has no invoice to be translated with: at the rate of its day.
    on_account = receipts["invoice_id"].isna().to_numpy()
    free = receipts[on_account]
    own = last_rate(fx, free["currency"], free["received"])
    rate[on_account] = np.where(free["currency"].isna() | (free["currency"] == currency), 1.0, own)
    return receipts.assign(amount=amount * rate), other
