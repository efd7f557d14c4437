"""How a list in some files is to be read: the best guess at each point, and how sure it is."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from tradecredit.book.exports import (
    contents,
    figures,
    grid,
    guesses,
    kinds,
    numbered_names,
    open_parts,
    overall,
    own_amounts,
    reading,
    snapshots,
    writing,
)
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import plain
from tradecredit.book.exports.lists_beside import BESIDE
from tradecredit.book.exports.looking import Looked
from tradecredit.book.exports.states import by_status, paid_in_full, rows_of_others, written_off
from tradecredit.book.exports.systems import ANY, Recognised, vocabulary
from tradecredit.book.exports.titles import company, currency_shown, in_titles
from tradecredit.book.exports.which_rows import are_documents
from tradecredit.errors import InputError, Problem
from tradecredit.params.export import NOBODY, ExportSource, Role
from tradecredit.params.source import TableMapping, TableName

DOUBTFUL = "particulars"
"""A name of a column that holds buyers in registers of sales, and other accounts in a buyer's own."""
NUMBER_AND_NAME: tuple[Role, Role] = ("buyer_id", "name")
LOOKS = (
    writing.decimal_mark,
    writing.hundredths,
    writing.date_forms,
    writing.due_elsewhere,
    writing.zone,
    kinds.kinds,
    kinds.ways_of_payment,
    kinds.given_back,
    kinds.credits_by_days,
    kinds.credits_by_tax,
    guesses.rows_read,
    by_status,
    rows_of_others,
    guesses.one_number_a_document,
    guesses.number_that_credits_name,
    kinds.signs,
    kinds.kinds_by_sign,
    guesses.lines,
    guesses.totals_of_ages,
    guesses.particulars,
    own_amounts.stated,
)
"""What is told of every list, in this order: each look rests on what those before it have settled."""
LOOKS_AT_ANY = (
    paid_in_full,
    guesses.undated,
    guesses.running_balance,
    guesses.balance_breaks,
    open_parts.open_by_age,
    open_parts.open_after_paid,
    open_parts.credited_and_open,
    open_parts.open_by_balances,
    open_parts.open_of_items,
    open_parts.paid_by_sides,
    open_parts.unknown_amounts,
    open_parts.original_amount,
    open_parts.settled_where_empty,
    guesses.unmatched,
)
"""What is told of a list of no known system as well."""


class Suggestion(NamedTuple):
    """A run's source for an export, and what was guessed on the way."""

    source: ExportSource
    system: str
    entity: str | None
    currency: str
    guesses: tuple[Guess, ...]
    remarks: tuple[str, ...]
    exchange_rates: Literal["ecb"] | None = None
    """Whose rates stand for those that the lists do not tell."""
    oldest_rate_days: int | None = None
    """Days that a rate may be old, where the lists tell none for longer than a run allows unless it says so."""
    tables: Mapping[TableName, TableMapping] = {}
    """What lists beside the documents give: customers, limits, orders."""
    sheets: tuple[str, ...] = ()
    """Sheets of its workbook that hold no documents."""


def described(paths: list[Path], looked: Looked, folder: Path, answers: dict[str, str]) -> Suggestion:
    """Return how files of one form are best read, `looked` being the list in the newest of them.

    Raises `InputError` where a file cannot be opened, and where no row is a document.
    """
    source = _as_recognised(paths, looked, folder)
    found = _cells(source, paths)
    source = source.model_copy(update={"columns": own_amounts.of_documents(source.columns, list(found))})
    named = source.columns
    if looked.found.system.name == ANY:
        columns = dict(named)
        for told_by in (figures.with_tax, figures.with_sides, figures.with_credits):
            columns = told_by(columns, found)
        source = source.model_copy(update={"columns": columns})
    every = pd.DataFrame({role: reading.of_role(source, found, role) for role in reading.ROLES}, index=found.index)
    if days := writing.days_elsewhere(source, every, found):
        source = source.model_copy(update={"columns": {**source.columns, "issued": days}})
        every["issued"] = reading.of_role(source, found, "issued")
    is_document = are_documents(every)
    if not is_document.any():
        raise InputError([
            Problem(file=paths[0].name, allowed="holds no rows below its header", remedy="export it with its rows")
        ])  # fmt: skip
    if second := _second_name(source, every[is_document], found[is_document.to_numpy()]):
        source = source.model_copy(
            update={"columns": {**source.columns, "name": [str(source.columns["name"]), second]}}
        )
        every = every.assign(name=reading.of_role(source, found, "name"))
    if together := _in_one_cell(source, every[is_document]):
        source = source.model_copy(update={"columns": {**source.columns, **together}})
        every = every.assign(**{role: reading.of_role(source, found, role) for role in together})
    system = looked.found.system
    titles = currency_shown(looked.above) | in_titles(system, looked.above)
    of_lists: tuple[Guess, ...] = ()
    if newest := snapshots.newest(every[is_document], found[is_document.to_numpy()], source):
        every, found, is_document = (
            one.drop(newest.rows.index[~newest.rows]) for one in (every, found.set_axis(every.index), is_document)
        )
        source = source.model_copy(update=dict(newest.settled.fields))
        if source.columns.get("issued") == newest.column:
            # On the day of the list none of its documents was issued.
            source = source.model_copy(
                update={"columns": {one: of for one, of in source.columns.items() if one != "issued"}}
            )
            every = every.assign(issued=pd.NA)
        of_lists, titles = newest.settled.guesses, {"day": str(newest.day)} | titles
    seen = Seen(system, titles, answers, source, every, every[is_document], found[is_document.to_numpy()])
    guessed = (*of_lists, *_of_columns(looked, source), *_by_figures(named, source.columns), *guesses.many_buyers(seen))
    of_any = LOOKS_AT_ANY if system.name == ANY else ()
    for look in (overall.own_currency, *LOOKS, *of_any, written_off, overall.terms_of_payment):
        settled = look(seen)
        seen = _with(seen, settled)
        guessed += settled.guesses
    currency, of_currency = overall.currency(seen)
    day = overall.exported(seen)
    not_read = contents.not_read(seen.source, seen.found)
    of_columns = (Guess("source.columns", "; ".join(not_read)),) if not_read else ()
    entity = answers.get("entity") or titles.get("entity", "").strip() or company(_not_of_block(looked.above, source))
    of_entity = Guess("entity", entity or NOBODY, open=entity is None)
    return Suggestion(
        source=seen.source.model_copy(update=dict(day.fields)),
        system=system.title,
        entity=entity,
        currency=currency,
        guesses=(*guessed, *of_currency, *day.guesses, of_entity, *of_columns),
        remarks=tuple(system.remarks),
        sheets=looked.tables,
    )


def _with(seen: Seen, settled: Settled) -> Seen:
    """Return what is seen of a list once a look has settled something: columns that mean another thing read as such."""
    source = seen.source.model_copy(update=dict(settled.fields))
    before, now = seen.source.columns, source.columns
    others: list[Role] = [role for role in {**before, **now} if before.get(role) != now.get(role)]
    read = {str(role): reading.of_role(source, seen.found, role).set_axis(seen.raw.index) for role in others}
    return seen._replace(source=source, raw=seen.raw.assign(**read) if read else seen.raw)


def _second_name(source: ExportSource, documents: pd.DataFrame, found: pd.DataFrame) -> str | None:
    """Return the column of names that holds the buyer of all documents whose first one is empty; None without such.

    As a person's, where a company's stands beside it.
    """
    lacking = documents["name"].isna().to_numpy()
    if not isinstance(source.columns.get("name"), str) or "buyer_id" in source.columns or not lacking.any():
        return None
    used = set(source.named_columns)
    named = [str(name) for name in found if name not in used and "name" in vocabulary().known(str(name))]
    return next((name for name in named if found[name][lacking].notna().all()), None)


def _in_one_cell(source: ExportSource, documents: pd.DataFrame) -> dict[Role, str]:
    """Return the column that is read as the buyers' numbers and as their names, where its cells hold both."""
    one = {role: source.columns[role] for role in NUMBER_AND_NAME if role in source.columns}
    (role, column), *others = one.items() or [(None, None)]
    if others or not isinstance(column, str) or {*NUMBER_AND_NAME} & source.block.keys():
        return {}
    return dict.fromkeys(NUMBER_AND_NAME, column) if numbered_names.are_together(documents[role]) else {}


def _as_recognised(paths: list[Path], looked: Looked, folder: Path) -> ExportSource:
    """Return what the description of a list's system says of it."""
    system = looked.found.system
    titles = in_titles(system, looked.above)
    return ExportSource(
        kind="export", path=folder, files=[path.resolve().relative_to(folder).as_posix() for path in paths],
        form=looked.form, bank=system.bank, without=system.without if looked.form.layout == "xml" else {},
        columns={
            role: names if role in system.all_columns and len(names) > 1 else names[0]
            for role, names in looked.found.columns.items()
        },
        one_kind=BESIDE.get(system.name),
        block=_block(_in_columns(looked.found), looked.above), buckets=system.buckets, account_line=system.account_line,
        debit_side=system.debit_side, credit_accounts=system.credit_accounts, exported=date.today(),
        debtor_digits=int(titles["digits"]) + 1 if "digits" in titles else None,
    )  # fmt: skip


def _in_columns(found: Recognised) -> dict[Role, str]:
    """Return what stands above a list's blocks, without the columns of its system that it does not have."""
    return {role: word for role, word in found.system.block.items() if word != "=" or role in found.columns}


def _block(words: dict[Role, str], above: list[str]) -> dict[Role, str]:
    """Return what stands before a block's account: of several words (`a / b`) the one that a line above begins with."""
    return {
        role: next(
            (one for one in word.split(" / ") if any(line.startswith(one) for line in above)), word.split(" / ")[0]
        )
        for role, word in words.items()
    }


def _not_of_block(above: list[str], source: ExportSource) -> list[str]:
    """Return the lines above a header without those of the first block, which name a buyer."""
    words = tuple(word for word in source.block.values() if word.isalpha())
    return [line for line in above if not words or not line.startswith(words)]


def _of_columns(looked: Looked, source: ExportSource) -> tuple[Guess, ...]:
    """Return the guesses of a text's encoding, of which list is read, and of columns that may hold something else."""
    of_text = looked.form.layout in ("table", "bars", "fixed")
    found: tuple[Guess, ...] = (Guess("source.form.encoding", looked.form.encoding),) if of_text else ()
    found += tuple(
        Guess(f"source.columns.{role}", ", ".join(names), open=True)
        for role, names in looked.found.columns.items()
        if role in looked.found.unsure and source.columns.get(role) in (names, names[0])
    )
    if isinstance(days := source.columns.get("issued"), list):
        found += (Guess("source.columns.issued", ", ".join(days)),)
    if looked.unread:
        found += (Guess("source.form.sheet", str(looked.form.sheet), looked.unread, open=True),)
    name = source.columns.get("name")
    if plain(str(name)) == DOUBTFUL:
        found += (Guess("source.columns.name", str(name), open=True),)
    return found


def _by_figures(named: Mapping[Role, str | list[str]], taken: Mapping[Role, str | list[str]]) -> tuple[Guess, ...]:
    """Return guesses of the columns that figures show to be others than their names say."""
    return tuple(
        Guess(f"source.columns.{role}", str(names))
        for role, names in taken.items()
        if role in figures.READ_AS and named.get(role) != names
    )


def _cells(source: ExportSource, paths: list[Path]) -> pd.DataFrame:
    try:
        return pd.concat([reading.cells(source, path) for path in paths], ignore_index=len(paths) > 1)
    except grid.UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError([
            Problem(file=source.files[0], allowed=f"cannot be opened: {reason}", remedy="export it again")
        ]) from None  # fmt: skip
