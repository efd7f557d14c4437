"""Sentences on terms of payment: discounts, lengths, late interest, and what to do about an overdue buyer."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.decide.buyer_decisions import OVERDUE_OPTIONS
from tradecredit.decide.policies import claim
from tradecredit.decide.terms import late_interest as chargeable
from tradecredit.decide.terms import payment_plan
from tradecredit.decide.terms.discounts import LeftOut
from tradecredit.decide.terms.late_interest import Uncharged, known_charge, totals
from tradecredit.decide.terms.lengths import Economics, margin_at_stake
from tradecredit.params.late_interest import LateInterestLaw
from tradecredit.params.terms import PaymentPlanSettings
from tradecredit.words.formats import count, counted, day, days, listed, money, percent, probability

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
    payment_plan.TOO_FEW: f"fewer than {payment_plan.ENOUGH} invoices were paid later than this",
}
"""What the days that a buyer will take to pay are estimated from (`payment_plan.likely_days`)."""

ACTIONS = {
    "payment plan": "A payment plan", "wait": "Waiting", "enforce": "Enforcement", "claim": "A claim on the policy",
}  # fmt: skip


def discounts_left_out(left_out: LeftOut, currency: str) -> str:
    """Return which buyers `discounts.taken` leaves out as they are in default; empty where there are none."""
    if not left_out.buyers:
        return ""
    its, many = ("its", "1 buyer") if left_out.buyers == 1 else ("their", f"{left_out.buyers:,} buyers")
    given = f"no discount was taken by {'it' if left_out.buyers == 1 else 'them'}"
    if left_out.cost > 0:
        given = f"the benefit of {its} {money(left_out.cost, currency)} of discounts is not known"
    return f"Excluded: {many} now in default; {given}."


def discounts(totals: pd.Series, by_grade: pd.DataFrame, offers: pd.DataFrame, currency: str) -> dict[str, str]:
    """Return what the discounts ask to decide, as kind of decision → sentence; nothing where nothing does.

    `totals` and `by_grade` (`discounts.summary`), of `discounts.taken`: discounts to buyers in default today are no
    part of it; `offers`: `discounts.offers`, which has the rates.
    """
    found = {}
    if totals["net"] < 0:
        worth = totals["capital_saved"] + totals["loss_avoided"]
        even = worth / (worth - totals["net"])
        without = ""
        if totals["not_computable"] > 0:
            without = (
                f", without the {money(totals['unknown_cost'], currency)} given on "
                f"{counted(int(totals['not_computable']), 'invoice')} whose benefit is not computable"
            )
        found["discounts"] = (
            f"Cash discounts of the last 12 months cost {money(-totals['net'], currency)} more than the "
            f"{money(worth, currency)} of capital cost and expected loss that they saved{without}. Lower "
            f"{_lowered(offers, even)}, where they would have cost what they saved if buyers paid as early, over all "
            f"grades and days gained (the table of break-even discounts has it by grade); where buyers would not, end "
            f"them.{_worth_it(by_grade)}"
        )
    if totals["unearned_cost"] > 0:
        found["discounts back"] = (
            f"{money(totals['unearned_cost'], currency)} of discounts were taken after the discount period or above "
            "the rate. Claim them back."
        )
    return found


def _lowered(offers: pd.DataFrame, part: float) -> str:
    """Return to what a part of them lowers the rates on offer, rounded down; of many, or of none, the part alone."""
    rates = sorted(set(offers.index.get_level_values("discount_rate")))
    if not 0 < len(rates) <= RATES_NAMED:
        return f"the rates to {percent(part)} of what they are at most"
    # A cent of a hundred is the least that a rate is stated in.
    lower = [f"from {percent(rate)} to {probability(np.floor(rate * part * 1e4) / 1e4)}" for rate in rates]
    return f"the {'rate' if len(rates) == 1 else 'rates'} {listed(lower)} at most"


RATES_NAMED = 3
"""Rates of discount that a sentence names."""


def _worth_it(by_grade: pd.DataFrame) -> str:
    """Return with which grades discounts saved more than they cost, as a sentence; empty where with none."""
    worth = by_grade.sort_index()["net"] > 0
    return f" With {_grades(worth)} alone they saved more than they cost." if worth.any() else ""


def break_even(break_even: pd.DataFrame) -> str:
    """Return between which rates a discount breaks even (`discounts.break_even`); empty where none is known."""
    rates = break_even["break_even"].dropna()
    if rates.empty:
        return ""
    if rates.min() == rates.max():
        return f"The break-even discount is {percent(rates.iloc[0])}."
    return (
        f"The break-even discount lies between {percent(rates.min())} (grade {rates.idxmin()}) and "
        f"{percent(rates.max())} (grade {rates.idxmax()})."
    )


def suggested(suggested: pd.DataFrame) -> str:
    """Return up to which length terms pay for which grades (`lengths.suggested`), the longest first.

    Then which grades should pay in advance, and of which it is not computable; empty where it is so of all.
    """
    length = suggested["suggested_days"]
    lengths = sorted(length[length > 0].unique(), reverse=True)
    granted = [f"{count(value)} for {_grades(length == value)}" for value in lengths]
    if granted:
        granted[0] = granted[0].replace(" for", " days pay for", 1)
    parts = [f"up to {', '.join(granted)}"] if granted else []
    if (length == 0).any():
        parts.append(f"{_grades(length == 0)} should pay in advance")
    if parts and length.isna().any():
        parts.append(f"not computable for {_grades(length.isna())}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}." if sentence else ""


def longer(longer: pd.DataFrame, buyers: int, economics: Economics, currency: str) -> dict[str, str]:
    """Return which grades had longer terms than are worth it (`lengths.longer_than_suggested`), if any had.

    `buyers`: how many had them (`lengths.buyers_on_longer_terms`). Kind of decision → sentence, which begins with the
    margin at stake (`lengths.margin_at_stake`) where it is known.
    """
    over = longer[longer["sales_to_shorten"] > 0]
    if over.empty:
        return {}
    granted = [f"grade {grade}: {_granted(row['suggested_days'])}" for grade, row in over.iterrows()]
    left = longer["longer_sales"].sum() - over["sales_to_shorten"].sum()
    sales = f"{money(over['sales_to_shorten'].sum(), currency)} of the last 12 months' sales"
    sales = f"{sales}, to buyers that keep terms," if left >= CENT else sales
    told = f"{sales} were on longer terms than are worth it ({'; '.join(granted)})"
    margin = margin_at_stake(longer, economics)
    at_stake = "" if pd.isna(margin) else f"{money(margin, currency)} of margin a year hangs on it: "
    risk = "" if pd.isna(margin) else " That margin is no saving: it is lost where a buyer does not take them."
    whose = "Shorten the terms of the buyer" if buyers == 1 else f"Shorten the terms of the {buyers:,} buyers"
    return {"terms": f"{at_stake}{told}. {whose} listed, to no more than the law allows.{risk}"}


def without_terms(every: pd.DataFrame, listed_buyers: pd.DataFrame, currency: str) -> str:
    """Return which buyers on longer terms are left out, as their margin counts with limits; empty where none is.

    `every` and `listed_buyers`: `lengths.buyers_on_longer_terms` of all, and without `buyers_without_terms`.
    """
    left = every.drop(index=listed_buyers.index)
    if left.empty:
        return ""
    margin = left["longer_margin"].sum(min_count=1)
    earn = "" if pd.isna(margin) else f", with {money(margin, currency)} of margin a year,"
    return (
        f"{counted(len(left), 'more buyer')} on longer terms than are worth it{earn} "
        f"{'is' if len(left) == 1 else 'are'} not listed: nothing is sold to them on terms while deliveries are held "
        "back or the limit to set is 0. What margin that gives up counts with limits and holds, and not here."
    )


def _granted(length: float) -> str:
    return f"{days(length)} at most" if length > 0 else "cash in advance"


def _grades(chosen: pd.Series) -> str:
    """Return the grades that are chosen, with three or more in a row as `1 to 3`."""
    run = (chosen != chosen.shift()).cumsum()
    parts = []
    for _, grades in chosen[chosen].groupby(run[chosen]):
        row = grades.index.tolist()
        parts += [f"{row[0]} to {row[-1]}"] if len(row) > 2 else [str(grade) for grade in row]
    return f"{'grade' if chosen.sum() == 1 else 'grades'} {listed(parts)}"


def rates_wanted(charges: pd.DataFrame) -> list[str]:
    """Return which rates are missing, and how many invoices' interest or fee depends on them.

    By law, the reference rates of all half-years (`missing_rate`); then the rates of currencies (`missing_currency`).
    """
    without = charges.dropna(subset=["law", "missing_rate"])
    half_years = without.groupby("law")["missing_rate"].agg(
        lambda wanted: (listed(sorted({half for of_one in wanted for half in of_one.split(", ")})), len(wanted))
    )
    currencies = charges.groupby(["law", "missing_currency"]).size()
    return [
        f"{law}: no reference rate for {wanted}: add it to the law's file (params/rates). Without it the interest on "
        f"{counted(number, 'invoice')} is not computable."
        for law, (wanted, number) in half_years.items()
    ] + [
        f"{law}: no rate of {wanted}: add it to the table `fx`. Without it the flat fee on "
        f"{counted(number, 'invoice')} is not computable."
        for (law, wanted), number in currencies.items()
    ]


def affiliates(uncharged: Uncharged, currency: str) -> list[str]:
    """Return what of affiliates is not charged (`late_interest.uncharged_affiliates`), if anything is."""
    if not uncharged.invoices:
        return []
    return [
        f"Affiliates are not charged for late payment: {counted(uncharged.invoices, 'invoice')} past due, "
        f"{money(uncharged.open_amount, currency)}, are left out (`late_interest.affiliates`)."
    ]


def beyond_law(table: pd.DataFrame, currency: str) -> str:
    """Return what invoices on longer terms than the law allows without an agreement mean (`terms_beyond_law`); empty
    where there are none."""
    if table.empty:
        return ""
    return (
        f"{counted(int(table['invoices'].sum()), 'invoice')}, {money(table['amount'].sum(), currency)}, were on terms "
        "longer than the law allows without an agreement. The book does not show agreements: where there is none, the "
        "debt is due earlier than stated, and more interest may be charged. By itself no decision: terms that do not "
        "pay are in the section before."
    )


def small_rests(book: Book) -> list[str]:
    """Return up to which amount the rest of an invoice bears no flat fee and dates no overdue debt, if any does."""
    least = book.run.receivables.small_rest
    if not least > 0:
        return []
    return [
        f"What is left of a larger invoice, up to {money(least, book.run.currency)}, does not date what a buyer owes "
        "past due, and bears interest but no flat fee unless more than that of the invoice was paid late "
        "(`receivables.small_rest`)."
    ]


def with_reasons(charges: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> pd.DataFrame:
    """Return the late charges (`late_interest.chargeable`) with their `reason` in words."""
    rate = "no reference rate for " + charges["missing_rate"]
    currency = "no rate in the book of the fee's currency, " + charges["missing_currency"]
    sentences = {
        chargeable.NO_COUNTRY: "the buyer's country is not stated",
        chargeable.OTHER_KIND: "the law does not apply to this kind of buyer: " + charges["kind"],
        chargeable.NO_LAW: "the run has no law for " + charges["country"],
        chargeable.IN_DISPUTE: "nothing while the dispute is open",
        chargeable.RATE_MISSING: (rate + "; " + currency).fillna(rate).fillna(currency),
        chargeable.LAWFUL: charges["law"].map({law.name: law.condition for law in laws}),
    }
    reason = charges["reason"]
    for code, text in sentences.items():
        reason = reason.mask(charges["reason"] == code, text)
    return charges.assign(reason=reason)


def late_interest(charges: pd.DataFrame, currency: str) -> dict[str, str]:
    """Return what may be charged today, as kind of decision → sentence.

    It says for how many invoices a part is left out as it is not computable.

    Nothing where no charge above zero is known.
    """
    still_open = charges[charges["state"] == "open"]
    sums = totals(still_open)
    if not sums["charge"] > 0:
        return {}
    most = still_open.loc[known_charge(still_open).idxmax()]
    named = {"interest": sums["interest"], "flat fees": sums["fees"]}
    parts = listed(f"{money(amount, currency)} of {name}" for name, amount in named.items() if amount >= 0)
    unknown = int(sums["not_computable_invoices"])
    left_out = f" Interest or fee on {counted(unknown, 'invoice')} is not computable, and left out." if unknown else ""
    lodged = charges[charges["state"] == "in default"]
    if len(lodged):
        owing = lodged["buyer_id"].nunique()
        left_out += (
            f" Not in it is what {counted(owing, 'buyer')} in default {'owes' if owing == 1 else 'owe'} past due "
            f"({money(lodged['late_open'].sum(), currency)}): interest on that is lodged with the debt."
        )
    return {
        "late interest": f"{money(sums['charge'], currency)} may be charged on open invoices past due, {parts}; the "
        f"largest on one invoice is {money(known_charge(still_open).max(), currency)} ({most['invoice_id']}, "
        f"{most['buyer_id']}). Charge it, or waive it against immediate payment."
        f"{left_out}"
    }


def overdue(
    options: pd.DataFrame, buyer_id: str, currency: str, *, rule: PaymentPlanSettings | None = None, advice: str = ""
) -> str:
    """Return what is best done about an overdue buyer, and what it disputes; empty where no value is known.

    `rule`: from when on a plan or enforcement is advised (the run's `payment_plan`); `advice`: the one on the buyer.
    """
    if options.empty or not options["is_best"].any():
        return ""
    sums, best = payment_plan.totals(options), options.index[options["is_best"]][0]
    more = f", {money(sums['gain_on_waiting'], currency)} more than waiting" if sums["gain_on_waiting"] > 0 else ""
    unknown = options.index[options["value"].isna()].drop("claim", errors="ignore")
    not_known = ""
    if len(unknown):
        not_known = f" Not computable: the value of {listed(ACTIONS[name].lower() for name in unknown)}."
    disputed = f" A further {money(sums['disputed'], currency)} is in dispute." if sums["disputed"] > 0 else ""
    agreed = " Obtain the insurer's consent first, or cover lapses." if options.loc[best, "needs_consent"] else ""
    if rule and best in OVERDUE_OPTIONS and advice not in OVERDUE_OPTIONS:
        agreed = (
            f" It is advised from {counted(rule.least_days_past_due, 'day')} past due, "
            f"{money(rule.least_amount, currency)} and {money(rule.least_gain, currency)} more than waiting on: what "
            "is overdue is collected in the ordinary course."
        )
    return (
        f"{buyer_id} owes {money(sums['overdue'], currency)} past due. {ACTIONS[best]} has the highest expected value, "
        f"{money(sums['best_value'], currency)}{more}.{agreed}{not_known}{disputed}"
    )


def with_notes(options: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Return the ways to get what a buyer owes (`payment_plan.options`) with a `note` on each."""
    return options.assign(note=[_note(option, row, book) for option, row in options.iterrows()])


def _note(option: str, row: pd.Series, book: Book) -> str:
    settings, currency = book.run.payment_plan, book.run.currency
    notes = []
    if option == "enforce":
        success, cost = percent(settings.enforcement_success), percent(settings.enforcement_cost_share)
        notes = [f"success rate {success}; cost {cost} of the debt"]
    elif option == "wait":
        notes = [BASIS[basis] for basis in row["basis"].split("; ")]
    elif option == "claim":
        notes = [NO_CLAIM[row["why_not"]]] if row["why_not"] else []
        if pd.notna(row["insured_debt"]):
            notes.append(f"{money(row['insured_debt'], currency)} insured")
        if row["first_loss"] > 0 and not row["payable"] > 0:
            notes.append(
                f"nothing is payable: what the policy bears of it after expected recoveries, "
                f"{money(row['first_loss'], currency)}, is within the first loss of the year"
            )
        elif row["first_loss"] > 0:
            notes.append(f"the first loss of the year takes {money(row['first_loss'], currency)}")
        if row["not_insured"] > 0 and row["why_not"] != claim.ALL_STOPPED:
            notes.append(f"{money(row['not_insured'], currency)} {STOPPED} is not")
    if pd.notna(row["extension_ends"]):
        future = row["extension_ends"] >= book.as_of
        period = "passes the maximum extension period, which ends" if future else "the maximum extension period ended"
        notes.append(f"{period} on {day(row['extension_ends'])}: without the insurer's consent cover lapses")
    return "; ".join(notes)
