"""What is left in English in the demo's month in German and Chinese, and what each takes beside one in English.

    python tests/bench/languages.py [LANGUAGE=MONTH …]

Without months that are there (`de=reports/demo-trading/2026-10`), one in English and one in each language are made from
the same remembered results. Of all texts of all pages and sheets of buyers, once names and what the run file, its
policies and the ledger say are taken out, code and formulas too, are counted:

- those that hold a word of English: in Chinese any word of three Latin letters that is no name or term of a method, in
  German any of the words that English sentences are held together by;
- those that the catalogue has in English with another text in the language;
- numbers with a point before their decimals in German, and lists of decimals that commas part.

Pictures and formulas are not read. Exit 1 where there are any. Measured: October 2026 in German 0 texts (11.2 MB), in
Chinese 0 texts (10.9 MB).
"""

import argparse
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
from tradecredit.language import translations
from tradecredit.params.base import PROJECT
from tradecredit.report.run import report

OF_ENGLISH = {
    "de": re.compile(r"\b(?:the|of|and|is|are|by|to|with|from|for|not|what|which|its|this|that|than|each|has|"
                     r"have|been|were|it|on|no|as|or|be|per cent|buyers?|cover|invoices?|months?|years?|days)\b"),
    "zh": re.compile(r"[A-Za-z][a-z]{2,}"),
}  # fmt: skip
NAMES = re.compile(
    r"Value at Risk|Values at Risk|Credit Research Foundation, National Summary of Domestic Trade Receivables|"
    r"Pluto.Tasche|Jeffreys|Bonferroni|Hosmer.Lemeshow|Spiegelhalter|Altman(?:'s)?|Zmijewski|Ohlson|Copula|"
    r"Lombardo et al\.|Future Internet|Rockafellar and Uryasev|Excel|[\w.]+\.(?:xlsx|json|yaml|html)|params/rates|"
    r"(?:tradecredit|python|pandas|numpy|scipy|statsmodels|duckdb|papermill|nbconvert)(?: [\d.]+\d)?|[0-9a-f]{12,}|"
    r"(?<![a-z])(?:round|min|max|resolved|merge|CSV)(?![a-z])|`[^`]*`|[a-z]+_[a-z_]+\(?|Score:|"
    r"IFRS (?:9 )?[\d.A-Z]+|B\d\.[\d.]+|CC BY [\d.]+"
)
"""Names of methods, works, programs, files and keys, which have no other form."""
IN_ENGLISH_FORM = re.compile(r"(?<![\w.,/-])\d+\.\d{1,2}(?![\d.]|\. )|(?<![\w.])0\.\d+|\d,\d+, \d+,\d")


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
    for apart in root.xpath("//style | //code | //pre | //math | //head | //script"):
        apart.drop_tree()
    said = [text for node in root.iter() if isinstance(node.tag, str) for text in (node.text, node.tail) if text]
    return said + [text for name in ("aria-label", "alt") for text in root.xpath(f"//@{name}")]


def names_of(month: Path, book: Book) -> tuple[list[str], set[str]]:
    """Return what the run file and the ledger say: texts of several words, the longest first, and single words."""
    parameters = json.loads((month / "manifest.json").read_text(encoding="utf-8"))["parameters"]
    given, words = texts_given(parameters), values_of(parameters)
    for table in book.tables.values():
        texts = {str(text) for text in pd.unique(table.select_dtypes(["str", "object"]).to_numpy().ravel())}
        given |= {text for text in texts if " " in text}
        words |= {text for text in texts if " " not in text}
        words |= {word for text in texts for word in re.findall(r"[A-Z][a-z]+", text)}
    return sorted(given, key=len, reverse=True), {word.lower() for word in words if len(word) > 1}


def values_of(value: object) -> set[str]:
    """Return the words of one or more that parameters hold as values."""
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return {word for one in inner for word in values_of(one)}
    return set(re.findall(r"\w+", value)) if isinstance(value, str) else set()


def left_in_english(month: Path, book: Book, language: str) -> list[str]:
    """Return page and text of what is left in English in a month, each text once."""
    given, words = names_of(month, book)
    texts = translations(language).texts
    told = {english for english, text in texts.items() if text != english} - set(texts.values())
    found: dict[str, str] = {}
    for page in sorted([*month.glob("*.html"), *month.glob("buyers/*.html")]):
        for text in seen_in(page):
            whole = " ".join(text.split())
            rest = NAMES.sub("", whole)
            if OF_ENGLISH[language].search(rest):
                for own in given:
                    rest = rest.replace(own, "")
                rest = re.sub(r"[A-Za-z0-9-]+", lambda word: "" if word[0].lower() in words else word[0], rest)
            in_english = OF_ENGLISH[language].search(rest) or (whole in told and whole.lower() not in words)
            if in_english or (language == "de" and IN_ENGLISH_FORM.search(rest)):
                found.setdefault(whole, page.name)
    return [f"{page}: {text}" for text, page in found.items()]


def made(language: str, scratch: str) -> tuple[Path, Book, float]:
    """Make the demo's month in a language; return its folder, its book, and the seconds of processor that it took."""
    content = yaml.safe_load((PROJECT / "params" / "demo.yaml").read_text(encoding="utf-8"))
    run_file = PROJECT / "params" / f"bench_{language}.yaml"
    run_file.write_text(yaml.safe_dump(content | {"language": language, "reports": f"{scratch}/{language}"}), "utf-8")
    try:
        began = time.process_time()
        month = report(run_file, as_of="2026-10-31").parent
        return month, Book.open(run_file, "2026-10-31"), time.process_time() - began
    finally:
        run_file.unlink()


def main() -> None:
    """Look at months that are given, or make them, the one in English first and last."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("months", nargs="*", metavar="LANGUAGE=MONTH")
    given = dict(one.split("=", 1) for one in parser.parse_args().months)
    with tempfile.TemporaryDirectory() as scratch:
        if given:
            book = Book.open(PROJECT / "params" / "demo.yaml", "2026-10-31")
            months = {language: (Path(month), book, float("nan")) for language, month in given.items()}
        else:
            made("en", scratch)
            months = {language: made(language, scratch) for language in ("de", "zh", "en")}
        wrong = 0
        for language in [name for name in OF_ENGLISH if name in months]:
            month, book, seconds = months[language]
            left = left_in_english(month, book, language)
            wrong += len(left)
            print(*left, sep="\n")
            size = sum(file.stat().st_size for file in month.rglob("*") if file.is_file()) / 1e6
            beside = "" if given else f"; {seconds / months['en'][2]:.2f} × the processor time in English"
            print(f"{language}: {len(left)} texts left in English; {size:.1f} MB{beside}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
