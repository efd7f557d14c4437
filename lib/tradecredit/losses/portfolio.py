"""What a book has at risk: each buyer's exposure, default probability, loss given default, correlation and limit."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.once import once
from tradecredit.book.places import one_of
from tradecredit.errors import ParameterError, Problem
from tradecredit.insurance.limit_history import evidence, named_limits
from tradecredit.measure.balances import balances
from tradecredit.measure.by_buyer import all_buyers, sums_by_buyer
from tradecredit.measure.default_events import in_default, loss_given_default
from tradecredit.measure.history import begins
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.on_account import changes
from tradecredit.measure.open_items import ledger
from tradecredit.measure.ratios import ratios
from tradecredit.measure.sales import of_year
from tradecredit.params.run import Run

EXPOSURE_MONTHS = 12
"""Of the peak of the balance, and of the sales a day."""

SMALLEST, LARGEST = 5.0, 50.0
"""Turnover, in million euros, that the Basel formula's size adjustment is largest up to, and none from."""


def portfolio(book: Book, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return what `simulate` needs of a book: a row for each buyer with an exposure that is not in default yet.

    `ratings`: index buyer_id, `pd` (12-month default probability) and, if it has one, `grade`. Out, index buyer_id in
    the order of the ids; amounts gross of tax, in the reporting currency:

    - `pd` (missing where `ratings` has none), `grade`;
    - `sector`, `country`, and `group_id` unless the run's groups default one by one (missing: none);
    - `exposure`, `balance`, `sales_a_day`: as `exposures`;
    - `lgd`, with `lgd_basis` (`assumed` or `own defaults`), and `lgd_sd` where the run has one;
    - `correlation`, `correlation_basis`: as `asset_correlation`;
    - `insured_limit`: as `limit_history.named_limits`; `evidence`: as `limit_history.evidence`.

    Buyers `in_default` are left out; the balances of this table and the exposures of `already_defaulted` add up to the
    book's open amount. Raises `ParameterError` where the run's `lgd_sd` is more than a share of this mean can vary by.
    """
    settings = book.run.losses
    amounts = exposures(book).sort_index()
    amounts = amounts[(amounts["exposure"] > 0) & ~amounts.index.isin(in_default(book))]
    rated = ratings[[column for column in ("pd", "grade") if column in ratings]].reindex(amounts.index)
    known = ["sector", "country", *(["group_id"] if settings.groups == "together" else [])]
    loss = loss_given_default(book)
    if settings.lgd_sd and settings.lgd_sd >= np.sqrt(loss.lgd * (1 - loss.lgd)):
        raise ParameterError([_too_varied(book.run, loss.lgd)])
    varying = {"lgd_sd": settings.lgd_sd} if settings.lgd_sd else {}
    table = rated.join(book.buyers.set_index("buyer_id")[known]).join(amounts)
    table = table.assign(lgd=loss.lgd, **varying).join(asset_correlation(book, rated["pd"]))
    return table.join(named_limits(book)["insured_limit"]).join(evidence(book)).assign(lgd_basis=loss.basis)


@once
def exposures(book: Book) -> pd.DataFrame:
    """Return what each buyer owes, and would owe at its default as the run takes it. Index buyer_id (all buyers).

    Amounts are gross of tax, in the reporting currency:

    - `balance`: the open amount less what is on account (`balances.net_amount`);
    - `exposure`, by the run's `losses.exposure`: `balance`; `peak`, the highest balance at the end of any day of the
      last 12 months; `limit`, the balance and `undrawn_share` of what is unused of the limit in force, our own, else
      the insurer's (no limit: the balance);
    - `sales_a_day`: the sales of the last 12 months, or since the first month of a younger ledger, by its days;
      0 for `prepaid` buyers, whose sales do not become a balance.

    What a policy insures of an exposure: see `insured_part`.
    """
    balance = balances(book)["net_amount"].rename("balance")
    buyers = balance.index
    kind = book.run.losses.exposure
    if kind == "peak":
        exposure = np.maximum(balance, highest_balance(book).reindex(buyers, fill_value=0.0))
    elif kind == "limit":
        limit = limits_in_force(book)[["own", "insurer"]].bfill(axis="columns")["own"].reindex(buyers, fill_value=0.0)
        exposure = balance + book.run.losses.undrawn_share * (limit.fillna(0.0) - balance).clip(lower=0.0)
    else:
        exposure = balance
    return pd.DataFrame({"exposure": exposure, "balance": balance, "sales_a_day": _sales_a_day(book)})


def _too_varied(run: Run, lgd: float) -> Problem:
    return Problem(
        file=str(run.file), column="losses.lgd_sd", value=run.losses.lgd_sd,
        allowed=f"must be under the root of lgd × (1 − lgd), {np.sqrt(lgd * (1 - lgd)):.3f} where the loss given "
        f"default is {lgd:.3f}",
        remedy="lower it, or leave it out",
    )  # fmt: skip


@once
def highest_balance(book: Book) -> pd.Series:
    """Return each buyer's highest balance at the end of a day in the last 12 months: index buyer_id (who ever bought).

    From invoices by their day of issue and receipts of every kind by theirs, net of what was on account.
    The months before a younger ledger count as nothing owed.
    """
    since = window_start(book.as_of, EXPOSURE_MONTHS).to_datetime64()
    known = ledger(book)
    settling = known.settling()
    buyer = np.append(book.buyer_of_invoice, book.buyer_of_invoice[known.row])
    account = changes(book)
    buyer = np.append(buyer, account["buyer"])
    days = [known.issued, known.received, account["received"].to_numpy("datetime64[us]")]
    amounts = pd.Series(np.concatenate([known.amount, -settling, -account["amount"].to_numpy()]))
    # What was open when the window began is the balance of its first day.
    day = (np.maximum(np.concatenate(days), since) - since) // np.timedelta64(1, "D")
    length = (book.as_of.to_datetime64() - since) // np.timedelta64(1, "D") + 1
    balance = amounts.groupby(buyer * length + day).sum()
    buyer = balance.index.to_numpy() // length
    highest = balance.groupby(buyer).cumsum().groupby(buyer).max().clip(lower=0.0)
    return highest.set_axis(all_buyers(book)[highest.index]).sort_index()


def _sales_a_day(book: Book) -> pd.Series:
    first = begins(book, book.as_of) - pd.Timedelta(days=1)
    since = max(window_start(book.as_of, EXPOSURE_MONTHS), first)
    sales = sums_by_buyer(book, of_year(book)["sales_12m"])
    return (sales / (book.as_of - since).days).mask(one_of(book.buyers["kind"], ["prepaid"]), 0.0)


def asset_correlation(book: Book, probability: pd.Series) -> pd.DataFrame:
    """Return the asset correlation of buyers as the run takes it, `correlation`, and why, `correlation_basis`.

    `probability`: 12-month default probability, index buyer_id, which is that of the result. The run's number for all
    buyers; or `basel_correlation` by the revenue of the latest account published by the as-of date. The revenues of a
    group's members count together, as far as they are known (§273 means the sales of the consolidated group). Without
    a known revenue there is no size adjustment.
    """
    settings = book.run.losses
    if settings.correlation != "basel":
        table = pd.DataFrame({"correlation": settings.correlation}, index=probability.index)
        return table.assign(correlation_basis="stated").astype({"correlation_basis": "str"})
    revenue = ratios(book)["revenue"]
    groups = book.buyers.set_index("buyer_id")["group_id"]
    together = revenue.groupby(groups).transform("sum", min_count=1)
    turnover = revenue.where(groups.isna(), together).reindex(probability.index) / settings.million_euros
    basis = np.select(
        [turnover.isna(), turnover < LARGEST],
        ["Basel, turnover not known", "Basel, turnover below 50 million euros"],
        "Basel, turnover of 50 million euros or more",
    )
    table = pd.DataFrame({"correlation": basel_correlation(probability, turnover), "correlation_basis": basis})
    return table.astype({"correlation_basis": "str"})


def basel_correlation(
    probability: pd.Series | np.ndarray | float, turnover: pd.Series | np.ndarray | float | None = None
) -> pd.Series | np.ndarray | float:
    """Return the asset correlation of a corporate borrower by its default probability; missing for a missing one.

    0.12 · w + 0.24 · (1 − w) with w = (1 − e^(−50·PD)) / (1 − e^(−50)); less, by `turnover` S in million euros, 0.04 ·
    (1 − (S − 5) / 45), S being at least 5 and at most 50 (None or missing: nothing less). Source: Basel Committee on
    Banking Supervision, International Convergence of Capital Measurement and Capital Standards (June 2006), §272, §273.

    >>> round(float(basel_correlation(0.01)), 4), round(float(basel_correlation(0.01, 5.0)), 4)
    (0.1928, 0.1528)
    """
    weight = (1 - np.exp(-50 * probability)) / (1 - np.exp(-50))
    correlation = 0.12 * weight + 0.24 * (1 - weight)
    if turnover is None:
        return correlation
    # fmin and fmax pass over missing numbers: an unknown turnover counts as a large one.
    size = np.fmax(np.fmin(turnover, LARGEST), SMALLEST)
    return correlation - 0.04 * (1 - (size - SMALLEST) / (LARGEST - SMALLEST))
