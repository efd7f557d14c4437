"""What the documents of a list are guessed to be: their kinds by name, by words and by sign, and what signs mean."""

import re
from itertools import combinations

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.days import days_of
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import plain
from tradecredit.book.exports.meaning import CREDITS, our_kinds
from tradecredit.book.exports.running import moves
from tradecredit.book.exports.systems import ANY, systems, vocabulary
from tradecredit.params.export import DocumentKind, ExportSource

FEW_KINDS = 6
"""More words in a column are no kinds of document."""
LEAST = 3
"""Fewer invoices tell no sign."""
ALMOST_ALL = 0.95
"""Share of invoices below zero from which the signs are the other way round."""
MOSTLY = 0.6
"""Share of rows of a kind, or of invoices, from which what they tell is told of all."""
WAYS = ("credit_note", "write_off", "discount")
"""Kinds of what settles an invoice that a list of payments may hold besides."""
GIVEN_BACK = re.compile(
    r"^(?!.*\b(?:non|not?|never|nicht|kein|pas|won)\b).*(?:\b(?:refund(?:s|ed)?|charge ?backs?|bounced|dishonou?red"
    r"|returned|reversed|nsf|(?:ruck)?erstattung|rucklastschrift|ruckbuchung|remboursement|rembourse|impaye|rejet"
    r"|devolucion|devuelt[ao]|reembolso|rimborso|insolut[ao]|terugbetaling|terugboeking|zwrot|vraceno|aterbetalning"
    r"|tilbakebetaling|tilbagebetaling|palautus|iade|возврат)\b|退款|返金|환불)"
)
"""What says of a payment that it went back, in small letters without accents."""
MOST_WAYS = 12
"""More words in a column of payments are no ways to pay."""
OURS = "one may write invoice, payment, credit_note, discount, write_off, recovery or leave_out for each"
RETURNED = "debit and credit keep their sides: a payment in debit is one that was returned"


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


def ways_of_payment(seen: Seen) -> Settled:
    """Return the column of payments in which words say of some that they are none, but credits used or written off."""
    source = seen.source
    if source.one_kind != "payment" or source.bank or "kind" in source.columns:
        return Settled()
    used = set(source.named_columns)
    stated = {plain(str(theirs)): ours for theirs, ours in systems()[-1].kinds.items()}
    for name in [name for name in seen.found if name not in used and not str(name).startswith("above: ")]:
        ways = seen.found[name].dropna().astype("str").str.strip().unique()
        known = {way: stated.get(plain(way)) or kind_in_words(way) for way in ways} if len(ways) <= MOST_WAYS else {}
        told = {way: kind for way, kind in known.items() if kind in WAYS}
        if told:
            shown = "; ".join(f"{way}: {kind}" for way, kind in told.items())
            columns = {**source.columns, "kind": str(name)}
            return Settled({"columns": columns, "kinds": told}, (Guess("source.kinds", shown, open=True),))
    return Settled()


def given_back(seen: Seen) -> Settled:
    """Return the column of payments whose words say of some that they went back, as their side, as an open guess.

    Such as refunds and chargebacks, whose amounts have the same sign as those of other payments.
    """
    source = seen.source
    if source.one_kind != "payment" or source.bank or _has_sides(source) or "side" in source.columns:
        return Settled()
    amount = amounts(seen.raw["amount"], source.form.decimal)
    used = set(source.named_columns) - {str(source.columns.get("kind"))}
    for name in [name for name in seen.found if name not in used and not str(name).startswith("above: ")]:
        ways = seen.found[name].astype("str").str.strip().where(seen.found[name].notna()).set_axis(amount.index)
        back = [way for way in ways.dropna().unique() if GIVEN_BACK.search(plain(way))]
        if not back or ways.nunique() > MOST_WAYS or len(back) == ways.nunique():
            continue
        went = ways.isin(back)
        if (amount[went] > 0).all() and (amount[~went] > 0).mean() > MOSTLY:
            columns = {**source.columns, "side": str(name)}
            guess = Guess("source.columns.side", f"{name}: {', '.join(back)}", open=True)
            return Settled({"columns": columns, "debit_side": back}, (guess,))
    return Settled()


def credits_by_days(seen: Seen) -> Settled:
    """Return the column and the kind of documents that are credits by their rows, as an open guess.

    Where no amount is below zero and no kind is known as one of credits, those of some words may be: all of them are
    due at once, or never, unlike others, and have numbers of another series.
    """
    source, raw = seen.source, seen.raw
    known = set(source.kinds.values()) & {*CREDITS}
    if seen.system.name != ANY or source.one_kind or known or _has_sides(source) or "due" not in source.columns:
        return Settled()
    if (moves(raw, source) < 0).any():
        return Settled()
    issued, due = (days_of(raw[role], role, source.form) for role in ("issued", "due"))
    at_once = due.isna() | (due <= issued)
    series = raw["invoice_id"].fillna(raw["number"]).astype("str").str.extract(r"^\W*([^\W\d_]+)", expand=False)
    used = set(source.named_columns)
    used -= {str(source.columns.get(role)) for role in ("kind", "text")}
    for name in [name for name in seen.found if name not in used and not str(name).startswith("above: ")]:
        held = seen.found[name].set_axis(raw.index).dropna().astype("str").str.strip()
        words = held.value_counts()
        if not 1 < len(words) <= FEW_KINDS or len(held) < len(raw) or words.index.str.contains(r"\d").any():
            continue
        each = at_once.groupby(held).agg(["all", "size"])
        credits = [str(word) for word, of in each.iterrows() if of["all"] and of["size"] >= LEAST]
        own = held.isin(credits)
        apart = series.notna().all() and not {*series[own]} & {*series[~own]}
        if credits and own.mean() < 0.5 and apart and at_once[~own].mean() < 1 - MOSTLY:
            told: dict[str | int, DocumentKind] = {str(word): "invoice" for word in words.index}
            told |= source.kinds
            told |= dict.fromkeys(credits, "credit_note")
            shown = f"told by days and numbers: {', '.join(credits)} ({name}): credit_note"
            return Settled(
                {"columns": {**source.columns, "kind": str(name)}, "kinds": told},
                (Guess("source.kinds", shown, open=True),),
            )
    return Settled()


def credits_by_tax(seen: Seen) -> Settled:
    """Return `kinds` with those of credits whose amounts stand without a sign, as an open guess.

    Two other columns, what is owed without tax and the tax, add up to the amount in all rows but for its sign, and all
    rows of these kinds are below zero there, of the others none.
    """
    source, raw = seen.source, seen.raw
    kind = raw["kind"].dropna().astype("str").str.strip()
    amount = amounts(raw["amount"], source.form.decimal)
    if seen.system.name != ANY or source.one_kind or not 1 < kind.nunique() <= FEW_KINDS or (amount < 0).any():
        return Settled()
    used = set(source.named_columns)
    free = {str(name): amounts(seen.found[name].set_axis(raw.index), source.form.decimal)
            for name in seen.found if name not in used and vocabulary().known(name) & {"net", "tax"}}  # fmt: skip
    for net, tax in combinations(free, 2):
        whole = free[net] + free[tax]
        if not (whole.notna() & ((whole.abs() - amount).abs() < 2 * CENT)).all():
            continue
        below = (whole < 0).groupby(kind).mean()
        credits = [str(name) for name in below.index[below == 1.0]]
        if credits and below.isin([0.0, 1.0]).all():
            told: dict[str | int, DocumentKind] = {str(name): "invoice" for name in below.index}
            told |= source.kinds | dict.fromkeys(credits, "credit_note")
            shown = f"told by the sign of {net} and {tax}: {', '.join(credits)}: credit_note"
            return Settled({"kinds": told}, (Guess("source.kinds", shown, open=True),))
    return Settled()


def kinds_by_sign(seen: Seen) -> Settled:
    """Return an open guess of the kinds that nothing names: their documents are told by the sign of their amounts."""
    held = seen.raw["kind"].dropna().astype("str").str.strip()
    unknown = [name for name in held.value_counts().index if name not in our_kinds(seen.source)]
    if not unknown or seen.source.one_kind:
        return Settled()
    owed = -moves(seen.raw, seen.source) if seen.source.signs == "reversed" else moves(seen.raw, seen.source)
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
    value = moves(seen.raw, seen.source).to_numpy()
    if (value < 0).any() and (value[rows] > 0).mean() > MOSTLY:
        return None  # where credits are below zero, what raises a debt is none, such as a refund of one
    used = set(seen.source.named_columns)
    used -= {str(seen.source.columns.get("text"))}
    for column in [column for column in seen.found if column not in used]:
        cells = seen.found.loc[rows, column].dropna().astype("str")
        if len(cells) >= MOSTLY * rows.sum():
            told = cells.map(kind_in_words).dropna()
            if len(told) >= MOSTLY * rows.sum() and {*told} <= {*CREDITS} and (told == told.iloc[0]).all():
                # What is said of the rows of other kinds as well, such as how they are paid, tells nothing.
                others = seen.found.loc[~rows, column].dropna().astype("str").map(kind_in_words)
                if not len(others) or (others == told.iloc[0]).mean() < MOSTLY:
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


def signs(seen: Seen) -> Settled:
    """Return `signs`: whether credits stand with a minus (`signed`) or are told by their kind alone (`by_kind`).

    Credits in a column or on a side of their own are signed by it, so that no kind turns a debit into money received.
    """
    if seen.system.signs:
        return Settled({"signs": seen.system.signs})
    raw, decimal = seen.raw, seen.source.form.decimal
    if seen.source.one_kind == "payment":
        if seen.source.debit_side:
            return Settled({"signs": "signed"})
        # Of payments most are received, and some are returned.
        paid = amounts(raw["amount"], decimal)
        return Settled({"signs": "signed" if (paid < 0).mean() > 0.5 else "reversed"})
    kind = raw["kind"].dropna().astype("str").str.strip().map(our_kinds(seen.source))
    credits = kind.index[kind.isin(CREDITS)]
    values = moves(seen.raw, seen.source)
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
