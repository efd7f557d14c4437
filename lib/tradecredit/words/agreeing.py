"""Figures of a sentence with as many digits as it takes for what it shows as a product to give the result it prints."""

import math
import re
from collections.abc import Callable, Sequence

from tradecredit.language import spoken
from tradecredit.words.formats import LARGE, MINUS, fixed, money, parsed, percent, probability

Writer = Callable[[float, int], str]
"""Writes a figure with at least so many significant digits."""

FEWEST, MOST = 2, 12
"""Significant digits that are tried."""

IN_MILLIONS = 4
"""Significant digits up to which an amount is written in millions."""

SCALES = {"%": 0.01, "k": 1e3, "m": 1e6, "bn": 1e9, "Mio.": 1e6, "Mrd.": 1e9, "万": 1e4, "亿": 1e8}


def agreeing(
    factors: Sequence[tuple[float, Writer]], result: str, calculate: Callable[..., float], write: Writer
) -> list[str]:
    """Return the factors as text, with the fewest digits for which what is shown of them gives the printed result.

    `result`: as the sentence prints it; `calculate`: from the factors as shown to the result, which `write` writes.
    With all digits where none fewer do.

    >>> agreeing([(0.000524, chance), (0.7, share)], "EUR 13.6 m", lambda q, lgd: 5000 / (q * lgd), money_in("EUR"))
    ['0.05240 %', '70 %']
    """
    texts: list[str] = []
    for digits in range(FEWEST, MOST + 1):
        texts = [writer(value, digits) for value, writer in factors]
        if shown(write(calculate(*(shown(text) for text in texts)), 3)) == shown(result):
            break
    return texts


def shown(text: str) -> float:
    """Return the number that a figure in a sentence shows.

    >>> shown("EUR 1.24 m"), shown("5.24 %"), shown("45 days"), shown("EUR 412,300")
    (1240000.0, 0.0524, 45.0, 412300.0)
    """
    found = re.search(rf"({MINUS}?)(\d[\d,.’]*\d|\d)(?: (k|m|bn|Mio\.|Mrd\.|万|亿)(?!\w)|\s?(%))?", text)
    if found is None:
        raise ValueError(f"{text!r} shows no number")
    sign, digits, scale, share = found.groups()
    value = parsed(digits) * SCALES.get(scale or share or "", 1.0)
    return float(f"{-value if sign else value:.12g}")


def money_in(currency: str) -> Writer:
    """Return the writer of amounts in a currency: as `money`, with more digits where they are asked for."""

    def write(value: float, digits: int) -> str:
        size = abs(value)
        if digits <= 3 or size == 0 or not math.isfinite(size):
            return money(value, currency)
        # So many digits of millions read better in whole units.
        units = LARGE[spoken()] if digits <= IN_MILLIONS else ()
        unit, suffix = next(((unit, name) for least, unit, name in units if size >= least), (1.0, ""))
        decimals = max(digits - 1 - math.floor(math.log10(size / unit)), 0)
        decimals = min(decimals, 2) if unit == 1 else decimals
        return f"{currency} {MINUS if value < 0 else ''}{fixed(size / unit, decimals)}{suffix}".strip()

    return write


def share(value: float, digits: int) -> str:
    """Return a share in per cent, as `percent`, with more digits where they are asked for."""
    usual = percent(value)
    return usual if digits <= 3 or shown(usual) == value else _per_cent(value, digits)


def chance(value: float, digits: int) -> str:
    """Return a probability in per cent, as `probability`, with more digits where they are asked for."""
    return probability(value) if digits <= 3 else _per_cent(value, digits)


def plain(value: float, digits: int) -> str:
    """Return a number of days or months, whole, or with decimals where more digits are asked for."""
    if digits <= 2 or value == round(value):
        return fixed(value, 0)
    return fixed(value, digits - 2).rstrip("0").rstrip(".,")


def _per_cent(value: float, digits: int) -> str:
    size = abs(value) * 100
    decimals = max(digits - 1 - math.floor(math.log10(size)), 0) if size > 0 else 0
    return f"{MINUS if value < 0 else ''}{fixed(size, decimals)} %"
