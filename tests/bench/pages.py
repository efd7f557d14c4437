"""What a Chromium finds wrong in the pages of the demo's month, in three languages: how they look, read and print.

    python tests/bench/pages.py [--sheets 6] [--only 0[0-9]_*] [MONTH …]

Without MONTH, folders of months that are there, the month of 2026-10 is made in English, German and Chinese from the
same remembered results. Of the sheets of buyers so many are looked at, from the smallest file to the largest (0: all).
Counted for each page at 1,280 px and at 360 px, light and dark, details shut and open:

- violations that axe-core finds, errors that the browser tells, addresses asked for;
- sideways scroll at 360 px;
- on paper (A4, details that print open): boxes that reach beyond the sheet, and words of letters or digits that break
  within over two lines where no hyphen or slash stands.

Each page is loaded once and looked at in all its looks; of a dark page the rules of colours are asked, which alone can
differ. Exit 1 where there is any. Measured: October 2026 in English, all 75 pages with all sheets of buyers, no faults;
in German and Chinese all chapters and a part of the sheets, no faults.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import yaml
from playwright.sync_api import Page, sync_playwright

from tradecredit.params.base import PROJECT
from tradecredit.report.pdf import chromium
from tradecredit.report.run import report

sys.path.insert(0, str(Path(__file__).parents[1]))
import on_paper

LOOKS = ((1280, "light"), (1280, "dark"), (360, "dark"), (360, "light"))
WIDE = "document.documentElement.scrollWidth"
STATE = "open => document.querySelectorAll('details').forEach(part => part.open = open)"
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
ASKED = "options => axe.run(document, options).then(found => found.violations)"
ALL = {"resultTypes": ["violations"]}
OF_COLOURS = ALL | {"runOnly": ["color-contrast", "link-in-text-block"]}
"""The rules that the scheme of colours decides: of a dark page nothing else can differ from the light one."""


def looked_at(tab: Page, page: Path) -> Iterator[str]:
    """Return what is wrong with a page on a screen and on paper: loaded once, in all its looks one after the other."""
    heard: list[str] = []
    tab.on("request", lambda request: heard.append(f"asks for {request.url}"))
    tab.on("console", lambda told: heard.append(f"{told.type}: {told.text}"))
    tab.on("pageerror", lambda error: heard.append(f"error: {error}"))
    tab.set_viewport_size({"width": LOOKS[0][0], "height": 900})
    tab.goto(page.as_uri())
    tab.evaluate(AXE)
    for width, scheme in LOOKS:
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        for is_open in (False, True):
            tab.evaluate(STATE, is_open)
            seen = f"{width} px, {scheme}, {'open' if is_open else 'shut'}"
            for rule in tab.evaluate(ASKED, ALL if scheme == "light" else OF_COLOURS):
                yield f"{seen}: {rule['id']}, {len(rule['nodes'])} times: {rule['nodes'][0]['html'][:120]}"
            if width < on_paper.SHEET and tab.evaluate(WIDE) > width:
                yield f"{seen}: {tab.evaluate(WIDE)} px wide"
    tab.evaluate(STATE, False)
    yield from on_paper.faults(tab)
    yield from (told for told in heard if not told.startswith(("asks for data:", f"asks for {page.as_uri()}")))


def pages_of(month: Path, only: str, sheets: int) -> list[Path]:
    """Return the pages of a month that are looked at: all chapters and others beside them, and a sample of sheets."""
    of_buyers = sorted(month.glob("buyers/buyer_*.html"), key=lambda page: page.stat().st_size)
    if sheets and len(of_buyers) > sheets:
        step = (len(of_buyers) - 1) / max(sheets - 1, 1)
        of_buyers = [of_buyers[round(place * step)] for place in range(sheets)]
    others = [*sorted(month.glob("*.html")), *month.glob("buyers/index.html"), month.parents[1] / "index.html"]
    return [page for page in [*others, *of_buyers] if page.exists() and page.match(only)]


def made(scratch: str) -> list[Path]:
    """Make the demo's month in each language, and return the folders."""
    months = []
    for language in ("en", "de", "zh"):
        content = yaml.safe_load((PROJECT / "params" / "demo.yaml").read_text(encoding="utf-8"))
        run_file = PROJECT / "params" / f"bench_pages_{language}.yaml"
        run_file.write_text(
            yaml.safe_dump(content | {"language": language, "reports": f"{scratch}/{language}"}), "utf-8"
        )
        try:
            months.append(report(run_file, as_of="2026-10-31").parent)
        finally:
            run_file.unlink()
    return months


def main() -> None:
    """Look at the pages of each month, and print what is wrong with them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("months", nargs="*", type=Path, metavar="MONTH")
    parser.add_argument("--sheets", type=int, default=6, help="sheets of buyers looked at; 0: all")
    parser.add_argument("--only", default="*.html", help="pattern of the names of pages")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as stack:
        months = arguments.months or made(stack.enter_context(tempfile.TemporaryDirectory()))
        running = stack.enter_context(sync_playwright())
        browser = running.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        wrong = looked = 0
        for month in months:
            for page in pages_of(month.resolve(), arguments.only, arguments.sheets):
                tab = browser.new_page()
                found = list(looked_at(tab, page))
                tab.close()
                looked, wrong = looked + 1, wrong + len(found)
                print(f"{month}: {page.name}: {len(found)} faults", *found, sep="\n    ", flush=True)
        print(f"{looked} pages, {len(LOOKS) * 2} looks and a print each: {wrong} faults")
        browser.close()
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
