"""Names of buyers' files."""

import re

import pytest

from tradecredit.report.folders import file_name


@pytest.mark.parametrize("odd", ["../../etc", "a/b", "", "CON:", "b", "x" * 200, "a b", "A\nB"])
def test_a_file_stays_where_it_belongs(odd, tmp_path):
    name = file_name("claim", odd)
    assert re.fullmatch(r"claim_[A-Za-z0-9_-]*", name)
    assert len(name) < 80
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()


def test_ids_that_differ_have_files_that_differ():
    ids = ["a/b", "a_b", "A_B", "a:b", "A b"]
    assert len({file_name("letter", one).lower() for one in ids}) == len(ids)
