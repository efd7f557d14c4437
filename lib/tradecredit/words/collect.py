"""Sentences on collection: what is done today, what is held out, what letters change, and how well it goes."""

from urllib.parse import quote

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide import decisions
from tradecredit.decide.collect import effects, stages, worklist
from tradecredit.decide.collect.held_out import HELD
from tradecredit.decide.collect.insurer_calendar import IN_FORCE, STOP_ON
from tradecredit.decide.collect.waiting import HORIZON_DAYS, remaining_days
from tradecredit.language import tr
from tradecredit.measure.public_holidays import ESTIMATED, NO_CALENDAR, NOT_HELD, NOT_PROCLAIMED
from tradecredit.measure.reminders import unknown_stages
from tradecredit.params.collect import CollectionSettings
from tradecredit.words import absent
from tradecredit.words.codes import in_words
from tradecredit.words.formats import (
    brief_day,
    change,
    count,
    counted,
    day,
    days,
    listed,
    money,
    percent,
    staked,
    whole,
)

ACTS = {
    stages.DEFAULT: "pursue the default",
    stages.ENFORCE: "agency or court",
    stages.PLAN: "agree on a payment plan",
    stages.REMIND: "send the letter",
    stages.COLLECT: "call",
    stages.WAIT: "wait for the next letter",
    stages.HELD_OUT: "wait: in dispute, paid on account, planned, promised or in default",
    stages.SMALL: "none: too little for a letter, or no letter is left",
    stages.UNWRITTEN: "none: letters do not go to this kind of buyer",
    stages.NOT_DUE: "nothing is past due",
}
"""What is done about a debt, in words."""

DECISIONS = {
    stages.DEFAULT: lambda number: counted(number, "default to pursue", "defaults to pursue"),
    stages.ENFORCE: lambda number: counted(number, "debt for agency or court", "debts for agency or court"),
    stages.PLAN: lambda number: counted(number, "payment plan", "payment plans"),
}
"""What is decided on a debt, one and several."""

TASKS = {"claim": "file the claim", "report missed": "report late, at once", "report": "report the overdue debt"}
"""What the insurer is told, in words."""

STEPS = {
    worklist.OVERDUE: "past due", "disputed": "less: in dispute", "set_off": "less: paid on account",
    "planned": "less: in plans that run", "promised": "less: promised", worklist.DEFAULTED: "less: owed in default",
    worklist.TO_COLLECT: "to collect",
}  # fmt: skip
"""The way from what is past due to what is to collect, in words."""

PARTS = {"disputed": "in dispute", "set_off": "paid on account", "planned": "in plans that run", "promised": "promised"}

GAPS = {
    NO_CALENDAR: "has no calendar here: Monday to Friday less the most common holidays count",
    NOT_HELD: "is not in the calendar",
    NOT_PROCLAIMED: "has days off that the government proclaims each year, and has not yet",
    ESTIMATED: "has holidays that go by the moon, whose days are estimated",
}
"""`public_holidays.not_known`: what is said of a country in a year."""


def named(table: pd.DataFrame) -> pd.DataFrame:
    """Return a worklist, `worklist.by_act` or `worklist.to_collect` of one, in words.

    Of a worklist with what is done about the debt (`act`), what is held back of deliveries (`hold`) and what the
    insurer is told (`insurer_task`), each with who does it and by when; and `link` leads on to the buyer's mention on
    that page, where it has one (a text fragment; browsers that know none go to the list).
    """
    if table.index.name in ("act", "collect_step"):
        words = ACTS if table.index.name == "act" else STEPS
        return table.set_axis(pd.Index(table.index.map(words), name=table.index.name))
    act = table["act"].map(ACTS).map(tr, na_action="ignore").mask(table["letter"].notna(), table["letter"])
    waits = table["act"] == stages.WAIT
    first = act + tr(": from ") + _short(table["due_day"])
    told = {
        "act": _task(act, table["authority"], table["due_day"]).mask(waits, first),
        "hold": _task(_delivered(table["deliveries"]), table["hold_authority"], table["hold_by"]),
        "insurer_task": _task(table["insurer_task"].map(TASKS), table["insurer_authority"], table["insurer_by"]),
    }
    if "link" in table:
        quoted = pd.Series([_quoted(buyer) for buyer in table.index], index=table.index, dtype="str")
        told["link"] = table["link"] + ":~:text=" + quoted
    return table.assign(**told)


def _quoted(text: str) -> str:
    """Return a text as a text fragment has it, in which a hyphen has a meaning of its own.

    >>> _quoted("A-1 & Co")
    'A%2D1%20%26%20Co'
    """
    return quote(text, safe="").replace("-", "%2D")


def _task(what: pd.Series, who: pd.Series, by: pd.Series) -> pd.Series:
    """Return what is done with who does it and by when, as far as that is known."""
    done, named = (texts.map(in_words, na_action="ignore").astype("str") for texts in (what, who))
    return done.where(by.isna(), done + tr(": ") + named + tr(", by ") + _short(by)).astype("str")


def _delivered(deliveries: pd.Series) -> pd.Series:
    return deliveries.map(lambda what: tr("deliver {what}", what=what), na_action="ignore").astype("str")


def _short(days: pd.Series) -> pd.Series:
    """Return days as in `3 Nov`: the list is that of one day, and all of them are near it."""
    return days.map(brief_day, na_action="ignore").astype("str")


def events(acting: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return what is to be done as events of `calendar_file.calendar_file`: `day`, `kind`, `matter`, `title`, `text`.

    `acting`: `worklist.worklist`: what is done about debts today, and holds of deliveries. What the insurer is told
    stands in the insurer's calendar (`insurer.events`), where the stops of supplies that stand here are left out.
    """
    currency, rows = book.run.currency, acting.join(book.names)
    debts = rows[rows["act"].isin(worklist.TODAY)]
    holds = rows[rows["hold_by"].notna()]
    parts = [
        _events(debts, debts["act"].map(ACTS), (debts["due_day"], debts["authority"]), currency),
        _events(holds, _delivered(holds["deliveries"]), (holds["hold_by"], holds["hold_authority"]), currency),
    ]
    return pd.concat(parts, ignore_index=True)


def _events(rows: pd.DataFrame, kind: pd.Series, by: tuple[pd.Series, pd.Series], currency: str) -> pd.DataFrame:
    told = [
        f"{what[0].upper()}{what[1:]}: {row.name} ({row.Index}), {money(row.acting_amount, currency)}"
        for row, what in zip(rows.itertuples(), kind, strict=True)
    ]
    return pd.DataFrame(
        {
            "day": by[0].array, "kind": kind.array, "matter": rows.index, "title": pd.Series(told, dtype="str"),
            "text": (tr("By the ") + by[1] + ".").array,
        }
    )  # fmt: skip


def today(acting: pd.DataFrame, currency: str) -> str:
    """Return what is done today, and the row that is worth most. `acting`: `worklist.worklist`."""
    now = acting[acting["acts_today"]]
    if now.empty:
        return tr("Nothing is to be done today.")
    letters, calls = (int(now["act"].eq(act).sum()) for act in (stages.REMIND, stages.COLLECT))
    held, insurer = now["hold_by"].notna(), now["insurer_task"].notna()
    of_letters = money(now.loc[now["act"] == stages.REMIND, "acting_amount"].sum(), currency)
    parts = (
        [tr("{letters} over {of_letters}", letters=counted(letters, "letter"), of_letters=of_letters)]
        if letters
        else []
    )
    parts += [f"{counted(calls, 'call')}"] if calls else []
    for act, told in DECISIONS.items():
        decided = now[now["act"] == act]
        if len(decided):
            parts.append(
                tr(
                    "{decided} over {acting_amount}",
                    decided=told(len(decided)),
                    acting_amount=money(decided["acting_amount"].sum(), currency),
                )
            )
    parts += [tr("{holds} of deliveries to decide", holds=counted(int(held.sum()), "hold"))] if held.any() else []
    if insurer.any():
        amount = money(now.loc[insurer, "insurer_amount"].sum(), currency)
        parts.append(
            tr(
                "{reports_and_claims} to the insurer over {amount} of insured debt",
                reports_and_claims=counted(int(insurer.sum()), "report or claim", "reports and claims"),
                amount=amount,
            )
        )
    return tr("**{buyers}** to act on: {parts}.", buyers=counted(len(now), "buyer"), parts=listed(parts))


def first(acting: pd.DataFrame, due: pd.DataFrame, book: Book) -> str:
    """Return what is to be done first: of what the insurer is told by a day, and of all else by value.

    `acting`: `worklist.worklist`; `due`: `worklist.due_to_insurer`. Empty where nothing is done today.
    """
    currency, now = book.run.currency, acting[acting["acts_today"]]
    parts = []
    if len(due):
        row = due.iloc[0]
        late = int(due["day"].notna().sum())
        past = (
            tr(" The day of {late} of them is past: the insurer may refuse to pay.", late=whole(late)) if late else ""
        )
        parts.append(
            tr(
                "First, by {by}, comes what the insurer is to be told of {buyers}, a duty whatever it is worth. The "
                "first is {who}: {task} ({authority}), {debt} of insured debt, of which {payable} is payable after the "
                "first loss of the year{if_it_fails}.{past}",
                by=day(due["insurer_by"].max()),
                buyers=counted(len(due), "buyer"),
                task=tr(TASKS[row["insurer_task"]]),
                who=_called(due.index[0], book),
                debt=money(row["insurer_amount"], currency),
                payable=money(row["insured_payable"], currency),
                if_it_fails="" if row["insurer_task"] == "claim" else tr(", if it fails"),
                authority=in_words(str(row["insurer_authority"])),
                past=past,
            )
        )
    worth = now[(now["acting_value"].fillna(0.0) + now["insurer_value"].fillna(0.0)) > 0]
    if len(worth):
        row = worth.iloc[0]
        parts.append(
            tr(
                "Of most value in money is {who}: {what}; acting today is worth {value}.",
                who=_called(worth.index[0], book),
                what="; ".join(_tasks(worth.head(1))),
                value=money(np.nansum([row["acting_value"], row["insurer_value"]]), currency),
            )
        )
    return " ".join(parts)


def _called(buyer: str, book: Book) -> str:
    name = book.names.get(buyer)
    return tr("{name} ({buyer})", name=name, buyer=buyer) if pd.notna(name) and name else buyer


def _tasks(row: pd.DataFrame) -> list[str]:
    """Return what is done about a buyer's debt and cover, as the list has it; `row`: its row of `worklist.worklist`."""
    shown = named(row).iloc[0]
    asked = [shown["act"]] if row["act"].iloc[0] in worklist.TODAY else []
    return asked + ([shown["insurer_task"]] if row["insurer_task"].notna().iloc[0] else [])


def holds(acting: pd.DataFrame, calendar: pd.DataFrame, records: pd.DataFrame) -> str:
    """Return how the buyers to whom deliveries are held back are counted: all, those to decide on, those past a stop.

    `acting`: `worklist.worklist`; `calendar`: `insurer_calendar.deadlines`; `records`: `standing.Standing.records`.
    Empty where none is.
    """
    held = acting[acting["deliveries"].notna()]
    if held.empty:
        return ""
    asked = held[held["hold_by"].notna()]
    begun = calendar[(calendar["deadline"] == STOP_ON) & (calendar["state"] == IN_FORCE)]
    past = asked[asked.index.isin(begun["buyer_id"])]
    alone = records.loc[records["decision"] == "stop insured", "buyer_id"]
    told = tr(
        "Deliveries are held back to {held} in all (chapter 03 has the list): on {asked} of these holds somebody "
        "decides",
        held=counted(len(held), "buyer"),
        asked=whole(len(asked)),
    )
    if len(held) > len(asked):
        told += tr(
            ", and on {others} nobody has to, as a buyer in default gets nothing more anyway",
            others=whole(len(held) - len(asked)),
        )
    if past.empty:
        return f"{told}."
    return tr(
        "{told}. Of the {asked}, {past} are past the policy's stop of supplies, {alone} of them with nothing else to "
        "do for their cover, and {risk} are held back for the risk or a default.",
        told=told,
        asked=whole(len(asked)),
        past=whole(len(past)),
        alone=whole(int(past.index.isin(alone).sum())),
        risk=whole(len(asked) - len(past)),
    )


def held_out(acting: pd.DataFrame, currency: str) -> str:
    """Return what of the overdue debt is held out of collection, and why; empty where nothing is."""
    sums = acting[list(HELD)].sum()
    parts = [staked(money(sums[name], currency), tr(PARTS[name])) for name in HELD if sums[name] > 0]
    if not parts:
        return ""
    verb = "is" if len(parts) == 1 else "are"
    told = tr(
        "Of {overdue_amount} past due, {parts} {verb} held out of collection.",
        overdue_amount=money(acting["overdue_amount"].sum(), currency),
        parts=listed(parts),
        verb=verb,
    )
    if not sums["disputed"] > 0:
        return told
    return tr(
        "{told} The undisputed rest of an invoice in dispute is asked for here; chapter 03 enforces none of it.",
        told=told,
    )


def changed(table: pd.DataFrame, settings: CollectionSettings) -> str:
    """Return what reminders change by this book's own, and which effects are stated. `table`: `effects.effects`."""
    own = table[table["basis"] == effects.OWN]
    told = []
    for stage, row in own.iterrows():
        found = tr(
            "After the {stage} {paid_with} of invoices were paid within {outcome_days}, without it "
            "{paid_without} would have been",
            stage=stage,
            paid_with=percent(row["paid_with"]),
            outcome_days=days(settings.outcome_days),
            paid_without=percent(row["paid_without"]),
        )
        if row["brought_in_low"] <= 0 <= row["brought_in_high"]:
            told.append(tr("{found}: no difference can be told.", found=found))
        else:
            difference, low, high = (
                change(row[name], "fraction") for name in ("brought_in", "brought_in_low", "brought_in_high")
            )
            told.append(
                tr("{found}: {difference} ({low} to {high}).", found=found, difference=difference, low=low, high=high)
            )
    if len(own):
        told.append(
            tr(
                "This is no experiment: letters may have been left out for reasons that bear on payment, and only days "
                "past due and the stage before are alike."
            )
        )
    stated = table.index[table["basis"] == effects.STATED]
    if len(stated):
        one = len(stated) == 1
        told.append(
            tr(
                "Too few letters can be compared to measure what the {value} {change}: the run file's {figure_stands}.",
                value=listed([*stated]),
                change=tr("changes") if one else tr("change"),
                figure_stands=tr("figure stands") if one else tr("figures stand"),
            )
        )
    return " ".join(told)


def assumptions(book: Book, acting: pd.DataFrame) -> list[str]:
    """Return what the worklist takes for granted."""
    told = [_stated(book.run.collections)]
    if not book.has("reminders"):
        told.append(absent.REMINDERS)
    if not book.has("promises"):
        told.append(absent.PROMISES)
    if (acting["act"] == stages.SMALL).any():
        told.append(
            tr(
                "A letter goes out for {least} of a buyer or more (`collections`: `least_amount`, which goes by the "
                "book's typical invoice where it is not stated).",
                least=_least(book.run.collections, book.run.currency),
            )
        )
    undated = int(book.promises["made"].isna().sum())
    if undated:
        told.append(
            tr(
                "The day on which it was made (`made` of `promises`) is not told of {promises}: each is taken as made "
                "{within} before its day, a plan before its first day (`collections.promised_within_days`), and what "
                "came since counts for it. In past months it is known from its day on.",
                promises=counted(undated, "promise"),
                within=days(book.run.collections.promised_within_days),
            )
        )
    if (remaining_days(book) >= HORIZON_DAYS).all():
        told.append(tr("How long overdue money stays out is not in this book: what waiting costs is that of a year."))
    unknown = unknown_stages(book)
    if len(unknown):
        names = listed([f"{stage} ({number:,})" for stage, number in unknown.items()])
        told.append(
            tr(
                "Letters whose stage the run file does not name ({names}) count as letters to the buyer, and "
                "as no stage.",
                names=names,
            )
        )
    for (country, year), gap in stages.unknown_holidays(book, acting).items():
        told.append(tr("{country} in {year} {gaps}.", country=country, year=year, gaps=tr(GAPS[gap])))
    return told


def _least(settings: CollectionSettings, currency: str) -> str:
    """Return from which amount on reminders go out: one for all, or that of each."""
    least = {stage.name: money(settings.least(stage), currency) for stage in settings.reminders}
    if len({*least.values()}) == 1:
        return next(iter(least.values()))
    return listed([f"{amount} ({name})" for name, amount in least.items()])


def _stated(settings: CollectionSettings) -> str:
    """Return which effects of what is done are judgement, with their figures."""
    named = {
        "stop": tr("a stop of supplies"),
        "enforce": tr("agency or court"),
        "claim": tr("the pursuit of a default"),
    }
    shares = {named[stage.act]: stage.effect for stage in settings.stages if stage.act in named}
    shares[tr("collecting in person")] = settings.call_effect
    parts = [f"{name} {percent(share)}" for name, share in shares.items()]
    return tr(
        "How much of the cost of waiting acting saves is judgement, stated in the run file: {parts} "
        "(`collections`: `effect`, `call_effect`).",
        parts=listed(parts),
    )


def letters_in_vain(table: pd.DataFrame, costs: pd.Series, acting: pd.DataFrame, book: Book) -> str:
    """Return what to decide on reminders that cost money and of which no difference can be told; empty where none does.

    `table`: `effects.effects`; `costs`: what each has cost so far, by stage; `acting`: `worklist.worklist`, of which
    letters that cost more than acting is worth are counted.
    """
    stages_, settings = {stage.name: stage for stage in book.run.collections.reminders}, book.run.collections
    vain = [
        stage
        for stage, row in table.iterrows()
        if row["basis"] == effects.OWN and row["brought_in_low"] <= 0 and stages_[stage].cost > 0
    ]
    if not vain:
        return ""
    dear = acting["letter"].isin(vain) & (acting["letter_cost"] > acting["acting_value"])
    asked = decisions.of_book(book, ["collect"], {}, anchor="table-effects").iloc[0]
    told = []
    for name in vain:
        cost, stage = money(costs.get(name), book.run.currency), stages_[name]
        uses = [
            text
            for text, holds in ((tr("claims interest"), stage.interest), (tr("the law's flat fee"), stage.fee))
            if holds
        ]
        keeps = tr(" It {uses}", uses=listed(uses)) if uses else ""
        if stage is settings.reminders[-1] and settings.named("enforce"):
            keeps = tr("{keeps} and is", keeps=keeps) if keeps else tr(" It is")
            keeps += tr(" the last notice before {named}", named=settings.named("enforce"))
        keeps = (
            tr("{keeps}: send it where that is needed, else let an e-mail do.", keeps=keeps)
            if keeps
            else tr(" Leave it out.")
        )
        told.append(
            tr(
                "Proposal: the {name} costs {cost} each, {cost_2} so far, and is not known to bring in "
                "anything.{keeps}",
                name=name,
                cost=money(stage.cost, book.run.currency),
                cost_2=cost,
                keeps=keeps,
            )
        )
    if dear.any():
        told.append(tr("Of today's, {dear} cost more than they are worth.", dear=count(int(dear.sum()))))
    return " ".join(
        [
            *told,
            tr(
                "The {authority} decides by {due_day} (`collections.stages`).",
                authority=asked["authority"],
                due_day=day(asked["due_day"]),
            ),
        ]
    )


def next_letters(acting: pd.DataFrame) -> str:
    """Return when the next letters can come to buyers that wait; empty where none does."""
    waits = acting[acting["act"] == stages.WAIT]
    if waits.empty:
        return ""
    verb = "waits" if len(waits) == 1 else "wait"
    return tr(
        "{buyers} {verb} for the next letter, the first on {due_day}.",
        buyers=counted(len(waits), "buyer"),
        verb=verb,
        due_day=day(waits["due_day"].min()),
    )
