"""How long buyers may take to pay: what an order is worth by the length of its terms, and which length to grant."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import DAYS_A_MONTH
from tradecredit.book.places import one_of
from tradecredit.decide.limits.rules import UNMEASURED
from tradecredit.decide.terms.late_interest import longest_by_law
from tradecredit.default.grades import middle
from tradecredit.default.payment import coming_delays
from tradecredit.errors import InputError, Problem
from tradecredit.measure.behaviour import features
from tradecredit.measure.default_events import loss_given_default
from tradecredit.measure.history import sales_told
from tradecredit.measure.sales import invoices_of_year, of_year

NOBODY = pd.Index([], dtype="str")


class Economics(NamedTuple):
    """What sales earn and unpaid invoices cost: fractions of sales, of a lost balance, and a year."""

    margin: float
    """Contribution of a sale before credit losses; missing where the run states none."""
    lgd: float
    cost_of_capital: float
    invoiced: float = 1.0
    """What is invoiced with tax for a unit of sales: it is owed, financed and lost, and no margin is earned on the
    tax."""


def economics(book: Book) -> Economics:
    """Return the run's margin and cost of capital, the book's loss given default, and how much tax its invoices carry.

    `invoiced`: the sales of the last 12 months / the same net of tax, as far as that is stated; 1 without any.
    """
    gross, net = of_year(book)[["sales_12m", "net_sales_12m"]].sum()
    invoiced = gross / net if net > 0 else 1.0
    return Economics(book.run.stated_margin, loss_given_default(book).lgd, book.run.cost_of_capital, invoiced)


def present_value(days: pd.Series | float, cost_of_capital: float) -> pd.Series | float:
    """Return what one unit that comes in so many days is worth today: (1 + cost of capital)^(−days / 365).

    Missing for missing days.

    >>> round(float(present_value(365, 0.25)), 2)
    0.8
    """
    # A power of 1 would be 1 for missing days too.
    return np.exp(-np.log1p(cost_of_capital) * days / 365)


def default_by(cumulative: pd.DataFrame, rows: pd.Series, days: pd.Series) -> pd.Series:
    """Return the probability of a default within so many days, on the index of `days`.

    `cumulative`: cumulative default probability, a row for each buyer or grade, columns months 1, 2, … from today.
    `rows`: for each of `days` the row that it is looked up in. Linear between the months of 365.25 / 12 days, 0 for
    days that are past. Missing: a row that is not there, days that are missing or beyond the last month. Raises
    `InputError` for columns that are not months 1, 2, …, and for probabilities outside 0 to 1 or that fall.
    """
    problems = [Problem("cumulative", *problem) for problem in _cumulative_problems(cumulative)]
    if problems:
        raise InputError(problems)
    known = np.column_stack([np.zeros(len(cumulative)), cumulative.to_numpy(float)])
    last = known.shape[1] - 1
    month = np.clip(days.to_numpy(float), 0.0, None) / DAYS_A_MONTH
    row = cumulative.index.get_indexer(rows)
    found = (row >= 0) & (month <= last)
    row, month = np.where(found, row, 0), np.where(found, month, 0.0)
    before = np.minimum(month.astype(int), last - 1)
    low, high = known[row, before], known[row, before + 1]
    return pd.Series(np.where(found, low + (month - before) * (high - low), np.nan), index=days.index)


def habits(book: Book, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return what each grade's buyers bought in the last 12 months, and how late they may pay: index `grade`, all ten.

    `ratings`: index buyer_id, `grade`, `method` (`default.assess`). Left out are buyers in default, to whom nothing is
    sold on terms, those that pay in advance, and public bodies and affiliates, whose default is not measured
    (`rules.UNMEASURED`). Columns: `buyers` that bought; `sales_12m` (gross of tax); `usual_terms_days`, the mean
    of (due − issued) over their invoices by amount; `delay_days`, the mean days beyond terms to be expected of these
    invoices if they were issued today, by amount (`default.payment.coming_delays`, the model of the cash forecast): of
    the grade, or of all grades where the grade bought nothing (`delay_basis` says which). Missing: what no buyer's
    invoices tell.
    """
    grades = _grades_of_terms(book, ratings)
    every = middle(book.run.grades).index
    behaviour = features(book).reindex(grades.index)
    bought = behaviour["sales_12m"] > 0
    sales = behaviour["sales_12m"].groupby(grades).sum().reindex(every, fill_value=0.0)
    recent = invoices_of_year(book)
    weighted = recent["sales_12m"] * (recent["due"] - recent["issued"]).dt.days
    terms = weighted.groupby(recent["buyer_id"].map(grades)).sum().reindex(every) / sales.where(sales > 0)
    on_terms = recent[one_of(recent["buyer_id"], grades.index) & (recent["sales_12m"] > 0)]
    late = on_terms["sales_12m"] * coming_delays(book, on_terms)
    by = on_terms["sales_12m"].groupby(on_terms["buyer_id"].map(grades)).sum().reindex(every)
    own = late.groupby(on_terms["buyer_id"].map(grades)).sum(min_count=1).reindex(every) / by
    whole = late.sum(min_count=1) / by.sum()
    return pd.DataFrame(
        {
            "buyers": bought.groupby(grades).sum().reindex(every, fill_value=0).astype(int),
            "sales_12m": sales if sales_told(book, book.as_of) else np.nan,
            "usual_terms_days": terms,
            "delay_days": own.fillna(whole),
            "delay_basis": np.where(own.notna(), "the grade's own", "of all grades"),
        }
    ).astype({"delay_basis": "str"})


def by_length(
    cumulative: pd.DataFrame, delay_days: pd.Series, lengths_days: Sequence[int], economics: Economics
) -> pd.DataFrame:
    """Return what one unit of sales, net of tax, is worth by length of terms: index (`grade`, `terms_days`).

    `cumulative`: see `default_by`, a row for each grade (or buyer); `delay_days` beyond terms, by the same index.

    - `payment_days` = terms + delay; `default_before`: probability q of a default by then;
    - `capital_cost` = invoiced × (1 − v), with v the `present_value` of the payment day;
    - `expected_loss` = invoiced × v × q × LGD, taking what a default leaves as paid on that day;
    - `expected_value` = margin − capital_cost − expected_loss, the order's net present value;
    - `cost_share` = (capital_cost + expected_loss) / margin.

    Missing where the delay or q is, and the last two without a margin. Amounts tie up capital at their price.
    """
    grid = pd.MultiIndex.from_product([delay_days.index, lengths_days], names=[delay_days.index.name, "terms_days"])
    rows, terms = (grid.get_level_values(level).to_series(index=grid) for level in (0, 1))
    payment = terms + delay_days.reindex(rows).to_numpy()
    worth = present_value(payment, economics.cost_of_capital)
    defaulted = default_by(cumulative, rows, payment)
    capital, loss = economics.invoiced * (1 - worth), economics.invoiced * worth * defaulted * economics.lgd
    return pd.DataFrame(
        {
            "payment_days": payment,
            "default_before": defaulted,
            "capital_cost": capital,
            "expected_loss": loss,
            "expected_value": economics.margin - capital - loss,
            "cost_share": (capital + loss) / economics.margin,
        }
    )


def worth_of_an_order(values: pd.DataFrame, order: float = 100.0) -> pd.DataFrame:
    """Return the expected value of an order by length of terms: index grade, a column for each length, `30 days`, ….

    `values`: see `by_length`; `order`: its amount, in the unit that the values come in. Expected value of a unit ×
    order; missing where that is.
    """
    worth = order * values["expected_value"].unstack("terms_days")  # noqa: PD010  (one value each: nothing to aggregate)
    return worth.set_axis([f"{days:g} days" for days in worth.columns], axis="columns")


def suggested(values: pd.DataFrame, maximum_cost_share: float) -> pd.DataFrame:
    """Return the longest terms worth granting to each grade: capital and expected loss take at most a share of margin.

    `values`: see `by_length`. Index grade; `suggested_days`, the longest length whose `cost_share` is at most the
    maximum, 0 where even the shortest costs more (cash in advance); `expected_value` and `cost_share` at that length
    (missing at 0). All missing where the costs or the margin are not known. A buyer need not be given as long. What the
    law allows is looked at for each buyer: see `buyers_on_longer_terms`.
    """
    known = values["cost_share"].groupby(level=0, sort=False).count() > 0
    within = values[values["cost_share"] <= maximum_cost_share].reset_index("terms_days")
    longest = within.groupby(level=0)[["terms_days", "expected_value", "cost_share"]].last().reindex(known.index)
    days = longest["terms_days"].fillna(0.0).where(known)
    return longest.drop(columns="terms_days").assign(suggested_days=days)[
        ["suggested_days", "expected_value", "cost_share"]
    ]


def extra_cost(
    cumulative: pd.DataFrame, habits: pd.DataFrame, economics: Economics, *, base_days: int, longer_days: int
) -> pd.DataFrame:
    """Return what selling at longer terms costs in a year more than at the base terms, by grade: index as `habits`.

    `sales_12m`, with tax; `capital_tied_up` = sales × (longer − base) / 365; `extra_capital_cost` and
    `extra_expected_loss` = sales net of tax × what each is more (`by_length`); `extra_cost`, their sum; `cost_of_sales`
    = extra_cost / sales; and `sales_needed`, the extra sales net of tax at the longer terms that earn it: extra_cost /
    expected value of a unit (missing where that is not above zero, or no margin is stated).
    """
    values = by_length(cumulative, habits["delay_days"], [base_days, longer_days], economics)
    base, longer = (values.xs(days, level="terms_days") for days in (base_days, longer_days))
    sales, more = habits["sales_12m"], (longer - base)[["capital_cost", "expected_loss"]] / economics.invoiced
    of_unit = more.sum(axis=1, skipna=False)
    return pd.DataFrame(
        {
            "sales_12m": sales,
            "capital_tied_up": sales * (longer_days - base_days) / 365,
            "extra_capital_cost": sales * more["capital_cost"],
            "extra_expected_loss": sales * more["expected_loss"],
            "extra_cost": sales * of_unit,
            "cost_of_sales": of_unit,
            "sales_needed": sales * of_unit / longer["expected_value"].where(longer["expected_value"] > 0),
        }
    )


def totals(extra: pd.DataFrame) -> pd.Series:
    """Return the sums of `extra_cost` over the grades that bought something, and `cost_of_sales` of all.

    Missing where one of those grades is: a part of the book would pass for the whole.
    """
    bought = extra[extra["sales_12m"] > 0]
    sums = bought.drop(columns="cost_of_sales").sum(skipna=False, min_count=1)
    return pd.concat([sums, pd.Series({"cost_of_sales": sums["extra_cost"] / sums["sales_12m"]})])


def margin_at_stake(longer: pd.DataFrame, economics: Economics) -> float:
    """Return what sales on terms to be shortened earn in a year: margin × the same net of tax.

    `longer`: `longer_than_suggested`. It is lost at most if buyers do not take shorter terms. Missing where the run
    states no margin.
    """
    return float(economics.margin * longer["sales_to_shorten"].sum() / economics.invoiced)


def longer_than_suggested(
    book: Book, ratings: pd.DataFrame, suggested: pd.DataFrame, without: pd.Index | None = None
) -> pd.DataFrame:
    """Return which sales of the last 12 months were on longer terms than are worth it: index as `suggested`.

    `ratings`: see `habits`; `without`: buyers to whom no terms are granted at all, so that the margin on them hangs on
    their limits (`buyers_without_terms`). Columns: `suggested_days`; `sales_12m` to the buyers of `habits`, none of
    them in default; `longer_sales`, of these on longer terms than suggested; `share`, their part of the sales;
    `sales_to_shorten`, of them to others than `without`. Missing where nothing is suggested, the share also where
    nothing was sold.
    """
    recent = invoices_of_year(book)
    # Of no invoices at all, a mapped text column would stay text.
    grades = _grades_of_terms(book, ratings)
    grade = recent["buyer_id"].map(grades).astype("float64")
    over = (recent["due"] - recent["issued"]).dt.days > grade.map(suggested["suggested_days"])
    granted = ~recent["buyer_id"].isin(NOBODY if without is None else without)
    sales = recent["sales_12m"]
    sums = pd.DataFrame(
        {
            "sales_12m": sales, "longer_sales": sales.where(over, 0.0),
            "sales_to_shorten": sales.where(over & granted, 0.0),
        }
    )  # fmt: skip
    sums = sums.groupby(grade).sum().reindex(suggested.index, fill_value=0.0)
    if not sales_told(book, book.as_of):
        sums = sums * np.nan
    longer = sums[["longer_sales", "sales_to_shorten"]].where(suggested["suggested_days"].notna())
    share = longer["longer_sales"] / sums["sales_12m"].where(sums["sales_12m"] > 0)
    return sums.assign(**longer, share=share, suggested_days=suggested["suggested_days"])[
        ["suggested_days", "sales_12m", "longer_sales", "share", "sales_to_shorten"]
    ]


def buyers_without_terms(held: pd.DataFrame, limits: pd.DataFrame) -> pd.Index:
    """Return the buyers to whom nothing is sold on terms: deliveries are held back, or the limit to set is not above 0.

    `held`: `held_back.held_back`; `limits`: `limits.recommend`. The margin on their sales hangs on holds and limits.
    """
    return held.index.union(limits.index[~(limits["limit_to_set"] > 0)])


def buyers_on_longer_terms(
    book: Book, ratings: pd.DataFrame, suggested: pd.DataFrame, without: pd.Index | None = None
) -> pd.DataFrame:
    """Return the buyers that were sold to on longer terms than are worth it, the largest such sales first.

    The invoices of `longer_than_suggested`, without those to its `without`. Index buyer_id; `grade`, `suggested_days`;
    `lawful_days`, the longest that the law of the buyer's country allows its kind without an agreement (missing: none
    that the run states); `terms_to_grant`, the shorter of both; `longest_given`, in the last 12 months; `longer_sales`,
    and `longer_margin`, what they earn net of tax (missing without a margin).
    """
    recent = invoices_of_year(book)
    grades = _grades_of_terms(book, ratings).drop(index=NOBODY if without is None else without, errors="ignore")
    grade = recent["buyer_id"].map(grades).astype("float64")
    given = (recent["due"] - recent["issued"]).dt.days
    sold = pd.DataFrame(
        {
            "buyer_id": recent["buyer_id"], "grade": grade, "suggested_days": grade.map(suggested["suggested_days"]),
            "longest_given": given, "longer_sales": recent["sales_12m"],
        }
    )  # fmt: skip
    over = sold[(given > sold["suggested_days"]) & (sold["longer_sales"] > 0)]
    table = over.groupby("buyer_id").agg(
        grade=("grade", "first"), suggested_days=("suggested_days", "first"), longest_given=("longest_given", "max"),
        longer_sales=("longer_sales", "sum"),
    )  # fmt: skip
    what = economics(book)
    lawful = longest_by_law(book).reindex(table.index)
    table = table.assign(
        lawful_days=lawful,
        terms_to_grant=np.fmin(table["suggested_days"], lawful),
        longer_margin=what.margin * table["longer_sales"] / what.invoiced,
    )
    return table.sort_values("longer_sales", ascending=False, kind="stable")


def _grades_of_terms(book: Book, ratings: pd.DataFrame) -> pd.Series:
    """Return the grade of each buyer that is sold to on terms by its risk; see `habits`."""
    ratings = ratings[ratings["method"] != "in default"]
    left_out = book.buyers.loc[book.buyers["kind"].isin([*UNMEASURED, "prepaid"]), "buyer_id"]
    return ratings["grade"].drop(index=left_out, errors="ignore").dropna().astype(int)


def _cumulative_problems(cumulative: pd.DataFrame) -> list[tuple[str, str]]:
    problems, values = [], cumulative.to_numpy(float)
    if cumulative.columns.tolist() != list(range(1, cumulative.shape[1] + 1)) or cumulative.empty:
        problems.append(("columns must be the months 1, 2, … without a gap", "give a column for each month"))
    if ((values < 0) | (values > 1)).any():
        problems.append(("a probability is outside 0 to 1", "give fractions"))
    if (np.diff(values, axis=1) < -1e-12).any():
        problems.append(("a cumulative probability falls from one month to the next", "give cumulative values"))
    return problems
