"""A month's report from start to end: parameters, book, chapters, pages, and the rename that publishes them."""

import json
import math
import platform
import shutil
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from tradecredit.book.book import Book, told_to_chapters
from tradecredit.book.disk import writing
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.language import speaking
from tradecredit.params.export import NOBODY
from tradecredit.params.group import entities
from tradecredit.params.run import Run
from tradecredit.report.attempts import attempt
from tradecredit.report.checked import checked_book
from tradecredit.report.document import lean
from tradecredit.report.entities import of_entities
from tradecredit.report.execution import executed_beside, executed_side_by_side, failed, shown_progress
from tradecredit.report.folders import month_folder, months
from tradecredit.report.glossary import explained, write_glossary
from tradecredit.report.index import SUMMARY, link_to_months
from tradecredit.report.kernels import KernelManager, warm_kernels
from tradecredit.report.mail import FILE as MAIL
from tradecredit.report.mail import write_mail
from tradecredit.report.makers import of_month
from tradecredit.report.page import page_html, source_pages, title
from tradecredit.report.pdf import printing
from tradecredit.report.pictures import FOLDER as FIGURES
from tradecredit.report.publishing import building, put_in_place, told_waiting
from tradecredit.report.search import write_search
from tradecredit.report.sheet_links import leading_somewhere, linked
from tradecredit.report.sheets import addresses
from tradecredit.report.workbook import write_workbook
from tradecredit.report.written import write_json

VERSIONS = ("tradecredit", "pandas", "numpy", "scipy", "statsmodels", "duckdb", "papermill", "nbconvert")
SHEETS = "from tradecredit.report.sheets import write_sheets_of_month\nwrite_sheets_of_month(run_file, as_of, output)"
"""What writes the sheets of buyers, beside the pages of the chapters."""


def report(run_file: str | Path, *, as_of: str | None = None, chapters: Sequence[str] = (), mail: bool = False) -> Path:
    """Make and publish the report of a run's month; return the path of its first page.

    `chapters`: only these and the summary are made anew; the others stay as published from the same book. `mail`: the
    summary is written as a mail too (`mail.FILE`). Of a group, the report of each entity is made first (`of_entities`),
    then its own.

    Raises `ParameterError` and `InputError` before anything is written, and papermill's `PapermillExecutionError`
    where a chapter fails: the last good report then stays as it was, and the index shows the failure.
    """
    started = datetime.now(UTC)
    run = Run.from_yaml(run_file, as_of)
    notebooks = _notebooks(run, chapters)
    published = month_folder(run)
    _check_owner(run, published)
    with attempt(run, started), speaking(run.language), ExitStack() as ended:
        of_entities(run, lambda one: report(one.file, as_of=str(run.as_of), chapters=chapters))
        with writing(run.reports):
            build = ended.enter_context(building(published, run.reports, waiting=lambda: told_waiting(published.name)))
        # Ends before the folder goes: a kernel that outlives an interrupt would write into it again.
        kernels = ended.enter_context(warm_kernels())
        book = _to_report(checked_book(run))  # while the kernels' parent imports
        kernels.environment.update(told_to_chapters(run, book))
        before = _published(book, published) if chapters else {}
        with writing(run.reports):
            if before:
                shutil.copytree(published, build, dirs_exist_ok=True)
            executed, manifest = _chapters(book, notebooks, build, before, kernels)
            with executed_beside(SHEETS, run, build, kernels=kernels):
                pages = {
                    f"{name}.html": explained(_page(notebook, manifest, name)) for name, notebook in executed.items()
                }
                sheets = addresses(book)
                pages = {name: linked(page, sheets) for name, page in pages.items()}
                for name, page in pages.items():
                    _write_page(build / name, leading_somewhere(page, pages))
                with printing(build, run, manifest):
                    write_glossary(build, manifest)
                    write_search(build, manifest, book.buyers, sheets)
                    for module, page in source_pages(executed.values()).items():
                        _write_page(build / "source" / f"{module}.html", page)
                    write_workbook(build, manifest, of_month(run, manifest, executed), run.currency)
            seconds = (datetime.now(UTC) - started).total_seconds()
            timed = manifest | {"started": started.isoformat(timespec="seconds"), "seconds": round(seconds, 1)}
            write_json(build / "manifest.json", timed)
            shutil.rmtree(build / FIGURES, ignore_errors=True)  # the pages have them
            (build / MAIL).unlink(missing_ok=True)  # of an earlier summary
            if mail:
                write_mail(build, manifest)
            link_to_months(build, published)
            put_in_place(build, published)
    return published / f"{SUMMARY}.html"


def _to_report(book: Book) -> Book:
    if book.invoices.empty:
        raise InputError([
            Problem(
                file=str(book.run.file), allowed="holds no invoice, only credits of buyers: nothing to report on",
                remedy="export the invoices as well, and name both files: tradecredit start INVOICES CREDITS",
            )
        ])  # fmt: skip
    return book


def _notebooks(run: Run, chapters: Sequence[str]) -> list[Path]:
    """Return the notebooks to execute, in order; the summary last."""
    present = {file.stem: file for file in sorted(run.notebooks.glob("[0-9][0-9]_*.ipynb"))}
    unknown = [name for name in chapters if name not in present]
    if not run.notebooks.is_dir():
        raise ParameterError([
            Problem(file=str(run.notebooks), column="notebooks", allowed="is not a folder, and holds no chapters",
                    remedy="install the library from its checkout, where they lie, or name another (notebooks: …)")
        ])  # fmt: skip
    if unknown or SUMMARY not in present:
        known = ", ".join(present) or "no notebook at all"
        raise ParameterError(
            Problem(file=str(run.notebooks), column="--chapter", value=name, allowed="there is no such chapter",
                    remedy=f"use one of: {known}")
            for name in unknown or [SUMMARY]
        )  # fmt: skip
    wanted = [name for name in present if name != SUMMARY and (not chapters or name in chapters)]
    return [present[name] for name in [*wanted, SUMMARY]]


def _check_owner(run: Run, published: Path) -> None:
    """Raise `ParameterError` where the month's place belongs to an entity of another name, or may be another's.

    Whose book it is may be a guess: then the months of the folder must be of the same run file, else the figures of
    one ledger would be compared with, or replaced by, those of another.
    """
    made = {month.name: _stated(month / "manifest.json") for month in months(published.parent)}
    owner = made.get(published.name, {}).get("entity", run.entity)
    if owner != run.entity:
        raise _not_its_own(run, f"its reports would replace those of {owner!r}, whose folder has the same name",
                           "let letters or digits tell the two names apart, or use another reports folder")  # fmt: skip
    others = [name for name, one in made.items() if one.get("run_place", run.place) != run.place]
    if others and ("entity" in run.guessed or run.entity == NOBODY):
        replaced = published.name in others
        done, month = ("replace", published.name) if replaced else ("be compared with", others[-1])
        raise _not_its_own(
            run, f"is a guess, and its report would {done} that of {month} in the same folder, made by another run "
            "file: it may be another company's",
            "state whose book it is (entity: …) and remove its line under `guessed`, or name another folder for its "
            "reports (reports: …)",
        )  # fmt: skip


def _stated(manifest: Path) -> dict[str, Any]:
    """Return what a month's manifest states; nothing where it cannot be read, which the index tells."""
    try:
        content = _read_json(manifest)
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _not_its_own(run: Run, allowed: str, remedy: str) -> ParameterError:
    problem = Problem(file=str(run.file), column="entity", value=run.entity, allowed=allowed, remedy=remedy)
    return ParameterError([problem])


def _published(book: Book, published: Path) -> dict[str, Any]:
    """Return results and manifest of the published month, which must be of the same book and parameters."""
    before = {}
    if (published / "manifest.json").exists():
        before = {name: _read_json(published / f"{name}.json") for name in ("results", "manifest")}
    manifest = before.get("manifest", {})
    now = (book.fingerprint, book.run.published())
    if (manifest.get("book", {}).get("fingerprint"), manifest.get("parameters")) != now:
        raise ParameterError([
            Problem(file=str(published), column="--chapter",
                    allowed="this month is not published from the same data and parameters",
                    remedy="make the whole report first, without --chapter")
        ])  # fmt: skip
    return before


def _chapters(
    book: Book, notebooks: list[Path], build: Path, before: dict[str, Any], kernels: type[KernelManager]
) -> tuple[dict[str, NotebookNode], dict[str, Any]]:
    """Execute the notebooks; return them by name, and the manifest. Their results go to the build folder."""
    run = book.run
    results = before.get("results", {}).get("chapters", {})
    made = {chapter["name"]: chapter for chapter in before.get("manifest", {}).get("chapters", [])}
    executed: dict[str, NotebookNode] = {}
    for notebook in notebooks:
        for of_chapter in ("tables", FIGURES):
            shutil.rmtree(build / of_chapter / notebook.stem, ignore_errors=True)
    *chapters, summary = notebooks
    longest_first = sorted(chapters, key=_seconds_of_chapters(run), reverse=True)
    with shown_progress(notebooks, f"{run.entity} as of {run.as_of}") as progress:
        for together in (longest_first, [summary]):
            write_json(build / "results.json", _results(run, results))
            side_by_side = executed_side_by_side(
                together, run, build, kernels=kernels, progress=progress, invoices=len(book.invoices)
            )
            for done in side_by_side:
                name = done.name
                executed[name] = done.notebook
                results = results | {name: {"title": title(done.notebook), **_publication(build, name)}}
                made[name] = {"name": name, "title": title(done.notebook), "seconds": round(done.seconds, 1)}
    write_json(build / "results.json", _results(run, results))
    shutil.rmtree(build / "results", ignore_errors=True)
    return executed, _manifest(book, [made[name] for name in sorted(made)])


def _seconds_of_chapters(run: Run) -> Callable[[Path], tuple[float, int]]:
    """Return how long a notebook will take, to sort by: its seconds in the last month made, and the length of its text.

    One that was never made comes before all others, since nobody knows how long it takes.
    """
    made = max(month_folder(run).parent.glob("*/manifest.json"), key=lambda file: file.stat().st_mtime, default=None)
    chapters = _read_json(made)["chapters"] if made else []
    seconds = {chapter["name"]: chapter["seconds"] for chapter in chapters}
    return lambda notebook: (seconds.get(notebook.stem, math.inf), notebook.stat().st_size)


def _publication(build: Path, chapter: str) -> dict[str, Any]:
    """Return the headline figures and decisions that a chapter published; a chapter may have none."""
    file = build / "results" / f"{chapter}.json"
    return _read_json(file) if file.exists() else {"figures": {}, "decisions": 0, "told": {}}


def _page(notebook: NotebookNode, manifest: dict[str, Any], chapter: str) -> str:
    try:
        return page_html(notebook, manifest=manifest, chapter=chapter)
    except ValueError as error:
        raise failed(chapter, error) from error


def _results(run: Run, chapters: dict[str, Any]) -> dict[str, Any]:
    ordered = {name: chapters[name] for name in sorted(chapters)}
    return {"entity": run.entity, "as_of": str(run.as_of), "currency": run.currency, "chapters": ordered}


def _manifest(book: Book, chapters: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a report was made from and by: enough to make it again, and no secret."""
    named = not book.run.anonymise
    files = book.files if named else {f"file {number}": of for number, of in enumerate(book.files.values(), start=1)}
    notes = book.notes.groupby("table")[["rule", "rows"]].apply(lambda rows: rows.to_dict("records")).to_dict()
    tables = {name: {"rows": len(frame), "notes": notes.get(name, [])} for name, frame in book.tables.items()}
    return {
        "entity": book.run.entity,
        "as_of": str(book.run.as_of),
        "language": book.run.language,
        **({"entities": [one.entity for one in entities(book.run).values()]} if book.has("entity_accounts") else {}),
        "status": "ok",
        "run_file": book.run.file.name if named else "",
        "run_place": book.run.place,
        "parameters": book.run.published(),
        "seed": book.run.simulation.seed,
        "book": {"fingerprint": book.fingerprint, "files": files, "tables": tables},
        "versions": {"python": platform.python_version()} | {name: version(name) for name in VERSIONS},
        "chapters": chapters,
    }


def _write_page(file: Path, html: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(lean(html), encoding="utf-8", newline="\n")


def _read_json(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text(encoding="utf-8"))
