"""The command line: `tradecredit report`, `worklist`, `check`…; exit 0 done, 1 a chapter failed, 2 bad input."""

import contextlib
import gc
import io
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
import yaml

from tradecredit.errors import InputError, ParameterError, Problem
from tradecredit.params.base import PROJECT

if TYPE_CHECKING:
    from tradecredit.book.book import Book
    from tradecredit.book.exports.description import Suggestion

app = typer.Typer(
    help="A credit book in; default probabilities, limits, and losses with and without insurance out.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip

RunFile = Annotated[Path, typer.Argument(metavar="RUN.yaml", help="The run file.")]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="As of this day (YYYY-MM-DD); wins over the run file.")]


@app.command()
def report(
    run_file: RunFile,
    as_of: AsOf = None,
    chapter: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Make only this chapter anew (again for more); the summary follows."),
    ] = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Write the summary as one HTML file that may be mailed, too.")
    ] = False,
    zipped: Annotated[
        bool, typer.Option("--zip", help="Write the month as one file too, without links to other months.")
    ] = False,
) -> None:
    """Make and publish a month's report, of a group's run file those of its entities and its own.

    The last line is the path of its first page.
    """
    with _bad_input_exits_2():
        _without_grammars()
        from papermill.exceptions import PapermillExecutionError

        from tradecredit.params.run import Run
        from tradecredit.report.attempts import failure
        from tradecredit.report.run import report

        try:
            page = report(run_file, as_of=as_of, chapters=chapter or (), mail=mail)
        except PapermillExecutionError as error:
            failed = failure(error, Run.from_yaml(run_file, as_of))
            typer.echo(f"Chapter {failed.chapter} failed in cell {failed.cell}: {failed.error}", err=True)
            typer.echo("Nothing was published; the last good report stays as it was.", err=True)
            typer.echo(f"To do: {failed.to_do}", err=True)
            raise typer.Exit(failed.exit_code) from None
    if mail:
        from tradecredit.report.mail import FILE

        typer.echo(page.with_name(FILE))
    if zipped:
        from tradecredit.report.alone import write_alone

        typer.echo(write_alone(page.parent))
    typer.echo(page)


@app.command()
def status(run_file: RunFile) -> None:
    """Tell what came of the last reports of a run file; exit 1 if the last one that has ended failed."""
    with _bad_input_exits_2():
        from tradecredit.params.run import Run
        from tradecredit.report.attempts import last_runs
        from tradecredit.words import failures

        runs = last_runs(Run.from_yaml(run_file))
    for line in failures.last_runs(runs, run_file.name):
        typer.echo(line)
    ended = [run for run in runs if run.state != "running"]
    if ended and ended[0].state != "ok":
        raise typer.Exit(1)


@app.command()
def worklist(run_file: RunFile, as_of: AsOf = None) -> None:
    """Write today's worklist of collection, a page and CSV files; the last line is the path of the page."""
    # Many small objects and hardly a cycle: looking for cycles each 700 objects takes a twentieth of the time.
    gc.set_threshold(50_000)
    with _bad_input_exits_2():
        from tradecredit.params.run import Run
        from tradecredit.report.daily import write_worklist

        page, told = write_worklist(Run.from_yaml(run_file, as_of))
    for line in told:
        typer.echo(line.replace("**", ""))
    typer.echo(page)


@app.command()
def buyer(
    run_file: RunFile,
    buyer_id: Annotated[str, typer.Argument(metavar="ID", help="The buyer's id, as the book has it.")],
    as_of: AsOf = None,
) -> None:
    """Write the sheet of one buyer, all that the chapters say of it; the last line is the path of its page."""
    from tradecredit.params.run import Run
    from tradecredit.report.sheets import write_sheet

    with _bad_input_exits_2():
        typer.echo(write_sheet(Run.from_yaml(run_file, as_of), buyer_id))


@app.command()
def pseudonyms(run_file: RunFile, as_of: AsOf = None) -> None:
    """Print who the buyers of an anonymised report are, as CSV, for whoever has the run file's key."""
    with _bad_input_exits_2():
        from tradecredit.book.anonymous import who_is_who
        from tradecredit.book.book import Book
        from tradecredit.params.run import Run

        book = Book.open(Run.stated(run_file, as_of).model_copy(update={"anonymise": False}))
        typer.echo(who_is_who(book.buyers, book.run.file).to_csv(index=False).rstrip("\n"))


@app.command()
def check(run_file: RunFile, as_of: AsOf = None) -> None:
    """Check the run file, its policies and all data, of a group also its entities'; print every problem at once."""
    from tradecredit.words.guessed import told

    books = _checked(run_file, as_of)
    for book in books:
        for line in told(book.run):
            typer.echo(f"  {book.run.entity}: {line}" if len(books) > 1 else f"  {line}")


def _checked(run_file: Path, as_of: str | None = None) -> "list[Book]":
    """Check a run file, print what was understood of its data, and return its books; or print every problem at once."""
    with _bad_input_exits_2():
        from tradecredit.insurance.in_force import policies
        from tradecredit.params.run import Run
        from tradecredit.report.checked import checked_books
        from tradecredit.words.formats import counted
        from tradecredit.words.policies import unknown_buyers
        from tradecredit.words.start import doubtful, tables, understood

        books = checked_books(Run.from_yaml(run_file, as_of))
        remarks = [unknown_buyers(book, policies(book)) for book in books]
    for book, of_book in zip(books, remarks, strict=True):
        doubts = doubtful(book.notes)
        found = "it can be read, but look at what is marked CHECK" if doubts.any() else "no problem found"
        typer.echo(f"{book.run.entity} as of {book.run.as_of}: {found}.")
        for note in book.notes[doubts].itertuples():
            typer.echo(f"  CHECK {note.table}: {note.rule} ({counted(note.rows, 'row')})")
        typer.echo("Known on that day:")
        for line in [*tables(book), *understood(book)]:
            typer.echo(line)
        for note in book.notes[~doubts].itertuples():
            typer.echo(f"  note: {note.table}: {note.rule} ({counted(note.rows, 'row')})")
        for remark in of_book:
            typer.echo(f"  note: policies: {remark}")
    return books


@app.command()
def measure(
    run_file: RunFile,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="A new or empty folder for the tables.")],
    as_of: AsOf = None,
) -> None:
    """Measure the ledger alone, a large one in parts of its buyers, and write its figures and tables, no report.

    The last line is the path of the folder.
    """
    with _bad_input_exits_2():
        from tradecredit.params.run import Run
        from tradecredit.report.measured import write_measured

        held = write_measured(Run.from_yaml(run_file, as_of), to)
    for name in ("invoices", "receipts", "buyers"):
        typer.echo(f"{sum(getattr(part, name) for part in held):,} {name}")
    typer.echo(f"{len(held)} part{'s' if len(held) > 1 else ''}\n{to}")


@app.command()
def start(
    exports: Annotated[list[Path], typer.Argument(metavar="EXPORT…", help="Files of one export, all of one form.")],
    run_file: Annotated[
        Path | None, typer.Option("--as", metavar="RUN.yaml", help="Where to write it; else beside you, by its name.")
    ] = None,
) -> None:
    """Look at an export, write the run file that reads it, and check what was understood."""
    target = run_file or Path(f"{exports[0].stem}.yaml")
    with _bad_input_exits_2():
        from tradecredit.book.disk import writing
        from tradecredit.book.exports.suggestion import suggested
        from tradecredit.words import start as words

        if target.exists():
            raise ParameterError([
                Problem(file=str(target), allowed="is there already", remedy="name another one with --as, or remove it")
            ])  # fmt: skip
        _in_checkout("exports", "the descriptions of systems' exports")
        suggestion = suggested(exports)
        if sys.stdin.isatty() and sys.stdout.isatty():
            suggestion = suggested(exports, _answers(suggestion))
        with writing(target):
            target.write_text(words.run_file(suggestion, target.resolve().parent), encoding="utf-8")
    for line in words.told(suggestion):
        typer.echo(line)
    typer.echo(f"Written: {target}\n")
    _checked(target)


def _in_checkout(name: str, what: str) -> None:
    """Raise `ParameterError` where the library was installed without a part of `params` that lies in its checkout."""
    if not (PROJECT / "params" / name).exists():
        raise ParameterError([
            Problem(file=str(PROJECT / "params"), allowed=f"is not there: {what} lie in the checkout",
                    remedy="install the library from its checkout (make report)")
        ])  # fmt: skip


def _answers(suggestion: "Suggestion") -> dict[str, str]:
    """Ask what an export does not tell, each question with its best guess and three rows; an empty answer takes it.

    An answer that cannot be read is asked for again.
    """
    from tradecredit.book.exports.answers import WANTED, understood
    from tradecredit.book.exports.suggestion import rows_shown
    from tradecredit.words.start import questions

    asked = questions(suggestion)
    form = suggestion.source.form.dates.get("issued", suggestion.source.form.dates.get("all"))
    answers = {}
    if asked:
        typer.echo(rows_shown(suggestion).to_string(index=False))
    for guess, question in asked:
        others = f" (or {', '.join(guess.others)})" if guess.others else ""
        answer = typer.prompt(f"{question}{others}", default=guess.taken)
        while (read := understood(guess.key, answer, form)) is None:
            typer.echo(f"{answer!r} cannot be read: {WANTED.get(guess.key, 'a text')} is expected.")
            answer = typer.prompt(f"{question}{others}", default=guess.taken)
        answers[guess.key] = read
    return answers


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    buyers: Annotated[int, typer.Option(help="How many buyers.")] = 600,
    invoices: Annotated[int, typer.Option(help="About how many invoices.")] = 60_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same company.")] = 7,
    to: Annotated[Literal["csv", "parquet"], typer.Option(help="Kind of the tables' files.")] = "csv",
) -> None:
    """Write a demo company's credit book by table, CSV or Parquet, and as one file of an export, with run files."""
    with _bad_input_exits_2():
        from tradecredit.book.demo import demo_book, export, write
        from tradecredit.book.disk import writing

        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ParameterError([
                Problem(file=str(folder), allowed="is not an empty folder", remedy="name a new or an empty one")
            ])  # fmt: skip
        _in_checkout("demo.yaml", "the demo's run files")
        book = demo_book(buyers=buyers, invoices=invoices, seed=seed)
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            write(book, folder, to)
            for kind in ("policies", "scenarios", "economy"):
                shutil.copytree(PROJECT / "params" / kind, folder / kind)
            run = yaml.safe_load((PROJECT / "params" / "demo.yaml").read_text(encoding="utf-8"))
            run |= {"source": {"kind": "folder", "path": "."}}
            (folder / "run.yaml").write_text(yaml.safe_dump(run, sort_keys=False), encoding="utf-8")
            export.write(export.open_items(book.tables), folder / "export" / "open_items.csv")
            shutil.copyfile(PROJECT / "params" / "examples" / "open_items.yaml", folder / "mine.yaml")
    rows = ", ".join(f"{len(frame):,} {name}" for name, frame in book.tables.items())
    typer.echo(f"{rows}\n{folder / 'run.yaml'}")


@app.command()
def index(
    reports: Annotated[Path, typer.Argument(metavar="REPORTS", help="The folder that holds the reports.")],
) -> None:
    """Write the index page over all published months anew; the last line is its path."""
    with _bad_input_exits_2():
        from tradecredit.book.disk import writing
        from tradecredit.report.index import write_index
        from tradecredit.report.publishing import recover

        if not reports.is_dir():
            raise ParameterError([
                Problem(file=str(reports), allowed="is not a folder", remedy="name the folder that holds the reports")
            ])  # fmt: skip
        with writing(reports):
            recover(reports)
        typer.echo(write_index(reports))


@app.command()
def clean(run_file: RunFile) -> None:
    """Remove what is kept beside the run file of books that were read and of results; nothing else is touched."""
    with _bad_input_exits_2():
        from tradecredit.book.disk import writing
        from tradecredit.book.memory import FOLDER, forget
        from tradecredit.words.start import removed

        if not run_file.is_file():
            raise ParameterError([
                Problem(file=str(run_file), allowed="is not a file", remedy="name the run file that it lies beside")
            ])  # fmt: skip
        folder = run_file.resolve().parent / FOLDER
        with writing(folder):
            lines = removed(folder, forget(folder))
        for line in lines:
            typer.echo(line)


def _without_grammars() -> None:
    """Keep jsonschema, which checks notebooks, from compiling a grammar of web addresses when it is imported.

    That takes a second, as long as all that Jupyter imports besides, and a notebook holds no address to be checked.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]


@contextlib.contextmanager
def _bad_input_exits_2() -> Iterator[None]:
    try:
        yield
    except (ParameterError, InputError) as error:
        count = len(error.problems)
        typer.echo(f"{count} problem{'s' if count != 1 else ''}:", err=True)
        for problem in error.problems:
            typer.echo(f"  {problem}", err=True)
        raise typer.Exit(2) from None


def main() -> None:
    """Run the command line, in UTF-8 whatever the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


if __name__ == "__main__":
    main()
