"""What became of each run, for its operator: on record beside the run file, in the index, and told to a command."""

import json
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tradecredit.book.locks import locked, locked_if_free
from tradecredit.book.memory import LOG, cache_of, writable
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run
from tradecredit.report.folders import month_folder
from tradecredit.report.index import SUMMARY, write_index
from tradecredit.report.written import write_json
from tradecredit.words import failures as words

SHOWN = 20
"""Runs that `tradecredit status` lists."""
COMMAND_SECONDS = 300


class Failure(NamedTuple):
    """Why a run failed: what its process ends with, where (a chapter and its cell, if it was one), and what to do."""

    exit_code: int
    error: str
    to_do: str
    chapter: str = ""
    cell: str = ""


@contextmanager
def attempt(run: Run, started: datetime) -> Iterator[None]:
    """Record what comes of making a run's month, show it in the index, and run the command that is to follow.

    Nothing is caught for good: what fails within is raised again once it is told.
    """
    entry = {"id": secrets.token_hex(8), "run_file": run.file.name, "month": f"{run.as_of:%Y-%m}"}
    folder = writable(cache_of(run))
    with locked(folder / f".run-{entry['id']}.lock"):
        _record(folder, entry | {"began": started.isoformat(timespec="seconds")})
        try:
            yield
        except BaseException as error:
            failed = failure(error, run)
            _tell(run, folder, entry, started, failed)
            raise
        _tell(run, folder, entry, started, None)


def failure(error: Any, run: Run) -> Failure:
    """Return why a run failed and what is to be done, in one line."""
    again = f"tradecredit report {run.file.name} --as-of {run.as_of}"
    of_entity = getattr(error, "of_entity", None)
    whose = "" if of_entity is None else f"{of_entity.entity}: "
    if isinstance(error, ParameterError | InputError):
        check = f"tradecredit check {run.file.name}"
        return Failure(2, str(error.problems[0]), words.of_input(error.problems, check, again))
    if (chapter := getattr(error, "chapter", None)) is not None:  # papermill's error, whose import is slow
        number, first_line = error.exec_count, error.source.strip().splitlines()[0]
        to_do = words.of_chapter(error.ename, error.evalue, notebook=chapter, cell=first_line, again=again)
        code = 2 if error.ename in words.BAD_INPUT else 1
        return Failure(code, f"{whose}{error.ename}: {error.evalue}", to_do, chapter, f"{number} ({first_line})")
    if isinstance(error, KeyboardInterrupt):
        return Failure(130, words.INTERRUPTED, words.of_an_interrupt(again))
    return Failure(1, f"{type(error).__name__}: {error}", words.of_the_program(again))


def last_runs(run: Run) -> list[words.Ended]:
    """Return what came of the last runs of a run file, newest first."""
    folder = cache_of(run)
    entries: dict[str, dict[str, Any]] = {}
    for line in _lines(folder / LOG):
        if line.get("run_file") == run.file.name:
            entries[line["id"]] = entries.get(line["id"], {}) | line
    return [_ended(folder, entry, run) for entry in [*entries.values()][::-1][:SHOWN]]


def without_places(text: str, run: Run) -> str:
    """Return a text without where things lie on this machine, for what others may read."""
    places = [run.file.parent, run.reports, run.notebooks, PROJECT, Path(sys.prefix), Path(tempfile.gettempdir())]
    if (source := getattr(run.source, "path", None)) is not None:
        places.append(source.parent)
    with suppress(RuntimeError):  # nobody's home
        places.append(Path.home())
    for place in sorted({str(place) for place in places if len(place.parts) > 1}, key=len, reverse=True):
        text = text.replace(place, "…")
    return text


def _tell(run: Run, folder: Path, entry: dict[str, Any], started: datetime, failed: Failure | None) -> None:
    seconds = (datetime.now(UTC) - started).total_seconds()
    published = month_folder(run)
    told = f"{failed.error} To do: {failed.to_do}" if failed else words.published(seconds)
    # A line break would end the head of a mail that a command puts it into, and begin another.
    message = " ".join(without_places(told, run).split())
    end = {"seconds": round(seconds, 1), "exit_code": failed.exit_code if failed else 0, "message": message}
    with suppress(OSError, ParameterError) if failed else nullcontext():
        # A disk that is full or not ours to write to is what failed: it is told by the error itself.
        _record(folder, entry | end)
        _show_in_index(run, published, started, failed)
    page = run.reports / "index.html" if failed else published / f"{SUMMARY}.html"
    if not failed or failed.exit_code != 130:
        _run_command(run, "failed" if failed else "ok", end | {"entity": run.entity, "month": entry["month"],
                                                               "page": str(page)})  # fmt: skip


def _show_in_index(run: Run, published: Path, started: datetime, failed: Failure | None) -> None:
    file = published.parent / "failed" / f"{published.name}.json"
    if failed is None:
        file.unlink(missing_ok=True)
    elif failed.exit_code != 130:
        if run.anonymise:  # what went wrong on reading tells names and files
            failed = failed._replace(error=words.WITHHELD, to_do="", cell=failed.cell.split(" ")[0])
        shown = {key: without_places(str(value), run) for key, value in failed._asdict().items() if value}
        when = started.isoformat()
        write_json(file, {"as_of": str(run.as_of), **shown, "exit_code": failed.exit_code, "when": when})
    write_index(run.reports)


def _run_command(run: Run, key: str, told: Mapping[str, Any]) -> None:
    """Run what is to follow the run; where that fails it is told, and nothing else comes of it."""
    command = [argument.format_map(told) for argument in getattr(run.after, key)]
    if not command:
        return
    try:
        done = subprocess.run(
            command, cwd=run.file.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=COMMAND_SECONDS,
            text=True, errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        how = f"it took more than {COMMAND_SECONDS} s"
    except (OSError, ValueError) as error:
        how = getattr(error, "strerror", None) or str(error)
    else:
        last = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
        how = f"exit code {done.returncode}{f': {last}' if last else ''}" if done.returncode else ""
    if how:
        print(words.command_failed(key, command[0], how), file=sys.stderr, flush=True)


def _record(folder: Path, entry: Mapping[str, Any]) -> None:
    """Append a line to the record of runs, after what a run may have written of a line when it was killed."""
    with (folder / LOG).open("a", encoding="utf-8", newline="\n") as log:
        log.write("\n" + json.dumps(entry, ensure_ascii=False) + "\n")


def _lines(log: Path) -> Iterator[dict[str, Any]]:
    """Yield the entries of the record; a line that was cut short when a run was killed is passed over."""
    if not log.exists():
        return
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict) and "id" in entry:
                yield entry


def _ended(folder: Path, entry: Mapping[str, Any], run: Run) -> words.Ended:
    code = entry.get("exit_code")
    began = datetime.fromisoformat(entry["began"])
    if code is not None:
        state = {0: "ok", 130: words.INTERRUPTED}.get(code, "failed")
        return words.Ended(began, entry["month"], state, entry["seconds"], code, entry["message"])
    with locked_if_free(folder / f".run-{entry['id']}.lock") as free:
        message = words.killed(f"tradecredit report {run.file.name}") if free else words.at_work()
        return words.Ended(began, entry["month"], "killed" if free else "running", None, None, message)
