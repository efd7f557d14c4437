"""What `start` writes, asks and tells: the run file of an export, what was guessed, and what was understood."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import yaml

from tradecredit.book.book import Book
from tradecredit.book.exports.answers import by_example
from tradecredit.book.exports.days import months_alone
from tradecredit.book.exports.description import Suggestion
from tradecredit.book.exports.guess import Guess
from tradecredit.book.memory import Removed
from tradecredit.measure.doubles import likely_doubles
from tradecredit.measure.open_items import open_items
from tradecredit.params.export import NOBODY, ExportList
from tradecredit.words.formats import counted, first_of
from tradecredit.words.guessed import meaning
from tradecredit.words.receivables import known_days

QUESTIONS = {
    "source.form.dates": "How does the file write 31 October 2026?",
    "source.form.zone": "In which time zone do days begin, such as Europe/Berlin?",
    "currency": "In which currency are the amounts (three letters)?",
    "source.exported": "Of which day is the export (YYYY-MM-DD)?",
    "source.terms_days": "After how many days are invoices due?",
    "entity": "Whose book is it?",
    "source.form.decimal": "Which mark stands before the cents?",
}
"""Key: what is asked on a terminal, the weightiest first."""
WEIGHTIEST = (
    "source.kinds", "source.buyers", "source.signs", "currency", "source.unmatched", "source.settled", "source.states",
)  # fmt: skip
"""Keys of the guesses on which most rests, in this order."""
MOST_QUESTIONS = 5
MOST_NAMED = 5
"""So many likely doubles, and files that were left, are named."""


def removed(folder: Path, found: Removed) -> list[str]:
    """Return what `tradecredit clean` removed of a folder, and what it left."""
    if not found.files and not found.left:
        return [f"Nothing to remove: {folder} holds nothing that is kept."]
    size = f"{found.size / 1e6:,.1f} MB"
    lines = [
        f"Removed {counted(found.files, 'file')}, {size}, from {folder}; what is needed is made anew by the next run."
    ]
    if found.left:
        names = first_of([str(path.relative_to(folder)) for path in found.left], MOST_NAMED)
        lines.append(f"Left, as it was not put there by this program: {names}.")
    return lines


def run_file(suggestion: Suggestion, folder: Path) -> str:
    """Return the text of a run file that lies in `folder` and reads an export as suggested, with comments."""
    source = suggestion.source
    open_keys = {guess.key: guess for guess in suggestion.guesses if guess.open}

    def check(key: str) -> str:
        guess = open_keys.get(key)
        if guess is None:
            return ""
        if key in ("source.kinds", "source.settled", "source.buckets", "source.without", "source.written_off"):
            return f"   # CHECK: {guess.taken}"
        others = f"; or {', '.join(guess.others)}" if guess.others else ""
        shown = (
            "source.form.dates.odd",
            "source.form.dates.later",
            "source.columns.open",
            "source.columns.balance",
            "source.block",
        )
        found = f": {guess.taken}" if key in shown or guess.taken.startswith("none;") else ""
        return f"   # CHECK: {meaning(key)}{found}{others}"

    path = os.path.relpath(source.path, folder)
    not_read = next((guess.taken for guess in suggestion.guesses if guess.key == "source.columns"), "")
    lines = [
        f"# Reads an export: {suggestion.system}. Lines with CHECK hold a guess that the file does not settle.",
        f"entity: {_value(suggestion.entity or NOBODY)}{check('entity')}",
        f"currency: {suggestion.currency}{check('currency')}",
        *(
            [f"exchange_rates: {suggestion.exchange_rates}{check('exchange_rates')}"]
            if suggestion.exchange_rates
            else []
        ),
        *(
            [f"oldest_rate_days: {suggestion.oldest_rate_days}{check('oldest_rate_days')}"]
            if suggestion.oldest_rate_days is not None
            else []
        ),
        f"as_of: {source.exported}   # day of the report; nothing later enters it",
        "source:",
        "  kind: export",
        f"  path: {_value(Path(path).as_posix())}   # the folder, from where this file lies",
        f"  exported: {source.exported}{check('source.exported') or '   # day of the export'}",
        *(f"  {line}" for line in _list_lines(source, check, not_read)),
    ]
    if source.beside:
        lines.append("  beside:   # further lists of the same ledger")
        for one in source.beside:
            first, *rest = _list_lines(one, lambda _: "")
            lines += [f"    - {first}", *(f"      {line}" for line in rest)]
    if "source.due" in open_keys:
        lines.append(f"  #{check('source.due').strip(' #')}: {open_keys['source.due'].taken}")
    lines += _table_lines(suggestion)
    if open_points := guessed(suggestion):
        lines += [
            "guessed:   # by `start`, as the files do not tell; it stands on the report's first pages: once a line is",
            "  # confirmed, or corrected in its place, remove it here",
        ]
        lines += [f"  {_value(key)}: {_value(taken)}" for key, taken in open_points.items()]
    assumptions = [*suggestion.remarks, *_assumptions(suggestion)]
    if assumptions:
        lines.append("assumptions:   # they stand on the report's first page")
        lines += [f"  - {_value(one)}" for one in assumptions]
    # What a comment shows of the file, such as a name of two lines, must not end the comment.
    return "".join(f"{_NOT_ON_A_LINE.sub(' ', line)}\n" for line in lines)


def guessed(suggestion: Suggestion) -> dict[str, str]:
    """Return the open guesses of a suggestion by their keys, as a run file holds them, the weightiest first."""
    found: dict[str, str] = {}
    order = [*WEIGHTIEST, *dict.fromkeys(guess.key for guess in suggestion.guesses)]
    for guess in sorted(suggestion.guesses, key=lambda guess: order.index(guess.key)):
        if guess.open:
            taken = _by_example(guess.key, guess.taken)
            found[guess.key] = f"{found[guess.key]}; {taken}" if guess.key in found else taken
    return found


def _table_lines(suggestion: Suggestion) -> Iterator[str]:
    """Yield the lines of a run file that describe the tables beside the documents."""
    if suggestion.tables:
        yield "tables:   # lists beside the documents"
    for name, mapping in suggestion.tables.items():
        yield f"  {name}:"
        if name == "limits" and mapping.columns:
            whose = "the insurer's" if mapping.constants.get("source") == "insurer" else "yours"
            yield f"    # CHECK: these limits are taken as {whose}, in this currency, and as valid from this day on"
        for key, value in mapping.model_dump(mode="json", exclude_defaults=True).items():
            yield f"    {key}: {_value(value)}"


def _list_lines(source: ExportList, check: Callable[[str], str], not_read: str = "") -> Iterator[str]:
    """Yield the lines of a run file that describe a list; `check` gives a key's comment, empty where it is settled."""
    form = source.form
    yield f"files: {_value(source.files)}"
    if source.bank:
        yield "bank: true   # its payments are matched to invoices by what they say, to buyers by their payers"
    yield "form:   # how the file is written"
    stated = form.model_dump(mode="json", exclude_defaults=True)
    of_dates = next((found for key in DATES if (found := check(key))), "")
    stated = {"layout": form.layout} | stated | ({"decimal": form.decimal} if form.layout in ("table", "bars") else {})
    for key, value in stated.items():
        yield f"  {key}: {_value(value)}" + (of_dates if key == "dates" else check(f"source.form.{key}"))
    if form.zone is None and (of_zone := check("source.form.zone")):
        yield f"  {of_zone.strip()}; as written, unless one is stated here (zone: Europe/Berlin)"
    if source.columns:
        yield "columns:   # what it means: what the file calls it"
        for role, names in source.columns.items():
            yield f"  {role}: {_value(names)}{check(f'source.columns.{role}')}"
        for role in ("open", "amount"):
            if role not in source.columns and (unknown := check(f"source.columns.{role}")):
                yield f"  {unknown.strip()}"
        if not_read:
            yield f"  # not read: {not_read}"
    unknown = check("source.kinds")
    if source.kinds or unknown:
        yield f"kinds:{' {}' if not source.kinds else ''}{unknown or '   # their kind of document: ours'}"
        yield from (f"  {_value(theirs)}: {ours}" for theirs, ours in source.kinds.items())
    if source.one_kind:
        yield f"one_kind: {source.one_kind}   # all documents of the list"
    if source.allocations:
        stated = source.allocations.model_dump(mode="json", exclude_defaults=True)
        yield f"allocations: {_value(stated)}   # {ABOUT['allocations']}"
    if source.buyers_by:
        stated = source.buyers_by.model_dump(mode="json", exclude_defaults=True)
        yield f"buyers_by: {_value(stated)}   # {ABOUT['buyers_by']}"
    for key in ("buckets", "where", "without", "settled", "written_off", "block"):
        section, open_point = getattr(source, key), check(f"source.{key}")
        if section or open_point:
            yield f"{key}:{'' if section else ' {}'}{open_point or f'   # {ABOUT[key]}'}"
            yield from (f"  {_value(name)}: {_value(value)}" for name, value in section.items())
    for key in (
        "account_line",
        "debit_side",
        "debtor_digits",
        "credit_accounts",
        "signs",
        "unmatched",
        "lines",
        "terms_days",
    ):
        value = getattr(source, key)
        if value not in (None, []) and (key in ("signs", "lines") or value != ExportList.model_fields[key].default):
            yield f"{key}: {_value(value)}{check(f'source.{key}') or f'   # {ABOUT[key]}'}"


DATES = ("source.form.dates", *(f"source.form.dates.{role}" for role in ("issued", "due", "cleared", "odd", "later")))
"""Keys of guesses on how days are written."""

ABOUT = {
    "allocations": "the list that allots these payments to invoices",
    "buyers_by": "the list of customers that has this list's number of each beside the ledger's",
    "where": "rows to read: column and its values",
    "without": "rows to leave out: column and its values",
    "buckets": "what is owed by age: column and its least days past due",
    "settled": "rows that are paid in full: column and its values",
    "written_off": "rows of which what is neither paid nor open was written off: column and its values",
    "block": "what stands above each block, and the word before it",
    "account_line": "the word before the account on the line that sums a block up",
    "debit_side": "what stands for debit",
    "debtor_digits": "digits of a debtor's account",
    "credit_accounts": "first digits of accounts whose credits are credit memos",
    "signs": "signed: credits have a minus; by_kind: the kind tells; reversed: invoices have a minus",
    "unmatched": "credits that name no invoice stay on_account, or settle the oldest",
    "lines": "added: rows of one invoice are parts; repeated: each its total; payments: beside one; parts: one of both",
    "terms_days": "days of payment of invoices without a due day",
}


def _assumptions(suggestion: Suggestion) -> Iterator[str]:
    source = suggestion.source
    if "open" in source.columns and "cleared" not in source.columns:
        others, how_late = "", ", so that how late buyers paid cannot be told from it"
        if "applies_to" in source.columns and "payment" in source.kinds.values():
            others, how_late = ", and no payment names,", ""
        yield (
            f"What is no longer open on {source.exported}{others} was settled by then; on which day the export does "
            f"not say{how_late}."
        )
    if "days_overdue" in source.columns and "due" not in source.columns:
        yield f"Invoices are taken as due on {source.exported} less the days that each is overdue."
    if source.terms_days is not None:
        yield f"Invoices without a due day are taken as due {source.terms_days} days after their issue."


def _value(value: object) -> str:
    """Return a value as YAML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_value(key)}: {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, str):
        plain = all(letter.isalnum() or letter in " _.-" for letter in value) and value[:1].isalnum()
        return value if plain and yaml.safe_load(value) == value else _quoted(value)
    return str(value)


_NOT_ON_A_LINE = re.compile("[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]+")
"""Letters that end a line, or that YAML does not take as they are."""


def _quoted(text: str) -> str:
    """Return a text in quotes, which YAML reads as what it is.

    >>> _quoted("Gross\\nÄ\\x85")
    '"Gross\\\\nÄ\\\\u0085"'
    """
    return _NOT_ON_A_LINE.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(text, ensure_ascii=False))


def told(suggestion: Suggestion) -> list[str]:
    """Return what was found out and what was guessed, a line each; open ones say CHECK."""
    lines = [f"Read as: {suggestion.system}"]
    for guess in suggestion.guesses:
        others = f" (or {', '.join(_by_example(guess.key, other) for other in guess.others)})" if guess.others else ""
        mark = "CHECK " if guess.open else ""
        lines.append(f"  {mark}{meaning(guess.key)}{_of_months(guess)}: {_by_example(guess.key, guess.taken)}{others}")
    return lines


def _by_example(key: str, taken: str) -> str:
    """Return how days are written by an example, for who knows no codes of `strptime`; of other keys, what was taken.

    >>> _by_example("source.form.dates", "%d. %B %Y"), _by_example("currency", "EUR")
    ('as 31. October 2026', 'EUR')
    """
    of_days = key.partition(" of ")[0] in DATES and not key.startswith("source.form.dates.odd") and "%" in taken
    return f"as {by_example(taken)}" if of_days else taken


def _of_months(guess: Guess) -> str:
    """Return how months without a day are read, where a guess is that days are so written."""
    dates = guess.key.startswith("source.form.dates")
    return " (a month alone counts as its last day)" if dates and months_alone(guess.taken) else ""


def questions(suggestion: Suggestion) -> list[tuple[Guess, str]]:
    """Return what to ask whoever knows: the open guesses that an answer settles, the weightiest first, five at most.

    Ways of writing days stand there as a day is written so.
    """
    order = list(QUESTIONS)
    asked = [guess for guess in suggestion.guesses if guess.open and guess.key in QUESTIONS]
    asked.sort(key=lambda guess: order.index(guess.key))
    shown = [
        guess._replace(taken=by_example(guess.taken), others=tuple(map(by_example, guess.others)))
        if guess.key == "source.form.dates"
        else guess
        for guess in asked[:MOST_QUESTIONS]
    ]
    return [(guess, QUESTIONS[guess.key]) for guess in shown]


DOUBTS = (
    r"\blook at |^totals that are not the sum|does not follow from the rows|^rows to leave out that there are none of"
)
"""What stands in the notes on a book by which its amounts, days or rows may be read wrongly."""


def doubtful(notes: pd.DataFrame) -> pd.Series:
    """Return which notes on a book say that something in it may be read wrongly, for whoever checks it."""
    return notes["rule"].astype("str").str.contains(DOUBTS).astype(bool)


SUMMED = {"invoices": "amount", "receipts": "amount", "disputes": "amount", "limits": "amount", "defaults": "debt"}
"""Table: the amount of its rows that `check` adds up."""


def tables(book: Book) -> list[str]:
    """Return of each table of a book its rows that are known, and their amount in all in the reporting currency.

    Tables without rows stand together on the last line.
    """
    lines = []
    for name, frame in book.tables.items():
        if len(frame):
            total = f"  {book.run.currency} {frame[SUMMED[name]].sum():>18,.2f}" if name in SUMMED else ""
            lines.append(f"  {name:<12} {len(frame):>10,} rows{total}")
    empty = [name for name, frame in book.tables.items() if not len(frame)]
    return [*lines, f"  without rows: {', '.join(empty)}"] if empty else lines


def understood(book: Book) -> list[str]:
    """Return what a book was understood to hold, a line each: buyers, sums by kind of document, days, currencies.

    Amounts in the reporting currency; what is open is that of `open_items`, as on the pages.
    """
    invoices, receipts = book.invoices, book.receipts
    currencies = ", ".join(sorted(invoices["currency"].unique())) or "none"
    lines = [
        f"  {counted(len(book.buyers), 'buyer')}; amounts in {book.run.currency}, invoices in {currencies}",
        _sum_line("invoices", invoices, "issued"),
    ]
    for (kind, named), part in receipts.groupby(["kind", receipts["invoice_id"].notna()], sort=False):
        lines.append(_sum_line(KINDS[kind] if named else f"{KINDS[kind]} on account", part, "received"))
    items = open_items(book)
    past_due = items["open_amount"][items["days_past_due"] > 0].sum()
    lines.append(f"  {'open':<24} {items['open_amount'].sum():>18,.2f}")
    lines.append(f"  {'of it past due':<24} {past_due:>18,.2f}")
    pending = book.orders[book.orders["closed"].isna()]
    lines += [_sum_line(ORDERS[kind], part, "date") for kind, part in pending.groupby("kind", sort=False)]
    doubles = likely_doubles(book)
    called = {one: "" if pd.isna(name) else f" ({name})" for one, name in book.names.items()} if len(doubles) else {}
    lines += [
        f"  likely one buyer: {row.buyer_id}{called[row.buyer_id]} and {row.same_as}{called[row.same_as]}: "
        f"{row.alike_by}, open {row.open_together:,.2f}; "
        f"merge: {{{_value(row.buyer_id)}: {_value(row.same_as)}}} makes them one"
        for row in doubles.head(MOST_NAMED).itertuples()
    ]
    if len(doubles) > MOST_NAMED:
        more = counted(len(doubles) - MOST_NAMED, "more likely double")
        lines.append(f"  … and {more}: chapter 01 of the report lists all, the surest first")
    return lines + [f"  {sentence}" for sentence in known_days(book)]


KINDS = {
    "payment": "payments", "credit_note": "credit notes", "discount": "discounts", "write_off": "written off",
    "recovery": "recoveries", "claim": "claims paid", "undated": "settled, day not known",
    "exchange": "banks' own rates",
}  # fmt: skip
"""Kind of receipt: what the sum of such receipts is called."""


ORDERS = {"ordered": "open orders", "shipped": "shipped, not invoiced"}
"""Kind of order: what the sum of such open orders is called."""


def _sum_line(name: str, rows: pd.DataFrame, day: str) -> str:
    days = f"  {rows[day].min().date()} to {rows[day].max().date()}" if len(rows) else ""
    return f"  {name:<24} {rows['amount'].sum():>18,.2f}  {counted(len(rows), 'row')}{days}"
