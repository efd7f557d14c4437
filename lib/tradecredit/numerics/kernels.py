"""Compiled functions that do little work without the compiler, whose start takes longer than that work."""

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

COMPILER = "tradecredit.numerics.compiled"

MOST_ELEMENTS = 2_000_000
"""Elements of arrays that a process interprets in all: as much time as the compiler's start takes, half a second."""

Function = TypeVar("Function", bound=Callable)


class Work:
    """The elements of arrays that have been interpreted in this process."""

    def __init__(self) -> None:
        self.elements = 0


class Kernel:
    """A function on arrays: `plain`, as Python interprets it, until there is much to do, and then `machine` code.

    Both return the same: division by zero gives what numpy gives. Where the compiler has been started already, such as
    for a simulation, nothing is interpreted. A compiled function may call it. `plain` may be another function than the
    one that is compiled, where numpy does without a loop.
    """

    work = Work()

    def __init__(self, function: Callable, plain: Callable | None = None):
        self.function, self.plain = function, plain or function
        self.__doc__, self.__name__, self.__module__ = function.__doc__, function.__name__, function.__module__

    @cached_property
    def machine(self) -> Any:
        """The compiled function."""
        from tradecredit.numerics.compiled import compiled

        return compiled(self.function)

    def __call__(self, *arguments: Any) -> Any:
        if COMPILER not in sys.modules:
            self.work.elements += sum(_elements(argument) for argument in arguments)
            if self.work.elements <= MOST_ELEMENTS:
                with np.errstate(all="ignore"):
                    return self.plain(*arguments)
        return self.machine(*arguments)


def kernel(function: Function) -> Function:
    """Decorator of a kernel that small books need too: see `Kernel`."""
    return cast(Function, Kernel(function))


def _elements(argument: Any) -> int:
    if isinstance(argument, np.ndarray):
        return argument.size
    return sum(map(_elements, argument)) if isinstance(argument, tuple) else 0
