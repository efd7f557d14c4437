"""Damaged exports: each ends with a ledger, with named problems, or with one `InputError`; never with anything else."""

import pytest
from book.exports import xml_samples
from broken_ledgers import EXPORTS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tradecredit.book.exports.ledger import ledger
from tradecredit.book.exports.suggestion import suggested
from tradecredit.errors import InputError
from tradecredit.params.source import OnProblem

PIECES = st.sampled_from(
    [b"", b"NULL", b"9999-12-31", b"-1e400", b'"', b";", b"\n", b"00.00.0000", b"nan", b"\x00", b"(50.00)", b"\xff\xfe",
     b"1.190,00-", b"99999999999999999999", b"\xe5\xae", b"<!DOCTYPE x>", b":61:"]
)  # fmt: skip


@given(
    name=st.sampled_from(sorted(EXPORTS)),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), PIECES), min_size=1, max_size=4),
    leave=st.booleans(),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_told(name, cuts, leave, tmp_path):
    content = EXPORTS[name].encode()
    for place, length, piece in cuts:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + length :]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "invoices.csv").write_text(xml_samples.INVOICES)
    files = [tmp_path / "invoices.csv", tmp_path / name]
    try:
        suggestion = suggested(files if name in ("camt.xml", "statement.sta") else files[1:])
        rule = OnProblem(leave_out={"invoices": "all"}, most=0.5) if leave else None
        found = ledger(suggestion.source, suggestion.currency, rule)
    except InputError as refused:
        assert refused.problems
        return
    assert bool(found.problems) != bool(found.tables)
    if found.tables:
        assert (found.tables["invoices"]["amount"] >= 0).all()
        assert found.tables["receipts"]["receipt_id"].is_unique


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"PK\x03\x04broken", b"\xff\xfe\x00", b"a\n", b"<x/>"])
@pytest.mark.parametrize("name", ["x.csv", "x.xlsx", "x.parquet", "x.duckdb", "x.xml", "x.sta"])
def test_what_is_no_file_of_its_kind_is_refused(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError):
        suggested([tmp_path / name])
