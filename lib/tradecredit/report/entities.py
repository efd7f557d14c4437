"""The reports of a group's entities, which are made before its own."""

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.params.group import entities
from tradecredit.params.run import Run
from tradecredit.words import failures as words


def of_entities(run: Run, report: Callable[[Run], Any], *, told: bool = True) -> None:
    """Call `report` for each entity of a group's run; nothing for any other run.

    Each is made whatever becomes of the others: what one entity has wrong holds up no other's month, but the group's
    own, which is not made without it; `told`: each is told of when it fails. Raises `InputError` with what is wrong
    with the data and run files of all, each told under its entity; else, where only chapters failed, the first
    chapter's error, which says in `of_entity` whose it is.
    """
    problems: list[Problem] = []
    chapters: list[Exception] = []
    for name, one in entities(run).items():
        try:
            report(one)
        except (InputError, ParameterError) as error:
            problems += under(name, error.problems)
            if told:
                print(words.entity_failed(one.entity, str(error.problems[0])), file=sys.stderr, flush=True)
        except Exception as error:
            if not hasattr(error, "chapter"):  # a fault that is none of the entity's
                raise
            error.of_entity = one  # type: ignore[attr-defined]
            chapters.append(error)
            print(words.entity_failed(one.entity, words.chapter_failed(error)), file=sys.stderr, flush=True)
    if problems:
        raise InputError(problems)
    if chapters:
        raise chapters[0]


def under(name: str, problems: tuple[Problem, ...]) -> list[Problem]:
    """Return problems of an entity's run or ledger, told under its name."""
    return [replace(problem, file=f"{name}: {problem.file}") for problem in problems]
