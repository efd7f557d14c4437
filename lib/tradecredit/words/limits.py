"""Sentences on credit limits: what they rest on, which constraint binds, what to decide, and what insurance adds."""

from collections.abc import Sequence

import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.decide.limits import caps
from tradecredit.decide.limits.changes import DECISIONS
from tradecredit.decide.limits.rules import USUAL
from tradecredit.language import tr
from tradecredit.measure import limits_in_force
from tradecredit.params.limits import LimitSettings
from tradecredit.words.formats import counted, listed, money, percent, short, staked, whole

REASONS = {
    "need": "it buys less than the limit is for",
    "capacity": "its accounts support no more",
    "expected-loss budget": "its default probability allows no more",
    "net value added": "expected loss and capital would cost more than its margin earns",
    "no accounts": "its accounts are not known",
    "new buyer": "it is a new buyer",
    "maximum of its kind": "it is at the maximum for buyers of its kind",
    "maximum limit": "it is at the maximum for any buyer",
    "concentration": "more would be too large a share of the book",
    "group": "with more, the limits of its group would pass the group's limit",
    "sector": "with more, the limits of its sector would pass the sector's cap",
    "country": "with more, the limits of its country would pass the country's cap",
    "prepaid": "it pays in advance",
    "analyst's override": "an analyst has decided",
    "in default": "it is in default",
    "negative equity": "its accounts show negative equity",
    "insolvent": "it is insolvent",
    "long overdue": "what it owes is long past due",
    "deliveries held back": "deliveries to it are held back, or the insurer is to be told first",
    "still owed": "it needs less, but owes as much or more",
    "above the risk": "more is owed than the risk allows: to the limit by risk",
    "need met": "its need is met",
    "little change": "the recommended limit differs only slightly",
}
"""What the `reason` of a decision (`changes.REASONS`) says, as the end of a sentence."""


def of_limits_in_force(book: Book, totals: pd.Series) -> dict[str, tuple]:
    """Return the headline figures of limits in force (`limits.totals`); none where the book holds no limits."""
    if not book.has("limits"):
        return {}
    granted = limits_in_force.acceptance(book).loc["last 12 months", "acceptance"]
    return {
        "limit_breaches": (totals["breaches"], "count", tr("Buyers exceeding their limit")),
        "breach_amount": (totals["breach_amount"], book.run.currency),
        "limit_acceptance": (granted, "fraction", tr("Amounts granted by the insurer of those asked")),
    }


def with_reasons(table: pd.DataFrame) -> pd.DataFrame:
    """Return limits (`recommend`) with the codes of their `reason` in words; missing stays missing."""
    return table.assign(reason=table["reason"].map(REASONS))


def rule(codes: str, settings: LimitSettings, currency: str) -> str:
    """Return the special rules that apply to a buyer, the `rule` of `recommend`, in words; `as usual` without any."""
    words = _rules(settings, currency)
    return USUAL if codes == USUAL else "; ".join(words[code] for code in codes.split("; "))


def _rules(settings: LimitSettings, currency: str) -> dict[str, str]:
    def at_most(amount: float | None) -> str:
        return (
            tr("need and concentration alone")
            if amount is None
            else tr("at most {amount}", amount=money(amount, currency))
        )

    return {
        "in default": tr("in default: no limit"),
        "prepaid": tr("pays in advance: no limit"),
        "analyst's override": tr("the limit set by an analyst stands"),
        "public": tr("public body, risk not measured: {at_most}", at_most=at_most(settings.public_limit)),
        "affiliate": tr("affiliated company, risk not measured: {at_most}", at_most=at_most(settings.affiliate_limit)),
        "new buyer": tr(
            "known for less than {new_buyer_months} months: {at_most} at our own risk",
            new_buyer_months=settings.new_buyer_months,
            at_most=at_most(settings.new_buyer_limit),
        ),
        "dormant": tr(
            "no purchases for {dormant_months} months: {at_most}",
            dormant_months=settings.dormant_months,
            at_most=at_most(settings.dormant_limit),
        ),
        "no accounts": tr(
            "no accounts known: at most the amount of its grade, or what its payment history carries if "
            "that is more, at our own risk"
        ),
        "negative equity": tr("negative equity: {at_most}", at_most=at_most(settings.negative_equity_limit)),
    }


def assumptions(book: Book, limits: pd.DataFrame) -> list[str]:
    """Return what the limits take for granted; see `recommend`."""
    found = []
    if book.run.margin is None:
        found.append(
            tr(
                "The run states no margin: net value added constrains no limit, and what limit requests, portfolio "
                "limits and longer terms would earn is not computable."
            )
        )
    else:
        found.append(
            tr(
                "Net value added assumes {turns_a_year} × the margin a year on a limit, whatever the buyer "
                "purchases (`turns_a_year`); cuts, limit requests and portfolio limits use its actual sales. "
                "Of these a limit carries the part that it would have carried of what the buyer owed at the "
                "ends of the last 52 weeks; what is owed above the need alone is never stopped, and loses no "
                "sales.",
                turns_a_year=short(book.run.limits.turns_a_year),
            )
        )
    if limits["without_accounts"].notna().any():
        settings = book.run.limits
        by_grade = listed(percent(share) for share in settings.payment_history_share)
        found.append(
            tr(
                "A buyer whose accounts are not known may have at our own risk the larger of the amount of its "
                "grade (`limits.without_accounts_limit`) and a part of the largest balance that it has owed "
                "and paid since (`payment_history_share`: {by_grade} of grades 1 to 10) after "
                "{payment_history_months} months of payment history, in proportion before, and nothing before "
                "{payment_history_least_months}.",
                by_grade=by_grade,
                payment_history_months=settings.payment_history_months,
                payment_history_least_months=settings.payment_history_least_months,
            )
        )
    if limits["covered_limit"].isna().all():
        found.append(
            tr("The run names no policy: all receivables are at our own risk, and insurance adds to no limit.")
        )
    if (limits["covered_limit"] > 0).any() and not (limits["insured"] > 0).any():
        found.append(tr("The policy in force covers none of today's receivables: no limit rests on insurance."))
    if not limits["exposure"].sum() > 0:
        found.append(tr("Nobody owes anything: caps stated as shares of all receivables do not apply."))
    endless = int((book.overrides["limit"].notna() & book.overrides["until"].isna()).sum())
    if endless:
        found.append(
            tr(
                "Analysts' limits without an end date ({endless}) stay in force until withdrawn.",
                endless=whole(endless),
            )
        )
    return found


def orders(book: Book) -> list[str]:
    """Return what counts of orders against limits and of what is shipped as exposure; nothing without that table."""
    if not book.has("orders"):
        return []
    days = book.run.limits.order_horizon_days
    horizon = "" if days is None else tr(" Orders expected more than {days} days ahead do not count.", days=whole(days))
    return [
        tr(
            "What is shipped and not invoiced is exposure, and counts as retained until its invoice shows what is "
            "insured of it. Open orders are commitments: they count in the use of limits and in excesses over "
            "them, not in exposure, in what the risk allows to be owed or in losses; those of buyers that pay in "
            "advance do not count. What is on account is set off. Needs, and shares of the book, are of invoices "
            "alone."
        )
        + horizon
    ]


def held_orders(limits: pd.DataFrame, currency: str) -> str:
    """Return what of the open orders the limits to set have room for; empty without orders (`recommend`)."""
    if "orders_held" not in limits or not limits["open_orders"].sum() > 0:
        return ""
    above = limits[limits["orders_held"] > 0]
    all_of_them = tr("Of open orders of {open_orders}", open_orders=money(limits["open_orders"].sum(), currency))
    if above.empty:
        return tr("{all_of_them} the limits to set have room for all.", all_of_them=all_of_them)
    return tr(
        "{all_of_them}, {orders_held} of {buyers} is above the limit to set: ship that part only against "
        "payment, or once the limit is raised.",
        all_of_them=all_of_them,
        orders_held=money(above["orders_held"].sum(), currency),
        buyers=counted(len(above), "buyer"),
    )


def against(limits: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    """Return columns with what counts against limits in place of `exposure`, which differs where there are orders."""
    return [caps.against(limits) if column == "exposure" else column for column in columns]


def binding(by_binding: pd.DataFrame) -> str:
    """Return which constraint binds how many limits with insurance; see `by_binding`."""
    counts = by_binding["buyers_with_cover"]
    needed, others = int(counts.get("need", 0)), counts.drop(index="need", errors="ignore")
    if counts.sum() == 1:
        return tr("The binding constraint of the only limit is {counts}.", counts=counts.idxmax())
    rest = listed(f"{method} ({count:,})" for method, count in others[others > 0].items())
    if not needed:
        return tr(
            "Need binds none of {limits}; what does: {rest}.", limits=counted(int(counts.sum()), "limit"), rest=rest
        )
    others = tr(" What binds the rest: {rest}.", rest=rest) if rest else ""
    return tr(
        "Need is the binding constraint for {needed} of {counts} limits.{others}",
        needed=whole(needed),
        counts=whole(counts.sum()),
        others=others,
    )


def in_all(totals: pd.Series, currency: str) -> str:
    """Return what recommended limits and limits to set are in total, and why the two differ (`limits.totals`)."""
    recommended, to_set = totals["recommended_with_cover"], totals["to_set"]
    told = tr(
        "Recommended limits total **{recommended}** ({recommended_2} without insurance), limits to set **{to_set}**",
        recommended=money(recommended, currency),
        recommended_2=money(totals["recommended"], currency),
        to_set=money(to_set, currency),
    )
    if abs(to_set - recommended) < CENT:
        return f"{told}."
    return tr(
        "{told}: a limit stays where it would change only slightly, is not raised where deliveries are "
        "held back or the insurer is to be told first, and need alone neither lowers it below what is owed "
        "nor sets a first one there.",
        told=told,
    )


def changes(limits: pd.DataFrame, currency: str) -> str:
    """Return how many limits of the book are decided in which way, and what that changes."""
    sums = limits[limits["decision"] != "none"].groupby("decision")["change"].agg(["size", "sum"])
    parts = [
        tr("{decision} {number}", decision=name, number=whole(int(row["size"])))
        + (
            f" ({staked(money(abs(row['sum']), currency), tr('more') if row['sum'] > 0 else tr('less'))})"
            if row["sum"]
            else ""
        )
        for name, row in sums.reindex(list(DECISIONS)).dropna().iterrows()
    ]
    return tr("Decisions by kind: {join}.", join=tr(", ").join(parts)) if parts else tr("There is nothing to decide.")


def lost(limits: pd.DataFrame, on_limit: pd.Series, currency: str) -> str:
    """Return what sales and margin are lost by limits that are cut, refused or granted in part; empty where none are.

    `limits`: `limits.recommend`; `on_limit`: the decision on each limit (`buyer_sheet.advice`), of which `cut` asks for
    these cuts alone.
    """
    less = limits[limits["lost_sales"] > 0]
    if less.empty:
        return ""
    alone = less[on_limit.reindex(less.index) == "cut"]
    margin = less["lost_margin"].sum(min_count=1)
    earned = "" if pd.isna(margin) else tr(", {margin} of margin", margin=money(margin, currency))
    them = tr("The limit that is") if len(less) == 1 else tr("The {less} limits that are", less=whole(len(less)))
    each = tr("This limit") if len(less) == 1 else tr("Each of these limits")
    part = tr("{each} is decided with a hold of deliveries, or is granted or refused in the ordinary course", each=each)
    if len(alone):
        amount = alone["lost_sales" if pd.isna(margin) else "lost_margin"].sum()
        part = tr(
            "{amount} of it is of {buyers} whose cut is decided by itself; the other limits are decided "
            "with a hold of deliveries, or are granted or refused in the ordinary course",
            amount=money(amount, currency),
            buyers=counted(len(alone), "buyer"),
        )
    lose = "loses" if len(less) == 1 else "lose"
    return tr(
        "{them} cut, refused or granted in part for risk {lose} {lost_sales} of sales a year{earned}, "
        "before what the sales would have lost in defaults. {part}.",
        them=them,
        lose=lose,
        lost_sales=money(less["lost_sales"].sum(), currency),
        earned=earned,
        part=part,
    )


def without_accounts(limits: pd.DataFrame, settings: LimitSettings) -> str:
    """Return when a buyer without accounts may have more than the amount of its grade; empty without such buyers.

    `limits`: `limits.recommend`. Source: definitions §4.8.
    """
    if limits["without_accounts"].isna().all():
        return ""
    shares = pd.Series(settings.payment_history_share)
    run = (shares != shares.shift()).cumsum()
    by_share = [(of.iloc[0], of.index + 1) for _, of in shares.groupby(run) if of.iloc[0] > 0]
    if not by_share:
        return tr("Without accounts a buyer may have the amount of its grade at our own risk, whatever it has paid.")
    ways = [tr("grade {0}"), tr("grades {0} and {1}"), tr("grades {0} to {1}")]
    parts = [
        tr("{part} in {grades}", part=percent(part), grades=ways[min(len(grades), 3) - 1].format(grades[0], grades[-1]))
        for part, grades in by_share
    ]
    nothing = "" if (shares > 0).all() else tr(", nothing in the others")
    return tr(
        "Without accounts a buyer may have the amount of its grade at our own risk, or if that is more a "
        "part of the largest balance that it has owed and paid since: {parts}{nothing}. After {months} of "
        "payment history that counts in full, before in proportion, and with less than {months_2} not at "
        "all. With insurance this bounds our own part of the limit.",
        parts=listed(parts),
        nothing=nothing,
        months=counted(settings.payment_history_months, "month"),
        months_2=counted(settings.payment_history_least_months, "month"),
    )


def above_need(over: pd.DataFrame, currency: str) -> str:
    """Return what buyers owe above their need, how many of them are to be brought back, and what needs no decision.

    `over`: `actions.above_need`, with `over_limit_to_set` and `on_limit` of the sheets. Empty where none does.
    """
    if over.empty:
        return ""
    buyers = counted(len(over), "buyer")
    owe = tr("{buyers} owes", buyers=buyers) if len(over) == 1 else tr("{buyers} owe", buyers=buyers)
    told = tr(
        "{owe} {over_need} above the need: by itself a signal to look, no decision.",
        owe=owe,
        over_need=money(over["over_need"].sum(), currency),
    )
    back = over[over["on_limit"] == "above limit"]
    if len(back):
        told += tr(
            " {over_limit_to_set} of {back} of them is also above the limit to set, and to be brought back.",
            over_limit_to_set=money(back["over_limit_to_set"].sum(), currency),
            back=whole(len(back)),
        )
    return told
