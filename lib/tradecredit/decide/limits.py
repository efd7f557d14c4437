"""How much to lend to each buyer: every method's amount, the smallest of them, and the name of the one that binds."""

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.errors import InputError
from tradecredit.measure.behaviour import features, limits_in_force
from tradecredit.measure.ratios import ratios
from tradecredit.measure.receivables import open_items, window_start
from tradecredit.model.at_risk import cover, loss_given_default
from tradecredit.model.default import overriding
from tradecredit.model.insurance import values_not

METHODS = {
    "need": "need",
    "capacity": "capacity",
    "expected_loss_budget": "expected-loss budget",
    "concentration": "concentration",
}
"""The methods of DOMAIN.md §4, column: name, in the order in which one is named where two give the same amount."""

BASES = {"net_worth": "net_worth_share", "working_capital": "working_capital_share", "revenue": "revenue_share"}
"""Base of the capacity: the run's setting that holds its share by grade."""

UNMEASURED = ("public", "affiliate")
"""Kinds of buyer whose capacity and expected loss are not measured: neither accounts nor payment habits tell whether a
public body or a company of our own group fails. Need and concentration apply to them."""


def recommend(book: Book, ratings: pd.DataFrame, *, insured_percentage: float = 0.0) -> pd.DataFrame:
    """Return the recommended limit of every buyer, the method that binds, and how the exposure stands to it.

    `ratings`: index buyer_id, `pd`, `grade`, `method` (`default.assess`); `insured_percentage`: the policy's share of
    an insured loss (0: no policy). Index buyer_id (all buyers). Amounts in the reporting currency:

    - `recommended`: the smallest of the methods, `rounded_down` to `limits.digits`; `binding`: that method;
    - `need`: see `need`; `capacity`, of the `capacity_base`: see `capacity`; `expected_loss_budget`: see
      `loss_budget`; `concentration`: largest share of the book × all receivables. Missing: does not apply, as
      concentration where nothing is owed at all;
    - `exposure`, the open amount; `own_limit`, `insurer_limit`: those in force (missing: none);
    - `breach`: exposure above our own limit (missing: none set); `over_recommended`: above the recommended one;
    - `insured`: what the insurer bears of the exposure within its named limit, before any deductible or first loss;
      `own` = exposure − insured.

    Rules: a buyer of kind `prepaid` gets 0 (`prepaid`); a dormant buyer needs nothing; public bodies and affiliates
    have no capacity and no loss budget; a buyer without accounts has no capacity. A limit set by an analyst and valid
    on the day stands as it is (`analyst's override`). A buyer in default gets 0 in any case (`in default`). Groups of
    buyers are not looked at. Raises `InputError` for buyers whose probability or grade is missing: they would get a
    limit that no risk bounds. Source: DOMAIN.md §4.
    """
    settings = book.run.limits
    buyers = pd.Index(book.buyers["buyer_id"], name="buyer_id")
    kind = book.buyers.set_index("buyer_id")["kind"]
    ratings = ratings.reindex(buyers)
    unrated = [
        problem
        for column in ("pd", "grade")
        for problem in values_not(ratings[column].notna(), ratings[column], "ratings", "is missing")
    ]
    if unrated:
        raise InputError(unrated)
    exposure = open_items(book).groupby("buyer_id")["open_amount"].sum().reindex(buyers, fill_value=0.0)
    unmeasured = kind.isin(UNMEASURED)
    able = capacity(book, ratings["grade"])
    amounts = pd.DataFrame(
        {
            "need": need(book),
            "capacity": able["capacity"].mask(unmeasured),
            "expected_loss_budget": loss_budget(
                ratings["pd"], lgd=loss_given_default(book).lgd, budget=settings.expected_loss_budget
            ).mask(unmeasured),
            "concentration": settings.maximum_share_of_book * (exposure.sum() or np.nan),
        }
    )
    binding, recommended = _smallest(amounts)
    binding, recommended = binding.map(METHODS), rounded_down(recommended, settings.digits)
    override = overriding(book, "limit")["limit"].reindex(buyers)
    defaulted = ratings["method"] == "in default"
    for name, applies, amount in (
        ("prepaid", kind == "prepaid", 0.0),
        ("analyst's override", override.notna(), override),
        ("in default", defaulted, 0.0),
    ):
        binding, recommended = binding.mask(applies, name), recommended.mask(applies, amount)
    in_force = limits_in_force(book).reindex(buyers)
    insurable = cover(book)["insured_limit"].reindex(buyers).fillna(0.0)
    insured = insured_percentage * np.minimum(exposure, insurable)
    return amounts.assign(
        recommended=recommended,
        binding=binding,
        capacity_base=able["capacity_base"].mask(unmeasured),
        exposure=exposure,
        own_limit=in_force["own"],
        insurer_limit=in_force["insurer"],
        breach=(exposure - in_force["own"]).clip(lower=0.0),
        over_recommended=(exposure - recommended).clip(lower=0.0),
        insured=insured,
        own=exposure - insured,
    )


def need(book: Book) -> pd.Series:
    """Return the limit that each buyer's purchases take: monthly purchases × (payment days + tolerated delay) / 30.

    Monthly purchases: those of the last 12 months by the months that the buyer has bought in, at most 12. Payment
    days: the usual terms, the mean of (due − issued) over these invoices by amount. 0 without purchases. Index
    buyer_id. Source: DOMAIN.md §4 (15 days' terms and 30 days' delay: 1.5 months).
    """
    behaviour = features(book)
    recent = book.invoices[book.invoices["issued"] > window_start(book.as_of, 12)]
    weighted = recent["amount"] * (recent["due"] - recent["issued"]).dt.days
    bought = recent["amount"].groupby(recent["buyer_id"]).sum().reindex(behaviour.index, fill_value=0.0)
    days = weighted.groupby(recent["buyer_id"]).sum().reindex(behaviour.index, fill_value=0.0) / bought.where(
        bought > 0
    )
    months = behaviour["months_of_history"].clip(1.0, 12.0)
    monthly = behaviour["sales_12m"] / months
    return (monthly * (days + book.run.limits.tolerated_delay_days) / 30).fillna(0.0).rename("need")


def capacity(book: Book, grades: pd.Series) -> pd.DataFrame:
    """Return what each buyer's accounts carry: the smallest of share(grade) × base over its bases.

    The bases are net worth, working capital and revenue. Index buyer_id; `capacity` (0 where a base is negative;
    missing without accounts or grade) and `capacity_base`, the base that is smallest. A base that the account does not
    show does not apply. Source: DOMAIN.md §4.
    """
    accounts = ratios(book)[list(BASES)]
    place = grades.reindex(accounts.index).astype("float64") - 1
    amounts = {}
    for base, setting in BASES.items():
        shares = np.array(getattr(book.run.limits, setting))
        share = pd.Series(shares[place.fillna(0).astype(int)], index=accounts.index).where(place.notna())
        amounts[base] = share * accounts[base].clip(lower=0.0)
    base, smallest = _smallest(pd.DataFrame(amounts))
    return pd.DataFrame({"capacity": smallest, "capacity_base": base})


def loss_budget(probability: pd.Series, *, lgd: float, budget: float) -> pd.Series:
    """Return the amount whose expected loss is the budget: budget / (PD × LGD); missing for a missing PD, or no loss.

    Source: DOMAIN.md §4.

    >>> loss_budget(pd.Series([0.02]), lgd=0.5, budget=1000.0).tolist()
    [100000.0]
    """
    loss = probability * lgd
    return (budget / loss.where(loss > 0)).rename("expected_loss_budget")


def rounded_down(amounts: pd.Series, digits: int) -> pd.Series:
    """Return amounts rounded down to so many significant digits, and to whole units; missing stays missing.

    >>> rounded_down(pd.Series([187_400.0, 0.0, 99.9]), 2).tolist()
    [180000.0, 0.0, 99.0]
    """
    size = np.floor(np.log10(amounts.where(amounts > 0)))
    step = (10.0 ** (size - digits + 1)).clip(lower=1.0)
    rounded = np.floor(amounts / step) * step
    # The division may round up to a whole number of steps that is just out of reach.
    return rounded.where(~(rounded > amounts), rounded - step).where(amounts > 0, amounts)


def totals(limits: pd.DataFrame) -> pd.Series:
    """Return the book's sums: `recommended`, `breaches` (buyers), `breach_amount`, `own`, `insured`, `insured_share`.

    Breaches are missing where no buyer has a limit of ours, `insured` and its share of the exposure where the insurer
    has named no limit.
    """
    over, named = limits["breach"].dropna(), limits["insurer_limit"].notna().any()
    insured = limits["insured"].sum() if named else np.nan
    return pd.Series(
        {
            "recommended": limits["recommended"].sum(),
            "breaches": float((over > 0).sum()) if len(over) else np.nan,
            "breach_amount": over.sum() if len(over) else np.nan,
            "own": limits["own"].sum(),
            "insured": insured,
            "insured_share": insured / (limits["exposure"].sum() or np.nan),
        }
    )


def by_binding(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the recommended limits by the method that binds: index `binding`; `buyers`, `recommended`, `exposure`."""
    table = limits.groupby("binding").agg(
        buyers=("recommended", "size"), recommended=("recommended", "sum"), exposure=("exposure", "sum")
    )
    return table.sort_values("buyers", ascending=False, kind="stable")


def breaches(limits: pd.DataFrame) -> pd.DataFrame:
    """Return the buyers that owe more than our own limit, the largest excess first."""
    return limits[limits["breach"] > 0].sort_values("breach", ascending=False, kind="stable")


def decisions(limits: pd.DataFrame, currency: str) -> list[str]:
    """Return in sentences what the limits ask somebody to decide; nothing where nothing does."""
    in_default = limits["binding"] == "in default"
    over, defaulted = breaches(limits[~in_default]), limits[in_default & (limits["own_limit"] > 0)]
    found = []
    if len(over):
        largest = over.iloc[0]
        many, owe, raised = (
            ("buyer that is", "owes", "its limit") if len(over) == 1 else ("buyers that are", "owe", "their limits")
        )
        found.append(
            f"{len(over):,} {many} not in default {owe} {currency} {over['breach'].sum():,.0f} above {raised}; the "
            f"largest excess is {currency} {largest['breach']:,.0f} of {over.index[0]}, for whom {currency} "
            f"{largest['recommended']:,.0f} is recommended. Raise {raised}, or stop deliveries."
        )
    if len(defaulted):
        many, have, them = ("buyer", "has", "it") if len(defaulted) == 1 else ("buyers", "have", "them")
        found.append(f"{len(defaulted):,} {many} in default still {have} a limit of our own. Cancel {them}.")
    return found


def _smallest(amounts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the name and the value of each row's smallest amount; missing ones do not apply."""
    known = amounts.notna().any(axis=1)
    names = amounts[known].idxmin(axis=1).reindex(amounts.index).astype("str")
    return names, amounts.min(axis=1)
