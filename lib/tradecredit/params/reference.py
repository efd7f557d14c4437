"""Writes `docs/reference.md`, all parameters of a run, from the models: `python -m tradecredit.params.reference`."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tradecredit.params.base import PROJECT, Parameters
from tradecredit.params.run import Run
from tradecredit.params.size import MARK

FILE = PROJECT / "docs" / "reference.md"

TITLES = {
    "Run": "The run file",
    "PolicyTerms": "A policy: `policy`, `quotes`",
    "Scenario": "A stress: `scenarios`",
    "LateInterestLaw": "A law of late payment: `late_interest.laws`",
    "InsolvencyIndex": "An index of insolvencies: `default.insolvency_index`",
    "SectorFactors": "Factors by sector: `losses.dependence.sector_factors`",
}
"""Models that have a file of their own, each a chapter of the reference."""

INTRODUCTION = """\
# Reference: run file, policies, stresses, laws

Written from the models in `lib/tradecredit/params/` by `make docs`; a test checks that it is up to date. Keys without
a default must be given. `none` is an empty value: the key has no effect, or the text says what stands in its place.
Amounts are in the run's reporting currency, percentages and rates are fractions. Paths are relative to the file that
names them. A policy, stress, law, index or set of factors is a section of the run file, or the name of a YAML file that
holds it.
"""

Schema = Mapping[str, Any]


def reference() -> str:
    """Return the reference as Markdown: a table of keys for each model, with type, default, bounds and docstring."""
    schema = Run.model_json_schema()
    models: dict[str, Any] = {"Run": schema} | schema["$defs"]
    for section in _sections(Parameters):
        for key, meaning in docstrings(section).items():
            if key in models.get(section.__name__, {}).get("properties", {}):
                models[section.__name__]["properties"][key]["description"] = meaning
    chapters = [_chapter(name, title, models) for name, title in TITLES.items()]
    contents = "\n".join(f"- [{title}](#{name})" for name, title in TITLES.items())
    return "\n".join([INTRODUCTION, contents, "", *chapters])


def docstrings(section: type[Parameters]) -> dict[str, str]:
    """Return what is written below each key of a section and of those that it is made of.

    Pydantic could read it with each class (`use_attribute_docstrings`), and every command would wait for that.
    """
    found: dict[str, str] = {}
    for one in reversed(section.__mro__):
        if one.__module__.partition(".")[0] == Parameters.__module__.partition(".")[0]:
            found |= _written_below(one)
    return found


def _written_below(section: type) -> dict[str, str]:
    source = ast.parse(inspect.getsource(sys.modules[section.__module__]))
    body = next(node.body for node in source.body if isinstance(node, ast.ClassDef) and node.name == section.__name__)
    return {
        key.target.id: inspect.cleandoc(below.value.value)
        for key, below in pairwise(body)
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)
        and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str)
    }  # fmt: skip


def _sections(section: type[Parameters]) -> Iterator[type[Parameters]]:
    yield section
    for one in section.__subclasses__():
        yield from _sections(one)


def _chapter(name: str, title: str, models: Mapping[str, Schema]) -> str:
    """Return a model that has a file of its own, with the models that it holds."""
    parts = [f'<a id="{name}"></a>\n## {title}\n', _section(name, models)]
    places: dict[str, str] = {}
    for place, held in _held(name, models, ""):
        places.setdefault(held, place)
    for held, place in places.items():
        parts += [f'<a id="{held}"></a>\n### `{place}`\n', _section(held, models)]
    return "\n".join(parts)


def _held(name: str, models: Mapping[str, Schema], place: str) -> Iterator[tuple[str, str]]:
    """Yield the key and the name of each model within a model, and so on, but for those with a file of their own."""
    for key, value in _keys(models[name]):
        for held in _models_in(value):
            if held not in TITLES:
                inner = f"{place}{key}"
                kinds = _kinds(models[held])
                yield (f"{inner}: {{kind: {' or '.join(kinds)}}}" if kinds else inner), held
                yield from _held(held, models, f"{inner}.")


def _kinds(model: Schema) -> list[str]:
    """Return the kinds that tell a model from others that may stand in its place; none where nothing does."""
    kind = model["properties"].get("kind", {})
    return [kind["const"]] if "const" in kind else [] if "default" in kind else kind.get("enum", [])


def _models_in(value: object) -> list[str]:
    if isinstance(value, Mapping):
        own = [_named(value)] if "$ref" in value else []
        return own + [name for key, part in value.items() if key != "discriminator" for name in _models_in(part)]
    return [name for part in value for name in _models_in(part)] if isinstance(value, list) else []


def _keys(model: Schema) -> Iterator[tuple[str, Schema]]:
    for key, value in model["properties"].items():
        if not (model.get("title") == "Run" and key == "file"):
            yield key, value


def _section(name: str, models: Mapping[str, Schema]) -> str:
    """Return what a model is, and its keys as a table."""
    model = models[name]
    rows = [
        f"| `{key}` | {_type(value, models)} | {_default(key, value, model)} | {_meaning(value, models)} |"
        for key, value in _keys(model)
    ]
    heads = ["| key | value | default | what it is |", "|---|---|---|---|"]
    return "\n".join([_text(_first(model)), "", *heads, *rows, ""])


def _meaning(value: Schema, models: Mapping[str, Schema]) -> str:
    """Return a key's docstring; without one, that of the section which it is."""
    return _text(value.get("description") or (_first(models[_named(value)]) if "$ref" in value else ""))


def _first(model: Schema) -> str:
    """Return the first paragraph of a model's docstring; what follows is for who reads the code."""
    return model["description"].split("\n\n")[0]


def _text(description: str) -> str:
    text = " ".join(description.split()).replace("|", "\\|")
    return re.sub(r"definitions §(\d+(?:\.\d+)?)", r"[definitions §\1](definitions.md#s\1)", text)


def _default(key: str, value: Schema, model: Schema) -> str:
    if key in model.get("required", []):
        return "**must be given**"
    if "$ref" in value or "default" not in value:
        return "its own"
    by_size = ", by `typical_invoice`" if value.get(MARK) else ""
    return f"`{_written(value['default'])}`{by_size}"


def _written(value: object) -> str:
    """Return a value as a YAML file has it."""
    if value is None or value == "":
        return "none" if value is None else '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:.10g}"
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_written(one)}' for key, one in value.items() if one is not None)}}}"
    return str(value).removeprefix(f"{PROJECT}/")


def _type(value: Schema, models: Mapping[str, Schema]) -> str:
    """Return what a key takes, with its bounds, in words."""
    if "$ref" in value:
        name = _named(value)
        kinds = _kinds(models[name])
        return " or ".join(f"[`{kind}`](#{name})" for kind in kinds) or f"[section](#{name})"
    if "anyOf" in value or "oneOf" in value:
        kinds = [_type(one, models) for one in value.get("anyOf", value.get("oneOf")) if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in value or "enum" in value:
        return ", ".join(f"`{_written(one)}`" for one in value.get("enum", [value.get("const")]))
    kind = value["type"]
    if kind == "array":
        return f"list of {_type(value['items'], models)}"
    if kind == "object":
        # Keys that must follow a pattern stand apart in the schema.
        held = value.get("additionalProperties") or next(iter(value["patternProperties"].values()))
        names = f"of {_type(value['propertyNames'], models)} " if "enum" in value.get("propertyNames", {}) else ""
        return f"mapping {names}to {_type(held, models)}"
    if kind == "string":
        return {"date": "day", "path": "path"}.get(value.get("format", ""), "text")
    return {"boolean": "`true`, `false`", "number": "number", "integer": "whole number"}[kind] + _bounds(value)


def _named(value: Schema) -> str:
    return value["$ref"].removeprefix("#/$defs/")


def _bounds(value: Schema) -> str:
    """Return the bounds of a number in words; nothing where it has none."""
    signs = {"minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below"}
    if "minimum" in value and "maximum" in value:
        return f" from {_written(value['minimum'])} to {_written(value['maximum'])}"
    bounds = [f" {sign} {_written(value[key])}" for key, sign in signs.items() if key in value]
    return " and".join(bounds)


def main() -> None:
    """Write the reference."""
    FILE.write_text(reference(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
