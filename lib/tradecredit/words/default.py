"""Sentences on default probabilities: what they rest on, and what of the run's settings fits nothing in the book."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.places import named
from tradecredit.default import panel
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.expert_prior import LONGEST_DAYS, SOURCE
from tradecredit.default.explain import LONG_OVERDUE
from tradecredit.default.level import Level
from tradecredit.default.panel import HORIZON_MONTHS
from tradecredit.default.ratings import Assessment
from tradecredit.default.sign_costs import MOST_ROWS
from tradecredit.language import tr
from tradecredit.measure.history import sales_told
from tradecredit.measure.long_overdue import DAYS, LONGER_DAYS, PAYS_ON, long_overdue, short_payments
from tradecredit.numerics.discrimination import MINIMUM_DEFAULTERS
from tradecredit.params.default import DefaultSettings
from tradecredit.words.codes import in_words
from tradecredit.words.formats import MINUS, counted, fixed, listed, missing, money, percent, probability, whole
from tradecredit.words.lost_by_age import counted_as_lost

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
        return tr("No expected defaults were published this month.")
    expected, low, high = (figures[name][0] for name in EXPECTED)
    if missing(low) or missing(high):
        return tr("The level of default is not testable with this book: no buyer is at risk.")
    return tr(
        "Defaults expected in the next 12 months: **{expected}** (90 % interval of the level {low} to "
        "{high}); how many there will be varies about the level, by chance and with the economy.",
        expected=fixed(expected, 1),
        low=fixed(low, 1),
        high=fixed(high, 1),
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
    held = [
        tr("how few defaults the level rests on"),
        tr("what no input shows of the buyers that most of it comes from"),
    ]
    if assessment.model is not None and settings.level == "book":
        held.insert(1, tr("the errors of the curves in the mean of today's buyers"))
    if np.isnan(assessment.level["value"]["insolvency index now"]):
        return tr(
            "{told} The interval holds {held}; it does not hold the economy, which no index tells.",
            told=told,
            held=listed(held),
        )
    held.insert(1, tr("how the book and the insolvency index move from the years behind it to the next"))
    return tr("{told} The interval holds {held}.", told=told, held=listed(held))


def decisions(book: Book) -> dict[str, str]:
    """Return what long overdue debt asks to decide in a book without defaults, as kind of decision → sentence."""
    late = long_overdue(book)
    if late.empty:
        return {}
    settings = book.run.default
    not_paid = (
        tr(
            "none is known to have paid {paying_share} of what fell due in the last {days} days",
            paying_share=percent(settings.paying_share),
            days=DAYS,
        )
        if sales_told(book, book.as_of)
        else tr("what they paid since is not known from open items alone")
    )
    return {
        "long overdue": tr(
            "{long_past_due}, and the book records no defaults. It is more than {material_share} of what each "
            "of them owes, and {not_paid}: say who of them is in default (table `defaults`), and claim, "
            "enforce or write off. Until then each stands in grade 10, and private ones count as defaults in "
            "the level of all.",
            long_past_due=_long_past_due(late, book),
            material_share=percent(settings.material_share),
            not_paid=not_paid,
        )
    }


def short_payments_decided(book: Book) -> dict[str, str]:
    """Return what long overdue debt that is no evidence of default asks to decide, as kind of decision → sentence."""
    late, settings = short_payments(book), book.run.default
    if late.empty:
        return {}
    pays, owed = late["standing"] == PAYS_ON, late["long_overdue"]
    why = [
        tr(
            "{owed} of {buyers} {text}",
            owed=money(owed[which].sum(), book.run.currency),
            buyers=counted(int(which.sum()), "buyer"),
            text=text,
        )
        for which, text in (
            (
                pays,
                tr(
                    "that paid at least {paying_share} of what fell due since",
                    paying_share=percent(settings.paying_share),
                ),
            ),
            (
                ~pays,
                tr(
                    "of whose debt it is no more than {material_share}", material_share=percent(settings.material_share)
                ),
            ),
        )
        if which.any()
    ]
    asked = tr(
        "{long_past_due}, which is no evidence of default: {why}. Find out whether each is a deduction, a "
        "payment that was not applied, or a dispute to record (table `disputes`), and credit, apply or "
        "collect it. It weighs in these buyers' own default probabilities, not in the level of all.",
        long_past_due=_long_past_due(late, book),
        why=listed(why),
    )
    return {"short payments": f"{asked} {counted_as_lost(book, late.index)}".strip()}


def _long_past_due(late: pd.DataFrame, book: Book) -> str:
    currency = book.run.currency
    longer = late["longer_overdue"].sum()
    of_it = (
        tr(", {longer} of it more than {longer_days} days", longer=money(longer, currency), longer_days=LONGER_DAYS)
        if longer > 0
        else ""
    )
    return tr(
        "{long_overdue} of {buyers} is more than {days} days past due and contested by nobody{of_it}",
        long_overdue=money(late["long_overdue"].sum(), currency),
        buyers=counted(len(late), "buyer"),
        days=DAYS,
        of_it=of_it,
    )


def state(book: Book, defaulted: int) -> dict[str, tuple]:
    """Return the headline figures of who is in default; in a book without defaults, of what stands in their place.

    `defaulted`: buyers in default.
    """
    if book.has("defaults"):
        return {"in_default": (defaulted, "count", tr("Buyers in default"))}
    return {
        "long_overdue_buyers": (len(long_overdue(book)), "count", tr("Buyers long overdue, in place of defaults")),
        "short_payers": (len(short_payments(book)), "count", tr("Buyers that pay on, with old items to clear up")),
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
        paying = tr(
            ", or {paying_share} of what fell due in the last {days} days is paid",
            paying_share=percent(settings.paying_share),
            days=DAYS,
        )
    return tr(
        "It stands in grade 10 for the {late} of its {owed} that is more than {days} days past due: no "
        "other figure would lift it. It counts no more once {least} of it is paid, credited or recorded as "
        "disputed{paying}.",
        late=money(late, currency),
        owed=money(owed, currency),
        days=DAYS,
        least=money(least, currency),
        paying=paying,
    )


def long_overdue_rated(late: pd.DataFrame, book: Book, ratings: pd.DataFrame) -> pd.DataFrame | None:
    """Return buyers of `long_past_due` by name, as they are rated; None where there are none."""
    return None if late.empty else late.join(book.names).join(ratings[["pd", "grade", "method"]])


def long_overdue_counted(book: Book, assessment: Assessment) -> list[str]:
    """Return how far long overdue debt moves the level of a book that records no defaults; nothing where none is.

    And how many of those whose debt it is move it not, as they are not private.
    """
    late = long_overdue(book)
    if late.empty:
        return []
    levels, settings = assessment.level["value"], book.run.default
    counting = panel.private(book) | (not panel.private(book).any())
    counted_late = int(named(late.index.to_series(), book.buyers["buyer_id"])[counting].sum())
    told = []
    if counted_late:
        told.append(
            tr(
                "The book records no defaults. In their place stand the {buyers} of which more than "
                "{material_amount} and more than {material_share} of what it owes is over {days} days past due and "
                "uncontested, without those that paid at least {paying_share} of what fell due since "
                "(`default.material_share`, `default.paying_share`). They move the stated central tendency of "
                "{central_tendency_stated} to {moved}, the mean of all others; they stand in grade 10 themselves.",
                buyers=counted(counted_late, "buyer"),
                material_amount=money(settings.material_amount, book.run.currency),
                material_share=percent(settings.material_share),
                days=DAYS,
                paying_share=percent(settings.paying_share),
                central_tendency_stated=probability(levels["central tendency, stated"]),
                moved=probability(levels["central tendency, with the book's own history"]),
            )
        )
    if counted_late < len(late):
        told.append(
            tr(
                "Long overdue in grade 10, but not private and so without effect on the level: {buyers}.",
                buyers=counted(len(late) - counted_late, "buyer"),
            )
        )
    return told


def unmatched(book: Book) -> list[str]:
    """Return which keys of the run's `default` section fit nothing in the book; none: nothing to say."""
    return [
        tr("{key} names {missing}, which no row of the book has: it has no effect.", key=key, missing=listed(missing))
        for key, missing in panel.unmatched(book).items()
    ]


_COSTS_UNKNOWN = "What the stated signs cost is not testable with this book"
SURE = 2.0
"""Standard errors above zero from which a stated sign is said to cost something."""


def sign_costs(costs: pd.DataFrame, observations: int) -> str:
    """Return which stated signs cost something on buyers left out (`default.sign_costs`); empty where none is shown.

    `observations`: of how many there are in all; of a large book a part is compared.
    """
    told = _sign_costs(costs)
    if not told or observations <= MOST_ROWS:
        return told
    return tr(
        "{told} About {compared} of the {observations} observations are compared, those of buyers drawn by chance.",
        told=told, compared=whole(MOST_ROWS), observations=whole(observations),
    )  # fmt: skip


def _sign_costs(costs: pd.DataFrame) -> str:
    if costs.empty:
        return ""
    if costs["log_loss_cost"].isna().all():
        needed = tr(
            "{minimum_defaulters} buyers that defaulted and {minimum_defaulters} that did not",
            minimum_defaulters=MINIMUM_DEFAULTERS,
        )
        return tr("{costs_unknown}: that needs {needed}.", costs_unknown=tr(_COSTS_UNKNOWN), needed=needed)
    sure = costs[costs["log_loss_cost"] > SURE * costs["log_loss_cost_error"]]
    compared = tr(
        "With all signs lifted, the curves of {inputs} run most against their own", inputs=counted(len(costs), "input")
    )
    if sure.empty:
        return tr(
            "{compared}. On buyers left out none of these signs costs more than {sure} standard errors of "
            "log-loss: the data give no reason to drop one.",
            compared=compared,
            sure=fixed(SURE, 0),
        )
    each = (
        tr(
            "{input} ({cost} ± {error} of log-loss, {auc} of AUC)",
            input=in_words(name.replace("_", " ")),
            cost=fixed(row["log_loss_cost"], 4),
            error=fixed(row["log_loss_cost_error"], 4),
            auc=("+" if row["auc_cost"] > 0 else "") + fixed(row["auc_cost"], 3).replace("-", MINUS),
        )
        for name, row in sure.iterrows()
    )
    verb = "costs" if len(sure) == 1 else "cost"
    return tr(
        "{compared}. On buyers left out the sign of {each} {verb} more than {sure} standard errors. All "
        "stay in force: whether a sign is dropped is a decision on its sense, not on this figure alone.",
        compared=compared,
        each=listed(each),
        verb=verb,
        sure=fixed(SURE, 0),
    )


def no_sign_costs(assessment: Assessment, settings: DefaultSettings) -> str:
    """Return why a table of what stated signs cost has no rows."""
    if assessment.model is not None:
        return tr("The data contradict none: with all signs lifted, no curve runs against its own.")
    defaulted = counted(assessment.defaulters, "buyer")
    return tr(
        "{costs_unknown}: {defaulted} defaulted, and a fit needs {minimum_defaults}.",
        costs_unknown=tr(_COSTS_UNKNOWN),
        defaulted=defaulted,
        minimum_defaults=settings.minimum_defaults,
    )


def _fitted(assessment: Assessment, model: DefaultModel, settings: DefaultSettings) -> str:
    level = tr("the stated central tendency") if settings.level == "stated" else tr("the book's own default rate")
    return tr(
        "Additive logistic model with {inputs} inputs, each with a monotone curve where its sign is "
        "stated, fitted to {observed} observations of this book's buyers on past dates; {buyers} defaulted "
        "within {horizon_months} months of an observation. Curves are shrunk towards expert priors "
        "({priors}); the book's own defaults update them. {pairs}Calibrated to {level}. {index}",
        inputs=len(model.inputs),
        observed=whole(len(assessment.observed)),
        buyers=counted(assessment.defaulters, "buyer"),
        horizon_months=HORIZON_MONTHS,
        priors=_PRIORS,
        pairs=_pairs(model) + scaled(assessment) + _shrunk(model),
        level=level,
        index=_index(assessment, settings),
    )


def _pairs(model: DefaultModel) -> str:
    if not model.pairs:
        return ""
    return tr(
        "{pairs} of inputs, chosen by cross-validation, add what both tell together. ",
        pairs=counted(len(model.pairs), "pair"),
    )


def scaled(assessment: Assessment) -> str:
    """Return which input says how much all others count, and how much; empty where none does."""
    model = assessment.model
    if model is None or model.scale is None:
        return ""
    low, high = model.scale.factor(np.array([model.scale.knots[0], model.scale.knots[-1]]))
    return tr(
        "All other inputs count {low} times as much at the low end of {input} as at its median, and {high} times as "
        "much at its high end. ",
        low=fixed(low, 2), high=fixed(high, 2), input=in_words(model.scale.name),
    )  # fmt: skip


def _shrunk(model: DefaultModel) -> str:
    if round(model.shrinkage, 2) == 1.0:
        return ""
    return tr(
        "What the data add to the priors counts {times} times, as far as it held for observations left out of the "
        "fit. ",
        times=fixed(model.shrinkage, 2),
    )


def pictured(assessment: Assessment) -> str:
    """Return what the picture of the whole model shows, for readers who do not see it."""
    told = [
        tr(
            "Panels: contribution of each input to the log-odds of default, with its interval; a cross is a missing "
            "value."
        )
    ]
    if assessment.surfaces is not None:
        told.append(tr("Shades: what two inputs tell together."))
    if assessment.scaling is not None:
        told.append(tr("Last panel: how many times the other inputs count."))
    return " ".join([*told, scaled(assessment)]).strip()


def _stated(assessment: Assessment, settings: DefaultSettings, recorded: bool) -> str:
    tendency = assessment.level["value"]["central tendency, stated"]
    weights = listed(f"{in_words(str(name))} {fixed(weight, 2)}" for name, weight in assessment.weights.items())
    if recorded:
        why = tr(
            "{buyers} of this book defaulted within {horizon_months} months of an observation; a fit needs "
            "{minimum_defaults}.",
            buyers=counted(assessment.defaulters, "buyer"),
            horizon_months=HORIZON_MONTHS,
            minimum_defaults=settings.minimum_defaults,
        )
        updated = tr(
            ", which {buyer_years} observed buyer-years update against a prior worth {prior_buyer_years}",
            buyer_years=fixed(assessment.buyer_years, 0),
            prior_buyer_years=fixed(settings.prior_buyer_years, 0),
        )
    else:
        why = tr(
            "The book records no defaults (table `defaults`), to which a model could be fitted; a fit "
            "needs {minimum_defaults} buyers that defaulted.",
            minimum_defaults=settings.minimum_defaults,
        )
        updated = ""
    return tr(
        "{why} The default probability cannot be estimated from this book. Calibrated to the stated "
        "central tendency of {tendency} ({central_tendency_source}){updated}. {index} The ranking comes "
        "from expert curves ({priors}); weight of each part after the book's own defaults: {weights}.",
        why=why,
        tendency=probability(tendency),
        central_tendency_source=tr(settings.central_tendency_source),
        updated=updated,
        index=_index(assessment, settings),
        priors=_PRIORS,
        weights=weights,
    )


def _index(assessment: Assessment, settings: DefaultSettings) -> str:
    average = tr("the level is a through-the-cycle average, not that of today.")
    if settings.insolvency_index is None:
        return tr("No insolvency index is stated: {average}", average=average)
    if np.isnan(assessment.level["value"]["insolvency index now"]):
        return tr(
            "The stated insolvency index has no recent values, or none for these years: {average}", average=average
        )
    told = tr(
        "An insolvency index moves the level to today ({rstrip}).", rstrip=settings.insolvency_index.source.rstrip(".")
    )
    figures = assessment.level["value"]
    if figures["insolvency index expected in 12 months"] == figures["insolvency index now"]:
        return tr("{told} Its values are too few to tell how it moves on: it is taken to stay where it is.", told=told)
    return told
