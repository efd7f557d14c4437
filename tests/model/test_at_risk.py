"""What a small book has at risk, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradecredit.book.schema import TABLES
from tradecredit.model import at_risk
from tradecredit.model.insurance import Policy
from tradecredit.model.losses import assess
from tradecredit.params import LossSettings, Simulation

AS_OF = pd.Timestamp("2026-10-31")


def book(losses=None, **tables):
    """A book of seven buyers of whom each owes 100 on one invoice of September, unless told otherwise."""
    ids = list("ABCDEFG")
    given = {
        "buyers": pd.DataFrame({"buyer_id": ids, "kind": ["private"] * 6 + ["public"]}),
        "invoices": pd.DataFrame(
            {
                "invoice_id": [f"I{buyer}" for buyer in ids],
                "buyer_id": ids,
                "issued": pd.Timestamp("2026-09-15"),
                "due": pd.Timestamp("2026-10-15"),
                "amount": 100.0,
            }
        ),
    } | {name: pd.DataFrame(rows) for name, rows in tables.items()}
    full = {
        name: given[name].reindex(columns=table.names).astype(table.empty().dtypes.to_dict())
        if name in given
        else table.empty()
        for name, table in TABLES.items()
    }
    run = SimpleNamespace(losses=losses or LossSettings(), simulation=Simulation(scenarios=1_000, seed=1))
    return SimpleNamespace(as_of=AS_OF, run=run, **full)


RATINGS = pd.DataFrame({"pd": [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07]}, index=pd.Index(list("ABCDEFG")))


def limit(buyer, amount, since, until=None, source="insurer"):
    return {"buyer_id": buyer, "source": source, "amount": amount, "valid_from": since, "valid_to": until}


def test_portfolio_of_buyers_that_owe():
    receipts = [
        {"receipt_id": "R1", "invoice_id": "IA", "received": "2026-10-01", "amount": 40.0, "kind": "payment"},
        {"receipt_id": "R2", "invoice_id": "IB", "received": "2026-10-01", "amount": 100.0, "kind": "payment"},
    ]
    table = at_risk.portfolio(book(receipts=receipts), RATINGS)
    assert table["exposure"].to_dict() == {"A": 60, "C": 100, "D": 100, "E": 100, "F": 100, "G": 100}
    assert table["pd"].to_dict() == {"A": 0.01, "C": 0.03, "D": 0.04, "E": 0.05, "F": 0.06, "G": 0.07}
    assert table["evidence"].to_dict()["A"] == "payment_experience"
    np.testing.assert_allclose(table["correlation"], at_risk.basel_correlation(table["pd"]))


def test_correlation_and_loss_given_default_of_the_run():
    settings = LossSettings(correlation=0.2, lgd=0.6, lgd_source="board paper 7")
    table = at_risk.portfolio(book(settings), RATINGS)
    assert table["correlation"].unique().tolist() == [0.2]
    assert table["lgd"].unique().tolist() == [0.6]
    assert table["lgd_basis"].iloc[0] == "assumed (board paper 7): 0 resolved defaults in the book, 20 needed"


def test_loss_given_default_of_the_book():
    # Four old defaults: of 1,000 owed 100 + 50 + 0 + 100 (not 120) came back. Young and unknown ones do not count.
    rows = [("A", "2024-01-01", 400, 100), ("B", "2024-01-01", 200, 50), ("C", "2025-10-31", 300, 0),
            ("D", "2024-01-01", 100, 120), ("E", "2025-11-01", 500, 500), ("F", "2024-01-01", np.nan, 5),
            ("G", "2024-01-01", 100, np.nan)]  # fmt: skip
    defaults = [
        {"buyer_id": buyer, "date": date, "kind": "protracted", "debt": debt, "recovered": back}
        for buyer, date, debt, back in rows
    ]
    enough = LossSettings.model_construct(**LossSettings().model_dump() | {"minimum_resolved_defaults": 4})
    own = at_risk.loss_given_default(book(enough, defaults=defaults))
    assert own.lgd == pytest.approx(0.75)
    assert own.basis == "the book's own: 4 defaults older than 12 months, weighted by debt"
    assert at_risk.loss_given_default(book(defaults=defaults)).basis.startswith("assumed")


def test_cover_of_each_buyer():
    limits = [
        limit("A", 80.0, "2026-01-01"),
        limit("B", 90.0, "2025-01-01"),
        limit("B", 50.0, "2026-06-01", "2026-10-31"),
        limit("C", 70.0, "2025-01-01", "2026-10-30"),
        limit("D", 0.0, "2026-01-01"),
        limit("E", 500.0, "2026-01-01", source="own"),
        limit("G", 60.0, "2026-01-01"),
    ]
    cover = at_risk.cover(book(limits=limits))
    assert cover["cover"].to_dict() == {
        "A": "named limit",
        "B": "named limit",
        "C": "limit withdrawn or expired",
        "D": "limit refused",
        "E": "no limit named",
        "F": "no limit named",
        "G": "not insurable: public",
    }
    assert cover["insured_limit"].fillna(-1).to_dict() == {"A": 80, "B": 50, "C": 0, "D": 0, "E": -1, "F": -1, "G": 0}


def test_evidence_of_the_last_twelve_months():
    receipts = [
        {"receipt_id": "R1", "invoice_id": "IA", "received": "2026-10-01", "amount": 1.0, "kind": "payment"},
        {"receipt_id": "R2", "invoice_id": "IB", "received": "2026-10-01", "amount": 1.0, "kind": "credit_note"},
    ]
    scores = [{"buyer_id": "B", "date": "2026-05-01", "agency": "X", "score": 3.0}]
    statements = [
        {"buyer_id": "C", "period_end": "2025-12-31", "published": "2026-05-01", "assurance": "audited"},
        {"buyer_id": "D", "period_end": "2025-12-31", "published": "2026-05-01", "assurance": "unaudited"},
        {"buyer_id": "E", "period_end": "2024-12-31", "published": "2025-05-01", "assurance": "audited"},
        {"buyer_id": "F", "period_end": "2025-12-31", "published": "2026-05-01"},
    ]
    assert at_risk.evidence(book(receipts=receipts, scores=scores, statements=statements)).to_dict() == {
        "A": "payment_experience",
        "B": "agency_report",
        "C": "audited_accounts",
        "D": "unaudited_accounts",
        "E": "good_faith",
        "F": "unaudited_accounts",
        "G": "good_faith",
    }


def test_buyers_in_default_are_told_apart():
    defaults = [
        {"buyer_id": "A", "date": "2026-10-01", "kind": "protracted"},  # the invoice of September is open
        {"buyer_id": "B", "date": "2026-03-01", "kind": "protracted"},  # settled since, buys again
        {"buyer_id": "C", "date": "2026-03-01", "kind": "insolvency"},  # stays insolvent
        {"buyer_id": "D", "date": "2026-10-01", "kind": "insolvency"},  # owes nothing
    ]
    receipts = [{"receipt_id": "R", "invoice_id": "ID", "received": "2026-10-20", "amount": 100.0, "kind": "write_off"}]
    small = book(defaults=defaults, receipts=receipts)
    lost = at_risk.already_defaulted(small)
    assert lost["exposure"].to_dict() == {"A": 100, "C": 100}
    assert lost["kind"].to_dict() == {"A": "protracted", "C": "insolvency"}
    assert at_risk.portfolio(small, RATINGS).index.tolist() == ["B", "E", "F", "G"]


def test_a_book_without_defaults_has_none_in_default():
    assert at_risk.already_defaulted(book()).empty


def test_exposures_add_up_to_the_open_amount():
    small = book(defaults=[{"buyer_id": "A", "date": "2026-10-01", "kind": "protracted"}])
    parts = at_risk.already_defaulted(small)["exposure"].sum() + at_risk.portfolio(small, RATINGS)["exposure"].sum()
    assert parts == 700


def test_basel_correlation_lies_between_its_bounds():
    # §272: 24 % for the best, 12 % for the worst; at PD 1 % 0.12·0.3935 + 0.24·0.6065 (e^−0.5 = 0.6065).
    assert at_risk.basel_correlation(0.0) == pytest.approx(0.24)
    assert at_risk.basel_correlation(1.0) == pytest.approx(0.12)
    assert at_risk.basel_correlation(0.01) == pytest.approx(0.12 * 0.39346934 + 0.24 * 0.60653066)
    assert np.isnan(at_risk.basel_correlation(np.nan))


def test_assess_simulates_as_the_run_says():
    # Without its memory, which asks the book for a fingerprint.
    small = book(limits=[limit("A", 80.0, "2026-01-01")])
    result = assess.__wrapped__(small, RATINGS, [Policy(name="p", discretionary_limit=50.0)])
    assert len(result.losses) == 1_000
    assert result.views == ["gross", "indemnity:p", "retained:p"]
    events = result.events(range(100)).drop_duplicates("buyer_id").set_index("buyer_id")
    assert set(events["evidence"]) <= {"good_faith"}
    paid = Policy(discretionary_limit=50.0).settlement(events.reset_index())
    limits = dict(zip(events.index, paid["limit"], strict=True))
    assert {buyer: limits[buyer] for buyer in limits} == {
        buyer: {"A": 80.0, "G": 0.0}.get(buyer, 5.0) for buyer in limits
    }
