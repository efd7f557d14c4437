"""Which invoices a bank's payments settle: by the numbers that they name, then by payer and amount; with the reason."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

BY_NUMBER, BY_AMOUNT, BY_PAYER, BY_RETURN = (
    "number in the text", "payer and amount", "payer alone: on account", "return of an earlier payment",
)  # fmt: skip
CENT = 0.005
MOST_PARTS = 8
"""So many words and figures in a row may make up one invoice number."""
LEGAL_FORMS = (
    "gmbh co kg|gmbh|ag|kg|ohg|ug|mbh|ev|se|ltd|limited|plc|llp|llc|inc|corp|co|company|sa|sas|sarl|srl|spa|bv|nv|oy|"
    "oyj|ab|as|aps|lda|sl|slu|sp z o o|kft|zrt|doo|pty|pte|有限公司|股份有限公司"
)

Note = tuple[str, str, int]
"""Table, rule, rows."""


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
    the bank took one back. A payment settles the invoices whose numbers it names, of several each to its amount and the
    last to what remains; else the one of its payer over just its amount; else it is on account of its payer. A return
    takes back the invoice that it names, or the last payment over its amount. Payments of nobody known are left out.
    `matched_by` is the reason of each part.
    """
    bank = documents["bank"].astype(bool)
    rest = documents[~bank].assign(matched_by=pd.NA)
    if not bank.any():
        return rest, [], []
    payments = documents[bank].sort_values("issued", kind="stable")
    found = list(_matches(payments, _Invoices(rest)))
    table = pd.DataFrame(found, columns=Match._fields).astype({"amount": "float64"})
    parts = payments.loc[table["row"]].assign(
        buyer_id=table["buyer"].to_numpy(), applies_to=table["number"].to_numpy(), amount=table["amount"].to_numpy(),
        matched_by=table["reason"].to_numpy(), invoice_id=pd.NA,
    )  # fmt: skip
    sums = table.groupby("reason", sort=False)["amount"].agg(["size", "sum"])
    notes = [
        ("receipts", f"matched by {reason}: {-row['sum']:,.2f}", int(row["size"])) for reason, row in sums.iterrows()
    ]
    unknown = payments[~payments.index.isin(table["row"])]
    left_out = [("receipts", f"bank payments of no known buyer: {-unknown['amount'].sum():,.2f}", len(unknown))]
    kept = pd.concat([rest, parts]).astype(dict.fromkeys(("buyer_id", "applies_to", "matched_by"), "str"))
    return kept, notes, left_out if len(unknown) else []


class _Invoices:
    """The invoices that payments may name, by number in plain letters and by buyer and amount."""

    def __init__(self, documents: pd.DataFrame):
        rows = documents[documents["kind"] == "invoice"]
        rows = rows.assign(number=rows["invoice_id"].fillna(rows["number"])).dropna(subset=["number", "buyer_id"])
        sums = rows.groupby(["buyer_id", "number"], sort=False)["amount"].sum()
        self.amount: dict[tuple[str, str], float] = sums.to_dict()
        self.named: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.over: dict[tuple[str, int], list[str]] = defaultdict(list)
        for buyer, number in self.amount:
            plain = "".join(_words(number))
            if len(plain) > 2 and any(letter.isdigit() for letter in plain):
                self.named[plain].append((buyer, number))
            self.over[buyer, round(self.amount[buyer, number] * 100)].append(number)
        names = documents.dropna(subset=["buyer_id"])[["buyer_id", "name"]].drop_duplicates()
        self.buyers: dict[str, set[str]] = defaultdict(set)
        for buyer, name in zip(names["buyer_id"], names["name"], strict=True):
            self.buyers[firm(buyer if pd.isna(name) else name)].add(buyer)

    def in_text(self, text: object, payer: str | None) -> list[tuple[str, str]]:
        """Return the invoices that a text names, in its order; a number of several buyers where the payer tells."""
        words, found, first = _words(text) if isinstance(text, str) else [], [], 0
        while first < len(words):
            # The longest first: 2026-1001 is not the invoice 2026.
            ends = range(min(first + MOST_PARTS, len(words)), first, -1)
            last = next((last for last in ends if "".join(words[first:last]) in self.named), None)
            if last is not None:
                invoices = self.named["".join(words[first:last])]
                mine = [one for one in invoices if one[0] == payer] or (invoices if len(invoices) == 1 else [])
                found += [one for one in mine if one not in found]
            first = last or first + 1
        return found

    def payer(self, name: object) -> str | None:
        """Return the one buyer of a name, if there is one."""
        buyers = self.buyers.get(firm(str(name)), set()) if isinstance(name, str) and firm(name) else set()
        return next(iter(buyers)) if len(buyers) == 1 else None


def firm(name: str) -> str:
    """Return a firm's name as it is compared: small letters and figures, without its legal form.

    >>> firm("Alder Tools GmbH & Co. KG") == firm("ALDER TOOLS")
    True
    """
    words = " ".join(re.findall(r"[^\W_]+", name.casefold()))
    return re.sub(rf"(?: (?:{LEGAL_FORMS}))+$", "", words).replace(" ", "")


def _matches(payments: pd.DataFrame, invoices: _Invoices) -> Iterator[Match]:
    """Yield the parts of payments in order of days; those of nobody known have none."""
    so_far: list[list[Match]] = []
    used: set[tuple[str, str]] = set()
    names = {name: invoices.payer(name) for name in payments["name"].dropna().unique()}
    for row, name, text, amount in zip(
        payments.index, payments["name"], payments["text"], payments["amount"], strict=True
    ):
        payer = names.get(name)
        named = invoices.in_text(text, payer)
        if amount > 0:
            parts = list(_returned(row, amount, named, payer, so_far))
        elif named:
            parts = list(_shared(row, amount, named, invoices.amount))
        elif payer is not None:
            owed = [one for one in invoices.over.get((payer, round(-amount * 100)), []) if (payer, one) not in used]
            parts = (
                [Match(row, payer, owed[0], amount, BY_AMOUNT)] if owed else [Match(row, payer, None, amount, BY_PAYER)]
            )
        else:
            parts = []
        if amount < 0:
            so_far.append(parts)
        used |= {(one.buyer, one.number) for one in parts if one.number is not None}
        yield from parts


def _shared(row: float, amount: float, named: list[tuple[str, str]], owed: dict) -> Iterator[Match]:
    left = -amount
    for place, (buyer, number) in enumerate(named, start=1):
        part = left if place == len(named) else min(left, owed[buyer, number])
        if part > CENT:
            yield Match(row, buyer, number, -round(part, 2), BY_NUMBER)
            left -= part


def _returned(
    row: float, amount: float, named: list[tuple[str, str]], payer: str | None, so_far: list[list[Match]]
) -> Iterator[Match]:
    """Yield what a return takes back: the invoice that it names, or the last payment over its amount, which it ends."""
    if len(named) == 1:
        yield Match(row, *named[0], amount, BY_NUMBER)
        return
    for place in range(len(so_far) - 1, -1, -1):
        parts = so_far[place]
        same = abs(sum(one.amount for one in parts) + amount) < CENT
        if parts and same and payer in (None, parts[0].buyer):
            del so_far[place]
            yield from (Match(row, one.buyer, one.number, -one.amount, BY_RETURN) for one in parts)
            return
    if payer is not None:
        yield Match(row, payer, None, amount, BY_PAYER)


def _words(text: object) -> list[str]:
    return re.findall(r"[^\W\d_]+|\d+", str(text).casefold())
