"""The losses of a year by plain simulation in numpy: what the engine is compared with, in figures and in time.

One normal number for each buyer and scenario; a buyer defaults where it lies below the threshold that the scenario's
economy sets. Written from the formulas, apart from the library, and as fast as numpy allows:
- normals fill a buffer that stays in the second-level cache; nothing is allocated for each scenario but the positions
  of the few that default;
- SFC64 is numpy's fastest generator (96 µs for 10,000 normals where the default PCG64 takes 119 µs; 32-bit normals
  take 97 µs, so they gain nothing), and nearly nine tenths of the time go into normals;
- a loss given default is fixed, so the claim of a buyer is a number that is worked out once; first loss and maximum
  apply to the year's sum, since a first loss `after_percentage` and a maximum do not depend on the order of losses.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri

BLOCK = 8
"""Scenarios at a time. Of 1, 2, 4, 8, 16, 32 and 64 the fastest for 10,000 buyers (640 kB of normals)."""


class Terms(NamedTuple):
    """A policy on the ultimate loss (`net`), its deductible taken off after the percentage, its first loss eroded by
    indemnities; amounts in currency, `limit_share` of the exposure is the limit."""

    insured_percentage: float = 0.9
    limit_share: float = 0.8
    each_loss_deductible: float = 5_000.0
    first_loss: float = 250_000.0
    maximum: float = 5_000_000.0


class Book(NamedTuple):
    """Buyers as arrays: default probability, exposure (currency), share of it lost at default; one correlation."""

    pd: np.ndarray
    exposure: np.ndarray
    lgd: np.ndarray
    correlation: float


def claim(loss: np.ndarray, limit: np.ndarray, terms: Terms) -> np.ndarray:
    """Return what the policy pays for single losses before first loss and maximum: max(p · min(x, limit) − e, 0)."""
    return np.maximum(terms.insured_percentage * np.minimum(loss, limit) - terms.each_loss_deductible, 0.0)


def in_year(claims: np.ndarray, terms: Terms) -> np.ndarray:
    """Return what the policy pays for the sum of a year's claims."""
    return np.minimum(np.maximum(claims - terms.first_loss, 0.0), terms.maximum)


def simulated(book: Book, terms: Terms, *, scenarios: int, seed: int, block: int = BLOCK) -> dict[str, np.ndarray]:
    """Return `gross`, `indemnity` and `retained` losses, a number for each scenario.

    A buyer defaults where √ρ·Z + √(1−ρ)·ε < Φ⁻¹(PD), that is, where ε < (Φ⁻¹(PD) − √ρ·Z) / √(1−ρ).
    """
    random = np.random.Generator(np.random.SFC64(seed))
    buyers = len(book.pd)
    barrier = ndtri(book.pd) / np.sqrt(1 - book.correlation)
    loss = book.exposure * book.lgd
    claims = claim(loss, terms.limit_share * book.exposure, terms)
    moved = np.sqrt(book.correlation / (1 - book.correlation)) * random.standard_normal((scenarios, 1))
    gross, claimed = np.empty(scenarios), np.empty(scenarios)
    normal, threshold = np.empty((block, buyers)), np.empty((block, buyers))
    defaults = np.empty((block, buyers), dtype=bool)
    for start in range(0, scenarios, block):
        years = slice(start, min(start + block, scenarios))
        count = years.stop - start
        random.standard_normal(out=normal[:count])
        np.subtract(barrier, moved[years], out=threshold[:count])
        np.less(normal[:count], threshold[:count], out=defaults[:count])
        year, buyer = np.divmod(np.flatnonzero(defaults[:count]), buyers)
        gross[years] = np.bincount(year, loss[buyer], minlength=count)
        claimed[years] = np.bincount(year, claims[buyer], minlength=count)
    indemnity = in_year(claimed, terms)
    return {"gross": gross, "indemnity": indemnity, "retained": gross - indemnity}


def measures(losses: np.ndarray, levels: tuple[float, ...] = (0.95, 0.99, 0.999)) -> dict[tuple[str, float], float]:
    """Return the expected loss and its standard deviation (level 0), value at risk and expected shortfall.

    VaR = the smallest loss that at most 1 − level of the scenarios exceed; ES = VaR + mean of max(L − VaR, 0) /
    (1 − level).
    """
    rising = np.sort(losses)
    figures = {("expected", 0.0): float(losses.mean()), ("sd", 0.0): float(losses.std())}
    for level in levels:
        rank = int(np.ceil(level * len(rising) - 1e-9)) - 1
        quantile = rising[rank]
        beyond = (rising[rank:] - quantile).sum() / len(rising) / (1 - level)
        figures["VaR", level], figures["ES", level] = float(quantile), float(quantile + beyond)
    return figures
