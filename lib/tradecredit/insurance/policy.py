"""A trade credit insurance policy applied to losses, in the order of calculation of definitions §5."""

import math
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from tradecredit.errors import InputError, ParameterError, Problem, missing_columns, values_not
from tradecredit.insurance.settlement import INSURER_FIRST, PRO_RATA, PRO_RATA_LIMIT, TERMS, Losses, settled_by_loss
from tradecredit.params.policy import USUAL_SHARES, PolicyTerms
from tradecredit.params.yaml_files import validate

COLUMNS = ("scenario", "day", "buyer_id", "debt", "limit")
"""Columns that a table of losses must have; `recovery`, `evidence` and `above` are optional."""

NOT_INSURABLE = ("public", "affiliate", "prepaid")
"""Kinds of buyers that a policy does not insure."""


SCOPE = {
    "kind", "buyers", "excluded_countries", "limits", "primary", "top_up_share", "top_up_maximum", "starts", "ends",
    "maximum_terms_days", "discretionary_limit", "discretionary_shares", "discretionary_months",
    "maximum_extension_days", "extension_from", "stop_tolerance",
}  # fmt: skip
"""Terms that decide what is insured of what is owed, before what is paid for it."""

RECOVERY_SHARING = {"pro_rata": PRO_RATA, "pro_rata_limit": PRO_RATA_LIMIT, "insurer_first": INSURER_FIRST}


class Cost(NamedTuple):
    """What a policy costs in a year, in the reporting currency."""

    premium: float
    fees: float
    tax: float
    total: float


class Attachment(NamedTuple):
    """Where a policy attaches to each buyer, as arrays.

    `limit`: the limit that applies, named or discretionary; `above`: the part of the debt that lies below the policy;
    `discretionary`: whether the insurer has named no limit.
    """

    limit: np.ndarray
    above: np.ndarray
    discretionary: np.ndarray


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

    def __hash__(self) -> int:
        # Its terms hold lists, which have no hash of their own; equal policies are written alike.
        return hash(self.model_dump_json())

    @classmethod
    def from_yaml(cls, file: str | Path) -> Self:
        """Read a policy from a YAML file whose keys are the terms; its name is the file's where it states none.

        Raises `ParameterError` with every problem of the file at once.
        """
        return cls.of_terms(PolicyTerms.from_yaml(file))

    @classmethod
    def of_terms(cls, terms: PolicyTerms) -> Self:
        """Return the policy of terms that a run file states."""
        return cls(**terms.model_dump(exclude_unset=True))

    @property
    def scope(self) -> Self:
        """This policy with those of its terms alone that decide what is insured, and not what is paid for it.

        Policies of one scope are equal, and insure the same.
        """
        others = {name: term.default for name, term in type(self).model_fields.items() if name not in SCOPE}
        return self.model_copy(update=others)

    def renewed(self) -> Self:
        """Return this policy without its period and notice, as if it had been and would be renewed on its terms."""
        return self.model_copy(update={"starts": None, "ends": None, "notice_days": None})

    def unbounded(self) -> Self:
        """Return this policy without the maxima of a year (step 7): what it owes for a loss before any of them."""
        maxima = ("maximum_liability", "maximum_liability_multiple", "discretionary_maximum_liability")
        return self.model_copy(update=dict.fromkeys(maxima))

    @property
    def programme(self) -> tuple[str, ...]:
        """The names of the policies that pay where this one is in force: a top-up's primary, and itself."""
        return (self.primary, self.name) if self.primary is not None else (self.name,)

    def for_turnover(self, insured_turnover: float) -> Self:
        """Return this policy with the premium charged on another turnover of the year."""
        return type(self)(**self.model_dump(exclude_unset=True) | {"insured_turnover": insured_turnover})

    def cost(self, *, insured_turnover: float | None = None, limits: int = 0, extra_limits: float = 0.0) -> Cost:
        """Return what the policy costs in a year, before any bonus or malus for the year's claims (`adjustment`).

        premium = max(minimum_premium, premium_rate × insured turnover, top_up_rate × sum of `extra_limits`); fees =
        limit_fee × number of named `limits`; tax = premium_tax_rate × premium. A term that the policy does not have
        costs nothing. `insured_turnover` wins over the policy's own. Raises `ParameterError` where a rate has no
        turnover to apply to. Source: definitions §5.10.
        """
        turnover = self.insured_turnover if insured_turnover is None else insured_turnover
        premium = max(self.minimum_premium or 0.0, (self.top_up_rate or 0.0) * extra_limits)
        if self.premium_rate is not None:
            if turnover is None:
                raise ParameterError([self._without_turnover()])
            premium = max(premium, self.premium_rate * turnover)
        fees = (self.limit_fee or 0.0) * limits
        tax = (self.premium_tax_rate or 0.0) * premium
        return Cost(premium, fees, tax, premium + fees + tax)

    def adjustment(self, indemnity: np.ndarray) -> np.ndarray:
        """Return what each year's claims add to the cost: a malus, or below zero a bonus, with the tax on it.

        `indemnity`: the year's, in currency. Bonus: no_claims_bonus × premium, where indemnity ≤ bonus_loss_ratio ×
        premium; malus: the highest premium_share × premium of the steps whose loss_ratio_above the indemnity passes.
        """
        indemnity = np.asarray(indemnity, dtype=float)
        if self.no_claims_bonus is None and not self.malus:
            return np.zeros(len(indemnity))
        premium = self.cost().premium
        share = np.where(indemnity <= self.bonus_loss_ratio * premium, -(self.no_claims_bonus or 0.0), 0.0)
        for step in sorted(self.malus, key=lambda step: step.premium_share):
            share = np.where(indemnity > step.loss_ratio_above * premium, step.premium_share, share)
        return share * premium * (1 + (self.premium_tax_rate or 0.0))

    def unknown_buyers(self, ids: Iterable[str]) -> list[str]:
        """Return the buyers that `buyers` or `limits` name and that are not among the ids."""
        return sorted({*(self.buyers or []), *(self.limits or {})} - set(ids))

    def year_maximum(self) -> float:
        """Return the most that the policy pays for the losses of a year; infinite where no term says so (step 7)."""
        if self.maximum_liability_multiple is not None:
            return self.maximum_liability_multiple * self.cost().premium
        return math.inf if self.maximum_liability is None else self.maximum_liability

    def attachment(self, portfolio: pd.DataFrame, primary: Self | None = None) -> Attachment:
        """Return the limit that applies to each buyer: the named one, else the discretionary one (step 3).

        `portfolio`: index buyer_id; `insured_limit` (missing: none named; 0: refused), in whose place come the policy's
        own `limits`; and optionally `evidence`, a kind or several (`supported`). The discretionary limit is
        `discretionary_limit` × the largest share that a kind of evidence supports: nothing where the evidence is
        missing, all of it where there is no such column.
        Buyers that key accounts or single buyer do not list have the limit 0. A top-up attaches above the limit that
        its `primary` applies, by its own `limits`, else `top_up_share` of what the primary names, at most
        `top_up_maximum`.
        """
        if primary is not None:
            return self._above(portfolio, primary)
        named = self._named_limits(portfolio)
        evidence = portfolio["evidence"].to_numpy(object) if "evidence" in portfolio else None
        limit = self._applied_limits(named, evidence)
        if self.buyers is not None:
            limit = np.where(portfolio.index.isin(self.buyers), limit, 0.0)
        return Attachment(limit, np.zeros(len(named)), np.isnan(named))

    def record(self) -> np.void:
        """Return the terms as numbers, as the compiled calculation takes them (`settlement.TERMS`)."""
        terms = np.zeros(1, np.dtype((np.record, TERMS)))
        terms["insured_percentage"] = self.insured_percentage
        terms["threshold"] = self.threshold or 0.0
        terms["threshold_is_deductible"] = self.threshold_kind == "deductible"
        terms["each_loss_deductible"] = self.each_loss_deductible or 0.0
        terms["percentage_first"] = self.deductible_order == "percentage_first"
        terms["minimum_retention"] = self.minimum_retention or 0.0
        terms["aggregate_first_loss"] = self.aggregate_first_loss or 0.0
        terms["erosion_before_percentage"] = self.aggregate_erosion == "before_percentage"
        sub_limit = self.discretionary_maximum_liability
        terms["discretionary_maximum"] = math.inf if sub_limit is None else sub_limit
        terms["maximum"] = self.year_maximum()
        terms["settled_on_debt"] = self.loss_basis == "debt"
        terms["recovery_sharing"] = RECOVERY_SHARING[self.recovery_sharing]
        return terms[0]

    def indemnify(self, losses: pd.DataFrame) -> pd.DataFrame:
        """Return the losses with what the policy pays for each in the end: the same rows, order and index.

        In: a row for each loss, which is all that one buyer owes at its default (rows of one scenario, day and buyer
        are one loss, whose limit is filled in their order): `scenario` (any label; scenarios are independent policy
        years), `day` (number or date; orders the losses of a scenario, ties as the rows stand),
        `buyer_id`, `debt` (insurable: net of tax and credits), `limit` (the insurer's; 0: refused; missing: none
        named, so that the discretionary limit applies), and optionally `recovery` (money that the debt brings in
        later; none unless given), `evidence` (for the discretionary limit; see `attachment`), `above` (the part of
        the debt that another policy is for, of a top-up; none unless given) and `discretionary` (whether the limit is
        a discretionary one, for the sub-limit of step 7; unless given where none is named).

        Out: `insured_debt`, the part of the debt (`loss_basis` `net`: of debt − recovery) within the limit; and
        `indemnity`, after first loss and maximum and, on the basis `debt`, net of what the insurer gets of the
        recovery. The calculation is that of `settlement.settled`; `settlement` shows its steps.

        Raises `InputError` with all missing columns, missing or negative amounts, recoveries above the debt, and rows
        of one loss whose limits differ.
        """
        steps = self.settlement(losses)
        return losses.assign(insured_debt=steps["insured_debt"], indemnity=steps["indemnity"])

    def settlement(self, losses: pd.DataFrame) -> pd.DataFrame:
        """Return the steps of the calculation of each loss that `indemnify` takes, on the losses' index.

        Columns, in currency: `limit` (as applied), `insured_debt` (step 3), `covered` (after the threshold),
        `claim` (step 5, before first loss and maximum), `recovered` (the insurer's part of the recovery, step 9),
        `first_loss` (what the loss used of the year's first loss), `indemnity`. Raises as `indemnify`.
        """
        problems = list(_loss_problems(losses))
        if problems:
            raise InputError(problems)
        year = pd.factorize(losses["scenario"])[0]
        order = np.lexsort((pd.factorize(losses["day"], sort=True)[0], year))
        named = losses["limit"].astype(float).to_numpy()
        limit = self._applied_limits(named, losses["evidence"].to_numpy(object) if "evidence" in losses else None)
        nothing = np.zeros(len(losses))
        above = losses["above"].astype(float).to_numpy() if "above" in losses else nothing
        recovery = losses["recovery"].astype(float).to_numpy() if "recovery" in losses else nothing
        debt = losses["debt"].astype(float).to_numpy()
        discretionary = losses["discretionary"].to_numpy(bool) if "discretionary" in losses else np.isnan(named)
        rows = Losses(*(part[order] for part in (year, debt, recovery, above, limit, discretionary)))
        steps = settled_by_loss(rows, _same_loss(losses).iloc[order].to_numpy(), self.record())
        back = np.argsort(order)
        columns = {name: values[back] for name, values in steps._asdict().items()}
        return pd.DataFrame({"limit": limit, **columns}, index=losses.index)

    def loss_dates(
        self, issued: pd.Series, due: pd.Series, *, insolvent: pd.Series | pd.Timestamp | None = None
    ) -> pd.DataFrame:
        """Return when an unpaid invoice must be reported, becomes a loss, has to be claimed, and is paid for (step 8).

        `issued`, `due`, `insolvent` (missing: not): dates, one for each invoice. Out, on the index of `due`:
        `report_by` = end of the extension period (counted from `extension_from`, never before the due date);
        `loss_date` = the insolvency, or the end of the waiting period where that comes first; `file_by` = loss_date +
        filing_days; `paid` = loss_date + payment_days. Missing where the policy has no extension period, no waiting
        period and no insolvency, or states no days for filing.
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
        file_by = missing if self.filing_days is None else loss_date + pd.Timedelta(days=self.filing_days)
        return pd.DataFrame({"report_by": report_by, "loss_date": loss_date, "file_by": file_by, "paid": paid})

    def _own_limits(self, portfolio: pd.DataFrame) -> np.ndarray:
        """Return the limits that the policy itself names, by buyer; missing: none."""
        if not self.limits:
            return np.full(len(portfolio), np.nan)
        return portfolio.index.map(lambda buyer: self.limits.get(buyer, np.nan)).to_numpy(float)

    def _named_limits(self, portfolio: pd.DataFrame) -> np.ndarray:
        own = self._own_limits(portfolio)
        return np.where(np.isnan(own), portfolio["insured_limit"].astype(float).to_numpy(), own)

    def _above(self, portfolio: pd.DataFrame, primary: Self) -> Attachment:
        below = primary.attachment(portfolio)
        named = np.where(below.discretionary, 0.0, below.limit)
        extra = named * (self.top_up_share or 0.0)
        if self.top_up_maximum is not None:
            extra = np.minimum(extra, self.top_up_maximum)
        own = self._own_limits(portfolio)
        return Attachment(np.where(np.isnan(own), extra, own), below.limit, np.zeros(len(extra), bool))

    def _applied_limits(self, limit: np.ndarray, evidence: np.ndarray | None) -> np.ndarray:
        discretionary: float | np.ndarray = self.discretionary_limit or 0.0
        if evidence is not None:
            place, texts = pd.factorize(evidence)
            shares = np.array([*map(self.supported, texts), 0.0])  # a place of −1, of none, is the last
            discretionary = discretionary * shares[place]
        return np.where(np.isnan(limit), discretionary, limit)

    def payment_day(self, day: np.ndarray, *, protracted: bool = False) -> np.ndarray:
        """Return the day on which a loss is paid for, by the day on which it comes about (step 8).

        `day`: of the insolvency; or, `protracted`, the due date of the invoice that stays unpaid. Paid `payment_days`
        after the loss, which of a protracted default is at the end of the waiting period; missing without one.
        """
        wait = 0.0
        if protracted:
            extension = self.maximum_extension_days or 0 if self.waiting_from == "extension_end" else 0
            wait = np.nan if self.waiting_days is None else self.waiting_days + extension
        return np.asarray(day) + wait + self.payment_days

    def _without_turnover(self) -> Problem:
        return Problem(
            file=f"policy {self.name}",
            column="insured_turnover",
            allowed="the premium is a rate on the insured turnover, and none is given",
            remedy="state insured_turnover in the policy, or use policy.for_turnover(…)",
        )


def _loss_problems(losses: pd.DataFrame) -> Iterator[Problem]:
    yield from missing_columns(losses, COLUMNS, "losses")
    for column in ("scenario", "day", "buyer_id"):
        if column in losses:
            yield from values_not(losses[column].notna(), losses[column], "losses", "is missing")
    amounts = {}
    for column in ("debt", "limit", "recovery", "above"):
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
    if {"scenario", "day", "buyer_id", "limit"} <= set(losses):
        first = losses.groupby(["scenario", "day", "buyer_id"])["limit"].transform("first")
        right = (losses["limit"] == first) | (losses["limit"].isna() & first.isna()) | losses["limit"].lt(0)
        yield from values_not(right, losses["limit"], "losses", "differs from that of the same buyer's loss of the day")
    if "evidence" in losses:
        kinds = losses["evidence"].dropna().unique()
        known = [text for text in kinds if re.fullmatch(rf"({_KIND})(, ({_KIND}))*", str(text))]
        right = losses["evidence"].isna() | losses["evidence"].isin(known)
        yield from values_not(right, losses["evidence"], "losses", f"must be one of {', '.join(USUAL_SHARES)}")


_KIND = rf"({'|'.join(USUAL_SHARES)})( \d+)?"


def _same_loss(losses: pd.DataFrame) -> pd.Series:
    """Return the number of the loss that each row is, or is a part of."""
    return losses.groupby(["scenario", "day", "buyer_id"], sort=False).ngroup()


def _aligned(dates: pd.Series | pd.Timestamp, due: pd.Series) -> pd.Series:
    dates = pd.to_datetime(dates)
    return dates if isinstance(dates, pd.Series) else pd.Series(dates, index=due.index)
