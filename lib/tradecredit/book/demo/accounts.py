"""What is said of the demo book's buyers: accounts, limits, agencies' scores, analysts' judgements."""

import numpy as np
import pandas as pd

from tradecredit.book.calendar import working_day
from tradecredit.book.demo.ledger import YEARLY_GROWTH, currencies, euros_per_unit
from tradecredit.book.demo.places import SECTORS
from tradecredit.book.demo.world import HISTORY_MONTHS, WINDOW_MONTHS, Random, World

USUAL_DELAY_DAYS, LARGE_BALANCE = 25, 25_000.0
"""For the balance that limits are set by; EUR, the insurer is asked for limits on buyers that owe more."""
LISTED_FORMS = (" AG", " N.V.", " NV", " SA", " S.p.A.", " S.A.", " PLC", " Corp.", " Oyj")


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
    equity = (total_assets * (0.36 - 0.55 * np.tanh(0.3 * state + 0.2 * noise[1]))).round()
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


def limits(world: World, ours: Random, insurers: Random) -> pd.DataFrame:
    """Return the decisions by `until`, each valid until the day before the next; a default ends all credit."""
    frame = pd.concat([_own_limits(world, ours), _insurer_limits(world, insurers)], ignore_index=True)
    defaulted = world.days("defaulted")[frame["buyer"]]
    frame = frame[(frame["valid_from"] <= world.until) & ~(frame["valid_from"] >= defaulted)]
    ended = frame.drop_duplicates(["buyer", "source"])
    ended = ended.assign(valid_from=world.days("defaulted")[ended["buyer"]], amount=0.0, reason="buyer in default")
    frame = pd.concat([frame, ended[ended["valid_from"] <= world.until]])
    frame = frame.sort_values(["buyer", "source", "valid_from"], kind="stable")
    following = frame.groupby(["buyer", "source"])["valid_from"].shift(-1)
    buyer_id = world.buyers["buyer_id"].to_numpy()[frame["buyer"]]
    return frame.assign(buyer_id=buyer_id, valid_to=following - pd.Timedelta(days=1))


def _own_limits(world: World, rng: Random) -> pd.DataFrame:
    """Return our own decisions, about one a year: 1.2 to 2 times the usual balance by quality, a few held lower."""
    day = _reviews(world, 330, 401, rng)
    factor = (1.2 + 0.8 / (1 + np.exp(1.2 * world.state_on(day)))) * np.exp(0.08 * rng.standard_normal(day.shape))
    factor = np.where(rng.random(day.shape) < 0.06, 0.5, factor)
    amount = _rounded(_usual_balance(world) * factor * (1 + YEARLY_GROWTH) ** np.arange(day.shape[1]))
    before = np.roll(amount, 1, axis=1)
    reason = np.select([amount > before, amount < before], ["review: raised", "review: reduced"], "review: unchanged")
    reason[:, 0] = np.where(day[:, 0] < world.months[HISTORY_MONTHS], "review: unchanged", "new customer")
    kept = np.broadcast_to(world.buyers["kind"].isin(["private", "public"]).to_numpy()[:, None], day.shape)
    return _decisions("own", kept, {"valid_from": day, "amount": amount, "reason": reason})


def _insurer_limits(world: World, rng: Random) -> pd.DataFrame:
    """Return the insurer's decisions on larger buyers: granted or refused, then reduced or withdrawn as they worsen."""
    day = working_day(_reviews(world, 160, 201, rng) + 20)
    count, usual = len(day), _usual_balance(world)
    stress = np.maximum.accumulate(world.state_on(day) + 0.5 * rng.standard_normal(day.shape), axis=1)
    refused = rng.random((count, 1)) < 0.05
    part = np.select([refused | (stress > 2.1), stress > 1.4], [0.0, 0.5], 1.0)
    amount = np.where(part > 0, _rounded(usual * rng.uniform(0.8, 1.8, (count, 1)) * part), 0.0)
    reason = np.where(part == 0, "withdrawn: weaker payment and accounts", "reduced: weaker payment")
    reason[:, 0] = np.select([part[:, 0] == 0, part[:, 0] < 1], ["refused", "granted in part"], "granted")
    changed = part != np.roll(part, 1, axis=1)
    changed[:, 0] = True
    asked = world.buyers["private"].to_numpy()[:, None] & (usual > LARGE_BALANCE) & (rng.random((count, 1)) < 0.72)
    return _decisions("insurer", changed & asked, {"valid_from": day, "amount": amount, "reason": reason})


def _reviews(world: World, shortest: int, longest: int, rng: Random) -> np.ndarray:
    """Return days of review, buyers × number, so many days apart; the last ones may lie after `until`."""
    steps = rng.integers(shortest, longest, (len(world.buyers), 2 + WINDOW_MONTHS * 31 // shortest))
    steps[:, 0] = rng.integers(0, shortest, len(steps))
    first = np.maximum(world.days("customer_since"), world.months[HISTORY_MONTHS] - steps[:, 0])
    steps[:, 0] = 0
    return working_day(first[:, None] + np.cumsum(steps, axis=1))


def _usual_balance(world: World) -> np.ndarray:
    """Return what a buyer owes as a rule (gross EUR, one column): its sales of terms and delay, and an order more."""
    of = world.buyers
    balance = of["yearly_sales"] / 365 * (of["terms"] + USUAL_DELAY_DAYS) + of["size"] * (1 + of["tax_rate"])
    return balance.to_numpy()[:, None]


def _decisions(source: str, made: np.ndarray, columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Return a row for each decision that was made, from arrays of buyers × number."""
    buyer = np.nonzero(made)[0]
    return pd.DataFrame({"buyer": buyer, **{name: values[made] for name, values in columns.items()}, "source": source})


def _rounded(amount: np.ndarray) -> np.ndarray:
    """Return amounts as people set limits: whole thousands when small, coarser steps when large."""
    step = np.select([amount < 5e4, amount < 25e4], [1_000, 5_000], 25_000)
    return np.maximum(np.round(amount / step), 1) * step


def scores(world: World, rng: Random) -> pd.DataFrame:
    """Return one agency's yearly scores (0 worst, 100 best) on 60 % of the buyers."""
    first = world.months[HISTORY_MONTHS - 12] + rng.integers(0, 365, len(world.buyers))
    day = working_day(first[:, None] + 365 * np.arange(WINDOW_MONTHS // 12 + 2))
    opinion = world.state_on(day) + 0.6 * rng.standard_normal(day.shape)
    rated = world.buyers["kind"].isin(["private", "prepaid"]).to_numpy() & (rng.random(len(day)) < 0.63)
    shown = rated[:, None] & (day <= world.until) & ~(day >= world.days("defaulted")[:, None])
    buyer_id = world.buyers["buyer_id"].to_numpy()[np.nonzero(shown)[0]]
    score = np.round(100 / (1 + np.exp(1.1 * opinion - 0.5)))[shown]
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
