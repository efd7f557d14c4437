"""Why a buyer gets its limit, in sentences for its account manager: each step from what is known to the amount."""

from collections.abc import Callable, Iterator

import pandas as pd

from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.explain import Facts
from tradecredit.decide.limits.methods import BASES
from tradecredit.decide.limits.rules import FIXED, USUAL
from tradecredit.params.base import NOT_STATED
from tradecredit.words.agreeing import Writer, agreeing, chance, money_in, plain, share, shown
from tradecredit.words.formats import counted, day, percent, probability
from tradecredit.words.formats import money as formatted
from tradecredit.words.limits import REASONS, rule

Step = tuple[str, float | None, str]
"""Topic, amount (None: the step gives none) and sentence."""


SHAREABLE = ("buyer", "need", "capacity", "new buyer", "maximum of its kind", "maximum limit", "prepaid", "decision")
"""Topics that may be shared with the buyer: they reveal nothing of its default probability, of our margin and budget,
of other buyers and the insurer."""

CONFIDENTIAL = ("expected-loss budget", "net value added", "concentration", "group", "sector", "country")
"""Binding constraints with which the decision is not shared either."""


def steps(facts: Facts) -> pd.DataFrame:
    """Return the steps that lead to a buyer's limit, from data to limit, in sentences for its account manager.

    `facts`: `limits.explain.facts`. Index `step`, from 1; `topic`, `amount` in the reporting currency (missing: the
    step gives none), `sentence`, and `told_to_buyer`: whether it may be shared with the buyer (`SHAREABLE`). Topics, in
    order: `buyer`, `grade`, `rule` where one for particular buyers applies; each method that applies, by its name in
    `METHODS`; `smallest`; `group`, where the buyer is in one, `sector` and `country`, where they are full; `prepaid`,
    `analyst's override` or `in default` where that decides, else `rounding`; `limit`; `with cover`, where there is a
    policy; `decision`, and `approval` where something is decided.
    """
    found = [*_known(facts), *_alone(facts), *_together(facts), *_limit(facts)]
    if pd.notna(facts.limit["covered_limit"]):
        found.append(("with cover", facts.limit["recommended_with_cover"], _with_cover(facts)))
    found.append(("decision", facts.limit["change"], _decision(facts)))
    if pd.notna(facts.limit["approval"]):
        found.append(("approval", None, f"Approval by: {facts.limit['approval']}."))
    table = pd.DataFrame(found, columns=["topic", "amount", "sentence"]).astype({"amount": "float64"})
    binding = "risk_bound_by" if facts.limit["reason"] == "above the risk" else "binding_with_cover"
    ours = (table["topic"] == "decision") & (facts.limit[binding] in CONFIDENTIAL)
    table = table.assign(told_to_buyer=table["topic"].isin(SHAREABLE) & ~ours)
    return table.set_axis(pd.RangeIndex(1, len(table) + 1, name="step"))


def _money(facts: Facts, amount: float) -> str:
    return formatted(amount, facts.book.run.currency)


def _agreeing(
    facts: Facts, factors: list[tuple[float, Writer]], result: float, calculate: Callable[..., float]
) -> list[str]:
    """Return factors as text with the digits for which they give the result as the sentence prints it."""
    return agreeing(factors, _money(facts, result), calculate, money_in(facts.book.run.currency))


def _known(facts: Facts) -> Iterator[Step]:
    known, rating, name = facts.known, facts.rating, facts.book.names[facts.known["buyer_id"]]
    who = known["buyer_id"] if pd.isna(name) else f"{name} ({known['buyer_id']})"
    sentence = f"{who} owes {_money(facts, known['open_amount'])} as of {day(facts.book.as_of)}"
    if pd.notna(known["customer_since"]):
        sentence += f"; customer since {day(known['customer_since'])}"
    if pd.notna(known["last_issued"]):
        sentence += f"; last invoice dated {day(known['last_issued'])}"
    yield "buyer", known["open_amount"], sentence + "."
    if rating["method"] == "in default":
        yield "grade", None, "It is in default, and therefore in grade 10 of 10."
    else:
        drivers = rating.get("drivers", "")
        against = f" Main drivers: {drivers}." if drivers else ""
        yield (
            "grade",
            None,
            f"Its 12-month default probability is {probability(rating['pd'])}, grade {rating['grade']} of 10 "
            f"({rating['method']}).{against}",
        )
    if facts.limit["rule"] != USUAL:
        applied = rule(facts.limit["rule"], facts.book.run.limits, facts.book.run.currency)
        yield "rule", None, f"A special rule applies: {applied}."


def _alone(facts: Facts) -> Iterator[Step]:
    """Yield the methods that look at the buyer alone, and the smallest of their amounts."""
    amounts = facts.limit[list(SENTENCES)].astype("float64")
    for column, sentence in SENTENCES.items():
        text = sentence(facts)
        if text:
            yield METHODS[column], amounts[column], text
    smallest = amounts.idxmin()
    amount = _money(facts, amounts[smallest])
    yield "smallest", amounts[smallest], f"The smallest of these amounts counts: {amount}, by “{METHODS[smallest]}”."


def _need(facts: Facts) -> str:
    known, settings, need = facts.known, facts.book.run.limits, facts.limit["need"]
    if pd.isna(need) and pd.isna(known["monthly_purchases"]):
        return "What it buys cannot be told from open items alone: its need is not known."
    if pd.isna(need):
        return "It has not ordered yet: its need is not known."
    if facts.rules["dormant"]:
        return f"It has bought nothing for {settings.dormant_months} months: its need is {_money(facts, need)}."
    if pd.isna(known["payment_days"]):
        return f"It has bought nothing in the last 12 months: its need is {_money(facts, need)}."
    delay, days = settings.tolerated_delay_days, known["payment_days"] + settings.tolerated_delay_days
    taken = known["monthly_purchases"] * days / 30
    least = f" The minimum need is {_money(facts, need)}." if need > taken else ""
    monthly, terms = _agreeing(
        facts,
        [(known["monthly_purchases"], money_in(facts.book.run.currency)), (known["payment_days"], plain)],
        taken,
        lambda bought, terms: bought * (terms + delay) / 30,
    )
    return (
        f"It buys {monthly} a month at usual terms of {terms} days. With a tolerated delay of {delay} days, "
        f"{shown(terms) + delay:,.10g} days of purchases are {_money(facts, taken)}.{least}"
    )


def _capacity(facts: Facts) -> str:
    amounts = facts.by_base.dropna()
    if pd.isna(facts.limit["capacity"]):
        return ""
    place = int(facts.rating["grade"]) - 1
    parts = []
    for base in amounts.index:
        name, held = base.replace("_", " "), facts.account[base]
        part = getattr(facts.book.run.limits, BASES[base])[place]
        of_it, stated = ", for which we lend", _money(facts, held)
        if held >= 0:
            stated, lent = _agreeing(
                facts,
                [(held, money_in(facts.book.run.currency)), (part, share)],
                amounts[base],
                lambda of, part: of * part,
            )
            of_it = f", of which {lent} is"
        parts.append(f"{name} of {stated}{of_it} {_money(facts, amounts[base])}")
    return (
        f"Its accounts of {day(facts.account['period_end'])} show {'; '.join(parts)}. The smallest of these, "
        f"{_money(facts, facts.limit['capacity'])}, is its capacity."
    )


def _loss_budget(facts: Facts) -> str:
    allowed, budget = facts.limit["expected_loss_budget"], facts.book.run.limits.expected_loss_budget
    if pd.isna(allowed):
        return ""
    rate, lost = _agreeing(
        facts,
        [(facts.rating["pd"], chance), (facts.lgd, share)],
        allowed,
        lambda rate, lost: budget / (rate * lost) if rate * lost else allowed,
    )
    return (
        f"We accept an expected loss of {_money(facts, budget)} a year on one buyer. At a default probability of "
        f"{rate} and a loss given default of {lost}, that allows {_money(facts, allowed)}."
    )


def _value(facts: Facts) -> str:
    row = facts.value
    if row is None:
        return ""
    verdict = "so a limit of any size pays" if row["granted"] else "so no limit pays, of any size"
    return (
        f"A limit of 100 earns a margin of {row['margin']:.2f}, has an expected loss of {row['expected_loss']:.2f} a "
        f"year, and its capital costs {row['capital_cost']:.2f} a year: {verdict}."
    )


def _where_known(column: str, sentence: str) -> Callable[[Facts], str]:
    """Return the sentence of a method, which names its `amount` and the buyer's `grade`; none without."""

    def text(facts: Facts) -> str:
        allowed, settings = facts.limit[column], facts.book.run.limits
        if pd.isna(allowed):
            return ""
        return sentence.format(
            amount=_money(facts, allowed), grade=facts.rating["grade"], months=settings.new_buyer_months
        )

    return text


def _concentration(facts: Facts) -> str:
    most = facts.limit["concentration"]
    if pd.isna(most):
        return ""
    part, of = _agreeing(
        facts,
        [(facts.book.run.limits.maximum_share_of_book, share), (facts.receivables, money_in(facts.book.run.currency))],
        most,
        lambda part, of: part * of,
    )
    return f"No buyer may owe more than {part} of all receivables ({of}): {_money(facts, most)}."


def _without_accounts(facts: Facts) -> str:
    allowed, settings = facts.limit["without_accounts"], facts.book.run.limits
    if pd.isna(allowed):
        return ""
    grade = int(facts.rating["grade"])
    most = _money(facts, allowed)
    own = f"Its accounts are not known. In grade {grade} we risk at most {most} of our own on such a buyer"
    if not allowed > settings.without_accounts_limit[grade - 1]:
        return f"{own}."
    months = min(facts.experience["history_months"], settings.payment_history_months)
    part, paid, length = _agreeing(
        facts,
        [
            (settings.payment_history_share[grade - 1], share),
            (facts.experience["paid_balance"], money_in(facts.book.run.currency)),
            (months, plain),
        ],
        allowed,
        lambda part, paid, length: part * paid * length / settings.payment_history_months,
    )
    full = f" for {length} of {settings.payment_history_months} months of payment history"
    return f"{own}: {part} of the largest balance that it has owed and paid since, {paid},{full}."


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "need": _need,
    "capacity": _capacity,
    "expected_loss_budget": _loss_budget,
    "net_value_added": _value,
    "without_accounts": _without_accounts,
    "new_buyer": _where_known(
        "new_buyer", "It has been known for less than {months} months: we risk at most {amount} of our own."
    ),
    "maximum_of_kind": _where_known("maximum_of_kind", "The maximum for a buyer of its kind is {amount}."),
    "maximum": _where_known("maximum", "The maximum for any buyer is {amount}."),
    "concentration": _concentration,
}
"""Column of a method: what it says of a buyer; nothing where it does not apply."""


def _together(facts: Facts) -> Iterator[Step]:
    limit = facts.limit
    if pd.notna(limit["group_id"]):
        shared = "there is room for what each member may have alone"
        if pd.notna(limit["group_room"]):
            shared = f"shared by need, that leaves it {_money(facts, limit['group_room'])}"
        yield (
            "group",
            limit["group_room"],
            f"It is one of {counted(facts.members, 'buyer')} of group {limit['group_id']}, whose limits may add up to "
            f"{_money(facts, limit['group_limit'])}: {shared}.",
        )
    for name in ("sector", "country"):
        room = limit[f"{name}_room"]
        if pd.notna(room):
            of = NOT_STATED if pd.isna(facts.known[name]) else facts.known[name]
            full = f"The limits of {name} {of} exceed its cap"
            cut = "All limits not set by an analyst are cut in proportion, which leaves it"
            yield name, room, f"{full}. {cut} {_money(facts, room)}."


def _limit(facts: Facts) -> Iterator[Step]:
    limit, amount = facts.limit, _money(facts, facts.limit["recommended"])
    fixed = next((name for name in FIXED if facts.rules[name]), None)
    if fixed == "in default":
        yield fixed, 0.0, "It is in default: whatever the methods give, it gets no further credit."
    elif fixed == "prepaid":
        yield fixed, 0.0, "It pays in advance: it needs no limit."
    elif fixed:
        override: pd.Series = facts.override
        end = "" if pd.isna(override["until"]) else f" until {day(override['until'])}"
        sentence = f"{override['by']} has set {amount}{end} ({override['reason']}), which replaces the methods."
        yield fixed, limit["recommended"], sentence
    else:
        digits = counted(facts.book.run.limits.digits, "significant digit")
        yield "rounding", limit["recommended"], f"Rounded down to {digits}, that is {amount}."
    yield "limit", limit["recommended"], f"The recommended limit is {amount}; binding constraint: “{limit['binding']}”."


def _with_cover(facts: Facts) -> str:
    limit = facts.limit
    amount = _money(facts, limit["recommended_with_cover"])
    if facts.share * facts.reach == 0:
        return f"The insurer covers nothing of it: the limit stays {amount}."
    if limit["stopped"]:
        why = "An invoice is overdue past the policy's maximum extension period, so that new deliveries are not insured"
        return f"{why}: the limit stays {amount}."
    its = "the discretionary limit" if pd.isna(limit["insurer_limit"]) else "its limit"
    part, less = "what lies", ""
    if facts.insurable < 1:
        part = "the insured debt"
        less = (
            f"{percent(facts.insurable)} of a limit in use is insured debt: the rest is tax, or on terms longer than "
            "the policy covers. "
        )
    return (
        f"{less}The insurer covers {percent(facts.percentage)} of {part} within {its} of "
        f"{_money(facts, limit['covered_limit'])}. With insurance the limit is {amount} (binding constraint: "
        f"“{limit['binding_with_cover']}”), of which {_money(facts, facts.own)} is our own risk."
    )


def _decision(facts: Facts) -> str:
    limit, before = facts.limit, facts.limit["own_limit"]
    change = _money(facts, abs(limit["change"]))
    then = _money(facts, (0 if pd.isna(before) else before) + limit["change"])
    if limit["decision"] == "none":
        return "No limit is in force, and none is needed: there is nothing to decide."
    now = "No limit of ours is in force" if pd.isna(before) else f"Our limit in force is {_money(facts, before)}"
    what = {
        "new": f"a new one of {then} is to be set",
        "increase": f"it rises by {change} to {then}",
        "reduction": f"it falls by {change} to {then}",
        "cancellation": "it is cancelled",
        "prolongation": "it stays as it is",
        "refusal": "none is granted",
    }[limit["decision"]]
    granting, reason = limit["decision"] in ("new", "increase"), REASONS[limit["reason"]]
    why = f"no more, because {reason}" if granting else f"because {reason}"
    if granting and limit["binding_with_cover"] == "need":
        why = f"and {reason}"
    return f"{now}: {what}, {why}."
