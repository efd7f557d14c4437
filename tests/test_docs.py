"""The documents: what code and pages cite stands in them, and what they name is there."""

import ast
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pandas as pd
import pytest
import yaml
from pydantic import BaseModel
from scipy.special import expit

from tradecredit import DefaultModel
from tradecredit.params.losses import LossSettings
from tradecredit.params.run import Run

ROOT = Path(__file__).parents[1]
DEFINITIONS = ROOT / "docs" / "definitions.md"
CITING = [
    ROOT / "README.md",
    *sorted(
        file
        for folder, pattern in (("lib", "*.py"), ("tests", "*.py"), ("notebooks", "*.ipynb"), ("docs", "*.md"))
        for file in (ROOT / folder).rglob(pattern)
        if ".ipynb_checkpoints" not in file.parts
    ),
]
SECTION = r"§\d+(?:\.\d+)?"


def cited(text: str) -> set[str]:
    """Return the sections that a text cites as `definitions §5.2`, or several: `definitions §5.1, §5.2`."""
    found = re.findall(rf"[Dd]efinitions(?:\.md)?\s+({SECTION}(?:(?:,| and)\s+{SECTION})*)", text)
    return {section for sections in found for section in re.findall(SECTION, sections)}


def sections() -> list[str]:
    return re.findall(rf"^#+ ({SECTION}) ", DEFINITIONS.read_text(encoding="utf-8"), re.MULTILINE)


def test_citations_are_found_in_text():
    text = "See definitions §5.2. As definitions §5.1, §5.3 and §6 say; definitions\n    §4. Not Basel §272."
    assert cited(text) == {"§5.2", "§5.1", "§5.3", "§6", "§4"}


def test_code_and_pages_cite_sections_that_are_there():
    missing = {
        str(file.relative_to(ROOT)): wrong
        for file in CITING
        if (wrong := cited(file.read_text(encoding="utf-8")) - set(sections()))
    }
    assert not missing
    assert len(set().union(*(cited(file.read_text(encoding="utf-8")) for file in CITING))) > 10


def test_no_document_is_cited_that_the_repository_does_not_hold():
    outside = [file for file in CITING if re.search(r"\bDOMAIN(?:\.md)? §", file.read_text(encoding="utf-8"))]
    assert not outside


def test_every_section_has_an_anchor_and_stands_in_the_contents():
    text = DEFINITIONS.read_text(encoding="utf-8")
    named = sections()
    assert len(named) == len(set(named))
    contents = re.findall(rf"\[({SECTION}) [^\]]+\]\(#s([\d.]+)\)", text)
    assert [section for section, _ in contents] == named
    assert [f"§{anchor}" for _, anchor in contents] == named
    assert re.findall(rf'^<a id="s([\d.]+)"></a>\n#+ ({SECTION}) ', text, re.MULTILINE) == [
        (section[1:], section) for section in named
    ]


@pytest.mark.parametrize(
    "file", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda file: file.name
)
def test_links_lead_somewhere(file):
    text = file.read_text(encoding="utf-8")
    for address in re.findall(r"\]\(([^)]+)\)", text):
        if "://" in address:
            continue
        path, _, anchor = address.partition("#")
        target = (file.parent / path) if path else file
        assert target.exists(), address
        if anchor:
            assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), address


DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
LIBRARY = ROOT / "lib" / "tradecredit"
MADE = re.compile(
    r"^(\.tradecredit|\.venv|reports|export|example|letters|claims)(/|$)|^(results\.json|runs\.jsonl|sbom\.json|mine\.yaml|run\.yaml)$"
    r"|^(open_items|letters|reminders|worklist|figures_by_month|ageing)\.csv$|^collections\.ics$|^workbook\.xlsx$|^(summary|report)\.pdf$|^(summary_mail|search)\.html$|toy|[*<>]"
)
"""Places that a run or a reader makes."""


def library_names() -> set[str]:
    """Return what the library defines, as `module.name` and `Class.name`, and the keys of a run, as `section.key`."""
    names = set()
    for file in LIBRARY.rglob("*.py"):
        module = file.parent.name if file.stem == "__init__" else file.stem
        names.add(f"{file.parent.name}.{file.stem}")
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            found = _defined(node)
            names |= {f"{module}.{name}" for name in found}
            if isinstance(node, ast.ClassDef):
                names |= {f"{node.name}.{name}" for inner in node.body for name in _defined(inner)}
    return names | {name.lower() for name in names if name[0].isupper()} | _keys(Run, "")


def _defined(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    return {alias.asname or alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()


def _keys(model: type[BaseModel], place: str) -> set[str]:
    keys = set()
    for name, field in model.model_fields.items():
        keys.add(place + name)
        for section in _sections(field.annotation):
            keys |= _keys(section, f"{place}{name}.")
    return keys


def _sections(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [section for part in get_args(annotation) for section in _sections(part)]


def named(text: str) -> list[str]:
    """Return what stands in backticks, outside blocks of code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_files_modules_and_functions_that_a_document_names_are_there(file):
    known, wrong = library_names(), []
    for name in named(file.read_text(encoding="utf-8")):
        if re.fullmatch(r"[\w./-]+/|[\w./-]+\.(py|md|yaml|ipynb|toml|yml|txt|json|csv)|[a-z][\w-]*(/[\w.-]+)+", name):
            places = (ROOT, LIBRARY, ROOT / "lib", ROOT / "notebooks", file.parent, ROOT / "params", ROOT / "reports")
            if not MADE.search(name) and not any((place / name).exists() for place in places):
                wrong.append(name)
        elif found := re.fullmatch(r"@?([A-Za-z]\w*\.\w+)(\(.*\))?", name):
            wrong += [name] if found[1] not in known and not MADE.search(name) else []
    assert not wrong


def test_a_name_that_is_not_there_is_found():
    known = library_names()
    assert {"receivables.open_items", "Policy.indemnify", "limits.turns_a_year", "chapter.table"} <= known
    assert "receivables.open_item" not in known
    assert "losses.exposures" not in known


def test_three_lines_state_a_sign_drop_a_pair_and_refit():
    random = np.random.default_rng(2)
    X = pd.DataFrame(random.normal(size=(600, 3)), columns=["debt", "margin", "size"])
    y = pd.Series((random.random(600) < expit(X["debt"] - X["margin"] + X["debt"] * X["margin"] - 2)).astype(int))
    told = DefaultModel.fit(X, y, signs={}, pairs=[("debt", "margin")])
    assert [pair.names for pair in told.pairs] == [("debt", "margin")]
    (lines,) = re.findall(r"```python\n(signs = .+?)```", DEFINITIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert len(lines.splitlines()) == 3
    found = {"X": X, "y": y, "model": told, "DefaultModel": DefaultModel}
    exec(lines, found)  # the lines of our own document
    assert not found["model"].pairs
    assert found["model"].table["sign"].loc[["debt", "margin"]].tolist() == [1, -1]


def test_settings_of_losses_in_the_definitions_are_read():
    blocks = re.findall(r"```yaml\n(losses:.*?)```", DEFINITIONS.read_text(encoding="utf-8"), re.DOTALL)
    assert [LossSettings(**yaml.safe_load(block)["losses"]).dependence.kind for block in blocks] == ["gamma"]
