"""Default probability by month up to five years, from that of the next 12 months."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from tradecredit.errors import InputError, ParameterError, Problem, values_not

LONG_RUN = 0.053
"""The 12-month default probability to which all buyers' hazards move. Not a book's average: it is the level towards
which rated firms' curves bend within five years, well above the 1.7 % that default in a year on average."""

REVERSION_YEARS = 3.9
"""Years in which the distance from the long-run level falls to 37 % (1/e).

Both are fitted to S&P's average cumulative default rates of 1981 to 2016 after 2, 3 and 5 years, given that after one,
AA to CCC/C (tests/reference/term_structure.py). The curves lie 18 % off these rates (root mean square of logarithms):
A is 50 % too high after 5 years, BB 25 % too low after 2 and 27 % after 3, all others are within 20 %. If the logarithm
of the hazard reverts, it is 23 %; if it goes in a straight line in the logarithm of time, 21 %; if the hazard itself
reverts, 34 %; and with those 1.7 % as the long-run level, 26 % or more in any form. If the reciprocal of the
hazard reverts it is 17 %, but then half of the defaults of buyers with a probability of 50 % come in the first
month, of which yearly rates show nothing. Firms whose rating was withdrawn stay in the denominator, as published. If
none of them had been followed to default, the published rates would be too low, and the fit without them is 3.6 years
to a level of 23 %."""

LONGEST_MONTHS = 60
"""The curves are fitted up to five years: after ten years they lie far above the published rates of good ratings."""

YEAR = 12


def term_structure(
    probability: pd.Series,
    *,
    long_run: float = LONG_RUN,
    reversion_years: float = REVERSION_YEARS,
    months: int = LONGEST_MONTHS,
) -> pd.DataFrame:
    """Return the probability of default within 1, 2, … `months` months.

    `probability`: 12-month default probabilities. Out: the same index; a column for each month, the twelfth being
    `probability` to the last digit. The monthly hazard h goes from today's level to the long-run one by

        1/√h(t) = 1/√h_long + (1/√h_0 − 1/√h_long) · exp(−t / `reversion_years`),

    t in years from today to the month's beginning, h_long = −ln(1 − `long_run`)/12, and h_0 such that h adds up to
    −ln(1 − PD) over 12 months. Good buyers' hazards rise, bad buyers' fall, and nobody overtakes another. A
    probability of 0 stays 0, of 1 is 1 from the first month, and a missing one is missing throughout.

    Raises `InputError` for probabilities outside 0 to 1; `ParameterError` for a long-run level not between 0 and 1,
    years that are not positive, or months that are not whole from 1 to 60.

    >>> term_structure(pd.Series({"sound": 0.01, "weak": 0.20}))[[1, 6, 12, 24, 60]].round(4)
    month      1       6     12     24      60
    sound  0.0007  0.0046  0.01  0.023  0.0824
    weak   0.0235  0.1184  0.20  0.309  0.4805
    """
    problems = list(_argument_problems(long_run, reversion_years, months))
    if problems:
        raise ParameterError(problems)
    numbers = pd.to_numeric(probability, errors="coerce")
    right = numbers.between(0, 1) | probability.isna()
    problems = list(values_not(right, probability.rename("probability"), "term structure", "must be from 0 to 1"))
    if problems:
        raise InputError(problems)
    given = numbers.to_numpy(dtype="float64", na_value=np.nan)
    within = np.repeat(given[:, None], months, axis=1)
    doubtful = (given > 0) & (given < 1)
    hazard = -np.log1p(-given[doubtful])
    decay = np.exp(-np.arange(max(months, YEAR)) / YEAR / reversion_years)
    shares = _shares(hazard * YEAR / -np.log1p(-long_run), decay)[:, :months]
    within[doubtful] = -np.expm1(-hazard[:, None] * np.cumsum(shares, axis=1))
    if months >= YEAR:
        within[:, YEAR - 1] = given
    return pd.DataFrame(within, index=probability.index, columns=pd.RangeIndex(1, months + 1, name="month"))


def _shares(relative: np.ndarray, decay: np.ndarray) -> np.ndarray:
    """Return each month's hazard as a share of that of the first 12 months together.

    `relative`: the buyers' 12-month hazards as multiples of the long-run level's monthly one; `decay`: exp(−t / τ) by
    month. With a = √relative · (1 − decay), the share of a month is (a + decay · v)⁻², where v = √(12-month hazard /
    h_0) makes twelve of them add up to 1.
    """
    pull = np.sqrt(relative)[:, None] * (1 - decay)
    year, v = np.s_[:, :YEAR], np.ones((len(relative), 1))
    # The sum falls and bends upwards in v, and is at least 1 at v = 1: Newton's steps come from below and never pass.
    for _ in range(100):
        inverse = 1 / (pull[year] + decay[:YEAR] * v)
        share = inverse * inverse
        excess = share.sum(axis=1, keepdims=True) - 1
        step = excess / (2 * (share * inverse) @ decay[:YEAR, None])
        v += step
        if not (np.abs(step) > 1e-12 * v).any():
            break
    shares = 1 / np.square(pull + decay * v)
    return shares / shares[year].sum(axis=1, keepdims=True)


def _argument_problems(long_run: float, reversion_years: float, months: int) -> Iterator[Problem]:
    if not 0 < long_run < 1:
        yield _problem("long_run", long_run, "must lie between 0 and 1")
    if not 0 < reversion_years < np.inf:
        yield _problem("reversion_years", reversion_years, "must be a number of years above 0")
    if months not in range(1, LONGEST_MONTHS + 1):
        yield _problem("months", months, f"must be a whole number from 1 to {LONGEST_MONTHS}")


def _problem(name: str, value: object, allowed: str) -> Problem:
    return Problem(file="term structure", column=name, value=value, allowed=allowed, remedy="change the argument")
