"""The summary of a month as one HTML file that may be mailed: no part outside of it, nothing that mail programs drop.

Mail programs know no style sheet (Gmail cuts off a mail of more than 102 kB, Outlook for Windows lays out as Word
does): tables in place of grids, a style at each element, colours as such. They drop scripts, SVG and pictures within a
page (data: addresses), so that a picture is its finding in words and the line of a figure is of letters. Links of a
page lead into its month's folder, which a mail does not have: their text stays.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tradecredit.language import tr, written
from tradecredit.report.document import TAGS
from tradecredit.report.index import SUMMARY
from tradecredit.report.tables import escaped, sentence
from tradecredit.words import mail as words
from tradecredit.words.sheet_parts import as_of, made_from

FILE = "summary_mail.html"
MOST_BYTES = 102 * 1024
"""What Gmail shows of a mail before it cuts it off."""
CARDS_IN_A_ROW = 2
LINE = "▁▂▃▄▅▆▇█"
"""Heights of a line of letters."""
_MAIN = re.compile(r'<main id="main" tabindex="-1">\n(.*)\n</main>', re.DOTALL)
_VOID = {"br", "img", "hr", "source", "circle", "polyline"}
_SOFT, _INK, _RULE = "#52606d", "#1f2933", "#d9dee3"
_LIGHTS = {"green": "#2e8b57", "amber": "#e0a100", "red": "#c62828"}
_FONT = "font-family:Arial,Helvetica,sans-serif"
_TABLE = 'role="presentation" cellpadding="0" cellspacing="0" border="0"'


@dataclass
class _Element:
    """An element of a page: its name, what is said of it, and what is in it."""

    name: str
    stated: dict[str, str] = field(default_factory=dict)
    parts: list["_Element | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def looks(self) -> set[str]:
        return set(self.stated.get("class", "").split())

    def all(self, name: str) -> Iterator["_Element"]:
        """Yield the elements of a name in it, at any depth."""
        for part in self.parts:
            if isinstance(part, _Element):
                if part.name == name:
                    yield part
                yield from part.all(name)

    def own(self) -> Iterator["_Element"]:
        return (part for part in self.parts if isinstance(part, _Element))


class _Tree(HTMLParser):
    """Reads the main part of a page of ours, in which every element is closed."""

    def __init__(self, html: str):
        super().__init__()
        self._open = [_Element("main")]
        self.feed(html)
        self.main = self._open[0]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = _Element(tag, {name: value or "" for name, value in attributes})
        self._open[-1].parts.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._open[-1].parts.append(_Element(tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].name == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


def write_mail(month: Path, manifest: Mapping[str, Any]) -> Path:
    """Write `summary_mail.html` into a month's folder, from its summary's page; return its path."""
    file = month / FILE
    page = (month / f"{SUMMARY}.html").read_text(encoding="utf-8")
    file.write_text(mail_html(page, manifest), encoding="utf-8", newline="\n")
    return file


def mail_html(page: str, manifest: Mapping[str, Any]) -> str:
    """Return the summary's page as a mail: what the page shows unopened, and prints on one sheet.

    `manifest`: entity, as_of, chapters (name and title), book (fingerprint). Raises `ValueError` for a page without a
    main part.
    """
    found = _MAIN.search(page)
    if found is None:
        raise ValueError("the summary's page has no main part")
    titles = {chapter["name"]: chapter["title"] for chapter in manifest["chapters"]}
    body = "".join(_shown(element) for element in _unopened(_Tree(found[1]).main))
    title = f"{titles[SUMMARY]} · {manifest['entity']} · {manifest['as_of']}"
    heading = _paragraph(f"{escaped(manifest['entity'])} · {escaped(as_of(manifest['as_of']))}", f"color:{_SOFT}")
    last = f"{escaped(tr(words.WHOLE))} {sentence(made_from(manifest['book']['fingerprint'][:12]))}"
    return (
        f'<!DOCTYPE html>\n<html lang="{TAGS[written()]}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(title)}</title>\n</head>\n"
        f'<body style="margin:0;padding:0;background-color:#ffffff;color:{_INK};{_FONT}">\n'
        f'<table {_TABLE} width="100%"><tr><td align="center" style="padding:16px">\n'
        f'<table {_TABLE} width="100%" style="max-width:640px;text-align:left"><tr><td style="{_FONT};color:{_INK}">\n'
        f'{heading}<h1 style="margin:0 0 12px;font-size:24px;line-height:1.25">{escaped(titles[SUMMARY])}</h1>\n'
        f"{body}{_paragraph(last, f'margin-top:24px;font-size:12px;color:{_SOFT}')}"
        "</td></tr></table>\n</td></tr></table>\n</body>\n</html>\n"
    )


def _unopened(main: _Element) -> Iterator[_Element]:
    """Yield what the summary prints on one sheet: all up to its decisions but what is folded and what it is."""
    for element in main.own():
        if element.name in ("details", "nav") or (element.name == "p" and not element.looks):
            continue
        yield element
        if "tc-acts" in element.looks:
            return


def _shown(element: _Element) -> str:
    if "tc-cards" in element.looks:
        return _cards([*element.own()])
    if "tc-pictures" in element.looks:
        return _findings(element)
    if "tc-acts" in element.looks:
        return _acts([*element.all("li")])
    if element.name == "h2":
        return _heading(element.text)
    size = 17 if "tc-answer" in element.looks else 15
    return _paragraph(_inline(element), f"font-size:{size}px")


def _heading(text: str) -> str:
    return f'<h2 style="margin:24px 0 8px;font-size:18px;line-height:1.3">{escaped(text)}</h2>\n'


def _paragraph(html: str, look: str) -> str:
    return f'<p style="margin:0 0 12px;line-height:1.5;{look}">{html}</p>\n'


def _inline(element: _Element) -> str:
    """Return the text of an element with its bold parts, without links to places of its page, such as “List”."""
    parts = []
    for part in element.parts:
        if isinstance(part, str):
            parts.append(escaped(part))
        elif part.name == "a" and part.stated.get("href", "").startswith("#"):
            continue
        else:
            inner = _inline(part)
            parts.append(f"<strong>{inner}</strong>" if part.name == "strong" else inner)
    return "".join(parts).strip()


def _cards(cards: list[_Element]) -> str:
    """Return the headline figures, two beside each other: name, value, changes, and the light as a word."""
    rows = [cards[at : at + CARDS_IN_A_ROW] for at in range(0, len(cards), CARDS_IN_A_ROW)]
    html = "".join(f"<tr>{''.join(map(_card, row))}</tr>\n" for row in rows)
    return f'<table {_TABLE} width="100%" style="margin:8px 0 16px">\n{html}</table>\n'


def _card(card: _Element) -> str:
    parts = []
    for part in card.own():
        if part.name == "dt":
            parts.append(f'<span style="font-size:13px;color:{_SOFT}">{escaped(part.text)}</span>')
        elif "line" in part.looks:
            drawn = "".join(_letters(line.stated["points"]) for line in part.all("polyline"))
            parts.append(f'<span aria-hidden="true" style="font-size:13px;color:#0b4f7d">{drawn}</span>')
        elif "lit" in part.looks:
            parts += [_light(light) for light in part.all("details")]
        elif "since" in part.looks:
            parts.append(f'<span style="font-size:13px;color:{_SOFT}">{escaped(part.text)}</span>')
        else:
            parts.append(f'<strong style="font-size:20px">{escaped(part.text)}</strong>')
    return (
        f'<td width="50%" valign="top" style="padding:8px 12px 10px 0;border-top:1px solid {_RULE};{_FONT};'
        f'line-height:1.35;color:{_INK}">{"<br>".join(parts)}</td>'
    )


def _light(light: _Element) -> str:
    (colour,) = light.looks & set(_LIGHTS)
    word = "".join(summary.text for summary in light.all("summary"))
    square = f'<span aria-hidden="true" style="color:{_LIGHTS[colour]}">■</span>'
    return f'<span style="font-size:13px">{square} {escaped(word)}</span>'


def _letters(points: str) -> str:
    """Return a line as letters of eight heights; `points` are those of an SVG, whose heights count downwards.

    >>> _letters("2.0,20.0 48.0,12.0 94.0,4.0")
    '▁▅█'
    """
    heights = [float(point.split(",")[1]) for point in points.split()]
    low, span = max(heights), max(heights) - min(heights)
    return "".join(LINE[round((low - height) / span * (len(LINE) - 1)) if span else 3] for height in heights)


def _findings(pictures: _Element) -> str:
    """Return what each picture shows and says."""
    told = [(figure.text.strip(), next(figure.all("img")).stated["alt"]) for figure in pictures.all("figure")]
    items = "".join(
        f'<li style="margin:0 0 8px">{escaped(caption)}: {sentence(finding)}</li>\n' for caption, finding in told
    )
    look = "margin:0;padding:0 0 0 20px;font-size:14px;line-height:1.5"
    return f'{_heading(tr(words.FINDINGS))}<ul style="{look}">\n{items}</ul>\n'


def _acts(acts: list[_Element]) -> str:
    """Return the decisions: what, how much, and who by when."""
    rows = []
    for act in acts:
        what, amount, who = (part.text for part in act.own())
        rows.append(
            f'<tr><td style="padding:8px 12px 8px 0;border-top:1px solid {_RULE};{_FONT};font-size:15px;'
            f'line-height:1.4;color:{_INK}"><strong>{escaped(what)}</strong><br>{escaped(amount)}<br>'
            f'<span style="font-size:13px;color:{_SOFT}">{escaped(who)}</span></td></tr>\n'
        )
    return f'<table {_TABLE} width="100%">\n{"".join(rows)}</table>\n'
