"""Sentences on credit insurance: whether a policy is worth its cost, how offers compare, and which terms do nothing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.decisions import authority
from tradecredit.decide.policies import records
from tradecredit.decide.policies.alternatives import USUAL_LOSS_RATIO, Frontier
from tradecredit.insurance.policy import Policy
from tradecredit.language import tr
from tradecredit.numerics.known_digits import known_digits
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import counted, day, doubt, error_told, fixed, listed, money, percent, whole
from tradecredit.words.policy_periods import period

IDLE = {
    "no indemnity": "no simulated year brings an indemnity: see limits, percentage and retentions",
    "never reached": "no simulated year reaches it",
    "never exhausted": "no simulated year exhausts it",
    "rate premium higher": "the premium by the rate is higher",
    "above all debt": "no insured debt exceeds it: nothing is ever paid",
    "within deductible": "the deductible takes as much off each loss",
    "all named": "the insurer has decided on every buyer that owes something",
    "limits below": "all discretionary limits together are below it",
    "deductible retains": "the deductible retains as much of each loss",
}
"""Why a term is not binding (`alternatives.never_binding`)."""


HOW_TO_ADD = (
    "To add one, write its terms into a file (`tradecredit demo FOLDER` writes examples into `FOLDER/policies`) and "
    "name it in the run file: `policy: policies/ours.yaml` for the one in force, "
    "`quotes: [policies/offer.yaml]` for offers"
)


def none_named(book: Book) -> str:
    """Return that the run names no policy, and which lines of the run file add one; empty where it names any."""
    if book.run.policies:
        return ""
    return tr(
        "The run file names no policy: losses are told before insurance. {how_to_add}.", how_to_add=tr(HOW_TO_ADD)
    )


def headline(current: pd.Series, items: pd.DataFrame, currency: str) -> dict[str, tuple]:
    """Return the headline figures of the policy in force, in the digits that their standard errors leave known.

    `current`: its row of `quotes.comparison`; `items`: `account.account`.
    """
    worth = known_digits(items["cover_value"], items["cover_value_se"]).get(current.name)
    paid = known_digits(current["expected_indemnity"], current["saved_se"])
    kept, bad = (known_digits(current[name], current[f"{name}_se"]) for name in ("retained_expected", "retained_es_99"))
    return {
        "cover_value": (worth, currency, tr("Yearly value of the policy in force beside no insurance")),
        "policy_cost": (current["cost"], currency, tr("Yearly cost of the policy in force")),
        "expected_indemnity": (paid, currency, tr("Expected indemnity (simulated)")),
        "retained_expected": (kept, currency),
        "retained_es_99": (bad, currency, tr("Retained expected shortfall, 99 % (simulated)")),
    }


def without_cover(book: Book, comparison: pd.DataFrame) -> dict[str, tuple]:
    """Return what the losses cost without insurance, as a headline figure of a run without a policy; else none."""
    if book.run.policies:
        return {}
    cost = comparison.loc[NO_COVER, "cost_of_risk"]
    return {"cost_without_cover": (cost, book.run.currency, tr("Yearly cost of risk without insurance (simulated)"))}


def what_cover_would_need(book: Book, comparison: pd.DataFrame) -> str:
    """Return what a book without a policy tells of insurance, and what it cannot; empty where the run names any.

    The cost of risk without cover is what a policy that took all losses would be worth. `comparison`:
    `quotes.comparison`.
    """
    if book.run.policies:
        return ""
    alone, currency = comparison.loc[NO_COVER], book.run.currency
    limits = "" if book.has("limits") else tr(", and the insurer's limits as table `limits`")
    return tr(
        "{none_named}{limits}. Until then this chapter cannot tell what an insurer would pay, what its "
        "cover costs, or whether it is worth it. What it can tell: all losses are the company's own, "
        "{retained_expected} a year expected. With the capital for bad years ({cost_of_capital} a year) "
        "they cost {cost_of_risk} a year on today's balances: no policy takes away more than that, and a "
        "premium above it can only pay by sales that cover allows.",
        none_named=none_named(book)[:-1],
        limits=limits,
        retained_expected=money(alone["retained_expected"], currency, error=alone["retained_expected_se"]),
        cost_of_capital=percent(book.run.cost_of_capital),
        cost_of_risk=money(alone["cost_of_risk"], currency),
    )


def with_reasons(never_binding: pd.DataFrame) -> pd.DataFrame:
    """Return the terms that are not binding with `why` in words."""
    return never_binding.assign(why=never_binding["why"].map(IDLE))


def losses_alone(comparison: pd.DataFrame, currency: str) -> str:
    """Return whether the losses and the capital that the best offer takes away pay for it; a part of the account.

    A saving that cannot be told from zero (`doubt`) decides nothing.
    """
    offers = comparison.drop(index=NO_COVER)
    if offers.empty:
        return tr("The run file names no policy: there is nothing to compare, and all losses are retained.")
    best = offers["cost_of_risk"].idxmin()
    row = offers.loc[best]
    total = money(row["cost_of_risk"], currency)
    difference = money(abs(row["saving"]), currency, error=row["saving_se"])
    if why := doubt(row["saving"], row["saving_se"]):
        told = tr(
            "Whether {best} is paid for by the losses that it takes away cannot be decided from these "
            "scenarios: the yearly cost of risk is {total}, and the difference from no insurance, "
            "{difference}, is {why}.",
            best=best,
            total=total,
            difference=difference,
            why=why,
        )
    else:
        pays = tr("pay") if row["saving"] > 0 else tr("do not pay")
        told = tr(
            "On today's balances, the losses and the capital that {best} takes away {pays} for it by "
            "themselves: the yearly cost of risk is {total}, {difference} {less} than without insurance.",
            best=best,
            pays=pays,
            total=total,
            difference=difference,
            less=tr("less") if row["saving"] > 0 else tr("more"),
        )
    return tr(
        "{told} It costs {cost}; these alone would pay for {break_even_cost}.",
        told=told,
        cost=money(row["cost"], currency),
        break_even_cost=money(max(row["break_even_cost"], 0.0), currency),
    )


def beside_current(comparison: pd.DataFrame, current: str, currency: str) -> str:
    """Return what the policy in force takes away, and which offer has the lower cost of risk and by how much.

    `current`: `terms.in_force`. A difference that cannot be told from zero (`doubt`) is said to be one.
    """
    others = comparison.drop(index=[NO_COVER, current], errors="ignore")
    if current == NO_COVER:
        return tr("No policy is in force.")
    row = comparison.loc[current]
    cost, premium = (money(max(row[name], 0.0), currency) for name in ("break_even_cost", "break_even_premium"))
    worth = tr(
        "The policy in force, {current}, costs {cost}; the losses and the capital that it takes off "
        "today's balances alone would pay for {cost_2}, a premium of {premium}.",
        current=current,
        cost=money(row["cost"], currency),
        cost_2=cost,
        premium=premium,
    )
    if others.empty:
        return worth
    best = others["saving_on_current"].idxmax()
    saved, error = others.loc[best, ["saving_on_current", "saving_on_current_se"]]
    if why := doubt(saved, error):
        return tr("{worth} The difference between it and {best} is {why}.", worth=worth, best=best, why=why)
    return tr(
        "{worth} On today's balances alone, {best} is the best of the others: the yearly cost of risk with "
        "it is {saved} {less} ({error}).",
        worth=worth,
        best=best,
        saved=money(abs(saved), currency, error=error),
        less=tr("less") if saved > 0 else tr("more"),
        error=error_told(error),
    )


def pricing(frontier: Frontier) -> list[str]:
    """Return how offers that nobody has made were priced; nothing where there are none."""
    if frontier.offers.empty:
        return []
    told = tr("Varied are the terms of {varied}. Varied terms have no quoted price", varied=frontier.varied)
    if frontier.charges.empty:
        return [
            tr(
                "{told}, and no offer says how they would be priced: their premium is the expected indemnity "
                "divided by the market's loss ratio in 2024, {usual_loss_ratio} of the premium.",
                told=told,
                usual_loss_ratio=percent(USUAL_LOSS_RATIO),
            )
        ]
    low, high = (fixed(value, 1) for value in (frontier.charges.min(), frontier.charges.max()))
    of = counted(len(frontier.charges), "offer")
    of = of if low == high else tr("{of}, between {low} and {high}", of=of, low=low, high=high)
    if frontier.charge > 0:
        priced = tr(
            "They are priced as the offers are: the expected indemnity, and {charge} times the standard "
            "deviation of a year's indemnity, which is what the offers ask above it (the middle of {of}).",
            charge=fixed(frontier.charge, 1),
            of=of,
        )
    else:
        priced = tr("Their premium is the expected indemnity: the offers in the middle ask no more than theirs.")
    return [tr("{told}. {priced} Only a quote tells what an insurer would ask.", told=told, priced=priced)]


def fitting(frontier: Frontier, best: str, book: Book) -> str:
    """Return the cheapest terms within the run's risk tolerance, and whether others beat the best offer; empty without
    offers.

    `frontier`: `alternatives.frontier`; `best`: the policy that is worth most in the account. Beaten means cheaper and
    with less of the worst years retained; told of is the one with the least cost of risk.
    """
    if frontier.offers.empty:
        return ""
    return " ".join(filter(None, [_within_tolerance(frontier.offers, book), _beaten(frontier.offers, best, book)]))


def _within_tolerance(offers: pd.DataFrame, book: Book) -> str:
    tolerance, currency = book.run.account.risk_tolerance, book.run.currency
    if tolerance is None:
        return tr(
            "No risk tolerance is stated, so that no terms can be said to fit: state the greatest loss of the worst "
            "0.1 % of years that is to be borne on average (`account.risk_tolerance` of the run file)."
        )
    within = offers[offers["frontier_retained_es"] <= tolerance]
    if within.empty:
        return tr(
            "None of these terms keeps the worst 0.1 % of years within the risk tolerance of {tolerance}.",
            tolerance=money(tolerance, currency),
        )
    first = str(within["cost"].idxmin())
    return tr(
        "Within the risk tolerance of {tolerance} the cheapest are {terms}, at {cost} a year; they leave {kept} in the "
        "worst 0.1 % of years on average.",
        tolerance=money(tolerance, currency),
        terms=_called(offers.loc[first], first, currency),
        cost=money(within.loc[first, "cost"], currency),
        kept=money(within.loc[first, "frontier_retained_es"], currency),
    )


def _beaten(offers: pd.DataFrame, best: str, book: Book) -> str:
    """Return which terms cost less and leave less than the best offer, and who asks the insurer for them by when."""
    if best not in offers.index:
        return ""
    own, currency = offers.loc[best], book.run.currency
    better = offers[(offers["cost"] < own["cost"]) & (offers["frontier_retained_es"] < own["frontier_retained_es"])]
    better = better[~better["quote"]]
    if better.empty:
        return tr("No terms that were looked at cost less than {best} and leave less.", best=best)
    first = str(better["frontier_cost_of_risk"].idxmin())
    (who,) = authority(book.run, "policy notice", pd.Series([np.nan]))
    told = tr(
        "{terms} would cost {cheaper} a year less than {best}, the best offer, and leave {less} less in the worst "
        "0.1 % of years, on today's balances; nobody has quoted them.",
        terms=_capital(_called(better.loc[first], first, currency)),
        cheaper=money(own["cost"] - better.loc[first, "cost"], currency),
        best=best,
        less=money(own["frontier_retained_es"] - better.loc[first, "frontier_retained_es"], currency),
    )
    latest = records.decide_by(book)[0]
    if pd.isna(latest):
        return tr("{told} Ask insurers for such a quote before the policy is decided on ({who}).", told=told, who=who)
    return tr(
        "{told} Ask insurers for such a quote before the policy is decided on, by {latest} ({who}).",
        told=told,
        who=who,
        latest=day(latest),
    )


def _called(terms: pd.Series, name: str, currency: str) -> str:
    """Return terms by what they are, a quoted offer by its name too."""
    parts = [tr("{share} insured", share=percent(terms["insured_percentage"]))]
    for term, of, none in (
        ("each_loss_deductible", tr("a deductible of {amount}"), tr("no deductible")),
        ("aggregate_first_loss", tr("a first loss of {amount}"), tr("no first loss")),
        ("maximum_liability", tr("a maximum of {amount}"), tr("no maximum")),
    ):
        amount = terms[term]
        known = pd.notna(amount) and amount and np.isfinite(amount)
        parts.append(of.format(amount=money(amount, currency)) if known else none)
    told = listed(parts)
    return tr("the terms of {name} ({told})", name=name, told=told) if terms["quote"] else told


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def frontier_caption(frontier: Frontier, years: int) -> str:
    """Return the caption of the picture of terms; where fewer `years` than the account's are simulated, with that."""
    told = tr(
        "Cost and retained expected shortfall of policy terms (simulated): quoted offers as diamonds, varied terms as "
        "points"
    )
    if not frontier.years or frontier.years >= years:
        return told
    return tr(
        "{told}; on {years} of the account's {years_2} years, so that its figures differ from the account's by the "
        "errors of fewer years",
        told=told,
        years=whole(frontier.years),
        years_2=whole(years),
    )


def fewer_years(frontier: Frontier, conventions: pd.DataFrame, years: int) -> str:
    """Return how many years the figures of fewer years rest on; `years`: of all others; empty where there are none."""
    if not frontier.years or conventions.empty:
        return ""
    read = int(conventions["scenarios"].iloc[0])
    if frontier.years >= years and read >= years:
        return ""
    return tr(
        "Fewer years: {years} for varied terms and {read} for the other readings, of the {years_2} that "
        "all else rests on: their figures differ from the others by the errors of fewer years.",
        years=whole(frontier.years),
        read=whole(read),
        years_2=whole(years),
    )


def later_months(table: pd.DataFrame) -> str:
    """Return why there are more than twelve months of payments (`quotes.by_month`); empty where there are not."""
    if len(table) <= 12:
        return ""
    after = tr("Month 13 is") if len(table) == 13 else tr("Months 13 to {table} are", table=len(table))
    return tr(
        "{after} beyond the year: the losses of its last months are paid for then, and none comes about in it.",
        after=after,
    )


CODES = {
    "kind": {
        "whole_turnover": "whole turnover", "excess_of_loss": "excess of loss", "key_accounts": "key accounts",
        "single_buyer": "single buyer", "top_up": "top-up",
    },
    "loss_basis": {"debt": "the debt, recoveries shared", "net": "the loss net of recoveries"},
    "threshold_kind": {"franchise": "franchise", "deductible": "deductible"},
    "deductible_order": {
        "deductible_first": "deductible, then percentage", "percentage_first": "percentage, then deductible",
    },
    "aggregate_erosion": {"after_percentage": "by indemnities", "before_percentage": "by insured debts"},
    "waiting_from": {"due": "due date", "extension_end": "end of the extension period"},
    "extension_from": {"due": "due date", "issued": "invoice date"},
    "recovery_sharing": {
        "pro_rata": "by interest", "pro_rata_limit": "by insured part of the debt", "insurer_first": "insurer first",
    },
}  # fmt: skip
"""What the choices of a policy's terms are called."""


def terms_in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return `terms.terms` with its choices in words."""
    told = table.copy()
    for term in table.index.intersection(list(CODES)):
        told.loc[term] = table.loc[term].map(CODES[term], na_action="ignore")
    return told


def conventions_in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Return `alternatives.conventions` with both readings in words."""
    said = {
        column: [CODES[term][code] for term, code in zip(table["term"], table[column], strict=True)]
        for column in ("convention", "other")
    }
    return table.assign(**said)


MAIN = (
    "insured_percentage", "aggregate_first_loss", "threshold", "each_loss_deductible", "maximum_liability",
    "discretionary_limit", "maximum_extension_days", "waiting_days",
)  # fmt: skip
"""Terms that are looked at first in any offer."""


def main_terms(policies: Sequence[Policy], as_of: pd.Timestamp) -> pd.DataFrame:
    """Return period and main terms of each policy side by side: a row for each, index `term`, a column for each policy.

    The maximum is that of the year, in the reporting currency, also where it is a multiple of the premium; missing: not
    in the policy.
    """
    columns = {
        policy.name: {"period": period(policy, as_of)}
        | {term: getattr(policy, term) for term in MAIN}
        | {"maximum_liability": policy.year_maximum() if np.isfinite(policy.year_maximum()) else None}
        for policy in policies
    }
    rows = ["period", *MAIN] if policies else []
    return pd.DataFrame(columns, index=pd.Index(rows, name="term", dtype="str"), dtype="object")


def unknown_buyers(book: Book, policies: Sequence[Policy]) -> list[str]:
    """Return which policies name buyers that the book does not know on its day; none: nothing to say."""
    known = book.buyers["buyer_id"]
    unknown = {policy.name: policy.unknown_buyers(known) for policy in policies}
    return [
        tr(
            "{name} names {ids}, not among the buyers of the book: nothing is insured there.",
            name=name,
            ids=listed(ids),
        )
        for name, ids in unknown.items()
        if ids
    ]
