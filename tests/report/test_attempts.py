"""What an operator is told of a run: exit code, one line, the index, the record of runs, and a command of its own."""

import json
import os
import signal
import sys
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book import memory
from tradecredit.errors import ParameterError
from tradecredit.params.run import Run
from tradecredit.report import attempts, kernels
from tradecredit.report.attempts import attempt, without_places

TELLING = "import json, sys; open('told.json', 'w').write(json.dumps(sys.argv[1:]))"
TOLD = [sys.executable, "-c", TELLING, "{month}", "{page}", "{exit_code}", "{message}", "{{}}"]


@pytest.fixture
def project(ledger):
    """A run file with a summary of one cell, which `chapter` writes."""
    chapter(ledger, "1 + 1")
    ledger.run(notebooks="notebooks", after={"ok": TOLD, "failed": TOLD})
    return ledger


def chapter(ledger, code: str) -> None:
    cells = [
        new_markdown_cell("# Summary"),
        new_code_cell('run_file: str = ""\nas_of: str = ""\noutput: str = ""', metadata={"tags": ["parameters"]}),
        new_code_cell("import os"),
        new_code_cell(code),
    ]
    (ledger.folder / "notebooks").mkdir(exist_ok=True)
    write(new_notebook(cells=cells), ledger.folder / "notebooks" / "00_summary.ipynb")


def command(*arguments: object):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def told(ledger) -> list[str]:
    return json.loads((ledger.folder / "told.json").read_text())


def index(ledger) -> str:
    return (ledger.folder / "reports" / "index.html").read_text()


def test_after_a_report_the_command_is_told_and_the_run_is_on_record(project):
    assert command("status", project.run_file).stdout == "No run of run.yaml is on record.\n"
    outcome = command("report", project.run_file)
    assert outcome.exit_code == 0, outcome.output
    month, page, code, message, braces = told(project)
    assert (month, code, braces) == ("2024-03", "0", "{}")
    assert page == outcome.stdout.splitlines()[-1]
    assert Path(page).exists()
    assert message.startswith("published in ")
    status = command("status", project.run_file)
    assert status.exit_code == 0
    assert "2024-03  ok after " in status.stdout
    assert "after" not in json.loads(Path(page).with_name("manifest.json").read_text())["parameters"]


def test_a_chapter_that_raises_is_told_with_what_to_do(project):
    chapter(project, "open('/nowhere/at/all')")
    outcome = command("report", project.run_file)
    assert outcome.exit_code == 1
    to_do = (
        "To do: Open notebooks/00_summary.ipynb in JupyterLab and mend what fails (open('/nowhere/at/all')); then "
        "tradecredit report run.yaml --as-of 2024-03-31."
    )
    assert to_do in outcome.stderr
    assert to_do in unescape(index(project))
    _, page, code, message, _ = told(project)
    assert (page, code) == (str(project.folder / "reports" / "index.html"), "1")
    assert to_do in message
    status = command("status", project.run_file)
    assert status.exit_code == 1
    assert "failed after" in status.stdout
    assert to_do in status.stdout


def test_what_a_command_is_told_is_one_line(project):
    chapter(project, "raise ValueError('Alder\\r\\nBcc: all@example.com\\x0b\\u2028Subject: none')")
    assert command("report", project.run_file).exit_code == 1
    _, _, _, message, _ = told(project)
    assert "ValueError: Alder Bcc: all@example.com Subject: none To do:" in message
    assert len(message.splitlines()) == 1


@pytest.mark.parametrize("forking", [True, False])
def test_a_chapter_that_hangs_is_stopped_at_its_limit(project, monkeypatch, forking):
    if forking and not kernels.FORKING:
        pytest.skip("processes are not forked here")
    monkeypatch.setattr(kernels, "FORKING", forking)
    project.run(chapter_minutes=0.05)
    chapter(
        project, f"open({str(project.folder / 'pid')!r}, 'w').write(str(os.getpid()))\nimport time\ntime.sleep(999)"
    )
    outcome = command("report", project.run_file)
    assert outcome.exit_code == 1
    assert "it took longer than the 0.05 minutes that `chapter_minutes` allows" in outcome.stderr
    assert "To do: State more `chapter_minutes` in the run file" in outcome.stderr
    if (project.folder / "pid").exists():  # a busy machine may take longer than that to begin
        with pytest.raises(ProcessLookupError):
            os.kill(int((project.folder / "pid").read_text()), 0)


def test_a_chapter_whose_process_is_killed_is_told(project):
    chapter(project, "import signal\nos.kill(os.getpid(), signal.SIGKILL)")
    outcome = command("report", project.run_file)
    assert outcome.exit_code == 1
    assert "To do: Its process has ended, mostly for want of memory" in outcome.stderr


def test_bad_data_are_told_in_the_index_and_to_the_command(project):
    project.replace("invoices", "500.50", "lots")
    outcome = command("report", project.run_file)
    assert outcome.exit_code == 2
    _, _, code, message, _ = told(project)
    assert code == "2"
    assert "invoices.csv, row 3, amount: found 'lots'" in message
    assert "then tradecredit report run.yaml --as-of 2024-03-31." in message
    assert "found 'lots'" in unescape(index(project))
    assert str(project.folder) not in index(project)


def attempted(project, **after: list[str]) -> None:
    """Let a run go well that makes nothing."""
    project.run(after=after)
    with attempt(Run.from_yaml(project.run_file), datetime.now(UTC)):
        pass


@pytest.mark.parametrize(("code", "how"), [
    ("import sys; sys.exit('no post today')", "exit code 1: no post today"),
    ("import time; time.sleep(99)", "it took more than 0.5 s"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "exit code -15"),
])  # fmt: skip
def test_a_command_that_fails_is_told_and_changes_nothing_else(project, capsys, monkeypatch, code, how):
    monkeypatch.setattr(attempts, "COMMAND_SECONDS", 0.5 if "sleep" in code else 60)
    attempted(project, ok=[sys.executable, "-c", code])
    assert f"after.ok: the command {sys.executable!r} failed ({how})" in capsys.readouterr().err
    assert command("status", project.run_file).exit_code == 0


def test_a_command_that_is_not_there_is_told(project, capsys):
    attempted(project, ok=["no-such-command"])
    assert "'no-such-command' failed (No such file or directory)" in capsys.readouterr().err


@pytest.fixture
def interruptible():
    """Let an interrupt raise also where the tests were started in the background, by a shell that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_no_command_follows_an_interrupt(project):
    project.run(after={"failed": TOLD})
    with pytest.raises(KeyboardInterrupt), attempt(Run.from_yaml(project.run_file), datetime.now(UTC)):
        signal.raise_signal(signal.SIGINT)
    assert not (project.folder / "told.json").exists()
    assert "interrupted after 0 s (exit code 130)" in command("status", project.run_file).stdout


def test_no_shell_reads_a_command(project):
    attempted(project, ok=[*TOLD[:3], "$(touch stolen); `touch stolen` {month}"])
    assert told(project) == ["$(touch stolen); `touch stolen` 2024-03"]
    assert not (project.folder / "stolen").exists()


@pytest.mark.parametrize("wrong", ["{monht}", "{month.__class__}", "{", "{0}"])
def test_arguments_name_nothing_else(project, wrong):
    project.run(after={"ok": ["mail", wrong]})
    with pytest.raises(ParameterError, match=r"after\.ok\.1.*braces stand around one of \{entity\}"):
        Run.from_yaml(project.run_file)


def test_a_run_that_could_not_tell_its_end_was_killed(project):
    log = memory.CACHE / "runs.jsonl"
    memory.CACHE.mkdir()
    begun = {"id": "1", "run_file": "run.yaml", "month": "2024-02", "began": "2024-03-01T06:00:00+00:00"}
    other = begun | {"id": "2", "run_file": "other.yaml"}
    log.write_text(f'{json.dumps(other)}\n{json.dumps(begun)}\n{{"id": "1", "exit')
    outcome = command("status", project.run_file)
    assert outcome.exit_code == 1
    assert outcome.stdout.count("2024-02") == 1
    assert "2024-03-01 06:00  2024-02  killed: it ended without a word" in outcome.stdout
    attempted(project)
    assert command("status", project.run_file).exit_code == 0


def test_texts_for_others_do_not_tell_where_things_lie(project):
    run = Run.from_yaml(project.run_file)
    text = (
        f"{project.folder}/data/invoices.csv, {run.reports}/x, {Path.home()}/y and {sys.prefix}/lib/z: 1/2 http://a/b"
    )
    assert without_places(text, run) == "…/data/invoices.csv, …/x, …/y and …/lib/z: 1/2 http://a/b"
