"""A trade credit insurance policy applied to losses, in the order of calculation of DOMAIN.md §5."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.model.policy_terms import USUAL_SHARES, PolicyTerms
from tradecredit.params import read_yaml, validate

COLUMNS = ("scenario", "day", "buyer_id", "debt", "limit")
"""Columns that a table of losses must have; `recovery` and `evidence` are optional."""


class Cost(NamedTuple):
    """What a policy costs in a year, in the reporting currency."""

    premium: float
    fees: float
    tax: float
    total: float


class Losses(NamedTuple):
    """Losses as arrays of equal length, in order of day within each scenario; a loss is all that one buyer owes.

    `limit` is the one that applies (named or discretionary), `discretionary` tells which; `recovery` is what the
    debtor, its estate or securities bring in, in money and in the end.
    """

    scenario: np.ndarray
    debt: np.ndarray
    recovery: np.ndarray
    limit: np.ndarray
    discretionary: np.ndarray


class Settlement(NamedTuple):
    """What becomes of each loss, as arrays: DOMAIN.md §5 steps 3, 4, 5, 9 (the insurer's recovery), and 6 with 7."""

    insured_debt: np.ndarray
    covered: np.ndarray
    claim: np.ndarray
    recovered: np.ndarray
    indemnity: np.ndarray


class Policy(PolicyTerms):
    """A trade credit insurance policy: its terms, what it pays for losses, when, and what it costs.

    `Policy(insured_percentage=0.9, …)` or `Policy.from_yaml(file)`; the terms are the fields of `PolicyTerms`. Raises
    `ParameterError` with every term that is unknown, impossible or in contradiction to another.

    >>> losses = pd.DataFrame({"scenario": 0, "day": [1], "buyer_id": ["A"], "debt": [40_000.0], "limit": [30_000.0]})
    >>> Policy(insured_percentage=0.9).indemnify(losses)["indemnity"].tolist()
    [27000.0]
    """

    def __init__(self, **terms: object):
        # Pydantic's own error would not be one of ours, so the terms are validated as such first.
        validate(PolicyTerms, terms, Path(type(self).__name__))
        super().__init__(**terms)

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read a policy from a YAML file whose keys are the terms; its name is the file's where it states none.

        Raises `ParameterError` with every problem of the file at once.
        """
        file = Path(file)
        terms = validate(PolicyTerms, {"name": file.stem} | read_yaml(file), file)
        return cls(**terms.model_dump(exclude_unset=True))

    def for_turnover(self, insured_turnover: float) -> Self:
        """Return this policy with the premium charged on another turnover of the year."""
        return type(self)(**self.model_dump(exclude_unset=True) | {"insured_turnover": insured_turnover})

    def cost(self, *, insured_turnover: float | None = None, limits: int = 0) -> Cost:
        """Return what the policy costs in a year, before any bonus or malus for the year's claims.

        premium = max(minimum_premium, premium_rate × insured turnover); fees = limit_fee × number of named `limits`;
        tax = premium_tax_rate × premium. A term that the policy does not have costs nothing. `insured_turnover`
        wins over the policy's own. Raises `ParameterError` where a rate has no turnover to apply to. DOMAIN.md §5.10.
        """
        turnover = self.insured_turnover if insured_turnover is None else insured_turnover
        premium = self.minimum_premium or 0.0
        if self.premium_rate is not None:
            if turnover is None:
                raise ParameterError([self._without_turnover()])
            premium = max(premium, self.premium_rate * turnover)
        fees = (self.limit_fee or 0.0) * limits
        tax = (self.premium_tax_rate or 0.0) * premium
        return Cost(premium, fees, tax, premium + fees + tax)

    def year_maximum(self) -> float:
        """Return the most that the policy pays for the losses of a year; infinite where no term says so (step 7)."""
        if self.maximum_liability_multiple is not None:
            return self.maximum_liability_multiple * self.cost().premium
        return math.inf if self.maximum_liability is None else self.maximum_liability

    def applied_limits(self, limit: np.ndarray, evidence: np.ndarray | None = None) -> np.ndarray:
        """Return the limit of each loss: the named one, else (where missing) the discretionary one (step 3).

        The discretionary limit is `discretionary_limit` × the share that the kind of evidence supports: nothing where
        the evidence is missing, all of it where `evidence` is not given at all.
        """
        discretionary = self.discretionary_limit or 0.0
        if evidence is not None:
            shares = [self.discretionary_shares.get(kind, 0.0) for kind in evidence]
            discretionary = discretionary * np.array(shares, dtype=float)
        return np.where(np.isnan(limit), discretionary, limit)

    def indemnify(self, losses: pd.DataFrame) -> pd.DataFrame:
        """Return the losses with what the policy pays for each in the end: the same rows, order and index.

        In: a row for each loss, which is all that one buyer owes at its default: `scenario` (any label; scenarios are
        independent policy years), `day` (number or date; orders the losses of a scenario, ties as the rows stand),
        `buyer_id`, `debt` (insurable: net of tax and credits), `limit` (the insurer's; 0: refused; missing: none
        named, so that the discretionary limit applies), and optionally `recovery` (money that the debt brings in
        later; none unless given) and `evidence` (for the discretionary limit; see `applied_limits`).

        Out: `insured_debt`, the part of the debt (`loss_basis` `net`: of debt − recovery) within the limit; and
        `indemnity`, after first loss and maximum and, on the basis `debt`, net of what the insurer gets of the
        recovery. The calculation is that of `settled`; `settlement` shows its steps.

        Raises `InputError` with all missing columns, missing or negative amounts, and recoveries above the debt.
        """
        steps = self.settlement(losses)
        return losses.assign(insured_debt=steps["insured_debt"], indemnity=steps["indemnity"])

    def settlement(self, losses: pd.DataFrame) -> pd.DataFrame:
        """Return the steps of the calculation of each loss that `indemnify` takes, on the losses' index.

        Columns, in currency: `limit` (as applied), `insured_debt` (step 3), `covered` (after the threshold),
        `claim` (step 5, before first loss and maximum), `recovered` (the insurer's part of the recovery, step 9),
        `indemnity`. Raises as `indemnify`.
        """
        problems = list(_loss_problems(losses))
        if problems:
            raise InputError(problems)
        year = pd.factorize(losses["scenario"])[0]
        order = np.lexsort((pd.factorize(losses["day"], sort=True)[0], year))
        named = losses["limit"].astype(float).to_numpy()
        limit = self.applied_limits(named, losses["evidence"].to_numpy(object) if "evidence" in losses else None)
        recovery = losses["recovery"].astype(float).to_numpy() if "recovery" in losses else np.zeros(len(losses))
        arrays = Losses(year, losses["debt"].astype(float).to_numpy(), recovery, limit, np.isnan(named))
        steps = settled(Losses(*(values[order] for values in arrays)), self)
        back = np.argsort(order)
        columns = {name: values[back] for name, values in steps._asdict().items()}
        return pd.DataFrame({"limit": limit, **columns}, index=losses.index)

    def loss_dates(
        self, issued: pd.Series, due: pd.Series, *, insolvent: pd.Series | pd.Timestamp | None = None
    ) -> pd.DataFrame:
        """Return when an unpaid invoice must be reported, becomes a loss, and is paid for (step 8).

        `issued`, `due`, `insolvent` (missing: not): dates, one for each invoice. Out, on the index of `due`:
        `report_by` = end of the extension period (counted from `extension_from`, never before the due date);
        `loss_date` = the insolvency, or the end of the waiting period where that comes first; `paid` = loss_date +
        payment_days. Missing where the policy has no extension period, or no waiting period and no insolvency.
        """
        due = pd.Series(pd.to_datetime(due))
        start = {"due": due, "issued": _aligned(issued, due)}[self.extension_from]
        missing = pd.Series(pd.NaT, index=due.index, dtype=due.dtype)
        report_by = missing
        if self.maximum_extension_days is not None:
            report_by = (start + pd.Timedelta(days=self.maximum_extension_days)).clip(lower=due)
        loss_date = missing
        if self.waiting_days is not None:
            start = {"due": due, "extension_end": report_by}[self.waiting_from]
            loss_date = start + pd.Timedelta(days=self.waiting_days)
        if insolvent is not None:
            loss_date = pd.concat([loss_date, _aligned(insolvent, due)], axis=1).min(axis=1)
        paid = loss_date + pd.Timedelta(days=self.payment_days)
        return pd.DataFrame({"report_by": report_by, "loss_date": loss_date, "paid": paid})

    def _without_turnover(self) -> Problem:
        return Problem(
            file=f"policy {self.name}",
            column="insured_turnover",
            allowed="the premium is a rate on the insured turnover, and none is given",
            remedy="state insured_turnover in the policy, or use policy.for_turnover(…)",
        )


def settled(losses: Losses, policy: PolicyTerms) -> Settlement:
    """Return what becomes of losses that stand in order of day within each scenario (DOMAIN.md §5, steps 3–7 and 9).

    On the basis `debt`, steps 6 and 7 apply to claims net of the insurer's recoveries, since a recovery reinstates
    first loss and maximum. A first loss `before_percentage` is eroded by the covered debt net of the recovery that
    falls on it; the share of a loss that the first loss leaves over then goes through step 5, and the insurer
    keeps bearing the same part of that claim (claim less recovery, over claim) as it would without a first loss.
    """
    insured = insured_debt(losses.debt, losses.recovery, losses.limit, policy)
    covered = covered_debt(insured, policy)
    claim = claim_for(covered, insured, policy)
    recovered = insurer_recovery(claim, losses, insured, policy)
    # Never above the loss as it is; the minimum keeps rounding from making it so.
    indemnity = np.minimum(claim - recovered, losses.debt - losses.recovery)
    if policy.aggregate_first_loss and policy.aggregate_erosion == "after_percentage":
        used = year_to_date(indemnity, losses.scenario)
        indemnity = left_by_first_loss(indemnity, used, policy.aggregate_first_loss)
    elif policy.aggregate_first_loss:
        eroding = covered - insurer_recovery(covered, losses, insured, policy)
        left = left_by_first_loss(eroding, year_to_date(eroding, losses.scenario), policy.aggregate_first_loss)
        left_over = claim_for(_ratio(left, eroding) * covered, insured, policy)
        indemnity = np.minimum(left_over * _ratio(indemnity, claim), indemnity)
    if policy.discretionary_maximum_liability is not None:
        under = np.where(losses.discretionary, indemnity, 0.0)
        within = within_maximum(under, year_to_date(under, losses.scenario), policy.discretionary_maximum_liability)
        indemnity = np.where(losses.discretionary, within, indemnity)
    maximum = policy.year_maximum()
    if np.isfinite(maximum):
        indemnity = within_maximum(indemnity, year_to_date(indemnity, losses.scenario), maximum)
    return Settlement(insured, covered, claim, recovered, indemnity)


def insured_debt(debt: np.ndarray, recovery: np.ndarray, limit: np.ndarray, policy: PolicyTerms) -> np.ndarray:
    """Return the part of the debt, or of the ultimate loss (`loss_basis` `net`), within the limit (steps 3 and 9)."""
    return np.minimum(debt - recovery if policy.loss_basis == "net" else debt, limit)


def covered_debt(insured: np.ndarray, policy: PolicyTerms) -> np.ndarray:
    """Return what the threshold leaves of the insured debt: nothing at or below it, above it all or the excess (4)."""
    if policy.threshold is None:
        return insured
    above = insured - policy.threshold if policy.threshold_kind == "deductible" else insured
    return np.where(insured > policy.threshold, above, 0.0)


def claim_for(covered: np.ndarray, insured: np.ndarray, policy: PolicyTerms) -> np.ndarray:
    """Return the claim on a covered debt: percentage p, deductible e and minimum retention m (step 5).

    `deductible_first` p·max(x − e, 0), `percentage_first` max(p·x − e, 0); at most the insured debt − m, whatever
    else the insured keeps of that debt (a threshold's deductible, a first loss) counts towards m.
    """
    percentage, deductible = policy.insured_percentage, policy.each_loss_deductible or 0.0
    if policy.deductible_order == "deductible_first":
        claim = percentage * np.maximum(covered - deductible, 0.0)
    else:
        claim = np.maximum(percentage * covered - deductible, 0.0)
    if policy.minimum_retention is None:
        return claim
    return np.minimum(claim, np.maximum(insured - policy.minimum_retention, 0.0))


def insurer_recovery(interest: np.ndarray, losses: Losses, insured: np.ndarray, policy: PolicyTerms) -> np.ndarray:
    """Return the insurer's part of the recovery on a debt of which it bears `interest` (step 9).

    `pro_rata` recovery × interest / debt; `pro_rata_limit` recovery × insured debt / debt; `insurer_first` all of it;
    never more than the interest. None on the basis `net`, whose claim has taken the recovery off already.
    """
    if policy.loss_basis == "net":
        return np.zeros_like(interest)
    if policy.recovery_sharing == "pro_rata":
        share = losses.recovery * _ratio(interest, losses.debt)
    elif policy.recovery_sharing == "pro_rata_limit":
        share = losses.recovery * _ratio(insured, losses.debt)
    else:
        share = losses.recovery
    return np.minimum(interest, share)


def year_to_date(amounts: np.ndarray, scenario: np.ndarray) -> np.ndarray:
    """Return, for each row, the sum of the amounts of its scenario up to and with the row itself."""
    return pd.Series(amounts).groupby(scenario, sort=False).cumsum().to_numpy()


def left_by_first_loss(amounts: np.ndarray, used: np.ndarray, first_loss: float) -> np.ndarray:
    """Return what a first loss leaves of amounts whose year-to-date sums, the amount included, are `used` (step 6)."""
    return np.clip(used - first_loss, 0.0, amounts)


def within_maximum(amounts: np.ndarray, used: np.ndarray, maximum: float) -> np.ndarray:
    """Return the part of amounts within a year's maximum; `used` as in `left_by_first_loss` (step 7)."""
    return np.clip(maximum - (used - amounts), 0.0, amounts)


def values_not(right: pd.Series, values: pd.Series, table: str, allowed: str) -> Iterator[Problem]:
    """Yield one problem for the rows of a column that are not `right`: the first one shown, the others counted."""
    wrong = np.flatnonzero(~right.to_numpy(bool))
    if len(wrong):
        first = int(wrong[0])
        found = str(values.iloc[first])
        if values.index.name:
            found = f"{found} ({values.index.name} {values.index[first]})"
        yield Problem(
            file=table, row=first + 2, column=str(values.name), value=found, allowed=allowed,
            remedy="correct the value", others=len(wrong) - 1,
        )  # fmt: skip


def missing_columns(table: pd.DataFrame, columns: Iterable[str], name: str) -> Iterator[Problem]:
    """Yield a problem for each column that a table lacks."""
    for column in columns:
        if column not in table:
            yield Problem(file=name, column=column, allowed="this column is missing", remedy="add it")


def _loss_problems(losses: pd.DataFrame) -> Iterator[Problem]:
    yield from missing_columns(losses, COLUMNS, "losses")
    for column in ("scenario", "day", "buyer_id"):
        if column in losses:
            yield from values_not(losses[column].notna(), losses[column], "losses", "is missing")
    amounts = {}
    for column in ("debt", "limit", "recovery"):
        if column in losses:
            amounts[column] = pd.to_numeric(losses[column], errors="coerce")
            right = (amounts[column] >= 0) & (amounts[column] < np.inf)
            allowed = "must be an amount of 0 or more"
            if column == "limit":
                right |= losses[column].isna() | (amounts[column] == np.inf)
                allowed += ", or missing where none is named"
            yield from values_not(right, losses[column], "losses", allowed)
    if {"debt", "recovery"} <= amounts.keys():
        right = ~((amounts["recovery"] > amounts["debt"]) & (amounts["debt"] >= 0))
        yield from values_not(right, losses["recovery"], "losses", "is above the debt")
    if "evidence" in losses:
        right = losses["evidence"].isna() | losses["evidence"].isin(USUAL_SHARES)
        yield from values_not(right, losses["evidence"], "losses", f"must be one of {', '.join(USUAL_SHARES)}")


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def _aligned(dates: pd.Series | pd.Timestamp, due: pd.Series) -> pd.Series:
    dates = pd.to_datetime(dates)
    return dates if isinstance(dates, pd.Series) else pd.Series(dates, index=due.index)
