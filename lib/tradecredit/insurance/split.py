"""The parts of each open invoice by what becomes of them, and their sums: one pass over the invoices, compiled."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.insurance.amounts import borne, todays_amounts
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import ABOVE, CLASSES, CODE, EXCLUDED, REASONS, run_policy
from tradecredit.measure.open_items import open_amounts
from tradecredit.numerics.kernels import kernel

NOT_COUNTED = ("no_policy", "outside_period", "kind_of_buyer", "not_listed", "country_excluded", "terms_too_long")
"""Reasons of invoices that do not count at all: none of what is owed of them is insurable."""

ROUNDING = 1e-6
"""An amount that is no more is what floating point left of nothing."""

COUNTS = np.array([reason not in NOT_COUNTED for reason in REASONS])
OF_REASON = np.array([CLASSES.index(name) for name in REASONS.values()])
PAID, IN_PART = CODE["claim_paid"], CODE["covered_in_part"]

BESIDE = np.array(
    [
        (CLASSES.index(name), CODE[reason])
        for name, reason in (
            (ABOVE, "limit_filled"), (EXCLUDED, "claim_paid"), (EXCLUDED, "in_dispute"), (EXCLUDED, "tax"),
        )
    ]
)  # fmt: skip
"""Class and rule of the parts that stand beside what decides: above the limit, kept of a claim, disputed, and tax."""


class Parts(NamedTuple):
    """The parts of invoices as arrays, invoice by invoice: their `rows` among `invoices`, and of each part codes.

    `cover`: its place in `CLASSES`; `reason`: in `REASONS`; `amount`, and `insured`, what the insurer bears of it.
    """

    rows: np.ndarray
    cover: np.ndarray
    reason: np.ndarray
    amount: np.ndarray
    insured: np.ndarray


def class_of(reason: np.ndarray, discretionary: np.ndarray) -> np.ndarray:
    """Return the place in `CLASSES` of what is decided by a rule; `discretionary`: the insurer had named no limit."""
    return OF_REASON[reason] + ((reason <= IN_PART) & discretionary)


@once
def parts_of(book: Book, policy: Policy | None) -> Parts:
    """Return the parts of each open invoice under a policy (None: the run's own): see `cover.parts`."""
    policy = policy or run_policy(book)
    found = todays_amounts(book, policy)
    place, *parts = _split(
        open_amounts(book)[found.rows],
        (found.disputed, found.insurable, found.insured, found.kept),
        (found.reason, class_of(found.reason, found.discretionary)),
        borne(policy) if policy else 0.0,
    )
    return Parts(found.rows[place], *parts)


@kernel
def _split(owed, amounts, codes, share):
    """Return the place, class, rule, amount and insured part of each part of each invoice.

    `amounts`: what is disputed, insurable, insured, and kept of a claim; `codes`: the rule that decides, and its class.
    """
    disputed, insurable, insured, kept = amounts
    reason, of_class = codes
    parts = len(BESIDE) + 1
    place, cover = np.empty(parts * len(owed), np.int32), np.empty(parts * len(owed), np.int8)
    rule, amount, borne_of = np.empty_like(cover), np.empty(len(cover)), np.empty(len(cover))
    value, size = np.zeros(parts), 0
    for row in range(len(owed)):
        counts, covered, claimed = COUNTS[reason[row]], insured[row] > 0, reason[row] == PAID
        value[0] = kept[row] if claimed else insured[row] if covered else insurable[row] if counts else owed[row]
        value[1] = insurable[row] - insured[row] - kept[row] if covered or claimed else 0.0
        value[2] = kept[row] if covered else 0.0
        value[3] = disputed[row] if counts else 0.0
        value[4] = owed[row] - disputed[row] - insurable[row] if counts else 0.0
        for part in range(parts):
            if value[part] > ROUNDING:
                place[size], amount[size] = row, value[part]
                cover[size] = BESIDE[part - 1, 0] if part else of_class[row]
                rule[size] = BESIDE[part - 1, 1] if part else reason[row]
                borne_of[size] = 0.0 if part else share * insured[row]
                size += 1
    return place[:size], cover[:size], rule[:size], amount[:size], borne_of[:size]


def summed(book: Book, parts: Parts, key: np.ndarray, keys: int) -> pd.DataFrame:
    """Return the sums of parts by a key from 0 to under `keys`, in the order of the keys.

    Columns: `buyers` and `invoices` that have one; `open_amount`, `insured`, and `share` of all parts (missing of
    nothing).
    """
    counts, sums = _summed(key, parts, book.buyer_of_invoice, (keys, len(book.buyers)))
    whole = sums[0].sum()
    return pd.DataFrame(
        {
            "buyers": counts[0], "invoices": counts[1], "open_amount": sums[0], "insured": sums[1],
            "share": sums[0] / (whole if whole > 0 else np.nan),
        }
    )  # fmt: skip


@kernel
def _summed(key, parts, buyer, size):
    counts, sums = np.zeros((2, size[0]), np.int64), np.zeros((2, size[0]))
    seen, last = np.zeros(size, np.bool_), np.full(size[0], -1)
    for part in range(len(key)):
        at, row = key[part], parts.rows[part]
        sums[0, at] += parts.amount[part]
        sums[1, at] += parts.insured[part]
        # The parts of an invoice stand together.
        counts[1, at] += last[at] != row
        last[at] = row
        counts[0, at] += not seen[at, buyer[row]]
        seen[at, buyer[row]] = True
    return counts, sums
