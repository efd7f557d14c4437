"""Which part of an exposure at default a policy insures, before its limit applies."""

from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.insurance.amounts import Amounts, todays_amounts
from tradecredit.insurance.late_shipments import DRAWS, late_shipments
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.settlement import Part
from tradecredit.insurance.shipped import insurable_buyers
from tradecredit.insurance.stops import stopped_buyers
from tradecredit.measure.balances import balances
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.open_items import open_items

NOTHING_LATE = (0.0,) * DRAWS


class InsuredPart(NamedTuple):
    """What a policy insures of what buyers owe when they fail (definitions §5.13). Index buyer_id.

    `share` of the exposure that is insurable by its buyer's kind, terms, tax and disputes (a buyer that is not there:
    the portfolio's `insurable`); `today`: what is insured of what a buyer that is stopped owes today, which is all that
    it will be (missing: it is not stopped). `late`: values of equal probability, one of which is drawn at each default
    of any other buyer: the share of its insurable debt that was shipped after the stop.
    """

    policy: Policy
    share: pd.Series
    today: pd.Series
    late: tuple[float, ...] = NOTHING_LATE

    @classmethod
    def plain(cls, policy: Policy) -> Self:
        """Return that of a policy alone: the portfolio's `insurable`, nobody stopped, nothing shipped too late."""
        nobody = pd.Series(dtype="float64")
        return cls(policy, nobody, nobody)

    def arrays(self, portfolio: pd.DataFrame) -> Part:
        """Return the part in the order of a portfolio (`exposure`, and `insurable` where it has it)."""
        exposure = portfolio["exposure"].to_numpy(float)
        owed = np.where(exposure > 0, exposure, 1.0)
        share = np.ones(len(exposure))
        if "insurable" in portfolio:
            # A scenario scales both, so that rounding may lift the part above the whole.
            share = np.minimum(portfolio["insurable"].to_numpy(float) / owed, 1.0)
        own, today = (
            values.reindex(portfolio.index).to_numpy(float) if len(values) else np.full(len(share), np.nan)
            for values in (self.share, self.today)
        )
        share = np.where(np.isnan(own), share, own)
        stopped = ~np.isnan(today)
        return Part(np.where(stopped, np.minimum(today / owed, 1.0), share), stopped, 1 - np.array(self.late))


def parts_of(policies: Iterable[Policy | InsuredPart]) -> tuple[InsuredPart, ...]:
    """Return the parts of policies, each `InsuredPart.plain` of one that comes without."""
    return tuple(one if isinstance(one, InsuredPart) else InsuredPart.plain(one) for one in policies)


def insured_parts(book: Book, policies: Iterable[Policy]) -> tuple[InsuredPart, ...]:
    """Return what each policy insures of exposures at default of a book's buyers, as known on its day.

    The policy is taken to be renewed when it ends.
    """
    found = []
    for policy in policies:
        amounts = todays_amounts(book, policy.renewed())
        late = late_shipments(book, policy).shares
        found.append(InsuredPart(policy, _share(book, policy, amounts), _today(book, policy, amounts), late))
    return tuple(found)


def _today(book: Book, policy: Policy, found: Amounts) -> pd.Series:
    insured = np.bincount(book.buyer_of_invoice[found.rows], found.insured, len(book.buyers))
    stopped, owed = stopped_buyers(book, policy).to_numpy(), balances(book)["open_amount"].to_numpy()
    # What is on account settles what is insured and what is not in the same proportion.
    net = balances(book)["net_amount"].to_numpy() / np.where(owed > 0, owed, 1.0)
    return pd.Series(np.where(stopped, insured * net, np.nan), index=all_buyers(book))


def _share(book: Book, policy: Policy, found: Amounts) -> pd.Series:
    """Return the insurable share of what each buyer owes, in the proportion of the open items.

    Of a buyer that owes nothing in that of all insurable buyers (all, where none of them owes anything).
    """
    place, count = book.buyer_of_invoice, len(book.buyers)
    owed = np.bincount(place, open_items(book)["open_amount"].to_numpy(), count)
    insurable = np.bincount(place[found.rows], found.insurable, count)
    counts = insurable_buyers(book, policy)
    usual = insurable[counts].sum() / owed[counts].sum() if owed[counts].sum() > 0 else 1.0
    share = np.where(owed > 0, insurable / np.where(owed > 0, owed, 1.0), np.where(counts, usual, 0.0))
    return pd.Series(share, index=all_buyers(book))
