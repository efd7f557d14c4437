"""What is said of the demo book's buyers: accounts, agencies' scores, analysts' judgements."""

import numpy as np
import pandas as pd

from tradecredit.book.calendar import working_day
from tradecredit.book.demo.ledger import currencies, euros_per_unit
from tradecredit.book.demo.places import SECTORS
from tradecredit.book.demo.world import HISTORY_MONTHS, WINDOW_MONTHS, Random, World

LISTED_FORMS = (" AG", " N.V.", " NV", " SA", " S.p.A.", " S.A.", " PLC", " Corp.", " Oyj")


EQUITY_MEAN, EQUITY_SPAN, EQUITY_SLOPE = 0.36, 0.55, 0.3
"""Equity / assets = mean − span × tanh(slope × state + noise)."""
SCORE_LEVEL, SCORE_SLOPE = 0.5, 1.1
"""Score = 100 / (1 + exp(slope × opinion of the state − level))."""


def statements(world: World, fx: pd.DataFrame, rng: Random) -> pd.DataFrame:
    """Return the annual accounts published by `until`, in whole units of the buyer's currency."""
    count = len(world.buyers)
    year_end = rng.choice([12, 3, 6, 9], count, p=[0.76, 0.10, 0.08, 0.06])
    size = world.buyers["yearly_sales"].to_numpy() / np.exp(-3.2 + 0.8 * rng.standard_normal(count)).clip(0.002, 0.4)
    chance = rng.random((3, count))
    publishes = world.buyers["private"].to_numpy() & (chance[0] < 0.85)
    listed = world.buyers["name"].str.endswith(LISTED_FORMS).to_numpy() & (size > 30e6) & (chance[1] < 0.5)
    audited = listed | (chance[2] < np.where(size > 12e6, 0.97, 0.12))
    lasting = rng.standard_normal((8, count))
    first = world.months[0].astype("datetime64[M]").astype(int)
    years = np.arange(first // 12, (first + len(world.months)) // 12 + 1)
    buyer, year = (grid.ravel() for grid in np.meshgrid(np.arange(count), years, indexing="ij"))
    month = year * 12 + year_end[buyer] - 1 - first
    period_end = world.month_end(month)
    published = working_day(period_end + rng.integers(120, 271, len(buyer)))
    of_year = rng.standard_normal((8, len(buyer)))
    kept = publishes[buyer] & (month >= HISTORY_MONTHS - 25) & (published <= world.until)
    kept &= ~(published >= world.days("stopped")[buyer])
    buyer, month, period_end, published = (values[kept] for values in (buyer, month, period_end, published))
    summed = np.cumsum(world.state, axis=1)
    of = world.buyers.iloc[buyer]
    currency = currencies(world).take(buyer).reset_index(drop=True)
    accounts = _accounts(
        (summed[buyer, month] - summed[buyer, month - 12]) / 12,
        lasting[:, buyer] + np.array([0.1, 0.1, 0.3, 0.3, 0.3, 0.3, 0.3, 0.1])[:, None] * of_year[:, kept],
        size[buyer] / euros_per_unit(fx, currency, period_end) * 1.03 ** ((month - HISTORY_MONTHS) / 12),
        SECTORS.loc[of["sector"]].reset_index(drop=True),
    )
    return accounts.assign(
        buyer_id=of["buyer_id"].to_numpy(),
        period_end=period_end,
        published=published,
        currency=currency,
        assurance=np.where(audited[buyer], "audited", "unaudited"),
        market_value=accounts["market_value"].where(listed[buyer]),
    )


def _accounts(state: np.ndarray, noise: np.ndarray, size: np.ndarray, sector: pd.DataFrame) -> pd.DataFrame:
    """Return a year's accounts for each row: ratios follow the state with noise, and the amounts agree."""
    revenue = size * np.exp(-0.06 * state)
    total_assets = (revenue / sector["turnover"] / np.exp(0.25 * noise[0])).round()
    equity = (total_assets * (EQUITY_MEAN - EQUITY_SPAN * np.tanh(EQUITY_SLOPE * state + 0.2 * noise[1]))).round()
    liabilities = total_assets - equity
    current_assets = (total_assets * (sector["current"] * np.exp(0.1 * noise[2])).clip(upper=0.95)).round()
    parts = pd.DataFrame(
        {
            "inventories": sector["inventories"] * np.exp(0.25 * noise[3]),
            "trade_receivables": 0.9 - sector["inventories"],
            "cash": 0.16 * np.exp(-0.5 * state + 0.3 * noise[4]),
            "other": 0.08,
        }
    )
    parts = np.floor(parts.mul(current_assets / parts.sum(axis=1), axis=0))
    current_liabilities = (current_assets / np.exp(0.42 - 0.2 * state + 0.15 * noise[5])).clip(upper=0.97 * liabilities)
    ebit = (total_assets * (0.065 - 0.045 * state + 0.025 * noise[6])).round()
    interest = (liabilities * 0.45 * (0.04 + 0.008 * state.clip(0, 3))).round()
    before_tax = ebit - interest
    return pd.DataFrame(
        {
            "revenue": revenue.round(),
            "ebit": ebit,
            "net_income": (before_tax * np.where(before_tax > 0, 0.75, 1)).round(),
            "interest_expense": interest,
            "total_assets": total_assets,
            "current_assets": current_assets,
            **parts.drop(columns="other"),
            "total_liabilities": liabilities,
            "current_liabilities": current_liabilities.round(),
            "retained_earnings": equity - (0.07 * total_assets * np.exp(0.3 * noise[7])).round(),
            "equity": equity,
            "market_value": (equity.clip(lower=0.08 * total_assets) * np.exp(0.4 - 0.45 * state)).round(),
        }
    )


def scores(world: World, rng: Random) -> pd.DataFrame:
    """Return one agency's yearly scores (0 worst, 100 best) on 60 % of the buyers."""
    first = world.months[HISTORY_MONTHS - 12] + rng.integers(0, 365, len(world.buyers))
    day = working_day(first[:, None] + 365 * np.arange(WINDOW_MONTHS // 12 + 2))
    opinion = world.state_on(day) + 0.6 * rng.standard_normal(day.shape)
    rated = world.buyers["kind"].isin(["private", "prepaid"]).to_numpy() & (rng.random(len(day)) < 0.63)
    shown = rated[:, None] & (day <= world.until) & ~(day >= world.days("defaulted")[:, None])
    buyer_id = world.buyers["buyer_id"].to_numpy()[np.nonzero(shown)[0]]
    score = np.round(100 / (1 + np.exp(SCORE_SLOPE * opinion - SCORE_LEVEL)))[shown]
    return pd.DataFrame({"buyer_id": buyer_id, "date": day[shown], "agency": "Agency A", "score": score})


def overrides(world: World, rng: Random) -> pd.DataFrame:
    """Return three judgements of analysts on sound buyers of long standing; the last one has expired."""
    sound = world.buyers["private"] & world.buyers["stopped"].isna()
    chosen = rng.choice(world.buyers.loc[sound, "buyer_id"].iloc[: len(world.buyers) // 2], 3, replace=False)
    reasons = [
        "Lost its largest customer; told us by telephone",
        "Seasonal need until its new warehouse opens",
        "Guarantee by the parent company",
    ]
    return pd.DataFrame(
        {
            "buyer_id": chosen,
            "grade": [8, np.nan, 4],
            "limit": [np.nan, 60_000, np.nan],
            "reason": reasons,
            "by": ["K. Ostrin, credit control", "M. Haldan, head of credit", "K. Ostrin, credit control"],
            "since": working_day(world.until - np.array([25, 48, 400])),
            "until": working_day(world.until + np.array([155, 130, -40])),
        }
    )
