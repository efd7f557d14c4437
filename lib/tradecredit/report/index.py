"""The list of all entities and months, and the published figures of past months as a table."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.disk import writing
from tradecredit.book.locks import locked
from tradecredit.decide.decisions import ordered
from tradecredit.language import ENGLISH, LANGUAGES, speaking, tr
from tradecredit.report.document import document
from tradecredit.report.earlier import decisions_of
from tradecredit.report.folders import DAILY, MONTH, month_folder, months, slug
from tradecredit.report.neighbours import link_months, link_pages
from tradecredit.report.tables import MISSING, escaped, stacking
from tradecredit.report.written import write_text
from tradecredit.words import formats
from tradecredit.words import months as words

SUMMARY = "00_summary"
"""The chapter that reads the others' results: executed last, shown first."""
MONTHLY = re.compile(r"[0-9][0-9]_[^/\\]+")
"""Names of chapters that have a page over all months."""
MOST_FIGURES = 6
FIGURES = ("receivables", "overdue_amount", "expected_loss_simulated", "es_99", "retained_es_99", "policy_cost")
"""Figures shown for an entity whose newest month has no summary, wherever their chapters publish them."""
RESULT_COLUMNS = {
    "as_of": "datetime64[us]", "chapter": "str", "name": "str", "label": "str", "value": "float64", "unit": "str",
}  # fmt: skip


class _Month(NamedTuple):
    """What lies in the folder of one month; what cannot be read is in `problems`."""

    name: str
    folder: Path
    manifest: Mapping[str, Any]
    results: Mapping[str, Any]
    failure: Mapping[str, Any]
    problems: list[str]


class Published(NamedTuple):
    """What the chapters have published: `figures`, as `results`; `decisions`, with the columns of `decisions.COLUMNS`,
    in the order in which they are to be taken; by chapter what is `told` of each kind of decision; by chapter and name
    what is told of its `pictures`; the `folder` of the month; and the `history` of past month ends that its chapters
    tell, as `results`."""

    figures: pd.DataFrame
    decisions: pd.DataFrame
    told: dict[str, dict[str, str]]
    pictures: dict[tuple[str, str], dict[str, Any]]
    folder: Path
    history: pd.DataFrame


def published(book: Book, output: str | Path) -> Published:
    """Return the figures of all months up to the book's, and the decisions of its month.

    The book's own month is read from `output`, the folder of the run at work, or with "" (opened in JupyterLab) from
    what was published last. The summary's own figures, which repeat the chapters', are among those of earlier months.
    """
    folder = Path(output) if str(output) else month_folder(book.run)
    figures = results(book.run.reports, slug(book.run.entity))
    if str(output):
        figures = figures[figures["as_of"] < book.as_of.to_period("M").start_time]
        figures = pd.concat([figures, this_month(output, book.as_of)], ignore_index=True)
    content, _ = _json(folder / "results.json") if (folder / "results.json").exists() else ({}, "")
    # Reports of earlier versions do not have it.
    chapters = content.get("chapters", {})
    told = {name: chapter.get("told", {}) for name, chapter in chapters.items()}
    pictures = {
        (name, one): of for name, chapter in chapters.items() for one, of in chapter.get("pictures", {}).items()
    }
    figures = figures[figures["as_of"] <= book.as_of]
    return Published(figures, ordered(decisions_of(folder), book.run), told, pictures, folder, _history(chapters))


def with_history(published: Published) -> pd.DataFrame:
    """Return the figures of `published` with those of past month ends that chapters have told, before the reported.

    A figure that was reported for a day counts as it was reported.
    """
    return pd.concat([published.history, published.figures], ignore_index=True)


def _history(chapters: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    return _frame([
        (day, chapter, name, figure["label"], value, figure["unit"])
        for chapter, told in chapters.items()
        for name, values in told.get("history", {}).items()
        for figure in [told["figures"][name]]
        for day, value in values.items()
    ])  # fmt: skip


def picked(changes: pd.DataFrame, names: Sequence[str]) -> dict[str, tuple]:
    """Return this month's figures of these names for `Chapter.headline`, in order; those not published are left out."""
    rows = changes.drop_duplicates("name").set_index("name")
    return {
        name: (rows.loc[name, "this_month"], rows.loc[name, "unit"], rows.loc[name, "label"])
        for name in names
        if name in rows.index
    }


def results(reports: Path, entity_slug: str) -> pd.DataFrame:
    """Return the headline figures of all published months of an entity, oldest first.

    Columns: as_of, chapter, name, label, value (missing where it could not be estimated), unit; a row a figure. A month
    whose `results.json` cannot be read is one row at the end of that month with the reason as label, all else missing.
    """
    folder = Path(reports) / entity_slug
    rows: list[tuple] = []
    for month in sorted(found.name for found in months(folder)):
        content, problem = _json(folder / month / "results.json")
        rows += [*_figures(content)] if not problem else [(_month_end(month), None, None, problem, None, None)]
    return _frame(rows)


def this_month(output: str | Path, as_of: object) -> pd.DataFrame:
    """Return the figures that the chapters made so far have published in this run, with the columns of `results`.

    `output` is the folder given to the chapters; with "" (opened in JupyterLab) there are none.
    """
    if not str(output):
        return _frame([])
    merged, alone = Path(output) / "results.json", sorted((Path(output) / "results").glob("*.json"))
    chapters = json.loads(merged.read_text(encoding="utf-8"))["chapters"] if merged.exists() else {}
    chapters |= {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in alone}
    return _frame(_figures({"as_of": str(pd.Timestamp(as_of).date()), "chapters": chapters}))


def changes(figures: pd.DataFrame, as_of: object) -> pd.DataFrame:
    """Return each figure of the month `as_of` beside the month published before it.

    `figures`: the columns of `results`; of two rows for the same figure and day the later one counts, so that
    `this_month` can be put below `results`. Columns returned: chapter, name, label, this_month, previous_month, change
    (this − previous; missing where either is, or the units differ), unit, previous_as_of (the last earlier day of any
    figure). Rows without a name are passed over; `results` shows them.
    """
    known = figures.dropna(subset=["name"]).drop_duplicates(["as_of", "chapter", "name"], keep="last")
    day = pd.Timestamp(as_of)
    now = known[known["as_of"] == day]
    earlier = known[known["as_of"] < day]
    before = earlier[earlier["as_of"] == earlier["as_of"].max()].drop(columns="label")
    both = now.merge(before, on=["chapter", "name"], how="left", suffixes=("", "_before"))
    change = (both["value"] - both["value_before"]).where(both["unit"] == both["unit_before"])
    return pd.DataFrame(
        {
            "chapter": both["chapter"], "name": both["name"], "label": both["label"], "this_month": both["value"],
            "previous_month": both["value_before"].where(both["unit"] == both["unit_before"]), "change": change,
            "unit": both["unit"], "previous_as_of": both["as_of_before"],
        }
    )  # fmt: skip


def write_index(reports: Path) -> Path:
    """Write `index.html` over all entities and months below a folder, and return its path.

    Months come newest first, with the figures of their summary, the change on the month before, links to the pages, and
    the chapter, cell and message of a run that failed. What cannot be read is listed with the reason.
    """
    reports = Path(reports)
    with writing(reports):
        reports.mkdir(parents=True, exist_ok=True)
        with locked(reports / ".index.lock"):  # else of two runs the one that looked first could write last
            return _written(reports)


def _written(reports: Path) -> Path:
    entities = [folder for folder in sorted(reports.iterdir()) if folder.is_dir() and not folder.name.startswith(".")]
    parts = []
    for folder in entities:
        with speaking(_language_of(folder)):
            parts.append(_entity(folder))
            _tie_together(folder)
    if not parts:
        parts = ["<p>No report has been made yet. Make one: <code>tradecredit report RUN.yaml</code></p>"]
    languages = {_language_of(folder) for folder in entities}
    with speaking(languages.pop() if len(languages) == 1 else ENGLISH):
        eyebrow, title = tr("All entities and months"), tr("Credit reports")
        page = document(
            title=title,
            header=f'<p class="eyebrow"><span>{eyebrow}</span></p>\n<h1>{title}</h1>',
            navigation="",
            main="\n".join(parts),
            footer=f"<p>{tr('Made by tradecredit from the reports in this folder.')}</p>",
        )
    file = reports / "index.html"
    write_text(file, page)
    return file


def _language_of(folder: Path) -> str:
    """Return the language of an entity's newest month; English where none says."""
    languages = [month.manifest.get("language") for month in _newest_first(folder)]
    return next((str(language) for language in languages if language in LANGUAGES), ENGLISH)


def _tie_together(folder: Path) -> None:
    """Write an entity's pages of each chapter over all months, and the links between the pages of its months."""
    found = _newest_first(folder)
    link_months(folder, [month.name for month in found if (month.folder / f"{SUMMARY}.html").exists()][::-1])
    titles = {entry["name"]: entry["title"] for month in found[::-1] for entry in month.manifest.get("chapters", [])}
    history = results(folder.parent, folder.name)
    for chapter, title in titles.items():
        if MONTHLY.fullmatch(chapter):
            write_text(folder / f"{chapter}.html", _over_months(found, chapter, title, history))
    for file in folder.glob("[0-9][0-9]_*.html"):
        if file.stem not in titles:
            file.unlink()


def link_to_months(build: Path, place: Path) -> None:
    """Write the links to other months into a month's pages before they are put in their place.

    So nothing is lacking from them where the run is killed before the index is written.
    """
    others = {path.name for path in months(place.parent) if (path / f"{SUMMARY}.html").exists()}
    link_pages(build, place.parent, place.name, sorted(others | {place.name}))


def _over_months(found: list[_Month], chapter: str, title: str, history: pd.DataFrame) -> str:
    """Return the page of a chapter over all months: its headline figures in each, and the way to it there."""
    shown: dict[tuple[str, str], str] = {}
    for month in found:
        figures = _chapter_figures(month.results, chapter)
        shown |= {(chapter, name): entry["label"] for name, entry in figures.items() if (chapter, name) not in shown}
    entity = next((str(month.manifest["entity"]) for month in found if month.manifest.get("entity")), "")
    keys = list(shown)
    parts = [{key: shown[key] for key in keys[at : at + MOST_FIGURES]} for at in range(0, len(keys), MOST_FIGURES)]
    labels = [f"{tr(title)}: {', '.join(map(tr, part.values()))}" for part in parts]
    tables = [_months_table(found, *of, history, chapter) for of in zip(parts or [{}], labels or [title], strict=True)]
    slug = found[0].folder.parent.name
    return document(
        title=f"{tr(title)} · {entity} · {tr('all months')}",
        header=f'<p class="eyebrow"><span>{escaped(entity)}</span></p>\n'
        f"<h1>{escaped(words.all_months(tr(title)))}</h1>\n"
        f'<nav class="months" aria-label="{tr(words.LABEL)}"><ul><li><a href="../index.html#{escaped(slug)}">'
        f"{tr(words.ALL_CHAPTERS)}</a></li></ul></nav>",
        navigation="",
        main="\n".join(tables),
        footer=f"<p>{tr('Made by tradecredit from the months in this folder.')}</p>",
    )


def _newest_first(folder: Path) -> list[_Month]:
    return [_read_month(folder, name) for name in _month_names(folder)][::-1]


def _failed_last(month: _Month) -> bool:
    """Return whether the last run of a month failed."""
    return bool(month.failure) and not _is_older(month.failure.get("when"), month.manifest.get("started"))


def _entity(folder: Path) -> str:
    """Return the part of the index that shows one entity."""
    months = _newest_first(folder)
    names = [str(month.manifest["entity"]) for month in months if month.manifest.get("entity")]
    heading = f'<h2 id="{escaped(folder.name)}">{escaped(names[0] if names else folder.name)}</h2>\n'
    known = {"failed", DAILY, *_month_names(folder)}
    present = (path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    others = sorted(name for name in present if name not in known)
    told = tr("Not the name of a month, and not read: {names}.", names=escaped(", ".join(others)))
    note = f'<p class="tc-note">{told}</p>' if others else ("")
    heading += _entities_of(months[0], folder.parent) if months else ""
    if not months:
        return f"{heading}<p>{tr('No month has been published.')}</p>\n{note}"
    shown = _shown_figures(months)
    history = results(folder.parent, folder.name)
    label = tr("Months of {entity}", entity=names[0] if names else folder.name)
    return f"{heading}{_months_table(months, shown, label, history)}{note}"


def _entities_of(month: _Month, reports: Path) -> str:
    """Return the entities of a group, with links to those whose months are here; nothing of an entity that is none."""
    named = month.manifest.get("entities", [])
    links = [
        f'<a href="#{escaped(slug(name))}">{escaped(name)}</a>' if (reports / slug(name)).is_dir() else escaped(name)
        for name in map(str, named)
    ]
    return f"<p>{tr('A group of {entities}.', entities=', '.join(links))}</p>\n" if links else ""


def _months_table(
    months: list[_Month], shown: Mapping[tuple[str, str], str], label: str, history: pd.DataFrame, chapter: str = ""
) -> str:
    """Return the table of months with the figures `shown`, and links to all chapters, or to one alone."""
    headings = "".join(f'<th scope="col" class="n">{escaped(tr(title))}</th>' for title in shown.values())
    last = "" if chapter else f'<th scope="col">{tr("Chapters")}</th>'
    stacks = stacking([tr("Month"), tr("Status"), *map(tr, shown.values()), *([] if chapter else [tr("Chapters")])])
    rows = "".join(_row(month, list(shown), history, chapter) for month in months)
    return (
        f'<div class="tc-table" role="region" tabindex="0" aria-label="{escaped(label)}">\n<table{stacks}>\n'
        f'<thead><tr><th scope="col">{tr("Month")}</th><th scope="col">{tr("Status")}</th>{headings}{last}'
        f"</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _row(month: _Month, shown: list[tuple[str, str]], history: pd.DataFrame, chapter: str = "") -> str:
    if chapter:
        there = (month.folder / f"{chapter}.html").exists()
        own = f'<a href="{month.name}/{escaped(chapter)}.html">{month.name}</a>' if there else month.name
        return _row_of(month, shown, history, own)
    pages = [(entry["name"], entry["title"]) for entry in month.manifest.get("chapters", [])]
    pages = pages or [(file.stem, file.stem) for file in sorted(month.folder.glob("*.html"))]
    address = f"{month.folder.parent.name}/{month.name}"
    first = f'<a href="{escaped(address)}/{escaped(pages[0][0])}.html">{month.name}</a>' if pages else month.name
    links = " ".join(
        f'<a href="{escaped(address)}/{escaped(name)}.html" title="{escaped(title)}" '
        f'aria-label="{escaped(title)}, {month.name}">{escaped(name.split("_")[0])}</a>'
        for name, title in pages
    )
    return _row_of(month, shown, history, first, f'<td class="d">{links}</td>')


def _row_of(month: _Month, shown: list[tuple[str, str]], history: pd.DataFrame, first: str, last: str = "") -> str:
    changed = changes(history, month.manifest["as_of"]) if month.manifest.get("as_of") else history.head(0)
    cells = "".join(_figure_cell(month, figure, changed) for figure in shown)
    return f'<tr><th scope="row" class="d">{first}</th><td>{_status(month)}</td>{cells}{last}</tr>\n'


def _figure_cell(month: _Month, figure: tuple[str, str], changed: pd.DataFrame) -> str:
    chapter, name = figure
    entry = _chapter_figures(month.results, chapter).get(name)
    if entry is None:
        return f'<td class="n">{MISSING}</td>'
    text = escaped(formats.figure(entry["value"], entry["unit"]))
    if entry["value"] is None:
        return f'<td class="n"><small>{text}</small></td>'
    same = changed[(changed["chapter"] == chapter) & (changed["name"] == name)] if len(changed) else changed
    change = None if same.empty else same["change"].iloc[0]
    small = "" if formats.missing(change) else f"<small>{escaped(formats.change(change, entry['unit']))}</small>"
    return f'<td class="n">{text}{small}</td>'


def _status(month: _Month) -> str:
    parts = [tr("ok")] if month.manifest else []
    if _failed_last(month):
        failure = month.failure
        place = (
            tr("chapter {chapter}, cell {cell}: ", chapter=failure["chapter"], cell=failure.get("cell", "?"))
            if "chapter" in failure
            else ""
        )
        after = tr("; the report shown is older") if month.manifest else ""
        error = escaped(str(failure.get("error", tr("no message")))[:400])
        parts = [f'<span class="failed">{tr("failed")}</span>{after}<small>{escaped(place)}{error}</small>']
        if "to_do" in failure:
            parts.append(f"<small>{tr('To do:')} {escaped(str(failure['to_do'])[:400])}</small>")
    if month.problems:
        parts.append(f'<span class="failed">{tr("cannot be read")}</span>')
        parts += [f"<small>{escaped(problem)}</small>" for problem in month.problems]
    return "".join(parts)


def _is_older(one: object, other: object) -> bool:
    """Return whether a failure lies before the report that was published since; if in doubt it does not."""
    try:
        return datetime.fromisoformat(str(one)) < datetime.fromisoformat(str(other))
    except (ValueError, TypeError):
        return False


def _shown_figures(months: list[_Month]) -> dict[tuple[str, str], str]:
    """Return chapter and name of the figures to show for an entity, with their labels: its newest summary's."""
    for month in months:
        summary = _chapter_figures(month.results, SUMMARY)
        if summary:
            return {(SUMMARY, name): entry["label"] for name, entry in list(summary.items())[:MOST_FIGURES]}
    shown: dict[tuple[str, str], str] = {}
    for month in months:
        for chapter in month.results.get("chapters", {}):
            figures = _chapter_figures(month.results, chapter)
            shown |= {(chapter, name): figures[name]["label"] for name in FIGURES if name in figures}
        if shown:
            break
    return dict(list(shown.items())[:MOST_FIGURES])


def _month_names(folder: Path) -> list[str]:
    """Return the months that were published or tried."""
    failed = [file.stem for file in (folder / "failed").glob("*.json") if MONTH.fullmatch(file.stem)]
    return sorted({path.name for path in months(folder)} | set(failed))


def _read_month(folder: Path, name: str) -> _Month:
    problems = []
    contents: dict[str, dict] = {"manifest": {}, "results": {}, "failure": {}}
    files = {"manifest": folder / name / "manifest.json", "results": folder / name / "results.json"}
    files = files if (folder / name).is_dir() else {}
    failed = folder / "failed" / f"{name}.json"
    for kind, file in (files | ({"failure": failed} if failed.exists() else {})).items():
        contents[kind], problem = _json(file)
        problems += [problem] if problem else []
    return _Month(name=name, folder=folder / name, problems=problems, **contents)


def _json(file: Path) -> tuple[dict[str, Any], str]:
    """Return what a file of ours holds, or nothing and the reason why it cannot be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("it holds no names with values")
        if file.name == "manifest.json":
            content["entity"], content["as_of"], [entry["title"] for entry in content["chapters"]]
        if file.name == "results.json":
            list(_figures(content))
    except FileNotFoundError:
        return {}, f"{file.name}: there is none"
    except OSError as error:
        return {}, f"{file.name}: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return {}, f"{file.name}: {type(error).__name__}: {error}"
    return content, ""


def _chapter_figures(content: Mapping[str, Any], chapter: str) -> dict[str, Mapping[str, Any]]:
    return content.get("chapters", {}).get(chapter, {}).get("figures", {})


def _figures(content: Mapping[str, Any]) -> list[tuple]:
    """Return the rows of `results` that one month's file holds; raises what a file of another shape leads to."""
    day = pd.Timestamp(content["as_of"])
    rows = []
    for chapter, published in content["chapters"].items():
        for name, entry in published["figures"].items():
            formats.figure(entry["value"], entry["unit"])
            rows.append((day, chapter, name, entry["label"], entry["value"], entry["unit"]))
    return rows


def _frame(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS)).astype(RESULT_COLUMNS)


def _month_end(month: str) -> pd.Timestamp | None:
    return pd.to_datetime(month, format="%Y-%m", errors="coerce") + pd.offsets.MonthEnd(0)
