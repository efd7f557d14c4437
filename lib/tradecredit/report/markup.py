"""A page of ours, text by text: which elements each stands in."""

import re
from collections.abc import Iterator

_PARTS = re.compile(r"(<[^>]*>)")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)")
_VOID = {"br", "img", "meta", "link", "hr", "input", "col", "path", "polyline", "circle", "rect", "line"}


def parts_within(html: str) -> Iterator[tuple[str, set[str] | None]]:
    """Yield the tags and texts of a page in order, each text with the names of the elements that it is in.

    >>> list(parts_within("<p>a<br>b</p>"))[2:5]
    [('a', {'p'}), ('<br>', None), ('b', {'p'})]
    """
    open_tags: list[str] = []
    for part in _PARTS.split(html):
        if part.startswith("<"):
            _follow(part, open_tags)
            yield part, None
        else:
            yield part, set(open_tags)


def _follow(part: str, open_tags: list[str]) -> None:
    """Keep the list of open elements up to date with a tag."""
    tag = _TAG.match(part)
    if tag is None or tag[2] in _VOID or part.endswith("/>"):
        return
    if not tag[1]:
        open_tags.append(tag[2])
    elif tag[2] in open_tags:
        while open_tags.pop() != tag[2]:
            pass
