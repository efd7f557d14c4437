"""Cash discounts: what one costs in a year, which one would break even, and what the book's own brought and cost."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.checks import CENT
from tradecredit.book.places import one_of
from tradecredit.decide.terms.discount_steps import STEPS, earned, may_be_taken, offer, offered, offered_in, rate_after
from tradecredit.decide.terms.lengths import Economics, default_by, economics, present_value
from tradecredit.measure.by_buyer import share
from tradecredit.measure.open_items import open_items
from tradecredit.measure.sales import invoices_of_year, of_year

ROUNDING = 0.01
"""What a discount may be above its rate: a cent, by rounding."""


def simple_cost(discount: pd.Series | float, days: pd.Series | float, basis: int = 365) -> pd.Series | float:
    """Return the yearly cost of a cash discount without interest on interest: d / (1 − d) × basis / days.

    `discount` d as a fraction; `days` that it brings the money forward; `basis` of days in a year, 360 or 365. Missing
    where no day is won. Source: definitions §3.1 (2/10 net 30: 36.73 % of 360 days, 37.24 % of 365).

    >>> round(simple_cost(0.02, 20, 360), 4), round(simple_cost(0.02, 20), 4)
    (0.3673, 0.3724)
    """
    return discount / (1 - discount) * basis / _days_won(days)


def compound_cost(discount: pd.Series | float, days: pd.Series | float, basis: int = 365) -> pd.Series | float:
    """Return the yearly cost of a cash discount with interest on interest: (1 + d / (1 − d))^(basis / days) − 1.

    As `simple_cost`. Source: definitions §3.1 (2/10 net 30: 44.59 % of 365 days, 43.86 % of 360).

    >>> round(compound_cost(0.02, 20), 4), round(compound_cost(0.02, 20, 360), 4)
    (0.4459, 0.4386)
    """
    return (1 + discount / (1 - discount)) ** (basis / _days_won(days)) - 1


def offers(book: Book) -> pd.DataFrame:
    """Return the discounts on offer in the last 12 months' sales, with their yearly cost in all four conventions.

    Index (`discount_rate`, `discount_days`, `terms_days`), the largest amount first; an invoice with two steps stands
    in the row of each; `invoices`, `amount`;
    `simple_360`, `simple_365`, `compound_360`, `compound_365`: cost of the days from the last day of the discount to
    the due date (missing where that is not later). Empty where none is offered.
    """
    recent = invoices_of_year(book)
    recent = recent.assign(terms_days=(recent["due"] - recent["issued"]).dt.days)
    steps = [
        recent[["terms_days", "sales_12m"]].assign(discount_rate=recent[rate], discount_days=recent[days])
        for rate, days in STEPS.items()
    ]
    recent = pd.concat(steps)
    recent = recent[offered_in(recent, "discount_rate")]
    by_terms = recent.groupby(["discount_rate", "discount_days", "terms_days"])["sales_12m"]
    table = by_terms.agg(invoices="size", amount="sum").sort_values("amount", ascending=False, kind="stable")
    rate, first, last = (table.index.get_level_values(level).to_numpy(float) for level in range(3))
    conventions = {"simple": simple_cost, "compound": compound_cost}
    return table.assign(
        **{
            f"{name}_{basis}": cost(pd.Series(rate, index=table.index), pd.Series(last - first, table.index), basis)
            for name, cost in conventions.items()
            for basis in (360, 365)
        }
    )


def break_even(
    cumulative: pd.DataFrame, payment_days: pd.Series, economics: Economics, *, discount_days: int = 10
) -> pd.DataFrame:
    """Return the discount that costs as much as waiting, by grade (or buyer): index as `payment_days`.

    `payment_days`: days from the invoice to the payment without a discount (usual terms + delay); `cumulative`: see
    `lengths.default_by`. A buyer that has not failed by the last day of the discount pays then, or after Δ more days
    with the probability 1 − h, h = (q(payment) − q(discount day)) / (1 − q(discount day)):

    - `break_even` = 1 − v × (1 − h × LGD), v the present value of Δ days; without risk its yearly cost, compounded
      on 365 days, is the cost of capital;
    - `for_capital` = 1 − v, the part that pays for the days, and `for_loss`, the rest: the default loss avoided;
    - `days_earlier` = Δ, and `break_even_yearly_cost`, compounded on 365 days.

    Missing where payment comes no later than the discount, or a probability is missing or 1 by then.
    """
    rows = payment_days.index.to_series(index=payment_days.index)
    days = payment_days - discount_days
    first = pd.Series(float(discount_days), index=payment_days.index)
    failed = _failed_between(cumulative, rows, first, payment_days)
    worth: pd.Series = present_value(days, economics.cost_of_capital)
    worth = worth.where(days > 0)
    discount = 1 - worth * (1 - failed * economics.lgd)
    capital = (1 - worth).where(discount.notna())
    return pd.DataFrame(
        {
            "days_earlier": days,
            "break_even": discount,
            "for_capital": capital,
            "for_loss": discount - capital,
            "break_even_yearly_cost": compound_cost(discount, days),
        }
    )


def taken(book: Book, ratings: pd.DataFrame, cumulative: pd.DataFrame) -> pd.DataFrame:
    """Return the invoices of the last 12 months with a discount, whether it was taken, what it cost and what it won.

    `ratings`: index buyer_id, `grade`, `method` (`default.assess`); `cumulative`: cumulative default probability of
    each buyer (see `lengths.default_by`), which is taken as that of the day of payment. Of a buyer in default it is 1
    today, and was not when the buyer took its discount: such buyers are left out whole (`left_out`), and what is shown
    is what the discounts were worth with buyers that are not in default. One row for each invoice issued in the 12
    months and not cancelled that a discount is offered on, or given (a receipt of kind `discount`); one that may still
    be taken is left out.

    - `invoice_id`, `buyer_id`, `grade`, `amount`; `offered`, `is_taken`;
    - `cost`: the discount given; `unearned_cost`: of it what was not earned (`earned`), where one was offered; up to a
      cent is rounding;
    - `days_won` of a discount that was taken: from the day on which the money came (the mean of several, by amount) to
      the day of the buyer's habit, the due date and the mean delay (early counts below zero; by amount) of its invoices
      of the 12 months that were paid in full without a discount; missing where it has none, and without money;
    - `capital_saved` = (amount − cost) × ((1 + cost of capital)^(days_won / 365) − 1); `loss_avoided` = amount × LGD ×
      the probability of failing in between, given it had not by then; `net` = both − cost. At the discount of
      `break_even` it is zero.
    """
    what, items = economics(book), _of_the_window(book)
    items = items[~items["buyer_id"].isin(_defaulted(ratings))]
    is_taken, is_offered = items["cost"].notna(), offered(items)
    cost = items["cost"].fillna(0.0)
    paid_after, unearned = items["paid_after"], cost - items["earned"].fillna(0.0)
    may_come = items["settled"].isna() & may_be_taken(items, (book.as_of - items["issued"]).dt.days)
    # Of no invoices at all, a mapped text column would stay text.
    habit = items["buyer_id"].map(_habit(items)).astype("float64")
    usual_after = ((items["payable_by"] - items["issued"]).dt.days + habit).where(is_taken)
    won = usual_after - paid_after
    failed = _failed_between(cumulative, items["buyer_id"], paid_after, usual_after)
    capital = (items["amount"] - cost) * (present_value(-won, what.cost_of_capital) - 1)
    loss = items["amount"] * failed * what.lgd
    table = items[["invoice_id", "buyer_id", "amount"]].assign(
        grade=items["buyer_id"].map(ratings["grade"]),
        offered=is_offered,
        is_taken=is_taken,
        cost=cost,
        unearned_cost=unearned.where(is_offered & ~may_come & (unearned > ROUNDING + CENT), 0.0),
        days_won=won,
        capital_saved=capital,
        loss_avoided=loss,
        net=capital + loss - cost,
    )
    return table[_decided(book, items)].reset_index(drop=True)


class LeftOut(NamedTuple):
    """Buyers that `taken` leaves out as they are in default today, and the discounts given to them."""

    buyers: int
    cost: float


def left_out(book: Book, ratings: pd.DataFrame) -> LeftOut:
    """Return what `taken` leaves out as its buyers are in default today; arguments as `taken`.

    Counted are the buyers that it would have a row of.
    """
    items = _of_the_window(book)
    items = items[_decided(book, items) & items["buyer_id"].isin(_defaulted(ratings))]
    return LeftOut(len(items["buyer_id"].unique()), float(items["cost"].sum()))


def summary(taken: pd.DataFrame, by: Literal["grade", "buyer_id"] = "grade") -> pd.DataFrame:
    """Return the sums of `taken` by grade or buyer, index `by`, the largest amount taken first.

    `offered` and `taken`: invoices; `offered_amount`, `taken_amount`; `take_up` and `take_up_amount`: the part of the
    offers, by number and by amount, that was taken; `cost`, `unearned_cost`; `days_won`, the mean by amount;
    `capital_saved`, `loss_avoided`, `net`; `yearly_cost`, simple on 365 days, of the days won: cost / Σ ((amount −
    cost) × days_won / 365). What a discount won is summed over those that it is known of; of `not_computable` it is not
    (they are in the cost, `unknown_cost` of it, not in the net: net = saved + avoided − cost + unknown_cost). Missing:
    shares and means over nothing, sums of which no part is known.
    """
    return _summed(taken, taken[by])


def totals(taken: pd.DataFrame) -> pd.Series:
    """Return the columns of `summary` for the whole book; all missing where it has no discounts."""
    whole = _summed(taken, pd.Series("book", index=taken.index))
    return whole.reindex(["book"]).loc["book"]


def _defaulted(ratings: pd.DataFrame) -> pd.Index:
    return ratings.index[ratings["method"] == "in default"]


def _decided(book: Book, items: pd.DataFrame) -> pd.Series:
    """Return a boolean per item: whether its discount was taken, or offered and may not be taken any more."""
    pending = items["settled"].isna() & may_be_taken(items, (book.as_of - items["issued"]).dt.days)
    return items["cost"].notna() | (offered(items) & ~pending)


def _days_won(days: pd.Series | float) -> pd.Series | float:
    return days.where(days > 0) if isinstance(days, pd.Series) else (days if days > 0 else np.nan)


def _failed_between(cumulative: pd.DataFrame, rows: pd.Series, first: pd.Series, last: pd.Series) -> pd.Series:
    """Return the probability of failing between two days, given no failure by the first."""
    before, by_then = default_by(cumulative, rows, first), default_by(cumulative, rows, last)
    return (by_then - before) / (1 - before).where(before < 1)


def _of_the_window(book: Book) -> pd.DataFrame:
    """Return the sales of the year, as open items, with their offer; and, where a discount was given, its `cost`, what
    of it is `earned`, and `paid_after`, the mean days from the issue to the money, by amount."""
    terms = offer(book)
    items = open_items(book).join(terms)
    items = items[of_year(book)["recent"]]
    kind, invoice = book.receipts["kind"], book.invoice_of_receipt
    discounts, money = (np.flatnonzero(one_of(kind, [of]) & (invoice >= 0)) for of in ("discount", "payment"))
    cost = book.receipts["amount"].iloc[discounts].groupby(invoice[discounts]).sum().rename("cost")
    money = money[np.isin(invoice[money], cost.index)]
    place = pd.Index(invoice[money])
    paid = book.receipts[["received", "amount"]].iloc[money].set_axis(place)
    days = (paid["received"] - book.invoices["issued"].loc[place]).dt.days
    parts = pd.DataFrame({"amount": paid["amount"], "days": days, "rate": rate_after(terms.loc[place], days)})
    weighted = (parts["amount"] * parts["days"]).groupby(level=0).sum()
    by_invoice = pd.DataFrame({"cost": cost, "earned": earned(parts, cost)})
    return items.join(by_invoice.assign(paid_after=weighted / parts["amount"].groupby(level=0).sum()))


def _habit(items: pd.DataFrame) -> pd.Series:
    """Return each buyer's mean days late, by amount, on invoices that were paid in full without a discount."""
    plain = items[items["cost"].isna() & items["settled"].notna() & (items["impaired"] == 0) & (items["amount"] > 0)]
    by_buyer = plain["buyer_id"]
    return (plain["amount"] * plain["days_late"]).groupby(by_buyer).sum() / plain["amount"].groupby(by_buyer).sum()


def _summed(taken: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    is_taken, offered, amount = taken["is_taken"], taken["offered"], taken["amount"]
    known = is_taken & taken["net"].notna()
    won = (is_taken & taken["days_won"].notna()).to_numpy()
    parts = pd.DataFrame(
        {
            "offered": offered.astype(float),
            "taken": is_taken.astype(float),
            "offered_amount": amount.where(offered, 0.0),
            "taken_amount": amount.where(is_taken, 0.0),
            "both": (is_taken & offered).astype(float),
            "both_amount": amount.where(is_taken & offered, 0.0),
            "cost": taken["cost"],
            "unearned_cost": taken["unearned_cost"],
            **{name: taken[name].where(known) for name in ("capital_saved", "loss_avoided", "net")},
            "won_amount": amount.where(won, 0.0),
            "amount_days": (amount * taken["days_won"]).where(won, 0.0),
            "won_cost": taken["cost"].where(won, 0.0),
            "money_days": ((amount - taken["cost"]) * taken["days_won"]).where(won, 0.0),
            "not_computable": (is_taken & ~known).astype(float),
            "unknown_cost": taken["cost"].where(is_taken & ~known, 0.0),
        }
    )
    sums = parts.groupby(key).sum(min_count=1).sort_values("taken_amount", ascending=False, kind="stable")
    shares = {
        "take_up": share(sums["both"], sums["offered"]),
        "take_up_amount": share(sums["both_amount"], sums["offered_amount"]),
        "days_won": share(sums["amount_days"], sums["won_amount"]),
        "yearly_cost": share(sums["won_cost"] * 365, sums["money_days"]),
    }
    return sums.assign(**shares)[
        ["offered", "offered_amount", "taken", "taken_amount", "take_up", "take_up_amount", "cost", "unearned_cost",
         "days_won", "capital_saved", "loss_avoided", "net", "yearly_cost", "not_computable",
         "unknown_cost"]
    ]  # fmt: skip
