"""What a notebook shows and publishes: tables with CSVs, figures with words, findings, notes, headline figures."""

import base64
import io
import json
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tradecredit.decide import decisions
from tradecredit.params.run import Run
from tradecredit.report import charts
from tradecredit.report.chapter import Chapter
from tradecredit.report.tables import on_page

BOOK = SimpleNamespace(
    as_of=pd.Timestamp("2026-10-31"),
    run=SimpleNamespace(currency="EUR", language="en"),
    has=lambda table: table != "statements",
)


@pytest.fixture
def shown(monkeypatch):
    """The HTML and the mark of all that a chapter displays."""
    outputs = []
    monkeypatch.setattr(
        "tradecredit.report.chapter.display",
        lambda html, metadata: outputs.append((html.data, metadata["tradecredit"])),
    )
    return outputs


def table() -> pd.DataFrame:
    return pd.DataFrame({"buyer_id": [f"B{n}" for n in range(60)], "open_amount": np.arange(60) + 0.25})


def bars() -> Figure:
    return charts.bars(pd.Series([1.0, 2.0], index=["a", "b"]), x="x", y="EUR")


def earlier(*rows: tuple) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["as_of", "chapter", "name", "value", "unit"])
    return frame.assign(as_of=pd.to_datetime(frame["as_of"]))


def test_a_table_is_shown_in_part_and_published_whole(shown, tmp_path):
    Chapter("01_receivables", BOOK, tmp_path).table(table(), "largest", "Largest balances", rows=15)
    ((html, kind),) = shown
    assert kind == "table"
    assert html.count("<tr>") == 16
    assert '15 of 60 rows; all in the <a href="tables/01_receivables/largest.csv">CSV</a>. Amounts in EUR.' in html
    published = pd.read_csv(tmp_path / "tables" / "01_receivables" / "largest.csv")
    pd.testing.assert_frame_equal(published, table(), check_dtype=False)


def test_a_finding_links_to_a_table_of_its_page(shown):
    chapter = Chapter("01_receivables", BOOK)
    chapter.say("All are below.", see="decisions")
    assert shown[0][0] == '<p class="tc-say">All are below. <a href="#table-decisions">List</a></p>\n'
    with pytest.raises(ValueError, match="lower-case letters"):
        chapter.say("All are below.", see="Decisions <b>")


def test_a_long_table_is_cut_even_if_nobody_says_so(shown):
    Chapter("01_receivables", BOOK).table(table(), "all_buyers", "All buyers")
    assert shown[0][0].count("<tr>") == 51
    assert "50 of 60 rows." in shown[0][0]


def test_without_an_output_folder_nothing_is_written(shown, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chapter = Chapter("01_receivables", BOOK, "")
    chapter.table(table(), "a", "A")
    chapter.table(table(), "a", "A")
    chapter.headline({"dso": (41.0, "days")})
    chapter.headline({"dso": (41.0, "days")})
    assert len(shown) == 4
    assert "href" not in "".join(html for html, _ in shown)
    assert list(tmp_path.iterdir()) == []


def test_what_other_columns_tell_is_not_published_again(shown, tmp_path):
    chapter = Chapter("01_receivables", BOOK, tmp_path)
    wide = pd.DataFrame({"buyer_id": ["B1"], "name": ["Alder"], "owed": [1.5], "limit": [2.0], "grade": [3]})
    chapter.table(wide, "all", "All")
    chapter.table(wide, "some", "Some", columns=["buyer_id", "owed"], rest_in="all")
    folder = tmp_path / "tables" / "01_receivables"
    assert (folder / "some.csv").read_text(encoding="utf-8-sig") == "buyer_id,name,owed\nB1,Alder,1.5\n"
    assert 'All columns of these rows: <a href="tables/01_receivables/all.csv">CSV</a>.' in shown[-1][0]
    linked = pd.DataFrame({"what": ["Stop"], "chapter": ["03_x"], "anchor": ["table-a"], "link": ["03_x.html#table-a"]})
    chapter.table(linked, "linked", "Linked")
    assert '<a href="03_x.html#table-a">Stop</a>' in shown[-1][0]
    assert (folder / "linked.csv").read_text(encoding="utf-8-sig") == "what,chapter,anchor\nStop,03_x,table-a\n"


def test_a_spreadsheet_runs_nothing_of_a_published_table(shown, tmp_path):
    frame = pd.DataFrame({"name": ["=cmd|' /C calc'!A0", "Müller"], "amount": [-5.5, 1]})
    Chapter("01_receivables", BOOK, tmp_path).table(frame, "names", "Names")
    content = (tmp_path / "tables" / "01_receivables" / "names.csv").read_bytes()
    assert content.decode("utf-8-sig") == "name,amount\n'=cmd|' /C calc'!A0,-5.5\nMüller,1\n"
    assert content.startswith(b"\xef\xbb\xbf"), "Excel reads UTF-8 by its byte-order mark"
    assert "=cmd|" in shown[0][0]


def test_a_sentence_about_what_cannot_be_estimated_is_not_said(shown):
    chapter = Chapter("01_receivables", BOOK)
    chapter.say("Customers owe EUR 12. cannot be estimated of it is late. **Two** owe it; the index is nan.")
    chapter.say("DSO is cannot be estimated.")
    assert [html for html, _ in shown] == [
        '<p class="tc-say">Customers owe EUR\u00a012.</p>\n',
        '<p class="tc-say">This cannot be estimated from this book.</p>\n',
    ]


@pytest.mark.parametrize("name", ["", "../up", "a b", "A", "ä", "_a", "a.csv"])
def test_names_cannot_leave_the_folder(shown, tmp_path, name):
    chapter = Chapter("01_receivables", BOOK, tmp_path)
    with pytest.raises(ValueError, match="lower-case letters"):
        chapter.table(table(), name, "A")
    with pytest.raises(ValueError, match="lower-case letters"):
        chapter.headline({name: (1, "count")})
    with pytest.raises(ValueError, match="lower-case letters"):
        Chapter(name, BOOK, tmp_path)
    assert shown == []
    assert list(tmp_path.iterdir()) == []


def test_two_tables_of_one_name_are_refused(shown, tmp_path):
    chapter = Chapter("01_receivables", BOOK, tmp_path)
    chapter.table(table(), "a", "A")
    with pytest.raises(ValueError, match="two tables named 'a'"):
        chapter.table(table(), "a", "B")
    with pytest.raises(ValueError, match="needs a caption"):
        chapter.table(table(), "b", "  ")
    assert len(shown) == 1


def test_a_figure_is_a_sharp_picture_with_words(shown):
    Chapter("01_receivables", BOOK).figure(bars(), "ageing", "Ageing <of> all", 'Two bars: "a" **1**, "b" `2`.')
    html, kind = shown[0]
    assert kind == "figure"
    assert 'alt="Two bars: &quot;a&quot; 1, &quot;b&quot; 2."' in html
    assert "<figcaption>Ageing &lt;of&gt; all</figcaption>" in html
    assert 'width="640" height="380"' in html
    picture = Image.open(io.BytesIO(base64.b64decode(re.search('base64,([^"]+)', html)[1])))
    assert picture.size == (1280, 760)
    assert set(picture.info) <= {"background", "loop"}  # neither a path nor a version


def test_equal_figures_have_equal_bytes(shown):
    chapter = Chapter("01_receivables", BOOK)
    chapter.figure(bars(), "one", "A", "B")
    chapter.figure(bars(), "two", "A", "B")
    assert shown[0] == shown[1]


@pytest.mark.parametrize("alt", ["", "   ", "\n"])
def test_a_figure_without_words_is_refused(shown, alt):
    with pytest.raises(ValueError, match="needs an alternative text"):
        Chapter("01_receivables", BOOK).figure(bars(), "ageing", "Ageing", alt)
    with pytest.raises(ValueError, match="needs a caption"):
        Chapter("01_receivables", BOOK).figure(bars(), "ageing", alt, "Bars")
    assert shown == []


def test_a_figure_is_closed_when_pyplot_made_it(shown):
    import matplotlib.pyplot as plt

    figure, _ = plt.subplots()
    Chapter("01_receivables", BOOK).figure(figure, "empty", "Axes", "Empty axes")
    assert not plt.fignum_exists(figure.number)
    assert len(shown) == 1


def test_letters_without_a_font_are_told_in_the_caption(shown):
    figure = charts.bars(pd.Series([1.0], index=["\U0010fffd"]), x="x", y="y")
    Chapter("01_receivables", BOOK).figure(figure, "names", "Names.", "One bar")
    assert "<figcaption>Names. Some letters cannot be drawn" in shown[0][0]


def test_findings_are_text_with_bold_and_nothing_else(shown):
    chapter = Chapter("01_receivables", BOOK)
    chapter.say("**70.7 %** of EUR 20.1 m, <script>alert(1)</script> & 12 months")
    chapter.leaves_out({"statements": "No statements.", "invoices": "No invoices."})
    chapter.assumes("LGD of **75 %**.")
    say, left_out, assumed = (html for html, _ in shown)
    assert (
        "<strong>70.7\u00a0%</strong> of EUR\u00a020.1\u00a0m, &lt;script&gt;alert(1)&lt;/script&gt; &amp; 12 months"
        in say
    )
    assert "<strong>Left out.</strong> No statements." in left_out
    assert "<strong>Assumed.</strong> LGD of <strong>75\u00a0%</strong>." in assumed
    assert 'role="note"' in left_out


def test_headline_figures_are_published_and_shown(shown, tmp_path):
    chapter = Chapter("01_receivables", BOOK, tmp_path)
    chapter.headline(
        {
            "receivables": (20_108_700.123456789, "EUR"), "share_overdue": (0.29351, "fraction"),
            "dso": (np.float64(43.21), "days", "DSO & co"),
            "cash_conversion_cycle": (np.nan, "days", "Cash conversion cycle"),
            "buyers": (np.int64(600), "count"), "growth": (-0.0, "%", "Growth"),
        }
    )  # fmt: skip
    text = (tmp_path / "results" / "01_receivables.json").read_text(encoding="utf-8")
    assert json.loads(text) == {
        "figures": {
            "receivables": {"label": "Receivables", "value": 20108700.12, "unit": "EUR"},
            "share_overdue": {"label": "Overdue share", "value": 0.29351, "unit": "fraction"},
            "dso": {"label": "DSO & co", "value": 43.21, "unit": "days"},
            "cash_conversion_cycle": {"label": "Cash conversion cycle", "value": None, "unit": "days"},
            "buyers": {"label": "Buyers", "value": 600, "unit": "count"},
            "growth": {"label": "Growth", "value": 0.0, "unit": "%"},
        },
        "decisions": 0,
        "history": {},
        "pictures": {},
        "told": {},
    }
    assert list(json.loads(text)["figures"]) == [
        "receivables", "share_overdue", "dso", "cash_conversion_cycle", "buyers", "growth",
    ]  # fmt: skip
    assert "-0" not in text
    ((html, kind),) = shown
    assert kind == "headline"
    cards = re.findall(r"<dt[^>]*>(.*?)</dt><dd[^>]*>(.*?)</dd>", html)
    assert [(label, value.replace("\u00a0", " ")) for label, value in cards] == [
        ("Receivables", "EUR 20.1 m"), ("Overdue share", "29.4 %"), ("DSO &amp; co", "43.2 days"),
        ("Cash conversion cycle", "cannot be estimated"), ("Buyers", "600"), ("Growth", "0 %"),
    ]  # fmt: skip


def test_ten_digits_absorb_what_threads_and_libraries_change(shown, tmp_path):
    for number, value in enumerate([0.1 + 0.2, 0.3]):
        Chapter("01_receivables", BOOK, tmp_path / str(number)).headline({"share": (value, "fraction")})
    one, other = ((tmp_path / str(n) / "results" / "01_receivables.json").read_bytes() for n in (0, 1))
    assert one == other
    assert len(shown) == 2


def test_headlines_add_up_and_no_name_is_used_twice(shown, tmp_path):
    chapter = Chapter("01_receivables", BOOK, tmp_path)
    chapter.headline({"dso": (41.0, "days")})
    chapter.headline({"buyers": (600, "count")})
    published = json.loads((tmp_path / "results" / "01_receivables.json").read_text())
    assert list(published["figures"]) == ["dso", "buyers"]
    with pytest.raises(ValueError, match="two figures named 'dso'"):
        chapter.headline({"dso": (41.0, "days")})
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((1.0, "euros"), "unit 'euros' is not known"),
        (("many", "count"), "a number or a missing value is expected"),
        ((True, "count"), "a number or a missing value is expected"),
        ((float("inf"), "EUR"), "is infinite"),
    ],
)
def test_what_is_not_a_figure_is_refused(shown, tmp_path, given, message):
    with pytest.raises(ValueError, match=message):
        Chapter("01_receivables", BOOK, tmp_path).headline({"dso": given})
    assert shown == []
    assert list(tmp_path.iterdir()) == []


def test_a_card_tells_the_change_since_the_last_month_that_has_the_figure(shown):
    past = earlier(
        ("2026-08-31", "01_receivables", "dso", 40.0, "days"),
        ("2026-09-30", "01_receivables", "dso", 42.0, "days"),
        ("2026-10-31", "01_receivables", "dso", 99.0, "days"),
        ("2026-09-30", "02_default_probability", "dso", 1.0, "days"),
        ("2026-09-30", "01_receivables", "receivables", 1e6, "USD"),
        ("2026-08-31", "01_receivables", "share", 0.2, "fraction"),
        ("2026-09-30", "01_receivables", "share", np.nan, "fraction"),
    )
    figures = {
        "dso": (43.5, "days"),
        "receivables": (2e6, "EUR"),
        "share": (0.25, "fraction"),
        "new": (1, "count", "New"),
    }
    Chapter("01_receivables", BOOK).headline(figures, earlier=past)
    since = [text.replace("\u00a0", " ") for text in re.findall(r'class="since">(.*?)<', shown[0][0])]
    none = "nothing earlier to compare with"
    assert since == ["+1.5 days since 30 Sep 2026", none, "+5 pp since 31 Aug 2026", none]


def test_a_table_without_rows_is_a_line_that_says_why(shown, tmp_path):
    chapter = Chapter("01_receivables", BOOK, tmp_path)
    chapter.table(table().head(0), "largest", "Largest balances")
    chapter.table(table().head(0), "others", "Other balances", without="The book has no `orders`.")
    assert [html for html, _ in shown] == [
        '<div class="tc-none"><strong>Largest balances:</strong> none.</div>\n',
        '<div class="tc-none"><strong>Other balances:</strong> The book has no <code>orders</code>.</div>\n',
    ]
    assert (tmp_path / "tables/01_receivables/largest.csv").read_text(encoding="utf-8-sig") == "buyer_id,open_amount\n"


def test_what_a_book_has_nothing_for_is_one_sentence_up_to_where_it_has(shown, tmp_path):
    chapter = Chapter("05_credit_insurance", BOOK, tmp_path)
    chapter.rests_on([], "The run file names no policy.")
    chapter.headline({"policy_cost": (1.0, "EUR", "Cost")})
    chapter.table(table(), "largest", "Largest balances")
    chapter.figure(bars(), "bars", "Bars", "Two bars")
    chapter.say("Nothing of this.")
    chapter.assumes("Nor of that.")
    chapter.leaves_out({"statements": "Nor this."})
    chapter.rests_on(True, "Not said.")
    chapter.say("But this.")
    assert [kind for _, kind in shown] == ["note", "say"]
    assert "<strong>Left out.</strong> The run file names no policy." in shown[0][0]
    assert json.loads((tmp_path / "results/05_credit_insurance.json").read_text())["figures"] == {}
    assert (tmp_path / "tables/05_credit_insurance/largest.csv").exists()


def test_past_month_ends_are_published_and_drawn_with_the_change_on_the_year_before(shown, tmp_path):
    ends = pd.date_range("2025-09-30", "2026-10-31", freq="ME")
    monthly = pd.DataFrame({"receivables": np.arange(14.0) * 100, "dso": np.nan}, index=ends)
    figures = {"receivables": (1300.0, "EUR")}
    Chapter("01_receivables", BOOK, tmp_path).headline(figures, history=monthly)
    told = json.loads((tmp_path / "results" / "01_receivables.json").read_text())["history"]
    assert list(told) == ["receivables"]
    assert next(iter(told["receivables"])) == "2025-10-31"  # of 14 months the last 13
    assert told["receivables"]["2026-10-31"] == 1300.0
    known = [(pd.Timestamp(day), "01_receivables", "receivables", value, "EUR") for day, value in
             told["receivables"].items()]  # fmt: skip
    past = pd.DataFrame(known, columns=["as_of", "chapter", "name", "value", "unit"])
    Chapter("00_summary", BOOK).headline(figures, earlier=past)
    card = shown[-1][0].replace("\u00a0", " ")
    assert re.findall(r'class="since">(.*?)<', card) == ["EUR +100 since 30 Sep 2026", "EUR +1,200 since 31 Oct 2025"]
    assert "EUR 100 to EUR 1,300 in 13 months" in card
    points = re.search(r'polyline points="(.*?)"', card)[1].split()
    assert (len(points), points[0], points[-1]) == (13, "2.0,20.0", "94.0,4.0")


def test_a_picture_is_shown_in_a_layout_of_its_own_on_a_phone(shown, tmp_path):
    wide, narrow = (Figure(figsize=(width, 2.0)) for width in (6.4, 3.5))
    Chapter("02_default_probability", BOOK, tmp_path).figure(wide, "curves", "The model", "Two curves rise.", narrow)
    html = shown[-1][0]
    source = re.search(
        r'<source media="screen and \(max-width: 40rem\)" srcset="data:image/webp;base64,(\S+)" (.*?)>', html
    )
    assert source[2] == 'width="350" height="200"'
    assert Image.open(io.BytesIO(base64.b64decode(source[1]))).size == (700, 400)
    assert re.search(r'<img src="\S+" width="640" height="200" alt="Two curves rise."', html)
    # What the month keeps, and the summary shows again, is the wide one.
    assert Image.open(tmp_path / "figures" / "02_default_probability" / "curves.webp").size == (1280, 400)


def test_a_picture_that_a_chapter_published_is_shown_again_with_the_way_to_it(shown, tmp_path):
    chapter = Chapter("05_credit_insurance", BOOK, tmp_path)
    chapter.figure(charts.bars(pd.Series([1.0, 2.0]), x="a", y="b"), "account", "What it costs", "Bars: two is more.")
    pictures = json.loads((tmp_path / "results" / "05_credit_insurance.json").read_text())["pictures"]
    assert (tmp_path / "figures" / "05_credit_insurance" / "account.webp").read_bytes()[8:12] == b"WEBP"
    told = {("05_credit_insurance", name): of for name, of in pictures.items()}
    published = SimpleNamespace(folder=tmp_path, pictures=told)
    Chapter("00_summary", BOOK).shows_again(published, [("05_credit_insurance", "account"), ("01_x", "none")])
    again = shown[-1][0]
    assert again.count("<img") == 1
    assert 'alt="Bars: two is more."' in again
    assert '<a href="05_credit_insurance.html#figure-account">What it costs</a>' in again
    assert re.search(r"base64,[^\"]*", again)[0] == re.search(r"base64,[^\"]*", shown[0][0])[0]


def test_a_decision_says_its_first_sentence_and_the_rest_on_demand(shown):
    told = {"stop": "Stop deliveries to 2 buyers. The largest is A. It owes EUR 5."}
    records = pd.DataFrame([("stop", "A", 5.0)], columns=["decision", "buyer_id", "amount"]).assign(
        authority="board", due_day="2026-11-03", since="2026-10-31", chapter="", anchor="table-x", state="new", was=None
    )
    book = Run(entity="T", currency="EUR", as_of="2026-10-31", source={"kind": "demo"}, file="x.yaml")
    records = records[list(decisions.COLUMNS)].astype(decisions.COLUMNS)
    Chapter("03_credit_limits", SimpleNamespace(as_of=BOOK.as_of, run=book, has=BOOK.has)).decides(records, told)
    note = shown[-1][0]
    before, behind = note.split("<details", 1)
    assert "Stop deliveries to 2 buyers. Board, by" in before
    assert "The largest is A." not in before
    assert "The largest is A." in behind


def test_decisions_beyond_five_are_shown_on_demand(shown):
    kinds = ["claim", "report missed", "report", "stop", "run down", "enforce", "collect"]
    records = pd.DataFrame({"decision": kinds, "buyer_id": "A", "amount": 5.0}).assign(
        authority="board", due_day="2026-11-03", since="2026-10-31", chapter="", anchor="table-x", state="new", was=None
    )
    book = Run(entity="T", currency="EUR", as_of="2026-10-31", source={"kind": "demo"}, file="x.yaml")
    records = records[list(decisions.COLUMNS)].astype(decisions.COLUMNS)
    chapter = Chapter("03_credit_limits", SimpleNamespace(as_of=BOOK.as_of, run=book, has=BOOK.has))
    chapter.decides(records, dict.fromkeys(kinds, "Do it."))
    assert ['role="note"' in html and "<details" not in html for html, *_ in shown] == [True] * 5 + [False]
    assert shown[-1][0].startswith('<details class="fold"><summary>2 further decisions</summary>')
    assert shown[-1][0].count('role="note"') == 2


def test_a_light_is_a_word_that_opens_its_rule(shown):
    figures = {"dso": (43.2, "days", "DSO"), "loss": (5.0, "EUR", "Loss")}
    Chapter("00_summary", BOOK).headline(figures, lights={"dso": ("amber", "Green up to <40> days.")})
    first, second = on_page(shown[-1][0]).split("<dt>Loss")
    assert '<details class="light amber"><summary>Amber</summary><p>Green up to &lt;40&gt; days.</p></details>' in first
    assert "light" not in second


def test_the_answer_and_cards_are_escaped(shown):
    chapter = Chapter("00_summary", BOOK)
    chapter.answers("**A & B** owe <much>.")
    chapter.cards(pd.DataFrame([("<i>", "a.html#x", "EUR 5 & more", "Board")], columns=["title", "link", "figure",
                                                                                      "text"]), "Acts")  # fmt: skip
    assert '<p class="tc-answer one-page"><strong>A &amp; B</strong> owe &lt;much&gt;.' in shown[0][0]
    Chapter("01_receivables", BOOK).answers("Nothing.")
    assert shown.pop()[0] == '<p class="tc-answer">Nothing.</p>\n'
    Chapter("01_receivables", BOOK).answers("One.", "", "Two.")
    assert shown.pop()[0] == '<p class="tc-answer">One.</p>\n<p class="tc-answer">Two.</p>\n'
    assert ">&lt;i&gt;</a><strong>EUR 5 &amp; more</strong>" in shown[1][0].replace("\u00a0", " ")
