"""Every sentence that a page says, and how numbers are written: `words.limits.decisions(…)`, a module a subject."""

from importlib import import_module
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    """Return a module of this package when it is first asked for: most chapters need one or two of them."""
    if name.startswith("__"):
        raise AttributeError(name)
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise AttributeError(f"words has no module {name!r}") from None
