"""What a result is computed by: the source that a module rests on, and the packages that it computes with.

A result is forgotten when this changes, so it holds what computes and nothing else: a changed page, chapter or
sentence leaves what was simulated.
"""

import ast
import hashlib
import platform
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

LIBRARY = Path(__file__).parents[1]

COMPUTING = ("pandas", "numpy", "scipy", "numba", "statsmodels", "duckdb", "pyarrow")
"""Packages whose versions a result may depend on."""

_NAME = LIBRARY.name
# Parsing whole modules takes ten times as long as parsing the statements that can matter.
_STATEMENTS = re.compile(
    rf"^[ \t]*(from[ \t]+{_NAME}\b[\w.]*[ \t]+import[ \t]+(?:\([^)]*\)|[^\n(]+)|import[ \t]+{_NAME}\b[^\n]*)",
    re.MULTILINE,
)
_FOR_TYPES_ONLY = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+[^\n]*\n|\n)*", re.MULTILINE)
_NAMED_MODULES = re.compile(rf"""["']({_NAME}(?:\.\w+)+)["']""")
_NAMED_FILES = re.compile(r"""["']([\w.-]+\.(?:json|csv|yaml))["']""")


@cache
def code_version(module: str, library: Path = LIBRARY) -> str:
    """Return a sha256 over Python, the computing packages and the sources that a module of the library rests on."""
    digest = hashlib.sha256(" ".join([platform.python_version(), *map(version, COMPUTING)]).encode())
    for file in sorted(sources(module, library)):
        digest.update(f"\n{file.relative_to(library).as_posix()}\n".encode())
        digest.update(_source(file, library).digest)
    return digest.hexdigest()


def sources(module: str, library: Path = LIBRARY) -> set[Path]:
    """Return the files of a module, of all modules of the library that it imports, and so on, and the data they read.

    Imports within functions count, and modules that a text names in full; imports for type checks do not. A package
    counts where a name is imported from it, not for the modules within it. Data are the JSON, CSV and YAML files that a
    module names and that lie beside it. Raises `ValueError` for a module that is not the library's.
    """
    first = _file(module, library)
    if first is None:
        raise ValueError(f"{module} is no module of {library}; only the library's own results are remembered")
    found, waiting = {first}, [first]
    while waiting:
        source = _source(waiting.pop(), library)
        found |= source.data
        waiting += source.modules - found
        found |= source.modules
    return found


class _Source(NamedTuple):
    digest: bytes
    modules: frozenset[Path]
    data: frozenset[Path]


@cache
def _source(file: Path, library: Path) -> _Source:
    content = file.read_bytes()
    digest = hashlib.sha256(content).digest()
    if file.suffix != ".py":
        return _Source(digest, frozenset(), frozenset())
    text = content.decode("utf-8")
    files = {_file(name, library) for name in _imported(text, library)}
    beside = {file.with_name(name) for name in _NAMED_FILES.findall(text)}
    return _Source(digest, frozenset(filter(None, files)), frozenset(name for name in beside if name.is_file()))


def _imported(text: str, library: Path) -> set[str]:
    """Return the library's modules that a module's text imports or names."""
    if "TYPE_CHECKING" in text:
        text = _FOR_TYPES_ONLY.sub("", text)
    try:
        nodes: list[ast.AST] = [*ast.parse("\n".join(_STATEMENTS.findall(text))).body]
    except SyntaxError:  # such as a parenthesis in a comment amid the names
        nodes = list(ast.walk(ast.parse(text)))
    names = set(_NAMED_MODULES.findall(text))
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            modules = {name for name in within if _file(name, library)}
            names |= modules | ({node.module} if within - modules else set())
    return names


@cache
def _file(module: str, library: Path) -> Path | None:
    """Return the file of a module or package of the library; None for what is neither."""
    name, *parts = module.split(".")
    place = library.joinpath(*parts)
    if name != library.name:
        return None
    return next((file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()), None)
