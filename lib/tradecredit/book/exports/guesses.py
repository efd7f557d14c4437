"""What is guessed of a list, point by point: marks, days, kinds, signs, parts, currency and the day of the export."""

import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from tradecredit.book.checks import CENT
from tradecredit.book.exports import buckets, reading
from tradecredit.book.exports.amounts import CODES, SIGNS, amounts, currency_beside, decimal_mark
from tradecredit.book.exports.days import days, months_alone, told
from tradecredit.book.exports.heads import plain
from tradecredit.book.exports.meaning import CREDITS, our_kinds
from tradecredit.book.exports.systems import ANY, systems, vocabulary
from tradecredit.params.export import Code, DocumentKind, ExportSource, ExportSystem, Role

COMPANIES = (
    r"GmbH & Co\. KGa?A?|GmbH & Co KG|GmbH|mbH|AG|KG|OHG|e\. ?K\.|SE|Ltd\.?|Limited|PLC|plc|LLP|LLC|Inc\.?|Corp\.?|"
    r"Pty Ltd|Pvt\.? Ltd\.?|S\.?A\.?S\.?|S\.?A\.?R\.?L\.?|S\.?r\.?l\.?|S\.?p\.?A\.?|S\.A\.|S\.L\.U?\.?|B\.?V\.?|"
    r"N\.?V\.?|A/S|ApS|AB|Oyj?|Lda\.?|Ltda\.?|[Ss]p\. z o\. ?o\.|s\.r\.o\.|a\.s\.|Kft\.?|Zrt\.?|d\.o\.o\.|有限公司"
)
"""Legal forms as they are written behind the names of companies."""


class Guess(NamedTuple):
    """One thing that was guessed: its key in the run file, what was taken, what else it may be, and whether it is open.

    `open`: nothing in the file tells; whoever knows has to look at it.
    """

    key: str
    taken: str
    others: tuple[str, ...] = ()
    open: bool = False


def in_titles(system: ExportSystem, above: list[str]) -> dict[str, str]:
    """Return what the lines above the header say; the first line that says a thing counts."""
    found: dict[str, str] = {}
    for pattern in system.titles:
        for line in above:
            if match := re.search(pattern, line):
                found = {key: value for key, value in match.groupdict().items() if value} | found
    return found


def day_in_titles(titles: dict[str, str]) -> tuple[date, bool] | None:
    """Return the day that the lines above a header say, and whether it may be read in another way; None without one."""
    written = pd.Series([titles.get("day")], dtype="str")
    form = told([written])
    if form is None or pd.isna(day := days(written, form.format).iloc[0]):
        return None
    return day.date(), bool(form.others)


def of_newest(system: ExportSystem, above: list[list[str]]) -> list[str]:
    """Return the lines above the header of that one of several files which is of the latest day, as it says itself."""
    stated = [day_in_titles(in_titles(system, lines)) for lines in above]
    return max(zip(stated, above, strict=True), key=lambda one: one[0][0] if one[0] else date.min)[1]


def company(above: list[str]) -> str | None:
    """Return the company whose name stands in a title above a list, told by its legal form; None without one.

    A name behind a word and a colon (`Customer: …`) is a field of the list, and none of its title.
    """
    for line in above:
        for cell in re.split(r'[;\t|"]|,(?=,)', line):
            found = re.match(rf"\s*([^\W\d][^:;,]*?\s(?:{COMPANIES}))(?=$|[\s,.;])", cell)
            if found:
                return found[1].strip()
    return None


def decimal(raw: pd.DataFrame, guesses: list[Guess], answers: dict[str, str]) -> str:
    cells = [raw[role].dropna() for role in reading.AMOUNTS if role != "quantity"]
    texts = [str(cell) for column in cells for cell in column.unique() if isinstance(cell, str)]
    mark = answers.get("source.form.decimal") or decimal_mark(texts)
    if mark is None:
        if any(re.search(r"[.,]", text) for text in texts):
            guesses.append(Guess("source.form.decimal", ".", (",",), open=True))
        return "."
    if texts:
        guesses.append(Guess("source.form.decimal", mark))
    return mark


def date_forms(
    raw: pd.DataFrame, system: ExportSystem, titles: dict[str, str], guesses: list[Guess], answers: dict[str, str]
) -> tuple[dict[str, str], date | None]:
    """Return how days are written by role (`all`: alike), and the first day of the year of days without one.

    Cells that are no day in this writing are named in a guess: the run file keeps the writing, their rows are problems.
    """
    if system.dates:
        year = titles.get("year_from")
        return system.dates, pd.to_datetime(year, format="%Y%m%d").date() if year else None
    held = {role: raw[role] for role in reading.DAYS if raw[role].notna().any()}
    answer = answers.get("source.form.dates")
    if answer:
        return {"all": answer}, None
    pairs = [(held["issued"], held["due"])] if {"issued", "due"} <= held.keys() else []
    together = told(list(held.values()), pairs)
    forms = {"all": together} if together is not None else {role: told([column]) for role, column in held.items()}
    found = {role: form for role, form in forms.items() if form is not None}
    for role, form in found.items():
        key = "source.form.dates" if role == "all" else f"source.form.dates.{role}"
        unsure = bool(form.others) or months_alone(form.format)
        guesses.append(Guess(key, form.format, form.others, open=unsure))
    odd = [cell for form in found.values() for cell in form.odd]
    if odd:
        named = ", ".join(map(repr, odd[:5])) + (f" and {len(odd) - 5:,} more" if len(odd) > 5 else "")
        guesses.append(Guess("source.form.dates.odd", named, open=True))
    return {role: form.format for role, form in found.items()}, None


def _at_stake(raw: pd.DataFrame, kind: str, decimal: str) -> str:
    """Return what documents of a kind come to by the sign of their amounts."""
    rows = raw[raw["kind"].astype("str").str.strip() == kind]
    value = amounts(rows["amount"], decimal).fillna(amounts(rows["open"], decimal))
    value = value.fillna(amounts(rows["debit"], decimal)).fillna(-amounts(rows["credit"], decimal))
    sums = (
        f"{value[of].abs().sum():,.2f} as {what} ({of.sum():,})"
        for of, what in ((value > 0, "invoices"), (value < 0, "payments"))
        if of.any()
    )
    return f"{kind} {' and '.join(sums)}".strip()


def kinds(raw: pd.DataFrame, system: ExportSystem, decimal: str, guesses: list[Guess]) -> dict[str | int, DocumentKind]:
    """Return their kinds of document that stand in the file and are known, by our kinds; note those that are not."""
    present = raw["kind"].dropna().astype("str").str.strip().value_counts()
    stated = {plain(theirs): ours for one in (systems()[-1], system) for theirs, ours in one.kinds.items()}
    known: dict[str | int, DocumentKind] = {
        name: stated[plain(name)] for name in present.index if plain(name) in stated
    }
    if system.name != ANY and len(present):
        # Next month's file may hold kinds that this one lacks.
        known |= {theirs: ours for theirs, ours in system.kinds.items() if str(theirs) not in known}
    unknown = [name for name in present.index if name not in known]
    if unknown:
        shown = "; ".join(_at_stake(raw, name, decimal) for name in unknown[:8]) + ("; …" if len(unknown) > 8 else "")
        guesses.append(Guess("source.kinds", f"told by the sign of the amount: {shown}", open=True))
    return known


def running_balance(source: ExportSource, raw: pd.DataFrame) -> dict[Role, str | list[str]]:
    """Return the columns with a balance that runs on from row to row called so, where it was taken for what is open."""
    columns = dict(source.columns)
    if "open" not in columns or not {"amount", "debit"} & columns.keys():
        return columns
    read = {role: amounts(raw[role], source.form.decimal) for role in ("amount", "debit", "credit", "open")}
    sides = {"debit", "credit"} <= columns.keys()
    moves = read["debit"].fillna(0) - read["credit"].fillna(0) if sides else read["amount"]
    buyer = raw["buyer_id"].fillna(raw["name"])
    steps = [read["open"] - read["open"].groupby(group).shift() - moves for group in (buyer, buyer.notna())]
    right = [(step.dropna().abs() < 0.01).mean() for step in steps if step.notna().any()]
    if max(right, default=float(sides)) > 0.9:
        columns["balance"] = columns.pop("open")
    return columns


def of_receivables(found: pd.DataFrame, system: ExportSystem) -> dict[str, list[Code]]:
    """Return the rows of what is owed to a company, of a list of what it owes as well, by the column that tells."""
    ours, theirs = ({plain(word) for word in words} for words in (system.receivable, system.payable))
    for name in found:
        if not {plain(value) for value in found[name].dropna().head(50)} <= ours | theirs:
            continue
        values = {str(value).strip() for value in found[name].dropna().unique()}
        words = {plain(value) for value in values}
        if words & theirs and words & ours and words <= ours | theirs:
            return {name: sorted(value for value in values if plain(value) in ours)}
    return {}


def repeats_numbers(source: ExportSource, other: ExportSource) -> bool:
    """Return whether a list without due days and open amounts holds the numbers of invoices that another one has."""
    if source.one_kind or source.bank or {"due", "open", "paid", "kind"} & source.columns.keys():
        return False
    number, known = (
        reading.of_role(one, reading.cells(one, reading.files(one, one.path)[0]), "invoice_id").dropna().astype("str")
        for one in (source, other)
    )
    return bool(len(number)) and bool(number.isin(list(known)).mean() > 0.5)


def totals_of_ages(source: ExportSource, paths: list[Path], guesses: list[Guess]) -> None:
    """Note the rows of a list by age whose total is not the sum of their ages."""
    plain_list = source.model_copy(update={"buckets": {}})
    for path in paths:
        rest = buckets.beyond(reading.cells(plain_list, path), source.buckets, source.form.decimal)
        if len(rest):
            shown = ", ".join(f"line {line}: {value:,.2f}" for line, value in rest.head(5).items())
            guesses.append(Guess("source.buckets", f"totals above their ages are not read ({shown})", open=True))


def unknown_amounts(source: ExportSource, raw: pd.DataFrame, found: pd.DataFrame, guesses: list[Guess]) -> None:
    """Note columns that may be what is paid or open of an amount, by their figures, where none is known as that."""
    if {"open", "paid"} & source.columns.keys() or "amount" not in source.columns or source.one_kind:
        return
    named = {name for value in source.columns.values() for name in ([value] if isinstance(value, str) else value)}
    amount = amounts(raw["amount"], source.form.decimal).abs()
    unknown = []
    for name in [name for name in found if name not in named and vocabulary().of(name) is None]:
        part = amounts(found[name], source.form.decimal).set_axis(raw.index)
        both = part.notna() & amount.notna()
        within = part[both].abs() <= amount[both] + CENT
        if both.mean() > 0.5 and within.all() and part[both].max() > 0 and (part[both] % 1 != 0).any():
            unknown.append(str(name))
    if unknown:
        guesses.append(Guess("source.columns.open", f"none; not known: {', '.join(unknown[:5])}", open=True))


def unmatched(source: ExportSource, raw: pd.DataFrame, guesses: list[Guess]) -> str:
    """Return what becomes of credits, and note where nothing in a list tells what its credits settle."""
    if {"open", "paid", "group", "applies_to"} & source.columns.keys() or source.settled:
        return "on_account"
    kind = raw["kind"].astype("str").str.strip().map(our_kinds(source))
    value = amounts(raw["amount"], source.form.decimal)
    if {"debit", "credit"} <= source.columns.keys():
        value = amounts(raw["debit"], source.form.decimal).fillna(0) - amounts(
            raw["credit"], source.form.decimal
        ).fillna(0)
    credits = kind.isin(CREDITS) | (kind.ne("invoice") & (value < 0))
    number = raw["invoice_id"].fillna(raw["number"]).astype("str")
    named = number[credits].isin(list(number[~credits & (value > 0)].dropna()))
    if not credits.any() or named.mean() > 0.5:
        return "on_account"
    guesses.append(Guess("source.unmatched", "oldest", ("on_account",), open=True))
    return "oldest"


def one_number_a_document(source: ExportSource, raw: pd.DataFrame, guesses: list[Guess]) -> dict[Role, str | list[str]]:
    """Return the columns, without those for an invoice's number that several documents of the system share."""
    columns = dict(source.columns)
    names = columns.get("invoice_id")
    if not isinstance(names, list) or "number" not in columns:
        return columns
    mapped = raw["kind"].astype("str").map(our_kinds(source))
    invoices = raw[mapped == "invoice"]
    number = invoices["number"].astype("str")
    same = number.groupby(invoices["invoice_id"].astype("str")).nunique()
    if (same > 1).any():
        columns["invoice_id"] = columns["number"]
        guesses.append(Guess("source.columns.invoice_id", str(columns["number"]), tuple(names[:-1]), open=True))
    return columns


def signs(raw: pd.DataFrame, source: ExportSource, guesses: list[Guess]) -> str:
    kind = raw["kind"].dropna().astype("str").str.strip().map(our_kinds(source))
    credits = kind.index[kind.isin(CREDITS)]
    values = amounts(raw["amount"], source.form.decimal).fillna(amounts(raw["open"], source.form.decimal))
    if len(credits) == 0:
        return "signed"
    signs = "by_kind" if (values.loc[credits] > 0).mean() > 0.9 else "signed"
    guesses.append(Guess("source.signs", signs))
    return signs


def lines(raw: pd.DataFrame, source: ExportSource, guesses: list[Guess]) -> str:
    number = raw["invoice_id"].fillna(raw["number"])
    again = raw[number.notna() & raw.assign(n=number).duplicated(["buyer_id", "name", "n", "due"], keep=False)]
    if again.empty:
        return "added"
    values = amounts(again["amount"], source.form.decimal)
    each = values.groupby(number[again.index].astype("str"))
    if {"paid", "cleared"} <= source.columns.keys() and bool((each.max() == each.min()).all()):
        guesses.append(Guess("source.lines", "payments", open=True))
        return "payments"
    repeated = bool((each.max() == each.min()).all()) and each.ngroups > 1
    guesses.append(Guess("source.lines", "repeated" if repeated else "added", open=True))
    return "repeated" if repeated else "added"


def currency_of_names(source: ExportSource) -> str | None:
    """Return the currency that stands at the end of the name of a column of amounts; None where none does."""
    for role in ("amount", "open", "debit"):
        names = source.columns.get(role, [])
        for name in [names] if isinstance(names, str) else names:
            code = re.search(r"[\s([]([A-Z]{3}|R\$|[€£₹])[)\]]?$", name.strip())
            if code and (code[1] in SIGNS or code[1] in CODES.split()):
                return SIGNS.get(code[1]) or code[1]
    return None


def currency(
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
    if found is None and any(re.search(r"(?<!\d)\d{1,2},\d{2},\d{3}(?!\d)", cell) for cell in cells):
        # Groups of two digits are written in India, and next to it.
        guesses.append(Guess("currency", "INR", open=True))
        return "INR"
    guesses.append(Guess("currency", found or system.currency or "EUR", open=found is None))
    return found or system.currency or "EUR"


def exported(
    raw: pd.DataFrame, found: pd.DataFrame, source: ExportSource, system: ExportSystem, titles: dict[str, str],
    guesses: list[Guess], answers: dict[str, str],
) -> date:  # fmt: skip
    """Return the day of the export: as its title or its ages say, else the end of the month of its last entry."""
    key = "source.exported"
    if key in answers:
        return pd.Timestamp(answers[key]).date()
    if stated := day_in_titles(titles):
        guesses.append(Guess(key, str(stated[0]), open=stated[1]))
        return stated[0]
    forms = source.form.dates
    read = {role: days(raw[role], forms.get(role, forms.get("all")), source.form.year_from) for role in reading.DAYS}
    late = {plain(str(name)) for name in [*system.age, source.columns.get("days_overdue")]}
    for name in [name for name in found if plain(name) in late]:
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
    guesses.append(Guess(key, str(taken), (str(last.date()),) if taken != last.date() else (), open=True))
    return taken
