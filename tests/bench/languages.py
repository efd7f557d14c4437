"""How many words of English are left in the demo's month in Chinese, and what the month takes beside one in English.

    python tests/bench/languages.py

Counted are the texts of all pages and sheets of buyers in which three English words follow each other, once names and
what the run file, its policies and the ledger say are taken out; so are code and formulas. Exit 1 where there are any.
"""

import json
import re
import sys
import tempfile
import time
from pathlib import Path

import lxml.html
import pandas as pd
import yaml

from tradecredit import Book
from tradecredit.params.base import PROJECT
from tradecredit.report.run import report

THREE_WORDS = re.compile(r"\b[a-z]{2,}(?: [a-z]{2,}){2,}")


def texts_given(value: object) -> set[str]:
    """Return the texts of several words that parameters hold."""
    if isinstance(value, dict):
        return {text for one in value.values() for text in texts_given(one)}
    if isinstance(value, list):
        return {text for one in value for text in texts_given(one)}
    return {" ".join(value.split()).rstrip(".")} if isinstance(value, str) and " " in value else set()


def seen_in(page: Path) -> list[str]:
    """Return the texts of a page that a reader sees or hears."""
    root = lxml.html.parse(str(page)).getroot()
    for apart in root.xpath("//style | //code | //pre | //math | //head"):
        apart.drop_tree()
    said = [text for node in root.iter() if isinstance(node.tag, str) for text in (node.text, node.tail) if text]
    return said + [text for name in ("aria-label", "alt") for text in root.xpath(f"//@{name}")]


def left_in_english(month: Path, book: Book) -> list[str]:
    """Return page and text of what is left in English in a month."""
    given = texts_given(json.loads((month / "manifest.json").read_text(encoding="utf-8"))["parameters"])
    for table in book.tables.values():
        texts = pd.unique(table.select_dtypes(["str", "object"]).to_numpy().ravel())
        given |= {str(text) for text in texts if " " in str(text)}
    longest_first = sorted(given, key=len, reverse=True)
    left = []
    for page in sorted([*month.glob("*.html"), *month.glob("buyers/*.html")]):
        for text in seen_in(page):
            rest = " ".join(text.split())
            for own in longest_first if THREE_WORDS.search(rest) else ():
                rest = rest.replace(own, "")
            if THREE_WORDS.search(rest):
                left.append(f"{page.name}: {rest}")
    return left


def main() -> None:
    """Make the month in English, then in Chinese from the same remembered results, and again in English."""
    with tempfile.TemporaryDirectory() as scratch:
        seconds, months = {}, {}
        for language in ("en", "zh", "en"):
            content = yaml.safe_load((PROJECT / "params" / "demo.yaml").read_text(encoding="utf-8"))
            content |= {"language": language, "reports": f"{scratch}/{language}"}
            run_file = PROJECT / "params" / f"bench_{language}.yaml"
            run_file.write_text(yaml.safe_dump(content), encoding="utf-8")
            try:
                began = time.perf_counter()
                months[language] = report(run_file, as_of="2026-10-31").parent
                seconds[language] = time.perf_counter() - began
                book = Book.open(run_file, "2026-10-31")
            finally:
                run_file.unlink()
        left = left_in_english(months["zh"], book)
        size = sum(file.stat().st_size for file in months["zh"].rglob("*") if file.is_file()) / 1e6
    print(*left, sep="\n")
    print(
        f"{len(left)} texts left in English; {size:.1f} MB; {seconds['zh'] / seconds['en']:.2f} × the time in English"
    )
    sys.exit(bool(left))


if __name__ == "__main__":
    main()
