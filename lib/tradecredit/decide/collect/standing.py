"""How each buyer stands today: its default probability, and what the chapter of limits decides on it."""

from typing import NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.collect.decided import decided


class Standing(NamedTuple):
    """What collection takes from other chapters.

    `pd`: each buyer's default probability over 12 months (`default.assess`), and `decided`, the decisions on buyers
    that bear on their debts (`decided.decided`), both by buyer_id; `records`, the decisions on buyers
    (`buyer_decisions.records`) but changes of limits that may wait for portfolio limits (`WAITING`): by when these are
    due only the optimum of the limits tells.
    """

    pd: pd.Series
    decided: pd.DataFrame
    records: pd.DataFrame


@remembered
def standing(book: Book) -> Standing:
    """Return how each buyer stands: the probabilities of chapter 02, and the decisions of chapter 03.

    What is at stake with the insurer is of a claim what the policy bears of it before its first loss, and of a report
    the insured percentage of the debt to report; what it pays of it `insurer_duties.payable_of_each`.
    The same that these chapters show, since the same functions compute them; no optimum of the limits moves them.
    """
    # Where it is remembered, nobody waits for these.
    from tradecredit.decide import buyer_decisions, buyer_sheet, insurer_duties, limits
    from tradecredit.default import ratings, term_structure
    from tradecredit.insurance import in_force
    from tradecredit.insurance.amounts import borne

    known = ratings.assess(book)
    policy, ahead = in_force.policy_in_force(book), term_structure.term_structure(known["pd"])
    sheets = buyer_sheet.with_options(book, limits.recommend(book, known), ahead, policy)
    duties = insurer_duties.duties(book, policy)
    stake = (duties["missed_amount"] + duties["report_amount"]) * (borne(policy) if policy else 0.0)
    if policy and (insurer_duties.to_claim(duties) > 0).any():
        claims = insurer_duties.settled(duties[insurer_duties.to_claim(duties) > 0], policy)["claim"]
        stake = claims.reindex(stake.index).fillna(stake)
    paid = insurer_duties.payable_of_each(duties, policy) if policy else 0.0 * stake
    records = buyer_decisions.records(book, sheets)
    kept = records[~records["decision"].isin(buyer_decisions.WAITING)].reset_index(drop=True)
    return Standing(known["pd"], decided(sheets, records, stake, paid), kept)
