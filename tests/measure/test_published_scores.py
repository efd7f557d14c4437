"""Scores that others published, against an account worked out by hand with their printed coefficients."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from scipy.stats import norm

from tradecredit.measure import published_scores as published
from tradecredit.numerics import discrimination

AMERICAN = Path(__file__).parents[3] / "shared" / "data" / "american_bankruptcy_3y.csv"
HEADER = (
    "buyer_id,period_end,published,assurance,revenue,ebit,net_income,interest_expense,total_assets,current_assets,"
    "inventories,trade_receivables,cash,total_liabilities,current_liabilities,retained_earnings,equity,market_value\n"
)
YEAR_2024 = "A,2024-12-31,2025-06-30,audited,2000,150,80,50,1000,600,200,250,100,700,400,120,300,350\n"
YEAR_2023 = "A,2023-12-31,2024-06-30,audited,1800,90,-40,50,900,500,200,250,100,650,400,40,250,350\n"
LEDGER = {
    "buyers": "buyer_id\nA\nB\n",
    "invoices": "invoice_id,buyer_id,issued,due,amount\nI1,A,2025-01-01,2025-01-31,100\n",
    "receipts": "invoice_id,received,amount,kind\n",
}
DAY = "2026-03-31"
DOLLARS = "date,currency,rate\n2024-01-01,USD,0.8\n2025-01-01,USD,0.5\n2025-01-01,GBP,1.2\n"


def accounts(**changes: float) -> pd.DataFrame:
    """The account of 2024 above, with some items changed."""
    items = {
        "total_assets": 1000.0, "current_assets": 600.0, "current_liabilities": 400.0, "total_liabilities": 700.0,
        "equity": 300.0, "retained_earnings": 120.0, "ebit": 150.0, "net_income": 80.0,
    }  # fmt: skip
    return pd.DataFrame([items | changes], index=["A"])


def before(net_income: float = -40.0) -> pd.DataFrame:
    return pd.DataFrame({"net_income": [net_income]}, index=["A"])


def ohlson_log_odds(earlier: float = -40.0, **changes: float) -> float:
    found = published.ohlson(accounts(**changes), before(earlier), dollars_per_unit=1000.0, price_index=100.0)
    return float(logit(found["A"]))


def test_altman_by_hand():
    # 3.25 + 6.56 × 200/1,000 + 3.26 × 120/1,000 + 6.72 × 150/1,000 + 1.05 × 300/700
    assert published.altman_z(accounts())["A"] == pytest.approx(3.25 + 1.312 + 0.3912 + 1.008 + 0.45)


def test_altman_zones_are_those_published_moved_by_the_constant():
    z = pd.Series([1.09, 1.11, 2.59, 2.61]) + 3.25
    assert published.altman_zone(z).tolist() == ["distress", "grey", "grey", "safe"]
    assert published.altman_zone(pd.Series([4.35, 5.85, np.nan])).tolist()[:2] == ["grey", "grey"]
    assert published.altman_zone(pd.Series([np.nan])).isna().all()


def test_zmijewski_by_hand():
    # −4.336 − 4.513 × 80/1,000 + 5.679 × 700/1,000 + 0.004 × 600/400 = −0.71574, and Φ(−0.71574) = 0.2371
    assert norm.ppf(published.zmijewski(accounts())["A"]) == pytest.approx(-0.71574, abs=1e-9)
    assert published.zmijewski(accounts())["A"] == pytest.approx(0.2371, abs=5e-5)


def test_ohlson_by_hand():
    # 1,000 units of 1,000 dollars over an index of 100: SIZE = ln 10,000 = 9.21034
    expected = -1.32 - 0.407 * 9.21034 + 6.03 * 0.7 - 1.43 * 0.2 + 0.0757 * 400 / 600 - 2.37 * 0.08
    expected += -1.83 * 80 / 700 - 0.521 * (80 + 40) / (80 + 40)
    assert ohlson_log_odds() == pytest.approx(expected, abs=1e-5)
    assert expected == pytest.approx(-2.00289, abs=1e-5)
    found = published.ohlson(accounts(), before(), dollars_per_unit=1000.0, price_index=100.0)["A"]
    assert found == pytest.approx(0.11890, abs=5e-6)


def test_ohlson_indicators():
    # Where liabilities pass the assets, the log-odds fall by 1.72; all else moves by next to nothing.
    step = ohlson_log_odds(total_liabilities=1000.001) - ohlson_log_odds(total_liabilities=1000.0)
    assert step == pytest.approx(-1.72, abs=1e-4)
    # Two years of loss, of the same size: 0.285; CHIN is 0 against (−80 − 80)/160 = −1 after a year of gain.
    step = ohlson_log_odds(-80.0, net_income=-80.0) - ohlson_log_odds(80.0, net_income=-80.0)
    assert step == pytest.approx(0.285 - 0.521)


def test_ohlson_size_is_in_dollars_of_1968():
    def odds(dollars: float, index: float) -> float:
        return float(logit(published.ohlson(accounts(), before(), dollars_per_unit=dollars, price_index=index)["A"]))

    assert odds(2000.0, 100.0) - odds(1000.0, 100.0) == pytest.approx(-0.407 * np.log(2))
    assert odds(7060.0, 706.0) == pytest.approx(odds(1000.0, 100.0))
    by_default = published.ohlson(accounts(), before(), dollars_per_unit=7060.0)["A"]
    assert float(logit(by_default)) == pytest.approx(odds(1000.0, 100.0))


@pytest.mark.parametrize(
    ("item", "safer"),
    [("current_assets", True), ("retained_earnings", True), ("ebit", True), ("equity", True),
     ("net_income", True), ("total_liabilities", False)],
)  # fmt: skip
def test_signs(item, safer):
    usual, more = accounts(), accounts(**{item: accounts()[item]["A"] + 10})
    moves = {
        "altman": published.altman_z(usual) - published.altman_z(more),
        "zmijewski": published.zmijewski(more) - published.zmijewski(usual),
        "ohlson": published.ohlson(more, before(), dollars_per_unit=1.0)
        - published.ohlson(usual, before(), dollars_per_unit=1.0),
    }
    read = {
        "current_assets": {"altman", "ohlson"}, "retained_earnings": {"altman"}, "ebit": {"altman"},
        "equity": {"altman"}, "net_income": {"zmijewski", "ohlson"},
        "total_liabilities": {"altman", "zmijewski", "ohlson"},
    }  # fmt: skip
    for name in read[item]:
        assert (moves[name]["A"] < 0) == safer, name
        assert moves[name]["A"] != 0, name


def test_missing_and_zero_items_give_missing_scores():
    for item in ("total_assets", "current_liabilities", "total_liabilities", "net_income"):
        for value in (np.nan, 0.0):
            table, earlier = accounts(**{item: value}), before(0.0)
            scores = [
                published.altman_z(table), published.zmijewski(table),
                published.ohlson(table, earlier, dollars_per_unit=1.0),
            ]  # fmt: skip
            read = {
                "total_assets": [True] * 3, "current_liabilities": [np.isnan(value), True, np.isnan(value)],
                "total_liabilities": [True, np.isnan(value), True],
                "net_income": [False, np.isnan(value), True],  # 0 after 0: no change to speak of
            }  # fmt: skip
            assert [bool(score.isna()["A"]) for score in scores] == read[item], (item, value)
    assert published.ohlson(accounts(), before(np.nan), dollars_per_unit=1.0).isna().all()


def test_scores_of_a_book(book_of):
    table = published.published_scores(book_of(DAY, **LEDGER, statements=HEADER + YEAR_2023 + YEAR_2024, fx=DOLLARS))
    assert table.index.tolist() == ["A", "B"]
    assert table.index.name == "buyer_id"
    assert table.columns.tolist() == ["altman_z", "altman_zone", "zmijewski_pd", "ohlson_pd"]
    assert table.loc["A", "altman_z"] == pytest.approx(6.4112)
    assert table.loc["A", "altman_zone"] == "safe"
    assert table.loc["A", "zmijewski_pd"] == pytest.approx(0.2371, abs=5e-5)
    # The last rate of USD: 0.50 of ours buy a dollar, so that a unit of ours is worth two.
    expected = published.ohlson(accounts(), before(), dollars_per_unit=2.0)["A"]
    assert table.loc["A", "ohlson_pd"] == pytest.approx(expected)
    assert table.loc["B"].isna().all()


def test_ohlson_needs_a_year_before_and_a_rate(book_of):
    def score(statements: str, **options: str) -> pd.Series:
        return published.published_scores(book_of(DAY, **LEDGER, statements=HEADER + statements, **options)).loc["A"]

    assert score(YEAR_2024, fx=DOLLARS).isna().tolist() == [False, False, False, True]
    assert score(YEAR_2023 + YEAR_2024).isna().tolist() == [False, False, False, True]
    book = book_of(DAY, **LEDGER, statements=HEADER + YEAR_2023 + YEAR_2024)
    stated = published.published_scores(book, dollars_per_unit=2.0).loc["A", "ohlson_pd"]
    assert stated == pytest.approx(published.ohlson(accounts(), before(), dollars_per_unit=2.0)["A"])


def test_a_book_without_accounts_has_a_table_of_missing_values(book_of):
    empty = published.published_scores(book_of(DAY, **LEDGER))
    full = published.published_scores(book_of(DAY, **LEDGER, statements=HEADER + YEAR_2023 + YEAR_2024, fx=DOLLARS))
    assert empty.isna().all(axis=None)
    assert empty.dtypes.equals(full.dtypes)


def test_what_is_published_later_changes_nothing(book_of):
    later = "A,2025-12-31,2026-06-30" + YEAR_2023.removeprefix("A,2023-12-31,2024-06-30")
    known = {"statements": HEADER + YEAR_2023 + YEAR_2024, "fx": DOLLARS}
    more = {"statements": HEADER + YEAR_2023 + YEAR_2024 + later, "fx": DOLLARS + "2026-04-01,USD,0.9\n"}
    then = published.published_scores(book_of("2026-07-31", **LEDGER, **more).at(DAY))
    pd.testing.assert_frame_equal(then, published.published_scores(book_of(DAY, **LEDGER, **known)))


@pytest.mark.skipif(not AMERICAN.exists(), reason="the American data are not beside the project")
def test_scores_order_the_failures_of_american_firms():
    # Measured, and quoted in expert_prior.SOURCE beside the bundled curves' 0.759 on the same firms.
    sys.path.insert(0, str(Path(__file__).parents[1] / "reference"))
    import bundled_model

    table = pd.read_csv(AMERICAN).rename(columns=bundled_model.ITEMS).sort_values(["firm_id", "fiscal_year"])
    table = table.assign(equity=table["total_assets"] - table["total_liabilities"])
    year_before = table.assign(net_income=table.groupby("firm_id")["net_income"].shift())
    last = ~table.duplicated("firm_id", keep="last") & table["split"].eq("validation")
    firms, earlier = table[last], year_before[last]
    assert (len(firms), firms["failed"].sum()) == (615, 74)
    area = discrimination.auc(-published.altman_z(firms), firms["failed"])
    assert area.value == pytest.approx(0.707, abs=0.001)
    for score in (published.zmijewski(firms), published.ohlson(firms, earlier, dollars_per_unit=1e6)):
        other = discrimination.auc(score, firms["failed"])
        assert other.value - 3 * other.standard_error > 0.5
