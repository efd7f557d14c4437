"""Reports without names: what is planted in a ledger and a run file is in no byte of what is made of them."""

import hashlib
import hmac
import io
import json
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from chapters import notebook
from typer.testing import CliRunner

from tradecredit import cli
from tradecredit.book.anonymous import LEFT_OUT
from tradecredit.book.book import Book
from tradecredit.errors import InputError, ParameterError
from tradecredit.params.pseudonyms import Pseudonyms, key_file, pseudonyms
from tradecredit.params.run import Run
from tradecredit.report.daily import write_worklist
from tradecredit.report.folders import month_folder
from tradecredit.report.pdf import chromium
from tradecredit.report.run import report

TOKEN = "qzxvjk"
"""In whatever names somebody; five rare letters and a seldom one in no word, and in no base64 by chance."""
ALL_TABLES = """for name, table in [*book.tables.items(), ("notes", book.notes)]:
    chapter.table(table, name, name)
chapter.say(", ".join(book.names.dropna()) + " and " + book.run.entity)
chapter.headline({"owed": (book.invoices["amount"].sum(), "EUR", "Owed")})"""
TABLES = {
    "buyers": f"""buyer_id,name,registration_id,country,sector,group_id,kind
{TOKEN}1,Alder {TOKEN} GmbH,HRB {TOKEN} 1,DE,C,{TOKEN}G,private
{TOKEN}2,Birch {TOKEN.upper()} Ltd,hrb{TOKEN}1,GB,G,{TOKEN}G,private
{TOKEN}3,{TOKEN},,FR,O,,public
{TOKEN}4,,,DE,C,,private
""",
    "invoices": f"""invoice_id,buyer_id,issued,due,currency,amount
{TOKEN}I1,{TOKEN}1,2024-01-10,2024-02-09,EUR,1000.00
{TOKEN}I2,{TOKEN}1,2024-02-12,2024-03-13,EUR,500.50
{TOKEN}I3,{TOKEN}2,2024-02-20,2024-03-21,EUR,200.00
{TOKEN}I4,{TOKEN}3,2024-01-05,2024-02-04,EUR,300.00
{TOKEN}I5,{TOKEN}4,2024-01-05,2024-02-04,EUR,400.00
""",
    "receipts": f"receipt_id,invoice_id,received,amount,kind\n{TOKEN}R1,{TOKEN}I1,2024-02-20,600.00,payment\n",
    "disputes": "invoice_id,opened,closed,amount,reason\n"
    + "".join(f"{TOKEN}I{number},2024-02-2{number},,10,price\n" for number in (1, 3, 4))
    + f"{TOKEN}I5,2024-02-25,,10,called Mrs {TOKEN}\n",
    "limits": f"buyer_id,source,amount,valid_from,reason\n{TOKEN}1,own,5000,2023-01-01,as {TOKEN} asked\n"
    f"{TOKEN}2,insurer,5000,2023-01-01,\n",
    "overrides": f"buyer_id,grade,reason,by,since,until\n{TOKEN}1,5,met {TOKEN} at a fair,Ms {TOKEN},2024-01-01,\n",
    "ownership": f"owner_id,owned_id,share,since\n{TOKEN}1,{TOKEN}2,0.8,2020-01-01\n",
    "orders": f"order_id,buyer_id,kind,date,amount\n{TOKEN}O1,{TOKEN}1,ordered,2024-03-01,700\n",
    "promises": f"buyer_id,invoice_id,made,date,amount\n{TOKEN}1,{TOKEN}I1,2024-03-01,2024-04-05,100\n",
    "reminders": f"invoice_id,stage,sent\n{TOKEN}I1,friendly reminder,2024-02-20\n",
    "claims": f"claim_id,buyer_id,filed,amount\n{TOKEN}C1,{TOKEN}3,2024-03-01,50\n",
}  # fmt: skip
RUN = {
    "entity": f"{TOKEN} Trading", "anonymise": True, "notebooks": "notebooks", "as_of": "2024-03-31",
    "assumptions": [f"As {TOKEN} says."], "merge": {f"{TOKEN}4x": f"{TOKEN}4"},
    "policy": {"kind": "key_accounts", "name": "cover", "buyers": [f"{TOKEN}1", f"{TOKEN}3"], "insured_percentage": 0.9,
               "insured_turnover": 1000.0,
               "premium_rate": 0.002, "limits": {f"{TOKEN}1": 900.0}},
    "collections": {"letters": {
        "address": [f"{TOKEN} street 1", "Hamburg"], "contact": f"Mr {TOKEN}", "email": f"a@{TOKEN}.example",
        "accounts": [{"bank": f"{TOKEN} bank", "iban": "DE89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}]}},
}  # fmt: skip


@pytest.fixture
def project(ledger):
    """A ledger in which all that names somebody holds the token, the run file's own name too."""
    for name, text in TABLES.items():
        ledger.write(name, text)
    (ledger.folder / "data" / "fx.csv").unlink()
    notebook(ledger.folder / "notebooks", "01_all", ALL_TABLES)
    notebook(ledger.folder / "notebooks", "00_summary", 'chapter.say("All is told.")')
    ledger.run_file = ledger.folder / f"{TOKEN}.yaml"
    return ledger


def parts(name: str, content: bytes) -> dict[str, bytes]:
    """A file's own bytes, and those of what is packed in it, by name."""
    found = {name: content}
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inner in packed.namelist():
                found |= parts(f"{name}/{inner}", packed.read(inner))
    if content.startswith(b"%PDF"):
        pypdf = pytest.importorskip("pypdf")
        reader = pypdf.PdfReader(io.BytesIO(content))
        found[f"{name}/text"] = "".join(page.extract_text() for page in reader.pages).encode()
    return found


def named(folder: Path) -> list[str]:
    """Where the token is found: in a path, or in any byte."""
    found = [str(path) for path in folder.rglob("*") if TOKEN in str(path.relative_to(folder)).lower()]
    for file in (path for path in folder.rglob("*") if path.is_file()):
        packed = parts(str(file.relative_to(folder)), file.read_bytes())
        found += [part for part, content in packed.items() if TOKEN.encode() in content.lower()]
    return found


def test_the_scan_finds_what_is_packed(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sheet1.xml", f"<t>{TOKEN * 50}</t>")
    assert named(tmp_path) == ["a.xlsx/xl/sheet1.xml"]


def test_nothing_that_is_made_names_anybody(project):
    run_file = project.run(**RUN, pdf=chromium() is not None)
    plain = project.folder / "plain.yaml"
    plain.write_text(run_file.read_text().replace("anonymise: true", "anonymise: false"))
    month = report(run_file).parent
    assert (month / "workbook.xlsx").exists()
    page, told = write_worklist(Run.from_yaml(run_file))
    assert not (page.parent / "letters").exists()
    assert not (page.parent / "claims").exists()
    assert TOKEN not in " ".join(told).lower()
    assert named(project.folder / "reports") == []
    assert (month / "report.pdf").exists() == (chromium() is not None)

    # The same month with its names: the scan finds them there, and all figures are the same.
    assert TOKEN in str(month_folder(Run.from_yaml(plain)))
    open_plain, open_anonymous = Book.open(plain), Book.open(run_file)
    assert open_plain.names.notna().tolist() == open_anonymous.names.notna().tolist()
    for name, table in open_plain.tables.items():
        numbers = table.select_dtypes(["number", "datetime"])
        pd.testing.assert_frame_equal(numbers, open_anonymous.tables[name][numbers.columns])
        assert len(table.drop_duplicates()) == len(open_anonymous.tables[name].drop_duplicates())


def test_equal_names_stay_equal_and_what_they_belong_to_is_kept(project):
    book = Book.open(project.run(**RUN))
    buyers = book.buyers.set_index("buyer_id")
    first, second, third, _ = buyers.index
    assert buyers.loc[first, "registration_id"] == buyers.loc[second, "registration_id"], "written in two ways"
    assert buyers["group_id"].isna().tolist() == [False, False, True, True]
    assert book.ownership.loc[0, ["owner_id", "owned_id"]].tolist() == [first, second]
    assert book.run.policy.buyers == [first, third]
    assert book.run.policy.limits == {first: 900.0}
    assert book.invoices["buyer_id"].isin(buyers.index).all()
    assert book.disputes["reason"].tolist() == ["price"] * 3 + [LEFT_OUT], "three buyers share a price, one a Mrs"
    assert book.overrides["reason"].tolist() == [LEFT_OUT]


def test_a_buyer_has_one_pseudonym_in_all_months_and_none_without_the_key(project):
    run_file = project.run(**RUN)
    now, before = Book.open(run_file), Book.open(run_file, "2024-02-29")
    assert now.buyers["buyer_id"].tolist() == before.buyers["buyer_id"].tolist()
    assert now.run.entity == before.run.entity
    # Without the key a guess cannot be tried: it is no hash of the name, and another key gives another.
    key = bytes.fromhex(key_file(run_file).read_text())
    assert now.buyers["buyer_id"][0] == Pseudonyms(key).of("party", f"{TOKEN}1")
    digest = hmac.new(key, f"party\n{TOKEN}1".encode(), hashlib.sha256).digest()
    assert int.from_bytes(digest[:5]) == sum(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".index(letter) * 32**place
        for place, letter in enumerate(reversed(now.buyers["buyer_id"][0][1:9]))
    )
    assert key_file(run_file).stat().st_mode & 0o077 == 0
    key_file(run_file).unlink()
    assert not set(Book.open(run_file).buyers["buyer_id"]) & set(now.buyers["buyer_id"])


def test_a_key_that_is_none_is_not_taken(project):
    run_file = project.run(**RUN)
    key_file(run_file).write_text("secret")
    with pytest.raises(ParameterError, match="no key of 64 hexadecimal digits"):
        pseudonyms(run_file)
    assert key_file(run_file).read_text() == "secret"


def test_a_failure_is_shown_without_names_and_its_operator_is_told(project):
    project.write("receipts", TABLES["receipts"].replace(f"{TOKEN}I1", f"{TOKEN}I99"))
    run_file = project.run(**RUN)
    with pytest.raises(InputError, match=TOKEN):
        report(run_file)
    (failed,) = (project.folder / "reports").glob("*/failed/2024-03.json")
    assert json.loads(failed.read_text())["exit_code"] == 2
    assert named(project.folder / "reports") == []


def test_who_has_the_key_is_told_who_is_who(project):
    run_file = project.run(**RUN)
    outcome = CliRunner().invoke(cli.app, ["pseudonyms", str(run_file)])
    assert outcome.exit_code == 0, outcome.output
    table = pd.read_csv(io.StringIO(outcome.stdout))
    assert table["pseudonym"].tolist() == Book.open(run_file).buyers["buyer_id"].tolist()
    assert table["buyer_id"].tolist() == [f"{TOKEN}{number}" for number in (1, 2, 3, 4)]
    assert re.fullmatch("Buyer [A-Z2-7]{10}", table["pseudonym_of_name"][0])
