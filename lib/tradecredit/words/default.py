"""Sentences on default probabilities: what they rest on, and what of the run's settings fits nothing in the book."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.default import panel
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.expert_prior import LONGEST_DAYS, SOURCE
from tradecredit.default.explain import LONG_OVERDUE
from tradecredit.default.level import Level
from tradecredit.default.panel import HORIZON_MONTHS
from tradecredit.default.ratings import Assessment
from tradecredit.measure.history import sales_told
from tradecredit.measure.long_overdue import DAYS, LONGER_DAYS, PAYS_ON, long_overdue, short_payments
from tradecredit.numerics.discrimination import MINIMUM_DEFAULTERS
from tradecredit.params.default import DefaultSettings
from tradecredit.words.formats import counted, listed, missing, money, percent, probability

_PRIORS = (
    f"payment behaviour by stated weights, delays counting up to {LONGEST_DAYS:.0f} days; accounts by curves fitted to "
    f"{SOURCE}; agency scores by the default rates that the run states for them"
)


def basis(assessment: Assessment, settings: DefaultSettings, *, recorded: bool = True) -> str:
    """Return what the default probabilities rest on: a fit to the book's own defaults, or stated curves.

    `recorded`: whether the book has a table of defaults.
    """
    model = assessment.model
    return _fitted(assessment, model, settings) if model else _stated(assessment, settings, recorded)


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


def of_level(expected: Level) -> dict[str, tuple]:
    """Return the expected defaults and the ends of their interval by the names of `EXPECTED`."""
    return {
        name: (value,) for name, value in zip(EXPECTED, (expected.expected, expected.low, expected.high), strict=True)
    }


def expected_defaults(expected: Level, assessment: Assessment, settings: DefaultSettings) -> str:
    """Return the expected defaults with the interval of the level, and what is in it and what is not."""
    told = expected_in_short(of_level(expected))
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
    settings = book.run.default
    not_paid = (
        f"none is known to have paid {percent(settings.paying_share)} of what fell due in the last {DAYS} days"
        if sales_told(book, book.as_of)
        else "what they paid since is not known from open items alone"
    )
    return {
        "long overdue": f"{_long_past_due(late, book)}, and the book records no defaults. It is more than "
        f"{percent(settings.material_share)} of what each of them owes, and {not_paid}: say who of them is in default "
        "(table `defaults`), and claim, enforce or write off. Until then each stands in grade 10, and counts as a "
        "default in the level of all."
    }


def short_payments_decided(book: Book) -> dict[str, str]:
    """Return what long overdue debt that is no evidence of default asks to decide, as kind of decision → sentence."""
    late, settings = short_payments(book), book.run.default
    if late.empty:
        return {}
    pays, owed = late["standing"] == PAYS_ON, late["long_overdue"]
    why = [
        f"{money(owed[which].sum(), book.run.currency)} of {counted(int(which.sum()), 'buyer')} {text}"
        for which, text in (
            (pays, f"that paid at least {percent(settings.paying_share)} of what fell due since"),
            (~pays, f"of whose debt it is no more than {percent(settings.material_share)}"),
        ) if which.any()
    ]  # fmt: skip
    return {
        "short payments": f"{_long_past_due(late, book)}, which is no evidence of default: {listed(why)}. Find out "
        "whether each is a deduction, a payment that was not applied, or a dispute to record (table `disputes`), and "
        "credit, apply or collect it. It weighs in these buyers' own default probabilities, not in the level of all."
    }


def _long_past_due(late: pd.DataFrame, book: Book) -> str:
    currency = book.run.currency
    longer = late["longer_overdue"].sum()
    of_it = f", {money(longer, currency)} of it more than {LONGER_DAYS} days" if longer > 0 else ""
    return (
        f"{money(late['long_overdue'].sum(), currency)} of {counted(len(late), 'buyer')} is more than {DAYS} days past "
        f"due and contested by nobody{of_it}"
    )


def state(book: Book, defaulted: int) -> dict[str, tuple]:
    """Return the headline figures of who is in default; in a book without defaults, of what stands in their place.

    `defaulted`: buyers in default.
    """
    if book.has("defaults"):
        return {"in_default": (defaulted, "count", "Buyers in default")}
    return {
        "long_overdue_buyers": (len(long_overdue(book)), "count", "Buyers long overdue, in place of defaults"),
        "short_payers": (len(short_payments(book)), "count", "Buyers that pay on, with old items to clear up"),
    }


def lifts(book: Book, buyer: str, ratings: pd.DataFrame) -> str:
    """Return what would lift a buyer that stands in grade 10 for its long overdue debt; else empty.

    To no longer count, its long overdue debt has to be no more than `default.material_amount`, or than
    `default.material_share` of what it then owes: x of L out of O with (L − x) = share × (O − x).
    """
    if LONG_OVERDUE not in ratings.loc[buyer, "method"]:
        return ""
    row, settings = long_overdue(book).loc[buyer], book.run.default
    late, owed, share = row["long_overdue"], row["open_amount"], settings.material_share
    least = min(late - settings.material_amount, (late - share * owed) / (1 - share) if share < 1 else late)
    currency, paying = book.run.currency, ""
    if sales_told(book, book.as_of):
        paying = f", or {percent(settings.paying_share)} of what fell due in the last {DAYS} days is paid"
    return (
        f"It stands in grade 10 for the {money(late, currency)} of its {money(owed, currency)} that is more than "
        f"{DAYS} days past due: no other figure would lift it. It counts no more once {money(least, currency)} of it "
        f"is paid, credited or recorded as disputed{paying}."
    )


def long_overdue_rated(late: pd.DataFrame, book: Book, ratings: pd.DataFrame) -> pd.DataFrame | None:
    """Return buyers of `long_past_due` by name, as they are rated; None where there are none."""
    return None if late.empty else late.join(book.names).join(ratings[["pd", "grade", "method"]])


def long_overdue_counted(book: Book, assessment: Assessment) -> list[str]:
    """Return how far long overdue debt moves the level of a book that records no defaults; nothing where none is."""
    late = long_overdue(book)
    if late.empty:
        return []
    levels, settings = assessment.level["value"], book.run.default
    moved = levels["central tendency, with the book's own history"]
    return [
        f"The book records no defaults. In their place stand the {counted(len(late), 'buyer')} of which more than "
        f"{money(settings.material_amount, book.run.currency)} and more than {percent(settings.material_share)} of "
        f"what it owes is over {DAYS} days past due and uncontested, without those that paid at least "
        f"{percent(settings.paying_share)} of what fell due since (`default.material_share`, `default.paying_share`). "
        f"They move the stated central tendency of {probability(levels['central tendency, stated'])} to "
        f"{probability(moved)}, the mean of all others; they stand in grade 10 themselves."
    ]


def unmatched(book: Book) -> list[str]:
    """Return which keys of the run's `default` section fit nothing in the book; none: nothing to say."""
    return [
        f"{key} names {listed(missing)}, which no row of the book has: it has no effect."
        for key, missing in panel.unmatched(book).items()
    ]


_COSTS_UNKNOWN = "What the stated signs cost is not testable with this book"
SURE = 2.0
"""Standard errors above zero from which a stated sign is said to cost something."""


def sign_costs(costs: pd.DataFrame) -> str:
    """Return which stated signs cost something on buyers left out (`default.sign_costs`); empty where none is shown."""
    if costs.empty:
        return ""
    if costs["log_loss_cost"].isna().all():
        needed = f"{MINIMUM_DEFAULTERS} buyers that defaulted and {MINIMUM_DEFAULTERS} that did not"
        return f"{_COSTS_UNKNOWN}: that needs {needed}."
    sure = costs[costs["log_loss_cost"] > SURE * costs["log_loss_cost_error"]]
    compared = f"With all signs lifted, the curves of {counted(len(costs), 'input')} run most against their own"
    if sure.empty:
        return (
            f"{compared}. On buyers left out none of these signs costs more than {SURE:.0f} standard errors of "
            "log-loss: the data give no reason to drop one."
        )
    each = (
        f"{name.replace('_', ' ')} ({row['log_loss_cost']:.4f} ± {row['log_loss_cost_error']:.4f} of log-loss, "
        f"{row['auc_cost']:+.3f} of AUC)"
        for name, row in sure.iterrows()
    )
    verb = "costs" if len(sure) == 1 else "cost"
    return (
        f"{compared}. On buyers left out the sign of {listed(each)} {verb} more than {SURE:.0f} standard errors. All "
        "stay in force: whether a sign is dropped is a decision on its sense, not on this figure alone."
    )


def no_sign_costs(assessment: Assessment, settings: DefaultSettings) -> str:
    """Return why a table of what stated signs cost has no rows."""
    if assessment.model is not None:
        return "The data contradict none: with all signs lifted, no curve runs against its own."
    defaulted = counted(assessment.defaulters, "buyer")
    return f"{_COSTS_UNKNOWN}: {defaulted} defaulted, and a fit needs {settings.minimum_defaults}."


def _fitted(assessment: Assessment, model: DefaultModel, settings: DefaultSettings) -> str:
    level = "the stated central tendency" if settings.level == "stated" else "the book's own default rate"
    return (
        f"Additive logistic model with {len(model.inputs)} inputs, each with a monotone curve where its "
        f"sign is stated, fitted to {len(assessment.observed):,} observations of this book's buyers on past dates; "
        f"{counted(assessment.defaulters, 'buyer')} defaulted within {HORIZON_MONTHS} months of an observation. Curves "
        f"are shrunk towards expert priors ({_PRIORS}); the book's own defaults update them. {_pairs(model)}"
        f"Calibrated to {level}. {_index(assessment, settings)}"
    )


def _pairs(model: DefaultModel) -> str:
    if not model.pairs:
        return ""
    return f"{counted(len(model.pairs), 'pair')} of inputs, chosen by cross-validation, add what both tell together. "


def _stated(assessment: Assessment, settings: DefaultSettings, recorded: bool) -> str:
    tendency = assessment.level["value"]["central tendency, stated"]
    weights = listed(f"{name} {weight:.2f}" for name, weight in assessment.weights.items())
    if recorded:
        why = (
            f"{counted(assessment.defaulters, 'buyer')} of this book defaulted within {HORIZON_MONTHS} months of an "
            f"observation; a fit needs {settings.minimum_defaults}."
        )
        updated = (
            f", which {assessment.buyer_years:,.0f} observed buyer-years update against a prior worth "
            f"{settings.prior_buyer_years:,.0f}"
        )
    else:
        why = (
            "The book records no defaults (table `defaults`), to which a model could be fitted; a fit needs "
            f"{settings.minimum_defaults} buyers that defaulted."
        )
        updated = ""
    return (
        f"{why} The default probability cannot be estimated from this book. Calibrated to the stated central tendency "
        f"of {probability(tendency)} ({settings.central_tendency_source}){updated}. {_index(assessment, settings)} The "
        f"ranking comes from expert curves ({_PRIORS}); weight of each part after the book's own defaults: {weights}."
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
