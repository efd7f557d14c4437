"""What a notebook shows and publishes through: tables, figures, findings, notes and headline figures."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import HTML, display

from tradecredit.book.calendar import month_end_a_year_before
from tradecredit.book.disk import writing
from tradecredit.columns import Column
from tradecredit.decide import decisions
from tradecredit.language import speak, tr
from tradecredit.params.decisions import ORDINARY
from tradecredit.report import pictures
from tradecredit.report.columns import labelled
from tradecredit.report.data_package import FILE, package, resource
from tradecredit.report.earlier import decisions_before, reported_before
from tradecredit.report.tables import FOR_JUPYTER, LINK, NAME, csv_text, escaped, headings, sentence, to_html, unmarked
from tradecredit.words import formats
from tradecredit.words.decisions import STAKES, who_and_when
from tradecredit.words.workbook import DECISIONS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from tradecredit.book.book import Book
    from tradecredit.report.index import Published

MOST_ROWS = 50
"""Rows of a table that a page shows by default; the CSV has all."""
NOTES_OPEN = 5
"""Decisions that a chapter shows at its top without being asked."""
ALWAYS = (NAME, LINK)
"""Columns that a table has beside those it shows."""
_CARDS_IN_A_ROW = {1: 3, 2: 3, 3: 3, 5: 5, 6: 3, 9: 3, 10: 5}


class Chapter:
    """A chapter as its notebook sees it: each method shows something, and publishes it where there is an output folder.

    `name` is the notebook's file name without `.ipynb`; `output` is the month's folder, or "" to show only, as in
    JupyterLab. Published are `tables/<chapter>/<name>.csv` and `results/<chapter>.json`, and all that is shown
    becomes the chapter's page. Text is escaped wherever it comes from.
    """

    def __init__(self, name: str, book: "Book", output: str | Path = ""):
        self.name = _file_name(name)
        self._book = book
        speak(book.run.language)
        self.currency = book.run.currency
        self.as_of = pd.Timestamp(book.as_of)
        self.output = Path(output) if str(output) else None
        self._tables: dict[str, dict[str, object]] = {}
        self._figures: dict[str, dict[str, object]] = {}
        self._pictures: dict[str, dict[str, object]] = {}
        self._history: dict[str, dict[str, float]] = {}
        self._decisions = decisions.none()
        self._told: dict[str, str] = {}
        self._silent = False

    def rests_on(self, there: object, otherwise: str = "") -> None:
        """Show what follows, up to the next call, only where there is what it rests on (a truth value).

        Else `otherwise` is shown in its place: one sentence on what is missing, and how it is added. Tables are
        published all the same, empty as they may be, and headline figures are not. A section of a page of which nothing
        is shown is left out with its text.
        """
        self._silent = not there
        if self._silent and otherwise:
            _show_note("left-out", tr("Left out."), otherwise)

    def table(
        self,
        frame: pd.DataFrame | pd.Series | None,
        name: str,
        caption: str,
        *,
        columns: Sequence[str] | Mapping[str, str | Column] | None = None,
        rows: int | None = None,
        without: str = "",
        rest_in: str = "",
    ) -> None:
        """Show at most eight columns and `rows` rows (by default 50) of a table; publish all of it as CSV.

        `columns` picks columns, or picks and renames them (see `tables.to_html`). None, in place of a table that the
        book has nothing for, shows and publishes nothing. A table without rows is a line that says so, or says
        `without`, a sentence on why. `rest_in` names a table of the chapter that has the other columns of these
        rows: published are those shown and names alone. Raises `ValueError` for an empty
        caption, a column that is not there, and a name that the chapter has published already.
        """
        _file_name(name)
        caption = _required(caption, f"table {name!r} needs a caption")
        link = f"tables/{self.name}/{name}.csv" if self.output else ""
        if frame is None:
            return
        rows = MOST_ROWS if rows is None else rows
        if rest_in:
            frame = frame[[one for one in frame if one in {*(columns or frame), *ALWAYS}]]
        rest = f"tables/{self.name}/{_file_name(rest_in)}.csv" if link and rest_in else ""
        shown = to_html(frame, caption, columns=columns, rows=rows, link=link, all_columns=rest, currency=self.currency)
        if frame.empty:
            nothing = sentence(without or tr("none."))
            shown = f'<div class="tc-none"><strong>{escaped(tr(caption))}:</strong> {nothing}</div>\n'
        if self.output:
            if name in self._tables:
                raise ValueError(f"chapter {self.name} publishes two tables named {name!r}; rename one")
            self._publish_table(frame, name, caption, columns)
        if not self._silent:
            _show(shown, "table", name)

    def figure(self, figure: "Figure", name: str, caption: str, alt: str, narrow: "Figure | None" = None) -> None:
        """Show a matplotlib figure as a picture inside the page, and close it.

        `narrow`: the same laid out for a phone, shown there in its place. `alt` states the finding in words, for
        readers who do not see the picture. Raises `ValueError` without it or without a caption. Equal figures give
        equal bytes.
        """
        _file_name(name)
        caption = _required(caption, f"figure {name!r} needs a caption")
        alt = _required(alt, f"figure {name!r} needs an alternative text that states what it shows")
        width, height = pictures.size_of(figure)
        picture, undrawn = pictures.picture_of(figure)
        if undrawn:
            caption = f"{tr(caption)} {tr('Some letters cannot be drawn: this computer has no font for their script.')}"
        if self._silent:
            return
        told = {"caption": tr(caption), "alt": unmarked(tr(alt)), "width": width, "height": height}
        if self.output:
            _write(self.output / pictures.file_of(self.name, name), picture)
            self._pictures[name] = told
            self._publish()
        _show(pictures.html_of(picture, told, narrow=narrow), "figure", name)

    def shows_again(self, published: "Published", names: Sequence[tuple[str, str]]) -> None:
        """Show pictures that other chapters of the month have published, side by side, each with a link to its place.

        `names`: chapter and name of each; those that have not been published are left out.
        """
        shown = []
        for chapter, name in names:
            told, picture = published.pictures.get((chapter, name)), pictures.published(published.folder, chapter, name)
            if told is not None and picture is not None:
                shown.append(pictures.html_of(picture, told, f"{escaped(chapter)}.html#figure-{escaped(name)}"))
        if shown and not self._silent:
            _show(f'<div class="tc-pictures">\n{"".join(shown)}</div>\n', "pictures")

    def cards(self, table: pd.DataFrame, caption: str, *, below: str = "", see: str = "") -> None:
        """Show each row of a table as a card: columns `title`, `link` (its address), `figure` and `text`.

        `below`: what is said under them, with a link to the table `see` of this page.
        """
        if self._silent or table.empty:
            return
        rows = "".join(
            f'<li><a href="{escaped(row["link"])}">{sentence(row["title"])}</a>'
            f"<strong>{sentence(row['figure'])}</strong><span>{sentence(row['text'])}</span></li>\n"
            for _, row in table.iterrows()
        )
        told = f'<p class="tc-say">{sentence(below)}{_to_list(see)}</p>\n' if below else ""
        _show(f'<ul class="tc-acts" aria-label="{escaped(tr(caption))}">\n{rows}</ul>\n{told}', "cards")

    def leads(self, table: pd.DataFrame, caption: str) -> None:
        """Show a list of links: `question`, and `link`, the address of its answer; `caption` says what they are."""
        if self._silent:
            return
        rows = "".join(
            f'<li><a href="{escaped(row["link"])}">{sentence(row["question"])}</a></li>\n'
            for _, row in table.iterrows()
        )
        _show(f'<ul class="tc-leads" aria-label="{escaped(tr(caption))}">\n{rows}</ul>\n', "leads")

    def answers(self, *texts: str) -> None:
        """Show what the chapter comes to in few sentences, each text a paragraph; the page puts it at its top.

        The page of chapter 00 is printed as one sheet of paper: without what is folded.
        """
        look = "tc-answer one-page" if self.name.startswith("00_") else "tc-answer"
        told = "".join(f'<p class="{look}">{sentence(text)}</p>\n' for text in texts if text)
        if told and not self._silent:
            _show(told, "answer")

    def say(self, text: str, *, see: str = "") -> None:
        """Show a finding as a paragraph; `**words**` are bold, `` `words` `` code, all else is plain text.

        `see`: the name of a table of this page that the paragraph links to. A sentence with a figure that cannot be
        estimated is left out; an empty text shows nothing.
        """
        if not text or self._silent:
            return
        text = tr(text)
        cannot = re.compile(rf"{re.escape(tr(formats.CANNOT))}|\bnan\b")
        if cannot.search(text):
            sayable = [one for one in formats.sentences(text) if not cannot.search(one)]
            text = " ".join(sayable) or tr("This cannot be estimated from this book.")
        _show(f'<p class="tc-say">{sentence(text)}{_to_list(see)}</p>\n', "say")

    def leaves_out(self, without: Mapping[str, str]) -> None:
        """Show what the chapter leaves out for want of a table: `without` maps a table's name to the sentence.

        Only the sentences of tables that the book does not hold are shown.
        """
        for table, text in without.items():
            if not self._book.has(table):
                self._note("left-out", tr("Left out."), text)

    def assumes(self, *texts: str) -> None:
        """Show what the chapter takes for granted, and by whose word: the first text, and the others on demand."""
        if texts:
            opens = formats.counted(len(texts) - 1, "more assumption")
            self._note("assumed", tr("Assumed."), texts[0], more=texts[1:], opens=opens)

    def decides(self, records: pd.DataFrame, told: Mapping[str, str]) -> None:
        """Show and publish what needs a decision; the summary lists the decisions of all chapters.

        `records`: a row for each decision (`decisions.COLUMNS`); `told`: kind of decision → sentences, of which the
        note shows the first part (`formats.first_part`) and the rest on demand, with who decides, by when, and a link
        to its list. What earlier months published of them says since when they are open (`decisions.since_earlier`).
        All of the chapter's are published as its table `decisions`, with what the amount of each is (`stake`). May be
        called more than once. Raises `ValueError` for a kind without a sentence, or a sentence without a decision.
        """
        different = set(records["decision"]) ^ set(told)
        if different:
            raise ValueError(
                f"chapter {self.name}: {min(different)!r} is a decision without a sentence, or the reverse"
            )
        self._decisions = pd.concat([self._decisions, records.assign(chapter=self.name)], ignore_index=True)
        self._told |= told
        # In JupyterLab too: the month before is published, and only read.
        asked = self._with_earlier(records.assign(chapter=self.name))
        notes = []
        for _, row in decisions.by_kind(asked, self._book.run).iterrows():
            link = f' <a href="#{escaped(row["anchor"])}">{tr("List")}</a>'
            name = f"decision-{row['decision'].replace(' ', '-')}"
            title = tr("Ordinary course.") if row["decision"] in ORDINARY else tr("To decide.")
            first, rest = formats.first_part(told[row["decision"]])
            more = _more([rest] if rest else [])
            notes.append(_note_html("decision", title, f"{first} {who_and_when(row)}", link, name, more))
        self._show_decisions(notes)
        if self.output:
            all_of_them = decisions.ordered(self._with_earlier(self._decisions), self._book.run)
            all_of_them.insert(3, "stake", all_of_them["decision"].map(STAKES))
            self._publish_table(all_of_them, "decisions", DECISIONS)
        self._publish()

    def _show_decisions(self, notes: Sequence[str]) -> None:
        """Show the first notes, and the others on demand."""
        if self._silent:
            return
        for note in notes[:NOTES_OPEN]:
            _show(note, "note")
        if others := notes[NOTES_OPEN:]:
            summary = formats.counted(len(others), "further decision")
            html = "".join(others)
            _show(f'<details class="fold"><summary>{summary}</summary>\n{html}</details>\n', "note")

    def _with_earlier(self, asked: pd.DataFrame) -> pd.DataFrame:
        before, day = (known(self._book, self.name) for known in (decisions_before, reported_before))
        return decisions.since_earlier(asked, before, day)

    def headline(
        self,
        figures: Mapping[str, tuple],
        *,
        earlier: pd.DataFrame | None = None,
        history: pd.DataFrame | None = None,
        lights: Mapping[str, tuple[str, str]] | None = None,
        beside: Mapping[str, str] | None = None,
    ) -> None:
        """Publish the chapter's headline figures, and show them as cards; the page puts them at its top.

        `figures`: name → (value, unit) or (value, unit, label). Units: the currency's code, `days`, `fraction` (or
        `%`; the value stays a fraction), `probability`, `count`, `ratio`. A missing value is null in the JSON and
        "cannot be estimated" on the card. `earlier`: `index.with_history(…)`; a card then shows the change since the
        last month that reported the figure in the same unit, else since the last that `history` told, and since a year
        ago. `lights`: name → (green, amber or red; its rule in words), which a card shows as a word that opens the
        rule. `beside`: name → what the card says below the figure. May be called more than once.
        A label may be left out where a column of that name has one. Raises `ValueError` for an unknown unit, a missing
        label, a value that is not a number, and a name used twice.
        """
        entries = {_file_name(name): self._entry(name, given) for name, given in figures.items()}
        if self._silent or not entries:
            self._publish()
            return
        if self.output:
            twice = [name for name in entries if name in self._figures]
            if twice:
                raise ValueError(f"chapter {self.name} publishes two figures named {twice[0]!r}; rename one")
            self._figures |= entries
            if history is not None:
                self._history |= _recent(history, list(entries))
        self._publish()
        cards = "".join(
            _card(entry, (beside or {}).get(name, ""), self._change(name, entry, earlier), (lights or {}).get(name))
            for name, entry in entries.items()
        )
        # The page lays the cards out in equal rows; JupyterLab, without its style sheet, one after the other. It puts a
        # term and what is said of it side by side, which narrow cards have no room for.
        cards = re.sub(r"<(dt|dd)\b", rf"<\1{FOR_JUPYTER[2]}", cards)
        style = f"display:flex;flex-wrap:wrap;gap:1em 2em;--columns:{_CARDS_IN_A_ROW.get(len(entries), 4)}"
        _show(f'<dl class="tc-cards" style="{style}">\n{cards}</dl>\n', "headline")

    def _publish_table(
        self, frame: pd.DataFrame | pd.Series, name: str, caption: str, columns: Sequence[str] | Mapping | None = None
    ) -> None:
        """Write a table as CSV, and what it holds into the chapter's data package."""
        assert self.output is not None
        if isinstance(frame, pd.DataFrame) and {LINK, "chapter", "anchor"} <= set(frame):
            frame = frame.drop(columns=LINK)  # the address is made of the other two
        folder = self.output / "tables" / self.name
        # With a byte-order mark, without which Excel takes the text for another encoding.
        _write(folder / f"{name}.csv", "\ufeff" + csv_text(frame))
        self._tables[name] = resource(name, caption, headings(frame, columns), shown=not self._silent)
        content = package(self.name, self._tables.values())
        _write(folder / FILE, json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")

    def _publish(self) -> None:
        if self.output:
            content = {
                "figures": self._figures, "history": self._history, "pictures": self._pictures,
                "decisions": len(self._decisions), "told": self._told,
            }  # fmt: skip
            text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
            _write(self.output / "results" / f"{self.name}.json", text + "\n")

    def _note(
        self,
        look: str,
        title: str,
        text: str,
        link: str = "",
        name: str = "",
        more: Sequence[str] = (),
        opens: str = "",
    ) -> None:
        if not self._silent:
            _show_note(look, title, text, link, name, _more(more, opens))

    def _entry(self, name: str, given: tuple) -> dict[str, object]:
        value, unit, *label = given
        formats.figure(None, unit)
        if not label and name not in labelled():
            raise ValueError(f"headline figure {name!r} has no label; state one")
        text = str(label[0]) if label else labelled()[name].label.removesuffix(" (days)")
        return {"label": text, "value": _published(name, value), "unit": unit}

    def _change(self, name: str, entry: Mapping, earlier: pd.DataFrame | None) -> str:
        value, unit = entry["value"], str(entry["unit"])
        if earlier is None or value is None:
            return ""
        same = (earlier["name"] == name) & (earlier["unit"] == unit) & earlier["value"].notna()
        reported = earlier[same & (earlier["chapter"] == self.name) & (earlier["as_of"] < self.as_of)]
        past = earlier[same & (earlier["as_of"] <= self.as_of)].sort_values("as_of", kind="stable")
        past = past.drop_duplicates("as_of", keep="last").set_index("as_of")["value"]
        # Of a figure that no month has reported yet, the last month end that its chapter tells of.
        last = reported.sort_values("as_of").tail(1).set_index("as_of")["value"]
        last = past[past.index < self.as_of].tail(1) if last.empty else last
        year_before = month_end_a_year_before(self.as_of)
        before = last.to_dict() | {day: value for day, value in past.items() if day == year_before and day not in last}
        since = [_since(day, formats.change(value - then, unit)) for day, then in before.items()]
        told = "".join(
            f'<dd class="since">{sentence(one)}</dd>' for one in since or [tr("nothing earlier to compare with")]
        )
        return told + pictures.sparkline(past.tail(pictures.MONTHS), lambda value: formats.figure(value, unit))


def _to_list(see: str) -> str:
    """Return the link to a table of the page; empty without its name."""
    return f' <a href="#table-{escaped(_file_name(see))}">{tr("List")}</a>' if see else ""


def _card(entry: Mapping, beside: str, change: str, light: tuple[str, str] | None) -> str:
    """Return a headline figure as a card: label, figure, what is said beside it, its changes, its light."""
    value, unit = entry["value"], str(entry["unit"])
    look = ' class="missing"' if value is None else ""
    card = f"<div><dt>{sentence(str(entry['label']))}</dt><dd{look}>{sentence(formats.figure(value, unit))}</dd>"
    beside = f'<dd class="since">{sentence(beside)}</dd>' if beside else ""
    return f"{card}{beside}{change}{_light(light)}</div>\n"


def _since(day: pd.Timestamp, change: str) -> str:
    return tr("{change} since {day}", change=change, day=formats.dated(day))


def _light(light: tuple[str, str] | None) -> str:
    """Return a light as a word that opens its rule; its colour says nothing that the word does not."""
    if light is None:
        return ""
    colour, rule = light
    summary = f"<summary>{escaped(tr(colour).capitalize())}</summary>"
    return f'<dd class="lit"><details class="light {escaped(colour)}">{summary}<p>{sentence(rule)}</p></details></dd>'


def _recent(history: pd.DataFrame, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the known values of figures at the last month ends, by name and day, for JSON."""
    found = {}
    for name in names:
        if name in history:
            known = history[name].dropna().tail(pictures.MONTHS)
            found[name] = {f"{day:%Y-%m-%d}": float(f"{value:.10g}") for day, value in known.items()}
    return found


def _show(html: str, kind: str, name: str = "") -> None:
    """Display HTML, marked for the page with what it is, and with the name of a table or figure."""
    display(HTML(html), metadata={"tradecredit": kind} | ({"name": name} if name else {}))


def _show_note(look: str, title: str, text: str, link: str = "", name: str = "", more: str = "") -> None:
    _show(_note_html(look, title, text, link, name, more), "note")


def _note_html(look: str, title: str, text: str, link: str = "", name: str = "", more: str = "") -> str:
    # The inline style is for JupyterLab, where the page's style sheet is absent.
    style = "border-left:3px solid #b7791f;padding:0.3em 0.8em"
    body = f"<p><strong>{title}</strong> {sentence(text)}{link}</p>"
    body += more
    place = f' id="{escaped(name)}"' if name else ""
    return f'<div class="tc-note-box {look}"{place} role="note" style="{style}">{body}</div>\n'


def _more(texts: Sequence[str], opens: str = "") -> str:
    """Return texts as a part of a note that the reader opens, by what `opens` says; empty without any."""
    opens = opens or tr("Why, and what it rests on")
    paragraphs = "".join(f"<p>{sentence(text)}</p>" for text in texts)
    return f'\n<details class="fold more"><summary>{opens}</summary>{paragraphs}</details>' if texts else ""


def _published(name: str, value: Any) -> float | int | None:
    """Return a figure's value for JSON: missing as None, floats with ten digits.

    Sums over the same rows differ in the last two or three of their sixteen digits with the number of threads and
    the version of a numeric library; ten digits are more than any reader needs, and equal runs give equal bytes.
    """
    if formats.missing(value):
        return None
    if isinstance(value, bool) or not pd.api.types.is_number(value) or pd.api.types.is_complex(value):
        raise ValueError(f"headline figure {name!r}: found {value!r}; a number or a missing value is expected")
    if math.isinf(value):
        raise ValueError(f"headline figure {name!r} is infinite; publish a missing value if it cannot be estimated")
    return int(value) if pd.api.types.is_integer(value) else float(f"{value:.10g}") + 0.0


def _required(text: str, message: str) -> str:
    if not str(text).strip():
        raise ValueError(message)
    return str(text).strip()


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", name):
        raise ValueError(f"name {name!r}: lower-case letters, digits and _ are allowed; it names a file or a figure")
    return name


def _write(file: Path, content: str | bytes) -> None:
    with writing(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
