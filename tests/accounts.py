"""Accounts of cover that are made up, for what is said of them."""

import pandas as pd

from tradecredit.decide.policies.account import ITEMS, Account


def found(
    error: float = 10.0, sales: float = 900.0, accounts: float = 0.0, **policies: tuple[float, float, float, float]
) -> Account:
    """An account of policies by cost, indemnity, capital and sales; taxes none."""
    items = pd.DataFrame.from_dict(policies, orient="index", columns=list(ITEMS[:4]), dtype="float64")
    items = items.rename_axis("policy").reindex(columns=list(ITEMS))
    value = items.sum(axis="columns")
    without = (-items).add(value, axis="index")
    items = items.assign(
        cover_value=value, cover_value_se=error, cover_value_on_current=value - value.iloc[0],
        cover_value_on_current_se=error, cover_value_on_best=value - value.max(), cover_value_on_best_se=error,
    )  # fmt: skip
    parts = {
        "covered_sales": 5_000.0, "covered_exposure": 800.0, "covered_margin": 1_000.0, "sales_risk": 1_000.0 - sales,
        "sales_tied_up": 0.0, "sales_premium": 7.0, "premium_change": 0.0, "accounts_value": accounts,
        "uninsured_value": sales, "uninsured_more": sales - value, "uninsured_more_se": error,
        "uninsured_es_99": 4_000.0, "insured_es_99": 3_000.0,
    }  # fmt: skip
    return Account(items, without, pd.DataFrame(parts, index=items.index))
