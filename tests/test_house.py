"""The house itself: imports point down, code is clean, pins agree, notebooks keep to their rules."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def _tool(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_imports_point_down():
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=" ".join)
def test_ruff_finds_nothing(command):
    done = _tool("ruff", *command, "lib", "tests")
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_agree():
    done = _tool("mypy")
    assert done.returncode == 0, done.stdout + done.stderr


def test_conda_and_pip_users_get_the_same_pins():
    text = (ROOT / "requirements.txt").read_text()
    pins = re.findall(r"^([a-z0-9][^ \n]*==[^\\\n]*?) \\$", text, flags=re.MULTILINE)
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"][-1]["pip"]
    assert pins
    assert listed == ["-e .", *pins]
    assert "://" not in text
    assert all("--hash=sha256:" in pin for pin in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:])


def test_pins_fulfil_what_the_package_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [need for needs in project["optional-dependencies"].values() for need in needs]
    pins: dict[str, list[str]] = {}
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if found := re.match(r"([a-z0-9._-]+)==([^ ]+)", line):
            pins.setdefault(found[1], []).append(found[2])
    for need in map(Requirement, [*project["dependencies"], *extras]):
        assert need.name in pins, f"{need.name} is not pinned"
        assert all(need.specifier.contains(pin) for pin in pins[need.name]), f"{need} against {pins[need.name]}"


def test_there_are_notebooks():
    numbers = [notebook.stem[:2] for notebook in NOTEBOOKS]
    assert sorted(set(numbers)) == ["00", "01", "02", "03", "04", "05", "06", "07"]
    assert [notebook.stem for notebook in NOTEBOOKS if notebook.stem[:2] in ("03", "07")] == [
        "03_credit_limits", "03_limits_of_the_book", "03_terms", "07_cash_and_provision", "07_provision",
    ]  # fmt: skip


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_carries_the_story_and_no_logic(file):
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    first, *others = notebook.cells
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    code = [cell for cell in others if cell.cell_type == "code"]
    assert code[0].metadata.get("tags") == ["parameters"]
    assert all(re.fullmatch(r'\w+: str = ".*"  # .+', line) for line in code[0].source.splitlines())
    assert code[1].source.startswith(("import", "from"))
    for cell in code:
        assert not cell.outputs, "outputs are stripped before a commit (nbstripout)"
        assert cell.execution_count is None
        assert len(cell.source.splitlines()) <= 10
    for cell in code[2:]:
        assert not re.search(r"^\s*(def|class|for|while|if|import|from|with|try|lambda)\b", cell.source, re.MULTILINE)
        assert not re.search(r"(?<![.\w])open\(|\b(Path|read_csv|to_csv)\(|\.\./", cell.source)
    headings = re.findall(
        r"^(#+) (.+)$", "\n".join(c.source for c in others if c.cell_type == "markdown"), re.MULTILINE
    )
    assert headings
    assert all(level != "#" for level, _ in headings)
