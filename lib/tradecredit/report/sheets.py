"""A page for each buyer that matters: all that the chapters say of it, from the same functions, in one place."""

import difflib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from tradecredit import default
from tradecredit.book.book import Book
from tradecredit.book.disk import writing
from tradecredit.decide import decisions
from tradecredit.decide import sheets as known
from tradecredit.decide.limits.explain import Facts, facts_of
from tradecredit.decide.terms import payment_plan
from tradecredit.default import explain, panel
from tradecredit.default.ratings import Assessment
from tradecredit.errors import InputError, Problem
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.language import speaking, tr
from tradecredit.measure.behaviour import features
from tradecredit.params.run import Run
from tradecredit.report import drawn
from tradecredit.report.chapter_links import led
from tradecredit.report.document import SEARCH, document, find, lean, side
from tradecredit.report.earlier import decisions_before, reported_before
from tradecredit.report.folders import month_folder
from tradecredit.report.sheet_links import FOLDER, linked, sheet_name
from tradecredit.report.tables import LINK, escaped, on_page, sentence, to_html
from tradecredit.words import buyer_sheets, cover, early_warning, insurer, terms
from tradecredit.words import collect as collect_words
from tradecredit.words import limits as limit_words
from tradecredit.words import sheet_parts as heads
from tradecredit.words import sheets as words
from tradecredit.words.decisions import STAKES, WHAT
from tradecredit.words.explain import steps
from tradecredit.words.formats import figure, fixed, percent, unbroken

MOST_ROWS = 60
"""Rows of a table on a sheet; the CSV of the chapters have all."""
SHOWN_ROWS = 3
"""Rows of a long list that stand open; the others are folded behind them.

What is open on a sheet, so that a phone shows it in a dozen screens: what is decided, the sentence and the picture of
each section, and the first rows of what is to be done. Derivations, and what stands month by month or invoice by
invoice, are folded.
"""


_WHO = [
    "registration_id", "country", "sector", "group_id", "kind", "customer_since", "months_of_history", "sales_12m",
]  # fmt: skip
_LIMITS = [
    "need", "capacity", "expected_loss_budget", "net_value_added", "concentration", "recommended",
    "recommended_with_cover", "insurer_limit", "covered_limit", "own_limit", "limit_to_set", "limit_use", "breach",
    "over_risk", "insured", "own",
]  # fmt: skip
_HABIT = [
    "days_beyond_terms", "days_beyond_terms_recent", "share_late", "share_overdue", "oldest_days_past_due",
    "dispute_rate",
]  # fmt: skip


class Material(NamedTuple):
    """What all sheets of a book are made from, computed once: `known.Sheets` and what is said of its tables.

    `advised`, `limits`, `watched`, `acting`: index buyer_id, in words; `decided`: the decisions on buyers with what
    earlier months published of them; `tables`: without the buyer's id; `rows`: table → buyer_id → places of its rows.
    """

    book: Book
    found: known.Sheets
    assessment: Assessment
    behaviour: pd.DataFrame
    advised: pd.DataFrame
    limits: pd.DataFrame
    watched: pd.DataFrame
    acting: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    rows: dict[str, dict[str, Any]]
    of_book: dict[str, str]
    """buyer_id → the page of its sheet, of those that have one."""

    def of(self, table: str, buyer_id: str) -> pd.DataFrame:
        """Return a buyer's rows of a table."""
        return self.tables[table].iloc[self.rows[table].get(buyer_id, [])].reset_index(drop=True)


class Month(NamedTuple):
    """Where a sheet's links lead: to the month's `chapters` (name → title) in the folder `up`; None: not published."""

    up: str | None
    chapters: Mapping[str, str]
    entity: str
    searched: bool = True
    """Whether the month has a search; those of earlier versions have none."""


def addresses(book: Book) -> dict[str, str]:
    """Return buyer_id → address of its sheet, seen from a page of the month, of the buyers that matter.

    Which they are: `decide.sheets.chosen`.
    """
    return {buyer_id: f"{FOLDER}/{sheet_name(buyer_id)}" for buyer_id in known.chosen(known.of_book(book)).index}


def write_sheets(book: Book, chapters: Mapping[str, str], build: Path) -> None:
    """Write the sheets of the buyers that matter (`addresses`), and an index of them, into a month's folder.

    `chapters`: name → title of those of the month.
    """
    found = known.of_book(book)
    chosen = known.chosen(found)
    material = _material(book, found, chosen.index)
    month = Month("../", chapters, book.run.entity)
    folder = build / FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.html"):
        old.unlink()
    facts = facts_of(book, found.ratings, chosen.index)
    for buyer_id, name in material.of_book.items():
        _write(folder / name, _page(material, buyer_id, facts[buyer_id], month))
    _write(folder / "index.html", _index(material, chosen, month))


def write_sheets_of_month(run_file: str, as_of: str, output: str) -> None:
    """Write the sheets (`write_sheets`) of a run's month into the folder `output`, which holds its chapters' results.

    In a process of its own, beside what else is made of the chapters: it takes as long as all of that.
    """
    build, book = Path(output), Book.open(run_file, as_of)
    results = json.loads((build / "results.json").read_text(encoding="utf-8"))["chapters"]
    with speaking(book.run.language), writing(book.run.reports):
        write_sheets(book, {name: chapter["title"] for name, chapter in results.items()}, build)


def write_sheet(run: Run, buyer_id: str) -> Path:
    """Write the sheet of any one buyer of a run's book, and return its path.

    It is reports/<entity>/buyers/<as-of day>/<buyer>.html, and leads to the chapters of the month where that has been
    published from the same book. Raises `ParameterError` and `InputError` as `Book.open` does, and `InputError` for a
    book without invoices, and for a buyer that it does not know, with the ids that come nearest.
    """
    book = Book.open(run)
    ids = book.buyers["buyer_id"]
    if buyer_id not in set(ids):
        raise InputError([_unknown(buyer_id, ids, book)])
    if book.invoices.empty:
        raise InputError([Problem(str(run.file), "holds no invoice: nothing to say", "name another export")])
    found = known.of_book(book)
    material, facts = _material(book, found, [buyer_id]), facts_of(book, found.ratings, [buyer_id])
    folder = month_folder(run).parent / FOLDER / f"{run.as_of:%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / material.of_book[buyer_id]
    unfinished = file.with_name(f".{os.getpid()}-{file.name}")
    _write(unfinished, _page(material, buyer_id, facts[buyer_id], _published(book)))
    unfinished.replace(file)
    return file


def _published(book: Book) -> Month:
    """Return where the links of a sheet of its own lead: to the month, where that is of the same book."""
    folder = month_folder(book.run)
    manifest = folder / "manifest.json"
    stated = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
    if stated.get("book", {}).get("fingerprint") != book.fingerprint:
        return Month(None, {}, book.run.entity)
    chapters = {entry["name"]: entry["title"] for entry in stated["chapters"]}
    return Month(f"../../{folder.name}/", chapters, book.run.entity, (folder / SEARCH).exists())


def _unknown(buyer_id: str, ids: pd.Series, book: Book) -> Problem:
    """Return the problem of an id that is none, with those that come nearest to it, or are of buyers of that name."""
    named = book.names.astype("str").str.casefold()
    near = [*named.index[named == buyer_id.casefold()], *difflib.get_close_matches(buyer_id, ids.tolist(), 3, 0.0)]
    allowed, remedy = words.unknown(book.as_of, near[:3])
    return Problem("buyers", allowed, remedy, column="buyer_id", value=buyer_id)


def _material(book: Book, found: known.Sheets, buyers: Iterable[str]) -> Material:
    late = insurer.with_deadlines(found.deadlines)
    tables = {
        "signals": early_warning.with_reasons(found.signals), "months": found.months, "items": found.items,
        "cover": cover.with_reasons(found.cover), "deadlines": late[late["buyer_id"].notna()],
        "disputes": found.disputes, "reminders": found.reminders, "promises": found.promises,
        "decided": _decided(book, found),
    }  # fmt: skip
    return Material(
        book=book, found=found, assessment=default.assessment(book), behaviour=features(book),
        advised=buyer_sheets.sheets(found.sheets, book), limits=limit_words.with_reasons(found.limits),
        watched=early_warning.with_decisions(early_warning.with_names(found.watched)),
        acting=collect_words.named(found.acting),
        tables={name: table.drop(columns="buyer_id") for name, table in tables.items()},
        rows={name: table.groupby("buyer_id").indices for name, table in tables.items()},
        of_book={buyer: sheet_name(buyer) for buyer in buyers},
    )  # fmt: skip


def _decided(book: Book, found: known.Sheets) -> pd.DataFrame:
    """Return the decisions on buyers as their chapters publish them: with what the month before asked."""
    tables = [
        decisions.since_earlier(
            asked.assign(chapter=chapter), decisions_before(book, chapter), reported_before(book, chapter)
        )
        for chapter, asked in found.asked.items()
    ]
    table = decisions.ordered(pd.concat(tables, ignore_index=True), book.run)
    table = table[table["buyer_id"].notna() & ~table["state"].isin(decisions.GONE)]
    return table.assign(what=table["decision"].map(WHAT), stake=table["decision"].map(STAKES))


def _page(material: Material, buyer_id: str, facts: Facts, month: Month) -> str:
    """Return the sheet of a buyer as a whole HTML page."""
    book, currency = material.book, material.book.run.currency
    rating, limit = material.found.ratings.loc[buyer_id], material.limits.loc[buyer_id]
    name = words.title(buyer_id, book.names[buyer_id])
    parts = [
        ("decided", _of_decisions(material, buyer_id, month)),
        ("who", _who(material, buyer_id, month)),
        ("owed", _owed(material, buyer_id, month)),
        ("limit", _limit(facts, currency)),
        ("pays", _pays(material, buyer_id)),
        ("default", _default(material, buyer_id, month)),
        ("open", _open(material, buyer_id)),
        ("cover", _cover(material, buyer_id, month)),
        ("collected", _collected(material, buyer_id, month)),
        ("plan", _plan(material, buyer_id)),
    ]
    shown = [(anchor, tr(heads.HEADINGS[anchor]), html) for anchor, html in parts if html]
    answers = words.answer(material.advised.loc[buyer_id], rating, limit, currency)
    if buyer_id in material.watched.index:
        answers.insert(2, words.risk_now(material.watched.loc[buyer_id], currency))
    answer = "".join(_say(text) for text in answers if text)
    main = (
        answer
        + _cards(material, buyer_id)
        + "".join(f'<h2 id="{anchor}">{escaped(heading)}</h2>\n{html}' for anchor, heading, html in shown)
    )
    here = {buyer: page for buyer, page in material.of_book.items() if buyer != buyer_id}
    page = document(
        title=f"{name} · {month.entity} · {book.run.as_of}",
        header=_header(month, str(book.run.as_of), name),
        navigation=_navigation(month, [(anchor, heading) for anchor, heading, _ in shown]),
        main=linked(main, here),
        footer=f"<p>{sentence(heads.made_from(book.fingerprint[:12]))}</p>",
    )
    return page if month.up is None else led(page, month.chapters, up=month.up)


def _cards(material: Material, buyer_id: str) -> str:
    limit, rating = material.found.limits.loc[buyer_id], material.found.ratings.loc[buyer_id]
    currency = material.book.run.currency
    cards = [
        (label, rating["pd"], "probability") if name == "pd" else (label, limit[name], currency)
        for name, label in heads.CARDS.items()
    ]
    shown = [
        f"<div><dt>{escaped(tr(label))}</dt><dd{' class=missing' if pd.isna(value) else ''}>"
        f"{escaped(tr(heads.NO_FIGURE) if pd.isna(value) else unbroken(figure(value, unit)))}</dd></div>\n"
        for label, value, unit in cards
    ]
    return f'<dl class="tc-cards" style="--columns:3">\n{"".join(shown)}</dl>\n'


def _who(material: Material, buyer_id: str, month: Month) -> str:
    book, currency = material.book, material.book.run.currency
    master = book.buyers.iloc[material.found.ratings.index.get_loc(buyer_id)]
    told = pd.concat([master, material.behaviour.loc[buyer_id]])
    told["group_id"] = material.limits.loc[buyer_id, "group_id"]
    told["kind"] = words.KINDS.get(told["kind"], told["kind"])
    parts = [_table(_figures(told, _WHO), heads.CAPTIONS["master"], currency=currency)]
    group = material.limits["group_id"]
    others = group.index[(group == group[buyer_id]) & (group.index != buyer_id)]
    if len(others):
        members = material.limits.loc[others, ["exposure", "own_limit", "limit_to_set"]].join(book.names)
        members = members.rename_axis("buyer_id").reset_index()
        columns = ["buyer_id", "name", "exposure", "own_limit", "limit_to_set"]
        parts.append(_table(members, heads.CAPTIONS["group"], columns, currency=currency))
        parts.append(_link(month, "03_limits_of_the_book", "table-groups"))
    else:
        parts.append(_say(tr(heads.NO_GROUP if pd.isna(group[buyer_id]) else heads.ALONE_IN_GROUP)))
    return "".join(parts)


def _figures(row: pd.Series, names: list[str]) -> pd.Series:
    """Return those of some figures of a buyer that are known, to be shown one below the other."""
    return row.reindex(names).dropna().rename("value")


def _owed(material: Material, buyer_id: str, month: Month) -> str:
    currency, months = material.book.run.currency, material.of("months", buyer_id)
    told = words.owed_over_time(months, currency)
    caption = heads.owed(currency)
    picture = drawn.timeline(
        months.set_index("month_end"), heads.LINES, alt=told, caption=caption, write=words.short_money
    )
    columns = ["month_end", "owed", "own_limit", "insurer_limit", "invoices_paid", "money", "paid_days_late"]
    backwards = months.sort_values("month_end", ascending=False, kind="stable", ignore_index=True)
    by_month = _table(backwards, heads.CAPTIONS["months"], columns, currency=currency)
    figures = _figures(material.limits.loc[buyer_id], _LIMITS)
    return (
        _say(told) + picture
        + _folded(heads.CAPTIONS["limits"], _table(figures, heads.CAPTIONS["limits"], currency=currency))
        + _link(month, "03_credit_limits", "table-limits")
        + _folded(heads.FOLDED["months"], by_month)
    )  # fmt: skip


def _limit(facts: Facts, currency: str) -> str:
    table = steps(facts).reset_index(drop=True)
    told = [_say(text) for text in table.loc[table["topic"].isin(["smallest", "decision"]), "sentence"]]
    columns, caption = ["topic", "sentence", "told_to_buyer"], heads.CAPTIONS["limit_steps"]
    return "".join(told) + _folded(caption, _table(table, caption, columns, currency=currency))


def _pays(material: Material, buyer_id: str) -> str:
    months, habit = material.of("months", buyer_id), material.behaviour.loc[buyer_id]
    told = words.paid_over_time(months, habit)
    picture = drawn.month_bars(
        months.set_index("month_end")["paid_days_late"], alt=told, caption=tr(heads.CAPTIONS["paid"]), write=_in_days
    )
    figures = _figures(habit, _HABIT)
    caption = heads.CAPTIONS["habit"]
    shown = _folded(caption, _table(figures, caption)) if len(figures) else ""
    return _say(told) + picture + shown


def _in_days(value: float, most: float) -> str:
    return fixed(value, 0 if most >= 5 else 1)


def _default(material: Material, buyer_id: str, month: Month) -> str:
    found, run, assessed = material.found, material.book.run, material.assessment
    rating, parts = found.ratings.loc[buyer_id], []
    if pd.notna(rating["override"]):
        parts.append(_say(words.overridden(rating)))
    if rating["method"] != "in default" and buyer_id in assessed.contributions.index:
        inputs, values = panel.candidates(material.book), assessed.today.loc[buyer_id]
        why = explain.explanation(assessed.contributions.loc[buyer_id], values, inputs).reset_index(drop=True)
        lifts = explain.improvements(rating, values, assessed.curves, run.grades)
        caption = heads.probability(percent(run.default.interval))
        before = ["model_pd", "model_grade"] if pd.notna(rating["override"]) else []
        parts.append(_table(_figures(rating, ["pd", "pd_low", "pd_high", "grade", *before]), caption))
        caption = heads.CAPTIONS["reasons"]
        parts.append(_long(why, caption, ["part", "finding", "log_odds", "points"]))
        if len(lifts):
            caption = heads.CAPTIONS["lifts"]
            parts.append(_folded(caption, _table(lifts.astype("object"), caption)))
    signals = material.of("signals", buyer_id)
    if len(signals):
        parts.append(_table(signals, heads.CAPTIONS["signals"], ["signal", "since", "reason"]))
    if buyer_id in material.watched.index:
        parts.append(_link(month, "06_collections", "table-watchlist"))
    parts.append(_link(month, "02_default_probability", "table-ratings"))
    return "".join(parts)


def _open(material: Material, buyer_id: str) -> str:
    items, currency = material.of("items", buyer_id), material.book.run.currency
    told = _say(words.opened(items, currency))
    columns = ["invoice_id", "due", "amount", "open_amount", "days_past_due", "disputed", "to_collect", "last_stage"]
    return told + _long(items, heads.CAPTIONS["items"], columns, currency)


def _cover(material: Material, buyer_id: str, month: Month) -> str:
    table, currency = material.of("cover", buyer_id), material.book.run.currency
    if table.empty:
        return ""
    by_class = table.groupby(["cover", "reason"], sort=False)[["amount", "insured"]].sum().reset_index()
    each = _table(
        table, heads.CAPTIONS["cover"],
        ["invoice_id", "issued", "due", "cover", "reason", "amount", "insured"], rows=len(table), currency=currency,
    )  # fmt: skip
    dates, asked = material.of("deadlines", buyer_id), ""
    if len(dates):
        columns = ["deadline", "invoice_id", "amount", "amount_of", "day", "act_by", "notice", "state"]
        asked = _long(dates, heads.CAPTIONS["deadlines"], columns, currency)
    return (
        _say(words.covered(table, currency))
        + _table(by_class, heads.CAPTIONS["classes"], currency=currency)
        + _folded(heads.FOLDED["cover"], each) + asked
        + _link(month, "06_collections", "table-cover_audit")
    )  # fmt: skip


def _of_decisions(material: Material, buyer_id: str, month: Month) -> str:
    table, advised = material.of("decided", buyer_id), material.advised.loc[buyer_id]
    methods = ["deliveries", "insurer_says", "limit_says", "overdue_says", "portfolio_says"]
    said = _figures(advised, methods)
    shown = _table(said, heads.CAPTIONS["methods"]) if len(said) else ""
    if table.empty:
        return _say(heads.NOTHING_DECIDED) + shown
    if month.up is not None:
        there = table["chapter"].isin(list(month.chapters))
        table[LINK] = (month.up + table["chapter"] + ".html#" + table["anchor"]).where(there)
    columns = ["what", "amount", "stake", "authority", "due_day", "since", "state"]
    return _table(table, heads.CAPTIONS["decisions"], columns, currency=material.book.run.currency) + shown


def _collected(material: Material, buyer_id: str, month: Month) -> str:
    currency = material.book.run.currency
    sent, promised = material.of("reminders", buyer_id), material.of("promises", buyer_id)
    parts = [_say(words.collected(sent, promised))]
    if buyer_id in material.acting.index:
        row = material.acting.loc[buyer_id]
        names = ["overdue_amount", "disputed", "set_off", "planned", "promised", "to_collect", "acting_value"]
        told = words.today(row)
        parts.append(_say(told) if told else "")
        parts.append(_table(_figures(row, names), heads.CAPTIONS["to_collect"], currency=currency))
        parts.append(_link(month, "06_collections", "table-worklist"))
    if len(promised):
        columns = ["promise_kind", "invoice_id", "promised_on", "promised_for", "amount", "money_came", "promise_state"]
        shown = words.with_promises(promised)
        parts.append(_long(shown, heads.CAPTIONS["promises"], columns, currency))
    if len(sent):
        parts.append(_folded(heads.FOLDED["letters"], _table(sent, heads.CAPTIONS["letters"])))
    disputes = material.of("disputes", buyer_id)
    if len(disputes):
        columns = ["invoice_id", "reason", "owner", "opened", "age_days", "amount", "cover_lost"]
        parts.append(_table(disputes, heads.CAPTIONS["disputes"], columns, currency=currency))
    return "".join(parts)


def _plan(material: Material, buyer_id: str) -> str:
    book, currency = material.book, material.book.run.currency
    owed = payment_plan.overdue_buyers(book)["overdue"].get(buyer_id, 0.0)
    if not owed > max(book.run.limits.tolerated_excess, book.run.payment_plan.least_amount):
        return ""
    ways = payment_plan.options(book, buyer_id, material.found.outlook, policy_in_force(book))
    advice = material.advised.loc[buyer_id, "advice"]
    told = terms.overdue(ways, buyer_id, currency, rule=book.run.payment_plan, advice=advice)
    shown = words.with_options(terms.with_notes(ways, book)).reset_index()
    columns = ["option", "value", "share", "expected_date", "is_best", "note"]
    dates = payment_plan.plan(book, buyer_id)
    return (
        (_say(told) if told else "")
        + _table(shown, heads.CAPTIONS["options"], columns, currency=currency)
        + _folded(heads.FOLDED["plan"], _table(dates, heads.CAPTIONS["plan"], currency=currency))
    )


def _long(table: pd.DataFrame, caption: str, columns: list[str], currency: str = "") -> str:
    """Return a list with its first rows open, and the others folded."""
    if table.empty:
        return ""
    shown = _table(table, caption, columns, rows=SHOWN_ROWS, currency=currency)
    if len(table) <= SHOWN_ROWS:
        return shown
    rest = table.iloc[SHOWN_ROWS:].reset_index(drop=True)
    others = _table(rest, heads.others(tr(caption)), columns, rows=len(rest), currency=currency)
    return shown + _folded(heads.other_rows(len(table) - SHOWN_ROWS), others)


def _index(material: Material, chosen: pd.DataFrame, month: Month) -> str:
    """Return the page that lists the sheets of a month."""
    run, fingerprint = material.book.run, material.book.fingerprint
    table = chosen[["exposure", "expected_loss_owed"]].join(material.book.names).join(material.advised["advised"])
    why = [words.why(row, known.LARGEST) for _, row in chosen.iterrows()]
    table = table.join(material.found.ratings["grade"]).assign(remark=why).rename_axis("buyer_id").reset_index()
    columns = ["buyer_id", "name", "exposure", "expected_loss_owed", "grade", "advised", "remark"]
    caption = heads.CAPTIONS["buyers"]
    shown = _table(table, caption, columns, rows=max(len(table), 1), currency=run.currency)
    return document(
        title=f"{tr(heads.BUYERS)} · {month.entity} · {run.as_of}",
        header=_header(month, str(run.as_of), tr(heads.SHEETS_OF_BUYERS)),
        navigation=_navigation(month, []),
        main=_say(words.who_has_one(len(table), known.LARGEST)) + linked(shown, material.of_book),
        footer=f"<p>{sentence(heads.made_from(fingerprint[:12]))}</p>",
    )


def _header(month: Month, as_of: str, heading: str) -> str:
    eyebrow = f"<span>{escaped(month.entity)}</span> <span>{escaped(heads.as_of(as_of))}</span>"
    if month.up is not None and month.searched:
        eyebrow += f" {find(month.up)}"
    return f'<p class="eyebrow">{eyebrow}</p>\n<h1>{escaped(heading)}</h1>'


def _navigation(month: Month, parts: list[tuple[str, str]]) -> str:
    groups = []
    if month.up is not None:
        items = "".join(
            f'<li><a href="{escaped(month.up + name)}.html">{escaped(text)}</a></li>\n'
            for name, text in month.chapters.items()
        )
        items += f'<li class="all"><a href="{escaped(month.up)}{FOLDER}/index.html">{tr(heads.ALL_SHEETS)}</a></li>\n'
        groups.append((tr(heads.CHAPTERS), f"<ul>\n{items}</ul>"))
    if parts:
        items = "".join(f'<li><a href="#{anchor}">{escaped(text)}</a></li>\n' for anchor, text in parts)
        groups.append((tr(heads.ON_THIS_PAGE), f"<ol>\n{items}</ol>"))
    return side(groups)


def _table(
    frame: pd.DataFrame | pd.Series, caption: str, columns: list[str] | None = None, *, rows: int = MOST_ROWS,
    currency: str = "",
) -> str:  # fmt: skip
    """Return a table of a sheet; what it does not show of its columns is no news to a reader of one buyer."""
    if columns is not None and isinstance(frame, pd.DataFrame):
        frame = frame[[*columns, *(name for name in (LINK,) if name in frame)]]
    return on_page(to_html(frame, caption, rows=rows, currency=currency))


def _link(month: Month, chapter: str, anchor: str) -> str:
    """Return the line that leads back to a chapter; nothing where the month has none of that name."""
    if month.up is None or chapter not in month.chapters:
        return ""
    address = f"{month.up}{chapter}.html#{anchor}"
    return f'<p class="tc-origin screen"><a href="{escaped(address)}">{escaped(tr(heads.LINKS[anchor]))}</a></p>\n'


def _folded(summary: str, html: str) -> str:
    return f'<details class="fold"><summary>{escaped(tr(summary))}</summary>\n{html}</details>\n'


def _say(text: str) -> str:
    return f'<p class="tc-say">{sentence(text)}</p>\n'


def _write(file: Path, html: str) -> None:
    file.write_text(lean(html), encoding="utf-8", newline="\n")
