"""A payment plan for an overdue buyer: its instalments, and what it is worth beside waiting, enforcing and claiming."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.decide.terms import Economics, default_by, economics, present_value
from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.measure.receivables import disputed, open_items
from tradecredit.model.at_risk import cover, evidence, in_default
from tradecredit.model.insurance import Policy

OPTIONS = ("payment plan", "wait", "enforce", "claim")
"""What can be done about an overdue buyer."""

OPTION_COLUMNS = ["value", "share", "expected_date", "is_best", "note"]
PLAN_COLUMNS = ["due", "payment", "interest", "principal", "balance"]

ENOUGH = 5
"""Invoices paid later than one is overdue today, from which it is told when that one will be paid."""


def overdue_buyers(book: Book) -> pd.DataFrame:
    """Return the buyers not in default that owe something past due, the largest amount first.

    Index buyer_id; `overdue` (reporting currency), `invoices`, `oldest_days_past_due`.
    """
    items = open_items(book)
    items = items[(items["days_past_due"] > 0) & ~items["buyer_id"].isin(in_default(book))]
    table = items.groupby("buyer_id").agg(
        overdue=("open_amount", "sum"), invoices=("open_amount", "size"), oldest_days_past_due=("days_past_due", "max")
    )
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
    the day of each payment, after which 1 − LGD of it comes in `recovery_days` later; v: `terms.present_value`. A
    higher q never makes it more. Missing where one of the days or probabilities is. Source: DOMAIN.md §3.
    """
    paid, recovered = (present_value(days + later, economics.cost_of_capital) for later in (0, recovery_days))
    worth = amounts * ((1 - probability) * paid + probability * (1 - economics.lgd) * recovered)
    return float(worth.sum(skipna=False))


def plan(book: Book, buyer_id: str) -> pd.DataFrame:
    """Return the `schedule` of what a buyer owes past due, by the run's `payment_plan`. Raises as `options`."""
    settings = book.run.payment_plan
    debt = _overdue(book, buyer_id)["open_amount"].sum()
    return schedule(debt, book.as_of, interest_rate=settings.interest_rate, instalments=settings.instalments)


def options(book: Book, buyer_id: str, cumulative: pd.DataFrame, policy: Policy | None = None) -> pd.DataFrame:
    """Return what each way to get what a buyer owes past due is worth today: index `option`, see `OPTIONS`.

    `cumulative`: cumulative default probability with a row for the buyer (see `terms.default_by`); `policy`: the one in
    force. Columns: `value` (reporting currency), `share` of the debt, `expected_date` of the money (the mean by
    amount), `is_best` (the highest known value), and `note`. The settings are the run's `payment_plan`, and:

    - payment plan: `expected_value` of the instalments of `plan`;
    - wait: that of each invoice on the day when it is likely to be paid if the buyer survives, see `likely_days`;
    - enforce: success × that of the debt after the days of enforcement − its cost, spent at once;
    - claim: the indemnity, as the first loss of the policy's year, of the part that is insurable, within the limit, on
      the day of the policy's payment, and 1 − LGD of the debt as its recovery later (the indemnity is net of the
      insurer's part of it). Until then the debt is taken to stay unpaid.

    Missing: a value whose dates or probabilities are not known, and a claim without cover, or on a policy without a
    waiting period, or on a top-up; the note says why. Charges for late payment (`late_interest`) are in none. Raises
    `InputError` for a buyer that owes nothing past due.
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
    claimed, claim_days, claim_note = _claim(book, items, policy, what.lgd)
    recovered = (1 - what.lgd) * debt * present_value(claim_days + settings.recovery_days, what.cost_of_capital)
    rows = {
        "payment plan": (
            worth(by_plan, plan_days), _mean(plan_days, by_plan), _consent(items, dates["due"].iloc[-1], policy)
        ),
        "wait": (
            worth(items["open_amount"], likely["days"]), _mean(likely["days"], items["open_amount"]),
            "; ".join(likely["basis"].unique()),
        ),
        "enforce": (
            settings.enforcement_success * worth(whole, enforced) - settings.enforcement_cost_share * debt,
            float(settings.enforcement_days),
            f"{settings.enforcement_success:.0%} succeed; cost {settings.enforcement_cost_share:.1%} of the debt",
        ),
        "claim": (claimed * present_value(claim_days, what.cost_of_capital) + recovered, claim_days, claim_note),
    }  # fmt: skip
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["value", "days", "note"]).rename_axis("option")
    expected = book.as_of + pd.to_timedelta(table["days"].round(), unit="D")
    best = table["value"] == table["value"].max()
    table = table.assign(share=table["value"] / debt, expected_date=expected, is_best=best)
    return table[OPTION_COLUMNS]


class Debtor(NamedTuple):
    """A buyer that owes something past due: its id, the ways to get it (`options`), and the `plan`."""

    buyer_id: str
    options: pd.DataFrame
    plan: pd.DataFrame


def largest_debtor(book: Book, cumulative: pd.DataFrame, policy: Policy | None = None) -> Debtor:
    """Return the buyer that owes most past due, as `overdue_buyers` orders them; an empty id and tables if none does.

    Arguments as `options`.
    """
    overdue = overdue_buyers(book)
    if overdue.empty:
        return Debtor(
            "", pd.DataFrame(columns=OPTION_COLUMNS).rename_axis("option"), pd.DataFrame(columns=PLAN_COLUMNS)
        )
    buyer_id = str(overdue.index[0])
    return Debtor(buyer_id, options(book, buyer_id, cumulative, policy), plan(book, buyer_id))


def totals(options: pd.DataFrame) -> pd.Series:
    """Return `overdue`, the debt; `best_value`; and `gain_on_waiting`, what the best is worth more than to wait."""
    best = options["value"].max()
    debt = (options["value"] / options["share"]).max()
    return pd.Series({"overdue": debt, "best_value": best, "gain_on_waiting": best - options.loc["wait", "value"]})


def decisions(options: pd.DataFrame, buyer_id: str, currency: str) -> list[str]:
    """Return in a sentence what is best done about the buyer; nothing where no value is known."""
    if options.empty or not options["is_best"].any():
        return []
    sums, best = totals(options), options.index[options["is_best"]][0]
    words = {"payment plan": "agree on a payment plan", "claim": "claim on the policy"}.get(best, best)
    more = f", {currency} {sums['gain_on_waiting']:,.0f} more than to wait" if sums["gain_on_waiting"] > 0 else ""
    return [
        f"{buyer_id} owes {currency} {sums['overdue']:,.0f} past due: to {words} is worth most, {currency} "
        f"{sums['best_value']:,.0f}{more}."
    ]


def likely_days(book: Book, items: pd.DataFrame) -> pd.DataFrame:
    """Return after how many days from today open items past due are likely to be paid, on their index.

    `items`: `buyer_id`, `days_past_due`. `days`: of the invoices that were paid in full, later than this one is past
    due, the mean of their days late, less the days past due: of the buyer's own where it has 5 of them, else
    of all buyers', 5 as well; missing with fewer. `basis`, in words.
    """
    past = open_items(book)
    past = past[past["settled"].notna() & (past["impaired"] == 0)]
    rows = []
    for buyer_id, due in zip(items["buyer_id"], items["days_past_due"], strict=True):
        later = past[past["days_late"] > due]
        own = later[later["buyer_id"] == buyer_id]
        used, basis = (own, "own payments that were later") if len(own) >= ENOUGH else (later, "all buyers' later ones")
        known = len(used) >= ENOUGH
        basis = basis if known else f"fewer than {ENOUGH} payments were later than this"
        rows.append((used["days_late"].mean() - due if known else np.nan, basis))
    return pd.DataFrame(rows, columns=["days", "basis"], index=items.index)


def _overdue(book: Book, buyer_id: str) -> pd.DataFrame:
    items = open_items(book)
    items = items[(items["buyer_id"] == buyer_id) & (items["days_past_due"] > 0)]
    if items.empty:
        problem = Problem(
            file="payment plan", column="buyer_id", value=buyer_id, allowed="owes nothing past due",
            remedy="name one of overdue_buyers(book)",
        )  # fmt: skip
        raise InputError([problem])
    return items


def _mean(days: pd.Series, amounts: pd.Series) -> float:
    return float((days * amounts).sum(skipna=False) / amounts.sum())


def _consent(items: pd.DataFrame, ends: pd.Timestamp, policy: Policy | None) -> str:
    """Return, in words, whether the insurer must agree to a plan that ends on a day."""
    if policy is None or policy.maximum_extension_days is None:
        return ""
    latest = policy.loss_dates(items["issued"], items["due"])["report_by"].min()
    if ends <= latest:
        return ""
    return (
        f"runs past the maximum extension period, which ends on {latest.date()}: needs the insurer's consent, or the "
        "cover is lost"
    )


def _claim(book: Book, items: pd.DataFrame, policy: Policy | None, lgd: float) -> tuple[float, float, str]:
    """Return the indemnity for items that stay unpaid, after how many days it is paid, and a note."""
    if policy is None or policy.kind == "top_up":
        return np.nan, np.nan, "no policy of its own in force"
    if policy.waiting_days is None:
        return np.nan, np.nan, "the policy pays for an insolvency only"
    counted = items[policy.insurable(items, book.buyers) & ~items["invoice_id"].isin(_in_dispute(book))]
    invoices = book.invoices.loc[counted.index]
    net = counted["open_amount"] * (1 - (invoices["tax"].fillna(0.0) / invoices["amount"]))
    if counted.empty:
        return np.nan, np.nan, "nothing of it is insurable"
    buyer = counted["buyer_id"].iloc[:1]
    applied = policy.attachment(cover(book).join(evidence(book)).loc[buyer])
    loss = pd.DataFrame(
        {"scenario": 0, "day": 0, "buyer_id": buyer, "debt": net.sum(), "limit": applied.limit,
         "recovery": (1 - lgd) * net.sum()}
    )  # fmt: skip
    steps = policy.settlement(loss).iloc[0]
    if steps["insured_debt"] == 0:
        return np.nan, np.nan, "the insurer has no limit on the buyer"
    paid = policy.loss_dates(counted["issued"], counted["due"])["paid"]
    days = (paid - book.as_of).dt.days.clip(lower=policy.payment_days).astype("float64")
    note = f"{steps['insured_debt']:,.0f} insured"
    note += f"; the first loss of the year takes {steps['first_loss']:,.0f}" if steps["first_loss"] > 0 else ""
    return float(steps["indemnity"]), _mean(days, net), note


def _in_dispute(book: Book) -> pd.Series:
    return disputed(book).query("closed.isna()")["invoice_id"]
