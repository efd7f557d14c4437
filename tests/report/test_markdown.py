"""Prose of a notebook: anchors, formulas, and what may not pass."""

import pytest
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from tradecredit.report.markdown import Renderer, formula, picture


def rendered(text: str) -> str:
    return MarkdownWithMath(renderer=Renderer()).render(text)


def test_headings_get_anchors_of_their_own_and_the_second_level_is_the_contents():
    renderer = Renderer()
    html = MarkdownWithMath(renderer=renderer).render(
        "# Title\n\n## Who *owes* it?\n\n### Who owes it?\n\n## Who owes it?\n\n## $x$ & <b>\n\n## Main\n\n## ?"
    )
    assert "Title" not in html
    anchors = [anchor for anchor, _ in renderer.contents]
    assert anchors[0] == "who-owes-it"
    assert len({*anchors, "who-owes-it-2"}) == 6
    assert all(f'<h2 id="{anchor}">' in html for anchor in anchors)
    assert "main" not in anchors
    assert renderer.contents[0][1] == "Who <em>owes</em> it?"
    assert "&amp; &lt;b&gt;" in renderer.contents[2][1]


def test_prose_keeps_its_structure():
    html = rendered("A **b** `c` [d](01_receivables.html).\n\n- e\n- f\n\n```python\nx < 1\n```\n")
    for part in (
        "<strong>b</strong>",
        "<code>c</code>",
        '<a href="01_receivables.html">d</a>',
        "<li>e</li>",
        "x &lt; 1",
    ):
        assert part in html


def test_markup_and_scripts_are_shown_as_text():
    html = rendered("<script>alert(1)</script>\n\nA <img src=x onerror=alert(1)> b [c](javascript:alert(1))")
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        (r"\frac{a}{b}", ["<mfrac>", "<mi>a</mi>", "<mi>b</mi>"]),
        (r"\Phi^{-1}(\alpha)", ["<msup>", "<mn>1</mn>"]),
        (r"\sum_{i=1}^n w_i \geq 0", ["<mi>w</mi>", "<mn>0</mn>"]),
    ],
)
def test_a_formula_is_mathml(latex, parts):
    html = formula(latex, "inline")
    assert html.startswith("<math")
    assert "http" not in html
    assert all(part in html for part in parts)
    assert 'tabindex="0"' in formula(latex, "block")


@pytest.mark.parametrize("latex", [r"\left( x", "x^", r"\begin{matrix} a", r"\unheard x"])
def test_a_formula_that_is_not_one_is_named(latex):
    with pytest.raises(ValueError, match=r"formula .*(cannot be read|not known here)"):
        formula(latex, "block")


def test_a_picture_must_be_described():
    assert picture("aGk=\n", {"alt": 'A "chart"'}) == '<img src="data:image/png;base64,aGk=" alt="A &quot;chart&quot;">'
    for metadata in ({}, {"alt": " "}, {"image/png": {"alt": ""}}):
        with pytest.raises(ValueError, match="no description"):
            picture("aGk=", metadata)
