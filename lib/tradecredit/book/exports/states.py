"""What columns of states tell: which rows are void, which invoices are paid, and which states are not clear."""

import re
from collections.abc import Collection
from typing import Literal, NamedTuple, Self

import numpy as np
import pandas as pd

from tradecredit.book.by_currency import told_sum
from tradecredit.book.checks import CENT
from tradecredit.book.exports.amounts import amounts
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import plain
from tradecredit.book.exports.kinds import kind_in_words
from tradecredit.book.exports.systems import ANY, systems, vocabulary
from tradecredit.params.export import Code, ExportList, ExportSystem


def by_status(seen: Seen) -> Settled:
    """Return which rows are left out (`without`), read (`where`) and paid (`settled`), as columns of states say.

    States that are not known are an open guess: their rows are open with their whole amount.
    """
    source = seen.source
    states = [_States.of(name, seen.found[name], seen.system) for name in _state_columns(seen)]
    if source.one_kind == "payment":
        done = next((one for one in states if one.settled), None)
        # A payment of which something is left is as good as one that is used up.
        if done is None or "open" in source.columns:
            return Settled(_left_out(source, states))
        others = tuple(str(state) for state in done.held if state not in done.settled)
        guesses = (Guess("source.where", ", ".join(map(str, done.settled)), others),) if others else ()
        return Settled({"where": {**source.where, done.column: done.settled}}, guesses)
    read = _left_out(source, states)
    if not states or {"open", "paid"} & source.columns.keys():
        otherwise = _settled_otherwise(seen, states)
        guess = tuple(Guess("source.settled", ", ".join(map(str, values)), open=True) for values in otherwise.values())
        read |= {"settled": otherwise} if otherwise else {}
        return Settled(read, (*_no_debt_yet(seen, states), *guess))
    settled = {one.column: one.settled for one in states if one.settled}
    read |= {"settled": settled} if settled else {}
    named = ", ".join(str(state) for one in settled.values() for state in one) or "none"
    clear = (Guess("source.settled", named),) if settled or any(one.unsettled for one in states) else ()
    unclear = ", ".join(map(str, [state for one in states for state in one.unclear][:8]))
    shown = f"taken as open with their whole amount: {unclear}"
    return Settled(read, (*clear, Guess("source.settled", shown, open=True)) if unclear else clear)


def paid_in_full(seen: Seen) -> Settled:
    """Return columns of amounts as the rows of invoices that are said to be paid in full show them to be.

    What is paid of these is all that they come to: a column that it equals in their rows, where the amount is another,
    is the amount that is paid against, such as one without tax, an open guess; where it equals what was taken for
    open, this is what the invoice asked for.
    """
    source, raw = seen.source, seen.raw
    done = np.zeros(len(raw), dtype=bool)
    for one in [_States.of(name, seen.found[name], seen.system) for name in _state_columns(seen)]:
        done |= seen.found[one.column].astype("str").str.strip().isin(one.settled).to_numpy()
    if "paid" not in source.columns or source.one_kind or done.sum() < LEAST_PAID:
        return Settled()
    read = {role: amounts(raw[role], source.form.decimal) for role in ("paid", "open", "amount")}
    paid = read["paid"][done]

    def is_paid(column: pd.Series) -> bool:
        return bool(((column[done] - paid).abs() <= CENT).mean() >= MOSTLY and (paid.abs() > CENT).mean() >= MOSTLY)

    if "open" in source.columns and is_paid(read["open"]):
        name = source.columns["open"]
        rest = {role: column for role, column in source.columns.items() if role != "open"}
        columns = rest if "amount" in rest else {**rest, "amount": name}
        return Settled({"columns": columns}, (Guess("source.columns.amount", str(columns["amount"])),))
    if not isinstance(source.columns.get("amount"), str) or "open" in source.columns or is_paid(read["amount"]):
        return Settled()
    used = set(source.named_columns)
    for name in [name for name in seen.found if name not in used]:
        if is_paid(amounts(seen.found[name], source.form.decimal).set_axis(raw.index)):
            guess = Guess("source.columns.amount", str(name), (str(source.columns["amount"]),), open=True)
            return Settled({"columns": {**source.columns, "amount": str(name)}}, (guess,))
    return Settled()


def _settled_otherwise(seen: Seen, states: list["_States"]) -> dict[str, list[Code]]:
    """Return the states that say of documents that they are settled, where not all was paid: set off, or deducted.

    Of those of a state nothing was paid, or less than all of a few; of many, it is another amount that is paid.
    """
    if "open" in seen.source.columns:
        return {}
    read = {role: amounts(seen.raw[role], seen.source.form.decimal).to_numpy() for role in ("amount", "paid")}
    rest = np.abs(np.nan_to_num(read["amount"]) - np.nan_to_num(read["paid"]))
    found: dict[str, list[Code]] = {}
    for one in states:
        held = seen.found[one.column].astype("str").str.strip().to_numpy()
        for state in one.settled:
            rows = held == state
            unpaid = (np.abs(np.nan_to_num(read["paid"][rows])) <= CENT).mean() >= MOSTLY
            if (rest[rows] > CENT).any() and (unpaid or (rest[rows] > CENT).mean() <= 1 - MOSTLY):
                found.setdefault(one.column, []).append(state)
    return found


def _left_out(source: ExportList, states: list["_States"]) -> dict[str, object]:
    """Return `without` with the states of rows that are no debt beside what is left out already; empty without such."""
    void = {
        one.column: [*dict.fromkeys([*source.without.get(one.column, []), *one.void])] for one in states if one.void
    }
    return {"without": {**source.without, **void}} if void else {}


def _no_debt_yet(seen: Seen, states: list["_States"]) -> tuple[Guess, ...]:
    """Return an open guess of states of few open documents that may be none yet, such as those on hold."""
    decimal = seen.source.form.decimal
    rest = amounts(seen.raw["open"], decimal).fillna(amounts(seen.raw["amount"], decimal))
    rest = rest / 100 if seen.source.form.hundredths else rest
    shown = []
    for one in states:
        held = seen.found[one.column].astype("str").str.strip().to_numpy()
        for state in one.held:
            known = state in [*one.void, *one.settled, *one.unsettled] and plain(state) not in NOT_YET
            known |= state in seen.source.without.get(one.column, [])
            rows = (held == state) & (rest != 0) & rest.notna()
            if not known and 0 < rows.sum() < 0.5 * (rest != 0).sum():
                shown.append(f"{state} {told_sum(rest.where(rows), seen.raw['currency'])}")
    return (Guess("source.states", "; ".join(shown[:8]), open=True),) if shown else ()


def rows_of_others(seen: Seen) -> Settled:
    """Return `without` with rows that a yes says to be void, or that are of suppliers, as open guesses.

    A column that is called like a void state (`Cancelled`), or like one of sales (`IsSOTrx`), holds yes and no; a kind,
    of which there are few, has a word of purchases among others without. A remark of nothing but `cancelled` says so.
    """
    source, found = seen.source, seen.found
    if source.form.layout == "xml" or source.one_kind or seen.system.lines == "parts":
        return Settled()
    void = {plain(word) for word in seen.system.void}
    used = set(source.named_columns)
    used -= {str(source.columns.get(role)) for role in ("kind", "status", "text")}
    out: dict[str, list[Code]] = {}
    for name in [name for name in found if name not in used | {*source.where, *source.without}]:
        held = found[name].dropna().astype("str").str.strip()
        values = sorted(held.unique()) if held.nunique() <= FEW_KINDS else []
        if {plain(value) for value in values} <= YES | NO:
            wanted = YES if plain(name) in void else NO if plain(name) in OF_SALES else set()
            taken = [value for value in values if plain(value) in wanted]
        else:
            # A kind stands in every row; a remark may name anything.
            kinds = values if held.size > MOSTLY * len(found) else []
            taken = [value for value in kinds if OF_PURCHASES.search(value) and len(value.split()) <= WORDS_OF_KIND]
            if held.size < REMARKS * len(found) and CALLED_REMARKS.search(plain(name)):
                taken = sorted(value for value in held.unique() if plain(value) in CANCELLED)
        if taken and len(taken) < len(values) + (len(held) < len(found)):
            out[str(name)] = [*taken]
    guesses = (
        Guess("source.without", f"{name}: {', '.join(map(str, taken))}", open=True) for name, taken in out.items()
    )
    return Settled({"without": {**source.without, **out}} if out else {}, tuple(guesses))


def written_off(seen: Seen) -> Settled:
    """Return `written_off`: reasons that call what is neither paid nor open lost, such as `bad debt`, as an open guess.

    They stand in a column of few values that nothing else is read from.
    """
    source, found = seen.source, seen.found
    if source.form.layout == "xml" or source.one_kind or not {"paid", "open", "cleared"} & source.columns.keys():
        return Settled()
    used = set(source.named_columns) - {str(source.columns.get("status"))}
    read = {role: amounts(seen.raw[role], source.form.decimal).fillna(0.0) for role in ("amount", "paid", "open")}
    left = (read["amount"].abs() - read["paid"].abs() - read["open"].abs()).to_numpy()
    gone = (left > CENT) & (seen.raw["cleared"].notna().to_numpy() | ("cleared" not in source.columns))
    lost: dict[str, list[Code]] = {}
    shown = []
    for name in [name for name in found if name not in used | {*source.where}]:
        held = found[name].astype("str").str.strip().where(found[name].notna())
        values = sorted(held.dropna().unique()) if held.nunique() <= FEW_KINDS else []
        read_so = [*source.without.get(name, []), *source.settled.get(name, [])]
        for value in [value for value in values if value not in read_so and kind_in_words(value) == "write_off"]:
            rows = (held == value).to_numpy() & gone
            if rows.any():
                lost.setdefault(str(name), []).append(value)
                shown.append(f"{name} {value} {left[rows].sum():,.2f}")
    guesses = (Guess("source.written_off", "; ".join(shown), open=True),) if shown else ()
    return Settled({"written_off": lost} if lost else {}, guesses)


NOT_YET = {"pending", "submitted"}
"""States that are open where nothing else is said of what is open, and else may be of what is not billed yet."""
LEAST_PAID = 3
"""Fewer invoices that are paid in full tell nothing of columns of amounts."""
YES = {"yes", "y", "true", "t", "1", "x", "ja", "j", "oui", "o", "si", "s", "sim", "tak", "ano", "evet", "是", "kylla"}
NO = {"no", "n", "false", "f", "0", "", "nein", "non", "nao", "nej", "nee", "nie", "ne", "hayir", "否", "ei"}
OF_SALES = {"is so trx", "issotrx", "is sotrx", "is sales", "is sales transaction", "sales transaction"}
OF_PURCHASES = re.compile(
    r"(?i)^(?:a/?p|acc(?:ounts? )?pay(?:able|credit)?)\b|"
    r"\b(vendor|supplier|purchas|payable|kreditor|lieferant|eingangsrechnung|fournisseur|proveedor|fornitore|"
    r"fornecedor|crediteur|inkoop|leverancier|leverantör|leverandør|dostawc|zakup|dodavatel|поставщик|покупк)"
    r"|应付|采购|供应商|仕入|買掛|매입"
)
"""Words of what a company owes, in kinds of document."""
WORDS_OF_KIND = 4
"""A text of more words is a remark and no kind of document."""
CALLED_REMARKS = re.compile(
    r"\b(?:remarks?|notes?|comments?|memo|info|text|bemerkung(?:en)?|anmerkung(?:en)?|hinweis|notiz(?:en)?|remarques?"
    r"|observ\w*|commentaires?|notas?|opmerking(?:en)?|uwagi|poznamk\w*|napomen\w*|megjegyzes|huomautus"
    r"|anmarkning(?:ar)?|merknad(?:er)?|bemaerkning(?:er)?|aciklama|примечани\w*|комментари\w*)\b|备注|備考|비고|摘要"
)
"""What columns of remarks are called, in small letters without accents."""
REMARKS = 0.5
"""Share of rows below which a column that holds something holds remarks."""
CANCELLED = {
    plain(word)
    for word in (
        "cancelled", "canceled", "void", "voided", "storniert", "annulliert", "annulée", "annulé", "anulada", "anulado",
        "cancelada", "cancelado", "annullata", "annullato", "anulowana", "anulowano", "anulowany", "geannuleerd",
        "stornováno", "stornovaná", "zrušeno", "zrušená", "makulerad", "makulerat", "annulleret", "annullert",
        "mitätöity", "iptal", "iptal edildi", "аннулирован", "отменен", "отменена", "作废", "取消", "キャンセル",
        "무효",
    )
}  # fmt: skip
"""Remarks that say of a document that it is none."""
FEW_KINDS, MOSTLY = 12, 0.9
"""So many values, in so large a share of rows, may be kinds of document."""


class _States(NamedTuple):
    """The states in a column: all, those of rows left out, of paid invoices, of open ones, and what is unclear."""

    column: str
    held: list[Code]
    void: list[Code]
    settled: list[Code]
    unsettled: list[Code]
    unclear: list[Code]

    @classmethod
    def of(cls, column: str, cells: pd.Series, system: ExportSystem) -> Self:
        held: list[Code] = sorted(cells.dropna().astype("str").str.strip().unique())

        def among(words: Collection[str]) -> list[Code]:
            known = {plain(word) for word in words}
            return [state for state in held if plain(state) in known]

        usual = systems()[-1]
        void, settled = among([*system.void, *usual.void]), among([*system.settled, *usual.settled])
        unsettled = among([*system.unsettled, *usual.unsettled])
        if (yes := _yes_means(column, held)) is not None:
            void, settled, unsettled = [], among(YES if yes == "paid" else NO), among(NO if yes == "paid" else YES)
        part = [one for one in unsettled if re.search(r"part|parz|parc|teil|deel|czesc|部分", plain(one))]
        unknown = [state for state in held if state not in [*void, *settled, *unsettled]]
        return cls(column, held, void, settled, unsettled, [*part, *unknown])


def _yes_means(column: str, held: Collection[object]) -> Literal["paid", "open"] | None:
    """Return what a yes says of an invoice in a column of yes and no, by what it is called; None for another column.

    A letter or a figure that means yes says it under the name alone: `S` below `Cobrado`, `1` below `Paid`.
    """
    said = vocabulary().known(column) - {"invoice", "document", "status"}
    if not held or not {plain(value) for value in held} <= YES | NO:
        return None
    return "paid" if said in ({"paid"}, {"clear"}) else "open" if said == {"open"} else None


def _state_columns(seen: Seen) -> list[str]:
    """Return the columns of states: the one that is called so, and others of that name with none but known states."""
    source, found, system = seen.source, seen.found, seen.system
    first = source.columns.get("status")
    if system.name != ANY and not isinstance(first, str):
        return []
    known = {plain(word) for words in (system.void, system.settled, system.unsettled) for word in words}
    named = set(source.named_columns)
    words = {word for word, meaning in vocabulary().meaning.items() if meaning in ("status", "pay", "paid")}
    # Not in the vocabulary: in an address, a state is a part of a country.
    words.add("state")
    others = [
        str(name)
        for name in found
        if name not in named
        and found[name].notna().any()
        and (
            _yes_means(str(name), [*found[name].dropna().unique()])
            or (set(plain(name).split()) & words and {plain(value) for value in found[name].dropna().unique()} <= known)
        )
    ]
    return [first, *others] if isinstance(first, str) else others
