"""Lists of which payment settles which invoice, with how much, beside a list of payments."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import grid
from tradecredit.book.exports.amounts import amounts, is_amount
from tradecredit.book.exports.lists_beside import PAYMENT_NUMBERS
from tradecredit.book.exports.plain_tables import form_of
from tradecredit.book.exports.systems import vocabulary
from tradecredit.params.export import ExportAllocations, ExportList

ALLOCATED_TO = "allocated to"
"""Column of the invoices that payments' parts settle."""
NAMED = 0.9
"""Share of the rows of such a list that name a payment, and share that name an invoice, at least."""
ID = r"\S*\d\S*"
LAST_WORD = r"^[^\W\d_]+ #?(\S+)$"


def parts(payments: pd.DataFrame, source: ExportList, path: Path) -> pd.DataFrame:
    """Return the rows of payments with one for each part of them (`ALLOCATED_TO`), and one for what is left of each.

    The later rows from one line have a fraction behind the line's number as their index. Raises `ValueError` for parts
    that come to more than their payment, and for such of no payment in the list.
    """
    of, folder = source.allocations, path.parent
    assert of is not None
    beside = grid.frame(grid.rows(folder / of.file, of.form), of.form.header_row)
    beside = beside[beside[of.payment].notna() & beside[of.invoice].notna()]
    payment = beside[of.payment].astype("str").str.strip()
    if folder / of.file == path:
        # A list that allots its own payments has each of them as often as it has parts.
        payments = payments[~payments[of.payment].duplicated() | payments[of.payment].isna()]
    amount = str(source.columns["amount"])
    number = payments[str(source.columns["number"])].astype("str").str.strip()
    if len(unknown := payment[~payment.isin(list(number))]):
        raise ValueError(f"{of.file} allots payments that are not in the list, such as {unknown.iloc[0]}")
    of_part = pd.DataFrame({
        "number": payment, ALLOCATED_TO: beside[of.invoice].astype("str").str.strip(),
        "part": amounts(beside[of.amount], source.form.decimal).abs(),
    })  # fmt: skip
    total = amounts(payments[amount], source.form.decimal).abs()
    rest = total - number.map(of_part.groupby("number")["part"].sum()).fillna(0.0)
    if (over := number[rest < -CENT]).any():
        raise ValueError(f"{of.file} allots more of payment {over.iloc[0]} than it is")
    rows = payments.assign(number_=number, line=payments.index)
    split = rows.merge(of_part, left_on="number_", right_on="number")
    left = rows.assign(part=rest, **{ALLOCATED_TO: pd.NA})[rest.abs().gt(CENT) | total.isna()]
    found = pd.concat([split, left], ignore_index=True).sort_values("line", kind="stable")
    found[amount] = found["part"]
    lines = found["line"] + found.groupby("line").cumcount() / 1000
    return found.drop(columns=["number_", "number", "line", "part"], errors="ignore").set_axis(lines, axis="index")


def of_payments(path: Path, file: str, payments: pd.DataFrame, invoices: Iterable[str]) -> ExportAllocations | None:
    """Return how a file allots payments (cells of their list) to invoices, known by their numbers; None if it does not.

    In it one column names payments, one invoices, and one has amounts. The first two are told by what they hold.
    """
    form = form_of(path)
    if form is None:
        return None
    beside = grid.frame(grid.rows(path, form), form.header_row)
    texts = {str(name): beside[name].dropna().astype("str").str.strip() for name in beside}
    known = list(map(str, invoices))
    invoice = next((name for name, held in texts.items() if len(held) and held.isin(known).mean() > NAMED), None)
    payment = next((name for name, held in texts.items() if name != invoice and _numbers(payments, held)), None)
    owed = [
        name
        for name, held in texts.items()
        if name not in (invoice, payment) and len(held) and all(map(is_amount, held))
    ]
    called = [name for name in owed if vocabulary().known(name) & {"amount", "paid", "pay", "total"}]
    if invoice is None or payment is None or not (called or len(owed) == 1):
        return None
    return ExportAllocations(file=file, form=form, payment=payment, invoice=invoice, amount=(called or owed)[0])


def of_itself(source: ExportList, payments: pd.DataFrame, invoices: Iterable[str]) -> ExportAllocations | None:
    """Return how a list of payments allots them itself: a row for each part, which repeats what the payment is over.

    The parts stand in a column of their own, and come to no more than the payment.
    """
    invoice, amount = source.columns.get("applies_to"), source.columns.get("amount")
    own = source.columns.get("number")
    called = [str(name) for name in payments if vocabulary().of(name) in (*PAYMENT_NUMBERS, {"document", "number"})]
    # A number that all have, as checks have and transfers have not.
    number = next((one for one in ([own] if isinstance(own, str) else []) + called if payments[one].notna().all()), own)
    if not (isinstance(number, str) and isinstance(invoice, str) and isinstance(amount, str)) or source.allocations:
        return None
    of_invoices = payments[payments[invoice].notna()]
    known = list(map(str, invoices))
    named = of_invoices[invoice].astype("str").str.strip()
    # Its kind may stand before an invoice's number, as `Invoice #1001`.
    if not (named.isin(known) | named.str.extract(LAST_WORD, expand=False).isin(known)).mean() > NAMED:
        return None
    total = amounts(payments[amount], source.form.decimal).abs()
    by_payment = total.groupby(payments[number].astype("str"))
    for name in [name for name in payments if name != amount and "paid" in vocabulary().known(name)]:
        part = amounts(payments[name], source.form.decimal).abs()
        sums = part.fillna(0.0).groupby(payments[number].astype("str")).sum()
        whole = part[of_invoices.index].notna().all() and (sums <= by_payment.max() + CENT).all()
        if whole and (by_payment.max() == by_payment.min()).all() and (part - total).abs().max() > CENT:
            file = source.files[0].rsplit("/", 1)[-1]
            return ExportAllocations(file=file, form=source.form, payment=number, invoice=invoice, amount=str(name))
    return None


def numbers_of(path: Path, of: ExportAllocations, payments: pd.DataFrame) -> str:
    """Return the column of payments (cells of their list) that holds what allocations in a file call them."""
    held = grid.frame(grid.rows(path, of.form), of.form.header_row)[of.payment]
    return str(_numbers(payments, held.dropna().astype("str").str.strip()))


def _numbers(payments: pd.DataFrame, held: pd.Series) -> str | None:
    for name in payments:
        numbers = payments[name].dropna().astype("str").str.strip()
        own = len(numbers) > 0 and numbers.is_unique and bool(numbers.str.fullmatch(ID).all())
        if own and len(held) and held.isin(list(numbers)).mean() > NAMED:
            return str(name)
    return None
