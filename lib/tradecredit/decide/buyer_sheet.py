"""One buyer, one advice: what each method says of a buyer, and what is to be done about it by a stated precedence."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.memory import remembered
from tradecredit.decide.buyer_decisions import (
    BY_RISK,
    OVERDUE_OPTIONS,
    SUBJECTS,
    above_limit_to_set,
    amounts,
    with_hold,
)
from tradecredit.decide.deliveries import WITHIN_LIMIT, delivered
from tradecredit.decide.insurer_duties import duties, to_claim
from tradecredit.decide.limits import actions, replay
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.rules import UNMEASURED
from tradecredit.decide.optimum.optimum import Optimum, earns_more
from tradecredit.decide.terms.payment_plan import options, overdue_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.long_overdue import short_payments

PRECEDENCE = (
    "claim", "report missed", "report", "stop insured", "cancel", "in default", "stop", "stop until paid",
    "request accounts", "run down", "enforce", "payment plan", "cut", "set limit", "above limit", "collect", "limits",
    "raise or enforce", "look", "none",
)  # fmt: skip
"""What may be advised, in order: what keeps the insurer's money, then default and risk, then the overdue debt, then the
limit, then the need. Of several that hold for a buyer the first is its one advice; what else there is to decide on it
is a decision beside that, on another of the `buyer_decisions.SUBJECTS`."""

STAKES = ["over_risk", "overdue", "lost_margin", "released_margin", "breach"]
"""Amounts of a limit that may be at stake."""

OF_OPTIONS = {"best_option": "str", "option_value": "float64", "gain_on_waiting": "float64", "needs_consent": "bool"}
"""What is said of the best way to get what a buyer owes past due."""

OF_LIMITS = [
    "exposure", "own_limit", "limit_to_set", "risk_bound_by", "risk_limit", "over_risk", "over_need", "overdue",
    "breach", "action", "released_margin", "lost_margin", "expected_loss_owed",
]  # fmt: skip
"""Columns of a limit that its sheet repeats."""


def advice(book: Book, limits: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return the one advice on each buyer: index buyer_id, in the order of `limits`, amounts in the reporting currency.

    `limits`: `limits.recommend`; `policy`: the one in force. Columns: those of `duties`, `OF_LIMITS`, and

    - `advice`, the first of `PRECEDENCE` that holds (`enforce` and `payment plan` are known of `sheets` alone), and
      `deliveries`, what is still delivered: see `deliveries.delivered`; `hold_authority` and `hold_by`, who decides on
      a hold and by when deliveries stop: see `buyer_decisions.with_hold`;
    - `on_cover`, `on_limit` and `on_debt`: what is decided on each of the `buyer_decisions.SUBJECTS`, the first of its
      kinds that holds (missing: nothing). On a limit, if nothing else, that it changes (`limits`; nothing in a book
      that has no limit of our own at all); on a debt, of what is overdue from the run's `decisions.collect_from` on, in
      default of what is owed if it is more than `limits.tolerated_excess`;
    - `amount`, of the advice (`buyer_decisions.amounts`; 0: there is none); `at_stake`, the largest amount that any of
      the methods names: insured debt to claim or to report, what is overdue, an excess over the limit by risk or in
      force, or the margin that a limit loses or accounts may release;
    - `change`, from the limit in force to the one that then holds, and `over_limit_to_set`, what is owed above that;
      `lost_if_failed` = LGD × exposure, before insurance;
    - `mean_breach`, of a limit that is often exceeded at month ends (`replay.often`; missing: it is not);
    - `overdue_since`, the first due day of what is overdue but small rests (`overdue_buyers`).
    """
    asked = duties(book, policy).reindex(limits.index)
    tolerated, action, owned = book.run.limits.tolerated_excess, limits["action"], limits["own_limit"].fillna(0.0)
    look, late, default = action == actions.LOOK, limits["overdue"], action == actions.IN_DEFAULT
    above, deliveries = above_limit_to_set(limits), delivered(limits, asked)
    often = replay.often(replay.repeated(replay.at_month_ends(book))).reindex(limits.index)
    within_risk = action.isin([actions.LOOK, actions.SET_LIMIT])
    change = limits["limit_to_set"] - owned
    holds = {
        "claim": to_claim(asked) > 0,
        "report missed": asked["missed_amount"] > 0,
        "report": asked["report_amount"] > 0,
        "stop insured": asked["stop_insured"],
        "cancel": default & (owned > 0),
        "in default": default,
        **{kind: action == kind for kind in BY_RISK},
        "request accounts": _wants_accounts(limits),
        "cut": limits["decision"].isin(["reduction", "cancellation"]) & (limits["lost_sales"] > 0),
        "set limit": within_risk & (limits["breach"] > tolerated) & ~(above > tolerated),
        # Also where the limit has room, and is not raised as the insurer is to be told first.
        "above limit": within_risk & (above > tolerated),
        # Little that is overdue is no reason not to look why more is owed than is needed.
        "collect": ~default & (late > tolerated) & (~look | (late >= book.run.decisions.collect_from)),
        "limits": ~default & (change != 0) & limits["own_limit"].notna().any(),
        "raise or enforce": often["mean_breach"].notna() & (deliveries == WITHIN_LIMIT),
        "look": look,
    }
    decided = holds | {
        "in default": default & (limits["exposure"] > tolerated),
        "collect": holds["collect"] & (late >= book.run.decisions.collect_from),
    }
    for_buyer = {name: _first(decided, kinds, limits.index) for name, kinds in SUBJECTS.items()}
    reported = asked["missed_amount"] + asked["report_amount"]
    # Of a buyer with a claim on the policy no accounts release anything.
    released = limits["released_margin"].mask(holds["claim"], 0.0)
    stakes = pd.concat([asked["claim_amount"], reported, limits[STAKES].assign(released_margin=released)], axis=1)
    oldest = overdue_buyers(book)["oldest_days_past_due"].reindex(limits.index)
    table = asked.assign(
        **limits[OF_LIMITS],
        advice=_first(holds, PRECEDENCE, limits.index).fillna("none"),
        **for_buyer,
        deliveries=deliveries,
        change=change,
        over_limit_to_set=above,
        lost_if_failed=loss_given_default(book).lgd * limits["exposure"],
        mean_breach=often["mean_breach"],
        overdue_since=book.as_of - pd.to_timedelta(oldest, unit="D"),
        at_stake=stakes.max(axis="columns").fillna(0.0),
    )
    return _with_amount(with_hold(book, table))


def _first(holds: dict[str, pd.Series], kinds: Iterable[str], index: pd.Index) -> pd.Series:
    """Return the first of the kinds that holds of each buyer; missing: none."""
    known = [kind for kind in kinds if kind in holds]
    found = np.select([holds[kind] for kind in known], known, "")
    return pd.Series(found, index=index, dtype="str").where(lambda named: named != "")


def _with_amount(table: pd.DataFrame) -> pd.DataFrame:
    """Return sheets with the amount of the one advice."""
    by_kind = amounts(table)
    found = np.select([table["advice"] == kind for kind in by_kind], list(by_kind.values()), 0.0)
    return table.assign(amount=pd.Series(found, index=table.index))


def sheets(
    book: Book, limits: pd.DataFrame, cumulative: pd.DataFrame, optimum: Optimum, policy: Policy | None
) -> pd.DataFrame:
    """Return `with_options`, and what the book as a whole says of each limit. `optimum`: `optimum.assess`.

    - `portfolio_change`: of the limit in the optimum for the book as a whole (missing: it has none there, or the
      optimum earns no more than limits set one by one).
    """
    table = with_options(book, limits, cumulative, policy)
    moved = optimum.limits["portfolio_change"].astype("float64").reindex(table.index)
    return table.assign(portfolio_change=moved if earns_more(optimum) else np.nan)


def with_options(book: Book, limits: pd.DataFrame, cumulative: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return the one advice on each buyer, and for those with most at stake what each method says: see `advice`.

    `cumulative`: cumulative default probability of the buyers (`term_structure`). The buyers of the run's
    `decisions.sheets` with the largest `at_stake` have a sheet (`has_sheet`), and come first:

    - `best_option`: of the ways to get what is overdue, the one of the highest value (`payment_plan.options`; missing:
      nothing undisputed is overdue, or no value is known), its `option_value`, what that is more than waiting
      (`gain_on_waiting`; missing: what waiting is worth is not known), and whether it `needs_consent` of the insurer.

    What is overdue of a buyer that nothing before it in `PRECEDENCE` speaks of, long and large enough by the run's
    `payment_plan`, is enforced, or paid by a plan, where that is the best option and worth enough more than waiting;
    old items that are no evidence of default (`long_overdue.short_payments`) are cleared up first, and do not count
    (`payment_plan.least_gain`); as many such buyers as have sheets are looked at, the largest amounts first. A best
    option of a buyer whose advice is another is what that method alone would say.
    """
    table = advice(book, limits, policy)
    table = table.loc[table["at_stake"].sort_values(ascending=False, kind="stable").index]
    number = np.arange(len(table))
    has_sheet = (number < book.run.decisions.sheets) & (table["at_stake"] > 0)
    late = limits["overdue"].reindex(table.index)
    late = late.mask(limits["action"].reindex(table.index) == actions.IN_DEFAULT, 0.0)
    later = table["advice"].isin(PRECEDENCE[PRECEDENCE.index(OVERDUE_OPTIONS[-1]) :])
    oldest = overdue_buyers(book)["oldest_days_past_due"].reindex(table.index)
    settings = book.run.payment_plan
    to_clear_up = short_payments(book)["long_overdue"].reindex(table.index).fillna(0.0)
    planned = later & (oldest >= settings.least_days_past_due) & (late - to_clear_up >= settings.least_amount)
    asked = planned & (late.where(planned, 0.0).rank(method="first", ascending=False) <= book.run.decisions.sheets)
    owing = (has_sheet | asked) & (late > book.run.limits.tolerated_excess)
    said = _best_options(book, table.index[owing].tolist(), cumulative, policy).reindex(table.index)
    said = said.assign(needs_consent=said["needs_consent"].eq(True)).astype(OF_OPTIONS)
    table = table.assign(has_sheet=has_sheet, **said)
    plan = planned & table["best_option"].isin(OVERDUE_OPTIONS) & (table["gain_on_waiting"] >= settings.least_gain)
    said = {name: table[name].mask(plan, table["best_option"]) for name in ("advice", "on_debt")}
    return _with_amount(table.assign(**said))


def weighed(book: Book, sheets: pd.DataFrame) -> pd.Index:
    """Return the buyers whose options stand as an example: those of which a plan or enforcement is advised, else those
    of which the one advice is to collect and of which it is known what waiting is worth; none whose risk is not
    measured (`rules.UNMEASURED`)."""
    collected = (sheets["on_debt"] == "collect") & (sheets["advice"] == "collect") & sheets["gain_on_waiting"].notna()
    planned = sheets["advice"].isin(OVERDUE_OPTIONS)
    found = sheets.index[planned if planned.any() else collected]
    kinds = book.buyers.set_index("buyer_id")["kind"]
    return found[~found.isin(kinds.index[kinds.isin(UNMEASURED)])]


def _wants_accounts(limits: pd.DataFrame) -> pd.Series:
    """Return whether a limit is held back for want of accounts, which might release more than the excess over it."""
    return (
        (limits["binding_with_cover"] == METHODS["without_accounts"])
        & (limits["released"] > limits["over_risk"])
        & (limits["released_sales"] > 0)
    )


@remembered
def _best_options(book: Book, buyers: Sequence[str], cumulative: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return what is said of the best of the buyers' options (`OF_OPTIONS`): several chapters ask the same."""
    best = {buyer: _best(options(book, buyer, cumulative, policy)) for buyer in buyers}
    return pd.DataFrame.from_dict(best, orient="index", columns=list(OF_OPTIONS))


def _best(options: pd.DataFrame) -> tuple[str | None, float, float, bool]:
    known = options[options["is_best"]]
    if known.empty:
        return None, np.nan, np.nan, False
    best = known.iloc[0]
    gain = float(best["value"] - options.loc["wait", "value"])
    return str(known.index[0]), float(best["value"]), gain, bool(best["needs_consent"])
