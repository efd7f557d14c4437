"""Sentences on early warnings: why each signal warns, what the watchlist is worth, and what was not to be told."""

from collections.abc import Callable

import pandas as pd

from tradecredit.decide.collect.back_test import BY_PD, LATE, WATCHLIST, BackTest
from tradecredit.decide.collect.watchlist import IN, OUT
from tradecredit.measure.habit import FEWEST_WEEKS, SMOOTHING
from tradecredit.numerics.control_charts import average_run_length
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.validation.early_warning import AHEAD_DAYS
from tradecredit.validation.signal_value import ADDS, FEWER, NOTHING, UNKNOWN
from tradecredit.words.formats import count, counted, days, listed, money, percent

SIGNALS = {
    "slower": "slower than its habit",
    "silent": "pays nothing any more",
    "overdue": "long overdue",
    "broken_promises": "broken promises",
    "part_payments": "part payments",
    "disputes": "more disputes",
    "limit_use": "limit used up",
    "orders_surge": "orders surge",
    "orders_stop": "orders cease",
    "grade_fallen": "grade fallen",
    "score_fallen": "agency's score fallen",
    "accounts_overdue": "accounts overdue",
    "sector_worse": "sector pays later",
    "country_worse": "country pays later",
    "group_failed": "group member failed",
    "insurer_cut": "insurer's limit cut",
    "insurer_refused": "insurer insures nothing",
}
"""What each signal (`early_warning.Signal`) is called."""

REASONS: dict[str, Callable[[float, float], str]] = {
    "slower": lambda value, least: (
        f"pays later than its own habit: {value:.1f} standard deviations of its chart, limit {least:g}"
    ),
    "silent": lambda value, least: (
        f"has paid nothing since: by its habit a chance of 1 in {_one_in(value)}, warns from 1 in {_one_in(least)}"
    ),
    "overdue": lambda value, least: f"oldest undisputed invoice {days(value)} overdue, warns from {days(least)}",
    "broken_promises": lambda value, least: (
        f"{counted(int(value), 'promise')} to pay broken, warns from {count(least)}"
    ),
    "part_payments": lambda value, least: f"{counted(int(value), 'part payment')}, warns from {count(least)}",
    "disputes": lambda value, least: f"{counted(int(value), 'new dispute')}, warns from {count(least)}",
    "limit_use": lambda value, least: f"uses {percent(value)} of its limit, warns from {percent(least)}",
    "orders_surge": lambda value, least: f"buys {value:.1f} times its usual amount, warns from {least:g} times",
    "orders_stop": lambda value, most: f"buys {percent(value)} of its usual amount, warns from {percent(most)} down",
    "grade_fallen": lambda value, least: f"grade worse by {count(value)}, warns from {count(least)}",
    "score_fallen": lambda value, least: (
        f"agency's score fell by {value:.1f} standard deviations of all scores, warns from {least:g}"
    ),
    "accounts_overdue": lambda value, least: f"next accounts {days(value)} late, warns from {days(least)}",
    "sector_worse": lambda value, least: (
        f"others of its sector pay {days(value)} later than over the year, warns from {days(least)}"
    ),
    "country_worse": lambda value, least: (
        f"others of its country pay {days(value)} later than over the year, warns from {days(least)}"
    ),
    "group_failed": lambda value, _: f"{counted(int(value), 'other member')} of its group failed within a year",
    "insurer_cut": lambda value, least: (
        f"the insurer took back {percent(value)} of its limit, warns from {percent(least)}"
    ),
    "insurer_refused": lambda *_: "the insurer insures nothing of it any more, or refused to",
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

VERDICTS = {
    ADDS: "adds to it: more of its buyers fail",
    NOTHING: "adds nothing",
    FEWER: "adds nothing: fewer of its buyers fail",
    UNKNOWN: "too few buyers to tell",
}
"""What a signal adds to the default probability (`signal_value.added`)."""

LISTS = {WATCHLIST: "Watchlist", BY_PD: "As many names, by PD alone", LATE: "All more than 60 days overdue"}
"""The lists that are compared (`back_test`)."""


def with_reasons(signals: pd.DataFrame) -> pd.DataFrame:
    """Return the signals (`signals.signals`) with the `reason` of each in a sentence's words, and its name."""
    rows = zip(signals["signal"], signals["signal_value"], signals["warns_from"], strict=True)
    reasons = [REASONS[code](value, least) for code, value, least in rows]
    named = signals["signal"].map(SIGNALS)
    return signals.assign(signal=named, reason=pd.Series(reasons, index=signals.index, dtype="str"))


def with_names(table: pd.DataFrame) -> pd.DataFrame:
    """Return the watchlist, or its moves, with the codes of signals as words."""
    codes = [name for name in ("signals", "came") if name in table]
    return table.assign(**{name: table[name].map(_names) for name in codes})


def with_lists(compared: pd.DataFrame) -> pd.DataFrame:
    """Return `early_warning.compared` with the lists in words."""
    return compared.rename(index=LISTS)


def with_verdicts(added: pd.DataFrame) -> pd.DataFrame:
    """Return `signal_value.added` with signals and verdicts in words."""
    return added.rename(index=SIGNALS).assign(beside_pd=added["beside_pd"].map(VERDICTS).to_numpy())


def watchlist(table: pd.DataFrame, settings: EarlyWarningSettings, currency: str) -> str:
    """Return what stands on the watchlist (`watchlist.watchlist`)."""
    from_ = f"a default probability, moved by the signals, of {percent(settings.list_from)} or more"
    if table.empty:
        return f"No buyer stands on the watchlist: none has {from_}."
    stake, owed, insured = (table[name].sum() for name in ("expected_loss_at_stake", "exposure", "insured_debt"))
    return (
        f"{counted(len(table), 'buyer')} {'stands' if len(table) == 1 else 'stand'} on the watchlist, with {from_}. "
        f"Their exposure is {money(owed, currency)}, the expected loss at stake {money(stake, currency)} before any "
        f"cover; {money(insured, currency)} of what they owe is insured debt."
    )


def moves(table: pd.DataFrame) -> str:
    """Return who moved since the month before (`watchlist.moved`)."""
    came, left = ((table["move"] == move).sum() for move in (IN, OUT))
    worse, better = (
        (sign * (table["grade"].astype("Float64") - table["grade_before"].astype("Float64")) > 0).sum()
        for sign in (1, -1)
    )
    return (
        f"Since the month before {counted(int(came), 'buyer')} came on the watchlist and {count(left)} left it; "
        f"{count(worse)} are in a worse grade and {count(better)} in a better one."
    )


def back_test(found: BackTest) -> str:
    """Return how well the watchlist warned in past months, beside the PD alone and lateness."""
    if found.compared.empty or not found.compared.loc[WATCHLIST, "failures"]:
        return (
            "How well the watchlist warns is not testable with this book: it records no default (table `defaults`) "
            f"{AHEAD_DAYS} days or more after a month end that can be looked back on."
        )
    ours = found.compared.loc[WATCHLIST]
    told = (
        f"At {counted(int(ours['reviews']), 'month end')}, as known then, the list had {count(ours['names_a_review'])} "
        f"names on average. Of {counted(int(ours['failures']), 'later failure')} {percent(ours['share_named'])} "
        f"(90 % interval {percent(ours['share_named_low'])} to {percent(ours['share_named_high'])}) stood on it "
        f"{AHEAD_DAYS} days or more before"
    )
    told += "." if pd.isna(ours["days_ahead"]) else f", in the median {days(ours['days_ahead'])}."
    if pd.notna(ours["false_a_true"]):
        told += (
            f" For each name that failed within a year {count(ours['false_a_true'])} did not "
            f"({count(ours['false_a_true_low'])} to {count(ours['false_a_true_high'])})."
        )
    return f"{told} {_beside(found.compared)}"


def frontier(found: BackTest, settings: EarlyWarningSettings) -> str:
    """Return what other lists of the frontier (`back_test`) would have reached of the run's aims; empty without one."""
    curve = found.frontier[found.frontier["list"] == WATCHLIST].dropna(subset=["share_named", "false_a_true"])
    if curve.empty:
        return ""
    aim = f"{percent(settings.aim_named)} of failures at {count(settings.aim_false)} false names a true one, at most,"
    enough, few = curve["share_named"] >= settings.aim_named, curve["false_a_true"] <= settings.aim_false
    if (enough & few).any():
        best = curve[enough & few].sort_values("false_a_true").iloc[0]
        return (
            f"The aim, {aim} would have been reached with names from a probability of "
            f"{percent(best['list_threshold'])} on: {_point(best)}."
        )
    told = f"The aim, {aim} is reached by no list of the frontier"
    points = [
        f"{lead} from {percent(point['list_threshold'])} on names {_point(point)}"
        for lead, which, order in (
            ("with failures enough the shortest list", enough, "false_a_true"),
            ("with few enough false names the longest", few, "share_named"),
        )
        if which.any()
        for point in [curve[which].sort_values(order, ascending=order == "false_a_true").iloc[0]]
    ]
    return f"{told}: {'; '.join(points)}." if points else f"{told}."


def added(table: pd.DataFrame) -> str:
    """Return which signals add to the default probability, and which do not (`signal_value.added`)."""
    if table.empty:
        return "What the signals add to the default probability is not testable with this book."
    parts = {
        "more of those that it warns of fail than their probability says": table["beside_pd"] == ADDS,
        "nothing beside the probability": table["beside_pd"].isin([NOTHING, FEWER]),
        "too few buyers to tell": table["beside_pd"] == UNKNOWN,
    }
    found = [f"{told}: {listed(_called(table.index[which]))}" for told, which in parts.items() if which.any()]
    return f"What the signals add: {'; '.join(found)}."


def lacking(missing: pd.Series) -> list[str]:
    """Return what is not testable with this book (`signals.lacking`), a sentence for each thing that it lacks."""
    groups = missing.groupby(missing, sort=False)
    return [
        f"Not testable with this book: {listed(_called(rows.index))}. It does not hold {LACKS[lacks]}."
        for lacks, rows in groups
    ]


def assumptions(settings: EarlyWarningSettings) -> list[str]:
    """Return what the watchlist and its signals take for granted."""
    weeks = average_run_length(SMOOTHING, settings.slower_width)
    moving = {name: settings.odds_of(name) for name in SIGNALS}
    stated = [f"{SIGNALS[name]} ×{odds:g}" for name, odds in moving.items() if odds != 1]
    moved = listed(stated) if stated else "no signal"
    return [
        f"Odds of default are moved by {moved} (`early_warning.odds`); all other signals are reasons to look.",
        f"A buyer is slower than its habit from {settings.slower_width:g} standard deviations of its chart on: while "
        f"nothing changes that is a false alarm in {count(round(weeks))} weeks with invoices due, on average "
        f"({count(round(weeks / 52, 1))} years of a buyer that has one every week). Buyers with fewer than "
        f"{FEWEST_WEEKS} such weeks before have no chart.",
        "Accounts are overdue by the time that accounts usually take to be published in this book.",
    ]


def _point(row: pd.Series) -> str:
    return f"{percent(row['share_named'])} of failures at {count(round(row['false_a_true'], 1))} false names a true one"


def _one_in(value: float) -> str:
    return f"{10**value:,.0f}" if value < 6 else "a million or more"


def _names(codes: object) -> str:
    return "; ".join(SIGNALS[code] for code in str(codes).split("; ") if code in SIGNALS)


def _called(codes: pd.Index) -> list[str]:
    return [SIGNALS[code] for code in SIGNALS if code in codes]


def _beside(compared: pd.DataFrame) -> str:
    by_pd, late = (compared.loc[name] for name in (BY_PD, LATE))
    return (
        f"As many names by the probability alone would have held {percent(by_pd['share_named'])} of them; all more "
        f"than 60 days overdue, {count(late['names_a_review'])} names, {percent(late['share_named'])}, at "
        f"{count(late['false_a_true'])} false names a true one."
    )
