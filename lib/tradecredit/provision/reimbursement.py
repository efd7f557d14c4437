"""What credit insurance is expected to pay of what is provided for, by invoice and in all, and as accounts show it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.once import once
from tradecredit.book.places import places
from tradecredit.insurance import cover
from tradecredit.insurance.amounts import borne
from tradecredit.insurance.in_force import policy_in_force
from tradecredit.insurance.loss_days import loss_days, year_of
from tradecredit.insurance.policy import Policy
from tradecredit.insurance.settlement import Losses, settled
from tradecredit.insurance.shipped import DISCRETIONARY
from tradecredit.provision.items import FAILED, MATRIX
from tradecredit.provision.loss_rates import lgd_on
from tradecredit.provision.outlook import basis_of, outlook
from tradecredit.provision.provision import expected_recovery, provided, provision_on

SEPARATE, INTEGRAL = "separate", "integral"


class Reimbursement(NamedTuple):
    """What the policy in force is expected to pay of what is provided for, in the reporting currency.

    `by_loss`: after percentage, threshold, deductible and minimum retention of each buyer's loss; `lapsed`: what of it
    was not claimed in time; `first_loss`: what the aggregate first losses of the policy's years keep of it, at most;
    `maxima`: what lies above the years' maxima, on average at least; `paid` = by_loss − lapsed − first_loss − maxima;
    `years`: how many of the policy's years the losses lie in. Missing where a provision is; zero without a policy.
    """

    by_loss: float
    lapsed: float
    first_loss: float
    maxima: float
    paid: float
    years: int


@once
def by_invoice(book: Book) -> pd.DataFrame:
    """Return what the policy in force is expected to pay of each open invoice, before the terms of the year.

    Index as `provision_on`. Columns: `insured_debt`, that of `cover.audit`; `paid_if_lost`: what the policy pays of it
    when its buyer fails: the settlement of all the buyer's insured debt (`settlement.settled`: percentage, threshold,
    deductible, minimum retention, less the insurer's part of recoveries), by the invoice's part of that debt; the
    recoveries are those that are expected of a failed buyer (`expected_recovery`), of others the book's own;
    `loss_probability` = min(loss_rate × outlook_factor / loss given default, 1), 1 of what failed buyers owe;
    `reimbursement` = round(loss_probability × paid_if_lost, 2), nothing where the loss was to be claimed before the
    day on which the report is read, and was not: `lapsed` holds it then. `report_past`: the invoice was to be reported
    before that day; whether it was is in no table. `policy_year`: that of the loss (`loss_days.year_of`), which of an
    invoice that is none yet is the end of its waiting period, after the book's day. `discretionary`: the insurer has
    named no limit. Nothing without a policy, and by kinds that pay nothing of an ordinary loss. Source: definitions
    §6.7.
    """
    found, policy = provision_on(book, book.as_of), policy_in_force(book)
    if policy is None or not borne(policy):
        nothing = pd.DataFrame(0.0, index=found.index, columns=["insured_debt", "paid_if_lost", "loss_probability"])
        return nothing.assign(reimbursement=0.0, lapsed=0.0, report_past=False, policy_year=0, discretionary=False)
    audited = cover.audit(book, policy)
    at = places(book.invoices["invoice_id"].take(found.index.to_numpy()), pd.Series(audited.index))
    # Every open invoice is audited: one that is not would have no place.
    insured, named = audited["insured_debt"].to_numpy()[at], audited["cover"].to_numpy()[at] != DISCRETIONARY
    is_failed, buyer = (found["part"] == FAILED).to_numpy(), found["buyer"].to_numpy()
    left = outlook(book, book.as_of, basis_of(book)).recoveries_left
    usual = (1 - lgd_on(book, book.as_of)) * left
    recovery = np.full(len(book.buyers), usual)
    recovery[buyer[is_failed]] = expected_recovery(book, book.as_of)[buyer[is_failed]]
    debt = np.bincount(buyer, insured, len(book.buyers))
    paid = _paid(policy, debt, recovery * debt)
    share = paid / np.where(debt > 0, debt, 1.0)
    applied = (found["loss_rate"] * found["outlook_factor"]).to_numpy() / max(1 - usual, 1e-9)
    chance = np.where(is_failed, 1.0, np.minimum(applied, 1.0))
    if_lost = np.round(insured * share[buyer], 2)
    expected = np.round(chance * if_lost, 2)
    rows = book.invoices[["buyer_id", "issued", "due"]].take(found.index.to_numpy())
    days, read = loss_days(book, policy, rows), read_on(book.as_of)
    is_loss = days["loss_date"] <= book.as_of
    too_late = (is_loss & ~days["filed"] & (days["file_by"] < read)).to_numpy()
    lost_on = days["loss_date"].fillna(book.as_of)
    lost_on = lost_on.where(is_loss | (lost_on > book.as_of), book.as_of)
    return pd.DataFrame(
        {
            "insured_debt": insured, "paid_if_lost": if_lost, "loss_probability": chance,
            "reimbursement": np.where(too_late, 0.0, expected), "lapsed": np.where(too_late, expected, 0.0),
            "report_past": (~is_loss & (days["report_by"] < read)).to_numpy(),
            "policy_year": year_of(policy, lost_on), "discretionary": ~named & (insured > 0),
        },
        index=found.index,
    )  # fmt: skip


def _paid(policy: Policy, debt: np.ndarray, recovery: np.ndarray) -> np.ndarray:
    """Return what a policy pays for each loss by itself, before the first loss and the maxima of the year."""
    rows = np.flatnonzero(debt > 0)
    nothing, terms = np.zeros(len(rows)), policy.unbounded().model_copy(update={"aggregate_first_loss": None})
    losses = Losses(np.arange(len(rows)), debt[rows], recovery[rows], nothing, debt[rows], nothing > 0)
    paid = np.zeros(len(debt))
    paid[rows] = settled(losses, terms.record()).indemnity
    return paid


@once
def reimbursement(book: Book) -> Reimbursement:
    """Return what the policy in force is expected to pay of what is provided for, after the terms of its years.

    Losses count in the policy's year of their day. The mean of what passes a first loss is at least what the mean
    passes it by, so that `first_loss` is the most that it may keep (of one that is eroded before the percentage, the
    percentage of it); the mean of what lies below a maximum is at most the maximum. None of either is taken to be used:
    what is `paid` is the least that is to be expected. Source: definitions §6.7.
    """
    found, policy = by_invoice(book), policy_in_force(book)
    if found["reimbursement"].isna().any():
        missing = float("nan")
        return Reimbursement(missing, missing, missing, missing, missing, 0)
    lapsed = float(found["lapsed"].sum().round(2))
    by_loss = float(found["reimbursement"].sum().round(2)) + lapsed
    if policy is None:
        return Reimbursement(0.0, 0.0, 0.0, 0.0, 0.0, 0)
    first = policy.aggregate_first_loss or 0.0
    if policy.aggregate_erosion == "before_percentage":
        first *= policy.insured_percentage
    kept = above = 0.0
    expected = found[found["reimbursement"] > 0]
    for _, of_year in expected.groupby("policy_year"):
        whole = float(of_year["reimbursement"].sum())
        unnamed = float(of_year.loc[of_year["discretionary"], "reimbursement"].sum())
        over = max(unnamed - (policy.discretionary_maximum_liability or np.inf), 0.0)
        stays = min(first, whole - over)
        kept, above = kept + stays, above + over + max(whole - over - stays - policy.year_maximum(), 0.0)
    kept, above = round(kept, 2), round(above, 2)
    paid = round(by_loss - lapsed - kept - above, 2)
    return Reimbursement(by_loss, lapsed, kept, above, paid, expected["policy_year"].nunique())


@once
def treatments(book: Book) -> pd.DataFrame:
    """Return what accounts show if insurance is `SEPARATE` from the receivables' terms, or `INTEGRAL` to them.

    Index `treatment`. Columns: `provision` = expected credit losses, if integral less the reimbursement;
    `reimbursement_asset`, nothing if integral; `net_cost` = provision − asset; `posted`: which one the run states
    (`provision.insurance`). Never both. Source: IFRS 9 B5.5.55; definitions §6.7.
    """
    losses, paid = provided(book)[0], reimbursement(book).paid
    rows = {SEPARATE: (losses, paid), INTEGRAL: (losses - paid, 0.0)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["provision", "reimbursement_asset"])
    table = table.rename_axis("treatment").round(2)
    table["net_cost"] = (table["provision"] - table["reimbursement_asset"]).round(2)
    return table.assign(posted=table.index == book.run.provision.insurance)


@once
def lines(book: Book) -> pd.DataFrame:
    """Return `reimbursement` as a table for a page: index `reimbursement_line`, column `amount`.

    `reimbursed_by_loss`, less `not_claimed`, `kept_by_first_loss` and `above_maxima` (below zero), is `reimbursement`.
    """
    found = reimbursement(book)
    amounts = {
        "reimbursed_by_loss": found.by_loss, "not_claimed": -found.lapsed, 
        "kept_by_first_loss": -found.first_loss, "above_maxima": -found.maxima,
        "reimbursement": found.paid,
    }  # fmt: skip
    return pd.DataFrame({"amount": amounts}).rename_axis("reimbursement_line")


def posted(book: Book) -> pd.Series:
    """Return the row of `treatments` that the run states: what is posted."""
    return treatments(book).loc[book.run.provision.insurance]


def matrix_part(book: Book) -> float:
    """Return what of the expected payments, before the terms of the years, is for buyers that have not failed."""
    found = by_invoice(book)["reimbursement"][provision_on(book, book.as_of)["part"] == MATRIX]
    return float(found.sum(skipna=False))
