"""As if: what each policy of a run would have paid for the book's real defaults, beside its premium of those years."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.memory import remembered
from tradecredit.book.places import one_of
from tradecredit.decide.policies.past_losses import LOSS, WAITING, nothing, past_losses
from tradecredit.insurance.policy import NOT_INSURABLE, Cost, Policy
from tradecredit.insurance.settlement import Losses, settled
from tradecredit.insurance.shipped import not_counted
from tradecredit.measure.by_buyer import all_buyers
from tradecredit.measure.history import begins
from tradecredit.measure.limits_in_force import LIMIT_SOURCES, amounts_on
from tradecredit.measure.open_items import net_share
from tradecredit.measure.sales import net_sales

BEFORE = "before the first year"
"""State of a loss in a month that belongs to no whole year of the ledger."""


class AsIf(NamedTuple):
    """The claims and the years of each policy, and the `waiting` defaults that were no loss yet: see `as_if`."""

    claims: pd.DataFrame
    years: pd.DataFrame
    totals: pd.DataFrame


@remembered
def as_if(book: Book, policies: Sequence[Policy]) -> AsIf:
    """Return what policies would have paid for the book's real defaults, had they been in force in all its years.

    Years are of 12 months, the last ending on the book's day, back to the first that the ledger holds whole.

    `claims`: a row for each policy and default of these years: `policy`, the columns of `past_losses`, `year_end` of
    the year that it falls into by its day of loss (no loss: its day of default; missing: before the first year, or
    still waiting), `past_claim` (after threshold, percentage and deductible), `first_loss_taken` of the year's,
    `past_indemnity` after first loss and maxima in order of day, less the insurer's part of the recovery,
    `past_recovered` (of the whole claim), and `past_above_maximum`, what the maxima take off; and
    `past_retained` = debt − recovery − past_indemnity. A loss of before the first year is in no year and is not paid.

    `years`: index `policy`, `year_end`; `past_defaults`, `past_loss` (debt − recovery), `past_indemnity`,
    `past_retained`; `past_turnover`, the year's insured sales, net of tax and cancellations; `past_premium` and
    `past_cost` (with fees for the named limits in force on the last day of the year, tax, and bonus or malus);
    `past_loss_ratio` = indemnity / premium (missing without a premium); `past_net` = indemnity − cost;
    `claims_received`, the receipts of kind `claim` of the year, from the insurer that was, in all rows alike.

    `totals`: index `policy`, the sums of the years, and the ratio of the sums.

    A maximum that is a multiple of the premium is one of that year's. The years of a top-up are those of the programme,
    itself and its primary. Empty where the ledger holds no whole year.
    Source: definitions §5.14.
    """
    ends = year_ends(book)
    claims, years = [], []
    for policy in policies:
        primary = next((one for one in policies if one.name == policy.primary), None)
        of_policy, of_years = _under(book, policy, primary, ends)
        claims.append(of_policy.assign(policy=policy.name))
        years.append(of_years.assign(policy=policy.name))
    first = ["policy", "buyer_id", "defaulted"]
    amounts = dict.fromkeys((*_STEPS, "past_retained"), 0.0)
    empty = nothing().assign(policy="", year_end=pd.NaT, **amounts)
    all_claims = pd.concat(claims, ignore_index=True) if claims else empty
    all_claims = all_claims[[*first, *all_claims.columns.difference(first, sort=False)]]
    if not policies or not len(ends):
        none = pd.DataFrame(columns=["policy", "year_end", *_AMOUNTS, "past_loss_ratio"])
        return AsIf(
            all_claims, none.set_index(["policy", "year_end"]), none.set_index("policy").drop(columns="year_end")
        )
    table = pd.concat(years, ignore_index=True)
    table = _of_programmes(table, policies)
    sums = table.groupby("policy", sort=False)[_AMOUNTS].sum()
    by_year = _with_ratio(table).set_index(["policy", "year_end"])
    return AsIf(all_claims, by_year, _with_ratio(sums))


_AMOUNTS = [
    "past_defaults", "past_loss", "past_indemnity", "past_retained", "past_turnover", "past_premium", "past_cost",
    "past_net", "claims_received",
]  # fmt: skip


_STEPS = ["past_claim", "past_recovered", "first_loss_taken", "past_above_maximum", "past_indemnity"]


def _of_programmes(years: pd.DataFrame, policies: Sequence[Policy]) -> pd.DataFrame:
    """Return the years with what a top-up's primary pays and costs added to its own."""
    table, alone = years.copy(), years.set_index("policy")
    for policy in policies:
        if policy.primary is None:
            continue
        rows = table["policy"] == policy.name
        for name in ("past_indemnity", "past_premium", "past_cost", "past_net"):
            table.loc[rows, name] += alone.loc[[policy.primary], name].to_numpy()
        table.loc[rows, "past_turnover"] = alone.loc[[policy.primary], "past_turnover"].to_numpy()
        table.loc[rows, "past_retained"] = table.loc[rows, "past_loss"] - table.loc[rows, "past_indemnity"]
    return table


def year_ends(book: Book) -> pd.DatetimeIndex:
    """Return the last days of the years of 12 months that the ledger holds whole, the last the book's day, rising.

    The month in which the ledger's history begins (`history.begins`) counts as whole.
    """
    if book.invoices.empty:
        return pd.DatetimeIndex([])
    first, ends, back = begins(book, book.as_of), [], 12
    while window_start(book.as_of, back) + pd.Timedelta(days=1) >= first:
        ends.append(window_start(book.as_of, back - 12))
        back += 12
    return pd.DatetimeIndex(ends[::-1])


def _under(
    book: Book, policy: Policy, primary: Policy | None, ends: pd.DatetimeIndex
) -> tuple[pd.DataFrame, pd.DataFrame]:
    losses = past_losses(book, policy)
    day = losses["loss_day"].fillna(losses["defaulted"]).to_numpy("datetime64[us]")
    begins = window_start(ends[0], 12).to_datetime64() if len(ends) else book.as_of.to_datetime64()
    number = np.where(day > begins, np.searchsorted(ends.to_numpy("datetime64[us]"), day), -1)
    state = losses["past_state"].mask((number < 0) & (losses["past_state"] == LOSS), BEFORE)
    number = np.where(losses["past_state"] == WAITING, -1, number)
    steps = np.zeros((len(_STEPS), len(losses)))
    years = []
    for year, end in enumerate(ends):
        inside = number == year
        paying = np.flatnonzero(inside & (losses["past_state"] == LOSS))
        turnover, start = _turnover(book, policy, window_start(end, 12), end), window_start(end, 12)
        of_year = policy if policy.premium_rate is None else policy.for_turnover(turnover)
        steps[:, paying] = _settled(of_year, losses.iloc[paying])
        cost = _cost(book, of_year, primary, end)
        paid = steps[-1, paying].sum()
        adjusted = float(of_year.adjustment(np.array([paid]))[0])
        lost = (losses["debt"] - losses["recovery"])[inside].sum()
        years.append(
            {
                "year_end": end, "past_defaults": int(inside.sum()), "past_loss": lost, "past_indemnity": paid,
                "past_retained": lost - paid, "past_turnover": turnover, "past_premium": cost.premium,
                "past_cost": cost.total + adjusted, "past_net": paid - cost.total - adjusted,
                "claims_received": _claims_received(book, start, end),
            }
        )  # fmt: skip
    dated = pd.Series(ends.append(pd.DatetimeIndex([pd.NaT]))[number], index=losses.index)
    claims = losses.assign(past_state=state, year_end=dated, **dict(zip(_STEPS, steps, strict=True)))
    return claims.assign(past_retained=losses["debt"] - losses["recovery"] - steps[-1]), pd.DataFrame(years)


def _settled(policy: Policy, losses: pd.DataFrame) -> np.ndarray:
    """Return `_STEPS` of a year's losses, which are in order of day."""
    debt = losses["insurable_debt"].to_numpy(float)
    share = debt / losses["debt"].where(losses["debt"] > 0, 1.0).to_numpy(float)
    # Settled net of recoveries, the insurable debt has its part of them off already.
    recovery = losses["recovery"].to_numpy(float) * share if policy.loss_basis == "debt" else np.zeros(len(debt))
    nothing = np.zeros(len(debt))
    of_year = Losses(
        nothing.astype(np.int64), debt, np.minimum(recovery, debt), nothing, losses["insured_debt"].to_numpy(float),
        losses["discretionary"].to_numpy(bool),
    )  # fmt: skip
    terms, unbounded = policy.record(), policy.record()
    unbounded["maximum"] = unbounded["discretionary_maximum"] = np.inf
    steps = settled(of_year, terms)
    above = settled(of_year, unbounded).indemnity - steps.indemnity
    return np.array([steps.claim, steps.recovered, steps.first_loss, above, steps.indemnity])


def _turnover(book: Book, policy: Policy, start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Return the insured sales of a year, net of tax as far as that is stated, and of cancellations."""
    invoices = book.invoices
    sold = net_sales(book).to_numpy() * net_share(book)
    counted = ((invoices["issued"] > start) & (invoices["issued"] <= end)).to_numpy()
    return float(sold[counted & (not_counted(book, policy) == 0)].sum())


def _cost(book: Book, policy: Policy, primary: Policy | None, day: pd.Timestamp) -> Cost:
    """Return what a policy costs with the limits that the insurer had named on a day."""
    limit = pd.Series(amounts_on(book, day)[:, LIMIT_SOURCES.index("insurer")], index=all_buyers(book))
    limit = limit.mask(one_of(book.buyers["kind"], NOT_INSURABLE), 0.0)
    attached = policy.attachment(limit.to_frame("insured_limit"), primary)
    named = (attached.limit > 0) & ~attached.discretionary
    extra = float(attached.limit.sum()) if policy.kind == "top_up" else 0.0
    return policy.cost(limits=int(named.sum()), extra_limits=extra)


def _claims_received(book: Book, start: pd.Timestamp, end: pd.Timestamp) -> float:
    receipts = book.receipts
    inside = one_of(receipts["kind"], ["claim"]) & ((receipts["received"] > start) & (receipts["received"] <= end))
    return float(receipts["amount"][inside].sum())


def _with_ratio(table: pd.DataFrame) -> pd.DataFrame:
    premium = table["past_premium"]
    return table.assign(past_loss_ratio=table["past_indemnity"] / premium.where(premium > 0))
