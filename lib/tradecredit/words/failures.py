"""What became of runs: why one failed and what is to be done about it, in one line; and the list of the last ones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tradecredit.errors import Problem
from tradecredit.words.formats import counted

INTERRUPTED = "interrupted"
TOO_LONG, DEAD, BAD_INPUT = "ChapterTimeoutError", "DeadKernelError", ("InputError", "ParameterError")
"""Kinds of a chapter's failure that are told apart; any other is that of a cell."""
WITHHELD = "names are replaced in these reports: tradecredit status tells their maker what failed"
"""What the index says of a failure of a run that names nobody."""


class Ended(NamedTuple):
    """A run that has begun: when (UTC), its month, `state` (`ok`, `failed`, `interrupted`, `running` or `killed`),
    seconds and exit code where it has ended, and one line on what came of it."""

    began: datetime
    month: str
    state: str
    seconds: float | None
    exit_code: int | None
    message: str


def of_chapter(kind: str, message: str, *, notebook: str, cell: str, again: str) -> str:
    """Return what is to be done where a chapter failed.

    `kind` is the error's name, `cell` the first line of the cell, `again` the command of the run.
    """
    if kind in BAD_INPUT:
        _, _, remedy = message.rpartition("Remedy: ")
        return f"{_upper(remedy.strip().rstrip('.'))}; then {again}."
    if kind == TOO_LONG:
        return f"State more `chapter_minutes` in the run file, or less to compute; then {again}."
    if kind == DEAD:
        return f"Its process has ended, mostly for want of memory: free some, or simulate less; then {again}."
    return f"Open notebooks/{notebook}.ipynb in JupyterLab and mend what fails ({cell}); then {again}."


def too_long(minutes: float) -> str:
    """Return why a chapter was stopped."""
    return f"it took longer than the {minutes:g} minutes that `chapter_minutes` allows"


def of_input(problems: Sequence[Problem], check: str, again: str) -> str:
    """Return what is to be done about bad input; `check` is the command that lists all of it."""
    more = f" ({counted(len(problems), 'problem')} in all: {check})" if len(problems) > 1 else ""
    return f"{_upper(problems[0].remedy)}{more}; then {again}."


def entity_failed(entity: str, why: str) -> str:
    """Return that an entity's report was not made, and that of its group cannot be."""
    return f"{entity}: its report was not made, and that of the group will not be: {why}"


def chapter_failed(error: Any) -> str:
    """Return which chapter failed, and how."""
    return f"chapter {error.chapter} failed: {error.ename}: {error.evalue}"


def of_the_program(again: str) -> str:
    """Return what is to be done about an error that is no chapter's and no input's."""
    return f"This is a fault of the program: keep the message for whoever maintains it; then {again}."


def of_an_interrupt(again: str) -> str:
    """Return what is to be done after a run that somebody stopped."""
    return f"It was stopped from outside: {again}."


def published(seconds: float) -> str:
    """Return what came of a run that went well."""
    return f"published in {seconds:.0f} s"


def waiting(month: str) -> str:
    """Return what is told before a run waits for another of the same month."""
    return f"Another run is making {month}; this one waits for its end."


def command_failed(key: str, program: str, how: str) -> str:
    """Return that a command which follows the run (`after.ok`, `after.failed`) has failed itself."""
    return f"after.{key}: the command {program!r} failed ({how}); what the run made is not touched by that."


def last_runs(runs: Sequence[Ended], run_file: str) -> list[str]:
    """Return the lines of `tradecredit status`, newest run first."""
    if not runs:
        return [f"No run of {run_file} is on record."]
    lines = [f"The last runs of {run_file} (times in UTC), newest first:"]
    for run in runs:
        took = "" if run.seconds is None else f" after {run.seconds:.0f} s"
        code = "" if run.exit_code is None else f" (exit code {run.exit_code})"
        lines.append(f"  {run.began:%Y-%m-%d %H:%M}  {run.month}  {run.state}{took}{code}: {run.message}")
    return lines


def at_work() -> str:
    """Return what is told of a run that has not ended."""
    return "it is at work"


def killed(again: str) -> str:
    """Return what is to be done after a run that could not tell its end."""
    return f"it ended without a word, killed or by a stop of the machine; what was published stays. To do: {again}."


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
