"""The run files of a group's entities."""

from collections import Counter

from tradecredit.errors import ParameterError, Problem
from tradecredit.params.run import Run
from tradecredit.params.source import GroupSource


def entities(run: Run) -> dict[str, Run]:
    """Return the runs of a group's entities by name, as of the group's day; none of a run that is no group's.

    Raises `ParameterError` with every problem of all their run files, and where one is a group itself or two are the
    same: their reports would take each other's place.
    """
    if not isinstance(run.source, GroupSource):
        return {}
    found: dict[str, Run] = {}
    problems: list[Problem] = []
    for entity in run.source.entities:
        try:
            found[entity.name] = Run.from_yaml(entity.run, run.as_of)
        except ParameterError as error:
            problems += error.problems
    problems += [
        _problem(run, name, "is a group itself", "name its entities here instead")
        for name, one in found.items() if isinstance(one.source, GroupSource)
    ]  # fmt: skip
    files = Counter(one.file for one in found.values())
    problems += [
        _problem(run, ", ".join(name for name, one in found.items() if one.file == file),
                 "have the same run file", "state each entity once")
        for file, count in files.items() if count > 1
    ]  # fmt: skip
    if not problems:
        called = Counter([run.entity.casefold(), *(one.entity.casefold() for one in found.values())])
        problems = [
            _problem(run, one.entity, "is the name of another entity, or of the group, too",
                     f"state another `entity` in {one.file.name}")
            for one in found.values() if called[one.entity.casefold()] > 1
        ]  # fmt: skip
    if problems:
        raise ParameterError(problems)
    return found


def _problem(run: Run, value: str, allowed: str, remedy: str) -> Problem:
    return Problem(file=str(run.file), column="source.entities", value=value, allowed=allowed, remedy=remedy)
