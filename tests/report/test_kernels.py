"""Chapters run side by side in kernels that know nothing of each other, forked where that is safe, begun where not."""

import inspect
import os
import time
from pathlib import Path

import jupyter_client.client
import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from tradecredit.params.run import Run
from tradecredit.report import execution, kernels
from tradecredit.report.execution import INVOICES_AT_ONCE, executed_beside, executed_side_by_side, shown_progress
from tradecredit.report.kernels import warm_kernels

PARAMETERS = 'run_file: str = ""\nas_of: str = ""\noutput: str = ""'


@pytest.fixture
def run(ledger) -> Run:
    return Run.from_yaml(ledger.run_file)


@pytest.fixture
def begun_alone(imported_once, monkeypatch):
    """The process that forks kernels imports by itself, as outside of the tests."""
    if imported_once is not None:
        monkeypatch.setattr(kernels, "begun", imported_once.otherwise)


@pytest.fixture
def chapters(tmp_path):
    """Write notebooks, each of one cell after the parameters."""

    def written(**code: str) -> list[Path]:
        files = []
        for name, source in code.items():
            parameters = new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
            cells = [new_markdown_cell(f"# {name}"), parameters, new_code_cell(source)]
            files.append(tmp_path / f"{name}.ipynb")
            write(new_notebook(cells=cells), files[-1])
        return files

    return written


def silent(name: str, seconds: float | None) -> None:
    del name, seconds


def results(notebooks: list[Path], run: Run, folder: Path, invoices: int = 0) -> dict[str, str]:
    with warm_kernels() as manager:
        done = executed_side_by_side(notebooks, run, folder, kernels=manager, progress=silent, invoices=invoices)
    return {each.name: each.notebook.cells[-1].outputs[-1]["data"]["text/plain"] for each in done}


def beside(code: str, run: Run, folder: Path) -> None:
    """Execute code beside a block that ends once the code has written `begun`, which it must do in its own process."""
    with warm_kernels() as manager, executed_beside(code, run, folder, kernels=manager):
        while "begun" in code and not (folder / "begun").exists():
            time.sleep(0.02)


def test_code_is_executed_beside_a_block_with_the_parameters_of_a_chapter(run, tmp_path):
    code = "import os, pathlib\npathlib.Path(output, 'begun').write_text(f'{as_of} {os.getpid()}')"
    folder = tmp_path / "month"
    folder.mkdir()
    beside(code, run, folder)
    day, process = (folder / "begun").read_text().split()
    assert day == str(run.as_of)
    assert process != str(os.getpid())
    assert [file.name for file in folder.iterdir()] == ["begun"]


def test_what_fails_beside_a_block_is_told_at_its_end(run, tmp_path):
    refused = "from tradecredit.errors import InputError, Problem\nraise InputError([Problem('a', 'b', 'c')])"
    with pytest.raises(PapermillExecutionError, match=r"a: b\. Remedy: c"):
        beside(refused, run, tmp_path)
    with pytest.raises(PapermillExecutionError) as raised:
        beside("import os\nos._exit(1)", run, tmp_path)
    assert raised.value.ename == "DeadKernelError"
    with pytest.raises(RuntimeError, match="ZeroDivisionError: division by zero"):
        beside("1 / 0", run, tmp_path)


def test_a_chapter_that_fails_in_the_block_is_told_as_such(run, tmp_path):
    failed = execution.failed("03_terms", ValueError("no description"))
    with (
        pytest.raises(PapermillExecutionError) as raised, warm_kernels() as manager,
        executed_beside("1", run, tmp_path, kernels=manager),
    ):  # fmt: skip
        raise failed
    assert (raised.value.chapter, raised.value.ename) == ("03_terms", "ValueError")


def waiting_for(name: str, folder: Path) -> str:
    """Return code that ends only when another chapter has begun too."""
    return (
        f"import pathlib, time\nfolder = pathlib.Path({str(folder)!r})\n(folder / 'begun-{name}').touch()\n"
        "while len(list(folder.glob('begun-*'))) < 2: time.sleep(0.02)\nlen(list(folder.glob('begun-*')))"
    )


def test_chapters_of_a_large_book_run_one_after_another(chapters, run, tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "cores", lambda: 2)
    code = (
        f"import pathlib, time\nhere = pathlib.Path({str(tmp_path)!r}) / 'one-is-running'\nalone = not here.exists()\n"
        "here.touch(); time.sleep(0.2); here.unlink()\nalone"
    )
    notebooks = chapters(first=code, second=code)
    assert results(notebooks, run, tmp_path, invoices=INVOICES_AT_ONCE) == {"first": "True", "second": "True"}


@pytest.mark.parametrize("forking", [True, False])
def test_chapters_run_at_the_same_time(chapters, run, tmp_path, monkeypatch, forking):
    if forking and not kernels.FORKING:
        pytest.skip("processes are not forked here")
    monkeypatch.setattr(kernels, "FORKING", forking)
    monkeypatch.setattr(execution, "cores", lambda: 2)
    notebooks = chapters(first=waiting_for("first", tmp_path), second=waiting_for("second", tmp_path))
    assert results(notebooks, run, tmp_path) == {"first": "2", "second": "2"}


@pytest.mark.usefixtures("begun_alone")
def test_a_kernel_is_warm_and_holds_nothing_of_another_chapter(chapters, run, tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "cores", lambda: 1)
    told = (
        "'seaborn' in sys.modules, 'lark' in sys.modules, hasattr(sys, 'left'), os.environ['OMP_NUM_THREADS'], "
        "os.getcwd() == FOLDER"
    )
    loaded = f"import os, sys\n' '.join(str(each) for each in ({told}))".replace("FOLDER", repr(str(tmp_path)))
    notebooks = chapters(first="import sys\nsys.left = 1\nimport os\nos.chdir('/')\n1", second=loaded)
    found = results(notebooks, run, tmp_path)
    threads = os.environ.get("OMP_NUM_THREADS", "1")
    assert found["second"] == repr(f"{kernels.FORKING} False False {threads} True")


@pytest.mark.parametrize("forking", [True, False])
def test_a_kernel_that_dies_fails_its_chapter(chapters, run, tmp_path, monkeypatch, forking):
    if forking and not kernels.FORKING:
        pytest.skip("processes are not forked here")
    monkeypatch.setattr(kernels, "FORKING", forking)
    with pytest.raises(PapermillExecutionError) as raised:
        results(chapters(first="1", second="import os\nos._exit(1)"), run, tmp_path)
    assert (raised.value.chapter, raised.value.ename) == ("second", "DeadKernelError")


@pytest.mark.parametrize("times", [1, 2])
def test_a_kernel_that_could_not_begin_is_begun_once_more(chapters, run, tmp_path, monkeypatch, times):
    execute, taken = execution.papermill.execute_notebook, iter([True] * times)

    def executed(*arguments, **options):
        if next(taken, False):
            raise RuntimeError(execution.NOT_BEGUN)
        return execute(*arguments, **options)

    monkeypatch.setattr(execution.papermill, "execute_notebook", executed)
    if times == 1:
        assert results(chapters(first="1"), run, tmp_path) == {"first": "1"}
        return
    with pytest.raises(PapermillExecutionError) as raised:
        results(chapters(first="1"), run, tmp_path)
    assert raised.value.ename == "DeadKernelError"


def test_jupyter_still_says_so_of_a_kernel_that_could_not_begin():
    assert execution.NOT_BEGUN in Path(inspect.getfile(jupyter_client.client)).read_text(encoding="utf-8")


def test_nothing_is_begun_after_a_failure_and_the_first_by_name_is_told(chapters, run, tmp_path, monkeypatch):
    monkeypatch.setattr(execution, "cores", lambda: 2)
    slow = f"import time\ntime.sleep(1)\n{waiting_for('b', tmp_path)}\nnothing_of_b"
    notebooks = chapters(c=f"{waiting_for('c', tmp_path)}\nnothing_of_c", b=slow, a=waiting_for("a", tmp_path))
    with pytest.raises(PapermillExecutionError) as raised:
        results(notebooks, run, tmp_path)
    assert (raised.value.chapter, raised.value.evalue) == ("b", "name 'nothing_of_b' is not defined")
    assert not (tmp_path / "begun-a").exists()


@pytest.mark.usefixtures("begun_alone")
def test_no_kernel_is_left_when_the_run_is_interrupted(chapters, run, tmp_path, monkeypatch):
    def interrupted(futures):
        del futures
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.02)
        raise KeyboardInterrupt

    monkeypatch.setattr(execution, "wait", interrupted)
    pid = str(tmp_path / "pid")
    begun = f"import os, time\nwith open({pid!r}, 'w') as file: file.write(str(os.getpid()))\ntime.sleep(99)"
    with pytest.raises(KeyboardInterrupt):
        results(chapters(first=begun), run, tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_progress_is_a_line_for_each_chapter_that_is_done(capsys):
    with shown_progress([Path("a.ipynb"), Path("b.ipynb")], "Demo as of today") as progress:
        progress("b", None)
        progress("a", None)
        progress("a", 1.23)
        progress("b", 4.56)
    assert capsys.readouterr().out == "Demo as of today\n  a 1.2 s\n  b 4.6 s\n"


def test_progress_is_a_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    with shown_progress([Path("a.ipynb"), Path("b.ipynb")], "Demo") as progress:
        progress("a", None)
        progress("b", None)
        progress("a", 1.0)
    told = capsys.readouterr().err
    assert "Demo, a, b" in told
    assert "1/2" in told
