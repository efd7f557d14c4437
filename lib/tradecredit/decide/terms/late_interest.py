"""What may be charged today for late payment, invoice by invoice, by the law of the buyer's country."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.book.calendar import window_start
from tradecredit.book.places import named, one_of
from tradecredit.decide.terms.accrued_interest import NOTHING, accrued
from tradecredit.decide.terms.flat_fees import flat_fees
from tradecredit.measure.default_events import in_default
from tradecredit.measure.disputes import in_dispute
from tradecredit.measure.due_days import payable_by
from tradecredit.measure.dust import dust, small_rest
from tradecredit.measure.open_items import open_items
from tradecredit.measure.sales import of_year
from tradecredit.params.late_interest import LateInterestLaw

DEBTORS_MONEY = ("payment", "recovery")
"""Kinds of receipts with which the debtor pays, or its estate."""

NO_COUNTRY, OTHER_KIND, NO_LAW = "no country", "other kind of buyer", "no law"
IN_DISPUTE, RATE_MISSING, LAWFUL = "in dispute", "rate missing", "law"
"""Why so much, or nothing, may be charged on an invoice; `LAWFUL`: the law's own condition."""

COLUMNS = [
    "invoice_id", "buyer_id", "country", "kind", "state", "law", "late_amount", "late_open", "days_late",
    "interest", "daily_interest", "fee", "charge", "missing_rate", "missing_currency", "reason",
]  # fmt: skip


def chargeable(book: Book) -> pd.DataFrame:
    """Return what may be charged for every invoice that is past due, or was paid late in the last months.

    Interest runs from the day after the due day, moved to a working day where the law says so
    (`due_days.payable_by`): on what the debtor's money paid after it (receipts of kind `payment` and `recovery`) until
    that came in, and on what is open until today. Credit notes, discounts and write-offs bear none, and neither does
    what the insurer paid (`claim`): with its money it takes over that part of the debt, and what may be charged on it.
    What is dust (`dust.dust`) is charged nothing, and a small rest (`receivables.small_rest`) interest but no fee. Paid
    late are settled invoices of which the last of the money came after the due day, within the run's
    `late_interest.paid_late_months`: when a credit note or a write-off of the rest is booked tells nothing. Affiliates
    are charged only if the run's `late_interest.affiliates` says so. One row for each invoice, amounts in the reporting
    currency:

    - `invoice_id`, `buyer_id`, `country`, `kind` of buyer; `state`: `open`, `paid late`, `in default` (open, of a
      buyer that is), or `in dispute`, for which nothing is charged while a dispute on any part of it is open; `law` of
      the buyer's country (missing: none is known for it, or for its kind of buyer);
    - `late_amount`: what was unpaid after the due date, and `late_open`, what of it is so today, at the rates of the
      day of issue; `days_late`, until the last of it came in, or today;
    - `interest` so far; `daily_interest`: what a day adds at today's rate; `fee`: flat, by the late amount (of an
      invoice in the law's currency as it was invoiced), from that currency at the book's last rate; `charge` =
      interest + fee, missing where one of them is;
    - `missing_rate`: half-years whose reference rate is needed and not stated; `missing_currency`: that of the law,
      where the fee needs its rate and the book has none; `reason`: see `LAWFUL`.

    Interest is simple but for laws with rests (`rests_months`), at the rate of the day that the law's `rate_holds`
    names; a rate that the run says is agreed stands in place of the law's (of public bodies too, though Article 4 of
    the EU's directive gives the law's there). Missing: everything without a law; interest over a half-year
    without a rate, and a fee whose currency the book has no rate of (see `rates_wanted`). A contract may be under
    another law than that of the buyer's country: this is not looked at. Source: definitions §3.2, and the laws' files.
    """
    settings = book.run.late_interest
    parts = _late_parts(book, settings.paid_late_months)
    laws = {law.name: law for law in settings.laws}
    of_parts = [accrued(of, laws[name], settings.agreed_rates) for name, of in parts.groupby("law", sort=False)]
    parts = parts.join(pd.concat([NOTHING, *of_parts]))
    by_invoice = parts.groupby("invoice", sort=False)
    table = parts.drop_duplicates("invoice").set_index("invoice")
    complete = by_invoice["interest"].count() == by_invoice.size()
    table = table.assign(
        late_amount=by_invoice["amount"].sum(),
        late_open=parts["amount"].where(parts["open"], 0.0).groupby(parts["invoice"]).sum(),
        days_late=(by_invoice["until"].max() - table["due"]).dt.days.astype("float64"),
        interest=by_invoice["interest"].sum().where(complete),
        daily_interest=by_invoice["daily_interest"].sum(min_count=1),
        missing_rate=by_invoice["missing_rate"].last(),  # the latest part is late over the most half-years
    )
    fees = flat_fees(table, settings.laws, book)
    fee = fees["fee"]
    whole = book.invoices["amount"].to_numpy()[table.index]
    small = small_rest(table["late_amount"].to_numpy(), whole, book.run.receivables.small_rest)
    fee = fee.mask(small & table["law"].notna(), 0.0)
    nothing = (table["state"] == "in dispute") & table["law"].notna()
    amounts = table[["interest", "daily_interest"]].assign(fee=fee).mask(nothing, 0.0)
    table = table.assign(**amounts, missing_rate=table["missing_rate"].mask(nothing))
    table = table.assign(missing_currency=fees["missing_currency"].where(table["fee"].isna()))
    table = table.assign(charge=table["interest"] + table["fee"])
    return table.assign(reason=_reasons(table, settings.laws)).reset_index(drop=True)[COLUMNS]


def largest_open(book: Book, charges: pd.DataFrame) -> pd.DataFrame:
    """Return what may be charged on open invoices (`chargeable`), the largest charge first: index invoice_id.

    Adds the `name` of the buyer.
    """
    still_open = charges[charges["state"] == "open"].join(book.names, on="buyer_id").set_index("invoice_id")
    return still_open.sort_values("charge", ascending=False, kind="stable")


class Uncharged(NamedTuple):
    """Invoices that are past due and not charged, and what is open of them, in the reporting currency."""

    invoices: int
    open_amount: float


def uncharged_affiliates(book: Book) -> Uncharged:
    """Return what companies of our own group owe past due, where the run does not charge them."""
    if book.run.late_interest.affiliates:
        return Uncharged(0, 0.0)
    owed = open_items(book)["open_amount"].to_numpy()
    late = (owed > 0) & (payable_by(book) < book.as_of).to_numpy() & _affiliates(book)
    return Uncharged(int(late.sum()), float(owed[late].sum()))


def _affiliates(book: Book) -> np.ndarray:
    """Return whether each invoice is to a company of our own group."""
    return one_of(book.buyers["kind"], ["affiliate"])[book.buyer_of_invoice]


def totals(charges: pd.DataFrame) -> pd.Series:
    """Return the sums of `chargeable`: `charge`, `interest`, `fees`, `daily_interest`, `open_charge`, and counts.

    Sums are of what is known of each, and missing where nothing is; `charge` = interest + fees, and `open_charge` is
    that of the state `open` alone. `charged_invoices` and `charged_buyers` count those of which more than zero is
    known; `not_computable_invoices` those under a law whose interest or fee is not known, so that the sums are too low
    by it; `invoices_without_law` those without one.
    """
    known = known_charge(charges)
    sums = charges[["interest", "fee", "daily_interest"]].sum(min_count=1)
    return pd.Series(
        {
            "charge": known.sum(min_count=1),
            **sums.rename({"fee": "fees"}),
            "open_charge": known[charges["state"] == "open"].sum(min_count=1),
            "charged_invoices": float((known > 0).sum()),
            "charged_buyers": float(charges.loc[known > 0, "buyer_id"].nunique()),
            "not_computable_invoices": float((charges["law"].notna() & charges["charge"].isna()).sum()),
            "invoices_without_law": float(charges["law"].isna().sum()),
        }
    )


def by_law(charges: pd.DataFrame) -> pd.DataFrame:
    """Return the charges by law: index `law`, those without one last.

    `invoices`, `late_amount`, `interest`, `fee`, `charge` = interest + fee; `not_computable`: invoices
    whose interest or fee is missing. Sums are of what is known of each, and missing where nothing is.
    """
    known = charges.assign(
        law=charges["law"].fillna("no law known"), charge=known_charge(charges),
        not_computable=charges["charge"].isna(), last=charges["law"].isna(),
    )  # fmt: skip
    amounts = {column: (column, lambda values: values.sum(min_count=1)) for column in ("interest", "fee", "charge")}
    table = known.groupby(["last", "law"]).agg(
        invoices=("law", "size"),
        late_amount=("late_amount", "sum"),
        **amounts,
        not_computable=("not_computable", "sum"),
    )
    return table.droplevel("last")


def terms_beyond_law(book: Book) -> pd.DataFrame:
    """Return the invoices of the last 12 months on terms longer than the law allows without an agreement.

    The law is that of the buyer's country. Index (`law`, `kind` of buyer), the largest amount first;
    `longest_terms_days` without an agreement, as the law's file states them; `invoices`, `amount` (gross of tax, net of
    cancellations). Whether
    longer ones were agreed, and as far as the law lets them be, the book does not show: without that the due date is
    too late, and interest may run earlier than `chargeable` says. Terms are the days from issue to due, since the day
    of delivery is not known; invoices from before the law is in force are not looked at. Empty where there is none.
    """
    settings = book.run.late_interest
    sold = of_year(book)
    recent = sold["recent"].to_numpy()
    of = _with_laws(book.buyers, settings.laws).iloc[book.buyer_of_invoice[recent]].reset_index(drop=True)
    invoices = book.invoices[["issued", "due"]].assign(amount=sold["sales_12m"])
    recent = of.join(invoices[recent].reset_index(drop=True))
    longest = {(law.name, kind): days for law in settings.laws for kind, days in law.longest_terms_days.items()}
    of_law = pd.Series(longest, dtype="float64").rename("longest_terms_days")
    recent = recent.join(of_law.rename_axis(["law", "kind"]), on=["law", "kind"])
    in_force = recent["law"].map({law.name: pd.Timestamp(law.in_force) for law in settings.laws})
    over = (recent["due"] - recent["issued"]).dt.days > recent["longest_terms_days"]
    over = recent[over & (recent["issued"] >= in_force.astype("datetime64[us]"))]
    table = over.groupby(["law", "kind"]).agg(
        longest_terms_days=("longest_terms_days", "first"), invoices=("amount", "size"), amount=("amount", "sum")
    )
    return table.sort_values("amount", ascending=False, kind="stable")


def longest_by_law(book: Book) -> pd.Series:
    """Return the longest terms, in days, that the law of each buyer's country allows its kind without an agreement.

    Index buyer_id; missing where the run states no law for it, or the law no length. Source: the laws' files.
    """
    laws = book.run.late_interest.laws
    of = _with_laws(book.buyers, laws)
    longest = {(law.name, kind): float(days) for law in laws for kind, days in law.longest_terms_days.items()}
    days = [longest.get(key, np.nan) for key in zip(of["law"], of["kind"], strict=True)]
    return pd.Series(days, index=pd.Index(book.buyers["buyer_id"]), dtype="float64")


def known_charge(charges: pd.DataFrame) -> pd.Series:
    """Return of each invoice the sum of interest and fee as far as they are known; missing where neither is."""
    return charges[["interest", "fee"]].sum(axis="columns", min_count=1)


def _late_parts(book: Book, months: int) -> pd.DataFrame:
    """Return the parts of invoices that were unpaid after the due day: `amount` and `until` when, in order of that.

    `invoice`: its place among the book's, by which the parts belong together, with what is known of it and its buyer.
    """
    items = open_items(book)
    # All at the rates of the days of issue, as the receipts are: a fee goes by what was invoiced.
    at_issue = items["open_amount"] - items["exchange_difference"]
    items = items.assign(due=items["payable_by"], open_amount=at_issue)
    due, is_open = items["due"].to_numpy(), items["settled"].isna().to_numpy(bool)
    charged = book.run.late_interest.affiliates | ~_affiliates(book)
    paid = _paid_late(book, items, charged)
    # Of what is settled, the last of the money came within the months.
    last = paid.groupby("invoice")["until"].transform("max")
    paid = paid[is_open[paid["invoice"]] | (last > window_start(book.as_of, months))]
    still = np.flatnonzero(is_open & charged & (due < book.as_of.to_datetime64()))
    owed = {"invoice": still, "amount": items["open_amount"].to_numpy()[still], "until": book.as_of, "open": True}
    parts = pd.concat([paid, pd.DataFrame(owed).astype(paid.dtypes)], ignore_index=True)
    unpaid = parts["amount"].groupby(parts["invoice"]).transform("sum")
    whole = book.invoices["amount"].to_numpy()[parts["invoice"]]
    parts = parts[unpaid.to_numpy() > dust(whole, book.run.receivables.dust)]
    parts = parts.sort_values("until", kind="stable", ignore_index=True)
    place = parts["invoice"].to_numpy()
    owner = book.buyer_of_invoice[place]
    disputed = named(in_dispute(book), book.invoices["invoice_id"])[place]
    defaulted = named(in_default(book).to_series(), book.buyers["buyer_id"])[owner]
    of = items[["invoice_id", "buyer_id", "issued", "due", "settled"]].iloc[place].reset_index(drop=True)
    buyers = _with_laws(book.buyers, book.run.late_interest.laws).iloc[owner].reset_index(drop=True)
    state = np.select([of["settled"].notna(), disputed, defaulted], ["paid late", "in dispute", "in default"], "open")
    currency = book.invoices["currency"].iloc[place].reset_index(drop=True)
    return pd.concat([parts, of, currency, buyers], axis="columns").assign(state=state)


def _paid_late(book: Book, items: pd.DataFrame, charged: np.ndarray) -> pd.DataFrame:
    """Return what the debtor's money paid after the due day of the charged invoices, part by part: as `_late_parts`.

    Dust that comes after all that was owed had been paid (`open_items.paid_on`) is no late payment of it.
    """
    # A payment on account may come before its invoice, which has no place then.
    rows = np.flatnonzero(one_of(book.receipts["kind"], DEBTORS_MONEY) & (book.invoice_of_receipt >= 0))
    invoice = book.invoice_of_receipt[rows]
    received, amount = (book.receipts[name].to_numpy()[rows] for name in ("received", "amount"))
    late = charged[invoice] & (received > items["due"].to_numpy()[invoice])
    # What is not paid yet has no day after which the rest is dust.
    least = dust(items["amount"].to_numpy()[invoice], book.run.receivables.dust)
    late &= ~((received > items["paid_on"].to_numpy()[invoice]) & (amount < least))
    return pd.DataFrame({"invoice": invoice, "amount": amount, "until": received, "open": False})[late]


def _with_laws(buyers: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> pd.DataFrame:
    """Return `country` and `kind` of buyers, and the name of the `law` that is for them; missing: none."""
    name = pd.Series(np.nan, index=buyers.index, dtype="str")
    for law in laws:
        name = name.mask(buyers["country"].isin(law.countries) & buyers["kind"].isin(law.kinds), law.name)
    return buyers[["country", "kind"]].assign(law=name)


def _reasons(table: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> pd.Series:
    of_others = table["law"].isna() & table["country"].isin([country for law in laws for country in law.countries])
    reasons = np.select(
        [
            table["country"].isna(), of_others, table["law"].isna(), table["state"] == "in dispute",
            table["missing_rate"].notna() | table["missing_currency"].notna(),
        ],
        [NO_COUNTRY, OTHER_KIND, NO_LAW, IN_DISPUTE, RATE_MISSING],
        LAWFUL,
    )  # fmt: skip
    return pd.Series(reasons, index=table.index, dtype="str")
