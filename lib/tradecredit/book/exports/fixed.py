"""Printed lists without marks between their columns: where these begin, as told by what stands one below another."""

import re
from collections.abc import Iterator

from tradecredit.book.exports.grid import RULE, is_document, printed_lines

LEAST = 3
"""Fewer documents tell nothing of where columns stand."""
HEADERS = 8
"""So many lines above the first document may hold the columns' names."""


def begins(text: str) -> Iterator[list[int]]:
    """Yield where the columns of a printed list may begin: for each line above its documents that may name them.

    Between columns stand places that are empty in each document and in the names. Words of one name, and what has no
    name of its own, are one column with what stands beside them.
    """
    lines = printed_lines(text)
    documents = [line for line in lines if is_document(line)]
    if len(documents) < LEAST:
        return
    above = lines[: lines.index(documents[0])]
    for names in [line for line in above if line.strip(RULE)][-HEADERS:]:
        if re.search(r"[^\W\d_]{2,}\s{2,}\S", names):
            yield _columns(documents, names)


def _columns(documents: list[str], names: str) -> list[int]:
    width = max(map(len, [*documents, names]))
    held = [False] * width
    for line in [*documents, names]:
        for at, letter in enumerate(line):
            held[at] |= letter != " "
    first = [at for at in range(width) if held[at] and (at == 0 or not held[at - 1])]

    def empty(lines: list[str], number: int) -> bool:
        end = first[number + 1] if number + 1 < len(first) else None
        return not any(line[first[number] : end].strip() for line in lines)

    # A word of a name without figures below it is one with the word close beside it, the next or else the last; what
    # has no name is one with what stands before it.
    joined: list[int] = []
    to_next = False
    for number, at in enumerate(first):
        bare = empty(documents, number)
        close_before = at > 1 and names[at - 2 : at - 1].strip() != ""
        if not to_next and not (joined and (empty([names], number) or (bare and close_before))):
            joined.append(at)
        end = first[number + 1] if number + 1 < len(first) else width
        to_next = bare and end < width and names[end - 2 : end - 1].strip() != ""
    return joined
