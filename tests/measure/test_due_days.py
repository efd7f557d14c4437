"""When an invoice must be paid at the latest: calendars of 2026 and 2027, by hand, and the laws that move a due day."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradecredit import words
from tradecredit.errors import ParameterError
from tradecredit.measure import receivables
from tradecredit.measure.behaviour import features
from tradecredit.measure.due_days import payable_by, unknown_years
from tradecredit.measure.open_items import open_items
from tradecredit.measure.past_days import on_days
from tradecredit.params.late_interest import LateInterestLaw, LateInterestSettings


def moved(book_of, country: str, due: str, **run) -> str:
    invoices = f"invoice_id,buyer_id,issued,due,amount\nI,A,2020-01-01,{due},100\n"
    book = book_of("2020-01-31", invoices=invoices, buyers=f"buyer_id,country\nA,{country}\n", run=run)
    (day,) = payable_by(book)
    return f"{day:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("country", "due", "latest"),
    [
        ("DE", "2026-11-01", "2026-11-02"),  # a Sunday
        ("DE", "2026-10-31", "2026-11-02"),  # a Saturday
        ("DE", "2026-10-30", "2026-10-30"),  # a Friday
        ("DE", "2026-04-03", "2026-04-07"),  # Good Friday, and Easter Monday is the 6th
        ("DE", "2026-12-25", "2026-12-28"),  # Christmas on a Friday and a Saturday
        ("DE", "2027-12-31", "2027-12-31"),
        ("DE", "2022-12-31", "2023-01-02"),  # over the turn of the year: a Saturday, and New Year is a Sunday
        ("DE", "2027-01-01", "2027-01-04"),  # a Friday
        ("DE", "2026-11-02", "2026-11-02"),  # All Saints is a holiday of some regions only
        ("AT", "2026-10-26", "2026-10-27"),  # the national day, a Monday
        ("IT", "2026-10-31", "2026-10-31"),  # a Saturday is no holiday there
        ("IT", "2026-11-01", "2026-11-02"),
        ("PL", "2026-11-11", "2026-11-12"),  # Independence Day, a Wednesday
        ("CZ", "2026-10-31", "2026-11-02"),
        ("CZ", "2026-10-28", "2026-10-29"),
        ("SK", "2026-10-31", "2026-11-02"),
        ("RO", "2026-11-30", "2026-12-02"),  # Saint Andrew's, a Monday, and the national day
        ("SE", "2026-06-19", "2026-06-22"),  # Midsummer Eve, a Friday
        ("SE", "2026-12-24", "2026-12-28"),  # Christmas Eve, a Thursday
        ("SE", "2026-12-31", "2027-01-04"),  # New Year's Eve, a Thursday
        ("FI", "2026-06-19", "2026-06-22"),  # Midsummer Eve
        ("FI", "2026-12-31", "2026-12-31"),  # New Year's Eve is a working day there
        ("NO", "2026-05-01", "2026-05-04"),  # Labour Day, a Friday
        ("NO", "2027-05-17", "2027-05-18"),  # Constitution Day, a Monday (2027-05-17 is Whit Monday as well)
        ("NO", "2026-12-24", "2026-12-24"),  # no eve is named by the Norwegian act
        ("CH", "2026-08-01", "2026-08-03"),  # the national day, a Saturday
        ("CH", "2026-08-08", "2026-08-08"),  # another Saturday
        ("DK", "2026-11-01", "2026-11-01"),  # no rule there moves a due day
        ("GB", "2026-11-01", "2026-11-01"),  # no law of the run moves it
        ("US", "2026-11-01", "2026-11-01"),
        ("", "2026-11-01", "2026-11-01"),  # its country is not known
    ],
)
def test_a_due_day_that_is_no_working_day_moves_where_the_law_says_so(book_of, country, due, latest):
    assert moved(book_of, country, due) == latest


def test_the_laws_of_the_run_decide(book_of):
    (german,) = (law for law in LateInterestSettings().laws if law.countries == ["DE"])
    bare = {"late_interest": {"laws": [german.model_copy(update={"due_day_moves": {}})]}}
    assert moved(book_of, "DE", "2026-11-01", **bare) == "2026-11-01"


def test_each_rule_has_its_source_and_is_of_the_laws_own_countries(tmp_path):
    rules = {country: rule.source for law in LateInterestSettings().laws for country, rule in law.due_day_moves.items()}
    assert sorted(rules) == ["AT", "CH", "CZ", "DE", "FI", "IT", "NO", "PL", "RO", "SE", "SK"]
    assert "193" in rules["DE"]
    (tmp_path / "law.yaml").write_text(
        "name: x\nsource: y\ncountries: [DE]\nkinds: [private]\nin_force: 2020-01-01\ndaily_rate: 0.1\nreference: r\n"
        "rate_holds: half_year\nrates: {}\ncurrency: EUR\ndue_day_moves: {FR: {saturday: true, source: z}}\n"
    )
    with pytest.raises(ParameterError, match="FR is none of the law's countries"):
        LateInterestLaw.from_yaml(tmp_path / "law.yaml")


SUNDAY = """invoice_id,buyer_id,issued,due,amount
I1,A,2026-10-02,2026-11-01,100
I2,B,2026-10-02,2026-11-01,100
"""


def test_due_on_a_sunday_and_paid_on_monday_is_not_late_in_any_figure(book_of):
    # A is German, B Dutch: both are due on Sunday 1 November 2026 and pay on the 2nd.
    tables = {"invoices": SUNDAY, "buyers": "buyer_id,country\nA,DE\nB,NL\n"}
    receipts = "invoice_id,received,amount,kind\nI1,2026-11-02,100,payment\nI2,2026-11-02,100,payment\n"
    book = book_of("2026-11-30", receipts=receipts, **tables)
    assert open_items(book)["days_late"].tolist() == [0, 1]
    assert features(book)["days_beyond_terms"].tolist() == [0, 1]
    assert receivables.kpis(book)["days_beyond_terms"] == pytest.approx(0.5)
    # On the Monday, before any money has come, only B is overdue; on the Tuesday both are.
    monday, tuesday = (book_of(day, **tables) for day in ("2026-11-02", "2026-11-03"))
    assert open_items(monday)["days_past_due"].tolist() == [0, 1]
    assert receivables.kpis(monday)["overdue_amount"] == 100
    assert receivables.ageing(monday)["amount"].tolist()[:2] == [100, 100]
    assert features(monday)["share_overdue"].tolist() == [0, 1]
    assert receivables.kpis(tuesday)["overdue_amount"] == 200
    # The due day that the contract and a policy count from stays.
    assert open_items(monday)["due"].dt.strftime("%d").tolist() == ["01", "01"]
    (past,) = on_days(book, [pd.Timestamp("2026-11-02")])
    assert (
        past.behaviour["share_late"].fillna(-1).tolist()
        == features(book.at("2026-11-02"))["share_late"].fillna(-1).tolist()
    )


def test_whether_an_invoice_was_late_is_known_five_days_after_the_moved_day(book_of):
    # Due on a Sunday, so payable on Monday 2 November: late from the 8th on, and only then counted.
    tables = {"invoices": SUNDAY, "buyers": "buyer_id,country\nA,DE\nB,NL\n"}
    seventh, eighth = (features(book_of(day, **tables))["share_late"] for day in ("2026-11-07", "2026-11-08"))
    assert seventh.fillna(-1).tolist() == [-1, 1]
    assert eighth.tolist() == [1, 1]


def test_years_that_the_calendar_does_not_hold_are_told(book_of):
    rows = "I,A,2026-01-01,2026-02-01,100\nJ,A,2026-01-01,1990-01-01,100\nK,A,2026-01-01,1990-01-06,100\n"
    invoices = "invoice_id,buyer_id,issued,due,amount\n" + rows
    book = book_of("2026-01-31", invoices=invoices, buyers="buyer_id,country\nA,DE\n")
    # Germany's calendar begins with the unified country in 1991: New Year 1990 stays, a Saturday moves all the same.
    assert unknown_years(book).to_dict() == {("DE", 1990): 2}
    assert payable_by(book).dt.strftime("%Y-%m-%d").tolist() == ["2026-02-02", "1990-01-01", "1990-01-08"]
    assert unknown_years(book_of("2026-01-31", invoices=invoices)).empty


def test_what_moves_is_told_in_sentences(book_of):
    invoices = "invoice_id,buyer_id,issued,due,amount\nI,A,2026-01-01,{},100\n"
    (moves,) = words.receivables.due_days(
        book_of("2026-01-31", invoices=invoices.format("2026-02-01"), buyers="buyer_id,country\nA,DE\nB,US\n")
    )
    assert moves.startswith("Due days on weekends and national holidays move to the next working day for buyers in DE,")
    old = book_of("2026-01-31", invoices=invoices.format("1990-01-06"), buyers="buyer_id,country\nA,DE\n")
    assert words.receivables.due_days(old)[1] == (
        "Holidays of DE 1990 are not known: 1 due day moved off weekends alone."
    )
    assert words.receivables.due_days(book_of("2026-01-31", invoices=invoices.format("2026-02-01"))) == []


@settings(max_examples=12)
@given(days=st.lists(st.integers(0, 1500), min_size=1, max_size=20))
def test_it_is_never_earlier_nor_a_weekend_and_never_moves_twice(book_of, days):
    due = pd.Timestamp("2025-01-01") + pd.to_timedelta(days, unit="D")
    invoices = pd.DataFrame({"invoice_id": [f"I{n}" for n in range(len(days))], "buyer_id": "A", "due": due})
    invoices = invoices.assign(issued=pd.Timestamp("2024-01-01"), amount=1.0)
    buyers = "buyer_id,country\nA,DE\n"
    latest = payable_by(book_of("2025-01-31", invoices=invoices, buyers=buyers))
    assert (latest >= due).all()
    assert ((latest - due).dt.days <= 5).all()
    assert (latest.dt.day_of_week < 5).all()
    again = payable_by(book_of("2025-01-31", invoices=invoices.assign(due=latest), buyers=buyers))
    assert again.tolist() == latest.tolist()
