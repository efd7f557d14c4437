"""What defaults that have happened already are still to bring in: recoveries, and claims filed or still to be filed."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.cash.insured_cash import recovery_days
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.insurance.loss_days import loss_days
from tradecredit.measure.default_events import RESOLVED_MONTHS, events_by_place, loss_given_default
from tradecredit.provision.items import FAILED
from tradecredit.provision.provision import expected_recovery, provision_on
from tradecredit.provision.reimbursement import by_invoice, reimbursement

RECOVERIES = 14
"""Stream of random numbers beside those of the forecast."""


class PastDefaults(NamedTuple):
    """What buyers that are in default today bring in by week: `recoveries`, of each scenario where these differ
    (scenarios × weeks), and `claims` paid."""

    recoveries: np.ndarray
    claims: np.ndarray

    @property
    def expected_recoveries(self) -> np.ndarray:
        """The mean of the recoveries by week."""
        return np.atleast_2d(self.recoveries).mean(axis=0)


def in_scenarios(book: Book, expected: PastDefaults, count: int, seed: int) -> PastDefaults:
    """Return what is `expected`, recoveries drawn by scenario where the run's loss given default varies.

    Beta-distributed with the expected share as mean, and a standard deviation that is the same part of the largest
    possible, √(m · (1 − m)), as `losses.lgd_sd` is of the loss given default's.
    """
    sd, lgd = book.run.losses.lgd_sd, loss_given_default(book).lgd
    table = rows(book)
    table = table[table["recovery"] > 0]
    if not sd or table.empty:
        return expected
    owed = places(table["buyer_id"], book.buyers["buyer_id"])
    share = expected_recovery(book, book.as_of)[owed]
    vary, size = share < 1, lgd * (1 - lgd) / sd**2 - 1
    drawn = np.ones((count, len(share)))
    random = np.random.default_rng([seed, RECOVERIES])
    drawn[:, vary] = random.beta(share[vary] * size, (1 - share[vary]) * size, (count, vary.sum())) / share[vary]
    weeks = len(expected.recoveries)
    week = ((table["day"] - book.as_of).dt.days.to_numpy() - 1) // 7
    into = (week[:, None] == np.arange(weeks)) * table["recovery"].to_numpy()[:, None]
    return expected._replace(recoveries=drawn @ into)


def by_week(book: Book, weeks: int) -> PastDefaults:
    """Return what buyers in default, and the insurer for them, are expected to pay in each coming week.

    The rows of `rows` whose day lies within the weeks.
    """
    table = rows(book)
    week = ((table["day"] - book.as_of).dt.days.to_numpy() - 1) // 7
    inside = week < weeks
    return PastDefaults(
        *(
            np.bincount(week[inside], table[name].to_numpy()[inside], weeks).astype(float)
            for name in ("recovery", "claim")
        )
    )


@once
def rows(book: Book) -> pd.DataFrame:
    """Return a row for each amount that is expected: `buyer_id`, `day`, `recovery`, `claim` (one of them is 0).

    - Recoveries: what is open of a buyer in default × `provision.expected_recovery`, on the book's median days
      (`insured_cash.recovery_days`) after its last default; where these have passed, halfway to the day on which
      nothing more is expected (`RESOLVED_MONTHS` after it). What the insurer has paid is open no more, so that its part
      of recoveries is not in it.
    - Claims: what the policy in force is expected to pay of what they owe (`reimbursement.by_invoice`), less the part
      that first losses and maxima keep; `payment_days` after the claim was filed, or could be from today on, and not
      before `Policy.loss_dates` says. What should have come already comes on the next working day. Claims that were
      not filed in time bring nothing.

    Source: definitions §12.4.
    """
    found = [part for part in (_recoveries(book), _claims(book)) if len(part)]
    columns = ["buyer_id", "day", "recovery", "claim"]
    if not found:
        nothing = pd.DataFrame({"buyer_id": pd.Series(dtype="str"), "day": pd.Series(dtype="datetime64[us]")})
        return nothing.assign(recovery=0.0, claim=0.0)[columns]
    return pd.concat(found, ignore_index=True)[columns]


def _failed(book: Book) -> pd.DataFrame:
    """Return what buyers in default owe, by invoice: `provision_on` with the columns of `reimbursement.by_invoice`."""
    found = provision_on(book, book.as_of)
    return found.join(by_invoice(book))[found["part"] == FAILED]


def _recoveries(book: Book) -> pd.DataFrame:
    owed = _failed(book).groupby("buyer")["open_amount"].sum()
    amount = owed * expected_recovery(book, book.as_of)[owed.index]
    amount = amount[amount > 0].round(2)
    events = events_by_place(book)
    last = events[events["date"] <= book.as_of].groupby("buyer")["date"].max().reindex(amount.index)
    day = last + pd.Timedelta(days=round(recovery_days(book)))
    left = last + pd.DateOffset(months=RESOLVED_MONTHS) - book.as_of
    halfway = book.as_of + pd.to_timedelta((left.dt.days // 2).clip(lower=1), unit="D")
    ids = book.buyers["buyer_id"].take(amount.index.to_numpy())
    return pd.DataFrame(
        {
            "buyer_id": ids.to_numpy(), "day": day.where(day > book.as_of, halfway).to_numpy("datetime64[us]"),
            "recovery": amount.to_numpy(), "claim": 0.0,
        }
    )  # fmt: skip


def _claims(book: Book) -> pd.DataFrame:
    failed, policy = _failed(book), policy_in_force(book)
    failed = failed[failed["reimbursement"] > 0]
    if policy is None or failed.empty:
        return pd.DataFrame()
    whole = reimbursement(book)
    by_loss = whole.by_loss - whole.lapsed
    # Where the provision of other buyers is missing, so is what a year's terms keep of theirs.
    kept = whole.paid / by_loss if by_loss > 0 else 1.0
    items = book.invoices[["buyer_id", "issued", "due"]].take(failed.index.to_numpy())
    days, read = loss_days(book, policy, items), read_on(book.as_of)
    filed_on = book.claims.groupby("buyer_id")["filed"].max().reindex(items["buyer_id"]).set_axis(items.index)
    complete = filed_on.where(days["filed"], read).astype("datetime64[us]")
    day = np.maximum(days["paid"], complete + pd.Timedelta(days=policy.payment_days))
    table = pd.DataFrame(
        {"buyer_id": items["buyer_id"], "day": day.where(day > book.as_of, read), "recovery": 0.0}
    ).assign(claim=(failed["reimbursement"] * kept).round(2).to_numpy())
    # Of a policy that states no waiting period nothing falls due while the buyer is not insolvent.
    return table[days["paid"].notna() & (table["claim"] > 0)]


__all__ = ["PastDefaults", "by_week", "in_scenarios", "rows"]
