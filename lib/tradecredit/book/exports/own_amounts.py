"""Rates of other currencies that a list tells itself, by stating its amounts in the company's own currency as well."""

import re
from collections.abc import Mapping, Sequence
from itertools import permutations

import pandas as pd

from tradecredit.book.exports.amounts import amounts, codes_of_currencies, currency_at_end
from tradecredit.book.exports.guess import Guess, Seen, Settled
from tradecredit.book.exports.systems import vocabulary
from tradecredit.params.export import Role

LOCAL = re.compile(
    r"(?i)\b(?:local|lcy|lc|hauswährung|hw|mw|mandantenwährung|company|cocode|cc|acc(?:ounting)?|base|functional|home|interne|locale?|lokale?|rv|regnskabsvaluta)\b"
)
"""What says in a column's name that it is of the company's own currency."""
FOREIGN = re.compile(
    r"(?i)\b(?:foreign|fcy|fc|transaction currency|trans curr|doc(?:ument)?\.? curr\w*|in currency|fremdwährung|fw"
    r"|belegwährung|(?:doc|inv|orig)\w*\.? ?(?:curr|ccy|cur)\w*|dc|devises?|divisas?|moneda (?:doc|orig)\w*|valuta"
    r"|vreemde valuta)\b"
)
"""What says in a column's name that it is of the document's currency."""
RATE = re.compile(
    r"(?i)(?:^|[\s_.])(?:exchange|conversion|fx|rate|kurs|wechselkurs|cours|taux|koers|kurz|t/?c|汇率|為替)"
)
"""What a column of rates is called."""
SAME = 0.005
"""By how much an amount in the own currency may differ from itself: cents are rounded."""
SPREAD = 2.0
"""The most that the largest rate of a currency is of its smallest within a list: more is no rate."""
LEAST_AMOUNT = 1.0
"""Smaller amounts tell no rate, for theirs are rounded to cents."""
ALMOST_ALL = 0.9
"""Share of rows from which what they tell is told of all."""


ROLES: tuple[Role, ...] = ("amount", "open", "paid", "debit", "credit")
"""Roles of amounts that a list may state in two currencies."""


def of_documents(columns: Mapping[Role, str | list[str]], names: Sequence[object]) -> dict[Role, str | list[str]]:
    """Return columns with the amounts in the documents' currencies, where all of them are in the company's own.

    They are told by names in the list that say the same but for the currency.
    """
    read = {role: name for role in ROLES if isinstance(name := columns.get(role), str)}
    own = {role: name for role, name in read.items() if LOCAL.search(name) or currency_at_end(name)}
    used = {one for named in columns.values() for one in ([named] if isinstance(named, str) else named)}
    foreign = {_of_what(name): str(name) for name in names if name not in used and FOREIGN.search(str(name))}
    taken: dict[Role, str | list[str]] = {
        role: foreign[_of_what(name)] for role, name in own.items() if _of_what(name) in foreign
    }
    whole = "currency" in columns and read.keys() == own.keys() == taken.keys()
    if not whole or not LOCAL.search(str(columns["currency"])):
        return {**columns, **taken} if whole else dict(columns)
    # The currency that stands beside is the company's as well.
    of_currency = [str(name) for name in names if vocabulary().of(str(name)) == {"currency", "document"}]
    return {**columns, **taken, "currency": of_currency[0]} if of_currency else dict(columns)


def _of_what(name: object) -> frozenset[str]:
    """Return what a name says besides a currency."""
    return vocabulary().known(name) - {"currency", "document", "transaction", "invoice"}


def stated(seen: Seen) -> Settled:
    """Return `own_amount`, the column that states a list's amounts in the company's own currency as well.

    It is told by what its name says and by what it holds: equal to the amount in one currency, and about the same
    multiple of it in each other one.
    """
    source = seen.source
    name = source.columns.get("amount")
    if not isinstance(name, str) or "own_amount" in source.columns or "currency" not in source.columns:
        return Settled()
    used = set(source.named_columns)
    codes = _codes(seen)
    for column in [column for column in seen.found if column not in used]:
        local = LOCAL.search(str(column)) or currency_at_end(str(column)) in set(codes) or FOREIGN.search(name)
        if local and _own(seen, str(column), codes) is not None:
            return Settled(
                {"columns": {**source.columns, "own_amount": str(column)}},
                (Guess("source.columns.own_amount", str(column)),),
            )
    return _by_rate(seen, codes)


def _by_rate(seen: Seen, codes: pd.Series) -> Settled:
    """Return `rate`, the column of rates by which the company's own amounts are those of documents, where it is one.

    Two columns of amounts must show it: the one is the other times the rate. Documents in the company's own currency
    have none, or one.
    """
    decimal = seen.source.form.decimal
    columns = {str(name): amounts(seen.found[name].set_axis(seen.raw.index), decimal) for name in seen.found}
    for name in [name for name in columns if RATE.search(name)]:
        rate = columns[name]
        own = codes[rate.fillna(1.0) == 1.0].unique()
        others = rate[~codes.isin(list(own))]
        if len(own) != 1 or not (others > 0).all() or others.empty:
            continue
        of_others = {one: held[others.index] for one, held in columns.items() if one != name}
        # What a document comes to in its own currency stands in rows of all currencies.
        whole = [
            one for one in of_others if columns[one].notna().sum() >= ALMOST_ALL * seen.raw["amount"].notna().sum()
        ]
        for first, second in [pair for pair in permutations(of_others, 2) if pair[0] in whole]:
            stated, in_own = of_others[first], of_others[second]
            if _are_at(others, stated, in_own):
                read = _in_documents(seen.source.columns, others, {one: of_others[one] for one in whole})
                taken = {"columns": {**seen.source.columns, **read, "rate": name}}
                told = (Guess(f"source.columns.{role}", str(column)) for role, column in read.items())
                return Settled(taken, (Guess("source.columns.rate", name), *told))
    return Settled()


def _are_at(rates: pd.Series, stated: pd.Series, in_own: pd.Series) -> bool:
    """Return whether amounts in the company's own currency are those of documents at their rates."""
    tells = (stated.abs() >= LEAST_AMOUNT) & in_own.notna()
    shown = (in_own / stated / rates)[tells].between(1 - SAME, 1 + SAME)
    return bool(tells.any() and shown.mean() > ALMOST_ALL and not rates[tells].eq(1.0).all())


def _in_documents(
    columns: Mapping[Role, str | list[str]], rates: pd.Series, held: Mapping[str, pd.Series]
) -> dict[Role, str | list[str]]:
    """Return those columns of amounts in the documents' currencies that stand beside such in the company's own."""
    found: dict[Role, str | list[str]] = {}
    for role in ROLES:
        name = columns.get(role)
        if isinstance(name, str) and name in held:
            beside = next((one for one in held if one != name and _are_at(rates, held[one], held[name])), None)
            found |= {role: beside} if beside else {}
    return found


def own_code(seen: Seen) -> str | None:
    """Return the currency of `own_amount`, or that to which `rate` leads; empty: that of rows which state none.

    None without such a column.
    """
    if isinstance(named := seen.source.columns.get("rate"), str):
        rate = amounts(seen.found[named].set_axis(seen.raw.index), seen.source.form.decimal)
        return str(_codes(seen)[rate.fillna(1.0) == 1.0].iloc[0])
    column = seen.source.columns.get("own_amount")
    return _own(seen, column, _codes(seen)) if isinstance(column, str) else None


def _codes(seen: Seen) -> pd.Series:
    """Return the currency of each document, empty where its row states none."""
    return codes_of_currencies(seen.raw["currency"]).fillna("").where(seen.raw["currency"].notna(), "")


def _own(seen: Seen, column: str, codes: pd.Series) -> str | None:
    """Return the currency in which a column equals the amount, where each other one has about one multiple of it."""
    decimal = seen.source.form.decimal
    amount = amounts(seen.raw["amount"], decimal).abs()
    other = amounts(seen.found[column].set_axis(seen.raw.index), decimal).abs()
    tells = amount >= LEAST_AMOUNT
    if not tells.any() or other[tells].notna().mean() < ALMOST_ALL or codes.nunique() < 2:
        return None
    rate = (other / amount)[tells & (other > 0)].groupby(codes).agg(["min", "max"])
    same = (rate["min"] > 1 - SAME) & (rate["max"] < 1 + SAME)
    if same.sum() != 1 or not (rate["max"] <= SPREAD * rate["min"]).all():
        return None
    return str(rate.index[same][0])


def rates(documents: pd.DataFrame, currency: str) -> pd.DataFrame:
    """Return the rates that documents tell: `date`, `currency`, `rate` (in `currency`, the run's, per unit).

    `documents` has `issued`, `currency`, and `stated` and `own_amount` in their own and in the company's currency. A
    day's rate is the sum of the one over that of the other. None are told where documents in the run's own currency
    state another amount in it: the column is then in a third currency; nor of a currency whose amounts are the same.
    """
    known = documents[
        (documents["stated"] >= LEAST_AMOUNT) & (documents["own_amount"] > 0) & documents["issued"].notna()
    ]
    rate = known["own_amount"] / known["stated"]
    one = rate.between(1 - SAME, 1 + SAME)
    own = known["currency"] == currency
    foreign = known[~own]
    foreign = foreign[~foreign["currency"].isin(_all_one(foreign["currency"], one)) & bool(one[own].all())]
    sums = foreign.groupby(["issued", "currency"], sort=True)[["own_amount", "stated"]].sum().reset_index()
    found = sums.assign(rate=sums["own_amount"] / sums["stated"]).rename(columns={"issued": "date"})
    return found[["date", "currency", "rate"]]


def _all_one(currency: pd.Series, one: pd.Series) -> list[str]:
    """Return the currencies of which every rate is one."""
    return [str(code) for code in currency.unique() if one[currency.index][currency == code].all()]
