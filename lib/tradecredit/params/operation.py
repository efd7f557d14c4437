"""What a run does besides its report: how long a chapter may take, and which command follows."""

from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field

from tradecredit.params.base import Parameters

PLACES = ("entity", "month", "page", "exit_code", "message")
"""What the arguments of a command may name in braces."""


def _argument(text: str) -> str:
    try:
        named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        named = {""}
    if named - set(PLACES):
        places = ", ".join(f"{{{place}}}" for place in PLACES)
        raise ValueError(f"braces stand around one of {places} only; write {{{{ and }}}} for braces themselves")
    return text


Argument = Annotated[str, AfterValidator(_argument), Field(min_length=1)]


class After(Parameters):
    """The command that follows a report, as a list of the program and its arguments; no shell reads it.

    In arguments {month} stands for the month (2026-10), {entity} for whose it is, {page} for the path of the report's
    first page (of the index after a failure), {exit_code} for the run's exit code, {message} for one line on what came
    of it and what is to be done. It runs in the run file's folder, for five minutes at most; if it fails that is told,
    and the exit code stays the run's.
    """

    ok: list[Argument] = []
    """After a report was published, such as [mail, -s, "Credit report {month}", board@company.example]."""
    failed: list[Argument] = []
    """After a run that failed, once its run file could be read."""
