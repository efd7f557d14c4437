"""Which invoices a bank's payments settle: by the numbers that they name, then by payer and amount; with the reason."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports.meaning import Note
from tradecredit.book.exports.named_invoices import Invoice, Invoices

BY_NUMBER, BY_AMOUNT, BY_PAYER, BY_RETURN = (
    "number in the text", "payer and amount", "payer alone: on account", "return of an earlier payment",
)  # fmt: skip
BY_OLDEST = "payer and amount: the oldest of several"
BY_FIGURES = "figures of a number in the text, and payer"
BY_SUM = "payer and amount of several together"
BY_AMOUNT_ALONE = "amount alone: the only invoice over it"
NEAR_DAYS = 3
"""Days that an entry of a bank may lie from that of the same payment in a list."""


class Match(NamedTuple):
    """Part of a payment: its row, the buyer, the invoice number (None: on account), the amount, and the reason."""

    row: float
    buyer: str
    number: str | None
    amount: float
    reason: str


def matched(documents: pd.DataFrame) -> tuple[pd.DataFrame, list[Note], list[Note]]:
    """Return documents whose bank payments have their buyers and invoices, notes by reason, and what is left out.

    Of the rows with `bank`, `text` is what the payment says and `name` its payer; `amount` is below zero, above where
    money went out. The payer is he of the name, else he whose name stands in the text. A payment settles, the first of
    these that there is:

    1. the invoices whose numbers it names, of several each to its amount and the last to what remains;
    2. the oldest of its payer over just its amount in its currency, issued and not settled by then;
    3. that of its payer whose figures it names, and which is over no less;
    4. those few of the payer that come to it together, where one choice alone does;
    5. nothing: it is on account of its payer;
    6. of nobody known or named, the only invoice of all over its amount to the cent;

    else it is left out, as are payments that a list of payments has as well: of that buyer, amount and about that day.
    A return takes back the invoice that it names, or the last payment over its amount; other money that goes out is
    left out. `matched_by`: the reason of each part.
    """
    bank = documents["bank"].astype(bool)
    rest = documents[~bank].assign(matched_by=pd.NA)
    if not bank.any():
        return rest, [], []
    payments = documents[bank].sort_values("issued", kind="stable")
    found = list(_matches(payments, Invoices(rest)))
    table = pd.DataFrame(found, columns=Match._fields).astype({"amount": "float64"})
    again = _in_list_of_payments(table, payments, rest)
    table = table[~table["row"].isin(again)]
    parts = payments.loc[table["row"]].assign(
        buyer_id=table["buyer"].to_numpy(), applies_to=table["number"].to_numpy(), amount=table["amount"].to_numpy(),
        matched_by=table["reason"].to_numpy(), invoice_id=pd.NA, name=pd.NA,
    )  # fmt: skip
    notes = [
        ("receipts", f"matched by {reason}: {told_sum(-of['amount'], of['currency'])}", len(of))
        for reason, of in parts.groupby("matched_by", sort=False)
    ]
    left = payments[~payments.index.isin([*table["row"], *again])]
    left_out = [
        ("receipts", f"{what}: {told_sum(sign * rows['amount'], rows['currency'])}", len(rows))
        for what, rows, sign in (
            ("bank payments of no known buyer", left[~(left["amount"] > 0)], -1),
            ("money that went out, to nobody known", left[left["amount"] > 0], 1),
            ("bank payments that a list of payments has as well", payments.loc[again], -1),
        )
        if len(rows)
    ]
    kept = pd.concat([rest, parts]).astype(dict.fromkeys(("buyer_id", "applies_to", "matched_by"), "str"))
    return kept, notes, left_out


def _in_list_of_payments(table: pd.DataFrame, payments: pd.DataFrame, rest: pd.DataFrame) -> list[float]:
    """Return the rows of a bank's payments that a list of payments has as well, each of these once.

    They are of the same buyer, over the same amount, and of days that lie so near to each other.
    """
    listed = rest[(rest["kind"] == "payment") & (rest["amount"] < 0)]
    days: dict[tuple[str, int], list[pd.Timestamp]] = defaultdict(list)
    for buyer, amount, day in zip(listed["buyer_id"], listed["amount"], listed["issued"], strict=True):
        days[buyer, round(amount * 100)].append(day)
    again = []
    of_row = dict(zip(payments.index, zip(payments["amount"], payments["issued"], strict=True), strict=True))
    for row, buyer in table.drop_duplicates("row")[["row", "buyer"]].itertuples(index=False):
        amount, day = of_row[row]
        held = days.get((buyer, round(amount * 100)), [])
        near = next((one for one in held if abs((one - day).days) <= NEAR_DAYS), None)
        if near is not None:
            held.remove(near)
            again.append(row)
    return again


def _matches(payments: pd.DataFrame, invoices: Invoices) -> Iterator[Match]:
    """Yield the parts of payments in order of days; those of nobody known have none."""
    so_far, used = _SoFar(), set[tuple[str, str]]()
    payers = {cell: invoices.payer_in(cell) for role in ("name", "text") for cell in payments[role].dropna().unique()}
    payers |= {name: invoices.payer(name) or payers[name] for name in payments["name"].dropna().unique()}
    columns = [payments[name] for name in ("name", "text", "amount", "currency", "issued", "only_returns")]
    for row, name, text, amount, currency, day, only_returns in zip(payments.index, *columns, strict=True):
        payer = payers.get(name) or payers.get(text)
        # Figures alone of another buyer's invoice are its number only where they come with its amount.
        named = [
            one
            for one in invoices.in_text(text, payer)
            if payer in (None, one.buyer) or not one.number.isdecimal() or abs(one.amount - abs(amount)) < CENT
        ]
        if amount > 0:
            parts = list(_returned(row, amount, named, payer, so_far, sure=only_returns))
        elif named:
            parts = list(_shared(row, amount, named, currency))
        elif payer is not None:
            parts = _of_payer(row, (payer, -amount, currency, day), text, invoices, used)
        else:
            # Of a payer who is named, and is no buyer, an amount is that of an invoice by chance.
            one = invoices.alone(-amount, currency, day) if pd.isna(name) else None
            free = one is not None and (one.buyer, one.number) not in used
            parts = [Match(row, one.buyer, one.number, amount, BY_AMOUNT_ALONE)] if one and free else []
        so_far.add(parts)
        used |= {(one.buyer, one.number) for one in parts if one.number is not None}
        yield from parts


def _of_payer(
    row: float, paid: tuple[str, float, str, pd.Timestamp], text: object, invoices: Invoices, used: set[tuple[str, str]]
) -> list[Match]:
    """Return the parts of a payment (payer, amount, currency, day) whose text names no invoice by its number."""
    payer, amount, *_ = paid
    owed = [one.number for one in invoices.fitting(*paid) if (payer, one.number) not in used]
    if owed:
        return [Match(row, payer, owed[0], -amount, BY_OLDEST if len(owed) > 1 else BY_AMOUNT)]
    if one := invoices.by_figures(text, *paid, used):
        return [Match(row, payer, one.number, -amount, BY_FIGURES)]
    if several := invoices.together(*paid, used):
        return [Match(row, payer, one.number, -one.amount, BY_SUM) for one in several]
    return [Match(row, payer, None, -amount, BY_PAYER)]


class _SoFar:
    """What was received so far: the parts of each payment by what it came to, and what was paid on each invoice."""

    def __init__(self) -> None:
        self.by_cents: dict[int, list[list[Match]]] = defaultdict(list)
        self.paid: dict[tuple[str, str | None], float] = defaultdict(float)

    def add(self, parts: list[Match]) -> None:
        """Take in the parts of a payment, or of a return, which lower what was paid."""
        for one in parts:
            self.paid[one.buyer, one.number] -= one.amount
        total = sum(one.amount for one in parts)
        if total < 0:
            self.by_cents[round(total * 100)].append(parts)

    def last(self, amount: float, payer: str | None) -> list[Match]:
        """Return the parts of the last payment over an amount, of a payer or of any, and forget it; else none."""
        held = self.by_cents[round(-amount * 100)]
        at = next((at for at in range(len(held) - 1, -1, -1) if payer in (None, held[at][0].buyer)), None)
        return [] if at is None else held.pop(at)


def _shared(row: float, amount: float, named: list[Invoice], currency: str) -> Iterator[Match]:
    """Yield the parts of a payment that invoices have; amounts in other currencies do not bound them."""
    left = -amount
    for place, one in enumerate(named, start=1):
        part = left if place == len(named) or one.currency != currency else min(left, one.amount)
        if part > CENT:
            yield Match(row, one.buyer, one.number, -round(part, 2), BY_NUMBER)
            left -= part


def _returned(
    row: float, amount: float, named: list[Invoice], payer: str | None, so_far: _SoFar, *, sure: bool
) -> Iterator[Match]:
    """Yield what a return takes back: the invoice that it names, or the last payment over its amount, which it ends.

    What it takes beyond all that was paid on the invoice, such as the bank's charges, is on account. Of money of which
    it is not `sure` that it is returned, such as wages, it is only so where no more goes back than came in.
    """
    if len(named) == 1:
        buyer, number = named[0].buyer, named[0].number
        paid = so_far.paid[buyer, number]
        if not sure and amount > paid + CENT:
            return
        part = min(amount, paid) if paid > CENT else amount
        yield Match(row, buyer, number, part, BY_NUMBER)
        if amount - part > CENT:
            yield Match(row, buyer, None, round(amount - part, 2), BY_PAYER)
        return
    if not sure and payer is None:
        return
    if ended := so_far.last(amount, payer):
        yield from (Match(row, one.buyer, one.number, -one.amount, BY_RETURN) for one in ended)
    elif payer is not None:
        yield Match(row, payer, None, amount, BY_PAYER)
