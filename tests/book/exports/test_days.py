"""Days as systems write them."""

from datetime import date, datetime

import pandas as pd
import pytest

from tradecredit.book.exports.days import FORMATS, SERIAL, days, told


def column(*cells) -> pd.Series:
    return pd.Series(list(cells), dtype="object")


@pytest.mark.parametrize(
    ("cells", "form", "first"),
    [
        (["2026-10-01", None], "%Y-%m-%d", "2026-10-01"),
        (["01.10.2026", "00.00.0000"], "%d.%m.%Y", "2026-10-01"),
        ([20261001, 20261115], "%Y%m%d", "2026-10-01"),
        (["20200410.0", "20200411.0"], "%Y%m%d", "2020-04-10"),
        ([46296, 46300], SERIAL, "2026-10-01"),
        (["1/31/2026", "2/1/2026"], "%m/%d/%Y", "2026-01-31"),
        (["13-Feb-2026"], "%d-%b-%Y", "2026-02-13"),
        (["13-Feb-2026 09:30", "14-Feb-2026 23:59"], "%d-%b-%Y %H:%M", "2026-02-13"),
        (["2/13/2026 9:05 AM", "2/14/2026 11:59 PM"], "%m/%d/%Y %I:%M %p", "2026-02-13"),
        (["2026-02-13T23:30:00+02:00", "2026-02-14T00:10:00Z"], "%Y-%m-%dT%H:%M:%S%z", "2026-02-13"),
        (["2/13/2026", "0/0/0000", "1/1/1900"], "%m/%d/%Y", "2026-02-13"),
        (["2026. 02. 13."], "%Y. %m. %d.", "2026-02-13"),
        (["Fri, 13 Feb 2026"], "%d %b %Y", "2026-02-13"),
        (["13.dez.2026", "14.Mai.2026"], "%d.%b.%Y", "2026-12-13"),
    ],
)
def test_the_whole_column_tells_how_its_days_are_written(cells, form, first):
    found = told([column(*cells)])
    assert found is not None and found.format == form and not found.others
    assert str(days(column(*cells), found.format).iloc[0].date()) == first


@pytest.mark.parametrize("form", FORMATS)
def test_each_way_of_writing_is_tried_where_cells_look_like_it(form):
    days_of_a_year = pd.date_range("2026-01-13 04:05:06", periods=12, freq="31D", tz="UTC")
    found = told([column(*days_of_a_year.strftime(form))])
    assert found is not None
    # A month in full reads its short name too.
    assert form.replace("%b", "%B") in [one.replace("%b", "%B") for one in (found.format, *found.others)]


def test_due_before_issue_tells_which_number_is_the_month():
    issued, due = column("03/01/2026", "05/02/2026"), column("02/02/2026", "04/03/2026")
    assert told([issued, due], [(issued, due)]).format == "%d/%m/%Y"


def test_true_dates_stay_and_text_is_never_read_month_first():
    mixed = column(datetime(2026, 8, 1), "02.08.2026", "08/03/2026")
    read = days(mixed, "%d.%m.%Y")
    assert read.iloc[0] == pd.Timestamp("2026-08-01") and read.iloc[1] == pd.Timestamp("2026-08-02")
    assert pd.isna(read.iloc[2])


def test_days_without_a_year_lie_in_the_stated_twelve_months():
    read = days(column("0103", "105", "3112"), "%d%m", date(2026, 4, 1))
    assert read.dt.strftime("%Y-%m-%d").tolist() == ["2027-03-01", "2026-05-01", "2026-12-31"]
    assert days(column("0103"), "%d%m").isna().all()


def test_a_few_odd_cells_do_not_hide_how_the_others_are_written():
    good = [f"{day:02}.09.2026" for day in range(1, 30)]
    found = told([column(*good, "31.09.2026", "01.10.2026"), column(*good, "00.00.0000", None)])
    assert found == ("%d.%m.%Y", (), ("31.09.2026",))
    # 3 of 40 are more than one in twenty; a text without a figure is no day in any writing.
    assert told([column(*good, *["02.10.2026"] * 8, "31.09.2026", "9/30/2026", "x1")]) is None
    assert told([column(*good, *["on request"] * 20)]) == ("%d.%m.%Y", (), ("on request",))


def test_a_column_that_is_written_in_another_way_is_no_column_of_odd_cells():
    good = column(*[f"{day:02}.09.2026" for day in range(1, 30)])
    assert told([good, column("30-09-2026")]) is None
    assert told([column("31.09.2026", "x1")]) is None


def test_the_weekday_tells_which_number_is_the_month_where_it_is_clear():
    # Every third weekday of 2026 before the 13th of its month; read month first, many would be on a weekend.
    working = pd.bdate_range("2026-01-01", "2026-12-31")
    working = [day for day in working if day.day <= 12][::3]
    issued = column(*[day.strftime("%d/%m/%Y") for day in working])
    assert len(working) > 20
    assert told([issued], [(issued, issued)]).others == ()
    assert told([issued], [(issued, issued)]).format == "%d/%m/%Y"
    mixed = column(*[day.strftime("%d/%m/%Y") for day in pd.date_range("2026-01-01", "2026-12-31") if day.day <= 12])
    assert told([mixed], [(mixed, mixed)]).others == ("%m/%d/%Y",)


def test_a_month_alone_is_its_last_day():
    column = pd.Series(["2024-06", "2024-02"], dtype="str")
    assert told([column]).format == "%Y-%m"
    assert days(column, "%Y-%m").dt.strftime("%Y-%m-%d").tolist() == ["2024-06-30", "2024-02-29"]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("5 août 2026", "%d %B %Y"), ("05-ago-2026", "%d-%b-%Y"), ("5 de agosto de 2026", "%d %B %Y"),
        ("5 sierpnia 2026", "%d %B %Y"), ("05-Aug-2026", "%d-%b-%Y"), ("5 augustus 2026", "%d %B %Y"),
    ],
)  # fmt: skip
def test_months_are_read_in_other_languages(text, form):
    assert told([column(text)]).format == form
    assert days(column(text), form).dt.strftime("%Y-%m-%d").tolist() == ["2026-08-05"]


def test_short_months_of_other_languages():
    cells = column("3 mrz 2026", "4 dez 2026", "5 okt 2026", "6 févr. 2026", "7 mai 2026")
    assert days(cells, "%d %b %Y").dt.strftime("%m-%d").tolist() == ["03-03", "12-04", "10-05", "02-06", "05-07"]
