import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jena_models.whole_files import whole_file, whole_folder, write_whole


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def break_off_a_file(file: Path) -> None:
    with whole_file(file) as beside:
        beside.write_text("half")
        raise ZeroDivisionError


def break_off_a_folder(folder: Path) -> None:
    with whole_folder(folder) as beside:
        (beside / "half.txt").write_text("half")
        raise ZeroDivisionError


def test_a_file_is_as_before_where_its_writing_breaks_off(tmp_path):
    file = tmp_path / "new" / "file.txt"
    write_whole(file, "before")

    with pytest.raises(ZeroDivisionError):
        break_off_a_file(file)

    assert file.read_text() == "before"
    assert names(file.parent) == ["file.txt"]


def test_a_folder_is_not_there_where_its_writing_breaks_off(tmp_path):
    with pytest.raises(ZeroDivisionError):
        break_off_a_folder(tmp_path / "folder")

    assert names(tmp_path) == []


def test_of_two_that_write_a_folder_at_once_the_first_keeps_it(tmp_path):
    folder = tmp_path / "folder"

    with whole_folder(folder) as late:
        (late / "who.txt").write_text("late")
        with whole_folder(folder) as first:
            (first / "who.txt").write_text("first")

    assert (folder / "who.txt").read_text() == "first"
    assert names(tmp_path) == ["folder"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_process_left_half_written_goes_with_the_next_writing(tmp_path, kind):
    place = tmp_path / "place"
    work = f"""
import os, signal
from pathlib import Path
from jena_models.whole_files import whole_file, whole_folder
with whole_{kind}(Path({str(place)!r})) as beside:
    (beside / "half.txt" if beside.is_dir() else beside).write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", work], check=False)

    assert killed.returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 1
    with (whole_file if kind == "file" else whole_folder)(place) as beside:
        (beside / "whole.txt" if kind == "folder" else beside).write_text("whole")
    assert names(tmp_path) == ["place"]


def test_what_another_is_writing_stays_and_so_does_what_has_a_like_name(tmp_path):
    mine = tmp_path / ".file.txt.bak"
    mine.touch()

    with whole_file(tmp_path / "file.txt") as first, whole_folder(tmp_path / "folder") as second:
        first.write_text("first")
        write_whole(tmp_path / "file.txt", "second")
        with whole_folder(tmp_path / "other"):
            assert second.is_dir()

    assert (tmp_path / "file.txt").read_text() == "first"
    assert sorted(names(tmp_path)) == [".file.txt.bak", "file.txt", "folder", "other"]
