"""A payment plan for an overdue buyer: its instalments, and what it is worth beside waiting, enforcing and claiming."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.once import once
from tradecredit.decide.policies.claim import claimed_on, consent, insured_items
from tradecredit.decide.terms.lengths import Economics, default_by, economics, present_value
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.insurance.policy import Policy
from tradecredit.measure.default_events import in_default
from tradecredit.measure.disputes import overdue_undisputed
from tradecredit.measure.dust import small_rest
from tradecredit.measure.open_items import open_items
from tradecredit.measure.set_off import still_overdue

OPTION_COLUMNS = [
    "value", "share", "expected_date", "is_best", "needs_consent", "disputed", "extension_ends", "basis",
    "insured_debt", "first_loss", "payable", "not_insured", "why_not",
]  # fmt: skip
PLAN_COLUMNS = ["due", "payment", "interest", "principal", "balance"]

OWN, ALL_BUYERS, TOO_FEW = "own invoices", "all buyers' invoices", "too few invoices"
"""What the days that an open invoice is likely to stay unpaid are taken from."""

ENOUGH_PAID = 5
"""Invoices paid later than one is overdue today, from which the day of its payment is estimated."""


@once
def overdue_buyers(book: Book) -> pd.DataFrame:
    """Return the buyers not in default that owe something past due, the largest amount `overdue` first.

    Index buyer_id; `overdue` (reporting currency), `invoices`, `oldest_days_past_due`, all without invoices under an
    open dispute, which are left out whole: what is contested is no debt to plan instalments for or to enforce; and less
    what the buyer has on account (`set_off.still_overdue`).
    `oldest_days_past_due` is of these invoices (`behaviour.features` has that of every invoice, contested ones too), of
    which more than a small rest is owed (`receivables.small_rest`), or where of none more is, of all. `disputed`: the
    open amount of contested invoices past due. A buyer that contests all of it has 0 overdue, and no oldest.
    """
    items = _past_due(book)
    items = items[~items["buyer_id"].isin(in_default(book))]
    split = items.assign(
        overdue=items["open_amount"].mask(items["in_dispute"], 0.0),
        disputed=items["open_amount"].where(items["in_dispute"], 0.0),
        undisputed=~items["in_dispute"],
        days_past_due=items["days_past_due"].mask(items["in_dispute"]),
    )
    small = small_rest(items["open_amount"], items["amount"], book.run.receivables.small_rest)
    split = split.assign(of_larger=split["days_past_due"].mask(small))
    table = split.groupby("buyer_id").agg(
        overdue=("overdue", "sum"), invoices=("undisputed", "sum"), oldest_days_past_due=("of_larger", "max"),
        disputed=("disputed", "sum"), oldest=("days_past_due", "max"),
    )  # fmt: skip
    table["oldest_days_past_due"] = table["oldest_days_past_due"].fillna(table.pop("oldest"))
    return table.sort_values("overdue", ascending=False, kind="stable")


def instalment(debt: float, interest_rate: float, instalments: int) -> float:
    """Return the equal monthly instalment of a debt (annuity): debt × i / (1 − (1 + i)^(−n)), i the yearly rate / 12.

    Without interest it is debt / n.

    >>> round(instalment(10_000, 0.12, 12), 2)
    888.49
    """
    monthly = interest_rate / 12
    paid_off = -math.expm1(-instalments * math.log1p(monthly))
    return debt * monthly / paid_off if paid_off > 0 else debt / instalments


def schedule(debt: float, start: pd.Timestamp, *, interest_rate: float, instalments: int) -> pd.DataFrame:
    """Return the plan's instalments, to the cent: index `instalment` from 1; the last one clears what rounding left.

    `due`: months after `start`; `payment` = `interest` (balance × yearly rate / 12) + `principal`; `balance` left.
    Raises `ParameterError` for a debt of less than a cent.
    """
    if not debt >= 0.01:
        problem = Problem("payment plan", "a debt of at least a cent is expected", "give what is overdue", value=debt)
        raise ParameterError([problem])
    equal, balance, rows = round(instalment(debt, interest_rate, instalments), 2), round(debt, 2), []
    for number in range(1, instalments + 1):
        interest = round(balance * interest_rate / 12, 2)
        payment = balance + interest if number == instalments else min(equal, balance + interest)
        balance = round(balance - (payment - interest), 2)
        due = start + pd.DateOffset(months=number)
        rows.append((due, round(payment, 2), interest, round(payment - interest, 2), balance))
    index = pd.RangeIndex(1, instalments + 1, name="instalment")
    return pd.DataFrame(rows, columns=["due", "payment", "interest", "principal", "balance"], index=index)


def expected_value(
    amounts: pd.Series, days: pd.Series, probability: pd.Series, *, economics: Economics, recovery_days: int
) -> float:
    """Return what amounts that a buyer is to pay are worth today, in their currency.

    Σ amount × [(1 − q) × v(days) + q × (1 − LGD) × v(days + recovery days)]: `probability` q of the buyer's default by
    the day of each payment, after which 1 − LGD of it comes in `recovery_days` later; v: `lengths.present_value`. A
    higher q never makes it more. Missing where one of the days or probabilities is. Source: definitions §3.3.
    """
    paid, recovered = (present_value(days + later, economics.cost_of_capital) for later in (0, recovery_days))
    worth = amounts * ((1 - probability) * paid + probability * (1 - economics.lgd) * recovered)
    return float(worth.sum(skipna=False))


def plan(book: Book, buyer_id: str) -> pd.DataFrame:
    """Return the `schedule` of what a buyer owes past due and does not dispute, by the run's `payment_plan`.

    Raises as `options`.
    """
    settings = book.run.payment_plan
    debt = _overdue(book, buyer_id)["open_amount"].sum()
    return schedule(debt, book.as_of, interest_rate=settings.interest_rate, instalments=settings.instalments)


def options(book: Book, buyer_id: str, cumulative: pd.DataFrame, policy: Policy | None = None) -> pd.DataFrame:
    """Return what each way to get what a buyer owes past due is worth today: index `option`.

    `cumulative`: cumulative default probability with a row for the buyer (see `lengths.default_by`); `policy`: the one
    in force. Columns: `value` (reporting currency), `share` of the debt, `expected_date` of the money (the mean by
    amount), `is_best` (the highest known value), `needs_consent` of the insurer, to pass the day on which the
    `extension_ends` (`claim.consent`), `disputed` (past due under an open dispute: no part of the debt, see
    `overdue_buyers`; the same in each row); to wait: the `basis` of its days (see `likely_days`, several separated by
    `; `); of the claim: `insured_debt`, the `first_loss` taken off it, what is `payable`, what is `not_insured` as it
    was delivered too late, and `why_not` (see `claim`). The settings are the run's `payment_plan`, and:

    - payment plan: `expected_value` of the instalments of `plan`;
    - wait: that of each invoice on the day when it is likely to be paid if the buyer survives, see `likely_days`;
    - enforce: success × that of the debt after the days of enforcement − its cost, spent at once;
    - claim: the indemnity (`claim.claimed_on`) on the day of the policy's payment, and 1 − LGD of the debt as its
      recovery later. Until then the debt is taken to stay unpaid.

    Missing: a value whose dates or probabilities are not known, and a claim without cover, or on a policy without a
    waiting period, or on a top-up (`why_not`).
    Charges for late payment (`late_interest`) are in none. Raises `InputError` for a buyer that owes nothing past due
    that is not disputed.
    """
    items, settings = _overdue(book, buyer_id), book.run.payment_plan
    debt, what = items["open_amount"].sum(), economics(book)

    def worth(amounts: pd.Series, days: pd.Series) -> float:
        failed = default_by(cumulative, pd.Series(buyer_id, index=days.index), days)
        return expected_value(amounts, days, failed, economics=what, recovery_days=settings.recovery_days)

    dates = plan(book, buyer_id)
    by_plan, plan_days = dates["payment"], (dates["due"] - book.as_of).dt.days.astype("float64")
    likely = likely_days(book, items)
    whole, enforced = pd.Series([debt]), pd.Series([float(settings.enforcement_days)])
    insured, no_items, not_insured = insured_items(book, items, policy)
    claim = claimed_on(book, insured, policy, what.lgd)
    ends, waited = dates["due"].iloc[-1], book.as_of + pd.to_timedelta(likely["days"].round(), unit="D")
    asked = {
        "payment plan": consent(insured, policy, pd.Series(ends, index=items.index)),
        "wait": consent(insured, policy, waited),
    }
    recovered = (1 - what.lgd) * debt * present_value(claim.days + settings.recovery_days, what.cost_of_capital)
    rows = {
        "payment plan": (worth(by_plan, plan_days), _mean(plan_days, by_plan)),
        "wait": (worth(items["open_amount"], likely["days"]), _mean(likely["days"], items["open_amount"])),
        "enforce": (
            settings.enforcement_success * worth(whole, enforced) - settings.enforcement_cost_share * debt,
            float(settings.enforcement_days),
        ),
        "claim": (
            claim.indemnity * present_value(claim.days, what.cost_of_capital) + recovered, claim.days,
        ),
    }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "days"]).rename_axis("option")
    expected = book.as_of + pd.to_timedelta(table["days"].round(), unit="D")
    best = table["value"] == table["value"].max()
    past_due = _past_due(book)
    contested = past_due.loc[(past_due["buyer_id"] == buyer_id) & past_due["in_dispute"], "open_amount"].sum()
    table = table.assign(share=table["value"] / debt, expected_date=expected, is_best=best, disputed=contested)
    of_claim = pd.DataFrame(
        {
            "insured_debt": claim.insured_debt, "first_loss": claim.first_loss, "payable": claim.indemnity,
            "not_insured": not_insured, "why_not": no_items or claim.why_not,
        },
        index=["claim"],
    )  # fmt: skip
    basis = pd.Series({"wait": "; ".join(likely["basis"].unique())})
    table = table.assign(extension_ends=pd.Series(asked, dtype="datetime64[us]"), basis=basis).join(of_claim)
    return table.assign(needs_consent=table["extension_ends"].notna())[OPTION_COLUMNS]


class Debtor(NamedTuple):
    """A buyer that owes something past due: its id, the ways to get it (`options`), and the `plan`."""

    buyer_id: str
    options: pd.DataFrame
    plan: pd.DataFrame


def largest_debtor(
    book: Book, cumulative: pd.DataFrame, policy: Policy | None = None, *, among: pd.Index | None = None
) -> Debtor:
    """Return the buyer that owes most past due, as `overdue_buyers` orders them; an empty id and tables if none does.

    Arguments as `options`; `among`: the buyers that are looked at (None: all). What is disputed does not count.
    """
    overdue = overdue_buyers(book)
    overdue = overdue[overdue["overdue"] > 0]
    if among is not None:
        overdue = overdue[overdue.index.isin(among)]
    if overdue.empty:
        return Debtor(
            "", pd.DataFrame(columns=OPTION_COLUMNS).rename_axis("option"), pd.DataFrame(columns=PLAN_COLUMNS)
        )
    buyer_id = str(overdue.index[0])
    return Debtor(buyer_id, options(book, buyer_id, cumulative, policy), plan(book, buyer_id))


def totals(options: pd.DataFrame) -> pd.Series:
    """Return `overdue`, the debt; `disputed`, past due as well and no part of it; `best_value`; and `gain_on_waiting`.

    The last is what the best is worth more than to wait.
    """
    best = options["value"].max()
    debt = (options["value"] / options["share"]).max()
    gain = best - options.loc["wait", "value"]
    return pd.Series(
        {"overdue": debt, "disputed": options["disputed"].max(), "best_value": best, "gain_on_waiting": gain}
    )


def likely_days(book: Book, items: pd.DataFrame) -> pd.DataFrame:
    """Return after how many days from today open items past due are likely to be paid, on their index.

    `items`: `buyer_id`, `days_past_due` d. `days`: (Σ (days late − d) over the invoices paid in full later than d + Σ
    (days past due − d) over those still open that are later than d) / number of those paid, which is the mean days
    still to wait if what is d days past due is as likely to be paid on one day as on any later. To leave out those that
    are open would make waiting look short. Open ones of buyers in default or in an open dispute do not count: the
    default probability covers those. Of the buyer's own invoices where 5 were paid later than d, else of all buyers',
    5 as well; missing with fewer. `basis`: which of these (`OWN`, `ALL_BUYERS`, `TOO_FEW`).
    """
    known, rows = _days_late(book), _rows_of_buyers(book)
    overdue = items["days_past_due"].to_numpy()
    waited, payments = _waited(known, overdue)
    enough = payments >= ENOUGH_PAID
    table = pd.DataFrame({"days": np.where(enough, waited / np.maximum(payments, 1), np.nan)}, index=items.index)
    basis = np.where(enough, ALL_BUYERS, TOO_FEW)
    for buyer_id in items["buyer_id"].unique():
        waited, payments = _waited(known.take(rows.get(buyer_id, np.array([], dtype=np.intp))), overdue)
        of_its_own = (items["buyer_id"] == buyer_id).to_numpy(bool) & (payments >= ENOUGH_PAID)
        table["days"] = table["days"].mask(of_its_own, waited / np.maximum(payments, 1))
        basis = np.where(of_its_own, OWN, basis)
    return table.assign(basis=pd.Series(basis, index=items.index, dtype="str"))


@once
def _rows_of_buyers(book: Book) -> dict[str, np.ndarray]:
    """Return the places of each buyer's rows of `_days_late`."""
    return _days_late(book).groupby("buyer_id").indices


@once
def _days_late(book: Book) -> pd.DataFrame:
    """Return the invoices from which the days to wait are estimated, by `days_late`: `buyer_id`, and whether `paid`."""
    past, still = open_items(book), _past_due(book)
    paid = past[past["settled"].notna() & (past["impaired"] == 0)]
    still = still[~still["in_dispute"] & ~still["buyer_id"].isin(in_default(book))]
    known = pd.concat([paid.assign(paid=True), still.assign(paid=False)])[["buyer_id", "days_late", "paid"]]
    return known.sort_values("days_late", ignore_index=True)


def _waited(known: pd.DataFrame, overdue: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many days longer than each of the days `overdue` later invoices took, in sum, and how many were paid.

    `known`: `days_late`, in their order, and whether each is `paid`.
    """
    late, paid = known["days_late"].to_numpy(), known["paid"].to_numpy()
    first = np.searchsorted(late, overdue, side="right")
    days, payments = (np.append(np.cumsum(values[::-1])[::-1], 0) for values in (late, paid))
    return days[first] - (len(late) - first) * overdue, payments[first]


@once
def _past_due(book: Book) -> pd.DataFrame:
    """Return the open items past due, with `in_dispute`: a dispute on any part of the invoice is open.

    Of the others what is left of what the buyer has on account (`set_off.still_overdue`).
    """
    items, left = open_items(book), still_overdue(book)
    contested = ~overdue_undisputed(book)
    items = items.assign(in_dispute=contested, open_amount=np.where(contested, items["open_amount"], left))
    return items[(items["days_past_due"] > 0) & (contested | (left > 0))]


def _overdue(book: Book, buyer_id: str) -> pd.DataFrame:
    items = _past_due(book)
    items = items[(items["buyer_id"] == buyer_id) & ~items["in_dispute"]]
    if items.empty:
        problem = Problem(
            file="payment plan", column="buyer_id", value=buyer_id,
            allowed="owes nothing past due that is not disputed",
            remedy="name one that has an amount overdue in overdue_buyers(book)",
        )  # fmt: skip
        raise InputError([problem])
    return items


def _mean(days: pd.Series, amounts: pd.Series) -> float:
    return float((days * amounts).sum(skipna=False) / amounts.sum())
