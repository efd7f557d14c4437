"""Who may fail: each buyer's 12-month default probability, grade and reasons, and what they rest on."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import expit

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.book.places import named
from tradecredit.default import expert_prior, point_in_time, unseen
from tradecredit.default.additive_model import DefaultModel
from tradecredit.default.explain import LONG_OVERDUE, drivers
from tradecredit.default.grades import WORST, grade, middle
from tradecredit.default.panel import HORIZON_MONTHS, STEP_MONTHS, candidates, inputs, panel, private, year_after
from tradecredit.errors import InputError, Problem
from tradecredit.measure.balances import balances
from tradecredit.measure.default_events import in_default
from tradecredit.measure.long_overdue import long_overdue
from tradecredit.measure.overrides import overriding
from tradecredit.numerics import discrimination
from tradecredit.params.default import DefaultSettings

FOLDS = 5
"""Parts that the buyers are dealt to, each of which is predicted by a fit to the others."""

FITTED, UNKNOWN_BEHAVIOUR = "fitted model", "fitted model: behaviour not known"


@dataclass(frozen=True, eq=False)
class Assessment:
    """All that chapter 02 shows of today's buyers, and what its review starts from.

    - `ratings`: see `assess`;
    - `model`: the fitted one, or None; `weights` of the stated parts;
    - `inputs`, `curves`: what enters and how, as `DefaultModel.table` and `.curves`; the stated ones, without errors,
      without a fit;
    - `surfaces`: what pairs of inputs tell together, as `DefaultModel.surfaces`; `scaling`: how many times the others
      count by one of them, as `DefaultModel.scaling`; None where the model has none;
    - `contributions`: index buyer_id, what each input adds to the log-odds against the median buyer; `today`: the
      values; `dropped`: index `input`; `reason`;
    - `observed`: `panel.panel` with `fitted`, the probability by the fit to all, and `other_buyers`, by a fit without
      the buyer's fold (both missing without a fit);
    - `later`: index as the rows of `observed` on its last date, `later_date`: by a fit that knew only outcomes known by
      then (empty without one);
    - `defaulters`: buyers in the panel that defaulted within 12 months; `buyer_years` that were watched for defaults
      (missing with a fit);
    - `factor`: what the odds of the fit are multiplied by for the level; `tendency`: the mean that the stated curves
      are shifted to (missing with a fit); `level_defaults`, those that the level rests on;
    - `counted`: index buyer_id, whether the level is that of the buyer and its like: private, not in default and,
      without a fit, not long overdue (where no buyer is all of that, without the last, then the first); `level`: index
      `figure`; `value`, `unit`.
    """

    ratings: pd.DataFrame
    model: DefaultModel | None
    weights: dict[str, float]
    inputs: pd.DataFrame
    curves: pd.DataFrame
    surfaces: pd.DataFrame | None
    scaling: pd.DataFrame | None
    contributions: pd.DataFrame
    today: pd.DataFrame
    dropped: pd.DataFrame
    observed: pd.DataFrame
    later: pd.Series
    defaulters: int
    factor: float
    tendency: float
    level_defaults: float
    counted: pd.Series
    level: pd.DataFrame
    buyer_years: float


class _Level(NamedTuple):
    """`at`: what the odds of a fit are multiplied by, or the mean that stated curves are shifted to; `error`: that of
    its logarithm, as far as it is of all buyers alike; `defaults` that it rests on; `figures`, to be shown."""

    at: float
    error: float
    defaults: float
    figures: dict[str, float]


def assess(book: Book) -> pd.DataFrame:
    """Return every buyer's default probability over the next 12 months.

    Index buyer_id (all buyers of the book). Columns:

    - `pd`, and `pd_low` to `pd_high` at the run's confidence (`default.interval`);
    - `grade`, 1 to 10 by the run's bounds; `drivers`, up to three reasons for a probability above the median
      buyer's, in words; `method`, what the probability rests on;
    - `model_pd`, `model_grade`: before an analyst's override; `override`, its reason (missing: none).

    `method` is `fitted model`, with `: behaviour not known` where nothing of a buyer was settled or fell due in the
    last 12 months; `prior: ` and which of `payment behaviour`, `accounts` and `outside opinion` are known, or `nothing
    known`, and `; long overdue` of such a buyer; `analyst's override`; `in default`.

    In a book that records no defaults, a buyer that is `long_overdue` has at least the middle of grade 10, and counts
    as a default in the level of all. A buyer in default (`in_default`) has probability 1 and grade 10. An override that
    is valid on the day replaces the grade, and the probability by the middle of the grade. See `assessment` for how the
    rest comes about. Raises `InputError` for overriding grades that are not whole from 1 to 10.
    """
    return _of_today(book).ratings


@remembered
def assessment(book: Book) -> Assessment:
    """Return the default probabilities with the model behind them.

    If at least `default.minimum_defaults` buyers of `panel` defaulted within 12 months of an observation, curves are
    fitted on the `candidates` (`DefaultModel.fit`, errors clustered by buyer; a value that is not known has a
    coefficient of its own), held to those that are believed beforehand (`expert_prior.believed_curves`). Otherwise the
    book's own history cannot carry a fit, and the believed curves stay, each part weighted as far as the history moves
    it (`expert_prior`). Level: with a fit the book's own, or by `default.level` the stated central tendency; without,
    the central tendency as the book's history moves it; either moved to now by the run's index of insolvencies
    (`point_in_time.point_in_time`). Raises as `assess`.
    """
    found = _of_today(book)
    observed, later = found.observed.assign(fitted=np.nan, other_buyers=np.nan), found.later
    if found.model:
        fitted, others = found.model.probability(found.observed), _other_buyers(found.observed, book)
        observed, later = observed.assign(fitted=fitted, other_buyers=others), _later(found.observed, book)
    return replace(_with_curves(found, book.run.default), observed=observed, later=later)


def _with_curves(found: Assessment, settings: DefaultSettings) -> Assessment:
    if (model := found.model) is None:
        table, curves = expert_prior.shape(found.today, found.weights, settings)
        return replace(found, inputs=table, curves=curves)
    surfaces, scaling = model.surfaces if model.pairs else None, model.scaling if model.scale else None
    return replace(found, inputs=model.table, curves=model.curves, surfaces=surfaces, scaling=scaling)


@remembered
def _of_today(book: Book) -> Assessment:
    """Return the assessment without what only a page on the model shows: its curves, and fits to some observations.

    `observed` lacks `fitted` and `other_buyers`, `later` and `inputs` and `curves` are empty; no `surfaces`, `scaling`.
    """
    observed, today, settings = panel(book), inputs(book), book.run.default
    defaulters = int(observed.loc[observed["defaulted"] == 1, "buyer_id"].nunique())
    alive = ~pd.Series(named(in_default(book).to_series(), book.buyers["buyer_id"]), index=today.index)
    # Those whose level is known: the others are rated as if they were private.
    counted = alive & private(book) if (alive & private(book)).any() else alive
    if defaulters >= settings.minimum_defaults:
        model, weights = _fitted(observed, book), expert_prior.stated_weights(settings)
        contributions = model.explain(today)
        method = np.where(expert_prior.behaviour_known(today), FITTED, UNKNOWN_BEHAVIOUR)
        rated = model.predict(today, confidence=settings.interval).assign(method=method)
        tendency = float("nan")
        stated = expert_prior.stated_tendency(today, counted, settings)
        level = _level_of_fit(rated["pd"][counted], stated, observed, book)
        factor = level.at
        rated = rated.assign(**{name: point_in_time.moved(rated[name], factor) for name in ("pd", "pd_low", "pd_high")})
        rated = unseen.widened(rated, unseen=settings.prior_sd, error=level.error, confidence=settings.interval)
        buyer_years = float("nan")
    else:
        model = None
        known = expert_prior.history(observed, settings, years=STEP_MONTHS / HORIZON_MONTHS)
        weights = dict(known.weights)
        factor = 1.0
        late = pd.Series(named(long_overdue(book).index.to_series(), book.buyers["buyer_id"]), index=today.index)
        stated = expert_prior.stated_tendency(today, counted, settings)
        level = _stated_level(known, stated, (late, counted), book)
        tendency = level.at
        # The level is that of those who are not long overdue, which come on top of it.
        counted = counted & ~late if (counted & ~late).any() else counted
        rated, contributions = expert_prior.rated(today, counted, tendency, weights=weights, settings=settings)
        rated = unseen.widened(rated, unseen=0.0, error=level.error, confidence=settings.interval)
        rated = _long_overdue(rated, late, book)
        buyer_years = known.buyer_years
    rated = rated.assign(drivers=drivers(contributions, today, candidates(book)))
    rated = rated[["pd", "pd_low", "pd_high", "drivers", "method"]]
    ratings = _overridden(_in_default(rated, alive, book), book)
    mean = {"mean model probability, before overrides": float(ratings["model_pd"][alive].mean())}
    return Assessment(
        ratings=ratings,
        model=model,
        weights=weights,
        inputs=pd.DataFrame(),
        curves=pd.DataFrame(),
        surfaces=None,
        scaling=None,
        contributions=contributions,
        today=today,
        dropped=pd.Series(model.dropped if model else {}, dtype="str").rename_axis("input").to_frame("reason"),
        observed=observed,
        later=pd.Series(dtype="float64", name="later_date"),
        defaulters=defaulters,
        factor=factor,
        tendency=tendency,
        level_defaults=level.defaults,
        counted=counted,
        level=_with_units(level.figures | mean),
        buyer_years=buyer_years,
    )


def level_basis(book: Book) -> Assessment:
    """Return what the level of today's probabilities rests on: `assessment` without curves and fits to parts."""
    return _of_today(book)


def _fitted(observed: pd.DataFrame, book: Book) -> DefaultModel:
    settings, columns = book.run.default, candidates(book)
    values = observed[list(columns)].astype("float64")
    belief = expert_prior.believed_curves(values, expert_prior.stated_weights(settings), settings)
    return DefaultModel.fit(
        values, observed["defaulted"].astype(int), signs={name: one.sign for name, one in columns.items()},
        groups=observed["buyer_id"], belief=belief,
    )  # fmt: skip


def _other_buyers(observed: pd.DataFrame, book: Book) -> pd.Series:
    """Return the probability of each observation by a fit to the buyers outside its fold."""
    # Buyers of each kind are dealt to the folds in turn, so that every fold has its share of the defaults.
    ever = observed.groupby("buyer_id")["defaulted"].max().sort_values(kind="stable")
    fold = observed["buyer_id"].map(pd.Series(np.arange(len(ever)) % FOLDS, index=ever.index))
    parts = [_fitted(observed[fold != k], book).probability(observed[fold == k]) for k in range(FOLDS)]
    return pd.concat(parts).reindex(observed.index)


def _later(observed: pd.DataFrame, book: Book) -> pd.Series:
    """Return what a fit would have said on the last date from outcomes known by then; empty if too few were."""
    last = observed["date"].max()
    known = [day for day in observed["date"].unique() if year_after(day) <= last]
    earlier = observed[observed["date"].isin(known)]
    defaulters = earlier.loc[earlier["defaulted"] == 1, "buyer_id"].nunique()
    later = observed[observed["date"] == last] if defaulters >= book.run.default.minimum_defaults else observed.head(0)
    if later.empty:
        return pd.Series(dtype="float64", name="later_date")
    return _fitted(earlier, book).probability(later).rename("later_date")


def _level_of_fit(probability: pd.Series, stated: float, observed: pd.DataFrame, book: Book) -> _Level:
    """Return the level of a fit: what its odds are multiplied by."""
    settings = book.run.default
    shown = {"observed rate of the fitted sample": float(observed["defaulted"].astype(float).mean())}
    if settings.level == "stated":
        now = point_in_time.point_in_time(settings, book.as_of)
        target = _tendency_now(stated, now)
        shown |= {"central tendency, stated": stated}
        factor = point_in_time.factor_to(target, probability) if len(probability) else 1.0
        defaults = settings.prior_buyer_years * settings.central_tendency
        return _Level(factor, _stated_error(defaults, now, settings), defaults, shown | _index_figures(now))
    now = point_in_time.point_in_time(settings, book.as_of, observed["date"])
    defaults = float(observed["defaulted"].astype(float).sum()) * STEP_MONTHS / HORIZON_MONTHS
    # How few these are is in the errors of the curves, whose intercept they set.
    return _Level(now.factor, point_in_time.movement_error(now, settings), defaults, shown | _index_figures(now))


def _stated_level(
    known: expert_prior.History, stated: float, buyers: tuple[pd.Series, pd.Series], book: Book
) -> _Level:
    """Return the level of stated curves: the mean probability that they are shifted to.

    `buyers`: which are `long_overdue`, in a book that records no defaults, and which the level is measured of; those
    that are both are its defaults of a year, of all of the latter who owe or bought.
    """
    settings, (late, counted) = book.run.default, buyers
    now = point_in_time.point_in_time(settings, book.as_of)
    strength = settings.prior_buyer_years
    if (late & counted).any():
        watched = balances(book)[["open_amount", "sales_12m"]].sum(axis=1) > 0
        known = known._replace(defaults=float((late & counted).sum()), buyer_years=float((watched & counted).sum()))
    tells = book.has("defaults") or bool((late & counted).any())
    tendency = expert_prior.central_tendency(known, stated, strength=strength, counted=tells)
    shown = {"central tendency, stated": stated, "central tendency, with the book's own history": tendency}
    defaults = strength * settings.central_tendency + (known.defaults if tells else 0.0)
    at, error = _tendency_now(tendency, now), _stated_error(defaults, now, settings)
    return _Level(at, error, defaults, shown | _index_figures(now))


def _stated_error(defaults: float, now: point_in_time.PointInTime, settings: DefaultSettings) -> float:
    """Return the error of the logarithm of a stated level: about 1 / √ of the defaults that it is worth, and the way
    from its years to the next."""
    return float(np.hypot(defaults**-0.5, point_in_time.movement_error(now, settings)))


def _with_units(levels: dict[str, float]) -> pd.DataFrame:
    table = pd.Series(levels, dtype="float64").rename_axis("figure").to_frame("value")
    return table.assign(unit=np.where(table.index.str.contains("index"), "ratio", "probability"))


def _tendency_now(tendency: float, now: point_in_time.PointInTime) -> float:
    return float(point_in_time.moved(pd.Series([tendency]), now.factor).iloc[0])


def _index_figures(now: point_in_time.PointInTime) -> dict[str, float]:
    return {
        "insolvency index then": now.then, "insolvency index now": now.now,
        "insolvency index expected in 12 months": now.ahead, "odds multiplied for the index": now.factor
    }  # fmt: skip


def _long_overdue(rated: pd.DataFrame, late: pd.Series, book: Book) -> pd.DataFrame:
    """Return the ratings with buyers that are long overdue at the middle of the worst grade at least."""
    least = float(middle(book.run.grades)[WORST])
    raised = late & (rated["pd"] < least)
    pd_now = rated["pd"].mask(raised, least)
    low, high = (
        rated[bound].mask(raised, _moved(rated[bound], rated["pd"], pd_now)) for bound in ("pd_low", "pd_high")
    )
    method = rated["method"].mask(late, rated["method"] + f"; {LONG_OVERDUE}")
    return rated.assign(pd=pd_now, pd_low=low, pd_high=high, method=method)


def _in_default(rated: pd.DataFrame, alive: pd.Series, book: Book) -> pd.DataFrame:
    """Return the ratings with buyers in default at probability 1 and everybody's grade."""
    certain = {"pd": 1.0, "pd_low": 1.0, "pd_high": 1.0, "drivers": "", "method": "in default"}
    rated = rated.assign(**{name: rated[name].where(alive, value) for name, value in certain.items()})
    return rated.assign(grade=grade(rated["pd"], book.run.grades).where(alive, WORST))


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
    odds = discrimination.log_odds(bound.clip(upper=1 - 1e-12)) - discrimination.log_odds(old.clip(upper=1 - 1e-12))
    return pd.Series(expit(odds + discrimination.log_odds(new.clip(upper=1 - 1e-12))), index=bound.index)
