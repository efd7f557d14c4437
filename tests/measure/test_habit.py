"""The chart of a buyer's days late against its own habit, worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from tradecredit.measure.habit import DEVIATION, FEWEST_WEEKS, charted, payment_habit

AS_OF = pd.Timestamp("2026-06-30")


def weeks(days: list[float], open_share: float = 0.0, buyer: int = 0) -> pd.DataFrame:
    ends = AS_OF - pd.to_timedelta(np.arange(len(days))[::-1] * 7, unit="D")
    last = np.append(np.zeros(len(days) - 1), open_share)
    return pd.DataFrame({"buyer": buyer, "ends": ends, "days": days, "open_share": last})


def test_the_first_week_on_the_chart_is_ranked_among_those_before():
    """Eight weeks 1 to 8 days late, then 6.5: six are less late, (6 + ½) / 9; and a tie with the 6 counts half."""
    chart = charted(weeks([1, 2, 3, 4, 5, 6, 7, 8, 6.5]))
    assert chart["score"].tolist() == pytest.approx([norm.ppf(6.5 / 9)])
    assert chart["chart"].tolist() == pytest.approx([0.2 * norm.ppf(6.5 / 9) / (1 / 3)])
    assert pytest.approx(1 / 3) == DEVIATION  # √(0.2 / 1.8)
    assert charted(weeks([1, 2, 3, 4, 5, 6, 7, 8, 6]))["score"].tolist() == pytest.approx([norm.ppf(6 / 9)])


def test_what_is_still_open_scores_what_is_to_be_expected_of_it():
    """E(Z | Z > z) = φ(z) / (1 − Φ(z)); half open: the mean of both. Just due says nothing: z is low, and E near 0."""
    z = norm.ppf(8.5 / 9)
    expected = norm.pdf(z) / norm.sf(z)
    days = [1, 2, 3, 4, 5, 6, 7, 8, 30]
    assert charted(weeks(days, 1.0))["score"].tolist() == pytest.approx([expected])
    assert charted(weeks(days, 0.5))["score"].tolist() == pytest.approx([(z + expected) / 2])
    assert 0 < charted(weeks([*days[:-1], 0], 1.0))["score"].iloc[0] < 0.13


def test_buyers_do_not_mix_and_too_few_weeks_are_not_on_the_chart():
    one, other = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10.0], [3, 1, 4, 1, 5, 9, 2, 6, 5, 3.0]
    together = charted(pd.concat([weeks(one, buyer=2), weeks(other, buyer=5), weeks(one[:8], buyer=9)]))
    alone = pd.concat([charted(weeks(one, buyer=2)), charted(weeks(other, buyer=5))])
    assert together["chart"].tolist() == pytest.approx(alone["chart"].tolist())
    assert together["buyer"].tolist() == [2, 2, 5, 5]
    assert together["weeks"].tolist() == [1, 2, 1, 2]
    assert FEWEST_WEEKS == 8


def test_the_chart_is_the_smoothed_mean_of_scores():
    """Each week later than all before: scores Φ⁻¹(8.5/9), Φ⁻¹(9.5/10), Φ⁻¹(10.5/11), newest × 0.2, older × 0.8 less."""
    scores = norm.ppf([8.5 / 9, 9.5 / 10, 10.5 / 11])
    expected = 0.2 * (scores[2] + 0.8 * scores[1] + 0.64 * scores[0]) * 3
    assert charted(weeks(list(range(11))))["chart"].iloc[-1] == pytest.approx(expected)


def test_scores_of_an_unchanged_habit_are_normal_whatever_its_distribution():
    """Of skewed days (exponential): mean 0, variance at most 1, and no correlation from week to week."""
    days = np.random.default_rng(5).exponential(20, 60_000)
    scores = charted(pd.DataFrame({"buyer": np.arange(60_000) // 200, "ends": AS_OF, "days": days, "open_share": 0.0}))
    values = scores["score"].to_numpy()
    assert abs(values.mean()) < 0.015
    assert 0.9 < values.var() < 1.01
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.015


def ledger(late: list[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return weekly invoices of 100 due on Tuesdays up to 23 June, paid so many days late (−1: not yet)."""
    due = pd.Timestamp("2026-06-23") - pd.to_timedelta(np.arange(len(late))[::-1] * 7, unit="D")
    invoices = pd.DataFrame(
        {"invoice_id": [f"I{n}" for n in range(len(late))], "buyer_id": "A", "issued": due - pd.Timedelta(days=30),
         "due": due, "amount": 100.0}
    )  # fmt: skip
    paid = np.array(late) >= 0
    receipts = pd.DataFrame(
        {"invoice_id": invoices["invoice_id"], "received": due + pd.to_timedelta(np.maximum(late, 0), unit="D"),
         "amount": 100.0, "kind": "payment"}
    )[paid]  # fmt: skip
    return invoices, receipts


def test_of_a_book_from_the_day_on_which_it_leaves_its_habit(book_of):
    """Ten weeks 3 to 5 days late, four 12 to 15; what fell due on 16 and 23 June is open, 14 and 7 days late so far."""
    late = [3, 4, 5, 4, 3, 5, 4, 3, 4, 5, 12, 13, 14, 15, 16, -1]
    invoices, receipts = ledger(late)
    found = payment_habit(book_of(AS_OF.date().isoformat(), invoices=invoices, receipts=receipts), 2.5).loc["A"]
    assert found["weeks"] == 8
    assert found["recent_days"] == pytest.approx((14 + 15 + 14 + 7) / 4)
    assert found["usual_days"] == pytest.approx(4.0)
    known = weeks([*late[:-2], 14, 7]).assign(open_share=[0.0] * 14 + [1.0, 1.0])
    scores = charted(known)
    assert found["chart"] == pytest.approx(scores["chart"].iloc[-1])
    above = scores[scores["chart"] > 2.5]
    # What fell due on 23 June did in the week that ended on that day, the one before that of the as-of date.
    assert found["slower_since"] == above["ends"].iloc[0] - pd.Timedelta(days=7) == pd.Timestamp("2026-06-02")
    assert (scores["chart"].loc[above.index[0] :] > 2.5).all()
    assert scores.loc[above.index[0] - 1, "chart"] <= 2.5


def test_what_is_disputed_or_becomes_known_later_says_nothing(book_of):
    invoices, receipts = ledger([4] * 12)
    disputes = "invoice_id,opened,closed\nI11,2026-06-20,\n"
    tables = {"invoices": invoices, "receipts": receipts}
    plain = book_of("2026-06-30", **tables)
    later = invoices.iloc[[-1]].assign(invoice_id="X", issued="2026-07-01", due="2026-07-02")
    more = book_of("2026-07-31", invoices=pd.concat([invoices, later]), receipts=receipts)
    assert payment_habit(more.at("2026-06-30"), 2.5)["chart"].tolist() == payment_habit(plain, 2.5)["chart"].tolist()
    assert payment_habit(book_of("2026-06-30", **tables, disputes=disputes), 2.5)["weeks"].tolist() == [3]
    assert payment_habit(plain, 2.5)["weeks"].tolist() == [4]
