"""What to do about each limit in force: the change, its decision and reason as coded messages name them, who approves.

Codes are those of UN/EDIFACT's segment CCD, credit cover details, as the UN/CEFACT directories list them (D.00A and
D.01C): data elements 4505, credit cover request type; 4507, response type; 4509, response reason. 4509 has few
reasons: what it does not name is 15, `Other`, and the `reason` names it. Its 4, a new company, is not used: a
buyer that is new to us need not be newly incorporated.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.decide.approvals import approval
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.caps import Caps, fits
from tradecredit.decide.limits.methods import excess, rounded_up
from tradecredit.decide.limits.rules import FIXED
from tradecredit.params.limits import ApprovalLevel

DECISIONS = {
    "new": ("2", "2"),
    "increase": ("3", "2"),
    "prolongation": ("8", "2"),
    "reduction": ("7", "9"),
    "cancellation": ("6", "8"),
    "refusal": ("2", "3"),
    "none": ("", ""),
}
"""Decision: the codes of 4505 (2 new limit, 3 increased limit, 6 cancellation, 7 reduction, 8 prolongation) and of 4507
(2 approved, 3 not approved, 8 cancellation, 9 reduction; a new or increased limit below the need is 5, partly
approved)."""

PARTLY = "5"

REASONS = {
    "need": "14",
    "capacity": "15",
    "expected-loss budget": "15",
    "net value added": "15",
    "no accounts": "2",
    "new buyer": "15",
    "maximum of its kind": "13",
    "maximum limit": "13",
    "concentration": "13",
    "group": "13",
    "sector": "13",
    "country": "13",
    "prepaid": "15",
    "analyst's override": "15",
    "in default": "15",
    "negative equity": "12",
    "insolvent": "12",
    "long overdue": "15",
    "deliveries held back": "15",
    "still owed": "14",
    "above the risk": "15",
    "need met": "",
    "little change": "",
}
"""What binds: the code of 4509 (2 no financial information, 12 adverse public information, 13 credit limit full, 14
lack of turnover, 15 other; none where all that is needed is approved, or little would change)."""


BY_GRADE = ("no accounts", "expected-loss budget")
"""Methods whose amount is that of the buyer's grade or probability."""


def aimed(limits: pd.DataFrame, caps: Caps, digits: int) -> pd.Series:
    """Return the limit to aim at: the recommended one, but where need alone sets it, none below what is owed.

    `limits`: `exposure`, `own_limit`, `recommended_with_cover`, `binding_with_cover`, `risk_limit`; `caps`:
    `without_need`; rows as `limits`. What is owed, rounded up to so many significant digits, counts up to the limit by
    risk and the limit in force (missing: there is none, and the risk alone bounds it), and only if all that would be
    set so fits in the caps.
    """
    aim, by_need = limits["recommended_with_cover"], limits["binding_with_cover"] == METHODS["need"]
    most = np.minimum(limits["risk_limit"].fillna(np.inf), limits["own_limit"].fillna(np.inf))
    owed = np.minimum(rounded_up(limits["exposure"].round(2), digits), most)
    kept = np.maximum(aim, owed).where(by_need, aim)
    return kept.where(fits(kept, caps), aim)


def staying(limits: pd.DataFrame, ceiling: pd.Series, caps: Caps, minimum_change: float) -> pd.Series:
    """Return a boolean per buyer: whether its limit in force stays although what it aims at differs, by little.

    `limits`: `exposure`, `own_limit`, `aim` (`aimed`), `binding_with_cover`; `ceiling`: the most that rules
    and bounds allow each buyer; `caps`: of groups, sectors and countries; rows as `limits`. A limit stays where it
    would change by less than `minimum_change` of itself. One above its aim stays only within its ceiling, and
    only if all that would stay so fit in the caps; one below it only if the buyer does not owe more. What a rule or an
    analyst fixes is set as it is.
    """
    now, aim = limits["own_limit"].fillna(0.0), limits["aim"]
    small = (aim > 0) & ((aim - now).abs() < minimum_change * now) & ~limits["binding_with_cover"].isin(FIXED)
    small &= ~((now > aim) & (now > ceiling)) & ~((now < aim) & (excess(limits["exposure"], now) > 0))
    return small & ((now <= aim) | fits(aim.mask(small, now), caps))


def decided(
    limits: pd.DataFrame, stays: pd.Series, adverse: pd.DataFrame, approvals: Sequence[ApprovalLevel]
) -> pd.DataFrame:
    """Return the limits with what to do about those in force.

    `limits`: a row for each buyer; `need`, `own_limit`, `recommended_with_cover` and `binding_with_cover`, as
    `recommend` has them, `risk_limit`, `aim` (`aimed`) and `committed`, what counts against limits; `stays`: `staying`;
    `adverse`: on the same index whether `negative equity` is published, whether the buyer is `insolvent`, or in grade
    10 as its debt is `long overdue`, and whether `deliveries held back`, for which no limit is raised. Adds

    - `decision`: `new`, `increase`, `reduction`, `cancellation` (to nothing), `prolongation` (it is as it should be, or
      stays); without a limit in force `refusal` where something is needed, `none` where nothing is;
    - `limit_to_set`, the limit that then holds, and `change`: of the limit, in currency (0 for a prolongation);
    - `decision_code` (4505), `response_code` (4507), `reason`, of `REASONS`, and `reason_code` (4509); missing: none;
    - `approval`: who approves the larger of the limit in force and the limit that then holds, by the run's
      `limits.approvals` (missing: no decision, or the refusal of a buyer in default, which gets nothing as it is).
    """
    binding, aim = limits["binding_with_cover"], limits["aim"]
    now = limits["own_limit"].fillna(0.0)
    held = adverse["deliveries held back"] & (now > 0) & (aim > now) & ~binding.isin(FIXED)
    stays = stays | held
    wanted = ~((limits["need"] == 0) | (binding == "prepaid"))
    names = list(DECISIONS)
    choice = np.select(
        [(now == 0) & (aim == 0) & ~wanted, (now == 0) & (aim == 0), now == 0, aim == 0, stays, aim > now, aim < now],
        [
            names.index(name)
            for name in ("none", "refusal", "new", "cancellation", "prolongation", "increase", "reduction")
        ],
        names.index("prolongation"),
    )
    decision = _taken(names, choice, limits.index)
    granting = decision.isin(["new", "increase", "prolongation"])
    response = _taken([codes[1] for codes in DECISIONS.values()], choice, limits.index)
    response = response.mask(decision.isin(["new", "increase"]) & (binding != "need") & (aim < limits["need"]), PARTLY)
    # What is owed counts up to the limit by risk, and this is what bounds it where more is owed.
    above_risk = (aim >= limits["risk_limit"]) & (excess(limits["committed"], limits["risk_limit"]) > 0)
    by_debt = (aim > limits["recommended_with_cover"]) & (limits["own_limit"].isna() | (aim <= now))
    cause = (
        binding.mask((binding == "need") & granting, "need met")
        .mask(by_debt, "still owed")
        .mask(by_debt & above_risk, "above the risk")
        .mask((binding == "capacity") & adverse["negative equity"], "negative equity")
        .mask((binding == "in default") & adverse["insolvent"], "insolvent")
        .mask(binding.isin(BY_GRADE) & adverse["long overdue"], "long overdue")
        .mask(stays & (aim != now) & ~by_debt, "little change")
        .mask(held, "deliveries held back")
    )
    place = pd.Index(list(REASONS)).get_indexer(cause)
    change = (aim - now).mask(decision == "prolongation", 0.0)
    decided = decision != "none"
    asked = decided & ~((decision == "refusal") & (binding == "in default"))
    return limits.assign(
        limit_to_set=now + change,
        change=change,
        decision=decision,
        decision_code=_coded(_taken([codes[0] for codes in DECISIONS.values()], choice, limits.index)),
        response_code=_coded(response),
        reason=cause.where(decided),
        reason_code=_coded(_taken(list(REASONS.values()), place, limits.index)).where(decided),
        approval=approval(np.maximum(now, now + change), approvals).where(asked),
    )


def by_decision(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions with their reasons, the most frequent first; where nothing is to decide is left out.

    Index `decision`, `reason`; `decision_code`, `reason_code` (missing: none), `buyers`, and the sums
    `before`, `after` and `change` in the reporting currency.
    """
    asked = limits[limits["decision"] != "none"]
    table = asked.assign(before=asked["own_limit"].fillna(0.0)).groupby(["decision", "reason"])
    table = table.agg(
        decision_code=("decision_code", "first"), reason_code=("reason_code", "first"), buyers=("change", "size"),
        before=("before", "sum"), change=("change", "sum"),
    )  # fmt: skip
    table.insert(4, "after", table["before"] + table["change"])
    return table.sort_values("buyers", ascending=False, kind="stable")


def changes(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the limits that change or are refused, the largest change first; those prolonged are left out."""
    moved = limits[~limits["decision"].isin(["none", "prolongation"])]
    return moved.loc[moved["change"].abs().sort_values(ascending=False, kind="stable").index]


def _taken(words: list[str], places: np.ndarray, index: pd.Index) -> pd.Series:
    return pd.Series(pd.array(words, dtype="str").take(places), index=index)


def _coded(codes: pd.Series) -> pd.Series:
    return codes.mask(codes == "")
