"""Sentences on default probabilities: what they rest on, and what of the run's settings fits nothing in the book."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.default import panel
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.expert_prior import LONGEST_DAYS, SOURCE
from tradecredit.default.level import Level
from tradecredit.default.panel import HORIZON_MONTHS
from tradecredit.default.ratings import Assessment
from tradecredit.measure.long_overdue import DAYS, LONGER_DAYS, long_overdue
from tradecredit.params.default import DefaultSettings
from tradecredit.words.formats import counted, listed, missing, money, percent, probability

_PRIORS = (
    f"payment behaviour by stated weights, delays counting up to {LONGEST_DAYS:.0f} days; accounts by curves fitted to "
    f"{SOURCE}; agency scores by the default rates that the run states for them"
)


def basis(assessment: Assessment, settings: DefaultSettings) -> str:
    """Return what the default probabilities rest on: a fit to the book's own defaults, or stated curves."""
    model = assessment.model
    return _fitted(assessment, model, settings) if model else _stated(assessment, settings)


EXPECTED = ("expected_defaults", "expected_defaults_low", "expected_defaults_high")
"""The published figures of the level."""


def expected_in_short(figures: Mapping[str, tuple]) -> str:
    """Return the expected defaults with the interval of the level, from the published figures of `EXPECTED`."""
    if not set(EXPECTED) <= set(figures):
        return "No expected defaults were published this month."
    expected, low, high = (figures[name][0] for name in EXPECTED)
    if missing(low) or missing(high):
        return "The level of default is not testable with this book: no buyer is at risk."
    return (
        f"Defaults expected in the next 12 months: **{expected:.1f}** (90 % interval of the level {low:.1f} to "
        f"{high:.1f}); how many there will be varies about the level, by chance and with the economy."
    )


def expected_defaults(expected: Level, assessment: Assessment, settings: DefaultSettings) -> str:
    """Return the expected defaults with the interval of the level, and what is in it and what is not."""
    figures = zip(EXPECTED, (expected.expected, expected.low, expected.high), strict=True)
    told = expected_in_short({name: (value,) for name, value in figures})
    if missing(expected.low):
        return told
    held = ["how few defaults the level rests on", "what no input shows of the buyers that most of it comes from"]
    if assessment.model is not None and settings.level == "book":
        held.insert(1, "the errors of the curves in the mean of today's buyers")
    if np.isnan(assessment.level["value"]["insolvency index now"]):
        return f"{told} The interval holds {listed(held)}; it does not hold the economy, which no index tells."
    held.insert(1, "how the book and the insolvency index move from the years behind it to the next")
    return f"{told} The interval holds {listed(held)}."


def decisions(book: Book) -> dict[str, str]:
    """Return what long overdue debt asks to decide in a book without defaults, as kind of decision → sentence."""
    late = long_overdue(book)
    if late.empty:
        return {}
    currency, longer = book.run.currency, late["longer_overdue"].sum()
    of_it = f", {money(longer, currency)} of it more than {LONGER_DAYS} days" if longer > 0 else ""
    return {
        "long overdue": f"{money(late['long_overdue'].sum(), currency)} of {counted(len(late), 'buyer')} is more than "
        f"{DAYS} days past due and contested by nobody{of_it}, and the book records no defaults: say who of them is in "
        "default (table `defaults`), and claim, enforce or write off. Until then each stands in grade 10, and counts "
        "as a default in the level of all."
    }


def long_overdue_rated(book: Book, ratings: pd.DataFrame) -> pd.DataFrame | None:
    """Return the buyers that are long overdue (`long_overdue`) by name, as they are rated; None where none is."""
    late = long_overdue(book)
    return None if late.empty else late.join(book.names).join(ratings[["pd", "grade", "method"]])


def long_overdue_counted(book: Book, assessment: Assessment) -> list[str]:
    """Return how far long overdue debt moves the level of a book that records no defaults; nothing where none is."""
    late = long_overdue(book)
    if late.empty:
        return []
    levels, settings = assessment.level["value"], book.run.default
    moved = levels["central tendency, with the book's own history"]
    return [
        f"{counted(len(late), 'buyer')} with more than {money(settings.material_amount, book.run.currency)}, "
        f"and more than {percent(settings.material_share)} of what it owes, over {DAYS} days past due and uncontested "
        "are the book's defaults of a year. They move the stated central tendency of "
        f"{probability(levels['central tendency, stated'])} to {probability(moved)}, the mean of all others; "
        "they stand in grade 10 themselves."
    ]


def unmatched(book: Book) -> list[str]:
    """Return which keys of the run's `default` section fit nothing in the book; none: nothing to say."""
    return [
        f"{key} names {listed(missing)}, which no row of the book has: it has no effect."
        for key, missing in panel.unmatched(book).items()
    ]


def _fitted(assessment: Assessment, model: DefaultModel, settings: DefaultSettings) -> str:
    level = "the stated central tendency" if settings.level == "stated" else "the book's own default rate"
    return (
        f"Additive logistic model with {len(model.inputs)} inputs, each with a monotone curve where its "
        f"sign is stated, fitted to {len(assessment.observed):,} observations of this book's buyers on past dates; "
        f"{counted(assessment.defaulters, 'buyer')} defaulted within {HORIZON_MONTHS} months of an observation. Curves "
        f"are shrunk towards expert priors ({_PRIORS}); the book's own defaults update them. Calibrated to {level}. "
        f"{_index(assessment, settings)}"
    )


def _stated(assessment: Assessment, settings: DefaultSettings) -> str:
    tendency = assessment.level["value"]["central tendency, stated"]
    weights = listed(f"{name} {weight:.2f}" for name, weight in assessment.weights.items())
    return (
        f"{counted(assessment.defaulters, 'buyer')} of this book defaulted within {HORIZON_MONTHS} months of an "
        f"observation; a fit needs {settings.minimum_defaults}. The default probability cannot be estimated from this "
        f"book. Calibrated to the stated central tendency of {probability(tendency)} "
        f"({settings.central_tendency_source}), which {assessment.buyer_years:,.0f} observed buyer-years update "
        f"against a prior worth {settings.prior_buyer_years:,.0f}. {_index(assessment, settings)} The ranking comes "
        f"from expert curves ({_PRIORS}); weight of each part after the book's own defaults: {weights}."
    )


def _index(assessment: Assessment, settings: DefaultSettings) -> str:
    average = "the level is a through-the-cycle average, not that of today."
    if settings.insolvency_index is None:
        return f"No insolvency index is stated: {average}"
    if np.isnan(assessment.level["value"]["insolvency index now"]):
        return f"The stated insolvency index has no recent values, or none for these years: {average}"
    told = f"An insolvency index moves the level to today ({settings.insolvency_index.source.rstrip('.')})."
    figures = assessment.level["value"]
    if figures["insolvency index expected in 12 months"] == figures["insolvency index now"]:
        return f"{told} Its values are too few to tell how it moves on: it is taken to stay where it is."
    return told
