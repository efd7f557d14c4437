"""The laws that come with the workbook: their reference rates, their points, and whose buyers they are for."""

import math

import pytest

from tradecredit.params.late_interest import kept_laws

LAWS = {law.name: law for law in kept_laws()}
HALF_YEARS = [f"{year} H{half}" for year in range(2019, 2027) for half in (1, 2)]
EURO = "EU directive"

MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"

# Reference rates in percent, half-year by half-year from 2019 H1 on, as the pages named have them.
PUBLISHED = {
    EURO: {
        # ECB main refinancing rate on 1 January and 1 July:
        # https://enterprise.gov.ie/en/What-We-Do/Supports-for-SMEs/Late-Payments/Late-Payment-Interest-Rate-
        "2019 H1": 0.0, "2019 H2": 0.0, "2020 H1": 0.0, "2020 H2": 0.0, "2021 H1": 0.0, "2021 H2": 0.0,
        "2022 H1": 0.0, "2022 H2": 0.0, "2023 H1": 2.5, "2023 H2": 4.0, "2024 H1": 4.5, "2024 H2": 4.25,
        "2025 H1": 3.15,  # decision of 12 December 2024: https://esperio.net/analytics/market-analysis/market-news/4019080
        # Not changed since June: https://www.ecb.europa.eu/press/pr/date/2025/html/ecb.mp250911~6afb7a9490.en.html
        "2025 H2": 2.15,
        # 18 December 2025: https://www.aa.com.tr/en/economy/european-central-bank-holds-rates-steady-at-2-matching-expectations/3774838
        "2026 H1": 2.15,
        # https://www.ecb.europa.eu/press/pr/date/2026/html/ecb.mp260611~4d41bd5e83.en.html, as reported by
        # https://rbtfl.xyz/pt/n/ecb-rate-hike-energy-shock.md
        "2026 H2": 2.4,
    },
    "UK late payment act": {
        # Bank Rate on 31 December and 30 June: https://payontime.co.uk/how-to-calculate-late-payment-interest-and-compensation
        "2019 H1": 0.75, "2019 H2": 0.75, "2020 H1": 0.75, "2020 H2": 0.1, "2021 H1": 0.1, "2021 H2": 0.1,
        "2022 H1": 0.25, "2022 H2": 1.25, "2023 H1": 3.5, "2023 H2": 5.0, "2024 H1": 5.25,
        "2024 H2": 5.25,  # cut to 5 % from it on 1 August: https://londondevelopmentsites.com/tag/bank
        "2025 H1": 4.75,  # end of 2024: https://www.focus-economics.com/country-indicator/united-kingdom/interest-rate
        "2025 H2": 4.25,  # https://news.wmmarkets.com/the-bank-of-england-holds-interest-rates-steady-in-june
        "2026 H1": 3.75,  # 18 December 2025: https://tradingeconomics.com/united-kingdom/interest-rate
        # https://www.livesquawk.com/report/special_boe-holds-bank-rate-at-3-75as-policymakers-retain-tightening-bias
        "2026 H2": 3.75,
    },
    "China order 802": {
        # Last one-year LPR before 1 January and 1 July; it is set on the 20th of each month.
        "2020 H2": 3.85,  # July 2020, as in June: https://www.apdnews.com/article/20accb6
        # Not changed from April 2020 to June 2021: https://www.livemint.com/industry/banking/
        # china-keeps-lending-benchmark-rate-unchanged-for-14th-straight-month/amp-11624239331584.html
        "2021 H1": 3.85, "2021 H2": 3.85,
        "2022 H1": 3.8,  # https://www.nasdaq.com/articles/china-cuts-lending-benchmark-lpr-for-first-time-since-april-2020
        "2022 H2": 3.7,  # https://wkzo.com/2022/06/19/china-keeps-benchmark-lending-rates-unchanged-as-expected-in-june/
        "2023 H1": 3.65,  # http://en.people.cn/n3/2022/1220/c90000-10186030.html
        "2023 H2": 3.55,  # http://en.people.cn/n3/2023/0620/c90000-20033762.html
        "2024 H1": 3.45,  # http://en.people.cn/n3/2023/1220/c90000-20112780.html
        # Cut from it on 22 July: https://www.finnewsnetwork.com.au/archives/finance_news_network470287.html
        "2024 H2": 3.45,
        # January, as in December: https://www.forexlive.com/centralbank/pboc-sets-one-and-five-year-loan-prime-rates-unchanged-20250120/
        "2025 H1": 3.1,
        "2025 H2": 3.0,  # https://particle.news/story/china-keeps-benchmark-loan-prime-rates-unchanged-in-june
        "2026 H1": 3.0,  # January, as in December: http://en.people.cn/n3/2026/0120/c90000-20416397.html
    },
    "Austria, UGB 456": {
        # https://www.oenb.at/en/Services/Interest-Rates-and-Exchange-Rates/Interest-Rates-on-Business-Arrears.html
        "2019 H1": -0.62, "2019 H2": -0.62, "2020 H1": -0.62, "2020 H2": -0.62, "2021 H1": -0.62, "2021 H2": -0.62,
        "2022 H1": -0.62, "2022 H2": -0.62, "2023 H1": 1.88, "2023 H2": 3.38, "2024 H1": 3.88,
        "2024 H2": 3.88,  # OTS, 12 September 2024: 3.88 now, 3.03 from 18 September: onvista.de
        "2025 H1": 2.53,  # evi.gv.at, from 18 December 2024
        "2025 H2": 1.53,  # firmenwebseiten.at: 2.03 to 1.53 on 11 June 2025
        # The ECB has held its rate in 2025 H2, and moved it by 0.25 in June 2026: less than the half point that counts.
        "2026 H1": 1.53, "2026 H2": 1.53,
    },
    "Germany, BGB 288": {
        # https://www.lifepr.de, releases of the Bundesbank 757316 (2019 H2), 805297 (2020 H2), 829433 (2021 H1)
        "2019 H1": -0.88, "2019 H2": -0.88, "2020 H1": -0.88, "2020 H2": -0.88, "2021 H1": -0.88, "2021 H2": -0.88,
        "2022 H1": -0.88, "2022 H2": -0.88,
        "2023 H1": 1.62,  # https://www.stb-bruns.com/basiszinssatz-wurde-angepasst
        "2023 H2": 3.12, "2024 H1": 3.62, "2024 H2": 3.37, "2025 H1": 2.27,
        "2025 H2": 1.27, "2026 H1": 1.27,  # Bundesbank, 24 December 2025: finanzmarktnachrichten.de
        "2026 H2": 1.52,  # 10.52 % from 1 July 2026: glama.ai, connector oiyo
    },
    "Bulgaria, decree 426": {
        # Base rate and 2 points. 0.00 from February 2016 to September 2022: 24chasa.bg/biznes/article/21400187
        "2019 H1": 2.0, "2019 H2": 2.0, "2020 H1": 2.0, "2020 H2": 2.0, "2021 H1": 2.0, "2021 H2": 2.0,
        "2022 H1": 2.0, "2022 H2": 2.0,
        "2023 H1": 3.42,  # 1.42: bta.dev.uslugi.io/en/news/economy/383484-base-interest-rate-up-at-1-42-as-of-january-1
        "2023 H2": 5.12,  # 3.12: bta.bg/bg/news/economy/482362
        "2024 H1": 5.79, "2024 H2": 5.63,  # 3.79 in January, 3.63 in July: burgas24.bg/novini//send/2282366.html
        "2025 H1": 4.95,  # 2.95 from 1 January 2025: the bank's announcement, in the press
        "2025 H2": 3.91,  # 1.91 in July: finansi.bg/novina/bnb-obyavi-osnovniya-lihven-procent-za-avgust-2025-g
        "2026 H1": 2.15, "2026 H2": 2.4,  # as in the euro area: 10.15 % in all, trud.bg, 23 December 2025
    },
    "Czechia, regulation 351/2013": {
        # behounek.eu, to 2024 H1; BIS, central bank policy rates (WS_CBPOL), end of June and December
        "2019 H1": 1.75, "2019 H2": 2.0, "2020 H1": 2.0, "2020 H2": 0.25, "2021 H1": 0.25, "2021 H2": 0.5,
        "2022 H1": 3.75, "2022 H2": 7.0, "2023 H1": 7.0, "2023 H2": 7.0, "2024 H1": 6.75, "2024 H2": 4.75,
        "2025 H1": 4.0, "2025 H2": 3.5, "2026 H1": 3.5,
    },
    "Denmark, Interest Act": {
        # https://www.forbrug.dk, Morarenten: 8.05, 7.65, 7.55, 9.90 and 11.25 % in all, to 2023 H2
        "2019 H1": 0.05, "2019 H2": 0.05, "2020 H1": 0.05, "2020 H2": 0.05, "2021 H1": 0.05, "2021 H2": -0.35,
        "2022 H1": -0.45, "2022 H2": -0.45, "2023 H1": 1.9, "2023 H2": 3.25,
        "2024 H1": 3.75,  # 11.75 % in all: selandiaadvokater.dk
        "2024 H2": 3.5,  # lending rate from 6 June 2024: global-rates.com
        "2025 H1": 2.75,  # December 2024: tradingeconomics.com
        "2025 H2": 1.75, "2026 H1": 1.75,  # 5 June 2025: fx.co; not moved to April 2026: BIS (WS_CBPOL)
    },
    "Hungary, Civil Code 6:155": {
        # https://www.mnb.hu, base rate, to 2023 H2; BIS, central bank policy rates (WS_CBPOL), end of June and December
        "2019 H1": 0.9, "2019 H2": 0.9, "2020 H1": 0.9, "2020 H2": 0.75, "2021 H1": 0.6, "2021 H2": 0.9,
        "2022 H1": 2.4, "2022 H2": 7.75, "2023 H1": 13.0, "2023 H2": 13.0, "2024 H1": 10.75, "2024 H2": 7.0,
        "2025 H1": 6.5, "2025 H2": 6.5, "2026 H1": 6.5,
    },
    "Norway, act of 1976": {
        # https://www.forsinkelsesrente.net: 8.75, 9.25, 9.50, 8, 8, 8, 8.50, 9.25, 10.75, 11.75 and 12.50 % in all
        "2019 H1": 0.75, "2019 H2": 1.25, "2020 H1": 1.5, "2020 H2": 0.0, "2021 H1": 0.0, "2021 H2": 0.0,
        "2022 H1": 0.5, "2022 H2": 1.25, "2023 H1": 2.75, "2023 H2": 3.75, "2024 H1": 4.5,
        "2024 H2": 4.5,  # https://norges-bank.no/tema/pengepolitikk/Rentemoter/2024/august
        "2025 H1": 4.5,  # https://lovdata.no, FOR-2024-12-19-3279: 12.5 % in all
        "2025 H2": 4.25, "2026 H1": 4.0,  # BIS, central bank policy rates (WS_CBPOL), end of June and December
    },
    "Poland, act of 2013": {
        # BIS, central bank policy rates (WS_CBPOL), end of June and December; in all 10.1 % in 2020 H2 (drabik.pl),
        # 15.75 % in 2024 (inforfk.pl)
        "2020 H1": 1.5, "2020 H2": 0.1, "2021 H1": 0.1, "2021 H2": 0.1, "2022 H1": 1.75,
        "2022 H2": 6.0,  # 6.50 from 8 July 2022 on: tvn24.pl/biznes/z-kraju, 5778781
        "2023 H1": 6.75, "2023 H2": 6.75, "2024 H1": 5.75, "2024 H2": 5.75, "2025 H1": 5.75, "2025 H2": 5.25,
        "2026 H1": 4.0,
    },
    "Romania, Law 72/2013": {
        # BIS, central bank policy rates (WS_CBPOL), end of June and December
        "2019 H1": 2.5, "2019 H2": 2.5, "2020 H1": 2.5, "2020 H2": 1.75, "2021 H1": 1.5, "2021 H2": 1.25,
        "2022 H1": 1.75, "2022 H2": 3.75, "2023 H1": 6.75, "2023 H2": 7.0, "2024 H1": 7.0, "2024 H2": 7.0,
        "2025 H1": 6.5, "2025 H2": 6.5, "2026 H1": 6.5,
    },
    "Sweden, Interest Act": {
        # https://www.riksbank.se/sv/statistik/rantor-och-valutakurser/referensranta, to 2024 H2
        "2019 H1": -0.5, "2019 H2": 0.0, "2020 H1": 0.0, "2020 H2": 0.0, "2021 H1": 0.0, "2021 H2": 0.0,
        "2022 H1": 0.0, "2022 H2": 0.5, "2023 H1": 2.5, "2023 H2": 3.5, "2024 H1": 4.0, "2024 H2": 4.0,
        # Policy rate 2.75 to 7 January 2025 (Riksbank), then 2.00 and 1.75 (BIS, WS_CBPOL), to the next half point
        "2025 H1": 3.0, "2025 H2": 2.0, "2026 H1": 2.0,
    },
    "Switzerland, OR 104": {},
}  # fmt: skip

# Laws whose reference is the ECB's rate, from the half-year on that is stated; or that rate, rounded up to the half
# point: in Belgium (eubelius.com) and Finland (suomenpankki.fi, 29/2013).
FROM_THE_ECB = {
    "Croatia, directive": "2023 H1", "France, code de commerce L441-10": "2019 H1",
    "France, commande publique": "2019 H1", "Ireland, SI 580 of 2012": "2019 H1", "Netherlands, BW 6:119a": "2019 H1",
}  # fmt: skip
ROUNDED_UP = ["Belgium, act of 2002", "Finland, Interest Act"]

# Bank rate of the Reserve Bank of India; its notifications and reports of them are named in the file.
INDIA = {
    "2019-04-04": 6.25, "2019-06-06": 6.0, "2019-08-07": 5.65, "2019-10-04": 5.4, "2020-03-27": 4.65,
    "2020-05-22": 4.25, "2022-05-04": 4.65, "2022-06-08": 5.15, "2022-08-05": 5.65, "2022-09-30": 6.15,
    "2022-12-07": 6.5, "2023-02-08": 6.75, "2025-02-07": 6.5, "2025-04-09": 6.25, "2025-06-06": 5.75,
    "2025-12-05": 5.5,
}  # fmt: skip


def in_percent(law):
    return {half_year: 100 * rate for half_year, rate in LAWS[law].rates.items()}


@pytest.mark.parametrize("law", PUBLISHED)
def test_reference_rates_are_the_published_ones(law):
    # Every rate of the file has its source here: one that is added there is added here, too.
    assert in_percent(law) == pytest.approx(PUBLISHED[law])


@pytest.mark.parametrize("law", FROM_THE_ECB)
def test_laws_that_take_the_ecbs_rate_have_it(law):
    known = HALF_YEARS[HALF_YEARS.index(FROM_THE_ECB[law]) :]
    assert in_percent(law) == pytest.approx({half_year: PUBLISHED[EURO][half_year] for half_year in known})


@pytest.mark.parametrize("law", ROUNDED_UP)
def test_laws_that_round_the_ecbs_rate_up_have_it_so(law):
    rounded = {half_year: math.ceil(2 * rate) / 2 for half_year, rate in PUBLISHED[EURO].items()}
    assert in_percent(law) == pytest.approx(rounded)


def test_the_bank_rate_of_india_is_as_notified():
    law = LAWS["India, MSMED Act"]
    assert {f"{day}": 100 * rate for day, rate in law.changes.items()} == pytest.approx(INDIA)
    assert f"{law.known_until}" == "2026-02-06"
    assert not law.rates


def test_no_law_is_without_a_comparison():
    assert {*PUBLISHED, *FROM_THE_ECB, *ROUNDED_UP, "India, MSMED Act"} == set(LAWS)


# What is charged in all, as tables and pages have it that give no reference rate.
@pytest.mark.parametrize(
    ("law", "half_year", "yearly"),
    [
        # Ireland's ministry (enterprise.gov.ie) and payontime.co.uk; 11.75 %: definitions §3.2
        (EURO, "2022 H2", 8.0), (EURO, "2023 H1", 10.5), (EURO, "2024 H2", 12.25),
        ("UK late payment act", "2020 H2", 8.1),
        ("UK late payment act", "2024 H1", 13.25), ("UK late payment act", "2026 H1", 11.75),
        # https://bpifrance-creation.fr/boiteaoutils/taux-penalites-retard
        ("France, code de commerce L441-10", "2024 H2", 14.25),
        # https://www.solidbau.at/wissen-service/verzugszinsen
        ("Austria, UGB 456", "2019 H1", 8.58), ("Austria, UGB 456", "2023 H1", 11.08),
        ("Belgium, act of 2002", "2020 H1", 8.0),  # phc-expert.be
        ("Belgium, act of 2002", "2024 H1", 12.5),  # medenam.be
        ("Belgium, act of 2002", "2024 H2", 12.5),  # forumforthefuture.be
        ("Bulgaria, decree 426", "2026 H1", 10.15),  # trud.bg
        ("Denmark, Interest Act", "2019 H1", 8.05), ("Denmark, Interest Act", "2023 H2", 11.25),  # forbrug.dk
        ("Denmark, Interest Act", "2024 H1", 11.75),  # selandiaadvokater.dk
        ("Finland, Interest Act", "2019 H1", 8.0),  # aamuset.fi
        ("Finland, Interest Act", "2025 H1", 11.5),  # suomenpankki.fi
        ("Germany, BGB 288", "2026 H2", 10.52),  # glama.ai
        ("Netherlands, BW 6:119a", "2023 H2", 12.0),  # kerckhoffsadvocaten.nl
        ("Netherlands, BW 6:119a", "2024 H2", 12.25),  # metaalunie.nl
        ("Norway, act of 1976", "2022 H2", 9.25),  # ropocapital.no
        ("Norway, act of 1976", "2025 H1", 12.5),  # lovdata.no, FOR-2024-12-19-3279
        ("Poland, act of 2013", "2020 H1", 11.5),  # inforfk.pl
        ("Poland, act of 2013", "2020 H2", 10.1),  # drabik.pl
        ("Poland, act of 2013", "2024 H1", 15.75),  # inforfk.pl
    ],
)  # fmt: skip
def test_published_rates_with_the_points_upon_them(law, half_year, yearly):
    assert 100 * (LAWS[law].rates[half_year] + LAWS[law].points) == pytest.approx(yearly)


@pytest.mark.parametrize(
    ("law", "fees", "currency"),
    [
        (EURO, [40], "EUR"), ("Czechia, regulation 351/2013", [1200], "CZK"), ("Denmark, Interest Act", [310], "DKK"),
        ("Sweden, Interest Act", [450], "SEK"), ("Poland, act of 2013", [40, 70, 100], "EUR"),
        ("Norway, act of 1976", [40], "EUR"), ("UK late payment act", [40, 70, 100], "GBP"),
        ("Switzerland, OR 104", [], "CHF"), ("India, MSMED Act", [], "INR"),
    ],
)  # fmt: skip
def test_flat_fees(law, fees, currency):
    assert [step.fee for step in LAWS[law].fees] == fees
    assert (LAWS[law].fee_currency or LAWS[law].currency) == currency


def test_what_is_not_known_is_missing():
    unknown = {law.name: [half for half in HALF_YEARS if half not in law.rates] for law in LAWS.values() if law.rates}
    assert {name: halves for name, halves in unknown.items() if halves} == {
        "China order 802": ["2019 H1", "2019 H2", "2020 H1", "2026 H2"],
        "Croatia, directive": HALF_YEARS[:8],
        "Czechia, regulation 351/2013": ["2026 H2"],
        "Denmark, Interest Act": ["2026 H2"],
        "Hungary, Civil Code 6:155": ["2026 H2"],
        "Norway, act of 1976": ["2026 H2"],
        "Poland, act of 2013": ["2019 H1", "2019 H2", "2026 H2"],
        "Romania, Law 72/2013": ["2026 H2"],
        "Sweden, Interest Act": ["2026 H2"],
    }


def test_all_member_states_of_the_eu_and_five_others_have_a_law():
    countries = {country for law in LAWS.values() for country in law.countries}
    assert countries == {*MEMBERS.split(), "CH", "CN", "GB", "IN", "NO"}


@pytest.mark.parametrize("law", [law for law in LAWS.values() if set(law.countries) & set(MEMBERS.split())])
def test_no_member_state_has_less_than_the_directive(law):
    # Article 2(6) and 6(1): eight points, 40 euros or what that is in a currency of its own.
    assert law.points >= 0.08
    assert law.fees[0].fee >= 40
