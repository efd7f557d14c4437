"""The reference of all parameters of a run."""

import re

from tradecredit.params import reference


def test_the_reference_is_up_to_date():
    assert reference.FILE.read_text(encoding="utf-8") == reference.reference(), "run `make docs`"


def test_every_key_is_there_and_explained():
    text = reference.reference()
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.*) \|$", text, re.MULTILINE)
    assert {"entity", "insured_percentage", "insolvency_growth", "rate_holds", "degrees_of_freedom"} <= {
        key for key, *_ in rows
    }
    assert "file" in {key for key, *_ in rows}  # that of a table; the run file's own path is set on reading
    assert all(meaning for key, _, _, meaning in rows if key != "kind")


def test_a_row_states_type_bounds_default_and_docstring():
    text = reference.reference()
    assert "| `threads` | whole number at least 1 | `none` | Threads that simulate" in text
    assert "| `payment_days` | whole number at least 0 | `30` | Step 8: days from the loss" in text
    assert "| `currency` | text | **must be given** | The reporting currency" in text
    assert "| `sales_months` | whole number from 1 to 12 | `3` |" in text


def test_each_section_is_described_once_and_links_lead_to_one():
    text = reference.reference()
    anchors = re.findall(r'<a id="(\w+)"></a>', text)
    assert len(anchors) == len(set(anchors))
    assert set(re.findall(r"\]\(#(\w+)\)", text)) <= set(anchors)
