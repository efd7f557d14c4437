"""Names of buyers' files, and folders that take their place as a whole."""

import re

import pytest

from tradecredit.report.folders import file_name, put_in_place


@pytest.mark.parametrize("odd", ["../../etc", "a/b", "", "CON:", "b", "x" * 200, "a b", "A\nB"])
def test_a_file_stays_where_it_belongs(odd, tmp_path):
    name = file_name("claim", odd)
    assert re.fullmatch(r"claim_[A-Za-z0-9_-]*", name)
    assert len(name) < 80
    assert (tmp_path / name).resolve().parent == tmp_path.resolve()


def test_ids_that_differ_have_files_that_differ():
    ids = ["a/b", "a_b", "A_B", "a:b", "A b"]
    assert len({file_name("letter", one).lower() for one in ids}) == len(ids)


def test_a_folder_takes_the_place_of_another_as_a_whole(tmp_path):
    for name in ("build", "day"):
        (tmp_path / name).mkdir()
    (tmp_path / "day" / "old.html").write_text("old")
    (tmp_path / "build" / "new.html").write_text("new")
    put_in_place(tmp_path / "build", tmp_path / "day")
    assert [file.name for file in tmp_path.rglob("*.html")] == ["new.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["day"]


def test_where_a_folder_cannot_be_put_in_place_the_old_one_comes_back(tmp_path):
    (tmp_path / "day").mkdir()
    with pytest.raises(OSError, match="build"):
        put_in_place(tmp_path / "build", tmp_path / "day")
    assert [path.name for path in tmp_path.iterdir()] == ["day"]
