"""What a board, a broker and a credit manager would check of the demo company: its proportions, for several seeds.

The bounds are those of credit insurance's market (definitions §5.12) and of a middling trading company, not our output.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from tradecredit import Book
from tradecredit.book.demo import claims, demo_book
from tradecredit.book.rates import last_rate
from tradecredit.decide.policies import as_if
from tradecredit.insurance.policy import Policy
from tradecredit.params.base import PROJECT

UNTIL, SEEDS = pd.Timestamp("2026-10-31"), (7, 8, 9, 10, 11, 12)


@pytest.fixture(scope="module")
def current(request) -> Policy:
    return Policy.from_yaml(request.config.rootpath / "params" / "policies" / "current.yaml")


def year(days: pd.Series) -> pd.Series:
    return ((UNTIL - days).dt.days // 365).clip(upper=2)


@cache
def proportions(seed: int) -> dict[str, pd.Series | float]:
    """Return sales and insurable sales (EUR), losses and claims by year (0: the last); limits asked and granted."""
    tables = demo_book(seed=seed).tables
    kind = tables["buyers"].set_index("buyer_id")["kind"]
    invoices = tables["invoices"]
    rate = np.where(
        invoices["currency"] == "EUR", 1.0, last_rate(tables["fx"], invoices["currency"], invoices["issued"])
    )
    invoices = invoices.assign(
        sales=invoices["amount"] * rate,
        net=(invoices["amount"] - invoices["tax"]) * rate * (invoices["buyer_id"].map(kind) == "private"),
        rate=rate,
    )
    by_year = invoices.groupby(year(invoices["issued"]))[["sales", "net"]].sum()
    paid = tables["receipts"].query("kind == 'claim'").merge(invoices[["invoice_id", "rate"]], on="invoice_id")
    received = (paid["amount"] * paid["rate"]).groupby(year(paid["received"])).sum().reindex(range(3), fill_value=0.0)
    events = tables["defaults"]
    lost = (events["debt"] - events["recovered"]).groupby(year(events["date"])).sum().reindex(range(3), fill_value=0.0)
    insurers = tables["limits"].query("source == 'insurer'")
    asked = insurers.dropna(subset="requested")
    return {
        "sales": by_year["sales"], "net": by_year["net"], "claims": received, "lost": lost,
        "acceptance": asked["amount"].sum() / asked["requested"].sum(),
        "limits": insurers.loc[insurers["valid_to"].isna(), "amount"].sum(),
    }  # fmt: skip


def test_the_demo_settles_by_the_terms_of_the_policy_in_force(current):
    terms = claims.Terms()
    for name, value in terms._asdict().items():
        if name != "maximum_liability":
            assert getattr(current, name) == value
    assert terms.maximum_liability == pytest.approx(current.year_maximum(), rel=0.1)


@pytest.mark.parametrize("seed", SEEDS)
def test_limits_premium_and_losses_are_in_the_markets_proportions(seed, current):
    found = proportions(seed)
    assert 0.70 < found["acceptance"] < 0.87
    premium = current.premium_rate * found["net"]
    assert 0.002 < premium[0] / found["limits"] < 0.0045
    assert 0.001 < found["lost"].sum() / found["sales"].sum() < 0.004
    assert (found["lost"] / found["sales"]).max() < 0.006
    assert 0 < found["claims"].sum() / premium.sum() < 0.9


def test_the_shown_company_is_an_ordinary_one(current):
    found = proportions(7)
    premium = current.premium_rate * found["net"]
    assert 0.0015 <= current.premium_rate <= 0.0025
    assert current.insured_turnover == pytest.approx(found["net"][0], rel=0.02)
    assert 0.70 < found["acceptance"] < 0.85
    assert 0.002 < premium[0] / found["limits"] < 0.004
    # Before the insurer's part of what was recovered.
    assert 0.3 < found["claims"].sum() / premium.sum() < 0.65
    assert (found["lost"] / found["sales"]).between(0.0005, 0.005).all()


def test_cover_pays_in_one_year_of_the_shown_company_and_not_in_another(current):
    years = as_if.as_if(Book.open(PROJECT / "params" / "demo.yaml"), [current]).years
    assert len(years) == 3
    assert years["past_net"].max() > 0
    assert years["past_net"].min() < 0
    assert 0.3 < years["past_indemnity"].sum() / years["past_premium"].sum() < 0.5


def test_insurers_of_all_seeds_earn_their_keep(current):
    ratio = [
        proportions(seed)["claims"].sum() / (current.premium_rate * proportions(seed)["net"].sum()) for seed in SEEDS
    ]
    assert 0.15 < np.mean(ratio) < 0.6


def test_refusals_and_cuts_come_before_some_failures_and_not_before_others():
    tables = demo_book().tables
    insurers = tables["limits"].query("source == 'insurer' and reason != 'buyer in default'")
    failed = tables["defaults"].set_index("buyer_id")["date"]
    cut = insurers[
        insurers["reason"].str.contains("reduced|withdrawn|refused") & insurers["buyer_id"].isin(failed.index)
    ]
    asked = insurers[insurers["buyer_id"].isin(failed.index)]["buyer_id"].nunique()
    assert (cut["valid_from"] < cut["buyer_id"].map(failed)).all()
    assert 0.2 < cut["buyer_id"].nunique() / asked < 1
