"""Workbooks of the old kind (.xls), which accounting systems still write."""

import base64
import gzip

import pytest
from book.exports.as_suggested import open_items

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError
from tradecredit.params.source import OnProblem

OPEN_ITEMS = (
    "ABzY87tjrB0{`upU1%It6vxlZ&dkn?*<?3OrL7W%g0-e)NfWL5(5?+>BZQ<eKGc?iZo1PLv)Pm}5$r>)t?@w+M4!|u2IGT1wE9v%`hmU`DYT>yLP"
    "bbgeG-Hg6_GUSIsds6GjW9mv{IQf%zy5=AHRF|+_`gS=i-Ij%;YC)W@(9Sr4-Fq9kLeXX?!}7lO-;%RwWr-Z9c1s-B#w<Jdu`3r!wc$GKVtXv!v6"
    "<##gLFSNPmZ2dH<n;(NEyIxvQ!CS%ybs?jmdsi)N#RU>pCbOrPTYMzEZf}B^OTe$9wwudehdRrb+ckvVYT9nn3a6d(x%gEV8E9sov#V@?3g>_BZ7"
    "7P{3w^>26QAbn66WZlh{6PE$`hZ-b&dz*KPkuMs3^nm&Pth+`kLc%URe$Lv`L{M-BhLRVo}d1ke48h6Y5p6!L3Eg^PhpWv@E!4yAtf2wxqm;;zSl"
    "SU?3iDfqc3O`XE*VAH^s}m1AgGOx8_?P&bPI;Z8nLz$15eDuN{8bA50PT26=||7Ds%3#`pXCp012n2D!YmI5s}QkBlAPm&-$gmNXa(ic*3OGDO>h"
    "vhO`USMs_>1|H=l*1w4f9Yeve?``W6zm5Gpeu+oW4ZmIFevt=6Hj6yy%Fcr)RW|md%3uZ8v6iR-=^WN^mP0l7;kD_Wfxg0%$T^JNDcr;Ek&sc9UX"
    "&KxxE>{UKn2}`78{^PK)nm;HP9wrWPDxMw^Ai`97Ua%P`Zx$X@^}Z+`A~fp3@UQKK5Dj#MQ!moIc()d$8&FH-$-B%X?~x+skp3HfkHSx84-{ybxV"
    "A^}PEIy818AK3mVK-&R!{bpzdy)y|fKN)4%LE~%lThQ#D7k133wrb=`b%d_xO?B&P+DTO%2Nhy#-Lr+8P$P<>i;0eoG@C^3S3!cfIz2I5wIcogIl"
    "3ow#F7k5p%(1Y(fnHsTJn2<t^$az$m*OZsH?6b&G>wvXNT~(BS%YtaUr~G${5py}p=1=_1pgrT*TH}LT~ZqItr~m_{6O(7@ark^gwmk+7Wjw2{}u"
    "cV?~&4wpRU1A$KsQY#U~AZR`Ju|9|8Y&@J~&W(vWZ0;M=kI*s=K7;O7+I2LEO7=fUrOpOl7trv~4N#m9-o#{s`l@g4AA0bjo)CErew(va`g;JdN-"
    "xUu-S;I9CG74F7HdL4Wh{I9W|Ox?y@<)}sb0qZn845+Nht$HJ!lqA2G{An&FmRMqmC6?HKXY%eRo0Gh`8Q9TCy{UxXb#CxEpL{0y-&#M7@-fDLDz"
    "{UGuK_*3to!FqGPQ`M-DI2Sd!g7a?meJk8o)S)mwo^88<)2D_uO>D>_4}JmfQdQa>n^D_x}flW7K2-761S"
)
"""A sheet `Offene Posten`: a title, names of columns in line 4 below merged ones, six invoices of three buyers of which
two each are 100.50 and up to 105.50, and R7, of which an error (#N/A) stands as what is open; packed, in base 85."""


@pytest.fixture
def workbook(tmp_path):
    (tmp_path / "op.xls").write_bytes(gzip.decompress(base64.b85decode(OPEN_ITEMS)))
    return tmp_path / "op.xls"


def test_it_is_read_as_one_of_today(workbook):
    suggestion = suggested([workbook])
    assert suggestion.source.form.sheet == "Offene Posten" and suggestion.source.form.header_row == 4
    assert str(suggestion.source.exported) == "2026-09-30"
    left_out = OnProblem(leave_out={"invoices": ["open"]}, most=1.0)
    found = ledger(suggestion.source, "EUR", left_out)
    assert open_items(found) == {
        f"R{at + 1}": (str(10010 + at % 3), f"2026-09-{2 + at:02}", 100.5 + at) for at in range(6)
    }
    assert dict(zip(found.tables["buyers"]["buyer_id"], found.tables["buyers"]["name"], strict=True)) == {
        "10010": "Erle Süd GmbH",
        "10011": "Birke AG",
        "10012": "Zeder KG",
    }


def test_an_error_of_a_formula_is_no_empty_cell(workbook):
    source = suggested([workbook]).source
    (problem,) = ledger(source, "EUR").problems
    assert (problem.row, problem.column, problem.value) == (11, "Offen", "#N/A")


@pytest.mark.parametrize("rest", [b"", bytes(600), b"junk" * 300])
def test_one_that_is_damaged_is_told_as_such(rest, tmp_path):
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rest)
    with pytest.raises(InputError, match="damaged, or protected by a password"):
        suggested([tmp_path / "old.xls"])
