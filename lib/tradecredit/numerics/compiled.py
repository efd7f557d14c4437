"""How the numerical kernels are compiled: once, without the interpreter's lock, and kept for the next run."""

import hashlib
import os
import sys
from pathlib import Path

import numba

KERNELS = (
    "numerics/compiled.py",
    "numerics/grouping.py",
    "numerics/random_numbers.py",
    "numerics/risk_measures.py",
    "insurance/evidence.py",
    "insurance/filling.py",
    "insurance/limit_history.py",
    "insurance/settlement.py",
    "insurance/split.py",
    "insurance/stops.py",
    "losses/kernels.py",
    "losses/quadrature.py",
    "cash/kernels.py",
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


numba.config.CACHE_DIR = str(user_cache() / "tradecredit" / "compiled" / _kernels_version())

compiled = numba.njit(cache=True, nogil=True, error_model="numpy")
"""Decorator of the kernels; division by zero gives what numpy gives."""

inlined = numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True)
"""The same for a small function of an innermost loop, where a call with its arrays would cost more than it does."""
