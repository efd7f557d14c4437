"""The maker of a table or figure is found from the notebook's code, whatever way its name took there."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tradecredit.report.makers import LIBRARY, makers

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TEN = {
    "01_receivables": {"ageing": "ageing", "by_buyer": "concentration"},
    "02_default_probability": {"inputs": "assessment", "drift": "review"},
    "03_credit_limits": {"limits": "recommend"},
    "03_terms": {"late_interest": "by_law"},
    "04_loss_simulation": {"contributors": "contributors", "scenarios": "under_scenarios"},
    "05_credit_insurance": {"comparison": "comparison", "conventions": "conventions"},
}
"""Chapter: table and the function that makes it."""


def found(*cells: str, kind: str = "table") -> list[str]:
    made = makers(new_notebook(cells=[new_code_cell(cell) for cell in cells]))
    return [maker.label for maker in made[kind, "name"]]


IMPORTS = "from tradecredit import Book\nfrom tradecredit.measure import quality, receivables as ledger"
BOOK = "book = Book.open(run_file)"


@pytest.mark.parametrize(("cells", "expected"), [
    (['chapter.table(ledger.ageing(book), "name", "A")'], ["receivables.ageing"]),
    (["a = ledger.ageing(book)", 'chapter.table(a[a["amount"] > 0].head(3), "name", "A")'], ["receivables.ageing"]),
    (["a, b = ledger.ageing(book), quality.quality(book)", 'chapter.table(b, "name", "A")'], ["quality.quality"]),
    (["a = ledger.ageing(book)", "a = quality.quality(book)", 'chapter.table(a, "name", "A")'], ["quality.quality"]),
    (['chapter.table(ledger.ageing(book).join(quality.quality(book)), "name", "A")'],
     ["receivables.ageing", "quality.quality"]),
    (['chapter.table(ledger.ageing(quality.quality(book)), "name", "A")'], ["receivables.ageing"]),
    (['chapter.table(ledger.ageing(book).join(book.names), "name", "A")'], ["receivables.ageing"]),
    (['chapter.table(book.notes, "name", "A")'], ["book.Book.open"]),
    (["from pandas import DataFrame", 'chapter.table(DataFrame({"a": [1]}), "name", "A")'], []),
    (["%time x", 'chapter.table(nobody.knows(this), "name", "A")'], []),
], ids=str)  # fmt: skip
def test_names_are_followed_to_the_function(cells, expected):
    assert found(IMPORTS, BOOK, *cells) == expected


@pytest.mark.parametrize(("drawn", "expected"), [
    ("ledger.ageing(book)", ["receivables.ageing"]), ("book.notes", ["charts.bars"]), ("1", ["charts.bars"]),
])  # fmt: skip
def test_what_draws_is_named_where_nothing_else_made_the_figures(drawn, expected):
    draw = f'from tradecredit.report import charts\nchapter.figure(charts.bars({drawn}), "name", "A", "alt")'
    assert found(IMPORTS, BOOK, draw, kind="figure") == expected


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_each_table_and_figure_of_the_chapters_leads_to_the_line_of_its_makers(file):
    made = makers(nbformat.read(file, as_version=4))
    for shown, its_makers in made.items():
        assert its_makers, f"{shown} has no maker"
        for maker in its_makers:
            source = LIBRARY.joinpath(*maker.module.split(".")[1:]).with_suffix(".py").read_text(encoding="utf-8")
            line = source.splitlines()[maker.line - 1]
            assert f"def {maker.name.rpartition('.')[2]}(" in line or f"class {maker.name}" in line
            assert maker.summary, f"{maker.label} has no docstring"
    for name, function in TEN.get(file.stem, {}).items():
        assert made["table", name][0].name == function
