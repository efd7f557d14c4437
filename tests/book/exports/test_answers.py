"""Answers on a terminal: in the form that the run file wants, asked again or refused where they cannot be read."""

import pytest

from tradecredit import cli
from tradecredit.book.exports.answers import understood
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError

LIST = "Kunde;Beleg;Datum;Betrag\n" + "".join(f"C{n};R-{n};05.06.2026;{n}00,00\n" for n in range(1, 6))


@pytest.mark.parametrize(
    ("key", "answer", "right"),
    [
        ("source.terms_days", "30 days", "30"), ("source.terms_days", "thirty", None),
        ("source.terms_days", "-5", None), ("source.form.dates", "%Y-%m", "%Y-%m"),
        ("currency", "eur", "EUR"), ("currency", "euro", None), ("currency", "ntd", "TWD"),
        ("source.exported", "31.12", None),
        ("source.exported", "2026-06-30", "2026-06-30"), ("source.exported", "2026-06-31", None),
        ("source.form.decimal", ",", ","), ("source.form.decimal", "comma", None), ("entity", "Alder", "Alder"),
        ("source.form.dates", "%d/%m/%Y", "%d/%m/%Y"),
        ("source.form.dates", "10/31/2026", "%m/%d/%Y"), ("source.form.dates", "31.10.26", "%d.%m.%y"),
        ("source.form.dates", "46326", "serial"), ("source.form.dates", "05/06/2026", None),
        ("source.form.dates", "day first", None),
    ],
)  # fmt: skip
def test_an_answer_is_understood_or_not(key, answer, right):
    assert understood(key, answer) == right


def test_a_day_is_understood_as_the_file_writes_its_days_too():
    assert understood("source.exported", "31/10/2026", "%d/%m/%Y") == "2026-10-31"
    assert understood("source.exported", "2026-10-31", "%d/%m/%Y") == "2026-10-31"
    assert understood("source.exported", "10/31/2026", "%d/%m/%Y") is None


def test_answers_that_cannot_be_read_are_one_refusal(tmp_path):
    (tmp_path / "list.csv").write_text(LIST)
    with pytest.raises(InputError) as refused:
        suggested(
            [tmp_path / "list.csv"], {"currency": "euro", "source.exported": "31.12", "source.terms_days": "soon"}
        )
    assert [problem.column for problem in refused.value.problems] == [
        "currency",
        "source.exported",
        "source.terms_days",
    ]


def test_an_answer_that_cannot_be_read_is_asked_for_again(tmp_path, monkeypatch, capsys):
    (tmp_path / "list.csv").write_text(LIST)
    given = iter(["euro", "chf"])
    monkeypatch.setattr(
        "typer.prompt", lambda question, default: next(given) if "currency" in question else default
    )  # fmt: skip
    answers = cli._answers(suggested([tmp_path / "list.csv"]))
    assert suggested([tmp_path / "list.csv"], answers).currency == "CHF"
    assert "'euro' cannot be read: three letters, such as EUR is expected." in capsys.readouterr().out


def test_a_list_of_paid_invoices_without_what_they_came_to_is_marked(tmp_path):
    rows = "".join(f"{n},C{n},06/{n:02}/2026,07/{n:02}/2026,{0 if n % 2 else n * 10}.00\n" for n in range(1, 29))
    (tmp_path / "list.csv").write_text(f"Invoice #,Customer,Invoice Date,Due Date,Balance Due\n{rows}")
    (guess,) = [one for one in suggested([tmp_path / "list.csv"]).guesses if one.key == "source.columns.amount"]
    assert guess.open and guess.taken == "none; Balance Due stands for it, nothing of what is paid"
    (tmp_path / "list.csv").write_text(
        f"Invoice #,Customer,Invoice Date,Due Date,Balance Due\n{rows.replace(',0.', ',5.')}"
    )
    assert not [one for one in suggested([tmp_path / "list.csv"]).guesses if one.key == "source.columns.amount"]
