"""Who may fail: each buyer's 12-month default probability, grade and reasons, and how good they are."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.errors import InputError, Problem
from tradecredit.measure.behaviour import features
from tradecredit.measure.ratios import ratios
from tradecredit.model import few_defaults, validate
from tradecredit.model.at_risk import in_default
from tradecredit.model.default_model import DefaultModel
from tradecredit.model.grades import WORST, grade, middle
from tradecredit.params import DefaultSettings

__all__ = ["Assessment", "DefaultModel", "assess", "assessment", "in_default", "overriding", "panel"]


class Candidate(NamedTuple):
    """A column that a fitted model may use: the sign it must have, and how a sentence tells its value."""

    sign: int
    words: str


CANDIDATES = {
    "days_beyond_terms": Candidate(+1, "pays {:.0f} days beyond terms"),
    "days_beyond_terms_drift": Candidate(+1, "pays {:+.0f} days later than over the year"),
    "share_late": Candidate(+1, "{:.0%} of what fell due was late"),
    "share_overdue": Candidate(+1, "{:.0%} of the balance is overdue"),
    "oldest_days_past_due": Candidate(+1, "oldest item {:.0f} days overdue"),
    "limit_use": Candidate(+1, "uses {:.0%} of its limit"),
    "dispute_rate": Candidate(+1, "disputes {:.1%} of sales"),
    "equity_ratio": Candidate(-1, "equity is {:.0%} of assets"),
    "return_on_assets": Candidate(-1, "operating result is {:.1%} of assets"),
    "net_margin": Candidate(-1, "net margin {:.1%}"),
    "current_ratio": Candidate(-1, "current ratio {:.2f}"),
    "cash_ratio": Candidate(-1, "cash ratio {:.2f}"),
    "interest_cover": Candidate(-1, "operating result covers interest {:.1f} times"),
    "retained_earnings_ratio": Candidate(-1, "retained earnings are {:.0%} of assets"),
    "working_capital_ratio": Candidate(-1, "working capital is {:.0%} of assets"),
}
"""What a fitted model may use: payment behaviour (`measure.behaviour`) and accounts (`measure.ratios`). The months of
history are not among them: they grow with the calendar and would stand for the state of the economy."""

FOLDS = 5
"""Parts that the buyers are split into for cross-validation."""

STEP_MONTHS = 3
"""Distance of the dates on which a fit observes the buyers."""

HORIZON_MONTHS = 12
DRIVERS = 3


@dataclass(frozen=True, eq=False)
class Assessment:
    """All that chapter 02 shows.

    `ratings`: see `assess`. `model`: the fitted one, or None. `inputs` and `curves`: what enters and how, as
    `DefaultModel.table` and `.curves`; of the stated weights, straight and without errors, where nothing is fitted.
    `dropped`: index `input`; `reason`. `validation`:
    figures in sample, by cross-validation over buyers and out of time (`validate.report`; empty without a fit).
    `calibration`: predicted and observed rates by grade in cross-validation (`validate.calibration`; empty likewise).
    `observations`, `defaulters`: rows of the panel, and buyers in it that defaulted within 12 months. `basis`: in a
    sentence, what the probabilities rest on.
    """

    ratings: pd.DataFrame
    model: DefaultModel | None
    inputs: pd.DataFrame
    curves: pd.DataFrame
    dropped: pd.DataFrame
    validation: pd.DataFrame
    calibration: pd.DataFrame
    observations: int
    defaulters: int
    basis: str


def assess(book: Book) -> pd.DataFrame:
    """Return every buyer's default probability over the next 12 months.

    Index buyer_id (all buyers of the book). Columns:

    - `pd`, and `pd_low` to `pd_high` at the run's confidence (`default.interval`);
    - `grade`, 1 to 10 by the run's bounds; `drivers`, up to three reasons for a probability above the median
      buyer's, in words; `method`, what the probability rests on;
    - `model_pd`, `model_grade`: before an analyst's override; `override`, its reason (missing: none).

    `method` is `fitted model`, with `: behaviour not known` where nothing of a buyer was settled or fell due in the
    last 12 months; `prior: ` and which of `payment behaviour` and `accounts` are known; `analyst's override`;
    `in default`.

    A buyer in default (`in_default`) has probability 1 and grade 10. An override that is valid on the day replaces the
    grade, and the probability by the middle of the grade. See `assessment` for how the rest comes about. Raises
    `InputError` for overriding grades that are not whole from 1 to 10.
    """
    return assessment(book).ratings


@remembered
def assessment(book: Book) -> Assessment:
    """Return the default probabilities with the model behind them and its validation.

    If at least `default.minimum_defaults` buyers of `panel` defaulted within 12 months of an observation, curves are
    fitted on `CANDIDATES` (`DefaultModel.fit`, errors clustered by buyer; a value that is not known has a coefficient
    of its own). Otherwise the book's own history cannot carry a fit, and the probabilities rest on stated beliefs,
    which its history moves (`few_defaults`): order by stated weights of payment behaviour and brought curves of
    accounts, level by a stated central tendency over the buyers not in default. Raises as `assess`.
    """
    observed = panel(book)
    defaulters = int(observed.loc[observed["defaulted"] == 1, "buyer_id"].nunique())
    today = _candidates(book, features(book))
    settings = book.run.default
    model = _fitted(observed) if defaulters >= settings.minimum_defaults else None
    if model:
        validation, calibration = _validated(observed, model, book)
        inputs, curves, contributions = model.table, model.curves, model.explain(today)
        method = np.where(few_defaults.behaviour_known(today), "fitted model", "fitted model: behaviour not known")
        rated = model.predict(today, confidence=settings.interval).assign(method=method)
        basis = (
            f"Curves of {len(model.inputs)} inputs that add up in log-odds, fitted on {len(observed):,} observations "
            f"of this book's buyers on past dates; {defaulters} buyers defaulted within {HORIZON_MONTHS} months of at "
            "least one of theirs."
        )
    else:
        validation, calibration = validate.report({}), validate.calibration(*[pd.Series(dtype="float64")] * 3)
        known = few_defaults.history(observed, settings, years=STEP_MONTHS / 12)
        level = few_defaults.central_tendency(known, settings, counted=book.has("defaults"))
        alive = ~today.index.to_series().isin(in_default(book))
        classed = today.join(book.buyers.set_index("buyer_id")[["country", "sector"]])
        rated, contributions = few_defaults.rated(classed, alive, level, known=known, settings=settings)
        inputs, curves = few_defaults.shape(today, known, settings)
        basis = _stated_basis(known, level, settings)
    rated = rated.assign(drivers=_drivers(contributions, today))[["pd", "pd_low", "pd_high", "drivers", "method"]]
    ratings = _overridden(_in_default(rated, book), book)
    return Assessment(
        ratings=ratings,
        model=model,
        inputs=inputs,
        curves=curves,
        dropped=pd.Series(model.dropped if model else {}, dtype="str").rename_axis("input").to_frame("reason"),
        validation=validation,
        calibration=calibration,
        observations=len(observed),
        defaulters=defaulters,
        basis=basis,
    )


def panel(book: Book) -> pd.DataFrame:
    """Return past observations of the buyers with what became of them within 12 months.

    A row for each buyer and date, every three months back from 12 months before the as-of date to
    `default.minimum_history_months` after the first invoice: `date`, `buyer_id`, the columns of `CANDIDATES` as they
    were known on that date, and `defaulted` (1: a default in the following 12 months). Buyers already in default
    (`in_default`) and those that neither owed anything nor bought in the 12 months before are not observed. The dates
    are the same days of the month as the as-of date, so that the 12 months after the last one end on or before it.
    Empty for a short ledger.
    """
    first = book.invoices["issued"].min() + pd.DateOffset(months=book.run.default.minimum_history_months)
    last = book.as_of - pd.DateOffset(months=HORIZON_MONTHS)
    observations = [pd.DataFrame(columns=["date", "buyer_id", *CANDIDATES, "defaulted"])]
    step = 0
    while (day := last - pd.DateOffset(months=STEP_MONTHS * step)) >= first:
        observations.append(_observed(book, day))
        step += 1
    table = pd.concat([part for part in observations if len(part)] or observations, ignore_index=True)
    return table.sort_values(["date", "buyer_id"], kind="stable", ignore_index=True)


def _observed(book: Book, day: pd.Timestamp) -> pd.DataFrame:
    past = book.at(day)
    behaviour = features(past)
    active = behaviour[["open_amount", "sales_12m"]].sum(axis=1) > 0
    observed = active & ~active.index.isin(in_default(past))
    known = _candidates(past, behaviour)[observed]
    events = book.defaults[(book.defaults["date"] > day) & (book.defaults["date"] <= _year_after(day))]
    outcome = known.index.isin(events["buyer_id"]).astype(int)
    return known.reset_index().assign(date=day, defaulted=outcome)


def overriding(book: Book, column: str) -> pd.DataFrame:
    """Return the analysts' judgements valid on the book's day that set `column` (`grade`, `limit`): index buyer_id.

    Of several on one buyer that of the latest `since` counts, then that which holds longest. Columns as `overrides`.
    """
    rows = book.overrides[book.overrides[column].notna()]
    valid = rows[rows["until"].isna() | (rows["until"] >= book.as_of)]
    order = valid.sort_values("until", kind="stable").sort_values("since", kind="stable", na_position="first")
    return order.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")


def _year_after(day: pd.Timestamp) -> pd.Timestamp:
    return day + pd.DateOffset(months=HORIZON_MONTHS)


def _candidates(book: Book, behaviour: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates of every buyer as known on the book's day, `behaviour` being its `features`."""
    return behaviour.join(ratios(book))[list(CANDIDATES)].astype("float64")


def _fitted(observed: pd.DataFrame) -> DefaultModel:
    signs = {name: candidate.sign for name, candidate in CANDIDATES.items()}
    return DefaultModel.fit(
        observed[list(CANDIDATES)].astype("float64"), observed["defaulted"].astype(int), signs=signs,
        groups=observed["buyer_id"],
    )  # fmt: skip


def _validated(observed: pd.DataFrame, model: DefaultModel, book: Book) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the figures in sample, across buyers and out of time, and the calibration by grade across buyers."""
    outcome = observed["defaulted"].astype(int)
    samples = {"in sample": (model.predict(observed)["pd"], outcome)}
    # Buyers of each kind are dealt to the folds in turn, so that every fold has its share of the defaults.
    ever = observed.groupby("buyer_id")["defaulted"].max().sort_values(kind="stable")
    fold = observed["buyer_id"].map(pd.Series(np.arange(len(ever)) % FOLDS, index=ever.index))
    parts = [_fitted(observed[fold != k]).predict(observed[fold == k])["pd"] for k in range(FOLDS)]
    crossed = pd.concat(parts).reindex(observed.index)
    samples["other buyers (cross-validation)"] = (crossed, outcome)
    # Out of time: what a fit would have said a year before the last observations, from outcomes known by then.
    last = observed["date"].max()
    earlier = observed[observed["date"].map(_year_after) <= last]
    if earlier.loc[earlier["defaulted"] == 1, "buyer_id"].nunique() >= book.run.default.minimum_defaults:
        later = observed[observed["date"] == last]
        samples["later date"] = (_fitted(earlier).predict(later)["pd"], later["defaulted"].astype(int))
    confidence = book.run.default.interval
    grades = grade(crossed, book.run.grades)
    return (
        validate.report(samples, groups=observed["buyer_id"], confidence=confidence),
        validate.calibration(crossed, outcome, grades, groups=observed["buyer_id"], confidence=confidence),
    )


def _stated_basis(known: few_defaults.History, level: float, settings: DefaultSettings) -> str:
    weights = ", ".join(f"{name} {weight:.2f}" for name, weight in known.weights.items())
    return (
        f"{known.defaulters} buyers defaulted within {HORIZON_MONTHS} months of an observation in this book, and a fit "
        f"needs {settings.minimum_defaults}. The default probability cannot be estimated from this book. The level is "
        f"{level:.2%}: the stated central tendency of {settings.central_tendency:.2%} "
        f"({settings.central_tendency_source}), which the book's {known.buyer_years:,.0f} watched buyer-years move as "
        f"far as a belief worth {settings.prior_buyer_years:,.0f} allows. The order comes from payment behaviour with "
        f"stated weights, more than {few_defaults.LONGEST_DAYS:.0f} days counting as {few_defaults.LONGEST_DAYS:.0f}, "
        f"and from accounts by curves fitted to {few_defaults.SOURCE}; weight of each after the book's own defaults: "
        f"{weights}."
    )


def _drivers(contributions: pd.DataFrame, values: pd.DataFrame) -> pd.Series:
    """Return up to three reasons for a higher probability, the strongest first, in words."""
    found = []
    for buyer, row in contributions.iterrows():
        worst = row[row > 0.1].sort_values(ascending=False, kind="stable").head(DRIVERS)
        told = values.loc[buyer]
        words = (
            CANDIDATES[name].words.format(told[name]) if pd.notna(told[name]) else f"{name.replace('_', ' ')} not known"
            for name in worst.index
        )
        found.append("; ".join(words).replace("%", " %"))
    return pd.Series(found, index=contributions.index, dtype="str")


def _in_default(rated: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the ratings with buyers in default at probability 1 and everybody's grade."""
    defaulted = rated.index.isin(in_default(book))
    certain = {"pd": 1.0, "pd_low": 1.0, "pd_high": 1.0, "drivers": "", "method": "in default"}
    rated = rated.assign(**{name: rated[name].mask(defaulted, value) for name, value in certain.items()})
    return rated.assign(grade=grade(rated["pd"], book.run.grades).mask(defaulted, WORST))


def _overridden(rated: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the ratings with the analysts' grades that are valid on the day, and what they were before."""
    valid = overriding(book, "grade")
    wrong = valid[~valid["grade"].isin(range(1, WORST + 1))]
    if len(wrong):
        allowed = f"a whole grade from 1 (best) to {WORST} is expected, for buyer"
        raise InputError(
            Problem(file="overrides", column="grade", value=value, allowed=f"{allowed} {buyer}", remedy="correct it")
            for buyer, value in wrong["grade"].items()
        )
    valid = valid.reindex(rated.index)
    changed = valid["grade"].notna() & (rated["method"] != "in default")
    grades = rated["grade"].mask(changed, valid["grade"].astype("Int64"))
    probability = rated["pd"].mask(changed, grades.map(middle(book.run.grades)).astype("float64"))
    return rated.assign(
        pd=probability,
        # The interval keeps its width in log-odds around the analyst's value.
        pd_low=_moved(rated["pd_low"], rated["pd"], probability).where(changed, rated["pd_low"]),
        pd_high=_moved(rated["pd_high"], rated["pd"], probability).where(changed, rated["pd_high"]),
        grade=grades,
        method=rated["method"].mask(changed, "analyst's override"),
        model_pd=rated["pd"],
        model_grade=rated["grade"],
        override=valid["reason"].where(changed),
    )


def _moved(bound: pd.Series, old: pd.Series, new: pd.Series) -> pd.Series:
    odds = validate.log_odds(bound.clip(upper=1 - 1e-12)) - validate.log_odds(old.clip(upper=1 - 1e-12))
    return pd.Series(expit(odds + validate.log_odds(new.clip(upper=1 - 1e-12))), index=bound.index)
