"""Functions that small books interpret: the same as machine code, and only until there is much to do."""

import sys

import numpy as np
import pytest

from tradecredit.insurance import evidence, filling, limit_history, settlement, shipped, split, stops
from tradecredit.insurance.policy import Policy
from tradecredit.numerics import grouping, kernels
from tradecredit.numerics.grouping import Grouped, grouped
from tradecredit.numerics.kernels import Kernel

ROWS, BUYERS = 400, 12
RNG = np.random.default_rng(5)
BUYER, DAY = RNG.integers(0, BUYERS, ROWS), RNG.integers(20_000, 20_090, ROWS)
SHIPPED = grouped(BUYER, DAY, BUYERS)
OTHER = grouped(RNG.integers(-1, BUYERS, 60), RNG.integers(20_000, 20_090, 60), BUYERS)
LATER = OTHER._replace(day=OTHER.day + 9)
AMOUNT = RNG.integers(0, 900, ROWS) / 7
TICKS = np.where(RNG.random(ROWS) < 0.2, np.iinfo(np.int64).min, DAY * stops.DAY + 5)
TERMS = Policy(
    name="x", insured_percentage=0.9, threshold=10.0, each_loss_deductible=5.0, minimum_retention=8.0,
    aggregate_first_loss=300.0, loss_basis="debt",
).record()  # fmt: skip


def _settled(settle):
    steps = np.empty((6, ROWS))
    settle(np.sort(BUYER), AMOUNT, AMOUNT / 3, AMOUNT / 9, np.full(ROWS, 80.0), AMOUNT > 60, TERMS, steps)
    return steps


CASES = {
    "counted": (grouping._counted, (BUYER, np.flatnonzero(AMOUNT > 9).astype(np.int32), 0, BUYERS)),
    "days": (stops._days, (TICKS,)),
    "past extension": (stops._past_extension, (DAY * stops.DAY, DAY * stops.DAY - 7, TICKS, np.int64(30))),
    "in a span": (stops._in_a_span, (SHIPPED, OTHER, LATER)),
    "in force": (limit_history._in_force, (SHIPPED, OTHER, DAY[:60] + 20, AMOUNT[:60])),
    "held": (evidence._held, (SHIPPED, OTHER, OTHER.day + 20)),
    "within limits": (filling.within_limits, (SHIPPED, AMOUNT, np.where(DAY > 20_050, 500.0, 300.0))),
    "reason": (shipped._reason, (AMOUNT - 60, AMOUNT > 30, RNG.random(ROWS) < 0.2, RNG.integers(0, 2, ROWS))),
    "insurable debts": (filling.insurable_debts, (
        AMOUNT, (AMOUNT / 9, AMOUNT / 8, np.where(AMOUNT > 90, AMOUNT, 0)),
        (np.where(AMOUNT > 40, AMOUNT / 6, np.nan), AMOUNT), RNG.integers(0, len(shipped.CODE), ROWS))),
    "decided": (filling.decided, (
        AMOUNT / 2, AMOUNT, AMOUNT, AMOUNT / 3, RNG.integers(0, 2, ROWS))),
    "split": (split._split, (AMOUNT, (AMOUNT / 9, AMOUNT / 2, AMOUNT / 3, AMOUNT / 8),
                             (RNG.integers(0, 5, ROWS), RNG.integers(0, 3, ROWS)), 0.9)),
}  # fmt: skip


def _arrays(result):
    return [np.asarray(part) for part in (result if isinstance(result, tuple) else (result,))]


@pytest.mark.parametrize("name", CASES)
def test_what_is_interpreted_is_what_is_compiled(name):
    kernel, arguments = CASES[name]
    interpreted, compiled = _arrays(kernel.plain(*arguments)), _arrays(kernel.machine(*arguments))
    assert len(interpreted) == len(compiled)
    for one, other in zip(interpreted, compiled, strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    assert any(one.any() for one in compiled)


def test_losses_are_settled_alike():
    np.testing.assert_array_equal(_settled(settlement._settle.plain), _settled(settlement._settle.machine))


def test_each_kernel_of_small_books_is_compared():
    modules = (evidence, filling, grouping, limit_history, settlement, shipped, split, stops)
    found = {
        value for module in modules for value in vars(module).values()
        if isinstance(value, Kernel) and value.__module__ == module.__name__
    }  # fmt: skip
    within_settle = {value for value in found if value.__module__ == settlement.__name__}
    of_many = {split._summed, grouping._counted}
    assert found - within_settle - of_many == {kernel for kernel, _ in CASES.values()} - of_many


@pytest.fixture
def without_compiler(monkeypatch):
    monkeypatch.delitem(sys.modules, kernels.COMPILER)
    monkeypatch.setattr(Kernel, "work", kernels.Work())


@pytest.mark.usefixtures("without_compiler")
def test_the_compiler_is_started_once_there_is_much_to_do(monkeypatch):
    monkeypatch.setattr(kernels, "MOST_ELEMENTS", 250)
    kernel = Kernel(lambda _: "machine", lambda _: "interpreted")
    monkeypatch.setattr(Kernel, "machine", property(lambda self: self.function))
    rows = np.zeros(100)
    assert [kernel(rows) for _ in range(3)] == ["interpreted", "interpreted", "machine"]


def test_where_it_has_been_started_nothing_is_interpreted(monkeypatch):
    monkeypatch.setitem(sys.modules, kernels.COMPILER, object())
    kernel = Kernel(lambda _: "machine", lambda _: "interpreted")
    monkeypatch.setattr(Kernel, "machine", property(lambda self: self.function))
    assert kernel(np.zeros(1)) == "machine"


@pytest.mark.usefixtures("without_compiler")
def test_division_by_nothing_gives_what_numpy_gives():
    kernel = Kernel(lambda values: values[0] / values[1])
    assert kernel(np.array([1.0, 0.0])) == np.inf


def test_a_group_without_rows_is_empty():
    found = Grouped(*(np.asarray(part) for part in grouped(np.array([2, 2]), np.array([5, 4]), 4)))
    assert found.first.tolist() == [0, 0, 0, 2, 2]
