"""What the rows of a list are guessed to be: of receivables, parts of one document, balances; what credits settle."""

import re

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import buckets, reading, running
from tradecredit.book.exports.amounts import NOUGHT, amounts
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import DAYS, plain
from tradecredit.book.exports.kinds import kind_in_words
from tradecredit.book.exports.meaning import CREDITS, our_kinds
from tradecredit.book.exports.numbers import NUMBER_IN_WORDS, figures, figures_of
from tradecredit.book.exports.open_parts import TELL_OPEN
from tradecredit.book.exports.totals import TOTAL, TOTAL_BEHIND
from tradecredit.book.exports.which_rows import are_read
from tradecredit.book.problems import SHOWN
from tradecredit.params.export import Code, ExportSource, Role

OWN_BUYER = 0.95
"""Buyers of each document from which hardly one has two."""
COME_TO_IT = 0.5
"""Share of documents above which rows are their payments, as these come to no more than their total."""
NEARLY_ALL = 0.95
"""Share of rows in which words say that they are payments, from which all are."""
MOSTLY = 0.5
"""Share of credits that name an invoice's number in a column, from which it is the number that they know it by."""
CLEARED = 0.1
"""Share of credits with a day of clearing above which these tell which credits were used."""
FEW_CREDITS = 0.1
"""Share of all documents, and of what is owed, below which credits are those of a list of open items alone."""
WORDED: tuple[Role, ...] = ("kind", "text", "applies_to", "buyer_id", "name", "invoice_id", "issued", "due")
"""Roles in whose cells a word may tell a total."""
SUM = re.compile(rf"^(?:{TOTAL.removeprefix('(?i)')})|{TOTAL_BEHIND.removeprefix('(?i)')}", re.IGNORECASE)
"""How cells begin or end of lines that sum others up."""
LEAST_STEPS = 3
"""So many rows below a balance show how it runs."""
LEAST_DOCUMENTS = 20
"""In so many documents some buyer has two."""


def many_buyers(seen: Seen) -> tuple[Guess, ...]:
    """Return an open guess where hardly a buyer has two documents, or one has all: its column may be another's.

    A statement of one buyer names it in a title.
    """
    buyer = seen.raw["buyer_id"].fillna(seen.raw["name"]).dropna().astype("str")
    if len(buyer) < LEAST_DOCUMENTS or seen.source.one_kind:
        return ()
    if OWN_BUYER * len(buyer) > len(set(buyer)) > 1 or (seen.source.block and len(set(buyer)) == 1):
        return ()
    return (Guess("source.buyers", f"{len(set(buyer)):,} buyers of {len(buyer):,} documents", open=True),)


def rows_read(seen: Seen) -> Settled:
    """Return `where` and `without`: columns of the file, and their values that the system's description names."""
    system, found = seen.system, seen.found
    where: dict[str, list[Code]] = {**seen.source.where} | {
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


def number_that_credits_name(seen: Seen) -> Settled:
    """Return `columns` with the number of invoices that credits mostly name, where they do not name the system's own.

    Such as an assignment that a payment shares with what it pays.
    """
    columns = dict(seen.source.columns)
    names, own = columns.get("applies_to", []), columns.get("number")
    if own is None or columns.get("invoice_id") != own:
        return Settled()
    is_invoice = seen.raw["kind"].astype("str").map(our_kinds(seen.source)).eq("invoice").to_numpy()
    for name in [names] if isinstance(names, str) else names:
        held = seen.found[name].astype("str").where(seen.found[name].notna())
        of_invoices, of_credits = held[is_invoice].dropna(), held[~is_invoice].dropna()
        if of_credits.isin(list(of_invoices)).mean() > MOSTLY and of_invoices.is_unique:
            return Settled({"columns": {**columns, "invoice_id": [name, str(own)]}})
    return Settled()


def lines(seen: Seen) -> Settled:
    """Return `lines`: what several rows of one document are: parts, the same again, or payments of it."""
    if seen.system.lines:
        return Settled({"lines": seen.system.lines})
    raw = seen.raw
    number = raw["invoice_id"].fillna(raw["number"])
    again = raw[number.notna() & raw.assign(n=number).duplicated(["buyer_id", "name", "n", "due"], keep=False)]
    if again.empty:
        return Settled({"lines": "added"})
    again = again[~seen.found.set_axis(raw.index).loc[again.index].duplicated(keep=False)]
    # A row that is the same in every cell was exported twice, and says nothing of the others.
    taken = _what_rows_are(again, number, seen.source) if len(again) else "repeated"
    return Settled({"lines": taken}, (Guess("source.lines", taken, open=True),))


def _what_rows_are(again: pd.DataFrame, number: pd.Series, source: ExportSource) -> str:
    """Return what rows of one document are that differ: parts; else its total again, payments where they add up."""
    of_number = number[again.index].astype("str")
    each = amounts(again["amount"], source.form.decimal).groupby(of_number)
    if not (each.max() == each.min()).all():
        return "added"
    if {"paid", "cleared"} <= source.columns.keys():
        paid = amounts(again["paid"], source.form.decimal).groupby(of_number).sum()
        return "payments" if (paid.abs() <= each.max().abs() + CENT).mean() > COME_TO_IT else "repeated"
    return "repeated" if each.ngroups > 1 else "added"


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


def particulars(seen: Seen) -> Settled:
    """Return an open guess of names that stand below buyers' numbers in one column: one may be another buyer."""
    source = seen.source
    if source.block.get("buyer_id") != "=" or {*source.block, *source.columns} & {"name"}:
        return Settled()
    named = seen.raw[["buyer_id", "name"]].dropna().drop_duplicates()
    shown = [" ".join(f"{name} of {number}".split()) for number, name in named.head(SHOWN).itertuples(index=False)]
    more = ", …" if len(named) > SHOWN else ""
    return Settled({}, (Guess("source.block", f"{', '.join(shown)}{more}", open=True),) if shown else ())


def undated(seen: Seen) -> Settled:
    """Return an open guess of rows with an amount and a text that is none of a total, but no day: they are left out."""
    others = seen.every.drop(seen.raw.index)
    others = others[others[["amount", "debit", "credit", "open"]].notna().any(axis="columns")]
    told = others[["kind", "text", "applies_to"]].notna().any(axis="columns")
    words = others.loc[told, [*WORDED]].astype("object")
    sums = words.map(lambda cell: SUM.search(str(cell)) is not None, na_action="ignore").eq(True).any(axis="columns")
    # What is over nothing says nothing, such as a balance brought forward of an account without one.
    nothing = (
        others[["amount", "debit", "credit", "open"]]
        .astype("str")
        .apply(lambda column: column.str.fullmatch(NOUGHT) | others[column.name].isna())
    )
    lines = sums.index[~sums & ~nothing.all(axis="columns")[sums.index]]
    if not len(lines):
        return Settled()
    first = others.loc[lines[0]]
    shown = ", ".join(" ".join(str(cell).split()) for cell in first[[*WORDED, "amount", "debit", "credit"]].dropna())
    rows = "1 row" if len(lines) == 1 else f"{len(lines):,} rows, such as"
    place = "" if len(seen.source.files) > 1 else f" in line {lines[0]}"
    return Settled({}, (Guess("source.undated", f"{rows}{place}: {shown}", open=True),))


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
    one_group = pd.Series(0, index=raw.index)
    right = []
    for group in (buyer, one_group):
        before = read["open"].groupby(group).shift()
        # Without debit and credit the whole of an invoice, after one of which nothing is open, looks like a step.
        step = (read["open"] - before - moves)[sides | (before.abs() > CENT)].dropna()
        right += [(step.abs() < 2 * CENT).mean()] if len(step) >= (1 if sides else LEAST_STEPS) else []
    if max(right, default=float(sides)) <= 0.9:
        return Settled()
    columns["balance"] = columns.pop("open")
    return Settled({"columns": columns})


def balance_breaks(seen: Seen) -> Settled:
    """Return an open guess of the rows after which a running balance is not the one before and debit less credit."""
    cells = reading.of_role(seen.source, seen.found, "balance").set_axis(seen.raw.index)
    is_read = are_read(seen.found, seen.source).set_axis(seen.raw.index)
    off = running.breaks(seen.raw.assign(balance=cells), is_read, seen.source)
    if off.empty:
        return Settled()
    return Settled({}, (Guess("source.columns.balance", running.told(off, seen.source), open=True),))


def unmatched(seen: Seen) -> Settled:
    """Return the column in which credits name invoices, else `unmatched`: they settle the oldest, as nothing tells."""
    source, raw = seen.source, seen.raw
    if {*TELL_OPEN, "applies_to"} & source.columns.keys() or source.settled:
        return Settled()
    kind = raw["kind"].astype("str").str.strip().map(our_kinds(source))
    value = running.moves(raw, source)
    credits = kind.isin(CREDITS) | (kind.ne("invoice") & (value < 0))
    credits &= raw["group"].isna()
    number = raw["invoice_id"].fillna(raw["number"]).astype("str")
    invoices = list(number[~credits & (value > 0)].dropna())
    # Days of clearing tell which credits were used.
    cleared = raw["cleared"][credits].notna().mean() > CLEARED
    if not credits.any() or number[credits].isin(invoices).mean() > 0.5 or cleared:
        return Settled()
    cells = seen.found.set_axis(raw.index)[credits]
    buyer = raw["buyer_id"].fillna(raw["name"]).astype("str")
    if named := naming(cells, invoices) or _by_figures(cells, buyer, number[~credits & (value > 0)]):
        columns = {**source.columns, "applies_to": named}
        return Settled({"columns": columns}, (Guess("source.columns.applies_to", named, open=True),))
    if "group" in source.columns:
        return Settled()
    # Where hardly anything was paid, the list has open items alone.
    paid, owed = value[credits].abs().sum(), value[~credits].clip(lower=0).sum()
    few = credits.sum() < FEW_CREDITS * len(credits) and paid < FEW_CREDITS * owed
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
    words = cells.str.replace("#", " ").str.findall(NUMBER_IN_WORDS).explode()
    return float(words.isin(invoices).groupby(level=0).any().mean())


def _by_figures(credits: pd.DataFrame, buyer: pd.Series, number: pd.Series) -> str | None:
    """Return the first column of credits that mostly holds the figures of a number of their buyer's invoices.

    `number` is that of invoices, `buyer` that of all documents.
    """
    known = figures_of(number)
    pairs = set(zip(buyer[known.index], known, strict=True))
    for name in credits:
        held = figures(credits[name].dropna())
        fits = pd.Series([pair in pairs for pair in zip(buyer[held.index], held, strict=True)], index=held.index)
        if fits.groupby(level=0).any().sum() > 0.5 * len(credits):
            return str(name)
    return None


def pays(source: ExportSource, ledger: ExportSource) -> bool:
    """Return whether a list without due days and kinds is of payments: words say it, and they come to what was owed.

    Words alone, such as `Wpłata od kontrahenta` in nearly all rows, may also say how invoices are to be paid.
    """
    if source.one_kind or source.bank or {"due", "paid", "kind", "debit", "terms_days"} & source.columns.keys():
        return False
    cells, owed = (reading.cells(one, reading.files(one, one.path)[0]) for one in (source, ledger))
    used = set(source.named_columns)
    worded = any(
        (cells[name].astype("str").map(kind_in_words, na_action="ignore") == "payment").mean() >= NEARLY_ALL
        for name in cells
        if name not in used and not pd.api.types.is_numeric_dtype(cells[name])
    )
    if not worded:
        return False
    theirs, ours = (
        [*zip(reading.of_role(one, of, "buyer_id").astype("str").str.strip(),
              amounts(reading.of_role(one, of, "amount"), one.form.decimal).round(2), strict=True)]
        for one, of in ((source, cells), (ledger, owed))
    )  # fmt: skip
    of_ledger = {*ours}
    return sum(pair in of_ledger for pair in theirs) > COME_TO_IT * len(theirs)


def names_what_it_settles(source: ExportSource, ledger: ExportSource) -> bool:
    """Return whether a list of nothing but payments has a column that mostly names invoices of a ledger in words."""
    column = source.columns.get("applies_to")
    if not isinstance(column, str) or source.one_kind or source.bank or {"due", "open"} & source.columns.keys():
        return False
    cells, others = (reading.cells(one, reading.files(one, one.path)[0]) for one in (source, ledger))
    number = reading.of_role(ledger, others, "invoice_id").dropna().astype("str").str.strip()
    named = cells[column].dropna().astype("str")
    return _may_be_payments(source, cells) and len(named) > 0 and _in_words(named, list(number)) > 0.5


def _may_be_payments(source: ExportSource, cells: pd.DataFrame) -> bool:
    """Return whether no kind of document in a list is other than a payment, or few are."""
    kind = reading.of_role(source, cells, "kind").dropna().astype("str")
    return not len(kind) or bool((kind.map(kind_in_words) == "payment").mean() > 0.5)


def repeats_numbers(source: ExportSource, other: ExportSource) -> bool:
    """Return whether a list without due days and open amounts holds the numbers of invoices that another one has.

    They may be keys, in a column of the other that has one of its own for each row. All of its kinds of document are
    mostly payments.
    """
    if source.one_kind or source.bank or {"due", "open", "paid", "days_overdue"} & source.columns.keys():
        return False
    cells, others = (reading.cells(one, reading.files(one, one.path)[0]) for one in (source, other))
    if not _may_be_payments(source, cells):
        return False
    number = reading.of_role(source, cells, "invoice_id").dropna().astype("str").str.strip()
    known = [reading.of_role(other, others, "invoice_id").dropna().astype("str").str.strip()]
    known += [
        of for name in others if (of := others[name].dropna().astype("str").str.strip()).is_unique and len(of) > 1
    ]
    return bool(len(number)) and any(number.isin(list(of)).mean() > 0.5 for of in known)
