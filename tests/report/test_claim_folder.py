"""The folder of a claim: its files, amounts to the cent, and no text of the ledger that a page or sheet would run."""

import re
from io import StringIO

import pandas as pd
import pytest
from claimed import LEDGER, POLICY

from tradecredit.decide.collect import claims
from tradecredit.report import claim_folder

BUYER = "<B> & {{ x }}"
NAME = '=cmd|"<script>alert(1)</script>'


@pytest.fixture(scope="module")
def files(book_of):
    odd = {name: re.sub(r"(?m)(^|,)B(?=,|$)", rf"\g<1>{BUYER}", text) for name, text in LEDGER.items()}
    odd |= {name: odd[name].replace("I1,", "=1+I1,") for name in ("invoices", "receipts", "reminders", "promises")}
    buyers = f'buyer_id,name\n{BUYER},"{NAME.replace(chr(34), chr(34) * 2)}"\nA,Alder\n'
    book = book_of("2026-10-31", buyers=buyers, **odd)
    return claim_folder.claim_files(claims.of_buyer(book, POLICY, BUYER), book, POLICY)


def test_a_claim_has_all_its_files(files):
    assert sorted(files) == [
        "calculation.csv", "claim.html", "claim.txt", "invoices.csv", "papers.csv", "statement.csv",
    ]  # fmt: skip


def test_nothing_of_the_ledger_is_run_by_a_page_or_a_spreadsheet(files):
    page = files["claim.html"]
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "&lt;B&gt; &amp; {{ x }}" in page
    assert "<B>" not in page
    found = pd.read_csv(StringIO(files["invoices.csv"]))
    assert found["invoice_id"].tolist() == ["'=1+I1", "I2", "I3", "I4"]
    assert "\n=" not in "".join(files[name] for name in files if name.endswith(".csv"))


def test_amounts_are_to_the_cent(files):
    cells = r"<tr><td[^>]*>(?:<strong>)?([^<]+)(?:</strong>)?</td><td[^>]*>(?:<strong>)?([^<]+)"
    rows = dict(re.findall(cells, files["claim.html"]))
    assert rows["owed by the buyer, gross"] == "29,000.00"
    assert rows["less: own part by the insured percentage"] == "\N{MINUS SIGN}1,550.00"
    assert rows["indemnity, before any maximum of a year"] == "12,950.00"
    found = pd.read_csv(StringIO(files["calculation.csv"])).set_index("claim_step")["amount"]
    assert found["claim"] == 13_950
    statement = pd.read_csv(StringIO(files["statement.csv"]))
    assert statement["balance"].iloc[-1] == 28_700


def test_the_text_tells_what_the_page_does(files):
    text = files["claim.txt"]
    assert text.startswith("Claim under p\nInsured: Test\n")
    assert "Insured debt: EUR 16,000.00, 2 invoices\nClaim: EUR 13,950.00; after the first loss EUR 12,950.00" in text
    assert "To be filed by 25 September 2026" in text
    assert re.search(r"claim +13,950\.00", text)


def test_a_folder_is_written_and_written_anew(book_of, tmp_path):
    book = book_of("2026-10-31", **LEDGER)
    claim = claims.of_buyer(book, POLICY, "B")
    own = claim_folder.write(tmp_path, claim, book, POLICY)
    assert own == tmp_path / "claim_B"
    (own / "claim.txt").write_text("old")
    claim_folder.write(tmp_path, claim, book, POLICY)
    assert {file.name: file.read_text(encoding="utf-8") for file in own.iterdir()} == claim_folder.claim_files(
        claim, book, POLICY
    )
