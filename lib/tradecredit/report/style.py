"""The part of a style sheet that a page uses: a month has a hundred pages, each with its own style sheet in it."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

LATER = frozenset({"months", "term"})
"""Classes of what is put into a page once it is made (`neighbours`, `glossary`)."""
ALWAYS = frozenset({"html", "body", "a", "nav", "ul", "li", "span"})
"""Elements of every page, and of what is put into it."""
_COMMENT, _SPACE = re.compile(r"/\*.*?\*/", re.DOTALL), re.compile(r"\s+")
_CLASS, _NOT = re.compile(r"\.(-?[a-zA-Z_][\w-]*)"), re.compile(r":not\([^)]*\)")
_CLASSES = re.compile(r'class="([^"]*)"|class=([\w-]+)')
_ELEMENT, _NOT_ELEMENTS = re.compile(r"[a-z][a-z0-9]*"), re.compile(r"[.:#][\w:-]+|\[[^\]]*\]|\([^)]*\)")
_USED, _SET = re.compile(r"var\((--[\w-]+)"), re.compile(r"(--[\w-]+):[^;}]*;?")
_TAG = re.compile(r"<([a-z][a-z0-9]*)")
Rule = tuple[str, "str | tuple[Rule, ...]"]
"""Selectors or at-rule, and its declarations, or the rules within it."""


def needed(file: Path, html: str) -> str:
    """Return a style sheet without the rules of what a page does not have, and without what is for its reader.

    A selector stays if all its elements and classes are there, without regard to those in `:not(…)`.
    """
    there = {name for found in _CLASSES.findall(html) for part in found for name in part.split()} | LATER
    elements = {*_TAG.findall(html), *ALWAYS}
    text = "\n".join(_kept(_rules(file), lambda one: _has(one, there, elements)))
    used = {*_USED.findall(text), *_USED.findall(html)}
    return _SET.sub(lambda variable: variable[0] if variable[1] in used else "", text)


def _has(selector: str, classes: set[str], elements: set[str]) -> bool:
    plain = _NOT.sub("", selector)
    return set(_CLASS.findall(plain)) <= classes and set(_ELEMENT.findall(_NOT_ELEMENTS.sub(" ", plain))) <= elements


def _kept(rules: Sequence[Rule], has: Callable[[str], bool]) -> Iterator[str]:
    for head, content in rules:
        if isinstance(content, tuple):
            inner = [*_kept(content, has)]
            if inner:
                yield f"{head}{{{''.join(inner)}}}"
        elif head.startswith("@"):
            yield f"{head}{{{content}}}"
        else:
            used = [one for one in _selectors(head) if has(one)]
            if used:
                yield f"{','.join(used)}{{{content}}}"


def _selectors(head: str) -> list[str]:
    """Return the selectors of a rule: parted by commas outside of brackets."""
    return [one.strip() for one in re.split(r",(?![^()]*\))", head)]


@cache
def _rules(file: Path) -> tuple[Rule, ...]:
    text = _SPACE.sub(" ", _COMMENT.sub("", file.read_text(encoding="utf-8"))).strip()
    return tuple(_parsed(text))


def _shortened(declarations: str) -> str:
    """Return declarations without spaces that nothing needs, and without the nought before a point."""
    return re.sub(r"(?<![\w.])0(\.\d)", r"\1", re.sub(r" ?([;:,]) ", r"\1", declarations)).rstrip(";")


def _parsed(text: str) -> Iterator[Rule]:
    """Yield the rules of a text that has neither comments nor braces in strings."""
    at = 0
    while (start := text.find("{", at)) >= 0:
        end, depth = start + 1, 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        head, content = text[at:start].strip(), text[start + 1 : end - 1].strip()
        nested = head.startswith(("@media", "@supports"))
        yield head, tuple(_parsed(content)) if nested else _shortened(content)
        at = end
