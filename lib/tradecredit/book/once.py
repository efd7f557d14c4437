"""Tables that are computed once for each book and kept with it, so that whoever asks again shares them."""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

Function = TypeVar("Function", bound=Callable)


def once(function: Function) -> Function:
    """Let `function(book, …)` compute its result once for each book and arguments, and keep it with the book.

    The result must depend on nothing else. It goes when the book does, and a book of another day begins anew. A table
    or a series is handed out as a copy that shares its values until one of the two is changed (pandas' copy-on-write),
    and an array, or a tuple's, cannot be written to: nobody can change what others share.
    """

    @wraps(function)
    def shared(book, *arguments: Hashable):
        kept, key = book.kept, (function, *arguments)
        if key not in kept:
            kept[key] = _protected(function(book, *arguments))
        result = kept[key]
        return result.copy(deep=False) if isinstance(result, pd.DataFrame | pd.Series) else result

    return cast(Function, shared)


def told(book: Any, function: Callable, result: object) -> None:
    """Let a `once` function of a book alone give a result that the book does not tell by itself.

    Such is, of a part of a larger book, what holds of the whole.
    """
    book.kept[(function.__wrapped__,)] = _protected(result)  # type: ignore[attr-defined]


def _protected(result: object) -> object:
    for part in result if isinstance(result, tuple) else [result]:
        if isinstance(part, np.ndarray):
            part.flags.writeable = False
    return result
