"""Which columns of amounts are guessed to be the whole, what is paid and what is open, by their figures."""

from collections.abc import Mapping
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import buckets
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.days import days_of
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import OTHER
from tradecredit.book.exports.meaning import CREDITS, our_kinds
from tradecredit.book.exports.running import moves
from tradecredit.book.exports.systems import vocabulary
from tradecredit.book.exports.which_rows import among
from tradecredit.params.export import Role

TELL_OPEN: tuple[Role, Role] = ("open", "paid")
"""Roles of which one is enough to tell what of an invoice is open."""
ALMOST_ALL = 0.95
"""Share of invoices that add up from which columns are what they add up as."""
MOSTLY = 0.6
"""Share of invoices that are open, or paid, in whole from which two parts are what is open and what is paid."""
SOME = 0.3
LEAST = 3
"""Fewer invoices that are settled, or that are not, tell nothing."""
FEW_EACH, CLEARLY_LATER = 5, 0.6
"""Invoices of each kind, and how far apart in time these must lie, as a share of the most that they can."""
NOT_OPEN = {"net", "tax", OTHER}
"""What words mean in names of amounts that are neither open nor paid."""
MOST_TAX = 0.35
"""No tax on sales is so large a part of an amount."""


def unknown_amounts(seen: Seen) -> Settled:
    """Return an open guess of columns that by their figures may be what is paid or open of an amount, where none is."""
    source, raw = seen.source, seen.raw
    if set(TELL_OPEN) & source.columns.keys() or "amount" not in source.columns or source.one_kind:
        return Settled()
    named = set(source.named_columns)
    amount = amounts(raw["amount"], source.form.decimal).abs()
    if by_due_day := _late_and_not_due(seen, amount):
        guess = Guess("source.columns.open", ", ".join(by_due_day), open=True)
        return Settled({"columns": {**source.columns, "open": by_due_day}}, (guess,))
    unknown: dict[str, pd.Series] = {}
    for name in [name for name in seen.found if name not in named and not vocabulary().known(name) & NOT_OPEN]:
        part = amounts(seen.found[name], source.form.decimal).set_axis(raw.index)
        both = part.notna() & amount.notna()
        within = part[both].abs() <= amount[both] + CENT
        if both.mean() > 0.5 and within.all() and part[both].max() > 0 and (part[both] % 1 != 0).any():
            unknown[str(name)] = part
    if not unknown:
        return Settled()
    if parts := paid_and_open(amounts(raw["amount"], source.form.decimal), unknown):
        columns: dict[Role, str | list[str]] = {**source.columns, **dict(zip(TELL_OPEN, parts, strict=True))}
        told = (Guess(f"source.columns.{role}", name, open=True) for role, name in zip(TELL_OPEN, parts, strict=True))
        return Settled({"columns": columns}, tuple(told))
    if told_by := _by_states(seen, amount, unknown) or _by_their_days(seen, amount, unknown):
        role, name = told_by
        return Settled({"columns": {**source.columns, role: name}}, (Guess(f"source.columns.{role}", name, open=True),))
    called = [name for name in unknown if vocabulary().known(name) & {"open", "balance", "due"}]
    called = called or [name for name, part in unknown.items() if _may_be_open(amount, part.abs())]
    if len(called) == 1:
        return Settled(
            {"columns": {**source.columns, "open": called[0]}}, (Guess("source.columns.open", called[0], open=True),)
        )
    return Settled({}, (Guess("source.columns.open", f"none; not known: {', '.join(list(unknown)[:5])}", open=True),))


def open_by_age(seen: Seen) -> Settled:
    """Return `open` in place of `amount` where columns of ages hold it: what a list states by age is not paid yet."""
    source, name = seen.source, seen.source.columns.get("amount")
    ages = buckets.ages(list(seen.found))
    known = {*TELL_OPEN, "debit"} & source.columns.keys()
    if not isinstance(name, str) or known or source.one_kind or source.buckets or len(ages) < LEAST:
        return Settled()
    decimal = source.form.decimal
    by_age = pd.concat([amounts(seen.found[age], decimal).fillna(0.0) for age in ages], axis="columns").sum(
        axis="columns"
    )
    same = (by_age.set_axis(seen.raw.index) - amounts(seen.raw["amount"], decimal)).abs() <= CENT
    if same.mean() <= ALMOST_ALL:
        return Settled()
    columns = {role: names for role, names in source.columns.items() if role != "amount"} | {"open": name}
    return Settled({"columns": columns}, (Guess("source.columns.open", name),))


def open_of_items(seen: Seen) -> Settled:
    """Return a list without its column of what is open where it says it once for all rows of an item, on the last.

    A column has the item's number in each row, that of its invoice, and debit and credit add up to what is open: a
    credit names the invoice by it. It may be the column of numbers itself.
    """
    source, raw = seen.source, seen.raw
    rest = amounts(raw["open"], source.form.decimal)
    if not {"open", "debit", "credit"} <= source.columns.keys() or "applies_to" in source.columns or rest.notna().all():
        return Settled()
    moved, buyer = moves(raw, source), raw["buyer_id"].fillna(raw["name"]).astype("str")
    number = raw["invoice_id"].fillna(raw["number"]).astype("str")
    columns = {role: column for role, column in source.columns.items() if role != "open"}
    named = set(source.named_columns)
    others = {
        name: seen.found[name].astype("str").str.strip().set_axis(raw.index) for name in seen.found if name not in named
    }
    for name, item in ({"": number} | others).items():
        by_item = moved.groupby([buyer, item])
        stated, several = rest.groupby([buyer, item]).agg(["count", "last"]), by_item.size() > 1
        adds_up = (by_item.sum().abs() - stated["last"].abs()).abs() <= CENT
        own = (number == item)[moved > 0].mean() > MOSTLY
        if own and several.sum() >= LEAST and (adds_up & (stated["count"] == 1)).mean() > ALMOST_ALL:
            if not name:
                return Settled({"columns": columns})
            guess = Guess("source.columns.applies_to", str(name), open=True)
            return Settled({"columns": {**columns, "applies_to": str(name)}}, (guess,))
    return Settled()


def paid_by_sides(seen: Seen) -> Settled:
    """Return the two columns of what is settled of debits and of credits, each no more than its side, as an open guess.

    Each holds something of its own side alone: in several rows all of it, and in some not.
    """
    source, raw = seen.source, seen.raw
    if not {"debit", "credit"} <= source.columns.keys() or {*TELL_OPEN} & source.columns.keys():
        return Settled()
    sides = {role: amounts(raw[role], source.form.decimal).fillna(0.0) for role in ("debit", "credit")}
    named, found = set(source.named_columns), dict[str, str]()
    for role, side in sides.items():
        for name in [name for name in seen.found if name not in {*named, *found.values()}]:
            part = amounts(seen.found[name], source.form.decimal).set_axis(raw.index).fillna(0.0)
            within = (part >= 0) & (part <= side + CENT)
            of_side = side > CENT
            whole = ((part - side).abs() <= CENT)[of_side]
            if within.all() and whole.sum() >= LEAST and not whole.all():
                found[role] = str(name)
                break
    if len(found) < 2:
        return Settled()
    paid = [*found.values()]
    return Settled(
        {"columns": {**source.columns, "paid": paid}}, (Guess("source.columns.paid", ", ".join(paid), open=True),)
    )


def open_by_balances(seen: Seen) -> Settled:
    """Return the column of unknown name that is what is open, as its sums by buyer are what the buyers owe in all.

    It is never more than the document's amount, and less of some; what was settled by each other adds up to nothing.
    """
    source, raw = seen.source, seen.raw
    moved = moves(raw, source)
    if "open" in source.columns or source.one_kind or not (moved < 0).any():
        return Settled()
    buyer = raw["buyer_id"].fillna(raw["name"]).astype("str")
    owed = moved.groupby(buyer).sum()
    named = set(source.named_columns)
    for name in [name for name in seen.found if name not in named and not vocabulary().known(name) & NOT_OPEN]:
        cells = amounts(seen.found[name], source.form.decimal).set_axis(raw.index)
        part = cells.abs() * np.sign(moved)
        settled = (moved - part).abs() > CENT
        if cells.isna().mean() > 1 - ALMOST_ALL or (cells.abs() > moved.abs() + CENT).any() or settled.sum() < LEAST:
            continue
        of_settled = owed.index.isin(buyer[settled])
        same = (part.groupby(buyer).sum() - owed).abs()[of_settled] <= CENT * 2
        if len(same) >= LEAST and same.mean() > ALMOST_ALL:
            return Settled(
                {"columns": {**source.columns, "open": str(name)}}, (Guess("source.columns.open", str(name)),)
            )
    return Settled()


def _late_and_not_due(seen: Seen, amount: pd.Series) -> list[str] | None:
    """Return the two unknown columns of which one holds what is late and one what is not due yet; None without such.

    Each document stands in one of them, and the due days of the one's all lie before those of the other's.
    """
    due, named = days_of(seen.raw["due"], "due", seen.source.form), set(seen.source.named_columns)
    held: dict[str, pd.Series] = {}
    for name in [name for name in seen.found if name not in named and not vocabulary().known(name) & NOT_OPEN]:
        part = amounts(seen.found[name], seen.source.form.decimal).set_axis(amount.index).fillna(0.0).abs()
        if (part <= amount + CENT).all() and (part > CENT).sum() >= LEAST:
            held[str(name)] = part > CENT
    for late, early in permutations(held, 2):
        both, either = held[late] & held[early], held[late] | held[early]
        if due[held[late]].max() < due[held[early]].min() and not both.any() and either.mean() > ALMOST_ALL:
            return [late, early]
    return None


def _by_states(seen: Seen, amount: pd.Series, unknown: Mapping[str, pd.Series]) -> tuple[Role, str] | None:
    """Return which unknown column is what is open, or paid, of invoices, as those show that are said to be settled.

    What is open is nothing of these and something of all others, of many of them the whole; what is paid the reverse.
    """
    source = seen.source
    done = seen.raw["cleared"].notna()
    if source.settled:
        states = [among(seen.found[name], values).set_axis(amount.index) for name, values in source.settled.items()]
        done = pd.concat(states, axis="columns").any(axis="columns")
    if min(done.sum(), (~done).sum()) < LEAST:
        return None
    for name, part in unknown.items():
        nothing, whole = part.fillna(0.0).abs() <= CENT, (part.abs() - amount).abs() <= CENT
        for role, of_done, of_others in ((TELL_OPEN[0], nothing, whole), (TELL_OPEN[1], whole, nothing)):
            not_yet = of_done[~done].mean() < 1 - ALMOST_ALL and of_others[~done].mean() > SOME
            if not_yet and of_done[done].mean() > ALMOST_ALL:
                return role, name
    return None


def _by_their_days(seen: Seen, amount: pd.Series, unknown: Mapping[str, pd.Series]) -> tuple[Role, str] | None:
    """Return which unknown column is what is open, or paid, of invoices, as the oldest of these are mostly paid.

    It is nothing of some and the whole of others: of what is open the later ones, of what is paid the earlier.
    """
    issued = days_of(seen.raw["issued"], "issued", seen.source.form)
    for name, part in unknown.items():
        nothing, whole = part.fillna(0.0).abs() <= CENT, (part.abs() - amount).abs() <= CENT
        enough = min(nothing.sum(), whole.sum()) >= FEW_EACH and (nothing | whole).mean() > ALMOST_ALL - 0.1
        if not enough or issued[nothing | whole].isna().any():
            continue
        rank = issued[nothing | whole].rank()
        later = rank[whole].mean() - rank[nothing].mean()
        # Half of all ranks lie between the means of two groups that do not overlap.
        if abs(later) > CLEARLY_LATER * len(rank) / 2:
            return TELL_OPEN[0 if later > 0 else 1], name
    return None


def open_after_paid(seen: Seen) -> Settled:
    """Return `amount` and `open` where what was taken for open is the whole, as another column is that less the paid.

    Part of what an instalment comes to is called due as well, such as `Amount due`, `Paid`, `Left to pay`.
    """
    source = seen.source
    whole = source.columns.get("open")
    if not isinstance(whole, str) or "paid" not in source.columns or {"amount", "debit"} & source.columns.keys():
        return Settled()
    amount, paid = (amounts(seen.raw[role], source.form.decimal) for role in ("open", "paid"))
    named = set(source.named_columns)
    for name in [name for name in seen.found if name not in named]:
        rest = amounts(seen.found[name], source.form.decimal).set_axis(seen.raw.index)
        left = (amount - paid.fillna(0.0) - rest.fillna(0.0)).abs() <= CENT
        if (left & rest.notna()).mean() > ALMOST_ALL and (left & (paid.abs() > CENT)).any():
            columns = {**source.columns, "amount": whole, "open": str(name)}
            return Settled({"columns": columns}, (Guess("source.columns.open", str(name)),))
    return Settled()


def credited_and_open(seen: Seen) -> Settled:
    """Return `credited` and `open`, of unknown names, where with what is paid they add up to the amount in all rows.

    What is open is that whose name says so, else the later one, as lists write it: an open guess. One column that is
    the amount less what is paid is what is open.
    """
    source = seen.source
    if not {"amount", "paid"} <= source.columns.keys() or {"open", "credited"} & source.columns.keys():
        return Settled()
    amount, paid = (amounts(seen.raw[role], source.form.decimal) for role in ("amount", "paid"))
    left = amount - paid.fillna(0.0)
    named = set(source.named_columns)
    free = [name for name in seen.found if name not in named and not vocabulary().known(name) & NOT_OPEN]
    parts = {
        str(name): amounts(seen.found[name], source.form.decimal).set_axis(left.index).fillna(0.0) for name in free
    }
    parts = {name: part for name, part in parts.items() if (part.abs() > CENT).sum() >= LEAST}
    for name, part in parts.items():
        if ((left - part).abs() <= CENT).mean() > ALMOST_ALL:
            columns = {**source.columns, "open": name}
            return Settled({"columns": columns}, (Guess("source.columns.open", name),))
    for first, second in combinations(parts, 2):
        if ((left - parts[first] - parts[second]).abs() <= CENT).mean() > ALMOST_ALL:
            is_first = "open" in vocabulary().known(first) and "open" not in vocabulary().known(second)
            credited, rest = (second, first) if is_first else (first, second)
            columns = {**source.columns, "credited": credited, "open": rest}
            return Settled({"columns": columns}, (Guess("source.columns.open", rest, (credited,), open=True),))
    return Settled()


def settled_where_empty(seen: Seen) -> Settled:
    """Return `settled` where a column of what is open says nothing of some invoices, and of none that it is nothing."""
    source, column = seen.source, seen.source.columns.get("open")
    stated = {"amount", "debit"} & source.columns.keys()
    if not isinstance(column, str) or {"paid", "cleared"} & source.columns.keys() or not stated:
        return Settled()
    amount, rest = moves(seen.raw, source), amounts(seen.raw["open"], source.form.decimal)
    kind = seen.raw["kind"].astype("str").str.strip().map(our_kinds(source))
    invoices = (amount > 0) & ~kind.isin(CREDITS)
    empty = invoices & seen.raw["open"].isna()
    if not empty.any() or not rest[invoices].notna().any() or (rest[invoices] == 0).any():
        return Settled()
    guess = Guess("source.settled", f"{empty.sum():,} of which {column} says nothing", open=True)
    return Settled({"settled": {**source.settled, column: [""]}}, (guess,))


def _may_be_open(amount: pd.Series, part: pd.Series) -> bool:
    """Return whether a part of amounts may be what is open of them: mostly all, else now this share and now that.

    What differs by a tax alone does so by one of a few shares, and not by much.
    """
    both = amount.notna() & part.notna() & (amount > 0)
    share = (part / amount)[both].round(3)
    less = share[share < 1]
    varies = less.nunique() == len(less) and less.min() < 1 - MOST_TAX
    return bool(SOME < (share == 1).mean() < 1 and varies)


def original_amount(seen: Seen) -> Settled:
    """Return the column of unknown name that can be what an invoice came to, where only what is open of it is known.

    It is never less than what is open, mostly the same, and more where a part is paid. Where none is, and invoices
    with nothing open are listed, what these came to is lost: that is told.
    """
    source = seen.source
    if "open" not in source.columns or {"amount", "debit", "paid"} & source.columns.keys() or source.buckets:
        return Settled()
    named = set(source.named_columns)
    rest = amounts(seen.raw["open"], source.form.decimal).abs()
    for name in [
        name for name in seen.found if name not in named and not vocabulary().known(name) & {*NOT_OPEN, "paid"}
    ]:
        whole = amounts(seen.found[name], source.form.decimal).set_axis(seen.raw.index).abs()
        both = rest.notna() & whole.notna()
        if both.mean() < ALMOST_ALL or not (whole[both] >= rest[both] - CENT).all():
            continue
        # Of what is settled nothing is open, whatever it came to.
        owed = both & (rest > CENT)
        same = ((whole - rest)[owed].abs() <= CENT).mean() if owed.any() else 0.0
        partly = ((whole - rest)[both] > CENT).any()
        if same > SOME and partly and (whole[both] % 1 != 0).any():
            columns = {**source.columns, "amount": str(name)}
            return Settled({"columns": columns}, (Guess("source.columns.amount", str(name), open=True),))
    if (rest < CENT).mean() > SOME:
        taken = f"none; {source.columns['open']} stands for it, nothing of what is paid"
        return Settled({}, (Guess("source.columns.amount", taken, open=True),))
    return Settled()


def paid_and_open(amount: pd.Series, parts: Mapping[str, pd.Series]) -> tuple[str, str] | None:
    """Return the columns of what is open and paid of an amount, of unknown ones; None where the figures tell of none.

    Two add up to the amount in each row; mostly one of them is nothing, which net and tax are not: of tax there is
    none or a small part. What is open is that whose name says so, else that which is never nothing, or the later one,
    as lists write it.
    """
    for first, second in combinations(parts, 2):
        one, two = parts[first].fillna(0.0), parts[second].fillna(0.0)
        adds_up = ((one + two - amount).abs() <= CENT).mean() > ALMOST_ALL
        nothing = [part.abs() <= CENT for part in (one, two)]
        if not adds_up or (nothing[0] | nothing[1]).mean() < MOSTLY:
            continue
        shares = [(part / amount)[~none & (amount != 0)].max() for part, none in zip((one, two), nothing, strict=True)]
        if min(shares) > MOST_TAX:
            named = [vocabulary().known(part) & set(TELL_OPEN) for part in (first, second)]
            if named[0] != named[1]:
                is_first = "open" in named[0] or "paid" in named[1]
            else:
                is_first = not nothing[0].any() and nothing[1].any()
            return (first, second) if is_first else (second, first)
    return None
