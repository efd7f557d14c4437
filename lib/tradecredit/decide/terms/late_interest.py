"""What may be charged today for late payment, invoice by invoice, by the law of the buyer's country."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradecredit.book.book import Book
from tradecredit.measure.default_events import in_default
from tradecredit.measure.receivables import in_dispute, open_items, window_start
from tradecredit.params.late_interest import LateInterestLaw

DAYS_A_YEAR = 365
"""What yearly rates are divided by: 10,000 at 11.75 % is 3.22 a day."""

DEBTORS_MONEY = ("payment", "recovery")
"""Kinds of receipts with which the debtor pays, or its estate."""

ONE_DAY = pd.Timedelta(days=1)
COLUMNS = [
    "invoice_id", "buyer_id", "country", "state", "law", "late_amount", "days_late", "interest", "daily_interest",
    "fee", "charge", "missing_rate", "missing_currency", "reason",
]  # fmt: skip


def chargeable(book: Book) -> pd.DataFrame:
    """Return what may be charged for every invoice that is past due, or was paid late in the last months.

    Interest is simple and runs from the day after the due date: on what the debtor's money paid after it (receipts of
    kind `payment` and `recovery`) until that came in, and on what is open until today. Credit notes, discounts and
    write-offs bear none, and neither does what the insurer paid (`claim`): with its money it takes over that part of
    the debt, and what may be charged on it. Paid late are invoices settled within the run's
    `late_interest.paid_late_months`. One row for each invoice, amounts in the reporting currency:

    - `invoice_id`, `buyer_id`, `country`; `state`: `open`, `paid late`, `in default` (open, of a buyer that is), or
      `in dispute`, for which nothing is charged while a dispute on any part of it is open; `law` of the buyer's
      country (missing: none is known for it, or for its kind of buyer);
    - `late_amount`: what was unpaid after the due date; `days_late`, until the last of it came in, or today;
    - `interest` so far; `daily_interest`: what a day adds at today's rate; `fee`: flat, by the late amount (of an
      invoice in the law's currency as it was invoiced), from that currency at the book's last rate; `charge` =
      interest + fee, missing where one of them is;
    - `missing_rate`: half-years whose reference rate is needed and not stated; `missing_currency`: that of the law,
      where the fee needs its rate and the book has none; `reason`, in words.

    By the law's `rate_holds` the days of each half-year bear its rate, or all days that of the half-year in which the
    debt became late; a rate that the run says is agreed stands in place of the law's (of public bodies too, though
    Article 4 of the EU's directive gives the law's there). Missing: everything without a law; interest over a half-year
    without a rate, and a fee whose currency the book has no rate of (see `rates_wanted`). A contract may be under
    another law than that of the buyer's country: this is not looked at. Source: DOMAIN.md §3, and the laws' files.
    """
    settings = book.run.late_interest
    parts = _late_parts(book, settings.paid_late_months)
    parts = parts.assign(law=_law_of(parts, settings.laws))
    of_parts = [_interest(parts[parts["law"] == law.name], law, settings.agreed_rates) for law in settings.laws]
    parts = parts.join(pd.concat([_NOTHING, *of_parts]))
    by_invoice = parts.groupby("invoice_id", sort=False)
    table = by_invoice[["buyer_id", "country", "kind", "state", "law", "issued", "currency", "due"]].first()
    told = by_invoice["interest"].count() == by_invoice.size()
    table = table.assign(
        late_amount=by_invoice["amount"].sum(),
        days_late=(by_invoice["until"].max() - table["due"]).dt.days.astype("float64"),
        interest=by_invoice["interest"].sum().where(told),
        daily_interest=by_invoice["daily_interest"].sum(min_count=1),
        missing_rate=by_invoice["missing_rate"].last(),  # the latest part is late over the most half-years
    )
    fee = _fees(table, settings.laws, book)
    nothing = (table["state"] == "in dispute") & table["law"].notna()
    amounts = table[["interest", "daily_interest"]].assign(fee=fee).mask(nothing, 0.0)
    table = table.assign(**amounts, missing_rate=table["missing_rate"].mask(nothing))
    currency = table["law"].map({law.name: law.currency for law in settings.laws}).astype("str")
    table = table.assign(missing_currency=currency.where(table["fee"].isna()))
    table = table.assign(charge=table["interest"] + table["fee"])
    return table.assign(reason=_reasons(table, settings.laws)).reset_index()[COLUMNS]


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
    `longest_terms_days` without an agreement, as the law's file states them; `invoices`, `amount` (gross). Whether
    longer ones were agreed, and as far as the law lets them be, the book does not tell: without that the due date is
    too late, and interest may run earlier than `chargeable` says. Terms are the days from issue to due, since the day
    of delivery is not known; invoices from before the law is in force are not looked at. Empty where there is none.
    """
    settings = book.run.late_interest
    recent = book.invoices[book.invoices["issued"] > window_start(book.as_of, 12)]
    recent = recent.join(book.buyers.set_index("buyer_id")[["country", "kind"]], on="buyer_id")
    recent = recent.assign(law=_law_of(recent, settings.laws))
    longest = {(law.name, kind): days for law in settings.laws for kind, days in law.longest_terms_days.items()}
    keys = pd.Series(list(zip(recent["law"], recent["kind"], strict=True)), index=recent.index, dtype="object")
    recent = recent.assign(longest_terms_days=keys.map(longest).astype("float64"))
    in_force = recent["law"].map({law.name: pd.Timestamp(law.in_force) for law in settings.laws})
    over = (recent["due"] - recent["issued"]).dt.days > recent["longest_terms_days"]
    over = recent[over & (recent["issued"] >= in_force.astype("datetime64[us]"))]
    table = over.groupby(["law", "kind"]).agg(
        longest_terms_days=("longest_terms_days", "first"), invoices=("amount", "size"), amount=("amount", "sum")
    )
    return table.sort_values("amount", ascending=False, kind="stable")


def known_charge(charges: pd.DataFrame) -> pd.Series:
    """Return of each invoice the sum of interest and fee as far as they are known; missing where neither is."""
    return charges[["interest", "fee"]].sum(axis="columns", min_count=1)


_NOTHING = pd.DataFrame({"interest": [], "daily_interest": [], "missing_rate": []}).astype({"missing_rate": "str"})


def _late_parts(book: Book, months: int) -> pd.DataFrame:
    """Return the parts of invoices that were unpaid after the due date: `amount` and `until` when, in order of that."""
    items = open_items(book)
    past_due = items["days_past_due"] > 0
    paid_late = (items["settled"] > items["due"]) & (items["settled"] > window_start(book.as_of, months))
    items = items[past_due | paid_late]
    paid = book.receipts.loc[book.receipts["kind"].isin(DEBTORS_MONEY), ["invoice_id", "amount", "received"]]
    paid = paid.rename(columns={"received": "until"}).assign(open=False)
    still = items.loc[items["settled"].isna(), ["invoice_id", "open_amount"]]
    still = still.rename(columns={"open_amount": "amount"}).assign(until=book.as_of, open=True)
    of = items.set_index("invoice_id")[["buyer_id", "issued", "due", "settled"]]
    of = of.join(book.invoices.set_index("invoice_id")["currency"])
    parts = pd.concat([paid[paid["invoice_id"].isin(of.index)], still]).join(of, on="invoice_id")
    parts = parts[parts["until"] > parts["due"]].sort_values("until", kind="stable")
    parts = parts.join(book.buyers.set_index("buyer_id")[["country", "kind"]], on="buyer_id").reset_index(drop=True)
    disputed = parts["invoice_id"].isin(in_dispute(book))
    settled, defaulted = parts["settled"].notna(), parts["buyer_id"].isin(in_default(book))
    state = np.select([settled, disputed, defaulted], ["paid late", "in dispute", "in default"], "open")
    return parts.assign(state=state)


def _law_of(parts: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> pd.Series:
    name = pd.Series(np.nan, index=parts.index, dtype="str")
    for law in laws:
        name = name.mask(parts["country"].isin(law.countries) & parts["kind"].isin(law.kinds), law.name)
    return name


def _interest(parts: pd.DataFrame, law: LateInterestLaw, agreed_rates: dict[str, float]) -> pd.DataFrame:
    """Return, for parts under a law, `interest`, `daily_interest` of what is open, and `missing_rate`."""
    if parts.empty:
        return _NOTHING
    start = parts["due"].clip(lower=pd.Timestamp(law.in_force) - ONE_DAY)
    begun, ended, issued = (_half_year(days) for days in (start + ONE_DAY, parts["until"], parts["issued"]))
    agreed = parts["country"].map(agreed_rates).astype("float64")
    interest, rate = pd.Series(0.0, index=parts.index), pd.Series(0.0, index=parts.index)
    wanted = [pd.Series(np.nan, index=parts.index, dtype="str")]
    for half in range(int(begun.min()), int(ended.max()) + 1):
        first = pd.Timestamp(half // 2, 1 + half % 2 * 6, 1)
        last = first + pd.DateOffset(months=6) - ONE_DAY
        days = (parts["until"].clip(upper=last) - start.clip(lower=first - ONE_DAY)).dt.days.clip(lower=0)
        asked = begun if law.rate_holds == "from_start" else pd.Series(half, index=parts.index)
        rate = _rates(law, asked).mask(agreed.notna(), _agreed(law, agreed, issued)).where(days > 0, rate)
        interest += (parts["amount"] * rate * days / DAYS_A_YEAR).where(days > 0, 0.0)
        wanted.append(issued.where(agreed.notna(), asked).map(_label).where((days > 0) & rate.isna()))
    daily = (parts["amount"] * rate / DAYS_A_YEAR).where(parts["open"], 0.0)
    lacking = pd.concat(wanted, axis=1).loc[interest.isna()]
    missing = [", ".join(row.dropna().unique()) for _, row in lacking.iterrows()]
    missing = pd.Series(missing, index=lacking.index, dtype="str").reindex(parts.index)
    return pd.DataFrame({"interest": interest, "daily_interest": daily, "missing_rate": missing})


def _rates(law: LateInterestLaw, half_year: pd.Series) -> pd.Series:
    if law.daily_rate is not None:
        return pd.Series(law.daily_rate * DAYS_A_YEAR, index=half_year.index)
    return half_year.map(_label).map(law.rates).astype("float64") + law.points


def _agreed(law: LateInterestLaw, agreed: pd.Series, issued: pd.Series) -> pd.Series:
    if not law.agreed_at_least_reference:
        return agreed
    floor = issued.map(_label).map(law.rates).astype("float64")
    return agreed.clip(lower=floor).where(floor.notna())


def _half_year(days: pd.Series) -> pd.Series:
    return days.dt.year * 2 + (days.dt.month > 6)


def _label(half_year: int) -> str:
    return f"{half_year // 2} H{half_year % 2 + 1}"


def _fees(invoices: pd.DataFrame, laws: Sequence[LateInterestLaw], book: Book) -> pd.Series:
    """Return the flat fee of each invoice: that of the largest `debt_from` which the late amount reaches."""
    fee = pd.Series(np.nan, index=invoices.index)
    today = pd.Series(book.as_of, index=invoices.index)
    for law in laws:
        under = invoices["law"] == law.name
        rate = _rate_on(book, law.currency, today) if law.fees else 1.0
        # The book has translated an invoice at its day of issue: back at that rate it is the amount that was invoiced.
        then = _rate_on(book, law.currency, invoices["issued"]).where(invoices["currency"] == law.currency, rate)
        steps, sums = [step.debt_from for step in law.fees], [0.0, *(step.fee for step in law.fees)]
        place = np.searchsorted(steps, (invoices["late_amount"] / then).round(2), side="right")
        fee = fee.mask(under, np.array(sums)[place] * rate)
    return fee


def _rate_on(book: Book, currency: str, days: pd.Series) -> pd.Series:
    """Return the reporting currency per unit of a currency at the last rate on or before days; missing before all."""
    if currency == book.run.currency:
        return pd.Series(1.0, index=days.index)
    rates = book.fx[book.fx["currency"] == currency].sort_values("date", kind="stable")
    place = np.searchsorted(rates["date"], days, side="right")
    return pd.Series(np.append(np.nan, rates["rate"])[place], index=days.index)


def _reasons(table: pd.DataFrame, laws: Sequence[LateInterestLaw]) -> pd.Series:
    condition = table["law"].map({law.name: law.condition for law in laws})
    untold = pd.DataFrame(
        {
            "interest": "no reference rate for " + table["missing_rate"],
            "fee": "no rate in the book of the fee's currency, " + table["missing_currency"],
        }
    ).apply(lambda row: "; ".join(row.dropna()), axis="columns", result_type="reduce")
    named = table["law"].isna() & table["country"].isin([country for law in laws for country in law.countries])
    reasons = np.select(
        [
            table["country"].isna(), named, table["law"].isna(), table["state"] == "in dispute",
            table["missing_rate"].notna() | table["missing_currency"].notna(),
        ],
        [
            "the buyer's country is not stated", "the law is not for this kind of buyer: " + table["kind"],
            "no law of the run is for " + table["country"].fillna(""), "nothing while the dispute is open", untold,
        ],
        condition.fillna(""),
    )  # fmt: skip
    return pd.Series(reasons, index=table.index, dtype="str")
