"""Sentences on how well the watchlist warned: the back-test, what it asks to decide, and what each signal added."""

import pandas as pd

from tradecredit.book.calendar import read_on
from tradecredit.decide import decisions
from tradecredit.decide.collect.back_test import BY_PD, LATE, WATCHLIST, BackTest, begins
from tradecredit.language import tr
from tradecredit.params.early_warning import EarlyWarningSettings
from tradecredit.params.run import Run
from tradecredit.validation.early_warning import AHEAD_DAYS
from tradecredit.validation.signal_value import ADDS, FEWER, NOTHING, UNKNOWN
from tradecredit.words.early_warning import SIGNALS, called
from tradecredit.words.formats import count, counted, day, days, listed, percent

VERDICTS = {
    ADDS: "adds to it: more of its buyers fail",
    NOTHING: "adds nothing",
    FEWER: "adds nothing: fewer of its buyers fail",
    UNKNOWN: "too few buyers to tell",
}
"""What a signal adds to the default probability (`signal_value.added`)."""

LISTS = {WATCHLIST: "Watchlist", BY_PD: "As many buyers, by PD alone", LATE: "All more than 60 days overdue"}
"""The lists that are compared (`back_test`)."""


def with_lists(compared: pd.DataFrame) -> pd.DataFrame:
    """Return `early_warning.compared` with the lists in words."""
    return compared.rename(index=LISTS)


def with_verdicts(added: pd.DataFrame) -> pd.DataFrame:
    """Return `signal_value.added` with signals and verdicts in words."""
    return added.rename(index=SIGNALS).assign(beside_pd=added["beside_pd"].map(VERDICTS).to_numpy())


def back_test(found: BackTest) -> str:
    """Return how well the watchlist warned in past months, beside the PD alone and lateness."""
    if found.compared.empty or not found.compared.loc[WATCHLIST, "failures"]:
        return tr(
            "How well the watchlist warns is not testable with this book: it records no default (table "
            "`defaults`) {ahead_days} days or more after a month end that can be looked back on.",
            ahead_days=AHEAD_DAYS,
        )
    ours = found.compared.loc[WATCHLIST]
    told = tr(
        "At {month_ends}, as known then, the list had {names_a_review} buyers on average. Of "
        "{later_failures} {share_named} (90 % interval {share_named_low} to {share_named_high}) stood on "
        "it {ahead_days} days or more before",
        month_ends=counted(int(ours["reviews"]), "month end"),
        names_a_review=count(ours["names_a_review"]),
        later_failures=counted(int(ours["failures"]), "later failure"),
        share_named=percent(ours["share_named"]),
        share_named_low=percent(ours["share_named_low"]),
        share_named_high=percent(ours["share_named_high"]),
        ahead_days=AHEAD_DAYS,
    )
    told += (
        "." if pd.isna(ours["days_ahead"]) else tr(", in the median {days_ahead}.", days_ahead=days(ours["days_ahead"]))
    )
    if pd.notna(ours["false_a_true"]):
        told += tr(
            " For each buyer listed that failed within a year {false_a_true} listed ones did not, false "
            "alarms ({false_a_true_low} to {false_a_true_high}).",
            false_a_true=count(round(ours["false_a_true"], 1)),
            false_a_true_low=count(round(ours["false_a_true_low"], 1)),
            false_a_true_high=count(round(ours["false_a_true_high"], 1)),
        )
    return f"{told} {_beside(found.compared)}"


def drawn(found: BackTest) -> pd.DataFrame:
    """Return the frontier as curves: index false alarms a true one, a column for each list, the share warned of."""
    points = found.frontier.dropna(subset=["share_named", "false_a_true"])
    curves = points.pivot_table(index="false_a_true", columns="list", values="share_named")
    return curves.rename(columns=LISTS).interpolate(method="index", limit_area="inside")


def frontier(found: BackTest, settings: EarlyWarningSettings) -> str:
    """Return what other lists of the frontier (`back_test`) would have reached of the run's aims; empty without one."""
    curve = found.frontier[found.frontier["list"] == WATCHLIST].dropna(subset=["share_named", "false_a_true"])
    if curve.empty:
        return ""
    aim = tr(
        "to warn of {aim_named} of failures in time with at most {aim_false} false {alarms} per failure,",
        aim_named=percent(settings.aim_named),
        aim_false=count(settings.aim_false),
        alarms=tr("alarm") if settings.aim_false == 1 else tr("alarms"),
    )
    enough, few = curve["share_named"] >= settings.aim_named, curve["false_a_true"] <= settings.aim_false
    if (enough & few).any():
        best = curve[enough & few].sort_values("false_a_true").iloc[0]
        return tr(
            "The aim, {aim} would have been reached by a list that begins at a probability of "
            "{list_threshold}: {point}.",
            aim=aim,
            list_threshold=percent(best["list_threshold"]),
            point=_point(best),
        )
    told = tr("The aim, {aim} is reached by no list of the frontier", aim=aim)
    points = [
        tr(
            "{lead} begins at {list_threshold} and warns of {point}",
            lead=lead,
            list_threshold=percent(point["list_threshold"]),
            point=_point(point),
        )
        for lead, which, order in (
            (tr("the shortest list that warns of enough failures"), enough, "false_a_true"),
            (tr("the longest list with few enough false alarms"), few, "share_named"),
        )
        if which.any()
        for point in [curve[which].sort_values(order, ascending=order == "false_a_true").iloc[0]]
    ]
    return (f"{told}: {'; '.join(points)}." if points else f"{told}.") + _why(curve, settings)


def _why(curve: pd.DataFrame, settings: EarlyWarningSettings) -> str:
    """Return why no list reaches the aims: how few failures had so high a probability in time as few alarms ask for."""
    needed = 1 / (1 + settings.aim_false)
    likely = curve[curve["list_threshold"] >= needed]
    if likely.empty:
        return ""
    point = likely.sort_values("list_threshold").iloc[0]
    high = percent(point["list_threshold"])
    return tr(
        " Why: so few false alarms mean that {needed} of the listed buyers fail, and only {share_named} of "
        "failures had, in time, a probability of {high} or more; the others looked like many that paid on.",
        needed=percent(needed),
        share_named=percent(point["share_named"]),
        high=high,
    )


def conclusion(found: BackTest, run: Run, as_of: pd.Timestamp) -> str:
    """Return what the back-test asks to decide, by whom and by when; empty where nothing could be tested."""
    if found.compared.empty or not found.compared.loc[WATCHLIST, "failures"]:
        return ""
    ours, now = found.compared.loc[WATCHLIST], run.early_warning.list_from
    best = begins(found, run.early_warning)
    who = decisions.authority(run, "model", pd.Series([float("nan")])).iloc[0]
    by = day(read_on(as_of, run.decisions.days_until_due("model")))
    if best != now:
        return tr(
            "Proposal: let the list begin at {best} in place of {now} (`early_warning.list_from`), which "
            "reaches the aim. The {who} decides by {by}.",
            best=percent(best),
            now=percent(now),
            who=who,
            by=by,
        )
    reaches = ours["share_named"] >= run.early_warning.aim_named and (
        ours["false_a_true"] <= run.early_warning.aim_false
    )
    why = tr("it reaches the aim") if reaches else tr("no list of the frontier reaches the aim")
    return tr(
        "Proposal: keep the list as it is, from {now} on: {why}.{plain} The {who} decides by {by} whether "
        "to move it (`early_warning.list_from`).",
        now=percent(now),
        why=why,
        plain=_plain(ours, found.compared.loc[LATE]),
        who=who,
        by=by,
    )


def added(table: pd.DataFrame) -> str:
    """Return which signals add to the default probability, and which do not (`signal_value.added`)."""
    if table.empty:
        return tr("What the signals add to the default probability is not testable with this book.")
    parts = {
        tr("more of those that it warns of fail than their probability says"): table["beside_pd"] == ADDS,
        tr("nothing beside the probability"): table["beside_pd"].isin([NOTHING, FEWER]),
        tr("too few buyers to tell"): table["beside_pd"] == UNKNOWN,
    }
    found = [f"{told}: {listed(called(table.index[which]))}" for told, which in parts.items() if which.any()]
    return tr("What the signals add: {join}.", join="; ".join(found))


def _plain(ours: pd.Series, late: pd.Series) -> str:
    """Return how the plain list by lateness did beside the watchlist, as a sentence after a space."""
    overlap = (
        late["share_named_low"] <= ours["share_named_high"] and ours["share_named_low"] <= late["share_named_high"]
    )
    apart = (
        tr("the intervals overlap, so that of this the back-test cannot tell")
        if overlap
        else tr("the intervals do not overlap")
    )
    difference = late["share_named"] - ours["share_named"]
    named = (
        tr("of more failures")
        if difference > 0
        else tr("of fewer failures")
        if difference < 0
        else tr("of as many failures")
    )
    return tr(
        " The plain list of all more than 60 days overdue warned {named} ({share_named}, {share_named_low} "
        "to {share_named_high}; {apart}), with {false_a_true} false alarms per failure, against "
        "{false_a_true_2}.",
        named=named,
        share_named=percent(late["share_named"]),
        share_named_low=percent(late["share_named_low"]),
        share_named_high=percent(late["share_named_high"]),
        apart=apart,
        false_a_true=count(round(late["false_a_true"], 1)),
        false_a_true_2=count(round(ours["false_a_true"], 1)),
    )


def _point(row: pd.Series) -> str:
    false = count(round(row["false_a_true"], 1))
    return tr(
        "{share_named} of failures with {false} false alarms per failure",
        share_named=percent(row["share_named"]),
        false=false,
    )


def _beside(compared: pd.DataFrame) -> str:
    by_pd, late = (compared.loc[name] for name in (BY_PD, LATE))
    return tr(
        "A list of as many buyers by the default probability alone would have warned of {share_named} of "
        "these failures; the list of all more than 60 days overdue, of {names_a_review} buyers, "
        "{share_named_2}, with {false_a_true} false alarms per failure.",
        share_named=percent(by_pd["share_named"]),
        names_a_review=count(round(late["names_a_review"], 1)),
        share_named_2=percent(late["share_named"]),
        false_a_true=count(round(late["false_a_true"], 1)),
    )
