"""Reads YAML files and reports all that is wrong with one by its model, in words for its author."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from tradecredit.errors import ParameterError, Problem

Model = TypeVar("Model", bound=BaseModel)


LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one that is compiled reads ten times as fast; not every build of PyYAML has it."""
BUILT = tuple(f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "int", "float"))
"""Kinds of scalar that YAML builds a value of, so that it may be written in their form and be none."""


class NoSuchValue(str):
    """A scalar written as a day or a number that there is none of, such as 2026-11-31, and the row that it stands in.

    `validate` refuses it together with all else that is wrong with its file.
    """

    row: int
    is_day: bool

    @classmethod
    def of(cls, node: yaml.ScalarNode) -> Self:
        found = cls(node.value)
        found.row, found.is_day = node.start_mark.line + 1, node.tag.endswith(":timestamp")
        return found


def _content(text: str) -> Any:
    """Return what a YAML text holds; refuses a key that a section states twice, of which YAML would take the last."""
    loader = LOADER(text)
    try:
        root = loader.get_single_node()
        waiting, seen = [] if root is None else [root], set()
        while waiting:
            node = waiting.pop(0)
            if id(node) in seen:  # an anchored section stands in several places
                continue
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                _refuse_repeated(node)
                waiting += [part for pair in node.value for part in pair]
            elif isinstance(node, yaml.SequenceNode):
                waiting += node.value
            elif node.tag in BUILT and not _is_possible(loader, node):
                loader.constructed_objects[node] = NoSuchValue.of(node)
        return None if root is None else loader.construct_document(root)
    finally:
        loader.dispose()


def _is_possible(loader: Any, node: yaml.ScalarNode) -> bool:
    try:
        loader.construct_object(node)
    except ValueError:  # Python's own, which names neither the line nor what stands there
        loader.recursive_objects.clear()
        return False
    return True


def _refuse_repeated(section: yaml.MappingNode) -> None:
    stated = set()
    for key, _ in section.value:
        if isinstance(key, yaml.ScalarNode) and key.value in stated:
            raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} is stated twice", key.start_mark)
        stated.add(key.value if isinstance(key, yaml.ScalarNode) else key)


def read_yaml(file: Path) -> dict[str, Any]:
    """Return the mapping that a YAML file holds; raises `ParameterError` where there is none."""

    def refuse(allowed: str, remedy: str, row: int | None = None) -> ParameterError:
        return ParameterError([Problem(file=str(file), row=row, allowed=allowed, remedy=remedy)])

    written = ""
    try:
        written = file.read_text(encoding="utf-8-sig")
        content = _content(written)
    except OSError as error:
        raise refuse(f"cannot be read ({error.strerror})", "check the path") from None
    except UnicodeDecodeError:
        raise refuse("is not UTF-8 text", "save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        text = getattr(error, "problem", None) or "cannot be parsed"
        line = written.splitlines()[mark.line] if mark and mark.line < len(written.splitlines()) else ""
        indented = line[: len(line) - len(line.lstrip())]
        remedy = "indent by spaces: YAML takes no tabs" if "\t" in indented else "mend the line"
        raise refuse(f"is not valid YAML: {text}", remedy, mark and mark.line + 1) from None
    if not isinstance(content, dict):
        raise refuse("holds no `key: value` lines", "begin from one of the files under params/")
    return content


def validate(model: type[Model], content: dict[str, Any], file: Path) -> Model:
    """Return `content` as `model`, or raise one `ParameterError` that lists all that is wrong with it.

    `file`: where the content is from; the files that it names lie relative to it, and their problems are listed too.
    """
    problems = [_no_such(value, file) for value in _impossible(content)]
    try:
        found = model.model_validate(content, context={"folder": file.parent})
    except ValidationError as error:
        told = [detail for detail in error.errors() if not isinstance(detail["input"], NoSuchValue)]
        problems += [problem for detail in told for problem in _problems(detail, model, file)]
        raise ParameterError(problems) from None
    if problems:
        raise ParameterError(problems)
    return found


def _impossible(content: Any) -> Iterator[NoSuchValue]:
    """Yield the days and numbers in a content that there are none of."""
    if isinstance(content, NoSuchValue):
        yield content
    elif isinstance(content, dict | list):
        for part in chain(content, content.values() if isinstance(content, dict) else ()):
            yield from _impossible(part)


def _no_such(value: NoSuchValue, file: Path) -> Problem:
    of_day = ("is a day that does not exist", "state a day of the calendar, such as 2026-10-31")
    allowed, remedy = of_day if value.is_day else ("is no number", "mend it, or put it in quotes if it is a text")
    return Problem(file=str(file), row=value.row, value=str(value), allowed=allowed, remedy=remedy)


PLAIN_WORDS = {
    "date": "a date such as 2026-10-31 is expected",
    "int": "a whole number is expected",
    "float": "a number is expected",
    "string_type": "text is expected",
    "list_type": "a list is expected",
    "dict_type": "a section of `key: value` lines is expected",
    "model_type": "a section of `key: value` lines is expected",
    "finite_number": "a finite number is expected",
}
"""Begin of a pydantic error's type: what is expected, in words for a run file's author."""


def _problems(detail: Mapping[str, Any], model: type[BaseModel], file: Path) -> Sequence[Problem]:
    """Return a problem of the file, or those of another file that it names."""
    cause = detail.get("ctx", {}).get("error")
    if not isinstance(cause, ParameterError):
        return [_problem(detail, model, file)]
    _, section = _owner(model, detail["loc"])
    return [
        problem if problem.file else replace(problem, file=str(file), column=".".join([*section, problem.column or ""]))
        for problem in cause.problems
    ]


def _problem(detail: Mapping[str, Any], model: type[BaseModel], file: Path) -> Problem:
    owner, keys = _owner(model, detail["loc"])
    key = ".".join(keys)
    if detail["type"] == "extra_forbidden":
        known = sorted(name for name, field in owner.model_fields.items() if not field.exclude)
        near = difflib.get_close_matches(keys[-1], known, n=1)
        remedy = f"did you mean {near[0]!r}" if near else f"use one of: {', '.join(known)}"
        return Problem(file=str(file), column=key, allowed="this key is not known", remedy=remedy)
    if detail["type"] == "missing":
        such = f", such as `{EXAMPLES[key]}`" if key in EXAMPLES else ""
        return Problem(file=str(file), column=key, allowed="this key is missing", remedy=f"add `{keys[-1]}: …`{such}")
    if detail["type"].startswith("union_tag"):
        context = detail.get("ctx", {})
        kinds = context.get("expected_tags", ", ".join(SOURCES)).replace("'", "")
        return Problem(
            file=str(file), column=f"{key}.kind", value=context.get("tag"), allowed=f"one of {kinds} is expected",
            remedy="state one of these; `folder` reads CSV, Parquet and Excel files",
        )  # fmt: skip
    kind = next((words for kind, words in PLAIN_WORDS.items() if detail["type"].startswith(kind)), None)
    allowed = kind or detail["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    # Who writes an address where its variable's name belongs must not see its password again.
    shown = not isinstance(detail["input"], dict) and keys[-1:] not in (["dsn_env"], ["scheduler"])
    value = detail["input"] if shown else None
    remedy = "change the key" if "[key]" in detail["loc"] else _remedy(detail)
    if detail["type"] == "string_type" and isinstance(value, bool):
        remedy = "put it in quotes: YAML takes NO, ON, YES and the like for true or false"
    return Problem(file=str(file), column=key or None, value=value, allowed=allowed, remedy=remedy)


SOURCES = ("demo", "folder", "duckdb", "postgres", "mysql", "sqlserver", "export", "group")
"""Kinds of source, told where none is stated."""

BOUNDS = {"less_than": "less than {lt:g}", "less_than_equal": "{le:g} or less", "greater_than": "more than {gt:g}",
          "greater_than_equal": "{ge:g} or more"}  # fmt: skip
"""Type of a pydantic error about a bound: what to state instead."""


EXAMPLES = {"source": "source: {kind: folder, path: data}", "currency": "currency: EUR", "entity": "entity: My Company"}
"""Key that must be given: how it may look."""


def _remedy(detail: Mapping[str, Any]) -> str:
    """Return what to state in place of a value, as far as what is wrong with it tells."""
    context, value = detail.get("ctx", {}), detail["input"]
    if detail["type"] == "literal_error":
        return "state one of these"
    if detail["type"] not in BOUNDS:
        short = isinstance(value, str) and value.isalpha() and len(value) <= 3 and not value.isupper()
        return f"write {value.upper()}" if short and "capital letters" in detail["msg"] else "change the value"
    if context.get("le", context.get("lt")) == 1 and isinstance(value, int | float) and 1 < value <= 100:
        return f"state a fraction: {value / 100:g} is {value:g} %"
    return f"state {BOUNDS[detail['type']].format(**context)}"


def _owner(model: type[BaseModel], location: Sequence[int | str]) -> tuple[type[BaseModel], list[str]]:
    """Return the section that a problem lies in, and its keys as the file has them (pydantic adds a union's tag)."""
    keys: list[str] = []
    owner, sections = model, [model]
    for part in location:
        tagged = [section for section in sections if len(sections) > 1 and part in _kinds(section)]
        if tagged:
            sections = tagged
            continue
        if str(part).startswith("["):  # a mark of pydantic's or ours, no key of the file
            continue
        keys.append(str(part))
        owner = sections[0] if sections else owner
        if part in owner.model_fields:
            sections = _models_in(owner.model_fields[part].annotation)
    return owner, keys


def _kinds(section: type[BaseModel]) -> tuple[str, ...]:
    return getattr(section.model_fields["kind"].annotation, "__args__", ()) if "kind" in section.model_fields else ()


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in _models_in(part)]
