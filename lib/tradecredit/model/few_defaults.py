"""Default probabilities of a book with too few defaults to carry a fit: brought curves, stated weights, a stated level.

Three things stand in for the book's own estimate, and each is shown: the order comes from payment behaviour by stated
weights and from accounts by curves fitted to other firms (`brought`); what defaults the book has move the weight of
both; and the level is a central tendency that they shift, each by a stated strength of belief.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit
from scipy.stats import norm

from tradecredit.model.curves import QUANTILES
from tradecredit.model.default_model import CURVE_COLUMNS, TABLE_COLUMNS, DefaultModel
from tradecredit.params import DefaultSettings

FILE = Path(__file__).with_name("brought_model.json")
"""The brought curves, made by tests/reference/brought_model.py."""

SOURCE = (
    "3,528 listed US companies, of which 428 filed for bankruptcy in the year after the account (Lombardo et al. 2022, "
    "Future Internet 14, 244, CC BY 4.0; without market values)"
)
"""Fitted on the firms up to 2011 alone, the curves ordered the failures of 2012 to 2014 with an AUC of 0.758 (standard
error 0.025); Altman's Z'' orders them with 0.707 (tests of both)."""

ACCOUNTS = (
    "equity_ratio", "return_on_assets", "net_margin", "current_ratio", "retained_earnings_ratio",
    "working_capital_ratio",
)  # fmt: skip
"""Ratios that the brought curves were fitted on: those of `default.CANDIDATES` that the American data have."""

LONGEST_DAYS = 90.0
"""More days than this count as this many where the stated weights apply. A debtor 90 days past due is in default by
the Basel definition (Basel Committee 2006, §452), so that the stated weights cannot speak of more; and one invoice
forgotten for years would else take the whole central tendency to its buyer and leave none to the others."""

DOUBT = {"payment behaviour": 2.0, "accounts": 1.0}
"""What a part that is not known adds to the variance of a buyer's log-odds, in squares of `prior_sd`; where
neither is known the standard deviation is twice that where both are."""


class History(NamedTuple):
    """What the book's own past says: buyers that defaulted, years in which a buyer was watched, the parts' weights."""

    defaulters: int
    buyer_years: float
    weights: Mapping[str, float]


class Stated(NamedTuple):
    """Index buyer_id: `ratings` (pd, pd_low, pd_high, method) and `contributions` to the log-odds by input."""

    ratings: pd.DataFrame
    contributions: pd.DataFrame


@cache
def brought() -> DefaultModel:
    """Return the curves of accounts that the library brings (`SOURCE`)."""
    return DefaultModel.from_json(FILE.read_text(encoding="utf-8"))


def behaviour_known(table: pd.DataFrame) -> pd.Series:
    """Tell of each row of `measure.behaviour.features` whether anything was settled or fell due in the 12 months."""
    return table[["days_beyond_terms", "share_late"]].notna().any(axis=1)


def parts(table: pd.DataFrame, settings: DefaultSettings) -> dict[str, pd.DataFrame]:
    """Return what payment behaviour and accounts add to the log-odds, before any weighting.

    `table`: index a buyer or an observation; the columns of `settings.prior_log_odds` and `ACCOUNTS`. Behaviour: stated
    weight × value (at most `LONGEST_DAYS` days); accounts: the brought curves. Missing where the value is, and all of
    the behaviour where nothing was settled or fell due.
    """
    weights = pd.Series(settings.prior_log_odds, dtype="float64")
    behaviour = _clipped(table[list(weights.index)].astype("float64")) * weights
    behaviour = behaviour.where(behaviour_known(table), axis="index")
    names = [part.name for part in brought().inputs]
    accounts = table[names].astype("float64")
    return {"payment behaviour": behaviour, "accounts": brought().explain(accounts).where(accounts.notna())}


def history(observed: pd.DataFrame, settings: DefaultSettings, *, years: float) -> History:
    """Return what the observations of the past (`default.panel`) say.

    The weights are the maximum a posteriori of a logit of `defaulted` on the scores of both parts, each weight normal
    around 1 with standard deviation `prior_weight_sd`, the level free: 1 without defaults. Observations `years` apart
    overlap, and count as so much of a year; so do they in the likelihood.
    """
    if not len(observed) or not observed["defaulted"].any():
        return History(0, len(observed) * years, dict.fromkeys(DOUBT, 1.0))
    y = observed["defaulted"].to_numpy(dtype="float64")
    scores = np.column_stack([_score(table) for table in parts(observed, settings).values()])

    def loss(at: np.ndarray) -> float:
        odds = at[0] + scores @ at[1:]
        belief = ((at[1:] - 1) ** 2).sum() / (2 * settings.prior_weight_sd**2)
        return float(years * (np.logaddexp(0, odds) - y * odds).sum() + belief)

    start = np.array([logit(y.mean()), 1.0, 1.0])
    at = minimize(loss, start, method="L-BFGS-B", bounds=[(None, None), (0, None), (0, None)]).x
    defaulters = int(observed.loc[observed["defaulted"] == 1, "buyer_id"].nunique())
    return History(defaulters, len(observed) * years, dict(zip(DOUBT, at[1:].tolist(), strict=True)))


def central_tendency(known: History, settings: DefaultSettings, *, counted: bool) -> float:
    """Return the level: (defaulters + strength × stated) / (buyer-years + strength), the mean of a beta posterior.

    `settings.prior_buyer_years` is the strength. Where the book records no defaults (`counted` false) its years say
    nothing, and the stated central tendency stays.
    """
    strength = settings.prior_buyer_years
    if not counted:
        return settings.central_tendency
    return (known.defaulters + strength * settings.central_tendency) / (known.buyer_years + strength)


def rated(today: pd.DataFrame, alive: pd.Series, level: float, *, known: History, settings: DefaultSettings) -> Stated:
    """Return the probabilities of the buyers of `today` (index buyer_id, columns as `parts`).

    log-odds = α + Σ weight of the part × (contribution − median of the `alive`), nothing for what is not known; α such
    that the mean over the alive of whom something is known is `level`. Central tendencies of countries and sectors
    (`settings.central_tendencies`) move their buyers against it. A buyer of whom nothing is known gets the central
    tendency. The standard deviation of the log-odds is `prior_sd` × √(1 + Σ `DOUBT` of the parts not known).
    """
    contributions, variance = {}, pd.Series(1.0, index=today.index)
    has = pd.DataFrame(index=today.index)
    for name, table in parts(today, settings).items():
        has[name] = table.notna().any(axis=1)
        centred = (table - table[has[name] & alive].median()) * known.weights[name]
        contributions |= dict(centred.where(has[name], 0.0).fillna(0.0).items())
        variance += np.where(has[name], 0.0, DOUBT[name])
    found = pd.DataFrame(contributions, index=today.index)
    stated = _stated_levels(today, settings)
    score = found.sum(axis=1) + stated - logit(settings.central_tendency)
    counted = alive & has.any(axis=1)
    odds = logit(level) + stated - logit(settings.central_tendency)
    if counted.any():
        # Within these ends all probabilities are nearly 0, or nearly 1, whatever the scores.
        ends = -60 - score.max(), 60 - score.min()
        alpha = brentq(lambda alpha: expit(alpha + score[counted]).mean() - level, *ends)
        odds = (alpha + score).where(has.any(axis=1), odds)
    width = norm.ppf(0.5 + settings.interval / 2) * settings.prior_sd * np.sqrt(variance)
    nothing = "neither behaviour nor accounts known"
    told = has.apply(lambda row: "prior: " + (" and ".join(row.index[row]) or nothing), axis=1)
    columns = {"pd": expit(odds), "pd_low": expit(odds - width), "pd_high": expit(odds + width), "method": told}
    return Stated(pd.DataFrame(columns, index=today.index), found)


def shape(today: pd.DataFrame, known: History, settings: DefaultSettings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what enters, as `DefaultModel.table` and `DefaultModel.curves`, over the buyers of `today`.

    The stated weights are straight lines without errors; the brought curves have those of their own data.
    """
    weights = pd.Series(settings.prior_log_odds, dtype="float64") * known.weights["payment behaviour"]
    values = _clipped(today[list(weights.index)].astype("float64"))
    log_odds = (values - values.median()) * weights
    ends = log_odds.quantile([0.01, 0.99])
    stated = pd.DataFrame(
        {"sign": np.sign(weights), "importance": log_odds.std(), "effect": ends.loc[0.99] - ends.loc[0.01]},
        columns=TABLE_COLUMNS,
    )
    lines = [
        pd.DataFrame({"input": name, "value": places, "log_odds": (places - values[name].median()) * weights[name]})
        for name in weights.index
        for places in [values[name].quantile(QUANTILES).unique()]
    ]
    scale = known.weights["accounts"]
    size = ["importance", "effect", "standard_error", "missing"]
    curves, accounts = brought().curves, brought().table
    curves = curves.assign(**{name: curves[name] * scale for name in ("log_odds", "standard_error")})
    accounts = accounts.assign(**{name: accounts[name] * scale for name in size})
    tables = [part for part in (stated, accounts) if len(part)]
    return (
        pd.concat(tables).rename_axis("input").sort_values("importance", ascending=False, kind="stable"),
        pd.concat([*lines, curves], ignore_index=True).reindex(columns=CURVE_COLUMNS),
    )


def _clipped(values: pd.DataFrame) -> pd.DataFrame:
    return values.assign(**{name: values[name].clip(upper=LONGEST_DAYS) for name in values if "days" in name})


def _score(table: pd.DataFrame) -> np.ndarray:
    return (table - table.median()).fillna(0.0).sum(axis=1).to_numpy(dtype="float64")


def _stated_levels(today: pd.DataFrame, settings: DefaultSettings) -> pd.Series:
    """Return each buyer's stated central tendency as log-odds: of country and sector, country, sector, or all."""
    country, sector = today["country"].fillna(""), today["sector"].fillna("")
    level = pd.Series(settings.central_tendency, index=today.index)
    for keys in (sector, country, country + "/" + sector):
        level = keys.map(settings.central_tendencies).astype("float64").fillna(level)
    return pd.Series(logit(level), index=today.index)
