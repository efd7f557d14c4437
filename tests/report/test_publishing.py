"""Folders that take their place by one switch, whenever the process is killed, and what killed ones leave."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tradecredit.book.locks import locked
from tradecredit.report import publishing
from tradecredit.report.publishing import building, put_in_place, recover

FILES = 40


def nothing() -> None:
    raise AssertionError("nobody else is at work")


@pytest.fixture(name="switch", params=["exchanged", "moved aside"])
def _switch(request, monkeypatch) -> None:
    """Both ways: systems that exchange two folders at once, and those that cannot."""
    if request.param == "moved aside":
        monkeypatch.setattr(publishing, "_exchanged", lambda *_: False)
    elif sys.platform == "win32":
        pytest.skip("Windows does not exchange folders")


def publish(reports: Path, content: str, place: str = "demo/2026-10") -> None:
    with building(reports / place, reports, waiting=nothing) as build:
        for number in range(FILES):
            (build / f"{number}.html").write_text(content)
        put_in_place(build, reports / place)


def published(reports: Path, place: str = "demo/2026-10") -> set[str]:
    """Return what stands in the files of a place, all of which must be there."""
    files = list((reports / place).iterdir())
    assert len(files) == FILES
    return {file.read_text() for file in files}


@pytest.mark.usefixtures("switch")
def test_a_folder_takes_the_place_of_another_as_a_whole(tmp_path):
    for content in ("first", "second", "third"):
        publish(tmp_path, content)
        assert published(tmp_path) == {content}
        assert [path.name for path in tmp_path.iterdir()] == ["demo"]
        assert [path.name for path in (tmp_path / "demo").iterdir()] == ["2026-10"]


def test_folders_are_exchanged_at_once_here(tmp_path):
    if sys.platform != "linux":
        pytest.skip("Linux's file systems can")
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert publishing._exchanged(tmp_path / "one", tmp_path / "other")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["other"]
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["one"]


@pytest.mark.usefixtures("switch")
def test_where_a_folder_cannot_be_put_in_place_the_old_one_stays(tmp_path):
    publish(tmp_path, "old")
    with pytest.raises(OSError, match="none"):
        put_in_place(tmp_path / "none", tmp_path / "demo" / "2026-10")
    assert published(tmp_path) == {"old"}


@pytest.mark.parametrize("place", ["demo/2026-10", "demo/worklist/2026-10-31"])
def test_what_a_killed_run_moved_aside_comes_back(tmp_path, place):
    publish(tmp_path, "old", place)
    aside = (tmp_path / place).with_name(".replaced-" + Path(place).name)
    (tmp_path / place).rename(aside)
    recover(tmp_path)
    assert published(tmp_path, place) == {"old"}
    publish(aside.parent, "older", aside.name)  # killed once the new one was there
    recover(tmp_path)
    assert published(tmp_path, place) == {"old"}
    assert not aside.exists()


def test_remains_go_but_not_those_of_a_run_at_work(tmp_path):
    for name in (
        "demo-2026-09-1234",
        "demo-2026-10-1234",
        "demo-2026-10-ab12cd34",
        "demo-worklist-2026-10-31-00ff00ff",
    ):
        (tmp_path / f".building-{name}").mkdir()
    (tmp_path / ".building-demo-2026-09.lock").touch()
    (tmp_path / ".building-mine").mkdir()
    with locked(tmp_path / ".building-demo-2026-10.lock"):
        recover(tmp_path)
        left = {path.name for path in tmp_path.iterdir()}
    work = {".building-demo-2026-10-1234", ".building-demo-2026-10-ab12cd34", ".building-demo-2026-10.lock"}
    assert left == work | {".building-mine"}
    publish(tmp_path, "new")
    assert {path.name for path in tmp_path.iterdir()} == {"demo", ".building-mine"}


def test_a_second_run_of_a_month_says_that_it_waits(tmp_path):
    told = []
    code = (
        "import sys, time, pathlib\nfrom tradecredit.book.locks import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n    print(flush=True)\n    time.sleep(0.3)"
    )
    lock = tmp_path / ".building-demo-2026-10.lock"
    other = subprocess.Popen([sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE)
    other.stdout.readline()
    with building(tmp_path / "demo" / "2026-10", tmp_path, waiting=lambda: told.append(other.poll())):
        assert other.wait() == 0
        assert told == [None], "once, while the other was at work"


@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked")
def test_killed_at_any_moment_the_published_folder_is_whole_and_in_its_place(tmp_path):
    publish(tmp_path, "0")
    chance = random.Random(1)
    for _ in range(20):
        child = os.fork()
        if child == 0:
            for number in range(10**6):
                publish(tmp_path, str(number))
            os._exit(1)
        time.sleep(chance.uniform(0.005, 0.08))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert len(published(tmp_path)) == 1
    publish(tmp_path, "end")
    assert published(tmp_path) == {"end"}
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
