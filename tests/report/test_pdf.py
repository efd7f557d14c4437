"""A month as PDF: tagged, with bookmarks, page numbers and links within; the same again; told where not."""

import stat

import pypdf
import pytest

from tradecredit.report import pdf
from tradecredit.report.document import document
from tradecredit.report.pdf import chromium, printable, write_pdfs

MANIFEST = {
    "entity": "Test Co", "as_of": "2026-10-31", "book": {"fingerprint": "0123456789abcdef"},
    "chapters": [{"name": "00_summary", "title": "Summary"}, {"name": "01_ledger", "title": "The ledger"}],
}  # fmt: skip
SUMMARY = (
    '<h2 id="what">What?</h2>\n<p><a href="#what">Here</a> <a href="01_ledger.html#table-a">List</a> '
    '<a href="01_ledger.html">Ledger</a> <a href="tables/x.csv">CSV</a> <a href="mailto:a@b.example">mail</a> '
    '<a class="term" href="glossary.html#dso">DSO</a></p>'
    '<nav class="steps"><a href="01_ledger.html">Next</a></nav>\n'
)
ROWS = "".join(f'<tr><th scope="row">Buyer {n}</th><td>{n}</td></tr>' for n in range(120))
LEDGER = (
    '<h2 id="what">Who owes?</h2>\n<div id="table-a" class="tc-table"><table><thead><tr><th scope="col">Buyer</th>'
    f'<th scope="col">Owed</th></tr></thead><tbody>{ROWS}</tbody></table></div>'
)


@pytest.fixture
def month(tmp_path):
    for name, main in (("00_summary", SUMMARY), ("01_ledger", LEDGER)):
        page = document(title=name, header=f"<h1>{name}</h1>", navigation="", main=main, footer="")
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    return tmp_path


def test_links_lead_within_the_document(month):
    both = printable(month, MANIFEST, ["00_summary", "01_ledger"])
    for part in (
        'id="00_summary-what"', 'id="01_ledger-what"', '<a href="#00_summary-what">Here', "<a>CSV</a>", "<a>DSO</a>",
        '<a href="#01_ledger-table-a">List', '<a href="#01_ledger">Ledger', '<a href="mailto:a@b.example">',
    ):  # fmt: skip
        assert part in both
    assert 'class="steps"' not in both
    alone = printable(month, MANIFEST, ["00_summary"])
    assert "<a>List</a>" in alone
    assert '<a href="#00_summary-what">Here' in alone


@pytest.mark.skipif(chromium() is None, reason="no chromium on this machine")
def test_the_month_is_printed(month):
    assert write_pdfs(month, MANIFEST) == ""
    first = (month / "report.pdf").read_bytes()
    read = pypdf.PdfReader(month / "report.pdf")
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert read.metadata.title == "Credit report · Test Co · 2026-10-31"
    assert read.metadata["/CreationDate"] == "D:20261031000000+00'00'"
    titles = [entry.title for entry in read.outline if not isinstance(entry, list)]
    assert titles == ["Credit report", "Summary", "The ledger"]
    pages = [page.extract_text() for page in read.pages]
    assert len(pages) >= 5
    assert all(f"{number} / {len(pages)}" in text for number, text in enumerate(pages, start=1))
    tables = [text for text in pages if "Buyer 1" in text or "Buyer 9" in text]
    assert all("Owed" in text for text in tables), "the heads are on each page of a table"
    assert {f"Buyer {n} {n}" for n in range(120)} <= {line.strip() for text in pages for line in text.splitlines()}
    links = [note.get_object() for page in read.pages for note in page.get("/Annots", [])]
    addresses = [link["/A"]["/URI"] for link in links if "/A" in link and "/URI" in link["/A"]]
    assert addresses == ["mailto:a@b.example"]
    assert len(pypdf.PdfReader(month / "summary.pdf").pages) == 1
    write_pdfs(month, MANIFEST)
    assert (month / "report.pdf").read_bytes() == first


def test_no_browser_is_told_in_one_line(month, monkeypatch):
    monkeypatch.setenv("TRADECREDIT_CHROMIUM", "no-such-browser")
    told = write_pdfs(month, MANIFEST)
    assert told.startswith("No PDF was made: there is no Chromium")
    assert "TRADECREDIT_CHROMIUM" in told
    assert not list(month.glob("*.pdf"))


def test_a_browser_that_fails_is_told_in_one_line(month, monkeypatch, tmp_path):
    broken = tmp_path / "broken-browser"
    broken.write_text("#!/bin/sh\necho first >&2\necho it broke >&2\nexit 3\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("TRADECREDIT_CHROMIUM", str(broken))
    assert write_pdfs(month, MANIFEST) == "No PDF was made: the browser could not print summary.pdf (it broke)."
    monkeypatch.setattr(pdf, "SECONDS", 1)
    broken.write_text("#!/bin/sh\nexec sleep 20\n")
    assert "timed out after 1 seconds" in write_pdfs(month, MANIFEST)
    assert not list(month.glob("*.pdf"))


def test_numbers_that_the_browser_counts_on_in_are_in_their_order():
    printed = b"D:20991231235959+00'00' endobj /ID (node00000047) /Headers [(node00000044)] /ID (node00000050)"
    same = b"D:20261031000000+00'00' endobj /ID (node00000002) /Headers [(node00000001)] /ID (node00000003)"
    assert pdf._the_same_each_time(printed, "2026-10-31") == same
