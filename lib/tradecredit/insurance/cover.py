"""What is insured of what buyers owe, invoice by invoice, and of what they would owe (definitions §5.1 to §5.3)."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from tradecredit.book.book import Book
from tradecredit.book.calendar import month_ends, read_on
from tradecredit.book.memory import remembered
from tradecredit.book.once import once
from tradecredit.insurance.amounts import Amounts, borne, insured_amounts, todays_amounts
from tradecredit.insurance.evidence import evidence
from tradecredit.insurance.insured_sales import insured_sales, owed_days, share_of_sales
from tradecredit.insurance.limit_history import named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.shipped import CLASSES, REASONS, run_policy
from tradecredit.insurance.split import class_of, parts_of, summed
from tradecredit.insurance.stops import stopped_buyers
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.history import whole_since
from tradecredit.measure.open_items import open_amounts, open_items
from tradecredit.measure.receivables import buckets_of


class Cover(NamedTuple):
    """What the insurer bears of what buyers owe, before any deductible, first loss or maximum. Index buyer_id.

    `percentage` of a buyer's insured debt; `limit` of the insured debt of what is shipped from now on, named or
    discretionary (0: not insured; missing: there is no policy); `named`: the insurer's own limit (0: refused, over, or
    not insurable; missing: none named); `stopped`: nothing that is shipped to it from now on is insured.
    `insured_debt`: what is insured debt of what it owes today, by the audit of its invoices; of each unit,
    `insurable`: what is insured debt of a limit that it uses, and `insured_sales`: what the premium is charged on of
    its sales.
    """

    percentage: float
    limit: pd.Series
    named: pd.Series
    stopped: pd.Series
    insured_debt: pd.Series
    insurable: pd.Series
    insured_sales: pd.Series

    @property
    def insured(self) -> pd.Series:
        """What the insurer bears of what a buyer owes today: percentage × insured debt."""
        return self.percentage * self.insured_debt

    @property
    def share(self) -> pd.Series:
        """The part that the insurer bears of a limit, up to `reach`."""
        return self.percentage * self.insurable

    @property
    def reach(self) -> pd.Series:
        """The limit whose insured debt is at the insurer's; that one itself where nothing of it is insurable."""
        return self.limit / self.insurable.where(self.insurable > 0, 1.0)


def audit(book: Book, policy: Policy | None = None) -> pd.DataFrame:
    """Return what a policy, by default the run's own, insures of each open invoice, and which rule decides.

    As `of_items`, of what is open on the book's day and in an open dispute then. Index invoice_id. Of an invoice on
    which the insurer has paid (`claimed`, the receipts of kind `claim`) the limit is filled by what is open and what
    was paid together, and `insured` is what the policy pays for that after its deductions from the buyer's loss, less
    what it has paid (`recoveries.still_insured`): an invoice over 30,000 with a claim of 27,000 is insured no more at
    90 %, and with one of 20,000 for 7,000. `kept_of_claim`: what of the rest is the insured's own part of the claim.
    Source: definitions §5.9.
    """
    return _audit(book, policy or run_policy(book))


@once
def _audit(book: Book, policy: Policy | None) -> pd.DataFrame:
    return _table(book, policy, open_amounts(book), todays_amounts(book, policy))


def of_items(book: Book, policy: Policy | None, owed: np.ndarray, disputed: np.ndarray | None = None) -> pd.DataFrame:
    """Return what a policy insures of amounts owed on the book's invoices, on any day since they were shipped.

    `owed`: what is open of each invoice, in the order of `invoices`, gross of tax; `disputed`: the part of it that is
    in an open dispute (None: nothing). A row for each invoice that something is owed of, in their order; index
    invoice_id, amounts in the reporting currency:

    - `buyer_id`, `open_amount`, `disputed`;
    - `insurable_debt`: net of tax (none stated: none) and of what is disputed; 0 of an invoice that does not count by
      the policy's period, its buyer's kind or country, or its terms;
    - `insured_debt`: of that, what lies within the limit in force on the day of shipment, oldest invoice first (see
      `filling.within_limits`; of one day as the invoices stand); nothing of what was shipped after the stop;
    - `insured` = insured percentage × insured debt, before deductibles, first loss and maximum; nothing by kinds that
      pay nothing of an ordinary loss (not `PAYING_BY_LOSS`). A top-up's insured debt is what lies above its primary's
      limit;
    - `claimed` and `kept_of_claim`: see `audit` (0: nothing has been claimed);
    - `cover`: one of `CLASSES`, and `reason`, one of `REASONS`: the first of the rules in the order of definitions §5.1
      that decides. The part of an invoice above its limit, its tax, what is disputed and what is kept of a claim are
      classes of their own in `by_class`.

    All day-of-shipment facts are of that day: stop, limit and evidence. Source: definitions §5.1 to §5.3.
    """
    return _table(book, policy, owed, insured_amounts(book, policy, owed, disputed))


def _table(book: Book, policy: Policy | None, owed: np.ndarray, found: Amounts) -> pd.DataFrame:
    columns = {
        "buyer_id": book.invoices["buyer_id"].take(found.rows).array,
        "open_amount": owed[found.rows],
        "disputed": found.disputed,
        "insurable_debt": found.insurable,
        "insured_debt": found.insured,
        "insured": (borne(policy) if policy else 0.0) * found.insured,
        "claimed": found.claimed,
        "kept_of_claim": found.kept,
        **_in_words(found.reason, found.discretionary),
    }
    return pd.DataFrame(columns, index=pd.Index(book.invoices["invoice_id"].take(found.rows).array, name="invoice_id"))


@once
def by_class(book: Book, policy: Policy | None = None) -> pd.DataFrame:
    """Return the receivables by what becomes of them under a policy, by default the run's own: index `cover`.

    The six `CLASSES`, whose `open_amount` adds up to the book's; `share` of it (missing of nothing); `invoices` and
    `buyers` that have a part in the class; `insured`, what the insurer bears of it before deductibles.
    """
    found = parts_of(book, policy)
    return summed(book, found, found.cover, len(CLASSES)).set_axis(pd.Index(CLASSES, name="cover"))


@once
def by_reason(book: Book, policy: Policy | None = None) -> pd.DataFrame:
    """Return the receivables by class and the rule that decides: columns as `by_class`, beside `cover` and `reason`."""
    found = parts_of(book, policy)
    both = pd.MultiIndex.from_product([CLASSES, REASONS], names=["cover", "reason"])
    key = found.cover.astype(np.int64) * len(REASONS) + found.reason
    table = summed(book, found, key, len(both)).set_axis(both)
    return table[table["invoices"] > 0].sort_index().reset_index()


def by_age(book: Book, policy: Policy | None = None) -> pd.DataFrame:
    """Return the receivables by age and by what becomes of them under a policy, by default the run's own.

    Index `bucket`, as `receivables.ageing`, whose amounts the rows add up to; a column for each of the six `CLASSES`.
    """
    items = open_items(book)
    bucket = pd.Series(buckets_of(book, items).array, index=items["invoice_id"])
    found = parts(book, policy)
    table = found.assign(bucket=found["invoice_id"].map(bucket)).pivot_table(
        index="bucket", columns="cover", values="amount", aggfunc="sum", observed=False
    )
    table = table.reindex(index=pd.Index(bucket.cat.categories, name="bucket"), columns=list(CLASSES))
    return table.fillna(0.0).rename_axis(columns=None)


@once
def parts(book: Book, policy: Policy | None = None) -> pd.DataFrame:
    """Return the parts of each open invoice by what becomes of them under a policy, by default the run's own.

    A row for each class and reason that an invoice has a part in: `invoice_id`, `buyer_id`, `cover`, `reason`,
    `amount`, and `insured`, what the insurer bears of it before deductibles. The amounts add up to the receivables.
    """
    found = parts_of(book, policy)
    columns = {
        "invoice_id": book.invoices["invoice_id"].take(found.rows).array,
        "buyer_id": book.invoices["buyer_id"].take(found.rows).array,
        **_named(found.cover, found.reason),
        "amount": found.amount,
        "insured": found.insured,
    }
    return pd.DataFrame(columns)


def insured_share(book: Book, policy: Policy | None = None) -> float:
    """Return the part of the receivables that a policy, by default the run's own, bears before deductibles.

    Missing where nothing is owed.
    """
    items = audit(book, policy)
    owed = items["open_amount"].sum()
    return float(items["insured"].sum() / owed) if owed > 0 else float("nan")


@remembered
def insured_before(book: Book, months: int = 12) -> pd.DataFrame:
    """Return the `insured_share` of the last month ends before the book's day, as known then: index month_end.

    By the run's own policy, whichever was in force then; month ends from which balances are known in full alone.
    """
    ends = month_ends(book.as_of - pd.Timedelta(days=1), months, since=whole_since(book))
    return pd.DataFrame({"insured_share": [insured_share(book.at(end)) for end in ends]}, index=ends, dtype="float64")


def _in_words(reason: np.ndarray, discretionary: np.ndarray) -> dict[str, pd.Series]:
    """Return the columns `cover` and `reason` of codes."""
    return _named(class_of(reason, discretionary), reason)


def _named(cover: np.ndarray, reason: np.ndarray) -> dict[str, pd.Series]:
    return {
        name: pd.Series(pa.array(list(words), pa.large_string()).take(pa.array(code)).to_pandas(), dtype="str").array
        for name, words, code in (("cover", CLASSES, cover), ("reason", REASONS, reason))
    }


@once
def of_buyers(book: Book, policy: Policy | None = None) -> Cover:
    """Return what a policy, by default the run's own, bears of what each buyer owes: index buyer_id (all buyers).

    Nothing is borne without a policy, and by kinds that pay nothing of an ordinary loss (not `PAYING_BY_LOSS`).
    `insured_debt`: that of `audit`, by buyer. `limit`, of what is shipped from now on: see `Policy.attachment`.
    `insurable` and `insured_sales`: of the invoices of the last 12 months, net of tax as far as that is stated and
    without those that do not count by their buyer or terms, the first weighted by the days for which they are owed,
    terms and tolerated delay; of a buyer without any, those of all insurable buyers. `stopped`: see
    `stops.stopped_buyers`, on the day on which the report is read (`read_on`): before it nothing is shipped on its
    advice. The policy is taken to be renewed when its period ends.
    """
    policy = policy or run_policy(book)
    table = named_limits(book)[["insured_limit"]]
    nothing = pd.Series(0.0, index=table.index)
    if policy is None:
        limit = table["insured_limit"]
        return Cover(0.0, limit * np.nan, limit, nothing > 0, nothing, nothing, nothing)
    # Evidence is slow to find, and only a discretionary limit rests on it.
    attached = policy.attachment(table.join(evidence(book)) if policy.discretionary_limit else table)
    limit, sales = pd.Series(attached.limit, index=table.index), insured_sales(book, policy)
    return Cover(
        percentage=borne(policy),
        limit=limit,
        named=limit.mask(attached.discretionary),
        stopped=stopped_buyers(book, policy, read_on(book.as_of)),
        insured_debt=_insured_debt(book, policy),
        insurable=share_of_sales(book, policy, sales, owed_days(book)),
        insured_sales=share_of_sales(book, policy, sales, pd.Series(1.0, index=sales.index)),
    )


def _insured_debt(book: Book, policy: Policy) -> pd.Series:
    found = todays_amounts(book, policy)
    debt = np.bincount(book.buyer_of_invoice[found.rows], found.insured, len(book.buyers))
    return pd.Series(debt, index=all_buyers(book), name="insured_debt")
