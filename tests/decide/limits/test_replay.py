"""Limits in the past: breaches at month ends by hand, and a replay of the method that knows nothing from later on."""

import numpy as np
import pandas as pd
import pytest
from ledgers import CARRIED_OVER

from tradecredit import default, words
from tradecredit.book.demo import demo_book
from tradecredit.book.schema import TABLES
from tradecredit.decide import limits
from tradecredit.decide.limits import replay
from tradecredit.decide.limits.replay import Replay
from tradecredit.errors import ParameterError
from tradecredit.insurance.cover import of_buyers
from tradecredit.insurance.policy import Policy
from tradecredit.measure.limits_in_force import limits_in_force
from tradecredit.measure.open_items import open_items

POLICY = Policy(insured_percentage=0.9)

LEDGER = {
    "invoices": """invoice_id,buyer_id,issued,due,amount
A1,A,2025-01-10,2025-02-09,1000
A2,A,2025-02-20,2025-03-22,500
B1,B,2025-01-31,2025-03-02,300
C1,C,2025-02-01,2025-03-03,70
D1,D,2025-01-15,2025-02-14,400
E1,A,2025-05-01,2025-05-31,50
""",
    "receipts": """invoice_id,received,amount,kind
A1,2025-02-28,400,payment
A1,2025-03-15,599.998,payment
B1,2025-03-31,300,payment
E1,2025-03-20,50,payment
""",
    "limits": """buyer_id,source,amount,valid_from,valid_to
A,own,900,2024-06-01,2025-02-27
A,own,1100,2025-02-28,
A,insurer,5000,2024-06-01,
B,own,200,2025-02-01,2025-03-30
D,own,300,2024-06-01,2025-02-09
D,own,0,2025-02-10,
""",
    "defaults": "buyer_id,date,kind,debt\nD,2025-02-10,insolvency,400\n",
}


# At month ends


def test_breaches_at_month_ends_by_hand(book_of):
    table = replay.monthly(replay.at_month_ends(book_of("2025-04-15", **LEDGER), 12))
    assert [f"{day:%Y-%m-%d}" for day in table.index] == ["2025-01-31", "2025-02-28", "2025-03-31"]
    # January: A owes 1,000 on a limit of 900, D 400 on 300; B has none yet. February: A owes 600 + 500 on 1,100, B 300
    # on 200; D has failed. March: A owes 500, less than half a cent being left of its first invoice; B's limit is over.
    assert table["buyers"].tolist() == [2, 2, 1]
    assert table["limits"].tolist() == [1_200, 1_300, 1_100]
    assert table["exposure"].tolist() == pytest.approx([1_400, 1_400, 500])
    assert table["breaches"].tolist() == [2, 1, 0]
    assert table["breach_amount"].tolist() == pytest.approx([200, 100, 0])
    assert table["largest_breach"].tolist() == pytest.approx([100, 100, 0])
    assert table["without_limit"].tolist() == pytest.approx([300, 70, 70])
    assert table["breach_share"].tolist() == [1, 0.5, 0]
    assert table["limit_use"].tolist() == pytest.approx([14 / 12, 14 / 13, 5 / 11])


def test_money_on_account_is_no_breach(book_of):
    # A owes 1,000 at the end of January on a limit of 900, and has paid 150 without naming an invoice.
    paid = LEDGER["receipts"].replace("kind\n", "kind,buyer_id\n") + ",2025-01-31,150,payment,A\n"
    held = replay.at_month_ends(book_of("2025-04-15", **LEDGER | {"receipts": paid}))
    of_a = held[held["buyer_id"] == "A"]
    assert of_a["owed"].tolist() == pytest.approx([850, 950, 350])
    assert of_a["breach"].tolist() == pytest.approx([0, 0, 0])


def test_month_ends_and_reviews_lie_within_the_history(book_of):
    book = book_of("2026-10-31", **CARRIED_OVER, limits="buyer_id,source,amount,valid_from\nA,own,900,2020-01-01\n")
    held = replay.at_month_ends(book)
    assert held["month_end"].dt.strftime("%Y-%m-%d").tolist() == ["2026-08-31", "2026-09-30", "2026-10-31"]
    assert replay.review_days(book) == []
    with pytest.raises(ParameterError, match="a day from 2026-08-01 to 2026-10-31"):
        replay.replay(book, [pd.Timestamp("2025-10-31")])


def test_less_than_half_a_cent_above_a_limit_is_no_breach_of_a_past_month(book_of):
    invoices = (
        "invoice_id,buyer_id,issued,due,amount\nI1,A,2025-01-10,2025-03-10,100\nI2,A,2025-02-10,2025-04-10,0.01\n"
    )
    decision = "buyer_id,source,amount,valid_from,valid_to\nA,own,99.996,2025-01-01,\n"
    held = replay.at_month_ends(book_of("2025-02-28", invoices=invoices, limits=decision))
    assert held["breach"].tolist() == pytest.approx([0, 0.014])


def test_who_passes_the_limit_most_often(book_of):
    book = book_of("2025-03-31", **LEDGER | {"limits": LEDGER["limits"].replace("1100", "450")})
    table = replay.repeated(replay.at_month_ends(book))
    assert table.index.tolist() == ["A", "B", "D"]
    # A: 100 above in January, 650 in February, 50 in March.
    assert table.loc["A"].tolist()[:5] == pytest.approx([3, 3, 1, 800 / 3, 650])
    assert table.loc["B"].tolist()[:5] == pytest.approx([1, 1, 1, 100, 100])
    assert [f"{day:%Y-%m-%d}" for day in table["last_breach"]] == ["2025-03-31", "2025-02-28", "2025-01-31"]


def test_a_ledger_without_limits_or_a_month_end(book_of):
    book = book_of("2025-03-31", **LEDGER | {"limits": "buyer_id,source,amount,valid_from\n"})
    held = replay.at_month_ends(book)
    table = replay.monthly(held)
    assert table["buyers"].tolist() == [0, 0, 0]
    assert table[["breach_share", "limit_use"]].isna().all(axis=None)
    assert replay.repeated(held).empty
    assert words.limit_history.breaches(table, "EUR") == ""
    young = replay.at_month_ends(book_of("2025-01-20", **LEDGER))
    assert replay.monthly(young).empty
    assert replay.monthly(young).columns.tolist() == table.columns.tolist()
    assert replay.repeated(young).empty


@pytest.fixture(scope="module")
def demo():
    tables = dict(demo_book(buyers=80, invoices=5_000, seed=3).tables)
    return tables | {"fx": tables["fx"].assign(rate=1.0)}


def test_month_ends_are_those_of_the_book_on_each_day(book_of, demo):
    book = book_of("2026-10-31", **demo)
    table = replay.monthly(replay.at_month_ends(book, 5))
    for day in table.index:
        past = book.at(day)
        owed = (
            open_items(past).groupby("buyer_id")["open_amount"].sum().reindex(past.buyers["buyer_id"], fill_value=0.0)
        )
        own = limits_in_force(past)["own"].reindex(owed.index)
        failed = owed.index.isin(past.defaults["buyer_id"]) & ~(own > 0)
        breach = (owed - own)[~failed].clip(lower=0.0)
        assert table.loc[day, "breach_amount"] == pytest.approx(breach.sum())
        assert table.loc[day, "breaches"] == (breach > 0).sum()
        assert table.loc[day, ["exposure", "without_limit"]].sum() == pytest.approx(owed[~failed].sum())
    assert (table["breaches"] > 0).all()


# Replay

DAYS = [pd.Timestamp("2025-01-31"), pd.Timestamp("2025-06-30")]

FAILED = {
    "invoices": """invoice_id,buyer_id,issued,due,amount
P1,P,2025-01-10,2025-02-09,1000
P2,P,2025-02-10,2025-03-12,800
P3,P,2025-04-10,2025-05-10,900
Q1,Q,2025-01-10,2025-02-09,600
Q2,Q,2025-07-10,2025-08-09,100
R1,R,2025-03-01,2025-03-31,250
S1,S,2025-01-02,2025-02-01,5000
T1,T,2025-01-02,2025-02-01,700
""",
    "receipts": """invoice_id,received,amount,kind
P1,2025-03-01,1000,payment
P2,2025-04-30,200,payment
P2,2025-05-05,111,recovery
Q1,2025-07-01,50,payment
""",
    "limits": """buyer_id,source,amount,valid_from,valid_to
P,own,1200,2024-01-01,2025-04-30
P,own,0,2025-05-01,
Q,own,2000,2025-01-01,
""",
    "defaults": """buyer_id,date,kind,debt,recovered,resolved
P,2025-05-01,protracted,1500,600,2025-12-01
P,2025-06-01,insolvency,1389,,
Q,2025-08-01,insolvency,650,65,
R,2025-05-10,insolvency,250,300,2025-09-01
S,2024-12-01,insolvency,5000,,
S,2025-02-02,insolvency,5000,,
""",
}
FIRST = {"P": 700.0, "Q": 300.0, "S": 0.0, "T": 400.0}
SECOND = {"P": 0.0, "Q": 580.0, "R": 0.0, "S": 0.0, "T": 900.0}


@pytest.fixture
def stated_limits(monkeypatch, tmp_path):
    """Put limits that a test states in the place of the method's; who is in default on a day gets none."""
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path)

    def recommend(past, ratings, *, cover):
        assert cover.percentage == 0.9
        assert ratings == past.as_of
        amount = pd.Series({DAYS[0]: FIRST, DAYS[1]: SECOND}[past.as_of])
        gone = amount.index.isin(past.defaults["buyer_id"])
        owed = open_items(past).groupby("buyer_id")["open_amount"].sum()
        binding = np.where(gone, "in default", "need")
        return pd.DataFrame(
            {"recommended_with_cover": amount, "exposure": owed.reindex(amount.index), "binding_with_cover": binding}
        )

    monkeypatch.setattr(default, "assess", lambda past: past.as_of)
    monkeypatch.setattr(limits, "recommend", recommend)


@pytest.mark.usefixtures("stated_limits")
def test_what_limits_would_have_kept_by_hand(book_of):
    replayed = replay.replay(book_of("2026-03-31", **FAILED), DAYS, policy=POLICY)
    rows = replayed.defaulters.set_index("buyer_id")
    # S was in default already, T did not fail; P's insolvency follows a default that counts.
    assert rows.index.tolist() == ["P", "Q", "R"]
    # P owed 800 − 200 + 900 on the day of its default, all delivered after January; 800 of it above 700. 600 of 1,500
    # came back: 60 % was lost. Its limit of 1,200 held until the day before.
    p = rows.loc["P"]
    assert (p["review"], p["defaulted"]) == (DAYS[0], pd.Timestamp("2025-05-01"))
    assert p[["exposure", "recommended_with_cover", "own_limit", "debt", "avoidable"]].tolist() == [
        1_000,
        700,
        1_200,
        1_500,
        800,
    ]
    assert p[["lost_share", "loss", "loss_avoided", "over_own_limit"]].tolist() == pytest.approx([0.6, 900, 480, 300])
    assert (p["binding_with_cover"], p["lost_share_basis"]) == ("need", "its own")
    # Q owed 550 + 100 in August: 70 above the 580 of June, and 100 of it later: 70. It is not resolved, nor a year old:
    # the book's mean, which is the run's while few are.
    q = rows.loc["Q"]
    assert q["review"] == DAYS[1]
    assert q[["debt", "avoidable", "lost_share", "over_own_limit"]].tolist() == pytest.approx([650, 70, 0.75, 0])
    assert q["lost_share_basis"] == "the book's mean"
    # R was no buyer in January; it brought in more than its debt.
    r = rows.loc["R"]
    assert r[["recommended_with_cover", "avoidable", "loss_avoided", "own_limit", "over_own_limit"]].isna().all()
    assert r[["debt", "loss"]].tolist() == [250, 0]


@pytest.mark.usefixtures("stated_limits")
def test_what_was_owed_at_the_review_could_not_be_called_back(book_of):
    # Without the receipt of July the ledger has Q owe 600 + 100 when it fails, of which only 100 came after June.
    # Its default states a debt of 650, 70 above its limit; where none is stated the ledger's 700 count, 120 above.
    receipts = FAILED["receipts"].replace("Q1,2025-07-01,50,payment\n", "")
    book = book_of("2026-03-31", **FAILED | {"receipts": receipts})
    rows = replay.replay(book, DAYS, policy=POLICY).defaulters.set_index("buyer_id")
    assert rows.loc["Q", ["debt", "avoidable"]].tolist() == [650, 70]
    unstated = FAILED | {"receipts": receipts, "defaults": FAILED["defaults"].replace(",650,", ",,")}
    rows = replay.replay(book_of("2026-03-31", **unstated), DAYS, policy=POLICY).defaulters.set_index("buyer_id")
    assert rows.loc["Q", ["debt", "avoidable"]].tolist() == [700, 100]


@pytest.mark.usefixtures("stated_limits")
def test_sums_of_the_reviews(book_of):
    reviews = replay.replay(book_of("2026-03-31", **FAILED), DAYS, policy=POLICY).reviews
    assert reviews.index.tolist() == DAYS
    # January, without S: limits on P, Q and T. T owed 300 above its limit and did not fail; nor did Q before July, and
    # owed 600 on 300. June: P, R and S are in default; Q fails later, T owes less than it may.
    assert reviews["buyers"].tolist() == [3, 2]
    assert reviews["recommended_with_cover"].tolist() == [1_400, 1_480]
    assert reviews["exposure"].tolist() == pytest.approx([2_300, 1_300])
    assert reviews["withheld"].tolist() == pytest.approx([600, 0])
    assert reviews["defaults"].tolist() == [2, 1]
    assert reviews["not_known"].tolist() == [1, 0]
    assert reviews["debt"].tolist() == [1_750, 650]
    assert reviews["avoidable"].tolist() == pytest.approx([800, 70])
    assert reviews["loss_avoided"].tolist() == pytest.approx([480, 52.5])
    assert reviews["over_own_limit"].tolist() == [300, 0]
    sums = replay.totals(Replay(reviews, pd.DataFrame()))
    assert sums[["defaults", "debt", "avoidable", "withheld"]].tolist() == pytest.approx([3, 2_400, 870, 300])
    assert sums["avoided_share"] == pytest.approx(532.5 / (900 + 0.75 * 650))


@pytest.mark.usefixtures("stated_limits")
def test_without_days_or_defaults(book_of):
    book = book_of("2026-03-31", **FAILED)
    nothing = replay.replay(book, [], policy=POLICY)
    assert nothing.reviews.empty
    assert nothing.defaulters.empty
    assert replay.totals(nothing).isna().all()
    assert words.limit_history.replay(nothing, "EUR") == ""
    nobody = replay.replay(book_of("2026-03-31", **FAILED | {"defaults": "buyer_id,date,kind\n"}), DAYS, policy=POLICY)
    assert nobody.reviews["defaults"].tolist() == [0, 0]
    assert nobody.defaulters.columns.tolist() == nothing.defaulters.columns.tolist()
    assert nobody.reviews.columns.tolist() == nothing.reviews.columns.tolist()
    assert words.limit_history.replay(nobody, "EUR") == (
        "No buyer at risk on 31 January 2025 or later has defaulted since: there was no loss to avoid."
    )


def test_days_of_review(book_of):
    book = book_of("2025-12-31", invoices="invoice_id,buyer_id,issued,due,amount\nI,A,2023-12-31,2024-01-30,1\n")
    assert [f"{day:%Y-%m-%d}" for day in replay.review_days(book)] == ["2024-06-30", "2024-12-31", "2025-06-30"]
    assert [f"{day:%Y-%m-%d}" for day in replay.review_days(book, 2, 1)] == ["2025-10-31", "2025-11-30"]
    assert replay.review_days(book.at("2024-02-29")) == []


def cut(tables, day):
    """Return the tables without what became known after a day, written-in ends included."""
    kept = {name: frame[~(frame[TABLES[name].known] > day)] for name, frame in tables.items()}
    disputes, defaults = kept["disputes"], kept["defaults"]
    later = defaults["resolved"] > day
    return kept | {
        "disputes": disputes.assign(closed=disputes["closed"].mask(disputes["closed"] > day)),
        "defaults": defaults.assign(
            resolved=defaults["resolved"].mask(later),
            recovered=defaults["recovered"].where(defaults["resolved"] <= day),
        ),
        "buyers": tables["buyers"],
    }


def test_nothing_that_became_known_later_enters_a_review(book_of, demo, tmp_path, monkeypatch):
    monkeypatch.setattr("tradecredit.book.memory.CACHE", tmp_path)
    first, second, last = (pd.Timestamp(day) for day in ("2024-10-31", "2025-12-31", "2026-10-31"))
    whole = replay.replay(book_of(f"{last:%Y-%m-%d}", **demo), [first, second], policy=POLICY)
    cut_off = replay.replay(book_of(f"{second:%Y-%m-%d}", **cut(demo, second)), [first], policy=POLICY)
    # What a debt brought in may become known later on; nothing else may.
    outcome = ["loss", "loss_avoided"]
    assert whole.reviews.loc[first, "defaults"] > 0
    pd.testing.assert_frame_equal(
        whole.reviews.loc[[first]].drop(columns=outcome), cut_off.reviews.drop(columns=outcome)
    )
    outcome += ["lost_share", "lost_share_basis"]
    before = whole.defaulters[whole.defaulters["review"] == first].sort_values("buyer_id", ignore_index=True)
    pd.testing.assert_frame_equal(
        before.drop(columns=outcome),
        cut_off.defaulters.sort_values("buyer_id", ignore_index=True).drop(columns=outcome),
    )
    past = book_of(f"{first:%Y-%m-%d}", **cut(demo, first))
    table = limits.recommend(past, default.assess(past), cover=of_buyers(past, POLICY))
    at_risk = table.loc[table["binding"] != "in default", "recommended_with_cover"]
    assert whole.reviews.loc[first, "recommended_with_cover"] == at_risk.sum()
    known = before.set_index("buyer_id")
    assert known["recommended_with_cover"].tolist() == at_risk.reindex(known.index).tolist()


def test_why_a_limit_often_passed_is_enforced_and_not_raised():
    table = pd.DataFrame(
        {
            "own_limit": [80.0, 90.0, 94.0, 70.0],
            "need": [150.0, 90.0, 94.7, 94.7],
            "risk_limit": [80.0, 500.0, 500.0, 70.0],
            "limit_to_set": [80.0, 90.0, 94.0, 70.0],
            "binding_with_cover": ["capacity", "need", "need", "capacity"],
        },
        index=list("BCEF"),
    )
    often = pd.DataFrame({"mean_breach": 9.0}, index=table.index)
    found = replay.ways(often, table)
    # B needs more than its risk allows; C does not; E has its need, rounded down; F had what it needs, and the risk
    # does not allow it any more.
    assert found["way"].tolist() == ["risk", "need", "rounded", "risk"]
    assert words.limit_history.with_ways(found)["way"].tolist()[1:3] == [
        "enforce: the limit covers its need",
        "enforce: the limit is its need, rounded down",
    ]
    assert replay.ways(often.head(0), table)["way"].tolist() == []


# In words


def test_what_is_said():
    days = pd.date_range("2025-01-31", periods=4, freq="ME")
    held = pd.DataFrame(
        {
            "buyers": [0.0, 40.0, 50.0, 60.0],
            "breaches": [0.0, 6.0, 6.0, 3.0],
            "breach_amount": [0.0, 100.0, 400.0, 1_000.0],
        },
        index=days,
    )
    assert words.limit_history.breaches(held, "EUR") == (
        "Over 3 month ends 10 % of the limits in force were exceeded, by EUR 500 in total on average and by EUR 1,000 "
        "at the worst."
    )
    reviews = pd.DataFrame(
        {"withheld": [300.0, 500.0], "defaults": [2.0, 1.0], "not_known": 0.0, "debt": [1_000.0, 500.0],
         "avoidable": [250.0, 50.0], "loss": [600.0, 200.0], "loss_avoided": [150.0, 50.0], "over_own_limit": 0.0},
        index=pd.Index(days[:2], name="review"),
    )  # fmt: skip
    assert words.limit_history.replay(Replay(reviews, pd.DataFrame()), "EUR") == (
        "Buyers that defaulted after 31 January 2025 (3) owed EUR 1,500. Of that EUR 300 was delivered after the last "
        "review before default and above the limit that today's method gives on the information of that day: enforcing "
        "it would have avoided a loss of EUR 200, 25 % of the loss. The same limits would have withheld EUR 400 of the "
        "balances of buyers that did not default, on average over the reviews."
    )


def test_a_day_on_which_nobody_is_known_is_refused(book_of):
    book = book_of("2026-03-31", **FAILED)
    with pytest.raises(
        ParameterError, match=r"replay: found '2020-01-01'; a day from 2025-01-\d\d to 2026-03-31"
    ) as error:
        replay.replay(book, [pd.Timestamp("2020-01-01"), DAYS[0], pd.Timestamp("2026-04-01")])
    assert len(error.value.problems) == 2
