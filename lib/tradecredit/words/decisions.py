"""What decisions are called, and sentences on them: who decides, by when, and by which rules."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.decide.buyer_decisions import ON_LIMITS
from tradecredit.decide.decisions import OPEN
from tradecredit.decide.policies.records import DAYS_BEFORE_NOTICE
from tradecredit.language import tr
from tradecredit.params.run import Run
from tradecredit.words.codes import in_words
from tradecredit.words.formats import counted, day, listed, money, whole
from tradecredit.words.held_back import days_counted, tolerance

WHAT = {
    "claim": "Claim on the policy",
    "report missed": "Late report to the insurer",
    "report": "Report overdue debt to the insurer",
    "stop insured": "Stop deliveries: no longer insured",
    "cancel": "Cancel limits of buyers in default",
    "in default": "Lodge claims in insolvency, or enforce",
    "stop": "Stop deliveries: above what the risk allows",
    "stop until paid": "Stop deliveries until the overdue part is paid",
    "run down": "Deliver against payment alone",
    "enforce": "Enforce overdue debt",
    "payment plan": "Agree payment plans",
    "collect": "Collect overdue debt",
    "request accounts": "Request accounts",
    "cut": "Approve cuts that lose sales",
    "set limit": "Set limits that have room",
    "above limit": "Bring back what is above the limit to set",
    "raise or enforce": "Enforce limits that are often exceeded",
    "limits": "Set the limits",
    "long overdue": "Say who of the long overdue is in default",
    "short payments": "Clear up old items of buyers that pay on",
    "model": "Review the default model",
    "policy": "Decide on the policy",
    "policy terms": "Look up notice and end of the policy",
    "policy notice": "Give notice of the policy",
    "portfolio": "Judge risk by buyer or for the portfolio",
    "discounts": "Lower or end cash discounts",
    "discounts back": "Claim back unearned discounts",
    "terms": "Shorten terms",
    "late interest": "Charge late interest",
    "cash buffer": "Raise cash or the credit line",
}
"""What each kind of decision asks for (`params.decisions.WORKING_DAYS`)."""

STAKES = {
    "report missed": "insured debt of these buyers, late or not",
    "report": "insured debt",
    "claim": "insured debt, before deductibles",
    "stop insured": "open past the extension period",
    "cancel": "limits to cancel",
    "in default": "owed in all",
    **dict.fromkeys(("stop", "stop until paid", "run down"), "excess over the risk limit"),
    **dict.fromkeys(("enforce", "payment plan", "collect"), "overdue"),
    "request accounts": "margin that accounts may release a year",
    "cut": "margin lost a year",
    "set limit": "excess over the limit in force",
    "above limit": "excess over the limit to set",
    "limits": "change of limits, up and down",
    "raise or enforce": "mean excess over the limit",
    **dict.fromkeys(("policy", "portfolio"), "gain a year"),
    **dict.fromkeys(("long overdue", "short payments"), "more than 90 days past due"),
    **dict.fromkeys(("model", "policy terms", "policy notice"), "no amount"),
    "discounts": "net cost a year",
    "discounts back": "discount to claim back",
    "terms": "margin at stake a year",
    "late interest": "interest and fees",
    "cash buffer": "missing of the buffer",
}
"""What the amount of each kind of decision is (`decisions.COLUMNS`)."""

NOT_KNOWN = {"request accounts": "what accounts would release is not known"}
"""What is said of a kind in place of `STAKES` where it has no amount."""


def stake(table: pd.DataFrame) -> pd.Series:
    """Return in words what the amount of each row is; `table`: with `decision` and `amount`."""
    said = table["decision"].map(STAKES)
    return said.mask(table["amount"].isna(), table["decision"].map(NOT_KNOWN).fillna(said))


def amount_told(amount: float, currency: str) -> str:
    """Return an amount at stake in words: one that is less than a unit of the currency, or not known, is told as such.

    >>> amount_told(float("nan"), "EUR"), amount_told(0.4, "EUR")
    ('an unknown amount', 'less than EUR 1')
    """
    if np.isnan(amount):
        return tr("an unknown amount")
    return tr("less than {currency} 1", currency=currency) if 0 < amount < 1 else money(amount, currency)


def who_and_when(row: pd.Series) -> str:
    """Return who takes a decision, by when, and since when it is open; `row`: of `decisions.by_kind`."""
    who = in_words(str(row["authority"]))
    if _shared(row):
        each = [one.rsplit(" ", 1) for one in row["each_decides"].split(", ")]
        who = listed(tr("{who} on {number}", who=in_words(name), number=number) for name, number in each)
    who = f"{who[:1].upper()}{who[1:]}"
    opened = tr(", open since {since}", since=day(row["since"])) if row["state"] == OPEN else ""
    moved = ""
    if row["moved"] > 0:
        was = listed(f"“{tr(WHAT[kind])}”" for kind in row["was"].split(", "))
        moved = tr(
            " Of them {moved} {were} asked a month ago as {was}.",
            moved=whole(row["moved"]),
            were=tr("was") if row["moved"] == 1 else tr("were"),
            was=was,
        )
    first = tr("the first by") if row["last_due_day"] > row["due_day"] else tr("by")
    return f"{who}, {first} {day(row['due_day'])}{opened}.{moved}"


def decided_by(table: pd.DataFrame) -> pd.Series:
    """Return who decides, each with how many of the buyers where several do.

    `table`: `decisions.by_kind`.
    """
    told = [row["each_decides"] if _shared(row) else row["authority"] for _, row in table.iterrows()]
    return pd.Series(told, index=table.index, dtype="str")


def named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a list of buyers with the decision on each (`buyer_decisions.decided`) in words: `what`."""
    return table.assign(what=table["asked"].map(WHAT))


def asked_as(table: pd.DataFrame) -> pd.Series:
    """Return in words as which kinds the month before asked the same; `table`: with `was`, kinds separated by `, `."""
    known = table["was"].dropna()
    told = ["; ".join(tr(WHAT[kind]) for kind in kinds.split(", ")) for kinds in known]
    return pd.Series(told, index=known.index, dtype="str").reindex(table.index)


def _shared(row: pd.Series) -> bool:
    return bool(0 < row["decides_on"] < row["buyers"])


def model_first(run: Run) -> str:
    """Return which decisions on limits are due after that on the default model, and which do not wait for it."""
    days = run.decisions.days_until_due
    after = [kind for kind in ON_LIMITS if days(kind) >= days("model")]
    meanwhile = [kind for kind in ON_LIMITS if kind not in after]
    last = some = ""
    if after:
        last = tr(
            "Where they are asked, {called} {are} due no earlier. ",
            called=_called(after),
            are=tr("is") if len(after) == 1 else tr("are"),
        )
    if meanwhile:
        some = tr(
            "{called} {do} not wait, being about what is owed above a limit today: meanwhile the "
            "present model decides.",
            called=_called(meanwhile),
            do=tr("does") if len(meanwhile) == 1 else tr("do"),
        )
    return f"{last}{some}".strip()


def _called(kinds: list[str]) -> str:
    return listed(f"“{tr(WHAT[kind])}”" for kind in kinds)


def assumptions(book: Book) -> list[str]:
    """Return by which rules the one advice on a buyer is found."""
    run = book.run
    order = tr(
        "insurer's claim and report, default, deliveries held back for the risk (against payment alone as well), "
        "overdue debt, limit, need"
    )
    tolerated = tolerance(book)
    return [
        *([tolerated] if tolerated else []),
        *days_counted(book),
        tr(
            "Of several methods that speak of a buyer the first is its one advice: {order}. What is decided on "
            "its cover, its limit and its overdue debt besides has a decision of its own. At stake is the "
            "largest of the insured debt to claim or to report, what is overdue, the excess over a limit, and "
            "the margin that a limit loses or accounts may release. Deliveries are stopped for the risk only "
            "where paying the overdue part cures the excess over the limit by risk, from grade {stop_grade} "
            "on, or where debt of the buyer is claimed on the policy; what is owed above the buyer's need is a "
            "signal to look. Deliveries within the limit are within the one in force until the limit to set is "
            "decided on, and then within that; where that is 0, against payment in advance; where none is in "
            "force they go on as they are until the first is set. Where deliveries to a buyer are held back "
            "for several reasons, the highest of those who decide on one of them decides on the whole hold, "
            "and deliveries stop on the earliest of their days. A buyer in default gets nothing more as it is, "
            "and nobody has to decide on that, unless a limit of it is to be cancelled, its debt is to be "
            "claimed, or it owes and no limit of it is known.",
            order=order,
            stop_grade=run.limits.stop_grade,
        ),
        tr(
            "Insured debt is what lies within the insurer's limits, net of tax; the insured part is the "
            "insured percentage of it. Of a buyer it is to be reported from {report_from} on, by the end of "
            "its extension period, and is listed from {report_ahead_days} days before that. Whether it has "
            "been is in no table of the book. A day that is over when the report is read ({as_of}) is past, "
            "and a stop that begins by then holds deliveries, unless it is paid.",
            report_from=money(run.decisions.report_from, run.currency),
            report_ahead_days=run.decisions.report_ahead_days,
            as_of=day(read_on(book.as_of)),
        ),
        tr(
            "Where nothing earlier in this order is advised, a plan or enforcement is from {days} past due and "
            "{least_amount} on, where it is worth at least {least_gain} more than waiting. All else that is "
            "overdue, and not in dispute, is collected in the ordinary course, also beside other advice; from "
            "{collect_from} of a buyer on it is listed.",
            days=counted(run.payment_plan.least_days_past_due, "day"),
            least_amount=money(run.payment_plan.least_amount, run.currency),
            least_gain=money(run.payment_plan.least_gain, run.currency),
            collect_from=money(run.decisions.collect_from, run.currency),
        ),
        who_decides(run) + f" {due(book)}",
        open_since(),
    ]


def who_decides(run: Run) -> str:
    """Return by which rule the authority for a decision is found."""
    kinds: dict[str, list[str]] = {}
    for kind, who in run.authorities.items():
        kinds.setdefault(who, []).append(f"“{tr(WHAT[kind])}”")
    fixed = [tr("{named} by the {who}", named=listed(named), who=who) for who, named in kinds.items()]
    whatever = tr("Decided whatever the amount: {join}. ", join="; ".join(fixed)) if fixed else ""
    upto = [
        tr("{by} (up to {up_to})", by=level.by, up_to=money(level.up_to, run.currency))
        if level.up_to is not None
        else level.by
        for level in run.limits.approvals
    ]
    return tr(
        "{whatever}All else goes by amount, to the first of {upto} that reaches up to it; what concerns a "
        "limit by the larger of the old and the new one, an excess over the limit to set by what is owed.",
        whatever=whatever,
        upto=listed(upto),
    )


def open_since() -> str:
    """Return what the day is since which a decision is open, and which are new."""
    return tr(
        "Open since is the day on which the matter arose where it has one: on which the oldest debt that is still open "
        "became overdue, came in sight to be reported (from which on it is listed, so many days before its last day), "
        "or became a loss, or that of the default or the stop; else the "
        "day of the first report that asked it. Open is what the month before asked of the same buyer on the same "
        "matter; new is what it did not, and what has arisen since, all debt asked of then being paid."
    )


def due(book: Book) -> str:
    """Return by which rule a decision is due."""
    return tr(
        "The report is read on {as_of}, the first working day after its day: working days until a decision "
        "is due count from then, Monday to Friday without 1 January, 1 May, 25 and 26 December, whatever "
        "the country. A day that the policy sets stands, or the last working day before it; the policy "
        "itself is decided on {working_days} before the last day for its notice.",
        as_of=day(read_on(book.as_of)),
        working_days=counted(DAYS_BEFORE_NOTICE, "working day"),
    )
