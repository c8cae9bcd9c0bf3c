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
