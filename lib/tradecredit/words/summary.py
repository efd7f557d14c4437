"""What the summary says of all chapters' decisions and figures: the table to decide from, and what it leaves out."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from tradecredit.decide.decisions import FIRST, GONE, NO_MORE, OPEN, OTHERWISE, by_kind
from tradecredit.language import tr, tr_number
from tradecredit.params.decisions import ORDINARY
from tradecredit.params.run import Run
from tradecredit.words.codes import in_words
from tradecredit.words.decisions import STAKES, WHAT, asked_as, decided_by, stake, who_and_when
from tradecredit.words.formats import (
    PARAGRAPH,
    counted,
    day,
    days,
    first_part,
    listed,
    money,
    percent,
    probability,
    staked,
    whole,
)

COLUMNS = ["what", "authority", "first_due_day", "amount", "stake", "buyers", "since", "state"]
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
        authority=decided_by(table), state=table["state"].mask(some, news), stake=stake(table),
        buyers=table["buyers"].astype("float64").where(table["buyers"] > 0), was=asked_as(table),
    ).rename(columns={"due_day": "first_due_day"})  # fmt: skip
    table.insert(0, "what", table["decision"].map(WHAT))
    return _soonest_reserved(table, run)


def _soonest_reserved(table: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return the kinds with those reserved to the highest authority by their due day, those without an amount last."""
    reserved = table["decision"].isin(run.reserved).to_numpy()
    order, places = np.arange(len(table)), np.flatnonzero(reserved)
    # In this order: an empty frame to which a column is assigned takes all rows of that column.
    of = table.assign(unknown=table["amount"].isna())[reserved]
    order[places] = places[np.lexsort((of["first_due_day"].to_numpy("datetime64[us]"), of["unknown"]))]
    return table.iloc[order].reset_index(drop=True)


def cards(table: pd.DataFrame, told: Mapping[str, str], run: Run) -> pd.DataFrame:
    """Return the first rows of `to_decide` as cards: `title`, `link`, `figure` (the amount and what it is), `text`.

    `told`: kind → sentences of its chapter; the first paragraph of the policy's says which is advised, and its price.
    """
    shown = table.head(run.decisions.shown)
    figures = [
        staked(money(row["amount"], run.currency), tr(row["stake"])) if pd.notna(row["amount"]) else tr(row["stake"])
        for _, row in shown.iterrows()
    ]
    texts = [_by_when(row) for _, row in shown.iterrows()]
    if "policy" in told:
        texts = [
            f"{first_part(told['policy'])[0]} {text}" if kind == "policy" else text
            for kind, text in zip(shown["decision"], texts, strict=True)
        ]
    return pd.DataFrame({"title": shown["what"], "link": shown["link"], "figure": figures, "text": texts})


def _by_when(row: pd.Series) -> str:
    """Return how many buyers a kind of decision is about, who decides on them, and by when."""
    who, when = _deciding(in_words(row["authority"])), day(row["first_due_day"])
    if pd.isna(row["buyers"]):
        return tr("{authority}, by {first_due_day}", authority=who[:1].upper() + who[1:], first_due_day=when)
    buyers = counted(int(row["buyers"]), "buyer")
    if row["last_due_day"] > row["first_due_day"]:
        return tr(
            "{buyers}, the first by {first_due_day} ({authority})", buyers=buyers, first_due_day=when, authority=who
        )
    return tr("{buyers}, by {first_due_day} ({authority})", buyers=buyers, first_due_day=when, authority=who)


def _deciding(who: str) -> str:
    """Return who decides, or how many of the buyers each of several does."""
    each = [re.fullmatch(r"(.+) (\d+)", one) for one in who.split(tr(", "))]
    if not all(each):
        return who
    return listed(tr("{who} on {number}", who=one[1], number=one[2]) for one in each if one)


def beside(figures: Mapping[str, tuple], run: Run, covered: float = 0.0) -> dict[str, str]:
    """Return what tiles of the summary say below their figure, by its name; `figures`: of `index.picked`.

    `covered`: what of the overdue invoices buyers have paid on account (`set_off.set_off`), in the reporting currency.
    """
    without, window = _value(figures, "cover_value_without_sales"), _value(figures, "dso")
    told = {}
    if covered >= 0.5:
        told["overdue_amount"] = tr(
            "{covered} of it is covered by money on account", covered=money(covered, run.currency)
        )
    if without is not None:
        told["cover_value"] = tr(
            "{without} without the sales that only cover allows", without=money(without, run.currency)
        )
    if window is not None:
        told["dso_countback"] = tr(
            "{dso} by the sales of {months}", dso=days(window), months=counted(run.receivables.sales_months, "month")
        )
    return told


def answers(figures: Mapping[str, tuple], changes: pd.DataFrame, table: pd.DataFrame, run: Run) -> list[str]:
    """Return the report in three sentences, each with what it is about: today, the year ahead, what is to be decided.

    `figures`: of `index.picked`, by name; `changes`: `index.changes` of what was reported, or told of past month ends;
    `table`: `to_decide`. What is not known is left out.
    """
    told = (
        (tr("Today"), _changed(figures, changes, run)),
        (tr("The year ahead"), f"{_may_cost(figures, run)}{_short(figures)}".strip()),
        (tr("To decide"), _asked(table, run)),
    )
    return [tr("**{about}:** {text}", about=about, text=text) for about, text in told if text]


def _changed(figures: Mapping[str, tuple], changes: pd.DataFrame, run: Run) -> str:
    owed, overdue = (_value(figures, name) for name in ("receivables", "overdue_amount"))
    if owed is None or overdue is None:
        return ""
    moved = changes.drop_duplicates("name").set_index("name")["change"]
    since, told, late = changes["previous_as_of"].max(), "", ""
    if pd.notna(moved.get("receivables")):
        told = tr(", {moved} than on {since}", moved=_moved(moved["receivables"], run.currency), since=day(since))
    if pd.notna(moved.get("overdue_amount")):
        late = tr(", {moved}", moved=_moved(moved["overdue_amount"], run.currency))
    share = f" ({percent(overdue / owed)})" if owed else ""
    return tr(
        "Customers owe **{owed}**{told}; {overdue}{share} of it is overdue{late}.",
        owed=money(owed, run.currency),
        told=told,
        overdue=money(overdue, run.currency),
        share=share,
        late=late,
    )


def _moved(change: float, currency: str) -> str:
    more = tr("more") if change > 0 else tr("less")
    return tr("{amount} {more}", amount=money(abs(change), currency), more=more)


def _may_cost(figures: Mapping[str, tuple], run: Run) -> str:
    gross, kept = (_value(figures, name) for name in ("expected_loss_simulated", "retained_expected"))
    bad, bad_kept = (_value(figures, name) for name in ("es_99", "retained_es_99"))
    if gross is None or bad is None:
        return ""
    told = tr(
        "The next 12 months are expected to lose **{gross}**; in the worst 1 % of years {bad} is lost on average.",
        gross=money(gross, run.currency),
        bad=money(bad, run.currency),
    )
    if kept is None or bad_kept is None:
        return told
    cost = _value(figures, "policy_cost")
    costs = "" if cost is None else tr(" costs {cost} a year and", cost=money(cost, run.currency))
    return tr(
        "{told} The policy in force{costs} takes {off} off the first and {bad_off} off the second.{worth}",
        told=told,
        worth=_worth(figures, run),
        costs=costs,
        off=money(gross - kept, run.currency),
        bad_off=money(bad - bad_kept, run.currency),
    )


def _short(figures: Mapping[str, tuple]) -> str:
    """Return how likely cash falls short in the coming weeks, after a space; empty where that is not known."""
    chance = _value(figures, "shortfall_probability")
    if chance is None:
        return ""
    return tr(
        " Cash falls short within 13 weeks, the credit line used up, with a probability of {chance}.",
        chance=probability(chance),
    )


def _worth(figures: Mapping[str, tuple], run: Run) -> str:
    """Return what the value of the policy in force rests on where its sign does; empty else."""
    value, without = (_value(figures, name) for name in ("cover_value", "cover_value_without_sales"))
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
    first = table.loc[table["first_due_day"].idxmin()]
    told = tr(
        "{kinds} of decision{s_wait}. First comes “{what}”, by {first_due_day}.",
        kinds=counted(len(table), "kind"),
        s_wait=tr("s wait") if len(table) > 1 else tr(" waits"),
        what=tr(first["what"]),
        first_due_day=day(first["first_due_day"]),
    )
    if len(reserved):
        told += " " + tr(
            "For the {highest}: {what}.", highest=highest, what=listed([f"“{tr(what)}”" for what in reserved["what"]])
        )
    return told


def _value(figures: Mapping[str, tuple], name: str) -> float | None:
    value = figures[name][0] if name in figures else None
    return None if value is None or pd.isna(value) else float(value)


def one_by_one(decisions: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    """Return all decisions with `what` in words first, what the amount is, and the address of the list of each.

    `names`: `Book.names`; the `name` of each buyer stands beside its number.
    """
    table = decisions.assign(link=decisions["chapter"] + ".html#" + decisions["anchor"], stake=stake(decisions))
    table = table.assign(was=table["was"].map(WHAT))
    table.insert(0, "what", table["decision"].map(WHAT))
    table.insert(table.columns.get_loc("buyer_id") + 1, "name", table["buyer_id"].map(names))
    return table


def columns(decisions: pd.DataFrame) -> list[str]:
    """Return the columns of `to_decide` that a page shows: no state where no earlier report tells of any."""
    return [name for name in COLUMNS if name != "state" or not is_first(decisions)]


def is_first(decisions: pd.DataFrame) -> bool:
    """Return whether no earlier report tells of any decision whether it is new."""
    return bool(len(decisions)) and bool((decisions["state"] == FIRST).all())


def left_out(table: pd.DataFrame, run: Run) -> str:
    """Return what of `to_decide` is below the rows that the summary shows; empty where nothing is.

    Named is what the highest authority decides: by its kind, each with its amount, and of the others on how many it
    decides by their amount. Amounts of several kinds are no sum of anything.
    """
    others = table.iloc[run.decisions.shown :]
    if others.empty:
        return ""
    reserved, highest = others["decision"].isin(run.reserved), run.levels[-1]
    told = tr_number(
        "{kinds} further kind of decision is in the report's list",
        "{kinds} further kinds of decisions are in the report's list",
        len(others),
        kinds=whole(len(others)),
    )
    by_amount = others[~reserved & others["authority"].str.startswith(highest) & others["buyers"].notna()]
    of_the_highest = [_named(row, run.currency) for _, row in others[reserved].iterrows()] + [
        tr("“{what}” on {decides_on}", decides_on=counted(int(row["decides_on"]), "buyer"), what=tr(row["what"]))
        for _, row in by_amount.iterrows()
    ]
    if of_the_highest:
        told = tr(
            "{told}; for the {highest} among them: {what}", told=told, highest=highest, what=listed(of_the_highest)
        )
    return f"{told}."


def decided(told: Mapping[str, str], decisions: pd.DataFrame, run: Run, *kinds: str) -> str:
    """Return what decisions of some kinds ask for, each with who takes it and by when; empty where none is asked.

    `told`: kind → sentence, of their chapter; `decisions`: `decisions.COLUMNS`.
    """
    rows = by_kind(decisions[decisions["decision"].isin(kinds)], run).set_index("decision")
    return " ".join(
        f"{' '.join(told[kind].split(PARAGRAPH))} {who_and_when(rows.loc[kind])}"
        for kind in kinds
        if kind in told and kind in rows.index
    )


def _named(row: pd.Series, currency: str) -> str:
    amount = (
        f" ({staked(money(row['amount'], currency), tr(STAKES[row['decision']]))})" if pd.notna(row["amount"]) else ""
    )
    return f"“{tr(row['what'])}”{amount}"


def states(decisions: pd.DataFrame) -> str:
    """Return what became of last month's decisions that are not asked as they were, or that there is no month before.

    Routine are those of the ordinary course; of those that another decision replaces, how many were replaced by one of
    the same kind, on debt of later.
    """
    if is_first(decisions):
        return tr(
            "This is the first report: which decisions are new will be known from the next one on. The day since which "
            "one is open is that of the ledger or the policy, else the day of the report."
        )
    gone, moved = decisions[decisions["state"].isin(GONE)], int(decisions["was"].notna().sum())
    told = []
    if moved:
        told.append(tr("{decisions} still open, now under another name", decisions=whole(moved)))
    for state, called in (
        (NO_MORE, tr("not needed any more")), (OTHERWISE, tr("replaced by a newer one on the same buyer")),
    ):  # fmt: skip
        some = gone[gone["state"] == state]
        if len(some):
            usual, again = int(some["decision"].isin(ORDINARY).sum()), _asked_again(some, decisions)
            parts = [tr("{usual} of them routine", usual=whole(usual))] if usual else []
            parts += [tr("{again} by one of the same kind on newer debt", again=whole(again))] if again else []
            told.append(f"{whole(len(some))} {called}" + (f" ({', '.join(parts)})" if parts else ""))
    return tr("Of last month's decisions: {told}.", told="; ".join(told)) if told else ""


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
