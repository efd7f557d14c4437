"""Who made a table or figure: the library's functions that a notebook's code calls for it, read from the code itself.

Nothing is run and nothing has to be stated in a notebook. Names are followed from the import cell to the function's
source, variables to the call that they were assigned from, and methods by the class that a function says it returns.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

import nbformat
from nbformat import NotebookNode

from tradecredit.params.run import Run

LIBRARY = Path(__file__).parents[1]
SHOWING = ("tradecredit.report.charts", "tradecredit.words.")
"""Their functions draw what others made, or add sentences to it: named where nothing else made it."""
SILENT = ("tradecredit.language", "tradecredit.words.formats", "tradecredit.report.chapter")
"""Their functions write numbers and show tables; they make none."""


class Maker(NamedTuple):
    """A function, method or class of the library."""

    module: str
    name: str
    line: int
    summary: str
    """The first sentence of its docstring."""

    @property
    def label(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.name}"


class _Value(NamedTuple):
    """What is known of an expression: who made it, and of which class of the library it is."""

    makers: tuple[Maker, ...] = ()
    of_class: tuple[str, ast.ClassDef] | None = None


@dataclass(frozen=True)
class _Definition:
    module: str
    node: ast.FunctionDef | ast.ClassDef
    name: str


_Known = str | _Definition | _Value
"""What a name of the notebook stands for: a module, a function or class of the library, or a value."""


def of_month(
    run: Run, manifest: Mapping[str, Any], executed: Mapping[str, NotebookNode]
) -> dict[str, dict[tuple[str, str], tuple[Maker, ...]]]:
    """Return what made the tables of each chapter of a month, by chapter: `makers` of its notebook.

    `executed`: the notebooks that were made anew; another chapter's notebook is read as it is now.
    """
    files = {chapter["name"]: run.notebooks / f"{chapter['name']}.ipynb" for chapter in manifest["chapters"]}
    return {
        name: makers(executed[name] if name in executed else nbformat.read(file, as_version=4))
        for name, file in files.items()
        if name in executed or file.exists()
    }


def makers(notebook: NotebookNode) -> dict[tuple[str, str], tuple[Maker, ...]]:
    """Return the makers of what a notebook shows, by (`table` or `figure`, name), in the order of their calls.

    Calls within the arguments of a maker are its inputs and are not named; those in the arguments of a function that
    only shows are. Opening the book, and what only shows, are named only where nothing else made the table.
    """
    known: dict[str, _Known] = {}
    found: dict[tuple[str, str], tuple[Maker, ...]] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for statement in _parsed(cell.source):
            _remember(statement, known)
            calls: Iterable[Any] = ast.walk(statement)
            for call in calls:
                if _is_shown(call):
                    found[call.func.attr, call.args[1].value] = _makers(call.args[0], known)
    return found


def source_text(module: str) -> str:
    """Return the source of a module of the library."""
    return cast(Path, _file(module)).read_text(encoding="utf-8")


def _parsed(code: str) -> list[ast.stmt]:
    try:
        return ast.parse(code).body
    except SyntaxError:  # IPython's own commands, such as %time
        return []


def _is_shown(node: ast.AST) -> bool:
    """Return whether a node is `chapter.table(…, "name", …)` or the like of a figure."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("table", "figure")
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
    )


def _remember(statement: ast.stmt, known: dict[str, _Known]) -> None:
    """Note what a statement's names stand for after it."""
    if isinstance(statement, ast.Import):
        known |= {alias.asname or alias.name: alias.name for alias in statement.names if _file(alias.name)}
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            if (imported := _imported(str(statement.module), alias.name)) is not None:
                known[alias.asname or alias.name] = imported
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            _assign(target, statement.value, known)


def _assign(target: ast.expr, value: ast.expr, known: dict[str, _Known]) -> None:
    if isinstance(target, ast.Name):
        known[target.id] = _value(value, known)
    elif isinstance(target, ast.Tuple):
        each = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
        for place, part in enumerate(target.elts):
            _assign(part, each[place] if each else value, known)


def _makers(shown: ast.expr, known: Mapping[str, _Known]) -> tuple[Maker, ...]:
    made = _value(shown, known).makers
    beside_the_book = tuple(maker for maker in made if not maker.name.startswith("Book.")) or made
    return tuple(maker for maker in beside_the_book if not maker.module.startswith(SHOWING)) or beside_the_book


def _value(node: ast.AST, known: Mapping[str, _Known]) -> _Value:
    """Return who made an expression, and its class where that is the library's."""
    if isinstance(node, ast.Name | ast.Attribute):
        meant = _meant(node, known)
        return meant if isinstance(meant, _Value) else _Value()
    if isinstance(node, ast.Call):
        return _called(node, known)
    if isinstance(node, ast.Subscript):
        return _Value(_value(node.value, known).makers)  # the rows that are picked are not what made them
    return _together(ast.iter_child_nodes(node), known)


def _together(nodes: Iterable[ast.AST], known: Mapping[str, _Known]) -> _Value:
    """Return the makers of several expressions, each once, in their order."""
    values = [_value(node.value if isinstance(node, ast.keyword) else node, known) for node in nodes]
    return _Value(tuple(dict.fromkeys(maker for value in values for maker in value.makers)))


def _called(call: ast.Call, known: Mapping[str, _Known]) -> _Value:
    function = _meant(call.func, known)
    arguments = _together([*call.args, *call.keywords], known)
    if isinstance(function, _Definition):
        if function.module in SILENT:
            return _Value()
        made = _made_by(function)
        shows = function.module.startswith(SHOWING)
        return _Value(tuple(dict.fromkeys((*arguments.makers, *made.makers)))) if shows else made
    if isinstance(call.func, ast.Attribute):  # a method of pandas or numpy
        of = _value(call.func.value, known)
        return _Value(tuple(dict.fromkeys((*of.makers, *arguments.makers))))
    return arguments


def _made_by(definition: _Definition) -> _Value:
    module, node, name = definition.module, definition.node, definition.name
    summary = " ".join((ast.get_docstring(node) or "").partition("\n\n")[0].split())
    maker = Maker(module, name, node.lineno, summary)
    if isinstance(node, ast.ClassDef):
        return _Value((maker,), (module, node))
    owner = name.rpartition(".")[0]
    return _Value((maker,), _class_named(module, node.returns, owner))


def _meant(node: ast.expr, known: Mapping[str, _Known]) -> _Known | None:
    """Return what a name, or a name within a module, class or value, stands for."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if not isinstance(node, ast.Attribute):
        return _value(node, known)
    of = _meant(node.value, known)
    if isinstance(of, str):
        return _imported(of, node.attr)
    if isinstance(of, _Definition):
        return _member((of.module, of.node), node.attr) if isinstance(of.node, ast.ClassDef) else None
    if of is None:
        return None
    if of.of_class is None:
        return _Value(of.makers)
    member = _member(of.of_class, node.attr)
    if isinstance(member, _Definition) and not _is_property(member.node):
        return member
    annotated = _annotation(of.of_class, node.attr)
    return _Value(of.makers, _class_named(of.of_class[0], annotated) if annotated else None)


def _member(of_class: tuple[str, ast.ClassDef], name: str) -> _Definition | None:
    module, node = of_class
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == name:
            return _Definition(module, part, f"{node.name}.{name}")
    return None


def _is_property(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def _annotation(of_class: tuple[str, ast.ClassDef], name: str) -> ast.expr | None:
    for part in of_class[1].body:
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and part.target.id == name:
            return part.annotation
        if isinstance(part, ast.FunctionDef) and part.name == name:
            return part.returns
    return None


def _class_named(module: str, annotation: ast.expr | None, owner: str = "") -> tuple[str, ast.ClassDef] | None:
    """Return the first class of the library that an annotation names; `Self` is the class that it stands in."""
    for part in ast.walk(annotation) if annotation else ():
        name = owner if isinstance(part, ast.Name) and part.id == "Self" else getattr(part, "id", "")
        found = _imported(module, name) if name else None
        if isinstance(found, _Definition) and isinstance(found.node, ast.ClassDef):
            return found.module, found.node
    return None


def _imported(module: str, name: str) -> str | _Definition | None:
    """Return the module, function or class of the library that `from module import name` gives."""
    if _file(f"{module}.{name}"):
        return f"{module}.{name}"
    found = _names(module).get(name)
    return _imported(*found) if isinstance(found, tuple) else found


@cache
def _names(module: str) -> dict[str, _Definition | tuple[str, str]]:
    """Return what a module defines, and what it imports as (module, name); empty for one that is not the library's."""
    file = _file(module)
    body = ast.parse(file.read_text(encoding="utf-8")).body if file else []
    names: dict[str, _Definition | tuple[str, str]] = {}
    for_types_only = [part for node in body if isinstance(node, ast.If) for part in node.body]
    for node in [*body, *for_types_only]:
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: (str(node.module), alias.name) for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = _Definition(module, node, node.name)
    return names


@cache
def _file(module: str) -> Path | None:
    name, *parts = module.split(".")
    place = LIBRARY.joinpath(*parts)
    candidates = (place / "__init__.py", place.with_suffix(".py")) if name == LIBRARY.name else ()
    return next((file for file in candidates if file.is_file()), None)
