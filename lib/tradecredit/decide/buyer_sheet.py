"""One buyer, one advice: what each method says of a buyer, and what is to be done about it by a stated precedence."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import decisions
from tradecredit.decide.insurer_duties import duties
from tradecredit.decide.limits import actions
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.methods import excess
from tradecredit.decide.limits.rules import UNMEASURED
from tradecredit.decide.optimum.optimum import Optimum, earns_more
from tradecredit.decide.terms.payment_plan import options, overdue_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.measure.default_events import already_defaulted

PRECEDENCE = (
    "claim", "report missed", "report", "stop insured", "cancel", "in default", "stop", "stop until paid",
    "request accounts", "run down", "enforce", "payment plan", "cut", "set limit", "above limit", "collect", "look",
    "none",
)  # fmt: skip
"""What may be advised, in order: what keeps the insurer's money, then default and risk, then the overdue debt, then the
limit, then the need. Of several that hold for a buyer the first is its one advice."""

ASKED = tuple(kind for kind in PRECEDENCE if kind not in ("look", "collect", "none"))
"""Advice that somebody has to decide on: to look is a signal, and a buyer in default that owes no more than the run's
`limits.tolerated_excess` is left (`records`). To collect what is overdue is the ordinary course, which
is somebody's to do by a day as well (`records`), and asks for no decision."""

NOTHING, UNTIL_PAID, AGAINST_PAYMENT, WITHIN_LIMIT, WITHIN_RISK = (
    "nothing", "nothing until the overdue part is paid", "against payment alone", "within the limit to set",
    "within the limit by risk",
)  # fmt: skip
"""What is still delivered to a buyer."""

HELD = {
    "in default": NOTHING, "claim on the policy": NOTHING, "no longer insured": NOTHING, "risk": NOTHING,
    "overdue part": UNTIL_PAID, "risk, against payment": AGAINST_PAYMENT,
}  # fmt: skip
"""Why deliveries to a buyer are held back, and what is still delivered: of several reasons the first decides."""

OF_LIMITS = (
    "cancel", "stop", "stop until paid", "run down", "request accounts", "cut", "set limit", "above limit", "look",
)  # fmt: skip
"""Advice on a limit, decided by the authority for the larger of the limit in force and the one that then holds."""

BY_RISK = (actions.STOP, actions.STOP_UNTIL_PAID, actions.RUN_DOWN)
"""Actions by which deliveries are held back for the risk."""

DECIDED_LIMITS = tuple(kind for kind in OF_LIMITS if kind != "look")
"""Advice that decides on a limit: to look is none."""

ON_LIMITS = tuple(kind for kind in (*DECIDED_LIMITS, "limits") if kind != "cancel")
"""Kinds of decision that rest on the default model through a limit: a default is no estimate."""

STAKES = ["over_risk", "overdue", "lost_margin", "released_margin", "breach"]
"""Amounts of a limit that may be at stake."""

OVERDUE_OPTIONS = ("enforce", "payment plan")

OF_OPTIONS = {"best_option": "str", "option_value": "float64", "gain_on_waiting": "float64", "needs_consent": "bool"}
"""What is said of the best way to get what a buyer owes past due."""

LISTS = {
    **dict.fromkeys(("claim", "report missed", "report"), "insurer_duties"), "stop insured": "held_back",
    "in default": "to_pursue", **dict.fromkeys(BY_RISK, "over_risk"),
    **dict.fromkeys(OVERDUE_OPTIONS, "overdue_advised"), "collect": "to_collect",
    **dict.fromkeys(("cancel", "limits"), "limit_changes"),
    "request accounts": "accounts", "cut": "lost_sales", **dict.fromkeys(("set limit", "above limit"), "breaches"),
}  # fmt: skip
"""Advice that is asked, and `limits`: the table of the chapter of limits that lists its buyers."""


def advice(book: Book, limits: pd.DataFrame, policy: Policy | None) -> pd.DataFrame:
    """Return the one advice on each buyer: index buyer_id, in the order of `limits`, amounts in the reporting currency.

    `limits`: `limits.recommend`; `policy`: the one in force. Columns: those of `duties`, and

    - `advice`, the first of `PRECEDENCE` that holds (`enforce` and `payment plan` are known of `sheets` alone), and
      `deliveries`, what is still delivered: see `delivered`;
    - `amount`, what is at stake by it: insured debt to claim or to report, what is owed where cover ends or of a buyer
      in default, the excess by which a risk is above its limit, what is overdue, the yearly margin that a limit loses,
      the excess over a limit that would be set, or that is exceeded; `at_stake`, the largest amount that any of the
      methods names; `risk_excess`, the excess over the limit by risk where deliveries are held back for that and the
      advice is another that comes first (0: none), and of all of these `lost_margin` and `expected_loss_owed`;
    - `authorised`, the amount by which the authority is found, of the heaviest of all that follows: where a limit is
      decided (`OF_LIMITS`, a `risk_excess`, a limit to cancel or a cut that loses sales beside another advice) the
      larger of the limit in force and the one that then holds (of `above limit`, and what is owed), else `amount`;
    - `change`, from the limit in force to the one that then holds, and `limit_authorised`, the larger of the two
      (missing in a book that has no limit of our own at all: nothing is set there);
    - `overdue_since`, the first due day of what is overdue but small rests (`overdue_buyers`); `due_day` and `since`
      as the policy or the ledger have them (missing: neither does). A report is open since the run's
      `decisions.report_ahead_days` before its day.
    """
    asked = duties(book, policy).reindex(limits.index)
    over = limits["own_limit"].fillna(0.0) > 0
    look, late = limits["action"] == actions.LOOK, limits["overdue"]
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
        "above limit": look & (limits["breach"] > book.run.limits.tolerated_excess),
        # Little that is overdue is no reason not to look why more is owed than is needed.
        "collect": (late > book.run.limits.tolerated_excess) & (~look | (late >= book.run.decisions.collect_from)),
        "look": look,
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
      nothing undisputed is overdue, or no value is known), its `option_value`, what that is more than waiting
      (`gain_on_waiting`; missing: what waiting is worth is not known), and whether it `needs_consent` of the insurer;
    - `portfolio_change`: of the limit in the optimum for the book as a whole (missing: it has none there, or the
      optimum earns no more than limits set one by one).

    What is overdue of a buyer that nothing before it in `PRECEDENCE` speaks of, long and large enough by the run's
    `payment_plan`, is enforced, or paid by a plan, where that is the best option and worth enough more than waiting
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
    planned = later & (oldest >= settings.least_days_past_due) & (late >= settings.least_amount)
    asked = planned & (late.where(planned, 0.0).rank(method="first", ascending=False) <= book.run.decisions.sheets)
    owing = (has_sheet | asked) & (late > book.run.limits.tolerated_excess)
    best = {buyer: _best(options(book, buyer, cumulative, policy)) for buyer in table.index[owing]}
    said = pd.DataFrame.from_dict(best, orient="index", columns=list(OF_OPTIONS)).reindex(table.index)
    said = said.assign(needs_consent=said["needs_consent"].eq(True)).astype(OF_OPTIONS)
    table = table.assign(has_sheet=has_sheet, **said)
    moved = optimum.limits["portfolio_change"].astype("float64").reindex(table.index)
    table = table.assign(portfolio_change=moved if earns_more(optimum) else np.nan)
    plan = planned & table["best_option"].isin(OVERDUE_OPTIONS) & (table["gain_on_waiting"] >= settings.least_gain)
    table = table.assign(advice=table["advice"].mask(plan, table["best_option"]))
    return _with_amounts(book, table, limits)


def records(book: Book, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the decisions that the one advice on each buyer asks for (`decisions.COLUMNS`), and where they are listed.

    `sheets`: `advice` or `sheets`. One decision for a buyer; none where nobody has to decide (`ASKED`) and no more than
    reminders are due (`to_collect`). Beside it `limits` for each limit that changes and that the one advice does not
    decide (`set_in_course`).
    """
    asked = sheets[sheets["advice"].isin(ASKED) | _collected(book, sheets)]
    asked = asked[(asked["advice"] != "in default") | asked.index.isin(to_pursue(book, asked).index)]
    tables = [
        decisions.of_buyers(book, kind, buyers, anchor=f"table-{LISTS[kind]}")
        for kind, buyers in asked.groupby("advice")
    ]
    changed = set_in_course(sheets)
    changed = pd.DataFrame(
        {
            "amount": changed["change"].abs(),
            "authorised": changed["limit_authorised"],
            "due_day": _after_portfolio(book, changed),
        }
    )
    tables.append(decisions.of_buyers(book, "limits", changed, anchor=f"table-{LISTS['limits']}"))
    return decisions.together(book.run, *tables)


def set_in_course(sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of buyers whose limit changes and whose one advice decides on no limit, the largest first."""
    decided = sheets["advice"].isin([*DECIDED_LIMITS, "in default"])
    changed = sheets[(sheets["change"] != 0) & sheets["limit_authorised"].notna() & ~decided]
    return changed.loc[changed["change"].abs().sort_values(ascending=False, kind="stable").index]


def waiting(sheets: pd.DataFrame) -> pd.Series:
    """Return whether the change of each limit waits for the decision on portfolio limits, which would move it back.

    True where the limit is cut and portfolio limits would have it higher, or is raised and they would have it lower: it
    is then due with that decision. Not where deliveries are held back, as an excess does not wait; False without
    `portfolio_change`.
    """
    if "portfolio_change" not in sheets:
        return pd.Series(False, index=sheets.index)
    back = sheets["change"] * sheets["portfolio_change"].fillna(0.0) < 0
    return back & (sheets["advice"].isin(["cut", "set limit"]) | ~sheets["advice"].isin(DECIDED_LIMITS))


def _after_portfolio(book: Book, sheets: pd.DataFrame) -> pd.Series:
    """Return the day by which portfolio limits are decided on where a change of a limit waits for it; else missing."""
    day = decisions.read_on(book.as_of, book.run.decisions.days_until_due("portfolio"))
    return pd.Series(day, index=sheets.index).where(waiting(sheets))


def delivered(limits: pd.DataFrame, duties: pd.DataFrame) -> pd.Series:
    """Return what is still delivered to each buyer, whatever its one advice: on the index of `limits`.

    By the first of the reasons in `HELD` that holds; where none does, `WITHIN_RISK` where the exposure is above the
    limit that then holds, by its need or the limit in force, and within the limit by risk, else `WITHIN_LIMIT`.
    """
    holds = reasons(limits, duties)
    above = excess(limits["exposure"], limits["limit_to_set"]) > 0
    found = np.select([*(holds[reason] for reason in HELD), above], [*HELD.values(), WITHIN_RISK], WITHIN_LIMIT)
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
    """Return the buyers on which nobody has to decide anything by the one advice (`sheets`)."""
    return sheets.index[~sheets["advice"].isin(ASKED)]


def also_held(records: pd.DataFrame) -> dict[str, str]:
    """Return the kinds of decisions of which buyers are held back for risk as well, with the table that lists them."""
    return dict.fromkeys(records.loc[records["risk_excess"] > 0, "decision"], "held_back")


def overdue(sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of buyers whose one advice is a payment plan or to enforce, the largest amount first."""
    return _largest_first(sheets[sheets["advice"].isin(OVERDUE_OPTIONS)])


def to_pursue(book: Book, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of buyers in default of which nothing is to be claimed and that owe, the largest amount first.

    More than the run's `limits.tolerated_excess`, with a limit of ours to cancel or without. Adds of its last default
    `defaulted`, the day, and `kind`.
    """
    owing = sheets["advice"].isin(("cancel", "in default")) & (sheets["amount"] > book.run.limits.tolerated_excess)
    return _largest_first(sheets[owing].join(already_defaulted(book)[["defaulted", "kind"]]))


def weighed(book: Book, sheets: pd.DataFrame) -> pd.Index:
    """Return the buyers whose options stand as an example: those of `overdue`, else those collected in the ordinary
    course of which it is known what waiting is worth; none whose risk is not measured (`rules.UNMEASURED`)."""
    collected = to_collect(book, sheets)
    advised = overdue(sheets).index
    found = advised if len(advised) else collected.index[collected["gain_on_waiting"].notna()]
    kinds = book.buyers.set_index("buyer_id")["kind"]
    return found[~found.isin(kinds.index[kinds.isin(UNMEASURED)])]


def to_collect(book: Book, sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of buyers whose overdue debt is collected in the ordinary course, the largest amount first.

    Their advice is to collect, and what is overdue reaches the run's `decisions.collect_from`.
    """
    return _largest_first(sheets[_collected(book, sheets)])


def asked_by_policy(sheets: pd.DataFrame) -> pd.DataFrame:
    """Return the sheets of the buyers of which insured debt is to be claimed or reported, the largest first."""
    debt = sheets[["claim_amount", "missed_amount", "report_amount"]].sum(axis="columns")
    return sheets.assign(debt=debt)[debt > 0].sort_values("debt", ascending=False, kind="stable").drop(columns="debt")


def _wants_accounts(limits: pd.DataFrame) -> pd.Series:
    """Return whether a limit is held back for want of accounts, which might release more than the excess over it."""
    return (
        (limits["binding_with_cover"] == METHODS["without_accounts"])
        & (limits["released"] > limits["over_risk"])
        & (limits["released_sales"] > 0)
    )


def _collected(book: Book, sheets: pd.DataFrame) -> pd.Series:
    return (sheets["advice"] == "collect") & (sheets["amount"] >= book.run.decisions.collect_from)


def _largest_first(sheets: pd.DataFrame) -> pd.DataFrame:
    return sheets.sort_values("amount", ascending=False, kind="stable")


def _best(options: pd.DataFrame) -> tuple[str | None, float, float, bool]:
    known = options[options["is_best"]]
    if known.empty:
        return None, np.nan, np.nan, False
    best = known.iloc[0]
    gain = float(best["value"] - options.loc["wait", "value"])
    return str(known.index[0]), float(best["value"]), gain, bool(best["needs_consent"])


def _with_amounts(book: Book, table: pd.DataFrame, limits: pd.DataFrame) -> pd.DataFrame:
    """Return the advice with what is at stake by it, by which amount it is authorised, and its days."""
    limits = limits.reindex(table.index)
    by_kind = {
        "claim": table["claim_amount"], "report missed": table["missed_amount"], "report": table["report_amount"],
        "stop insured": limits["exposure"],
        "cancel": limits["exposure"], "in default": limits["exposure"],
        **dict.fromkeys(BY_RISK, limits["over_risk"]),
        **dict.fromkeys(("enforce", "payment plan", "collect"), limits["overdue"]),
        "request accounts": limits["released_margin"], "cut": limits["lost_margin"],
        **dict.fromkeys(("set limit", "above limit"), limits["breach"]), "look": limits["over_need"],
    }  # fmt: skip
    kind = table["advice"]
    amount = pd.Series(np.select([kind == name for name in by_kind], list(by_kind.values()), 0.0), index=table.index)
    owned = limits["own_limit"].fillna(0.0)
    of_change = np.maximum(owned, limits["limit_to_set"])
    larger = of_change.mask(kind == "above limit", limits["exposure"])
    of_limit = kind.isin(OF_LIMITS)
    by_risk = limits["action"].isin(BY_RISK)
    cut = limits["decision"].isin(["reduction", "cancellation"]) & (limits["lost_sales"] > 0)
    besides = ~of_limit & (by_risk | cut | ((limits["action"] == actions.IN_DEFAULT) & (owned > 0)))
    set_here = of_change if limits["own_limit"].notna().any() else np.nan
    table = table.assign(change=limits["limit_to_set"] - owned, limit_authorised=set_here)
    due = table["report_by"].where(kind == "report")
    due = due.fillna(_after_portfolio(book, table.assign(advice=kind)).where(kind.isin(["cut", "set limit"])))
    days = {
        "report missed": table["missed_since"],
        "report": table["report_by"] - pd.Timedelta(days=book.run.decisions.report_ahead_days),
        "claim": table["loss_date"], "stop insured": table["stop_since"],
        **dict.fromkeys((actions.STOP_UNTIL_PAID, *OVERDUE_OPTIONS, "collect"), table["overdue_since"]),
    }  # fmt: skip
    since = np.select([kind == name for name in days], list(days.values()), np.datetime64("NaT", "us"))
    reported = table["missed_amount"] + table["report_amount"]
    stakes = pd.concat([table["claim_amount"], reported, limits[STAKES]], axis=1)
    return table.assign(
        amount=amount,
        authorised=larger.where(of_limit, amount).mask(besides, np.maximum(larger, amount)),
        risk_excess=limits["over_risk"].where(by_risk & ~kind.isin(BY_RISK), 0.0),
        lost_margin=limits["lost_margin"],
        expected_loss_owed=limits["expected_loss_owed"],
        due_day=due,
        since=pd.Series(since, index=table.index, dtype="datetime64[us]"),
        at_stake=stakes.max(axis="columns").fillna(0.0),
    )
