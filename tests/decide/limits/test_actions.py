"""Two kinds of excess, what each asks for, what a cut loses, and limits without accounts: ledgers worked by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit import words
from tradecredit.decide import limits
from tradecredit.decide.approvals import approval
from tradecredit.decide.limits import actions, carried_sales
from tradecredit.decide.limits.amounts import METHODS
from tradecredit.decide.limits.rules import history_share
from tradecredit.measure.payment_experience import payment_experience
from tradecredit.params.limits import LimitSettings
from tradecredit.words.limits import lost as lost_words

AS_OF = "2026-03-31"
SETTINGS = LimitSettings()

CASES = pd.DataFrame(
    [
        # exposure, overdue, limit by risk, above it, above need, breach, grade, binds → action; claimed in some
        ("defaulted", 500, 500, 0, 500, 0, 0, 10, "in default", "in default"),
        ("paying what is overdue cures", 120, 30, 100, 20, 0, 0, 3, "capacity", "stop until paid"),
        ("cures to the cent", 130.004, 30, 100, 30.004, 0, 0, 9, "capacity", "stop until paid"),
        ("does not cure, weak", 160, 30, 100, 60, 0, 0, 8, "capacity", "stop"),
        ("does not cure, better", 160, 30, 100, 60, 0, 0, 7, "capacity", "run down"),
        ("nothing overdue, weak", 160, 0, 100, 60, 0, 0, 9, "no accounts", "stop"),
        ("nothing overdue, better", 160, 0, 100, 60, 0, 0, 2, "no accounts", "run down"),
        ("above its need, weak and late", 160, 90, 900, 0, 60, 60, 10, "need", "look"),
        ("above its need, nothing bounds the risk", 160, 0, np.nan, 0, 60, 0, 2, "need", "look"),
        ("above the limit in force alone", 160, 30, 900, 0, 0, 60, 5, "need", "set limit"),
        ("by less than is tolerated", 100.49, 30, 100, 0.49, 0, 0.49, 9, "capacity", "none"),
        ("within", 60, 30, 100, 0, 0, 0, 9, "capacity", "none"),
        ("paying would cure, claimed", 120, 30, 100, 20, 0, 0, 3, "capacity", "stop"),
        ("nothing overdue, better, claimed", 160, 0, 100, 60, 0, 0, 2, "capacity", "stop"),
        ("within, claimed", 60, 30, 100, 0, 0, 0, 9, "capacity", "none"),
    ],
    columns=["case", "exposure", "overdue", "risk_limit", "over_risk", "over_need", "breach", "grade",
             "binding_with_cover", "action"],
).set_index("case")  # fmt: skip
CASES["claimed"] = CASES.index.str.endswith("claimed")


@pytest.mark.parametrize("case", CASES.index)
def test_what_an_exposure_asks_for_by_hand(case):
    found = actions.action(CASES.drop(columns="action"), CASES["grade"], SETTINGS)
    assert found[case] == CASES.loc[case, "action"]


def test_above_the_need_is_never_a_stop():
    worst = CASES[CASES["over_risk"] == 0]
    found = actions.action(worst.assign(grade=10, overdue=worst["exposure"]), pd.Series(10, worst.index), SETTINGS)
    assert not found.isin(actions.STOPS).any()


def test_what_lies_between_a_need_and_its_rounded_limit_is_needed():
    limits = pd.DataFrame(
        {
            "exposure": [17_532.0, 18_000.0, 18_000.0], "recommended_with_cover": [17_000.0, 17_000.0, 17_000.0],
            "binding_with_cover": ["need", "need", "capacity"], "need": [17_736.0, 17_736.0, 17_736.0],
        }
    )  # fmt: skip
    found = actions.excesses(limits, pd.Series(20_000.0, index=limits.index))
    assert found["over_need"].tolist() == [0.0, 264.0, 0.0]
    assert found["over_risk"].tolist() == [0.0, 0.0, 1_000.0]


# A buys for 12,000 a month at 30 days, and owes 36,000: three months, of which two are past due. It needs two months,
# 24,000. Its net worth of 200,000 carries 25 % in grade 5, 50,000, and 5 % in grade 9, 10,000.
MONTHS = [pd.Timestamp("2024-03-15"), *(pd.date_range("2025-04-01", "2026-03-01", freq="MS") + pd.Timedelta(days=14))]
INVOICES = pd.DataFrame(
    [(f"A{n}", "A", day, day + pd.Timedelta(days=30), 12_000.0) for n, day in enumerate(MONTHS)],
    columns=["invoice_id", "buyer_id", "issued", "due", "amount"],
)
LAST = INVOICES["issued"] > INVOICES["issued"].iloc[-4]
RECEIPTS = INVOICES[~LAST].assign(received=lambda rows: rows["due"], kind="payment")
RECEIPTS = RECEIPTS[["invoice_id", "received", "amount", "kind"]]
BUYERS = "buyer_id,kind,customer_since\nA,private,2020-01-01\n"
ACCOUNTS = "buyer_id,period_end,published,currency,equity\nA,2024-12-31,2025-06-30,EUR,200000\n"
LEDGER = {"invoices": INVOICES, "receipts": RECEIPTS, "buyers": BUYERS}
RUN = {"margin": 0.18, "limits": {"maximum_share_of_book": 1.0, "expected_loss_budget": 1e9, "digits": 6}}
OWN = "buyer_id,source,amount,valid_from\nA,own,60000,2025-01-01\n"


def rated(grade):
    index = pd.Index(["A"], name="buyer_id")
    probability = {3: 0.002, 5: 0.008, 9: 0.12}[grade]
    return pd.DataFrame({"pd": [probability], "grade": [grade], "method": ["x"]}, index=index)


def of(book_of, grade, run=RUN, **tables):
    return limits.recommend(book_of(AS_OF, run=run, **LEDGER | tables), rated(grade)).loc["A"]


def test_above_the_need_within_what_the_accounts_carry(book_of):
    row = of(book_of, 5, statements=ACCOUNTS, limits=OWN)
    assert row[["need", "risk_limit", "over_risk", "over_need"]].tolist() == pytest.approx([24_000, 36_000, 0, 12_000])
    assert row["overdue"] == 24_000
    assert row["action"] == "look"


def test_above_what_the_accounts_carry(book_of):
    # Concentration: all receivables, 36,000. In grade 9 the accounts carry 10,000 of the 36,000 owed.
    row = of(book_of, 9, statements=ACCOUNTS, limits=OWN)
    assert row["binding_with_cover"] == "capacity"
    assert row[["risk_limit", "over_risk", "over_need"]].tolist() == pytest.approx([10_000, 26_000, 0])
    assert row["action"] == "stop"


@pytest.mark.parametrize(("waiting", "action"), [(180, "stop until paid"), (30, "stop")])
def test_no_payment_cures_what_is_above_the_risk_once_the_policy_has_to_pay(book_of, waiting, action):
    # The accounts carry 25 % of 56,000, and 12,000 of the 36,000 are not due. The first invoice, due on 14 February,
    # has been past its extension for a month; it is a loss after 30 days, and not yet after 180.
    policy = {"name": "p", "insured_percentage": 0.9, "maximum_extension_days": 10, "waiting_days": waiting,
              "waiting_from": "due"}  # fmt: skip
    accounts, cover = ACCOUNTS.replace("200000", "56000"), OWN + "A,insurer,90000,2025-01-01\n"
    row = of(book_of, 5, run=RUN | {"policy": policy}, statements=accounts, limits=cover)
    assert row[["risk_limit", "over_risk", "overdue", "risk_bound_by"]].tolist() == [14_000, 22_000, 24_000, "capacity"]
    assert row["action"] == action


def test_more_is_owed_than_the_risk_allows_where_need_is_less(book_of):
    # It needs 24,000, and 0.8 % × 75 % of 30,000 is the budget of 180: of the 36,000 owed the risk allows 30,000.
    run = RUN | {"limits": RUN["limits"] | {"expected_loss_budget": 180}}
    row = of(book_of, 5, run=run, statements=ACCOUNTS, limits=OWN)
    assert row[["binding_with_cover", "risk_bound_by"]].tolist() == ["need", "expected-loss budget"]
    assert row[["need", "risk_limit", "over_risk", "limit_to_set"]].tolist() == [24_000, 30_000, 6_000, 30_000]
    assert row[["decision", "reason"]].tolist() == ["reduction", "above the risk"]
    assert words.limits.REASONS[row["reason"]] == "more is owed than the risk allows: to the limit by risk"
    # Within the risk what is owed is the reason, and where nothing bounds the risk nothing is named.
    assert of(book_of, 5, statements=ACCOUNTS, limits=OWN)["reason"] == "still owed"
    amounts = pd.DataFrame({name: [np.nan] for name in METHODS} | {"need": 5.0})
    assert actions.bound_by(amounts, pd.Series(["need"])).isna().all()
    assert actions.bound_by(amounts, pd.Series(["in default"])).tolist() == ["in default"]


def test_a_cut_says_what_it_loses(book_of):
    row = of(book_of, 9, statements=ACCOUNTS, limits=OWN)
    # It owed 12,000 in 44 of the year's weeks, 24,000 in four and 36,000 in three: 10,000 carry 510,000 of 732,000.
    assert row["limit_to_set"] == 10_000
    assert row["lost_sales"] == pytest.approx(144_000 * 222 / 732)
    assert row["lost_margin"] == pytest.approx(144_000 * 222 / 732 * 0.18)
    assert row["decision"] == "reduction"
    # From 60,000 to 10,000: the old limit is beyond the credit analyst's 50,000.
    assert row["approval"] == "head of credit"
    book = book_of(AS_OF, run=RUN, **LEDGER, statements=ACCOUNTS, limits=OWN)
    table = limits.recommend(book, rated(9))
    for kind, part in (
        ("cut", "EUR 7,861 of it is of 1 buyer whose cut is decided"),
        ("stop", "This limit is decided"),
    ):
        told = lost_words(table, pd.Series({"A": kind}), "EUR")
        assert told.startswith(
            "The limit that is cut, refused or granted in part for risk loses EUR 43,672 of sales a "
        )
        assert part in told
    losing = carried_sales.losing(book, table)
    assert losing[["mean_balance", "highest_balance"]].to_numpy().tolist() == [[732_000 / 52, 36_000]]


def test_a_limit_by_need_loses_nothing(book_of):
    book = book_of(AS_OF, run=RUN, **LEDGER, statements=ACCOUNTS, limits=OWN)
    table = limits.recommend(book, rated(5))
    assert table["decision"].tolist() == ["reduction"]
    assert table[["lost_sales", "lost_margin"]].to_numpy().tolist() == [[0, 0]]
    assert lost_words(table, pd.Series({"A": "look"}), "EUR") == ""
    assert carried_sales.losing(book, table).empty


def test_a_limit_by_need_does_not_fall_below_what_is_owed(book_of):
    # It needs 24,000 and owes 36,000, of 60,000 in force.
    row = of(book_of, 5, statements=ACCOUNTS, limits=OWN)
    assert row[["recommended_with_cover", "limit_to_set", "decision"]].tolist() == [24_000, 36_000, "reduction"]
    assert row["reason"] == "still owed"
    # 12,070 a month: 36,210 are owed, rounded up to two digits 37,000.
    two = RUN | {"limits": RUN["limits"] | {"digits": 2, "maximum_share_of_book": 1.0}}
    odd = {"invoices": INVOICES.assign(amount=12_070.0), "receipts": RECEIPTS.assign(amount=12_070.0)}
    row = of(book_of, 5, run=two, statements=ACCOUNTS, limits=OWN.replace("60000", "90000"), **odd)
    # All receivables bound the risk to 36,210, rounded down.
    assert row[["risk_limit", "limit_to_set"]].tolist() == [36_000, 36_000]
    # Where B owes something too the risk has room, and the limit in force may be the smaller.
    other = pd.concat([odd["invoices"], odd["invoices"].tail(1).assign(buyer_id="B", invoice_id="B")])
    held = {"statements": ACCOUNTS, "buyers": BUYERS + "B,private,2020-01-01\n", **odd, "invoices": other}
    both = pd.concat([rated(5), rated(5).rename(index={"A": "B"})])
    for own, limit in ((90_000, 37_000), (36_500, 36_500)):
        book = book_of(AS_OF, run=two, **LEDGER | held, limits=OWN.replace("60000", str(own)))
        assert limits.recommend(book, both).loc["A", "limit_to_set"] == limit
    # A limit in force that is smaller already is not raised.
    small = of(book_of, 5, statements=ACCOUNTS, limits=OWN.replace("60000", "30000"))
    assert small[["limit_to_set", "change", "decision", "reason"]].tolist() == [30_000, 0, "prolongation", "still owed"]
    # What risk asks for is cut whatever is owed.
    assert of(book_of, 9, statements=ACCOUNTS, limits=OWN)["limit_to_set"] == 10_000


def test_without_a_margin_the_lost_margin_is_not_known(book_of):
    # None was in force: 10,000 are granted for the first time, and bound what was not bounded.
    row = of(book_of, 9, run={"limits": RUN["limits"]}, statements=ACCOUNTS)
    assert row["decision"] == "new"
    assert row["lost_sales"] == pytest.approx(144_000 * 222 / 732)
    assert np.isnan(row["lost_margin"])


def test_the_larger_of_the_old_and_the_new_limit_is_approved():
    assert approval(pd.Series([60_000.0]), SETTINGS.approvals).tolist() == ["head of credit"]


def test_no_limit_is_raised_while_deliveries_are_held_back(book_of):
    small = OWN.replace("60000", "5000")
    row = of(book_of, 9, statements=ACCOUNTS, limits=small)
    assert row[["decision", "change", "reason", "action"]].tolist() == [
        "prolongation",
        0,
        "deliveries held back",
        "stop",
    ]
    free = RUN | {"limits": RUN["limits"] | {"tolerated_excess": 1e9}}
    assert of(book_of, 9, run=free, statements=ACCOUNTS, limits=small)["decision"] == "increase"


# Limits without accounts

# B has bought since the first of April 2024. It owed 12,000 at each month end from April to January; on 31 January it
# owed 30,000 more, of which 6,000 were written off and the rest was paid in February. It owes 12,000 of March.
HISTORY = pd.DataFrame(
    [
        ("B0", "2024-04-01", "2024-05-01", 12_000.0, "2024-05-01", "payment"),
        ("B1", "2026-01-10", "2026-02-09", 12_000.0, "2026-02-10", "payment"),
        ("B2", "2026-01-20", "2026-02-19", 24_000.0, "2026-02-20", "payment"),
        ("B3", "2026-01-21", "2026-02-20", 6_000.0, "2026-02-28", "write_off"),
    ],
    columns=["invoice_id", "issued", "due", "amount", "received", "kind"],
).assign(buyer_id="B")
OPEN = HISTORY.head(1).assign(invoice_id="B4", issued="2026-03-01", due="2026-03-31")


def experienced(book_of, as_of=AS_OF, history=HISTORY):
    return book_of(
        as_of,
        invoices=pd.concat([history, OPEN])[["invoice_id", "buyer_id", "issued", "due", "amount"]],
        receipts=history[["invoice_id", "received", "amount", "kind"]],
        buyers="buyer_id,kind\nB,private\n",
    )


def test_the_largest_balance_owed_and_paid_since(book_of):
    found = payment_experience(experienced(book_of)).loc["B"]
    assert found["paid_balance"] == 36_000
    # 1 April 2024 to 31 March 2026: 729 days of 30.4375.
    assert found["history_months"] == pytest.approx(729 / 30.4375)


def test_what_is_still_owed_is_no_experience(book_of):
    unpaid = experienced(book_of, history=HISTORY.iloc[[0]])
    assert payment_experience(unpaid).loc["B", "paid_balance"] == 12_000
    never = experienced(book_of, history=HISTORY.iloc[[3]])
    assert payment_experience(never).loc["B", "paid_balance"] == 0


@pytest.mark.parametrize(
    ("months", "grade", "share"),
    [(24, 2, 1.0), (36, 2, 1.0), (12, 2, 0.5), (11.9, 2, 0.0), (18, 4, 0.75 * 0.75), (24, 7, 0.1), (24, 8, 0.0)],
)
def test_the_share_by_months_of_history_and_grade(book_of, months, grade, share):
    found = history_share(experienced(book_of), pd.Series([grade]), pd.Series([float(months)]))
    assert found.tolist() == pytest.approx([share])


def test_a_good_payer_without_accounts_gets_what_it_has_shown(book_of):
    # In grade 3 three quarters of the largest balance paid, 36,000, for 729 / 30.4375 of 24 months; the table of grades
    # allows 1,000. It needs more.
    run = {"margin": 0.18, "limits": RUN["limits"] | {"without_accounts_limit": [1_000] * 9 + [0]}}
    history = pd.concat([HISTORY, OPEN.assign(invoice_id="B5", amount=200_000.0)])
    ledger = {
        "invoices": pd.concat([history, OPEN])[["invoice_id", "buyer_id", "issued", "due", "amount"]],
        "receipts": HISTORY[["invoice_id", "received", "amount", "kind"]],
        "buyers": "buyer_id,kind\nB,private\n",
    }
    ratings = rated(3).rename(index={"A": "B"})
    table = limits.recommend(book_of(AS_OF, run=run, **ledger), ratings)
    row = table.loc["B"]
    shown = 0.75 * (729 / 30.4375 / 24) * 36_000
    assert row["without_accounts"] == pytest.approx(shown)
    assert row["binding_with_cover"] == "no accounts"
    # Accounts could release up to the need, or all receivables: 212,000.
    assert row["released"] == pytest.approx(min(row["need"], 212_000) - row["recommended_with_cover"])
    book, nobody = book_of(AS_OF, run=run, **ledger), pd.Index([], dtype="str")
    assert carried_sales.wanting_accounts(book, table, nobody).index.tolist() == ["B"]
    # To a buyer for which the policy has to pay nothing more is lent, whatever it shows.
    assert carried_sales.wanting_accounts(book, table, pd.Index(["B"])).empty
