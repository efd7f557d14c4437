"""A book that a report can be made of: read, and its policies and scenarios checked, without waiting for Jupyter."""

from tradecredit.book.book import Book
from tradecredit.default.scenario_risk import scenarios_of
from tradecredit.insurance.in_force import policies
from tradecredit.params.run import Run
from tradecredit.report.entities import of_entities


def checked_book(run: Run) -> Book:
    """Return the book of a run, after checking its policies and scenarios against it and each other.

    Raises `InputError` where the book or a policy's premium on it is not computable, or the cluster that the run names
    (`compute`) does not answer; `ParameterError` where a scenario cannot be.
    """
    book = Book.open(run)
    policies(book)
    scenarios_of(book)
    if run.compute.scheduler:
        from tradecredit.numerics.cluster import connected

        connected(run, "tradecredit.losses.simulation")
    return book


def checked_books(run: Run) -> list[Book]:
    """Return the books of a group's entities and then its own, or the one of any other run, all checked.

    Raises as `checked_book`; of entities, `InputError` with what is wrong with all of them.
    """
    books: list[Book] = []
    of_entities(run, lambda one: books.append(checked_book(one)), told=False)
    return [*books, checked_book(run)]
