"""What holds for a list as a whole: its currency, the day that it was made, and the terms of payment."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pandas as pd

from tradecredit.book.exports import terms
from tradecredit.book.exports.amounts import code_of, codes_of_currencies, currency_at_end, currency_beside
from tradecredit.book.exports.broken import AMOUNTS, DAYS
from tradecredit.book.exports.days import days_of
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.heads import plain
from tradecredit.book.exports.own_amounts import LOCAL, own_code
from tradecredit.book.exports.titles import day_in_titles
from tradecredit.book.problems import SHOWN
from tradecredit.params.export import ExportSource, Role

LACKING = 0.05
"""Share of documents without a currency, where others state theirs, from which the book's is asked."""
MOSTLY_WITHOUT = 0.5
"""Share of documents without a currency from which that of the title is the book's."""
STATED: tuple[Role, ...] = ("amount", "open", "debit", "unit_price")
"""Roles in whose columns' names a currency is looked for."""
USUAL = ("EUR", "USD", "GBP", "CHF", "CNY", "PLN", "SEK")
"""What the company's own currency may be where nothing names it, the likelier first."""
LANGUAGES = {
    "[ぁ-ヿ売払済伝発込]|請求|入金": "JPY", "[가-힣]": "KRW", "[應帳餘號單據]": "TWD", "[一-鿿]": "CNY",
    "[ığ]": "TRY", "[řůě]": "CZK", "[łż]": "PLN", "[őű]": "HUF",
    "[ыэ]": "RUB", "[іїє]": "UAH", "[א-ת]": "ILS", r"(?i)\b(?:vencto|vlr|duplicata|cnpj)\b": "BRL",
    r"(?i)forfaldsdato|\bbeløb": "DKK", r"(?i)förfallo|belopp\b": "SEK", r"(?i)forfallsdato|\bbeløp": "NOK",
    r"\bRFC\b|(?i:folio fiscal)": "MXN", r"\bGSTIN\b": "INR",
}  # fmt: skip
"""Letters and words that the languages of one currency's country alone have: its code, as the likeliest."""
FORMS = {
    r"株式会社|有限会社|合同会社": "JPY", r"有限公司": "CNY",
    r"\(Pty\)": "ZAR", r"\bPty\b": "AUD", r"\bPvt\b": "INR", r"(?i)\bsp\. ?z ?o\.? ?o": "PLN",
    r"\bde C\.? ?V\b": "MXN", r"(?i)\bltda\b|\beireli\b": "BRL", r"\bAB\b": "SEK", r"\bApS\b|\bA/S\b": "DKK",
    r"\bAS\b": "NOK", r"(?i)\bs\. ?r\. ?o\b": "CZK", r"(?i)\bkft\b": "HUF", r"(?i)\b(?:inc|llc|corp)\b": "USD",
    r"(?i)\b(?:ltd|plc|llp)\b": "GBP",
}  # fmt: skip
"""What companies of one currency's country are called by their form, the surer first: its code."""
OF_FORM = 0.25
"""Share of buyers whose names have such a form from which the currency is guessed by it."""
CELLS = 200
"""Amounts of a column that are looked at for how a country writes them."""
FAR_AHEAD = 92
"""Days after all others from which one that lies in the future is likely mistyped."""
FEW_DAYS = 12
"""Days with entries in a year, from which their distance tells when the next would have been."""
MOSTLY, WEEKEND = 0.9, 3
"""Share of the distances between days with entries from which they are usual; days from a Friday to a Monday."""
FEW = 0.01
"""Share of days, one at least, that may be mistyped."""
DOLLARS = ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD")
"""What a sign of dollars alone may mean, the likelier first."""


def currency(seen: Seen) -> tuple[str, tuple[Guess, ...]]:
    """Return the currency of a list, and the guess of it: as its rows, a column's name, its title or amounts say.

    Without any of these it is what stands in brackets in a title, the system's own, USD beside a sign of dollars, that
    of the country whose letters the columns' names have (`LANGUAGES`) or whose companies the buyers are (`FORMS`), else
    EUR, and the guess is open; so it is where rows say several, unless amounts in the company's own currency tell which
    of them it is. Of signs beside amounts the most count: `$` alone beside `C$` is another country's dollar.
    """
    key = "currency"
    if key in seen.answers:
        return seen.answers[key], ()
    every = seen.every["currency"].dropna()
    stated = codes_of_currencies(every if "currency" in seen.source.columns else every.iloc[:0])
    stated = stated[stated.str.fullmatch("[A-Z]{3}")]
    in_title = code_of(seen.titles.get(key, ""))
    if in_title and seen.raw["currency"].isna().mean() > MOSTLY_WITHOUT:
        # Where rows name a currency only if it is a foreign one, the title names the company's own.
        return in_title, (Guess(key, in_title, tuple(sorted({*stated} - {in_title}))[:5]),)
    own_signs = next((code for signs, code in LANGUAGES.items() if re.search(signs, _letters(seen))), None)
    if own_signs and own_signs not in set(stated) and seen.raw["currency"].isna().mean() > MOSTLY_WITHOUT:
        # Most rows name no currency, as they are in that of the country, and the others a foreign one.
        return own_signs, (Guess(key, own_signs, tuple(sorted(set(stated)))[:5], open=True),)
    if len(stated):
        held = sorted(set(stated))
        in_own = own_code(seen)
        if in_own:
            return in_own, (Guess(key, in_own, tuple(code for code in held if code != in_own)[:5]),)
        if in_own == "":
            # Rows without a currency are in the company's own, which no other row can name.
            first, *rest = [code for code in USUAL if code not in held]
            return first, (Guess(key, first, tuple(rest), open=True),)
        # Beside amounts in several currencies a column of those in the company's own says which it is.
        own = (
            next((code for name in seen.found if (code := currency_at_end(str(name))) in held), None)
            if held[1:]
            else None
        )
        common = own or stated.mode().iloc[0]
        others = tuple(code for code in held if code != common)
        # Rows that state none may be in a currency that no row names: the company's own.
        lacking = own is None and seen.raw["currency"].isna().mean() > LACKING
        return common, (Guess(key, common, others[:5], open=(bool(others) and own is None) or lacking),)
    if named := in_title or _of_names(seen.source):
        return named, (Guess(key, named),)
    cells = [str(cell) for role in AMOUNTS for cell in seen.every[role].dropna().head(CELLS) if isinstance(cell, str)]
    beside, dollars_alone = _beside(seen)
    if beside and dollars_alone > max(beside.values()):
        # A sign of dollars beside one of a country's dollars is another country's.
        likely = (seen.titles.get("shown"), seen.system.currency, _of_buyers(seen), *DOLLARS)
        first = next(code for code in likely if code in DOLLARS and code not in beside)
        return first, (Guess(key, first, tuple(beside)[:5], open=True),)
    if beside:
        first, *less = sorted(beside, key=lambda code: -beside[code])
        less += ["USD"] if dollars_alone and "USD" not in beside else []
        return first, (Guess(key, first, tuple(less)[:5], open=bool(less or dollars_alone)),)
    if any(re.search(r"(?<!\d)\d{1,2},\d{2},\d{3}(?!\d)", cell) for cell in cells):
        # Groups of two digits are written in India, and next to it.
        return "INR", (Guess(key, "INR", open=True),)
    heads = [name for role in STATED for name in _names(seen.source, role)]
    dollars = "USD" if any(re.search(r"(?<![A-Z])\$", text) for text in [*heads, *cells]) else None
    if any(re.search(r"\d'\d{3}\.\d\d", cell) for cell in cells):
        return "CHF", (Guess("currency", "CHF", open=True),)
    if not dollars and any(form.startswith("%m/%d") for form in seen.source.form.dates.values()):
        dollars = "USD"  # the month stands first nowhere else
    of_country = own_signs or _of_buyers(seen) or "EUR"
    if dollars and (of_country := _of_buyers(seen) or dollars) in DOLLARS:
        # Whose companies the buyers are tells which dollars.
        dollars = of_country
    taken = seen.titles.get("shown") or seen.system.currency or dollars or of_country
    return taken, (Guess(key, taken, open=True),)


def _letters(seen: Seen) -> str:
    """Return what a list's columns are called, in whose letters its country may be told."""
    return " ".join(map(str, seen.found.columns))


def _beside(seen: Seen) -> tuple[dict[str, int], int]:
    """Return how many amounts have each currency's sign or code beside them, and how many a sign of dollars alone."""
    codes: Counter[str] = Counter()
    dollars = 0
    for role in AMOUNTS:
        for cell, times in seen.every[role].dropna().value_counts().items():
            if not isinstance(cell, str):
                continue
            if code := currency_beside(cell):
                codes[code] += int(times)
            elif "$" in cell:
                dollars += int(times)
    return dict(codes), dollars


def _of_buyers(seen: Seen) -> str | None:
    """Return the currency of the country whose companies many buyers are by their names; None where none is clear."""
    names = pd.Series(seen.raw["name"].fillna(seen.raw["buyer_id"]).dropna().astype("str").unique(), dtype="str")
    codes = names.map(lambda name: next((code for form, code in FORMS.items() if re.search(form, name)), None))
    shares = codes.value_counts() / max(len(names), 1)
    return str(shares.index[0]) if len(shares) and shares.iloc[0] > max(OF_FORM, *shares.iloc[1:], 0) else None


def own_currency(seen: Seen) -> Settled:
    """Return the columns without the currency's where the amounts read are all in the company's own, not in those."""
    columns = seen.source.columns
    role_names = [columns[role] for role in ("amount", "open", "paid", "debit", "credit") if role in columns]
    names = [one if isinstance(one, str) else one[0] for one in role_names]
    column = columns.get("currency")
    if (
        not names
        or column is None
        or LOCAL.search(str(column))
        or (seen.raw["currency"].nunique() < 2 and seen.raw["currency"].notna().all())
    ):
        return Settled()
    codes = {currency_at_end(name) or ("own" if LOCAL.search(name) else None) for name in names}
    if len(codes) != 1 or codes == {None}:
        return Settled()
    kept = {role: names for role, names in columns.items() if role != "currency"}
    return Settled({"columns": kept})


def _of_names(source: ExportSource) -> str | None:
    """Return the currency that stands at the end of the name of a column of amounts; None where none does."""
    for role in STATED:
        for name in _names(source, role):
            if code := currency_at_end(name):
                return code
    return None


def _names(source: ExportSource, role: Role) -> list[str]:
    names = source.columns.get(role, [])
    return [names] if isinstance(names, str) else list(names)


def exported(seen: Seen) -> Settled:
    """Return the day of the export: as its title or its ages say, else the end of the month of its last entry."""
    key = "source.exported"
    if key in seen.answers:
        return Settled({"exported": pd.Timestamp(seen.answers[key]).date()})
    if stated := day_in_titles(seen.titles):
        return Settled({"exported": stated[0]}, (Guess(key, str(stated[0]), open=stated[1]),))
    read = {role: days_of(seen.raw[role], role, seen.source.form) for role in DAYS}
    for by_age in _by_age(seen, read):
        return Settled({"exported": by_age}, (Guess(key, str(by_age)),))
    entered = pd.concat([read["issued"], read["cleared"]])
    far = _in_the_future(entered, pd.Timestamp(date.today()))
    last = entered[~far].max()
    if pd.isna(last):
        last = read["due"].max()
    if pd.isna(last):
        last = pd.Timestamp(date.today())
    taken = min(_month_end(entered[~far], last), max(date.today(), last.date()))
    others = (str(last.date()),) if taken != last.date() else ()
    guesses = [Guess(key, str(taken), others, open=True)]
    if far.any():
        one_file = len(seen.source.files) == 1
        shown = ", ".join(
            f"line {line}: {day.date()}" if one_file else str(day.date())
            for line, day in entered[far].head(SHOWN).items()
        )
        guesses.append(Guess("source.form.dates.later", shown + (", …" if far.sum() > SHOWN else ""), open=True))
    return Settled({"exported": taken}, tuple(guesses))


def _month_end(entered: pd.Series, last: pd.Timestamp) -> date:
    """Return the end of the month of the last entry, or its own day where that lies further before it than entries do.

    Nearly all days with entries within a year lie no further apart; a weekend is as near. An export of a month's end
    holds what was entered until then.
    """
    end = last + pd.offsets.MonthEnd(0)
    of_a_year = entered[entered > last - pd.Timedelta(days=366)].dropna().dt.normalize().drop_duplicates().sort_values()
    usual = max(of_a_year.diff().quantile(MOSTLY), pd.Timedelta(days=WEEKEND))
    return last.date() if len(of_a_year) > FEW_DAYS and end - last > usual else end.date()


def _in_the_future(entered: pd.Series, today: pd.Timestamp) -> pd.Series:
    """Return which days of entry are likely mistyped: after today, few, and long after all others.

    An export cannot hold what is entered after it; some that are dated in advance are near to the others.
    """
    after = entered > today
    last = entered[~after].max()
    far = after & (entered > last + pd.Timedelta(days=FAR_AHEAD))
    return far & bool(far.sum() <= max(1, FEW * entered.notna().sum()))


def _by_age(seen: Seen, read: dict[str, pd.Series]) -> Iterator[date]:
    """Yield the days on which most documents were as old as columns of ages say."""
    late = {plain(str(name)) for name in [*seen.system.age, seen.source.columns.get("days_overdue")]}
    for name in [name for name in seen.found if plain(name) in late]:
        age = pd.to_numeric(seen.found[name], errors="coerce").set_axis(seen.raw.index)
        for role in ("due", "issued"):
            on = (read[role] + pd.to_timedelta(age, unit="D")).dropna()
            if len(on) and (on == on.mode().iloc[0]).mean() > 0.5:
                yield on.mode().iloc[0].date()


def terms_of_payment(seen: Seen) -> Settled:
    """Return days of payment (`terms_days`) where nothing in the file tells when invoices are due, as an open guess.

    Due days that words tell (`30 EOM`) are an open guess as well, with examples.
    """
    source, raw = seen.source, seen.raw
    issued = days_of(raw["issued"], "issued", source.form)
    begin = days_of(raw["baseline"], "baseline", source.form).fillna(issued)
    in_words = terms.due(begin, raw["terms"])
    told = in_words[in_words.notna() & raw["due"].isna()]
    if len(told):
        shown = dict(zip(raw.loc[told.index, "terms"].astype("str"), told.dt.date, strict=True))
        listed = "; ".join(f"{' '.join(text.split())}: {day}" for text, day in list(shown.items())[:3])
        return Settled({}, (Guess("source.due", listed, open=True),))
    if told_by_ages := _terms_by_ages(seen, issued):
        return told_by_ages
    no_invoices = source.bank or source.one_kind or (source.kinds and "invoice" not in source.kinds.values())
    known = {"terms_days", "days_overdue"} & source.columns.keys()
    if raw["due"].notna().any() or known or no_invoices:
        return Settled()
    key = "source.terms_days"
    given = seen.answers.get(key, "30")
    return Settled({"terms_days": int(given)}, (Guess(key, given, open=key not in seen.answers),))


def _terms_by_ages(seen: Seen, issued: pd.Series) -> Settled | None:
    """Return the usual days of payment of what is late, for what is not late yet, as an open guess; None without ages.

    Of documents with a day of issue and none that is due, only the days past due of the late ones tell when these were.
    """
    late = pd.to_numeric(seen.raw["days_overdue"], errors="coerce")
    if seen.raw["due"].notna().any() or (late < 0).any() or not (issued.notna() & ~(late > 0)).any():
        return None
    day = pd.Timestamp(str(exported(seen).fields["exported"]))
    agreed = ((day - issued).dt.days - late)[late > 0].dropna()
    usual = agreed[agreed >= 0].mode()
    if usual.empty:
        return None
    taken = seen.answers.get("source.terms_days", str(int(usual.iloc[0])))
    guess = Guess("source.terms_days", taken, open="source.terms_days" not in seen.answers)
    return Settled({"terms_days": int(taken)}, (guess,))
