"""Sentences on early warnings: why each signal warns, who is on the watchlist and moved on it, what is assumed."""

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter

import pandas as pd

from tradecredit.decide.collect.watchlist import FAILED, IN, OUT, WORSE
from tradecredit.language import tr
from tradecredit.measure.habit import FEWEST_WEEKS, SMOOTHING
from tradecredit.numerics.control_charts import average_run_length
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.validation.signal_value import ADDS, FEWER, NOTHING, UNKNOWN
from tradecredit.words.codes import in_words
from tradecredit.words.decisions import WHAT
from tradecredit.words.formats import (
    brief_day,
    count,
    counted,
    days,
    first_of,
    fixed,
    listed,
    money,
    percent,
    probability,
    short,
)

UNDECIDED = "nothing is decided: watch it"

SIGNALS = {
    "slower": "slower payment than its habit",
    "silent": "stop of payments",
    "overdue": "long overdue",
    "broken_promises": "broken promises",
    "part_payments": "part payments",
    "disputes": "more disputes",
    "limit_use": "limit used up",
    "orders_surge": "surge of orders",
    "orders_stop": "stop of orders",
    "grade_fallen": "downgrade",
    "score_fallen": "lower agency score",
    "accounts_overdue": "overdue accounts",
    "sector_worse": "slower payment in its sector",
    "country_worse": "slower payment in its country",
    "group_failed": "default in its group",
    "insurer_cut": "cut of the insurer's limit",
    "insurer_refused": "refusal or withdrawal of cover",
}
"""What each signal (`early_warning.Signal`) is called."""

REASONS: dict[str, Callable[[float, float], str]] = {
    "slower": lambda value, least: tr(
        "pays later than its own habit: {value} standard deviations of its chart, limit {least}",
        value=fixed(value, 1),
        least=short(least),
    ),
    "silent": lambda value, least: tr(
        "has paid nothing since: by its habit a chance of 1 in {one_in}, warns from 1 in {one_in_2}",
        one_in=_one_in(value),
        one_in_2=_one_in(least),
    ),
    "overdue": lambda value, least: tr(
        "oldest undisputed invoice {value} overdue, warns from {least}", value=days(value), least=days(least)
    ),
    "broken_promises": lambda value, least: tr(
        "{promises} to pay broken, warns from {least}", promises=counted(int(value), "promise"), least=count(least)
    ),
    "part_payments": lambda value, least: tr(
        "{part_payments}, warns from {least}", part_payments=counted(int(value), "part payment"), least=count(least)
    ),
    "disputes": lambda value, least: tr(
        "{new_disputes}, warns from {least}", new_disputes=counted(int(value), "new dispute"), least=count(least)
    ),
    "limit_use": lambda value, least: tr(
        "uses {value} of its limit, warns from {least}", value=percent(value), least=percent(least)
    ),
    "orders_surge": lambda value, least: tr(
        "buys {value} times its usual amount, warns from {least} times", value=fixed(value, 1), least=short(least)
    ),
    "orders_stop": lambda value, most: tr(
        "buys {value} of its usual amount, warns at {most} or less", value=percent(value), most=percent(most)
    ),
    "grade_fallen": lambda value, least: tr(
        "grade worse by {value}, warns from {least}", value=count(value), least=count(least)
    ),
    "score_fallen": lambda value, least: tr(
        "agency's score fell by {value} standard deviations of all scores, warns from {least}",
        value=fixed(value, 1),
        least=short(least),
    ),
    "accounts_overdue": lambda value, least: tr(
        "next accounts {value} late, warns from {least}", value=days(value), least=days(least)
    ),
    "sector_worse": lambda value, least: tr(
        "others of its sector pay {value} later than over the year, warns from {least}",
        value=days(value),
        least=days(least),
    ),
    "country_worse": lambda value, least: tr(
        "others of its country pay {value} later than over the year, warns from {least}",
        value=days(value),
        least=days(least),
    ),
    "group_failed": lambda value, _: tr(
        "{other_members} of its group failed within a year", other_members=counted(int(value), "other member")
    ),
    "insurer_cut": lambda value, least: tr(
        "the insurer took back {value} of its limit, warns from {least}", value=percent(value), least=percent(least)
    ),
    "insurer_refused": lambda *_: tr("the insurer insures nothing of it any more, or refused to"),
}
"""Signal: why it warns, from its value and the value that warns."""

LACKS = {
    "payments": "the days on which invoices were paid",
    "promises": "promises to pay (table `promises`)",
    "disputes": "disputes (table `disputes`)",
    "limits": "limits (table `limits`)",
    "sales": "a buyer's purchases over enough months",
    "history": "enough months before, for a grade to have fallen in",
    "scores": "two scores of an agency for a buyer (table `scores`)",
    "statements": "accounts (table `statements`)",
    "sectors": "enough buyers of a known sector (`sector` of `buyers`)",
    "countries": "enough buyers of a known country (`country` of `buyers`)",
    "groups": "groups (`group_id` of `buyers`, table `ownership`) with defaults (table `defaults`)",
    "limits of the insurer": "decisions of an insurer (table `limits`, source `insurer`)",
}
"""What a book lacks (`signals.LACKS`), in words."""


def with_reasons(signals: pd.DataFrame) -> pd.DataFrame:
    """Return the signals (`signals.signals`) with the `reason` of each in a sentence's words, and its name."""
    rows = zip(signals["signal"], signals["signal_value"], signals["warns_from"], strict=True)
    reasons = [REASONS[code](value, least) for code, value, least in rows]
    named = signals["signal"].map(SIGNALS)
    return signals.assign(signal=named, reason=pd.Series(reasons, index=signals.index, dtype="str"))


def with_names(table: pd.DataFrame) -> pd.DataFrame:
    """Return the watchlist, or its moves, with the codes of signals as words; of a move its `move_reason`."""
    codes = [name for name in ("signals", "came", "went") if name in table]
    told = table.assign(**{name: table[name].map(_names) for name in codes})
    if "move" not in table:
        return told
    rows = zip(*(told[name] for name in ("move", "came", "went", "exposure", "moved_by", "moved_from")), strict=True)
    return told.assign(move_reason=pd.Series([_reason(*row) for row in rows], index=told.index, dtype="str"))


def with_decisions(table: pd.DataFrame) -> pd.DataFrame:
    """Return the watchlist (`watched.with_decisions`) with what is decided in words."""
    each = zip(table["doing"], table["each_authority"], table["each_due"], strict=True)
    told = ["; ".join(_doing(*row)) or UNDECIDED for row in each]
    return table.assign(doing=pd.Series(told, index=table.index, dtype="str"))


def _doing(kinds: str, authorities: str, due: str) -> list[str]:
    """Return what is decided on a buyer, each with its day, of each who decides in turn."""
    rows = [row for row in zip(authorities.split("; "), kinds.split("; "), due.split("; "), strict=True) if row[1]]
    told = []
    for who, of_one in groupby(rows, key=itemgetter(0)):
        each = [tr("{what} by {by}", what=tr(WHAT[kind]), by=brief_day(pd.Timestamp(by))) for _, kind, by in of_one]
        told.append(tr("{who}: {decided}", who=in_words(who), decided=tr(", ").join(each)))
    return told


def watchlist(table: pd.DataFrame, settings: EarlyWarningSettings, currency: str) -> str:
    """Return what stands on the watchlist, and what is decided on it (`watched.with_decisions`)."""
    from_ = tr(
        "a default probability, moved by the signals, of {list_from} or more", list_from=percent(settings.list_from)
    )
    if table.empty:
        return tr("No buyer stands on the watchlist: none has {a_from}.", a_from=from_)
    stake, owed, insured, doubt = (
        table[name].sum() for name in ("expected_loss_at_stake", "exposure", "insured_debt", "in_doubt")
    )
    told = tr(
        "{buyers} {stand} on the watchlist, with {a_from}. Their exposure is {owed}; of it {stake} is expected to be "
        "lost with the signals, {by_model} by the model without them, before any cover; {insured} of what they owe is "
        "insured debt",
        buyers=counted(len(table), "buyer"),
        stand=tr("stands") if len(table) == 1 else tr("stand"),
        a_from=from_,
        owed=money(owed, currency),
        stake=money(stake, currency),
        by_model=money(table["expected_loss_owed"].sum(), currency),
        insured=money(insured, currency),
    )
    told += (
        tr(", of which {doubt} is in doubt, as a report or a claim is late.", doubt=money(doubt, currency))
        if doubt > 0
        else "."
    )
    open_ = table[table["doing"] == ""]
    if len(open_):
        told += tr(" Nothing is decided on {index}.", index=listed(open_.index))
    return told


def moves(table: pd.DataFrame, settings: EarlyWarningSettings, currency: str) -> str:
    """Return who moved since the month before (`watchlist.moved`), and who failed without being on the list."""
    came, left = (int((table["move"] == move).sum()) for move in (IN, OUT))
    failed, watched = table["move"] == FAILED, table["listed_before"].astype(bool)
    alive = table[~failed]
    worse, better = (
        (sign * (alive["grade"].astype("Float64") - alive["grade_before"].astype("Float64")) > 0).sum()
        for sign in (1, -1)
    )
    told = tr(
        "Since the month before {buyers} came on the watchlist{who} and {left} left it; ",
        buyers=counted(came, "buyer"),
        who=tr(" ({names})", names=first_of(table.index[table["move"] == IN].tolist(), 5)) if came else "",
        left=count(left),
    )
    if failed.any():
        told += tr(
            "{failed} failed, {failed_2} of them from the list; ",
            failed=count(int(failed.sum())),
            failed_2=count(int((failed & watched).sum())),
        )
    told = tr(
        "{told}{worse} {are} in a worse grade and {better} in a better one.",
        told=told,
        worse=count(worse),
        are=tr("is") if worse == 1 else tr("are"),
        better=count(better),
    )
    return told + _unwarned(table[failed & ~watched & (table["exposure"] > 0)], settings, currency)


def _unwarned(failed: pd.DataFrame, settings: EarlyWarningSettings, currency: str) -> str:
    """Return which buyer that failed without being on the list owes most, as a sentence; empty where none does."""
    if failed.empty:
        return ""
    row = failed.sort_values("exposure", ascending=False, kind="stable").iloc[0]
    return tr(
        " {buyer}, which owes {exposure}, failed without having stood on the list: its probability with signals was "
        "{before} a month ago, and the list begins at {list_from}.",
        buyer=row.name,
        exposure=money(row["exposure"], currency),
        before=probability(row["pd_warned_before"]),
        list_from=percent(settings.list_from),
    )


def lacking(missing: pd.Series) -> list[str]:
    """Return what is not testable with this book (`signals.lacking`), a sentence for each thing that it lacks."""
    groups = missing.groupby(missing, sort=False)
    return [
        tr(
            "Not testable with this book: {called}. It does not hold {lacks}.",
            called=listed(called(rows.index)),
            lacks=tr(LACKS[lacks]),
        )
        for lacks, rows in groups
    ]


def assumptions(settings: EarlyWarningSettings, tested: pd.DataFrame) -> list[str]:
    """Return what the watchlist and its signals take for granted. `tested`: `signal_value.added`."""
    weeks = average_run_length(SMOOTHING, settings.slower_width)
    moving = {name: settings.odds_of(name) for name in SIGNALS}
    stated = [f"{tr(SIGNALS[name])} ×{short(odds)}" for name, odds in moving.items() if odds != 1]
    moved = listed(stated) if stated else tr("no signal")
    return [
        tr(
            "Odds of default are moved by {moved}: judgement, stated in the run file "
            "(`early_warning.odds`).{borne_out} All other signals are reasons to look.",
            moved=moved,
            borne_out=_borne_out([name for name, odds in moving.items() if odds != 1], tested),
        ),
        tr(
            "A buyer is slower than its habit from {slower_width} standard deviations of its chart on: while "
            "nothing changes that is a false alarm in {weeks} weeks with invoices due, on average ({weeks_2} "
            "years of a buyer that has one every week). Buyers with fewer than {fewest_weeks} such weeks "
            "before have no chart.",
            slower_width=short(settings.slower_width),
            weeks=count(round(weeks)),
            weeks_2=count(round(weeks / 52, 1)),
            fewest_weeks=FEWEST_WEEKS,
        ),
        tr("Accounts are overdue by the time that accounts usually take to be published in this book."),
    ]


def _borne_out(moving: list[str], tested: pd.DataFrame) -> str:
    """Return what the past of the book says of the signals that move the odds, as sentences after a space."""
    verdicts = tested["beside_pd"].reindex(moving).fillna(UNKNOWN) if len(tested) else pd.Series(UNKNOWN, index=moving)
    told = {
        tr("bears out"): verdicts == ADDS, tr("finds nothing for"): verdicts.isin([NOTHING, FEWER]),
        tr("cannot tell of"): verdicts == UNKNOWN,
    }  # fmt: skip
    parts = [f"{verb} {listed(called(verdicts.index[which]))}" for verb, which in told.items() if which.any()]
    return tr(" The past of this book {parts}.", parts=listed(parts)) if parts else ""


def _reason(move: str, came: str, went: str, exposure: float, by: str, before: str) -> str:
    """Return why a buyer has moved: the signals that changed with the move, else the input that moved its probability;
    and the signals that changed against it.
    """
    if move == FAILED:
        return tr("in default")
    if move == OUT and pd.isna(exposure):
        return tr("neither owes nor buys any more")
    new, cleared = (tr("new signal: {names}", names=came), came), (tr("signal cleared: {names}", names=went), went)
    (told, caused), (other, against) = (new, cleared) if move in (IN, WORSE) else (cleared, new)
    if not caused:
        told = _by_input(by, before)
    if against:
        return tr("{told}, despite a {other}", told=told, other=other)
    return told if caused else tr("no signal changed: {told}", told=told)


def _by_input(by: str, before: str) -> str:
    """Return which input moved a buyer's probability, now and a month before; where none did, what is left."""
    if not by:
        return tr("no input changed much; the level of all buyers, or the model, did")
    if not before:
        return in_words(by)
    return tr("{now} (a month before: {then})", now=in_words(by), then=in_words(before))


def _one_in(value: float) -> str:
    return fixed(10**value, 0) if value < 6 else tr("a million or more")


def _names(codes: object) -> str:
    return "; ".join(tr(SIGNALS[code]) for code in str(codes).split("; ") if code in SIGNALS)


def called(codes: pd.Index) -> list[str]:
    """Return what signals are called, in the order of `SIGNALS`."""
    return [tr(SIGNALS[code]) for code in SIGNALS if code in codes]
