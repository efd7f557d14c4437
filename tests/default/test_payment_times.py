"""Payment times: closed forms of hazards, and what buyers with little data borrow."""

import numpy as np
import pytest

from tradecredit.cash.schedule_kernels import money_by_day, receipts_by_week
from tradecredit.default.exits import OPEN, PAID, Exits
from tradecredit.default.payment_days import REACH, PayingDays, weekday_of
from tradecredit.default.payment_kernels import lateness
from tradecredit.default.payment_rates import CERTAIN, FIRST, gone, rate_on, space, stretch
from tradecredit.default.payment_times import _dispersion, calendar_of, fitted
from tradecredit.numerics.borrowed import strength

TODAY = 20_000


def rows(buyer, late, *, issued=None, terms=30, kind=PAID):
    """Return exits of invoices of 30 days that are paid so many days late."""
    count = len(late)
    issued = np.arange(count) % 300 + TODAY - 420 if issued is None else np.full(count, issued)
    due, ones = issued + terms, np.ones(count)
    kind = np.full(count, kind, np.int8)
    columns = (np.arange(count), np.asarray(buyer), due, issued, due + np.asarray(late), ones, ones * 100, kind)
    return Exits(*columns, first=int(issued.min()))


def settled(times, buyer, days):
    """Return the part that is paid by so many days late, weekdays and tempo at their usual."""
    hazard = times.hazards[buyer, : days - FIRST + 1]
    return 1 - np.exp(-hazard[-FIRST - 30 :].sum())


def test_what_is_gone_at_a_hazard_is_told_without_the_exponential():
    small, large = np.append(0.0, np.geomspace(1e-12, 1.0, 100)), np.geomspace(1.0, 2 * CERTAIN, 100)
    assert [gone(one) for one in small] == pytest.approx(-np.expm1(-small), rel=1e-8)
    assert [gone(one) for one in large] == pytest.approx(-np.expm1(-large), abs=3e-7)


@pytest.mark.parametrize("due", [-500, -120, 0, 30, 110, 400])
@pytest.mark.parametrize("begin", [-3, 1, 19])
def test_many_days_at_once_have_the_hazards_of_each(begin, due):
    # Weekends are closed, and before the earliest and after the latest cell its hazard goes on.
    random = np.random.default_rng(4)
    hazards, credits, habits = random.uniform(0, 0.2, 301), random.uniform(0, 0.01, 301), random.uniform(0.5, 2, 31)
    weekdays = PayingDays(np.array([1.2, 1, 1, 0.9, 0.8, 0.01, 0.02]), 1.0, 0.7)
    calendar = calendar_of(TODAY, TODAY + 90).on(weekdays, TODAY, random.normal(0, 0.1, 91))
    habit, start = habits[calendar.month_day], max(begin, 1)
    assert len(habit) == REACH + 91
    rate, credit = stretch(start, 45, (due, begin), calendar, habit, (hazards, credits), space())
    days = range(start, 45)
    assert rate == pytest.approx([rate_on(day, due, begin, calendar, habits, hazards) for day in days])
    assert credit.tolist() == [credits[min(max(day - due, -120), 180) + 120] for day in days]


def test_a_constant_hazard_is_found():
    # Of geometric times with a hazard of 5 % a day from the day of issue on, 1 − 0.95^40 are paid by 9 days late.
    random = np.random.default_rng(1)
    late = random.geometric(0.05, 8_000) - 1 - 30
    found = fitted(rows(np.zeros(8_000, int), late), np.zeros(1, int), TODAY)
    assert settled(found, 0, 9) == pytest.approx(1 - 0.95**40, abs=0.02)


def test_open_items_count_as_open_so_far():
    # Half of the invoices are paid on the due day, half are open 60 days later: not all of them are paid in time.
    count = 2_000
    late = np.where(np.arange(count) % 2, 0, 60)
    half = rows(np.zeros(count, int), late, issued=TODAY - 90)
    half = half._replace(kind=np.where(np.arange(count) % 2, PAID, OPEN).astype(np.int8))
    found = fitted(half, np.zeros(1, int), TODAY)
    assert settled(found, 0, 30) == pytest.approx(0.5, abs=0.05)


def test_a_buyer_without_invoices_pays_as_its_segment():
    random = np.random.default_rng(2)
    late = random.integers(0, 20, 3_000)
    found = fitted(rows(np.arange(3_000) % 10, late), np.zeros(11, int), TODAY)
    assert settled(found, 10, 10) == pytest.approx(np.mean(late <= 10), abs=0.05)


def test_a_buyer_with_many_invoices_pays_at_its_own_pace():
    random = np.random.default_rng(3)
    slow = np.arange(6_000) % 20 == 0
    late = np.where(slow, random.integers(30, 50, 6_000), random.integers(0, 10, 6_000))
    found = fitted(rows(np.arange(6_000) % 20, late), np.zeros(20, int), TODAY)
    assert settled(found, 0, 15) < 0.3
    assert settled(found, 1, 15) > 0.9


def test_what_falls_due_on_closed_days_is_paid_on_the_next_open_one():
    # Banks pay all invoices on their due days, those of Saturdays and Sundays on Mondays.
    made = rows(np.zeros(4_000, int), np.zeros(4_000, int))
    found = fitted(made._replace(day=_open_day(made.day)), np.zeros(1, int), TODAY)
    assert found.days.weekdays[5:].max() < 0.05
    assert found.days.weekdays[0] == pytest.approx(1.0, abs=0.05)
    assert found.days.moved > 0.95
    for issued in range(TODAY, TODAY + 7):
        on_the_day = _open_day(np.array([issued + 30]))[0] - issued - 30
        assert _paid_before(found, 0, issued, on_the_day) > 0.9
        assert _paid_before(found, 0, issued, on_the_day - 1) < 0.1


def test_what_fell_due_on_the_days_before_a_forecast_comes_on_the_next_open_one():
    # Banks pay on due days; seen from a Saturday or a Sunday, what fell due on these comes on Monday.
    made = rows(np.zeros(4_000, int), np.zeros(4_000, int))
    found = fitted(made._replace(day=_open_day(made.day)), np.zeros(1, int), TODAY)
    saturday = TODAY + 7 - int(weekday_of(np.array([TODAY + 2]))[0])
    assert weekday_of(np.array([saturday])) == 5
    for today, due, monday in ((saturday, 0, 2), (saturday + 1, -1, 1), (saturday + 1, 0, 1)):
        columns = tuple(np.array([of]) for of in (0, due, due - 30))
        calendar, rates = found.coming(today, 7), (found.hazards, found.credits, np.ones((1, 8)))
        paid, _ = receipts_by_week(columns, 1, calendar, found.habits, rates)
        assert paid[0, 0, 0] > 0.9
        sales = (np.zeros(0, int), np.zeros(0, int), np.zeros(0)), (np.zeros(0, int), np.zeros(0))
        items, of_day = (*columns, np.ones(1)), (calendar, found.habits, (found.hazards, found.credits))
        assert money_by_day(items, *sales, *of_day)[monday] > 0.9
        # Monday is its last day in time: it is paid on it, and not late.
        in_time = (*columns[:2], np.array([monday]), columns[2])
        late, median, _ = lateness(in_time, found.coming(today, 420), found.habits, (found.hazards, found.credits))
        assert late[0] < 0.1
        assert median[0] == monday


def test_what_nobody_does_on_closed_days_is_not_made_up_for():
    # Whoever pays does so on any day from Monday to Friday alike, Mondays too: a hazard of 10 % on each.
    random = np.random.default_rng(4)
    made = rows(np.zeros(8_000, int), np.zeros(8_000, int))
    open_days = random.geometric(0.1, 8_000) - 1
    day = np.busday_offset(made.entry.astype("datetime64[D]"), open_days, roll="forward").astype(np.int64)
    found = fitted(made._replace(day=day), np.zeros(1, int), TODAY)
    monday = TODAY - weekday_of(np.array([TODAY]))[0]
    calendar = calendar_of(monday, monday + 69).on(found.days, monday, np.zeros(70))
    # Of invoices of four weeks, on each of the days from the second to the third week after.
    of_weekday = np.zeros((3, 4, 7))
    for week in range(4):
        for day in range(7, 28):
            rate = rate_on(7 * week + day, 7 * week + 30, 7 * week, calendar, found.habits[0], found.hazards[0])
            of_weekday[day // 7 - 1, week, day % 7] = rate
    assert of_weekday.mean(axis=(0, 1))[:5] == pytest.approx(np.full(5, -np.log(0.9)), rel=0.15)


def test_a_buyer_with_paying_days_of_its_own_pays_on_these():
    # Half of 40 buyers pay on the 10th or 25th, or the next open day, whatever is due by then; the others when it is.
    random = np.random.default_rng(10)
    buyer = np.arange(12_000) % 40
    made = rows(buyer, random.integers(0, 5, 12_000))
    date = made.day.astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    ends = np.stack([month.astype("datetime64[D]") + 9, month.astype("datetime64[D]") + 24,
                     (month + 1).astype("datetime64[D]") + 9])  # fmt: skip
    run = np.where(ends >= date, ends, np.datetime64("2100-01-01")).min(axis=0)
    day = _open_day(np.where(buyer < 20, run.astype(np.int64), made.day))
    found = fitted(made._replace(day=np.minimum(day, TODAY), kind=np.where(day > TODAY, OPEN, PAID).astype(np.int8)),
                   np.zeros(40, int), TODAY)  # fmt: skip
    on, between = [9, 24], [2, 3, 4, 16, 17, 18]
    assert found.habits[:20][:, on].min() > 5 * found.habits[:20][:, between].max()
    assert found.habits[20:][:, on].mean() < 1.5 * found.habits[20:][:, between].mean()


def _open_day(day):
    return np.busday_offset(day.astype("datetime64[D]"), 0, roll="forward").astype(np.int64)


def test_a_tempo_that_rose_is_expected_to_stay_higher():
    # Invoices were paid 15 to 25 days late, and 0 to 10 days in the last 100 days.
    random = np.random.default_rng(5)
    issued = np.repeat(np.arange(TODAY - 600, TODAY - 45), 10)
    late = np.where(issued > TODAY - 140, random.integers(0, 10, len(issued)), random.integers(15, 25, len(issued)))
    made = rows(np.zeros(len(issued), int), late)
    made = made._replace(due=issued + 30, entry=issued, day=issued + 30 + late, first=int(issued.min()))
    assert fitted(made, np.zeros(1, int), TODAY).tempo.mean[0] > 0.2


def test_a_calendar_knows_weekdays_and_days_of_months():
    first = int(np.datetime64("2026-10-31").astype(int))
    found = calendar_of(first, first + 2)
    # From the seventh day before on: October 24 to 31, the last three of which are counted from its end.
    assert found.month_day.tolist() == [23, 24, 25, 26, 27, 28, 29, 30, 0, 1]
    assert weekday_of(np.array([first])).tolist() == [5]


def test_dispersion_is_of_what_moves_from_week_to_week():
    # Weeks of variance 100² each, once with twice that beside it, and a level that is 5 % higher in the second half.
    random = np.random.default_rng(8)
    expected, slow = np.full(364, 1_000.0), np.where(np.arange(364) < 182, 1.0, 1.05)
    for multiple in (1.0, 3.0):
        chance = 100.0 * np.sqrt(multiple / 7) * random.standard_normal((40, 364))
        found = [_dispersion(np.stack([expected, np.full(364, 100.0**2 / 7), slow * expected + one])) for one in chance]
        # At least 1 each, which lifts a mean of 1.
        assert np.mean(found) == pytest.approx(multiple, rel=0.2)


def test_who_pays_on_receipt_is_expected_to():
    # Of a segment of 20 buyers all pay on the day of issue, on Mondays to Fridays alike; another pays around 10 days.
    random = np.random.default_rng(7)
    buyer = np.arange(8_000) % 40
    late = np.where(buyer < 20, -30, random.integers(5, 15, 8_000))
    made = rows(buyer, late)
    working = weekday_of(made.entry) < 5
    made = made._replace(**{name: column[working] for name, column in made._asdict().items() if name != "first"})
    found = fitted(made, (np.arange(40) >= 20).astype(int), TODAY)
    assert _paid_before(found, 0, TODAY - 30, -29) > 0.9
    assert _paid_before(found, 20, TODAY - 30, 1) < 0.03


def test_a_buyer_that_takes_discounts_pays_the_rest_as_others_do():
    # Half of 40 buyers take four of five discounts, the others one of five; the rest comes 5 to 15 days late.
    random = np.random.default_rng(8)
    buyer = np.arange(8_000) % 40
    takes = random.random(8_000) < np.where(buyer < 20, 0.8, 0.2)
    found = fitted(rows(buyer, np.where(takes, -20, random.integers(5, 15, 8_000))), np.zeros(40, int), TODAY)
    early = [_paid_before(found, buyer, TODAY, -7) for buyer in range(40)]
    assert np.mean(early[:20]) == pytest.approx(0.8, abs=0.07)
    assert np.mean(early[20:]) == pytest.approx(0.2, abs=0.07)


def test_weighted_payments_count_for_as_many_as_they_are():
    # Counts of 400 buyers, gamma-Poisson with a strength of 16, weighted by a half: as of 8. As counts of their own
    # they would look more alike than they are.
    random = np.random.default_rng(9)
    seen = random.poisson(40 * random.gamma(16, 1 / 16, 400)) * 0.5
    expected = np.full(400, 20.0)
    assert strength(seen, expected, 2.0) == 8.0
    assert strength(seen, expected, 1.0) > 8.0


def _paid_before(times, buyer, today, late):
    """Return the part of an invoice of 30 days, issued that day, that is paid so many days after its due day or before,
    by the coming calendar."""
    calendar = times.coming(today, 60)
    rates = [rate_on(day, 30, 0, calendar, times.habits[buyer], times.hazards[buyer]) for day in range(31 + late)]
    return 1 - np.exp(-sum(rates))
