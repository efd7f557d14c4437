"""How an export that nobody has described is to be read: the best guess at each point, and how sure it is."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tradecredit.book.exports import grid, reading
from tradecredit.book.exports.amounts import amounts, currency_beside, decimal_mark
from tradecredit.book.exports.days import days, told
from tradecredit.book.exports.systems import ANY, Recognised, plain, recognised, systems
from tradecredit.errors import InputError, Problem
from tradecredit.params.export import DocumentKind, ExportForm, ExportSource, ExportSystem, Role

WORKBOOKS = (".xlsx", ".xlsm")
DATABASES = (".duckdb", ".db")
FIRST = 400
"""Lines that are looked at to tell the form of a text."""


class Guess(NamedTuple):
    """One thing that was guessed: its key in the run file, what was taken, what else it may be, and whether it is open.

    `open`: nothing in the file tells; whoever knows has to look at it.
    """

    key: str
    taken: str
    others: tuple[str, ...] = ()
    open: bool = False


class Suggestion(NamedTuple):
    """A run's source for an export, and what was guessed on the way."""

    source: ExportSource
    system: str
    entity: str | None
    currency: str
    guesses: tuple[Guess, ...]
    remarks: tuple[str, ...]


def rows_shown(suggestion: Suggestion, rows: int = 3) -> pd.DataFrame:
    """Return the first rows of an export that are documents, with the columns that mean something, as they stand."""
    source = suggestion.source
    found = reading.cells(source, reading.files(source)[0])
    raw = pd.DataFrame({role: reading.of_role(source, found, role) for role in reading.ROLES}, index=found.index)
    named = [name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)]
    return found.loc[reading.are_documents(raw), list(dict.fromkeys(named))].head(rows).fillna("")


class _Looked(NamedTuple):
    form: ExportForm
    found: Recognised
    above: list[str]


def suggested(paths: list[Path], answers: dict[str, str] | None = None) -> Suggestion:
    """Return how some files of one form are best read; `answers` are values by a guess's key that settle it.

    Raises `InputError` where a file cannot be opened, where nothing like a list of documents is found in it, or where
    the files are of different forms.
    """
    systems()  # a broken description is no fault of the export
    looked = _looked(paths[0])
    answers = answers or {}
    return _described(paths, looked, answers)


def _looked(path: Path) -> _Looked:
    suffix = path.suffix.lower()
    candidates: list[_Looked] = []
    try:
        if suffix in WORKBOOKS:
            for name, rows in grid.sheets(path).items():
                candidates += _candidate(ExportForm(layout="sheet", sheet=name), rows)
        elif suffix == ".parquet" or suffix in DATABASES:
            layout = "parquet" if suffix == ".parquet" else "duckdb"
            for table in [None] if layout == "parquet" else grid.names(path):
                head = [(1, list(grid.stored(path, table).columns))]
                candidates += _candidate(ExportForm(layout=layout, sheet=table), head)
        else:
            text, encoding = grid.decoded(path.read_bytes())
            beginning = "\n".join(text.splitlines()[:FIRST]) + "\n"
            if sum(line.startswith("|") for line in beginning.splitlines()) > 2:
                candidates += _candidate(ExportForm(layout="bars", encoding=encoding), grid.bar_rows(beginning))
            for separator in grid.SEPARATORS.get(suffix, ";,\t|"):
                rows = grid.text_rows(beginning, separator)
                form = ExportForm(encoding=encoding, separator=separator)
                candidates += _candidate(form, rows, beginning.splitlines())
    except grid.UNREADABLE as error:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise InputError([
            Problem(file=path.name, allowed=f"cannot be opened: {reason}", remedy="export it again")
        ]) from None  # fmt: skip
    if not candidates:
        raise InputError([
            Problem(
                file=path.name,
                allowed="no line names columns for a buyer, a day and an amount",
                remedy="call its columns such as Customer, Invoice, Date, Due, Amount; or write a run file (README)",
            )
        ])  # fmt: skip
    return max(candidates, key=lambda one: (one.found.system.name != ANY, len(one.found.columns)))


def _candidate(form: ExportForm, rows: list[grid.Row], lines: list[str] | None = None) -> list[_Looked]:
    found = recognised(rows, form.layout)
    if found is None:
        return []
    above = [
        " ".join(str(cell) for cell in cells if cell is not None) for number, cells in rows if number < found.header_row
    ]
    if lines is not None:
        above = lines[: found.header_row - 1]
    return [_Looked(form.model_copy(update={"header_row": found.header_row}), found, above)]


def _described(paths: list[Path], looked: _Looked, answers: dict[str, str]) -> Suggestion:
    system = looked.found.system
    guesses: list[Guess] = []
    titles = _titles(system, looked.above)
    columns: dict[Role, str | list[str]] = {
        role: names if role in system.all_columns and len(names) > 1 else names[0]
        for role, names in looked.found.columns.items()
    }
    source = ExportSource(
        kind="export", path=paths[0].parent.resolve(), files=[path.name for path in paths], form=looked.form,
        columns=columns, block=system.block, account_line=system.account_line, debit_side=system.debit_side,
        credit_accounts=system.credit_accounts, exported=date.today(),
        debtor_digits=int(titles["digits"]) + 1 if "digits" in titles else None,
    )  # fmt: skip
    found = pd.concat([reading.cells(source, path) for path in paths])
    raw = pd.DataFrame({role: reading.of_role(source, found, role) for role in reading.ROLES}, index=found.index)
    raw, found = raw[reading.are_documents(raw)], found[reading.are_documents(raw).to_numpy()]
    if raw.empty:
        raise InputError([
            Problem(file=paths[0].name, allowed="holds no rows below its header", remedy="export it with its rows")
        ])  # fmt: skip
    decimal = _decimal(raw, guesses, answers)
    dates, year_from = _dates(raw, system, titles, guesses, answers)
    form = looked.form.model_copy(update={"decimal": decimal, "dates": dates, "year_from": year_from})
    where = {
        name: sorted(values[values.str.contains(pattern)].unique())
        for names, pattern in system.where_like.items()
        for name in names.split(" / ")
        if name in found and (values := found[name].dropna().astype("str")).str.contains(pattern).any()
    }
    without = {
        name: [value for value in values if found[name].astype("str").str.casefold().eq(str(value).casefold()).any()]
        for key, values in system.without.items()
        for name in [name for name in found if plain(name) == plain(key)]
    }
    for name, values in without.items():
        own = found[name].dropna().astype("str")
        without[name] = sorted(own[own.str.casefold().isin([str(value).casefold() for value in values])].unique())
    kinds = _kinds(raw, system, guesses)
    source = source.model_copy(
        update={"form": form, "where": where, "without": {key: value for key, value in without.items() if value},
                "kinds": kinds}
    )  # fmt: skip
    source = source.model_copy(update={"columns": _one_number_a_document(source, raw, guesses)})
    source = source.model_copy(update={"signs": system.signs or _signs(raw, source, guesses)})
    source = source.model_copy(update={"lines": system.lines or _lines(raw, source, guesses)})
    if "due" not in columns and "terms_days" not in columns:
        days_given = answers.get("source.terms_days", "30")
        source = source.model_copy(update={"terms_days": int(days_given)})
        guesses.append(Guess("source.terms_days", days_given, open="source.terms_days" not in answers))
    currency = _currency(raw, titles, system, guesses, answers)
    exported = _exported(raw, found, source, system, titles, guesses, answers)
    source = source.model_copy(update={"exported": exported})
    entity = answers.get("entity") or titles.get("entity", "").strip() or None
    guesses.append(Guess("entity", entity or "My Company", open=entity is None))
    return Suggestion(source, system.title, entity, currency, tuple(guesses), tuple(system.remarks))


def _titles(system: ExportSystem, above: list[str]) -> dict[str, str]:
    """Return what the lines above the header say; the first line that says a thing counts."""
    found: dict[str, str] = {}
    for pattern in system.titles:
        for line in above:
            if match := re.search(pattern, line):
                found = {key: value for key, value in match.groupdict().items() if value} | found
    return found


def _decimal(raw: pd.DataFrame, guesses: list[Guess], answers: dict[str, str]) -> str:
    cells = [raw[role].dropna() for role in reading.AMOUNTS if role != "quantity"]
    texts = [str(cell) for column in cells for cell in column.unique() if isinstance(cell, str)]
    mark = answers.get("source.form.decimal") or decimal_mark(texts)
    if mark is None:
        marks = any(re.search(r"[.,]", text) for text in texts)
        guesses.append(Guess("source.form.decimal", ".", (",",), open=marks))
        return "."
    if texts:
        guesses.append(Guess("source.form.decimal", mark))
    return mark


def _dates(
    raw: pd.DataFrame, system: ExportSystem, titles: dict[str, str], guesses: list[Guess], answers: dict[str, str]
) -> tuple[dict[str, str], date | None]:
    if system.dates:
        year = titles.get("year_from")
        return system.dates, pd.to_datetime(year, format="%Y%m%d").date() if year else None
    held = {role: raw[role] for role in reading.DAYS if raw[role].notna().any()}
    answer = answers.get("source.form.dates")
    if answer:
        return {"all": answer}, None
    pairs = [(held["issued"], held["due"])] if {"issued", "due"} <= held.keys() else []
    together = told(list(held.values()), pairs)
    if together is not None:
        guesses.append(Guess("source.form.dates", together.format, together.others, open=bool(together.others)))
        return {"all": together.format}, None
    found = {}
    for role, column in held.items():
        one = told([column])
        if one is None:
            continue
        found[role] = one.format
        guesses.append(Guess(f"source.form.dates.{role}", one.format, one.others, open=bool(one.others)))
    return found, None


def _kinds(raw: pd.DataFrame, system: ExportSystem, guesses: list[Guess]) -> dict[str | int, DocumentKind]:
    """Return their kinds of document that stand in the file and are known, by our kinds; note those that are not."""
    present = raw["kind"].dropna().astype("str").str.strip().value_counts()
    stated = {plain(theirs): ours for one in (systems()[-1], system) for theirs, ours in one.kinds.items()}
    known: dict[str | int, DocumentKind] = {
        name: stated[plain(name)] for name in present.index if plain(name) in stated
    }
    unknown = [name for name in present.index if name not in known]
    if unknown:
        shown = ", ".join(unknown[:8]) + (" …" if len(unknown) > 8 else "")
        guesses.append(Guess("source.kinds", f"told by the sign of the amount: {shown}", open=True))
    return known


def _one_number_a_document(
    source: ExportSource, raw: pd.DataFrame, guesses: list[Guess]
) -> dict[Role, str | list[str]]:
    """Return the columns, without those for an invoice's number that several documents of the system share."""
    columns = dict(source.columns)
    names = columns.get("invoice_id")
    if not isinstance(names, list) or "number" not in columns:
        return columns
    mapped = raw["kind"].astype("str").map({str(theirs): ours for theirs, ours in source.kinds.items()})
    invoices = raw[mapped == "invoice"]
    number = invoices["number"].astype("str")
    same = number.groupby(invoices["invoice_id"].astype("str")).nunique()
    if (same > 1).any():
        columns["invoice_id"] = columns["number"]
        guesses.append(Guess("source.columns.invoice_id", str(columns["number"]), tuple(names[:-1]), open=True))
    return columns


def _signs(raw: pd.DataFrame, source: ExportSource, guesses: list[Guess]) -> str:
    kinds = {str(theirs): ours for theirs, ours in source.kinds.items()}
    kind = raw["kind"].dropna().astype("str").str.strip().map(kinds)
    credits = kind.index[kind.isin(["payment", "credit_note", "discount", "write_off"])]
    values = amounts(raw["amount"], source.form.decimal).fillna(amounts(raw["open"], source.form.decimal))
    if len(credits) == 0:
        return "signed"
    signs = "by_kind" if (values.loc[credits] > 0).mean() > 0.9 else "signed"
    guesses.append(Guess("source.signs", signs))
    return signs


def _lines(raw: pd.DataFrame, source: ExportSource, guesses: list[Guess]) -> str:
    number = raw["invoice_id"].fillna(raw["number"])
    again = raw[number.notna() & raw.assign(n=number).duplicated(["buyer_id", "name", "n", "due"], keep=False)]
    if again.empty:
        return "added"
    values = amounts(again["amount"], source.form.decimal)
    each = values.groupby(number[again.index].astype("str"))
    repeated = bool((each.max() == each.min()).all()) and each.ngroups > 1
    guesses.append(Guess("source.lines", "repeated" if repeated else "added", open=True))
    return "repeated" if repeated else "added"


def _currency(
    raw: pd.DataFrame, titles: dict[str, str], system: ExportSystem, guesses: list[Guess], answers: dict[str, str]
) -> str:
    stated = raw["currency"].dropna().astype("str").str.strip().str.upper()
    stated = stated[stated.str.fullmatch("[A-Z]{3}")]
    if "currency" in answers:
        return answers["currency"]
    if len(stated):
        common = stated.mode().iloc[0]
        guesses.append(Guess("currency", common, tuple(sorted(set(stated) - {common}))[:5]))
        return common
    if "currency" in titles:
        guesses.append(Guess("currency", titles["currency"]))
        return titles["currency"]
    cells = [str(cell) for role in reading.AMOUNTS for cell in raw[role].dropna().head(200) if isinstance(cell, str)]
    beside = [code for cell in cells if (code := currency_beside(cell))]
    found = max(set(beside), key=beside.count) if beside else None
    guesses.append(Guess("currency", found or system.currency or "EUR", open=found is None))
    return found or system.currency or "EUR"


def _exported(
    raw: pd.DataFrame, found: pd.DataFrame, source: ExportSource, system: ExportSystem, titles: dict[str, str],
    guesses: list[Guess], answers: dict[str, str],
) -> date:  # fmt: skip
    """Return the day of the export: as its title or its ages say, else the end of the month of its last entry."""
    key = "source.exported"
    if key in answers:
        return pd.Timestamp(answers[key]).date()
    if "day" in titles:
        form = told([pd.Series([titles["day"]], dtype="str")])
        if form and not pd.isna(day := days(pd.Series([titles["day"]]), form.format).iloc[0]):
            guesses.append(Guess(key, str(day.date()), open=bool(form.others)))
            return day.date()
    forms = source.form.dates
    read = {role: days(raw[role], forms.get(role, forms.get("all")), source.form.year_from) for role in reading.DAYS}
    for name in [name for name in found if plain(name) in map(plain, system.age)]:
        age = pd.to_numeric(found[name], errors="coerce").set_axis(raw.index)
        for role in ("due", "issued"):
            on = (read[role] + pd.to_timedelta(age, unit="D")).dropna()
            if len(on) and (on == on.mode().iloc[0]).mean() > 0.5:
                guesses.append(Guess(key, str(on.mode().iloc[0].date())))
                return on.mode().iloc[0].date()
    last = pd.concat([read["issued"], read["cleared"]]).max()
    if pd.isna(last):
        last = read["due"].max()
    if pd.isna(last):
        last = pd.Timestamp(date.today())
    taken = min((last + pd.offsets.MonthEnd(0)).date(), max(date.today(), last.date()))
    guesses.append(Guess(key, str(taken), (str(last.date()),), open=True))
    return taken
