"""The world of the demo book: who the buyers are, how they fare, who fails, how they buy and pay."""

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.calendar import working_day
from tradecredit.book.demo.names import with_names
from tradecredit.book.demo.places import COUNTRIES, HOME, PUBLIC_NAMES, SECTORS

WINDOW_MONTHS, HORIZON_MONTHS = 36, 12
"""Of the ledger; of the true default probability."""
HISTORY_MONTHS = 40
"""Months of hidden state before the window, for the accounts of earlier years."""

# The hidden state, in standard deviations of a usual buyer: the squares of the first four add up to 1.
QUALITY_SD, OWN_SD, SECTOR_SD, COUNTRY_SD = 0.8, 0.5, 0.24, 0.22
PERSISTENCE = 0.96
"""Correlation of each passing part from one month to the next."""
GROUP_SHARE = 0.5
"""Share of the variance of quality that the members of a group have in common."""
SLOWDOWN_START, SLOWDOWN_MONTHS, SLOWDOWN_PEAK = 12, 10, 0.8
"""First month of the window (counted from 0), length, and height in units of the state."""

FAILURE_LEVEL, FAILURE_LOADING = -8.3, 2.2
"""Logs of the monthly rate. The level makes 40 of 600 buyers default in the window on average over seeds."""
PROTRACTED_SHARE, PROTRACTED_LAGS = 0.4, (3, 4, 5)
"""Of failures; months from the last payment to a protracted default, equally likely."""

HABIT_SD = 0.15
"""Of the logs of days late, between buyers."""

INVOICE_MEAN, INVOICE_SD, BUYER_SIZE_SD, BUYER_FREQUENCY_SD = 8_300.0, 0.55, 1.0, 0.65
"""Mean net invoice in EUR; the spreads of an invoice and of buyers are of logarithms."""
SIZE_LOADING, ORDER_LOADING = 0.3, 0.2
"""Larger buyers are sounder, and buyers order less, or get less, as they worsen; logs per unit of state."""
KEY_SALES_SHARES, KEY_INVOICE_SHARE = (0.055, 0.047), 0.016
"""The two largest customers' parts of all sales; each one's part of the number of invoices."""
TERMS_DAYS = (14, 30, 45, 60, 90)
DISCOUNT_RATE, DISCOUNT_DAYS, DISCOUNT_SHARE = 0.02, 10, 0.25
"""2/10; the share is of private buyers with 30 days or more."""
HOME_TAX_RATE = 0.19

Random = np.random.Generator


class World(NamedTuple):
    """What the tables are drawn from: `months` (their first days; the history's come before the window's), `buyers`
    (a row each, see `_companies`, `_failures` and `_customers` for its columns) and `state` (buyers × months)."""

    until: np.datetime64
    months: np.ndarray
    buyers: pd.DataFrame
    state: np.ndarray

    def days(self, column: str) -> np.ndarray:
        return self.buyers[column].to_numpy("datetime64[D]")

    def of(self, buyer: np.ndarray, column: str) -> np.ndarray:
        """Return a column of figures or flags for each of the buyers (rows, which may repeat)."""
        return self.buyers[column].to_numpy()[buyer]

    def text_of(self, buyer: np.ndarray, column: str) -> pd.Series:
        """Return a column of text for each of the buyers (rows, which may repeat)."""
        return self.buyers[column].astype("str").take(buyer).reset_index(drop=True)

    def state_on(self, day: np.ndarray) -> np.ndarray:
        """Return each buyer's state in the months of its row of days (buyers × any number)."""
        month = (self.months.searchsorted(day, side="right") - 1).clip(0)
        return np.take_along_axis(self.state, month, axis=1)

    def month_end(self, month: np.ndarray) -> np.ndarray:
        """Return the last days of months, counted from the first of `months`."""
        return (self.months[0].astype("datetime64[M]") + month + 1).astype("datetime64[D]") - 1


def drawn(count: int, invoices: int, until: date, random: dict[str, Random]) -> World:
    """Return the world with so many buyers, who will buy so many invoices by the end of a day."""
    last = np.datetime64(until, "M")
    months = np.arange(last - (WINDOW_MONTHS + HISTORY_MONTHS - 1), last + 1).astype("datetime64[D]")
    buyers = _companies(count, months[HISTORY_MONTHS], np.datetime64(until, "D"), random["buyers"])
    buyers = with_names(buyers, random["names"])
    buyers = buyers.assign(quality=_quality(buyers, random["quality"]))
    state = _state(buyers, len(months), random["shocks"])
    failures = _failures(buyers, months, state, random["failures"])
    customers = _customers(buyers, months[HISTORY_MONTHS], invoices, random["habits"], random["sizes"])
    return World(np.datetime64(until, "D"), months, pd.concat([buyers, failures, customers], axis=1), state)


def _companies(count: int, start: np.datetime64, until: np.datetime64, rng: Random) -> pd.DataFrame:
    """Return the buyers table but for names, oldest customers first, with `private`, and `key`: the two largest."""
    days_before = 20 + 6_500 * rng.random(count) ** 1.4
    days_inside = rng.integers(0, (until - start).astype(int) - 30, count)
    age = np.where(rng.random(count) < 0.22, -days_inside, days_before.astype(int))
    since = np.sort(working_day(start - age))
    order = rng.permutation(count)
    sizes = [min(round(0.015 * count), len(COUNTRIES) - 1), round(0.03 * count), round(0.04 * count)]
    affiliate, public, prepaid, private = np.split(order, np.cumsum(sizes))
    kind = np.full(count, "private", dtype=object)
    kind[affiliate], kind[public], kind[prepaid] = "affiliate", "public", "prepaid"
    country = rng.choice(COUNTRIES.index, count, p=COUNTRIES["share"])
    country[affiliate] = rng.permutation(COUNTRIES.index.drop(HOME))[: len(affiliate)]
    country[public] = rng.choice(list(PUBLIC_NAMES), len(public), p=[0.6, 0.1, 0.1, 0.1, 0.05, 0.05])
    sector = rng.choice(SECTORS.index, count, p=SECTORS["share"])
    sector[affiliate], sector[public] = "G", rng.choice(["O", "P", "Q"], len(public), p=[0.5, 0.2, 0.3])
    key = private[since[private] < start - 400][:2]
    in_group = private[~np.isin(private, key)][: round(0.12 * count)]
    ends = np.cumsum(rng.integers(2, 6, count))
    group = np.full(count, None, dtype=object)
    group[affiliate] = "DEMO"
    for number, members in enumerate(np.split(in_group, ends[ends <= len(in_group) - 2]), start=1):
        group[members] = f"G{number:03d}"
    return pd.DataFrame(
        {
            "buyer_id": [f"B{number:05d}" for number in range(1, count + 1)],
            "country": country,
            "sector": sector,
            "group_id": group,
            "customer_since": since,
            "kind": kind,
            "private": kind == "private",
            "key": np.isin(np.arange(count), key),
        }
    )


def _quality(buyers: pd.DataFrame, rng: Random) -> np.ndarray:
    """Return each buyer's lasting part of the state; the two largest are sound."""
    group = buyers["group_id"].factorize()[0]
    own, common = rng.standard_normal((2, len(buyers)))
    mixed = np.sqrt(1 - GROUP_SHARE) * own + np.sqrt(GROUP_SHARE) * common[group]
    quality = QUALITY_SD * np.where(group >= 0, mixed, own)
    return np.where(buyers["key"], -np.abs(quality) - 0.5, quality)


def _state(buyers: pd.DataFrame, months: int, rng: Random) -> np.ndarray:
    own = autoregression(len(buyers), months, OWN_SD, rng)
    sector = autoregression(len(SECTORS), months, SECTOR_SD, rng)
    country = autoregression(len(COUNTRIES), months, COUNTRY_SD, rng)
    passing = own + sector[SECTORS.index.get_indexer(buyers["sector"])]
    passing += country[COUNTRIES.index.get_indexer(buyers["country"])]
    return buyers["quality"].to_numpy()[:, None] + passing + economy_path(months)


def autoregression(rows: int, months: int, sd: float, rng: Random) -> np.ndarray:
    """Return stationary AR(1) paths, rows × months."""
    path = sd * rng.standard_normal((months, rows))
    path[1:] *= np.sqrt(1 - PERSISTENCE**2)
    for month in range(1, months):
        path[month] += PERSISTENCE * path[month - 1]
    return path.T


def economy_path(months: int) -> np.ndarray:
    """Return what the slowdown adds to every buyer's state in each of `months` months from the history's first."""
    phase = (np.arange(months) - HISTORY_MONTHS - SLOWDOWN_START + 0.5) / SLOWDOWN_MONTHS
    return SLOWDOWN_PEAK * np.sin(np.pi * phase.clip(0, 1))


def _failures(buyers: pd.DataFrame, months: np.ndarray, state: np.ndarray, rng: Random) -> pd.DataFrame:
    """Return the days of failures: stopped (no payments from it on), last_shipment, defaulted; and default_kind.

    A buyer fails in the month in which its summed rate passes an exponential draw; days are missing if it never does.
    """
    count, window = len(buyers), months[HISTORY_MONTHS:]
    rate = np.exp(FAILURE_LEVEL + FAILURE_LOADING * state[:, HISTORY_MONTHS:])
    at_risk = buyers["customer_since"].to_numpy("datetime64[D]")[:, None] < window
    at_risk &= buyers["private"].to_numpy()[:, None]
    passed = np.cumsum(rate * at_risk, axis=1) >= rng.exponential(size=count)[:, None]
    month = window[passed.argmax(axis=1)].astype("datetime64[M]")
    day = rng.integers(0, 26, count)
    protracted = rng.random(count) < PROTRACTED_SHARE
    lag = np.where(protracted, rng.choice(PROTRACTED_LAGS, count), 0)
    failed = working_day(month.astype("datetime64[D]") + day)
    days = {
        "stopped": failed - np.where(protracted, 0, rng.integers(10, 36, count)),
        "last_shipment": failed + np.where(protracted, rng.integers(10, 31, count), -1),
        "defaulted": working_day((month + lag).astype("datetime64[D]") + day),
    }
    never = np.datetime64("NaT")
    failures = pd.DataFrame({name: np.where(passed[:, -1], values, never) for name, values in days.items()})
    return failures.assign(default_kind=np.where(protracted, "protracted", "insolvency"))


def _customers(buyers: pd.DataFrame, start: np.datetime64, invoices: int, rng: Random, deal: Random) -> pd.DataFrame:
    """Return each buyer's lasting habits as a customer.

    frequency (part of all invoices), size (mean net EUR of an invoice), tax_rate, terms (days), habit (of paying late,
    logs), discount (is offered), eagerness (to take it), leaves (day of the last order, missing for most),
    yearly_sales (gross EUR, about).
    """
    count, key = len(buyers), buyers["key"].to_numpy()
    country = COUNTRIES.loc[buyers["country"]]
    frequency = np.exp(BUYER_FREQUENCY_SD * rng.standard_normal(count))
    # Dealt out by a stream of their own: who is large changes nothing else.
    spread = deal.permutation(rng.standard_normal(count))
    size = np.exp(BUYER_SIZE_SD * spread - SIZE_LOADING * buyers["quality"].to_numpy())
    frequency *= (1 - key.sum() * KEY_INVOICE_SHARE) / frequency[~key].sum()
    size *= INVOICE_MEAN * (1 - sum(KEY_SALES_SHARES)) / (frequency[~key] @ size[~key])
    frequency[key] = KEY_INVOICE_SHARE
    size[key] = INVOICE_MEAN / KEY_INVOICE_SHARE * np.array(KEY_SALES_SHARES)[: key.sum()]
    odds = np.cumsum(country["terms"].tolist(), axis=1) / 100
    terms = np.array(TERMS_DAYS)[(rng.random(count)[:, None] >= odds).sum(axis=1)]
    terms = np.where(key, 45, np.where(buyers["kind"] == "prepaid", TERMS_DAYS[0], terms))
    tax_rate = np.where(buyers["country"] == HOME, HOME_TAX_RATE, 0.0)
    leaving = (rng.random(count) < 0.1) & (buyers["quality"] < 0) & ~key
    return pd.DataFrame(
        {
            "frequency": frequency,
            "size": size,
            "tax_rate": tax_rate,
            "terms": terms,
            "habit": HABIT_SD * rng.standard_normal(count) + country["late"].to_numpy(),
            "discount": (rng.random(count) < DISCOUNT_SHARE) & (terms >= 30) & buyers["private"],
            "eagerness": rng.beta(1.2, 1.2, count),
            "leaves": pd.Series(start + rng.integers(200, 1_095, count)).where(leaving),
            "yearly_sales": frequency * size * (1 + tax_rate) * invoices / (WINDOW_MONTHS / 12),
        }
    )
