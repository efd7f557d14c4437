"""What a small book has at risk, worked by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.book.book import Book
from tradecredit.book.schema import TABLES
from tradecredit.errors import ParameterError
from tradecredit.insurance.limit_history import evidence, named_limits
from tradecredit.insurance.policy import Policy
from tradecredit.losses import portfolio
from tradecredit.losses.simulation import assess
from tradecredit.measure import default_events
from tradecredit.params.late_interest import LateInterestSettings
from tradecredit.params.losses import LossSettings, Simulation
from tradecredit.params.receivables import ReceivablesSettings

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
    simulation = Simulation(scenarios=1_000, seed=1)
    run = SimpleNamespace(
        currency="EUR",
        losses=losses or LossSettings(), simulation=simulation, cost_of_capital=0.1, file="x.yaml",
        receivables=ReceivablesSettings(), late_interest=LateInterestSettings(),
    )  # fmt: skip
    return Book(run=run, as_of=AS_OF, fingerprint="", files={}, notes=pd.DataFrame(), **full)


RATINGS = pd.DataFrame({"pd": [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07]}, index=pd.Index(list("ABCDEFG")))


def limit(buyer, amount, since, until=None, source="insurer"):
    return {"buyer_id": buyer, "source": source, "amount": amount, "valid_from": since, "valid_to": until}


def test_portfolio_of_buyers_that_owe():
    receipts = [
        {"receipt_id": "R1", "invoice_id": "IA", "received": "2026-10-01", "amount": 40.0, "kind": "payment"},
        {"receipt_id": "R2", "invoice_id": "IB", "received": "2026-10-01", "amount": 100.0, "kind": "payment"},
    ]
    table = portfolio.portfolio(book(receipts=receipts), RATINGS)
    assert table["exposure"].to_dict() == {"A": 60, "C": 100, "D": 100, "E": 100, "F": 100, "G": 100}
    assert table["pd"].to_dict() == {"A": 0.01, "C": 0.03, "D": 0.04, "E": 0.05, "F": 0.06, "G": 0.07}
    assert table["evidence"].to_dict()["A"] == "payment_experience"
    np.testing.assert_allclose(table["correlation"], portfolio.basel_correlation(table["pd"]))
    assert table["correlation_basis"].unique().tolist() == ["Basel, turnover not known"]
    assert not {"grade", "lgd_sd"} & set(table)


def test_portfolio_carries_what_the_buyers_are():
    buyers = [
        {"buyer_id": buyer, "kind": "private", "country": country, "sector": sector, "group_id": group}
        for buyer, country, sector, group in [
            ("A", "DE", "C", "G1"),
            ("B", "FR", np.nan, "G1"),
            ("C", "IT", "F", np.nan),
        ]
    ]
    graded = RATINGS.assign(grade=[4, 5, 6, 7, 8, 9, 10]).astype({"grade": "Int64"})
    three = pd.DataFrame(
        {
            "invoice_id": ["1", "2", "3"],
            "buyer_id": ["A", "B", "C"],
            "issued": "2026-09-15",
            "due": "2026-10-15",
            "amount": 100.0,
        }
    )
    table = portfolio.portfolio(book(LossSettings(lgd_sd=0.2), buyers=buyers, invoices=three), graded)
    assert table["country"].tolist() == ["DE", "FR", "IT"]
    assert table["sector"].fillna("none").tolist() == ["C", "none", "F"]
    assert table["group_id"].fillna("none").tolist() == ["G1", "G1", "none"]
    assert table["grade"].tolist() == [4, 5, 6]
    assert table["lgd_sd"].tolist() == [0.2] * 3
    alone = portfolio.portfolio(book(LossSettings(groups="one_by_one"), buyers=buyers, invoices=three), graded)
    assert "group_id" not in alone


def test_exposure_is_the_highest_balance_of_the_year():
    # A owed 300 before the window began, paid 250 in it, bought for 120 and paid 60: 300, then 50, 170 and 110 today.
    # B reached 500 within the window and owes nothing today; C fell below its 400 of three years ago before the window.
    invoices = [
        ("1", "A", "2025-09-01", 300.0), ("2", "A", "2026-06-01", 120.0), ("3", "B", "2026-01-01", 500.0),
        ("4", "C", "2023-01-01", 400.0), ("5", "C", "2026-10-01", 30.0),
    ]  # fmt: skip
    receipts = [
        ("1", "2026-02-01", 250.0), ("2", "2026-07-01", 60.0), ("3", "2026-03-01", 500.0), ("4", "2025-10-31", 400.0),
    ]  # fmt: skip
    tables = {
        "invoices": [
            {"invoice_id": i, "buyer_id": buyer, "issued": day, "due": day, "amount": amount}
            for i, buyer, day, amount in invoices
        ],
        "receipts": [
            {"receipt_id": i, "invoice_id": i, "received": day, "amount": amount, "kind": "payment"}
            for i, day, amount in receipts
        ],
    }
    small = book(LossSettings(exposure="peak"), **tables)
    assert portfolio.highest_balance(small).to_dict() == {"A": 300, "B": 500, "C": 30}
    table = portfolio.portfolio(small, RATINGS)
    assert table["exposure"].to_dict() == {"A": 300, "B": 500, "C": 30}
    assert table["balance"].to_dict() == {"A": 110, "B": 0, "C": 30}
    assert portfolio.portfolio(book(**tables), RATINGS)["exposure"].to_dict() == {"A": 110, "C": 30}


def test_a_debt_that_was_given_up_is_not_at_risk_by_its_peak():
    defaults = [{"buyer_id": "A", "date": "2026-10-10", "kind": "protracted"}]
    receipts = [{"receipt_id": "R", "invoice_id": "IA", "received": "2026-10-20", "amount": 100.0, "kind": "write_off"}]
    small = book(LossSettings(exposure="peak"), defaults=defaults, receipts=receipts)
    assert "A" not in portfolio.portfolio(small, RATINGS).index


def test_exposure_uses_a_part_of_the_unused_limit():
    # A: own limit 300 before the insurer's 900: 100 + 0.25 × 200. B: insurer's 180: 100 + 0.25 × 80. C: over its limit.
    limits = [
        limit("A", 300.0, "2026-01-01", source="own"),
        limit("A", 900.0, "2026-01-01"),
        limit("B", 180.0, "2026-01-01"),
        limit("C", 50.0, "2026-01-01", source="own"),
        limit("D", 500.0, "2026-01-01", "2026-09-30", source="own"),
        limit("E", 500.0, "2026-01-01", source="discretionary"),
    ]
    settings = LossSettings(exposure="limit", undrawn_share=0.25)
    exposure = portfolio.portfolio(book(settings, limits=limits), RATINGS)["exposure"]
    assert exposure.to_dict() == {"A": 150, "B": 120, "C": 100, "D": 100, "E": 100, "F": 100, "G": 100}


def test_sales_a_day_of_a_year_or_of_a_younger_ledger():
    # The ledger of the other tests begins in September 2026: 61 days with October.
    assert portfolio.exposures(book())["sales_a_day"].tolist() == [100 / 61] * 7
    buyers = pd.DataFrame({"buyer_id": ["A", "B"], "kind": ["private", "prepaid"]})
    old = [
        {"invoice_id": str(n), "buyer_id": buyer, "issued": day, "due": day, "amount": 730.0}
        for n, (buyer, day) in enumerate([("A", "2024-01-01"), ("A", "2025-11-01"), ("B", "2026-01-01")])
    ]
    assert portfolio.exposures(book(buyers=buyers, invoices=old))["sales_a_day"].to_dict() == {"A": 2, "B": 0}


@pytest.mark.parametrize(("lgd", "allowed"), [(0.9, "0.300"), (1.0, "0.000")])
def test_a_loss_given_default_that_cannot_vary_so_much(lgd, allowed):
    with pytest.raises(ParameterError, match=rf"losses.lgd_sd: found '0.31'; must be under the root .*, {allowed} "):
        portfolio.portfolio(book(LossSettings(lgd=lgd, lgd_sd=0.31)), RATINGS)


def test_correlation_and_loss_given_default_of_the_run():
    settings = LossSettings(correlation=0.2, lgd=0.6, lgd_source="board paper 7")
    table = portfolio.portfolio(book(settings), RATINGS)
    assert table["correlation"].unique().tolist() == [0.2]
    assert table["correlation_basis"].unique().tolist() == ["stated"]
    assert table["lgd"].unique().tolist() == [0.6]
    assert table["lgd_basis"].iloc[0] == "assumed"
    assert words.losses.loss_given_default(default_events.loss_given_default(book(settings)), settings) == (
        "Loss given default is 60 % of the exposure: assumed (board paper 7): the book has 0 resolved defaults, 20 are "
        "needed."
    )


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
    own = default_events.loss_given_default(book(enough, defaults=defaults))
    assert own.lgd == pytest.approx(0.75)
    assert own[1:] == ("own defaults", 0, 4)
    assert words.losses.loss_given_default(own, enough) == (
        "Loss given default is 75 % of the exposure: the book's own 4 defaults, weighted by debt, of which 0 are "
        "recorded as resolved and 4 are older than 12 months."
    )
    few = default_events.loss_given_default(book(defaults=defaults))
    assert few.basis == "assumed"
    assert "the book has 4 resolved defaults, " in words.losses.loss_given_default(few, LossSettings())


def test_a_default_recorded_as_resolved_counts_at_once():
    rows = [("A", "2026-05-01", "2026-09-01", 60.0), ("B", "2026-05-01", None, 100.0), ("C", "2024-05-01", None, 20.0)]
    defaults = [
        {"buyer_id": buyer, "date": date, "kind": "insolvency", "debt": 100.0, "recovered": back, "resolved": resolved}
        for buyer, date, resolved, back in rows
    ]
    two = LossSettings.model_construct(**LossSettings().model_dump() | {"minimum_resolved_defaults": 2})
    own = default_events.loss_given_default(book(two, defaults=defaults))
    assert own.lgd == pytest.approx(0.6)  # of A's and C's 200, 80 came back; B is young and open
    assert (own.recorded, own.old) == (1, 1)


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
    found = named_limits(book(limits=limits))
    assert found.index[found["refused"]].tolist() == ["D"]
    assert found["insured_limit"].fillna(-1).to_dict() == {"A": 80, "B": 50, "C": 0, "D": 0, "E": -1, "F": -1, "G": 0}


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
    assert evidence(book(receipts=receipts, scores=scores, statements=statements)).to_dict() == {
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
    lost = default_events.already_defaulted(small)
    assert lost["exposure"].to_dict() == {"A": 100, "C": 100}
    assert lost["kind"].to_dict() == {"A": "protracted", "C": "insolvency"}
    assert portfolio.portfolio(small, RATINGS).index.tolist() == ["B", "E", "F", "G"]


def test_a_book_without_defaults_has_none_in_default():
    assert default_events.already_defaulted(book()).empty


def test_exposures_add_up_to_the_open_amount():
    small = book(defaults=[{"buyer_id": "A", "date": "2026-10-01", "kind": "protracted"}])
    parts = (
        default_events.already_defaulted(small)["exposure"].sum()
        + portfolio.portfolio(small, RATINGS)["exposure"].sum()
    )
    assert parts == 700


def test_basel_correlation_lies_between_its_bounds():
    # §272: 24 % for the best, 12 % for the worst; at PD 1 % 0.12·0.3935 + 0.24·0.6065 (e^−0.5 = 0.6065).
    assert portfolio.basel_correlation(0.0) == pytest.approx(0.24)
    assert portfolio.basel_correlation(1.0) == pytest.approx(0.12)
    assert portfolio.basel_correlation(0.01) == pytest.approx(0.12 * 0.39346934 + 0.24 * 0.60653066)
    assert np.isnan(portfolio.basel_correlation(np.nan))


def test_basel_correlation_by_turnover():
    # §273: less 0.04 up to 5 million euros, 0.04·(1 − 22.5/45) = 0.02 at 27.5, nothing from 50 on or where not known.
    assert portfolio.basel_correlation(0.0, 5.0) == pytest.approx(0.20)
    assert portfolio.basel_correlation(1.0, 0.0) == pytest.approx(0.08)
    assert portfolio.basel_correlation(0.0, 27.5) == pytest.approx(0.22)
    turnover = pd.Series([50.0, 800.0, np.nan], index=list("ABC"))
    without = portfolio.basel_correlation(pd.Series(0.01, index=list("CBA")), turnover)
    np.testing.assert_allclose(without, portfolio.basel_correlation(0.01))


def test_asset_correlation_by_the_turnover_that_was_known():
    buyers = [
        {"buyer_id": buyer, "kind": "private", "group_id": group}
        for buyer, group in [("A", np.nan), ("B", np.nan), ("C", "G1"), ("D", "G1"), ("E", np.nan)]
    ]
    accounts = [
        ("A", "2024-12-31", "2025-06-30", 70e6), ("A", "2025-12-31", "2026-06-30", 8e6),
        ("C", "2025-12-31", "2026-06-30", 8e6), ("E", "2025-12-31", "2026-06-30", 200e6),
    ]  # fmt: skip
    statements = [
        {"buyer_id": buyer, "period_end": end, "published": published, "revenue": revenue}
        for buyer, end, published, revenue in accounts
    ]
    probability = pd.Series(0.0, index=pd.Index(list("EDCBA"), name="buyer_id"))
    in_dollars = LossSettings(million_euros=800_000)
    table = portfolio.asset_correlation(book(in_dollars, buyers=buyers, statements=statements), probability)
    # 8 million dollars are 10 million euros: 0.24 − 0.04·40/45. D is taken by its group's known turnover.
    small = 0.24 - 0.04 * 40 / 45
    assert table["correlation"].to_dict() == pytest.approx({"E": 0.24, "D": small, "C": small, "B": 0.24, "A": small})
    basis = table["correlation_basis"].str.removeprefix("Basel, ").to_dict()
    assert basis["E"] == "turnover of 50 million euros or more"
    assert basis["B"] == "turnover not known"
    assert basis["A"] == basis["C"] == basis["D"] == "turnover below 50 million euros"


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
