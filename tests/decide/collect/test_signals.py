"""Early warnings from outside the ledger, and the table of all, on small books worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.collect import signals
from tradecredit.params.early_warning import EarlyWarningSettings, Signal

AS_OF = "2026-06-30"
INVOICES = "invoice_id,buyer_id,issued,due,amount\n" + "".join(
    f"{buyer}1,{buyer},2026-05-01,2026-07-15,1000\n" for buyer in "ABCD"
)
RECEIPTS = "invoice_id,received,amount,kind\n"


@pytest.fixture
def book(book_of):
    def book(**tables: str):
        return book_of(AS_OF, invoices=INVOICES, receipts=RECEIPTS, **tables)

    return book


def ratings(**grade: int) -> pd.DataFrame:
    return pd.DataFrame({"grade": pd.Series(grade, dtype="Int64")}).rename_axis("buyer_id")


def test_a_score_falls_by_its_spread_and_only_a_recent_one_counts(book):
    """Scores 80, 60, 50, 50: standard deviation 14.14. A fell by 20; B's fall is older than a year; C has one alone."""
    scores = "buyer_id,date,agency,score\nA,2025-06-01,X,80\nA,2026-05-20,X,60\nB,2024-01-01,X,50\nC,2026-05-01,X,50\n"
    found = signals.score_fallen(book(scores=scores))
    assert found.value[0] == pytest.approx(20 / np.std([80, 60, 50, 50], ddof=1))
    assert str(found.since[0])[:10] == "2026-05-20"
    assert np.isnan(found.value[1:]).all()
    assert found.warns().tolist() == [True, False, False, False]


def test_accounts_are_late_by_the_usual_wait_of_the_book(book):
    """Published 100, 120 and 140 days after their ends: 120 in the median. A's of 2024 is to be followed on 30 April
    2026, 61 days ago; B's of March 2025 on 29 July."""
    statements = (
        "buyer_id,period_end,published,currency\nA,2024-12-31,2025-04-10,EUR\nB,2025-03-31,2025-07-29,EUR\n"
        "C,2025-12-31,2026-05-20,EUR\n"
    )
    found = signals.accounts_overdue(book(statements=statements))
    assert found.value[:2].tolist() == [61.0, -29.0]
    assert str(found.since[0])[:10] == "2026-04-30"
    assert found.warns().tolist() == [True, False, False, False]


def test_the_insurer_cuts_and_refuses(book):
    """A cut from 10,000 to 6,000; B withdrawn; C refused on request; D cut before the last three months."""
    limits = (
        "buyer_id,source,amount,requested,valid_from\nA,insurer,10000,,2025-01-01\nA,insurer,6000,,2026-05-02\n"
        "B,insurer,5000,,2025-01-01\nB,insurer,0,,2026-05-03\nC,insurer,0,8000,2026-05-04\n"
        "D,insurer,9000,,2025-01-01\nD,insurer,1000,,2026-03-15\n"
    )
    cut, refused = (getattr(signals, name)(book(limits=limits)) for name in ("insurer_cut", "insurer_refused"))
    assert cut.value.tolist() == pytest.approx([0.4, 0, 0, 0])
    assert refused.value.tolist() == [0, 1, 1, 0]
    assert str(cut.since[0])[:10] == "2026-05-02"
    assert [str(day)[:10] for day in refused.since[1:3]] == ["2026-05-03", "2026-05-04"]


def test_another_member_of_the_group_failed_within_a_year(book):
    buyers = "buyer_id,group_id\nA,G\nB,G\nC,H\nD,\n"
    defaults = "buyer_id,date,kind\nA,2026-02-01,insolvency\nC,2025-05-01,insolvency\n"
    found = signals.group_failed(book(buyers=buyers, defaults=defaults))
    assert found.value[:3].tolist() == [0, 1, 0]
    assert np.isnan(found.value[3])
    assert str(found.since[1])[:10] == "2026-02-01"


def test_others_of_the_sector_pay_later(book_of):
    """Two others of C paid 10 days late until March and 20 since: 20 − 15 over the year; of D there is one other."""
    late = {"A": (0, 0), "B": (10, 20), "C": (10, 20), "D": (0, 0), "E": (10, 20)}
    rows, paid = ["invoice_id,buyer_id,issued,due,amount"], ["invoice_id,received,amount,kind"]
    for buyer, days in late.items():
        for due, wait in zip(("2025-12-01", "2026-05-01"), days, strict=True):
            rows.append(f"{buyer}{due},{buyer},2025-11-01,{due},100")
            paid.append(f"{buyer}{due},{(pd.Timestamp(due) + pd.Timedelta(days=wait)).date()},100,payment")
    buyers = "buyer_id,sector\nA,C\nB,C\nC,C\nD,D\nE,D\n"
    run = {"early_warning": {"surroundings_buyers": 2}}
    book = book_of(AS_OF, run=run, invoices="\n".join(rows), receipts="\n".join(paid), buyers=buyers)
    found = signals.sector_worse(book)
    assert found.value[:3].tolist() == pytest.approx([5.0, 2.5, 2.5])
    assert np.isnan(found.value[3:]).all()
    assert found.warns().tolist() == [True, False, False, False, False]


def test_the_table_names_buyers_that_are_not_in_default_and_what_the_book_lacks(book):
    """A fell by two grades, B by one, and C, in default, by nine."""
    now, before = ratings(A=7, B=6, C=10, D=3), ratings(A=5, B=5, C=1, D=3)
    tables = {"defaults": "buyer_id,date,kind\nC,2026-06-01,insolvency\n"}
    found = signals.signals(book(**tables), now, before)
    assert found.values.tolist() == [["A", "grade_fallen", pd.Timestamp("2026-03-31"), 2.0, 2.0]]
    missing = signals.lacking(signals.measured(book(**tables), now, before))
    assert missing["disputes"] == "disputes"
    assert missing["insurer_cut"] == "limits of the insurer"
    assert missing["slower"] == "payments"
    assert "grade_fallen" not in missing
    assert "grade_fallen" in signals.lacking(signals.measured(book(**tables), now, None))


def test_every_signal_has_a_maker_and_a_name_for_what_it_lacks():
    codes = set(Signal.__args__)
    assert set(signals.ORDER) == {*signals.LACKS, "overdue"} == codes == {*signals.MAKERS, "grade_fallen"}


def test_odds_that_are_not_stated_are_those_of_the_model():
    settings = EarlyWarningSettings(odds={"slower": 2.0})
    assert (settings.odds_of("slower"), settings.odds_of("silent"), settings.odds_of("disputes")) == (2.0, 15.0, 1.0)
