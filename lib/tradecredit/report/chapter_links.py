"""Texts that speak of another chapter by its number lead to its page, under the title that the page has."""

import re
from collections.abc import Mapping
from functools import partial

from tradecredit.language import tr
from tradecredit.report.markup import parts_within
from tradecredit.report.tables import escaped

_NUMBERED = re.compile(
    r"(?P<before>\b[Cc]hapters? |\bKapitels? |第)(?P<one>0\d(?:_[a-z_]+)?)(?![0-9a-z_])(?P<after>章)?"
    r"(?:(?P<joint> and | und |和第)(?P<other>0\d)(?![0-9a-z_])(?(after)章))?"
)
_OUTSIDE = {"a", "code", "pre", "math", "nav", "style", "title", "svg"}
_NO_LINK = {"summary", "h1", "h2", "h3"}


def led(html: str, titles: Mapping[str, str], here: str = "", up: str = "") -> str:
    """Return a page on which each `chapter 03` is the title of that chapter, as a link to its page.

    `titles`: name → title of the month's chapters, in order: a number means the first that begins with it, a name in
    full, such as `chapter 03_terms`, that one. `here`: the name of the page's own chapter; `up`: where the pages lie,
    seen from this one. In headings and in what opens a folded part the title stands without a link; a number that no
    chapter has stays as it is.
    """

    def named(number: str, *, linked: bool) -> str | None:
        name = next((name for name in titles if name.startswith(number)), None)
        if name is None:
            return None
        title = tr("“{title}”", title=escaped(titles[name]))
        return f'<a href="{up}{escaped(name)}.html">{title}</a>' if linked and name != here else title

    def told(found: re.Match[str], *, linked: bool) -> str:
        first = named(found["one"], linked=linked)
        second = named(found["other"], linked=linked) if found["other"] else ""
        if first is None or second is None:
            return found[0]
        if found["after"]:
            return first + (f"和{second}" if second else "") + "一章"
        return found["before"] + first + (f"{found['joint']}{second}" if second else "")

    return "".join(
        _NUMBERED.sub(partial(told, linked=not _NO_LINK & within), part)
        if within is not None and _NUMBERED.search(part) and "main" in within and not _OUTSIDE & within
        else part
        for part, within in parts_within(html)
    )
