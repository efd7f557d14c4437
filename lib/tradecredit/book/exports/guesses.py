"""What the rows of a list are guessed to mean: kinds of document, signs, lines, parts of other ledgers and balances."""

import re
from collections.abc import Mapping
from itertools import combinations

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import buckets, reading
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import DAYS, OTHER, plain
from tradecredit.book.exports.meaning import CREDITS, our_kinds
from tradecredit.book.exports.settlements import NUMBER_IN_WORDS
from tradecredit.book.exports.systems import ANY, systems, vocabulary
from tradecredit.book.exports.which_rows import among
from tradecredit.params.export import Code, DocumentKind, ExportSource, Role

TELL_OPEN: tuple[Role, Role] = ("open", "paid")
"""Roles of which one is enough to tell what of an invoice is open."""
ALMOST_ALL = 0.95
LEAST = 3
"""Fewer invoices tell no sign."""
MOSTLY = 0.6
SOME = 0.3
FEW = 0.1
LEAST_DOCUMENTS = 20
"""In so many documents some buyer has two."""
OURS = "one may write invoice, payment, credit_note, discount, write_off or leave_out for each"
RETURNED = "debit and credit keep their sides: a payment in debit is one that was returned"
NOT_OPEN = {"net", "tax", OTHER}
"""What words mean in names of amounts that are neither open nor paid."""
MOST_TAX = 0.35
"""No tax on sales is so large a part of an amount."""


def kinds(seen: Seen) -> Settled:
    """Return `kinds`: their kinds of document that stand in the file and are known, by ours; others are open guesses.

    Of a known system all its kinds are named: next month's file may hold such as this one lacks.
    """
    present = seen.raw["kind"].dropna().astype("str").str.strip().value_counts()
    stated = {plain(theirs): ours for one in (systems()[-1], seen.system) for theirs, ours in one.kinds.items()}
    known: dict[str | int, DocumentKind] = {
        name: stated[plain(name)] for name in present.index if plain(name) in stated
    }
    if seen.system.name != ANY and len(present):
        known |= {theirs: ours for theirs, ours in seen.system.kinds.items() if str(theirs) not in known}
    told = {name: kind for name in present.index if name not in known and (kind := kind_in_words(name))}
    others = [name for name in present.index if name not in known and name not in told]
    told |= {name: kind for name in others if (kind := _kind_in_rows(seen, name))}
    known |= told
    shown = "; ".join(f"{name}: {kind}" for name, kind in told.items())
    by_words = (Guess("source.kinds", f"told by their words: {shown}", open=True),) if told else ()
    return Settled({"kinds": known}, by_words)


def kinds_by_sign(seen: Seen) -> Settled:
    """Return an open guess of the kinds that nothing names: their documents are told by the sign of their amounts."""
    held = seen.raw["kind"].dropna().astype("str").str.strip()
    unknown = [name for name in held.value_counts().index if name not in our_kinds(seen.source)]
    if not unknown or seen.source.one_kind:
        return Settled()
    owed = -_owed(seen) if seen.source.signs == "reversed" else _owed(seen)
    shown = "; ".join(_at_stake(owed[held.index[held == name]], name) for name in unknown[:8])
    more = "; …" if len(unknown) > 8 else ""
    returned = f"; {RETURNED}" if _has_sides(seen.source) and seen.source.signs == "signed" else ""
    taken = f"told by the sign of the amount: {shown}{more} ({OURS}{returned})"
    return Settled({}, (Guess("source.kinds", taken, open=True),))


def kind_in_words(name: str) -> DocumentKind | None:
    """Return what a kind's own words say that it is; None where they say nothing clear."""
    text = f" {plain(name)}"
    return next(
        (
            ours
            for ours, words in systems()[-1].kind_words.items()
            for word in map(plain, words)
            if (word if re.search("[^\x00-\x7fа-я]", word) else f" {word}") in text
        ),
        None,
    )


def _kind_in_rows(seen: Seen, name: str) -> DocumentKind | None:
    """Return what the texts in most rows of a kind say that it is; None where no column does."""
    rows = (seen.raw["kind"].astype("str").str.strip() == name).to_numpy()
    used = {one for names in seen.source.columns.values() for one in ([names] if isinstance(names, str) else names)}
    used -= {str(seen.source.columns.get("text"))}
    for column in [column for column in seen.found if column not in used]:
        cells = seen.found.loc[rows, column].dropna().astype("str")
        if len(cells) >= MOSTLY * rows.sum():
            told = cells.map(kind_in_words).dropna()
            if len(told) >= MOSTLY * rows.sum() and {*told} <= {*CREDITS} and (told == told.iloc[0]).all():
                return told.iloc[0]
    return None


def _at_stake(owed: pd.Series, kind: str) -> str:
    """Return what documents of a kind come to by the sign of what they raise a debt by."""
    sums = (
        f"{owed[of].abs().sum():,.2f} as {what} ({of.sum():,})"
        for of, what in ((owed >= 0, "invoices"), (owed < 0, "payments"))
        if of.any()
    )
    return f"{kind} {' and '.join(sums)}".strip()


def _has_sides(source: ExportSource) -> bool:
    """Return whether debit and credit tell by how much a document raises or lowers a debt, whatever its kind."""
    return bool(source.debit_side) or {"debit", "credit"} <= source.columns.keys()


def _owed(seen: Seen) -> pd.Series:
    """Return by how much each row raises what its buyer owes, before its kind is looked at: debit less credit."""
    raw, source = seen.raw, seen.source
    read = {role: amounts(raw[role], source.form.decimal) for role in ("amount", "open", "debit", "credit")}
    owed = read["amount"].fillna(read["open"])
    if {"debit", "credit"} <= source.columns.keys():
        moved = read["debit"].notna() | read["credit"].notna()
        owed = (read["debit"].fillna(0) - read["credit"].fillna(0)).where(moved)
    if source.debit_side:
        owed = owed.where(among(raw["side"], source.debit_side), -owed)
    return owed


def many_buyers(seen: Seen) -> tuple[Guess, ...]:
    """Return an open guess where hardly a buyer has two documents, or one has all: its column may be another's.

    A statement of one buyer names it in a title.
    """
    buyer = seen.raw["buyer_id"].fillna(seen.raw["name"]).dropna().astype("str")
    if len(buyer) < LEAST_DOCUMENTS or seen.source.one_kind:
        return ()
    if ALMOST_ALL * len(buyer) > len(set(buyer)) > 1 or (seen.source.block and len(set(buyer)) == 1):
        return ()
    return (Guess("source.buyers", f"{len(set(buyer)):,} buyers of {len(buyer):,} documents", open=True),)


def rows_read(seen: Seen) -> Settled:
    """Return `where` and `without`: columns of the file, and their values that the system's description names."""
    system, found = seen.system, seen.found
    where: dict[str, list[Code]] = {
        name: sorted(values[values.str.contains(pattern)].unique())
        for names, pattern in system.where_like.items()
        for name in found
        if plain(name) in {plain(one) for one in names.split(" / ")}
        and (values := found[name].dropna().astype("str")).str.contains(pattern).any()
    }
    if seen.source.form.layout == "xml":
        return Settled({"where": where, "without": dict(system.without)})
    without: dict[str, list[Code]] = {}
    for key, codes in system.without.items():
        for name in [name for name in found if plain(name) == plain(key)]:
            own = found[name].dropna().astype("str")
            if held := sorted(own[own.str.casefold().isin([str(code).casefold() for code in codes])].unique()):
                without[name] = held
    return Settled({"where": where | _of_receivables(seen), "without": without})


def _of_receivables(seen: Seen) -> dict[str, list[Code]]:
    """Return the rows of what is owed to a company, of a list of what it owes as well, by the column that tells."""
    ours, theirs = ({plain(word) for word in words} for words in (seen.system.receivable, seen.system.payable))
    for name in seen.found:
        if not {plain(value) for value in seen.found[name].dropna().head(50)} <= ours | theirs:
            continue
        values = {str(value).strip() for value in seen.found[name].dropna().unique()}
        words = {plain(value) for value in values}
        if words & theirs and words & ours and words <= ours | theirs:
            return {name: sorted(value for value in values if plain(value) in ours)}
    return {}


def one_number_a_document(seen: Seen) -> Settled:
    """Return `columns` without those for an invoice's number that several documents of the system share."""
    columns = dict(seen.source.columns)
    names = columns.get("invoice_id")
    if not isinstance(names, list) or "number" not in columns:
        return Settled()
    mapped = seen.raw["kind"].astype("str").map(our_kinds(seen.source))
    invoices = seen.raw[mapped == "invoice"]
    same = invoices["number"].astype("str").groupby(invoices["invoice_id"].astype("str")).nunique()
    if not (same > 1).any():
        return Settled()
    columns["invoice_id"] = columns["number"]
    guess = Guess("source.columns.invoice_id", str(columns["number"]), tuple(names[:-1]), open=True)
    return Settled({"columns": columns}, (guess,))


def signs(seen: Seen) -> Settled:
    """Return `signs`: whether credits stand with a minus (`signed`) or are told by their kind alone (`by_kind`).

    Credits in a column or on a side of their own are signed by it, so that no kind turns a debit into money received.
    """
    if seen.system.signs:
        return Settled({"signs": seen.system.signs})
    raw, decimal = seen.raw, seen.source.form.decimal
    if seen.source.one_kind == "payment":
        # Of payments most are received, and some are returned.
        paid = amounts(raw["amount"], decimal)
        return Settled({"signs": "signed" if (paid < 0).mean() > 0.5 else "reversed"})
    kind = raw["kind"].dropna().astype("str").str.strip().map(our_kinds(seen.source))
    credits = kind.index[kind.isin(CREDITS)]
    values = _owed(seen)
    of_invoices = values.loc[kind.index[kind == "invoice"]].dropna()
    if len(of_invoices) >= LEAST and (of_invoices < 0).mean() > ALMOST_ALL and not (values.loc[credits] < 0).any():
        return Settled({"signs": "reversed"}, (Guess("source.signs", "reversed", ("signed",), open=True),))
    if len(credits) == 0:
        return _signs_of_sum(seen, values)
    taken = "by_kind" if (values.loc[credits] > 0).mean() > 0.9 else "signed"
    return Settled({"signs": taken}, (Guess("source.signs", taken),))


def _signs_of_sum(seen: Seen, values: pd.Series) -> Settled:
    """Return `signs` of a list that names no credits: buyers owe in all, so that a sum below zero is one reversed."""
    with_due = values[seen.raw["due"].notna()].dropna()
    below = (with_due < 0).mean() if len(with_due) >= LEAST else 0.0
    if below < MOSTLY or values.sum() >= 0 or seen.source.debit_side:
        return Settled({"signs": "signed"})
    return Settled({"signs": "reversed"}, (Guess("source.signs", "reversed", ("signed",), open=True),))


def lines(seen: Seen) -> Settled:
    """Return `lines`: what several rows of one document are: parts, the same again, or payments of it."""
    if seen.system.lines:
        return Settled({"lines": seen.system.lines})
    raw = seen.raw
    number = raw["invoice_id"].fillna(raw["number"])
    again = raw[number.notna() & raw.assign(n=number).duplicated(["buyer_id", "name", "n", "due"], keep=False)]
    if again.empty:
        return Settled({"lines": "added"})
    values = amounts(again["amount"], seen.source.form.decimal)
    each = values.groupby(number[again.index].astype("str"))
    alike = bool((each.max() == each.min()).all())
    taken = "repeated" if alike and each.ngroups > 1 else "added"
    if alike and {"paid", "cleared"} <= seen.source.columns.keys():
        taken = "payments"
    return Settled({"lines": taken}, (Guess("source.lines", taken, open=True),))


def totals_of_ages(seen: Seen) -> Settled:
    """Return an open guess of the rows of a list by age whose total is not the sum of their ages."""
    source = seen.source
    if not source.buckets:
        return Settled()
    plain_list = source.model_copy(update={"buckets": {}})
    guesses = []
    for path in reading.files(source, source.path):
        found = reading.cells(plain_list, path)
        if source.block:
            # Heads of blocks hold their sums.
            found = found[pd.concat([reading.of_role(source, found, day) for day in DAYS], axis=1).notna().any(axis=1)]
        rest = buckets.beyond(found, source.buckets, source.form.decimal)
        if len(rest):
            shown = ", ".join(f"line {line}: {value:,.2f}" for line, value in rest.head(5).items())
            guesses.append(Guess("source.buckets", f"totals above their ages are not read ({shown})", open=True))
    return Settled({}, tuple(guesses))


def running_balance(seen: Seen) -> Settled:
    """Return `columns` where one with a balance that runs on from row to row was taken for what is open."""
    columns = dict(seen.source.columns)
    if "open" not in columns or not {"amount", "debit"} & columns.keys():
        return Settled()
    raw = seen.raw
    read = {role: amounts(raw[role], seen.source.form.decimal) for role in ("amount", "debit", "credit", "open")}
    sides = {"debit", "credit"} <= columns.keys()
    moves = read["debit"].fillna(0) - read["credit"].fillna(0) if sides else read["amount"]
    buyer = raw["buyer_id"].fillna(raw["name"])
    steps = [read["open"] - read["open"].groupby(group).shift() - moves for group in (buyer, buyer.notna())]
    right = [(step.dropna().abs() < 0.01).mean() for step in steps if step.notna().any()]
    if max(right, default=float(sides)) <= 0.9:
        return Settled()
    columns["balance"] = columns.pop("open")
    return Settled({"columns": columns})


def balance_breaks(seen: Seen) -> Settled:
    """Return an open guess of the rows after which a running balance is not the one before and debit less credit."""
    source, raw = seen.source, seen.raw
    if "balance" not in source.columns or not {"amount", "debit"} & source.columns.keys():
        return Settled()
    cells = reading.of_role(source, seen.found, "balance").set_axis(raw.index)
    balance, moves = amounts(cells, source.form.decimal), _owed(seen).fillna(0)
    buyer = raw["buyer_id"].fillna(raw["name"])
    # A balance runs on by buyer, or through the whole list, whichever holds on more rows.
    steps = [(balance - balance.groupby(group).shift() - moves).dropna() for group in (buyer, buyer.isna())]
    step = min(steps, key=lambda one: (one.abs() > CENT).mean() if len(one) else 1.0)
    off = step[step.abs() > CENT]
    if off.empty or len(off) > (1 - ALMOST_ALL) * len(step):
        return Settled()
    more = f", and {len(off) - 1:,} more" if len(off) > 1 else ""
    shown = f"{source.columns['balance']} does not follow from the rows: {off.iloc[0]:,.2f} off at row {off.index[0]}"
    return Settled({}, (Guess("source.columns.balance", f"{shown}{more}; a row may be missing", open=True),))


def unknown_amounts(seen: Seen) -> Settled:
    """Return an open guess of columns that by their figures may be what is paid or open of an amount, where none is."""
    source, raw = seen.source, seen.raw
    if set(TELL_OPEN) & source.columns.keys() or "amount" not in source.columns or source.one_kind:
        return Settled()
    named = {name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)}
    amount = amounts(raw["amount"], source.form.decimal).abs()
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
    called = [name for name in unknown if vocabulary().known(name) & {"open", "balance"}]
    called = called or [name for name, part in unknown.items() if _may_be_open(amount, part.abs())]
    if len(called) == 1:
        return Settled(
            {"columns": {**source.columns, "open": called[0]}}, (Guess("source.columns.open", called[0], open=True),)
        )
    return Settled({}, (Guess("source.columns.open", f"none; not known: {', '.join(list(unknown)[:5])}", open=True),))


def settled_where_empty(seen: Seen) -> Settled:
    """Return `settled` where a column of what is open says nothing of some invoices, and of none that it is nothing."""
    source, column = seen.source, seen.source.columns.get("open")
    if not isinstance(column, str) or {"paid", "cleared"} & source.columns.keys() or "amount" not in source.columns:
        return Settled()
    amount, rest = (amounts(seen.raw[role], source.form.decimal) for role in ("amount", "open"))
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
    named = {name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)}
    rest = amounts(seen.raw["open"], source.form.decimal).abs()
    for name in [
        name for name in seen.found if name not in named and not vocabulary().known(name) & {*NOT_OPEN, "paid"}
    ]:
        whole = amounts(seen.found[name], source.form.decimal).set_axis(seen.raw.index).abs()
        both = rest.notna() & whole.notna()
        if both.mean() < ALMOST_ALL or not (whole[both] >= rest[both] - CENT).all():
            continue
        same = ((whole - rest)[both].abs() <= CENT).mean()
        if SOME < same < 1 and (whole[both] % 1 != 0).any():
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


def unmatched(seen: Seen) -> Settled:
    """Return the column in which credits name invoices, else `unmatched`: they settle the oldest, as nothing tells."""
    source, raw = seen.source, seen.raw
    if {*TELL_OPEN, "group", "applies_to"} & source.columns.keys() or source.settled:
        return Settled()
    kind = raw["kind"].astype("str").str.strip().map(our_kinds(source))
    value = _owed(seen)
    credits = kind.isin(CREDITS) | (kind.ne("invoice") & (value < 0))
    number = raw["invoice_id"].fillna(raw["number"]).astype("str")
    invoices = list(number[~credits & (value > 0)].dropna())
    if not credits.any() or number[credits].isin(invoices).mean() > 0.5:
        return Settled()
    if named := naming(seen.found.set_axis(raw.index)[credits], invoices):
        columns = {**source.columns, "applies_to": named}
        return Settled({"columns": columns}, (Guess("source.columns.applies_to", named, open=True),))
    # Where hardly anything was paid, the list has open items alone.
    paid, owed = value[credits].abs().sum(), value[~credits].clip(lower=0).sum()
    few = credits.sum() < FEW * len(credits) and paid < FEW * owed
    taken, other = ("on_account", "oldest") if few else ("oldest", "on_account")
    return Settled({"unmatched": taken}, (Guess("source.unmatched", taken, (other,), open=True),))


def naming(credits: pd.DataFrame, invoices: list[str]) -> str | None:
    """Return the first column of credits that names the invoices which they settle; None without one.

    Most of what it holds are numbers of invoices: alone, else among words.
    """
    held = {str(name): credits[name].astype("str").str.strip() for name in credits}
    alone = (name for name, cells in held.items() if cells.isin(invoices).mean() > 0.5)
    in_words = (name for name, cells in held.items() if _in_words(cells, invoices) > 0.5)
    return next(alone, None) or next(in_words, None)


def _in_words(cells: pd.Series, invoices: list[str]) -> float:
    """Return the share of cells whose words name an invoice."""
    words = cells.str.findall(NUMBER_IN_WORDS).explode()
    return float(words.isin(invoices).groupby(level=0).any().mean())


def repeats_numbers(source: ExportSource, other: ExportSource) -> bool:
    """Return whether a list without due days and open amounts holds the numbers of invoices that another one has."""
    if source.one_kind or source.bank or {"due", "open", "paid", "kind"} & source.columns.keys():
        return False
    number, known = (
        reading.of_role(one, reading.cells(one, reading.files(one, one.path)[0]), "invoice_id").dropna().astype("str")
        for one in (source, other)
    )
    return bool(len(number)) and bool(number.isin(list(known)).mean() > 0.5)
