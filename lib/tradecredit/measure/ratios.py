"""Financial ratios of buyers, from the latest account that was known."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.measure.by_buyer import all_buyers

AMOUNTS = ("revenue", "ebit", "net_income", "total_assets", "total_liabilities")
"""Items of the account that stand beside the ratios as they are, for size and for limits."""

TOLERANCE_DAYS = 31
"""An account ends 12 months before another when it does so to this many days: a financial year may be of 52 weeks."""


@once
def ratios(book: Book) -> pd.DataFrame:
    """Return every buyer's financial ratios from its latest account published by the as-of date.

    Reads `buyers` and `statements`. One row for each buyer, index `buyer_id`: `period_end`, `statement_age_days` (as-of
    date − period_end), `assurance`, and the columns of `of_statements`, all of the account that `latest_accounts`
    gives. Buyers without an account have a row of missing values. Nothing is raised.
    """
    latest = latest_accounts(book)
    age = (book.as_of - latest["period_end"]).dt.days.rename("statement_age_days")
    return pd.concat([latest["period_end"], age, latest["assurance"], of_statements(latest)], axis=1)


@once
def latest_accounts(book: Book, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return every buyer's latest account known by `day` (none: the as-of date): index `buyer_id`, as `statements`.

    The latest account is the one with the latest `period_end`; of two for the same period the one published last, a
    restatement. Buyers without an account have a row of missing values.
    """
    return accounts_at(book, account_places(book, day).latest)


def accounts_a_year_before(book: Book, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return the account of a year before each of the `latest_accounts`: index and columns as there.

    It is the account whose `period_end` is nearest to 12 months before, at most `TOLERANCE_DAYS` off; missing where
    there is none, as after a longer or shorter financial year.
    """
    return accounts_at(book, account_places(book, day).year_before)


class AccountPlaces(NamedTuple):
    """The place in `statements` of each buyer's `latest` account and of that of the year before; −1: there is none."""

    latest: np.ndarray
    year_before: np.ndarray


@once
def account_places(book: Book, day: pd.Timestamp | None = None) -> AccountPlaces:
    """Return where the `latest_accounts` and `accounts_a_year_before` of a day stand (none: the as-of date)."""
    table = book.statements[["period_end", "published"]].reset_index(drop=True)
    table = table.assign(buyer=places(book.statements["buyer_id"], book.buyers["buyer_id"]))
    known = table[(table["buyer"] >= 0) & (table["published"] <= (book.as_of if day is None else day))]
    # By end of period, each period of a buyer once, as it was published last.
    known = known.sort_values(["period_end", "published"], kind="stable")
    known = known.drop_duplicates(["buyer", "period_end"], keep="last")
    latest = known.drop_duplicates("buyer", keep="last")
    wanted = (latest.set_index("buyer")["period_end"] - pd.DateOffset(years=1)).reindex(known["buyer"])
    known = known.assign(days_off=np.abs((known["period_end"] - wanted.to_numpy()).dt.days))
    near = known[known["days_off"] <= TOLERANCE_DAYS].sort_values("days_off", kind="stable").drop_duplicates("buyer")
    found = AccountPlaces(*(np.full(len(book.buyers), -1) for _ in AccountPlaces._fields))
    for place, rows in zip(found, (latest, near), strict=True):
        place[rows["buyer"]] = rows.index
    return found


def of_statements(accounts: pd.DataFrame) -> pd.DataFrame:
    """Return the ratios of accounts, row by row, on the columns of the `statements` table.

    - `equity_ratio` = equity / total_assets; `liabilities_to_assets` = total_liabilities / total_assets;
    - `return_on_assets` = ebit / total_assets; `net_margin` = net_income / revenue;
    - `current_ratio` = current_assets / current_liabilities; `quick_ratio` = (current_assets − inventories) /
      current_liabilities; `cash_ratio` = cash / current_liabilities;
    - `interest_cover` = ebit / interest_expense; `asset_turnover` = revenue / total_assets;
    - `retained_earnings_ratio` = retained_earnings / total_assets;
      `working_capital_ratio` = (current_assets − current_liabilities) / total_assets;
    - `receivable_days` = trade_receivables / revenue × 365; `inventory_days` = inventories / revenue × 365;
    - `market_to_liabilities` = market_value / total_liabilities;
    - amounts in the accounts' currency: `net_worth` (equity; intangible assets are not known and not taken off),
      `working_capital` (current_assets − current_liabilities), `revenue`, `ebit`, `net_income`, `total_assets`,
      `total_liabilities`.

    A ratio is missing where an item of it is missing or its denominator is zero; so a firm without interest has no
    interest cover. Source: definitions §2.8 (cash ratio), Altman (1968, 1983) for the ratios to total assets.
    """
    working_capital = accounts["current_assets"] - accounts["current_liabilities"]
    liquid = accounts["current_assets"] - accounts["inventories"]
    return pd.DataFrame(
        {
            "equity_ratio": quotient(accounts["equity"], accounts["total_assets"]),
            "liabilities_to_assets": quotient(accounts["total_liabilities"], accounts["total_assets"]),
            "return_on_assets": quotient(accounts["ebit"], accounts["total_assets"]),
            "net_margin": quotient(accounts["net_income"], accounts["revenue"]),
            "current_ratio": quotient(accounts["current_assets"], accounts["current_liabilities"]),
            "quick_ratio": quotient(liquid, accounts["current_liabilities"]),
            "cash_ratio": quotient(accounts["cash"], accounts["current_liabilities"]),
            "interest_cover": quotient(accounts["ebit"], accounts["interest_expense"]),
            "asset_turnover": quotient(accounts["revenue"], accounts["total_assets"]),
            "retained_earnings_ratio": quotient(accounts["retained_earnings"], accounts["total_assets"]),
            "working_capital_ratio": quotient(working_capital, accounts["total_assets"]),
            "receivable_days": quotient(accounts["trade_receivables"], accounts["revenue"]) * 365,
            "inventory_days": quotient(accounts["inventories"], accounts["revenue"]) * 365,
            "market_to_liabilities": quotient(accounts["market_value"], accounts["total_liabilities"]),
            "net_worth": accounts["equity"],
            "working_capital": working_capital,
            **{name: accounts[name] for name in AMOUNTS},
        }
    )


def quotient(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    """Return numerator / denominator, missing where either is, or the denominator is zero."""
    return numerator / denominator.where(denominator != 0)


def accounts_at(book: Book, place: np.ndarray) -> pd.DataFrame:
    """Return the accounts of the buyers by their places in `statements` (`account_places`): index `buyer_id`."""
    rows = book.statements.drop(columns="buyer_id").reset_index(drop=True)
    # A place of −1 is not there, and gives a row of missing values.
    return rows.reindex(place).set_index(all_buyers(book))
