"""Terms of payment in words: due days and discounts, by hand."""

import pandas as pd
import pytest

from tradecredit.book.exports.terms import Terms, discounts, due, named_day, read

TERMS = {
    "Payment within 30 days net": Terms(30),
    "Zahlbar innerhalb von 14 Tagen ohne Abzug": Terms(14),
    "30 Tage netto": Terms(30),
    "10 Tage 2 %, 30 Tage netto": Terms(30, discounts=((10, 0.02),)),
    "3 % Skonto bei Zahlung innerhalb 8 Tagen, 2 % innerhalb 14 Tagen, 30 Tage netto": Terms(
        30, discounts=((8, 0.03), (14, 0.02))
    ),
    "2/10 net 30": Terms(30, discounts=((10, 0.02),)),
    "Net 45": Terms(45),
    "30 EOM": Terms(30, month_end="from"),
    "net 60 end of month 10th": Terms(60, month_end="to", day_of_month=10),
    "45 jours fin de mois": Terms(45, month_end="to"),
    "Due on receipt": Terms(0),
    "#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n": Terms(discounts=((10, 0.02), (20, 0.01))),
    "30 days net\n#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#\n": Terms(30, discounts=((14, 0.02),)),
    "Thank you for your order": Terms(),
}


@pytest.mark.parametrize("text", TERMS)
def test_terms_are_read_as_they_are_meant(text):
    assert read(text) == TERMS[text]


def test_due_days_by_the_end_of_the_month():
    issued = pd.Series(pd.to_datetime(["2026-06-05", "2026-01-20", "2026-06-05", "2026-06-05", "2026-06-05"]))
    texts = pd.Series(["net 30", "30 EOM", "net 60 end of month 10th", None, "as agreed"], dtype="str")
    # 20 January's month ends on the 31st, and 30 days on is 2 March; 5 June + 60 is 4 August, then 10 September.
    days = due(issued, texts).dt.strftime("%Y-%m-%d")
    assert days.tolist()[:3] == ["2026-07-05", "2026-03-02", "2026-09-10"]
    assert days[3:].isna().all()


def test_two_discounts_stand_in_columns_of_their_own():
    texts = pd.Series(["#SKONTO#TAGE=10#PROZENT=2.00#\n#SKONTO#TAGE=20#PROZENT=1.00#\n", "net 30"], dtype="str")
    found = discounts(texts)
    assert found.iloc[0].tolist() == [10, 0.02, 20, 0.01]
    assert found.iloc[1].isna().all()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Zahlbar bis 05.07.2026 ohne Abzug", "2026-07-05"),
        ("#SKONTO#TAGE=10#PROZENT=2.00#\nZahlbar bis zum 05.07.2026", "2026-07-05"),
        ("Payable until 2026-07-05", "2026-07-05"),
        ("bis 15.06.2026 mit 2 % Skonto, bis 05.07.2026 netto", "None"),
        ("bis 15.06.2026 mit 2 % Skonto", "None"),
        ("by 05/07/2026", "None"),
        ("bis 31.02.2026", "None"),
    ],
)
def test_a_last_day_of_payment_is_read_where_terms_name_one(text, day):
    assert str(named_day(text)).split(" ")[0] == day
