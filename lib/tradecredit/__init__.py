"""The trade credit workbook's library: a credit book in; default probabilities, limits and losses out.

What is public is imported when it is first asked for: whoever opens a book does not wait for the simulation.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tradecredit import default, losses
    from tradecredit.book.book import Book
    from tradecredit.decide import limits
    from tradecredit.default.additive_model import DefaultModel
    from tradecredit.insurance import cover
    from tradecredit.insurance.policy import Policy
    from tradecredit.language import tr
    from tradecredit.measure import receivables
    from tradecredit.params.run import Run

__all__ = ["Book", "DefaultModel", "Policy", "Run", "cover", "default", "limits", "losses", "receivables", "tr"]

_PUBLIC = {
    "Book": "tradecredit.book.book:Book",
    "DefaultModel": "tradecredit.default.additive_model:DefaultModel",
    "Policy": "tradecredit.insurance.policy:Policy",
    "Run": "tradecredit.params.run:Run",
    "cover": "tradecredit.insurance.cover",
    "default": "tradecredit.default",
    "limits": "tradecredit.decide.limits",
    "losses": "tradecredit.losses",
    "receivables": "tradecredit.measure.receivables",
    "tr": "tradecredit.language:tr",
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
