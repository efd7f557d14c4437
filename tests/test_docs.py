"""The documents: what code and pages cite stands in them, and what they name is there."""

import re
from pathlib import Path

import pytest

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
