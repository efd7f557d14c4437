"""Credit limits of the demo book's buyers: ours, and what the insurer was asked for and decided."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.calendar import working_day
from tradecredit.book.demo.accounts import EQUITY_MEAN, EQUITY_SLOPE, EQUITY_SPAN, SCORE_LEVEL, SCORE_SLOPE
from tradecredit.book.demo.ledger import YEARLY_GROWTH
from tradecredit.book.demo.world import HISTORY_MONTHS, WINDOW_MONTHS, Random, World
from tradecredit.book.places import places

USUAL_DELAY_DAYS, LARGE_BALANCE = 25, 25_000.0
"""For the balance that limits are set by; EUR, the insurer is asked for limits on all buyers that usually owe more."""
HEADROOM = (2.8, 3.8)
"""What is asked of the insurer, in usual balances: room for the season, for growth and for late payment."""
SEEN_SD, UNKNOWN_ACCOUNTS = 0.6, 0.2
"""Noise of what the insurer hears of a buyer's state; what it adds for a buyer without accounts."""
PARTS = {0.7: 1.0, 1.2: 0.6, 1.8: 0.3}
"""The insurer's opinion of a buyer's state up to which it grants which part of what is asked; beyond: nothing."""
ROOM_LEVEL, ROOM_SD = 0.4, 0.6
"""Of the logs of the insurer's room for a buyer, which others' limits use too, per amount asked at first."""
OWN_REASONS_SHARE, ASKED_AGAIN_SHARE = 0.03, 0.3
"""Buyers that the insurer refuses for reasons of its own; reviews before which we ask for a limit that fits again."""


def limits(world: World, seen: "Seen", ours: Random, insurers: Random) -> pd.DataFrame:
    """Return the decisions by `until`, each valid until the day before the next; a default ends all credit."""
    frame = pd.concat([_own_limits(world, ours), _insurer_limits(world, seen, insurers)], ignore_index=True)
    defaulted = world.days("defaulted")[frame["buyer"]]
    frame = frame[(frame["valid_from"] <= world.until) & ~(frame["valid_from"] >= defaulted)]
    ended = frame.drop_duplicates(["buyer", "source"])
    ended = ended.assign(
        valid_from=world.days("defaulted")[ended["buyer"]], amount=0.0, requested=np.nan, reason="buyer in default"
    )
    frame = pd.concat([frame, ended[ended["valid_from"] <= world.until]])
    frame = frame.sort_values(["buyer", "source", "valid_from"], kind="stable")
    following = frame.groupby(["buyer", "source"])["valid_from"].shift(-1)
    buyer_id = world.buyers["buyer_id"].to_numpy()[frame["buyer"]]
    return frame.assign(buyer_id=buyer_id, valid_to=following - pd.Timedelta(days=1))


class Seen(NamedTuple):
    """What has been published of buyers, as the insurer reads it: the tables `statements` and `scores`."""

    statements: pd.DataFrame
    scores: pd.DataFrame


def latest(keys: np.ndarray, days: np.ndarray, values: np.ndarray, asked: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Return, for each key and day that is `asked` (arrays of one shape), the latest value by then; missing: none."""
    order = np.lexsort((days, keys))
    span = 1_000_000
    known = keys[order].astype(np.int64) * span + days[order].astype("datetime64[D]").astype(np.int64)
    place = (
        known.searchsorted(
            asked[0].astype(np.int64) * span + asked[1].astype("datetime64[D]").astype(np.int64), "right"
        )
        - 1
    )
    found = (place >= 0) & (keys[order][place.clip(0)] == asked[0]) if len(keys) else np.zeros(asked[0].shape, bool)
    return np.where(found, values[order][place.clip(0)] if len(keys) else np.nan, np.nan)


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
    requested = np.full(day.shape, np.nan)
    return _decisions("own", kept, {"valid_from": day, "amount": amount, "requested": requested, "reason": reason})


def _insurer_limits(world: World, seen: Seen, rng: Random) -> pd.DataFrame:
    """Return the insurer's answers on all larger buyers, and its later cuts.

    A limit is asked for when a buyer comes, and again before some reviews, for what it needs by then. The insurer
    grants a part of it by its opinion (`PARTS`); between requests it looks at each buyer about twice a year, and cuts.
    `requested` is known of answers; a cut that nobody asked for has none.
    """
    day = working_day(_reviews(world, 160, 201, rng) + 20)
    part = _part_granted(_opinion(world, seen, day, rng))
    part[rng.random(len(day)) < OWN_REASONS_SHARE] = 0.0
    room = np.exp(ROOM_LEVEL + ROOM_SD * rng.standard_normal(len(day)))
    years = (day - day[:, :1]).astype(float) / 365
    sought = _rounded(_usual_balance(world) * rng.uniform(*HEADROOM, (len(day), 1)) * (1 + YEARLY_GROWTH) ** years)
    asks = rng.random(day.shape) < ASKED_AGAIN_SHARE
    asks[:, 0] = True
    amount, requested, reason = np.zeros(day.shape), np.full(day.shape, np.nan), np.full(day.shape, "", dtype=object)
    made = np.zeros(day.shape, bool)
    asked, granted, last_part = np.zeros(len(day)), np.zeros(len(day)), np.zeros(len(day))
    for review in range(day.shape[1]):
        asking = asks[:, review] & ((sought[:, review] > granted) | (review == 0))
        asked = np.where(asking, sought[:, review], asked)
        offer = np.minimum(asked * part[:, review], sought[:, 0] * room)
        offer = np.where(part[:, review] > 0, _rounded(offer), 0.0).clip(max=asked)
        lower = (part[:, review] < last_part) & (offer < granted)
        now = np.where(asking, offer, np.where(lower, offer, granted))
        made[:, review] = asking | lower
        requested[asking, review] = asked[asking]
        reason[:, review] = _reasons(asking, now, granted, asked)
        amount[:, review], granted = now, now
        last_part = np.where(made[:, review], part[:, review], last_part)
    large = world.buyers["private"].to_numpy()[:, None] & (_usual_balance(world) > LARGE_BALANCE)
    columns = {"valid_from": day, "amount": amount, "requested": requested, "reason": reason}
    return _decisions("insurer", made & large, columns)


def _reasons(asking: np.ndarray, now: np.ndarray, before: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Return in words what the insurer decides: an answer to what was asked, or a cut of its own."""
    return np.select(
        [asking & (now >= asked), asking & (now > 0) & (now >= before), asking & (now > 0), asking & (before > 0),
         asking, now == 0],
        ["granted", "granted in part", "granted in part, below the limit before",
         "withdrawn: weaker payment and accounts", "refused", "withdrawn: weaker payment and accounts"],
        "reduced: weaker payment",
    )  # fmt: skip


def _opinion(world: World, seen: Seen, day: np.ndarray, rng: Random) -> np.ndarray:
    """Return the insurer's opinion of each buyer's state on days: what it hears, published accounts and scores.

    Hearsay of the day counts twice, the latest accounts and the latest score once each where there are any; and an
    opinion is half the one before.
    """
    heard = world.state_on(day) + SEEN_SD * rng.standard_normal(day.shape)
    buyer = np.broadcast_to(np.arange(len(day))[:, None], day.shape)
    ids = world.buyers["buyer_id"]
    equity = (seen.statements["equity"] / seen.statements["total_assets"]).to_numpy()
    weakness = np.arctanh(((EQUITY_MEAN - equity) / EQUITY_SPAN).clip(-0.95, 0.95)) / EQUITY_SLOPE
    of_accounts = places(seen.statements["buyer_id"], ids)
    accounts = latest(of_accounts, seen.statements["published"].to_numpy("datetime64[D]"), weakness, (buyer, day))
    score = seen.scores["score"].clip(1, 99).to_numpy()
    told = (SCORE_LEVEL - np.log(score / (100 - score))) / SCORE_SLOPE
    agency = latest(
        places(seen.scores["buyer_id"], ids), seen.scores["date"].to_numpy("datetime64[D]"), told, (buyer, day)
    )
    opinion = np.nanmean([heard, heard, accounts, agency], axis=0) + UNKNOWN_ACCOUNTS * np.isnan(accounts)
    for review in range(1, day.shape[1]):
        opinion[:, review] = (opinion[:, review] + opinion[:, review - 1]) / 2
    return opinion


def _part_granted(opinion: np.ndarray) -> np.ndarray:
    """Return the part of what is asked that the insurer grants by its opinion of the buyer's state."""
    bounds, parts = list(PARTS), [*PARTS.values(), 0.0]
    return np.array(parts)[np.searchsorted(bounds, opinion)]


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
