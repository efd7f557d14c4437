"""The tables of a credit book (definitions §1.1): columns, keys, references, and the rule that makes a row known."""

from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

Kind = Literal["text", "date", "amount", "signed", "fraction", "number", "days", "grade"]
"""`amount` ≥ 0, `signed` any; `fraction` is 0 to 1; `number` above zero; `days` whole and ≥ 0; `grade` 1 to 10."""


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether every row must hold a value, and the values allowed (empty: any)."""

    name: str
    kind: Kind = "text"
    required: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: `key` identifies a row, `known` is the date from which a row may enter a figure."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    known: str | None = None
    references: dict[str, str] = field(default_factory=dict)
    """Column: table whose key of the same name it must be found in."""
    order: tuple[tuple[str, str], ...] = ()
    """Pairs of dates of which the first must not lie after the second."""

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def empty(self) -> pd.DataFrame:
        return pd.DataFrame({column.name: pd.Series(dtype=dtype(column)) for column in self.columns})


def dtype(column: Column) -> str:
    """Return the pandas dtype of a column: `str`, days at midnight, or float64 (missing allowed in all)."""
    return {"text": "str", "date": "datetime64[us]"}.get(column.kind, "float64")


def _dates(*names: str, required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, "date", required) for name in names)


def _amounts(*names: str, kind: Kind = "amount") -> tuple[Column, ...]:
    return tuple(Column(name, kind) for name in names)


_BUYER = Column("buyer_id", required=True)
_INVOICE = Column("invoice_id", required=True)
_AMOUNT = Column("amount", "amount", required=True)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "buyers",
            (
                _BUYER,
                *(Column(name) for name in ("name", "registration_id", "country", "sector", "group_id")),
                Column("customer_since", "date"),
                Column("kind", allowed=("private", "public", "affiliate", "prepaid")),
            ),
            key=("buyer_id",),
            known="customer_since",
        ),
        Table(
            "invoices",
            (
                _INVOICE,
                _BUYER,
                *_dates("issued", "due", required=True),
                Column("currency", required=True),
                _AMOUNT,
                *_amounts("tax"),
                Column("discount_rate", "fraction"),
                Column("discount_days", "days"),
                Column("discount_rate_2", "fraction"),
                Column("discount_days_2", "days"),
            ),
            key=("invoice_id",),
            known="issued",
            references={"buyer_id": "buyers"},
            order=(("issued", "due"),),
        ),
        Table(
            "receipts",
            (
                Column("receipt_id", required=True),
                Column("invoice_id"),
                *_dates("received", required=True),
                Column("amount", "signed", required=True),
                Column("currency"),
                Column(
                    "kind",
                    required=True,
                    allowed=("payment", "credit_note", "discount", "write_off", "recovery", "claim", "undated"),
                ),
                Column("buyer_id"),
                Column("matched_by"),
            ),
            key=("receipt_id",),
            known="received",
            references={"invoice_id": "invoices", "buyer_id": "buyers"},
        ),
        Table(
            "statements",
            (
                _BUYER,
                *_dates("period_end", "published", required=True),
                Column("currency", required=True),
                Column("assurance", allowed=("audited", "unaudited")),
                *_amounts("revenue"),
                *_amounts("ebit", "net_income", kind="signed"),
                *_amounts("interest_expense", "total_assets", "current_assets", "inventories", "trade_receivables"),
                *_amounts("cash", "total_liabilities", "current_liabilities"),
                *_amounts("retained_earnings", "equity", kind="signed"),
                *_amounts("market_value"),
            ),
            key=("buyer_id", "period_end", "published"),
            known="published",
            references={"buyer_id": "buyers"},
            order=(("period_end", "published"),),
        ),
        Table(
            "disputes",
            (
                _INVOICE,
                Column("opened", "date", required=True),
                Column("closed", "date"),
                *_amounts("amount"),
                Column("reason"),
            ),
            key=("invoice_id", "opened"),
            known="opened",
            references={"invoice_id": "invoices"},
            order=(("opened", "closed"),),
        ),
        Table(
            "limits",
            (
                _BUYER,
                Column("source", required=True, allowed=("own", "insurer", "discretionary")),
                _AMOUNT,
                *_amounts("requested"),
                Column("currency"),
                Column("valid_from", "date", required=True),
                Column("valid_to", "date"),
                Column("reason"),
            ),
            key=("buyer_id", "source", "valid_from"),
            known="valid_from",
            references={"buyer_id": "buyers"},
            order=(("valid_from", "valid_to"),),
        ),
        Table(
            "defaults",
            (
                _BUYER,
                Column("date", "date", required=True),
                Column("kind", required=True, allowed=("insolvency", "protracted")),
                *_amounts("debt", "recovered"),
                Column("resolved", "date"),
            ),
            key=("buyer_id", "date"),
            known="date",
            references={"buyer_id": "buyers"},
            order=(("date", "resolved"),),
        ),
        Table(
            "scores",
            (
                _BUYER,
                Column("date", "date", required=True),
                Column("agency", required=True),
                Column("score", "signed", required=True),
            ),
            key=("buyer_id", "agency", "date"),
            known="date",
            references={"buyer_id": "buyers"},
        ),
        Table(
            "fx",
            (
                Column("date", "date", required=True),
                Column("currency", required=True),
                Column("rate", "number", required=True),
            ),
            key=("date", "currency"),
            known="date",
        ),
        Table(
            "overrides",
            (
                _BUYER,
                Column("grade", "grade"),
                Column("limit", "amount"),
                Column("reason", required=True),
                Column("by", required=True),
                Column("since", "date"),
                Column("until", "date"),
            ),
            key=("buyer_id", "since", "until"),
            known="since",
            references={"buyer_id": "buyers"},
            order=(("since", "until"),),
        ),
        Table(
            "ownership",
            (
                Column("owner_id", required=True),
                Column("owned_id", required=True),
                Column("share", "fraction", required=True),
                Column("since", "date", required=True),
                Column("until", "date"),
            ),
            key=("owner_id", "owned_id", "since"),
            known="since",
            order=(("since", "until"),),
        ),
        Table(
            "orders",
            (
                Column("order_id", required=True),
                _BUYER,
                Column("kind", required=True, allowed=("ordered", "shipped")),
                Column("date", "date", required=True),
                _AMOUNT,
                Column("currency"),
                Column("expected_on", "date"),
                Column("closed", "date"),
            ),
            key=("order_id", "kind", "date"),
            known="date",
            references={"buyer_id": "buyers"},
            order=(("date", "closed"),),
        ),
        Table(
            "evidence",
            (
                _BUYER,
                Column(
                    "kind",
                    required=True,
                    allowed=(
                        "payment_experience",
                        "agency_report",
                        "audited_accounts",
                        "unaudited_accounts",
                        "references",
                    ),
                ),
                Column("obtained", "date", required=True),
                Column("valid_to", "date"),
            ),
            key=("buyer_id", "kind", "obtained"),
            known="obtained",
            references={"buyer_id": "buyers"},
            order=(("obtained", "valid_to"),),
        ),
        Table(
            "promises",
            (
                _BUYER,
                Column("invoice_id"),
                Column("made", "date"),
                Column("date", "date", required=True),
                _AMOUNT,
                Column("kind", allowed=("payment", "instalment")),
            ),
            key=("buyer_id", "invoice_id", "made", "date"),
            known="made",
            references={"buyer_id": "buyers", "invoice_id": "invoices"},
            order=(("made", "date"),),
        ),
        Table(
            "reminders",
            (_INVOICE, Column("stage", required=True), Column("sent", "date", required=True)),
            key=("invoice_id", "stage", "sent"),
            known="sent",
            references={"invoice_id": "invoices"},
        ),
        Table(
            "claims",
            (
                Column("claim_id", required=True),
                _BUYER,
                Column("policy"),
                *_dates("filed", required=True),
                _AMOUNT,
                *_dates("answered"),
                Column("answer", allowed=("accepted", "in part", "refused")),
            ),
            key=("claim_id",),
            known="filed",
            references={"buyer_id": "buyers"},
            order=(("filed", "answered"),),
        ),
        Table(
            "cash_plan",
            (
                Column("date", "date", required=True),
                Column("amount", "signed", required=True),
                Column("kind", required=True),
                Column("planned_on", "date"),
            ),
            key=("date", "kind", "amount"),
            known="planned_on",
            order=(("planned_on", "date"),),
        ),
    )
}
"""All tables, in the order in which they are checked: a table comes after those it refers to."""

COMPULSORY = ("buyers", "invoices", "receipts")
NEVER_EMPTY = ("buyers", "invoices")
"""Of the compulsory tables, those that must hold rows: a ledger in which nobody has paid yet has no receipts."""

DERIVED: dict[str, dict[str, str | None]] = {"invoices": {"terms_days": "due"}, "buyers": {"terms_days": None}}
"""Columns that a source may give beside ours, and the one that they stand for: `due` = `issued` + `terms_days`, of the
invoice, else of its buyer."""
