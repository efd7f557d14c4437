"""An executed notebook becomes a page: self-contained, readable offline, on a phone, on paper and by a screen reader.

Tags of cells that the page heeds: `parameters` and `setup` (the cell's code goes to "How this page was made", like
that of all cells before the first H2), `injected-parameters` (left out: it holds the paths of one run), `hide`
(neither code nor outputs), `hide-code` (outputs only), `fold` (cells in a row that the reader opens at will, under the
H3 that the first of them begins with), `appendix` (an H2 whose whole section the reader opens at will: what reviewers
need). All other code is folded at the end of its H2 section. A section begins with its first finding and its first
figure, wherever the notebook has them; its text and tables follow.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.ansi import strip_ansi
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tradecredit.language import ENGLISH, spoken, tr
from tradecredit.report.chapter_links import led
from tradecredit.report.document import TEMPLATE, document, find, side
from tradecredit.report.glossary import FILE as GLOSSARY
from tradecredit.report.makers import Maker, makers, source_text
from tradecredit.report.markdown import Renderer, formula, picture
from tradecredit.report.neighbours import EMPTY
from tradecredit.report.questions import places_of
from tradecredit.report.tables import CONTROLS, escaped, on_page
from tradecredit.report.workbook import FILE as WORKBOOK
from tradecredit.words.formats import counted, whole
from tradecredit.words.sheet_parts import CHAPTERS, ON_THIS_PAGE, as_of

MOST_ROWS_OPEN = 10
"""Rows up to which a page shows the whole of a table without being asked."""
ROWS_OPEN, SENTENCES_OPEN = 5, 3
"""Rows that it shows of a longer one; of one that holds sentences, which make rows high."""
LONG_SENTENCE = 100
"""Letters of a cell that take several lines."""
_WIDGET = "application/vnd.jupyter.widget-view+json"
_BEGINS = re.compile(r"[ \t]*(?:@|(?:async )?def |class )")
_H1 = re.compile(r"^#[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_H2 = re.compile(r"^##[ \t]", re.MULTILINE)
_H3 = re.compile(r"^###[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def page_html(notebook: NotebookNode, *, manifest: Mapping[str, Any], chapter: str) -> str:
    """Return an executed chapter as a whole HTML page; equal notebooks and manifests give equal text.

    `manifest`: entity, as_of, chapters (name and title of each, in reading order), book (fingerprint), versions, and
    run_file and seed where known; `chapter` is the name of this one. Raises `ValueError` for a picture without a
    description, a formula that cannot be read, and a chapter that the manifest does not list.
    """
    titles = {entry["name"]: entry["title"] for entry in manifest["chapters"]}
    if chapter not in titles:
        raise ValueError(f"chapter {chapter!r} is not in the manifest, which lists {', '.join(titles)}")
    cells, setup = _arranged(_telling(_in_language(notebook), places_of(chapter)))
    renderer = Renderer()
    exporter = TemplateExporter(
        template_name=TEMPLATE.name,
        template_file="page.html.j2",
        extra_template_basedirs=[str(TEMPLATE.parent)],
        filters={
            "page_markdown": MarkdownWithMath(renderer=renderer).render,
            "folded_heading": _folded_heading,
            "page_latex": _latex,
            "page_text": _tidy_text,
            "page_table": _shown,
            "page_picture": picture,
            "text_base64": _base64,
            "escaped": escaped,
            "tr": tr,
        },
    )
    made = {"setup": setup, "facts": _facts(manifest), "makers": makers(notebook)}
    main, _ = exporter.from_notebook_node(new_notebook(cells=cells), {"made": made})
    page = document(
        title=f"{titles[chapter]} · {manifest['entity']} · {manifest['as_of']}",
        header=_header(manifest, titles[chapter]),
        navigation=_navigation(titles, chapter, renderer.contents),
        main=on_page(main) + _steps(titles, chapter),
        footer=_footer(manifest),
    )
    return led(page, titles, chapter)


def _in_language(notebook: NotebookNode) -> NotebookNode:
    """Return the notebook with its text in the language spoken: each heading and paragraph by its English."""
    if spoken() == ENGLISH:
        return notebook
    cells = [
        NotebookNode(cell, source="\n\n".join(map(_block_in_language, cell.source.split("\n\n"))))
        if cell.cell_type == "markdown"
        else cell
        for cell in notebook.cells
    ]
    return NotebookNode(notebook, cells=cells)


def _block_in_language(block: str) -> str:
    heading = re.fullmatch(r"(#+[ \t]+)(.+?)[ \t#]*", block.strip())
    return f"{heading[1]}{tr(heading[2])}" if heading else tr(block)


def source_pages(notebooks: Iterable[NotebookNode]) -> dict[str, str]:
    """Return the pages that the makers of tables and figures link to: module → HTML page of its source, by line."""
    modules = {maker.module for notebook in notebooks for made in makers(notebook).values() for maker in made}
    return {module: _source_page(module) for module in sorted(modules)}


def _source_page(module: str) -> str:
    """Return the page of a module's source; the lines on which a function or class begins are places to link to."""
    numbered = "".join(
        (f'<li id="L{number}">' if _BEGINS.match(line) else "<li>") + f"{_code(line)}\n"
        for number, line in enumerate(source_text(module).splitlines(), start=1)
    )
    return document(
        title=f"{module} · source",
        header=f'<p class="eyebrow"><span>Source</span></p>\n<h1>{escaped(module)}</h1>',
        navigation="",
        main=f'<ol class="source scrolls" tabindex="0">{numbered}</ol>',
        footer="<p>As it was when the month was made.</p>",
        look="source.css",
    )


def _code(line: str) -> str:
    """Return a line of code as HTML content: quotes, of which code is full, stand as they are."""
    return escape(line.translate(CONTROLS), quote=False)


def title(notebook: NotebookNode) -> str:
    """Return the text of a notebook's H1; raises `ValueError` if it has none."""
    for cell in notebook.cells:
        heading = _H1.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            return tr(heading[1].strip())
    raise ValueError("the notebook has no H1: begin its first cell with `# Title`")


def _folded_heading(heading: str) -> str:
    """Return a heading as what opens a folded part, its anchor within that: a browser opens what it is led into."""
    found = re.search(r' id="([^"]*)"', heading)
    place = f'<span class="opens" id="{found[1]}"></span>' if found else ""
    title = heading.replace(found[0], "", 1) if found else heading
    return f"<summary>{title.strip()}</summary>{place}"


def _telling(notebook: NotebookNode, places: Mapping[str, str]) -> NotebookNode:
    """Return the notebook without the sections of an H2 whose code was run and shows nothing, text and code.

    The heading below which a table or figure of `places` (name → anchor) is shown has its anchor.
    """
    parts: list[list[NotebookNode]] = [[]]
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and _H2.search(cell.source):
            parts.append([])
        parts[-1].append(cell)
    kept = [parts[0], *(part for part in parts[1:] if not _says_nothing(part))]
    for part in kept:
        _mark_behind(part)
    for part in kept[1:]:
        _mark_answers(part, places)
    told = [kept[0], *(_answer_first(part) for part in kept[1:])]
    return NotebookNode(notebook, cells=[cell for part in told for cell in part])


def _mark_answers(cells: list[NotebookNode], places: Mapping[str, str]) -> None:
    """Mark the headings of a section, its own and the open ones below an H3, with the anchors of what they show."""
    heading = cells[0]
    anchors: list[str] = []
    for cell in cells:
        if cell.cell_type == "markdown" and _H3.search(cell.source) and "fold" not in cell.metadata.get("tags", []):
            heading, anchors = cell, []
        shown = [output.get("metadata", {}).get("name") for output in cell.get("outputs", [])]
        anchors = [*dict.fromkeys([*anchors, *(places[name] for name in shown if name in places)])]
        heading.metadata["answers"] = anchors


def _mark_behind(cells: list[NotebookNode]) -> None:
    """Mark the tables of a section that the page folds, as they stand behind what is said.

    All but the first, and the first too where a picture shows it and it is longer than a page shows open. In what the
    reader has opened at will they are `whole`: no rows are folded once more.
    """
    code = [cell for cell in cells if cell.cell_type == "code"]
    folded = ["fold" in cell.metadata.get("tags", []) for cell in code]
    appendix = "appendix" in cells[0].metadata.get("tags", []) if cells else False
    for cell, is_folded in zip(code, folded, strict=True):
        for output in cell.outputs if is_folded or appendix else ():
            output.metadata["whole"] = True
    open_cells = [cell for cell, is_folded in zip(code, folded, strict=True) if not is_folded]
    shown = [output for cell in open_cells for output in cell.outputs if _kind(output) == "table"]
    drawn = any(_kind(output) == "figure" for cell in open_cells for output in cell.outputs)
    for place, output in enumerate(shown):
        output.metadata["behind"] = place > 0 or (drawn and _is_long(output.data.get("text/html", "")))


def _is_long(table: str) -> bool:
    """Return whether a table has more rows than a page shows open, on the page or in its CSV."""
    all_rows = re.search(r'data-rows="(\d+)"', table)
    most = ROWS_OPEN if _holds_sentences(table) else MOST_ROWS_OPEN
    return max(len(_rows(table)), int(all_rows[1]) if all_rows else 0) > most


def _holds_sentences(table: str) -> bool:
    """Return whether the first rows of a table hold several sentences each, or a long one, which makes them high."""
    told = re.findall(r'class="long"[^>]*>(.*?)</t', "".join(_rows(table)[:ROWS_OPEN]), re.DOTALL)
    return len(told) > ROWS_OPEN or sum(map(len, told)) > ROWS_OPEN * LONG_SENTENCE


def _rows(table: str) -> list[str]:
    return re.findall(r"<tr>.*?</tr>\n", table.partition("<tbody>")[2], re.DOTALL)


def _answer_first(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Return a section with its first finding and first figure right below its heading, before all else.

    What stands below an H3, or is tagged `fold`, answers a question of its own and stays there.
    """
    heading, *rest = cells
    first, _, text = heading.source.lstrip().partition("\n")
    if not first.startswith("## "):
        return cells
    end = next((place for place, cell in enumerate(rest) if _begins_its_own(cell)), len(rest))
    own = [cell for cell in rest[:end] if cell.cell_type == "code"]
    found = [_first(own, kind) for kind in ("say", "figure")]
    answer = [output for output in found if output is not None]
    if _H3.search(text) or not answer:
        return cells
    moved = {id(output) for output in answer}
    left = [_without(cell, moved) if cell.cell_type == "code" else cell for cell in rest]
    below = [new_markdown_cell(text.strip())] if text.strip() else []
    return [NotebookNode(heading, source=first), new_code_cell(outputs=answer), *below, *left]


def _without(cell: NotebookNode, outputs: set[int]) -> NotebookNode:
    return NotebookNode(cell, outputs=[output for output in cell.outputs if id(output) not in outputs])


def _begins_its_own(cell: NotebookNode) -> bool:
    return "fold" in cell.metadata.get("tags", []) or (cell.cell_type == "markdown" and bool(_H3.search(cell.source)))


def _first(cells: Iterable[NotebookNode], kind: str) -> NotebookNode | None:
    return next((output for cell in cells for output in cell.outputs if _kind(output) == kind), None)


def _kind(output: NotebookNode) -> str:
    return output.get("metadata", {}).get("tradecredit", "")


def _says_nothing(cells: list[NotebookNode]) -> bool:
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    return any(cell.get("execution_count") for cell in code) and not any(cell.outputs for cell in code)


def _arranged(notebook: NotebookNode) -> tuple[list[NotebookNode], list[str]]:
    """Return the cells as the page shows them, and the code that set the chapter up.

    The answer comes first, and the headline cards between the introduction's text and its notes. A cell's code is taken
    out and put, with that of the cells around it, into a cell of its own at the end of the section.
    """
    introduction: list[NotebookNode] = []
    body: list[NotebookNode] = []
    headlines: list[NotebookNode] = []
    setup: list[str] = []
    code: list[str] = []
    in_body = in_appendix = appendices = False
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if tags & {"hide", "injected-parameters"}:
            continue
        if cell.cell_type == "markdown" and _H2.search(cell.source):
            body += [*_folded(code), *_closed(in_appendix)]
            code, in_body, in_appendix = [], True, "appendix" in tags
            if in_appendix:
                first, _, text = cell.source.lstrip().partition("\n")
                answers = cell.metadata.get("answers", [])
                look = {"appendix": "further" if appendices else "first", "answers": answers}
                body.append(new_markdown_cell(first, metadata=look))
                cell, appendices = new_markdown_cell(text.strip()), True
        if cell.cell_type != "code":
            (body if in_body else introduction).append(cell)
            continue
        outputs = [output for output in cell.outputs if _WIDGET not in output.get("data", {})]
        headlines += [output for output in outputs if _is_headline(output)]
        shown = _joined([output for output in outputs if not _is_headline(output)])
        (body if in_body else introduction).append(new_code_cell(outputs=shown, metadata={"tags": sorted(tags)}))
        if cell.source.strip():
            if not in_body or tags & {"parameters", "setup"}:
                setup.append(cell.source)
            elif "hide-code" not in tags:
                code.append(cell.source)
    _mark_folds(body)
    body += [*_folded(code), *_closed(in_appendix)]
    texts = [cell for cell in introduction if cell.cell_type == "markdown"]
    notes = [cell for cell in introduction if cell.cell_type != "markdown"]
    answers, cards = ([one for one in headlines if _kind(one) == kind] for kind in ("answer", "headline"))
    return [new_code_cell(outputs=answers), *texts, new_code_cell(outputs=cards), *notes, *body], setup


def _mark_folds(cells: list[NotebookNode]) -> None:
    """Mark the first and the last of cells in a row that are tagged `fold`; the first one's H3 goes to the summary."""
    tagged = ["fold" in cell.metadata.get("tags", []) for cell in cells]
    for place, cell in enumerate(cells):
        if tagged[place] and not (place and tagged[place - 1]):
            heading = _H3.search(cell.source) if cell.cell_type == "markdown" else None
            if heading is None:
                raise ValueError("cells tagged `fold` must begin with a Markdown cell that has a heading, `### Title`")
            cell.metadata["opens"] = heading[1].strip()
            cell.source = _H3.sub("", cell.source, count=1)
        if tagged[place] and not (place + 1 < len(cells) and tagged[place + 1]):
            cell.metadata["closes"] = True


def _is_headline(output: NotebookNode) -> bool:
    return _kind(output) in ("answer", "headline")


def _folded(code: list[str]) -> list[NotebookNode]:
    return [new_code_cell(metadata={"folded": code})] if code else []


def _closed(appendix: bool) -> list[NotebookNode]:
    return [new_code_cell(metadata={"closes": True})] if appendix else []


def _joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return outputs with each stream in one piece, wherever the kernel happened to cut it; empty ones are left out."""
    joined: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name in streams:
            streams[output.name].text += output.text
        else:
            streams[output.name] = NotebookNode(output)
            joined.append(streams[output.name])
    return [output for output in joined if output.output_type != "stream" or _tidy_text(output.text).strip()]


def _latex(text: str) -> str:
    """Return a LaTeX output such as `$\\displaystyle x$` as MathML."""
    return f"<p>{formula(text.strip().strip('$').replace(chr(92) + 'displaystyle', ''), 'block')}</p>"


def _tidy_text(text: str) -> str:
    """Return printed text without what differs from run to run or from machine to machine.

    Terminal colours, overwritten lines and progress bars go; paths become file names, addresses of objects `0x…`.
    """
    lines = [line.rsplit("\r", 1)[-1] for line in strip_ansi(text).replace("\r\n", "\n").split("\n")]
    text = "\n".join(line for line in lines if not re.search(r"\d+%\|", line))
    text = re.sub(r"\S*ipykernel_\d+[\\/]\d+\.py", "this notebook", text)
    text = re.sub(r"(?<![\w.])(?:[A-Za-z]:)?[\\/](?:[^\s\\/:*?\"'<>|]+[\\/])+([^\s\\/:*?\"'<>|]+)", r"\1", text)
    return re.sub(r"\b0x[0-9a-fA-F]{6,}\b", "0x…", text).strip("\n")


def _shown(html: str, metadata: Mapping[str, str], made_by: Mapping[tuple[str, str], tuple[Maker, ...]]) -> str:
    """Return HTML output ready for the page: a table or figure of ours with its anchor and makers, others as they are.

    A table shown by pandas itself is put into a scroll box.
    """
    kind, name = metadata.get("tradecredit", ""), metadata.get("name", "")
    opening = re.match(r"<(div|figure) ", html)
    if name and opening:
        anchored = f'{opening[0]}id="{escaped(kind)}-{escaped(name)}" {html[opening.end() :]}'
        shown = anchored + _origin(kind, name, made_by.get((kind, name), ()))
        behind = bool(metadata.get("behind"))
        if kind != "table" or (metadata.get("whole") and not behind):
            return shown
        return _folded_table(shown, behind=behind)
    return _plain_table(html)


def _folded_table(html: str, *, behind: bool) -> str:
    """Return a table of which the page shows few rows if it is long, and the others on demand; nothing of one behind.

    A link to a table opens what it is in: its anchor is within.
    """
    rows = _rows(html)
    caption = re.search(r"<caption[^>]*><span>(.*?)</span></caption>", html, re.DOTALL)
    open_rows = SENTENCES_OPEN if _holds_sentences(html) else ROWS_OPEN
    if caption is None or (not behind and (len(rows) <= open_rows or not _is_long(html))):
        return html
    if behind:
        return _details(f'{caption[1]} <span class="rows">{counted(len(rows), "row")}</span>', html)
    shown, more = "".join(rows[:open_rows]), "".join(rows[open_rows:])
    first, rest = html.split("</div>", 1)
    others = (
        re.sub(r' id="[^"]*"', "", first)
        .replace(shown, "")
        .replace(caption[1], tr("{caption}: further rows", caption=caption[1]))
    )
    summary = tr("{number} more rows", number=whole(len(rows) - open_rows))
    return f"{first.replace(more, '')}</div>{_details(summary, f'{others}</div>')}{rest}"


def _details(summary: str, html: str) -> str:
    return f'<details class="fold table"><summary>{summary}</summary>\n{html}</details>\n'


def _origin(kind: str, name: str, made_by: Sequence[Maker]) -> str:
    """Return the line below a table or figure: the functions that made it, and the link to it."""
    links = ", ".join(
        f'<a href="source/{maker.module}.html#L{maker.line}"{_told_of(maker)}><code>{escaped(maker.label)}</code></a>'
        for maker in made_by
    )
    told = tr("Link to this figure") if kind == "figure" else tr("Link to this table")
    here = f'<a href="#{escaped(kind)}-{escaped(name)}">{told}</a>'
    return f'<p class="tc-origin screen">{tr("Made by {makers}.", makers=links) + " " if links else ""}{here}</p>\n'


def _told_of(maker: Maker) -> str:
    """Return what the source says of itself, in its own language."""
    return f' title="{escaped(maker.summary)}"' if spoken() == ENGLISH else ""


def _plain_table(html: str) -> str:
    """Return HTML output ready for the page: ours as it is, a table shown by pandas itself put into a scroll box."""
    if '<table border="1" class="dataframe">' not in html:
        return html
    html = re.sub(r"<style scoped>.*?</style>\s*", "", html, flags=re.DOTALL)
    html = html.replace('<table border="1" class="dataframe">', '<table class="dataframe">')
    html = re.sub(r"<th></th>", "<td></td>", html)
    return f'<div class="tc-table" role="group" tabindex="0" aria-label="Table">{html}</div>'


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")


def _facts(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a reader needs to make the page again."""
    anonymous = manifest.get("parameters", {}).get("anonymise", False)
    run_file = str(manifest.get("run_file", "")).replace("\\", "/").rsplit("/", 1)[-1]
    facts = [
        (tr("Entity"), manifest["entity"]), (tr("As of"), manifest["as_of"]), (tr("Run file"), run_file),
        (tr("Book"), manifest["book"]["fingerprint"]), (tr("Seed"), manifest.get("seed", "")),
        (tr("Names and numbers"), tr("replaced by pseudonyms") if anonymous else ""),
        (tr("Versions"), ", ".join(f"{name} {version}" for name, version in manifest["versions"].items())),
    ]  # fmt: skip
    return [(name, str(value)) for name, value in facts if str(value)]


def _header(manifest: Mapping[str, Any], chapter_title: str) -> str:
    return (
        f'<p class="eyebrow"><span>{escaped(manifest["entity"])}</span> '
        f"<span>{escaped(as_of(manifest['as_of']))}</span> {find()}</p>\n"
        f"<h1>{escaped(chapter_title)}</h1>\n{EMPTY}"
    )


def _navigation(titles: Mapping[str, str], chapter: str, contents: list[tuple[str, str]]) -> str:
    """Return the links to the month's chapters and to this page's sections: beside the text, or folded on a phone."""
    current = {chapter: ' aria-current="page"'}
    items = "".join(
        f'<li><a href="{escaped(name)}.html"{current.get(name, "")}>{escaped(text)}</a></li>\n'
        for name, text in titles.items()
    )
    parts = [
        (tr(CHAPTERS), f'<ul>\n{items}<li class="all"><a href="../../index.html">{tr("All months")}</a></li>\n</ul>')
    ]
    if contents:
        items = "".join(f'<li><a href="#{anchor}">{text}</a></li>\n' for anchor, text in contents)
        parts.append((tr(ON_THIS_PAGE), f"<ol>\n{items}</ol>"))
    return side(parts)


def _steps(titles: Mapping[str, str], chapter: str) -> str:
    """Return the links to the chapters before and after."""
    names = list(titles)
    place = names.index(chapter)
    around = [("previous", tr("Previous"), place - 1), ("next", tr("Next"), place + 1)]
    near = [(way, word, names[at]) for way, word, at in around if 0 <= at < len(names)]
    links = "".join(
        f'<a class="{way}" href="{escaped(name)}.html"><span>{word}</span> {escaped(titles[name])}</a>\n'
        for way, word, name in near
    )
    return f'<nav class="steps" aria-label="{tr("Previous and next chapter")}">\n{links}</nav>\n' if links else ""


def _footer(manifest: Mapping[str, Any]) -> str:
    versions = manifest["versions"]
    return (
        "<p>"
        + tr(
            "Made by tradecredit {version} from book {book}.",
            version=escaped(versions.get("tradecredit", "")),
            book=f"<code>{escaped(manifest['book']['fingerprint'][:12])}</code>",
        )
        + ' <span class="screen">'
        + tr(
            "All tables: {workbook}; all figures: {results}; how they were made: {manifest}; terms: {glossary}.",
            workbook=f'<a href="{WORKBOOK}">{WORKBOOK}</a>',
            results='<a href="results.json">results.json</a>',
            manifest='<a href="manifest.json">manifest.json</a>',
            glossary=f'<a href="{GLOSSARY}">{tr("glossary")}</a>',
        )
        + "</span></p>"
    )
