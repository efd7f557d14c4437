"""Late or not, and how late: on a ledger whose truth is known, and on invoices of another company."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tradecredit import Book
from tradecredit.book.calendar import MONTH_DAYS
from tradecredit.book.places import places
from tradecredit.default import payment
from tradecredit.default.exits import exits
from tradecredit.default.payment_kernels import lateness
from tradecredit.default.payment_rates import CELLS
from tradecredit.default.payment_times import calendar_of, fitted, payment_times, segments, today_of
from tradecredit.measure.open_items import open_items
from tradecredit.numerics import discrimination

IBM = Path(__file__).parents[3] / "shared" / "data" / "ibm_accounts_receivable.csv"


def ledger(buyers: int = 60, invoices: int = 30, seed: int = 1) -> pd.DataFrame:
    """Each buyer settles after its own mean of 15 to 60 days, ± 4; terms are 30 days."""
    random = np.random.default_rng(seed)
    pace = np.repeat(random.uniform(15, 60, buyers), invoices)
    issued = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.tile(np.arange(invoices) * 14, buyers), unit="D")
    table = pd.DataFrame({"buyer_id": np.repeat(np.arange(buyers), invoices).astype(str), "issued": issued})
    table["pace"] = pace
    settled = table["issued"] + pd.to_timedelta((pace + random.normal(0, 4, len(pace))).round(), unit="D")
    return table.assign(due=table["issued"] + pd.Timedelta(days=30), settled=settled, paid_on=settled, amount=100.0)


outlook = payment.outlook.__wrapped__

AS_OF = pd.Timestamp("2026-02-10")
CUT, LAST_ISSUE = pd.Timestamp("2025-06-10"), pd.Timestamp("2025-12-10")
"""8 months before the as-of date, and 6 months later."""


@pytest.fixture(scope="module")
def book_of_items(book_of) -> Callable[..., Book]:
    """Return `book_of_items(items)`, the book of a ledger like `ledger`'s, each invoice settled by one payment."""

    def book_of_items(items: pd.DataFrame, **tables: str) -> Book:
        named = items.assign(invoice_id=[f"I{row}" for row in range(len(items))])
        paid = named.dropna(subset="settled").rename(columns={"settled": "received"}).assign(kind="payment")
        return book_of(str(AS_OF.date()), invoices=named, receipts=paid, **tables)

    return book_of_items


@pytest.fixture(scope="module")
def book(book_of_items):
    return book_of_items(ledger(buyers=30))


def seen_from(book: Book, day: pd.Timestamp, items: pd.DataFrame) -> pd.DataFrame:
    """Return what was expected of invoices on a day, from the book as known then; all their buyers were known."""
    past = book.at(day)
    times = fitted(exits(past), segments(past), today_of(past))
    return payment.expected(times, items, places(items["buyer_id"], past.buyers["buyer_id"]), today_of(past))


def test_slow_payers_are_found_and_so_is_their_pace(book):
    found, items = outlook(book), open_items(book)
    assert found.test.loc["area under the ROC curve, late or not", "value"] > 0.95
    later = items[(items["issued"] > CUT) & (items["issued"] <= LAST_ISSUE)]
    told = payment.foretold(book, later, CUT)
    pace = (items["settled"] - items["issued"]).dt.days.groupby(items["buyer_id"]).transform("mean")[later.index]
    assert (told["days_late"] - (pace - 30).clip(lower=0)).abs().mean() < 2
    assert told["late"].between(0, 1).all()
    assert (told["days_late"] >= 0).all()


def test_a_new_buyer_pays_as_the_others_do(book_of_items):
    """All pay 40 days after issue, 10 late, one day in two a day later; of the new one nothing is paid yet."""
    items = ledger(buyers=30)
    settled = items["issued"] + pd.to_timedelta(40 + np.arange(len(items)) % 2, unit="D")
    items = items.assign(settled=settled, paid_on=settled)
    # A Wednesday, on which the others were invoiced too: of other weekdays the ledger knows no payments.
    day = pd.Timestamp("2026-02-04")
    new = items.head(1).assign(
        buyer_id="new", issued=day, due=day + pd.Timedelta(days=30), settled=pd.NaT, paid_on=pd.NaT
    )
    # Some pay in time, so that late and not late can be told apart.
    early = items["buyer_id"] == "0"
    items["settled"] = items["settled"].mask(early, items["issued"] + pd.Timedelta(days=10))
    found = outlook(book_of_items(pd.concat([items, new], ignore_index=True))).buyers.loc["new"]
    assert found["days_late"] == pytest.approx(10.5, abs=1)
    assert found["late"] > 0.9


def test_the_chance_the_median_and_the_mean_of_a_constant_hazard_are_those_of_its_exponential():
    """With hazard 0.1 a day from the day of issue on, 30 days of terms and a credit's hazard of a third of it.

    Of what is paid, as of all that goes, e^(−(0.1 + 1/30) · 30) goes after day 30 and half by ln 2 / (0.1 + 1/30) days.
    """
    both = 0.1 + 0.1 / 3
    calendar = calendar_of(0, 599)
    days = tuple(np.array([day]) for day in (0, 30, 30, 1))
    habits, rates = np.ones((1, MONTH_DAYS)), (np.full((1, CELLS), 0.1), np.full(CELLS, 0.1 / 3))
    late, median, delay = lateness(days, calendar, habits, rates)
    assert late[0] == pytest.approx(np.exp(-both * 30), rel=0.01)
    assert median[0] == np.ceil(np.log(2) / both)
    # The mean of max(day − 30, 0), day being the whole day in which it goes: e^(−30·both) / (1 − e^(−both)).
    assert delay[0] == pytest.approx(np.exp(-both * 30) / -np.expm1(-both), rel=0.01)


def test_coming_delays_are_those_that_buyers_have_had(book):
    """Each buyer settles after its own mean of 15 to 60 days, ± 4, on terms of 30: on others it is as late again."""
    rows = ledger(buyers=30)
    pace = rows.groupby("buyer_id")["pace"].first()
    day = pd.Timestamp("2026-01-05")
    sold = pd.DataFrame({"buyer_id": pace.index, "issued": day, "due": day + pd.Timedelta(days=30)})
    found = payment.coming_delays(book, sold).set_axis(pace.index)
    assert (found - (pace - 30).clip(lower=0)).abs().mean() < 2
    assert (found >= 0).all()
    twice = payment.coming_delays(book, pd.concat([sold, sold.assign(due=day + pd.Timedelta(days=60))]))
    assert twice.iloc[:30].tolist() == found.tolist()
    late = (pace > 40).to_numpy()
    # Another day of the month and of the week, whose habits the model has.
    assert twice.iloc[30:][late].tolist() == pytest.approx(found[late].tolist(), abs=2.0)


def test_a_book_that_tells_of_no_payment_has_no_coming_delay(book_of):
    sold = "invoice_id,buyer_id,issued,due,amount\n1,A,2026-01-01,2026-02-01,100\n"
    unpaid = book_of("2026-03-31", invoices=sold)
    assert payment.coming_delays(unpaid, unpaid.invoices).isna().all()


@pytest.mark.skipif(not IBM.exists(), reason="the IBM sample is not beside the project")
def test_invoices_of_another_company(book_of):
    # The 978 invoices issued from March 2013 on, by what had been settled before each of their months.
    names = {"customerID": "buyer_id", "InvoiceDate": "issued", "DueDate": "due", "SettledDate": "settled",
             "InvoiceAmount": "amount"}  # fmt: skip
    table = pd.read_csv(IBM).rename(columns=names)
    days = {name: pd.to_datetime(table[name], format="%m/%d/%Y") for name in ("issued", "due", "settled")}
    table = table.assign(**days, invoice_id=[f"I{row}" for row in range(len(table))])
    paid = table.rename(columns={"settled": "received"}).assign(kind="payment")
    book = book_of("2014-03-31", invoices=table[["invoice_id", "buyer_id", "issued", "due", "amount"]],
                   receipts=paid[["invoice_id", "received", "amount", "kind"]])  # fmt: skip
    rows = open_items(book)
    rows = rows[rows["issued"] >= "2013-03-01"]
    assert len(rows) == 978
    found = payment.foretold(book, rows, pd.Timestamp("2013-02-28"))
    happened = rows["days_late"].clip(lower=0)
    assert discrimination.auc(found["late"], (happened > 0).astype(int)).value >= 0.87
    assert (found["days_late"] - happened).abs().mean() <= 2.45


def test_the_outlook_is_tested_on_what_a_fit_of_that_day_had_not_seen(book):
    now = open_items(book)
    tested = now[(now["issued"] > CUT) & (now["issued"] <= LAST_ISSUE)]
    starts = [CUT + pd.DateOffset(months=number) for number in range(7)]
    told = pd.concat(
        [
            seen_from(book, start, tested[(tested["issued"] > start) & (tested["issued"] <= end)])
            for start, end in pairwise(starts)
        ]
    ).reindex(tested.index)
    days_late = np.maximum((tested["settled"].fillna(AS_OF) - tested["due"]).dt.days, 0)
    found = outlook(book)
    assert found.tested == len(tested) > payment.FEWEST
    assert found.test.index.tolist() == ["area under the ROC curve, late or not", "mean error of the days late"]
    area = discrimination.auc(told["late"], (days_late > 0).astype(int)).value
    error = (told["days_late"] - days_late).abs().mean()
    assert found.test["value"].tolist() == pytest.approx([area, error])
    assert area > 0.9


def test_the_usual_is_the_mean_of_the_past_of_each_buyer(book):
    now = open_items(book)
    days_late = (now["settled"].fillna(AS_OF) - now["due"]).dt.days.clip(lower=0)
    told, happened = [], []
    for place, row in now[(now["issued"] > CUT) & (now["issued"] <= LAST_ISSUE)].iterrows():
        past = (now["buyer_id"] == row["buyer_id"]) & (now["settled"] < row["issued"])
        told.append((days_late[past].gt(0).mean(), days_late[past].mean()))
        happened.append(days_late[place])
    told, happened = pd.DataFrame(told, columns=["late", "days"]), pd.Series(happened)
    area, error = (
        discrimination.auc(told["late"], happened.gt(0).astype(int)).value,
        (told["days"] - happened).abs().mean(),
    )
    assert outlook(book).test["usual"].tolist() == pytest.approx([area, error])


def test_what_is_settled_after_the_last_tested_issue_changes_outcomes_only(book):
    late = book.receipts["received"] > LAST_ISSUE
    erased = replace(book, receipts=book.receipts[~late])
    delayed = replace(book, receipts=book.receipts.assign(received=book.receipts["received"].where(~late, AS_OF)))
    tested = open_items(book)
    tested = tested[(tested["issued"] > CUT) & (tested["issued"] <= LAST_ISSUE)]
    said, error = payment.foretold(book, tested, CUT), "mean error of the days late"
    for changed in (erased, delayed):
        pd.testing.assert_frame_equal(payment.foretold(changed, tested, CUT), said)
        items = open_items(changed).loc[said.index]
        happened = (items["settled"].fillna(AS_OF) - items["due"]).dt.days.clip(lower=0)
        assert outlook(changed).test.loc[error, "value"] == pytest.approx((said["days_late"] - happened).abs().mean())


def test_what_is_not_due_yet_is_weighted_by_what_is_open_of_it(book_of, monkeypatch):
    # A owes 300 of 400 and 100, B 50; C's is due today, D's was due yesterday, E has paid, F has failed.
    invoices = """invoice_id,buyer_id,issued,due,amount
A1,A,2026-01-20,2026-02-20,400
A2,A,2026-01-25,2026-02-25,100
B1,B,2026-01-25,2026-02-25,50
C1,C,2026-01-11,2026-02-10,70
D1,D,2026-01-10,2026-02-09,90
E1,E,2026-01-25,2026-02-25,60
F1,F,2026-01-25,2026-02-25,80
"""
    receipts = "invoice_id,received,amount,kind\nA1,2026-02-01,100,payment\nE1,2026-02-10,60,payment\n"
    defaults = "buyer_id,date,kind,debt,recovered,resolved\nF,2026-02-01,insolvency,80,,\n"
    book = book_of("2026-02-10", invoices=invoices, receipts=receipts, defaults=defaults)
    told = {"A1": (0.5, 10.0), "A2": (0.1, 2.0), "B1": (0.2, 3.0), "C1": (0.9, 7.0)}
    monkeypatch.setattr(payment, "FEWEST", 0)
    monkeypatch.setattr(payment, "_tells_apart", lambda _: True)
    nothing = pd.DataFrame({"late": [], "days_late": []}, dtype=float)
    monkeypatch.setattr(payment, "foretold", lambda _, items, __: nothing.reindex(items.index))
    monkeypatch.setattr(payment.discrimination, "auc", lambda *_: discrimination.Estimate(0.5, 0.1))
    monkeypatch.setattr(
        payment,
        "expected",
        lambda _, items, *__: pd.DataFrame(
            [told[name] for name in items["invoice_id"]], index=items.index, columns=["late", "days_late"]
        ),
    )
    buyers = outlook(book).buyers
    assert buyers.index.tolist() == ["A", "B", "C"]
    assert buyers["not_due"].tolist() == [400, 50, 70]
    assert buyers["late"].tolist() == pytest.approx([0.4, 0.2, 0.9])
    assert buyers["days_late"].tolist() == pytest.approx([8, 3, 7])


def test_the_outlook_is_by_the_model_of_the_cash_forecast(book):
    items = open_items(book)
    owner = places(items["buyer_id"], book.buyers["buyer_id"])
    told = payment.expected(payment_times(book), items, owner, today_of(book))[["late", "days_late"]]
    found = outlook(book).buyers
    for buyer, row in found.iterrows():
        coming = (items["buyer_id"] == buyer) & (items["open_amount"] > 0) & (items["due"] >= AS_OF)
        assert row["not_due"] == 100 * coming.sum() > 0
        assert row[["late", "days_late"]].tolist() == pytest.approx(told[coming].mean().tolist())
    assert found["paydex"].between(20, 100).all()


def nothing_told(found: payment.PaymentOutlook) -> bool:
    return (
        found.tested == 0
        and found.test.isna().all(axis=None)
        and found.buyers[["late", "days_late"]].isna().all(axis=None)
    )


def test_a_ledger_that_is_too_small_tells_nothing(book_of_items):
    items = ledger(buyers=30)
    before = items["settled"] <= CUT
    few = items[~before | (before.cumsum() < payment.FEWEST)]
    found = outlook(book_of_items(few))
    assert nothing_told(found)
    assert found.buyers["not_due"].gt(0).all()
    assert found.buyers["paydex"].notna().any()
    assert found.test.index.tolist() == outlook(book_of_items(items)).test.index.tolist()
    enough = items[~before | (before.cumsum() <= payment.FEWEST)]
    assert outlook(book_of_items(enough)).tested > payment.FEWEST
    later = (items["issued"] > CUT) & (items["issued"] <= LAST_ISSUE)
    assert nothing_told(outlook(book_of_items(items[~later | (later.cumsum() < payment.FEWEST)])))


@pytest.mark.parametrize("days", [0, 1], ids=["on time", "late"])
def test_where_all_pay_alike_there_is_nothing_to_tell_apart(book_of_items, days):
    items = ledger(buyers=30)
    found = outlook(book_of_items(items.assign(settled=items["due"] + pd.Timedelta(days=days))))
    assert nothing_told(found)
    assert len(found.buyers)


def test_one_buyer_alone_carries_no_fit(book_of_items):
    items = ledger(buyers=30).assign(buyer_id="A")
    found = outlook(book_of_items(items))
    assert nothing_told(found)
    assert found.buyers.index.tolist() == ["A"]


def test_buyers_that_buy_once_all_get_what_is_usual(book_of_items):
    items = ledger(buyers=30)
    items = items.assign(buyer_id=[f"B{row}" for row in range(len(items))])
    found = outlook(book_of_items(items))
    # Of the days that invoices took those count that are more than this one is old already.
    days = (items["settled"] - items["issued"]).dt.days[items["settled"] <= AS_OF]
    issued = items.set_index("buyer_id")["issued"].reindex(found.buyers.index)
    left = [days[days > age] for age in (AS_OF - issued).dt.days]
    assert found.tested > payment.FEWEST
    assert found.buyers["days_late"].to_numpy() == pytest.approx([max(of.median() - 30, 0) for of in left], abs=2)
    assert found.buyers["late"].to_numpy() == pytest.approx([(of > 30).mean() for of in left], abs=0.08)
    assert found.test["usual"].isna().all()


def test_what_is_not_past_due_yet_is_not_tested(book_of_items):
    # Nobody knows yet of an invoice due today whether it will be paid late.
    items = ledger(buyers=30)
    issued_last = (items["issued"] > "2025-11-01") & (items["issued"] <= LAST_ISSUE)
    for due, fewer in ((AS_OF, issued_last.sum()), (AS_OF - pd.Timedelta(days=1), 0)):
        changed = items.assign(due=items["due"].where(~issued_last, due))
        assert outlook(book_of_items(changed)).tested == outlook(book_of_items(items)).tested - fewer


def test_where_nothing_is_owed_no_buyer_is_told_of(book_of_items):
    items = ledger(buyers=30)
    found = outlook(book_of_items(items[items["due"] < AS_OF]))
    assert found.buyers.empty
    assert found.buyers.columns.tolist() == ["not_due", "late", "days_late", "paydex"]
    assert found.tested > payment.FEWEST
