"""Why a buyer gets its limit: the steps from what is known of it to the amount, in sentences that can be repeated."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.limits.amounts import METHODS, buyer_amounts, known_buyers
from tradecredit.decide.limits.methods import BASES, carried, net_value_added, own_exposure
from tradecredit.decide.limits.recommendation import recommend
from tradecredit.decide.limits.rules import FIXED, UNMEASURED, USUAL
from tradecredit.errors import InputError, Problem
from tradecredit.insurance.cover import Cover, of_buyers
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.overrides import overriding
from tradecredit.measure.ratios import ratios
from tradecredit.measure.receivables import NOT_STATED

Step = tuple[str, float | None, str]
"""Topic, amount (None: the step gives none) and sentence."""


TOLD = ("buyer", "need", "capacity", "new buyer", "maximum of its kind", "maximum limit", "prepaid", "decision")
"""Topics that may be repeated to the buyer: they tell nothing of its default probability, of our margin and budget, of
other buyers and the insurer."""

OURS_TO_KNOW = ("expected-loss budget", "net value added", "concentration", "group", "sector", "country")
"""What binds, where the decision is not repeated either."""


class Facts(NamedTuple):
    """What the sentences are made of.

    `known`, `rating`, `limit`, `rules`: the buyer's rows of `known_buyers`, the ratings, `recommend` and
    `buyer_amounts`; `capital` behind a limit as a part of it; `account`: the buyer's row of `ratios`; `by_base`: what
    each base of it carries; `members` of its group; `receivables`: all that the book is owed.
    """

    book: Book
    known: pd.Series
    rating: pd.Series
    limit: pd.Series
    rules: pd.Series
    capital: float
    account: pd.Series
    by_base: pd.Series
    members: int
    receivables: float

    def money(self, amount: float) -> str:
        return f"{self.book.run.currency} {amount:,.0f}"


def why(book: Book, ratings: pd.DataFrame, buyer_id: str, *, cover: Cover | None = None) -> pd.DataFrame:
    """Return the steps that lead to a buyer's limit, from data to limit, in sentences for its account manager.

    Arguments as `recommend`, whose amounts these are. Index `step`, from 1; `topic`, `amount` in the reporting currency
    (missing: the step gives none), `sentence`, and `told_to_buyer`: whether it may be repeated to the buyer (`TOLD`).
    Topics, in order: `buyer`, `grade`, `rule` where one for particular buyers applies; each method that applies, by its
    name in `METHODS`; `smallest`; `group`, where the buyer is in one, `sector` and `country`, where they are full;
    `prepaid`, `analyst's override` or `in default` where that decides, else `rounding`; `limit`; `with cover`, where
    there is a policy; `decision`, and `approval` where something is decided. Raises `InputError` for a buyer that the
    book does not know, and as `recommend`.
    """
    if buyer_id not in set(book.buyers["buyer_id"]):
        allowed = "the book does not know this buyer on its day"
        raise InputError([Problem("buyers", allowed, "name one of its buyers", column="buyer_id", value=buyer_id)])
    cover = cover or of_buyers(book)
    limits = recommend(book, ratings, cover=cover)
    facts = _facts(book, ratings, limits, buyer_id)
    steps = [*_known(facts), *_alone(facts), *_together(facts), *_limit(facts)]
    if pd.notna(facts.limit["covered_limit"]):
        steps.append(_with_cover(facts, cover))
    steps.append(("decision", facts.limit["change"], _decision(facts)))
    if pd.notna(facts.limit["approval"]):
        steps.append(("approval", None, f"Who approves: {facts.limit['approval']}."))
    table = pd.DataFrame(steps, columns=["topic", "amount", "sentence"]).astype({"amount": "float64"})
    ours = (table["topic"] == "decision") & (facts.limit["binding_with_cover"] in OURS_TO_KNOW)
    table = table.assign(told_to_buyer=table["topic"].isin(TOLD) & ~ours)
    return table.set_axis(pd.RangeIndex(1, len(table) + 1, name="step"))


def _facts(book: Book, ratings: pd.DataFrame, limits: pd.DataFrame, buyer_id: str) -> Facts:
    known = known_buyers(book, ratings)
    place = int(known.index[known["buyer_id"] == buyer_id][0])
    amounts, account = buyer_amounts(book, known), ratios(book).loc[[buyer_id]]
    return Facts(
        book=book,
        known=known.loc[place],
        rating=ratings.loc[buyer_id],
        limit=limits.loc[buyer_id],
        rules=amounts.rules.loc[place],
        capital=amounts.capital[place],
        account=account.iloc[0],
        by_base=carried(account[list(BASES)], ratings["grade"], book.run.limits).iloc[0],
        members=int((limits["group_id"] == limits.loc[buyer_id, "group_id"]).sum()),
        receivables=known["open_amount"].sum(),
    )


def _known(facts: Facts) -> Iterator[Step]:
    known, rating, name = facts.known, facts.rating, facts.book.names[facts.known["buyer_id"]]
    who = known["buyer_id"] if pd.isna(name) else f"{name} ({known['buyer_id']})"
    told = f"{who} owes us {facts.money(known['open_amount'])} on {_day(facts.book.as_of)}"
    if pd.notna(known["customer_since"]):
        told += f"; it has been a customer since {_day(known['customer_since'])}"
    if pd.notna(known["last_issued"]):
        told += f"; its last invoice is of {_day(known['last_issued'])}"
    yield "buyer", known["open_amount"], told + "."
    if rating["method"] == "in default":
        yield "grade", None, "It is in default, and so in grade 10 of 10."
    else:
        drivers = rating.get("drivers", "")
        against = f" What weighs most: {drivers}." if drivers else ""
        yield (
            "grade",
            None,
            f"The probability that it defaults within 12 months is put at {_percent(rating['pd'])}, which is grade "
            f"{rating['grade']} of 10 ({rating['method']}).{against}",
        )
    if facts.limit["rule"] != USUAL:
        yield "rule", None, f"A rule for particular buyers applies: {facts.limit['rule']}."


def _alone(facts: Facts) -> Iterator[Step]:
    """Yield the methods that look at the buyer alone, and the smallest of their amounts."""
    amounts = facts.limit[list(SENTENCES)].astype("float64")
    for column, sentence in SENTENCES.items():
        told = sentence(facts)
        if told:
            yield METHODS[column], amounts[column], told
    smallest = amounts.idxmin()
    told = f"The smallest of these amounts counts: {facts.money(amounts[smallest])}, by “{METHODS[smallest]}”."
    yield "smallest", amounts[smallest], told


def _need(facts: Facts) -> str:
    known, settings, need = facts.known, facts.book.run.limits, facts.limit["need"]
    if pd.isna(need):
        return "It has not ordered yet: what it needs is not known."
    if facts.rules["dormant"]:
        return f"It has bought nothing for {settings.dormant_months} months: its need is {facts.money(need)}."
    if pd.isna(known["payment_days"]):
        return f"It has bought nothing in the last 12 months: its need is {facts.money(need)}."
    days = known["payment_days"] + settings.tolerated_delay_days
    taken = known["monthly_purchases"] * days / 30
    least = f" We reckon with at least {facts.money(need)}." if need > taken else ""
    return (
        f"It buys for {facts.money(known['monthly_purchases'])} a month at {known['payment_days']:.0f} days' usual "
        f"terms. With the {settings.tolerated_delay_days} days of delay that we tolerate, {days:.0f} days of purchases "
        f"are {facts.money(taken)}.{least}"
    )


def _capacity(facts: Facts) -> str:
    amounts = facts.by_base.dropna()
    if pd.isna(facts.limit["capacity"]):
        return ""
    place = int(facts.rating["grade"]) - 1
    parts = []
    for base in amounts.index:
        words, shown = base.replace("_", " "), facts.account[base]
        share = getattr(facts.book.run.limits, BASES[base])[place]
        of_it = f", of which {_percent(share, 0)} is" if shown >= 0 else ", for which we lend"
        parts.append(f"{words} of {facts.money(shown)}{of_it} {facts.money(amounts[base])}")
    return (
        f"Its accounts of {_day(facts.account['period_end'])} show {'; '.join(parts)}. The smallest of these, "
        f"{facts.money(facts.limit['capacity'])}, is what they carry."
    )


def _loss_budget(facts: Facts) -> str:
    amount, lgd = facts.limit["expected_loss_budget"], loss_given_default(facts.book).lgd
    if pd.isna(amount):
        return ""
    budget = facts.money(facts.book.run.limits.expected_loss_budget)
    return (
        f"We accept an expected loss of {budget} a year on one buyer. At a probability of "
        f"{_percent(facts.rating['pd'])} and a loss of {_percent(lgd, 0)} of what is owed, that is "
        f"{facts.money(amount)}."
    )


def _value(facts: Facts) -> str:
    book = facts.book
    if book.run.margin is None or facts.rules[list(UNMEASURED)].any():
        return ""
    lent, capital_cost = pd.Series([100.0]), pd.Series([100 * book.run.cost_of_capital * facts.capital])
    row = net_value_added(
        lent, pd.Series([facts.rating["pd"]]), capital_cost,
        margin=book.run.margin * book.run.limits.turns_a_year, lgd=loss_given_default(book).lgd,
    ).iloc[0]  # fmt: skip
    verdict = "so a limit pays, of any size" if row["granted"] else "so a limit does not pay, of any size"
    return (
        f"Of each 100 of limit we count {row['margin']:.2f} of margin, expect to lose {row['expected_loss']:.2f} a "
        f"year, and the capital behind it costs {row['capital_cost']:.2f} a year: {verdict}."
    )


def _where_known(column: str, sentence: str) -> Callable[[Facts], str]:
    """Return the sentence of a method, which names its `amount`, the `grade` and the run's `settings`; none without."""

    def told(facts: Facts) -> str:
        amount = facts.limit[column]
        if pd.isna(amount):
            return ""
        settings, share = facts.book.run.limits, facts.book.run.limits.maximum_share_of_book
        return sentence.format(
            amount=facts.money(amount), grade=facts.rating["grade"], months=settings.new_buyer_months,
            share=_percent(share, 0), receivables=facts.money(facts.receivables),
        )  # fmt: skip

    return told


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "need": _need,
    "capacity": _capacity,
    "expected_loss_budget": _loss_budget,
    "net_value_added": _value,
    "without_accounts": _where_known(
        "without_accounts",
        "We do not know its accounts. In grade {grade} we risk at most {amount} of our own on such a buyer.",
    ),
    "new_buyer": _where_known(
        "new_buyer", "We have known it for less than {months} months: we risk at most {amount} of our own."
    ),
    "maximum_of_kind": _where_known("maximum_of_kind", "A buyer of its kind gets at most {amount}."),
    "maximum": _where_known("maximum", "No buyer gets more than {amount}."),
    "concentration": _where_known(
        "concentration", "No buyer may owe more than {share} of all receivables, which are {receivables}: {amount}."
    ),
}
"""Column of a method: what it says of a buyer; nothing where it does not apply."""


def _together(facts: Facts) -> Iterator[Step]:
    limit = facts.limit
    if pd.notna(limit["group_id"]):
        shared = "there is room for what each of them may have alone"
        if pd.notna(limit["group_room"]):
            shared = f"shared by need, that leaves it {facts.money(limit['group_room'])}"
        together = facts.money(limit["group_limit"])
        told = (
            f"It is one of {facts.members} {'buyers' if facts.members > 1 else 'buyer'} of group {limit['group_id']}, "
            f"whose limits may add up to {together}"
        )
        yield "group", limit["group_room"], f"{told}: {shared}."
    for name in ("sector", "country"):
        room = limit[f"{name}_room"]
        if pd.notna(room):
            of = NOT_STATED if pd.isna(facts.known[name]) else facts.known[name]
            full = f"The limits of {name} {of} are above what they may add up to"
            cut = "All that no analyst has set are cut in proportion, which leaves it"
            yield name, room, f"{full}. {cut} {facts.money(room)}."


def _limit(facts: Facts) -> Iterator[Step]:
    limit, amount = facts.limit, facts.money(facts.limit["recommended"])
    fixed = next((name for name in FIXED if facts.rules[name]), None)
    if fixed == "in default":
        yield fixed, 0.0, "It is in default: whatever the methods say, it gets nothing more on credit."
    elif fixed == "prepaid":
        yield fixed, 0.0, "It pays in advance: it needs no limit."
    elif fixed:
        judged = overriding(facts.book, "limit").loc[facts.known["buyer_id"]]
        end = "" if pd.isna(judged["until"]) else f" until {_day(judged['until'])}"
        told = f"{judged['by']} has set {amount}{end} ({judged['reason']}), which stands in place of the methods."
        yield fixed, limit["recommended"], told
    else:
        digits = facts.book.run.limits.digits
        told = f"Rounded down to {digits} significant digit{'s' * (digits > 1)}, that is {amount}."
        yield "rounding", limit["recommended"], told
    yield "limit", limit["recommended"], f"The recommended limit is {amount}, set by “{limit['binding']}”."


def _with_cover(facts: Facts, cover: Cover) -> Step:
    limit, amount, buyer_id = facts.limit, facts.limit["recommended_with_cover"], facts.known["buyer_id"]
    topic, share, reach = "with cover", cover.share[buyer_id], cover.reach[buyer_id]
    if share * reach == 0:
        return topic, amount, f"The insurer bears nothing of it: the limit stays {facts.money(amount)}."
    if limit["stopped"]:
        why = "An invoice is overdue past the extension period of the policy, so that nothing shipped now is insured"
        return topic, amount, f"{why}: the limit stays {facts.money(amount)}."
    own = own_exposure(pd.Series([amount]), pd.Series([reach]), insured_percentage=share).iloc[0]
    its = "the discretionary limit" if pd.isna(limit["insurer_limit"]) else "its limit"
    insurable = cover.insurable[buyer_id]
    part, less = "what lies", ""
    if insurable < 1:
        part = "the insured debt"
        less = (
            f"{_percent(insurable, 0)} of a limit that it uses is insured debt: the rest is tax, or on longer terms "
            "than the policy covers. "
        )
    return (
        topic,
        amount,
        f"{less}The insurer bears {_percent(cover.percentage, 0)} of {part} within {its} of "
        f"{facts.money(limit['covered_limit'])}. "
        f"With that the limit is {facts.money(amount)}, set by “{limit['binding_with_cover']}”, of which "
        f"{facts.money(own)} is our own risk.",
    )


def _decision(facts: Facts) -> str:
    limit, before = facts.limit, facts.limit["own_limit"]
    change, then = facts.money(abs(limit["change"])), facts.money((0 if pd.isna(before) else before) + limit["change"])
    if limit["decision"] == "none":
        return "No limit is in force, and none is needed: there is nothing to decide."
    now = "No limit of ours is in force" if pd.isna(before) else f"Our limit in force is {facts.money(before)}"
    told = {
        "new": f"a new one of {then} is to be set",
        "increase": f"it rises by {change} to {then}",
        "reduction": f"it falls by {change} to {then}",
        "cancellation": "it is cancelled",
        "prolongation": "it stays as it is",
        "refusal": "none is granted",
    }[limit["decision"]]
    granting = limit["decision"] in ("new", "increase")
    why = f"no more, because {limit['reason']}" if granting else f"because {limit['reason']}"
    if granting and limit["binding_with_cover"] == "need":
        why = f"and {limit['reason']}"
    return f"{now}: {told}, {why}."


def _percent(share: float, digits: int = 2) -> str:
    return f"{share:.{digits}%}".replace("%", " %")


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"
