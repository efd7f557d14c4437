"""Why a buyer gets its limit, in sentences for its account manager: each step from what is known to the amount."""

from collections.abc import Callable, Iterator

import pandas as pd

from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.explain import Facts
from tradecredit.decide.limits.methods import BASES
from tradecredit.decide.limits.rules import FIXED, USUAL
from tradecredit.language import tr
from tradecredit.params.base import NOT_STATED
from tradecredit.words.agreeing import Writer, agreeing, chance, money_in, plain, share, shown
from tradecredit.words.codes import in_words
from tradecredit.words.formats import counted, day, fixed, percent, probability, short
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
        found.append((tr("with cover"), facts.limit["recommended_with_cover"], _with_cover(facts)))
    found.append(("decision", facts.limit["change"], _decision(facts)))
    if pd.notna(facts.limit["approval"]):
        found.append(("approval", None, tr("Approval by: {approval}.", approval=facts.limit["approval"])))
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
    sentence = tr(
        "{who} owes {money} as of {as_of}",
        who=who,
        money=_money(facts, known["open_amount"]),
        as_of=day(facts.book.as_of),
    )
    if pd.notna(known["customer_since"]):
        sentence += tr("; customer since {customer_since}", customer_since=day(known["customer_since"]))
    if pd.notna(known["last_issued"]):
        sentence += tr("; last invoice dated {last_issued}", last_issued=day(known["last_issued"]))
    yield "buyer", known["open_amount"], sentence + "."
    if rating["method"] == "in default":
        yield "grade", None, tr("It is in default, and therefore in grade 10 of 10.")
    else:
        drivers = rating.get("drivers", "")
        against = tr(" Main drivers: {drivers}.", drivers=in_words(drivers)) if drivers else ""
        yield (
            "grade",
            None,
            tr(
                "Its 12-month default probability is {pd}, grade {grade} of 10 ({method}).{against}",
                pd=probability(rating["pd"]),
                grade=rating["grade"],
                method=rating["method"],
                against=against,
            ),
        )
    if facts.limit["rule"] != USUAL:
        applied = rule(facts.limit["rule"], facts.book.run.limits, facts.book.run.currency)
        yield "rule", None, tr("A special rule applies: {applied}.", applied=applied)


def _alone(facts: Facts) -> Iterator[Step]:
    """Yield the methods that look at the buyer alone, and the smallest of their amounts."""
    amounts = facts.limit[list(SENTENCES)].astype("float64")
    for column, sentence in SENTENCES.items():
        text = sentence(facts)
        if text:
            yield tr(METHODS[column]), amounts[column], text
    smallest = amounts.idxmin()
    amount = _money(facts, amounts[smallest])
    yield (
        "smallest",
        amounts[smallest],
        tr(
            "The smallest of these amounts counts: {amount}, by “{methods}”.",
            amount=amount,
            methods=tr(METHODS[smallest]),
        ),
    )


def _need(facts: Facts) -> str:
    known, settings, need = facts.known, facts.book.run.limits, facts.limit["need"]
    if pd.isna(need) and pd.isna(known["monthly_purchases"]):
        return tr("What it buys cannot be told from open items alone: its need is not known.")
    if pd.isna(need):
        return tr("It has not ordered yet: its need is not known.")
    if facts.rules["dormant"]:
        return tr(
            "It has bought nothing for {dormant_months} months: its need is {money}.",
            dormant_months=settings.dormant_months,
            money=_money(facts, need),
        )
    if pd.isna(known["payment_days"]):
        return tr("It has bought nothing in the last 12 months: its need is {money}.", money=_money(facts, need))
    delay, days = settings.tolerated_delay_days, known["payment_days"] + settings.tolerated_delay_days
    taken = known["monthly_purchases"] * days / 30
    least = tr(" The minimum need is {money}.", money=_money(facts, need)) if need > taken else ""
    monthly, terms = _agreeing(
        facts,
        [(known["monthly_purchases"], money_in(facts.book.run.currency)), (known["payment_days"], plain)],
        taken,
        lambda bought, terms: bought * (terms + delay) / 30,
    )
    return tr(
        "It buys {monthly} a month at usual terms of {terms} days. With a tolerated delay of {delay} days, {days} "
        "days of purchases are {taken}.{least}",
        monthly=monthly, terms=terms, delay=delay, days=short(shown(terms) + delay, 10), taken=_money(facts, taken),
        least=least,
    )  # fmt: skip


def _capacity(facts: Facts) -> str:
    amounts = facts.by_base.dropna()
    if pd.isna(facts.limit["capacity"]):
        return ""
    place = int(facts.rating["grade"]) - 1
    parts = []
    for base in amounts.index:
        name, held = tr(base.replace("_", " ")), facts.account[base]
        part = getattr(facts.book.run.limits, BASES[base])[place]
        of_it, stated = tr(", for which we lend"), _money(facts, held)
        if held >= 0:
            stated, lent = _agreeing(
                facts,
                [(held, money_in(facts.book.run.currency)), (part, share)],
                amounts[base],
                lambda of, part: of * part,
            )
            of_it = tr(", of which {lent} is", lent=lent)
        parts.append(
            tr(
                "{name} of {stated}{of_it} {money}",
                name=name,
                stated=stated,
                of_it=of_it,
                money=_money(facts, amounts[base]),
            )
        )
    return tr(
        "Its accounts of {period_end} show {join}. The smallest of these, {money}, is its capacity.",
        period_end=day(facts.account["period_end"]),
        join=tr("; ").join(parts),
        money=_money(facts, facts.limit["capacity"]),
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
    return tr(
        "We accept an expected loss of {money} a year on one buyer. At a default probability of {rate} and "
        "a loss given default of {lost}, that allows {money_2}.",
        money=_money(facts, budget),
        rate=rate,
        lost=lost,
        money_2=_money(facts, allowed),
    )


def _value(facts: Facts) -> str:
    row = facts.value
    if row is None:
        return ""
    verdict = tr("so a limit of any size pays") if row["granted"] else tr("so no limit pays, of any size")
    return tr(
        "A limit of 100 earns a margin of {margin}, has an expected loss of {expected_loss} a year, and "
        "its capital costs {capital_cost} a year: {verdict}.",
        margin=fixed(row["margin"], 2),
        expected_loss=fixed(row["expected_loss"], 2),
        capital_cost=fixed(row["capital_cost"], 2),
        verdict=verdict,
    )


OF_ONE_RULE = {
    "new_buyer": "It has been known for less than {months} months: we risk at most {amount} of our own.",
    "maximum_of_kind": "The maximum for a buyer of its kind is {amount}.",
    "maximum": "The maximum for any buyer is {amount}.",
}
"""What is said of a method that a single rule of the run file gives."""


def _where_known(column: str) -> Callable[[Facts], str]:
    """Return the sentence of a method, which names its `amount` and the buyer's `grade`; none without."""

    def text(facts: Facts) -> str:
        allowed, settings = facts.limit[column], facts.book.run.limits
        if pd.isna(allowed):
            return ""
        return tr(
            OF_ONE_RULE[column], amount=_money(facts, allowed), grade=facts.rating["grade"],
            months=settings.new_buyer_months,
        )  # fmt: skip

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
    return tr(
        "No buyer may owe more than {part} of all receivables ({of}): {money}.",
        part=part,
        of=of,
        money=_money(facts, most),
    )


def _without_accounts(facts: Facts) -> str:
    allowed, settings = facts.limit["without_accounts"], facts.book.run.limits
    if pd.isna(allowed):
        return ""
    grade = int(facts.rating["grade"])
    most = _money(facts, allowed)
    own = tr(
        "Its accounts are not known. In grade {grade} we risk at most {most} of our own on such a buyer",
        grade=grade,
        most=most,
    )
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
    full = tr(
        " for {length} of {payment_history_months} months of payment history",
        length=length,
        payment_history_months=settings.payment_history_months,
    )
    return tr(
        "{own}: {part} of the largest balance that it has owed and paid since, {paid},{full}.",
        own=own,
        part=part,
        paid=paid,
        full=full,
    )


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "need": _need,
    "capacity": _capacity,
    "expected_loss_budget": _loss_budget,
    "net_value_added": _value,
    "without_accounts": _without_accounts,
    "new_buyer": _where_known("new_buyer"),
    "maximum_of_kind": _where_known("maximum_of_kind"),
    "maximum": _where_known("maximum"),
    "concentration": _concentration,
}
"""Column of a method: what it says of a buyer; nothing where it does not apply."""


def _together(facts: Facts) -> Iterator[Step]:
    limit = facts.limit
    if pd.notna(limit["group_id"]):
        shared = tr("there is room for what each member may have alone")
        if pd.notna(limit["group_room"]):
            shared = tr("shared by need, that leaves it {money}", money=_money(facts, limit["group_room"]))
        yield (
            "group",
            limit["group_room"],
            tr(
                "It is one of {buyers} of group {group_id}, whose limits may add up to {money}: {shared}.",
                buyers=counted(facts.members, "buyer"),
                group_id=limit["group_id"],
                money=_money(facts, limit["group_limit"]),
                shared=shared,
            ),
        )
    for name in ("sector", "country"):
        room = limit[f"{name}_room"]
        if pd.notna(room):
            of = NOT_STATED if pd.isna(facts.known[name]) else facts.known[name]
            full = tr("The limits of {name} {of} exceed its cap", name=name, of=of)
            cut = tr("All limits not set by an analyst are cut in proportion, which leaves it")
            yield name, room, f"{full}. {cut} {_money(facts, room)}."


def _limit(facts: Facts) -> Iterator[Step]:
    limit, amount = facts.limit, _money(facts, facts.limit["recommended"])
    fixed = next((name for name in FIXED if facts.rules[name]), None)
    if fixed == "in default":
        yield fixed, 0.0, tr("It is in default: whatever the methods give, it gets no further credit.")
    elif fixed == "prepaid":
        yield fixed, 0.0, tr("It pays in advance: it needs no limit.")
    elif fixed:
        override: pd.Series = facts.override
        end = "" if pd.isna(override["until"]) else tr(" until {until}", until=day(override["until"]))
        sentence = tr(
            "{by} has set {amount}{end} ({reason}), which replaces the methods.",
            by=override["by"],
            amount=amount,
            end=end,
            reason=override["reason"],
        )
        yield fixed, limit["recommended"], sentence
    else:
        digits = counted(facts.book.run.limits.digits, "significant digit")
        yield (
            "rounding",
            limit["recommended"],
            tr("Rounded down to {digits}, that is {amount}.", digits=digits, amount=amount),
        )
    yield (
        "limit",
        limit["recommended"],
        tr(
            "The recommended limit is {amount}; binding constraint: “{binding}”.",
            amount=amount,
            binding=limit["binding"],
        ),
    )


def _with_cover(facts: Facts) -> str:
    limit = facts.limit
    amount = _money(facts, limit["recommended_with_cover"])
    if facts.share * facts.reach == 0:
        return tr("The insurer covers nothing of it: the limit stays {amount}.", amount=amount)
    if limit["stopped"]:
        why = tr(
            "An invoice is overdue past the policy's maximum extension period, so that new deliveries are not insured"
        )
        return tr("{why}: the limit stays {amount}.", why=why, amount=amount)
    its = tr("the discretionary limit") if pd.isna(limit["insurer_limit"]) else tr("its limit")
    part, less = tr("what lies"), ""
    if facts.insurable < 1:
        part = tr("the insured debt")
        less = tr(
            "{insurable} of a limit in use is insured debt: the rest is tax, or on terms longer than the "
            "policy covers. ",
            insurable=percent(facts.insurable),
        )
    return tr(
        "{less}The insurer covers {percentage} of {part} within {its} of {money}. With insurance the limit "
        "is {amount} (binding constraint: “{binding_with_cover}”), of which {money_2} is our own risk.",
        less=less,
        percentage=percent(facts.percentage),
        part=part,
        its=its,
        money=_money(facts, limit["covered_limit"]),
        amount=amount,
        binding_with_cover=limit["binding_with_cover"],
        money_2=_money(facts, facts.own),
    )


def _decision(facts: Facts) -> str:
    limit, before = facts.limit, facts.limit["own_limit"]
    change = _money(facts, abs(limit["change"]))
    then = _money(facts, (0 if pd.isna(before) else before) + limit["change"])
    if limit["decision"] == "none":
        return tr("No limit is in force, and none is needed: there is nothing to decide.")
    now = (
        tr("No limit of ours is in force")
        if pd.isna(before)
        else tr("Our limit in force is {money}", money=_money(facts, before))
    )
    what = {
        "new": tr("a new one of {then} is to be set", then=then),
        "increase": tr("it rises by {change} to {then}", change=change, then=then),
        "reduction": tr("it falls by {change} to {then}", change=change, then=then),
        "cancellation": tr("it is cancelled"),
        "prolongation": tr("it stays as it is"),
        "refusal": tr("none is granted"),
    }[limit["decision"]]
    granting, reason = limit["decision"] in ("new", "increase"), tr(REASONS[limit["reason"]])
    why = tr("no more, because {reason}", reason=reason) if granting else tr("because {reason}", reason=reason)
    if granting and limit["binding_with_cover"] == "need":
        why = tr("and {reason}", reason=reason)
    return f"{now}: {what}, {why}."
