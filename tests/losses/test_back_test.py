"""The model against the past: a book of three buyers and three years, with every figure worked by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from ledgers import CARRIED_OVER

from tradecredit import words
from tradecredit.losses.back_test import back_test, place_among, with_next
from tradecredit.numerics.risk_measures import Sample

pytestmark = pytest.mark.usefixtures("own_results")

INVOICES = """invoice_id,buyer_id,issued,due,amount
I0,B1,2021-12-10,2022-01-09,10
I1,B1,2023-12-01,2024-01-30,1000
I2,B2,2023-12-05,2024-02-03,400
I3,B3,2024-07-01,2024-08-30,700
I4,B2,2024-12-02,2025-01-31,600
"""
RECEIPTS = """invoice_id,received,amount,kind
I0,2022-01-05,10,payment
I2,2024-02-01,400,payment
I1,2024-09-01,300,recovery
"""
DEFAULTS = """buyer_id,date,kind,debt,recovered,resolved
B1,2024-03-01,insolvency,1000,300,2024-12-15
B3,2024-10-01,insolvency,,,
"""
# B1 fails owing 1,000, of which 300 come back; B3 buys after the start of 2024 and fails the same year, its debt of 700
# not stated; B2 pays what it owed in 2024 and owes 600 through 2025, in which nobody fails. LGD: 1.
RUN = {
    "losses": {"lgd": 1.0, "correlation": 0.0},
    "simulation": {"scenarios": 20_000, "seed": 1},
    "default": {"minimum_history_months": 12},
}
PD = {"B1": 0.10, "B2": 0.20, "B3": 0.30}


@pytest.fixture
def known_pd(monkeypatch):
    """Buyers' default probabilities are known: those of `PD`."""
    asked = []

    def assess(book):
        asked.append(book.as_of)
        probability = book.buyers.set_index("buyer_id").index.to_series().map(PD)
        return pd.DataFrame({"pd": probability, "method": "fitted model"})

    monkeypatch.setattr("tradecredit.default.assess", assess)
    return asked


def years(book_of, as_of="2025-12-31", invoices=INVOICES, receipts=RECEIPTS, defaults=DEFAULTS, **run):
    tables = {"invoices": invoices, "receipts": receipts} | ({"defaults": defaults} if defaults else {})
    return back_test(book_of(as_of, run=RUN | run, **tables))


def test_each_year_is_told_as_known_at_its_start_beside_what_was_lost_in_it(book_of, known_pd):
    table = years(book_of)
    assert known_pd == [pd.Timestamp(day) for day in ("2022-12-31", "2023-12-31", "2024-12-31")]
    assert table.index.tolist() == [pd.Timestamp(day) for day in ("2023-12-31", "2024-12-31", "2025-12-31")]
    # Nobody owed anything at the end of 2022.
    assert table["buyers_then"].tolist() == [0, 2, 1]
    assert table["expected_loss_then"].tolist() == pytest.approx([0.0, 0.1 * 1000 + 0.2 * 400, 0.2 * 600])
    assert table["defaults_then"].tolist() == pytest.approx([0.0, 0.3, 0.2])
    assert table["real_defaults"].tolist() == [0, 1, 0]
    assert table["other_defaults"].tolist() == [0, 1, 0]
    assert table["real_loss"].tolist() == [0.0, 700.0, 0.0]
    assert table["other_loss"].tolist() == [0.0, 700.0, 0.0]
    # 2024 may lose 0, 400, 1,000 and 1,400 with 0.72, 0.18, 0.08 and 0.02; 2025 0 and 600 with 0.8 and 0.2.
    assert table["var_95_then"].tolist() == [0.0, 1000.0, 600.0]
    assert table["var_99_then"].tolist() == [0.0, 1400.0, 600.0]
    # 700 is passed by 1,000 alone and more: 0.72 + 0.18. A year without loss: half of 0.8, and half of 1.
    assert table["place"].tolist() == pytest.approx([0.5, 0.90, 0.40], abs=0.01)
    # At most one default of two buyers: 1 − 0.1 · 0.2. None of one buyer: half of 0.8.
    assert table["defaults_place"].tolist() == pytest.approx([0.5, 0.98, 0.40], abs=0.01)


@pytest.mark.usefixtures("known_pd")
def test_what_becomes_known_later_changes_nothing_but_what_came_back(book_of):
    before = years(book_of, "2024-12-31")
    later = INVOICES + "I9,B2,2025-02-01,2025-03-03,9999\nI8,B9,2025-02-01,2025-03-03,5000\n"
    failed = DEFAULTS + "B2,2025-06-01,insolvency,10599,0,2025-07-01\n"
    after = years(book_of, invoices=later, defaults=failed)
    pd.testing.assert_frame_equal(after.loc[before.index], before)
    assert after.loc["2025-12-31", ["real_defaults", "real_loss", "expected_loss_then"]].tolist() == [1, 10_599, 120]
    # The debt was ten times the balance of the start: no simulated year lost more.
    assert after.loc["2025-12-31", "place"] == pytest.approx(1.0)
    recovered = DEFAULTS.replace("300,2024-12-15", "900,2024-12-15")
    assert years(book_of, defaults=recovered).loc["2024-12-31", "real_loss"] == 100.0


@pytest.mark.usefixtures("known_pd")
def test_a_buyer_in_default_at_the_start_fails_no_second_time(book_of):
    again = DEFAULTS + "B1,2025-03-01,insolvency,700,0,2025-04-01\n"
    table = years(book_of, defaults=again)
    assert table.loc["2025-12-31", ["real_defaults", "other_defaults", "real_loss"]].tolist() == [0, 0, 0.0]


@pytest.mark.usefixtures("known_pd")
def test_a_debt_that_is_not_stated_is_net_of_what_is_on_account(book_of):
    # B3 fails owing 700 of which it had paid 50 without naming an invoice; 20 come after its failure.
    paid = RECEIPTS.replace("kind\n", "kind,buyer_id\n") + ",2024-09-20,50,payment,B3\n,2024-10-20,20,payment,B3\n"
    assert years(book_of, receipts=paid).loc["2024-12-31", "other_loss"] == 650.0


def test_a_year_must_begin_so_long_after_the_first_invoice_and_defaults_must_be_recorded(book_of, known_pd):
    assert len(years(book_of, default={"minimum_history_months": 24})) == 2
    short = years(book_of, as_of="2022-12-31", default={"minimum_history_months": 12})
    assert short.empty
    assert years(book_of, defaults="").empty
    carried_over = {name: CARRIED_OVER[name] for name in ("invoices", "receipts")}
    failed = "buyer_id,date,kind,debt,recovered,resolved\nA,2026-09-15,insolvency,700,0,2026-10-01\n"
    assert years(book_of, as_of="2026-10-31", defaults=failed, **carried_over).empty
    assert known_pd[-1] != pd.Timestamp("2022-12-31")
    said = words.losses.past_years(short, "EUR")
    assert "not testable with this book" in said
    published = words.losses.last_year(short, "EUR")
    assert all(value is None for value, *_ in published.values())
    assert words.losses.last_year_in_short(published, "EUR") == words.losses.NO_PAST
    assert words.losses.last_year_in_short({}, "EUR") == words.losses.NO_PAST


def test_the_place_is_the_probability_of_losing_no_more():
    losses, sample = np.array([0.0, 0.0, 5.0, 5.0, 9.0]), Sample(np.array([0.3, 0.2, 0.1, 0.1, 0.3]))
    for loss, expected in {0.0: 0.25, 4.0: 0.5, 5.0: 0.7, 9.0: 1.0, 10.0: 1.0}.items():
        assert place_among(losses, sample, loss) == pytest.approx(expected)


@pytest.mark.usefixtures("known_pd")
def test_words_say_what_was_lost_expected_and_passed(book_of):
    table = years(book_of, default={"minimum_history_months": 24})
    said = words.losses.past_years(table, "EUR")
    assert "the 2 years to 31 December 2025" in said
    assert "**EUR 700**" in said
    assert "expected **EUR 300**" in said
    assert "in the year to 31 December 2024 0.3 were expected and 1 happened (98" in said
    assert "1 default more, of buyers that owed nothing" in said
    assert "None of 2 years passed the value at risk" in said
    passed = words.losses.past_years(table.assign(real_loss=1200.0), "EUR")
    # 1,200 is above 1,000 and 600 at 95 %, and above 600 alone at 99 %.
    assert "Of 2 years 2 passed the value at risk at 95 % of then, and 1 that at 99 %" in passed
    short = words.losses.last_year_in_short(words.losses.last_year(table, "EUR"), "EUR")
    assert "**EUR 0**" in short
    assert "the model expected EUR 120 then, of 0.2 defaults, of which 0 came; " in short


def test_the_year_ahead_stands_below_the_past_ones():
    """101 equally likely years that lose 0, 1, …, 100, and with cover half of each."""
    past = pd.DataFrame(
        {"var_95_then": [9.0], "var_99_then": [12.0], "expected_loss_then": [3.0], "real_loss": [4.0]},
        index=["year to 2025"],
    )
    gross = np.arange(101.0)
    dist = SimpleNamespace(
        losses=pd.DataFrame({"gross": gross, "retained:P": gross / 2}), sample=Sample.equally_likely(101)
    )
    table = with_next(past, dist, {"gross": "no cover", "retained:P": "with P"})
    assert list(table.index) == ["year to 2025", "no cover", "with P"]
    assert table.loc["no cover", ["expected", "low", "high"]].tolist() == pytest.approx([50.0, 95.0, 99.0])
    assert table.loc["with P", ["expected", "low", "high"]].tolist() == pytest.approx([25.0, 47.5, 49.5])
    assert table["real"].isna().tolist() == [False, True, True]
