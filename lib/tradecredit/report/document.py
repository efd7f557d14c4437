"""The frame of an HTML document of the report: head, style sheet, header, navigation, main part, footer."""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tradecredit.language import tr, written
from tradecredit.report.style import needed
from tradecredit.report.tables import escaped, sentence
from tradecredit.words import search as words
from tradecredit.words.sheet_parts import CHAPTERS, as_of, made_from

TEMPLATE = Path(__file__).with_name("template")

TAGS = {"en": "en", "zh": "zh-CN", "de": "de", "de-CH": "de-CH"}
"""How a document names its language."""
CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""Nothing may be fetched and no script run, whatever a notebook or a buyer's name may hold."""
SEARCH = "search.html"
"""The one page of a month that runs a script: its own, which the page's policy knows by its hash."""


_NEEDLESS = re.compile("</(?:t[dhr]|tbody|thead)>")
_QUOTED = re.compile('(<t[dh][^>]*? (?:class|scope)=)"([a-z]+)"')


def document(
    *, title: str, header: str, navigation: str, main: str, footer: str, look: str = "style.css", script: str = ""
) -> str:
    """Return a whole HTML document, complete in itself; all parts but `title` are HTML already.

    `look`: its style sheet, of which it holds the rules that it uses (`style.needed`).
    `script`: the one that its content policy lets run, at the end of the page; none by default.
    """
    policy = CONTENT_POLICY + (f"; script-src 'sha256-{_hash(script)}'" if script else "")
    last = f"<script>{script}</script>\n" if script else ""
    body = f"""<body>
<a class="skip" href="#main">{tr("Skip to the content")}</a>
<header class="page-head"><div class="inner">
{header.strip()}
</div></header>
<div class="{"layout" if navigation else "layout plain"}">
{navigation.strip()}
<main id="main" tabindex="-1">
{main.strip()}
</main>
</div>
<footer class="page-foot"><div class="inner">
{footer.strip()}
</div></footer>
{last}</body>
"""
    return f"""<!DOCTYPE html>
<html lang="{TAGS[written()]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{escaped(title)}</title>
<style>
{needed(TEMPLATE / look, body)}
</style>
</head>
{body}</html>
"""


def beside_chapters(manifest: Mapping[str, Any], title: str, main: str, *, beside: str = "", script: str = "") -> str:
    """Return a page of a month that is no chapter, with the chapters in its navigation.

    `manifest`: entity, as_of, book (fingerprint) and chapters (name, title); `beside`: a link in the header's first
    line; `script`: see `document`.
    """
    chapters = "".join(
        f'<li><a href="{escaped(chapter["name"])}.html">{escaped(chapter["title"])}</a></li>\n'
        for chapter in manifest["chapters"]
    )
    said = (manifest["entity"], as_of(manifest["as_of"]))
    eyebrow = " ".join([*(f"<span>{escaped(one)}</span>" for one in said), *([beside] if beside else [])])
    return document(
        title=f"{title} · {manifest['entity']} · {manifest['as_of']}",
        header=f'<p class="eyebrow">{eyebrow}</p>\n<h1>{title}</h1>',
        navigation=side([(tr(CHAPTERS), f"<ul>\n{chapters}</ul>")]),
        main=main,
        footer=f"<p>{sentence(made_from(manifest['book']['fingerprint'][:12]))}</p>",
        script=script,
    )


def lean(html: str) -> str:
    """Return a page without what HTML does not need of tables' cells, of which a month has 100,000.

    These are end tags (§13.1.2.4), and quotes around the value of an attribute that is one word (§13.1.2.3).
    """
    without = _NEEDLESS.sub("", html)
    return _QUOTED.sub(r"\1\2", _QUOTED.sub(r"\1\2", without))  # of two attributes, each time the first


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def find(up: str = "") -> str:
    """Return the link to the search of the month, for the first line of a page's header; `up`: the month's folder."""
    return f'<a class="find screen" href="{escaped(up)}{SEARCH}">{tr(words.TITLE)}</a>'


def side(groups: Sequence[tuple[str, str]]) -> str:
    """Return groups of links (name, HTML of the list) as navigation: beside the text, or folded on a phone."""
    beside = "".join(f'<nav aria-label="{name}"><h2>{name}</h2>\n{links}</nav>\n' for name, links in groups)
    folded = "".join(
        f'<nav aria-label="{name}"><details><summary>{name}</summary>\n{links}</details></nav>\n'
        for name, links in groups
    )
    return f'<div class="side beside">\n{beside}</div>\n<div class="side folded">\n{folded}</div>'
