"""How a list names its buyers above its rows, where these do not: in titles, heads of blocks, and groups of a tree."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import pandas as pd

from tradecredit.book.exports import terms
from tradecredit.book.exports.amounts import is_amount
from tradecredit.book.exports.blocks import (
    ALONE,
    MOSTLY_NUMBERED,
    account_beside,
    behind_label,
    heads_block,
    is_particular,
    labelled,
    parts_of,
    unlabelled,
)
from tradecredit.book.exports.column_meanings import places_of
from tradecredit.book.exports.grid import unnamed
from tradecredit.book.exports.heads import AMOUNTS, DAYS, is_day
from tradecredit.book.exports.numbered_names import NUMBERED, PARTED
from tradecredit.book.exports.systems import vocabulary
from tradecredit.book.exports.totals import TOTAL, begins_total, is_only_total
from tradecredit.book.exports.trees import first_groups
from tradecredit.params.export import Role

ONE_BUYER = re.compile(
    r"((?:kontoauszug|kundenkonto|statement of account|account statement|customer statement|customer ledger|ledger"
    r"|relevé de compte|extrait de compte|estado de cuenta|extracto|extrato|estratto conto|rekeningoverzicht)"
    r"(?: für| for| of| de| van| di)?|customer|client|debtor|kunde|debitor|cliente|klant|klient)\s*:?\s+\S",
    re.IGNORECASE,
)
"""How a title names the one buyer of a statement; the first group is what stands before its name."""
BELOW_MOST = 0.5
"""Share of the heads of blocks with terms below them, from which lines of terms are those of the buyers."""
LEAST_IN_TREE = 3
"""Documents from which sums show groups, and rows above which one value in all of them is no buyer's."""
MOST_IN_TREE = 0.6
"""Share of documents with a group from which sums show it: the last rows that are looked at may lack theirs."""
DIFFERENT = 0.9
"""Share of the documents of a tree from which their names differ."""
OF_ALL = r"(?i)\s*(?:\*|<?(?:all|alle|alles|tous|toutes|todos|todas|tutti|tutte|wszyscy|все|全部|すべて)\b.*)"
"""What stands behind a label where a list is of all buyers."""
OF_LABEL: dict[frozenset[str], Role] = {
    frozenset({"customer"}): "name", frozenset({"customer", "name"}): "name",
    frozenset({"customer", "number"}): "buyer_id", frozenset({"number"}): "buyer_id",
}  # fmt: skip
"""What a title's label means that names the one buyer of a statement."""


def titled(columns: dict[Role, list[str]], rows: list[tuple[int, list[object]]], header_row: int) -> dict[Role, str]:
    """Return the word before the buyer in a title, of a statement whose rows are all of one buyer."""
    if {"buyer_id", "name"} & columns.keys():
        return {}
    found: dict[Role, str] = {}
    in_title: dict[Role, str] = {}
    for number, cells in rows:
        held = [str(cell).strip() for cell in cells if cell is not None]
        if number >= header_row or not held:
            continue
        if len(held) == 1 and (title := ONE_BUYER.match(held[0])):
            in_title.setdefault("name", title.group(1).strip())
        for text in parts_of(held[0]):
            label = re.match(r"([^:]{2,30}):(?=.)" if len(held) == 1 else r"([^:]{2,30}):$", text)
            if (
                label
                and not re.fullmatch(OF_ALL, text[label.end() :])
                and (role := OF_LABEL.get(vocabulary().of(label[1]) or frozenset()))
            ):
                found.setdefault(role, label[1])
    # A label is surer than a title, such as `Customer accounts`.
    return found or in_title


def block_of(
    columns: dict[Role, list[str]], header: list[object], below: list[list[object]], pages: Sequence[int] = ()
) -> dict[Role, str]:
    """Return how buyers stand above blocks of rows, for lists whose rows do not name them each; empty for others.

    `pages`: places of the first rows of further pages, where the buyer of a block that goes on may be named again.
    """
    places = places_of(header)

    def held(row: list[object], *roles: Role) -> list[object]:
        at = [places[name] for role in roles for name in columns.get(role, []) if name in places]
        return [row[place] for place in at if place < len(row) and row[place] is not None]

    undated = [row for row in below if not any(map(is_day, held(row, *DAYS))) and not any(map(begins_total, row))]
    account = account_beside(cell for row in undated for cell in held(row, *AMOUNTS))

    def heads(row: list[object]) -> bool:
        """Return whether a row has the account of all beside its texts, and no day."""
        return row in undated and all(str(cell).strip() == account for cell in held(row, *AMOUNTS))

    documents = [row for row in below if held(row, *DAYS) and held(row, *AMOUNTS) and not heads(row)]
    role: Role = "buyer_id" if "buyer_id" in columns else "name"
    own = [next(iter(held(row, "buyer_id", "name")), None) for row in documents]
    if not documents or None not in own:
        return {}
    named = [buyer for buyer in own if buyer is not None]
    if not named:
        head = next((held(row, "buyer_id", "name") for row in below if row not in documents), [])
        if head and not is_only_total(str(head[0])):
            # The buyer stands in its own columns, on a line above its documents.
            return {one: "=" for one in ("buyer_id", "name") if one in columns}
        # What stands below the last document heads nothing: it may be signed there.
        last = next(at for at in reversed(range(len(below))) if below[at] in documents)
        every = [[cell for cell in row if cell is not None] for row in below[:last]]
        lines = [
            line
            for line, above, row in zip(every, [[], *every], below[:last], strict=False)
            if row not in documents and not is_particular(line, above)
        ]
        alone = next((word for word in ALONE if any(heads_block(line, word) for line in lines if line)), None)
        several = _several(documents, below, held, account)
        texts = [labelled(str(line[0]).strip()) for line in lines if line and heads_block(line, alone or "")]
        if alone == "" and (word := _word_before(texts)):
            return {"buyer_id": word, "name": word}
        if alone is not None and _are_numbered(texts):
            return {"buyer_id": alone, "name": alone}
        return several if several and (alone is None or alone == "+") else {} if alone is None else {role: alone}
    again = {id(below[at]) for at in pages}
    of_blocks = [(buyer, row) for buyer, row in zip(own, documents, strict=True) if buyer is not None]
    once = all(one != other or id(row) in again for (one, _), (other, row) in pairwise(of_blocks))
    return {role: "="} if own[0] is not None and once and len(named) < 0.8 * len(own) else {}


def with_numbers(block: dict[Role, str], rows: list[tuple[int, list[object]]]) -> dict[Role, str]:
    """Return how buyers stand above blocks, with their numbers where these stand behind the word before the name."""
    word = block.get("name", "")
    if len(block) != 1 or not word[:1].isalpha():
        return block
    heads = [[cell for cell in cells if cell is not None] for _, cells in rows if labels(cells, word)]
    texts = [behind for held in heads if (behind := behind_label(held, word))]
    return {"buyer_id": word, "name": word} if len(texts) == len(heads) and _are_numbered(texts) else block


def with_terms(block: dict[Role, str], columns: dict[Role, list[str]], below: list[list[object]]) -> dict[Role, str]:
    """Return how buyers stand above blocks, with their terms where these stand alone in a line below most names."""
    word = block.get("name", block.get("buyer_id", "="))
    if {"due", "terms", "terms_days"} & columns.keys() or not (word in ALONE or word[:1].isalpha()):
        return block
    lines = [[cell for cell in row if cell is not None] for row in below]
    told = [line for line in lines if len(line) == 1 and terms.are_told(str(line[0]))]

    def heads(line: list[object], above: list[object]) -> bool:
        alone = word in ALONE and heads_block(line, word) and not is_particular(line, above)
        return alone or (word not in ALONE and labels(line, word))

    most = sum(heads(line, above) for line, above in zip(lines, [[], *lines], strict=False) if line)
    return {**block, "terms": ""} if len(told) > BELOW_MOST * most > 0 else block


def _word_before(texts: list[str]) -> str | None:
    """Return the one word with which all heads of blocks begin, before numbers and names of buyers; None without."""
    first = {text.split(maxsplit=1)[0] for text in texts if text.strip()}
    word = first.pop() if len(first) == 1 else ""
    bare = word.isalpha() and len(texts) > 1 and all(len(text.split()) > 1 for text in texts)
    return word if bare and _are_numbered([text.split(maxsplit=1)[1] for text in texts]) else None


def _are_numbered(texts: list[str]) -> bool:
    """Return whether heads of blocks begin with the numbers of buyers: nearly all, and written alike or set apart."""
    least = max(MOSTLY_NUMBERED * len(texts), 2)
    parted = [text for text in texts if re.fullmatch(PARTED, text)]
    numbers = [found["buyer_id"] for text in texts if (found := re.match(NUMBERED, text))]
    return len(parted) >= least or (len(numbers) >= least and _alike(numbers))


def _alike(numbers: list[str]) -> bool:
    """Return whether numbers are written alike, for their digits."""
    forms = {re.sub(r"\d+", "9", number) for number in numbers}
    return all(re.match(r"\d{2}", number) for number in numbers) or len(forms) == 1


def without_one_value(
    columns: dict[Role, list[str]], header: list[object], below: list[list[object]]
) -> dict[Role, list[str]]:
    """Return the columns without that of a buyer which all documents share, where heads of blocks name buyers."""
    role: Role = "buyer_id" if "buyer_id" in columns else "name"
    if role not in columns or {"buyer_id", "name"} <= columns.keys():
        return columns
    at = places_of(header)[columns[role][0]]
    held = [str(row[at]) for row in below if at < len(row) and row[at] is not None]
    rest = {other: names for other, names in columns.items() if other != role}
    shared = len(held) > LEAST_IN_TREE and len(set(held)) == 1
    return rest if shared and {*block_of(rest, header, below).values()} & {*ALONE} else columns


def labels(row: list[object], word: str) -> bool:
    """Return whether a line, or a part of it, begins with a label, as such that stand above each block do."""
    text = str(next((cell for cell in row if cell is not None), "")).strip()
    return any(part.startswith(f"{word}:") for part in parts_of(text))


def is_tree(columns: dict[Role, list[str]], header: list[object], below: list[list[object]]) -> bool:
    """Return whether one column has groups and, below them, documents, as their sums show."""
    named = [columns[one][0] for one in ("buyer_id", "name") if one in columns]
    value = next((columns[one][0] for one in ("open", "amount") if one in columns), None)
    if len(named) != 1 or value is None or {"invoice_id", "number"} & columns.keys():
        return False
    places = places_of(header)
    wide = [row + [None] * (len(header) - len(row)) for row in below]
    names, values = (pd.Series([row[places[one]] for row in wide], dtype="object") for one in (named[0], value))
    dated = [places[one] for role in DAYS for one in columns.get(role, [])[:1]]
    with_day = pd.Series([any(row[at] is not None for at in dated) for row in wide], dtype="bool")
    documents = names[with_day & values.notna()].dropna()
    if len(documents) < LEAST_IN_TREE or documents.nunique() < DIFFERENT * len(documents):
        return False
    of = first_groups(names, values, with_day)
    return bool(of.reindex(documents.index).notna().mean() > MOST_IN_TREE and len(set(of)) > 1)


def _several(
    documents: list[list[object]], below: list[list[object]], held: Callable[..., list[object]], account: str | None
) -> dict[Role, str]:
    """Return which texts of the lines above blocks of documents are a buyer's code and name; empty without such lines.

    They hold two texts or more, and neither a day nor an amount; the first block has one right above it.
    """
    first = below.index(documents[0])
    lines = [
        [str(cell).strip() for cell in row if cell is not None]
        for row in below[:first]
        if not any(map(is_day, held(row, *DAYS)))
        and all(str(cell).strip() == account for cell in held(row, *AMOUNTS) if is_amount(cell))
    ]
    if not lines or len(lines[0]) < 2 or re.match(TOTAL, lines[0][0]):
        return {}
    # A label may stand before them.
    behind = 1 if lines[0][0].endswith((":", "：")) and len(lines[0]) > 2 else 0
    texts = [unlabelled(text) for text in lines[0][behind : behind + 2]]
    code, name = (re.fullmatch(r"\S{1,20}", text) is not None for text in texts)
    one, other = str(behind + 1), str(behind + 2)
    if code == name:
        return {"name": one} if not code else {"buyer_id": one, "name": other}
    return {"buyer_id": one, "name": other} if code else {"buyer_id": other, "name": one}


def numbered(
    columns: dict[Role, list[str]], block: dict[Role, str], header: list[object], below: list[list[object]]
) -> dict[Role, list[str]]:
    """Return the first column as that of invoices' numbers, where it is the one without a name in a list of blocks."""
    if "invoice_id" in columns or not block or header[0] is not None:
        return {}
    places = places_of(header)
    dated = [places[name] for role in DAYS for name in columns.get(role, [])]
    numbers = [row[0] for row in below if any(at < len(row) and row[at] is not None for at in dated)]
    alike = len(numbers) > 1 and all(isinstance(cell, str) and re.search(r"\d", cell) for cell in numbers)
    return {"invoice_id": [unnamed(0)]} if alike and len(set(numbers)) == len(numbers) else {}
