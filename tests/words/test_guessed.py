"""What `start` guessed stands on the pages until it is confirmed."""

import nbformat
import pytest

from tradecredit.language import LANGUAGES, speaking
from tradecredit.params.base import PROJECT
from tradecredit.params.run import Run
from tradecredit.words.guessed import MEANS, meaning, told


@pytest.fixture
def run(ledger):
    def with_guesses(**guessed: object) -> Run:
        text = ledger.run_file.read_text() + "guessed:\n" + "".join(f"  {key}: {one}\n" for key, one in guessed.items())
        ledger.run_file.write_text(text if guessed else text.replace("guessed:\n", ""))
        return Run.from_yaml(ledger.run_file)

    return with_guesses


def test_a_run_file_without_guesses_says_nothing(run):
    assert told(run()) == []


def test_guesses_are_counted_and_told_with_what_was_taken(run):
    lead, *each = told(run(**{"currency": "GBP", "source.terms_days": 30}))
    assert "rests on 2 guesses that nobody has confirmed: the currency that amounts are stated in; days of " in lead
    assert "Look at them in the run file run.yaml, and remove" in lead
    assert each == [
        "Guessed: the currency that amounts are stated in: GBP.",
        "Guessed: days of payment, which the export does not state: 30.",
    ]


def test_of_many_guesses_the_lead_names_the_first(run):
    lead, *each = told(run(**dict.fromkeys(list(MEANS)[:9], "x")))
    assert "rests on 9 guesses" in lead and lead.count(";") == 4 and "; …" in lead and len(each) == 9


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_guess_is_about_is_told_in_the_language_of_the_report(language):
    with speaking(language):
        assert (meaning("entity") == MEANS["entity"]) is (language == "en")
        assert "list of payments" in meaning("source.lines of list of payments")


@pytest.mark.parametrize("chapter", ["00_summary", "01_receivables"])
def test_the_first_assumption_of_the_first_pages_is_what_was_guessed(chapter):
    cells = nbformat.read(PROJECT / "notebooks" / f"{chapter}.ipynb", as_version=4).cells
    first = next(cell.source for cell in cells if "chapter.assumes(" in cell.source)
    assert first.startswith("chapter.assumes(*words.guessed.told(book.run))\n")
