"""The month's report and its summary as PDF files, printed by a Chromium that this machine has."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tradecredit.language import tr
from tradecredit.params.run import Run
from tradecredit.report.document import document
from tradecredit.report.tables import escaped
from tradecredit.words import pdf as words
from tradecredit.words.sheet_parts import as_of

FILES = {"summary.pdf": True, "report.pdf": False}
"""Name of the file: whether it holds the summary alone."""
VARIABLE = "TRADECREDIT_CHROMIUM"
"""Environment variable that names the browser, where it is not found by one of `NAMES`."""
NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)  # fmt: skip
SECONDS = 300
"""Longest that the browser may take for a file."""
_OPTIONS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-pdf-header-footer", "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)  # fmt: skip
_MAIN = re.compile(r'<main id="main" tabindex="-1">\n(.*)\n</main>', re.DOTALL)
_STEPS = re.compile(r'<nav class="steps".*?</nav>\n?', re.DOTALL)
_IDS = re.compile(r' (id|for|aria-labelledby|aria-describedby)="([^"]+)"')
_LINKS = re.compile(r'<a(?: class="[^"]*")? href="([^"]*)"')
_DAYS = re.compile(rb"D:\d{14}\+00'00'")
_NODES = re.compile(rb"\(node(\d{8})\)")
"""Names of the parts of a table in a tagged PDF: numbers that Chromium counts on in, more or less of them each time."""


def chromium() -> str | None:
    """Return the path of the browser that prints, or None: what `TRADECREDIT_CHROMIUM` names, else one of `NAMES`."""
    named = os.environ.get(VARIABLE)
    found = [shutil.which(named)] if named else [shutil.which(name) for name in NAMES]
    return next((path for path in found if path), None)


@contextmanager
def printing(month: Path, run: Run, manifest: Mapping[str, Any]) -> Iterator[None]:
    """Print the PDF files of a run that asks for them (`pdf: true`) from the pages of a month, during the block.

    The browser is a process of its own, beside which the block goes on; the pages of chapters must not change in it.
    Where no PDF can be made, the run says so in one line and goes on, without those of an earlier run.
    """
    for name in FILES:
        (month / name).unlink(missing_ok=True)
    with ThreadPoolExecutor(1) as beside:
        printed = beside.submit(write_pdfs, month, manifest) if run.pdf else None
        yield
    if printed and printed.result():
        print(printed.result(), flush=True)


def write_pdfs(month: Path, manifest: Mapping[str, Any]) -> str:
    """Write `summary.pdf` and `report.pdf` into a month's folder; return "" or, where that is not possible, why not.

    Tagged, with bookmarks from the headings and page numbers; links lead to places in the file, and addresses of files
    beside it are left out. The day of creation is the report's, so that equal pages give equal files.
    """
    browser = chromium()
    if browser is None:
        return words.no_browser(VARIABLE)
    chapters = [chapter["name"] for chapter in manifest["chapters"]]
    with tempfile.TemporaryDirectory(prefix="tradecredit-pdf-") as scratch:
        for name, alone in FILES.items():
            page = Path(scratch) / "page.html"
            page.write_text(printable(month, manifest, chapters[:1] if alone else chapters), encoding="utf-8")
            printed, problem = _printed(browser, page)
            if printed is None:
                return words.not_printed(name, problem)
            (month / name).write_bytes(_the_same_each_time(printed, manifest["as_of"]))
    return ""


def printable(month: Path, manifest: Mapping[str, Any], chapters: list[str]) -> str:
    """Return chapters of a month, made from their pages, as one document in which links lead from one to another."""
    titles = {chapter["name"]: chapter["title"] for chapter in manifest["chapters"]}
    parts = [_chapter(month, name, titles[name], chapters) for name in chapters]
    title = titles[chapters[0]] if len(chapters) == 1 else tr(words.TITLE)
    contents = "".join(f'<li><a href="#{escaped(name)}">{escaped(titles[name])}</a></li>\n' for name in chapters)
    front = f'<nav aria-label="{tr(words.CONTENTS)}"><ol class="contents">\n{contents}</ol></nav>\n'
    return document(
        title=f"{title} · {manifest['entity']} · {manifest['as_of']}",
        header=f'<p class="eyebrow"><span>{escaped(manifest["entity"])}</span> '
        f"<span>{escaped(as_of(manifest['as_of']))}</span></p>\n<h1>{escaped(title)}</h1>",
        navigation="",
        main=parts[0] if len(chapters) == 1 else front + "".join(parts),
        footer=f"<p>{words.made_from(manifest['book']['fingerprint'])}</p>",
    )


def _chapter(month: Path, name: str, title: str, chapters: list[str]) -> str:
    """Return the main part of a chapter's page, its places named after the chapter."""
    found = _MAIN.search((month / f"{name}.html").read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{name}.html has no main part")
    main = _IDS.sub(lambda at: f' {at[1]}="{_place(name, at[2])}"', _STEPS.sub("", found[1]))
    main = _LINKS.sub(lambda link: _link(link[1], name, chapters), main)
    if len(chapters) == 1:
        return main
    return f'<section class="chapter"><h1 id="{escaped(name)}">{escaped(title)}</h1>\n{main}\n</section>\n'


def _place(chapter: str, anchor: str) -> str:
    return " ".join(f"{chapter}-{part}" for part in anchor.split())


def _link(address: str, chapter: str, chapters: list[str]) -> str:
    """Return the opening of a link: to a place in the document, to what is no file, or without an address."""
    page, _, anchor = address.partition("#")
    there = page.removesuffix(".html") if page else chapter
    if there in chapters and (anchor or len(chapters) > 1):
        return f'<a href="#{_place(there, anchor) if anchor else there}"'
    return f'<a href="{address}"' if address.startswith("mailto:") else "<a"


def _printed(browser: str, page: Path) -> tuple[bytes | None, str]:
    """Return a page as PDF, or None and what the browser said last."""
    file = page.with_suffix(".pdf")
    file.unlink(missing_ok=True)
    options = [*_OPTIONS, f"--user-data-dir={page.parent / 'profile'}", f"--print-to-pdf={file}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses to start with one for this user
    try:
        done = subprocess.run(
            [browser, *options, page.as_uri()], capture_output=True, timeout=SECONDS, check=False, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return None, str(error).splitlines()[0]
    if done.returncode or not file.exists():
        return None, (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return file.read_bytes(), ""


def _the_same_each_time(pdf: bytes, as_of: str) -> bytes:
    """Return a PDF with the report's day in place of the moment of printing, and its parts numbered in their order."""
    end = pdf.index(b"endobj")
    dated = _DAYS.sub(f"D:{as_of.replace('-', '')}000000+00'00'".encode(), pdf[:end]) + pdf[end:]
    order = {number: place for place, number in enumerate(sorted(set(_NODES.findall(dated))), start=1)}
    return _NODES.sub(lambda node: b"(node%08d)" % order[node[1]], dated)
