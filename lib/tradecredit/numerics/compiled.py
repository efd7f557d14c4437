"""How the numerical kernels are compiled: once, without the interpreter's lock, and kept for the next run."""

import hashlib
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import FunctionCache
from numba.extending import typeof_impl

from tradecredit.book.disk import writing
from tradecredit.numerics.kernels import Kernel

Function = TypeVar("Function", bound=Callable)

ELSEWHERE = "name another folder for caches by XDG_CACHE_HOME"

KERNELS = (
    "numerics/compiled.py",
    "numerics/grouping.py",
    "numerics/random_numbers.py",
    "numerics/risk_measures.py",
    "insurance/evidence.py",
    "insurance/filling.py",
    "insurance/limit_history.py",
    "insurance/settlement.py",
    "insurance/shipped.py",
    "insurance/split.py",
    "insurance/stops.py",
    "losses/hazards.py",
    "losses/kernels.py",
    "losses/moment_kernels.py",
    "losses/quadrature.py",
    "default/payment_kernels.py",
    "default/payment_rates.py",
    "cash/schedule_kernels.py",
    "cash/scenario_kernels.py",
    "default/monotone_curves.py",
    "default/pair_choice.py",
)
"""Modules with compiled functions, which call each other."""


def _kernels_version() -> str:
    """Return a hash of the kernels' source.

    Numba looks only at the file of the function that it compiles: an edit of a function that another module's kernel
    calls would leave the old machine code in use. A folder for each state of all of them cannot.
    """
    library, digest = Path(__file__).parents[1], hashlib.sha256(numba.__version__.encode())
    for name in KERNELS:
        digest.update((library / name).read_bytes())
    return digest.hexdigest()[:16]


def user_cache() -> Path:
    """Return the folder of the user's caches: machine code is the machine's, and the same for all run files."""
    if stated := os.environ.get("XDG_CACHE_HOME"):
        return Path(stated)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def _folder() -> Path:
    """Return the folder of the machine code; raises `ParameterError` where it cannot be written.

    Numba would keep it beside the library in its place, where nothing tells of which state of the kernels it is.
    """
    folder = user_cache() / "tradecredit" / "compiled" / _kernels_version()
    with writing(folder, ELSEWHERE):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder


class WholeFiles(FunctionCache):
    """Numba's files of a function's machine code; what is not whole is compiled again, where numba would fail."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except (EOFError, pickle.UnpicklingError, ValueError, LookupError, AttributeError, TypeError):
            self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with writing(Path(self.cache_path), ELSEWHERE):
            super().save_overload(sig, data)


def _compiled_by(**options: Any) -> Callable[[Function], Function]:
    def compiled(function: Function) -> Function:
        dispatcher = numba.njit(nogil=True, error_model="numpy", **options)(function)
        dispatcher._cache = WholeFiles(function)
        return dispatcher

    return compiled


@typeof_impl.register(Kernel)
def _of_kernel(kernel: Kernel, context: Any) -> Any:
    """Let a compiled function call a kernel by its machine code."""
    return typeof_impl(kernel.machine, context)


numba.config.CACHE_DIR = str(_folder())

compiled = _compiled_by()
"""Decorator of the kernels; division by zero gives what numpy gives."""

inlined = _compiled_by(forceinline=True)
"""The same for a small function of an innermost loop, where a call with its arrays would cost more than it does."""
