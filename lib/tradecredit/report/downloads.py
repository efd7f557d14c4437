"""What a month offers to take away beside its pages: the workbook of all tables, and PDF files for a board."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tradecredit.params.run import Run
from tradecredit.report.makers import makers
from tradecredit.report.pdf import FILES, write_pdfs
from tradecredit.report.workbook import Makers, write_workbook


def write_downloads(month: Path, run: Run, manifest: Mapping[str, Any], executed: Mapping[str, NotebookNode]) -> None:
    """Write the workbook, and with `pdf: true` the PDF files, into the folder that a month is built in.

    `executed`: the notebooks that were made anew, by chapter. Where no PDF can be made, the run says so in one line and
    goes on, without those of an earlier run.
    """
    write_workbook(month, manifest, _made_by(run, manifest, executed), run.currency)
    for name in FILES:
        (month / name).unlink(missing_ok=True)
    problem = write_pdfs(month, manifest) if run.pdf else ""
    if problem:
        print(problem, flush=True)


def _made_by(run: Run, manifest: Mapping[str, Any], executed: Mapping[str, NotebookNode]) -> dict[str, Makers]:
    """Return what made the tables of each chapter; of one that was not made anew, by its notebook as it is now."""
    files = {chapter["name"]: run.notebooks / f"{chapter['name']}.ipynb" for chapter in manifest["chapters"]}
    return {
        name: makers(executed[name] if name in executed else nbformat.read(file, as_version=4))
        for name, file in files.items()
        if name in executed or file.exists()
    }
