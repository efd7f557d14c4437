"""What the summary says of all chapters' decisions and figures: the table to decide from, and what it leaves out."""

import re
from collections.abc import Mapping

import pandas as pd

from tradecredit.decide.decisions import FIRST, GONE, NO_MORE, OPEN, OTHERWISE, by_kind
from tradecredit.language import tr
from tradecredit.params.decisions import ORDINARY
from tradecredit.params.run import Run
from tradecredit.words.codes import in_words
from tradecredit.words.decisions import STAKES, WHAT, asked_as, decided_by, who_and_when
from tradecredit.words.formats import counted, day, listed, money, percent, staked, whole

COLUMNS = ["what", "authority", "first_due_day", "amount", "stake", "buyers", "since", "state"]
NAMED = 3
"""Decisions below the table that its sentence names."""

CHANGES = ["label", "this_month", "previous_month", "change"]


def to_decide(decisions: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return decisions for the summary: one row for each kind, in the order in which they are to be taken.

    `decisions`: `decisions.COLUMNS`, of all chapters. Columns of `by_kind` with `what` in words first, what the amount
    is (`stake`), who decides in words (`decided_by`), how many are new where not all are, the first of the days on
    which they are due (`first_due_day`), and `link`, the address of the list that shows them.
    """
    table = by_kind(decisions, run)
    some = (table["state"] == OPEN) & (table["new"] > 0)
    news = [
        tr("{new} of {buyers} new", new=new, buyers=buyers)
        for new, buyers in zip(table["new"], table["buyers"], strict=True)
    ]
    table = table.assign(
        link=table["chapter"] + ".html#" + table["anchor"],
        authority=decided_by(table), state=table["state"].mask(some, news), stake=table["decision"].map(STAKES),
        buyers=table["buyers"].astype("float64").where(table["buyers"] > 0), was=asked_as(table),
    ).rename(columns={"due_day": "first_due_day"})  # fmt: skip
    table.insert(0, "what", table["decision"].map(WHAT))
    return table


WITHOUT_SALES = "cover_value_without_sales"
"""The figure that the sign of the policy's value may rest on."""


def cards(table: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return the first rows of `to_decide` as cards: `title`, `link`, `figure` (the amount and what it is), `text`."""
    shown = table.head(run.decisions.shown)
    figures = [
        staked(money(row["amount"], run.currency), tr(row["stake"])) if pd.notna(row["amount"]) else tr(row["stake"])
        for _, row in shown.iterrows()
    ]
    texts = [
        tr(
            "{authority}, by {first_due_day}",
            authority=_capital(_deciding(in_words(row["authority"]))),
            first_due_day=day(row["first_due_day"]),
        )
        + (f"; {counted(int(row['buyers']), 'buyer')}" if pd.notna(row["buyers"]) else "")
        for _, row in shown.iterrows()
    ]
    return pd.DataFrame({"title": shown["what"], "link": shown["link"], "figure": figures, "text": texts})


def _deciding(who: str) -> str:
    """Return who decides, or how many of the buyers each of several does."""
    each = [re.fullmatch(r"(.+) (\d+)", one) for one in who.split(tr(", "))]
    if not all(each):
        return who
    return listed(tr("{who} on {number}", who=one[1], number=one[2]) for one in each if one)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def answers(figures: Mapping[str, tuple], changes: pd.DataFrame, table: pd.DataFrame, run: Run) -> list[str]:
    """Return the report in three sentences, each with what it is about: today, the year ahead, what is to be decided.

    `figures`: of `index.picked`, by name; `changes`: `index.changes`; `table`: `to_decide`. What is not known is left
    out.
    """
    told = (
        (tr("Today"), _changed(figures, changes, run)),
        (tr("The year ahead"), _may_cost(figures, run)),
        (tr("To decide"), _asked(table, run)),
    )
    return [tr("**{about}:** {text}", about=about, text=text) for about, text in told if text]


def _changed(figures: Mapping[str, tuple], changes: pd.DataFrame, run: Run) -> str:
    owed, overdue = (_value(figures, name) for name in ("receivables", "overdue_amount"))
    if owed is None or overdue is None:
        return ""
    moved = changes.drop_duplicates("name").set_index("name")["change"].get("receivables")
    since = changes["previous_as_of"].max()
    told = ""
    if pd.notna(moved) and moved:
        told = tr(
            ", {amount} {more} than on {since}",
            amount=money(abs(moved), run.currency),
            more=tr("more") if moved > 0 else tr("less"),
            since=day(since),
        )
    share = f" ({percent(overdue / owed)})" if owed else ""
    return tr(
        "Customers owe **{owed}**{told}; {overdue}{share} of it is overdue.",
        owed=money(owed, run.currency),
        told=told,
        overdue=money(overdue, run.currency),
        share=share,
    )


def _may_cost(figures: Mapping[str, tuple], run: Run) -> str:
    gross, kept = (_value(figures, name) for name in ("expected_loss_simulated", "retained_expected"))
    bad, bad_kept = (_value(figures, name) for name in ("es_99", "retained_es_99"))
    if gross is None or bad is None:
        return ""
    if kept is None or bad_kept is None:
        return tr(
            "The next 12 months are expected to lose **{gross}**, the worst 1 % of years {bad} on average.",
            gross=money(gross, run.currency),
            bad=money(bad, run.currency),
        )
    return tr(
        "The next 12 months are expected to lose **{gross}**, of which {kept} stays with us under the "
        "policy in force, and the worst 1 % of years {bad} on average, of which {bad_kept} stays; its cost comes on "
        "top.{worth}",
        gross=money(gross, run.currency),
        kept=money(kept, run.currency),
        bad=money(bad, run.currency),
        bad_kept=money(bad_kept, run.currency),
        worth=_worth(figures, run),
    )


def _worth(figures: Mapping[str, tuple], run: Run) -> str:
    """Return what the value of the policy in force rests on where its sign does; empty else."""
    value, without = (_value(figures, name) for name in ("cover_value", WITHOUT_SALES))
    if value is None or without is None or (value > 0) == (without > 0):
        return ""
    return tr(
        " A year with it is worth {value}, without the sales that only cover allows {without}.",
        value=money(value, run.currency),
        without=money(without, run.currency),
    )


def _asked(table: pd.DataFrame, run: Run) -> str:
    if table.empty:
        return tr("Nothing needs a decision.")
    reserved = table[table["decision"].isin(run.reserved)]
    highest = run.levels[-1]
    first = table.iloc[0]
    told = tr(
        "{kinds} of decision{s_wait}; the first, “{what}”, is due by {first_due_day}",
        kinds=counted(len(table), "kind"),
        s_wait=tr("s wait") if len(table) > 1 else tr(" waits"),
        what=tr(first["what"]),
        first_due_day=day(first["first_due_day"]),
    )
    if len(reserved):
        told += tr(
            "; the {highest} decides on {what}",
            highest=highest,
            what=listed([f"“{tr(what)}”" for what in reserved["what"]]),
        )
    return f"{told}."


def _value(figures: Mapping[str, tuple], name: str) -> float | None:
    value = figures[name][0] if name in figures else None
    return None if value is None or pd.isna(value) else float(value)


def one_by_one(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return all decisions with `what` in words first, what the amount is, and the address of the list of each."""
    table = decisions.assign(
        link=decisions["chapter"] + ".html#" + decisions["anchor"], stake=decisions["decision"].map(STAKES)
    )
    table = table.assign(was=table["was"].map(WHAT))
    table.insert(0, "what", table["decision"].map(WHAT))
    return table


def columns(decisions: pd.DataFrame) -> list[str]:
    """Return the columns of `to_decide` that a page shows: no state where no earlier report tells of any."""
    return [name for name in COLUMNS if name != "state" or not is_first(decisions)]


def is_first(decisions: pd.DataFrame) -> bool:
    """Return whether no earlier report tells of any decision whether it is new."""
    return bool(len(decisions)) and bool((decisions["state"] == FIRST).all())


def left_out(table: pd.DataFrame, run: Run) -> str:
    """Return what of `to_decide` is below the rows that the summary shows; empty where nothing is.

    Named, each with its amount, is what the highest authority decides by its kind, on how many of the others it decides
    by their amount, and the next `NAMED` of these. Amounts of several kinds are no sum of anything.
    """
    others = table.iloc[run.decisions.shown :]
    if others.empty:
        return ""
    reserved, highest = others["decision"].isin(run.reserved), run.levels[-1]
    told = [
        tr(
            "{kinds}{of_decision_is} not shown",
            kinds=counted(len(others), "kind"),
            of_decision_is=tr(" of decision is") if len(others) == 1 else tr(" of decisions are"),
        )
    ]
    for chosen, called in (
        (others[reserved], tr("reserved to the {highest}", highest=highest)),
        (others[~reserved].head(NAMED), tr("next in order")),
    ):  # fmt: skip
        if len(chosen):
            told.append(f"{called}: {listed([_named(row, run.currency) for _, row in chosen.iterrows()])}")
    by_amount = others[~reserved & others["authority"].str.startswith(highest) & others["buyers"].notna()]
    if len(by_amount):
        some = [
            tr("{decides_on} of “{what}”", decides_on=whole(row["decides_on"]), what=tr(row["what"]))
            for _, row in by_amount.iterrows()
        ]
        told.append(tr("by their amount the {highest}'s too: {some}", highest=highest, some=listed(some)))
    return tr("{join}. The report lists all kinds.", join="; ".join(told))


def decided(told: Mapping[str, str], decisions: pd.DataFrame, run: Run, *kinds: str) -> str:
    """Return what decisions of some kinds ask for, each with who takes it and by when; empty where none is asked.

    `told`: kind → sentence, of their chapter; `decisions`: `decisions.COLUMNS`.
    """
    rows = by_kind(decisions[decisions["decision"].isin(kinds)], run).set_index("decision")
    return " ".join(
        f"{told[kind]} {who_and_when(rows.loc[kind])}" for kind in kinds if kind in told and kind in rows.index
    )


def _named(row: pd.Series, currency: str) -> str:
    amount = (
        f" ({staked(money(row['amount'], currency), tr(STAKES[row['decision']]))})" if pd.notna(row["amount"]) else ""
    )
    return f"“{tr(row['what'])}”{amount}"


def states(decisions: pd.DataFrame) -> str:
    """Return how many decisions of the month before are asked no more, or that there is no month before.

    Of those that another decision replaces, how many were replaced by one of the same kind, on debt of later.
    """
    if is_first(decisions):
        return tr(
            "This is the first report: which decisions are new will be known from the next one on. The day since which "
            "one is open is that of the ledger or the policy, else the day of the report."
        )
    gone, moved = decisions[decisions["state"].isin(GONE)], int(decisions["was"].notna().sum())
    told = []
    if moved:
        told.append(
            tr(
                "{decisions} of the month before {go} on as another kind, open since then.",
                decisions=counted(moved, "decision"),
                go=tr("goes") if moved == 1 else tr("go"),
            )
        )
    for state, called in ((NO_MORE, NO_MORE), (OTHERWISE, tr("{otherwise} on the same buyer", otherwise=OTHERWISE))):
        some = gone[gone["state"] == state]
        usual, again = int(some["decision"].isin(ORDINARY).sum()), _asked_again(some, decisions)
        if len(some):
            told.append(
                tr(
                    "{decisions} of the month before {are} {called}{told}{told_2}.",
                    decisions=counted(len(some), "decision"),
                    are=tr("is") if len(some) == 1 else tr("are"),
                    called=called,
                    told=tr(", {again} of them by a new one of the same kind, on later debt", again=whole(again))
                    if again
                    else "",
                    told_2=tr("; {usual} were in the ordinary course", usual=whole(usual)) if usual else "",
                )
            )
    return " ".join(told)


def _asked_again(gone: pd.DataFrame, decisions: pd.DataFrame) -> int:
    """Return of how many decisions that are asked no more there is one of the same kind on the same buyer."""
    keys = ["decision", "buyer_id"]
    live = decisions.loc[~decisions["state"].isin(GONE) & decisions["buyer_id"].notna(), keys]
    return len(gone.merge(live, on=keys))


def changed_columns(changes: pd.DataFrame) -> list[str]:
    """Return the columns of `index.changes` that a page shows: this month's figures alone where none is earlier."""
    return CHANGES if changes["previous_as_of"].notna().any() else CHANGES[:2]


def estimated(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of `index.changes` that are known this month or the month before."""
    return changes[changes["this_month"].notna() | changes["previous_month"].notna()].reset_index(drop=True)


def not_estimated(changes: pd.DataFrame) -> str:
    """Return which figures of `index.changes` are known in neither month; empty where all are."""
    names = changes.loc[changes["this_month"].isna() & changes["previous_month"].isna(), "label"]
    if names.empty:
        return ""
    return tr(
        "Not to be had from this book, {figures}: {join}. Why is told in their chapters.",
        figures=counted(len(names), "figure"),
        join="; ".join(names),
    )


def since_when(changes: pd.DataFrame) -> str:
    """Return what the change is taken from, or that there is nothing to take it from; `changes`: `index.changes`."""
    if changes["previous_as_of"].notna().any():
        return tr(
            "The change is this month's figure minus that of the last month reported before. A figure that is new or "
            "was reported in another unit has none."
        )
    return tr("No earlier month has been reported: changes are told from the next report on.")
