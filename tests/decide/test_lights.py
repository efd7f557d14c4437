"""Lights by hand: bounds, shares, changes on last year, and what cannot be tested."""

import numpy as np
import pytest
from pydantic import ValidationError

from tradecredit.decide.lights import lights
from tradecredit.params.lights import Light


def one(rule: Light, value: float | None, year_before: float | None = None, **others: float | None) -> str | None:
    before = {} if year_before is None else {"a": year_before}
    found = lights({"a": value, **others}, before, {"a": rule})
    return found["light"].get("a")


@pytest.mark.parametrize(
    ("value", "light"), [(0.9, "green"), (1.0, "green"), (1.1, "amber"), (2.0, "amber"), (2.1, "red"), (None, None)]
)
def test_beyond_a_bound_is_above_it_where_red_is_above_amber(value, light):
    assert one(Light(amber=1.0, red=2.0), value) == light


@pytest.mark.parametrize(("value", "light"), [(3.0, "green"), (0.0, "green"), (-1.0, "amber"), (-6.0, "red")])
def test_beyond_a_bound_is_below_it_where_red_is_below_amber(value, light):
    assert one(Light(amber=0.0, red=-5.0), value) == light


@pytest.mark.parametrize(
    ("owed", "light"), [(1_000.0, "green"), (500.0, "amber"), (250.0, "red"), (0.0, None), (None, None)]
)
def test_a_share_is_of_another_figure(owed, light):
    assert one(Light(amber=0.15, red=0.25, of="owed"), 100.0, owed=owed) == light


@pytest.mark.parametrize(
    ("before", "light"), [(100.0, "amber"), (107.0, "green"), (90.0, "red"), (0.0, None), (None, None), (np.nan, None)]
)
def test_a_change_is_on_the_month_end_a_year_ago(before, light):
    assert one(Light(amber=0.05, red=0.15, against="last_year"), 110.0, before) == light


def test_a_figure_without_a_rule_has_no_light():
    assert lights({"b": 1.0}, {}, {"a": Light(amber=1.0, red=2.0)}).empty
    assert lights({"b": 1.0}, {}, {}).empty


def test_a_rule_that_tests_nothing_or_two_things_is_refused():
    with pytest.raises(ValidationError, match="amber and red are equal"):
        Light(amber=1.0, red=1.0)
    with pytest.raises(ValidationError, match="exclude each other"):
        Light(amber=1.0, red=2.0, of="b", against="last_year")


@pytest.mark.parametrize(
    ("value", "beside", "light"),
    [(3.0, 1.0, "green"), (3.0, -1.0, "amber"), (3.0, None, "green"), (-6.0, -1.0, "red"), (-1.0, 2.0, "amber")],
)
def test_a_light_is_not_green_where_the_figure_beside_it_is_beyond_the_bound(value, beside, light):
    assert one(Light(amber=0.0, red=-5.0, also="b"), value, b=beside) == light


def test_a_figure_beside_it_has_no_share_or_change():
    with pytest.raises(ValidationError, match="leave out of and against"):
        Light(amber=0.0, red=-5.0, also="b", of="c")
