"""Interest to the cent: examples that others have published, and by hand how rests, days and rates of any day count."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tradecredit.decide.terms.accrued_interest import accrued
from tradecredit.params.late_interest import LateInterestLaw, kept_laws

LAWS = {country: law for law in kept_laws() for country in law.countries if "private" in law.kinds}


def interest(law, debt, due, until, agreed=None):
    """What a debt bears after `due` to the end of the day `until`, and what a day more adds."""
    days = {name: pd.Series([day], dtype="datetime64[us]") for name, day in (("due", due), ("until", until))}
    parts = pd.DataFrame(days).assign(issued=pd.Timestamp(due), amount=float(debt), open=True, country=law.countries[0])
    return accrued(parts, law, {} if agreed is None else {law.countries[0]: agreed}).iloc[0]


def of(country, **changed):
    """The kept law of a country, with what an example states in place of it; `rates` are added to the law's."""
    law = LAWS[country]
    if "rates" in changed:
        changed["rates"] = law.rates | changed["rates"]
    return law.model_copy(update=changed)


# Published examples. Where the kept table has not the rate of an example for its days, it is the example's: `rates`;
# or `agreed`, where it is of no law but a contract's. Days that an example does not name are any of as many.

BEFORE_2019 = {
    "2013 H2": 0.01, "2014 H1": 0.01, "2014 H2": 0.01, "2015 H1": 0.0, "2015 H2": 0.0, "2016 H1": 0.0,
    "2016 H2": -0.005, "2018 H1": -0.005, "2018 H2": -0.005,
}  # fmt: skip


# Worked with the calculator of Kronofogden, the Swedish enforcement authority, which leaves out the öre.
@pytest.mark.parametrize(
    ("debt", "due", "until", "kronor"),
    [
        # https://lawline.se/answers/hur-raknar-jag-ut-ranta-enligt-6-rantelagen
        (5_000, "2019-04-19", "2019-10-17", 193),
        # https://lawline.se/answers/berakning-av-drojsmalsranta-3
        (6_780, "2020-12-31", "2021-04-20", 163),
        # https://lawline.se/answers/hur-beraknar-man-ranta-enligt-6-rantelagen-1
        (5_000, "2018-02-05", "2019-08-16", 575),
        # https://lawline.se/answers/hur-beraknas-rantan-pa-ett-skadestand
        (30_000, "2021-10-22", "2023-04-27", 3_945),
        # https://lawline.se/answers/berakning-av-skuldranta
        (650, "2013-07-11", "2016-09-29", 176),
    ],
)
def test_sweden_over_half_years_with_rates_of_their_own(debt, due, until, kronor):
    assert int(interest(of("SE", rates=BEFORE_2019), debt, due, until)["interest"]) == kronor


def test_sweden_by_half_year():
    # The first of them in its parts: 73.97 to 30 June 2019, 119.45 from then on.
    assert round(interest(of("SE"), 5_000, "2019-04-19", "2019-06-30")["interest"], 2) == 73.97
    assert round(interest(of("SE"), 5_000, "2019-06-30", "2019-10-17")["interest"], 2) == 119.45


@pytest.mark.parametrize(
    ("debt", "base", "days", "pounds"),
    [
        # https://landolio.com/tools/late-payment-interest-calculator.html: at 11.75 %
        (3_000, 0.0375, 60, 57.95),
        # https://ycalculator.net: at 12.5 %, and 70 for costs
        (5_000, 0.045, 30, 51.37),
        # https://invoify-web.pages.dev: at 12.5 %
        (1_000, 0.045, 30, 10.27), (1_000, 0.045, 90, 30.82),
        # https://freelancetoolkituk.co.uk/late-payment-interest-calculator: at 12.5 %
        (2_500, 0.045, 30, 25.68), (500, 0.045, 14, 2.40), (5_000, 0.045, 45, 77.05),
    ],
)  # fmt: skip
def test_the_united_kingdom(debt, base, days, pounds):
    until = pd.Timestamp("2026-01-31") + pd.Timedelta(days=days)
    assert round(interest(of("GB", rates={"2026 H1": base}), debt, "2026-01-31", until)["interest"], 2) == pounds


@pytest.mark.parametrize(
    ("debt", "base", "pounds_a_day"),
    [
        (1_000, 0.005, 0.23),  # https://www.gov.uk/late-commercial-payments-interest-debt-recovery: 8.5 %
        (1_000, 0.01, 0.25),  # https://engineered.at: 9 %
        (10_000, 0.0375, 3.22),  # https://usewolfx.com/glossary/late-payment-interest: 11.75 %
        (3_000, 0.0375, 0.97),  # https://landolio.com/tools/late-payment-interest-calculator.html
    ],
)
def test_the_united_kingdom_by_the_day(debt, base, pounds_a_day):
    law = of("GB", rates={"2026 H1": base})
    assert round(interest(law, debt, "2026-01-31", "2026-03-31")["daily_interest"], 2) == pounds_a_day


@pytest.mark.parametrize(
    ("country", "debt", "days", "stated", "result"),
    [
        # https://www.knowunity.it: 8.05 % in 2015
        ("IT", 8_200, ("2015-03-01", "2015-03-23"), {"rates": {"2015 H1": 0.0005}}, 39.79),
        # https://www.go-figure.nl/tag/rente: 8 %
        ("NL", 1_000, ("2019-03-01", "2019-03-12"), {}, 2.41),
        # https://www.solidbau.at/wissen-service/verzugszinsen: a year at 8.58 and at 11.08 %
        ("AT", 100_000, ("2018-12-31", "2019-12-31"), {}, 8_580.0),
        ("AT", 100_000, ("2022-12-31", "2023-12-31"), {"rates": {"2023 H2": 0.0188}}, 11_080.0),
        # https://www.konsumentenschutz.ch/wie-wird-der-verzugszins-berechnet: a month and a year
        ("CH", 600, ("2026-03-31", "2026-04-30"), {}, 2.5),
        ("CH", 600, ("2026-03-31", "2027-03-31"), {}, 30.0),
        # https://anleiter.de/wie-berechnet-man-verzugszinsen: 5.12 %, of a consumer
        ("DE", 1_000, ("2013-04-01", "2013-04-26"), {"rates": {"2013 H1": 0.0012}, "points": 0.05}, 3.51),
        # https://cataxwala.com/msme-interest-calculator.php: three times 5.50 % are 1.375 % a month
        ("IN", 100_000, ("2025-12-31", "2026-01-31"), {}, 1_375.0),
    ],
)  # fmt: skip
def test_others_by_their_laws(country, debt, days, stated, result):
    assert round(interest(of(country, **stated), debt, *days)["interest"], 2) == result


@pytest.mark.parametrize(
    ("country", "debt", "days", "agreed", "result"),
    [
        ("FR", 15_000, 30, 0.15, 184.93),  # https://agenceipro.com/zoom-sur-les-penalites-de-retard
        ("CZ", 15_000, 30, 0.1, 123.29),  # https://muj-pravnik.cz/vypocet-uroku-z-prodleni
        ("ES", 2_300, 30, 0.05, 9.45),  # https://covline.es/calcular-intereses-demora
    ],
)
def test_others_at_agreed_rates(country, debt, days, agreed, result):
    until = pd.Timestamp("2026-01-31") + pd.Timedelta(days=days)
    assert round(interest(of(country), debt, "2026-01-31", until, agreed)["interest"], 2) == result


def test_months_of_thirty_days():
    # https://p-konto.de/wiki/zinsformel: 10,000 at 6 % from 1 January to 30 July 2016 are 210 days and 350 euros.
    months = of("DE", day_count="30/360")
    assert round(interest(months, 10_000, "2015-12-31", "2016-07-30", agreed=0.06)["interest"], 2) == 350


def test_the_daily_rate_of_ireland():
    # http://www.djei.ie/enterprise/smes/latepay.htm: 8.15 % from 1 July 2014 on is a daily rate of 0.022 %.
    law = of("IE", rates={"2014 H2": 0.0015})
    assert round(interest(law, 100, "2014-07-31", "2014-08-31")["daily_interest"], 3) == 0.022


# Rests


def law(**fields):
    """A law of tests: ten points above nothing."""
    plain = {
        "name": "L", "source": "a test", "countries": ["XA"], "kinds": ["private"], "in_force": "2000-01-01",
        "points": 0.1, "reference": "rate", "rate_holds": "half_year", "currency": "EUR",
        "rates": {f"{year} H{half}": 0.0 for year in range(2019, 2027) for half in (1, 2)},
    }  # fmt: skip
    return LateInterestLaw(**plain | fields)


def test_interest_of_a_year_bears_interest_in_the_next():
    compound = law(rests_months=12)
    # 10 % of 1,000 in a year of 365 days, and 10 % of 1,100 in the next; half of that year adds 54.85 in 182 days.
    assert interest(compound, 1_000, "2020-12-31", "2021-12-31")["interest"] == pytest.approx(100)
    assert interest(compound, 1_000, "2020-12-31", "2022-12-31")["interest"] == pytest.approx(210)
    half = interest(compound, 1_000, "2020-12-31", "2022-07-01")
    assert half["interest"] == pytest.approx(100 + 1_100 * 0.1 * 182 / 365)
    assert half["daily_interest"] == pytest.approx(1_100 * 0.1 / 365)


def test_dutch_interest_of_the_second_year_is_on_the_first_years_too():
    # Late from 1 July 2022 on: 184 days at 8 and 181 at 10.5 %, then 184 at 12 % of what has grown.
    found = interest(of("NL"), 10_000, "2022-06-30", "2023-12-31")["interest"]
    first = (184 * 0.08 + 181 * 0.105) / 365
    assert found == pytest.approx(10_000 * ((1 + first) * (1 + 0.12 * 184 / 365) - 1))


def test_indian_interest_is_added_every_month_at_three_times_the_rate_of_the_month():
    # Late from 1 January 2025 on. The bank rate fell from 6.75 to 6.50 % on 7 February, after that month had begun.
    found = interest(of("IN"), 100_000, "2024-12-31", "2025-03-31")
    grown = (1 + 3 * 0.0675 / 12) ** 2 * (1 + 3 * 0.065 / 12)
    assert found["interest"] == pytest.approx(100_000 * (grown - 1))
    # The fourth month has begun: a day bears a thirtieth of it.
    day = interest(of("IN"), 100_000, "2024-12-31", "2025-04-01")
    assert day["interest"] == pytest.approx(100_000 * (grown * (1 + 3 * 0.065 / 360) - 1))
    assert day["daily_interest"] == pytest.approx(100_000 * grown * 3 * 0.065 / 360)


def test_a_month_that_begins_on_a_31st_ends_with_the_months_last_day():
    monthly = law(rests_months=1, day_count="30/360")
    # To 28 February, and to 31 March: a month each.
    assert interest(monthly, 1_200, "2026-01-31", "2026-02-28")["interest"] == pytest.approx(10)
    assert interest(monthly, 1_200, "2026-01-31", "2026-03-31")["interest"] == pytest.approx(10 + 1_210 * 0.1 / 12)


# Days


@pytest.mark.parametrize(
    ("day_count", "due", "until", "years"),
    [
        ("365", "2023-12-31", "2024-12-31", 366 / 365),
        ("actual", "2023-12-31", "2024-12-31", 1),
        ("actual", "2023-12-01", "2024-01-31", 30 / 365 + 31 / 366),
        ("360", "2022-12-31", "2023-12-31", 365 / 360),
        ("30/360", "2023-12-31", "2024-12-31", 1),
        ("30/360", "2026-01-30", "2026-01-31", 0),  # the 31st bears nothing
        ("30/360", "2026-01-31", "2026-02-28", 30 / 360),
        ("30/360", "2026-01-31", "2026-03-01", 31 / 360),
        ("30/360", "2024-02-28", "2024-02-29", 2 / 360),  # the last day of a month is its 30th
        ("30/360", "2026-05-15", "2026-07-15", 60 / 360),  # over the turn of a half-year
    ],
)
def test_days_count_as_the_law_has_it(day_count, due, until, years):
    found = interest(law(day_count=day_count), 1_000, due, until)["interest"]
    assert found == pytest.approx(100 * years, abs=1e-9)


def test_bulgarian_days_are_360ths():
    # The first half of 2022: base rate 0 and ten points.
    assert interest(of("BG"), 36_000, "2022-01-31", "2022-03-02")["interest"] == pytest.approx(36_000 * 0.1 * 30 / 360)


# Rates


CHANGES = {"rates": {}, "changes": {"2026-03-01": 0.06, "2026-01-11": 0.02}, "known_until": "2026-03-31"}


def test_a_rate_that_changes_on_any_day_holds_from_it_on():
    changing = law(points=0, **CHANGES)
    # 10 days at 2 % from 11 to 20 January; 49 days at 2 % to 28 February and 31 at 6 % in March.
    assert interest(changing, 36_500, "2026-01-10", "2026-01-20")["interest"] == pytest.approx(100 * 0.02 * 10)
    found = interest(changing, 36_500, "2026-01-10", "2026-03-31")
    assert found["interest"] == pytest.approx(100 * (0.02 * 49 + 0.06 * 31))
    assert found["daily_interest"] == pytest.approx(6)


@pytest.mark.parametrize(
    ("due", "until", "missing"),
    [("2026-01-09", "2026-01-20", "2026 H1"), ("2026-03-15", "2026-04-01", "2026 H1"),
     ("2026-03-15", "2026-07-02", "2026 H1, 2026 H2")],
)  # fmt: skip
def test_before_the_first_change_and_after_the_last_known_day_it_is_missing(due, until, missing):
    found = interest(law(points=0, **CHANGES), 36_500, due, until)
    assert np.isnan(found["interest"])
    assert found["missing_rate"] == missing


def test_the_rate_of_the_start_or_of_the_rest_holds_where_the_law_says_so():
    from_start = law(points=0, rate_holds="from_start", **CHANGES)
    assert interest(from_start, 36_500, "2026-01-10", "2026-03-31")["interest"] == pytest.approx(100 * 0.02 * 80)
    # Known when it began, it holds also after the last known day.
    assert interest(from_start, 36_500, "2026-03-10", "2026-04-09")["interest"] == pytest.approx(100 * 0.06 * 30)
    rest = law(points=0, rate_holds="rest", rests_months=1, **CHANGES)
    first, second = 0.02 * 31 / 365, 0.02 * 28 / 365
    assert interest(rest, 36_500, "2026-01-10", "2026-03-10")["interest"] == pytest.approx(
        36_500 * ((1 + first) * (1 + second) - 1)
    )


def test_three_times_the_rate_and_points_beside():
    assert interest(law(times=3, points=0.01, rates={"2026 H1": 0.02}), 36_500, "2026-01-31", "2026-02-10")[
        "interest"
    ] == pytest.approx(100 * 10 * 0.07)


def test_five_percent_depend_on_no_reference_rate():
    found = interest(of("CH"), 7_200, "2026-03-15", "2035-03-15")
    assert found["interest"] == pytest.approx(7_200 * 0.05 * 9)
    assert pd.isna(found["missing_rate"])


def test_nothing_accrues_before_a_law_is_in_force():
    late = law(in_force=date(2020, 7, 1))
    assert interest(late, 1_000, "2019-01-31", "2019-12-31")["interest"] == 0
    assert interest(late, 1_000, "2020-01-31", "2020-07-10")["interest"] == pytest.approx(1_000 * 0.1 * 10 / 365)
