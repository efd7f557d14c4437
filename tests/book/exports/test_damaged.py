"""Damaged exports: each ends with a ledger that accounts for every row, or with one `InputError`; with nothing else."""

import pytest
from broken_ledgers import EXPORTS, PIECES, tried_export
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError


@given(
    name=st.sampled_from(sorted(EXPORTS)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.sampled_from(PIECES)), min_size=1, max_size=4),
    leave=st.booleans(),
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(name="datev.csv", cuts=[(0.9296875, 33, b"")], leave=True)  # of no debtor any more, and its discount broken
def test_damage_is_told(name, cuts, leave, tmp_path):
    content = EXPORTS[name].encode()
    for place, length, piece in cuts:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + length :]
    tried_export(name, content, tmp_path, leave=leave)


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"PK\x03\x04broken", b"\xff\xfe\x00", b"a\n", b"<x/>"])
@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.ods", "x.parquet", "x.duckdb", "x.xml", "x.sta"])
def test_what_is_no_file_of_its_kind_is_refused(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError):
        suggested([tmp_path / name])
