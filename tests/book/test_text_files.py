"""Text files: as Python's own reader takes them apart, whatever stands in them."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tradecredit.book import text_files
from tradecredit.errors import Problem
from tradecredit.params.source import Formats

PIECES = st.sampled_from(
    ["a", "b1", ",", ",", ";", "\n", "\n", "\r\n", "\r", '"', '""', '"x"', '"x,\ny"', " ", "\t", "\u00a0", "é", "\0",
     "a,b\n", "1,2\n", "\n\n", "9" * 50]
)  # fmt: skip


def read(tmp_path, content: bytes, **formats):
    (tmp_path / "x.csv").write_bytes(content)
    return text_files.text_table(tmp_path / "x.csv", "x.csv", Formats(**formats))


@given(pieces=st.lists(PIECES, max_size=14), separator=st.sampled_from([",", ";", " ", '"', "é"]))
@example(pieces=["a,b\n", '"x,\ny"', ",", "b1", "\n\n", "1,2\n"], separator=",")
@example(pieces=['"', "a,b\n", '"'], separator=";")
@example(pieces=["a", "\n", "b1", "\n\n", "b1", "\r", "\r\n"], separator=",")
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_both_readers_agree(pieces, separator, tmp_path):
    content = "".join(["a,b\n", *pieces] if len(pieces) % 2 else pieces).encode()
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    formats = Formats(separator=separator)
    regular = text_files._regular(pa.BufferReader(content), separator)
    if regular is not None:
        by_row = text_files._by_row(path, "x.csv", formats)
        assert isinstance(by_row, pd.DataFrame), by_row
        pd.testing.assert_frame_equal(regular, by_row, check_index_type=False)
        assert regular.index.tolist() == by_row.index.tolist()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_has_the_line_on_which_it_ends(end, tmp_path):
    text = end.join(["a,b", "1,x", "", '2,"y', 'z"', "3,", "", ""])
    found = read(tmp_path, text.encode())
    assert found.index.tolist() == [2, 5, 6]
    assert found["b"].fillna("-").tolist() == ["x", f"y{end}z", "-"]


def test_spaces_around_a_cell_go_and_what_is_then_empty_is_missing(tmp_path):
    found = read(tmp_path, "a, b\n1 ,\u00a0x\t\n  ,y z\n".encode())
    assert found.columns.tolist() == ["a", "b"]
    assert found["a"].tolist()[0] == "1" and found["a"].isna().tolist() == [False, True]
    assert found["b"].tolist() == ["x", "y z"]


def test_an_encoding_is_as_stated(tmp_path):
    assert read(tmp_path, "a;b\nMüller;1\n".encode("cp1252"), encoding="cp1252", separator=";")["a"].tolist() == [
        "Müller"
    ]
    assert read(tmp_path, "\ufeffa,b\nMüller,1\n".encode())["a"].tolist() == ["Müller"]
    assert read(tmp_path, "\ufeff a ,b\n Müller\u00a0,1\n".encode())["a"].tolist() == ["Müller"]
    assert read(tmp_path, "a,b\nx,1\n".encode("utf-16"), encoding="utf-16")["b"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("content", "row", "told"),
    [
        (b"", None, "is empty"),
        (b"a,a\n1,2\n", 1, "the header names a column twice"),
        (b"a,b\n1,2\n1\n", 3, "has 1 fields; the header has 2"),
        (b'a,b\n1,"2\n1,2\n', 3, "is not a readable CSV line: unexpected end of data"),
        (b'a,b\n1,"2"x\n', 2, "is not a readable CSV line: ',' expected after '\"'"),
        (b"a,b\n1,2\n1,\xff\n", 3, "is not utf-8 text"),
    ],
)
def test_what_is_no_whole_table_is_named_by_its_line(content, row, told, tmp_path):
    found = read(tmp_path, content)
    assert isinstance(found, Problem)
    assert (found.row, found.allowed) == (row, told)


def test_an_encoding_that_the_file_is_not_in_is_told(tmp_path):
    assert read(tmp_path, b"a,b\n1,2\n", encoding="utf-16").allowed == "is not utf-16 text"


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_header_may_stand_below_titles(tmp_path, break_, encoding):
    lines = ['A title with a "quote', "", "a,b", "1,é", "2,y"]
    found = read(tmp_path, break_.join(lines).encode(encoding), encoding=encoding, header_row=3)
    assert found.to_dict("list") == {"a": ["1", "2"], "b": ["é", "y"]} and found.index.tolist() == [4, 5]
    # Row by row as well.
    wrong = read(tmp_path, break_.join([*lines, "3"]).encode(encoding), encoding=encoding, header_row=3)
    assert isinstance(wrong, Problem) and wrong.row == 6
    twice = read(tmp_path, break_.join(["t", "a,a", "1,2"]).encode(encoding), encoding=encoding, header_row=2)
    assert isinstance(twice, Problem) and twice.row == 2
    assert isinstance(read(tmp_path, b"a,b\n1,2\n", header_row=4), Problem)
