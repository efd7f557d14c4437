"""Scores of accounts that others published: Altman's Z'', Zmijewski's and Ohlson's probabilities of bankruptcy.

They stand beside our own model because readers know them. Their coefficients come from American firms of decades ago,
among which failures were more frequent than in a trade book: the order that they give can be compared with ours, the
level of the two probabilities cannot. The coefficients are as the literature quotes them; where it quotes them in two
ways, the docstring says so.
"""

import numpy as np
import pandas as pd
from scipy.special import expit, ndtr

from tradecredit.book.book import Book
from tradecredit.book.rates import last_rate
from tradecredit.measure.ratios import account_places, accounts_at, quotient

ALTMAN_CONSTANT = 3.25
"""Added to the score so that zero is about where bonds in default lie (Altman, Hartzell and Peck 1995)."""

ALTMAN_CUTS = (1.10 + ALTMAN_CONSTANT, 2.60 + ALTMAN_CONSTANT)
"""Below the first: distress; above the second: safe. The published 1.10 and 2.60 belong to the score without the
constant. Many print them beside the score with it, which moves each firm by more than the grey zone is wide."""

PRICE_INDEX = 706.0
"""US price level of 2025, 1968 being 100: implicit deflators of gross domestic product 128.96 and 18.28 (2017 = 100;
BEA, FRED series GDPDEF, means of the quarters). A year's inflation of 2.5 % moves Ohlson's log-odds by 0.01."""


def published_scores(
    book: Book, day: pd.Timestamp | None = None, *, dollars_per_unit: float | None = None
) -> pd.DataFrame:
    """Return every buyer's published scores, from its latest account known by `day` (none: the as-of date).

    Reads `buyers`, `statements` and `fx`. Index `buyer_id`; `altman_z`; `altman_zone` (`safe`, `grey`, `distress`);
    `zmijewski_pd` and `ohlson_pd`, probabilities of bankruptcy. See the functions of this module.
    Ohlson's needs the account of a year before (`ratios.accounts_a_year_before`) and amounts in dollars:
    `dollars_per_unit` of the book's amounts, if not given, is 1 where the book is in USD, else follows from the last
    rate of USD in `fx`. Missing: scores of which an input is; Ohlson's where there is no rate. Nothing is raised.
    """
    accounts, earlier = (accounts_at(book, place) for place in account_places(book, day))
    dollars = _dollars_per_unit(book, day) if dollars_per_unit is None else dollars_per_unit
    z = altman_z(accounts)
    return pd.DataFrame(
        {
            "altman_z": z,
            "altman_zone": altman_zone(z),
            "zmijewski_pd": zmijewski(accounts),
            "ohlson_pd": ohlson(accounts, earlier, dollars_per_unit=dollars),
        }
    )


def altman_z(accounts: pd.DataFrame) -> pd.Series:
    """Return Altman's Z'' of accounts, row by row; the higher, the safer.

    3.25 + 6.56·(current_assets − current_liabilities) / total_assets + 3.26·retained_earnings / total_assets +
    6.72·ebit / total_assets + 1.05·equity / total_liabilities. `accounts`: these columns of `statements`, in any
    currency. Missing where an input is, or where there are no assets or no liabilities.

    Source: Altman, Hartzell and Peck 1995, Emerging markets corporate bonds: a scoring system (Salomon Brothers); the
    weights are those of Altman 1983 for private and non-manufacturing firms.
    """
    assets = accounts["total_assets"]
    z = (
        ALTMAN_CONSTANT
        + 6.56 * quotient(accounts["current_assets"] - accounts["current_liabilities"], assets)
        + 3.26 * quotient(accounts["retained_earnings"], assets)
        + 6.72 * quotient(accounts["ebit"], assets)
        + 1.05 * quotient(accounts["equity"], accounts["total_liabilities"])
    )
    return z.rename("altman_z")


def altman_zone(z: pd.Series) -> pd.Series:
    """Return the zone of each `altman_z`: `distress` below 4.35, `safe` above 5.85, else `grey`; missing stays missing.

    >>> altman_zone(pd.Series([4.3, 4.4, 5.9, float("nan")])).tolist()
    ['distress', 'grey', 'safe', nan]
    """
    low, high = ALTMAN_CUTS
    zone = pd.Series(np.select([z < low, z > high], ["distress", "safe"], "grey"), index=z.index, dtype="str")
    return zone.where(z.notna()).rename("altman_zone")


def zmijewski(accounts: pd.DataFrame) -> pd.Series:
    """Return Zmijewski's probability of bankruptcy of accounts, row by row.

    Φ(−4.336 − 4.513·net_income / total_assets + 5.679·total_liabilities / total_assets + 0.004·current_assets /
    current_liabilities), Φ the normal distribution. `accounts`: these columns of `statements`, in any currency. Missing
    where an input is, or where there are no assets or no current liabilities.

    The sign of the last weight is against expectation, and some who quote the weights turn it. It matters little: a
    current ratio of 2 moves the score by 0.008. Source: Zmijewski 1984, Methodological issues related to the estimation
    of financial distress prediction models, Journal of Accounting Research 22 (supplement), 59–82: a probit of 40
    bankrupt and 800 other firms.
    """
    assets = accounts["total_assets"]
    score = (
        -4.336
        - 4.513 * quotient(accounts["net_income"], assets)
        + 5.679 * quotient(accounts["total_liabilities"], assets)
        + 0.004 * quotient(accounts["current_assets"], accounts["current_liabilities"])
    )
    return pd.Series(ndtr(score), index=accounts.index, name="zmijewski_pd")


def ohlson(
    accounts: pd.DataFrame,
    earlier: pd.DataFrame,
    *,
    dollars_per_unit: float | pd.Series,
    price_index: float | pd.Series = PRICE_INDEX,
) -> pd.Series:
    """Return Ohlson's probability of bankruptcy within a year (his model 1) of accounts, row by row.

    1 / (1 + exp(−O)), O = −1.32 − 0.407·SIZE + 6.03·TLTA − 1.43·WCTA + 0.0757·CLCA − 1.72·OENEG − 2.37·NITA − 1.83·FUTL
    + 0.285·INTWO − 0.521·CHIN, of the columns of `statements`:

    - SIZE = ln(total_assets in dollars / price index, 1968 = 100): `dollars_per_unit` turns the accounts' amounts into
      dollars (1e6 for accounts in millions of them), `price_index` is the US price level of their year, to Ohlson that
      of the year before;
    - TLTA = total_liabilities / total_assets; OENEG = 1 where it is above 1;
      WCTA = (current_assets − current_liabilities) / total_assets; CLCA = current_liabilities / current_assets;
    - NITA = net_income / total_assets; FUTL = net_income / total_liabilities, a proxy: Ohlson takes funds provided by
      operations, of which `statements` has only the income. Firms with depreciation look worse than to him: by 0.15 of
      the log-odds in the median of listed US firms (Lombardo et al. 2022), in nearly the same order;
    - INTWO = 1 where net income was negative in both years; CHIN = (net_income − earlier) / (|net_income| + |earlier|).

    `earlier`: the accounts of a year before, on the index of `accounts`; only `net_income` is read. Missing where an
    input is or a denominator is zero. Source: Ohlson 1980, Journal of Accounting Research 18(1), 109–131, table 4.
    """
    assets, liabilities = accounts["total_assets"], accounts["total_liabilities"]
    income, before = accounts["net_income"], earlier["net_income"]
    dollars = assets.where(assets > 0) * dollars_per_unit
    odds = (
        -1.32
        - 0.407 * np.log(dollars / price_index)
        + 6.03 * quotient(liabilities, assets)
        - 1.43 * quotient(accounts["current_assets"] - accounts["current_liabilities"], assets)
        + 0.0757 * quotient(accounts["current_liabilities"], accounts["current_assets"])
        - 1.72 * (liabilities > assets)
        - 2.37 * quotient(income, assets)
        - 1.83 * quotient(income, liabilities)
        + 0.285 * ((income < 0) & (before < 0))
        - 0.521 * quotient(income - before, income.abs() + before.abs())
    )
    return pd.Series(expit(odds), index=accounts.index, name="ohlson_pd")


def _dollars_per_unit(book: Book, day: pd.Timestamp | None) -> float:
    """Return what a unit of the reporting currency is worth in USD by the last rate known; missing without one."""
    if book.run.currency == "USD":
        return 1.0
    return float(1 / last_rate(book.fx, pd.Series(["USD"]), pd.Series([book.as_of if day is None else day]))[0])
