"""The texts of the code, the notebooks and the template that a reader may see, as the catalogues key them."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import nbformat

import tradecredit
from tradecredit import words
from tradecredit.language import LANGUAGES
from tradecredit.params.base import PROJECT
from tradecredit.report.columns import labelled
from tradecredit.words import codes

Message = str | tuple[str, str]
"""A text in English; of one that counts, for one and for many."""

ENGLISH_ALONE = {"failures", "start"}
"""Modules of `words` for the terminal, which speaks English."""
GRAMMAR = {
    "is", "are", "was", "were", "has", "have", "owes", "owe", "it", "they", "It", "They", "them", "its", "their",
    "does", "do", "goes", "go", "waits", "wait", "loses", "lose", "exceeds", "exceed", "stands", "stand", "changes",
    "change", "by", "from", "turns", "turn", "of them", "pay", "pays",
}  # fmt: skip
"""Words that agree with a number in English, which a translation does without."""
_WORD = re.compile(r"[A-Za-z]{2}")


def messages() -> dict[Message, str]:
    """Return all texts to translate, with the place where each stands first: a module, a notebook or the template."""
    found: dict[Message, str] = {}
    for place, texts in _places():
        for text in texts:
            found.setdefault(text, place)
    return found


def _places() -> Iterator[tuple[str, Iterable[Message]]]:
    yield "labels", [label.label for label in labelled().values() if label.label]
    package = Path(tradecredit.__file__).parent
    for file in sorted(package.rglob("*.py")):
        place = ".".join(file.relative_to(package).with_suffix("").parts)
        if place.rpartition(".")[2] not in ENGLISH_ALONE:
            yield place, marked(ast.parse(file.read_text(encoding="utf-8")))
    for info in pkgutil.iter_modules(words.__path__):
        if info.name not in ENGLISH_ALONE and not info.ispkg:
            yield f"words.{info.name}", _constants(importlib.import_module(f"{words.__name__}.{info.name}"))
    yield "words.codes", [text for texts in codes.of_inputs() for text in texts]
    for name in SHOWN:
        file = package.joinpath(*name.split(".")).with_suffix(".py")
        yield name, spoken_by(ast.parse(file.read_text(encoding="utf-8")))
    for file in sorted(package.glob("report/template/*.j2")):
        yield file.name, re.findall(r'"([^"]+)" \| tr\b', file.read_text(encoding="utf-8"))
    for file in sorted((PROJECT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        yield file.stem, _of_notebook(file)


SHOWN = (
    "book.group", "book.notes", "cash.back_test", "cash.drivers", "cash.reconciled", "decide.buyer_decisions",
    "decide.collect.audit", "decide.collect.back_test", "decide.collect.early_offers", "decide.collect.effects",
    "decide.collect.insurer_calendar", "decide.collect.payment_signals", "decide.collect.progress",
    "decide.collect.signals", "decide.collect.watchlist", "decide.collect.worklist", "decide.decisions",
    "decide.deliveries", "decide.held_back", "decide.limits.amounts", "decide.limits.changes",
    "decide.limits.recommendation", "decide.limits.rules", "decide.optimum.candidates", "decide.optimum.optimum",
    "decide.terms.late_interest", "default.explain", "default.level", "default.model_fit", "default.model_inputs",
    "default.panel", "default.ratings", "insurance.shipped", "losses.back_test", "losses.level_range",
    "measure.countback", "measure.default_events", "measure.dso_causes", "measure.limits_in_force", "measure.quality",
    "params.collect", "params.decisions", "params.default", "params.limits", "params.losses", "provision.audit",
    "provision.items", "provision.loss_rates", "validation.review", "validation.traffic_lights",
)  # fmt: skip
"""Modules below `words` whose codes and names of rows stand on pages (`words.codes`)."""


def spoken_by(code: ast.AST) -> Iterator[str]:
    """Yield the texts of several words that code holds, without docstrings, parts of others and problems told."""
    left_out: set[int] = set()
    for node in ast.walk(code):
        apart = isinstance(node, ast.JoinedStr | ast.Raise) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        )
        if apart or (
            isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Problem", "problem", "argument_problem")
        ):
            left_out |= {id(part) for part in ast.walk(node)}
    for node in ast.walk(code):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in left_out else None
        if isinstance(text, str) and re.search("[A-Za-z]{2}.* .*[A-Za-z]{2}", text) and "{" not in text:
            yield text


def marked(code: ast.AST) -> Iterator[Message]:
    """Yield the texts that code gives to `tr`, `tr_number` and `counted`."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if name == "tr" and len(node.args) == 1 and texts:
                yield texts[0]
                yield from _either(node)
            elif name == "tr_number" and len(texts) >= 2:
                yield texts[0], texts[1]
            elif name == "counted" and len(node.args) >= 2 and texts:
                many = texts[1] if len(texts) > 1 else f"{texts[0]}s"
                yield f"{{number}} {texts[0]}", f"{{number}} {many}"


def _either(call: ast.Call) -> Iterator[str]:
    """Yield the words that a value of a text may be, one or the other; those of English grammar alone are left out."""
    for choice in (part for given in call.keywords for part in ast.walk(given.value) if isinstance(part, ast.IfExp)):
        for word in (choice.body, choice.orelse):
            text = word.value if isinstance(word, ast.Constant) else None
            if isinstance(text, str) and _WORD.search(text) and text not in GRAMMAR and "_" not in text:
                yield text


def _constants(module: ModuleType) -> Iterator[str]:
    """Yield the texts that a module's constants hold."""
    for name, value in vars(module).items():
        if name.isupper() or name.lstrip("_").isupper():
            yield from _texts(value)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if _WORD.search(value) and value not in LANGUAGES and not re.fullmatch(r"[\w.]*_[\w.]*|\W*", value):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _of_notebook(file: Path) -> Iterator[Message]:
    """Yield the headings and paragraphs of a notebook, and the texts of its code that read as words."""
    for cell in nbformat.read(file, as_version=4).cells:
        if cell.cell_type == "markdown":
            for block in cell.source.split("\n\n"):
                heading = re.fullmatch(r"#+[ \t]+(.+?)[ \t#]*", block.strip())
                yield heading[1] if heading else block
        elif not set(cell.metadata.get("tags", [])) & {"parameters", "hide"}:
            code = ast.parse(cell.source)
            yield from marked(code)
            within = {id(part) for node in ast.walk(code) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
            for node in ast.walk(code):
                text = node.value if isinstance(node, ast.Constant) and id(node) not in within else None
                if isinstance(text, str) and re.search(r"[A-Za-z]{2}.* |^[A-Z][a-z]+", text):
                    yield text
