"""How figures are written, in sentences and in tables, and what a column's name says about its label and kind."""

import math
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeGuard

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from typing_extensions import TypeIs

Kind = Literal[
    "money", "percent", "probability", "days", "count", "ratio", "score", "number", "date", "text", "name", "figure",
    "change", "row", "row_text",
]  # fmt: skip
"""`figure` and `change` are written by the unit that the same row has in the column `unit`; `name` is the name of a
column or figure, shown by its label; `row` and `row_text` are written by the kind of that name."""

CANNOT = "cannot be estimated"
MINUS = "\N{MINUS SIGN}"
UNITS = "a currency code such as EUR, 'days', 'fraction' (or '%'), 'probability', 'count' or 'ratio'"
NUMERIC = ("money", "percent", "probability", "days", "count", "ratio", "score", "number", "figure", "change", "row")


class Column(NamedTuple):
    """What a page calls a column, and how it writes it."""

    label: str
    kind: Kind


def _columns(kind: Kind, labels: dict[str, str]) -> dict[str, Column]:
    return {name: Column(label, kind) for name, label in labels.items()}


COLUMNS: dict[str, Column] = {
    **_columns("text", {
        "agency": "Agency", "as_of": "As of", "assurance": "Assurance", "binding": "Binding constraint",
        "binding_with_cover": "Binding constraint",
        "bucket": "Bucket", "buyer_id": "Buyer", "by": "By", "check": "Check", "country": "Country", "cover": "Cover",
        "currency": "Currency", "drivers": "Main drivers", "group_id": "Group", "invoice_id": "Invoice",
        "kind": "Kind", "label": "Figure", "light": "Light", "method": "Method", "name": "Name", "part": "Part",
        "passes": "Bounds it is above", "policy": "Policy", "reason": "Reason", "told": "What is known",
        "told_to_buyer": "For the buyer",
        "receipt_id": "Receipt", "remark": "Remark", "rule": "Rule", "sector": "Sector",
        "sp_equivalent": "S&P equivalent", "source": "Source",
        "table": "Table", "unit": "Unit", "view": "View",
    }),
    **_columns("name", {"figure": "Figure", "input": "Input", "measure": "Measure", "term": "Term"}),
    **_columns("date", {
        "closed": "Closed", "customer_since": "Customer since", "date": "Date", "due": "Due", "issued": "Issued",
        "month": "Month", "opened": "Opened", "period_end": "Accounts of", "published": "Published",
        "received": "Received", "settled": "Settled", "until": "Until", "valid_from": "Valid from",
        "valid_to": "Valid to",
    }),
    **_columns("money", {
        "aggregate_first_loss": "Aggregate first loss", "amount": "Amount", "breach": "Breach",
        "break_even_cost": "Break-even cost", "capacity": "Capacity", "cash": "Cash",
        "concentration": "Concentration cap", "contribution": "Contribution", "cost": "Cost",
        "cost_of_risk": "Cost of risk", "current_assets": "Current assets", "current_limit": "Limit in force",
        "debt": "Debt", "each_loss_deductible": "Each-loss deductible", "ebit": "EBIT", "equity": "Equity",
        "expected_indemnity": "Expected indemnity", "expected_loss": "Expected loss",
        "expected_loss_budget": "Expected-loss budget", "expected_shortfall": "Expected shortfall",
        "exposure": "Exposure", "fee": "Fee", "fees": "Fees", "net": "Net", "charge": "Charge", "interest": "Interest",
         "gross": "Gross loss", "indemnity": "Indemnity",
        "insured": "Insured part", "insured_debt": "Insured debt", "insured_limit": "Insured limit",
        "insured_turnover": "Insured turnover", "insurer_limit": "Insurer's limit", "limit": "Limit",
        "limit_fee": "Fee per limit", "loss": "Loss", "loss_saved": "Loss saved",
        "maximum_liability": "Maximum liability", "minimum_premium": "Minimum premium",
        "minimum_retention": "Minimum retention", "need": "Need", "net_income": "Net income",
        "net_worth": "Net worth", "open_amount": "Open amount", "open_disputes": "Open disputes",
        "overdue": "Overdue", "overdue_amount": "Past due", "own": "Own part", "own_limit": "Own limit",
        "paid": "Paid", "premium": "Premium", "receivables": "Receivables", "recommended": "Recommended limit",
        "recovered": "Recovered", "recovery": "Recovery", "retained": "Retained loss",
        "retained_es": "ES of the retained loss", "retained_es_se": "Standard error of the ES",
        "retained_expected": "Expected retained loss", "revenue": "Revenue", "sales": "Sales",
        "sales_12m": "Sales, 12 months",
        "sales_needed": "Sales needed, net of tax", "saved_se": "Standard error of the indemnity", "tax": "Tax",
        "threshold": "Threshold", "total_assets": "Total assets", "total_cost": "Total cost",
        "total_liabilities": "Total liabilities", "uncovered": "Not covered", "under_limit": "Under a limit",
        "working_capital": "Working capital",
        "after": "After", "avoidable": "Avoidable debt", "before": "Before", "breach_amount": "Owed above limits",
        "cap": "Cap", "difference": "Difference", "methods_give": "Methods give",
        "over_recommended": "Above recommended", "set_above": "Set above the cap",
        "capital_saved": "Capital saved", "covered_limit": "Covered limit",
        "expected_loss_more": "Expected loss, more",
        "expected_margin": "Expected margin", "extra_sales": "Extra sales", "group_limit": "Group's limit",
        "insured_after": "Insured part, after", "insurer_limit_after": "Insurer's limit, after", "limits": "Limits",
        "loss_avoided": "Loss avoided", "margin_gained": "Margin gained", "net_earnings": "Net earnings",
        "net_gain": "Net gain", "one_by_one_limit": "Limit, one by one", "over_group_limit": "Above the group's limit",
        "over_after": "Above recommended, after", "over_cap": "Above the cap",
        "own_after": "Own part, after", "recommended_with_cover": "Recommended, with cover",
        "recommended_with_cover_after": "Recommended, after",
        "requested": "Limit to ask for", "shortfall": "Shortfall", "shortfall_cap": "Cap on the shortfall",
    }),
    **_columns("percent", {
        "aggregate_share": "Share of total", "break_even": "Breaks even at", "capital_share": "Share of capital",
        "compound_360": "Compound, 360", "compound_365": "Compound, 365", "correlation": "Correlation",
        "cost_of_sales": "Cost, of sales", "cumulative_share": "Cumulative share", "for_capital": "For capital",
        "for_loss": "For losses", "simple_360": "Simple, 360", "simple_365": "Simple, 365", "take_up": "Take-up",
        "yearly_cost": "Cost a year", "discount_rate": "Discount", "dispute_rate": "Disputed",
        "equity_ratio": "Equity ratio", "insured_percentage": "Insured percentage", "level": "Level", "lgd": "LGD",
        "late": "Late, probability", "limit_use": "Use of limit", "maximum_binds": "Maximum binds",
        "mean_lgd": "Mean LGD", "missing_now": "Missing now", "missing_then": "Missing then",
        "net_margin": "Net margin",
        "no_claims_bonus": "No-claims bonus", "top_up_rate": "Top-up rate", "top_up_share": "Top-up share",
        "percent_current": "Current",
        "premium_rate": "Premium rate", "retained_earnings_ratio": "Retained earnings ratio",
        "return_on_assets": "Return on assets", "share": "Share", "share_current": "Current share",
        "share_late": "Paid late", "share_overdue": "Overdue share", "working_capital_ratio": "Working capital ratio",
    }),
    **_columns("probability", {
        "cohort": "Cohort", "cohort_error": "Cohort, standard error", "duration": "Duration",
        "duration_error": "Duration, standard error", "high": "High", "low": "Low", "observed": "Observed",
        "observed_default_rate": "Observed default rate", "pd": "PD", "pd_high": "PD, high",
        "pd_low": "PD, low", "pd_mean": "Mean PD", "pd_upper": "Most prudent bound", "predicted": "Predicted",
        "probability": "Probability",
    }),
    **_columns("days", {
        "add": "ADD (days)", "average_days_delinquent": "Average days delinquent",
        "best_possible_dso": "Best possible DSO (days)", "countback_dso": "Countback DSO (days)", "days": "Days",
        "days_beyond_terms": "Days beyond terms", "days_beyond_terms_drift": "Drift of days beyond terms",
        "days_beyond_terms_recent": "Days beyond terms, 3 months", "days_late": "Days late",
        "days_past_due": "Days past due", "dbt": "Days beyond terms", "ddo": "Days deductions outstanding",
        "discount_days": "Discount days", "dso": "DSO (days)", "dso_best_possible": "DSO, best possible (days)",
        "dso_countback": "DSO, countback (days)", "dso_simple": "DSO, simple (days)",
        "oldest_days_past_due": "Oldest item, days past due", "statement_age_days": "Age of accounts (days)",
        "terms_days": "Terms (days)", "waiting_days": "Waiting period (days)",
    }),
    **_columns("count", {
        "buyers": "Buyers", "buyers_with_cover": "Buyers, with cover", "count": "Count", "defaults": "Defaults",
        "disputes": "Disputes", "grade": "Grade",
        "invoices": "Invoices", "items": "Items", "months_of_history": "Months of history",
        "open_buyers": "Buyers who owe", "open_invoices": "Open invoices", "rows": "Rows", "scenarios": "Scenarios",
    }),
    **_columns("ratio", {
        "marginal_value": "Value of one more", "price_of_risk": "Price of risk",
        "asset_turnover": "Asset turnover", "cash_ratio": "Cash ratio", "cei": "CEI",
        "current_ratio": "Current ratio", "expected_defaults": "Expected defaults", "herfindahl": "Herfindahl index",
        "deviation": "Deviation", "effect": "Effect", "importance": "Importance", "interest_cover": "Interest cover",
        "log_odds": "Log-odds", "missing": "Missing", "slope": "Slope",
        "loss_ratio": "Loss ratio", "maximum_liability_multiple": "Maximum liability, times the premium",
        "receivables_turnover": "Receivables turnover", "turnover": "Turnover",
    }),
    **_columns("number", {
        "auc": "AUC", "auc_high": "AUC, high", "auc_low": "AUC, low", "binomial": "Binomial, p-value", "gini": "Gini",
        "jeffreys": "Jeffreys, p-value", "model_auc": "AUC of our model", "p_value": "P-value",
        "psi": "PSI", "psi_by_chance": "PSI by chance",
    }),
    **_columns("score", {"paydex": "PAYDEX", "points": "Points", "score": "Score"}),
    **_columns("figure", {
        "now": "Now", "previous_month": "Month before", "standard_error": "Standard error", "then": "Then",
        "this_month": "This month", "value": "Value",
    }),
    **_columns("change", {"change": "Change"}),
}  # fmt: skip
"""Column name: its label and kind; `column` guesses those of a name that is not here."""

_ABBREVIATIONS = {
    word: word.upper() for word in ("id", "pd", "lgd", "ead", "dso", "add", "cei", "dbt", "auc", "es", "sd")
}
_ABBREVIATIONS |= {"var": "VaR", "ifrs": "IFRS", "usd": "USD", "eur": "EUR", "gbp": "GBP", "cny": "CNY"}
_BY_NAME: list[tuple[str, Kind]] = [
    (r"^(pd|probability)_|_(pd|probability)$", "probability"),
    (r"^(share|percent|percentage)_|_(share|rate|percent|percentage|fraction)$|_share_", "percent"),
    (r"^days_|_days$|^dso|_dso$", "days"),
    (r"^(number|count)_|_(count|number)$", "count"),
    (r"_(amount|limit|loss|debt|premium|exposure|sales)$|^(amount|limit|loss|premium|exposure)_", "money"),
    (r"_(ratio|turnover|cover)$", "ratio"),
]  # fmt: skip


def column(name: object, values: pd.Series) -> Column:
    """Return the label and kind of a column: those of `COLUMNS`, or what its name and dtype suggest.

    >>> column("days_to_ship", pd.Series([1.5]))
    Column(label='Days to ship', kind='days')
    """
    name = " · ".join(str(part) for part in name) if isinstance(name, tuple) else str(name)
    known = COLUMNS.get(name)
    dtype = values.dtype
    is_date = pd.api.types.is_datetime64_any_dtype(dtype)
    is_number = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    if known and (known.kind in ("text", "date", "name") or is_number or values.isna().all()):
        return Column(known.label, "date") if is_date else known
    words = [_ABBREVIATIONS.get(word, word) for word in name.split("_")]
    label = known.label if known else " ".join(words)
    label = label[:1].upper() + label[1:]
    if is_date:
        return Column(label, "date")
    if not is_number:
        return Column(label, "text")
    guess = next((kind for pattern, kind in _BY_NAME if re.search(pattern, name)), None)
    return Column(label, guess or ("count" if pd.api.types.is_integer_dtype(dtype) else "number"))


def missing(value: object) -> "TypeIs[None]":
    """Tell whether a cell holds no value (None, NaN, NaT, NA)."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def money(amount: float | None, currency: str = "") -> str:
    """Return an amount for a sentence: three digits from a million up, whole units below, cents below a hundred.

    >>> money(1_237_000, "EUR"), money(412_300.4, "EUR"), money(float("nan"), "EUR")
    ('EUR 1.24 m', 'EUR 412,300', 'cannot be estimated')
    """
    if missing(amount):
        return CANNOT
    size = abs(float(amount))
    for unit, suffix in ((1e9, " bn"), (1e6, " m")):
        if unit <= size < math.inf:
            scaled = size / unit
            return _signed(amount, f"{scaled:,.{2 if scaled < 10 else 1 if scaled < 100 else 0}f}{suffix}", currency)
    return _signed(amount, _plain(size, 0 if size >= 100 or size == int(size) else 2), currency)


def percent(share: float | None) -> str:
    """Return a share (a fraction) in per cent: whole, with one decimal, or with two digits where it is below 0.1 %.

    >>> percent(0.9), percent(0.3673), percent(0.00042), percent(None)
    ('90 %', '36.7 %', '0.042 %', 'cannot be estimated')
    """
    if missing(share):
        return CANNOT
    size = abs(float(share)) * 100
    decimals = 0 if abs(size - round(min(size, 1e15))) < 1e-9 else 1 if size >= 0.1 else _decimals(size, 2)
    return _signed(share, _plain(size, decimals) + " %")


def probability(value: float | None) -> str:
    """Return a probability in per cent: three digits from 1 % up, two below.

    >>> probability(0.0557), probability(0.00429), probability(0.00031)
    ('5.57 %', '0.43 %', '0.031 %')
    """
    if missing(value):
        return CANNOT
    size = abs(float(value)) * 100
    digits = 3 if size >= 1 else 2
    return _signed(value, _plain(size, _decimals(size, digits)) + " %")


def days(value: float | None) -> str:
    """Return a number of days for a sentence.

    >>> days(41.23), days(1), days(30.0)
    ('41.2 days', '1 day', '30 days')
    """
    if missing(value):
        return CANNOT
    size = abs(float(value))
    text = _plain(size, 0 if size == int(min(size, 1e15)) else 1)
    return _signed(value, f"{text} {'day' if text == '1' else 'days'}")


def count(value: float | None) -> str:
    """Return a number of things, without decimals.

    >>> count(60_000)
    '60,000'
    """
    return CANNOT if missing(value) else _signed(value, _plain(abs(float(value)), 0))


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number of things with their name; `many` where the plural is not `one` with an s.

    >>> counted(1, "buyer"), counted(1200, "buyer"), counted(2, "currency", "currencies")
    ('1 buyer', '1,200 buyers', '2 currencies')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(parts: Iterable[object]) -> str:
    """Return parts as a list in a sentence.

    >>> listed("ABC"), listed(["A", "B"]), listed(["A"]), listed([])
    ('A, B and C', 'A and B', 'A', '')
    """
    *first, last = [str(part) for part in parts] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def day(moment: pd.Timestamp) -> str:
    """Return a day for a sentence.

    >>> day(pd.Timestamp("2026-10-31"))
    '31 October 2026'
    """
    return f"{moment.day} {moment:%B %Y}"


def ratio(value: float | None) -> str:
    """Return a ratio with two decimals, or three digits where it is below 0.1.

    >>> ratio(1.2345), ratio(0.01412)
    ('1.23', '0.0141')
    """
    if missing(value):
        return CANNOT
    size = abs(float(value))
    return _signed(value, _plain(size, _decimals(size, 3) if 0 < size < 0.1 else 2))


def number(value: float | None) -> str:
    """Return a number of unknown kind: whole if it is whole, else with about four digits.

    >>> number(1234.0), number(1234.56), number(0.012345)
    ('1,234', '1,235', '0.01235')
    """
    if missing(value):
        return CANNOT
    size = abs(float(value))
    return _signed(value, _plain(size, 0 if size == int(min(size, 1e15)) else _decimals(size, 4)))


def figure(value: float | None, unit: str) -> str:
    """Return a headline figure with its unit; raises `ValueError` for a unit that is not one of `UNITS`.

    >>> figure(0.123, "fraction"), figure(12.3, "days"), figure(4_500_000, "EUR"), figure(None, "ratio")
    ('12.3 %', '12.3 days', 'EUR 4.50 m', 'cannot be estimated')
    """
    return _writer_of(unit)(value)


def change(value: float | None, unit: str) -> str:
    """Return a difference with its sign; that of a share is in percentage points.

    >>> change(0.0123, "fraction"), change(-1.5, "days"), change(12_000, "EUR")
    ('+1.2 pp', '−1.5 days', 'EUR +12,000')
    """
    writer = _writer_of(unit)
    if missing(value):
        return CANNOT
    text = writer(value)
    if writer in (percent, probability):
        text = text.replace(" %", " pp")
    if value > 0 and any(digit in text for digit in "123456789i"):
        text = re.sub(r"(?=[\di])", "+", text, count=1)
    return text


def cell_writer(values: pd.Series, kind: Kind) -> Callable[[object], str]:
    """Return the function that writes a column's values in a table: full digits, the same decimals in each row.

    Missing values are the caller's. Amounts have cents only where the whole column is below 1,000; shares one decimal,
    two where some are below 0.05 %. Numbers of unknown kind that differ a hundredfold each have their own decimals.
    """
    if kind == "date":
        return _day
    if kind == "name":
        return lambda value: column(value, pd.Series([0.0])).label
    if kind == "text":
        return _text
    if kind == "probability":
        return lambda value: probability(value) if _is_number(value) else str(value)
    numbers = pd.to_numeric(values, errors="coerce").astype("float64").abs()
    numbers = numbers[(numbers > 0) & (numbers < math.inf)]
    largest, smallest = (float(numbers.max()), float(numbers.min())) if len(numbers) else (0.0, 0.0)
    whole = bool((numbers % 1 == 0).all())
    if kind in ("number", "score", "figure", "change") and not whole and largest > 100 * smallest:
        return lambda value: number(value) if _is_number(value) else str(value)
    scale, suffix = (100, " %") if kind == "percent" else (1, "")
    decimals = {
        "money": 0 if largest >= 1000 or whole else 2,
        "percent": (1 if smallest >= 0.0005 else 2)
        if largest >= 0.01
        else _decimals(largest * 100, 2)
        if largest
        else 1,
        "days": 0 if whole else 1,
        "count": 0,
        "ratio": _decimals(largest, 3) if 0 < largest < 0.1 else 2,
        "score": 0 if whole else 1,
    }.get(kind, 0 if whole else _decimals(largest, 4))
    return lambda value: (
        _signed(value, _plain(abs(float(value)) * scale, decimals) + suffix) if _is_number(value) else str(value)
    )


def _writer_of(unit: str) -> Callable[[float | None], str]:
    if re.fullmatch("[A-Z]{3}", unit):
        return lambda value: money(value, unit)
    writers = {"days": days, "fraction": percent, "%": percent, "probability": probability, "count": count}
    writer = (writers | {"ratio": ratio}).get(unit)
    if writer is None:
        raise ValueError(f"unit {unit!r} is not known; use {UNITS}")
    return writer


def _is_number(value: object) -> TypeGuard[float]:
    return pd.api.types.is_number(value) and not isinstance(value, bool)


def _text(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return number(value) if _is_number(value) else spaced(str(value))


def spaced(text: str) -> str:
    """Return text with a space before each per cent sign, as figures on a page have it.

    >>> spaced("12% of 3 %")
    '12 % of 3 %'
    """
    return re.sub(r"(?<=\d)%", " %", text)


def _day(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(size: float, decimals: int) -> str:
    return "infinite" if size == math.inf else f"{size:,.{decimals}f}"


def _decimals(size: float, digits: int) -> int:
    """Return the decimals that show a number with so many significant digits, without a sign of false precision."""
    if size == 0:
        return 0
    return max(digits - 1 - math.floor(math.log10(float(f"{size:.{digits - 1}e}"))), 0)


def _signed(value: float, text: str, currency: str = "") -> str:
    """Put the sign before the digits and the currency before both; what rounds to zero has no sign."""
    sign = MINUS if value < 0 and any(digit in text for digit in "123456789i") else ""
    return f"{currency} {sign}{text}".strip()
