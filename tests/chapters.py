"""Notebooks of chapters that tests write."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

PARAMETERS = 'run_file: str = ""  # a\nas_of: str = ""  # b\noutput: str = ""  # c'
SETUP = """from tradecredit import Book
from tradecredit.report.chapter import Chapter
book = Book.open(run_file, as_of)
chapter = Chapter("{name}", book, output)"""


def notebook(folder: Path, name: str, *code: str) -> None:
    cells = [
        new_markdown_cell(f"# About {name}\n\nText."),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(SETUP.format(name=name), metadata={"tags": ["setup"]}),
        new_markdown_cell("## What is found"),
        *(new_code_cell(source) for source in code),
    ]
    folder.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), folder / f"{name}.ipynb")
