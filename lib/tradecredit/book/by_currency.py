"""Sums of money as a note tells them: of each currency its own."""

import pandas as pd


def told_sum(amounts: pd.Series, currencies: pd.Series) -> str:
    """Return the sum of amounts as text, by currency where there are several: amounts of two are never added up.

    `currencies` has the code of each amount, in its place; what has none is a sum of its own, without a code. Missing
    amounts are not of the sum.

    >>> told_sum(pd.Series([1000.0, 20.0, 3.0]), pd.Series(["EUR", "USD", "EUR"]))
    '1,003.00 EUR, 20.00 USD'
    >>> told_sum(pd.Series([1000.0, 3.0]), pd.Series(["EUR", "EUR"]))
    '1,003.00'
    """
    stated = amounts.notna().to_numpy()
    sums = amounts[stated].groupby(currencies.to_numpy()[stated], dropna=False, sort=False).sum()
    if len(sums) < 2:
        return f"{sums.sum():,.2f}"
    return ", ".join(f"{held:,.2f} {code}" if pd.notna(code) else f"{held:,.2f}" for code, held in sums.items())
