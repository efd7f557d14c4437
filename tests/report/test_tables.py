"""Tables as HTML and CSV: the numbers are there, nothing gets through unescaped, and a spreadsheet runs nothing."""

import csv
import io
import math
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradecredit.language import speaking, tr
from tradecredit.report.tables import Column, csv_text, to_html, unharmed

EVIL = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"


class Reader(HTMLParser):
    """Reads a table's cells as text, its tags with attributes, and the text outside cells."""

    def __init__(self, html: str):
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[tuple[str, dict]] = []
        self._cell = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self._cell = self._cell and tag not in ("th", "td")

    def handle_data(self, data):
        if self._cell:
            self.rows[-1][-1] += data

    def attributes(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


def buyers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "buyer_id": ["B1", "B2"],
            "name": [EVIL, "Birch & \"Sons\" 'Ltd'"],
            "open_amount": [1_234_567.891, np.nan],
            "pd": [0.00031, 0.156],
            "days_past_due": [3.5, -2],
            "due": pd.to_datetime(["2026-10-01", None]),
            "grade": [1, 10],
            "blocked": [True, False],
        }
    )


def test_all_cells_are_there_as_a_reader_expects_them():
    read = Reader(to_html(buyers(), "Buyers"))
    assert read.rows == [
        ["Buyer", "Name", "Open amount", "PD", "Days past due", "Due", "Grade", "blocked"],
        ["B1", EVIL, "1,234,568", "0.031 %", "3.5", "2026-10-01", "1", "yes"],
        ["B2", "Birch & \"Sons\" 'Ltd'", "–", "15.6 %", "−2.0", "–", "10", "no"],
    ]


def test_a_look_that_some_cells_of_a_column_have_is_theirs_alone():
    read = Reader(to_html(pd.DataFrame({"a": [1, 2], "text": ["INV-1", "free"], "number": ["INV-2", "INV-3"]}), "A"))
    (table,) = read.attributes("table")
    assert table["class"] == "stacks n1 d3"
    assert [attributes.get("class") for attributes in read.attributes("td")] == ["d", None, None, None]


def test_it_is_a_table_for_a_screen_reader_too():
    html = to_html(buyers(), "What <b>buyers</b> owe")
    read = Reader(html)
    assert [heading.get("scope") for heading in read.attributes("th")] == ["col"] * 8 + ["row"] * 2
    (region,) = (attributes for attributes in read.attributes("div"))
    assert region["role"] == "region"
    assert region["tabindex"] == "0"
    assert region["aria-label"] == "What <b>buyers</b> owe"
    assert "<caption" in html
    assert "<b>" not in html
    assert html.count("<i>–</i>") == 2
    (table,) = read.attributes("table")
    assert table["class"].split() == ["stacks", "n3", "n4", "n5", "d6", "n7"]  # numbers and days, by their columns


def test_the_number_of_a_document_does_not_break_over_lines():
    frame = pd.DataFrame({"invoice_id": ["B1", "INV-152448", "a-word and more"]}, index=pd.Index(list("abc"), name="x"))
    looks = [cell.get("class") for cell in Reader(to_html(frame, "Numbers")).attributes("td")]
    assert looks == [None, "d", None]


def test_text_from_the_book_is_never_markup():
    frame = pd.DataFrame({EVIL: [EVIL], "x\x00y": ["a\x00b\x1b"]}, index=pd.Index([EVIL], name=EVIL + '"'))
    html = to_html(frame, EVIL, link='x" onclick="alert(1)', currency="<i>")
    assert "<script" not in html
    assert "<i>" not in html
    assert "\x00" not in html
    assert 'onclick="' not in html
    assert Reader(html).rows[1][1] == EVIL


def test_what_is_not_shown_is_said_and_linked():
    frame = pd.DataFrame({f"c{number}": range(312) for number in range(10)})
    html = to_html(frame, "All", rows=15, link="tables/01/all.csv")
    assert '15 of 312 rows and 8 of 10 columns; all in the <a href="tables/01/all.csv">CSV</a>.' in html
    assert len(Reader(html).rows) == 16
    assert "15 of 312 rows and 8 of 10 columns." in to_html(frame, "All", rows=15)
    whole = to_html(frame[["c1"]], "All", link="a.csv")
    assert "of" not in re.search("tc-note.*", whole)[0]
    assert "tc-note" not in to_html(frame[["c1"]], "All")


def test_the_index_heads_the_rows_if_it_means_something():
    frame = pd.DataFrame({"amount": [2.0, 1.0]}, index=pd.Index(["current", "1–30"], name="bucket"))
    assert Reader(to_html(frame, "A")).rows == [["Age (days)", "Amount"], ["current", "2"], ["1–30", "1"]]
    unnamed = frame.rename_axis(None)
    assert Reader(to_html(unnamed, "A")).rows[0] == ["", "Amount"]
    assert '<th scope="col"></th>' not in to_html(unnamed, "A")
    sorted_away = pd.DataFrame({"name": ["a", "b"]}, index=[1, 0])
    assert Reader(to_html(sorted_away, "A")).rows[1] == ["1", "a"]
    two = pd.DataFrame({"amount": [5.0]}, index=pd.MultiIndex.from_tuples([("DE", "C")], names=["country", "sector"]))
    assert Reader(to_html(two, "A", columns=["amount"])).rows == [["Country", "Sector", "Amount"], ["DE", "C", "5"]]


def test_columns_are_picked_ordered_and_renamed():
    picked = Reader(to_html(buyers(), "A", columns=["name", "grade"]))
    assert picked.rows[0] == ["Name", "Grade"]
    assert "2 of 8 columns" in to_html(buyers(), "A", columns=["name", "grade"])
    names = {"buyer_id": "Customer", "pd": Column("Chance", "percent")}
    assert Reader(to_html(buyers(), "A", columns=names)).rows[:2] == [["Customer", "Chance"], ["B1", "0.03 %"]]
    with pytest.raises(ValueError, match="no column 'open_amnt'; did you mean 'open_amount'"):
        to_html(buyers(), "A", columns=["open_amnt"])
    with pytest.raises(ValueError, match="9 columns are too many"):
        to_html(buyers().set_index(pd.Index(["x", "y"], name="key")), "A", columns=list(buyers()))
    with pytest.raises(ValueError, match="at least one row"):
        to_html(buyers(), "A", rows=0)
    with pytest.raises(ValueError, match="two columns named 'pd'"):
        to_html(buyers().rename(columns={"grade": "pd"}), "A")


def test_figures_of_different_kinds_are_each_written_in_their_own():
    figures = pd.Series({"dso": 41.23, "share_current": 0.7, "receivables": 3e6, "cei": np.nan})
    html = to_html(figures, "A", currency="EUR")
    assert Reader(html).rows[1:] == [
        ["DSO (days)", "41.2"], ["Share not overdue", "70.0 %"], ["Receivables", "3,000,000"],
        ["CEI (100 is best)", "–"],
    ]  # fmt: skip
    assert "Amounts in EUR." in html
    terms = pd.DataFrame(
        {"now": [0.9, "franchise", 5e6, True], "then": [0.85, None, None, False]},
        index=pd.Index(["insured_percentage", "threshold_kind", "maximum_liability", "strict"], name="term"),
    )
    assert Reader(to_html(terms, "A")).rows[1:] == [
        ["Insured percentage", "90.0 %", "85.0 %"], ["Kind of threshold", "franchise", "–"],
        ["Maximum liability", "5,000,000", "–"], ["Strict", "yes", "no"],
    ]  # fmt: skip


def test_a_series_over_buyers_keeps_their_names():
    series = pd.Series([1.5e6], index=pd.Index(["b_1"], name="buyer_id"), name="exposure")
    assert Reader(to_html(series, "A")).rows == [["Buyer", "Exposure"], ["b_1", "1,500,000"]]


def test_a_row_with_a_unit_is_written_in_it():
    frame = pd.DataFrame(
        {"label": ["Receivables", "DSO", "Share"], "this_month": [2e7, 41.23, np.nan], "change": [-1e6, 1.2, np.nan],
         "unit": ["EUR", "days", "fraction"]}
    )  # fmt: skip
    html = to_html(frame, "A", columns=["label", "this_month", "change"])
    assert Reader(html).rows[1:] == [
        ["Receivables", "EUR 20.0 m", "EUR −1.00 m"], ["DSO", "41.2 days", "+1.2 days"], ["Share", "–", "–"],
    ]  # fmt: skip
    assert "columns" not in html


@pytest.mark.parametrize(
    ("amounts", "texts"),
    [
        ({"cover_value": 2_867.4, "cover_value_se": 634.35}, ["2,900", "600"]),
        ({"cover_value": 286.4, "cover_value_se": 34.35}, ["286", "34"]),
        ({"cover_value": 2_867.4, "premium_change": -21.1}, ["2,867", "−21.10"]),
        ({"cover_value": 2_867_148.4, "premium_change": -21.1}, ["2,867,148", "−21"]),
    ],
)
def test_cents_tell_nothing_beside_errors_and_millions(amounts, texts):
    frame = pd.DataFrame(amounts, index=pd.Index(["p"], name="policy"))
    assert Reader(to_html(frame, "A")).rows[1][1:] == texts
    turned = frame.T.rename_axis("account_item").astype("object")
    assert [row[1] for row in Reader(to_html(turned, "A")).rows[1:]] == texts


def test_an_empty_table_says_so():
    assert Reader(to_html(buyers().head(0), "A")).rows[1] == ["No rows."]
    assert "No rows." in to_html(pd.DataFrame(), "A")
    assert csv_text(buyers().head(0)).count("\n") == 1


def test_the_csv_holds_all_and_reads_back():
    read = pd.read_csv(io.StringIO(csv_text(buyers())), parse_dates=["due"])
    pd.testing.assert_frame_equal(read, buyers(), check_dtype=False)
    by_grade = buyers().groupby("grade")[["pd"]].mean()
    assert csv_text(by_grade) == "grade,pd\n1,0.00031\n10,0.156\n"
    assert csv_text(pd.Series({"dso": 41.5})) == "figure,value\ndso,41.5\n"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_numbers_of_the_csv_read_back_to_twelve_digits_and_are_never_quoted_away(values):
    read = list(csv.reader(io.StringIO(csv_text(pd.DataFrame({"x": values})))))
    found = [float(cell) for (cell,) in read[1:]]
    assert found == pytest.approx(values, rel=6e-12, abs=0)
    assert [one for one, value in zip(found, values, strict=True) if value.is_integer() and one != value] == []
    assert not any(cell.startswith("'") for (cell,) in read)


@pytest.mark.parametrize("text", [FORMULA, "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\r\n=1", "\n=1", "-"])
def test_a_spreadsheet_runs_no_text(text):
    frame = pd.DataFrame({text: [text]}, index=pd.Index([text], name="key"))
    read = list(csv.reader(io.StringIO(csv_text(frame), newline="")))
    safe = "'" + text.replace("\r\n", "\n").replace("\r", "\n").replace("\t=", "\t'=").replace("\n=", "\n'=")
    assert read == [["key", safe], [safe, safe]]
    kinds = frame.reset_index(drop=True).astype({text: "category"})
    assert list(csv.reader(io.StringIO(csv_text(kinds), newline="")))[1] == [safe]


SIGNS = tuple("=+-@\t\r\n\0＝＋－＠")


@given(st.lists(st.text() | st.text(alphabet="=+-@;\t\n\r,\"'a＝"), min_size=1, max_size=5))
def test_no_text_of_the_csv_begins_a_formula(values):
    text = csv_text(pd.DataFrame({"x": values, "y": 1}))
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert len(read) == len(values) + 1
    assert not any(cell.startswith(SIGNS) for row in read[1:] for cell in row[:1])
    normal = [value.replace("\r\n", "\n").replace("\r", "\n") for value in values]
    assert [unharmed(row[0]) for row in read[1:]] == normal
    # In German or French, Excel parts the cells of any CSV by semicolons.
    for separator in ";\t":
        for row in csv.reader(io.StringIO(text.partition("\n")[2], newline=""), delimiter=separator):
            assert not any(cell.startswith(SIGNS) for cell in row), row


@pytest.mark.parametrize(("text", "safe"), [
    ("Alder;=1+1;x", "Alder;'=1+1;x"), ("Alder\n@SUM(A1)", "Alder\n'@SUM(A1)"), ('a;"-1', 'a;\'"-1'),
    ("a; +49 40", "a; +49 40"), ("＝1+1", "'＝1+1"), ("\0=1", "'\0=1"),
])  # fmt: skip
def test_a_text_begins_no_formula_where_semicolons_part_cells(text, safe):
    assert next(csv.reader(io.StringIO(csv_text(pd.DataFrame({"x": [text]})).partition("\n")[2]))) == [safe]
    assert unharmed(safe) == text


def test_negative_numbers_stay_numbers():
    mixed = pd.DataFrame({"x": pd.Series([-1.5, "-1.5", math.nan], dtype="object")})
    assert csv_text(mixed) == 'x\n-1.5\n\'-1.5\n""\n'


def test_a_row_links_to_the_address_in_its_column_link():
    table = pd.DataFrame({"what": ["Stop", "<b>"], "amount": [1.0, 2.0], "link": ["03_x.html#table-a", None]})
    html = to_html(table, "Decisions")
    assert '<a href="03_x.html#table-a">Stop</a></th>' in html
    assert html.count("<a ") == 1
    assert "&lt;b&gt;" in html
    # The address is no column of its own.
    assert html.count('<th scope="col"') == 2
    assert "columns" not in html
    assert "link" in csv_text(table)


def test_amounts_are_rounded_to_their_standard_errors():
    """573 of 5,733 is 355 or more: one digit; 273 of 27,291 is below it: two. The CSV keeps all digits."""
    table = pd.DataFrame(
        {"expected_cash": [4_274_908.0, 58_544_130.0], "expected_cash_error": [5_733.0, 27_291.0]}, index=["a", "b"]
    )
    page = to_html(table, "Cash")
    assert all(cell in page for cell in (">4,275,000<", ">6,000<", ">58,544,000<", ">27,000<"))
    assert "Rounded to their standard errors." in page
    assert "4274908," in csv_text(table) or "4274908\n" in csv_text(table)
    assert ">4,274,908<" in to_html(table[["expected_cash"]], "Cash")


def test_estimates_are_rounded_to_a_column_of_standard_errors():
    table = pd.DataFrame(
        {"measure": ["VaR", "ES"], "value": [571_078.0, 929_513.0], "standard_error": [2_308.0, 457.0]}
    )
    assert [row[1:] for row in Reader(to_html(table, "Loss")).rows[1:]] == [["571,100", "2,300"], ["929,500", "500"]]


def test_names_of_policies_that_are_ours_are_in_the_language_and_those_given_are_not():
    table = pd.DataFrame({"policy": ["own", "no cover", "varied 7"], "setting_value": ["0.97", "1.2.3", "365"]})
    with speaking("de"):
        read = Reader(to_html(table, "Policies"))
    assert read.rows[1:] == [["own", "0,97"], ["keine Deckung", "1.2.3"], ["abgewandelt 7", "365"]]


def test_a_number_among_texts_is_written_once():
    table = pd.Series({"kind": "private", "sales_12m": 116_482.0, "country": "0.5"}, dtype="object").rename("value")
    with speaking("de"):
        page = Reader(to_html(table, "Who", currency="EUR"))
    assert [row[1] for row in page.rows[1:]] == ["privat", "116.482", "0,5"]


def test_a_text_with_a_share_in_it_is_looked_up_as_english_has_it():
    table = pd.DataFrame({"label": ["Retained expected shortfall, 99 % (simulated)"], "value": [1.0]})
    with speaking("zh"):
        (cell, _) = Reader(to_html(table, "Figures")).rows[1]
        assert cell == tr("Retained expected shortfall, 99 % (simulated)").replace(" %", "%")
    assert "simulated" not in cell
