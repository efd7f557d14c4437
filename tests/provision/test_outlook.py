"""What lies ahead: scenario weights, the index of insolvencies, and the expedient of CECL, each by hand."""

import pandas as pd
import pytest

from tradecredit.params.stress import Scenario
from tradecredit.provision.audit import standards
from tradecredit.provision.outlook import FORECAST, NONE, TODAY, basis_of, outlook
from tradecredit.provision.provision import provided, provision_on

# B1 pays, a tenth of B2's 1,000 is written off within the month: a rate that is known.
INVOICES = """invoice_id,buyer_id,issued,due,amount
I1,B1,2025-01-10,2025-02-15,1000
I2,B2,2025-01-10,2025-02-15,1000
I3,B1,2025-03-10,2025-05-15,50000
I4,B2,2025-03-10,2025-05-15,10000
"""
RECEIPTS = """invoice_id,received,amount,kind
I1,2025-02-20,1000,payment
I2,2025-02-20,900,payment
I2,2025-02-22,100,write_off
"""
SCENARIOS = [
    {
        "name": "Worse", "description": "Worse", "source": "by hand", "insolvency_growth": 0.5,
        "insolvency_growth_by_country": {"FR": 1.0}, "pd_by_sector": {"F": 1.2}, "recoveries_left": 0.5,
    },
    {"name": "Other", "description": "Not weighed", "source": "by hand", "insolvency_growth": 3.0},
]  # fmt: skip
WEIGHTS = {"base": 0.6, "Worse": 0.4}


def book(book_of, provision=None, **run):
    columns = book_of("2025-04-30", invoices=INVOICES).buyers
    buyers = pd.DataFrame({"buyer_id": ["B1", "B2"], "kind": "private", "country": ["DE", "FR"], "sector": ["C", "F"]})
    settings = {"provision": {"minimum_months": 2} | (provision or {}), "losses": {"lgd": 0.75}} | run
    buyers = buyers.reindex(columns=columns.columns).astype(columns.dtypes.to_dict())
    return book_of("2025-04-30", {"small_rest": 10}, run=settings, invoices=INVOICES, receipts=RECEIPTS, buyers=buyers)


def test_scenarios_by_weight(book_of):
    """LGD goes from 0.75 to 1 − 0.25 · 0.5 = 0.875, × 7/6. B1: 0.6 + 0.4 · 1.5 · 7/6; B2: 0.6 + 0.4 · 2.4 · 7/6."""
    known = book(book_of, {"scenario_weights": WEIGHTS}, scenarios=SCENARIOS)
    view = outlook(known, known.as_of, FORECAST)
    assert view.factor.tolist() == [1.3, 1.72]
    assert view.recoveries_left == pytest.approx(0.6 + 0.4 * 0.5)
    assert view.scenarios.loc["Worse", "growth_factor"] == pytest.approx((1.5 + 2.4) / 2)
    assert view.scenarios.index.tolist() == ["base", "Worse"]
    # 100 of 2,000 current are lost, of each invoice.
    found = provision_on(known, known.as_of)
    assert found["loss_rate"].unique().tolist() == [pytest.approx(0.05 / (1 - 60_000 / 62_000) / 31)]
    assert found["provision"].tolist() == [
        pytest.approx(50_000 * found["loss_rate"].iloc[0] * 1.3, abs=0.005),
        pytest.approx(10_000 * found["loss_rate"].iloc[0] * 1.72, abs=0.005),
    ]


def test_without_weights_and_index_nothing_changes(book_of):
    known = book(book_of, scenarios=SCENARIOS)
    assert outlook(known, known.as_of, FORECAST).factor.tolist() == [1.0, 1.0]


INDEX = {
    "insolvency_index": {
        "source": "by hand",
        "values": {f"2025-{month:02d}-{day}": value for month, day, value in (
            (1, 31, 100.0), (2, 28, 100.0), (3, 31, 100.0), (4, 30, 130.0)
        )},
    }
}  # fmt: skip


def test_the_index_now_beside_that_of_the_months_of_the_rates(book_of):
    """Of so few values it is not known where it goes: it stays at 110, the mean of three months.

    The rates rest on the ends of January to March: the means of the months after each are 110, 115 and 130.
    """
    known = book(book_of, default=INDEX)
    view = outlook(known, known.as_of, FORECAST)
    assert view.insolvencies.now == pytest.approx(110.0)
    assert view.factor[0] == pytest.approx(110 / ((110 + 115 + 130) / 3), abs=5e-5)


def test_the_expedient_of_cecl_takes_the_day_to_last(book_of):
    """Neither scenarios nor the way back of the index count: with both standards else the same."""
    expedient = book(book_of, {"standard": "cecl"}, scenarios=SCENARIOS, default=INDEX)
    assert basis_of(expedient) == TODAY
    weighed = book(book_of, {"scenario_weights": WEIGHTS}, scenarios=SCENARIOS)
    table = standards(weighed)
    assert table["provision"].iloc[0] == table["provision"].iloc[1] == provided(weighed)[0]
    rate = provision_on(weighed, weighed.as_of)["loss_rate"].iloc[0]
    assert table.loc["CECL, ASU 2025-05", "provision"] == pytest.approx(60_000 * rate, abs=0.01)
    assert table["difference"].iloc[-1] == pytest.approx(-rate * (50_000 * 0.3 + 10_000 * 0.72), abs=0.02)
    posted = book(book_of, {"standard": "cecl", "scenario_weights": WEIGHTS}, scenarios=SCENARIOS)
    assert provided(posted)[0] == table["provision"].iloc[-1]
    without = {"standard": "cecl", "expedient": False, "scenario_weights": WEIGHTS}
    assert provided(book(book_of, without, scenarios=SCENARIOS))[0] == table["provision"].iloc[0]


def test_stated_rates_look_ahead_as_they_stand(book_of):
    stated = {"method": "stated", "rates": {"whole book": [0.01] * 5}, "rates_source": "by hand"}
    known = book(book_of, stated, scenarios=SCENARIOS, default=INDEX)
    assert basis_of(known) == NONE
    assert provided(known)[0] == 600.0
    assert standards(known)["provision"].tolist() == [600.0, 600.0, 600.0]


def test_a_scenario_that_names_grades_asks_for_the_grades_of_the_day(book_of, monkeypatch):
    asked = []

    def assess(past):
        asked.append(past.as_of)
        return pd.DataFrame({"grade": [3, 7]}, index=pd.Index(["B1", "B2"], name="buyer_id"))

    monkeypatch.setattr("tradecredit.default.assess", assess)
    graded = [{"name": "Weak", "description": "Weak", "source": "by hand", "pd_by_grade": {7: 2.0}}]
    known = book(book_of, {"scenario_weights": {"Weak": 1.0}}, scenarios=graded)
    assert outlook(known, known.as_of, FORECAST).factor.tolist() == [1.0, 2.0]
    assert outlook(known, pd.Timestamp("2025-03-31"), FORECAST).factor.tolist() == [1.0, 2.0]
    assert asked == [pd.Timestamp("2025-04-30"), pd.Timestamp("2025-03-31")]
    assert Scenario(**graded[0]).pd_by_grade == {7: 2.0}
