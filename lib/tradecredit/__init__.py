"""The trade credit workbook's library: a credit book in; default probabilities, limits and losses out.

What is public is imported when it is first asked for: whoever opens a book does not wait for the simulation.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradecredit.book.book import Book
    from tradecredit.decide import cover, limits
    from tradecredit.measure import receivables
    from tradecredit.model import default, losses
    from tradecredit.model.default_model import DefaultModel
    from tradecredit.model.insurance import Policy
    from tradecredit.params import Run

__all__ = ["Book", "DefaultModel", "Policy", "Run", "cover", "default", "limits", "losses", "receivables"]

_PUBLIC = {
    "Book": "tradecredit.book.book:Book",
    "DefaultModel": "tradecredit.model.default_model:DefaultModel",
    "Policy": "tradecredit.model.insurance:Policy",
    "Run": "tradecredit.params:Run",
    "cover": "tradecredit.decide.cover",
    "default": "tradecredit.model.default",
    "limits": "tradecredit.decide.limits",
    "losses": "tradecredit.model.losses",
    "receivables": "tradecredit.measure.receivables",
}
"""Public name: its module, or `module:name`."""


def __getattr__(name: str) -> object:
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, attribute = _PUBLIC[name].partition(":")
    found = import_module(module)
    globals()[name] = getattr(found, attribute) if attribute else found
    return globals()[name]


def __dir__() -> list[str]:
    return __all__
