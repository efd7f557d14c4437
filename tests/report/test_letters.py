"""Letters as files: amounts as in the ledger, nothing of it run by a page, all languages, and none sent twice."""

import re
import shutil
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter
from typing import get_args

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book.book import Book
from tradecredit.decide.collect import stages
from tradecredit.decide.collect.decided import nothing
from tradecredit.params.collect import Stage
from tradecredit.params.letters import Language
from tradecredit.params.run import Run
from tradecredit.report import daily, letters
from tradecredit.words.letters import told
from tradecredit.words.letters.writing import CATALOGUES, one_line

AS_OF = "2026-10-30"
SENDER = {
    "address": ["1 High Street"], "email": "a@example.org", "phone": "+49 40 1",
    "accounts": [{"iban": "DE89370400440532013000", "bic": "COBADEFF"}],
}  # fmt: skip
TONES = get_args(Stage.model_fields["tone"].annotation)
COUNTRIES = {"en": "GB", "de": "DE", "fr": "FR", "zh": "CN"}
EVIL = ["<b>Bold</b>", "Smith & Sons", "{{7*7}}", "=1+1", "@cmd", "\"quoted' name", "two\nlines", "\u202ecod.exe\u202c"]

SIGNS = ["<b>", "</p>", "<script>", "&", "{{", "}}", "{%", '"', "'", "=1", "\n", "\u202e", "\u2028", "{total}"]


def run(**stage: object) -> dict:
    first = {"name": "only", "after_days_past_due": 5, "interest": True, "fee": True} | stage
    return {"collections": {"stages": [first], "letters": SENDER, "least_amount": 0}}


def invoices(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["invoice_id", "buyer_id", "due", "amount"])
    return table.assign(issued="2026-08-01")


def written(book: Book) -> letters.Letters:
    found = letters.written(book, stages.of_buyers(book, nothing()))
    assert found is not None
    return found


class Cells(HTMLParser):
    """The last table rows' cells, and the tags of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.in_cell = False
        self.feed(page)

    def handle_starttag(self, tag, _):
        self.tags.append(tag)
        if tag == "tr":
            self.rows.append([])
        self.in_cell = self.in_cell or tag in ("td", "th")
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.in_cell = self.in_cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self.in_cell:
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def evil(book_of):
    buyers = pd.DataFrame({"buyer_id": [f"{name}{n}" for n, name in enumerate(EVIL)], "name": EVIL, "country": "GB",
                           "registration_id": EVIL, "kind": "private"})  # fmt: skip
    rows = [(f"{name}-I{n}", f"{name}{n}", "2026-09-30", 100.0) for n, name in enumerate(EVIL)]
    return written(book_of(AS_OF, invoices=invoices(*rows), buyers=buyers, run=run()))


def test_nothing_of_the_ledger_is_run_by_a_page(evil):
    pages = [text for name, text in evil.files.items() if name.endswith(".html")]
    assert len(pages) == len(EVIL)
    plain = set(Cells(pages[1]).tags)
    for page in pages:
        assert set(Cells(page).tags) == plain  # no tag that a name brought
        assert "script" not in plain
        assert not any(sign in page for sign in "\u202e\u202c\x00")
    assert "&lt;b&gt;Bold&lt;/b&gt;" in pages[0]
    assert "<b>" not in pages[0]
    assert "Smith &amp; Sons" in pages[1]
    assert "{{7*7}}" in pages[2]
    assert "49" not in re.sub(r"\+49", "", pages[2]).partition("<main")[2]
    assert "two lines" in pages[6]


NAMES = st.lists(st.text(max_size=3) | st.sampled_from(SIGNS), min_size=1, max_size=6).map("".join)


@settings(max_examples=10)
@given(st.lists(NAMES, min_size=3, max_size=6))
def test_whatever_a_name_holds_a_page_has_the_same_tags(book_of, names):
    ids = [f"A{place}" for place in range(len(names) + 1)]
    buyers = pd.DataFrame({"buyer_id": ids, "name": ["Alder", *names], "country": "FR", "kind": "private"})
    rows = invoices(*((f"I{buyer}", buyer, "2026-09-30", 100.0) for buyer in ids))
    files = written(book_of(AS_OF, invoices=rows, buyers=buyers, run=run())).files
    for buyer in ids[1:]:
        assert Cells(files[f"letter_{buyer}.html"]).tags == Cells(files["letter_A0.html"]).tags
        assert len(files[f"letter_{buyer}.txt"].splitlines()) == len(files["letter_A0.txt"].splitlines())
        assert files[f"letter_{buyer}.html"].encode()


def test_the_text_holds_names_as_they_are_on_lines_of_their_own(evil):
    texts = [text for name, text in evil.files.items() if name.endswith(".txt")]
    for name, text in zip(EVIL, texts, strict=True):
        assert one_line(name) in text.splitlines()
        assert not any(sign in text for sign in "\u202e\u202c")
    assert one_line("\u202ecod.exe\u202c") == "cod.exe"


def test_tables_of_letters_hold_no_formula(evil):
    for line in evil.files["reminders.csv"].splitlines():
        assert not line.startswith(("=", "+", "-", "@"))


def test_names_of_files_are_plain_and_all_differ(evil):
    pages = [name for name in evil.files if name.endswith(".html")]
    assert all(re.fullmatch(r"letter_[A-Za-z0-9_-]+\.html", name) for name in pages)
    assert len({name.casefold() for name in pages}) == len(EVIL)
    assert set(evil.listed["link"]) == {f"letters/{name}" for name in pages}


@pytest.mark.parametrize("language", COUNTRIES)
@pytest.mark.parametrize("tone", TONES)
def test_every_tone_is_worded_in_every_language(book_of, language, tone):
    buyers = pd.DataFrame({"buyer_id": ["A"], "name": "Alder", "country": COUNTRIES[language], "kind": "private"})
    book = book_of(AS_OF, invoices=invoices(("I1", "A", "2026-09-30", 1234.5)), buyers=buyers, run=run(tone=tone))
    files = written(book).files
    page, text = files["letter_A.html"], files["letter_A.txt"]
    words = CATALOGUES[language]
    assert f'<html lang="{words.tag}">' in page
    assert f"<h1>{words.tones[tone].subject}</h1>" in page
    assert words.tones[tone].subject in text.splitlines()
    assert "{" not in text
    assert "http" not in page.replace("http-equiv", "")  # nothing is fetched
    assert "DE89 3704 0044 0532 0130 00" in page
    assert "A I1" in text
    amount = {"en": "1,234.50", "de": "1.234,50", "fr": "1\u202f234,50", "zh": "1,234.50"}[language]
    assert amount in page
    assert amount in text


@pytest.mark.parametrize("language", COUNTRIES)
def test_a_letter_is_accessible_within_a_phones_screen_and_its_tables_fit_a4(browser, book_of, tmp_path, language):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    buyers = pd.DataFrame({"buyer_id": ["A"], "name": "Alder", "country": COUNTRIES[language], "kind": "private"})
    rows = [(f"INV-10000{n}", "A", "2026-09-30", 23456.78) for n in range(3)]
    disputes = "invoice_id,opened,amount\nINV-100000,2026-10-05,3000\n"
    book = book_of(AS_OF, invoices=invoices(*rows), buyers=buyers, disputes=disputes, run=run(tone="formal"))
    file = tmp_path / "letter.html"
    file.write_text(written(book).files["letter_A.html"], encoding="utf-8")
    for width in (390, 1100):
        tab = browser.new_page(viewport={"width": width, "height": 900})
        asked = []
        tab.on("request", lambda request, asked=asked: asked.append(request.url))
        tab.goto(file.as_uri())
        assert [address for address in asked if not address.startswith("data:")] == [tab.url]
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(tab).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in found] == []
    widths = "[...document.querySelectorAll('.wide')].map(part => part.scrollWidth - part.clientWidth)"
    assert max(tab.evaluate(widths)) <= 0


def test_days_and_amounts_are_written_as_the_language_has_them(book_of):
    told_by = {}
    for language, country in COUNTRIES.items():
        buyers = pd.DataFrame({"buyer_id": ["A"], "name": "Alder", "country": country, "kind": "private"})
        book = book_of(
            AS_OF, invoices=invoices(("I1", "A", "2026-10-01", 1000.0)), buyers=buyers,
            run=run(days_to_pay=0, interest=False, fee=False),
        )  # fmt: skip
        told_by[language] = unescape(written(book).files["letter_A.html"]).replace("\N{NO-BREAK SPACE}", " ")
    assert "EUR 1,000.00 reaches our account by 2 November 2026" in told_by["en"]
    assert "1.000,00 EUR bis zum 2. November 2026" in told_by["de"]
    assert "avant le 2 novembre 2026 inclus" in told_by["fr"]
    assert "01/10/2026" in told_by["fr"]
    assert "请贵公司于2026年11月2日前（含当日）将EUR 1,000.00付至我公司账户。" in told_by["zh"]
    assert "United Kingdom" in told_by["en"]
    assert "Deutschland" in told_by["de"]
    assert "中国" in told_by["zh"]


def test_the_law_that_is_cited_is_that_of_the_buyers_country_whatever_the_language(book_of):
    buyers = pd.DataFrame({"buyer_id": ["A", "B", "U"], "name": "N", "country": ["DE", "AT", "US"], "kind": "private"})
    rows = invoices(*((f"I{buyer}", buyer, "2026-09-30", 1000.0) for buyer in "ABU"))
    english = run()
    english["collections"]["letters"] = SENDER | {"language_by_country": {"AT": "de"}}
    files = written(book_of(AS_OF, invoices=rows, buyers=buyers, run=english)).files
    assert "as the law provides (§§ 286, 288 BGB)" in files["letter_A.html"]
    assert "wie es das Gesetz vorsieht (§§ 456, 458 UGB)" in files["letter_B.html"]
    assert "BGB" not in files["letter_B.html"]
    # Nothing is known of the United States' law: nothing is charged, and the right is reserved.
    assert "Fixed compensation" not in files["letter_U.html"]
    assert "We reserve the right to claim interest" in files["letter_U.html"]
    assert "We reserve the right to claim interest" not in files["letter_A.html"]


def test_all_catalogues_tell_the_same_things():
    fields = {language: _told(words) for language, words in CATALOGUES.items()}
    assert set(CATALOGUES) == set(get_args(Language))
    for language, found in fields.items():
        assert found == fields["en"], language
    assert {words.tag for words in CATALOGUES.values()} == set(told.LANGUAGES)


def _told(words) -> dict[str, set[str]]:
    """Return what stands in braces in each sentence of a catalogue, and which tones it has."""
    texts = {name: value for name, value in words._asdict().items() if isinstance(value, str)}
    for kind in ("held_why",):
        texts |= {f"{kind}.{key}": text for key, text in getattr(words, kind).items()}
    texts |= {f"tones.{tone}.{name}": text for tone, of in words.tones.items() for name, text in of._asdict().items()}
    assert set(words.tones) == set(TONES)
    own = {"salutation"}  # whether the buyer is named in it is the language's
    return {
        name: {key for _, key, *_ in Formatter().parse(text) if key} for name, text in texts.items() if name not in own
    }


def test_without_a_sender_no_letter_is_written(book_of):
    rows = invoices(("I1", "A", "2026-09-30", 100.0))
    book = book_of(AS_OF, invoices=rows)
    assert letters.written(book, stages.of_buyers(book, nothing())) is None
    assert "collections.letters" in told.NOT_STATED


def test_a_letter_without_an_account_for_its_currency_is_left_out_and_said(ledger):
    euros = SENDER | {"accounts": [{"account_number": "1", "currencies": ["EUR"]}]}
    book = Book.open(ledger.run(collections={"letters": euros}))
    found = written(book)
    assert found.listed.index.tolist() == ["B1"]
    assert told.not_written(found.unpayable) == (
        "1 letter cannot be written, as the run file states no account for GBP (`collections.letters.accounts`): to B2."
    )
    assert told.not_written(found.unpayable.iloc[:0]) == ""


def test_two_currencies_are_two_tables_two_sums_and_two_accounts(ledger):
    ledger.replace("invoices", "I3,B2", "I3,B1")
    both = SENDER | {"accounts": [*SENDER["accounts"], {"account_number": "77", "currencies": ["GBP"]}]}
    book = Book.open(ledger.run(collections={"letters": both | {"language_by_country": {"FR": "fr"}}}))
    text = written(book).files["letter_B1.txt"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Invoices in EUR, as of 31 March 2024" in text
    assert "Invoices in GBP, as of 31 March 2024" in text
    assert "transfer EUR 500.50 and GBP 150.00 by" in text
    in_pounds = text[text.index("Please pay amounts in GBP") :].split("\n\n")[0]
    assert "Account number: 77" in in_pounds
    assert "Reference: B1 I3" in in_pounds


DAY = "2026-10-15"


@pytest.fixture(scope="module")
def morning(demo, own_results, tmp_path_factory):  # noqa: ARG001
    """The run file of the demo company's ledger as files of their own, whose worklist has been written."""
    folder = tmp_path_factory.mktemp("morning")
    (folder / "data").mkdir()
    for file in demo.glob("*.csv"):
        (folder / "data" / file.name).write_bytes(file.read_bytes())
    content = yaml.safe_load((demo / "run.yaml").read_text())
    content |= {"source": {"kind": "folder", "path": "data"}, "policy": None, "provision": {}}
    content |= {"quotes": [], "scenarios": []}
    content |= {"reports": "reports", "default": {}}
    content["collections"] = content.get("collections", {}) | {"letters": SENDER}
    (folder / "run.yaml").write_text(yaml.safe_dump(content))
    command(folder)
    return folder


def command(folder: Path) -> None:
    outcome = CliRunner().invoke(cli.app, ["worklist", str(folder / "run.yaml"), "--as-of", DAY])
    assert outcome.exit_code == 0, outcome.output


def made(folder: Path) -> Path:
    return folder / "reports" / "demo-trading" / "worklist" / DAY


def test_letters_of_the_demo_ask_for_what_the_ledger_has_to_the_cent(morning, tmp_path):
    """Open amounts and disputes are recomputed from the files alone; promises are as the book holds them out."""
    # Without letters on record every buyer that is late enough gets one.
    shutil.copytree(morning / "data", tmp_path / "data", ignore=shutil.ignore_patterns("reminders.csv"))
    shutil.copy(morning / "run.yaml", tmp_path / "run.yaml")
    found = written(Book.open(tmp_path / "run.yaml", DAY))
    listed, owed = found.invoices, _owed(morning / "data", pd.Timestamp(DAY))
    rate = listed["open_amount"] / listed["billed_open"]
    others = (listed[["set_off", "planned", "promised"]].sum(axis="columns") / rate).round(2)
    listed = listed.assign(open=listed["invoice_id"].map(owed["open"]))
    listed = listed.assign(left=(listed["invoice_id"].map(owed["left"]) - others).round(2))
    assert len(listed) > 30
    assert len(listed["currency"].unique()) > 1
    for file, rows in listed.groupby("file"):
        cells = Cells(found.files[file.removeprefix("letters/")]).rows
        lines = {row[0]: row for row in cells if len(row) > 4 and row[1]}
        for row in rows.itertuples():
            told_row = lines[row.invoice_id]
            assert _cents(told_row[5]) == round(row.open * 100), (file, row.invoice_id)
            assert _cents(told_row[-1]) == round(row.left * 100), (file, row.invoice_id)
        sums = [_cents(row[-1]) for row in cells if len(row) > 4 and not row[1]]
        by_currency = rows.groupby("currency", sort=False)["left"].sum()
        assert sums == [round(amount * 100) for amount in by_currency], file


def test_the_page_of_the_day_leads_to_each_letter(morning):
    page = (made(morning) / "index.html").read_text()
    links = set(re.findall(r'href="(letters/[^"]+)"', page))
    assert links == {f"letters/{file.name}" for file in made(morning).glob("letters/*.html")}
    assert "add letters/reminders.csv to the ledger" in page


def test_a_failure_leaves_the_letters_of_before_whole(morning, monkeypatch):
    def fails(*_):
        raise OSError("disk full")

    before = {file: file.read_bytes() for file in made(morning).rglob("*") if file.is_file()}
    monkeypatch.setattr(daily, "_write_for_the_insurer", fails)
    with pytest.raises(OSError, match="disk full"):
        daily.write_worklist(Run.from_yaml(morning / "run.yaml", DAY))
    assert {file: file.read_bytes() for file in made(morning).rglob("*") if file.is_file()} == before
    assert [path.name for path in made(morning).parent.iterdir()] == [DAY]


def test_no_letter_comes_again_once_the_reminders_are_in_the_ledger(morning, tmp_path):
    shutil.copytree(morning / "data", tmp_path / "data")
    shutil.copy(morning / "run.yaml", tmp_path / "run.yaml")
    # Sent on the evening of the day itself, so that the same morning knows of it.
    sent = pd.read_csv(made(morning) / "letters" / "reminders.csv").assign(sent=DAY)
    reminders = tmp_path / "data" / "reminders.csv"
    before = pd.read_csv(reminders)
    assert len(sent) > 5
    assert before.merge(sent, on=["invoice_id", "stage", "sent"]).empty
    pd.concat([before, sent]).to_csv(reminders, index=False)
    command(tmp_path)
    assert not list(made(tmp_path).glob("letters/*.html"))


def _owed(source, day: pd.Timestamp) -> pd.DataFrame:
    """Return what is open of each invoice in its currency, and what of that is not in dispute: index invoice_id."""
    rows = pd.read_csv(source / "invoices.csv").set_index("invoice_id")
    receipts = pd.read_csv(source / "receipts.csv", parse_dates=["received"])
    paid = receipts[receipts["received"] <= day].groupby("invoice_id")["amount"].sum()
    left = (rows["amount"] - paid.reindex(rows.index, fill_value=0.0)).round(2)
    disputes = pd.read_csv(source / "disputes.csv", parse_dates=["opened", "closed"])
    pending = disputes[(disputes["opened"] <= day) & ~(disputes["closed"] <= day)]
    disputed = pending.groupby("invoice_id")["amount"].sum().reindex(rows.index, fill_value=0.0)
    return pd.DataFrame({"open": left, "left": left - disputed.clip(upper=left)})


def _cents(written_amount: str) -> int:
    return int(re.sub(r"\D", "", written_amount))
