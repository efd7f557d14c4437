"""A table as HTML for a page and as CSV for a spreadsheet."""

import difflib
import re
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import pandas as pd

from tradecredit.columns import Column, Kind
from tradecredit.language import known, separated, tr
from tradecredit.numerics.known_digits import known_digits
from tradecredit.report.columns import column
from tradecredit.words.codes import in_words
from tradecredit.words.formats import (
    CANNOT,
    NUMERIC,
    as_numbers,
    cell_writer,
    change,
    count,
    days,
    figure,
    listed,
    missing,
    money,
    number,
    percent,
    probability,
    punctuated,
    ratio,
    spaced,
    unbroken,
    whole,
)

__all__ = [
    "CANNOT", "MOST_COLUMNS", "Column", "change", "count", "csv_text", "days", "escaped", "figure", "money",
    "number", "percent", "probability", "ratio", "to_html",
]  # fmt: skip

MOST_COLUMNS = 8
"""Columns that a page shows of a table, the index's included."""
STACKED_ABOVE = 2
"""Columns that fit on a phone side by side, whatever they hold."""
STANDARD_ERROR, ERRORS, ESTIMATES = "standard_error", ("_error", "_se"), ("value", "simulated")
"""What the standard error of an estimate is called: a column of its own, or the estimate's name with an ending."""
MILLION = 1e6
LARGE = 1e8
"""From here on twelve digits are fewer than four decimals."""
LINK = "link"
"""The column that holds the address to which a row's first cell links."""
NAME = "name"
"""The column of buyers' names, which a narrow screen shows narrow: what is to be done stands beside them."""
BUYER_NAME = "who"
"""The class of a name that is not its row's first cell."""
BUYER = "buyer_id"
"""The column whose cells are marked as a buyer's id, so that a month can lead from them to the buyer's sheet."""
GIVEN = {
    "name", "buyer_id", "invoice_id", "group_id", "group", "policy", "offer", "supplier", "reference", "owner",
    "entity", "number",
}  # fmt: skip
"""Columns of names and numbers that the book or the run file gives, which no translation touches."""
OF_OURS = re.compile(r"no cover|(?:varied|other reading) \d+")
"""Names of policies that are not given: no policy at all, and the terms that a chapter varies or reads otherwise."""
NUMBER = 24
"""Characters up to which a text of one word with a hyphen is the number of a document, which does not break."""

SENTENCE = 40
"""A text of more letters is a sentence, which a narrow screen must not squeeze into a column of single words."""

_CODE = re.compile(r"`([^`]+)`")
_DECIMALS = re.compile(r"-?\d+\.\d+")
_SIGNS = "=+\\-@\t\r\n\0＝＋－＠"
_FORMULA = re.compile(f"'*[{_SIGNS}]")
_WITHIN = re.compile(f"([;\\t\\n])(?=[\"']*[{_SIGNS}])")
_HARMLESS_WITHIN = re.compile(f"([;\\t\\n])'(?=[\"']*[{_SIGNS}])")
"""What begins a cell within a text, to a spreadsheet that parts cells by semicolons or tabs, and would run there."""
NUMBERS = pd.Series([0.0])
"""A column of numbers, of which the kind of a row is asked that holds one."""
FOR_JUPYTER = (' style="text-align:left"', ' style="overflow-x:auto"', ' style="float:none;width:auto;margin:0"')
"""What JupyterLab needs to show a table as the pages' style sheet does."""
MISSING = "<i>–</i>"
"""A month has tens of thousands of them; the glossary says what it means."""
CONTROLS = {code: "�" for code in [*range(32), 127] if chr(code) not in "\t\n\r"}
"""What stands for a control character, which neither pages nor workbooks can show."""


def to_html(
    table: pd.DataFrame | pd.Series,
    caption: str,
    *,
    columns: Sequence[str] | Mapping[str, str | Column] | None = None,
    rows: int | None = None,
    link: str = "",
    all_columns: str = "",
    currency: str = "",
) -> str:
    """Return a table as HTML: caption, headings with scope, numbers right-aligned, all text escaped.

    `columns` picks columns (a mapping also renames them: name → label or `Column(label, kind)`), `rows` limits the
    rows, `link` is the address of the whole table as CSV, `all_columns` that of a CSV with further columns of the same
    rows, `currency` that of its amounts; what is not shown is said
    below the table. Labels and kinds are those of `columns.column`. An index that is named or not 0, 1, …
    is shown first, as row headings; else the first column is. Where the table has a column `link`, which is not shown,
    the row's first cell links to the address in it. In a row with a `unit`, the columns of kind `figure` and
    `change` are written in it. Where the rows are figures of different kinds (the first column is named `figure`,
    `measure` or `term`, or the table is a Series without an index name), each row has the label of its name, and
    columns of objects are written by its kind. Missing values are an en dash. An amount whose standard error the table
    has (`_to_their_errors`) is rounded to it, and so is the error.

    Raises `ValueError` for columns that are not in the table, more than eight of them, and `rows` below one.
    """
    if rows is not None and rows < 1:
        raise ValueError(f"rows: found {rows}; at least one row must be shown, or None for all")
    flat, index_names = _flat(_framed(table))
    names = _picked(flat, index_names, columns)
    shown = flat.head(rows)[names] if rows else flat[names]
    headings = [_in_words(_heading(name, flat[name], columns)) for name in names]
    if headings and headings[0].kind == "name":
        headings = [_by_row(heading, flat[name]) for name, heading in zip(names, headings, strict=True)]
    shown, rounded = _to_their_errors(shown, flat.head(len(shown)), headings)
    cells, looks = _cells(shown, headings, flat["unit"].head(len(shown)) if "unit" in flat else None)
    if LINK in flat:
        cells = [_linked(row, address) for row, address in zip(cells, flat[LINK], strict=False)]
    told_by_unit = "unit" not in names and any(heading.kind in ("figure", "change") for heading in headings)
    note = _note(
        (len(shown), len(flat)), (len(names), flat.shape[1] - (LINK in flat) - ("unit" in flat and told_by_unit)), link
    )
    if all_columns:
        anchor = f'<a href="{escaped(all_columns)}">CSV</a>'
        note = f"{note} {tr('All columns of these rows: {csv}.', csv=anchor)}".strip()
    if currency and _holds_money(shown, headings):
        note = f"{note} {tr('Amounts in {currency}.', currency=escaped(currency))}".strip()
    if rounded:
        note = f"{note} {tr('Rounded to their standard errors.')}".strip()
    body = "".join(f"<tr>{''.join(row)}</tr>\n" for row in cells)
    if not cells:
        body = f'<tr><td colspan="{max(len(headings), 1)}" style="text-align:left">{tr("No rows.")}</td></tr>\n'
    head = "".join(_head_cell(heading) for heading in headings)
    label = escaped(tr(caption))
    all_rows = f' data-rows="{len(flat)}"' if len(shown) < len(flat) else ""
    return (
        f'<div class="tc-table"{all_rows} role="region" tabindex="0" aria-label="{label}"{FOR_JUPYTER[1]}>\n'
        f"<table{stacking([heading.label for heading in headings], looks)}>\n"
        f'<caption style="text-align:left"><span>{label}</span></caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n</div>\n"
        + (f'<p class="tc-note">{note}</p>\n' if note else "")
    )


def headings(
    table: pd.DataFrame | pd.Series, columns: Sequence[str] | Mapping[str, str | Column] | None = None
) -> list[tuple[str, Column, pd.Series]]:
    """Return all columns of a table as its CSV has them, in order: name there, label and kind, values.

    `columns` renames, as in `to_html`. Where each row is a figure of its own kind, columns of objects are of kind `row`
    or `row_text`.
    """
    flat, _ = _flat(_framed(table))
    found = [_heading(str(name), values, columns) for name, values in flat.items()]
    if found and found[0].kind == "name":
        found = [_by_row(heading, values) for heading, (_, values) in zip(found, flat.items(), strict=True)]
    return [
        (str(_harmless(str(name))), heading, values)
        for heading, (name, values) in zip(found, flat.items(), strict=True)
    ]


def stacking(labels: Sequence[str], looks: Sequence[str] = ()) -> str:
    """Return the attributes of a table that stacks on a phone: below a row's first cell, each other with its label.

    A table of at most two columns fits as it is. The labels stand once, in variables of the style sheet, of which
    there are nine. `looks` of its columns, empty for those whose cells state their own: a class for each, by its place.

    >>> stacking(["Buyer", "Owed"]), stacking(["Buyer", "Owed", "Due", "PD (%)"], ["", "n", "d", ""])
    ('', ' class="stacks n2 d3" style="--c2:\\'Owed\\';--c3:\\'Due\\';--c4:\\'PD \\\\28 \\\\25 \\\\29 \\'"')
    """
    stacks = len(labels) > STACKED_ABOVE
    classes = ["stacks"] * stacks + [f"{look}{place}" for place, look in enumerate(looks, start=1) if look]
    stated = f' class="{" ".join(classes)}"' if classes else ""
    if not stacks:
        return stated
    plain = [re.sub(r"[^\w ]", lambda letter: f"\\{ord(letter[0]):x} ", label) for label in labels[1:]]
    variables = ";".join(f"--c{place}:'{label}'" for place, label in enumerate(plain, start=2))
    return f'{stated} style="{variables}"'


def on_page(html: str) -> str:
    """Return tables without what JupyterLab alone needs; pages have a style sheet."""
    for look in FOR_JUPYTER:
        html = html.replace(look, "")
    return html


def csv_text(table: pd.DataFrame | pd.Series) -> str:
    """Return a table as CSV text: all rows and columns, numbers in full, dates ISO, missing values empty.

    Floats have twelve digits, and large ones four decimals: more than any reader needs, and the last ones of sixteen
    differ from machine to machine. An index that is named or not 0, 1, … comes first.
    Text that a spreadsheet would run as a formula (it begins with = + - @, their wide forms, a tab, a line break or a
    null character) has an apostrophe put before it, and so has one where only apostrophes stand before that; within a
    text, so has what would begin a cell where semicolons or tabs part cells, as they do in many countries. Numbers
    never have (`unharmed` takes it off). Line breaks within text are written as \\n. Source: OWASP, CSV Injection.
    """
    flat, _ = _flat(_framed(table))
    written = {_harmless(str(name)): _harmless_column(values) for name, values in flat.items()}
    return pd.DataFrame(written).to_csv(index=False, lineterminator="\n", float_format=_digits)


def _digits(value: float) -> str:
    return repr(float(f"{value:.12g}") if abs(value) < LARGE else round(float(value), 4)).removesuffix(".0")


def unharmed(text: str) -> str:
    """Return a text of a CSV of ours as it was before `csv_text` put an apostrophe before it.

    >>> unharmed("'=1+1"), unharmed("''=1+1"), unharmed("'tis"), unharmed("a;'=1+1")
    ('=1+1', "'=1+1", "'tis", 'a;=1+1')
    """
    text = text[1:] if text.startswith("'") and _FORMULA.match(text) else text
    return _HARMLESS_WITHIN.sub(r"\1", text)


def escaped(text: object) -> str:
    """Return text that is safe in HTML content and attributes; control characters are shown as unknown."""
    return escape(str(text).translate(CONTROLS), quote=True)


def sentence(text: str) -> str:
    """Return text as HTML, in the language spoken: escaped, `**bold**`, `code`, and no break between number and unit.

    >>> sentence("**Owes** `a_b` <1>")
    '<strong>Owes</strong> <code>a_b</code> &lt;1&gt;'
    """
    html = escape(punctuated(tr(str(text))).translate(CONTROLS), quote=False)
    html = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", html)
    html = _CODE.sub(r"<code>\1</code>", spaced(html))
    return unbroken(html)


def unmarked(text: str) -> str:
    """Return a sentence without the marks of bold words and code, for what has no HTML in it.

    >>> unmarked("**Owes** `a_b`")
    'Owes a_b'
    """
    return text.replace("**", "").replace("`", "")


def _framed(table: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return a Series as a frame of one column; one of figures of different kinds as a column of objects."""
    if isinstance(table, pd.DataFrame):
        return table
    frame = table.to_frame("value" if table.name is None else str(table.name))
    plain = table.index.equals(pd.RangeIndex(len(table)))
    if table.index.nlevels > 1 or plain or table.index.name not in (None, "figure", "measure", "term"):
        return frame
    return frame.astype("object").rename_axis(table.index.name or "figure")


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    # A lone carriage return would end the row: what follows it could begin a formula.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if _FORMULA.match(text) else text


def _harmless_column(values: pd.Series) -> pd.Series:
    holds_text = not pd.api.types.is_numeric_dtype(values.dtype)
    holds_text &= not pd.api.types.is_datetime64_any_dtype(values.dtype)
    return values.map(_harmless) if holds_text else values


def _flat(frame: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the frame with its index as columns, and their names; a plain 0, 1, … without a name is left out."""
    index = frame.index
    plain = index.nlevels == 1 and index.name is None and index.equals(pd.RangeIndex(len(index)))
    names = [" · ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame.columns]
    flat = frame.set_axis(names, axis=1)
    index_names = [] if plain else ["" if name is None else str(name) for name in index.names]
    flat = flat.reset_index(drop=True)
    if index_names:
        levels = [pd.Series(index.get_level_values(level)).to_frame() for level in range(len(index_names))]
        flat = pd.concat([*levels, flat], axis=1)
    flat.columns = [*index_names, *names]
    twice = flat.columns[flat.columns.duplicated()]
    if len(twice):
        raise ValueError(f"the table has two columns named {twice[0]!r}; rename one")
    return flat, index_names


def _picked(flat: pd.DataFrame, index_names: list[str], columns: Sequence[str] | Mapping | None) -> list[str]:
    if columns is None:
        return [name for name in flat.columns if name != LINK][:MOST_COLUMNS]
    for name in columns:
        if name not in flat.columns:
            near = difflib.get_close_matches(str(name), list(flat.columns), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(flat.columns)}"
            raise ValueError(f"the table has no column {name!r}; {hint}")
    names = [*index_names, *(name for name in columns if name not in index_names)]
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"{len(names)} columns are too many for a page; pick at most {MOST_COLUMNS}, index included")
    return names


def _heading(name: str, values: pd.Series, columns: Sequence[str] | Mapping | None) -> Column:
    stated = column(name, values)
    given = columns.get(name) if isinstance(columns, Mapping) else None
    if given is None:
        return stated
    return given if isinstance(given, Column) else Column(str(given), stated.kind)


def _in_words(heading: Column) -> Column:
    # A column of a length of time, such as `30 days`, is called by it.
    return heading._replace(label=in_words(heading.label) if heading.label[:1].isdigit() else tr(heading.label))


def _by_row(heading: Column, values: pd.Series) -> Column:
    """Return a column of objects as one that each row writes by the kind of its own name."""
    if values.dtype != "object" or heading.kind == "name":
        return heading
    numbers = all(missing(value) or pd.api.types.is_number(value) for value in values)
    return heading._replace(kind="row" if numbers else "row_text")


def _cells(shown: pd.DataFrame, headings: list[Column], units: pd.Series | None) -> tuple[list[list[str]], list[str]]:
    """Return the rows' cells as HTML, and the look of each column whose cells all have one; the first heads its row."""
    names = shown.iloc[:, 0] if shown.shape[1] else None
    beside = _largest_beside(shown, headings)
    written = [
        _written_by_row(values, names, beside)
        if heading.kind.startswith("row")
        else _written(values, heading.kind, units, beside)
        for (_, values), heading in zip(shown.items(), headings, strict=True)
    ]
    # A number or a day among texts is written already: as German it would be read as English decimals.
    written = [
        [
            _said(value) if isinstance(value, str) and text and (name not in GIVEN or OF_OURS.fullmatch(text)) else text
            for text, value in zip(texts, values, strict=True)
        ]
        if heading.kind in ("text", "row_text")
        else texts
        for texts, (name, values), heading in zip(written, shown.items(), headings, strict=True)
    ]
    looks = [
        [_look(text, heading.kind, BUYER_NAME if name == NAME and place else "") for text in texts]
        for place, (texts, name, heading) in enumerate(zip(written, shown.columns, headings, strict=True))
    ]
    common = [of[0] if of[:1] in (["n"], ["d"]) and set(of) == {of[0]} else "" for of in looks]
    columns = [
        [
            _cell(text, heading.kind, "" if one else look, first=not place, marked=name == BUYER)
            for text, look in zip(texts, of, strict=True)
        ]
        for place, (texts, of, one, name, heading) in enumerate(
            zip(written, looks, common, shown.columns, headings, strict=True)
        )
    ]
    return [list(row) for row in zip(*columns, strict=True)], common


def _to_their_errors(shown: pd.DataFrame, flat: pd.DataFrame, headings: list[Column]) -> tuple[pd.DataFrame, bool]:
    """Return what is shown with each amount in the digits that its standard error leaves known, and whether any is.

    The error of a column is that of its name with `_error` or `_se` behind, that of an estimate (`ESTIMATES`) the
    column `standard_error`; where each row is of another kind, that of the row named so.
    """
    found, beside = {}, list(flat.columns)
    for name in shown.columns:
        its = _error_of(name, beside)
        if its is not None and all(pd.api.types.is_numeric_dtype(one.dtype) for one in (shown[name], flat[its])):
            found[name] = known_digits(shown[name], flat[its])
    names = list(shown.iloc[:, 0]) if not found and headings and headings[0].kind == "name" else []
    errors = [_error_of(name, names) for name in names]
    if any(error is not None for error in errors):
        places = pd.Index(names).get_indexer_for(errors)
        for name in shown.columns[1:] if len(places) == len(names) else ():
            amounts = pd.to_numeric(shown[name], errors="coerce")
            error = amounts.iloc[places].set_axis(shown.index).where(places >= 0)
            if error.notna().any():
                found[name] = shown[name].where(error.isna(), known_digits(amounts, error))
    if not found:
        return shown, False
    rounded = any((values.dropna() != shown[name][values.notna()]).any() for name, values in found.items())
    return shown.assign(**found), rounded


def _error_of(name: object, names: Sequence[object]) -> str | None:
    """Return which of some names is the standard error of a name, itself where it is one; None where none is."""
    told = str(name)
    if told == STANDARD_ERROR or told.endswith(ERRORS):
        return told
    known = [f"{told}{ending}" for ending in ERRORS] + [STANDARD_ERROR] * (told in ESTIMATES)
    return next((one for one in known if one in names), None)


def _largest_beside(shown: pd.DataFrame, headings: list[Column]) -> float:
    """Return the largest amount of a table where its cents tell nothing, so that no column is to have them; else 0.

    They tell nothing beside standard errors, and beside a million.
    """
    names = list(shown.columns)
    amounts = [shown[name] for name, heading in zip(names, headings, strict=True) if heading.kind == "money"]
    by_row = [name for name, heading in zip(names, headings, strict=True) if heading.kind.startswith("row")]
    if by_row:
        rows = list(shown.iloc[:, 0])
        money_rows = [column(row, NUMBERS).kind == "money" for row in rows]
        amounts += [shown.loc[money_rows, name] for name in by_row]
        names += rows
    largest = max((_largest(values) for values in amounts), default=0.0)
    estimated = any(str(name).endswith("_se") or name == STANDARD_ERROR for name in names)
    return largest if largest >= MILLION or estimated else 0.0


def _largest(amounts: pd.Series) -> float:
    """Return the largest amount in size, 0 where none is known."""
    sizes = np.abs(as_numbers(amounts))
    return float(np.nanmax(sizes)) if not np.isnan(sizes).all() else 0.0


def _written(values: pd.Series, kind: Kind, units: pd.Series | None, beside: float = 0.0) -> list[str | None]:
    """Return a column's cells as text, None where missing; `beside`: see `_largest_beside`."""
    if kind in ("figure", "change") and units is not None:
        by_unit = figure if kind == "figure" else change
        return [
            None if missing(value) or missing(unit) else by_unit(value, unit)
            for value, unit in zip(values, units, strict=True)
        ]
    if kind == "name":
        labels = (None if missing(value) else _name_in_words(column(value, NUMBERS).label) for value in values)
        # The value beside it has its unit.
        plain = (label.removesuffix(f" ({tr('days')})") if label and units is not None else label for label in labels)
        return [label and label[:1].upper() + label[1:] for label in plain]
    writer = cell_writer(values, "number" if kind in ("figure", "change") else kind, largest_beside=beside)
    return [None if missing(value) else writer(value) for value in values]


def _said(text: str) -> str:
    """Return a code, a reason, or a number that a text states, in the language spoken."""
    if _DECIMALS.fullmatch(text):
        return separated(text)
    return unbroken(spaced(punctuated(in_words(text))))


def _name_in_words(label: str) -> str:
    """Return the label of a row in the language spoken, whether or not it begins as a heading does."""
    within = label[:1].lower() + label[1:]
    return tr(within) if known(within) and not known(label) else tr(label)


def _written_by_row(values: pd.Series, names: pd.Series, beside: float) -> list[str | None]:
    """Return a column's cells as text, each by the kind of its row's name, None where missing."""
    singles = [pd.Series([value]).infer_objects() for value in values]
    kinds = [column(name, single).kind for name, single in zip(names, singles, strict=True)]
    return [_written(single, kind, None, beside)[0] for single, kind in zip(singles, kinds, strict=True)]


def _holds_money(shown: pd.DataFrame, headings: list[Column]) -> bool:
    kinds = {heading.kind for heading in headings}
    if any(kind.startswith("row") for kind in kinds):
        kinds |= {column(name, NUMBERS).kind for name in shown.iloc[:, 0]}
    return "money" in kinds


def _head_cell(heading: Column) -> str:
    if not heading.label:
        return "<td></td>"
    if heading.kind in NUMERIC:
        return f'<th scope="col" class="n">{escaped(heading.label)}</th>'
    return f'<th scope="col" style="text-align:left">{escaped(heading.label)}</th>'


def _look(text: str | None, kind: str, of_name: str) -> str:
    """Return the class of a cell: a number, what does not break, a sentence, or none; `of_name`: that of a name."""
    content = text or ""
    if kind in NUMERIC:
        return "n"
    if of_name:
        return of_name
    if len(content) > SENTENCE:
        return "long"
    number_of_a_document = "-" in content and len(content) <= NUMBER and " " not in content
    return "d" if kind == "date" or number_of_a_document else ""


def _cell(text: str | None, kind: str, look: str, *, first: bool, marked: bool) -> str:
    content = MISSING if text is None else escaped(text)
    content = _CODE.sub(r"<code>\1</code>", content) if look == "long" else content
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    # JupyterLab aligns every cell to the right, so text says otherwise where our style sheet is absent.
    aligned = "" if kind in NUMERIC or kind == "date" else FOR_JUPYTER[0]
    stated = f' class="{look}"' if look else ""
    of_buyer = ' data-of="buyer"' if marked and text is not None else ""
    return f"<{tag}{scope}{aligned}{stated}{of_buyer}>{content}</{tag}>"


def _linked(row: list[str], address: object) -> list[str]:
    """Return a row's cells with the content of the first one as a link; without an address as they are."""
    if missing(address):
        return row
    opening, rest = row[0].split(">", 1)
    content, closing = rest.rsplit("</", 1)
    return [f'{opening}><a href="{escaped(address)}">{content}</a></{closing}', *row[1:]]


def _note(rows: tuple[int, int], columns: tuple[int, int], link: str) -> str:
    """Return what the page does not show of a table, with the link to all of it."""
    parts = []
    if rows[0] < rows[1]:
        parts.append(tr("{shown} of {rows} rows", shown=whole(rows[0]), rows=whole(rows[1])))
    if columns[0] < columns[1]:
        parts.append(tr("{shown} of {columns} columns", shown=columns[0], columns=columns[1]))
    shown = listed(parts)
    anchor = f'<a href="{escaped(link)}">CSV</a>'
    if shown:
        return tr("{shown}; all in the {csv}.", shown=shown, csv=anchor) if link else f"{shown}{tr('.')}"
    return tr("Also as {csv}.", csv=anchor) if link else ""
