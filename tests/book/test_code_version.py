"""A result is forgotten when what computes it changes, and only then."""

import ast
from pathlib import Path

import pytest

from tradecredit.book.code_version import LIBRARY, _imported, code_version, sources

MODULES = {
    "__init__.py": 'PUBLIC = {"Book": "tradecredit.book"}',
    "errors.py": "",
    "book.py": "from tradecredit.errors import Problem",
    "sector.py": "",
    "words.py": "from tradecredit.model import default",
    "report/__init__.py": "",
    "report/page.py": "from tradecredit.words import sentence\nfrom tradecredit.model import default",
    "model/__init__.py": "from tradecredit.model.tail import shape",
    "model/tail.py": "",
    "model/default.py": """
from typing import TYPE_CHECKING
import tradecredit.book
from tradecredit.model import (
    curves,  # (the shapes)
    grades,
)
if TYPE_CHECKING:
    from tradecredit.report.page import Page

def late():
    from tradecredit.sector import mean
    return read("expert.json")
""",
    "model/curves.py": "",
    "model/expert.json": "{}",
    "model/grades.py": 'import importlib\nlazy = importlib.import_module("tradecredit.model.lazily")',
    "model/lazily.py": "",
    "model/alone.py": "from tradecredit.model import shape",
}


@pytest.fixture
def library(tmp_path):
    """A small library that bears the name of ours."""
    for name, text in MODULES.items():
        file = tmp_path / "tradecredit" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "tradecredit"


def changed(library: Path, name: str) -> Path:
    """Return a copy of a library in which a word of one file differs."""
    copy = library.parent / name.replace("/", "-") / "tradecredit"
    for file in library.rglob("*.*"):
        target = copy / file.relative_to(library)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(file.read_text() + ("# a word" if target == copy / name else ""))
    return copy


def test_a_module_rests_on_all_that_it_imports_and_reads(library):
    rests_on = {file.relative_to(library).as_posix() for file in sources("tradecredit.model.default", library)}
    assert rests_on == {
        "model/default.py", "book.py", "errors.py", "model/curves.py", "model/grades.py", "sector.py",
        "model/expert.json", "model/lazily.py",
    }  # fmt: skip
    named = {file.relative_to(library).as_posix() for file in sources("tradecredit.model.alone", library)}
    assert named == {"model/alone.py", "model/__init__.py", "model/tail.py"}, "a name of the package itself"
    with pytest.raises(ValueError, match="no module of"):
        code_version("house.model", library)


@pytest.mark.parametrize("name", MODULES)
def test_a_change_forgets_what_rests_on_it_and_nothing_else(library, name):
    before = code_version("tradecredit.model.default", library)
    after = code_version("tradecredit.model.default", changed(library, name))
    rests = library / name in sources("tradecredit.model.default", library)
    assert (after != before) == rests


@pytest.mark.parametrize("file", sorted(LIBRARY.rglob("*.py")), ids=lambda file: file.relative_to(LIBRARY).as_posix())
def test_imports_are_those_that_python_sees(file):
    text = file.read_text(encoding="utf-8")
    seen = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            seen |= {alias.name for alias in node.names if alias.name.startswith("tradecredit")}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "the library's imports are absolute"
            if str(node.module).startswith("tradecredit"):
                seen |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    assert _imported(text, LIBRARY) <= seen | set(_named(text))


def _named(text: str) -> list[str]:
    return [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and str(node.value).startswith("tradecredit.")
    ]


def test_pages_chapters_and_the_command_line_compute_nothing():
    for module in ("tradecredit.book.book", "tradecredit.default.ratings", "tradecredit.losses.simulation"):
        folders = {file.relative_to(LIBRARY).parts[0] for file in sources(module)}
        assert not folders & {"report", "words", "cli.py"}
    book = {file.relative_to(LIBRARY).parts[0] for file in sources("tradecredit.book.book")}
    assert book == {"book", "errors.py", "params"}
