"""The prose of a notebook as HTML: anchors for headings, formulas as MathML, nothing from outside the page."""

import re
from collections.abc import Mapping
from typing import Any, Literal

import latex2mathml.converter
from nbconvert.filters.markdown_mistune import IPythonRenderer

from tradecredit.report.tables import escaped
from tradecredit.words.formats import unbroken


class Renderer(IPythonRenderer):
    """Renders one page's Markdown: raw HTML escaped, H1 left to the page's header, H2s collected for its contents list.

    `contents` holds the anchor and the HTML text of each H2 so far; equal headings get different anchors.
    """

    def __init__(self) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False)
        self.contents: list[tuple[str, str]] = []
        self._anchors: set[str] = set()

    def heading(self, text: str, level: int, **_: Any) -> str:
        if level == 1:
            return ""
        plain = re.sub(r"<[^>]+>|&\w+;", "", text)
        anchor = base = re.sub(r"\W+", "-", plain.lower()).strip("-") or "section"
        while anchor in self._anchors or anchor == "main":
            anchor = f"{base}-{len(self._anchors) + 1}"
        self._anchors.add(anchor)
        if level == 2:
            self.contents.append((anchor, re.sub(r"</?a\b[^>]*>", "", text)))
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def text(self, text: str) -> str:
        return super().text(unbroken(text))

    def block_code(self, code: str, info: str | None = None) -> str:  # noqa: ARG002  the language is not shown
        return f'<pre class="scrolls" tabindex="0"><code>{escaped(code)}</code></pre>\n'

    def block_math(self, body: str) -> str:
        return formula(body, "block")

    def inline_math(self, body: str) -> str:
        return formula(body, "inline")

    def latex_environment(self, name: str, body: str) -> str:
        return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002  the text says it all
        if not url.startswith("data:image/"):
            raise ValueError(f"picture {url!r} lies outside the page; show figures by chapter.figure(…)")
        return picture(url, {"alt": text})


def formula(latex: str, display: Literal["inline", "block"]) -> str:
    """Return LaTeX as MathML; raises `ValueError` with the formula if it cannot be read."""
    try:
        math = latex2mathml.converter.convert(latex.strip(), display=display)
    except Exception as error:  # the converter raises a dozen unrelated kinds
        raise ValueError(f"formula {latex.strip()!r} cannot be read ({type(error).__name__})") from error
    if "\\" in math:  # what it does not know it passes through
        raise ValueError(f"formula {latex.strip()!r} holds a command that is not known here")
    math = math.replace(' xmlns="http://www.w3.org/1998/Math/MathML"', "")
    if display == "inline":
        return math
    return f'<span class="formula" role="group" aria-label="Formula" tabindex="0">{math}</span>'


def picture(data: str, metadata: Mapping[str, Any], mime_type: str = "image/png") -> str:
    """Return a picture (base64 or a data address) with its description; raises `ValueError` if that is missing."""
    alt = str({**metadata, **metadata.get(mime_type, {})}.get("alt", "")).strip()
    if not alt:
        raise ValueError("a picture has no description: show it by chapter.figure(figure, name, caption, alt)")
    source = data if data.startswith("data:") else f"data:{mime_type};base64,{''.join(data.split())}"
    return f'<img src="{source}" alt="{escaped(alt)}">'
