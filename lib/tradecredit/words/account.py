"""Sentences on the account of cover: whether it is worth its cost beside no insurance, and which items carry that."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.columns import Column
from tradecredit.decide.policies.account import ITEMS, Account, sales_that_pay
from tradecredit.insurance.amounts import borne
from tradecredit.insurance.policy import Policy
from tradecredit.language import tr
from tradecredit.numerics.known_digits import known_digits
from tradecredit.numerics.risk_measures import told_apart
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import counted, doubt, error_told, listed, missing, money, percent

HUNDRED = 100.0
"""Sales of which it is told what they bring."""

NAMES = {
    "account_cost": "the cost of the policy",
    "account_indemnity": "the losses that it pays",
    "account_capital": "the capital saved",
    "account_sales": "the sales that only cover allows",
    "account_balances": "the cover on other balances than today's",
    "account_financing": "the financing of insured receivables",
    "account_information": "the insurer's information",
    "account_tax_recovery": "tax recovered on those sales",
    "account_income_tax": "income tax",
}
"""The items of the account in a sentence."""


def verdict(found: Account, currency: str) -> str:
    """Return what the best policy is worth in all, which items carry it, and whether it holds without each of them.

    A value that cannot be told from zero (`doubt`) decides nothing. Without insurance means with the
    limits that the rules give without it: what the same limits would be worth without it follows (`uninsured`).
    """
    if found.items.empty:
        return tr("The run file names no policy: there is nothing to compare, and all losses are retained.")
    offer = best(found)
    row = found.items.loc[offer]
    amount = money(abs(row["cover_value"]), currency, error=row["cover_value_se"])
    error = error_told(row["cover_value_se"])
    if why := doubt(row["cover_value"], row["cover_value_se"]):
        return (
            tr(
                "Whether insurance is worth its cost cannot be decided from these scenarios: with the best "
                "offer, {offer}, a year differs by {amount} from one without insurance, {why}. {uninsured}",
                offer=offer,
                amount=amount,
                why=why,
                uninsured=uninsured(found, offer, currency),
            )
        ).strip()
    if row["cover_value"] > 0:
        rules = tr(" as the limit rules stand") if _of_rules(found, offer, currency) else ""
        worth = tr(
            "Insurance is worth its cost{rules}: a year with {offer} is worth {amount} more than one without",
            rules=rules,
            offer=offer,
            amount=amount,
        )
    else:
        worth = tr(
            "Insurance is not worth its cost: a year with the best offer, {offer}, is worth {amount} less "
            "than one without",
            offer=offer,
            amount=amount,
        )
    told = f"{worth} ({error}). {carried_by(found, offer, currency)}"
    if np.isnan(row["account_sales"]):
        told = tr(
            "{told} The sales that only cover allows are not counted in this, and they may be the largest item.",
            told=told,
        )
    turning = row["cover_value"] > 0 and found.sales.loc[offer, "accounts_value"] > row["cover_value"]
    if turning:
        told = f"{told} {of_accounts(found, offer, currency)}"
    return f"{told} {uninsured(found, offer, currency)}".strip()


def best(found: Account) -> str:
    """Return the policy that is worth most; no cover where there is none."""
    return NO_COVER if found.items.empty else str(found.items["cover_value"].idxmax())


def labels(stated: Mapping[str, Column]) -> dict[str, str]:
    """Return what the items of the account are called in a chart."""
    return {item: stated[item].label for item in ITEMS}


def of_sales_alone(found: Account, policy: str, currency: str) -> dict[str, tuple]:
    """Return the headline figures of what a policy is worth without the sales that only cover allows, and these without
    it (`Account.sales`), in the digits that the value of the policy is known in: its parts are of the same losses."""
    known = policy in found.without.index
    values = [found.without.loc[policy, "account_sales"], found.sales.loc[policy, "uninsured_value"]] if known else []
    error = found.items.loc[policy, "cover_value_se"] if known else 0.0
    without, uninsured = [known_digits(value, error) for value in values] or [None, None]
    return {
        "cover_value_without_sales": (
            without, currency, tr("Value of the policy in force without sales that only cover allows"),
        ),
        "uninsured_value": (uninsured, currency, tr("Value of the limits with the policy in force, without insurance")),
    }  # fmt: skip


IN_SHORT = (
    "cover_value", "cover_value_without_sales", "cover_value_low", "cover_value_high", "past_net_in_all",
    "uninsured_value",
)  # fmt: skip
"""The published figures that the summary says what the value of the policy in force rests on with."""


def in_short(figures: Mapping[str, tuple], currency: str) -> str:
    """Return what the value of the policy in force rests on, from the published figures of `IN_SHORT`; else empty."""
    value, without, low, high, past, alone = (figures[name][0] if name in figures else None for name in IN_SHORT)
    if missing(value):
        return ""
    told = tr("The policy in force is worth **{value}** a year beside no insurance", value=money(value, currency))
    if not missing(without) and abs(without - value) >= 0.5:
        turns = (without > 0) != (value > 0)
        allowed = tr("the sales that only cover allows")
        rests = (
            tr("it rests on {allowed}: without them", allowed=allowed)
            if turns
            else tr("without {allowed}", allowed=allowed)
        )
        told += tr("; {rests} it would be {without}", rests=rests, without=money(without, currency))
    told += "."
    if not missing(alone) and alone > 0:
        told += tr(
            " The same limits without insurance would be worth {alone}, with all losses our own.",
            alone=money(alone, currency),
        )
    if not (missing(low) or missing(high)):
        least, most = (money(end, currency) for end in sorted([low, high]))
        told += tr(
            " Over the 90 % interval of the level of default the policy is worth {least} to {most}.",
            least=least,
            most=most,
        )
    if not missing(past):
        told += tr(
            " As if over the ledger's past years it would have paid {past} {more} than it cost.",
            past=money(abs(past), currency),
            more=tr("more") if past > 0 else tr("less"),
        )
    return told


def picture(found: Account, currency: str) -> str:
    """Return what the chart of the account shows."""
    worth = found.items[["cover_value", "cover_value_se"]]
    values = [f"{name} {money(value, currency, error=error)}" for name, value, error in worth.itertuples()]
    return tr(
        "Stacked bars of what each policy brings above zero and costs below it; in all: {values}.",
        values=listed(values),
    )


def carried_by(found: Account, policy: str, currency: str) -> str:
    """Return which items carry the value of a policy, and without which of them it would turn."""
    row, without = found.items.loc[policy, list(ITEMS)].dropna(), found.without.loc[policy].dropna()
    positive = found.items.loc[policy, "cover_value"] > 0
    counted, turns = _weighed(found, policy), turning_items(found, policy)
    if not positive:
        brought, cost = row.drop("account_cost").sum(), money(-row["account_cost"], currency)
        total = tr(
            "Beside its cost of {cost} its other items come to {brought}.", cost=cost, brought=money(brought, currency)
        )
        if not turns:
            return tr("{total} Leaving out any other single item would not change that.", total=total)
        return tr(
            "{total} Without {turns} it would be worth it.",
            total=total,
            turns=listed([tr(NAMES[item]) for item in turns]),
        )
    if not turns:
        return tr("No single item carries it: it holds without any one of them.")
    parts = [
        tr(
            "{names} ({row}), without which it would be worth {without} less than no insurance",
            names=tr(NAMES[item]),
            row=money(row[item], currency),
            without=money(-without[item], currency),
        )
        for item in turns
    ]
    others = [tr("without {names}", names=tr(NAMES[item])) for item in counted if item not in turns]
    rest = tr(" It holds {join}.", join=tr(" or ").join(others)) if others else ""
    rest = tr(" It holds without any other single item.") if len(others) > 3 else rest
    return tr(
        "It is carried by {join}.{rest}{of_rules}",
        join=tr("; and by ").join(parts),
        rest=rest,
        of_rules=_of_rules(found, policy, currency),
    )


def turning_items(found: Account, policy: str) -> list[str]:
    """Return the items of the account without any one of which the value of a policy would turn."""
    positive, without = found.items.loc[policy, "cover_value"] > 0, found.without.loc[policy]
    return [item for item in _weighed(found, policy) if (without[item] > 0) != positive]


def _weighed(found: Account, policy: str) -> list[str]:
    """Return the items that are known of a policy, with and without which it can be told apart.

    Without its cost any policy is worth having, which tells nothing; an item of nothing carries nothing.
    """
    row, without = found.items.loc[policy, list(ITEMS)].dropna(), found.without.loc[policy].dropna()
    return [item for item in row.index.intersection(without.index, sort=False) if item != "account_cost" and row[item]]


def _of_rules(found: Account, policy: str, currency: str) -> str:
    """Return that the limit rules decide, where sales that carry the verdict would pay without cover too; else empty.

    They carry it where without them the value would not be above zero.
    """
    row = found.sales.loc[policy]
    alone = row["covered_margin"] - row["sales_risk"] - row["sales_tied_up"]
    if not (alone > 0 and found.items.loc[policy, "cover_value"] > 0 >= found.without.loc[policy, "account_sales"]):
        return ""
    return tr(
        " These sales bring {sales_risk} of risk for {covered_margin} of margin: it is the limit rules "
        "that keep them from being made without insurance.",
        sales_risk=money(row["sales_risk"], currency),
        covered_margin=money(row["covered_margin"], currency),
    )


def uninsured(found: Account, policy: str, currency: str) -> str:
    """Return what the limits with a policy would be worth without insurance, and what a bad year would then leave.

    Empty where sales are not counted, or the policy allows none: then no insurance is the same as without its limits.
    """
    if policy not in found.sales.index:
        return ""
    row = found.sales.loc[policy]
    if not row["covered_sales"] > 0 or np.isnan(row["uninsured_value"]):
        return ""
    more, error = row["uninsured_more"], row["uninsured_more_se"]
    worth = tr(
        "worth {more} {more_2} than with {policy}",
        more=money(abs(more), currency, error=error),
        more_2=tr("more") if more > 0 else tr("less"),
        policy=policy,
    )
    worth += f" ({error_told(error)})"
    apart = told_apart(more, error)
    if not apart and not missing(error):
        worth = tr(
            "worth as much as with {policy}, within simulation error ({error})", policy=policy, error=error_told(error)
        )
    told = tr(
        "If the same limits were granted without insurance, a year would be {worth}, and the worst 1 % of "
        "years would leave {uninsured_es_99} of losses on average instead of {insured_es_99}",
        worth=worth,
        uninsured_es_99=money(row["uninsured_es_99"], currency),
        insured_es_99=money(row["insured_es_99"], currency),
    )
    if apart and more < 0:
        return tr("{told}: {policy} is worth having beside that too.", told=told, policy=policy)
    return tr(
        "{told}: who decides on the policy may choose that instead, and carry these risks without insurance.", told=told
    )


def shown(found: Account, current: str) -> str:
    """Return the policy whose sales are shown buyer by buyer: the one in force, else the best."""
    return current if current in found.sales.index else best(found)


def of_accounts(found: Account, policy: str, currency: str) -> str:
    """Return what of the value of a policy accounts of buyers might bring without cover too, and whether that turns it.

    Empty where the want of accounts holds no sale back that cover allows, or sales are not counted.
    """
    if policy not in found.sales.index or np.isnan(found.items.loc[policy, "account_sales"]):
        return ""
    brought, value = found.sales.loc[policy, "accounts_value"], found.items.loc[policy, "cover_value"]
    if not brought > 0:
        return ""
    told = tr(
        "{brought} a year of the value of {policy} would be made without insurance too if buyers shared "
        "accounts that support it",
        brought=money(brought, currency),
        policy=policy,
    )
    if not value > 0:
        return f"{told}."
    return tr(
        "{told}: then it would {not_told} be worth its cost.",
        told=told,
        not_told=tr("not") if brought > value else tr("still"),
    )


def by_buyer(table: pd.DataFrame, policy: str, currency: str) -> str:
    """Return on how many buyers the sales rest that only cover allows; see `covered_sales.by_buyer`."""
    if table.empty:
        return (
            ""
            if policy == NO_COVER
            else tr("{policy} allows no sales that limits without insurance would not carry.", policy=policy)
        )
    told = tr(
        "The sales that only the cover of {policy} allows are of {buyers}",
        policy=policy,
        buyers=counted(len(table), "buyer"),
    )
    if len(table) > 5:
        part = table.head(5)["covered_sales"].sum() / table["covered_sales"].sum()
        told += tr(", {part} of them of the largest five", part=percent(part))
    wanting = int((table["accounts_margin"] > 0).sum())
    if not wanting:
        return f"{told}."
    return tr(
        "{told}. {accounts_margin} of the margin, of {buyers}, is held back without insurance only for "
        "want of accounts.",
        told=told,
        accounts_margin=money(table["accounts_margin"].sum(), currency),
        buyers=counted(wanting, "buyer"),
    )


def extra_sales(found: Account, policies: Sequence[str], currency: str) -> str:
    """Return which extra sales a year would pay for policies, beside those that their limits carry
    (`account.sales_that_pay`); empty where sales are not counted."""
    needed = sales_that_pay(found)
    told = [
        tr(
            "**{needed}** of extra sales a year pay for {policy}: each {hundred} of them brings {brings} after risk "
            "and capital, and by losses and capital alone {short} is lacking. Its limits carry {carried} of extra "
            "sales.",
            needed=money(needed[policy], currency),
            policy=policy,
            hundred=money(HUNDRED, currency),
            brings=money(HUNDRED * found.items.loc[policy, "account_sales"] / row["covered_sales"], currency),
            short=money(-found.without.loc[policy, "account_sales"], currency),
            carried=money(row["covered_sales"], currency),
        )
        if needed[policy] > 0
        else tr("{policy} needs no extra sales: losses and capital alone pay for it.", policy=policy)
        for policy, row in found.sales.loc[[one for one in dict.fromkeys(policies) if one in needed.index]].iterrows()
        if not missing(needed[policy])
    ]
    return " ".join(told)


def of_sales(found: Account, policy: str, currency: str) -> str:
    """Return what the sales that only cover allows are, and what of them is counted; empty where there are none."""
    if policy not in found.sales.index or np.isnan(found.items.loc[policy, "account_sales"]):
        return ""
    row = found.sales.loc[policy]
    if not row["covered_sales"] > 0:
        return ""
    return tr(
        "Under {policy}, limits carry {covered_sales} of sales a year that limits without insurance would "
        "not: a margin of {covered_margin}, less {sales_risk} of risk and {sales_tied_up} for the capital "
        "that they tie up. The cost of the policy holds {sales_premium} of premium on them. If you would "
        "make these sales without insurance too, leave the item out; what the same limits would then be "
        "worth stands in the section above.",
        policy=policy,
        covered_sales=money(row["covered_sales"], currency),
        covered_margin=money(row["covered_margin"], currency),
        sales_risk=money(row["sales_risk"], currency),
        sales_tied_up=money(row["sales_tied_up"], currency),
        sales_premium=money(row["sales_premium"], currency),
    )


def first_loss(table: pd.DataFrame, policy: str, currency: str) -> str:
    """Return how much of their claims policies pay, though limits count their percentage, and what hangs on that.

    `table`: `paid_share.by_paid_share`; `policy`: the one that is worth most as limits count. Empty where no first loss
    keeps anything of the claims (to within a thousandth), or no sales are counted that hang on it.
    """
    table = table.dropna(subset=["paid_share", "value_by_paid_share"])
    kept = table[table["paid_share"] < 0.999]
    hangs = not np.isclose(table["value_by_paid_share"], table["cover_value"], rtol=0, atol=0.5).all()
    if policy not in table.index or kept.empty or not hangs:
        return ""
    shares = listed(
        [
            tr("{paid_share} under {name}", paid_share=percent(row["paid_share"]), name=name)
            for name, row in kept.iterrows()
        ]
    )
    told = tr(
        "Limits count the insured percentage, whatever the first loss keeps: the part of an average year's "
        "claims that is paid is {shares}. If the sales that only cover allows counted by that share alone, ",
        shares=shares,
    )
    value = table["value_by_paid_share"]
    best, own = value.idxmax(), money(value[policy], currency)
    if not value[best] > 0:
        return tr("{told}no policy would be worth its cost ({policy} {own}).", told=told, policy=policy, own=own)
    if best == policy:
        return tr("{told}{policy} would still be worth most, {own}.", told=told, policy=policy, own=own)
    return tr(
        "{told}{best} would be worth most, {value}, beside {own} with {policy}.",
        told=told,
        best=best,
        value=money(value[best], currency),
        own=own,
        policy=policy,
    )


def no_ordinary_loss(policies: Sequence[Policy]) -> list[str]:
    """Return which policies add nothing to limits for their kind (`borne`), and that this is a rule; none: nothing."""
    names = [policy.name for policy in policies if not borne(policy) and policy.kind != "top_up"]
    if not names:
        return []
    return [
        tr(
            "{names}: of a kind that pays nothing of an ordinary loss, so that limits with it are those "
            "without insurance, whatever percentage it insures, and no sales are credited to it. This is a "
            "rule of this report; that the other policies' limits count their percentage whatever their first "
            "loss keeps is another.",
            names=listed(names),
        )
    ]


def assumptions(book: Book, found: Account) -> list[str]:
    """Return what of the account counts, what does not and why, and what it takes for granted."""
    settings = book.run.account
    stated = {
        "account_sales": book.run.margin is not None, "account_financing": settings.financing is not None,
        "account_information": settings.insurer_information is not None,
        "account_tax_recovery": settings.tax_recovery_share is not None,
        "account_income_tax": settings.income_tax_rate is not None,
    }  # fmt: skip
    left = [tr(NAMES[f"account_{item}"]) for item in settings.left_out]
    absent = [tr(NAMES[item]) for item, given in stated.items() if not given]
    lender = settings.financing is None and book.run.cash.borrowing is not None
    told = []
    if absent:
        told.append(
            tr(
                "Not counted in the account, since the run file states no terms: {absent} (`account`).",
                absent=listed(absent),
            )
            + (
                tr(
                    " The lender of chapter 07 (`cash.borrowing`) is stated for liquidity alone: its rate is the same "
                    "with cover and without, so that it tells no saving; `account.financing` needs both rates."
                )
                if lender
                else ""
            )
        )
    if left:
        told.append(tr("Left out of the account by the run file: {left} (`account.left_out`).", left=listed(left)))
    if not found.items.empty:
        told.append(
            tr(
                "What a policy pays is told in three ways: here what is expected of a year's losses, after the first "
                "loss and the insurer's part of recoveries, whenever it is paid; in chapter 07 the claims that come in "
                "within 52 weeks; in chapter 07_provision what today's invoices may bring, before the first loss."
            )
        )
    if "account_sales" in found.items and found.items["account_sales"].notna().any():
        told.append(
            tr(
                "Sales that only cover allows are those that the limits by risk with cover carry beyond those "
                "without, by what the buyers owed in the last 12 months; limits that are asked for from the "
                "insurer do not count. Without cover, or under a policy that allows fewer, balances would be lower "
                "by the same part; what it takes off less on them is an item of its own, which falls away with "
                "these sales wherever they are left out or counted in part."
            )
        )
        told.append(
            tr(
                "No insurance means, unless said otherwise, limits as the rules set them without cover. Sales to "
                "buyers to whom deliveries are held back today, with cover too, are not counted."
            )
        )
    return told
