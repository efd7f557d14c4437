"""What the columns of a list are whose names do not tell it: by the known words among others, and by what they hold."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import buckets, grid
from tradecredit.book.exports.amounts import CODES, amounts, decimal_mark, is_amount, minus_in_front
from tradecredit.book.exports.blocks import ALONE
from tradecredit.book.exports.column_meanings import meant, places_of
from tradecredit.book.exports.days import OF_SLIP, days, told
from tradecredit.book.exports.heads import AMOUNTS, LOOKED_AT, NOTHING, OTHER
from tradecredit.book.exports.kinds import kind_in_words
from tradecredit.book.exports.meaning import CREDITS
from tradecredit.book.exports.systems import ANY, Recognised, enough, systems, vocabulary
from tradecredit.book.exports.totals import TOTAL
from tradecredit.params.export import ExportList, Role

Rows = list[tuple[int, list[object]]]
MEANT: dict[Role, tuple[set[str], ...]] = {
    "issued": ({"invoice", "date"}, {"issue"}, {"document", "date"}, {"date"}),
    "due": ({"due"},),
    "buyer_id": ({"customer", "number"}, {"number"}),
    "invoice_id": ({"invoice", "number"}, {"document", "number"}, {"invoice"}, {"document"}, {"number"}),
    "name": ({"customer", "name"}, {"customer"}, {"name"}),
    "kind": ({"kind"}, {"document"}),
    "amount": ({"invoice", "amount"}, {"original", "amount"}, {"total"}, {"gross"}, {"amount"}, {"open"}, {"balance"}),
}
"""What the known words in a name have to say for a role, the likelier first."""
CURRENCIES = {*CODES.split()}
LEAST_ROWS = 3
"""Fewer rows tell nothing of what a column is."""
ALMOST_ALL = 0.9
"""Share of rows that hold a thing from which it is what the column holds."""
NOT_OWED = {OTHER, "paid", "tax", "net"}
"""Words in the names of amounts that are not what an invoice comes to."""
LEAST_BUYERS = 5
"""Codes of fewer buyers may be anything that they do not share."""
SIDES = (
    ("s", "h"), ("soll", "haben"), ("d", "c"), ("dr", "cr"), ("debit", "credit"), ("débit", "crédit"), ("d", "h"),
    ("debe", "haber"), ("d", "a"), ("dare", "avere"), ("d", "k"), ("debet", "kredit"), ("debet", "credit"), ("b", "a"),
    ("borç", "alacak"), ("wn", "ma"), ("winien", "ma"), ("md", "d"), ("débito", "crédito"), ("debito", "credito"),
    ("przychód", "rozchód"), ("приход", "расход"), ("in", "out"), ("inflow", "outflow"), ("entrada", "salida"),
    ("entrata", "uscita"), ("cargo", "abono"), ("charge", "credit"), ("belastung", "gutschrift"), ("+", "-"),
    ("dr.", "cr."), ("借", "贷"), ("借", "貸"), ("借方", "贷方"), ("借方", "貸方"), ("дт", "кт"), ("차변", "대변"),
)  # fmt: skip
"""Debit and credit as columns of sides have them, in small letters."""
USUAL_SIDES = {("s", "h"), ("d", "c"), ("dr", "cr")}
"""Letters that mean little else than debit and credit; others may mark instalments or series of invoices."""
OF_COMPANY = (
    r".*\b(?:GmbH|AG|KG|OHG|UG|e\.K\.|Ltd|Limited|LLP|LLC|Inc|Corp|Co|plc|Pty|Pvt|S\.?A\.?|SARL|SAS|S\.?L\.?|Lda|Ltda|SpA"
    r"|S\.p\.A|S\.?r\.?l\.?|B\.?V\.?|N\.?V\.?|AB|A/S|AS|ApS|Oy|Sp\. z o\.o|s\.r\.o|a\.s|Kft"
    r"|d\.o\.o|GMBH|LTD|LIMITED|INC|CORP|PLC|PTY|PVT|LTDA|LDA|EIRELI|S\.?P\.?A|S\.?R\.?L|S\.?N\.?C|S\.?A\.?S"
    r"|SP\. Z O\.O|S\.R\.O|KFT|D\.O\.O|Şti|A\.Ş|ООО|ЗАО|ОАО|АО|ИП|ТОВ)\b\.?.*|.*(?:会社|公司)"
)
"""What companies' names have in them, as their form."""
SOME = 0.3
"""Share of names with such a form from which a column holds companies: others are persons, or leave it out."""
DAY_FIRST = r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
"""A day as a number of eight digits, its year last."""
TELL_PAID: set[Role] = {"paid", "open", "credited", "debit", "credit", "balance", "cleared", "status", "kind"}
"""Roles that tell themselves what of an invoice is paid, or that rows are payments."""
MOSTLY = 0.5
"""Share of payments of just the invoice's amount above which they are those of the invoice beside them."""
SOLD_APART = 0.8
"""Share of debits above which a column tells them apart: of an invoice some may be brought back."""
KINDS = 12
"""More words are no kinds of document."""
SHOWN = 24
"""Letters of a cell that are shown beside its column."""


class Held:
    """What a column holds, of as many rows as are looked at."""

    def __init__(self, name: str, cells: Sequence[object]) -> None:
        self.name = name
        self.cells = [None if cell is None or str(cell).strip() in NOTHING else cell for cell in cells][:LOOKED_AT]
        self.known = vocabulary().known(name)

    @cached_property
    def texts(self) -> list[str]:
        return [str(cell).strip() for cell in self.cells if cell is not None]

    @property
    def filled(self) -> int:
        return len(self.texts)

    def share(self, pattern: str) -> float:
        """Return the share of cells that a pattern fits as a whole."""
        return sum(re.fullmatch(pattern, text) is not None for text in self.texts) / max(len(self.texts), 1)

    @cached_property
    def distinct(self) -> float:
        return len(set(self.texts)) / max(len(self.texts), 1)

    @cached_property
    def days(self) -> pd.Series | None:
        """The column as days; None where it holds none: a number is one only as year, month and day."""
        column = pd.Series(self.cells, dtype="object")
        if sum(hasattr(cell, "year") for cell in self.cells) >= ALMOST_ALL * max(self.filled, 1):
            return days(column, None, zone="UTC")
        number = (
            self.share(r"[-+]?[\d.,\s]+") > 0.5
            and self.share(rf"(?:19|20)\d{{6}}|{DAY_FIRST}|\d{{1,4}}\.\s?\d{{1,2}}\.\s?\d{{2,4}}\.?") < ALMOST_ALL
        )
        without_figures = self.share(r"\D*") > 1 - ALMOST_ALL
        if number or without_figures or (form := told([column])) is None:
            return None
        read = days(column, form.format)
        return read if read.notna().sum() >= ALMOST_ALL * self.filled else None

    @cached_property
    def amounts(self) -> bool:
        """Whether it holds amounts: numbers with cents, or with marks between thousands."""
        if self.days is not None or sum(map(is_amount, self.texts)) < ALMOST_ALL * self.filled:
            return False
        cents = any(isinstance(cell, float) and cell % 1 for cell in self.cells)
        return cents or any(re.search(r"\d[.,]\d{2}\D*$|\d[.,'\s]\d{3}\D*$", text) for text in self.texts)

    @property
    def size(self) -> float:
        """The digits of its amounts in all, as a measure by which the largest of several columns is told."""
        return sum(float(re.sub(r"\D", "", f"{text}") or 0) for text in self.texts)


def completed(found: Recognised, rows: Rows) -> Recognised:
    """Return a list with those columns that only unknown names tell: `unsure` names the roles that are told so.

    Of a known system these are its days of issue and due days; of others the numbers of invoices and buyers as well,
    and a column of nothing but codes of currencies, which is sure.
    """
    below = _columns(found.header_row, found.header_lines, rows)
    columns, unsure = dict(found.columns), list[Role]()

    def take(role: Role, candidates: Iterable[Held]) -> None:
        taken = {name for names in columns.values() for name in names}
        unsure.extend(_take(columns, role, [one for one in candidates if one.name not in taken and one.filled]))

    def of(role: Role) -> Held | None:
        return next((one for one in below if [one.name] == columns.get(role, [])[:1]), None)

    if found.system.name == ANY:
        dated = [one.filled for role in ("issued", "due") if (one := of(role))]
        documents = max(dated or [one.filled for one in below], default=0)
        codes = [one for one in below if one.share(r"[A-Za-z]{3}") == 1 and {*map(str.upper, one.texts)} <= CURRENCIES]
        if "currency" not in columns and len(codes) == 1:
            columns["currency"] = [codes[0].name]
        if not {"invoice_id", "number"} & columns.keys() and (debit := of("debit")) and (credit := of("credit")):
            taken = {name for names in columns.values() for name in names}
            take("invoice_id", [one for one in below if one.name not in taken and _is_shared(one, debit, credit)])
        if not {"invoice_id", "number"} & columns.keys() and not found.system.buckets:
            take("invoice_id", (one for one in below if _is_number(one, documents)))
        if {*found.system.block.values()} & {*ALONE} and (named := _companies(below, columns, documents)):
            # What stands in every row is surer than what may head a block.
            columns["name"] = [named.name]
            unsure.append("name")
            found = found._replace(system=found.system.model_copy(update={"block": {}}))
        if "buyer_id" not in columns and (named := of("name")) and not found.system.block:
            take("buyer_id", [one for one in below if _is_code_of(one, named)])
            if "buyer_id" not in columns:
                take("buyer_id", [one for one in below if _identifies(one, named)])
        if "kind" not in columns:
            take("kind", [one for one in below if _tells_kinds(one)])
        if "name" not in columns and (code := of("buyer_id")) and not found.system.block:
            take("name", [one for one in below if _names(one, code)])
        found = _with_sides(found, below, columns)
        if not TELL_PAID & columns.keys() and (amount := of("amount")) and (issued := of("issued")):
            every = _columns(found.header_row, found.header_lines, rows, again=True)
            paid = _payment_beside([one for one in every if [one.name] not in columns.values()], amount, issued)
            columns |= {role: [one.name] for role, one in paid.items()}
            unsure += [*paid]
    if (issued := of("issued")) and not {"due", "terms", "terms_days"} & columns.keys():
        take("due", (one for one in below if _is_later(one, issued, issued.filled)))
    if (due := of("due")) and "issued" not in columns:
        # Payments among invoices have no due day. Documents have days, their records the time of day as well.
        before = (one for one in below if not _is_of_payment(one) and _is_later(due, one, due.filled))
        take("issued", sorted(before, key=lambda one: one.share(r".*\d:\d\d.*") > 0))
    if "issued" not in columns and (number := of("invoice_id")) and number.share(OF_SLIP) >= ALMOST_ALL:
        columns["issued"] = [number.name]
    return found._replace(columns=columns, unsure=(*found.unsure, *unsure))


def by_contents(rows: Rows) -> Recognised | None:
    """Return what a file's first rows are recognised as by what stands in their columns; None where that is nothing.

    The header is the line of names alone below which most is found: a buyer, a day and an amount at least.
    """
    system = systems()[-1]
    best: Recognised | None = None
    for number, cells in rows[: grid.HEAD_ROWS]:
        names = [cell for cell in cells if cell is not None]
        if len(names) < 3 or not all(isinstance(cell, str) and not is_amount(cell) for cell in names):
            continue
        # Documents have figures in most of their cells, names in few.
        if sum(bool(re.search(r"\d", str(cell))) for cell in names) > len(names) / 3:
            continue
        found = _told(Recognised(system, number, {}), rows)
        if enough({*found.columns}) and (best is None or len(found.columns) > len(best.columns)):
            best = found
    return best and completed(best, rows)


def _told(found: Recognised, rows: Rows) -> Recognised:
    """Return a header's columns: those that their names tell, and by what they hold those without which it is none."""
    below = [one for one in _columns(found.header_row, 1, rows) if one.filled]
    columns = meant(
        found.system,
        [one.name for one in below],
        [list(row) for row in zip(*(one.cells for one in below), strict=True)],
    )
    unsure: list[Role] = []

    def take(role: Role, candidates: list[Held]) -> None:
        taken = {name for names in columns.values() for name in names}
        unsure.extend(_take(columns, role, [one for one in candidates if one.name not in taken]))

    of_days = {one.name: one.days for one in below if one.days is not None and not _is_of_payment(one)}
    dated = [one for one in below if one.name in of_days]
    documents = max((one.filled for one in dated), default=0)
    if documents < LEAST_ROWS:
        return found
    full = [one for one in below if one.filled >= 0.5 * documents]
    if not {"issued", "due", "days_overdue"} & columns.keys():
        dated = [one for one in dated if one in full]
        # What is due is due after it is issued.
        earliest = min(dated, key=lambda one: of_days[one.name].mean())
        first = _preferred("issued", dated) or earliest
        if vocabulary().of(first.name) is None and _is_later(first, earliest, first.filled):
            first = earliest  # what is but called a day of something, and follows another one, is no day of issue
        take("issued", [first])
        take("due", [one for one in dated if _is_later(one, first, first.filled)])
    if not {*AMOUNTS} & columns.keys() - {"paid", "credit"}:
        ages = set(buckets.ages([one.name for one in below]))
        held = [one for one in full if one.amounts and one.name not in ages]
        # What is owed without tax is nearer to it than nothing.
        owed = [one for one in held if not one.known & NOT_OWED] or [
            one for one in held if not one.known & (NOT_OWED - {"net"})
        ]
        take("amount", sorted(owed, key=lambda one: (_preferred("amount", [one]) is None, -one.size)))
    rest = [one for one in full if one.days is None and not one.amounts and OTHER not in one.known]
    if not {"invoice_id", "number"} & columns.keys():
        take("invoice_id", [one for one in rest if _is_number(one, documents)])
    if not {"buyer_id", "name"} & columns.keys():
        take("name", sorted(filter(_is_buyer, rest), key=lambda one: -one.distinct))
    return found._replace(columns=columns, unsure=tuple(unsure))


def _columns(header_row: int, lines: int, rows: Rows, again: bool = False) -> list[Held]:
    """Return the columns under a header, the first of those of one name; with `again` the others as well."""
    at = next(place for place, (number, _) in enumerate(rows) if number == header_row)
    header = grid.joined(rows[at][1], rows[at + 1][1]) if lines == 2 else rows[at][1]
    below = [cells for _, cells in grid.below(rows, header_row, lines)][:LOOKED_AT]
    places = {name: at for at, name in enumerate(grid.names_apart(header))} if again else places_of(header)
    # A row without a second cell is a title or a remark.
    below = [cells for cells in below if sum(cell is not None for cell in cells) > 2]
    return [Held(name, [cells[place] if place < len(cells) else None for cells in below])
            for name, place in sorted(places.items(), key=lambda one: one[1])]  # fmt: skip


def _take(columns: dict[Role, list[str]], role: Role, candidates: list[Held]) -> list[Role]:
    """Give a role the likeliest of some columns, the first where no name tells; return it if there is one."""
    if not candidates:
        return []
    columns[role] = [(_preferred(role, candidates) or candidates[0]).name]
    return [role]


def _preferred(role: Role, candidates: list[Held]) -> Held | None:
    """Return the column whose known words say a role, the likelier first; None where no name does."""
    of_words = (one for words in MEANT[role] for one in candidates if words <= one.known)
    return next((one for one in of_words if OTHER not in one.known), None)


def _is_number(column: Held, most: int) -> bool:
    """Return whether a column can hold numbers of invoices: one in each row, with a figure, and hardly any twice."""
    numbered = column.share(r"[^@]*\d[^@]*") > 0.95 and column.distinct > ALMOST_ALL
    no_day = column.days is None or column.share(OF_SLIP) >= ALMOST_ALL
    whole = no_day and not column.amounts and column.filled >= ALMOST_ALL * most
    return numbered and whole and column.filled >= LEAST_ROWS and not column.known & {OTHER, "customer"}


def _is_shared(column: Held, debit: Held, credit: Held) -> bool:
    """Return whether a column can hold the numbers of invoices, as most credits repeat what a debit before them has."""
    if column.days is not None or column.amounts or column.known & {OTHER, "customer"} or column.share(r".*\d.*") < 0.9:
        return False
    rows = [*zip(column.cells, debit.cells, credit.cells, strict=True)]
    sold = [str(cell) for cell, raised, _ in rows if cell is not None and raised is not None]
    paid = [str(cell) for cell, _, lowered in rows if cell is not None and lowered is not None]
    repeated = sum(cell in {*sold} for cell in paid)
    return len(paid) >= LEAST_ROWS and repeated > MOSTLY * len(paid) and len({*sold}) > SOLD_APART * len(sold)


def _companies(below: Sequence[Held], columns: dict[Role, list[str]], documents: int) -> Held | None:
    """Return the column that names companies in the rows of documents, where nothing else is read from it."""
    taken = {name for names in columns.values() for name in names}
    free = (one for one in below if one.name not in taken and OTHER not in one.known and one.filled >= documents)
    return next((one for one in free if _is_buyer(one) and one.share(OF_COMPANY) > SOME), None)


def _is_code_of(column: Held, named: Held) -> bool:
    """Return whether a column can hold the codes of buyers: called a code alone, with one name for each of them."""
    pairs = {(code, name) for code, name in zip(column.cells, named.cells, strict=True) if None not in (code, name)}
    totals = sum(
        re.match(TOTAL, str(name).strip()) is not None
        for code, name in zip(column.cells, named.cells, strict=True)
        if name and not code
    )
    each = len({code for code, _ in pairs}) == len(pairs) > 1 and column.filled >= ALMOST_ALL * (named.filled - totals)
    return each and column.known <= {"customer", "number"} and bool(column.known) and column.distinct < ALMOST_ALL


def _tells_kinds(column: Held) -> bool:
    """Return whether a column holds kinds of documents: a few words, nearly all known, of invoices and of credits."""
    if OTHER in column.known or column.filled < LEAST_ROWS or column.share(r"\D*") < 1 or len({*column.texts}) > KINDS:
        return False
    told = [kind for text in column.texts if (kind := kind_in_words(text))]
    return len(told) >= ALMOST_ALL * column.filled and "invoice" in told and bool({*told} & {*CREDITS})


def _names(column: Held, code: Held) -> bool:
    """Return whether a column holds the names of buyers: companies by their form, one for each code, and seldom two.

    Enough buyers must have several rows, as for `_identifies`.
    """
    if OTHER in column.known or not _is_buyer(column) or column.share(OF_COMPANY) <= SOME:
        return False
    pairs = {(one, name) for one, name in zip(code.cells, column.cells, strict=True) if None not in (one, name)}
    codes, names = {one for one, _ in pairs}, {name for _, name in pairs}
    each = len(codes) == len(pairs) >= LEAST_BUYERS and len(names) > 0.8 * len(codes)
    return each and column.filled >= ALMOST_ALL * code.filled > len(pairs) * 1.5


def _identifies(column: Held, named: Held) -> bool:
    """Return whether a column whose name says nothing else has a code with a figure for each name, and one name each.

    Enough buyers must have several rows: what differs from row to row with them by chance is none.
    """
    if column.known - {"customer", "number", "tax"} or column.days is not None or column.amounts:
        return False
    pairs = {(code, name) for code, name in zip(column.cells, named.cells, strict=True) if None not in (code, name)}
    codes, names = {code for code, _ in pairs}, {name for _, name in pairs}
    each = len(codes) == len(pairs) == len(names) >= LEAST_BUYERS
    return each and column.share(r"\S*\d\S*") > 0.95 and column.filled >= ALMOST_ALL * named.filled > len(pairs) * 1.5


def _with_sides(found: Recognised, below: Sequence[Held], columns: dict[Role, list[str]]) -> Recognised:
    """Return a list with the column that tells debit from credit by two words or letters, where its amounts need it."""
    amount = next((one for one in below if [one.name] == columns.get("amount", [])[:1]), None)
    if amount is None or {"debit", "credit", "side"} & columns.keys():
        return found
    if any(minus_in_front(text).startswith("-") for text in amount.texts):
        return found
    others = {columns[role][0] for role in columns if role != "kind"}
    for one in (one for one in below if one.name not in others):
        held = {text.casefold() for text in one.texts}
        if len(held) == 2 and one.filled >= ALMOST_ALL * amount.filled:
            pair = next((pair for pair in SIDES if {*pair} == held), None)
            sure = pair in USUAL_SIDES or all(len(word) > 2 or not word.isascii() for word in held)
            if pair is not None and (sure or not _marks_instalments(one, below, columns)):
                columns["side"] = [one.name]
                if columns.get("kind") == [one.name]:
                    del columns["kind"]
                sides = sorted({text for text in one.texts if text.casefold() == pair[0]})
                unsure = found.unsure if sure else (*found.unsure, "side")
                return found._replace(system=found.system.model_copy(update={"debit_side": sides}), unsure=unsure)
    return found


def _marks_instalments(column: Held, below: Sequence[Held], columns: dict[Role, list[str]]) -> bool:
    """Return whether two letters tell instalments: most invoices with both have them on rows that are alike sales.

    These are of one kind of document, or of one day of issue with due days that differ: a payment is of another kind,
    and of another day.
    """
    of = {one.name: one.cells for one in below}
    cells = {role: of[names[0]] for role, names in columns.items() if names[0] in of and names != [column.name]}
    rows = (
        pd.DataFrame(cells).reindex(columns=["invoice_id", "number", "kind", "issued", "due"]).assign(code=column.cells)
    )
    documents = rows.groupby(rows["invoice_id"].fillna(rows["number"]))
    each = documents[["code", "kind", "issued", "due"]].nunique()
    both = each[each["code"] == 2]
    alike = both["kind"].eq(1) | (both["issued"].eq(1) & both["due"].gt(1))
    return bool(len(both)) and bool(alike.mean() > 0.5)


def _is_later(column: Held, issued: Held, rows: int) -> bool:
    """Return whether a column can hold due days: in so many rows, none before the invoice's, and no day of payment."""
    if column.days is None or issued.days is None or _is_of_payment(column):
        return False
    both = column.days.notna() & issued.days.notna()
    later = column.days[both] >= issued.days[both]
    return bool(both.sum() >= ALMOST_ALL * rows and later.mean() > 0.98 and (column.days > issued.days).any())


def _payment_beside(columns: Sequence[Held], amount: Held, issued: Held) -> dict[Role, Held]:
    """Return the columns of what was paid and of the day, of a list with one payment beside each invoice; else none.

    Both stand in the same rows, and not in all; the amounts are mostly the invoices' own and never more, and the days
    are none before the invoices'.
    """
    mark = decimal_mark(amount.texts) or "."
    owed = amounts(pd.Series(amount.cells, dtype="object"), mark)
    for sums in [one for one in columns if one.amounts and OTHER not in one.known]:
        paid = amounts(pd.Series(sums.cells, dtype="object"), mark)
        there = paid.notna() & owed.notna()
        within = (paid <= owed + CENT)[there].mean() >= ALMOST_ALL and (paid > 0)[there].all()
        whole = ((paid - owed).abs() < CENT)[there].mean() > MOSTLY
        if there.sum() < LEAST_ROWS or there.all() or not (within and whole):
            continue
        for day in [one for one in columns if not one.known & {OTHER, "due"}]:
            if day.days is None or issued.days is None or (day.days.notna() == paid.notna()).mean() < ALMOST_ALL:
                continue
            both = day.days.notna() & issued.days.notna()
            if (day.days >= issued.days)[both].mean() >= ALMOST_ALL:
                return {"paid": sums, "cleared": day}
    return {}


def _is_of_payment(column: Held) -> bool:
    """Return whether the name of a column of days says that they are those of payments, or of something else."""
    return OTHER in column.known or ("due" not in column.known and bool(column.known & {"pay", "paid", "clear"}))


def _is_buyer(column: Held) -> bool:
    """Return whether a column can hold the names of buyers: texts that repeat, and more than a few."""
    several = len(set(column.texts)) > (5 if column.filled >= 20 else 1) or column.share(OF_COMPANY) > SOME
    return several and column.share(r"[^@]*[^\W\d_]{2}[^@]*") > 0.8 and not re.search("://", column.texts[0])


def not_read(source: ExportList, found: pd.DataFrame) -> list[str]:
    """Return the columns of a list that mean nothing in a run file, each with the first that it holds."""
    used = set(source.named_columns)
    used |= {*source.buckets, *source.where, *source.without, *source.settled, *source.written_off}
    free = [name for name in found if name not in used and not str(name).startswith("above: ")]
    first = {str(name): next(iter(found[name].dropna()), None) for name in free}
    return [f"{name} ({' '.join(str(cell).split())[:SHOWN]})" for name, cell in first.items() if cell is not None]
