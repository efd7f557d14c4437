"""Titles that a printed list repeats on each page: on the first they tell whose list it is, later nothing."""

import re
from itertools import takewhile

PAGE = re.compile(
    r"(?i)\b(?:page|seite|blatt|página|pagina|pág\.?|pag\.?|hoja|folha|fl\.?|sida|side|sivu|strana|strona|str\.?|oldal|sayfa"
    r"|lapa|puslapis|стр\.?|страница|лист|σελίδα|σελ\.?|หน้า(?:ที่)?|trang|頁次|页次|页码|頁碼|עמוד|דף|صفحة)"
    r"\W{0,9}\d+(?:\W{1,3}(?:(?:of|von|de|di|da|sur|van|av|af|z|ze|из|/)\W*)?\d+)?"
    r"|第 ?\d+ ?[页頁]|\d+ ?ページ|\b\d\d:\d\d(?::\d\d)?\b"
)
"""How the number of a page is written, and the hour of the print beside it."""
OF_TITLE = 2
"""A title stands in no more cells of a line, but for those with the number of a page."""

HEAD, OF_HEAD = 12, 3
"""So many of a list's first lines are looked for again, of which so many must stand one below the other."""

Row = tuple[int, list[object]]


def without_titles_again(rows: list[Row]) -> list[Row]:
    """Return the rows of a list without its first lines where these stand again, but for the number of the page.

    >>> pages = ["Ledger  Page 1", "Alder", "Ledger  Page 2", "Birch"]
    >>> [cells for _, cells in without_titles_again([(at, [text]) for at, text in enumerate(pages, 1)])]
    [['Ledger  Page 1'], ['Alder'], ['Birch']]
    """
    rows = _without_heads_again(rows)
    titles = [_bare(cells) for _, cells in takewhile(lambda row: _is_title(row[1]), rows)]
    if not titles or not re.search(r"[^\W\d_]", titles[0]):
        return rows
    numbered = PAGE.search(_text(rows[0][1])) is not None
    dropped: set[int] = set()
    for first in [at for at, (_, cells) in enumerate(rows) if at and _bare(cells) == titles[0]]:
        pairs = zip(titles, rows[first : first + len(titles)], strict=False)
        again = sum(1 for _ in takewhile(lambda pair: _bare(pair[1][1]) == pair[0], pairs))
        if again == len(titles):
            # Below the titles may stand what was asked for, as one long line.
            pairs_below = zip(rows[again:first], rows[first + again :], strict=False)
            again += sum(
                1 for _ in takewhile(lambda pair: _is_long(pair[0][1]) and pair[0][1] == pair[1][1], pairs_below)
            )
        # One line alone may be the head of a block that goes on.
        if again > 1 or numbered:
            dropped.update(range(first, first + again))
    return [row for at, row in enumerate(rows) if at not in dropped] if dropped else rows


def _without_heads_again(rows: list[Row]) -> list[Row]:
    """Return the rows of a list without those that repeat three or more of its first lines, but for the page's number.

    However many cells they have: no documents stand again so.
    """
    first = [PAGE.sub("", _text(cells)).strip() for _, cells in rows[:HEAD]]
    begin = next((cell for cell in rows[0][1] if cell is not None), None) if rows else None
    dropped: set[int] = set()
    for at in [at for at, (_, cells) in enumerate(rows) if at and begin in cells]:
        pairs = zip(first, rows[at : at + HEAD], strict=False)
        again = sum(1 for _ in takewhile(lambda pair: PAGE.sub("", _text(pair[1][1])).strip() == pair[0], pairs))
        if again >= OF_HEAD:
            # The names of columns tell where a page begins.
            dropped.update(place for place in range(at, at + again) if not _are_names(rows[place][1]))
    return [row for at, row in enumerate(rows) if at not in dropped] if dropped else rows


def _are_names(cells: list[object]) -> bool:
    held = [cell for cell in cells if cell is not None]
    return len(held) > 2 * OF_TITLE and all(isinstance(cell, str) and not re.search(r"\d", cell) for cell in held)


def _is_title(cells: list[object]) -> bool:
    """Return whether a line has few parts, or is one text with the number of a page or the hour of its print."""
    one = len(cells) - cells.count(None) == 1
    return len(_parts(cells)) <= OF_TITLE or (one and PAGE.search(_text(cells)) is not None)


def _is_long(cells: list[object]) -> bool:
    """Return whether a line is one text of some parts, which is no title and has fewer than the columns' names."""
    return len(cells) - cells.count(None) == 1 and OF_TITLE < len(_parts(cells)) <= 2 * OF_TITLE


def _text(cells: list[object]) -> str:
    return "  ".join(str(cell) for cell in cells if cell is not None)


def _parts(cells: list[object]) -> list[str]:
    """Return what stands apart in a line, without the number of its page."""
    return re.split(r"\s{2,}", PAGE.sub("  ", _text(cells)).strip())


def _bare(cells: list[object]) -> str:
    """Return what a title says without the number of its page; empty of what is none."""
    # Most rows have more cells than a title with a page's number beside it: they need no closer look.
    if len(cells) - cells.count(None) > 2 * OF_TITLE or not _is_title(cells):
        return ""
    return " ".join(_parts(cells))
