"""Which columns of a list are debit, credit and a balance that runs on, told by their figures whatever they are called.

A balance rises by what stands in one column and falls by what stands in another: no other columns of a ledger do so
from row to row.
"""

from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports.amounts import amounts, decimal_mark, is_amount
from tradecredit.book.exports.heads import DAYS, is_day
from tradecredit.params.export import Role

LEAST_STEPS = 5
"""So many rows with one before them show how a balance runs."""
ALMOST_ALL = 0.9
"""Share of steps from which a balance runs on, and of cells from which a column holds amounts."""
MOVES = 0.5
"""Share of steps that change a balance: what mostly stays as it is, is none."""
LOOKED_AT = 2000
"""Rows that are looked at."""
MOST_COLUMNS = 9
"""Of more columns of amounts each has another meaning than a step of a balance."""
MOST_TAX, FEW_RATES, LEAST_TAXED = 0.3, 6, 20
"""No tax on sales is a larger share; so many rates it has at most; of smaller amounts rounding hides the rate."""
READ_AS: tuple[Role, ...] = ("amount", "debit", "credit", "paid", "credited", "open", "balance")
"""Roles of amounts whose names may be wrong about them."""
Columns = dict[Role, str | list[str]]


class Sides(NamedTuple):
    """Columns of what raises a balance, of what lowers it (none: the first has a sign), and of the balance."""

    debit: str
    credit: str | None
    balance: str


def with_sides(columns: Columns, found: pd.DataFrame) -> Columns:
    """Return the columns of a list with debit, credit and a running balance as its figures show them.

    `found`: the cells under the file's own names. Columns that the names call the two sides already stay as they are,
    and so does a list without such a balance.
    """
    sides = told(columns, found)
    if sides is None or {columns.get("debit"), columns.get("credit")} == {sides.debit, sides.credit}:
        return columns
    taken = {sides.debit, sides.credit, sides.balance}
    rest: Columns = {role: names for role, names in columns.items() if role not in READ_AS or names not in taken}
    if sides.credit is None:
        return {**rest, "amount": sides.debit, "balance": sides.balance}
    rest.pop("amount", None)
    return {**rest, "debit": sides.debit, "credit": sides.credit, "balance": sides.balance}


def with_credits(columns: Columns, found: pd.DataFrame) -> Columns:
    """Return the columns of a list that has one of credits, and none of debits, by what stands beside its credits.

    Where rows with a credit mostly have an amount too, it is what was `credited` of the amount; where they have none,
    the amounts are the debits.
    """
    amount, credit = columns.get("amount"), columns.get("credit")
    if "debit" in columns or not isinstance(amount, str) or not isinstance(credit, str):
        return columns
    texts = pd.concat([found[amount], found[credit]]).dropna().astype("str")
    mark = decimal_mark(texts) or "."
    whole, part = (amounts(found[name], mark).fillna(0.0) for name in (amount, credit))
    beside = (whole != 0)[part != 0]
    rest: Columns = {role: names for role, names in columns.items() if role not in ("amount", "credit")}
    if beside.mean() < 1 - ALMOST_ALL:
        return {**rest, "debit": amount, "credit": credit}
    return {**rest, "amount": amount, **({} if "credited" in columns else {"credited": credit})}


def with_tax(columns: Columns, found: pd.DataFrame) -> Columns:
    """Return the columns of a list with the amounts with tax, where those without it were taken and both stand there.

    Nearly all rows show it: a third column adds up the two others, of which one is the other's tax by a few rates.
    Where what is open is the third, nothing else tells what an invoice comes to.
    """
    rows = found.head(LOOKED_AT).reset_index(drop=True)
    held = dict(_of_amounts(columns, rows))
    net = _without_tax(columns, rows, held)
    if net is None or len(held) > MOST_COLUMNS:
        return columns
    held.pop(str(columns.get("amount")), None)
    for tax, whole in permutations(held, 2):
        taxed = net.notna() & held[tax].fillna(0.0).ne(0.0) & held[whole].notna()
        rate = (held[tax] / net)[taxed & net.abs().ge(LEAST_TAXED)]
        adds_up = ((net + held[tax] - held[whole])[taxed].abs() < 2 * CENT).mean() > ALMOST_ALL
        few_rates = 0 < rate.round(2).nunique() <= FEW_RATES and rate.between(0, MOST_TAX).all()
        if taxed.sum() >= LEAST_STEPS and adds_up and few_rates:
            of_net = ("amount", "quantity", "unit_price")
            rest: Columns = {role: names for role, names in columns.items() if role not in of_net}
            return rest if columns.get("open") == whole else {**rest, "amount": whole}
    return columns


def _without_tax(columns: Columns, rows: pd.DataFrame, held: dict[str, pd.Series]) -> pd.Series | None:
    """Return what is read as the amounts of a list, a column or quantities by prices; None where they are neither."""
    if "amount" in columns:
        return held.get(str(columns["amount"]))
    by_price = [rows[str(columns[role])] for role in ("quantity", "unit_price") if role in columns]
    if len(by_price) < 2:
        return None
    mark = decimal_mark(cell for column in by_price for cell in column.dropna() if isinstance(cell, str)) or "."
    quantity, price = (amounts(column, mark) for column in by_price)
    return (quantity * price).round(2)


def told(columns: Columns, found: pd.DataFrame) -> Sides | None:
    """Return the columns of a running balance and of its steps, which nearly all rows with a day show; else None.

    It runs on by buyer or through the whole list, from above or from below.
    """
    dated = pd.concat(
        [found[name].map(is_day, na_action="ignore").eq(True) for name in _named(columns, DAYS) if name in found]
        or [pd.Series(True, index=found.index)],
        axis="columns",
    ).any(axis="columns")
    rows = found[dated.to_numpy()].head(LOOKED_AT).reset_index(drop=True)
    held = dict(_of_amounts(columns, rows))
    if len(held) > MOST_COLUMNS:
        return None
    buyers = [f"above: {role}" for role in ("buyer_id", "name")] + _named(columns, ("buyer_id", "name"))
    of_buyer = next((rows[name].astype("str") for name in buyers if name in rows), None)
    groups = [pd.Series(0, index=rows.index)] + ([] if of_buyer is None else [of_buyer])
    for name in [name for name, balance in held.items() if balance.notna().mean() >= ALMOST_ALL]:
        for group in groups:
            for way in (1, -1):
                step = held[name] - held[name].groupby(group).shift(way)
                if step.notna().sum() < LEAST_STEPS or (step.dropna().abs() >= CENT).mean() < MOVES:
                    continue
                others = {one: move.fillna(0.0) for one, move in held.items() if one != name}
                for debit, credit in _pairs(others):
                    lowers = others[credit] if credit else 0.0
                    if ((others[debit] - lowers - step).dropna().abs() < CENT).mean() > ALMOST_ALL:
                        return Sides(debit, credit, name)
    return None


def _pairs(moves: dict[str, pd.Series]) -> Iterator[tuple[str, str | None]]:
    """Yield the columns that may be debit and credit, each with something in it, and such as are both by sign."""
    some = [name for name, move in moves.items() if (move != 0).any()]
    yield from permutations([name for name in some if (moves[name] == 0).any()], 2)
    yield from ((name, None) for name in some if (moves[name] < 0).any() and (moves[name] > 0).any())


def _of_amounts(columns: Columns, rows: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Yield the columns of amounts that mean nothing else, by name, as numbers."""
    used = set(_named(columns, [role for role in columns if role not in READ_AS]))
    free = [name for name in rows if name not in used and not str(name).startswith("above: ")]
    cells = {str(name): rows[name].dropna() for name in free}
    cells = {
        name: held
        for name, held in cells.items()
        if len(held) and held.head(LEAST_STEPS).map(is_amount).all() and held.map(is_amount).mean() >= ALMOST_ALL
    }
    mark = decimal_mark(text for held in cells.values() for text in held if isinstance(text, str)) or "."
    for name in cells:
        yield name, amounts(rows[name], mark)


def _named(columns: Columns, roles: object) -> list[str]:
    """Return what the columns of some roles are called."""
    of = (columns[role] for role in roles if role in columns)  # type: ignore[attr-defined]
    return [name for names in of for name in ([names] if isinstance(names, str) else names)]
