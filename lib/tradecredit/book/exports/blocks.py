"""Lists whose rows stand in blocks, each with its account on a line above or below it."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import terms, trees
from tradecredit.book.exports.amounts import is_amount
from tradecredit.book.exports.grid import LABELLED, Row
from tradecredit.book.exports.grid import frame as framed
from tradecredit.book.exports.heads import AMOUNTS, DAYS, is_day
from tradecredit.book.exports.numbered_names import NUMBERED, PARTED
from tradecredit.book.exports.systems import is_called, vocabulary
from tradecredit.book.exports.totals import TOTAL, TOTAL_BEHIND, begins_total, is_only_total, is_sum
from tradecredit.params.export import ExportList, Role

OF_NAME = (frozenset({"customer", "name"}), frozenset({"name"}), frozenset({"customer"}))
OF_NUMBER = (frozenset({"customer", "number"}), frozenset({"number"}))
"""What labels mean in heads of blocks."""
SHEET = "@"
"""Word of a block that is called after its sheet."""
TREE = "#"
"""Word of a block whose head is told by what its rows sum up to."""
ALONE = ("", "+")
"""Words of a block whose head is told by what stands beside it."""

CONTINUED = re.compile(
    r"\s*\((?:continued|cont(?:'?d)?\.?|fortsetzung|forts\.|suite|continuaci[oó]n|continuação|continua|segue|vervolg"
    r"|forts[aæ]t|fortsättning|folytatás|pokračování|ciąg dalszy|c\.d\.|продолжение|続き|续|續)\)\s*$",
    re.IGNORECASE,
)
"""What stands behind the head of a block that goes on from the page before."""
PHONE = re.compile(r"[+(]?\d[\d\s()/.-]{6,}")
"""A number of a telephone, alone in its line below a buyer's name."""
MOSTLY_NUMBERED = 0.9
"""Share of the heads of blocks from which all that begin with a number begin with the buyer's."""


def frame(rows: list[Row], source: ExportList) -> pd.DataFrame:
    """Return the rows of a list under its header, with what stands above or below their block as `above: <role>`.

    Of a printed list only the lines between bars are rows.
    """
    inside = [row for row in rows if len(row[1]) > 1] if source.form.layout == "bars" else rows
    found = framed(inside, source.form.header_row, source.form.header_lines)
    own = {role: _own(found, source.columns.get(role)) for role, word in source.block.items() if word == "="}
    numbered = of_numbers(own["buyer_id"], _documents(found, source)) if "buyer_id" in own else None
    if numbered is not None:
        own["buyer_id"] = own["buyer_id"].where(~numbered.particular)
    heads = pd.DataFrame(own, index=found.index).notna().any(axis="columns")
    places = {role: int(word) - 1 for role, word in source.block.items() if word.isdecimal()}
    if places:
        texts = _texts_above(found, source)
        above = {role: texts.map(lambda held, at=at: held[at]) for role, at in places.items()}
        # A line that heads a block is no document of it.
        found.loc[texts.index] = None
        found = found.assign(
            **{f"above: {role}": of.reindex(found.index, method="ffill") for role, of in above.items()}
        )
    for role, word in source.block.items():
        if role in places:
            continue
        if role == "terms" and word == "":
            found["above: terms"] = (
                _terms_below_heads(rows, source).reindex(found.index, method="ffill").replace("", pd.NA)
            )
            continue
        if word == TREE:
            found = _with_tree(found, source, role)
            continue
        if word == SHEET:
            found[f"above: {role}"] = source.form.sheet
            continue
        if word == "=":
            found[f"above: {role}"] = own[role].where(heads).groupby(heads.cumsum()).transform("first")
            if role == "buyer_id" and numbered is not None:
                found["above: name"] = found["above: buyer_id"].map(numbered.names)
            continue
        texts = _above(rows if word not in ALONE else _from_first_block(rows, source), word)
        if source.block.get("buyer_id") == source.block.get("name"):
            # One without a number is called by its whole text.
            parted, numbered_too = (texts.astype("str").str.extract(form)[role] for form in (PARTED, NUMBERED))
            texts = parted.fillna(numbered_too).fillna(texts)
        above = texts.reindex(found.index, method="ffill")
        # A line that heads a block is no document of it.
        found[f"above: {role}"] = above.where(~found.index.isin(texts.index)) if word in ALONE else above
        if word not in ALONE and (at := found.index.isin(texts.index)).any():
            found.loc[at, [name for name in found if not str(name).startswith("above: ")]] = None
    if source.account_line and "above: buyer_id" in found:
        # The line that sums a block up is surer than a head, which a block may lack.
        below, above = _below(rows, source.account_line, found.index), found["above: buyer_id"]
        found["above: buyer_id"] = below.fillna(above)
        other = below.notna() & (below.astype("str").str.lstrip("0") != above.astype("str").str.lstrip("0"))
        for role in [role for role in source.block if role != "buyer_id"]:
            found[f"above: {role}"] = found[f"above: {role}"].where(~other)
    return found


def wrong_totals(amount: pd.Series, is_document: pd.Series) -> list[tuple[int, float, float]]:
    """Return the totals of a list that its rows do not add up to: line, what it says, and the rows since the last one.

    `amount`: of every row, in the order of the lines; of those that are no documents, a total. It is right where it is
    what stands between its line and any other total above or below, the begin or the end: lists nest their blocks. A
    total of totals is right where it sums up what they say: an error of one of them is told once.
    """
    so_far = amount.where(is_document, 0.0).fillna(0.0).cumsum()
    totals = amount.index[amount.notna() & ~is_document]
    bounds = {0.0, *so_far.loc[totals].round(2), *so_far.tail(1).round(2)}
    found, last, off = [], 0.0, 0.0
    for line, said, here in zip(totals, amount.loc[totals], so_far.loc[totals], strict=True):
        if not {round(here - said, 2), round(here + said, 2), round(here + off - said, 2)} & bounds:
            # Where no row stands since the last total, it is one of all.
            held = round(float(here - last), 2) or round(float(here), 2)
            found.append((int(line), float(said), held))
            off += float(said) - held
        last = here
    return found


def _with_tree(found: pd.DataFrame, source: ExportList, role: str) -> pd.DataFrame:
    """Return the rows of a list whose groups and documents stand in one column, with each document's first group.

    The number and the day in a document's name are its own; groups are without a name, as they are no documents.
    """
    columns = {one: names if isinstance(names, str) else names[0] for one, names in source.columns.items()}
    column, value = columns["invoice_id"], columns[next(one for one in ("open", "amount") if one in columns)]
    with_day = pd.concat([found[columns[one]].notna() for one in DAYS if one in columns], axis="columns").any(axis=1)
    of = trees.first_groups(found[column], found[value], with_day)
    number, day = trees.numbers(found[column])
    is_document = pd.Series(found.index.isin(of.index), index=found.index)
    stated = {"above: issued": day.where(is_document)} if "issued" not in columns else {}
    return found.assign(**{
        column: found[column].where(is_document), f"above: {role}": of.reindex(found.index),
        "above: invoice_id": number.where(is_document), **stated,
    })  # fmt: skip


def _texts_above(found: pd.DataFrame, source: ExportList) -> pd.Series:
    """Return the texts of the lines above blocks that hold several, and neither a day nor an amount, by line.

    Of lines one below the other the first counts: others hold particulars.
    """
    with_day, with_amount = _holding(found, source, DAYS, is_day), _holding(found, source, AMOUNTS, is_amount)
    sums = found.map(begins_total).any(axis="columns")
    named = [name for role in AMOUNTS for name in _columns_of(source, role) if name in found]
    beside = found.loc[~with_day & with_amount & ~sums, named].to_numpy(dtype="object").ravel()
    account = account_beside(cell for cell in beside if not pd.isna(cell))
    of_account = _holding(found, source, AMOUNTS, lambda cell: str(cell).strip() == account) & ~sums
    without = ~(with_day | (with_amount & ~of_account))
    own = [name for name in found if not str(name).startswith("above: ")]
    without &= found[own].notna().any(axis="columns")
    first = without & ~without.shift(fill_value=False)
    lines = {
        line: [unlabelled(str(cell).strip()) for cell in cells if not pd.isna(cell)]
        for line, cells in zip(found.index[first], found.loc[first, own].to_numpy(dtype="object"), strict=True)
    }
    return pd.Series({line: held for line, held in lines.items() if len(held) > 1}, dtype="object")


def account_beside(cells: Iterable[object]) -> str | None:
    """Return the account of the general ledger that stands as one number beside all heads of blocks; else None.

    `cells`: what stands among amounts in lines without a day that are no totals.

    >>> account_beside(["41100000", 41100000]), account_beside(["145000", "135000"]), account_beside(["145000"])
    ('41100000', None, None)
    """
    held = [str(cell).strip() for cell in cells]
    one = len(held) > 1 and len({*held}) == 1 and re.fullmatch(r"\d{6,10}", held[0])
    return held[0] if one else None


def _holding(
    found: pd.DataFrame, source: ExportList, roles: Iterable[Role], is_one: Callable[[object], bool]
) -> pd.Series:
    """Return which rows hold one of a kind, such as a day, in a column that means one of some roles."""
    named = [source.columns[role] for role in roles if role in source.columns]
    holding = pd.Series(False, index=found.index)
    for name in [name for one in named for name in ([one] if isinstance(one, str) else one) if name in found]:
        holding |= found[name].map(is_one, na_action="ignore").eq(True)
    return holding


def _columns_of(source: ExportList, role: Role) -> list[str]:
    named = source.columns.get(role, [])
    return [named] if isinstance(named, str) else list(named)


def _documents(found: pd.DataFrame, source: ExportList) -> pd.Series:
    """Return which rows hold a document beside what heads their block: a day, or how many days it is overdue."""
    return _holding(found, source, DAYS, is_day) | _holding(found, source, ("days_overdue",), is_amount)


def _above(rows: list[Row], word: str) -> pd.Series:
    """Return what stands behind a word at the begin of a line, by line; or what heads a block without a word."""
    found: dict[int, object] = {}
    before: list[object] = []
    for number, line in rows:
        held = [cell for cell in line if cell is not None]
        above, before = before, held
        if not held or not isinstance(held[0], str):
            continue
        text = held[0].strip()
        if word in ALONE:
            if heads_block(held, word) and not is_particular(held, above):
                found[number] = labelled(text)
            continue
        if f"{word}:" in [str(cell).strip() for cell in held[:-1]]:
            found[number] = behind_label(held, word)
            continue
        of_parts = (re.match(rf"{re.escape(word)}\s*:?\s+(\S.*)$", part) for part in parts_of(text))
        behind = next(filter(None, of_parts), None)
        if behind and len(held) == 1 and line[0] is not None:
            found[number] = behind.group(1).strip()
    return pd.Series(found, dtype="object").sort_index()


def _terms_below_heads(rows: list[Row], source: ExportList) -> pd.Series:
    """Return the terms that stand alone in a line below the head of a block, by line; empty from each head on."""
    word = next(one for role, one in source.block.items() if role != "terms")
    heads = _above(rows if word not in ALONE else _from_first_block(rows, source), word)
    alone = {number: [cell for cell in line if cell is not None] for number, line in rows}
    told = {number: held[0] for number, held in alone.items() if len(held) == 1 and terms.are_told(str(held[0]))}
    return pd.Series({**dict.fromkeys(heads.index, ""), **told}, dtype="object").sort_index()


def _from_first_block(rows: list[Row], source: ExportList) -> list[Row]:
    """Return the rows below the header; with the line above it where each block has a header of its own."""
    at = next(place for place, (number, _) in enumerate(rows) if number == source.form.header_row)
    again = any(cells == rows[at][1] for _, cells in rows[at + 1 :])
    first = rows[at - 1 : at] if again and at else []
    return [*first, *rows[at + source.form.header_lines :]]


def behind_label(held: list[object], word: str) -> str | None:
    """Return what stands behind a label in a line, in its cell or in the next: a number and the name in two of them.

    >>> behind_label(["Customer:", "C12", "Alder Ltd", "Tax: 7"], "Customer")
    'C12  Alder Ltd'
    >>> behind_label(["Customer: C12"], "Customer"), behind_label(["Customer:", "Alder Ltd", "Birch Road"], "Customer")
    ('C12', 'Alder Ltd')
    """
    texts = [str(cell).strip() for cell in held]
    if f"{word}:" not in texts[:-1]:
        return texts[0].removeprefix(f"{word}:").strip() if len(texts) == 1 else None
    first, *others = texts[texts.index(f"{word}:") + 1 :]
    named = bool(others) and re.fullmatch(r"[^:：]*[^\W\d_]{2}[^:：]*", others[0])
    of_number = named and re.fullmatch(r"(?=\S*\d\d)\S+", first)
    return f"{first}  {others[0]}" if of_number else first


def parts_of(text: str) -> list[str]:
    """Return the labels of a text that stand apart, each with what stands behind it; else the text.

    >>> parts_of("Code: C12  Name: Alder Ltd"), parts_of("Alder Ltd")
    (['Code: C12', 'Name: Alder Ltd'], ['Alder Ltd'])
    >>> parts_of("Customer code: C12 - Customer name: Alder - Birch")
    ['Customer code: C12', 'Customer name: Alder - Birch']
    >>> parts_of("Debtor: 1001 - Alder Ltd  Terms: 30 days")
    ['Debtor: 1001 - Alder Ltd', 'Terms: 30 days']
    """
    return re.split(r"(?:\s{2,}|\s[-–|;]\s+)(?=[^\s:](?:[^\s:]|\s(?!\s))*:\s)", text)


def unlabelled(text: str) -> str:
    """Return a text without the label of a buyer before it.

    >>> unlabelled("Cliente: 0000103"), unlabelled("Alder: Sons & Co"), unlabelled("Kunde:")
    ('0000103', 'Alder: Sons & Co', 'Kunde:')
    """
    label = re.match(r"([^\W\d_][^:]{1,30}):\s+(?=\S)", text)
    return text[label.end() :] if label and _names_a_buyer(label[1]) else text


def labelled(text: str) -> str:
    """Return what stands behind a label in the head of a block; of several the one called name, behind its number.

    >>> labelled("Customer: Alder Ltd"), labelled("A/C: A1 Name: Alder Ltd"), labelled("Alder Ltd")
    ('Alder Ltd', 'Alder Ltd', 'Alder Ltd')
    >>> labelled("Customer code: 120-007  Customer name: Alder Ltd")
    '120-007  Alder Ltd'
    >>> labelled("A10  Alder Ltd     Phone: 555"), labelled("A10  Alder Ltd  (Continued)"), labelled("Konto 101  Alder")
    ('A10  Alder Ltd', 'A10  Alder Ltd', '101  Alder')
    """
    text = CONTINUED.sub("", text)
    worded = re.match(r"([^\W\d_]+)\.?\s+(?=\S*\d\d\S*\s{2,}\S)", text)
    if worded and _names_a_buyer(worded[1]):
        text = text[worded.end() :]
    # What stands apart behind a number and a name without labels may be particulars.
    apart = re.match(r"([^:]+?)\s{2,}([^\s:]+(?: [^\s:]+)*):\s", text)
    if apart and not _names_a_buyer(apart[2]):
        return apart[1]
    pairs = re.findall(r"([^\s:][^:]*?):\s+(.*?)(?=(?:\s\s+|\s[-–|;]\s+)[^:]+:\s|\s+[^\s:]+:\s|$)", text)
    values = {label.casefold(): value.strip() for label, value in pairs if value.strip()}
    meant = {vocabulary().of(label): value for label, value in values.items()}
    name = next((value for label, value in values.items() if "name" in label), None)
    name = name or next((meant[one] for one in OF_NAME if one in meant), None)
    name = name or next((value for label, value in values.items() if is_called(label, "name")), None)
    number = next((meant[one] for one in OF_NUMBER if one in meant), None)
    number = number or next((value for label, value in values.items() if is_called(label, "buyer_id")), "")
    if name and re.fullmatch(r"\S*\d\d\S*", number):
        return f"{number}  {name}"
    return name or next(iter(values.values()), text)


def heads_block(held: list[object], word: str) -> bool:
    """Return whether the cells of a line that hold something head a block: a text, alone or beside amounts only."""
    if not isinstance(held[0], str) or is_amount(held[0]):
        return False
    if len(held) == 1:
        return word == "" and not is_only_total(held[0]) and not is_sum(held[0])
    total = re.match(TOTAL, held[0].strip()) or re.search(TOTAL_BEHIND, held[0])
    return word == "+" and total is None and all(is_amount(cell) for cell in held[1:])


def is_particular(held: list[object], above: list[object]) -> bool:
    """Return whether a line below a buyer's name tells of it, by labels, terms or a telephone, and names no other.

    >>> is_particular(["Contact: J. Doe  Phone: 555"], ["Alder Ltd"]), is_particular(["Customer: Birch"], ["Alder Ltd"])
    (True, False)
    >>> is_particular(["08 5550 8969"], ["Alder Ltd"]), is_particular(["0% 0 Net 30"], ["08 5550 8969"])
    (True, True)
    """
    if len(held) == 1 and len(above) == 1 and (terms.are_told(str(held[0])) or PHONE.fullmatch(str(held[0]).strip())):
        return True
    if len(held) != 1 or len(above) != 1 or LABELLED.fullmatch(str(above[0])) or not LABELLED.fullmatch(str(held[0])):
        return False
    return not _names_a_buyer(re.split("[:：]", str(held[0]))[0])


def _names_a_buyer(label: str) -> bool:
    meant = vocabulary().of(label) or frozenset()
    return bool(meant & {"customer", "name", "number"}) or is_called(label, "buyer_id")


LEAST_NUMBERS, LEAST_SHARE, LEAST_NAMED = 3, 0.3, 0.5
"""From so many numbers of buyers, so large a share of what a column holds, texts below them may be particulars; they
are where more than this share of the numbers with lines below them have one."""


class Numbered(NamedTuple):
    """Each buyer's name by its number, and which cells of the column are particulars: they head no block."""

    names: pd.Series
    particular: pd.Series


def of_numbers(column: pd.Series, is_document: pd.Series) -> Numbered | None:
    """Return the particulars of buyers in a column that holds their numbers, each with its name below; else None.

    The numbers are written alike, one stands first, and most blocks with room have a particular. A text is one in the
    line right below the number or in a document's row; alone in a line after documents it heads a block of its own.

    >>> column = pd.Series(["C10", "Alder", None, "C20", "Birch", None, "C30", "Cedar", None, "Dorn", None])
    >>> found = of_numbers(column, column.isna())
    >>> found.names.to_dict(), list(column[found.particular])
    ({'C10': 'Alder', 'C20': 'Birch', 'C30': 'Cedar'}, ['Alder', 'Birch', 'Cedar'])
    """
    text = column.astype("str").str.strip().where(column.notna())
    number = text.str.fullmatch(r"\S*\d\S*").fillna(False).astype(bool)
    bare, held = text.notna() & ~number, text.dropna()
    alike = len(set(text[number].str.replace(r"\d", "9", regex=True))) == 1
    enough = text[number].nunique() >= LEAST_NUMBERS and number.sum() >= LEAST_SHARE * len(held)
    if not (alike and enough and bare.any() and number[held.index[0]]):
        return None
    after_documents = is_document.groupby(number.cumsum()).cumsum() > 0
    documents_below = is_document.shift(-1, fill_value=False) & text.shift(-1).isna()
    names_it = number.shift(fill_value=False) & ~documents_below
    own = bare & ~is_document & after_documents & ~names_it
    # Of lines one below the other the first is the head.
    own &= ~own.shift(fill_value=False)
    block = (number | own).cumsum()
    particular = bare & ~own
    with_room = (particular | (is_document & ~number)).groupby(block).any()
    with_particular = particular.groupby(block).any()
    of_number = block[number]
    if with_particular[of_number].sum() <= LEAST_NAMED * with_room[of_number].sum():
        return None
    below = text.where(particular).groupby(block).first()
    names = pd.Series(below[of_number].to_numpy(), index=text[number]).groupby(level=0).first()
    return Numbered(names, particular)


def _own(found: pd.DataFrame, names: str | list[str] | None) -> pd.Series:
    """Return the cells of the column that means a role, without totals."""
    column = found[names if isinstance(names, str) else (names or [""])[0]]
    return column.where(~column.astype("str").str.match(TOTAL))


def _below(rows: list[Row], word: str, index: pd.Index) -> pd.Series:
    """Return the account that the line which sums up a block names, for the rows above it."""
    found: dict[int, object] = {}
    for number, line in rows:
        for cell in line:
            if isinstance(cell, str) and (behind := re.match(rf"\*+ {re.escape(word)}\s+(\S+)", cell)):
                found[number] = behind.group(1)
    return pd.Series(found, dtype="object").sort_index().reindex(index, method="bfill")
