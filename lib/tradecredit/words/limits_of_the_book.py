"""Sentences on limits for the book as a whole: groups, sectors and countries, and what is asked of the insurer."""

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import read_on
from tradecredit.book.checks import CENT
from tradecredit.decide.limits import caps
from tradecredit.language import tr
from tradecredit.measure.groups import CONTROL
from tradecredit.measure.groups import groups as groups_of
from tradecredit.params.run import Run
from tradecredit.words.codes import in_words
from tradecredit.words.formats import counted, day, first_of, listed, money, percent, whole

MOST_NAMED = 5
"""So many buyers are named in a sentence."""


def unknown_classes(book: Book) -> list[str]:
    """Return which sectors and countries the run caps that no buyer of the book has; none: nothing to say."""
    return [
        tr(
            "limits.{name}_shares_of_book names {idle}, which no buyer of the book has: it has no effect.",
            name=name,
            idle=listed(idle),
        )
        for name, idle in caps.idle_classes(book).items()
        if idle
    ]


def control(book: Book) -> list[str]:
    """Return how groups follow from ownership, and whose stated group contradicts it; nothing without that table."""
    if not book.has("ownership"):
        return []
    table = groups_of(book)
    among = table.loc[table["controlled"], "group_id"].dropna()
    found = [
        tr(
            "Groups are by control of more than {control}, directly, through controlled companies or together "
            "with them, by the ownership table as of {as_of}: {buyers} in {groups}. Other groups are as the "
            "buyers' table states them.",
            control=percent(CONTROL),
            as_of=day(book.as_of),
            buyers=counted(len(among), "buyer"),
            groups=counted(among.nunique(), "group"),
        )
    ]
    contradicting = table.index[table["contradicts"]]
    if len(contradicting):
        them = tr("its stated group contradicts") if len(contradicting) == 1 else tr("their stated groups contradict")
        found.append(
            tr(
                "Of {named} {them} the ownership table: control counts. Correct `group_id` in `buyers`, or end "
                "the stake in `ownership` by `until`.",
                named=first_of(contradicting, MOST_NAMED),
                them=them,
            )
        )
    return found


def groups(groups: pd.DataFrame, currency: str) -> str:
    """Return which groups exceed their limit, and how many members' limits are cut (`caps.groups`)."""
    if groups.empty:
        return tr("No buyer belongs to a group.")
    over = groups[groups["over_group_limit"] > 0]
    above = tr("No group exceeds its limit.")
    if len(over):
        above = tr(
            "{over} of {groups} {exceed}, by {over_group_limit}.",
            over=whole(len(over)),
            groups=counted(len(groups), "group"),
            exceed=tr("exceeds its limit") if len(over) == 1 else tr("exceed their limits"),
            over_group_limit=money(over["over_group_limit"].sum(), currency),
        )
        by_need = over.loc[~(over["need"] > over["group_limit"] + CENT), "over_group_limit"]
        if len(by_need):
            which = (
                tr("All of it is")
                if len(by_need) == len(over)
                else tr("{by_need} of it is", by_need=money(by_need.sum(), currency))
            )
            above += tr(" {told} above what their members need: a signal to look, no decision.", told=which)
    cut = int(groups["cut"].sum())
    less = tr("No group limit is binding for a member.")
    if cut:
        less = tr("The group limit is the binding constraint for {members}.", members=counted(cut, "member"))
    return f"{above} {less}"


def class_caps(class_caps: pd.DataFrame, currency: str) -> str:
    """Return which caps on sectors and countries exposure exceeds, and which cut limits; empty where none is stated."""
    if class_caps.empty:
        return ""
    over, above = class_caps[class_caps["over_cap"] > 0], class_caps[class_caps["set_above"] > 0]
    found = tr("Exposure exceeds no cap on a sector or country.")
    if len(over):
        each = listed(
            tr("{name} (by {amount})", name=name, amount=money(amount, currency))
            for name, amount in over["over_cap"].items()
        )
        found = tr("Exposure exceeds the cap on {each}.", each=each)
    if len(above):
        found += tr(
            " Limits set by analysts exceed the cap on {index}: other buyers there get no limit.",
            index=listed(above.index),
        )
    whole = class_caps["cut"] - class_caps["added_cut"]
    for cut, said in (
        (whole, tr("the limits would pass the cap without insurance too, and all that no analyst has set are cut")),
        (class_caps["added_cut"], tr("what cover adds to limits would pass the cap, and that alone is cut")),
    ):  # fmt: skip
        if (cut > 0).any():
            each = listed(
                f"{in_words(name)} ({counted(int(number), 'buyer')})" for name, number in cut[cut > 0].items()
            )
            found += tr(" Whatever is owed, {said} on {each}.", said=said, each=each)
    return found


def requests(requests: pd.DataFrame, run: Run) -> str:
    """Return what the limit requests to the insurer would bring, who sends them and by when; see `insurer.requests`."""
    if requests.empty:
        return tr("No limit is worth requesting from the insurer.")
    known = requests["net_gain"].dropna()
    if known.empty:
        return tr(
            "Whether the {requests} requests pay is not computable: the run states no margin.",
            requests=whole(len(requests)),
        )
    all_of_them = "It" if len(known) == 1 else tr("All {known} together", known=whole(len(known)))
    cost = requests.loc[known.index, "cost"].sum()
    by = day(read_on(pd.Timestamp(run.as_of), run.decisions.days_until_due("limits")))
    return tr(
        "{all_of_them} would earn {known} a year, after expected losses and {cost} of premium and fees. "
        "The {levels} sends them to the insurer by {by}, in the ordinary course; the account of cover "
        "(chapter 05) counts them once they are granted.",
        all_of_them=all_of_them,
        known=money(known.sum(), run.currency),
        cost=money(cost, run.currency),
        levels=run.levels[0],
        by=by,
    )


def not_requested(left_out: pd.Series) -> str:
    """Return of how many buyers no limit is asked for, and why (`insurer.left_out`); empty where of none."""
    found = left_out[left_out > 0]
    if found.empty:
        return ""
    why = listed(f"{counted(int(number), 'buyer')} {tr(_NOT_ASKED[reason])}" for reason, number in found.items())
    return tr(
        "Not asked for are limits of {why}. Of all others more cover would let us sell no more, or cost "
        "more than it earns.",
        why=why,
    )


_NOT_ASKED = {
    "in default": "in default",
    "to report or claim": "whose debt is to be reported or claimed",
    "no longer insured": "past the stop of the policy, whether or not they have cover today",
    "stop": "to whom deliveries are stopped",
    "refused": "that the insurer has refused",
    "not insurable": "that cannot be insured",
}


def acceptance(table: pd.DataFrame) -> str:
    """Return what the insurer granted of what it was asked; see `limits_in_force.acceptance`."""
    recent, ever = table.loc["last 12 months"], table.loc["all"]
    if ever["requests"] == 0:
        return tr(
            "What the insurer grants of what it is asked is not known: no decision in the book states what was asked."
        )
    if recent["requests"] == 0:
        return tr(
            "The insurer decided no request in the last 12 months; before, it granted **{acceptance}** of "
            "the amounts asked.",
            acceptance=percent(ever["acceptance"]),
        )
    return tr(
        "Of the amounts asked in the last 12 months the insurer granted **{acceptance}** ({acceptance_2} "
        "of all that was ever asked): of {requests} requests {granted_whole} whole, {granted_in_part} in "
        "part and {refused} not at all.",
        acceptance=percent(recent["acceptance"]),
        acceptance_2=percent(ever["acceptance"]),
        requests=whole(int(recent["requests"])),
        granted_whole=whole(int(recent["granted_whole"])),
        granted_in_part=whole(int(recent["granted_in_part"])),
        refused=whole(int(recent["refused"])),
    )


def insurer_cut(cut: pd.DataFrame, currency: str) -> str:
    """Return what a cut of the insurer's limits does to the book; see `insurer.after_cut`."""
    if cut.empty:
        return tr("No buyer would be affected: no limit named by the insurer covers anything today.")
    over, under = cut[cut["over_more"] > 0], cut[cut["over_more"] < 0]
    room = ""
    if len(under):
        less = tr(
            "{over_more} less of {buyers}",
            over_more=money(-under["over_more"].sum(), currency),
            buyers=counted(len(under), "buyer"),
        )
        room = tr("; {less}, as lower limits of others leave room under a cap", less=less)
    return tr(
        "It would affect {buyers}: retained exposure would rise by {own_more}, and the expected loss by "
        "{expected_loss_more} a year. A further {over_more} of exposure would exceed the recommended "
        "limits ({buyers_2}){room}.",
        buyers=counted(len(cut), "buyer"),
        own_more=money(cut["own_more"].sum(), currency),
        expected_loss_more=money(cut["expected_loss_more"].sum(), currency),
        over_more=money(over["over_more"].sum(), currency),
        buyers_2=counted(len(over), "buyer"),
        room=room,
    )
