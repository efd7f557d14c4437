"""One buyer, one advice: what each method says of a buyer, and what is to be done about it by a stated precedence."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import decisions
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits import actions
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.optimum.optimum import Optimum
from tradecredit.decide.terms.payment_plan import options, overdue_buyers
from tradecredit.insurance.policy import Policy

PRECEDENCE = (
    "claim", "report missed", "report", "stop insured", "cancel", "in default", "stop", "stop until paid",
    "request accounts", "run down", "enforce", "payment plan", "cut", "set limit", "look", "collect", "none",
)  # fmt: skip
"""What may be advised, in order: what keeps the insurer's money, then default and risk, then the overdue debt, then the
limit, then the need. Of several that hold for a buyer the first is its one advice."""

ASKED = tuple(kind for kind in PRECEDENCE if kind not in ("in default", "look", "collect", "none"))
"""Advice that somebody has to decide on: to look is a signal, and to collect what is overdue the ordinary course."""

NOTHING, UNTIL_PAID, AGAINST_PAYMENT, WITHIN_LIMIT = (
    "nothing", "nothing until the overdue part is paid", "against payment alone", "within the limit",
)  # fmt: skip
"""What is still delivered to a buyer."""

HELD = {
    "in default": NOTHING, "claim on the policy": NOTHING, "no longer insured": NOTHING, "risk": NOTHING,
    "overdue part": UNTIL_PAID, "risk, against payment": AGAINST_PAYMENT,
}  # fmt: skip
"""Why deliveries to a buyer are held back, and what is still delivered: of several reasons the first decides."""

OF_LIMITS = ("cancel", "stop", "stop until paid", "run down", "request accounts", "cut", "set limit", "look")
"""Advice on a limit, decided by the authority for the larger of the limit in force and the one that then holds."""

OVERDUE_OPTIONS = ("enforce", "payment plan")

LISTS = {
    **dict.fromkeys(("claim", "report missed", "report"), "insurer_duties"), "stop insured": "held_back",
    **dict.fromkeys(("stop", "stop until paid", "run down"), "over_risk"),
    **dict.fromkeys(OVERDUE_OPTIONS, "overdue_advised"),
    "cancel": "limit_changes", "request accounts": "accounts", "cut": "lost_sales", "set limit": "breaches",
}  # fmt: skip
"""Advice that is asked: the table of the chapter of limits that lists its buyers."""


def advice(book: Book, limits: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return the one advice on each buyer: index buyer_id, in the order of `limits`, amounts in the reporting currency.

    `limits`: `limits.recommend`; `policy`: the one in force. Columns: those of `duties`, and

    - `advice`, the first of `PRECEDENCE` that holds (`enforce` and `payment plan` are known of `sheets` alone), and
      `deliveries`, what is still delivered: see `delivered`;
    - `amount`, what is at stake by it: insured debt to claim or to report, what is owed where cover ends or of a buyer
      in default, the excess by which a risk is above its limit, what is overdue, the yearly margin that a limit loses,
      the excess over a limit that would be set; `at_stake`, the largest amount that any of the methods names;
    - `authorised`, the amount by which the authority is found: where a limit is decided (`OF_LIMITS`) the larger of the
      limit in force and the one that then holds, else `amount`;
    - `overdue_since`, the first due day of what is overdue; `due_day` and `since`, as the policy or the ledger have
      them (missing: neither does). A report is open since the run's `decisions.report_ahead_days` before its day.
    """
    asked = duties(book, policy).reindex(limits.index)
    over = limits["own_limit"].fillna(0.0) > 0
    holds = {
        "claim": asked["claim_amount"] > 0,
        "report missed": asked["missed_amount"] > 0,
        "report": asked["report_amount"] > 0,
        "stop insured": asked["stop_insured"],
        "cancel": (limits["action"] == actions.IN_DEFAULT) & over,
        "in default": limits["action"] == actions.IN_DEFAULT,
        **{kind: limits["action"] == kind for kind in (actions.STOP, actions.STOP_UNTIL_PAID, actions.RUN_DOWN)},
        "request accounts": _wants_accounts(limits),
        "cut": limits["decision"].isin(["reduction", "cancellation"]) & (limits["lost_sales"] > 0),
        "set limit": limits["action"] == actions.SET_LIMIT,
        "look": limits["action"] == actions.LOOK,
        "collect": limits["overdue"] > book.run.limits.tolerated_excess,
    }
    kinds = [kind for kind in PRECEDENCE if kind in holds]
    asked = asked.assign(deliveries=delivered(limits, asked))
    found = np.select([holds[kind] for kind in kinds], kinds, "none")
    oldest = overdue_buyers(book)["oldest_days_past_due"].reindex(limits.index)
    table = asked.assign(
        advice=pd.Series(found, index=limits.index, dtype="str"),
        overdue_since=book.as_of - pd.to_timedelta(oldest, unit="D"),
    )
    return _with_amounts(book, table, limits)


def sheets(
    book: Book, limits: pd.DataFrame, cumulative: pd.DataFrame, optimum: Optimum, policy: Policy | None
) -> pd.DataFrame:
    """Return the one advice on each buyer, and for those with most at stake what each method says: see `advice`.

    `cumulative`: cumulative default probability of the buyers (`term_structure`); `optimum`: `optimum.assess`. The
    buyers of the run's `decisions.sheets` with the largest `at_stake` have a sheet (`has_sheet`), and come first:

    - `best_option`: of the ways to get what is overdue, the one of the highest value (`payment_plan.options`; missing:
      nothing undisputed is overdue, or no value is known), and its `option_value`;
    - `portfolio_change`: of the limit in the optimum for the book as a whole (missing: it has none there).

    What is overdue of a buyer that nothing before it in `PRECEDENCE` speaks of, long and large enough by the run's
    `payment_plan`, is enforced, or paid by a plan, where that is the best option; as many such buyers as have sheets
    are looked at, the largest amounts first. A best option of a buyer whose advice is another is what that method alone
    would say.
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
    planned = later & (oldest >= settings.least_days_past_due) & (late >= settings.least_amount)
    asked = planned & (late.where(planned, 0.0).rank(method="first", ascending=False) <= book.run.decisions.sheets)
    owing = (has_sheet | asked) & (late > book.run.limits.tolerated_excess)
    best = {buyer: _best(options(book, buyer, cumulative, policy)) for buyer in table.index[owing]}
    said = pd.DataFrame.from_dict(best, orient="index", columns=["best_option", "option_value"])
    table = table.assign(has_sheet=has_sheet, best_option=said["best_option"].astype("str"))
    table = table.assign(option_value=said["option_value"].astype("float64"))
    table = table.assign(portfolio_change=optimum.limits["portfolio_change"].astype("float64").reindex(table.index))
    plan = table["best_option"].isin(OVERDUE_OPTIONS) & planned
    table = table.assign(advice=table["advice"].mask(plan, table["best_option"]))
    return _with_amounts(book, table, limits)


def records(book: Book, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that the one advice on each buyer asks for (`decisions.COLUMNS`), and where they are listed.

    `sheets`: `advice` or `sheets`. One decision for a buyer; none where nobody has to decide (`ASKED`).
    """
    tables = [
        decisions.of_buyers(book, kind, sheets[sheets["advice"] == kind], anchor=f"table-{LISTS[kind]}")
        for kind in ASKED
        if (sheets["advice"] == kind).any()
    ]
    return decisions.together(*tables)


def delivered(limits: pd.DataFrame, duties: pd.DataFrame) -> pd.Series:
    """Return what is still delivered to each buyer, whatever its one advice: on the index of `limits`.

    By the first of the reasons in `HELD` that holds; `WITHIN_LIMIT` where none does.
    """
    holds = reasons(limits, duties)
    found = np.select([holds[reason] for reason in HELD], list(HELD.values()), WITHIN_LIMIT)
    return pd.Series(found, index=limits.index, dtype="str")


def reasons(limits: pd.DataFrame, duties: pd.DataFrame) -> pd.DataFrame:
    """Return whether each reason of `HELD` holds back deliveries to each buyer: on the index of `limits`.

    The buyer is in default; insured debt of it is to be claimed; nothing that is shipped would be insured any more
    (`stop_insured`); the risk asks for a stop; paying what is overdue cures the excess over the limit by risk; the
    exposure is to run down.
    """
    columns = {
        "in default": limits["action"] == actions.IN_DEFAULT,
        "claim on the policy": duties["claim_amount"] > 0,
        "no longer insured": duties["stop_insured"],
        "risk": limits["action"] == actions.STOP,
        "overdue part": limits["action"] == actions.STOP_UNTIL_PAID,
        "risk, against payment": limits["action"] == actions.RUN_DOWN,
    }
    return pd.DataFrame(columns)[list(HELD)]


def unadvised(sheets: pd.DataFrame) -> pd.Index:
    """Return the buyers not in default on which nobody has to decide anything by the one advice (`sheets`)."""
    return sheets.index[~sheets["advice"].isin([*ASKED, "in default"])]


def to_collect(sheets: pd.DataFrame) -> pd.Index:
    """Return the buyers whose one advice is a payment plan or to enforce; `sheets`: see `sheets`."""
    return sheets.index[sheets["advice"].isin(OVERDUE_OPTIONS)]


def overdue(sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of the buyers `to_collect`, the largest overdue amount first."""
    return sheets.loc[to_collect(sheets)].sort_values("amount", ascending=False, kind="stable")


def asked_by_policy(sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of the buyers of which insured debt is to be claimed or reported, the largest first."""
    debt = sheets[["claim_amount", "missed_amount", "report_amount"]].sum(axis="columns")
    return sheets.assign(debt=debt)[debt > 0].sort_values("debt", ascending=False, kind="stable").drop(columns="debt")


def _wants_accounts(limits: pd.DataFrame) -> pd.Series:
    """Return whether a limit is held back for want of accounts, which might release more than the excess over it."""
    return (
        (limits["binding_with_cover"] == METHODS["without_accounts"])
        & (limits["released"] > limits["over_risk"])
        & (limits["lost_sales"] > 0)
    )


def _best(options: pd.DataFrame) -> tuple[str | None, float]:
    known = options.index[options["is_best"]]
    return (str(known[0]), float(options["value"].max())) if len(known) else (None, np.nan)


def _with_amounts(book: Book, table: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return the advice with what is at stake by it, by which amount it is authorised, and its days."""
    limits = limits.reindex(table.index)
    by_kind = {
        "claim": table["claim_amount"], "report missed": table["missed_amount"], "report": table["report_amount"],
        "stop insured": limits["exposure"],
        "cancel": limits["exposure"], "in default": limits["exposure"],
        **dict.fromkeys((actions.STOP, actions.STOP_UNTIL_PAID, actions.RUN_DOWN), limits["over_risk"]),
        **dict.fromkeys(("enforce", "payment plan", "collect"), limits["overdue"]),
        **dict.fromkeys(("request accounts", "cut"), limits["lost_margin"]),
        "set limit": limits["breach"], "look": limits["over_need"],
    }  # fmt: skip
    kind = table["advice"]
    amount = pd.Series(np.select([kind == name for name in by_kind], list(by_kind.values()), 0.0), index=table.index)
    before = limits["own_limit"].fillna(0.0)
    larger = np.maximum(before, before + limits["change"])
    of_limit = kind.isin(OF_LIMITS)
    due = table["report_by"].where(kind == "report")
    days = {
        "report missed": table["missed_since"],
        "report": table["report_by"] - pd.Timedelta(days=book.run.decisions.report_ahead_days),
        "claim": table["loss_date"], "stop insured": table["stop_since"],
        **dict.fromkeys((actions.STOP_UNTIL_PAID, *OVERDUE_OPTIONS), table["overdue_since"]),
    }  # fmt: skip
    since = np.select([kind == name for name in days], list(days.values()), np.datetime64("NaT", "us"))
    stakes = pd.concat(
        [
            table["claim_amount"],
            table["missed_amount"] + table["report_amount"],
            limits[["over_risk", "overdue", "lost_margin", "breach"]],
        ],
        axis=1,
    )
    return table.assign(
        amount=amount,
        authorised=larger.where(of_limit, amount),
        due_day=due,
        since=pd.Series(since, index=table.index, dtype="datetime64[us]"),
        at_stake=stakes.max(axis="columns").fillna(0.0),
    )
