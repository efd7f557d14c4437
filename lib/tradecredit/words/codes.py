"""What lower packages say in tables in few words, in the language spoken: codes, reasons, names of rows.

They make them in English, as results that are kept and published as CSV; a page shows them as its language has them.
"""

import re
from functools import cache

from tradecredit.language import ENGLISH, known, separated, spoken, tr

CODES = (
    "replaced", "lapsed", "a week", "no cover", "varied", "other reading", "rule", "smallest", "rounding", "approval",
    "area under the ROC curve, late or not", "mean error of the days late", "need", "new", "risk", "increase",
    "reduction", "prolongation", "cancellation", "refusal", "concentration", "capacity", "prepaid", "dormant",
    "public", "affiliate", "company", "group", "sector", "country", "insolvent", "grade", "basel", "together",
    "separately", "balance", "limit", "protracted", "insolvency", "turnover", "cost", "interest", "board", "current",
    "disputes", "invoices", "receipts", "defaults", "buyers", "statements", "promises", "orders", "recoveries",
    "claims", "limits", "all", "low", "high", "slope", "level", "ranking", "market", "ifrs", "separate", "integral",
    "green", "amber", "red", "base", "kept", "broken", "open", "running", "filed", "paid", "refused", "asked",
    "granted", "delivery", "quality", "quantity", "price", "downgrade", "accounts", "surroundings", "method",
    "outlook", "insurance", "standard", "rose", "fell", "risen", "fallen", "more", "less", "grades", "above", "below",
    "existing", "above own limit", "median", "mean", "total", "wait", "plan", "enforce", "sell", "claim", "net worth",
    "working capital", "revenue", "Grade", "Year of observation", "Insolvency index",
    "Basel, turnover below 50 million euros", "Basel, turnover not known",
    "Basel, turnover of 50 million euros or more",
    "at least", "at most", "granted in part", "its own", "own invoices", "the book's mean",
)  # fmt: skip
"""Codes of one word."""

TEMPLATES = (
    "country {name}", "sector {name}",
    "{agency}'s score is {value}", "score of {agency} not known", "{input} not known",
    "{one}, and at the same time {other}", "translated to {currency} at the rate of the {day}",
    "orders the buyers nearly as {input} does", "cap: {name}", "{number} days", "{number} weeks",
    "terms above {days} days", "paid but for less than {share}", "buyer's latest accounts older than {months} months",
    "assets differ from liabilities and equity by over {share}", "published within {days} days",
    "shipped for more than {days} days, not invoiced", "deliver {what}", "{claimed}, then file",
    "Less what comes only after {weeks} weeks, the insurer's part of later recoveries taken off",
    "Plus the insurer's part of recoveries, passed on within {weeks} weeks and told by itself",
    "Claims received within {weeks} weeks",
    "left out: {entity}: of companies of the group, eliminated: {amount} {currency} open",
    "{entity}: other rates of {currencies} than the first entity's, which count: by up to {share}",
)  # fmt: skip
"""What is said with a value in it."""


_FIGURE = re.compile(r"(?:[A-Z]{3} )?[-+\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?(?: %| [a-z]{1,2})?")
"""An amount, a share or a number, as a kept result has it in English."""


@cache
def of_inputs() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the inputs of the default model are called, and what is said of each with its value in it."""
    from tradecredit.default import panel  # slow to import, and a report in English does without

    said = [one.words for one in (*panel.CANDIDATES.values(), panel.CENTRAL_TENDENCY)]
    names = tuple(name.replace("_", " ") for name in panel.CANDIDATES)
    return names, tuple(re.sub(r"\{[^}]*\}", "{value}", words) for words in said)


def in_words(text: str) -> str:
    """Return a code, a reason, or several of them, in the language spoken; text that none of it knows as it is.

    >>> in_words("in default; new buyer")
    'in default; new buyer'
    """
    if spoken() == ENGLISH:
        return text
    text = text.replace("\N{NO-BREAK SPACE}", " ")
    if known(text):
        return tr(text)
    if (several := _each(text, "; ")) != text:
        return several
    for pattern, template in _patterns():
        if found := pattern.fullmatch(text):
            return tr(template, **{name: _value(value) for name, value in found.groupdict().items()})
    if ": " in text and known(text.split(": ", 1)[0]):
        return tr(": ").join(map(in_words, text.split(": ", 1)))
    if numbered := re.fullmatch(r"(.+?)( \(?[\d,]+\)?)", text):
        return f"{in_words(numbered[1])}{numbered[2]}"
    return _each(text, ", ")


def _value(text: str) -> str:
    """Return what stands in a place of a template: a figure as the language writes it, all else in words."""
    return separated(text) if _FIGURE.fullmatch(text) else in_words(text)


def _each(text: str, mark: str) -> str:
    """Return the parts of a text in words, joined by the mark of the language; where none of them is known, the text.

    The mark of a text of the ledger's own is not touched.
    """
    parts = text.split(mark)
    found = [in_words(part) for part in parts] if len(parts) > 1 else parts
    return text if found == parts else tr(mark).join(found)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return the pattern of each template, that of the fewest places first."""
    ordered = sorted(TEMPLATES + of_inputs()[1], key=lambda template: (template.count("{"), -len(template)))
    return [
        (re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^;:]+?)", re.escape(template))), template)
        for template in ordered
    ]
