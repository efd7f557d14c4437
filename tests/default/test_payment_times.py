"""Payment times: closed forms of hazards, and what buyers with little data borrow."""

import numpy as np
import pytest

from tradecredit.default.exits import OPEN, PAID, Exits
from tradecredit.default.payment_days import weekday_of
from tradecredit.default.payment_kernels import FIRST
from tradecredit.default.payment_times import _dispersion, _strength, calendar_of, fitted

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


def test_nobody_is_paid_on_a_sunday_where_nobody_ever_was():
    random = np.random.default_rng(4)
    made = rows(np.zeros(4_000, int), random.integers(0, 20, 4_000))
    day = np.where(weekday_of(made.day) == 6, made.day + 1, made.day)
    found = fitted(made._replace(day=day), np.zeros(1, int), TODAY)
    assert found.days.weekdays[6] < 0.05
    assert found.days.weekdays[0] > 1.3


def test_a_tempo_that_rose_is_expected_to_stay_higher():
    # Invoices were paid 15 to 25 days late, and 0 to 10 days in the last 100 days.
    random = np.random.default_rng(5)
    issued = np.repeat(np.arange(TODAY - 600, TODAY - 45), 10)
    late = np.where(issued > TODAY - 140, random.integers(0, 10, len(issued)), random.integers(15, 25, len(issued)))
    made = rows(np.zeros(len(issued), int), late)
    made = made._replace(due=issued + 30, entry=issued, day=issued + 30 + late, first=int(issued.min()))
    assert fitted(made, np.zeros(1, int), TODAY).tempo.mean[0] > 0.2


def test_a_calendar_knows_weekdays_and_parts_of_months():
    first = int(np.datetime64("2026-10-31").astype(int))
    found = calendar_of(first, first + 6)
    assert found.part.tolist() == [5, 0, 0, 0, 0, 0, 1]
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
    assert _strength(seen[:, None], expected[:, None], 2.0) == 8.0
    assert _strength(seen[:, None], expected[:, None], 1.0) > 8.0


def _paid_before(times, buyer, today, late):
    """Return the part of an invoice of 30 days, issued that day, that is paid so many days after its due day or before,
    by the coming calendar."""
    calendar = times.coming(today, 60)
    days = np.arange(31 + late)
    cell = days - 30 - FIRST
    habit = times.habits[buyer, calendar.part[days]]
    return 1 - np.exp(-(times.hazards[buyer, cell] * calendar.factor[days] * habit).sum())
