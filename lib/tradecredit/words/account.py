"""Sentences on the account of cover: whether it is worth its cost beside no insurance, and which items carry that."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.columns import Column
from tradecredit.decide.policies.account import ITEMS, Account
from tradecredit.insurance.amounts import borne
from tradecredit.insurance.policy import Policy
from tradecredit.params.policy import NO_COVER
from tradecredit.words.formats import counted, doubt, error_told, listed, missing, money, percent

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
        return "The run file names no policy: there is nothing to compare, and all losses are retained."
    offer = best(found)
    row = found.items.loc[offer]
    amount, error = money(abs(row["cover_value"]), currency), error_told(row["cover_value_se"])
    if why := doubt(row["cover_value"], row["cover_value_se"]):
        return (
            "Whether insurance is worth its cost cannot be decided from these scenarios: with the best offer, "
            f"{offer}, a year differs by {amount} from one without insurance, {why}. "
            f"{uninsured(found, offer, currency)}"
        ).strip()
    if row["cover_value"] > 0:
        rules = " as the limit rules stand" if _of_rules(found, offer, currency) else ""
        worth = f"Insurance is worth its cost{rules}: a year with {offer} is worth {amount} more than one without"
    else:
        worth = (
            f"Insurance is not worth its cost: a year with the best offer, {offer}, is worth {amount} less than one "
            "without"
        )
    told = f"{worth} ({error}). {carried_by(found, offer, currency)}"
    if np.isnan(row["account_sales"]):
        told = f"{told} The sales that only cover allows are not counted in this, and they may be the largest item."
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
    it (`Account.sales`)."""
    known = policy in found.without.index
    without = found.without.loc[policy, "account_sales"] if known else None
    uninsured = found.sales.loc[policy, "uninsured_value"] if known else None
    return {
        "cover_value_without_sales": (
            without, currency, "Value of the policy in force without sales that only cover allows",
        ),
        "uninsured_value": (uninsured, currency, "Value of the limits with the policy in force, without insurance"),
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
    told = f"The policy in force is worth **{money(value, currency)}** a year beside no insurance"
    if not missing(without) and abs(without - value) >= 0.5:
        turns = (without > 0) != (value > 0)
        allowed = "the sales that only cover allows"
        rests = f"it rests on {allowed}: without them" if turns else f"without {allowed}"
        told += f"; {rests} it would be {money(without, currency)}"
    told += "."
    if not missing(alone) and alone > 0:
        told += f" The same limits without insurance would be worth {money(alone, currency)}, with all losses our own."
    if not (missing(low) or missing(high)):
        least, most = (money(end, currency) for end in sorted([low, high]))
        told += f" Over the 90 % interval of the level of default the policy is worth {least} to {most}."
    if not missing(past):
        told += (
            f" As if over the ledger's past years it would have paid {money(abs(past), currency)} "
            f"{'more' if past > 0 else 'less'} than it cost."
        )
    return told


def picture(found: Account, currency: str) -> str:
    """Return what the chart of the account shows."""
    values = [f"{name} {money(value, currency)}" for name, value in found.items["cover_value"].items()]
    return f"Stacked bars of what each policy brings above zero and costs below it; in all: {listed(values)}."


def carried_by(found: Account, policy: str, currency: str) -> str:
    """Return which items carry the value of a policy, and without which of them it would turn."""
    row, without = found.items.loc[policy, list(ITEMS)].dropna(), found.without.loc[policy].dropna()
    positive = found.items.loc[policy, "cover_value"] > 0
    counted, turns = _weighed(found, policy), turning_items(found, policy)
    if not positive:
        brought, cost = row.drop("account_cost").sum(), money(-row["account_cost"], currency)
        total = f"Beside its cost of {cost} its other items come to {money(brought, currency)}."
        if not turns:
            return f"{total} Leaving out any other single item would not change that."
        return f"{total} Without {listed([NAMES[item] for item in turns])} it would be worth it."
    if not turns:
        return "No single item carries it: it holds without any one of them."
    parts = [
        f"{NAMES[item]} ({money(row[item], currency)}), without which it would be worth "
        f"{money(-without[item], currency)} less than no insurance"
        for item in turns
    ]
    others = [f"without {NAMES[item]}" for item in counted if item not in turns]
    rest = f" It holds {' or '.join(others)}." if others else ""
    rest = " It holds without any other single item." if len(others) > 3 else rest
    return f"It is carried by {'; and by '.join(parts)}.{rest}{_of_rules(found, policy, currency)}"


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
    return (
        f" These sales bring {money(row['sales_risk'], currency)} of risk for {money(row['covered_margin'], currency)} "
        "of margin: it is the limit rules that keep them from being made without insurance."
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
    worth = f"worth {money(abs(more), currency)} {'more' if more > 0 else 'less'} than with {policy}"
    worth += f" ({error_told(error)})"
    if abs(more) < 2 * error:
        worth = f"worth as much as with {policy}, within simulation error ({error_told(error)})"
    told = (
        f"If the same limits were granted without insurance, a year would be {worth}, and the worst 1 % of years would "
        f"leave {money(row['uninsured_es_99'], currency)} of losses on average instead of "
        f"{money(row['insured_es_99'], currency)}"
    )
    if more <= -2 * error:
        return f"{told}: {policy} is worth having beside that too."
    return f"{told}: who decides on the policy may choose that instead, and carry these risks without insurance."


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
    told = (
        f"{money(brought, currency)} a year of the value of {policy} would be made without insurance too if buyers "
        "shared accounts that support it"
    )
    if not value > 0:
        return f"{told}."
    return f"{told}: then it would {'not' if brought > value else 'still'} be worth its cost."


def by_buyer(table: pd.DataFrame, policy: str, currency: str) -> str:
    """Return on how many buyers the sales rest that only cover allows; see `covered_sales.by_buyer`."""
    if table.empty:
        return "" if policy == NO_COVER else f"{policy} allows no sales that limits without insurance would not carry."
    told = f"The sales that only the cover of {policy} allows are of {counted(len(table), 'buyer')}"
    if len(table) > 5:
        part = table.head(5)["covered_sales"].sum() / table["covered_sales"].sum()
        told += f", {percent(part)} of them of the largest five"
    wanting = int((table["accounts_margin"] > 0).sum())
    if not wanting:
        return f"{told}."
    return (
        f"{told}. {money(table['accounts_margin'].sum(), currency)} of the margin, of {counted(wanting, 'buyer')}, is "
        "held back without insurance only for want of accounts."
    )


def of_sales(found: Account, policy: str, currency: str) -> str:
    """Return what the sales that only cover allows are, and what of them is counted; empty where there are none."""
    if policy not in found.sales.index or np.isnan(found.items.loc[policy, "account_sales"]):
        return ""
    row = found.sales.loc[policy]
    if not row["covered_sales"] > 0:
        return ""
    return (
        f"Under {policy}, limits carry {money(row['covered_sales'], currency)} of sales a year that limits without "
        f"insurance would not: a margin of {money(row['covered_margin'], currency)}, less "
        f"{money(row['sales_risk'], currency)} of risk and {money(row['sales_tied_up'], currency)} for the capital "
        f"that they tie up. The cost of the policy holds {money(row['sales_premium'], currency)} of premium on them. "
        "If you would make these sales without insurance too, leave the item out; what the same limits would then be "
        "worth stands below."
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
    shares = listed([f"{percent(row['paid_share'])} under {name}" for name, row in kept.iterrows()])
    told = (
        f"Limits count the insured percentage, whatever the first loss keeps: the part of an average year's claims "
        f"that is paid is {shares}. If the sales that only cover allows counted by that share alone, "
    )
    value = table["value_by_paid_share"]
    best, own = value.idxmax(), money(value[policy], currency)
    if not value[best] > 0:
        return f"{told}no policy would be worth its cost ({policy} {own})."
    if best == policy:
        return f"{told}{policy} would still be worth most, {own}."
    return f"{told}{best} would be worth most, {money(value[best], currency)}, beside {own} with {policy}."


def no_ordinary_loss(policies: Sequence[Policy]) -> list[str]:
    """Return which policies add nothing to limits for their kind (`borne`), and that this is a rule; none: nothing."""
    names = [policy.name for policy in policies if not borne(policy) and policy.kind != "top_up"]
    if not names:
        return []
    return [
        f"{listed(names)}: of a kind that pays nothing of an ordinary loss, so that limits with it are those without "
        "insurance, whatever percentage it insures, and no sales are credited to it. This is a rule of this report; "
        "that the other policies' limits count their percentage whatever their first loss keeps is another."
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
    left = [NAMES[f"account_{item}"] for item in settings.left_out]
    absent = [NAMES[item] for item, given in stated.items() if not given]
    told = []
    if absent:
        told.append(f"Not counted in the account, since the run file states no terms: {listed(absent)} (`account`).")
    if left:
        told.append(f"Left out of the account by the run file: {listed(left)} (`account.left_out`).")
    if "account_sales" in found.items and found.items["account_sales"].notna().any():
        told.append(
            "Sales that only cover allows are those that the limits by risk with cover carry beyond those without, by "
            "what the buyers owed in the last 12 months; limits that are asked for from the insurer do not count. "
            "Without cover, or under a policy that allows fewer, balances would be lower by the same part; what it "
            "takes off less on them is an item of its own."
        )
        told.append(
            "No insurance means, unless said otherwise, limits as the rules set them without cover. Sales to buyers to "
            "whom deliveries are held back today, with cover too, are not counted."
        )
    return told
