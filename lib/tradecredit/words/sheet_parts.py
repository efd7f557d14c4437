"""Headings, captions and links of a buyer's sheet, and what the frame of every page of a month says."""

import pandas as pd

from tradecredit.language import tr
from tradecredit.words.formats import day as in_full
from tradecredit.words.formats import whole

HEADINGS = {
    "decided": "What is decided, by whom and by when?",
    "who": "Who is it?",
    "owed": "What does it owe, against which limits?",
    "limit": "Why does it get its limit?",
    "pays": "How does it pay?",
    "default": "Why may it fail?",
    "open": "What is open?",
    "cover": "What is insured of it, and why not the rest?",
    "collected": "Which letters went out, and what was promised?",
    "plan": "What are a plan, waiting, enforcing and a claim worth?",
}
"""The questions of a sheet by their anchor, in order."""

CARDS = {
    "exposure": "Exposure", "overdue": "Overdue, undisputed", "own_limit": "Limit in force",
    "limit_to_set": "Limit to set", "pd": "Default probability, 12 months",
    "expected_loss_owed": "Expected loss of what is owed",
}  # fmt: skip
"""The headline figures of a sheet."""

NO_FIGURE = "none"

CAPTIONS = {
    "master": "Master data, and what it buys",
    "group": "Other members of its group",
    "months": "What it owed, the limits, and what it paid",
    "limits": "Its limits, and what each method gives",
    "limit_steps": "Derivation of its limit",
    "habit": "How it paid over the last 12 months, open items counted",
    "reasons": "What speaks for and against it, relative to the median buyer",
    "lifts": "Changes that would each improve its grade",
    "signals": "Signals that warn today, since when, and why",
    "items": "Open invoices, the longest overdue first",
    "classes": "By class of cover and reason",
    "cover": "Its open invoices by class of cover and reason",
    "deadlines": "Days that the policy sets",
    "methods": "What each method says by itself",
    "decisions": "Decisions on it",
    "to_collect": "From past due to what is to collect",
    "promises": "Promises and instalments, the last day first",
    "letters": "Letters that went out, the last first",
    "disputes": "Open disputes",
    "options": "Expected value of what is overdue, by option",
    "plan": "Instalments of a plan from today on",
    "buyers": "Buyers with a sheet, the largest exposure first",
    "paid": "Days beyond terms of what was paid in each month (a dot: nothing was paid)",
}
"""Captions of tables and pictures."""

LINES = {"owed": "owed", "own_limit": "our limit", "insurer_limit": "insurer's"}
"""The lines of the picture of what a buyer owed."""

FOLDED = {
    "months": "Month by month", "cover": "Invoice by invoice", "letters": "Letters", "plan": "Payment plan",
}  # fmt: skip
"""What opens a folded part."""

LINKS = {
    "table-limits": "The limits of all buyers", "table-watchlist": "The watchlist",
    "table-ratings": "The weakest buyers", "table-cover_audit": "The cover of all buyers",
    "table-worklist": "The worklist", "table-groups": "All groups",
}  # fmt: skip
"""Links to the lists of chapters in which the buyer stands."""

NO_GROUP = "Group: none known."
ALONE_IN_GROUP = "Group: no other member is a buyer."
NOTHING_DECIDED = "Nothing is to be decided about it."
SHEETS_OF_BUYERS = "Sheets of buyers"
ALL_SHEETS = "All sheets of buyers"
BUYERS = "Buyers"
CHAPTERS = "Chapters"
ON_THIS_PAGE = "On this page"


def owed(currency: str) -> str:
    """Return the caption of the picture of what a buyer owed."""
    return tr("Owed at month ends, and the limits in force ({currency})", currency=currency)


def probability(interval: str) -> str:
    """Return the caption of the default probability; `interval`: how much of the doubt it holds, as a percentage."""
    return tr("Default probability within 12 months, with its interval ({interval})", interval=interval)


def others(caption: str) -> str:
    """Return the caption of what a list has behind its first rows."""
    return tr("{caption}: the others", caption=caption)


def other_rows(rows: int) -> str:
    """Return what opens them."""
    return tr("The other {rows}", rows=whole(rows))


def made_from(fingerprint: str) -> str:
    """Return the beginning of the line at the foot of a sheet; the fingerprint of the book follows as code.

    >>> made_from("9f2c")
    'Made by tradecredit from book `9f2c`.'
    """
    return tr("Made by tradecredit from book `{fingerprint}`.", fingerprint=fingerprint)


def as_of(day: str) -> str:
    """Return the day of a page for its head."""
    return tr("As of {day}", day=in_full(pd.Timestamp(day)))
