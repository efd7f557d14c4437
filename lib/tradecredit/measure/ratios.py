"""Financial ratios of buyers, from the latest account that was known."""

import pandas as pd

from tradecredit.book.book import Book

AMOUNTS = ("revenue", "ebit", "net_income", "total_assets", "total_liabilities")
"""Items of the account that stand beside the ratios as they are, for size and for limits."""


def ratios(book: Book) -> pd.DataFrame:
    """Return every buyer's financial ratios from its latest account published by the as-of date.

    Reads `buyers` and `statements`. The latest account is the one with the latest `period_end`; of two for the same
    period the one published last, a restatement. One row for each buyer, index `buyer_id`: `period_end`,
    `statement_age_days` (as-of date − period_end), `assurance`, and the columns of `of_statements`. Buyers without an
    account have a row of missing values. Nothing is raised.
    """
    known = book.statements.sort_values(["period_end", "published"], kind="stable")
    latest = known.drop_duplicates("buyer_id", keep="last").set_index("buyer_id")
    latest = latest.reindex(pd.Index(book.buyers["buyer_id"], name="buyer_id"))
    age = (book.as_of - latest["period_end"]).dt.days.rename("statement_age_days")
    return pd.concat([latest["period_end"], age, latest["assurance"], of_statements(latest)], axis=1)


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
    interest cover. Source: DOMAIN.md §2 (cash ratio), Altman (1968, 1983) for the ratios to total assets.
    """
    working_capital = accounts["current_assets"] - accounts["current_liabilities"]
    liquid = accounts["current_assets"] - accounts["inventories"]
    return pd.DataFrame(
        {
            "equity_ratio": _quotient(accounts["equity"], accounts["total_assets"]),
            "liabilities_to_assets": _quotient(accounts["total_liabilities"], accounts["total_assets"]),
            "return_on_assets": _quotient(accounts["ebit"], accounts["total_assets"]),
            "net_margin": _quotient(accounts["net_income"], accounts["revenue"]),
            "current_ratio": _quotient(accounts["current_assets"], accounts["current_liabilities"]),
            "quick_ratio": _quotient(liquid, accounts["current_liabilities"]),
            "cash_ratio": _quotient(accounts["cash"], accounts["current_liabilities"]),
            "interest_cover": _quotient(accounts["ebit"], accounts["interest_expense"]),
            "asset_turnover": _quotient(accounts["revenue"], accounts["total_assets"]),
            "retained_earnings_ratio": _quotient(accounts["retained_earnings"], accounts["total_assets"]),
            "working_capital_ratio": _quotient(working_capital, accounts["total_assets"]),
            "receivable_days": _quotient(accounts["trade_receivables"], accounts["revenue"]) * 365,
            "inventory_days": _quotient(accounts["inventories"], accounts["revenue"]) * 365,
            "market_to_liabilities": _quotient(accounts["market_value"], accounts["total_liabilities"]),
            "net_worth": accounts["equity"],
            "working_capital": working_capital,
            **{name: accounts[name] for name in AMOUNTS},
        }
    )


def _quotient(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    return numerator / denominator.where(denominator != 0)
