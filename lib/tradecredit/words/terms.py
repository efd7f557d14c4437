"""Sentences on terms of payment: discounts, lengths, late interest, and what to do about an overdue buyer."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.decide.buyer_decisions import OVERDUE_OPTIONS
from tradecredit.decide.policies import claim
from tradecredit.decide.terms import payment_plan
from tradecredit.decide.terms.discounts import LeftOut
from tradecredit.decide.terms.lengths import Economics, margin_at_stake
from tradecredit.language import tr, tr_number
from tradecredit.params.terms import PaymentPlanSettings
from tradecredit.words.formats import count, counted, day, days, listed, money, percent, probability, whole, within

STOPPED = "delivered after another invoice passed the maximum extension period"

NO_CLAIM = {
    claim.NO_POLICY: "no policy of its own in force",
    claim.NOTHING_INSURABLE: "nothing of it is insurable",
    claim.NO_LIMIT: "the insurer had no limit on the buyer when it was shipped",
    claim.LIMIT_FILLED: "older invoices fill the insurer's limit",
    claim.ALL_STOPPED: f"nothing of it is insured: all {STOPPED}",
    claim.INSOLVENCY_ONLY: "the policy pays for an insolvency only",
}
"""Why nothing can be claimed on the policy."""

BASIS = {
    payment_plan.OWN: "by its own invoices paid, or still open, later than this",
    payment_plan.ALL_BUYERS: "by all buyers' invoices paid, or still open, later than this",
    payment_plan.TOO_FEW: f"fewer than {payment_plan.ENOUGH_PAID} invoices were paid later than this",
}
"""What the days that a buyer will take to pay are estimated from (`payment_plan.likely_days`)."""

ACTIONS = {
    "payment plan": "A payment plan", "wait": "Waiting", "enforce": "Enforcement", "claim": "A claim on the policy",
}  # fmt: skip


def discounts_left_out(left_out: LeftOut, currency: str) -> str:
    """Return which buyers `discounts.taken` leaves out as they are in default; empty where there are none."""
    if not left_out.buyers:
        return ""
    its, many = (
        ("its", tr("1 buyer"))
        if left_out.buyers == 1
        else ("their", tr("{buyers} buyers", buyers=whole(left_out.buyers)))
    )
    given = tr("no discount was taken by {them}", them=tr("it") if left_out.buyers == 1 else tr("them"))
    if left_out.cost > 0:
        given = tr(
            "the benefit of {its} {cost} of discounts is not known", its=its, cost=money(left_out.cost, currency)
        )
    return tr("Excluded: {many} now in default; {given}.", many=many, given=given)


def discounts(
    totals: pd.Series, by_grade: pd.DataFrame, offers: pd.DataFrame, even: pd.DataFrame, currency: str
) -> dict[str, str]:
    """Return what the discounts ask to decide, as kind of decision → sentence; nothing where nothing does.

    `totals` and `by_grade` (`discounts.summary`), of `discounts.taken`: discounts to buyers in default today are no
    part of it; `offers`: `discounts.offers`, which has the rates; `even`: `discounts.break_even` by grade.
    """
    found = {}
    if totals["net"] < 0:
        worth = totals["capital_saved"] + totals["loss_avoided"]
        part = worth / (worth - totals["net"])
        without = ""
        if totals["not_computable"] > 0:
            without = tr(
                ", without the {unknown_cost} given on {invoices} whose benefit is not computable",
                unknown_cost=money(totals["unknown_cost"], currency),
                invoices=counted(int(totals["not_computable"]), "invoice"),
            )
        found["discounts"] = tr(
            "{end_or_lower} What they saved is {worth} of capital cost and expected loss{without}. At the lower rate "
            "they would have cost what they saved if buyers paid as early; where buyers would not, end them.{worth_it}",
            end_or_lower=_end_or_lower(by_grade, -totals["net"], _lowered(offers, part), currency),
            worth=money(worth, currency),
            without=without,
            worth_it=_worth_it(by_grade, even),
        )
    if totals["unearned_cost"] > 0:
        found["discounts back"] = tr(
            "{unearned_cost} of discounts were taken after the discount period or above the rate. Claim them back.",
            unearned_cost=money(totals["unearned_cost"], currency),
        )
    return found


def _lowered(offers: pd.DataFrame, part: float) -> str:
    """Return to what a part of them lowers the rates on offer, rounded down; of many, or of none, the part alone."""
    rates = sorted(set(offers.index.get_level_values("discount_rate")))
    if not 0 < len(rates) <= RATES_NAMED:
        return tr("the rates to {part} of what they are at most", part=percent(part))
    # A cent of a hundred is the least that a rate is stated in.
    lower = [
        tr("from {rate} to {floor}", rate=percent(rate), floor=probability(np.floor(rate * part * 10000.0) / 10000.0))
        for rate in rates
    ]
    return tr("the {rates} {lower} at most", rates=tr("rate") if len(rates) == 1 else tr("rates"), lower=listed(lower))


RATES_NAMED = 3
"""Rates of discount that a sentence names."""


def _end_or_lower(by_grade: pd.DataFrame, cost: float, lowered: str, currency: str) -> str:
    """Return what discounts cost more than they saved, with which grades they are to end, and the lower rates else."""
    net = by_grade["net"]
    if not (net < 0).any():
        ended = tr("end them")
    elif (net > 0).any():
        of_ended = money(-net[net < 0].sum(), currency)
        ended = tr("end them with {grades} ({cost})", grades=_grades(net.sort_index() < 0), cost=of_ended)
    else:
        ended = tr("end them with {grades}", grades=_grades(net.sort_index() < 0))
    return tr(
        "Cash discounts of the last 12 months cost {cost} more than they saved: {ended}, or lower {lowered}.",
        cost=money(cost, currency),
        ended=ended,
        lowered=lowered,
    )


def _worth_it(by_grade: pd.DataFrame, even: pd.DataFrame) -> str:
    """Return with which grades discounts saved more than they cost, as a sentence; empty where with none.

    And why, where the break-even of the grade would say otherwise: who took them would have paid later than others.
    """
    by_grade = by_grade.sort_index()
    worth = by_grade["net"] > 0
    if not worth.any():
        return ""
    won = by_grade.loc[worth, "days_won"]
    # Grades of buyers and of the scale have indexes of different kinds.
    usual = even["days_earlier"].reindex(won.index.astype("int64")).set_axis(won.index)
    told = tr(" With {grades} alone they saved more than they cost", grades=_grades(worth))
    if not (won > usual).all():
        return f"{told}."
    return tr(
        "{told}: who took them there would have paid {won} later, while the table of break-even discounts goes by the "
        "{usual} of all buyers of the grade.",
        told=told,
        won=_each_days(won),
        usual=_each_days(usual),
    )


def _each_days(each: pd.Series) -> str:
    """Return days of several grades, with their unit once."""
    *before, last = (round(value) for value in each)
    return listed([*(whole(value) for value in before), days(last)])


def break_even(break_even: pd.DataFrame) -> str:
    """Return between which rates a discount breaks even (`discounts.break_even`); empty where none is known."""
    rates = break_even["break_even"].dropna()
    if rates.empty:
        return ""
    if rates.min() == rates.max():
        return tr("The break-even discount is {iloc}.", iloc=percent(rates.iloc[0]))
    return tr(
        "The break-even discount lies between {rates} (grade {rates_2}) and {rates_3} (grade {rates_4}).",
        rates=percent(rates.min()),
        rates_2=rates.idxmin(),
        rates_3=percent(rates.max()),
        rates_4=rates.idxmax(),
    )


def suggested(suggested: pd.DataFrame) -> str:
    """Return up to which length terms pay for which grades (`lengths.suggested`), the longest first.

    Then which grades should pay in advance, and of which it is not computable; empty where it is so of all.
    """
    length = suggested["suggested_days"]
    lengths = sorted(length[length > 0].unique(), reverse=True)
    granted = [
        tr("{value} for {grades}", value=count(value), grades=_grades(length == value))
        if place
        else tr("{value} days pay for {grades}", value=count(value), grades=_grades(length == value))
        for place, value in enumerate(lengths)
    ]
    parts = [tr("up to {join}", join=tr(", ").join(granted))] if granted else []
    if (length == 0).any():
        parts.append(tr("{grades} should pay in advance", grades=_grades(length == 0)))
    if parts and length.isna().any():
        parts.append(tr("not computable for {grades}", grades=_grades(length.isna())))
    sentence = tr("; ").join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def longer(longer: pd.DataFrame, buyers: int, economics: Economics, currency: str) -> dict[str, str]:
    """Return which grades had longer terms than are worth it (`lengths.longer_than_suggested`), if any had.

    `buyers`: how many had them (`lengths.buyers_on_longer_terms`). Kind of decision → sentence, which begins with the
    margin at stake (`lengths.margin_at_stake`) where it is known.
    """
    over = longer[longer["sales_to_shorten"] > 0]
    if over.empty:
        return {}
    granted = [
        tr("grade {grade}: {granted}", grade=grade, granted=_granted(row["suggested_days"]))
        for grade, row in over.iterrows()
    ]
    left = longer["longer_sales"].sum() - over["sales_to_shorten"].sum()
    sales = tr(
        "{sales_to_shorten} of the last 12 months' sales",
        sales_to_shorten=money(over["sales_to_shorten"].sum(), currency),
    )
    sales = tr("{sales}, to buyers that keep terms,", sales=sales) if left >= CENT else sales
    told = tr("{sales} were on longer terms than are worth it ({join})", sales=sales, join="; ".join(granted))
    margin = margin_at_stake(longer, economics)
    at_stake = "" if pd.isna(margin) else tr("{margin} of margin a year hangs on it: ", margin=money(margin, currency))
    risk = "" if pd.isna(margin) else tr(" That margin is no saving: it is lost where a buyer does not take them.")
    whose = (
        tr("Shorten the terms of the buyer")
        if buyers == 1
        else tr("Shorten the terms of the {buyers} buyers", buyers=whole(buyers))
    )
    return {
        "terms": tr(
            "{at_stake}{told}. {whose} listed, to no more than the law allows.{risk}",
            at_stake=at_stake,
            told=told,
            whose=whose,
            risk=risk,
        )
    }


def without_terms(every: pd.DataFrame, listed_buyers: pd.DataFrame, currency: str) -> str:
    """Return which buyers on longer terms are left out, as their margin counts with limits; empty where none is.

    `every` and `listed_buyers`: `lengths.buyers_on_longer_terms` of all, and without `buyers_without_terms`.
    """
    left = every.drop(index=listed_buyers.index)
    if left.empty:
        return ""
    margin = left["longer_margin"].sum(min_count=1)
    earn = "" if pd.isna(margin) else tr(", with {margin} of margin a year,", margin=money(margin, currency))
    return tr(
        "{more_buyers} on longer terms than are worth it{earn} {are} not listed: nothing is sold to them "
        "on terms while deliveries are held back or the limit to set is 0. What margin that gives up "
        "counts with limits and holds, and not here.",
        more_buyers=counted(len(left), "more buyer"),
        earn=earn,
        are=tr("is") if len(left) == 1 else tr("are"),
    )


def _granted(length: float) -> str:
    return tr("{length} at most", length=days(length)) if length > 0 else tr("cash in advance")


def _grades(chosen: pd.Series) -> str:
    """Return the grades that are chosen, with three or more in a row as `1 to 3`."""
    run = (chosen != chosen.shift()).cumsum()
    parts = []
    for _, grades in chosen[chosen].groupby(run[chosen]):
        row = grades.index.tolist()
        parts += [tr("{row} to {row_2}", row=row[0], row_2=row[-1])] if len(row) > 2 else [str(grade) for grade in row]
    return tr_number("grade {grades}", "grades {grades}", int(chosen.sum()), grades=listed(parts))


def overdue(
    options: pd.DataFrame, buyer_id: str, currency: str, *, rule: PaymentPlanSettings | None = None, advice: str = ""
) -> str:
    """Return what is best done about an overdue buyer, and what it disputes; empty where no value is known.

    `rule`: from when on a plan or enforcement is advised (the run's `payment_plan`); `advice`: the one on the buyer.
    """
    if options.empty or not options["is_best"].any():
        return ""
    sums, best = payment_plan.totals(options), options.index[options["is_best"]][0]
    more = (
        tr(", {gain_on_waiting} more than waiting", gain_on_waiting=money(sums["gain_on_waiting"], currency))
        if sums["gain_on_waiting"] > 0
        else ""
    )
    unknown = options.index[options["value"].isna()].drop("claim", errors="ignore")
    not_known = ""
    if len(unknown):
        not_known = tr(
            " Not computable: the value of {unknown}.", unknown=listed(within(ACTIONS[name]) for name in unknown)
        )
    disputed = (
        tr(" A further {disputed} is in dispute.", disputed=money(sums["disputed"], currency))
        if sums["disputed"] > 0
        else ""
    )
    agreed = tr(" Obtain the insurer's consent first, or cover lapses.") if options.loc[best, "needs_consent"] else ""
    if rule and best in OVERDUE_OPTIONS and advice not in OVERDUE_OPTIONS:
        agreed = tr(
            " It is advised from {days} past due, {least_amount} and {least_gain} more than waiting on: "
            "what is overdue is collected in the ordinary course.",
            days=counted(rule.least_days_past_due, "day"),
            least_amount=money(rule.least_amount, currency),
            least_gain=money(rule.least_gain, currency),
        )
    return tr(
        "{buyer_id} owes {overdue} past due. {actions} has the highest expected value, "
        "{best_value}{more}.{agreed}{not_known}{disputed}",
        buyer_id=buyer_id,
        overdue=money(sums["overdue"], currency),
        actions=tr(ACTIONS[best]),
        best_value=money(sums["best_value"], currency),
        more=more,
        agreed=agreed,
        not_known=not_known,
        disputed=disputed,
    )


def with_notes(options: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the ways to get what a buyer owes (`payment_plan.options`) with a `note` on each."""
    return options.assign(note=[_note(option, row, book) for option, row in options.iterrows()])


def _note(option: str, row: pd.Series, book: Book) -> str:
    settings, currency = book.run.payment_plan, book.run.currency
    notes = []
    if option == "enforce":
        success, cost = percent(settings.enforcement_success), percent(settings.enforcement_cost_share)
        notes = [tr("success rate {success}; cost {cost} of the debt", success=success, cost=cost)]
    elif option == "wait":
        notes = [tr(BASIS[basis]) for basis in row["basis"].split("; ")]
    elif option == "claim":
        notes = [tr(NO_CLAIM[row["why_not"]])] if row["why_not"] else []
        if pd.notna(row["insured_debt"]):
            notes.append(tr("{insured_debt} insured", insured_debt=money(row["insured_debt"], currency)))
        if row["first_loss"] > 0 and not row["payable"] > 0:
            notes.append(
                tr(
                    "nothing is payable: what the policy bears of it after expected recoveries, {first_loss}, "
                    "is within the first loss of the year",
                    first_loss=money(row["first_loss"], currency),
                )
            )
        elif row["first_loss"] > 0:
            notes.append(
                tr("the first loss of the year takes {first_loss}", first_loss=money(row["first_loss"], currency))
            )
        if row["not_insured"] > 0 and row["why_not"] != claim.ALL_STOPPED:
            notes.append(
                tr("{not_insured} {stopped} is not", not_insured=money(row["not_insured"], currency), stopped=STOPPED)
            )
    if pd.notna(row["extension_ends"]):
        future = row["extension_ends"] >= book.as_of
        period = (
            tr("passes the maximum extension period, which ends")
            if future
            else tr("the maximum extension period ended")
        )
        notes.append(
            tr(
                "{period} on {extension_ends}: without the insurer's consent cover lapses",
                period=period,
                extension_ends=day(row["extension_ends"]),
            )
        )
    return "; ".join(notes)
