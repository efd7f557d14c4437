"""A month in one file: all of it, and no link out of it."""

from zipfile import ZipFile

from tradecredit.report.alone import alone, write_alone

PAGE = (
    '<nav class="months"><ul><li><a href="../2026-09/01_x.html">Before</a></li>'
    '<li><a href="workbook.xlsx">Tables</a></li></ul></nav>\n<ul>'
    '<li class="all"><a href="../../index.html">All</a></li></ul>'
    '<p>See <a class="x" href="../01_x.html">all months</a> and <a href="#here">here</a>.</p>'
)
SHEET = '<a href="../index.html">Up</a> <a href="../../2026-09/buyers/buyer_B1.html">Before</a>'


def test_links_to_other_months_and_to_the_index_go():
    assert alone(PAGE) == (
        '<nav class="months"><ul><li><a href="workbook.xlsx">Tables</a></li></ul></nav>\n<ul></ul>'
        '<p>See all months and <a href="#here">here</a>.</p>'
    )
    assert alone(SHEET, folders=1) == '<a href="../index.html">Up</a> Before'


def test_a_list_of_nothing_but_such_links_goes_as_a_whole():
    assert alone('<nav class="months"><ul><li><a href="../01_x.html">All</a></li></ul></nav>\n<p>a</p>') == "<p>a</p>"


def test_all_files_are_in_it_and_the_month_stays_as_it_is(tmp_path):
    month = tmp_path / "demo" / "2026-10"
    (month / "buyers").mkdir(parents=True)
    (month / "01_x.html").write_text(PAGE, encoding="utf-8")
    (month / "buyers" / "buyer_B1.html").write_text(SHEET, encoding="utf-8")
    (month / "results.json").write_bytes(b"{}")
    packed = write_alone(month)
    assert packed == tmp_path / "demo" / "demo_2026-10.zip"
    with ZipFile(packed) as archive:
        assert archive.namelist() == [
            f"demo_2026-10/{file}" for file in ("01_x.html", "buyers/buyer_B1.html", "results.json")
        ]
        assert archive.read("demo_2026-10/results.json") == b"{}"
        assert {entry.external_attr >> 16 for entry in archive.infolist()} == {0o644}
        assert b"../../2026-09" not in archive.read("demo_2026-10/buyers/buyer_B1.html")
    assert (month / "01_x.html").read_text(encoding="utf-8") == PAGE
    before = packed.read_bytes()
    assert write_alone(month).read_bytes() == before
