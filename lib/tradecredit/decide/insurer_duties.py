"""What a policy asks of us this month, buyer by buyer: which overdue debt to report, to claim, and where to stop."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on, working_day
from tradecredit.book.checks import CENT
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.insurance.amounts import disputed_of, unclaimed_debts
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.loss_days import loss_days, year_starts
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.recoveries import given_up
from tradecredit.insurance.stops import stopping_invoices
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.default_events import in_default
from tradecredit.measure.open_items import open_amounts, open_items
from tradecredit.measure.set_off import set_off

DUTIES = {
    "missed_amount": "float64", "missed_since": "datetime64[us]", "report_amount": "float64",
    "report_by": "datetime64[us]", "report_due_since": "datetime64[us]", "claim_amount": "float64",
    "filed_amount": "float64", "loss_date": "datetime64[us]", "file_by": "datetime64[us]", "stop_insured": "bool",
    "stop_since": "datetime64[us]", "stop_invoice": "str", "stop_clears": "float64", "stop_disputed": "float64",
}  # fmt: skip


CLAIM, FILED, UNPAYABLE, MISSED, REPORT, LATER, NONE = (
    "claim", "filed", "nothing payable", "report missed", "report", "later", "none",
)  # fmt: skip
"""What a policy asks of us of an insured invoice that is past due: this month a claim or a report; nothing where the
claim is filed, and where the policy pays nothing for a loss of this size."""


@once
def duties(book: Book, policy: Policy | None) -> pd.DataFrame:
    """Return what a policy asks of us of each buyer: index buyer_id (all buyers), amounts of insured debt.

    Of the insured debt of invoices past due (`cover.audit`), what was given up of a loss included
    (`recoveries.given_up`), without those on which the insurer has paid:

    - `claim_amount` of invoices that have become a loss: the insolvency, or the end of the waiting period, where the
      policy pays for a loss of this size (`late_insured`, `UNPAYABLE`); `loss_date`,
      the first of them (missing: none); `filed_amount`, what of it has been claimed by the book's `claims`, and is not
      to be claimed again; of the rest `file_by`, the first of the last days on which their claims are filed in time,
      or the last working day before it (missing: none, or the policy states no `filing_days`);
    - of those that have not, `missed_amount`, whose extension period, by the end of which they had to be reported, ends
      before the day on which the report is read (`read_on`), `missed_since` the first of these ends; and
      `report_amount`, whose period ends on that day or later, within `decisions.report_ahead_days` of the book's day,
      `report_by` the first of these ends, or the last working day before it, `report_due_since` the first of the due
      days of these invoices, as they are stated (missing: none).
      None of these where both amounts together are below `decisions.report_from`. Whether something has been
      reported already is in no table of the book;
    - `stop_insured`: what is shipped on the day on which the report is read is not insured, unless something is paid
      before, though the buyer has a limit that would insure it, and it is not in default; `stop_since`, the first day
      of that: the day after the first extension period of an open invoice ends; `stop_invoice`, that invoice;
      `stop_clears`, what is open of all such invoices, gross, less what the buyer has on account (`set_off.set_off`):
      what has to be paid so that the stop ends, and
      `stop_disputed`, what of it is in an open dispute, which has to be settled first (all missing: it is insured).

    Nothing without a policy, and of a policy that bears no part of an ordinary loss. Source: definitions §5.1, §5.8.
    """
    buyers = all_buyers(book)
    table = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in DUTIES.items()}, index=buyers[:0])
    table = table.reindex(buyers)
    table = table.assign(
        missed_amount=0.0, report_amount=0.0, claim_amount=0.0, filed_amount=0.0, stop_insured=False
    ).astype(DUTIES)
    if policy is None:
        return table
    items = late_insured(book, policy)
    unfiled, filed, missed, coming = ((items["duty"] == duty).to_numpy() for duty in (CLAIM, FILED, MISSED, REPORT))
    loss = unfiled | filed
    asked = {
        ("claim_amount", "loss_date"): items[loss], ("report_amount", "report_by"): items[coming],
        ("missed_amount", "missed_since"): items[missed].rename(columns={"report_by": "missed_since"}),
    }  # fmt: skip
    table["report_due_since"] = items[coming].groupby("buyer_id")["due"].min().reindex(buyers)
    for (amount, day), of_them in asked.items():
        of = of_them.groupby("buyer_id").agg(**{amount: ("insured_debt", "sum"), day: (day, "min")})
        table[amount] = of[amount].reindex(buyers, fill_value=0.0)
        table[day] = of[day].reindex(buyers)
    table["filed_amount"] = items[filed].groupby("buyer_id")["insured_debt"].sum().reindex(buyers, fill_value=0.0)
    table["file_by"] = items[unfiled].groupby("buyer_id")["file_by"].min().reindex(buyers)
    for day in ("report_by", "file_by"):
        table[day] = last_working_days(table[day])
    stops = _stops(book, policy).reindex(buyers)
    stopped = stops["stop_since"].notna() & can_stop(book, policy)
    return table.assign(stop_insured=stopped, **stops.where(stopped)).astype(DUTIES)


class Payable(NamedTuple):
    """What a policy pays for the losses that are to be claimed, in the reporting currency.

    `policy`, its name; `settled`, what is left of them after its percentage and what it deducts from each loss;
    `first_loss`, the policy's of a year (0: none); `payable`, what of them it pays if all of them fall in one year of
    which nothing else has used the first loss, before any maximum of a year. `year_starts`, the first day of the year
    of the policy in force, its `starts` (`start_stated`) or else twelve months before its end (missing: it states no
    period), and `earlier`, what of `settled` is of losses before it, which count in an earlier year. `filing_days`,
    within which of its loss a claim is to be filed (None: it states none), and `file_by`, the first of these days.
    """

    policy: str
    settled: float
    first_loss: float
    payable: float
    year_starts: pd.Timestamp = pd.NaT
    earlier: float = 0.0
    start_stated: bool = True
    filing_days: int | None = None
    file_by: pd.Timestamp = pd.NaT


def to_claim(asked: pd.DataFrame) -> pd.Series:
    """Return of each buyer the insured debt that is to be claimed still: `claim_amount` less `filed_amount`."""
    return asked["claim_amount"] - asked["filed_amount"]


def last_working_days(days: pd.Series) -> pd.Series:
    """Return each day, or the last working day before it, by which what is to be done by that day is done in time."""
    found, known = days.astype("datetime64[us]"), days.notna()
    found[known] = working_day(days[known].to_numpy(), "backward").astype("datetime64[us]")
    return found


def can_stop(book: Book, policy: Policy) -> pd.Series:
    """Return of each buyer whether a stop takes cover from new deliveries: it has a limit, and is not in default.

    Index buyer_id (all buyers).
    """
    cover = of_buyers(book, policy)
    return (cover.insurable > 0) & (cover.limit > 0) & ~one_of(book.buyers["buyer_id"], in_default(book))


def settled(asked: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """Return what becomes of the losses that are to be claimed, step by step: index buyer_id, amounts as `asked`.

    `asked`: as `payable`, what is filed included. Columns of `Policy.settlement`, all losses in one year in which
    nothing else is lost or paid, without the maxima of a year. Source: definitions §5.4 to §5.6.
    """
    losses = asked[asked["claim_amount"] > 0]
    debt = losses["claim_amount"].to_numpy()
    # A maximum in multiples of a premium needs the turnover of a year, and none is near before the first loss is used.
    steps = policy.unbounded().settlement(
        pd.DataFrame({
            "scenario": 0, "day": losses["loss_date"].to_numpy(), "buyer_id": losses.index, "debt": debt, "limit": debt,
        })
    )  # fmt: skip
    return steps.set_axis(losses.index)


def payable(asked: pd.DataFrame, policy: Policy | None) -> Payable | None:
    """Return what a policy pays for the losses that are to be claimed; None without a policy or a loss.

    `asked`: `duties`, one loss of `claim_amount` for each buyer on its `loss_date`, of which nothing is recovered. A
    buyer whose claim is filed whole is none of them.
    Source: definitions §5.4 to §5.6.
    """
    losses = asked[to_claim(asked) > 0]
    if policy is None or losses.empty:
        return None
    steps = settled(losses, policy)
    first_loss = float(policy.aggregate_first_loss or 0.0)
    starts = year_starts(policy)
    before = (losses["loss_date"] < starts).to_numpy()
    claims = steps["claim"].to_numpy()
    return Payable(
        policy.name, float(claims.sum()), first_loss, float(steps["indemnity"].sum()), starts,
        float(claims[before].sum()), policy.starts is not None, policy.filing_days, losses["file_by"].min(),
    )  # fmt: skip


def payable_of_each(asked: pd.DataFrame, policy: Policy) -> pd.Series:
    """Return what a policy pays of what it is to be told of each buyer, after its first loss; index as `asked`.

    `asked`: `duties`. Of a claim to file the `indemnity` of `settled`, all of them in one year in which nothing else is
    lost or paid; of overdue debt to report what would be paid for it if this buyer alone failed besides, nothing
    recovered: after the each-loss deductible, the percentage, and what these claims leave of the first loss. 0 where
    nothing is to be told. Source: definitions §5.4 to §5.6.
    """
    found, left = pd.Series(0.0, index=asked.index), policy.aggregate_first_loss
    losses = asked[to_claim(asked) > 0]
    if len(losses):
        steps = settled(losses, policy)
        found[losses.index] = steps["indemnity"]
        left = None if left is None else max(left - float(steps["first_loss"].sum()), 0.0)
    debt = (asked["missed_amount"] + asked["report_amount"]).drop(losses.index)
    debt = debt[debt > 0]
    if len(debt):
        next_loss = policy.unbounded().model_copy(update={"aggregate_first_loss": left})
        rows = {"scenario": range(len(debt)), "day": 0, "buyer_id": debt.index, "debt": debt.to_numpy()}
        table = pd.DataFrame({**rows, "limit": debt.to_numpy()})
        found[debt.index] = next_loss.settlement(table)["indemnity"].to_numpy()
    return found


def _stops(book: Book, policy: Policy) -> pd.DataFrame:
    """Return since when, by which invoice first and by how much in all buyers are past their stop; index buyer_id.

    Of the amount also what is in dispute. On the day on which the report is read, unless something is paid before.
    """
    causing = stopping_invoices(book, policy, read_on(book.as_of))
    items = open_items(book).iloc[causing.index]
    disputed = disputed_of(book, open_amounts(book), book.as_of)[causing.index]
    left = items["open_amount"] - set_off(book)[causing.index]
    table = items[["buyer_id", "invoice_id"]].assign(open_amount=left, stop_since=causing, disputed=disputed)
    return table.sort_values("stop_since", kind="stable").groupby("buyer_id").agg(
        stop_since=("stop_since", "first"), stop_invoice=("invoice_id", "first"), stop_clears=("open_amount", "sum"),
        stop_disputed=("disputed", "sum"),
    )  # fmt: skip


@once
def late_insured(book: Book, policy: Policy) -> pd.DataFrame:
    """Return the insured invoices past due on which no claim has been paid, with the days of the policy.

    A row for each, on the index of `invoices`: `buyer_id`, `issued`, `due`; `insured_debt`, what was given up of a loss
    included; `report_by`, `loss_date`, `file_by` and `paid` of `Policy.loss_dates`, by the insolvency of a buyer in
    default as well; `duty`: `CLAIM`, the loss has come about by the book's day, and `FILED`, it has been claimed: a
    claim on the buyer was filed since its first loss, and since the invoice was issued; else `MISSED`, where the day of
    its report lies before the day on which the report is read, or `REPORT`, within `decisions.report_ahead_days`;
    `LATER`; `NONE`, where what of the buyer is missed and to be reported is below `decisions.report_from` together.
    `UNPAYABLE` in place of `CLAIM` where threshold, each-loss deductible and retention leave nothing of all that the
    buyer has lost so far, filed or not: such a claim does not even use up the first loss of the year. Once more of it
    is lost, all of it is to be claimed.
    """
    items, insured = open_items(book), unclaimed_debts(book, policy)
    past_due = (items["days_past_due"] > 0) | ((given_up(book) > 0) & (items["payable_by"] < book.as_of))
    late = past_due.to_numpy() & (insured > 0)
    items = items[["buyer_id", "issued", "due"]].assign(insured_debt=insured)[late]
    days = loss_days(book, policy, items)
    items, filed = items.join(days.drop(columns="filed")), days["filed"]
    ahead = book.as_of + pd.Timedelta(days=book.run.decisions.report_ahead_days)
    loss, report_by = items["loss_date"] <= book.as_of, items["report_by"]
    missed = ~loss & (report_by < read_on(book.as_of))
    coming = ~loss & ~missed & (report_by <= ahead)
    asked = items["insured_debt"].where(missed | coming, 0.0).groupby(items["buyer_id"]).transform("sum")
    little = (missed | coming) & (asked < book.run.decisions.report_from)
    duty = np.select(
        [filed, loss, little, missed, coming, report_by.notna()], [FILED, CLAIM, NONE, MISSED, REPORT, LATER], NONE
    )
    items = items.assign(duty=pd.Series(duty, index=items.index, dtype="str"))
    little = unpayable(items[items["duty"].isin([CLAIM, FILED])], policy)
    nothing = (items["duty"] == CLAIM) & items["buyer_id"].isin(little)
    return items.assign(duty=items["duty"].mask(nothing, UNPAYABLE))


def unpayable(lost: pd.DataFrame, policy: Policy) -> pd.Index:
    """Return the buyers of which the policy's terms of each loss leave nothing of what is lost, as one loss.

    `lost`: invoices, with `buyer_id`, `insured_debt` and `loss_date`.
    """
    losses = lost.groupby("buyer_id").agg(claim_amount=("insured_debt", "sum"), loss_date=("loss_date", "min"))
    if losses.empty:
        return losses.index
    claim = settled(losses, policy)["claim"]
    return claim.index[claim < CENT]
