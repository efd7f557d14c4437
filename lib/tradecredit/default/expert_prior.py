"""What is believed of default beforehand: bundled curves, stated weights, agencies' scores, a stated level.

Three parts stand in for the book's own estimate, and each is shown: payment behaviour by stated weights, accounts by
curves fitted to other firms (`bundled`), and outside opinion by what the agencies' scores are stated to mean. A fit is
held to these curves; where the book has too few defaults to carry one, its defaults move the weight of each part. The
level is a central tendency that the book's own rate moves; each by a stated strength of belief.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logit

from tradecredit.default import unseen
from tradecredit.default.additive_model import CURVE_COLUMNS, TABLE_COLUMNS, DefaultModel
from tradecredit.default.curve_knots import QUANTILES as KNOTS
from tradecredit.default.panel import ACCOUNTS, BEHAVIOUR, OPINION, score_of
from tradecredit.default.point_in_time import shift_to
from tradecredit.params.default import DefaultSettings

FILE = Path(__file__).with_name("bundled_model.json")
"""The bundled curves, made by tests/reference/bundled_model.py."""

SOURCE = (
    "3,528 listed US companies, of which 428 filed for bankruptcy in the year after the account (Lombardo et al. 2022, "
    "Future Internet 14, 244, CC BY 4.0; without market values)"
)
"""Fitted on the firms up to 2011 alone, the curves ordered the failures of 2012 to 2014 with an AUC of 0.759 (standard
error 0.025); Altman's Z'' orders them with 0.707 (tests of both)."""

RATIOS = (
    "equity_ratio", "return_on_assets", "net_margin", "current_ratio", "retained_earnings_ratio",
    "working_capital_ratio",
)  # fmt: skip
"""Ratios that the bundled curves were fitted on: those of `panel.CANDIDATES` that the American data have."""

QUANTILES = (0.0, *KNOTS, 1.0)
"""Of today's buyers, at which the stated lines are evaluated: to their very ends, where what they say of the worst
lies."""

LONGEST_DAYS = 90.0
"""More days than this count as this many where the stated weights apply. A debtor 90 days past due is in default by
the Basel definition (Basel Committee 2006, §452), so that the stated weights do not hold beyond; and one invoice
forgotten for years would else take the whole central tendency to its buyer and leave none to the others."""

DOUBT = {BEHAVIOUR: 2.0, ACCOUNTS: 1.0, OPINION: 1.0}
"""What a part that is not known adds to the variance of a buyer's log-odds, in squares of `prior_sd`; where
nothing is known the standard deviation is 2.2 times that where everything is."""


class History(NamedTuple):
    """What the book's own past says: defaults, years in which a buyer was watched, and the parts' weights.

    An observation's default counts as much of one as its 12 months count of a year: both are counted over all
    observations that overlap, so that their ratio is the mean rate of the observations.
    """

    defaults: float
    buyer_years: float
    weights: Mapping[str, float]


class Stated(NamedTuple):
    """Index buyer_id: `ratings` (pd, pd_low, pd_high, method) and `contributions` to the log-odds by input."""

    ratings: pd.DataFrame
    contributions: pd.DataFrame


@cache
def bundled() -> DefaultModel:
    """Return the curves of accounts that the library brings (`SOURCE`)."""
    return DefaultModel.from_json(FILE.read_text(encoding="utf-8"))


def behaviour_known(table: pd.DataFrame) -> pd.Series:
    """Return a boolean per row of `measure.behaviour.features`: whether anything fell due or was settled in a year."""
    return table[["days_beyond_terms", "share_late"]].notna().any(axis=1) | (table["oldest_days_past_due"] > 0)


def parts(table: pd.DataFrame, settings: DefaultSettings) -> dict[str, pd.DataFrame]:
    """Return what payment behaviour, accounts and outside opinion add to the log-odds, before any weighting.

    `table`: index a buyer or an observation; the columns of `settings.prior_log_odds`, `RATIOS`, and `panel.score_of`
    the agencies of `settings.agencies` (absent: no score). Behaviour: stated weight × value (at most `LONGEST_DAYS`
    days, or all of a share); accounts: the bundled curves; opinion: log-odds of what the score means, divided by the
    number of these agencies that the table has any score of. Missing where the value is, and all of the behaviour where
    nothing was settled or fell due.
    """
    weights = pd.Series(settings.prior_log_odds, dtype="float64")
    behaviour = _clipped(table[list(weights.index)].astype("float64")) * weights
    behaviour = behaviour.where(behaviour_known(table), axis="index")
    names = [part.name for part in bundled().inputs]
    accounts = table[names].astype("float64")
    opinion = pd.DataFrame(
        {
            name: pd.Series(np.interp(table[name].astype("float64"), *points), index=table.index)
            for name, points in _meanings(table, settings).items()
        },
        index=table.index,
    )
    return {BEHAVIOUR: behaviour, ACCOUNTS: bundled().explain(accounts).where(accounts.notna()), OPINION: opinion}


def stated_weights(settings: DefaultSettings) -> dict[str, float]:
    """Return the stated weight of each part, by its name."""
    return {str(part): weight for part, weight in settings.prior_part_weights.items()}


def history(observed: pd.DataFrame, settings: DefaultSettings, *, years: float) -> History:
    """Return what the observations of the past (`panel.panel`) say.

    The weights are the maximum a posteriori of a logit of `defaulted` on the scores of the parts, each weight normal
    around the stated one (`prior_part_weights`) with standard deviation `prior_weight_sd`, the level free: the stated
    ones without defaults. Observations `years` apart overlap, and count as so much of a year; so do they in the
    likelihood.
    """
    weights = stated_weights(settings)
    stated = np.array([weights[part] for part in DOUBT])
    if not len(observed) or not observed["defaulted"].any():
        return History(0, len(observed) * years, dict(zip(DOUBT, stated.tolist(), strict=True)))
    y = observed["defaulted"].to_numpy(dtype="float64")
    scores = np.column_stack([_score(table) for table in parts(observed, settings).values()])

    def loss(at: np.ndarray) -> float:
        odds = at[0] + scores @ at[1:]
        belief = ((at[1:] - stated) ** 2).sum() / (2 * settings.prior_weight_sd**2)
        return float(years * (np.logaddexp(0, odds) - y * odds).sum() + belief)

    start = np.array([logit(y.mean()), *stated])
    at = minimize(loss, start, method="L-BFGS-B", bounds=[(None, None), *[(0, None)] * len(stated)]).x
    return History(float(y.sum()) * years, len(observed) * years, dict(zip(DOUBT, at[1:].tolist(), strict=True)))


def central_tendency(known: History, stated: float, *, strength: float, counted: bool) -> float:
    """Return the level: (defaults + strength × stated) / (buyer-years + strength), the mean of a beta posterior.

    `strength`: the buyer-years that the stated level is worth. Where the book records no defaults (`counted` false) its
    years say nothing, and the stated level stays.
    """
    if not counted:
        return stated
    return (known.defaults + strength * stated) / (known.buyer_years + strength)


def stated_tendency(today: pd.DataFrame, alive: pd.Series, settings: DefaultSettings) -> float:
    """Return the stated level of a book: the mean of its buyers' own central tendencies, or that of all buyers."""
    if "central_tendency" not in today or not alive.any():
        return settings.central_tendency
    return float(today["central_tendency"][alive].mean())


def rated(
    today: pd.DataFrame, alive: pd.Series, level: float, *, weights: Mapping[str, float], settings: DefaultSettings
) -> Stated:
    """Return the probabilities of the buyers of `today` (index buyer_id, columns and `weights` as those of `parts`).

    log-odds = α + Σ weight of the part × (contribution − median of the `alive`), nothing for what is not known; α such
    that the mean over the alive of whom something is known is `level`. Where `today` has a `central_tendency` of the
    buyer's country and sector, it moves the buyer against that of all. A buyer of whom nothing is known gets the
    central tendency. The interval (`unseen.widened`): `prior_sd`, wider by `DOUBT` for every part that is not known.
    `method`: `prior: ` and the parts that are known.
    """
    contributions: dict[str, pd.Series] = {}
    has, variance = {}, pd.Series(1.0, index=today.index)
    for name, table in parts(today, settings).items():
        has[name] = table.notna().any(axis=1)
        centred = (table - table[has[name] & alive].median()) * weights[name]
        contributions |= dict(centred.where(has[name], 0.0).fillna(0.0).items())
        variance += np.where(has[name], 0.0, DOUBT[name])
    found, has = pd.DataFrame(contributions, index=today.index), pd.DataFrame(has)
    score, stated = found.sum(axis=1), pd.Series(0.0, index=today.index)
    if "central_tendency" in today:
        stated = logit(today["central_tendency"]) - logit(stated_tendency(today, alive, settings))
        found = found.assign(central_tendency=stated - stated[alive].median())
    something = has.any(axis=1)
    counted = alive & something
    shift = shift_to(level, (score + stated)[counted]) if counted.any() else 0.0
    odds = (score + stated + shift).where(something, stated + logit(level))
    probability = pd.Series(expit(odds), index=today.index)
    exact = pd.DataFrame({"pd": probability, "pd_low": probability, "pd_high": probability})
    unseen_sd = settings.prior_sd * np.sqrt(variance.to_numpy())
    told = unseen.widened(exact, unseen=unseen_sd, error=0.0, confidence=settings.interval)
    basis = has.apply(lambda row: "prior: " + (" and ".join(row.index[row]) or "nothing known"), axis=1)
    return Stated(told.assign(method=basis), found)


def shape(
    today: pd.DataFrame, weights: Mapping[str, float], settings: DefaultSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what enters, as `DefaultModel.table` and `DefaultModel.curves`.

    `weights` of the parts. What is stated is evaluated over the rows of `today`, without errors, and not at all where
    they have no value of it; the bundled curves, their importance and errors are those of the data they were fitted to.
    The curves are what a fit is held to (`DefaultModel.fit`, belief).
    """
    tables = []
    believed: dict[str, float] = {str(name): odds for name, odds in settings.prior_log_odds.items()}
    for name, (places, odds) in _stated_lines(today, weights, settings).items():
        log_odds = pd.Series(np.interp(today[name].astype("float64"), places, odds))
        low, high = log_odds.quantile([0.01, 0.99])
        sign = np.sign(believed.get(name, odds[-1] - odds[0]))
        tables.append((name, sign, log_odds.std(), high - low))
    accounts = bundled().table
    accounts = accounts.assign(**{name: accounts[name] * weights[ACCOUNTS] for name in TABLE_COLUMNS[1:]})
    stated = (
        pd.DataFrame(tables, columns=["input", *TABLE_COLUMNS[:3]]).set_index("input").reindex(columns=TABLE_COLUMNS)
    )
    found = [part for part in (stated, accounts) if len(part)]
    table = pd.concat(found).rename_axis("input").sort_values("importance", ascending=False, kind="stable")
    return table, believed_curves(today, weights, settings)


def believed_curves(today: pd.DataFrame, weights: Mapping[str, float], settings: DefaultSettings) -> pd.DataFrame:
    """Return the curves of `shape` alone: what a fit to the rows of `today` is held to."""
    curves = []
    for name, (places, odds) in _stated_lines(today, weights, settings).items():
        beyond = odds - np.interp(today[name].median(), places, odds)
        curves.append(pd.DataFrame({"input": name, "value": places, "log_odds": beyond}))
    theirs = _bundled_curves()
    theirs = theirs.assign(**{name: theirs[name] * weights[ACCOUNTS] for name in ("log_odds", "standard_error")})
    return pd.concat([*curves, theirs], ignore_index=True).reindex(columns=CURVE_COLUMNS)


@cache
def _bundled_curves() -> pd.DataFrame:
    return bundled().curves


def _stated_lines(table: pd.DataFrame, weights: Mapping[str, float], settings: DefaultSettings) -> dict[str, tuple]:
    """Return the places, rising, and log-odds there of each stated input that the table has any value of."""
    behaviour = pd.Series(settings.prior_log_odds, dtype="float64") * weights[BEHAVIOUR]
    known = [name for name in behaviour.index if table[name].notna().any()]
    values = _clipped(table[known].astype("float64")).quantile(list(QUANTILES))
    lines = {name: (values[name].unique(), values[name].unique() * behaviour[name]) for name in known}
    lines |= {name: (at, odds * weights[OPINION]) for name, (at, odds) in _meanings(table, settings).items()}
    if "central_tendency" in table:
        stated = np.unique(table["central_tendency"])
        lines["central_tendency"] = stated, logit(stated)
    return lines


def _meanings(table: pd.DataFrame, settings: DefaultSettings) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return, by column of the table, scores, rising, and the log-odds that each stands for, shared among agencies.

    An agency that the table has no score of has no share.
    """
    known = {
        name: points
        for name, points in settings.agencies.items()
        if score_of(name) in table and table[score_of(name)].notna().any()
    }
    return {
        score_of(agency): (np.array(sorted(points)), logit([points[score] for score in sorted(points)]) / len(known))
        for agency, points in known.items()
    }


def _clipped(values: pd.DataFrame) -> pd.DataFrame:
    return values.assign(**{name: values[name].clip(upper=LONGEST_DAYS if "days" in name else 1.0) for name in values})


def _score(table: pd.DataFrame) -> np.ndarray:
    return (table - table.median()).fillna(0.0).sum(axis=1).to_numpy(dtype="float64")
